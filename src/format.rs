//! Values as text on the screen. Money brings its own forms (`Money::yuan`, `wan`, `yi`, `Display`).

use domain::Quantity;
use domain::money::group_thousands;
use domain::product::SeasonMonths;

use crate::components::dateline::Day;

const MS_PER_MINUTE: i64 = 60_000;
/// Ningbo keeps one time all year, eight hours ahead of UTC.
const BEIJING_OFFSET_MINUTES: i64 = 8 * 60;

/// Now, in milliseconds since 1970.
pub fn now_ms() -> i64 {
    // The clock of JavaScript is a float of whole milliseconds.
    js_sys::Date::now() as i64
}

/// The month of a moment, 1 to 12.
pub fn month_of(at_ms: i64) -> u8 {
    day(at_ms).month
}

/// This month, 1 to 12.
pub fn this_month() -> u32 {
    u32::from(Day::today().month)
}

fn day(at_ms: i64) -> Day {
    Day::at(at_ms.div_euclid(1_000))
}

/// `2026年11月24日`
pub fn date(at_ms: i64) -> String {
    day(at_ms).text()
}

/// `15:20`
pub fn time(at_ms: i64) -> String {
    let minutes = at_ms.div_euclid(MS_PER_MINUTE) + BEIJING_OFFSET_MINUTES;
    let of_day = minutes.rem_euclid(24 * 60);
    format!("{:02}:{:02}", of_day / 60, of_day % 60)
}

/// `11月24日 15:20`, for what happened lately.
pub fn date_time(at_ms: i64) -> String {
    let day = day(at_ms);
    format!("{}月{}日 {}", day.month, day.day, time(at_ms))
}

/// `2026-11-24T15:20+08:00`, for `<time datetime>`.
pub fn machine_time(at_ms: i64) -> String {
    format!("{}T{}+08:00", day(at_ms).iso(), time(at_ms))
}

/// `2026-11-24` → `2026年11月24日`. What is no day stays as it is.
pub fn civil_day(text: &str) -> String {
    let mut parts = text.splitn(3, '-').map(str::parse::<u32>);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) => format!("{year}年{month}月{day}日"),
        _ => text.to_owned(),
    }
}

/// `4,260 箱`
pub fn quantity(quantity: Quantity, unit: &str) -> String {
    format!("{quantity} {unit}")
}

/// `1,234,567`: counts that may be larger than a quantity.
pub fn count(number: i64) -> String {
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", group_thousands(&number.unsigned_abs().to_string()))
}

/// 一 … 十 as they are said in a sentence, digits above: 三家供货, 12 家供货.
pub fn so_many(count: usize) -> String {
    const SAID: [&str; 11] = ["零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十"];
    SAID.get(count).map_or_else(|| format!("{count} "), |said| (*said).to_owned())
}

/// `十一月`
pub fn month_name(month: u32) -> &'static str {
    const NAMES: [&str; 12] =
        ["一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"];
    usize::try_from(month).ok().and_then(|month| NAMES.get(month.checked_sub(1)?)).copied().unwrap_or_default()
}

fn next_month(month: u32) -> u32 {
    month % 12 + 1
}

/// How a product stands in its season this month: `十一月应季，上市到三月`.
pub fn season_now(season: SeasonMonths, now: u32) -> String {
    if season.is_all_year() {
        return "全年有货".to_owned();
    }
    let mut at = now;
    for _ in 0..12 {
        let next = next_month(at);
        if season.has(now) && !season.has(next) {
            let last = if at == now { "本月底".to_owned() } else { month_name(at).to_owned() };
            return format!("{}应季，上市到{last}", month_name(now));
        }
        if !season.has(now) && season.has(next) {
            return format!("{}不在季，{}上市", month_name(now), month_name(next));
        }
        at = next;
    }
    "上市月份待商户补充".to_owned()
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
