//! 收货点位: where the goods go, and what has become of them at each place.

use domain::Quantity;
use domain::order_life::Action;
use domain::wire::{ActionBody, Order, OrderLine, Point, PointLine, Shipment};
use leptos::prelude::*;

use super::act::Desk;
use super::count::{Arrival, acceptance};
use super::ship::{is_open, name_of};
use super::turn::{reasoned, shipped_words};
use crate::components::dialog::{Ask, Weight};
use crate::components::field::{Choice, Control, Field, field};
use crate::components::state::remark_badge;
use crate::format;
use crate::language::{as_written, t};
use crate::route::Route;

/// How a point stands: what is next there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    Waiting,
    Coming,
    Here,
    Counted,
    Nothing,
}

impl Stand {
    fn of(point: &Point) -> Stand {
        let shipped = point.lines.iter().any(|line| !line.shipped.is_zero());
        match (point.counted_at_ms.is_some(), shipped, is_open(point)) {
            (true, ..) => Stand::Counted,
            (false, true, true) => Stand::Coming,
            (false, true, false) => Stand::Here,
            (false, false, true) => Stand::Waiting,
            // Before it is confirmed everything waits; afterwards nothing comes to where all was given up.
            (false, false, false) if point.lines.iter().any(|line| line.confirmed.is_none()) => Stand::Waiting,
            (false, false, false) => Stand::Nothing,
        }
    }

    fn badge(self) -> AnyView {
        match self {
            Stand::Waiting => remark_badge("draft", t!(fulfil.waits).to_owned()),
            Stand::Coming => remark_badge("shipped", t!(fulfil.partly_shipped).to_owned()),
            Stand::Here => remark_badge("shipped", t!(fulfil.to_count).to_owned()),
            Stand::Counted => remark_badge("accepted", t!(fulfil.counted).to_owned()),
            Stand::Nothing => remark_badge("cancelled", t!(fulfil.nothing_comes).to_owned()),
        }
    }
}

/// The points that can be counted now, one at a time.
pub fn counting(desk: Desk, order: &Order) -> AnyView {
    let ready: Vec<Point> = order.points.iter().filter(|point| Stand::of(point) == Stand::Here).cloned().collect();
    let Some(first) = ready.first() else { return ().into_any() };
    let chosen = RwSignal::new(first.point.to_string());
    let choices = ready.iter().map(|point| Choice::new(point.point.to_string(), name_of(point))).collect();
    let choose = (order.points.len() > 1).then(|| {
        let select = Control::Select { none: t!(fulfil.choose_point), choices };
        field(Field::new("count-point", t!(fulfil.count_which_point), chosen), select)
    });
    let order = StoredValue::new(order.clone());
    let form = move || {
        let number = chosen.get();
        let point = ready.iter().find(|point| point.point.to_string() == number)?;
        let arrival = order.with_value(|order| Arrival::at(order.summary.id, point, &order.lines, &order.shipments));
        Some(acceptance(desk, &arrival))
    };
    view! { {choose}{form} }.into_any()
}

/// Every point with its goods and shipments; one alone is told at the side and has nothing more to say.
pub fn points(desk: Desk, order: &Order) -> AnyView {
    let can_close = order.actions.contains(&Action::Close);
    if order.points.len() < 2 && order.shipments.len() < 2 && !can_close {
        return ().into_any();
    }
    let items: Vec<AnyView> = order.points.iter().map(|point| item(order, point)).collect();
    view! {
        <section aria-labelledby="points">
            <h2 id="points">{t!(fulfil.points)}</h2>
            <ol class="points" role="list">{items}</ol>
            {can_close.then(|| close(desk, order))}
        </section>
    }
    .into_any()
}

fn item(order: &Order, point: &Point) -> AnyView {
    let stand = Stand::of(point);
    let rows: Vec<AnyView> = point.lines.iter().filter_map(|line| row(&order.lines, line)).collect();
    let shipments: Vec<AnyView> = order
        .shipments
        .iter()
        .filter(|it| it.point == point.point)
        .map(|it| view! { <li>{shipped_words(it)}{facts(it)}</li> }.into_any())
        .collect();
    let open = order.points.len() <= 6;
    let accept = point.code.clone().filter(|_| stand != Stand::Counted && stand != Stand::Nothing).map(|code| {
        view! { <p class="code">{t!(fulfil.code)}{t!(orders.colon)}<a href=Route::Accept(code.clone()).path()>{spaced(&code)}</a></p> }
            .into_any()
    });
    let recipients = (point.recipients > 0).then(|| t!(fulfil.recipients, count = format::count(point.recipients)));
    view! {
        <li data-point=point.point.to_string()>
            <details open=open>
                <summary><b lang=as_written()>{name_of(point)}</b>" "{stand.badge()}</summary>
                <p class="muted"><span lang=as_written()>{format!("{} {}", point.contact, point.phone)}</span>" "{recipients}</p>
                <div class="scroll" role="region" tabindex="0" aria-label=t!(fulfil.goods_of_point, point = point.point)>
                    <table role="table" class="pt">
                        <thead role="rowgroup">
                            <tr role="row">
                                <th role="columnheader" scope="col">{t!(orders.product)}</th>
                                <th role="columnheader" scope="col" class="n">{t!(fulfil.ordered)}</th>
                                <th role="columnheader" scope="col" class="n">{t!(fulfil.confirmed)}</th>
                                <th role="columnheader" scope="col" class="n">{t!(fulfil.shipped)}</th>
                                <th role="columnheader" scope="col" class="n">{t!(orders.accepted)}</th>
                            </tr>
                        </thead>
                        <tbody role="rowgroup">{rows}</tbody>
                    </table>
                </div>
                <ul class="sent" role="list">{shipments}</ul>
                {accept}
            </details>
        </li>
    }
    .into_any()
}

