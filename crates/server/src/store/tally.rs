//! The coordinator's figures, read from the rollup alone: a total costs the same however long the ledger is.
//!
//! In reading order: the rollup of a year, the answer and its rows, and beside it what day sums give: [`days`].

mod days;

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use domain::channel::Channel;
use domain::order_life::State;
use domain::organisation::{Actor, Role};
use domain::period::{same_period, whole_months};
use domain::permission::check_sales;
use domain::product::{Brand, Category};
use domain::region::{CountyId, DistrictId, PairKind, pair_kind};
use domain::tally::{Dimension, NO_BRAND, no_brand, progress, time_progress_bp};
use domain::target::Scope;
use domain::{Language, Money, Refusal, say, wire};
use jiff::civil::Date;

use super::regions::County;
use super::{Db, catalogue, regions, stored};
use crate::clock::{self, Ms};
use crate::error::Result;
use crate::schema::{ledger_head, orders, rollups};

pub use days::curves;
pub(super) use days::same_stretch;

/// Whether there is such a district; asking for none asks for the whole city.
///
/// # Errors
/// A refusal naming `district`: figures of nowhere would look like those of a district that has sold nothing.
pub fn check_district(db: &mut Db, district: Option<&DistrictId>) -> Result<()> {
    let Some(district) = district else { return Ok(()) };
    if regions::districts(db)?.iter().any(|known| known.id == district.as_str()) {
        return Ok(());
    }
    Err(Refusal::field(
        "district",
        say!("没有“{district}”这个区县，请从列表里选", "There is no district “{district}”; choose one of the list"),
    )
    .into())
}

/// Sums of one year: what is counted, in which district, under which key.
pub(super) struct Year {
    rows: Vec<Row>,
}

struct Row {
    month: i64,
    district: String,
    dimension: Dimension,
    key: String,
    amount: i64,
    entries: i64,
}

impl Year {
    pub(super) fn read(db: &mut Db, year: i16, district: Option<&DistrictId>) -> Result<Year> {
        let months = (i64::from(year) * 100 + 1)..=(i64::from(year) * 100 + 12);
        let mut query = rollups::table.filter(rollups::month.between(*months.start(), *months.end())).into_boxed();
        if let Some(district) = district {
            query = query.filter(rollups::district_id.eq(district.as_str()));
        }
        let rows: Vec<(i64, String, String, String, i64, i64, i64)> = query.load(db)?;
        let row =
            |(month, district, dimension, key, amount, _, entries): (i64, String, String, String, i64, i64, i64)| {
                Ok(Row {
                    month: month % 100,
                    district,
                    dimension: stored!(Dimension, &dimension)?,
                    key,
                    amount,
                    entries,
                })
            };
        Ok(Year { rows: rows.into_iter().map(row).collect::<Result<_>>()? })
    }

    fn of(&self, dimension: Dimension) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.dimension == dimension)
    }

    fn total(&self) -> (i64, i64) {
        self.of(Dimension::Total).fold((0, 0), |(amount, entries), row| (amount + row.amount, entries + row.entries))
    }

    pub(super) fn months(&self) -> Vec<i64> {
        let mut months = vec![0; 12];
        for row in self.of(Dimension::Total) {
            months[(row.month - 1).clamp(0, 11) as usize] += row.amount;
        }
        months
    }

    pub(super) fn by_key(&self, dimension: Dimension) -> HashMap<&str, i64> {
        self.by_key_until(dimension, 12)
    }

    /// The same of the first months alone.
    fn by_key_until(&self, dimension: Dimension, months: i8) -> HashMap<&str, i64> {
        let mut sums = HashMap::new();
        for row in self.of(dimension).filter(|row| row.month <= months.into()) {
            *sums.entry(row.key.as_str()).or_insert(0) += row.amount;
        }
        sums
    }

    /// Twelve sums of one key.
    fn months_of(&self, dimension: Dimension, key: &str) -> Vec<i64> {
        let mut months = vec![0; 12];
        for row in self.of(dimension).filter(|row| row.key == key) {
            months[(row.month - 1).clamp(0, 11) as usize] += row.amount;
        }
        months
    }

    /// What one district bought of one county.
    pub(super) fn of_pair(&self, district: &str, county: &str) -> i64 {
        let rows = self.of(Dimension::County).filter(|row| row.district == district && row.key == county);
        rows.map(|row| row.amount).sum()
    }

    pub(super) fn by_district(&self) -> HashMap<&str, i64> {
        let mut sums = HashMap::new();
        for row in self.of(Dimension::Total) {
            *sums.entry(row.district.as_str()).or_insert(0) += row.amount;
        }
        sums
    }
}

