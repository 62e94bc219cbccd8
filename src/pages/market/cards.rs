//! The cards of a list, drawn by hand: what stays in the list from one answer to the next is not drawn again, so that
//! results keep up with who types. `For` would do the same for many times the code.

use std::sync::Arc;

use domain::wire::ProductCard;
use leptos::html;
use leptos::prelude::*;
use web_sys::Element;

use super::shelf::{Item, List, Marks, Shelf};
use crate::components::card::{inside, pressed};
use crate::components::marked::marked;
use crate::live;
use crate::state::State;

/// A card that stands in the list, and leaves it when it is dropped.
struct Card {
    product: Arc<ProductCard>,
    marks: Marks,
    element: Element,
}

impl Drop for Card {
    fn drop(&mut self) {
        self.element.remove();
    }
}

impl Card {
    fn new(item: &Item, buys: bool) -> Option<Self> {
        // An element of this name can always be made.
        let element = document().create_element("li").ok()?;
        element.set_class_name("card");
        element.set_inner_html(&inside(&item.product, &item.marks, buys));
        Some(Self { product: item.product.clone(), marks: item.marks.clone(), element })
    }

    fn is_of(&self, item: &Item) -> bool {
        Arc::ptr_eq(&self.product, &item.product) || self.product == item.product
    }

    /// The words that are searched for go on while the product stays: only its name is written anew.
    fn mark(&mut self, marks: &Marks) {
        if *marks != self.marks
            && let Ok(Some(name)) = self.element.query_selector(".c-name")
        {
            name.set_inner_html(&marked(&self.product.name, marks));
            self.marks = marks.clone();
        }
    }
}

#[derive(Default)]
struct Cards {
    /// Who buys has a button on every card; when that changes, all are drawn anew.
    buys: bool,
    cards: Vec<Card>,
}

#[inline(never)]
pub fn cards(shelf: Shelf, hidden: Memo<bool>) -> AnyView {
    let state = State::get();
    let add = move |event| {
        let id = pressed(&event);
        let product = id.and_then(|id| shelf.list.with_untracked(|list| list.find(id).map(|it| it.product.clone())));
        if let Some(product) = product {
            state.add_one_to_basket(&product);
        }
    };
    let place = NodeRef::<html::Ul>::new();
    let may_buy = live::memo(move || state.may_buy());
    let shown = StoredValue::new_local(Cards::default());
    live::effect(move || {
        let buys = may_buy.get();
        let Some(place) = place.get() else { return };
        shelf.list.with(|list| {
            shown.update_value(|shown| {
                if shown.buys != buys {
                    *shown = Cards { buys, cards: Vec::new() };
                }
                shown.bring_into_order(&place, list);
            });
        });
    });
    view! { <ul class="shelf" role="list" node_ref=place hidden=hidden on:click=add></ul> }.into_any()
}

impl Cards {
    /// Takes over the cards of the same product, draws those that are missing, takes away the rest, and moves none that stands
    /// where it belongs.
    fn bring_into_order(&mut self, place: &Element, list: &List) {
        let mut before = std::mem::take(&mut self.cards);
        for item in &list.items {
            let card = match before.iter().position(|card| card.is_of(item)) {
                Some(at) => Some(before.remove(at)),
                None => Card::new(item, self.buys),
            };
            self.cards.extend(card.map(|mut card| {
                card.mark(&item.marks);
                card
            }));
        }
        drop(before);
        let mut next = place.first_element_child();
        for card in &self.cards {
            if next.as_ref() == Some(&card.element) {
                next = next.and_then(|card| card.next_element_sibling());
            } else {
                // Refused only where a node would come to stand in itself.
                let _ = place.insert_before(&card.element, next.as_deref());
            }
        }
    }
}
