//! Workbooks of Excel until 2003, and what else comes in such a container: newer ones with a password.
//!
//! calamine lays out every place between the first cell and the last of each sheet, whatever lies between, and a record that
//! names the last place of a sheet is fourteen bytes. So the records are gone over once before. And it is given them in a container
//! of our own: it would follow a ring of sectors as long as a stranger says, and unpack macros without end.

use std::io::{Cursor, Read as _, Write as _};

use calamine::{Data, Range, Reader as _, SheetType, SheetVisible, Xls, XlsError, open_workbook_from_rs};
use domain::sheet::{self, Cell, Origin, Sheet, UNFOLDED_MB, shortened};
use domain::{Refusal, say};

use super::{MOST_MERGED, Rows, fault, moment, number, yes_or_no};

/// The record that says how the rest is encrypted. Source: [MS-XLS] 2.4.117.
const FILE_PASS: u16 = 0x002F;
/// Begins a sheet, or what stands before the first; each older version has its own. Source: [MS-XLS] 2.4.21.
const BOF: [u16; 4] = [0x0809, 0x0409, 0x0209, 0x0009];
/// Records that begin with a row and a column: formula, blank, number, label, boolean, and shared strings.
/// Source: [MS-XLS] 2.4.127, 2.4.20, 2.4.180, 2.4.148, 2.4.24, 2.4.149.
const CELLS: [u16; 9] = [0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x0207, 0x027E, 0x00FD, 0x00D6];
/// The same for several columns side by side, two bytes or six for each. Source: [MS-XLS] 2.4.174, 2.4.175.
const MANY_CELLS: [u16; 2] = [0x00BD, 0x00BE];

/// Places of a sheet between its first cell and its last, and of all of them together.
const MOST_PLACES: u64 = 4_000_000;

pub(super) fn read(file: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    let mut book: Xls<_> = open_workbook_from_rs(Cursor::new(surveyed(file)?)).map_err(|error| match error {
        XlsError::Password => sheet::protected(),
        _ => sheet::damaged(),
    })?;
    let seen = |sheet: &&calamine::Sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet;
    let names: Vec<String> = book.sheets_metadata().iter().filter(seen).map(|sheet| sheet.name.clone()).collect();
    let read_sheet = |name: &String| {
        let values = book.worksheet_range(name).map_err(|_| sheet::damaged())?;
        let formulas = book.worksheet_formula(name).map_err(|_| sheet::damaged())?;
        let mut rows = Rows::default();
        put_all(&mut rows, &values, &formulas)?;
        for range in book.merge_cells_by_sheet_name(name).unwrap_or_default().into_iter().take(MOST_MERGED) {
            rows.merge(range.start.0, range.end.0, range.start.1);
        }
        Ok(rows.into_sheet(name))
    };
    names.iter().map(read_sheet).collect()
}

/// Every cell of a sheet that is laid out, with what is known of its formula.
pub(super) fn put_all(rows: &mut Rows, values: &Range<Data>, formulas: &Range<String>) -> Result<(), Refusal> {
    let place = |start: Option<(u32, u32)>, row: usize, column: usize| {
        let (first_row, first_column) = start.unwrap_or_default();
        (first_row.saturating_add(row as u32), first_column.saturating_add(column as u32))
    };
    for (row, column, value) in values.used_cells() {
        let (row, column) = place(values.start(), row, column);
        let formula = formulas.get_value((row, column)).is_some_and(|formula| !formula.is_empty());
        rows.put(row, column, cell(value, formula))?;
    }
    // Formulas whose result was not saved have no value to be found by.
    for (row, column, formula) in formulas.used_cells() {
        let (row, column) = place(formulas.start(), row, column);
        let missing = values.get_value((row, column)).is_none_or(|value| *value == Data::Empty);
        if missing && !formula.is_empty() {
            rows.put(row, column, Cell { text: String::new(), origin: Origin::NoValue })?;
        }
    }
    Ok(())
}

fn cell(value: &Data, formula: bool) -> Cell {
    let text = match value {
        Data::Empty => String::new(),
        Data::Int(whole) => whole.to_string(),
        Data::Float(value) => number(*value),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => shortened(text),
        Data::Bool(is) => yes_or_no(*is).to_owned(),
        Data::DateTime(at) => moment(*at),
        Data::Error(error) => return fault(error),
    };
    Cell { text, origin: if formula { Origin::Computed } else { Origin::Written } }
}

/// The records of the workbook, measured, in a container that holds nothing else.
fn surveyed(file: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut container = cfb::CompoundFile::open(Cursor::new(file)).map_err(|_| sheet::damaged())?;
    if container.exists("/EncryptedPackage") || container.exists("/EncryptionInfo") {
        return Err(sheet::protected());
    }
    let Some(name) = ["/Workbook", "/Book", "/WORKBOOK", "/BOOK"].into_iter().find(|name| container.is_stream(name))
    else {
        return Err(sheet::wrong_type(say!(
            "这不是表格，可能是旧版 Word 文档",
            "This is no spreadsheet, but perhaps an old document"
        )));
    };
    let stream = container.open_stream(name).map_err(|_| sheet::damaged())?;
    let mut records = Vec::new();
    stream.take((UNFOLDED_MB * 1024 * 1024) as u64).read_to_end(&mut records).map_err(|_| sheet::damaged())?;
    check_records(&records)?;
    let rebuilt = || -> std::io::Result<Vec<u8>> {
        let mut container = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))?;
        let mut stream = container.create_stream(name)?;
        stream.write_all(&records)?;
        stream.flush()?;
        drop(stream);
        container.flush()?;
        Ok(container.into_inner().into_inner())
    };
    rebuilt().map_err(|_| sheet::damaged())
}

/// Each record is its kind, its length and so many bytes. Source: [MS-XLS] 2.1.4.
fn check_records(mut rest: &[u8]) -> Result<(), Refusal> {
    let (mut all, mut last_row, mut last_column) = (0, 0, 0);
    let places = |row: u64, column: u64| (row + 1) * (column + 1);
    while let [a, b, c, d, after @ ..] = rest {
        let (kind, length) = (u16::from_le_bytes([*a, *b]), usize::from(u16::from_le_bytes([*c, *d])));
        let Some((body, next)) = after.split_at_checked(length) else { break };
        match (kind, body) {
            (FILE_PASS, _) => return Err(sheet::protected()),
            (kind, _) if BOF.contains(&kind) => {
                all += places(last_row, last_column);
                (last_row, last_column) = (0, 0);
            }
            (kind, [r, s, t, u, ..]) if CELLS.contains(&kind) || MANY_CELLS.contains(&kind) => {
                let further = if MANY_CELLS.contains(&kind) { body.len() as u64 / 2 } else { 0 };
                last_row = last_row.max(u64::from(u16::from_le_bytes([*r, *s])));
                last_column = last_column.max(u64::from(u16::from_le_bytes([*t, *u])) + further);
            }
            _ => (),
        }
        if all + places(last_row, last_column) > MOST_PLACES {
            return Err(sheet::unfolds_too_far());
        }
        rest = next;
    }
    Ok(())
}
