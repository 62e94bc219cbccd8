//! A merchant's own goods: all of them, one of them, many at once by spreadsheet, and the licences for brands.

mod draft;
mod form;
mod licences;
mod list;
mod sheet;

use domain::permission::{Act, Whose, may};
use leptos::prelude::*;

use crate::components::loading::loading_lines;
use crate::components::problem::nothing_here;
use crate::language::t;
use crate::route::Route;
use crate::state::State;

/// The last part of the address of a new product, and of the spreadsheet; every other is a product's id.
pub const NEW: &str = "new";
pub const SHEET: &str = "sheet";

pub fn page(part: String) -> AnyView {
    let state = State::get();
    let session = Memo::new(move |_| state.session.get());
    let known = Memo::new(move |_| state.session_known.get());
    let inside = move || match session.get() {
        None if !known.get() => loading_lines(8),
        None => sign_in_first(&part),
        Some(who) if !may(Some(who.role), Act::SeeGoods, Whose::Own) => view! {
            <h1>{t!(goods.title)}</h1>
            {nothing_here(t!(goods.not_a_merchant), Route::Products.path(), t!(frame.see_all_products))}
        }
        .into_any(),
        Some(who) => match part.as_str() {
            "" => list::page(state),
            SHEET => sheet::page(state),
            _ => form::page(state, who.account_id, part.clone()),
        },
    };
    view! { {inside} }.into_any()
}

fn sign_in_first(part: &str) -> AnyView {
    let sign_in = Route::SignIn.with(&[("next", &Route::Goods(part.to_owned()).path())]);
    view! { <h1>{t!(goods.title)}</h1>{nothing_here(t!(goods.sign_in_first), sign_in, t!(frame.sign_in))} }.into_any()
}

/// The way back to all of them.
fn back() -> AnyView {
    view! { <p><a href=Route::Goods(String::new()).path()>{t!(goods.back)}</a></p> }.into_any()
}
