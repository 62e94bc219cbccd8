//! 到点验收: counting the goods in where they have come, on a phone; a point's code opens it.

use domain::Code;
use domain::wire::PointToAccept;
use leptos::prelude::*;

use super::order::act::{Desk, said};
use super::order::count::{Arrival, acceptance};
use super::order::photos::{Takes, photos};
use super::order::points::spaced;
use super::order::ship::name_of;
use super::{on_return, sign_in_first};
use crate::api;
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, nothing_here};
use crate::components::state::state_badge;
use crate::format;
use crate::language::{as_written, language, t};
use crate::load::load;
use crate::route::Route;
use crate::state::State;

pub fn page(code: String) -> AnyView {
    let state = State::get();
    let code = StoredValue::new(code);
    let signed_in = Memo::new(move |_| state.role().is_some());
    let known = Memo::new(move |_| state.session_known.get());
    let key = move || if signed_in.get() { code.get_value() } else { String::new() };
    let shown = load(key, api::acceptance);
    // The order itself is not asked for: what an act answers with tells that there is something new.
    let desk = Desk::new(state, load(String::new, api::order));
    Effect::new(move |_| {
        if desk.order.value.with(Option::is_some) {
            shown.reload();
        }
    });
    on_return(move || {
        if !desk.busy.get_untracked() {
            shown.reload();
        }
    });
    let inside = move || match (signed_in.get(), shown.value.get(), shown.error.get()) {
        (false, ..) if !known.get() => loading_lines(6),
        (false, ..) => sign_in_first(t!(fulfil.accept_title), Route::Accept(code.get_value()).path()),
        (true, Some(point), _) => at_point(desk, &point),
        (true, None, Some(error)) if matches!(error.code(), Some(Code::NotFound | Code::NotAllowed)) => view! {
            <h1>{t!(fulfil.accept_title)}</h1>
            {nothing_here(&error.sentence(), Route::Orders.path(), t!(orders.see_orders))}
        }
        .into_any(),
        (true, None, Some(error)) => load_failure(error.sentence(), shown.on_retry()),
        (true, None, None) => loading_lines(6),
    };
    view! { {inside} }.into_any()
}

fn at_point(desk: Desk, it: &PointToAccept) -> AnyView {
    let arrival = Arrival::at(it.order_id, &it.point, &it.lines, &it.shipments);
    let main = match (it.point.counted_at_ms, it.ready) {
        (Some(at_ms), _) => counted(desk, it, at_ms),
        (None, true) => acceptance(desk, &arrival),
        (None, false) => view! { <p class="note watch">{t!(fulfil.not_all_here)}</p> }.into_any(),
    };
    let code = it.point.code.as_deref().map(spaced);
    view! {
        <p class="crumbs"><a href=Route::Order(it.order_id.to_string()).path()><span class="num">{it.number.clone()}</span></a></p>
        <div class="or-head">
            <div>
                <h1 id="order-title" tabindex="-1">{t!(fulfil.accept_title)}</h1>
                <p class="muted" lang=as_written()>{it.merchant.name.clone()}</p>
                <p><b lang=as_written()>{name_of(&it.point)}</b>" "<span class="num">{code}</span></p>
            </div>
            <p class="or-state">{state_badge(it.state, it.state.word(language()))}</p>
        </div>
        {said(desk)}
        {main}
    }
    .into_any()
}

/// What was counted here, for whoever opens the page again.
fn counted(desk: Desk, it: &PointToAccept, at_ms: i64) -> AnyView {
    let line = |there: &domain::wire::PointLine| {
        let of = it.lines.iter().find(|of| of.line == there.line)?;
        let lost = there.short.unwrap_or_default().get() + there.rejected.unwrap_or_default().get();
        let lost = (lost > 0)
            .then(|| t!(fulfil.lost, count = format::count(lost), why = there.reason.clone().unwrap_or_default()));
        let accepted = format::quantity(there.accepted?, &of.unit);
        Some(view! { <div><dt>{of.name.clone()}</dt><dd>{accepted}" "{lost}</dd></div> }.into_any())
    };
    let lines: Vec<AnyView> = it.point.lines.iter().filter_map(line).collect();
    view! {
        <p class="note good" id="counted">{t!(fulfil.counted_at, at = format::date_time(at_ms))}</p>
        <dl class="came">{lines}</dl>
        {photos(desk, it.order_id, None, Takes::NoMore)}
    }
    .into_any()
}
