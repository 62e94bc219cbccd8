//! The audit: events that are kept, and the recomputation of the whole ledger.

use std::collections::BTreeMap;
use std::fmt;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use domain::Money;
use domain::organisation::Actor;
use domain::region::DistrictId;
use domain::sale::Hash;
use domain::tally::{Dimension, RollupKey, Sum, Tally};
use jiff::civil::Date;

use super::sales::SaleRow;
use super::{Db, stored};
use crate::clock::Ms;
use crate::error::{Error, Result};
use crate::schema::{audit_events, day_sums, ledger_head, rollups, sales};

/// Keeps who did what to which thing.
pub fn record(db: &mut Db, actor: Option<&Actor>, act: &str, subject: &str, detail: &str, now: Ms) -> Result<()> {
    diesel::insert_into(audit_events::table)
        .values((
            audit_events::event_id.eq(crate::id::new().to_string()),
            audit_events::at_ms.eq(now),
            audit_events::account_id.eq(actor.map(|actor| actor.account.to_string())),
            audit_events::act.eq(act),
            audit_events::subject.eq(subject),
            audit_events::detail.eq(detail),
        ))
        .execute(db)?;
    Ok(())
}

/// What the audit found when all is well.
#[derive(Debug, PartialEq, Eq)]
pub struct Sound {
    pub entries: i64,
    pub total: Money,
    pub last_hash: Hash,
    pub rollups: usize,
}

/// The first place where the ledger and what is derived from it part.
#[derive(Debug, PartialEq, Eq)]
pub enum Parted {
    /// The sequence number that should stand here, and the one that does.
    Gap { expected: i64, found: i64 },
    /// The entry does not follow the one before.
    Chain { sequence: i64 },
    /// The entry's facts do not give its hash.
    Facts { sequence: i64 },
    /// A row of the rollup differs from the sum of its entries.
    Rollup { key: RollupKey, from_entries: Sum, stored: Sum },
    /// A day's sum differs from the sum of its entries.
    Day { day: Date, district: DistrictId, from_entries: Sum, stored: Sum },
    /// What a buyer has bought of a product in a year differs from the sum of the entries.
    Product { bought: Bought, from_entries: (i64, Money), stored: (i64, Money) },
    /// The kept end of the ledger is not its last entry.
    Head { last: i64, stored: i64 },
    /// An order says something else than what it is made of: the first in this.
    Order { number: String, what: &'static str, computed: i64, stored: i64 },
    /// The amount of all entries passes every bound.
    Overflow { sequence: i64 },
}

impl fmt::Display for Parted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Parted::Gap { expected, found } => {
                write!(f, "entry {expected} is missing; entry {found} stands in its place")
            }
            Parted::Chain { sequence } => write!(f, "entry {sequence} does not carry the hash of the entry before it"),
            Parted::Facts { sequence } => write!(f, "entry {sequence} was changed: its facts do not give its hash"),
            Parted::Rollup { key, from_entries, stored } => write!(
                f,
                "rollup month {} district {} {} '{}': entries give {} yuan in {} entries, stored are {} yuan in {}",
                key.month,
                key.district,
                key.dimension.code(),
                key.key,
                from_entries.amount.yuan(),
                from_entries.entries,
                stored.amount.yuan(),
                stored.entries,
            ),
            Parted::Day { day, district, from_entries, stored } => write!(
                f,
                "day {day} district {district}: entries give {} yuan in {} entries, stored are {} yuan in {}",
                from_entries.amount.yuan(),
                from_entries.entries,
                stored.amount.yuan(),
                stored.entries,
            ),
            Parted::Product { bought: Bought { year, product, buyer }, from_entries, stored } => write!(
                f,
                "product {product} bought by {buyer} in {year}: entries give {} pieces for {} yuan, stored are {} for {}",
                from_entries.0,
                from_entries.1.yuan(),
                stored.0,
                stored.1.yuan(),
            ),
            Parted::Head { last, stored } => {
                write!(f, "the ledger ends at entry {last}, its kept end says {stored} or has another hash")
            }
            Parted::Order { number, what, computed, stored } => {
                write!(f, "order {number}: {what}, {computed}; stored are {stored}")
            }
            Parted::Overflow { sequence } => write!(f, "the sum passes every bound at entry {sequence}"),
        }
    }
}

