//! A table on its way out, row by row: as csv it is sent while its rows come, as a workbook once the last is there. Neither holds
//! the rows in memory.

use std::fmt;
use std::io::{self, Write};

use domain::export::{Cell, Column, Format as As, Head, Kind, Sums, Table};
use jiff::civil::Date;
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatBorder, Workbook, Worksheet, XlsxError};

use super::write::yuan;

/// Why a table could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error("a workbook could not be written: {0}")]
    Workbook(#[from] XlsxError),
    #[error("a csv could not be written: {0}")]
    Csv(#[from] csv::Error),
    #[error("what was written could not be sent: {0}")]
    Sending(#[from] io::Error),
}

/// A table while it is drawn.
pub struct Drawing<W: Write + Send> {
    head: Head,
    sums: Sums,
    form: Form<W>,
}

impl<W: Write + Send> fmt::Debug for Drawing<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drawing").field("head", &self.head).finish_non_exhaustive()
    }
}

enum Form<W: Write + Send> {
    Csv(Box<csv::Writer<W>>),
    Book { book: Box<Workbook>, formats: Box<Formats>, line: u32, out: W },
}

/// What marks UTF-8 for programs that would take it for another encoding.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

impl<W: Write + Send> Drawing<W> {
    /// # Errors
    /// When there is no room for a workbook's file, or nobody takes what is written.
    pub fn begin(head: Head, format: As, mut out: W) -> Result<Drawing<W>, Broken> {
        let sums = Sums::of(&head);
        let form = match format {
            As::Csv => {
                out.write_all(BYTE_ORDER_MARK)?;
                // Lines as RFC 4180 and Excel have them.
                let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
                csv.write_record(
                    head.columns.iter().map(|column| domain::export::guarded(&column.title).into_owned()),
                )?;
                Form::Csv(Box::new(csv))
            }
            As::Xlsx => {
                let mut book = Box::new(Workbook::new());
                let formats = Box::new(Formats::of(&head));
                let line = begin_sheet(book.add_worksheet_with_constant_memory()?, &head)?;
                Form::Book { book, formats, line, out }
            }
        };
        Ok(Drawing { head, sums, form })
    }

    /// # Errors
    /// As [`Drawing::begin`].
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), Broken> {
        self.sums.add(cells);
        match &mut self.form {
            Form::Csv(csv) => csv.write_record(cells.iter().map(|cell| cell.csv().into_owned()))?,
            Form::Book { book, formats, line, .. } => {
                write_row(book.worksheet_from_index(0)?, *line, cells, &formats.cells)?;
                *line += 1;
            }
        }
        Ok(())
    }

    /// Writes the sums, and sends what has not been sent.
    ///
    /// # Errors
    /// As [`Drawing::begin`].
    pub fn end(self) -> Result<(), Broken> {
        let Drawing { head, sums, form } = self;
        let sums = sums.row(&head);
        match form {
            Form::Csv(mut csv) => {
                if let Some(sums) = sums {
                    csv.write_record(sums.iter().map(|cell| cell.csv().into_owned()))?;
                }
                csv.flush()?;
            }
            Form::Book { mut book, formats, line, out } => {
                if let Some(sums) = sums {
                    write_row(book.worksheet_from_index(0)?, line, &sums, &formats.sums)?;
                }
                book.save_to_writer(out)?;
            }
        }
        Ok(())
    }
}

/// The whole of a short table.
///
/// # Errors
/// As [`Drawing::begin`].
pub fn draw(table: Table, format: As) -> Result<Vec<u8>, Broken> {
    let mut file = Vec::new();
    let mut drawing = Drawing::begin(table.head, format, &mut file)?;
    table.rows.iter().try_for_each(|row| drawing.row(row))?;
    drawing.end()?;
    Ok(file)
}

// ---- a workbook ---------------------------------------------------------------------------------------------------

/// One for each column.
struct Formats {
    cells: Vec<Format>,
    sums: Vec<Format>,
}

impl Formats {
    fn of(head: &Head) -> Formats {
        let number = |column: &Column| match column.kind {
            // The format of texts: digits in such a cell stay what they are.
            Kind::Text => "@",
            Kind::Whole => "#,##0",
            Kind::Yuan => "#,##0.00",
            Kind::Percent => "0.00",
            Kind::Day => "yyyy-mm-dd",
        };
        let cell = |column: &Column| Format::new().set_num_format(number(column));
        let sum = |column: &Column| cell(column).set_bold().set_border_top(FormatBorder::Thin);
        Formats { cells: head.columns.iter().map(cell).collect(), sums: head.columns.iter().map(sum).collect() }
    }
}

/// Title, notes and the header, which stays in sight. Gives the line of the first row.
fn begin_sheet(sheet: &mut Worksheet, head: &Head) -> Result<u32, XlsxError> {
    for (place, column) in (0_u16..).zip(&head.columns) {
        sheet.set_column_width(place, f64::from(column.width))?;
    }
    let (title, note) =
        (Format::new().set_bold().set_font_size(14), Format::new().set_font_color(Color::RGB(0x5A_5A_5A)));
    sheet.write_string_with_format(0, 0, &head.title, &title)?;
    let mut line = 1;
    for text in &head.notes {
        sheet.write_string_with_format(line, 0, text, &note)?;
        line += 1;
    }
    let heading =
        Format::new().set_bold().set_background_color(Color::RGB(0xE4_EF_E6)).set_border_bottom(FormatBorder::Thin);
    for (place, column) in (0_u16..).zip(&head.columns) {
        sheet.write_string_with_format(line, place, &column.title, &heading)?;
    }
    sheet.set_freeze_panes(line + 1, 0)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(line, line)?;
    Ok(line + 1)
}

fn write_row(sheet: &mut Worksheet, line: u32, cells: &[Cell], formats: &[Format]) -> Result<(), XlsxError> {
    for ((place, cell), format) in (0_u16..).zip(cells).zip(formats) {
        match cell {
            Cell::Nothing => sheet.write_blank(line, place, format)?,
            Cell::Text(text) => sheet.write_string_with_format(line, place, text, format)?,
            Cell::Whole(number) => sheet.write_number_with_format(line, place, *number as f64, format)?,
            Cell::Yuan(amount) => sheet.write_number_with_format(line, place, yuan(*amount), format)?,
            Cell::Percent(bp) => sheet.write_number_with_format(line, place, percent(*bp), format)?,
            Cell::Day(day) => match excel_day(*day) {
                Some(day) => sheet.write_datetime_with_format(line, place, &day, format)?,
                None => sheet.write_string_with_format(line, place, day.to_string(), format)?,
            },
        };
    }
    Ok(())
}

/// As [`yuan`]: a workbook knows no fixed decimals.
#[allow(clippy::float_arithmetic, reason = "it is where a rate leaves for a format that has nothing else")]
fn percent(bp: i64) -> f64 {
    bp as f64 / 100.0
}

fn excel_day(day: Date) -> Option<ExcelDateTime> {
    let (month, day_of_month) = (u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?);
    ExcelDateTime::from_ymd(u16::try_from(day.year()).ok()?, month, day_of_month).ok()
}
