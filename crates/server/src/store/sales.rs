//! The ledger: appended to, read, walked. Nothing here updates or deletes an entry.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::channel::Channel;
use domain::fulfilment::ReturnLine;
use domain::id::SaleId;
use domain::organisation::{Actor, OUTSIDERS, name_told};
use domain::permission::{self, Act, Whose};
use domain::product::{Brand, Category};
use domain::region::{CountyId, DistrictId, PairKind, Prefecture};
use domain::sale::{Entry, Hash, Sale, Source, Standing, reverse as reversal_of};
use domain::{Code, Language, Money, Quantity, Refusal, say, tally, wire};
use jiff::civil::Date;

use super::statement::statement;
use super::{Backend, Db, audit, closing, corrections, natively, products, regions, reports, stored, stored_id};
use crate::clock::{self, Ms};
use crate::error::{Error, Result, not_found};
use crate::schema::{ledger_head, orders, organisations, sales};

pub fn new_id() -> SaleId {
    SaleId(crate::id::new())
}

#[derive(Queryable, Selectable, Insertable, Debug)]
#[diesel(table_name = sales, treat_none_as_default_value = false)]
pub(crate) struct SaleRow {
    pub(crate) sequence: i64,
    sale_id: String,
    sold_on: String,
    amount_fen: i64,
    quantity: i64,
    channel: String,
    order_id: Option<String>,
    line: Option<i64>,
    point: Option<i64>,
    reverses: Option<String>,
    reason: Option<String>,
    district_id: String,
    county_id: String,
    brand: Option<String>,
    category: String,
    product_name: String,
    merchant_id: String,
    buyer_id: String,
    counting_rule: String,
    previous_hash: String,
    hash: String,
    recorded_at_ms: i64,
    report_id: Option<String>,
    report_line: Option<i64>,
}

/// Appends sales in this order, each bound to the one before, and adds them to the rollup. Nothing else adds to the ledger, so
/// that a month which is closed stays closed whoever comes.
///
/// # Errors
/// [`Code::MonthClosed`] for a sale dated in a closed month.
pub fn append(db: &mut Db, new: Vec<Sale>, now: Ms) -> Result<()> {
    let (mut sequence, mut hash) = take_head(db)?;
    closing::check_open_all(db, new.iter().map(|sale| sale.sold_on))?;
    for sale in new {
        sequence += 1;
        let entry = Entry::append(sequence, sale, hash);
        hash = entry.hash;
        diesel::insert_into(sales::table).values(SaleRow::from_entry(&entry, now)).execute(db)?;
        add_to_rollup(db, &entry.sale)?;
        add_to_product(db, &entry.sale)?;
    }
    let moved = "update ledger_head set sequence = ?, hash = ?";
    statement::<(), _>(moved, [sequence.into(), hash.to_string().as_str().into()]).execute(db)?;
    Ok(())
}

/// The last entry's number and hash. The update changes nothing, but from here on other writers wait until this
/// transaction has ended, and then read what it has left.
pub(super) fn take_head(db: &mut Db) -> Result<(i64, Hash)> {
    statement::<(), _>("update ledger_head set sequence = sequence", []).execute(db)?;
    let (sequence, hash): (i64, String) =
        ledger_head::table.select((ledger_head::sequence, ledger_head::hash)).get_result(db)?;
    Ok((sequence, stored_hash(&hash)?))
}

fn add_to_rollup(db: &mut Db, sale: &Sale) -> Result<()> {
    for key in tally::rollup_keys(sale) {
        statement::<(), _>(
            "insert into rollups (month, district_id, dimension, key, amount_fen, quantity, entries) \
             values (?, ?, ?, ?, ?, ?, 1) \
             on conflict (month, district_id, dimension, key) do update set \
             amount_fen = rollups.amount_fen + excluded.amount_fen, \
             quantity = rollups.quantity + excluded.quantity, \
             entries = rollups.entries + 1",
            [
                i64::from(key.month).into(),
                key.district.as_str().into(),
                key.dimension.code().into(),
                key.key.as_str().into(),
                sale.amount.fen().into(),
                sale.quantity.into(),
            ],
        )
        .execute(db)?;
    }
    statement::<(), _>(
        "insert into day_sums (day, district_id, amount_fen, quantity, entries) values (?, ?, ?, ?, 1) \
         on conflict (day, district_id) do update set \
         amount_fen = day_sums.amount_fen + excluded.amount_fen, \
         quantity = day_sums.quantity + excluded.quantity, \
         entries = day_sums.entries + 1",
        [
            sale.sold_on.to_string().as_str().into(),
            sale.district.as_str().into(),
            sale.amount.fen().into(),
            sale.quantity.into(),
        ],
    )
    .execute(db)?;
    Ok(())
}

