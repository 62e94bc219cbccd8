//! PostgreSQL's writer: each command in a transaction of its own, on one of several connections.
//!
//! Commands run side by side, so one may meet another on the same row, and the server may go away. What has certainly not
//! happened is tried again with the same command; a commit whose answer was lost may have happened and is not.

use std::sync::Arc;
use std::time::Duration;

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use domain::Code;
use domain::say;

use super::{Capacity, Failed, in_transaction};
use crate::connections::{Connection, Connections, give_back};
use crate::database::{DatabaseUrl, Db, Trouble, trouble_of};
use crate::error::{Error, Result, refuse, unsure};
use crate::metrics::Metrics;

/// Waits grow from 5 ms to 2.5 s, 5 s in all: about what a restart of PostgreSQL takes.
const TRIES: u32 = 11;

#[derive(Clone, Debug)]
pub struct Writer {
    connections: Connections,
    metrics: Metrics,
}

impl Writer {
    /// # Errors
    /// As [`Connections::new`].
    pub fn new(url: DatabaseUrl, capacity: Capacity, metrics: Metrics) -> anyhow::Result<Writer> {
        Ok(Writer { connections: Connections::new(url, capacity.connections, capacity.queue)?, metrics })
    }

    /// See [`super::Writer::write`].
    ///
    /// # Errors
    /// As there.
    pub async fn write<T: Send + 'static>(
        &self,
        command: impl Fn(&mut Db) -> Result<T> + Send + Sync + 'static,
    ) -> Result<T> {
        let command = Arc::new(command);
        for tried in 0..TRIES {
            match self.try_once(Arc::clone(&command)).await {
                Outcome::Done(answer) => return Ok(answer),
                Outcome::Failed(error) => return Err(error),
                Outcome::Nothing(error) if tried + 1 == TRIES => return Err(error),
                Outcome::Nothing(error) => {
                    tracing::debug!(%error, tried, "trying again");
                    tokio::time::sleep(pause(tried)).await;
                }
            }
        }
        refuse(
            Code::Busy,
            say!(
                "系统正忙，请过几秒再试，什么都没有丢",
                "The system is busy; try again in a few seconds, nothing is lost"
            ),
        )
    }

    async fn try_once<T: Send + 'static>(
        &self,
        command: Arc<impl Fn(&mut Db) -> Result<T> + Send + Sync + 'static>,
    ) -> Outcome<T> {
        self.metrics.queued();
        let connection = match self.connections.get().await {
            Ok(connection) => connection,
            Err(error) => {
                self.metrics.refused_full();
                let refused = matches!(error, Error::Refused(_));
                return if refused { Outcome::Failed(error) } else { Outcome::Nothing(error) };
            }
        };
        self.metrics.taken();
        self.metrics.committing(1);
        let attempt = tokio::task::spawn_blocking(move || attempt(connection, &*command)).await;
        attempt.unwrap_or_else(|error| Outcome::Failed(Error::Broken(error.into())))
    }
}

fn pause(tried: u32) -> Duration {
    // Two that met must not meet again in step.
    let jitter = u64::from(rand::random::<u8>()) % 5;
    Duration::from_millis((5 << tried.min(9)) + jitter)
}

enum Outcome<T> {
    Done(T),
    /// For good: refused, our fault, or committed for all we know.
    Failed(Error),
    /// Certainly nothing has happened; trying again may help.
    Nothing(Error),
}

fn attempt<T>(mut connection: Connection, command: impl Fn(&mut Db) -> Result<T>) -> Outcome<T> {
    let (committing, outcome) = match in_transaction(&mut connection, command) {
        Ok(answer) => (false, Ok(answer)),
        Err(Failed::Before(error)) => (false, Err(error)),
        Err(Failed::Committing(error)) => (true, Err(error.into())),
    };
    match give_back(connection, outcome) {
        Ok(answer) => Outcome::Done(answer),
        Err(Error::Broken(error)) if committing && trouble_of(&error) == Some(Trouble::Lost) => {
            tracing::error!(error = format!("{error:#}"), "the connection was lost while committing");
            Outcome::Failed(unsure().into())
        }
        Err(error) if may_try_again(&error) => Outcome::Nothing(error),
        Err(error) => Outcome::Failed(error),
    }
}

fn may_try_again(error: &Error) -> bool {
    let Error::Broken(error) = error else { return false };
    if matches!(trouble_of(error), Some(Trouble::Conflict | Trouble::Lost)) {
        return true;
    }
    match error.chain().find_map(|cause| cause.downcast_ref::<DieselError>()) {
        // Somebody stored the same thing at the same moment: run again, the command finds it and says so.
        Some(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => true,
        // Diesel has no kind for a deadlock. Where the server speaks another language this is not seen; but rows are taken
        // in one order everywhere, so that there should be none.
        Some(DieselError::DatabaseError(_, information)) => information.message().contains("deadlock"),
        _ => false,
    }
}
