//! What the screen is like, as style/ asks for it too.

use leptos::prelude::window;

/// Room for a column beside the list and for the dateline (style/products.css, style/parts.css).
pub const WIDE: &str = "(min-width: 60rem)";

pub fn is_wide() -> bool {
    is(WIDE)
}

/// Fingers write on a keyboard that lies over the page.
pub fn is_touched() -> bool {
    is("(pointer: coarse)")
}

pub fn is_dark() -> bool {
    is("(prefers-color-scheme: dark)")
}

fn is(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|it| it.matches())
}
