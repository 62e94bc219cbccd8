//! Workbooks of LibreOffice. A row or a cell may say that it stands there a million times, so how far the cells reach is
//! reckoned before calamine lays them out.

use std::collections::HashMap;
use std::io::{BufReader, Cursor};

use calamine::{Ods, OdsError, Reader as _, SheetVisible, open_workbook_from_rs};
use domain::Refusal;
use domain::sheet::{self, MOST_COLUMNS, MOST_ROWS, ROWS_ABOVE, Sheet};
use quick_xml::events::{BytesStart, Event};

use super::zipped::Archive;
use super::{MOST_MERGED, Rows, xls};

/// A merged range over several rows: its first row, its last, its column.
type Merged = (u32, u32, u32);

pub(super) fn read(file: &[u8], archive: &mut Archive<'_>) -> Result<Vec<Sheet>, Refusal> {
    let merged = survey(archive)?;
    let mut book: Ods<_> = open_workbook_from_rs(Cursor::new(file)).map_err(|error| match error {
        OdsError::Password => sheet::protected(),
        _ => sheet::damaged(),
    })?;
    let seen = book.sheets_metadata().iter().filter(|sheet| sheet.visible == SheetVisible::Visible);
    let names: Vec<String> = seen.map(|sheet| sheet.name.clone()).collect();
    let read_sheet = |name: &String| {
        let values = book.worksheet_range(name).map_err(|_| sheet::damaged())?;
        let formulas = book.worksheet_formula(name).map_err(|_| sheet::damaged())?;
        let mut rows = Rows::default();
        xls::put_all(&mut rows, &values, &formulas)?;
        for (first, last, column) in merged.get(name).into_iter().flatten() {
            rows.merge(*first, *last, *column);
        }
        Ok(rows.into_sheet(name))
    };
    names.iter().map(read_sheet).collect()
}

/// Goes over the cells once, asking only how often they stand there and whether anything is in them.
///
/// # Errors
/// When what they come to is no list.
fn survey(archive: &mut Archive<'_>) -> Result<HashMap<String, Vec<Merged>>, Refusal> {
    let content = archive.by_name("content.xml").map_err(|_| sheet::damaged())?;
    let mut xml = quick_xml::Reader::from_reader(BufReader::new(content));
    let mut buffer = Vec::new();
    let (mut merged, mut name, mut at) = (HashMap::<String, Vec<Merged>>::new(), String::new(), Place::default());
    loop {
        buffer.clear();
        let event = xml.read_event_into(&mut buffer).map_err(|_| sheet::damaged())?;
        let closed = matches!(event, Event::Empty(_));
        match event {
            // What is encrypted does not read as XML, or not for long; calamine finds that out and says it.
            Event::Eof => return Ok(merged),
            Event::Start(element) | Event::Empty(element) => match element.name().as_ref() {
                "table:table" => {
                    name = attribute(&element, "table:name").unwrap_or_default();
                    at = Place::default();
                }
                "table:table-row" => {
                    at.begin_row(many(&element, "table:number-rows-repeated"));
                    if closed {
                        at.end_row()?;
                    }
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    let column = at.column;
                    let filled = attribute(&element, "office:value-type").is_some()
                        || attribute(&element, "table:formula").is_some();
                    at.cell(many(&element, "table:number-columns-repeated"), filled)?;
                    let rows = many(&element, "table:number-rows-spanned");
                    let of_sheet = merged.entry(name.clone()).or_default();
                    if rows > 1 && of_sheet.len() < MOST_MERGED {
                        let row = u32::try_from(at.row).unwrap_or(u32::MAX);
                        let last = u32::try_from(at.row + rows - 1).unwrap_or(u32::MAX);
                        of_sheet.push((row, last, u32::try_from(column).unwrap_or(u32::MAX)));
                    }
                }
                _ => (),
            },
            Event::End(element) if element.name().as_ref() == "table:table-row" => at.end_row()?,
            _ => (),
        }
    }
}

/// How far the cells of a sheet reach, row by row.
#[derive(Debug, Default)]
struct Place {
    row: u64,
    repeats: u64,
    column: u64,
    /// Columns of this row up to its last filled cell.
    filled: u64,
    /// Rows with something in them.
    rows: u64,
}

impl Place {
    fn begin_row(&mut self, repeats: u64) {
        (self.repeats, self.column, self.filled) = (repeats, 0, 0);
    }

    fn cell(&mut self, repeats: u64, filled: bool) -> Result<(), Refusal> {
        self.column = self.column.saturating_add(repeats);
        if filled {
            self.filled = self.column;
        }
        if self.filled > MOST_COLUMNS as u64 { Err(sheet::too_many_columns()) } else { Ok(()) }
    }

    fn end_row(&mut self) -> Result<(), Refusal> {
        if self.filled > 0 {
            self.rows = self.rows.saturating_add(self.repeats);
        }
        self.row = self.row.saturating_add(self.repeats);
        if self.rows > (MOST_ROWS + ROWS_ABOVE) as u64 { Err(sheet::too_many_rows()) } else { Ok(()) }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.try_get_attribute(name).ok().flatten()?;
    attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

fn many(element: &BytesStart<'_>, name: &str) -> u64 {
    attribute(element, name).and_then(|text| text.parse().ok()).unwrap_or(1)
}
