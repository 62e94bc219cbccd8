//! The ledger: the entries behind every figure, and taking a sale back.

use std::collections::BTreeMap;

use domain::Money;
use domain::order_life::State;
use domain::wire::{SaleEntry, Sales, Tally};

use crate::site::{NOTHING, Person, Site, new_sale_id, whole};

/// Sales of two districts, four counties and both brands; one partly rejected, one taken back.
pub async fn some_sales(site: &Site) {
    let zhenhai = site.sign_in("zhenhai.officer").await;
    site.order_in(State::Accepted, "zhenhai", &[("龙泉香菇", 100), ("龙泉青瓷茶杯", 20)]).await;
    site.order_in(State::Accepted, "zhenhai", &[("庆元花菇", 60)]).await;
    site.order_in(State::Accepted, "yinzhou", &[("常山胡柚", 200), ("常山贡面", 40)]).await;
    site.order_in(State::Accepted, "yinzhou", &[("龙泉香菇", 30)]).await;
    let broken = site.order_in(State::Shipped, "zhenhai", &[("庆元香菇", 120), ("庆元竹筷", 120)]).await;
    zhenhai.accept(broken.summary.id, &[(117, 3), (120, 0)]).await.order();
    let wrong = site.order_in(State::Accepted, "yinzhou", &[("青田稻鱼米", 80)]).await;
    let city = site.sign_in("ningbo.city").await;
    let entry = entries_of(&city, &wrong.summary.number).await.remove(0);
    city.reverse(entry.id, new_sale_id(), "整单退货").await.json::<SaleEntry>();
    // On its way, and therefore in no figure of the ledger.
    site.order_in(State::Shipped, "zhenhai", &[("庆元香菇", 50)]).await;
}

async fn entries_of(city: &Person, number: &str) -> Vec<SaleEntry> {
    let entries = city.all_sales("").await;
    entries.into_iter().filter(|entry| entry.order_number.as_deref() == Some(number)).collect()
}

async fn sum(person: &Person, query: &str) -> (Money, i64) {
    let sales: Sales = person.get(&format!("/sales?limit=1{query}")).await.json();
    let entries = person.all_sales(query).await;
    let shown = Money::checked_sum(entries.iter().map(|entry| entry.amount_fen)).expect("small");
    assert_eq!(
        (sales.amount_fen, sales.entries),
        (shown, entries.len() as i64),
        "the sum is that of the entries: {query}"
    );
    (shown, sales.entries)
}

// ---- every figure opens its entries -------------------------------------------------------------------------------

#[tokio::test]
async fn the_entries_behind_each_figure_add_up_to_it() {
    let site = Site::open().await;
    some_sales(&site).await;
    let city = site.sign_in("ningbo.city").await;
    check_figures(&city, &city.tally("").await, "").await;
    let zhenhai = site.sign_in("zhenhai.district").await;
    check_figures(&zhenhai, &zhenhai.tally("?district=zhenhai").await, "&district=zhenhai").await;
    check_figures(&city, &city.tally("?district=yinzhou").await, "&district=yinzhou").await;
}

/// Opens every figure of `tally`; `scope` is what the reader may narrow nothing without.
async fn check_figures(person: &Person, tally: &Tally, scope: &str) {
    assert_eq!(sum(person, scope).await, (tally.recognised_fen, tally.entries));
    assert!(tally.recognised_fen > Money::ZERO);
    let breakdowns = [
        ("county", &tally.by_county),
        ("brand", &tally.by_brand),
        ("channel", &tally.by_channel),
        ("category", &tally.by_category),
    ];
    for (name, rows) in breakdowns {
        for row in rows {
            let (amount, _) = sum(person, &format!("{scope}&{name}={}", row.key)).await;
            assert_eq!(amount, row.amount_fen, "{name} {}", row.name);
        }
    }
    for row in &tally.by_district {
        // A row's own key takes the place of the reader's district: an address that names two is refused.
        if scope.is_empty() || scope.ends_with(&format!("={}", row.key)) {
            assert_eq!(sum(person, &format!("&district={}", row.key)).await.0, row.amount_fen, "{}", row.name);
        }
    }
    for pair in &tally.by_pair {
        let (amount, _) = sum(person, &format!("{scope}&pair={}", pair.kind.code())).await;
        assert_eq!(amount, pair.amount_fen, "{}", pair.kind.zh());
    }
    for (month, amount) in (1..).zip(&tally.months_fen) {
        let (of_entries, _) = sum(person, &format!("{scope}&month={month}")).await;
        assert_eq!(of_entries.fen(), *amount, "month {month}");
    }
}

