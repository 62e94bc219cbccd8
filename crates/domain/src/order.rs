//! A procurement as the officer fills it in, and an acceptance as it is counted: parsed once, trusted afterwards.
//!
//! The form calls the single-field functions while it is typed, the server calls [`Procurement::parse`] and
//! [`Acceptance::parse`]; both show the same sentence.

use crate::channel::Channel;
use crate::code::coded;
use crate::delivery_list::MOST_SETS;
use crate::id::{OrderId, ProductId};
use crate::language::{Language, Say};
use crate::money::half_width;
use crate::occasion::Occasion;
use crate::payment::PaymentMethod;
use crate::quantity::counted;
use crate::region::DistrictId;
use crate::sheet::MOST_ROWS;
use crate::wire;
use crate::{Code, Money, Quantity, Refusal, say};

/// More lines than any gift has; a larger body is a mistake or an attack.
pub const MAX_LINES: usize = 200;
/// More merchants than one basket holds.
pub const MAX_ORDERS: usize = 40;
/// More places than one union hands out gifts in.
pub const MAX_POINTS: usize = 1_000;
/// Of each line to each point, over the whole basket: what one transaction can store in a moment.
pub const MAX_POINT_LINES: usize = 20_000;
const MAX_HEAD_COUNT: i64 = 200_000;
/// Characters of an address, a reason, a note.
pub const MAX_TEXT: usize = 200;

/// A whole basket ordered for one occasion: one order for each merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Procurement {
    pub occasion: Occasion,
    pub budget: Budget,
    pub points: Vec<Point>,
    /// Why the budget is exceeded or goods outside the usual festival gifts are bought.
    pub exception_reason: Option<String>,
    pub orders: Vec<NewOrder>,
    /// Empty where there is no list of them.
    pub recipients: Vec<Recipient>,
}

/// One of those who are given their goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub department: String,
    pub name: String,
    pub phone: String,
    /// Counted from 1 among the points.
    pub point: usize,
    /// At least one.
    pub sets: i64,
    pub bundle: Option<String>,
}

/// A whole basket that a person buys: no occasion, no budget, nobody to approve it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retail {
    /// The district of Ningbo that has the credit.
    pub district: DistrictId,
    pub payment_method: PaymentMethod,
    pub delivery: Delivery,
    pub orders: Vec<NewOrder>,
}

/// One order of a basket. Its price is not in here: it comes from the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    pub id: OrderId,
    pub lines: Vec<NewLine>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    pub product_id: ProductId,
    /// At least one.
    pub quantity: Quantity,
    /// One for each point, in their order; their sum is the quantity.
    pub by_point: Vec<Quantity>,
}

/// A place where goods are handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    pub delivery: Delivery,
    /// How many people are given their goods there; 0 where nobody has counted them.
    pub recipients: i64,
}

/// Where the goods go and who is called there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub address: String,
    pub contact: String,
    pub phone: String,
}

/// What may be spent: so much for each of so many people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    head_count: i64,
    per_head: Money,
}

impl Budget {
    /// # Errors
    /// A refusal naming `head_count` or `per_head_budget_fen`.
    pub fn new(head_count: i64, per_head: Money) -> Result<Budget, Refusal> {
        if !(1..=MAX_HEAD_COUNT).contains(&head_count) {
            return Err(Refusal::field(
                "head_count",
                say!("人数要在 1 到 {MAX_HEAD_COUNT} 之间", "The head-count must be between 1 and {MAX_HEAD_COUNT}"),
            ));
        }
        if per_head <= Money::ZERO || per_head > Money::from_yuan(100_000) {
            return Err(Refusal::field(
                "per_head_budget_fen",
                say!(
                    "人均标准要大于 0，不超过 10 万元",
                    "The amount per head must be above 0 and at most 100,000 yuan"
                ),
            ));
        }
        Ok(Budget { head_count, per_head })
    }

    pub fn head_count(self) -> i64 {
        self.head_count
    }

    pub fn per_head(self) -> Money {
        self.per_head
    }

    /// Head-count times standard. The bounds of both keep it far below [`Money::LIMIT`].
    pub fn total(self) -> Money {
        Money::from_fen(self.per_head.fen() * self.head_count)
    }

    /// What is left of each person's share after `spent`, rounded down to the fen; negative when exceeded.
    pub fn left_per_head(self, spent: Money) -> Money {
        Money::from_fen((self.total().fen() - spent.fen()).div_euclid(self.head_count))
    }

    pub fn is_exceeded_by(self, spent: Money) -> bool {
        spent > self.total()
    }
}

/// What a union may do and must give a reason for.
///
/// Source: a cap per member warns and does not block; what is usual follows the lists of festival goods that unions publish
/// (Ningbo's notice of 2019-09-11 among them), where alcohol and herbs are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exception {
    /// By so much.
    OverBudget(Money),
    /// The first of the goods that are no usual festival gift, by name.
    UnusualGift(Say),
}

impl Exception {
    /// What in a procurement of this total needs a reason; `unusual` names its first unusual gift.
    pub fn of(budget: Option<Budget>, total: Money, unusual: Option<Say>) -> Option<Exception> {
        let over = budget.filter(|budget| budget.is_exceeded_by(total));
        let over = over.map(|budget| Exception::OverBudget(Money::from_fen(total.fen() - budget.total().fen())));
        over.or(unusual.map(Exception::UnusualGift))
    }

