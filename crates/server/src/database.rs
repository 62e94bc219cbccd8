//! Where the data is: one SQLite file, or PostgreSQL by its URL. Everything beyond this file and the two ways to write
//! ([`crate::writer`]) is the same for both.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context as _, bail};
use diesel::connection::{AnsiTransactionManager, SimpleConnection as _, TransactionManager as _};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!();

/// `foreign_keys` is per connection in SQLite; WAL lets readers go on while the writer writes. The patience comes first:
/// without it the next line is refused while another program opens or closes the file.
const PRAGMAS: &str = "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full; \
                       pragma foreign_keys = on; pragma cache_size = -16000;";

/// A server that has gone silent is given up after half a minute; one that runs a query for longer is stopped. UTC and the
/// spelling of values are nothing a server's own settings may change.
const SETTINGS: &str = "set statement_timeout = '30s'; set lock_timeout = '10s'; \
                        set idle_in_transaction_session_timeout = '60s'; set client_encoding = 'UTF8'; \
                        set timezone = 'UTC'; set default_transaction_isolation = 'read committed'; \
                        set client_min_messages = warning";

/// One number for all our advisory locks' first half: "shan" in ASCII.
const LOCK_SPACE: i32 = 0x7368_616e;

// ---- the address --------------------------------------------------------------------------------------------------

/// `sqlite://PATH` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<DatabaseUrl, String> {
        match url.split_once("://") {
            Some(("sqlite", path)) if !path.is_empty() => Ok(DatabaseUrl::Sqlite(path.into())),
            Some(("postgres" | "postgresql", _)) => Ok(DatabaseUrl::Postgres(url.to_owned())),
            _ => Err("write sqlite://PATH, or postgres://USER:PASSWORD@HOST:PORT/DATABASE".to_owned()),
        }
    }
}

/// Without the password: this is what logs and messages show.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DatabaseUrl::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            DatabaseUrl::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The part before the last `@` of the host's half is the person; what follows its first `:` is the password. A password
/// may also stand among the parameters, so those are left out whole.
fn without_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let rest = rest.split('?').next().unwrap_or_default();
    let (authority, path) = rest.split_at(rest.rfind('/').unwrap_or(rest.len()));
    let authority = match authority.rsplit_once('@') {
        Some((person, host)) => format!("{}@{host}", person.split(':').next().unwrap_or_default()),
        None => authority.to_owned(),
    };
    format!("{scheme}://{authority}{path}")
}

// ---- the connection -----------------------------------------------------------------------------------------------

/// A connection to either database; queries are written once, over this.
#[derive(diesel::MultiConnection)]
pub enum Db {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// What boxed queries are generic over.
pub type Backend = <Db as Connection>::Backend;

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Db::Sqlite(_) => "Db::Sqlite",
            Db::Postgres(_) => "Db::Postgres",
        })
    }
}

impl Db {
    /// Begins a transaction that writes. SQLite's takes the writer's place at once: one that began by reading could not be
    /// sure to be allowed to write later.
    ///
    /// # Errors
    /// When the place is taken for longer than our patience, or the connection is lost.
    pub fn begin_writing(&mut self) -> QueryResult<()> {
        match self {
            Db::Sqlite(db) => AnsiTransactionManager::begin_transaction_sql(db, "begin immediate"),
            Db::Postgres(db) => AnsiTransactionManager::begin_transaction_sql(db, "begin"),
        }
    }

    /// Begins a transaction that only reads, and sees one moment however many queries it asks.
    ///
    /// # Errors
    /// When the connection is lost.
    pub fn begin_reading(&mut self) -> QueryResult<()> {
        match self {
            Db::Sqlite(db) => AnsiTransactionManager::begin_transaction_sql(db, "begin"),
            Db::Postgres(db) => {
                AnsiTransactionManager::begin_transaction_sql(db, "begin isolation level repeatable read read only")
            }
        }
    }

    /// # Errors
    /// When the commit failed, or its answer was lost with the connection.
    pub fn commit(&mut self) -> QueryResult<()> {
        Db::commit_transaction(self)
    }

    /// Takes everything since the beginning back. Where that fails the connection is gone, and with it the transaction.
    pub fn roll_back(&mut self) {
        if let Err(error) = Db::rollback_transaction(self) {
            tracing::debug!(%error, "a rollback found nothing to roll back");
        }
    }

