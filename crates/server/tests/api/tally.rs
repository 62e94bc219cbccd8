//! The coordinator's figures, once and live.

use domain::Money;
use domain::order_life::State;
use domain::wire::{Tally, TallyRow};
use reqwest::{Method, Response};

use crate::sales::some_sales;
use crate::site::{NOTHING, Person, Site, TOO_LONG};

// ---- what moves them ----------------------------------------------------------------------------------------------

#[tokio::test]
async fn acceptance_moves_an_order_out_of_the_pipeline_into_the_total() {
    let site = Site::open().await;
    let (officer, city) = (site.sign_in("zhenhai.officer").await, site.sign_in("ningbo.city").await);
    site.order_in(State::Accepted, "yinzhou", &[("常山胡柚", 200)]).await;
    let start = city.tally("").await;
    let mut order = site.order_in(State::Submitted, "zhenhai", &[("庆元香菇", 120), ("庆元花菇", 120)]).await;
    assert_eq!(order.summary.total_fen.fen(), 1_716_000);
    for state in [State::Submitted, State::Approved, State::Confirmed, State::Shipped] {
        order = site.carry(order, state, "zhenhai").await;
        let tally = city.tally("").await;
        assert_eq!(tally.recognised_fen, start.recognised_fen, "{}", state.code());
        assert_eq!((tally.pipeline_fen.fen(), tally.pipeline_orders), (1_716_000, 1), "{}", state.code());
        assert_eq!(row(&tally.by_district, "zhenhai").pipeline_fen.map(Money::fen), Some(1_716_000));
        assert_eq!(row(&tally.by_district, "yinzhou").pipeline_fen.map(Money::fen), Some(0));
    }
    officer.accept(order.summary.id, &[(120, 0), (119, 1)]).await.order();
    let tally = city.tally("").await;
    assert_eq!(tally.recognised_fen.fen(), start.recognised_fen.fen() + 1_707_000, "only what was accepted");
    assert_eq!((tally.pipeline_fen, tally.pipeline_orders), (Money::ZERO, 0), "the broken one is on no way any more");
    assert_eq!((tally.entries, tally.last_entry), (start.entries + 2, start.last_entry + 2));
    assert_eq!(row(&tally.by_district, "zhenhai").amount_fen.fen(), 1_707_000);
    assert_eq!(row(&tally.by_county, "qingyuan").amount_fen.fen(), 1_707_000);
    assert_eq!(row(&tally.by_channel, "union_procurement").amount_fen, tally.recognised_fen);
}

#[tokio::test]
async fn what_is_sent_back_or_cancelled_is_in_no_figure() {
    let site = Site::open().await;
    let (officer, chair) = (site.sign_in("zhenhai.officer").await, site.sign_in("zhenhai.chair").await);
    let city = site.sign_in("ningbo.city").await;
    let id = site.order_in(State::Submitted, "zhenhai", &[("庆元香菇", 120)]).await.summary.id;
    chair.send_back(id, "重算").await.order();
    assert_eq!(city.tally("").await.pipeline_orders, 0);
    officer.submit(id, Some(&[("庆元香菇", 200)])).await.order();
    assert_eq!(city.tally("").await.pipeline_fen.fen(), 200 * 5_100);
    officer.cancel(id, "不办了").await.order();
    let tally = city.tally("").await;
    assert_eq!((tally.pipeline_fen, tally.pipeline_orders, tally.entries), (Money::ZERO, 0, 0));
}

fn row<'a>(rows: &'a [TallyRow], key: &str) -> &'a TallyRow {
    rows.iter().find(|row| row.key == key).unwrap_or_else(|| panic!("no row {key}"))
}

// ---- how they add up ----------------------------------------------------------------------------------------------

