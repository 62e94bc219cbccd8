//! Where a working day begins: what waits for whom. Beside it the merchant's month, and asking to join with the operator's answer.

mod applications;
mod home;
mod join;
mod notices;
mod statement;

use domain::permission::{Act, Whose, may};
use domain::wire::Session;
use leptos::prelude::*;

use super::{not_theirs, signed_in};
use crate::language::t;
use crate::route::{APPLICATIONS, JOIN, Route, STATEMENT};
use crate::state::State;

/// `part` is the whole address without its stroke.
pub fn page(part: String) -> AnyView {
    if part == JOIN {
        return join::page(State::get());
    }
    let here = Route::Desk(part.clone());
    signed_in(t!(desk.title), t!(desk.sign_in_first), &here, move |state, who| of(state, who, &part))
}

fn of(state: State, who: &Session, part: &str) -> AnyView {
    let may = |act| may(Some(who.role), act, Whose::Own);
    match part {
        STATEMENT if may(Act::SeeStatement) => statement::page(who),
        APPLICATIONS if may(Act::SeeApplications) => applications::page(state),
        STATEMENT | APPLICATIONS => not_theirs(t!(desk.title), t!(desk.not_theirs)),
        _ if may(Act::SeeDesk) => home::page(state, who),
        _ => not_theirs(t!(desk.title), t!(desk.not_theirs)),
    }
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
