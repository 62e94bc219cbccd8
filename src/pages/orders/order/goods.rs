//! The lines of an order: what was ordered at which price, and what came of it.

use domain::wire::{Order, OrderLine};
use leptos::prelude::*;

use crate::components::label::mini_label;
use crate::format;
use crate::route::Route;

/// 庆元 · 丽水山耕 · 250g/礼盒
pub fn facts(line: &OrderLine) -> String {
    let brand = line.brand.map_or_else(String::new, |brand| format!(" · {}", brand.zh()));
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
        .then(|| view! { <th scope="col" class="n">"实收"</th><th scope="col" class="n">"拒收"</th> }.into_any());
    let after = counted.then(|| view! { <td colspan="2"></td> }.into_any());
    view! {
        <section aria-labelledby="lines">
            <h2 id="lines">"订了什么"</h2>
            <div class="scroll" role="region" tabindex="0" aria-label="订的产品">
                <table class="ol">
                    <thead>
                        <tr>
                            <th scope="col">"产品"</th>
                            <th scope="col" class="n">"单价（元）"</th>
                            <th scope="col" class="n">"数量"</th>
                            <th scope="col" class="n">"金额（元）"</th>
                            {counted_heads}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                    <tfoot>
                        <tr>
                            <th scope="row" colspan="3">"合计"</th>
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
            <td class="n" data-k="实收"><b>{number(line.accepted)}</b></td>
            <td class="n" data-k="拒收">{number(line.rejected)}{why}</td>
        }
        .into_any()
    });
    view! {
        <tr class:bad=rejected.is_some()>
            <th scope="row">{product(line, facts(line))}</th>
            <td class="n" data-k="单价">{line.unit_price_fen.yuan()}</td>
            <td class="n" data-k="数量">{format::quantity(line.quantity, &line.unit)}</td>
            <td class="n" data-k="金额">{line.amount_fen.yuan()}</td>
            {came}
        </tr>
    }
    .into_any()
}
