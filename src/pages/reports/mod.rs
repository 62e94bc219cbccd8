//! Sales made elsewhere: the list of reports, the form that is filled in at a booth with or without a network, and a report with what
//! it may repeat.

mod blobs;
mod draft;
mod editor;
mod evidence;
mod form;
mod list;
mod one;
mod outbox;
mod pairs;
mod picture;
mod sheet;

use domain::permission::{Act, Whose, may};
use domain::wire::Session;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::not_theirs;
use crate::api;
use crate::components::loading::loading_lines;
use crate::components::problem::nothing_here;
use crate::language::t;
use crate::live;
use crate::route::Route;
use crate::state::{REPORTER_KEY, State, keep, kept};

/// The last part of the address of the form; every other is a report's.
const NEW: &str = "new";

/// `part` is what the address names: nothing for the list, `new`, or a report.
pub fn page(part: String) -> AnyView {
    let state = State::get();
    remember(state);
    let session = Memo::new(move |_| state.session.get());
    let known = Memo::new(move |_| state.session_known.get());
    // At a booth the network may be away from the start: who was here last goes on, and what is written waits.
    let last = move || kept::<Session>(REPORTER_KEY).filter(|_| state.offline.get());
    let here = Route::Reports(part.clone()).path();
    let inside = move || match session.get().or_else(|| known.get().then(last).flatten()) {
        Some(who) => of(state, &who, &part),
        None if !known.get() => loading_lines(8),
        None => {
            let sign_in = Route::SignIn.with(&[("next", &here)]);
            view! { <h1>{t!(reports.title)}</h1>{nothing_here(t!(reports.sign_in_first), sign_in, t!(frame.sign_in))} }
                .into_any()
        }
    };
    view! { {inside} }.into_any()
}

/// Keeps who reports here, and asks once more who it is when the network is back.
fn remember(state: State) {
    Effect::new(move |_| {
        state.session.with(|session| {
            if let Some(who) = session.as_ref().filter(|who| may(Some(who.role), Act::SubmitReport, Whose::Own)) {
                keep(REPORTER_KEY, who);
            }
        });
    });
    live::effect(move || {
        let lost = state.session.with(Option::is_none) && kept::<Session>(REPORTER_KEY).is_some();
        if lost && state.session_known.get() && !state.offline.get() {
            spawn_local(async move {
                if let Ok(Some(session)) = api::current_session().await {
                    state.signed_in(session);
                }
            });
        }
    });
}

fn of(state: State, who: &Session, part: &str) -> AnyView {
    let may = |act| may(Some(who.role), act, Whose::Own);
    match part {
        NEW if may(Act::SubmitReport) => form::page(state, who),
        "" if may(Act::SeeReports) => list::page(state, who),
        NEW | "" => not_theirs(t!(reports.title), t!(reports.not_theirs)),
        _ if may(Act::SeeReports) => one::page(state, part.to_owned()),
        _ => not_theirs(t!(reports.title), t!(reports.not_theirs)),
    }
}

/// A state as a badge: the word, and a shape and tone of the stylesheet's (style/states.css), so that colour alone tells nothing.
fn badge(state: domain::report::ReportState) -> AnyView {
    use domain::report::ReportState::{Recognised, Returned, Submitted};
    let class = match state {
        Submitted => "state submitted",
        Recognised => "state accepted",
        Returned => "state short",
    };
    view! { <span class=class>{state.word(crate::language::language())}</span> }.into_any()
}

/// `2026年10月3日`, or from one day to another.
fn days(from: &str, to: &str) -> String {
    use crate::format::civil_day;
    if from == to { civil_day(from) } else { t!(reports.from_to, from = civil_day(from), to = civil_day(to)) }
}
