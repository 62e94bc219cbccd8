//! What is typed and what is written, in the letters a search compares: lower case, simplified characters, plain forms.

use std::collections::HashMap;
use std::sync::LazyLock;

/// One letter for one letter, so that positions stay those of the text.
pub fn folded(letter: char) -> char {
    let plain = match letter {
        // The full-width forms of ASCII, as Chinese keyboards write them.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter),
        'ü' | 'Ü' => 'v',
        _ => letter,
    };
    let lower = plain.to_lowercase().next().unwrap_or(plain);
    SIMPLIFIED.get(&lower).copied().unwrap_or(lower)
}

pub fn fold(text: &str) -> String {
    text.chars().map(folded).collect()
}

static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let pairs = include_str!("traditional.txt").lines().filter(|line| !line.starts_with('#'));
    pairs.flat_map(|line| line.chars().zip(line.chars().skip(1)).step_by(2)).collect()
});

/// A stretch of a text that is searched as one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Part {
    /// Chinese characters.
    Han(String),
    /// Letters and digits: English, pinyin, initials.
    Latin(String),
}

/// The stretches of a text that has been folded; signs only divide them.
pub fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut open = false;
    for letter in text.chars() {
        match (parts.last_mut(), kind(letter)) {
            (_, Kind::Sign) => open = false,
            (Some(Part::Han(run)), Kind::Han) if open => run.push(letter),
            (Some(Part::Latin(run)), Kind::Latin) if open => run.push(letter),
            (_, kind) => {
                let run = letter.to_string();
                parts.push(if kind == Kind::Han { Part::Han(run) } else { Part::Latin(run) });
                open = true;
            }
        }
    }
    parts
}

#[derive(PartialEq, Eq)]
enum Kind {
    Han,
    Latin,
    Sign,
}

fn kind(letter: char) -> Kind {
    match letter {
        '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}' | '〇' => Kind::Han,
        _ if letter.is_alphanumeric() => Kind::Latin,
        _ => Kind::Sign,
    }
}

/// Every character, and every two that follow each other.
pub fn grams(han: &str) -> Vec<String> {
    let letters: Vec<char> = han.chars().collect();
    let ones = letters.iter().map(char::to_string);
    ones.chain(letters.windows(2).map(|pair| pair.iter().collect())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_compared_in_their_plain_form() {
        assert_eq!(fold("Ｈｕａ ＧＵ 茶葉、龍頂 臘肉 Lü"), "hua gu 茶叶、龙顶 腊肉 lv");
        assert!(SIMPLIFIED.len() > 2_000);
    }

    #[test]
    fn a_text_falls_into_characters_and_letters() {
        let han = |text: &str| Part::Han(text.into());
        let latin = |text: &str| Part::Latin(text.into());
        assert_eq!(parts("庆元xg"), [han("庆元"), latin("xg")]);
        assert_eq!(parts("500g×2 香菇，xi'an"), [latin("500g"), latin("2"), han("香菇"), latin("xi"), latin("an")]);
        assert_eq!(parts("%_🍵|\u{0}\u{202e}"), []);
        assert_eq!(grams("香菇酱"), ["香", "菇", "酱", "香菇", "菇酱"]);
    }
}