/// Adds a sale to what its buyer has bought of the product this year. The ledger names the line of an order, or the entry
/// it takes back; the product stands on the line.
fn add_to_product(db: &mut Db, sale: &Sale) -> Result<()> {
    let (year, buyer) = (i64::from(sale.sold_on.year()), sale.buyer.to_string());
    let bought = [year.into(), buyer.as_str().into(), sale.quantity.into(), sale.amount.fen().into()];
    let [year, buyer, quantity, amount] = bought;
    match &sale.source {
        // What was sold elsewhere is no product of the catalogue.
        Source::ReportLine { .. } => return Ok(()),
        Source::OrderLine { order, line, .. } => statement::<(), _>(
            "insert into product_sales (year, buyer_id, quantity, amount_fen, product_id) \
             select ?, ?, ?, ?, product_id from order_lines where order_id = ? and line = ? \
             on conflict (year, product_id, buyer_id) do update set \
             quantity = product_sales.quantity + excluded.quantity, \
             amount_fen = product_sales.amount_fen + excluded.amount_fen",
            [year, buyer, quantity, amount, order.to_string().as_str().into(), (*line).into()],
        ),
        Source::Reversal { of, .. } => statement::<(), _>(
            "insert into product_sales (year, buyer_id, quantity, amount_fen, product_id) \
             select ?, ?, ?, ?, order_lines.product_id from sales \
             join order_lines on order_lines.order_id = sales.order_id and order_lines.line = sales.line \
             where sales.sale_id = ? \
             on conflict (year, product_id, buyer_id) do update set \
             quantity = product_sales.quantity + excluded.quantity, \
             amount_fen = product_sales.amount_fen + excluded.amount_fen",
            [year, buyer, quantity, amount, of.to_string().as_str().into()],
        ),
    }
    .execute(db)?;
    Ok(())
}

fn stored_hash(text: &str) -> Result<Hash> {
    Hash::parse(text).ok_or_else(|| Error::corrupt(format!("the hash '{text}'")))
}

impl SaleRow {
    fn from_entry(entry: &Entry, now: Ms) -> SaleRow {
        let sale = &entry.sale;
        let (order_id, line, point) = match &sale.source {
            Source::OrderLine { order, line, point } => (Some(order.to_string()), Some(*line), *point),
            Source::ReportLine { .. } | Source::Reversal { .. } => (None, None, None),
        };
        let (report_id, report_line) = match &sale.source {
            Source::ReportLine { report, line } => (Some(report.to_string()), Some(*line)),
            Source::OrderLine { .. } | Source::Reversal { .. } => (None, None),
        };
        let (reverses, reason) = match &sale.source {
            Source::Reversal { of, reason } => (Some(of.to_string()), Some(reason.clone())),
            Source::OrderLine { .. } | Source::ReportLine { .. } => (None, None),
        };
        SaleRow {
            sequence: entry.sequence,
            sale_id: sale.id.to_string(),
            sold_on: sale.sold_on.to_string(),
            amount_fen: sale.amount.fen(),
            quantity: sale.quantity,
            channel: sale.channel.code().to_owned(),
            order_id,
            line,
            point,
            reverses,
            reason,
            district_id: sale.district.to_string(),
            county_id: sale.county.to_string(),
            brand: sale.brand.map(|brand| brand.code().to_owned()),
            category: sale.category.code().to_owned(),
            product_name: sale.product_name.clone(),
            merchant_id: sale.merchant.to_string(),
            buyer_id: sale.buyer.to_string(),
            counting_rule: sale.counting_rule.clone(),
            previous_hash: entry.previous_hash.to_string(),
            hash: entry.hash.to_string(),
            recorded_at_ms: now,
            report_id,
            report_line,
        }
    }

