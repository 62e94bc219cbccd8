//! What becomes of an order point by point: where its goods go, and what of them is confirmed, shipped and counted in.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::OrderId;
use domain::order_life::{Action, State};
use domain::wire::{
    AcceptanceLine, ActionBody, ConfirmedLine, DifferenceKind, InvoiceDue, InvoiceLine, NewOrders, NewPoint, Order,
    Orders, PointToAccept, SaleEntry, ShippedLine,
};
use futures::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::audit::{audit, said};
use crate::site::{
    NOTHING, Person, Site, basket, invoice, new_invoice_number, new_lines, new_sale_id, product, returned, transfer,
};

/// A basket to so many points, of goods by name and how much goes to each.
fn to_points(points: usize, orders: &[&[(&str, &[i64])]]) -> NewOrders {
    let goods: Vec<Vec<(&str, i64)>> =
        orders.iter().map(|lines| lines.iter().map(|(name, parts)| (*name, parts.iter().sum())).collect()).collect();
    let mut body = basket(&goods.iter().map(Vec::as_slice).collect::<Vec<_>>());
    for (order, lines) in body.orders.iter_mut().zip(orders) {
        for (line, (_, parts)) in order.lines.iter_mut().zip(*lines) {
            line.by_point = parts.to_vec();
        }
    }
    let first = body.points[0].clone();
    body.points =
        (1..=points).map(|n| NewPoint { address: format!("宁波市镇海区示例路{n}号"), ..first.clone() }).collect();
    body
}

/// Of every point its address' number and what goes there, line by line.
fn goes(order: &Order) -> Vec<(String, Vec<(i64, i64)>)> {
    let lines = |point: &domain::wire::Point| point.lines.iter().map(|it| (it.line, it.quantity.get())).collect();
    order.points.iter().map(|point| (point.address.replace("宁波市镇海区示例路", ""), lines(point))).collect()
}

#[tokio::test]
async fn a_basket_goes_to_its_points_and_each_order_to_those_that_are_given_something_of_it() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let body = to_points(
        3,
        &[
            &[("庆元香菇", &[50, 0, 20]), ("庆元花菇", &[0, 0, 7])],
            &[("龙泉香菇", &[0, 9, 0]), ("龙泉黑木耳", &[3, 9, 0])],
        ],
    );
    let placed = officer.place(&body).await.orders();
    let first = officer.order(placed[0].id).await;
    assert_eq!(goes(&first), [("1号".into(), vec![(1, 50)]), ("3号".into(), vec![(1, 20), (2, 7)])]);
    let second = officer.order(placed[1].id).await;
    assert_eq!(goes(&second), [("1号".into(), vec![(2, 3)]), ("2号".into(), vec![(1, 9), (2, 9)])]);
    assert_eq!(second.points.iter().map(|point| point.point).collect::<Vec<_>>(), [1, 2], "numbered without gaps");
    assert_eq!(officer.place(&body).await.orders(), placed, "sent again it is the same");

    let codes: BTreeSet<String> =
        first.points.iter().chain(&second.points).map(|point| point.code.clone().expect("one's own")).collect();
    assert_eq!(codes.len(), 4, "each point of each order has a code of its own");
    let seen = site.sign_in("ningbo.city").await.order(placed[0].id).await;
    assert!(seen.points.iter().all(|point| point.code.is_none() && point.contact == "***"), "{:?}", seen.points);
    assert_eq!(goes(&seen), goes(&first));
}

#[tokio::test]
async fn parts_that_do_not_make_the_line_are_refused() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let before = site.picture().await;
    for parts in [&[][..], &[50], &[25, 24], &[51, -1], &[20, 20, 10]] {
        let mut body = to_points(2, &[&[("庆元香菇", &[25, 25])]]);
        body.orders[0].lines[0].by_point = parts.to_vec();
        officer.place(&body).await.refused_at(422, "bad_field", "orders[0].lines[0].by_point");
    }
    let mut body = to_points(2, &[&[("庆元香菇", &[25, 25])]]);
    body.points[1].phone = "138".into();
    officer.place(&body).await.refused_at(422, "bad_field", "points[1].phone");
    body.points.clear();
    body.orders[0].lines[0].by_point.clear();
    officer.place(&body).await.refused(422, "bad_field");
    assert_eq!(site.changes_since(&before).await, NOTHING);
}

