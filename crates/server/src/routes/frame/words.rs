//! The words of the frame. index.html has them in Chinese, as the app has them in `locales/`; the English ones are found there.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::Language;
use domain::product::Brand;

type Words = HashMap<String, String>;

macro_rules! locale {
    ($($area:literal)+) => {
        [$((
            include_str!(concat!("../../../../../locales/zh-CN/", $area, ".json")),
            include_str!(concat!("../../../../../locales/en/", $area, ".json")),
        )),+]
    };
}

/// Chinese beside English, by area; of a word that two areas have differently the later one's holds, the frame's before all.
const LOCALES: [(&str, &str); 21] = locale!(
    "wall" "overview" "office" "reports" "plan" "goods" "desk" "fulfil"
    "papers" "figures" "orders" "account" "photos" "buying" "places" "home" "basket" "product" "market" "parts" "frame"
);

/// English by Chinese.
static ENGLISH: LazyLock<Words> = LazyLock::new(|| {
    let mut english = Words::new();
    for (zh, en) in LOCALES {
        let read = |text| serde_json::from_str::<Words>(text).expect("locales/ holds flat objects of texts");
        let (zh, mut en) = (read(zh), read(en));
        english.extend(zh.into_iter().filter_map(|(key, word)| Some((word, en.remove(&key)?))));
    }
    english.extend(Brand::ALL.iter().map(|brand| (brand.zh().to_owned(), brand.en().to_owned())));
    english
});

/// A word of the screen in the reader's language; one that is none is in Chinese for everybody.
pub fn word(reader: Language, chinese: &'static str) -> &'static str {
    match reader {
        Language::Zh => chinese,
        Language::En => ENGLISH.get(chinese).map_or(chinese, String::as_str),
    }
}

/// The page in English: every text and every attribute that is a word of the screen.
pub fn in_english(html: &str) -> String {
    let texts = in_place(html, '>', '<');
    in_place(&texts, '"', '"')
}

/// Replaces what stands between two signs and is a word.
fn in_place(html: &str, from: char, to: char) -> String {
    let mut told = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(from) {
        told.push_str(before);
        told.push(from);
        rest = after;
        if let Some((text, _)) = after.split_once(to)
            && let Some(english) = ENGLISH.get(text)
        {
            told.push_str(english);
            rest = &after[text.len()..];
        }
    }
    told + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_attributes_are_told_in_english() {
        let html = "<a title=\"跳到正文\" href=\"/\">跳到正文</a><p>跳到正文吧</p><b>丽水山耕</b>";
        let expected =
            "<a title=\"Skip to the page\" href=\"/\">Skip to the page</a><p>跳到正文吧</p><b>Lishui Shangeng</b>";
        assert_eq!(in_english(html), expected);
    }

    #[test]
    fn every_page_has_an_english_title() {
        for page in domain::page::PAGES.iter().chain([&domain::page::NOWHERE, &domain::page::SHELL]) {
            assert_ne!(word(Language::En, page.title), page.title, "{}", page.address);
        }
    }
}