/// What the figures are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub year: i16,
    /// None is the whole city.
    pub district: Option<&'a DistrictId>,
    pub now: Ms,
    pub reader: Language,
}

impl Asked<'_> {
    fn today(&self) -> Date {
        clock::day(self.now)
    }

    fn is_running(&self) -> bool {
        self.year == self.today().year()
    }
}

/// The year's figures of a district, or of the whole city.
///
/// # Errors
/// [`domain::Code::NotAllowed`] for those who may not see them; a district that is none.
pub fn tally(db: &mut Db, actor: &Actor, asked: Asked<'_>) -> Result<wire::Tally> {
    let Asked { year, district, now, reader } = asked;
    check_sales(actor, district)?;
    check_district(db, district)?;
    let today = asked.today();
    let all_districts = regions::districts_told(db, reader)?;
    let shown_districts: Vec<wire::Region> =
        all_districts.iter().filter(|known| district.is_none_or(|it| known.id == it.as_str())).cloned().collect();
    let this = Year::read(db, year, district)?;
    let last = Year::read(db, year - 1, district)?;
    let period = same_period(year, today);
    // What is on its way today belongs to this year.
    let pipeline = if asked.is_running() { pipeline(db, district)? } else { HashMap::new() };
    let targets = Targets::read(db, year, today, district)?;
    let (recognised, entries) = this.total();
    let own = targets.own(district);
    let progress = own.and_then(|target| progress(Money::from_fen(recognised), target, year, today));
    let months_compared = whole_months(year, today);
    let sums = |dimension| Sums::of_months(&this, &last, dimension, months_compared);
    let counties = shown_counties(db, &this)?;
    let (forecast, no_forecast) = days::forecast(db, asked)?;
    Ok(wire::Tally {
        year,
        district: shown_districts.first().filter(|_| district.is_some()).cloned(),
        districts: if actor.role == Role::CityCoordinator { all_districts } else { shown_districts.clone() },
        as_of_ms: now,
        last_entry: ledger_head::table.select(ledger_head::sequence).get_result(db)?,
        counting_rule: catalogue::counting_rule(db, today)?,
        recognised_fen: Money::from_fen(recognised),
        entries,
        last_year_fen: days::sum(db, period, district)?,
        last_year_until: period.last.to_string(),
        months_compared: months_compared.into(),
        target_fen: own,
        completion_bp: progress.map(|progress| progress.completion_bp),
        time_bp: time_progress_bp(year, today),
        day_of_year: i64::from(today.day_of_year()),
        days_in_year: i64::from(today.days_in_year()),
        gap_fen: progress.map(|progress| progress.gap),
        behind_fen: progress.map(|progress| progress.behind),
        pipeline_fen: Money::from_fen(pipeline.values().map(|(amount, _)| amount).sum()),
        pipeline_orders: pipeline.values().map(|(_, orders)| orders).sum(),
        matrix: matrix(&this, &shown_districts, &counties),
        pairings: pairings(db, &shown_districts)?,
        today: asked.is_running().then(|| days::today(db, asked, &shown_districts)).transpose()?,
        newest: days::newest(db, asked)?,
        forecast,
        no_forecast,
        by_district: targets.rows(
            Scope::District,
            shown_districts.into_iter().map(|district| (district.id, district.name)),
            &Sums::to_the_day(&this, days::by_district(db, period)?),
            asked.is_running().then_some(&pipeline),
        ),
        by_county: by_county(&targets, &counties, &this, &sums(Dimension::County), reader),
        by_brand: by_brand(&targets, &sums(Dimension::Brand), reader),
        by_channel: targets.rows(
            Scope::Channel,
            named(Channel::ALL, Channel::code, Channel::word, reader),
            &sums(Dimension::Channel),
            None,
        ),
        by_category: by_category(&sums(Dimension::Category), reader),
        by_pair: by_pair(db, &this)?,
        months_fen: this.months(),
        last_year_months_fen: last.months(),
    })
}

