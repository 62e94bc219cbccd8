//! The folder everything lives in while it is measured; gone with the process that made it, however that ends.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

pub struct Scratch {
    folder: TempDir,
    /// Waits for our end and removes what is left. Never asked for anything: it lives as long as its input is open.
    _watchdog: Child,
}

/// After our end the servers are being stopped; what they still write must not come after the folder is gone.
const REMOVE: &str = "cat >/dev/null; sleep 1; rm -rf \"$1\"";

impl Scratch {
    /// # Errors
    /// When the folder for temporary files is none where something can be durable.
    pub fn new() -> Result<Scratch> {
        let folder = tempfile::Builder::new().prefix("shanhai-bench-").tempdir()?;
        let file_system = ask_df(folder.path(), "fstype")?;
        ensure!(
            file_system != "tmpfs",
            "temporary files are kept in memory here ({}), where nothing is durable; set TMPDIR to a folder on a disk",
            folder.path().display()
        );
        let mut watchdog = Command::new("sh");
        watchdog.args(["-c", REMOVE, "sh"]).arg(folder.path()).stdin(Stdio::piped()).stdout(Stdio::null());
        // A group of its own: Ctrl-C ends us, and the watchdog still does its work.
        let watchdog = watchdog.process_group(0).spawn().context("cannot start a shell")?;
        let scratch = Scratch { folder, _watchdog: watchdog };
        std::fs::create_dir(scratch.path("app"))?;
        std::fs::write(scratch.path("app/index.html"), "<!doctype html><title>山海集</title>")?;
        // A build that ends meanwhile must not put another program in its place.
        std::fs::copy(env!("CARGO_BIN_EXE_shanhai"), scratch.shanhai()).context("cannot copy the server")?;
        Ok(scratch)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The real program.
    pub fn shanhai(&self) -> PathBuf {
        self.path("shanhai")
    }

    /// # Errors
    /// When the disk has less room than this.
    pub fn need(&self, bytes: u64) -> Result<()> {
        let available: u64 = ask_df(self.folder.path(), "avail")?.parse().context("df named no number")?;
        let (gigabytes, there) = (bytes >> 30, available >> 30);
        ensure!(
            available >= bytes,
            "{gigabytes} GB are needed in {}, {there} are free; set TMPDIR to another disk, or ask for less with --ledger",
            self.folder.path().display()
        );
        Ok(())
    }
}

fn ask_df(folder: &Path, column: &str) -> Result<String> {
    let output = Command::new("df").arg(format!("--output={column}")).arg("--block-size=1").arg(folder).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().nth(1).map(|line| line.trim().to_owned()).context("df said nothing")
}
