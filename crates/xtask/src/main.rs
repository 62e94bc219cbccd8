//! `cargo xtask …`: the project's commands. Each sets up what it needs first, so a fresh clone needs no other step.

mod app;
mod bench;
mod browsers;
mod dist;
mod empty_page;
mod keystroke;
mod lighthouse;
mod project;
mod sections;
mod server;
mod shell;
mod site;
mod split;
mod step;
mod tests;
mod tools;
mod torture;
mod worker;

use anyhow::{Result, bail};
use project::Project;
use std::process::ExitCode;

const HELP: &str = "\
Shanhai Market. The two commands to know:

  cargo xtask run     set up what is missing, build the app and the server, and serve on http://127.0.0.1:3000
                      (anything after `run` goes to the server: --no-sample, --listen 127.0.0.1:3001, …)
  cargo xtask test    set up what is missing and check everything: format, lints, builds, unit, API and browser tests

For more than a change needs:

  cargo xtask torture --kills 200 [--database postgres]
                      kill the server at random moments, so often, and check that nothing that was answered is lost

and the parts they are made of:

  cargo xtask build   the app (dist/) and the server, as `run` would serve them
  cargo xtask dev     Trunk's own server on http://127.0.0.1:8080: the app is rebuilt as you type (the API comes from
                      a `cargo xtask run` in another terminal)
  cargo xtask bench   what the market does in a second, each figure beside its limit in the same run, into BENCHMARKS.md;
                      one of them and nothing written: cargo xtask bench orders, orders-postgres, products, dashboard,
                      start, first-visit, lighthouse or keystroke (--seconds 2: shorter; --ledger 1000000: a smaller ledger)
  cargo xtask style   style/main.css → .built/site.css (Trunk calls this before each build)
  cargo xtask help    this text

Tools are installed into .tools/ inside the project, or into $SHANHAI_TOOLS.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match command(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\ncargo xtask stopped: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return Ok(());
    };
    let project = Project::find()?;
    match name.as_str() {
        "run" => server::run(&project, rest),
        "test" => tests::run(&project),
        "torture" => torture::run(&project, rest),
        "build" => build(&project),
        "bench" => bench::run(&project, rest),
        "dev" => app::develop(&project, rest),
        "style" => app::style(&project),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("there is no command `{other}`; `cargo xtask help` lists those there are"),
    }
}

fn build(project: &Project) -> Result<()> {
    tools::set_up(project, tools::FOR_THE_APP)?;
    app::build(project)?;
    let server = server::build(project)?;
    println!("The app is in {}, the server is {}", project.dist().display(), server.display());
    Ok(())
}
