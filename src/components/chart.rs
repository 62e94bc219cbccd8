//! The cumulative curve of the year against its target: one SVG string in whole numbers, with the figures under it.
//!
//! Months are as wide as they have days, so that the target, spread over the days, is a straight line and today lies in
//! its own month.

use domain::{Language, Money};
use leptos::prelude::*;

use super::markup::{push_escaped, put};
use crate::format;
use crate::language::{language, t};

const LEFT: i64 = 52;
const RIGHT: i64 = 642;
const TOP: i64 = 14;
const BOTTOM: i64 = 284;
const BASIS: i64 = 10_000;

/// `title` is the finding (落后时间进度 5.7 个百分点), not the subject. `year_passed` is in basis points of the year;
/// `month_links` are the addresses of the entries behind each month, January first, since every figure opens.
/// `last_year_so_far` ends on the same day a year before, which the months alone cannot tell.
#[derive(Clone, Debug)]
pub struct YearCurve {
    pub title: String,
    pub year: i64,
    pub this_year: [Money; 12],
    pub last_year: [Money; 12],
    pub last_year_so_far: Money,
    pub target: Money,
    pub this_month: u8,
    pub year_passed: i64,
    /// What the calendar asks for by today − recognised, exact: basis points of a large target are thousands of yuan.
    pub behind: Money,
    pub month_links: Vec<String>,
}

impl YearCurve {
    fn begun(&self) -> usize {
        usize::from(self.this_month.clamp(1, 12))
    }

    /// While a month runs, its sums end today and not at its edge.
    fn running(&self) -> bool {
        self.year_passed < BASIS
    }

    fn so_far(&self) -> i64 {
        sum(&self.this_year, self.begun())
    }

    /// How much of the year has passed at the end of a month.
    fn passed_after(&self, month: usize) -> i64 {
        days_before(self.year, month) * BASIS / days_before(self.year, 12)
    }

    /// What the target, spread evenly over the days, would have by `passed` basis points of the year.
    /// What the calendar asks for by today.
    fn due(&self) -> i64 {
        self.so_far() + self.behind.fen()
    }

    fn expected(&self, passed: i64) -> i64 {
        i64::try_from(i128::from(self.target.fen()) * i128::from(passed) / i128::from(BASIS)).unwrap_or(i64::MAX)
    }
}

