//! What becomes of an order once it is approved: confirmed in part, shipped in parts, counted in by point, returned, invoiced
//! and paid.

use serde::{Deserialize, Serialize};

use super::{Named, OrderLine, Point};
use crate::code::coded;
use crate::id::{OrderId, ReturnId};
use crate::order_life::State;
use crate::{Money, Quantity, fields};

// ---- what is asked for --------------------------------------------------------------------------------------------

/// A line of which the merchant confirms less than was ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmedLine {
    /// Counted from 1, as on the order.
    pub line: i64,
    pub quantity: i64,
    /// How much of it goes to each point of the order; empty takes from all in proportion.
    #[serde(default)]
    pub by_point: Vec<i64>,
    pub reason: String,
}

/// How much of a line is in a shipment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ShippedLine {
    /// Counted from 1, as on the order.
    pub line: i64,
    pub quantity: i64,
    #[serde(default)]
    pub batch: Option<String>,
    #[serde(default)]
    pub best_before: Option<String>,
}
fields!(ShippedLine: line, quantity, batch, best_before);

/// How much of a line that was accepted at a point goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReturnLine {
    /// Counted from 1, within the order.
    pub point: i64,
    /// Counted from 1, as on the order.
    pub line: i64,
    pub quantity: i64,
}
fields!(ReturnLine: point, line, quantity);

/// An invoice as it is printed; it is compared with what was accepted and not returned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewInvoice {
    /// 20 digits; of the older kind code and number, 10 or 12 digits and 8.
    pub number: String,
    pub title: String,
    /// The buyer's tax code.
    pub buyer_uscc: String,
    pub issued_on: String,
    pub lines: Vec<InvoiceLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InvoiceLine {
    /// With or without the short name of its tax class between asterisks.
    pub name: String,
    pub quantity: i64,
    pub unit_price_fen: i64,
    pub amount_fen: i64,
}
fields!(InvoiceLine: name, quantity, unit_price_fen, amount_fen);

/// The transfer (对公转账) that pays an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTransfer {
    /// The number of the bank's slip.
    pub slip_no: String,
    pub paid_on: String,
    pub amount_fen: i64,
}

// ---- what is shown ------------------------------------------------------------------------------------------------

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Shipment {
    /// Counted from 1, within the order.
    pub shipment: i64,
    /// Where it goes.
    pub point: i64,
    pub carrier: String,
    pub tracking_no: String,
    pub shipped_at_ms: i64,
    pub lines: Vec<ShippedLine>,
}
fields!(Shipment: shipment, point, carrier, tracking_no, shipped_at_ms, lines);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Return {
    pub id: ReturnId,
    pub reason: String,
    pub amount_fen: Money,
    pub returned_at_ms: i64,
    pub lines: Vec<ReturnLine>,
}
fields!(Return: id, reason, amount_fen, returned_at_ms, lines);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Invoice {
    pub number: String,
    pub title: String,
    pub buyer_uscc: String,
    pub issued_on: String,
    pub amount_fen: Money,
    pub lines: Vec<InvoiceLine>,
    pub recorded_at_ms: i64,
    /// Where it parts from what was accepted when it was recorded, returns since then included while it is not paid; none of
    /// an invoice that another has replaced.
    pub differences: Vec<Difference>,
    /// A later one stands in its place.
    pub replaced: bool,
}
fields!(
    Invoice:
    number, title, buyer_uscc, issued_on, amount_fen, lines, recorded_at_ms, differences, replaced,
);

coded! {
    /// Where an invoice parts from the goods.
    pub enum DifferenceKind {
        Title = "title" "抬头" "Title",
        TaxCode = "tax_code" "购买方税号" "Buyer's tax code",
        /// The code is that of the union's employer, which is another body than the union.
        EmployerCode = "employer_code" "用了所在单位的税号" "Code of the employer",
        NotInvoiced = "not_invoiced" "验收了，发票上没有" "Accepted, not on the invoice",
        NotAccepted = "not_accepted" "发票上有，没有验收" "On the invoice, not accepted",
        Quantity = "quantity" "数量" "Quantity",
        UnitPrice = "unit_price" "单价" "Unit price",
        Amount = "amount" "金额" "Amount",
    }
}

/// One difference, side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Difference {
    pub kind: DifferenceKind,
    /// The name of the goods; empty for the head of the invoice.
    pub about: String,
    /// What it should be: of the union, or as accepted. Amounts are yuan.
    pub expected: String,
    /// What the invoice says.
    pub found: String,
}
fields!(Difference: kind, about, expected, found);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Transfer {
    pub slip_no: String,
    pub paid_on: String,
    pub amount_fen: Money,
    /// The number of the invoice it pays.
    pub invoice: String,
    pub recorded_at_ms: i64,
}
fields!(Transfer: slip_no, paid_on, amount_fen, invoice, recorded_at_ms);

/// What an invoice of an order must say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct InvoiceDue {
    /// The buyer's full name and its code.
    pub title: String,
    pub buyer_uscc: String,
    /// What was accepted and not returned.
    pub lines: Vec<InvoiceLine>,
    pub amount_fen: Money,
}
fields!(InvoiceDue: title, buyer_uscc, lines, amount_fen);

/// Answer of `GET /acceptances/{code}`: what comes to one point, for whoever counts it there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PointToAccept {
    pub order_id: OrderId,
    pub number: String,
    pub state: State,
    pub merchant: Named,
    pub point: Point,
    /// Those of which something comes to the point.
    pub lines: Vec<OrderLine>,
    pub shipments: Vec<Shipment>,
    /// Everything that is to come has been shipped, and it has not been counted yet.
    pub ready: bool,
}
fields!(PointToAccept: order_id, number, state, merchant, point, lines, shipments, ready);

/// Pieces of one line at one point, from what was ordered to what came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PointLine {
    /// Counted from 1, as on the order.
    pub line: i64,
    pub quantity: Quantity,
    /// None until the merchant has confirmed.
    pub confirmed: Option<Quantity>,
    pub shipped: Quantity,
    /// Confirmed and closed as not delivered.
    pub closed: Quantity,
    /// None until the point has been counted; the three make what was shipped.
    pub accepted: Option<Quantity>,
    pub short: Option<Quantity>,
    pub rejected: Option<Quantity>,
    /// Why something is short or rejected.
    pub reason: Option<String>,
    pub returned: Quantity,
}
fields!(PointLine: line, quantity, confirmed, shipped, closed, accepted, short, rejected, reason, returned);
