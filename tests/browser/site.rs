//! What a browser test stands on: the real server over a fresh database, and a real Chromium.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};

use anyhow::{Context as _, Result, ensure};
use server::config::Serve;
use server::database::DatabaseUrl;
use server::serve::Server;
use tempfile::TempDir;

use crate::cluster::Cluster;

/// A server with the sample orders, on a free port, over a database that goes away with it: a SQLite file, or a database
/// in a cluster of its own when `SHANHAI_TEST_DATABASE` says `postgres`.
pub struct Site {
    server: Server,
    url: DatabaseUrl,
    _folder: TempDir,
    _cluster: Option<Cluster>,
}

impl Site {
    pub async fn open() -> Result<Site> {
        let folder = TempDir::new()?;
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let app = std::env::var_os("SHANHAI_DIST").map_or_else(|| root.join("dist"), PathBuf::from);
        ensure!(
            app.join("index.html").exists(),
            "the app is not built; run `cargo xtask build`, or all tests with `cargo xtask test`"
        );
        let on_postgres = std::env::var("SHANHAI_TEST_DATABASE").is_ok_and(|kind| kind == "postgres");
        let cluster = on_postgres.then(Cluster::start);
        let address = match &cluster {
            Some(cluster) => cluster.url("postgres"),
            None => format!("sqlite://{}", folder.path().join("shanhai.db").display()),
        };
        let mut flags = vec!["--listen=127.0.0.1:0".into(), "--database-url".into(), OsString::from(&address)];
        flags.extend(["--app".into(), app.into(), "--data".into(), root.join("data").into()]);
        let server = Server::start(Serve::from_flags(flags)?).await?;
        let url = address.parse().map_err(anyhow::Error::msg)?;
        Ok(Site { server, url, _folder: folder, _cluster: cluster })
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address)
    }

    /// Stops the server and audits the ledger it leaves.
    pub async fn close(self) -> Result<()> {
        self.server.stop().await?;
        let mut db = server::database::connect(&self.url)?;
        let audit = server::store::audit::audit(&mut db)?;
        audit.map_err(|parted| anyhow::anyhow!("the ledger does not hold after the walk: {parted}"))?;
        Ok(())
    }
}

/// One chromedriver process; it is ended with the test, whatever happens.
pub struct Driver {
    process: Child,
    pub address: String,
}

impl Driver {
    pub fn start() -> Result<Driver> {
        let program = std::env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        let mut process = std::process::Command::new(program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("chromedriver does not start; `cargo xtask test` installs it")?;
        let mut lines = BufReader::new(process.stdout.take().context("its output")?).lines();
        let port = loop {
            let line = lines.next().context("chromedriver ended before it told its port")??;
            if let Some((_, port)) = line.split_once("successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        // Its further output must be read, or it stops when the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Driver { process, address: format!("http://127.0.0.1:{port}") })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
