//! What a link of the market leads to, fetched while its reader still makes up their mind.

use std::cell::RefCell;

use gloo::timers::callback::Timeout;

use super::products::read;
use super::shelf::path_of;
use crate::cache;
use crate::route::Route;

/// Shorter than anybody takes from pointing to pressing, longer than a pointer passing by.
const LINGERING_MS: u32 = 65;

thread_local! {
    static LINGERING: RefCell<Option<Timeout>> = const { RefCell::new(None) };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Pointed at, or reached by the keyboard.
    Likely,
    /// Pressed.
    Sure,
}

/// Something was pointed at, reached or pressed; `href` is the link it belongs to, if it belongs to one.
pub fn follow(href: Option<&str>, intent: Intent) {
    let path = href.and_then(path_behind);
    let wait = match (path, intent) {
        (Some(path), Intent::Sure) => {
            cache::fetch_ahead(path);
            None
        }
        (Some(path), Intent::Likely) => Some(Timeout::new(LINGERING_MS, move || cache::fetch_ahead(path))),
        (None, _) => None,
    };
    // An earlier one is dropped and never fires.
    LINGERING.set(wait);
}

/// The question to the server that the page of this address will ask.
fn path_behind(href: &str) -> Option<String> {
    let (pathname, search) = href.split_once('?').unwrap_or((href, ""));
    match Route::parse(pathname) {
        Route::Product(id) => Some(product_path(&id)),
        Route::Products => Some(path_of(&read(search).query(""))),
        _ => None,
    }
}

/// Where the server tells of one product.
pub fn product_path(id: &str) -> String {
    format!("/products/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_market_is_fetched_ahead() {
        assert_eq!(path_behind("/products/0193").as_deref(), Some("/products/0193"));
        assert_eq!(path_behind("/products?q=%E8%8C%B6").as_deref(), Some("/products?q=%E8%8C%B6&limit=24"));
        assert_eq!(path_behind("/orders/0193"), None);
        assert_eq!(path_behind("https://example.com/"), None);
    }
}
