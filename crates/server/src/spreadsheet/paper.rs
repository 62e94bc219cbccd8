//! Papers as workbooks: an A4 page like the printed one, with numbers that are numbers and sums that are formulas.

use domain::Money;
use domain::paper::{CellKind, words};
use domain::wire::{Paper, PaperField, PaperFoot, PaperTable};
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError};

use super::write::yuan;

/// What Chinese offices have on every machine; what a machine lacks is replaced by its own.
const SONG: &str = "宋体";
const HEADING: &str = "微软雅黑";

/// Source: ECMA-376 part 1, 18.3.1.63: the code of A4.
const A4: u8 = 9;

/// In points: a line of the text.
const LINE: i64 = 15;

/// # Errors
/// When it cannot be made, which is a fault of ours.
pub fn workbook(paper: &Paper) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let mut sheet = Sheet::new(book.add_worksheet(), paper, paper.tables.first())?;
    sheet.sheet.set_name(&paper.title)?;
    sheet.head(paper)?;
    for (place, table) in paper.tables.iter().enumerate() {
        sheet.table(table, place == 0)?;
    }
    sheet.terms(&paper.terms)?;
    sheet.signers(paper)?;
    for (place, table) in paper.annexes.iter().enumerate() {
        let mut sheet = Sheet::new(book.add_worksheet(), paper, Some(table))?;
        sheet.sheet.set_name(format!("附件{}", place + 1))?;
        sheet.table(table, true)?;
    }
    book.save_to_buffer()
}

struct Sheet<'a> {
    sheet: &'a mut Worksheet,
    /// The last column.
    last: u16,
    /// Of all columns, in half-width characters.
    width: i64,
    row: u32,
}

fn text() -> Format {
    Format::new().set_font_name(SONG).set_font_size(10.5).set_align(FormatAlign::VerticalCenter)
}

fn wrapped() -> Format {
    text().set_text_wrap()
}

fn boxed() -> Format {
    wrapped().set_border(FormatBorder::Thin)
}

fn of_kind(kind: CellKind) -> Format {
    match kind {
        CellKind::Text | CellKind::Blank => boxed().set_indent(1),
        CellKind::Count => boxed().set_num_format("#,##0"),
        CellKind::Amount => boxed().set_num_format("#,##0.00"),
    }
}

