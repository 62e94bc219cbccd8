//! The two languages of the market, and sentences that are written in both at once.
//!
//! A sentence of the law stands beside its translation, so that neither can be changed without the other being seen; the
//! words of the screen are the app's own and stand in `locales/`.

use std::borrow::Cow;
use std::fmt;

use crate::code::coded;

coded! {
    /// A language the market speaks. The codes are those of `<html lang>` and `Accept-Language`.
    pub enum Language {
        Zh = "zh-CN" "中文" "Chinese",
        En = "en" "英文" "English",
    }
}

impl Language {
    /// The language a reader is answered in, from the value of `Accept-Language` or `navigator.language`: the first of
    /// the reader's own that the market speaks, else Chinese.
    ///
    /// Weights (`;q=`) are not compared: browsers send their languages in the order of preference. Source: RFC 9110, 12.5.4.
    pub fn preferred(accepted: &str) -> Language {
        let spoken = |tag: &str| match tag.trim().get(..2) {
            Some(tag) if tag.eq_ignore_ascii_case("zh") => Some(Language::Zh),
            Some(tag) if tag.eq_ignore_ascii_case("en") => Some(Language::En),
            _ => None,
        };
        accepted.split(',').find_map(spoken).unwrap_or(Language::Zh)
    }
}

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Say {
    pub zh: Cow<'static, str>,
    pub en: Cow<'static, str>,
}

impl Say {
    /// A name in both languages; without an English one the Chinese stands in both.
    pub fn name(zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Say {
        let (zh, en) = (zh.into(), en.into());
        if en.is_empty() { Say { en: zh.clone(), zh } } else { Say { zh, en } }
    }

    /// What is in the reader's language already, and stands in both.
    pub fn same(text: &str) -> Say {
        Say::name(text.to_owned(), "")
    }

    pub fn to(&self, reader: Language) -> &str {
        match reader {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}

/// For logs and tests, which read Chinese.
impl fmt::Display for Say {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.zh)
    }
}

/// `say!("最多 {most} 字", "At most {most} characters")`: one sentence in both languages, with the same
/// values in each; `name = value` as in `format!`. Behind a semicolon stand values that are `Say` themselves, as names are.
#[macro_export]
macro_rules! say {
    ($zh:literal, $en:literal $(, $name:ident = $value:expr)* $(; $($part:ident = $said:expr),+)? $(,)?) => {
        $crate::language::Say {
            zh: ::std::format!($zh $(, $name = $value)* $($(, $part = $said.zh)+)?).into(),
            en: ::std::format!($en $(, $name = $value)* $($(, $part = $said.en)+)?).into(),
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_is_answered_in_the_first_language_both_know() {
        let preferred = Language::preferred;
        assert_eq!(preferred("zh-CN,zh;q=0.9,en;q=0.8"), Language::Zh);
        assert_eq!(preferred("fr-FR, en-GB;q=0.7"), Language::En);
        for unknown in ["", "*", "fr", ";;,", "中", "e"] {
            assert_eq!(preferred(unknown), Language::Zh, "{unknown}");
        }
    }

    #[test]
    fn a_sentence_carries_its_values_in_both_languages() {
        let most = 200;
        let sentence = say!("最多 {most} 字", "At most {most} characters");
        assert_eq!((sentence.to(Language::Zh), sentence.to(Language::En)), ("最多 200 字", "At most 200 characters"));
        let about =
            say!("{name}：{sentence}", "{name}: {sentence}"; name = Say::name("备注", "Remarks"), sentence = sentence);
        assert_eq!((&*about.zh, &*about.en), ("备注：最多 200 字", "Remarks: At most 200 characters"));
    }
}