    /// The entry this row states; whether it is intact is another question.
    pub(crate) fn entry(&self) -> Result<Entry> {
        let of_report = self.report_id.as_ref().zip(self.report_line);
        let nothing_else = self.report_id.is_none() && self.report_line.is_none();
        let source = match (&self.order_id, self.line, self.point, &self.reverses, &self.reason, of_report) {
            (Some(order), Some(line), point, None, None, None) if nothing_else => {
                Source::OrderLine { order: stored_id(order)?, line, point }
            }
            (None, None, None, None, None, Some((report, line))) => {
                Source::ReportLine { report: stored_id(report)?, line }
            }
            (None, None, None, Some(of), Some(reason), None) if nothing_else => {
                Source::Reversal { of: stored_id(of)?, reason: reason.clone() }
            }
            _ => return Err(Error::corrupt(format!("entry {} with neither one source nor the other", self.sequence))),
        };
        let sold_on = self.sold_on.parse().map_err(|_| Error::corrupt(format!("the day '{}'", self.sold_on)))?;
        let sale = Sale {
            id: stored_id(&self.sale_id)?,
            sold_on,
            amount: Money::from_fen(self.amount_fen),
            quantity: self.quantity,
            channel: stored!(Channel, &self.channel)?,
            source,
            district: DistrictId::new(&self.district_id),
            county: CountyId::new(&self.county_id),
            brand: self.brand.as_deref().map(|brand| stored!(Brand, brand)).transpose()?,
            category: stored!(Category, &self.category)?,
            product_name: self.product_name.clone(),
            merchant: stored_id(&self.merchant_id)?,
            buyer: stored_id(&self.buyer_id)?,
            counting_rule: self.counting_rule.clone(),
        };
        let (previous_hash, hash) = (stored_hash(&self.previous_hash)?, stored_hash(&self.hash)?);
        Ok(Entry { sequence: self.sequence, sale, previous_hash, hash })
    }
}

/// What of a sale has not been taken back. Whoever decides by it has taken the ledger's end before, so that nobody else takes
/// anything back meanwhile.
pub(super) fn standing(db: &mut Db, row: &SaleRow, sale: &Sale) -> Result<Standing> {
    let sums = statement::<(BigInt, BigInt), _>(
        "select cast(coalesce(sum(amount_fen), 0) as bigint), cast(coalesce(sum(quantity), 0) as bigint) \
         from sales where reverses = ?",
        [row.sale_id.as_str().into()],
    );
    let (amount, quantity): (i64, i64) = natively!(db, db => sums.get_result(db))?;
    Ok(Standing::of(sale, Money::from_fen(amount), quantity))
}

/// Takes back what was sold of these lines of an order at these points, by entries of today. Gives the new entries' ids and
/// amounts, line by line.
///
/// # Errors
/// [`Code::AlreadyReversed`] where the ledger holds less of a sale than is to go back.
pub(super) fn take_back(
    db: &mut Db,
    order_id: &str,
    lines: &[ReturnLine],
    reason: &str,
    now: Ms,
) -> Result<Vec<(SaleId, Money)>> {
    take_head(db)?;
    let mut entries = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let of_line = sales::table.filter(sales::order_id.eq(order_id)).filter(sales::line.eq(line.line));
        let rows: Vec<SaleRow> = of_line.select(SaleRow::as_select()).load(db)?;
        // Entries from before there were points are of the only one there was.
        let row = rows.into_iter().find(|row| row.point.unwrap_or(1) == line.point);
        let row = row.ok_or_else(|| Error::corrupt(format!("accepted goods of order {order_id} without a sale")))?;
        let sale = row.entry()?.sale;
        let standing = standing(db, &row, &sale)?;
        let entry = reversal_of(new_id(), &sale, standing, line.quantity, clock::day(now), reason.to_owned());
        entries.push(entry.map_err(|refusal| refusal.at(format!("lines[{index}].quantity")))?);
    }
    let taken = entries.iter().map(|entry| (entry.id, entry.amount)).collect();
    append(db, entries, now)?;
    Ok(taken)
}

