//! What a person has filled in so far, kept in the browser until it is ordered, and what is still wrong with it.

use domain::basket::{Basket, by_merchant};
use domain::id::{AccountId, OrderId, OrganisationId};
use domain::order::{parse_address, parse_contact, parse_district, parse_phone};
use domain::payment::PaymentMethod;
use domain::wire::{Delivery, LastDelivery, Named, NewLine, NewOrder, NewRetailOrders, ProductCard};
use domain::{Money, Quantity, fields};
use serde::Serialize;

use crate::components::error_summary::FormError;
use crate::language::{t, told};

/// One draft: whoever signs in next on this computer begins afresh.
pub use crate::state::CHECKOUT_DRAFT_KEY as KEY;

/// The ids of the controls: the error summary, the fields and the browser tests hold on to them.
pub mod control {
    pub const DISTRICT: &str = "district";
    pub const ADDRESS: &str = "address";
    pub const CONTACT: &str = "contact";
    pub const PHONE: &str = "phone";
    pub const METHOD: &str = "method";
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Draft {
    pub account_id: AccountId,
    pub answers: Answers,
    /// The id each merchant's order will have. Kept with the draft, so that sending it twice is once.
    pub orders: Vec<(OrganisationId, OrderId)>,
}
fields!(Draft: account_id, answers, orders);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Answers {
    pub district: String,
    pub address: String,
    pub contact: String,
    pub phone: String,
    /// Code of the method; empty until one is chosen.
    pub method: String,
}
fields!(Answers: district, address, contact, phone, method);

impl Answers {
    /// As the last order had it, or nothing.
    pub fn begin(last: Option<&LastDelivery>) -> Answers {
        let Some(LastDelivery { district, payment_method, delivery }) = last.cloned() else {
            return Answers::default();
        };
        let Delivery { address, contact, phone } = delivery;
        Answers { district, address, contact, phone, method: payment_method.code().to_owned() }
    }

    /// Everything that keeps it from being ordered, from top to bottom, in the domain's own sentences.
    pub fn check(&self) -> Vec<FormError> {
        let wrong = [
            (control::DISTRICT, parse_district(&self.district).err().map(told)),
            (control::ADDRESS, parse_address(&self.address).err().map(told)),
            (control::CONTACT, parse_contact(&self.contact).err().map(told)),
            (control::PHONE, parse_phone(&self.phone).err().map(told)),
            (control::METHOD, self.method().is_none().then(|| t!(buying.choose_method).to_owned())),
        ];
        let named = |(control, sentence): (&str, Option<String>)| {
            sentence.map(|sentence| FormError { control: control.to_owned(), sentence })
        };
        wrong.into_iter().filter_map(named).collect()
    }

    fn method(&self) -> Option<PaymentMethod> {
        PaymentMethod::from_code(&self.method)
    }
}

/// What is ordered of one product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bought {
    pub card: ProductCard,
    pub quantity: Quantity,
    pub amount: Money,
}

/// The basket with today's goods, by merchant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    pub merchants: Vec<(Named, Vec<Bought>)>,
    pub total: Money,
    /// Something is too few, or not on sale any more: the basket says what.
    pub wrong: bool,
}

impl Bill {
    pub fn of(basket: &Basket, goods: &[ProductCard]) -> Bill {
        let mut wrong = false;
        let mut bought = Vec::new();
        for line in &basket.lines {
            let card = goods.iter().find(|card| card.id == line.product_id);
            let amount = card.and_then(|card| card.ladder.unit_price(line.quantity).checked_times(line.quantity));
            match card.zip(amount) {
                Some((card, amount)) => {
                    wrong |= line.quantity < card.minimum_order;
                    bought.push(Bought { card: card.clone(), quantity: line.quantity, amount });
                }
                None => wrong = true,
            }
        }
        let total = Money::checked_sum(bought.iter().map(|it| it.amount));
        wrong |= total.is_none();
        let merchants = by_merchant(bought, |it| it.card.merchant.clone());
        Bill { merchants, total: total.unwrap_or_default(), wrong }
    }
}

