//! What everybody may see of the ledger: how much was sold this year, by whom and for whom. Sums, like the coordinator's
//! figures, and of the entries only the last few, which name no buyer.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::channel::Channel;
use domain::product::Brand;
use domain::tally::{Dimension, NO_BRAND, progress, time_progress_bp};
use domain::target::Scope;
use domain::{Money, wire};
use jiff::civil::Date;

use super::tally::{Year, pipeline, same_stretch};
use super::{Db, catalogue, regions, stored_id};
use crate::clock::{self, Ms};
use crate::error::Result;
use crate::schema::{ledger_head, order_lines, products, rollups, sales};

/// The year's public total.
pub fn public_total(db: &mut Db, year: i16, now: Ms) -> Result<wire::PublicTotal> {
    let today = clock::day(now);
    let (this, last) = (Year::read(db, year, None)?, Year::read(db, year - 1, None)?);
    let targets = Targets { year, today, amounts: targets(db, year)? };
    // What is on its way today belongs to this year.
    let pipeline = if year == today.year() { pipeline(db, None)? } else { HashMap::new() };
    Ok(wire::PublicTotal {
        sold: targets.year_sold(db, (Scope::City, ""), (this.months(), last.months()), now)?,
        last_entry: ledger_head::table.select(ledger_head::sequence).get_result(db)?,
        last_year_fen: same_stretch(db, year, today, None)?,
        pipeline_fen: Money::from_fen(pipeline.values().map(|(amount, _)| amount).sum()),
        pipeline_orders: pipeline.values().map(|(_, orders)| orders).sum(),
        by_district: targets.rows(Scope::District, districts(db)?, &this.by_district()),
        by_county: by_county(db, &targets, &this.by_key(Dimension::County))?,
        by_brand: by_brand(&targets, &this.by_key(Dimension::Brand)),
        by_channel: targets.rows(
            Scope::Channel,
            named(Channel::ALL, Channel::code, Channel::zh, Channel::en),
            &this.by_key(Dimension::Channel),
        ),
        just_accepted: just_accepted(db)?,
    })
}

/// How much of one county or brand was sold in a year, and its target.
pub(super) fn year_sold(
    db: &mut Db,
    dimension: Dimension,
    bound: (Scope, &str),
    year: i16,
    now: Ms,
) -> Result<wire::YearSold> {
    let months = (months_of(db, year, dimension, bound.1)?, months_of(db, year - 1, dimension, bound.1)?);
    let targets = Targets { year, today: clock::day(now), amounts: targets(db, year)? };
    targets.year_sold(db, bound, months, now)
}

fn months_of(db: &mut Db, year: i16, dimension: Dimension, key: &str) -> Result<Vec<i64>> {
    let january = i64::from(year) * 100 + 1;
    let rows: Vec<(i64, i64)> = rollups::table
        .filter(rollups::month.between(january, january + 11))
        .filter(rollups::dimension.eq(dimension.code()))
        .filter(rollups::key.eq(key))
        .select((rollups::month, rollups::amount_fen))
        .load(db)?;
    let mut months = vec![0; 12];
    for (month, amount) in rows {
        months[(month - january).clamp(0, 11) as usize] += amount;
    }
    Ok(months)
}

/// The year's targets and the day they are compared on.
struct Targets {
    year: i16,
    today: Date,
    amounts: HashMap<(Scope, String), Money>,
}

fn targets(db: &mut Db, year: i16) -> Result<HashMap<(Scope, String), Money>> {
    let in_force = catalogue::targets_of(db, year)?;
    Ok(in_force.into_iter().map(|(scope, key, amount)| ((scope, key), amount)).collect())
}

/// Key, Chinese and English name.
type Named = (String, String, String);

impl Targets {
    fn of(&self, scope: Scope, key: &str) -> Option<Money> {
        self.amounts.get(&(scope, key.to_owned())).copied()
    }

    fn completion_bp(&self, amount: Money, target: Option<Money>) -> Option<i64> {
        progress(amount, target?, self.year, self.today).map(|progress| progress.completion_bp)
    }

    /// `months` are this year's and last year's.
    fn year_sold(
        &self,
        db: &mut Db,
        (scope, key): (Scope, &str),
        (months_fen, last_year_months_fen): (Vec<i64>, Vec<i64>),
        now: Ms,
    ) -> Result<wire::YearSold> {
        let recognised_fen = Money::from_fen(months_fen.iter().sum());
        let target_fen = self.of(scope, key);
        Ok(wire::YearSold {
            year: self.year,
            as_of_ms: now,
            counting_rule: catalogue::counting_rule(db, self.today)?,
            recognised_fen,
            target_fen,
            completion_bp: self.completion_bp(recognised_fen, target_fen),
            time_bp: time_progress_bp(self.year, self.today),
            months_fen,
            last_year_months_fen,
        })
    }

    fn rows(&self, scope: Scope, named: Vec<Named>, sums: &HashMap<&str, i64>) -> Vec<wire::PublicRow> {
        let row = |(key, name, name_en): Named| {
            let amount_fen = Money::from_fen(sums.get(key.as_str()).copied().unwrap_or(0));
            let target_fen = self.of(scope, &key);
            let completion_bp = self.completion_bp(amount_fen, target_fen);
            wire::PublicRow { key, name, name_en, prefecture: None, amount_fen, target_fen, completion_bp }
        };
        named.into_iter().map(row).collect()
    }
}

