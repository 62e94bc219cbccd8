//! A view that is put into the page by hand.

use leptos::prelude::*;
use leptos::tachys::view::Mountable;

/// What it watches ends with it, and it leaves the page when it is dropped.
pub struct Held {
    view: <AnyView as Render>::State,
    owner: Owner,
}

impl Held {
    /// Draws the view, owned by `owner`. It stands nowhere yet.
    pub fn new(owner: Owner, draw: impl FnOnce() -> AnyView) -> Self {
        let view = owner.with(|| draw().build());
        Self { view, owner }
    }

    /// Puts it at the end of `place`.
    pub fn mount(&mut self, place: &web_sys::Element) {
        self.view.mount(place, None);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.view.unmount();
        self.owner.cleanup();
    }
}
