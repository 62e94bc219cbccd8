//! The dated rules, which the operator keeps.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::rule::Rule;
use domain::wire::{NewRule, Rules};

use super::App;
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Body, Reader};
use crate::clock;
use crate::error::Result;
use crate::store::rules;

/// Every version of every rule, and whom one can be set for.
#[utoipa::path(
    get,
    path = "/rules",
    operation_id = "list_rules",
    tag = "rules",
    responses((status = 200, body = Rules, description = "By kind, scope and key"))
)]
pub async fn list(State(app): State<App>, Reader(reader): Reader) -> Result<Json<Rules>> {
    Ok(Json(app.store.read(move |db| rules::list(db, clock::now(), reader)).await?))
}

refusals! { NotAdded: BadField, IdTaken }

/// Adds a version of a rule. None is ever edited; the same body sent again changes nothing.
#[utoipa::path(
    post,
    path = "/rules",
    operation_id = "add_rule",
    tag = "rules",
    request_body = NewRule,
    responses((status = 201, body = Rules, description = "All versions, the new one among them"), NotAdded)
)]
pub async fn add(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Body(body): Body<NewRule>,
) -> Result<(StatusCode, Json<Rules>)> {
    let rule = Rule::parse(&body)?;
    let command = move |db: &mut crate::store::Db| {
        rules::add(db, &actor, &rule, clock::now())?;
        rules::list(db, clock::now(), reader)
    };
    Ok((StatusCode::CREATED, Json(app.store.write(command).await?)))
}
