//! The same by keyboard alone. At every stop one sees where one is.

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use thirtyfour::Key;

use super::Buyer;
use super::buying::{ADDRESS, PASSWORD};
use crate::browser::Browser;

/// More stops than any page has before what one looks for.
const MOST_STOPS: usize = 200;

/// Where the focus is, whether a ring is drawn for it, and whether it is seen or something lies over it. A control that is
/// hidden behind its drawing has the ring there.
const STOP: &str = "const it = document.activeElement;
    const around = [it, it.closest('label'), it.nextElementSibling, ...it.children].filter(Boolean);
    const ring = around.find(one => getComputedStyle(one).outlineStyle === 'solid' && parseFloat(getComputedStyle(one).outlineWidth) >= 2);
    const box = ring?.getClientRects()[0];
    const over = box && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return {
        there: it.matches(arguments[0]),
        ringed: ring !== undefined,
        seen: Boolean(over) && (ring.contains(over) || over.contains(ring) || over.closest('label') === it.closest('label')),
        html: it.outerHTML.slice(0, 160),
    }";

#[derive(Deserialize)]
struct Stop {
    there: bool,
    ringed: bool,
    seen: bool,
    html: String,
}

/// A browser whose mouse is broken.
struct Keyboard<'a>(&'a Browser);

impl Keyboard<'_> {
    async fn press(&self, key: Key) -> Result<()> {
        Ok(self.0.driver.action_chain().send_keys(key + "").perform().await?)
    }

    async fn types(&self, text: &str) -> Result<()> {
        Ok(self.0.driver.active_element().await?.send_keys(text).await?)
    }

    /// Goes on from stop to stop until the one that the selector names.
    async fn tabs_to(&self, css: &str) -> Result<()> {
        for _ in 0..MOST_STOPS {
            self.press(Key::Tab).await?;
            let stop = self.stop(css).await?;
            ensure!(stop.ringed, "no ring is drawn around {}", stop.html);
            ensure!(stop.seen, "something lies over {}", stop.html);
            if stop.there {
                return Ok(());
            }
        }
        bail!("'{css}' is not come to on {}", self.0.driver.current_url().await?)
    }

    /// Looks a few times: the page may still be on its way down to where the focus is.
    async fn stop(&self, css: &str) -> Result<Stop> {
        let mut looks = 0;
        loop {
            let stop: Stop = self.0.driver.execute(STOP, vec![json!(css)]).await?.convert()?;
            looks += 1;
            if (stop.ringed && stop.seen) || looks == 10 {
                return Ok(stop);
            }
            tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        }
    }

    /// The heading of the page one has come to has the focus, so the next Tab leads into the page.
    async fn is_led_to_the_heading(&self, path: &str) -> Result<()> {
        let at = "return location.pathname + ' ' + document.activeElement.tagName";
        let there = |at: &Value| at.as_str().is_some_and(|at| at.starts_with(path) && at.ends_with(" H1"));
        self.0.until(at, there).await.map(drop)
    }
}

