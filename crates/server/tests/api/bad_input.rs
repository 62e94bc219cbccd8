//! What strangers, mistaken programs and foreign pages send: refused in one form, and nothing changed.

use domain::order_life::State;
use reqwest::header::{CONTENT_TYPE, ORIGIN};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::site::{Answer, NOTHING, Person, Site, TOO_LONG, basket, product};

fn raw(person: &Person, path: &str, content_type: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
    person.request(Method::POST, path).header(CONTENT_TYPE, content_type).body(body)
}

/// A good order as JSON, to be spoilt.
fn good_order() -> Value {
    serde_json::to_value(basket(&[&[("庆元香菇", 50)]])).expect("JSON")
}

/// The good order with one value replaced; `null` takes it out.
fn with(pointer: &str, value: Value) -> Value {
    let mut body = good_order();
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    match (body.pointer_mut(parent).expect("a place in the body"), value) {
        (Value::Object(object), Value::Null) => {
            object.remove(name);
        }
        (Value::Object(object), value) => {
            object.insert(name.to_owned(), value);
        }
        (Value::Array(items), value) => items[name.parse::<usize>().expect("an index")] = value,
        (other, _) => panic!("{other} has no parts"),
    }
    body
}

// ---- bodies -------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn text_that_is_no_json_is_refused() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let before = site.picture().await;
    let good = good_order().to_string();
    let deep = "[".repeat(100_000);
    let not_utf8: &[u8] = b"{\"occasion\":\"\xff\xfe\"}";
    for (what, body) in [
        ("nothing", Vec::new()),
        ("half a body", good.as_bytes()[..good.len() / 2].to_vec()),
        ("two bodies", [good.as_bytes(), good.as_bytes()].concat()),
        ("a list", b"[]".to_vec()),
        ("a word", b"order".to_vec()),
        ("null", b"null".to_vec()),
        ("a form", b"occasion=new_year&head_count=3".to_vec()),
        ("very deep", deep.into_bytes()),
        ("no UTF-8", not_utf8.to_vec()),
    ] {
        let answer = Answer::to(raw(&officer, "/orders", "application/json", body)).await;
        assert_eq!(answer.refused(400, "bad_body").status, 400, "{what}");
    }
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""] {
        Answer::to(raw(&officer, "/orders", content_type, good.clone())).await.refused(400, "bad_body");
    }
    let unnamed = officer.request(Method::POST, "/orders").body(good.clone());
    Answer::to(unnamed).await.refused(400, "bad_body");
    assert_eq!(site.changes_since(&before).await, NOTHING);
    let answer = Answer::to(raw(&officer, "/orders", "application/json; charset=utf-8", good)).await;
    assert_eq!(answer.status, 201, "the body itself was good");
}

