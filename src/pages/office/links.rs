//! The way from one of these pages to the others, as far as the reader may go.

use domain::permission::{Act, Whose, may};
use leptos::prelude::*;

use crate::language::t;
use crate::route::{BULLETIN, CLOSING, COUNTING_RULES, EXPORTS, REVERSALS, Route, TARGETS};
use crate::router::Here;
use crate::state::State;

#[inline(never)]
pub fn links() -> AnyView {
    let (state, here) = (State::get(), Here::get());
    let shown = move || {
        let role = state.role();
        let all = [
            (TARGETS, t!(office.targets), Act::SeeTargets),
            (CLOSING, t!(office.closing), Act::SeeSales),
            (REVERSALS, t!(office.reversals), Act::SeeSales),
            (COUNTING_RULES, t!(office.counting), Act::SeePublicTotal),
            (BULLETIN, t!(office.bulletin), Act::CloseMonth),
            (EXPORTS, t!(office.exports), Act::SeeSales),
        ];
        let link = |(part, word, _): (&'static str, &'static str, Act)| {
            let href = Route::Office(part.to_owned()).path();
            let address = href.clone();
            let current = move || here.pathname.with(|path| *path == address).then_some("page");
            view! { <li><a href=href aria-current=current>{word}</a></li> }.into_any()
        };
        let mine: Vec<AnyView> = all.into_iter().filter(|(.., act)| may(role, *act, Whose::Own)).map(link).collect();
        // One alone leads nowhere.
        (mine.len() > 1).then(|| {
            view! { <nav class="ofc-nav" aria-label=t!(office.title)><ul role="list">{mine}</ul></nav> }.into_any()
        })
    };
    view! { {shown} }.into_any()
}
