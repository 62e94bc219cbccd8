//! Where the reader is and how they go on: the address, the browser's history, the place on the page, and the page itself.
//!
//! In place of leptos_router, which was a sixth of what a first visit fetched, and which cannot lead a reader who goes back
//! to where they were on a page that is drawn only after the address has changed.

use std::future::Future;

use leptos::html;
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::{JsCast, JsValue};

use crate::components::held::Held;
use crate::format::now_ms;
use crate::live;
use crate::route::{Route, param, with_query};

/// The present address; `search` is without its question mark. To a page, `search` is its own: it changes while the address
/// is the page's, and not on the way to the next one, or a list that is left would first become another list.
#[derive(Clone, Copy, Debug)]
pub struct Here {
    pub pathname: RwSignal<String>,
    pub search: RwSignal<String>,
    pub route: Memo<Route>,
    /// What `search` is to everybody.
    of_address: RwSignal<String>,
    kept: StoredValue<Kept>,
}

/// How an address is gone to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    /// As a link leads: a place of its own in the history, seen from its top.
    On,
    /// A place of its own in the history, seen from where one is: the same page, narrowed.
    Narrow,
    /// In the place of the present address, seen from where one is.
    Instead,
}

/// Where on the page the reader is to be once it stands there.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Top,
    /// So far down, in pixels.
    At(f64),
    AsItIs,
}

#[derive(Clone, Debug)]
struct Kept {
    /// The present entry of the history. Entries are known by the moment they were made, so that numbers given before the
    /// page was loaded anew cannot be given again.
    entry: f64,
    /// How far down each entry was when it was left, the latest last.
    left: Vec<(f64, f64)>,
    place: Place,
    came_back: bool,
    /// The `search` of the page that is shown or on its way.
    of_page: Option<RwSignal<String>>,
}

/// So many places are remembered; whoever goes back further begins at the top.
const MOST_LEFT: usize = 64;
/// Some two seconds: what a page shows may have to come over the network.
const PATIENCE_FRAMES: u32 = 120;

impl Here {
    /// Reads the address and watches links and the browser's history from now on. Called once, by the frame.
    pub fn start() -> Self {
        let kept = Kept { entry: now_entry(), left: Vec::new(), place: Place::AsItIs, came_back: false, of_page: None };
        let (pathname, of_address) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        let route = live::memo(move || pathname.with(|pathname| Route::parse(pathname)));
        let it = Self { pathname, search: of_address, route, of_address, kept: StoredValue::new(kept) };
        it.read();
        provide_context(it);
        if let Ok(history) = window().history() {
            // Browsers that cannot would scroll before the page is drawn, and we after.
            let _ = history.set_scroll_restoration(web_sys::ScrollRestoration::Manual);
            let _ = history.replace_state(&JsValue::from(it.kept.with_value(|kept| kept.entry)), "");
        }
        live::on_window("click", move |event| it.follow(event.unchecked_ref()));
        live::on_window("popstate", move |event| it.went_back(event.unchecked_ref()));
        // A page that is loaded anew comes back by the browser's own means.
        live::on_window("pagehide", |_| {
            let _ = window().history().and_then(|it| it.set_scroll_restoration(web_sys::ScrollRestoration::Auto));
        });
        it
    }

    /// The address, inside the app.
    pub fn get() -> Self {
        expect_context()
    }

    /// The address as a link would have it, to come back to.
    pub fn address(self) -> String {
        self.pathname.with(|pathname| self.of_address.with(|search| with_query(pathname, search)))
    }

    /// The value of a key of the query, empty when there is none.
    pub fn param(self, key: &str) -> String {
        self.search.with(|search| param(search, key)).unwrap_or_default()
    }

    /// Whether the reader came to the present address by going back or forward in the browser's history.
    pub fn came_back(self) -> bool {
        self.kept.with_value(|kept| kept.came_back)
    }

    /// Goes to an address of the app.
    pub fn go(self, address: &str, how: Go) {
        self.remember_place();
        let Ok(history) = window().history() else { return };
        let entry = match how {
            Go::On | Go::Narrow => now_entry(),
            Go::Instead => self.kept.with_value(|kept| kept.entry),
        };
        let write = if how == Go::Instead {
            web_sys::History::replace_state_with_url
        } else {
            web_sys::History::push_state_with_url
        };
        if write(&history, &JsValue::from(entry), "", Some(address)).is_err() {
            // Refused when an address changes some hundred times in a few seconds, or is none of ours.
            return;
        }
        let place = if how == Go::On { Place::Top } else { Place::AsItIs };
        self.arrive(entry, place, false);
    }

