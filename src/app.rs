//! The frame around every page: masthead, the page of the present address, foot, tabs, toasts.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use crate::area;
use crate::components::focus::focus;
use crate::components::foot::foot;
use crate::components::masthead::{Masthead, masthead, tabs};
use crate::components::notice::notices;
use crate::components::toast::toast_region;
use crate::language::t;
use crate::live;
use crate::offline;
use crate::pages::market::ahead::Intent;
use crate::pages::market::suggestions::SearchBox;
use crate::pages::{market, set_title};
use crate::route::Route;
use crate::router::{Go, Here, outlet};
use crate::state::State;

pub fn app() -> AnyView {
    let here = Here::start();
    let state = State::start();
    let session = state.session;
    let address = live::memo(move || here.address());
    let searched = live::memo(move || here.param("q"));
    arrive(here.route);
    watch_intent();
    live::effect(move || {
        if let Some(role) = session.with(|who| who.as_ref().map(|who| who.role)) {
            area::fetch_ahead(role);
        }
    });

    let desk = Search { here, typed: StoredValue::new(String::new()), typing: StoredValue::new(false) };
    let on_theme = Callback::new(move |()| state.turn_theme());
    let leave = move || here.go(&Route::Products.path(), Go::On);
    let under_search = RwSignal::new(None::<area::Slot>);
    let head = Masthead {
        session,
        basket: state.basket,
        here: address,
        query: searched,
        typed: desk.typed,
        on_search: Callback::new(move |words| desk.search(words)),
        on_near: Callback::new(move |input| {
            if under_search.with_untracked(Option::is_none) {
                under_search.set(Some(area::suggestions(desk.box_of(input, searched))));
            }
        }),
        under_search: Callback::new(move |()| under_search.get().and_then(area::Slot::view)),
        on_sign_out: Callback::new(move |()| state.sign_out(leave)),
        on_theme,
    };
    view! {
        <a class="skip" href="#main" on:click=skip_to_page>{t!(frame.skip)}</a>
        {masthead(head)}
        {notices(state.offline, offline::watch_for_update(), Callback::new(|()| offline::take_update()))}
        {outlet(here, area::open)}
        {foot(on_theme)}
        {live::view(move || here.route.with(Route::has_tabs).then(|| tabs(session, address)))}
        {toast_region(state.toast)}
    }
    .into_any()
}

// ---- searching ----------------------------------------------------------------------------------------------------

/// The search box of the masthead, and where its words lead. On the list they narrow what is shown while they are typed; on
/// other pages nobody is taken away from what they do before they ask for it.
#[derive(Clone, Copy)]
struct Search {
    here: Here,
    typed: StoredValue<String>,
    /// Words are being typed that have a place in the browser's history of their own already.
    typing: StoredValue<bool>,
}

impl Search {
    fn box_of(self, input: web_sys::HtmlInputElement, query: Memo<String>) -> SearchBox {
        SearchBox {
            input: StoredValue::new_local(input),
            query,
            on_type: Callback::new(move |words| self.typed(words)),
            on_go: Callback::new(move |address: String| self.here.go(&address, Go::On)),
            on_end: Callback::new(move |()| self.typing.set_value(false)),
        }
    }

    fn is_list(self) -> bool {
        self.here.route.with_untracked(|route| *route == Route::Products)
    }

    /// The first letter makes a place in the history, further ones change it: one step back leads to the list before.
    fn typed(self, words: String) {
        self.typed.set_value(words.clone());
        let now = self.here.search.with_untracked(|search| market::products::read(search));
        if !self.is_list() || now.words == words {
            return;
        }
        let how = if self.typing.get_value() { Go::Instead } else { Go::Narrow };
        self.typing.set_value(true);
        self.here.go(&now.with_words(&words).address(), how);
    }

    fn search(self, words: String) {
        let words = words.trim().to_owned();
        if self.is_list() {
            self.typed(words);
        } else {
            self.here.go(&Route::Products.with(&[("q", &words)]), Go::On);
        }
        self.typing.set_value(false);
    }
}

// ---- going on -----------------------------------------------------------------------------------------------------

/// A pointer, a finger or the focus on a link: its reader may go on in a moment, so what follows is fetched now.
fn watch_intent() {
    live::on_window("pointerover", |event| intent(event, Intent::Likely));
    live::on_window("focusin", |event| intent(event, Intent::Likely));
    live::on_window("pointerdown", |event| intent(event, Intent::Sure));
}

fn intent(event: &web_sys::Event, intent: Intent) {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
    if link.is_some() {
        area::fetch_shop_ahead();
    }
    market::ahead::follow(link.and_then(|link| link.get_attribute("href")).as_deref(), intent);
}

/// What a browser does when it loads a page and a router leaves undone: the window's title, the page's class on the
/// body, and the reader's place, which moves to the new heading. Not on the first page, where the reader just came in.
fn arrive(route: Memo<Route>) {
    Effect::new(move |before: Option<()>| {
        route.with(|route| {
            set_title(route.title());
            if let Some(body) = document().body() {
                body.set_class_name(route.body_class());
            }
        });
        if before.is_some() {
            await_heading(heading(), document().active_element(), PATIENCE_FRAMES);
        }
    });
}

/// Some ten seconds: by then whoever reads with their ears has looked for the heading themselves.
const PATIENCE_FRAMES: u32 = 600;

type Heading = Option<(web_sys::Element, Option<String>)>;

/// The heading of the page and what it says.
fn heading() -> Heading {
    let heading = document().query_selector("#main h1").ok().flatten()?;
    let words = heading.text_content();
    Some((heading, words))
}

/// Moves the reader to the new page's heading once it is there: a page may come over the network, and its heading with the
/// first answer. `before` and `focus` are the heading and the focus of the page that is left. Whoever has gone on by
/// themselves is left where they are.
fn await_heading(before: Heading, focus: Option<web_sys::Element>, patience: u32) {
    request_animation_frame(move || match heading() {
        now @ Some(_) if now != before => {
            let active = document().active_element();
            let stayed = active == focus || active.is_none_or(|active| active.tag_name() == "BODY");
            if let Some((place, _)) = now.filter(|_| stayed)
                && place.set_attribute("tabindex", "-1").is_ok()
            {
                focus_quietly(place);
            }
        }
        _ if patience > 0 => await_heading(before, focus, patience - 1),
        _ => (),
    });
}

/// Focus without scrolling: the router has scrolled to the top, or the browser back to where one was.
fn focus_quietly(place: web_sys::Element) {
    if let Ok(place) = place.dyn_into::<web_sys::HtmlElement>() {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = place.focus_with_options(&options);
    }
}

fn skip_to_page(event: leptos::ev::MouseEvent) {
    // By itself it would make a place in the history, and leave focus where it was.
    event.prevent_default();
    focus("main");
}
