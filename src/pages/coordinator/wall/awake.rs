//! Keeps the screen from going dark while the wall is shown, in browsers that can; and dresses the page as a wall.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// From now until the page is left. A browser gives the lock back whenever the page is hidden, so it is asked for again.
pub fn keep_awake() {
    let lock = StoredValue::new_local(None::<JsValue>);
    ask(lock);
    let shown = window_event_listener_untyped("visibilitychange", move |_| ask(lock));
    on_cleanup(move || {
        shown.remove();
        if let Some(Some(lock)) = lock.try_get_value() {
            let _ = call(&lock, "release", None);
        }
    });
}

fn ask(lock: StoredValue<Option<JsValue>, LocalStorage>) {
    let navigator: JsValue = window().navigator().into();
    let Ok(locks) = js_sys::Reflect::get(&navigator, &"wakeLock".into()) else { return };
    // Undefined where the browser has none; refused where the page is hidden or the battery low.
    let Some(promise) = call(&locks, "request", Some("screen")) else { return };
    spawn_local(async move {
        if let Ok(held) = JsFuture::from(js_sys::Promise::from(promise)).await {
            lock.try_set_value(Some(held));
        }
    });
}

fn call(of: &JsValue, name: &str, with: Option<&str>) -> Option<JsValue> {
    let function: js_sys::Function = js_sys::Reflect::get(of, &name.into()).ok()?.dyn_into().ok()?;
    match with {
        Some(with) => function.call1(of, &with.into()).ok(),
        None => function.call0(of).ok(),
    }
}

/// A wall's type grows with the screen, and it is dark where nobody has chosen otherwise.
pub fn dress() {
    let Some(root) = document().document_element() else { return };
    let chosen = root.has_attribute("data-theme");
    let _ = root.class_list().add_1("wall");
    if !chosen {
        let _ = root.set_attribute("data-theme", "dark");
    }
    on_cleanup(move || {
        let Some(root) = document().document_element() else { return };
        let _ = root.class_list().remove_1("wall");
        if !chosen {
            let _ = root.remove_attribute("data-theme");
        }
    });
}