    /// The refusal of a procurement that gives no reason.
    pub fn say(&self) -> Say {
        match self {
            Exception::OverBudget(over) => say!(
                "超出预算 {over} 元，请写明理由，或减少数量",
                "{over} yuan over the budget: say why, or order less",
                over = over.yuan()
            ),
            Exception::UnusualGift(name) => say!(
                "{name}一般不作工会慰问品，请写明理由，或换一样",
                "{name} is no usual festival gift of a union: say why, or choose another";
                name = name
            ),
        }
    }
}

impl Procurement {
    /// Turns the body of a request into a procurement; every field that does not parse is named.
    ///
    /// # Errors
    /// All refusals at once, so that the person corrects them in one go.
    pub fn parse(body: &wire::NewOrders) -> Result<Procurement, Vec<Refusal>> {
        let mut wrong = Vec::new();
        let budget = Budget::new(body.head_count, Money::from_fen(body.per_head_budget_fen));
        let budget = budget.map_err(|refusal| wrong.push(refusal)).ok();
        let points = parse_points(&body.points, &mut wrong);
        let exception_reason = parse_optional_text("exception_reason", body.exception_reason.as_deref(), &mut wrong);
        let orders = parse_orders(&body.orders, Channel::UnionProcurement, body.points.len(), &mut wrong);
        let recipients = parse_recipients(&body.recipients, &body.points, &mut wrong);
        match budget {
            Some(budget) if wrong.is_empty() => {
                Ok(Procurement { occasion: body.occasion, budget, points, exception_reason, orders, recipients })
            }
            _ => Err(wrong),
        }
    }
}

impl Retail {
    /// As [`Procurement::parse`]; whether there is such a district is the store's question.
    ///
    /// # Errors
    /// All refusals at once.
    pub fn parse(body: &wire::NewRetailOrders) -> Result<Retail, Vec<Refusal>> {
        let mut wrong = Vec::new();
        let district = parse_district(&body.district);
        let district = district.map_err(|sentence| wrong.push(Refusal::field("district", sentence))).ok();
        let delivery = parse_delivery("delivery", &body.delivery, &mut wrong);
        let orders = parse_orders(&body.orders, Channel::OnlinePlatform, 1, &mut wrong);
        match (district, delivery) {
            (Some(district), Some(delivery)) if wrong.is_empty() => {
                Ok(Retail { district, payment_method: body.payment_method, delivery, orders })
            }
            _ => Err(wrong),
        }
    }
}

/// Reads the district a person buys for.
///
/// # Errors
/// The sentence shown beside the field.
pub fn parse_district(text: &str) -> Result<DistrictId, Say> {
    match text.trim() {
        "" => Err(say!("选送到哪个区县，帮扶成绩记在那里", "Choose the district; it has the credit of what you buy")),
        district => Ok(DistrictId::new(district)),
    }
}

/// The orders of a basket: each with an identifier of its own.
fn parse_orders(body: &[wire::NewOrder], channel: Channel, points: usize, wrong: &mut Vec<Refusal>) -> Vec<NewOrder> {
    if body.is_empty() || body.len() > MAX_ORDERS {
        let order = channel.order_zh();
        wrong.push(Refusal::field(
            "orders",
            say!("一次提交 1 到 {MAX_ORDERS} 张{order}", "Submit between 1 and {MAX_ORDERS} orders at a time"),
        ));
    }
    let mut orders: Vec<NewOrder> = Vec::new();
    for (index, order) in body.iter().enumerate() {
        if orders.iter().any(|earlier| earlier.id == order.id) {
            wrong.push(Refusal::field(
                format!("orders[{index}].id"),
                say!("同一次提交里编号重复", "Two orders of this request have the same identifier"),
            ));
        }
        let lines = parse_lines(&format!("orders[{index}].lines"), &order.lines, channel, points, wrong);
        orders.push(NewOrder { id: order.id, lines });
    }
    let parts = orders.iter().flat_map(|order| &order.lines).flat_map(|line| &line.by_point);
    if parts.filter(|part| !part.is_zero()).count() > MAX_POINT_LINES {
        wrong.push(Refusal::field(
            "orders",
            say!(
                "点位乘品种太多，一次最多 {MAX_POINT_LINES} 条，请分几次提交",
                "Too many goods for too many points: at most {MAX_POINT_LINES} of them at a time; please submit in parts"
            ),
        ));
    }
    orders
}

/// The lines of an order to so many points: each product once, each at least one piece.
pub fn parse_lines(
    path: &str,
    lines: &[wire::NewLine],
    channel: Channel,
    points: usize,
    wrong: &mut Vec<Refusal>,
) -> Vec<NewLine> {
    if lines.is_empty() || lines.len() > MAX_LINES {
        let order = channel.order_zh();
        wrong.push(Refusal::field(
            path,
            say!("一张{order}要有 1 到 {MAX_LINES} 行", "An order has between 1 and {MAX_LINES} lines"),
        ));
    }
    let mut parsed: Vec<NewLine> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if parsed.iter().any(|earlier| earlier.product_id == line.product_id) {
            wrong.push(Refusal::field(
                format!("{path}[{index}].product_id"),
                say!("同一产品写了两行，请合成一行", "The same product stands on two lines; please make them one"),
            ));
        }
        match Quantity::new(line.quantity) {
            Ok(quantity) if !quantity.is_zero() => match parse_by_point(quantity, &line.by_point, points) {
                Ok(by_point) => parsed.push(NewLine { product_id: line.product_id, quantity, by_point }),
                Err(sentence) => wrong.push(Refusal::field(format!("{path}[{index}].by_point"), sentence)),
            },
            Ok(_) => wrong.push(Refusal::field(format!("{path}[{index}].quantity"), at_least_one())),
            Err(error) => wrong.push(Refusal::field(format!("{path}[{index}].quantity"), error.say())),
        }
    }
    parsed
}

