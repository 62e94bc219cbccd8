//! What stands around the coordinator's figures: the entries each of them opens, last year, today, what the year will come to, and
//! who is behind.

use diesel::Connection as _;
use domain::behind::assistance_unspent;
use domain::forecast::{self, NoForecast, Tried};
use domain::opens::{Filters, Opens};
use domain::order_life::State;
use domain::period::month_end;
use domain::plan::outlook;
use domain::region::PairingStatus;
use domain::wire::{Behind, NewPlan, NewPlanLine, NewestEntry, Plan, Products, Sales, Session, Tally, TallyRow};
use domain::{Money, occasion::Occasion};
use jiff::civil::date;
use server::store::{catalogue, tally};
use server::{clock, data, sample};

use crate::home::Home;
use crate::sales::some_sales;
use crate::site::{NOTHING, Person, Site, data_folder, query};

// ---- every figure opens its entries -------------------------------------------------------------------------------

/// A figure: what it is called, its amount, and what it opens.
type Figure = (String, Money, Filters);

/// Every figure of a tally that is a sum of entries, as the app links it.
fn figures(tally: &Tally) -> Vec<Figure> {
    let opens = Opens::of(tally);
    let before = tally.last_year_until.as_str();
    let mut all = vec![
        ("total".to_owned(), tally.recognised_fen, opens.all()),
        ("last year".to_owned(), tally.last_year_fen, opens.year_before(before, None)),
    ];
    for row in &tally.by_district {
        all.push((format!("district {}", row.key), row.amount_fen, opens.district(&row.key)));
        let last = opens.year_before(before, Some(("district", &row.key)));
        all.push((format!("district {} last year", row.key), row.last_year_fen, last));
    }
    for (cells, row) in tally.matrix.iter().zip(&tally.by_district) {
        for (fen, county) in cells.cells_fen.iter().zip(&tally.by_county) {
            let filters = opens.cell(&row.key, &county.key);
            all.push((format!("cell {} {}", row.key, county.key), Money::from_fen(*fen), filters));
        }
    }
    for (fen, month) in tally.months_fen.iter().zip(1..) {
        all.push((format!("month {month}"), Money::from_fen(*fen), opens.month(month)));
    }
    for county in &tally.by_county {
        for (fen, month) in county.months_fen.iter().zip(1..) {
            let filters = opens.county_month(&county.key, month);
            all.push((format!("{} month {month}", county.key), Money::from_fen(*fen), filters));
        }
    }
    all.extend(
        tally
            .by_pair
            .iter()
            .map(|pair| (format!("pair {}", pair.kind.code()), pair.amount_fen, opens.by("pair", pair.kind.code()))),
    );
    all.extend(parts(tally, &opens));
    all.extend(of_today(tally, &opens));
    all
}

