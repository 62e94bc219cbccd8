//! Orders, for the union that buys, its chair, the merchant that sells and the coordinator alike.

pub mod form;
pub mod list;
pub mod order;

use gloo::events::EventListener;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use crate::components::problem::nothing_here;
use crate::route::Route;

/// A page of orders shows nothing to somebody unknown, but leads back to itself.
fn sign_in_first(title: &'static str, back: String) -> AnyView {
    let sign_in = Route::SignIn.with(&[("next", &back)]);
    view! { <h1>{title}</h1>{nothing_here("先登录，再看采购单。", sign_in, "登录")} }.into_any()
}

/// Nothing is here, in a sentence of its own, and the way on.
fn nothing(sentence: String, href: String, link: &'static str) -> AnyView {
    view! { <div class="empty"><p>{sentence}</p><p><a class="btn" href=href>{link}</a></p></div> }.into_any()
}

/// Moves focus to the element with this id, and the page with it.
fn focus(id: &str) {
    if let Some(place) = document().get_element_by_id(id).and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
        place.scroll_into_view();
        let _ = place.focus();
    }
}

/// A link to a place on this page, as the router must not take it: for it, `#reason` is another address.
fn jump(id: &'static str, words: &'static str, class: &'static str) -> AnyView {
    let go = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        focus(id);
    };
    view! { <a class=class href=format!("#{id}") on:click=go>{words}</a> }.into_any()
}

/// Somebody else may have acted while the reader was away: `then` runs whenever they come back to this window.
fn on_return(then: impl Fn() + Clone + 'static) {
    let again = then.clone();
    let focused = EventListener::new(&window(), "focus", move |_| then());
    let seen = EventListener::new(&document(), "visibilitychange", move |_| {
        if !document().hidden() {
            again();
        }
    });
    // Both stop listening when the page is left.
    let _ = StoredValue::new_local([focused, seen]);
}
