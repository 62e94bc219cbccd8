//! The coordinator's window, which stays open.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use domain::Money;
use serde::Deserialize;
use serde_json::json;

use super::Person;
use crate::browser::{Browser, Width};
use crate::driver::Driver;
use crate::site::Site;

pub struct Dashboard {
    browser: Browser,
}

/// What the page shows, in fen: by the part of the page and by what the row is of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Shown {
    pub recognised: i64,
    pub pipeline: i64,
    today: i64,
    breakdowns: BTreeMap<String, BTreeMap<String, i64>>,
    /// By `district county`; what is nothing has no cell.
    matrix: BTreeMap<String, i64>,
}

impl Shown {
    pub fn district(&self, key: &str) -> i64 {
        self.row("by-district", key)
    }

    pub fn channel(&self, key: &str) -> i64 {
        self.row("by-channel", key)
    }

    fn row(&self, breakdown: &str, key: &str) -> i64 {
        self.breakdowns.get(breakdown).and_then(|rows| rows.get(key)).copied().unwrap_or(0)
    }

    /// Each breakdown and the sum of its rows.
    pub fn sums(&self) -> impl Iterator<Item = (&str, i64)> {
        self.breakdowns.iter().map(|(name, rows)| (name.as_str(), rows.values().sum()))
    }

    /// `part row fen` of whatever is not what it was, in the order of the words.
    pub fn moved_since(&self, before: &Shown) -> Vec<String> {
        let key = |part: &str, row: &str| (part.to_owned(), row.to_owned());
        let all = |it: &Shown| -> BTreeMap<(String, String), i64> {
            let mut all =
                BTreeMap::from([(key("total", "recognised"), it.recognised), (key("total", "today"), it.today)]);
            for (part, rows) in &it.breakdowns {
                all.extend(rows.iter().map(|(row, fen)| (key(part, row), *fen)));
            }
            all.extend(it.matrix.iter().map(|(row, fen)| (key("matrix", row), *fen)));
            all
        };
        let (before, now) = (all(before), all(self));
        let keys: BTreeSet<_> = before.keys().chain(now.keys()).collect();
        let of = |all: &BTreeMap<_, i64>, key| all.get(key).copied().unwrap_or(0);
        let moved = keys.into_iter().map(|key| (key, of(&now, key) - of(&before, key)));
        moved.filter(|(_, fen)| *fen != 0).map(|((part, row), fen)| format!("{part} {row} {fen}")).collect()
    }
}

/// Every row of a breakdown carries its exact amount as `data-fen` beside the words a person reads.
const SHOWN: &str = "
    const fen = element => Number(element?.dataset.fen ?? NaN);
    const rows = id => Array.from(document.querySelectorAll('#' + id + ' [data-key]'));
    const keyed = id => Object.fromEntries(rows(id).map(row => [row.dataset.key, fen(row)]));
    const crossing = link => {
        const asked = new URL(link.href).searchParams;
        return [asked.get('district') + ' ' + asked.get('county'), Number(link.dataset.cell)];
    };
    return {
        recognised: fen(document.querySelector('#recognised')),
        pipeline: fen(document.querySelector('#pipeline')),
        today: fen(document.querySelector('#today')),
        breakdowns: Object.fromEntries(
            ['by-district', 'by-county', 'by-brand', 'by-channel', 'by-category', 'by-pair'].map(id => [id, keyed(id)])),
        matrix: Object.fromEntries(Array.from(document.querySelectorAll('a[data-cell]'), crossing)),
    }";

impl Dashboard {
    pub async fn open(site: &Site, driver: &Driver, width: Width) -> Result<Dashboard> {
        let coordinator = Person::new(site, Browser::open(driver, width).await?);
        coordinator.signs_in("ningbo.city").await?;
        let browser = coordinator.into_browser();
        browser.goto(&site.url("/dashboard")).await?;
        browser.see("#recognised").await?;
        browser.see_words("#live", "实时").await?;
        browser.inspect("dashboard").await?;
        // A reload would lose this mark.
        browser.driver.execute("window.__opened = true", vec![]).await?;
        Ok(Dashboard { browser })
    }

    pub async fn close(self) -> Result<()> {
        self.browser.close().await
    }

    pub async fn figures(&self) -> Result<Shown> {
        let shown: Shown =
            self.browser.driver.execute(SHOWN, vec![]).await?.convert().context("figures on the dashboard")?;
        Ok(shown)
    }

    /// Waits until the page shows more in the pipeline than before.
    pub async fn pipeline_grows_from(&self, before: &Shown) -> Result<Shown> {
        let script = "return Number(document.querySelector('#pipeline').dataset.fen)";
        self.browser.until(script, |fen| fen.as_i64().is_some_and(|fen| fen > before.pipeline)).await?;
        self.figures().await
    }

    /// Waits until the page, not loaded again, shows this total to a person's eyes as well.
    pub async fn recognised_becomes(&self, expected: i64) -> Result<Shown> {
        let script = "return Number(document.querySelector('#recognised').dataset.fen)";
        self.browser.until(script, |fen| *fen == json!(expected)).await?;
        self.browser.see_words("#recognised .v", &Money::from_fen(expected).wan(1)).await?;
        let same: bool = self.browser.driver.execute("return window.__opened === true", vec![]).await?.convert()?;
        ensure!(same, "the page was loaded again");
        self.browser.inspect("dashboard-moved").await?;
        self.figures().await
    }

    /// The breakdown by channel has a row of this name.
    pub async fn names_the_channel(&self, word: &str) -> Result<()> {
        self.browser.see_words("#by-channel [data-key]", word).await
    }

    /// Follows the total to its entries, whose sum is the figure.
    pub async fn sums_its_entries(&self, total: Money) -> Result<()> {
        self.browser.click("#recognised").await?;
        let script = "return Number(document.querySelector('#ledger-sum')?.dataset.fen ?? 0)";
        self.browser.until(script, |fen| *fen == json!(total.fen())).await?;
        Ok(())
    }

    /// The same, and one of the sold goods among them.
    pub async fn opens_its_entries(&self, total: Money) -> Result<()> {
        self.sums_its_entries(total).await?;
        self.browser.see_words("main", "庆元花菇").await?;
        self.browser.inspect("ledger").await
    }

    /// A district's figure is opened, and of its entries the one of so many fen: the figure is their sum.
    pub async fn opens_the_entry(&self, district: &str, total: i64, fen: i64) -> Result<()> {
        let browser = &self.browser;
        browser.click(&format!("#by-district [data-key='{district}'] td a")).await?;
        let script = "return Number(document.querySelector('#ledger-sum')?.dataset.fen ?? 0)";
        browser.until(script, |sum| *sum == json!(total)).await?;
        browser.see(&format!("tr[data-fen='{fen}'] .src a[href^='/reports/']")).await.map(drop)
    }

    /// Takes that entry back and returns to the figures.
    pub async fn takes_back(&self, fen: i64, reason: &str) -> Result<()> {
        let browser = &self.browser;
        browser.click(&format!("tr[data-fen='{fen}'] .do-it button")).await?;
        browser.fill("#reversal-reason", reason).await?;
        browser.inspect("reversal-asked").await?;
        browser.click("dialog[open] menu .wrong").await?;
        browser.see(&format!("tr.rev[data-fen='-{fen}']")).await?;
        browser.inspect("reversed").await?;
        browser.driver.back().await?;
        browser.see("#recognised").await.map(drop)
    }
}
