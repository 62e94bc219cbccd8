//! Many goods changed through a spreadsheet: from its rows to what they would change, cell by cell.
//!
//! It comes from the server with an id, an edition and the quantity that was available in each row. By these a row that somebody else
//! has changed meanwhile is known, and what was sold meanwhile stays sold.

use std::collections::{HashMap, HashSet};

use crate::goods::{County, Field, FieldError, Texts, read, stock_after, texts};
use crate::id::ProductId;
use crate::sheet::{self, MOST_ROWS, Origin, ROWS_ABOVE, Sheet, tidy};
use crate::{Code, Language, Money, Quantity, Refusal, Say, say, wire};

/// A column of the spreadsheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// Which product; empty for a new one.
    Id,
    /// The edition that was sent out.
    Edition,
    /// For reading only.
    Status,
    /// How many were available when it was sent out.
    AvailableRead,
    Of(Field),
}

impl Column {
    /// In the order of the spreadsheet.
    pub fn all() -> Vec<Column> {
        let mut all: Vec<Column> = Field::ALL.iter().copied().map(Column::Of).collect();
        all.insert(0, Column::Status);
        all.extend([Column::AvailableRead, Column::Edition, Column::Id]);
        all
    }

    pub fn word(self, reader: Language) -> &'static str {
        let (zh, en) = match self {
            Column::Id => ("产品编号（勿改）", "Product id (keep)"),
            Column::Edition => ("版本（勿改）", "Edition (keep)"),
            Column::Status => ("状态（只读）", "Status (read only)"),
            Column::AvailableRead => ("下载时可供量（勿改）", "Available when downloaded (keep)"),
            Column::Of(field) => return field.word(reader),
        };
        if reader == Language::Zh { zh } else { en }
    }

    fn recognise(heading: &str) -> Option<Column> {
        let heading = tidy(heading);
        let is = |word: &str| tidy(word).eq_ignore_ascii_case(&heading);
        Column::all().into_iter().find(|column| is(column.word(Language::Zh)) || is(column.word(Language::En)))
    }
}

/// A row as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// As the program that shows the file counts.
    pub number: i64,
    id: String,
    edition: String,
    available_read: String,
    texts: Texts,
    /// Fields whose cell holds a formula that says nothing.
    faults: Vec<Field>,
}

/// The goods as they stand in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodsSheet {
    pub rows: Vec<SheetRow>,
    /// Fields that have a column; the others stay as they are.
    fields: Vec<Field>,
}

impl GoodsSheet {
    /// Finds the goods among the sheets of a file.
    ///
    /// # Errors
    /// [`Code::NoHeader`], [`Code::NoRows`], [`Code::TooManyRows`].
    pub fn find(sheets: &[Sheet]) -> Result<GoodsSheet, Refusal> {
        let found = sheets.iter().find_map(|sheet| header(sheet).map(|(at, columns)| (sheet, at, columns)));
        let Some((sheet, at, columns)) = found else {
            return Err(Refusal::new(
                Code::NoHeader,
                say!(
                    "找不到表头。请先下载产品表，在上面改好再传，不要改第一行的列名",
                    "There is no header. Please download the sheet of goods, change it and send it; keep its first row"
                ),
            ));
        };
        let mut rows = Vec::new();
        for row in &sheet.rows[at + 1..] {
            let mut read = SheetRow {
                number: row.number,
                id: String::new(),
                edition: String::new(),
                available_read: String::new(),
                texts: Texts::default(),
                faults: Vec::new(),
            };
            for (column, place) in &columns {
                let Some(cell) = row.cell(*place) else { continue };
                match column {
                    Column::Id => read.id = tidy(&cell.text),
                    Column::Edition => read.edition = tidy(&cell.text),
                    Column::AvailableRead => read.available_read = tidy(&cell.text),
                    Column::Status => {}
                    Column::Of(field) => {
                        read.texts.set(*field, cell.text.trim());
                        if matches!(cell.origin, Origin::NoValue | Origin::Fault) {
                            read.faults.push(*field);
                        }
                    }
                }
            }
            rows.push(read);
        }
        let fields = columns.iter().filter_map(|(column, _)| match column {
            Column::Of(field) => Some(*field),
            _ => None,
        });
        let fields = fields.collect();
        match rows.len() {
            0 => Err(Refusal::new(Code::NoRows, say!("表头下面没有产品", "There are no goods below the header"))),
            1..=MOST_ROWS => Ok(GoodsSheet { rows, fields }),
            _ => Err(sheet::too_many_rows()),
        }
    }
}

