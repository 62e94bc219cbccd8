//! What a union means to buy in a year, the gift bundles of one occasion, and the dated rules behind both.

mod bundles;
mod purchases;
mod rules;
mod year;

use domain::occasion::Occasion;
use domain::permission::{Act, Whose, may};
use domain::wire::Session;
use leptos::prelude::*;

use crate::components::error_summary::FormError;
use crate::components::loading::loading_lines;
use crate::components::problem::nothing_here;
use crate::language::t;
use crate::route::Route;
use crate::state::State;

/// The last part of the address of the rules; every other is an occasion's.
const RULES: &str = "rules";

/// `part` is what the address names: nothing for the year, an occasion, or the rules.
pub fn page(part: String) -> AnyView {
    let state = State::get();
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
    let sign_in = Route::SignIn.with(&[("next", &Route::Plan(part.to_owned()).path())]);
    view! { <h1>{t!(plan.title)}</h1>{nothing_here(t!(plan.sign_in_first), sign_in, t!(frame.sign_in))} }.into_any()
}

fn of(state: State, who: &Session, part: &str) -> AnyView {
    let may = |act| may(Some(who.role), act, Whose::Own);
    match (part, Occasion::from_code(part)) {
        (RULES, _) if may(Act::SeeRules) => rules::page(state),
        ("", _) if may(Act::SeePlan) => year::page(state, who),
        (_, Some(occasion)) if may(Act::SeeBundles) => bundles::page(state, who, occasion),
        ("", _) if may(Act::SeeRules) => rules::page(state),
        _ => view! {
            <h1>{t!(plan.title)}</h1>
            {nothing_here(t!(plan.not_theirs), Route::Products.path(), t!(frame.see_all_products))}
        }
        .into_any(),
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
