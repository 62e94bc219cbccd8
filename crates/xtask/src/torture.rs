//! `cargo xtask torture`: the harness of crates/server/tests/api/torture.rs, for as long as one has patience.

use crate::project::Project;
use crate::{shell, tools};
use anyhow::{Result, bail};

const USAGE: &str = "write: cargo xtask torture --kills 200 [--database postgres]";

#[derive(Debug, PartialEq, Eq)]
struct Wish {
    kills: u32,
    database: String,
}

pub fn run(project: &Project, arguments: &[String]) -> Result<()> {
    let Wish { kills, database } = wish(arguments)?;
    if database == "postgres" {
        tools::set_up(project, &[tools::Tool::Postgres])?;
    }
    let mut cargo = shell::command("cargo");
    cargo.current_dir(project.root()).args(["test", "--release", "--package", "server", "--test", "api"]);
    cargo.args(["torture::what_was_answered", "--", "--nocapture"]);
    cargo.env("SHANHAI_KILLS", kills.to_string()).env("SHANHAI_TEST_DATABASE", database);
    shell::run(&mut cargo, "the torture")
}

fn wish(arguments: &[String]) -> Result<Wish> {
    let mut wish = Wish { kills: 10, database: "sqlite".to_string() };
    let mut rest = arguments.iter();
    while let Some(name) = rest.next() {
        match (name.as_str(), rest.next()) {
            ("--kills", Some(kills)) => match kills.parse() {
                Ok(kills) => wish.kills = kills,
                Err(_) => bail!("`{kills}` is no number of kills; {USAGE}"),
            },
            ("--database", Some(database)) if matches!(database.as_str(), "sqlite" | "postgres") => {
                wish.database.clone_from(database);
            }
            _ => bail!("`{name}` is not understood; {USAGE}"),
        }
    }
    Ok(wish)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &str) -> Result<Wish> {
        wish(&arguments.split_whitespace().map(str::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn it_is_told_how_often_and_on_what() {
        let wish = read("--kills 200 --database postgres").expect("understood");
        assert_eq!(wish, Wish { kills: 200, database: "postgres".to_string() });
        assert_eq!(read("").expect("understood").kills, 10);
        for wrong in ["--kills", "--kills many", "--database mysql", "--often 3"] {
            assert!(read(wrong).expect_err("refused").to_string().contains("cargo xtask torture"), "{wrong}");
        }
    }
}