/// Reads how much of a line goes to each of so many points; nothing said is everything to the only one.
///
/// # Errors
/// The sentence shown beside the line.
pub fn parse_by_point(quantity: Quantity, by_point: &[i64], points: usize) -> Result<Vec<Quantity>, Say> {
    if by_point.is_empty() && points == 1 {
        return Ok(vec![quantity]);
    }
    if by_point.len() != points {
        return Err(say!(
            "有 {points} 个点位，请写明各送多少，这里写了 {count} 个数",
            "There are {points} points; say how much goes to each, here are {count} numbers",
            count = by_point.len()
        ));
    }
    let parts = by_point.iter().map(|part| Quantity::new(*part).map_err(|error| error.say()));
    let parts: Vec<Quantity> = parts.collect::<Result<_, _>>()?;
    let sum: i64 = parts.iter().map(|part| part.get()).sum();
    if sum == quantity.get() {
        return Ok(parts);
    }
    Err(say!(
        "各点位加起来是 {sum}，与这一行的 {quantity} 不一致",
        "The points make {sum} together and the line says {quantity}"
    ))
}

/// The points of a basket.
fn parse_points(body: &[wire::NewPoint], wrong: &mut Vec<Refusal>) -> Vec<Point> {
    if body.is_empty() || body.len() > MAX_POINTS {
        wrong.push(Refusal::field(
            "points",
            say!("收货点位要有 1 到 {MAX_POINTS} 个", "There must be between 1 and {MAX_POINTS} delivery points"),
        ));
        return Vec::new();
    }
    let mut points = Vec::with_capacity(body.len());
    for (index, point) in body.iter().enumerate() {
        let wire::NewPoint { address, contact, phone, recipients } = point.clone();
        let delivery = parse_delivery(&format!("points[{index}]"), &wire::Delivery { address, contact, phone }, wrong);
        if !(0..=MAX_HEAD_COUNT).contains(&recipients) {
            wrong.push(Refusal::field(
                format!("points[{index}].recipients"),
                say!("领取人数要在 0 到 {MAX_HEAD_COUNT} 之间", "Recipients must be between 0 and {MAX_HEAD_COUNT}"),
            ));
        }
        points.extend(delivery.map(|delivery| Point { delivery, recipients }));
    }
    points
}

/// The people of a list: each at a point that there is, and as many at each as it says.
fn parse_recipients(
    body: &[wire::NewRecipient],
    points: &[wire::NewPoint],
    wrong: &mut Vec<Refusal>,
) -> Vec<Recipient> {
    if body.len() > MOST_ROWS {
        wrong.push(crate::sheet::too_many_rows().at("recipients"));
        return Vec::new();
    }
    let mut people = Vec::with_capacity(body.len());
    let mut at_points = vec![0; points.len()];
    for (index, person) in body.iter().enumerate() {
        match parse_recipient(person, points.len()) {
            Ok(person) => {
                at_points[person.point - 1] += 1;
                people.push(person);
            }
            Err((field, sentence)) => wrong.push(Refusal::field(format!("recipients[{index}].{field}"), sentence)),
        }
    }
    let miscounted = points.iter().zip(&at_points).position(|(point, counted)| point.recipients != *counted);
    // Where somebody is wrong nobody can be counted.
    if let (Some(index), false) = (miscounted, people.is_empty() || people.len() < body.len()) {
        let (said, counted) = (points[index].recipients, at_points[index]);
        let sentence = say!(
            "这个点位写了 {said} 人，名单上是 {counted} 人",
            "The point says {said} people, and the list has {counted} for it"
        );
        wrong.push(Refusal::field(format!("points[{index}].recipients"), sentence));
    }
    people
}

fn parse_recipient(body: &wire::NewRecipient, points: usize) -> Result<Recipient, (&'static str, Say)> {
    let text = |text: &str| {
        let text = text.trim();
        let long = say!("最多 {MAX_TEXT} 字", "At most {MAX_TEXT} characters");
        if text.chars().count() <= MAX_TEXT { Ok(text.to_owned()) } else { Err(long) }
    };
    let point = usize::try_from(body.point).ok().filter(|point| (1..=points).contains(point));
    let no_point = || say!("没有第 {point} 个点位", "There is no point {point}", point = body.point);
    let sets = Some(body.sets).filter(|sets| (1..=MOST_SETS).contains(sets));
    Ok(Recipient {
        department: text(&body.department).map_err(|why| ("department", why))?,
        name: parse_contact(&body.name).map_err(|why| ("name", why))?,
        phone: parse_phone(&body.phone).map_err(|why| ("phone", why))?,
        point: point.ok_or_else(|| ("point", no_point()))?,
        sets: sets.ok_or_else(|| {
            ("sets", say!("套数要在 1 到 {MOST_SETS} 之间", "The number of sets must be between 1 and {MOST_SETS}"))
        })?,
        bundle: body.bundle.as_deref().map(text).transpose().map_err(|why| ("bundle", why))?,
    })
}

