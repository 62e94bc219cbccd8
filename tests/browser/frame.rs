//! What is seen before the app has arrived, and every page in the other language.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::browser::{Browser, Width};
use crate::driver::Driver;
use crate::pages::Person;
use crate::site::Site;

/// Addresses, the class that their body must have, and a word of their heading.
const PAGES: [(&str, &str, &str); 5] = [
    ("/products", "p-list", "山里的好货"),
    ("/basket", "p-basket", "采购篮"),
    ("/sign-in", "has-tabs", "登录"),
    ("/dashboard", "has-tabs", "消费帮扶总览"),
    ("/nowhere", "has-tabs", "没有这个页面"),
];

/// The app never comes: each page still has its own heading, and the list its goods, whose links work.
#[tokio::test(flavor = "multi_thread")]
async fn the_frame_stands_before_the_app() -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    let browser = Browser::open(&driver, Width::Phone).await?;
    let tools = browser.driver.cdp();
    tools.send_raw("Network.enable", json!({})).await?;
    tools.send_raw("Network.setBlockedURLs", json!({"urls": ["*.wasm"]})).await?;
    for (path, class, heading) in PAGES {
        browser.goto(&site.url(path)).await?;
        browser.see_words("#frame h1", heading).await?;
        browser.see("#frame #q").await?;
        let class_name: String = browser.driver.execute("return document.body.className", vec![]).await?.convert()?;
        ensure!(class_name.contains(class), "the body of {path} is of {class_name}");
        browser.look_closely(&format!("frame{}", path.replace('/', "-"))).await?;
    }
    browser.goto(&site.url("/products")).await?;
    let name = "return document.querySelector('#frame .shelf .c-name').innerText";
    let name: String = browser.driver.execute(name, vec![]).await?.convert()?;
    browser.click("#frame .shelf .card a").await?;
    browser.see_words("#frame h1", &name).await?;
    browser.look_closely("frame-product").await?;
    browser.close().await?;
    site.close().await
}

/// Each page once in English; the walk sees them in Chinese.
#[tokio::test(flavor = "multi_thread")]
async fn every_page_stands_in_english() -> Result<()> {
    let (site, driver) = (Site::open().await?, Driver::start()?);
    let browser = Browser::open_in(&driver, Width::Phone, "en-GB").await?;
    for path in ["/products", "/basket", "/sign-in", "/nowhere"] {
        see_in_english(&browser, &site, path).await?;
    }
    browser.goto(&site.url("/products")).await?;
    browser.click("#main .shelf .card a").await?;
    browser.see("article.pd h1").await?;
    browser.inspect("english-product").await?;
    let person = Person::new(&site, browser);
    person.signs_in("zhenhai.officer").await?;
    for path in ["/desk", "/orders", "/orders/new", "/join"] {
        see_in_english(person.browser(), &site, path).await?;
    }
    person.signs_in("ningbo.city").await?;
    for path in ["/dashboard", "/ledger"] {
        see_in_english(person.browser(), &site, path).await?;
    }
    person.close().await?;
    site.close().await
}

async fn see_in_english(browser: &Browser, site: &Site, path: &str) -> Result<()> {
    browser.goto(&site.url(path)).await?;
    browser.see("#main h1").await?;
    // The app has taken the frame's place, and nothing is on its way any more.
    let settled =
        "return !document.getElementById('frame') && !document.querySelector('#main .bone, #main [aria-busy=true]')";
    browser.until(settled, |answer| answer == true).await?;
    let language: String = browser.driver.execute("return document.documentElement.lang", vec![]).await?.convert()?;
    ensure!(language == "en", "{path} is in {language}");
    browser.inspect(&format!("english{}", path.replace('/', "-"))).await
}
