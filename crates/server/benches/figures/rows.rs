//! Rows as the product stores them, read whole and written whole.

use diesel::prelude::*;
use domain::product::Brand;
use domain::sale::{Entry, Source};
use server::schema::{delivery_points, order_history, order_lines, orders, point_lines, sales};

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = orders, treat_none_as_default_value = false)]
pub struct OrderRow {
    pub order_id: String,
    pub procurement_id: String,
    pub request_hash: String,
    pub number: String,
    pub buyer_id: String,
    pub buyer_district_id: String,
    pub merchant_id: String,
    pub channel: String,
    pub occasion: Option<String>,
    pub head_count: Option<i64>,
    pub per_head_budget_fen: Option<i64>,
    pub exception_reason: Option<String>,
    pub state: String,
    pub approved_at_ms: Option<i64>,
    pub submitter_id: Option<String>,
    pub total_fen: i64,
    pub accepted_fen: Option<i64>,
    pub created_at_ms: i64,
    pub updated_at_ms: i64,
    pub payment_method: Option<String>,
    pub pipeline_fen: i64,
    pub invoice: String,
}

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = order_lines, treat_none_as_default_value = false)]
pub struct LineRow {
    pub order_id: String,
    line: i64,
    product_id: String,
    product_name: String,
    spec: String,
    unit: String,
    brand: Option<String>,
    county_id: String,
    category: String,
    quantity: i64,
    unit_price_fen: i64,
    amount_fen: i64,
    confirmed_reason: Option<String>,
}

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = delivery_points, treat_none_as_default_value = false)]
pub struct PointRow {
    pub order_id: String,
    point: i64,
    address: String,
    contact: String,
    phone: String,
    recipients: i64,
    pub code: String,
    counted_step: Option<i64>,
    counted_at_ms: Option<i64>,
}

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = point_lines, treat_none_as_default_value = false)]
pub struct PointLineRow {
    pub order_id: String,
    point: i64,
    line: i64,
    quantity: i64,
    confirmed: Option<i64>,
    shipped: i64,
    closed: i64,
    accepted: Option<i64>,
    short: Option<i64>,
    rejected: Option<i64>,
    reason: Option<String>,
    returned: i64,
}

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = order_history, treat_none_as_default_value = false)]
pub struct StepRow {
    pub order_id: String,
    step: i64,
    at_ms: i64,
    account_id: String,
    role: String,
    action: String,
    state_after: String,
    note: Option<String>,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = sales, treat_none_as_default_value = false)]
pub struct SaleRow {
    sequence: i64,
    sale_id: String,
    sold_on: String,
    amount_fen: i64,
    quantity: i64,
    channel: &'static str,
    order_id: Option<String>,
    line: Option<i64>,
    point: Option<i64>,
    reverses: Option<String>,
    reason: Option<String>,
    district_id: String,
    county_id: String,
    brand: Option<&'static str>,
    category: &'static str,
    product_name: String,
    merchant_id: String,
    buyer_id: String,
    counting_rule: String,
    previous_hash: String,
    hash: String,
    recorded_at_ms: i64,
}

impl SaleRow {
    pub fn of(entry: Entry, now: i64) -> SaleRow {
        let Entry { sequence, sale, previous_hash, hash } = entry;
        let (order_id, line, point, reverses, reason) = match sale.source {
            Source::OrderLine { order, line, point } => (Some(order.to_string()), Some(line), point, None, None),
            Source::ReportLine { .. } => unreachable!("the bench sells on the platform alone"),
            Source::Reversal { of, reason } => (None, None, None, Some(of.to_string()), Some(reason)),
        };
        SaleRow {
            sequence,
            sale_id: sale.id.to_string(),
            sold_on: sale.sold_on.to_string(),
            amount_fen: sale.amount.fen(),
            quantity: sale.quantity,
            channel: sale.channel.code(),
            order_id,
            line,
            point,
            reverses,
            reason,
            district_id: sale.district.to_string(),
            county_id: sale.county.to_string(),
            brand: sale.brand.map(Brand::code),
            category: sale.category.code(),
            product_name: sale.product_name,
            merchant_id: sale.merchant.to_string(),
            buyer_id: sale.buyer.to_string(),
            counting_rule: sale.counting_rule,
            previous_hash: previous_hash.to_string(),
            hash: hash.to_string(),
            recorded_at_ms: now,
        }
    }
}
