//! The yearly task sheet (目标任务分解表) from a spreadsheet: where its header stands, which column is which, in which unit it
//! counts, whom each row binds, and what of it differs from what is in force.
//!
//! Source of the columns: such sheets as offices attach to a notice; they have titles above, a unit in the header or in a corner,
//! and signatures below.

use std::collections::HashMap;

use crate::code::coded;
use crate::sheet::{Cell, MOST_ROWS, Origin, ROWS_ABOVE, Row, Sheet, tidy, too_many_rows};
use crate::target::{Scope, check_amount};
use crate::{Code, Money, Refusal, Say, say};

coded! {
    /// What a column of the sheet holds.
    pub enum SheetColumn {
        Kind = "kind" "类别" "Kind",
        Name = "name" "区县或单位" "Whom",
        Amount = "amount" "目标任务" "Target",
    }
}

coded! {
    /// In what a sheet counts.
    pub enum Unit {
        Yuan = "yuan" "元" "yuan",
        Wan = "wan" "万元" "10,000 yuan",
        Yi = "yi" "亿元" "100 million yuan",
    }
}

impl Unit {
    /// How many places a unit lies above the fen.
    fn places(self) -> usize {
        match self {
            Unit::Yuan => 2,
            Unit::Wan => 6,
            Unit::Yi => 10,
        }
    }

    /// The unit a heading or a line above it names. 元 stands in 万元 and 亿元 too, so the larger are looked for first.
    fn named_in(text: &str) -> Option<Unit> {
        [("亿元", Unit::Yi), ("万元", Unit::Wan), ("元", Unit::Yuan), ("yuan", Unit::Yuan)]
            .into_iter()
            .find(|(word, _)| text.to_lowercase().contains(word))
            .map(|(_, unit)| unit)
    }
}

/// Somebody a target can bind, and what they are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    pub scope: Scope,
    pub key: String,
    /// The first is the usual one.
    pub names: Vec<String>,
}

/// A target as a row of the sheet states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadTarget {
    pub sheet: String,
    /// As the program that shows the file counts.
    pub row: i64,
    pub scope: Scope,
    pub key: String,
    pub amount: Money,
}

/// What is wrong with a row, or one of its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub sheet: String,
    pub row: i64,
    pub column: Option<SheetColumn>,
    pub sentence: Say,
}

/// Everything a file states. With a problem in it nothing may be taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetSheet {
    pub targets: Vec<ReadTarget>,
    pub problems: Vec<Problem>,
    /// Rows below a header that bind nobody: notes, signatures, what has no target.
    pub left_out: i64,
}

impl TargetSheet {
    /// Reads every sheet of a file that has a header, for one year; `known` is everybody a target can bind.
    ///
    /// # Errors
    /// [`Code::NoHeader`] naming what is missing, [`Code::NoRows`], [`Code::TooManyRows`].
    pub fn find(sheets: &[Sheet], year: i16, known: &[Bound]) -> Result<TargetSheet, Refusal> {
        let mut found = TargetSheet::default();
        let mut refused = None;
        for sheet in sheets {
            match Header::find(sheet, year) {
                Ok(Some(header)) => found.read(sheet, &header, known),
                Ok(None) => {}
                Err(refusal) => refused = refused.or(Some(refusal)),
            }
        }
        match (found.targets.len() + found.problems.len(), refused) {
            (0, Some(refusal)) => Err(refusal),
            (0, None) if found.left_out > 0 => Err(Refusal::new(
                Code::NoRows,
                say!(
                    "表头下面没有目标任务，请核对表格",
                    "There are no targets below the header; please check the file"
                ),
            )),
            (0, None) => Err(no_header()),
            (rows, _) if rows > MOST_ROWS => Err(too_many_rows()),
            _ => Ok(found),
        }
    }

