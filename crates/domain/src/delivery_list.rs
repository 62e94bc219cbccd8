//! A list of people from a spreadsheet: where its header stands, which column is which, what is wrong with each cell, and the
//! delivery points it comes to.
//!
//! The server reads the file; whoever corrects a cell in the browser is told by the same functions. Source of the columns: the
//! lists unions of Ningbo keep by hand; their names differ from office to office.

use std::borrow::Borrow;
use std::collections::HashMap;

use crate::code::coded;
use crate::order::{parse_address, parse_phone};
use crate::sheet::{self, MOST_ROWS, Origin, ROWS_ABOVE, Row, Sheet, tidy};
use crate::wire::{CellOrigin, ListRow};
use crate::{Code, Refusal, Say, say};

coded! {
    /// What a column of the list holds.
    pub enum Column {
        Name = "name" "姓名" "Name",
        Department = "department" "部门" "Department",
        Phone = "phone" "手机" "Phone",
        Address = "address" "地址" "Address",
        Sets = "sets" "套数" "Sets",
        Bundle = "bundle" "礼包" "Bundle",
        Contact = "contact" "联系人" "Contact",
        Note = "note" "备注" "Remarks",
    }
}

coded! {
    /// What a list is for, which says what it must hold.
    pub enum Purpose {
        /// Who gets what where: names, phones and addresses.
        Delivery = "delivery" "送货名单" "Delivery list",
        /// A union's members: their names; the rest as far as it is known.
        Roster = "roster" "会员名册" "Member roster",
    }
}

impl Purpose {
    /// Columns without which it is no such list.
    pub fn needs(self) -> &'static [Column] {
        match self {
            Purpose::Delivery => &[Column::Name, Column::Phone, Column::Address],
            Purpose::Roster => &[Column::Name],
        }
    }
}

/// More than anybody is given; larger is a slip of the keyboard or a phone in the wrong column.
pub const MOST_SETS: i64 = 1_000;

const LONGEST_NAME: usize = 40;
const LONGEST_TEXT: usize = 200;

// ---- the header ---------------------------------------------------------------------------------------------------

impl Column {
    /// What the column is called in the lists that are about, the surest first. Spaces, punctuation and case are gone.
    fn names(self) -> &'static [&'static str] {
        match self {
            Column::Name => &[
                "姓名",
                "名字",
                "员工姓名",
                "会员姓名",
                "职工姓名",
                "收货人姓名",
                "收件人姓名",
                "收货人",
                "收件人",
                "领取人",
                "name",
                "fullname",
                "recipient",
                "employee",
                "member",
                "employeename",
            ],
            Column::Department => &[
                "部门",
                "单位",
                "科室",
                "处室",
                "部门名称",
                "单位名称",
                "所在部门",
                "所属部门",
                "工作单位",
                "工会小组",
                "分会",
                "班组",
                "车间",
                "department",
                "dept",
                "unit",
                "team",
                "departmentname",
            ],
            Column::Phone => &[
                "手机",
                "手机号",
                "手机号码",
                "联系电话",
                "电话",
                "电话号码",
                "联系方式",
                "联系号码",
                "收货电话",
                "收件电话",
                "phone",
                "mobile",
                "tel",
                "telephone",
                "phonenumber",
                "phoneno",
                "mobileno",
            ],
            Column::Address => &[
                "地址",
                "收货地址",
                "送货地址",
                "配送地址",
                "收件地址",
                "详细地址",
                "送达地址",
                "配送点",
                "送货点",
                "收货点",
                "领取地点",
                "地点",
                "address",
            ],
            Column::Sets => &["套数", "份数", "数量", "件数", "个数", "sets", "quantity", "qty", "count"],
            Column::Bundle => {
                &["礼包", "套餐", "礼包名称", "套餐名称", "bundle", "package", "bundlename", "packagename"]
            }
            Column::Contact => &["联系人", "是否联系人", "领货人", "contact", "contactperson"],
            Column::Note => &["备注", "说明", "note", "notes", "remark", "remarks", "comment"],
        }
    }

    /// Which column a heading names, and how surely: 0 is its usual name.
    fn recognise(heading: &str) -> Option<(Column, usize)> {
        let heading = plain_heading(heading);
        let exactly = |column: &Column| Some((*column, column.names().iter().position(|name| *name == heading)?));
        let in_the_end = |column: &Column| {
            let named = column.names().iter().any(|name| name.chars().count() > 1 && heading.ends_with(name));
            named.then(|| (*column, column.names().len()))
        };
        Column::ALL.iter().find_map(exactly).or_else(|| Column::ALL.iter().find_map(in_the_end))
    }
}

