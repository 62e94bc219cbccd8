//! Values as text on the screen, in its language. Bare figures of money are the same in both (`Money::yuan`).

use domain::money::group_thousands;
use domain::product::SeasonMonths;
use domain::quantity::counted;
use domain::{Language, Money, Quantity};

use crate::components::dateline::Day;
use crate::language::{language, nth, t};

const MS_PER_MINUTE: i64 = 60_000;
/// Ningbo keeps one time all year, eight hours ahead of UTC.
const BEIJING_OFFSET_MINUTES: i64 = 8 * 60;

/// Now, in milliseconds since 1970.
pub fn now_ms() -> i64 {
    // The clock of JavaScript is a float of whole milliseconds.
    js_sys::Date::now() as i64
}

/// This month, 1 to 12.
pub fn this_month() -> u32 {
    u32::from(Day::today().month)
}

fn day(at_ms: i64) -> Day {
    Day::at(at_ms.div_euclid(1_000))
}

/// `2026年11月24日`, `24 November 2026`
pub fn date(at_ms: i64) -> String {
    day(at_ms).text()
}

/// `15:20`
pub fn time(at_ms: i64) -> String {
    let minutes = at_ms.div_euclid(MS_PER_MINUTE) + BEIJING_OFFSET_MINUTES;
    let of_day = minutes.rem_euclid(24 * 60);
    format!("{:02}:{:02}", of_day / 60, of_day % 60)
}

/// `11月24日 15:20`, `24 Nov 15:20`, for what happened lately.
pub fn date_time(at_ms: i64) -> String {
    let day = day(at_ms);
    t!(parts.date_time, month = month_in_short(day.month.into()), day = day.day, time = time(at_ms))
}

/// `2026-11-24T15:20+08:00`, for `<time datetime>`.
pub fn machine_time(at_ms: i64) -> String {
    format!("{}T{}+08:00", day(at_ms).iso(), time(at_ms))
}

/// `2026-11-24` → `2026年11月24日`. What is no day stays as it is.
pub fn civil_day(text: &str) -> String {
    let mut parts = text.splitn(3, '-').map(str::parse::<u16>);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) => {
            t!(
                parts.date,
                year = year,
                month = nth(t!(parts.months_in_dates), usize::from(month).saturating_sub(1)),
                day = day
            )
        }
        _ => text.to_owned(),
    }
}

/// `4,260 箱`, `4,260 cartons`
pub fn quantity(quantity: Quantity, unit: &str) -> String {
    counted(quantity, unit, language())
}

/// `10,710.00 元`, `¥10,710.00`
pub fn yuan(amount: Money) -> String {
    match language() {
        Language::Zh => t!(parts.in_yuan, amount = amount.yuan()),
        Language::En => amount.to_string(),
    }
}

/// `28 元`, `¥28`: without needless zeros.
pub fn yuan_short(amount: Money) -> String {
    let text = amount.yuan_short();
    match language() {
        Language::Zh => t!(parts.in_yuan, amount = text),
        Language::En => match text.strip_prefix('−') {
            Some(positive) => format!("−¥{positive}"),
            None => format!("¥{text}"),
        },
    }
}

/// `1,684.3 万元`, `¥16.84m`: a large amount in a sentence.
pub fn wan(amount: Money) -> String {
    with_wan(amount, 1)
}

/// The same to the whole 万元.
pub fn wan_rounded(amount: Money) -> String {
    with_wan(amount, 0)
}

fn with_wan(amount: Money, places: u32) -> String {
    match language() {
        Language::Zh => t!(parts.in_wan, amount = amount.wan(places)),
        Language::En => amount.in_english(),
    }
}

/// `1,684.3`, `¥16.84m`: where 万元 is said beside it.
pub fn wan_bare(amount: Money, places: u32) -> String {
    match language() {
        Language::Zh => amount.wan(places),
        Language::En => amount.in_english(),
    }
}

/// `1.79 亿元`, `¥179.72m`
pub fn yi(amount: Money) -> String {
    match language() {
        Language::Zh => t!(parts.in_yi, amount = amount.yi(2)),
        Language::En => amount.in_english(),
    }
}

