//! A person buys: from the search box over signing up and ordering to the public total, on the phone in Chinese and at the
//! desk in English; and up to the order by keyboard alone.

use anyhow::{Result, ensure};
use domain::Money;

use crate::browser::{Browser, Width};
use crate::driver::Driver;
use crate::pages::{Buyer, CHINESE, Dashboard, ENGLISH, Person, Words};
use crate::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_buys_on_the_phone_in_chinese() -> Result<()> {
    walk(Width::Phone, &CHINESE).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_buys_at_the_desk_in_english() -> Result<()> {
    walk(Width::Desk, &ENGLISH).await
}

const ONLINE: &str = "online_platform";

async fn walk(width: Width, words: &'static Words) -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    let dashboard = Dashboard::open(&site, &driver, width).await?;
    let before = dashboard.figures().await?;
    let browser = Browser::open_in(&driver, width, words.browser).await?;
    let buyer = Buyer::new(Person::new(&site, browser), width, words);
    let total = buyer.reads_the_public_total().await?;

    buyer.finds_shiitake_by_initials_and_a_filter().await?;
    buyer.puts_three_into_the_basket().await?;
    buyer.is_asked_who_they_are().await?;
    buyer.signs_up_after_two_mistakes().await?;
    buyer.leaves_the_address_out_and_loses_nothing().await?;
    buyer.cannot_order_without_a_network().await?;
    let order = buyer.orders_once_over_a_line_that_breaks().await?;
    buyer.sees_that_it_waits_for_the_merchant(&order).await?;
    buyer.merchant_is_paid_and_ships(&order).await?;
    let accepted = buyer.accepts(&order).await?;
    ensure!(accepted == Money::from_yuan(3 * 58), "three boxes at 58 yuan are not {accepted}");

    buyer.keeps_the_card_of_what_it_helped().await?;
    let grown = buyer.reads_the_public_total().await?;
    ensure!(grown.fen() - total.fen() == accepted.fen(), "the public total went from {total} to {grown}");
    let after = dashboard.recognised_becomes(before.recognised + accepted.fen()).await?;
    let moved = after.channel(ONLINE) - before.channel(ONLINE);
    ensure!(moved == accepted.fen(), "the channel has the amount: {moved} fen");
    for (name, rows) in after.sums() {
        ensure!(rows == after.recognised, "{name} adds up to {rows} fen, the total is {}", after.recognised);
    }
    dashboard.names_the_channel("互联网平台").await?;
    dashboard.close().await?;
    buyer.close().await?;
    site.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_orders_by_keyboard_alone() -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    let browser = Browser::open_in(&driver, Width::Desk, CHINESE.browser).await?;
    let buyer = Buyer::new(Person::new(&site, browser), Width::Desk, &CHINESE);
    buyer.finds_shiitake_by_keyboard().await?;
    buyer.goes_to_the_checkout_by_keyboard().await?;
    buyer.signs_up_by_keyboard().await?;
    buyer.orders_by_keyboard().await?;
    buyer.close().await?;
    site.close().await
}
