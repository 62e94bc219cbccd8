//! A person with a browser of their own: buyer, officer, chair, merchant in turn.

use std::collections::HashMap;

use anyhow::{Context as _, Result, ensure};
use domain::Money;
use serde_json::json;

use crate::browser::Browser;
use crate::site::Site;

pub struct Person<'a> {
    pub(super) site: &'a Site,
    pub(super) browser: Browser,
}

impl<'a> Person<'a> {
    pub fn new(site: &'a Site, browser: Browser) -> Person<'a> {
        Person { site, browser }
    }

    pub fn browser(&self) -> &Browser {
        &self.browser
    }

    pub fn into_browser(self) -> Browser {
        self.browser
    }

    pub async fn close(self) -> Result<()> {
        self.browser.close().await
    }

    pub(super) async fn goto(&self, path: &str) -> Result<()> {
        self.browser.goto(&self.site.url(path)).await?;
        // The app puts its own page in the place of the frame that was sent: what is found before that is gone a moment later.
        let arrived = "return document.getElementById('frame') === null && document.getElementById('main') !== null";
        self.browser.until(arrived, |arrived| *arrived == json!(true)).await?;
        Ok(())
    }

    // ---- signing in -----------------------------------------------------------------------------------------------

    /// Becomes another person: the last session is forgotten, as on another machine.
    pub async fn signs_in(&self, login: &str) -> Result<()> {
        self.goto("/sign-in").await?;
        self.browser.driver.delete_all_cookies().await?;
        self.goto("/sign-in").await?;
        self.fills_in_the_door(login, "shanhai-2026").await?;
        self.browser.until("return location.pathname", |path| *path != json!("/sign-in")).await?;
        Ok(())
    }

    async fn fills_in_the_door(&self, login: &str, password: &str) -> Result<()> {
        self.browser.fill("#login", login).await?;
        self.browser.fill("#password", password).await?;
        self.browser.click("main form button[type=submit]").await
    }

    pub async fn cannot_sign_in_with_a_wrong_password(&self) -> Result<()> {
        self.goto("/sign-in").await?;
        self.browser.inspect("sign-in").await?;
        self.fills_in_the_door("zhenhai.officer", "shanhai-2025").await?;
        self.browser.see_words("main", "账号或密码不对").await?;
        self.browser.inspect("sign-in-refused").await
    }

    // ---- finding --------------------------------------------------------------------------------------------------

    /// Filters narrow the list, stand in the address, and go away with the back button.
    pub async fn finds_by_filters(&self) -> Result<()> {
        self.goto("/products?brand=sanqu_wei&county=changshan").await?;
        self.browser.see_words(".shelf", "常山胡柚").await?;
        let names = "return Array.from(document.querySelectorAll('.shelf .c-from')).map(e => e.innerText)";
        let from = self.browser.until(names, |answer| answer.as_array().is_some_and(|all| !all.is_empty())).await?;
        let from: Vec<String> = serde_json::from_value(from)?;
        ensure!(from.iter().all(|text| text.contains("常山") && text.contains("三衢味")), "{from:?}");
        self.browser.inspect("products-filtered").await?;
        self.goto("/products").await?;
        self.browser.see(".shelf .card").await?;
        self.browser.inspect("products").await
    }

    /// Searches, opens what was found and puts 120 into the basket.
    pub async fn puts_into_basket(&self, words: &str, name: &str) -> Result<()> {
        self.goto("/products").await?;
        self.browser.see(".shelf .card").await?;
        self.browser.fill("#q", words).await?;
        self.browser.click(".find button").await?;
        let searched = "return new URLSearchParams(location.search).get('q')";
        self.browser.until(searched, |answer| *answer == json!(words)).await?;
        self.browser.see_words(".shelf .c-name", name).await?;
        let find = "const card = Array.from(document.querySelectorAll('.shelf .card'))
            .find(card => card.querySelector('.c-name').innerText === arguments[0]);
            return new URL(card.querySelector('a').href).pathname";
        let path: String = self.browser.driver.execute(find, vec![json!(name)]).await?.convert()?;
        self.browser.click(&format!(".shelf .card a[href='{path}']")).await?;
        self.browser.see_words("h1", name).await?;
        self.browser.fill("#quantity", "120").await?;
        self.browser.inspect(&format!("product-{}", name.chars().count())).await?;
        self.browser.click(".go .btn.do, .b-bar .btn.do").await?;
        self.browser.see_words(".toast", "采购篮").await
    }

    pub async fn finds_the_basket_again_after_a_reload(&self) -> Result<()> {
        self.browser.driver.refresh().await?;
        self.browser.see_words(".mh-ic .n", "3").await?;
        self.goto("/basket").await?;
        self.browser.see_words("main", "三家供货").await?;
        self.browser.see_words("main", "3 张采购单").await?;
        self.browser.inspect("basket").await
    }

    pub async fn finds_in_the_basket_after_a_reload(&self, kinds: usize) -> Result<()> {
        self.browser.driver.refresh().await?;
        self.browser.see_words(".mh-ic .n", &kinds.to_string()).await?;
        self.goto("/basket").await?;
        self.browser.see_words("main", "庆元花菇").await?;
        self.browser.inspect("basket-kept").await
    }

    // ---- ordering -------------------------------------------------------------------------------------------------

    /// Turns the basket into orders; gives their ids by the name of the product in each.
    pub async fn orders_for(&self, login: &str, heads: i64) -> Result<HashMap<String, String>> {
        self.signs_in(login).await?;
        self.goto("/orders/new").await?;
        self.browser.see("#order-form").await?;
        self.browser.click("label.chip:has(input[value=spring_festival])").await?;
        self.browser.fill("#head-count", &heads.to_string()).await?;
        self.browser.fill("#per-head", "100").await?;
        // The three cost more than 100 yuan a head: the page says so while it is typed.
        self.browser.see_words("#this-order, .o-side, .o-bar", "每人超出").await?;
        self.browser.inspect("order-form-over").await?;
        self.browser.fill("#per-head", "300").await?;
        self.browser.see_words("#this-order, .o-side, .o-bar", "每人还剩").await?;
        self.browser.see_words("main", "3 张采购单、3 张发票").await?;
        self.takes_a_line_out_and_back().await?;
        self.a_wrong_phone_is_told().await?;
        self.browser.inspect("order-form").await?;
        self.submits().await?;
        self.browser.until("return location.pathname", |path| *path == json!("/orders")).await?;
        self.browser.see("tr[data-order]").await?;
        self.browser.inspect("orders").await?;
        self.newest_orders().await
    }

    async fn takes_a_line_out_and_back(&self) -> Result<()> {
        let before = "return document.querySelectorAll('[data-line]').length";
        self.browser.click("[aria-label^='去掉常山胡柚']").await?;
        self.browser.until(before, |lines| *lines == json!(2)).await?;
        self.browser.click(".toast button").await?;
        self.browser.until(before, |lines| *lines == json!(3)).await?;
        self.browser.see_words("main", "3 张采购单、3 张发票").await
    }

    async fn a_wrong_phone_is_told(&self) -> Result<()> {
        self.browser.fill("#phone", "1380000001").await?;
        self.submits().await?;
        self.browser.see_words(".errors", "电话要 11 位，这里有 10 位").await?;
        self.browser.inspect("order-form-errors").await?;
        self.browser.fill("#phone", "13800000001").await
    }

    pub(super) async fn submits(&self) -> Result<()> {
        // The button stands in the column at the desk and in the bar on the phone.
        let visible =
            "return Array.from(document.querySelectorAll('[data-submit]')).findIndex(e => e.offsetParent !== null)";
        let place: usize = self.browser.driver.execute(visible, vec![]).await?.convert()?;
        let mark = "document.querySelectorAll('[data-submit]')[arguments[0]].dataset.seen = ''";
        self.browser.driver.execute(mark, vec![json!(place)]).await?;
        self.browser.click("[data-seen]").await
    }

    /// The three orders at the top of the list.
    async fn newest_orders(&self) -> Result<HashMap<String, String>> {
        let script = "return Array.from(document.querySelectorAll('tr[data-order]')).slice(0, 3)
            .map(row => [row.querySelector('.by').innerText.split('·').pop().trim(), row.dataset.order])";
        let rows: Vec<(String, String)> = self.browser.driver.execute(script, vec![]).await?.convert()?;
        Ok(rows.into_iter().collect())
    }

    // ---- the life of an order -------------------------------------------------------------------------------------

    pub(super) async fn opens(&self, order: &str) -> Result<()> {
        self.goto(&format!("/orders/{order}")).await?;
        self.browser.see("#order-state").await?;
        Ok(())
    }

    pub(super) async fn sees_state(&self, state: &str) -> Result<()> {
        let script = "return document.querySelector('#order-state')?.dataset.state";
        self.browser.until(script, |answer| *answer == json!(state)).await?;
        Ok(())
    }

    pub async fn chair_approves(&self, order: &str) -> Result<()> {
        self.signs_in("zhenhai.chair").await?;
        self.browser.see_words("#main", "等您办的事").await?;
        self.goto("/orders").await?;
        self.browser.see("tr[data-order]").await?;
        self.browser.inspect("orders-chair").await?;
        self.opens(order).await?;
        self.browser.inspect("order-submitted").await?;
        self.browser.click("#approve").await?;
        self.sees_state("approved").await
    }

    pub async fn chair_sends_back_and_officer_resubmits(&self, order: &str) -> Result<()> {
        self.signs_in("zhenhai.chair").await?;
        self.opens(order).await?;
        self.browser.click("#send_back").await?;
        self.browser.inspect("order-send-back").await?;
        self.browser.click("dialog[open] menu .btn.do").await?;
        self.browser.see_words("dialog[open]", "理由").await?;
        self.browser.fill("#send_back-reason", "数量多了，按在岗人数再算").await?;
        self.browser.click("dialog[open] menu .btn.do").await?;
        self.sees_state("draft").await?;
        self.signs_in("zhenhai.officer").await?;
        self.opens(order).await?;
        self.browser.see_words("main", "数量多了，按在岗人数再算").await?;
        self.browser.inspect("order-draft").await?;
        self.browser.fill("#quantity-0", "100").await?;
        self.browser.click("#submit").await?;
        self.sees_state("submitted").await
    }

    pub async fn merchant_confirms_and_ships(&self, login: &str, order: &str) -> Result<()> {
        self.signs_in(login).await?;
        self.opens(order).await?;
        self.browser.click("#confirm").await?;
        self.sees_state("confirmed").await?;
        self.browser.inspect("order-confirmed").await?;
        self.browser.fill("#carrier", "邮政快递").await?;
        self.browser.fill("#tracking", "示例0001").await?;
        self.browser.click("#ship").await?;
        self.sees_state("shipped").await
    }

    /// Counts the goods in; gives what the page says is recognised.
    pub async fn officer_accepts(&self, order: &str, accepted: i64, rejected: i64) -> Result<Money> {
        self.signs_in("zhenhai.officer").await?;
        self.opens(order).await?;
        self.browser.fill("#accepted-0", &accepted.to_string()).await?;
        self.browser.see_words("#accept", &format!("确认实收 {accepted}，少收 {rejected}")).await?;
        self.browser.choose("#reason-0", "破损").await?;
        self.browser.inspect("order-accept").await?;
        self.browser.click("#accept").await?;
        self.sees_state("accepted").await?;
        self.browser.inspect("order-accepted").await?;
        self.recognised().await
    }

    /// From the list of orders to what they have helped, once one has been accepted.
    pub async fn officer_sees_whom_it_helped(&self) -> Result<()> {
        self.goto("/orders").await?;
        self.browser.click(".os-head a[href='/helped']").await?;
        self.browser.see_words("h1", "我们买的，帮了谁").await?;
        self.browser.see_words(".hp-t", "庆元县").await?;
        self.browser.inspect("helped-union").await
    }

    /// What the page of an accepted order says is recognised.
    pub(super) async fn recognised(&self) -> Result<Money> {
        let script = "return Number(document.querySelector('[data-accepted-fen]').dataset.acceptedFen)";
        let fen = self.browser.until(script, |fen| fen.as_i64().is_some_and(|fen| fen > 0)).await?;
        Ok(Money::from_fen(fen.as_i64().context("an amount")?))
    }
}