    fn read(&mut self, sheet: &Sheet, header: &Header, known: &[Bound]) {
        for row in &sheet.rows[header.at + 1..] {
            let mut problem = |column, sentence| {
                self.problems.push(Problem { sheet: sheet.name.clone(), row: row.number, column, sentence });
            };
            let (Some(name), amount) = (cell(row, header.name), cell(row, Some(header.amount))) else {
                self.left_out += 1;
                continue;
            };
            let Some(amount) = amount.filter(|cell| !is_dash(&cell.text)) else {
                self.left_out += 1;
                continue;
            };
            if is_heading(name, amount) {
                continue;
            }
            let kind = cell(row, header.kind);
            let bound = whom(&name.text, kind.map(|cell| cell.text.as_str()), known);
            let amount = read_amount(amount, header.unit);
            match (bound, amount) {
                (Ok(None), _) => self.left_out += 1,
                (Ok(Some(bound)), Ok(amount)) => {
                    let earlier = self.targets.iter().find(|it| it.scope == bound.scope && it.key == bound.key);
                    match earlier {
                        // Every part of a sheet may repeat the whole.
                        Some(earlier) if earlier.amount == amount => {}
                        Some(earlier) => problem(
                            Some(SheetColumn::Name),
                            say!(
                                "“{name}”在第 {row} 行已经写过，数字不一样",
                                "“{name}” stands in row {row} already, with another amount",
                                name = bound.names[0],
                                row = earlier.row
                            ),
                        ),
                        None => self.targets.push(ReadTarget {
                            sheet: sheet.name.clone(),
                            row: row.number,
                            scope: bound.scope,
                            key: bound.key.clone(),
                            amount,
                        }),
                    }
                }
                (Err(sentence), Ok(_)) => problem(Some(SheetColumn::Name), sentence),
                (Ok(Some(_)), Err(sentence)) => problem(Some(SheetColumn::Amount), sentence),
                (Err(of_name), Err(of_amount)) => {
                    problem(Some(SheetColumn::Name), of_name);
                    problem(Some(SheetColumn::Amount), of_amount);
                }
            }
        }
    }
}

fn cell(row: &Row, place: Option<usize>) -> Option<&Cell> {
    row.cell(place?).filter(|cell| !cell.is_blank())
}

fn is_dash(text: &str) -> bool {
    tidy(text).chars().all(|c| matches!(c, '-' | '—' | '–' | '/' | '\\'))
}

// ---- the header ---------------------------------------------------------------------------------------------------

#[derive(Debug, Clone, PartialEq, Eq)]
struct Header {
    at: usize,
    kind: Option<usize>,
    name: Option<usize>,
    amount: usize,
    unit: Unit,
}

const NAMES: &[&str] = &[
    "区县",
    "区县市",
    "区县或单位",
    "区域",
    "地区",
    "单位",
    "单位名称",
    "责任单位",
    "名称",
    "渠道",
    "销售渠道",
    "产地",
    "产地县",
    "对口县",
    "对口地区",
    "受援县",
    "品牌",
    "name",
    "whom",
    "unit",
    "district",
    "county",
    "channel",
    "brand",
];
const AMOUNTS: &[&str] = &[
    "目标任务",
    "目标任务数",
    "任务数",
    "年度任务",
    "年度目标",
    "全年任务",
    "全年目标",
    "全年目标任务",
    "分解任务",
    "目标数",
    "目标值",
    "任务",
    "目标",
    "target",
    "targetamount",
    "annualtarget",
    "amount",
];
const KINDS: &[&str] = &["类别", "类型", "范围", "分解类别", "kind", "scope", "type"];

/// `2027年目标任务（万元）*` → `目标任务`.
fn plain_heading(text: &str) -> String {
    let text = tidy(text);
    let before = text.split(['(', '[', '【', ':', '：']).next().unwrap_or_default();
    let words: String = before.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    words.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('年').trim_start_matches('度').to_owned()
}

/// Years that are named as such: the 2027 of 2027年, not that of a document's number.
fn years_in(text: &str) -> Vec<i16> {
    let parts: Vec<&str> = text.split('年').collect();
    let last_four = |part: &&str| {
        let digits: Vec<char> = part.chars().rev().take_while(char::is_ascii_digit).collect();
        let year: String = digits.into_iter().rev().collect();
        (year.len() == 4).then(|| year.parse().ok()).flatten()
    };
    parts[..parts.len() - 1].iter().filter_map(last_four).collect()
}

