//! A PostgreSQL of one's own: a cluster in a temporary folder, reached through a socket in that folder, gone with the
//! process that started it, however that ends.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A running cluster.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    /// Stops the cluster when the pipe to it is closed: by us, or by our end.
    watchdog: Child,
}

/// Nothing here outlives the test, so nothing need reach the disk; the limits fit many small servers.
const QUICK: &str = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n";

impl Cluster {
    /// A cluster for tests: quick, and careless about power cuts.
    pub fn start() -> Cluster {
        Cluster::start_with(QUICK)
    }

    /// A cluster with further settings, a line each.
    pub fn start_with(settings: &str) -> Cluster {
        let programs = programs();
        let folder = tempfile::Builder::new().prefix("shanhai-postgres-").tempdir().expect("a temporary folder");
        give_to_postgres(folder.path());
        let data = folder.path().join("data");
        // Chinese order and not C's: whoever sorts must not rely on the bytes of a text.
        let locale = ["--locale-provider=icu", "--icu-locale=zh-Hans-CN", "--locale=C.UTF-8"];
        run(as_postgres(&programs, "initdb")
            .arg("--no-sync")
            .args(locale)
            .args(["--auth=trust", "--username=market"])
            .args(["--encoding=UTF8", "--pgdata"])
            .arg(&data));
        let mut lines = std::fs::read_to_string(data.join("postgresql.conf")).expect("its settings");
        lines += "\nlisten_addresses = ''\nmax_connections = 400\nmax_wal_size = 4GB\n";
        lines += &format!("unix_socket_directories = '{}'\n{settings}", folder.path().display());
        std::fs::write(data.join("postgresql.conf"), lines).expect("its settings");
        let watchdog = Cluster::watch(&programs, folder.path());
        let cluster = Cluster { folder, programs, watchdog };
        cluster.control(&["start", "--wait"]);
        cluster
    }

    /// A shell that waits for the end of its input and then stops the cluster and removes its folder.
    fn watch(programs: &Path, folder: &Path) -> Child {
        let script = "cat >/dev/null; \"$1\"/pg_ctl stop --mode immediate --pgdata \"$2\"/data; rm -rf \"$2\"";
        let mut command = user_postgres("sh");
        command.args(["-c", script, "sh"]).arg(programs).arg(folder).current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // A group of its own: Ctrl-C reaches the tests, and the watchdog still does its work.
        std::os::unix::process::CommandExt::process_group(&mut command, 0).spawn().expect("a shell")
    }

    /// `pg_ctl` with these arguments.
    pub fn control(&self, arguments: &[&str]) {
        let data = self.folder.path().join("data");
        run(as_postgres(&self.programs, "pg_ctl")
            .args(arguments)
            .arg("--pgdata")
            .arg(data)
            .arg("--log")
            .arg(self.log()));
    }

    /// What it has to say.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// The address of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user=market", self.folder.path().display())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
    }
}

/// The folder that holds all of its programs: on the PATH, or where Debian puts them.
pub fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let complete = |folder: &PathBuf| ["initdb", "pg_ctl", "psql"].iter().all(|program| folder.join(program).exists());
    let on_path = std::env::split_paths(&path).find(complete);
    let by_debian = || {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        let mut folders: Vec<PathBuf> = versions.filter_map(|version| Some(version.ok()?.path().join("bin"))).collect();
        folders.sort();
        folders.into_iter().rev().find(complete)
    };
    on_path.or_else(by_debian).expect(
        "PostgreSQL is needed for these tests; `cargo xtask test` installs it, or: apt install postgresql postgresql-contrib",
    )
}

fn is_root() -> bool {
    let asked = Command::new("id").arg("-u").output().expect("id runs");
    String::from_utf8_lossy(&asked.stdout).trim() == "0"
}

/// PostgreSQL refuses to run as root; Debian's packages make a user for it.
fn user_postgres(program: impl AsRef<std::ffi::OsStr>) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn as_postgres(programs: &Path, program: &str) -> Command {
    let mut command = user_postgres(programs.join(program));
    command.current_dir("/").stdin(Stdio::null());
    command
}

fn give_to_postgres(folder: &Path) {
    if is_root() {
        run(Command::new("chown").arg("postgres").arg(folder));
        run(Command::new("chmod").arg("755").arg(folder));
    }
}

/// A program's output goes to a file: a cluster keeps what it was given open, and a pipe would never end.
fn run(command: &mut Command) {
    let said = tempfile::NamedTempFile::new().expect("a file for what it says");
    let end = || Stdio::from(said.reopen().expect("the same file"));
    let status = command.stdout(end()).stderr(end()).status().expect("the program starts");
    let text = std::fs::read_to_string(said.path()).unwrap_or_default();
    assert!(status.success(), "{command:?}: {status}\n{text}");
}
