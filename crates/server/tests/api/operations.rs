//! What an operator sees: the id of a request, the log, the metrics, readiness, and an end without loss.

use diesel::RunQueryDsl as _;
use domain::wire::Problem;
use reqwest::Method;
use serde_json::Value;

use crate::home::{Home, on_postgres};
use crate::line::{Line, eventually, sign_in_header};
use crate::process::{Process, filled_home, log_in};
use crate::site::{Answer, PASSWORD, Person, Site, client, product};

fn at(address: std::net::SocketAddr) -> Person {
    Person { http: client(), base: format!("http://{address}"), cookie: None }
}

async fn asked(person: &Person, path: &str) -> Answer {
    Answer::to(person.request_anywhere(Method::GET, path)).await
}

/// Takes a table away behind the server's back: from here on it cannot answer who asks for what is in it.
fn take_away(table: &str, home: &Home) {
    home.run(&format!("alter table {table} rename to gone"));
}

/// A page that asks the database each time; the list does not.
fn product_page() -> String {
    format!("/products/{}", product("庆元香菇").id)
}

// ---- the id of a request ------------------------------------------------------------------------------------------

#[tokio::test]
async fn every_answer_names_its_request() {
    let site = Site::open().await;
    let visitor = site.visitor();
    for path in ["/", "/products", "/api/v1/products", "/api/v1/orders", "/api/v1/nothing", "/healthz", "/gone.js"] {
        let (first, second) = (asked(&visitor, path).await, asked(&visitor, path).await);
        let id = first.header("x-request-id").expect("an id").to_owned();
        assert_eq!(id.len(), 36, "{path}: {id}");
        assert_ne!(second.header("x-request-id"), Some(&*id), "{path}");
    }
    let given = |id: &'static str| visitor.request(Method::GET, "/orders").header("x-request-id", id);
    let answer = Answer::to(given("edge-1.7_b")).await;
    assert_eq!(answer.header("x-request-id"), Some("edge-1.7_b"));
    answer.refused(401, "sign_in_needed");
    let answer = Answer::to(given("a b\"<script>")).await;
    assert_eq!(answer.header("x-request-id").map(str::len), Some(36), "what could do harm is replaced");
}

#[tokio::test]
async fn a_fault_of_ours_names_its_request_and_nothing_else() {
    let site = Site::open().await;
    take_away("products", site.home());
    let answer = site.visitor().get(&product_page()).await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let problem: Problem = serde_json::from_slice(&answer.body).expect("a problem");
    assert_eq!((&*problem.code, problem.request_id.as_deref()), ("broken", answer.header("x-request-id")));
    assert!(!answer.text().contains("products"), "{}", answer.text());
}

