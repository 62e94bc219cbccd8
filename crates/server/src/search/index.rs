//! What filters, words and orders need of the catalogue: sets of positions. Stock is not here, nor prices by quantity, so
//! an index outlives the many changes that only take stock.

use std::sync::Arc;

use domain::Money;
use domain::product::{Brand, Category, CertificationKind, SeasonMonths};
use domain::region::Prefecture;
use serde::Serialize;

use super::Both;
use super::bitset::Bitset;
use super::facets::Facets;
use super::narrowed::Latest;
use super::texts::Texts;
use crate::clock::Ms;
use crate::error::{Error, Result};
use crate::store::products::Listed;
use crate::store::regions::County;

/// A product in the catalogue.
#[derive(Debug)]
pub struct Entry {
    /// Its card as lists carry it.
    pub json: Both<Vec<u8>>,
    pub traits: Traits,
}

/// Where a product stands and what finds it. The list is ordered by what comes first here: pinyin, then id.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Traits {
    pub pinyin: String,
    pub product_id: String,
    /// As its card shows it.
    pub name: Both<String>,
    pub county: String,
    pub prefecture: Prefecture,
    pub brand: Option<Brand>,
    pub category: Category,
    pub certification: Option<CertificationKind>,
    season_bits: u16,
    pub union_gift_ok: bool,
    pub list_price: Money,
    pub created_at_ms: Ms,
    /// What a search looks through.
    pub text: String,
}

impl Traits {
    pub fn season(&self) -> SeasonMonths {
        SeasonMonths::from_bits(self.season_bits)
    }
}

impl Entry {
    pub fn new(listed: Listed, counties: &[County]) -> Result<Entry> {
        let Listed { card, card_en, pinyin, created_at_ms, .. } = listed;
        let json = Both { zh: json(&card)?, en: json(&card_en)? };
        let county = counties.iter().find(|county| county.id == card.county);
        let text = search_text(&card, &card_en.name, &pinyin, county);
        let traits = Traits {
            pinyin,
            product_id: card.id.to_string(),
            county: card.county,
            prefecture: card.prefecture,
            brand: card.brand,
            category: card.category,
            certification: card.certification_kind,
            season_bits: card.season_months.bits(),
            union_gift_ok: card.union_gift_ok,
            list_price: card.ladder.list_price(),
            created_at_ms,
            name: Both { zh: card.name, en: card_en.name },
            text,
        };
        Ok(Entry { json, traits })
    }
}

/// What a search looks through: every part is found whole or by its beginning, so `qyxg`, `huagu` and 花菇 all lead to
/// 庆元花菇. Parts are divided by a bar, which nobody types, so that no match runs over two of them.
fn search_text(card: &domain::wire::ProductCard, name_en: &str, pinyin: &str, county: Option<&County>) -> String {
    let joined: String = pinyin.split_whitespace().collect();
    let initials: String = pinyin.split_whitespace().filter_map(|syllable| syllable.chars().next()).collect();
    let parts = [
        card.name.as_str(),
        &joined,
        &initials,
        county.map_or("", |county| &county.name),
        &card.county,
        card.brand.map_or("", Brand::zh),
        card.category.zh(),
        name_en,
    ];
    parts.join("|").to_lowercase()
}

pub fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| Error::Broken(error.into()))
}

/// A product in an order of the list: what the order compares, and where the product stands. Where that is the same, the
/// position decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub key: i64,
    pub at: u32,
}

/// Every position in the order of its key.
pub fn in_order(entries: &[Arc<Entry>], key: impl Fn(&Traits) -> i64) -> Vec<Place> {
    let place = |(at, entry): (u32, &Arc<Entry>)| Place { key: key(&entry.traits), at };
    let mut order: Vec<Place> = (0..).zip(entries).map(place).collect();
    order.sort_unstable();
    order
}

#[derive(Debug)]
pub struct Index {
    pub facets: Facets,
    /// For each month, January first: in season, there all year, not in season.
    months: Vec<[Bitset; 3]>,
    pub by_price: Vec<Place>,
    pub by_price_falling: Vec<Place>,
    pub by_age: Vec<Place>,
    pub texts: Texts,
    /// Positions in the order of their ids.
    by_id: Vec<usize>,
    pub latest: Latest,
}

impl Index {
    /// `entries` stand in the order of the list.
    pub fn new(entries: &[Arc<Entry>], counties: &[County]) -> Result<Index> {
        let mut by_id: Vec<usize> = (0..entries.len()).collect();
        by_id.sort_unstable_by_key(|at| entries[*at].traits.product_id.as_str());
        Ok(Index {
            facets: Facets::new(entries, counties)?,
            months: (1..=12).map(|month| ranks(entries, month)).collect(),
            by_price: in_order(entries, |traits| traits.list_price.fen()),
            by_price_falling: in_order(entries, |traits| -traits.list_price.fen()),
            by_age: in_order(entries, |traits| -traits.created_at_ms),
            texts: Texts::new(entries.iter().map(|entry| entry.traits.text.as_str())),
            by_id,
            latest: Latest::default(),
        })
    }

    /// In season, there all year, not in season. `month` is 1 to 12.
    pub fn ranks(&self, month: i8) -> &[Bitset] {
        self.months.get(usize::from(month.unsigned_abs()).saturating_sub(1)).map_or(&[], |ranks| ranks)
    }

    /// What these ids name.
    pub fn of_ids(&self, ids: &[String], entries: &[Arc<Entry>]) -> Bitset {
        let mut asked = Bitset::none(entries.len());
        ids.iter().filter_map(|id| self.position(entries, id)).for_each(|at| asked.insert(at));
        asked
    }

    pub fn position(&self, entries: &[Arc<Entry>], product_id: &str) -> Option<usize> {
        let found = self.by_id.binary_search_by_key(&product_id, |at| &entries[*at].traits.product_id);
        found.ok().map(|place| self.by_id[place])
    }
}

fn ranks(entries: &[Arc<Entry>], month: u32) -> [Bitset; 3] {
    let mut ranks = [(); 3].map(|()| Bitset::none(entries.len()));
    for (at, entry) in entries.iter().enumerate() {
        ranks[entry.traits.season().rank(month)].insert(at);
    }
    ranks
}
