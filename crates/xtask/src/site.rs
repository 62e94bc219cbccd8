//! A market of its own for a measurement in the browser: the release server over a fresh database, gone with the value.

use crate::project::Project;
use crate::{server, shell};
use anyhow::{Context, Result, bail};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};

pub struct Site {
    process: Child,
    /// Held, because the server may still want to write to it.
    _output: BufReader<ChildStdout>,
    /// `http://127.0.0.1:40001`
    pub address: String,
}

impl Site {
    /// Starts the server on a free port; `folder` is emptied and holds its database.
    pub fn start(project: &Project, data: &Path, folder: &Path) -> Result<Site> {
        let server = server::build(project)?;
        if folder.exists() {
            fs::remove_dir_all(folder).with_context(|| format!("could not empty {}", folder.display()))?;
        }
        fs::create_dir_all(folder).with_context(|| format!("could not make the folder {}", folder.display()))?;
        let mut command = shell::command(server);
        command.args(["serve", "--listen", "127.0.0.1:0", "--log", "warn", "--database-url"]);
        command.arg(format!("sqlite://{}", folder.join("market.db").display()));
        command.arg("--app").arg(project.dist()).arg("--data").arg(data);
        let mut process =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("cannot start the server")?;
        let mut output = BufReader::new(process.stdout.take().context("the server has no output")?);
        let mut line = String::new();
        while output.read_line(&mut line)? > 0 {
            if let Some((_, address)) = line.trim().split_once("open at ") {
                let address = address.to_string();
                return Ok(Site { process, _output: output, address });
            }
            line.clear();
        }
        bail!("the server ended before it was open")
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
