//! Stretches of days that stand beside each other: a year so far, and the same of the year before.
//!
//! The same period ends on the same month and day. The 29th of February has no like in an ordinary year and stands beside the
//! 28th; seen from the 28th, the 29th of a leap year before is not yet part of it. Of a year that is over the whole year before
//! is the same period.

use jiff::civil::{Date, date};

/// From the first of its days to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub first: Date,
    pub last: Date,
}

/// What of the year before `year` stands beside `year` as it is on `today`. Of a year that has not begun that is all of the
/// year before.
pub fn same_period(year: i16, today: Date) -> Period {
    let before = year - 1;
    let last = if year == today.year() { same_day(before, today) } else { date(before, 12, 31) };
    Period { first: date(before, 1, 1), last }
}

/// The same month and day of another year.
pub fn same_day(year: i16, day: Date) -> Date {
    let last_of_month = date(year, day.month(), 1).days_in_month();
    date(year, day.month(), day.day().min(last_of_month))
}

/// How many months of `year` are over on `today`, the first of it counted first: 0 to 12. What is summed by month and not by
/// day is compared over these alone.
pub fn whole_months(year: i16, today: Date) -> i8 {
    match year.cmp(&today.year()) {
        std::cmp::Ordering::Less => 12,
        std::cmp::Ordering::Equal => today.month() - 1,
        std::cmp::Ordering::Greater => 0,
    }
}

/// The last day of the `months`-th month of a year; of none, the day before the year.
pub fn month_end(year: i16, months: i8) -> Date {
    match months {
        ..=0 => date(year - 1, 12, 31),
        months => date(year, months.min(12), 1).last_of_month(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_same_period_ends_on_the_same_day_of_the_month() {
        let last = |year, today| same_period(year, today).last;
        assert_eq!(last(2026, date(2026, 11, 28)), date(2025, 11, 28));
        assert_eq!(last(2028, date(2028, 2, 29)), date(2027, 2, 28), "the leap day beside the 28th");
        assert_eq!(last(2029, date(2029, 2, 28)), date(2028, 2, 28), "the leap day before is not yet in it");
        assert_eq!(last(2029, date(2029, 3, 1)), date(2028, 3, 1), "and now it is");
        assert_eq!(last(2025, date(2026, 11, 28)), date(2024, 12, 31), "a year that is over");
        assert_eq!(last(2027, date(2026, 11, 28)), date(2026, 12, 31), "a year that has not begun");
    }

    #[test]
    fn a_month_counts_once_it_is_over() {
        assert_eq!(whole_months(2026, date(2026, 1, 31)), 0);
        assert_eq!(whole_months(2026, date(2026, 12, 31)), 11);
        assert_eq!((whole_months(2025, date(2026, 5, 1)), whole_months(2027, date(2026, 5, 1))), (12, 0));
        assert_eq!((month_end(2028, 2), month_end(2026, 0)), (date(2028, 2, 29), date(2025, 12, 31)));
    }

    proptest! {
        #[test]
        fn a_period_lies_in_the_year_before_and_grows_with_the_days(days in 0i64..1_500) {
            let today = date(2027, 1, 1) + days.days();
            let (now, tomorrow) = (same_period(today.year(), today), same_period(today.year(), today + 1.day()));
            prop_assert_eq!((now.first, now.last.year()), (date(today.year() - 1, 1, 1), today.year() - 1));
            prop_assert!(now.first <= now.last && now.last <= tomorrow.last || today.year() != (today + 1.day()).year());
            prop_assert!(now.last.month() == today.month() && (now.last.day() - today.day()).abs() <= 1);
        }
    }
}
