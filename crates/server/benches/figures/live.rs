//! Entries appended while many dashboards are open: how many a second, and how long until each dashboard shows the new number.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use diesel::prelude::*;
use domain::id::SaleId;
use domain::wire::{NewReversal, SaleEntry};
use server::database::connect_as_it_is;
use server::schema::sales;

use crate::http::{self, API};
use crate::load::{Load, Request};
use crate::market::Market;
use crate::orders::place_each_once;
use crate::process::Server;
use crate::report::{Rates, Row, Times, milliseconds};
use crate::{Plan, REPETITIONS, ledger};

const DASHBOARDS: usize = 50;

/// Entries there are before; each that is appended takes one of them back.
const LEDGER: i64 = 100_000;

/// Who append at once.
const WRITERS: usize = 16;

/// From the moment it is sent to be appended, which is before its commit, to the event on the client's side.
const AIM_US: u64 = 250_000;

/// Entries appended one at a time, and the pause between two.
const PACED: usize = 40;
const PAUSE: Duration = Duration::from_millis(100);

/// An event that has not come by then never comes.
const PATIENCE: Duration = Duration::from_secs(10);

/// A reversal from this amount on needs two people.
const BELOW_CONSENT_FEN: i64 = 9_000_000;

const BOTTLENECK: &str = "each event makes every dashboard read its sums again, one short query each on eight readers; while \
    entries are appended without a pause the dashboards skip steps and the readers share two cores with the writer";

pub fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let url = format!("sqlite://{}", plan.scratch.path("live.db").display());
    let market = Market::fill(&plan.scratch, &url)?;
    place_each_once(&Server::start(&plan.scratch, &url, &[])?, &market.orders()?)?;
    let database = url.parse().map_err(|error: String| anyhow::anyhow!(error))?;
    ledger::Ledger::open(&database, &market.data)?.grow(LEDGER.min(plan.ledger))?;
    let mut reversals = reversals(&database, &market)?;
    let streams = DASHBOARDS.to_string();
    let flags = ["--max-session-streams", &streams, "--max-streams", &streams];
    let Server { address, process: _process } = Server::start(&plan.scratch, &url, &flags)?;
    let dashboards = Dashboards::open(address, &market.city)?;
    let (mut rates, mut delays) = (Rates::default(), Times::default());
    for repetition in 1..=REPETITIONS {
        println!("live: repetition {repetition} of {REPETITIONS}");
        let paced = take(&mut reversals, PACED)?;
        delays.push(dashboards.delay(address, &paced)?);
        // Each can be sent once: as many as could be appended in the time and the second before it.
        let many = reversals.len() / (REPETITIONS - repetition + 1);
        let requests = take(&mut reversals, many)?;
        let load = Load { address, connections: WRITERS, seconds: plan.seconds, requests };
        rates.push(load.run(&plan.scratch)?);
    }
    Ok(vec![
        Row {
            figure: "live",
            measured: format!("{DASHBOARDS} dashboards open: {} entries appended", rates.spell()),
            limit: String::new(),
            ratio: String::new(),
            aim: String::new(),
            met: None,
            bottleneck: BOTTLENECK,
        },
        Row {
            figure: "live",
            measured: format!("p95 from sending an entry to its number on each: {}", delays.spell(milliseconds)),
            limit: String::new(),
            ratio: String::new(),
            aim: format!("≤ {}", milliseconds(AIM_US)),
            met: Some(delays.median() <= AIM_US),
            bottleneck: BOTTLENECK,
        },
    ])
}

fn take(all: &mut Vec<Request>, many: usize) -> Result<Vec<Request>> {
    ensure!(all.len() >= many && many > 0, "the ledger is too short to append from; ask for more with --ledger");
    Ok(all.split_off(all.len() - many))
}

/// One reversal for every entry that one person may take back.
fn reversals(database: &server::database::DatabaseUrl, market: &Market) -> Result<Vec<Request>> {
    let mut db = connect_as_it_is(database)?;
    let ids: Vec<String> = sales::table
        .filter(sales::amount_fen.lt(BELOW_CONSENT_FEN))
        .order(sales::sequence)
        .select(sales::sale_id)
        .load(&mut db)?;
    let request = |sale: String| {
        let body = NewReversal { id: SaleId(server::id::new()), reason: "重复登记".to_owned() };
        let path = format!("{API}/sales/{sale}/reversal");
        Ok(Request::again(http::post(&path, Some(&market.city), &serde_json::to_string(&body)?)))
    };
    ids.into_iter().map(request).collect()
}

/// The last entry each dashboard has been told, and when.
type Told = Arc<Mutex<Vec<(i64, Instant)>>>;

struct Dashboards(Vec<Told>);

impl Dashboards {
    /// Each on a thread of its own that ends with its connection.
    fn open(address: SocketAddr, session: &str) -> Result<Dashboards> {
        let mut all = Vec::new();
        for _ in 0..DASHBOARDS {
            let mut stream = TcpStream::connect(address)?;
            stream.write_all(http::get(&format!("{API}/tally/events"), Some(session)).as_bytes())?;
            let told: Told = Arc::default();
            all.push(Arc::clone(&told));
            std::thread::spawn(move || listen(stream, &told));
        }
        let dashboards = Dashboards(all);
        let open = |told: &Told| !lock(told).is_empty();
        dashboards.wait(|| dashboards.0.iter().all(open)).context("not every dashboard was opened")?;
        Ok(dashboards)
    }

    fn wait(&self, done: impl Fn() -> bool) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        while !done() {
            ensure!(Instant::now() < until, "a dashboard was told nothing for {} s", PATIENCE.as_secs());
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Appends these one at a time; gives the time within which nineteen of twenty events came, in microseconds.
    fn delay(&self, address: SocketAddr, requests: &[Request]) -> Result<u64> {
        let mut delays = Vec::new();
        for request in requests {
            let sent = Instant::now();
            let written: SaleEntry = serde_json::from_str(&http::fetch(address, &request.text)?)?;
            let has_it = |told: &Told| lock(told).iter().any(|(entry, _)| *entry >= written.sequence);
            self.wait(|| self.0.iter().all(has_it))?;
            for told in &self.0 {
                let mut told = lock(told);
                let first = told.iter().find(|(entry, _)| *entry >= written.sequence).map(|(_, at)| *at);
                let delay = first.unwrap_or(sent).saturating_duration_since(sent);
                delays.push(u64::try_from(delay.as_micros()).unwrap_or(u64::MAX));
                told.clear();
            }
            std::thread::sleep(PAUSE);
        }
        delays.sort_unstable();
        Ok(delays.get(delays.len() * 95 / 100).copied().unwrap_or_default())
    }
}

fn lock(told: &Told) -> std::sync::MutexGuard<'_, Vec<(i64, Instant)>> {
    told.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An event's id is the last entry it contains.
fn listen(stream: TcpStream, told: &Told) {
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
        if let Some(entry) = line.strip_prefix("id:").and_then(|id| id.trim().parse().ok()) {
            lock(told).push((entry, Instant::now()));
        }
        line.clear();
    }
}