fn named<T: Copy>(
    all: &'static [T],
    code: fn(T) -> &'static str,
    word: fn(T, Language) -> &'static str,
    reader: Language,
) -> impl Iterator<Item = (String, String)> {
    all.iter().map(move |value| (code(*value).to_owned(), word(*value, reader).to_owned()))
}

// ---- its rows -----------------------------------------------------------------------------------------------------

/// What the rows of a breakdown are made of, by key: the year's sums, and what of them is compared with last year's.
struct Sums<'a> {
    amounts: HashMap<&'a str, i64>,
    compared: HashMap<&'a str, i64>,
    last: HashMap<String, i64>,
}

impl<'a> Sums<'a> {
    /// Compared over the first months of both years: the rollup knows no days.
    fn of_months(this: &'a Year, last: &Year, dimension: Dimension, months: i8) -> Sums<'a> {
        let last = last.by_key_until(dimension, months).into_iter().map(|(key, sum)| (key.to_owned(), sum));
        Sums { amounts: this.by_key(dimension), compared: this.by_key_until(dimension, months), last: last.collect() }
    }

    /// Districts have day sums, and are compared to the day.
    fn to_the_day(this: &'a Year, last: HashMap<String, i64>) -> Sums<'a> {
        Sums { amounts: this.by_district(), compared: this.by_district(), last }
    }

    /// A row without a target.
    fn row(&self, key: String, name: String) -> wire::TallyRow {
        let of = |sums: &HashMap<&str, i64>| Money::from_fen(sums.get(key.as_str()).copied().unwrap_or(0));
        wire::TallyRow {
            prefecture: None,
            amount_fen: of(&self.amounts),
            target_fen: None,
            completion_bp: None,
            behind_fen: None,
            pipeline_fen: None,
            compared_fen: of(&self.compared),
            last_year_fen: Money::from_fen(self.last.get(&key).copied().unwrap_or(0)),
            months_fen: Vec::new(),
            key,
            name,
        }
    }
}

/// A zone has no goods of its own; it is shown once something has been sold from it.
fn shown_counties(db: &mut Db, year: &Year) -> Result<Vec<County>> {
    let sums = year.by_key(Dimension::County);
    let mut counties = regions::counties(db)?;
    counties.retain(|county| county.is_shown() || sums.contains_key(county.id.as_str()));
    Ok(counties)
}

fn by_county(
    targets: &Targets,
    counties: &[County],
    year: &Year,
    sums: &Sums<'_>,
    reader: Language,
) -> Vec<wire::TallyRow> {
    let named = counties.iter().map(|county| (county.id.clone(), county.short(reader).to_owned()));
    let mut rows = targets.rows(Scope::County, named, sums, None);
    for (row, county) in rows.iter_mut().zip(counties) {
        row.prefecture = Some(county.prefecture);
        row.months_fen = year.months_of(Dimension::County, &county.id);
    }
    rows
}

fn by_brand(targets: &Targets, sums: &Sums<'_>, reader: Language) -> Vec<wire::TallyRow> {
    let sold = sums.amounts.contains_key(NO_BRAND) || sums.last.contains_key(NO_BRAND);
    let none = sold.then(|| (NO_BRAND.to_owned(), no_brand(reader).to_owned()));
    targets.rows(Scope::Brand, named(Brand::ALL, Brand::code, Brand::word, reader).chain(none), sums, None)
}

fn by_category(sums: &Sums<'_>, reader: Language) -> Vec<wire::TallyRow> {
    named(Category::ALL, Category::code, Category::word, reader).map(|(key, name)| sums.row(key, name)).collect()
}

fn matrix(year: &Year, districts: &[wire::Region], counties: &[County]) -> Vec<wire::MatrixRow> {
    let mut sums: HashMap<(&str, &str), i64> = HashMap::new();
    for row in year.of(Dimension::County) {
        *sums.entry((row.district.as_str(), row.key.as_str())).or_default() += row.amount;
    }
    let cell = |district: &str, county: &County| sums.get(&(district, county.id.as_str())).copied().unwrap_or(0);
    let row = |district: &wire::Region| wire::MatrixRow {
        district: district.id.clone(),
        cells_fen: counties.iter().map(|county| cell(&district.id, county)).collect(),
    };
    districts.iter().map(row).collect()
}

fn pairings(db: &mut Db, districts: &[wire::Region]) -> Result<Vec<wire::PairingRow>> {
    let pairings = regions::pairings(db)?.into_iter();
    let shown = pairings.filter(|pairing| districts.iter().any(|known| known.id == pairing.district.as_str()));
    let row = |pairing: domain::region::Pairing| wire::PairingRow {
        district: pairing.district.to_string(),
        county: pairing.county.to_string(),
        status: pairing.status,
    };
    Ok(shown.map(row).collect())
}

/// Sums by how buyer's district and county of origin stand to the pairings, from the district × county sums.
fn by_pair(db: &mut Db, year: &Year) -> Result<Vec<wire::PairSum>> {
    let pairings = regions::pairings(db)?;
    let mut sums: BTreeMap<PairKind, i64> = PairKind::ALL.iter().map(|kind| (*kind, 0)).collect();
    for row in year.of(Dimension::County) {
        let kind = pair_kind(&pairings, &DistrictId::new(&row.district), &CountyId::new(&row.key));
        *sums.entry(kind).or_default() += row.amount;
    }
    Ok(sums.into_iter().map(|(kind, amount)| wire::PairSum { kind, amount_fen: Money::from_fen(amount) }).collect())
}

/// What is ordered and not accepted, by district: amount in fen and number of orders.
pub(super) fn pipeline(db: &mut Db, district: Option<&DistrictId>) -> Result<HashMap<String, (i64, i64)>> {
    let on_the_way = State::ALL.iter().filter(|state| state.in_pipeline()).map(|state| state.code());
    let sum = diesel::dsl::sql::<diesel::sql_types::BigInt>("cast(coalesce(sum(pipeline_fen), 0) as bigint)");
    let mut query = orders::table
        .filter(orders::state.eq_any(on_the_way))
        .group_by(orders::buyer_district_id)
        .select((orders::buyer_district_id, sum, diesel::dsl::count_star()))
        .into_boxed();
    if let Some(district) = district {
        query = query.filter(orders::buyer_district_id.eq(district.to_string()));
    }
    let rows: Vec<(String, i64, i64)> = query.load(db)?;
    Ok(rows.into_iter().map(|(district, amount, orders)| (district, (amount, orders))).collect())
}

/// The year's targets and the day they are compared on.
pub(super) struct Targets {
    year: i16,
    today: Date,
    /// Only districts have targets for a district.
    whole_city: bool,
    amounts: HashMap<(Scope, String), Money>,
}

impl Targets {
    pub(super) fn read(db: &mut Db, year: i16, today: Date, district: Option<&DistrictId>) -> Result<Targets> {
        let rows = catalogue::targets_of(db, year)?;
        let amounts = rows.into_iter().map(|(scope, key, amount)| ((scope, key), amount)).collect();
        Ok(Targets { year, today, whole_city: district.is_none(), amounts })
    }

    fn own(&self, district: Option<&DistrictId>) -> Option<Money> {
        let key = district.map_or((Scope::City, String::new()), |district| (Scope::District, district.to_string()));
        self.amounts.get(&key).copied()
    }

    /// The target of one, whatever is shown.
    pub(super) fn of(&self, scope: Scope, key: &str) -> Option<Money> {
        self.amounts.get(&(scope, key.to_owned())).copied()
    }

    fn rows(
        &self,
        scope: Scope,
        keys: impl Iterator<Item = (String, String)>,
        sums: &Sums<'_>,
        pipeline: Option<&HashMap<String, (i64, i64)>>,
    ) -> Vec<wire::TallyRow> {
        let row = |(key, name): (String, String)| {
            let plain = sums.row(key, name);
            let bound = scope == Scope::District || self.whole_city;
            let target = self.of(scope, &plain.key).filter(|_| bound);
            let progress = target.and_then(|target| progress(plain.amount_fen, target, self.year, self.today));
            let on_the_way =
                |pipeline: &HashMap<String, (i64, i64)>| pipeline.get(&plain.key).map_or(0, |(amount, _)| *amount);
            wire::TallyRow {
                target_fen: target,
                completion_bp: progress.map(|progress| progress.completion_bp),
                behind_fen: progress.map(|progress| progress.behind),
                pipeline_fen: pipeline.map(on_the_way).map(Money::from_fen),
                ..plain
            }
        };
        keys.map(row).collect()
    }
}
