//! Months that are closed: what was counted is final, nothing dated in them is taken any more, and the audit holds the close to the
//! ledger.

use domain::Money;
use domain::order_life::State;
use domain::wire::{MonthState, Months, NewClose, SaleEntry};

use crate::audit::{audit_of, said};
use crate::site::{Answer, NOTHING, Person, Site, address, new_sale_id, whole};

impl Person {
    pub async fn months(&self, query: &str) -> Months {
        self.get(&format!("/months{query}")).await.json()
    }

    /// Closes a month of any year as it stands.
    pub async fn close(&self, month: &str) -> Answer {
        let year = &month[..4];
        let months: Option<Months> = self.get(&format!("/months?year={year}")).await.if_done();
        let state = months.and_then(|months| months.items.into_iter().find(|it| it.month == month));
        let (amount_fen, entries) = state.map_or((Money::ZERO, 0), |it| (it.amount_fen, it.entries));
        self.close_as(month, &NewClose { amount_fen, entries, note: Some("已核对".into()) }).await
    }

    async fn close_as(&self, month: &str, body: &NewClose) -> Answer {
        self.put(&format!("/months/{month}/close"), body).await
    }
}

fn month<'a>(months: &'a Months, name: &str) -> &'a MonthState {
    months.items.iter().find(|it| it.month == name).unwrap_or_else(|| panic!("no {name}"))
}

/// The month before this one, which has ended, and this one.
fn months_of_now() -> (String, String) {
    let today = server::clock::day(server::clock::now());
    let first = today.first_of_month();
    let name = |day: jiff::civil::Date| day.strftime("%Y-%m").to_string();
    (name(first.yesterday().expect("a day")), name(first))
}

/// Writes a close of this month past the server, as if it were a later month by now.
fn close_this_month(site: &Site) {
    let (_, this) = months_of_now();
    let number = this.replace('-', "");
    let closed = site.home().run(&format!(
        "insert into month_closes select {number}, 1, account_id, sequence, hash, 0, 0, null \
         from accounts, ledger_head where login = 'ningbo.city'"
    ));
    assert_eq!(closed, 1);
}

async fn is_sound(site: &Site) -> (bool, String) {
    let url = address(site.home());
    let output = tokio::task::spawn_blocking(move || audit_of(&url)).await.expect("the audit ran");
    (output.status.success(), said(&output))
}

#[tokio::test]
async fn a_month_that_has_ended_is_closed_with_what_it_holds() {
    let site = Site::open_sample().await;
    let city = site.sign_in("ningbo.city").await;
    let (before, this) = months_of_now();
    let year = &before[..4];
    let seen = city.months(&format!("?year={year}")).await;
    let open = month(&seen, &before).clone();
    assert!(open.ended && open.close.is_none() && open.entries > 0, "{open:?}");
    let of_ledger =
        city.get(&format!("/sales?limit=1&year={year}&month={}", before[5..].trim_start_matches('0'))).await;
    let of_ledger: domain::wire::Sales = of_ledger.json();
    assert_eq!((open.amount_fen, open.entries), (of_ledger.amount_fen, of_ledger.entries));

    let tally = city.tally("").await;
    let closed: Months = city.close(&before).await.json();
    let close = month(&closed, &before).close.clone().expect("closed");
    assert_eq!((close.amount_fen, close.entries), (Some(open.amount_fen), Some(open.entries)));
    assert_eq!((close.last_entry, close.note.as_deref()), (tally.last_entry, Some("已核对")));
    assert_eq!(close.closed_by, "宁波示例市级统筹人");
    let last: Vec<SaleEntry> = city.all_sales(&format!("&year={}", tally.year)).await;
    assert_eq!(last.first().map(|entry| entry.hash.clone()), Some(close.hash));
    assert!(is_sound(&site).await.0);

    // The same said again changes nothing; another finds it done.
    city.close(&before).await.json::<Months>();
    let deputy = site.sign_in("ningbo.deputy").await;
    deputy.close(&before).await.refused(409, "month_closed");
    city.close(&this).await.refused(409, "out_of_turn");
    city.put("/months/2026-13/close", &NewClose { amount_fen: Money::ZERO, entries: 0, note: None }).await.refused_at(
        422,
        "bad_field",
        "month",
    );

    // A district sees that it is closed, and its own sums alone.
    let district = site.sign_in("zhenhai.district").await;
    district.get("/months").await.refused(403, "not_allowed");
    let own = district.months(&format!("?year={year}&district=zhenhai")).await;
    let own = month(&own, &before);
    assert!(own.amount_fen < open.amount_fen);
    assert_eq!(own.close.as_ref().map(|close| close.amount_fen), Some(None));
    district.close(&before).await.refused(403, "not_allowed");
}

