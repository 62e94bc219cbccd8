//! A person buys: signing up, ordering, paying, accepting, and what it helped.

use domain::Money;
use domain::order_life::{Action, State};
use domain::organisation::Role;
use domain::payment::PaymentMethod;
use domain::wire::{Checkout, Helped, NewPayment, NewRetailOrders, Order, Orders, Session};
use futures::future::join_all;

use crate::audit::audit;
use crate::site::{NOTHING, PASSWORD, Person, Site, delivery, new_sale_id, payment, product, retail_basket};

/// A person who has just signed up.
async fn newcomer(site: &Site, login: &str) -> Person {
    let answer = site.visitor().sign_up(login, "a good password").await;
    Person { cookie: Some(answer.cookie()), ..site.visitor() }
}

// ---- signing up ---------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_login_and_a_password_are_all_it_takes() {
    let site = Site::open().await;
    let answer = site.visitor().sign_up(" １３８００００００09 ", "a good password").await;
    let session: Session = answer.json();
    assert_eq!((session.role, session.name.as_str()), (Role::Buyer, "13800000009"));
    assert_eq!(session.organisation.name, "个人买家");
    let person = Person { cookie: Some(answer.cookie()), ..site.visitor() };
    assert_eq!(person.get("/sessions/current").await.json::<Session>(), session, "signed in at once");
    assert_eq!(person.all_orders().await.len(), 0);
    for login in ["13800000009", "1380000000９"] {
        assert_eq!(site.visitor().try_password(login, "a good password").await.status, 201, "and any time later");
    }
    site.visitor().try_password("13800000009", "a good password ").await.refused(401, "sign_in_failed");
}

#[tokio::test]
async fn a_taken_login_and_a_short_password_are_refused() {
    let site = Site::open().await;
    newcomer(&site, "老王").await;
    for login in ["老王", " 老王", "zhenhai.officer"] {
        site.visitor().sign_up(login, "another password").await.refused_at(409, "login_taken", "login");
    }
    for (login, password, field) in [
        ("", PASSWORD, "login"),
        ("王", PASSWORD, "login"),
        ("lao wang", PASSWORD, "login"),
        (&*"长".repeat(41), PASSWORD, "login"),
        ("laowang", "1234567", "password"),
        ("laowang", &*"长".repeat(201), "password"),
    ] {
        site.visitor().sign_up(login, password).await.refused_at(422, "bad_field", field);
    }
    assert_eq!(site.visitor().sign_up("", "").await.refused(422, "bad_field").errors.len(), 2, "both at once");
}

#[tokio::test]
async fn of_many_who_want_one_login_at_once_one_has_it() {
    let site = Site::open().await;
    let visitor = site.visitor();
    let answers = join_all((0..4).map(|_| visitor.sign_up("laowang", PASSWORD))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.refused_at(409, "login_taken", "login");
    }
}

#[tokio::test]
async fn a_program_that_signs_up_and_up_is_stopped() {
    let site = Site::open().await;
    let visitor = site.visitor();
    for _ in 0..60 {
        visitor.sign_up("zhenhai.officer", PASSWORD).await.refused(409, "login_taken");
    }
    let answer = visitor.sign_up("laowang", PASSWORD).await;
    answer.refused(429, "too_many_tries");
    assert!(answer.header("retry-after").is_some());
    assert_eq!(visitor.try_password("buyer", PASSWORD).await.status, 201, "signing in is not hindered");
}

