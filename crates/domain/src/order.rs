//! A procurement as the officer fills it in, and an acceptance as it is counted: parsed once, trusted afterwards.
//!
//! The form calls the single-field functions while it is typed, the server calls [`Procurement::parse`] and
//! [`Acceptance::parse`]; both show the same sentence.

use crate::id::{OrderId, ProductId};
use crate::language::Say;
use crate::money::half_width;
use crate::occasion::Occasion;
use crate::wire;
use crate::{Code, Money, Quantity, Refusal, say};

/// More lines than any gift has; a larger body is a mistake or an attack.
pub const MAX_LINES: usize = 200;
/// More merchants than one basket holds.
pub const MAX_ORDERS: usize = 40;
const MAX_HEAD_COUNT: i64 = 200_000;
const MAX_TEXT: usize = 200;

/// A whole basket ordered for one occasion: one order for each merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Procurement {
    pub occasion: Occasion,
    pub budget: Budget,
    pub delivery: Delivery,
    /// Why the budget is exceeded or goods outside the usual festival gifts are bought.
    pub exception_reason: Option<String>,
    pub orders: Vec<NewOrder>,
}

/// One order of a procurement. Its price is not in here: it comes from the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    pub id: OrderId,
    pub lines: Vec<NewLine>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewLine {
    pub product_id: ProductId,
    /// At least one.
    pub quantity: Quantity,
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

impl Procurement {
    /// Turns the body of a request into a procurement; every field that does not parse is named.
    ///
    /// # Errors
    /// All refusals at once, so that the person corrects them in one go.
    pub fn parse(body: &wire::NewOrders) -> Result<Procurement, Vec<Refusal>> {
        let mut wrong = Vec::new();
        let budget = Budget::new(body.head_count, Money::from_fen(body.per_head_budget_fen));
        let budget = budget.map_err(|refusal| wrong.push(refusal)).ok();
        let delivery = parse_delivery(&body.delivery, &mut wrong);
        let exception_reason = parse_optional_text("exception_reason", body.exception_reason.as_deref(), &mut wrong);
        if body.orders.is_empty() || body.orders.len() > MAX_ORDERS {
            wrong.push(Refusal::field(
                "orders",
                say!("一次提交 1 到 {MAX_ORDERS} 张采购单", "Submit between 1 and {MAX_ORDERS} orders at a time"),
            ));
        }
        let mut orders: Vec<NewOrder> = Vec::new();
        for (index, order) in body.orders.iter().enumerate() {
            if orders.iter().any(|earlier| earlier.id == order.id) {
                wrong.push(Refusal::field(
                    format!("orders[{index}].id"),
                    say!("同一次提交里编号重复", "Two orders of this request have the same identifier"),
                ));
            }
            let lines = parse_lines(&format!("orders[{index}].lines"), &order.lines, &mut wrong);
            orders.push(NewOrder { id: order.id, lines });
        }
        match (budget, delivery) {
            (Some(budget), Some(delivery)) if wrong.is_empty() => {
                Ok(Procurement { occasion: body.occasion, budget, delivery, exception_reason, orders })
            }
            _ => Err(wrong),
        }
    }
}

/// The lines of an order: each product once, each at least one piece.
pub fn parse_lines(path: &str, lines: &[wire::NewLine], wrong: &mut Vec<Refusal>) -> Vec<NewLine> {
    if lines.is_empty() || lines.len() > MAX_LINES {
        wrong.push(Refusal::field(
            path,
            say!("一张采购单要有 1 到 {MAX_LINES} 行", "An order has between 1 and {MAX_LINES} lines"),
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
            Ok(quantity) if !quantity.is_zero() => parsed.push(NewLine { product_id: line.product_id, quantity }),
            Ok(_) => wrong.push(Refusal::field(
                format!("{path}[{index}].quantity"),
                say!("数量至少 1；不要的请删去这一行", "At least 1; remove the line of what is not wanted"),
            )),
            Err(error) => wrong.push(Refusal::field(format!("{path}[{index}].quantity"), error.say())),
        }
    }
    parsed
}

fn parse_delivery(body: &wire::Delivery, wrong: &mut Vec<Refusal>) -> Option<Delivery> {
    let before = wrong.len();
    let mut take = |field: &str, parsed: Result<String, Say>| {
        parsed.map_err(|sentence| wrong.push(Refusal::field(format!("delivery.{field}"), sentence))).unwrap_or_default()
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

/// What came of one line: so many accepted, so many rejected and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedLine {
    /// Counted from 1, as on the order.
    pub line: i64,
    pub accepted: Quantity,
    pub rejected: Quantity,
    pub reason: Option<String>,
}

/// The acceptance of a whole order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance(Vec<AcceptedLine>);

impl Acceptance {
    /// Checks the counted quantities against the ordered ones: every line once, accepted and rejected together equal to
    /// what was ordered, and a reason wherever something was rejected.
    ///
    /// # Errors
    /// [`Code::LinesDiffer`] when lines are missing or strange; otherwise all wrong fields at once.
    pub fn parse(ordered: &[Quantity], body: &[wire::AcceptanceLine]) -> Result<Acceptance, Vec<Refusal>> {
        let numbers_match = body.iter().enumerate().all(|(index, line)| line.line == index as i64 + 1);
        if body.len() != ordered.len() || !numbers_match {
            let sentence = say!(
                "这张采购单有 {count} 行，请按顺序逐行填写实收和拒收",
                "This order has {count} lines; give accepted and rejected for each, in their order",
                count = ordered.len()
            );
            return Err(vec![Refusal::new(Code::LinesDiffer, sentence).at("lines")]);
        }
        let mut wrong = Vec::new();
        let mut lines = Vec::with_capacity(body.len());
        for (index, (line, ordered)) in body.iter().zip(ordered).enumerate() {
            match parse_accepted_line(line, *ordered) {
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

fn parse_accepted_line(body: &wire::AcceptanceLine, ordered: Quantity) -> Result<AcceptedLine, (&'static str, Say)> {
    let accepted = Quantity::new(body.accepted).map_err(|error| ("accepted", error.say()))?;
    let rejected = Quantity::new(body.rejected).map_err(|error| ("rejected", error.say()))?;
    if accepted.get() + rejected.get() != ordered.get() {
        let sentence = say!(
            "实收加拒收要等于订货的 {ordered}，这里是 {sum}",
            "Accepted and rejected together must be the {ordered} ordered; here they are {sum}",
            sum = accepted.get() + rejected.get()
        );
        return Err(("accepted", sentence));
    }
    let reason = body.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned);
    if !rejected.is_zero() && reason.is_none() {
        return Err((
            "reason",
            say!("写明拒收的原因，例如 少件、破损", "Say why goods are rejected, such as missing or broken"),
        ));
    }
    if reason.as_ref().is_some_and(|reason| reason.chars().count() > MAX_TEXT) {
        return Err(("reason", say!("原因最多 {MAX_TEXT} 字", "The reason has at most {MAX_TEXT} characters")));
    }
    Ok(AcceptedLine { line: body.line, accepted, rejected, reason })
}

/// The number people read: `SH20261124-0042`, the order's day in Shanghai and its place on that day.
pub fn order_number(day: jiff::civil::Date, place: i64) -> String {
    format!("SH{:04}{:02}{:02}-{place:04}", day.year(), day.month(), day.day())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn body() -> wire::NewOrders {
        let line = |n| wire::NewLine { product_id: ProductId(Uuid::from_u128(n)), quantity: 286 };
        wire::NewOrders {
            occasion: Occasion::SpringFestival,
            head_count: 286,
            per_head_budget_fen: 30_000,
            delivery: wire::Delivery {
                address: "宁波市镇海区示例路1号".into(),
                contact: "办公室".into(),
                phone: "１３８ 0000 0001".into(),
            },
            exception_reason: Some("  ".into()),
            orders: vec![wire::NewOrder { id: OrderId(Uuid::from_u128(1)), lines: vec![line(1), line(2)] }],
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
        assert_eq!(parsed.delivery.phone, "13800000001");
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
                body.delivery =
                    wire::Delivery { address: "镇海".into(), contact: String::new(), phone: "1380000".into() };
                body.exception_reason = Some("长".repeat(201));
            },
            &["head_count", "delivery.address", "delivery.contact", "delivery.phone", "exception_reason"],
        );
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
        wire::AcceptanceLine { line, accepted, rejected, reason: Some(reason.into()) }
    }

    #[test]
    fn an_acceptance_accounts_for_every_piece() {
        let ordered = [Quantity::new(120).expect("small"), Quantity::ONE];
        let refused = |lines: &[wire::AcceptanceLine]| {
            let refusals = Acceptance::parse(&ordered, lines).expect_err("refused");
            refusals.into_iter().map(|refusal| refusal.field.expect("a field")).collect::<Vec<_>>()
        };
        assert!(Acceptance::parse(&ordered, &[counted(1, 119, 1, "破损"), counted(2, 1, 0, "")]).is_ok());
        assert_eq!(refused(&[counted(1, 120, 0, "")]), ["lines"]);
        assert_eq!(refused(&[counted(2, 1, 0, ""), counted(1, 120, 0, "")]), ["lines"]);
        assert_eq!(refused(&[counted(1, 119, 0, ""), counted(2, 1, 0, "")]), ["lines[0].accepted"]);
        assert_eq!(refused(&[counted(1, 121, -1, ""), counted(2, 1, 0, "")]), ["lines[0].rejected"]);
        assert_eq!(refused(&[counted(1, 119, 1, " "), counted(2, 2, 0, "")]), ["lines[0].reason", "lines[1].accepted"]);
    }

    #[test]
    fn order_numbers_carry_the_day() {
        assert_eq!(order_number(jiff::civil::date(2026, 11, 24), 42), "SH20261124-0042");
    }
}
