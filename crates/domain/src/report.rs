//! A report: sales made outside the platform, at fairs, in shops and streets and on other platforms, entered by whoever sold or
//! keeps the tally, with evidence, and recognised or returned by somebody else.
//!
//! Source: the bulletin counts five channels, of which this platform sees two; that goods are reported by merchant, shop, district
//! and union alike is what makes sums double (`duplicate.rs`). Evidence commonly asked for: contract or order, invoice, bank
//! slip, photos, a monthly table with a seal. No public rule of Ningbo fixes more, so the limits below are the market's own.

use jiff::civil::Date;

use crate::channel::Channel;
use crate::code::coded;
use crate::id::ReportId;
use crate::money::{MoneyError, half_width};
use crate::order::{MAX_TEXT, parse_reason};
use crate::organisation::Role;
use crate::product::{Brand, Category};
use crate::region::{CountyId, DistrictId};
use crate::sheet::{MOST_ROWS, tidy};
use crate::uscc::Uscc;
use crate::wire::{NewReport, NewReportLine, Place, ReportDecision};
use crate::{Code, Money, Quantity, Refusal, Say, say};

/// Lines a report has at most: as many as a spreadsheet may have rows.
pub const MOST_LINES: usize = MOST_ROWS;

/// Files a report has at most.
pub const MOST_EVIDENCE: usize = 20;

/// Numbers of invoices and receipts a line names at most.
pub const MOST_INVOICES: usize = 20;

/// Sales are reported of these years only: what is older is a slip of the keyboard.
const FIRST_YEAR: i16 = 2015;

coded! {
    pub enum ReportState {
        Submitted = "submitted" "待认定" "To verify",
        Recognised = "recognised" "已认定" "Recognised",
        Returned = "returned" "已退回" "Returned",
    }
}

coded! {
    /// What is done with a report. Until it is first submitted it exists in the browser alone.
    pub enum ReportStep {
        Submit = "submit" "提交" "Submitted",
        /// A possible double was found to be one, or not.
        Decide = "decide" "查重结论" "Decided on a possible double",
        Recognise = "recognise" "认定" "Recognised",
        Return = "return" "退回" "Returned",
    }
}

coded! {
    /// Reports that wait for the same thing, on the desk of whoever is to do it.
    pub enum ReportQueue {
        ToVerify = "to_verify" "待认定" "To verify",
        SentBack = "sent_back" "退回待改" "Returned to you",
    }
}

coded! {
    /// What a report may repeat.
    pub enum OtherKind {
        Report = "report" "线下填报" "Report",
        Order = "order" "平台订单" "Order of the platform",
    }
}

impl ReportState {
    /// The whole life of a report. `None` is one that was never submitted.
    ///
    /// # Errors
    /// [`Code::OutOfTurn`], saying how it stands.
    pub fn after(from: Option<ReportState>, step: ReportStep) -> Result<ReportState, Refusal> {
        use ReportState::{Recognised, Returned, Submitted};
        match (from, step) {
            (None | Some(Returned), ReportStep::Submit) => Ok(Submitted),
            (Some(Submitted), ReportStep::Decide) => Ok(Submitted),
            (Some(Submitted), ReportStep::Recognise) => Ok(Recognised),
            (Some(Submitted), ReportStep::Return) => Ok(Returned),
            (from, _) => Err(out_of_turn(from)),
        }
    }

    /// Whether a report in this state counts, or may come to.
    pub fn may_count(self) -> bool {
        self != ReportState::Returned
    }
}

fn out_of_turn(from: Option<ReportState>) -> Refusal {
    let sentence = match from {
        None => say!("这份填报还没有提交", "The report has not been submitted yet"),
        Some(ReportState::Submitted) => {
            say!(
                "这份填报已经提交，正等认定；要改请先请统筹员退回",
                "The report is waiting to be verified; ask the coordinator to return it first"
            )
        }
        Some(ReportState::Recognised) => {
            say!(
                "这份填报刚刚已认定进台账；要更正，请在台账里冲销",
                "The report is in the ledger already; to correct it, reverse its entry there"
            )
        }
        Some(ReportState::Returned) => {
            say!(
                "这份填报已退回，等填报人改好再提交",
                "The report was returned; it waits to be corrected and submitted again"
            )
        }
    };
    Refusal::new(Code::OutOfTurn, sentence)
}

