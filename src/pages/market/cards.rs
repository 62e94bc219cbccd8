//! The cards of a list, drawn by hand: what stays in the list from one answer to the next is not drawn again, so that
//! results keep up with who types. `For` would do the same for four times the code.

use std::sync::Arc;

use domain::id::ProductId;
use domain::wire::ProductCard;
use leptos::html;
use leptos::prelude::*;

use super::shelf::{Item, List, Marks, Shelf};
use crate::components::card::card_named;
use crate::components::held::Held;
use crate::components::marked::marked;
use crate::live;
use crate::state::State;

/// A card that stands in the list.
struct Card {
    product: Arc<ProductCard>,
    held: Held,
}

#[inline(never)]
pub fn cards(shelf: Shelf, hidden: Signal<bool>) -> AnyView {
    let state = State::get();
    let add = Callback::new(move |id: ProductId| {
        let product = shelf.list.with_untracked(|list| list.find(id).map(|it| it.product.clone()));
        if let Some(product) = product {
            state.add_one_to_basket(&product);
        }
    });
    let place = NodeRef::<html::Ul>::new();
    let may_buy = live::memo(move || state.may_buy());
    let owner = Owner::current().unwrap_or_default();
    Effect::new(move |before: Option<(bool, Vec<Card>)>| {
        let buys = may_buy.get();
        // Who buys has a button on every card; when that changes, all are drawn anew.
        let before = before.filter(|before| before.0 == buys).map(|before| before.1).unwrap_or_default();
        let on_add = buys.then_some(add);
        let Some(place) = place.get() else { return (buys, before) };
        let draw = |item: &Item| owner.with(|| card(shelf, &item.product, on_add));
        (buys, shelf.list.with(|list| in_place(&place, before, list, &draw)))
    });
    view! { <ul class="shelf" role="list" node_ref=place hidden=hidden></ul> }.into_any()
}

fn card(shelf: Shelf, product: &Arc<ProductCard>, on_add: Option<Callback<ProductId>>) -> Card {
    let held = Held::new(Owner::new(), || {
        let (id, name) = (product.id, product.name.clone());
        let marks = live::memo(move || shelf.list.with(|list| marks_of(list, id)));
        let name = live::view(move || Some(marked(&name, &marks.get())));
        card_named(product, name, on_add)
    });
    Card { product: product.clone(), held }
}

fn marks_of(list: &List, id: ProductId) -> Marks {
    list.find(id).map(|it| it.marks.clone()).unwrap_or_default()
}

/// Brings the cards into the order of the list: takes over those of the same product, draws those that are missing, takes
/// away the rest, and moves none that stands where it belongs.
fn in_place(place: &web_sys::Element, mut before: Vec<Card>, list: &List, draw: &dyn Fn(&Item) -> Card) -> Vec<Card> {
    let mut now = Vec::with_capacity(list.items.len());
    for item in &list.items {
        let same = |card: &Card| Arc::ptr_eq(&card.product, &item.product) || card.product == item.product;
        match before.iter().position(same) {
            Some(at) => now.push(before.remove(at)),
            None => now.push(draw(item)),
        }
    }
    drop(before);
    let mut next = place.first_element_child();
    for card in &mut now {
        let stands = card.held.element();
        if next.is_some() && stands == next {
            next = next.and_then(|card| card.next_element_sibling());
        } else {
            card.held.mount(place, next.as_deref());
        }
    }
    now
}