impl Header {
    /// The first row that names whom and how much; none when there is no such row.
    fn find(sheet: &Sheet, year: i16) -> Result<Option<Header>, Refusal> {
        let rows = || sheet.rows.iter().take(ROWS_ABOVE).enumerate();
        let found = rows().find_map(|(at, row)| {
            let named = |names: &[&str]| {
                let is = |cell: &Cell| names.contains(&plain_heading(&cell.text).as_str());
                row.cells.iter().enumerate().filter(|(_, cell)| is(cell)).map(|(place, _)| place).collect::<Vec<_>>()
            };
            let (name, amounts) = (named(NAMES), named(AMOUNTS));
            (!name.is_empty() && !amounts.is_empty()).then(|| (at, row, name[0], amounts, named(KINDS)))
        });
        let Some((at, row, name, amounts, kinds)) = found else { return Ok(None) };
        let years = |place: usize| years_in(&tidy(&row.cells[place].text));
        let of_year = amounts.iter().copied().find(|place| years(*place).contains(&year));
        let of_none = amounts.iter().copied().find(|place| years(*place).is_empty());
        let Some(amount) = of_year.or(of_none) else {
            return Err(wrong_year(sheet.rows[at].number, &row.cells[amounts[0]].text, year));
        };
        let above = || rows().take(at).flat_map(|(_, row)| row.cells.iter().map(|cell| tidy(&cell.text)));
        let titles: Vec<String> = above().filter(|text| text.contains("目标") || text.contains("任务")).collect();
        let told: Vec<i16> = titles.iter().flat_map(|text| years_in(text)).collect();
        if of_year.is_none() && !told.is_empty() && !told.contains(&year) {
            return Err(wrong_year(sheet.rows[0].number, &titles[0], year));
        }
        let in_corner = || above().find_map(|text| text.contains("单位").then(|| Unit::named_in(&text)).flatten());
        let unit = Unit::named_in(&tidy(&row.cells[amount].text)).or_else(in_corner);
        let unit = unit.ok_or_else(|| no_unit(sheet.rows[at].number))?;
        Ok(Some(Header { at, kind: kinds.first().copied(), name: Some(name), amount, unit }))
    }
}

/// Printed sheets repeat their header on every page.
fn is_heading(name: &Cell, amount: &Cell) -> bool {
    NAMES.contains(&plain_heading(&name.text).as_str()) && AMOUNTS.contains(&plain_heading(&amount.text).as_str())
}

fn no_header() -> Refusal {
    Refusal::new(
        Code::NoHeader,
        say!(
            "找不到表头。请在同一行写上“区县或单位”和“目标任务（万元）”，或下载模板照着填",
            "There is no header. Please name “Whom” and “Target (yuan)” in one row, or fill in the template"
        ),
    )
}

fn no_unit(row: i64) -> Refusal {
    Refusal::new(
        Code::NoHeader,
        say!(
            "第 {row} 行是表头，但没有写单位。请在列名里写上（元）、（万元）或（亿元）",
            "Row {row} is the header, but no unit is named. Please write (yuan), （万元） or （亿元） into it"
        ),
    )
}

fn wrong_year(row: i64, told: &str, year: i16) -> Refusal {
    Refusal::new(
        Code::NoHeader,
        say!(
            "第 {row} 行写的是“{told}”，选的是 {year} 年；请核对年份，或换一份表格",
            "Row {row} says “{told}”, and {year} was chosen; please check the year, or take another file"
        ),
    )
}

// ---- cells --------------------------------------------------------------------------------------------------------

/// Whom a row binds; nobody for a subtotal.
fn whom<'a>(name: &str, kind: Option<&str>, known: &'a [Bound]) -> Result<Option<&'a Bound>, Say> {
    let plain = |text: &str| tidy(text).replace(' ', "").to_lowercase();
    let name = plain(name);
    if name.starts_with("小计") || name.starts_with("其中") || name.starts_with("subtotal") {
        return Ok(None);
    }
    let scope = kind.map(plain).and_then(|kind| {
        Scope::ALL.iter().copied().find(|scope| kind.contains(scope.zh()) || kind.contains(&plain(scope.en())))
    });
    let fits = |bound: &&Bound| {
        let of_scope = scope.is_none_or(|scope| scope == bound.scope || bound.scope == Scope::City);
        of_scope && bound.names.iter().any(|known| plain(known) == name)
    };
    let mut found = known.iter().filter(fits);
    match (found.next(), found.next()) {
        (Some(bound), None) => Ok(Some(bound)),
        (Some(_), Some(_)) => Err(say!(
            "“{name}”有几种可能，请在“类别”一列写明是区县、渠道、产地还是品牌",
            "“{name}” may be several; say in a column “Kind” whether district, channel, origin or brand"
        )),
        (None, _) => Err(say!(
            "不认识“{name}”，请写区县、产地县、渠道或品牌的名字，全市的写“全市”",
            "“{name}” is unknown; write the name of a district, county, channel or brand, or “City”"
        )),
    }
}

