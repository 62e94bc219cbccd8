//! Sales made elsewhere: the form at a booth, what waits to be sent, and a report with what it may repeat.

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::Person;

/// A sale as it is typed at a booth.
pub struct BoothSale<'a> {
    pub product: &'a str,
    pub yuan: &'a str,
    pub invoice: &'a str,
    pub photo: &'a Path,
}

impl Person<'_> {
    /// The app and what its form chooses among are kept by the browser, for when there is no network.
    pub async fn opens_the_booth(&self) -> Result<()> {
        let browser = self.browser();
        self.goto("/products").await?;
        browser.until("return !!navigator.serviceWorker?.controller", |answer| *answer == json!(true)).await?;
        self.goto("/reports/new").await?;
        browser.see("#report-form").await?;
        let kept = "return localStorage.getItem('shanhai.report-choices.1') !== null
            && localStorage.getItem('shanhai.reporter.1') !== null";
        browser.until(kept, |answer| *answer == json!(true)).await.map(drop)
    }

    /// Wrong at first, and told so at the head of the form.
    pub async fn reports_a_sale(&self, sale: &BoothSale<'_>, name: &str) -> Result<()> {
        let browser = self.browser();
        self.goto("/reports/new").await?;
        browser.see("#report-form").await?;
        browser.inspect(&format!("report-form-{name}")).await?;
        browser.click("#submit-report").await?;
        browser.see(".errors a[href='#line-product']").await?;
        let focused = "return document.activeElement.classList.contains('errors')";
        browser.until(focused, |answer| *answer == json!(true)).await?;
        browser.inspect(&format!("report-wrong-{name}")).await?;
        browser.click_words(".rp-head .chip", "展会").await?;
        browser.fill("#line-product", sale.product).await?;
        browser.fill("#line-amount_fen", sale.yuan).await?;
        browser.fill("#line-quantity", "3").await?;
        browser.choose("#line-category", "菌菇").await?;
        browser.choose("#line-county", "庆元").await?;
        browser.choose("#line-district", "镇海区").await?;
        browser.fill("#line-invoices", sale.invoice).await?;
        let photo = sale.photo.to_string_lossy().into_owned();
        let input =
            browser.driver.execute("return document.querySelector('#add-evidence')", vec![]).await?.element()?;
        input.send_keys(photo).await?;
        browser.see(".rp-proof li").await?;
        browser.click("#submit-report").await
    }

    /// It outlives the page, and waits.
    pub async fn finds_it_waiting(&self, name: &str) -> Result<()> {
        let browser = self.browser();
        browser.see_words("#waiting", "等待发送 1").await?;
        browser.inspect(&format!("report-waits-{name}")).await?;
        self.goto("/reports").await?;
        browser.see_words("#waiting", "等待发送 1").await
    }

    pub async fn sends_what_waits(&self, name: &str) -> Result<()> {
        let browser = self.browser();
        self.goto("/reports").await?;
        browser.until("return document.querySelector('#waiting') === null", |answer| *answer == json!(true)).await?;
        browser.see(".rp-list li .state.submitted").await?;
        browser.inspect(&format!("reports-{name}")).await
    }

    /// Opens a report, decides on its only pair, and recognises it.
    pub async fn decides_and_recognises(&self, report: &str, name: &str) -> Result<()> {
        let browser = self.browser();
        self.goto(&format!("/reports/{report}")).await?;
        browser.see(".rp-pair").await?;
        browser.see_words(".rp-why", "发票号码相同").await?;
        browser.inspect(&format!("report-pair-{name}")).await?;
        browser.click("#recognise").await?;
        browser.see_words(".turn .note.wrong", "疑似重复").await?;
        browser.fill(".rp-decide input", "两张发票原件核对过，不是同一笔").await?;
        browser.click("[data-say='different']").await?;
        browser.see(".rp-pair[data-verdict='different']").await?;
        browser.click("#recognise").await?;
        browser.see_words("h1", "已认定").await?;
        browser.inspect(&format!("report-recognised-{name}")).await
    }
}
