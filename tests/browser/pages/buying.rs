//! What a person does who buys for themselves, in the language they read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use domain::Money;
use serde_json::json;
use tempfile::TempDir;

use super::Person;
use crate::browser::Width;

/// What the pages say on the way.
pub struct Words {
    /// The language the browser asks for.
    pub browser: &'static str,
    goods: &'static str,
    category: &'static str,
    in_basket: &'static str,
    short_password: &'static str,
    login_taken: &'static str,
    district: &'static str,
    one_error: &'static str,
    no_address: &'static str,
    no_network: &'static str,
    unreachable: &'static str,
    waits: &'static str,
    paid: &'static str,
    county: &'static str,
}

pub const CHINESE: Words = Words {
    browser: "zh-CN",
    goods: "庆元香菇",
    category: "菌菇",
    in_basket: "采购篮",
    short_password: "密码至少 8 位，这里有 7 位",
    login_taken: "这个账号已有人用",
    district: "鄞州区",
    one_error: "还有 1 处要改",
    no_address: "填写送货地址",
    no_network: "现在没有网络",
    unreachable: "连不上服务器",
    waits: "待接单",
    paid: "已登记收款",
    county: "庆元县",
};

pub const ENGLISH: Words = Words {
    browser: "en-GB",
    goods: "Qingyuan shiitake",
    category: "Mushrooms",
    in_basket: "basket",
    short_password: "A password has at least 8 characters; this has 7",
    login_taken: "This login is taken",
    district: "Yinzhou",
    one_error: "One thing",
    no_address: "Enter the delivery address",
    no_network: "You are offline",
    unreachable: "The server cannot be reached",
    waits: "Awaiting merchant",
    paid: "Payment recorded",
    county: "Qingyuan",
};

const LOGIN: &str = "13800000009";
/// As `Person::signs_in` has it.
pub(super) const PASSWORD: &str = "shanhai-2026";
pub(super) const ADDRESS: &str = "宁波市鄞州区示例路9弄9号";

/// Every field of the form, as it is filled in.
const FILLED_IN: &str =
    "return Array.from(document.querySelectorAll('form.co input:not([type=radio]), form.co select, form.co input:checked'))
    .map(field => field.value).join('|')";

pub struct Buyer<'a> {
    pub(super) person: Person<'a>,
    width: Width,
    words: &'static Words,
}

