//! 部分接单: confirming less of some lines, with a reason that the union reads.

use domain::order::parse_reason;
use domain::wire::{ActionBody, ConfirmedLine, Order, OrderLine};
use leptos::prelude::*;

use super::act::Desk;
use super::kept;
use super::typed::{Row, Typed, table};
use crate::components::error_summary::{FormError, error_summary};
use crate::components::field::{Control, Field, field};
use crate::language::{t, told};

const REASON: &str = "confirm-reason";

pub fn in_part(desk: Desk, order: &Order) -> AnyView {
    let id = order.summary.id;
    let lines = StoredValue::new(order.lines.clone());
    let row = |line: &OrderLine| Row {
        id: format!("confirm-{}", line.line),
        name: line.name.clone(),
        unit: line.unit.clone(),
        most: line.quantity,
    };
    let rows: Vec<Row> = order.lines.iter().map(row).collect();
    let fresh = std::iter::once(String::new()).chain(rows.iter().map(Typed::all)).collect();
    let (mut texts, gone_on) = kept::texts(desk, id, "confirm", fresh);
    let reason = texts.remove(0);
    let typed = Typed::new(rows, texts);
    let sent = RwSignal::new(0_u32);
    let less = Memo::new(move |_| {
        let quantities = typed.quantities()?;
        let reason = reason.get().trim().to_owned();
        Some(lines.with_value(|lines| {
            let all = lines.iter().zip(&quantities).filter(|(line, quantity)| **quantity < line.quantity);
            all.map(|(line, quantity)| ConfirmedLine {
                line: line.line,
                quantity: quantity.get(),
                by_point: Vec::new(),
                reason: reason.clone(),
            })
            .collect::<Vec<_>>()
        }))
    });
    // Who confirms everything after all owes nobody a reason.
    let is_less = Memo::new(move |_| less.with(|less| less.as_ref().is_none_or(|less| !less.is_empty())));
    let no_reason = Memo::new(move |_| {
        let wrong = parse_reason(&reason.get()).err().filter(|_| is_less.get());
        wrong.map(|refusal| told(refusal.sentence))
    });
    let errors = Memo::new(move |_| {
        let mut errors = typed.errors();
        errors.extend(no_reason.get().map(|sentence| FormError { control: REASON.to_owned(), sentence }));
        errors
    });
    let press = move |_| {
        sent.update(|sent| *sent += 1);
        if let Some(lines) = less.get_untracked().filter(|_| errors.with_untracked(Vec::is_empty)) {
            desk.act(id, ActionBody::Confirm { lines }, t!(orders.confirmed_done).to_owned());
        }
    };
    let why = Field::new(REASON, t!(fulfil.why_less), reason).hint(t!(orders.seen_by_other));
    let busy = desk.busy;
    view! {
        <details class="part" open=gone_on>
            <summary>{t!(fulfil.confirm_in_part)}</summary>
            {error_summary(errors.into(), sent.into())}
            {table(t!(fulfil.confirm_in_part), t!(fulfil.ordered), typed)}
            {field(why.check(no_reason, sent.into()), Control::Long { rows: 2 })}
            <button class="btn" type="button" id="confirm-part" aria-busy=move || busy.get().then_some("true") on:click=press>
                {t!(fulfil.confirm_these)}
            </button>
        </details>
    }
    .into_any()
}
