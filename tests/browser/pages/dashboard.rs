//! The coordinator's window, which stays open.

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

/// What the page shows, in fen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Shown {
    pub recognised: i64,
    pub pipeline: i64,
    /// The sum of each breakdown's rows.
    pub breakdowns: Vec<(String, i64)>,
    districts: Vec<(String, i64)>,
    channels: Vec<(String, i64)>,
}

impl Shown {
    pub fn district(&self, key: &str) -> i64 {
        amount_of(&self.districts, key)
    }

    pub fn channel(&self, key: &str) -> i64 {
        amount_of(&self.channels, key)
    }
}

fn amount_of(rows: &[(String, i64)], key: &str) -> i64 {
    rows.iter().find(|(of, _)| of == key).map_or(0, |(_, amount)| *amount)
}

/// Every row of a breakdown carries its exact amount as `data-fen` beside the words a person reads.
const SHOWN: &str = "
    const fen = element => Number(element?.dataset.fen ?? NaN);
    const rows = id => Array.from(document.querySelectorAll('#' + id + ' [data-key]'));
    const keyed = id => rows(id).map(row => [row.dataset.key, fen(row)]);
    const sum = id => rows(id).reduce((total, row) => total + fen(row), 0);
    return {
        recognised: fen(document.querySelector('#recognised')),
        pipeline: fen(document.querySelector('#pipeline')),
        breakdowns: ['by-district', 'by-county', 'by-brand', 'by-channel', 'by-category', 'by-pair'].map(id => [id, sum(id)]),
        districts: keyed('by-district'),
        channels: keyed('by-channel'),
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
}
