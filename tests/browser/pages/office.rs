//! What coordinators and the operator do for the year's figures: targets, closing months, reversals of two people, the bulletin.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::Person;

impl Person<'_> {
    /// The operator sets one target; the old one stays beside it.
    pub async fn sets_the_citys_target(&self, year: i16, yuan: &str, width: &str) -> Result<()> {
        let browser = self.browser();
        self.signs_in("operator").await?;
        self.goto(&format!("/targets?year={year}")).await?;
        browser.see("#targets-city").await?;
        browser.inspect(&format!("targets-{width}")).await?;
        browser.click("#add-target").await?;
        browser.see("#target-whom-error").await?;
        browser.choose("#target-whom", "全市").await?;
        browser.fill("#target-amount", yuan).await?;
        browser.fill("#target-document", "示例〔2026〕追加1号").await?;
        browser.click("#add-target").await?;
        browser.see_words(".toast", "已下达").await?;
        let versions = "return [...document.querySelectorAll('#targets-city ~ .scroll li')].length";
        browser.until(versions, |found| *found == json!(2)).await?;
        browser.inspect(&format!("targets-set-{width}")).await
    }

    /// The city closes the last month that has ended, once it has seen what that means.
    pub async fn closes_the_last_month(&self, width: &str) -> Result<()> {
        let browser = self.browser();
        self.signs_in("ningbo.city").await?;
        self.goto("/closing").await?;
        browser.see("#months tbody tr").await?;
        browser.inspect(&format!("closing-{width}")).await?;
        browser.click("#months [data-close]").await?;
        browser.see("dialog[open] #close-note").await?;
        browser.inspect(&format!("closing-asked-{width}")).await?;
        browser.fill("#close-note", "已与商户对账").await?;
        browser.click("dialog[open] menu .wrong").await?;
        browser.see_words(".toast", "已关账").await?;
        browser.see_words("#months .tag.ok", "已关账").await?;
        browser.inspect(&format!("closed-{width}")).await
    }

    /// The bulletin's first number leads to its entries, which sum up to it.
    pub async fn reads_the_bulletin(&self, width: &str) -> Result<()> {
        let browser = self.browser();
        self.goto("/bulletin").await?;
        browser.see("#bulletin > p a.num").await?;
        browser.inspect(&format!("bulletin-{width}")).await?;
        let first = "return document.querySelector('#bulletin > p a.num').innerText";
        let told = browser.driver.execute(first, vec![]).await?.json().clone();
        let told = told.as_str().context("a number")?.to_owned();
        browser.click("#bulletin > p a.num").await?;
        browser.see("#ledger-sum").await?;
        let entries = "return Number(document.querySelector('#ledger-sum')?.dataset.fen ?? 0)";
        let fen = browser.until(entries, |fen| fen.as_i64().is_some_and(|fen| fen > 0)).await?;
        let fen = fen.as_i64().context("an amount")?;
        let again = domain::bulletin::amount(domain::Money::from_fen(fen), domain::Language::Zh);
        ensure!(again == told, "the bulletin says {told}, its entries {again}");
        Ok(())
    }

    /// The other pages as they are, in whichever language.
    pub async fn looks_at_the_office(&self, name: &str) -> Result<()> {
        let browser = self.browser();
        for (path, seen) in [
            ("/counting-rules", "#counting-rules li"),
            ("/reversals", "#waiting"),
            ("/exports", "#exports [data-export=csv]"),
            ("/desk", "#reversals-waiting"),
        ] {
            self.goto(path).await?;
            browser.see(seen).await?;
            browser.inspect(&format!("office{}-{name}", path.replace('/', "-"))).await?;
        }
        Ok(())
    }
}
