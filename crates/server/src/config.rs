//! Flags and environment; `--help` is the reference.

use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;

use crate::database::DatabaseUrl;

/// 山海集 · Shanhai Market: the backend.
#[derive(Debug, Parser)]
#[command(name = "shanhai", version, about)]
pub struct Config {
    #[command(subcommand)]
    pub command: Command,

    #[command(flatten)]
    pub log: Log,
}

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Log")]
pub struct Log {
    /// What is logged to standard error: a level (error, warn, info, debug, trace), or levels for parts of the program, as in
    /// `warn,server::routes=info`.
    #[arg(long = "log", env = "SHANHAI_LOG", default_value = "info", value_name = "FILTER", global = true)]
    #[arg(value_parser = log_filter)]
    pub filter: EnvFilter,

    /// How a line of the log is written: `text` for people, `json` for programs, one object a line.
    #[arg(
        long = "log-format",
        env = "SHANHAI_LOG_FORMAT",
        default_value = "text",
        value_name = "FORMAT",
        global = true
    )]
    pub format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

fn log_filter(text: &str) -> Result<EnvFilter, tracing_subscriber::filter::ParseError> {
    EnvFilter::builder().parse(text)
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "there is one in the life of a process")]
pub enum Command {
    /// Serve the interface and the app; an empty database is filled from the data folder first.
    Serve(Serve),
    /// Recompute the whole ledger: every hash, every rollup, every accepted order. Exits 1 where they part.
    Audit(Database),
    /// Copy everything from one database into another, empty one: to move between SQLite and PostgreSQL. Writes all or
    /// nothing and compares both before it commits; run again, it finds that everything is there. Photos and attachments stay in their folders.
    Copy(Copy),
    /// Write everything into a new SQLite file, with its SHA-256 beside it in FILE.sha256, and photos and attachments into the folders
    /// `photos` and `attachments` beside it, which all backups of a folder share. The server may be running.
    Backup(Backup),
    /// Fill an empty database from a backup, once its checksum and its ledger are found right, and bring photos and attachments back. Empty is a SQLite file that
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

    #[command(flatten)]
    pub photos: PhotoFolder,

    #[command(flatten)]
    pub attachments: AttachmentFolder,

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

    #[command(flatten)]
    pub photos: PhotoFolder,

    #[command(flatten)]
    pub attachments: AttachmentFolder,
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
pub struct PhotoFolder {
    /// Folder of the photos of goods, made when the first one comes. Servers that share a database share it too. When none is
    /// named: `photos` beside a SQLite database, else var/photos.
    #[arg(long = "photos", env = "SHANHAI_PHOTOS", value_name = "FOLDER")]
    given: Option<PathBuf>,
}

impl PhotoFolder {
    /// Where the photos of this database are.
    pub fn of(&self, database: &DatabaseUrl) -> PathBuf {
        match (&self.given, database) {
            (Some(folder), _) => folder.clone(),
            (None, DatabaseUrl::Sqlite(file)) => file.with_file_name("photos"),
            (None, DatabaseUrl::Postgres(_)) => PathBuf::from("var/photos"),
        }
    }
}

#[derive(Debug, Clone, Args)]
pub struct AttachmentFolder {
    /// Folder of the papers of orders, made when the first one comes. Servers that share a database share it too. When none is
    /// named: `attachments` beside a SQLite database, else var/attachments.
    #[arg(long = "attachments", env = "SHANHAI_ATTACHMENTS", value_name = "FOLDER")]
    given_attachments: Option<PathBuf>,
}

impl AttachmentFolder {
    /// Where the attachments of this database are.
    pub fn of(&self, database: &DatabaseUrl) -> PathBuf {
        match (&self.given_attachments, database) {
            (Some(folder), _) => folder.clone(),
            (None, DatabaseUrl::Sqlite(file)) => file.with_file_name("attachments"),
            (None, DatabaseUrl::Postgres(_)) => PathBuf::from("var/attachments"),
        }
    }
}

#[derive(Debug, Clone, Args)]
pub struct Serve {
    #[command(flatten)]
    pub database: Database,

    #[command(flatten)]
    pub writing: Writing,

    #[command(flatten)]
    pub photos: PhotoFolder,

    #[command(flatten)]
    pub attachments: AttachmentFolder,

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

    /// The address the public knows the site by, as https://shanhai.example; it stands in QR codes. Without it they lead to the
    /// address they were asked at.
    #[arg(long, env = "SHANHAI_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<PublicUrl>,

    /// Serve /metrics and /readyz on this address instead of with everything else. It has connections of its own, so they
    /// answer while all others are taken; keep it inside.
    #[arg(long, env = "SHANHAI_METRICS_LISTEN", value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,

    #[command(flatten)]
    pub limits: Limits,
}

impl Serve {
    /// What `shanhai serve` with these flags is told; the rest stands at its defaults. For tests, which start it inside themselves.
    ///
    /// # Errors
    /// A flag that does not exist or does not parse.
    pub fn from_flags<T: Into<OsString>>(flags: impl IntoIterator<Item = T>) -> Result<Serve, clap::Error> {
        let command = Serve::augment_args(clap::Command::new("shanhai serve").no_binary_name(true));
        Serve::from_arg_matches(&command.try_get_matches_from(flags.into_iter().map(Into::<OsString>::into))?)
    }
}

/// `https://shanhai.example`, without a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<PublicUrl, String> {
        let url = text.trim_end_matches('/');
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        match host {
            Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => {
                Ok(PublicUrl(url.to_owned()))
            }
            _ => Err("write https://NAME, without a path".to_owned()),
        }
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What keeps one client from holding what the others need.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// The largest request body, in KB; a larger one is answered 413. A basket of forty merchants fits the default ten times.
    #[arg(long, env = "SHANHAI_MAX_BODY", default_value = "256", value_name = "KB")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub max_body: u32,

