//! Chromium, its driver and a Chinese font, for the tests that look at the real page.

use crate::shell::{self, command};
use anyhow::{Context, Result, bail};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::Command;

const CHROMIUM_NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

pub struct Browser {
    pub chromium: PathBuf,
    pub chromedriver: PathBuf,
}

impl Browser {
    pub fn find() -> Result<Browser> {
        let chromium = chromium().context("Chromium was not found; the variable CHROMIUM may name it")?;
        let chromedriver = chromedriver().context("chromedriver was not found; CHROMEDRIVER may name it")?;
        Ok(Browser { chromium, chromedriver })
    }
}

pub fn is_there() -> bool {
    missing_packages().is_empty()
}

pub fn install() -> Result<()> {
    let packages = missing_packages();
    if shell::find_on_path("apt-get").is_none() {
        bail!(
            "the browser tests need Chromium, chromedriver of the same version and a Chinese font, and can install them \
             only with apt; please install them, and set CHROMIUM and CHROMEDRIVER if they are not on the PATH"
        );
    }
    shell::run(apt_get(&packages)?.arg("update"), "apt-get update")?;
    let mut install = apt_get(&packages)?;
    install.args(["install", "-y", "--no-install-recommends"]).args(&packages);
    shell::run(&mut install, "apt-get install")
}

fn apt_get(packages: &[&str]) -> Result<Command> {
    let root = shell::ask("id", &["-u"]).is_some_and(|id| id == "0");
    let mut command = if root {
        command("apt-get")
    } else if shell::find_on_path("sudo").is_some() {
        sudo()
    } else {
        bail!("please let an administrator run: apt-get install {}", packages.join(" "));
    };
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("-q");
    Ok(command)
}

/// Without a terminal nobody could type the password, so sudo must not wait for it.
fn sudo() -> Command {
    let mut command = command("sudo");
    if !std::io::stdin().is_terminal() {
        command.arg("-n");
    }
    command.arg("apt-get");
    command
}

fn missing_packages() -> Vec<&'static str> {
    let mut missing = Vec::new();
    if chromium().is_none() {
        missing.push("chromium");
    }
    if chromedriver().is_none() {
        missing.push("chromium-driver");
    }
    if !has_chinese_font() {
        missing.push("fonts-noto-cjk");
    }
    missing
}

/// A Mac has the fonts and no `fc-list`; so its absence counts only where apt could put that right.
fn has_chinese_font() -> bool {
    match shell::ask("fc-list", &[":lang=zh-cn", "family"]) {
        Some(families) => !families.is_empty(),
        None => shell::find_on_path("apt-get").is_none(),
    }
}

fn chromium() -> Option<PathBuf> {
    named_by("CHROMIUM").or_else(|| CHROMIUM_NAMES.iter().find_map(|name| shell::find_on_path(name)))
}

fn chromedriver() -> Option<PathBuf> {
    named_by("CHROMEDRIVER").or_else(|| shell::find_on_path("chromedriver"))
}

fn named_by(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|file| file.is_file())
}
