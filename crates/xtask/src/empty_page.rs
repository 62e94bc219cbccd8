//! The least a page of Leptos can be, built as the app is built: what of the first visit is the price of the framework.

use crate::project::Project;
use crate::{app, dist, shell, split};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

const MAIN: &str = include_str!("../bench/empty/main.rs");
const PAGE: &str = include_str!("../bench/empty/index.html");

/// The app has a router of its own (src/router.rs); that of Leptos is what it is measured by. Goes up with Leptos.
const ROUTER: &str = "leptos_router = { version = \"=0.8.17\", default-features = false }";

/// No member of the workspace: a member's features would reach the app (ARCHITECTURE.md, "The Trunk trap").
const PACKAGE: &str = "[package]\nname = \"empty-page\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n";

/// Builds it and gives the folder with the files a browser fetches, compressed.
pub fn build(project: &Project) -> Result<PathBuf> {
    // Inside the project, so that rustup finds the project's toolchain.
    let folder = project.built().join("empty");
    write_package(project, &folder)?;
    let target = app::target_folder(project)?;
    let mut cargo = shell::command("cargo");
    cargo.current_dir(&folder).env("CARGO_TARGET_DIR", &target);
    cargo.args(["build", "--target", "wasm32-unknown-unknown", "--profile", split::PROFILE]);
    split::set_flags(&mut cargo);
    shell::run(&mut cargo, "building the empty page")?;
    let whole = target.join("wasm32-unknown-unknown").join(split::PROFILE).join("empty-page.wasm");
    let parts = split::take_apart(project, &whole, folder.join("split"))?;
    fs::write(parts.join("index.html"), PAGE).context("could not write the empty page")?;
    dist::compress(&parts)?;
    Ok(parts)
}

/// The same versions, features and profile as the app: taken from its own files.
fn write_package(project: &Project, folder: &Path) -> Result<()> {
    let ours = fs::read_to_string(project.root().join("Cargo.toml")).context("could not read Cargo.toml")?;
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).with_context(|| format!("could not write {name} of the empty page"))
    };
    fs::create_dir_all(folder.join("src")).context("could not make the folder of the empty page")?;
    fs::copy(project.root().join("Cargo.lock"), folder.join("Cargo.lock")).context("could not copy Cargo.lock")?;
    write("src/main.rs", MAIN)?;
    write("Cargo.toml", &manifest(&ours))
}

fn manifest(ours: &str) -> String {
    let leptos = ours.lines().find(|line| line.starts_with("leptos =")).unwrap_or_default();
    let profiles = ["[profile.release]", &format!("[profile.{}]", split::PROFILE)].map(|header| section(ours, header));
    format!("{PACKAGE}\n[dependencies]\n{leptos}\n{ROUTER}\n\n{}", profiles.concat())
}

/// A section of a manifest, from its header to the next one.
fn section(manifest: &str, header: &str) -> String {
    let mut lines = manifest.lines().skip_while(|line| *line != header);
    let first = lines.next().into_iter();
    first.chain(lines.take_while(|line| !line.starts_with('['))).map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_page_is_built_with_the_apps_own_versions_and_profile() {
        let manifest = manifest(include_str!("../../../Cargo.toml"));
        for wanted in
            ["\nleptos = {", "\nleptos_router = {", "[profile.wasm-release]", "inherits = \"release\"", "lto = \"fat\""]
        {
            assert!(manifest.contains(wanted), "{wanted} is missing from\n{manifest}");
        }
        assert!(!manifest.contains("[profile.dev"));
    }
}
