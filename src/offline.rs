//! Without a network, and with a newer version waiting. The service worker (public/sw.js) and the script that starts it
//! (public/offline.js) do the work; here is what the app hears of it, and says to it, by events of the window.

use std::cell::Cell;

use leptos::prelude::*;

use crate::live;

/// Set by the service worker on an answer that the server gave some other time.
pub const SEEN_BEFORE: &str = "x-shanhai-seen";

thread_local! {
    static OFFLINE: Cell<Option<RwSignal<bool>>> = const { Cell::new(None) };
}

/// Whether what is shown may be out of date because the server cannot be reached. Called once, by the state.
pub fn watch() -> RwSignal<bool> {
    let offline = RwSignal::new(!window().navigator().on_line());
    OFFLINE.set(Some(offline));
    live::on_window("offline", move |_| offline.set(true));
    live::on_window("online", move |_| offline.set(false));
    offline
}

/// An answer has come, from the server or from what was seen before.
pub fn heard(seen_before: bool) {
    if let Some(offline) = OFFLINE.get()
        && offline.get_untracked() != seen_before
    {
        offline.set(seen_before);
    }
}

/// Whether a newer version waits to take over.
pub fn watch_for_update() -> RwSignal<bool> {
    let root = document().document_element();
    let waiting = RwSignal::new(root.is_some_and(|root| root.has_attribute("data-update")));
    live::on_window("shanhai:update", move |_| waiting.set(true));
    waiting
}

/// Lets the newer version take over, and loads the page anew with it.
pub fn take_update() {
    tell("shanhai:take-update");
}

/// Forgets what was seen before.
pub fn forget() {
    tell("shanhai:forget");
}

fn tell(event: &str) {
    if let Ok(event) = web_sys::Event::new(event) {
        let _ = window().dispatch_event(&event);
    }
}
