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

type Command = Box<dyn FnOnce(&mut SqliteConnection) + Send>;

/// How many commands may wait. A full queue is answered at once, with nothing half done.
const QUEUE: usize = 1024;

#[derive(Clone, Debug)]
pub struct Writer {
    queue: SyncSender<Command>,
}

impl Writer {
    pub fn start(connection: SqliteConnection) -> std::io::Result<Writer> {
        let (queue, commands) = sync_channel(QUEUE);
        thread::Builder::new().name("writer".into()).spawn(move || run(connection, &commands))?;
        Ok(Writer { queue })
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
            let outcome = connection.immediate_transaction(command);
            // The asker may have gone away; what was committed stays committed.
            let _ = answer.send(outcome);
        });
        match self.queue.try_send(command) {
            Ok(()) => answered.await.map_err(|_| Error::Broken(anyhow::anyhow!("the writer stopped")))?,
            Err(TrySendError::Full(_)) => {
                Err(Refusal::new(Code::Busy, "现在提交的人太多，请过几秒再试，什么都没有丢").into())
            }
            Err(TrySendError::Disconnected(_)) => Err(Error::Broken(anyhow::anyhow!("the writer stopped"))),
        }
    }
}

fn run(mut connection: SqliteConnection, commands: &Receiver<Command>) {
    for command in commands {
        // A panic in one command must not end the writer: the transaction is rolled back when it unwinds.
        let survived = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| command(&mut connection)));
        if survived.is_err() {
            tracing::error!("a command panicked and was rolled back");
        }
    }
}
