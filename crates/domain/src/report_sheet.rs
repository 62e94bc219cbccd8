//! Sales from a spreadsheet: where its header stands, which column is which, and what is wrong with each row.
//!
//! The server reads the file; whoever corrects a cell in the browser is told by the same functions. Source of the columns' names: the
//! monthly tables that shops, fairs and district offices keep by hand.

use jiff::civil::Date;

use crate::report::{FieldError, LineField, MOST_LINES, Places, read_line};
use crate::sheet::{self, Origin, ROWS_ABOVE, Row, Sheet, tidy};
use crate::wire::{NewReportLine, SalesRow};
use crate::{Code, Refusal, Say, say};

impl LineField {
    /// What the column is called in the tables that are about, the surest first. Spaces, punctuation and case are gone.
    fn names(self) -> &'static [&'static str] {
        match self {
            LineField::SoldOn => &[
                "销售日期",
                "日期",
                "销售时间",
                "时间",
                "成交日期",
                "交易日期",
                "开票日期",
                "发货日期",
                "daysold",
                "date",
                "day",
                "soldon",
            ],
            LineField::Product => &[
                "产品",
                "产品名称",
                "品名",
                "商品",
                "商品名称",
                "货物名称",
                "名称",
                "农产品",
                "product",
                "goods",
                "item",
                "productname",
            ],
            LineField::County => &[
                "产地",
                "产地县",
                "原产地",
                "产地县市区",
                "来源地",
                "对口县",
                "结对县",
                "countyoforigin",
                "origin",
                "county",
            ],
            LineField::Category => &["类别", "分类", "品类", "种类", "产品类别", "商品类别", "category", "kind"],
            LineField::Brand => &["品牌", "区域品牌", "公用品牌", "区域公用品牌", "brand"],
            LineField::Quantity => &["数量", "件数", "份数", "盒数", "销售数量", "销量", "quantity", "qty", "count"],
            LineField::Amount => &[
                "金额",
                "销售金额",
                "销售额",
                "成交金额",
                "合计金额",
                "总价",
                "总金额",
                "价税合计",
                "含税金额",
                "amount",
                "total",
                "sales",
            ],
            LineField::Buyer => &[
                "购买单位",
                "采购单位",
                "购货单位",
                "购买方",
                "购方名称",
                "购方",
                "客户",
                "客户名称",
                "采购方",
                "买方",
                "buyer",
                "customer",
            ],
            LineField::District => &[
                "业绩归属",
                "归属区县",
                "归属",
                "所属区县",
                "区县",
                "区县市",
                "购买地",
                "购买方所在区县",
                "district",
                "districtwiththecredit",
                "credit",
            ],
            LineField::Invoices => &[
                "发票号码",
                "发票号",
                "发票编号",
                "发票",
                "票号",
                "单号",
                "订单号",
                "单据号",
                "小票号",
                "invoicenumbers",
                "invoicenumber",
                "invoice",
                "invoiceno",
            ],
            LineField::Note => &["备注", "说明", "note", "notes", "remark", "remarks"],
        }
    }

    /// Which field a heading names, and how surely: 0 is its usual name.
    fn recognise(heading: &str) -> Option<(LineField, usize)> {
        let heading = plain_heading(heading);
        let exactly = |field: &LineField| Some((*field, field.names().iter().position(|name| *name == heading)?));
        let in_the_end = |field: &LineField| {
            let named = field.names().iter().any(|name| name.chars().count() > 1 && heading.ends_with(name));
            named.then(|| (*field, field.names().len()))
        };
        LineField::ALL.iter().find_map(exactly).or_else(|| LineField::ALL.iter().find_map(in_the_end))
    }
}