fn at_least_one() -> Say {
    say!("数量至少 1；不要的请去掉这一行", "At least 1; remove the line of what is not wanted")
}

/// Reads the quantity of a line as typed.
///
/// # Errors
/// The sentence shown beside the field.
pub fn parse_line_quantity(text: &str) -> Result<Quantity, Say> {
    let quantity = Quantity::parse(text).map_err(|error| error.say())?;
    if quantity.is_zero() { Err(at_least_one()) } else { Ok(quantity) }
}

/// Whether so many may be ordered of goods sold from `least` of their unit on.
///
/// # Errors
/// The sentence shown beside the quantity.
pub fn check_minimum(quantity: Quantity, least: Quantity, unit: &Say) -> Result<(), Say> {
    if quantity >= least {
        return Ok(());
    }
    Err(say!(
        "{so_many}起订，请加到 {least}",
        "Sold from {so_many} on; please order at least {least}";
        so_many = so_many(least, unit)
    ))
}

/// A quantity with its unit, both named in both languages.
pub fn so_many(quantity: Quantity, unit: &Say) -> Say {
    Say { zh: counted(quantity, &unit.zh, Language::Zh).into(), en: counted(quantity, &unit.en, Language::En).into() }
}

fn parse_delivery(path: &str, body: &wire::Delivery, wrong: &mut Vec<Refusal>) -> Option<Delivery> {
    let before = wrong.len();
    let mut take = |field: &str, parsed: Result<String, Say>| {
        parsed.map_err(|sentence| wrong.push(Refusal::field(format!("{path}.{field}"), sentence))).unwrap_or_default()
    };
    let delivery = Delivery {
        address: take("address", parse_address(&body.address)),
        contact: take("contact", parse_contact(&body.contact)),
        phone: take("phone", parse_phone(&body.phone)),
    };
    (wrong.len() == before).then_some(delivery)
}

/// Reads a text that may be missing; blank is missing.
pub fn parse_optional_text(field: &str, text: Option<&str>, wrong: &mut Vec<Refusal>) -> Option<String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    if text.chars().count() > MAX_TEXT {
        wrong.push(Refusal::field(field, say!("最多 {MAX_TEXT} 字", "At most {MAX_TEXT} characters")));
    }
    Some(text.to_owned())
}

/// Reads a head-count as typed.
///
/// # Errors
/// The sentence shown beside the field.
pub fn parse_head_count(text: &str) -> Result<i64, Say> {
    let count =
        Quantity::parse(text).map_err(|_| say!("填写人数，例如 286", "Enter the head-count, such as 286"))?.get();
    Budget::new(count, Money::from_yuan(1)).map(Budget::head_count).map_err(|refusal| refusal.sentence)
}

/// Reads a delivery address.
///
/// # Errors
/// The sentence shown beside the field.
pub fn parse_address(text: &str) -> Result<String, Say> {
    let text = text.trim();
    match text.chars().count() {
        0 => {
            Err(say!("填写送货地址，例如 宁波市镇海区示例路1号", "Enter the delivery address down to the house number"))
        }
        1..6 => Err(say!("地址太短，请写到门牌号", "The address is too short; include the house number")),
        6..=MAX_TEXT => Ok(text.to_owned()),
        _ => Err(say!("地址最多 {MAX_TEXT} 字", "The address has at most {MAX_TEXT} characters")),
    }
}

/// Reads who takes the goods in: a name or an office.
///
/// # Errors
/// The sentence shown beside the field.
pub fn parse_contact(text: &str) -> Result<String, Say> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(say!("填写收货人或岗位，例如 办公室", "Enter who receives the goods, a person or an office")),
        1..=40 => Ok(text.to_owned()),
        _ => Err(say!("收货人最多 40 字", "The recipient has at most 40 characters")),
    }
}

/// Reads a phone: a mobile number of 11 digits, or a landline with its area code.
///
/// # Errors
/// The sentence shown beside the field.
pub fn parse_phone(text: &str) -> Result<String, Say> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(half_width).collect();
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    if plain.is_empty() {
        return Err(say!(
            "填写收货电话，例如 13800000001 或 0574-87180000",
            "Enter the recipient's phone, such as 13800000001 or 0574-87180000"
        ));
    }
    if !plain.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return Err(say!("电话只写数字，座机在区号后加“-”", "Digits only, with a hyphen after a landline's area code"));
    }
    if plain.starts_with('0') {
        return if (10..=12).contains(&digits) {
            Ok(plain)
        } else {
            Err(say!("座机要写区号，例如 0574-87180000", "A landline needs its area code, such as 0574-87180000"))
        };
    }
    match (plain.starts_with('1'), digits) {
        (true, 11) => Ok(plain.replace('-', "")),
        (true, _) => Err(say!("电话要 11 位，这里有 {digits} 位", "A mobile number has 11 digits; this has {digits}")),
        (false, _) => Err(say!(
            "手机号以 1 开头；座机请写区号，例如 0574-87180000",
            "A mobile number begins with 1; a landline needs its area code, such as 0574-87180000"
        )),
    }
}