/// `手机号码（必填）*` → `手机号码`.
fn plain_heading(text: &str) -> String {
    let text = tidy(text);
    let before = text.split(['(', '[', '【', '：', ':']).next().unwrap_or_default();
    before.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Where the columns of a list stand.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Header {
    /// Among the rows of the sheet.
    at: usize,
    columns: Vec<(Column, usize)>,
}

impl Header {
    /// The columns of a row, if it were the header: each once, where its surest name stands.
    fn of(at: usize, row: &Row) -> Header {
        let mut best: Vec<(Column, usize, usize)> = Vec::new();
        for (place, cell) in row.cells.iter().enumerate() {
            let Some((column, rank)) = Column::recognise(&cell.text) else { continue };
            match best.iter_mut().find(|it| it.0 == column) {
                Some(known) if known.2 <= rank => (),
                Some(known) => *known = (column, place, rank),
                None => best.push((column, place, rank)),
            }
        }
        let has = |column: Column| best.iter().any(|it| it.0 == column);
        // 联系人 beside 姓名 marks who is called; alone it is the name.
        if has(Column::Contact) && !has(Column::Name) {
            best.iter_mut().filter(|it| it.0 == Column::Contact).for_each(|it| it.0 = Column::Name);
        }
        Header { at, columns: best.into_iter().map(|(column, place, _)| (column, place)).collect() }
    }

    /// The row of a sheet that names most columns, if it names enough to be a header.
    fn find(sheet: &Sheet) -> Option<Header> {
        let headers = sheet.rows.iter().take(ROWS_ABOVE).enumerate().map(|(at, row)| Header::of(at, row));
        // The first of those with most, and max_by_key gives the last.
        let header = headers.reduce(|best, it| if it.columns.len() > best.columns.len() { it } else { best })?;
        (header.has(Column::Name) && header.columns.len() > 1 || header.columns.len() > 2).then_some(header)
    }

    fn has(&self, column: Column) -> bool {
        self.columns.iter().any(|(known, _)| *known == column)
    }

    fn missing(&self, purpose: Purpose) -> Vec<Column> {
        purpose.needs().iter().copied().filter(|column| !self.has(*column)).collect()
    }
}

// ---- the list -----------------------------------------------------------------------------------------------------

/// A list as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryList {
    pub sheet: String,
    /// Counted from 1.
    pub header_row: i64,
    /// In the order of [`Column::ALL`].
    pub columns: Vec<Column>,
    pub rows: Vec<ListRow>,
    /// Rows below the header that name nobody.
    pub left_out: Vec<i64>,
    /// How many cells held a formula whose result was taken.
    pub computed: i64,
}

