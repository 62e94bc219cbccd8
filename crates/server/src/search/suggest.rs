//! What the words typed so far may become.

use domain::product::{Brand, Category};
use domain::wire::{Suggestion, SuggestionKind};
use domain::{Language, say};

use super::facets::By;
use super::marks::{lowered, word_in};
use super::snapshot::Snapshot;
use super::{Filter, marks};
use crate::store::regions::County;

/// How many are shown.
const MOST: usize = 8;
/// How many of them are ways to many goods.
const MOST_WAYS: usize = 3;

impl Snapshot {
    /// The best first: ways to many goods whose name begins with what was typed, then goods.
    pub fn suggestions(&self, words: &[String], reader: Language, month: i8) -> Vec<Suggestion> {
        if words.is_empty() {
            return Vec::new();
        }
        let mut suggestions = self.ways(words, reader);
        suggestions.truncate(MOST_WAYS);
        let filter = Filter { words: words.to_vec(), ..Filter::default() };
        let narrowed = self.narrowed(&filter, month);
        let goods = narrowed.ranked.iter().take(MOST - suggestions.len());
        suggestions.extend(goods.map(|place| {
            let traits = &self.entry(*place).traits;
            let county = self.counties().iter().find(|county| county.id == traits.county);
            Suggestion {
                kind: SuggestionKind::Product,
                key: traits.product_id.clone(),
                name: traits.name.to(reader).clone(),
                marks: marks::of(words, traits, reader),
                note: county.map_or_else(String::new, |county| county.short(reader).to_owned()),
            }
        }));
        suggestions
    }

    /// Counties, brands and categories that begin with what was typed.
    fn ways(&self, words: &[String], reader: Language) -> Vec<Suggestion> {
        let counties = self.counties().iter().filter(|county| county.is_shown());
        let counties = counties.map(|county| Way {
            kind: SuggestionKind::County,
            by: By::County,
            key: &county.id,
            zh: &county.short,
            en: &county.name_en,
            spelled: spelled(county),
        });
        let brands = Brand::ALL.iter().map(|brand| Way {
            kind: SuggestionKind::Brand,
            by: By::Brand,
            key: brand.code(),
            zh: brand.zh(),
            en: brand.en(),
            spelled: brand.code().replace('_', ""),
        });
        let categories = Category::ALL.iter().map(|category| Way {
            kind: SuggestionKind::Category,
            by: By::Category,
            key: category.code(),
            zh: category.zh(),
            en: category.en(),
            spelled: String::new(),
        });
        let begun = counties.chain(brands).chain(categories).filter(|way| way.begins_with(words));
        begun
            .map(|way| self.suggestion(&way, words, reader))
            .filter(|(count, _)| *count > 0)
            .map(|(_, it)| it)
            .collect()
    }

    fn suggestion(&self, way: &Way<'_>, words: &[String], reader: Language) -> (i64, Suggestion) {
        let count = self.facets().of(way.by).count(way.key);
        let name = match reader {
            Language::Zh => way.zh,
            Language::En => way.en,
        };
        let letters = lowered(name);
        let suggestion = Suggestion {
            kind: way.kind,
            key: way.key.to_owned(),
            name: name.to_owned(),
            marks: words.iter().flat_map(|word| word_in(word, &letters, &[])).collect(),
            note: say!("{count} 款", "{count} goods").to(reader).to_owned(),
        };
        (count, suggestion)
    }
}

/// A choice that leads to many goods.
struct Way<'a> {
    kind: SuggestionKind,
    by: By,
    key: &'a str,
    zh: &'a str,
    en: &'a str,
    /// Its pinyin.
    spelled: String,
}

impl Way<'_> {
    fn begins_with(&self, words: &[String]) -> bool {
        let typed = words.concat();
        self.zh.starts_with(&typed)
            || self.spelled.starts_with(&typed)
            || self.en.to_lowercase().starts_with(&words.join(" "))
    }
}

fn spelled(county: &County) -> String {
    county.id.clone()
}
