//! The catalogue at one moment, and the pages it answers.

use std::collections::HashMap;
use std::sync::Arc;

use domain::product::{Searching, Sort};
use domain::wire::Mark;
use jiff::civil::Date;
use serde::Serialize;

use super::bitset::Bitset;
use super::facets::Facets;
use super::index::{self, Entry, Index, Place, Surroundings, Traits};
use super::narrowed::Narrowed;
use super::synonyms::Synonyms;
use super::texts::{Found, Library, Texts, Words};
use super::{Cursor, Filter, Query, marks, nearest};
use crate::error::{Error, Result};
use crate::store::Db;
use crate::store::licences::{self, Licensed};
use crate::store::products::{self, Listed};
use crate::store::regions::{self, County};

#[derive(Debug)]
pub struct Snapshot {
    /// In the order of the list within each rank of season: pinyin, then id.
    entries: Vec<Arc<Entry>>,
    counties: Arc<[County]>,
    synonyms: Arc<Synonyms>,
    index: Arc<Index>,
    /// Of every product on sale, in the order of their ids.
    revisions: Arc<[Revision]>,
    brands: Arc<Brands>,
    /// How much of each product was sold this year, and the order that makes.
    sold: Arc<Sold>,
    by_sold: Arc<[Place]>,
}

/// On which day which merchants might show which brands: a licence ends without anybody changing anything.
#[derive(Debug, PartialEq, Eq)]
struct Brands {
    day: Date,
    licensed: Licensed,
}

impl Brands {
    fn read(db: &mut Db, day: Date) -> Result<Brands> {
        Ok(Brands { day, licensed: licences::in_force(db, day)? })
    }
}

type Revision = (String, i64);
type Sold = HashMap<String, i64>;

/// Where more products than this have changed, reading everything is quicker than asking for each.
const MOST_RELOADED: usize = 500;

/// What the database holds, not yet to be searched.
#[derive(Debug)]
pub struct Reading {
    /// All of them, in the order of the list.
    entries: Vec<Arc<Entry>>,
    /// Of those that were read.
    words: Vec<Words>,
    counties: Arc<[County]>,
    synonyms: Arc<Synonyms>,
    revisions: Arc<[Revision]>,
    brands: Arc<Brands>,
}

/// What is to become of a snapshot.
#[derive(Debug)]
pub enum Change {
    /// The same goods stand at the same places, with other stock: the common case.
    Cards(Snapshot),
    Goods(Reading),
}

impl Reading {
    pub fn whole(db: &mut Db, synonyms: &Arc<Synonyms>, today: Date) -> Result<Reading> {
        // The revisions are read before the products: what changes in between is read once too often, and never missed.
        let revisions = revisions(db)?.into();
        let (counties, synonyms): (Arc<[County]>, _) = (regions::counties(db)?.into(), synonyms.clone());
        let brands = Arc::new(Brands::read(db, today)?);
        let (mut entries, words) = entries(products::listed(db, today)?, &counties, &synonyms)?;
        entries.sort_unstable_by(|a, b| a.traits.cmp(&b.traits));
        Ok(Reading { entries, words, counties, synonyms, revisions, brands })
    }
}

impl Snapshot {
    /// Brings the index of words up to what was read, and arranges the goods. `known` is what the index holds already.
    pub fn arrange(reading: Reading, known: Option<&Snapshot>, library: &mut Library) -> Result<Snapshot> {
        let Reading { entries, mut words, counties, synonyms, revisions, brands } = reading;
        let mut gone = Vec::new();
        if let Some(known) = known {
            let before: HashMap<u64, u64> = known.entries.iter().map(|entry| entry.traits.words()).collect();
            let now: HashMap<u64, u64> = entries.iter().map(|entry| entry.traits.words()).collect();
            words.retain(|words| before.get(&words.key) != now.get(&words.key));
            gone.extend(before.into_keys().filter(|key| !now.contains_key(key)));
        }
        let texts = match known {
            Some(known) if words.is_empty() && gone.is_empty() => known.index.texts.clone(),
            _ => library.update(&words, &gone)?,
        };
        let index = Arc::new(Index::new(&entries, &counties, texts)?);
        let sold = known.map_or_else(Arc::default, |known| known.sold.clone());
        let by_sold = by_sold(&entries, &sold);
        Ok(Snapshot { entries, counties, synonyms, index, revisions, brands, sold, by_sold })
    }