impl Buyer<'_> {
    fn keyboard(&self) -> Keyboard<'_> {
        Keyboard(&self.person.browser)
    }

    pub async fn finds_shiitake_by_keyboard(&self) -> Result<()> {
        let (keyboard, browser) = (self.keyboard(), &self.person.browser);
        self.person.goto("/").await?;
        keyboard.tabs_to("#hq").await?;
        keyboard.types("qyxg").await?;
        browser.see_words(".find.big .suggest", self.goods()).await?;
        keyboard.press(Key::Down).await?;
        let chosen = "return document.querySelector('#hq').getAttribute('aria-activedescendant')";
        browser.until(chosen, |id| *id == json!("suggestions-0")).await?;
        keyboard.press(Key::Up).await?;
        browser.until(chosen, |id| *id == json!("")).await?;
        keyboard.press(Key::Enter).await?;
        keyboard.is_led_to_the_heading("/products").await?;
        browser.see_words(".shelf .c-name", self.goods()).await?;
        browser.see(".facets input").await?;
        let mark = "Array.from(document.querySelectorAll('.facets label.choice'))
            .find(row => row.innerText.includes(arguments[0])).querySelector('input').dataset.wanted = ''";
        browser.driver.execute(mark, vec![json!(self.category())]).await?;
        keyboard.tabs_to("[data-wanted]").await?;
        keyboard.press(Key::Space).await?;
        browser.until("return location.search", |search| search.to_string().contains("category=mushroom")).await?;
        browser.see_words(".chips", self.category()).await?;
        let stays = "return document.activeElement.matches('[data-wanted]:checked')";
        browser.until(stays, |stays| *stays == json!(true)).await?;
        keyboard.tabs_to(".shelf .card a").await?;
        keyboard.press(Key::Enter).await?;
        keyboard.is_led_to_the_heading("/products/").await?;
        browser.see_words(".pd h1", self.goods()).await
    }

    pub async fn goes_to_the_checkout_by_keyboard(&self) -> Result<()> {
        let (keyboard, browser) = (self.keyboard(), &self.person.browser);
        keyboard.tabs_to("#quantity").await?;
        keyboard.press(Key::Up).await?;
        browser.until("return document.querySelector('#quantity').value", |value| *value == json!("1")).await?;
        keyboard.press(Key::End).await?;
        keyboard.press(Key::Backspace).await?;
        keyboard.types("2").await?;
        keyboard.tabs_to(".go .btn.do").await?;
        keyboard.press(Key::Enter).await?;
        browser.see(".toast").await?;
        keyboard.tabs_to(".buy a[href='/basket']").await?;
        keyboard.press(Key::Enter).await?;
        keyboard.is_led_to_the_heading("/basket").await?;
        browser.see(".bk-side a[href='/checkout']").await?;
        keyboard.tabs_to(".bk-side a[href='/checkout']").await?;
        keyboard.press(Key::Enter).await?;
        keyboard.is_led_to_the_heading("/checkout").await
    }

    pub async fn signs_up_by_keyboard(&self) -> Result<()> {
        let keyboard = self.keyboard();
        keyboard.tabs_to("#main a[href^='/sign-up']").await?;
        keyboard.press(Key::Enter).await?;
        keyboard.is_led_to_the_heading("/sign-up").await?;
        keyboard.tabs_to("#login").await?;
        keyboard.types("laowang").await?;
        keyboard.tabs_to("#password").await?;
        keyboard.types(PASSWORD).await?;
        keyboard.press(Key::Enter).await?;
        keyboard.is_led_to_the_heading("/checkout").await
    }

    pub async fn orders_by_keyboard(&self) -> Result<()> {
        let (keyboard, browser) = (self.keyboard(), &self.person.browser);
        browser.see("form.co").await?;
        keyboard.tabs_to("#district").await?;
        keyboard.press(Key::Down).await?;
        browser.until("return document.querySelector('#district').value", |value| *value != json!("")).await?;
        keyboard.tabs_to("#address").await?;
        keyboard.types(ADDRESS).await?;
        keyboard.tabs_to("#contact").await?;
        keyboard.types("赵示例").await?;
        keyboard.tabs_to("#phone").await?;
        keyboard.types("13800000009").await?;
        keyboard.tabs_to("#method").await?;
        keyboard.press(Key::Space).await?;
        keyboard.press(Key::Right).await?;
        let method = "return document.querySelector('[name=method]:checked')?.value";
        browser.until(method, |method| *method == json!("on_delivery")).await?;
        keyboard.tabs_to("#place").await?;
        keyboard.press(Key::Enter).await?;
        keyboard.is_led_to_the_heading("/orders").await?;
        self.sees_its_one_order().await.context("after the last press of Enter").map(drop)
    }
}
