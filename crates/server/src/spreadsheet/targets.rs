//! The year's task sheet to fill in: everybody a target can bind, with what is in force.

use domain::target::Scope;
use domain::wire::TargetSheet;
use domain::{Language, say};
use rust_xlsxwriter::{Color, Format, FormatBorder, Workbook, Worksheet, XlsxError};

use super::write::yuan;

/// # Errors
/// What the library says, which is a fault of ours.
pub fn template(targets: &TargetSheet, reader: Language) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(say!("目标任务", "Targets").to(reader))?;
    let year = targets.year;
    let title = say!("{year}年消费帮扶目标任务分解表", "{year}年 targets of consumption assistance");
    sheet.write_string_with_format(0, 0, title.to(reader), &Format::new().set_bold().set_font_size(14))?;
    let heading =
        Format::new().set_bold().set_background_color(Color::RGB(0xE4_EF_E6)).set_border_bottom(FormatBorder::Thin);
    // 万元 is what such sheets count in; an English reader counts in yuan.
    let head = [
        (say!("类别", "Kind"), 10.0),
        (say!("区县或单位", "Whom"), 26.0),
        (say!("目标任务（万元）", "Target (yuan)"), 20.0),
    ];
    for ((word, width), place) in head.into_iter().zip(0_u16..) {
        sheet.write_string_with_format(1, place, word.to(reader), &heading)?;
        sheet.set_column_width(place, width)?;
    }
    let (format, unit) = match reader {
        Language::Zh => ("#,##0.00####", 10_000.0),
        Language::En => ("#,##0.00", 1.0),
    };
    let amount = Format::new().set_num_format(format);
    for (line, row) in (2_u32..).zip(&targets.rows) {
        sheet.write_string(line, 0, row.scope.word(reader))?;
        sheet.write_string(line, 1, &row.name)?;
        if let Some(held) = row.amount_fen {
            sheet.write_number_with_format(line, 2, in_unit(yuan(held), unit), &amount)?;
        }
    }
    sheet.set_freeze_panes(2, 0)?;
    explain(book.add_worksheet(), reader)?;
    book.save_to_buffer()
}

#[allow(clippy::float_arithmetic, reason = "the sheet shows what is read back exactly, at fifteen digits")]
fn in_unit(yuan: f64, unit: f64) -> f64 {
    yuan / unit
}

fn explain(sheet: &mut Worksheet, reader: Language) -> Result<(), XlsxError> {
    sheet.set_name(say!("填写说明", "How to fill it in").to(reader))?;
    let (city, brand) = (Scope::City.word(reader), Scope::Brand.word(reader));
    let lines = [
        say!("单位写在列名里：元、万元或亿元都可以", "The unit stands in the header: yuan, 万元 or 亿元"),
        say!("空着的行不下达任务，也不改原来的", "A row that is left empty sets nothing and changes nothing"),
        say!(
            "区县、渠道、产地各自的合计应等于{city}；{brand}可以少一些",
            "Districts, channels and counties each add up to {city}; {brand} may be less"
        ),
        say!(
            "传回后先看差异，写上文号，确认后一次生效",
            "Send it back, look at the differences, name the document, and all is set together"
        ),
        say!("改过的是新的一版，旧的一版留着备查", "What changes becomes a new version; the old one stays"),
    ];
    sheet.set_column_width(0, 80)?;
    for (index, line) in (0_u32..).zip(&lines) {
        sheet.write_string(index, 0, line.to(reader))?;
    }
    Ok(())
}
