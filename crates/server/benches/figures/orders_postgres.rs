//! Orders submitted over HTTP to the server on PostgreSQL.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use diesel::RunQueryDsl as _;
use server::database::{DatabaseUrl, connect_as_it_is};

use crate::cluster::Cluster;
use crate::load::Request;
use crate::market::Market;
use crate::orders::{AIM_PER_MILLE, CONNECTIONS, load, place_each_once};
use crate::pgbench::{self, LOG_SETTINGS, Pgbench};
use crate::process::Server;
use crate::report::{Rates, Row, Times, per_mille, per_second, percent};
use crate::{Plan, REPETITIONS};

/// What is the default of PostgreSQL, said all the same: it is what is measured.
const DURABLE: &str = "fsync = on\nsynchronous_commit = on\nfull_page_writes = on\n";

/// As many as the load has, which is the limit that is aimed at, and fewer, as the server itself has (`--write-connections`):
/// all orders of a day wait for one row of `order_numbers`, and the fewer wait, the quicker each gets it.
const CLIENTS: [usize; 3] = [CONNECTIONS, 32, 8];

const BOTTLENECK: &str = "the orders of a day wait for one row of order_numbers until the one before has committed, in \
    the limit too: nine connections of ten wait for Lock/transactionid (pg_stat_activity under this load)";

pub fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let cluster = Cluster::start_with(&format!("{DURABLE}{LOG_SETTINGS}"));
    let url = cluster.url("market");
    run_in(&cluster, "create database market template template0")?;
    let market = Market::fill(&plan.scratch, &url)?;
    let requests = market.orders()?;
    let script = write_script(plan, &cluster, &requests)?;
    run_in(&cluster, "create database copy template market")?;
    let copy = cluster.url("copy");
    let limit = Pgbench { program: pgbench::program()?, script, database: &copy };
    let (mut ours, mut theirs) = <(Rates, [Times; CLIENTS.len()])>::default();
    // As the load does: what comes first is slow and does not count.
    limit.run(&plan.scratch, CONNECTIONS, 1)?;
    for repetition in 1..=REPETITIONS {
        println!("orders-postgres: repetition {repetition} of {REPETITIONS}");
        ours.push(load(plan, &Server::start(&plan.scratch, &url, &[])?, &requests)?);
        for (clients, times) in CLIENTS.into_iter().zip(&mut theirs) {
            times.push(limit.run(&plan.scratch, clients, plan.seconds)?);
        }
    }
    Ok(CLIENTS.iter().zip(&theirs).map(|(clients, times)| row(&ours, *clients, times)).collect())
}

/// The aim is of as many clients as the load has; the others stand there to be seen.
fn row(ours: &Rates, clients: usize, limit: &Times) -> Row {
    let share = per_mille(ours.per_second.median(), limit.median());
    let bound = clients == CONNECTIONS;
    Row {
        figure: "orders-postgres",
        measured: ours.spell(),
        limit: format!("the same statements by pgbench, {clients} clients: {}", limit.spell(per_second)),
        ratio: percent(share),
        aim: if bound { format!("≥ {}", percent(AIM_PER_MILLE)) } else { String::new() },
        met: bound.then_some(share >= AIM_PER_MILLE),
        bottleneck: BOTTLENECK,
    }
}

/// Lets the server place an order while PostgreSQL logs, and writes the script of it.
fn write_script(plan: &Plan, cluster: &Cluster, requests: &[Request]) -> Result<PathBuf> {
    run_in(cluster, "alter database market set log_statement = 'all'")?;
    let server = Server::start(&plan.scratch, &cluster.url("market"), &[])?;
    let order = place_each_once(&server, &requests[..1])?;
    drop(server);
    run_in(cluster, "alter database market reset log_statement")?;
    let order: domain::wire::Orders = serde_json::from_str(&order)?;
    let order = order.items.first().context("an answer without an order")?.id.to_string();
    let log = std::fs::read_to_string(cluster.log()).context("cannot read PostgreSQL's log")?;
    let file = plan.scratch.path("orders.pgbench");
    std::fs::write(&file, pgbench::script(&log, &order)?)?;
    Ok(file)
}

fn run_in(cluster: &Cluster, statement: &str) -> Result<()> {
    let mut db = connect_as_it_is(&DatabaseUrl::Postgres(cluster.url("postgres")))?;
    diesel::sql_query(statement).execute(&mut db)?;
    Ok(())
}
