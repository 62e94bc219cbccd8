//! Reversals that two people answer for.

use serde::{Deserialize, Serialize};

use crate::correction::{Decision, RequestState};
use crate::id::SaleId;
use crate::{Money, fields};

/// Answer of `GET /reversal-requests`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct ReversalRequests {
    /// Those that wait first, then the latest.
    pub items: Vec<ReversalRequest>,
    /// From which amount on the city's rule asks for a second person; none without a rule.
    pub consent_from_fen: Option<Money>,
    /// Of that rule.
    pub document: Option<String>,
}
fields!(ReversalRequests: items, consent_from_fen, document);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct ReversalRequest {
    /// Once consented, that of the entry.
    pub id: SaleId,
    /// What is to be taken back.
    pub sale: SaleId,
    pub sequence: i64,
    pub sold_on: String,
    pub product_name: String,
    pub buyer: String,
    pub district: String,
    pub district_id: String,
    /// What stood of it when it was asked.
    pub amount_fen: Money,
    /// What stands of it now.
    pub standing_fen: Money,
    pub reason: String,
    /// Name of the account.
    pub asked_by: String,
    pub asked_at_ms: i64,
    pub state: RequestState,
    pub decided_by: Option<String>,
    pub decided_at_ms: Option<i64>,
    pub decision_reason: Option<String>,
    /// Whether the reader may consent to it or refuse it.
    pub may_decide: bool,
    pub may_withdraw: bool,
}
fields!(ReversalRequest: id, sale, sequence, sold_on, product_name, buyer, district, district_id, amount_fen, standing_fen, reason, asked_by, asked_at_ms, state, decided_by, decided_at_ms, decision_reason, may_decide, may_withdraw);

/// Body of `POST /reversal-requests`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewReversalRequest {
    /// Made by the browser; sending it again is the same request.
    pub id: SaleId,
    pub sale: SaleId,
    pub reason: String,
}

/// Body of `POST /reversal-requests/{id}/decision`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReversalDecision {
    pub decision: Decision,
    /// Needed where it is refused.
    pub reason: Option<String>,
}
