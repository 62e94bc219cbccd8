//! Orders: placing, the acts of each person, and what each of them sees.

use std::collections::BTreeMap;

use domain::Quantity;
use domain::order_life::{Action, State};
use domain::organisation::Role;
use domain::wire::{ActionBody, NewOrders, Order, OrderSummary, Orders};
use futures::future::join_all;

use crate::site::{NOTHING, Person, Site, acceptance, basket, delivery, new_order_id, product};

fn actions(order: &Order) -> Vec<Action> {
    order.history.iter().rev().map(|step| step.action).collect()
}

fn amounts(order: &Order) -> Vec<(i64, i64)> {
    order.lines.iter().map(|line| (line.unit_price_fen.fen(), line.amount_fen.fen())).collect()
}

/// Sentences may be reworded; what they tell may not be left out.
#[track_caller]
fn says(sentence: &str, facts: &[&str]) {
    for fact in facts {
        assert!(sentence.contains(fact), "{sentence} should say {fact}");
    }
}

// ---- the whole way ------------------------------------------------------------------------------------------------

#[tokio::test]
async fn an_order_walks_from_the_form_to_the_ledger() {
    let site = Site::open().await;
    let (officer, chair) = (site.sign_in("zhenhai.officer").await, site.sign_in("zhenhai.chair").await);
    let (merchant, city) = (site.sign_in("qingyuan.merchant").await, site.sign_in("ningbo.city").await);
    let body = basket(&[&[("庆元香菇", 120), ("庆元花菇", 120)]]);
    let id = body.orders[0].id;

    let placed = officer.place(&body).await.orders();
    assert_eq!((placed[0].id, placed[0].state, placed[0].total_fen.fen()), (id, State::Submitted, 1_716_000));
    let order = officer.order(id).await;
    assert_eq!(amounts(&order), [(5_300, 636_000), (9_000, 1_080_000)], "53 and 90 yuan from fifty pieces on");
    assert_eq!(order.actions, [Action::Cancel], "approving is another's");
    assert_eq!(chair.order(id).await.actions, [Action::Approve, Action::SendBack]);

    let order = chair.approve(id).await.order();
    assert_eq!((order.summary.state, order.actions), (State::Approved, vec![]));
    let order = merchant.confirm(id).await.order();
    assert_eq!((order.summary.state, order.actions), (State::Confirmed, vec![Action::Ship, Action::Cancel]));
    assert_eq!(site.available("庆元香菇").await, product("庆元香菇").available - 120);
    let order = merchant.ship(id).await.order();
    let shipment = order.shipment.expect("a shipment");
    assert_eq!((shipment.carrier.as_str(), shipment.tracking_no.as_str()), ("邮政快递", "YZ0001"));
    let order = officer.accept(id, &[(120, 0), (119, 1)]).await.order();
    assert_eq!((order.summary.state, &order.actions), (State::Accepted, &vec![]));
    assert_eq!(order.accepted_fen.map(domain::Money::fen), Some(1_707_000), "a flower mushroom of 90 yuan was broken");
    assert_eq!(order.lines[1].rejected_reason.as_deref(), Some("外箱破损"));

    let steps: Vec<_> = order.history.iter().rev().map(|step| (step.action, step.role)).collect();
    let expected = [
        (Action::Submit, Role::UnionOfficer),
        (Action::Approve, Role::UnionChair),
        (Action::Confirm, Role::Merchant),
        (Action::Ship, Role::Merchant),
        (Action::Accept, Role::UnionOfficer),
    ];
    assert_eq!(steps, expected);
    assert!(order.history.iter().map(|step| step.at_ms).is_sorted_by(|later, earlier| later >= earlier));

    let entries = city.all_sales("").await;
    let facts: Vec<(i64, &str, i64, i64)> = entries
        .iter()
        .rev()
        .map(|entry| (entry.sequence, entry.product_name.as_str(), entry.quantity, entry.amount_fen.fen()))
        .collect();
    assert_eq!(facts, [(1, "庆元香菇", 120, 636_000), (2, "庆元花菇", 119, 1_071_000)]);
    for entry in &entries {
        assert_eq!(entry.order_id, Some(id));
        assert_eq!(entry.order_number.as_deref(), Some(&*order.summary.number));
        assert_eq!((&*entry.district, &*entry.county, entry.channel.code()), ("镇海区", "庆元", "union_procurement"));
        assert_eq!(entry.counting_rule, "2025-1");
    }
    assert_eq!(city.tally("").await.recognised_fen.fen(), 1_707_000);
}

#[tokio::test]
async fn each_quantity_takes_the_price_of_its_step() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    // 58.00 yuan, 56.00 from ten on, 53.00 from fifty, 51.00 from two hundred.
    for (quantity, unit_price_fen) in
        [(1, 5_800), (9, 5_800), (10, 5_600), (49, 5_600), (50, 5_300), (199, 5_300), (200, 5_100), (60_000, 5_100)]
    {
        let placed = officer.place(&basket(&[&[("庆元香菇", quantity)]])).await.orders();
        assert_eq!(placed[0].total_fen.fen(), quantity * unit_price_fen, "{quantity} pieces");
        assert_eq!(product("庆元香菇").price_fen(quantity), unit_price_fen);
    }
}

