//! Fills an empty database from the files of `data/`.

use diesel::prelude::*;
use domain::id::ProductId;
use domain::uscc::Uscc;

use super::Db;
use crate::clock::Ms;
use crate::data::{Account, Data, Organisation, Product, Region, RegionKind};
use crate::error::Result;
use crate::schema::{
    accounts, brand_licences, counting_rules, ledger_head, organisations, pairings, price_breaks, products, regions,
    targets,
};

/// Whether nothing has been loaded yet.
pub fn is_empty(db: &mut Db) -> Result<bool> {
    let known: i64 = regions::table.count().get_result(db)?;
    Ok(known == 0)
}

/// The same, asked by somebody who is about to fill it: others who ask wait until that is done.
pub fn take_empty(db: &mut Db) -> Result<bool> {
    diesel::update(ledger_head::table).set(ledger_head::one.eq(ledger_head::one)).execute(db)?;
    is_empty(db)
}

/// Stores everything of `data`; `hashes` are the password hashes of its accounts, in their order.
pub fn load(db: &mut Db, data: &Data, hashes: &[String]) -> Result<()> {
    for (position, region) in data.regions.iter().enumerate() {
        insert_region(db, region, position)?;
    }
    insert_pairings(db, data)?;
    for organisation in &data.organisations {
        insert_organisation(db, organisation)?;
    }
    for (account, hash) in data.accounts.iter().zip(hashes) {
        insert_account(db, account, hash)?;
    }
    for product in &data.products {
        insert_product(db, product)?;
    }
    insert_rules_and_targets(db, data)
}

fn insert_region(db: &mut Db, region: &Region, position: usize) -> Result<()> {
    let (kind, prefecture) = match region.kind {
        RegionKind::Prefecture => ("prefecture", region.id.as_str()),
        RegionKind::County(prefecture) => ("county", prefecture.code()),
        RegionKind::District => ("district", "ningbo"),
    };
    diesel::insert_into(regions::table)
        .values((
            regions::region_id.eq(&region.id),
            regions::kind.eq(kind),
            regions::prefecture.eq(prefecture),
            regions::name.eq(&region.name),
            regions::short.eq(&region.short),
            regions::name_en.eq(&region.name_en),
            regions::position.eq(position as i64),
        ))
        .execute(db)?;
    Ok(())
}

fn insert_pairings(db: &mut Db, data: &Data) -> Result<()> {
    for pairing in &data.pairings {
        diesel::insert_into(pairings::table)
            .values((
                pairings::district_id.eq(&pairing.district),
                pairings::county_id.eq(&pairing.county),
                pairings::programme.eq(&pairing.programme),
                pairings::since.eq(pairing.since),
                pairings::status.eq(pairing.status.code()),
                pairings::source.eq(&pairing.source),
            ))
            .execute(db)?;
    }
    Ok(())
}

fn insert_organisation(db: &mut Db, organisation: &Organisation) -> Result<()> {
    diesel::insert_into(organisations::table)
        .values((
            organisations::organisation_id.eq(organisation.id.to_string()),
            organisations::kind.eq(organisation.kind.code()),
            organisations::name.eq(&organisation.name),
            organisations::uscc.eq(organisation.uscc.as_str()),
            organisations::employer_uscc.eq(organisation.employer_uscc.as_ref().map(Uscc::as_str)),
            organisations::district_id.eq(&organisation.district),
            organisations::county_id.eq(&organisation.county),
            organisations::members.eq(organisation.members),
            organisations::address.eq(&organisation.address),
            organisations::phone.eq(&organisation.phone),
        ))
        .execute(db)?;
    Ok(())
}

fn insert_account(db: &mut Db, account: &Account, hash: &str) -> Result<()> {
    diesel::insert_into(accounts::table)
        .values((
            accounts::account_id.eq(account.id.to_string()),
            accounts::organisation_id.eq(account.organisation.to_string()),
            accounts::role.eq(account.role.code()),
            accounts::login.eq(&account.login),
            accounts::name.eq(&account.name),
            accounts::password_hash.eq(hash),
        ))
        .execute(db)?;
    Ok(())
}

