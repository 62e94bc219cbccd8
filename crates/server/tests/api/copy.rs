//! A market moved whole from one database into another, and kept in files: nothing is lost, doubled or half done.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use domain::id::OrderId;
use domain::order_life::Action;
use jiff::civil::date;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use server::database::{self, DatabaseUrl, connect, connect_as_it_is};
use server::store::copy::{self, Content};
use server::store::{Db, catalogue};
use server::{clock, data, sample};
use tokio::sync::OnceCell;
use tokio::sync::mpsc::unbounded_channel;

use crate::audit::{audit_of, ledger, said};
use crate::home::{Home, Snapshot, on_postgres};
use crate::process::{Process, SHANHAI, filled_home};
use crate::site::data_folder;
use crate::torture::{Cast, LIFE, Plan, work};

// ---- places and commands ------------------------------------------------------------------------------------------

/// Where a market can be copied to.
struct Place {
    url: DatabaseUrl,
    home: Home,
}

impl Place {
    /// A database without tables, of the kind these tests run on.
    fn empty() -> Place {
        Place::at(Home::empty())
    }

    fn at(home: Home) -> Place {
        Place { url: home.url().clone(), home }
    }

    /// A file that is not there.
    fn file() -> Place {
        let home = Home::empty();
        Place { url: DatabaseUrl::Sqlite(home.path().join("other.db")), home }
    }

    /// Every kind there is: a file, and in PostgreSQL's turn a database there.
    fn all() -> Vec<Place> {
        if on_postgres() { vec![Place::file(), Place::empty()] } else { vec![Place::file()] }
    }

    fn address(&self) -> String {
        match &self.url {
            DatabaseUrl::Postgres(address) => address.clone(),
            sqlite => sqlite.to_string(),
        }
    }

    fn connect(&self) -> Db {
        connect(&self.url).expect("the database opens")
    }

    fn content(&self) -> Content {
        Content::of(&mut self.connect()).expect("the database is read")
    }

    /// Runs statements as they are, without the tables being brought up to date first.
    fn run(&self, statements: &str) {
        use diesel::connection::SimpleConnection as _;
        let mut db = connect_as_it_is(&self.url).expect("the database opens");
        db.batch_execute(statements).expect("statements");
    }
}

fn shanhai(arguments: &[&str]) -> Output {
    Command::new(SHANHAI).args(arguments).output().expect("the program runs")
}

fn run_copy(from: &Place, to: &Place) -> Output {
    shanhai(&["copy", "--from", &from.address(), "--to", &to.address()])
}

fn run_backup(from: &Place, file: &Path) -> Output {
    shanhai(&["backup", "--database-url", &from.address(), "--to", text(file)])
}

fn run_restore(file: &Path, to: &Place) -> Output {
    shanhai(&["restore", "--from", text(file), "--database-url", &to.address()])
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path that is text")
}

#[track_caller]
fn succeeded(output: &Output, saying: &str) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains(saying), "{said}\nshould say: {saying}");
}

#[track_caller]
fn failed(output: &Output, saying: &[&str]) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    for part in saying {
        assert!(error.contains(part), "{error}\nshould say: {part}");
    }
}

/// The names of all files in a folder.
fn names(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).expect("a folder");
    let name =
        |file: std::io::Result<std::fs::DirEntry>| file.expect("a file").file_name().to_string_lossy().into_owned();
    let mut names: Vec<String> = files.map(name).collect();
    names.sort();
    names
}

/// A market with a ledger: six entries, one of them a reversal.
async fn small_market() -> Place {
    Place::at(Home::copy_of(&ledger().await))
}

