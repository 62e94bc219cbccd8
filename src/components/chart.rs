//! The cumulative curve of the year against its target, with what it is expected to come to: one SVG string in whole numbers,
//! the figures of a month under it, which the arrow keys turn, and a table of all of them.
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
    pub ahead: Option<Ahead>,
}

/// What the year is expected to come to: by the end of each month from this one to December, and the range of the last.
#[derive(Clone, Debug)]
pub struct Ahead {
    pub months: Vec<Money>,
    pub low: Money,
    pub high: Money,
}

impl Ahead {
    fn expected(&self) -> i64 {
        self.months.last().map_or(0, |end| end.fen())
    }
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

    /// What the calendar asks for by today.
    fn due(&self) -> i64 {
        self.so_far() + self.behind.fen()
    }

    /// What the target, spread evenly over the days, would have by `passed` basis points of the year.
    fn expected(&self, passed: i64) -> i64 {
        i64::try_from(i128::from(self.target.fen()) * i128::from(passed) / i128::from(BASIS)).unwrap_or(i64::MAX)
    }

    /// The sums of a month: what is due by its end, or by today while it runs, and last year's by the same.
    fn month(&self, month: usize) -> Month {
        let running = self.running() && month == self.begun();
        Month {
            running,
            amount: self.this_year[month - 1],
            so_far: Money::from_fen(sum(&self.this_year, month)),
            due: Money::from_fen(if running { self.due() } else { self.expected(self.passed_after(month)) }),
            last_year: if running { self.last_year_so_far } else { Money::from_fen(sum(&self.last_year, month)) },
            ahead: self.ahead_of(month),
        }
    }

    fn ahead_of(&self, month: usize) -> Option<Money> {
        let place = month.checked_sub(self.begun())?;
        self.ahead.as_ref()?.months.get(place).copied()
    }

    /// How far the months can be turned: to today, or to December where there is a forecast.
    fn last_month(&self) -> usize {
        if self.ahead.is_some() { 12 } else { self.begun() }
    }
}

struct Month {
    running: bool,
    amount: Money,
    so_far: Money,
    due: Money,
    last_year: Money,
    /// Expected by its end; none of what is over.
    ahead: Option<Money>,
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

/// `turned` is the month whose figures stand under the drawing, none until somebody turns to one; it outlives the drawing, which is
/// made anew with every event.
#[inline(never)]
pub fn year_curve(curve: &YearCurve, turned: RwSignal<Option<usize>>) -> AnyView {
    let has_target = curve.target > Money::ZERO;
    let (this, last) = (t!(parts.year_so_far, year = curve.year), t!(parts.year_so_far, year = curve.year - 1));
    let dash = has_target.then(|| view! { <li><i class="dash"></i>{t!(parts.target_by_day)}</li> }.into_any());
    let dots =
        curve.ahead.as_ref().map(|_| view! { <li><i class="dots"></i>{t!(overview.expected_line)}</li> }.into_any());
    let marks: Vec<String> = (1..=12).map(|month| mark(curve, month)).collect();
    let mark = move || turned.get().and_then(|month| marks.get(month - 1).cloned()).unwrap_or_default();
    view! {
        <figure class="chart">
            <figcaption><b>{curve.title.clone()}</b><span>{t!(parts.so_far_in_yuan)}</span></figcaption>
            <div class="scroll" tabindex="0" role="region" aria-label=t!(parts.curve_so_far)>
                <svg viewBox="0 0 780 318" role="img" aria-label=told(curve)>
                    <g inner_html=drawing(curve)></g>
                    <path class="turned" d=mark></path>
                </svg>
            </div>
            {turning(curve, turned)}
            <ul class="legend" role="list">
                <li><i></i>{this}</li>
                {dash}
                {dots}
                <li><i class="thin"></i>{last}</li>
            </ul>
            <details><summary>{t!(parts.see_figures)}</summary>{table(curve)}</details>
        </figure>
    }
    .into_any()
}

/// The figures of one month in words. The arrow keys go from month to month, and a screen reader says what stands there then.
fn turning(curve: &YearCurve, turned: RwSignal<Option<usize>>) -> AnyView {
    let (begun, last) = (curve.begun(), curve.last_month());
    let words: Vec<String> = (1..=12).map(|month| month_in_words(curve, month)).collect();
    let at = move || turned.get().unwrap_or(begun).clamp(1, last);
    let said = move || words.get(at() - 1).cloned().unwrap_or_default();
    let shown = said.clone();
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        let now = turned.get_untracked().unwrap_or(begun);
        let next = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => now.saturating_sub(1),
            "ArrowRight" | "ArrowUp" => now + 1,
            "Home" => 1,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        turned.set(Some(next.clamp(1, last)));
    };
    view! {
        <p
            class="turn-m"
            role="slider"
            tabindex="0"
            aria-label=t!(overview.turn_months)
            aria-valuemin="1"
            aria-valuemax=last.to_string()
            aria-valuenow=move || at().to_string()
            aria-valuetext=said
            on:keydown=on_key
        >
            <span aria-hidden="true">{shown}</span>
        </p>
    }
    .into_any()
}

fn month_in_words(curve: &YearCurve, month: usize) -> String {
    let it = curve.month(month);
    let name = u32::try_from(month).map_or("", format::month_in_sentences);
    let wan = |amount: Money| format::wan(amount);
    let last_year = wan(it.last_year);
    if month > curve.begun() {
        let ahead = it.ahead.map_or_else(String::new, wan);
        return t!(overview.month_ahead, month = name, ahead = ahead, last_year = last_year);
    }
    let head =
        if it.running { t!(overview.month_so_far, month = name) } else { t!(overview.month_whole, month = name) };
    let sums =
        t!(overview.month_sums, head = head, amount = wan(it.amount), so_far = wan(it.so_far), last_year = last_year);
    if curve.target > Money::ZERO { t!(overview.month_due, sums = sums, due = wan(it.due)) } else { sums }
}