#[tokio::test]
async fn an_order_sent_back_is_divided_anew() {
    let site = Site::open().await;
    let (officer, chair) = (site.sign_in("zhenhai.officer").await, site.sign_in("zhenhai.chair").await);
    let id = officer.place(&to_points(2, &[&[("庆元香菇", &[30, 20])]])).await.orders()[0].id;
    chair.send_back(id, "二号点少送些").await.order();
    officer.submit(id, Some(&[("庆元香菇", 40)])).await.refused_at(422, "bad_field", "lines[0].by_point");
    let mut lines = new_lines(&[("庆元香菇", 40), ("庆元花菇", 10)]);
    lines[0].by_point = vec![40, 0];
    lines[1].by_point = vec![10, 0];
    let body = domain::wire::ActionBody::Submit { lines: Some(lines), exception_reason: None };
    let order = officer.act(id, &body).await.order();
    assert_eq!(goes(&order), [("1号".into(), vec![(1, 40), (2, 10)]), ("2号".into(), vec![])]);
}

#[tokio::test]
async fn thousands_of_points_and_goods_are_one_order() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let parts = vec![1; 1_000];
    let names = ["庆元香菇", "庆元花菇", "庆元灰树花"];
    let lines: Vec<(&str, &[i64])> = names.iter().map(|name| (*name, &*parts)).collect();
    let placed = officer.place(&to_points(1_000, &[&lines])).await.orders();
    assert_eq!(placed[0].total_fen.fen(), names.iter().map(|name| 1_000 * product(name).price_fen(1_000)).sum::<i64>());
    let order = officer.order(placed[0].id).await;
    assert_eq!((order.points.len(), order.points.iter().map(|point| point.lines.len()).sum()), (1_000, 3_000));
    assert_eq!(order.summary.state, State::Submitted);
    officer.place(&to_points(1_001, &[&[("庆元香菇", &[1; 1_001])]])).await.refused_at(422, "bad_field", "points");
}

// ---- the merchant's word ------------------------------------------------------------------------------------------

fn less(line: i64, quantity: i64, reason: &str) -> ConfirmedLine {
    ConfirmedLine { line, quantity, by_point: Vec::new(), reason: reason.into() }
}

fn confirm(lines: Vec<ConfirmedLine>) -> ActionBody {
    ActionBody::Confirm { lines }
}

fn ship(point: i64, tracking_no: &str, lines: &[(i64, i64)]) -> ActionBody {
    let line = |(line, quantity): &(i64, i64)| ShippedLine {
        line: *line,
        quantity: *quantity,
        batch: Some("L2611".into()),
        best_before: Some("2027-11-01".into()),
    };
    ActionBody::Ship {
        carrier: "山海专线".into(),
        tracking_no: tracking_no.into(),
        point: Some(point),
        lines: lines.iter().map(line).collect(),
    }
}

fn accept(point: i64, lines: &[(i64, i64, i64, i64)]) -> ActionBody {
    let line = |(line, accepted, short, rejected): &(i64, i64, i64, i64)| AcceptanceLine {
        line: *line,
        accepted: *accepted,
        short: *short,
        rejected: *rejected,
        reason: (*short + *rejected > 0).then(|| "少件".into()),
    };
    ActionBody::Accept { point: Some(point), lines: lines.iter().map(line).collect() }
}

fn close(point: Option<i64>, reason: &str) -> ActionBody {
    ActionBody::Close { point, reason: reason.into() }
}

/// Everybody who takes part.
struct People {
    officer: Person,
    merchant: Person,
    city: Person,
}

impl People {
    async fn of(site: &Site) -> People {
        People {
            officer: site.sign_in("zhenhai.officer").await,
            merchant: site.sign_in("qingyuan.merchant").await,
            city: site.sign_in("ningbo.city").await,
        }
    }

    /// An approved order to two points: 120 and 80 mushrooms of 53 yuan, 0 and 60 flower mushrooms of 90.
    async fn approved(&self, site: &Site) -> OrderId {
        let body = to_points(2, &[&[("庆元香菇", &[120, 80]), ("庆元花菇", &[0, 60])]]);
        let id = self.officer.place(&body).await.orders()[0].id;
        site.sign_in("zhenhai.chair").await.approve(id).await.order();
        id
    }

    async fn pipeline(&self) -> i64 {
        let tally = self.city.tally("").await;
        let states = "submitted,approved,confirmed,shipped";
        let listed: Orders = self.city.get(&format!("/orders?state={states}")).await.json();
        assert_eq!(listed.total_fen, tally.pipeline_fen, "the list makes the figure that leads to it");
        tally.pipeline_fen.fen()
    }
}

