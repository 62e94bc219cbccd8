//! The database: the only part that knows SQL. One way to write, many readers.

pub mod accounts;
pub mod applications;
pub mod attachments;
pub mod audit;
pub mod behind;
pub mod bulletins;
pub mod bundles;
pub mod catalogue;
pub mod closing;
pub mod copy;
pub mod corrections;
pub mod counting;
pub mod desk;
pub mod exports;
pub mod goods;
pub mod helped;
pub mod licences;
pub mod orders;
pub mod papers;
pub mod photos;
pub mod places;
pub mod plans;
pub mod procedure;
pub mod products;
pub mod public_total;
pub mod regions;
pub mod reports;
pub mod retention;
pub mod rosters;
pub mod rules;
pub mod sales;
pub mod seasons;
mod statement;
pub mod statements;
pub mod tally;
pub mod targets;

use std::sync::Arc;

use crate::connections::{Connections, give_back};
use crate::database::{self, Trouble, trouble_of};
pub use crate::database::{Backend, DatabaseUrl, Db};
use crate::error::{Error, Result};
use crate::metrics::Metrics;
use crate::writer::{Capacity, Writer};

#[derive(Clone, Debug)]
pub struct Store {
    writer: Writer,
    readers: Connections,
    metrics: Metrics,
}

// A single row is asked for with `get_result` and not with `first`: that one's `limit ?` makes SQLite prepare the statement
// anew each time, since the value bound to a limit may change its plan.

/// How many readers work at once, and how many questions may wait for one.
const READERS: usize = 8;
const QUESTIONS: usize = 1024;

impl Store {
    /// Opens the database, making a file and its folder when missing, and brings its tables up to date.
    ///
    /// # Errors
    /// A sentence naming the database and what to do, when it cannot be opened.
    pub async fn open(url: DatabaseUrl, capacity: Capacity, metrics: Metrics) -> anyhow::Result<Store> {
        let opened = tokio::task::spawn_blocking(move || {
            let db = database::connect(&url)?;
            let writer = Writer::start(&url, db, capacity, metrics.clone())?;
            anyhow::Ok(Store { writer, readers: Connections::new(url, READERS, QUESTIONS)?, metrics })
        });
        opened.await?
    }

    /// Asks a question of a single query on a reader's thread, without a transaction, which on PostgreSQL spares two
    /// journeys to the server. Where the connection is lost it is asked once more on another.
    ///
    /// # Errors
    /// What the question refuses or breaks with.
    pub async fn look_up<T: Send + 'static>(
        &self,
        question: impl Fn(&mut Db) -> Result<T> + Send + Sync + 'static,
    ) -> Result<T> {
        let question = Arc::new(question);
        match self.ask(Arc::clone(&question)).await {
            Err(Error::Broken(error)) if trouble_of(&error) == Some(Trouble::Lost) => self.ask(question).await,
            answer => answer,
        }
    }

    /// Asks a question of several queries, which all see one moment.
    ///
    /// # Errors
    /// What the question refuses or breaks with.
    pub async fn read<T: Send + 'static>(
        &self,
        question: impl Fn(&mut Db) -> Result<T> + Send + Sync + 'static,
    ) -> Result<T> {
        self.look_up(move |db| at_one_moment(db, &question)).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        question: Arc<impl Fn(&mut Db) -> Result<T> + Send + Sync + 'static>,
    ) -> Result<T> {
        let waiting = self.metrics.reader_waiting();
        let mut connection = self.readers.get().await?;
        drop(waiting);
        let asked = tokio::task::spawn_blocking(move || {
            let answer = question(&mut connection);
            give_back(connection, answer)
        });
        asked.await.map_err(|error| Error::Broken(error.into()))?
    }

    /// See [`Writer::write`].
    ///
    /// # Errors
    /// What the command refuses or breaks with.
    pub async fn write<T: Send + 'static>(
        &self,
        command: impl Fn(&mut Db) -> Result<T> + Send + Sync + 'static,
    ) -> Result<T> {
        self.writer.write(command).await
    }
}

fn at_one_moment<T>(db: &mut Db, question: impl Fn(&mut Db) -> Result<T>) -> Result<T> {
    db.begin_reading()?;
    let answer = question(db);
    // There is nothing to keep; a transaction that only read ends either way.
    db.roll_back();
    answer
}

/// Runs a query on the very connection behind `db`. Run on `db` itself, a query's text is put together anew each time, to be
/// handed on; what runs for every order is spared that.
macro_rules! natively {
    ($db:expr, $connection:ident => $query:expr) => {
        match $db {
            $crate::database::Db::Sqlite($connection) => $query,
            $crate::database::Db::Postgres($connection) => $query,
        }
    };
}
pub(crate) use natively;

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
