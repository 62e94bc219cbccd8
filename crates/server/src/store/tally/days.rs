//! What of the figures is told by day: last year up to the same day, what moved today, and what the year will come to.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::forecast::{self, Curve, NoForecast, YEARS_BACK};
use domain::period::{Period, same_period};
use domain::product::Brand;
use domain::region::DistrictId;
use domain::{Language, Money, wire};
use jiff::civil::Date;

use super::Asked;
use crate::error::{Error, Result};
use crate::schema::{day_sums, sales};
use crate::store::{Backend, Db, products, regions, stored};

type Sums<'a> = day_sums::BoxedQuery<'a, Backend>;

fn between<'a>(period: Period, district: Option<&DistrictId>) -> Sums<'a> {
    let days = day_sums::table.filter(day_sums::day.between(period.first.to_string(), period.last.to_string()));
    match district {
        Some(district) => days.filter(day_sums::district_id.eq(district.to_string())).into_boxed(),
        None => days.into_boxed(),
    }
}

const AMOUNT: &str = "cast(coalesce(sum(amount_fen), 0) as bigint)";

pub(super) fn sum(db: &mut Db, period: Period, district: Option<&DistrictId>) -> Result<Money> {
    Ok(Money::from_fen(between(period, district).select(sql::<BigInt>(AMOUNT)).get_result(db)?))
}

/// What of the year before stands beside `year` as it is on a day.
pub(in crate::store) fn same_stretch(
    db: &mut Db,
    year: i16,
    today: Date,
    district: Option<&DistrictId>,
) -> Result<Money> {
    sum(db, same_period(year, today), district)
}

pub(super) fn by_district(db: &mut Db, period: Period) -> Result<HashMap<String, i64>> {
    let rows: Vec<(String, i64)> = day_sums::table
        .filter(day_sums::day.between(period.first.to_string(), period.last.to_string()))
        .group_by(day_sums::district_id)
        .select((day_sums::district_id, sql::<BigInt>(AMOUNT)))
        .load(db)?;
    Ok(rows.into_iter().collect())
}

// ---- what moved today ---------------------------------------------------------------------------------------------

/// How many of the last entries are told.
const NEWEST: i64 = 6;

pub(super) fn today(db: &mut Db, asked: Asked<'_>, districts: &[wire::Region]) -> Result<wire::Today> {
    let day = asked.today();
    let rows: Vec<(String, i64, i64)> = between(Period { first: day, last: day }, asked.district)
        .select((day_sums::district_id, day_sums::amount_fen, day_sums::entries))
        .load(db)?;
    let name = |id: &str| districts.iter().find(|known| known.id == id).map_or("", |known| &known.name).to_owned();
    let row = |(key, amount, entries): (String, i64, i64)| wire::DayRow {
        name: name(&key),
        key,
        amount_fen: Money::from_fen(amount),
        entries,
    };
    let mut by_district: Vec<wire::DayRow> = rows.into_iter().map(row).collect();
    by_district.sort_by_key(|row| std::cmp::Reverse(row.amount_fen));
    Ok(wire::Today {
        day: day.to_string(),
        amount_fen: Money::from_fen(by_district.iter().map(|row| row.amount_fen.fen()).sum()),
        entries: by_district.iter().map(|row| row.entries).sum(),
        by_district,
    })
}

/// What of an entry is told: nothing of who bought.
#[derive(Queryable, Debug)]
struct Newest {
    sequence: i64,
    sold_on: String,
    recorded_at_ms: i64,
    district_id: String,
    county_id: String,
    product_name: String,
    brand: Option<String>,
    quantity: i64,
    amount_fen: i64,
    order_id: Option<String>,
    line: Option<i64>,
}