impl ReportQueue {
    /// Which queues a role has; the state of what stands in each.
    pub fn of_role(role: Role) -> &'static [ReportQueue] {
        match role {
            Role::CityCoordinator => &[ReportQueue::ToVerify],
            Role::DistrictCoordinator => &[ReportQueue::ToVerify, ReportQueue::SentBack],
            Role::Reporter | Role::Merchant => &[ReportQueue::SentBack],
            Role::Buyer | Role::UnionOfficer | Role::UnionChair | Role::Operator => &[],
        }
    }

    pub fn state(self) -> ReportState {
        match self {
            ReportQueue::ToVerify => ReportState::Submitted,
            ReportQueue::SentBack => ReportState::Returned,
        }
    }
}

/// The number people read: `BG20261124-0003`, the day of the first submission in Shanghai and its place on that day.
pub fn report_number(day: Date, place: i64) -> String {
    format!("BG{:04}{:02}{:02}-{place:04}", day.year(), day.month(), day.day())
}

// ---- a line -------------------------------------------------------------------------------------------------------

coded! {
    /// What is asked of a line, in the order of forms and spreadsheets. The codes are the fields of its body.
    pub enum LineField {
        SoldOn = "sold_on" "销售日期" "Day sold",
        Product = "product" "产品" "Product",
        County = "county" "产地" "County of origin",
        Category = "category" "类别" "Category",
        Brand = "brand" "品牌" "Brand",
        Quantity = "quantity" "数量" "Quantity",
        Amount = "amount_fen" "金额（元）" "Amount (yuan)",
        Buyer = "buyer" "购买单位" "Buyer",
        District = "district" "业绩归属" "District with the credit",
        Invoices = "invoices" "发票号码" "Invoice numbers",
        Note = "note" "备注" "Remarks",
    }
}

impl LineField {
    /// Without which a line says nothing.
    pub fn is_needed(self) -> bool {
        !matches!(self, LineField::Brand | LineField::Buyer | LineField::Invoices | LineField::Note)
    }
}

/// What is wrong with a field of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    pub field: LineField,
    pub sentence: Say,
}

/// A line whose every field reads. Whether its places exist is the store's question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub sold_on: Date,
    pub county: CountyId,
    pub brand: Option<Brand>,
    pub category: Category,
    pub product: String,
    pub quantity: Quantity,
    /// Above zero.
    pub amount: Money,
    pub invoices: Vec<String>,
    /// Empty where nobody knows.
    pub buyer: String,
    pub district: DistrictId,
    pub note: String,
}

impl Line {
    /// # Errors
    /// Every wrong field at once.
    pub fn parse(body: &NewReportLine, today: Date) -> Result<Line, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let mut fail = |field, sentence| wrong.push(FieldError { field, sentence });
        let sold_on = parse_day(&body.sold_on, today).map_err(|sentence| fail(LineField::SoldOn, sentence)).ok();
        let product = parse_product(&body.product).map_err(|sentence| fail(LineField::Product, sentence)).ok();
        if body.county.trim().is_empty() {
            fail(LineField::County, choose_a_county());
        }
        let quantity = parse_quantity(body.quantity).map_err(|sentence| fail(LineField::Quantity, sentence)).ok();
        if let Err(sentence) = check_amount(body.amount_fen) {
            fail(LineField::Amount, sentence);
        }
        let buyer = short(&body.buyer).map_err(|sentence| fail(LineField::Buyer, sentence)).ok();
        if body.district.trim().is_empty() {
            fail(LineField::District, choose_a_district());
        }
        let invoices = parse_invoices(&body.invoices).map_err(|sentence| fail(LineField::Invoices, sentence)).ok();
        let note = short(&body.note).map_err(|sentence| fail(LineField::Note, sentence)).ok();
        match (sold_on, product, quantity, buyer, invoices, note) {
            (Some(sold_on), Some(product), Some(quantity), Some(buyer), Some(invoices), Some(note))
                if wrong.is_empty() =>
            {
                Ok(Line {
                    sold_on,
                    county: CountyId::new(body.county.trim()),
                    brand: body.brand,
                    category: body.category,
                    product,
                    quantity,
                    amount: body.amount_fen,
                    invoices,
                    buyer,
                    district: DistrictId::new(body.district.trim()),
                    note,
                })
            }
            _ => Err(wrong),
        }
    }
}

