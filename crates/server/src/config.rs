//! Flags and environment; `--help` is the reference.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::database::DatabaseUrl;

/// 山海集 · Shanhai Market: the backend.
#[derive(Debug, Parser)]
#[command(name = "shanhai", version, about)]
pub struct Config {
    #[command(subcommand)]
    pub command: Command,
}

impl Config {
    /// Reads a command line, the program's name first.
    ///
    /// # Errors
    /// What clap says of flags it does not know and values that do not fit.
    pub fn read(arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Config, clap::Error> {
        Config::try_parse_from(arguments)
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the interface and the app; an empty database is filled from the data folder first.
    Serve(Serve),
    /// Recompute the whole ledger: every hash, every rollup, every accepted order. Exits 1 where they part.
    Audit(Database),
    /// Copy everything from one database into another, empty one: to move between SQLite and PostgreSQL. Writes all or
    /// nothing and compares both before it commits; run again, it finds that everything is there.
    Copy(Copy),
    /// Write everything into a new SQLite file, with its SHA-256 beside it in FILE.sha256. The server may be running.
    Backup(Backup),
    /// Fill an empty database from a backup, once its checksum and its ledger are found right. Empty is a SQLite file that
    /// is missing, or a database in PostgreSQL without tables; any other is left as it is.
    Restore(Restore),
}

#[derive(Debug, Clone, Args)]
pub struct Copy {
    /// The database that is read, as it is at one moment. Stop the server first: what it writes later is not copied.
    #[arg(long, value_name = "URL")]
    pub from: DatabaseUrl,

    /// The database that is filled: a SQLite file that is missing, or a database in PostgreSQL without tables.
    #[arg(long, value_name = "URL")]
    pub to: DatabaseUrl,
}

#[derive(Debug, Clone, Args)]
pub struct Backup {
    #[command(flatten)]
    pub database: Database,

    /// The file to write. One that is there already is never overwritten.
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
}

#[derive(Debug, Clone, Args)]
pub struct Restore {
    /// The backup. FILE.sha256 must lie beside it.
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,

    #[command(flatten)]
    pub database: Database,
}

#[derive(Debug, Clone, Args)]
pub struct Database {
    /// Where the data is: sqlite://PATH (the file and its folder are made when missing), or
    /// postgres://USER:PASSWORD@HOST:PORT/DATABASE.
    #[arg(
        long,
        env = "SHANHAI_DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite://var/shanhai.db",
        value_name = "URL"
    )]
    pub database_url: DatabaseUrl,
}

#[derive(Debug, Clone, Args)]
pub struct Serve {
    #[command(flatten)]
    pub database: Database,

    #[command(flatten)]
    pub writing: Writing,

    /// Address to listen on; port 0 takes a free one.
    #[arg(long, env = "SHANHAI_LISTEN", default_value = "127.0.0.1:3000", value_name = "ADDRESS")]
    pub listen: SocketAddr,

    /// Folder of the built app.
    #[arg(long, env = "SHANHAI_APP", default_value = "dist", value_name = "FOLDER")]
    pub app: PathBuf,

    /// Folder of the files an empty database is filled from.
    #[arg(long, env = "SHANHAI_DATA", default_value = "data", value_name = "FOLDER")]
    pub data: PathBuf,

    /// Fill an empty database with the catalogue and the sample accounts, but without sample orders.
    #[arg(long, env = "SHANHAI_NO_SAMPLE")]
    pub no_sample: bool,

    /// The cookie is only sent over TLS. Set it wherever a proxy in front speaks https.
    #[arg(long, env = "SHANHAI_SECURE_COOKIE")]
    pub secure_cookie: bool,
}

/// How much is written at once.
#[derive(Debug, Clone, Copy, Args)]
pub struct Writing {
    /// How many writing requests may wait their turn; the next is answered 503 at once, with nothing half done.
    #[arg(long, env = "SHANHAI_WRITE_QUEUE", default_value_t = 1024, value_name = "COMMANDS")]
    pub write_queue: usize,

    /// How many waiting commands SQLite commits together, at most; 1 commits each by itself.
    #[arg(long, env = "SHANHAI_WRITE_BATCH", default_value_t = 64, value_name = "COMMANDS")]
    pub write_batch: usize,

    /// How many connections write to PostgreSQL at once.
    #[arg(long, env = "SHANHAI_WRITE_CONNECTIONS", default_value_t = 32, value_name = "CONNECTIONS")]
    pub write_connections: usize,
}

impl From<Writing> for crate::writer::Limits {
    fn from(writing: Writing) -> crate::writer::Limits {
        let Writing { write_queue: queue, write_batch: batch, write_connections: connections } = writing;
        crate::writer::Limits { queue, batch, connections }
    }
}
