//! Where the goods of an order go: its delivery points, as they are asked for and as they are shown.

use serde::{Deserialize, Serialize};

use crate::{Quantity, fields};

/// A delivery point of a new order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPoint {
    pub address: String,
    pub contact: String,
    pub phone: String,
    /// How many people are given their goods there; 0 where nobody has counted them.
    pub recipients: i64,
}

/// A delivery point of an order, and what goes there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Point {
    /// Counted from 1, within the order.
    pub point: i64,
    /// Phone and contact, and of a person's order the address, are masked for those who neither buy nor deliver.
    pub address: String,
    pub contact: String,
    pub phone: String,
    pub recipients: i64,
    /// Opens the acceptance of this point; for the two parties alone.
    pub code: Option<String>,
    /// In the order of the order's lines; lines of which nothing goes there are left out.
    pub lines: Vec<PointLine>,
}
fields!(Point: point, address, contact, phone, recipients, code, lines);

/// How much of a line goes to a point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PointLine {
    /// Counted from 1, as on the order.
    pub line: i64,
    pub quantity: Quantity,
}
fields!(PointLine: line, quantity);
