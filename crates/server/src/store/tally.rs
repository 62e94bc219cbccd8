//! The coordinator's figures, read from the rollup alone: a total costs the same however long the ledger is.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use domain::channel::Channel;
use domain::order_life::State;
use domain::organisation::{Actor, Role};
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
use crate::schema::{day_sums, ledger_head, orders, rollups};

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
        let mut sums = HashMap::new();
        for row in self.of(dimension) {
            *sums.entry(row.key.as_str()).or_insert(0) += row.amount;
        }
        sums
    }

    pub(super) fn by_district(&self) -> HashMap<&str, i64> {
        let mut sums = HashMap::new();
        for row in self.of(Dimension::Total) {
            *sums.entry(row.district.as_str()).or_insert(0) += row.amount;
        }
        sums
    }
}

/// The year's figures of a district, or of the whole city.
///
/// # Errors
/// [`domain::Code::NotAllowed`] for those who may not see them; a district that is none.
pub fn tally(
    db: &mut Db,
    actor: &Actor,
    year: i16,
    district: Option<&DistrictId>,
    now: Ms,
    reader: Language,
) -> Result<wire::Tally> {
    check_sales(actor, district)?;
    check_district(db, district)?;
    let today = clock::day(now);
    let all_districts = regions::districts_told(db, reader)?;
    let this = Year::read(db, year, district)?;
    let last = Year::read(db, year - 1, district)?;
    // What is on its way today belongs to this year.
    let pipeline = if year == today.year() { pipeline(db, district)? } else { HashMap::new() };
    let targets = Targets::read(db, year, today, district)?;
    let (recognised, entries) = this.total();
    let own = targets.own(district);
    let progress = own.and_then(|target| progress(Money::from_fen(recognised), target, year, today));
    let counties = regions::counties(db)?;
    let shown_districts: Vec<wire::Region> = match district {
        Some(district) => all_districts.iter().filter(|known| known.id == district.as_str()).cloned().collect(),
        None => all_districts.clone(),
    };
    Ok(wire::Tally {
        year,
        district: district
            .and_then(|district| all_districts.iter().find(|known| known.id == district.as_str()).cloned()),
        districts: if actor.role == Role::CityCoordinator { all_districts } else { shown_districts.clone() },
        as_of_ms: now,
        last_entry: ledger_head::table.select(ledger_head::sequence).get_result(db)?,
        counting_rule: catalogue::counting_rule(db, today)?,
        recognised_fen: Money::from_fen(recognised),
        entries,
        last_year_fen: same_stretch(db, year - 1, today, district)?,
        target_fen: own,
        completion_bp: progress.map(|progress| progress.completion_bp),
        time_bp: time_progress_bp(year, today),
        day_of_year: i64::from(today.day_of_year()),
        days_in_year: i64::from(today.days_in_year()),
        gap_fen: progress.map(|progress| progress.gap),
        behind_fen: progress.map(|progress| progress.behind),
        pipeline_fen: Money::from_fen(pipeline.values().map(|(amount, _)| amount).sum()),
        pipeline_orders: pipeline.values().map(|(_, orders)| orders).sum(),
        by_district: targets.rows(
            Scope::District,
            shown_districts.into_iter().map(|district| (district.id, district.name)),
            &this.by_district(),
            (year == today.year()).then_some(&pipeline),
        ),
        by_county: by_county(&counties, &this.by_key(Dimension::County), reader),
        by_brand: by_brand(&this.by_key(Dimension::Brand), reader),
        by_channel: targets.rows(
            Scope::Channel,
            named(Channel::ALL, Channel::code, Channel::word, reader),
            &this.by_key(Dimension::Channel),
            None,
        ),
        by_category: by_category(&this.by_key(Dimension::Category), reader),
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

fn by_county(counties: &[County], sums: &HashMap<&str, i64>, reader: Language) -> Vec<wire::TallyRow> {
    // A zone has no goods of its own; it is shown once something has been sold from it.
    let shown = counties.iter().filter(|county| !county.id.ends_with("_zone") || sums.contains_key(county.id.as_str()));
    let row = |county: &County| wire::TallyRow {
        prefecture: Some(county.prefecture),
        ..plain_row(county.id.clone(), county.short(reader).to_owned(), sums)
    };
    shown.map(row).collect()
}

fn by_brand(sums: &HashMap<&str, i64>, reader: Language) -> Vec<wire::TallyRow> {
    let none = sums.contains_key(NO_BRAND).then(|| (NO_BRAND.to_owned(), no_brand(reader).to_owned()));
    plain_rows(named(Brand::ALL, Brand::code, Brand::word, reader).chain(none), sums)
}

fn by_category(sums: &HashMap<&str, i64>, reader: Language) -> Vec<wire::TallyRow> {
    plain_rows(named(Category::ALL, Category::code, Category::word, reader), sums)
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

/// Last year up to the same day.
pub(super) fn same_stretch(db: &mut Db, year: i16, today: Date, district: Option<&DistrictId>) -> Result<Money> {
    // Of a year that is over, the whole year before is the same stretch. A leap day has its like in no other year, but as
    // text it stands where it should, between the 28th and the 1st.
    let until =
        if year + 1 == today.year() { format!("{year}-{}", today.strftime("%m-%d")) } else { format!("{year}-12-31") };
    let sum = diesel::dsl::sql::<diesel::sql_types::BigInt>("cast(coalesce(sum(amount_fen), 0) as bigint)");
    let mut days =
        day_sums::table.filter(day_sums::day.between(format!("{year}-01-01"), until)).select(sum).into_boxed();
    if let Some(district) = district {
        days = days.filter(day_sums::district_id.eq(district.as_str()));
    }
    Ok(Money::from_fen(days.get_result(db)?))
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
struct Targets {
    year: i16,
    today: Date,
    /// Channels have targets for the whole city only.
    whole_city: bool,
    amounts: HashMap<(Scope, String), Money>,
}

impl Targets {
    fn read(db: &mut Db, year: i16, today: Date, district: Option<&DistrictId>) -> Result<Targets> {
        let rows = catalogue::targets_of(db, year)?;
        let amounts = rows.into_iter().map(|(scope, key, amount)| ((scope, key), amount)).collect();
        Ok(Targets { year, today, whole_city: district.is_none(), amounts })
    }

    fn own(&self, district: Option<&DistrictId>) -> Option<Money> {
        let key = district.map_or((Scope::City, String::new()), |district| (Scope::District, district.to_string()));
        self.amounts.get(&key).copied()
    }

    fn rows(
        &self,
        scope: Scope,
        keys: impl Iterator<Item = (String, String)>,
        sums: &HashMap<&str, i64>,
        pipeline: Option<&HashMap<String, (i64, i64)>>,
    ) -> Vec<wire::TallyRow> {
        let row = |(key, name): (String, String)| {
            let amount = Money::from_fen(sums.get(key.as_str()).copied().unwrap_or(0));
            let bound = scope == Scope::District || self.whole_city;
            let target = self.amounts.get(&(scope, key.clone())).copied().filter(|_| bound);
            let progress = target.and_then(|target| progress(amount, target, self.year, self.today));
            let on_the_way =
                |pipeline: &HashMap<String, (i64, i64)>| pipeline.get(&key).map_or(0, |(amount, _)| *amount);
            wire::TallyRow {
                prefecture: None,
                amount_fen: amount,
                target_fen: target,
                completion_bp: progress.map(|progress| progress.completion_bp),
                behind_fen: progress.map(|progress| progress.behind),
                pipeline_fen: pipeline.map(on_the_way).map(Money::from_fen),
                key,
                name,
            }
        };
        keys.map(row).collect()
    }
}

/// A row of what has no target of its own.
fn plain_row(key: String, name: String, sums: &HashMap<&str, i64>) -> wire::TallyRow {
    wire::TallyRow {
        prefecture: None,
        amount_fen: Money::from_fen(sums.get(key.as_str()).copied().unwrap_or(0)),
        target_fen: None,
        completion_bp: None,
        behind_fen: None,
        pipeline_fen: None,
        key,
        name,
    }
}

fn plain_rows(keys: impl Iterator<Item = (String, String)>, sums: &HashMap<&str, i64>) -> Vec<wire::TallyRow> {
    keys.map(|(key, name)| plain_row(key, name, sums)).collect()
}
