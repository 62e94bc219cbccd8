//! The coordinator's figures over ledgers of several sizes: they must cost the same.

use anyhow::{Result, ensure};

use crate::ledger::Ledger;
use crate::load::{Load, Request};
use crate::market::Market;
use crate::orders::place_each_once;
use crate::process::{Process, Server};
use crate::report::{Rates, Row, per_mille, thousands, times};
use crate::{Plan, REPETITIONS, http};

/// Entries of the smaller ledgers; the largest is told on the command line.
const SIZES: [i64; 2] = [10_000, 1_000_000];

/// What an entry takes on the disk, all indexes together, and what the smaller ledgers' copies add to it.
pub const BYTES_AN_ENTRY: u64 = 1_000;

/// Largest ÷ smallest.
const AIM_PER_MILLE: u64 = 1_500;

const BOTTLENECK: &str = "what grows is the number of sums, from 9,449 at ten thousand entries to 10,500 at a million \
    (shanhai audit counts them); entries are not read";

/// A database with a ledger of one size.
struct Filled {
    entries: i64,
    url: String,
    rates: Rates,
}

pub fn measure(plan: &Plan) -> Result<Vec<Row>> {
    plan.scratch.need(plan.ledger.unsigned_abs() * BYTES_AN_ENTRY)?;
    let url = format!("sqlite://{}", plan.scratch.path("ledger.db").display());
    let market = Market::fill(&plan.scratch, &url)?;
    place_each_once(&Server::start(&plan.scratch, &url, &[])?, &market.orders()?)?;
    let smaller = SIZES.into_iter().filter(|entries| *entries < plan.ledger);
    let mut ledgers = Vec::new();
    for entries in smaller.chain([plan.ledger]) {
        ledgers.push(fill(plan, &market, &url, entries)?);
    }
    let request = Request::again(http::get(&format!("{}/tally", http::API), Some(&market.city)));
    for repetition in 1..=REPETITIONS {
        println!("dashboard: repetition {repetition} of {REPETITIONS}");
        for ledger in &mut ledgers {
            let Server { address, process: _process } = Server::start(&plan.scratch, &ledger.url, &[])?;
            let requests = vec![request.clone()];
            let load = Load { address, connections: 1, seconds: plan.seconds.div_ceil(2), requests };
            ledger.rates.push(load.run(&plan.scratch)?);
        }
    }
    Ok(rows(&ledgers))
}

fn rows(ledgers: &[Filled]) -> Vec<Row> {
    let Some(smallest) = ledgers.first() else { return Vec::new() };
    let row = |(index, ledger): (usize, &Filled)| {
        let ratio = per_mille(ledger.rates.median_us(), smallest.rates.median_us());
        let is_largest = index > 0 && index + 1 == ledgers.len();
        Row {
            figure: "dashboard",
            measured: format!("{} entries: {}", thousands(ledger.entries.unsigned_abs()), ledger.rates.spell_p50()),
            limit: format!("{} entries: {}", thousands(smallest.entries.unsigned_abs()), smallest.rates.spell_p50()),
            ratio: times(ratio),
            aim: if is_largest { format!("≤ {}", times(AIM_PER_MILLE)) } else { String::new() },
            met: is_largest.then_some(ratio <= AIM_PER_MILLE),
            bottleneck: BOTTLENECK,
        }
    };
    ledgers.iter().enumerate().map(row).collect()
}

/// Lets the one database grow, audits it, and keeps a copy of this size.
fn fill(plan: &Plan, market: &Market, url: &str, entries: i64) -> Result<Filled> {
    let database = url.parse().map_err(|error: String| anyhow::anyhow!(error))?;
    Ledger::open(&database, &market.data)?.grow(entries)?;
    audit(plan, url)?;
    let copy = plan.scratch.path(&format!("ledger-{entries}.db"));
    if entries == plan.ledger {
        return Ok(Filled { entries, url: url.to_owned(), rates: Rates::default() });
    }
    std::fs::copy(plan.scratch.path("ledger.db"), &copy)?;
    Ok(Filled { entries, url: format!("sqlite://{}", copy.display()), rates: Rates::default() })
}

/// A database with a ledger of so many entries, filled unless another figure has done so; its address.
pub fn grown(plan: &Plan, name: &str, entries: i64) -> Result<String> {
    let file = plan.scratch.path(name);
    let url = format!("sqlite://{}", file.display());
    if !file.exists() {
        let market = Market::fill(&plan.scratch, &url)?;
        place_each_once(&Server::start(&plan.scratch, &url, &[])?, &market.orders()?)?;
        let database = url.parse().map_err(|error: String| anyhow::anyhow!(error))?;
        Ledger::open(&database, &market.data)?.grow(entries)?;
    }
    Ok(url)
}

/// The product's own word on whether this is a ledger.
fn audit(plan: &Plan, url: &str) -> Result<()> {
    println!("dashboard: auditing");
    let log = plan.scratch.path("audit.log");
    let said = Process::start(&plan.scratch.shanhai(), &["audit", "--database-url", url], log.clone())?.rest()?;
    let complaint = || std::fs::read_to_string(&log).unwrap_or_default();
    ensure!(said.starts_with("sound: "), "the filled ledger does not pass the audit: {}", complaint());
    print!("dashboard: {said}");
    Ok(())
}
