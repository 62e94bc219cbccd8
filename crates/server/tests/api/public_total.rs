//! The total everybody sees, once and live: the coordinator's figures without anybody's name.

use domain::Money;
use domain::order_life::State;
use domain::wire::{PublicRow, PublicTotal, TallyRow};
use reqwest::{Method, Response};

use crate::line::eventually;
use crate::sales::some_sales;
use crate::site::{Person, Site, TOO_LONG, new_sale_id, product};

async fn total(person: &Person) -> PublicTotal {
    person.get("/public-total").await.json()
}

fn amounts_of(rows: &[PublicRow]) -> Vec<(&str, Money)> {
    rows.iter().map(|row| (row.key.as_str(), row.amount_fen)).collect()
}

fn amounts_of_office(rows: &[TallyRow]) -> Vec<(&str, Money)> {
    rows.iter().map(|row| (row.key.as_str(), row.amount_fen)).collect()
}

// ---- what it says -------------------------------------------------------------------------------------------------

#[tokio::test]
async fn the_public_is_told_the_offices_figures() {
    let site = Site::open().await;
    some_sales(&site).await;
    let public = total(&site.visitor()).await;
    let office = site.sign_in("ningbo.city").await.tally("").await;
    let sold = &public.sold;
    assert!(sold.recognised_fen > Money::ZERO && public.pipeline_fen > Money::ZERO);
    assert_eq!((sold.recognised_fen, sold.target_fen), (office.recognised_fen, office.target_fen));
    assert_eq!((sold.completion_bp, sold.time_bp), (office.completion_bp, office.time_bp));
    assert_eq!((&sold.months_fen, &sold.last_year_months_fen), (&office.months_fen, &office.last_year_months_fen));
    assert_eq!((public.pipeline_fen, public.pipeline_orders), (office.pipeline_fen, office.pipeline_orders));
    assert_eq!((public.last_year_fen, public.last_entry), (office.last_year_fen, office.last_entry));
    assert_eq!(amounts_of(&public.by_district), amounts_of_office(&office.by_district));
    assert_eq!(amounts_of(&public.by_county), amounts_of_office(&office.by_county));
    assert_eq!(amounts_of(&public.by_brand), amounts_of_office(&office.by_brand));
    assert_eq!(amounts_of(&public.by_channel), amounts_of_office(&office.by_channel));
}

#[tokio::test]
async fn every_row_has_its_name_in_both_languages_and_its_target() {
    let site = Site::open().await;
    let public: PublicTotal = site.visitor().get("/public-total?year=2026").await.json();
    for rows in [&public.by_district, &public.by_county, &public.by_brand, &public.by_channel] {
        assert!(rows.iter().all(|row| !row.name.is_empty() && !row.name_en.is_empty() && row.target_fen.is_some()));
    }
    assert!(public.by_county.iter().all(|row| row.prefecture.is_some()));
    let of_counties = Money::checked_sum(public.by_county.iter().filter_map(|row| row.target_fen));
    assert_eq!(of_counties, public.sold.target_fen, "the counties' targets make up the city's");
}

#[tokio::test]
async fn a_year_without_targets_says_so() {
    let site = Site::open().await;
    let public: PublicTotal = site.visitor().get("/public-total?year=2020").await.json();
    assert_eq!((public.sold.target_fen, public.sold.completion_bp), (None, None));
    assert_eq!(public.pipeline_orders, 0, "what is on its way is on its way this year");
    site.visitor().get("/public-total?year=1999").await.refused_at(422, "bad_field", "year");
    site.visitor().get("/public-total?year=next").await.refused(422, "bad_field");
    site.visitor().get("/public-total?district=zhenhai").await.refused(422, "bad_field");
}

// ---- the last few -------------------------------------------------------------------------------------------------