/// Takes what still stands of a sale back by an entry of today that names it and says why. Sending the same id again is the
/// same reversal.
///
/// # Errors
/// [`Code::NotAllowed`] for all but the city's office; [`Code::AlreadyReversed`]; [`Code::IdTaken`].
pub fn reverse(
    db: &mut Db,
    actor: &Actor,
    of: &str,
    id: SaleId,
    reason: &str,
    now: Ms,
    reader: Language,
) -> Result<wire::SaleEntry> {
    permission::check(Some(actor.role), Act::ReverseSale, Whose::Own)?;
    // Of two who take back the same sale at once the second finds what the first has left.
    take_head(db)?;
    let Some(row) = find(db, of)? else { return not_found(say!("这一笔台账", "This entry")) };
    match find(db, &id.to_string())? {
        Some(earlier) if earlier.reverses.as_deref() == Some(of) => {}
        Some(_) => return Err(id_taken().into()),
        None => {
            let sale = row.entry()?.sale;
            let standing = standing(db, &row, &sale)?;
            let entry = whole_reversal(id, &sale, standing, now, reason)?;
            corrections::check_single_handed(db, &sale, standing, clock::day(now))?;
            let detail = format!("{} 元：{reason}", standing.amount.yuan());
            append(db, vec![entry], now)?;
            audit::record(db, Some(actor), "reverse_sale", of, &detail, now)?;
        }
    }
    let written = find(db, &id.to_string())?.into_iter().collect();
    to_wire(db, written, reader)?.pop().ok_or_else(|| Error::corrupt("a reversal that is not there"))
}

/// The entry with an identifier.
pub(super) fn find(db: &mut Db, id: &str) -> Result<Option<SaleRow>> {
    Ok(sales::table.filter(sales::sale_id.eq(id)).select(SaleRow::as_select()).get_result(db).optional()?)
}

pub(super) fn id_taken() -> Refusal {
    Refusal::new(
        Code::IdTaken,
        say!(
            "这个编号已经用于另一笔，请刷新页面后再试",
            "This identifier belongs to another entry; reload the page and try again"
        ),
    )
    .at("id")
}

/// The entry that takes back all that stands of a sale, dated today.
///
/// # Errors
/// As [`reversal_of`].
pub(super) fn whole_reversal(id: SaleId, sale: &Sale, standing: Standing, now: Ms, reason: &str) -> Result<Sale> {
    let pieces = Quantity::new(standing.quantity).unwrap_or(Quantity::ZERO);
    Ok(reversal_of(id, sale, standing, pieces, clock::day(now), reason.to_owned())?)
}

/// What the ledger is narrowed by. Empty means everything.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub year: i16,
    /// Days of the year, both included.
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub month: Option<i8>,
    /// From January to this month; a month that is named stands above it.
    pub until: Option<i8>,
    pub district: Option<String>,
    pub county: Option<String>,
    pub brand: Option<String>,
    pub channel: Option<String>,
    pub category: Option<String>,
    pub pair: Option<PairKind>,
    /// The city its goods come from.
    pub prefecture: Option<Prefecture>,
}

type Boxed<'a> = sales::BoxedQuery<'a, Backend>;

impl Filter {
    /// The first and the last day, as texts that sort as days do.
    fn days(&self) -> (String, String) {
        let (from, to) = match (self.month, self.until) {
            (Some(month), _) => (month, month),
            (None, Some(until)) => (1, until),
            (None, None) => (1, 12),
        };
        let (first, last) = (format!("{:04}-{from:02}-01", self.year), format!("{:04}-{to:02}-31", self.year));
        // Days as text are ordered as days are.
        let first = self.from.map_or(first.clone(), |from| first.max(from.to_string()));
        let last = self.to.map_or(last.clone(), |to| last.min(to.to_string()));
        (first, last)
    }

    /// The same as [`Filter::narrow`], of an entry in memory: who walks the whole ledger in its order asks the database for
    /// entries by number alone, or it would look for each stretch in another index.
    fn holds(&self, row: &SaleRow, pairs: &HashSet<(String, String)>) -> bool {
        let (first, last) = self.days();
        let is = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
        (first.as_str()..=last.as_str()).contains(&row.sold_on.as_str())
            && is(&self.district, &row.district_id)
            && is(&self.county, &row.county_id)
            && is(&self.brand, row.brand.as_deref().unwrap_or(tally::NO_BRAND))
            && is(&self.channel, &row.channel)
            && is(&self.category, &row.category)
            && (!self.is_by_pairs() || pairs.contains(&(row.district_id.clone(), row.county_id.clone())))
    }

