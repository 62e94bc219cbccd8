//! The figures of the monthly bulletin: sums by day and by month, never entries.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::bulletin::bulletin;
use domain::channel::Channel;
use domain::counting;
use domain::organisation::Actor;
use domain::permission::check_sales;
use domain::region::{CountyId, DistrictId, PairKind, pair_kind};
use domain::statement::Month;
use domain::tally::{Dimension, progress, time_progress_bp};
use domain::target::Scope;
use domain::{Language, Money, Refusal, say, wire};
use jiff::civil::{Date, date};

use super::regions::County;
use super::{Db, catalogue, closing, counting as versions, regions};
use crate::clock::{self, Ms};
use crate::error::{Error, Result};
use crate::schema::{day_sums, rollups};

/// The bulletin of January to a month, for the whole city.
///
/// # Errors
/// [`domain::Code::NotAllowed`] for all but the city's office; a refusal of `month` for one that has not begun.
pub fn of(db: &mut Db, actor: &Actor, year: i16, month: i8, now: Ms, reader: Language) -> Result<wire::Bulletin> {
    check_sales(actor, None)?;
    let today = clock::day(now);
    let of_month = Month::of(date(year, month, 1));
    if of_month.first() > today {
        let sentence =
            say!("{of_month} 还没有到，请选已经开始的月份", "{of_month} has not begun; choose a month that has");
        return Err(Refusal::field("month", sentence).into());
    }
    let until = of_month.first().last_of_month().min(today);
    Ok(bulletin(figures(db, of_month, until, reader)?, reader))
}

/// Amount and entries.
type Sum = (i64, i64);

fn figures(db: &mut Db, month: Month, until: Date, reader: Language) -> Result<wire::BulletinFigures> {
    let (year, first) = (month.first().year(), month.first());
    let whole_months = until == first.last_of_month();
    let (january, last_year) = (first.first_of_year(), |day: Date| a_year_before(day, whole_months));
    let so_far = by_district(db, january, until)?;
    let before = by_district(db, last_year(january), last_year(until))?;
    let total = |sums: &HashMap<String, Sum>| {
        sums.values().fold((0, 0), |(amount, entries), sum| (amount + sum.0, entries + sum.1))
    };
    let (recognised, entries) = total(&so_far);
    let targets = catalogue::targets_of(db, year)?;
    let target = |scope: Scope, key: &str| {
        targets.iter().find(|known| known.0 == scope && known.1 == key).map(|(.., amount)| *amount)
    };
    let rate = |amount: Money, target: Option<Money>| Some(progress(amount, target?, year, until)?.completion_bp);
    let place = |key: String, name: String, amount: i64, last: Option<i64>, target: Option<Money>| {
        let amount_fen = Money::from_fen(amount);
        let (last_year_fen, completion_bp) = (last.map(Money::from_fen), rate(amount_fen, target));
        wire::BulletinPlace {
            key,
            name,
            prefecture: None,
            amount_fen,
            last_year_fen,
            target_fen: target,
            completion_bp,
        }
    };
    let districts = regions::districts_told(db, reader)?;
    let by_district = districts.iter().map(|district| {
        let of = |sums: &HashMap<String, Sum>| sums.get(&district.id).map_or(0, |sum| sum.0);
        let bound = target(Scope::District, &district.id);
        place(district.id.clone(), district.name.clone(), of(&so_far), Some(of(&before)), bound)
    });
    let by_district = by_district.collect();
    let counties = regions::counties(db)?;
    let crossings = crossings(db, year, month)?;
    let of_county = |county: &County| -> i64 {
        crossings.iter().filter(|(_, known, _)| *known == county.id).map(|(.., amount)| amount).sum()
    };
    let by_county = counties.iter().filter(|county| county.is_shown() || of_county(county) != 0).map(|county| {
        let bound = target(Scope::County, &county.id);
        let name = county_name(county, reader);
        let place = place(county.id.clone(), name, of_county(county), None, bound);
        wire::BulletinPlace { prefecture: Some(county.prefecture), ..place }
    });
    let channels = by_key(db, year, month, Dimension::Channel)?;
    let by_channel = Channel::ALL.iter().map(|channel| {
        let amount = channels.get(channel.code()).copied().unwrap_or_default();
        let bound = target(Scope::Channel, channel.code());
        place(channel.code().to_owned(), channel.word(reader).to_owned(), amount, None, bound)
    });
    let (by_pair, verified_pairs) = pairs(db, &crossings, &districts, &counties, reader)?;
    let city = target(Scope::City, "");
    let recognised_fen = Money::from_fen(recognised);
    let rules = versions::all(db)?;
    let rule = counting::in_force(&rules, until);
    let rule = rule.ok_or_else(|| Error::corrupt(format!("no counting rule in force on {until}")))?;
    let month_number = i64::from(first.month());
    Ok(wire::BulletinFigures {
        year,
        month: month_number,
        until: until.to_string(),
        whole_months,
        recognised_fen,
        last_year_fen: Money::from_fen(total(&before).0),
        month_fen: Money::from_fen(total(&self::by_district(db, first, until)?).0),
        month_last_year_fen: Money::from_fen(total(&self::by_district(db, last_year(first), last_year(until))?).0),
        target_fen: city,
        completion_bp: rate(recognised_fen, city),
        time_bp: time_progress_bp(year, until),
        entries,
        by_district,
        by_county: by_county.collect(),
        by_channel: by_channel.collect(),
        by_pair,
        verified_pairs,
        counting_rule: rule.version.clone(),
        counting_document: rule.document.clone(),
        open_months: closing::open_months(db, year, month_number)?,
    })
}

