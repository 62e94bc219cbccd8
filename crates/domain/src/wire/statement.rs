//! A merchant's month.

use serde::{Deserialize, Serialize};

use super::Named;
use crate::id::OrderId;
use crate::statement::{RowKind, Sums};
use crate::{Money, fields};

/// Answer of `GET /statement?month=2026-11`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Statement {
    pub month: String,
    pub merchant: Named,
    /// By their days.
    pub rows: Vec<StatementRow>,
    pub sums: Sums,
}
fields!(Statement: month, merchant, rows, sums);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct StatementRow {
    pub kind: RowKind,
    pub day: String,
    pub order_id: OrderId,
    pub number: String,
    pub buyer: String,
    pub invoice: String,
    /// Negative where it takes something back.
    pub amount_fen: Money,
    /// The day and the bank slip of the transfer that pays this invoice.
    pub paid_on: Option<String>,
    pub slip_no: Option<String>,
}
fields!(StatementRow: kind, day, order_id, number, buyer, invoice, amount_fen, paid_on, slip_no);
