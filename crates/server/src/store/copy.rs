//! A whole market from one database into another, whatever their kinds: read in one moment, written in one transaction,
//! and compared before it is committed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Context as _, bail};
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::BigInt;
use sha2::{Digest as _, Sha256};

use super::audit::{Sound, audit_within};
use super::{DatabaseUrl, Db};
use crate::database::{Trouble, connect, trouble};
use crate::schema::{Row, Visitor, each_table, ledger_head};

/// How many rows are held in memory, and written with one statement: 25 columns of them stay below both databases' limit
/// of values in a statement (32,766 and 65,535).
const STRETCH: usize = 500;

/// After how many rows of a table somebody who waits is told.
const TOLD_AFTER: u64 = 100_000;

/// What was found in the target when it was compared with the source.
#[derive(Debug)]
pub enum Outcome {
    Copied(Report),
    /// The target held exactly the same before.
    AlreadyThere(Report),
}

/// What source and target both hold.
#[derive(Debug)]
pub struct Report {
    content: Content,
    sound: Sound,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (table, fingerprint) in &self.content.tables {
            writeln!(f, "  {table:<16} {:>10} rows", fingerprint.rows)?;
        }
        for (column, sum) in &self.content.sums {
            writeln!(f, "  sum of {column}: {sum}")?;
        }
        let Sound { entries, total, last_hash, rollups } = &self.sound;
        write!(f, "sound: {entries} entries, {} yuan, {rollups} rollups; last hash {last_hash}", total.yuan())
    }
}

/// Makes `target` hold what `source` holds. Both are up to date; the target is empty, or holds the same already.
///
/// # Errors
/// A sentence saying what differs and what to do; the target is then as it was before.
pub fn copy(source: &mut Db, target: &mut Db) -> anyhow::Result<Outcome> {
    source.allow_long_work()?;
    target.allow_long_work()?;
    source.begin_reading().context("cannot read the source")?;
    let outcome = copy_in_transaction(source, target);
    // There is nothing to keep; a transaction that only read ends either way.
    source.roll_back();
    outcome
}

fn copy_in_transaction(source: &mut Db, target: &mut Db) -> anyhow::Result<Outcome> {
    target.begin_writing().context("cannot write to the target")?;
    let compared = fill_or_compare(source, target);
    if !matches!(compared, Ok(Outcome::Copied(_))) {
        target.roll_back();
        return compared;
    }
    target.commit().inspect_err(|_| target.roll_back()).map_err(uncommitted)?;
    compared
}

/// A commit whose answer was lost may have gone through; any other has not.
fn uncommitted(error: DieselError) -> anyhow::Error {
    let lost = trouble(&error) == Some(Trouble::Lost);
    let error = anyhow::Error::new(error);
    if lost { error.context("whether it was committed is not known; run it again, which finds out") } else { error }
}

fn fill_or_compare(source: &mut Db, target: &mut Db) -> anyhow::Result<Outcome> {
    take(target).context("another program is writing to the target")?;
    tracing::info!("reading what the target holds");
    let held = Content::of(target)?;
    if held == untouched()? {
        return fill(source, target, &held).map(Outcome::Copied);
    }
    tracing::info!("the target is not empty; comparing it with the source");
    let content = Content::of(source)?;
    let differences = content.differences(&held);
    if !differences.is_empty() {
        bail!(
            "the target holds other data and was left as it is:\n{}\n\
             Copy into an empty database: a new file, or one made with `createdb`.",
            differences.join("\n")
        );
    }
    Ok(Outcome::AlreadyThere(Report { content, sound: audited(target)? }))
}

/// As whoever fills an empty database: others who ask wait until that is done.
fn take(target: &mut Db) -> QueryResult<()> {
    diesel::update(ledger_head::table).set(ledger_head::one.eq(ledger_head::one)).execute(target)?;
    Ok(())
}

/// What the migrations make, and nothing else.
fn untouched() -> anyhow::Result<Content> {
    Ok(Content::of(&mut connect(&DatabaseUrl::Sqlite(":memory:".into()))?)?)
}

fn fill(source: &mut Db, target: &mut Db, held: &Content) -> anyhow::Result<Report> {
    // Rows that migrations wrote come from the source like all others.
    for (table, _) in held.tables.iter().rev() {
        diesel::sql_query(format!("delete from {table}")).execute(target)?;
    }
    let sums = sums(source)?;
    let mut filling = Filling { source, target, tables: Vec::new() };
    each_table(&mut filling)?;
    let content = Content { tables: filling.tables, sums };
    if let Db::Postgres(_) = target {
        // The audit's questions are planned by what the tables hold now.
        let tables: Vec<&str> = content.tables.iter().map(|(table, _)| *table).collect();
        diesel::sql_query(format!("analyze {}", tables.join(", "))).execute(target)?;
    }
    tracing::info!("comparing");
    let differences = content.differences(&Content::of(target)?);
    if !differences.is_empty() {
        bail!("what was written is not what was read, so nothing was kept:\n{}", differences.join("\n"));
    }
    Ok(Report { content, sound: audited(target)? })
}

fn audited(target: &mut Db) -> anyhow::Result<Sound> {
    audit_within(target)?.map_err(|parted| {
        anyhow::anyhow!("the ledger does not hold: {parted}; nothing was copied, see `shanhai audit` of the source")
    })
}

// ---- what a database holds ----------------------------------------------------------------------------------------

/// What a database holds, small enough to compare.
#[derive(Debug, PartialEq, Eq)]
pub struct Content {
    tables: Vec<(&'static str, Fingerprint)>,
    sums: BTreeMap<&'static str, i64>,
}

/// The number of a table's rows, and the sum of their hashes: the same whatever order a database keeps texts in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Fingerprint {
    rows: u64,
    hashes: [u64; 4],
}

