//! Starting other programs.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What `cargo run` tells the program it starts, and what a Cargo started from here must not inherit: build scripts that
/// watch these variables would run again each time another package had started them.
const CARGO_RUN_VARIABLES: [&str; 5] =
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"];

pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let inherited = name.to_string_lossy();
        if CARGO_RUN_VARIABLES.iter().any(|prefix| inherited.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs it with its output on the screen. `what` completes the sentence "… failed".
pub fn run(command: &mut Command, what: &str) -> Result<()> {
    let status = command.stdin(Stdio::null()).status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("{what} failed; what went wrong is in the lines above ({status})");
    }
    Ok(())
}

/// Runs it and shows what it prints only when it fails.
pub fn run_quietly(command: &mut Command, what: &str) -> Result<()> {
    let output = command.stdin(Stdio::null()).output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        eprint!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        bail!("{what} failed; what went wrong is in the lines above ({})", output.status);
    }
    Ok(())
}

/// Runs it and takes what it prints; its complaints still go to the screen.
pub fn output(command: &mut Command, what: &str) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        bail!("{what} failed; what went wrong is in the lines above ({})", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("{what} printed something that is not text"))
}

/// What a program prints when asked, or nothing when it is missing or fails.
pub fn ask(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
    let mut question = command(program);
    let output = question.args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
}

pub fn find_on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn cannot_start(command: &Command) -> String {
    format!("could not start `{}`; is it installed?", command.get_program().to_string_lossy())
}