#[tokio::test]
async fn a_month_is_closed_as_it_was_seen() {
    let site = Site::open_sample().await;
    let city = site.sign_in("ningbo.city").await;
    let (before, _) = months_of_now();
    let year = &before[..4];
    let seen = month(&city.months(&format!("?year={year}")).await, &before).clone();
    let stale = NewClose { amount_fen: Money::from_fen(seen.amount_fen.fen() - 1), entries: seen.entries, note: None };
    city.close_as(&before, &stale).await.refused(409, "overtaken");
    let long = NewClose { amount_fen: seen.amount_fen, entries: seen.entries, note: Some("长".repeat(201)) };
    city.close_as(&before, &long).await.refused_at(422, "bad_field", "note");
    let both = ["ningbo.city", "ningbo.deputy"];
    let answers = futures::future::join_all(both.map(|login| {
        let (site, before) = (&site, &before);
        async move { site.sign_in(login).await.close(before).await }
    }))
    .await;
    let done: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(done.iter().filter(|status| **status == 200).count(), 1, "{done:?}");
}

#[tokio::test]
async fn nothing_is_recorded_in_a_closed_month() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let order = site.order_in(State::Shipped, "zhenhai", &[("庆元香菇", 120)]).await;
    let sold = site.order_in(State::Accepted, "zhenhai", &[("庆元花菇", 60)]).await;
    close_this_month(&site);
    let before = site.picture().await;
    let refused = officer.accept(order.summary.id, &whole(&order)).await;
    let problem = refused.refused(409, "month_closed");
    assert!(problem.detail.contains("已经关账"), "{}", problem.detail);
    // A reversal is dated today, which here is in the closed month too.
    let city = site.sign_in("ningbo.city").await;
    let entry = city.all_sales("").await.remove(0);
    city.reverse(entry.id, new_sale_id(), "重复").await.refused(409, "month_closed");
    assert_eq!(site.changes_since(&before).await, NOTHING);
    drop(sold);

    // Once the month is another, both go through.
    site.home().run("update month_closes set month = 202001");
    officer.accept(order.summary.id, &whole(&order)).await.order();
    assert_eq!(city.reverse(entry.id, new_sale_id(), "重复").await.status, 201);
}

#[tokio::test]
async fn a_close_that_no_longer_holds_is_found() {
    let site = Site::open_sample().await;
    let city = site.sign_in("ningbo.city").await;
    let (before, _) = months_of_now();
    city.close(&before).await.json::<Months>();
    let number = before.replace('-', "");
    for (what, statement, back) in [
        (
            "another sum",
            "update month_closes set amount_fen = amount_fen + 1",
            "update month_closes set amount_fen = amount_fen - 1",
        ),
        (
            "another count",
            "update month_closes set entries = entries - 1",
            "update month_closes set entries = entries + 1",
        ),
        (
            "another end",
            "update month_closes set last_entry = last_entry - 1",
            "update month_closes set last_entry = last_entry + 1",
        ),
        (
            "an end that is not there",
            "update month_closes set last_entry = last_entry + 9",
            "update month_closes set last_entry = last_entry - 9",
        ),
    ] {
        site.home().run(statement);
        let (sound, said) = is_sound(&site).await;
        assert!(!sound && said.contains(&format!("the closed month {number}")), "{what}: {said}");
        site.home().run(back);
    }
    assert!(is_sound(&site).await.0);
    // The ledger goes on after it; an entry of that month would not be sound.
    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120)]).await;
    let (sound, said) = is_sound(&site).await;
    assert!(sound, "{said}");
    let (_, this) = months_of_now();
    site.home().run(&format!("update month_closes set month = {}", this.replace('-', "")));
    let (sound, said) = is_sound(&site).await;
    assert!(!sound && said.contains("the closed month"), "{said}");
}
