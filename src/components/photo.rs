//! A product's picture: a photo of it, or the drawn label until there is one.

use domain::photo::{PhotoHash, WIDTHS, address};
use domain::wire::ProductCard;
use leptos::prelude::*;

use super::label::label;

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

/// The picture of a card. Its name stands below it in the same link, and is not to be said twice.
#[inline(never)]
pub fn picture(product: &ProductCard) -> AnyView {
    match &product.photo {
        Some(hash) => photo(hash, Place::Card, String::new()),
        None => label(product.category, &product.county_short, &product.name),
    }
}

/// A photo in a square, which it fills as a card or a thumb and fits into when it stands alone. Its place is as large before it
/// has come as after. An empty `alt` is for one that stands beside its name.
#[inline(never)]
pub fn photo(hash: &PhotoHash, place: Place, alt: String) -> AnyView {
    let [small, ..] = WIDTHS;
    let class = match place {
        Place::Card => "label photo",
        Place::Large => "photo large",
        Place::Thumb => "photo",
    };
    view! {
        <img
            class=class
            src=address(hash, small)
            srcset=srcset(hash)
            sizes=place.sizes()
            width="320"
            height="320"
            loading=place.loading()
            decoding="async"
            alt=alt
        />
    }
    .into_any()
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
