//! The payment of an order, recorded by its merchant once.

use diesel::prelude::*;
use domain::organisation::Actor;
use domain::payment::{Payment, PaymentMethod, check_turn};
use domain::permission::{Act, check_order};
use domain::{Code, say, wire};

use super::take;
use crate::clock::{self, Ms};
use crate::error::{Result, refuse};
use crate::schema::{orders, payments};
use crate::store::{Db, audit, stored};

/// Records that the money of an order has come in. The same payment sent again is the same.
///
/// # Errors
/// What the permissions or the order's state refuse; [`Code::AlreadyPaid`] when another payment is there.
pub fn record_payment(db: &mut Db, actor: &Actor, order_id: &str, new: &Payment, now: Ms) -> Result<()> {
    let order = take(db, order_id)?;
    check_order(actor, Act::RecordPayment, &order.parties()?)?;
    if let Some(known) = payment(db, order_id)? {
        return if is_same(&known, new) { Ok(()) } else { already_paid(&known) };
    }
    check_turn(order.state()?)?;
    new.check_after(clock::day(order.created_at_ms))?;
    diesel::insert_into(payments::table)
        .values((
            payments::order_id.eq(order_id),
            payments::method.eq(new.method.code()),
            payments::received_on.eq(new.received_on.to_string()),
            payments::reference.eq(&new.reference),
            payments::account_id.eq(actor.account.to_string()),
            payments::recorded_at_ms.eq(now),
        ))
        .execute(db)?;
    diesel::update(orders::table.find(order_id)).set(orders::updated_at_ms.eq(now)).execute(db)?;
    let detail = format!("{} {}", new.method.zh(), new.received_on);
    audit::record(db, Some(actor), Act::RecordPayment.code(), order_id, &detail, now)
}

fn is_same(known: &wire::Payment, new: &Payment) -> bool {
    let day = new.received_on.to_string();
    (known.method, &known.received_on, &known.reference) == (new.method, &day, &new.reference)
}

fn already_paid(known: &wire::Payment) -> Result<()> {
    let day = &known.received_on;
    refuse(
        Code::AlreadyPaid,
        say!(
            "这张单已经登记过 {day} 的收款，不能再登记",
            "A payment of {day} is recorded for this order already; there is no second one"
        ),
    )
}

/// The payment of an order, if one is recorded.
pub(super) fn payment(db: &mut Db, order_id: &str) -> Result<Option<wire::Payment>> {
    let row: Option<(String, String, Option<String>, i64)> = payments::table
        .find(order_id)
        .select((payments::method, payments::received_on, payments::reference, payments::recorded_at_ms))
        .get_result(db)
        .optional()?;
    let payment = |(method, received_on, reference, recorded_at_ms): (String, String, Option<String>, i64)| {
        Ok(wire::Payment { method: stored!(PaymentMethod, &method)?, received_on, reference, recorded_at_ms })
    };
    row.map(payment).transpose()
}
