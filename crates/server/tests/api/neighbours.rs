//! Several servers on one PostgreSQL: each sees what the others change, and the ledger's chain stays one chain.

use domain::order_life::State;
use futures::future::join_all;

use crate::audit::{audit, said};
use crate::home::on_postgres;
use crate::site::{Site, whole};
use crate::tally::Listener;

#[tokio::test(flavor = "multi_thread")]
async fn a_dashboard_of_one_server_moves_when_another_accepts() {
    if !on_postgres() {
        return;
    }
    let here = Site::open().await;
    let there = here.beside().await;
    let mut dashboard = Listener::open(&here.sign_in("ningbo.city").await, "").await;
    assert_eq!(dashboard.next().await.expect("figures at once").entries, 0);
    there.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120)]).await;
    assert_eq!(dashboard.until(636_000).await.last_entry, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_taken_at_one_server_is_gone_from_the_list_of_another() {
    if !on_postgres() {
        return;
    }
    let here = Site::open().await;
    let there = here.beside().await;
    let mut dashboard = Listener::open(&here.sign_in("ningbo.city").await, "").await;
    let before = here.available("庆元香菇").await;
    there.order_in(State::Confirmed, "zhenhai", &[("庆元香菇", 120)]).await;
    // The list is read again before the dashboards hear of it.
    while here.available("庆元香菇").await != before - 120 {
        dashboard.next().await.expect("the stream goes on");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_while_the_line_was_cut_is_caught_up() {
    if !on_postgres() {
        return;
    }
    let here = Site::open().await;
    let there = here.beside().await;
    let mut dashboard = Listener::open(&here.sign_in("ningbo.city").await, "").await;
    dashboard.next().await.expect("figures at once");
    // Every connection of both servers is cut; the one that listens is missed only when somebody should have been heard.
    here.home().cut_connections();
    there.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120)]).await;
    assert_eq!(dashboard.until(636_000).await.last_entry, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_written_by_two_servers_at_once_are_one_chain() {
    if !on_postgres() {
        return;
    }
    let here = Site::open().await;
    let there = here.beside().await;
    let mut orders = Vec::new();
    for _ in 0..12 {
        orders.push(here.order_in(State::Shipped, "zhenhai", &[("庆元香菇", 10), ("庆元花菇", 10)]).await);
    }
    let officers = [here.sign_in("zhenhai.officer").await, there.sign_in("zhenhai.officer").await];
    let accepted = orders
        .iter()
        .enumerate()
        .map(async |(index, order)| officers[index % 2].accept(order.summary.id, &whole(order)).await.order());
    assert_eq!(join_all(accepted).await.len(), 12);
    let city = there.sign_in("ningbo.city").await;
    assert_eq!(city.tally("").await.last_entry, 24);
    drop(there);
    let output = audit(&here.close().await);
    assert!(said(&output).contains("sound: 24 entries"), "{}", said(&output));
}
