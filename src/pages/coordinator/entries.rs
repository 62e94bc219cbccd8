//! The entries of the ledger as a table: what was written stays as it was written, and a reversal stands in red.

use domain::id::SaleId;
use domain::tally::no_brand;
use domain::wire::{SaleEntry, Sales};
use leptos::prelude::*;

use crate::format;
use crate::language::{as_written, language, t};
use crate::route::{REVERSALS, Route};

/// What the table needs besides its entries: whether the reader may reverse, and whom to tell which one.
#[derive(Clone, Copy, Debug)]
pub struct Reversing {
    pub allowed: bool,
    pub on_pick: Callback<SaleEntry>,
}

#[inline(never)]
pub fn entries_table(sales: &Sales, reversing: Reversing, waiting: &[SaleId]) -> AnyView {
    let rows: Vec<AnyView> =
        sales.items.iter().map(|entry| row(entry, reversing, waiting.contains(&entry.id))).collect();
    let act = reversing.allowed.then(|| {
        view! { <th role="columnheader" scope="col"><span class="sr">{t!(figures.reverse)}</span></th> }.into_any()
    });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=t!(figures.entries)>
            <table role="table" class="lg">
                <caption class="sr">{t!(figures.entries_caption)}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col" class="n">{t!(figures.sequence)}</th>
                        <th role="columnheader" scope="col">{t!(figures.date)}</th>
                        <th role="columnheader" scope="col">{t!(figures.product)}</th>
                        <th role="columnheader" scope="col">{t!(figures.origin_and_brand)}</th>
                        <th role="columnheader" scope="col">{t!(figures.channel)}</th>
                        <th role="columnheader" scope="col">{t!(figures.buyer_and_district)}</th>
                        <th role="columnheader" scope="col">{t!(figures.merchant)}</th>
                        <th role="columnheader" scope="col" class="n">{t!(figures.quantity)}</th>
                        <th role="columnheader" scope="col" class="n">{t!(figures.amount)}</th>
                        <th role="columnheader" scope="col">{t!(figures.source)}</th>
                        {act}
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(entry: &SaleEntry, reversing: Reversing, waits: bool) -> AnyView {
    let class = if entry.reverses.is_some() { "rev" } else { "" };
    let amount_class = if entry.amount_fen.is_negative() { "n am minus" } else { "n am" };
    let short_hash: String = entry.hash.chars().take(8).collect();
    let hash = t!(figures.hash, hash = entry.hash);
    let brand = entry.brand.map_or_else(|| no_brand(language()), |brand| brand.word(language()));
    let act = reversing.allowed.then(|| {
        let act = if waits { None } else { Some(action(entry, reversing.on_pick)) };
        view! { <td role="cell" class="do-it">{act}</td> }.into_any()
    });
    // Whether somebody may take it back or not: it is about to change.
    let waiting = waits.then(|| {
        let href = Route::Office(REVERSALS.to_owned()).path();
        view! { <a class="tag" href=href>{t!(office.waiting_tag)}</a> }.into_any()
    });
    view! {
        <tr role="row" class=class data-sequence=entry.sequence.to_string() data-fen=entry.amount_fen.fen().to_string()>
            <td role="cell" class="n seq">{entry.sequence}<code class="hash" title=hash>{short_hash}</code></td>
            <td role="cell" class="day">{entry.sold_on.clone()}</td>
            <th role="rowheader" scope="row" class="nm">{entry.product_name.clone()}</th>
            <td role="cell" class="from">{entry.county.clone()}<small>{brand}</small></td>
            <td role="cell" class="ch-n">{entry.channel.word(language())}</td>
            <td role="cell" class="nm by"><span lang=as_written()>{entry.buyer.clone()}</span><small>{entry.district.clone()}</small></td>
            <td role="cell" class="nm mer" lang=as_written()>{entry.merchant.clone()}</td>
            <td role="cell" class="n qt">{format::count(entry.quantity)}</td>
            <td role="cell" class=amount_class data-u=t!(orders.yuan)>{entry.amount_fen.yuan()}</td>
            <td role="cell" class="nm src">{source(entry)}{waiting}</td>
            {act}
        </tr>
    }
    .into_any()
}

/// The order or the report it came from, or what it takes back and why.
fn source(entry: &SaleEntry) -> AnyView {
    if let Some(of) = entry.reverses_sequence {
        let reason = entry.reason.clone().unwrap_or_default();
        return view! { <span class="minus">{t!(figures.reverses, sequence = of)}</span><small>{reason}</small> }
            .into_any();
    }
    let of_order = entry.order_id.map(|id| Route::Order(id.to_string()).path()).zip(entry.order_number.clone());
    let of_report = entry.report_id.map(|id| Route::Reports(id.to_string()).path()).zip(entry.report_number.clone());
    let reported = of_report.is_some().then(|| view! { <small>{t!(figures.reported)}</small> }.into_any());
    match of_order.or(of_report) {
        Some((href, number)) => view! { <a class="lg-a num" href=href>{number}</a>{reported} }.into_any(),
        None => ().into_any(),
    }
}

fn action(entry: &SaleEntry, on_pick: Callback<SaleEntry>) -> AnyView {
    if entry.reversed_by.is_some() {
        return view! { <span class="tag">{t!(figures.reversed)}</span> }.into_any();
    }
    if entry.reverses.is_some() {
        return ().into_any();
    }
    let name = t!(figures.reverse_entry, sequence = entry.sequence);
    let picked = entry.clone();
    let part = (entry.reversed_quantity > 0).then(|| {
        view! { <span class="tag">{t!(fulfil.returned, count = format::count(entry.reversed_quantity))}</span> }
            .into_any()
    });
    view! {
        {part}
        <button class="btn plain" type="button" aria-label=name on:click=move |_| on_pick.run(picked.clone())>{t!(figures.reverse)}</button>
    }
    .into_any()
}
