//! One order: where it stands, whose turn it is, what came and what it costs.

pub(super) mod act;
mod amend;
mod comparing;
mod confirm;
pub(super) mod count;
mod give_back;
mod goods;
mod kept;
mod life;
mod money;
mod payment;
pub(super) mod photos;
pub(super) mod points;
pub(super) mod procedure;
#[cfg(test)]
mod samples;
pub(super) mod ship;
mod side;
mod turn;
mod typed;

use domain::Code;
use domain::order_life::{Action, State as OrderState};
use domain::organisation::Role;
use domain::wire::{Order, OrderLine, Sibling};
use leptos::prelude::*;

use self::act::Desk;
use super::{gift, on_return, sign_in_first, title};
use crate::api;
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, nothing_here};
use crate::components::state::{remark_badge, state_badge};
use crate::format;
use crate::language::{language, t};
use crate::load::load;
use crate::pages::set_title;
use crate::route::Route;
use crate::state::State;

pub fn page(id: String) -> AnyView {
    let state = State::get();
    let id = StoredValue::new(id);
    let role = Memo::new(move |_| state.role());
    let known = Memo::new(move |_| state.session_known.get());
    let key = move || role.get().map(|_| id.get_value()).unwrap_or_default();
    let desk = Desk::new(state, load(key, api::order));
    stay_up_to_date(desk);
    // What the siblings do changes their list, but must not take a half-counted acceptance away from under the hands.
    let own = Memo::new(move |_| desk.order.value.get().map(|order| Order { siblings: Vec::new(), ..order }));
    let inside = move || match (role.get(), own.get(), desk.order.error.get()) {
        (None, ..) if !known.get() => loading_lines(8),
        (None, ..) => sign_in_first(t!(frame.orders), Route::Order(id.get_value()).path()),
        (Some(role), Some(order), _) => whole(desk, role, order),
        (Some(role), None, Some(error)) if error.is(Code::NotFound) => not_found(role, &error.sentence()),
        (_, None, Some(error)) => load_failure(error.sentence(), desk.order.on_retry()),
        (_, None, None) => loading_lines(8),
    };
    view! { {inside} }.into_any()
}

fn not_found(role: Role, sentence: &str) -> AnyView {
    let (title, see_orders) = match role {
        Role::Buyer => (t!(buying.not_found), t!(buying.see_orders)),
        _ => (t!(orders.not_found), t!(orders.see_orders)),
    };
    view! { <h1>{title}</h1>{nothing_here(sentence, Route::Orders.path(), see_orders)} }.into_any()
}

/// As long as somebody may still act, coming back to the window asks anew, so that two windows agree.
fn stay_up_to_date(desk: Desk) {
    on_return(move || {
        let open = desk.order.value.with_untracked(|order| order.as_ref().is_some_and(may_still_change));
        if open && !desk.busy.get_untracked() {
            desk.order.reload();
        }
    });
    Effect::new(move |_| {
        desk.order.value.with(|order| {
            if let Some(order) = order {
                set_title(&order.summary.number);
            }
        });
    });
}

fn may_still_change(order: &Order) -> bool {
    order.summary.state.actions().next().is_some()
}

fn whole(desk: Desk, role: Role, order: Order) -> AnyView {
    let main = match order.summary.state {
        OrderState::Shipped if order.actions.contains(&Action::Accept) => {
            view! { {points::counting(desk, &order)}{goods::goods(&order)} }.into_any()
        }
        OrderState::Draft if order.actions.contains(&Action::Submit) => amend::amendment(desk, &order),
        _ => goods::goods(&order),
    };
    view! {
        <div>
            {head(desk, role, &order)}
            {life::life(&order)}
            {act::said(desk)}
            {turn::turn(desk, &order)}
            <div class="or-2">
                <div>
                    {main}{points::points(desk, &order)}{proof(desk, &order)}{money::money(desk, &order)}{give_back::give_back(desk, &order)}
                    {procedure::procedure(desk, role, &order)}{life::history(&order)}
                </div>
                {side::side(desk, role, &order)}
            </div>
        </div>
    }
    .into_any()
}

/// The photos of what was counted in; while somebody counts they stand beside the counting.
fn proof(desk: Desk, order: &Order) -> Option<AnyView> {
    let counted = order.points.iter().any(|point| point.counted_at_ms.is_some());
    let counting = order.actions.contains(&Action::Accept);
    (counted && !counting).then(|| photos::photos(desk, order.summary.id, None, photos::Takes::NoMore)).flatten()
}

fn head(desk: Desk, role: Role, order: &Order) -> AnyView {
    let it = &order.summary;
    let other = if role == Role::Merchant { &it.buyer.name } else { &it.merchant.name };
    let heading = format!("{} · {other}", gift(it.occasion));
    let id = it.id;
    let place = move || {
        desk.order.value.with(|order| order.as_ref().and_then(|order| place_of(&order.siblings, id.to_string())))
    };
    view! {
        <p class="crumbs"><a href=Route::Orders.path()>{title(role)}</a><span class="num">{it.number.clone()}</span></p>
        <div class="or-head">
            <div>
                <h1 id="order-title" tabindex="-1">{heading}</h1>
                <p class="muted">
                    <span class="num">{it.number.clone()}</span>" · "{it.buyer.name.clone()}
                    {it.head_count.map(|heads| format!(" · {} {}", format::count(heads), t!(orders.people)))}{move || place().map(|place| format!(" · {place}"))}
                </p>
            </div>
            <p class="or-state" id="order-state" data-state=it.state.code()>{state_badge(it.state, it.state.word_of(it.channel, language()))}{short(order)}</p>
        </div>
    }
    .into_any()
}

/// 第 2 张，共 3 张; nothing for an order that stands alone.
fn place_of(siblings: &[Sibling], id: String) -> Option<String> {
    let place = siblings.iter().position(|it| it.id.to_string() == id)?;
    (siblings.len() > 1).then(|| t!(orders.place_of, place = place + 1, count = siblings.len()))
}

/// What an accepted order did not bring.
fn short(order: &Order) -> Option<AnyView> {
    let lost = |line: &OrderLine| line.short.unwrap_or_default().get() + line.rejected.unwrap_or_default().get();
    let rejected: i64 = order.lines.iter().map(lost).sum();
    (rejected > 0).then(|| remark_badge("short", t!(orders.rejected_pieces, count = format::count(rejected))))
}
