//! Flags and environment; `--help` is the reference.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// 山海集 · Shanhai Market: the backend.
#[derive(Debug, Parser)]
#[command(name = "shanhai", version, about)]
pub struct Config {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the interface and the app; an empty database is filled from the data folder first.
    Serve(Serve),
    /// Recompute the whole ledger: every hash, every rollup, every accepted order. Exits 1 where they part.
    Audit(Database),
}

#[derive(Debug, Clone, Args)]
pub struct Database {
    /// The SQLite file; it and its folder are made when missing.
    #[arg(long, env = "SHANHAI_DATABASE", default_value = "var/shanhai.db", value_name = "FILE")]
    pub database: PathBuf,
}

#[derive(Debug, Clone, Args)]
pub struct Serve {
    #[command(flatten)]
    pub database: Database,

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