/// Reads the reason of an act that needs one.
///
/// # Errors
/// [`Code::ReasonNeeded`] when it is missing, [`Code::BadField`] when it is too long.
pub fn parse_reason(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Refusal::new(
            Code::ReasonNeeded,
            say!("请写明理由，对方要看到才知道怎么办", "Please say why: the other side needs to know what to do"),
        )
        .at("reason")),
        1..=MAX_TEXT => Ok(text.to_owned()),
        _ => Err(Refusal::field(
            "reason",
            say!("理由最多 {MAX_TEXT} 字", "The reason has at most {MAX_TEXT} characters"),
        )),
    }
}

const MAX_SHIPMENT_TEXT: usize = 60;

/// Reads who carries the goods.
///
/// # Errors
/// The sentence shown beside the field.
pub fn parse_carrier(text: &str) -> Result<String, Say> {
    parse_shipment_text(text, say!("填写承运单位，例如 邮政快递", "Enter the carrier, such as China Post"))
}

/// Reads the number of the waybill.
///
/// # Errors
/// The sentence shown beside the field.
pub fn parse_tracking_no(text: &str) -> Result<String, Say> {
    parse_shipment_text(
        text,
        say!("填写运单号，自送的写车牌号", "Enter the waybill number, or the number plate of your own car"),
    )
}

fn parse_shipment_text(text: &str, missing: Say) -> Result<String, Say> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(missing),
        1..=MAX_SHIPMENT_TEXT => Ok(text.to_owned()),
        _ => Err(say!("最多 {MAX_SHIPMENT_TEXT} 字", "At most {MAX_SHIPMENT_TEXT} characters")),
    }
}

coded! {
    /// The usual reasons to reject goods. What is stored is a sentence: one of these words in Chinese, or what was written.
    pub enum RejectionReason {
        Missing = "missing" "少件" "Missing",
        Broken = "broken" "破损" "Broken",
        NearExpiry = "near_expiry" "临期" "Near its expiry",
        OffSpecification = "off_specification" "不符规格" "Not as specified",
    }
}

impl RejectionReason {
    /// A stored reason in the reader's language: known words are translated, what somebody wrote stays as written.
    pub fn told(reason: &str, reader: Language) -> &str {
        let known = RejectionReason::ALL.iter().find(|known| known.zh() == reason);
        known.map_or(reason, |known| known.word(reader))
    }
}

/// How many are rejected when so many of what was ordered are accepted.
///
/// # Errors
/// The sentence shown under the line, when more are accepted than were ordered.
pub fn rejected(ordered: Quantity, accepted: Quantity) -> Result<Quantity, Say> {
    ordered.checked_sub(accepted).ok_or_else(|| {
        say!(
            "应到 {ordered}，实收不能比它多；多送的请商户拉回",
            "{ordered} were ordered and no more can be accepted; the merchant takes back what is too much"
        )
    })
}

/// What came of one line at a point: so many accepted, so many short or rejected and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedLine {
    /// Counted from 1, as on the order.
    pub line: i64,
    pub accepted: Quantity,
    /// Did not come.
    pub short: Quantity,
    /// Came and is not taken.
    pub rejected: Quantity,
    /// Why something is short or rejected.
    pub reason: Option<String>,
}

/// The acceptance of what was shipped to a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance(Vec<AcceptedLine>);

impl Acceptance {
    /// Checks the counted quantities against the shipped ones, given with the number of their line: every line once, accepted,
    /// short and rejected together equal to what was shipped, and a reason wherever not everything was accepted.
    ///
    /// # Errors
    /// [`Code::LinesDiffer`] when lines are missing or strange; otherwise all wrong fields at once.
    pub fn parse(shipped: &[(i64, Quantity)], body: &[wire::AcceptanceLine]) -> Result<Acceptance, Vec<Refusal>> {
        let numbers_match = body.iter().zip(shipped).all(|(line, (number, _))| line.line == *number);
        if body.len() != shipped.len() || !numbers_match {
            let sentence = say!(
                "这里到货 {count} 行，请按顺序逐行填写实收、少件和拒收",
                "Here {count} lines have come; give accepted, short and rejected for each, in their order",
                count = shipped.len()
            );
            return Err(vec![Refusal::new(Code::LinesDiffer, sentence).at("lines")]);
        }
        let mut wrong = Vec::new();
        let mut lines = Vec::with_capacity(body.len());
        for (index, (line, (_, shipped))) in body.iter().zip(shipped).enumerate() {
            match parse_accepted_line(line, *shipped) {
                Ok(line) => lines.push(line),
                Err((field, sentence)) => wrong.push(Refusal::field(format!("lines[{index}].{field}"), sentence)),
            }
        }
        if wrong.is_empty() { Ok(Acceptance(lines)) } else { Err(wrong) }
    }

    pub fn lines(&self) -> &[AcceptedLine] {
        &self.0
    }
}

/// What is noted of an order that was changed before it was submitted again.
pub fn amended_told(total: Money) -> Say {
    say!("改后合计 {total} 元", "{total} yuan after the change", total = total.yuan())
}