fn named<T: Copy>(
    all: &[T],
    code: fn(T) -> &'static str,
    zh: fn(T) -> &'static str,
    en: fn(T) -> &'static str,
) -> Vec<Named> {
    all.iter().map(|value| (code(*value).to_owned(), zh(*value).to_owned(), en(*value).to_owned())).collect()
}

fn districts(db: &mut Db) -> Result<Vec<Named>> {
    let english = regions::names_en(db)?;
    let named = |district: wire::Region| {
        let name_en = english.get(&district.id).cloned().unwrap_or_default();
        (district.id, district.name, name_en)
    };
    Ok(regions::districts(db)?.into_iter().map(named).collect())
}

fn by_county(db: &mut Db, targets: &Targets, sums: &HashMap<&str, i64>) -> Result<Vec<wire::PublicRow>> {
    let mut counties = regions::counties(db)?;
    // A zone has no goods of its own; it is shown once something has been sold from it.
    counties.retain(|county| !county.id.ends_with("_zone") || sums.contains_key(county.id.as_str()));
    let named =
        counties.iter().map(|county| (county.id.clone(), county.short.clone(), county.name_en.clone())).collect();
    let mut rows = targets.rows(Scope::County, named, sums);
    for (row, county) in rows.iter_mut().zip(&counties) {
        row.prefecture = Some(county.prefecture);
    }
    Ok(rows)
}

fn by_brand(targets: &Targets, sums: &HashMap<&str, i64>) -> Vec<wire::PublicRow> {
    let mut brands = named(Brand::ALL, Brand::code, Brand::zh, Brand::en);
    if sums.contains_key(NO_BRAND) {
        brands.push((NO_BRAND.to_owned(), "无品牌".to_owned(), "No brand".to_owned()));
    }
    targets.rows(Scope::Brand, brands, sums)
}

// ---- the last few -------------------------------------------------------------------------------------------------

/// How many of the last sales are shown, and how far back they are looked for: however long the ledger is, it costs the same.
const SHOWN: usize = 5;
const LOOKED_AT: i64 = 60;

/// What of an entry is shown to everybody.
#[derive(Queryable, Debug)]
struct Last {
    sale_id: String,
    sold_on: String,
    amount_fen: i64,
    order_id: Option<String>,
    line: Option<i64>,
    reverses: Option<String>,
    product_name: String,
    county_id: String,
}

fn just_accepted(db: &mut Db) -> Result<Vec<wire::JustAccepted>> {
    let end: i64 = ledger_head::table.select(ledger_head::sequence).get_result(db)?;
    let rows: Vec<Last> = sales::table
        .filter(sales::sequence.gt(end - LOOKED_AT))
        .order(sales::sequence.desc())
        .select((
            sales::sale_id,
            sales::sold_on,
            sales::amount_fen,
            sales::order_id,
            sales::line,
            sales::reverses,
            sales::product_name,
            sales::county_id,
        ))
        .load(db)?;
    // What was taken back since was not sold; a reversal is later than what it reverses.
    let mut taken_back: HashMap<String, i64> = HashMap::new();
    for row in &rows {
        if let Some(of) = &row.reverses {
            *taken_back.entry(of.clone()).or_default() += row.amount_fen;
        }
    }
    let stands = |mut row: Last| {
        row.amount_fen += taken_back.get(&row.sale_id).copied().unwrap_or_default();
        (row.order_id.is_some() && row.amount_fen > 0).then_some(row)
    };
    let shown: Vec<Last> = rows.into_iter().filter_map(stands).take(SHOWN).collect();
    with_names(db, shown)
}

fn with_names(db: &mut Db, shown: Vec<Last>) -> Result<Vec<wire::JustAccepted>> {
    let counties = regions::counties(db)?;
    let orders: Vec<&str> = shown.iter().filter_map(|row| row.order_id.as_deref()).collect();
    let lines: Vec<(String, i64, String, String)> = order_lines::table
        .inner_join(products::table.on(products::product_id.eq(order_lines::product_id)))
        .filter(order_lines::order_id.eq_any(orders))
        .select((order_lines::order_id, order_lines::line, products::product_id, products::name_en))
        .load(db)?;
    let mut named = Vec::new();
    for row in shown {
        let of_row = |(order, line, ..): &&(String, i64, String, String)| {
            Some(order) == row.order_id.as_ref() && Some(*line) == row.line
        };
        let county = counties.iter().find(|county| county.id == row.county_id);
        let (Some((.., product_id, name_en)), Some(county)) = (lines.iter().find(of_row), county) else { continue };
        named.push(wire::JustAccepted {
            sold_on: row.sold_on,
            product_id: stored_id(product_id)?,
            product_name: row.product_name,
            product_name_en: name_en.clone(),
            county_short: county.short.clone(),
            county_name_en: county.name_en.clone(),
            amount_fen: Money::from_fen(row.amount_fen),
        });
    }
    Ok(named)
}
