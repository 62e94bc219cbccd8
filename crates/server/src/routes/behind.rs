//! Who is behind, and what would help.

use axum::Json;
use axum::extract::State;
use domain::region::DistrictId;
use domain::wire::Behind;
use serde::Deserialize;
use utoipa::IntoParams;

use super::App;
use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Params, Reader};
use crate::clock;
use crate::error::Result;
use crate::store::behind::behind;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Scope {
    district: Option<String>,
}

refusals! { NotShown: NotAllowed }

/// The districts and pairs that are behind the calendar this year, and what would help each.
#[utoipa::path(
    get,
    path = "/behind",
    operation_id = "see_behind",
    tag = "tally",
    params(Scope),
    responses((status = 200, body = Behind, description = "The furthest behind first"), NotShown)
)]
pub async fn current(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Params(params): Params<Scope>,
) -> Result<Json<Behind>> {
    let district = params.district.filter(|district| !district.is_empty()).map(DistrictId::new);
    let found = app.store.read(move |db| behind(db, &actor, district.as_ref(), clock::now(), reader));
    Ok(Json(found.await?))
}
