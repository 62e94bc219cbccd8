//! The reports the reader may see, by how they stand; above them what waits to be sent.

use domain::permission::{Act, Whose, may};
use domain::report::ReportState;
use domain::wire::{ReportSummary, Reports, Session};
use leptos::prelude::*;

use super::form::waiting;
use super::outbox::Outbox;
use super::{NEW, badge, days};
use crate::api;
use crate::components::icon::{Icon, icon};
use crate::components::loading::loading_lines;
use crate::components::problem::load_failure;
use crate::format;
use crate::language::{as_written, language, t};
use crate::load::{Load, load};
use crate::pages::set_title;
use crate::route::{Route, param, query};
use crate::router::Here;
use crate::state::State;

const STATE: &str = "state";
const AFTER: &str = "after";

pub fn page(state: State, who: &Session) -> AnyView {
    set_title(t!(reports.title));
    let here = Here::get();
    let reports_theirs = may(Some(who.role), Act::SubmitReport, Whose::Own);
    let of = move || {
        let value = |key: &str| here.search.with(|search| param(search, key)).unwrap_or_default();
        (value(STATE), value(AFTER))
    };
    let all: Load<Reports> = load(
        move || {
            let (state, after) = of();
            let asked = query(&[(STATE, &state), (AFTER, &after)]);
            // An empty key asks for nothing.
            if asked.is_empty() { "?limit=24".to_owned() } else { asked }
        },
        api::reports,
    );
    let outbox = reports_theirs.then(|| Outbox::open(state, who.account_id));
    if let Some(outbox) = outbox {
        Effect::new(move |before: Option<u32>| {
            let sent = outbox.sent.get();
            if before.is_some_and(|before| before != sent) {
                all.reload();
            }
            sent
        });
    }
    let inside = move || match (all.value.get(), all.error.get()) {
        (Some(it), _) => whole(&it, &of().0),
        (None, Some(error)) => load_failure(error.sentence(), all.on_retry()),
        (None, None) => loading_lines(8),
    };
    let new = reports_theirs.then(|| {
        view! { <a class="btn do" id="new-report" href=Route::Reports(NEW.to_owned()).path()>{icon(Icon::Plus)}{t!(reports.new)}</a> }
            .into_any()
    });
    view! {
        <div class="os-head">
            <div><h1>{t!(reports.title)}</h1><p class="muted">{t!(reports.words)}</p></div>
            <p class="tb">{new}</p>
        </div>
        {outbox.map(waiting)}
        {inside}
    }
    .into_any()
}

fn whole(it: &Reports, chosen: &str) -> AnyView {
    let all: i64 = it.counts.iter().map(|it| it.count).sum();
    let tab = |code: &'static str, word: &'static str, count: i64| {
        let current = (code == chosen).then_some("page");
        let href = Route::Reports(String::new()).with(&[(STATE, code)]);
        view! { <a href=href aria-current=current>{word}<small class="num">{format::count(count)}</small></a> }
            .into_any()
    };
    let mut tabs = vec![tab("", t!(reports.all), all)];
    for state in ReportState::ALL {
        let count = it.counts.iter().find(|it| it.state == *state).map_or(0, |it| it.count);
        tabs.push(tab(state.code(), state.word(language()), count));
    }
    let rows: Vec<AnyView> = it.items.iter().map(row).collect();
    let none = rows.is_empty().then(|| view! { <p class="muted" id="no-reports">{t!(reports.none)}</p> }.into_any());
    let next = it.next.as_ref().map(|after| {
        let href = Route::Reports(String::new()).with(&[(STATE, chosen), (AFTER, after)]);
        view! { <p class="os-more"><a class="btn" href=href>{t!(reports.older)}</a></p> }.into_any()
    });
    view! {
        <nav class="os-tabs" aria-label=t!(reports.by_state)>{tabs}</nav>
        {none}
        <ul class="rp-list" role="list">{rows}</ul>
        {next}
    }
    .into_any()
}

/// A report of a list.
pub fn row(it: &ReportSummary) -> AnyView {
    let pairs = (it.pairs_open > 0).then(|| {
        view! { <span class="state submitted rp-pairs">{t!(reports.pairs_open, count = it.pairs_open)}</span> }
            .into_any()
    });
    let from = (it.reporter != it.seller).then(|| t!(reports.reported_by, who = it.reporter));
    view! {
        <li data-report=it.id.to_string()>
            <a class="num" href=Route::Reports(it.id.to_string()).path()>{it.number.clone()}</a>
            <p class="nm"><span lang=as_written()>{it.seller.clone()}</span><small class="muted">{from}</small></p>
            <p class="muted">{it.channel.word(language())}" · "{days(&it.sold_from, &it.sold_to)}" · "{t!(reports.lines, count = format::count(it.lines))}</p>
            <b class="num am">{format::yuan(it.amount_fen)}</b>
            <p class="st">{badge(it.state)}{pairs}</p>
        </li>
    }
    .into_any()
}
