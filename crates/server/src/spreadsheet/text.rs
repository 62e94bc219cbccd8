//! Texts: values between commas, semicolons or tabs, in the encodings Chinese offices use.

use std::borrow::Cow;

use domain::sheet::{self, Cell, MOST_COLUMNS, MOST_ROWS, ROWS_ABOVE, Row, Sheet, shortened};
use domain::{Refusal, say};
use encoding_rs::{Encoding, GB18030, UTF_8};

pub(super) fn read(file: &[u8]) -> Result<Sheet, Refusal> {
    // The reader counts one kind of line ending only.
    let text = decode(file)?.replace("\r\n", "\n").replace('\r', "\n");
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let (mut rows, mut lines_within, mut record) = (Vec::new(), 0, csv::StringRecord::new());
    while reader.read_record(&mut record).map_err(|_| sheet::damaged())? {
        if record.len() > MOST_COLUMNS && record.iter().skip(MOST_COLUMNS).any(|text| !text.trim().is_empty()) {
            return Err(sheet::too_many_columns());
        }
        let line = record.position().map_or(0, |start| start.line() + blank_lines(&text, start));
        // A cell may go over several lines of the file; the program that shows it counts them as one row.
        let number = i64::try_from(line).unwrap_or(i64::MAX) - lines_within;
        lines_within += record.iter().map(|text| text.bytes().filter(|b| *b == b'\n').count() as i64).sum::<i64>();
        let cells: Vec<Cell> = record.iter().take(MOST_COLUMNS).map(|text| Cell::written(as_meant(text))).collect();
        if cells.iter().all(Cell::is_blank) {
            continue;
        }
        if rows.len() == MOST_ROWS + ROWS_ABOVE {
            return Err(sheet::too_many_rows());
        }
        rows.push(Row { number, cells });
    }
    Ok(Sheet { name: String::new(), rows })
}

/// A record begins, for its reader, where the one before has ended.
fn blank_lines(text: &str, start: &csv::Position) -> u64 {
    let start = usize::try_from(start.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    rest.iter().take_while(|byte| **byte == b'\n').count() as u64
}

/// `="13800000001"` and a leading tab or apostrophe are how programs keep a phone from being taken for a number.
fn as_meant(text: &str) -> String {
    let plain = text.trim();
    let quoted = plain.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    shortened(quoted.or_else(|| plain.strip_prefix('\'')).unwrap_or(plain))
}

/// What stands before a text says its encoding; without it a text is UTF-8 if it reads as that, and GB18030 otherwise, which
/// holds GBK and GB2312.
fn decode(file: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    let text = match Encoding::for_bom(file) {
        Some((encoding, mark)) => encoding.decode_without_bom_handling_and_without_replacement(&file[mark..]),
        None => {
            [UTF_8, GB18030].into_iter().find_map(|it| it.decode_without_bom_handling_and_without_replacement(file))
        }
    };
    let no_text = || sheet::wrong_type(say!("认不出这是什么文件", "It is not known what this file is"));
    let text = text.ok_or_else(no_text)?;
    // Bytes that are no text often decode as some.
    let strange = |c: char| c.is_control() && !matches!(c, '\t' | '\r' | '\n' | '\u{1A}');
    if text.chars().any(strange) { Err(no_text()) } else { Ok(text) }
}

/// Whichever of the usual ones stands most often in the first lines, outside quotes.
fn delimiter(text: &str) -> u8 {
    let mut counts = [(b'\t', 0), (b',', 0), (b';', 0)];
    let (mut quoted, mut lines) = (false, 0);
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if lines == ROWS_ABOVE => break,
            b'\n' => lines += 1,
            _ if !quoted => {
                counts.iter_mut().filter(|(delimiter, _)| *delimiter == byte).for_each(|(_, count)| *count += 1);
            }
            _ => (),
        }
    }
    // Where none stands there is one column, and a comma as good as any.
    counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(delimiter, _)| delimiter)
}
