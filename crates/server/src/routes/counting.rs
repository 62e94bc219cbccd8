//! What is counted as a sale, by version: for everybody to read, for the operator to add to.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::wire::{CountingRules, NewCountingRule};

use super::App;
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Body, Reader};
use crate::clock;
use crate::error::Result;
use crate::store::{Db, counting};

/// Every version of the counting rule, and what was counted under it.
#[utoipa::path(
    get,
    path = "/counting-rules",
    operation_id = "list_counting_rules",
    tag = "rules",
    responses((status = 200, body = CountingRules, description = "The latest first"))
)]
pub async fn list(State(app): State<App>, Reader(reader): Reader) -> Result<Json<CountingRules>> {
    Ok(Json(app.store.read(move |db| counting::list(db, clock::now(), reader)).await?))
}

refusals! { NotAdded: BadField, IdTaken, Unsure }

/// Adds a version, which begins today at the earliest. None is ever edited; the same body sent again changes nothing.
#[utoipa::path(
    post,
    path = "/counting-rules",
    operation_id = "add_counting_rule",
    tag = "rules",
    request_body = NewCountingRule,
    responses((status = 201, body = CountingRules, description = "All versions, the new one among them"), NotAdded)
)]
pub async fn add(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Body(body): Body<NewCountingRule>,
) -> Result<(StatusCode, Json<CountingRules>)> {
    let command = move |db: &mut Db| {
        counting::add(db, &actor, &body, clock::now())?;
        counting::list(db, clock::now(), reader)
    };
    let rules = app.store.write(command).await?;
    app.live.moved();
    Ok((StatusCode::CREATED, Json(rules)))
}