    /// A press on a link of ours: the page changes, and the browser loads nothing.
    fn follow(self, event: &web_sys::MouseEvent) {
        let elsewhere = event.meta_key() || event.alt_key() || event.ctrl_key() || event.shift_key();
        if event.default_prevented() || event.button() != 0 || elsewhere {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
        let Some(link) = link.and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok()) else { return };
        let is_of_app = window().location().origin().is_ok_and(|origin| origin == link.origin())
            && Route::parse(&link.pathname()) != Route::NotFound;
        // A link into the page is the browser's, and so is what it opens in another window or keeps as a file.
        if !is_of_app || !link.hash().is_empty() || !link.target().is_empty() || link.has_attribute("download") {
            return;
        }
        event.prevent_default();
        let address = with_query(&link.pathname(), &link.search());
        self.go(&address, if link.has_attribute(NARROWS) { Go::Narrow } else { Go::On });
    }

    fn went_back(self, event: &web_sys::PopStateEvent) {
        // An entry without a number is a place on this page that a link has led to, where the browser scrolls.
        let Some(entry) = event.state().as_f64() else { return };
        self.remember_place();
        let at = self.kept.with_value(|kept| kept.left.iter().find(|left| left.0 == entry).map_or(0.0, |left| left.1));
        self.arrive(entry, Place::At(at), true);
    }

    fn remember_place(self) {
        let at = window().scroll_y().unwrap_or_default();
        self.kept.update_value(|kept| {
            let entry = kept.entry;
            kept.left.retain(|left| left.0 != entry);
            if kept.left.len() == MOST_LEFT {
                kept.left.remove(0);
            }
            kept.left.push((entry, at));
        });
    }

    fn arrive(self, entry: f64, place: Place, came_back: bool) {
        self.kept.update_value(|kept| (kept.entry, kept.place, kept.came_back) = (entry, place, came_back));
        let before = self.route.get_untracked();
        self.read();
        if self.route.get_untracked() == before {
            // No other page will be drawn.
            if let Some(of_page) = self.kept.with_value(|kept| kept.of_page) {
                of_page.try_set(self.of_address.get_untracked());
            }
            self.settle();
        }
    }

    fn read(self) {
        let location = window().location();
        let set = |part: RwSignal<String>, value: String| {
            if part.with_untracked(|now| *now != value) {
                part.set(value);
            }
        };
        set(self.of_address, location.search().unwrap_or_default().trim_start_matches('?').to_owned());
        set(self.pathname, location.pathname().unwrap_or_default());
    }

    /// The same for a page, inside its owner.
    fn for_page(self) {
        let search = RwSignal::new(self.of_address.get_untracked());
        self.kept.update_value(|kept| kept.of_page = Some(search));
        provide_context(Self { search, ..self });
    }

    /// The page stands there: brings the reader to their place on it.
    fn settle(self) {
        match self.kept.try_update_value(|kept| std::mem::replace(&mut kept.place, Place::AsItIs)) {
            Some(Place::Top) => window().scroll_to_with_x_and_y(0.0, 0.0),
            Some(Place::At(down)) => scroll_down(down, None, PATIENCE_FRAMES),
            Some(Place::AsItIs) | None => (),
        }
    }
}

/// Marks a link that leads to the same page, narrowed: the reader stays where they are on it.
pub const NARROWS: &str = "data-narrows";

fn now_entry() -> f64 {
    // Times are floats in JavaScript, and so is what the history keeps.
    now_ms() as f64
}

/// Scrolls there as soon as the page has become so long. Who scrolls by themselves meanwhile is left alone.
fn scroll_down(down: f64, was: Option<f64>, patience: u32) {
    let now = || window().scroll_y().unwrap_or_default();
    if was.is_some_and(|was| was != now()) {
        return;
    }
    window().scroll_to_with_x_and_y(0.0, down);
    let reached = now();
    if reached.round() < down.round() && patience > 0 {
        request_animation_frame(move || scroll_down(down, Some(reached), patience - 1));
    }
}

/// Where the page of the present address stands. The page before it stays until the next is there, which may first have to be
/// fetched; `open` draws it.
pub fn outlet<F>(here: Here, open: impl Fn(Route) -> F + 'static) -> AnyView
where
    F: Future<Output = AnyView> + 'static,
{
    let place = NodeRef::<html::Main>::new();
    let shown = StoredValue::new_local(None::<Held>);
    let app = Owner::current().unwrap_or_default();
    live::effect(move || {
        let route = here.route.get();
        let Some(place) = place.get() else { return };
        let owner = app.child();
        let page = owner.with(|| {
            here.for_page();
            ScopedFuture::new_untracked(open(route.clone()))
        });
        spawn_local(async move {
            let page = page.await;
            // Somebody in a hurry has gone on.
            if here.route.get_untracked() != route {
                return owner.cleanup();
            }
            let mut page = Held::new(owner, || page);
            shown.update_value(|shown| drop(shown.take()));
            page.mount(&place);
            shown.set_value(Some(page));
            here.settle();
        });
    });
    view! { <main id="main" class="wrap" tabindex="-1" node_ref=place></main> }.into_any()
}
