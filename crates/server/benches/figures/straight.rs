//! A limit: the rows of orders, inserted straight by Diesel on one connection, so many to a commit.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use server::database::{DatabaseUrl, Db, connect_as_it_is};
use server::schema::{delivery_points, order_history, order_lines, orders, point_lines};

use crate::rows::{LineRow, OrderRow, PointLineRow, PointRow, StepRow};

/// As many as the server commits together, at most (`--write-batch`).
const BATCH: usize = 64;

/// All rows of one order.
#[derive(Clone)]
struct Rows {
    order: OrderRow,
    lines: Vec<LineRow>,
    points: Vec<PointRow>,
    goods: Vec<PointLineRow>,
    steps: Vec<StepRow>,
}

/// Inserts the rows of the orders in the database, again and again under new identifiers. How many orders a second.
///
/// # Errors
/// When the database holds no orders to begin with.
pub fn insert(file: &Path, seconds: u64) -> Result<u64> {
    let Db::Sqlite(mut db) = connect_as_it_is(&DatabaseUrl::Sqlite(file.to_owned()))? else {
        bail!("not a SQLite database");
    };
    let patterns = read(&mut db)?;
    ensure!(!patterns.is_empty(), "there are no orders to repeat");
    let (began, mut count) = (Instant::now(), 0);
    let mut next = patterns.iter().cycle();
    while began.elapsed() < Duration::from_secs(seconds) {
        db.batch_execute("begin immediate")?;
        for rows in next.by_ref().take(BATCH) {
            insert_one(&mut db, rows.clone())?;
            count += 1;
        }
        db.batch_execute("commit")?;
    }
    let spent = u64::try_from(began.elapsed().as_micros())?;
    Ok(count * 1_000_000 / spent.max(1))
}

fn read(db: &mut SqliteConnection) -> Result<Vec<Rows>> {
    let found: Vec<OrderRow> = orders::table.load(db)?;
    let rows = found.into_iter().map(|order| {
        let lines = order_lines::table.filter(order_lines::order_id.eq(&order.order_id)).load(db)?;
        let steps = order_history::table.filter(order_history::order_id.eq(&order.order_id)).load(db)?;
        let points = delivery_points::table.filter(delivery_points::order_id.eq(&order.order_id)).load(db)?;
        let goods = point_lines::table.filter(point_lines::order_id.eq(&order.order_id)).load(db)?;
        Ok(Rows { order, lines, points, goods, steps })
    });
    rows.collect()
}

fn insert_one(db: &mut SqliteConnection, rows: Rows) -> Result<()> {
    let Rows { mut order, mut lines, mut points, mut goods, mut steps } = rows;
    let id = server::id::new().to_string();
    let Taken { last } = diesel::sql_query(
        "insert into order_numbers (day, last) values ($1, 1) \
         on conflict (day) do update set last = order_numbers.last + 1 returning last",
    )
    .bind::<Text, _>("2026-11-24")
    .get_result(db)?;
    order.number = format!("SH20261124-{last:04}-straight");
    order.procurement_id.clone_from(&id);
    order.order_id.clone_from(&id);
    diesel::insert_into(orders::table).values(order).execute(db)?;
    for line in &mut lines {
        line.order_id.clone_from(&id);
        diesel::insert_into(order_lines::table).values(&*line).execute(db)?;
    }
    for point in &mut points {
        point.order_id.clone_from(&id);
        // As random as a code; that it is longer makes no difference.
        point.code.clone_from(&id);
        diesel::insert_into(delivery_points::table).values(&*point).execute(db)?;
    }
    for row in &mut goods {
        row.order_id.clone_from(&id);
        diesel::insert_into(point_lines::table).values(&*row).execute(db)?;
    }
    for step in &mut steps {
        step.order_id.clone_from(&id);
        diesel::insert_into(order_history::table).values(&*step).execute(db)?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = BigInt)]
    last: i64,
}