#[tokio::test]
async fn every_field_that_does_not_fit_is_named() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let before = site.picture().await;
    let line = |quantity: i64| json!({"product_id": product("庆元香菇").id, "quantity": quantity});
    let long = "长".repeat(201);
    for (what, body, status, code, field) in [
        (
            "a price of the buyer's own",
            with("/orders/0/lines/0/unit_price_fen", json!(1)),
            400,
            "bad_body",
            "orders[0].lines[0].unit_price_fen",
        ),
        ("a total of the buyer's own", with("/total_fen", json!(1)), 400, "bad_body", "total_fen"),
        ("a state of the buyer's own", with("/orders/0/state", json!("accepted")), 400, "bad_body", "orders[0].state"),
        ("a festival that is none", with("/occasion", json!("easter")), 400, "bad_body", "occasion"),
        (
            "a quantity in words",
            with("/orders/0/lines/0/quantity", json!("fifty")),
            400,
            "bad_body",
            "orders[0].lines[0].quantity",
        ),
        (
            "half a piece",
            with("/orders/0/lines/0/quantity", json!(0.5)),
            400,
            "bad_body",
            "orders[0].lines[0].quantity",
        ),
        (
            "more than a number holds",
            with("/orders/0/lines/0/quantity", json!(1e30)),
            400,
            "bad_body",
            "orders[0].lines[0].quantity",
        ),
        ("an id that is none", with("/orders/0/id", json!("42")), 400, "bad_body", "orders[0].id"),
        (
            "a product that is none",
            with("/orders/0/lines/0/product_id", json!("'; drop table orders; --")),
            400,
            "bad_body",
            "orders[0].lines[0].product_id",
        ),
        ("a missing address", with("/points/0/address", Value::Null), 400, "bad_body", "points[0]"),
        (
            "fewer than none",
            with("/orders/0/lines/0/quantity", json!(-1)),
            422,
            "bad_field",
            "orders[0].lines[0].quantity",
        ),
        ("none", with("/orders/0/lines/0/quantity", json!(0)), 422, "bad_field", "orders[0].lines[0].quantity"),
        (
            "more than anybody buys",
            with("/orders/0/lines/0/quantity", json!(1_000_001)),
            422,
            "bad_field",
            "orders[0].lines[0].quantity",
        ),
        (
            "as many as a number holds",
            with("/orders/0/lines/0/quantity", json!(i64::MAX)),
            422,
            "bad_field",
            "orders[0].lines[0].quantity",
        ),
        ("nobody", with("/head_count", json!(0)), 422, "bad_field", "head_count"),
        ("fewer than nobody", with("/head_count", json!(i64::MIN)), 422, "bad_field", "head_count"),
        ("more people than there are", with("/head_count", json!(200_001)), 422, "bad_field", "head_count"),
        ("no budget", with("/per_head_budget_fen", json!(0)), 422, "bad_field", "per_head_budget_fen"),
        ("a boundless budget", with("/per_head_budget_fen", json!(i64::MAX)), 422, "bad_field", "per_head_budget_fen"),
        ("an empty address", with("/points/0/address", json!("  ")), 422, "bad_field", "points[0].address"),
        ("an endless address", with("/points/0/address", json!(long)), 422, "bad_field", "points[0].address"),
        ("no contact", with("/points/0/contact", json!("")), 422, "bad_field", "points[0].contact"),
        ("a phone of ten digits", with("/points/0/phone", json!("1380000000")), 422, "bad_field", "points[0].phone"),
        ("an endless reason", with("/exception_reason", json!(long)), 422, "bad_field", "exception_reason"),
        ("no orders", with("/orders", json!([])), 422, "bad_field", "orders"),
        ("no lines", with("/orders/0/lines", json!([])), 422, "bad_field", "orders[0].lines"),
        (
            "a product twice",
            with("/orders/0/lines", json!([line(50), line(50)])),
            422,
            "bad_field",
            "orders[0].lines[1].product_id",
        ),
    ] {
        let answer = officer.post("/orders", &body).await;
        let problem = answer.refused(status, code);
        assert_eq!(problem.field.as_deref(), Some(field), "{what}: {problem:?}");
    }
    let spoilt = json!({"head_count": 0, "per_head_budget_fen": -1, "points": [{"address": "", "contact": "", "phone": "", "recipients": 1}]});
    let mut body = good_order();
    body.as_object_mut().expect("an object").extend(spoilt.as_object().expect("an object").clone());
    let problem = officer.post("/orders", &body).await.refused(422, "bad_field");
    let fields: Vec<_> = problem.errors.iter().map(|error| &*error.field).collect();
    assert_eq!(fields, ["head_count", "points[0].address", "points[0].contact", "points[0].phone"], "all at once");
    assert_eq!(site.changes_since(&before).await, NOTHING);
}

#[tokio::test]
async fn a_basket_without_measure_is_refused() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let before = site.picture().await;
    let one = good_order()["orders"][0].clone();
    let many_orders = with("/orders", Value::Array(vec![one.clone(); 41]));
    officer.post("/orders", &many_orders).await.refused(422, "bad_field");
    let many_lines = with("/orders/0/lines", Value::Array(vec![one["lines"][0].clone(); 201]));
    officer.post("/orders", &many_lines).await.refused(422, "bad_field");
    let twice = with("/orders", json!([one, one]));
    officer.post("/orders", &twice).await.refused_at(422, "bad_field", "orders[1].id");
    assert_eq!(site.changes_since(&before).await, NOTHING);
}

#[tokio::test]
async fn acts_that_are_none_are_refused() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let chair = site.sign_in("zhenhai.chair").await;
    let id = site.order_in(State::Submitted, "zhenhai", &[("庆元香菇", 50)]).await.summary.id;
    let before = site.picture().await;
    for (what, body) in [
        ("no act", json!({})),
        ("an unknown act", json!({"action": "pay"})),
        ("a state in place of an act", json!({"state": "accepted"})),
        ("an approval with a price", json!({"action": "approve", "total_fen": 1})),
        ("an approval for another", json!({"action": "approve", "account_id": server::id::new().to_string()})),
        ("a return without its reason", json!({"action": "send_back"})),
        ("a reason that is a number", json!({"action": "send_back", "reason": 7})),
        ("an act twice", json!([{"action": "approve"}, {"action": "approve"}])),
    ] {
        let answer = chair.post(&format!("/orders/{id}/actions"), &body).await;
        assert_eq!(answer.refused(400, "bad_body").status, 400, "{what}");
    }
    for person in [&officer, &chair] {
        person.post("/orders/42/actions", &json!({"action": "approve"})).await.refused(404, "not_found");
    }
    assert_eq!(site.changes_since(&before).await, NOTHING);
}

