//! The catalogue at one moment, and the pages it answers.

use std::collections::HashMap;
use std::sync::Arc;

use domain::product::{Searching, Sort};
use domain::wire::Mark;
use serde::Serialize;

use super::bitset::Bitset;
use super::facets::Facets;
use super::index::{self, Entry, Index, Place, Traits};
use super::narrowed::Narrowed;
use super::{Cursor, Filter, Query, marks};
use crate::error::{Error, Result};
use crate::store::Db;
use crate::store::products::{self, Listed};
use crate::store::regions::{self, County};

#[derive(Debug)]
pub struct Snapshot {
    /// In the order of the list within each rank of season: pinyin, then id.
    entries: Vec<Arc<Entry>>,
    counties: Arc<[County]>,
    index: Arc<Index>,
    /// Of every product on sale, in the order of their ids.
    revisions: Arc<[Revision]>,
    /// How much of each product was sold this year, and the order that makes.
    sold: Arc<Sold>,
    by_sold: Arc<[Place]>,
}

type Revision = (String, i64);
type Sold = HashMap<String, i64>;

/// Where more products than this have changed, reading everything is quicker than asking for each.
const MOST_RELOADED: usize = 500;

impl Snapshot {
    /// Reads everything.
    pub fn read(db: &mut Db) -> Result<Snapshot> {
        let revisions = revisions(db)?;
        Snapshot::read_whole(db, revisions, Arc::default())
    }

    /// The revisions are read before the products: what changes in between is read once too often, and never missed.
    fn read_whole(db: &mut Db, revisions: Vec<Revision>, sold: Arc<Sold>) -> Result<Snapshot> {
        let counties: Arc<[County]> = regions::counties(db)?.into();
        let mut entries = entries(products::listed(db)?, &counties)?;
        entries.sort_unstable_by(|a, b| a.traits.cmp(&b.traits));
        let index = Arc::new(Index::new(&entries, &counties)?);
        let by_sold = by_sold(&entries, &sold);
        Ok(Snapshot { entries, counties, index, revisions: revisions.into(), sold, by_sold })
    }

    /// The catalogue as it is now, with only those products read that have changed since `self`; none when nothing has.
    pub fn followed(&self, db: &mut Db) -> Result<Option<Snapshot>> {
        let revisions = revisions(db)?;
        if *revisions == *self.revisions {
            return Ok(None);
        }
        let changed = changed(&self.revisions, &revisions);
        if changed.len() > MOST_RELOADED {
            return Snapshot::read_whole(db, revisions, self.sold.clone()).map(Some);
        }
        let fresh = entries(products::listed_among(db, changed.clone())?, &self.counties)?;
        let (counties, sold) = (self.counties.clone(), self.sold.clone());
        let (entries, index, by_sold) = match self.with_new_cards(&changed, &fresh, &revisions) {
            Some(entries) => (entries, self.index.clone(), self.by_sold.clone()),
            None => {
                let (entries, index) = self.arranged_anew(&changed, fresh, &revisions)?;
                let by_sold = by_sold(&entries, &sold);
                (entries, index, by_sold)
            }
        };
        Ok(Some(Snapshot { entries, counties, index, revisions: revisions.into(), sold, by_sold }))
    }

    /// The entries where the same products stand at the same places, as after a change of stock: the common case.
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

    fn arranged_anew(
        &self,
        changed: &[String],
        fresh: Vec<Arc<Entry>>,
        revisions: &[Revision],
    ) -> Result<(Vec<Arc<Entry>>, Arc<Index>)> {
        let on_sale = |id: &String| revisions.binary_search_by_key(&id, |(id, _)| id).is_ok();
        let stays = |entry: &&Arc<Entry>| {
            let id = &entry.traits.product_id;
            on_sale(id) && changed.binary_search(id).is_err()
        };
        let mut entries: Vec<Arc<Entry>> = self.entries.iter().filter(stays).cloned().chain(fresh).collect();
        entries.sort_by(|a, b| a.traits.cmp(&b.traits));
        let index = Arc::new(Index::new(&entries, &self.counties)?);
        Ok((entries, index))
    }

    /// The JSON of a `wire::Products`.
    pub fn page(&self, query: &Query) -> Result<Vec<u8>> {
        let narrowed = self.narrowed(&query.filter, query.month);
        let (page, next) = self.items(&narrowed, query);
        let cards: usize = page.iter().map(|entry| entry.json.to(query.reader).len() + 1).sum();
        let facets = narrowed.facets.to(query.reader);
        let mut body = Vec::with_capacity(cards + facets.len() + ROOM_FOR_REST);
        body.extend_from_slice(b"{\"items\":[");
        for (index, entry) in page.iter().enumerate() {
            if index > 0 {
                body.push(b',');
            }
            body.extend_from_slice(entry.json.to(query.reader));
        }
        body.extend_from_slice(b"],\"marks\":");
        write(&mut body, &marks_of(&page, query))?;
        body.extend_from_slice(b",\"next\":");
        write(&mut body, &next.map(|cursor| cursor.to_string()))?;
        body.extend_from_slice(format!(",\"total\":{},\"facets\":", narrowed.total).as_bytes());
        body.extend_from_slice(facets);
        body.extend_from_slice(b",\"nearest\":null}");
        Ok(body)
    }

    pub fn narrowed(&self, filter: &Filter, month: i8) -> Arc<Narrowed> {
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

    pub fn entry(&self, place: Place) -> &Entry {
        &self.entries[place.at as usize]
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
        let (entries, counties, index) = (self.entries.clone(), self.counties.clone(), self.index.clone());
        Snapshot { entries, counties, index, revisions: self.revisions.clone(), sold, by_sold }
    }

    /// The ids of some other goods of the same county, in the order of the list.
    pub fn related(&self, product_id: &str, month: i8) -> Vec<String> {
        let Some(at) = self.index.position(&self.entries, product_id) else { return Vec::new() };
        let of_county = self.narrowed(&Filter::of_county(&self.entries[at].traits.county), month);
        let ranks = self.index.ranks(month).iter();
        let others = ranks.flat_map(|of_rank| of_county.matching.common_from(of_rank, 0)).filter(|other| *other != at);
        others.take(RELATED).map(|other| self.entries[other].traits.product_id.clone()).collect()
    }
}

fn write(body: &mut Vec<u8>, value: &impl Serialize) -> Result<()> {
    serde_json::to_writer(body, value).map_err(|error| Error::Broken(error.into()))
}

/// Where the shown name of each matches; nothing when nothing is searched.
fn marks_of(page: &[&Entry], query: &Query) -> Vec<Vec<Mark>> {
    match query.filter.searching() {
        Searching::Nothing => Vec::new(),
        Searching::Words => {
            page.iter().map(|entry| marks::of(&query.filter.words, &entry.traits, query.reader)).collect()
        }
    }
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
fn entries(listed: Vec<Result<Listed>>, counties: &[County]) -> Result<Vec<Arc<Entry>>> {
    let sound = listed.into_iter().filter_map(|listed| {
        listed.inspect_err(|error| tracing::error!(error = format!("{error:#}"), "a product is left out")).ok()
    });
    sound.map(|listed| Entry::new(listed, counties).map(Arc::new)).collect()
}
