//! What the market does in a second, each figure beside its limit measured in the same run. `cargo xtask bench` calls this
//! and prints the table.
//!
//! The limit and the market take turns (A, B, A, B, …), so that whatever else the machine does hits both. Load comes from a
//! process of its own: this very program, started again in another role.

mod audit;
mod bare;
#[path = "../../tests/cluster.rs"]
#[expect(dead_code, reason = "the tests want clusters that are quick; here they are durable")]
mod cluster;
mod dashboard;
mod http;
mod ledger;
mod live;
mod load;
mod market;
mod orders;
mod orders_postgres;
mod pgbench;
mod process;
mod products;
mod report;
mod rows;
mod scratch;
mod search;
mod start;
mod straight;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, ValueEnum};

use report::Report;
use scratch::Scratch;

#[derive(Parser)]
struct Arguments {
    /// Only this figure.
    name: Option<Name>,
    /// How long each measurement lasts.
    #[arg(long, default_value_t = 5, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// The largest ledger of the dashboard and of the audit.
    #[arg(long, default_value_t = 10_000_000, value_name = "ENTRIES", value_parser = clap::value_parser!(i64).range(1..))]
    ledger: i64,
    /// Where the rows of the table are written, as JSON.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Cargo tells every bench that it is one.
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    Orders,
    OrdersPostgres,
    Products,
    Search,
    Dashboard,
    Audit,
    Live,
    Start,
}

/// What every figure is measured with.
struct Plan {
    seconds: u64,
    ledger: i64,
    scratch: Scratch,
}

/// How often each measurement is made; the table shows the median and the spread.
const REPETITIONS: usize = 3;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match (arguments.first().map(String::as_str), arguments.get(1)) {
        (Some(load::ROLE), Some(plan)) => load::work(Path::new(plan)),
        (Some(bare::ROLE), Some(answers)) => bare::serve(Path::new(answers)),
        _ => measure(Arguments::parse()),
    };
    outcome.map_or_else(
        |error| {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

fn measure(Arguments { name, seconds, ledger, report: file, .. }: Arguments) -> Result<()> {
    let plan = Plan { seconds, ledger, scratch: Scratch::new()? };
    let mut report = Report::default();
    for figure in Name::value_variants().iter().filter(|figure| name.is_none_or(|name| name == **figure)) {
        let measured = match figure {
            Name::Orders => orders::measure(&plan),
            Name::OrdersPostgres => orders_postgres::measure(&plan),
            Name::Products => products::measure(&plan),
            Name::Search => search::measure(&plan),
            Name::Dashboard => dashboard::measure(&plan),
            Name::Audit => audit::measure(&plan),
            Name::Live => live::measure(&plan),
            Name::Start => start::measure(&plan),
        };
        let title = figure.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        report.add(measured.with_context(|| format!("measuring {title}"))?);
    }
    match file {
        Some(file) => std::fs::write(&file, serde_json::to_vec(&report)?)
            .with_context(|| format!("cannot write {}", file.display())),
        None => Ok(()),
    }
}