/// The same read back from where it is kept, in Chinese. What is no such note stays as it is.
pub fn amended_note(note: &str, reader: Language) -> String {
    let total = note.strip_prefix("改后合计 ").and_then(|rest| rest.strip_suffix(" 元"));
    match total.and_then(|total| Money::parse(total).ok()) {
        Some(total) => amended_told(total).to(reader).to_owned(),
        None => note.to_owned(),
    }
}

/// An acceptance in one sentence: 实收 119，拒收 1：破损.
pub fn acceptance_told<'a>(lines: impl IntoIterator<Item = &'a AcceptedLine>) -> Say {
    let (mut accepted, mut short, mut rejected) = (0, 0, 0);
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for line in lines {
        accepted += line.accepted.get();
        short += line.short.get();
        rejected += line.rejected.get();
        if let Some(reason) = &line.reason
            && !zh.contains(&RejectionReason::told(reason, Language::Zh))
        {
            zh.push(RejectionReason::told(reason, Language::Zh));
            en.push(RejectionReason::told(reason, Language::En));
        }
    }
    let counted = match (short, rejected) {
        (0, 0) => return say!("实收 {accepted}，全部合格", "{accepted} accepted, all in order"),
        (0, _) => say!("实收 {accepted}，拒收 {rejected}", "{accepted} accepted, {rejected} rejected"),
        (_, 0) => say!("实收 {accepted}，少 {short}", "{accepted} accepted, {short} short"),
        _ => say!(
            "实收 {accepted}，少 {short}，拒收 {rejected}",
            "{accepted} accepted, {short} short, {rejected} rejected"
        ),
    };
    if zh.is_empty() {
        return counted;
    }
    let reasons = Say { zh: zh.join("；").into(), en: en.join("; ").into() };
    say!("{counted}：{reasons}", "{counted}: {reasons}"; counted = counted, reasons = reasons)
}

fn parse_accepted_line(body: &wire::AcceptanceLine, shipped: Quantity) -> Result<AcceptedLine, (&'static str, Say)> {
    let accepted = Quantity::new(body.accepted).map_err(|error| ("accepted", error.say()))?;
    let short = Quantity::new(body.short).map_err(|error| ("short", error.say()))?;
    let rejected = Quantity::new(body.rejected).map_err(|error| ("rejected", error.say()))?;
    let sum = accepted.get() + short.get() + rejected.get();
    if sum != shipped.get() {
        let sentence = say!(
            "实收、少件、拒收加起来要等于发来的 {shipped}，这里是 {sum}",
            "Accepted, short and rejected together must be the {shipped} shipped; here they are {sum}"
        );
        return Err(("accepted", sentence));
    }
    let reason = body.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned);
    if accepted != shipped && reason.is_none() {
        return Err((
            "reason",
            say!("写明少收的原因，例如 少件、破损", "Say why not everything is accepted, such as missing or broken"),
        ));
    }
    if reason.as_ref().is_some_and(|reason| reason.chars().count() > MAX_TEXT) {
        return Err(("reason", say!("原因最多 {MAX_TEXT} 字", "The reason has at most {MAX_TEXT} characters")));
    }
    Ok(AcceptedLine { line: body.line, accepted, short, rejected, reason })
}

