//! Other servers on the same PostgreSQL, through LISTEN and NOTIFY.
//!
//! A notice is sent after the commit, and not inside it: PostgreSQL lets transactions that notify commit one by one only,
//! and notices of many commits can be one. So a notice is a hint that may be lost, with a connection or with the server
//! that should have sent it. The truth is the mark, a handful of numbers that move with every change: it is compared every
//! few seconds and after every gap.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer};
use tokio::sync::Notify;

use crate::database::{DatabaseUrl, Db, connect_as_it_is};

const CHANNEL: &str = "shanhai_moves";
/// How long a notice from elsewhere may lie unread; libpq offers nothing to wait on.
const POLL: Duration = Duration::from_millis(25);
const COMPARE_MARKS: Duration = Duration::from_secs(5);
const BEFORE_CONNECTING_AGAIN: Duration = Duration::from_secs(1);

/// Starts the thread that speaks with the others. What is sent into the returned channel it announces; what it hears wakes
/// `heard`.
pub fn listen(url: DatabaseUrl, heard: Arc<Notify>) -> std::io::Result<Sender<()>> {
    let (announce, announcements) = channel();
    thread::Builder::new().name("neighbours".into()).spawn(move || {
        while let Err(error) = converse(&url, &announcements, &heard) {
            // Nobody is left who could be heard; an announcement lost here is made up for when connected again.
            if announcements.try_recv() == Err(TryRecvError::Disconnected) {
                return;
            }
            tracing::warn!(error = format!("{error:#}"), "cannot hear other servers; connecting again");
            thread::sleep(BEFORE_CONNECTING_AGAIN);
        }
    })?;
    Ok(announce)
}

/// Speaks and listens until our own side hangs up, or the connection fails.
fn converse(url: &DatabaseUrl, announcements: &Receiver<()>, heard: &Notify) -> anyhow::Result<()> {
    let mut db = connect_as_it_is(url)?;
    diesel::sql_query(format!("listen {CHANNEL}")).execute(&mut db)?;
    let ourselves = own_process(&mut db)?;
    // Whatever happened before we listened, here and there, is looked at now.
    let mut mark = read_mark(&mut db)?;
    heard.notify_one();
    announce(&mut db)?;
    let mut compared = Instant::now();
    loop {
        match announcements.recv_timeout(POLL) {
            Ok(()) => {
                // Many commits, one notice.
                announcements.try_iter().for_each(drop);
                announce(&mut db)?;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        if others_spoke(&mut db, ourselves)? {
            heard.notify_one();
        }
        if compared.elapsed() >= COMPARE_MARKS {
            let now = read_mark(&mut db)?;
            if now != mark {
                heard.notify_one();
            }
            (mark, compared) = (now, Instant::now());
        }
    }
}

fn announce(db: &mut Db) -> QueryResult<()> {
    diesel::sql_query(format!("notify {CHANNEL}")).execute(db)?;
    Ok(())
}

fn others_spoke(db: &mut Db, ourselves: i32) -> anyhow::Result<bool> {
    let Db::Postgres(db) = db else { return Ok(false) };
    let notices = db.notifications_iter().collect::<QueryResult<Vec<_>>>()?;
    Ok(notices.iter().any(|notice| notice.process_id != ourselves))
}

fn own_process(db: &mut Db) -> QueryResult<i32> {
    let process: Process = diesel::sql_query("select pg_backend_pid() as id").get_result(db)?;
    Ok(process.id)
}

#[derive(QueryableByName)]
struct Process {
    #[diesel(sql_type = Integer)]
    id: i32,
}

/// Numbers of which at least one moves with every change to the ledger, to an order or to a product.
#[derive(QueryableByName, PartialEq, Eq)]
struct Mark {
    #[diesel(sql_type = BigInt)]
    entries: i64,
    #[diesel(sql_type = BigInt)]
    order_changed: i64,
    #[diesel(sql_type = BigInt)]
    product_changes: i64,
}

fn read_mark(db: &mut Db) -> QueryResult<Mark> {
    diesel::sql_query(
        "select (select sequence from ledger_head) as entries, \
         (select coalesce(max(updated_at_ms), 0) from orders) as order_changed, \
         (select cast(coalesce(sum(revision), 0) as bigint) from products) as product_changes",
    )
    .get_result(db)
}
