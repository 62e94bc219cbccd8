//! A union's members as they were on a day.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::id::RosterId;
use domain::roster::Roster;
use domain::wire;

use super::App;
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Id, ListBody};
use crate::clock;
use crate::error::Result;
use crate::store::rosters;

refusals! { NotKept: BadField, TooManyRows, NoRows, IdTaken }

/// Keeps a roster with one's union.
///
/// The same roster sent again is answered the same and changes nothing.
#[utoipa::path(
    post,
    path = "/rosters",
    operation_id = "keep_roster",
    tag = "orders",
    request_body = wire::NewRoster,
    responses((status = 201, body = wire::RosterSummary, description = "How many people are on it"), NotKept)
)]
pub async fn keep(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    ListBody(body): ListBody<wire::NewRoster>,
) -> Result<(StatusCode, Json<wire::RosterSummary>)> {
    let now = clock::now();
    let roster = Roster::parse(&body, clock::day(now))?;
    let kept = app.store.write(move |db| rosters::keep(db, &actor, &roster, now)).await?;
    Ok((StatusCode::CREATED, Json(kept)))
}

/// The rosters of the reader's union, the latest day first.
#[utoipa::path(
    get,
    path = "/rosters",
    operation_id = "list_rosters",
    tag = "orders",
    responses((status = 200, body = wire::Rosters, description = "Days and head-counts"))
)]
pub async fn list(State(app): State<App>, SignedIn { actor, .. }: SignedIn) -> Result<Json<wire::Rosters>> {
    Ok(Json(wire::Rosters { items: app.store.read(move |db| rosters::list(db, &actor)).await? }))
}

/// One roster with its members; another union's is answered as one that does not exist.
#[utoipa::path(
    get,
    path = "/rosters/{id}",
    operation_id = "see_roster",
    tag = "orders",
    params(("id" = RosterId, Path)),
    responses((status = 200, body = wire::Roster, description = "In the order of the list; phones masked"))
)]
pub async fn one(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Id(id): Id<RosterId>,
) -> Result<Json<wire::Roster>> {
    Ok(Json(app.store.read(move |db| rosters::one(db, &actor, &id.to_string())).await?))
}