/// `销售金额（元）*` → `销售金额`.
fn plain_heading(text: &str) -> String {
    let text = tidy(text);
    let before = text.split(['(', '[', '【', '：', ':', '/']).next().unwrap_or_default();
    before.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Header {
    at: usize,
    columns: Vec<(LineField, usize)>,
    /// Amounts are in 万元, as the heading says.
    in_wan: bool,
}

impl Header {
    /// The columns of a row, if it were the header: each once, where its surest name stands.
    fn of(at: usize, row: &Row) -> Header {
        let mut best: Vec<(LineField, usize, usize)> = Vec::new();
        for (place, cell) in row.cells.iter().enumerate() {
            let Some((field, rank)) = LineField::recognise(&cell.text) else { continue };
            match best.iter_mut().find(|it| it.0 == field) {
                Some(known) if known.2 <= rank => (),
                Some(known) => *known = (field, place, rank),
                None => best.push((field, place, rank)),
            }
        }
        let amount = best.iter().find(|it| it.0 == LineField::Amount).and_then(|it| row.cell(it.1));
        let in_wan = amount.is_some_and(|cell| cell.text.contains('万'));
        Header { at, columns: best.into_iter().map(|(field, place, _)| (field, place)).collect(), in_wan }
    }

    fn has(&self, field: LineField) -> bool {
        self.columns.iter().any(|(known, _)| *known == field)
    }

    fn find(sheet: &Sheet) -> Option<Header> {
        let headers = sheet.rows.iter().take(ROWS_ABOVE).enumerate().map(|(at, row)| Header::of(at, row));
        let header = headers.reduce(|best, it| if it.columns.len() > best.columns.len() { it } else { best })?;
        (header.columns.len() > 2).then_some(header)
    }

    fn missing(&self) -> Vec<LineField> {
        LineField::ALL.iter().copied().filter(|field| field.is_needed() && !self.has(*field)).collect()
    }
}

/// Sales as they stand in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalesSheet {
    pub sheet: String,
    /// Counted from 1.
    pub header_row: i64,
    /// In the order of [`LineField::ALL`].
    pub columns: Vec<LineField>,
    pub rows: Vec<SalesRow>,
    /// Rows below the header that are no sale: sums, signatures.
    pub left_out: Vec<i64>,
}

impl SalesSheet {
    /// Finds the sales among the sheets of a file. A column that is missing is filled in for all rows in the browser, as long as
    /// product and amount are there.
    ///
    /// # Errors
    /// [`Code::NoHeader`] naming what is missing, [`Code::NoRows`], [`Code::TooManyRows`].
    pub fn find(sheets: &[Sheet]) -> Result<SalesSheet, Refusal> {
        let found: Vec<(&Sheet, Header)> =
            sheets.iter().filter_map(|sheet| Some((sheet, Header::find(sheet)?))).collect();
        let is_whole =
            |(_, header): &&(&Sheet, Header)| header.has(LineField::Product) && header.has(LineField::Amount);
        let best = found.iter().filter(is_whole).min_by_key(|(_, header)| header.missing().len());
        let Some((sheet, header)) = best else {
            return Err(no_header(found.first().map(|(sheet, header)| (sheet.rows[header.at].number, header))));
        };
        let heading = Header::of(header.at, &sheet.rows[header.at]);
        let (mut rows, mut left_out) = (Vec::new(), Vec::new());
        for row in &sheet.rows[header.at + 1..] {
            // Printed tables repeat their header on every page.
            if Header::of(header.at, row) == heading {
                continue;
            }
            match read_row(row, header) {
                Some(read) => rows.push(read),
                None => left_out.push(row.number),
            }
        }
        match rows.len() {
            0 => Err(Refusal::new(
                Code::NoRows,
                say!("表头下面没有销售，请核对表格", "There are no sales below the header; please check the file"),
            )),
            1..=MOST_LINES => Ok(SalesSheet {
                sheet: sheet.name.clone(),
                header_row: sheet.rows[header.at].number,
                columns: LineField::ALL.iter().copied().filter(|field| header.has(*field)).collect(),
                rows,
                left_out,
            }),
            _ => Err(sheet::too_many_rows()),
        }
    }
}

