//! The cards of a list, drawn by hand: what stays in the list from one answer to the next is not drawn again, so that
//! results keep up with who types. `For` would do the same for many times the code.

use std::sync::Arc;
use std::time::Duration;

use domain::wire::ProductCard;
use leptos::html;
use leptos::prelude::*;
use web_sys::Element;

use super::shelf::{Item, List, Marks, Shelf};
use crate::components::card::{pressed, put_card};
use crate::components::focus::is_searching;
use crate::components::marked::marked;
use crate::components::photo::{ground, picture};
use crate::components::screen::is_wide;
use crate::live;
use crate::state::State;

/// A card that stands in the list, and leaves it when it is dropped.
struct Card {
    product: Arc<ProductCard>,
    marks: Marks,
    element: Element,
    /// Its picture is still to be painted.
    is_bare: bool,
}

impl Drop for Card {
    fn drop(&mut self) {
        self.element.remove();
    }
}

impl Card {
    /// Draws all of these in one go of the browser's parser.
    fn draw(items: &[&Item], buys: bool, is_bare: bool) -> Vec<Self> {
        let mut markup = String::with_capacity(items.len() * 1_000);
        for item in items {
            let picture = if is_bare { ground(&item.product) } else { picture(&item.product) };
            put_card(&mut markup, &item.product, &picture, &item.marks, buys);
        }
        // An element of this name can always be made.
        let Ok(drawn) = document().create_element("ul") else { return Vec::new() };
        drawn.set_inner_html(&markup);
        let card = |item: &&Item| {
            let element = drawn.first_element_child()?;
            element.remove();
            Some(Self { product: item.product.clone(), marks: item.marks.clone(), element, is_bare })
        };
        items.iter().filter_map(card).collect()
    }

    fn paint(&mut self) {
        if std::mem::take(&mut self.is_bare)
            && let Ok(Some(ground)) = self.element.query_selector(".label")
        {
            ground.set_outer_html(&picture(&self.product));
        }
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

/// How many are seen at once under the search box: one below the other, or two rows of four.
const SEEN: usize = 5;
const SEEN_WIDE: usize = 8;
/// So long the browser has the thread for itself, to paint them and to hear the next key.
const THEN_THE_REST: Duration = Duration::from_millis(60);

#[derive(Default)]
struct Cards {
    seen: usize,
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
    let seen = if is_wide() { SEEN_WIDE } else { SEEN };
    let shown = StoredValue::new_local(Cards { seen, ..Cards::default() });
    live::effect(move || {
        let buys = may_buy.get();
        let Some(place) = place.get() else { return };
        let rest_follows = shelf.list.with(|list| {
            shown.try_update_value(|shown| {
                if shown.buys != buys {
                    *shown = Cards { seen, buys, cards: Vec::new() };
                }
                shown.begin(&place, list)
            })
        });
        if rest_follows == Some(true) {
            shelf.drawing.set(true);
            let finish = move || {
                let finish = |list: &List| shown.try_update_value(|shown| shown.finish(&place, list));
                shelf.list.try_with_untracked(finish);
                shelf.drawing.try_set(false);
            };
            set_timeout(finish, THEN_THE_REST);
        }
    });
    view! { <ul class="shelf" role="list" node_ref=place hidden=hidden on:click=add></ul> }.into_any()
}

impl Cards {
    /// Draws the list, or only the words of what is seen of it, and says whether the rest is to follow: a list that changes under
    /// somebody's typing is on the screen sooner without the labels, half of its work, and the cards nobody sees.
    fn begin(&mut self, place: &Element, list: &List) -> bool {
        let first = if is_searching() { Some(self.seen) } else { None };
        self.bring_into_order(place, list, first);
        first.is_some()
    }

    fn finish(&mut self, place: &Element, list: &List) {
        self.bring_into_order(place, list, None);
        self.cards.iter_mut().for_each(Card::paint);
    }

    /// Takes over the cards of the same product, draws those that are missing, takes away the rest, and moves none that stands
    /// where it belongs. With `first`, only so many are drawn, and without their pictures.
    fn bring_into_order(&mut self, place: &Element, list: &List, first: Option<usize>) {
        let mut before = std::mem::take(&mut self.cards);
        let drawn = first.unwrap_or(list.items.len());
        let is_missing = |item: &&Item| !before.iter().any(|card| card.is_of(item));
        let missing: Vec<&Item> = list.items.iter().take(drawn).filter(is_missing).collect();
        let mut new = Card::draw(&missing, self.buys, first.is_some()).into_iter();
        for (at, item) in list.items.iter().enumerate() {
            let card = match before.iter().position(|card| card.is_of(item)) {
                Some(known) => Some(before.remove(known)),
                None if at < drawn => new.next(),
                None => None,
            };
            self.cards.extend(card.map(|mut card| {
                if at < drawn {
                    card.mark(&item.marks);
                }
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
