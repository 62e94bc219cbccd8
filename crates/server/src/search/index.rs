//! What filters, words and months need of the catalogue: sets of positions. Stock and prices are not here, so an index
//! outlives the many changes that only take stock.

use std::sync::Arc;

use domain::product::{Brand, Category, SeasonMonths};
use domain::wire;
use serde::Serialize;

use super::bitset::Bitset;
use super::narrowed::Latest;
use super::texts::Texts;
use crate::error::{Error, Result};
use crate::store::products::Listed;
use crate::store::regions::County;

/// A product in the catalogue.
#[derive(Debug)]
pub struct Entry {
    /// Its card as lists carry it.
    pub json: Vec<u8>,
    pub traits: Traits,
}

/// Where a product stands and what finds it. The list is ordered by what comes first here: pinyin, then id.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Traits {
    pub pinyin: String,
    pub product_id: String,
    pub county: String,
    brand: Option<Brand>,
    category: Category,
    season_bits: u16,
    search_text: String,
}

impl Entry {
    pub fn new(listed: Listed) -> Result<Entry> {
        let Listed { pinyin, search_text, card } = listed;
        let json = json(&card)?;
        let product_id = card.id.to_string();
        let (county, brand, category) = (card.county, card.brand, card.category);
        let season_bits = card.season_months.bits();
        let traits = Traits { pinyin, product_id, county, brand, category, season_bits, search_text };
        Ok(Entry { json, traits })
    }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| Error::Broken(error.into()))
}

#[derive(Debug)]
pub struct Index {
    pub brands: Facet,
    pub counties: Facet,
    pub categories: Facet,
    /// For each month, January first: in season, there all year, not in season.
    months: Vec<[Bitset; 3]>,
    texts: Texts,
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
            brands: brands(entries)?,
            counties: county_facet(entries, counties)?,
            categories: categories(entries)?,
            months: (1..=12).map(|month| ranks(entries, month)).collect(),
            texts: Texts::new(entries.iter().map(|entry| entry.traits.search_text.as_str())),
            by_id,
            latest: Latest::default(),
        })
    }

    /// In season, there all year, not in season. `month` is 1 to 12.
    pub fn ranks(&self, month: i8) -> &[Bitset] {
        self.months.get(usize::from(month.unsigned_abs()).saturating_sub(1)).map_or(&[], |ranks| ranks)
    }

    /// What words and ids leave.
    pub fn named(&self, words: &[String], ids: &[String], entries: &[Arc<Entry>]) -> Bitset {
        let mut found = self.texts.matching(words);
        if !ids.is_empty() {
            let mut asked = Bitset::none(entries.len());
            ids.iter().filter_map(|id| self.position(entries, id)).for_each(|at| asked.insert(at));
            found.keep(&asked);
        }
        found
    }

    pub fn position(&self, entries: &[Arc<Entry>], product_id: &str) -> Option<usize> {
        let found = self.by_id.binary_search_by_key(&product_id, |at| &entries[*at].traits.product_id);
        found.ok().map(|place| self.by_id[place])
    }
}

fn ranks(entries: &[Arc<Entry>], month: u32) -> [Bitset; 3] {
    let mut ranks = [(); 3].map(|()| Bitset::none(entries.len()));
    for (at, entry) in entries.iter().enumerate() {
        ranks[SeasonMonths::from_bits(entry.traits.season_bits).rank(month)].insert(at);
    }
    ranks
}

/// The choices of one filter, in the order screens list them.
#[derive(Debug)]
pub struct Facet(Vec<Choice>);

#[derive(Debug)]
struct Choice {
    key: String,
    products: Bitset,
    /// Its JSON up to the count; none when lists do not show it.
    json: Option<Vec<u8>>,
}

impl Facet {
    /// Which choices these keys name; none when the filter is not used.
    pub fn choices(&self, keys: &[String]) -> Option<Bitset> {
        let mut choices = (!keys.is_empty()).then(|| Bitset::none(self.0.len()))?;
        let named = self.0.iter().enumerate().filter(|(_, choice)| keys.contains(&choice.key));
        named.for_each(|(at, _)| choices.insert(at));
        Some(choices)
    }

    /// The products under any of these choices.
    pub fn products(&self, choices: &Bitset, len: usize) -> Bitset {
        let mut products = Bitset::none(len);
        choices.common_from(choices, 0).for_each(|at| products.add(&self.0[at].products));
        products
    }

    /// Writes every choice with the number of products in `left` it would show.
    pub fn write(&self, left: &Bitset, body: &mut Vec<u8>) {
        body.push(b'[');
        let shown = self.0.iter().filter_map(|choice| Some((choice, choice.json.as_ref()?)));
        for (index, (choice, json)) in shown.enumerate() {
            if index > 0 {
                body.push(b',');
            }
            body.extend_from_slice(json);
            body.extend_from_slice(choice.products.count_common(left).to_string().as_bytes());
            body.push(b'}');
        }
        body.push(b']');
    }
}

/// The JSON of a choice up to its count, which is the last of its fields.
fn up_to_count(choice: &impl Serialize) -> Result<Vec<u8>> {
    let whole = json(choice)?;
    let start = whole.strip_suffix(b"0}").ok_or_else(|| anyhow::anyhow!("a choice ends in its count, which is 0"))?;
    Ok(start.to_vec())
}

fn products_with(entries: &[Arc<Entry>], fits: impl Fn(&Traits) -> bool) -> Bitset {
    let mut products = Bitset::none(entries.len());
    let fitting = entries.iter().enumerate().filter(|(_, entry)| fits(&entry.traits));
    fitting.for_each(|(at, _)| products.insert(at));
    products
}

fn choice(key: &str, name: &str, products: Bitset) -> Result<Choice> {
    let json = up_to_count(&wire::Facet { key: key.to_owned(), name: name.to_owned(), count: 0 })?;
    Ok(Choice { key: key.to_owned(), products, json: Some(json) })
}

fn brands(entries: &[Arc<Entry>]) -> Result<Facet> {
    let choices = Brand::ALL.iter().map(|brand| {
        let products = products_with(entries, |traits| traits.brand == Some(*brand));
        choice(brand.code(), brand.zh(), products)
    });
    Ok(Facet(choices.collect::<Result<_>>()?))
}

fn categories(entries: &[Arc<Entry>]) -> Result<Facet> {
    let choices = Category::ALL.iter().map(|category| {
        let products = products_with(entries, |traits| traits.category == *category);
        choice(category.code(), category.zh(), products)
    });
    Ok(Facet(choices.collect::<Result<_>>()?))
}

fn county_facet(entries: &[Arc<Entry>], counties: &[County]) -> Result<Facet> {
    let choices = counties.iter().map(|county| {
        let (key, name, prefecture) = (county.id.clone(), county.short.clone(), county.prefecture);
        // A zone has no goods of its own; a county with none left keeps its place, greyed out.
        let shown = !county.id.ends_with("_zone");
        let json = shown.then(|| up_to_count(&wire::CountyFacet { key, name, prefecture, count: 0 })).transpose()?;
        let products = products_with(entries, |traits| traits.county == county.id);
        Ok(Choice { key: county.id.clone(), products, json })
    });
    Ok(Facet(choices.collect::<Result<_>>()?))
}
