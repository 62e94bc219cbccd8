//! A dialog asks one thing: what will happen, a button that does it and one that leaves everything as it is.

use leptos::html;
use leptos::prelude::*;

/// The words of a dialog. `confirm` and `keep` are verbs with their object (取消第 3 批 · 先不取消), never 确定 alone.
#[derive(Clone, Debug)]
pub struct Ask {
    pub title: String,
    pub confirm: String,
    pub keep: &'static str,
    pub weight: Weight,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Part of the ordinary course.
    Ordinary,
    /// Cannot be taken back: the button is framed in red instead of filled.
    Grave,
}

/// Shows while `open` is true. `on_confirm` does not close it: the page does, once what was asked for is done, so that a
/// missing reason can be said inside the dialog. Escape and the second button set `open` to false.
#[inline(never)]
pub fn dialog(ask: Ask, open: RwSignal<bool>, on_confirm: Callback<()>, body: AnyView) -> AnyView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let wanted = open.get();
        let Some(dialog) = node.get() else { return };
        if wanted && !dialog.open() {
            // Refused only when the element is not in the document, and then there is nothing to ask in.
            let _ = dialog.show_modal();
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    let confirm_class = match ask.weight {
        Weight::Ordinary => "btn do",
        Weight::Grave => "btn wrong",
    };
    // What cannot be taken back must not be one press of Enter away.
    let grave = ask.weight == Weight::Grave;
    let title = ask.title.clone();
    view! {
        <dialog node_ref=node aria-label=title on:close=move |_| open.set(false)>
            <h2>{ask.title}</h2>
            <div class="ask">{body}</div>
            <menu>
                <button class=confirm_class type="button" on:click=move |_| on_confirm.run(())>{ask.confirm}</button>
                <button class="btn" type="button" autofocus=grave on:click=move |_| open.set(false)>{ask.keep}</button>
            </menu>
        </dialog>
    }
    .into_any()
}