/// A market with more rows than are held in memory at once.
async fn large_market() -> Place {
    static LARGE: OnceCell<Snapshot> = OnceCell::const_new();
    let fill = || {
        let home = Home::empty();
        let data = data::read(data_folder()).expect("the data folder");
        let hashes = vec![String::new(); data.accounts.len()];
        let now = clock::at(date(2026, 11, 24), 14, 30);
        diesel::Connection::transaction(&mut home.connect(), |db| {
            catalogue::load(db, &data, &hashes)?;
            sample::place_orders(db, &data, now)?;
            sample::place_reports(db, &data, now)
        })
        .expect("the sample orders keep all rules");
        home.snapshot()
    };
    Place::at(Home::copy_of(LARGE.get_or_init(async || fill()).await))
}

// ---- copy ---------------------------------------------------------------------------------------------------------

#[test]
fn every_table_and_column_is_copied() {
    for place in Place::all() {
        let mut there = database::tables(&mut place.connect()).expect("the catalogue is read");
        there.remove(database::MIGRATIONS_TABLE).expect("the migrations keep their table");
        assert_eq!(copy::tables().expect("a list"), there, "{}: declare it in schema.rs", place.url);
    }
}

#[tokio::test]
async fn a_market_goes_there_and_back_unchanged() {
    for from in [small_market().await, large_market().await] {
        let before = from.content();
        for there in Place::all() {
            succeeded(&run_copy(&from, &there), "everything is there");
            assert_eq!(there.content(), before, "{}", there.url);
            let back = Place::empty();
            succeeded(&run_copy(&there, &back), "everything is there");
            assert_eq!(back.content(), before, "{}", there.url);
            succeeded(&audit_of(&back.address()), "sound: ");
        }
        assert_eq!(from.content(), before, "the source is only read");
    }
}

#[tokio::test]
async fn a_copied_market_goes_on() {
    let from = filled_home().await;
    let (from, to) = (Place::at(from), Place::empty());
    succeeded(&run_copy(&from, &to), "everything is there");
    let process = Process::start(&to.home);
    let cast = Cast::of(&process, "zhenhai").await;
    let plan = Plan::new(&mut StdRng::seed_from_u64(1));
    let plan = Plan { district: "zhenhai", ..plan };
    for action in LIFE {
        let answer = cast.act(&plan, action).await.expect("an answer");
        assert!((200..300).contains(&answer.status), "{}", answer.text());
    }
    succeeded(&audit_of(&to.address()), "sound: ");
}

#[tokio::test]
async fn copying_again_finds_everything_there() {
    let from = small_market().await;
    for to in Place::all() {
        drop(to.connect());
        succeeded(&run_copy(&from, &to), "everything is there");
        let before = to.content();
        succeeded(&run_copy(&from, &to), "already there, nothing to do");
        assert_eq!(to.content(), before);
    }
}

#[tokio::test]
async fn of_two_copies_at_once_one_fills_and_the_other_finds_it_filled() {
    let from = small_market().await;
    for to in Place::all() {
        drop(to.connect());
        let said: Vec<String> = std::thread::scope(|scope| {
            let copies = [(); 2].map(|()| scope.spawn(|| run_copy(&from, &to)));
            let outputs = copies.map(|copy| copy.join().expect("a copy runs"));
            assert!(outputs.iter().all(|output| output.status.success()), "{outputs:?}");
            outputs.iter().map(said).collect()
        });
        let count = |what: &str| said.iter().filter(|said| said.contains(what)).count();
        assert_eq!((count("everything is there"), count("already there")), (1, 1), "{said:?}");
        assert_eq!(to.content(), from.content());
    }
}

#[tokio::test]
async fn a_target_that_holds_something_else_is_left_alone() {
    let from = small_market().await;
    let other = Place::at(filled_home().await);
    let before = other.content();
    let refused = run_copy(&from, &other);
    failed(&refused, &["holds other data", "orders: 3 rows in the source, 0 in the target", "an empty database"]);
    failed(&refused, &["sum of sales.amount_fen: "]);
    assert_eq!(other.content(), before);

    for to in Place::all() {
        succeeded(&run_copy(&from, &to), "everything is there");
        to.run("update products set description = description || '!' where name = '庆元香菇'");
        let before = to.content();
        failed(&run_copy(&from, &to), &["products: 127 rows in both, but other ones"]);
        assert_eq!(to.content(), before);
    }
}

