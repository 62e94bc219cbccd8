//! A price as a label shows it.

use domain::Money;

/// `¥49`, `¥49.5`: for sentences and table cells.
pub fn price_text(price: Money) -> String {
    format!("¥{}", price.yuan_short())
}