impl DeliveryList {
    /// Finds the list among the sheets of a file: on the first that has a header, with the columns it needs if any has.
    ///
    /// # Errors
    /// [`Code::NoHeader`] naming what is missing, [`Code::NoRows`], [`Code::TooManyRows`].
    pub fn find(sheets: &[Sheet], purpose: Purpose) -> Result<DeliveryList, Refusal> {
        let found: Vec<(&Sheet, Header)> =
            sheets.iter().filter_map(|sheet| Some((sheet, Header::find(sheet)?))).collect();
        let whole = found.iter().find(|(_, header)| header.missing(purpose).is_empty());
        let Some((sheet, header)) = whole else {
            return Err(no_header(
                found.first().map(|(sheet, header)| (sheet.rows[header.at].number, header)),
                purpose,
            ));
        };
        let mut list = DeliveryList {
            sheet: sheet.name.clone(),
            header_row: sheet.rows[header.at].number,
            columns: Column::ALL.iter().copied().filter(|column| header.has(*column)).collect(),
            rows: Vec::new(),
            left_out: Vec::new(),
            computed: 0,
        };
        let heading = Header::of(header.at, &sheet.rows[header.at]);
        for row in &sheet.rows[header.at + 1..] {
            // Printed lists repeat their header on every page.
            if Header::of(header.at, row) == heading {
                continue;
            }
            let read = read_row(row, header);
            if !names_somebody(&read) {
                list.left_out.push(row.number);
                continue;
            }
            list.computed += read.origins.iter().filter(|it| it.origin == Origin::Computed).count() as i64;
            list.rows.push(read);
        }
        match list.rows.len() {
            0 => Err(Refusal::new(
                Code::NoRows,
                say!("表头下面没有人，请核对表格", "There is nobody below the header; please check the file"),
            )),
            1..=MOST_ROWS => Ok(list),
            _ => Err(sheet::too_many_rows()),
        }
    }
}

fn no_header(nearest: Option<(i64, &Header)>, purpose: Purpose) -> Refusal {
    let named = |columns: &[Column]| Say {
        zh: columns.iter().map(|it| it.zh()).collect::<Vec<_>>().join("、").into(),
        en: columns.iter().map(|it| it.en()).collect::<Vec<_>>().join(", ").into(),
    };
    let sentence = match nearest {
        Some((row, header)) => say!(
            "第 {row} 行像是表头，但缺少这几列：{missing}。请补上列名，或下载模板照着填",
            "Row {row} looks like the header, but these columns are missing: {missing}. Please add them, or fill in the template";
            row = Say::same(&row.to_string()), missing = named(&header.missing(purpose))
        ),
        None => say!(
            "找不到表头。请在同一行写上列名：{needed}，或下载模板照着填",
            "There is no header. Please name these columns in one row: {needed}, or fill in the template";
            needed = named(purpose.needs())
        ),
    };
    Refusal::new(Code::NoHeader, sentence)
}

fn read_row(row: &Row, header: &Header) -> ListRow {
    let mut read = ListRow { row: row.number, ..ListRow::default() };
    for (column, place) in &header.columns {
        let Some(cell) = row.cell(*place) else { continue };
        *read.text_mut(*column) = cell.text.trim().to_owned();
        if cell.origin != Origin::Written {
            read.origins.push(CellOrigin { column: *column, origin: cell.origin });
        }
    }
    read
}

/// Whether a row is about a person. Sums and signatures below a list have neither phone nor address, and no name of their own.
fn names_somebody(row: &ListRow) -> bool {
    let own = |column: Column| {
        !row.text(column).trim().is_empty() && row.origin(column) != Origin::Merged
            || row.origin(column) == Origin::NoValue
    };
    let sum = Column::ALL.iter().any(|column| {
        let text = tidy(row.text(*column)).replace(' ', "");
        ["合计", "总计", "小计", "共计"].iter().any(|word| text.starts_with(word))
    });
    [Column::Name, Column::Phone, Column::Address].into_iter().any(own) && (!sum || own(Column::Phone))
}

impl ListRow {
    pub fn text(&self, column: Column) -> &str {
        match column {
            Column::Name => &self.name,
            Column::Department => &self.department,
            Column::Phone => &self.phone,
            Column::Address => &self.address,
            Column::Sets => &self.sets,
            Column::Bundle => &self.bundle,
            Column::Contact => &self.contact,
            Column::Note => &self.note,
        }
    }

    fn text_mut(&mut self, column: Column) -> &mut String {
        match column {
            Column::Name => &mut self.name,
            Column::Department => &mut self.department,
            Column::Phone => &mut self.phone,
            Column::Address => &mut self.address,
            Column::Sets => &mut self.sets,
            Column::Bundle => &mut self.bundle,
            Column::Contact => &mut self.contact,
            Column::Note => &mut self.note,
        }
    }