    /// From here on a statement may take as long as it takes, and the connection may wait as long between two.
    ///
    /// # Errors
    /// When the connection is lost.
    pub fn allow_long_work(&mut self) -> QueryResult<()> {
        match self {
            Db::Sqlite(_) => Ok(()),
            Db::Postgres(db) => {
                db.batch_execute("set statement_timeout = 0; set idle_in_transaction_session_timeout = 0")
            }
        }
    }

    /// Whether the connection still answers.
    pub fn answers(&mut self) -> bool {
        diesel::sql_query("select 1").execute(self).is_ok()
    }
}

/// Opens a connection and brings the tables up to date.
///
/// # Errors
/// A sentence naming the database and what to do.
pub fn connect(url: &DatabaseUrl) -> anyhow::Result<Db> {
    let mut db = connect_as_it_is(url)?;
    bring_up_to_date(&mut db).with_context(|| format!("cannot bring {url} up to date"))?;
    Ok(db)
}

/// Opens a connection to tables that are known to be up to date.
///
/// # Errors
/// A sentence naming the database and what to do.
pub fn connect_as_it_is(url: &DatabaseUrl) -> anyhow::Result<Db> {
    match url {
        DatabaseUrl::Sqlite(file) => connect_sqlite(file).map(Db::Sqlite),
        DatabaseUrl::Postgres(address) => connect_postgres(address).map(Db::Postgres),
    }
    .with_context(|| format!("cannot open the database {url}"))
}

/// Opens a connection to a market that is only read: nothing is made where there is none, and nothing is brought up to date.
///
/// # Errors
/// When there is none, or this program does not know its tables; the sentence says what to do.
pub fn connect_to_read(url: &DatabaseUrl) -> anyhow::Result<Db> {
    if let DatabaseUrl::Sqlite(file) = url {
        anyhow::ensure!(file.exists(), "there is no database {}", file.display());
    }
    let mut db = connect_as_it_is(url)?;
    check_up_to_date(&mut db).with_context(|| format!("cannot read {url}"))?;
    Ok(db)
}

/// Opens a file that nobody writes to, without changing a byte of it or of its folder.
///
/// # Errors
/// As [`connect_to_read`].
pub fn connect_to_file(file: &Path) -> anyhow::Result<Db> {
    let path = file.canonicalize().with_context(|| format!("cannot open {}", file.display()))?;
    let path = path.to_str().context("the path is not UTF-8")?;
    let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let db = SqliteConnection::establish(&format!("file:{path}?mode=ro&immutable=1"));
    let mut db = Db::Sqlite(db.with_context(|| format!("cannot open {}", file.display()))?);
    check_up_to_date(&mut db).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(db)
}

/// Opens a connection to a database that is to be filled, and brings its tables up to date. A database of another program
/// is left alone.
///
/// # Errors
/// As [`connect`].
pub fn connect_to_fill(url: &DatabaseUrl) -> anyhow::Result<Db> {
    let mut db = connect_as_it_is(url)?;
    let tables = tables(&mut db)?;
    if let Some(table) = tables.keys().next().filter(|_| !tables.contains_key(MIGRATIONS_TABLE)) {
        bail!("{url} holds tables of another program, one is '{table}'; make a database of its own for the market");
    }
    bring_up_to_date(&mut db).with_context(|| format!("cannot bring {url} up to date"))?;
    Ok(db)
}

fn connect_sqlite(file: &Path) -> anyhow::Result<SqliteConnection> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let path = file.to_str().context("the path is not UTF-8")?;
    let mut db = SqliteConnection::establish(path).context("check that the folder exists and may be written to")?;
    match db.batch_execute(PRAGMAS).map_err(|error| (trouble(&error), error)) {
        Ok(()) => Ok(db),
        Err((Some(trouble), error)) => Err(error).context(trouble.advice()),
        Err((None, error)) => Err(error).context("is it a database of this program?"),
    }
}

fn connect_postgres(address: &str) -> anyhow::Result<PgConnection> {
    // libpq's own message names host, port and cause; it holds no password.
    let mut db = PgConnection::establish(address)
        .context("check that PostgreSQL runs there and that user, password and database are right")?;
    db.batch_execute(SETTINGS)?;
    let encoding: Shown =
        diesel::sql_query("select current_setting('server_encoding') as value").get_result(&mut db)?;
    if encoding.value != "UTF8" {
        bail!("its encoding is {}; make it anew with `createdb --encoding=UTF8 --template=template0`", encoding.value);
    }
    Ok(db)
}

