//! The photos of products: which there are, in which order. Their pictures are files (`crate::photos`).

use std::collections::HashMap;

use diesel::prelude::*;
use domain::id::OrganisationId;
use domain::organisation::Actor;
use domain::permission::{Act, check_product};
use domain::photo::{self, PhotoHash};
use domain::{say, wire};

use super::{Db, audit, stored_id};
use crate::clock::Ms;
use crate::error::{Error, Result, not_found};
use crate::schema::{photos, products};

/// A photo whose pictures are on the disk.
#[derive(Debug, Clone)]
pub struct NewPhoto {
    pub hash: PhotoHash,
    pub width: u32,
    pub height: u32,
}

/// What became of an uploaded photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    New,
    /// The product has had it before.
    Known,
}

/// Whether somebody may manage the photos of a product.
///
/// # Errors
/// The refusal, or that there is no such product.
pub fn check_owner(db: &mut Db, actor: &Actor, product_id: &str) -> Result<()> {
    let merchant: Option<String> =
        products::table.find(product_id).select(products::merchant_id).get_result(db).optional()?;
    let Some(merchant) = merchant else { return not_found(say!("这个产品", "This product")) };
    Ok(check_product(actor, Act::UploadPhoto, stored_id::<OrganisationId>(&merchant)?)?)
}

/// Adds a photo behind the others.
pub fn add(db: &mut Db, actor: &Actor, product_id: &str, new: &NewPhoto, now: Ms) -> Result<Added> {
    take(db, actor, product_id)?;
    let held = rows(db, product_id)?;
    if held.iter().any(|row| row.hash == new.hash.as_str()) {
        return Ok(Added::Known);
    }
    photo::check_room(held.len(), 1)?;
    diesel::insert_into(photos::table)
        .values((
            photos::product_id.eq(product_id),
            photos::hash.eq(new.hash.as_str()),
            photos::position.eq(held.last().map_or(0, |last| last.position + 1)),
            photos::width.eq(i64::from(new.width)),
            photos::height.eq(i64::from(new.height)),
            photos::uploaded_at_ms.eq(now),
            photos::account_id.eq(actor.account.to_string()),
        ))
        .execute(db)?;
    audit::record(db, Some(actor), "upload_photo", product_id, new.hash.as_str(), now)?;
    changed(db, product_id)?;
    Ok(Added::New)
}

/// Removes a photo. Whoever removes it once more finds that it is gone.
pub fn remove(db: &mut Db, actor: &Actor, product_id: &str, hash: &PhotoHash, now: Ms) -> Result<()> {
    take(db, actor, product_id)?;
    if diesel::delete(photos::table.find((product_id, hash.as_str()))).execute(db)? == 0 {
        return Ok(());
    }
    audit::record(db, Some(actor), "remove_photo", product_id, hash.as_str(), now)?;
    changed(db, product_id)
}

/// Puts the photos into another order.
pub fn arrange(db: &mut Db, actor: &Actor, product_id: &str, wanted: &[PhotoHash]) -> Result<()> {
    take(db, actor, product_id)?;
    let held: Vec<PhotoHash> = of_product(db, product_id)?.into_iter().map(|photo| photo.hash).collect();
    photo::check_order(&held, wanted)?;
    if held == wanted {
        return Ok(());
    }
    for (position, hash) in (0_i64..).zip(wanted) {
        diesel::update(photos::table.find((product_id, hash.as_str())))
            .set(photos::position.eq(position))
            .execute(db)?;
    }
    changed(db, product_id)
}

/// The photos of a product share its row: whoever changes them takes it first, and others wait.
fn take(db: &mut Db, actor: &Actor, product_id: &str) -> Result<()> {
    diesel::update(products::table.find(product_id)).set(products::revision.eq(products::revision)).execute(db)?;
    check_owner(db, actor, product_id)
}

/// Whoever holds the catalogue in memory sees by this that the product has changed.
fn changed(db: &mut Db, product_id: &str) -> Result<()> {
    diesel::update(products::table.find(product_id)).set(products::revision.eq(products::revision + 1)).execute(db)?;
    Ok(())
}

// ---- reading ------------------------------------------------------------------------------------------------------

#[derive(Queryable, Selectable, Debug)]
#[diesel(table_name = photos)]
struct Row {
    hash: String,
    position: i64,
    width: i64,
    height: i64,
}

fn rows(db: &mut Db, product_id: &str) -> Result<Vec<Row>> {
    let of_product = photos::table.filter(photos::product_id.eq(product_id));
    Ok(of_product.order((photos::position, photos::hash)).select(Row::as_select()).load(db)?)
}

/// The photos of a product in its merchant's order.
pub fn of_product(db: &mut Db, product_id: &str) -> Result<Vec<wire::Photo>> {
    rows(db, product_id)?.into_iter().map(stored_photo).collect()
}

fn stored_photo(Row { hash, width, height, .. }: Row) -> Result<wire::Photo> {
    let length = |length: i64| {
        u32::try_from(length).map_err(|_| Error::corrupt(format!("a photo of {length} pixels at one side: {hash}")))
    };
    Ok(wire::Photo { width: length(width)?, height: length(height)?, hash: stored_hash(&hash)? })
}

pub(crate) fn stored_hash(hash: &str) -> Result<PhotoHash> {
    hash.parse().map_err(|_| Error::corrupt(format!("the photo '{hash}'")))
}

/// Every photo there is, once.
pub fn hashes(db: &mut Db) -> Result<Vec<PhotoHash>> {
    let hashes: Vec<String> = photos::table.select(photos::hash).distinct().order(photos::hash).load(db)?;
    hashes.iter().map(|hash| stored_hash(hash)).collect()
}

/// The first photo of every product that has one, by product.
pub(crate) fn first_of_all(db: &mut Db) -> Result<HashMap<String, String>> {
    let all = photos::table.order((photos::product_id, photos::position, photos::hash));
    Ok(first(all.select((photos::product_id, photos::hash)).load(db)?))
}

/// The same among these products.
pub(crate) fn first_of(db: &mut Db, product_ids: Vec<String>) -> Result<HashMap<String, String>> {
    let of_these = photos::table.filter(photos::product_id.eq_any(product_ids)).order((
        photos::product_id,
        photos::position,
        photos::hash,
    ));
    Ok(first(of_these.select((photos::product_id, photos::hash)).load(db)?))
}

/// From the last to the first, so that the first stays.
fn first(in_order: Vec<(String, String)>) -> HashMap<String, String> {
    in_order.into_iter().rev().collect()
}