/// Every way of taking the total apart gives the total.
pub fn check_breakdowns(tally: &Tally) {
    let total = tally.recognised_fen.fen();
    let sum = |rows: &[TallyRow]| rows.iter().map(|row| row.amount_fen.fen()).sum::<i64>();
    assert_eq!(sum(&tally.by_district), total, "by district");
    assert_eq!(sum(&tally.by_county), total, "by county");
    assert_eq!(sum(&tally.by_brand), total, "by brand");
    assert_eq!(sum(&tally.by_channel), total, "by channel");
    assert_eq!(sum(&tally.by_category), total, "by category");
    assert_eq!(tally.by_pair.iter().map(|pair| pair.amount_fen.fen()).sum::<i64>(), total, "by pair");
    assert_eq!(tally.months_fen.iter().sum::<i64>(), total, "by month");
    assert_eq!((tally.months_fen.len(), tally.last_year_months_fen.len()), (12, 12));
    let pipeline: i64 = tally.by_district.iter().filter_map(|row| row.pipeline_fen).map(Money::fen).sum();
    assert_eq!(pipeline, tally.pipeline_fen.fen(), "pipeline by district");
    check_matrix(tally);
}

/// The sums at the edges of the matrix are those of the breakdowns.
fn check_matrix(tally: &Tally) {
    assert_eq!(tally.matrix.len(), tally.by_district.len());
    for (cells, row) in tally.matrix.iter().zip(&tally.by_district) {
        assert_eq!((&cells.district, cells.cells_fen.len()), (&row.key, tally.by_county.len()));
        assert_eq!(cells.cells_fen.iter().sum::<i64>(), row.amount_fen.fen(), "{}", row.name);
    }
    for (place, county) in tally.by_county.iter().enumerate() {
        let column: i64 = tally.matrix.iter().map(|row| row.cells_fen[place]).sum();
        assert_eq!(column, county.amount_fen.fen(), "{}", county.name);
        assert_eq!(county.months_fen.iter().sum::<i64>(), column, "the months of {}", county.name);
    }
}

#[tokio::test]
async fn every_breakdown_adds_up_to_the_total() {
    let site = Site::open().await;
    check_breakdowns(&site.sign_in("ningbo.city").await.tally("").await);
    some_sales(&site).await;
    let city = site.sign_in("ningbo.city").await;
    let whole = city.tally("").await;
    check_breakdowns(&whole);
    assert!(whole.recognised_fen > Money::ZERO && whole.pipeline_fen > Money::ZERO);
    assert_eq!((whole.by_district.len(), whole.by_county.len(), whole.by_channel.len()), (12, 15, 5));
    let mut of_districts = 0;
    for district in &whole.districts {
        let tally = city.tally(&format!("?district={}", district.id)).await;
        check_breakdowns(&tally);
        assert_eq!(tally.recognised_fen, row(&whole.by_district, &district.id).amount_fen);
        of_districts += tally.recognised_fen.fen();
    }
    assert_eq!(of_districts, whole.recognised_fen.fen());
}

#[tokio::test]
async fn completion_and_gap_follow_from_total_and_target() {
    let site = Site::open().await;
    some_sales(&site).await;
    let tally = site.sign_in("ningbo.city").await.tally("?year=2026").await;
    let target = tally.target_fen.expect("2026 has a target");
    assert_eq!(target, Money::from_yuan(179_000_000));
    assert_eq!(tally.gap_fen.map(Money::fen), Some(target.fen() - tally.recognised_fen.fen()));
    let by_district: i64 = tally.by_district.iter().filter_map(|row| row.target_fen).map(Money::fen).sum();
    assert_eq!(by_district, target.fen(), "the districts' targets make up the city's");
    let untargeted = site.sign_in("ningbo.city").await.tally("?year=2020").await;
    let rates = (untargeted.target_fen, untargeted.completion_bp, untargeted.gap_fen, untargeted.behind_fen);
    assert_eq!(rates, (None, None, None, None));
}