/// `1,234,567`: counts that may be larger than a quantity.
pub fn count(number: i64) -> String {
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", group_thousands(&number.unsigned_abs().to_string()))
}

/// 一 … 十 as they are said in a sentence, digits above: 三家供货, 12 家供货; three, 12.
pub fn so_many(count: usize) -> String {
    match nth(t!(parts.so_many), count) {
        "" => t!(parts.so_many_digits, count = count),
        said => said.to_owned(),
    }
}

/// `十一月`, `November`
pub fn month_name(month: u32) -> &'static str {
    month_of(t!(parts.months), month)
}

/// `11`, `Nov`: where 月 is said beside it.
pub fn month_in_short(month: u32) -> &'static str {
    month_of(t!(parts.months_in_short), month)
}

/// `11`, `November`: in a sentence that says 月 behind it.
pub fn month_in_sentences(month: u32) -> &'static str {
    month_of(t!(parts.months_in_dates), month)
}

fn month_of(names: &'static str, month: u32) -> &'static str {
    usize::try_from(month).ok().and_then(|month| month.checked_sub(1)).map_or("", |place| nth(names, place))
}

fn next_month(month: u32) -> u32 {
    month % 12 + 1
}

/// How a product stands in its season this month: `十一月应季，上市到三月`.
pub fn season_now(season: SeasonMonths, now: u32) -> String {
    if season.is_all_year() {
        return t!(parts.all_year).to_owned();
    }
    let mut at = now;
    for _ in 0..12 {
        let next = next_month(at);
        if season.has(now) && !season.has(next) {
            let last = if at == now { t!(parts.end_of_month) } else { month_name(at) };
            return t!(parts.in_season, month = month_name(now), last = last);
        }
        if !season.has(now) && season.has(next) {
            return t!(parts.out_of_season, month = month_name(now), next = month_name(next));
        }
        at = next;
    }
    t!(parts.season_unknown).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-24 15:20 in Ningbo.
    const AFTERNOON: i64 = 1_795_504_800_000;

    #[test]
    fn moments_are_told_in_the_time_of_ningbo() {
        assert_eq!(date_time(AFTERNOON), "11月24日 15:20");
        assert_eq!(date_time(AFTERNOON + 59_999), "11月24日 15:20");
        assert_eq!(machine_time(AFTERNOON), "2026-11-24T15:20+08:00");
        // Half past four in the afternoon in London is already the next day here.
        assert_eq!((date(1_798_734_600_000).as_str(), time(1_798_734_600_000).as_str()), ("2027年1月1日", "00:30"));
    }

    #[test]
    fn a_day_of_the_wire_is_told_in_words() {
        assert_eq!(civil_day("2027-06-30"), "2027年6月30日");
        assert_eq!(civil_day("长期"), "长期");
    }

    #[test]
    fn figures_are_grouped_and_signed() {
        assert_eq!([0, 999, 1_000, 1_234_567, -12_345].map(count), ["0", "999", "1,000", "1,234,567", "−12,345"]);
        assert_eq!(quantity(Quantity::new(4_260).expect("small"), "箱"), "4,260 箱");
    }

    #[test]
    fn small_numbers_are_said_in_words() {
        assert_eq!([so_many(1), so_many(2), so_many(3), so_many(12)], ["一", "两", "三", "12 "]);
    }

    #[track_caller]
    fn check_season(season: &str, now: u32, expected: &str) {
        assert_eq!(season_now(SeasonMonths::parse(season).expect("a season"), now), expected);
    }

    #[test]
    fn a_season_is_one_sentence() {
        check_season("11-3", 11, "十一月应季，上市到三月");
        check_season("11-3", 3, "三月应季，上市到本月底");
        check_season("3-5;9-10", 11, "十一月不在季，三月上市");
        check_season("3-5;9-10", 7, "七月不在季，九月上市");
        check_season("1-12", 11, "全年有货");
        assert_eq!(season_now(SeasonMonths::from_bits(0), 11), "上市月份待商户补充");
    }
}
