//! Where a working day begins: what waits for whom. Beside it the merchant's month, and asking to join with the operator's answer.

mod applications;
mod home;
mod join;
mod notices;
mod statement;

use domain::permission::{Act, Whose, may};
use domain::wire::Session;
use leptos::prelude::*;

use crate::components::loading::loading_lines;
use crate::components::problem::nothing_here;
use crate::language::t;
use crate::route::{APPLICATIONS, JOIN, Route, STATEMENT};
use crate::state::State;

/// `part` is the whole address without its stroke.
pub fn page(part: String) -> AnyView {
    let state = State::get();
    if part == JOIN {
        return join::page(state);
    }
    let session = Memo::new(move |_| state.session.get());
    let known = Memo::new(move |_| state.session_known.get());
    let inside = move || match session.get() {
        None if !known.get() => loading_lines(8),
        None => sign_in_first(&part),
        Some(who) => of(state, &who, &part),
    };
    view! { {inside} }.into_any()
}

fn sign_in_first(part: &str) -> AnyView {
    let sign_in = Route::SignIn.with(&[("next", &Route::Desk(part.to_owned()).path())]);
    view! { <h1>{t!(desk.title)}</h1>{nothing_here(t!(desk.sign_in_first), sign_in, t!(frame.sign_in))} }.into_any()
}

fn of(state: State, who: &Session, part: &str) -> AnyView {
    let may = |act| may(Some(who.role), act, Whose::Own);
    match part {
        STATEMENT if may(Act::SeeStatement) => statement::page(who),
        APPLICATIONS if may(Act::SeeApplications) => applications::page(state),
        STATEMENT | APPLICATIONS => not_theirs(),
        _ if may(Act::SeeDesk) => home::page(state, who),
        _ => not_theirs(),
    }
}

fn not_theirs() -> AnyView {
    view! {
        <h1>{t!(desk.title)}</h1>
        {nothing_here(t!(desk.not_theirs), Route::Products.path(), t!(frame.see_all_products))}
    }
    .into_any()
}

/// A part of the page with its heading, and the way onward where there is one.
fn section(
    id: &'static str,
    heading: &'static str,
    onward: Option<(String, &'static str)>,
    inside: AnyView,
) -> AnyView {
    let onward = onward.map(|(href, words)| view! { <a href=href>{words}</a> }.into_any());
    view! {
        <section class="sec" aria-labelledby=id>
            <div class="sec-h"><h2 id=id>{heading}</h2>{onward}</div>
            {inside}
        </section>
    }
    .into_any()
}
