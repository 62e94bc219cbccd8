//! The order on paper, A4: 采购单 with both parties, the goods, the sum in capitals and room for the seals. Only the
//! printer sees it (style/print.css).

use domain::product::Brand;
use domain::wire::{Order, OrderLine};
use leptos::prelude::*;

use crate::components::masthead::nameplate;
use crate::format;

pub fn sheet(order: &Order) -> AnyView {
    let it = &order.summary;
    view! {
        <div class="a4 print-only">
            <header>
                {nameplate()}
                <h1>"采购单"</h1>
                <dl>
                    <div><dt>"编号"</dt><dd>{it.number.clone()}</dd></div>
                    <div><dt>"日期"</dt><dd>{format::date(it.created_at_ms)}</dd></div>
                </dl>
            </header>
            <p class="mk">
                <span>"慰问事由："<b>{it.occasion.zh()}</b></span>
                <span>"人数："<b>{format::count(it.head_count)}" 人"</b></span>
                <span>"进展："<b>{it.state.zh()}</b></span>
                <span class="bf">"消费帮扶"</span>
            </p>
            {parties(order)}
            {items(order)}
            {seals()}
            <footer><span>"由山海集打印"</span><span>{it.number.clone()}</span></footer>
        </div>
    }
    .into_any()
}

fn parties(order: &Order) -> AnyView {
    let row =
        |word: &'static str, text: String| view! { <tr><th scope="row">{word}</th><td>{text}</td></tr> }.into_any();
    let to = &order.delivery;
    let shipment = order.shipment.as_ref().map(|it| row("运单", format!("{} {}", it.carrier, it.tracking_no)));
    view! {
        <div class="two">
            <table class="party">
                <caption>"采购单位（甲方）"</caption>
                <tbody>
                    {row("名称", order.summary.buyer.name.clone())}
                    {row("送到", to.address.clone())}
                    {row("收货", format!("{}　{}", to.contact, to.phone))}
                </tbody>
            </table>
            <table class="party">
                <caption>"供货单位（乙方）"</caption>
                <tbody>{row("名称", order.summary.merchant.name.clone())}{shipment}</tbody>
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
                <td colspan="6"><span>"验收合格（大写） "</span><b>{accepted.capitals()}</b></td>
                <td class="n">"（小写）"</td>
                <td class="n">{accepted.to_string()}</td>
            </tr>
        }
        .into_any()
    });
    view! {
        <table class="items">
            <thead>
                <tr>
                    <th scope="col">"序"</th>
                    <th scope="col">"品名"</th>
                    <th scope="col">"品牌"</th>
                    <th scope="col">"产地"</th>
                    <th scope="col">"规格"</th>
                    <th scope="col" class="n">"数量"</th>
                    <th scope="col" class="n">"单价（元）"</th>
                    <th scope="col" class="n">"金额（元）"</th>
                </tr>
            </thead>
            <tbody>{rows}<tr class="blank"><td colspan="8">"以下空白"</td></tr></tbody>
            <tfoot>
                <tr class="tt">
                    <td colspan="6"><span>"合计（大写） "</span><b>{total.capitals()}</b></td>
                    <td class="n">"（小写）"</td>
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
            <td>{line.brand.map_or("—", Brand::zh)}</td>
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
                <p>"经办人："</p>
                <p>{last}</p>
                <span class="seal">"盖章"</span>
                <p class="dt">"　　年　　月　　日"</p>
            </div>
        }
        .into_any()
    };
    view! { <div class="seals">{side("甲方", "工会主席：")}{side("乙方", "负责人：")}</div> }.into_any()
}
