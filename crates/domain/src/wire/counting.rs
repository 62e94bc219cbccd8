//! What is counted as a sale, by version.

use serde::{Deserialize, Serialize};

use crate::{Money, fields};

/// Answer of `GET /counting-rules`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct CountingRules {
    /// The latest first.
    pub items: Vec<CountingRuleVersion>,
    /// The day for which `in_force` is said.
    pub today: String,
}
fields!(CountingRules: items, today);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct CountingRuleVersion {
    pub version: String,
    pub valid_from: String,
    /// The day before the next begins.
    pub valid_to: Option<String>,
    pub document: String,
    /// In the reader's language where there is a translation.
    pub text: String,
    /// How many entries were counted under it.
    pub entries: i64,
    pub amount_fen: Money,
    pub in_force: bool,
}
fields!(CountingRuleVersion: version, valid_from, valid_to, document, text, entries, amount_fen, in_force);

/// Body of `POST /counting-rules`: another version. None is ever edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCountingRule {
    pub version: String,
    pub valid_from: String,
    pub document: String,
    pub text: String,
    /// May be empty.
    pub text_en: String,
}
