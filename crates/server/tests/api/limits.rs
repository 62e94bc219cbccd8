//! Clients that are silent, slow, greedy or many: each is given up in time, and the next honest one is answered.

use std::time::Duration;

use domain::order_life::State;
use reqwest::{Method, Response};
use tokio::time::sleep;

use crate::line::{Line, eventually, sign_in_header};
use crate::process::{Process, SHANHAI, filled_home, log_in};
use crate::site::{Answer, Person, Site};

/// Longer than every limit of one second in this file.
const LONGER: Duration = Duration::from_millis(2500);

async fn answers(person: &Person) {
    assert_eq!(person.get("/products?limit=1").await.status, 200, "the next one is answered");
}

// ---- time ---------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_client_that_does_not_finish_its_header_is_closed() {
    let site = Site::open_with(&["--no-sample", "--header-timeout", "1"]).await;
    let address = site.address().to_string();
    let (mut silent, mut half) = (Line::open(&address).await, Line::open(&address).await);
    half.say("GET /api/v1/products HTTP/1.1\r\nHost: sh").await;
    let mut slow = Line::open(&address).await;
    slow.say("GET /api/v1/products HTTP/1.1\r\nX-Endless: ").await;
    let heard = [silent.hear().await, half.hear().await, slow.dribble().await];
    assert!(heard.iter().all(|heard| !heard.contains("200 OK")), "{heard:?}");
    answers(&site.visitor()).await;
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let site = Site::open_with(&["--no-sample", "--header-timeout", "1"]).await;
    let mut line = Line::open(&site.address().to_string()).await;
    for _ in 0..2 {
        line.say("GET /healthz HTTP/1.1\r\nHost: shanhai\r\n\r\n").await;
        line.hear_until("\r\n\r\nok").await;
    }
    assert_eq!(line.hear().await, "");
    answers(&site.visitor()).await;
}

#[tokio::test]
async fn a_client_that_does_not_finish_its_body_is_answered_and_closed() {
    let site = Site::open_with(&["--no-sample", "--body-timeout", "1"]).await;
    let address = site.address().to_string();
    let (mut stopping, mut slow) = (Line::open(&address).await, Line::open(&address).await);
    stopping.say(&sign_in_header(1000)).await;
    stopping.say("{\"login\":").await;
    slow.say(&sign_in_header(200_000)).await;
    let answer = stopping.hear().await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("\"code\":\"too_slow\""), "{answer}");
    slow.dribble().await;
    answers(&site.visitor()).await;
}

#[tokio::test]
async fn a_request_that_is_not_answered_in_time_is_given_up() {
    let site = Site::open_with(&["--no-sample", "--request-timeout", "1"]).await;
    let mut line = Line::open(&site.address().to_string()).await;
    line.say(&sign_in_header(1000)).await;
    let answer = line.hear().await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("\"code\":\"unsure\""), "{answer}");
    answers(&site.visitor()).await;
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_closed() {
    let site = Site::open_with(&["--no-sample", "--write-timeout", "1"]).await;
    let line = Line::open_narrow(&site.address().to_string()).await;
    line.shout("GET /api/v1/products?limit=100 HTTP/1.1\r\nHost: shanhai\r\n\r\n").await;
    answers(&site.visitor()).await;
}

#[tokio::test]
async fn a_live_stream_outlives_every_limit_of_time() {
    let second = [
        "--header-timeout",
        "1",
        "--body-timeout",
        "1",
        "--request-timeout",
        "1",
        "--write-timeout",
        "1",
        "--no-sample",
    ];
    let site = Site::open_with(&second).await;
    let mut stream = listen(&site.sign_in("ningbo.city").await).await;
    assert!(stream.chunk().await.expect("whole").is_some(), "the first figures");
    sleep(LONGER).await;
    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 50)]).await;
    assert!(stream.chunk().await.expect("whole").is_some(), "the figures that moved");
}

