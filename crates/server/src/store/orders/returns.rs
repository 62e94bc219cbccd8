//! What goes back after it was accepted: the sale is taken back in the month it happens, line by line.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::fulfilment::parse_return;
use domain::id::ReturnId;
use domain::order::parse_reason;
use domain::organisation::Actor;
use domain::permission::Act;
use domain::{Code, Money, Quantity, Refusal, say, wire};

use super::OrderRow;
use super::points::{insert_rows, point_lines_of};
use crate::clock::Ms;
use crate::error::Result;
use crate::schema::{point_lines, return_lines, returns};
use crate::store::{Db, audit, sales, stored_id, stored_quantity};

#[derive(Queryable, Selectable, Insertable, Debug)]
#[diesel(table_name = return_lines, treat_none_as_default_value = false)]
struct ReturnLineRow {
    return_id: String,
    point: i64,
    line: i64,
    quantity: i64,
    sale_id: String,
}

#[derive(Queryable, Selectable, Insertable, Debug)]
#[diesel(table_name = returns, treat_none_as_default_value = false)]
struct ReturnRow {
    return_id: String,
    order_id: String,
    step: i64,
    reason: String,
    amount_fen: i64,
    returned_at_ms: i64,
}

/// Whether this very return is there already.
///
/// # Errors
/// [`Code::IdTaken`] where the identifier belongs to another order's.
pub(super) fn already_returned(db: &mut Db, order_id: &str, id: ReturnId) -> Result<bool> {
    let known: Option<String> =
        returns::table.find(id.to_string()).select(returns::order_id).get_result(db).optional()?;
    match known {
        None => Ok(false),
        Some(known) if known == order_id => Ok(true),
        Some(_) => Err(Refusal::new(
            Code::IdTaken,
            say!(
                "这个编号已经用于另一张单的退货，请刷新页面后再试",
                "This identifier belongs to a return of another order; reload the page and try again"
            ),
        )
        .at("id")
        .into()),
    }
}

/// Sends goods back and takes their sales back in the ledger.
pub(super) fn send_back(
    db: &mut Db,
    actor: &Actor,
    order: &OrderRow,
    step: i64,
    (id, lines, reason): (ReturnId, &[wire::ReturnLine], &str),
    now: Ms,
) -> Result<()> {
    let reason = parse_reason(reason)?;
    let mut kept = HashMap::new();
    for row in point_lines_of(db, &order.order_id)? {
        kept.insert((row.point, row.line), stored_quantity(row.accepted.unwrap_or_default() - row.returned)?);
    }
    let lines = parse_return(lines, |point, line| kept.get(&(point, line)).copied().unwrap_or(Quantity::ZERO))?;
    let taken = sales::take_back(db, &order.order_id, &lines, &reason, now)?;
    let amount = Money::from_fen(taken.iter().map(|(_, amount)| -amount.fen()).sum());
    diesel::insert_into(returns::table)
        .values(ReturnRow {
            return_id: id.to_string(),
            order_id: order.order_id.clone(),
            step,
            reason: reason.clone(),
            amount_fen: amount.fen(),
            returned_at_ms: now,
        })
        .execute(db)?;
    let mut rows = Vec::with_capacity(lines.len());
    for (line, (sale, _)) in lines.iter().zip(&taken) {
        diesel::update(point_lines::table.find((&order.order_id, line.point, line.line)))
            .set(point_lines::returned.eq(point_lines::returned + line.quantity.get()))
            .execute(db)?;
        rows.push(ReturnLineRow {
            return_id: id.to_string(),
            point: line.point,
            line: line.line,
            quantity: line.quantity.get(),
            sale_id: sale.to_string(),
        });
    }
    insert_rows!(db, return_lines::table, rows);
    let detail = format!("{} 元：{reason}", amount.yuan());
    audit::record(db, Some(actor), Act::ReturnGoods.code(), &order.order_id, &detail, now)
}

/// The returns of an order in their turn, each with the step of the history it was.
pub(super) fn returns_of(db: &mut Db, order_id: &str) -> Result<Vec<(i64, wire::Return)>> {
    let rows: Vec<ReturnRow> = returns::table
        .filter(returns::order_id.eq(order_id))
        .order(returns::step)
        .select(ReturnRow::as_select())
        .load(db)?;
    let ids: Vec<&str> = rows.iter().map(|row| row.return_id.as_str()).collect();
    let lines: Vec<ReturnLineRow> = return_lines::table
        .filter(return_lines::return_id.eq_any(ids))
        .order((return_lines::point, return_lines::line))
        .select(ReturnLineRow::as_select())
        .load(db)?;
    let shown = |row: &ReturnRow| {
        let of_return = lines.iter().filter(|line| line.return_id == row.return_id);
        let line = |it: &ReturnLineRow| wire::ReturnLine { point: it.point, line: it.line, quantity: it.quantity };
        let shown = wire::Return {
            id: stored_id(&row.return_id)?,
            reason: row.reason.clone(),
            amount_fen: Money::from_fen(row.amount_fen),
            returned_at_ms: row.returned_at_ms,
            lines: of_return.map(line).collect(),
        };
        Ok((row.step, shown))
    };
    rows.iter().map(shown).collect()
}
