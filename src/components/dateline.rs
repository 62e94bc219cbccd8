//! Today's date as a newspaper's head carries it: 2026年11月24日 星期二 · 小雪, 24 November 2026 Tuesday · Minor Snow. Whole
//! numbers only.

use leptos::prelude::*;

use crate::language::{nth, t};

const SECONDS_PER_DAY: i64 = 86_400;
/// Ningbo keeps one time all year, eight hours ahead of UTC.
const BEIJING_OFFSET: i64 = 8 * 3_600;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    pub year: i64,
    pub month: u8,
    pub day: u8,
    /// 0 is Sunday.
    pub weekday: u8,
}

impl Day {
    /// The civil day in Ningbo at a moment given in seconds since 1970.
    /// The era arithmetic is Howard Hinnant's `civil_from_days`.
    pub fn at(unix_seconds: i64) -> Self {
        let days = (unix_seconds + BEIJING_OFFSET).div_euclid(SECONDS_PER_DAY);
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let weekday = (days + 4).rem_euclid(7);
        Self { year, month: small(month), day: small(day), weekday: small(weekday) }
    }

    pub fn today() -> Self {
        // The clock of JavaScript is a float of milliseconds; it becomes a whole number before anything is reckoned.
        Self::at(js_sys::Date::now() as i64 / 1_000)
    }

    /// `2026-11-24`, for `<time datetime>`.
    pub fn iso(self) -> String {
        format!("{}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// `2026年11月24日`, `24 November 2026`
    pub fn text(self) -> String {
        let month = nth(t!(parts.months_in_dates), usize::from(self.month).saturating_sub(1));
        t!(parts.date, year = self.year, month = month, day = self.day)
    }

    pub fn weekday_name(self) -> &'static str {
        nth(t!(parts.weekdays), usize::from(self.weekday))
    }

    /// The solar term (节气) the day lies in.
    pub fn solar_term(self) -> &'static str {
        let month = usize::from(self.month.clamp(1, 12)) - 1;
        let (first, second) = (month * 2, month * 2 + 1);
        let term = if self.day >= term_day(self.year, second) {
            second
        } else if self.day >= term_day(self.year, first) {
            first
        } else {
            (first + TERMS.len() - 1) % TERMS.len()
        };
        nth(t!(parts.solar_terms), term)
    }
}

/// What stands at the head of the page.
pub fn today((): ()) -> AnyView {
    let today = Day::today();
    view! { <time datetime=today.iso()>{today.text()}</time>" "{today.weekday_name()}" · "{today.solar_term()} }
        .into_any()
}

fn small(number: i64) -> u8 {
    u8::try_from(number).unwrap_or(0)
}

/// Two terms to a month from Minor Cold on, each with its constant of the twenty-first century in ten-thousandths of a day.
const TERMS: [i64; 24] = [
    54_055, 201_200, 38_700, 187_300, 56_300, 206_460, 48_100, 201_000, 55_200, 210_400, 56_780, 213_700, 71_080,
    228_300, 75_000, 231_300, 76_460, 230_420, 83_180, 234_380, 74_380, 223_600, 71_800, 219_400,
];

/// Years in which the formula is a day off: (year, term, correction).
const CORRECTIONS: [(i64, usize, i64); 6] =
    [(2026, 3, -1), (2084, 5, 1), (2082, 1, 1), (2089, 19, 1), (2089, 20, 1), (2021, 23, -1)];

/// The common formula [Y × 0.2422 + C] − L: Y the year of the century, L its leap days so far. The terms of January and
/// February come before a leap day of their own year, hence Y − 1.
fn term_day(year: i64, term: usize) -> u8 {
    let of_century = year.rem_euclid(100);
    let leap_days = if term < 4 { (of_century - 1).div_euclid(4) } else { of_century / 4 };
    let correction: i64 = CORRECTIONS.iter().filter(|(y, t, _)| *y == year && *t == term).map(|(_, _, by)| by).sum();
    small((of_century * 2_422 + TERMS[term]) / 10_000 - leap_days + correction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_becomes_the_day_in_ningbo() {
        // 2026-11-24 02:00 UTC is ten in the morning in Ningbo.
        let day = Day::at(1_795_485_600);
        assert_eq!((day.iso().as_str(), day.weekday_name(), day.solar_term()), ("2026-11-24", "星期二", "小雪"));
        // Half past four in the afternoon of 31 December in London is already New Year here.
        assert_eq!(Day::at(1_798_734_600).text(), "2027年1月1日");
    }

    #[test]
    fn the_terms_of_2026_fall_where_the_almanac_says() {
        let almanac = [5, 20, 4, 18, 5, 20, 5, 20, 5, 21, 5, 21, 7, 23, 7, 23, 7, 23, 8, 23, 7, 22, 7, 22];
        let reckoned: Vec<u8> = (0..24).map(|term| term_day(2026, term)).collect();
        assert_eq!(reckoned, almanac);
    }

    #[test]
    fn the_first_days_of_january_still_belong_to_the_winter_solstice() {
        let day = Day { year: 2027, month: 1, day: 2, weekday: 6 };
        assert_eq!(day.solar_term(), "冬至");
    }
}