    fn narrow<'a>(&self, pairs: &[(String, String)]) -> Boxed<'a> {
        let (first, last) = self.days();
        let mut query = sales::table.filter(sales::sold_on.between(first, last)).into_boxed();
        if let Some(district) = self.district.clone() {
            query = query.filter(sales::district_id.eq(district));
        }
        if let Some(county) = self.county.clone() {
            query = query.filter(sales::county_id.eq(county));
        }
        match self.brand.clone() {
            Some(none) if none == tally::NO_BRAND => query = query.filter(sales::brand.is_null()),
            Some(brand) => query = query.filter(sales::brand.eq(brand)),
            None => {}
        }
        if let Some(channel) = self.channel.clone() {
            query = query.filter(sales::channel.eq(channel));
        }
        if let Some(category) = self.category.clone() {
            query = query.filter(sales::category.eq(category));
        }
        if self.is_by_pairs() {
            // The pairs that are wanted, as `district county` in one text: few, and the same in every dialect.
            let joined = sales::district_id.concat(" ").concat(sales::county_id);
            query = query.filter(joined.eq_any(pairs.iter().map(|(d, c)| format!("{d} {c}")).collect::<Vec<_>>()));
        }
        query
    }
}

impl Filter {
    /// Whether it asks for what an entry does not say itself, but its district and its county do.
    fn is_by_pairs(&self) -> bool {
        self.pair.is_some() || self.prefecture.is_some()
    }

    /// Every district and county whose sales are wanted; none are named where all are.
    fn pairs(&self, db: &mut Db) -> Result<Vec<(String, String)>> {
        if !self.is_by_pairs() {
            return Ok(Vec::new());
        }
        let pairings = regions::pairings(db)?;
        let of_prefecture = |county: &regions::County| self.prefecture.is_none_or(|it| it == county.prefecture);
        let counties: Vec<_> = regions::counties(db)?.into_iter().filter(of_prefecture).collect();
        let mut pairs = Vec::new();
        for district in regions::districts(db)? {
            for county in &counties {
                let (d, c) = (DistrictId::new(&district.id), CountyId::new(&county.id));
                if self.pair.is_none_or(|kind| domain::region::pair_kind(&pairings, &d, &c) == kind) {
                    pairs.push((district.id.clone(), county.id.clone()));
                }
            }
        }
        Ok(pairs)
    }
}

/// The entries behind a figure, newest first, with the sum over all of them.
pub fn list(db: &mut Db, filter: &Filter, before: Option<i64>, limit: usize, reader: Language) -> Result<wire::Sales> {
    let pairs = filter.pairs(db)?;
    let sum = diesel::dsl::sql::<BigInt>("cast(coalesce(sum(amount_fen), 0) as bigint)");
    let (amount, entries): (i64, i64) =
        filter.narrow(&pairs).select((sum, diesel::dsl::count_star())).get_result(db)?;
    let mut page = filter.narrow(&pairs).select(SaleRow::as_select());
    if let Some(before) = before {
        page = page.filter(sales::sequence.lt(before));
    }
    let mut rows: Vec<SaleRow> = page.order(sales::sequence.desc()).limit(limit as i64 + 1).load(db)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| row.sequence.to_string());
    Ok(wire::Sales { items: to_wire(db, rows, reader)?, next, amount_fen: Money::from_fen(amount), entries })
}

/// A walk over the entries that match, in the order of the ledger.
#[derive(Debug, Clone)]
pub struct Walk {
    filter: Filter,
    pairs: HashSet<(String, String)>,
    /// Before the first entry that may match, and the last.
    pub from: i64,
    pub to: i64,
    /// How many match, and their sum.
    pub entries: i64,
    pub amount: Money,
}

/// So many numbers of the ledger are read at a time: what is held in memory does not grow with it.
const STRIDE: i64 = 2_000;

/// Entries with the numbers of their orders, and where the stretch after theirs begins.
pub type Stretch = (Vec<(Entry, String)>, i64);

