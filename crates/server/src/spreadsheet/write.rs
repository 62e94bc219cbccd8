//! Workbooks that go out: every value a text, so that a phone stays a phone and nothing a stranger wrote becomes a formula.

use std::collections::HashMap;

use domain::delivery_list::Column;
use domain::wire::{CellProblem, ListRow};
use domain::{Language, Money, say};
use rust_xlsxwriter::{Color, Format, FormatBorder, Workbook, Worksheet, XlsxError};

/// A workbook knows numbers as doubles only. What is written is the double nearest to the yuan, whose shortest decimals are
/// the same fen again for every amount of ours; nothing is reckoned with it.
#[allow(clippy::float_arithmetic, reason = "it is where money leaves for a format that has nothing else")]
pub fn yuan(amount: Money) -> f64 {
    amount.fen() as f64 / 100.0
}

/// The list's columns, in the order of the template and of the marked list.
const COLUMNS: [Column; 8] = [
    Column::Department,
    Column::Name,
    Column::Phone,
    Column::Address,
    Column::Sets,
    Column::Bundle,
    Column::Contact,
    Column::Note,
];

/// In characters.
fn width(column: Column) -> f64 {
    match column {
        Column::Address => 42.0,
        Column::Note => 24.0,
        Column::Department | Column::Phone | Column::Bundle => 16.0,
        Column::Name | Column::Contact => 12.0,
        Column::Sets => 8.0,
    }
}

fn heading() -> Format {
    Format::new().set_bold().set_background_color(Color::RGB(0xE4_EF_E6)).set_border_bottom(FormatBorder::Thin)
}

fn text() -> Format {
    // The format of texts: digits that are typed into such a cell stay what they are.
    Format::new().set_num_format("@")
}

/// The rows with every wrong cell red and every doubtful one yellow; the last column says why.
pub fn marked(
    rows: &[ListRow],
    errors: &[CellProblem],
    warnings: &[CellProblem],
    reader: Language,
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(say!("名单", "List").to(reader))?;
    let wrong = text().set_background_color(Color::RGB(0xF8_D0_C8));
    let doubtful = text().set_background_color(Color::RGB(0xFB_EE_B8));
    let plain = text();
    let last = COLUMNS.len() as u16 + 1;
    head(sheet, 1, reader)?;
    sheet.write_string_with_format(0, 0, say!("原表行号", "Row in the file").to(reader), &heading())?;
    sheet.write_string_with_format(0, last, say!("问题", "What is wrong").to(reader), &heading())?;
    sheet.set_column_width(last, 48)?;
    let (errors, warnings) = (by_row(errors), by_row(warnings));
    for (index, row) in rows.iter().enumerate() {
        let line = index as u32 + 1;
        let mut said = Vec::new();
        let in_row = |problems: &HashMap<i64, Vec<&CellProblem>>, column| {
            problems.get(&row.row).into_iter().flatten().find(|it| it.column == column).map(|it| it.sentence.clone())
        };
        sheet.write_number(line, 0, row.row as f64)?;
        for (place, column) in COLUMNS.iter().enumerate() {
            let (error, warning) = (in_row(&errors, *column), in_row(&warnings, *column));
            let format = match (&error, &warning) {
                (Some(_), _) => &wrong,
                (None, Some(_)) => &doubtful,
                (None, None) => &plain,
            };
            sheet.write_string_with_format(line, place as u16 + 1, row.text(*column), format)?;
            said.extend(error.or(warning).map(|it| format!("{}: {it}", column.word(reader))));
        }
        sheet.write_string(line, last, said.join(say!("；", "; ").to(reader)))?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, rows.len() as u32, last)?;
    book.save_to_buffer()
}

fn by_row(problems: &[CellProblem]) -> HashMap<i64, Vec<&CellProblem>> {
    let mut by_row = HashMap::<_, Vec<_>>::new();
    for problem in problems {
        by_row.entry(problem.row).or_default().push(problem);
    }
    by_row
}

fn head(sheet: &mut Worksheet, from: u16, reader: Language) -> Result<(), XlsxError> {
    for (place, column) in COLUMNS.iter().enumerate() {
        let at = from + place as u16;
        sheet.write_string_with_format(0, at, column.word(reader), &heading())?;
        sheet.set_column_width(at, width(*column))?;
        sheet.set_column_format(at, &text())?;
    }
    Ok(())
}

pub fn template(reader: Language) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(say!("名单", "List").to(reader))?;
    head(sheet, 0, reader)?;
    let example = say!("示例，填写前删去", "An example; delete it").to(reader).to_owned();
    let (office, shop, yes) = (say!("办公室", "Office"), say!("一车间", "Workshop 1"), say!("是", "Yes"));
    let (first, second) = ("宁波市镇海区示例路1号", "宁波市北仑区示例港路8号");
    let rows = [
        [office.to(reader), "张示例", "13800000001", first, "1", "", yes.to(reader), &example],
        [office.to(reader), "李示例", "13800000002", first, "1", "", "", &example],
        [shop.to(reader), "王示例", "13800000003", second, "2", "", "", &example],
    ];
    for (index, row) in rows.iter().enumerate() {
        for (place, value) in row.iter().enumerate() {
            sheet.write_string_with_format(index as u32 + 1, place as u16, *value, &text().set_italic())?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    explain(book.add_worksheet(), reader)?;
    book.save_to_buffer()
}

fn explain(sheet: &mut Worksheet, reader: Language) -> Result<(), XlsxError> {
    sheet.set_name(say!("填写说明", "How to fill it in").to(reader))?;
    let lines = [
        say!(
            "姓名、手机、地址三列要填，其余可以空着",
            "Name, phone and address are needed; the rest may be left empty"
        ),
        say!(
            "手机写 11 位；座机写区号，例如 0574-87180000",
            "A mobile number has 11 digits; a landline needs its area code, such as 0574-87180000"
        ),
        say!(
            "地址写到门牌号。同一个地址的人合成一个收货点位",
            "Addresses go down to the house number. People of one address make one delivery point"
        ),
        say!("套数不写就是 1 套", "A person gets 1 set where nothing is written"),
        say!(
            "礼包写礼包的名字；只有一种就不用写",
            "Write the name of the bundle; where there is only one it can be left out"
        ),
        say!(
            "联系人一列写“是”的人，是这个点位接电话的人；都不写就是第一个人",
            "Who has “yes” under Contact is called at that point; without one it is the first person"
        ),
        say!("一次最多 5000 人", "At most 5,000 people at a time"),
        say!("不要写身份证号和银行卡号", "Please write no identity or bank card numbers"),
    ];
    sheet.set_column_width(0, 90)?;
    for (index, line) in lines.iter().enumerate() {
        sheet.write_string(index as u32, 0, line.to(reader))?;
    }
    Ok(())
}
