//! Tables that leave the market. Each is kept in the audit trail: who took it, what, and by which filter.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::export::{
    Breakdown, Cell, Crossing, Format, Head, MOST_ROWS, ROWS_AROUND, Table, Told, ledger_head, ledger_row, order_row,
    orders_head, tally_table, targets_table,
};
use domain::organisation::{Actor, name_told};
use domain::permission::check_sales;
use domain::region::{CountyId, DistrictId, pair_kind};
use domain::sale::Entry;
use domain::tally::Dimension;
use domain::{Code, Language, Money, Refusal, say, wire};

use super::orders::{self, Cursor};
use super::sales::{Filter, Walk};
use super::tally::{Asked, check_district, tally};
use super::{Db, audit, catalogue, closing, regions, targets};
use crate::clock::{self, Ms};
use crate::error::Result;
use crate::schema::{organisations, rollups};

/// Keeps who took which table away.
fn record(db: &mut Db, actor: &Actor, table: &str, format: Format, filter: &str, now: Ms) -> Result<()> {
    let detail = format!("{} {filter}", format.code());
    audit::record(db, Some(actor), "export", table, detail.trim(), now)
}

/// What is said of months that are not closed, and by which rule was counted.
fn notes(db: &mut Db, year: i16, months: (i64, i64), now: Ms, reader: Language) -> Result<Vec<String>> {
    let today = clock::day(now);
    let rule = catalogue::counting_rule(db, today)?;
    let counted = say!(
        "统计口径 {rule}，以验收为准；导出日期 {today}",
        "Counted at acceptance, by rule {rule}; exported on {today}"
    );
    let open: Vec<String> = closing::open_months(db, year, months.1)?
        .into_iter()
        .filter(|month| *month >= months.0)
        .map(|month| format!("{year}-{month:02}"))
        .collect();
    let closed = match open.is_empty() {
        true => say!("所含月份已关账", "All these months are closed"),
        false => {
            let open = open.join("、");
            say!("初步：{open} 未关账", "Preliminary: {open} not closed")
        }
    };
    Ok(vec![counted.to(reader).to_owned(), closed.to(reader).to_owned()])
}

// ---- the ledger ---------------------------------------------------------------------------------------------------

/// The ledger on its way out: its head, the walk over its entries, and the names they are told with.
#[derive(Debug, Clone)]
pub struct LedgerExport {
    pub head: Head,
    pub walk: Walk,
    names: Names,
    reader: Language,
}

#[derive(Debug, Clone)]
struct Names {
    organisations: HashMap<String, String>,
    districts: HashMap<String, String>,
    counties: HashMap<String, String>,
}

/// Begins the export of the entries that match, as they are now.
///
/// # Errors
/// [`Code::NotAllowed`] for another district's; [`Code::TooManyEntries`] for more than a workbook holds.
pub fn ledger(
    db: &mut Db,
    actor: &Actor,
    filter: &Filter,
    format: Format,
    told: &str,
    now: Ms,
    reader: Language,
) -> Result<LedgerExport> {
    let district = filter.district.as_ref().map(DistrictId::new);
    check_sales(actor, district.as_ref())?;
    check_district(db, district.as_ref())?;
    let walk = Walk::begin(db, filter.clone())?;
    if format == Format::Xlsx && walk.entries > MOST_ROWS - ROWS_AROUND {
        let (entries, most) = (walk.entries, MOST_ROWS - ROWS_AROUND);
        let sentence = say!(
            "一共 {entries} 笔，Excel 一张表最多放 {most} 行；请导出 csv，或者按月导出",
            "There are {entries} entries and a workbook's sheet holds {most}; export csv, or month by month"
        );
        return Err(Refusal::new(Code::TooManyEntries, sentence).at("format").into());
    }
    record(db, actor, "ledger", format, told, now)?;
    let year = filter.year;
    let (months, period) = match (filter.month, filter.until) {
        (Some(month), _) => ((i64::from(month), i64::from(month)), format!("{year}-{month:02}")),
        (None, Some(until)) => ((1, i64::from(until)), format!("{year}-01—{year}-{until:02}")),
        (None, None) => ((1, 12), year.to_string()),
    };
    let title = say!("销售台账 {period}", "Ledger of sales {period}").to(reader).to_owned();
    let mut head = ledger_head(title, reader);
    head.notes.splice(0..0, notes(db, year, (months.0, months.1.min(last_begun(year, now))), now, reader)?);
    Ok(LedgerExport { head, walk, names: Names::read(db, reader)?, reader })
}

/// The last month of a year that has begun; 0 for a year to come.
fn last_begun(year: i16, now: Ms) -> i64 {
    let today = clock::day(now);
    match year.cmp(&today.year()) {
        std::cmp::Ordering::Less => 12,
        std::cmp::Ordering::Equal => today.month().into(),
        std::cmp::Ordering::Greater => 0,
    }
}

impl Names {
    fn read(db: &mut Db, reader: Language) -> Result<Names> {
        let all: Vec<(String, String)> =
            organisations::table.select((organisations::organisation_id, organisations::name)).load(db)?;
        let told = |(id, name): (String, String)| {
            let name = super::stored_id(&id).map(|parsed| name_told(parsed, name, reader))?;
            Ok((id, name))
        };
        let districts = regions::districts_told(db, reader)?;
        let counties = regions::counties(db)?;
        Ok(Names {
            organisations: all.into_iter().map(told).collect::<Result<_>>()?,
            districts: districts.into_iter().map(|district| (district.id, district.name)).collect(),
            counties: counties.iter().map(|county| (county.id.clone(), county.short(reader).to_owned())).collect(),
        })
    }

