//! What there is to put on a merchant's statement. Which row it becomes is `domain::statement`'s.

use std::collections::BTreeMap;

use diesel::prelude::*;
use domain::organisation::Actor;
use domain::statement::{Invoiced, Month, OrderMoney, Paid, Row, rows, sums};
use domain::{Money, wire};
use jiff::civil::Date;

use super::{Db, stored_id};
use crate::clock;
use crate::error::{Error, Result};
use crate::schema::{invoices, orders, organisations, returns, transfers};

/// The month of the actor's own organisation.
pub fn statement_of(db: &mut Db, actor: &Actor, month: Month) -> Result<wire::Statement> {
    let merchant = actor.organisation.to_string();
    let orders = orders_of(db, &merchant, month)?;
    let mut all: Vec<(Row, &Named)> = Vec::new();
    for (named, money) in orders.values() {
        all.extend(rows(money, month).into_iter().map(|row| (row, named)));
    }
    // Of one day by order, so that what reverses an invoice stands beside it.
    all.sort_by(|(a, of_a), (b, of_b)| (a.day, &of_a.number).cmp(&(b.day, &of_b.number)));
    let sums = sums(all.iter().map(|(row, _)| row)).ok_or_else(|| Error::corrupt("invoices beyond any amount"))?;
    let name = organisations::table.find(&merchant).select(organisations::name).get_result(db)?;
    let row = |(row, named): (Row, &Named)| {
        let (paid_on, slip_no) = row.paid.map(|paid| (paid.on.to_string(), paid.slip_no)).unzip();
        Ok(wire::StatementRow {
            kind: row.kind,
            day: row.day.to_string(),
            order_id: stored_id(&named.order_id)?,
            number: named.number.clone(),
            buyer: named.buyer.clone(),
            invoice: row.invoice,
            amount_fen: row.amount,
            paid_on,
            slip_no,
        })
    };
    Ok(wire::Statement {
        month: month.to_string(),
        merchant: wire::Named { id: actor.organisation, name },
        rows: all.into_iter().map(row).collect::<Result<_>>()?,
        sums,
    })
}

/// An order as a statement names it.
struct Named {
    order_id: String,
    number: String,
    buyer: String,
}

/// The merchant's orders of which an invoice or a return falls into the month, whole, by their identifiers.
fn orders_of(db: &mut Db, merchant: &str, month: Month) -> Result<BTreeMap<String, (Named, OrderMoney)>> {
    let (first, end) = (month.first(), month.end());
    let moment = |day: Date| clock::at(day, 0, 0);
    let invoiced = invoices::table
        .filter(invoices::issued_on.ge(first.to_string()))
        .filter(invoices::issued_on.lt(end.to_string()))
        .select(invoices::order_id);
    let returned = returns::table
        .filter(returns::returned_at_ms.ge(moment(first)))
        .filter(returns::returned_at_ms.lt(moment(end)))
        .select(returns::order_id);
    let found: Vec<(String, String, String)> = orders::table
        .inner_join(organisations::table.on(organisations::organisation_id.eq(orders::buyer_id)))
        .filter(orders::merchant_id.eq(merchant))
        .filter(orders::order_id.eq_any(invoiced).or(orders::order_id.eq_any(returned)))
        .select((orders::order_id, orders::number, organisations::name))
        .load(db)?;
    let mut of: BTreeMap<String, (Named, OrderMoney)> = BTreeMap::new();
    for (order_id, number, buyer) in found {
        let named = Named { order_id: order_id.clone(), number, buyer };
        let money = OrderMoney { invoices: Vec::new(), paid: None, returned_after: Vec::new() };
        of.insert(order_id, (named, money));
    }
    for ids in of.keys().cloned().collect::<Vec<_>>().chunks(AT_ONCE) {
        add_money(db, ids, &mut of)?;
    }
    Ok(of)
}

/// Identifiers of one question: far below what both databases bind.
const AT_ONCE: usize = 500;

fn add_money(db: &mut Db, ids: &[String], of: &mut BTreeMap<String, (Named, OrderMoney)>) -> Result<()> {
    let day = |text: String| text.parse().map_err(|_| Error::corrupt(format!("the day '{text}'")));
    let numbers: Vec<(String, String, String, i64)> = invoices::table
        .filter(invoices::order_id.eq_any(ids))
        .order((invoices::order_id, invoices::step))
        .select((invoices::order_id, invoices::number, invoices::issued_on, invoices::amount_fen))
        .load(db)?;
    for (order_id, number, issued_on, amount_fen) in numbers {
        let invoice = Invoiced { number, issued_on: day(issued_on)?, amount: Money::from_fen(amount_fen) };
        of.entry(order_id).and_modify(|(_, money)| money.invoices.push(invoice));
    }
    let paid: Vec<(String, i64, String, String, String)> = transfers::table
        .filter(transfers::order_id.eq_any(ids))
        .select((
            transfers::order_id,
            transfers::step,
            transfers::invoice_number,
            transfers::paid_on,
            transfers::slip_no,
        ))
        .load(db)?;
    for (order_id, step, invoice, paid_on, slip_no) in paid {
        let after: Vec<(i64, i64)> = returns::table
            .filter(returns::order_id.eq(&order_id))
            .filter(returns::step.gt(step))
            .order(returns::step)
            .select((returns::returned_at_ms, returns::amount_fen))
            .load(db)?;
        let returned_after = after.into_iter().map(|(at, fen)| (clock::day(at), Money::from_fen(fen))).collect();
        let paid = Some(Paid { invoice, on: day(paid_on)?, slip_no });
        of.entry(order_id).and_modify(|(_, money)| {
            money.paid = paid;
            money.returned_after = returned_after;
        });
    }
    Ok(())
}