    /// What has changed in the database since `self`; only that is read. None when nothing has.
    pub fn followed(&self, db: &mut Db, today: Date) -> Result<Option<Change>> {
        if self.brands.day != today && self.brands.licensed != Brands::read(db, today)?.licensed {
            return Reading::whole(db, &self.synonyms, today).map(|reading| Some(Change::Goods(reading)));
        }
        let revisions = revisions(db)?;
        if *revisions == *self.revisions {
            return Ok(None);
        }
        let changed = changed(&self.revisions, &revisions);
        if changed.len() > MOST_RELOADED {
            return Reading::whole(db, &self.synonyms, today).map(|reading| Some(Change::Goods(reading)));
        }
        let listed = products::listed_among(db, changed.clone(), today)?;
        let (fresh, words) = entries(listed, &self.counties, &self.synonyms)?;
        if let Some(entries) = self.with_new_cards(&changed, &fresh, &revisions) {
            return Ok(Some(Change::Cards(Snapshot { entries, revisions: revisions.into(), ..self.shared() })));
        }
        let entries = self.with_new_goods(&changed, fresh, &revisions);
        let (counties, synonyms, brands) = (self.counties.clone(), self.synonyms.clone(), self.brands.clone());
        Ok(Some(Change::Goods(Reading { entries, words, counties, synonyms, revisions: revisions.into(), brands })))
    }

    /// Another hold of everything but the entries.
    fn shared(&self) -> Snapshot {
        Snapshot {
            entries: Vec::new(),
            counties: self.counties.clone(),
            synonyms: self.synonyms.clone(),
            index: self.index.clone(),
            revisions: self.revisions.clone(),
            brands: self.brands.clone(),
            sold: self.sold.clone(),
            by_sold: self.by_sold.clone(),
        }
    }

    /// The entries where the same products stand at the same places, as after a change of stock.
    fn with_new_cards(
        &self,
        changed: &[String],
        fresh: &[Arc<Entry>],
        revisions: &[Revision],
    ) -> Option<Vec<Arc<Entry>>> {
        let mut entries = self.entries.clone();
        for entry in fresh {
            let at = self.index.position(&self.entries, &entry.traits.product_id)?;
            if entries[at].traits != entry.traits {
                return None;
            }
            entries[at] = entry.clone();
        }
        (fresh.len() == changed.len() && revisions.len() == self.revisions.len()).then_some(entries)
    }

    fn with_new_goods(&self, changed: &[String], fresh: Vec<Arc<Entry>>, revisions: &[Revision]) -> Vec<Arc<Entry>> {
        let on_sale = |id: &String| revisions.binary_search_by_key(&id, |(id, _)| id).is_ok();
        let stays = |entry: &&Arc<Entry>| {
            let id = &entry.traits.product_id;
            on_sale(id) && changed.binary_search(id).is_err()
        };
        let mut entries: Vec<Arc<Entry>> = self.entries.iter().filter(stays).cloned().chain(fresh).collect();
        entries.sort_by(|a, b| a.traits.cmp(&b.traits));
        entries
    }

    /// The JSON of a `wire::Products`.
    ///
    /// # Errors
    /// When the search fails.
    pub fn page(&self, query: &Query) -> Result<Vec<u8>> {
        let narrowed = self.narrowed(&query.filter, query.month)?;
        let facets = narrowed.facets.to(query.reader);
        let instead = if narrowed.total == 0 { self.nearest(query)? } else { None };
        let Some(filter) = instead else {
            let (page, next) = self.items(&narrowed, query);
            return self.body(&Page { entries: page, next, total: narrowed.total, facets, nearest: None }, query);
        };
        let nearest = Some(filter.words.join(" "));
        let instead = Query { filter, sort: None, after: None, limit: nearest::MOST, ..query.clone() };
        let (page, _) = self.items(&*self.narrowed(&instead.filter, instead.month)?, &instead);
        self.body(&Page { entries: page, next: None, total: 0, facets, nearest }, &instead)
    }