#[tokio::test]
async fn filters_narrow_together() {
    let site = Site::open().await;
    some_sales(&site).await;
    let city = site.sign_in("ningbo.city").await;
    // A hundred at 44.00 and thirty at 46.00 yuan.
    assert_eq!(sum(&city, "&county=longquan&category=mushroom").await, (Money::from_fen(440_000 + 138_000), 2));
    assert_eq!(sum(&city, "&county=longquan&category=mushroom&district=yinzhou").await, (Money::from_fen(138_000), 1));
    assert_eq!(sum(&city, "&county=qingyuan&brand=sanqu_wei").await, (Money::ZERO, 0));
    assert_eq!(sum(&city, "&county=qingtian").await, (Money::ZERO, 2), "a sale and its reversal");
    assert_eq!(sum(&city, "&year=2024").await, (Money::ZERO, 0));
    assert_eq!(sum(&city, "&pair=assumed").await.0.fen(), 440_000 + 20 * 9_400, "镇海 and 龙泉");
}

#[tokio::test]
async fn paging_the_ledger_visits_every_entry_once_newest_first() {
    let site = Site::open().await;
    some_sales(&site).await;
    let city = site.sign_in("ningbo.city").await;
    for limit in [1, 4, 100] {
        let entries = city.all(&format!("/sales?limit={limit}"), |page: Sales| (page.items, page.next)).await;
        let sequences: Vec<i64> = entries.iter().map(|entry| entry.sequence).collect();
        assert_eq!(sequences, (1..=10).rev().collect::<Vec<_>>(), "in pages of {limit}");
    }
    let hashes: BTreeMap<String, i64> =
        city.all_sales("").await.into_iter().map(|entry| (entry.hash, entry.sequence)).collect();
    assert_eq!(hashes.len(), 10);
    assert!(hashes.keys().all(|hash| hash.len() == 64));
}

#[tokio::test]
async fn a_condition_that_means_nothing_is_refused_and_named() {
    let site = Site::open().await;
    let city = site.sign_in("ningbo.city").await;
    for (query, field) in [
        ("month=0", "month"),
        ("month=13", "month"),
        ("pair=married", "pair"),
        ("year=1999", "year"),
        ("year=2101", "year"),
        ("year=-1", "year"),
    ] {
        city.get(&format!("/sales?{query}")).await.refused_at(422, "bad_field", field);
    }
    for query in ["year=99999", "month=may", "after=x", "amount=1"] {
        city.get(&format!("/sales?{query}")).await.refused(422, "bad_field");
    }
}

#[tokio::test]
async fn the_ledger_is_read_by_the_offices_alone() {
    let site = Site::open().await;
    some_sales(&site).await;
    for login in ["zhenhai.officer", "zhenhai.chair", "qingyuan.merchant"] {
        let person = site.sign_in(login).await;
        for path in ["/sales", "/sales?district=zhenhai"] {
            person.get(path).await.refused(403, "not_allowed");
        }
    }
    let district = site.sign_in("zhenhai.district").await;
    for path in ["/sales", "/sales?district=", "/sales?district=yinzhou", "/sales?county=longquan"] {
        district.get(path).await.refused(403, "not_allowed");
    }
    let own = district.all_sales("&district=zhenhai").await;
    assert!(!own.is_empty() && own.iter().all(|entry| entry.district == "镇海区"));
}

