//! Days on which the database is in trouble: each ends in a message that says what to do, nothing that was answered is
//! lost, and what can recover does.

use std::os::unix::fs::FileExt as _;
use std::process::Command;

use diesel::{QueryableByName, RunQueryDsl as _, sql_query};
use domain::order_life::State;
use domain::wire::OrderSummary;
use server::database::DatabaseUrl;

use crate::audit::{audit, said};
use crate::home::{Home, on_postgres};
use crate::line::eventually;
use crate::process::{Process, SHANHAI, filled_home, log_in};
use crate::site::{Site, basket, serve_flags};

/// Starts the program where it cannot run, and gives what it said before it ended with 1.
fn fails_to_start(home: &Home) -> String {
    let output = Command::new(SHANHAI).arg("serve").args(serve_flags(home, &["--no-sample"])).output();
    let output = output.expect("the program starts");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    said(&output)
}

fn file_of(home: &Home) -> std::path::PathBuf {
    match home.url() {
        DatabaseUrl::Sqlite(file) => file.clone(),
        DatabaseUrl::Postgres(_) => panic!("there is no file"),
    }
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_left_alone() {
    let home = filled_home().await;
    home.run("insert into __diesel_schema_migrations (version, run_on) values ('9999', current_timestamp)");
    let message = fails_to_start(&home);
    assert!(message.contains("its migration 9999 is newer than this program"), "{message}");
    assert!(message.contains("start the newer program, or restore a backup"), "{message}");
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_named_without_its_password() {
    let output = Command::new(SHANHAI)
        .args(["audit", "--database-url", "postgres://me:hush-hush@127.0.0.1:1/market"])
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(1));
    let message = said(&output);
    assert!(message.contains("postgres://me@127.0.0.1:1/market"), "{message}");
    assert!(message.contains("check that PostgreSQL runs there"), "{message}");
    assert!(!message.contains("hush"), "{message}");
}

// ---- the file -----------------------------------------------------------------------------------------------------

/// The disk takes no more: the kernel refuses to let the program's files grow, as a full disk would.
#[tokio::test]
async fn when_the_disk_is_full_nothing_answered_is_lost_and_work_goes_on_when_there_is_room() {
    if on_postgres() {
        return;
    }
    let home = filled_home().await;
    let process = Process::start_with_room_for(2 * 1024, &home);
    let officer = process.sign_in("zhenhai.officer").await;
    let mut answered: Vec<OrderSummary> = Vec::new();
    let refused = loop {
        let answer = officer.place(&basket(&[&[("庆元香菇", 1)]])).await;
        match answer.status {
            201 => answered.extend(answer.orders()),
            _ => break answer.refused(503, "storage_trouble"),
        }
    };
    assert!(refused.detail.contains("数据盘"), "{refused:?}");
    assert!(log_in(&home).contains("make room"), "{}", log_in(&home));
    process.give_room();
    eventually("working again", async || officer.place(&basket(&[&[("庆元香菇", 1)]])).await.status == 201).await;
    let kept = officer.all_orders().await;
    for order in &answered {
        assert!(kept.iter().any(|kept| kept.id == order.id), "{} is gone", order.number);
    }
    drop(process);
    let output = audit(&home);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn a_folder_that_may_not_be_written_to_is_named() {
    // Here not even root may make a file.
    let home = Home::at(DatabaseUrl::Sqlite("/proc/shanhai.db".into()));
    let message = fails_to_start(&home);
    assert!(message.contains("sqlite:///proc/shanhai.db"), "{message}");
    assert!(message.contains("check that the folder exists and may be written to"), "{message}");
}

#[tokio::test]
async fn who_finds_the_file_held_by_another_program_is_told_and_may_come_again() {
    if on_postgres() {
        return;
    }
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let body = basket(&[&[("庆元香菇", 50)]]);
    let mut other = site.home().connect();
    sql_query("begin immediate").execute(&mut other).expect("held");
    officer.place(&body).await.refused(503, "busy");
    sql_query("rollback").execute(&mut other).expect("let go");
    assert_eq!(officer.place(&body).await.orders().len(), 1);
    assert_eq!(officer.all_orders().await.len(), 1, "the one that was refused is not there beside it");
}

#[derive(QueryableByName)]
struct Place {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    page: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    size: i64,
}

#[tokio::test]
async fn a_damaged_page_is_told_from_a_sound_one() {
    if on_postgres() {
        return;
    }
    let site = Site::open().await;
    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120)]).await;
    let home = site.close().await;
    let mut db = home.connect();
    let place: Place = sql_query(
        "select rootpage as page, page_size as size from sqlite_master, pragma_page_size where name = 'sales'",
    )
    .get_result(&mut db)
    .expect("the place of the ledger");
    sql_query("pragma wal_checkpoint(truncate)").execute(&mut db).expect("everything is in the file");
    drop(db);
    let file = std::fs::File::options().write(true).open(file_of(&home)).expect("the file");
    let garbage = vec![0xA5; usize::try_from(place.size).expect("a page")];
    file.write_all_at(&garbage, u64::try_from((place.page - 1) * place.size).expect("a place")).expect("written over");

    let output = audit(&home);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("restore the last backup with `shanhai restore`"), "{}", said(&output));
    let process = Process::start(&home);
    let city = process.sign_in("ningbo.city").await;
    city.get("/sales").await.refused(503, "storage_trouble");
    assert!(log_in(&home).contains("the file is damaged"), "{}", log_in(&home));
    assert_eq!(city.get("/orders").await.status, 200, "what is sound is still answered");
}