impl Walk {
    /// # Errors
    /// The database's.
    pub fn begin(db: &mut Db, filter: Filter) -> Result<Walk> {
        let pairs = filter.pairs(db)?;
        let whole = |what: &'static str| diesel::dsl::sql::<BigInt>(what);
        let (amount, entries, first, last): (i64, i64, i64, i64) = filter
            .narrow(&pairs)
            .select((
                whole("cast(coalesce(sum(amount_fen), 0) as bigint)"),
                diesel::dsl::count_star(),
                whole("coalesce(min(sequence), 1)"),
                whole("coalesce(max(sequence), 0)"),
            ))
            .get_result(db)?;
        let amount = Money::from_fen(amount);
        Ok(Walk { filter, pairs: pairs.into_iter().collect(), from: first - 1, to: last, entries, amount })
    }

    /// The entries of the next stretch that match, with the numbers of their orders, and where the stretch after it begins; none
    /// once all were read. What is appended meanwhile is not part of it.
    ///
    /// # Errors
    /// The database's.
    pub fn stretch(&self, db: &mut Db, after: i64) -> Result<Option<Stretch>> {
        if after >= self.to {
            return Ok(None);
        }
        let until = self.to.min(after + STRIDE);
        let rows: Vec<SaleRow> = sales::table
            .filter(sales::sequence.gt(after))
            .filter(sales::sequence.le(until))
            .order(sales::sequence)
            .select(SaleRow::as_select())
            .load(db)?;
        let rows: Vec<SaleRow> = rows.into_iter().filter(|row| self.filter.holds(row, &self.pairs)).collect();
        let ids: Vec<&str> = rows.iter().filter_map(|row| row.order_id.as_deref()).collect();
        let numbers: Vec<(String, String)> =
            orders::table.filter(orders::order_id.eq_any(ids)).select((orders::order_id, orders::number)).load(db)?;
        let numbers: HashMap<String, String> = numbers.into_iter().collect();
        let entry = |row: SaleRow| {
            let number = row.order_id.as_ref().and_then(|id| numbers.get(id)).cloned().unwrap_or_default();
            Ok((row.entry()?, number))
        };
        Ok(Some((rows.into_iter().map(entry).collect::<Result<_>>()?, until)))
    }
}

fn to_wire(db: &mut Db, rows: Vec<SaleRow>, reader: Language) -> Result<Vec<wire::SaleEntry>> {
    let names = Names::of(db, &rows, reader)?;
    rows.iter().map(|row| names.entry(row)).collect()
}

/// What entries are shown with and do not hold themselves.
struct Names {
    reader: Language,
    organisations: Vec<(String, String)>,
    districts: Vec<wire::Region>,
    counties: Vec<regions::County>,
    order_numbers: Vec<(String, String)>,
    /// Entries that take others back, in their turn: what they take back, their own id, and their pieces.
    reversed_by: Vec<(Option<String>, String, i64)>,
    originals: Vec<Original>,
    reports: reports::Named,
    /// English names of products by order and line; empty for those who read Chinese.
    english: HashMap<(String, i64), String>,
}

/// An entry that was reversed: its id, its place, the line of a report it came from, or the order line.
type Original = (String, i64, Option<String>, Option<i64>, Option<String>, Option<i64>);

impl Names {
    fn of(db: &mut Db, rows: &[SaleRow], reader: Language) -> Result<Names> {
        let sale_ids: Vec<&str> = rows.iter().map(|row| row.sale_id.as_str()).collect();
        let order_ids: Vec<&str> = rows.iter().filter_map(|row| row.order_id.as_deref()).collect();
        let organisations = organisations::table.select((organisations::organisation_id, organisations::name));
        let numbers =
            orders::table.filter(orders::order_id.eq_any(order_ids)).select((orders::order_id, orders::number));
        let reversed = sales::table.filter(sales::reverses.eq_any(sale_ids)).order(sales::sequence).select((
            sales::reverses,
            sales::sale_id,
            sales::quantity,
        ));
        let originals: Vec<&str> = rows.iter().filter_map(|row| row.reverses.as_deref()).collect();
        let originals: Vec<Original> = sales::table
            .filter(sales::sale_id.eq_any(originals))
            .select((
                sales::sale_id,
                sales::sequence,
                sales::report_id,
                sales::report_line,
                sales::order_id,
                sales::line,
            ))
            .load(db)?;
        let of_originals = originals.iter().map(|(_, _, report, line, ..)| (report.clone(), *line));
        let of_reports = rows.iter().map(|row| (row.report_id.clone(), row.report_line)).chain(of_originals);
        let of_reports = of_reports.filter_map(|(report, line)| report.zip(line)).collect();
        let english = match reader {
            Language::Zh => HashMap::new(),
            Language::En => {
                let of_originals = originals.iter().filter_map(|(.., order, _)| order.clone());
                let orders = rows.iter().filter_map(|row| row.order_id.clone()).chain(of_originals).collect();
                products::english_names_of_lines(db, orders)?
            }
        };
        Ok(Names {
            reader,
            organisations: organisations.load(db)?,
            districts: regions::districts_told(db, reader)?,
            counties: regions::counties(db)?,
            order_numbers: numbers.load(db)?,
            reversed_by: reversed.load(db)?,
            originals,
            reports: reports::Named::of(db, of_reports)?,
            english,
        })
    }