/// The days of the year's first `months` months.
fn days_before(year: i64, months: usize) -> i64 {
    const DAYS: [i64; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    DAYS[months.min(12)] + i64::from(leap && months >= 2)
}

fn sum(months: &[Money; 12], count: usize) -> i64 {
    months[..count].iter().map(|month| month.fen()).sum()
}

#[inline(never)]
pub fn year_curve(curve: &YearCurve) -> AnyView {
    let has_target = curve.target > Money::ZERO;
    let (this, last) = (t!(parts.year_so_far, year = curve.year), t!(parts.year_so_far, year = curve.year - 1));
    let dash = has_target.then(|| view! { <li><i class="dash"></i>{t!(parts.target_by_day)}</li> }.into_any());
    view! {
        <figure class="chart">
            <figcaption><b>{curve.title.clone()}</b><span>{t!(parts.so_far_in_yuan)}</span></figcaption>
            <div class="scroll" tabindex="0" role="region" aria-label=t!(parts.curve_so_far)>
                <svg viewBox="0 0 780 318" role="img" aria-label=told(curve) inner_html=drawing(curve)></svg>
            </div>
            <ul class="legend" role="list">
                <li><i></i>{this}</li>
                {dash}
                <li><i class="thin"></i>{last}</li>
            </ul>
            <details><summary>{t!(parts.see_figures)}</summary>{table(curve)}</details>
        </figure>
    }
    .into_any()
}

/// The drawing in a sentence.
fn told(curve: &YearCurve) -> String {
    let wan = |fen: i64| format::wan(Money::from_fen(fen));
    let (year, so_far) = (curve.year, wan(curve.so_far()));
    if curve.target <= Money::ZERO {
        return t!(
            parts.told_without_target,
            year = year,
            so_far = so_far,
            last_year = wan(curve.last_year_so_far.fen())
        );
    }
    let (due, gap) = (wan(curve.due()), curve.behind.fen());
    let difference = wan(gap.saturating_abs());
    if gap > 0 {
        t!(parts.told_behind, year = year, so_far = so_far, due = due, difference = difference)
    } else {
        t!(parts.told_ahead, year = year, so_far = so_far, due = due, difference = difference)
    }
}

/// The scale of the drawing: five lines at a round distance, so that the target and every sum lie under the highest.
struct Scale {
    step: i64,
    lines: i64,
}

impl Scale {
    fn for_highest(highest: i64) -> Self {
        let mut unit: i64 = 100_000_000;
        loop {
            for times in [1, 2, 5] {
                if unit * times * 5 >= highest {
                    let step = unit * times;
                    return Self { step, lines: (highest.max(1) + step - 1) / step };
                }
            }
            unit = unit.saturating_mul(10);
        }
    }

    fn y(&self, fen: i64) -> i64 {
        let full = i128::from(self.step) * i128::from(self.lines);
        let up = i128::from(fen.max(0)) * i128::from(BOTTOM - TOP) / full;
        BOTTOM - i64::try_from(up).unwrap_or(BOTTOM - TOP)
    }
}

fn x_at(passed: i64) -> i64 {
    LEFT + (RIGHT - LEFT) * passed / BASIS
}

/// The right edge of a month; 0 is the start of the year.
fn x_of(curve: &YearCurve, month: usize) -> i64 {
    x_at(curve.passed_after(month))
}

fn drawing(curve: &YearCurve) -> String {
    let (so_far, last) = (curve.so_far(), sum(&curve.last_year, 12));
    let scale = Scale::for_highest(so_far.max(last).max(curve.target.fen()));
    let mut svg = String::with_capacity(4_000);
    draw_axes(&mut svg, &scale, curve);
    let line = line_so_far(curve, &scale);
    let now = x_at(curve.year_passed);
    put(&mut svg, format_args!("<path class=\"area\" d=\"{line}V{BOTTOM}Z\"/>"));
    put(&mut svg, format_args!("<path class=\"prev\" d=\"{}\"/>", line_of_last_year(curve, &scale)));
    let target_y = scale.y(curve.target.fen());
    if curve.target > Money::ZERO {
        put(&mut svg, format_args!("<path class=\"target\" d=\"M{LEFT} {BOTTOM}L{RIGHT} {target_y}\"/>"));
    }
    let (y, due) = (scale.y(so_far), scale.y(curve.expected(curve.year_passed)));
    put(&mut svg, format_args!("<path class=\"line\" d=\"{line}\"/><path class=\"now\" d=\"M{now} {BOTTOM}V{y}\"/>"));
    if due < y {
        put(&mut svg, format_args!("<path class=\"gap\" d=\"M{now} {y}V{due}\"/>"));
    }
    put(&mut svg, format_args!("<circle cx=\"{now}\" cy=\"{y}\" r=\"5\" class=\"fill\"/>"));
    draw_words(&mut svg, curve, &scale, (now, y, due));
    svg
}

fn draw_axes(svg: &mut String, scale: &Scale, curve: &YearCurve) {
    for line in 0..=scale.lines {
        let y = scale.y(scale.step * line);
        let class = if line == 0 { "axis" } else { "grid" };
        put(svg, format_args!("<path class=\"{class}\" d=\"M{LEFT} {y}H{RIGHT}\"/>"));
        put(
            svg,
            format_args!("<text x=\"44\" y=\"{}\" text-anchor=\"end\">{}</text>", y + 5, round(scale.step * line)),
        );
    }
    for month in 1..=12 {
        let x = (x_of(curve, month - 1) + x_of(curve, month)) / 2;
        let class = if curve.running() && month == curve.begun() { " class=\"strong\"" } else { "" };
        put(svg, format_args!("<text x=\"{x}\" y=\"306\" text-anchor=\"middle\"{class}>{month}</text>"));
    }
}

/// `2亿`, `0.5亿`, `500万`, `¥200m`: the shortest form of a round amount.
fn round(fen: i64) -> String {
    let amount = Money::from_fen(fen);
    let short = |text: String| {
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
    };
    match (language(), fen) {
        (_, 0) => "0".to_owned(),
        (Language::En, _) => amount.in_english().replace(".00", ""),
        (Language::Zh, 5_000_000_000..) => t!(parts.yi_short, amount = short(amount.yi(3))),
        (Language::Zh, _) => t!(parts.wan_short, amount = short(amount.wan(1))),
    }
}

fn line_of_last_year(curve: &YearCurve, scale: &Scale) -> String {
    let mut path = format!("M{LEFT} {BOTTOM}");
    for month in 1..=12 {
        put(&mut path, format_args!("L{} {}", x_of(curve, month), scale.y(sum(&curve.last_year, month))));
    }
    path
}

/// Whole months end at their edge; the month that runs ends where the year now stands.
fn line_so_far(curve: &YearCurve, scale: &Scale) -> String {
    let mut path = format!("M{LEFT} {BOTTOM}");
    for month in 1..curve.begun() {
        put(&mut path, format_args!("L{} {}", x_of(curve, month), scale.y(sum(&curve.this_year, month))));
    }
    put(&mut path, format_args!("L{} {}", x_at(curve.year_passed), scale.y(curve.so_far())));
    path
}

/// Words at the lines themselves, kept apart where two of them would touch.
fn draw_words(svg: &mut String, curve: &YearCurve, scale: &Scale, (now, y, due): (i64, i64, i64)) {
    let last = sum(&curve.last_year, 12);
    let (mut target_y, mut last_y) = (scale.y(curve.target.fen()) + 5, scale.y(last) + 5);
    if (target_y - last_y).abs() < 20 {
        (target_y, last_y) = if target_y <= last_y { (last_y - 20, last_y) } else { (target_y, target_y - 20) };
    }
    let beside = RIGHT + 8;
    if curve.target > Money::ZERO {
        let words = t!(parts.target, amount = round(curve.target.fen()));
        text(svg, beside, target_y, "class=\"strong\"", &words);
    }
    text(svg, beside, last_y, "", &t!(parts.whole_year, year = curve.year - 1, amount = round(last)));
    // Early in the year there is no room left of today's line.
    let (x, anchor) = if now < 260 { (now + 12, "start") } else { (now - 10, "end") };
    let so_far = t!(parts.recognised, amount = round(curve.so_far()));
    text(svg, x, beside_the_line(y, due), &format!("text-anchor=\"{anchor}\" class=\"tea\""), &so_far);
    let gap = curve.behind.fen();
    if curve.target > Money::ZERO && gap > 0 {
        let words = t!(parts.behind_time, amount = format::wan_rounded(Money::from_fen(gap)));
        text(svg, x, (due - 6).max(TOP), &format!("text-anchor=\"{anchor}\" class=\"watch\""), &words);
    }
}

/// How high this year's words stand: in the middle of its area, or above the line where that is too low for words,
/// unless those of the gap stand there.
fn beside_the_line(y: i64, due: i64) -> i64 {
    if BOTTOM - y < 90 && (y - due).abs() > 30 { y - 12 } else { ((y + BOTTOM) / 2).min(BOTTOM - 10) }
}

fn text(svg: &mut String, x: i64, y: i64, attributes: &str, words: &str) {
    put(svg, format_args!("<text x=\"{x}\" y=\"{y}\" {attributes}>"));
    push_escaped(svg, words);
    svg.push_str("</text>");
}

fn table(curve: &YearCurve) -> AnyView {
    let rows: Vec<AnyView> = (1..=curve.begun()).map(|month| row(curve, month)).collect();
    let due = (curve.target > Money::ZERO)
        .then(|| view! { <th class="n" scope="col">{t!(parts.due_by_now)}</th> }.into_any());
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=t!(parts.figures_so_far)>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{t!(parts.month)}</th>
                        <th class="n" scope="col">{t!(parts.in_month)}</th>
                        <th class="n" scope="col">{t!(parts.so_far)}</th>
                        {due}
                        <th class="n" scope="col">{t!(parts.last_year_so_far)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(curve: &YearCurve, month: usize) -> AnyView {
    let running = curve.running() && month == curve.begun();
    let expected = if running { curve.due() } else { curve.expected(curve.passed_after(month)) };
    let last_year = if running { curve.last_year_so_far.fen() } else { sum(&curve.last_year, month) };
    let short = u32::try_from(month).map_or("", format::month_in_short);
    let name =
        if running { t!(parts.month_until_now, month = short) } else { t!(parts.month_of_figures, month = short) };
    let link = curve.month_links.get(month - 1).cloned();
    let wan = |fen: i64| format::wan_bare(Money::from_fen(fen), 1);
    let due = (curve.target > Money::ZERO).then(|| view! { <td class="n">{wan(expected)}</td> }.into_any());
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td class="n"><a href=link>{wan(curve.this_year[month - 1].fen())}</a></td>
            <td class="n">{wan(sum(&curve.this_year, month))}</td>
            {due}
            <td class="n">{wan(last_year)}</td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_round_and_reaches_over_the_highest() {
        let scale = Scale::for_highest(20_000_000_000);
        assert_eq!((scale.step, scale.lines), (5_000_000_000, 4));
        assert_eq!((scale.y(0), scale.y(20_000_000_000)), (BOTTOM, TOP));
        let tiny = Scale::for_highest(0);
        assert_eq!(tiny.y(0), BOTTOM);
    }

    #[test]
    fn round_amounts_are_short() {
        assert_eq!(round(0), "0");
        assert_eq!(round(5_000_000_000), "0.5亿");
        assert_eq!(round(20_000_000_000), "2亿");
        assert_eq!(round(500_000_000), "500万");
    }

    #[test]
    fn months_are_as_wide_as_they_have_days() {
        assert_eq!((days_before(2026, 2), days_before(2028, 2)), (59, 60));
        assert_eq!((days_before(2026, 12), days_before(2028, 12)), (365, 366));
        assert_eq!((days_before(2026, 0), days_before(2028, 1)), (0, 31));
    }

    #[test]
    fn today_lies_in_its_own_month() {
        let curve = |month, year_passed| YearCurve {
            title: String::new(),
            year: 2026,
            this_year: [Money::ZERO; 12],
            last_year: [Money::ZERO; 12],
            last_year_so_far: Money::ZERO,
            target: Money::from_yuan(200_000_000),
            this_month: month,
            year_passed,
            behind: Money::ZERO,
            month_links: Vec::new(),
        };
        // 1 March is day 60, 31 January day 31.
        let march = curve(3, 60 * 10_000 / 365);
        assert!(x_at(march.year_passed) >= x_of(&march, 2));
        let january = curve(1, 31 * 10_000 / 365);
        assert_eq!(x_at(january.year_passed), x_of(&january, 1));
        assert_eq!(march.expected(BASIS), 20_000_000_000);
    }
}
