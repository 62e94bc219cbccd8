//! The home page of a role: its queues in the order of urgency with the orders that have waited longest, what others did, and
//! what else the role looks after.

use domain::organisation::Role;
use domain::permission::{Act, Whose, may};
use domain::plan::outlook;
use domain::wire::{
    Desk, DeskQueue, DeskReports, FestivalDay, Festivals, OrderSummary, Plan, ReportSummary, ReversalRequest, Session,
};
use domain::{Money, Quantity};
use leptos::prelude::*;

use super::{notices, section};
use crate::api;
use crate::components::dateline::Day;
use crate::components::icon::{Icon, icon};
use crate::components::loading::loading_lines;
use crate::components::problem::load_failure;
use crate::format;
use crate::language::{as_written, language, t};
use crate::load::{Load, load};
use crate::pages::orders::on_return;
use crate::pages::{office, set_title};
use crate::route::{APPLICATIONS, REVERSALS, Route, STATEMENT};
use crate::state::State;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

pub fn page(state: State, who: &Session) -> AnyView {
    set_title(t!(desk.title));
    let desk: Load<Desk> = load(|| "desk".to_owned(), |_| api::desk());
    on_return(move || {
        if desk.value.with_untracked(Option::is_some) {
            desk.reload();
        }
    });
    let role = who.role;
    let inside = move || match (desk.value.get(), desk.error.get()) {
        (Some(it), _) => whole(state, role, &it),
        (None, Some(error)) => load_failure(error.sentence(), desk.on_retry()),
        (None, None) => loading_lines(10),
    };
    let may = |act| may(Some(role), act, Whose::Own);
    let new = may(Act::PlaceOrder).then(|| {
        view! { <a class="btn do" href=Route::NewOrder.path()>{icon(Icon::Plus)}{t!(frame.new_order)}</a> }.into_any()
    });
    let statement = may(Act::SeeStatement).then(|| {
        view! { <a class="btn" href=Route::Desk(STATEMENT.to_owned()).path()>{t!(desk.statement)}</a> }.into_any()
    });
    // What is asked beside the desk is asked once, and not whenever the desk is.
    let year = may(Act::SeePlan).then(|| (this_years_plan(), next_festival()));
    view! {
        {office::links()}
        <div class="os-head">
            <div><h1>{t!(desk.title)}</h1><p class="muted" lang=as_written()>{who.organisation.name.clone()}</p></div>
            <p class="tb">{statement}{new}</p>
        </div>
        <div class="dk">
            <div>{inside}</div>
            {year.map(|(plan, festival)| view! { <div class="dk-side">{plan}{festival}</div> }.into_any())}
        </div>
    }
    .into_any()
}

fn whole(state: State, role: Role, it: &Desk) -> AnyView {
    let queues = (!it.queues.is_empty()).then(|| waits(role, &it.queues));
    let notices = (role != Role::Operator).then(|| notices::list(state, it));
    view! {
        {reversals(role, it)}
        {queues}
        {reports(it)}
        {applications(it)}
        {rules(role, it)}
        {licences(it)}
        {low_stock(it)}
        {notices}
    }
    .into_any()
}

// ---- queues -------------------------------------------------------------------------------------------------------

fn waits(role: Role, queues: &[DeskQueue]) -> AnyView {
    let (empty, full): (Vec<&DeskQueue>, Vec<&DeskQueue>) = queues.iter().partition(|it| it.count == 0);
    let shown: Vec<AnyView> = full.iter().map(|it| queue(role, it)).collect();
    let none = if full.is_empty() {
        Some(view! { <p class="muted">{t!(desk.none_waits)}</p> }.into_any())
    } else {
        nothing_in(empty.iter().map(|it| it.queue.word(language())))
    };
    let all = Route::Orders.with(&[("state", "all")]);
    section("waits", t!(desk.waits), Some((all, t!(desk.all_orders))), view! { {shown}{none} }.into_any())
}

/// Which queues hold nothing, in one line; none when each holds something.
fn nothing_in<'a>(queues: impl Iterator<Item = &'a str>) -> Option<AnyView> {
    let words: Vec<&str> = queues.collect();
    let all = || t!(desk.none_of, queues = words.join(t!(desk.and)));
    (!words.is_empty()).then(|| view! { <p class="muted">{all()}</p> }.into_any())
}

fn queue(role: Role, it: &DeskQueue) -> AnyView {
    let href = Route::Orders.with(&[("queue", it.queue.code())]);
    let rows: Vec<AnyView> = it.oldest.iter().map(|order| waiting(role, order)).collect();
    let more = (it.count > it.oldest.len() as i64).then(|| {
        view! { <a class="go" href=href.clone()>{t!(desk.see_queue, count = format::count(it.count))}</a> }.into_any()
    });
    view! {
        <section class="dk-q" data-queue=it.queue.code()>
            <h3><a href=href.clone()>{it.queue.word(language())}" "<b class="num">{format::count(it.count)}</b></a></h3>
            <ul role="list">{rows}</ul>
            {more}
        </section>
    }
    .into_any()
}

