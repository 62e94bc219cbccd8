//! A union's plan for a year.

use serde::{Deserialize, Serialize};

use crate::id::PurchaseId;
use crate::occasion::Occasion;
use crate::{Money, fields};

/// Answer of `GET /plans/{year}`: what was planned and what came of it. [`crate::plan`] sums it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Plan {
    pub year: i64,
    pub revision: i64,
    /// Members on the roll: caps count for each of them.
    pub members: i64,
    pub annual_cap: Option<PlanRule>,
    pub extra_assistance_cap: Option<PlanRule>,
    pub min_assistance_share: Option<PlanRule>,
    /// Every occasion, in the order of the year.
    pub lines: Vec<PlanLine>,
    /// What was bought elsewhere, the latest first.
    pub purchases: Vec<Purchase>,
    /// Why it goes over what the rules allow.
    pub reason: Option<String>,
}
fields!(
    Plan: year, revision, members, annual_cap, extra_assistance_cap, min_assistance_share, lines, purchases, reason
);

/// A rule in force for the union.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PlanRule {
    /// Fen, or basis points of a share.
    pub value: i64,
    pub document: String,
    pub valid_from: String,
}
fields!(PlanRule: value, document, valid_from);

/// One occasion of the year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PlanLine {
    pub occasion: Occasion,
    /// None when nothing is planned for it.
    pub head_count: Option<i64>,
    pub per_head_fen: Option<Money>,
    /// What a rule has each person be given at most.
    pub standard: Option<PlanRule>,
    /// Ordered this year and not yet accepted.
    pub ordered_fen: Money,
    /// Ordered this year and accepted.
    pub accepted_fen: Money,
    pub outside_fen: Money,
    /// How much of that was assistance goods.
    pub outside_assistance_fen: Money,
}
fields!(
    PlanLine: occasion, head_count, per_head_fen, standard, ordered_fen, accepted_fen, outside_fen, outside_assistance_fen
);

/// Body of `PUT /plans/{year}`: the whole plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPlan {
    /// The one that was read: what another has changed meanwhile is not overwritten.
    pub revision: i64,
    pub lines: Vec<NewPlanLine>,
    /// Needed where the plan goes over what the rules allow.
    pub reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPlanLine {
    pub occasion: Occasion,
    pub head_count: i64,
    pub per_head_fen: i64,
}

/// Something bought off the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Purchase {
    pub id: PurchaseId,
    pub occasion: Occasion,
    pub bought_on: String,
    pub amount_fen: Money,
    pub assistance_fen: Money,
    pub supplier: String,
    pub note: Option<String>,
}
fields!(Purchase: id, occasion, bought_on, amount_fen, assistance_fen, supplier, note);

/// Body of `POST /purchases`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPurchase {
    /// Made by the browser; the same body sent again changes nothing.
    pub id: PurchaseId,
    pub occasion: Occasion,
    pub bought_on: String,
    pub amount_fen: i64,
    /// How much of it was assistance goods.
    pub assistance_fen: i64,
    pub supplier: String,
    pub note: Option<String>,
}
