//! The only place that asks what time it is. Days are civil days in Shanghai, which has kept UTC+8 since 1991.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{self, Offset};

const SHANGHAI: Offset = tz::offset(8);

/// Milliseconds since 1970.
pub type Ms = i64;

pub fn now() -> Ms {
    Timestamp::now().as_millisecond()
}

/// The civil day in Shanghai at a moment.
pub fn day(at: Ms) -> Date {
    SHANGHAI.to_datetime(Timestamp::from_millisecond(at).unwrap_or_default()).date()
}

/// The moment of an hour and minute of a civil day in Shanghai.
pub fn at(day: Date, hour: i8, minute: i8) -> Ms {
    SHANGHAI.to_timestamp(day.at(hour, minute, 0, 0)).map(Timestamp::as_millisecond).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_day_turns_at_midnight_in_shanghai() {
        let midnight = at(date(2026, 11, 24), 0, 0);
        assert_eq!(midnight, 1_795_449_600_000);
        assert_eq!(day(midnight), date(2026, 11, 24));
        assert_eq!(day(midnight - 1), date(2026, 11, 23));
    }
}