#[tokio::test]
async fn a_merchant_confirms_less_and_everything_follows() {
    let site = Site::open().await;
    let people = People::of(&site).await;
    let id = people.approved(&site).await;
    let whole = 200 * 5_100 + 60 * 9_000;
    assert_eq!((people.pipeline().await, site.available("庆元香菇").await), (whole, product("庆元香菇").available));
    let before = site.picture().await;
    for (lines, field, code) in [
        (vec![less(1, 201, "多些")], "lines[0].quantity", "bad_field"),
        (vec![less(1, 100, " ")], "lines[0].reason", "reason_needed"),
        (vec![less(3, 1, "没有")], "lines[0].line", "lines_differ"),
        (vec![less(1, 0, "没有"), less(2, 0, "没有")], "lines", "bad_field"),
        (vec![ConfirmedLine { by_point: vec![121, 0], ..less(1, 121, "只送一点") }], "lines[0].by_point", "bad_field"),
    ] {
        people.merchant.act(id, &confirm(lines)).await.refused_at(422, code, field);
    }
    assert_eq!(site.changes_since(&before).await, NOTHING);

    let order = people.merchant.act(id, &confirm(vec![less(1, 150, "减产"), less(2, 0, "断货")])).await.order();
    assert_eq!(order.summary.total_fen.fen(), 150 * 5_100, "at the ordered price");
    assert_eq!(
        order.lines.iter().map(|line| line.quantity.get()).collect::<Vec<_>>(),
        [200, 60],
        "what was ordered stays"
    );
    let confirmed: Vec<_> = order.points.iter().flat_map(|point| &point.lines).map(|it| it.confirmed).collect();
    assert_eq!(confirmed.iter().flatten().map(|it| it.get()).collect::<Vec<_>>(), [90, 60, 0], "in proportion");
    assert_eq!(
        (people.pipeline().await, site.available("庆元香菇").await),
        (150 * 5_100, product("庆元香菇").available - 150)
    );
    assert_eq!(site.available("庆元花菇").await, product("庆元花菇").available);
    let seen = people.officer.order(id).await;
    let note = seen.history[0].note.clone().expect("why");
    for told in ["庆元香菇 订 200，确认 150：减产", "庆元花菇 订 60，确认 0：断货"] {
        assert!(note.contains(told), "{note}");
    }
    people.merchant.act(id, &ship(2, "YZ1", &[(2, 1)])).await.refused_at(422, "bad_field", "lines[0].quantity");
    // Cancelled after all, it gives back what was taken and no more.
    people.officer.cancel(id, "太少").await.order();
    assert_eq!((people.pipeline().await, site.available("庆元香菇").await), (0, product("庆元香菇").available));
}

// ---- shipments and points -----------------------------------------------------------------------------------------

