//! Without a server: what was seen is there and marked as such, and nothing can be ordered. With a newer app on the server: an
//! open window is told, and goes on until its reader says so.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::browser::{Browser, Width};
use crate::driver::Driver;
use crate::site::Site;

/// The service worker is at work and has what the page was filled with.
const KEPT: &str = "return (async () => {
    if (!navigator.serviceWorker.controller) return false;
    const names = (await caches.keys()).filter(name => name.startsWith('seen-'));
    const kept = await Promise.all(names.map(async name => (await (await caches.open(name)).keys()).map(it => new URL(it.url).pathname)));
    return kept.flat().includes(arguments[0]);
})()";

async fn is_kept(browser: &Browser, path: &str) -> Result<()> {
    let script = KEPT.replace("arguments[0]", &json!(path).to_string());
    browser.until(&script, |answer| answer == true).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_is_read_without_a_network() -> Result<()> {
    let (mut site, driver) = (Site::open().await?, Driver::start()?);
    let browser = Browser::open(&driver, Width::Phone).await?;
    browser.goto(&site.url("/products")).await?;
    is_kept(&browser, "/api/v1/products").await?;
    browser.click("#main .shelf .card a").await?;
    browser.see("article.pd h1").await?;
    let path: String = browser.driver.execute("return location.pathname", vec![]).await?.convert()?;
    let name: String =
        browser.driver.execute("return document.querySelector('h1').innerText", vec![]).await?.convert()?;
    is_kept(&browser, &format!("/api/v1{path}")).await?;
    browser.click(".go .btn.do, .b-bar .btn.do").await?;
    browser.click(".buy a[href='/basket']").await?;
    browser.see(".bk-side .btn.do").await?;

    site.stop().await?;
    browser.goto(&site.url("/products")).await?;
    browser.see_words("#main .shelf", &name).await?;
    browser.see_words(".strip", "离线").await?;
    browser.inspect("offline-list").await?;
    browser.goto(&site.url(&path)).await?;
    browser.see_words("article.pd h1", &name).await?;
    browser.see(".strip.off").await?;
    browser.inspect("offline-product").await?;
    browser.goto(&site.url("/basket")).await?;
    browser.see_words(".bk-line", &name).await?;
    browser.see_words(".bk-side", "现在没有网络").await?;
    let ways = "return document.querySelectorAll('.bk-side .btn').length";
    ensure!(browser.until(ways, |_| true).await? == 0, "nothing can be ordered");
    browser.inspect("offline-basket").await?;
    // Sessions and orders are nobody's business but their owner's: of those nothing is kept.
    let urls = "return (async () => { let urls = [];
        for (const name of await caches.keys()) for (const it of await (await caches.open(name)).keys()) urls.push(new URL(it.url).pathname);
        return urls; })()";
    let urls: Vec<String> = browser.driver.execute(urls, vec![]).await?.convert()?;
    let private = |url: &&String| url.starts_with("/api/") && !url.starts_with("/api/v1/products");
    ensure!(!urls.iter().any(|url| private(&url)), "{urls:?}");
    browser.close().await?;
    site.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_version_waits_until_its_reader_wants_it() -> Result<()> {
    let app = copy_of_app()?;
    let (site, driver) = (Site::open_with_app(app.path()).await?, Driver::start()?);
    let browser = Browser::open(&driver, Width::Desk).await?;
    browser.goto(&site.url("/products")).await?;
    is_kept(&browser, "/api/v1/products").await?;
    release_another(app.path())?;
    browser.driver.execute("navigator.serviceWorker.getRegistration().then(it => it.update())", vec![]).await?;
    browser.see_words(".strip", "新版本").await?;
    browser.inspect("newer-version").await?;
    browser.driver.execute("window.__before = true", vec![]).await?;
    browser.click(".strip button").await?;
    browser.until("return window.__before === undefined", |answer| answer == true).await?;
    browser.see("#main .shelf .card .c-name").await?;
    let note = "return document.querySelector('.strip') === null";
    ensure!(browser.until(note, |answer| answer == true).await? == true);
    browser.close().await?;
    site.close().await
}

fn copy_of_app() -> Result<tempfile::TempDir> {
    let copy = tempfile::TempDir::new()?;
    copy_folder(&Site::app(), copy.path())?;
    Ok(copy)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        let place = to.join(path.file_name().context("a name")?);
        match path.is_dir() {
            true => copy_folder(&path, &place)?,
            false => drop(std::fs::copy(&path, &place)?),
        }
    }
    Ok(())
}

/// The worker of another build: its name is another.
fn release_another(app: &Path) -> Result<()> {
    let worker = app.join("sw.js");
    let text = std::fs::read_to_string(&worker)?;
    std::fs::write(&worker, text.replace("static-", "static-next-"))?;
    Ok(std::fs::remove_file(app.join("sw.js.br"))?)
}
