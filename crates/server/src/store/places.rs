//! A county or a brand by itself: what is said of it, who is paired with it, and what was sold for it.

use diesel::prelude::*;
use domain::product::Brand;
use domain::tally::Dimension;
use domain::target::Scope;
use domain::{say, wire};

use super::public_total::year_sold;
use super::{Db, regions};
use crate::clock::{self, Ms};
use crate::data::About;
use crate::error::{Result, not_found};
use crate::schema::brand_licences;

/// # Errors
/// A refusal when there is no such county.
pub fn county(db: &mut Db, id: &str, about: &About, now: Ms) -> Result<wire::County> {
    let Some(county) = regions::counties(db)?.into_iter().find(|county| county.id == id) else {
        return not_found(say!("这个县", "This county"));
    };
    let year = clock::day(now).year();
    let sold = year_sold(db, Dimension::County, (Scope::County, id), year, now)?;
    let About { about, about_en } = about.clone();
    Ok(wire::County {
        pairings: regions::paired_districts(db, id)?,
        key: county.id,
        name: county.name,
        short: county.short,
        name_en: county.name_en,
        prefecture: county.prefecture,
        about,
        about_en,
        sold,
    })
}

pub fn brand(db: &mut Db, brand: Brand, about: &About, now: Ms) -> Result<wire::BrandSales> {
    let today = clock::day(now);
    let licensed_merchants = brand_licences::table
        .filter(brand_licences::brand.eq(brand.code()))
        .filter(brand_licences::valid_to.ge(today.to_string()))
        .count()
        .get_result(db)?;
    let sold = year_sold(db, Dimension::Brand, (Scope::Brand, brand.code()), today.year(), now)?;
    let About { about, about_en } = about.clone();
    Ok(wire::BrandSales { brand, about, about_en, licensed_merchants, sold })
}
