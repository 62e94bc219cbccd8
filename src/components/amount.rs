//! A large amount as people say it: 1.684 亿元, 340.5 万元 and 8,600 元, or ¥168.43m, ¥340k and ¥8,600.

use domain::{Language, Money};

use crate::format;
use crate::language::{language, t};

const YI: i64 = 10_000_000_000;
const WAN: i64 = 1_000_000;

/// The number and its unit apart, for the figure of a page; in English they are one.
pub fn figure(amount: Money) -> (String, &'static str) {
    let size = amount.fen().saturating_abs();
    match language() {
        Language::En => (amount.in_english(), ""),
        Language::Zh if size >= YI => (amount.yi(3), t!(home.yi)),
        Language::Zh if size >= WAN => (amount.wan(1), t!(home.wan)),
        Language::Zh => (amount.yuan_short(), t!(home.yuan)),
    }
}

/// The same in a sentence.
pub fn amount(amount: Money) -> String {
    match language() {
        Language::En => amount.in_english(),
        Language::Zh if amount.fen().saturating_abs() < WAN => format::yuan_short(amount),
        Language::Zh => {
            let (number, unit) = figure(amount);
            format!("{number} {unit}")
        }
    }
}
