//! The app: CSS, then Trunk (cargo → wasm-bindgen), then what Trunk leaves to us: the parts and their compression.

use crate::project::Project;
use crate::{browsers, dist, shell, split, tools, worker};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::PathBuf;

/// Everything that dist/ is made from; when none of it has changed there is nothing to build.
const INPUTS: [&str; 21] = [
    "src",
    "locales",
    "build.rs",
    "crates/domain",
    "style",
    "public",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    ".cargo/config.toml",
    // The server's features reach the app through Cargo's unification.
    "crates/server/Cargo.toml",
    "crates/xtask/npm/package-lock.json",
    "crates/xtask/src/app.rs",
    "crates/xtask/src/browsers.rs",
    "crates/xtask/src/dist.rs",
    "crates/xtask/src/sections.rs",
    "crates/xtask/src/split.rs",
    "crates/xtask/src/tools.rs",
    "crates/xtask/src/worker.rs",
];

/// Builds dist/, unless it is what these sources gave last time.
pub fn build(project: &Project) -> Result<()> {
    let stamp = project.built().join("app.stamp");
    let inputs = dist::fingerprint(project.root(), &INPUTS)?;
    if fs::read_to_string(&stamp).ok() == Some(stamp_text(project, inputs)?) {
        println!("The app is up to date.");
        return Ok(());
    }
    trunk_build(project)?;
    split::split(
        project,
        &target_folder(project)?.join("wasm32-unknown-unknown").join(split::PROFILE).join("market.wasm"),
    )?;
    worker::finish(project)?;
    dist::compress(&project.dist())?;
    dist::print_sizes(&project.dist())?;
    fs::create_dir_all(project.built()).context("could not make the folder .built")?;
    fs::write(&stamp, stamp_text(project, inputs)?).context("could not write .built/app.stamp")
}

/// `trunk serve`, for working on the app, in one part and not optimised: that builds sooner. It has a folder of its own: dist/ belongs to the server that answers the API.
pub fn develop(project: &Project, arguments: &[String]) -> Result<()> {
    tools::set_up(project, tools::FOR_THE_APP)?;
    let folder = project.built().join("dev");
    fs::create_dir_all(&folder).with_context(|| format!("could not make the folder {}", folder.display()))?;
    let mut trunk = trunk(project)?;
    trunk.args(["serve", "--offline", "--dist"]).arg(folder).args(arguments);
    shell::run(&mut trunk, "trunk serve")
}

/// Files of style/, each with all it imports, as small files that older browsers understand: what everybody sees first, and
/// what the other pages need besides.
const STYLES: [(&str, &str); 2] = [("main.css", "site.css"), ("later.css", "later.css")];

pub fn style(project: &Project) -> Result<()> {
    tools::set_up(project, tools::FOR_THE_STYLE)?;
    fs::create_dir_all(project.built()).context("could not make the folder .built")?;
    for (source, name) in STYLES {
        let source = format!("style/{source}");
        let mut compile = tools::lightningcss(project)?;
        compile.current_dir(project.root()).args(["--bundle", "--minify", "--targets", browsers::FOR_CSS, &source]);
        let css = shell::output(&mut compile, &format!("compiling {source}"))?;
        browsers::check_css(&css)?;
        let file = project.built().join(name);
        fs::write(&file, css).with_context(|| format!("could not write {}", file.display()))?;
    }
    Ok(())
}

fn trunk_build(project: &Project) -> Result<()> {
    if !project.root().join("index.html").is_file() {
        bail!("there is no index.html to build the app from");
    }
    remove_old_bindings(project)?;
    let mut trunk = trunk(project)?;
    trunk.args(["build", "--release", "--offline", "--features", split::FEATURE]);
    split::set_flags(&mut trunk);
    shell::run(&mut trunk, "trunk build")
}

fn trunk(project: &Project) -> Result<std::process::Command> {
    // Cargo's download and Trunk's `--offline` do not go together: Trunk hands that word on to Cargo.
    shell::run(shell::command("cargo").args(["fetch", "--quiet"]).current_dir(project.root()), "cargo fetch")?;
    let mut trunk = tools::command_with_tools(project, "trunk")?;
    // Trunk reads NO_COLOR as a switch and stops at its usual value, 1.
    trunk.current_dir(project.root()).env_remove("NO_COLOR");
    Ok(trunk)
}

/// Trunk copies whatever wasm-bindgen's output folder holds, also what another build left there.
fn remove_old_bindings(project: &Project) -> Result<()> {
    let old = target_folder(project)?.join("wasm-bindgen/release");
    match fs::remove_dir_all(&old) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("could not remove {}", old.display()))
        }
        _ => Ok(()),
    }
}

pub fn target_folder(project: &Project) -> Result<PathBuf> {
    let mut ask = shell::command("cargo");
    ask.current_dir(project.root()).args(["metadata", "--no-deps", "--format-version", "1"]);
    let answer: serde_json::Value = serde_json::from_str(&shell::output(&mut ask, "cargo metadata")?)?;
    let folder = answer["target_directory"].as_str().context("cargo metadata did not name the target folder")?;
    Ok(PathBuf::from(folder))
}

/// What went in and what came out. The second part notices a dist/ that was removed or changed by hand.
fn stamp_text(project: &Project, inputs: u64) -> Result<String> {
    let outputs = dist::fingerprint(project.root(), &["dist"])?;
    let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    Ok(format!("inputs {inputs:016x}\nRUSTFLAGS {flags}\ndist {outputs:016x}\n"))
}
