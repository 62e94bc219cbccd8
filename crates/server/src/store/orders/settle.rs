//! The invoice and the transfer of a union's order.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::invoice::{Due, Invoice, Transfer, differences, differs_told, no_invoice};
use domain::organisation::Actor;
use domain::permission::Act;
use domain::queue::InvoiceState;
use domain::wire::{Difference, InvoiceLine};
use domain::{Code, Money, Refusal, say, wire};

use super::points::{PointLineRow, insert_rows, point_lines_of, times};
use super::returns::returns_of;
use super::{LineRow, OrderRow, lines_of};
use crate::clock::{self, Ms};
use crate::error::Result;
use crate::schema::{invoice_lines, invoices, orders, organisations, transfers};
use crate::store::{Db, audit};

#[derive(Queryable, Selectable, Insertable, Debug)]
#[diesel(table_name = invoices, treat_none_as_default_value = false)]
struct InvoiceRow {
    number: String,
    order_id: String,
    step: i64,
    title: String,
    buyer_uscc: String,
    issued_on: String,
    amount_fen: i64,
    recorded_at_ms: i64,
}

#[derive(Queryable, Selectable, Insertable, Debug)]
#[diesel(table_name = invoice_lines, treat_none_as_default_value = false)]
struct InvoiceLineRow {
    number: String,
    line: i64,
    name: String,
    quantity: i64,
    unit_price_fen: i64,
    amount_fen: i64,
}

#[derive(Queryable, Selectable, Insertable, Debug)]
#[diesel(table_name = transfers, treat_none_as_default_value = false)]
struct TransferRow {
    order_id: String,
    step: i64,
    buyer_id: String,
    slip_no: String,
    paid_on: String,
    amount_fen: i64,
    invoice_number: String,
    recorded_at_ms: i64,
}

/// Records an invoice, right or not. A right one stands until a return makes it wrong; a wrong one is replaced by the next.
pub(super) fn record_invoice(
    db: &mut Db,
    actor: &Actor,
    order: &OrderRow,
    step: i64,
    body: &wire::NewInvoice,
    now: Ms,
) -> Result<()> {
    let new = Invoice::parse(body, clock::day(now))?;
    let taken = invoices::table.find(&new.number).count().get_result::<i64>(db)?;
    if taken > 0 {
        return Err(Refusal::new(
            Code::InvoiceTaken,
            say!("这张发票已经登记过，一张发票只能报一次", "This invoice is recorded already; an invoice counts once"),
        )
        .at("number")
        .into());
    }
    let money = Settlement::of(db, order)?;
    if money.current().is_some_and(|(_, invoice)| invoice.differences.is_empty()) {
        return Err(Refusal::new(
            Code::InvoiceTaken,
            say!(
                "这张单已有核对一致的发票；有退货要换开时再登记",
                "The order has an invoice that is right; another is recorded only after a return"
            ),
        )
        .into());
    }
    if money.due_lines.is_empty() {
        return Err(Refusal::new(
            Code::OutOfTurn,
            say!("这张单没有留下的货，不用开票", "Nothing of this order was kept; there is nothing to invoice"),
        )
        .into());
    }
    let row = InvoiceRow {
        number: new.number.clone(),
        order_id: order.order_id.clone(),
        step,
        title: new.title.clone(),
        buyer_uscc: new.buyer_uscc.clone(),
        issued_on: new.issued_on.to_string(),
        amount_fen: new.amount.fen(),
        recorded_at_ms: now,
    };
    diesel::insert_into(invoices::table).values(row).execute(db)?;
    let line = |(line, it): (i64, &InvoiceLine)| InvoiceLineRow {
        number: new.number.clone(),
        line,
        name: it.name.clone(),
        quantity: it.quantity,
        unit_price_fen: it.unit_price_fen,
        amount_fen: it.amount_fen,
    };
    let rows: Vec<InvoiceLineRow> = (1..).zip(&new.lines).map(line).collect();
    insert_rows!(db, invoice_lines::table, rows);
    let detail = format!("{} {} 元", new.number, new.amount.yuan());
    audit::record(db, Some(actor), Act::RecordInvoice.code(), &order.order_id, &detail, now)
}

