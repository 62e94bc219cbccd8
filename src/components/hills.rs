//! The year as a range of hills: each month's accepted amount, last year's behind it.

use domain::Money;
use leptos::prelude::*;

use super::markup::put;
use crate::format::{self, month_in_short};
use crate::language::t;

const WIDTH: i64 = 1_200;
const HEIGHT: i64 = 130;
/// The highest month reaches here, so that its name has room above it.
const SUMMIT: i64 = 22;
/// Below this the sea begins; a month without sales lies on it.
const SHORE: i64 = 122;
const MONTH: i64 = WIDTH / 12;

/// Two years of months, January first. `this_month` (1 to 12) is the last that has begun, `link` where the
/// year opens, where it does.
#[derive(Clone, Debug)]
pub struct YearBand {
    pub year: i64,
    pub this_year: [Money; 12],
    pub last_year: [Money; 12],
    pub this_month: u8,
    pub link: Option<String>,
}

/// The twelve sums as they come over the wire; a month that is missing has sold nothing yet.
pub fn twelve_months(fen: &[i64]) -> [Money; 12] {
    std::array::from_fn(|month| Money::from_fen(fen.get(month).copied().unwrap_or(0)))
}

#[inline(never)]
pub fn year_band(band: &YearBand) -> AnyView {
    let begun = usize::from(band.this_month.clamp(1, 12));
    let highest = band.this_year.iter().chain(&band.last_year).map(|month| month.fen()).max().unwrap_or(0).max(1);
    let this_year: Vec<i64> = band.this_year[..begun].iter().map(|month| height(*month, highest)).collect();
    let last_year: Vec<i64> = band.last_year.iter().map(|month| height(*month, highest)).collect();
    let months: Vec<AnyView> = (1..=12)
        .map(|month: u32| {
            let class = if month == u32::from(band.this_month.clamp(1, 12)) { "now" } else { "" };
            view! { <i class=class>{month_in_short(month)}<u>{t!(parts.month_unit)}</u></i> }.into_any()
        })
        .collect();
    let drawing = view! {
            <svg viewBox="0 0 1200 130" preserveAspectRatio="none" aria-hidden="true" inner_html=landscape(&this_year, &last_year)></svg>
            <span class="yb-m" aria-hidden="true">{months}</span>
            {peaks(&band.this_year[..begun], &this_year)}
            <span class="yb-c">{t!(parts.band_legend)}</span>
    }
    .into_any();
    let Some(link) = band.link.clone() else { return view! { <div class="yearband">{drawing}</div> }.into_any() };
    let name = t!(parts.year_band, year = band.year);
    view! { <a class="yearband" href=link><span class="sr">{name}</span>{drawing}</a> }.into_any()
}

