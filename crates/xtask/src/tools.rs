//! What the project needs beyond a Rust toolchain: each thing is looked for, and installed when it is missing or of
//! another version. When all is there this takes a blink and prints nothing.

mod apt;
mod browser;
pub mod engines;
pub mod npm;
mod postgres;

pub use browser::Browser;

use crate::project::Project;
use crate::shell::{self, command};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

/// The newest Trunk that Rust 1.95 compiles.
const TRUNK: &str = "0.21.14";
/// The cutter that goes with the crate wasm_split_helpers in Cargo.lock: upgrade both together.
const WASM_SPLIT: &str = "0.2.3";
const WASM: &str = "wasm32-unknown-unknown";

#[derive(Clone, Copy)]
pub enum Tool {
    CCompiler,
    WasmTarget,
    Npm,
    NpmPackages,
    WasmBindgen,
    WasmSplit,
    Trunk,
    Linters,
    Browser,
    Postgres,
    /// For the bench alone.
    Lighthouse,
}

/// Quick ones first, so that a missing npm is told before ten minutes of compiling.
pub const FOR_THE_APP: &[Tool] =
    &[Tool::CCompiler, Tool::Npm, Tool::WasmTarget, Tool::NpmPackages, Tool::WasmSplit, Tool::WasmBindgen, Tool::Trunk];
pub const FOR_THE_BENCH: &[Tool] = &[Tool::CCompiler, Tool::Postgres];
pub const FOR_THE_STYLE: &[Tool] = &[Tool::Npm, Tool::NpmPackages];
pub const FOR_THE_TESTS: &[Tool] = &[
    Tool::CCompiler,
    Tool::Npm,
    Tool::WasmTarget,
    Tool::Linters,
    Tool::NpmPackages,
    Tool::Browser,
    Tool::Postgres,
    Tool::WasmSplit,
    Tool::WasmBindgen,
    Tool::Trunk,
];

pub fn set_up(project: &Project, tools: &[Tool]) -> Result<()> {
    let missing: Vec<Tool> = tools.iter().copied().filter(|tool| !tool.is_there(project)).collect();
    for (index, tool) in missing.iter().enumerate() {
        println!("setting up {}/{}: {}", index + 1, missing.len(), tool.describe(project)?);
        let began = Instant::now();
        tool.install(project)?;
        if !tool.is_there(project) {
            bail!("{} was installed but still does not answer", tool.describe(project)?);
        }
        println!("set up {}/{} in {}", index + 1, missing.len(), crate::step::spell(began.elapsed()));
    }
    Ok(())
}

impl Tool {
    fn describe(self, project: &Project) -> Result<String> {
        Ok(match self {
            Tool::CCompiler => "a C compiler".to_string(),
            Tool::WasmTarget => format!("Rust's {WASM} target (some seconds)"),
            Tool::Npm => "Node.js with npm".to_string(),
            Tool::NpmPackages => "wasm-opt, lightningcss, esbuild and axe from npm (some seconds)".to_string(),
            Tool::WasmBindgen => {
                format!("wasm-bindgen {} (1 to 3 minutes the first time)", wasm_bindgen_version(project)?)
            }
            Tool::WasmSplit => format!("wasm-split-cli {WASM_SPLIT} (about a minute the first time)"),
            Tool::Trunk => format!("trunk {TRUNK} (2 to 5 minutes the first time)"),
            Tool::Linters => "clippy and rustfmt (some seconds)".to_string(),
            Tool::Browser => "Chromium, chromedriver and Chinese fonts (about a minute)".to_string(),
            Tool::Postgres => {
                "PostgreSQL, for tests and benchmarks that start one of their own (about a minute)".to_string()
            }
            Tool::Lighthouse => "lighthouse from npm, for the bench (about half a minute)".to_string(),
        })
    }

    fn is_there(self, project: &Project) -> bool {
        match self {
            Tool::CCompiler => std::env::var_os("CC").is_some() || shell::find_on_path("cc").is_some(),
            Tool::WasmTarget => {
                let folder = shell::ask("rustc", &["--print", "target-libdir", "--target", WASM]);
                folder.is_some_and(|folder| PathBuf::from(folder).is_dir())
            }
            Tool::Npm => {
                let node = shell::ask("node", &["--version"]);
                shell::find_on_path("npm").is_some() && node.is_some_and(|said| is_new_enough(&said))
            }
            Tool::NpmPackages => npm::FOR_THE_BUILD.are_there(project),
            Tool::Lighthouse => npm::LIGHTHOUSE.are_there(project),
            Tool::WasmBindgen => {
                wasm_bindgen_version(project).is_ok_and(|version| answers(project, "wasm-bindgen", &version))
            }
            Tool::WasmSplit => has_wasm_split(project),
            Tool::Trunk => answers(project, "trunk", TRUNK),
            Tool::Linters => {
                shell::ask("cargo", &["clippy", "--version"]).is_some()
                    && shell::ask("cargo", &["fmt", "--version"]).is_some()
            }
            Tool::Browser => browser::is_there(),
            Tool::Postgres => postgres::is_there(),
        }
    }

