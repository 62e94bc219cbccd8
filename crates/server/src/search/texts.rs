//! Which products a search finds. The rest of the search knows only [`Texts::found`].

use memchr::memmem::{self, Finder};

use super::bitset::Bitset;

/// What a search looks through, in the order of the catalogue, joined so that one pass finds a word everywhere.
#[derive(Debug)]
pub struct Texts {
    joined: Vec<u8>,
    /// Where each text ends; the divider follows.
    ends: Vec<usize>,
}

/// Words are divided at white space, so none contains it and no match runs over two texts.
const DIVIDER: u8 = b'\n';

/// What words lead to.
#[derive(Debug)]
pub struct Found {
    pub products: Bitset,
    /// How well each of them matches; empty when there are no words.
    pub scores: Vec<(u32, u16)>,
}

impl Texts {
    pub fn found(&self, words: &[String]) -> Found {
        let products = self.matching(words);
        let scores = match words {
            [] => Vec::new(),
            _ => products.common_from(&products, 0).map(|at| (at as u32, 0)).collect(),
        };
        Found { products, scores }
    }

    pub fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Texts {
        let (mut joined, mut ends) = (Vec::new(), Vec::new());
        for text in texts {
            joined.extend_from_slice(text.as_bytes());
            ends.push(joined.len());
            joined.push(DIVIDER);
        }
        Texts { joined, ends }
    }

    /// The products whose text contains every word; all of them when there is no word.
    fn matching(&self, words: &[String]) -> Bitset {
        // The longest word is the rarest as a rule: what it leaves is looked through for the others.
        let Some(longest) = words.iter().max_by_key(|word| word.len()) else { return Bitset::all(self.ends.len()) };
        let mut found = self.containing(longest);
        let others: Vec<Finder<'_>> = words.iter().filter(|word| *word != longest).map(Finder::new).collect();
        if !others.is_empty() {
            let candidates = found.clone();
            for at in candidates.common_from(&candidates, 0) {
                if others.iter().any(|word| word.find(self.text(at)).is_none()) {
                    found.remove(at);
                }
            }
        }
        found
    }

    fn containing(&self, word: &str) -> Bitset {
        let mut found = Bitset::none(self.ends.len());
        let finder = memmem::Finder::new(word);
        let (mut from, mut at) = (0, 0);
        while let Some(place) = self.joined.get(from..).and_then(|rest| finder.find(rest)) {
            at += self.ends[at..].partition_point(|end| *end <= from + place);
            found.insert(at);
            from = self.ends[at] + 1;
        }
        found
    }

    fn text(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before] + 1);
        &self.joined[start..self.ends[at]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(texts: &[&str], words: &[&str]) -> Vec<usize> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let found = Texts::new(texts.iter().copied()).matching(&words);
        found.common_from(&found, 0).collect()
    }

    #[test]
    fn every_word_must_be_found_in_the_same_text() {
        let texts = ["庆元花菇|huagu", "", "龙泉香菇|xianggu", "庆元香菇|xianggu|xianggu"];
        assert_eq!(found(&texts, &[]), [0, 1, 2, 3]);
        assert_eq!(found(&texts, &["菇"]), [0, 2, 3]);
        assert_eq!(found(&texts, &["xiang", "庆元"]), [3]);
        assert_eq!(found(&texts, &["菇", "菇", "元"]), [0, 3]);
        assert_eq!(found(&texts, &["guhua"]), [0; 0], "no match runs over two texts");
        assert_eq!(found(&texts, &["huagu龙"]), [0; 0]);
        assert_eq!(found(&[], &["菇"]), [0; 0]);
    }

    /// The plain way, against texts of two letters in which every kind of overlap occurs.
    #[test]
    fn the_pass_over_joined_texts_finds_what_a_look_at_each_finds() {
        let text =
            |seed: usize| (0..seed % 7).map(|at| if seed >> at & 1 == 0 { 'a' } else { 'b' }).collect::<String>();
        let texts: Vec<String> = (0..200).map(text).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        for words in [["a", "b"], ["ab", "a"], ["aab", "ba"], ["abab", "b"], ["bbb", "bbb"]] {
            let plain = texts.iter().enumerate().filter(|(_, text)| words.iter().all(|word| text.contains(word)));
            assert_eq!(found(&texts, &words), plain.map(|(at, _)| at).collect::<Vec<_>>(), "{words:?}");
        }
    }
}
