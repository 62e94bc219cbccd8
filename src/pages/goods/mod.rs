//! A merchant's own goods: all of them, one of them, many at once by spreadsheet, and the licences for brands.

mod draft;
mod form;
mod licences;
mod list;
mod sheet;

use domain::permission::{Act, Whose, may};
use leptos::prelude::*;

use super::{not_theirs, signed_in};
use crate::language::t;
use crate::route::Route;

/// The last part of the address of a new product, and of the spreadsheet; every other is a product's id.
pub const NEW: &str = "new";
pub const SHEET: &str = "sheet";

pub fn page(part: String) -> AnyView {
    let here = Route::Goods(part.clone());
    signed_in(t!(goods.title), t!(goods.sign_in_first), &here, move |state, who| {
        if !may(Some(who.role), Act::SeeGoods, Whose::Own) {
            return not_theirs(t!(goods.title), t!(goods.not_a_merchant));
        }
        match part.as_str() {
            "" => list::page(state),
            SHEET => sheet::page(state),
            _ => form::page(state, who.account_id, part.clone()),
        }
    })
}

/// The way back to all of them.
fn back() -> AnyView {
    view! { <p class="crumbs"><a href=Route::Goods(String::new()).path()>{t!(goods.back)}</a></p> }.into_any()
}
