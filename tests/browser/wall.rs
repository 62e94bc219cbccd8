//! The screen on the wall: its figures are the server's, it says so when they may be old, and it comes back by itself and is right
//! again. Beside it the dashboard's matrix, its curve turned by the keyboard, and who is behind.

use anyhow::{Context as _, Result, ensure};
use domain::id::SaleId;
use domain::{Language, Money};
use serde_json::{Value, json};
use server::clock;
use server::store::{accounts, sales};
use thirtyfour::prelude::*;

use crate::browser::{Browser, Width};
use crate::driver::Driver;
use crate::pages::Person;
use crate::site::Site;

async fn coordinator(site: &Site, driver: &Driver, width: Width, login: &str) -> Result<Browser> {
    let person = Person::new(site, Browser::open(driver, width).await?);
    person.signs_in(login).await?;
    Ok(person.into_browser())
}

/// From so much on a reversal needs two.
const ALONE: Money = Money::from_yuan(100_000);

const TOTAL: &str = "return Number(document.querySelector('#wall-total')?.dataset.fen ?? -1)";

#[tokio::test(flavor = "multi_thread")]
async fn the_wall_says_when_its_figures_are_old_and_is_right_again() -> Result<()> {
    let (mut site, driver) = (Site::open().await?, Driver::start()?);
    let browser = coordinator(&site, &driver, Width::Desk, "ningbo.city").await?;
    browser.goto(&site.url("/wall")).await?;
    browser.see("#wall-total").await?;
    browser.see_words("#clock", ":").await?;
    ensure!(!is_old(&browser).await?, "figures that have just come are fresh");
    browser.see(".w-rank li").await?;
    let masthead = browser.driver.find(By::Css(".masthead")).await?.is_displayed().await?;
    ensure!(!masthead, "a wall has no masthead");
    browser.inspect("wall").await?;
    let before = browser.until(TOTAL, |fen| fen.as_i64() > Some(0)).await?.as_i64().context("a total")?;

    site.stop().await?;
    browser.see_words("#stale", "数字截至").await?;
    browser.see_words("#stale-for", "没有更新").await?;
    ensure!(is_old(&browser).await?, "what may be old is grey");
    let counts = |answer: &Value| answer.as_str().is_some_and(|words| !words.contains("已 0 秒"));
    let first = browser.until("return document.querySelector('#stale-for').innerText", counts).await?;
    browser.until("return document.querySelector('#stale-for').innerText", |now| *now != first).await?;
    browser.inspect("wall-old").await?;
    let taken_back = take_one_back(&site)?;

    site.start_again().await?;
    browser.until(TOTAL, |fen| *fen == json!(before - taken_back.fen())).await?;
    browser.until("return document.querySelector('#stale').innerText", |words| *words == json!("")).await?;
    ensure!(!is_old(&browser).await?, "and fresh again");
    // Who leaves the wall finds the page as it was.
    browser.click(".w-logo").await?;
    browser.see(".masthead").await?;
    browser.see("#recognised").await?;
    let dressed = "const root = document.documentElement; return root.classList.contains('wall') || root.dataset.theme === 'dark'";
    ensure!(browser.until(dressed, |_| true).await? == json!(false), "the wall's dress stays on the wall");
    browser.close().await?;
    site.close().await
}

async fn is_old(browser: &Browser) -> Result<bool> {
    let answer = "return document.querySelector('#wall').classList.contains('old')";
    Ok(browser.until(answer, Value::is_boolean).await? == json!(true))
}

/// What another server would do while this one is away: the last sale is taken back.
fn take_one_back(site: &Site) -> Result<Money> {
    let mut db = site.database()?;
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let data = server::data::read(&root.join("data"))?;
    let city = data.accounts.iter().find(|account| account.login == "ningbo.city").context("the city's account")?;
    let actor = accounts::actor_of_account(&mut db, &city.id.to_string())?;
    let now = clock::now();
    let filter = sales::Filter { year: clock::day(now).year(), ..sales::Filter::default() };
    let entries = sales::list(&mut db, &filter, None, 100, Language::Zh)?.items;
    // Small enough for one person to take back.
    let small =
        |it: &domain::wire::SaleEntry| it.reverses.is_none() && it.reversed_quantity == 0 && it.amount_fen < ALONE;
    let sale = entries.into_iter().find(small).context("a sale")?;
    let id = SaleId(server::id::new());
    sales::reverse(&mut db, &actor, &sale.id.to_string(), id, "登记错了", now, Language::Zh)?;
    Ok(sale.amount_fen)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_curve_is_turned_by_keys_and_a_cell_opens_its_entries() -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    for (width, name) in [(Width::Desk, "desk"), (Width::Phone, "phone")] {
        let browser = coordinator(&site, &driver, width, "ningbo.city").await?;
        browser.goto(&site.url("/dashboard")).await?;
        let months = browser.see(".turn-m").await?;
        months.send_keys(Key::Home + "").await?;
        let spoken = "return document.querySelector('.turn-m').getAttribute('aria-valuetext')";
        browser.until(spoken, |words| words.as_str().is_some_and(|words| words.starts_with("1 月"))).await?;
        months.send_keys(Key::Right + "").await?;
        browser.until(spoken, |words| words.as_str().is_some_and(|words| words.starts_with("2 月"))).await?;

        let edges = "const fen = it => Number(it.dataset.edge ?? it.dataset.cell);
            const sum = list => Array.from(list).reduce((total, it) => total + fen(it), 0);
            const total = Number(document.querySelector('#recognised').dataset.fen);
            return [total - sum(document.querySelectorAll('.mx [data-edge]')), total - sum(document.querySelectorAll('.mx [data-cell]'))]";
        browser.until(edges, |parted| *parted == json!([0, 0])).await?;
        let cell = "return document.querySelector('.mx [data-cell]').dataset.cell";
        let amount = browser.until(cell, Value::is_string).await?.as_str().context("an amount")?.to_owned();
        browser.click(".mx [data-cell]").await?;
        let sum = "return document.querySelector('#ledger-sum')?.dataset.fen ?? ''";
        browser.until(sum, |fen| *fen == json!(amount)).await?;
        // Back leads to the dashboard.
        browser.driver.back().await?;
        browser.see(".mx").await?;

        browser.click(".onward a[href^='/behind']").await?;
        browser.see(".bh h3").await?;
        browser.inspect(&format!("behind-{name}")).await?;
        browser.close().await?;
    }
    site.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_district_sees_its_own_wall_and_others_none() -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    let browser = coordinator(&site, &driver, Width::Desk, "zhenhai.district").await?;
    browser.goto(&site.url("/wall")).await?;
    browser.see_words(".w-h h1", "镇海区").await?;
    browser.goto(&site.url("/behind?district=yinzhou")).await?;
    browser.see_words("main", "只看本区县").await?;
    browser.close().await?;
    let browser = coordinator(&site, &driver, Width::Phone, "zhenhai.officer").await?;
    browser.goto(&site.url("/wall")).await?;
    browser.see_words("main", "支援合作局").await?;
    browser.close().await?;
    site.close().await
}
