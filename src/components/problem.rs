//! What went wrong, in a sentence, with the way onward where there is one.

use crate::language::t;
use leptos::prelude::*;

/// A sentence; what stands on a second line of it is small print, as the id of a request.
#[inline(never)]
pub fn words(sentence: String) -> AnyView {
    let (sentence, small) = match sentence.split_once('\n') {
        Some((sentence, small)) => (sentence.to_owned(), Some(small.to_owned())),
        None => (sentence, None),
    };
    let small = small.map(|small| view! { <p class="small muted">{small}</p> }.into_any());
    view! { <p>{sentence}</p>{small} }.into_any()
}

/// A refusal: the person can do something about it, and the sentence says what.
#[inline(never)]
pub fn refusal(sentence: String) -> AnyView {
    view! { <div class="note wrong" role="alert">{words(sentence)}</div> }.into_any()
}

/// Something could not be loaded; the button asks for it again.
#[inline(never)]
pub fn load_failure(sentence: String, on_retry: Callback<()>) -> AnyView {
    view! {
        <div class="note watch" role="alert">
            {words(sentence)}
            <p><button class="btn" type="button" on:click=move |_| on_retry.run(())>{t!(frame.try_again)}</button></p>
        </div>
    }
    .into_any()
}

/// Nothing is here, which is not an error: what is missing, and the link to where it can be found.
#[inline(never)]
pub fn nothing_here(sentence: &str, href: String, link: &'static str) -> AnyView {
    view! { <div class="empty"><p>{sentence.to_owned()}</p><p><a class="btn" href=href>{link}</a></p></div> }.into_any()
}
