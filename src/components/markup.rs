//! Drawing as text: a picture of many paths, or the card of a product, is one string for the browser to parse, which it does
//! sooner than any program of ours could build it, and costs the app almost nothing.

use std::fmt::{self, Display, Write};

use leptos::prelude::*;
use leptos::tachys::html::InertElement;

pub fn put(markup: &mut String, text: fmt::Arguments<'_>) {
    markup.write_fmt(text).expect("writing to a String cannot fail");
}

/// For words from elsewhere: the names of products come from merchants and go into markup.
pub fn push_escaped(markup: &mut String, text: &str) {
    put(markup, format_args!("{}", Escaped(text)));
}

/// The same within a format: `"<b>{}</b>", Escaped(name)`. It may stand between tags and between quotes.
pub struct Escaped<'a>(pub &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// One element, written out.
#[inline(never)]
pub fn element(markup: String) -> AnyView {
    InertElement::new(markup).into_any()
}
