//! The drawn label: a product's picture until its merchant uploads one.
//!
//! Made from three facts already in the catalogue (category, county, name), so every product has a picture of its own and
//! a county's hills are the same on every label. Painted back to front: ground, far ridge, motif, near ridge, foot, title
//! slip, seal. Colours are classes of style/label.css; the motif is a symbol of public/motifs.svg.

use domain::product::Category;
use leptos::prelude::*;

use super::markup::{element, push_escaped, put};

/// What a county gives its labels: the palette of its print and the heights of its two ridges.
struct County {
    name: &'static str,
    /// As an English page names it.
    name_en: &'static str,
    palette: &'static str,
    far: [u8; 5],
    near: [u8; 5],
}

const fn county(
    name: &'static str,
    name_en: &'static str,
    palette: &'static str,
    far: [u8; 5],
    near: [u8; 5],
) -> County {
    County { name, name_en, palette, far, near }
}

/// Heights are the first ten bytes of SHA-256 of the short name: far ridge 196 − 46 × byte / 255, near ridge
/// 218 − 34 × byte / 255, rounded. Written down so that the app need not carry a hash; the test reckons them again.
const COUNTIES: [County; 15] = [
    county("莲都", "Liandu", "p-ls1", [160, 151, 177, 183, 167], [190, 203, 201, 210, 194]),
    county("龙泉", "Longquan", "p-ls2", [170, 151, 193, 151, 170], [186, 189, 188, 187, 185]),
    county("青田", "Qingtian", "p-ls3", [176, 161, 168, 151, 194], [209, 214, 212, 210, 216]),
    county("云和", "Yunhe", "p-ls3", [182, 178, 170, 152, 152], [213, 187, 203, 186, 199]),
    county("庆元", "Qingyuan", "p-ls1", [184, 176, 177, 167, 176], [200, 190, 187, 188, 215]),
    county("缙云", "Jinyun", "p-ls2", [172, 184, 180, 191, 161], [189, 198, 190, 192, 208]),
    county("遂昌", "Suichang", "p-ls2", [161, 187, 160, 169, 178], [217, 209, 196, 186, 196]),
    county("松阳", "Songyang", "p-ls3", [154, 168, 182, 151, 177], [218, 196, 184, 204, 188]),
    county("景宁", "Jingning", "p-ls1", [177, 189, 155, 170, 177], [184, 209, 198, 194, 202]),
    county("柯城", "Kecheng", "p-qz2", [153, 171, 171, 173, 171], [207, 215, 209, 203, 186]),
    county("衢江", "Qujiang", "p-qz1", [186, 189, 185, 195, 170], [188, 215, 203, 210, 185]),
    county("龙游", "Longyou", "p-qz3", [180, 174, 178, 193, 153], [208, 213, 187, 201, 207]),
    county("江山", "Jiangshan", "p-qz2", [191, 189, 159, 175, 176], [216, 187, 195, 208, 202]),
    county("常山", "Changshan", "p-qz3", [167, 172, 167, 194, 163], [218, 208, 187, 189, 184]),
    county("开化", "Kaihua", "p-qz1", [158, 175, 158, 195, 196], [190, 209, 186, 198, 210]),
];

/// Where the hills of an unknown county come from: the first of the table, drawn without a seal.
fn county_of(name: &str) -> (&'static County, bool) {
    match COUNTIES.iter().find(|county| name.starts_with(county.name) || name.starts_with(county.name_en)) {
        Some(county) => (county, true),
        None => (&COUNTIES[0], false),
    }
}

/// The label with its title, for cards and the product's page. `county` is the short, the full or the English name (庆元, 庆元县,
/// Qingyuan). The title is written downwards, as only Chinese is: a name in another script leaves it out.
pub fn label(category: Category, county: &str, name: &str) -> AnyView {
    element(markup(category, county, name))
}

/// Its ground alone, as markup: what stands in its place until there is time to paint it.
pub fn ground(county: &str) -> String {
    frame(county_of(county).0, "")
}

/// All of it as markup.
#[inline(never)]
pub fn markup(category: Category, county: &str, name: &str) -> String {
    let (home, known) = county_of(county);
    let mut svg = String::with_capacity(1_600);
    paint_back(&mut svg, home, motif(category, name), "x=\"79\" y=\"22\" width=\"142\" height=\"142\"");
    if name.contains(is_han) {
        paint_slip(&mut svg, &title(name, home.name));
    }
    if known {
        paint_seal(&mut svg, home.name, &SEAL);
    }
    frame(home, &svg)
}

