//! What a union and its merchants do all day, walked once from the plan of the year to what is left in the ledger: each of them has
//! a browser of their own.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use domain::Money;
use domain::id::OrderId;
use domain::order_life::State;
use domain::wire::{ActionBody, Order};

use crate::browser::{Browser, Width};
use crate::clerk::Clerk;
use crate::downloads::Sheet;
use crate::driver::Driver;
use crate::pages::{Dashboard, Person};
use crate::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn a_union_walks_from_its_plan_to_a_settled_order() -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    let open = async |width: Width, login: &str| {
        let person = Person::new(&site, Browser::open(&driver, width).await?);
        person.signs_in(login).await?;
        anyhow::Ok(person)
    };
    let dashboard = Dashboard::open(&site, &driver, Width::Desk).await?;
    let before = dashboard.figures().await?;
    let city = Clerk::sign_in(&site, "ningbo.city").await?;
    let officer_s_hand = Clerk::sign_in(&site, "zhenhai.officer").await?;
    let chair_s_hand = Clerk::sign_in(&site, "zhenhai.chair").await?;

    // From the year to three orders of one bundle for three hundred people.
    let officer = open(Width::Desk, "zhenhai.officer").await?;
    officer.plans_for("spring_festival", 300, 700).await?;
    officer.takes_a_bundle_for("spring_festival", 300, 700).await?;
    officer.lists_three_hundred_from_gbk().await?;
    officer.orders_what_the_list_says().await?;
    let orders = officer_s_hand.newest_orders().await?;
    ensure!(orders.len() >= 3, "the bundle became {} orders", orders.len());
    let ids: Vec<OrderId> = orders.iter().map(|order| order.summary.id).collect();
    for order in &orders {
        ensure!(order.points.len() == 3, "{} goes to {} points", order.summary.number, order.points.len());
        for line in &order.lines {
            let parts = order.points.iter().flat_map(|point| &point.lines).filter(|part| part.line == line.line);
            ensure!(
                parts.map(|part| part.quantity.get()).sum::<i64>() == line.quantity.get(),
                "{} is divided",
                line.name
            );
        }
    }

    // Above the thresholds: three offers and a decision before the chair may approve.
    let chair = open(Width::Phone, "zhenhai.chair").await?;
    let first = ids[0].to_string();
    chair.cannot_approve_without_papers(&first).await?;
    officer.compares_three_offers(&first).await?;
    officer.attaches_the_decision(&first).await?;
    chair.approves_now(&first).await?;
    for id in &ids[1..] {
        chair_s_hand.act(*id, &ActionBody::Approve {}).await?;
    }

    // The merchant has less than ordered, and ships in parts.
    let login = merchant_of(&orders[0])?;
    let merchant = open(Width::Desk, &login).await?;
    let ordered = orders[0].lines[0].quantity.get();
    merchant.confirms_less(&first, ordered, 10).await?;
    let goes = officer_s_hand.order(ids[0]).await?.points[0].lines[0].confirmed.context("it is confirmed")?.get();
    merchant.ships_in_two_parcels(&first, goes).await?;
    let merchant_s_hand = Clerk::sign_in(&site, &login).await?;
    merchant_s_hand.ships_the_rest(ids[0]).await?;

    // Counted in by the code of the point, on the phone of whoever stands there.
    let receiver = open(Width::Phone, "zhenhai.officer").await?;
    let code = officer_s_hand.order(ids[0]).await?.points[0].code.clone().context("a code of one's own order")?;
    receiver.counts_by_code(&code, goes, 2).await?;
    officer.sees_the_point_counted(&first).await?;
    officer_s_hand.accepts_the_rest(ids[0]).await?;

    // Invoiced wrongly, then rightly, and paid.
    merchant.invoices_one_too_many(&first).await?;
    officer.sees_where_the_invoice_differs(&first).await?;
    merchant.invoices_rightly(&first).await?;
    officer.pays(&first).await?;
    merchant.brings(&first, "invoice", "发票").await?;
    officer.brings(&first, "bank_slip", "回单").await?;
    check_packet(&officer.downloads_the_packet(&first).await?, &officer_s_hand.order(ids[0]).await?)?;
    officer.gives_back(&first, 3).await?;
    let signed_for = officer.downloads_a_workbook(&first, "sign_off").await?.summed("金额（元）", 1)?;
    let first_kept = kept_of(&officer_s_hand.order(ids[0]).await?)?;
    ensure!(signed_for == first_kept, "people signed for {signed_for} fen, {first_kept} were kept");
    ensure!(city.ledger_of(&ids[..1]).await? == signed_for, "the ledger is not the sheet");

    // The others the same way, by hand.
    for order in &orders[1..] {
        fulfil(&site, &officer_s_hand, order).await?;
    }

    // A second procurement, on the phone, from a workbook of LibreOffice.
    receiver.puts_into_basket("qyhg", "庆元花菇").await?;
    receiver.begins_an_order_by_list().await?;
    receiver.chooses_a_list("list.xlsx").await?;
    receiver.sees_counts("300 行可用").await?;
    receiver.imports(300).await?;
    let sent = receiver.sends_it().await?;
    ensure!(sent == (300, 3), "people and points of the order: {sent:?}");
    let second = officer_s_hand.newest_orders().await?;
    ensure!(second.len() == 1, "one merchant's goods became {} orders", second.len());
    chair_s_hand.act(second[0].summary.id, &ActionBody::Approve {}).await?;
    fulfil(&site, &officer_s_hand, &second[0]).await?;
    let ids: Vec<OrderId> = ids.into_iter().chain([second[0].summary.id]).collect();

    // What the papers say is what the ledger and the dashboard say, to the fen.
    let mut kept = 0;
    for id in &ids {
        kept += kept_of(&officer_s_hand.order(*id).await?)?;
    }
    ensure!(
        city.ledger_of(&ids).await? == kept,
        "the ledger holds {} fen, the orders {kept}",
        city.ledger_of(&ids).await?
    );
    let after = dashboard.recognised_becomes(before.recognised + kept).await?;
    ensure!(city.recognised().await? == after.recognised, "the page shows {} fen", after.recognised);
    ensure!(after.district("zhenhai") - before.district("zhenhai") == kept, "the buyer's district has the credit");
    for (name, rows) in after.sums() {
        ensure!(rows == after.recognised, "{name} adds up to {rows} fen, the total is {}", after.recognised);
    }
    dashboard.sums_its_entries(Money::from_fen(after.recognised)).await?;

    dashboard.close().await?;
    for person in [officer, chair, merchant, receiver] {
        person.close().await?;
    }
    site.close().await
}

