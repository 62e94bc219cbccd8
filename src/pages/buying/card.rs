//! The card to keep: one picture of its own, with every colour and size inside, so that it looks the same wherever it is
//! sent. Whole numbers only; the hills are the counties' amounts.

use domain::Language;
use domain::wire::{Helped, HelpedCounty};

use crate::components::markup::{push_escaped, put};
use crate::format;
use crate::language::{language, t};

pub const WIDTH: i64 = 1_080;
pub const HEIGHT: i64 = 1_350;

const LEFT: i64 = 80;
const RIGHT: i64 = WIDTH - LEFT;
/// Where the facts stand.
const FACTS: i64 = 520;
/// Where the hills stand, and how high the highest is above it: its name and amount fit in below the facts.
const GROUND: i64 = 910;
const HIGHEST: i64 = 260;
const HILLS_AT_MOST: usize = 6;
const MERCHANTS_AT_MOST: usize = 5;

const SERIF: &str = "Songti SC, STSong, SimSun, Noto Serif CJK SC, Noto Serif SC, Georgia, serif";
const SANS: &str = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, Helvetica, Arial, sans-serif";
const PAPER: &str = "#fbf8f1";
const INK: &str = "#1d1b16";
const INK_2: &str = "#55503f";
const SEA: &str = "#1f4e79";
/// Near hills are darker.
const TEA: [&str; 3] = ["#2f6b4f", "#5d8f73", "#8fb39c"];

/// What a merchant's line takes.
const STEP: i64 = 54;

/// One line of text: where it stands, how large, in which face and ink.
struct Line<'a> {
    x: i64,
    y: i64,
    size: i64,
    face: &'a str,
    ink: &'a str,
    anchor: &'a str,
    text: &'a str,
}

impl Line<'_> {
    fn put(&self, svg: &mut String) {
        let Line { x, y, size, face, ink, anchor, text } = self;
        // As on the screen: what is set in Songti is a heading or the figure.
        let weight = if *face == SERIF { 700 } else { 400 };
        put(
            svg,
            format_args!(
                "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" font-family=\"{face}\" font-weight=\"{weight}\" fill=\"{ink}\" text-anchor=\"{anchor}\">"
            ),
        );
        push_escaped(svg, text);
        svg.push_str("</text>");
    }
}

/// The whole picture. `title` says whose buying it is, `whose` the union's name or nothing.
pub fn card(helped: &Helped, title: &str, whose: &str) -> String {
    let mut svg = String::with_capacity(6_000);
    put(
        &mut svg,
        format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\">\
             <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"{PAPER}\"/>"
        ),
    );
    head(&mut svg, helped, title, whose);
    hills(&mut svg, &helped.counties);
    foot(&mut svg, helped);
    svg.push_str("</svg>");
    svg
}

fn head(svg: &mut String, helped: &Helped, title: &str, whose: &str) {
    let date = format::date(helped.as_of_ms);
    let left = |y, size, face, ink, text| Line { x: LEFT, y, size, face, ink, anchor: "start", text };
    left(132, 46, SERIF, INK, t!(frame.brand)).put(svg);
    Line { anchor: "end", x: RIGHT, ..left(132, 28, SANS, INK_2, &date) }.put(svg);
    for y in [164, 172] {
        put(svg, format_args!("<path d=\"M{LEFT} {y}H{RIGHT}\" stroke=\"{INK}\" stroke-width=\"3\"/>"));
    }
    left(268, 60, SERIF, INK, title).put(svg);
    if !whose.is_empty() {
        left(320, 32, SANS, INK_2, whose).put(svg);
    }
    let amount = format::yuan_short(helped.total_fen);
    left(456, 116, SERIF, INK, &amount).put(svg);
    left(FACTS, 36, SANS, INK_2, &facts(helped)).put(svg);
}

/// 3 个县的山货 · 5 张订单
fn facts(helped: &Helped) -> String {
    let counties = match bought(&helped.counties).count() {
        1 => t!(buying.card_one_county).to_owned(),
        count => t!(buying.card_counties, count = count),
    };
    let orders = match helped.orders {
        1 => t!(buying.card_one_order).to_owned(),
        count => t!(buying.card_orders, count = count),
    };
    format!("{counties} · {orders}")
}

/// What was taken back whole has helped nobody.
fn bought(counties: &[HelpedCounty]) -> impl Iterator<Item = &HelpedCounty> {
    counties.iter().filter(|county| county.total_fen.fen() > 0)
}

/// A hill for each of the most helped, as high as its amount; the far ones are drawn first.
fn hills(svg: &mut String, counties: &[HelpedCounty]) {
    let shown: Vec<&HelpedCounty> = bought(counties).take(HILLS_AT_MOST).collect();
    let highest = shown.first().map_or(1, |county| county.total_fen.fen().max(1));
    let room = (RIGHT - LEFT) / i64::try_from(shown.len().max(1)).unwrap_or(1);
    let place = |index: usize| LEFT + room * i64::try_from(index).unwrap_or(0) + room / 2;
    let height = |county: &HelpedCounty| (county.total_fen.fen() * HIGHEST / highest).clamp(36, HIGHEST);
    for (index, county) in shown.iter().enumerate().rev() {
        hill(svg, place(index), height(county), (room * 9 / 10).clamp(170, 420), TEA[index % TEA.len()]);
    }
    let waves = "q16-9 32 0t32 0".repeat(17);
    put(svg, format_args!("<path d=\"M0 {HEIGHT}V{GROUND}{waves}V{HEIGHT}Z\" fill=\"{PAPER}\"/>"));
    put(svg, format_args!("<path d=\"M0 {GROUND}{waves}\" fill=\"none\" stroke=\"{SEA}\" stroke-width=\"4\"/>"));
    for (index, county) in shown.iter().enumerate() {
        let top = GROUND - height(county);
        let middle = |y, size, ink, text| Line { x: place(index), y, size, face: SANS, ink, anchor: "middle", text };
        middle(top - 50, 32, INK, short_name(county)).put(svg);
        middle(top - 16, 28, INK_2, &format::yuan_short(county.total_fen)).put(svg);
    }
}