/// Reads a day as people and spreadsheets write it: `2026-11-24`, `2026/11/4`, `2026.11.24`, `2026年11月24日`, `20261124`. A
/// time of day behind it is left out.
///
/// # Errors
/// The sentence shown beside the field: what is no day, what has not come yet, what is too long ago.
pub fn parse_day(text: &str, today: Date) -> Result<Date, Say> {
    let plain = tidy(text);
    let plain = plain.split(' ').next().unwrap_or_default();
    if plain.is_empty() {
        return Err(say!("写上销售日期，例如 {today}", "Enter the day of the sale, such as {today}"));
    }
    let unreadable = || say!("日期写成年月日，例如 {today}", "Write year, month and day, such as {today}");
    let parts: Vec<&str> = match plain.len() {
        8 if plain.bytes().all(|byte| byte.is_ascii_digit()) => vec![&plain[..4], &plain[4..6], &plain[6..]],
        _ => plain.split(['-', '/', '.', '年', '月', '日']).filter(|part| !part.is_empty()).collect(),
    };
    let [year, month, day] = parts.as_slice() else { return Err(unreadable()) };
    let day = match (year.parse::<i16>(), month.parse::<i8>(), day.parse::<i8>()) {
        (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).map_err(|_| unreadable())?,
        _ => return Err(unreadable()),
    };
    if day > today {
        return Err(say!("这一天还没到，今天是 {today}", "That day has not come yet; today is {today}"));
    }
    if day.year() < FIRST_YEAR {
        return Err(say!(
            "只收 {FIRST_YEAR} 年以后的销售，请核对年份",
            "Sales are taken from {FIRST_YEAR} on; please check the year"
        ));
    }
    Ok(day)
}

fn parse_product(text: &str) -> Result<String, Say> {
    let name = tidy(text);
    match name.chars().count() {
        0 => Err(say!("写上产品名称", "Enter the name of the product")),
        1..=80 => Ok(name),
        _ => Err(say!("产品名称最多 80 字", "The name has at most 80 characters")),
    }
}

fn parse_quantity(count: i64) -> Result<Quantity, Say> {
    match Quantity::new(count) {
        Ok(quantity) if quantity.is_zero() => Err(say!("数量至少 1", "The quantity is at least 1")),
        Ok(quantity) => Ok(quantity),
        Err(error) => Err(error.say()),
    }
}

fn check_amount(amount: Money) -> Result<(), Say> {
    match amount.fen() {
        ..0 => Err(say!(
            "金额不能是负数；退货请在台账里冲销",
            "An amount cannot be negative; what came back is reversed in the ledger"
        )),
        0 => Err(say!("金额要大于 0", "The amount must be above 0")),
        fen if fen > Money::LIMIT.fen() => Err(say!("金额太大，请核对", "The amount is too large; please check")),
        _ => Ok(()),
    }
}

fn short(text: &str) -> Result<String, Say> {
    let text = tidy(text);
    match text.chars().count() {
        0..=MAX_TEXT => Ok(text),
        _ => Err(say!("最多 {MAX_TEXT} 字", "At most {MAX_TEXT} characters")),
    }
}

fn choose_a_county() -> Say {
    say!("选产地：丽水、衢州的县市区", "Choose the county of origin, in Lishui or Quzhou")
}

fn choose_a_district() -> Say {
    say!("选业绩归属的区县市", "Choose the district that has the credit")
}