impl Fingerprint {
    fn add(&mut self, row: &impl Row) {
        let mut digest = Sha256::new();
        row.digest(&mut digest);
        let hash: [u8; 32] = digest.finalize().into();
        let (words, _) = hash.as_chunks::<8>();
        for (sum, word) in self.hashes.iter_mut().zip(words) {
            *sum = sum.wrapping_add(u64::from_be_bytes(*word));
        }
        self.rows += 1;
    }
}

impl Content {
    /// Reads every row.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn of(db: &mut Db) -> QueryResult<Content> {
        let mut reading = Reading { db, tables: Vec::new() };
        each_table(&mut reading)?;
        Ok(Content { tables: reading.tables, sums: sums(db)? })
    }

    /// A line for each thing in which `other` differs.
    fn differences(&self, other: &Content) -> Vec<String> {
        let tables = self.tables.iter().zip(&other.tables).filter(|(ours, theirs)| ours != theirs);
        let tables = tables.map(|((table, ours), (_, theirs))| match (ours.rows, theirs.rows) {
            (source, target) if source == target => format!("  {table}: {source} rows in both, but other ones"),
            (source, target) => format!("  {table}: {source} rows in the source, {target} in the target"),
        });
        let sums = self.sums.iter().zip(other.sums.values()).filter(|((_, ours), theirs)| ours != theirs);
        let sums = sums
            .map(|((column, ours), theirs)| format!("  sum of {column}: {ours} in the source, {theirs} in the target"));
        tables.chain(sums).collect()
    }
}

/// Sums the databases compute themselves, past the program's own reading.
fn sums(db: &mut Db) -> QueryResult<BTreeMap<&'static str, i64>> {
    let columns = ["sales.amount_fen", "rollups.amount_fen", "products.available", "orders.total_fen"];
    columns.into_iter().map(|column| Ok((column, sum(db, column)?))).collect()
}

#[derive(QueryableByName)]
struct Sum {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

fn sum(db: &mut Db, column: &str) -> QueryResult<i64> {
    let (table, _) = column.split_once('.').unwrap_or_default();
    let sum = format!("select cast(coalesce(sum({column}), 0) as bigint) as value from {table}");
    let sum: Sum = diesel::sql_query(sum).get_result(db)?;
    Ok(sum.value)
}

struct Reading<'a> {
    db: &'a mut Db,
    tables: Vec<(&'static str, Fingerprint)>,
}

impl Visitor for Reading<'_> {
    fn visit<R: Row>(&mut self) -> QueryResult<()> {
        let mut fingerprint = Fingerprint::default();
        R::each(self.db, |row| {
            fingerprint.add(&row);
            Ok(())
        })?;
        self.tables.push((R::TABLE, fingerprint));
        Ok(())
    }
}

struct Filling<'a> {
    source: &'a mut Db,
    target: &'a mut Db,
    tables: Vec<(&'static str, Fingerprint)>,
}

impl Visitor for Filling<'_> {
    fn visit<R: Row>(&mut self) -> QueryResult<()> {
        tracing::info!("copying {}", R::TABLE);
        let mut fingerprint = Fingerprint::default();
        let mut stretch: Vec<R> = Vec::with_capacity(STRETCH);
        R::each(self.source, |row| {
            fingerprint.add(&row);
            stretch.push(row);
            if stretch.len() == STRETCH {
                R::insert(self.target, &stretch)?;
                stretch.clear();
            }
            if fingerprint.rows % TOLD_AFTER == 0 {
                tracing::info!("copying {}: {} rows so far", R::TABLE, fingerprint.rows);
            }
            Ok(())
        })?;
        if !stretch.is_empty() {
            R::insert(self.target, &stretch)?;
        }
        self.tables.push((R::TABLE, fingerprint));
        Ok(())
    }
}

/// The tables that are copied, each with its columns: all there are, which a test checks against the databases' catalogues.
///
/// # Errors
/// None: nothing is read.
pub fn tables() -> QueryResult<BTreeMap<String, BTreeSet<String>>> {
    let mut listing = Listing(BTreeMap::new());
    each_table(&mut listing)?;
    Ok(listing.0)
}

struct Listing(BTreeMap<String, BTreeSet<String>>);

impl Visitor for Listing {
    fn visit<R: Row>(&mut self) -> QueryResult<()> {
        let columns = R::COLUMNS.iter().map(ToString::to_string).collect();
        self.0.insert(R::TABLE.to_owned(), columns);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(rows: &[crate::schema::rows::order_numbers]) -> Fingerprint {
        let mut fingerprint = Fingerprint::default();
        rows.iter().for_each(|row| fingerprint.add(row));
        fingerprint
    }

    fn row(day: &str, last: i64) -> crate::schema::rows::order_numbers {
        crate::schema::rows::order_numbers { day: day.to_owned(), last }
    }

    #[test]
    fn a_fingerprint_knows_the_rows_and_not_their_order() {
        let one = fingerprint(&[row("2026-11-24", 1), row("2026-11-25", 2)]);
        assert_eq!(one, fingerprint(&[row("2026-11-25", 2), row("2026-11-24", 1)]));
        assert_ne!(one, fingerprint(&[row("2026-11-24", 2), row("2026-11-25", 1)]));
        assert_ne!(one, fingerprint(&[row("2026-11-24", 1)]));
        assert_ne!(fingerprint(&[row("a", 1)]), fingerprint(&[row("", 1)]));
    }
}
