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
        .then(|| view! { <th role="columnheader" scope="col" class="n">{t!(orders.accepted)}</th><th role="columnheader" scope="col" class="n">{t!(orders.rejected)}</th> }.into_any());
    let after = counted.then(|| view! { <td role="cell" colspan="2"></td> }.into_any());
    view! {
        <section aria-labelledby="lines">
            <h2 id="lines">{t!(orders.ordered_what)}</h2>
            <div class="scroll" role="region" tabindex="0" aria-label=t!(orders.goods_of_order)>
                <table role="table" class="ol">
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">{t!(orders.product)}</th>
                            <th role="columnheader" scope="col" class="n">{t!(orders.unit_price)}</th>
                            <th role="columnheader" scope="col" class="n">{t!(orders.quantity)}</th>
                            <th role="columnheader" scope="col" class="n">{t!(orders.amount)}</th>
                            {counted_heads}
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                    <tfoot role="rowgroup">
                        <tr role="row">
                            <th role="rowheader" scope="row" colspan="3">{t!(orders.total)}</th>
                            <td role="cell" class="n">{order.summary.total_fen.yuan()}</td>
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
    let lost = line.short.unwrap_or_default().get() + line.rejected.unwrap_or_default().get();
    let rejected = line.accepted.and_then(|_| domain::Quantity::new(lost).ok()).filter(|lost| !lost.is_zero());
    let came = counted.then(|| {
        let number = |of: Option<domain::Quantity>| of.map_or_else(|| "—".to_owned(), |of| of.to_string());
        let why = rejected.and(line.rejected_reason.clone()).map(|why| view! { <small class="why">{why}</small> });
        view! {
            <td role="cell" class="n" data-k=t!(orders.accepted)><b>{number(line.accepted)}</b></td>
            <td role="cell" class="n" data-k=t!(orders.rejected)>{number(line.accepted.map(|_| rejected.unwrap_or_default()))}{why}</td>
        }
        .into_any()
    });
    let (stands, amount) = line.stands();
    let less = (stands != line.quantity).then(|| {
        let why = line.confirmed_reason.clone().map(|why| format!("{}{why}", t!(orders.colon)));
        view! { <small class="why">{t!(fulfil.only, count = format::quantity(stands, &line.unit))}{why}</small> }
            .into_any()
    });
    view! {
        <tr role="row" class:bad=rejected.is_some()>
            <th role="rowheader" scope="row">{product(line, facts(line))}</th>
            <td role="cell" class="n" data-k=t!(orders.price)>{line.unit_price_fen.yuan()}</td>
            <td role="cell" class="n" data-k=t!(orders.quantity)>{format::quantity(line.quantity, &line.unit)}{less}</td>
            <td role="cell" class="n" data-k=t!(orders.sum)>{amount.yuan()}</td>
            {came}
        </tr>
    }
    .into_any()
}
