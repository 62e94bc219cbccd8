//! The file somebody has chosen.

use leptos::wasm_bindgen::JsCast;
use web_sys::{Event, File, HtmlInputElement};

/// The file of an input's `change`; none when the choice was called off. The same file can be chosen again, once it has been
/// corrected.
#[inline(never)]
pub fn chosen_file(event: &Event) -> Option<File> {
    let input = event.target()?.dyn_into::<HtmlInputElement>().ok()?;
    let file = input.files().and_then(|files| files.get(0));
    input.set_value("");
    file
}