    /// Writes a cell; where its text came from before is no longer of interest.
    pub fn write(&mut self, column: Column, text: String) {
        *self.text_mut(column) = text;
        self.origins.retain(|it| it.column != column);
    }

    pub fn origin(&self, column: Column) -> Origin {
        self.origins.iter().find(|it| it.column == column).map_or(Origin::Written, |it| it.origin)
    }
}

// ---- cells --------------------------------------------------------------------------------------------------------

/// A person of a list whose every cell is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub name: String,
    pub department: String,
    /// Empty only on a roster.
    pub phone: String,
    /// As [`Recipient::phone`].
    pub address: String,
    /// At least one.
    pub sets: i64,
    pub bundle: Option<String>,
    /// Marked as who is called at the address.
    pub marked: bool,
    pub note: String,
}

/// What is wrong with a cell, or worth a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellError {
    pub column: Column,
    pub sentence: Say,
}

/// Reads one row; `bundles` are the names there are, none where the order has no bundles.
///
/// # Errors
/// Every wrong cell at once.
pub fn check_row(row: &ListRow, purpose: Purpose, bundles: &[String]) -> Result<Recipient, Vec<CellError>> {
    let mut wrong = Vec::new();
    let mut take = |column: Column, parse: &dyn Fn(&str) -> Result<String, Say>| {
        let parsed = check_origin(row, column).and_then(|()| parse(&tidy(row.text(column))));
        parsed.map_err(|sentence| wrong.push(CellError { column, sentence })).unwrap_or_default()
    };
    let needed = |column: Column| purpose.needs().contains(&column);
    let recipient = Recipient {
        name: take(Column::Name, &parse_name),
        department: take(Column::Department, &short_text),
        phone: take(Column::Phone, &|text| {
            if text.is_empty() && !needed(Column::Phone) { Ok(String::new()) } else { parse_list_phone(text) }
        }),
        address: take(Column::Address, &|text| {
            if text.is_empty() && !needed(Column::Address) { Ok(String::new()) } else { parse_address(text) }
        }),
        sets: take(Column::Sets, &|text| check_sets(row, text)).parse().unwrap_or(1),
        bundle: Some(take(Column::Bundle, &|text| parse_bundle(text, bundles))).filter(|bundle| !bundle.is_empty()),
        marked: is_marked(row),
        note: take(Column::Note, &short_text),
    };
    if wrong.is_empty() { Ok(recipient) } else { Err(wrong) }
}

/// What a formula did not say cannot be read; guessing would send parcels to strangers.
fn check_origin(row: &ListRow, column: Column) -> Result<(), Say> {
    match row.origin(column) {
        Origin::NoValue => {
            Err(say!("公式没有结果，请直接写上内容", "The formula has no result; please write what it stands for"))
        }
        Origin::Fault => Err(say!(
            "公式出错：{text}，请直接写上内容",
            "The formula failed ({text}); please write what it stands for",
            text = row.text(column)
        )),
        Origin::Written | Origin::Computed | Origin::Merged => Ok(()),
    }
}

fn short_text(text: &str) -> Result<String, Say> {
    match text.chars().count() {
        0..=LONGEST_TEXT => Ok(text.to_owned()),
        _ => Err(say!("最多 {LONGEST_TEXT} 字", "At most {LONGEST_TEXT} characters")),
    }
}

/// Names of two characters are often spread: 张　三.
fn parse_name(text: &str) -> Result<String, Say> {
    let han = |c: char| matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{323AF}' | '·');
    let name = if text.chars().all(|c| c == ' ' || han(c)) { text.replace(' ', "") } else { text.to_owned() };
    match name.chars().count() {
        0 => Err(say!("没有写姓名", "The name is missing")),
        1..=LONGEST_NAME if name.chars().any(char::is_alphabetic) => Ok(name),
        1..=LONGEST_NAME => Err(say!("这不像姓名", "This is no name")),
        _ => Err(say!("姓名最多 {LONGEST_NAME} 字", "A name has at most {LONGEST_NAME} characters")),
    }
}

