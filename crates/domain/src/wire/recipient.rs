//! The people a procurement is for.

use serde::{Deserialize, Serialize};

use crate::fields;

/// One of those who are given their goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRecipient {
    pub department: String,
    pub name: String,
    pub phone: String,
    /// Where, counted from 1 among the points of the request.
    pub point: i64,
    pub sets: i64,
    /// The bundle's name; none where the order has no bundles.
    #[serde(default)]
    pub bundle: Option<String>,
}

/// Answer of `GET /orders/{id}/recipients`, for the union alone: the list of the whole procurement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Recipients {
    pub items: Vec<Recipient>,
}
fields!(Recipients: items);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Recipient {
    /// In the list, counted from 1.
    pub place: i64,
    pub department: String,
    pub name: String,
    /// Masked; none once it has been purged.
    pub phone: Option<String>,
    /// Among the points of the procurement, counted from 1.
    pub point: i64,
    pub sets: i64,
    pub bundle: Option<String>,
}
fields!(Recipient: place, department, name, phone, point, sets, bundle);