// ---- the whole way ------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_persons_order_walks_from_the_basket_to_the_ledger() {
    let site = Site::open().await;
    let (buyer, merchant) = (newcomer(&site, "13800000009").await, site.sign_in("qingyuan.merchant").await);
    let body = retail_basket(&[&[("庆元香菇", 2), ("庆元花菇", 10)]]);
    let placed = buyer.buy(&body).await.orders();
    let id = placed[0].id;
    let price = |name, count| product(name).price_fen(count) * count;
    assert_eq!(placed[0].total_fen.fen(), price("庆元香菇", 2) + price("庆元花菇", 10), "the price of the market");
    assert_eq!((placed[0].state, placed[0].occasion, placed[0].head_count), (State::Approved, None, None));
    assert_eq!(merchant.order(id).await.actions, [Action::Confirm, Action::Cancel], "the merchant sees it at once");
    assert_eq!(delivery(&merchant.order(id).await), body.delivery);

    merchant.confirm(id).await.order();
    assert_eq!(site.available("庆元香菇").await, product("庆元香菇").available - 2);
    merchant.record_payment(id, &payment()).await.order();
    merchant.ship(id).await.order();
    let order = buyer.accept(id, &[(2, 0), (9, 1)]).await.order();
    let accepted = price("庆元香菇", 2) + product("庆元花菇").price_fen(10) * 9;
    assert_eq!((order.summary.state, order.accepted_fen.map(Money::fen)), (State::Accepted, Some(accepted)));
    let steps: Vec<_> = order.history.iter().rev().map(|step| (step.action, step.role)).collect();
    let expected = [
        (Action::Submit, Role::Buyer),
        (Action::Confirm, Role::Merchant),
        (Action::Ship, Role::Merchant),
        (Action::Accept, Role::Buyer),
    ];
    assert_eq!(steps, expected);

    let city = site.sign_in("ningbo.city").await;
    let entries = city.all_sales("").await;
    assert_eq!(entries.iter().map(|entry| entry.amount_fen.fen()).sum::<i64>(), accepted);
    for entry in &entries {
        assert_eq!((entry.channel.code(), &*entry.district, &*entry.buyer), ("online_platform", "鄞州区", "个人买家"));
    }
    let online = city.tally("").await.by_channel.into_iter().find(|row| row.key == "online_platform");
    assert_eq!(online.map(|row| row.amount_fen.fen()), Some(accepted));
    let output = audit(&site.close().await);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn one_basket_becomes_an_order_for_each_merchant_or_none() {
    let site = Site::open().await;
    let buyer = site.sign_in("buyer").await;
    let before = site.picture().await;
    let mut bad = retail_basket(&[&[("庆元香菇", 2)], &[("胡柚果脯", 1)]]);
    buyer.buy(&bad).await.refused_at(422, "below_minimum", "orders[1].lines[0].quantity");
    bad.orders.pop();
    bad.district = "hangzhou".into();
    buyer.buy(&bad).await.refused_at(422, "bad_field", "district");
    bad.district = " ".into();
    bad.delivery.phone = "138".into();
    let fields: Vec<_> =
        buyer.buy(&bad).await.refused(422, "bad_field").errors.into_iter().map(|it| it.field).collect();
    assert_eq!(fields, ["district", "delivery.phone"], "all at once");
    let priced = serde_json::json!({ "price_fen": 1 });
    buyer.post("/retail-orders", &priced).await.refused(400, "bad_body");
    assert_eq!(site.changes_since(&before).await, NOTHING);

    let placed = buyer.buy(&retail_basket(&[&[("庆元香菇", 2)], &[("龙泉香菇", 1)]])).await.orders();
    assert_eq!(placed.len(), 2);
    assert_eq!(buyer.order(placed[0].id).await.siblings.len(), 2);
}

#[tokio::test]
async fn the_same_basket_sent_again_is_the_same_orders() {
    let site = Site::open().await;
    let buyer = site.sign_in("buyer").await;
    let body = retail_basket(&[&[("庆元香菇", 2)], &[("龙泉香菇", 1)]]);
    let answers = join_all((0..5).map(|_| buyer.buy(&body))).await;
    let first = answers[0].orders();
    assert!(answers.iter().all(|answer| answer.orders() == first));
    assert_eq!(buyer.all_orders().await.len(), 2);

    let elsewhere = NewRetailOrders { district: "zhenhai".into(), ..body.clone() };
    buyer.buy(&elsewhere).await.refused_at(409, "id_taken", "orders[0].id");
    // All private buyers are of one organisation, and yet each has orders of their own.
    let another = newcomer(&site, "laowang").await;
    another.buy(&body).await.refused_at(409, "id_taken", "orders[0].id");
    assert_eq!(another.all_orders().await.len(), 0);
}

