//! The statement of a merchant's month: every invoice it has recorded, what took one back, and what was paid.
//!
//! An invoice that another has replaced is reversed (红字冲销) on the day the other was issued; a return after payment, which no
//! invoice of ours replaces, stands on its own day. So the sum of a month is what the merchant's books say of it.

use jiff::civil::Date;

use crate::code::coded;
use crate::{Money, Refusal, fields, say};

coded! {
    pub enum RowKind {
        Invoice = "invoice" "发票" "Invoice",
        /// Another invoice stands in the place of this one.
        Reversal = "reversal" "红字冲销" "Reversed",
        /// Goods that went back after the invoice had been paid.
        Return = "return" "付款后退货" "Returned after payment",
    }
}

/// A month, `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    first: Date,
}

impl Month {
    pub fn of(day: Date) -> Month {
        Month { first: day.first_of_month() }
    }

    /// # Errors
    /// A refusal naming `month`.
    pub fn parse(text: &str) -> Result<Month, Refusal> {
        let first = (text.len() == 7).then(|| format!("{text}-01").parse().ok()).flatten();
        first
            .map(|first| Month { first })
            .ok_or_else(|| Refusal::field("month", say!("月份写成 2026-11 这样", "Write the month as 2026-11")))
    }

    /// 202611, as sums name it. None for what is no month.
    pub fn from_number(number: i64) -> Option<Month> {
        let (year, month) = (i16::try_from(number / 100).ok()?, i8::try_from(number % 100).ok()?);
        Date::new(year, month, 1).ok().map(|first| Month { first })
    }

    pub fn number(self) -> i64 {
        i64::from(crate::tally::month_number(self.first))
    }

    pub fn first(self) -> Date {
        self.first
    }

    /// The first day that is not in it any more.
    pub fn end(self) -> Date {
        self.first.last_of_month().tomorrow().unwrap_or(Date::MAX)
    }

    pub fn holds(self, day: Date) -> bool {
        Month::of(day) == self
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.first.year(), self.first.month())
    }
}

/// What there is of one order to put on a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderMoney {
    /// In the order they were recorded.
    pub invoices: Vec<Invoiced>,
    /// The number of the invoice that is paid, with the day and the bank slip.
    pub paid: Option<Paid>,
    /// Goods that went back after the payment was recorded, with their day.
    pub returned_after: Vec<(Date, Money)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoiced {
    pub number: String,
    pub issued_on: Date,
    pub amount: Money,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    pub invoice: String,
    pub on: Date,
    pub slip_no: String,
}

/// One row; amounts that take something back are negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub kind: RowKind,
    pub day: Date,
    pub invoice: String,
    pub amount: Money,
    pub paid: Option<Paid>,
}

/// The rows of an order in a month, by their days.
pub fn rows(order: &OrderMoney, month: Month) -> Vec<Row> {
    let mut rows = Vec::new();
    for (place, it) in order.invoices.iter().enumerate() {
        let paid = order.paid.clone().filter(|paid| paid.invoice == it.number);
        let row = |kind, day, amount, paid| Row { kind, day, invoice: it.number.clone(), amount, paid };
        rows.push(row(RowKind::Invoice, it.issued_on, it.amount, paid));
        if let Some(next) = order.invoices.get(place + 1) {
            // One that was written later and bears an earlier day cannot have replaced it before it was there.
            let day = next.issued_on.max(it.issued_on);
            rows.push(row(RowKind::Reversal, day, it.amount.negated(), None));
        }
    }
    if let Some(paid) = &order.paid {
        rows.extend(order.returned_after.iter().map(|(day, amount)| Row {
            kind: RowKind::Return,
            day: *day,
            invoice: paid.invoice.clone(),
            amount: amount.negated(),
            paid: None,
        }));
    }
    rows.retain(|row| month.holds(row.day));
    rows.sort_by_key(|row| row.day);
    rows
}

/// What the rows of a month come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Sums {
    /// All invoices of the month, those that were replaced included.
    pub invoiced_fen: Money,
    /// What took some of it back; negative or nothing.
    pub reversed_fen: Money,
    /// Both together.
    pub net_fen: Money,
    /// Of the invoices of the month, what is paid by now.
    pub paid_fen: Money,
}
fields!(Sums: invoiced_fen, reversed_fen, net_fen, paid_fen);

/// Sums rows; none where they are more than an amount can be.
pub fn sums<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> Option<Sums> {
    let of =
        |wanted: fn(&Row) -> bool| Money::checked_sum(rows.clone().filter(|row| wanted(row)).map(|row| row.amount));
    Some(Sums {
        invoiced_fen: of(|row| row.kind == RowKind::Invoice)?,
        reversed_fen: of(|row| row.kind != RowKind::Invoice)?,
        net_fen: of(|_| true)?,
        paid_fen: of(|row| row.paid.is_some())?,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn invoice(number: &str, day: Date, yuan: i64) -> Invoiced {
        Invoiced { number: number.to_owned(), issued_on: day, amount: Money::from_yuan(yuan) }
    }

    fn told(order: &OrderMoney, month: &str) -> Vec<String> {
        let month = Month::parse(month).expect("a month");
        rows(order, month)
            .iter()
            .map(|row| format!("{} {} {}", row.kind.code(), row.invoice, row.amount.yuan()))
            .collect()
    }

    #[test]
    fn an_invoice_that_was_replaced_is_reversed_in_the_month_of_the_other() {
        let order = OrderMoney {
            invoices: vec![invoice("1", date(2026, 11, 28), 90), invoice("2", date(2026, 12, 1), 100)],
            paid: Some(Paid { invoice: "2".into(), on: date(2026, 12, 9), slip_no: "S1".into() }),
            returned_after: vec![(date(2027, 1, 5), Money::from_yuan(10))],
        };
        assert_eq!(told(&order, "2026-11"), ["invoice 1 90.00"]);
        assert_eq!(told(&order, "2026-12"), ["reversal 1 −90.00", "invoice 2 100.00"]);
        assert_eq!(told(&order, "2027-01"), ["return 2 −10.00"]);
        let december = rows(&order, Month::parse("2026-12").expect("a month"));
        let sums = sums(december.iter()).expect("small sums");
        let yuan = Money::from_yuan;
        assert_eq!((sums.invoiced_fen, sums.reversed_fen), (yuan(100), yuan(-90)));
        assert_eq!((sums.net_fen, sums.paid_fen), (yuan(10), yuan(100)));
    }

    #[test]
    fn over_all_months_what_is_left_is_the_last_invoice() {
        let order = OrderMoney {
            invoices: vec![
                invoice("1", date(2026, 11, 30), 90),
                invoice("2", date(2026, 11, 2), 80),
                invoice("3", date(2026, 12, 31), 70),
            ],
            paid: None,
            returned_after: Vec::new(),
        };
        let all: Vec<Row> =
            ["2026-11", "2026-12"].iter().flat_map(|it| rows(&order, Month::parse(it).expect("a month"))).collect();
        assert_eq!(sums(all.iter()).expect("small sums").net_fen, Money::from_yuan(70));
    }

    #[test]
    fn a_month_is_read_as_it_is_written() {
        let december = Month::parse("2026-12").expect("a month");
        assert_eq!((december.to_string().as_str(), december.end()), ("2026-12", date(2027, 1, 1)));
        assert!(december.holds(date(2026, 12, 31)) && !december.holds(date(2027, 1, 1)));
        for wrong in ["", "2026-13", "2026-1", "2026-11-02", "十一月"] {
            assert_eq!(Month::parse(wrong).map_err(|it| it.field), Err(Some("month".into())), "{wrong}");
        }
    }
}