// ---- placing ------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn three_merchants_goods_become_three_orders_placed_together() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let body = basket(&[&[("庆元香菇", 50)], &[("龙泉香菇", 50), ("龙泉黑木耳", 50)], &[("常山胡柚", 50)]]);
    let placed = officer.place(&body).await.orders();
    let ids: Vec<_> = body.orders.iter().map(|order| order.id).collect();
    assert_eq!(placed.iter().map(|order| order.id).collect::<Vec<_>>(), ids, "in the order they were sent");
    let totals: Vec<_> = placed.iter().map(|order| order.total_fen.fen()).collect();
    assert_eq!(totals, [50 * 5_300, 50 * 4_400 + 50 * 4_100, 50 * 4_500]);
    let merchants: Vec<_> = placed.iter().map(|order| order.merchant.name.as_str()).collect();
    assert_eq!(merchants, ["庆元示例食用菌专业合作社", "龙泉示例山货有限公司", "常山示例果业专业合作社"]);
    for order in &placed {
        let siblings: Vec<_> = officer.order(order.id).await.siblings.iter().map(|sibling| sibling.id).collect();
        assert_eq!(siblings, ids);
    }
}

#[tokio::test]
async fn one_bad_line_and_none_of_the_three_is_placed() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let before = site.picture().await;
    let good: [&[(&str, i64)]; 2] = [&[("庆元香菇", 50)], &[("龙泉香菇", 50)]];

    let body = basket(&[good[0], good[1], &[("常山胡柚", 50), ("胡柚果脯", 2)]]);
    let problem = officer.place(&body).await.refused_at(422, "below_minimum", "orders[2].lines[1].quantity");
    says(&problem.detail, &["胡柚果脯", "3 袋"]);

    let mut body = basket(&good);
    body.orders[1].lines[0].product_id = domain::id::ProductId(server::id::new());
    officer.place(&body).await.refused_at(404, "not_found", "orders[1].lines[0].product_id");

    let body = basket(&[good[0], &[("龙泉香菇", 50), ("常山胡柚", 50)]]);
    officer.place(&body).await.refused_at(422, "mixed_merchants", "orders[1].lines[1].product_id");
    assert_eq!(site.changes_since(&before).await, NOTHING);

    let placed = officer.place(&basket(&good)).await.orders();
    assert!(placed[0].number.ends_with("-0001"), "what was refused took no number: {}", placed[0].number);
}

#[tokio::test]
async fn goods_withdrawn_meanwhile_are_refused_by_name() {
    let site = Site::open().await;
    let withdrawn = format!("update products set status = 'withdrawn' where product_id = '{}'", product("常山胡柚").id);
    site.home().run(&withdrawn);
    // Done behind its back, so the server reads its catalogue anew.
    let site = site.restart().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let before = site.picture().await;
    let body = basket(&[&[("庆元香菇", 50)], &[("常山胡柚", 50)]]);
    let problem = officer.place(&body).await.refused_at(409, "not_on_sale", "orders[1].lines[0].product_id");
    says(&problem.detail, &["常山胡柚"]);
    site.visitor().get(&format!("/products/{}", product("常山胡柚").id)).await.refused(404, "not_found");
    assert_eq!(site.changes_since(&before).await, NOTHING);
}

#[tokio::test]
async fn the_same_basket_sent_again_is_the_same_orders() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let body = basket(&[&[("庆元香菇", 50)], &[("龙泉香菇", 50)]]);
    let first = officer.place(&body).await.orders();
    let before = site.picture().await;
    assert_eq!(officer.place(&body).await.orders(), first);
    assert_eq!(site.changes_since(&before).await, NOTHING);

    // Also when an impatient finger sends it five times at once, and when the order has moved on meanwhile.
    let body = basket(&[&[("庆元香菇", 50)], &[("龙泉香菇", 50)]]);
    let answers = join_all((0..5).map(|_| officer.place(&body))).await;
    let first = answers[0].orders();
    assert!(answers.iter().all(|answer| answer.orders() == first));
    assert_eq!(officer.all_orders().await.len(), 4);
    site.carry(officer.order(first[0].id).await, State::Confirmed, "zhenhai").await;
    let again = officer.place(&body).await.orders();
    assert_eq!((again[0].id, again[0].state), (first[0].id, State::Confirmed));
    assert_eq!(officer.all_orders().await.len(), 4);
}