/// How many entries are held in memory at a time: the audit's memory does not grow with the ledger.
const STRETCH: i64 = 1_000;

/// Walks the chain from its first entry, recomputes every hash and every rollup, and compares the orders.
///
/// # Errors
/// Only when the database cannot be read; what parts is an answer.
pub fn audit(db: &mut Db) -> Result<std::result::Result<Sound, Parted>> {
    // One moment: what is accepted meanwhile must not look like a difference.
    db.begin_reading()?;
    let compared = audit_within(db);
    db.roll_back();
    compared
}

/// The same within a transaction that has begun: of what is not yet committed too.
///
/// # Errors
/// As [`audit`].
pub fn audit_within(db: &mut Db) -> Result<std::result::Result<Sound, Parted>> {
    let mut walk = Walk { sequence: 0, hash: Hash::NONE, tally: Tally::default(), total: Money::ZERO };
    loop {
        let stretch: Vec<SaleRow> = sales::table
            .filter(sales::sequence.gt(walk.sequence))
            .order(sales::sequence)
            .limit(STRETCH)
            .select(SaleRow::as_select())
            .load(db)?;
        if stretch.is_empty() {
            break;
        }
        for row in &stretch {
            if let Err(parted) = walk.step(row) {
                return Ok(Err(parted));
            }
        }
    }
    let stored = stored_rollups(db)?;
    let rollup = |key: RollupKey, from_entries, stored| Parted::Rollup { key, from_entries, stored };
    if let Some(parted) = compare(&walk.tally.rows, &stored, rollup) {
        return Ok(Err(parted));
    }
    let day = |(day, district), from_entries, stored| Parted::Day { day, district, from_entries, stored };
    if let Some(parted) = compare(&walk.tally.days, &stored_days(db)?, day) {
        return Ok(Err(parted));
    }
    if let Some(parted) = compare_products(db)? {
        return Ok(Err(parted));
    }
    if let Some(parted) = compare_head(db, &walk)? {
        return Ok(Err(parted));
    }
    if let Some(parted) = compare_orders(db)? {
        return Ok(Err(parted));
    }
    Ok(Ok(Sound { entries: walk.sequence, total: walk.total, last_hash: walk.hash, rollups: stored.len() }))
}

struct Walk {
    sequence: i64,
    hash: Hash,
    tally: Tally,
    total: Money,
}

impl Walk {
    fn step(&mut self, row: &SaleRow) -> std::result::Result<(), Parted> {
        let expected = self.sequence + 1;
        if row.sequence != expected {
            return Err(Parted::Gap { expected, found: row.sequence });
        }
        let entry = row.entry().map_err(|_| Parted::Facts { sequence: expected })?;
        if entry.previous_hash != self.hash {
            return Err(Parted::Chain { sequence: expected });
        }
        if !entry.is_intact() {
            return Err(Parted::Facts { sequence: expected });
        }
        let added = self.tally.checked_add(&entry.sale);
        let total = self.total.checked_add(entry.sale.amount);
        self.total = added.and(total).ok_or(Parted::Overflow { sequence: expected })?;
        (self.sequence, self.hash) = (expected, entry.hash);
        Ok(())
    }
}

fn stored_rollups(db: &mut Db) -> Result<BTreeMap<RollupKey, Sum>> {
    let rows: Vec<(i64, String, String, String, i64, i64, i64)> = rollups::table.load(db)?;
    let row =
        |(month, district, dimension, key, amount, quantity, entries): (i64, String, String, String, i64, i64, i64)| {
            let month = i32::try_from(month).map_err(|_| Error::corrupt(format!("the month {month}")))?;
            let dimension = stored!(Dimension, &dimension)?;
            let key = RollupKey { month, district: DistrictId::new(district), dimension, key };
            Ok((key, Sum { amount: Money::from_fen(amount), quantity, entries }))
        };
    rows.into_iter().map(row).collect()
}

