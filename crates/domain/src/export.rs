//! A table as it leaves the market: described once, as typed cells under named columns, and drawn as a workbook or as csv by
//! whoever sends it.
//!
//! The ledger's table holds everything that an entry's hash is made of, under the names [`crate::sale::each_fact`] gives, so that
//! anybody can recompute the chain without this program.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::code::coded;
use crate::sale::{Entry, each_fact};
use crate::tally::no_brand;
use crate::wire::{OrderSummary, Tally, TallyRow, TargetSheet};
use crate::{Language, Money, Say, say};

coded! {
    /// As what a table is sent.
    pub enum Format {
        Xlsx = "xlsx" "Excel 表格" "Excel workbook",
        Csv = "csv" "CSV 文本" "CSV text",
    }
}

coded! {
    /// The ways the dashboard's sum is taken apart.
    pub enum Breakdown {
        District = "district" "分区县" "By district",
        County = "county" "分产地" "By county",
        Brand = "brand" "分品牌" "By brand",
        Channel = "channel" "分渠道" "By channel",
        Category = "category" "分类别" "By category",
        Month = "month" "分月" "By month",
        Pair = "pair" "分结对" "By pairing",
        Matrix = "matrix" "区县和产地交叉" "District and county",
    }
}

/// A workbook's sheet holds so many rows. Source: the specifications and limits of Excel.
pub const MOST_ROWS: i64 = 1_048_576;

/// Rows above and below those of a table in a workbook: title, notes, header and sums.
pub const ROWS_AROUND: i64 = 16;

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Whole,
    /// Amounts in yuan.
    Yuan,
    /// Basis points, shown in percent.
    Percent,
    Day,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub title: String,
    pub kind: Kind,
    /// In half-width characters.
    pub width: u16,
    /// Whether its sum stands below.
    pub summed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Nothing,
    Text(String),
    Whole(i64),
    Yuan(Money),
    /// Basis points.
    Percent(i64),
    Day(Date),
}

/// What stands above the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub title: String,
    /// Below the title of a workbook; a csv has none, so that programs read it.
    pub notes: Vec<String>,
    pub columns: Vec<Column>,
    /// What stands before the sums.
    pub sum_word: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub head: Head,
    /// Each as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

impl Head {
    fn new(title: String, columns: Vec<Column>, reader: Language) -> Head {
        let sum_word = match reader {
            Language::Zh => "合计",
            Language::En => "Total",
        };
        Head { title, notes: Vec::new(), columns, sum_word }
    }

    /// The file's name, without its ending.
    pub fn file_name(&self) -> &str {
        &self.title
    }
}

fn column(title: Say, kind: Kind, width: u16, reader: Language) -> Column {
    let summed = false;
    Column { title: title.to(reader).to_owned(), kind, width, summed }
}

fn summed(column: Column) -> Column {
    Column { summed: true, ..column }
}

/// The sums of a table while its rows pass by.
#[derive(Debug)]
pub struct Sums(Vec<Option<i64>>);

impl Sums {
    pub fn of(head: &Head) -> Sums {
        Sums(head.columns.iter().map(|column| column.summed.then_some(0)).collect())
    }

    pub fn add(&mut self, row: &[Cell]) {
        for (sum, cell) in self.0.iter_mut().zip(row) {
            if let (Some(sum), Cell::Whole(number)) = (sum.as_mut(), cell) {
                *sum += number;
            } else if let (Some(sum), Cell::Yuan(amount)) = (sum.as_mut(), cell) {
                *sum += amount.fen();
            }
        }
    }

    /// The row of sums; none where nothing is summed.
    pub fn row(&self, head: &Head) -> Option<Vec<Cell>> {
        self.0.iter().any(Option::is_some).then(|| {
            let cell = |(place, (sum, column)): (usize, (&Option<i64>, &Column))| match (sum, column.kind) {
                (Some(sum), Kind::Yuan) => Cell::Yuan(Money::from_fen(*sum)),
                (Some(sum), _) => Cell::Whole(*sum),
                (None, _) if place == 0 => Cell::Text(head.sum_word.to_owned()),
                (None, _) => Cell::Nothing,
            };
            self.0.iter().zip(&head.columns).enumerate().map(cell).collect()
        })
    }
}