/// As [`parse_phone`], and says of a mobile number how many digits it lacks or has too many.
fn parse_list_phone(text: &str) -> Result<String, Say> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let plain =
        plain.strip_prefix("+86").or_else(|| plain.strip_prefix("0086")).unwrap_or(&plain).trim_start_matches('-');
    // What was a number and became a text.
    let plain = plain.strip_suffix(".0").unwrap_or(plain);
    if plain.is_empty() {
        return Err(say!("没有写手机", "The phone is missing"));
    }
    if plain.contains(['/', '、', ',', ';', '，', '；']) {
        return Err(say!("只写一个电话", "One phone only"));
    }
    let digits = plain.chars().filter(char::is_ascii_digit).count();
    let mobile = plain.starts_with('1') && plain.chars().all(|c| c.is_ascii_digit() || c == '-');
    match digits {
        _ if !mobile => parse_phone(plain),
        0..11 => Err(say!("少{so_many}位", "{so_many} short"; so_many = so_many_digits(11 - digits))),
        11 => parse_phone(plain),
        _ => Err(say!("多{so_many}位", "{so_many} too many"; so_many = so_many_digits(digits - 11))),
    }
}

/// 一, 两, 三 …, and figures from eleven on.
fn so_many_digits(count: usize) -> Say {
    let words = ["一", "两", "三", "四", "五", "六", "七", "八", "九", "十"];
    let zh =
        count.checked_sub(1).and_then(|at| words.get(at)).map_or_else(|| format!(" {count} "), |it| (*it).to_owned());
    let en = if count == 1 { "1 digit".to_owned() } else { format!("{count} digits") };
    Say { zh: zh.into(), en: en.into() }
}

/// Gives the number back as text, as the other cells.
fn check_sets(row: &ListRow, text: &str) -> Result<String, Say> {
    let plain: String = text.trim_end_matches(['套', '份', '盒', '个', '件']).chars().filter(|c| *c != ' ').collect();
    let plain = plain.strip_suffix(".0").unwrap_or(&plain);
    if row.origin(Column::Sets) == Origin::Merged {
        return Err(say!(
            "合并单元格里的套数分不清是谁的，请每人写一个数",
            "A merged cell does not say whose sets these are; please write a number for each"
        ));
    }
    match plain.parse::<i64>() {
        _ if plain.is_empty() => Ok("1".to_owned()),
        Ok(sets @ 1..=MOST_SETS) => Ok(sets.to_string()),
        Ok(0) => Err(say!("0 套的请删去这一行", "Remove the row of who gets none")),
        Ok(..0) => Err(say!("套数不能是负数", "A number of sets cannot be negative")),
        Ok(_) => Err(say!("套数最多 {MOST_SETS}，请核对", "At most {MOST_SETS} sets; please check")),
        Err(_) => Err(say!("套数只写整数，例如 1", "Whole numbers only, such as 1")),
    }
}

fn parse_bundle(text: &str, bundles: &[String]) -> Result<String, Say> {
    if bundles.is_empty() || text.is_empty() && bundles.len() == 1 {
        return Ok(bundles.first().cloned().unwrap_or_else(|| text.to_owned()));
    }
    let same = |name: &&String| key(name) == key(text);
    bundles.iter().find(same).cloned().ok_or_else(|| {
        let names = bundles.join("、");
        say!("写礼包的名字：{names}", "Write the name of a bundle: {names}")
    })
}

/// 是, √ and their like, or the person's own name.
fn is_marked(row: &ListRow) -> bool {
    let text = tidy(row.text(Column::Contact)).to_lowercase();
    let name = tidy(row.text(Column::Name)).to_lowercase();
    !text.is_empty()
        && (text == name || ["是", "√", "✓", "✔", "☑", "y", "yes", "1", "true", "联系人"].contains(&text.as_str()))
}

