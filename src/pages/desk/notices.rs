//! What others did with what is the reader's. Shown is seen: the next visit marks what has come since.

use domain::wire::{Desk, Notice, ReportNotice, Seen};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::section;
use crate::api;
use crate::format;
use crate::language::{language, t};
use crate::route::Route;
use crate::state::State;

pub fn list(state: State, it: &Desk) -> AnyView {
    let words = match it.unseen {
        _ if it.notices.is_empty() && it.report_notices.is_empty() => t!(desk.no_notices).to_owned(),
        0 => t!(desk.none_new).to_owned(),
        unseen => t!(desk.new_notices, count = format::count(unseen)),
    };
    let newest = it.notices.first().map(|it| it.at_ms).max(it.report_notices.first().map(|it| it.at_ms));
    if let (true, Some(until_ms)) = (it.unseen > 0, newest) {
        let seen = Seen { until_ms };
        spawn_local(async move {
            // What could not be marked is new once more.
            if let Err(error) = api::desk_seen(seen).await {
                state.note(&error);
            }
        });
    }
    let orders = it.notices.iter().map(|it| (it.at_ms, row(it)));
    let reports = it.report_notices.iter().map(|it| (it.at_ms, report_row(it)));
    let mut rows: Vec<(i64, AnyView)> = orders.chain(reports).collect();
    rows.sort_by_key(|(at_ms, _)| std::cmp::Reverse(*at_ms));
    let rows: Vec<AnyView> = rows.into_iter().map(|(_, row)| row).collect();
    let inside = view! { <p class="muted" id="unseen">{words}</p><ol class="hist" role="list">{rows}</ol> };
    section("notices", t!(desk.notices), None, inside.into_any())
}

fn row(it: &Notice) -> AnyView {
    let new = it.new.then(|| view! { <small class="dk-new">{t!(desk.new)}</small> }.into_any());
    let note = it.note.clone();
    let note = note.map(|note| if it.action.needs_reason() { t!(orders.quoted, words = note) } else { note });
    view! {
        <li data-action=it.action.code()>
            <time datetime=format::machine_time(it.at_ms)>{format::date_time(it.at_ms)}</time>
            <p>
                {new}<a href=Route::Order(it.order_id.to_string()).path()>{it.number.clone()}</a>" "
                <b>{it.action.word(language())}</b>" "{note}" "<span class="faint">{it.role.word(language())}</span>
            </p>
        </li>
    }
    .into_any()
}

fn report_row(it: &ReportNotice) -> AnyView {
    let new = it.new.then(|| view! { <small class="dk-new">{t!(desk.new)}</small> }.into_any());
    let note = it.note.clone().map(|note| t!(orders.quoted, words = note));
    view! {
        <li data-step=it.step.code()>
            <time datetime=format::machine_time(it.at_ms)>{format::date_time(it.at_ms)}</time>
            <p>
                {new}<a href=Route::Reports(it.report_id.to_string()).path()>{it.number.clone()}</a>" "
                <b>{it.step.word(language())}</b>" "{note}" "<span class="faint">{it.role.word(language())}</span>
            </p>
        </li>
    }
    .into_any()
}