/// A text that no spreadsheet takes for a formula: one that begins as a formula does is led by an apostrophe. Source: OWASP, CSV
/// injection.
pub fn guarded(text: &str) -> Cow<'_, str> {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        true => format!("'{text}").into(),
        false => text.into(),
    }
}

impl Cell {
    /// As it stands in a csv: plain numbers, which every program reads, and texts that are no formulas.
    pub fn csv(&self) -> Cow<'_, str> {
        match self {
            Cell::Nothing => "".into(),
            Cell::Text(text) => guarded(text),
            Cell::Whole(number) => number.to_string().into(),
            Cell::Yuan(amount) => hundredths(amount.fen()).into(),
            Cell::Percent(bp) => hundredths(*bp).into(),
            Cell::Day(day) => day.to_string().into(),
        }
    }
}

/// `-1234` → `-12.34`, exactly, with the minus sign programs know.
fn hundredths(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let size = number.unsigned_abs();
    format!("{sign}{}.{:02}", size / 100, size % 100)
}

// ---- the ledger ---------------------------------------------------------------------------------------------------

/// The names of all facts of an entry, in the order in which they are hashed; what an entry does not have is left out.
pub const FACTS: [&str; 22] = [
    "sequence",
    "previous",
    "id",
    "sold_on",
    "amount_fen",
    "quantity",
    "channel",
    "order",
    "line",
    "point",
    "report",
    "report_line",
    "reverses",
    "reason",
    "district",
    "county",
    "brand",
    "category",
    "product",
    "merchant",
    "buyer",
    "counting_rule",
];

/// What a reader is told beside the facts of an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    pub district: String,
    pub county: String,
    pub merchant: String,
    pub buyer: String,
    pub order_number: String,
}

/// Words for people first, then every fact under its own name, then the hash.
pub fn ledger_head(title: String, reader: Language) -> Head {
    let of = |title, kind, width| column(title, kind, width, reader);
    let mut columns = vec![
        of(say!("序号", "No."), Kind::Whole, 9),
        of(say!("日期", "Day"), Kind::Day, 12),
        of(say!("产品", "Product"), Kind::Text, 22),
        of(say!("品牌", "Brand"), Kind::Text, 12),
        of(say!("类别", "Category"), Kind::Text, 12),
        of(say!("产地", "Origin"), Kind::Text, 10),
        of(say!("区县", "District"), Kind::Text, 12),
        of(say!("渠道", "Channel"), Kind::Text, 14),
        of(say!("采购单位", "Buyer"), Kind::Text, 30),
        of(say!("商户", "Merchant"), Kind::Text, 30),
        of(say!("单号", "Order"), Kind::Text, 18),
        summed(of(say!("数量", "Quantity"), Kind::Whole, 10)),
        summed(of(say!("金额（元）", "Amount (yuan)"), Kind::Yuan, 16)),
    ];
    columns.extend(FACTS.map(|fact| Column {
        title: fact.to_owned(),
        kind: if fact_is_number(fact) { Kind::Whole } else { Kind::Text },
        width: 14,
        summed: false,
    }));
    columns.push(Column { title: "hash".to_owned(), kind: Kind::Text, width: 66, summed: false });
    let mut head = Head::new(title, columns, reader);
    head.notes.push(how_to_verify(reader));
    head
}

fn fact_is_number(fact: &str) -> bool {
    matches!(fact, "sequence" | "amount_fen" | "quantity" | "line" | "point" | "report_line")
}

fn how_to_verify(reader: Language) -> String {
    let facts = FACTS.join(", ");
    let told = say!(
        "校验：按列名顺序（{facts}），每个不空的列（brand 空着也要）写一行“列名=UTF-8 字节数:内容”加换行，整段的 SHA-256 等于 hash；下一笔的 previous 等于上一笔的 hash",
        "To verify: for each column in this order ({facts}) that is not empty (brand also when empty), a line “name=bytes of UTF-8:value” and a newline; the SHA-256 of all lines is hash, and previous is the hash of the entry before"
    );
    told.to(reader).to_owned()
}

