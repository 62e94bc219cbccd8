//! Months that are closed.

use serde::{Deserialize, Serialize};

use crate::{Money, fields};

/// Answer of `GET /months?year=`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Months {
    pub year: i16,
    /// January first; months that have not begun are left out.
    pub items: Vec<MonthState>,
    /// Whether the reader may close a month.
    pub may_close: bool,
}
fields!(Months: year, items, may_close);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct MonthState {
    /// `2026-10`
    pub month: String,
    /// Of all entries dated in it, now.
    pub amount_fen: Money,
    pub entries: i64,
    /// Only then it can be closed.
    pub ended: bool,
    pub close: Option<MonthClose>,
}
fields!(MonthState: month, amount_fen, entries, ended, close);

/// What was kept when a month was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct MonthClose {
    pub closed_at_ms: i64,
    /// Name of the account.
    pub closed_by: String,
    /// Where the ledger ended at that moment.
    pub last_entry: i64,
    /// Of that end.
    pub hash: String,
    /// Of the whole city, up to that end; none for who sees a district alone.
    pub amount_fen: Option<Money>,
    pub entries: Option<i64>,
    pub note: Option<String>,
}
fields!(MonthClose: closed_at_ms, closed_by, last_entry, hash, amount_fen, entries, note);

/// Body of `PUT /months/{month}/close`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewClose {
    /// What the reader saw: exactly this is closed.
    pub amount_fen: Money,
    pub entries: i64,
    pub note: Option<String>,
}