#[tokio::test]
async fn a_buyer_cancels_before_the_goods_are_shipped_and_not_after() {
    let site = Site::open().await;
    let buyer = site.sign_in("buyer").await;
    for state in [State::Approved, State::Confirmed] {
        let id = site.retail_order_in(state, &[("庆元香菇", 2)]).await.summary.id;
        buyer.cancel(id, " ").await.refused_at(422, "reason_needed", "reason");
        assert_eq!(buyer.cancel(id, "买错了").await.order().summary.state, State::Cancelled);
    }
    assert_eq!(site.available("庆元香菇").await, product("庆元香菇").available, "what was taken is back");
    let id = site.retail_order_in(State::Shipped, &[("庆元香菇", 2)]).await.summary.id;
    let refusal = buyer.cancel(id, "买错了").await.refused(409, "out_of_turn");
    assert_eq!(refusal.detail, "这张订单已发货，现在不能取消；接下来是验收", "a person has no 采购单");
    let another = newcomer(&site, "laowang").await;
    let refusal = another.cancel(id, "不要了").await.refused(404, "not_found");
    assert_eq!(refusal.detail, "找不到这张订单，请从“我的订单”里打开");
}

// ---- who sees what ------------------------------------------------------------------------------------------------

#[tokio::test]
async fn another_buyers_order_is_not_there() {
    let site = Site::open().await;
    let id = site.retail_order_in(State::Shipped, &[("庆元香菇", 2)]).await.summary.id;
    let another = newcomer(&site, "laowang").await;
    another.get(&format!("/orders/{id}")).await.refused(404, "not_found");
    another.accept(id, &[(2, 0)]).await.refused(404, "not_found");
    another.cancel(id, "不要了").await.refused(404, "not_found");
    another.record_payment(id, &payment()).await.refused(403, "not_allowed");
    let orders: Orders = another.get("/orders").await.json();
    assert!(orders.items.is_empty() && orders.counts.iter().all(|count| count.count == 0));
    assert_eq!(orders.total_fen, Money::ZERO);
    assert_eq!(another.get("/checkout").await.json::<Checkout>().last, None);
    site.sign_in("longquan.merchant").await.get(&format!("/orders/{id}")).await.refused(404, "not_found");
    site.sign_in("yinzhou.officer").await.get(&format!("/orders/{id}")).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_coordinator_sees_no_name_no_phone_and_no_door() {
    let site = Site::open().await;
    let buyer = newcomer(&site, "赵示例本人").await;
    let body = retail_basket(&[&[("庆元香菇", 2)]]);
    let id = buyer.buy(&body).await.orders()[0].id;
    let merchant = site.sign_in("qingyuan.merchant").await;
    merchant.confirm(id).await.order();
    merchant.record_payment(id, &payment()).await.order();
    merchant.ship(id).await.order();
    buyer.accept(id, &[(2, 0)]).await.order();
    let secrets = ["赵示例", "13800000009", "示例路9弄9号", "HD-0001"];
    for login in ["ningbo.city", "yinzhou.district"] {
        let coordinator = site.sign_in(login).await;
        for path in [&*format!("/orders/{id}"), "/orders", "/sales?district=yinzhou", "/tally?district=yinzhou"] {
            let answer = coordinator.get(path).await;
            assert_eq!(answer.status, 200, "{login} {path}");
            for secret in secrets {
                assert!(!answer.text().contains(secret), "{login} reads {secret} at {path}");
            }
        }
        assert_eq!(coordinator.order(id).await.points[0].address, "鄞州区");
    }
    site.sign_in("zhenhai.district").await.get(&format!("/orders/{id}")).await.refused(404, "not_found");
    // The goods have come, so the merchant need not know any more either where the buyer lives.
    assert_eq!(merchant.order(id).await.points[0].address, "鄞州区");
    assert_eq!(delivery(&buyer.order(id).await), body.delivery);
}

#[tokio::test]
async fn the_next_order_begins_with_the_last_address() {
    let site = Site::open().await;
    let buyer = newcomer(&site, "laowang").await;
    let empty: Checkout = buyer.get("/checkout").await.json();
    assert_eq!((empty.districts.len(), empty.last), (12, None));
    let body = retail_basket(&[&[("庆元香菇", 2)]]);
    buyer.buy(&body).await.orders();
    let last = buyer.get("/checkout").await.json::<Checkout>().last.expect("an order");
    assert_eq!((last.delivery, last.district.as_str()), (body.delivery, "yinzhou"));
    assert_eq!(last.payment_method, PaymentMethod::BankTransfer);
    let request = buyer.request(reqwest::Method::GET, "/checkout").header("accept-language", "en");
    let english: Checkout = crate::site::Answer::to(request).await.json();
    assert!(english.districts.iter().all(|district| district.name.is_ascii()), "{:?}", english.districts);
}

// ---- payment ------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_payment_is_recorded_once_by_the_merchant() {
    let site = Site::open().await;
    let (buyer, merchant) = (site.sign_in("buyer").await, site.sign_in("qingyuan.merchant").await);
    let id = site.retail_order_in(State::Approved, &[("庆元香菇", 2)]).await.summary.id;
    merchant.record_payment(id, &payment()).await.refused(409, "out_of_turn");
    merchant.confirm(id).await.order();
    site.sign_in("longquan.merchant").await.record_payment(id, &payment()).await.refused(404, "not_found");
    buyer.record_payment(id, &payment()).await.refused(403, "not_allowed");
    for (wrong, field) in [
        (NewPayment { reference: None, ..payment() }, "reference"),
        (NewPayment { received_on: "2999-01-01".into(), ..payment() }, "received_on"),
        (NewPayment { received_on: "2020-01-01".into(), ..payment() }, "received_on"),
        (NewPayment { received_on: "soon".into(), ..payment() }, "received_on"),
    ] {
        merchant.record_payment(id, &wrong).await.refused_at(422, "bad_field", field);
    }
    assert_eq!(buyer.order(id).await.payment, None);

    let order = merchant.record_payment(id, &payment()).await.order();
    let recorded = order.payment.expect("a payment");
    assert_eq!((recorded.method, recorded.reference.as_deref()), (PaymentMethod::BankTransfer, Some("HD-0001")));
    assert_eq!(order.summary.state, State::Confirmed, "it has no state of its own");
    assert_eq!(buyer.order(id).await.payment.as_ref(), Some(&recorded), "the buyer sees it too");
    assert_eq!(merchant.record_payment(id, &payment()).await.order().payment, Some(recorded), "sending twice is once");
    let another = NewPayment { reference: Some("HD-0002".into()), ..payment() };
    merchant.record_payment(id, &another).await.refused(409, "already_paid");

    let id = site.retail_order_in(State::Approved, &[("庆元香菇", 2)]).await.summary.id;
    buyer.cancel(id, "不要了").await.order();
    merchant.record_payment(id, &payment()).await.refused(409, "out_of_turn");
}

