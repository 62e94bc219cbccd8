//! The rights of merchants to the regional brands. A brand is shown only under a licence that is in force.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::goods::Licence;
use domain::organisation::Actor;
use domain::permission::{Act, Whose, check};
use domain::product::Brand;
use domain::wire;
use jiff::civil::Date;

use super::{Db, audit, stored};
use crate::clock::Ms;
use crate::error::{Error, Result};
use crate::schema::{brand_licences, products};

/// Merchants and the brands they may show.
pub type Licensed = BTreeSet<(String, String)>;

/// Who may show which brand on a day.
///
/// # Errors
/// The database's.
pub fn in_force(db: &mut Db, day: Date) -> Result<Licensed> {
    let in_force: Vec<(String, String)> = brand_licences::table
        .filter(brand_licences::valid_to.ge(day.to_string()))
        .select((brand_licences::merchant_id, brand_licences::brand))
        .load(db)?;
    Ok(in_force.into_iter().collect())
}

/// The licences of a merchant, the first to end first.
///
/// # Errors
/// The database's.
pub fn of_merchant(db: &mut Db, actor: &Actor, today: Date) -> Result<Vec<wire::Licence>> {
    check(Some(actor.role), Act::SeeGoods, Whose::Own)?;
    let rows: Vec<(String, String, String)> = brand_licences::table
        .filter(brand_licences::merchant_id.eq(actor.organisation.to_string()))
        .order((brand_licences::valid_to, brand_licences::brand))
        .select((brand_licences::brand, brand_licences::number, brand_licences::valid_to))
        .load(db)?;
    let told = |(brand, number, valid_to): (String, String, String)| {
        let valid_to: Date = valid_to.parse().map_err(|_| Error::corrupt(format!("the day '{valid_to}'")))?;
        let licence = Licence { brand: stored!(Brand, &brand)?, number, valid_to };
        Ok(wire::Licence {
            standing: licence.standing(today),
            days_left: licence.days_left(today),
            brand: licence.brand,
            number: licence.number,
            valid_to: valid_to.to_string(),
        })
    };
    rows.into_iter().map(told).collect()
}

/// Records a licence; a renewed one takes the place of the one before, which stays in the audit. The goods of the brand count as
/// changed, since the lists show them otherwise.
///
/// # Errors
/// The refusal of those who hold none.
pub fn record(db: &mut Db, actor: &Actor, licence: &Licence, now: Ms) -> Result<()> {
    check(Some(actor.role), Act::RecordLicence, Whose::Own)?;
    let (brand, merchant) = (licence.brand.code(), actor.organisation.to_string());
    let known: Option<(String, String)> = brand_licences::table
        .find((brand, &merchant))
        .select((brand_licences::number, brand_licences::valid_to))
        .get_result(db)
        .optional()?;
    let recorded = (licence.number.clone(), licence.valid_to.to_string());
    if known.as_ref() == Some(&recorded) {
        return Ok(());
    }
    diesel::sql_query(
        "insert into brand_licences (brand, merchant_id, number, valid_to) values ($1, $2, $3, $4) \
         on conflict (brand, merchant_id) do update set number = excluded.number, valid_to = excluded.valid_to",
    )
    .bind::<Text, _>(brand)
    .bind::<Text, _>(&merchant)
    .bind::<Text, _>(&recorded.0)
    .bind::<Text, _>(&recorded.1)
    .execute(db)?;
    let of_brand = products::table.filter(products::merchant_id.eq(&merchant)).filter(products::brand.eq(brand));
    diesel::update(of_brand).set(products::revision.eq(products::revision + 1)).execute(db)?;
    let before = known.map_or_else(String::new, |(number, valid_to)| format!("{number} {valid_to} → "));
    let detail = format!("{before}{} {}", recorded.0, recorded.1);
    audit::record(db, Some(actor), "record_licence", &format!("{merchant} {brand}"), &detail, now)
}
