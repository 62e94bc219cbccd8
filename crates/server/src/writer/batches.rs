//! SQLite's writer: a thread that takes the commands that wait and commits once for all of them.
//!
//! A batch runs plainly, one command after the other, without savepoints: they would cost more than they save, since
//! hardly a command is refused. When one is, the batch is rolled back and each runs in a transaction of its own, so that
//! nobody feels a neighbour. Nobody is answered before the commit, so nobody can tell the difference.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use tokio::sync::oneshot;

use super::{Capacity, Failed, in_transaction, unwound};
use crate::database::Db;
use crate::error::{Error, Result, busy};
use crate::metrics::Metrics;

#[derive(Clone, Debug)]
pub struct Writer {
    queue: SyncSender<Box<dyn Job>>,
    metrics: Metrics,
}

impl Writer {
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start(db: Db, capacity: Capacity, metrics: Metrics) -> std::io::Result<Writer> {
        let (queue, jobs) = sync_channel(capacity.queue);
        let counted = metrics.clone();
        thread::Builder::new().name("writer".into()).spawn(move || run(db, &jobs, capacity.batch, &counted))?;
        Ok(Writer { queue, metrics })
    }

    /// See [`super::Writer::write`].
    ///
    /// # Errors
    /// As there.
    pub async fn write<T: Send + 'static>(&self, command: impl Fn(&mut Db) -> Result<T> + Send + 'static) -> Result<T> {
        let (asker, answered) = oneshot::channel();
        self.metrics.queued();
        match self.queue.try_send(Box::new(Waiting { command, outcome: None, asker })) {
            Ok(()) => answered.await.map_err(|_| stopped())?,
            Err(TrySendError::Full(_)) => {
                self.metrics.refused_full();
                Err(busy())
            }
            Err(TrySendError::Disconnected(_)) => Err(stopped()),
        }
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

fn run(mut db: Db, jobs: &Receiver<Box<dyn Job>>, largest: usize, metrics: &Metrics) {
    while let Ok(first) = jobs.recv() {
        let mut batch = vec![first];
        batch.extend(jobs.try_iter().take(largest.saturating_sub(1)));
        metrics.taken(u32::try_from(batch.len()).unwrap_or(u32::MAX));
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

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection as _;
    use diesel::sqlite::SqliteConnection;
    use diesel::{Connection as _, RunQueryDsl as _};
    use futures::future::join_all;

    use super::*;
    use crate::error::not_found;

    const CAPACITY: Capacity = Capacity { queue: 64, batch: 16, connections: 0 };

    fn writer(capacity: Capacity) -> (Writer, Metrics) {
        let mut db = SqliteConnection::establish(":memory:").expect("a database");
        db.batch_execute("create table t (n bigint primary key not null)").expect("a table");
        let metrics = Metrics::default();
        (Writer::start(Db::Sqlite(db), capacity, metrics.clone()).expect("a thread"), metrics)
    }

    fn insert(db: &mut Db, n: i64) -> Result<i64> {
        diesel::sql_query(format!("insert into t values ({n})")).execute(db)?;
        Ok(n)
    }

    async fn count(writer: &Writer) -> usize {
        let gone = writer.write(|db| Ok(diesel::sql_query("delete from t").execute(db)?));
        gone.await.expect("counted by what is deleted")
    }

    async fn until(metrics: &Metrics, line: &str) {
        while !metrics.text().expect("text").contains(line) {
            tokio::task::yield_now().await;
        }
    }

    /// Somebody whose command holds the writer until it is let go, so that what is sent meanwhile becomes one batch.
    struct Holder {
        go: std::sync::mpsc::Sender<()>,
        answered: tokio::task::JoinHandle<Result<()>>,
    }

    impl Holder {
        async fn hold(writer: &Writer, metrics: &Metrics) -> Holder {
            let (go, wait) = std::sync::mpsc::channel::<()>();
            let wait = std::sync::Mutex::new(wait);
            let answered = send(writer, move |_| {
                wait.lock().expect("one holder").recv().expect("it is let go");
                Ok(())
            });
            until(metrics, "shanhai_writer_batch_size_count 1\n").await;
            Holder { go, answered }
        }

        async fn let_go(self) {
            self.go.send(()).expect("somebody is held");
            self.answered.await.expect("no panic").expect("held and let go");
        }
    }

    fn send<T: Send + 'static>(
        writer: &Writer,
        command: impl Fn(&mut Db) -> Result<T> + Send + 'static,
    ) -> tokio::task::JoinHandle<Result<T>> {
        let writer = writer.clone();
        tokio::spawn(async move { writer.write(command).await })
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn commands_that_wait_share_a_commit() {
        let (writer, metrics) = writer(CAPACITY);
        let holder = Holder::hold(&writer, &metrics).await;
        let commands: Vec<_> = (0..10).map(|n| send(&writer, move |db| insert(db, n))).collect();
        until(&metrics, "shanhai_writer_queue_length 10\n").await;
        holder.let_go().await;
        let answers = join_all(commands).await;
        assert!(answers.into_iter().all(|answer| answer.expect("no panic").is_ok()));
        let counted = metrics.text().expect("text");
        assert!(counted.contains("shanhai_writer_batch_size_count 2\n"), "{counted}");
        assert_eq!(count(&writer).await, 10);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nobody_feels_a_neighbour_who_is_refused_or_panics() {
        let (writer, metrics) = writer(CAPACITY);
        let holder = Holder::hold(&writer, &metrics).await;
        let command = |n: i64| {
            let run = move |db: &mut Db| match n {
                3 => not_found("the third"),
                5 => insert(db, 0),
                7 => panic!("a bug"),
                n => insert(db, n),
            };
            send(&writer, run)
        };
        let mut commands = Vec::new();
        for n in 0..10 {
            commands.push(command(n));
            until(&metrics, &format!("shanhai_writer_queue_length {}\n", n + 1)).await;
        }
        holder.let_go().await;
        for (n, answer) in join_all(commands).await.into_iter().enumerate() {
            let answer = answer.expect("the panic stays inside");
            match n {
                3 => assert!(matches!(answer, Err(Error::Refused(_)))),
                // Of the two who write a nought the first is served.
                5 | 7 => assert!(matches!(answer, Err(Error::Broken(_))), "{n}"),
                _ => assert_eq!(answer.expect("written") as usize, n),
            }
        }
        assert_eq!(count(&writer).await, 7);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_finds_the_queue_full_is_told_at_once() {
        let (writer, metrics) = writer(Capacity { queue: 2, ..CAPACITY });
        let holder = Holder::hold(&writer, &metrics).await;
        let waiting: Vec<_> = (0..2).map(|n| send(&writer, move |db| insert(db, n))).collect();
        until(&metrics, "shanhai_writer_queue_length 2\n").await;
        assert!(matches!(writer.write(|db| insert(db, 9)).await, Err(Error::Refused(_))));
        holder.let_go().await;
        assert!(join_all(waiting).await.into_iter().all(|answer| answer.expect("no panic").is_ok()));
        assert_eq!(count(&writer).await, 2, "nothing of the one that was refused");
    }
}
