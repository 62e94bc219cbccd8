//! A place in a list. It names the order it is a place of, and everything that order compares: a product need not exist any
//! more for the list to go on after it.

use std::fmt;
use std::str::FromStr;

use domain::product::Sort;

/// What comes first in the order (a price, a rank, …), then pinyin, then id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub sort: Sort,
    pub key: i64,
    pub pinyin: String,
    pub product_id: String,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}~{}~{}", self.sort.code(), self.key, self.pinyin, self.product_id)
    }
}

/// Not what [`Cursor`] writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoCursor;

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Cursor, NoCursor> {
        let mut parts = text.splitn(4, '~');
        let mut part = || parts.next().ok_or(NoCursor);
        let sort = Sort::from_code(part()?).ok_or(NoCursor)?;
        let key = part()?.parse().map_err(|_| NoCursor)?;
        Ok(Cursor { sort, key, pinyin: part()?.to_owned(), product_id: part()?.to_owned() })
    }
}
