//! What keeps a form from being sent, first on the page. Focus goes to it, and each line leads to its control.

use leptos::html;
use leptos::prelude::*;

use super::focus::focus;
use crate::language::t;

/// One thing to put right: the id of the control and the sentence that stands beside it too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormError {
    pub control: String,
    pub sentence: String,
}

/// `sent` counts the attempts to send the form. At each the summary takes focus if there is anything to say; before the
/// first it stays hidden, since an empty form is not yet a wrong one.
#[inline(never)]
pub fn error_summary(errors: Signal<Vec<FormError>>, sent: Signal<u32>) -> AnyView {
    let node = NodeRef::<html::Div>::new();
    let shown = move || sent.get() > 0 && !errors.with(Vec::is_empty);
    Effect::new(move |_| {
        if sent.get() > 0
            && !errors.with_untracked(Vec::is_empty)
            && let Some(summary) = node.get_untracked()
        {
            // The box may have been hidden until this very change: wait until the page is drawn with it.
            request_animation_frame(move || drop(summary.focus()));
        }
    });
    let heading = move || heading(errors.with(Vec::len));
    view! {
        <div class="errors" role="alert" tabindex="-1" node_ref=node hidden=move || !shown()>
            <h2>{heading}</h2>
            <ul>{move || if shown() { errors.get().into_iter().map(error_line).collect() } else { Vec::new() }}</ul>
        </div>
    }
    .into_any()
}

fn heading(count: usize) -> String {
    match count {
        1 => t!(frame.one_error).to_owned(),
        _ => t!(frame.errors, count = count),
    }
}

/// A sentence that leads to its control.
pub fn error_line(error: FormError) -> AnyView {
    let href = format!("#{}", error.control);
    let control = error.control;
    let go = move |event: leptos::ev::MouseEvent| {
        // By itself it would make a place in the history, and leave focus where it was.
        event.prevent_default();
        focus(&control);
    };
    view! { <li><a href=href on:click=go>{error.sentence}</a></li> }.into_any()
}
