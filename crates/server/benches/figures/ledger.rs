//! Fills the ledger. The first entries go through the product's own `append`; more of them through a way of the bench's own
//! that keeps hash chain and sums the same and is quicker: sums are added up in memory and written once, rows many at a time.
//! `shanhai audit` tells whether it really is the same.

use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, bail};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use domain::Money;
use domain::channel::Channel;
use domain::id::{OrderId, OrganisationId};
use domain::order_life::State;
use domain::organisation::OrganisationKind;
use domain::region::{CountyId, DistrictId};
use domain::sale::{Entry, Hash, Sale, Source};
use domain::tally::{Sum, Tally};
use jiff::ToSpan as _;
use jiff::civil::Date;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use server::clock;
use server::data::Data;
use server::database::{DatabaseUrl, Db, connect_as_it_is};
use server::schema::{ledger_head, orders, sales};
use server::store::sales::{append, new_id};

use crate::report::thousands;
use crate::rows::{OrderRow, SaleRow};

/// Only while filling: what is filled is thrown away when anything goes wrong. An insert of many rows keeps what it changes
/// until it has ended, which in memory costs a sixth less of the whole (perf record -g).
const QUICK: &str = "pragma synchronous = off; pragma cache_size = -2000000; pragma temp_store = memory; \
                     pragma wal_autocheckpoint = 100000";

/// Entries go back this far.
const DAYS: i64 = 730;

/// So many entries are made through the product's own code.
const BY_APPEND: i64 = 10_000;

/// Lines of an order; each becomes an entry.
const LINES: i64 = 50;

/// SQLite takes 32,766 values in a statement; an entry has 21.
const ROWS: usize = 1_500;

/// Rows between two commits.
const COMMIT_AFTER: usize = 150_000;

pub struct Ledger<'a> {
    db: Db,
    maker: Maker<'a>,
}

impl Ledger<'_> {
    /// Opens a market that has taken an order; the orders behind the entries are like that one.
    ///
    /// # Errors
    /// When there is no order.
    pub fn open<'a>(url: &DatabaseUrl, data: &'a Data) -> Result<Ledger<'a>> {
        let mut db = connect_as_it_is(url)?;
        db.batch_execute(QUICK)?;
        let pattern = orders::table.first::<OrderRow>(&mut db).context("there is no order to repeat")?;
        Ok(Ledger { db, maker: Maker::new(data, pattern)? })
    }

    /// Lets it grow to so many entries, spread over the days from the first to today.
    ///
    /// # Errors
    /// When the database does not take them.
    pub fn grow(&mut self, until: i64) -> Result<()> {
        let (from, _) = self.end()?;
        if from < BY_APPEND.min(until) {
            self.append(from, BY_APPEND.min(until))?;
        }
        let (from, hash) = self.end()?;
        if from < until { self.add(from, hash, until) } else { Ok(()) }
    }

    fn end(&mut self) -> Result<(i64, Hash)> {
        let (sequence, hash): (i64, String) =
            ledger_head::table.select((ledger_head::sequence, ledger_head::hash)).first(&mut self.db)?;
        Ok((sequence, Hash::parse(&hash).context("the ledger's end has no hash")?))
    }

    fn append(&mut self, from: i64, until: i64) -> Result<()> {
        let mut made = Made::default();
        for place in from..until {
            self.maker.make(place, from..until, &mut made)?;
        }
        self.db.begin_writing()?;
        insert_orders(&mut self.db, &made.orders)?;
        append(&mut self.db, made.sales, clock::now()).map_err(|error| anyhow!("{error}"))?;
        Ok(self.db.commit()?)
    }

    /// Makes entries on one thread and writes them on another.
    fn add(&mut self, from: i64, hash: Hash, until: i64) -> Result<()> {
        let Ledger { db, maker } = self;
        let (written, rows) = sync_channel(8);
        std::thread::scope(|scope| {
            let making = scope.spawn(move || -> Result<Chain> {
                let mut chain = Chain { sequence: from, hash, tally: Tally::default() };
                while chain.sequence < until {
                    let mut made = Made::default();
                    for place in chain.sequence..until.min(chain.sequence + ROWS as i64) {
                        maker.make(place, from..until, &mut made)?;
                    }
                    let rows = chain.bind(made.sales)?;
                    // Whoever writes has stopped, and says why.
                    if written.send((made.orders, rows)).is_err() {
                        break;
                    }
                }
                Ok(chain)
            });
            write(db, &rows, from..until)?;
            let chain = making.join().map_err(|_| anyhow!("making entries panicked"))??;
            write_sums(db, &chain)
        })
    }
}

