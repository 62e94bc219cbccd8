//! Debian's packages, where they may be installed.

use crate::shell::{self, command};
use anyhow::{Result, bail};
use std::io::IsTerminal;
use std::process::Command;

/// Installs `packages`, which hold `what`.
pub fn install(what: &str, packages: &[&str]) -> Result<()> {
    if shell::find_on_path("apt-get").is_none() {
        bail!("the tests need {what}, and can install them only with apt; please install them");
    }
    shell::run(apt_get(packages)?.arg("update"), "apt-get update")?;
    let mut install = apt_get(packages)?;
    install.args(["install", "-y", "--no-install-recommends"]).args(packages);
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
