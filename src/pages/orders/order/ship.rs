//! 分批发货: one shipment to one point, of what is still to go there.

use domain::order::{parse_carrier, parse_tracking_no};
use domain::order_life::Action;
use domain::wire::{ActionBody, Order, Point, PointLine, ShippedLine};
use domain::{Quantity, wire};
use leptos::prelude::*;

use super::act::Desk;
use super::kept;
use super::typed::{Row, Typed, table};
use crate::components::error_summary::{FormError, error_summary};
use crate::components::field::{Choice, Control, Field, field};
use crate::language::{t, told};

/// Confirmed, and neither shipped nor given up.
pub fn to_ship(line: &PointLine) -> Quantity {
    let gone = line.shipped.get() + line.closed.get();
    let left = line.confirmed.unwrap_or_default().get() - gone;
    Quantity::new(left).unwrap_or(Quantity::ZERO)
}

pub fn is_open(point: &Point) -> bool {
    point.lines.iter().any(|line| !to_ship(line).is_zero())
}

/// The form of a shipment; where several points wait, one is chosen first.
pub fn shipping(desk: Desk, order: &Order) -> AnyView {
    let open: Vec<Point> = order.points.iter().filter(|point| is_open(point)).cloned().collect();
    let Some(first) = open.first() else { return ().into_any() };
    let id = order.summary.id;
    let begun = open.iter().find(|point| kept::is_begun(desk, id, &form_name(point.point))).unwrap_or(first);
    let chosen = RwSignal::new(begun.point.to_string());
    let choice = |point: &Point| Choice::new(point.point.to_string(), name_of(point));
    let choices: Vec<Choice> = open.iter().map(choice).collect();
    let several = order.points.len() > 1;
    let order = StoredValue::new(order.clone());
    let form = move || {
        let number = chosen.get();
        let point = open.iter().find(|point| point.point.to_string() == number)?;
        Some(order.with_value(|order| to_point(desk, order, point)))
    };
    let choose = several.then(|| {
        let select = Control::Select { none: t!(fulfil.choose_point), choices };
        field(Field::new("ship-point", t!(fulfil.to_which_point), chosen), select)
    });
    view! { <div class="ship">{choose}{form}</div> }.into_any()
}

/// 第 2 点 · 宁波市镇海区示例路2号
pub fn name_of(point: &Point) -> String {
    t!(fulfil.point_named, point = point.point, address = point.address)
}

fn form_name(point: i64) -> String {
    format!("ship-{point}")
}

fn to_point(desk: Desk, order: &Order, point: &Point) -> AnyView {
    let (id, number) = (order.summary.id, point.point);
    let waiting: Vec<PointLine> = point.lines.iter().filter(|line| !to_ship(line).is_zero()).cloned().collect();
    let rows: Vec<Row> = waiting.iter().filter_map(|line| row(&order.lines, line)).collect();
    let fresh = (0..4).map(|_| String::new()).chain(rows.iter().map(Typed::all)).collect();
    let (mut texts, gone_on) = kept::texts(desk, id, &form_name(number), fresh);
    let typed = Typed::new(rows, texts.split_off(4));
    let [carrier, tracking_no, batch, best_before] = [0, 1, 2, 3].map(|place: usize| texts[place]);
    let numbers = StoredValue::new(waiting.iter().map(|line| line.line).collect::<Vec<_>>());
    let sent = RwSignal::new(0_u32);
    let no_carrier = Memo::new(move |_| carrier.with(|text| parse_carrier(text).err().map(told)));
    let no_number = Memo::new(move |_| tracking_no.with(|text| parse_tracking_no(text).err().map(told)));
    let errors = Memo::new(move |_| {
        let mut errors = typed.errors();
        errors.extend(typed.none_error());
        for (control, wrong) in [("carrier", no_carrier), ("tracking", no_number)] {
            errors.extend(wrong.get().map(|sentence| FormError { control: control.to_owned(), sentence }));
        }
        errors
    });
    let press = move |_| {
        sent.update(|sent| *sent += 1);
        let Some(quantities) = untrack(|| typed.quantities()).filter(|_| errors.with_untracked(Vec::is_empty)) else {
            return;
        };
        let (carrier, tracking_no) = (carrier.get_untracked(), tracking_no.get_untracked());
        let done = t!(orders.shipped_done, carrier = carrier.trim(), number = tracking_no.trim());
        let (batch, best_before) = (batch.get_untracked(), best_before.get_untracked());
        let lines = numbers.with_value(|numbers| {
            let some = numbers.iter().zip(&quantities).filter(|(_, quantity)| !quantity.is_zero());
            let line = |(line, quantity): (&i64, &Quantity)| ShippedLine {
                line: *line,
                quantity: quantity.get(),
                batch: Some(batch.clone()),
                best_before: Some(best_before.clone()),
            };
            some.map(line).collect::<Vec<_>>()
        });
        desk.act(id, ActionBody::Ship { carrier, tracking_no, point: Some(number), lines }, done);
    };
    let busy = desk.busy;
    view! {
        {error_summary(errors.into(), sent.into())}
        {table(t!(fulfil.this_shipment), t!(fulfil.to_go), typed)}
        <div class="ship-row">
            {field(Field::new("carrier", t!(orders.carrier), carrier).class("w-16").check(no_carrier, sent.into()), Control::Text)}
            {field(Field::new("tracking", t!(orders.waybill_number), tracking_no).class("w-16").check(no_number, sent.into()), Control::Text)}
        </div>
        <details class="part" open=gone_on>
            <summary>{t!(fulfil.batch_and_day)}</summary>
            <div class="ship-row">
                {field(Field::new("batch", t!(fulfil.batch), batch).class("w-16"), Control::Text)}
                {field(Field::new("best-before", t!(fulfil.best_before), best_before).class("w-16"), Control::Known { kind: "date", autocomplete: "off" })}
            </div>
        </details>
        <button
            class="btn do"
            type="button"
            id=Action::Ship.code()
            aria-busy=move || busy.get().then_some("true")
            on:click=press
        >
            {t!(orders.ship)}
        </button>
    }
    .into_any()
}

fn row(lines: &[wire::OrderLine], line: &PointLine) -> Option<Row> {
    let of = lines.iter().find(|of| of.line == line.line)?;
    Some(Row { id: format!("ship-{}", line.line), name: of.name.clone(), unit: of.unit.clone(), most: to_ship(line) })
}