/// The end of the ledger as it grows in memory, and the sums of what was added.
struct Chain {
    sequence: i64,
    hash: Hash,
    tally: Tally,
}

impl Chain {
    fn bind(&mut self, sales: Vec<Sale>) -> Result<Vec<SaleRow>> {
        let now = clock::now();
        let rows = sales.into_iter().map(|sale| {
            self.tally.checked_add(&sale).context("a sum passes every bound")?;
            self.sequence += 1;
            let entry = Entry::append(self.sequence, sale, self.hash);
            self.hash = entry.hash;
            Ok(SaleRow::of(entry, now))
        });
        rows.collect()
    }
}

fn write(db: &mut Db, batches: &Receiver<(Vec<OrderRow>, Vec<SaleRow>)>, places: std::ops::Range<i64>) -> Result<()> {
    let (began, mut done, mut uncommitted) = (Instant::now(), 0, 0);
    db.begin_writing()?;
    for (orders, rows) in batches {
        insert_orders(db, &orders)?;
        insert_sales(db, &rows)?;
        (done, uncommitted) = (done + rows.len(), uncommitted + rows.len());
        if uncommitted >= COMMIT_AFTER {
            db.commit()?;
            db.begin_writing()?;
            uncommitted = 0;
            let (ledger, end) =
                (thousands(places.start.unsigned_abs() + done as u64), thousands(places.end.unsigned_abs()));
            println!("dashboard: {ledger} of {end} entries after {} s", began.elapsed().as_secs());
        }
    }
    Ok(db.commit()?)
}

/// Many rows in one statement, which Diesel knows for each kind of database and not for both at once.
fn insert_sales(db: &mut Db, rows: &[SaleRow]) -> Result<()> {
    let Db::Sqlite(db) = db else { bail!("not a SQLite database") };
    diesel::insert_into(sales::table).values(rows).execute(db)?;
    Ok(())
}

fn insert_orders(db: &mut Db, rows: &[OrderRow]) -> Result<()> {
    for row in rows {
        diesel::insert_into(orders::table).values(row).execute(db)?;
    }
    Ok(())
}

/// Adds what was added up in memory, as `store/sales.rs` adds each entry.
fn write_sums(db: &mut Db, chain: &Chain) -> Result<()> {
    db.begin_writing()?;
    for (key, sum) in &chain.tally.rows {
        diesel::sql_query(
            "insert into rollups (month, district_id, dimension, key, amount_fen, quantity, entries) \
             values ($1, $2, $3, $4, $5, $6, $7) \
             on conflict (month, district_id, dimension, key) do update set \
             amount_fen = amount_fen + excluded.amount_fen, quantity = quantity + excluded.quantity, \
             entries = entries + excluded.entries",
        )
        .bind::<BigInt, _>(i64::from(key.month))
        .bind::<Text, _>(key.district.as_str())
        .bind::<Text, _>(key.dimension.code())
        .bind::<Text, _>(&key.key)
        .bind::<BigInt, _>(sum.amount.fen())
        .bind::<BigInt, _>(sum.quantity)
        .bind::<BigInt, _>(sum.entries)
        .execute(db)?;
    }
    for ((day, district), sum) in &chain.tally.days {
        write_day(db, *day, district, *sum)?;
    }
    diesel::update(ledger_head::table)
        .set((ledger_head::sequence.eq(chain.sequence), ledger_head::hash.eq(chain.hash.to_string())))
        .execute(db)?;
    Ok(db.commit()?)
}