#[tokio::test]
async fn goods_are_shipped_in_parts_and_counted_once_at_each_point() {
    let site = Site::open().await;
    let people = People::of(&site).await;
    let id = people.approved(&site).await;
    let (officer, merchant) = (&people.officer, &people.merchant);
    merchant.confirm(id).await.order();
    let order = merchant.act(id, &ship(1, "YZ1", &[(1, 100)])).await.order();
    assert_eq!((order.summary.state, order.actions), (State::Shipped, vec![Action::Ship, Action::Close]));
    let before = site.picture().await;
    merchant.act(id, &ship(1, "YZ1", &[(1, 5)])).await.refused_at(409, "already_shipped", "tracking_no");
    merchant.act(id, &ship(1, "YZ2", &[(1, 21)])).await.refused_at(422, "bad_field", "lines[0].quantity");
    merchant.act(id, &ship(1, "YZ2", &[(2, 1)])).await.refused_at(422, "bad_field", "lines[0].quantity");
    merchant.act(id, &ship(3, "YZ2", &[(1, 1)])).await.refused_at(422, "bad_field", "point");
    merchant.ship(id).await.refused_at(422, "bad_field", "point");
    let early = officer.act(id, &accept(1, &[(1, 100, 0, 0)])).await.refused(409, "out_of_turn");
    assert!(early.detail.contains("还有 20 没发货"), "{}", early.detail);
    officer.act(id, &accept(2, &[(1, 80, 0, 0)])).await.refused(409, "out_of_turn");
    assert_eq!(site.changes_since(&before).await, NOTHING);

    merchant.act(id, &ship(1, "YZ2", &[])).await.order();
    merchant.act(id, &ship(1, "YZ3", &[])).await.refused(409, "out_of_turn");
    let order = officer.act(id, &accept(1, &[(1, 117, 2, 1)])).await.order();
    assert_eq!((order.summary.state, order.accepted_fen.map(|it| it.fen())), (State::Shipped, Some(117 * 5_100)));
    assert_eq!(order.history[0].note.as_deref(), Some("实收 117，少 2，拒收 1：少件"));
    assert_eq!(people.pipeline().await, 80 * 5_100 + 60 * 9_000, "what was counted is on its way no more");
    officer.act(id, &accept(1, &[(1, 120, 0, 0)])).await.refused(409, "already_counted");
    let sold = people.city.all_sales("").await;
    assert_eq!(
        sold.iter().map(|entry| (entry.quantity, entry.amount_fen.fen())).collect::<Vec<_>>(),
        [(117, 117 * 5_100)]
    );

    merchant.act(id, &ship(2, "YZ4", &[(1, 80), (2, 50)])).await.order();
    officer.act(id, &close(Some(2), "")).await.refused_at(422, "reason_needed", "reason");
    let order = merchant.act(id, &close(None, "花菇断货")).await.order();
    assert_eq!((order.summary.state, order.summary.total_fen.fen()), (State::Shipped, 200 * 5_100 + 50 * 9_000));
    assert_eq!(site.available("庆元花菇").await, product("庆元花菇").available - 50, "the rest can be sold again");
    merchant.act(id, &close(None, "再说")).await.refused(409, "out_of_turn");
    let order = officer.act(id, &accept(2, &[(1, 80, 0, 0), (2, 50, 0, 0)])).await.order();
    assert_eq!(order.summary.state, State::Accepted);
    assert_eq!(order.accepted_fen.map(|it| it.fen()), Some(197 * 5_100 + 50 * 9_000));
    assert_eq!(
        (people.pipeline().await, people.city.tally("").await.recognised_fen),
        (0, order.accepted_fen.expect("some"))
    );
    assert_sound(site).await;
}

#[tokio::test]
async fn what_is_closed_may_be_the_last_that_was_left() {
    let site = Site::open().await;
    let people = People::of(&site).await;
    let id = people.approved(&site).await;
    people.merchant.confirm(id).await.order();
    people.merchant.act(id, &ship(1, "YZ1", &[])).await.order();
    people.officer.act(id, &accept(1, &[(1, 120, 0, 0)])).await.order();
    let order = people.officer.act(id, &close(None, "二号点撤了")).await.order();
    assert_eq!((order.summary.state, order.summary.total_fen.fen()), (State::Accepted, 120 * 5_100));
    assert_sound(site).await;
}

#[tokio::test]
async fn a_code_shows_its_point_to_who_may_count_there_and_to_nobody_else() {
    let site = Site::open().await;
    let people = People::of(&site).await;
    let id = people.approved(&site).await;
    people.merchant.confirm(id).await.order();
    let order = people.merchant.act(id, &ship(2, "YZ1", &[])).await.order();
    let code = order.points[1].code.clone().expect("the merchant prints it on the shipment");
    let path = format!("/acceptances/{}-{}", &code[..5].to_lowercase(), &code[5..]);
    let shown: PointToAccept = people.officer.get(&path).await.json();
    assert_eq!((shown.order_id, shown.point.point, shown.lines.len(), shown.shipments.len()), (id, 2, 2, 1));
    assert!(shown.ready);
    let first = order.points[0].code.clone().expect("a code");
    let other: PointToAccept = people.officer.get(&format!("/acceptances/{first}")).await.json();
    assert_eq!((other.lines.len(), other.shipments.len(), other.ready), (1, 0, false), "only what goes there");
    let square = people.merchant.get(&format!("/acceptances/{code}/qr.svg")).await;
    assert!(square.status == 200 && square.text().contains("<svg"), "{}", square.text());
    people.merchant.get(&path).await.refused(403, "not_allowed");
    people.city.get(&path).await.refused(403, "not_allowed");
    site.sign_in("yinzhou.officer").await.get(&path).await.refused(404, "not_found");
    site.visitor().get(&path).await.refused(401, "sign_in_needed");
    people.officer.get("/acceptances/2222222222").await.refused(404, "not_found");
    people.officer.act(id, &accept(2, &[(1, 80, 0, 0), (2, 60, 0, 0)])).await.order();
    let counted: PointToAccept = people.officer.get(&path).await.json();
    assert!(!counted.ready && counted.point.counted_at_ms.is_some());
}

