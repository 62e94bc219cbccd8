//! The tools that npm carries as ready binaries. Their versions are pinned in crates/xtask/npm.

use crate::project::Project;
use crate::shell::{self, command};
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;

const PINS: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// npm writes node_modules/.package-lock.json last, so with it there and our pins unchanged, all is there.
pub fn is_there(project: &Project) -> bool {
    let installed = project.tools().join("npm");
    let same = |name: &str| {
        let ours = fs::read(project.npm_pins().join(name));
        let theirs = fs::read(installed.join(name));
        matches!((ours, theirs), (Ok(ours), Ok(theirs)) if ours == theirs)
    };
    project.node_modules().join(".package-lock.json").is_file() && PINS.iter().all(|name| same(name))
}

pub fn install(project: &Project) -> Result<()> {
    let folder = project.tools().join("npm");
    fs::create_dir_all(&folder).with_context(|| format!("could not make the folder {}", folder.display()))?;
    for name in PINS {
        fs::copy(project.npm_pins().join(name), folder.join(name)).with_context(|| format!("could not copy {name}"))?;
    }
    shell::run(command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder), "npm ci")
}

/// npm fetches only the package for this machine, and the program is in that one; the launcher beside it waits for an
/// install script to fill it in, which we do not run.
pub fn lightningcss(project: &Project) -> Result<PathBuf> {
    let packages = fs::read_dir(project.node_modules()).context("the npm tools are not installed")?;
    packages
        .filter_map(|entry| entry.ok())
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("lightningcss-cli-"))
        .map(|entry| entry.path().join("lightningcss"))
        .find(|program| shell::ask(program, &["--version"]).is_some())
        .context("npm has no lightningcss that runs on this machine")
}
