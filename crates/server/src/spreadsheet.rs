//! Reads what offices send: xlsx, xls and ods, and csv in the encodings that are about. What a file is, its content says, never
//! its name.
//!
//! Files come from strangers. Each is measured before it is opened: what a packed one unfolds to, how far its cells reach. Only
//! then calamine sees it, on a thread that may work for long, a few at a time; a reader that panics has met a damaged file.

pub mod goods;
mod ods;
pub mod paper;
pub mod sales;
pub mod statement;
pub mod table;
pub mod targets;
mod text;
pub mod write;
mod xls;
mod xlsx;
mod zipped;

use std::collections::BTreeMap;
use std::sync::Arc;

use calamine::{CellErrorType, ExcelDateTime};
use domain::sheet::{self, Cell, MOST_COLUMNS, MOST_ROWS, Origin, ROWS_ABOVE, Row, Sheet};
use domain::{Refusal, say};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Result, busy};

/// How many files may be on their way at once: each is held in memory until it has been read.
const RECEIVED_AT_ONCE: usize = 12;

/// How many may be read at once: each may take a hundred megabytes and a second of a core.
const READ_AT_ONCE: usize = 2;

/// The bounds of reading spreadsheets.
#[derive(Debug)]
pub struct Spreadsheets {
    receiving: Arc<Semaphore>,
    reading: Arc<Semaphore>,
}

impl Default for Spreadsheets {
    fn default() -> Spreadsheets {
        Spreadsheets {
            receiving: Arc::new(Semaphore::new(RECEIVED_AT_ONCE)),
            reading: Arc::new(Semaphore::new(READ_AT_ONCE)),
        }
    }
}

impl Spreadsheets {
    /// A place for one file, to be held until it has been read.
    ///
    /// # Errors
    /// That too many are on their way.
    pub fn receive(&self) -> Result<OwnedSemaphorePermit> {
        Arc::clone(&self.receiving).try_acquire_owned().map_err(|_| busy())
    }

    /// Reads a file and makes something of its sheets, both on a thread that may work for long.
    ///
    /// # Errors
    /// What is wrong with the file, or what `make` refuses.
    pub async fn read<T: Send + 'static>(
        &self,
        file: Vec<u8>,
        make: impl FnOnce(Vec<Sheet>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = Arc::clone(&self.reading).acquire_owned().await.map_err(|error| Error::Broken(error.into()))?;
        let work = tokio::task::spawn_blocking(move || {
            // Held by the work and not by who waits for it, since work goes on when nobody waits any more.
            let _permit = permit;
            make(read(&file)?)
        });
        work.await.map_err(|error| {
            tracing::error!(%error, "a spreadsheet was given up");
            Error::from(sheet::damaged())
        })?
    }

    /// Makes a workbook on a thread that may work for long.
    ///
    /// # Errors
    /// When it cannot be made, which is a fault of ours.
    pub async fn write(
        &self,
        make: impl FnOnce() -> std::result::Result<Vec<u8>, rust_xlsxwriter::XlsxError> + Send + 'static,
    ) -> Result<Vec<u8>> {
        let _permit = self.reading.acquire().await.map_err(|error| Error::Broken(error.into()))?;
        let made = tokio::task::spawn_blocking(make).await.map_err(|error| Error::Broken(error.into()))?;
        made.map_err(|error| Error::Broken(error.into()))
    }
}

/// The sheets of a file that have something in them and are not hidden, in their order; at least one.
///
/// # Errors
/// What is wrong with the file, and what to do.
pub fn read(file: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    sheet::check_weight(file.len())?;
    let sheets = match file {
        [] => return Err(sheet::empty()),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => zipped::read(file)?,
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, ..] => xls::read(file)?,
        _ => {
            check_no_other(file)?;
            vec![text::read(file)?]
        }
    };
    let sheets: Vec<Sheet> = sheets.into_iter().filter(|sheet| !sheet.rows.is_empty()).collect();
    if sheets.is_empty() { Err(sheet::empty()) } else { Ok(sheets) }
}

