//! One way to write: a command is a plain function over a transaction, answered only after its commit. Whoever writes one
//! knows nothing of threads, batches or databases; it may be run more than once, but only one run is ever committed.
//!
//! On SQLite one thread takes the commands that wait and commits once for all of them ([`batches`]): a commit costs a
//! journey to the disk, and sixty-four orders can share it. PostgreSQL groups commits itself, so there each command has a
//! transaction of its own on one of several connections ([`transactions`]).

pub mod batches;
pub mod transactions;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::database::{DatabaseUrl, Db};
use crate::error::{Error, Result};
use crate::metrics::Metrics;

#[derive(Clone, Debug)]
pub enum Writer {
    Batches(batches::Writer),
    Transactions(transactions::Writer),
}

/// How much is written at once.
#[derive(Clone, Copy, Debug)]
pub struct Capacity {
    /// How many commands may wait. A full queue is answered at once, with nothing half done.
    pub queue: usize,
    /// How many commands share a commit, at most. Only SQLite's writer asks.
    pub batch: usize,
    /// How many connections write at once. Only PostgreSQL's writer asks.
    pub connections: usize,
}

impl Writer {
    /// # Errors
    /// When the database cannot be opened.
    pub fn start(url: &DatabaseUrl, db: Db, capacity: Capacity, metrics: Metrics) -> anyhow::Result<Writer> {
        Ok(match url {
            DatabaseUrl::Sqlite(_) => Writer::Batches(batches::Writer::start(db, capacity, metrics)?),
            DatabaseUrl::Postgres(_) => {
                Writer::Transactions(transactions::Writer::new(url.clone(), capacity, metrics)?)
            }
        })
    }

    /// Runs `command` in a transaction and answers after its commit; a refusal or a fault takes all of it back.
    ///
    /// # Errors
    /// What the command refuses; [`domain::Code::Busy`] when too many wait; [`domain::Code::Unsure`] when the connection
    /// was lost while committing.
    pub async fn write<T: Send + 'static>(
        &self,
        command: impl Fn(&mut Db) -> Result<T> + Send + Sync + 'static,
    ) -> Result<T> {
        match self {
            Writer::Batches(writer) => writer.write(command).await,
            Writer::Transactions(writer) => writer.write(command).await,
        }
    }
}

/// A panic in one command is a fault like any other: caught inside the transaction, so that it is rolled back and the
/// next command finds the connection as it was.
fn unwound<T>(command: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(command))
        .unwrap_or_else(|_| Err(Error::Broken(anyhow::anyhow!("a command panicked and was rolled back"))))
}

/// Runs `command` in a transaction of its own. Whether a failed commit is certain to have changed nothing is for the
/// caller to judge: the second error is the commit's.
fn in_transaction<T>(db: &mut Db, command: impl FnOnce(&mut Db) -> Result<T>) -> std::result::Result<T, Failed> {
    db.begin_writing().map_err(|error| Failed::Before(error.into()))?;
    match unwound(|| command(db)) {
        Ok(answer) => match db.commit() {
            Ok(()) => Ok(answer),
            Err(error) => {
                db.roll_back();
                Err(Failed::Committing(error))
            }
        },
        Err(error) => {
            db.roll_back();
            Err(Failed::Before(error))
        }
    }
}

/// Where a transaction ended that did not go through.
enum Failed {
    /// Before its commit: nothing has happened.
    Before(Error),
    /// The commit itself.
    Committing(diesel::result::Error),
}