/// One entry as a row.
pub fn ledger_row(entry: &Entry, told: &Told, reader: Language) -> Vec<Cell> {
    let sale = &entry.sale;
    let text = |text: &str| if text.is_empty() { Cell::Nothing } else { Cell::Text(text.to_owned()) };
    let mut row = vec![
        Cell::Whole(entry.sequence),
        Cell::Day(sale.sold_on),
        text(&sale.product_name),
        text(sale.brand.map_or_else(|| no_brand(reader), |brand| brand.word(reader))),
        text(sale.category.word(reader)),
        text(&told.county),
        text(&told.district),
        text(sale.channel.word(reader)),
        text(&told.buyer),
        text(&told.merchant),
        text(&told.order_number),
        Cell::Whole(sale.quantity),
        Cell::Yuan(sale.amount),
    ];
    let mut facts = vec![Cell::Nothing; FACTS.len()];
    each_fact(entry.sequence, sale, entry.previous_hash, |name, value| {
        let place = FACTS.iter().position(|fact| *fact == name);
        let value = value.to_string();
        let cell = match value.parse() {
            Ok(number) if fact_is_number(name) => Cell::Whole(number),
            _ => text(&value),
        };
        if let Some(place) = place {
            facts[place] = cell;
        }
    });
    row.extend(facts);
    row.push(Cell::Text(entry.hash.to_string()));
    row
}

// ---- the dashboard ------------------------------------------------------------------------------------------------

/// One sum of district and county.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    pub district: String,
    pub county: String,
    /// The word for how the two stand to the pairings.
    pub pair: &'static str,
    pub amount: Money,
    pub entries: i64,
}

/// A breakdown of the dashboard's sum, from the very answer the dashboard shows; `crossings` are for the matrix alone.
pub fn tally_table(tally: &Tally, breakdown: Breakdown, crossings: &[Crossing], reader: Language) -> Table {
    let whose = tally
        .district
        .as_ref()
        .map_or_else(|| say!("全市", "whole city").to(reader).to_owned(), |district| district.name.clone());
    let (year, word) = (tally.year, breakdown.word(reader));
    let title = say!("{year}年消费帮扶{word}（{whose}）", "Consumption assistance {year}, {word} ({whose})");
    let title = title.to(reader).to_owned();
    let of = |title, kind, width| column(title, kind, width, reader);
    let amount = || summed(of(say!("已认定（元）", "Accepted (yuan)"), Kind::Yuan, 18));
    let name = |title| of(title, Kind::Text, 20);
    let share = || of(say!("占比（%）", "Share (%)"), Kind::Percent, 12);
    let share_of = |part: Money| match tally.recognised_fen.fen() {
        whole if whole > 0 => {
            Cell::Percent((i128::from(part.fen()) * 10_000 / i128::from(whole)).try_into().unwrap_or_default())
        }
        _ => Cell::Nothing,
    };
    let (columns, rows): (Vec<Column>, Vec<Vec<Cell>>) = match breakdown {
        Breakdown::District => (with_targets(name(say!("区县", "District")), reader), targeted(&tally.by_district)),
        Breakdown::Channel => (with_targets(name(say!("渠道", "Channel")), reader), targeted(&tally.by_channel)),
        Breakdown::County => (with_targets(name(say!("产地", "Origin")), reader), targeted(&tally.by_county)),
        Breakdown::Brand => (with_targets(name(say!("品牌", "Brand")), reader), targeted(&tally.by_brand)),
        Breakdown::Category => {
            let row = |row: &TallyRow| {
                vec![Cell::Text(row.name.clone()), Cell::Yuan(row.amount_fen), share_of(row.amount_fen)]
            };
            (vec![name(say!("类别", "Category")), amount(), share()], tally.by_category.iter().map(row).collect())
        }
        Breakdown::Month => {
            let last = summed(of(say!("上年同月（元）", "Same month last year (yuan)"), Kind::Yuan, 18));
            let columns = vec![of(say!("月份", "Month"), Kind::Text, 12), amount(), last];
            let months = (1..).zip(tally.months_fen.iter().zip(&tally.last_year_months_fen));
            let yuan = |fen: &i64| Cell::Yuan(Money::from_fen(*fen));
            let row = |(month, (this, last)): (i64, (&i64, &i64))| {
                vec![Cell::Text(format!("{}-{month:02}", tally.year)), yuan(this), yuan(last)]
            };
            (columns, months.map(row).collect())
        }
        Breakdown::Pair => {
            let row = |pair: &crate::wire::PairSum| {
                let word = Cell::Text(pair.kind.word(reader).to_owned());
                vec![word, Cell::Yuan(pair.amount_fen), share_of(pair.amount_fen)]
            };
            (vec![name(say!("结对", "Pairing")), amount(), share()], tally.by_pair.iter().map(row).collect())
        }
        Breakdown::Matrix => {
            let entries = summed(of(say!("笔数", "Entries"), Kind::Whole, 10));
            let columns = vec![
                name(say!("区县", "District")),
                name(say!("产地", "Origin")),
                name(say!("结对", "Pairing")),
                amount(),
                entries,
            ];
            let row = |it: &Crossing| {
                vec![
                    Cell::Text(it.district.clone()),
                    Cell::Text(it.county.clone()),
                    Cell::Text(it.pair.to_owned()),
                    Cell::Yuan(it.amount),
                    Cell::Whole(it.entries),
                ]
            };
            (columns, crossings.iter().map(row).collect())
        }
    };
    Table { head: Head::new(title, columns, reader), rows }
}