/// What was accepted of an order and not given back, in fen.
fn kept_of(order: &Order) -> Result<i64> {
    let returned: i64 = order.returns.iter().map(|it| it.amount_fen.fen()).sum();
    Ok(order.accepted_fen.context("it is accepted")?.fen() - returned)
}

/// Nothing is missing, every file is named, and the papers state the order's figures.
fn check_packet(files: &BTreeMap<String, Vec<u8>>, order: &Order) -> Result<()> {
    let list = String::from_utf8_lossy(files.get("00 目录.txt").context("a list of contents")?);
    ensure!(list.contains("材料齐全") && !list.contains("缺："), "{list}");
    for name in files.keys().filter(|name| !name.starts_with("00")) {
        ensure!(list.contains(&**name), "{name} is not in the list: {list}");
    }
    let paper = |title: &str| {
        let named = files.iter().find(|(name, _)| name.ends_with(&format!("{title}.xlsx")));
        Sheet::of(named.with_context(|| format!("no {title} among {:?}", files.keys()))?.1)
    };
    let (ordered, total) = (paper("采购单")?, order.summary.total_fen);
    ensure!(ordered.summed("金额（元）", 3)? == total.fen(), "采购单 does not come to {total:?}");
    ensure!(ordered.says(&total.capitals()), "采购单 does not say {}", total.capitals());
    let accepted = order.accepted_fen.context("it is accepted")?;
    let came = paper("验收单")?;
    ensure!(came.summed("实收金额（元）", 1)? == accepted.fen(), "验收单 does not come to {accepted:?}");
    ensure!(came.says(&accepted.capitals()), "验收单 does not say {}", accepted.capitals());
    let signed = paper("签领表")?;
    ensure!(signed.summed("金额（元）", 1)? == accepted.fen(), "签领表 does not come to {accepted:?}");
    ensure!(signed.rows("数量") >= 300, "not everybody has a row to sign");
    ensure!(paper("比价记录")?.says("示例超市"), "the offers are compared on it");
    for brought in ["会议纪要", "发票", "银行回单"] {
        ensure!(files.keys().any(|name| name.contains(brought)), "{brought} is not among {:?}", files.keys());
    }
    Ok(())
}

/// From the approval to the last point, everything as it was ordered.
async fn fulfil(site: &Site, officer: &Clerk, order: &Order) -> Result<()> {
    let id = order.summary.id;
    let merchant = Clerk::sign_in(site, &merchant_of(order)?).await?;
    merchant.act(id, &ActionBody::Confirm { lines: Vec::new() }).await?;
    merchant.ships_the_rest(id).await?;
    let state = officer.accepts_the_rest(id).await?.summary.state;
    ensure!(state == State::Accepted, "{} is {}", order.summary.number, state.code());
    Ok(())
}

/// The sample account of the merchant an order goes to: named after its county.
fn merchant_of(order: &Order) -> Result<String> {
    let name = &order.summary.merchant.name;
    let counties = [
        ("莲都", "liandu"),
        ("龙泉", "longquan"),
        ("青田", "qingtian"),
        ("云和", "yunhe"),
        ("庆元", "qingyuan"),
        ("缙云", "jinyun"),
        ("遂昌", "suichang"),
        ("松阳", "songyang"),
        ("景宁", "jingning"),
        ("柯城", "kecheng"),
        ("衢江", "qujiang"),
        ("龙游", "longyou"),
        ("江山", "jiangshan"),
        ("常山", "changshan"),
        ("开化", "kaihua"),
    ];
    let (_, county) =
        counties.iter().find(|(word, _)| name.starts_with(word)).with_context(|| format!("who is {name}?"))?;
    Ok(format!("{county}.merchant"))
}
