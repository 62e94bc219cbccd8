//! A merchant's statement as a workbook.

use domain::wire::Statement;
use domain::{Language, say};
use rust_xlsxwriter::{Color, Format, FormatBorder, Workbook, Worksheet, XlsxError};

use super::write::yuan;

const COLUMNS: u16 = 8;

pub fn write(it: &Statement, reader: Language) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let (title, month) = (say!("月度对账单", "Monthly statement"), &it.month);
    sheet.set_name(title.to(reader))?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(3, 3)?;
    let bold = Format::new().set_bold().set_font_size(14);
    sheet.write_string_with_format(0, 0, format!("{} {month}", title.to(reader)), &bold)?;
    sheet.write_string(1, 0, &it.merchant.name)?;
    head(sheet, reader)?;
    let amount = Format::new().set_num_format("#,##0.00");
    let mut line = 4;
    for row in &it.rows {
        sheet.write_string(line, 0, &row.day)?;
        sheet.write_string(line, 1, row.kind.word(reader))?;
        sheet.write_string(line, 2, &row.number)?;
        sheet.write_string(line, 3, &row.buyer)?;
        sheet.write_string(line, 4, &row.invoice)?;
        sheet.write_number_with_format(line, 5, yuan(row.amount_fen), &amount)?;
        sheet.write_string(line, 6, row.paid_on.as_deref().unwrap_or_default())?;
        sheet.write_string(line, 7, row.slip_no.as_deref().unwrap_or_default())?;
        line += 1;
    }
    line += 1;
    let sums = &it.sums;
    let told = [
        (say!("开票合计", "Invoiced"), sums.invoiced_fen),
        (say!("冲销和退货", "Reversed and returned"), sums.reversed_fen),
        (say!("净额", "Net"), sums.net_fen),
        (say!("已收", "Paid"), sums.paid_fen),
    ];
    let strong = Format::new().set_bold().set_num_format("#,##0.00").set_border_top(FormatBorder::Thin);
    for (word, sum) in told {
        sheet.write_string_with_format(line, 4, word.to(reader), &strong)?;
        sheet.write_number_with_format(line, 5, yuan(sum), &strong)?;
        line += 1;
    }
    sheet.set_freeze_panes(4, 0)?;
    book.save_to_buffer()
}

fn head(sheet: &mut Worksheet, reader: Language) -> Result<(), XlsxError> {
    let heading =
        Format::new().set_bold().set_background_color(Color::RGB(0xE4_EF_E6)).set_border_bottom(FormatBorder::Thin);
    let words = [
        (say!("日期", "Day"), 12.0),
        (say!("类别", "Kind"), 20.0),
        (say!("采购单", "Order"), 18.0),
        (say!("采购单位", "Buyer"), 34.0),
        (say!("发票号码", "Invoice"), 24.0),
        (say!("金额（元）", "Amount (yuan)"), 16.0),
        (say!("付款日", "Paid on"), 12.0),
        (say!("回单号", "Bank slip"), 18.0),
    ];
    debug_assert_eq!(words.len(), usize::from(COLUMNS), "each column has its word");
    for (column, (word, width)) in (0..COLUMNS).zip(words) {
        sheet.write_string_with_format(3, column, word.to(reader), &heading)?;
        sheet.set_column_width(column, width)?;
    }
    Ok(())
}
