//! Joining and the desks: an application, the operator's answer, and what waits for whom.

use anyhow::{Context as _, Result, ensure};
use domain::uscc::Uscc;
use serde_json::json;

use super::Person;

/// A code whose check character is right; each width applies with another.
fn code(width: &str) -> Result<String> {
    let stem = format!("91331126MA2D{:05}", width.len());
    let codes = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().map(|check| format!("{stem}{check}"));
    codes.into_iter().find(|code| Uscc::parse(code).is_ok()).context("one of the characters is right")
}

fn login(width: &str) -> String {
    format!("mushroom.{width}")
}

impl Person<'_> {
    /// Wrong at first, and told so; gives the number of the application.
    pub async fn applies_to_join(&self, width: &str) -> Result<String> {
        let browser = self.browser();
        self.goto("/sign-in").await?;
        browser.click("main a[href='/join']").await?;
        browser.see("#join-form").await?;
        browser.inspect(&format!("join-{width}")).await?;
        let right = code(width)?;
        let last = if right.ends_with('0') { "1" } else { "0" };
        browser.fill("#uscc", &format!("{}{last}", &right[..17])).await?;
        browser.click("#apply").await?;
        browser.see(".errors a[href='#uscc']").await?;
        browser.see_words("#uscc-error", "校验位").await?;
        browser.inspect(&format!("join-wrong-{width}")).await?;
        browser.fill("#name", "庆元示例新菇合作社").await?;
        browser.fill("#uscc", &right).await?;
        browser.choose("#county", "庆元").await?;
        browser.fill("#address", "丽水市庆元县示例路9号").await?;
        browser.fill("#contact", "吴示例").await?;
        browser.fill("#phone", "13800000009").await?;
        // What is typed outlives the page, the password apart.
        self.goto("/join").await?;
        let kept = "return document.querySelector('#uscc')?.value";
        browser.until(kept, |found| *found == json!(right)).await?;
        browser.fill("#login", &login(width)).await?;
        browser.fill("#password", "shanhai-2026").await?;
        browser.click("#apply").await?;
        browser.see("#application-number").await?;
        browser.inspect(&format!("joined-{width}")).await?;
        let number = "return document.querySelector('#application-number').innerText.match(/[0-9A-Z]{10}/)[0]";
        Ok(browser.driver.execute(number, vec![]).await?.convert()?)
    }

    pub async fn admits_the_applicant(&self, width: &str) -> Result<()> {
        let browser = self.browser();
        self.signs_in("operator").await?;
        browser.see_words("#applications-waiting", "1").await?;
        browser.inspect(&format!("desk-operator-{width}")).await?;
        browser.click("a[href='/applications']").await?;
        browser.see("[data-application]").await?;
        browser.inspect(&format!("applications-{width}")).await?;
        browser.click("[data-admit]").await?;
        browser.see_words(".toast", "已准入").await
    }

    pub async fn is_admitted_and_signs_in(&self, number: &str, width: &str) -> Result<()> {
        let browser = self.browser();
        browser.fill("#number", number).await?;
        browser.click("#look-up button").await?;
        browser.see_words("#stands", "已准入").await?;
        self.signs_in(&login(width)).await?;
        browser.until("return location.pathname", |path| *path == json!("/desk")).await?;
        browser.see_words("#waits", "等您办的事").await?;
        browser.inspect(&format!("desk-new-merchant-{width}")).await
    }

    /// A queue of the desk leads to the list of as many orders, and what was shown there is not new any more.
    pub async fn finds_what_waits(&self, who: &str, width: &str) -> Result<()> {
        let browser = self.browser();
        self.signs_in(who).await?;
        browser.see("#waits").await?;
        browser.see("#unseen").await?;
        browser.inspect(&format!("desk-{who}-{width}")).await?;
        self.goto("/desk").await?;
        browser.see_words("#unseen", "都看过了").await?;
        let count = "return document.querySelector('[data-queue] h3 b')?.innerText ?? null";
        let waits = browser.driver.execute(count, vec![]).await?.json().clone();
        if let Some(waits) = waits.as_str() {
            browser.click("[data-queue] h3 a").await?;
            browser.see("tr[data-order]").await?;
            let listed = "return [document.querySelectorAll('tr[data-order]').length.toString(),
                document.querySelector('.os-queues a[aria-current] small')?.innerText.trim()]";
            let wanted = json!([waits, waits]);
            browser.until(listed, |found| *found == wanted).await?;
            browser.inspect(&format!("queue-{who}-{width}")).await?;
        }
        ensure!(who != "zhenhai.officer" || waits.is_string(), "the samples leave something for the officer");
        Ok(())
    }

    pub async fn reads_the_month(&self, who: &str, width: &str) -> Result<()> {
        let browser = self.browser();
        self.signs_in(who).await?;
        browser.click("a[href='/statement']").await?;
        browser.see(".dk-sums").await?;
        browser.inspect(&format!("statement-{width}")).await
    }
}
