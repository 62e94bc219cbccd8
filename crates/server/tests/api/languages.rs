//! What a reader of English is told: refusals, and the words among the figures and orders.

use domain::order_life::State;
use domain::wire::{AcceptanceLine, ActionBody, Order, Problem, Tally};
use reqwest::Method;
use serde_json::{Value, json};

use crate::site::{Answer, Person, Site, basket, new_order_id, new_sale_id};

/// The same person, who has chosen English on the page.
fn in_english(person: &Person) -> Person {
    let language = "shanhai_language=en";
    let cookie = person.cookie.as_ref().map_or_else(|| language.to_owned(), |cookie| format!("{cookie}; {language}"));
    Person { cookie: Some(cookie), ..person.clone() }
}

fn is_chinese(c: char) -> bool {
    ['\u{3400}'..='\u{9fff}', '\u{3000}'..='\u{303f}', '\u{ff00}'..='\u{ffef}'].iter().any(|range| range.contains(&c))
}

/// Every sentence of a problem.
fn sentences(problem: &Problem) -> Vec<&str> {
    let of_fields = problem.errors.iter().map(|error| error.detail.as_str());
    [problem.title.as_str(), problem.detail.as_str()].into_iter().chain(of_fields).collect()
}

/// Asks for the same in both languages: refused for the same reason, in different words, the English without Chinese.
async fn check_refused(person: &Person, method: Method, path: &str, body: Option<Value>) {
    let ask = async |person: Person| {
        let mut request = person.request(method.clone(), path);
        if let Some(body) = &body {
            request = request.json(body);
        }
        let answer = Answer::to(request).await;
        let problem: Problem = serde_json::from_slice(&answer.body)
            .unwrap_or_else(|error| panic!("{method} {path} is not refused: {error} in {}", answer.text()));
        problem
    };
    let (zh, en) = (ask(person.clone()).await, ask(in_english(person)).await);
    assert_eq!((&zh.code, zh.status), (&en.code, en.status), "{method} {path}");
    for (zh, en) in sentences(&zh).into_iter().zip(sentences(&en)) {
        assert!(zh.contains(is_chinese), "{method} {path}: {zh}");
        assert!(!en.is_empty() && !en.contains(is_chinese), "{method} {path}: {en}");
    }
}

#[tokio::test]
async fn whoever_is_refused_reads_why() {
    let site = Site::open().await;
    let visitor = site.visitor();
    let nowhere = new_order_id();
    for (method, path) in [
        (Method::GET, "/orders".to_owned()),
        (Method::GET, "/tally".to_owned()),
        (Method::GET, "/nowhere".to_owned()),
        (Method::GET, format!("/products/{nowhere}")),
        (Method::GET, "/products?limit=many".to_owned()),
        (Method::DELETE, "/products".to_owned()),
        (Method::POST, "/orders".to_owned()),
    ] {
        check_refused(&visitor, method, &path, None).await;
    }
    for body in [json!({}), json!({"login": "", "password": "x"}), json!({"login": "nobody", "password": "x"})] {
        check_refused(&visitor, Method::POST, "/sessions", Some(body)).await;
    }
    let officer = site.sign_in("zhenhai.officer").await;
    for path in ["/tally", "/orders?state=lost", "/orders?after=x", &format!("/orders/{nowhere}")] {
        check_refused(&officer, Method::GET, path, None).await;
    }
    let city = site.sign_in("ningbo.city").await;
    for path in ["/sales?month=13", "/sales?brand=x", "/sales?pair=x", "/tally?year=1000", "/tally?district=nowhere"] {
        check_refused(&city, Method::GET, path, None).await;
    }
    let reversal = json!({"id": new_sale_id(), "reason": "x"});
    check_refused(&city, Method::POST, &format!("/sales/{nowhere}/reversal"), Some(reversal)).await;
    let reversal = json!({"id": new_sale_id(), "reason": " "});
    check_refused(&city, Method::POST, &format!("/sales/{nowhere}/reversal"), Some(reversal)).await;
}

#[tokio::test]
async fn whoever_orders_reads_what_is_wrong() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let good = serde_json::to_value(basket(&[&[("庆元香菇", 50)]])).expect("JSON");
    let with = |pointer: &str, value: Value| {
        let mut body = good.clone();
        *body.pointer_mut(pointer).expect("a place") = value;
        body
    };
    let of = |goods: &[(&str, i64)]| serde_json::to_value(basket(&[goods])).expect("JSON");
    for body in [
        with("/head_count", json!(0)),
        with("/per_head_budget_fen", json!(1)),
        with("/per_head_budget_fen", json!(0)),
        with("/points/0/phone", json!("12")),
        with("/points/0/address", json!("x")),
        with("/points/0/contact", json!("")),
        with("/orders", json!([])),
        with("/orders/0/lines", json!([])),
        with("/orders/0/lines/0/quantity", json!(0)),
        with("/orders/0/lines/0/quantity", json!(-1)),
        with("/orders/0/lines/0/product_id", json!(new_order_id())),
        with("/occasion", json!("easter")),
        of(&[("庆元锥栗", 1)]),
        of(&[("山哈酒", 1)]),
        of(&[("庆元香菇", 10), ("山哈酒", 10)]),
    ] {
        check_refused(&officer, Method::POST, "/orders", Some(body)).await;
    }
}

