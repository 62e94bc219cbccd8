//! What waits for whoever asks, and what became of what is theirs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::wire::{Desk, Seen};

use super::App;
use super::auth::SignedIn;
use super::extract::{Body, Reader};
use crate::clock;
use crate::error::Result;
use crate::store::desk;

/// The reader's queues with the orders that have waited longest, and what others did lately with orders of theirs.
#[utoipa::path(
    get,
    path = "/desk",
    operation_id = "see_desk",
    tag = "desk",
    responses((status = 200, body = Desk, description = "What waits, the most urgent first"))
)]
pub async fn one(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
) -> Result<Json<Desk>> {
    Ok(Json(app.store.read(move |db| desk::desk(db, &actor, clock::now(), reader)).await?))
}

/// Remembers until when the reader has read.
#[utoipa::path(
    post,
    path = "/desk/seen",
    operation_id = "mark_desk_seen",
    tag = "desk",
    request_body = Seen,
    responses((status = 204, description = "What came before is not new any more"))
)]
pub async fn seen(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Body(Seen { until_ms }): Body<Seen>,
) -> Result<StatusCode> {
    app.store.write(move |db| desk::see(db, &actor, until_ms, clock::now())).await?;
    Ok(StatusCode::NO_CONTENT)
}