/// A number of an invoice, receipt or order as it is kept: half-width capitals without spaces and dashes, so that two ways of typing
/// it are one; the dash of an order's number stays.
pub fn plain_number(text: &str) -> String {
    let plain: String =
        text.chars().map(half_width).filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect();
    match plain.strip_prefix("SH") {
        Some(digits) if digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("SH{}-{}", &digits[..8], &digits[8..])
        }
        _ => plain,
    }
}

fn parse_invoices(texts: &[String]) -> Result<Vec<String>, Say> {
    let mut numbers: Vec<String> = Vec::new();
    for text in texts.iter().filter(|text| !text.trim().is_empty()) {
        let number = plain_number(text);
        match number.len() {
            0..4 => return Err(say!("“{text}”太短，不像发票号码", "“{text}” is too short for a number")),
            4..=40 if !numbers.contains(&number) => numbers.push(number),
            4..=40 => {}
            _ => {
                return Err(say!(
                    "“{text}”太长，几个号码之间用逗号隔开",
                    "“{text}” is too long; separate numbers by commas"
                ));
            }
        }
    }
    match numbers.len() {
        0..=MOST_INVOICES => Ok(numbers),
        _ => Err(say!("一行最多 {MOST_INVOICES} 个号码", "A line has at most {MOST_INVOICES} numbers")),
    }
}

// ---- a line as it is typed ----------------------------------------------------------------------------------------

/// Where goods come from and who may have the credit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    pub counties: Vec<Place>,
    pub districts: Vec<Place>,
}

impl Place {
    fn is_named(&self, text: &str) -> bool {
        self.id == text || self.names.iter().any(|name| name.eq_ignore_ascii_case(text))
    }
}

/// Reads what was typed into the fields of a line, in a form or a spreadsheet; both languages are understood.
///
/// # Errors
/// Every wrong field at once.
pub fn read_line(
    text: impl Fn(LineField) -> String,
    places: &Places,
    today: Date,
) -> Result<NewReportLine, Vec<FieldError>> {
    let mut wrong = Vec::new();
    let mut fail = |field, sentence| wrong.push(FieldError { field, sentence });
    let typed = |field| tidy(&text(field));
    let of_place =
        |places: &[Place], typed: &str| places.iter().find(|place| place.is_named(typed)).map(|place| place.id.clone());
    let county = of_place(&places.counties, &typed(LineField::County)).unwrap_or_else(|| {
        fail(LineField::County, choose_a_county());
        String::new()
    });
    let district = of_place(&places.districts, &typed(LineField::District)).unwrap_or_else(|| {
        fail(LineField::District, choose_a_district());
        String::new()
    });
    let is_category =
        |it: &&Category, typed: &str| [it.code(), it.zh(), it.en()].iter().any(|it| it.eq_ignore_ascii_case(typed));
    let category = Category::ALL.iter().find(|it| is_category(it, &typed(LineField::Category))).copied();
    if category.is_none() {
        let words = Category::ALL.iter().map(|it| it.zh()).collect::<Vec<_>>().join("、");
        fail(LineField::Category, say!("类别写其中一个：{words}", "Choose one of the categories: {words}"));
    }
    let brand =
        read_brand(&typed(LineField::Brand)).map_err(|sentence| fail(LineField::Brand, sentence)).unwrap_or_default();
    let quantity =
        read_quantity(&typed(LineField::Quantity)).map_err(|sentence| fail(LineField::Quantity, sentence)).ok();
    let amount = read_amount(&typed(LineField::Amount)).map_err(|sentence| fail(LineField::Amount, sentence)).ok();
    let body = NewReportLine {
        sold_on: parse_day(&text(LineField::SoldOn), today)
            .map_or_else(|_| typed(LineField::SoldOn), |day| day.to_string()),
        county,
        brand,
        // What is wrong has been said above; the rest is looked at all the same.
        category: category.unwrap_or(Category::Fruit),
        product: typed(LineField::Product),
        quantity: quantity.unwrap_or(1),
        amount_fen: amount.unwrap_or(Money::from_fen(1)),
        invoices: split_numbers(&text(LineField::Invoices)),
        buyer: typed(LineField::Buyer),
        district,
        note: typed(LineField::Note),
    };
    if let Err(more) = Line::parse(&body, today) {
        let known: Vec<LineField> = wrong.iter().map(|it| it.field).collect();
        wrong.extend(more.into_iter().filter(|it| !known.contains(&it.field)));
    }
    wrong.sort_by_key(|it| it.field);
    if wrong.is_empty() { Ok(body) } else { Err(wrong) }
}