/// Where the columns stand: the first row that names the product and two things more.
fn header(sheet: &Sheet) -> Option<(usize, Vec<(Column, usize)>)> {
    sheet.rows.iter().take(ROWS_ABOVE).enumerate().find_map(|(at, row)| {
        let mut columns: Vec<(Column, usize)> = Vec::new();
        for (place, cell) in row.cells.iter().enumerate() {
            if let Some(column) = Column::recognise(&cell.text)
                && columns.iter().all(|(known, _)| *known != column)
            {
                columns.push((column, place));
            }
        }
        let names = |column| columns.iter().any(|(known, _)| *known == column);
        (columns.len() > 2 && (names(Column::Id) || names(Column::Of(Field::Name)))).then_some((at, columns))
    })
}

/// A product as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub id: ProductId,
    pub edition: i64,
    pub form: wire::GoodsForm,
}

/// What a row comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub row: i64,
    /// The product it changes; none for a new one.
    pub id: Option<ProductId>,
    pub form: wire::GoodsForm,
    /// How many more are available than there were; of a new product all of them.
    pub stock: i64,
    /// Field, before, after; in the words of the reader.
    pub fields: Vec<(Field, String, String)>,
}

/// What is wrong with a row, or one of its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub row: i64,
    pub field: Option<Field>,
    pub sentence: Say,
}

/// What a whole sheet comes to. With a problem in it, nothing of it may be applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    pub changes: Vec<Change>,
    pub unchanged: i64,
    pub problems: Vec<Problem>,
}

/// Compares the rows with the goods as they stand now.
pub fn compare(sheet: &GoodsSheet, held: &[Held], counties: &[County], reader: Language) -> Comparison {
    let by_id: HashMap<String, &Held> = held.iter().map(|held| (held.id.to_string(), held)).collect();
    let mut names: HashSet<(String, String)> =
        held.iter().map(|held| (held.form.name.clone(), held.form.spec.clone())).collect();
    let (mut seen, mut comparison) = (HashSet::new(), Comparison::default());
    for row in &sheet.rows {
        let mut fail = |field, sentence| comparison.problems.push(Problem { row: row.number, field, sentence });
        if !row.id.is_empty() && !seen.insert(row.id.clone()) {
            fail(None, say!("这个产品在表里出现了两次", "This product stands in the sheet twice"));
            continue;
        }
        let compared = match by_id.get(&row.id.to_lowercase()) {
            Some(held) => changed(row, held, sheet, counties, reader),
            None if row.id.is_empty() => added(row, counties, reader, &mut names),
            None => Err(vec![Problem {
                row: row.number,
                field: None,
                sentence: say!(
                    "产品编号对不上自家的产品；新产品请把编号空着",
                    "No product of yours has this id; leave the id of a new one empty"
                ),
            }]),
        };
        match compared {
            Ok(Some(change)) => comparison.changes.push(change),
            Ok(None) => comparison.unchanged += 1,
            Err(problems) => comparison.problems.extend(problems),
        }
    }
    comparison
}

fn formula_says_nothing(row: &SheetRow) -> Vec<Problem> {
    let problem = |field: &Field| Problem {
        row: row.number,
        field: Some(*field),
        sentence: say!("公式没有结果，请直接写上内容", "The formula has no result; please write what it stands for"),
    };
    row.faults.iter().map(problem).collect()
}

fn in_row(row: &SheetRow, wrong: Vec<FieldError>) -> Vec<Problem> {
    let problem = |FieldError { field, sentence }| Problem { row: row.number, field: Some(field), sentence };
    wrong.into_iter().map(problem).collect()
}