#[tokio::test]
async fn an_id_already_used_for_something_else_is_refused() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let body = basket(&[&[("庆元香菇", 50)]]);
    officer.place(&body).await.orders();
    let before = site.picture().await;

    let mut more = body.clone();
    more.orders[0].lines[0].quantity = 51;
    officer.place(&more).await.refused_at(409, "id_taken", "orders[0].id");
    let mut elsewhere = body.clone();
    elsewhere.points[0].address = "宁波市镇海区示例路2号".into();
    officer.place(&elsewhere).await.refused_at(409, "id_taken", "orders[0].id");
    let mut second = basket(&[&[("龙泉香菇", 50)], &[("庆元香菇", 50)]]);
    second.orders[1].id = body.orders[0].id;
    officer.place(&second).await.refused_at(409, "id_taken", "orders[1].id");
    // Another union that uses the id by accident, or to find out whether it exists, is told the same.
    site.sign_in("yinzhou.officer").await.place(&body).await.refused_at(409, "id_taken", "orders[0].id");
    assert_eq!(site.changes_since(&before).await, NOTHING);
}

#[tokio::test]
async fn going_over_the_budget_needs_a_reason() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let before = site.picture().await;
    // A hundred members, 53.00 yuan each for the mushrooms and 45.00 for the fruit.
    let budget = |per_head_budget_fen: i64, reason: Option<&str>| NewOrders {
        per_head_budget_fen,
        exception_reason: reason.map(str::to_owned),
        ..basket(&[&[("庆元香菇", 100)], &[("常山胡柚", 100)]])
    };
    let problem = officer.place(&budget(9_799, None)).await.refused_at(422, "reason_needed", "exception_reason");
    says(&problem.detail, &["1.00 元"]);
    officer.place(&budget(9_799, Some("  "))).await.refused_at(422, "reason_needed", "exception_reason");
    assert_eq!(site.changes_since(&before).await, NOTHING);

    assert_eq!(officer.place(&budget(9_800, None)).await.orders().len(), 2, "what is just enough is enough");
    let placed = officer.place(&budget(9_799, Some("党组会议定过"))).await.orders();
    assert_eq!(officer.order(placed[0].id).await.exception_reason.as_deref(), Some("党组会议定过"));
}

#[tokio::test]
async fn what_is_no_usual_gift_needs_a_reason() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let before = site.picture().await;
    for name in ["青田杨梅酒", "遂昌三叶青", "石仓白老酒", "山哈酒", "衢枳壳"] {
        let body = basket(&[&[(name, 10)]]);
        let problem = officer.place(&body).await.refused_at(422, "reason_needed", "exception_reason");
        says(&problem.detail, &[name]);
    }
    assert_eq!(site.changes_since(&before).await, NOTHING);
    let mut body = basket(&[&[("青田杨梅酒", 10)]]);
    body.exception_reason = Some("困难职工家庭自酿合作社帮扶".into());
    assert_eq!(officer.place(&body).await.orders().len(), 1);
}

#[tokio::test]
async fn fewer_than_the_minimum_is_refused_and_the_minimum_is_not() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let before = site.picture().await;
    let body = basket(&[&[("龙泉黄粿", 4)]]);
    let problem = officer.place(&body).await.refused_at(422, "below_minimum", "orders[0].lines[0].quantity");
    says(&problem.detail, &["龙泉黄粿", "5 袋"]);
    assert_eq!(site.changes_since(&before).await, NOTHING);
    assert_eq!(officer.place(&basket(&[&[("龙泉黄粿", 5)]])).await.orders()[0].total_fen.fen(), 5 * 2_200);
}

#[tokio::test]
async fn only_a_union_officer_orders() {
    let site = Site::open().await;
    let before = site.picture().await;
    for login in ["zhenhai.chair", "qingyuan.merchant", "zhenhai.district", "ningbo.city"] {
        let person = site.sign_in(login).await;
        person.place(&basket(&[&[("庆元香菇", 50)]])).await.refused(403, "not_allowed");
    }
    site.visitor().place(&basket(&[&[("庆元香菇", 50)]])).await.refused(401, "sign_in_needed");
    assert_eq!(site.changes_since(&before).await, NOTHING);
}

#[tokio::test]
async fn numbers_given_out_at_once_are_different_and_without_gaps() {
    let site = Site::open().await;
    let (zhenhai, yinzhou) = (site.sign_in("zhenhai.officer").await, site.sign_in("yinzhou.officer").await);
    let place = |n: usize| {
        let officer = if n.is_multiple_of(2) { &zhenhai } else { &yinzhou };
        // Every fourth basket is refused and must leave no gap.
        let quantity = if n % 4 == 3 { 1 } else { 50 };
        async move { officer.place(&basket(&[&[("龙泉黄粿", quantity)], &[("庆元香菇", 50)]])).await }
    };
    let answers = join_all((0..20).map(place)).await;
    let placed: Vec<OrderSummary> =
        answers.iter().filter(|answer| answer.status == 201).flat_map(|answer| answer.orders()).collect();
    assert_eq!(placed.len(), 30, "fifteen baskets of two orders");
    let mut places_by_day: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for order in &placed {
        let (day, place) = order.number.split_once('-').expect("a day and a place");
        assert!(day.starts_with("SH20") && day.len() == 10 && place.len() == 4, "{}", order.number);
        places_by_day.entry(day).or_default().push(place.parse().expect("a number"));
    }
    for (day, mut places) in places_by_day {
        places.sort_unstable();
        assert_eq!(places, (1..=places.len()).collect::<Vec<_>>(), "on {day}");
    }
}

