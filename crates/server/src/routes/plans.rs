//! A union's plan for a year, and what it bought elsewhere.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::id::PurchaseId;
use domain::plan::{check_purchase, parse_plan};
use domain::wire::{NewPlan, NewPurchase, Plan};

use super::App;
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Body, Id};
use crate::clock;
use crate::error::{Result, not_found};
use crate::store::{Db, plans};

/// A year that has or may have a plan.
#[derive(Debug, Clone, Copy)]
pub struct PlanYear(i16);

impl std::str::FromStr for PlanYear {
    type Err = ();

    fn from_str(text: &str) -> Result<PlanYear, ()> {
        text.parse().ok().filter(|year| (2020..=2100).contains(year)).map(PlanYear).ok_or(())
    }
}

/// The plan of one's own union for a year, with what came of it so far.
#[utoipa::path(
    get,
    path = "/plans/{year}",
    operation_id = "see_plan",
    tag = "plans",
    params(("year" = i64, Path)),
    responses((status = 200, body = Plan, description = "Every occasion, planned or not"))
)]
pub async fn one(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Id(PlanYear(year)): Id<PlanYear>,
) -> Result<Json<Plan>> {
    Ok(Json(app.store.read(move |db| plans::plan(db, &actor, year, clock::now())).await?))
}

refusals! { NotChanged: BadField, Overtaken, ReasonNeeded }

/// Puts a whole plan in the place of the one that was read.
#[utoipa::path(
    put,
    path = "/plans/{year}",
    operation_id = "change_plan",
    tag = "plans",
    params(("year" = i64, Path)),
    request_body = NewPlan,
    responses((status = 200, body = Plan, description = "The plan as it is now"), NotChanged)
)]
pub async fn change(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Id(PlanYear(year)): Id<PlanYear>,
    Body(body): Body<NewPlan>,
) -> Result<Json<Plan>> {
    let (lines, reason) = parse_plan(&body)?;
    let command = move |db: &mut Db| {
        let now = clock::now();
        plans::change(db, &actor, year, body.revision, &lines, reason.as_deref(), now)?;
        plans::plan(db, &actor, year, now)
    };
    Ok(Json(app.store.write(command).await?))
}

refusals! { NotRecorded: BadField, IdTaken }

/// Records something the union bought elsewhere, which counts against the same caps.
///
/// The same body sent again changes nothing.
#[utoipa::path(
    post,
    path = "/purchases",
    operation_id = "record_purchase",
    tag = "plans",
    request_body = NewPurchase,
    responses((status = 201, body = Plan, description = "The plan of its year"), NotRecorded)
)]
pub async fn record_purchase(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Body(body): Body<NewPurchase>,
) -> Result<(StatusCode, Json<Plan>)> {
    check_purchase(&body, clock::day(clock::now()))?;
    let year = body.bought_on.trim().get(..4).and_then(|year| year.parse().ok());
    let Some(year) = year else { return not_found(domain::say!("这一年的计划", "The plan of this year")) };
    let command = move |db: &mut Db| {
        let now = clock::now();
        plans::record_purchase(db, &actor, &body, now)?;
        plans::plan(db, &actor, year, now)
    };
    Ok((StatusCode::CREATED, Json(app.store.write(command).await?)))
}

/// Takes out what was recorded by mistake. One that is gone already is as good as removed.
#[utoipa::path(
    delete,
    path = "/purchases/{id}",
    operation_id = "remove_purchase",
    tag = "plans",
    params(("id" = PurchaseId, Path)),
    responses((status = 204, description = "It is gone"))
)]
pub async fn remove_purchase(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Id(id): Id<PurchaseId>,
) -> Result<StatusCode> {
    app.store.write(move |db| plans::remove_purchase(db, &actor, id, clock::now())).await?;
    Ok(StatusCode::NO_CONTENT)
}
