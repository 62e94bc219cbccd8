//! Goods under a heading, with the way to all of them.

use domain::wire::{ProductCard, Products};
use leptos::prelude::*;

use crate::components::card::{pressed, product_card};
use crate::components::loading::loading_cards;
use crate::components::problem::load_failure;
use crate::language::t;
use crate::load::Load;
use crate::state::State;

/// The cards of a shelf; whoever may buy finds a button on each.
#[inline(never)]
pub fn shelf(items: Signal<Vec<ProductCard>>) -> AnyView {
    let state = State::get();
    let add = move |event| {
        let id = pressed(&event);
        if let Some(product) = items.get_untracked().into_iter().find(|product| Some(product.id) == id) {
            state.add_one_to_basket(&product);
        }
    };
    let cards = move || {
        let buys = state.may_buy();
        items.with(|items| items.iter().map(|product| product_card(product, buys)).collect::<Vec<_>>())
    };
    view! { <ul class="shelf" role="list" on:click=add>{cards}</ul> }.into_any()
}

/// The first goods of a place. `all` is the list of all of them.
#[inline(never)]
pub fn goods_of(goods: Load<Products>, heading: String, all: String) -> AnyView {
    let items = Memo::new(move |_| goods.value.with(|it| it.as_ref().map(|it| it.items.clone()).unwrap_or_default()));
    let instead = move || match goods.error.get() {
        Some(error) => Some(load_failure(error.sentence(), goods.on_retry())),
        None if goods.value.with(Option::is_none) => Some(loading_cards(6)),
        None => items.with(Vec::is_empty).then(|| view! { <p class="muted">{t!(places.no_goods)}</p> }.into_any()),
    };
    let link = move || {
        let total = goods.value.with(|it| it.as_ref().map_or(0, |it| it.total));
        let all = all.clone();
        (total > 0).then(|| view! { <a href=all>{t!(places.see_all_goods, count = total)}</a> }.into_any())
    };
    view! {
        <section class="sec" aria-labelledby="goods">
            <div class="sec-h"><h2 id="goods">{heading}</h2>{link}</div>
            {instead}
            {shelf(items.into())}
        </section>
    }
    .into_any()
}