// ---- the chair ----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn what_is_sent_back_is_submitted_again_with_other_quantities_at_their_price() {
    let site = Site::open().await;
    let (officer, chair) = (site.sign_in("zhenhai.officer").await, site.sign_in("zhenhai.chair").await);
    let id = site.order_in(State::Submitted, "zhenhai", &[("庆元香菇", 40), ("庆元花菇", 40)]).await.summary.id;
    let before = site.picture().await;
    for reason in ["", "  \n"] {
        chair.send_back(id, reason).await.refused_at(422, "reason_needed", "reason");
    }
    chair.send_back(id, &"长".repeat(201)).await.refused_at(422, "bad_field", "reason");
    assert_eq!(site.changes_since(&before).await, NOTHING);

    let order = chair.send_back(id, " 只买香菇，凑到批量价 ").await.order();
    assert_eq!((order.summary.state, order.summary.total_fen.fen()), (State::Draft, 40 * 5_600 + 40 * 9_400));
    assert_eq!(order.history[0].note.as_deref(), Some("只买香菇，凑到批量价"));
    assert_eq!(officer.order(id).await.actions, [Action::Submit, Action::Cancel]);

    let before = site.picture().await;
    let again = async |goods: &[(&str, i64)]| officer.submit(id, Some(goods)).await;
    again(&[]).await.refused_at(422, "bad_field", "lines");
    again(&[("庆元香菇", 0)]).await.refused_at(422, "bad_field", "lines[0].quantity");
    again(&[("庆元香菇", -1)]).await.refused_at(422, "bad_field", "lines[0].quantity");
    again(&[("庆元锥栗", 1)]).await.refused_at(422, "below_minimum", "lines[0].quantity");
    again(&[("庆元香菇", 50), ("庆元香菇", 50)]).await.refused_at(422, "bad_field", "lines[1].product_id");
    again(&[("龙泉香菇", 50)]).await.refused_at(422, "mixed_merchants", "lines[0].product_id");
    again(&[("庆元香菇", 50), ("龙泉香菇", 50)]).await.refused_at(422, "mixed_merchants", "lines[1].product_id");
    chair.submit(id, None).await.refused(403, "not_allowed");
    assert_eq!(site.changes_since(&before).await, NOTHING);

    let order = again(&[("庆元香菇", 200)]).await.order();
    assert_eq!((order.summary.state, amounts(&order)), (State::Submitted, vec![(5_100, 200 * 5_100)]));
    assert_eq!(order.summary.total_fen.fen(), 200 * 5_100);
    assert_eq!(actions(&order), [Action::Submit, Action::SendBack, Action::Submit]);
    let accepted = site.carry(order, State::Accepted, "zhenhai").await;
    assert_eq!(accepted.accepted_fen.map(domain::Money::fen), Some(200 * 5_100));
}

#[tokio::test]
async fn what_is_sent_back_may_be_submitted_again_as_it_was() {
    let site = Site::open().await;
    let (officer, chair) = (site.sign_in("zhenhai.officer").await, site.sign_in("zhenhai.chair").await);
    let order = site.order_in(State::Submitted, "zhenhai", &[("庆元香菇", 40)]).await;
    chair.send_back(order.summary.id, "等月底再报").await.order();
    let again = officer.submit(order.summary.id, None).await.order();
    assert_eq!((again.summary.state, again.lines), (State::Submitted, order.lines));
}

#[tokio::test]
async fn going_over_the_budget_needs_a_reason_the_second_time_too() {
    let site = Site::open().await;
    let (officer, chair) = (site.sign_in("zhenhai.officer").await, site.sign_in("zhenhai.chair").await);
    let body = NewOrders { per_head_budget_fen: 5_600, ..basket(&[&[("青田稻鱼米", 50)]]) };
    let id = officer.place(&body).await.orders()[0].id;
    chair.send_back(id, "重算").await.order();
    let before = site.picture().await;
    // Two hundred at 70.00 yuan, and a hundred members of 56.00 each.
    officer.submit(id, Some(&[("青田稻鱼米", 200)])).await.refused(422, "reason_needed");
    officer.submit(id, Some(&[("青田杨梅酒", 10)])).await.refused(422, "reason_needed");
    assert_eq!(site.changes_since(&before).await, NOTHING);
}

#[tokio::test]
async fn approving_is_for_the_unions_own_chair() {
    let site = Site::open().await;
    let id = site.order_in(State::Submitted, "zhenhai", &[("庆元香菇", 50)]).await.summary.id;
    let before = site.picture().await;
    for (login, status, code) in [
        ("zhenhai.officer", 403, "not_allowed"),
        ("ningbo.city", 403, "not_allowed"),
        ("zhenhai.district", 403, "not_allowed"),
        ("yinzhou.chair", 404, "not_found"),
        ("yinzhou.district", 403, "not_allowed"),
        ("qingyuan.merchant", 404, "not_found"),
    ] {
        site.sign_in(login).await.approve(id).await.refused(status, code);
    }
    site.visitor().approve(id).await.refused(401, "sign_in_needed");
    assert_eq!(site.changes_since(&before).await, NOTHING);
}

