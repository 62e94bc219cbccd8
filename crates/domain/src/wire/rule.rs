//! Dated rules.

use serde::{Deserialize, Serialize};

use crate::fields;
use crate::id::RuleId;
use crate::occasion::Occasion;
use crate::rule::{RuleKind, RuleScope};

/// Answer of `GET /rules`: every version there is, and whom one can be set for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Rules {
    /// By kind, scope and key; the latest version of each first.
    pub items: Vec<RuleVersion>,
    pub districts: Vec<RuleKey>,
    pub unions: Vec<RuleKey>,
    /// The day for which `in_force` is said.
    pub today: String,
}
fields!(Rules: items, districts, unions, today);

/// A district or a union a rule can be set for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct RuleKey {
    pub key: String,
    pub name: String,
}
fields!(RuleKey: key, name);

/// One version of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct RuleVersion {
    pub id: RuleId,
    pub kind: RuleKind,
    pub occasion: Option<Occasion>,
    pub scope: RuleScope,
    /// The district's or the union's; empty for the city.
    pub key: String,
    pub name: String,
    /// Fen, or basis points of a share.
    pub value: i64,
    pub valid_from: String,
    pub valid_to: Option<String>,
    pub document: String,
    /// Whether it is the version of its scope that holds today.
    pub in_force: bool,
}
fields!(RuleVersion: id, kind, occasion, scope, key, name, value, valid_from, valid_to, document, in_force);

/// Body of `POST /rules`: another version. None is ever edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRule {
    /// Made by the browser; the same body sent again changes nothing.
    pub id: RuleId,
    pub kind: RuleKind,
    pub occasion: Option<Occasion>,
    pub scope: RuleScope,
    #[serde(default)]
    pub key: String,
    /// Fen, or basis points of a share.
    pub value: i64,
    pub valid_from: String,
    pub valid_to: Option<String>,
    pub document: String,
}
