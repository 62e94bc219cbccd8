//! Where the counties lie: a tile for each, Ningbo and the sea in the east. The places are a sketch; what a tile says by its
//! depth, the list beside the map says in words.

use leptos::prelude::*;

use super::markup::put;
use crate::language::{chosen, t};

/// A county on the map.
#[derive(Clone, Debug)]
pub struct Tile {
    pub key: String,
    /// Under the name.
    pub note: String,
    /// 0 is pale, 3 is full.
    pub depth: usize,
    pub href: String,
    /// The one the page is about.
    pub here: bool,
}

/// A county's names and prefecture; where it lies, [`domain::tiles`] says. They stand here so that the map can be drawn
/// before anything has been asked for.
#[derive(Debug)]
struct Place {
    key: &'static str,
    zh: &'static str,
    en: &'static str,
    /// The class of its prefecture.
    class: &'static str,
}

const fn place(key: &'static str, zh: &'static str, en: &'static str, class: &'static str) -> Place {
    Place { key, zh, en, class }
}

const PLACES: [Place; 15] = [
    place("liandu", "莲都", "Liandu", "ls"),
    place("longquan", "龙泉", "Longquan", "ls"),
    place("qingtian", "青田", "Qingtian", "ls"),
    place("yunhe", "云和", "Yunhe", "ls"),
    place("qingyuan", "庆元", "Qingyuan", "ls"),
    place("jinyun", "缙云", "Jinyun", "ls"),
    place("suichang", "遂昌", "Suichang", "ls"),
    place("songyang", "松阳", "Songyang", "ls"),
    place("jingning", "景宁", "Jingning", "ls"),
    place("kecheng", "柯城", "Kecheng", "qz"),
    place("qujiang", "衢江", "Qujiang", "qz"),
    place("longyou", "龙游", "Longyou", "qz"),
    place("jiangshan", "江山", "Jiangshan", "qz"),
    place("changshan", "常山", "Changshan", "qz"),
    place("kaihua", "开化", "Kaihua", "qz"),
];

/// The short name of a county in the language of the screen; none where there is no such county on the map.
pub fn county_name(key: &str) -> Option<String> {
    PLACES.iter().find(|place| place.key == key).map(|place| chosen(place.zh, place.en))
}

/// The keys of all counties on the map.
pub fn counties() -> impl Iterator<Item = &'static str> {
    PLACES.iter().map(|place| place.key)
}

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
    let place = PLACES.iter().find(|place| place.key == it.key)?;
    let class = format!("{} s{}", place.class, it.depth);
    let (row, column) = domain::tiles::place(place.key)?;
    let area = format!("{row}/{column}");
    let current = it.here.then_some("page");
    Some(
        view! {
            <a class=class style:grid-area=area href=it.href aria-current=current><b>{chosen(place.zh, place.en)}</b><span>{it.note}</span></a>
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
