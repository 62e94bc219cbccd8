//! What the words typed so far may become: a list under the search box, for hand, mouse and keyboard.
//!
//! Fetched when the box is first entered, with all that follows typing. The pattern is the "editable combobox with list
//! autocomplete" of the ARIA Authoring Practices: the focus stays in the box, `aria-activedescendant` names the choice.

use std::sync::Arc;

use domain::wire::{Suggestion, SuggestionKind, Suggestions};
use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent};

use super::filter::{Filter, Of};
use crate::api;
use crate::cache;
use crate::components::marked::marked;
use crate::language::{language, t};
use crate::route::{Route, query};

/// So long nothing more is typed before anything is asked.
const DEBOUNCE_MS: u32 = 120;
/// So long a list takes to come on a slow phone with a near server.
const AFTER_THE_LIST_MS: u32 = 100;
const LIST: &str = "suggestions";

/// The box and what it tells. `on_type` gets the words while they are typed, `on_go` an address that was chosen.
#[derive(Clone, Copy)]
pub struct SearchBox {
    pub input: StoredValue<HtmlInputElement, LocalStorage>,
    /// What is searched for so far.
    pub query: Memo<String>,
    pub on_type: Callback<String>,
    pub on_go: Callback<String>,
    /// The words stand: whoever types next begins another search.
    pub on_end: Callback<()>,
}

#[derive(Clone, Copy)]
struct Offer {
    it: SearchBox,
    /// The words that are asked for.
    words: RwSignal<String>,
    items: RwSignal<Arc<[Suggestion]>>,
    open: RwSignal<bool>,
    chosen: RwSignal<Option<usize>>,
    waiting: StoredValue<Option<Timeout>, LocalStorage>,
}

#[inline(never)]
pub fn suggestions(it: SearchBox) -> AnyView {
    let offer = Offer {
        it,
        words: RwSignal::new(String::new()),
        items: RwSignal::new(Vec::new().into()),
        open: RwSignal::new(false),
        chosen: RwSignal::new(None),
        waiting: StoredValue::new_local(None),
    };
    offer.listen();
    offer.show_state();
    if offer.is_focused() && it.query.with_untracked(|query| offer.value().trim() != query) {
        // Something was typed before this part arrived.
        offer.typed();
    }
    let seen = Memo::new(move |_| offer.open.get() && offer.items.with(|items| !items.is_empty()));
    let options = move || {
        let items = offer.items.get();
        (0..items.len()).map(|place| option(offer, &items[place], place)).collect::<Vec<_>>()
    };
    view! {
        <ul
            class="suggest"
            id=LIST
            role="listbox"
            aria-label=t!(market.suggestions)
            hidden=move || !seen.get()
            on:pointerdown=|event| event.prevent_default()
        >
            {options}
        </ul>
        <p class="sr" role="status">{move || seen.get().then(|| t!(market.so_many_suggestions, count = offer.items.with(|items| items.len())))}</p>
    }
    .into_any()
}

fn option(offer: Offer, item: &Suggestion, place: usize) -> AnyView {
    let chosen = Memo::new(move |_| offer.chosen.get() == Some(place));
    let kind = item.kind.word(language());
    view! {
        <li
            role="option"
            id=option_id(place)
            aria-selected=move || if chosen.get() { "true" } else { "false" }
            on:click=move |_| offer.go(place)
        >
            <span inner_html=marked(&item.name, &item.marks)></span>
            <small>{item.note.clone()}" · "{kind}</small>
        </li>
    }
    .into_any()
}

fn option_id(place: usize) -> String {
    format!("{LIST}-{place}")
}

/// Where a suggestion leads.
fn address(item: &Suggestion) -> String {
    match item.kind {
        SuggestionKind::Product => Route::Product(item.key.clone()).path(),
        SuggestionKind::County => Filter::only(Of::County, &item.key).address(),
        SuggestionKind::Brand => Filter::only(Of::Brand, &item.key).address(),
        SuggestionKind::Category => Filter::only(Of::Category, &item.key).address(),
    }
}

impl Offer {
    fn value(self) -> String {
        self.it.input.with_value(HtmlInputElement::value)
    }

    fn is_focused(self) -> bool {
        self.it.input.with_value(|input| document().active_element().is_some_and(|active| &active == input.as_ref()))
    }

