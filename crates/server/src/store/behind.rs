//! Who is behind, and what would help. The figures are the rollup's; what unions have left is reckoned from their plans by the same
//! rule as on their own page.

mod rooms;

use std::collections::HashMap;

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use domain::behind::{DistrictBehind, InSeason, PairBehind, furthest};
use domain::organisation::Actor;
use domain::permission::check_sales;
use domain::region::{DistrictId, Pairing};
use domain::tally::{Dimension, progress, time_progress_bp};
use domain::target::Scope;
use domain::{Language, Money, Say, wire};

use super::regions::County;
use super::tally::{Targets, Year, check_district, pipeline};
use super::{Db, regions};
use crate::clock::{self, Ms};
use crate::error::Result;
use crate::schema::products;

/// Of the running year: the districts behind the calendar, or the one that is asked for if it is, and the pairs whose county is.
///
/// # Errors
/// [`domain::Code::NotAllowed`] for those who may not see the figures; a district that is none.
pub fn behind(
    db: &mut Db,
    actor: &Actor,
    district: Option<&DistrictId>,
    now: Ms,
    reader: Language,
) -> Result<wire::Behind> {
    check_sales(actor, district)?;
    check_district(db, district)?;
    let today = clock::day(now);
    let year = today.year();
    let mut districts = regions::districts_told(db, reader)?;
    districts.retain(|known| district.is_none_or(|district| known.id == district.as_str()));
    let mut pairings = regions::pairings(db)?;
    pairings.retain(|pairing| districts.iter().any(|known| known.id == pairing.district.as_str()));
    let around = Around {
        // Counties are compared as a whole, whoever asks: what everybody bought of them is public.
        sold: Year::read(db, year, None)?,
        targets: Targets::read(db, year, today, district)?,
        counties: regions::counties(db)?,
        in_season: in_season(db, today.month())?,
        pipeline: pipeline(db, district)?,
        month: i64::from(today.month()),
        today,
        reader,
        pairings,
    };
    let mut rooms = rooms::by_district(db, district, year, now)?;
    let rows = districts.iter().filter_map(|district| {
        let unions = rooms.remove(&district.id).unwrap_or_default();
        around.district(district, unions)
    });
    let pairs = around.pairings.iter().filter_map(|pairing| around.pair(pairing, &districts));
    Ok(wire::Behind {
        year,
        as_of_ms: now,
        time_bp: time_progress_bp(year, today),
        items: furthest(rows.collect(), |row: &wire::BehindDistrict| Some(row.behind_fen)),
        pairs: furthest(pairs.collect(), |row: &wire::BehindPair| Some(row.behind_fen)),
        district: districts.into_iter().next().filter(|_| district.is_some()),
    })
}

/// How many goods of each county are on sale and in season in a month.
fn in_season(db: &mut Db, month: i8) -> Result<HashMap<String, i64>> {
    let bit = 1_i64 << (month - 1);
    let counts: Vec<(String, i64)> = products::table
        .filter(products::status.eq("on_sale"))
        .filter(sql::<Bool>(&format!("(season_bits & {bit}) = {bit}")))
        .group_by(products::county_id)
        .select((products::county_id, count_star()))
        .load(db)?;
    Ok(counts.into_iter().collect())
}

/// What a district's row is made of.
struct Around {
    sold: Year,
    targets: Targets,
    counties: Vec<County>,
    in_season: HashMap<String, i64>,
    pipeline: HashMap<String, (i64, i64)>,
    month: i64,
    today: jiff::civil::Date,
    reader: Language,
    pairings: Vec<Pairing>,
}

impl Around {
    fn county(&self, id: &str) -> Option<&County> {
        self.counties.iter().find(|county| county.id == id)
    }

    /// None for a district without a target.
    fn district(&self, district: &wire::Region, unions: Vec<wire::UnionRoom>) -> Option<wire::BehindDistrict> {
        let amount = Money::from_fen(self.sold.by_district().get(district.id.as_str()).copied().unwrap_or(0));
        let target = self.targets.of(Scope::District, &district.id)?;
        let progress = progress(amount, target, self.today.year(), self.today)?;
        let pipeline = Money::from_fen(self.pipeline.get(&district.id).map_or(0, |(amount, _)| *amount));
        let goods = self.goods(&district.id);
        let need = DistrictBehind {
            name: Say::same(&district.name),
            behind: progress.behind,
            pipeline,
            unions: unions.len() as i64,
            unspent: Money::from_fen(unions.iter().map(|room| room.unspent_fen.fen()).sum()),
            in_season: goods.iter().map(as_in_season).collect(),
        };
        Some(wire::BehindDistrict {
            key: district.id.clone(),
            name: district.name.clone(),
            amount_fen: amount,
            target_fen: target,
            completion_bp: progress.completion_bp,
            behind_fen: progress.behind,
            pipeline_fen: pipeline,
            sentence: need.sentence().to(self.reader).to_owned(),
            unions,
            goods,
        })
    }

    /// What is in season in the counties a district is paired with.
    fn goods(&self, district: &str) -> Vec<wire::SeasonGoods> {
        let paired = self.pairings.iter().filter(|pairing| pairing.district.as_str() == district);
        let goods = paired.filter_map(|pairing| {
            let county = self.county(pairing.county.as_str())?;
            let count = *self.in_season.get(&county.id)?;
            Some(wire::SeasonGoods {
                county: county.id.clone(),
                name: county.short(self.reader).to_owned(),
                status: pairing.status,
                month: self.month,
                count,
            })
        });
        goods.collect()
    }

    /// None where the county has no target.
    fn pair(&self, pairing: &Pairing, districts: &[wire::Region]) -> Option<wire::BehindPair> {
        let county = self.county(pairing.county.as_str())?;
        let district = districts.iter().find(|known| known.id == pairing.district.as_str())?;
        let amount = Money::from_fen(self.sold.by_key(Dimension::County).get(county.id.as_str()).copied().unwrap_or(0));
        let target = self.targets.of(Scope::County, &county.id)?;
        let behind = progress(amount, target, self.today.year(), self.today)?.behind;
        let bought = Money::from_fen(self.sold.of_pair(&district.id, &county.id));
        let need = PairBehind {
            district: Say::same(&district.name),
            county: Say::same(county.short(self.reader)),
            status: pairing.status,
            behind,
            bought,
        };
        Some(wire::BehindPair {
            district: district.id.clone(),
            county: county.id.clone(),
            status: pairing.status,
            behind_fen: behind,
            bought_fen: bought,
            sentence: need.sentence().to(self.reader).to_owned(),
        })
    }
}

fn as_in_season(goods: &wire::SeasonGoods) -> InSeason {
    InSeason { county: Say::same(&goods.name), status: goods.status, goods: goods.count }
}