#[derive(QueryableByName)]
struct Shown {
    #[diesel(sql_type = diesel::sql_types::Text)]
    value: String,
}

/// Runs the migrations that are missing; of several servers that start together one does it and the others wait.
fn bring_up_to_date(db: &mut Db) -> anyhow::Result<()> {
    let Db::Postgres(postgres) = db else { return migrate(db) };
    postgres.batch_execute(&format!("set lock_timeout = 0; select pg_advisory_lock({LOCK_SPACE}, 1)"))?;
    let migrated = migrate(db);
    let unlock = format!("select pg_advisory_unlock({LOCK_SPACE}, 1); {SETTINGS}");
    // A connection that was lost has lost its locks with it; what went wrong before is the better message.
    let unlocked = db.batch_execute(&unlock);
    migrated.and(unlocked.map_err(Into::into))
}

fn migrate(db: &mut Db) -> anyhow::Result<()> {
    let applied = db.applied_migrations().map_err(asked)?;
    refuse_newer(&applied.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    db.run_pending_migrations(MIGRATIONS).map_err(asked)?;
    Ok(())
}

fn asked(error: Box<dyn std::error::Error + Send + Sync>) -> anyhow::Error {
    anyhow::anyhow!("{error}")
}

fn known_migrations() -> anyhow::Result<Vec<String>> {
    let known = diesel::migration::MigrationSource::<Backend>::migrations(&MIGRATIONS).map_err(asked)?;
    Ok(known.iter().map(|migration| migration.name().version().to_string()).collect())
}

fn refuse_newer(applied: &[String]) -> anyhow::Result<()> {
    let known = known_migrations()?;
    if let Some(newer) = applied.iter().find(|version| !known.contains(version)) {
        bail!(
            "its migration {newer} is newer than this program ({}); start the newer program, or restore a backup \
             made before the upgrade",
            env!("CARGO_PKG_VERSION")
        );
    }
    Ok(())
}

/// Asks without Diesel's harness, which would make its table where it is missing.
fn check_up_to_date(db: &mut Db) -> anyhow::Result<()> {
    if !tables(db).context("is it a database of this program?")?.contains_key(MIGRATIONS_TABLE) {
        bail!("it holds no market; check the address");
    }
    let applied: Vec<Shown> =
        diesel::sql_query(format!("select version as value from {MIGRATIONS_TABLE}")).get_results(db)?;
    let applied: Vec<String> = applied.into_iter().map(|row| row.value).collect();
    refuse_newer(&applied)?;
    if let Some(missing) = known_migrations()?.iter().find(|version| !applied.contains(version)) {
        bail!(
            "its migration {missing} is missing; bring it up to date with `shanhai audit --database-url URL` (of a \
             backup: make a copy of the file, bring that up to date, and use `shanhai copy`)"
        );
    }
    Ok(())
}

/// Where Diesel keeps which migrations were applied.
pub const MIGRATIONS_TABLE: &str = "__diesel_schema_migrations";

#[derive(QueryableByName)]
struct ColumnOfTable {
    #[diesel(sql_type = diesel::sql_types::Text)]
    table_name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    column_name: String,
}

/// The database's own catalogue: its tables, each with its columns.
///
/// # Errors
/// When the database cannot be read.
pub fn tables(db: &mut Db) -> QueryResult<BTreeMap<String, BTreeSet<String>>> {
    let columns = match db {
        Db::Sqlite(_) => {
            "select m.name as table_name, c.name as column_name from sqlite_master m, pragma_table_info(m.name) c \
             where m.type = 'table' and m.name not like 'sqlite_%'"
        }
        Db::Postgres(_) => {
            "select c.table_name::text, c.column_name::text from information_schema.columns c \
             join information_schema.tables t using (table_schema, table_name) \
             where table_schema = current_schema() and t.table_type = 'BASE TABLE'"
        }
    };
    let columns: Vec<ColumnOfTable> = diesel::sql_query(columns).get_results(db)?;
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for column in columns {
        tables.entry(column.table_name).or_default().insert(column.column_name);
    }
    Ok(tables)
}

// ---- what goes wrong ----------------------------------------------------------------------------------------------

/// Faults of the database that somebody can do something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The transaction met another one; run again, it will see what the other left.
    Conflict,
    /// The server is away or has sent us away.
    Lost,
    /// Another program holds the file.
    Locked,
    Full,
    ReadOnly,
    /// A write or read fails: no room under some limit, or a disk that is dying.
    Failing,
    Corrupt,
}

