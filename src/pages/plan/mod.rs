//! What a union means to buy in a year, the gift bundles of one occasion, and the dated rules behind both.

mod bundles;
mod purchases;
mod rules;
mod year;

use domain::occasion::Occasion;
use domain::permission::{Act, Whose, may};
use domain::wire::Session;
use leptos::prelude::*;

use super::{not_theirs, signed_in};
use crate::components::error_summary::FormError;
use crate::language::t;
use crate::route::Route;
use crate::state::State;

/// The last part of the address of the rules; every other is an occasion's.
const RULES: &str = "rules";

/// `part` is what the address names: nothing for the year, an occasion, or the rules.
pub fn page(part: String) -> AnyView {
    let here = Route::Plan(part.clone());
    signed_in(t!(plan.title), t!(plan.sign_in_first), &here, move |state, who| of(state, who, &part))
}

fn of(state: State, who: &Session, part: &str) -> AnyView {
    let may = |act| may(Some(who.role), act, Whose::Own);
    match (part, Occasion::from_code(part)) {
        (RULES, _) if may(Act::SeeRules) => rules::page(state),
        ("", _) if may(Act::SeePlan) => year::page(state, who),
        (_, Some(occasion)) if may(Act::SeeBundles) => bundles::page(state, who, occasion),
        ("", _) if may(Act::SeeRules) => rules::page(state),
        _ => not_theirs(t!(plan.title), t!(plan.not_theirs)),
    }
}

/// What is wrong with a form, by its controls; those that are right are left out.
fn errors(of: Vec<(String, Memo<Option<String>>)>) -> Signal<Vec<FormError>> {
    let wrong = move || {
        let error = |(control, error): &(String, Memo<Option<String>>)| {
            Some(FormError { control: control.clone(), sentence: error.get()? })
        };
        of.iter().filter_map(error).collect::<Vec<_>>()
    };
    Memo::new(move |_| wrong()).into()
}

/// Whether more than the whole is used, in basis points.
fn is_over(used_bp: i64) -> bool {
    used_bp > 10_000
}