// ---- turns and ownership ------------------------------------------------------------------------------------------

#[tokio::test]
async fn an_act_out_of_turn_is_refused_with_what_can_be_done() {
    let site = Site::open().await;
    let (officer, chair) = (site.sign_in("zhenhai.officer").await, site.sign_in("zhenhai.chair").await);
    let merchant = site.sign_in("qingyuan.merchant").await;
    let ship = || ActionBody::Ship { carrier: "邮政快递".into(), tracking_no: "YZ0001".into() };
    let accept = || ActionBody::Accept { lines: acceptance(&[(50, 0)]) };
    let cancel = || ActionBody::Cancel { reason: "不要了".into() };
    let send_back = || ActionBody::SendBack { reason: "重算".into() };
    let table = [
        (State::Submitted, &officer, ActionBody::Submit { lines: None, exception_reason: None }),
        (State::Submitted, &officer, accept()),
        (State::Approved, &chair, ActionBody::Approve {}),
        (State::Approved, &chair, send_back()),
        (State::Approved, &merchant, ship()),
        (State::Confirmed, &merchant, ActionBody::Confirm {}),
        (State::Confirmed, &officer, accept()),
        (State::Shipped, &merchant, ship()),
        (State::Shipped, &officer, cancel()),
        (State::Accepted, &officer, accept()),
        (State::Accepted, &merchant, cancel()),
        (State::Accepted, &chair, send_back()),
    ];
    let mut order = site.order_in(State::Submitted, "zhenhai", &[("庆元香菇", 50)]).await;
    for (state, person, body) in table {
        order = site.carry(order, state, "zhenhai").await;
        let before = site.picture().await;
        let problem = person.act(order.summary.id, &body).await.refused(409, "out_of_turn");
        says(&problem.detail, &[state.zh(), body.action().zh()]);
        says(&problem.detail, &state.actions().map(Action::zh).collect::<Vec<_>>());
        assert_eq!(site.changes_since(&before).await, NOTHING);
    }
    let cancelled = site.order_in(State::Submitted, "zhenhai", &[("庆元香菇", 50)]).await.summary.id;
    officer.cancel(cancelled, "不要了").await.order();
    chair.approve(cancelled).await.refused(409, "out_of_turn");
}

#[tokio::test]
async fn each_act_belongs_to_one_role() {
    let site = Site::open().await;
    let (officer, chair) = (site.sign_in("zhenhai.officer").await, site.sign_in("zhenhai.chair").await);
    let (merchant, city) = (site.sign_in("qingyuan.merchant").await, site.sign_in("ningbo.city").await);
    let order = site.order_in(State::Approved, "zhenhai", &[("庆元香菇", 50)]).await;
    let id = order.summary.id;
    let before = site.picture().await;
    for person in [&officer, &chair, &city] {
        person.confirm(id).await.refused(403, "not_allowed");
        person.ship(id).await.refused(403, "not_allowed");
    }
    for person in [&chair, &merchant, &city] {
        person.accept(id, &[(50, 0)]).await.refused(403, "not_allowed");
    }
    for person in [&chair, &city] {
        person.cancel(id, "不要了").await.refused(403, "not_allowed");
    }
    merchant.approve(id).await.refused(403, "not_allowed");
    assert_eq!(site.changes_since(&before).await, NOTHING);
}

#[tokio::test]
async fn an_order_of_others_is_as_good_as_none() {
    let site = Site::open().await;
    let id = site.order_in(State::Approved, "zhenhai", &[("庆元香菇", 50)]).await.summary.id;
    let before = site.picture().await;
    for login in ["yinzhou.officer", "yinzhou.chair", "yinzhou.district", "longquan.merchant"] {
        let person = site.sign_in(login).await;
        let unknown = new_order_id();
        let of_others = person.get(&format!("/orders/{id}")).await.refused(404, "not_found");
        let of_nobody = person.get(&format!("/orders/{unknown}")).await.refused(404, "not_found");
        assert_eq!(of_others.code, of_nobody.code);
        assert!(person.all_orders().await.is_empty());
        // An office never acts on an order, and is told so before it is looked whether there is one.
        let (status, code) = if login.ends_with(".district") { (403, "not_allowed") } else { (404, "not_found") };
        for id in [id, unknown] {
            person.approve(id).await.refused(status, code);
            person.confirm(id).await.refused(status, code);
            person.accept(id, &[(50, 0)]).await.refused(status, code);
            person.cancel(id, "不要了").await.refused(status, code);
        }
        person.get("/orders/1").await.refused(404, "not_found");
    }
    assert_eq!(site.changes_since(&before).await, NOTHING);
}

