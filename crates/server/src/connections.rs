//! Connections kept open: as many as the pool holds work at once, as many as may wait do wait, and no more.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{Manager, Metrics, Object, PoolError, RecycleResult};

use crate::database::{self, ConnectionLost, DatabaseUrl, Db};
use crate::error::{Error, Result, busy};

/// How long a request waits for its turn, and a new connection for its server.
const PATIENCE: Duration = Duration::from_secs(10);

pub type Connection = Object<Opener>;

#[derive(Clone, Debug)]
pub struct Connections {
    pool: deadpool::managed::Pool<Opener>,
    waiting: Arc<AtomicUsize>,
    may_wait: usize,
}

/// Opens connections on a thread that may wait.
#[derive(Debug)]
pub struct Opener {
    url: DatabaseUrl,
}

impl Manager for Opener {
    type Type = Db;
    type Error = anyhow::Error;

    async fn create(&self) -> anyhow::Result<Db> {
        let url = self.url.clone();
        tokio::task::spawn_blocking(move || database::connect_as_it_is(&url)).await?
    }

    /// A connection that was lost is found out by its next user, who tries again with another: asking each one first
    /// whether it still answers would cost every request a journey to the server.
    async fn recycle(&self, _: &mut Db, _: &Metrics) -> RecycleResult<anyhow::Error> {
        Ok(())
    }
}

impl Connections {
    /// A pool of at most `open` connections for which at most `may_wait` callers wait.
    ///
    /// # Errors
    /// Never in practice: only when built outside the runtime.
    pub fn new(url: DatabaseUrl, open: usize, may_wait: usize) -> anyhow::Result<Connections> {
        let pool = deadpool::managed::Pool::builder(Opener { url })
            .max_size(open)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .build()?;
        Ok(Connections { pool, waiting: Arc::default(), may_wait })
    }

    /// A connection, when its turn comes.
    ///
    /// # Errors
    /// Busy when too many wait already or the turn does not come; broken when the database cannot be reached.
    pub async fn get(&self) -> Result<Connection> {
        let place = Place::take(&self.waiting);
        if place.number >= self.may_wait {
            return Err(busy());
        }
        self.pool.get().await.map_err(|error| match error {
            PoolError::Timeout(_) => busy(),
            PoolError::Backend(error) => Error::Broken(error),
            other => Error::Broken(anyhow::anyhow!("the pool of connections: {other}")),
        })
    }
}

/// What became of work on a connection. After a fault it is asked whether it still answers: one that does not is closed,
/// and the fault is marked as [`ConnectionLost`].
pub fn give_back<T>(mut connection: Connection, outcome: Result<T>) -> Result<T> {
    match outcome {
        Err(Error::Broken(error)) if !connection.answers() => {
            drop(Connection::take(connection));
            Err(Error::Broken(error.context(ConnectionLost)))
        }
        outcome => outcome,
    }
}

/// A place among those that wait; given back however the waiting ends.
struct Place<'a> {
    waiting: &'a AtomicUsize,
    number: usize,
}

impl Place<'_> {
    fn take(waiting: &AtomicUsize) -> Place<'_> {
        let number = waiting.fetch_add(1, Ordering::Relaxed);
        Place { waiting, number }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}
