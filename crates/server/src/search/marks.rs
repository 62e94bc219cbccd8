//! Where the name a reader is shown matches what they typed: its own characters, or those whose pinyin or initials were
//! typed, or another word for what was.

use domain::Language;
use domain::wire::Mark;

use super::index::Traits;
use super::letters::{Part, folded, parts};
use super::synonyms::Synonyms;

/// A name as it is compared: folded letter by letter, each with its syllable where that is known.
#[derive(Debug)]
pub struct Name<'a> {
    letters: Vec<char>,
    /// Empty when they are not known.
    syllables: Vec<&'a str>,
}

impl<'a> Name<'a> {
    pub fn new(name: &str, pinyin: &'a str) -> Name<'a> {
        let letters: Vec<char> = name.chars().map(folded).collect();
        let syllables: Vec<&str> = pinyin.split_whitespace().collect();
        let syllables = if syllables.len() == letters.len() { syllables } else { Vec::new() };
        Name { letters, syllables }
    }

    /// As a reader is shown it.
    pub fn shown(traits: &'a Traits, reader: Language) -> Name<'a> {
        match reader {
            Language::Zh => Name::new(&traits.name.zh, &traits.pinyin),
            Language::En => Name::new(&traits.name.en, ""),
        }
    }

    /// Everywhere a word stands itself; where it does not, the first place it spells.
    pub fn places(&self, word: &str) -> Vec<Mark> {
        let word: Vec<char> = word.chars().collect();
        let literal = |from: &usize| self.letters[*from..].starts_with(&word);
        let all = 0..self.letters.len();
        let places: Vec<Mark> = all.clone().filter(literal).map(|from| mark(from, from + word.len())).collect();
        if !places.is_empty() {
            return places;
        }
        all.into_iter().find_map(|from| Some(mark(from, self.spelled_until(&word, from)?))).into_iter().collect()
    }

    /// Where the stretch from `at` ends that a word spells: each character by itself, its syllable, the syllable's initial,
    /// or, at the end of what has been typed so far, the beginning of its syllable.
    fn spelled_until(&self, word: &[char], at: usize) -> Option<usize> {
        let Some(first) = word.first() else { return Some(at) };
        let (letter, syllable) = (self.letters.get(at)?, self.syllables.get(at)?);
        if first == letter {
            return self.spelled_until(&word[1..], at + 1);
        }
        let common = word.iter().zip(syllable.chars()).take_while(|(a, b)| **a == *b).count();
        match common {
            0 => None,
            _ if common == word.len() => Some(at + 1),
            _ => {
                let whole = common == syllable.chars().count();
                let by_syllable = whole.then(|| self.spelled_until(&word[common..], at + 1)).flatten();
                by_syllable.or_else(|| self.spelled_until(&word[1..], at + 1))
            }
        }
    }

    /// The stretch whose pinyin is nearest to these letters, and how many of them are wrong.
    pub fn nearest_spelling(&self, letters: &str) -> Option<(usize, Mark)> {
        let count = self.syllables.len();
        let stretches = (0..count).flat_map(|from| (from + 1..=count).map(move |until| (from, until)));
        let distances = stretches
            .map(|(from, until)| (distance(&self.syllables[from..until].concat(), letters), mark(from, until)));
        distances.min_by_key(|(wrong, _)| *wrong)
    }

    /// The stretch of characters that hold all that the word has in common with the name.
    pub fn common(&self, han: &str) -> Option<Mark> {
        let shared = |at: &usize| han.contains(self.letters[*at]);
        let first = (0..self.letters.len()).find(shared)?;
        let last = (0..self.letters.len()).rev().find(shared)?;
        Some(mark(first, last + 1))
    }

    pub fn text(&self, [from, until]: Mark) -> String {
        self.letters[from as usize..until as usize].iter().collect()
    }

    fn whole(&self) -> String {
        self.letters.iter().collect()
    }

    fn part(&self, part: &Part, synonyms: &Synonyms) -> Vec<Mark> {
        let (Part::Han(text) | Part::Latin(text)) = part;
        let own = self.meant(text, synonyms);
        if !own.is_empty() {
            return own;
        }
        let halves = text.char_indices().skip(1).map(|(at, _)| text.split_at(at));
        let mut halves = halves.map(|(a, b)| (self.meant(a, synonyms), self.meant(b, synonyms)));
        if let Some((a, b)) = halves.find(|(a, b)| !a.is_empty() && !b.is_empty()) {
            return [a, b].concat();
        }
        let misspelt = match part {
            Part::Latin(letters) => self.nearest_spelling(letters).filter(|(wrong, _)| *wrong <= 1),
            Part::Han(_) => None,
        };
        misspelt.map(|(_, mark)| mark).into_iter().collect()
    }

    /// Where a word stands, or another for the same thing.
    fn meant(&self, word: &str, synonyms: &Synonyms) -> Vec<Mark> {
        let own = self.places(word);
        if !own.is_empty() {
            return own;
        }
        synonyms.meant(word, &self.whole()).map_or_else(Vec::new, |meant| self.places(meant))
    }
}

/// The stretches of the shown name that match, in rising order, none touching another.
pub fn of(words: &[String], traits: &Traits, reader: Language, synonyms: &Synonyms) -> Vec<Mark> {
    let name = Name::shown(traits, reader);
    let parts = words.iter().flat_map(|word| parts(word));
    joined(parts.flat_map(|part| name.part(&part, synonyms)).collect())
}

fn mark(from: usize, until: usize) -> Mark {
    [from as u32, until as u32]
}

/// In rising order, and those that touch or overlap as one.
pub fn joined(mut marks: Vec<Mark>) -> Vec<Mark> {
    marks.sort_unstable();
    let mut joined: Vec<Mark> = Vec::new();
    for mark in marks {
        match joined.last_mut() {
            Some(last) if mark[0] <= last[1] => last[1] = last[1].max(mark[1]),
            _ => joined.push(mark),
        }
    }
    joined
}

/// How many letters must be put in, taken out, changed or swapped with the next to make one text of the other.
pub fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let other = usize::from(a[i - 1] != b[j - 1]);
            let mut least = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + other);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(words: &str) -> Vec<Mark> {
        let synonyms = Synonyms::new(&[vec!["香菇".to_owned(), "冬菇".to_owned()]]);
        let name = Name::new("庆元香菇", "qing yuan xiang gu");
        joined(words.split(' ').flat_map(parts).flat_map(|part| name.part(&part, &synonyms)).collect())
    }

