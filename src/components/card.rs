//! A product among others: picture, name, where it is from, what it costs. The whole card opens it; the button above the
//! link puts one into the basket.

use domain::id::ProductId;
use domain::product::{CertificationKind, PriceBreak};
use domain::wire::ProductCard;
use leptos::prelude::*;

use super::icon::{Icon, icon};
use super::photo::picture;
use super::price::{price, price_text};
use crate::format::quantity;
use crate::language::{language, t};
use crate::route::Route;

/// The quantity a union begins to think in; the card names the price from there on.
const BULK: i64 = 50;

/// One entry of a `.shelf` list. Without `on_add` (for those who do not buy) there is no button.
#[inline(never)]
pub fn product_card(product: &ProductCard, on_add: Option<Callback<ProductId>>) -> AnyView {
    card_named(product, product.name.clone().into_any(), on_add)
}

/// The same with its name as the page wants it shown, with the letters marked that were searched for.
#[inline(never)]
pub fn card_named(product: &ProductCard, name: AnyView, on_add: Option<Callback<ProductId>>) -> AnyView {
    let brand = product.brand.map(|brand| view! { <b>{brand.word(language())}</b>" · " }.into_any());
    let unit = product.unit.as_str();
    let sold_out = product.available.is_zero();
    let bulk = bulk_step(product.ladder.steps()).map(|step| {
        t!(parts.bulk_price, quantity = quantity(step.from_quantity, unit), price = price_text(step.unit_price_fen))
    });
    let note = if sold_out { Some(t!(parts.sold_out).to_owned()) } else { bulk };
    view! {
        <li class="card">
            <a href=Route::Product(product.id.to_string()).path()>
                {picture(product)}
                <span class="c-name">{name}</span>
            </a>
            <span class="c-from">
                {brand}{product.county_short.clone()}" "<span class="num">{product.spec.clone()}</span>
            </span>
            <span class="c-tags">{tags(product)}</span>
            <span class="c-price">{price(product.ladder.list_price(), unit)}" "{note.map(|note| view! { <i>{note}</i> }.into_any())}</span>
            {on_add.filter(|_| !sold_out).map(|on_add| add_button(product, on_add))}
        </li>
    }
    .into_any()
}

/// The step that speaks to a union: the first from fifty pieces on, or else the last there is.
fn bulk_step(steps: &[PriceBreak]) -> Option<&PriceBreak> {
    let lower = steps.get(1..).unwrap_or_default();
    lower.iter().find(|step| step.from_quantity.get() >= BULK).or(lower.last())
}

fn tags(product: &ProductCard) -> Vec<AnyView> {
    let certificate = product.certification_kind.map(|kind| {
        let class = if kind == CertificationKind::Gi { "tag gi" } else { "tag" };
        view! { <span class=class>{kind.word(language())}</span> }.into_any()
    });
    let cold = product.cold_chain.then(|| view! { <span class="tag cold">{t!(parts.cold_chain)}</span> }.into_any());
    certificate.into_iter().chain(cold).collect()
}

fn add_button(product: &ProductCard, on_add: Callback<ProductId>) -> AnyView {
    let name = t!(parts.add_to_basket, name = product.name);
    let id = product.id;
    view! { <button class="c-add" type="button" aria-label=name on:click=move |_| on_add.run(id)>{icon(Icon::Plus)}</button> }
        .into_any()
}
