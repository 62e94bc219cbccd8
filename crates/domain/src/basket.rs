//! The basket: what a buyer has put aside, and the orders it becomes. One order has one merchant.

use serde::{Deserialize, Serialize};

use crate::id::ProductId;
use crate::read::{Read, Tree};
use crate::{Quantity, fields};

/// One product in the basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasketLine {
    pub product_id: ProductId,
    pub quantity: Quantity,
}
fields!(BasketLine: product_id, quantity);

/// The basket, in the order things were put in. It is kept in the browser; prices never are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Basket {
    pub lines: Vec<BasketLine>,
}

impl Read for Basket {
    fn read(tree: Tree) -> Option<Basket> {
        Vec::read(tree).map(|lines| Basket { lines })
    }
}

impl Basket {
    /// Adds to what is already there, or puts a new line at the end.
    pub fn add(&mut self, product_id: ProductId, quantity: Quantity) {
        match self.lines.iter_mut().find(|line| line.product_id == product_id) {
            // More than a million of one thing stays a million: the person sees the number and can correct it.
            Some(line) => line.quantity = line.quantity.checked_add(quantity).unwrap_or(line.quantity),
            None => self.lines.push(BasketLine { product_id, quantity }),
        }
    }

    /// Takes a line out and gives it with its place, so that it can be put back there.
    pub fn take_out(&mut self, product_id: ProductId) -> Option<(usize, BasketLine)> {
        let place = self.lines.iter().position(|line| line.product_id == product_id)?;
        Some((place, self.lines.remove(place)))
    }

    /// Puts a line back where it was, and leaves alone what has been done meanwhile.
    pub fn put_back(&mut self, place: usize, line: BasketLine) {
        if self.lines.iter().all(|other| other.product_id != line.product_id) {
            self.lines.insert(place.min(self.lines.len()), line);
        }
    }

    /// Sets the quantity of a line; zero takes it out.
    pub fn set(&mut self, product_id: ProductId, quantity: Quantity) {
        if quantity.is_zero() {
            self.lines.retain(|line| line.product_id != product_id);
        } else if let Some(line) = self.lines.iter_mut().find(|line| line.product_id == product_id) {
            line.quantity = quantity;
        }
    }
}

/// Groups things by the merchant they come from, both in the order they first appear.
pub fn by_merchant<T, M: PartialEq>(things: Vec<T>, merchant_of: impl Fn(&T) -> M) -> Vec<(M, Vec<T>)> {
    let mut groups: Vec<(M, Vec<T>)> = Vec::new();
    for thing in things {
        let merchant = merchant_of(&thing);
        match groups.iter_mut().find(|(of, _)| *of == merchant) {
            Some((_, group)) => group.push(thing),
            None => groups.push((merchant, vec![thing])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn product(n: u128) -> ProductId {
        ProductId(Uuid::from_u128(n))
    }

    #[test]
    fn adding_twice_is_one_line() {
        let mut basket = Basket::default();
        basket.add(product(1), Quantity::ONE);
        basket.add(product(2), Quantity::ONE);
        basket.add(product(1), Quantity::new(4).expect("small"));
        assert_eq!(basket.lines.iter().map(|line| line.quantity.get()).collect::<Vec<_>>(), [5, 1]);
        basket.set(product(1), Quantity::ZERO);
        assert_eq!(basket.lines.len(), 1);
    }

    #[test]
    fn what_is_put_back_leaves_alone_what_was_done_meanwhile() {
        let mut basket = Basket::default();
        basket.add(product(1), Quantity::ONE);
        basket.add(product(2), Quantity::ONE);
        let (place, line) = basket.take_out(product(1)).expect("it was there");
        basket.set(product(2), Quantity::new(55).expect("small"));
        basket.put_back(place, line);
        basket.put_back(place, line);
        let quantities: Vec<_> = basket.lines.iter().map(|line| line.quantity.get()).collect();
        assert_eq!(quantities, [1, 55]);
        assert_eq!(basket.take_out(product(3)), None);
    }

    #[test]
    fn three_merchants_goods_become_three_orders() {
        let groups = by_merchant(vec![("rice", 'a'), ("oil", 'b'), ("tea", 'a'), ("egg", 'c')], |thing| thing.1);
        let sizes: Vec<_> = groups.iter().map(|(merchant, goods)| (*merchant, goods.len())).collect();
        assert_eq!(sizes, [('a', 2), ('b', 1), ('c', 1)]);
    }
}
