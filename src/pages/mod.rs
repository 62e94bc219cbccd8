//! One file per address, grouped by who uses it.

pub mod account;
pub mod buying;
pub mod coordinator;
pub mod desk;
pub mod goods;
pub mod market;
pub mod office;
pub mod orders;
pub mod plan;
pub mod reports;

use domain::wire::Session;
use leptos::prelude::*;

use crate::components::loading::loading_lines;
use crate::components::problem::nothing_here;
use crate::language::t;
use crate::route::Route;
use crate::state::State;

/// Names the window after the page or the thing on it: 常山胡柚 · 山海集.
pub fn set_title(name: &str) {
    document().set_title(&format!("{name} · {}", t!(frame.brand)));
}

/// A page for whoever has signed in. Who has not is asked to, by `asking`, and led back to `here`.
fn signed_in(
    title: &'static str,
    asking: &'static str,
    here: &Route,
    draw: impl Fn(State, &Session) -> AnyView + Send + 'static,
) -> AnyView {
    let state = State::get();
    let session = Memo::new(move |_| state.session.get());
    let known = Memo::new(move |_| state.session_known.get());
    let back = here.path();
    let inside = move || match session.get() {
        None if !known.get() => loading_lines(8),
        None => {
            let sign_in = Route::SignIn.with(&[("next", &back)]);
            view! { <h1>{title}</h1>{nothing_here(asking, sign_in, t!(frame.sign_in))} }.into_any()
        }
        Some(who) => draw(state, &who),
    };
    view! { {inside} }.into_any()
}

/// A page that is not for this reader.
fn not_theirs(title: &'static str, sentence: &'static str) -> AnyView {
    let onward = nothing_here(sentence, Route::Products.path(), t!(frame.see_all_products));
    view! { <h1>{title}</h1>{onward} }.into_any()
}