#[tokio::test]
async fn a_merchant_sees_an_order_once_it_is_approved() {
    let site = Site::open().await;
    let (officer, chair) = (site.sign_in("zhenhai.officer").await, site.sign_in("zhenhai.chair").await);
    let merchant = site.sign_in("qingyuan.merchant").await;
    let body = basket(&[&[("庆元香菇", 50)], &[("龙泉香菇", 50)]]);
    officer.place(&body).await.orders();
    let id = body.orders[0].id;
    merchant.get(&format!("/orders/{id}")).await.refused(404, "not_found");
    merchant.confirm(id).await.refused(404, "not_found");
    let list: Orders = merchant.get("/orders").await.json();
    assert!(list.items.is_empty() && list.counts.iter().all(|count| count.count == 0));

    chair.send_back(id, "重算").await.order();
    merchant.get(&format!("/orders/{id}")).await.refused(404, "not_found");
    officer.submit(id, None).await.order();
    chair.approve(id).await.order();
    let order = merchant.order(id).await;
    assert_eq!(order.siblings.len(), 1, "another merchant's part of the basket is not its business");
    assert_eq!(merchant.all_orders().await.len(), 1);
}

#[tokio::test]
async fn what_is_cancelled_before_it_is_approved_was_never_the_merchants() {
    let site = Site::open().await;
    let (officer, merchant) = (site.sign_in("zhenhai.officer").await, site.sign_in("qingyuan.merchant").await);
    let id = site.order_in(State::Submitted, "zhenhai", &[("庆元香菇", 50)]).await.summary.id;
    officer.cancel(id, "不办了").await.order();
    merchant.get(&format!("/orders/{id}")).await.refused(404, "not_found");
    assert!(merchant.all_orders().await.is_empty());
}

#[tokio::test]
async fn names_and_phones_are_for_those_who_buy_and_deliver() {
    let site = Site::open().await;
    let mut order = site.order_in(State::Submitted, "zhenhai", &[("庆元香菇", 50)]).await;
    let id = order.summary.id;
    let seen_by = async |login: &str| {
        let delivery = delivery(&site.sign_in(login).await.order(id).await);
        (delivery.contact, delivery.phone)
    };
    let open = ("王示例".to_owned(), "13800000001".to_owned());
    let masked = ("***".to_owned(), "138****0001".to_owned());
    for state in [State::Submitted, State::Approved, State::Confirmed, State::Shipped, State::Accepted] {
        order = site.carry(order, state, "zhenhai").await;
        for login in ["zhenhai.officer", "zhenhai.chair"] {
            assert_eq!(seen_by(login).await, open, "{login} {}", state.code());
        }
        for login in ["zhenhai.district", "ningbo.city"] {
            assert_eq!(seen_by(login).await, masked, "{login} {}", state.code());
        }
        match state {
            State::Submitted => {}
            State::Accepted => assert_eq!(seen_by("qingyuan.merchant").await, masked, "nothing is left to deliver"),
            _ => assert_eq!(seen_by("qingyuan.merchant").await, open, "{}", state.code()),
        }
    }
    // Not in the act's own answer either, nor anywhere else in what a coordinator reads.
    let city = site.sign_in("ningbo.city").await;
    for path in [format!("/orders/{id}"), "/orders".to_owned(), "/sales".to_owned()] {
        let text = city.get(&path).await.text();
        assert!(!text.contains("13800000001") && !text.contains("王示例"), "{path}");
    }
}

// ---- stock --------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn confirming_more_than_is_left_names_every_short_line_and_takes_nothing() {
    let site = Site::open().await;
    let merchant = site.sign_in("longquan.merchant").await;
    let goods = [("龙泉青瓷茶具套装", 251), ("龙泉香菇", 10), ("龙泉宝剑摆件", 960)];
    let id = site.order_in(State::Approved, "zhenhai", &goods).await.summary.id;
    let before = site.picture().await;
    let problem = merchant.confirm(id).await.refused_at(409, "not_enough_stock", "lines[0].quantity");
    let fields: Vec<_> = problem.errors.iter().map(|error| &*error.field).collect();
    assert_eq!(fields, ["lines[0].quantity", "lines[2].quantity"]);
    says(&problem.errors[0].detail, &["龙泉青瓷茶具套装", "只剩 250 套", "251 套"]);
    says(&problem.errors[1].detail, &["龙泉宝剑摆件", "只剩 950 件", "960 件"]);
    assert_eq!(site.changes_since(&before).await, NOTHING);
    assert_eq!(site.available("龙泉香菇").await, 93_000, "what was taken of the line between is given back");
}

#[tokio::test]
async fn the_last_of_the_stock_goes_to_one_of_two() {
    let site = Site::open().await;
    let merchant = site.sign_in("longquan.merchant").await;
    let first = site.order_in(State::Approved, "zhenhai", &[("龙泉青瓷茶具套装", 150)]).await.summary.id;
    let second = site.order_in(State::Approved, "yinzhou", &[("龙泉青瓷茶具套装", 150)]).await.summary.id;
    let (a, b) = tokio::join!(merchant.confirm(first), merchant.confirm(second));
    let (won, lost) = if a.status == 200 { (a, b) } else { (b, a) };
    assert_eq!(won.order().summary.state, State::Confirmed);
    let problem = lost.refused_at(409, "not_enough_stock", "lines[0].quantity");
    says(&problem.detail, &["只剩 100 套"]);
    assert_eq!(site.available("龙泉青瓷茶具套装").await, 100);
}

