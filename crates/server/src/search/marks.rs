//! Where the name a reader is shown matches what they typed: its own characters, or those whose pinyin or initials were
//! typed.

use domain::Language;
use domain::wire::Mark;

use super::index::Traits;

/// The stretches of the shown name that match, in rising order, none touching another.
pub fn of(words: &[String], traits: &Traits, reader: Language) -> Vec<Mark> {
    let name = lowered(traits.name.to(reader));
    let syllables: Vec<&str> = match reader {
        Language::Zh => traits.pinyin.split_whitespace().collect(),
        Language::En => Vec::new(),
    };
    let mut marks = Vec::new();
    for word in words {
        marks.extend(word_in(word, &name, &syllables));
    }
    joined(marks)
}

/// Character by character, so that positions stay those of the name.
pub fn lowered(name: &str) -> Vec<char> {
    name.chars().map(|letter| letter.to_lowercase().next().unwrap_or(letter)).collect()
}

/// Everywhere a word stands itself; where it does not, the first place it spells.
pub fn word_in(word: &str, name: &[char], syllables: &[&str]) -> Vec<Mark> {
    let word: Vec<char> = word.chars().collect();
    let literal = |from: &usize| name[*from..].starts_with(&word);
    let places: Vec<Mark> = (0..name.len()).filter(literal).map(|from| mark(from, from + word.len())).collect();
    if !places.is_empty() || syllables.len() != name.len() {
        return places;
    }
    let spelled = (0..name.len()).find_map(|from| Some(mark(from, spelled_until(&word, name, syllables, from)?)));
    spelled.into_iter().collect()
}

fn mark(from: usize, until: usize) -> Mark {
    [from as u32, until as u32]
}

/// Where the stretch from `at` ends that a word spells: each character by itself, its syllable, the syllable's initial, or,
/// at the end of what has been typed so far, the beginning of its syllable.
fn spelled_until(word: &[char], name: &[char], syllables: &[&str], at: usize) -> Option<usize> {
    let Some(first) = word.first() else { return Some(at) };
    let (letter, syllable) = (name.get(at)?, syllables.get(at)?);
    if first == letter {
        return spelled_until(&word[1..], name, syllables, at + 1);
    }
    let common = word.iter().zip(syllable.chars()).take_while(|(a, b)| **a == *b).count();
    if common == 0 {
        return None;
    }
    let whole = common == syllable.chars().count();
    if common == word.len() {
        return Some(at + 1);
    }
    let by_syllable = whole.then(|| spelled_until(&word[common..], name, syllables, at + 1)).flatten();
    by_syllable.or_else(|| spelled_until(&word[1..], name, syllables, at + 1))
}

/// In rising order, and those that touch or overlap as one.
fn joined(mut marks: Vec<Mark>) -> Vec<Mark> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(words: &str) -> Vec<Mark> {
        let (name, syllables) = (lowered("庆元香菇"), ["qing", "yuan", "xiang", "gu"]);
        joined(words.split(' ').flat_map(|word| word_in(word, &name, &syllables)).collect())
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
        assert_eq!(marked("庆元 xianggu"), [[0, 4]], "what touches is one");
        assert_eq!(marked("guqing"), [[0; 2]; 0]);
    }

    #[test]
    fn a_name_of_letters_is_marked_wherever_the_word_stands() {
        assert_eq!(word_in("mushroom", &lowered("Mushroom and more mushroom"), &[]), [[0, 8], [18, 26]]);
        assert_eq!(word_in("mushroom", &lowered("İstanbul"), &[]), [[0; 2]; 0]);
    }
}
