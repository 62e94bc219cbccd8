//! The list of orders: each of them by what waits for the reader, the state held in the address.

use domain::channel::Channel;
use domain::order_life::State as OrderState;
use domain::organisation::Role;
use domain::permission::{Act, Whose, may};
use domain::wire::{OrderSummary, Orders, QueueCount, StateCount};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{on_return, sign_in_first, title};
use crate::api;
use crate::components::icon::{Icon, icon};
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, nothing_here, refusal};
use crate::components::state::state_badge;
use crate::format;
use crate::language::{as_written, language, t};
use crate::load::{Load, load};
use crate::route::{Route, param, query};
use crate::router::Here;
use crate::state::State;

const STATE: &str = "state";
const QUEUE: &str = "queue";
const DISTRICT: &str = "district";
/// What is asked for is a queue and not states.
const OF_QUEUE: &str = "queue:";
/// The address of all states, for those whose list begins with what waits for them.
const ALL: &str = "all";
const IN_PIPELINE: &str = "submitted,approved,confirmed,shipped";

/// The states a list begins with when the address names none: what waits for the reader.
fn first_seen(role: Role) -> &'static str {
    let may = |act| may(Some(role), act, Whose::Own);
    if may(Act::ApproveOrder) {
        OrderState::Submitted.code()
    } else if may(Act::ConfirmOrder) {
        OrderState::Approved.code()
    } else {
        ALL
    }
}

/// What the address asks for, or what the reader's list begins with.
fn asked(role: Role, state: Option<String>) -> String {
    state.filter(|state| !state.is_empty()).unwrap_or_else(|| first_seen(role).to_owned())
}

/// A way to see the list: its word and what stands in the address for it.
#[derive(Debug, PartialEq, Eq)]
struct Tab {
    word: &'static str,
    state: &'static str,
}

fn tabs(role: Role) -> Vec<Tab> {
    let mut tabs = vec![Tab { word: t!(orders.all), state: ALL }];
    if is_coordinator(role) {
        tabs.push(Tab { word: t!(orders.on_the_way), state: IN_PIPELINE });
    }
    // What is not approved never reaches a merchant, and nobody approves what a person buys: tabs for it would always be
    // empty.
    let before = [OrderState::Draft, OrderState::Submitted];
    let seen = |state: &&OrderState| match role {
        Role::Merchant => !before.contains(state),
        // What a person buys ends with its acceptance.
        Role::Buyer => !before.contains(state) && **state != OrderState::Settled,
        _ => true,
    };
    let channel = if role == Role::Buyer { Channel::OnlinePlatform } else { Channel::UnionProcurement };
    let tab = |state: &OrderState| Tab { word: state.word_of(channel, language()), state: state.code() };
    tabs.extend(OrderState::ALL.iter().filter(seen).map(tab));
    tabs
}

fn is_coordinator(role: Role) -> bool {
    may(Some(role), Act::SeeSales, Whose::Own)
}

/// How many orders stand in any of these states.
fn count_of(state: &str, counts: &[StateCount]) -> i64 {
    counts
        .iter()
        .filter(|it| state == ALL || state.split(',').any(|code| code == it.state.code()))
        .map(|it| it.count)
        .sum()
}

fn address(role: Role, state: &str) -> String {
    Route::Orders.with(&[(STATE, if state == first_seen(role) { "" } else { state })])
}

/// What is asked for: states and a district, as one text, so that the loader sees when either changes.
fn question(state: &str, district: &str) -> String {
    format!("{state}@{district}")
}

fn list_query(question: &str, after: &str) -> String {
    let (state, district) = question.split_once('@').unwrap_or((question, ""));
    let queue = state.strip_prefix(OF_QUEUE).unwrap_or_default();
    let state = if state == ALL || !queue.is_empty() { "" } else { state };
    query(&[(STATE, state), (QUEUE, queue), (DISTRICT, district), ("after", after)])
}

pub fn page() -> AnyView {
    let state = State::get();
    let role = Memo::new(move |_| state.role());
    let known = Memo::new(move |_| state.session_known.get());
    let inside = move || match role.get() {
        None if !known.get() => loading_lines(6),
        None => sign_in_first(t!(frame.orders), Route::Orders.path()),
        Some(role) => list(role),
    };
    view! { {inside} }.into_any()
}

/// Pages asked for after the first, and the question they continue.
#[derive(Clone, Debug, Default)]
struct Further {
    of: String,
    items: Vec<OrderSummary>,
    next: Option<String>,
    failed: Option<String>,
}

