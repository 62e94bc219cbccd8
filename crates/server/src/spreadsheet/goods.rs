//! A merchant's goods as a workbook: numbers as numbers, lists to choose from, and what must stay as it is in grey.

use domain::goods::{County, Field, Status, texts};
use domain::goods_sheet::{Column, Held};
use domain::product::{Brand, Category, CertificationKind};
use domain::{Language, say};
use rust_xlsxwriter::{Color, DataValidation, Format, FormatBorder, Workbook, Worksheet, XlsxError};

/// In characters.
fn width(column: Column) -> f64 {
    match column {
        Column::Id => 38.0,
        Column::AvailableRead => 20.0,
        Column::Edition | Column::Status => 13.0,
        Column::Of(Field::Description | Field::DescriptionEn) => 48.0,
        Column::Of(Field::Name | Field::NameEn | Field::Certification | Field::CertificationNumber) => 24.0,
        Column::Of(_) => 14.0,
    }
}

/// What is a number in the workbook, and how it is shown.
fn number_format(column: Column) -> Option<&'static str> {
    use Field::{Available, From2, From3, From4, MinimumOrder, Price, Price2, Price3, Price4, ShelfLife};
    match column {
        Column::Of(Price | Price2 | Price3 | Price4) => Some("0.00"),
        Column::Of(From2 | From3 | From4 | MinimumOrder | Available | ShelfLife) => Some("0"),
        Column::Edition | Column::AvailableRead => Some("0"),
        _ => None,
    }
}

/// What a column is chosen from.
fn choices(column: Column, counties: &[County], reader: Language) -> Option<Vec<String>> {
    let words = |words: &mut dyn Iterator<Item = &'static str>| words.map(str::to_owned).collect();
    let yes_or_no = || [say!("是", "yes"), say!("否", "no")].map(|word| word.to(reader).to_owned()).to_vec();
    let Column::Of(field) = column else { return None };
    match field {
        Field::County => Some(counties.iter().filter_map(|county| county.names.first().cloned()).collect()),
        Field::Category => Some(words(&mut Category::ALL.iter().map(|it| it.word(reader)))),
        Field::Brand => Some(words(&mut Brand::ALL.iter().map(|it| it.word(reader)))),
        Field::CertificationKind => Some(words(&mut CertificationKind::ALL.iter().map(|it| it.word(reader)))),
        Field::ColdChain | Field::UnionGift => Some(yes_or_no()),
        _ => None,
    }
}

fn is_kept(column: Column) -> bool {
    !matches!(column, Column::Of(_))
}

/// Rows below the goods that offer the same lists, for new ones.
const ROOM_FOR_NEW: u32 = 500;

/// # Errors
/// What the library says, which is a fault of ours.
pub fn workbook(goods: &[(Held, Status)], counties: &[County], reader: Language) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(say!("产品", "Goods").to(reader))?;
    let columns = Column::all();
    let formats: Vec<Format> = columns.iter().map(|column| format(*column)).collect();
    let last = goods.len() as u32;
    for ((place, column), format) in (0_u16..).zip(&columns).zip(&formats) {
        sheet.write_string_with_format(0, place, column.word(reader), &heading(*column))?;
        sheet.set_column_width(place, width(*column))?;
        sheet.set_column_format(place, format)?;
        if let Some(choices) = choices(*column, counties, reader) {
            let validation = DataValidation::new().allow_list_strings(&choices)?;
            sheet.add_data_validation(1, place, last + ROOM_FOR_NEW, place, &validation)?;
        }
    }
    for (line, (held, status)) in (1_u32..).zip(goods) {
        let shown = texts(&held.form, counties, reader);
        for ((place, column), format) in (0_u16..).zip(&columns).zip(&formats) {
            let text = match column {
                Column::Id => held.id.to_string(),
                Column::Edition => held.edition.to_string(),
                Column::Status => status.word(reader).to_owned(),
                Column::AvailableRead => held.form.available.to_string(),
                Column::Of(field) => shown.get(*field).to_owned(),
            };
            write(sheet, line, place, (*column, &text), format)?;
        }
    }
    // The header and the name stay in sight.
    sheet.set_freeze_panes(1, 2)?;
    sheet.autofilter(0, 0, last.max(1), columns.len() as u16 - 1)?;
    explain(book.add_worksheet(), reader)?;
    book.save_to_buffer()
}

/// A number is written as what its text says: amounts come from fen and have two decimals, which the file's numbers hold exactly
/// enough to be read back as the same fen.
fn write(
    sheet: &mut Worksheet,
    line: u32,
    place: u16,
    (column, text): (Column, &str),
    format: &Format,
) -> Result<(), XlsxError> {
    match number_format(column).and_then(|_| text.parse::<f64>().ok()) {
        Some(number) => sheet.write_number_with_format(line, place, number, format)?,
        None if text.is_empty() => return Ok(()),
        None => sheet.write_string_with_format(line, place, text, format)?,
    };
    Ok(())
}

fn format(column: Column) -> Format {
    // Months such as 5-6 would become a day; as a text they stay what they are.
    let format = Format::new().set_num_format(number_format(column).unwrap_or("@"));
    if is_kept(column) { format.set_font_color(Color::RGB(0x6B_6B_6B)) } else { format }
}

fn heading(column: Column) -> Format {
    let ground = if is_kept(column) { 0xE6_E6_E6 } else { 0xE4_EF_E6 };
    Format::new().set_bold().set_background_color(Color::RGB(ground)).set_border_bottom(FormatBorder::Thin)
}

fn explain(sheet: &mut Worksheet, reader: Language) -> Result<(), XlsxError> {
    sheet.set_name(say!("填写说明", "How to fill it in").to(reader))?;
    let lines = [
        say!(
            "改好以后整份传回，先看差异，确认后一次生效",
            "Send the whole file back; you see the differences first, and they are applied together"
        ),
        say!("灰色的几列请不要改：系统靠它们认出每个产品", "Keep the grey columns: each product is known by them"),
        say!(
            "新产品加在最后，产品编号空着，传回后成为草稿",
            "Add new products at the end with no id; they become drafts"
        ),
        say!("删掉一行不会删产品", "A row that is taken out removes no product"),
        say!("上市月份写成 1-12、11-3 或 3-5;9-10", "Seasons are written as 1-12, 11-3 or 3-5;9-10"),
        say!(
            "价格最多四档，越往后起订越多、单价越低",
            "At most four price steps; each begins at more pieces and costs less"
        ),
        say!(
            "有机、绿色食品、地理标志要写证书编号",
            "Organic, green food and geographical indications need the certificate's number"
        ),
        say!("一次最多 5000 行", "At most 5,000 rows at a time"),
    ];
    sheet.set_column_width(0, 90)?;
    for (index, line) in (0_u32..).zip(&lines) {
        sheet.write_string(index, 0, line.to(reader))?;
    }
    Ok(())
}
