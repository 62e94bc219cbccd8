//! Programs started for a measurement; none outlives it, however it ends.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::scratch::Scratch;

/// A program below a shell that kills it when the shell's own input ends: by us, or by our end.
pub struct Process {
    shell: Child,
    output: BufReader<ChildStdout>,
    log: PathBuf,
    pub id: u32,
    /// When the program took its place in memory; the shell's own start is none of it.
    pub started: Instant,
}

/// The program says its number first. The shell then lets go of the output, so that it ends with the program.
const WATCH: &str =
    "sh -c 'echo $$; exec \"$@\"' sh \"$@\" & program=$!; exec >/dev/null; cat; kill -9 $program 2>/dev/null; wait";

impl Process {
    /// # Errors
    /// When it does not start.
    pub fn start(program: &Path, arguments: &[impl AsRef<OsStr>], log: PathBuf) -> Result<Process> {
        let complaints = File::options().create(true).append(true).open(&log)?;
        let mut command = Command::new("sh");
        command.args(["-c", WATCH, "sh"]).arg(program).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(complaints);
        // A group of its own: Ctrl-C ends us, and the shell still does its work.
        let mut shell = command.process_group(0).spawn().context("cannot start a shell")?;
        let output = shell.stdout.take().context("the shell has no output")?;
        let mut process = Process { shell, output: BufReader::new(output), log, id: 0, started: Instant::now() };
        process.id = process.line(|line| Some(line))?.parse().context("the shell named no process")?;
        process.started = Instant::now();
        Ok(process)
    }

    /// Reads lines until one is what is looked for.
    ///
    /// # Errors
    /// When the output ends first; what the program complained of is in the message.
    pub fn line(&mut self, wanted: impl Fn(&str) -> Option<&str>) -> Result<String> {
        let mut line = String::new();
        while self.output.read_line(&mut line)? > 0 {
            if let Some(found) = wanted(line.trim_end()) {
                return Ok(found.to_owned());
            }
            line.clear();
        }
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let last = log.lines().last().unwrap_or("nothing");
        anyhow::bail!("a program ended too early; it said last: {last}")
    }

    /// Everything it still says, to its end.
    ///
    /// # Errors
    /// When that is no text.
    pub fn rest(&mut self) -> Result<String> {
        let mut text = String::new();
        self.output.read_to_string(&mut text)?;
        Ok(text)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// A server that listens.
pub struct Server {
    pub process: Process,
    pub address: SocketAddr,
}

impl Server {
    /// The real server over a database that has been filled.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(scratch: &Scratch, database: &str, flags: &[&str]) -> Result<Server> {
        let app = scratch.path("app").display().to_string();
        let common = ["serve", "--listen", "127.0.0.1:0", "--no-sample", "--app", &app, "--data", crate::market::DATA];
        let arguments = [&common, &["--database-url", database][..], flags].concat();
        let process = Process::start(&scratch.shanhai(), &arguments, scratch.path("server.log"))?;
        Server::listening(process, "山海集 is open at http://")
    }

    /// Waits for the line in which a server says where it listens.
    ///
    /// # Errors
    /// When it ends without one.
    pub fn listening(mut process: Process, greeting: &str) -> Result<Server> {
        let address = process.line(|line| line.strip_prefix(greeting))?.parse()?;
        Ok(Server { process, address })
    }
}