    /// The product's name as the entry states it, or as an English reader knows it.
    fn product(&self, row: &SaleRow, original: Option<&Original>) -> String {
        let line = match original {
            Some((.., order, line)) => order.clone().zip(*line),
            None => row.order_id.clone().zip(row.line),
        };
        let english = line.and_then(|line| self.english.get(&line));
        english.unwrap_or(&row.product_name).clone()
    }

    fn organisation(&self, id: &str) -> String {
        self.organisations.iter().find(|(known, _)| known == id).map_or_else(String::new, |(_, name)| name.clone())
    }

    /// Who bought or sold; of those who have no place in the market, what the report calls them.
    fn party(&self, id: &str, reported: Option<&str>) -> Result<String> {
        let organisation = stored_id(id)?;
        Ok(match reported {
            Some(name) if organisation == OUTSIDERS && !name.is_empty() => name.to_owned(),
            _ => name_told(organisation, self.organisation(id), self.reader),
        })
    }

    fn entry(&self, row: &SaleRow) -> Result<wire::SaleEntry> {
        let district = self.districts.iter().find(|district| district.id == row.district_id);
        let county = self.counties.iter().find(|county| county.id == row.county_id);
        let original = self.originals.iter().find(|(id, ..)| Some(id) == row.reverses.as_ref());
        let report = row.report_id.as_ref().zip(row.report_line);
        let report = report.or_else(|| original.and_then(|(_, _, report, line, ..)| report.as_ref().zip(*line)));
        let report = report.and_then(|(report, line)| self.reports.line(report, line));
        let number = self.order_numbers.iter().find(|(id, _)| Some(id) == row.order_id.as_ref());
        let reversed = || self.reversed_by.iter().filter(|(of, ..)| of.as_ref() == Some(&row.sale_id));
        let reversed_quantity = -reversed().map(|(.., quantity)| quantity).sum::<i64>();
        let last = reversed().next_back().filter(|_| reversed_quantity == row.quantity);
        Ok(wire::SaleEntry {
            sequence: row.sequence,
            id: stored_id(&row.sale_id)?,
            sold_on: row.sold_on.clone(),
            amount_fen: Money::from_fen(row.amount_fen),
            quantity: row.quantity,
            channel: stored!(Channel, &row.channel)?,
            product_name: self.product(row, original),
            brand: row.brand.as_deref().map(|brand| stored!(Brand, brand)).transpose()?,
            category: stored!(Category, &row.category)?,
            county: county.map_or_else(String::new, |county| county.short(self.reader).to_owned()),
            district: district.map_or_else(String::new, |district| district.name.clone()),
            merchant: self.party(&row.merchant_id, report.map(|it| it.seller))?,
            buyer: self.party(&row.buyer_id, report.map(|it| it.buyer))?,
            order_id: row.order_id.as_deref().map(stored_id).transpose()?,
            order_number: number.map(|(_, number)| number.clone()),
            report_id: row.report_id.as_deref().map(stored_id).transpose()?,
            report_number: report.filter(|_| row.report_id.is_some()).map(|it| it.number.to_owned()),
            reverses: row.reverses.as_deref().map(stored_id).transpose()?,
            reverses_sequence: original.map(|(_, sequence, ..)| *sequence),
            reason: row.reason.clone(),
            reversed_by: last.map(|(_, by, _)| stored_id(by)).transpose()?,
            reversed_quantity,
            counting_rule: row.counting_rule.clone(),
            hash: row.hash.clone(),
        })
    }
}