/// Numbers as they stand in one cell, between commas, strokes and line ends.
pub fn split_numbers(text: &str) -> Vec<String> {
    let parts = text.split([',', '，', '、', ';', '；', '/', '\n']).map(tidy);
    parts.filter(|part| !part.is_empty()).collect()
}

fn read_brand(text: &str) -> Result<Option<Brand>, Say> {
    if matches!(text, "" | "无" | "无品牌" | "/" | "-" | "—") || text.eq_ignore_ascii_case("none") {
        return Ok(None);
    }
    let is = |it: &&Brand| [it.code(), it.zh(), it.en()].iter().any(|word| word.eq_ignore_ascii_case(text));
    Brand::ALL.iter().find(is).copied().map(Some).ok_or_else(|| {
        say!(
            "品牌只有丽水山耕和三衢味，没有就空着",
            "The brands are Lishui Shangeng and Sanqu Wei; leave it empty for none"
        )
    })
}

/// Units behind a number are left out: 120盒.
fn read_quantity(text: &str) -> Result<i64, Say> {
    let plain = text.trim_end_matches(|c: char| c.is_alphabetic()).trim_end();
    let plain = plain.strip_suffix(".0").unwrap_or(plain);
    match Quantity::parse(plain) {
        Ok(quantity) => Ok(quantity.get()),
        Err(_) if text.is_empty() => Err(say!("写上数量", "Enter the quantity")),
        Err(error) => Err(error.say()),
    }
}

