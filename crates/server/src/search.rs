//! The catalogue in memory: what the product list is answered from.
//!
//! A [`Snapshot`] never changes. It is built from the database at the start; whoever has changed products calls
//! [`Catalogue::refresh`], which puts another in its place.

mod bitset;
mod cursor;
mod facets;
mod index;
mod letters;
mod marks;
mod narrowed;
mod nearest;
mod snapshot;
mod spelling;
mod suggest;
mod synonyms;
mod texts;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use domain::Language;
use domain::product::{Searching, Sort};
use jiff::civil::Date;
use tokio::sync::Mutex;

pub use self::cursor::Cursor;
pub use self::facets::By;
pub use self::letters::fold;
pub use self::snapshot::Snapshot;
use self::snapshot::{Change, Reading};
pub use self::synonyms::Synonyms;
use self::texts::Library;
use crate::clock;
use crate::error::{Error, Result};
use crate::store::{Store, products};

/// A question to the list.
#[derive(Debug, Clone)]
pub struct Query {
    pub filter: Filter,
    pub sort: Option<Sort>,
    /// Only a cursor of the same order leads on.
    pub after: Option<Cursor>,
    pub limit: usize,
    pub reader: Language,
    /// 1 to 12.
    pub month: i8,
}

impl Query {
    /// The order the list really has.
    pub fn sort(&self) -> Sort {
        Sort::in_force(self.sort, self.filter.searching())
    }
}

/// What a list is narrowed by. Empty means everything.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The keys chosen of each of [`By::ALL`].
    pub chosen: [Vec<String>; By::ALL.len()],
    pub ids: Vec<String>,
    /// Words that must all be found, folded ([`fold`]).
    pub words: Vec<String>,
}

impl Filter {
    pub fn searching(&self) -> Searching {
        if self.words.is_empty() { Searching::Nothing } else { Searching::Words }
    }

    /// Only goods of these counties.
    pub fn of_county(county: &str) -> Filter {
        let mut filter = Filter::default();
        filter.chosen[By::County as usize].push(county.to_owned());
        filter
    }
}

/// One thing in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Both<T> {
    pub zh: T,
    pub en: T,
}

impl<T> Both<T> {
    pub fn to(&self, reader: Language) -> &T {
        match reader {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }

    pub fn try_of<E>(make: impl Fn(Language) -> Result<T, E>) -> Result<Both<T>, E> {
        Ok(Both { zh: make(Language::Zh)?, en: make(Language::En)? })
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
    /// How far they are served. Held while refreshing: one at a time.
    served: Mutex<Served>,
    /// Held by who refreshes.
    library: Arc<std::sync::Mutex<Library>>,
}

#[derive(Debug, Default)]
struct Served {
    /// How many of those who asked.
    asked: u64,
    /// Of which year what is sold was last read, and when.
    sold: Option<(i16, Instant)>,
}

/// Who orders a list by what is sold may see what was true this long ago.
const SOLD_LAGS: Duration = Duration::from_secs(30);

impl Catalogue {
    /// # Errors
    /// When the database cannot be read.
    pub async fn read(store: &Store, synonyms: Synonyms) -> Result<Catalogue> {
        let synonyms = Arc::new(synonyms);
        let reading = store.read(move |db| Reading::whole(db, &synonyms, clock::day(clock::now()))).await?;
        let library = Arc::new(std::sync::Mutex::new(Library::new()?));
        let snapshot = RwLock::new(Arc::new(arranged(reading, None, &library).await?));
        let (asked, served) = (AtomicU64::new(0), Mutex::default());
        Ok(Catalogue(Arc::new(Shared { snapshot, asked, served, library })))
    }

    pub fn snapshot(&self) -> Arc<Snapshot> {
        // A snapshot is put in its place whole: there is no half of one to be afraid of.
        self.0.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, newer: Snapshot) {
        *self.0.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(newer);
    }

    /// Follows the database and the day. When it returns, everything committed before the call is in the snapshot, and no brand
    /// whose licence is over.
    ///
    /// Many calls at once are served by one reading: each waits for one that begins after its call.
    ///
    /// # Errors
    /// When the database cannot be read; the next call makes up for it.
    pub async fn refresh(&self, store: &Store) -> Result<()> {
        self.refresh_on(store, clock::day(clock::now())).await
    }

    /// The same as it is on a day.
    ///
    /// # Errors
    /// As [`Catalogue::refresh`].
    pub async fn refresh_on(&self, store: &Store, today: Date) -> Result<()> {
        let mine = self.0.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut served = self.0.served.lock().await;
        if served.asked >= mine {
            return Ok(());
        }
        let asked = self.0.asked.load(Ordering::SeqCst);
        let known = self.snapshot();
        let followed = known.clone();
        match store.read(move |db| followed.followed(db, today)).await? {
            None => {}
            Some(Change::Cards(newer)) => self.replace(newer),
            Some(Change::Goods(reading)) => self.replace(arranged(reading, Some(known), &self.0.library).await?),
        }
        served.asked = asked;
        Ok(())
    }

    /// The snapshot for who asks what sells best: it knows what was sold up to [`SOLD_LAGS`] ago. Nothing is read again
    /// before that, and nothing at all while nobody asks.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn with_sold(&self, store: &Store, year: i16) -> Result<Arc<Snapshot>> {
        let mut served = self.0.served.lock().await;
        if served.sold.is_none_or(|(of, at)| of != year || at.elapsed() > SOLD_LAGS) {
            let now = Instant::now();
            let sold = store.look_up(move |db| products::sold_in(db, year)).await?;
            self.replace(self.snapshot().with_sold(sold));
            served.sold = Some((year, now));
        }
        Ok(self.snapshot())
    }
}

/// On a thread that may take its time: a word that is new is written into the index before anybody is told of it.
async fn arranged(
    reading: Reading,
    known: Option<Arc<Snapshot>>,
    library: &Arc<std::sync::Mutex<Library>>,
) -> Result<Snapshot> {
    let library = library.clone();
    let arranging = tokio::task::spawn_blocking(move || {
        let mut library = library.lock().unwrap_or_else(PoisonError::into_inner);
        Snapshot::arrange(reading, known.as_deref(), &mut library)
    });
    arranging.await.map_err(|error| Error::Broken(error.into()))?
}