/// Rows that name somebody again: for each the row that did so first.
pub fn repeated<'a>(people: impl IntoIterator<Item = (i64, &'a Recipient)>) -> Vec<(i64, i64)> {
    let mut first = HashMap::new();
    let mut again = Vec::new();
    for (row, person) in people {
        let other = if person.phone.is_empty() { &person.department } else { &person.phone };
        match first.entry((person.name.as_str(), other.as_str())) {
            std::collections::hash_map::Entry::Occupied(known) => again.push((row, *known.get())),
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(row);
            }
        }
    }
    again
}

/// What is said of a row that names somebody again.
pub fn same_person(first: i64) -> Say {
    say!("和第 {first} 行是同一个人", "The same person as in row {first}")
}

// ---- points -------------------------------------------------------------------------------------------------------

/// An address, who is called there, and who gets something there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    pub address: String,
    pub contact: String,
    pub phone: String,
    /// By their places among the people.
    pub people: Vec<usize>,
    pub sets: i64,
}

/// Brings people of one address together, in the order of the list. Who is called there is the first who is marked, or else
/// the first.
pub fn points<R: Borrow<Recipient>>(people: &[R]) -> Vec<Point> {
    let (mut points, mut places, mut marked) = (Vec::<Point>::new(), HashMap::new(), Vec::new());
    for (index, person) in people.iter().map(Borrow::borrow).enumerate() {
        let at = *places.entry(key(&person.address)).or_insert_with(|| {
            marked.push(false);
            points.push(Point {
                address: person.address.clone(),
                contact: person.name.clone(),
                phone: person.phone.clone(),
                people: Vec::new(),
                sets: 0,
            });
            points.len() - 1
        });
        let point = &mut points[at];
        point.people.push(index);
        point.sets += person.sets;
        if person.marked && !marked[at] {
            marked[at] = true;
            point.contact.clone_from(&person.name);
            point.phone.clone_from(&person.phone);
        }
    }
    points
}

/// What two spellings of one address have in common: width, case, spaces and punctuation aside. What stands between two
/// letters or digits still parts them, since 1-2号 is not 12号.
fn key(address: &str) -> String {
    let mut key = String::with_capacity(address.len());
    let mut parted = false;
    for c in tidy(address).chars().flat_map(char::to_lowercase) {
        if !c.is_alphanumeric() {
            parted = true;
            continue;
        }
        if parted && c.is_ascii_alphanumeric() && key.ends_with(|last: char| last.is_ascii_alphanumeric()) {
            key.push('-');
        }
        parted = false;
        key.push(c);
    }
    key
}

/// Shares a whole number out in proportion to `weights`, by the largest remainder: parts are rounded down, and what is left
/// goes one by one to those that lost most, the earlier first. All of it goes to the first when every weight is zero; nothing
/// comes out for no weights. Weights are not negative.
pub fn share_out(total: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if sum == 0 {
        return weights.iter().enumerate().map(|(index, _)| if index == 0 { total } else { 0 }).collect();
    }
    let exact = |weight: &i64| i128::from(total) * i128::from(*weight);
    let mut parts: Vec<i64> =
        weights.iter().map(|weight| i64::try_from(exact(weight) / sum).unwrap_or(i64::MAX)).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    // Stable, so that the earlier comes first among equals.
    order.sort_by_key(|index| std::cmp::Reverse(exact(&weights[*index]) % sum));
    let left = total - parts.iter().sum::<i64>();
    for index in order.into_iter().take(usize::try_from(left).unwrap_or_default()) {
        parts[index] += 1;
    }
    parts
}

/// How many pieces of a product go to each point: what each person's bundle holds of it times their sets. `contents` gives for a
/// bundle how many pieces of the product are in one.
pub fn pieces_by_bundle(points: &[Point], people: &[Recipient], contents: impl Fn(Option<&str>) -> i64) -> Vec<i64> {
    let pieces = |index: &usize| contents(people[*index].bundle.as_deref()) * people[*index].sets;
    points.iter().map(|point| point.people.iter().map(pieces).sum()).collect()
}

#[cfg(test)]
mod tests;
