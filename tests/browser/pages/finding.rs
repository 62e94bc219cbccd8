//! How a person finds goods: by typing, by choosing, by scrolling on, and by going back to what was seen.

use std::io::Write as _;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use thirtyfour::Key;

use super::Person;
use crate::browser::Width;

const NAMES: &str = "return Array.from(document.querySelectorAll('.shelf .c-name')).map(e => e.innerText)";
const COUNT: &str = "return document.querySelectorAll('.shelf .card').length";
const QUERY: &str = "return new URLSearchParams(location.search).get('q')";

/// Goes back or forward and measures, in the page, from there to the frame in which what is looked for is painted.
const PAINTED: &str = "const [way, css, done] = arguments; const start = performance.now();
    const look = () => document.querySelector(css)
        ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)))
        : requestAnimationFrame(look);
    history[way](); addEventListener('popstate', look, { once: true });";

impl Person<'_> {
    /// Types initials: goods and suggestions come while typing, the address tells of them, and one step back undoes it.
    pub async fn searches_by_initials(&self) -> Result<()> {
        let browser = &self.browser;
        self.goto("/products").await?;
        browser.see(".shelf .card .c-name").await?;
        browser.fill("#q", "qyxg").await?;
        browser.until(QUERY, |words| *words == json!("qyxg")).await?;
        browser.see_words(".shelf .c-name mark", "庆元香菇").await?;
        browser.see_words(".suggest", "庆元香菇").await?;
        browser.inspect("suggestions").await?;
        let input = browser.see("#q").await?;
        input.send_keys(Key::Down + "").await?;
        let chosen = "return document.querySelector('#q').getAttribute('aria-activedescendant')";
        browser.until(chosen, |id| *id == json!("suggestions-0")).await?;
        input.send_keys(Key::Escape + "").await?;
        browser.until("return document.querySelector('.suggest').hidden", |hidden| *hidden == json!(true)).await?;
        browser.driver.back().await?;
        browser.until(QUERY, serde_json::Value::is_null).await?;
        browser.until(COUNT, |count| *count == json!(24)).await?;
        Ok(())
    }

    /// Searches again, narrows what was found, opens a product, and goes back to the list as it was.
    pub async fn narrows_opens_and_comes_back(&self, width: Width) -> Result<()> {
        let browser = &self.browser;
        self.goto("/products?q=xianggu").await?;
        browser.see(".shelf .card .c-name").await?;
        if width == Width::Phone {
            browser.click(".f-btn").await?;
            browser.see("dialog[open] .facets").await?;
            browser.inspect("drawer").await?;
        }
        browser.see(".facets input").await?;
        let mushrooms = "const row = Array.from(document.querySelectorAll('.facets label.choice'))
            .find(row => row.innerText.includes('菌菇')); row.querySelector('input').click()";
        browser.driver.execute(mushrooms, vec![]).await?;
        browser.until("return location.search", |search| search.to_string().contains("category=mushroom")).await?;
        if width == Width::Phone {
            browser.click("dialog[open] .f-end .do").await?;
            browser
                .until("return document.activeElement.className", |class| class.to_string().contains("f-btn"))
                .await?;
        }
        browser.see_words(".chips", "菌菇").await?;
        let names = browser.until(NAMES, |names| names.as_array().is_some_and(|names| !names.is_empty())).await?;
        browser.click(".shelf .card a").await?;
        browser.see(".pd h1").await?;
        browser.until("return document.activeElement.tagName", |tag| *tag == json!("H1")).await?;
        self.measures("back", ".res .card .c-name", "product to list").await?;
        browser.until(NAMES, |again| *again == names).await?;
        self.measures("forward", ".pd h1", "list to product").await
    }

    /// Warm: both pages have been seen.
    async fn measures(&self, way: &str, css: &str, name: &str) -> Result<()> {
        let taken = self.browser.driver.execute_async(PAINTED, vec![json!(way), json!(css)]).await?;
        let taken = taken.json().as_f64().context("a time")?;
        // Written past the test harness, which would keep it to itself as long as the test passes.
        writeln!(std::io::stderr().lock(), "from {name}, warm, painted after {taken:.0} ms")?;
        Ok(())
    }

    /// Further pages come as one scrolls, then a button, and the foot can be reached.
    pub async fn scrolls_on(&self) -> Result<()> {
        let browser = &self.browser;
        self.goto("/products").await?;
        browser.see(".shelf .card .c-name").await?;
        let further =
            "scrollTo(0, document.body.scrollHeight); return document.querySelectorAll('.shelf .card').length";
        browser.until(further, |count| *count == json!(120)).await?;
        browser.see(".pager button").await?;
        browser.see(".foot").await?;
        browser.click(".pager button").await?;
        let focused = "return Array.from(document.querySelectorAll('.shelf .card')).indexOf(document.activeElement.closest('.card'))";
        browser.until(focused, |place| *place == json!(120)).await?;
        Ok(())
    }

    /// From a product further down one comes back to the same place.
    pub async fn comes_back_to_its_place(&self) -> Result<()> {
        let browser = &self.browser;
        browser.click(".shelf .card:nth-child(60) a").await?;
        let at = "return Math.round(scrollY)";
        browser.see(".pd h1").await?;
        browser.until(at, |at| *at == json!(0)).await?;
        browser.driver.back().await?;
        let seen = "const box = document.querySelector('.shelf .card:nth-child(60)')?.getBoundingClientRect();
            return box !== undefined && box.bottom > 0 && box.top < innerHeight";
        browser.until(seen, |seen| *seen == json!(true)).await?;
        let count = browser.until(COUNT, |count| count.as_i64().is_some_and(|count| count > 120)).await?;
        ensure!(count.as_i64().is_some_and(|count| count <= 127), "no card stands twice: {count}");
        Ok(())
    }
}
