//! The program as a process of its own.

use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use crate::home::Home;
use crate::site::{PASSWORD, Person, client, serve_flags, template};

pub const SHANHAI: &str = env!("CARGO_BIN_EXE_shanhai");

/// The real program; killed without warning when it is dropped.
pub struct Process {
    child: Child,
    /// Kept open: a program whose output nobody takes stops at its next line.
    _output: Lines<BufReader<ChildStdout>>,
    pub base: String,
}

impl Process {
    pub fn start(home: &Home) -> Process {
        Process::start_with(home, &[])
    }

    pub fn start_with(home: &Home, flags: &[&str]) -> Process {
        Process::spawn(Command::new(SHANHAI), home, flags)
    }

    /// The same, allowed only so many open files.
    pub fn start_with_files(count: u32, home: &Home, flags: &[&str]) -> Process {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -n {count}; exec \"$@\""), "sh", SHANHAI]);
        Process::spawn(shell, home, flags)
    }

    /// The same, allowed only files of so many KB; see [`Process::give_room`].
    pub fn start_with_room_for(kilobytes: u64, home: &Home) -> Process {
        let mut shell = Command::new("sh");
        // Who ignores the signal is told by the failing write, as on a full disk; what is ignored stays ignored in `exec`.
        let script = format!("trap '' XFSZ; prlimit --pid $$ --fsize={}:; exec \"$@\"", kilobytes * 1024);
        shell.args(["-c", &script, "sh", SHANHAI]);
        Process::spawn(shell, home, &[])
    }

    /// Lets files grow again.
    pub fn give_room(&self) {
        let pid = self.child.id().to_string();
        let given = Command::new("prlimit").args(["--pid", &pid, "--fsize=unlimited:"]).status().expect("prlimit runs");
        assert!(given.success());
    }

    fn spawn(mut command: Command, home: &Home, flags: &[&str]) -> Process {
        let log = std::fs::File::options().create(true).append(true).open(home.path().join("log")).expect("a log");
        let mut child = command
            .arg("serve")
            .args(serve_flags(home, &["--no-sample"]))
            .args(flags)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let base = lines.find_map(|line| line.ok()?.strip_prefix("山海集 is open at ").map(str::to_owned));
        let Some(base) = base else { panic!("the program says where it listens; its log:\n{}", log_in(home)) };
        Process { child, _output: lines, base }
    }

    /// `127.0.0.1:40123`
    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    pub fn visitor(&self) -> Person {
        Person { http: client(), base: self.base.clone(), cookie: None }
    }

    pub async fn sign_in(&self, login: &str) -> Person {
        let visitor = self.visitor();
        let known = template().await.sessions.get(login).expect("one of the usual logins");
        // A copy of the template's database has its sessions too; one that filled itself has none.
        let person = Person { cookie: Some(known.clone()), ..visitor.clone() };
        if person.get("/sessions/current").await.status == 200 {
            return person;
        }
        Person { cookie: Some(visitor.try_password(login, PASSWORD).await.cookie()), ..visitor }
    }

    /// As `kill -9`: it closes nothing and writes nothing more.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }

    /// As `kill`: it is asked to stop.
    pub fn ask_to_stop(&self) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().expect("a signal is sent");
        assert!(asked.success());
    }

    /// None while it runs.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("the state of a child")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the programs of this home have logged so far.
pub fn log_in(home: &Home) -> String {
    std::fs::read_to_string(home.path().join("log")).unwrap_or_default()
}

/// A home whose database is filled.
pub async fn filled_home() -> Home {
    Home::copy_of(&template().await.database)
}