fn stored_days(db: &mut Db) -> Result<BTreeMap<(Date, DistrictId), Sum>> {
    let rows: Vec<(String, String, i64, i64, i64)> = day_sums::table.load(db)?;
    let row = |(day, district, amount, quantity, entries): (String, String, i64, i64, i64)| {
        let day = day.parse().map_err(|_| Error::corrupt(format!("the day '{day}'")))?;
        Ok(((day, DistrictId::new(district)), Sum { amount: Money::from_fen(amount), quantity, entries }))
    };
    rows.into_iter().map(row).collect()
}

/// What is summed of a product: by year and buyer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bought {
    pub year: i64,
    pub product: String,
    pub buyer: String,
}

/// What each buyer has bought of each product, summed by the database, against what is stored. The rows are as many as
/// there are products and buyers, however long the ledger is.
fn compare_products(db: &mut Db) -> Result<Option<Parted>> {
    let year = "cast(substr(sales.sold_on, 1, 4) as bigint)";
    let from_entries = format!(
        "select {year} as year, order_lines.product_id, sales.buyer_id, cast(sum(sales.quantity) as bigint) as quantity, \
         cast(sum(sales.amount_fen) as bigint) as amount_fen from sales \
         left join sales as reversed on reversed.sale_id = sales.reverses \
         join order_lines on order_lines.order_id = coalesce(sales.order_id, reversed.order_id) \
         and order_lines.line = coalesce(sales.line, reversed.line) \
         group by {year}, order_lines.product_id, sales.buyer_id"
    );
    let from_entries = bought(diesel::sql_query(from_entries).load(db)?);
    let stored = bought(diesel::sql_query("select * from product_sales").load(db)?);
    let parted = |bought, from_entries, stored| Parted::Product { bought, from_entries, stored };
    Ok(compare(&from_entries, &stored, parted))
}

#[derive(QueryableByName)]
struct BoughtRow {
    #[diesel(sql_type = BigInt)]
    year: i64,
    #[diesel(sql_type = Text)]
    product_id: String,
    #[diesel(sql_type = Text)]
    buyer_id: String,
    #[diesel(sql_type = BigInt)]
    quantity: i64,
    #[diesel(sql_type = BigInt)]
    amount_fen: i64,
}

fn bought(rows: Vec<BoughtRow>) -> BTreeMap<Bought, (i64, Money)> {
    let sum = |row: BoughtRow| {
        let bought = Bought { year: row.year, product: row.product_id, buyer: row.buyer_id };
        (bought, (row.quantity, Money::from_fen(row.amount_fen)))
    };
    rows.into_iter().map(sum).collect()
}

fn compare<K: Ord + Clone, S: Copy + Default + PartialEq>(
    from_entries: &BTreeMap<K, S>,
    stored: &BTreeMap<K, S>,
    parted: impl Fn(K, S, S) -> Parted,
) -> Option<Parted> {
    let keys = from_entries.keys().chain(stored.keys().filter(|key| !from_entries.contains_key(*key)));
    let sums = |key: &K| {
        let of = |rows: &BTreeMap<K, S>| rows.get(key).copied().unwrap_or_default();
        (of(from_entries), of(stored))
    };
    keys.map(|key| (key, sums(key)))
        .find(|(_, (computed, kept))| computed != kept)
        .map(|(key, (computed, kept))| parted(key.clone(), computed, kept))
}

/// The kept end against the last entry: entries cut off the end leave a sound chain, but not this.
fn compare_head(db: &mut Db, walk: &Walk) -> Result<Option<Parted>> {
    let (sequence, hash): (i64, String) =
        ledger_head::table.select((ledger_head::sequence, ledger_head::hash)).get_result(db)?;
    let same = sequence == walk.sequence && hash == walk.hash.to_string();
    Ok((!same).then_some(Parted::Head { last: walk.sequence, stored: sequence }))
}

