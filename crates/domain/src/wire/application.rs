//! Asking to sell here.

use serde::{Deserialize, Serialize};

use crate::application::ApplicationState;
use crate::fields;
use crate::id::ApplicationId;

/// Body of `POST /applications`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewApplication {
    /// Made by the browser; the same body sent again changes nothing.
    pub id: ApplicationId,
    pub name: String,
    /// The unified social credit code, which is the number of the business licence.
    pub uscc: String,
    /// The identifier of a county.
    pub county: String,
    pub address: String,
    pub contact: String,
    pub phone: String,
    /// Empty for growers of their own produce.
    #[serde(default)]
    pub food_licence: String,
    pub login: String,
    /// At least eight characters.
    pub password: String,
}

/// How an application stands, for who knows its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct ApplicationStatus {
    pub number: String,
    pub name: String,
    pub state: ApplicationState,
    pub applied_at_ms: i64,
    pub decided_at_ms: Option<i64>,
    /// Why it was turned down.
    pub reason: Option<String>,
}
fields!(ApplicationStatus: number, name, state, applied_at_ms, decided_at_ms, reason);

/// Answer of `GET /applications`, for the operator: those that wait, the oldest first, then the last that were decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Applications {
    pub items: Vec<Application>,
}
fields!(Applications: items);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Application {
    pub id: ApplicationId,
    pub status: ApplicationStatus,
    pub uscc: String,
    pub county: String,
    pub address: String,
    pub contact: String,
    pub phone: String,
    pub food_licence: Option<String>,
    pub login: String,
}
fields!(Application: id, status, uscc, county, address, contact, phone, food_licence, login);

/// Body of `POST /applications/{id}/decision`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DecisionBody {
    /// `admitted` or `turned_down`.
    pub decision: ApplicationState,
    /// Why it is turned down.
    #[serde(default)]
    pub reason: Option<String>,
}
