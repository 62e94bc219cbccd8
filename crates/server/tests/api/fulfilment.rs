//! What becomes of an order point by point: where its goods go, and what of them is confirmed, shipped and counted in.

use std::collections::BTreeSet;

use domain::order_life::State;
use domain::wire::{NewOrders, NewPoint, Order};

use crate::site::{NOTHING, Site, basket, new_lines, product};

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