#[derive(Clone, Copy)]
struct List {
    role: Role,
    asked: Memo<String>,
    first: Load<Orders>,
    further: RwSignal<Further>,
    busy: RwSignal<bool>,
}

impl List {
    /// The pages so far, and the cursor of the next.
    fn so_far(self) -> Option<(Vec<OrderSummary>, Option<String>)> {
        let Orders { mut items, next, .. } = self.first.value.get()?;
        let further = self.further.get();
        if further.of != self.first.answered.get() || further.items.is_empty() {
            return Some((items, next));
        }
        items.extend(further.items);
        Some((items, further.next))
    }

    fn more(self, after: String) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let of = self.first.answered.get_untracked();
        spawn_local(async move {
            let answer = api::orders(list_query(&of, &after)).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            self.further.update(|further| {
                if further.of != of {
                    *further = Further { of, ..Further::default() };
                }
                match answer {
                    Ok(orders) => {
                        further.items.extend(orders.items);
                        further.next = orders.next;
                        further.failed = None;
                    }
                    Err(error) => further.failed = Some(error.sentence()),
                }
            });
        });
    }
}

fn list(role: Role) -> AnyView {
    let here = Here::get();
    let asked = Memo::new(move |_| match here.param(QUEUE) {
        queue if queue.is_empty() => asked(role, here.search.with(|search| param(search, STATE))),
        queue => format!("{OF_QUEUE}{queue}"),
    });
    let district = Memo::new(move |_| here.param(DISTRICT));
    let first =
        load(move || question(&asked.get(), &district.get()), |question| api::orders(list_query(&question, "")));
    on_return(move || {
        // Pages further down would not fit a first page that has moved on.
        if first.value.with_untracked(Option::is_some) {
            first.reload();
        }
    });
    let list = List { role, asked, first, further: RwSignal::new(Further::default()), busy: RwSignal::new(false) };
    let new = may(Some(role), Act::PlaceOrder, Whose::Own).then(|| {
        view! { <a class="btn do" href=Route::NewOrder.path()>{icon(Icon::Plus)}{t!(frame.new_order)}</a> }.into_any()
    });
    // What stands in the list, as a table to take away; a person has no use for one.
    let files = (role != Role::Buyer).then(|| {
        let shown = move || {
            let query = list_query(&question(&asked.get(), &district.get()), "");
            crate::pages::office::download("orders", &query, false)
        };
        view! { {shown} }.into_any()
    });
    // A person has it in the head of every page.
    let helped = (role != Role::Buyer && may(Some(role), Act::SeeHelped, Whose::Own))
        .then(|| view! { <a class="btn" href=Route::Helped.path()>{t!(buying.helped)}</a> }.into_any());
    view! {
        <div class="os-head"><h1>{title(role)}</h1><p class="tb">{files}{helped}{new}</p></div>
        {move || one_district(role, district)}
        {move || queue_links(list)}
        {move || tab_links(list)}
        {move || inside(list)}
    }
    .into_any()
}

/// Come from one district's figure: the list is its orders alone, and says so.
fn one_district(role: Role, district: Memo<String>) -> Option<AnyView> {
    let all = address(role, IN_PIPELINE);
    district.with(|district| !district.is_empty()).then(|| {
        view! { <p class="note">{t!(orders.one_district)}<a href=all>{t!(orders.see_whole_city)}</a></p> }.into_any()
    })
}

/// What waits for the reader, with how many wait; nothing for those who have no queues.
fn queue_links(list: List) -> Option<AnyView> {
    let counts = list.first.value.with(|orders| orders.as_ref().map(|orders| orders.queues.clone()))?;
    let asked = list.asked.get();
    let link = |it: &QueueCount| {
        let code = it.queue.code();
        let current = (asked.strip_prefix(OF_QUEUE) == Some(code)).then_some("page");
        let count = format!(" {}", it.count);
        view! {
            <a href=Route::Orders.with(&[(QUEUE, code)]) aria-current=current data-queue=code>
                {it.queue.word(language())}<small class="num">{count}</small>
            </a>
        }
        .into_any()
    };
    let links: Vec<AnyView> = counts.iter().map(link).collect();
    (!links.is_empty())
        .then(|| view! { <nav class="os-tabs os-queues" aria-label=t!(desk.by_queue)>{links}</nav> }.into_any())
}

