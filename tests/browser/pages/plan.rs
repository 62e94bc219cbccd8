//! What a union's officer does with the year: plans it, has bundles proposed, and orders one; and the operator's rules.

use anyhow::{Result, ensure};
use serde_json::json;

use super::Person;

const HEADS: &str = "120";
const STANDARD: &str = "300";

impl Person<'_> {
    /// The year's plan with one occasion, over the cap at first.
    pub async fn plans_the_new_year(&self, width: &str) -> Result<()> {
        let browser = self.browser();
        self.goto("/plan").await?;
        browser.fill("#heads-new_year", HEADS).await?;
        browser.fill("#each-new_year", "100000").await?;
        browser.see("#warnings .warn").await?;
        browser.click("#save-plan").await?;
        browser.see(".errors a[href='#plan-reason']").await?;
        browser.inspect(&format!("plan-over-{width}")).await?;
        browser.fill("#plan-reason", "上级文件已批").await?;
        browser.fill("#each-new_year", STANDARD).await?;
        browser.click("#save-plan").await?;
        browser.see_words(".toast", "计划已保存").await?;
        browser.inspect(&format!("plan-{width}")).await
    }

    /// From the year to three proposals, of which the first is taken, and what it comes to.
    pub async fn takes_the_first_of_three_bundles(&self, width: &str) -> Result<()> {
        let browser = self.browser();
        browser.click("a[href='/plan/new_year']").await?;
        browser.fill("#head-count", HEADS).await?;
        browser.fill("#per-head", STANDARD).await?;
        browser.click("#propose").await?;
        browser.until("return document.querySelectorAll('.bd-prop').length", |count| *count == json!(3)).await?;
        browser.inspect(&format!("bundles-proposed-{width}")).await?;
        browser.click("#take-0").await?;
        browser.see_words("#bundle-heads", HEADS).await?;
        browser.see(".bd-counties li").await?;
        browser.click("#keep-bundles").await?;
        browser.see_words(".toast", "礼包已存下").await?;
        browser.inspect(&format!("bundles-{width}")).await
    }

    /// The order form opens with everything the bundles know.
    pub async fn orders_the_bundles(&self) -> Result<()> {
        let browser = self.browser();
        browser.click("#order-it").await?;
        browser.see("#order-form").await?;
        let filled = "return [document.querySelector('#order-form input[type=radio]:checked')?.value,
            document.querySelector('#head-count')?.value, document.querySelector('#per-head')?.value].join(' ')";
        let wanted = json!(format!("new_year {HEADS} {STANDARD}"));
        browser.until(filled, |found| *found == wanted).await?;
        // At least 97 % of 300 yuan are used, and no more than all of it.
        let left = "return document.querySelector('#left-per-head')?.innerText.replace(/[^0-9.-]/g, '') ?? ''";
        let left = browser.until(left, |left| *left != json!("")).await?;
        let yuan: f64 = left.as_str().unwrap_or_default().parse()?;
        ensure!((0.0..=9.0).contains(&yuan), "each has {yuan} yuan left");
        Ok(())
    }

    /// The operator adds a version, and sees it in force.
    pub async fn adds_a_rule(&self, width: &str) -> Result<()> {
        let browser = self.browser();
        self.goto("/plan/rules").await?;
        browser.see("#rules tr").await?;
        browser.click("#add-rule").await?;
        browser.see(".errors a[href='#rule-value']").await?;
        browser.fill("#rule-value", "1800").await?;
        browser.fill("#rule-document", "甬工〔2026〕1号（示例）").await?;
        let day = "const day = document.querySelector('#rule-from'); day.value = '2026-01-01';
            day.dispatchEvent(new Event('input', {bubbles: true})); return day.value";
        browser.until(day, |day| *day == json!("2026-01-01")).await?;
        browser.click("#add-rule").await?;
        browser.see_words("#rules", "甬工〔2026〕1号").await?;
        browser.inspect(&format!("rules-{width}")).await
    }
}
