//! 部分接单: confirming less of some lines, with a reason that the union reads.

use domain::order::parse_reason;
use domain::wire::{ActionBody, ConfirmedLine, Order, OrderLine};
use leptos::prelude::*;

use super::act::Desk;
use super::typed::{Row, Typed, table};
use crate::components::field::{Control, Field, field};
use crate::components::focus::focus;
use crate::language::{t, told};

pub fn in_part(desk: Desk, order: &Order) -> AnyView {
    let id = order.summary.id;
    let lines = StoredValue::new(order.lines.clone());
    let row = |line: &OrderLine| Row {
        id: format!("confirm-{}", line.line),
        name: line.name.clone(),
        unit: line.unit.clone(),
        most: line.quantity,
    };
    let typed = Typed::new(order.lines.iter().map(row).collect(), Typed::all);
    let (reason, sent) = (RwSignal::new(String::new()), RwSignal::new(0_u32));
    let error = Memo::new(move |_| parse_reason(&reason.get()).err().map(|refusal| told(refusal.sentence)));
    let press = move |_| {
        sent.update(|sent| *sent += 1);
        let quantities = match typed.read_all() {
            Ok(quantities) => quantities,
            Err(place) => return focus(&lines.with_value(|lines| format!("confirm-{}", lines[place].line))),
        };
        if error.with_untracked(Option::is_some) {
            return focus("confirm-reason");
        }
        let less = lines.with_value(|lines| {
            let all = lines.iter().zip(&quantities).filter(|(line, quantity)| **quantity < line.quantity);
            all.map(|(line, quantity)| ConfirmedLine {
                line: line.line,
                quantity: quantity.get(),
                by_point: Vec::new(),
                reason: reason.get_untracked().trim().to_owned(),
            })
            .collect()
        });
        desk.act(id, ActionBody::Confirm { lines: less }, t!(orders.confirmed_done).to_owned());
    };
    let why = Field::new("confirm-reason", t!(fulfil.why_less), reason).hint(t!(orders.seen_by_other));
    let busy = desk.busy;
    view! {
        <details class="part">
            <summary>{t!(fulfil.confirm_in_part)}</summary>
            {table(t!(fulfil.confirm_in_part), t!(fulfil.ordered), typed, |_| ().into_any())}
            {field(why.check(error, sent.into()), Control::Long { rows: 2 })}
            <button class="btn" type="button" id="confirm-part" aria-busy=move || busy.get().then_some("true") on:click=press>
                {t!(fulfil.confirm_these)}
            </button>
        </details>
    }
    .into_any()
}