pub fn subtotal(bought: &[Bought]) -> Money {
    Money::checked_sum(bought.iter().map(|it| it.amount)).unwrap_or_default()
}

/// Gives every merchant an order id who has none yet.
pub fn name_orders(orders: &mut Vec<(OrganisationId, OrderId)>, bill: &Bill, new_id: impl Fn() -> OrderId) {
    for (merchant, _) in &bill.merchants {
        if !orders.iter().any(|(known, _)| *known == merchant.id) {
            orders.push((merchant.id, new_id()));
        }
    }
}

/// The body of the request, once nothing is wrong any more.
pub fn body(draft: &Draft, bill: &Bill) -> Option<NewRetailOrders> {
    let order = |(merchant, bought): &(Named, Vec<Bought>)| {
        let (_, id) = draft.orders.iter().find(|(known, _)| *known == merchant.id)?;
        let line = |it: &Bought| NewLine { product_id: it.card.id, quantity: it.quantity.get(), by_point: Vec::new() };
        Some(NewOrder { id: *id, lines: bought.iter().map(line).collect() })
    };
    let Answers { district, address, contact, phone, .. } = draft.answers.clone();
    Some(NewRetailOrders {
        district,
        payment_method: draft.answers.method()?,
        delivery: Delivery { address, contact, phone },
        orders: bill.merchants.iter().map(order).collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::api;
    use crate::pages::orders::form::samples::{card, product_id};

    fn filled_in() -> Answers {
        Answers {
            district: "yinzhou".into(),
            address: "宁波市鄞州区示例路9弄9号".into(),
            contact: "赵示例".into(),
            phone: "13800000009".into(),
            method: "on_delivery".into(),
        }
    }

    fn basket(lines: &[(u128, i64)]) -> Basket {
        let mut basket = Basket::default();
        for (product, quantity) in lines {
            basket.add(product_id(*product), Quantity::new(*quantity).expect("small"));
        }
        basket
    }

    fn draft(bill: &Bill) -> Draft {
        let mut orders = Vec::new();
        let next = std::cell::Cell::new(0);
        name_orders(&mut orders, bill, || {
            next.set(next.get() + 1);
            OrderId(Uuid::from_u128(next.get()))
        });
        Draft { account_id: AccountId(Uuid::from_u128(1)), answers: filled_in(), orders }
    }

    #[test]
    fn a_filled_in_form_is_what_the_domain_takes() {
        let bill = Bill::of(&basket(&[(1, 2), (2, 1), (3, 5)]), &[card(1, 7), card(2, 8), card(3, 7)]);
        assert_eq!((bill.merchants.len(), bill.total, bill.wrong), (2, Money::from_yuan(80), false));
        let body = body(&draft(&bill), &bill).expect("complete");
        assert!(domain::order::Retail::parse(&body).is_ok());
        assert_eq!(body.orders.iter().map(|order| order.lines.len()).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(filled_in().check(), []);
    }

    #[test]
    fn every_control_that_is_wrong_is_named_from_top_to_bottom() {
        let controls: Vec<_> = Answers::default().check().into_iter().map(|error| error.control).collect();
        assert_eq!(controls, ["district", "address", "contact", "phone", "method"]);
    }

    #[test]
    fn what_is_too_few_or_gone_sends_back_to_the_basket() {
        let mut rice = card(1, 7);
        rice.minimum_order = Quantity::new(3).expect("small");
        assert!(Bill::of(&basket(&[(1, 2)]), std::slice::from_ref(&rice)).wrong);
        assert!(!Bill::of(&basket(&[(1, 3)]), std::slice::from_ref(&rice)).wrong);
        assert!(Bill::of(&basket(&[(1, 3), (9, 1)]), &[rice]).wrong);
    }

    #[test]
    fn a_draft_reads_back_as_it_was_written() {
        let bill = Bill::of(&basket(&[(1, 2)]), &[card(1, 7)]);
        let draft = draft(&bill);
        let text = serde_json::to_string(&draft).expect("plain texts");
        assert_eq!(api::parse::<Draft>(&text).expect("what was written"), draft);
    }
}
