//! Firefox and WebKit, in which a buyer walks once. Where they cannot be had the walk is left out, and said to be: the tests do not
//! depend on them.

use super::{apt, cargo_install, named_by};
use crate::project::Project;
use crate::shell;
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// Speaks with every Firefox that is still looked after.
const GECKODRIVER: &str = "0.37.1";

/// The variables that tests/browser/driver.rs reads, and the programs they name.
#[derive(Debug, Default)]
pub struct Engines(Vec<(&'static str, PathBuf)>);

impl Engines {
    pub fn tell(&self, tests: &mut Command) {
        for (variable, program) in &self.0 {
            tests.env(variable, program);
        }
    }

    fn has(&self, variable: &str) -> bool {
        self.0.iter().any(|(name, _)| *name == variable)
    }
}

/// Installs what is missing, and says what could not be.
pub fn set_up(project: &Project) {
    for (name, missing, install) in [
        ("Firefox", firefox(project).is_none(), install_firefox as fn(&Project) -> Result<()>),
        ("WebKit", webkit().is_none(), install_webkit),
    ] {
        if missing && let Err(error) = install(project) {
            println!("{name} could not be had ({error:#}); the buyer does not walk in it.");
        }
    }
}

/// What is on the machine now.
pub fn find(project: &Project) -> Engines {
    let engines = Engines([firefox(project), webkit()].into_iter().flatten().flatten().collect());
    let word = |variable| if engines.has(variable) { "yes" } else { "no" };
    println!("The buyer also walks in Firefox: {}, in WebKit: {}.", word("GECKODRIVER"), word("WEBKIT_DRIVER"));
    engines
}

fn firefox(project: &Project) -> Option<Vec<(&'static str, PathBuf)>> {
    let firefox =
        named_by("FIREFOX").or_else(|| ["firefox-esr", "firefox"].iter().find_map(|name| shell::find_on_path(name)))?;
    let driver = named_by("GECKODRIVER").or_else(|| own_geckodriver(project))?;
    Some(vec![("FIREFOX", firefox), ("GECKODRIVER", driver)])
}

fn own_geckodriver(project: &Project) -> Option<PathBuf> {
    let program = project.tools().join("bin/geckodriver");
    shell::ask(&program, &["--version"])?.contains(GECKODRIVER).then_some(program)
}

/// Debian has no geckodriver; it comes from the registry of Rust.
fn install_firefox(project: &Project) -> Result<()> {
    if ["firefox-esr", "firefox"].iter().all(|name| shell::find_on_path(name).is_none()) {
        apt::install("Firefox", &["firefox-esr"])?;
    }
    println!("setting up geckodriver {GECKODRIVER} (about a minute the first time)");
    cargo_install(project, "0", &["geckodriver", "--version", GECKODRIVER, "--locked"])
}

fn webkit() -> Option<Vec<(&'static str, PathBuf)>> {
    let driver = named_by("WEBKIT_DRIVER").or_else(|| shell::find_on_path("WebKitWebDriver"))?;
    let window = named_by("MINIBROWSER").or_else(minibrowser)?;
    let screen = named_by("XVFB").or_else(|| shell::find_on_path("Xvfb"))?;
    Some(vec![("WEBKIT_DRIVER", driver), ("MINIBROWSER", window), ("XVFB", screen)])
}

/// Debian keeps it beside the library, in a folder named after machine and version.
fn minibrowser() -> Option<PathBuf> {
    let machines = std::fs::read_dir("/usr/lib").ok()?.flatten();
    let versions = machines.filter_map(|machine| std::fs::read_dir(machine.path()).ok()).flatten().flatten();
    let mut found: Vec<PathBuf> = versions
        .filter(|version| version.file_name().to_string_lossy().starts_with("webkit2gtk-"))
        .map(|version| version.path().join("MiniBrowser"))
        .filter(|program| program.is_file())
        .collect();
    found.sort();
    found.pop()
}

fn install_webkit(_: &Project) -> Result<()> {
    apt::install("WebKit, its driver and a screen in memory", &["webkit2gtk-driver", "xvfb"])
}