fn tab_links(list: List) -> AnyView {
    let counts =
        list.first.value.with(|orders| orders.as_ref().map(|orders| orders.counts.clone())).unwrap_or_default();
    let asked = list.asked.get();
    let link = |tab: Tab| {
        let current = (tab.state == asked).then_some("page");
        let count = format!(" {}", count_of(tab.state, &counts));
        view! {
            <a href=address(list.role, tab.state) aria-current=current data-state=tab.state>
                {tab.word}<small class="num">{count}</small>
            </a>
        }
        .into_any()
    };
    let links: Vec<AnyView> = tabs(list.role).into_iter().map(link).collect();
    view! { <nav class="os-tabs" aria-label=t!(orders.by_state)>{links}</nav> }.into_any()
}

fn inside(list: List) -> AnyView {
    let Some((items, next)) = list.so_far() else {
        return match list.first.error.get() {
            Some(error) => load_failure(error.sentence(), list.first.on_retry()),
            None => loading_lines(6),
        };
    };
    if items.is_empty() {
        return empty(list);
    }
    let sum = list.first.value.with(|orders| orders.as_ref().map(|orders| orders.total_fen)).unwrap_or_default();
    let sum = is_coordinator(list.role).then(|| {
        view! { <p class="os-sum">{t!(orders.total)}" "<b class="num">{format::yuan(sum)}</b></p> }.into_any()
    });
    let rows: Vec<AnyView> = items.into_iter().map(|order| row(list.role, order)).collect();
    let failed = list.further.with(|further| further.failed.clone()).map(refusal);
    let more = next.map(|after| {
        let busy = list.busy;
        view! {
            <p class="os-more">
                <button
                    class="btn"
                    type="button"
                    id="more"
                    aria-busy=move || busy.get().then_some("true")
                    on:click=move |_| list.more(after.clone())
                >
                    {t!(orders.more)}
                </button>
            </p>
        }
        .into_any()
    });
    view! { {sum}<table role="table" class="os">{heads(list.role)}<tbody role="rowgroup">{rows}</tbody></table>{failed}{more} }.into_any()
}

/// Whom the reader deals with: the merchant, the union, or for a coordinator both.
fn other_party(role: Role, order: &OrderSummary) -> String {
    match role {
        Role::UnionOfficer | Role::UnionChair | Role::Buyer => order.merchant.name.clone(),
        Role::Merchant => order.buyer.name.clone(),
        Role::CityCoordinator | Role::DistrictCoordinator | Role::Operator | Role::Reporter => {
            format!("{} ← {}", order.buyer.name, order.merchant.name)
        }
    }
}

fn heads(role: Role) -> AnyView {
    let party = match role {
        Role::UnionOfficer | Role::UnionChair | Role::Buyer => t!(orders.supplier),
        Role::Merchant => t!(orders.buyer),
        Role::CityCoordinator | Role::DistrictCoordinator | Role::Operator | Role::Reporter => {
            t!(orders.buyer_from_supplier)
        }
    };
    view! {
        <thead role="rowgroup">
            <tr role="row">
                <th role="columnheader" scope="col">{if role == Role::Buyer { t!(buying.order) } else { t!(orders.order) }}</th>
                <th role="columnheader" scope="col">{party}</th>
                {(role != Role::Buyer).then(|| {
                    view! { <th role="columnheader" scope="col" class="n">{t!(orders.heads)}</th> }.into_any()
                })}
                <th role="columnheader" scope="col" class="n">{t!(orders.amount)}</th>
                <th role="columnheader" scope="col">{t!(orders.progress)}</th>
                <th role="columnheader" scope="col" class="n">{t!(orders.last_change)}</th>
            </tr>
        </thead>
    }
    .into_any()
}

fn row(role: Role, order: OrderSummary) -> AnyView {
    let goods = match order.line_count {
        1 => order.first_product.clone(),
        lines => t!(orders.goods_in_all, first = order.first_product, count = lines),
    };
    let party = other_party(role, &order);
    // A person knows that they have bought for themselves.
    let occasion = order.occasion.map_or(t!(buying.bought_privately), |occasion| occasion.word(language()));
    let occasion = (role != Role::Buyer).then(|| format!("{occasion} · "));
    view! {
        <tr role="row" data-order=order.id.to_string()>
            <th role="rowheader" scope="row">
                <a href=Route::Order(order.id.to_string()).path()>{order.number}</a>
                <span class="by">{occasion}{goods}</span>
            </th>
            <td role="cell" class="by" lang=as_written()>{party}</td>
            {(role != Role::Buyer).then(|| heads_cell(order.head_count))}
            <td role="cell" class="n sum">{order.total_fen.yuan()}<span class="unit">" "{t!(orders.yuan)}</span></td>
            <td role="cell" class="st">{state_badge(order.state, order.state.word_of(order.channel, language()))}</td>
            <td role="cell" class="n when">
                <time datetime=format::machine_time(order.updated_at_ms)>{format::date_time(order.updated_at_ms)}</time>
            </td>
        </tr>
    }
    .into_any()
}