/// Records the transfer that pays the invoice, if that is right.
pub(super) fn record_transfer(
    db: &mut Db,
    actor: &Actor,
    order: &OrderRow,
    step: i64,
    body: &wire::NewTransfer,
    now: Ms,
) -> Result<()> {
    let new = Transfer::parse(body, clock::day(now))?;
    let money = Settlement::of(db, order)?;
    let Some((_, invoice)) = money.current() else { return Err(no_invoice().into()) };
    if !invoice.differences.is_empty() {
        return Err(Refusal::new(Code::InvoiceDiffers, differs_told(invoice.differences.len())).into());
    }
    new.check_amount(invoice.amount_fen)?;
    let used: i64 = transfers::table
        .filter(transfers::buyer_id.eq(&order.buyer_id))
        .filter(transfers::slip_no.eq(&new.slip_no))
        .count()
        .get_result(db)?;
    if used > 0 {
        return Err(Refusal::new(
            Code::SlipTaken,
            say!(
                "这张回单已经用在另一张单上，请核对回单号",
                "This slip is recorded for another order; please check its number"
            ),
        )
        .at("slip_no")
        .into());
    }
    let row = TransferRow {
        order_id: order.order_id.clone(),
        step,
        buyer_id: order.buyer_id.clone(),
        slip_no: new.slip_no,
        paid_on: new.paid_on.to_string(),
        amount_fen: new.amount.fen(),
        invoice_number: invoice.number.clone(),
        recorded_at_ms: now,
    };
    diesel::insert_into(transfers::table).values(row).execute(db)?;
    let detail = format!("{} {} 元", new.paid_on, new.amount.yuan());
    audit::record(db, Some(actor), Act::RecordTransfer.code(), &order.order_id, &detail, now)
}

/// Keeps with the order how its invoice stands to the goods: what decides whose turn it is, and what no query could compare.
pub(super) fn note_invoice(db: &mut Db, order: &OrderRow) -> Result<()> {
    let state = Settlement::of(db, order)?.invoice_state();
    diesel::update(orders::table.find(&order.order_id)).set(orders::invoice.eq(state.code())).execute(db)?;
    Ok(())
}

/// What an order's invoice must say, the invoices there are, and the transfer.
pub(super) struct Settlement {
    title: String,
    uscc: String,
    /// What was accepted and not returned before it was paid.
    due_lines: Vec<InvoiceLine>,
    /// The newest first, each with the step of the history it was.
    pub(super) invoices: Vec<(i64, wire::Invoice)>,
    pub(super) transfer: Option<(i64, wire::Transfer)>,
}

impl Settlement {
    pub(super) fn of(db: &mut Db, order: &OrderRow) -> Result<Settlement> {
        let (lines, goods) = (lines_of(db, &order.order_id)?, point_lines_of(db, &order.order_id)?);
        let transfer = transfer(db, &order.order_id)?;
        let paid_at = transfer.as_ref().map(|(step, _)| *step);
        let due_lines = due_lines(db, &order.order_id, &lines, &goods, paid_at)?;
        let buyer = organisations::table.find(&order.buyer_id);
        let (title, uscc, employer): (String, String, Option<String>) =
            buyer.select((organisations::name, organisations::uscc, organisations::employer_uscc)).get_result(db)?;
        let due = Due { title: &title, buyer_uscc: &uscc, employer_uscc: employer.as_deref(), lines: &due_lines };
        let invoices = invoices_of(db, &order.order_id, &due)?;
        Ok(Settlement { title, uscc, due_lines, invoices, transfer })
    }

    /// The invoice that stands: the last one.
    pub(super) fn current(&self) -> Option<&(i64, wire::Invoice)> {
        self.invoices.first()
    }

    /// How the invoice stands to the goods.
    fn invoice_state(&self) -> InvoiceState {
        match self.current() {
            _ if self.due_lines.is_empty() => InvoiceState::Nothing,
            None => InvoiceState::Missing,
            Some((_, invoice)) if invoice.differences.is_empty() => InvoiceState::Right,
            Some(_) => InvoiceState::Differs,
        }
    }

    pub(super) fn due(&self) -> wire::InvoiceDue {
        let amount = self.due_lines.iter().map(|line| line.amount_fen).sum();
        wire::InvoiceDue {
            title: self.title.clone(),
            buyer_uscc: self.uscc.clone(),
            lines: self.due_lines.clone(),
            amount_fen: Money::from_fen(amount),
        }
    }
}

