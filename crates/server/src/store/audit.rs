//! The audit: events that are kept, and the recomputation of the whole ledger.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::fmt;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use domain::Money;
use domain::organisation::Actor;
use domain::region::DistrictId;
use domain::sale::Hash;
use domain::tally::{Dimension, RollupKey, Sum, Tally, month_number};
use jiff::civil::Date;

use super::closing::{self, CloseRow};
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
    /// A report's line and its entry in the ledger: the first pair that parts.
    Report { number: String, line: i64, entry: i64 },
    /// A report's amount is not that of its lines.
    ReportSum { number: String, computed: i64, stored: i64 },
    /// A month that is closed is not what it was when it was closed: the first in this.
    Close { month: i64, what: &'static str },
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
            Parted::Report { number, line, entry: 0 } => {
                write!(f, "report {number}: line {line} is recognised and has no entry")
            }
            Parted::Report { number, line, entry } => {
                write!(
                    f,
                    "entry {entry} is not what line {line} of report {number} says, or the report is not recognised"
                )
            }
            Parted::ReportSum { number, computed, stored } => {
                write!(f, "report {number}: fen reported, by its lines, {computed}; stored are {stored}")
            }
            Parted::Close { month, what } => write!(f, "the closed month {month}: {what}"),
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
    let mut walk = Walk {
        sequence: 0,
        hash: Hash::NONE,
        tally: Tally::default(),
        total: Money::ZERO,
        closes: closing::all(db)?.into(),
        closed: HashSet::new(),
    };
    if let Some(parted) = walk.compare_closes() {
        return Ok(Err(parted));
    }
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
    if let Some(parted) = compare_head(db, &walk)?.or_else(|| walk.closes_beyond_the_end()) {
        return Ok(Err(parted));
    }
    if let Some(parted) = compare_orders(db)? {
        return Ok(Err(parted));
    }
    if let Some(parted) = compare_reports(db)? {
        return Ok(Err(parted));
    }
    Ok(Ok(Sound { entries: walk.sequence, total: walk.total, last_hash: walk.hash, rollups: stored.len() }))
}

struct Walk {
    sequence: i64,
    hash: Hash,
    tally: Tally,
    total: Money,
    /// Closes whose entry has not been reached, by that entry.
    closes: VecDeque<CloseRow>,
    /// Months that were closed before the entry that is looked at.
    closed: HashSet<i64>,
}

impl Walk {
    /// Compares the months that were closed when the ledger ended with the entry that was just walked.
    fn compare_closes(&mut self) -> Option<Parted> {
        while let Some(close) = self.closes.pop_front_if(|close| close.last_entry <= self.sequence) {
            let month = close.month;
            if close.last_entry != self.sequence || close.hash != self.hash.to_string() {
                return Some(Parted::Close {
                    month,
                    what: "it does not carry the hash of the entry the ledger ended with",
                });
            }
            let of_month = |key: &RollupKey| key.dimension == Dimension::Total && i64::from(key.month) == month;
            let sums = self.tally.rows.iter().filter(|(key, _)| of_month(key)).map(|(_, sum)| sum);
            let (amount, entries) =
                sums.fold((0, 0), |(amount, entries), sum| (amount + sum.amount.fen(), entries + sum.entries));
            if (amount, entries) != (close.amount_fen, close.entries) {
                return Some(Parted::Close { month, what: "its sum is not that of its entries up to its close" });
            }
            self.closed.insert(month);
        }
        None
    }

    fn closes_beyond_the_end(&self) -> Option<Parted> {
        let what = "it was closed after an entry that is not there";
        self.closes.front().map(|close| Parted::Close { month: close.month, what })
    }

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
        if !self.closed.is_empty() {
            let month = i64::from(month_number(entry.sale.sold_on));
            if self.closed.contains(&month) {
                return Err(Parted::Close { month, what: "an entry was added after it was closed" });
            }
        }
        self.compare_closes().map_or(Ok(()), Err)
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

/// Every line of a recognised report has its entry, which says what the line says; no other report has any.
fn compare_reports(db: &mut Db) -> Result<Option<Parted>> {
    let parted: Vec<PartedLine> = diesel::sql_query(REPORTED).load(db)?;
    if let Some(PartedLine { number, line, entry }) = parted.into_iter().next() {
        return Ok(Some(Parted::Report { number, line, entry }));
    }
    let differing: Vec<Differing> = diesel::sql_query(REPORT_SUMS).load(db)?;
    let parted = |Differing { number, computed, stored }| Parted::ReportSum { number, computed, stored };
    Ok(differing.into_iter().next().map(parted))
}

const REPORT_SUMS: &str = "select reports.number as number, coalesce(computed, 0) as computed, \
    reports.amount_fen as stored from reports left join (select report_id, cast(sum(amount_fen) as bigint) as computed \
    from report_lines group by report_id) as parts on parts.report_id = reports.report_id \
    where coalesce(computed, 0) <> reports.amount_fen order by reports.number limit 1";

#[derive(QueryableByName)]
struct PartedLine {
    #[diesel(sql_type = Text)]
    number: String,
    #[diesel(sql_type = BigInt)]
    line: i64,
    /// None is 0.
    #[diesel(sql_type = BigInt)]
    entry: i64,
}

const REPORTED: &str = "select number, line, entry from ( \
    select reports.number, report_lines.line, coalesce(sales.sequence, 0) as entry from report_lines \
    join reports on reports.report_id = report_lines.report_id \
    left join sales on sales.report_id = report_lines.report_id and sales.report_line = report_lines.line \
    where reports.state = 'recognised' and (sales.sequence is null or sales.amount_fen <> report_lines.amount_fen \
    or sales.quantity <> report_lines.quantity or sales.sold_on <> report_lines.sold_on \
    or sales.channel <> reports.channel or sales.district_id <> report_lines.district_id \
    or sales.county_id <> report_lines.county_id or coalesce(sales.brand, '') <> coalesce(report_lines.brand, '') \
    or sales.category <> report_lines.category or sales.product_name <> report_lines.product_name \
    or sales.merchant_id <> reports.seller_id or sales.buyer_id <> report_lines.buyer_id) \
    union all \
    select coalesce(reports.number, sales.report_id) as number, sales.report_line as line, sales.sequence as entry \
    from sales left join reports on reports.report_id = sales.report_id \
    left join report_lines on report_lines.report_id = sales.report_id and report_lines.line = sales.report_line \
    where sales.report_id is not null and (report_lines.line is null or reports.state <> 'recognised') \
    ) as parted order by entry, number, line limit 1";

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