fn no_header(nearest: Option<(i64, &Header)>) -> Refusal {
    let named = |fields: Vec<LineField>| Say {
        zh: fields.iter().map(|it| it.zh()).collect::<Vec<_>>().join("、").into(),
        en: fields.iter().map(|it| it.en()).collect::<Vec<_>>().join(", ").into(),
    };
    let sentence = match nearest {
        Some((row, header)) => say!(
            "第 {row} 行像是表头，但缺少这几列：{missing}。请补上列名，或下载模板照着填",
            "Row {row} looks like the header, but these columns are missing: {missing}. Please add them, or fill in the template";
            row = Say::same(&row.to_string()), missing = named(header.missing())
        ),
        None => say!(
            "找不到表头。请在同一行写上列名：{needed}，或下载模板照着填",
            "There is no header. Please name these columns in one row: {needed}, or fill in the template";
            needed = named(LineField::ALL.iter().copied().filter(|field| field.is_needed()).collect())
        ),
    };
    Refusal::new(Code::NoHeader, sentence)
}

/// A row that names a product or an amount of its own and is no sum.
fn read_row(row: &Row, header: &Header) -> Option<SalesRow> {
    let mut read = SalesRow { row: row.number, cells: vec![String::new(); LineField::ALL.len()], faults: Vec::new() };
    let mut own = Vec::new();
    for (field, place) in &header.columns {
        let Some(cell) = row.cell(*place) else { continue };
        let text = cell.text.trim();
        let in_wan = header.in_wan && *field == LineField::Amount && !text.is_empty() && !text.contains('万');
        read.cells[*field as usize] = if in_wan { format!("{text}万元") } else { text.to_owned() };
        match cell.origin {
            Origin::NoValue | Origin::Fault => read.faults.push(*field),
            // One amount that stands for several rows would be counted for each.
            Origin::Merged if matches!(field, LineField::Amount | LineField::Quantity) => read.faults.push(*field),
            Origin::Merged => continue,
            Origin::Written | Origin::Computed => {}
        }
        if !cell.is_blank() {
            own.push(*field);
        }
    }
    // Often in a column of numbers that is none of ours.
    let sum = row.cells.iter().any(|cell| {
        let text = tidy(&cell.text).replace(' ', "");
        ["合计", "总计", "小计", "共计", "累计"].iter().any(|word| text.starts_with(word))
    });
    let is_sale = !sum && own.iter().any(|field| matches!(field, LineField::Product | LineField::Amount));
    is_sale.then_some(read)
}

impl SalesRow {
    pub fn text(&self, field: LineField) -> &str {
        self.cells.get(field as usize).map_or("", String::as_str)
    }

    /// Writes a cell; what a formula did not say is of no interest any more.
    pub fn write(&mut self, field: LineField, text: String) {
        self.cells.resize(LineField::ALL.len(), String::new());
        self.cells[field as usize] = text;
        self.faults.retain(|it| *it != field);
    }
}

/// Reads a row as a line; `rest` fills cells that are empty.
///
/// # Errors
/// Every wrong cell at once.
pub fn check_row(
    row: &SalesRow,
    rest: impl Fn(LineField) -> String,
    places: &Places,
    today: Date,
) -> Result<NewReportLine, Vec<FieldError>> {
    let text = |field| match row.text(field).trim() {
        "" => rest(field),
        text => text.to_owned(),
    };
    let fault = |field: &LineField| FieldError { field: *field, sentence: says_nothing(*field) };
    let faults: Vec<FieldError> = row.faults.iter().map(fault).collect();
    match read_line(text, places, today) {
        Ok(line) if faults.is_empty() => Ok(line),
        Ok(_) => Err(faults),
        Err(wrong) => {
            let of_others = wrong.into_iter().filter(|it| !row.faults.contains(&it.field));
            Err(faults.iter().cloned().chain(of_others).collect())
        }
    }
}

fn says_nothing(field: LineField) -> Say {
    match field {
        LineField::Amount | LineField::Quantity => say!(
            "公式没有结果，或是合并单元格分不清哪一行，请直接写上数字",
            "A formula without a result, or a merged cell that does not say which row it is of; please write the number"
        ),
        _ => say!("公式没有结果，请直接写上内容", "The formula has no result; please write what it stands for"),
    }
}

#[cfg(test)]
mod tests;
