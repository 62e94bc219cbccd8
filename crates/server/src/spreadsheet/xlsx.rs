//! Workbooks of Excel since 2007 and of WPS.

use std::io::{BufReader, Cursor};

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError, open_workbook_from_rs};
use domain::Refusal;
use domain::sheet::{self, Cell, Origin, Sheet, shortened};
use quick_xml::events::Event;

use super::zipped::Archive;
use super::{MOST_MERGED, Rows, fault, moment, number, yes_or_no};

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

pub(super) fn read(file: &[u8], archive: &mut Archive<'_>) -> Result<Vec<Sheet>, Refusal> {
    check_strings(archive)?;
    let mut book: Book<'_> = open_workbook_from_rs(Cursor::new(file)).map_err(refusal)?;
    let seen = |sheet: &&calamine::Sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet;
    let names: Vec<String> = book.sheets_metadata().iter().filter(seen).map(|sheet| sheet.name.clone()).collect();
    names.iter().map(|name| read_sheet(&mut book, name)).collect()
}

/// Cell by cell: a range of calamine's holds every place between the first and the last, which may be billions.
fn read_sheet(book: &mut Book<'_>, name: &str) -> Result<Sheet, Refusal> {
    let mut rows = Rows::default();
    let mut cells = book.worksheet_cells_reader(name).map_err(refusal)?;
    while let Some(read) = cells.next_cell_with_formula_metadata().map_err(refusal)? {
        let (row, column) = read.pos;
        rows.put(row, column, cell(&read.value, read.formula.is_some()))?;
    }
    drop(cells);
    // A sheet whose merged ranges cannot be read is as good as one without.
    for range in book.merge_cells_by_sheet_name(name).unwrap_or_default().into_iter().take(MOST_MERGED) {
        rows.merge(range.start.0, range.end.0, range.start.1);
    }
    Ok(rows.into_sheet(name))
}

/// More texts than a list of 5,000 rows and 200 columns can have.
const MOST_STRINGS: u64 = 2_000_000;

/// Workbooks say how many texts they share, and calamine makes room for as many at once: so what is said is looked at before. It is
/// read as calamine reads it.
fn check_strings(archive: &mut Archive<'_>) -> Result<(), Refusal> {
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| sheet::damaged())?;
        let other = part.name().is_ok_and(|name| !name.to_ascii_lowercase().ends_with("sharedstrings.xml"));
        if other {
            continue;
        }
        let mut xml = quick_xml::Reader::from_reader(BufReader::new(part));
        xml.config_mut().check_end_names = false;
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match xml.read_event_into(&mut buffer).map_err(|_| sheet::damaged())? {
                Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == "sst" => {
                    let said = element.try_get_attribute("uniqueCount").map_err(|_| sheet::damaged())?;
                    let count = said.map(|said| said.value.trim().parse::<u64>().unwrap_or(u64::MAX));
                    if count.is_some_and(|count| count > MOST_STRINGS) {
                        return Err(sheet::damaged());
                    }
                }
                // What stands below the first text is no longer asked.
                Event::Start(element) if element.local_name().as_ref() == "si" => break,
                Event::Eof => break,
                _ => (),
            }
        }
    }
    Ok(())
}

fn cell(value: &DataRef<'_>, formula: bool) -> Cell {
    let text = match value {
        DataRef::Empty if formula => return Cell { text: String::new(), origin: Origin::NoValue },
        DataRef::Empty => String::new(),
        DataRef::Int(whole) => whole.to_string(),
        DataRef::Float(value) => number(*value),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => shortened(text),
        DataRef::SharedString(text) => shortened(text),
        DataRef::Bool(is) => yes_or_no(*is).to_owned(),
        DataRef::DateTime(at) => moment(*at),
        DataRef::Error(error) => return fault(error),
    };
    Cell { text, origin: if formula { Origin::Computed } else { Origin::Written } }
}

fn refusal(error: XlsxError) -> Refusal {
    match error {
        XlsxError::Password => sheet::protected(),
        _ => sheet::damaged(),
    }
}
