//! 退货: sending back some of what was accepted, with a reason; the sale is taken back with it.

use domain::Quantity;
use domain::id::ReturnId;
use domain::order::parse_reason;
use domain::order_life::Action;
use domain::wire::{ActionBody, Order, Point, ReturnLine};
use leptos::prelude::*;

use super::act::Desk;
use super::ship::name_of;
use super::typed::{Row, Typed, table};
use crate::api;
use crate::components::field::{Choice, Control, Field, field};
use crate::components::focus::focus;
use crate::language::{t, told};

/// Accepted and not sent back, line by line.
fn kept(point: &Point) -> impl Iterator<Item = (i64, Quantity)> + '_ {
    point.lines.iter().filter_map(|line| {
        let kept = line.accepted?.checked_sub(line.returned)?;
        (!kept.is_zero()).then_some((line.line, kept))
    })
}

pub fn give_back(desk: Desk, order: &Order) -> Option<AnyView> {
    if !order.actions.contains(&Action::Return) {
        return None;
    }
    let points: Vec<Point> = order.points.iter().filter(|point| kept(point).next().is_some()).cloned().collect();
    let chosen = RwSignal::new(points.first()?.point.to_string());
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
            <details class="part" id="returning">
                <summary>{t!(fulfil.give_back)}</summary>
                <p class="muted">{t!(fulfil.give_back_how)}</p>
                {choose}{form}
            </details>
        }
        .into_any(),
    )
}

fn from_point(desk: Desk, order: &Order, point: &Point) -> AnyView {
    // Made when the form opens: sending it twice is one return.
    let return_id = ReturnId(api::new_id());
    let (id, point_number) = (order.summary.id, point.point);
    let lines: Vec<(i64, Quantity)> = kept(point).collect();
    let row = |(line, most): &(i64, Quantity)| {
        let of = order.lines.iter().find(|of| of.line == *line)?;
        Some(Row { id: format!("return-{line}"), name: of.name.clone(), unit: of.unit.clone(), most: *most })
    };
    let typed = Typed::new(lines.iter().filter_map(row).collect(), Typed::none);
    let numbers = StoredValue::new(lines.iter().map(|(line, _)| *line).collect::<Vec<_>>());
    let (reason, sent) = (RwSignal::new(String::new()), RwSignal::new(0_u32));
    let error = Memo::new(move |_| parse_reason(&reason.get()).err().map(|refusal| told(refusal.sentence)));
    let press = move |_| {
        sent.update(|sent| *sent += 1);
        let quantities = match typed.read_all() {
            Ok(quantities) => quantities,
            Err(place) => return focus(&numbers.with_value(|numbers| format!("return-{}", numbers[place]))),
        };
        let lines: Vec<ReturnLine> = numbers.with_value(|numbers| {
            let some = numbers.iter().zip(&quantities).filter(|(_, quantity)| !quantity.is_zero());
            some.map(|(line, quantity)| ReturnLine { point: point_number, line: *line, quantity: quantity.get() })
                .collect()
        });
        if lines.is_empty() {
            return focus(&numbers.with_value(|numbers| format!("return-{}", numbers[0])));
        }
        if error.with_untracked(Option::is_some) {
            return focus("return-reason");
        }
        let reason = reason.get_untracked().trim().to_owned();
        desk.act(id, ActionBody::Return { id: return_id, lines, reason }, t!(fulfil.returned_done).to_owned());
    };
    let why = Field::new("return-reason", t!(orders.reason), reason).hint(t!(orders.seen_by_other));
    let busy = desk.busy;
    view! {
        {table(t!(fulfil.give_back), t!(fulfil.kept), typed, |_| ().into_any())}
        {field(why.check(error, sent.into()), Control::Long { rows: 2 })}
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
