//! Reports what was done, never an error. One at a time: a new one replaces the old.

use std::time::Duration;

use crate::language::t;
use crate::live;
use leptos::prelude::*;

/// Long enough to read a sentence and reach the undo.
const STAYS: Duration = Duration::from_secs(7);

#[derive(Clone, Debug)]
pub struct Toast {
    pub text: String,
    pub undo: Option<Callback<()>>,
}

impl Toast {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), undo: None }
    }

    #[must_use]
    pub fn with_undo(mut self, undo: Callback<()>) -> Self {
        self.undo = Some(undo);
        self
    }
}

/// Stands once in the frame. The region is there before its text is, or a screen reader would not announce it.
#[inline(never)]
pub fn toast_region(toast: RwSignal<Option<Toast>>) -> AnyView {
    let shown = StoredValue::new(0_u32);
    live::effect(move || {
        if toast.with(Option::is_some) {
            let mine = shown.get_value().wrapping_add(1);
            shown.set_value(mine);
            // A later toast has its own timer: this one may only take away what it was started for.
            set_timeout(
                move || {
                    if shown.try_get_value() == Some(mine) {
                        toast.set(None);
                    }
                },
                STAYS,
            );
        }
    });
    let slip = live::view(move || toast.get().map(|it| slip(it, toast)));
    view! { <div class="toasts" role="status" aria-live="polite">{slip}</div> }.into_any()
}

fn slip(it: Toast, toast: RwSignal<Option<Toast>>) -> AnyView {
    let undo = it.undo.map(|undo| {
        let pressed = move |_| {
            undo.run(());
            toast.set(None);
        };
        view! { <button class="btn plain" type="button" on:click=pressed>{t!(frame.undo)}</button> }.into_any()
    });
    view! { <p class="toast"><span>{it.text}</span>{undo}</p> }.into_any()
}
