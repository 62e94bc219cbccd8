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

/// The search box of the page's head, also of the frame that is seen before the app is there.
pub fn search_box() -> Option<web_sys::HtmlInputElement> {
    document().get_element_by_id("q")?.dyn_into().ok()
}
