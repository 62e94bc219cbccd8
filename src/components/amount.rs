//! A large amount as people say it: 1.684 亿元, 340.5 万元 and 8,600 元 in Chinese, ¥168.4m, ¥340k and ¥8,600 in English.

use domain::money::group_thousands;
use domain::{Language, Money};

use crate::language::language;

const YI: i64 = 10_000_000_000;
const WAN: i64 = 1_000_000;
const MILLION: i64 = 100_000_000;

/// The number and its unit apart, for the figure of a page: `1.684` and `亿元`, `¥168.4` and `m`.
pub fn figure(amount: Money) -> (String, &'static str) {
    figure_in(language(), amount)
}

/// The same in a sentence.
pub fn amount(amount: Money) -> String {
    amount_in(language(), amount)
}

fn figure_in(language: Language, amount: Money) -> (String, &'static str) {
    let size = amount.fen().saturating_abs();
    match language {
        Language::Zh if size >= YI => (amount.yi(3), "亿元"),
        Language::Zh if size >= WAN => (amount.wan(1), "万元"),
        Language::Zh => (amount.yuan_short(), "元"),
        Language::En if size >= MILLION => (in_units(amount, MILLION, 1), "m"),
        Language::En if size >= WAN => (in_units(amount, 100_000, 0), "k"),
        Language::En => (format!("¥{}", amount.yuan_short()), ""),
    }
}

fn amount_in(language: Language, amount: Money) -> String {
    match (language, figure_in(language, amount)) {
        (Language::Zh, (number, unit)) => format!("{number} {unit}"),
        (Language::En, (number, unit)) => format!("{number}{unit}"),
    }
}

/// `¥168.4` for so many of a unit, rounded half away from zero.
fn in_units(amount: Money, unit: i64, tenths: i64) -> String {
    let scale = if tenths > 0 { 10 } else { 1 };
    let rounded = (i128::from(amount.fen()).abs() * scale + i128::from(unit) / 2) / i128::from(unit);
    let sign = if amount.is_negative() { "−" } else { "" };
    let whole = group_thousands(&(rounded / scale).to_string());
    if scale == 1 { format!("{sign}¥{whole}") } else { format!("{sign}¥{whole}.{}", rounded % scale) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(yuan: i64, zh: &str, en: &str) {
        let money = Money::from_yuan(yuan);
        assert_eq!((&*amount_in(Language::Zh, money), &*amount_in(Language::En, money)), (zh, en));
    }

    #[test]
    fn amounts_are_said_as_each_language_says_them() {
        check(168_426_318, "1.684 亿元", "¥168.4m");
        check(3_405_000, "340.5 万元", "¥3.4m");
        check(340_499, "34.0 万元", "¥340k");
        check(8_600, "8,600 元", "¥8,600");
        check(0, "0 元", "¥0");
        check(-1_250_000, "−125.0 万元", "−¥1.3m");
    }
}
