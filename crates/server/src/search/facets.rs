//! What lists are narrowed by, and how many goods each choice would leave.

use std::sync::Arc;

use domain::product::{Brand, Category, CertificationKind, PriceBand};
use domain::region::Prefecture;
use domain::wire;
use serde::Serialize;

use super::Both;
use super::bitset::Bitset;
use super::index::{Entry, Traits, json};
use crate::error::Result;
use crate::store::regions::County;

/// A condition with choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Brand,
    Prefecture,
    County,
    Category,
    Season,
    Certification,
    Gift,
    Price,
}

impl By {
    /// In the order of the fields of `wire::Facets`.
    pub const ALL: [By; 8] =
        [By::Brand, By::Prefecture, By::County, By::Category, By::Season, By::Certification, By::Gift, By::Price];

    /// Its name in an address.
    pub fn parameter(self) -> &'static str {
        match self {
            By::Brand => "brand",
            By::Prefecture => "prefecture",
            By::County => "county",
            By::Category => "category",
            By::Season => "season",
            By::Certification => "certification",
            By::Gift => "gift",
            By::Price => "price",
        }
    }

    /// Its field of `wire::Facets`.
    fn field(self) -> &'static str {
        match self {
            By::Brand => "brands",
            By::Prefecture => "prefectures",
            By::County => "counties",
            By::Category => "categories",
            By::Season => "seasons",
            By::Certification => "certifications",
            By::Gift => "gift",
            By::Price => "prices",
        }
    }

    fn facet(self, entries: &[Arc<Entry>], counties: &[County]) -> Result<Facet> {
        match self {
            By::Brand => plain(entries, keys(Brand::ALL, Brand::code), |it, key| {
                it.brand.is_some_and(|brand| brand.code() == key)
            }),
            By::Prefecture => {
                plain(entries, keys(Prefecture::ALL, Prefecture::code), |it, key| it.prefecture.code() == key)
            }
            By::County => of_counties(entries, counties),
            By::Category => plain(entries, keys(Category::ALL, Category::code), |it, key| it.category.code() == key),
            By::Season => plain(entries, (1..=12).map(|month: u32| month.to_string()).collect(), |it, key| {
                key.parse().is_ok_and(|month| it.season().has(month))
            }),
            By::Certification => plain(entries, keys(CertificationKind::ALL, CertificationKind::code), |it, key| {
                it.certification.is_some_and(|kind| kind.code() == key)
            }),
            By::Gift => plain(entries, vec!["yes".to_owned()], |it, _| it.union_gift_ok),
            By::Price => plain(entries, keys(PriceBand::ALL, PriceBand::code), |it, key| {
                PriceBand::of(it.list_price).code() == key
            }),
        }
    }
}

fn keys<T: Copy>(all: &[T], code: fn(T) -> &'static str) -> Vec<String> {
    all.iter().map(|it| code(*it).to_owned()).collect()
}

/// Every facet, in the order of [`By::ALL`].
#[derive(Debug)]
pub struct Facets([Facet; By::ALL.len()]);

/// What is chosen of each facet; none where the filter is not used. Two filters that say the same are equal, and none is
/// long, however long the lists of keys were.
pub type Choices = [Option<Bitset>; By::ALL.len()];

impl Facets {
    pub fn new(entries: &[Arc<Entry>], counties: &[County]) -> Result<Facets> {
        let mut facets = Vec::new();
        for by in By::ALL {
            facets.push(by.facet(entries, counties)?);
        }
        let facets = facets.try_into().map_err(|_| anyhow::anyhow!("there is one facet for each condition"))?;
        Ok(Facets(facets))
    }

    pub fn of(&self, by: By) -> &Facet {
        &self.0[by as usize]
    }

    pub fn choices(&self, chosen: &[Vec<String>; By::ALL.len()]) -> Choices {
        By::ALL.map(|by| self.of(by).choices(&chosen[by as usize]))
    }

