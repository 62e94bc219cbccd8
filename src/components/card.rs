//! A product among others: picture, name, where it is from, what it costs. The whole card opens it; the button above the
//! link puts one into the basket.

use domain::id::ProductId;
use domain::product::{CertificationKind, PriceBreak};
use domain::wire::{Mark, ProductCard};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use super::icon::Icon;
use super::marked::marked;
use super::markup::{Escaped, element, put};
use super::photo::picture;
use super::price::price_text;
use crate::format::quantity;
use crate::language::{language, t};
use crate::route::Route;

/// The quantity a union begins to think in; the card names the price from there on.
const BULK: i64 = 50;

/// One entry of a `.shelf` list. With `buys` it has a button, which the list hears of by [`pressed`].
pub fn product_card(product: &ProductCard, buys: bool) -> AnyView {
    let mut card = String::with_capacity(2_600);
    put_card(&mut card, product, &picture(product), &[], buys);
    element(card)
}

/// The same as markup. `marks` are the stretches of its name that were searched for.
#[inline(never)]
pub fn put_card(card: &mut String, product: &ProductCard, picture: &str, marks: &[Mark], buys: bool) {
    let sold_out = product.available.is_zero();
    put(
        card,
        format_args!(
            "<li class=\"card\"><a href=\"{}\">{}<span class=\"c-name\">{}</span></a><span class=\"c-from\">",
            Route::Product(product.id.to_string()).path(),
            picture,
            marked(&product.name, marks),
        ),
    );
    if let Some(brand) = product.brand {
        put(card, format_args!("<b>{}</b> · ", brand.word(language())));
    }
    put(
        card,
        format_args!(
            "{} <span class=\"num\">{}</span></span><span class=\"c-tags\">",
            Escaped(&product.county_short),
            Escaped(&product.spec)
        ),
    );
    put_tags(card, product);
    let price = price_text(product.ladder.list_price());
    put(card, format_args!("</span><span class=\"c-price\"><b class=\"num\">{price}</b>/{}", Escaped(&product.unit)));
    if let Some(note) = note(product, sold_out) {
        put(card, format_args!(" <i>{}</i>", Escaped(&note)));
    }
    card.push_str("</span>");
    if buys && !sold_out {
        let label = t!(parts.add_to_basket, name = product.name);
        put(
            card,
            format_args!(
                "<button class=\"c-add\" type=\"button\" value=\"{}\" aria-label=\"{}\">{}</button>",
                product.id,
                Escaped(&label),
                Icon::Plus.markup()
            ),
        );
    }
    card.push_str("</li>");
}

fn note(product: &ProductCard, sold_out: bool) -> Option<String> {
    if sold_out {
        return Some(t!(parts.sold_out).to_owned());
    }
    let step = bulk_step(product.ladder.steps())?;
    let quantity = quantity(step.from_quantity, &product.unit);
    Some(t!(parts.bulk_price, quantity = quantity, price = price_text(step.unit_price_fen)))
}

/// The step that speaks to a union: the first from fifty pieces on, or else the last there is.
fn bulk_step(steps: &[PriceBreak]) -> Option<&PriceBreak> {
    let lower = steps.get(1..).unwrap_or_default();
    lower.iter().find(|step| step.from_quantity.get() >= BULK).or(lower.last())
}

fn put_tags(card: &mut String, product: &ProductCard) {
    if let Some(kind) = product.certification_kind {
        let class = if kind == CertificationKind::Gi { "tag gi" } else { "tag" };
        put(card, format_args!("<span class=\"{class}\">{}</span>", kind.word(language())));
    }
    if product.cold_chain {
        put(card, format_args!("<span class=\"tag cold\">{}</span>", t!(parts.cold_chain)));
    }
}

/// The product whose button was pressed, of a press anywhere on a list of cards.
pub fn pressed(event: &web_sys::MouseEvent) -> Option<ProductId> {
    let pressed = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    pressed.closest(".c-add").ok()??.get_attribute("value")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(product: &ProductCard, marks: &[Mark], buys: bool) -> String {
        let mut card = String::new();
        put_card(&mut card, product, "", marks, buys);
        card
    }

    fn card(name: &str) -> ProductCard {
        let card = serde_json::json!({
            "id": "0193b3c0-7c1e-7000-8000-000000000001", "name": name, "spec": "500g/\"袋\"", "unit": "袋",
            "brand": "lishui_shangeng", "county": "qingyuan", "county_short": "庆元", "prefecture": "lishui",
            "category": "mushroom", "certification_kind": "gi", "minimum_order": 1, "available": 3, "season_months": 4095,
            "ladder": [{"from_quantity": 1, "unit_price_fen": 4_900}, {"from_quantity": 50, "unit_price_fen": 4_500}],
            "cold_chain": false, "union_gift_ok": true,
            "merchant": {"id": "0193b3c0-7c1e-7000-8000-000000000002", "name": "商户"},
        });
        serde_json::from_value(card).expect("a card")
    }

    #[test]
    fn a_name_cannot_become_markup() {
        let drawn = drawn(&card("<img onerror='x'>香菇"), &[[0, 4]], true);
        assert!(!drawn.contains("<img") && !drawn.contains("onerror='"), "{drawn}");
        assert!(drawn.contains("<mark>&lt;img</mark>") && drawn.contains("500g/&quot;袋&quot;"), "{drawn}");
    }

    #[test]
    fn who_buys_finds_a_button_on_what_there_is() {
        let has_button = |product: &ProductCard, buys| drawn(product, &[], buys).contains("<button");
        let product = card("香菇");
        assert!(has_button(&product, true) && !has_button(&product, false));
        let sold_out = ProductCard { available: domain::Quantity::ZERO, ..product };
        assert!(!has_button(&sold_out, true));
    }

    #[test]
    fn the_price_for_many_stands_beside_that_for_one() {
        let drawn = drawn(&card("香菇"), &[], false);
        assert!(drawn.contains("<b class=\"num\">¥49</b>/袋 <i>") && drawn.contains("¥45"), "{drawn}");
    }
}
