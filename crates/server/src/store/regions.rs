//! Names of regions, and who is paired with whom.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::region::{CountyId, DistrictId, Pairing, PairingStatus, Prefecture};
use domain::{Language, wire};

use super::{Db, stored};
use crate::error::Result;
use crate::schema::{pairings, regions};

#[derive(Debug, Clone)]
pub struct County {
    pub id: String,
    pub prefecture: Prefecture,
    pub name: String,
    pub short: String,
    pub name_en: String,
}

impl County {
    /// What lists call it: 庆元, Qingyuan.
    pub fn short(&self, reader: Language) -> &str {
        match reader {
            Language::Zh => &self.short,
            Language::En => &self.name_en,
        }
    }

    /// A zone has no goods of its own. A county with none left keeps its place in lists, greyed out.
    pub fn is_shown(&self) -> bool {
        !self.id.ends_with("_zone")
    }
}

/// The counties of Lishui and Quzhou in the order lists show them.
pub fn counties(db: &mut Db) -> Result<Vec<County>> {
    let rows: Vec<(String, String, String, String, String)> = regions::table
        .filter(regions::kind.eq("county"))
        .order(regions::position)
        .select((regions::region_id, regions::prefecture, regions::name, regions::short, regions::name_en))
        .load(db)?;
    let county = |(id, prefecture, name, short, name_en): (String, String, String, String, String)| {
        Ok(County { id, prefecture: stored!(Prefecture, &prefecture)?, name, short, name_en })
    };
    rows.into_iter().map(county).collect()
}

/// The districts of Ningbo in the order lists show them.
pub fn districts(db: &mut Db) -> Result<Vec<wire::Region>> {
    districts_told(db, Language::Zh)
}

/// The same, named in the reader's language.
pub fn districts_told(db: &mut Db, reader: Language) -> Result<Vec<wire::Region>> {
    let rows: Vec<(String, String, String)> = regions::table
        .filter(regions::kind.eq("district"))
        .order(regions::position)
        .select((regions::region_id, regions::name, regions::name_en))
        .load(db)?;
    let told = |(id, zh, en): (String, String, String)| {
        let name = match reader {
            Language::Zh => zh,
            Language::En => en,
        };
        wire::Region { id, name }
    };
    Ok(rows.into_iter().map(told).collect())
}

/// English names of all regions, by id.
pub fn names_en(db: &mut Db) -> Result<HashMap<String, String>> {
    let names: Vec<(String, String)> = regions::table.select((regions::region_id, regions::name_en)).load(db)?;
    Ok(names.into_iter().collect())
}

pub fn name(db: &mut Db, region_id: &str) -> Result<String> {
    Ok(regions::table.find(region_id).select(regions::name).get_result(db)?)
}

/// The same, in the reader's language.
pub fn name_told(db: &mut Db, region_id: &str, reader: Language) -> Result<String> {
    Ok(match reader {
        Language::Zh => name(db, region_id)?,
        Language::En => regions::table.find(region_id).select(regions::name_en).get_result(db)?,
    })
}

pub fn pairings(db: &mut Db) -> Result<Vec<Pairing>> {
    let rows: Vec<(String, String, String)> =
        pairings::table.select((pairings::district_id, pairings::county_id, pairings::status)).load(db)?;
    let pairing = |(district, county, status): (String, String, String)| {
        let status = stored!(PairingStatus, &status)?;
        Ok(Pairing { district: DistrictId::new(district), county: CountyId::new(county), status })
    };
    rows.into_iter().map(pairing).collect()
}

/// The districts paired with a county.
pub fn paired_districts(db: &mut Db, county_id: &str) -> Result<Vec<wire::PairedDistrict>> {
    let rows: Vec<(String, String, Option<i64>, String)> = pairings::table
        .inner_join(regions::table.on(regions::region_id.eq(pairings::district_id)))
        .filter(pairings::county_id.eq(county_id))
        .order(regions::position)
        .select((regions::name, regions::name_en, pairings::since, pairings::status))
        .load(db)?;
    let paired = |(name, name_en, since, status): (String, String, Option<i64>, String)| {
        Ok(wire::PairedDistrict { name, name_en, since, status: stored!(PairingStatus, &status)? })
    };
    rows.into_iter().map(paired).collect()
}