#[tokio::test]
async fn of_many_who_count_and_ship_at_once_each_thing_is_done_once() {
    let site = Site::open().await;
    let people = People::of(&site).await;
    let id = people.approved(&site).await;
    people.merchant.confirm(id).await.order();
    let bodies: Vec<ActionBody> = (0..6).map(|n| ship(1, &format!("YZ{n}"), &[(1, 30)])).collect();
    let shipped = join_all(bodies.iter().map(|body| people.merchant.act(id, body))).await;
    assert_eq!(shipped.iter().filter(|answer| answer.status == 200).count(), 4, "four times thirty of 120");
    let same = ship(2, "YZ9", &[(1, 10)]);
    let clicks = join_all((0..3).map(|_| people.merchant.act(id, &same))).await;
    assert_eq!(clicks.iter().filter(|answer| answer.status == 200).count(), 1, "a double click ships once");
    let count = accept(1, &[(1, 120, 0, 0)]);
    let counted = join_all((0..4).map(|_| people.officer.act(id, &count))).await;
    assert_eq!(counted.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(people.city.all_sales("").await.len(), 1);
    assert_sound(site).await;
}

// ---- returns ------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn what_goes_back_is_taken_out_of_the_ledger_line_by_line() {
    let site = Site::open().await;
    let people = People::of(&site).await;
    let id = site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120), ("庆元花菇", 60)]).await.summary.id;
    let sold = people.city.tally("").await.recognised_fen.fen();
    let before = site.picture().await;
    for (body, code, field) in [
        (returned(1, 1, 121, "发霉"), "bad_field", "lines[0].quantity"),
        (returned(1, 3, 1, "发霉"), "bad_field", "lines[0].quantity"),
        (returned(2, 1, 1, "发霉"), "bad_field", "lines[0].quantity"),
        (returned(1, 1, 0, "发霉"), "bad_field", "lines[0].quantity"),
        (returned(1, 1, 1, " "), "reason_needed", "reason"),
    ] {
        people.officer.act(id, &body).await.refused_at(422, code, field);
    }
    people.merchant.act(id, &returned(1, 1, 1, "发霉")).await.refused(403, "not_allowed");
    assert_eq!(site.changes_since(&before).await, NOTHING);

    let body = returned(1, 1, 20, "发霉");
    let order = people.officer.act(id, &body).await.order();
    assert_eq!((order.summary.state, order.lines[0].returned.get()), (State::Accepted, 20));
    assert_eq!(order.returns[0].amount_fen.fen(), 20 * 5_300);
    assert_eq!(order.history[0].note.as_deref(), Some("退 20 件，1,060.00 元：发霉"));
    people.officer.act(id, &body).await.order();
    assert_eq!(people.officer.order(id).await.returns.len(), 1, "the same return again is the same");
    let answers = join_all([90, 90].map(|count| {
        let officer = people.officer.clone();
        async move { officer.act(id, &returned(1, 1, count, "发霉")).await }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "a hundred were kept");
    assert_eq!(people.city.tally("").await.recognised_fen.fen(), sold - 110 * 5_300);

    // The coordinator takes back what is left, and then nothing stands any more.
    let first = people.city.all_sales("").await.pop().expect("the first entry");
    assert_eq!((first.reversed_by, first.reversed_quantity), (None, 110));
    let rest: SaleEntry = people.city.reverse(first.id, new_sale_id(), "重复统计").await.json();
    assert_eq!((rest.quantity, rest.amount_fen.fen()), (-10, -10 * 5_300));
    people.city.reverse(first.id, new_sale_id(), "再来").await.refused(409, "already_reversed");
    people.officer.act(id, &returned(1, 1, 10, "发霉")).await.refused_at(409, "already_reversed", "lines[0].quantity");
    assert_eq!(people.city.all_sales("").await.pop().and_then(|first| first.reversed_by), Some(rest.id));
    assert_eq!(people.city.tally("").await.recognised_fen.fen(), 60 * 9_000);
    assert_sound(site).await;
}

// ---- invoice and transfer -----------------------------------------------------------------------------------------

#[tokio::test]
async fn an_invoice_that_equals_the_goods_and_its_transfer_settle_an_order() {
    let site = Site::open().await;
    let people = People::of(&site).await;
    let (officer, merchant) = (&people.officer, &people.merchant);
    let id = site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120), ("庆元花菇", 60)]).await.summary.id;
    officer.act(id, &returned(1, 2, 10, "发霉")).await.order();
    let due = merchant.order(id).await.invoice_due.expect("what to invoice");
    assert_eq!((due.amount_fen.fen(), due.buyer_uscc.as_str()), (120 * 5_300 + 50 * 9_000, "81330211MC00010312"));
    officer
        .act(id, &ActionBody::Transfer { transfer: transfer("HD-1", due.amount_fen.fen()) })
        .await
        .refused(409, "out_of_turn");

    let mut wrong = invoice("25332000000000000001", &due);
    wrong.buyer_uscc = "91330211MA2AJ00001".into();
    wrong.lines[1].quantity = 60;
    let order = merchant.act(id, &ActionBody::Invoice { invoice: wrong.clone() }).await.order();
    let kinds: Vec<DifferenceKind> = order.invoices[0].differences.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [DifferenceKind::EmployerCode, DifferenceKind::Quantity]);
    assert_eq!((order.summary.state, order.actions), (State::Accepted, vec![Action::Invoice]));
    officer
        .act(id, &ActionBody::Transfer { transfer: transfer("HD-1", due.amount_fen.fen()) })
        .await
        .refused(409, "invoice_differs");
    merchant.act(id, &ActionBody::Invoice { invoice: wrong }).await.refused_at(409, "invoice_taken", "invoice.number");

    let right = ActionBody::Invoice { invoice: invoice("25332000000000000002", &due) };
    let order = merchant.act(id, &right).await.order();
    assert!(order.invoices[0].differences.is_empty() && order.invoices[1].replaced);
    merchant
        .act(id, &ActionBody::Invoice { invoice: invoice("25332000000000000003", &due) })
        .await
        .refused(409, "invoice_taken");
    // A return makes it wrong; a new one is right again.
    let order = officer.act(id, &returned(1, 1, 20, "发霉")).await.order();
    assert_eq!(order.invoices[0].differences.len(), 2, "quantity and amount");
    officer
        .act(id, &ActionBody::Transfer { transfer: transfer("HD-1", due.amount_fen.fen()) })
        .await
        .refused(409, "invoice_differs");
    let due = merchant.order(id).await.invoice_due.expect("what to invoice");
    merchant.act(id, &ActionBody::Invoice { invoice: invoice("25332000000000000004", &due) }).await.order();

    let amount = due.amount_fen.fen();
    officer.act(id, &ActionBody::Transfer { transfer: transfer("HD-1", amount + 1) }).await.refused_at(
        422,
        "bad_field",
        "transfer.amount_fen",
    );
    officer.act(id, &ActionBody::Transfer { transfer: transfer(" ", amount) }).await.refused_at(
        422,
        "bad_field",
        "transfer.slip_no",
    );
    merchant.act(id, &ActionBody::Transfer { transfer: transfer("HD-1", amount) }).await.refused(403, "not_allowed");
    let order = officer.act(id, &ActionBody::Transfer { transfer: transfer("HD-1", amount) }).await.order();
    assert_eq!((order.summary.state, order.actions), (State::Settled, vec![Action::Return]));
    let notes: Vec<_> = order.history.iter().filter_map(|step| step.note.clone()).collect();
    assert!(notes[0].contains("HD-1") && notes[1].contains("25332000000000000004"), "{notes:?}");
    let seen = people.city.order(id).await;
    assert!(seen.invoices.is_empty() && seen.transfer.is_none() && seen.history[0].note.is_none());

    // The same slip or invoice settles nothing else.
    let other = site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 100)]).await.summary.id;
    let due = merchant.order(other).await.invoice_due.expect("what to invoice");
    let taken = ActionBody::Invoice { invoice: invoice("25332000000000000002", &due) };
    merchant.act(other, &taken).await.refused_at(409, "invoice_taken", "invoice.number");
    merchant.act(other, &ActionBody::Invoice { invoice: invoice("25332000000000000005", &due) }).await.order();
    let slip = ActionBody::Transfer { transfer: transfer("HD-1", due.amount_fen.fen()) };
    officer.act(other, &slip).await.refused_at(409, "slip_taken", "transfer.slip_no");

    // What goes back later leaves it settled, and the ledger follows.
    let order = officer.act(id, &returned(1, 1, 5, "发霉")).await.order();
    assert_eq!((order.summary.state, order.invoices[0].differences.len()), (State::Settled, 0));
    let expected = (120 - 25) * 5_300 + 50 * 9_000 + 100 * 5_300;
    assert_eq!(people.city.tally("").await.recognised_fen.fen(), expected);
    assert_sound(site).await;
}