#[tokio::test]
async fn however_many_compete_nothing_is_oversold() {
    let site = Site::open().await;
    let merchant = site.sign_in("longquan.merchant").await;
    let mut ids = Vec::new();
    for n in 0..9 {
        let district = if n % 2 == 0 { "zhenhai" } else { "yinzhou" };
        ids.push(site.order_in(State::Approved, district, &[("龙泉青瓷茶具套装", 60)]).await.summary.id);
    }
    let answers = join_all(ids.iter().map(|id| merchant.confirm(*id))).await;
    let confirmed = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(confirmed, 4, "four times sixty of two hundred and fifty");
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.refused(409, "not_enough_stock");
    }
    assert_eq!(site.available("龙泉青瓷茶具套装").await, 10);
}

#[tokio::test]
async fn cancelling_gives_back_what_was_taken_and_no_more() {
    let site = Site::open().await;
    let (officer, merchant) = (site.sign_in("zhenhai.officer").await, site.sign_in("longquan.merchant").await);
    let goods = [("龙泉青瓷茶具套装", 250), ("龙泉香菇", 10)];
    for (state, canceller) in [
        (State::Submitted, &officer),
        (State::Approved, &merchant),
        (State::Confirmed, &officer),
        (State::Confirmed, &merchant),
    ] {
        let id = site.order_in(state, "zhenhai", &goods).await.summary.id;
        let before = site.picture().await;
        canceller.cancel(id, "").await.refused_at(422, "reason_needed", "reason");
        assert_eq!(site.changes_since(&before).await, NOTHING);
        let order = canceller.cancel(id, "改期再办").await.order();
        assert_eq!((order.summary.state, order.actions.len()), (State::Cancelled, 0));
        assert_eq!(order.history[0].note.as_deref(), Some("改期再办"));
        canceller.cancel(id, "改期再办").await.refused(409, "out_of_turn");
        assert_eq!(
            (site.available(goods[0].0).await, site.available(goods[1].0).await),
            (250, 93_000),
            "{}",
            state.code()
        );
    }
    assert_eq!(site.sign_in("ningbo.city").await.tally("").await.entries, 0);
}

// ---- acceptance ---------------------------------------------------------------------------------------------------

#[tokio::test]
async fn an_acceptance_that_does_not_add_up_is_refused() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let order = site.order_in(State::Shipped, "zhenhai", &[("庆元香菇", 120), ("庆元花菇", 60)]).await;
    let id = order.summary.id;
    let before = site.picture().await;
    for (counted, code, field) in [
        (vec![(119, 0), (60, 0)], "bad_field", "lines[0].accepted"),
        (vec![(120, 1), (60, 0)], "bad_field", "lines[0].accepted"),
        (vec![(120, 0), (61, 0)], "bad_field", "lines[1].accepted"),
        (vec![(121, -1), (60, 0)], "bad_field", "lines[0].rejected"),
        (vec![(-1, 121), (60, 0)], "bad_field", "lines[0].accepted"),
        (vec![(i64::MAX, 1), (60, 0)], "bad_field", "lines[0].accepted"),
        (vec![(0, 0), (60, 0)], "bad_field", "lines[0].accepted"),
        (vec![(120, 0)], "lines_differ", "lines"),
        (vec![], "lines_differ", "lines"),
        (vec![(120, 0), (60, 0), (1, 0)], "lines_differ", "lines"),
    ] {
        officer.accept(id, &counted).await.refused_at(422, code, field);
    }
    let unreasoned = |reason: Option<&str>| {
        let mut lines = acceptance(&[(119, 1), (60, 0)]);
        lines[0].reason = reason.map(str::to_owned);
        ActionBody::Accept { lines }
    };
    for reason in [None, Some(" "), Some(&*"长".repeat(201))] {
        officer.act(id, &unreasoned(reason)).await.refused_at(422, "bad_field", "lines[0].reason");
    }
    let mut lines = acceptance(&[(120, 0), (60, 0)]);
    lines[1].line = 1;
    officer.act(id, &ActionBody::Accept { lines }).await.refused_at(422, "lines_differ", "lines");
    // Several wrong lines are named at once.
    let problem = officer.accept(id, &[(119, 0), (59, 0)]).await.refused(422, "bad_field");
    assert_eq!(problem.errors.len(), 2);
    assert_eq!(site.changes_since(&before).await, NOTHING);
    assert_eq!(officer.accept(id, &[(120, 0), (60, 0)]).await.status, 200);
}

