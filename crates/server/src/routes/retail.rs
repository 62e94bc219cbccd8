//! What a person orders, and what it helped.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::order::Retail;
use domain::wire::{Checkout, Helped, NewRetailOrders, Orders};

use super::App;
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Body, Reader};
use super::orders::{hash_of, placed};
use crate::clock;
use crate::error::Result;
use crate::store::{helped, orders};

/// What the form of a person's order begins with.
#[utoipa::path(
    get,
    path = "/checkout",
    operation_id = "see_checkout",
    tag = "orders",
    responses((status = 200, body = Checkout, description = "The districts, and how the last order was delivered"))
)]
pub async fn checkout(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
) -> Result<Json<Checkout>> {
    Ok(Json(app.store.read(move |db| orders::checkout(db, &actor, reader)).await?))
}

refusals! { NotPlaced: BadField, NotFound, NotOnSale, MixedMerchants, BelowMinimum, IdTaken }

/// Places every order of a person's basket; nobody need approve them.
///
/// All of them or none. The same body sent again is answered the same and changes nothing.
#[utoipa::path(
    post,
    path = "/retail-orders",
    operation_id = "place_retail_orders",
    tag = "orders",
    request_body = NewRetailOrders,
    responses((status = 201, body = Orders, description = "The orders, one for each merchant"), NotPlaced)
)]
pub async fn place(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Body(body): Body<NewRetailOrders>,
) -> Result<(StatusCode, Json<Orders>)> {
    let retail = Retail::parse(&body)?;
    let hash = hash_of(&body)?;
    let items = app.store.write(move |db| orders::place_retail(db, &actor, &retail, &hash, clock::now())).await?;
    app.live.moved();
    Ok((StatusCode::CREATED, Json(placed(items))))
}

/// What the reader, or their union, has bought and accepted, by county and merchant.
#[utoipa::path(
    get,
    path = "/helped",
    operation_id = "see_helped",
    tag = "sales",
    responses((status = 200, body = Helped, description = "This year's amounts and those of all years"))
)]
pub async fn helped(State(app): State<App>, SignedIn { actor, .. }: SignedIn) -> Result<Json<Helped>> {
    Ok(Json(app.store.read(move |db| helped::helped(db, &actor, clock::now())).await?))
}
