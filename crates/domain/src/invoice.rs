//! The invoice of an order and the transfer that pays it: both together settle the order.
//!
//! Source: what unions ask for before they reimburse (a university union's guide of Guangdong, gh.gpnu.edu.cn; Quanzhou's procurement
//! guide): the title is the union's full name, the tax code its own, and the lines are the goods that were given.

use jiff::civil::Date;

use crate::money::half_width;
use crate::order::MAX_TEXT;
use crate::uscc::Uscc;
use crate::wire::{Difference, DifferenceKind, InvoiceLine};
use crate::{Code, Money, Quantity, Refusal, Say, say, wire};

/// More lines than an order has.
const MAX_LINES: usize = crate::order::MAX_LINES;
const MAX_SLIP: usize = 60;

/// An invoice whose fields read; whether it is right is another question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// Digits only.
    pub number: String,
    pub title: String,
    pub buyer_uscc: String,
    pub issued_on: Date,
    pub lines: Vec<InvoiceLine>,
    /// The sum of its lines.
    pub amount: Money,
}

/// What an invoice must say: who buys, and what was accepted and not returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due<'a> {
    pub title: &'a str,
    pub buyer_uscc: &'a str,
    /// The code of the union's employer, which invoices bear by mistake.
    pub employer_uscc: Option<&'a str>,
    pub lines: &'a [InvoiceLine],
}

/// Reads the number of an invoice: 20 digits of a fully digital one (数电票); of older ones the code of 10 or 12 digits and the
/// number of 8, together.
///
/// # Errors
/// The sentence shown beside the field.
pub fn parse_number(text: &str) -> Result<String, Say> {
    let plain = text.chars().map(half_width).filter(|c| !c.is_whitespace() && *c != '-');
    let digits: String = plain.collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(say!("发票号码只有数字", "An invoice number has digits only"));
    }
    match digits.len() {
        0 => Err(say!("填写发票号码，数电票 20 位", "Enter the invoice number, 20 digits of a digital invoice")),
        18 | 20 => Ok(digits),
        8 => Err(say!(
            "老式发票请连同 10 或 12 位发票代码一起写",
            "Of an older invoice enter its code of 10 or 12 digits too"
        )),
        count => Err(say!(
            "数电票号码 20 位，老式的代码加号码 18 或 20 位，这里有 {count} 位",
            "A digital invoice has 20 digits, an older one with its code 18 or 20; here are {count}"
        )),
    }
}

impl Invoice {
    /// Reads an invoice as it is printed.
    ///
    /// # Errors
    /// All wrong fields at once.
    pub fn parse(body: &wire::NewInvoice, today: Date) -> Result<Invoice, Vec<Refusal>> {
        let mut wrong = Vec::new();
        let mut take = |field: &str, text: Result<String, Say>| {
            text.map_err(|sentence| wrong.push(Refusal::field(field, sentence))).unwrap_or_default()
        };
        let number = take("number", parse_number(&body.number));
        let title = take("title", parse_title(&body.title));
        let code = Uscc::parse(&body.buyer_uscc).map(|code| code.to_string()).map_err(|error| error.say());
        let buyer_uscc = take("buyer_uscc", code);
        let issued_on = parse_day("issued_on", &body.issued_on, today).map_err(|refusal| wrong.push(refusal)).ok();
        if body.lines.is_empty() || body.lines.len() > MAX_LINES {
            wrong.push(Refusal::field(
                "lines",
                say!("发票要有 1 到 {MAX_LINES} 行明细", "An invoice has between 1 and {MAX_LINES} lines"),
            ));
        }
        for (index, line) in body.lines.iter().enumerate() {
            let refuse = |(field, sentence)| Refusal::field(format!("lines[{index}].{field}"), sentence);
            wrong.extend(check_line(line).err().map(refuse));
        }
        let amount = Money::checked_sum(body.lines.iter().map(|line| Money::from_fen(line.amount_fen)));
        match (issued_on, amount) {
            (Some(issued_on), Some(amount)) if wrong.is_empty() => {
                Ok(Invoice { number, title, buyer_uscc, issued_on, lines: body.lines.clone(), amount })
            }
            (_, None) if wrong.is_empty() => {
                Err(vec![Refusal::field("lines", say!("金额太大，请核对", "The amount is too large; please check"))])
            }
            _ => Err(wrong),
        }
    }
}