fn insert_product(db: &mut Db, product: &Product) -> Result<()> {
    let product_id = product.id.to_string();
    diesel::insert_into(products::table)
        .values((
            (
                products::product_id.eq(&product_id),
                products::merchant_id.eq(product.merchant.to_string()),
                products::county_id.eq(&product.county),
                products::brand.eq(product.brand.map(domain::product::Brand::code)),
                products::category.eq(product.category.code()),
                products::name.eq(&product.name),
                products::name_en.eq(&product.name_en),
                products::pinyin.eq(&product.pinyin),
                products::spec.eq(&product.spec),
                products::unit.eq(&product.unit),
                products::minimum_order.eq(product.minimum_order),
                products::available.eq(product.available),
            ),
            (
                products::season_bits.eq(i64::from(product.season.bits())),
                products::shelf_life_days.eq(product.shelf_life_days),
                products::cold_chain.eq(product.cold_chain),
                products::certification_kind
                    .eq(product.certification_kind.map(domain::product::CertificationKind::code)),
                products::certification.eq(&product.certification),
                products::certification_number.eq(&product.certification_number),
                products::union_gift_ok.eq(product.union_gift_ok),
                products::status.eq("on_sale"),
                products::description.eq(&product.description),
                products::description_en.eq(&product.description_en),
                products::created_at_ms.eq(made_at(product.id)),
            ),
        ))
        .execute(db)?;
    for step in product.ladder.steps() {
        diesel::insert_into(price_breaks::table)
            .values((
                price_breaks::product_id.eq(&product_id),
                price_breaks::from_quantity.eq(step.from_quantity.get()),
                price_breaks::unit_price_fen.eq(step.unit_price_fen.fen()),
            ))
            .execute(db)?;
    }
    Ok(())
}

/// When the identifier of a product was made: its first 48 bits. Source: RFC 9562, 5.7.
fn made_at(id: ProductId) -> Ms {
    id.0.get_timestamp().map_or(0, |at| {
        let (seconds, nanoseconds) = at.to_unix();
        seconds as Ms * 1000 + Ms::from(nanoseconds) / 1_000_000
    })
}

fn insert_rules_and_targets(db: &mut Db, data: &Data) -> Result<()> {
    for licence in &data.licences {
        diesel::insert_into(brand_licences::table)
            .values((
                brand_licences::brand.eq(licence.brand.code()),
                brand_licences::merchant_id.eq(licence.merchant.to_string()),
                brand_licences::number.eq(&licence.number),
                brand_licences::valid_to.eq(licence.valid_to.to_string()),
            ))
            .execute(db)?;
    }
    for rule in &data.counting_rules {
        super::counting::load(db, rule)?;
    }
    for rule in &data.rules {
        super::rules::load(db, rule)?;
    }
    for target in &data.targets {
        super::targets::load(db, target)?;
    }
    Ok(())
}

/// The version of the counting rule in force on a day.
pub fn counting_rule(db: &mut Db, day: jiff::civil::Date) -> Result<String> {
    let version = counting_rules::table
        .filter(counting_rules::valid_from.le(day.to_string()))
        .order((counting_rules::valid_from.desc(), counting_rules::version.desc()))
        .select(counting_rules::version)
        .first(db)
        .optional()?;
    version.ok_or_else(|| anyhow::anyhow!("no counting rule is in force on {day}; add one to data/rules.toml").into())
}

/// The year's targets in force: the highest version of each.
pub fn targets_of(db: &mut Db, year: i16) -> Result<Vec<(domain::target::Scope, String, domain::Money)>> {
    let rows: Vec<(String, String, i64)> = targets::table
        .filter(targets::year.eq(i64::from(year)))
        .order((targets::scope, targets::key, targets::version.desc()))
        .select((targets::scope, targets::key, targets::amount_fen))
        .load(db)?;
    let mut in_force: Vec<(domain::target::Scope, String, domain::Money)> = Vec::new();
    for (scope, key, amount) in rows {
        let scope = super::stored!(domain::target::Scope, &scope)?;
        if in_force.last().is_none_or(|last| (last.0, &last.1) != (scope, &key)) {
            in_force.push((scope, key, domain::Money::from_fen(amount)));
        }
    }
    Ok(in_force)
}
