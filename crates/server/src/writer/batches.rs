//! SQLite's writer: a thread that takes the commands that wait and commits once for all of them.
//!
//! A batch runs plainly, one command after the other, without savepoints: they would cost more than they save, since
//! hardly a command is refused. When one is, the batch is rolled back and each runs in a transaction of its own, so that
//! nobody feels a neighbour. Nobody is answered before the commit, so nobody can tell the difference.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use domain::Refusal;
use tokio::sync::oneshot;

use super::{Capacity, Failed, in_transaction, unwound};
use crate::database::{Db, Trouble, trouble};
use crate::error::{Error, Result, busy, of_trouble};
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
    /// Gives the asker the outcome of the last run: it has been committed, or it was alone and has been rolled back.
    fn answer(self: Box<Self>);
    /// Runs the command in a transaction of its own and answers.
    fn run_alone(self: Box<Self>, db: &mut Db);
    /// Answers without running it.
    fn give_up(self: Box<Self>, refusal: Refusal);
}

struct Waiting<T, C> {
    command: C,
    outcome: Option<Result<T>>,
    asker: oneshot::Sender<Result<T>>,
}

impl<T: Send, C: Fn(&mut Db) -> Result<T> + Send> Job for Waiting<T, C> {
    fn run(&mut self, db: &mut Db) -> bool {
        let outcome = unwound(|| (self.command)(db));
        let went_well = outcome.is_ok();
        self.outcome = Some(outcome);
        went_well
    }

    fn answer(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            // The asker may have gone away; what was committed stays committed.
            let _ = self.asker.send(outcome);
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

    fn give_up(self: Box<Self>, refusal: Refusal) {
        let _ = self.asker.send(Err(refusal.into()));
    }
}

/// A batch takes no more commands once it has worked as long as so many commits take on the disk at hand: then a fifth of the
/// writer's time goes to committing, and those who wait for this batch can send their next while it works on another.
const WORK_PER_COMMIT: u32 = 4;
/// However quick or slow the disk is.
const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_millis(50);

fn run(mut db: Db, queue: &Receiver<Box<dyn Job>>, largest: usize, metrics: &Metrics) {
    let mut work = SHORTEST;
    while let Ok(first) = queue.recv() {
        let until = Instant::now() + work;
        let more = std::iter::from_fn(|| (Instant::now() < until).then(|| queue.try_recv().ok())?);
        let jobs = std::iter::once(first).chain(more).take(largest).inspect(|_| metrics.taken());
        let mut batch = Vec::new();
        let outcome = run_together(&mut db, jobs, &mut batch);
        metrics.committing(batch.len());
        match outcome {
            Together::Committed(commit) => {
                // One slow commit among quick ones does not make the next batch long.
                work = ((work * 3 + commit * WORK_PER_COMMIT) / 4).clamp(SHORTEST, LONGEST);
                batch.into_iter().for_each(Job::answer);
            }
            Together::Refused if batch.len() == 1 => batch.into_iter().for_each(Job::answer),
            Together::Refused | Together::Failed => batch.into_iter().for_each(|job| job.run_alone(&mut db)),
            Together::NotBegun(error) => {
                let refusal = of_trouble(trouble(&error).unwrap_or(Trouble::Failing));
                tracing::error!(%error, "there is no transaction to be had");
                // Whoever waits has waited as long; each of them trying for itself would make the last wait for minutes.
                let all = batch.into_iter().chain(queue.try_iter().inspect(|_| metrics.taken()));
                all.for_each(|job| job.give_up(refusal.clone()));
            }
        }
    }
}

/// What became of commands that ran in one transaction.
enum Together {
    /// All went well; the commit took so long.
    Committed(Duration),
    /// The last of them did not go well; nothing has happened.
    Refused,
    /// The commit failed; nothing has happened.
    Failed,
    /// There was no transaction to run in.
    NotBegun(diesel::result::Error),
}

/// Runs the jobs as they come, in one transaction, up to one that does not go well; `batch` has those that ran.
fn run_together(db: &mut Db, jobs: impl Iterator<Item = Box<dyn Job>>, batch: &mut Vec<Box<dyn Job>>) -> Together {
    let begun = db.begin_writing();
    for mut job in jobs {
        let went_well = begun.is_ok() && job.run(db);
        batch.push(job);
        if !went_well {
            return match begun {
                Ok(()) => {
                    db.roll_back();
                    Together::Refused
                }
                Err(error) => Together::NotBegun(error),
            };
        }
    }
    let began = Instant::now();
    match db.commit() {
        Ok(()) => Together::Committed(began.elapsed()),
        Err(_) => {
            db.roll_back();
            Together::Failed
        }
    }
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
        async fn hold(writer: &Writer) -> Holder {
            let (go, wait) = std::sync::mpsc::channel::<()>();
            let (begin, mut begun) = tokio::sync::mpsc::unbounded_channel();
            let wait = std::sync::Mutex::new(wait);
            let answered = send(writer, move |_| {
                let _ = begin.send(());
                // It may be run again; then it is let go at once.
                let _ = wait.lock().expect("one holder").recv();
                Ok(())
            });
            begun.recv().await.expect("it begins");
            Holder { go, answered }
        }

        async fn let_go(self) {
            drop(self.go);
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
        let holder = Holder::hold(&writer).await;
        let commands: Vec<_> = (0..10).map(|n| send(&writer, move |db| insert(db, n))).collect();
        until(&metrics, "shanhai_writer_queue_length 10\n").await;
        holder.let_go().await;
        let answers = join_all(commands).await;
        assert!(answers.into_iter().all(|answer| answer.expect("no panic").is_ok()));
        let text = metrics.text().expect("text");
        let commits = text.lines().find_map(|line| line.strip_prefix("shanhai_writer_batch_size_count "));
        let commits: u32 = commits.expect("counted").parse().expect("a number");
        assert!(commits < 11, "eleven commands in {commits} commits");
        assert_eq!(count(&writer).await, 10);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nobody_feels_a_neighbour_who_is_refused_or_panics() {
        let (writer, metrics) = writer(CAPACITY);
        let holder = Holder::hold(&writer).await;
        let command = |n: i64| {
            let run = move |db: &mut Db| match n {
                3 => not_found(domain::say!("the third", "the third")),
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
        let holder = Holder::hold(&writer).await;
        let waiting: Vec<_> = (0..2).map(|n| send(&writer, move |db| insert(db, n))).collect();
        until(&metrics, "shanhai_writer_queue_length 2\n").await;
        assert!(matches!(writer.write(|db| insert(db, 9)).await, Err(Error::Refused(_))));
        holder.let_go().await;
        assert!(join_all(waiting).await.into_iter().all(|answer| answer.expect("no panic").is_ok()));
        assert_eq!(count(&writer).await, 2, "nothing of the one that was refused");
    }
}
