//! A press takes the focus from where it was before it is done. What then moves the page would move the button away from
//! under it, and the press would be lost.

use std::time::Duration;

use gloo::events::EventListener;
use leptos::prelude::*;

/// Runs `then` at once, or when the press that is under way has reached what was pressed.
pub fn after_press(then: impl FnOnce() + 'static) {
    if document().query_selector(":active").ok().flatten().is_none() {
        return then();
    }
    // Fingers too end with this event: after the focus has moved, unlike their own.
    let up = EventListener::once(&window(), "mouseup", move |_| {
        // The click follows at once.
        set_timeout(then, Duration::ZERO);
    });
    up.forget();
}