// ---- whose figures ------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_district_sees_its_own_figures_only() {
    let site = Site::open().await;
    some_sales(&site).await;
    let district = site.sign_in("zhenhai.district").await;
    let tally = district.tally("?district=zhenhai").await;
    let of_city = site.sign_in("ningbo.city").await.tally("?district=zhenhai").await;
    assert_eq!((tally.recognised_fen, &tally.by_county), (of_city.recognised_fen, &of_city.by_county));
    assert_eq!(tally.districts.iter().map(|district| &*district.id).collect::<Vec<_>>(), ["zhenhai"]);
    assert_eq!(tally.by_district.len(), 1, "no other district's sum is in the answer");
    for query in ["", "?district=", "?district=yinzhou", "?year=2025", "?district=yinzhou&district=zhenhai"] {
        for path in ["/tally", "/tally/events"] {
            let answer = district.get(&format!("{path}{query}")).await;
            assert!([403, 422].contains(&answer.status), "{path}{query}: {}", answer.text());
        }
    }
    district.get("/tally").await.refused(403, "not_allowed");
}

#[tokio::test]
async fn unions_and_merchants_see_no_figures() {
    let site = Site::open().await;
    for login in ["zhenhai.officer", "zhenhai.chair", "qingyuan.merchant"] {
        let person = site.sign_in(login).await;
        for path in ["/tally", "/tally?district=zhenhai", "/tally/events", "/tally/events?district=zhenhai"] {
            person.get(path).await.refused(403, "not_allowed");
        }
    }
}

#[tokio::test]
async fn there_are_no_figures_of_a_district_or_year_that_is_none() {
    let site = Site::open().await;
    let city = site.sign_in("ningbo.city").await;
    for path in ["/tally", "/tally/events"] {
        city.get(&format!("{path}?year=1999")).await.refused_at(422, "bad_field", "year");
        city.get(&format!("{path}?year=next")).await.refused(422, "bad_field");
        city.get(&format!("{path}?district=atlantis")).await.refused_at(422, "bad_field", "district");
    }
}

#[tokio::test]
async fn reading_the_figures_changes_none() {
    let site = Site::open().await;
    some_sales(&site).await;
    let before = site.picture().await;
    let city = site.sign_in("ningbo.city").await;
    let (first, second) = (city.tally("").await, city.tally("").await);
    assert_eq!(Tally { as_of_ms: 0, ..first }, Tally { as_of_ms: 0, ..second });
    assert_eq!(site.changes_since(&before).await, NOTHING);
}

// ---- live ---------------------------------------------------------------------------------------------------------

/// A page that listens to the figures.
pub struct Listener {
    response: Response,
    unread: String,
    bytes: Vec<u8>,
}

impl Listener {
    pub async fn open(person: &Person, query: &str) -> Listener {
        let response = person.request(Method::GET, &format!("/tally/events{query}")).send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Listener { response, unread: String::new(), bytes: Vec::new() }
    }

    /// The next figures, or none when the server has ended the stream.
    pub async fn next(&mut self) -> Option<Tally> {
        loop {
            if let Some(tally) = read_figures(&self.next_event().await?) {
                return Some(tally);
            }
        }
    }

    /// The next event as it is written, beats among them.
    pub async fn next_event(&mut self) -> Option<String> {
        loop {
            if let Some((event, rest)) = self.unread.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.unread = rest;
                return Some(event);
            }
            let chunk = tokio::time::timeout(TOO_LONG, self.response.chunk()).await.expect("something is heard");
            // A chunk may end in the middle of a character, an event never does.
            self.bytes.extend_from_slice(&chunk.expect("the stream is whole")?);
            if self.bytes.ends_with(b"\n\n") {
                self.unread.push_str(std::str::from_utf8(&self.bytes).expect("events are text"));
                self.bytes.clear();
            }
        }
    }

    /// The events up to the one with this total. Figures that were read late may be told twice, so earlier ones are no
    /// surprise.
    pub async fn until(&mut self, recognised: i64) -> Tally {
        loop {
            let tally = self.next().await.expect("the stream goes on");
            if tally.recognised_fen.fen() == recognised {
                return tally;
            }
        }
    }
}

/// A field of an event.
pub fn field<'a>(event: &'a str, name: &str) -> Option<&'a str> {
    event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// The figures of an event; none in a beat, and none in a comment that only keeps the line open.