fn parse_title(text: &str) -> Result<String, Say> {
    let title = text.trim();
    match title.chars().count() {
        0 => Err(say!("填写发票抬头，要工会全称", "Enter the title, the full name of the union")),
        1..=MAX_TEXT => Ok(title.to_owned()),
        _ => Err(say!("最多 {MAX_TEXT} 字", "At most {MAX_TEXT} characters")),
    }
}

fn parse_day(field: &str, text: &str, today: Date) -> Result<Date, Refusal> {
    let day: Date = text
        .trim()
        .parse()
        .map_err(|_| Refusal::field(field, say!("写成日子，例如 {today}", "Enter a day, such as {today}")))?;
    if day > today {
        return Err(Refusal::field(
            field,
            say!("这一天还没到，今天是 {today}", "That day has not come yet; today is {today}"),
        ));
    }
    Ok(day)
}

fn check_line(line: &InvoiceLine) -> Result<(), (&'static str, Say)> {
    match line.name.trim().chars().count() {
        0 => return Err(("name", say!("填写货物名称", "Enter the name of the goods"))),
        1..=MAX_TEXT => {}
        _ => return Err(("name", say!("最多 {MAX_TEXT} 字", "At most {MAX_TEXT} characters"))),
    }
    let quantity = Quantity::new(line.quantity).map_err(|error| ("quantity", error.say()))?;
    if quantity.is_zero() {
        return Err(("quantity", say!("数量至少 1", "The quantity is at least 1")));
    }
    for (field, fen) in [("unit_price_fen", line.unit_price_fen), ("amount_fen", line.amount_fen)] {
        if fen <= 0 || fen > Money::LIMIT.fen() {
            return Err((field, say!("金额要大于 0", "The amount must be above 0")));
        }
    }
    Ok(())
}

/// Everything in which an invoice parts from what it must say, in the order of its fields; none when it is right.
pub fn differences(invoice: &Invoice, due: &Due<'_>) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut differ = |kind, about: &str, expected: String, is: String| {
        if expected != is {
            found.push(Difference { kind, about: about.to_owned(), expected, found: is });
        }
    };
    differ(DifferenceKind::Title, "", without_space(due.title), without_space(&invoice.title));
    let code_kind = match due.employer_uscc {
        Some(employer) if employer == invoice.buyer_uscc => DifferenceKind::EmployerCode,
        _ => DifferenceKind::TaxCode,
    };
    differ(code_kind, "", due.buyer_uscc.to_owned(), invoice.buyer_uscc.clone());
    let yuan = |fen: i64| Money::from_fen(fen).yuan();
    let printed = by_name(&invoice.lines);
    let expected = by_name(due.lines);
    for line in &expected {
        let Some(printed) = printed.iter().find(|printed| printed.name == line.name) else {
            differ(DifferenceKind::NotInvoiced, &line.name, line.quantity.to_string(), "0".to_owned());
            continue;
        };
        let (name, printed_quantity) = (&line.name, printed.quantity.to_string());
        differ(DifferenceKind::Quantity, name, line.quantity.to_string(), printed_quantity);
        differ(DifferenceKind::UnitPrice, name, yuan(line.unit_price_fen), yuan(printed.unit_price_fen));
        differ(DifferenceKind::Amount, name, yuan(line.amount_fen), yuan(printed.amount_fen));
    }
    for line in printed.iter().filter(|line| !expected.iter().any(|due| due.name == line.name)) {
        differ(DifferenceKind::NotAccepted, &line.name, "0".to_owned(), line.quantity.to_string());
    }
    found
}

/// Lines of the same goods as one; where their prices part, the one that stands first is compared.
fn by_name(lines: &[InvoiceLine]) -> Vec<InvoiceLine> {
    let mut merged: Vec<InvoiceLine> = Vec::new();
    for line in lines {
        let name = goods_name(&line.name);
        match merged.iter_mut().find(|known| known.name == name) {
            Some(known) => {
                known.quantity += line.quantity;
                known.amount_fen += line.amount_fen;
            }
            None => merged.push(InvoiceLine { name, ..line.clone() }),
        }
    }
    merged
}

