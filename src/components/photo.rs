//! A product's picture: a photo of it, or the drawn label until there is one.

use domain::photo::{PhotoHash, WIDTHS, address};
use domain::wire::ProductCard;
use leptos::prelude::*;

use super::label;
use super::markup::{Escaped, element};

/// How wide a photo stands in the page, for the browser to choose among the widths it is kept in. Written with `max-width`:
/// Safari reads the shorter way since 16.4 only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a list: beside the words on a phone, above them elsewhere.
    Card,
    /// Alone on the product's page.
    Large,
    /// Among others of the same product.
    Thumb,
}

impl Place {
    fn sizes(self) -> &'static str {
        match self {
            Self::Card => "(max-width: 40rem) 11rem, (max-width: 60rem) 30vw, 16rem",
            Self::Large => "(max-width: 40rem) 92vw, (max-width: 60rem) 40vw, 27rem",
            Self::Thumb => "5rem",
        }
    }

    /// Only the photo one comes for is worth the network before it is near the screen.
    fn loading(self) -> &'static str {
        if self == Self::Large { "eager" } else { "lazy" }
    }
}

/// The picture of a card, as markup. Its name stands below it in the same link, and is not to be said twice.
pub fn picture(product: &ProductCard) -> String {
    match &product.photo {
        Some(hash) => markup(hash, Place::Card, ""),
        None => label::markup(product.category, &product.county_short, &product.name),
    }
}

/// What stands in its place until it is painted: a photo takes its time by itself, a label is painted when there is some.
pub fn ground(product: &ProductCard) -> String {
    match &product.photo {
        Some(_) => picture(product),
        None => label::ground(&product.county_short),
    }
}

/// A photo in a square, which it fills as a card or a thumb and fits into when it stands alone. An empty `alt` is for one that
/// stands beside its name.
pub fn photo(hash: &PhotoHash, place: Place, alt: String) -> AnyView {
    element(markup(hash, place, &alt))
}

/// Its place is as large before it has come as after.
fn markup(hash: &PhotoHash, place: Place, alt: &str) -> String {
    let [small, ..] = WIDTHS;
    let class = match place {
        Place::Card => "label photo",
        Place::Large => "photo large",
        Place::Thumb => "photo",
    };
    format!(
        "<img class=\"{class}\" src=\"{}\" srcset=\"{}\" sizes=\"{}\" width=\"320\" height=\"320\" loading=\"{}\" \
         decoding=\"async\" alt=\"{}\">",
        address(hash, small),
        srcset(hash),
        place.sizes(),
        place.loading(),
        Escaped(alt)
    )
}

fn srcset(hash: &PhotoHash) -> String {
    let each = WIDTHS.map(|width| format!("{} {width}w", address(hash, width)));
    each.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_chooses_among_all_widths() {
        let hash: PhotoHash = "ab".repeat(16).parse().expect("a hash");
        let all = srcset(&hash);
        assert_eq!(all.matches("/photos/").count(), 3);
        assert!(all.ends_with("-1280.webp 1280w"), "{all}");
    }
}