/// The figures of the hills. `links` are the addresses of each month's entries, January first, where they open.
#[inline(never)]
pub fn year_table(band: &YearBand, links: &[String]) -> AnyView {
    let begun = usize::from(band.this_month.clamp(1, 12));
    let rows: Vec<AnyView> = (0..begun)
        .map(|month| {
            let amount = format::wan_bare(band.this_year[month], 1);
            let amount = match links.get(month).cloned() {
                Some(link) => view! { <a href=link>{amount}</a> }.into_any(),
                None => amount.into_any(),
            };
            view! {
                <tr>
                    <th scope="row">{month_of_figures(month)}</th>
                    <td class="n">{amount}</td>
                    <td class="n">{format::wan_bare(band.last_year[month], 1)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <details>
            <summary>{t!(parts.see_figures)}</summary>
            <div class="scroll" tabindex="0" role="region" aria-label=t!(parts.figures_by_month)>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{t!(parts.month)}</th>
                            <th class="n" scope="col">{t!(parts.of_year, year = band.year)}</th>
                            <th class="n" scope="col">{t!(parts.of_year, year = band.year - 1)}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

/// `11月`, `Nov`: the month at this place, January at 0.
fn month_of_figures(place: usize) -> String {
    let month = u32::try_from(place + 1).map_or("", month_in_short);
    t!(parts.month_of_figures, month = month)
}

fn height(month: Money, highest: i64) -> i64 {
    SHORE - month.fen().clamp(0, highest) * (SHORE - SUMMIT) / highest
}

fn landscape(this_year: &[i64], last_year: &[i64]) -> String {
    let mut svg = String::with_capacity(4_000);
    let ridge = ridge(this_year);
    put(&mut svg, format_args!("<path class=\"y25\" d=\"{}\"/>", self::ridge(last_year)));
    put(&mut svg, format_args!("<path class=\"y26\" d=\"{ridge}\"/><g class=\"terr\">"));
    for down in [8, 17, 26, 35, 44] {
        put(&mut svg, format_args!("<path d=\"{ridge}\" transform=\"translate(0 {down})\"/>"));
    }
    // Where this year is higher it hides the year before, so that one's crest is drawn once more as a line.
    let line = "fill=\"none\" stroke=\"currentColor\" stroke-dasharray=\"5 4\" vector-effect=\"non-scaling-stroke\"";
    let edge = last_year.first().copied().unwrap_or(SHORE);
    put(&mut svg, format_args!("</g><path {line} d=\"M0 {edge}{}\"/>", crest(last_year)));
    let waves = "q12.5-6 25 0t25 0".repeat(24);
    put(&mut svg, format_args!("<path class=\"sea\" d=\"M0 {HEIGHT}V118{waves}V{HEIGHT}Z\"/>"));
    svg
}

/// The crest from the left edge on. Each month's height stands in its middle; level tangents join them, and the edges
/// keep the height of the last month.
fn crest(heights: &[i64]) -> String {
    let mut x = MONTH / 2;
    let mut path = format!("H{x}");
    for pair in heights.windows(2) {
        let (middle, next) = (x + MONTH / 2, x + MONTH);
        put(&mut path, format_args!("C{middle} {} {middle} {} {next} {}", pair[0], pair[1], pair[1]));
        x = next;
    }
    put(&mut path, format_args!("H{}", x + MONTH / 2));
    path
}

/// The crest with the ground under it.
fn ridge(heights: &[i64]) -> String {
    heights.first().map_or_else(String::new, |first| format!("M0 {HEIGHT}V{first}{}V{HEIGHT}Z", crest(heights)))
}

/// The three highest summits are named; a month beside a higher one is a slope, not a summit.
fn peaks(months: &[Money], heights: &[i64]) -> Vec<AnyView> {
    let lower = |place: usize, beside: Option<usize>| {
        beside.and_then(|beside| months.get(beside)).is_none_or(|other| *other < months[place])
    };
    let mut summits: Vec<usize> = (0..months.len())
        .filter(|place| {
            months[*place] > Money::ZERO && lower(*place, place.checked_sub(1)) && lower(*place, Some(place + 1))
        })
        .collect();
    summits.sort_by_key(|place| std::cmp::Reverse(months[*place]));
    summits.truncate(3);
    summits.into_iter().map(|place| peak(place, months[place], heights[place])).collect()
}

fn peak(place: usize, amount: Money, height: i64) -> AnyView {
    let at = (i64::try_from(place).unwrap_or(0) * 2 + 1) * 1_000 / 24;
    let class = match place {
        0 => "yb-p first",
        11 => "yb-p last",
        _ => "yb-p",
    };
    let x = format!("{}.{}%", at / 10, at % 10);
    let y = format!("0.{:02}", height * 100 / HEIGHT);
    view! {
        <span class=class style:--x=x style:--y=y>{month_of_figures(place)}" "{format::wan_bare(amount, 0)}<u>{t!(parts.wan_unit)}</u></span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_month_touches_the_summit_and_an_empty_one_the_shore() {
        assert_eq!(height(Money::from_yuan(100), 10_000), SUMMIT);
        assert_eq!(height(Money::ZERO, 10_000), SHORE);
        assert_eq!(height(Money::from_yuan(-5), 10_000), SHORE);
    }

    #[test]
    fn a_ridge_begins_and_ends_on_the_ground() {
        assert_eq!(ridge(&[50, 60]), "M0 130V50H50C100 50 100 60 150 60H200V130Z");
        assert_eq!(ridge(&[]), "");
    }
}