#[tokio::test]
async fn a_persons_order_is_not_invoiced_here() {
    let site = Site::open().await;
    let id = site.retail_order_in(State::Accepted, &[("庆元香菇", 10)]).await.summary.id;
    let (buyer, merchant) = (site.sign_in("buyer").await, site.sign_in("qingyuan.merchant").await);
    assert_eq!(buyer.order(id).await.actions, [Action::Return]);
    assert!(merchant.order(id).await.invoice_due.is_none());
    let due = InvoiceDue {
        title: "个人".into(),
        buyer_uscc: "81330211MC00010312".into(),
        lines: vec![InvoiceLine { name: "庆元香菇".into(), quantity: 10, unit_price_fen: 1, amount_fen: 10 }],
        amount_fen: domain::Money::from_fen(10),
    };
    merchant
        .act(id, &ActionBody::Invoice { invoice: invoice("25332000000000000009", &due) })
        .await
        .refused(409, "out_of_turn");
    buyer.act(id, &returned(1, 1, 1, "压坏了")).await.order();
    assert_sound(site).await;
}

async fn assert_sound(site: Site) {
    let home = site.close().await;
    let output = audit(&home);
    assert!(output.status.success(), "{}", said(&output));
}

// ---- anything by anybody ------------------------------------------------------------------------------------------