/// A line where the month that is turned to ends.
fn mark(curve: &YearCurve, month: usize) -> String {
    let x = if curve.running() && month == curve.begun() { x_at(curve.year_passed) } else { x_of(curve, month) };
    format!("M{x} {TOP}V{BOTTOM}")
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
    let ahead = curve.ahead.as_ref().map_or(0, |ahead| ahead.high.fen());
    let scale = Scale::for_highest(so_far.max(last).max(curve.target.fen()).max(ahead));
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
    draw_ahead(&mut svg, curve, &scale, (now, y));
    put(&mut svg, format_args!("<circle cx=\"{now}\" cy=\"{y}\" r=\"5\" class=\"fill\"/>"));
    draw_words(&mut svg, curve, &scale, (now, y, due));
    svg
}

/// What is expected from today on, and the range in which it will end.
fn draw_ahead(svg: &mut String, curve: &YearCurve, scale: &Scale, (now, y): (i64, i64)) {
    let Some(ahead) = &curve.ahead else { return };
    let (low, high) = (scale.y(ahead.low.fen()), scale.y(ahead.high.fen()));
    put(svg, format_args!("<path class=\"range\" d=\"M{now} {y}L{RIGHT} {high}V{low}Z\"/>"));
    let mut path = format!("M{now} {y}");
    for (month, sum) in (curve.begun()..=12).zip(&ahead.months) {
        put(&mut path, format_args!("L{} {}", x_of(curve, month), scale.y(sum.fen())));
    }
    put(svg, format_args!("<path class=\"ahead\" d=\"{path}\"/>"));
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
    let mut beside = vec![(scale.y(last) + 5, "", t!(parts.whole_year, year = curve.year - 1, amount = round(last)))];
    if curve.target > Money::ZERO {
        let words = t!(parts.target, amount = round(curve.target.fen()));
        beside.push((scale.y(curve.target.fen()) + 5, "class=\"strong\"", words));
    }
    if let Some(ahead) = &curve.ahead {
        let words = t!(overview.expected_at_end, amount = round(ahead.expected()));
        beside.push((scale.y(ahead.expected()) + 5, "class=\"tea\"", words));
    }
    for (y, attributes, words) in apart(beside) {
        text(svg, RIGHT + 8, y, attributes, &words);
    }
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

type Words = (i64, &'static str, String);

/// Moves words at the right edge apart, so that none stands on another and all stay in the drawing.
fn apart(mut words: Vec<Words>) -> Vec<Words> {
    const LINE: i64 = 20;
    words.sort_by_key(|(y, ..)| *y);
    for place in 1..words.len() {
        words[place].0 = words[place].0.max(words[place - 1].0 + LINE);
    }
    let over = words.last().map_or(0, |(y, ..)| (y - BOTTOM).max(0));
    for (y, ..) in &mut words {
        *y -= over;
    }
    words
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
    let rows: Vec<AnyView> = (1..=curve.last_month()).map(|month| row(curve, month)).collect();
    let due = (curve.target > Money::ZERO)
        .then(|| view! { <th class="n" scope="col">{t!(parts.due_by_now)}</th> }.into_any());
    let ahead =
        curve.ahead.as_ref().map(|_| view! { <th class="n" scope="col">{t!(overview.expected)}</th> }.into_any());
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=t!(parts.figures_so_far)>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{t!(parts.month)}</th>
                        <th class="n" scope="col">{t!(parts.in_month)}</th>
                        <th class="n" scope="col">{t!(parts.so_far)}</th>
                        {due}
                        {ahead}
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
    let it = curve.month(month);
    let begun = month <= curve.begun();
    let short = u32::try_from(month).map_or("", format::month_in_short);
    let name =
        if it.running { t!(parts.month_until_now, month = short) } else { t!(parts.month_of_figures, month = short) };
    let wan = |amount: Money| format::wan_bare(amount, 1);
    let link = curve.month_links.get(month - 1).cloned().filter(|_| begun);
    let amount = match link {
        Some(link) => view! { <a href=link>{wan(it.amount)}</a> }.into_any(),
        None => "–".into_any(),
    };
    let so_far = if begun { wan(it.so_far) } else { "–".to_owned() };
    let due = (curve.target > Money::ZERO).then(|| view! { <td class="n">{wan(it.due)}</td> }.into_any());
    let ahead = curve.ahead.as_ref().map(|_| {
        let ahead = it.ahead.map_or_else(|| "–".to_owned(), wan);
        view! { <td class="n">{ahead}</td> }.into_any()
    });
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td class="n">{amount}</td>
            <td class="n">{so_far}</td>
            {due}
            {ahead}
            <td class="n">{wan(it.last_year)}</td>
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
    fn words_at_the_edge_stand_apart_and_inside() {
        let placed = |ys: &[i64]| {
            let words = ys.iter().map(|y| (*y, "", String::new())).collect();
            apart(words).into_iter().map(|(y, ..)| y).collect::<Vec<_>>()
        };
        assert_eq!(placed(&[50, 40, 100]), [40, 60, 100]);
        assert_eq!(placed(&[280, 282, 284]), [BOTTOM - 40, BOTTOM - 20, BOTTOM]);
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
            ahead: None,
        };
        // 1 March is day 60, 31 January day 31.
        let march = curve(3, 60 * 10_000 / 365);
        assert!(x_at(march.year_passed) >= x_of(&march, 2));
        let january = curve(1, 31 * 10_000 / 365);
        assert_eq!(x_at(january.year_passed), x_of(&january, 1));
        assert_eq!(march.expected(BASIS), 20_000_000_000);
    }
}