fn waiting(role: Role, order: &OrderSummary) -> AnyView {
    let other = if role == Role::Merchant { &order.buyer.name } else { &order.merchant.name };
    let days = (format::now_ms() - order.updated_at_ms) / DAY_MS;
    let since = if days < 1 { t!(desk.since_today).to_owned() } else { t!(desk.since_days, days = days) };
    view! {
        <li>
            <a href=Route::Order(order.id.to_string()).path()>{order.number.clone()}</a>
            <span lang=as_written()>{other.clone()}</span>
            <b class="num">{format::yuan(order.total_fen)}</b>
            <span class="faint">{since}</span>
        </li>
    }
    .into_any()
}

/// Those a second coordinator is to decide, and one's own that wait for another.
fn reversals(role: Role, it: &Desk) -> Option<AnyView> {
    if !may(Some(role), Act::DecideReversal, Whose::Own) {
        return None;
    }
    let row = |request: &ReversalRequest| {
        let what =
            t!(figures.which, sequence = request.sequence, product = request.product_name, buyer = request.buyer);
        let whose = if request.may_withdraw { t!(office.another_decides) } else { "" };
        view! { <li><b class="num">{format::yuan(request.amount_fen)}</b><span>{what}</span><span class="faint">{whose}</span></li> }.into_any()
    };
    let rows: Vec<AnyView> = it.reversals.iter().map(row).collect();
    let mine = it.reversals.iter().filter(|request| request.may_decide).count();
    let inside = match rows.is_empty() {
        true => view! { <p class="muted">{t!(office.none_waits)}</p> }.into_any(),
        false => view! { <p>{t!(office.reversals_wait, count = mine)}</p><ul class="dk-l" role="list">{rows}</ul> }
            .into_any(),
    };
    let all = Route::Office(REVERSALS.to_owned()).path();
    Some(section("reversals-waiting", t!(office.reversals), Some((all, t!(office.see_reversals))), inside))
}

// ---- what else a role looks after ---------------------------------------------------------------------------------

fn applications(it: &Desk) -> Option<AnyView> {
    let waiting = it.applications?;
    let words = match waiting {
        0 => t!(desk.no_applications).to_owned(),
        _ => t!(desk.applications_wait, count = format::count(waiting)),
    };
    let all = Route::Desk(APPLICATIONS.to_owned()).path();
    let inside = view! { <p id="applications-waiting">{words}</p> }.into_any();
    Some(section("applications", t!(desk.applications), Some((all, t!(desk.see_applications))), inside))
}

/// Reports of sales made elsewhere: to verify, or returned to the reader.
fn reports(it: &Desk) -> Option<AnyView> {
    let queue = |queue: &DeskReports| {
        let href = Route::Reports(String::new()).with(&[("state", queue.queue.state().code())]);
        let rows: Vec<AnyView> = queue.oldest.iter().map(report).collect();
        view! {
            <section class="dk-q" data-queue=queue.queue.code()>
                <h3><a href=href>{queue.queue.word(language())}" "<b class="num">{format::count(queue.count)}</b></a></h3>
                <ul role="list">{rows}</ul>
            </section>
        }
        .into_any()
    };
    let all = Route::Reports(String::new()).path();
    if it.reports.is_empty() {
        return None;
    }
    let (empty, full): (Vec<&DeskReports>, Vec<&DeskReports>) = it.reports.iter().partition(|it| it.count == 0);
    let queues: Vec<AnyView> = full.into_iter().map(queue).collect();
    let none = nothing_in(empty.iter().map(|it| it.queue.word(language())));
    let inside = view! { {queues}{none} }.into_any();
    Some(section("reports", t!(desk.reports), Some((all, t!(desk.see_reports))), inside))
}

fn report(it: &ReportSummary) -> AnyView {
    let href = Route::Reports(it.id.to_string()).path();
    view! {
        <li>
            <a href=href>{it.number.clone()}</a>
            <span lang=as_written()>{it.seller.clone()}</span>
            <b class="num">{format::yuan(it.amount_fen)}</b>
            <span class="faint">{format::date_time(it.submitted_at_ms)}</span>
        </li>
    }
    .into_any()
}

