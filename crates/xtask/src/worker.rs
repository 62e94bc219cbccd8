//! The scripts beside the app: the service worker, told which files it keeps, and the one that starts it.

use crate::project::Project;
use crate::{browsers, dist, shell, tools};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;

/// The page that stands for any without a network; crates/domain/src/page.rs has it.
const SHELL: &str = "/shell";
/// What starts the worker, as index.html asks for it.
const STARTER: &str = r#"<script src="/offline.js" type="module" async></script>"#;

/// Makes both scripts small, puts the one that starts the worker into the page, and writes the names of the files into the worker.
pub fn finish(project: &Project) -> Result<()> {
    let dist = project.dist();
    put_starter_into_page(project, &dist)?;
    let worker = dist.join("sw.js");
    let text = fs::read_to_string(&worker).context("public/sw.js did not come into dist/")?;
    // What the app is made of decides what it is called, and so whether a browser takes it for a new one.
    let build = format!("{:016x}", dist::fingerprint(&dist, &[""])?);
    fs::write(&worker, filled(&text, &build, &kept_files(&dist)?)?).context("could not write dist/sw.js")?;
    minify(project, &worker)
}

/// A file of its own would cost every first visit the words around a request, which are half of what it says.
fn put_starter_into_page(project: &Project, dist: &Path) -> Result<()> {
    let (script, page) = (dist.join("offline.js"), dist.join("index.html"));
    minify(project, &script)?;
    let html = fs::read_to_string(&page).context("there is no dist/index.html")?;
    ensure!(html.contains(STARTER), "index.html does not ask for /offline.js as `{STARTER}`");
    let text = fs::read_to_string(&script)?;
    ensure!(!text.contains("</"), "public/offline.js must not end a tag: it stands in the page");
    fs::write(&page, html.replace(STARTER, &format!(r#"<script type="module" async>{}</script>"#, text.trim_end())))?;
    fs::remove_file(&script).context("could not take offline.js out of dist/")
}

fn filled(text: &str, build: &str, files: &[String]) -> Result<String> {
    let (no_build, no_files) = ("const BUILD = \"\";", "const FILES = [];");
    ensure!(text.contains(no_build) && text.contains(no_files), "public/sw.js has no place for the build's files");
    let build = format!("const BUILD = {};", serde_json::to_string(build)?);
    Ok(text.replace(no_build, &build).replace(no_files, &format!("const FILES = {};", serde_json::to_string(files)?)))
}

/// What the market needs to show goods without a network. The desks are kept once somebody has opened them.
fn kept_files(dist: &Path) -> Result<Vec<String>> {
    let mut names = vec![SHELL.to_string()];
    for file in dist::files(dist)? {
        let name = format!("/{}", file.strip_prefix(dist)?.display());
        if is_kept(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

fn is_kept(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    let of_a_desk = last.starts_with("split_") && last != "split_shop.wasm";
    match last.rsplit_once('.').map(|(_, extension)| extension) {
        Some("wasm") => !of_a_desk,
        Some("js") => last != "sw.js",
        Some("css" | "svg") => true,
        _ => false,
    }
}

fn minify(project: &Project, script: &Path) -> Result<()> {
    let mut minify = tools::esbuild(project);
    minify.args(["--minify", "--log-level=warning", "--allow-overwrite", browsers::FOR_SCRIPTS]);
    minify.arg(script).arg(format!("--outfile={}", script.display()));
    shell::run(&mut minify, "minifying the scripts of the service worker")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worker_is_told_its_files() {
        let worker = include_str!("../../../public/sw.js");
        let told =
            filled(worker, "0f", &["/shell".to_string(), "/app-9/app.js".to_string()]).expect("both have a place");
        assert!(
            told.contains(r#"const BUILD = "0f";"#) && told.contains(r#"const FILES = ["/shell","/app-9/app.js"];"#)
        );
        assert!(filled("", "0f", &[]).is_err());
    }

    #[test]
    fn the_market_is_kept_and_the_desks_are_not() {
        for kept in ["/app-9/app_bg.wasm", "/app-9/split_shop.wasm", "/app-9/app.js", "/site-1.css", "/motifs.svg"] {
            assert!(is_kept(kept), "{kept}");
        }
        for left in
            ["/app-9/split_desk.wasm", "/sw.js", "/index.html", "/icon-512.png", "/robots.txt", "/site-1.css.br"]
        {
            assert!(!is_kept(left), "{left}");
        }
    }
}
