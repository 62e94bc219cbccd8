//! The tools that npm carries, in two sets: ready binaries for the build, and what measures pages for the bench. Their versions are
//! pinned in crates/xtask/npm.

use crate::project::Project;
use crate::shell::{self, command};
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;

const PINS: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// A package.json of ours: the folder below crates/xtask/npm that has it, and that below the tools where it is installed.
#[derive(Clone, Copy, Debug)]
pub struct Packages {
    pins: &'static str,
    installed: &'static str,
}

pub const FOR_THE_BUILD: Packages = Packages { pins: "", installed: "npm" };
pub const LIGHTHOUSE: Packages = Packages { pins: "lighthouse", installed: "lighthouse" };

impl Packages {
    pub fn modules(self, project: &Project) -> PathBuf {
        project.tools().join(self.installed).join("node_modules")
    }

    /// npm writes node_modules/.package-lock.json last, so with it there and our pins unchanged, all is there.
    pub fn are_there(self, project: &Project) -> bool {
        let same = |name: &str| {
            let ours = fs::read(project.npm_pins().join(self.pins).join(name));
            let theirs = fs::read(project.tools().join(self.installed).join(name));
            matches!((ours, theirs), (Ok(ours), Ok(theirs)) if ours == theirs)
        };
        self.modules(project).join(".package-lock.json").is_file() && PINS.iter().all(|name| same(name))
    }

    pub fn install(self, project: &Project) -> Result<()> {
        let folder = project.tools().join(self.installed);
        fs::create_dir_all(&folder).with_context(|| format!("could not make the folder {}", folder.display()))?;
        for name in PINS {
            let pins = project.npm_pins().join(self.pins).join(name);
            fs::copy(pins, folder.join(name)).with_context(|| format!("could not copy {name}"))?;
        }
        shell::run(command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder), "npm ci")
    }
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