fn changed(
    row: &SheetRow,
    held: &Held,
    sheet: &GoodsSheet,
    counties: &[County],
    reader: Language,
) -> Result<Option<Change>, Vec<Problem>> {
    let faults = formula_says_nothing(row);
    if !faults.is_empty() {
        return Err(faults);
    }
    let before = texts(&held.form, counties, reader);
    let stock = stock_change(row, held, sheet)?;
    let mut typed = before.clone();
    for field in sheet.fields.iter().filter(|field| **field != Field::Available) {
        let (was, is) = (before.get(*field), row.texts.get(*field));
        if !says_the_same(*field, was, is) {
            typed.set(*field, is);
        }
    }
    if typed == before && stock == 0 {
        return Ok(None);
    }
    let mut form = read(&typed, counties).map_err(|wrong| in_row(row, wrong))?;
    let at = |sentence| vec![Problem { row: row.number, field: Some(Field::Available), sentence }];
    form.available = stock_after(held.form.available, stock).map_err(at)?.get();
    let after = texts(&form, counties, reader);
    let fields: Vec<(Field, String, String)> = Field::ALL
        .iter()
        .filter(|field| before.get(**field) != after.get(**field))
        .map(|field| (*field, before.get(*field).to_owned(), after.get(*field).to_owned()))
        .collect();
    if fields.is_empty() {
        return Ok(None);
    }
    if !is_current(row, held) {
        return Err(vec![Problem {
            row: row.number,
            field: None,
            sentence: say!(
                "下载以后，这个产品被别人改过。请重新下载，在新的表上再改",
                "Somebody has changed this product since the download; please download again and change the new sheet"
            ),
        }]);
    }
    Ok(Some(Change { row: row.number, id: Some(held.id), form, stock, fields }))
}

/// Whether two texts say the same, however they are written: programs write 48.00 as 48.
fn says_the_same(field: Field, was: &str, is: &str) -> bool {
    let amounts = match field {
        Field::Price | Field::Price2 | Field::Price3 | Field::Price4 => {
            Money::parse(was).ok().zip(Money::parse(is).ok())
        }
        _ => None,
    };
    tidy(was) == tidy(is) || amounts.is_some_and(|(was, is)| was == is)
}

/// How many more the merchant wrote than there were at the download; what was sold since is not undone.
fn stock_change(row: &SheetRow, held: &Held, sheet: &GoodsSheet) -> Result<i64, Vec<Problem>> {
    if !sheet.fields.contains(&Field::Available) {
        return Ok(0);
    }
    let at = |sentence| vec![Problem { row: row.number, field: Some(Field::Available), sentence }];
    let typed = Quantity::parse(row.texts.get(Field::Available)).map_err(|error| at(error.say()))?.get();
    // Without the column of the download, what is there now is what was read.
    let read = Quantity::parse(&row.available_read).map_or(held.form.available, Quantity::get);
    // A sheet that was applied and is sent once more says what is there already.
    if !is_current(row, held) && typed == held.form.available {
        return Ok(0);
    }
    Ok(typed - read)
}

/// Whether nobody has written anything of the product since the download.
fn is_current(row: &SheetRow, held: &Held) -> bool {
    row.edition.parse() == Ok(held.edition)
}

fn added(
    row: &SheetRow,
    counties: &[County],
    reader: Language,
    names: &mut HashSet<(String, String)>,
) -> Result<Option<Change>, Vec<Problem>> {
    let faults = formula_says_nothing(row);
    if !faults.is_empty() {
        return Err(faults);
    }
    let form = read(&row.texts, counties).map_err(|wrong| in_row(row, wrong))?;
    if !names.insert((form.name.clone(), form.spec.clone())) {
        return Err(vec![Problem {
            row: row.number,
            field: Some(Field::Name),
            sentence: say!(
                "已有同名同规格的产品；要改它，请写上它的产品编号",
                "There is a product of this name and spec already; to change it, give its id"
            ),
        }]);
    }
    let after = texts(&form, counties, reader);
    let fields = Field::ALL.iter().filter(|field| !after.get(**field).is_empty());
    let fields = fields.map(|field| (*field, String::new(), after.get(*field).to_owned())).collect();
    Ok(Some(Change { row: row.number, id: None, stock: form.available, form, fields }))
}

#[cfg(test)]
mod tests;