fn write_day(db: &mut Db, day: Date, district: &DistrictId, sum: Sum) -> Result<()> {
    diesel::sql_query(
        "insert into day_sums (day, district_id, amount_fen, quantity, entries) values ($1, $2, $3, $4, $5) \
         on conflict (day, district_id) do update set \
         amount_fen = amount_fen + excluded.amount_fen, quantity = quantity + excluded.quantity, \
         entries = entries + excluded.entries",
    )
    .bind::<Text, _>(day.to_string())
    .bind::<Text, _>(district.as_str())
    .bind::<BigInt, _>(sum.amount.fen())
    .bind::<BigInt, _>(sum.quantity)
    .bind::<BigInt, _>(sum.entries)
    .execute(db)?;
    Ok(())
}

// ---- what was sold ------------------------------------------------------------------------------------------------

#[derive(Default)]
struct Made {
    orders: Vec<OrderRow>,
    sales: Vec<Sale>,
}

/// Makes sales: any union buys any product by any channel.
struct Maker<'a> {
    data: &'a Data,
    unions: Vec<(DistrictId, OrganisationId)>,
    pattern: OrderRow,
    order: OrderId,
    today: Date,
    random: StdRng,
}

impl Maker<'_> {
    fn new(data: &Data, pattern: OrderRow) -> Result<Maker<'_>> {
        let unions = data.organisations.iter().filter(|known| known.kind == OrganisationKind::Union);
        let unions = unions.filter_map(|union| Some((DistrictId::new(union.district.as_ref()?), union.id))).collect();
        let order = pattern.order_id.parse().map_err(|_| anyhow!("an order without an identifier"))?;
        let (today, random) = (clock::day(clock::now()), StdRng::seed_from_u64(1));
        Ok(Maker { data, unions, pattern, order, today, random })
    }

    /// The sale at a place of the ledger; the first of an order comes with its order.
    fn make(&mut self, place: i64, places: std::ops::Range<i64>, made: &mut Made) -> Result<()> {
        let line = place % LINES;
        if line == 0 || place == places.start {
            self.order = OrderId(server::id::new());
            made.orders.push(self.accepted_order(place));
        }
        let behind = DAYS - DAYS * (place - places.start) / (places.end - places.start);
        let sold_on = self.today.checked_sub(behind.days())?;
        made.sales.push(self.sale(line + 1, sold_on));
        Ok(())
    }

    /// An order whose lines are not kept: `accepted_fen` stays empty, or the audit would look for them.
    fn accepted_order(&self, place: i64) -> OrderRow {
        let id = self.order.to_string();
        OrderRow {
            number: format!("SH-{place}"),
            procurement_id: id.clone(),
            order_id: id,
            state: State::Accepted.code().to_owned(),
            ..self.pattern.clone()
        }
    }

    fn sale(&mut self, line: i64, sold_on: Date) -> Sale {
        let product = &self.data.products[self.random.random_range(0..self.data.products.len())];
        let (district, buyer) = self.unions[self.random.random_range(0..self.unions.len())].clone();
        let quantity = self.random.random_range(1..=400);
        Sale {
            id: new_id(),
            sold_on,
            amount: Money::from_fen(product.ladder.list_price().fen() * quantity),
            quantity,
            channel: Channel::ALL[self.random.random_range(0..Channel::ALL.len())],
            source: Source::OrderLine { order: self.order, line, point: Some(1) },
            district,
            county: CountyId::new(&product.county),
            brand: product.brand,
            category: product.category,
            product_name: product.name.clone(),
            merchant: product.merchant,
            buyer,
            counting_rule: self.data.counting_rules[0].version.clone(),
        }
    }
}
