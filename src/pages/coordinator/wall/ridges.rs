//! The counties' year as ridges, one behind the other: each month's sum, as high as the county's own highest. One SVG string in whole
//! numbers; the figures beside the ridges say how much it was.

use domain::Money;
use domain::region::Prefecture;
use domain::wire::TallyRow;

use crate::components::markup::{push_escaped, put};
use crate::format;
use crate::language::t;

pub const WIDTH: i64 = 1_152;
pub const HEIGHT: i64 = 516;
const LEFT: i64 = 112;
const RIGHT: i64 = 1_030;
const MONTH: i64 = (RIGHT - LEFT) / 12;
/// The first ridge's foot, and how far the next one's lies below it.
const FOOT: i64 = 96;
const STEP: i64 = 27;
const SUMMIT: i64 = 66;

/// The drawing of these counties up to the month that has begun.
pub fn ridges(counties: &[TallyRow], begun: usize) -> String {
    let mut svg = String::with_capacity(12_000);
    let last = counties.len().saturating_sub(1);
    for (place, (at, county)) in (0_i64..).zip(counties.iter().enumerate()) {
        let foot = FOOT + STEP * place;
        // The ground of a ridge reaches down behind the next one.
        ridge(&mut svg, county, (foot, if at == last { foot } else { foot + STEP }), begun);
    }
    for month in 1..=12_u32 {
        let (x, class) = (LEFT + MONTH * i64::from(month) - MONTH / 2, class_of(month, begun));
        let name = t!(parts.month_of_figures, month = format::month_in_short(month));
        put(&mut svg, format_args!("<text x=\"{x}\" y=\"{}\" text-anchor=\"middle\"{class}>{name}</text>", HEIGHT - 6));
    }
    svg
}

fn class_of(month: u32, begun: usize) -> &'static str {
    if usize::try_from(month) == Ok(begun) { " class=\"nm\"" } else { "" }
}

fn ridge(svg: &mut String, county: &TallyRow, (foot, ground): (i64, i64), begun: usize) {
    let heights = heights(&county.months_fen[..begun.min(county.months_fen.len())]);
    let class = if county.prefecture == Some(Prefecture::Quzhou) { "qz" } else { "ls" };
    put(svg, format_args!("<g class=\"{class}\">"));
    if let Some(first) = heights.first() {
        let line = format!("M{LEFT} {}{}", foot - first, crest(&heights, foot));
        put(svg, format_args!("<path class=\"bg\" d=\"{line}V{ground}H{LEFT}Z\"/>"));
        put(svg, format_args!("<path class=\"hill\" d=\"{line}V{ground}H{LEFT}Z\"/><path class=\"rl\" d=\"{line}\"/>"));
    }
    put(svg, format_args!("<text x=\"{}\" y=\"{foot}\" text-anchor=\"end\" class=\"nm\">", LEFT - 12));
    push_escaped(svg, &county.name);
    put(svg, format_args!("</text><text x=\"{WIDTH}\" y=\"{foot}\" text-anchor=\"end\">"));
    push_escaped(svg, &format::wan_bare(county.amount_fen, 1));
    svg.push_str("</text></g>");
}

/// As high as its own highest month allows.
fn heights(months: &[i64]) -> Vec<i64> {
    let highest = months.iter().copied().max().unwrap_or(0).max(1);
    let height = |fen: &i64| {
        let up = i128::from((*fen).max(0)) * i128::from(SUMMIT) / i128::from(highest);
        i64::try_from(up).unwrap_or(SUMMIT)
    };
    months.iter().map(height).collect()
}

/// From the left edge on; each month's height stands in its middle, level tangents join them.
fn crest(heights: &[i64], foot: i64) -> String {
    let mut x = LEFT + MONTH / 2;
    let mut path = format!("H{x}");
    for pair in heights.windows(2) {
        let (middle, next) = (x + MONTH / 2, x + MONTH);
        let (from, to) = (foot - pair[0], foot - pair[1]);
        put(&mut path, format_args!("C{middle} {from} {middle} {to} {next} {to}"));
        x = next;
    }
    put(&mut path, format_args!("H{}", x + MONTH / 2));
    path
}

/// The drawing in a sentence: the county that sold most and the one that sold least.
pub fn told(counties: &[TallyRow]) -> String {
    let most = counties.iter().max_by_key(|county| county.amount_fen);
    let least = counties.iter().min_by_key(|county| county.amount_fen);
    match most.zip(least) {
        Some((most, least)) if most.amount_fen > Money::ZERO => t!(
            wall.ridges_told,
            most = most.name,
            most_amount = format::wan(most.amount_fen),
            least = least.name,
            least_amount = format::wan(least.amount_fen)
        ),
        _ => t!(figures.nothing_accepted).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_county_has_its_own_summit() {
        assert_eq!(heights(&[0, 50, 100]), [0, SUMMIT / 2, SUMMIT]);
        assert_eq!(heights(&[0, -7]), [0, 0]);
        assert_eq!(
            crest(&[0, SUMMIT], FOOT),
            format!(
                "H{}C{} {FOOT} {} {} {} {}H{}",
                LEFT + 38,
                LEFT + 76,
                LEFT + 76,
                FOOT - SUMMIT,
                LEFT + 114,
                FOOT - SUMMIT,
                LEFT + 152
            )
        );
    }

    #[test]
    fn the_last_foot_lies_above_the_names_of_the_months() {
        const { assert!(FOOT + STEP * 14 < HEIGHT - 30) };
    }
}
