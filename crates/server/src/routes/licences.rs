//! A merchant's licences for the regional brands.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::goods::Licence;
use domain::wire::{Licences, NewLicence};

use super::App;
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::Body;
use super::goods::written;
use crate::clock;
use crate::error::Result;
use crate::store::{Db, licences};

/// One's own licences, the first to end first.
#[utoipa::path(
    get,
    path = "/licences",
    operation_id = "list_licences",
    tag = "goods",
    responses((status = 200, body = Licences, description = "With the days that are left"))
)]
pub async fn list(State(app): State<App>, SignedIn { actor, .. }: SignedIn) -> Result<Json<Licences>> {
    let today = clock::day(clock::now());
    Ok(Json(Licences { items: app.store.read(move |db| licences::of_merchant(db, &actor, today)).await? }))
}

refusals! { NotRecorded: BadField }

/// Records a licence. From then on the brand is shown with the shop's goods, until the licence's last day is over.
#[utoipa::path(
    post,
    path = "/licences",
    operation_id = "record_licence",
    tag = "goods",
    request_body = NewLicence,
    responses((status = 201, body = Licences, description = "All of one's licences"), NotRecorded)
)]
pub async fn record(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Body(body): Body<NewLicence>,
) -> Result<(StatusCode, Json<Licences>)> {
    let now = clock::now();
    let today = clock::day(now);
    let licence = Licence::parse(&body, today)?;
    let command = move |db: &mut Db| {
        licences::record(db, &actor, &licence, now)?;
        Ok(Licences { items: licences::of_merchant(db, &actor, today)? })
    };
    Ok((StatusCode::CREATED, Json(written(app, command).await?)))
}
