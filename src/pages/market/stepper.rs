//! How many: a number that can be typed or stepped, and the sentence about what cannot be ordered.

use crate::format;
use crate::language::{t, told};
use domain::order::check_minimum;
use domain::wire::ProductCard;
use domain::{Quantity, Say};
use leptos::prelude::*;

/// The quantity that `text` asks for of this product, or the sentence why it cannot be ordered.
///
/// # Errors
/// The sentence to show beside the number.
pub fn wanted(product: &ProductCard, text: &str) -> Result<Quantity, String> {
    let quantity = Quantity::parse(text).map_err(|error| told(error.say()))?;
    let (least, unit) = (product.minimum_order.max(Quantity::ONE), &product.unit);
    check_minimum(quantity, least, &Say::same(unit)).map_err(told)?;
    if quantity > product.available {
        return Err(t!(basket.only_so_many, left = format::quantity(product.available, unit)));
    }
    Ok(quantity)
}

/// A number with its two buttons. `name` is what is counted (常山胡柚), for those who cannot see where it stands.
#[derive(Clone)]
pub struct Stepper {
    pub id: String,
    pub name: String,
    pub unit: String,
    pub least: Quantity,
    pub text: Signal<String>,
    pub on_text: Callback<String>,
    /// The number was left: what does not read may be put right now.
    pub on_leave: Callback<()>,
    pub invalid: Signal<bool>,
    /// The id of the sentence that says why.
    pub error_id: String,
}

#[inline(never)]
pub fn stepper(it: Stepper) -> AnyView {
    let Stepper { id, name, unit, least, text, on_text, on_leave, invalid, error_id } = it;
    let step = move |by: i64| {
        // What does not read counts as nothing, so that the first press makes it right.
        let now = Quantity::parse(&text.get_untracked()).unwrap_or(Quantity::ZERO);
        let next = Quantity::new(now.get() + by).unwrap_or(now).max(least);
        on_text.run(next.get().to_string());
    };
    let typed = move |event: leptos::ev::Event| on_text.run(event_target_value(&event));
    let at_least = move || Quantity::parse(&text.get()).is_ok_and(|now| now <= least);
    view! {
        <span class="step">
            <button
                class="btn"
                type="button"
                aria-label=t!(basket.one_less, name = name, unit = unit)
                disabled=at_least
                on:click=move |_| step(-1)
            >
                "−"
            </button>
            <input
                id=id
                inputmode="numeric"
                autocomplete="off"
                aria-label=t!(basket.quantity_of, name = name, unit = unit)
                aria-invalid=move || invalid.get().then_some("true")
                aria-describedby=move || invalid.get().then(|| error_id.clone())
                prop:value=move || text.get()
                on:input=typed
                on:change=typed
                on:blur=move |_| on_leave.run(())
            />
            <button class="btn" type="button" aria-label=t!(basket.one_more, name = name, unit = unit) on:click=move |_| step(1)>"+"</button>
        </span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product() -> ProductCard {
        serde_json::from_str(
            r#"{"id":"019b8bac-db44-7d6f-85dd-68ac8b2fac84","name":"莲芯茶","spec":"100g/罐","unit":"罐",
            "brand":"lishui_shangeng","county":"liandu","county_short":"莲都","prefecture":"lishui","category":"tea",
            "certification_kind":null,"ladder":[{"from_quantity":1,"unit_price_fen":3600}],"minimum_order":2,
            "available":1200,"season_months":4095,"cold_chain":false,"union_gift_ok":true,
            "merchant":{"id":"019b8bac-0000-7000-8000-000000000001","name":"莲都示例商户"}}"#,
        )
        .expect("a card")
    }

    #[test]
    fn only_what_can_be_ordered_is_wanted() {
        let wanted = |text| wanted(&product(), text);
        assert_eq!(wanted("１，２００").map(Quantity::get), Ok(1_200));
        assert_eq!(wanted("1"), Err("2 罐起订，请加到 2".to_owned()));
        assert_eq!(wanted("1201"), Err("现在只有 1,200 罐，请改少".to_owned()));
        assert_eq!(wanted("两罐"), Err("数量只写整数，例如 50".to_owned()));
        assert_eq!(wanted(""), Err("填写数量，例如 50".to_owned()));
    }
}
