//! The whole path in a real browser: a product is found, a union orders it, it is accepted, and the coordinator's total
//! moves in a window that is open all the while. Walked at the desk and on the phone; every page on the way is inspected.
//!
//! `cargo xtask test` builds the app and sets what these tests need. With `SHANHAI_PICTURES=folder` a picture of every
//! inspected page is kept.

mod browser;
mod buying;
mod clerk;
#[path = "../../crates/server/tests/cluster.rs"]
mod cluster;
mod downloads;
mod driver;
mod frame;
mod lists;
mod office;
mod offline;
mod pages;
mod printed;
mod reports;
mod site;
mod union;
mod wall;
mod weight;

use anyhow::{Result, ensure};
use domain::Money;

use browser::{Browser, Width};
use driver::{Driver, Engine};
use pages::{Dashboard, Person};
use site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_path_is_walked_at_the_desk() -> Result<()> {
    walk(Width::Desk).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_path_is_walked_on_the_phone() -> Result<()> {
    walk(Width::Phone).await
}

async fn walk(width: Width) -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    let dashboard = Dashboard::open(&site, &driver, width).await?;
    let before = dashboard.figures().await?;

    let buyer = Person::new(&site, Browser::open(&driver, width).await?);
    buyer.finds_by_filters().await?;
    buyer.puts_into_basket("qyhg", "庆元花菇").await?;
    buyer.puts_into_basket("changshan huyou", "常山胡柚").await?;
    buyer.puts_into_basket("稻鱼米", "青田稻鱼米").await?;
    buyer.finds_the_basket_again_after_a_reload().await?;

    let orders = buyer.orders_for("zhenhai.officer", 120).await?;
    ensure!(orders.len() == 3, "three merchants' goods became {} orders", orders.len());
    let mushrooms = &orders["庆元花菇"];
    let ordered = dashboard.pipeline_grows_from(&before).await?;
    ensure!(ordered.recognised == before.recognised, "what is ordered is not yet sold");

    buyer.chair_sends_back_and_officer_resubmits(&orders["青田稻鱼米"]).await?;
    buyer.chair_approves(mushrooms).await?;
    buyer.merchant_confirms_and_ships("qingyuan.merchant", mushrooms).await?;
    let accepted = buyer.officer_accepts(mushrooms, 119, 1).await?;

    buyer.officer_sees_whom_it_helped().await?;
    let after = dashboard.recognised_becomes(before.recognised + accepted.fen()).await?;
    ensure!(after.pipeline < ordered.pipeline, "what was accepted has left the pipeline");
    for (name, rows) in after.sums() {
        ensure!(rows == after.recognised, "{name} adds up to {rows} fen, the total is {}", after.recognised);
    }
    let moved = after.district("zhenhai") - before.district("zhenhai");
    ensure!(moved == accepted.fen(), "the buyer's district has the credit: {moved} fen");
    dashboard.opens_its_entries(Money::from_fen(after.recognised)).await?;
    dashboard.close().await?;
    buyer.close().await?;
    site.close().await
}

/// From the front page to a county, to a brand, and to the table of a festival; each leads to goods.
#[tokio::test(flavor = "multi_thread")]
async fn counties_brands_and_festivals_are_ways_in() -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    for (width, name) in [(Width::Desk, "desk"), (Width::Phone, "phone")] {
        let browser = Browser::open(&driver, width).await?;
        browser.goto(&site.url("/")).await?;
        browser.see(".total .fig").await?;
        browser.see(".yearband svg").await?;
        browser.see(".shelf .card .c-name").await?;
        browser.inspect(&format!("home-{name}")).await?;
        browser.click(".counties a[href='/counties/qingyuan']").await?;
        browser.see_words("h1", "庆元县").await?;
        browser.see_words(".paired", "海曙区").await?;
        browser.see_words(".shelf", "庆元香菇").await?;
        browser.inspect(&format!("county-{name}")).await?;
        browser.goto(&site.url("/brands/sanqu_wei")).await?;
        browser.see_words("h1", "三衢味").await?;
        browser.see_words(".origins", "常山").await?;
        browser.inspect(&format!("brand-{name}")).await?;
        browser.goto(&site.url("/seasons?festival=dragon_boat&year=2027")).await?;
        browser.see_words("h1", "端午").await?;
        browser.see_words(".until", "5月28日").await?;
        browser.see_words(".shelf", "丽水香茶").await?;
        browser.see(".season-t td").await?;
        browser.inspect(&format!("seasons-{name}")).await?;
        browser.goto(&site.url("/counties/atlantis")).await?;
        browser.see_words("h1", "没有这个县").await?;
        browser.close().await?;
    }
    site.close().await
}

/// From an order to its papers, printed on A4 by the browser itself.
#[tokio::test(flavor = "multi_thread")]
async fn the_papers_of_an_order_are_printed_on_a4() -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    for (width, name) in [(Width::Desk, "desk"), (Width::Phone, "phone")] {
        let officer = Person::new(&site, Browser::open(&driver, width).await?);
        officer.signs_in("zhenhai.officer").await?;
        let order = officer.orders_for_a_list("庆元花菇").await?;
        officer.finds_the_papers(&order, name).await?;
        officer.prints_the_purchase_order(&order, name).await?;
        if width == Width::Desk {
            officer.prints_the_sign_off_sheet(&order).await?;
        }
        officer.close().await?;
    }
    site.close().await
}

