//! How an order was bought: the offers compared and the decisions taken, of its whole procurement.

use axum::Json;
use axum::extract::State;
use domain::id::OrderId;
use domain::procedure::Comparison;
use domain::wire::{NewComparison, Procedure};

use super::App;
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Body, Id, Reader};
use crate::clock;
use crate::error::Result;
use crate::store::{Db, procedure};

/// What the rules ask of an order's procurement, what is there, and what is missing for an approval.
#[utoipa::path(
    get,
    path = "/orders/{id}/procedure",
    operation_id = "see_procedure",
    tag = "orders",
    params(("id" = OrderId, Path)),
    responses((status = 200, body = Procedure, description = "Of the whole procurement"))
)]
pub async fn one(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Id(id): Id<OrderId>,
) -> Result<Json<Procedure>> {
    Ok(Json(app.store.read(move |db| procedure::procedure(db, &actor, &id.to_string(), reader)).await?))
}

refusals! { NotCompared: NotAllowed, BadField, ReasonNeeded, OutOfTurn }

/// Records the offers that were compared, in the place of an earlier record, until an approval rests on it.
#[utoipa::path(
    put,
    path = "/orders/{id}/comparison",
    operation_id = "compare_offers",
    tag = "orders",
    params(("id" = OrderId, Path)),
    request_body = NewComparison,
    responses((status = 200, body = Procedure, description = "Of the whole procurement"), NotCompared)
)]
pub async fn compare(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Id(id): Id<OrderId>,
    Body(body): Body<NewComparison>,
) -> Result<Json<Procedure>> {
    let record = Comparison::parse(&body, clock::day(clock::now()))?;
    let command = move |db: &mut Db| {
        let id = id.to_string();
        procedure::compare(db, &actor, &id, &record, clock::now())?;
        procedure::procedure(db, &actor, &id, reader)
    };
    Ok(Json(app.store.write(command).await?))
}