#[tokio::test]
async fn a_copy_that_was_killed_leaves_nothing_and_can_be_run_again() {
    let from = large_market().await;
    let whole = from.content();
    for to in Place::all() {
        let empty = to.content();
        let begun = Instant::now();
        succeeded(&run_copy(&from, &Place::file()), "everything is there");
        let takes = begun.elapsed();
        let mut killed = 0;
        for tenth in 1..10 {
            let mut child = Command::new(SHANHAI)
                .args(["copy", "--from", &from.address(), "--to", &to.address()])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("the program starts");
            tokio::time::sleep(takes * tenth / 10).await;
            child.kill().expect("killed");
            child.wait().expect("gone");
            wait_until_left(&to);
            let left = to.content();
            assert!(left == empty || left == whole, "killed after {tenth} tenths of {takes:?}: {left:?}");
            killed += usize::from(left == empty);
        }
        assert!(killed > 0, "none was killed before its end");
        let output = run_copy(&from, &to);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert_eq!(to.content(), whole);
    }
}

/// PostgreSQL notices some moments later that nobody is there any more.
fn wait_until_left(place: &Place) {
    use diesel::prelude::*;
    if let DatabaseUrl::Sqlite(_) = place.url {
        return;
    }
    let others = diesel::dsl::sql::<diesel::sql_types::BigInt>(
        "(select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() \
         and backend_type = 'client backend')",
    );
    let mut db = connect_as_it_is(&place.url).expect("the database opens");
    while diesel::select(others.clone()).get_result::<i64>(&mut db).expect("a count") > 0 {
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[tokio::test]
async fn a_source_that_is_no_market_of_this_version_is_refused() {
    let to = Place::file();
    let nothing = Place::file();
    failed(&run_copy(&nothing, &to), &["there is no database"]);
    nothing.run("create table other (id bigint)");
    failed(&run_copy(&nothing, &to), &["it holds no market"]);
    failed(&run_copy(&small_market().await, &nothing), &["tables of another program", "'other'"]);
    for (statement, told) in [
        (
            "delete from __diesel_schema_migrations where version = '0003'",
            ["its migration 0003 is missing", "shanhai audit"],
        ),
        (
            "insert into __diesel_schema_migrations (version) values ('9999')",
            ["9999 is newer", "start the newer program"],
        ),
    ] {
        let from = small_market().await;
        from.run(statement);
        failed(&run_copy(&from, &to), &told);
    }
}

#[tokio::test]
async fn a_ledger_that_does_not_hold_is_not_copied() {
    let from = small_market().await;
    from.run("update sales set quantity = quantity + 1 where sequence = 2");
    let to = Place::file();
    failed(&run_copy(&from, &to), &["the ledger does not hold", "entry 2 ", "nothing was copied"]);
    assert_eq!(to.content(), Place::file().content());
}

#[test]
fn a_password_is_not_told() {
    let address = "postgres://me:geheim@127.0.0.1:1/market";
    for arguments in [
        ["copy", "--from", address, "--to", "sqlite:///nowhere.db"],
        ["backup", "--database-url", address, "--to", "nowhere.db"],
    ] {
        let output = shanhai(&arguments);
        failed(&output, &["postgres://me@127.0.0.1:1/market"]);
        assert!(!said(&output).contains("geheim"), "{}", said(&output));
    }
}

// ---- backup and restore -------------------------------------------------------------------------------------------

/// A backup of the small market in a folder of its own.
async fn backed_up() -> (Place, tempfile::TempDir, PathBuf) {
    let from = small_market().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("市场 2026-11-24.db");
    succeeded(&run_backup(&from, &file), "its checksum beside it");
    (from, folder, file)
}

fn flip_a_bit(file: &Path, at: usize) {
    let mut bytes = std::fs::read(file).expect("a file");
    bytes[at] ^= 1;
    std::fs::write(file, bytes).expect("a file");
}

#[tokio::test]
async fn a_backup_is_restored_into_any_empty_database() {
    let (from, folder, file) = backed_up().await;
    assert_eq!(names(folder.path()), ["市场 2026-11-24.db", "市场 2026-11-24.db.sha256"]);
    let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().expect("a file").permissions());
    assert_eq!(mode & 0o077, 0, "nobody else may read it");
    let mut check = Command::new("sha256sum");
    let checked = check.args(["--check", "市场 2026-11-24.db.sha256"]).current_dir(folder.path()).output();
    succeeded(&checked.expect("sha256sum runs"), "OK");
    let bytes = std::fs::read(&file).expect("the backup");
    for to in Place::all() {
        succeeded(&run_restore(&file, &to), "everything is there");
        assert_eq!(to.content(), from.content());
        succeeded(&audit_of(&to.address()), "sound: 6 entries");
        succeeded(&run_restore(&file, &to), "already there, nothing to do");
    }
    assert_eq!(std::fs::read(&file).expect("the backup"), bytes, "a backup is only read");
    assert_eq!(names(folder.path()).len(), 2);
    let other = Place::at(filled_home().await);
    let before = other.content();
    failed(&run_restore(&file, &other), &["holds other data", "an empty database"]);
    assert_eq!(other.content(), before);
}

#[tokio::test]
async fn a_backup_is_never_overwritten() {
    let (from, folder, file) = backed_up().await;
    let bytes = std::fs::read(&file).expect("the backup");
    failed(&run_backup(&from, &file), &["is there already", "choose another name"]);
    assert_eq!(std::fs::read(&file).expect("the backup"), bytes);
    std::fs::remove_file(&file).expect("removed");
    failed(&run_backup(&from, &file), &[".sha256 is there already"]);
    assert_eq!(names(folder.path()).len(), 1);
    let part = folder.path().join("b.db.part");
    std::fs::write(&part, "of another backup").expect("a file");
    failed(&run_backup(&from, &folder.path().join("b.db")), &["another backup is being written", "remove it"]);
    assert_eq!(std::fs::read_to_string(&part).expect("still there"), "of another backup");
}

#[tokio::test]
async fn a_damaged_backup_is_found() {
    let (_from, _folder, file) = backed_up().await;
    let to = Place::file();
    let length = std::fs::read(&file).expect("the backup").len();
    for at in [0, length / 3, length - 1] {
        flip_a_bit(&file, at);
        failed(&run_restore(&file, &to), &["is not the file its checksum was made of", "another backup"]);
        flip_a_bit(&file, at);
    }
    let checksum = file.with_extension("db.sha256");
    std::fs::rename(&checksum, file.with_extension("aside")).expect("moved");
    failed(&run_restore(&file, &to), &["cannot read", ".sha256", "sha256sum"]);
    std::fs::write(&checksum, "").expect("a file");
    failed(&run_restore(&file, &to), &["is not the file its checksum was made of"]);
    failed(&run_restore(&file.with_extension("gone"), &to), &["there is no backup"]);
    let DatabaseUrl::Sqlite(target) = &to.url else { panic!("a file") };
    assert!(!target.exists(), "nothing was made of them");
}

#[tokio::test]
async fn a_backup_whose_ledger_was_changed_is_found_though_its_checksum_is_right() {
    let (_from, folder, file) = backed_up().await;
    let inside = Place { url: DatabaseUrl::Sqlite(file.clone()), home: Home::empty() };
    inside.run("update sales set amount_fen = amount_fen + 1 where sequence = 3; pragma journal_mode = delete");
    let sum = Command::new("sha256sum").arg(&file).current_dir(folder.path()).output().expect("sha256sum runs");
    std::fs::write(file.with_extension("db.sha256"), sum.stdout).expect("a file");
    failed(&run_restore(&file, &Place::file()), &["does not hold: entry 3 ", "take another backup"]);
}

#[tokio::test]
async fn a_backup_of_an_older_version_is_restored_by_way_of_a_copy() {
    let (from, folder, file) = backed_up().await;
    let older = |path: PathBuf| Place { url: DatabaseUrl::Sqlite(path), home: Home::empty() };
    older(file.clone()).run(
        "drop index orders_by_change; drop table day_sums; drop table ledger_head; delete from __diesel_schema_migrations where version = '0003'; \
         pragma journal_mode = delete",
    );
    let sum = Command::new("sha256sum").arg(&file).output().expect("sha256sum runs");
    std::fs::write(file.with_extension("db.sha256"), sum.stdout).expect("a file");
    let to = Place::empty();
    failed(&run_restore(&file, &to), &["its migration 0003 is missing", "make a copy of the file", "shanhai copy"]);
    let copied = older(folder.path().join("copied.db"));
    std::fs::copy(&file, folder.path().join("copied.db")).expect("a copy");
    succeeded(&audit_of(&copied.address()), "sound: 6 entries");
    succeeded(&run_copy(&copied, &to), "everything is there");
    assert_eq!(to.content(), from.content());
}

#[tokio::test]
async fn a_backup_that_finds_no_room_leaves_nothing() {
    let from = small_market().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("a.db");
    // Files may grow to so many blocks; whoever writes beyond is told so, as by a disk that is full.
    for blocks in ["80", "200", "400"] {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let output = Command::new("sh")
            .args(["-c", &script, "sh", SHANHAI, "backup", "--database-url", &from.address(), "--to", text(&file)])
            .output()
            .expect("a shell");
        failed(&output, &["cannot write the backup", "a.db; nothing of it was kept"]);
        assert!(names(folder.path()).is_empty(), "{:?}", names(folder.path()));
    }
    succeeded(&run_backup(&from, &file), "its checksum beside it");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_to_is_named() {
    let from = small_market().await;
    failed(&run_backup(&from, Path::new("/nowhere/at/all.db")), &["there is no folder /nowhere/at"]);
    failed(&run_backup(&from, Path::new("/proc/a.db")), &["cannot write into the folder /proc"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_before_a_backup_is_in_it() {
    let from = Place::at(filled_home().await);
    let process = Process::start(&from.home);
    let mut random = StdRng::seed_from_u64(rand::random());
    let (tell, mut told) = unbounded_channel::<(OrderId, Action)>();
    for district in ["zhenhai", "yinzhou"].repeat(3) {
        let plans = (0..200).map(|_| Plan { district, ..Plan::new(&mut random) }).collect();
        tokio::spawn(work(Cast::of(&process, district).await, plans, tell.clone()));
    }
    let mut answered: BTreeMap<OrderId, usize> = BTreeMap::new();
    for _ in 0..80 {
        let (id, _) = told.recv().await.expect("there is more to do");
        *answered.entry(id).or_default() += 1;
    }
    let file = from.home.path().join("backup.db");
    let from = std::sync::Arc::new(from);
    let (source, to_file) = (from.clone(), file.clone());
    let output = tokio::task::spawn_blocking(move || run_backup(&source, &to_file)).await.expect("the backup ran");
    succeeded(&output, "its checksum beside it");
    let meanwhile = told.len();
    told.recv().await.expect("the market is still open");
    drop(process);
    println!("{meanwhile} acts were answered while the backup was made");

    let to = Place::empty();
    succeeded(&run_restore(&file, &to), "everything is there");
    succeeded(&audit_of(&to.address()), "sound: ");
    let process = Process::start(&to.home);
    let city = process.sign_in("ningbo.city").await;
    for (id, acts) in answered {
        let order = city.order(id).await;
        let done: Vec<Action> = order.history.iter().rev().map(|step| step.action).collect();
        assert!(done.len() >= acts, "{acts} answered, {} kept", done.len());
        assert_eq!(done, LIFE[..done.len()], "{}", order.summary.number);
    }
}