fn county_name(county: &County, reader: Language) -> String {
    match reader {
        Language::Zh => county.name.clone(),
        Language::En => county.name_en.clone(),
    }
}

/// The same day of the year before; of whole months the month's last, so that a February has all its days.
fn a_year_before(day: Date, whole_months: bool) -> Date {
    let year = day.year() - 1;
    let same_month = date(year, day.month(), 1);
    let last = same_month.last_of_month();
    match whole_months && day == day.last_of_month() {
        true => last,
        false => date(year, day.month(), day.day().min(last.day())),
    }
}

fn by_district(db: &mut Db, first: Date, last: Date) -> Result<HashMap<String, Sum>> {
    let sum = |what: &'static str| diesel::dsl::sql::<diesel::sql_types::BigInt>(what);
    let rows: Vec<(String, i64, i64)> = day_sums::table
        .filter(day_sums::day.between(first.to_string(), last.to_string()))
        .group_by(day_sums::district_id)
        .select((day_sums::district_id, sum("cast(sum(amount_fen) as bigint)"), sum("cast(sum(entries) as bigint)")))
        .load(db)?;
    Ok(rows.into_iter().map(|(district, amount, entries)| (district, (amount, entries))).collect())
}

/// Rows of the sums from January to the month.
fn so_far(db: &mut Db, year: i16, month: Month, dimension: Dimension) -> Result<Vec<(String, String, i64)>> {
    let rows = rollups::table
        .filter(rollups::month.between(i64::from(year) * 100 + 1, month.number()))
        .filter(rollups::dimension.eq(dimension.code()))
        .select((rollups::district_id, rollups::key, rollups::amount_fen));
    Ok(rows.load(db)?)
}

fn by_key(db: &mut Db, year: i16, month: Month, dimension: Dimension) -> Result<HashMap<String, i64>> {
    let mut sums = HashMap::new();
    for (_, key, amount) in so_far(db, year, month, dimension)? {
        *sums.entry(key).or_default() += amount;
    }
    Ok(sums)
}

/// Sums by district and county.
fn crossings(db: &mut Db, year: i16, month: Month) -> Result<Vec<(String, String, i64)>> {
    let mut sums: HashMap<(String, String), i64> = HashMap::new();
    for (district, county, amount) in so_far(db, year, month, Dimension::County)? {
        *sums.entry((district, county)).or_default() += amount;
    }
    let mut crossings: Vec<_> =
        sums.into_iter().map(|((district, county), amount)| (district, county, amount)).collect();
    crossings.sort();
    Ok(crossings)
}

/// Sums by kind of pair, and the confirmed pairs by name, the highest first. What is only assumed has no name here.
fn pairs(
    db: &mut Db,
    crossings: &[(String, String, i64)],
    districts: &[wire::Region],
    counties: &[County],
    reader: Language,
) -> Result<(Vec<wire::PairSum>, Vec<wire::BulletinPair>)> {
    let pairings = regions::pairings(db)?;
    let kind = |district: &str, county: &str| pair_kind(&pairings, &DistrictId::new(district), &CountyId::new(county));
    let sum = |wanted: PairKind| {
        let of_kind = crossings.iter().filter(|(district, county, _)| kind(district, county) == wanted);
        wire::PairSum { kind: wanted, amount_fen: Money::from_fen(of_kind.map(|(.., amount)| amount).sum()) }
    };
    let verified = crossings
        .iter()
        .filter(|(district, county, amount)| *amount > 0 && kind(district, county) == PairKind::Verified);
    let pair = |(district_id, county_id, amount): &(String, String, i64)| wire::BulletinPair {
        district: districts.iter().find(|it| it.id == *district_id).map(|it| it.name.clone()).unwrap_or_default(),
        county: counties.iter().find(|it| it.id == *county_id).map(|it| county_name(it, reader)).unwrap_or_default(),
        district_id: district_id.clone(),
        county_id: county_id.clone(),
        amount_fen: Money::from_fen(*amount),
    };
    let mut verified: Vec<wire::BulletinPair> = verified.map(pair).collect();
    verified.sort_by_key(|pair| std::cmp::Reverse(pair.amount_fen));
    Ok((PairKind::ALL.iter().map(|kind| sum(*kind)).collect(), verified))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_stretch_of_last_year_knows_leap_days() {
        assert_eq!(a_year_before(date(2026, 10, 31), true), date(2025, 10, 31));
        assert_eq!(a_year_before(date(2025, 2, 28), true), date(2024, 2, 29), "a whole February");
        assert_eq!(a_year_before(date(2028, 2, 29), false), date(2027, 2, 28));
        assert_eq!(a_year_before(date(2026, 11, 12), false), date(2025, 11, 12));
    }
}
