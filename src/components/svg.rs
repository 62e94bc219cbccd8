//! Drawing as text: a picture of many paths is one string for the browser to parse, and costs the app almost nothing.

use std::fmt::Write;

pub fn put(svg: &mut String, text: std::fmt::Arguments<'_>) {
    svg.write_fmt(text).expect("writing to a String cannot fail");
}

/// For words from elsewhere: the names of products come from merchants and go into markup.
pub fn push_escaped(svg: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '<' => svg.push_str("&lt;"),
            '>' => svg.push_str("&gt;"),
            '&' => svg.push_str("&amp;"),
            '"' => svg.push_str("&quot;"),
            '\'' => svg.push_str("&#39;"),
            other => svg.push(other),
        }
    }
}