/// `*食用菌*庆元香菇` → `庆元香菇`: digital invoices put the short name of the tax class before the goods.
fn goods_name(name: &str) -> String {
    let plain = without_space(name);
    let bare = plain.strip_prefix('*').and_then(|rest| rest.split_once('*')).map(|(_, bare)| bare.to_owned());
    bare.unwrap_or(plain)
}

fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(half_width).collect()
}

/// The sentence of an invoice that does not settle its order.
pub fn differs_told(count: usize) -> Say {
    say!(
        "发票有 {count} 处与验收不一致，请商户换开或红冲后再登记",
        "The invoice differs from what was accepted in {count} places; the merchant issues another"
    )
}

/// A transfer (对公转账) by the union to its merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    pub slip_no: String,
    pub paid_on: Date,
    pub amount: Money,
}

impl Transfer {
    /// # Errors
    /// All wrong fields at once.
    pub fn parse(body: &wire::NewTransfer, today: Date) -> Result<Transfer, Vec<Refusal>> {
        let mut wrong = Vec::new();
        let slip_no = body.slip_no.trim().to_owned();
        match slip_no.chars().count() {
            0 => wrong.push(Refusal::field("slip_no", say!("填写银行回单号", "Enter the number of the bank's slip"))),
            1..=MAX_SLIP => {}
            _ => wrong.push(Refusal::field(
                "slip_no",
                say!("回单号最多 {MAX_SLIP} 字", "The number has at most {MAX_SLIP} characters"),
            )),
        }
        let paid_on = parse_day("paid_on", &body.paid_on, today).map_err(|refusal| wrong.push(refusal)).ok();
        match paid_on {
            Some(paid_on) if wrong.is_empty() => {
                Ok(Transfer { slip_no, paid_on, amount: Money::from_fen(body.amount_fen) })
            }
            _ => Err(wrong),
        }
    }

    /// What is paid is what was invoiced.
    ///
    /// # Errors
    /// A refusal naming `amount_fen`.
    pub fn check_amount(&self, invoiced: Money) -> Result<(), Refusal> {
        if self.amount == invoiced {
            return Ok(());
        }
        Err(Refusal::field(
            "amount_fen",
            say!(
                "发票是 {invoiced} 元，转账是 {paid} 元，两者要相等",
                "The invoice is of {invoiced} yuan and the transfer of {paid}; they must be equal",
                invoiced = invoiced.yuan(),
                paid = self.amount.yuan()
            ),
        ))
    }
}