fn parts(tally: &Tally, opens: &Opens) -> Vec<Figure> {
    let breakdowns: [(&'static str, &[TallyRow]); 4] = [
        ("county", &tally.by_county),
        ("brand", &tally.by_brand),
        ("channel", &tally.by_channel),
        ("category", &tally.by_category),
    ];
    let end = |year: i16| month_end(year, tally.months_compared as i8).to_string();
    let mut all = Vec::new();
    for (name, rows) in breakdowns {
        for row in rows {
            all.push((format!("{name} {}", row.key), row.amount_fen, opens.by(name, &row.key)));
            if tally.months_compared > 0 {
                let this = opens.until(&end(tally.year), name, &row.key);
                all.push((format!("{name} {} compared", row.key), row.compared_fen, this));
                let last = opens.year_before(&end(tally.year - 1), Some((name, &row.key)));
                all.push((format!("{name} {} last year", row.key), row.last_year_fen, last));
            }
        }
    }
    all
}

fn of_today(tally: &Tally, opens: &Opens) -> Vec<Figure> {
    let Some(today) = &tally.today else { return Vec::new() };
    let all = ("today".to_owned(), today.amount_fen, opens.day(&today.day, ""));
    let district =
        |row: &domain::wire::DayRow| (format!("today in {}", row.key), row.amount_fen, opens.day(&today.day, &row.key));
    std::iter::once(all).chain(today.by_district.iter().map(district)).collect()
}

/// Opens every figure, and gives back how many there were.
async fn walk(person: &Person, tally: &Tally) -> usize {
    let figures = figures(tally);
    for (name, amount, filters) in &figures {
        let pairs: Vec<(&str, &str)> = filters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let sales: Sales = person.get(&format!("/sales?limit=1&{}", query(&pairs))).await.json();
        assert_eq!(sales.amount_fen, *amount, "{name}: {filters:?}");
    }
    figures.len()
}

#[tokio::test]
async fn every_figure_opens_entries_whose_sum_it_is() {
    let site = Site::open_empty(&[]).await;
    let city = site.sign_in_afresh("ningbo.city").await;
    let tally = city.tally("").await;
    assert!(walk(&city, &tally).await > 400, "the matrix alone has 180 cells");
    walk(&city, &city.tally(&format!("?year={}", tally.year - 1)).await).await;
    let zhenhai = site.sign_in_afresh("zhenhai.district").await;
    walk(&zhenhai, &zhenhai.tally("?district=zhenhai").await).await;
}

#[tokio::test]
async fn days_narrow_the_ledger_and_those_that_are_none_are_named() {
    let site = Site::open().await;
    some_sales(&site).await;
    let city = site.sign_in("ningbo.city").await;
    let today = clock::day(clock::now());
    let year = today.year();
    let of = async |query: &str| -> Sales { city.get(&format!("/sales?{query}")).await.json() };
    let all = of("").await;
    assert_eq!(of(&format!("from={today}&to={today}")).await.amount_fen, all.amount_fen, "all was sold today");
    assert_eq!(of(&format!("to={today}")).await.entries, all.entries);
    if today != date(year, 1, 1) {
        assert_eq!(of(&format!("to={year}-01-01")).await.entries, 0);
    }
    let first: Sales = of(&format!("from={today}&limit=1")).await;
    let second = of(&format!("from={today}&limit=1&after={}", first.next.expect("more"))).await;
    assert_eq!((second.entries, second.items.len()), (all.entries, 1), "days and cursor go together");
    for (query, field) in [
        (format!("from={}-12-31", year - 1), "from"),
        (format!("to={}-01-01", year + 1), "to"),
        (format!("from={year}-02-30"), "from"),
        ("from=yesterday".to_owned(), "from"),
        (format!("from={year}-03-02&to={year}-03-01"), "to"),
        (format!("year={}&from={year}-03-02", year - 1), "from"),
    ] {
        city.get(&format!("/sales?{query}")).await.refused_at(422, "bad_field", field);
    }
}

// ---- today --------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn what_moved_today_is_told_by_district_and_names_nobody() {
    let site = Site::open().await;
    let city = site.sign_in("ningbo.city").await;
    let nothing = city.tally("").await;
    assert_eq!(nothing.today.map(|today| (today.amount_fen, today.entries)), Some((Money::ZERO, 0)));
    assert!(nothing.newest.is_empty());
    some_sales(&site).await;
    let text = city.get("/tally").await.text();
    let tally = city.tally("").await;
    let today = tally.today.clone().expect("the year is running");
    assert_eq!((today.amount_fen, today.entries), (tally.recognised_fen, tally.entries));
    let by_district: i64 = today.by_district.iter().map(|row| row.amount_fen.fen()).sum();
    assert_eq!((by_district, today.by_district.len()), (today.amount_fen.fen(), 2));
    let sequences: Vec<i64> = tally.newest.iter().map(|entry| entry.sequence).collect();
    assert_eq!(sequences, [10, 9, 8, 7, 6, 5]);
    let reversal = tally.newest.iter().find(|entry| entry.amount_fen.is_negative()).expect("one was taken back");
    assert_eq!((reversal.product_name.as_str(), reversal.quantity), ("青田稻鱼米", -80));
    for login in ["zhenhai.officer", "yinzhou.officer"] {
        let who: Session = site.sign_in(login).await.get("/sessions/current").await.json();
        assert!(!text.contains(&who.organisation.name) && !text.contains(&who.name), "{} is in the figures", who.name);
    }
    let district = site.sign_in("zhenhai.district").await.tally("?district=zhenhai").await;
    assert!(district.newest.iter().all(|entry: &NewestEntry| entry.district == "镇海区"));
    assert_eq!(district.today.expect("the year is running").by_district.len(), 1);
    assert!(city.tally(&format!("?year={}", tally.year - 1)).await.today.is_none());
}

