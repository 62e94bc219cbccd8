//! What a browser test stands on: the real server over a fresh database.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use server::config::Serve;
use server::database::{DatabaseUrl, Db};
use server::serve::Server;
use tempfile::TempDir;

use crate::cluster::Cluster;

/// A server with the sample orders, on a free port, over a database that goes away with it: a SQLite file, or a database
/// in a cluster of its own when `SHANHAI_TEST_DATABASE` says `postgres`.
pub struct Site {
    /// None once it has been stopped.
    server: Option<Server>,
    address: SocketAddr,
    url: DatabaseUrl,
    /// Without the address it listens on.
    flags: Vec<OsString>,
    _folder: TempDir,
    _cluster: Option<Cluster>,
}

impl Site {
    pub async fn open() -> Result<Site> {
        Site::open_with_app(&Site::app()).await
    }

    /// Where the app is that was built.
    pub fn app() -> PathBuf {
        let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        std::env::var_os("SHANHAI_DIST").map_or_else(|| here.join("dist"), PathBuf::from)
    }

    pub async fn open_with_app(app: &Path) -> Result<Site> {
        let folder = TempDir::new()?;
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
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
        let mut flags = vec!["--database-url".into(), OsString::from(&address)];
        flags.extend(["--app".into(), app.into(), "--data".into(), root.join("data").into()]);
        let server = start(&flags, "127.0.0.1:0".to_owned()).await?;
        let url = address.parse().map_err(anyhow::Error::msg)?;
        Ok(Site { address: server.address, server: Some(server), url, flags, _folder: folder, _cluster: cluster })
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The server is gone, as behind a network that is down.
    pub async fn stop(&mut self) -> Result<()> {
        match self.server.take() {
            Some(server) => server.stop().await,
            None => Ok(()),
        }
    }

    /// It is back, at the same address and over the same database.
    pub async fn start_again(&mut self) -> Result<()> {
        self.server = Some(start(&self.flags, self.address.to_string()).await?);
        Ok(())
    }

    /// The database, as whoever keeps the server would open it.
    pub fn database(&self) -> Result<Db> {
        server::database::connect(&self.url)
    }

    /// Stops the server and audits the ledger it leaves.
    pub async fn close(mut self) -> Result<()> {
        self.stop().await?;
        let mut db = self.database()?;
        let audit = server::store::audit::audit(&mut db)?;
        audit.map_err(|parted| anyhow::anyhow!("the ledger does not hold after the walk: {parted}"))?;
        Ok(())
    }
}

async fn start(flags: &[OsString], listen: String) -> Result<Server> {
    let listen = ["--listen".into(), OsString::from(listen)];
    Server::start(Serve::from_flags(listen.into_iter().chain(flags.iter().cloned()))?).await
}
