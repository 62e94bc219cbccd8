//! The counting rule (统计口径): what is counted as a sale, and from when. A version is never edited; entries keep the one they
//! were counted under.

use jiff::civil::Date;

use crate::rule::parse_day;
use crate::{Refusal, say, wire};

const LONGEST_VERSION: usize = 20;
const LONGEST_DOCUMENT: usize = 120;
const LONGEST_TEXT: usize = 2_000;

/// One version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountingRule {
    /// `2025-1`; stands on every entry counted under it, and in bulletins.
    pub version: String,
    /// It holds until the day before the next one's.
    pub valid_from: Date,
    pub document: String,
    pub text: String,
    /// Empty where nobody has translated it.
    pub text_en: String,
}

/// The version in force on a day: the one that began last. None before the first.
pub fn in_force(rules: &[CountingRule], on: Date) -> Option<&CountingRule> {
    rules.iter().filter(|rule| rule.valid_from <= on).max_by_key(|rule| (rule.valid_from, &rule.version))
}

impl CountingRule {
    /// Reads a new version, which begins on `today` at the earliest: what is counted already stays counted as it was.
    ///
    /// # Errors
    /// All refusals at once. Whether the version or its first day is taken is the store's question.
    pub fn parse(body: &wire::NewCountingRule, today: Date) -> Result<CountingRule, Vec<Refusal>> {
        let mut wrong = Vec::new();
        let version = body.version.trim();
        let fits = (1..=LONGEST_VERSION).contains(&version.len());
        if !fits || !version.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')) {
            let sentence = say!(
                "版本写成 2027-1 这样，用数字、字母、点和短横，最多 {LONGEST_VERSION} 个字符",
                "Write the version as 2027-1: digits, letters, dots and hyphens, at most {LONGEST_VERSION}"
            );
            wrong.push(Refusal::field("version", sentence));
        }
        let mut text = |field: &str, text: &str, longest: usize, needed: bool| {
            let text = text.trim();
            let length = text.chars().count();
            if length > longest || (needed && length == 0) {
                let sentence = match length {
                    0 => say!("这一项要填写", "This is needed"),
                    _ => say!("最多 {longest} 字", "At most {longest} characters"),
                };
                wrong.push(Refusal::field(field, sentence));
            }
            text.to_owned()
        };
        let document = text("document", &body.document, LONGEST_DOCUMENT, true);
        let told = text("text", &body.text, LONGEST_TEXT, true);
        let text_en = text("text_en", &body.text_en, LONGEST_TEXT, false);
        let valid_from = parse_day("valid_from", &body.valid_from, &mut wrong);
        if valid_from.is_some_and(|day| day < today) {
            let sentence = say!(
                "新口径最早从今天（{today}）起施行，以前的账不改口径",
                "A new version begins today ({today}) at the earliest; what was counted keeps its rule"
            );
            wrong.push(Refusal::field("valid_from", sentence));
        }
        match valid_from {
            Some(valid_from) if wrong.is_empty() => {
                Ok(CountingRule { version: version.to_owned(), valid_from, document, text: told, text_en })
            }
            _ => Err(wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn body() -> wire::NewCountingRule {
        wire::NewCountingRule {
            version: " 2027-1 ".to_owned(),
            valid_from: "2027-01-01".to_owned(),
            document: "甬协作〔2026〕9号".to_owned(),
            text: "按验收认定。".to_owned(),
            text_en: String::new(),
        }
    }

    #[test]
    fn the_version_that_began_last_holds_from_its_day_on() {
        let rule = |version: &str, valid_from| CountingRule {
            version: version.to_owned(),
            valid_from,
            ..CountingRule::parse(&body(), date(2026, 11, 28)).expect("a rule")
        };
        let rules = [rule("2027-1", date(2027, 1, 1)), rule("2025-1", date(2025, 1, 1))];
        let on = |day| in_force(&rules, day).map(|rule| rule.version.as_str());
        assert_eq!(on(date(2024, 12, 31)), None);
        assert_eq!(on(date(2026, 12, 31)), Some("2025-1"));
        assert_eq!(on(date(2027, 1, 1)), Some("2027-1"));
    }

    #[test]
    fn every_field_that_does_not_fit_is_named() {
        let today = date(2026, 11, 28);
        assert_eq!(CountingRule::parse(&body(), today).map(|rule| rule.version), Ok("2027-1".to_owned()));
        let wrong = wire::NewCountingRule {
            version: "二〇二七".to_owned(),
            valid_from: "2026-11-27".to_owned(),
            document: " ".to_owned(),
            text: String::new(),
            text_en: "x".repeat(LONGEST_TEXT + 1),
        };
        let refusals = CountingRule::parse(&wrong, today).expect_err("refused");
        let fields: Vec<_> = refusals.into_iter().filter_map(|refusal| refusal.field).collect();
        assert_eq!(fields, ["version", "document", "text", "text_en", "valid_from"]);
    }
}
