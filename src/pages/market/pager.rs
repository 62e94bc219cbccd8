//! The end of the list: the next page comes by itself as one scrolls there, a few times; then a button asks whether to go
//! on, so that what stands below the list can be reached.

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;

use super::filter::PAGE;
use super::shelf::Shelf;
use crate::components::problem::load_failure;
use crate::language::t;
use crate::live;

/// So early before its end comes into sight the next page is asked for.
const AHEAD: &str = "900px";

#[inline(never)]
pub fn pager(shelf: Shelf, shown: Memo<bool>) -> AnyView {
    let sentence =
        live::text(move || shelf.list.with(|list| t!(market.shown, shown = list.items.len(), total = list.total)));
    let by_itself =
        live::memo(move || shown.get() && shelf.is_fresh() && shelf.comes_by_itself() && !shelf.drawing.get());
    let with_button = live::memo(move || shelf.has_next() && !shelf.comes_by_itself());
    let failure = live::view(move || {
        let again = Callback::new(move |()| shelf.load_more(focus_card));
        shelf.more_error.get().map(|error| load_failure(error.sentence(), again))
    });
    let hidden = live::memo(move || !shown.get() || shelf.total() == 0);
    let end = NodeRef::<html::Div>::new();
    watch(end, shelf, by_itself);
    view! {
        {failure}
        <div class="pager" node_ref=end hidden=hidden>
            <p class="muted" role="status">{sentence}</p>
            {live::view(move || with_button.get().then(|| more_button(shelf)))}
            {live::view(move || shelf.more_busy.get().then(fetching))}
        </div>
    }
    .into_any()
}

fn fetching() -> AnyView {
    view! { <p class="muted">{t!(market.fetching)}</p> }.into_any()
}

fn more_button(shelf: Shelf) -> AnyView {
    let left = move || {
        let (shown, total) = shelf.list.with(|list| (list.items.len(), list.total));
        usize::try_from(total).unwrap_or(0).saturating_sub(shown).min(PAGE)
    };
    view! {
        <button class="btn" type="button" on:click=move |_| shelf.load_more(focus_card)>
            {live::text(move || t!(market.show_more, count = left()))}
        </button>
    }
    .into_any()
}

/// Who pressed the button goes on at the first of the new cards; who scrolled is left where they are.
fn focus_card(index: usize) {
    request_animation_frame(move || {
        let selector = format!("#main .shelf > .card:nth-child({}) > a", index + 1);
        let card = document().query_selector(&selector).ok().flatten();
        if let Some(card) = card.and_then(|card| card.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = card.focus();
        }
    });
}

/// Asks for the next page while the end of the list is near what is seen. Observing it anew after each page makes the browser
/// look again, should the end still be near.
fn watch(end: NodeRef<html::Div>, shelf: Shelf, by_itself: Memo<bool>) {
    let watching = StoredValue::new_local(None::<Watching>);
    live::effect(move || {
        shelf.list.track();
        watching.set_value(None);
        if let Some(end) = end.get().filter(|_| by_itself.get()) {
            watching.set_value(Watching::start(&end, shelf));
        }
    });
}

struct Watching {
    observer: web_sys::IntersectionObserver,
    _near: Closure<dyn Fn(js_sys::Array)>,
}

impl Watching {
    fn start(end: &web_sys::Element, shelf: Shelf) -> Option<Self> {
        let near = Closure::<dyn Fn(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let mut entries =
                entries.iter().filter_map(|entry| entry.dyn_into::<web_sys::IntersectionObserverEntry>().ok());
            if entries.next_back().is_some_and(|entry| entry.is_intersecting()) {
                shelf.load_more(|_| ());
            }
        });
        let options = web_sys::IntersectionObserverInit::new();
        options.set_root_margin(AHEAD);
        let observer = web_sys::IntersectionObserver::new_with_options(near.as_ref().unchecked_ref(), &options).ok()?;
        observer.observe(end);
        Some(Self { observer, _near: near })
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
