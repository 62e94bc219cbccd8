//! The catalogue at one moment, and the pages it answers.

use std::sync::Arc;

use super::bitset::Bitset;
use super::index::{Entry, Index};
use super::{Cursor, Filter, Query};
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
    revisions: Vec<Revision>,
}

type Revision = (String, i64);

/// Where more products than this have changed, reading everything is quicker than asking for each.
const MOST_RELOADED: usize = 500;

impl Snapshot {
    /// Reads everything.
    pub fn read(db: &mut Db) -> Result<Snapshot> {
        let revisions = revisions(db)?;
        Snapshot::read_whole(db, revisions)
    }

    /// The revisions are read before the products: what changes in between is read once too often, and never missed.
    fn read_whole(db: &mut Db, revisions: Vec<Revision>) -> Result<Snapshot> {
        let counties: Arc<[County]> = regions::counties(db)?.into();
        let mut entries = entries(products::listed(db)?)?;
        entries.sort_unstable_by(|a, b| a.traits.cmp(&b.traits));
        let index = Arc::new(Index::new(&entries, &counties)?);
        Ok(Snapshot { entries, counties, index, revisions })
    }

    /// The catalogue as it is now, with only those products read that have changed since `self`; none when nothing has.
    pub fn followed(&self, db: &mut Db) -> Result<Option<Snapshot>> {
        let revisions = revisions(db)?;
        if revisions == self.revisions {
            return Ok(None);
        }
        let changed = changed(&self.revisions, &revisions);
        if changed.len() > MOST_RELOADED {
            return Snapshot::read_whole(db, revisions).map(Some);
        }
        let fresh = entries(products::listed_among(db, changed.clone())?)?;
        let newer = match self.with_new_cards(&changed, &fresh, &revisions) {
            Some(entries) => (entries, self.index.clone()),
            None => self.arranged_anew(&changed, fresh, &revisions)?,
        };
        let ((entries, index), counties) = (newer, self.counties.clone());
        Ok(Some(Snapshot { entries, counties, index, revisions }))
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
        let narrowed = self.index.narrowed(&query.filter, &self.entries);
        let (page, next) = self.items(&narrowed.matching, query);
        let cards: usize = page.iter().map(|entry| entry.json.len() + 1).sum();
        let mut body = Vec::with_capacity(cards + narrowed.facets.len() + ROOM_FOR_REST);
        body.extend_from_slice(b"{\"items\":[");
        for (index, entry) in page.iter().enumerate() {
            if index > 0 {
                body.push(b',');
            }
            body.extend_from_slice(&entry.json);
        }
        body.extend_from_slice(b"],\"next\":");
        let next = next.map(|cursor| cursor.to_string());
        serde_json::to_writer(&mut body, &next).map_err(|error| Error::Broken(error.into()))?;
        body.extend_from_slice(format!(",\"total\":{},\"facets\":", narrowed.total).as_bytes());
        body.extend_from_slice(&narrowed.facets);
        body.push(b'}');
        Ok(body)
    }

    /// The entries of a page, and where the next begins.
    fn items(&self, matching: &Bitset, query: &Query) -> (Vec<&Entry>, Option<Cursor>) {
        let ranks = self.index.ranks(query.month).iter().zip(0_i64..);
        let from = |rank: i64| match &query.after {
            Some(after) if after.rank == rank => self.place_after(after),
            Some(after) if after.rank > rank => self.entries.len(),
            _ => 0,
        };
        let places = ranks.flat_map(|(of_rank, rank)| {
            matching.common_from(of_rank, from(rank)).map(move |at| (rank, &*self.entries[at]))
        });
        let mut page: Vec<(i64, &Entry)> = places.take(query.limit + 1).collect();
        let more = page.len() > query.limit;
        page.truncate(query.limit);
        let next = page.last().filter(|_| more).map(|(rank, last)| Cursor {
            rank: *rank,
            pinyin: last.traits.pinyin.clone(),
            product_id: last.traits.product_id.clone(),
        });
        (page.into_iter().map(|(_, entry)| entry).collect(), next)
    }

    /// The first position after a cursor, which need not stand at a product that still exists.
    fn place_after(&self, cursor: &Cursor) -> usize {
        let cursor = (cursor.pinyin.as_str(), cursor.product_id.as_str());
        self.entries.partition_point(|entry| (&*entry.traits.pinyin, &*entry.traits.product_id) <= cursor)
    }

    /// The ids of some other goods of the same county, in the order of the list.
    pub fn related(&self, product_id: &str, month: i8) -> Vec<String> {
        let Some(at) = self.index.position(&self.entries, product_id) else { return Vec::new() };
        let counties = vec![self.entries[at].traits.county.clone()];
        let of_county = self.index.narrowed(&Filter { counties, ..Filter::default() }, &self.entries);
        let ranks = self.index.ranks(month).iter();
        let others = ranks.flat_map(|of_rank| of_county.matching.common_from(of_rank, 0)).filter(|other| *other != at);
        others.take(RELATED).map(|other| self.entries[other].traits.product_id.clone()).collect()
    }
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
fn entries(listed: Vec<Result<Listed>>) -> Result<Vec<Arc<Entry>>> {
    let sound = listed.into_iter().filter_map(|listed| {
        listed.inspect_err(|error| tracing::error!(error = format!("{error:#}"), "a product is left out")).ok()
    });
    sound.map(|listed| Entry::new(listed).map(Arc::new)).collect()
}