/// 庆元县; Qingyuan, since there is room for one word only.
fn short_name(county: &HelpedCounty) -> &str {
    match language() {
        Language::Zh => &county.name,
        Language::En => county.name_en.split(' ').next().unwrap_or(&county.name_en),
    }
}

fn hill(svg: &mut String, middle: i64, height: i64, half: i64, tone: &str) {
    let (top, foot, shoulder) = (GROUND - height, GROUND + 40, half / 3);
    let (left, right) = (middle - half, middle + half);
    put(
        svg,
        format_args!(
            "<path fill=\"{tone}\" d=\"M{left} {foot}C{} {foot} {} {top} {middle} {top}S{} {foot} {right} {foot}Z\"/>",
            left + shoulder,
            middle - shoulder,
            right - shoulder,
        ),
    );
}

/// The merchants, and what was counted.
fn foot(svg: &mut String, helped: &Helped) {
    let merchants: Vec<_> = helped.merchants.iter().filter(|merchant| merchant.total_fen.fen() > 0).collect();
    let mut y = GROUND + 92;
    for merchant in merchants.iter().take(MERCHANTS_AT_MOST) {
        let line = |x, anchor, text| Line { x, y, size: 32, face: SANS, ink: INK, anchor, text };
        line(LEFT, "start", &merchant.name).put(svg);
        line(RIGHT, "end", &format::yuan_short(merchant.total_fen)).put(svg);
        put(svg, format_args!("<path d=\"M{LEFT} {}H{RIGHT}\" stroke=\"#ddd6c5\" stroke-width=\"2\"/>", y + 16));
        y += STEP;
    }
    if let Some(more) = merchants.len().checked_sub(MERCHANTS_AT_MOST).filter(|more| *more > 0) {
        let text = t!(buying.card_more, count = more);
        Line { x: LEFT, y, size: 28, face: SANS, ink: INK_2, anchor: "start", text: &text }.put(svg);
    }
    let text = t!(buying.counted, date = format::date(helped.as_of_ms));
    Line { x: LEFT, y: HEIGHT - 44, size: 26, face: SANS, ink: INK_2, anchor: "start", text: &text }.put(svg);
}

#[cfg(test)]
mod tests {
    use domain::Money;
    use domain::region::Prefecture;
    use domain::wire::HelpedMerchant;

    use super::*;

    fn helped(yuan: &[i64]) -> Helped {
        let county = |(place, yuan): (usize, &i64)| HelpedCounty {
            id: format!("county-{place}"),
            name: "庆元县".to_owned(),
            name_en: "Qingyuan County".to_owned(),
            prefecture: Prefecture::Lishui,
            year_fen: Money::from_yuan(*yuan),
            total_fen: Money::from_yuan(*yuan),
        };
        let total = Money::from_yuan(yuan.iter().sum());
        let merchants = vec![HelpedMerchant { name: "甲<乙>&".to_owned(), year_fen: total, total_fen: total }];
        Helped {
            year: 2026,
            as_of_ms: 0,
            year_fen: total,
            total_fen: total,
            orders: 2,
            counties: yuan.iter().enumerate().map(county).collect(),
            merchants,
        }
    }

    #[test]
    fn there_is_a_hill_for_each_county_up_to_six() {
        let hills = |yuan: &[i64]| card(&helped(yuan), "我买的", "").matches("<path fill=").count();
        assert_eq!([hills(&[100]), hills(&[100, 50, 10]), hills(&[9, 8, 7, 6, 5, 4, 3])], [1, 3, 6]);
        assert_eq!(hills(&[100, 0]), 1, "what was taken back whole has no hill");
    }

    #[test]
    fn the_name_of_the_highest_hill_stands_clear_of_the_facts() {
        let svg = card(&helped(&[100]), "我买的", "");
        let before = svg.split_once(">庆元县<").expect("the name").0;
        let number = |key: &str| -> i64 {
            let from = before.rsplit_once(key).expect("an attribute").1;
            from.split('"').next().and_then(|number| number.parse().ok()).expect("a number")
        };
        let top = number(" y=\"") - number("font-size=\"");
        // What hangs below the line of letters is a fourth of their size.
        assert!(top >= FACTS + 32 / 4, "the name begins at {top}, the facts stand at {FACTS}");
    }

    #[test]
    fn words_from_elsewhere_are_no_markup() {
        let svg = card(&helped(&[100]), "我买的", "");
        assert!(svg.contains("甲&lt;乙&gt;&amp;") && !svg.contains("<乙>"));
        assert!(svg.contains("100 元") && svg.contains("来自一个县的山货 · 2 张订单"));
    }
}