    /// How long a request may take from its header to the beginning of its answer, body included; then it is given up and
    /// answered 503.
    #[arg(long, env = "SHANHAI_REQUEST_TIMEOUT", default_value = "30", value_name = "SECONDS", value_parser = seconds)]
    pub request_timeout: Duration,

    /// How long a client may take, from connecting or from the last answer, to send the next whole header; so it is also how
    /// long an idle connection is kept. Then the connection is closed.
    #[arg(long, env = "SHANHAI_HEADER_TIMEOUT", default_value = "30", value_name = "SECONDS", value_parser = seconds)]
    pub header_timeout: Duration,

    /// How long a client may take to send a whole body; then it is answered 408 and its connection closed.
    #[arg(long, env = "SHANHAI_BODY_TIMEOUT", default_value = "20", value_name = "SECONDS", value_parser = seconds)]
    pub body_timeout: Duration,

    /// The same for a photo, which a phone sends over a slow network; it is then given the time of a request again to be made
    /// into pictures.
    #[arg(long, env = "SHANHAI_PHOTO_TIMEOUT", default_value = "180", value_name = "SECONDS", value_parser = seconds)]
    pub photo_timeout: Duration,

    /// How long a client may take nothing of an answer or a live stream that waits for it; then its connection is closed.
    #[arg(long, env = "SHANHAI_WRITE_TIMEOUT", default_value = "30", value_name = "SECONDS", value_parser = seconds)]
    pub write_timeout: Duration,

    /// How many connections may be open; one more is answered 503 at once and closed. The limit of open files (`ulimit -n`)
    /// should be some hundreds above it.
    #[arg(long, env = "SHANHAI_MAX_CONNECTIONS", default_value = "900", value_name = "COUNT", value_parser = count)]
    pub max_connections: usize,

    /// How many live streams may be open in all; one more is answered 503. Each holds a connection, so stay well below
    /// --max-connections.
    #[arg(long, env = "SHANHAI_MAX_STREAMS", default_value = "400", value_name = "COUNT", value_parser = count)]
    pub max_streams: usize,

    /// How many live streams one session may have open, as in several tabs; one more is answered 429.
    #[arg(long, env = "SHANHAI_MAX_SESSION_STREAMS", default_value = "6", value_name = "COUNT", value_parser = count)]
    pub max_session_streams: usize,

    /// How many of the public may watch the total live, signed in or not, beside --max-streams; one more is answered 503. They
    /// hold connections too.
    #[arg(long, env = "SHANHAI_MAX_PUBLIC_STREAMS", default_value = "200", value_name = "COUNT", value_parser = count)]
    pub max_public_streams: usize,

    /// How long running requests may take to finish after SIGTERM or SIGINT; live streams end at once.
    #[arg(long, env = "SHANHAI_GRACE", default_value = "10", value_name = "SECONDS", value_parser = seconds)]
    pub grace: Duration,
}

impl Limits {
    /// The same where what is sent is a photo.
    pub fn of_photo(self) -> Limits {
        Limits { body_timeout: self.photo_timeout, request_timeout: self.photo_timeout + self.request_timeout, ..self }
    }

    pub fn body_bytes(&self) -> usize {
        usize::try_from(self.max_body).map_or(usize::MAX, |kilobytes| kilobytes.saturating_mul(1024))
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
        _ => Err("a number of whole seconds, from 1 to 86400".to_owned()),
    }
}

fn count(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| "a number above 0".to_owned())
}

/// How much is written at once.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Writing")]
pub struct Writing {
    /// How many writing requests may wait their turn; the next is answered 503 at once, with nothing half done.
    #[arg(long, env = "SHANHAI_WRITE_QUEUE", default_value_t = 1024, value_name = "COMMANDS")]
    pub write_queue: usize,

    /// How many waiting commands SQLite commits together, at most; 1 commits each by itself.
    #[arg(long, env = "SHANHAI_WRITE_BATCH", default_value_t = 64, value_name = "COMMANDS")]
    pub write_batch: usize,

    /// How many connections write to PostgreSQL at once. More of them wait for each other: all orders of a day take their
    /// numbers from one row.
    #[arg(long, env = "SHANHAI_WRITE_CONNECTIONS", default_value_t = 8, value_name = "CONNECTIONS")]
    pub write_connections: usize,
}

impl From<Writing> for crate::writer::Capacity {
    fn from(writing: Writing) -> crate::writer::Capacity {
        let Writing { write_queue: queue, write_batch: batch, write_connections: connections } = writing;
        crate::writer::Capacity { queue, batch, connections }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_is_a_scheme_and_a_name() {
        let parse = |text: &str| text.parse::<PublicUrl>().map(|url| url.to_string());
        assert_eq!(parse("https://shanhai.example/").as_deref(), Ok("https://shanhai.example"));
        assert_eq!(parse("http://127.0.0.1:3000").as_deref(), Ok("http://127.0.0.1:3000"));
        for wrong in
            ["", "shanhai.example", "https://", "https://a.example/market", "ftp://a.example", "https://me@a.example"]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