/// Files whose beginning says that they are something else; some of them would pass for a text.
fn check_no_other(file: &[u8]) -> Result<(), Refusal> {
    let is = match file {
        [b'%', b'P', b'D', b'F', ..] => say!("这是 PDF 文件", "This is a PDF"),
        [0xFF, 0xD8, 0xFF, ..] | [0x89, b'P', b'N', b'G', ..] | [b'G', b'I', b'F', b'8', ..] => {
            say!("这是一张图片", "This is a picture")
        }
        [b'R', b'a', b'r', b'!', ..] | [b'7', b'z', 0xBC, 0xAF, ..] | [0x1F, 0x8B, ..] => {
            say!("这是压缩包，请先解压", "This is an archive; please unpack it first")
        }
        _ if is_markup(file) => {
            say!(
                "这是存成网页的表格，请打开后另存为 xlsx",
                "This is a table saved as a web page; please open it and save it as xlsx"
            )
        }
        _ => return Ok(()),
    };
    Err(sheet::wrong_type(is))
}

fn is_markup(file: &[u8]) -> bool {
    let text = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file).trim_ascii_start();
    let head = text[..text.len().min(16)].to_ascii_lowercase();
    [&b"<html"[..], b"<!doctype", b"<?xml", b"<table", b"<meta", b"{\\rtf", b"mime-version"]
        .iter()
        .any(|mark| head.starts_with(mark))
}

/// The rows of a sheet while it is read, cell by cell; it ends what grows too large.
#[derive(Debug, Default)]
struct Rows {
    rows: BTreeMap<u32, Vec<Cell>>,
}

impl Rows {
    /// Places count from 0. Cells with nothing in them leave no trace.
    fn put(&mut self, row: u32, column: u32, cell: Cell) -> Result<(), Refusal> {
        if cell.is_blank() {
            return Ok(());
        }
        let column = column as usize;
        if column >= MOST_COLUMNS {
            return Err(sheet::too_many_columns());
        }
        let many = self.rows.len();
        let cells = self.rows.entry(row).or_default();
        if cells.is_empty() && many >= MOST_ROWS + ROWS_ABOVE {
            return Err(sheet::too_many_rows());
        }
        if cells.len() <= column {
            cells.resize_with(column + 1, || Cell::written(""));
        }
        cells[column] = cell;
        Ok(())
    }

    /// What stands in the first cell of a merged range stands for all its rows, where they have something else in them.
    fn merge(&mut self, first_row: u32, last_row: u32, column: u32) {
        let column = column as usize;
        let first = self.rows.get(&first_row).and_then(|cells| cells.get(column)).filter(|cell| !cell.is_blank());
        let (Some(cell), true) = (first.cloned(), last_row > first_row) else { return };
        for cells in self.rows.range_mut(first_row + 1..=last_row).map(|(_, cells)| cells) {
            if cells.len() <= column {
                cells.resize_with(column + 1, || Cell::written(""));
            }
            if cells[column].is_blank() {
                cells[column] = Cell { origin: Origin::Merged, ..cell.clone() };
            }
        }
    }

    fn into_sheet(self, name: &str) -> Sheet {
        let row = |(row, cells)| Row { number: i64::from(row) + 1, cells };
        Sheet { name: name.to_owned(), rows: self.rows.into_iter().map(row).collect() }
    }
}

/// More merged ranges than any list has; the rest stay as they are.
const MOST_MERGED: usize = 10_000;

/// A number as a person would write it: without exponent, and without decimals where it has none.
fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { format!("{value:.0}") } else { value.to_string() }
}

/// A day, and the time of day where there is one.
fn moment(at: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    match (at.is_duration(), hour, minute, second) {
        (true, ..) => format!("{hour:02}:{minute:02}"),
        (false, 0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"),
    }
}

fn fault(error: &CellErrorType) -> Cell {
    Cell { text: error.to_string(), origin: Origin::Fault }
}

fn yes_or_no(is: bool) -> &'static str {
    if is { "TRUE" } else { "FALSE" }
}

#[cfg(test)]
mod tests;
