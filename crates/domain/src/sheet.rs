//! A sheet as it was read from a file, whatever kind of file it was, and which files are taken at all.
//!
//! Every value is the text a person would see in the cell; numbers of eleven digits are phones here, not 1.38E+10. What reads
//! files is the server's; the browser asks the same limits before it sends one.

use crate::code::coded;
use crate::money::half_width;
use crate::{Code, Refusal, Say, say};

/// The largest file, in megabytes.
pub const LARGEST_MB: usize = 12;

/// The same in bytes.
pub const LARGEST_FILE: usize = LARGEST_MB * 1024 * 1024;

/// What a packed workbook may unfold to, in megabytes. A list of 5,000 people is three.
pub const UNFOLDED_MB: usize = 100;

/// Rows with something in them that a list may have below its header.
pub const MOST_ROWS: usize = 5_000;

/// Titles, notes and the header, which stand above the list.
pub const ROWS_ABOVE: usize = 30;

/// Columns a table may have; a list has ten.
pub const MOST_COLUMNS: usize = 200;

/// Characters a cell may hold; an address of 200 is long.
pub const LONGEST_CELL: usize = 2_000;

coded! {
    /// How the text came into a cell.
    pub enum Origin {
        Written = "written" "填写" "Written",
        /// A formula's result, as the program that saved the file had reckoned it. Nothing is reckoned here.
        Computed = "computed" "公式结果" "A formula's result",
        /// It stands in the first cell of a merged range over several rows.
        Merged = "merged" "合并单元格" "Merged cell",
        /// A formula whose result was not saved.
        NoValue = "no_value" "公式没有结果" "A formula without a result",
        /// `#N/A` and its like.
        Fault = "fault" "公式出错" "A formula that failed",
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub text: String,
    pub origin: Origin,
}

impl Cell {
    pub fn written(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), origin: Origin::Written }
    }

    /// Nothing stands in it and nothing should.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty() && self.origin != Origin::NoValue
    }
}

/// A row that has something in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As the program that shows the file counts: the first row of the sheet is 1.
    pub number: i64,
    pub cells: Vec<Cell>,
}

impl Row {
    pub fn cell(&self, column: usize) -> Option<&Cell> {
        self.cells.get(column)
    }
}

/// A sheet of a workbook, or the whole of a text file. Blank rows are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub name: String,
    pub rows: Vec<Row>,
}

/// A text as people mean it: full-width letters and digits made half-width, spaces at the ends and invisible marks gone, and
/// those inside single.
pub fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        let c = if c.is_whitespace() { ' ' } else { half_width(c) };
        if c != ' ' || !(tidy.is_empty() || tidy.ends_with(' ')) {
            tidy.push(c);
        }
    }
    tidy.truncate(tidy.trim_end().len());
    tidy
}

/// What spreadsheets and chats leave behind in a text: zero-width characters, direction marks, a byte order mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}')
        || c.is_control() && !c.is_whitespace()
}

// ---- refusals -----------------------------------------------------------------------------------------------------

/// # Errors
/// [`Code::TooLarge`] beyond [`LARGEST_FILE`].
pub fn check_weight(bytes: usize) -> Result<(), Refusal> {
    if bytes <= LARGEST_FILE { Ok(()) } else { Err(too_heavy()) }
}

/// What is said of a file beyond [`LARGEST_FILE`].
pub fn too_heavy() -> Refusal {
    Refusal::new(
        Code::TooLarge,
        say!(
            "表格最大 {LARGEST_MB} MB。请删去图片和用不到的工作表，另存后再传",
            "A spreadsheet has at most {LARGEST_MB} MB. Please remove pictures and sheets nobody needs, save it and send it again"
        ),
    )
}

/// What the file is instead of a spreadsheet.
pub fn wrong_type(is: Say) -> Refusal {
    Refusal::new(
        Code::WrongFileType,
        say!(
            "{is}。请传 Excel 或 WPS 表格（xlsx、xls、ods），或者 csv",
            "{is}. Please send a spreadsheet (xlsx, xls, ods) or a csv file"; is = is
        ),
    )
}

pub fn protected() -> Refusal {
    Refusal::new(
        Code::FileProtected,
        say!(
            "这个表格加了打开密码。请在 Excel 或 WPS 里去掉密码，另存后再传",
            "This spreadsheet opens only with a password. Please remove the password, save it and send it again"
        ),
    )
}

pub fn damaged() -> Refusal {
    Refusal::new(
        Code::FileDamaged,
        say!(
            "这个表格不完整或已损坏。请用 Excel 或 WPS 打开看一看，另存为 xlsx 后再传",
            "This spreadsheet is damaged or not whole. Please open it, save it as xlsx and send it again"
        ),
    )
}

pub fn unfolds_too_far() -> Refusal {
    Refusal::new(
        Code::UnfoldsTooFar,
        say!(
            "这个表格解开后超过 {UNFOLDED_MB} MB，不像一份名单。请只留名单这一张工作表，另存后再传",
            "Unpacked, this spreadsheet is more than {UNFOLDED_MB} MB, which no list is. Please keep the sheet with the list alone, save it and send it again"
        ),
    )
}

pub fn too_many_rows() -> Refusal {
    Refusal::new(
        Code::TooManyRows,
        say!("一次最多 {MOST_ROWS} 行。请分成几份再传", "At most {MOST_ROWS} rows at a time. Please split the list"),
    )
}

pub fn too_many_columns() -> Refusal {
    Refusal::new(
        Code::WrongFileType,
        say!(
            "这张表超过 {MOST_COLUMNS} 列，不像一份名单。请只留名单的几列，另存后再传",
            "This sheet has more than {MOST_COLUMNS} columns, which no list has. Please keep the columns of the list, save it and send it again"
        ),
    )
}

pub fn empty() -> Refusal {
    Refusal::new(
        Code::NoRows,
        say!(
            "这个表格是空的。请确认名单在第一张没有隐藏的工作表里，保存后再传",
            "This spreadsheet is empty. Please see that the list is on a sheet that is not hidden, save it and send it again"
        ),
    )
}

/// The beginning of a cell, as much as a cell may hold: more is a mistake or an attack.
pub fn shortened(text: &str) -> String {
    text.chars().take(LONGEST_CELL).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_and_stray_characters_are_what_people_mean() {
        assert_eq!(tidy("　１３８ ００００　０００１\u{200B} "), "138 0000 0001");
        assert_eq!(tidy("张\t三\r\n"), "张 三");
        assert_eq!(tidy("Ｂ座（２楼）"), "B座(2楼)");
        assert_eq!(tidy("\u{FEFF}\u{202D}13800000001\u{202C}"), "13800000001");
        assert_eq!(tidy(" \u{3000}\n"), "");
    }

    #[test]
    fn a_formula_without_a_result_is_no_blank_cell() {
        assert!(Cell::written(" ").is_blank());
        assert!(!Cell { text: String::new(), origin: Origin::NoValue }.is_blank());
    }

    #[test]
    fn a_file_may_be_as_large_as_is_said_and_no_larger() {
        assert_eq!(check_weight(LARGEST_FILE), Ok(()));
        assert_eq!(check_weight(LARGEST_FILE + 1).map_err(|refusal| refusal.code), Err(Code::TooLarge));
    }
}