#[tokio::test]
async fn a_waybill_is_filled_in() {
    let site = Site::open().await;
    let merchant = site.sign_in("qingyuan.merchant").await;
    let id = site.order_in(State::Confirmed, "zhenhai", &[("庆元香菇", 50)]).await.summary.id;
    let before = site.picture().await;
    let long = "长".repeat(61);
    for (carrier, tracking_no, field) in [
        ("", "YZ0001", "carrier"),
        ("  ", "YZ0001", "carrier"),
        ("邮政快递", "", "tracking_no"),
        (&*long, "YZ0001", "carrier"),
        ("邮政快递", &*long, "tracking_no"),
    ] {
        let body = json!({"action": "ship", "carrier": carrier, "tracking_no": tracking_no});
        merchant.post(&format!("/orders/{id}/actions"), &body).await.refused_at(422, "bad_field", field);
    }
    assert_eq!(site.changes_since(&before).await, NOTHING);
}

#[tokio::test]
async fn text_is_kept_as_it_was_written() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let mut body = basket(&[&[("庆元香菇", 50)]]);
    body.points[0].address = "宁波 '); drop table orders; -- <script>alert(1)</script> \u{1F35C} 1号".into();
    body.points[0].contact = "O'Brien \"王\"\\n".into();
    body.exception_reason = Some("${x} {{y}} %s \u{202e}".into());
    let id = officer.place(&body).await.orders()[0].id;
    let order = officer.order(id).await;
    let point = &order.points[0];
    let kept = (&point.address, &point.contact, order.exception_reason);
    assert_eq!(kept, (&body.points[0].address, &body.points[0].contact, body.exception_reason));
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_turned_away() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let before = site.picture().await;
    let act = format!("/orders/{}/actions", server::id::new());
    // Orders carry lists of people, and may be larger than other bodies.
    for (path, largest) in [("/orders", 4 * 1024 * 1024), (act.as_str(), 256 * 1024)] {
        // The server answers at the first byte too many and closes: a client still sending would hear of that and not of the
        // answer. So ten megabytes are announced, and no more is sent than must be read.
        let mut sent = format!(
            "POST /api/v1{path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nContent-Type: application/json\r\n\
             Content-Length: 10485760\r\nConnection: close\r\n\r\n",
            site.address(),
            officer.cookie.as_deref().expect("a cookie"),
        );
        sent.push_str(&" ".repeat(largest + 1));
        let answer = heard(&site, &sent).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(answer.contains("application/problem+json") && answer.contains("\"too_large\""), "{answer}");
    }
    assert_eq!(site.changes_since(&before).await, NOTHING);
    assert_eq!(officer.post("/orders", &good_order()).await.status, 201, "the server goes on");
}

/// What the server answers to these very bytes, until it closes the line.
async fn heard(site: &Site, sent: &str) -> String {
    let mut connection = TcpStream::connect(site.address()).await.expect("a connection");
    connection.write_all(sent.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let whole = tokio::time::timeout(TOO_LONG, connection.read_to_end(&mut answer)).await;
    whole.expect("the server closes the line").expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

// ---- addresses and methods ----------------------------------------------------------------------------------------

#[tokio::test]
async fn an_address_that_is_none_is_not_found() {
    let site = Site::open().await;
    let city = site.sign_in("ningbo.city").await;
    for path in
        ["/api/v1/nothing", "/api/v1/orders/", "/api/v1/orders/1/2/3", "/api/v1/", "/api/v2/orders", "/api/orders"]
    {
        for method in [Method::GET, Method::POST] {
            Answer::to(city.request_anywhere(method, path)).await.refused(404, "not_found");
        }
    }
}

#[tokio::test]
async fn a_method_that_is_none_is_not_allowed() {
    let site = Site::open().await;
    let city = site.sign_in("ningbo.city").await;
    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 50)]).await;
    let order = city.all_orders().await[0].id;
    let sale = city.all_sales("").await[0].id;
    let before = site.picture().await;
    // Nothing deletes, and nothing edits.
    for (method, path) in [
        (Method::DELETE, "/orders".to_owned()),
        (Method::DELETE, format!("/orders/{order}")),
        (Method::PUT, format!("/orders/{order}")),
        (Method::PATCH, format!("/orders/{order}")),
        (Method::POST, format!("/orders/{order}")),
        (Method::GET, format!("/orders/{order}/actions")),
        (Method::POST, "/products".to_owned()),
        (Method::DELETE, format!("/products/{}", product("庆元香菇").id)),
        (Method::POST, "/tally".to_owned()),
        (Method::POST, "/sales".to_owned()),
        (Method::DELETE, "/sales".to_owned()),
        (Method::DELETE, format!("/sales/{sale}/reversal")),
        (Method::GET, "/sessions".to_owned()),
        (Method::from_bytes(b"BREW").expect("a word"), "/products".to_owned()),
    ] {
        let answer = Answer::to(city.request(method, &path)).await;
        answer.refused(405, "method_not_allowed");
        assert!(answer.header("allow").is_some(), "{path} says what is allowed");
    }
    assert_eq!(site.changes_since(&before).await, NOTHING);
}