/// The number people read: `SH20261124-0042`, the order's day in Shanghai and its place on that day.
pub fn order_number(day: jiff::civil::Date, place: i64) -> String {
    format!("SH{:04}{:02}{:02}-{place:04}", day.year(), day.month(), day.day())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn point() -> wire::NewPoint {
        wire::NewPoint {
            address: "宁波市镇海区示例路1号".into(),
            contact: "办公室".into(),
            phone: "１３８ 0000 0001".into(),
            recipients: 286,
        }
    }

    fn body() -> wire::NewOrders {
        let line = |n| wire::NewLine { product_id: ProductId(Uuid::from_u128(n)), quantity: 286, by_point: Vec::new() };
        wire::NewOrders {
            occasion: Occasion::SpringFestival,
            head_count: 286,
            per_head_budget_fen: 30_000,
            points: vec![point()],
            exception_reason: Some("  ".into()),
            orders: vec![wire::NewOrder { id: OrderId(Uuid::from_u128(1)), lines: vec![line(1), line(2)] }],
            recipients: Vec::new(),
        }
    }

    #[track_caller]
    fn check_refused(change: impl FnOnce(&mut wire::NewOrders), fields: &[&str]) {
        let mut body = body();
        change(&mut body);
        let refusals = Procurement::parse(&body).expect_err("refused");
        let named: Vec<_> = refusals.iter().filter_map(|refusal| refusal.field.as_deref()).collect();
        assert_eq!(named, fields);
    }

    #[test]
    fn a_filled_in_form_becomes_a_procurement() {
        let parsed = Procurement::parse(&body()).expect("a good form");
        assert_eq!(parsed.points[0].delivery.phone, "13800000001");
        assert_eq!(parsed.exception_reason, None, "a blank reason is none");
        assert_eq!(parsed.budget.total(), Money::from_yuan(85_800));
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        check_refused(|body| body.head_count = 0, &["head_count"]);
        check_refused(|body| body.per_head_budget_fen = -1, &["per_head_budget_fen"]);
        check_refused(|body| body.orders.clear(), &["orders"]);
        check_refused(|body| body.orders[0].lines.clear(), &["orders[0].lines"]);
        check_refused(|body| body.orders[0].lines[1].quantity = -3, &["orders[0].lines[1].quantity"]);
        check_refused(|body| body.orders[0].lines[1].quantity = 0, &["orders[0].lines[1].quantity"]);
        check_refused(
            |body| {
                let again = body.orders[0].lines[0].clone();
                body.orders[0].lines.push(again);
            },
            &["orders[0].lines[2].product_id"],
        );
        check_refused(
            |body| {
                let again = body.orders[0].clone();
                body.orders.push(again);
            },
            &["orders[1].id"],
        );
        check_refused(
            |body| {
                body.head_count = -1;
                body.points[0] = wire::NewPoint {
                    address: "镇海".into(),
                    contact: String::new(),
                    phone: "1380000".into(),
                    recipients: 1,
                };
                body.exception_reason = Some("长".repeat(201));
            },
            &["head_count", "points[0].address", "points[0].contact", "points[0].phone", "exception_reason"],
        );
    }

    #[test]
    fn every_piece_goes_to_a_point() {
        let two = |by_point: &[i64]| {
            let mut body = body();
            body.points.push(wire::NewPoint { recipients: 0, ..point() });
            for line in &mut body.orders[0].lines {
                line.by_point = by_point.to_vec();
            }
            body
        };
        let parsed = Procurement::parse(&two(&[286, 0])).expect("a zero is a number");
        assert_eq!(parsed.orders[0].lines[0].by_point.iter().map(|part| part.get()).collect::<Vec<_>>(), [286, 0]);
        let both = ["orders[0].lines[0].by_point", "orders[0].lines[1].by_point"];
        for wrong in [&[][..], &[286], &[200, 85], &[287, -1], &[100, 100, 86], &[i64::MAX, 1]] {
            check_refused(|body| *body = two(wrong), &both);
        }
        check_refused(|body| body.points.clear(), &["points", both[0], both[1]]);
        check_refused(|body| body.points[0].recipients = -1, &["points[0].recipients"]);
    }

    #[test]
    fn people_are_at_the_points_there_are_and_all_of_them_counted() {
        let person = |point| wire::NewRecipient {
            department: "办公室".into(),
            name: "张三".into(),
            phone: "１３８ 0000 0001".into(),
            point,
            sets: 1,
            bundle: None,
        };
        let listed = |change: &dyn Fn(&mut wire::NewOrders)| {
            let mut body = body();
            body.points[0].recipients = 2;
            body.recipients = vec![person(1), person(1)];
            change(&mut body);
            body
        };
        let parsed = Procurement::parse(&listed(&|_| ())).expect("a good list");
        assert_eq!((parsed.recipients.len(), &*parsed.recipients[0].phone), (2, "13800000001"));
        check_refused(|body| *body = listed(&|body| body.recipients[1].point = 2), &["recipients[1].point"]);
        check_refused(|body| *body = listed(&|body| body.recipients[0].sets = 0), &["recipients[0].sets"]);
        check_refused(|body| *body = listed(&|body| body.recipients[0].phone.clear()), &["recipients[0].phone"]);
        check_refused(|body| *body = listed(&|body| body.points[0].recipients = 3), &["points[0].recipients"]);
        check_refused(|body| *body = listed(&|body| body.recipients = vec![person(1); MOST_ROWS + 1]), &["recipients"]);
    }

    #[test]
    fn a_basket_has_an_end() {
        let mut body = body();
        body.points = vec![point(); MAX_POINTS];
        let mut line = body.orders[0].lines[0].clone();
        (line.quantity, line.by_point) = (MAX_POINTS as i64, vec![1; MAX_POINTS]);
        let lines = |count: u128| {
            (0..count).map(|n| wire::NewLine { product_id: ProductId(Uuid::from_u128(n)), ..line.clone() })
        };
        body.orders[0].lines = lines(20).collect();
        assert!(Procurement::parse(&body).is_ok());
        body.orders[0].lines = lines(21).collect();
        let refusals = Procurement::parse(&body).expect_err("too many");
        assert_eq!(refusals.iter().map(|refusal| refusal.field.as_deref()).collect::<Vec<_>>(), [Some("orders")]);
        body.points.push(point());
        assert!(Procurement::parse(&body).is_err());
    }

    #[test]
    fn phones_are_read_as_people_write_them() {
        assert_eq!(parse_phone("0574-87180000"), Ok("0574-87180000".to_owned()));
        assert_eq!(parse_phone("1380000003").map_err(|error| error.zh), Err("电话要 11 位，这里有 10 位".into()));
        assert!(parse_phone("办公室").is_err());
        assert!(parse_phone("87180000").is_err());
        assert!(parse_phone("057").is_err());
    }

    #[test]
    fn what_is_left_per_head_never_rounds_in_the_buyers_favour() {
        let budget = Budget::new(3, Money::from_yuan(100)).expect("a budget");
        assert_eq!(budget.left_per_head(Money::from_fen(10_000)).fen(), 6_666);
        assert_eq!(budget.left_per_head(Money::from_fen(30_001)).fen(), -1);
        assert!(budget.is_exceeded_by(Money::from_fen(30_001)) && !budget.is_exceeded_by(Money::from_fen(30_000)));
    }

    fn counted(line: i64, accepted: i64, rejected: i64, reason: &str) -> wire::AcceptanceLine {
        wire::AcceptanceLine { line, accepted, short: 0, rejected, reason: Some(reason.into()) }
    }

    #[test]
    fn an_acceptance_accounts_for_every_piece() {
        // Nothing of the second line has come to this point.
        let ordered = [(1, Quantity::new(120).expect("small")), (3, Quantity::ONE)];
        let refused = |lines: &[wire::AcceptanceLine]| {
            let refusals = Acceptance::parse(&ordered, lines).expect_err("refused");
            refusals.into_iter().map(|refusal| refusal.field.expect("a field")).collect::<Vec<_>>()
        };
        assert!(Acceptance::parse(&ordered, &[counted(1, 119, 1, "破损"), counted(3, 1, 0, "")]).is_ok());
        let short = wire::AcceptanceLine { short: 2, ..counted(1, 117, 1, "少件") };
        assert!(Acceptance::parse(&ordered, &[short.clone(), counted(3, 1, 0, "")]).is_ok());
        let silent = wire::AcceptanceLine { reason: None, rejected: 0, accepted: 118, ..short };
        assert_eq!(refused(&[silent, counted(3, 1, 0, "")]), ["lines[0].reason"]);
        assert_eq!(refused(&[counted(1, 120, 0, "")]), ["lines"]);
        assert_eq!(refused(&[counted(3, 1, 0, ""), counted(1, 120, 0, "")]), ["lines"]);
        assert_eq!(refused(&[counted(1, 119, 0, ""), counted(3, 1, 0, "")]), ["lines[0].accepted"]);
        assert_eq!(refused(&[counted(1, 121, -1, ""), counted(3, 1, 0, "")]), ["lines[0].rejected"]);
        assert_eq!(refused(&[counted(1, 119, 1, " "), counted(3, 2, 0, "")]), ["lines[0].reason", "lines[1].accepted"]);
    }

    #[test]
    fn order_numbers_carry_the_day() {
        assert_eq!(order_number(jiff::civil::date(2026, 11, 24), 42), "SH20261124-0042");
    }

    #[test]
    fn what_needs_a_reason_is_found_once_for_form_and_server() {
        let budget = Budget::new(286, Money::from_yuan(300)).ok();
        let wine = || Some(Say::name("山哈酒", "Shanha wine"));
        let within = Money::from_yuan(85_800);
        let over = Money::from_fen(8_580_001);
        assert_eq!(Exception::of(budget, within, None), None);
        assert_eq!(Exception::of(budget, over, wine()), Some(Exception::OverBudget(Money::from_fen(1))));
        assert_eq!(Exception::of(None, over, None), None, "without a budget nothing is over it");
        let unusual = Exception::of(budget, within, wine()).expect("no usual gift").say();
        assert!(unusual.zh.starts_with("山哈酒一般") && unusual.en.starts_with("Shanha wine is"), "{unusual:?}");
    }

    #[test]
    fn a_line_is_at_least_one_and_at_least_the_minimum() {
        assert!(parse_line_quantity("0").is_err_and(|sentence| sentence == at_least_one()));
        let pieces = |count| Quantity::new(count).expect("small");
        let unit = Say::name("箱", "carton");
        assert_eq!(check_minimum(pieces(10), pieces(10), &unit), Ok(()));
        let sentence = check_minimum(pieces(9), pieces(10), &unit).expect_err("nine");
        assert_eq!(
            (&*sentence.zh, &*sentence.en),
            ("10 箱起订，请加到 10", "Sold from 10 cartons on; please order at least 10")
        );
    }

    #[test]
    fn a_note_of_an_amended_order_reads_back_in_either_language() {
        let note = amended_told(Money::from_fen(1_234_550)).zh;
        assert_eq!(amended_note(&note, Language::Zh), note);
        assert_eq!(amended_note(&note, Language::En), "12,345.50 yuan after the change");
        assert_eq!(amended_note("改后合计", Language::En), "改后合计");
    }

    #[test]
    fn a_shipment_names_its_carrier_and_waybill() {
        assert_eq!(parse_carrier(" 邮政快递 ").as_deref(), Ok("邮政快递"));
        assert!(parse_tracking_no("  ").is_err_and(|sentence| sentence.zh.starts_with("填写运单号")));
        assert!(parse_carrier(&"长".repeat(61)).is_err());
    }

    #[test]
    fn an_acceptance_is_told_in_one_sentence() {
        let line = |accepted, rejected, reason: Option<&str>| AcceptedLine {
            line: 1,
            accepted: Quantity::new(accepted).expect("small"),
            short: Quantity::ZERO,
            rejected: Quantity::new(rejected).expect("small"),
            reason: reason.map(str::to_owned),
        };
        let told = |lines: &[AcceptedLine]| {
            let Say { zh, en } = acceptance_told(lines);
            (zh.into_owned(), en.into_owned())
        };
        assert_eq!(told(&[line(120, 0, None)]), ("实收 120，全部合格".into(), "120 accepted, all in order".into()));
        assert_eq!(
            told(&[line(119, 1, Some("破损")), line(8, 2, Some("缺合格证"))]),
            ("实收 127，拒收 3：破损；缺合格证".into(), "127 accepted, 3 rejected: Broken; 缺合格证".into())
        );
    }
}