const ACTORS: [&str; 6] =
    ["zhenhai.officer", "zhenhai.chair", "yinzhou.officer", "qingyuan.merchant", "longquan.merchant", "ningbo.city"];

/// Any act, of any size: most are out of turn, too much, or somebody else's.
fn any_act(random: &mut StdRng) -> ActionBody {
    let point = random.random_range(1..=2);
    let line = random.random_range(1..=2);
    let mut number = || random.random_range(0..=14);
    let (a, b, c, d) = (number(), number(), number(), number());
    let waybill = format!("YZ{}", random.random_range(0..6));
    match random.random_range(0..13) {
        0 => ActionBody::Approve {},
        1 => confirm(Vec::new()),
        2 => confirm(vec![less(line, a, "减产")]),
        3 => ship(point, &waybill, &[]),
        4 | 5 => ship(point, &waybill, &[(line, a)]),
        6 => accept(point, &[(1, a, b, c), (2, d, 0, 0)]),
        7 => close([None, Some(point)][random.random_range(0..2)], "断货"),
        8 => returned(point, line, a, "发霉"),
        9 => ActionBody::Cancel { reason: "不要了".into() },
        10 => ActionBody::Transfer { transfer: transfer(&waybill, a) },
        11 => ActionBody::SendBack { reason: "重算".into() },
        _ => ActionBody::Submit { lines: None, exception_reason: None },
    }
}