// ---- size ---------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let site = Site::open_with(&["--no-sample", "--max-body", "1"]).await;
    let problem = site.visitor().try_password(&"x".repeat(1024), "").await.refused(413, "too_large");
    assert!(problem.detail.contains("1 KB"), "{problem:?}");
    site.visitor().try_password(&"x".repeat(150), "wrong").await.refused(401, "sign_in_failed");
}

// ---- number -------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn one_connection_too_many_is_turned_away() {
    let site = Site::open_with(&["--no-sample", "--max-connections", "5"]).await;
    let address = site.address().to_string();
    let mut lines = Vec::new();
    for _ in 0..10 {
        lines.push(Line::open(&address).await);
    }
    for line in &mut lines[5..] {
        let answer = line.hear().await;
        assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("\"code\":\"busy\""), "{answer}");
    }
    lines[0].say("GET /metrics HTTP/1.1\r\nHost: shanhai\r\n\r\n").await;
    let metrics = lines[0].hear_until("shanhai_connections_turned_away_total 5\n").await;
    assert!(metrics.contains("shanhai_open_connections 5\n"), "{metrics}");
    drop(lines);
    let visitor = site.visitor();
    eventually("room again", async || visitor.get("/products?limit=1").await.status == 200).await;
}

async fn listen(person: &Person) -> Response {
    let response = person.request(Method::GET, "/tally/events").send().await.expect("an answer");
    assert_eq!(response.status().as_u16(), 200);
    response
}

#[tokio::test]
async fn live_streams_are_counted_in_all_and_by_session() {
    let site = Site::open_with(&["--no-sample", "--max-streams", "3", "--max-session-streams", "2"]).await;
    let (city, again) = (site.sign_in("ningbo.city").await, site.sign_in_afresh("ningbo.city").await);
    let streams = [listen(&city).await, listen(&city).await];
    city.get("/tally/events").await.refused(429, "too_many_streams");
    let of_another_session = listen(&again).await;
    again.get("/tally/events").await.refused(503, "busy");
    assert_eq!(city.get("/tally").await.status, 200, "the figures can still be read");
    drop(streams);
    eventually("one left", async || metric(&site, "shanhai_live_listeners").await == "1").await;
    drop((listen(&city).await, of_another_session));
}

async fn metric(site: &Site, name: &str) -> String {
    let metrics = Answer::to(site.visitor().request_anywhere(Method::GET, "/metrics")).await.text();
    let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.unwrap_or_else(|| panic!("no {name} in {metrics}")).to_owned()
}

#[tokio::test]
async fn without_files_to_open_the_server_waits_for_some() {
    let home = filled_home().await;
    let mut process = Process::start_with_files(64, &home, &[]);
    let mut lines = Vec::new();
    for _ in 0..100 {
        lines.push(Line::open(process.address()).await);
    }
    let cannot = || log_in(&home).matches("cannot accept connections").count();
    eventually("out of files", async || cannot() > 0).await;
    sleep(LONGER).await;
    assert!(cannot() < 50, "it does not try without rest");
    drop(lines);
    answers(&process.visitor()).await;
    assert_eq!(process.ended(), None);
}

// ---- the reference ------------------------------------------------------------------------------------------------

#[test]
fn every_limit_is_in_the_help_with_its_variable_and_default() {
    let help = std::process::Command::new(SHANHAI).args(["serve", "--help"]).output().expect("the help");
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    for (flag, default) in [
        ("max-body", "256"),
        ("request-timeout", "30"),
        ("header-timeout", "30"),
        ("body-timeout", "20"),
        ("photo-timeout", "180"),
        ("write-timeout", "30"),
        ("max-connections", "900"),
        ("max-streams", "400"),
        ("max-session-streams", "6"),
        ("grace", "10"),
    ] {
        let text = help.split(&format!("--{flag} ")).nth(1).unwrap_or_else(|| panic!("no {flag} in {help}"));
        let variable = format!("[env: SHANHAI_{}=", flag.to_uppercase().replace('-', "_"));
        let default = format!("[default: {default}]");
        let place = |text: &str, what: &str| text.find(what).unwrap_or_else(|| panic!("{flag} without {what}: {text}"));
        assert!(place(text, &variable) < place(text, &default), "{text}");
    }
}
