//! The sample orders of a fresh market, and a market without them.

use std::collections::BTreeSet;

use domain::order_life::State;
use domain::wire::Helped;
use domain::{Language, Money};
use jiff::civil::date;
use server::store::audit::{Sound, audit};
use server::store::{accounts, catalogue, orders};
use server::{clock, data, sample};

use crate::home::Home;
use crate::site::{Site, data_folder};
use crate::tally::check_breakdowns;

/// Fills a new database as it would be filled at an hour of one day, audits it, and tells in which states its orders are.
fn filled_at(hour: i8, minute: i8) -> (Sound, BTreeSet<State>) {
    let home = Home::empty();
    let mut db = home.connect();
    let data = data::read(data_folder()).expect("the data folder");
    let hashes = vec![String::new(); data.accounts.len()];
    let now = clock::at(date(2026, 11, 24), hour, minute);
    diesel::Connection::transaction(&mut db, |db| {
        catalogue::load(db, &data, &hashes)?;
        sample::place_orders(db, &data, now)?;
        sample::place_reports(db, &data, now)
    })
    .expect("the sample orders keep all rules");
    let sound = audit(&mut db).expect("the ledger is read").expect("the ledger holds");
    let city = data.accounts.iter().find(|account| account.login == "ningbo.city").expect("an account");
    let city = accounts::actor_of_account(&mut db, &city.id.to_string()).expect("a person");
    let counts =
        orders::list(&mut db, &city, &orders::Filter::default(), None, 1, Language::Zh).expect("orders").counts;
    (sound, counts.into_iter().filter(|count| count.count > 0).map(|count| count.state).collect())
}

#[test]
fn filling_twice_on_a_day_gives_the_same_totals() {
    let (first, second) = (filled_at(14, 30), filled_at(14, 30));
    assert!(first.0.entries > 1_000 && first.0.total > Money::from_yuan(10_000_000), "{first:?}");
    let totals = |sound: &Sound| (sound.entries, sound.total, sound.rollups);
    assert_eq!((totals(&first.0), first.1), (totals(&second.0), second.1));
}

#[test]
fn there_is_an_order_at_every_stage_whatever_the_time() {
    for (hour, minute) in [(0, 1), (8, 0), (11, 0)] {
        let (_, states) = filled_at(hour, minute);
        for state in State::ALL.iter().filter(|state| **state != State::Cancelled) {
            assert!(states.contains(state), "at {hour}:{minute:02} none is {}", state.code());
        }
    }
}

#[tokio::test]
async fn a_market_with_samples_has_figures_to_show() {
    let site = Site::open_empty(&[]).await;
    let city = site.sign_in_afresh("ningbo.city").await;
    let tally = city.tally("").await;
    let last_year = city.tally(&format!("?year={}", tally.year - 1)).await;
    assert!(last_year.recognised_fen > Money::ZERO && tally.pipeline_orders > 0);
    assert_eq!(tally.last_year_months_fen, last_year.months_fen);
    let up_to_today = tally.last_year_fen;
    assert!(up_to_today <= last_year.recognised_fen, "a part of last year is not more than all of it");
    check_breakdowns(&tally);
    check_breakdowns(&last_year);
    for year in [&tally, &last_year] {
        assert!(year.by_channel.iter().all(|row| row.amount_fen > Money::ZERO), "{:?}", year.by_channel);
    }
    let mut db = site.home().connect();
    audit(&mut db).expect("the ledger is read").expect("the ledger holds");
}

#[tokio::test]
async fn the_sample_buyer_has_bought_and_helped() {
    let site = Site::open_empty(&[]).await;
    let buyer = site.sign_in_afresh("buyer").await;
    let states: BTreeSet<State> = buyer.all_orders().await.into_iter().map(|order| order.state).collect();
    let all = [State::Approved, State::Confirmed, State::Shipped, State::Accepted, State::Cancelled];
    assert_eq!(states, BTreeSet::from(all));
    let helped: Helped = buyer.get("/helped").await.json();
    assert!(helped.total_fen > Money::ZERO && !helped.counties.is_empty());
    let city = site.sign_in_afresh("ningbo.city").await;
    let this_year = city.tally("").await.year;
    let mut online = 0;
    for year in [this_year, this_year - 1] {
        let entries = city.all_sales(&format!("&channel=online_platform&year={year}")).await;
        // What other platforms sold was reported.
        online += entries.iter().filter(|it| it.report_id.is_none()).map(|it| it.amount_fen.fen()).sum::<i64>();
    }
    assert_eq!(online, helped.total_fen.fen(), "nobody else has bought there");
}

#[tokio::test]
async fn a_market_without_samples_begins_with_an_empty_ledger() {
    let site = Site::open_empty(&["--no-sample"]).await;
    let city = site.sign_in_afresh("ningbo.city").await;
    let tally = city.tally("").await;
    assert_eq!((tally.recognised_fen, tally.entries, tally.last_entry), (Money::ZERO, 0, 0));
    assert_eq!((tally.pipeline_orders, city.all_orders().await.len(), city.all_sales("").await.len()), (0, 0, 0));
    assert_eq!(site.visitor().all_products("").await.len(), 127);
    let mut db = site.home().connect();
    let sound = audit(&mut db).expect("the ledger is read").expect("nothing holds as well");
    assert_eq!((sound.entries, sound.total, sound.rollups), (0, Money::ZERO, 0));
}

#[tokio::test]
async fn a_market_that_is_opened_again_is_not_filled_again() {
    let site = Site::open_empty(&["--no-sample"]).await;
    let officer = site.sign_in_afresh("zhenhai.officer").await;
    officer.place(&crate::site::basket(&[&[("庆元香菇", 50)]])).await.orders();
    let before = site.picture().await;
    let site = site.restart().await;
    assert_eq!(site.changes_since(&before).await, crate::site::NOTHING);
}
