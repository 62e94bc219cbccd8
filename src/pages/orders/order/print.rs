//! The order on paper, A4: 采购单 with both parties, the goods, the sum in capitals and room for the seals. Only the
//! printer sees it (style/print.css).

use domain::wire::{Order, OrderLine};
use leptos::prelude::*;

use crate::components::masthead::nameplate;
use crate::format;
use crate::language::{language, t};
use crate::pages::orders::word_of;

pub fn sheet(order: &Order) -> AnyView {
    let it = &order.summary;
    view! {
        <div class="a4 print-only">
            <header>
                {nameplate()}
                <h1>{word_of(it.channel, t!(orders.sheet), t!(buying.order))}</h1>
                <dl>
                    <div><dt>{t!(orders.number)}</dt><dd>{it.number.clone()}</dd></div>
                    <div><dt>{t!(orders.date)}</dt><dd>{format::date(it.created_at_ms)}</dd></div>
                </dl>
            </header>
            <p class="mk">
                {it.occasion.map(|occasion| mark(t!(orders.occasion), occasion.word(language()).to_owned()))}
                {it.head_count.map(|heads| mark(t!(orders.heads), format::count(heads)))}
                {mark(t!(orders.progress), it.state.word_of(it.channel, language()).to_owned())}
                <span class="bf">{t!(orders.assistance)}</span>
            </p>
            {parties(order)}
            {items(order)}
            {seals()}
            <footer><span>{t!(orders.printed_by)}</span><span>{it.number.clone()}</span></footer>
        </div>
    }
    .into_any()
}

fn mark(word: &'static str, text: String) -> AnyView {
    view! { <span>{word}{t!(orders.colon)}<b>{text}</b></span> }.into_any()
}

fn parties(order: &Order) -> AnyView {
    let row =
        |word: &'static str, text: String| view! { <tr><th scope="row">{word}</th><td>{text}</td></tr> }.into_any();
    let shipment =
        order.shipment.as_ref().map(|it| row(t!(orders.waybill), format!("{} {}", it.carrier, it.tracking_no)));
    let points: Vec<AnyView> = order
        .points
        .iter()
        .map(|to| {
            view! {
                {row(t!(orders.deliver_to), to.address.clone())}
                {row(t!(orders.receives), format!("{} {}", to.contact, to.phone))}
            }
            .into_any()
        })
        .collect();
    view! {
        <div class="two">
            <table class="party">
                <caption>{t!(orders.party_a)}</caption>
                <tbody>
                    {row(t!(orders.name), order.summary.buyer.name.clone())}
                    {points}
                </tbody>
            </table>
            <table class="party">
                <caption>{t!(orders.party_b)}</caption>
                <tbody>{row(t!(orders.name), order.summary.merchant.name.clone())}{shipment}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn items(order: &Order) -> AnyView {
    let rows: Vec<AnyView> = order.lines.iter().map(item).collect();
    let total = order.summary.total_fen;
    let accepted = order.accepted_fen.map(|accepted| {
        view! {
            <tr class="tt">
                <td colspan="6"><span>{t!(orders.accepted_capitals)}</span><b lang="zh-CN">{accepted.capitals()}</b></td>
                <td class="n">{t!(orders.in_figures)}</td>
                <td class="n">{accepted.to_string()}</td>
            </tr>
        }
        .into_any()
    });
    view! {
        <table class="items">
            <thead>
                <tr>
                    <th scope="col">{t!(orders.line)}</th>
                    <th scope="col">{t!(orders.product_name)}</th>
                    <th scope="col">{t!(orders.brand)}</th>
                    <th scope="col">{t!(orders.origin)}</th>
                    <th scope="col">{t!(orders.specification)}</th>
                    <th scope="col" class="n">{t!(orders.quantity)}</th>
                    <th scope="col" class="n">{t!(orders.unit_price)}</th>
                    <th scope="col" class="n">{t!(orders.amount)}</th>
                </tr>
            </thead>
            <tbody>{rows}<tr class="blank"><td colspan="8">{t!(orders.blank_below)}</td></tr></tbody>
            <tfoot>
                <tr class="tt">
                    <td colspan="6"><span>{t!(orders.total_capitals)}</span><b lang="zh-CN">{total.capitals()}</b></td>
                    <td class="n">{t!(orders.in_figures)}</td>
                    <td class="n">{total.to_string()}</td>
                </tr>
                {accepted}
            </tfoot>
        </table>
    }
    .into_any()
}

fn item(line: &OrderLine) -> AnyView {
    view! {
        <tr>
            <td>{line.line}</td>
            <th scope="row">{line.name.clone()}</th>
            <td>{line.brand.map_or("—", |brand| brand.word(language()))}</td>
            <td>{line.county_short.clone()}</td>
            <td>{line.spec.clone()}</td>
            <td class="n">{format::quantity(line.quantity, &line.unit)}</td>
            <td class="n">{line.unit_price_fen.yuan()}</td>
            <td class="n">{line.amount_fen.yuan()}</td>
        </tr>
    }
    .into_any()
}

fn seals() -> AnyView {
    let side = |name: &'static str, last: &'static str| {
        view! {
            <div>
                <b>{name}</b>
                <p>{t!(orders.officer)}</p>
                <p>{last}</p>
                <span class="seal">{t!(orders.seal)}</span>
                <p class="dt">{t!(orders.day_to_fill_in)}</p>
            </div>
        }
        .into_any()
    };
    view! { <div class="seals">{side(t!(orders.a), t!(orders.chair))}{side(t!(orders.b), t!(orders.person_in_charge))}</div> }.into_any()
}
