//! How an order is paid, and the payment its merchant records. It has no state of its own: goods and money go their
//! ways, and neither waits for the other.

use jiff::civil::Date;

use crate::code::coded;
use crate::order_life::State;
use crate::{Code, Refusal, say, wire};

const MAX_REFERENCE: usize = 60;

coded! {
    /// The two ways there are until somebody connects a bank.
    pub enum PaymentMethod {
        BankTransfer = "bank_transfer" "银行转账" "Bank transfer",
        OnDelivery = "on_delivery" "货到付款" "Payment on delivery",
    }
}

/// Money that has come in for an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    pub method: PaymentMethod,
    pub received_on: Date,
    /// The number of the bank's slip or of a receipt.
    pub reference: Option<String>,
}

impl Payment {
    /// # Errors
    /// All wrong fields at once.
    pub fn parse(body: &wire::NewPayment, today: Date) -> Result<Payment, Vec<Refusal>> {
        let mut wrong = Vec::new();
        let received_on = parse_received_on(&body.received_on, today).map_err(|refusal| wrong.push(refusal)).ok();
        let reference = body.reference.as_deref().map(str::trim).filter(|text| !text.is_empty());
        match reference.map(|text| text.chars().count()) {
            None if body.method == PaymentMethod::BankTransfer => wrong.push(Refusal::field(
                "reference",
                say!("转账的要写回单号，对账时凭它", "Enter the number of the bank's slip; accounts are settled by it"),
            )),
            Some(length) if length > MAX_REFERENCE => wrong.push(Refusal::field(
                "reference",
                say!("单号最多 {MAX_REFERENCE} 字", "The number has at most {MAX_REFERENCE} characters"),
            )),
            _ => {}
        }
        match received_on {
            Some(received_on) if wrong.is_empty() => {
                Ok(Payment { method: body.method, received_on, reference: reference.map(str::to_owned) })
            }
            _ => Err(wrong),
        }
    }

    /// Money cannot have come in for an order before there was one.
    ///
    /// # Errors
    /// A refusal naming `received_on`.
    pub fn check_after(&self, placed_on: Date) -> Result<(), Refusal> {
        if self.received_on >= placed_on {
            return Ok(());
        }
        Err(Refusal::field(
            "received_on",
            say!("这张单 {placed_on} 才下，收款不会更早", "The order is of {placed_on}; the money cannot be older"),
        ))
    }
}

fn parse_received_on(text: &str, today: Date) -> Result<Date, Refusal> {
    let day: Date = text.trim().parse().map_err(|_| {
        Refusal::field("received_on", say!("写收款的日子，例如 {today}", "Enter the day it came in, such as {today}"))
    })?;
    if day > today {
        let sentence = say!("这一天还没到，今天是 {today}", "That day has not come yet; today is {today}");
        return Err(Refusal::field("received_on", sentence));
    }
    Ok(day)
}

/// A payment is recorded for what its merchant has promised to deliver, and for nothing that was called off.
///
/// # Errors
/// [`Code::OutOfTurn`].
pub fn check_turn(state: State) -> Result<(), Refusal> {
    match state {
        State::Confirmed | State::Shipped | State::Accepted | State::Settled => Ok(()),
        State::Draft | State::Submitted | State::Approved => Err(Refusal::new(
            Code::OutOfTurn,
            say!("先确认接单，再登记收款", "Confirm the order first, then record its payment"),
        )),
        State::Cancelled => Err(Refusal::new(
            Code::OutOfTurn,
            say!(
                "这张单已取消，不能登记收款；收到的钱请退回",
                "The order was cancelled and takes no payment; please return the money"
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn body(method: PaymentMethod, received_on: &str, reference: Option<&str>) -> wire::NewPayment {
        wire::NewPayment { method, received_on: received_on.into(), reference: reference.map(str::to_owned) }
    }

    #[track_caller]
    fn check(body: &wire::NewPayment, fields: &[&str]) {
        let refusals = Payment::parse(body, date(2026, 11, 27)).err().unwrap_or_default();
        let found: Vec<_> = refusals.iter().map(|refusal| refusal.field.as_deref().unwrap_or_default()).collect();
        assert_eq!(found, fields, "{body:?}");
    }

    #[test]
    fn a_transfer_has_its_slip_and_no_payment_comes_from_the_future() {
        use PaymentMethod::{BankTransfer, OnDelivery};
        check(&body(BankTransfer, "2026-11-27", Some("HD20261127-01")), &[]);
        check(&body(OnDelivery, "2026-11-26", None), &[]);
        check(&body(BankTransfer, "2026-11-26", Some(" ")), &["reference"]);
        check(&body(OnDelivery, "2026-11-28", None), &["received_on"]);
        check(&body(BankTransfer, "yesterday", None), &["received_on", "reference"]);
        check(&body(OnDelivery, "2026-02-30", Some(&"长".repeat(61))), &["received_on", "reference"]);
    }

    #[test]
    fn money_is_not_older_than_its_order() {
        let payment = Payment::parse(&body(PaymentMethod::OnDelivery, "2026-11-26", None), date(2026, 11, 27));
        let payment = payment.expect("a payment");
        assert!(payment.check_after(date(2026, 11, 26)).is_ok());
        assert!(payment.check_after(date(2026, 11, 27)).is_err());
    }

    #[test]
    fn a_payment_waits_for_the_merchants_word() {
        let takes: Vec<State> = State::ALL.iter().copied().filter(|state| check_turn(*state).is_ok()).collect();
        assert_eq!(takes, [State::Confirmed, State::Shipped, State::Accepted, State::Settled]);
    }
}