#[tokio::test]
async fn foreign_pages_change_nothing() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let before = site.picture().await;
    let own = format!("http://{}", site.address());
    let from = |origin: &str| officer.request(Method::POST, "/orders").header(ORIGIN, origin).json(&good_order());
    let (suffixed, other_port) = (format!("{own}.evil.example"), "http://127.0.0.1:1");
    for origin in ["https://evil.example", "null", "", other_port, &suffixed, "http://", "evil.example"] {
        Answer::to(from(origin)).await.refused(403, "foreign_origin");
    }
    let sign_out = officer.request(Method::DELETE, "/sessions/current").header(ORIGIN, "https://evil.example");
    Answer::to(sign_out).await.refused(403, "foreign_origin");
    let reading = officer.request(Method::GET, "/orders").header(ORIGIN, "https://evil.example");
    let answer = Answer::to(reading).await;
    assert_eq!(answer.header("access-control-allow-origin"), None, "no foreign page may read an answer");
    assert_eq!(site.changes_since(&before).await, NOTHING);
    assert_eq!(Answer::to(from(&own)).await.status, 201, "our own page may");
}

// ---- headers ------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn every_answer_carries_the_headers_of_safety() {
    let site = Site::open().await;
    let visitor = site.visitor();
    for path in
        ["/", "/products/7", "/market-0123456789abcdef.js", "/api/v1/products", "/api/v1/orders", "/api/v1/nothing"]
    {
        let answer = Answer::to(visitor.request_anywhere(Method::GET, path)).await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{path}");
        assert_eq!(answer.header("server"), None, "{path}");
    }
}

#[tokio::test]
async fn the_page_runs_its_own_scripts_only() {
    let site = Site::open().await;
    // An address of the app is no file: it gets the page, which finds its way.
    for (path, status) in [("/", 200), ("/products", 200), ("/orders/7", 200), ("/tally?year=2026", 404)] {
        let answer = Answer::to(site.visitor().request_anywhere(Method::GET, path)).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.text().contains("import '/market.js'"), "{path}");
        let policy = answer.header("content-security-policy").expect("a policy").to_owned();
        assert!(policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        assert!(
            policy.contains("script-src 'self' 'wasm-unsafe-eval' 'sha256-"),
            "the start script by its hash: {policy}"
        );
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
    }
}

#[tokio::test]
async fn files_are_the_apps_and_no_others() {
    let site = Site::open().await;
    let visitor = site.visitor();
    let file = Answer::to(visitor.request_anywhere(Method::GET, "/market-0123456789abcdef.js")).await;
    assert_eq!((file.status, file.text()), (200, "export {}".to_owned()));
    assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
    for path in ["/market-gone.js", "/shanhai.db", "/..%2fshanhai.db", "/%2e%2e/shanhai.db", "/app/../../shanhai.db"] {
        // By hand: a client would tidy the path.
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", site.address());
        let answer = heard(&site, &request).await;
        assert!(!answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        assert!(!answer.contains("SQLite format"), "{path}");
    }
    let gone = Answer::to(visitor.request_anywhere(Method::GET, "/market-0000000000000000.js")).await;
    assert_eq!((gone.status, gone.header("cache-control")), (404, None), "a missing file is not kept for good");
}

#[tokio::test]
async fn nonsense_on_the_line_stops_nobody() {
    let site = Site::open().await;
    for nonsense in ["\u{16}\u{3}\u{1}\r\n\r\n", "GET\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"] {
        let answer = heard(&site, nonsense).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    assert_eq!(site.visitor().get("/products").await.status, 200);
}
