//! The database: the only part that knows SQL. One writer, many readers.

pub mod accounts;
pub mod audit;
pub mod catalogue;
pub mod orders;
pub mod products;
pub mod regions;
pub mod sales;
pub mod tally;

use std::path::Path;

use anyhow::Context as _;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, Pool};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use crate::error::{Error, Result};
use crate::metrics::Metrics;
use crate::writer::Writer;

pub type Db = SqliteConnection;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!();
const READERS: u32 = 4;

/// `foreign_keys` is per connection in SQLite; WAL lets readers go on while the writer writes. The patience comes first:
/// without it the next line is refused while another program opens or closes the file.
const PRAGMAS: &str = "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full; \
                       pragma foreign_keys = on; pragma cache_size = -16000;";

#[derive(Clone, Debug)]
pub struct Store {
    writer: Writer,
    readers: Pool<ConnectionManager<Db>>,
    metrics: Metrics,
}

impl Store {
    /// Opens the database file, making it and its folder when missing, and brings its tables up to date.
    ///
    /// # Errors
    /// A sentence naming the file, when it cannot be opened or is not a database.
    pub fn open(file: &Path, metrics: Metrics) -> anyhow::Result<Store> {
        let connection = connect(file)?;
        let url = file.to_string_lossy().into_owned();
        let readers = Pool::builder()
            .max_size(READERS)
            .connection_customizer(Box::new(Pragmas))
            .build(ConnectionManager::new(url))
            .with_context(|| format!("cannot open readers of {}", file.display()))?;
        Ok(Store { writer: Writer::start(connection, metrics.clone())?, readers, metrics })
    }

    /// Asks a question on a reader's thread.
    ///
    /// # Errors
    /// What the question refuses or breaks with.
    pub async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Db) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let readers = self.readers.clone();
        let waiting = self.metrics.reader_waiting();
        let answer = tokio::task::spawn_blocking(move || {
            let mut connection = readers.get().context("no reader is free")?;
            drop(waiting);
            // One transaction, so that all of a question's queries see the same moment.
            connection.transaction(|connection| question(connection))
        });
        answer.await.map_err(|error| Error::Broken(error.into()))?
    }

    /// See [`Writer::write`].
    ///
    /// # Errors
    /// What the command refuses or breaks with.
    pub async fn write<T: Send + 'static>(
        &self,
        command: impl FnOnce(&mut Db) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.writer.write(command).await
    }
}

/// Opens one connection and brings the tables up to date.
///
/// # Errors
/// A sentence naming the file.
pub fn connect(file: &Path) -> anyhow::Result<Db> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let opened = Db::establish(&file.to_string_lossy());
    let mut connection = opened.with_context(|| format!("cannot open the database {}", file.display()))?;
    connection.batch_execute(PRAGMAS).with_context(|| format!("{} is not a database", file.display()))?;
    connection
        .run_pending_migrations(MIGRATIONS)
        .map_err(|error| anyhow::anyhow!("cannot bring {} up to date: {error}", file.display()))?;
    Ok(connection)
}

#[derive(Debug)]
struct Pragmas;

impl diesel::r2d2::CustomizeConnection<Db, diesel::r2d2::Error> for Pragmas {
    fn on_acquire(&self, connection: &mut Db) -> std::result::Result<(), diesel::r2d2::Error> {
        connection.batch_execute(PRAGMAS).map_err(diesel::r2d2::Error::QueryError)
    }
}

/// Reads a stored code back as the enumeration it came from; anything else is our own fault.
macro_rules! stored {
    ($type:ty, $text:expr) => {{
        let text: &str = $text;
        <$type>::from_code(text)
            .ok_or_else(|| crate::error::Error::corrupt(format!("the {} '{text}'", stringify!($type))))
    }};
}
pub(crate) use stored;

/// Reads a stored identifier.
pub(crate) fn stored_id<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| Error::corrupt(format!("the identifier '{text}'")))
}

/// Reads a stored quantity.
pub(crate) fn stored_quantity(count: i64) -> Result<domain::Quantity> {
    domain::Quantity::new(count).map_err(|error| Error::corrupt(format!("a quantity of {count}: {error}")))
}
