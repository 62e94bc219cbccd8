//! Sales made elsewhere as a workbook: the template, and a table that comes back with every wrong cell marked.

use std::collections::HashMap;

use domain::product::{Brand, Category};
use domain::report::{LineField, Places};
use domain::wire::{Place, SalesProblem, SalesRow};
use domain::{Language, say};
use rust_xlsxwriter::{Color, DataValidation, Format, FormatBorder, Workbook, Worksheet, XlsxError};

/// In characters.
fn width(field: LineField) -> f64 {
    match field {
        LineField::Product | LineField::Buyer => 28.0,
        LineField::Invoices | LineField::Note => 24.0,
        LineField::SoldOn | LineField::Amount | LineField::District | LineField::Category | LineField::Brand => 14.0,
        LineField::County | LineField::Quantity => 10.0,
    }
}

/// Rows below the examples that offer the same lists.
const ROOM: u32 = 1_000;

fn heading(field: LineField) -> Format {
    let ground = if field.is_needed() { 0xE4_EF_E6 } else { 0xEE_EE_EE };
    Format::new().set_bold().set_background_color(Color::RGB(ground)).set_border_bottom(FormatBorder::Thin)
}

/// The format of texts: digits that are typed into such a cell stay what they are.
fn text() -> Format {
    Format::new().set_num_format("@")
}

fn head(sheet: &mut Worksheet, from: u16, reader: Language) -> Result<(), XlsxError> {
    for (place, field) in (from..).zip(LineField::ALL) {
        sheet.write_string_with_format(0, place, field.word(reader), &heading(*field))?;
        sheet.set_column_width(place, width(*field))?;
        sheet.set_column_format(place, &text())?;
    }
    Ok(())
}

/// The rows with every wrong cell red; the last column says why.
pub fn marked(rows: &[SalesRow], problems: &[SalesProblem], reader: Language) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(say!("销售明细", "Sales").to(reader))?;
    let (wrong, plain) = (text().set_background_color(Color::RGB(0xF8_D0_C8)), text());
    let last = LineField::ALL.len() as u16 + 1;
    head(sheet, 1, reader)?;
    sheet.write_string_with_format(0, 0, say!("原表行号", "Row in the file").to(reader), &heading(LineField::Note))?;
    sheet.write_string_with_format(0, last, say!("问题", "What is wrong").to(reader), &heading(LineField::Note))?;
    sheet.set_column_width(last, 48)?;
    let mut by_row = HashMap::<i64, Vec<&SalesProblem>>::new();
    for problem in problems {
        by_row.entry(problem.row).or_default().push(problem);
    }
    for (line, row) in (1_u32..).zip(rows) {
        let of_row = by_row.get(&row.row).map_or(&[][..], Vec::as_slice);
        sheet.write_number(line, 0, row.row as f64)?;
        for (place, field) in (1_u16..).zip(LineField::ALL) {
            let is_wrong = of_row.iter().any(|problem| problem.field == *field);
            sheet.write_string_with_format(line, place, row.text(*field), if is_wrong { &wrong } else { &plain })?;
        }
        let said = of_row.iter().map(|it| format!("{}: {}", it.field.word(reader), it.sentence));
        sheet.write_string(line, last, said.collect::<Vec<_>>().join(say!("；", "; ").to(reader)))?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, rows.len() as u32, last)?;
    book.save_to_buffer()
}

/// An empty table to fill in, with an example, lists to choose from and a sheet that explains.
pub fn template(places: &Places, reader: Language) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(say!("销售明细", "Sales").to(reader))?;
    head(sheet, 0, reader)?;
    for (place, field) in (0_u16..).zip(LineField::ALL) {
        if let Some(words) = words_of(*field, places, reader) {
            let validation = DataValidation::new().allow_list_strings(&words)?;
            sheet.add_data_validation(1, place, ROOM, place, &validation)?;
        }
        sheet.write_string_with_format(1, place, example(*field, places, reader), &text().set_italic())?;
    }
    sheet.set_freeze_panes(1, 0)?;
    explain(book.add_worksheet(), reader)?;
    book.save_to_buffer()
}

/// What a column is chosen from.
fn words_of(field: LineField, places: &Places, reader: Language) -> Option<Vec<String>> {
    let first = |places: &[Place]| places.iter().filter_map(|place| place.names.first().cloned()).collect();
    match field {
        LineField::County => Some(first(&places.counties)),
        LineField::District => Some(first(&places.districts)),
        LineField::Category => Some(Category::ALL.iter().map(|it| it.word(reader).to_owned()).collect()),
        LineField::Brand => Some(Brand::ALL.iter().map(|it| it.word(reader).to_owned()).collect()),
        _ => None,
    }
}

fn example(field: LineField, places: &Places, reader: Language) -> String {
    let words = words_of(field, places, reader).unwrap_or_default();
    let delete = say!("示例，填写前删去", "An example; delete it");
    let text = match field {
        LineField::SoldOn => "2026-10-03",
        LineField::Product => "庆元香菇礼盒",
        LineField::Category => Category::Mushroom.word(reader),
        LineField::Quantity => "100",
        LineField::Amount => "12600.00",
        LineField::Buyer => "示例工会委员会",
        LineField::Invoices => "26332000000012345678",
        LineField::Note => delete.to(reader),
        LineField::County | LineField::District | LineField::Brand => words.first().map_or("", String::as_str),
    };
    text.to_owned()
}

fn explain(sheet: &mut Worksheet, reader: Language) -> Result<(), XlsxError> {
    sheet.set_name(say!("填写说明", "How to fill it in").to(reader))?;
    let lines = [
        say!("绿色的几列要填，灰色的可以空着", "The green columns are needed; the grey ones may be left empty"),
        say!("一行一笔销售；合计行会自动略过", "One sale a row; rows of sums are passed over"),
        say!(
            "金额按元写，到分为止；列名写“金额（万元）”就按万元读",
            "Amounts are in yuan, to the fen; where the heading says 万元 they are read in ten thousands"
        ),
        say!("日期写年月日，例如 2026-10-03", "Days are written with their year, such as 2026-10-03"),
        say!("购买单位写全称；散客、零售可以空着", "Write the buyer's full name; leave it empty for passers-by"),
        say!("业绩归属写购买单位所在的区县市", "The district with the credit is the buyer's"),
        say!(
            "几个发票号码之间用逗号隔开；在平台下过单的，写上平台订单号",
            "Separate several invoice numbers by commas; name the order where it was ordered on the platform"
        ),
        say!("一次最多 5000 行", "At most 5,000 rows at a time"),
    ];
    sheet.set_column_width(0, 90)?;
    for (index, line) in (0_u32..).zip(&lines) {
        sheet.write_string(index, 0, line.to(reader))?;
    }
    Ok(())
}