    fn body(&self, page: &Page<'_>, query: &Query) -> Result<Vec<u8>> {
        let cards: usize = page.entries.iter().map(|entry| entry.json.to(query.reader).len() + 1).sum();
        let mut body = Vec::with_capacity(cards + page.facets.len() + ROOM_FOR_REST);
        body.extend_from_slice(b"{\"items\":[");
        for (index, entry) in page.entries.iter().enumerate() {
            if index > 0 {
                body.push(b',');
            }
            body.extend_from_slice(entry.json.to(query.reader));
        }
        body.extend_from_slice(b"],\"marks\":");
        write(&mut body, &self.marks(&page.entries, query))?;
        body.extend_from_slice(b",\"next\":");
        write(&mut body, &page.next.as_ref().map(Cursor::to_string))?;
        body.extend_from_slice(format!(",\"total\":{},\"facets\":", page.total).as_bytes());
        body.extend_from_slice(page.facets);
        body.extend_from_slice(b",\"nearest\":");
        write(&mut body, &page.nearest)?;
        body.push(b'}');
        Ok(body)
    }

    /// Where the shown name of each matches; nothing when nothing is searched.
    fn marks(&self, page: &[&Entry], query: &Query) -> Vec<Vec<Mark>> {
        let words = &query.filter.words;
        match query.filter.searching() {
            Searching::Nothing => Vec::new(),
            Searching::Words => {
                page.iter().map(|entry| marks::of(words, &entry.traits, query.reader, &self.synonyms)).collect()
            }
        }
    }

    pub fn narrowed(&self, filter: &Filter, month: i8) -> Result<Arc<Narrowed>> {
        self.index.narrowed(filter, month, &self.entries)
    }

    /// The entries of a page, and where the next begins.
    fn items(&self, narrowed: &Narrowed, query: &Query) -> (Vec<&Entry>, Option<Cursor>) {
        let sort = query.sort();
        let Index { by_price, by_price_falling, by_age, .. } = &*self.index;
        let mut page: Vec<Place> = match sort {
            Sort::Season => self.in_season_first(&narrowed.matching, query),
            Sort::Relevance => self.in_order(&narrowed.ranked, &narrowed.matching, query),
            Sort::PriceUp => self.in_order(by_price, &narrowed.matching, query),
            Sort::PriceDown => self.in_order(by_price_falling, &narrowed.matching, query),
            Sort::Newest => self.in_order(by_age, &narrowed.matching, query),
            Sort::Sales => self.in_order(&self.by_sold, &narrowed.matching, query),
        };
        let more = page.len() > query.limit;
        page.truncate(query.limit);
        let next = page.last().filter(|_| more).map(|place| {
            let Traits { pinyin, product_id, .. } = &self.entry(*place).traits;
            Cursor { sort, key: place.key, pinyin: pinyin.clone(), product_id: product_id.clone() }
        });
        (page.into_iter().map(|place| self.entry(place)).collect(), next)
    }

    pub fn counties(&self) -> &[County] {
        &self.counties
    }

    pub fn facets(&self) -> &Facets {
        &self.index.facets
    }

    pub fn synonyms(&self) -> &Synonyms {
        &self.synonyms
    }

    pub fn texts(&self) -> &Texts {
        &self.index.texts
    }

    pub fn positions(&self, found: Found) -> Vec<(u32, u16)> {
        self.index.positions(found)
    }

    pub fn entry(&self, place: Place) -> &Entry {
        self.entry_at(place.at)
    }

    pub fn entry_at(&self, at: u32) -> &Entry {
        &self.entries[at as usize]
    }

    /// One more than the page holds, in an order that is kept.
    fn in_order(&self, order: &[Place], matching: &Bitset, query: &Query) -> Vec<Place> {
        let from = query.after.as_ref().map_or(0, |after| {
            let after = (after.key, &*after.pinyin, &*after.product_id);
            order.partition_point(|place| {
                let Traits { pinyin, product_id, .. } = &self.entry(*place).traits;
                (place.key, &**pinyin, &**product_id) <= after
            })
        });
        let left = order[from..].iter().filter(|place| matching.contains(place.at as usize));
        left.take(query.limit + 1).copied().collect()
    }