/// What was accepted and did not go back, or not before the order was paid.
fn due_lines(
    db: &mut Db,
    order_id: &str,
    lines: &[LineRow],
    goods: &[PointLineRow],
    paid_at: Option<i64>,
) -> Result<Vec<InvoiceLine>> {
    let mut kept: HashMap<i64, i64> = HashMap::new();
    for row in goods {
        *kept.entry(row.line).or_default() += row.accepted.unwrap_or_default();
    }
    for (step, returned) in returns_of(db, order_id)? {
        if paid_at.is_none_or(|paid_at| step < paid_at) {
            for line in returned.lines {
                *kept.entry(line.line).or_default() -= line.quantity;
            }
        }
    }
    let mut due = Vec::new();
    for line in lines {
        let quantity = kept.get(&line.line).copied().unwrap_or_default();
        if quantity > 0 {
            due.push(InvoiceLine {
                name: line.product_name.clone(),
                quantity,
                unit_price_fen: line.unit_price_fen,
                amount_fen: times(line.unit_price_fen, quantity)?,
            });
        }
    }
    Ok(due)
}

fn invoices_of(db: &mut Db, order_id: &str, due: &Due<'_>) -> Result<Vec<(i64, wire::Invoice)>> {
    let rows: Vec<InvoiceRow> = invoices::table
        .filter(invoices::order_id.eq(order_id))
        .order(invoices::step.desc())
        .select(InvoiceRow::as_select())
        .load(db)?;
    let numbers: Vec<&str> = rows.iter().map(|row| row.number.as_str()).collect();
    let lines: Vec<InvoiceLineRow> = invoice_lines::table
        .filter(invoice_lines::number.eq_any(numbers))
        .order(invoice_lines::line)
        .select(InvoiceLineRow::as_select())
        .load(db)?;
    let mut shown = Vec::with_capacity(rows.len());
    for (index, row) in rows.into_iter().enumerate() {
        let of_invoice = lines.iter().filter(|line| line.number == row.number).map(|line| InvoiceLine {
            name: line.name.clone(),
            quantity: line.quantity,
            unit_price_fen: line.unit_price_fen,
            amount_fen: line.amount_fen,
        });
        let lines: Vec<InvoiceLine> = of_invoice.collect();
        let replaced = index > 0;
        let differences = if replaced { Vec::new() } else { compare(&row, &lines, due)? };
        let InvoiceRow { number, step, title, buyer_uscc, issued_on, amount_fen, recorded_at_ms, .. } = row;
        let amount_fen = Money::from_fen(amount_fen);
        let invoice = wire::Invoice {
            number,
            title,
            buyer_uscc,
            issued_on,
            amount_fen,
            lines,
            recorded_at_ms,
            differences,
            replaced,
        };
        shown.push((step, invoice));
    }
    Ok(shown)
}

fn compare(row: &InvoiceRow, lines: &[InvoiceLine], due: &Due<'_>) -> Result<Vec<Difference>> {
    let issued_on = row.issued_on.parse();
    let issued_on = issued_on.map_err(|_| crate::error::Error::corrupt(format!("the day '{}'", row.issued_on)))?;
    let invoice = Invoice {
        number: row.number.clone(),
        title: row.title.clone(),
        buyer_uscc: row.buyer_uscc.clone(),
        issued_on,
        lines: lines.to_vec(),
        amount: Money::from_fen(row.amount_fen),
    };
    Ok(differences(&invoice, due))
}

fn transfer(db: &mut Db, order_id: &str) -> Result<Option<(i64, wire::Transfer)>> {
    let row: Option<TransferRow> =
        transfers::table.find(order_id).select(TransferRow::as_select()).get_result(db).optional()?;
    Ok(row.map(|row| {
        let TransferRow { step, slip_no, paid_on, amount_fen, invoice_number, recorded_at_ms, .. } = row;
        let amount_fen = Money::from_fen(amount_fen);
        (step, wire::Transfer { slip_no, paid_on, amount_fen, invoice: invoice_number, recorded_at_ms })
    }))
}