/// Offices write `1.79万元` too.
fn read_amount(text: &str) -> Result<Money, Say> {
    let plain = text.strip_suffix('元').unwrap_or(text);
    let Some(wan) = plain.strip_suffix('万') else { return Money::parse(text).map_err(|error| error.say()) };
    let digits: String = wan.chars().filter(|c| *c != ',' && *c != ' ').collect();
    let (whole, decimals) = digits.split_once('.').unwrap_or((&digits, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(decimals) {
        let negative = whole.starts_with('-');
        return Err(if negative { MoneyError::Negative } else { MoneyError::NotANumber }.say());
    }
    // Ten thousand yuan are a million fen: six decimals are exact.
    let plain = format!("{whole}{decimals:0<4}");
    let (yuan, fen) = plain.split_at(plain.len().min(whole.len() + 4));
    Money::parse(&format!("{yuan}.{fen}")).map_err(|error| error.say())
}

// ---- a whole report -----------------------------------------------------------------------------------------------

/// A report whose every field reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub id: ReportId,
    /// From 1.
    pub attempt: i64,
    pub channel: Channel,
    pub seller: String,
    pub seller_uscc: Option<Uscc>,
    pub note: String,
    pub lines: Vec<Line>,
    /// The sum of its lines.
    pub amount: Money,
    pub evidence: Vec<String>,
    pub sure: Vec<Money>,
}

impl Report {
    /// # Errors
    /// All wrong fields at once; [`Code::TooManyRows`] beyond [`MOST_LINES`].
    pub fn parse(body: &NewReport, today: Date) -> Result<Report, Vec<Refusal>> {
        if body.lines.len() > MOST_LINES {
            return Err(vec![too_many_lines(body.lines.len())]);
        }
        let mut wrong = Vec::new();
        let mut take = |field: &str, text: Result<String, Say>| {
            text.map_err(|sentence| wrong.push(Refusal::field(field, sentence))).unwrap_or_default()
        };
        let seller = take("seller", parse_seller(&body.seller));
        let uscc = parse_uscc(&body.seller_uscc);
        take("seller_uscc", uscc.as_ref().map(|_| String::new()).map_err(Clone::clone));
        let note = take("note", short(&body.note));
        if body.attempt < 1 {
            wrong.push(Refusal::field("attempt", say!("第几次提交从 1 数起", "Submissions are counted from 1")));
        }
        if body.lines.is_empty() {
            wrong.push(Refusal::field("lines", say!("至少填一行销售", "Enter one line at least")));
        }
        if body.evidence.len() > MOST_EVIDENCE {
            wrong.push(Refusal::field("evidence", too_much_evidence()));
        }
        let mut lines = Vec::with_capacity(body.lines.len());
        for (index, line) in body.lines.iter().enumerate() {
            match Line::parse(line, today) {
                Ok(line) => {
                    wrong.extend(
                        check_channel(body.channel, &line).err().map(|sentence| at(index, LineField::Buyer, sentence)),
                    );
                    lines.push(line);
                }
                Err(of_line) => wrong.extend(of_line.into_iter().map(|it| at(index, it.field, it.sentence))),
            }
        }
        let amount = Money::checked_sum(lines.iter().map(|line| line.amount));
        if amount.is_none() {
            wrong.push(Refusal::field("lines", say!("合计金额太大，请核对", "The sum is too large; please check")));
        }
        match (amount, uscc) {
            (Some(amount), Ok(seller_uscc)) if wrong.is_empty() => Ok(Report {
                id: body.id,
                attempt: body.attempt,
                channel: body.channel,
                seller,
                seller_uscc,
                note,
                lines,
                amount,
                evidence: body.evidence.iter().map(|hash| hash.trim().to_ascii_lowercase()).collect(),
                sure: body.sure_fen.clone(),
            }),
            _ => Err(wrong),
        }
    }

    /// The districts that have the credit of some line, each once.
    pub fn districts(&self) -> Vec<DistrictId> {
        let mut districts: Vec<DistrictId> = self.lines.iter().map(|line| line.district.clone()).collect();
        districts.sort();
        districts.dedup();
        districts
    }
}

/// A refusal of a field of a line.
pub fn at(index: usize, field: LineField, sentence: Say) -> Refusal {
    Refusal::field(format!("lines[{index}].{}", field.code()), sentence)
}

/// # Errors
/// The sentence shown beside the field.
pub fn parse_seller(text: &str) -> Result<String, Say> {
    let name = tidy(text);
    match name.chars().count() {
        0 => Err(say!("写上销售单位的全称", "Enter the full name of who sold")),
        1 => Err(say!("名称太短，要写全称", "The name is too short; enter the full name")),
        2..=MAX_TEXT => Ok(name),
        _ => Err(say!("最多 {MAX_TEXT} 字", "At most {MAX_TEXT} characters")),
    }
}

fn parse_uscc(text: &str) -> Result<Option<Uscc>, Say> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    Uscc::parse(text).map(Some).map_err(|error| error.say())
}

/// Union procurement is what unions bought, and nothing else.
fn check_channel(channel: Channel, line: &Line) -> Result<(), Say> {
    if channel != Channel::UnionProcurement || line.buyer.contains("工会") {
        return Ok(());
    }
    Err(say!(
        "渠道是工会采购，购买单位要写工会的全称；不是工会买的，请换一个渠道",
        "The channel is union procurement: enter the union's full name, or choose another channel"
    ))
}

fn too_many_lines(count: usize) -> Refusal {
    Refusal::new(
        Code::TooManyRows,
        say!(
            "一份填报最多 {MOST_LINES} 行，这里有 {count} 行。请按月份或销售点分成几份",
            "A report has at most {MOST_LINES} lines; this has {count}. Please split it by month or by shop"
        ),
    )
    .at("lines")
}

/// What is said of more files than [`MOST_EVIDENCE`].
pub fn too_much_evidence() -> Say {
    say!(
        "佐证最多 {MOST_EVIDENCE} 个文件，请把零散的合成一个 PDF",
        "At most {MOST_EVIDENCE} files; please join some into one PDF"
    )
}

// ---- what is far above the usual ----------------------------------------------------------------------------------

