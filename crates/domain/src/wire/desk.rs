//! What waits for somebody, and what became of what is theirs.

use serde::{Deserialize, Serialize};

use super::{DeskReports, OrderSummary, ReportNotice, ReversalRequest, RuleVersion};
use crate::fields;
use crate::id::{OrderId, ProductId};
use crate::order_life::Action;
use crate::organisation::Role;
use crate::product::Brand;
use crate::queue::Queue;

/// How many orders stand in a queue of the reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct QueueCount {
    pub queue: Queue,
    pub count: i64,
}
fields!(QueueCount: queue, count);

/// Answer of `GET /desk`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Desk {
    pub today: String,
    /// All queues of the reader, the most urgent first, the empty ones too.
    pub queues: Vec<DeskQueue>,
    /// What others have done with the reader's orders lately, newest first.
    pub notices: Vec<Notice>,
    /// How many of them are new, those that are not listed included.
    pub unseen: i64,
    /// A merchant's brand licences that end within thirty days or have ended.
    pub licences: Vec<EndingLicence>,
    /// A merchant's goods on sale of which little is left, the least first.
    pub low_stock: Vec<LowStock>,
    /// How many ask to join; the operator's.
    pub applications: Option<i64>,
    /// Rules that end within sixty days; the operator's.
    pub rules: Vec<RuleVersion>,
    /// Reversals that wait for a second coordinator, the oldest first; the coordinators'.
    pub reversals: Vec<ReversalRequest>,
    /// Reports of sales made elsewhere, for those who have to do with them.
    pub reports: Vec<DeskReports>,
    /// What others have done with reports lately, newest first; counted in `unseen`.
    pub report_notices: Vec<ReportNotice>,
}
fields!(
    Desk: today, queues, notices, unseen, licences, low_stock, applications, rules, reversals, reports, report_notices
);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct DeskQueue {
    pub queue: Queue,
    pub count: i64,
    /// Those that have waited longest.
    pub oldest: Vec<OrderSummary>,
}
fields!(DeskQueue: queue, count, oldest);

/// One step of an order that somebody else has taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Notice {
    pub order_id: OrderId,
    pub number: String,
    pub at_ms: i64,
    pub action: Action,
    pub role: Role,
    pub note: Option<String>,
    /// The reader has not seen it.
    pub new: bool,
}
fields!(Notice: order_id, number, at_ms, action, role, note, new);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct EndingLicence {
    pub brand: Brand,
    pub number: String,
    /// The last day.
    pub valid_to: String,
}
fields!(EndingLicence: brand, number, valid_to);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct LowStock {
    pub product_id: ProductId,
    pub name: String,
    pub unit: String,
    pub available: i64,
}
fields!(LowStock: product_id, name, unit, available);

/// Body of `POST /desk/seen`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The moment of the newest notice that was shown.
    pub until_ms: i64,
}