fn with_targets(name: Column, reader: Language) -> Vec<Column> {
    let of = |title, kind, width| column(title, kind, width, reader);
    vec![
        name,
        summed(of(say!("已认定（元）", "Accepted (yuan)"), Kind::Yuan, 18)),
        summed(of(say!("目标任务（元）", "Target (yuan)"), Kind::Yuan, 18)),
        of(say!("完成率（%）", "Completion (%)"), Kind::Percent, 12),
        of(say!("比时间进度少（元）", "Behind the calendar (yuan)"), Kind::Yuan, 20),
        summed(of(say!("在途（元）", "On its way (yuan)"), Kind::Yuan, 18)),
    ]
}

fn targeted(rows: &[TallyRow]) -> Vec<Vec<Cell>> {
    let yuan = |amount: Option<Money>| amount.map_or(Cell::Nothing, Cell::Yuan);
    let row = |row: &TallyRow| {
        vec![
            Cell::Text(row.name.clone()),
            Cell::Yuan(row.amount_fen),
            yuan(row.target_fen),
            row.completion_bp.map_or(Cell::Nothing, Cell::Percent),
            yuan(row.behind_fen),
            yuan(row.pipeline_fen),
        ]
    };
    rows.iter().map(row).collect()
}

// ---- orders and targets -------------------------------------------------------------------------------------------

pub fn orders_head(reader: Language) -> Head {
    let of = |title, kind, width| column(title, kind, width, reader);
    let columns = vec![
        of(say!("单号", "Order"), Kind::Text, 18),
        of(say!("下单日期", "Ordered on"), Kind::Day, 12),
        of(say!("状态", "State"), Kind::Text, 12),
        of(say!("采购单位", "Buyer"), Kind::Text, 30),
        of(say!("商户", "Merchant"), Kind::Text, 30),
        of(say!("渠道", "Channel"), Kind::Text, 14),
        of(say!("事由", "Occasion"), Kind::Text, 14),
        of(say!("人数", "People"), Kind::Whole, 8),
        of(say!("首个产品", "First product"), Kind::Text, 22),
        of(say!("行数", "Lines"), Kind::Whole, 8),
        summed(of(say!("金额（元）", "Amount (yuan)"), Kind::Yuan, 16)),
        of(say!("最近变动", "Last change"), Kind::Day, 12),
    ];
    Head::new(say!("采购单列表", "Orders").to(reader).to_owned(), columns, reader)
}

/// `day` tells the civil day of a moment.
pub fn order_row(order: &OrderSummary, day: impl Fn(i64) -> Date, reader: Language) -> Vec<Cell> {
    vec![
        Cell::Text(order.number.clone()),
        Cell::Day(day(order.created_at_ms)),
        Cell::Text(order.state.word(reader).to_owned()),
        Cell::Text(order.buyer.name.clone()),
        Cell::Text(order.merchant.name.clone()),
        Cell::Text(order.channel.word(reader).to_owned()),
        order.occasion.map_or(Cell::Nothing, |occasion| Cell::Text(occasion.word(reader).to_owned())),
        order.head_count.map_or(Cell::Nothing, Cell::Whole),
        Cell::Text(order.first_product.clone()),
        Cell::Whole(order.line_count),
        Cell::Yuan(order.total_fen),
        Cell::Day(day(order.updated_at_ms)),
    ]
}

