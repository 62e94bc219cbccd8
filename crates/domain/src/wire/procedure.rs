//! How an order was bought: offers compared, decisions taken.

use serde::{Deserialize, Serialize};

use super::Attachment;
use crate::{Money, fields};

/// Answer of `GET /orders/{id}/procedure`, of the whole procurement the order belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Procedure {
    /// All of its orders that are not cancelled.
    pub total_fen: Money,
    pub comparison_from_fen: Option<Money>,
    pub comparison_document: Option<String>,
    pub decision_from_fen: Option<Money>,
    pub decision_document: Option<String>,
    pub comparison: Option<Comparison>,
    /// The meeting decisions attached.
    pub decisions: Vec<Attachment>,
    /// What is missing for an approval, as a sentence; none when nothing is.
    pub missing: Option<String>,
    /// Whether the reader may still change it.
    pub changeable: bool,
}
fields!(
    Procedure: total_fen, comparison_from_fen, comparison_document, decision_from_fen, decision_document, comparison,
    decisions, missing, changeable
);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Comparison {
    pub offers: Vec<Offer>,
    /// Index of the one that was chosen.
    pub chosen: i64,
    pub reason: String,
    pub recorded_at_ms: i64,
}
fields!(Comparison: offers, chosen, reason, recorded_at_ms);

/// Body of `PUT /orders/{id}/comparison`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewComparison {
    pub offers: Vec<Offer>,
    pub chosen: i64,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Offer {
    pub supplier: String,
    pub offered_on: String,
    pub total_fen: Money,
    /// Prices of single lines, delivery, guarantee.
    #[serde(default)]
    pub terms: String,
}
fields!(Offer: supplier, offered_on, total_fen, terms);