impl<'a> Sheet<'a> {
    fn new(sheet: &'a mut Worksheet, paper: &Paper, table: Option<&PaperTable>) -> Result<Sheet<'a>, XlsxError> {
        let columns = table.map(|table| table.columns.as_slice()).unwrap_or_default();
        for (place, column) in (0..).zip(columns) {
            sheet.set_column_width(place, column.width as f64)?;
        }
        sheet.set_paper_size(A4).set_portrait().set_margins(0.5, 0.5, 0.6, 0.7, 0.3, 0.3);
        sheet.set_print_fit_to_pages(1, 0).set_print_center_horizontally(true);
        // An ampersand begins a command there.
        let number = paper.number.replace('&', "&&");
        sheet.set_footer(format!("&L{number}&R第 &P 页，共 &N 页"));
        let last = u16::try_from(columns.len()).unwrap_or(u16::MAX).saturating_sub(1).max(1);
        let width = columns.iter().map(|column| column.width).sum();
        Ok(Sheet { sheet, last, width, row: 0 })
    }

    /// A cell over columns of the current row; a single one needs no merging.
    fn over(&mut self, first: u16, last: u16, words: &str, format: &Format) -> Result<(), XlsxError> {
        match first < last {
            true => self.sheet.merge_range(self.row, first, self.row, last, words, format)?,
            false => self.sheet.write_string_with_format(self.row, first, words, format)?,
        };
        Ok(())
    }

    fn whole_row(&mut self, words: &str, format: &Format) -> Result<(), XlsxError> {
        let lines = lines(words, self.width);
        self.sheet.set_row_height(self.row, (LINE * lines) as f64)?;
        self.over(0, self.last, words, format)?;
        self.row += 1;
        Ok(())
    }

    fn head(&mut self, paper: &Paper) -> Result<(), XlsxError> {
        let title = Format::new().set_font_name(HEADING).set_font_size(20).set_bold().set_align(FormatAlign::Center);
        self.sheet.set_row_height(self.row, 34)?;
        self.over(0, self.last, &paper.title, &title.set_align(FormatAlign::VerticalCenter))?;
        self.row += 1;
        let dated = format!(
            "{}{colon}{}　　{}{colon}{}",
            words::NUMBER,
            paper.number,
            words::DATE,
            paper.date,
            colon = words::COLON
        );
        let right = text().set_align(FormatAlign::Right).set_border_bottom(FormatBorder::Double);
        self.whole_row(&dated, &right)?;
        let marks = paper.marks.iter().map(labelled).chain(paper.stamp.clone()).collect::<Vec<_>>().join("　　");
        self.whole_row(&marks, &wrapped())?;
        self.parties(paper)
    }

    /// Side by side, each over half of the columns.
    fn parties(&mut self, paper: &Paper) -> Result<(), XlsxError> {
        let middle = self.middle();
        let halves = [(0, middle), (middle + 1, self.last)];
        let count = paper.parties.iter().map(|party| party.fields.len()).max().unwrap_or_default();
        let sides: Vec<_> = match paper.parties.as_slice() {
            [one] => vec![(one, (0, self.last))],
            sides => sides.iter().zip(halves).collect(),
        };
        for (party, (first, last)) in &sides {
            self.over(*first, *last, &party.caption, &boxed().set_bold())?;
        }
        self.row += 1;
        for place in 0..count {
            let mut tall = 1;
            for (party, (first, last)) in &sides {
                let words = party.fields.get(place).map(labelled).unwrap_or_default();
                tall = tall.max(lines(&words, self.width * i64::from(last - first + 1) / i64::from(self.last + 1)));
                self.over(*first, *last, &words, &boxed())?;
            }
            self.sheet.set_row_height(self.row, (LINE * tall) as f64)?;
            self.row += 1;
        }
        self.row += 1;
        Ok(())
    }

    /// The last column of the left half.
    fn middle(&self) -> u16 {
        self.last / 2
    }

    fn table(&mut self, table: &PaperTable, repeats: bool) -> Result<(), XlsxError> {
        if let Some(caption) = &table.caption {
            self.whole_row(caption, &wrapped().set_bold())?;
        }
        for note in &table.notes {
            self.whole_row(note, &wrapped())?;
        }
        let heading = boxed().set_bold().set_align(FormatAlign::Center).set_background_color(Color::RGB(0xF4_F2_EC));
        for (place, column) in (0..).zip(&table.columns) {
            self.sheet.write_string_with_format(self.row, place, &column.title, &heading)?;
        }
        if repeats {
            self.sheet.set_repeat_rows(self.row, self.row)?;
        }
        self.row += 1;
        let first = self.row;
        let formats: Vec<Format> = table.columns.iter().map(|column| of_kind(column.kind)).collect();
        for row in &table.rows {
            self.cells(table, &formats, row)?;
        }
        for foot in &table.feet {
            self.foot(table, foot, first)?;
        }
        self.row += 1;
        Ok(())
    }

    fn cells(&mut self, table: &PaperTable, formats: &[Format], row: &[String]) -> Result<(), XlsxError> {
        let mut tall = 1;
        for (place, ((cell, column), format)) in (0..).zip(row.iter().zip(&table.columns).zip(formats)) {
            match (column.kind, cell.parse::<i64>()) {
                (CellKind::Count, Ok(count)) => {
                    self.sheet.write_number_with_format(self.row, place, count as f64, format)?
                }
                (CellKind::Amount, Ok(fen)) => {
                    self.sheet.write_number_with_format(self.row, place, yuan(Money::from_fen(fen)), format)?
                }
                (CellKind::Text, _) => {
                    tall = tall.max(lines(cell, column.width));
                    self.sheet.write_string_with_format(self.row, place, cell, format)?
                }
                (CellKind::Count | CellKind::Amount | CellKind::Blank, _) => {
                    self.sheet.write_blank(self.row, place, format)?
                }
            };
        }
        // Room for a signature.
        let room = if table.columns.iter().any(|column| column.kind == CellKind::Blank) { 9 } else { 3 };
        self.sheet.set_row_height(self.row, (LINE * tall + room) as f64)?;
        self.row += 1;
        Ok(())
    }

    /// A line below the rows; what is a sum is a formula over them, with its value beside it for who only reads.
    fn foot(&mut self, table: &PaperTable, foot: &PaperFoot, first: u32) -> Result<(), XlsxError> {
        let last_of = |kind| table.columns.iter().rposition(|column| column.kind == kind).map(|place| place as u16);
        let Some(amount) = last_of(CellKind::Amount) else { return Ok(()) };
        let count = last_of(CellKind::Count).filter(|place| foot.count.is_some() && *place < amount);
        let words = match &foot.capitals {
            Some(capitals) => format!("{}{}{}{capitals}", foot.label, words::IN_CAPITALS, words::COLON),
            None => foot.label.clone(),
        };
        let bold = |format: Format| if foot.capitals.is_some() { format.set_bold() } else { format };
        let before = count.unwrap_or(amount);
        if before > 0 {
            self.over(0, before - 1, &words, &bold(boxed()))?;
        }
        let rows = u32::try_from(table.rows.len()).unwrap_or(u32::MAX);
        if let (Some(place), Some(pieces)) = (count, foot.count) {
            let format = bold(of_kind(CellKind::Count));
            let sum = Formula::new(over_rows(place, first, rows)).set_result(pieces.to_string());
            self.sheet.write_formula_with_format(self.row, place, sum, &format)?;
            for between in place + 1..amount {
                self.sheet.write_blank(self.row, between, &boxed())?;
            }
        }
        let (format, value) = (bold(of_kind(CellKind::Amount)), yuan(foot.amount_fen));
        match foot.is_sum && rows > 0 {
            true => {
                let sum = Formula::new(over_rows(amount, first, rows)).set_result(value.to_string());
                self.sheet.write_formula_with_format(self.row, amount, sum, &format)?
            }
            false => self.sheet.write_number_with_format(self.row, amount, value, &format)?,
        };
        for after in amount + 1..=self.last {
            self.sheet.write_blank(self.row, after, &boxed())?;
        }
        self.sheet.set_row_height(self.row, (LINE + 4) as f64)?;
        self.row += 1;
        Ok(())
    }

    fn terms(&mut self, terms: &[PaperField]) -> Result<(), XlsxError> {
        for (place, term) in terms.iter().enumerate() {
            self.whole_row(&format!("{}. {}", place + 1, labelled(term)), &wrapped())?;
        }
        self.row += 1;
        Ok(())
    }

    fn signers(&mut self, paper: &Paper) -> Result<(), XlsxError> {
        let middle = self.middle();
        let halves = [(0, middle), (middle + 1, self.last)];
        let sides = || paper.signers.iter().zip(halves);
        let places = paper.signers.iter().map(|signer| signer.places.len()).max().unwrap_or_default();
        for (signer, (first, last)) in sides() {
            let side = if signer.seal { format!("{}　{}", signer.side, words::SEAL) } else { signer.side.clone() };
            self.over(first, last, &side, &boxed().set_bold())?;
        }
        self.row += 1;
        for place in 0..places {
            for (signer, (first, last)) in sides() {
                let words = signer.places.get(place).map(|it| format!("{it}{}", words::COLON)).unwrap_or_default();
                self.over(first, last, &words, &boxed())?;
            }
            self.sheet.set_row_height(self.row, (LINE * 9 / 5) as f64)?;
            self.row += 1;
        }
        for (_, (first, last)) in sides() {
            self.over(first, last, words::DAY_TO_FILL_IN, &boxed().set_align(FormatAlign::Right))?;
        }
        self.row += 1;
        if paper.foot.is_empty() { Ok(()) } else { self.whole_row(&paper.foot, &wrapped()) }
    }
}

fn labelled(field: &PaperField) -> String {
    format!("{}{}{}", field.label, words::COLON, field.text)
}

fn over_rows(column: u16, first: u32, rows: u32) -> String {
    let name = rust_xlsxwriter::column_number_to_name(column);
    format!("=SUM({name}{}:{name}{})", first + 1, first + rows)
}

/// How many lines a text takes in a width of half-width characters; Chinese ones are twice as wide.
fn lines(words: &str, width: i64) -> i64 {
    let needed: i64 = words.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    // The last characters of a line rarely fill it.
    let room = (width - 2).max(2);
    ((needed + room - 1) / room).max(1)
}
