//! What the year's figures rest on, and what is made of them: targets, closed months, corrections of two people, counting rules, the
//! bulletin, tables to take away.

mod bulletin;
mod closing;
mod counting;
mod exports;
mod links;
mod reversals;
mod target_file;
mod targets;

use domain::permission::{Act, Whose, may};
use domain::wire::Session;
use leptos::prelude::*;

pub use exports::{download, is_too_long};
pub use links::links;

use super::{not_theirs, signed_in};
use crate::language::t;
use crate::route::{BULLETIN, CLOSING, COUNTING_RULES, EXPORTS, REVERSALS, Route, TARGETS};
use crate::state::State;

/// `part` is the whole address without its stroke.
pub fn page(part: String) -> AnyView {
    // What is counted is everybody's to read.
    if part == COUNTING_RULES {
        return counting::page(State::get());
    }
    let here = Route::Office(part.clone());
    signed_in(t!(office.title), t!(office.sign_in_first), &here, move |state, who| of(state, who, &part))
}

fn of(state: State, who: &Session, part: &str) -> AnyView {
    let may = |act| may(Some(who.role), act, Whose::Own);
    match part {
        TARGETS if may(Act::SeeTargets) => targets::page(state),
        CLOSING if may(Act::SeeSales) => closing::page(state, who),
        REVERSALS if may(Act::SeeSales) => reversals::page(state),
        BULLETIN if may(Act::CloseMonth) => bulletin::page(),
        EXPORTS if may(Act::SeeSales) => exports::page(who),
        _ => not_theirs(t!(office.title), t!(office.not_theirs)),
    }
}

/// The head of a page: its name, a sentence, the way to its neighbours, and what stands beside.
fn head(title: &'static str, words: &'static str, beside: AnyView) -> AnyView {
    super::set_title(title);
    view! {
        {links()}
        <div class="os-head"><div><h1>{title}</h1><p class="muted">{words}</p></div>{beside}</div>
    }
    .into_any()
}