impl<'a> Buyer<'a> {
    pub fn new(person: Person<'a>, width: Width, words: &'static Words) -> Buyer<'a> {
        Buyer { person, width, words }
    }

    pub async fn close(self) -> Result<()> {
        self.person.close().await
    }

    pub(super) fn goods(&self) -> &'static str {
        self.words.goods
    }

    pub(super) fn category(&self) -> &'static str {
        self.words.category
    }

    async fn inspect(&self, name: &str) -> Result<()> {
        self.person.browser.inspect(&format!("buying-{}-{name}", self.words.browser)).await
    }

    /// The exact sum on the front page.
    pub async fn reads_the_public_total(&self) -> Result<Money> {
        self.person.goto("/").await?;
        let sum = "return document.querySelector('.total .exact')?.innerText.replace(/[^0-9.]/g, '') ?? ''";
        let sum = self.person.browser.until(sum, |sum| *sum != json!("")).await?;
        self.person.browser.see(".shelf .card .c-name").await?;
        self.inspect("home").await?;
        Ok(Money::parse(sum.as_str().context("a text")?)?)
    }

    // ---- choosing -------------------------------------------------------------------------------------------------

    pub async fn finds_shiitake_by_initials_and_a_filter(&self) -> Result<()> {
        let (browser, words) = (&self.person.browser, self.words);
        browser.fill("#hq", "qyxg").await?;
        browser.see_words(".find.big .suggest", words.goods).await?;
        self.inspect("suggestions").await?;
        browser.click(".find.big button").await?;
        browser.see_words(".shelf .c-name", words.goods).await?;
        if self.width == Width::Phone {
            browser.click(".f-btn").await?;
        }
        browser.click_words(".facets label.choice", words.category).await?;
        browser.until("return location.search", |search| search.to_string().contains("category=mushroom")).await?;
        if self.width == Width::Phone {
            browser.click("dialog[open] .f-end .do").await?;
        }
        browser.see_words(".chips", words.category).await?;
        self.inspect("found").await?;
        browser.click_words(".shelf .card a", words.goods).await?;
        browser.see_words(".pd h1", words.goods).await
    }

    pub async fn puts_three_into_the_basket(&self) -> Result<()> {
        let browser = &self.person.browser;
        browser.fill("#quantity", "3").await?;
        self.inspect("product").await?;
        browser.click(".go .btn.do, .b-bar .btn.do").await?;
        browser.see_words(".toast", self.words.in_basket).await?;
        browser.click(".buy a[href='/basket']").await?;
        browser.see_words(".bk-line", self.words.goods).await?;
        // What was searched for stood in the head of the list, and is over with it.
        browser.until("return document.querySelector('#q').value", |words| *words == json!("")).await?;
        self.inspect("basket").await
    }

    // ---- signing up on the way ------------------------------------------------------------------------------------

    pub async fn is_asked_who_they_are(&self) -> Result<()> {
        let browser = &self.person.browser;
        browser.click(".bk-side a[href='/checkout']").await?;
        browser.see("#who").await?;
        self.inspect("who").await?;
        browser.click("#main a[href^='/sign-up']").await?;
        browser.see("#login").await?;
        self.inspect("sign-up").await
    }

    pub async fn signs_up_after_two_mistakes(&self) -> Result<()> {
        let (browser, words) = (&self.person.browser, self.words);
        self.tries_to_sign_up("zhenhai.officer", "1234567").await?;
        browser.see_words(".errors", words.short_password).await?;
        browser.see_words(".field.bad .error", words.short_password).await?;
        self.inspect("sign-up-short").await?;
        self.tries_to_sign_up("zhenhai.officer", PASSWORD).await?;
        browser.see_words("main .note.wrong", words.login_taken).await?;
        let typed = "return document.querySelector('#login').value + document.querySelector('#password').value";
        let kept = browser.until(typed, |_| true).await?;
        ensure!(kept == json!(format!("zhenhai.officer{PASSWORD}")), "what was typed is now {kept}");
        self.inspect("sign-up-taken").await?;
        self.tries_to_sign_up(LOGIN, PASSWORD).await?;
        browser.see("form.co").await?;
        browser.see_words(".co-side", words.goods).await?;
        let place = browser.until("return location.pathname", |_| true).await?;
        ensure!(place == json!("/checkout"), "signing up led to {place}");
        self.inspect("checkout").await
    }

    async fn tries_to_sign_up(&self, login: &str, password: &str) -> Result<()> {
        let browser = &self.person.browser;
        browser.fill("#login", login).await?;
        browser.fill("#password", password).await?;
        browser.click("main form button[type=submit]").await
    }

    // ---- ordering -------------------------------------------------------------------------------------------------

    async fn filled_in(&self) -> Result<String> {
        Ok(self.person.browser.driver.execute(FILLED_IN, vec![]).await?.convert()?)
    }

    pub async fn leaves_the_address_out_and_loses_nothing(&self) -> Result<()> {
        let (browser, words) = (&self.person.browser, self.words);
        browser.click("#place").await?;
        let wrong = "return document.querySelectorAll('.errors li').length";
        browser.until(wrong, |lines| *lines == json!(5)).await?;
        let focused = "return document.activeElement.className";
        browser.until(focused, |class| *class == json!("errors")).await?;
        self.inspect("checkout-empty").await?;
        browser.choose("#district", words.district).await?;
        browser.fill("#contact", "赵示例").await?;
        browser.fill("#phone", LOGIN).await?;
        browser.click("label.chip:has(input[value=on_delivery])").await?;
        let before = self.filled_in().await?;
        ensure!(before == format!("yinzhou||赵示例|{LOGIN}|on_delivery"), "filled in is {before}");
        browser.click("#place").await?;
        browser.until(wrong, |lines| *lines == json!(1)).await?;
        browser.see_words(".errors", words.one_error).await?;
        browser.see_words(".errors", words.no_address).await?;
        ensure!(self.filled_in().await? == before, "filled in is now {}", self.filled_in().await?);
        self.inspect("checkout-no-address").await?;
        browser.click(".errors a").await?;
        browser.until("return document.activeElement.id", |id| *id == json!("address")).await?;
        browser.fill("#address", ADDRESS).await?;
        browser.until("return document.querySelector('.errors').hidden", |hidden| *hidden == json!(true)).await?;

        let all = self.filled_in().await?;
        browser.driver.refresh().await?;
        browser.see("form.co").await?;
        ensure!(self.filled_in().await? == all, "after a reload filled in is {}", self.filled_in().await?);
        Ok(())
    }

    pub async fn cannot_order_without_a_network(&self) -> Result<()> {
        let browser = &self.person.browser;
        let network = async |offline: bool| {
            let conditions =
                json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
            browser.driver.cdp().send_raw("Network.emulateNetworkConditions", conditions).await
        };
        let disabled = "return document.querySelector('#place').disabled";
        browser.driver.cdp().send_raw("Network.enable", json!({})).await?;
        network(true).await?;
        browser.see_words("#offline", self.words.no_network).await?;
        browser.until(disabled, |disabled| *disabled == json!(true)).await?;
        self.inspect("checkout-offline").await?;
        network(false).await?;
        browser.until(disabled, |disabled| *disabled == json!(false)).await?;
        Ok(())
    }

    /// The order arrives, the answer does not. Sent again, it is the same order; gives its id.
    pub async fn orders_once_over_a_line_that_breaks(&self) -> Result<String> {
        let (browser, words) = (&self.person.browser, self.words);
        let breaks = "const whole = window.fetch;
            window.fetch = (...asked) => {
                if (!(asked[0].url ?? '').endsWith('/retail-orders')) return whole(...asked);
                window.fetch = whole;
                return whole(...asked).then(() => { throw new TypeError('the line is broken'); });
            }";
        browser.driver.execute(breaks, vec![]).await?;
        let all = self.filled_in().await?;
        browser.click("#place").await?;
        browser.see_words("#trouble", words.unreachable).await?;
        browser.until("return document.activeElement.id", |id| *id == json!("trouble")).await?;
        ensure!(self.filled_in().await? == all, "filled in is now {}", self.filled_in().await?);
        browser.see_words(".co-side", words.goods).await?;
        self.inspect("checkout-unreachable").await?;
        browser.click("#trouble button").await?;
        self.sees_its_one_order().await
    }

    pub(super) async fn sees_its_one_order(&self) -> Result<String> {
        let browser = &self.person.browser;
        browser.see("tr[data-order]").await?;
        let orders = "return Array.from(document.querySelectorAll('tr[data-order]')).map(row => row.dataset.order)";
        let orders: Vec<String> = browser.driver.execute(orders, vec![]).await?.convert()?;
        ensure!(orders.len() == 1, "there are {} orders", orders.len());
        let badge = browser.until("return document.querySelector('.mh-ic .n')?.innerText ?? ''", |_| true).await?;
        ensure!(badge == json!(""), "what is ordered is still in the basket: {badge}");
        self.inspect("orders").await?;
        orders.into_iter().next().context("an order")
    }

    // ---- the life of the order ------------------------------------------------------------------------------------

    pub async fn sees_that_it_waits_for_the_merchant(&self, order: &str) -> Result<()> {
        self.person.browser.click(&format!("tr[data-order='{order}'] a")).await?;
        self.person.sees_state("approved").await?;
        self.person.browser.see_words("#order-state", self.words.waits).await?;
        let says = "return document.querySelector('#main').innerText.includes('采购单')";
        ensure!(self.person.browser.until(says, |_| true).await? == json!(false), "a person has no 采购单");
        self.inspect("order-waits").await
    }

    pub async fn merchant_is_paid_and_ships(&self, order: &str) -> Result<()> {
        let (person, browser) = (&self.person, &self.person.browser);
        person.signs_in("qingyuan.merchant").await?;
        person.opens(order).await?;
        self.inspect("merchant-new").await?;
        browser.click("#confirm").await?;
        person.sees_state("confirmed").await?;
        browser.click("details.pay summary").await?;
        browser.fill("#reference", "示例HD-0001").await?;
        self.inspect("merchant-payment").await?;
        browser.click("#record_payment").await?;
        browser.see_words(".toast", self.words.paid).await?;
        browser.see_words("#payment", "示例HD-0001").await?;
        browser.fill("#carrier", "邮政快递").await?;
        browser.fill("#tracking", "示例0002").await?;
        self.inspect("merchant-paid").await?;
        browser.click("#ship").await?;
        person.sees_state("shipped").await
    }

    /// All of it has come; gives what the page says is recognised.
    pub async fn accepts(&self, order: &str) -> Result<Money> {
        let (person, browser) = (&self.person, &self.person.browser);
        person.signs_in(LOGIN).await?;
        person.opens(order).await?;
        browser.see_words("#payment", "示例HD-0001").await?;
        self.inspect("order-shipped").await?;
        browser.click("#accept").await?;
        person.sees_state("accepted").await?;
        self.inspect("order-accepted").await?;
        person.recognised().await
    }

    // ---- what it helped -------------------------------------------------------------------------------------------

    /// Saves the card both ways, and looks into the files.
    pub async fn keeps_the_card_of_what_it_helped(&self) -> Result<()> {
        let browser = &self.person.browser;
        self.person.goto("/orders").await?;
        browser.click("a[href='/helped']").await?;
        browser.see(".hp-card svg").await?;
        browser.see_words(".hp-t", self.words.county).await?;
        self.inspect("helped").await?;
        let folder = TempDir::new()?;
        let allowed = json!({"behavior": "allow", "downloadPath": folder.path()});
        browser.driver.cdp().send_raw("Browser.setDownloadBehavior", allowed).await?;
        browser.click("#save-svg").await?;
        let svg = String::from_utf8(saved(&folder.path().join("shanhai.svg")).await?)?;
        ensure!(svg.starts_with("<svg") && svg.ends_with("</svg>"), "saved is {svg}");
        ensure!(svg.contains(self.words.county), "{} is not named in {svg}", self.words.county);
        browser.click("#save-png").await?;
        let png = saved(&folder.path().join("shanhai.png")).await?;
        ensure!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.len() > 10_000, "a picture of {} bytes", png.len());
        Ok(())
    }
}

/// The file, once the browser has written all of it: until then it has another name.
async fn saved(file: &Path) -> Result<Vec<u8>> {
    for _ in 0..300 {
        match tokio::fs::read(file).await {
            Ok(content) if !content.is_empty() => return Ok(content),
            _ => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
    let beside: Vec<PathBuf> = match file.parent() {
        Some(folder) => std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        None => Vec::new(),
    };
    bail!("{} is not saved, but {beside:?}", file.display())
}
