//! Moving the reader's place: what the keyboard and a screen reader do next begins there.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

/// Moves focus to the element with this id, and the page with it. Where there is none, the reader stays.
pub fn focus(id: &str) {
    if let Some(place) = document().get_element_by_id(id).and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
        place.scroll_into_view();
        let _ = place.focus();
    }
}

const SEARCH_BOX: &str = "q";

/// The search box of the page's head, also of the frame that is seen before the app is there.
pub fn search_box() -> Option<web_sys::HtmlInputElement> {
    document().get_element_by_id(SEARCH_BOX)?.dyn_into().ok()
}

/// Whether somebody is in the search box.
pub fn is_searching() -> bool {
    document().active_element().is_some_and(|active| active.id() == SEARCH_BOX)
}