/// The small label for lists, baskets and anything under 120 px: no title, since the name stands beside it as text.
#[inline(never)]
pub fn mini_label(category: Category, county: &str, name: &str) -> AnyView {
    let (home, known) = county_of(county);
    let mut svg = String::with_capacity(1_200);
    paint_back(&mut svg, home, motif(category, name), "x=\"30\" y=\"12\" width=\"176\" height=\"176\"");
    if known {
        paint_seal(&mut svg, home.name, &MINI_SEAL);
    }
    element(frame(home, &svg))
}

fn frame(home: &County, inside: &str) -> String {
    format!("<svg class=\"label {}\" viewBox=\"0 0 240 240\" aria-hidden=\"true\">{inside}</svg>", home.palette)
}

fn is_han(c: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&c)
}

/// The symbol for a category as a whole: wine is what most drinks are.
pub fn motif_of(category: Category) -> &'static str {
    motif(category, "酒")
}

/// The symbol for a product, whose name may be in either language. Three finer ones correct what the category alone would say wrongly.
pub fn motif(category: Category, name: &str) -> &'static str {
    // `contains` brings a search of its own along, made for long texts.
    let holds = |word: &str| name.as_bytes().windows(word.len()).any(|part| part == word.as_bytes());
    let has = |words: &[&str]| words.iter().any(|word| holds(word));
    match category {
        Category::GrainOil if has(&["山茶油", "amellia oil"]) => "m-oil",
        Category::MeatEgg if has(&["猪", "腊肉", "pork", "bacon"]) => "m-cured",
        // A jar of wine must not stand for juice or yoghurt.
        Category::Drink if !has(&["酒", "wine", "spirit", "liquor"]) => "m-juice",
        Category::Fruit => "m-fruit",
        Category::GrainOil => "m-grain",
        Category::Mushroom => "m-mushroom",
        Category::Honey => "m-honey",
        Category::Tea => "m-tea",
        Category::Pastry => "m-pastry",
        Category::Condiment => "m-preserve",
        Category::MeatEgg => "m-poultry",
        Category::Aquatic => "m-aquatic",
        Category::Herb => "m-herb",
        Category::Drink => "m-drink",
        Category::Craft => "m-craft",
    }
}

fn paint_back(svg: &mut String, home: &County, motif: &str, place: &str) {
    svg.push_str("<path class=\"l0\" d=\"M0 0h240v240H0z\"/>");
    let far = ridge(&home.far);
    let near = ridge(&home.near);
    put(svg, format_args!("<path class=\"l1\" d=\"M0 240V{far}V240Z\"/>"));
    put(svg, format_args!("<use href=\"/motifs.svg#{motif}\" {place}/>"));
    put(svg, format_args!("<path class=\"l2\" d=\"M0 240V{near}V240Z\"/>"));
    if home.palette.starts_with("p-ls") {
        for down in [7, 15, 23] {
            put(svg, format_args!("<path class=\"l3\" d=\"M0 {near}\" transform=\"translate(0 {down})\"/>"));
        }
    } else {
        for (x, y) in [(0, 220), (-12, 228), (-24, 236)] {
            let waves = "t24 0".repeat(10);
            put(svg, format_args!("<path class=\"l3\" d=\"M{x} {y}q12-7 24 0{waves}\"/>"));
        }
    }
}

/// Five heights joined by cubics with level tangents, every sixty units: `184C30 184 30 176 60 176…`.
fn ridge(heights: &[u8; 5]) -> String {
    let mut path = heights[0].to_string();
    for (place, pair) in heights.windows(2).enumerate() {
        let x = place * 60;
        put(&mut path, format_args!("C{m} {a} {m} {b} {to} {b}", m = x + 30, a = pair[0], b = pair[1], to = x + 60));
    }
    path
}

/// At most eight characters: longer names lose the county first (the seal says it), then their end.
fn title(name: &str, county: &str) -> String {
    let length = |text: &str| text.chars().count();
    let short = if length(name) > LONGEST_TITLE { name.strip_prefix(county).unwrap_or(name) } else { name };
    short.chars().take(LONGEST_TITLE).collect()
}

const LONGEST_TITLE: usize = 8;

