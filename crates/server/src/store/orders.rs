//! Orders: placing them, acting on them, reading them.
//!
//! Every change goes through [`act`], which asks the permissions and the life of an order before it touches anything.

mod act;
mod checkout;
mod fulfil;
mod notes;
mod pay;
mod place;
mod points;
mod queues;
mod read;
mod recipients;
mod returns;
mod settle;

pub use act::act;
pub use checkout::checkout;
pub use pay::record_payment;
pub use place::{place, place_retail};
pub(super) use points::points_of_orders;
pub use queues::{oldest, queue_counts};
pub use read::{Cursor, Filter, Page, list, order, page, point_to_accept, summaries};
pub(super) use read::{history_of, mask_phone, visible};
pub use recipients::recipients;

use diesel::prelude::*;
use domain::channel::Channel;
use domain::occasion::Occasion;
use domain::order_life::{Action, State};
use domain::organisation::Actor;
use domain::payment::PaymentMethod;
use domain::permission::Parties;
use domain::region::DistrictId;
use domain::say;

use super::statement::statement;
use super::{Db, natively, stored, stored_id};
use crate::clock::Ms;
use crate::error::{Result, not_found};
use crate::schema::{order_history, order_lines, orders};

#[derive(Queryable, Selectable, Debug, Clone)]
#[diesel(table_name = orders)]
struct OrderRow {
    order_id: String,
    procurement_id: String,
    request_hash: String,
    number: String,
    buyer_id: String,
    buyer_district_id: String,
    merchant_id: String,
    channel: String,
    occasion: Option<String>,
    head_count: Option<i64>,
    per_head_budget_fen: Option<i64>,
    exception_reason: Option<String>,
    state: String,
    approved_at_ms: Option<i64>,
    submitter_id: Option<String>,
    total_fen: i64,
    accepted_fen: Option<i64>,
    created_at_ms: i64,
    updated_at_ms: i64,
    payment_method: Option<String>,
    pipeline_fen: i64,
}

#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
// Every line is the same statement, prepared once: what is none is written as null, not left out.
#[diesel(table_name = order_lines, treat_none_as_default_value = false)]
struct LineRow {
    order_id: String,
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

impl OrderRow {
    fn state(&self) -> Result<State> {
        stored!(State, &self.state)
    }

    fn channel(&self) -> Result<Channel> {
        stored!(Channel, &self.channel)
    }

    fn occasion(&self) -> Result<Option<Occasion>> {
        self.occasion.as_deref().map(|occasion| stored!(Occasion, occasion)).transpose()
    }

    fn payment_method(&self) -> Result<Option<PaymentMethod>> {
        self.payment_method.as_deref().map(|method| stored!(PaymentMethod, method)).transpose()
    }

    fn parties(&self) -> Result<Parties> {
        Ok(Parties {
            buyer: stored_id(&self.buyer_id)?,
            buyer_district: DistrictId::new(&self.buyer_district_id),
            merchant: stored_id(&self.merchant_id)?,
            submitter: self.submitter_id.as_deref().map(stored_id).transpose()?,
            approved: self.approved_at_ms.is_some(),
        })
    }
}

/// Who takes part in an order.
///
/// # Errors
/// [`domain::Code::NotFound`] when there is none.
pub(super) fn parties_of(db: &mut Db, order_id: &str) -> Result<Parties> {
    find(db, order_id)?.parties()
}

/// The basket an order came from.
///
/// # Errors
/// [`domain::Code::NotFound`] when there is no such order.
pub(super) fn procurement_of(db: &mut Db, order_id: &str) -> Result<String> {
    Ok(find(db, order_id)?.procurement_id)
}

fn find(db: &mut Db, order_id: &str) -> Result<OrderRow> {
    match orders::table.find(order_id).select(OrderRow::as_select()).get_result(db).optional()? {
        Some(row) => Ok(row),
        None => not_found(say!("这张单", "This order")),
    }
}

/// Takes the order for the rest of the transaction: of two who act on it side by side the second waits, and then reads
/// what the first has left. The update changes nothing.
fn take(db: &mut Db, order_id: &str) -> Result<OrderRow> {
    statement::<(), _>("update orders set state = state where order_id = ?", [order_id.into()]).execute(db)?;
    find(db, order_id)
}

fn lines_of(db: &mut Db, order_id: &str) -> Result<Vec<LineRow>> {
    let lines = order_lines::table.filter(order_lines::order_id.eq(order_id)).order(order_lines::line);
    Ok(lines.select(LineRow::as_select()).load(db)?)
}

/// One step of an order's life.
struct Step {
    /// Counted from 1.
    number: i64,
    action: Action,
    state_after: State,
    note: Option<String>,
}

/// The number of the step that comes next.
fn next_step(db: &mut Db, order_id: &str) -> Result<i64> {
    let steps: i64 = order_history::table.filter(order_history::order_id.eq(order_id)).count().get_result(db)?;
    Ok(steps + 1)
}

/// Writes one step into the order's history.
fn record_step(db: &mut Db, order_id: &str, actor: &Actor, step: Step, now: Ms) -> Result<()> {
    let insert = diesel::insert_into(order_history::table).values((
        order_history::order_id.eq(order_id),
        order_history::step.eq(step.number),
        order_history::at_ms.eq(now),
        order_history::account_id.eq(actor.account.to_string()),
        order_history::role.eq(actor.role.code()),
        order_history::action.eq(step.action.code()),
        order_history::state_after.eq(step.state_after.code()),
        order_history::note.eq(step.note),
    ));
    natively!(db, db => insert.execute(db))?;
    Ok(())
}