/// The last few entries of the year. The ledger's own order finds those of the city; those of a district are found by its days, the
/// last of which is read whole.
pub(super) fn newest(db: &mut Db, asked: Asked<'_>) -> Result<Vec<wire::NewestEntry>> {
    let year = asked.year;
    let entries = sales::table.filter(sales::sold_on.between(format!("{year}-01-01"), format!("{year}-12-31")));
    let entries = match asked.district {
        Some(district) => entries
            .filter(sales::district_id.eq(district.to_string()))
            .order((sales::sold_on.desc(), sales::sequence.desc()))
            .into_boxed(),
        None => entries.order((sales::sold_on.desc(), sales::sequence.desc())).into_boxed(),
    };
    let rows: Vec<Newest> = entries
        .limit(NEWEST)
        .select((
            sales::sequence,
            sales::sold_on,
            sales::recorded_at_ms,
            sales::district_id,
            sales::county_id,
            sales::product_name,
            sales::brand,
            sales::quantity,
            sales::amount_fen,
            sales::order_id,
            sales::line,
        ))
        .load(db)?;
    told(db, rows, asked.reader)
}

fn told(db: &mut Db, rows: Vec<Newest>, reader: Language) -> Result<Vec<wire::NewestEntry>> {
    let (districts, counties) = (regions::districts_told(db, reader)?, regions::counties(db)?);
    let english = match reader {
        Language::Zh => HashMap::new(),
        Language::En => {
            products::english_names_of_lines(db, rows.iter().filter_map(|row| row.order_id.clone()).collect())?
        }
    };
    let entry = |row: Newest| {
        let district = districts.iter().find(|known| known.id == row.district_id);
        let county = counties.iter().find(|known| known.id == row.county_id);
        let name = row.order_id.zip(row.line).and_then(|line| english.get(&line)).unwrap_or(&row.product_name).clone();
        Ok(wire::NewestEntry {
            sequence: row.sequence,
            sold_on: row.sold_on,
            recorded_at_ms: row.recorded_at_ms,
            district: district.map_or_else(String::new, |district| district.name.clone()),
            county: county.map_or_else(String::new, |county| county.short(reader).to_owned()),
            product_name: name,
            brand: row.brand.as_deref().map(|brand| stored!(Brand, brand)).transpose()?,
            quantity: row.quantity,
            amount_fen: Money::from_fen(row.amount_fen),
        })
    };
    rows.into_iter().map(entry).collect()
}

// ---- what the year will come to -----------------------------------------------------------------------------------

/// The curves of the year and the few before it, from the day sums.
///
/// # Errors
/// The database's.
pub fn curves(db: &mut Db, year: i16, district: Option<&DistrictId>) -> Result<Vec<Curve>> {
    let first = year - YEARS_BACK;
    let days = day_sums::table
        .filter(day_sums::day.between(format!("{first}-01-01"), format!("{year}-12-31")))
        .group_by(day_sums::day)
        .select((day_sums::day, sql::<BigInt>(AMOUNT)))
        .into_boxed();
    let days = match district {
        Some(district) => days.filter(day_sums::district_id.eq(district.to_string())),
        None => days,
    };
    let rows: Vec<(String, i64)> = days.load(db)?;
    let day = |(day, fen): (String, i64)| {
        let day: Date = day.parse().map_err(|_| Error::corrupt(format!("the day '{day}'")))?;
        Ok((day, Money::from_fen(fen)))
    };
    let days: Vec<(Date, Money)> = rows.into_iter().map(day).collect::<Result<_>>()?;
    Ok((first..=year).map(|year| Curve::of(year, days.iter().copied())).collect())
}

pub(super) fn forecast(db: &mut Db, asked: Asked<'_>) -> Result<(Option<wire::Forecast>, Option<NoForecast>)> {
    if !asked.is_running() {
        return Ok((None, Some(NoForecast::NotRunning)));
    }
    let curves = curves(db, asked.year, asked.district)?;
    Ok(match forecast::forecast(&curves, asked.year, asked.today()) {
        Err(why) => (None, Some(why)),
        Ok(it) => {
            let told = wire::Forecast {
                expected_fen: it.expected,
                low_fen: it.low,
                high_fen: it.high,
                lowest_bp: it.lowest_bp,
                highest_bp: it.highest_bp,
                tried: it.tried as i64,
                years: it.years.into_iter().map(i64::from).collect(),
                months_fen: it.by_month.into_iter().map(Money::fen).collect(),
            };
            (Some(told), None)
        }
    })
}