fn read_figures(event: &str) -> Option<Tally> {
    let field = |name| field(event, name);
    let data = field("data").filter(|_| field("event") != Some("beat"))?;
    let tally: Tally = serde_json::from_str(data).expect("figures");
    assert_eq!(field("event"), Some("tally"));
    assert_eq!(field("id"), Some(&*tally.last_entry.to_string()));
    Some(tally)
}

#[tokio::test]
async fn a_listener_hears_the_figures_at_once_and_then_every_change() {
    let site = Site::open().await;
    site.order_in(State::Accepted, "yinzhou", &[("常山胡柚", 200)]).await;
    let city = site.sign_in("ningbo.city").await;
    let mut whole = Listener::open(&city, "").await;
    let first = whole.next().await.expect("figures at once");
    assert_eq!(Tally { as_of_ms: 0, ..first.clone() }, Tally { as_of_ms: 0, ..city.tally("").await });
    assert_eq!(first.recognised_fen.fen(), 200 * 4_300);
    let mut of_zhenhai = Listener::open(&site.sign_in("zhenhai.district").await, "?district=zhenhai").await;
    assert_eq!(of_zhenhai.next().await.expect("figures at once").recognised_fen, Money::ZERO);

    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120)]).await;
    let later = whole.until(200 * 4_300 + 636_000).await;
    check_breakdowns(&later);
    assert_eq!((later.last_entry, later.pipeline_orders), (2, 0));
    assert_eq!(of_zhenhai.until(636_000).await.pipeline_orders, 0);
}

#[tokio::test]
async fn a_listener_hears_what_is_on_its_way_and_what_is_taken_back() {
    let site = Site::open().await;
    let city = site.sign_in("ningbo.city").await;
    let mut listener = Listener::open(&city, "").await;
    listener.next().await.expect("figures at once");
    let order = site.order_in(State::Submitted, "zhenhai", &[("庆元香菇", 120)]).await;
    assert_eq!(listener.next().await.expect("an order").pipeline_fen.fen(), 636_000);
    site.carry(order, State::Accepted, "zhenhai").await;
    listener.until(636_000).await;
    let sold = city.all_sales("").await.remove(0);
    city.reverse(sold.id, crate::site::new_sale_id(), "整单退货").await.json::<domain::wire::SaleEntry>();
    assert_eq!(listener.until(0).await.last_entry, 2);
}

#[tokio::test]
async fn a_listener_to_whom_nothing_happens_hears_the_servers_clock() {
    let site = Site::open().await;
    let city = site.sign_in_afresh("ningbo.city").await;
    let mut listener = Listener::open(&city, "").await;
    listener.next().await.expect("figures at once");
    let before = server::clock::now();
    let beat = listener.next_event().await.expect("a beat");
    assert_eq!(field(&beat, "event"), Some("beat"), "{beat}");
    let clock: i64 = field(&beat, "data").and_then(|data| data.parse().ok()).expect("milliseconds");
    assert!((before..=server::clock::now()).contains(&clock));
    assert_eq!(city.sign_out().await.status, 204);
    assert!(listener.next_event().await.is_none(), "who has signed out hears no beat either");
}

#[tokio::test]
async fn who_has_signed_out_hears_nothing_more() {
    let site = Site::open().await;
    let city = site.sign_in_afresh("ningbo.city").await;
    let mut listener = Listener::open(&city, "").await;
    listener.next().await.expect("figures at once");
    assert_eq!(city.sign_out().await.status, 204);
    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120)]).await;
    assert!(listener.next().await.is_none(), "the stream ends without another figure");
}

#[tokio::test]
async fn a_listener_who_goes_away_disturbs_nobody() {
    let site = Site::open().await;
    let city = site.sign_in("ningbo.city").await;
    for _ in 0..20 {
        Listener::open(&city, "").await.next().await.expect("figures at once");
    }
    let mut listener = Listener::open(&city, "").await;
    listener.next().await.expect("figures at once");
    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120)]).await;
    listener.until(636_000).await;
}
