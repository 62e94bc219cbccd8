//! Orders submitted over HTTP to the server on SQLite.

use std::path::PathBuf;

use anyhow::Result;

use crate::bare::Answers;
use crate::http;
use crate::load::{Load, Measured, Request};
use crate::market::Market;
use crate::process::Server;
use crate::report::{Rates, Row, Times, per_mille, per_second, percent, times};
use crate::{Plan, REPETITIONS, straight};

pub const CONNECTIONS: usize = 64;

/// Of the smaller of the two limits.
pub const AIM_PER_MILLE: u64 = 600;
/// Against one commit for each order.
const BATCH_AIM_PER_MILLE: u64 = 3_000;

const BOTTLENECK: &str = "the processor: the writer's thread takes three fifths of the server's time, of that a half for \
    inserting the rows and keeping their indexes, a quarter for pricing the lines, a sixth for the shared commit; the rest is \
    reading requests and waking threads (perf record --call-graph dwarf under this load)";

/// The market's first orders stand in every copy of the database; the straight inserts repeat them.
struct Stage<'a> {
    plan: &'a Plan,
    filled: PathBuf,
    requests: Vec<Request>,
}

pub fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let filled = plan.scratch.path("orders.db");
    let market = Market::fill(&plan.scratch, &url(&filled))?;
    let stage = Stage { plan, filled, requests: market.orders()? };
    let order = stage.place_each_once()?;
    let bare = Answers { order, ..Answers::default() };
    let (mut ours, mut inserted, mut parsed, mut singly) = <(Rates, Times, Rates, Rates)>::default();
    for repetition in 1..=REPETITIONS {
        println!("orders: repetition {repetition} of {REPETITIONS}");
        ours.push(stage.serve(&[])?);
        inserted.push(stage.insert()?);
        parsed.push(stage.load(&bare.start(&plan.scratch)?)?);
        singly.push(stage.serve(&["--write-batch", "1"])?);
    }
    Ok(rows(&ours, &inserted, &parsed, &singly))
}

fn rows(ours: &Rates, inserted: &Times, parsed: &Rates, singly: &Rates) -> Vec<Row> {
    let (measured, rate) = (ours.spell(), ours.per_second.median());
    let smaller = inserted.median().min(parsed.per_second.median());
    let of_limit = |median: u64, limit: String| {
        let share = per_mille(rate, median);
        // The aim is of the smaller limit; the other stands there to be seen.
        let bound = median == smaller;
        let aim = if bound { format!("≥ {}", percent(AIM_PER_MILLE)) } else { String::new() };
        let met = bound.then_some(share >= AIM_PER_MILLE);
        Row {
            figure: "orders",
            measured: measured.clone(),
            limit,
            ratio: percent(share),
            aim,
            met,
            bottleneck: BOTTLENECK,
        }
    };
    let factor = per_mille(rate, singly.per_second.median());
    let one_by_one = Row {
        limit: format!("one commit each (--write-batch 1): {}", singly.spell()),
        ratio: times(factor),
        aim: format!("≥ {}", times(BATCH_AIM_PER_MILLE)),
        met: Some(factor >= BATCH_AIM_PER_MILLE),
        bottleneck: "a commit is shared, what an order costs beside it is not: the processor, as above",
        ..of_limit(0, String::new())
    };
    vec![
        of_limit(inserted.median(), format!("the same rows by Diesel: {}", inserted.spell(per_second))),
        of_limit(parsed.per_second.median(), format!("HTTP and parsing, no store: {}", parsed.spell())),
        one_by_one,
    ]
}

impl Stage<'_> {
    /// Places every order of the load once, so that a copy of the database has rows to repeat. The first one's answer.
    fn place_each_once(&self) -> Result<String> {
        let server = Server::start(&self.plan.scratch, &url(&self.filled), &[])?;
        place_each_once(&server, &self.requests)
    }

    /// The real server over a copy of the database, under load.
    fn serve(&self, flags: &[&str]) -> Result<Measured> {
        let copy = self.copy()?;
        self.load(&Server::start(&self.plan.scratch, &url(&copy), flags)?)
    }

    fn insert(&self) -> Result<u64> {
        straight::insert(&self.copy()?, self.plan.seconds)
    }

    fn load(&self, server: &Server) -> Result<Measured> {
        load(self.plan, server, &self.requests)
    }

    fn copy(&self) -> Result<PathBuf> {
        let copy = self.plan.scratch.path("copy.db");
        for leftover in ["copy.db-wal", "copy.db-shm"] {
            let _ = std::fs::remove_file(self.plan.scratch.path(leftover));
        }
        std::fs::copy(&self.filled, &copy)?;
        Ok(copy)
    }
}

/// Sends each order once, under a fresh identifier, and gives the first one's answer.
///
/// # Errors
/// When one is refused.
pub fn place_each_once(server: &Server, requests: &[Request]) -> Result<String> {
    let answers = requests.iter().map(|request| http::fetch(server.address, &request.fresh()));
    let mut answers: Vec<String> = answers.collect::<Result<_>>()?;
    Ok(answers.swap_remove(0))
}

/// # Errors
/// As [`Load::run`].
pub fn load(plan: &Plan, server: &Server, requests: &[Request]) -> Result<Measured> {
    let Plan { seconds, scratch, .. } = plan;
    let requests = requests.to_vec();
    Load { address: server.address, connections: CONNECTIONS, seconds: *seconds, requests }.run(scratch)
}

fn url(file: &std::path::Path) -> String {
    format!("sqlite://{}", file.display())
}
