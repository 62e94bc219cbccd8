//! What is offered where nothing matches: the same words without the filters, or words like them.

use domain::Language;

use super::index::Traits;
use super::letters::{Part, parts};
use super::marks::{Name, distance};
use super::snapshot::Snapshot;
use super::texts::MET;
use super::{Filter, Query};
use crate::error::Result;

/// How many are offered.
pub const MOST: usize = 12;

/// A letter more, and it is another word.
const FARTHEST: usize = 2;

impl Snapshot {
    /// The filter that finds what comes nearest to what was asked for, if anything does.
    pub fn nearest(&self, query: &Query) -> Result<Option<Filter>> {
        let asked = &query.filter;
        if asked.words.is_empty() || !asked.ids.is_empty() {
            return Ok(None);
        }
        let mut offers = vec![Filter { words: asked.words.clone(), ..Filter::default() }];
        if let Some(words) = self.corrected(&asked.words)? {
            offers.push(Filter { words: words.clone(), ..asked.clone() });
            offers.push(Filter { words, ..Filter::default() });
        }
        for offer in offers {
            if self.narrowed(&offer, query.month)?.total > 0 {
                return Ok(Some(offer));
            }
        }
        Ok(None)
    }

    /// The words as they may have been meant: those that nothing fits are taken from the product that comes nearest.
    fn corrected(&self, words: &[String]) -> Result<Option<Vec<String>>> {
        let Some(model) = self.model(words)? else { return Ok(None) };
        let mut corrected = Vec::new();
        for word in words {
            let found = !self.texts().found(std::slice::from_ref(word))?.is_empty();
            corrected.extend(if found { Some(word.clone()) } else { like(word, model) });
        }
        Ok(Some(corrected).filter(|corrected| !corrected.is_empty()))
    }

    /// The product that meets most of the words, where that is enough of them to speak of.
    fn model(&self, words: &[String]) -> Result<Option<&Traits>> {
        let typed: usize = words.iter().map(|word| word.chars().count()).sum();
        let nearest = self.positions(self.texts().nearest(words)?);
        let best = nearest.into_iter().max_by_key(|(at, score)| (*score, std::cmp::Reverse(*at)));
        let best = best.filter(|(_, score)| usize::from(*score) * 2 >= typed * usize::from(MET));
        Ok(best.map(|(at, _)| &self.entry_at(at).traits))
    }
}

/// The words of a product's name that are most like this one.
fn like(word: &str, traits: &Traits) -> Option<String> {
    let name = Name::shown(traits, Language::Zh);
    let mut meant = String::new();
    for part in parts(word) {
        match part {
            Part::Han(han) => meant.push_str(&name.text(name.common(&han)?)),
            Part::Latin(letters) => meant.push_str(&like_letters(&letters, &name, traits)?),
        }
    }
    Some(meant)
}

fn like_letters(letters: &str, name: &Name<'_>, traits: &Traits) -> Option<String> {
    let spelled = name.nearest_spelling(letters).map(|(wrong, mark)| (wrong, name.text(mark)));
    let english = traits.name.en.to_lowercase();
    let english = english.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let written = english.map(|word| (distance(word, letters), word.to_owned()));
    let (wrong, meant) = written.chain(spelled).min_by_key(|(wrong, _)| *wrong)?;
    (wrong <= FARTHEST).then_some(meant)
}
