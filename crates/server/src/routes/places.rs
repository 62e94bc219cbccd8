//! Counties and brands, each as a way into the market.

use axum::Json;
use axum::extract::State;
use domain::product::Brand;
use domain::say;
use domain::wire::{BrandSales, County};

use super::App;
use super::extract::{Id, Name};
use crate::clock;
use crate::error::{Result, not_found};
use crate::store::places;

/// A county: where it lies, who is paired with it, and what was sold for it this year.
#[utoipa::path(
    get,
    path = "/counties/{id}",
    operation_id = "see_county",
    tag = "places",
    params(("id" = String, Path, description = "As in the products' `county`")),
    responses((status = 200, body = County, description = "The county"))
)]
pub async fn county(State(app): State<App>, Id(Name(id)): Id<Name>) -> Result<Json<County>> {
    let about = app.almanac.about_county(&id);
    Ok(Json(app.store.read(move |db| places::county(db, &id, &about, clock::now())).await?))
}

/// A brand: what it stands for and what was sold under it this year.
#[utoipa::path(
    get,
    path = "/brands/{code}",
    operation_id = "see_brand",
    tag = "places",
    params(("code" = Brand, Path)),
    responses((status = 200, body = BrandSales, description = "The brand"))
)]
pub async fn brand(State(app): State<App>, Id(Name(code)): Id<Name>) -> Result<Json<BrandSales>> {
    let Some(brand) = Brand::from_code(&code) else { return not_found(say!("这个品牌", "This brand")) };
    let about = app.almanac.about_brand(brand);
    Ok(Json(app.store.read(move |db| places::brand(db, brand, &about, clock::now())).await?))
}
