//! Hands a file to the reader.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlAnchorElement;

/// Keeps what is at the address under this name.
pub fn download(address: &str, name: &str) {
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
    if let Some(link) = link {
        link.set_href(address);
        link.set_download(name);
        link.click();
    }
}