// ---- what the year will come to -----------------------------------------------------------------------------------

/// The sample ledger as it would be at an hour of a day, and the forecasts tried back on it.
fn sample_curves() -> (Vec<forecast::Curve>, jiff::civil::Date) {
    let home = Home::empty();
    let mut db = home.connect();
    let data = data::read(data_folder()).expect("the data folder");
    let hashes = vec![String::new(); data.accounts.len()];
    let today = date(2026, 11, 24);
    db.transaction(|db| {
        catalogue::load(db, &data, &hashes)?;
        sample::place_orders(db, &data, clock::at(today, 14, 30))
    })
    .expect("the sample orders keep all rules");
    (tally::curves(&mut db, today.year(), None).expect("day sums"), today)
}

/// `cargo test … back_test -- --nocapture` prints how wrong the method was.
#[test]
fn the_back_test_on_the_sample_years_gives_the_range_that_is_told() {
    let (curves, today) = sample_curves();
    let tried = forecast::try_back(&curves, today);
    for it in &tried {
        let Tried { made_on, of, forecast, came, rest_bp } = it;
        let missed = it.missed_by_bp();
        println!("on {made_on} of {of}: forecast {forecast}, came {came}, missed by {missed} bp; rest {rest_bp} bp");
    }
    assert_eq!(tried.len(), 10, "one for each month of this year that is over; the year before has none before it");
    let it = forecast::forecast(&curves, today.year(), today).expect("a year to compare with");
    println!("{} between {} and {}", it.expected, it.low, it.high);
    let ratios: Vec<i64> = tried.iter().map(|tried| tried.rest_bp).collect();
    assert_eq!((Some(&it.lowest_bp), Some(&it.highest_bp)), (ratios.iter().min(), ratios.iter().max()));
    assert!(it.low <= it.expected && it.expected <= it.high);
    // From May on the sample's festivals were foreseen within a quarter of what came.
    let late = tried.iter().filter(|tried| tried.made_on.month() >= 5);
    assert!(late.map(|tried| tried.missed_by_bp().abs()).all(|missed| missed < 2_500));
}

#[tokio::test]
async fn a_forecast_is_told_where_there_is_enough_to_say() {
    let site = Site::open().await;
    let city = site.sign_in("ningbo.city").await;
    some_sales(&site).await;
    let young = city.tally("").await;
    assert_eq!((young.forecast, young.no_forecast), (None, Some(NoForecast::NoPastYear)));
    let over = city.tally("?year=2020").await;
    assert_eq!((over.forecast, over.no_forecast), (None, Some(NoForecast::NotRunning)));

    let site = Site::open_empty(&[]).await;
    let tally = site.sign_in_afresh("ningbo.city").await.tally("").await;
    match tally.forecast {
        Some(it) => {
            assert!(it.low_fen <= it.expected_fen && it.expected_fen <= it.high_fen);
            assert_eq!(
                (it.months_fen.last(), it.years),
                (Some(&it.expected_fen.fen()), vec![i64::from(tally.year) - 1])
            );
        }
        // Early in a year there is none, whatever the ledger holds.
        None => assert!(matches!(tally.no_forecast, Some(NoForecast::TooEarly | NoForecast::TooFewTried))),
    }
}

// ---- who is behind ------------------------------------------------------------------------------------------------

async fn behind(person: &Person, query: &str) -> Behind {
    person.get(&format!("/behind{query}")).await.json()
}