    /// What the choices leave of `named`, and the JSON of a `wire::Facets`.
    pub fn narrow(&self, named: &Bitset, choices: &Choices, len: usize) -> (Bitset, Both<Vec<u8>>) {
        let under = By::ALL.map(|by| choices[by as usize].as_ref().map(|chosen| self.of(by).products(chosen, len)));
        let left_without = |own: Option<By>| {
            let mut left = named.clone();
            let others = By::ALL.into_iter().filter(|by| Some(*by) != own);
            others.filter_map(|by| under[by as usize].as_ref()).for_each(|chosen| left.keep(chosen));
            left
        };
        let matching = left_without(None);
        let mut told = Both::<Vec<u8>>::default();
        for by in By::ALL {
            // Counted without its own filter, a facet says what each of its choices would show.
            let without_own = under[by as usize].is_some().then(|| left_without(Some(by)));
            let counts = self.of(by).counts(without_own.as_ref().unwrap_or(&matching));
            self.of(by).write(by, &counts, &mut told);
        }
        told.zh.push(b'}');
        told.en.push(b'}');
        (matching, told)
    }
}

/// The choices of one condition, in the order screens list them.
#[derive(Debug)]
pub struct Facet(Vec<Choice>);

#[derive(Debug)]
struct Choice {
    key: String,
    products: Bitset,
    /// Its JSON up to the count; none when lists do not show it.
    json: Option<Both<Vec<u8>>>,
}

impl Facet {
    /// Which choices these keys name; none when the filter is not used.
    fn choices(&self, keys: &[String]) -> Option<Bitset> {
        let mut choices = (!keys.is_empty()).then(|| Bitset::none(self.0.len()))?;
        let named = self.0.iter().enumerate().filter(|(_, choice)| keys.contains(&choice.key));
        named.for_each(|(at, _)| choices.insert(at));
        Some(choices)
    }

    /// The products under any of these choices.
    fn products(&self, choices: &Bitset, len: usize) -> Bitset {
        let mut products = Bitset::none(len);
        choices.common_from(choices, 0).for_each(|at| products.add(&self.0[at].products));
        products
    }

    /// How many of `left` each choice would show.
    fn counts(&self, left: &Bitset) -> Vec<i64> {
        self.0.iter().map(|choice| choice.products.count_common(left)).collect()
    }

    /// How many goods a choice has in all.
    pub fn count(&self, key: &str) -> i64 {
        self.0.iter().find(|choice| choice.key == key).map_or(0, |choice| choice.products.count())
    }

    fn write(&self, by: By, counts: &[i64], told: &mut Both<Vec<u8>>) {
        let begin = if told.zh.is_empty() { '{' } else { ',' };
        for body in [&mut told.zh, &mut told.en] {
            body.extend_from_slice(format!("{begin}\"{}\":[", by.field()).as_bytes());
        }
        let shown = self.0.iter().zip(counts).filter_map(|(choice, count)| Some((choice.json.as_ref()?, count)));
        for (index, (json, count)) in shown.enumerate() {
            let rest = format!("{count}}}");
            for (body, json) in [(&mut told.zh, &json.zh), (&mut told.en, &json.en)] {
                if index > 0 {
                    body.push(b',');
                }
                body.extend_from_slice(json);
                body.extend_from_slice(rest.as_bytes());
            }
        }
        told.zh.push(b']');
        told.en.push(b']');
    }
}

/// A facet whose names the app knows.
fn plain(entries: &[Arc<Entry>], keys: Vec<String>, fits: impl Fn(&Traits, &str) -> bool) -> Result<Facet> {
    let choice = |key: String| {
        let json = up_to_count(&wire::Facet { key: key.clone(), count: 0 })?;
        let products = products_with(entries, |traits| fits(traits, &key));
        Ok(Choice { key, products, json: Some(Both { zh: json.clone(), en: json }) })
    };
    Ok(Facet(keys.into_iter().map(choice).collect::<Result<_>>()?))
}

fn of_counties(entries: &[Arc<Entry>], counties: &[County]) -> Result<Facet> {
    let choice = |county: &County| {
        let told = |reader| {
            let (key, name, prefecture) = (county.id.clone(), county.short(reader).to_owned(), county.prefecture);
            up_to_count(&wire::CountyFacet { key, name, prefecture, count: 0 })
        };
        let json = county.is_shown().then(|| Both::try_of(told)).transpose()?;
        let products = products_with(entries, |traits| traits.county == county.id);
        Ok(Choice { key: county.id.clone(), products, json })
    };
    Ok(Facet(counties.iter().map(choice).collect::<Result<_>>()?))
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
