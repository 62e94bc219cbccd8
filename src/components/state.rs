//! The state of an order as a badge: a word, a shape and a tone, so that colour alone never has to tell.

use domain::order_life::State;
use leptos::prelude::*;

/// `word` is the state's, as the reader of this order calls it.
#[inline(never)]
pub fn state_badge(state: State, word: &'static str) -> AnyView {
    // The stylesheet knows the states by the domain's own codes (style/parts.css, `.state`).
    view! { <span class=format!("state {}", state.code())>{word}</span> }.into_any()
}

/// Something about an order that is not its state, such as goods that were rejected (`short`).
#[inline(never)]
pub fn remark_badge(tone: &'static str, words: String) -> AnyView {
    view! { <span class=format!("state {tone}")>{words}</span> }.into_any()
}