/// ABCDE-23456: as it is read aloud.
pub fn spaced(code: &str) -> String {
    let (first, rest) = code.split_at(code.len() / 2);
    format!("{first}-{rest}")
}

fn facts(it: &Shipment) -> Option<AnyView> {
    let line = it.lines.iter().find(|line| line.batch.is_some() || line.best_before.is_some())?;
    let batch = line.batch.clone().map(|batch| t!(fulfil.batch_is, batch = batch));
    let day = line.best_before.clone().map(|day| t!(fulfil.best_before_is, day = format::civil_day(&day)));
    Some(view! { <small class="muted">" "{batch}" "{day}</small> }.into_any())
}

fn row(lines: &[OrderLine], line: &PointLine) -> Option<AnyView> {
    let of = lines.iter().find(|of| of.line == line.line)?;
    let number = |of: Option<Quantity>| of.map_or_else(|| "—".to_owned(), |of| of.to_string());
    let lost = line.short.unwrap_or_default().get() + line.rejected.unwrap_or_default().get();
    let note =
        (lost > 0).then(|| t!(fulfil.lost, count = format::count(lost), why = line.reason.clone().unwrap_or_default()));
    let closed = (!line.closed.is_zero()).then(|| t!(fulfil.closed, count = line.closed));
    let returned = (!line.returned.is_zero()).then(|| t!(fulfil.returned, count = line.returned));
    let notes: Vec<AnyView> = [note, closed, returned]
        .into_iter()
        .flatten()
        .map(|words| view! { <small class="why">{words}</small> }.into_any())
        .collect();
    Some(
        view! {
            <tr role="row" class:bad=lost != 0>
                <th role="rowheader" scope="row">{of.name.clone()}{notes}</th>
                <td role="cell" class="n" data-k=t!(fulfil.ordered)>{line.quantity.to_string()}</td>
                <td role="cell" class="n" data-k=t!(fulfil.confirmed)>{number(line.confirmed)}</td>
                <td role="cell" class="n" data-k=t!(fulfil.shipped)>{line.shipped.to_string()}</td>
                <td role="cell" class="n" data-k=t!(orders.accepted)>{number(line.accepted)}</td>
            </tr>
        }
        .into_any(),
    )
}

fn close(desk: Desk, order: &Order) -> AnyView {
    let left: i64 =
        order.points.iter().flat_map(|point| &point.lines).map(|line| super::ship::to_ship(line).get()).sum();
    let ask = Ask {
        title: t!(fulfil.close_title, count = format::count(left)),
        confirm: t!(fulfil.close_confirm).to_owned(),
        keep: t!(fulfil.close_keep),
        weight: Weight::Ordinary,
    };
    let body = |reason| ActionBody::Close { point: None, reason };
    view! { <div class="tb">{reasoned(desk, order, Action::Close, ask, body, t!(fulfil.close_done))}<span class="muted">{t!(fulfil.close_hint)}</span></div> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(count: i64) -> Quantity {
        Quantity::new(count).expect("small")
    }

    /// A point with one line of ten: so many confirmed, shipped and closed.
    fn point(confirmed: Option<i64>, shipped: i64, closed: i64, counted: bool) -> Point {
        let line = PointLine {
            line: 1,
            quantity: pieces(10),
            confirmed: confirmed.map(pieces),
            shipped: pieces(shipped),
            closed: pieces(closed),
            accepted: None,
            short: None,
            rejected: None,
            reason: None,
            returned: Quantity::ZERO,
        };
        Point {
            point: 1,
            address: "宁波市示例路1号".to_owned(),
            contact: String::new(),
            phone: String::new(),
            recipients: 10,
            counted_at_ms: counted.then_some(1),
            code: None,
            lines: vec![line],
        }
    }

    #[test]
    fn a_point_stands_where_its_goods_are() {
        for (point, stand) in [
            (point(None, 0, 0, false), Stand::Waiting),
            (point(Some(10), 0, 0, false), Stand::Waiting),
            (point(Some(10), 4, 0, false), Stand::Coming),
            (point(Some(10), 4, 6, false), Stand::Here),
            (point(Some(10), 10, 0, true), Stand::Counted),
            (point(Some(0), 0, 0, false), Stand::Nothing),
            (point(Some(10), 0, 10, false), Stand::Nothing),
        ] {
            assert_eq!(Stand::of(&point), stand, "{:?}", point.lines);
        }
    }

    #[test]
    fn a_code_is_read_in_two_halves() {
        assert_eq!(spaced("ABCDE23456"), "ABCDE-23456");
    }
}
