//! What a filter leaves of the catalogue. The pages of a list ask for the same again and again, and so do different
//! people, so the latest answers are kept.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::bitset::Bitset;
use super::facets::Choices;
use super::index::{Entry, Index, Place};
use super::{Both, Filter};

#[derive(Debug)]
pub struct Narrowed {
    pub matching: Bitset,
    pub total: i64,
    /// What matches words, the best first; what is in season stands before what is not where both match as well. Empty
    /// when nothing is searched.
    pub ranked: Vec<Place>,
    /// The JSON of a `wire::Facets`.
    pub facets: Both<Vec<u8>>,
}

/// Everything an answer depends on.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    choices: Choices,
    words: Vec<String>,
    month: i8,
}

impl Index {
    pub fn narrowed(&self, filter: &Filter, month: i8, entries: &[Arc<Entry>]) -> Arc<Narrowed> {
        let choices = self.facets.choices(&filter.chosen);
        let asked = Asked { choices, words: filter.words.clone(), month };
        // The ids are those of one person's basket.
        if !filter.ids.is_empty() {
            return Arc::new(self.narrow(&asked, &filter.ids, entries));
        }
        if let Some(known) = self.latest.get(&asked) {
            return known;
        }
        let narrowed = Arc::new(self.narrow(&asked, &[], entries));
        self.latest.put(asked, narrowed.clone());
        narrowed
    }

    fn narrow(&self, asked: &Asked, ids: &[String], entries: &[Arc<Entry>]) -> Narrowed {
        let found = self.texts.found(&asked.words);
        let mut named = found.products;
        if !ids.is_empty() {
            named.keep(&self.of_ids(ids, entries));
        }
        let (matching, facets) = self.facets.narrow(&named, &asked.choices, entries.len());
        let ranks = self.ranks(asked.month);
        let place = |(at, score): (u32, u16)| {
            let rank = ranks.iter().position(|of_rank| of_rank.contains(at as usize)).unwrap_or(ranks.len());
            Place { key: rank as i64 - i64::from(score) * RANKS, at }
        };
        let left = found.scores.into_iter().filter(|(at, _)| matching.contains(*at as usize));
        let mut ranked: Vec<Place> = left.map(place).collect();
        ranked.sort_unstable();
        Narrowed { total: matching.count(), matching, ranked, facets }
    }
}

/// More than there are ranks of season: a better score stands above every rank.
const RANKS: i64 = 8;

/// What was asked lately.
#[derive(Debug, Default)]
pub struct Latest(RwLock<Kept>);

#[derive(Debug, Default)]
struct Kept {
    answers: HashMap<Asked, Arc<Narrowed>>,
    /// How many places they hold in all.
    places: usize,
}

/// Some 4 KB each for a catalogue of ten thousand, and the places beside.
const MOST_ANSWERS: usize = 1000;
/// 32 MB of them.
const MOST_PLACES: usize = 2_000_000;

impl Latest {
    fn get(&self, asked: &Asked) -> Option<Arc<Narrowed>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).answers.get(asked).cloned()
    }

    fn put(&self, asked: Asked, narrowed: Arc<Narrowed>) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // What is asked often is back at once; that is cheaper than keeping count at every question.
        if kept.answers.len() >= MOST_ANSWERS || kept.places + narrowed.ranked.len() > MOST_PLACES {
            *kept = Kept::default();
        }
        kept.places += narrowed.ranked.len();
        kept.answers.insert(asked, narrowed);
    }
}
