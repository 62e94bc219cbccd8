//! Where the counties lie: a tile for each, Ningbo and the sea in the east. The places are a sketch; what a tile says by its
//! depth, the list beside the map says in words.

use leptos::prelude::*;

use super::svg::put;
use crate::language::t;

/// A county on the map.
#[derive(Clone, Debug)]
pub struct Tile {
    pub key: String,
    pub name: String,
    /// Under the name.
    pub note: String,
    /// 0 is pale, 3 is full.
    pub depth: usize,
    pub href: String,
    /// The one the page is about.
    pub here: bool,
}

/// Key, class of the prefecture, row and column.
const PLACES: [(&str, &str, &str); 15] = [
    ("liandu", "ls", "3/4"),
    ("longquan", "ls", "4/2"),
    ("qingtian", "ls", "4/5"),
    ("yunhe", "ls", "4/3"),
    ("qingyuan", "ls", "5/2"),
    ("jinyun", "ls", "3/5"),
    ("suichang", "ls", "3/2"),
    ("songyang", "ls", "3/3"),
    ("jingning", "ls", "4/4"),
    ("kecheng", "qz", "2/2"),
    ("qujiang", "qz", "2/3"),
    ("longyou", "qz", "2/4"),
    ("jiangshan", "qz", "3/1"),
    ("changshan", "qz", "2/1"),
    ("kaihua", "qz", "1/1"),
];

/// How deep a tile is painted that holds this much of the largest.
pub fn depth(amount: i64, largest: i64) -> usize {
    let quarters = i128::from(amount.max(0)) * 4 / i128::from(largest.max(1));
    usize::try_from(quarters).unwrap_or(0).min(3)
}

#[inline(never)]
pub fn tile_map(tiles: Vec<Tile>) -> AnyView {
    let drawn: Vec<AnyView> = tiles.into_iter().filter_map(tile).collect();
    view! {
        <div class="tilemap">
            <svg class="tm-sea" style:grid-area="1/5/3/7" viewBox="0 0 120 120" preserveAspectRatio="none" aria-hidden="true" inner_html=sea()></svg>
            <span class="tm-nb" style:grid-area="1/6"><b>{t!(home.ningbo)}</b><span>{t!(home.buyers)}</span></span>
            {drawn}
        </div>
        <p class="tm-key">
            <span class="k ls">{t!(home.lishui)}</span>
            <span class="k qz">{t!(home.quzhou)}</span>
            <span class="faint">{t!(home.a_sketch)}</span>
        </p>
    }
    .into_any()
}

/// A county that has no place on the map is left out: a zone, or one of another prefecture.
fn tile(it: Tile) -> Option<AnyView> {
    let (_, prefecture, place) = PLACES.iter().find(|(key, ..)| *key == it.key)?;
    let class = format!("{prefecture} s{}", it.depth);
    let current = it.here.then_some("page");
    Some(
        view! {
            <a class=class style:grid-area=*place href=it.href aria-current=current><b>{it.name}</b><span>{it.note}</span></a>
        }
        .into_any(),
    )
}

fn sea() -> String {
    let mut svg = String::with_capacity(1_000);
    for row in 0..12 {
        let (x, y) = (if row % 2 == 0 { 0 } else { -6 }, 10 + 9 * row);
        put(&mut svg, format_args!("<path d=\"M{x} {y}q6-5 12 0{}\"/>", "t12 0".repeat(9)));
    }
    svg
}

#[cfg(test)]
mod tests {
    use super::depth;

    #[test]
    fn the_largest_is_the_deepest_and_nothing_is_pale() {
        assert_eq!([0, 24, 25, 50, 99, 100].map(|amount| depth(amount, 100)), [0, 0, 1, 2, 3, 3]);
        assert_eq!((depth(-5, 100), depth(0, 0)), (0, 0));
    }
}
