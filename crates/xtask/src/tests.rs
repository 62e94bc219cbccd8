//! `cargo xtask test`: everything that must hold before a change is done. `.ci/run` calls this too.

use crate::project::Project;
use crate::step::{Step, run_all};
use crate::tools::{Browser, engines};
use crate::{app, dist, shell, split, tools};
use anyhow::Result;

const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

pub fn run(project: &Project) -> Result<()> {
    let cargo = |arguments: &[&str]| cargo(project, arguments);
    run_all(&[
        step("set-up", || {
            tools::set_up(project, tools::FOR_THE_TESTS)?;
            engines::set_up(project);
            Ok(())
        }),
        step("format", || cargo(&["fmt", "--all", "--check"])),
        step("clippy, native", || cargo(&with_denial(&["clippy", "--workspace", "--all-targets"]))),
        step("clippy, WebAssembly", || {
            // With the seams in, as the release is built; natively the app was just looked at without.
            let app = ["clippy", "--package", "market", "--target", "wasm32-unknown-unknown"];
            cargo(&with_denial(&[&app[..], &["--features", split::FEATURE]].concat()))
        }),
        step("the app, built for release", || app::build(project)),
        step("dist/ is well formed", || dist::check(&project.dist())),
        step("tests, compiled", || cargo(&["test", "--workspace", "--no-run"])),
        step("tests: unit, API and browser", || run_tests(project, &["--workspace"], "sqlite")),
        // Of the whole workspace too: a single package would be compiled anew, with the features it alone asks for.
        step("tests on PostgreSQL: API", || run_tests(project, &["--workspace", "--test", "api"], "postgres")),
        step("tests on PostgreSQL: browser", || {
            let walk = ["--workspace", "--test", "browser", "the_whole_path_is_walked_at_the_desk"];
            run_tests(project, &walk, "postgres")
        }),
    ])
}

fn step<'a>(title: &'static str, work: impl Fn() -> Result<()> + 'a) -> Step<'a> {
    Step { title, work: Box::new(work) }
}

fn with_denial<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &DENY_WARNINGS].concat()
}

fn cargo(project: &Project, arguments: &[&str]) -> Result<()> {
    let mut cargo = shell::command("cargo");
    cargo.current_dir(project.root()).args(arguments);
    shell::run(&mut cargo, &format!("cargo {}", arguments.join(" ")))
}

/// The variables tell tests/browser what to show and with what; by itself it would have to guess.
fn run_tests(project: &Project, arguments: &[&str], database: &str) -> Result<()> {
    let browser = Browser::find()?;
    let mut cargo = shell::command("cargo");
    cargo.current_dir(project.root()).arg("test").args(arguments);
    cargo.env("SHANHAI_DIST", project.dist()).env("SHANHAI_AXE", project.axe());
    cargo.env("CHROMIUM", browser.chromium).env("CHROMEDRIVER", browser.chromedriver);
    cargo.env("SHANHAI_TEST_DATABASE", database);
    engines::find(project).tell(&mut cargo);
    shell::run(&mut cargo, &format!("cargo test {}", arguments.join(" ")))
}