    fn install(self, project: &Project) -> Result<()> {
        match self {
            Tool::CCompiler => bail!(
                "a C compiler is needed to build SQLite; please install one (Debian, Ubuntu: apt install build-essential)"
            ),
            Tool::Npm => bail!(
                "Node.js 18 or newer with npm is needed for wasm-opt and the CSS compiler; please install it \
                 (Debian, Ubuntu: apt install nodejs npm)"
            ),
            Tool::WasmTarget => rustup(&["target", "add", WASM]),
            Tool::Linters => rustup(&["component", "add", "clippy", "rustfmt"]),
            Tool::NpmPackages => npm::FOR_THE_BUILD.install(project),
            Tool::Lighthouse => npm::LIGHTHOUSE.install(project),
            Tool::Browser => browser::install(),
            Tool::Postgres => postgres::install(),
            // Not --locked: that lock names a crate version which the registry no longer has.
            Tool::WasmBindgen => {
                let version = wasm_bindgen_version(project)?;
                cargo_install(project, "1", &["wasm-bindgen-cli", "--version", &version, "--bin", "wasm-bindgen"])
            }
            Tool::WasmSplit => {
                let version = format!("wasm_split_cli_support@{WASM_SPLIT}");
                // Half a second for our app, even so.
                cargo_install(project, "0", &["--locked", &version, "--features", "build-binary"])
            }
            // Its default features are for downloading and for serving over TLS; we do neither. And it only starts other
            // programs and moves files: not optimised, it is as quick and compiles in little more than half the time.
            Tool::Trunk => {
                cargo_install(project, "0", &["trunk", "--version", TRUNK, "--locked", "--no-default-features"])
            }
        }
    }
}

/// `command` with our tools found before any others.
pub fn command_with_tools(project: &Project, program: &str) -> Result<Command> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = [project.tools().join("bin"), project.node_modules().join(".bin")];
    let path = std::env::join_paths(folders.into_iter().chain(std::env::split_paths(&path)))
        .context("the folder of the tools has a character that PATH cannot hold")?;
    // The program too is looked for there: Command searches the PATH it is given.
    let mut command = command(program);
    command.env("PATH", path);
    Ok(command)
}

pub fn lightningcss(project: &Project) -> Result<Command> {
    npm::lightningcss(project).map(command)
}

pub fn esbuild(project: &Project) -> Command {
    command(project.node_modules().join(".bin/esbuild"))
}

fn rustup(arguments: &[&str]) -> Result<()> {
    if shell::find_on_path("rustup").is_none() {
        bail!("this Rust did not come from rustup; please install what `rustup {}` would", arguments.join(" "));
    }
    shell::run(command("rustup").args(arguments), "rustup")
}

/// Compiling these takes minutes, running them a second; hence the choice of how far to optimise.
fn cargo_install(project: &Project, optimise: &str, arguments: &[&str]) -> Result<()> {
    // A target folder of its own that stays until the end: what was compiled before an interruption is not lost, and no
    // other build waits for its lock.
    let scratch = project.tools().join("build");
    let mut install = command("cargo");
    install.arg("install").args(arguments).arg("--force").arg("--root").arg(project.tools());
    install
        .env("CARGO_TARGET_DIR", &scratch)
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", optimise)
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET");
    shell::run(&mut install, "installing it with cargo")?;
    fs::remove_dir_all(&scratch).with_context(|| format!("could not remove {}", scratch.display()))
}

/// The program that a variable names, where there is one.
fn named_by(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|file| file.is_file())
}

fn answers(project: &Project, name: &str, version: &str) -> bool {
    let said = shell::ask(project.tools().join("bin").join(name), &["--version"]);
    said.is_some_and(|said| said.split_whitespace().any(|word| word == version))
}

/// It does not tell its version, so Cargo is asked which one it installed.
fn has_wasm_split(project: &Project) -> bool {
    let tools = project.tools().display().to_string();
    let installed = shell::ask("cargo", &["install", "--list", "--root", &tools]);
    let program = project.tools().join("bin/wasm-split-cli");
    installed.is_some_and(|list| lists(&list, "wasm_split_cli_support", WASM_SPLIT))
        && shell::ask(program, &["--help"]).is_some()
}

/// Cargo's list has lines like "trunk v0.21.14:", each followed by the names of its programs.
fn lists(installed: &str, package: &str, version: &str) -> bool {
    installed.lines().any(|line| line == format!("{package} v{version}:"))
}

/// esbuild and wasm-opt want Node.js 18; it answers like "v20.20.2".
fn is_new_enough(node_version: &str) -> bool {
    let major = node_version.trim_start_matches('v').split('.').next().and_then(|number| number.parse::<u32>().ok());
    major.is_some_and(|major| major >= 18)
}

/// wasm-bindgen's command and crate must be of exactly the same version.
fn wasm_bindgen_version(project: &Project) -> Result<String> {
    let lock = fs::read_to_string(project.root().join("Cargo.lock")).context("could not read Cargo.lock")?;
    locked_version(&lock, "wasm-bindgen").context("Cargo.lock does not name wasm-bindgen").map(str::to_string)
}

fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let mut lines = lock.lines().skip_while(|line| *line != format!("name = \"{package}\""));
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "\
[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n\
[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\ndependencies = [\n \"cfg-if\",\n]\n";

    #[test]
    fn node_is_asked_for_version_18_or_newer() {
        assert!(is_new_enough("v18.19.0"));
        assert!(is_new_enough("v20.20.2"));
        assert!(!is_new_enough("v12.22.12"));
        assert!(!is_new_enough("not found"));
    }

    #[test]
    fn the_cutter_is_of_the_release_of_the_crate_in_the_app() {
        let lock = include_str!("../../../Cargo.lock");
        assert_eq!(locked_version(lock, "wasm_split_helpers"), Some(WASM_SPLIT));
    }

    #[test]
    fn an_installed_tool_counts_in_its_pinned_version_only() {
        let list = "trunk v0.21.14:\n    trunk\nwasm_split_cli_support v0.2.3:\n    wasm-split-cli";
        assert!(lists(list, "wasm_split_cli_support", "0.2.3"));
        assert!(!lists(list, "wasm_split_cli_support", "0.2.4"));
        assert!(!lists("", "wasm_split_cli_support", "0.2.3"));
    }

    #[test]
    fn the_locked_version_is_that_of_the_package_with_exactly_this_name() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(LOCK, "wasm"), None);
    }
}