fn read_amount(cell: &Cell, unit: Unit) -> Result<Money, Say> {
    match cell.origin {
        Origin::NoValue => {
            return Err(say!("公式没有结果，请直接写上数字", "The formula has no result; please write the number"));
        }
        Origin::Fault => {
            return Err(say!(
                "公式出错：{text}，请直接写上数字",
                "The formula failed ({text}); please write the number",
                text = cell.text
            ));
        }
        Origin::Merged => {
            return Err(say!(
                "合并单元格里的数分不清是谁的，请每行写一个数",
                "A merged cell does not say whose target it is; please write a number in each row"
            ));
        }
        Origin::Written | Origin::Computed => {}
    }
    let amount = parse_amount(&cell.text, unit)?;
    check_amount(amount)?;
    Ok(amount)
}

/// More digits than spreadsheets show: what follows is noise of their arithmetic.
const SHOWN_DIGITS: usize = 15;

/// Reads an amount of a unit exactly, in whole fen: `1,234.56` of 万元 is 12,345,600 yuan. A unit in the cell stands above the
/// header's.
///
/// # Errors
/// The sentence for the cell.
pub fn parse_amount(text: &str, unit: Unit) -> Result<Money, Say> {
    let not_a_number = || say!("目标任务只写数字，例如 1234.5", "Digits only, such as 1234.5");
    let plain: String = tidy(text).chars().filter(|c| !matches!(c, ' ' | ',' | '¥' | '，')).collect();
    let (digits, unit) = match Unit::named_in(&plain) {
        Some(own) => (plain.trim_end_matches(['元', '万', '亿']).trim_end_matches("yuan").to_owned(), own),
        None => (plain, unit),
    };
    if digits.starts_with(['-', '−']) {
        return Err(say!("目标任务不能是负数", "A target cannot be negative"));
    }
    let (whole, decimals) = digits.split_once('.').unwrap_or((&digits, ""));
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !are_digits(whole) || !are_digits(decimals) || whole.len() > SHOWN_DIGITS {
        return Err(not_a_number());
    }
    let places = unit.places();
    let shown = decimals.len().min(SHOWN_DIGITS.saturating_sub(whole.trim_start_matches('0').len()));
    let (kept, noise) = (decimals[..shown].trim_end_matches('0'), &decimals[shown..]);
    // Noise of a binary fraction is a little more, or a little less and then all nines.
    let rounds_up = noise.starts_with(['5', '6', '7', '8', '9']);
    let scaled: String = format!("{whole}{:0<1$}", &decimals[..shown], shown);
    let mut number: i128 = scaled.parse().map_err(|_| not_a_number())?;
    number += i128::from(rounds_up);
    let too_fine = kept.len() > places && !rounds_up;
    let fen = match shown.cmp(&places) {
        std::cmp::Ordering::Greater => {
            let cut = 10_i128.pow((shown - places) as u32);
            if number % cut != 0 { None } else { Some(number / cut) }
        }
        _ => number.checked_mul(10_i128.pow((places - shown) as u32)),
    };
    let amount = fen.filter(|_| !too_fine).and_then(|fen| i64::try_from(fen).ok()).map(Money::from_fen);
    amount.filter(|amount| *amount <= Money::LIMIT).ok_or_else(|| {
        say!("精确到分为止，请核对数字和单位", "The fen is the smallest unit; please check number and unit")
    })
}

// ---- the differences ----------------------------------------------------------------------------------------------

/// A target that would be set, and what is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub target: ReadTarget,
    pub before: Option<Money>,
    /// The version in force; 0 when there is none.
    pub version: i64,
}

