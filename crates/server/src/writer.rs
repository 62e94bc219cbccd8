//! One writer: a thread of its own that runs commands one after another, each in a transaction of its own.
//!
//! A command is a plain function over a transaction, so it can be tested without a server. It is answered only after
//! its commit, which is on disk (`synchronous=FULL`): what was answered 2xx is never lost.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use diesel::sqlite::SqliteConnection;
use domain::{Code, Refusal};
use tokio::sync::oneshot;

use crate::error::{Error, Result};
use crate::metrics::Metrics;

type Command = Box<dyn FnOnce(&mut SqliteConnection) + Send>;

/// How many commands may wait. A full queue is answered at once, with nothing half done.
const QUEUE: usize = 1024;

#[derive(Clone, Debug)]
pub struct Writer {
    queue: SyncSender<Command>,
    metrics: Metrics,
}

impl Writer {
    pub fn start(connection: SqliteConnection, metrics: Metrics) -> std::io::Result<Writer> {
        let (queue, commands) = sync_channel(QUEUE);
        let taken = metrics.clone();
        thread::Builder::new().name("writer".into()).spawn(move || run(connection, &commands, &taken))?;
        Ok(Writer { queue, metrics })
    }

    /// Runs `command` in a transaction and answers after its commit; a refusal or a fault rolls all of it back.
    ///
    /// # Errors
    /// What the command refuses; [`Code::Busy`] when too many wait.
    pub async fn write<T: Send + 'static>(
        &self,
        command: impl FnOnce(&mut SqliteConnection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let command: Command = Box::new(move |connection| {
            let outcome = connection.immediate_transaction(|connection| unwound(|| command(connection)));
            // The asker may have gone away; what was committed stays committed.
            let _ = answer.send(outcome);
        });
        self.metrics.queued();
        match self.queue.try_send(command) {
            Ok(()) => answered.await.map_err(|_| Error::Broken(anyhow::anyhow!("the writer stopped")))?,
            Err(TrySendError::Full(_)) => {
                self.metrics.refused_full();
                Err(Refusal::new(Code::Busy, "现在提交的人太多，请过几秒再试，什么都没有丢").into())
            }
            Err(TrySendError::Disconnected(_)) => Err(Error::Broken(anyhow::anyhow!("the writer stopped"))),
        }
    }
}

fn run(mut connection: SqliteConnection, commands: &Receiver<Command>, metrics: &Metrics) {
    for command in commands {
        metrics.taken(1);
        command(&mut connection);
    }
}

/// A panic in one command is a fault like any other: caught inside the transaction, so that it is rolled back and the
/// next command finds the connection as it was.
fn unwound<T>(command: impl FnOnce() -> Result<T>) -> Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(command))
        .unwrap_or_else(|_| Err(Error::Broken(anyhow::anyhow!("a command panicked and was rolled back"))))
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection as _;
    use diesel::{Connection as _, RunQueryDsl as _};

    use super::*;

    #[tokio::test]
    async fn a_panicking_command_is_rolled_back_and_the_next_one_runs() {
        let mut connection = SqliteConnection::establish(":memory:").expect("a database");
        connection.batch_execute("create table t (n bigint not null)").expect("a table");
        let writer = Writer::start(connection, Metrics::default()).expect("a thread");
        let insert =
            |connection: &mut SqliteConnection| diesel::sql_query("insert into t values (1)").execute(connection);
        let panicked = writer.write(move |connection| -> Result<()> {
            insert(connection)?;
            panic!("a bug");
        });
        assert!(matches!(panicked.await, Err(Error::Broken(_))));
        let later = writer.write(move |connection| {
            insert(connection)?;
            Ok(diesel::sql_query("delete from t").execute(connection)?)
        });
        assert_eq!(later.await.expect("written"), 1, "only the second row was there");
    }
}