/// The slip with the title, one character under the other. Lengths are tenths of a unit, written out by `tenths`.
fn paint_slip(svg: &mut String, title: &str) {
    let count = i64::try_from(title.chars().count()).unwrap_or(0);
    let size = match count {
        0..=5 => 24,
        6 => 22,
        7 => 20,
        _ => 18,
    };
    // The step is 1.16 of the size; the first baseline stands where the mock-ups put it: slip top 14 + 9.6 + size.
    let step = size * 116 / 10;
    let width = size + 20;
    let height = step * count + 220;
    let (inner_width, inner_height) = (width - 7, tenths(height - 70));
    put(svg, format_args!("<path class=\"l4\" d=\"M16 14h{width}v{}h-{width}z\"/>", tenths(height)));
    put(svg, format_args!("<path class=\"l5\" d=\"M19.5 17.5h{inner_width}v{inner_height}h-{inner_width}z\"/>"));
    let (mut xs, mut ys) = (String::new(), String::new());
    for place in 0..count {
        put(&mut xs, format_args!("{} ", 16 + width / 2));
        put(&mut ys, format_args!("{} ", tenths(140 + 110 + step * place + size * 96 / 10)));
    }
    put(svg, format_args!("<text class=\"l6\" x=\"{}\" y=\"{}\" font-size=\"{size}\">", xs.trim_end(), ys.trim_end()));
    push_escaped(svg, title);
    svg.push_str("</text>");
}

/// Where the seal stands, how large it is, and the two baselines of its characters.
struct Seal {
    at: &'static str,
    rule: &'static str,
    x: u8,
    y: &'static str,
    size: u8,
}

const SEAL: Seal =
    Seal { at: "M184 178h42v42h-42z", rule: "M186.5 180.5h37v37h-37z", x: 205, y: "197.3 214.1", size: 16 };
const MINI_SEAL: Seal =
    Seal { at: "M176 168h50v50h-50z", rule: "M178.5 170.5h45v45h-45z", x: 201, y: "191 211", size: 20 };

fn paint_seal(svg: &mut String, county: &str, seal: &Seal) {
    let Seal { at, rule, x, y, size } = seal;
    put(svg, format_args!("<path class=\"l7\" d=\"{at}\"/><path class=\"l8\" d=\"{rule}\"/>"));
    put(svg, format_args!("<text class=\"l9\" x=\"{x} {x}\" y=\"{y}\" font-size=\"{size}\">{county}</text>"));
}

/// `283` → `28.3`, without a needless `.0`.
fn tenths(length: i64) -> String {
    if length % 10 == 0 { (length / 10).to_string() } else { format!("{}.{}", length / 10, length % 10) }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_ridges_of_each_county_are_the_hash_of_its_name() {
        let height = |base: u32, rise: u32, byte: u8| {
            let twice = 2 * (base * 255 - rise * u32::from(byte));
            u8::try_from((twice + 255) / 510).expect("a height is below 218")
        };
        for county in &COUNTIES {
            let hash = Sha256::digest(county.name);
            let far: Vec<u8> = hash[..5].iter().map(|byte| height(196, 46, *byte)).collect();
            let near: Vec<u8> = hash[5..10].iter().map(|byte| height(218, 34, *byte)).collect();
            assert_eq!((far.as_slice(), near.as_slice()), (&county.far[..], &county.near[..]), "{}", county.name);
        }
    }

    #[test]
    fn a_long_title_loses_its_county_then_its_end() {
        assert_eq!(title("龙泉青瓷茶具", "龙泉"), "龙泉青瓷茶具");
        assert_eq!(title("龙泉青瓷茶具套装礼盒", "龙泉"), "青瓷茶具套装礼盒");
        assert_eq!(title("一二三四五六七八九十", "龙泉"), "一二三四五六七八");
    }

    #[test]
    fn the_motif_is_corrected_where_the_category_would_be_wrong() {
        assert_eq!(motif(Category::GrainOil, "开化山茶油"), "m-oil");
        assert_eq!(motif(Category::MeatEgg, "龙游乌猪腊肉"), "m-cured");
        assert_eq!(motif(Category::Drink, "常山双柚汁"), "m-juice");
        assert_eq!(motif(Category::Drink, "山哈酒"), "m-drink");
        assert_eq!(motif(Category::Tea, "开化龙顶"), "m-tea");
        assert_eq!(motif(Category::GrainOil, "Kaihua camellia oil"), "m-oil");
        assert_eq!(motif(Category::Drink, "Changshan pomelo juice"), "m-juice");
    }

    #[test]
    fn a_name_cannot_become_markup() {
        let mut svg = String::new();
        paint_slip(&mut svg, "<b>&\"'");
        assert!(svg.contains("&lt;b&gt;&amp;&quot;&#39;") && !svg.contains("<b>"));
    }

    #[test]
    fn a_county_is_known_by_each_of_its_names() {
        assert_eq!(county_of("景宁畲族自治县").0.name, "景宁");
        assert_eq!([county_of("庆元").0.name, county_of("Qingyuan").0.name], ["庆元", "庆元"]);
        assert!(!county_of("鄞州区").1);
    }
}
