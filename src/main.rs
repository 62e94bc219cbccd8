//! 山海集 · Shanhai Market, the app in the browser.
//!
//! In reading order: the frame with its router and the addresses, what outlives a page, how the server is
//! asked, the pages, and the parts they are made of.

mod app;
mod route;
mod router;

mod language;

mod offline;
mod state;

mod api;
mod cache;
mod live;
mod load;

mod area;
mod pages;

mod components;
mod format;

fn main() {
    console_error_panic_hook::set_once();
    language::start();
    // Not by Leptos, which has no way to run it before the app is mounted.
    wasm_bindgen_futures::spawn_local(async {
        let path = leptos::prelude::window().location().pathname().unwrap_or_default();
        area::arrive(&route::Route::parse(&path)).await;
        // index.html shows a frame of the page until here; what it did, the app now does.
        let begun = begun_search();
        if let Some(frame) = leptos::prelude::document().get_element_by_id("frame") {
            frame.remove();
        }
        leptos::mount::mount_to_body(app::app);
        if let (Some(words), Some(search)) = (begun, components::focus::search_box()) {
            search.set_value(&words);
            let _ = search.focus();
        }
    });
}

/// What somebody types already, while the app is on its way; they go on typing in the app's own box.
fn begun_search() -> Option<String> {
    let search = components::focus::search_box()?;
    let active = leptos::prelude::document().active_element();
    (active.as_ref() == Some(search.as_ref())).then(|| search.value())
}