fn rules(role: Role, it: &Desk) -> Option<AnyView> {
    (role == Role::Operator).then(|| {
        let row = |rule: &domain::wire::RuleVersion| {
            let day = rule.valid_to.as_deref().map(format::civil_day).unwrap_or_default();
            view! {
                <li>
                    <b>{rule.kind.word(language())}</b>
                    <span lang=as_written()>{rule.document.clone()}</span>
                    <span class="faint">{t!(desk.rule_ends, day = day)}</span>
                </li>
            }
            .into_any()
        };
        let rows: Vec<AnyView> = it.rules.iter().map(row).collect();
        let inside = match rows.is_empty() {
            true => view! { <p class="muted">{t!(desk.no_rules)}</p> }.into_any(),
            false => view! { <ul class="dk-l" role="list">{rows}</ul> }.into_any(),
        };
        let all = Route::Plan("rules".to_owned()).path();
        section("rules-ending", t!(desk.rules), Some((all, t!(desk.see_rules))), inside)
    })
}

fn licences(it: &Desk) -> Option<AnyView> {
    let row = |licence: &domain::wire::EndingLicence| {
        let (number, day) = (&licence.number, format::civil_day(&licence.valid_to));
        // Days of the wire compare as they stand.
        let words = match licence.valid_to < it.today {
            true => t!(desk.licence_ended, number = number, day = day),
            false => t!(desk.licence_ends, number = number, day = day),
        };
        view! { <li><b>{licence.brand.word(language())}</b><span>{words}</span></li> }.into_any()
    };
    let rows: Vec<AnyView> = it.licences.iter().map(row).collect();
    let inside = || view! { <ul class="dk-l" role="list">{rows}</ul> }.into_any();
    (!it.licences.is_empty()).then(|| section("licences", t!(desk.licences), None, inside()))
}

fn low_stock(it: &Desk) -> Option<AnyView> {
    let row = |product: &domain::wire::LowStock| {
        let goods = format::quantity(Quantity::new(product.available).unwrap_or_default(), &product.unit);
        let href = Route::Product(product.product_id.to_string()).path();
        view! { <li><a href=href>{product.name.clone()}</a><span>{t!(desk.left, goods = goods)}</span></li> }.into_any()
    };
    let rows: Vec<AnyView> = it.low_stock.iter().map(row).collect();
    let inside = || view! { <ul class="dk-l" role="list">{rows}</ul> }.into_any();
    (!it.low_stock.is_empty()).then(|| section("low-stock", t!(desk.low_stock), None, inside()))
}

/// What is left of the year; a plan that cannot be had leaves the desk as it is.
fn this_years_plan() -> AnyView {
    let year = Day::today().year;
    let plan: Load<Plan> = load(move || year.to_string(), api::plan);
    let inside = move || plan.value.with(|plan| plan.as_ref().map(plan_state));
    view! { {inside} }.into_any()
}

fn plan_state(plan: &Plan) -> AnyView {
    let it = outlook(plan);
    let row = |word: &'static str, amount: Option<Money>| {
        let amount = amount.map_or_else(|| t!(desk.no_cap).to_owned(), format::yuan);
        view! { <div><dt>{word}</dt><dd class="num">{amount}</dd></div> }.into_any()
    };
    let warnings = (!it.warnings.is_empty())
        .then(|| view! { <p class="watch">{t!(desk.plan_warnings, count = it.warnings.len())}</p> }.into_any());
    let inside = view! {
        <dl class="pl-sums">
            {row(t!(desk.plan_left), it.left)} {row(t!(desk.plan_each), it.left_per_member)}
            {row(t!(desk.plan_ordered), Some(it.ordered))} {row(t!(desk.plan_accepted), Some(it.accepted))}
        </dl>
        {warnings}
    };
    let year = Route::Plan(String::new()).path();
    section("plan-state", t!(desk.plan), Some((year, t!(desk.see_plan))), inside.into_any())
}

fn next_festival() -> AnyView {
    let festivals: Load<Festivals> = load(|| "festivals".to_owned(), |_| api::festivals());
    let inside = move || {
        festivals.value.with(|it| {
            let it = it.as_ref()?;
            // The first for which goods that need no cooling can still be ordered.
            let in_time = |day: &&FestivalDay| day.usual.as_ref().is_some_and(|it| it.last_day_to_order >= today());
            it.items.iter().find(in_time).map(festival)
        })
    };
    view! { {inside} }.into_any()
}

fn today() -> String {
    Day::today().iso()
}

fn festival(it: &FestivalDay) -> AnyView {
    let last = |timing: &Option<domain::wire::Timing>| {
        timing.as_ref().map(|it| format::civil_day(&it.last_day_to_order)).unwrap_or_default()
    };
    let (word, day) = (it.festival.word(language()), format::civil_day(&it.day));
    let inside = view! {
        <p><b>{t!(desk.festival_on, festival = word, day = day)}</b></p>
        <p>{t!(desk.order_by, usual = last(&it.usual), cold = last(&it.cold_chain))}</p>
    };
    let goods = Route::Products.path();
    section("festival", t!(desk.next_festival), Some((goods, t!(desk.choose))), inside.into_any())
}
