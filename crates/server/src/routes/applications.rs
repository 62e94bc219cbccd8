//! Asking to sell here, and the operator's answer.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use domain::application::{Application, Decision};
use domain::fulfilment::{parse_point_code, point_code};
use domain::id::{AccountId, ApplicationId, OrganisationId};
use domain::wire::{ApplicationStatus, Applications, DecisionBody, NewApplication};
use domain::{Code, say};

use super::App;
use super::accounts::{hash, sender};
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Body, Id, Name, Reader};
use super::sessions::Tries;
use crate::clock;
use crate::error::{Result, refuse};
use crate::store::applications::{self, NewMember};

/// As many as may sign up: an office may help a village's growers, and a program shall not fill the operator's list.
const APPLICATIONS_OF_A_SENDER: usize = 60;

pub fn applications() -> Tries {
    Tries::at_most(APPLICATIONS_OF_A_SENDER)
}

refusals! { NotApplied: BadField, LoginTaken, AlreadyApplied, AlreadyMember, IdTaken, TooManyTries }

/// Asks to be admitted as a merchant. The same body sent again is answered the same and changes nothing.
#[utoipa::path(
    post,
    path = "/applications",
    operation_id = "apply_to_join",
    tag = "applications",
    request_body = NewApplication,
    responses((status = 201, body = ApplicationStatus, description = "The application, with the number it is found by"), NotApplied)
)]
pub async fn apply(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Body(body): Body<NewApplication>,
) -> Result<(StatusCode, Json<ApplicationStatus>)> {
    let (new, now) = (Application::parse(&body)?, clock::now());
    if app.applications.count(&sender(&headers, peer.ip()), now).is_err() {
        let sentence = say!(
            "从这里提交的申请太多了，请 15 分钟后再试",
            "Too many apply from here; please try again in 15 minutes"
        );
        return refuse(Code::TooManyTries, sentence);
    }
    // Asked again where it is stored; here it spares the hashing.
    let asked = new.clone();
    app.store.read(move |db| applications::check_new(db, &asked)).await?;
    let (password_hash, number) = (hash(&app, body.password).await?, point_code(rand::random()));
    let stored = app.store.write(move |db| applications::apply(db, &new, &number, &password_hash, now));
    Ok((StatusCode::CREATED, Json(stored.await?)))
}

/// How an application stands, for who knows its number.
#[utoipa::path(
    get,
    path = "/applications/{number}",
    operation_id = "see_application",
    tag = "applications",
    params(("number" = String, Path, description = "As it was answered when applying")),
    responses((status = 200, body = ApplicationStatus, description = "Whether it waits, is admitted or turned down, and why"))
)]
pub async fn status(State(app): State<App>, Id(Name(number)): Id<Name>) -> Result<Json<ApplicationStatus>> {
    let number = parse_point_code(&number);
    Ok(Json(app.store.read(move |db| applications::status_of(db, &number)).await?))
}

/// The applications that wait, and the last that were decided.
#[utoipa::path(
    get,
    path = "/applications",
    operation_id = "list_applications",
    tag = "applications",
    responses((status = 200, body = Applications, description = "Those that wait first"))
)]
pub async fn list(State(app): State<App>, Reader(reader): Reader) -> Result<Json<Applications>> {
    Ok(Json(app.store.read(move |db| applications::list(db, reader)).await?))
}

refusals! { NotDecided: BadField, ReasonNeeded, LoginTaken, AlreadyMember, AlreadyDecided }

/// Admits an applicant, who can sign in from then on, or turns it down with a reason.
#[utoipa::path(
    post,
    path = "/applications/{id}/decision",
    operation_id = "decide_application",
    tag = "applications",
    params(("id" = ApplicationId, Path)),
    request_body = DecisionBody,
    responses((status = 200, body = Applications, description = "The list as it is now"), NotDecided)
)]
pub async fn decide(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Id(id): Id<ApplicationId>,
    Body(body): Body<DecisionBody>,
) -> Result<Json<Applications>> {
    let decision = Decision::parse(&body)?;
    let new = NewMember { organisation: OrganisationId(crate::id::new()), account: AccountId(crate::id::new()) };
    let decided = app.store.write(move |db| {
        applications::decide(db, &actor, &id.to_string(), &decision, new, clock::now())?;
        applications::list(db, reader)
    });
    Ok(Json(decided.await?))
}