/// What would be right to do next, so that orders come to their ends; what was read may be overtaken meanwhile.
async fn fitting_act(random: &mut StdRng, order: &Order) -> Option<(&'static str, ActionBody)> {
    let action = *order.actions.first()?;
    let act = match order.summary.state {
        State::Submitted => ("zhenhai.chair", ActionBody::Approve {}),
        State::Approved => ("qingyuan.merchant", confirm(vec![less(1, random.random_range(1..=8), "减产")])),
        _ if action == Action::Ship => {
            let open = order.points.iter().find(|point| {
                point.lines.iter().any(|it| it.confirmed.unwrap_or_default().get() > it.shipped.get() + it.closed.get())
            })?;
            ("qingyuan.merchant", ship(open.point, &format!("YZ{}", random.random_range(0..99)), &[]))
        }
        State::Shipped => {
            let open = order.points.iter().find(|point| point.counted_at_ms.is_none())?;
            let came = open.lines.iter().filter(|it| !it.shipped.is_zero());
            let lines: Vec<_> = came
                .map(|it| {
                    let shipped = it.shipped.get();
                    let kept = random.random_range(0..=shipped);
                    (it.line, kept, shipped - kept, 0)
                })
                .collect();
            ("zhenhai.officer", accept(open.point, &lines))
        }
        State::Accepted => match (&order.invoice_due, order.invoices.first()) {
            (_, Some(invoice)) if invoice.differences.is_empty() => (
                "zhenhai.officer",
                ActionBody::Transfer { transfer: transfer(&new_invoice_number(), invoice.amount_fen.fen()) },
            ),
            (Some(due), _) => {
                ("qingyuan.merchant", ActionBody::Invoice { invoice: invoice(&new_invoice_number(), due) })
            }
            _ => return None,
        },
        _ => return None,
    };
    Some(act)
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_anybody_tries_at_once_nothing_is_oversold_and_the_ledger_holds() {
    const STOCK: i64 = 60;
    let seed: u64 = rand::random();
    println!("seed {seed}");
    let site = Site::open().await;
    site.home().run(&format!("update products set available = {STOCK} where name in ('庆元香菇', '庆元花菇')"));
    let site = std::sync::Arc::new(site.restart().await);
    let officer = site.sign_in("zhenhai.officer").await;
    let mut ids = Vec::new();
    for _ in 0..8 {
        let body = to_points(2, &[&[("庆元香菇", &[5, 3]), ("庆元花菇", &[4, 2])]]);
        ids.push(officer.place(&body).await.orders()[0].id);
    }
    let workers = (0..6).map(|worker| {
        let (site, ids) = (std::sync::Arc::clone(&site), ids.clone());
        tokio::spawn(async move {
            let mut random = StdRng::seed_from_u64(seed.wrapping_add(worker));
            let mut people = BTreeMap::new();
            for login in ACTORS {
                people.insert(login, site.sign_in(login).await);
            }
            let mut done = 0;
            for _ in 0..60 {
                let id = ids[random.random_range(0..ids.len())];
                let fitting = match random.random_range(0..3) {
                    0 => None,
                    // Whoever sends it, the union reads what there is to do.
                    _ => {
                        let mut order = people["zhenhai.officer"].order(id).await;
                        if let Some(of_merchant) =
                            people["qingyuan.merchant"].get(&format!("/orders/{id}")).await.if_done()
                        {
                            let of_merchant: Order = of_merchant;
                            order.actions.extend(of_merchant.actions);
                        }
                        order.actions.sort();
                        fitting_act(&mut random, &order).await
                    }
                };
                let login = ACTORS[random.random_range(0..ACTORS.len())];
                let (login, body) = fitting.unwrap_or_else(|| (login, any_act(&mut random)));
                let answer = people[login].act(id, &body).await;
                assert!(answer.status < 500, "{} {}", answer.status, answer.text());
                if answer.status == 200 {
                    done += 1;
                } else {
                    assert!(answer.text().contains("detail"), "a refusal says why: {}", answer.text());
                }
            }
            done
        })
    });
    let mut done = 0;
    for worker in workers.collect::<Vec<_>>() {
        done += worker.await.expect("nothing broke");
    }
    println!("{done} acts were done");
    assert!(done >= 24, "orders came forward: {done}");
    check_against_orders(&site, STOCK).await;
    let site = std::sync::Arc::into_inner(site).expect("everybody has gone home");
    assert_sound(site).await;
}

/// Stock, ledger and figures against what the orders say of themselves.
async fn check_against_orders(site: &Site, stock: i64) {
    let city = site.sign_in("ningbo.city").await;
    let (mut taken, mut sold, mut pipeline) = (BTreeMap::<String, i64>::new(), 0, 0);
    for summary in city.all_orders().await {
        let order = city.order(summary.id).await;
        for line in &order.lines {
            let at = || order.points.iter().flat_map(|point| &point.lines).filter(|it| it.line == line.line);
            let confirmed: i64 = at().filter_map(|it| it.confirmed).map(|it| it.get()).sum();
            let closed: i64 = at().map(|it| it.closed.get()).sum();
            if order.summary.state != State::Cancelled {
                *taken.entry(line.name.clone()).or_default() += confirmed - closed;
            }
            let kept = line.accepted.unwrap_or_default().get() - line.returned.get();
            sold += kept * line.unit_price_fen.fen();
            if order.summary.state.in_pipeline() {
                let open = |it: &domain::wire::PointLine| match (it.confirmed, it.accepted) {
                    (None, _) => it.quantity.get(),
                    (Some(confirmed), None) => confirmed.get() - it.closed.get(),
                    (Some(confirmed), Some(_)) => confirmed.get() - it.closed.get() - it.shipped.get(),
                };
                pipeline += at().map(open).sum::<i64>() * line.unit_price_fen.fen();
            }
        }
    }
    for (name, taken) in &taken {
        let left = site.available(name).await;
        assert!(left >= 0 && left + taken == stock, "{name}: {left} left and {taken} taken of {stock}");
    }
    let tally = city.tally("").await;
    assert_eq!((tally.recognised_fen.fen(), tally.pipeline_fen.fen()), (sold, pipeline));
    assert_eq!(city.all_sales("").await.iter().map(|entry| entry.amount_fen.fen()).sum::<i64>(), sold);
}