// ---- what it helped -----------------------------------------------------------------------------------------------

#[tokio::test]
async fn what_was_accepted_helped_and_what_was_taken_back_did_not() {
    let site = Site::open().await;
    let (buyer, city) = (site.sign_in("buyer").await, site.sign_in("ningbo.city").await);
    let helped = async |person: &Person| -> Helped { person.get("/helped").await.json() };
    assert_eq!((helped(&buyer).await.total_fen, helped(&buyer).await.orders), (Money::ZERO, 0));
    let order: Order = site.retail_order_in(State::Accepted, &[("庆元香菇", 2), ("庆元花菇", 2)]).await;
    site.retail_order_in(State::Accepted, &[("龙泉香菇", 1)]).await;
    site.retail_order_in(State::Shipped, &[("常山胡柚", 1)]).await;
    let price = |name, count| product(name).price_fen(count) * count;
    let found = helped(&buyer).await;
    assert_eq!(found.total_fen.fen(), order.summary.total_fen.fen() + price("龙泉香菇", 1));
    assert_eq!((found.year_fen, found.orders), (found.total_fen, 2));
    let counties: Vec<_> = found.counties.iter().map(|county| (&*county.id, county.total_fen.fen())).collect();
    assert_eq!(counties, [("qingyuan", order.summary.total_fen.fen()), ("longquan", price("龙泉香菇", 1))]);
    assert_eq!(found.merchants.len(), 2);

    let sale = city.all_sales("").await.into_iter().find(|sale| sale.product_name == "庆元花菇").expect("a sale");
    city.reverse(sale.id, new_sale_id(), "退货").await;
    assert_eq!(helped(&buyer).await.counties[0].total_fen.fen(), price("庆元香菇", 2));

    // What others bought is theirs; a union's is the union's.
    assert_eq!(helped(&newcomer(&site, "laowang").await).await.orders, 0);
    let of_union = site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 50)]).await;
    for login in ["zhenhai.officer", "zhenhai.chair"] {
        assert_eq!(helped(&site.sign_in(login).await).await.total_fen, of_union.summary.total_fen, "{login}");
    }
    site.sign_in("qingyuan.merchant").await.get("/helped").await.refused(403, "not_allowed");
}
