//! Days of the wire (`2027-06-09`) as the screen says them.

use crate::format::{civil_day, month_in_short};
use crate::language::t;

/// `6月9日`, `9 Jun`. What is no day stays as it is.
pub fn short_day(text: &str) -> String {
    let mut parts = text.splitn(3, '-').skip(1).map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(month)), Some(Ok(day))) => t!(home.short_day, month = month_in_short(month), day = day),
        _ => text.to_owned(),
    }
}

/// `2027年6月9日`, `9 June 2027`.
pub fn long_day(text: &str) -> String {
    civil_day(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_day_stays_as_it_is() {
        assert_eq!(short_day("soon"), "soon");
    }
}