    #[test]
    fn what_was_typed_marks_the_characters_it_spells() {
        assert_eq!(marked("香菇"), [[2, 4]]);
        assert_eq!(marked("xianggu"), [[2, 4]]);
        assert_eq!(marked("xiangg"), [[2, 4]], "the last syllable is being typed");
        assert_eq!(marked("qyxg"), [[0, 4]]);
        assert_eq!(marked("庆元xg"), [[0, 4]]);
        assert_eq!(marked("qyxianggu"), [[0, 4]]);
        assert_eq!(marked("qingyxg"), [[0, 4]]);
        assert_eq!(marked("y"), [[1, 2]]);
        assert_eq!(marked("庆 菇"), [[0, 1], [3, 4]]);
        assert_eq!(marked("庆菇"), [[0, 1], [3, 4]], "a word found in two places");
        assert_eq!(marked("庆元 xianggu"), [[0, 4]], "what touches is one");
        assert_eq!(marked("冬菇"), [[2, 4]], "another word for it");
        assert_eq!(marked("庆元冬菇"), [[0, 4]]);
        assert_eq!(marked("xiangu"), [[2, 4]], "a letter is missing");
        assert_eq!(marked("茶"), [[0; 2]; 0]);
    }

    #[test]
    fn a_name_of_letters_is_marked_wherever_the_word_stands() {
        assert_eq!(Name::new("Mushroom and more mushroom", "").places("mushroom"), [[0, 8], [18, 26]]);
        assert_eq!(Name::new("İstanbul", "").places("mushroom"), [[0; 2]; 0]);
    }

    #[test]
    fn the_distance_counts_wrong_letters() {
        assert_eq!([distance("xianggu", "xiangu"), distance("gu", "ug"), distance("", "abc")], [1, 1, 3]);
        assert_eq!(distance("huyou", "huyou"), 0);
    }
}
