//! The lines of an order: what was ordered at which price, and what came of it.

use domain::wire::{Order, OrderLine};
use leptos::prelude::*;

use crate::components::label::mini_label;
use crate::format;
use crate::language::{language, t};
use crate::route::Route;

/// 庆元 · 丽水山耕 · 250g/礼盒
pub fn facts(line: &OrderLine) -> String {
    let brand = line.brand.map_or_else(String::new, |brand| format!(" · {}", brand.word(language())));
    format!("{}{brand} · {}", line.county_short, line.spec)
}

pub fn product(line: &OrderLine, facts: String) -> AnyView {
    view! {
        <span class="pl">
            {mini_label(line.category, &line.county_short, &line.name)}
            <span>
                <a href=Route::Product(line.product_id.to_string()).path()>{line.name.clone()}</a>
                <small>{facts}</small>
            </span>
        </span>
    }
    .into_any()
}

pub fn goods(order: &Order) -> AnyView {
    let counted = order.accepted_fen.is_some();
    let rows: Vec<AnyView> = order.lines.iter().map(|line| row(line, counted)).collect();
    let counted_heads = counted
        .then(|| view! { <th scope="col" class="n">{t!(orders.accepted)}</th><th scope="col" class="n">{t!(orders.rejected)}</th> }.into_any());
    let after = counted.then(|| view! { <td colspan="2"></td> }.into_any());
    view! {
        <section aria-labelledby="lines">
            <h2 id="lines">{t!(orders.ordered_what)}</h2>
            <div class="scroll" role="region" tabindex="0" aria-label=t!(orders.goods_of_order)>
                <table class="ol">
                    <thead>
                        <tr>
                            <th scope="col">{t!(orders.product)}</th>
                            <th scope="col" class="n">{t!(orders.unit_price)}</th>
                            <th scope="col" class="n">{t!(orders.quantity)}</th>
                            <th scope="col" class="n">{t!(orders.amount)}</th>
                            {counted_heads}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                    <tfoot>
                        <tr>
                            <th scope="row" colspan="3">{t!(orders.total)}</th>
                            <td class="n">{order.summary.total_fen.yuan()}</td>
                            {after}
                        </tr>
                    </tfoot>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(line: &OrderLine, counted: bool) -> AnyView {
    let rejected = line.rejected.filter(|rejected| !rejected.is_zero());
    let came = counted.then(|| {
        let number = |of: Option<domain::Quantity>| of.map_or_else(|| "—".to_owned(), |of| of.to_string());
        let why = rejected.and(line.rejected_reason.clone()).map(|why| view! { <small class="why">{why}</small> });
        view! {
            <td class="n" data-k=t!(orders.accepted)><b>{number(line.accepted)}</b></td>
            <td class="n" data-k=t!(orders.rejected)>{number(line.rejected)}{why}</td>
        }
        .into_any()
    });
    view! {
        <tr class:bad=rejected.is_some()>
            <th scope="row">{product(line, facts(line))}</th>
            <td class="n" data-k=t!(orders.price)>{line.unit_price_fen.yuan()}</td>
            <td class="n" data-k=t!(orders.quantity)>{format::quantity(line.quantity, &line.unit)}</td>
            <td class="n" data-k=t!(orders.sum)>{line.amount_fen.yuan()}</td>
            {came}
        </tr>
    }
    .into_any()
}