#[tokio::test]
async fn what_is_wholly_rejected_is_no_sale() {
    let site = Site::open().await;
    let (officer, city) = (site.sign_in("zhenhai.officer").await, site.sign_in("ningbo.city").await);
    let id = site.order_in(State::Shipped, "zhenhai", &[("庆元香菇", 50), ("庆元花菇", 50)]).await.summary.id;
    let order = officer.accept(id, &[(0, 50), (1, 49)]).await.order();
    assert_eq!(order.accepted_fen.map(domain::Money::fen), Some(9_000), "the price stays that of the ordered fifty");
    assert_eq!(order.lines[0].accepted.map(Quantity::get), Some(0));
    let entries = city.all_sales("").await;
    assert_eq!(
        entries.iter().map(|entry| (&*entry.product_name, entry.quantity)).collect::<Vec<_>>(),
        [("庆元花菇", 1)]
    );
    let id = site.order_in(State::Shipped, "zhenhai", &[("庆元香菇", 50)]).await.summary.id;
    assert_eq!(officer.accept(id, &[(0, 50)]).await.order().accepted_fen.map(domain::Money::fen), Some(0));
    assert_eq!(city.tally("").await.entries, 1);
}

#[tokio::test]
async fn of_several_people_who_act_at_once_one_is_heard() {
    let site = Site::open().await;
    let (officer, chair) = (site.sign_in("zhenhai.officer").await, site.sign_in("zhenhai.chair").await);
    let order = site.order_in(State::Submitted, "zhenhai", &[("庆元香菇", 50)]).await;
    let id = order.summary.id;
    let approvals = join_all((0..4).map(|_| chair.approve(id))).await;
    assert_eq!(approvals.iter().filter(|answer| answer.status == 200).count(), 1);
    let order = site.carry(officer.order(id).await, State::Shipped, "zhenhai").await;
    let acceptances = join_all((0..4).map(|_| officer.accept(id, &[(50, 0)]))).await;
    assert_eq!(acceptances.iter().filter(|answer| answer.status == 200).count(), 1);
    for answer in approvals.iter().chain(&acceptances).filter(|answer| answer.status != 200) {
        answer.refused(409, "out_of_turn");
    }
    let city = site.sign_in("ningbo.city").await;
    assert_eq!((city.tally("").await.recognised_fen, city.tally("").await.entries), (order.summary.total_fen, 1));
    assert_eq!(actions(&city.order(id).await).len(), 5);
}

// ---- lists --------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_list_shows_the_newest_first_and_each_order_once() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let goods: [&[(&str, i64)]; 4] =
        [&[("庆元香菇", 50)], &[("龙泉香菇", 50)], &[("常山胡柚", 50)], &[("青田稻鱼米", 50)]];
    let mut numbers = Vec::new();
    for _ in 0..3 {
        numbers.extend(officer.place(&basket(&goods)).await.orders().into_iter().map(|order| order.number));
    }
    let whole: Vec<String> = officer.all_orders().await.into_iter().map(|order| order.number).collect();
    let mut sorted = whole.clone();
    sorted.sort();
    assert_eq!(sorted, numbers);
    for limit in [1, 5] {
        let pages: Vec<OrderSummary> =
            officer.all(&format!("/orders?limit={limit}"), |page: Orders| (page.items, page.next)).await;
        assert_eq!(pages.into_iter().map(|order| order.number).collect::<Vec<_>>(), whole);
    }
    let times: Vec<i64> = officer.all_orders().await.iter().map(|order| order.created_at_ms).collect();
    assert!(times.is_sorted_by(|newer, older| newer >= older));
}

#[tokio::test]
async fn a_list_is_narrowed_by_state_and_counts_them_all() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    for state in [State::Submitted, State::Submitted, State::Approved, State::Shipped, State::Accepted] {
        site.order_in(state, "zhenhai", &[("庆元香菇", 50)]).await;
    }
    site.order_in(State::Submitted, "yinzhou", &[("庆元香菇", 50)]).await;
    let listed =
        async |person: &Person, query: &str| -> Orders { person.get(&format!("/orders?{query}")).await.json() };
    assert_eq!(listed(&officer, "state=submitted").await.items.len(), 2);
    assert_eq!(listed(&officer, "state=submitted,shipped").await.items.len(), 3);
    assert_eq!(listed(&officer, "state=cancelled").await.items.len(), 0);
    let counts = |orders: Orders| -> BTreeMap<State, i64> {
        orders.counts.into_iter().filter(|count| count.count > 0).map(|count| (count.state, count.count)).collect()
    };
    let own = BTreeMap::from([(State::Submitted, 2), (State::Approved, 1), (State::Shipped, 1), (State::Accepted, 1)]);
    assert_eq!(counts(listed(&officer, "state=shipped").await), own, "whatever the list is narrowed to");
    assert_eq!(counts(listed(&site.sign_in("zhenhai.district").await, "").await), own);
    let city = counts(listed(&site.sign_in("ningbo.city").await, "").await);
    assert_eq!(city.values().sum::<i64>(), 6);

    officer.get("/orders?state=lost").await.refused_at(422, "bad_field", "state");
    for after in ["x", "1", "one~two"] {
        officer.get(&format!("/orders?after={after}")).await.refused_at(422, "bad_field", "after");
    }
    officer.get("/orders?buyer=1").await.refused(422, "bad_field");
}