    /// The same by the rank of season in the month, which needs no order for each month.
    fn in_season_first(&self, matching: &Bitset, query: &Query) -> Vec<Place> {
        let ranks = self.index.ranks(query.month).iter().zip(0_i64..);
        let from = |rank: i64| match &query.after {
            Some(after) if after.key == rank => self.place_after(after),
            Some(after) if after.key > rank => self.entries.len(),
            _ => 0,
        };
        let places = ranks.flat_map(|(of_rank, key)| {
            matching.common_from(of_rank, from(key)).map(move |at| Place { key, at: at as u32 })
        });
        places.take(query.limit + 1).collect()
    }

    /// The first position after a cursor, which need not stand at a product that still exists.
    fn place_after(&self, cursor: &Cursor) -> usize {
        let cursor = (cursor.pinyin.as_str(), cursor.product_id.as_str());
        self.entries.partition_point(|entry| (&*entry.traits.pinyin, &*entry.traits.product_id) <= cursor)
    }

    /// The same goods, with how much of each was sold.
    pub fn with_sold(&self, sold: Vec<(String, i64)>) -> Snapshot {
        let sold: Arc<Sold> = Arc::new(sold.into_iter().collect());
        let by_sold = by_sold(&self.entries, &sold);
        Snapshot { entries: self.entries.clone(), sold, by_sold, ..self.shared() }
    }

    /// The ids of some other goods of the same county, in the order of the list.
    ///
    /// # Errors
    /// When the search fails.
    pub fn related(&self, product_id: &str, month: i8) -> Result<Vec<String>> {
        let Some(at) = self.index.position(&self.entries, product_id) else { return Ok(Vec::new()) };
        let of_county = self.narrowed(&Filter::of_county(&self.entries[at].traits.county), month)?;
        let ranks = self.index.ranks(month).iter();
        let others = ranks.flat_map(|of_rank| of_county.matching.common_from(of_rank, 0)).filter(|other| *other != at);
        Ok(others.take(RELATED).map(|other| self.entries[other].traits.product_id.clone()).collect())
    }
}

fn write(body: &mut Vec<u8>, value: &impl Serialize) -> Result<()> {
    serde_json::to_writer(body, value).map_err(|error| Error::Broken(error.into()))
}

/// The most of it first.
fn by_sold(entries: &[Arc<Entry>], sold: &Sold) -> Arc<[Place]> {
    index::in_order(entries, |traits| -sold.get(&traits.product_id).copied().unwrap_or(0)).into()
}

/// How many other goods a product's page shows.
const RELATED: usize = 6;

/// A cursor, a number and the names of the fields.
const ROOM_FOR_REST: usize = 256;

/// In the order of the bytes of the ids, whatever order the database sorts text in.
fn revisions(db: &mut Db) -> Result<Vec<Revision>> {
    let mut revisions = products::revisions(db)?;
    revisions.sort_unstable();
    Ok(revisions)
}

/// The ids of what is new or has another revision, in their order.
fn changed(before: &[Revision], now: &[Revision]) -> Vec<String> {
    let mut before = before.iter().peekable();
    let changed = now.iter().filter(|(id, revision)| {
        while before.next_if(|(other, _)| other < id).is_some() {}
        before.next_if(|(other, _)| other == id).is_none_or(|(_, known)| known != revision)
    });
    changed.map(|(id, _)| id.clone()).collect()
}

/// What a product cannot be shown without is missing or broken: that one is left out, and the log names it.
fn entries(
    listed: Vec<Result<Listed>>,
    counties: &[County],
    synonyms: &Synonyms,
) -> Result<(Vec<Arc<Entry>>, Vec<Words>)> {
    let sound = listed.into_iter().filter_map(|listed| {
        listed.inspect_err(|error| tracing::error!(error = format!("{error:#}"), "a product is left out")).ok()
    });
    let (mut entries, mut all_words) = (Vec::new(), Vec::new());
    for listed in sound {
        let (entry, words) = Entry::new(listed, &Surroundings { counties, synonyms })?;
        entries.push(Arc::new(entry));
        all_words.push(words);
    }
    Ok((entries, all_words))
}

/// What one page shows.
struct Page<'a> {
    entries: Vec<&'a Entry>,
    next: Option<Cursor>,
    total: i64,
    facets: &'a [u8],
    nearest: Option<String>,
}