/// The orders against their points, shipments, returns, invoices and transfers, and these against the ledger: each question
/// gives what does not hold, and should give nothing.
fn compare_orders(db: &mut Db) -> Result<Option<Parted>> {
    for Question { what, text } in QUESTIONS {
        let found: Vec<Differing> = diesel::sql_query(*text).load(db)?;
        if let Some(Differing { number, computed, stored }) = found.into_iter().next() {
            return Ok(Some(Parted::Order { number, what, computed, stored }));
        }
    }
    Ok(None)
}

#[derive(QueryableByName)]
struct Differing {
    #[diesel(sql_type = Text)]
    number: String,
    #[diesel(sql_type = BigInt)]
    computed: i64,
    #[diesel(sql_type = BigInt)]
    stored: i64,
}

struct Question {
    /// In what the two differ.
    what: &'static str,
    /// Selects the order's number and both figures where they differ, the first order first.
    text: &'static str,
}

const QUESTIONS: &[Question] = &[
    Question {
        what: "fen accepted, by its entries",
        text: "select number, coalesce(computed, 0) as computed, coalesce(accepted_fen, 0) as stored from orders \
               left join (select order_id, cast(sum(amount_fen) as bigint) as computed from sales group by order_id) \
               as entries on entries.order_id = orders.order_id \
               where accepted_fen is not null and coalesce(computed, 0) <> accepted_fen order by number limit 1",
    },
    Question {
        what: "fen accepted, by its points",
        text: "select number, computed, coalesce(accepted_fen, 0) as stored from orders \
               join (select point_lines.order_id, cast(sum(accepted * unit_price_fen) as bigint) as computed \
               from point_lines join order_lines on order_lines.order_id = point_lines.order_id \
               and order_lines.line = point_lines.line where accepted is not null group by point_lines.order_id) \
               as points on points.order_id = orders.order_id \
               where computed <> coalesce(accepted_fen, 0) order by number limit 1",
    },
    Question {
        what: "pieces sold of a line at a point",
        text: "select number, coalesce(accepted, 0) as computed, sales.quantity as stored from sales \
               join orders on orders.order_id = sales.order_id \
               left join point_lines on point_lines.order_id = sales.order_id and point_lines.line = sales.line \
               and point_lines.point = coalesce(sales.point, 1) \
               where orders.accepted_fen is not null and coalesce(accepted, 0) <> sales.quantity \
               order by number limit 1",
    },
    Question {
        what: "fen of an entry that more was taken back of than it holds, by what was taken back",
        text: "select coalesce(number, '') as number, -taken as computed, sales.amount_fen as stored from sales \
               join (select reverses, cast(sum(amount_fen) as bigint) as taken, cast(sum(quantity) as bigint) as pieces \
               from sales where reverses is not null group by reverses) as back on back.reverses = sales.sale_id \
               left join orders on orders.order_id = sales.order_id \
               where sales.amount_fen + taken < 0 or sales.quantity + pieces < 0 order by sales.sequence limit 1",
    },
    Question {
        what: "pieces ordered of a line, by its points",
        text: "select number, cast(sum(point_lines.quantity) as bigint) as computed, order_lines.quantity as stored \
               from order_lines join orders on orders.order_id = order_lines.order_id \
               join point_lines on point_lines.order_id = order_lines.order_id \
               and point_lines.line = order_lines.line \
               group by number, order_lines.line, order_lines.quantity \
               having cast(sum(point_lines.quantity) as bigint) <> order_lines.quantity order by number limit 1",
    },
    Question {
        what: "pieces shipped of a line to a point, by its shipments",
        text: "select number, coalesce(computed, 0) as computed, shipped as stored from point_lines \
               join orders on orders.order_id = point_lines.order_id \
               left join (select shipments.order_id, shipments.point, shipment_lines.line, \
               cast(sum(quantity) as bigint) as computed from shipments join shipment_lines \
               on shipment_lines.order_id = shipments.order_id and shipment_lines.shipment = shipments.shipment \
               group by shipments.order_id, shipments.point, shipment_lines.line) as sent \
               on sent.order_id = point_lines.order_id and sent.point = point_lines.point \
               and sent.line = point_lines.line where coalesce(computed, 0) <> shipped order by number limit 1",
    },
    Question {
        what: "pieces shipped and closed of a line at a point, with those confirmed",
        text: "select number, coalesce(confirmed, 0) as computed, shipped + closed as stored from point_lines \
               join orders on orders.order_id = point_lines.order_id \
               where shipped + closed > coalesce(confirmed, 0) or coalesce(confirmed, 0) > quantity \
               order by number limit 1",
    },
    Question {
        what: "pieces counted in of a line at a point, with those shipped",
        text: "select number, shipped as computed, accepted + short + rejected as stored from point_lines \
               join orders on orders.order_id = point_lines.order_id \
               where accepted is not null and accepted + short + rejected <> shipped order by number limit 1",
    },
    Question {
        what: "pieces returned of a line at a point, by its returns",
        text: "select number, coalesce(computed, 0) as computed, returned as stored from point_lines \
               join orders on orders.order_id = point_lines.order_id \
               left join (select returns.order_id, return_lines.point, return_lines.line, \
               cast(sum(quantity) as bigint) as computed from returns join return_lines \
               on return_lines.return_id = returns.return_id \
               group by returns.order_id, return_lines.point, return_lines.line) as back \
               on back.order_id = point_lines.order_id and back.point = point_lines.point \
               and back.line = point_lines.line \
               where coalesce(computed, 0) <> returned or returned > coalesce(accepted, 0) order by number limit 1",
    },
    Question {
        what: "pieces returned, by their entry",
        text: "select number, -coalesce(sales.quantity, 0) as computed, return_lines.quantity as stored \
               from return_lines join returns on returns.return_id = return_lines.return_id \
               join orders on orders.order_id = returns.order_id \
               left join sales on sales.sale_id = return_lines.sale_id and sales.reverses is not null \
               where -coalesce(sales.quantity, 0) <> return_lines.quantity order by number limit 1",
    },
    Question {
        what: "fen still to be counted in, by its points",
        text: "select number, computed, pipeline_fen as stored from orders \
               join (select point_lines.order_id, cast(sum(unit_price_fen * (coalesce(confirmed, point_lines.quantity) \
               - closed - case when accepted is null then 0 else shipped end)) as bigint) as computed \
               from point_lines join order_lines on order_lines.order_id = point_lines.order_id \
               and order_lines.line = point_lines.line group by point_lines.order_id) as open \
               on open.order_id = orders.order_id \
               where state in ('submitted', 'approved', 'confirmed', 'shipped', 'accepted', 'settled') \
               and computed <> pipeline_fen order by number limit 1",
    },
    Question {
        what: "fen of its invoice and its bank slip, by what was kept when it was paid",
        text: "select orders.number as number, computed, coalesce(transfers.amount_fen, 0) as stored from orders \
               left join transfers on transfers.order_id = orders.order_id \
               left join invoices on invoices.number = transfers.invoice_number \
               join (select orders.order_id, coalesce(accepted_fen, 0) - cast(coalesce(( \
               select sum(returns.amount_fen) from returns where returns.order_id = orders.order_id \
               and returns.step < transfers.step), 0) as bigint) as computed \
               from orders left join transfers on transfers.order_id = orders.order_id) as kept \
               on kept.order_id = orders.order_id \
               where state = 'settled' and (transfers.amount_fen is null or invoices.amount_fen is null \
               or computed <> transfers.amount_fen or invoices.amount_fen <> transfers.amount_fen) \
               order by orders.number limit 1",
    },
];
