//! 货与款: what was ordered, what was accepted, whereto it goes, and the papers.

use domain::Money;
use domain::channel::Channel;
use domain::order_life::Action;
use domain::organisation::Role;
use domain::permission::{Act, Whose, may};
use domain::wire::{ActionBody, Order, Sibling};
use leptos::prelude::*;

use super::act::Desk;
use super::payment::payment;
use super::turn::reasoned;
use crate::components::dialog::{Ask, Weight};
use crate::components::icon::{Icon, icon};
use crate::components::state::state_badge;
use crate::format;
use crate::language::{as_written, language, t};
use crate::pages::orders::word_of;
use crate::route::Route;

pub fn side(desk: Desk, role: Role, order: &Order) -> AnyView {
    let id = order.summary.id;
    let channel = order.summary.channel;
    let siblings =
        move || desk.order.value.with(|it| it.as_ref().map(|it| siblings(&it.siblings, &id.to_string(), channel)));
    view! {
        <aside class="or-side" aria-labelledby="money">
            <h2 id="money">{t!(orders.goods_and_money)}</h2>
            {sums(order)}
            {delivery(role, order)}
            {payment(desk, role, order)}
            {papers(role, order)}
            {siblings}
            {order.actions.contains(&Action::Cancel).then(|| cancel(desk, order))}
        </aside>
    }
    .into_any()
}

/// The way to what is printed and kept of the order, for those who have papers of it.
fn papers(role: Role, order: &Order) -> Option<AnyView> {
    may(Some(role), Act::SeePapers, Whose::Own).then(|| {
        let (href, channel) = (Route::papers(&order.summary.id.to_string(), "").path(), order.summary.channel);
        view! {
            <p>
                <a class="btn plain" id="papers" href=href>
                    {icon(Icon::Print)}{word_of(channel, t!(papers.of_union), t!(papers.of_person))}
                </a>
            </p>
        }
        .into_any()
    })
}

fn sums(order: &Order) -> AnyView {
    let ordered = order.summary.total_fen;
    let rejected = order.accepted_fen.and_then(|accepted| accepted.checked_sub(ordered)).filter(|it| it.is_negative());
    let row = |word: &'static str, class: &'static str, amount: Money| {
        view! { <div><dt>{word}</dt><dd class=class>{amount.yuan()}</dd></div> }.into_any()
    };
    let expected = (order.accepted_fen.is_none() && order.summary.state.in_pipeline()).then_some(ordered);
    view! {
        <dl class="sum" data-accepted-fen=order.accepted_fen.map(|accepted| accepted.fen().to_string())>
            {row(t!(orders.ordered_yuan), "", ordered)}
            {order.accepted_fen.map(|accepted| row(t!(orders.accepted_sum), "tea", accepted))}
            {rejected.map(|rejected| row(t!(orders.rejected), "wr", rejected))}
            {expected.map(|expected| row(t!(orders.to_be_accepted), "", expected))}
            <div class="cap"><dt>{t!(orders.capitals)}</dt><dd lang="zh-CN">{ordered.capitals()}</dd></div>
            {order.per_head_budget_fen.map(|standard| row(t!(orders.per_head), "", standard))}
        </dl>
    }
    .into_any()
}

fn delivery(role: Role, order: &Order) -> AnyView {
    let row = |word: &'static str, text: String| {
        view! { <div><dt>{word}</dt><dd lang=as_written()>{text}</dd></div> }.into_any()
    };
    // Where somebody lives and is called is not kept for ever.
    let kept = |text: &str| if text.is_empty() { t!(orders.no_longer_kept).to_owned() } else { text.to_owned() };
    // Of several points each is told beside its goods.
    let one = order.points.len() == 1;
    let points: Vec<AnyView> = order
        .points
        .iter()
        .filter(|_| one)
        .map(|to| {
            view! {
                {row(t!(orders.deliver_to), kept(&to.address))}
                {row(t!(orders.recipient), to.contact.clone())}
                {row(t!(orders.telephone), kept(&to.phone))}
            }
            .into_any()
        })
        .collect();
    let shipments: Vec<AnyView> = order
        .shipments
        .iter()
        .filter(|_| one)
        .map(|it| {
            view! {
                {row(t!(orders.carried_by), it.carrier.clone())}
                {row(t!(orders.waybill_number), it.tracking_no.clone())}
                {row(t!(orders.shipped_at), format::date_time(it.shipped_at_ms))}
            }
            .into_any()
        })
        .collect();
    // The merchant has no use for why the union goes over its budget.
    let reason =
        order.exception_reason.clone().filter(|_| role != Role::Merchant).map(|reason| row(t!(orders.reason), reason));
    view! {
        <dl class="facts" aria-label=t!(orders.delivery)>
            {points}
            {shipments}
            {reason}
        </dl>
    }
    .into_any()
}

/// The orders of the same procurement; this one is named and not linked.
fn siblings(all: &[Sibling], own: &str, channel: Channel) -> Option<AnyView> {
    if all.len() < 2 {
        return None;
    }
    let line = |it: &Sibling| {
        let id = it.id.to_string();
        let name = if id == own {
            view! { <b aria-current="page" lang=as_written()>{it.merchant.clone()}</b> }.into_any()
        } else {
            view! { <a href=Route::Order(id.clone()).path()>{it.merchant.clone()}</a> }.into_any()
        };
        view! { <li data-order=id>{name}{state_badge(it.state, it.state.word_of(channel, language()))}</li> }.into_any()
    };
    let lines: Vec<AnyView> = all.iter().map(line).collect();
    Some(
        view! {
            <div class="sibs">
                <h3 id="siblings">{t!(orders.siblings, count = all.len())}</h3>
                <ul role="list" aria-labelledby="siblings">{lines}</ul>
            </div>
        }
        .into_any(),
    )
}

fn cancel(desk: Desk, order: &Order) -> AnyView {
    let word = |of_union, of_person| word_of(order.summary.channel, of_union, of_person);
    let cancel = word(t!(orders.cancel_order), t!(buying.cancel_order));
    let ask = Ask {
        title: cancel.to_owned(),
        confirm: cancel.to_owned(),
        keep: t!(orders.keep_order),
        weight: Weight::Grave,
    };
    let done = word(t!(orders.order_cancelled), t!(buying.order_cancelled));
    reasoned(desk, order, Action::Cancel, ask, |reason| ActionBody::Cancel { reason }, done)
}
