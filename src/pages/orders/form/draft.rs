//! A procurement as it stands in the form: texts as typed, kept in the browser so that nothing is lost on a reload.

use domain::basket::Basket;
use domain::id::{AccountId, OrderId, OrganisationId, ProductId};
use domain::wire::{Bundle, ProductCard, Session};
use domain::{Quantity, fields};
use serde::Serialize;

use super::entry::Entry;
use crate::language::t;

/// One draft: whoever signs in next on this computer begins afresh.
pub use crate::state::ORDER_DRAFT_KEY as KEY;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Draft {
    pub account_id: AccountId,
    pub answers: Answers,
    pub lines: Vec<DraftLine>,
    /// The id each merchant's order will have. Kept with the draft, so that sending it twice is once.
    pub orders: Vec<(OrganisationId, OrderId)>,
    /// The bundles its goods come from, by whose names a list may say who gets what; empty where there are none.
    pub bundles: Vec<Bundle>,
}
fields!(Draft: account_id, answers, lines, orders, bundles);

/// What is asked beside the goods, in the order of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Answers {
    /// Code of the occasion; empty until one is chosen.
    pub occasion: String,
    pub head_count: String,
    pub per_head: String,
    pub reason: String,
    pub address: String,
    pub contact: String,
    pub phone: String,
}
fields!(Answers: occasion, head_count, per_head, reason, address, contact, phone);

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DraftLine {
    pub product_id: ProductId,
    /// What the basket said when the line was made: a basket changed since then speaks anew.
    pub put_aside: Quantity,
    pub entry: Entry,
}
fields!(DraftLine: product_id, put_aside, entry);

impl Draft {
    /// Begins with what is known of the officer's union.
    pub fn new(session: &Session) -> Draft {
        let answers = Answers {
            head_count: session.members.map(|members| members.to_string()).unwrap_or_default(),
            address: session.address.clone(),
            contact: t!(orders.union).to_owned(),
            phone: session.phone.clone(),
            ..Answers::default()
        };
        Draft { account_id: session.account_id, answers, lines: Vec::new(), orders: Vec::new(), bundles: Vec::new() }
    }

    /// Takes over the basket: lines in its order, and what was typed for those that have not changed there since.
    pub fn follow(&mut self, basket: &Basket) {
        let mut old = std::mem::take(&mut self.lines);
        self.lines = basket
            .lines
            .iter()
            .map(|line| {
                let same = |it: &DraftLine| it.product_id == line.product_id && it.put_aside == line.quantity;
                match old.iter().position(same) {
                    Some(place) => old.swap_remove(place),
                    None => DraftLine {
                        product_id: line.product_id,
                        put_aside: line.quantity,
                        entry: Entry::from_basket(line.quantity),
                    },
                }
            })
            .collect();
        // Bundles of which nothing lies in the basket any more were of another order.
        let ordered = |product: ProductId| self.lines.iter().any(|line| line.product_id == product);
        if !self.bundles.iter().flat_map(|bundle| &bundle.lines).any(|line| ordered(line.product_id)) {
            self.bundles.clear();
        }
    }

    /// Gives every merchant an order id who has none yet.
    pub fn name_orders(&mut self, goods: &[ProductCard], new_id: impl Fn() -> OrderId) {
        for card in goods {
            if !self.orders.iter().any(|(merchant, _)| *merchant == card.merchant.id) {
                self.orders.push((card.merchant.id, new_id()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::wire::BundleLine;
    use uuid::Uuid;

    use super::*;
    use crate::api;
    use crate::pages::orders::form::samples::{card, product_id, session};

    fn basket(lines: &[(u128, i64)]) -> Basket {
        let mut basket = Basket::default();
        for (product, quantity) in lines {
            basket.add(product_id(*product), Quantity::new(*quantity).expect("small"));
        }
        basket
    }

    #[test]
    fn a_draft_reads_back_as_it_was_written() {
        let mut draft = Draft::new(&session());
        draft.follow(&basket(&[(1, 1), (2, 50)]));
        draft.answers.reason = "三周年“加一份”".to_owned();
        draft.name_orders(&[card(1, 7)], || OrderId(Uuid::from_u128(9)));
        let text = serde_json::to_string(&draft).expect("plain texts");
        assert_eq!(api::parse::<Draft>(&text).expect("what was written"), draft);
    }

    #[test]
    fn what_was_typed_stays_until_the_basket_changes() {
        let mut draft = Draft::new(&session());
        draft.follow(&basket(&[(1, 1), (2, 1)]));
        draft.lines[0].entry = Entry::Total("300".to_owned());
        draft.lines[1].entry = Entry::PerHead("3".to_owned());
        draft.follow(&basket(&[(2, 2), (1, 1), (3, 20)]));
        let entries: Vec<_> = draft.lines.iter().map(|line| line.entry.clone()).collect();
        assert_eq!(
            entries,
            [Entry::PerHead("2".to_owned()), Entry::Total("300".to_owned()), Entry::Total("20".to_owned())]
        );
    }

    #[test]
    fn bundles_go_with_the_last_of_their_goods() {
        let mut draft = Draft::new(&session());
        let line = BundleLine { product_id: product_id(1), quantity: 2 };
        draft.bundles = vec![Bundle { name: "甲".to_owned(), head_count: 20, lines: vec![line] }];
        draft.follow(&basket(&[(1, 40), (2, 1)]));
        assert_eq!(draft.bundles.len(), 1);
        draft.follow(&basket(&[(2, 1)]));
        assert_eq!(draft.bundles, []);
    }

    #[test]
    fn each_merchant_keeps_the_id_of_its_order() {
        let ids = std::cell::Cell::new(0);
        let next = || {
            ids.set(ids.get() + 1);
            OrderId(Uuid::from_u128(ids.get()))
        };
        let mut draft = Draft::new(&session());
        draft.name_orders(&[card(1, 7), card(2, 8), card(3, 7)], next);
        let before = draft.orders.clone();
        assert_eq!(before.len(), 2);
        draft.name_orders(&[card(3, 7), card(4, 9)], next);
        assert_eq!(draft.orders[..2], before[..]);
        assert_eq!(draft.orders.len(), 3);
    }
}
