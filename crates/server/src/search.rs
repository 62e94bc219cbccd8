//! The catalogue in memory: what the product list is answered from.
//!
//! A [`Snapshot`] never changes. It is built from the database at the start; whoever has changed products calls
//! [`Catalogue::refresh`], which puts another in its place.

mod bitset;
mod index;
mod narrowed;
mod snapshot;
mod texts;

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Mutex;

pub use self::snapshot::Snapshot;
use crate::error::Result;
use crate::store::Store;

/// A question to the list.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub filter: Filter,
    /// 1 to 12.
    pub month: i8,
    pub after: Option<Cursor>,
    pub limit: usize,
}

/// What a list is narrowed by. Empty means everything.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub brands: Vec<String>,
    pub counties: Vec<String>,
    pub categories: Vec<String>,
    pub ids: Vec<String>,
    /// Words that must all be found, in lower case.
    pub words: Vec<String>,
}

/// A place in the list: rank in season, pinyin, id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub rank: i64,
    pub pinyin: String,
    pub product_id: String,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}~{}", self.rank, self.pinyin, self.product_id)
    }
}

/// Not what [`Cursor`] writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoCursor;

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Cursor, NoCursor> {
        let mut parts = text.splitn(3, '~');
        let mut part = || parts.next().ok_or(NoCursor);
        let rank = part()?.parse().map_err(|_| NoCursor)?;
        Ok(Cursor { rank, pinyin: part()?.to_owned(), product_id: part()?.to_owned() })
    }
}

/// The catalogue as it was last read.
#[derive(Clone, Debug)]
pub struct Catalogue(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    snapshot: RwLock<Arc<Snapshot>>,
    /// How many have asked for a refresh.
    asked: AtomicU64,
    /// How many of them are served. Held while refreshing: one at a time.
    served: Mutex<u64>,
}

impl Catalogue {
    /// # Errors
    /// When the database cannot be read.
    pub async fn read(store: &Store) -> Result<Catalogue> {
        let snapshot = RwLock::new(Arc::new(store.read(Snapshot::read).await?));
        Ok(Catalogue(Arc::new(Shared { snapshot, asked: AtomicU64::new(0), served: Mutex::new(0) })))
    }

    pub fn snapshot(&self) -> Arc<Snapshot> {
        // A snapshot is put in its place whole: there is no half of one to be afraid of.
        self.0.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Follows the database. When it returns, everything committed before the call is in the snapshot.
    ///
    /// Many calls at once are served by one reading: each waits for one that begins after its call.
    ///
    /// # Errors
    /// When the database cannot be read; the next call makes up for it.
    pub async fn refresh(&self, store: &Store) -> Result<()> {
        let mine = self.0.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut served = self.0.served.lock().await;
        if *served >= mine {
            return Ok(());
        }
        let asked = self.0.asked.load(Ordering::SeqCst);
        let known = self.snapshot();
        if let Some(newer) = store.read(move |db| known.followed(db)).await? {
            *self.0.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(newer);
        }
        *served = asked;
        Ok(())
    }
}