impl Trouble {
    /// What the operator should do.
    pub fn advice(self) -> &'static str {
        match self {
            Trouble::Conflict => "too many writers meet on the same rows; try again",
            Trouble::Lost => "PostgreSQL does not answer; check that it runs and can be reached",
            Trouble::Locked => "another program holds the database file; find it (`fuser FILE`) and stop it",
            Trouble::Full => "the disk is full; make room, nothing that was answered is lost",
            Trouble::ReadOnly => "the file or its folder may not be written to; check owner, mode and mount",
            Trouble::Failing => "the disk fails; make room (quota, size limit) or replace it, then run `shanhai audit`",
            Trouble::Corrupt => {
                "the file is damaged; stop the server, move the file away and restore the last backup with `shanhai restore`"
            }
        }
    }
}

/// What kind of trouble an error is. Diesel hands on no SQLSTATE beyond its own kinds, and SQLite's codes not at all; the
/// texts compared here are SQLite's own, which are the same in every locale.
pub fn trouble(error: &DieselError) -> Option<Trouble> {
    let DieselError::DatabaseError(kind, information) = error else {
        return matches!(error, DieselError::BrokenTransactionManager).then_some(Trouble::Lost);
    };
    match kind {
        DatabaseErrorKind::SerializationFailure => return Some(Trouble::Conflict),
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => return Some(Trouble::Lost),
        DatabaseErrorKind::ReadOnlyTransaction => return Some(Trouble::ReadOnly),
        _ => {}
    }
    let text = information.message();
    let says = |part: &str| text.contains(part);
    if says("database is locked") || says("database table is locked") {
        Some(Trouble::Locked)
    } else if says("disk is full") || says("No space left") {
        Some(Trouble::Full)
    } else if says("readonly database") || says("unable to open database file") {
        Some(Trouble::ReadOnly)
    } else if says("disk I/O error") {
        Some(Trouble::Failing)
    } else if says("malformed") {
        Some(Trouble::Corrupt)
    } else {
        None
    }
}

/// Context for an error after which the connection no longer answers. libpq does not always say so itself.
#[derive(Debug, thiserror::Error)]
#[error("the connection to the database was lost")]
pub struct ConnectionLost;

/// The trouble behind an error of ours, however often it was wrapped.
pub fn trouble_of(error: &anyhow::Error) -> Option<Trouble> {
    if error.is::<ConnectionLost>() {
        return Some(Trouble::Lost);
    }
    let of_query = error.chain().find_map(|cause| cause.downcast_ref::<DieselError>()).and_then(trouble);
    of_query.or_else(|| error.chain().any(|cause| cause.is::<ConnectionError>()).then_some(Trouble::Lost))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_by_its_scheme() {
        let parse = |url: &str| url.parse::<DatabaseUrl>();
        assert_eq!(parse("sqlite://var/shanhai.db"), Ok(DatabaseUrl::Sqlite("var/shanhai.db".into())));
        assert_eq!(parse("sqlite:///var/a b.db"), Ok(DatabaseUrl::Sqlite("/var/a b.db".into())));
        assert!(matches!(parse("postgresql://localhost/market"), Ok(DatabaseUrl::Postgres(_))));
        for wrong in ["", "var/shanhai.db", "sqlite://", "mysql://localhost/market"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let shown = |url: &str| url.parse::<DatabaseUrl>().expect("an address").to_string();
        assert_eq!(shown("postgres://me:se/c@ret@db:5432/market"), "postgres://me@db:5432/market");
        assert_eq!(shown("postgres://me@db/market?password=secret"), "postgres://me@db/market");
        assert_eq!(shown("postgres://db/market"), "postgres://db/market");
        assert_eq!(shown("sqlite://var/shanhai.db"), "sqlite://var/shanhai.db");
    }
}