#[tokio::test]
async fn the_last_sales_are_told_without_their_buyers() {
    let site = Site::open().await;
    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120)]).await;
    site.order_in(State::Accepted, "yinzhou", &[("常山胡柚", 200)]).await;
    let answer = site.visitor().get("/public-total").await;
    let last = answer.json::<PublicTotal>().just_accepted;
    let told: Vec<_> =
        last.iter().map(|sale| (&*sale.product_name, &*sale.county_short, sale.amount_fen.fen())).collect();
    assert_eq!(told, [("常山胡柚", "常山", 860_000), ("庆元香菇", "庆元", 636_000)], "newest first");
    assert_eq!(last[0].product_id, product("常山胡柚").id);
    assert_eq!((&*last[0].county_name_en, last[0].product_name_en.is_empty()), ("Changshan", false));
    let told = serde_json::to_string(&last).expect("JSON");
    for secret in ["工会", "buyer", "district", "order", "merchant", "13800000001"] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
}

#[tokio::test]
async fn what_was_taken_back_is_no_longer_told() {
    let site = Site::open().await;
    for count in 1..=6 {
        site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 50 + count)]).await;
    }
    assert_eq!(total(&site.visitor()).await.just_accepted.len(), 5, "a few are enough");
    let city = site.sign_in("ningbo.city").await;
    for entry in city.all_sales("").await {
        city.reverse(entry.id, new_sale_id(), "整单退货").await.json::<domain::wire::SaleEntry>();
    }
    let public = total(&site.visitor()).await;
    assert_eq!((public.just_accepted.len(), public.sold.recognised_fen), (0, Money::ZERO));
}

// ---- live ---------------------------------------------------------------------------------------------------------

async fn listen(person: &Person) -> Response {
    let stream = person.request(Method::GET, "/public-total/events").send().await.expect("an answer");
    assert_eq!(stream.status().as_u16(), 200);
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    stream
}

/// The next total of a stream.
async fn next(stream: &mut Response) -> PublicTotal {
    let mut text = Vec::new();
    loop {
        let chunk = tokio::time::timeout(TOO_LONG, stream.chunk()).await.expect("something is heard");
        text.extend_from_slice(&chunk.expect("the stream is whole").expect("the stream goes on"));
        let heard = String::from_utf8_lossy(&text).into_owned();
        let data = heard.lines().find_map(|line| line.strip_prefix("data: "));
        if let Some(data) = data.filter(|_| heard.ends_with("\n\n")) {
            assert!(heard.contains("event: public_total\n"), "{heard}");
            return serde_json::from_str(data).expect("a total");
        }
    }
}

#[tokio::test]
async fn everybody_hears_the_total_at_once_and_then_every_change() {
    let site = Site::open().await;
    let mut stream = listen(&site.visitor()).await;
    assert_eq!(next(&mut stream).await.sold.recognised_fen, Money::ZERO);
    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120)]).await;
    // What moves within one second comes together, so the steps before the acceptance may be heard or not.
    let mut heard = next(&mut stream).await;
    while heard.sold.recognised_fen == Money::ZERO {
        heard = next(&mut stream).await;
    }
    assert_eq!((heard.sold.recognised_fen.fen(), heard.pipeline_orders, heard.last_entry), (636_000, 0, 1));
    assert_eq!(heard, PublicTotal { sold: heard.sold.clone(), ..total(&site.visitor()).await });
}

#[tokio::test]
async fn the_public_listens_in_places_of_its_own() {
    let flags = ["--no-sample", "--max-streams", "1", "--max-session-streams", "1", "--max-public-streams", "2"];
    let site = Site::open_with(&flags).await;
    let (visitor, city) = (site.visitor(), site.sign_in("ningbo.city").await);
    // Being signed in neither adds a place nor takes one.
    let streams = [listen(&visitor).await, listen(&city).await];
    visitor.get("/public-total/events").await.refused(503, "busy");
    city.get("/public-total/events").await.refused(503, "busy");
    let office = city.request(Method::GET, "/tally/events").send().await.expect("an answer");
    assert_eq!(office.status().as_u16(), 200, "the office's place is free");
    assert_eq!(visitor.get("/public-total").await.status, 200, "the total can still be read");
    drop(streams);
    let again = || visitor.request(Method::GET, "/public-total/events").send();
    eventually("room again", async || again().await.expect("an answer").status() == 200).await;
}
