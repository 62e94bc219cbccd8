//! The list as a table to order by: three prices, the season, and a box for the quantity in each row. Who knows what they
//! want goes down it with the Tab key.

use std::sync::Arc;

use domain::Quantity;
use domain::product::SeasonMonths;
use domain::wire::ProductCard;
use leptos::prelude::*;

use super::shelf::Shelf;
use super::stepper::wanted;
use crate::components::season::season_text;
use crate::format::this_month;
use crate::language::{language, t};
use crate::route::Route;
use crate::state::State;

/// The quantities whose prices have columns of their own.
const STEPS: [i64; 3] = [1, 50, 200];

#[inline(never)]
pub fn table(shelf: Shelf) -> AnyView {
    let state = State::get();
    let may_buy = Memo::new(move |_| state.may_buy());
    let goods =
        Memo::new(move |_| shelf.list.with(|list| list.items.iter().map(|it| it.product.clone()).collect::<Vec<_>>()));
    let rows = move || {
        let buys = may_buy.get();
        goods.with(|goods| goods.iter().map(|product| row(state, product, buys.then_some(Buying))).collect::<Vec<_>>())
    };
    let amount =
        move || may_buy.get().then(|| view! { <th scope="col" class="n">{t!(market.quantity)}</th> }.into_any());
    view! {
        <div class="scroll table-view" tabindex="0" role="region" aria-label=t!(market.table_of_goods)>
            <table>
                <caption class="sr">{t!(market.table_caption)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t!(market.name)}</th>
                        <th scope="col">{t!(market.county)}</th>
                        <th scope="col">{t!(market.brand)}</th>
                        <th scope="col">{t!(market.spec)}</th>
                        <th scope="col">{t!(market.on_sale)}" "<small>{t!(market.months_of_year)}</small></th>
                        <th scope="col" class="n">{t!(market.price)}</th>
                        <th scope="col" class="n">{t!(market.price_from, quantity = STEPS[1])}</th>
                        <th scope="col" class="n">{t!(market.price_from, quantity = STEPS[2])}</th>
                        {amount}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Said of a row whose reader buys.
#[derive(Clone, Copy)]
struct Buying;

fn row(state: State, product: &Arc<ProductCard>, buying: Option<Buying>) -> AnyView {
    let prices: Vec<AnyView> = STEPS
        .into_iter()
        .filter_map(|from| Quantity::new(from).ok())
        .map(|from| view! { <td class="n">{product.ladder.unit_price(from).yuan_short()}</td> }.into_any())
        .collect();
    view! {
        <tr>
            <th scope="row"><a href=Route::Product(product.id.to_string()).path()>{product.name.clone()}</a></th>
            <td>{product.county_short.clone()}</td>
            <td>{product.brand.map(|brand| brand.word(language()))}</td>
            <td>{product.spec.clone()}</td>
            <td class="ssn">{season_strip(product.season_months)}</td>
            {prices}
            {buying.map(|Buying| quantity_cell(state, product.clone()))}
        </tr>
    }
    .into_any()
}

fn season_strip(season: SeasonMonths) -> AnyView {
    let now = this_month();
    let class = |month| match (season.has(month), month == now) {
        (true, true) => "on now",
        (true, false) => "on",
        (false, true) => "now",
        (false, false) => "",
    };
    let cells: Vec<AnyView> = (1..=12).map(|month| view! { <i class=class(month)></i> }.into_any()).collect();
    view! { <span class="season" role="img" aria-label=season_text(season)>{cells}</span> }.into_any()
}

/// How much of it is in the basket; what is written here is put there, and what cannot be ordered is said.
fn quantity_cell(state: State, product: Arc<ProductCard>) -> AnyView {
    let id = product.id;
    let refused = RwSignal::new(None::<String>);
    let (input_id, error_id) = (format!("n-{id}"), format!("e-{id}"));
    let label = t!(market.quantity_of, name = product.name);
    let kept = move || {
        let quantity = state.in_basket(id);
        if quantity.is_zero() { String::new() } else { quantity.get().to_string() }
    };
    let write = move |event: leptos::ev::Event| {
        let text = event_target_value(&event);
        let quantity = if text.trim().is_empty() { Ok(Quantity::ZERO) } else { wanted(&product, &text) };
        match quantity {
            Ok(quantity) => {
                refused.set(None);
                state.change_basket(|basket| basket.set(id, quantity));
            }
            Err(sentence) => refused.set(Some(sentence)),
        }
    };
    let described = error_id.clone();
    let sentence = move || {
        refused
            .get()
            .map(|sentence| view! { <span class="error" id=error_id.clone() role="alert">{sentence}</span> }.into_any())
    };
    view! {
        <td class="n">
            <input
                id=input_id
                class="qty"
                inputmode="numeric"
                autocomplete="off"
                placeholder="0"
                aria-label=label
                aria-invalid=move || refused.with(Option::is_some).then_some("true")
                aria-describedby=move || refused.with(Option::is_some).then(|| described.clone())
                prop:value=kept
                on:change=write
            />
            {sentence}
        </td>
    }
    .into_any()
}
