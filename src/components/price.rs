//! A price as a label shows it.

use domain::Money;
use leptos::prelude::*;

/// `¥49`, `¥49.5`: for sentences and table cells.
pub fn price_text(price: Money) -> String {
    format!("¥{}", price.yuan_short())
}

/// The price in bold with its unit behind it: `¥49/箱`.
#[inline(never)]
pub fn price(price: Money, unit: &str) -> AnyView {
    let unit = format!("/{unit}");
    view! { <b class="num">{price_text(price)}</b>{unit} }.into_any()
}