// ---- the log ------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn the_log_has_a_line_for_each_request_and_its_fault_and_no_secrets() {
    let home = filled_home().await;
    let process = Process::start_with(&home, &["--log-format", "json", "--log", "info"]);
    let officer = process.sign_in("zhenhai.officer").await;
    let ask = |path: &str, id: &'static str| officer.request(Method::GET, path).header("x-request-id", id);
    assert_eq!(Answer::to(ask("/orders?state=submitted", "first")).await.status, 200);
    officer.try_password("zhenhai.chair", PASSWORD).await.cookie();
    take_away("products", &home);
    assert_eq!(Answer::to(ask("/products/019", "second")).await.status, 404);
    assert_eq!(Answer::to(ask(&format!("{}?q=王示例", product_page()), "third")).await.status, 500);
    let log = log_in(&home);
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    let of = |id: &str, message: &str| {
        let mut fitting = lines.iter().filter(|line| line["span"]["id"] == id && line["message"] == message);
        let line = fitting.next().unwrap_or_else(|| panic!("no {message} of {id} in {log}"));
        assert!(fitting.next().is_none(), "one line each: {log}");
        line.clone()
    };
    let first = of("first", "answered");
    assert_eq!((&first["status"], &first["span"]["method"]), (&Value::from(200), &Value::from("GET")));
    assert_eq!((&first["span"]["route"], &first["span"]["role"]), (&"/api/v1/orders".into(), &"union_officer".into()));
    assert!(first["ms"].is_u64(), "{first}");
    assert_eq!(of("second", "answered")["span"]["route"], "/api/v1/products/{id}");
    assert_eq!(of("third", "answered")["status"], 500);
    let fault = of("third", "broken")["error"].to_string();
    let cause = if on_postgres() { "does not exist" } else { "no such table" };
    assert!(fault.contains(cause), "the cause: {fault}");
    let token = officer.cookie.as_deref().and_then(|cookie| cookie.split('=').nth(1)).expect("a token");
    for secret in [token, PASSWORD, "zhenhai", "王示例", "submitted"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[tokio::test]
async fn the_log_says_no_more_than_it_is_asked_for() {
    let home = filled_home().await;
    let process = Process::start_with(&home, &["--log", "error"]);
    assert_eq!(process.visitor().get("/products").await.status, 200);
    assert_eq!(log_in(&home), "");
    take_away("products", &home);
    let answer = process.visitor().get(&product_page()).await;
    let log = log_in(&home);
    assert!(log.contains(answer.header("x-request-id").expect("an id")), "a fault names its request: {log}");
}

// ---- metrics and readiness ----------------------------------------------------------------------------------------

#[tokio::test]
async fn the_metrics_count_requests_by_route_and_name_nobody() {
    let site = Site::open().await;
    let (visitor, city) = (site.visitor(), site.sign_in("ningbo.city").await);
    let stream = city.request(Method::GET, "/tally/events").send().await.expect("a stream");
    for path in ["/products?q=xg", "/products/1", "/products/2", "/nothing/1", "/nothing/2"] {
        visitor.get(path).await;
    }
    Answer::to(visitor.request(Method::from_bytes(b"BREW").expect("a word"), "/products")).await;
    site.sign_in_afresh("zhenhai.officer").await;
    let metrics = asked(&visitor, "/metrics").await;
    assert_eq!(metrics.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let text = metrics.text();
    let count = "shanhai_http_request_duration_seconds_count";
    for line in [
        &format!("{count}{{route=\"/api/v1/products\",method=\"GET\",status=\"2xx\"}} 1\n"),
        &format!("{count}{{route=\"/api/v1/products/{{id}}\",method=\"GET\",status=\"4xx\"}} 2\n"),
        &format!("{count}{{route=\"/api/v1/products\",method=\"OTHER\",status=\"4xx\"}} 1\n"),
        "shanhai_live_listeners 1\n",
        "shanhai_writer_queue_length 0\n",
        "shanhai_writer_refused_full_total 0\n",
        "shanhai_readers_waiting 0\n",
        "shanhai_build_info{version=\"",
        "process_resident_memory_bytes ",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(!text.contains("shanhai_writer_batch_size_count 0"), "the sign-in was written");
    for private in ["nothing", "xg", "zhenhai", "shanhai_session"] {
        assert!(!text.contains(private), "{private} in {text}");
    }
    drop(stream);
}

#[tokio::test]
async fn the_server_is_ready_while_its_database_answers() {
    let site = Site::open().await;
    let visitor = site.visitor();
    let ready = asked(&visitor, "/readyz").await;
    assert_eq!((ready.status, ready.text()), (200, "ready".to_owned()));
    take_away("regions", site.home());
    let problem = asked(&visitor, "/readyz").await.refused(503, "not_ready");
    assert_eq!(problem.detail, "reading the database fails");
    assert_eq!(asked(&visitor, "/healthz").await.text(), "ok", "it lives all the same");
}

#[tokio::test]
async fn metrics_and_readiness_can_have_an_address_of_their_own() {
    let site = Site::open_with(&["--no-sample", "--metrics-listen", "127.0.0.1:0"]).await;
    let inside = at(site.metrics_address());
    for path in ["/readyz", "/metrics"] {
        asked(&site.visitor(), path).await.refused(404, "not_found");
        assert_eq!(asked(&inside, path).await.status, 200, "{path}");
    }
    assert_eq!(asked(&inside, "/api/v1/products").await.status, 404);
    assert_eq!(asked(&site.visitor(), "/healthz").await.status, 200);
}

#[tokio::test]
async fn the_server_is_not_ready_while_nothing_can_be_written() {
    if on_postgres() {
        return; // There nobody can hold the whole database.
    }
    let site = Site::open().await;
    let visitor = site.visitor();
    // Another program holds the file for longer than a load balancer waits.
    let mut other = site.home().connect();
    diesel::sql_query("begin immediate").execute(&mut other).expect("held");
    let problem = asked(&visitor, "/readyz").await.refused(503, "not_ready");
    assert_eq!(problem.detail, "the writer of the database takes too long");
    diesel::sql_query("rollback").execute(&mut other).expect("let go");
    eventually("ready again", async || asked(&visitor, "/readyz").await.status == 200).await;
}

// ---- the end ------------------------------------------------------------------------------------------------------

const SIGN_IN: &str = r#"{"login":"nobody","password":"nothing"}"#;

/// A request whose body is half here: it runs until the rest comes. That it runs is known by the server's asking for it.
async fn half_a_sign_in(address: &str) -> Line {
    let mut line = Line::open(address).await;
    line.say(&sign_in_header(SIGN_IN.len()).replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n")).await;
    line.hear_until("100 Continue\r\n\r\n").await;
    line.say(&SIGN_IN[..10]).await;
    line
}

#[tokio::test]
async fn while_it_stops_the_server_says_that_it_is_not_ready() {
    let site = Site::open_with(&["--no-sample", "--metrics-listen", "127.0.0.1:0", "--grace", "60"]).await;
    let inside = at(site.metrics_address());
    let mut running = half_a_sign_in(&site.address().to_string()).await;
    eventually("open", async || asked(&inside, "/metrics").await.text().contains("open_connections 2\n")).await;
    let closing = tokio::spawn(site.close());
    eventually("stopping", async || asked(&inside, "/readyz").await.status == 503).await;
    let problem = asked(&inside, "/readyz").await.refused(503, "not_ready");
    assert_eq!(problem.detail, "the server is stopping");
    running.say(&SIGN_IN[10..]).await;
    assert!(running.hear().await.starts_with("HTTP/1.1 401 "), "what ran is answered");
    closing.await.expect("closed");
}

#[tokio::test]
async fn asked_to_stop_the_program_finishes_what_runs_and_ends_the_streams() {
    let home = filled_home().await;
    let mut process = Process::start_with(&home, &["--grace", "60"]);
    let city = process.sign_in("ningbo.city").await;
    let mut stream = city.request(Method::GET, "/tally/events").send().await.expect("a stream");
    assert!(stream.chunk().await.expect("whole").is_some(), "the first figures");
    let (mut running, mut silent) = (half_a_sign_in(process.address()).await, Line::open(process.address()).await);
    // It is answered after the silent one was accepted.
    assert_eq!(process.visitor().get("/products").await.status, 200);
    process.ask_to_stop();
    while stream.chunk().await.expect("whole").is_some() {}
    assert_eq!(silent.hear().await, "");
    let late = async || tokio::net::TcpStream::connect(process.address()).await.is_err();
    eventually("closed to newcomers", late).await;
    assert_eq!(process.ended(), None, "a request still runs");
    running.say(&SIGN_IN[10..]).await;
    let answer = running.hear().await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    eventually("gone", async || process.ended().is_some()).await;
    assert_eq!(process.ended().and_then(|status| status.code()), Some(0));
}

#[tokio::test]
async fn what_does_not_finish_within_the_grace_holds_nobody_up() {
    let home = filled_home().await;
    let mut process = Process::start_with(&home, &["--grace", "1"]);
    let mut running = half_a_sign_in(process.address()).await;
    process.ask_to_stop();
    assert_eq!(running.hear().await, "");
    eventually("gone", async || process.ended().is_some()).await;
    assert_eq!(process.ended().and_then(|status| status.code()), Some(0));
    assert!(log_in(&home).contains("did not finish within the grace"));
}