/// There is no invoice yet that could be paid.
pub fn no_invoice() -> Refusal {
    Refusal::new(
        Code::OutOfTurn,
        say!(
            "先由商户登记发票，核对一致再登记转账",
            "The merchant records its invoice first; the transfer comes after"
        ),
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const UNION: &str = "81330000724538949J";
    const EMPLOYER: &str = "91330200MA2AJ00000";

    fn line(name: &str, quantity: i64, unit_price_fen: i64) -> InvoiceLine {
        InvoiceLine { name: name.into(), quantity, unit_price_fen, amount_fen: quantity * unit_price_fen }
    }

    fn body() -> wire::NewInvoice {
        wire::NewInvoice {
            number: "2533 2000 0000 1234 5678".into(),
            title: "宁波市示例 总工会".into(),
            buyer_uscc: UNION.to_lowercase(),
            issued_on: "2026-11-27".into(),
            lines: vec![line("*食用菌*庆元香菇", 119, 5_300), line("庆元花菇", 60, 9_000)],
        }
    }

    fn kinds(change: impl FnOnce(&mut wire::NewInvoice)) -> Vec<(DifferenceKind, String)> {
        let mut body = body();
        change(&mut body);
        let invoice = Invoice::parse(&body, date(2026, 11, 27)).expect("it reads");
        let lines = [line("庆元香菇", 119, 5_300), line("庆元花菇", 60, 9_000)];
        let employer = Uscc::parse("91330211MA2AJ00001").ok().map(|code| code.to_string());
        let due =
            Due {
                title: "宁波市示例总工会", buyer_uscc: UNION, employer_uscc: employer.as_deref(), lines: &lines
            };
        differences(&invoice, &due).into_iter().map(|it| (it.kind, it.about)).collect()
    }

    #[test]
    fn an_invoice_that_says_what_was_accepted_is_right() {
        assert_eq!(kinds(|_| ()), []);
        // The same goods on two lines are the same goods.
        assert_eq!(
            kinds(|body| {
                body.lines[0] = line("庆元香菇", 100, 5_300);
                body.lines.push(line("庆元香菇", 19, 5_300));
            }),
            []
        );
    }

    #[test]
    fn every_difference_is_named() {
        use DifferenceKind::{Amount, NotAccepted, NotInvoiced, Quantity, Title, UnitPrice};
        let of = |kind, about: &str| (kind, about.to_owned());
        assert_eq!(kinds(|body| body.title = "宁波市示例公司".into()), [of(Title, "")]);
        assert_eq!(
            kinds(|body| body.lines[0] = line("庆元香菇", 120, 5_300)),
            [of(Quantity, "庆元香菇"), of(Amount, "庆元香菇")]
        );
        assert_eq!(kinds(|body| body.lines[0].unit_price_fen = 5_301), [of(UnitPrice, "庆元香菇")]);
        assert_eq!(kinds(|body| body.lines[0].amount_fen += 1), [of(Amount, "庆元香菇")]);
        assert_eq!(kinds(|body| drop(body.lines.remove(1))), [of(NotInvoiced, "庆元花菇")]);
        assert_eq!(
            kinds(|body| body.lines[1].name = "*食品*食品一批".into()),
            [of(NotInvoiced, "庆元花菇"), of(NotAccepted, "食品一批")]
        );
    }

    #[test]
    fn the_employers_code_is_told_from_a_strangers() {
        let kind = |code: &str| kinds(|body| body.buyer_uscc = code.to_owned()).remove(0).0;
        assert_eq!(kind("91330211MA2AJ00001"), DifferenceKind::EmployerCode);
        assert_eq!(kind("81440000MCL468545M"), DifferenceKind::TaxCode);
        assert!(Uscc::parse(EMPLOYER).is_err(), "a wrong check character is caught before");
    }

    #[test]
    fn numbers_are_of_the_three_lengths_there_are() {
        assert_eq!(parse_number("２５３３ 2000-0000 1234 5678").as_deref(), Ok("25332000000012345678"));
        assert!(parse_number("3302162320-01234567").is_ok());
        assert!(parse_number("033021600111 01234567").is_ok());
        for (wrong, told) in
            [("", "填写"), ("01234567", "老式"), ("253320000000123456789", "21 位"), ("25A", "只有数字")]
        {
            assert!(parse_number(wrong).is_err_and(|sentence| sentence.zh.contains(told)), "{wrong}");
        }
    }

    #[test]
    fn every_wrong_field_of_an_invoice_is_named_at_once() {
        let mut body = body();
        (body.number, body.title, body.issued_on) = ("1".into(), " ".into(), "2026-11-28".into());
        body.buyer_uscc = EMPLOYER.into();
        body.lines[0].quantity = 0;
        body.lines[1].amount_fen = -1;
        let refusals = Invoice::parse(&body, date(2026, 11, 27)).expect_err("refused");
        let fields: Vec<_> = refusals.iter().filter_map(|refusal| refusal.field.as_deref()).collect();
        let expected = ["number", "title", "buyer_uscc", "issued_on", "lines[0].quantity", "lines[1].amount_fen"];
        assert_eq!(fields, expected);
    }

    #[test]
    fn what_is_paid_is_what_was_invoiced() {
        let body = |slip: &str, paid_on: &str| wire::NewTransfer {
            slip_no: slip.into(),
            paid_on: paid_on.into(),
            amount_fen: 100,
        };
        let today = date(2026, 11, 27);
        let transfer = Transfer::parse(&body(" HD-1 ", "2026-11-27"), today).expect("a transfer");
        assert!(transfer.check_amount(Money::from_fen(100)).is_ok());
        assert!(transfer.check_amount(Money::from_fen(101)).is_err());
        let fields = |refusals: Vec<Refusal>| refusals.into_iter().filter_map(|it| it.field).collect::<Vec<_>>();
        assert_eq!(
            fields(Transfer::parse(&body("", "2026-11-28"), today).expect_err("refused")),
            ["slip_no", "paid_on"]
        );
    }
}