/// What of a sheet differs from what is in force, and how many rows do not.
pub fn compare(read: &TargetSheet, in_force: &HashMap<(Scope, String), (i64, Money)>) -> (Vec<Change>, i64) {
    let mut changes = Vec::new();
    for target in &read.targets {
        let held = in_force.get(&(target.scope, target.key.clone())).copied();
        if held.is_none_or(|(_, amount)| amount != target.amount) {
            let (version, before) = (held.map_or(0, |(version, _)| version), held.map(|(_, amount)| amount));
            changes.push(Change { target: target.clone(), before, version });
        }
    }
    let unchanged = read.targets.len() - changes.len();
    (changes, unchanged as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<Bound> {
        let bound = |scope, key: &str, names: &[&str]| Bound {
            scope,
            key: key.to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        };
        vec![
            bound(Scope::City, "", &["全市", "合计", "City"]),
            bound(Scope::District, "zhenhai", &["镇海区", "镇海"]),
            bound(Scope::District, "haishu", &["海曙区", "海曙"]),
            bound(Scope::Channel, "fair", &["展会"]),
            bound(Scope::County, "qingyuan", &["庆元县", "庆元"]),
        ]
    }

    fn sheet(rows: &[&[&str]]) -> Sheet {
        let row = |(number, cells): (i64, &&[&str])| Row {
            number,
            cells: cells.iter().map(|text| Cell::written(*text)).collect(),
        };
        Sheet { name: "分解表".to_owned(), rows: (1..).zip(rows).map(row).collect() }
    }

    fn find(rows: &[&[&str]]) -> Result<TargetSheet, Refusal> {
        TargetSheet::find(&[sheet(rows)], 2027, &known())
    }

    #[test]
    fn a_sheet_as_offices_send_it_is_read() {
        let read = find(&[
            &["2027年消费帮扶目标任务分解表"],
            &["", "", "单位：万元"],
            &["序号", "区县（市）", "2026年目标任务", "2027年目标任务", "备注"],
            &["1", "镇海", "1,250", "1,300.5", ""],
            &["2", "海　曙　区", "2,000", "２１００", ""],
            &["3", "展会", "1", "80", ""],
            &["", "小计", "", "3,400.5", ""],
            &["", "合计", "", "18,500", ""],
            &["", "填表人：王示例", "", "", ""],
        ])
        .expect("a sheet");
        let told: Vec<_> = read.targets.iter().map(|it| (it.row, it.scope, &*it.key, it.amount.fen())).collect();
        assert_eq!(read.problems, []);
        assert_eq!(
            told,
            [
                (4, Scope::District, "zhenhai", 1_300_500_000),
                (5, Scope::District, "haishu", 2_100_000_000),
                (6, Scope::Channel, "fair", 80_000_000),
                (8, Scope::City, "", 18_500_000_000),
            ]
        );
        assert_eq!(read.left_out, 2);
    }

    #[test]
    fn every_wrong_cell_is_named() {
        let read = find(&[
            &["单位", "任务数（亿元）"],
            &["镇海区", "一亿"],
            &["象山港", "0.5"],
            &["海曙区", "0.2"],
            &["海曙区", "0.3"],
            &["展会", "-1"],
            &["庆元县", "9999999"],
        ])
        .expect("a sheet");
        let told: Vec<_> = read.problems.iter().map(|it| (it.row, it.column)).collect();
        let (name, amount) = (Some(SheetColumn::Name), Some(SheetColumn::Amount));
        assert_eq!(told, [(2, amount), (3, name), (5, name), (6, amount), (7, amount)]);
    }

    #[test]
    fn without_a_unit_or_for_another_year_nothing_is_read() {
        let refused = |rows: &[&[&str]]| find(rows).expect_err("refused").sentence.zh.into_owned();
        assert!(refused(&[&["区县", "任务数"], &["镇海区", "5"]]).contains("没有写单位"));
        assert!(refused(&[&["区县", "2026年任务数（万元）"], &["镇海区", "5"]]).contains("2027 年"));
        assert!(refused(&[&["2026年目标任务"], &["区县", "任务数（万元）"], &["镇海区", "5"]]).contains("2027 年"));
        assert!(refused(&[&["姓名", "手机"]]).contains("找不到表头"));
        assert!(find(&[&["区县", "任务数（万元）"], &["", ""]]).is_err());
    }

    #[test]
    fn amounts_are_exact_in_every_unit() {
        let read = |text: &str, unit| parse_amount(text, unit).map(Money::fen).ok();
        assert_eq!(read("1.79", Unit::Yi), Some(17_900_000_000));
        assert_eq!(read("17900.000000000004", Unit::Wan), Some(17_900_000_000));
        assert_eq!(read("17899.999999999996", Unit::Wan), Some(17_900_000_000));
        assert_eq!(read("0.000001", Unit::Wan), Some(1));
        assert_eq!(read("0.0000001", Unit::Wan), None);
        assert_eq!(read("12亿元", Unit::Wan), Some(120_000_000_000));
        assert_eq!(read("1e5", Unit::Yuan), None);
        assert_eq!(read("12345678.90", Unit::Yuan), Some(1_234_567_890));
    }

    #[test]
    fn only_what_differs_is_a_change() {
        let read = find(&[&["区县", "任务数（元）"], &["镇海区", "500"], &["海曙区", "700"]]).expect("a sheet");
        let in_force = HashMap::from([((Scope::District, "zhenhai".to_owned()), (2, Money::from_yuan(500)))]);
        let (changes, unchanged) = compare(&read, &in_force);
        assert_eq!((changes.len(), unchanged), (1, 1));
        assert_eq!((&*changes[0].target.key, changes[0].before, changes[0].version), ("haishu", None, 0));
    }
}
