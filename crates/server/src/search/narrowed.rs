//! What a filter leaves of the catalogue. The pages of a list ask for the same again and again, and so do different
//! people, so the latest answers are kept.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::Filter;
use super::bitset::Bitset;
use super::index::{Entry, Facet, Index};

#[derive(Debug)]
pub struct Narrowed {
    pub matching: Bitset,
    pub total: i64,
    /// The JSON of a `wire::Facets`.
    pub facets: Vec<u8>,
}

/// The choices of a filter that exist. Two filters that say the same are equal, and none is long.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Choices {
    brands: Option<Bitset>,
    counties: Option<Bitset>,
    categories: Option<Bitset>,
    words: Vec<String>,
}

impl Index {
    pub fn narrowed(&self, filter: &Filter, entries: &[Arc<Entry>]) -> Arc<Narrowed> {
        let choices = Choices {
            brands: self.brands.choices(&filter.brands),
            counties: self.counties.choices(&filter.counties),
            categories: self.categories.choices(&filter.categories),
            words: filter.words.clone(),
        };
        // The ids are those of one person's basket.
        if !filter.ids.is_empty() {
            return Arc::new(self.narrow(&choices, &filter.ids, entries));
        }
        if let Some(known) = self.latest.get(&choices) {
            return known;
        }
        let narrowed = Arc::new(self.narrow(&choices, &[], entries));
        self.latest.put(choices, narrowed.clone());
        narrowed
    }

    fn narrow(&self, choices: &Choices, ids: &[String], entries: &[Arc<Entry>]) -> Narrowed {
        let named = self.named(&choices.words, ids, entries);
        let under = |facet: &Facet, choices: &Option<Bitset>| {
            choices.as_ref().map(|choices| facet.products(choices, entries.len()))
        };
        let brands = under(&self.brands, &choices.brands);
        let counties = under(&self.counties, &choices.counties);
        let categories = under(&self.categories, &choices.categories);
        let left_by = |chosen: &[&Option<Bitset>]| {
            let mut left = named.clone();
            chosen.iter().copied().flatten().for_each(|chosen| left.keep(chosen));
            left
        };
        // Each facet is counted without its own filter, so that it says what each of its choices would show.
        let mut facets = b"{\"brands\":".to_vec();
        self.brands.write(&left_by(&[&counties, &categories]), &mut facets);
        facets.extend_from_slice(b",\"counties\":");
        self.counties.write(&left_by(&[&brands, &categories]), &mut facets);
        facets.extend_from_slice(b",\"categories\":");
        self.categories.write(&left_by(&[&brands, &counties]), &mut facets);
        facets.push(b'}');
        let matching = left_by(&[&brands, &counties, &categories]);
        Narrowed { total: matching.count(), matching, facets }
    }
}

/// What was asked lately.
#[derive(Debug, Default)]
pub struct Latest(RwLock<HashMap<Choices, Arc<Narrowed>>>);

/// Some 4 KB each for a catalogue of ten thousand.
const MOST_KEPT: usize = 1000;

impl Latest {
    fn get(&self, choices: &Choices) -> Option<Arc<Narrowed>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(choices).cloned()
    }

    fn put(&self, choices: Choices, narrowed: Arc<Narrowed>) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // What is asked often is back at once; that is cheaper than keeping count at every question.
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(choices, narrowed);
    }
}
