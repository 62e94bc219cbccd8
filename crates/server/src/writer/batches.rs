//! SQLite's writer: a thread that takes the commands that wait and commits once for all of them.
//!
//! A batch runs plainly, one command after the other, without savepoints: they would cost more than they save, since
//! hardly a command is refused. When one is, the batch is rolled back and each runs in a transaction of its own, so that
//! nobody feels a neighbour. Nobody is answered before the commit, so nobody can tell the difference.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use tokio::sync::oneshot;

use super::{Failed, Limits, in_transaction, unwound};
use crate::database::Db;
use crate::error::{Error, Result, busy};

#[derive(Clone, Debug)]
pub struct Writer {
    queue: SyncSender<Box<dyn Job>>,
    waiting: Arc<AtomicUsize>,
}

impl Writer {
    pub fn start(db: Db, limits: Limits) -> std::io::Result<Writer> {
        let (queue, jobs) = sync_channel(limits.queue);
        let waiting = Arc::new(AtomicUsize::new(0));
        let left = Arc::clone(&waiting);
        thread::Builder::new().name("writer".into()).spawn(move || run(db, &jobs, limits.batch, &left))?;
        Ok(Writer { queue, waiting })
    }

    /// See [`super::Writer::write`].
    ///
    /// # Errors
    /// As there.
    pub async fn write<T: Send + 'static>(&self, command: impl Fn(&mut Db) -> Result<T> + Send + 'static) -> Result<T> {
        let (asker, answered) = oneshot::channel();
        match self.queue.try_send(Box::new(Waiting { command, outcome: None, asker })) {
            Ok(()) => {
                self.waiting.fetch_add(1, Ordering::Relaxed);
                answered.await.map_err(|_| stopped())?
            }
            Err(TrySendError::Full(_)) => Err(busy()),
            Err(TrySendError::Disconnected(_)) => Err(stopped()),
        }
    }

    /// How many commands wait to be taken.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

fn stopped() -> Error {
    Error::Broken(anyhow::anyhow!("the writer stopped"))
}

/// A command of whatever answer, and whoever waits for it.
trait Job: Send {
    /// Runs the command once more; true when it went well and would be committed.
    fn run(&mut self, db: &mut Db) -> bool;
    /// Gives the asker the outcome of the last run, which has been committed.
    fn answer(self: Box<Self>);
    /// Runs the command in a transaction of its own and answers.
    fn run_alone(self: Box<Self>, db: &mut Db);
}

struct Waiting<T, C> {
    command: C,
    outcome: Option<T>,
    asker: oneshot::Sender<Result<T>>,
}

impl<T: Send, C: Fn(&mut Db) -> Result<T> + Send> Job for Waiting<T, C> {
    fn run(&mut self, db: &mut Db) -> bool {
        self.outcome = unwound(|| (self.command)(db)).ok();
        self.outcome.is_some()
    }

    fn answer(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            // The asker may have gone away; what was committed stays committed.
            let _ = self.asker.send(Ok(outcome));
        }
    }

    fn run_alone(self: Box<Self>, db: &mut Db) {
        let outcome = in_transaction(db, &self.command).map_err(|failed| match failed {
            Failed::Before(error) => error,
            // SQLite answers a commit itself: one that failed has changed nothing.
            Failed::Committing(error) => error.into(),
        });
        let _ = self.asker.send(outcome);
    }
}

fn run(mut db: Db, jobs: &Receiver<Box<dyn Job>>, largest: usize, waiting: &AtomicUsize) {
    while let Ok(first) = jobs.recv() {
        let mut batch = vec![first];
        batch.extend(jobs.try_iter().take(largest.saturating_sub(1)));
        waiting.fetch_sub(batch.len(), Ordering::Relaxed);
        if batch.len() > 1 && run_together(&mut db, &mut batch) {
            batch.into_iter().for_each(Job::answer);
        } else {
            batch.into_iter().for_each(|job| job.run_alone(&mut db));
        }
    }
}

/// One transaction for all: true when every command went well and the commit is on the disk, else nothing has happened.
fn run_together(db: &mut Db, batch: &mut [Box<dyn Job>]) -> bool {
    if db.begin_writing().is_err() {
        return false;
    }
    let went_well = batch.iter_mut().all(|job| job.run(db)) && db.commit().is_ok();
    if !went_well {
        db.roll_back();
    }
    went_well
}