// ---- taking a sale back -------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_reversal_takes_the_sale_out_of_the_total_and_marks_it() {
    let site = Site::open().await;
    let city = site.sign_in("ningbo.city").await;
    let order = site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120), ("庆元花菇", 60)]).await;
    let order = city.order(order.summary.id).await;
    let before = city.tally("").await;
    let sold = entries_of(&city, &order.summary.number).await.pop().expect("the first line's entry");
    assert_eq!((&*sold.product_name, sold.amount_fen.fen(), sold.quantity), ("庆元香菇", 636_000, 120));

    let id = new_sale_id();
    let answer = city.reverse(sold.id, id, " 发票开重 ").await;
    let reversal: SaleEntry = answer.json();
    assert_eq!((answer.status, reversal.id, reversal.sequence), (201, id, 3));
    assert_eq!((reversal.amount_fen.fen(), reversal.quantity), (-636_000, -120));
    assert_eq!((reversal.reverses, reversal.reason.as_deref()), (Some(sold.id), Some("发票开重")));
    assert_eq!((reversal.order_id, reversal.channel, &reversal.district), (None, sold.channel, &sold.district));

    let after = city.tally("").await;
    assert_eq!(after.recognised_fen.fen(), before.recognised_fen.fen() - 636_000);
    assert_eq!((after.entries, after.last_entry), (before.entries + 1, 3));
    let entries = city.all_sales("").await;
    let marks: Vec<_> = entries.iter().rev().map(|entry| (entry.sequence, entry.reversed_by)).collect();
    assert_eq!(marks, [(1, Some(id)), (2, None), (3, None)]);
    let unchanged = SaleEntry { reversed_by: None, reversed_quantity: 0, ..entries[2].clone() };
    assert_eq!(unchanged, sold, "the entry itself stays as it was written");
    assert_eq!(city.order(order.summary.id).await, order, "and so does the order");
}

#[tokio::test]
async fn a_sale_is_taken_back_once() {
    let site = Site::open().await;
    let city = site.sign_in("ningbo.city").await;
    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120), ("庆元花菇", 60)]).await;
    let entries = city.all_sales("").await;
    let (second, first) = (&entries[0], &entries[1]);
    let id = new_sale_id();
    let reversal: SaleEntry = city.reverse(first.id, id, "重复").await.json();
    let before = site.picture().await;
    assert_eq!(city.reverse(first.id, id, "重复").await.json::<SaleEntry>(), reversal, "sent twice is once");
    city.reverse(first.id, new_sale_id(), "重复").await.refused(409, "already_reversed");
    city.reverse(second.id, id, "重复").await.refused_at(409, "id_taken", "id");
    city.reverse(second.id, first.id, "重复").await.refused_at(409, "id_taken", "id");
    city.reverse(reversal.id, new_sale_id(), "冲错了").await.refused(403, "not_allowed");
    assert_eq!(site.changes_since(&before).await, NOTHING);

    let ids: Vec<_> = (0..4).map(|_| new_sale_id()).collect();
    let answers = futures::future::join_all(ids.iter().map(|id| city.reverse(second.id, *id, "重复"))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(city.tally("").await.recognised_fen, Money::ZERO);
}

#[tokio::test]
async fn a_reversal_says_why_and_is_the_citys() {
    let site = Site::open().await;
    let city = site.sign_in("ningbo.city").await;
    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120)]).await;
    let sold = city.all_sales("").await.remove(0);
    let before = site.picture().await;
    for reason in ["", " \t "] {
        city.reverse(sold.id, new_sale_id(), reason).await.refused_at(422, "reason_needed", "reason");
    }
    city.reverse(sold.id, new_sale_id(), &"长".repeat(201)).await.refused_at(422, "bad_field", "reason");
    for login in ["zhenhai.district", "yinzhou.district", "zhenhai.officer", "zhenhai.chair", "qingyuan.merchant"] {
        site.sign_in(login).await.reverse(sold.id, new_sale_id(), "重复").await.refused(403, "not_allowed");
    }
    site.visitor().reverse(sold.id, new_sale_id(), "重复").await.refused(401, "sign_in_needed");
    city.reverse(new_sale_id(), new_sale_id(), "重复").await.refused(404, "not_found");
    assert_eq!(site.changes_since(&before).await, NOTHING);
}

#[tokio::test]
async fn the_ledger_holds_what_was_accepted_at_the_price_it_was_ordered_at() {
    let site = Site::open().await;
    let order = site.order_in(State::Shipped, "zhenhai", &[("庆元香菇", 120)]).await;
    // The price is raised while the goods are on their way.
    site.home().run("update price_breaks set unit_price_fen = unit_price_fen * 2");
    let officer = site.sign_in("zhenhai.officer").await;
    let accepted = officer.accept(order.summary.id, &whole(&order)).await.order();
    assert_eq!(accepted.accepted_fen.map(Money::fen), Some(636_000));
    assert_eq!(site.sign_in("ningbo.city").await.tally("").await.recognised_fen.fen(), 636_000);
}
