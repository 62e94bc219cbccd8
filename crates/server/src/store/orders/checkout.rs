//! What the form of a person's order begins with.

use diesel::prelude::*;
use domain::organisation::Actor;
use domain::{Language, wire};

use super::OrderRow;
use super::points::delivery_of;
use crate::error::Result;
use crate::schema::orders;
use crate::store::{Db, regions};

/// The districts to choose from, and how the person's last order was delivered and paid.
pub fn checkout(db: &mut Db, actor: &Actor, reader: Language) -> Result<wire::Checkout> {
    let last: Option<OrderRow> = orders::table
        .filter(orders::submitter_id.eq(actor.account.to_string()))
        .order(orders::created_at_ms.desc())
        .limit(1)
        .select(OrderRow::as_select())
        .get_result(db)
        .optional()?;
    let last = last.map(|row| {
        let Some(payment_method) = row.payment_method()? else { return Ok(None) };
        let delivery = delivery_of(db, &row.order_id)?;
        Ok::<_, crate::error::Error>(Some(wire::LastDelivery {
            district: row.buyer_district_id,
            payment_method,
            delivery,
        }))
    });
    Ok(wire::Checkout { districts: regions::districts_told(db, reader)?, last: last.transpose()?.flatten() })
}