    fn of(&self, entry: &Entry, order_number: String) -> Told {
        let name = |names: &HashMap<String, String>, id: String| names.get(&id).cloned().unwrap_or_default();
        let sale = &entry.sale;
        Told {
            district: name(&self.districts, sale.district.to_string()),
            county: name(&self.counties, sale.county.to_string()),
            merchant: name(&self.organisations, sale.merchant.to_string()),
            buyer: name(&self.organisations, sale.buyer.to_string()),
            order_number,
        }
    }
}

impl LedgerExport {
    /// The rows of the next stretch, and where the one after it begins; none once all were read.
    ///
    /// # Errors
    /// The database's.
    pub fn stretch(&self, db: &mut Db, after: i64) -> Result<Option<(Vec<Vec<Cell>>, i64)>> {
        let Some((entries, next)) = self.walk.stretch(db, after)? else { return Ok(None) };
        let row = |(entry, number): (Entry, String)| ledger_row(&entry, &self.names.of(&entry, number), self.reader);
        Ok(Some((entries.into_iter().map(row).collect(), next)))
    }
}

// ---- the dashboard, orders, targets -------------------------------------------------------------------------------

/// A breakdown of the dashboard's sum, of the very figures the dashboard shows.
///
/// # Errors
/// As [`tally`].
pub fn breakdown(
    db: &mut Db,
    actor: &Actor,
    (year, district): (i16, Option<&DistrictId>),
    breakdown: Breakdown,
    format: Format,
    now: Ms,
    reader: Language,
) -> Result<Table> {
    let told = tally(db, actor, Asked { year, district, now, reader })?;
    let crossings = match breakdown {
        Breakdown::Matrix => crossings(db, year, district, reader)?,
        _ => Vec::new(),
    };
    let mut table = tally_table(&told, breakdown, &crossings, reader);
    table.head.notes = notes(db, year, (1, last_begun(year, now)), now, reader)?;
    let filter = format!("year={year} district={}", district.map_or("", DistrictId::as_str));
    record(db, actor, &format!("tally {}", breakdown.code()), format, &filter, now)?;
    Ok(table)
}

/// Sums by district and county, where something was sold.
fn crossings(db: &mut Db, year: i16, district: Option<&DistrictId>, reader: Language) -> Result<Vec<Crossing>> {
    let first = i64::from(year) * 100;
    let mut query = rollups::table
        .filter(rollups::month.between(first + 1, first + 12))
        .filter(rollups::dimension.eq(Dimension::County.code()))
        .select((rollups::district_id, rollups::key, rollups::amount_fen, rollups::entries))
        .into_boxed();
    if let Some(district) = district {
        query = query.filter(rollups::district_id.eq(district.to_string()));
    }
    let rows: Vec<(String, String, i64, i64)> = query.load(db)?;
    let mut sums: HashMap<(String, String), (i64, i64)> = HashMap::new();
    for (district, county, amount, entries) in rows {
        let sum = sums.entry((district, county)).or_default();
        *sum = (sum.0 + amount, sum.1 + entries);
    }
    let pairings = regions::pairings(db)?;
    let counties = regions::counties(db)?;
    let mut crossings = Vec::new();
    for district in regions::districts_told(db, reader)? {
        for county in &counties {
            let Some((amount, entries)) = sums.get(&(district.id.clone(), county.id.clone())) else { continue };
            let kind = pair_kind(&pairings, &DistrictId::new(&district.id), &CountyId::new(&county.id));
            crossings.push(Crossing {
                district: district.name.clone(),
                county: county.short(reader).to_owned(),
                pair: kind.word(reader),
                amount: Money::from_fen(*amount),
                entries: *entries,
            });
        }
    }
    Ok(crossings)
}

/// So many orders are read at a time.
const ORDERS_AT_ONCE: usize = 200;

/// Begins the export of the orders the person may see.
///
/// # Errors
/// The database's.
pub fn orders(db: &mut Db, actor: &Actor, format: Format, told: &str, now: Ms, reader: Language) -> Result<Head> {
    record(db, actor, "orders", format, told, now)?;
    Ok(orders_head(reader))
}

/// The next rows of the orders, and where the ones after them begin; no cursor after the last.
///
/// # Errors
/// The database's.
pub fn more_orders(
    db: &mut Db,
    actor: &Actor,
    filter: &orders::Filter,
    after: Option<&Cursor>,
    reader: Language,
) -> Result<(Vec<Vec<Cell>>, Option<Cursor>)> {
    let (items, next) = orders::page(db, actor, filter, after, ORDERS_AT_ONCE, reader)?;
    Ok((items.iter().map(|order| order_row(order, clock::day, reader)).collect(), next))
}

/// Every version of the year's targets.
///
/// # Errors
/// [`Code::NotAllowed`].
pub fn year_targets(db: &mut Db, actor: &Actor, year: i16, format: Format, now: Ms, reader: Language) -> Result<Table> {
    let sheet: wire::TargetSheet = targets::sheet(db, actor, year, now, reader)?;
    record(db, actor, "targets", format, &format!("year={year}"), now)?;
    Ok(targets_table(&sheet, clock::day, reader))
}
