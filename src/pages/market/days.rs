//! Days of the wire (`2027-06-09`) as the screen says them.

use domain::Language;

use crate::language::language;

const ENGLISH: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `6月9日`, `9 Jun`. What is no day stays as it is.
pub fn short_day(day: &str) -> String {
    short_in(language(), day)
}

/// `2027年6月9日`, `9 Jun 2027`.
pub fn long_day(day: &str) -> String {
    let year = day.split('-').next().unwrap_or_default();
    match language() {
        Language::Zh => format!("{year}年{}", short_in(Language::Zh, day)),
        Language::En => format!("{} {year}", short_in(Language::En, day)),
    }
}

fn short_in(language: Language, text: &str) -> String {
    let mut parts = text.splitn(3, '-').skip(1).map(str::parse::<usize>);
    let (Some(Ok(month @ 1..=12)), Some(Ok(day))) = (parts.next(), parts.next()) else { return text.to_owned() };
    match language {
        Language::Zh => format!("{month}月{day}日"),
        Language::En => format!("{day} {}", ENGLISH[month - 1]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_said_in_either_language() {
        assert_eq!(short_in(Language::Zh, "2027-06-09"), "6月9日");
        assert_eq!(short_in(Language::En, "2027-06-09"), "9 Jun");
        assert_eq!(short_in(Language::En, "soon"), "soon");
    }
}