/// Every version of the year's targets. No sum stands below: the city's contains the others.
pub fn targets_table(sheet: &TargetSheet, day: impl Fn(i64) -> Date, reader: Language) -> Table {
    let of = |title, kind, width| column(title, kind, width, reader);
    let columns = vec![
        of(say!("类别", "Kind"), Kind::Text, 10),
        of(say!("名称", "Whom"), Kind::Text, 20),
        of(say!("版本", "Version"), Kind::Whole, 8),
        of(say!("目标任务（元）", "Target (yuan)"), Kind::Yuan, 20),
        of(say!("文号", "Document"), Kind::Text, 30),
        of(say!("登记日期", "Recorded on"), Kind::Day, 12),
        of(say!("现行", "In force"), Kind::Text, 8),
    ];
    let yes = say!("是", "yes");
    let rows = sheet.rows.iter().flat_map(|row| row.versions.iter().map(move |version| (row, version)));
    let row = |(row, version): (&crate::wire::TargetRow, &crate::wire::TargetVersion)| {
        vec![
            Cell::Text(row.scope.word(reader).to_owned()),
            Cell::Text(row.name.clone()),
            Cell::Whole(version.version),
            Cell::Yuan(version.amount_fen),
            Cell::Text(version.document.clone()),
            version.recorded_at_ms.map_or(Cell::Nothing, |at| Cell::Day(day(at))),
            if version.version == row.version { Cell::Text(yes.to(reader).to_owned()) } else { Cell::Nothing },
        ]
    };
    let year = sheet.year;
    let title = say!("{year}年目标任务", "Targets of {year}").to(reader).to_owned();
    Table { head: Head::new(title, columns, reader), rows: rows.map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{ReportId, SaleId};
    use crate::sale::tests::sale;
    use crate::sale::{Hash, Sale, Source};

    #[test]
    fn no_text_becomes_a_formula_and_numbers_stay_numbers() {
        for text in ["=1+1", "+86", "-5", "@SUM(A1)", "\tx", "\r"] {
            assert!(guarded(text).starts_with('\''), "{text:?}");
        }
        assert_eq!(guarded("庆元香菇"), "庆元香菇");
        assert_eq!(Cell::Yuan(Money::from_fen(-123_405)).csv(), "-1234.05");
        assert_eq!(Cell::Percent(8_421).csv(), "84.21");
        assert_eq!(Cell::Yuan(Money::from_fen(-5)).csv(), "-0.05");
    }

    #[test]
    fn every_fact_of_every_kind_of_entry_has_its_column() {
        let reversal = Source::Reversal { of: SaleId(uuid::Uuid::from_u128(7)), reason: "退货".into() };
        let reported = Source::ReportLine { report: ReportId(uuid::Uuid::from_u128(8)), line: 1 };
        for source in [sale(1, 100).source, reported, reversal] {
            let sale = Sale { source, ..sale(1, 100) };
            let mut names = Vec::new();
            each_fact(1, &sale, Hash::NONE, |name, _| names.push(name.to_owned()));
            assert!(names.iter().all(|name| FACTS.contains(&name.as_str())), "{names:?}");
            let in_order: Vec<&str> = FACTS.into_iter().filter(|fact| names.iter().any(|name| name == fact)).collect();
            assert_eq!(names, in_order, "columns stand in the order in which facts are hashed");
        }
    }

    #[test]
    fn sums_stand_below_what_is_summed() {
        let head = orders_head(Language::Zh);
        let mut sums = Sums::of(&head);
        let mut row = vec![Cell::Nothing; head.columns.len()];
        row[10] = Cell::Yuan(Money::from_fen(150));
        sums.add(&row);
        sums.add(&row);
        let sums = sums.row(&head).expect("amounts are summed");
        assert_eq!((&sums[0], &sums[10]), (&Cell::Text("合计".to_owned()), &Cell::Yuan(Money::from_fen(300))));
    }
}
