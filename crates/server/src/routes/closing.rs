//! Months and their closing, and reversals that two people answer for.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::id::SaleId;
use domain::order::parse_reason;
use domain::region::DistrictId;
use domain::statement::Month;
use domain::wire::{Months, NewClose, NewReversalRequest, ReversalDecision, ReversalRequest, ReversalRequests};
use serde::Deserialize;
use utoipa::IntoParams;

use super::App;
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Body, Id, Name, Params, Reader};
use super::tally::year_or_this;
use crate::clock;
use crate::error::Result;
use crate::store::{Db, closing, corrections};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MonthsParams {
    year: Option<i16>,
    /// A district's office sees the sums of its own.
    district: Option<String>,
}

refusals! { NotShown: NotAllowed }

/// The months of a year that have begun, their sums, and which of them are closed.
#[utoipa::path(
    get,
    path = "/months",
    operation_id = "list_months",
    tag = "closing",
    params(MonthsParams),
    responses((status = 200, body = Months, description = "January first"), NotShown)
)]
pub async fn months(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Params(params): Params<MonthsParams>,
) -> Result<Json<Months>> {
    let year = year_or_this(params.year)?;
    let district = params.district.filter(|district| !district.is_empty()).map(DistrictId::new);
    Ok(Json(app.store.read(move |db| closing::months(db, &actor, year, district.as_ref(), clock::now())).await?))
}

refusals! { NotClosed: BadField, OutOfTurn, MonthClosed, Overtaken, Unsure }

/// Closes a month that has ended, for good: no entry dated in it is taken any more.
#[utoipa::path(
    put,
    path = "/months/{month}/close",
    operation_id = "close_month",
    tag = "closing",
    params(("month" = String, Path, description = "`2026-10`")),
    request_body = NewClose,
    responses((status = 200, body = Months, description = "The months of its year"), NotClosed)
)]
pub async fn close(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Id(Name(month)): Id<Name>,
    Body(body): Body<NewClose>,
) -> Result<Json<Months>> {
    let month = Month::parse(&month)?;
    let command = move |db: &mut Db| {
        let now = clock::now();
        closing::close(db, &actor, month, &body, now)?;
        closing::months(db, &actor, month.first().year(), None, now)
    };
    let months = app.store.write(command).await?;
    app.live.moved();
    Ok(Json(months))
}

/// Reversals that wait for a second coordinator, and those that were decided lately.
#[utoipa::path(
    get,
    path = "/reversal-requests",
    operation_id = "list_reversal_requests",
    tag = "closing",
    responses((status = 200, body = ReversalRequests, description = "Those that wait first"))
)]
pub async fn requests(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
) -> Result<Json<ReversalRequests>> {
    Ok(Json(app.store.read(move |db| corrections::list(db, &actor, clock::now(), reader)).await?))
}

refusals! { NotAsked: NotAllowed, NotFound, AlreadyApplied, AlreadyReversed, IdTaken, ReasonNeeded, BadField, Unsure }

/// Asks for the reversal of an entry. Nothing of the ledger changes until another coordinator consents.
#[utoipa::path(
    post,
    path = "/reversal-requests",
    operation_id = "ask_reversal",
    tag = "closing",
    request_body = NewReversalRequest,
    responses((status = 201, body = ReversalRequest, description = "The request"), NotAsked)
)]
pub async fn ask(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Body(body): Body<NewReversalRequest>,
) -> Result<(StatusCode, Json<ReversalRequest>)> {
    let reason = parse_reason(&body.reason)?;
    let command = move |db: &mut Db| corrections::ask(db, &actor, &body, &reason, clock::now(), reader);
    Ok((StatusCode::CREATED, Json(app.store.write(command).await?)))
}

refusals! {
    NotDecided: NotAllowed, SamePerson, AlreadyDecided, Overtaken, AlreadyReversed, ReasonNeeded, BadField, MonthClosed, Unsure
}

/// Consents to a reversal, which is written at once, refuses it with a reason, or withdraws one's own.
#[utoipa::path(
    post,
    path = "/reversal-requests/{id}/decision",
    operation_id = "decide_reversal",
    tag = "closing",
    params(("id" = SaleId, Path)),
    request_body = ReversalDecision,
    responses((status = 200, body = ReversalRequest, description = "The request as it stands now"), NotDecided)
)]
pub async fn decide(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Id(id): Id<SaleId>,
    Body(body): Body<ReversalDecision>,
) -> Result<Json<ReversalRequest>> {
    let command = move |db: &mut Db| corrections::decide(db, &actor, id, &body, clock::now(), reader);
    let request = app.store.write(command).await?;
    app.live.moved();
    Ok(Json(request))
}