#[tokio::test]
async fn whoever_acts_on_an_order_reads_why_not() {
    let site = Site::open().await;
    let (officer, chair) = (site.sign_in("zhenhai.officer").await, site.sign_in("zhenhai.chair").await);
    let merchant = site.sign_in("longquan.merchant").await;
    let order = site.order_in(State::Approved, "zhenhai", &[("龙泉青瓷茶具套装", 251)]).await;
    let actions = format!("/orders/{}/actions", order.summary.id);
    for (person, body) in [
        (&merchant, json!({"action": "confirm"})),
        (&merchant, json!({"action": "ship", "carrier": "", "tracking_no": "1"})),
        (&chair, json!({"action": "approve"})),
        (&officer, json!({"action": "approve"})),
        (&officer, json!({"action": "cancel", "reason": ""})),
        (&officer, json!({"action": "accept", "lines": []})),
        (&officer, json!({"action": "dance"})),
    ] {
        check_refused(person, Method::POST, &actions, Some(body)).await;
    }
    let order = site.order_in(State::Shipped, "zhenhai", &[("龙泉香菇", 10)]).await;
    let actions = format!("/orders/{}/actions", order.summary.id);
    for lines in [
        json!([]),
        json!([{"line": 1, "accepted": 9, "rejected": 0}]),
        json!([{"line": 1, "accepted": 9, "rejected": 1}]),
    ] {
        check_refused(&officer, Method::POST, &actions, Some(json!({"action": "accept", "lines": lines}))).await;
    }
}

#[tokio::test]
async fn an_order_is_told_in_english() {
    let site = Site::open().await;
    let at_home = site.sign_in("zhenhai.officer").await;
    let officer = in_english(&at_home);
    let chair = site.sign_in("zhenhai.chair").await;
    let order = site.order_in(State::Submitted, "zhenhai", &[("庆元香菇", 10)]).await;
    let id = order.summary.id;
    chair.send_back(id, "太少").await.order();
    officer.submit(id, Some(&[("庆元香菇", 12)])).await.order();
    let order = site.carry(at_home.order(id).await, State::Shipped, "zhenhai").await;
    let lines = vec![AcceptanceLine { line: 1, accepted: 11, rejected: 1, reason: Some("破损".into()) }];
    let order: Order = officer.act(order.summary.id, &ActionBody::Accept { lines }).await.order();
    assert_eq!((order.lines[0].name.as_str(), order.lines[0].county_short.as_str()), ("Qingyuan shiitake", "Qingyuan"));
    assert_eq!(order.summary.first_product, "Qingyuan shiitake");
    assert_eq!(order.lines[0].rejected_reason.as_deref(), Some("Broken"));
    let notes: Vec<Option<&str>> = order.history.iter().map(|step| step.note.as_deref()).collect();
    assert_eq!(notes[0], Some("11 accepted, 1 rejected: Broken"));
    assert!(notes.iter().flatten().any(|note| note.ends_with("yuan after the change")), "{notes:?}");
    assert!(notes.contains(&Some("太少")), "what a person wrote stays as written: {notes:?}");
    let listed = officer.all_orders().await;
    assert_eq!(listed[0].first_product, "Qingyuan shiitake");
}

#[tokio::test]
async fn figures_and_entries_are_told_in_english() {
    let site = Site::open().await;
    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 10)]).await;
    let city = site.sign_in("ningbo.city").await;
    let reader = in_english(&city);
    let tally: Tally = reader.tally("?district=zhenhai").await;
    let rows = [&tally.by_district, &tally.by_county, &tally.by_brand, &tally.by_channel, &tally.by_category];
    for row in rows.into_iter().flatten() {
        assert!(!row.name.contains(is_chinese), "{row:?}");
    }
    assert_eq!(tally.district.map(|district| district.name).as_deref(), Some("Zhenhai"));
    let entry = &reader.all_sales("").await[0];
    assert_eq!((entry.product_name.as_str(), entry.county.as_str()), ("Qingyuan shiitake", "Qingyuan"));
    assert_eq!(entry.district, "Zhenhai");
    let reversal = reader.reverse(entry.id, new_sale_id(), "重复统计").await.json::<domain::wire::SaleEntry>();
    assert_eq!(reversal.product_name, "Qingyuan shiitake", "a reversal is of the goods it takes back");
    assert_eq!(city.all_sales("").await[0].product_name, "庆元香菇");
    let session = site.sign_in("zhenhai.district").await;
    let session: domain::wire::Session = in_english(&session).get("/sessions/current").await.json();
    assert_eq!(session.district.map(|district| district.name).as_deref(), Some("Zhenhai"));
}
