//! The server: built for release, then started in place of this program.

use crate::project::Project;
use crate::{app, shell, tools};
use anyhow::{Context, Result, bail};
use std::net::{TcpListener, ToSocketAddrs};
use std::path::PathBuf;
use std::process::Command;

const LISTEN: &str = "127.0.0.1:3000";
/// What `shanhai serve` is told unless the person says otherwise.
const DEFAULTS: [(&str, &str); 3] = [("--app", "dist"), ("--data", "data"), ("--listen", LISTEN)];

pub fn run(project: &Project, arguments: &[String]) -> Result<()> {
    // Before the build: nobody should wait for minutes to be told this.
    let address = option(arguments, "--listen").unwrap_or(LISTEN);
    check_free(address)?;
    tools::set_up(project, tools::FOR_THE_APP)?;
    app::build(project)?;
    let server = build(project)?;
    check_free(address)?;
    let mut serve = shell::command(server);
    serve.current_dir(project.root()).arg("serve").args(with_defaults(arguments));
    become_program(serve)
}

/// Asks Cargo where the binary is: when clones share a target folder its place alone does not tell whose it is.
pub fn build(project: &Project) -> Result<PathBuf> {
    println!("Building the server.");
    let mut cargo = shell::command("cargo");
    cargo.current_dir(project.root()).args(["build", "--release", "--package", "server", "--bin", "shanhai"]);
    cargo.arg("--message-format=json-render-diagnostics");
    let messages = shell::output(&mut cargo, "building the server")?;
    messages.lines().find_map(executable).context("cargo built no server binary")
}

fn executable(message: &str) -> Option<PathBuf> {
    let message: serde_json::Value = serde_json::from_str(message).ok()?;
    (message["target"]["name"] == "shanhai").then(|| message["executable"].as_str().map(PathBuf::from))?
}

/// Takes this program's place, so that Ctrl-C and a supervisor's signal reach the server itself.
#[cfg(unix)]
fn become_program(mut command: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec()).context("could not start the server")
}

#[cfg(not(unix))]
fn become_program(mut command: Command) -> Result<()> {
    shell::run(&mut command, "the server")
}

fn check_free(address: &str) -> Result<()> {
    let Ok(mut addresses) = address.to_socket_addrs() else {
        bail!("`{address}` is not an address to listen on; write it like {LISTEN}");
    };
    let taken = addresses
        .any(|address| TcpListener::bind(address).is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse));
    if taken {
        bail!(
            "{address} is taken by another program, perhaps a market that already runs; stop that one or choose \
             another port: cargo xtask run --listen 127.0.0.1:3001"
        );
    }
    Ok(())
}

fn with_defaults(arguments: &[String]) -> Vec<String> {
    let missing = DEFAULTS.iter().filter(|(name, _)| option(arguments, name).is_none());
    let defaults = missing.flat_map(|(name, value)| [name.to_string(), value.to_string()]);
    defaults.chain(arguments.iter().cloned()).collect()
}

/// The value of `--name value` or `--name=value`.
fn option<'a>(arguments: &'a [String], name: &str) -> Option<&'a str> {
    let at = arguments.iter().position(|argument| argument.split('=').next() == Some(name))?;
    match arguments[at].split_once('=') {
        Some((_, value)) => Some(value),
        None => arguments.get(at + 1).map(String::as_str),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &str, expected: &str) {
        let arguments: Vec<String> = arguments.split_whitespace().map(str::to_string).collect();
        assert_eq!(with_defaults(&arguments).join(" "), expected);
    }

    #[test]
    fn what_the_person_says_replaces_the_default() {
        check("", "--app dist --data data --listen 127.0.0.1:3000");
        check("--no-sample --listen 0.0.0.0:80", "--app dist --data data --no-sample --listen 0.0.0.0:80");
        check("--app=other", "--data data --listen 127.0.0.1:3000 --app=other");
    }

    #[test]
    fn a_taken_port_is_told_before_anything_is_built() {
        let holder = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = holder.local_addr().expect("its address").to_string();
        assert!(check_free(&address).expect_err("taken").to_string().contains("--listen"));
        drop(holder);
        check_free(&address).expect("free again");
    }

    #[test]
    fn the_server_binary_is_the_one_cargo_names() {
        let message = r#"{"reason":"compiler-artifact","target":{"name":"shanhai"},"executable":"/t/release/shanhai"}"#;
        assert_eq!(executable(message), Some(PathBuf::from("/t/release/shanhai")));
        assert_eq!(executable(r#"{"reason":"compiler-artifact","target":{"name":"serde"},"executable":null}"#), None);
    }
}