/// From the year's plan to a proposed bundle to an order form that is filled in, and the rules behind it.
#[tokio::test(flavor = "multi_thread")]
async fn a_union_plans_and_orders_a_proposed_bundle() -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    for (width, name, login) in [(Width::Desk, "desk", "zhenhai.officer"), (Width::Phone, "phone", "yinzhou.officer")] {
        let officer = Person::new(&site, Browser::open(&driver, width).await?);
        officer.signs_in(login).await?;
        officer.plans_the_new_year(name).await?;
        officer.takes_the_first_of_three_bundles(name).await?;
        officer.orders_the_bundles().await?;
        officer.close().await?;
        let operator = Person::new(&site, Browser::open(&driver, width).await?);
        operator.signs_in("operator").await?;
        operator.adds_a_rule(name).await?;
        operator.close().await?;
    }
    site.close().await
}

/// An organisation applies, is admitted, signs in and stands at its desk; what waits there is found, and the month's statement.
#[tokio::test(flavor = "multi_thread")]
async fn a_merchant_joins_and_every_desk_says_what_waits() -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    for (width, name) in [(Width::Desk, "desk"), (Width::Phone, "phone")] {
        let applicant = Person::new(&site, Browser::open(&driver, width).await?);
        let number = applicant.applies_to_join(name).await?;
        let operator = Person::new(&site, Browser::open(&driver, width).await?);
        operator.admits_the_applicant(name).await?;
        operator.close().await?;
        applicant.is_admitted_and_signs_in(&number, name).await?;
        for login in ["qingyuan.merchant", "zhenhai.officer", "zhenhai.chair"] {
            applicant.finds_what_waits(login, name).await?;
        }
        applicant.reads_the_month("qingyuan.merchant", name).await?;
        applicant.close().await?;
    }
    site.close().await
}

/// A merchant lists a product, which a buyer then finds; at the desk in Chinese, on the phone too, and read once in English.
#[tokio::test(flavor = "multi_thread")]
async fn a_merchant_lists_a_product_and_a_buyer_finds_it() -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    let tomorrow = server::clock::day(server::clock::now()).tomorrow()?.to_string();
    for (width, name, product) in [(Width::Desk, "desk", "山粉圆子"), (Width::Phone, "phone", "山粉细丝")] {
        let merchant = Person::new(&site, Browser::open(&driver, width).await?);
        merchant.signs_in("qingyuan.merchant").await?;
        merchant.lists_a_product(product, name).await?;
        merchant.records_a_licence(&tomorrow, name).await?;
        merchant.close().await?;
        let buyer = Person::new(&site, Browser::open(&driver, width).await?);
        buyer.finds_what_was_listed("shanfen", product).await?;
        buyer.close().await?;
    }
    let reader = Person::new(&site, Browser::open_in(&driver, Width::Phone, "en-GB").await?);
    reader.signs_in("qingyuan.merchant").await?;
    reader.looks_at_the_goods("en").await?;
    reader.close().await?;
    site.close().await
}

/// Goods are found by typing, choosing and scrolling, and found again by going back.
async fn find(width: Width) -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    let buyer = Person::new(&site, Browser::open(&driver, width).await?);
    buyer.searches_by_initials().await?;
    buyer.narrows_opens_and_comes_back(width).await?;
    buyer.scrolls_on().await?;
    buyer.close().await?;
    site.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_finds_and_keeps_goods_in_firefox() -> Result<()> {
    buyer_walks(Engine::Firefox).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_finds_and_keeps_goods_in_webkit() -> Result<()> {
    buyer_walks(Engine::WebKit).await
}

/// The buyer's walk in the other engines, where the machine has them: `cargo xtask test` says which it could get.
async fn buyer_walks(engine: Engine) -> Result<()> {
    if !engine.is_here() {
        eprintln!("{engine:?} is not on this machine; the buyer does not walk in it");
        return Ok(());
    }
    let (site, driver) = (Site::open().await?, Driver::of(engine)?);
    let buyer = Person::new(&site, Browser::open(&driver, Width::Desk).await?);
    buyer.finds_by_filters().await?;
    buyer.puts_into_basket("qyhg", "庆元花菇").await?;
    buyer.puts_into_basket("changshan huyou", "常山胡柚").await?;
    buyer.finds_in_the_basket_after_a_reload(2).await?;
    buyer.close().await?;
    site.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_come_back_to() -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    let buyer = Person::new(&site, Browser::open(&driver, Width::Desk).await?);
    buyer.scrolls_on().await?;
    buyer.comes_back_to_its_place().await?;
    buyer.close().await?;
    site.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_are_found_at_the_desk() -> Result<()> {
    find(Width::Desk).await
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_are_found_on_the_phone() -> Result<()> {
    find(Width::Phone).await
}

/// The first visit to the product list, everything it needs, in brotli, counted in the browser that shows it.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_visit_to_the_product_list_is_light() -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    let browser = Browser::open(&driver, Width::Phone).await?;
    browser.goto(&site.url("/products")).await?;
    browser.see(".shelf .card .c-name").await?;
    weight::check(&browser).await?;
    browser.close().await?;
    site.close().await
}

/// A page that is not there, a product that is not there, a door that is closed: each says so in words.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_said_in_words() -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    let browser = Browser::open(&driver, Width::Desk).await?;
    browser.goto(&site.url("/nowhere")).await?;
    browser.see_words("h1", "没有这个页面").await?;
    browser.goto(&site.url("/products/0192f0c0-0000-7000-8000-000000000000")).await?;
    browser.see_words("main", "没有这个产品").await?;
    browser.goto(&site.url("/products?q=xyzzy")).await?;
    browser.see_words("main", "没有").await?;
    browser.inspect("nothing-found").await?;
    browser.goto(&site.url("/dashboard")).await?;
    browser.see_words("main", "登录").await?;
    let person = Person::new(&site, browser);
    person.cannot_sign_in_with_a_wrong_password().await?;
    person.close().await?;
    site.close().await
}
