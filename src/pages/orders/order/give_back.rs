//! 退货: sending back some of what was accepted, with a reason; the sale is taken back with it.

use domain::Quantity;
use domain::id::ReturnId;
use domain::order::parse_reason;
use domain::order_life::Action;
use domain::wire::{ActionBody, Order, Point, ReturnLine};
use leptos::prelude::*;

use super::act::Desk;
use super::kept;
use super::ship::name_of;
use super::typed::{Row, Typed, table};
use crate::api;
use crate::components::error_summary::{FormError, error_summary};
use crate::components::field::{Choice, Control, Field, field};
use crate::language::{t, told};

const REASON: &str = "return-reason";

/// Accepted and not sent back, line by line.
fn still_here(point: &Point) -> impl Iterator<Item = (i64, Quantity)> + '_ {
    point.lines.iter().filter_map(|line| {
        let kept = line.accepted?.checked_sub(line.returned)?;
        (!kept.is_zero()).then_some((line.line, kept))
    })
}

pub fn give_back(desk: Desk, order: &Order) -> Option<AnyView> {
    if !order.actions.contains(&Action::Return) {
        return None;
    }
    let points: Vec<Point> = order.points.iter().filter(|point| still_here(point).next().is_some()).cloned().collect();
    let id = order.summary.id;
    let begun = points.iter().find(|point| kept::is_begun(desk, id, &form_name(point.point)));
    let chosen = RwSignal::new(begun.or(points.first())?.point.to_string());
    let open = begun.is_some();
    let choices = points.iter().map(|point| Choice::new(point.point.to_string(), name_of(point))).collect();
    let choose = (order.points.len() > 1).then(|| {
        let select = Control::Select { none: t!(fulfil.choose_point), choices };
        field(Field::new("return-point", t!(fulfil.from_which_point), chosen), select)
    });
    let order = StoredValue::new(order.clone());
    let form = move || {
        let number = chosen.get();
        let point = points.iter().find(|point| point.point.to_string() == number)?;
        Some(order.with_value(|order| from_point(desk, order, point)))
    };
    Some(
        view! {
            <details class="part" id="returning" open=open>
                <summary>{t!(fulfil.give_back)}</summary>
                <p class="muted">{t!(fulfil.give_back_how)}</p>
                {choose}{form}
            </details>
        }
        .into_any(),
    )
}

fn form_name(point: i64) -> String {
    format!("return-{point}")
}

fn from_point(desk: Desk, order: &Order, point: &Point) -> AnyView {
    // Made when the form opens: sending it twice is one return.
    let return_id = ReturnId(api::new_id());
    let (id, point_number) = (order.summary.id, point.point);
    let lines: Vec<(i64, Quantity)> = still_here(point).collect();
    let row = |(line, most): &(i64, Quantity)| {
        let of = order.lines.iter().find(|of| of.line == *line)?;
        Some(Row { id: format!("return-{line}"), name: of.name.clone(), unit: of.unit.clone(), most: *most })
    };
    let rows: Vec<Row> = lines.iter().filter_map(row).collect();
    let fresh = std::iter::once(String::new()).chain(rows.iter().map(Typed::none)).collect();
    let (mut texts, _) = kept::texts(desk, id, &form_name(point_number), fresh);
    let reason = texts.remove(0);
    let typed = Typed::new(rows, texts);
    let numbers = StoredValue::new(lines.iter().map(|(line, _)| *line).collect::<Vec<_>>());
    let sent = RwSignal::new(0_u32);
    let no_reason = Memo::new(move |_| parse_reason(&reason.get()).err().map(|refusal| told(refusal.sentence)));
    let errors = Memo::new(move |_| {
        let mut errors = typed.errors();
        errors.extend(typed.none_error());
        errors.extend(no_reason.get().map(|sentence| FormError { control: REASON.to_owned(), sentence }));
        errors
    });
    let press = move |_| {
        sent.update(|sent| *sent += 1);
        let Some(quantities) = untrack(|| typed.quantities()).filter(|_| errors.with_untracked(Vec::is_empty)) else {
            return;
        };
        let lines: Vec<ReturnLine> = numbers.with_value(|numbers| {
            let some = numbers.iter().zip(&quantities).filter(|(_, quantity)| !quantity.is_zero());
            some.map(|(line, quantity)| ReturnLine { point: point_number, line: *line, quantity: quantity.get() })
                .collect()
        });
        let reason = reason.get_untracked().trim().to_owned();
        desk.act(id, ActionBody::Return { id: return_id, lines, reason }, t!(fulfil.returned_done).to_owned());
    };
    let why = Field::new(REASON, t!(orders.reason), reason).hint(t!(orders.seen_by_other));
    let busy = desk.busy;
    view! {
        {error_summary(errors.into(), sent.into())}
        {table(t!(fulfil.give_back), t!(fulfil.kept), typed)}
        {field(why.check(no_reason, sent.into()), Control::Long { rows: 2 })}
        <button
            class="btn wrong"
            type="button"
            id=Action::Return.code()
            aria-busy=move || busy.get().then_some("true")
            on:click=press
        >
            {t!(fulfil.give_back_confirm)}
        </button>
    }
    .into_any()
}
