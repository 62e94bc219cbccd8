//! Chromium, its driver and a Chinese font, for the tests that look at the real page.

use super::{apt, named_by};
use crate::shell;
use anyhow::{Context, Result};
use std::path::PathBuf;

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
    let what =
        "Chromium, chromedriver of the same version and a Chinese font (CHROMIUM and CHROMEDRIVER may name them)";
    apt::install(what, &missing_packages())
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