fn heads_cell(heads: Option<i64>) -> AnyView {
    match heads {
        Some(heads) => {
            view! { <td role="cell" class="n heads">{format::count(heads)}<span class="unit">" "{t!(orders.people)}</span></td> }
                .into_any()
        }
        None => view! { <td role="cell" class="n heads">"—"</td> }.into_any(),
    }
}

fn empty(list: List) -> AnyView {
    let none_at_all = list.first.value.with(|it| it.as_ref().is_none_or(|it| count_of(ALL, &it.counts) == 0));
    let all = address(list.role, ALL);
    match (list.role, none_at_all) {
        (Role::UnionOfficer, true) => {
            let sentence = t!(orders.none_yet_choose);
            nothing_here(sentence, Route::Products.path(), t!(orders.go_choose))
        }
        (Role::Buyer, true) => nothing_here(t!(buying.none_yet), Route::Products.path(), t!(orders.go_choose)),
        (_, true) => nothing_here(t!(orders.none_yet), Route::Products.path(), t!(frame.see_all_products)),
        (Role::UnionChair, false) if list.asked.get() == first_seen(list.role) => {
            nothing_here(t!(orders.none_to_approve), all, t!(orders.see_all_orders))
        }
        (Role::Merchant, false) if list.asked.get() == first_seen(list.role) => {
            nothing_here(t!(orders.none_to_confirm), all, t!(orders.see_all_orders))
        }
        (Role::Buyer, false) => nothing_here(t!(buying.none_here), all, t!(buying.see_all_orders)),
        (_, false) => nothing_here(t!(orders.none_here), all, t!(orders.see_all_orders)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_begins_with_what_waits_for_the_reader() {
        assert_eq!(asked(Role::UnionChair, None), "submitted");
        assert_eq!(asked(Role::Merchant, None), "approved");
        assert_eq!(asked(Role::UnionOfficer, None), ALL);
        assert_eq!(asked(Role::UnionChair, Some(IN_PIPELINE.to_owned())), IN_PIPELINE);
    }

    #[test]
    fn a_merchant_has_no_tab_for_what_it_cannot_see() {
        let words = |role| tabs(role).into_iter().map(|tab| tab.state).collect::<Vec<_>>();
        assert_eq!(
            words(Role::Merchant),
            [ALL, "approved", "confirmed", "shipped", "accepted", "settled", "cancelled"]
        );
        assert_eq!(words(Role::Buyer), [ALL, "approved", "confirmed", "shipped", "accepted", "cancelled"]);
        assert_eq!(words(Role::CityCoordinator)[..2], [ALL, IN_PIPELINE]);
        assert_eq!(words(Role::UnionOfficer).len(), 1 + OrderState::ALL.len());
    }

    #[test]
    fn the_pipeline_tab_is_what_the_domain_calls_so() {
        let codes: Vec<_> = OrderState::ALL.iter().filter(|it| it.in_pipeline()).map(|it| it.code()).collect();
        assert_eq!(codes.join(","), IN_PIPELINE);
    }

    #[test]
    fn counts_add_up_over_a_comma_list() {
        let count = |state, count| StateCount { state, count };
        let counts = [count(OrderState::Submitted, 2), count(OrderState::Shipped, 3), count(OrderState::Accepted, 7)];
        assert_eq!((count_of(IN_PIPELINE, &counts), count_of("accepted", &counts), count_of(ALL, &counts)), (5, 7, 12));
    }

    #[test]
    fn the_state_the_list_begins_with_needs_no_query() {
        assert_eq!(address(Role::UnionChair, "submitted"), "/orders");
        assert_eq!(address(Role::UnionChair, ALL), "/orders?state=all");
        assert_eq!(list_query(ALL, ""), "");
        assert_eq!(list_query("queue:to_ship@", "7"), "?queue=to_ship&after=7");
    }
}