    /// Listens to the box, which is drawn long before and does without this part.
    fn listen(self) {
        let input = self.it.input.get_value();
        let typed = EventListener::new(&input, "input", move |_| self.typed());
        let left = EventListener::new(&input, "blur", move |_| {
            self.close();
            self.it.on_end.run(());
        });
        let active = EventListenerOptions::enable_prevent_default();
        let pressed = EventListener::new_with_options(&input, "keydown", active, move |event| {
            if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                self.pressed(event);
            }
        });
        StoredValue::new_local([typed, left, pressed]);
    }

    /// Tells the box what stands under it, for those who cannot see it.
    fn show_state(self) {
        let input = self.it.input.get_value();
        let set = move |name, value: &str| drop(input.set_attribute(name, value));
        set("role", "combobox");
        set("aria-autocomplete", "list");
        set("aria-controls", LIST);
        Effect::new(move |_| {
            let open = self.open.get() && self.items.with(|items| !items.is_empty());
            set("aria-expanded", if open { "true" } else { "false" });
            let chosen = self.chosen.get().filter(|_| open).map(option_id).unwrap_or_default();
            set("aria-activedescendant", &chosen);
        });
    }

    fn close(self) {
        self.waiting.update_value(|waiting| *waiting = None);
        self.open.try_set(false);
        self.chosen.try_set(None);
    }

    // ---- typing ----

    fn typed(self) {
        let wait = Timeout::new(DEBOUNCE_MS, move || self.ask());
        // An earlier one is dropped and never fires.
        self.waiting.set_value(Some(wait));
    }

    fn ask(self) {
        let words = self.value().trim().to_owned();
        self.words.set(words.clone());
        self.it.on_type.run(words.clone());
        if words.is_empty() {
            self.items.set(Vec::new().into());
            return self.close();
        }
        // Another list is on its way to the page, which is what the words are for; suggestions come when it has been painted.
        let wait = Timeout::new(AFTER_THE_LIST_MS, move || self.suggest(words));
        self.waiting.set_value(Some(wait));
    }

    fn suggest(self, words: String) {
        spawn_local(async move {
            let path = format!("/products/suggestions{}", query(&[("q", &words)]));
            let answer = cache::fetch(path, true, None).await.and_then(|text| api::parse::<Suggestions>(&text));
            // Overtaken by further words; and without suggestions one searches as well.
            if let Ok(answer) = answer
                && self.words.try_with_untracked(|now| *now == words) == Some(true)
            {
                self.chosen.set(None);
                self.items.set(answer.items.into());
                self.open.set(self.is_focused() && self.value().trim() == words);
            }
        });
    }

    // ---- choosing ----

    fn pressed(self, event: &KeyboardEvent) {
        let count = self.items.with_untracked(|items| items.len());
        let open = self.open.get_untracked() && count > 0;
        match event.key().as_str() {
            "ArrowDown" | "ArrowUp" if count > 0 => {
                event.prevent_default();
                let down = event.key() == "ArrowDown";
                let next = if open { next_place(self.chosen.get_untracked(), count, down) } else { None };
                self.open.set(true);
                self.chosen.set(next);
            }
            "Enter" => {
                let chosen = self.chosen.get_untracked().filter(|_| open);
                self.close();
                if let Some(place) = chosen {
                    event.prevent_default();
                    self.go(place);
                }
            }
            // The first press closes the list, the next empties the box, as browsers do.
            "Escape" if open => {
                event.prevent_default();
                self.close();
            }
            _ => (),
        }
    }

    fn go(self, place: usize) {
        let address = self.items.with_untracked(|items| items.get(place).map(address));
        self.close();
        if let Some(address) = address {
            self.it.on_end.run(());
            self.it.on_go.run(address);
        }
    }
}

/// Down from the box to the first, up to the last, and from either end back into the box.
fn next_place(now: Option<usize>, count: usize, down: bool) -> Option<usize> {
    match (now, down) {
        (None, true) => Some(0),
        (None, false) => count.checked_sub(1),
        (Some(place), true) => Some(place + 1).filter(|next| *next < count),
        (Some(place), false) => place.checked_sub(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arrows_go_round_through_the_box() {
        let down = |now| next_place(now, 3, true);
        let up = |now| next_place(now, 3, false);
        assert_eq!([down(None), down(Some(0)), down(Some(2))], [Some(0), Some(1), None]);
        assert_eq!([up(None), up(Some(2)), up(Some(0))], [Some(2), Some(1), None]);
        assert_eq!(next_place(None, 0, false), None);
    }

    #[test]
    fn each_kind_leads_to_its_page() {
        let item = |kind, key: &str| Suggestion {
            kind,
            key: key.to_owned(),
            name: String::new(),
            marks: Vec::new(),
            note: String::new(),
        };
        assert_eq!(address(&item(SuggestionKind::Product, "0193")), "/products/0193");
        assert_eq!(address(&item(SuggestionKind::County, "kaihua")), "/products?county=kaihua");
        assert_eq!(address(&item(SuggestionKind::Brand, "sanqu_wei")), "/products?brand=sanqu_wei");
        assert_eq!(address(&item(SuggestionKind::Category, "tea")), "/products?category=tea");
    }
}