#[tokio::test]
async fn those_behind_come_with_what_would_help() {
    let site = Site::open().await;
    some_sales(&site).await;
    let city = site.sign_in("ningbo.city").await;
    let (tally, all) = (city.tally("").await, behind(&city, "").await);
    let lacking = tally.by_district.iter().filter(|row| row.behind_fen > Some(Money::ZERO)).count();
    assert_eq!(all.items.len(), lacking);
    assert!(all.items.windows(2).all(|two| two[0].behind_fen >= two[1].behind_fen), "the furthest first");
    for item in &all.items {
        let row = tally.by_district.iter().find(|row| row.key == item.key).expect("a district");
        let told = (Some(item.behind_fen), Some(item.pipeline_fen), Some(item.target_fen));
        assert_eq!(told, (row.behind_fen, row.pipeline_fen, row.target_fen));
        assert!(item.sentence.starts_with(&item.name), "{}", item.sentence);
        for goods in &item.goods {
            let path = format!("/products?county={}&season={}&limit=1", goods.county, goods.month);
            let list: Products = city.get(&path).await.json();
            assert_eq!(list.total, goods.count, "{}", goods.name);
        }
    }
    let zhenhai = all.items.iter().find(|item| item.key == "zhenhai").expect("it is behind");
    assert!(zhenhai.goods.iter().all(|goods| goods.status == PairingStatus::Assumed));
    assert!(zhenhai.goods.is_empty() || zhenhai.sentence.contains("待确认"), "{}", zhenhai.sentence);
    for pair in all.pairs.iter().filter(|pair| pair.status == PairingStatus::Assumed) {
        assert!(pair.sentence.contains("待确认"), "{}", pair.sentence);
    }
}

#[tokio::test]
async fn what_a_union_has_left_is_what_its_own_plan_says() {
    let site = Site::open().await;
    site.order_in(State::Shipped, "zhenhai", &[("庆元香菇", 50)]).await;
    site.order_in(State::Accepted, "zhenhai", &[("庆元花菇", 60)]).await;
    let officer = site.sign_in("zhenhai.officer").await;
    let year = clock::day(clock::now()).year();
    let check = async || {
        let plan: Plan = officer.get(&format!("/plans/{year}")).await.json();
        let unspent = assistance_unspent(plan.limits(), &outlook(&plan)).filter(|left| *left > Money::ZERO);
        let told = behind(&site.sign_in("ningbo.city").await, "?district=zhenhai").await;
        let union = officer.get("/sessions/current").await.json::<Session>().organisation.id;
        let rooms = told.items.iter().flat_map(|item| &item.unions);
        let room = rooms.filter(|room| room.union.id == union).map(|room| room.unspent_fen).next();
        assert_eq!(room, unspent);
        unspent
    };
    let before = check().await;
    let revision = officer.get(&format!("/plans/{year}")).await.json::<Plan>().revision;
    let line = NewPlanLine { occasion: Occasion::NewYear, head_count: 200, per_head_fen: 30_000 };
    officer.put(&format!("/plans/{year}"), &NewPlan { revision, lines: vec![line], reason: None }).await.json::<Plan>();
    assert_ne!(check().await, before, "a plan changes what its share is of");
}

#[tokio::test]
async fn a_district_sees_who_is_behind_in_it_alone() {
    let site = Site::open().await;
    some_sales(&site).await;
    let district = site.sign_in("zhenhai.district").await;
    let own = behind(&district, "?district=zhenhai").await;
    assert!(
        own.items.iter().all(|item| item.key == "zhenhai") && own.pairs.iter().all(|pair| pair.district == "zhenhai")
    );
    for query in ["", "?district=", "?district=yinzhou"] {
        district.get(&format!("/behind{query}")).await.refused(403, "not_allowed");
    }
    for login in ["zhenhai.officer", "zhenhai.chair", "qingyuan.merchant"] {
        site.sign_in(login).await.get("/behind?district=zhenhai").await.refused(403, "not_allowed");
    }
    let city = site.sign_in("ningbo.city").await;
    city.get("/behind?district=atlantis").await.refused_at(422, "bad_field", "district");
    city.get("/behind?year=2026").await.refused(422, "bad_field");
    let before = site.picture().await;
    behind(&city, "").await;
    assert_eq!(site.changes_since(&before).await, NOTHING);
}