/// An amount of so many times the usual is asked about. A slip of the decimal point or of 元 for 万元 is a hundred at least.
const UNUSUAL_TIMES: i64 = 100;

/// Fewer lines of the past year say nothing of what is usual.
pub const LEAST_USUAL: i64 = 5;

/// Whether each amount is near what is usual, or has been confirmed. `usual` is the median of the lines reported over the past
/// year, where there are [`LEAST_USUAL`] at least.
///
/// # Errors
/// [`Code::AmountUnusual`] for every line far above it: 1,790.0 万元，是平时的 900 倍？
pub fn check_usual(report: &Report, usual: Option<Money>) -> Result<(), Vec<Refusal>> {
    let Some(usual) = usual.filter(|usual| usual.fen() > 0) else { return Ok(()) };
    let mut wrong = Vec::new();
    for (index, line) in report.lines.iter().enumerate() {
        let times = line.amount.fen() / usual.fen();
        if times >= UNUSUAL_TIMES && !report.sure.contains(&line.amount) {
            let row = index + 1;
            let sentence = say!(
                "第 {row} 行 {amount}，是平时的 {times} 倍？没写错，请确认后再提交一次",
                "Line {row} is {amount}, {times} times the usual? If it is right, confirm it and submit again",
                row = row, times = times; amount = Say::name(format!("{} 万元", line.amount.wan(1)), line.amount.in_english())
            );
            wrong.push(Refusal::new(Code::AmountUnusual, sentence).at(format!("lines[{index}].amount_fen")));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

// ---- deciding -----------------------------------------------------------------------------------------------------

/// What is decided on a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Recognise(Option<String>),
    Return(String),
}

impl Decision {
    /// # Errors
    /// [`Code::ReasonNeeded`] where it is returned without one.
    pub fn parse(body: &ReportDecision) -> Result<Decision, Refusal> {
        let reason = body.reason.as_deref().unwrap_or_default();
        match body.step {
            ReportStep::Recognise if reason.trim().is_empty() => Ok(Decision::Recognise(None)),
            ReportStep::Recognise => parse_reason(reason).map(|reason| Decision::Recognise(Some(reason))),
            ReportStep::Return => parse_reason(reason).map(Decision::Return),
            ReportStep::Submit | ReportStep::Decide => {
                Err(Refusal::field("step", say!("选认定或退回", "Choose to recognise or to return it")))
            }
        }
    }

    pub fn step(&self) -> ReportStep {
        match self {
            Decision::Recognise(_) => ReportStep::Recognise,
            Decision::Return(_) => ReportStep::Return,
        }
    }

    pub fn reason(&self) -> Option<&str> {
        match self {
            Decision::Recognise(reason) => reason.as_deref(),
            Decision::Return(reason) => Some(reason),
        }
    }
}

/// What stands between a report and the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hindrances {
    /// Possible doubles nobody has decided on.
    pub open_pairs: i64,
    /// Those it was decided of that they are the same.
    pub same_pairs: i64,
    pub evidence: i64,
}

/// Whether a report may be recognised.
///
/// # Errors
/// [`Code::SaidSame`], [`Code::PairsOpen`], [`Code::ReasonNeeded`] for one without evidence.
pub fn check_recognition(of: Hindrances, reason: Option<&str>) -> Result<(), Refusal> {
    if of.same_pairs > 0 {
        return Err(Refusal::new(
            Code::SaidSame,
            say!(
                "已判定和另一笔是同一笔销售，这份填报只能退回",
                "It was decided to be the same sale as another; this report can only be returned"
            ),
        ));
    }
    if of.open_pairs > 0 {
        return Err(Refusal::new(
            Code::PairsOpen,
            say!(
                "还有 {count} 处疑似重复没有结论，请逐一判定后再认定",
                "{count} possible doubles are not decided on; please decide on each first",
                count = of.open_pairs
            ),
        ));
    }
    if of.evidence == 0 && reason.is_none() {
        return Err(Refusal::new(
            Code::ReasonNeeded,
            say!("这份填报没有佐证，认定要写明凭什么", "This report has no evidence; say what it is recognised by"),
        )
        .at("reason"));
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests;
