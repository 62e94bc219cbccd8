//! A browser's window and what one does in it: look for things, click, type, look closely.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use thirtyfour::components::SelectElement;
use thirtyfour::prelude::*;

use crate::driver::{Driver, Engine};

/// How long a page may take to show something before the test gives up. Not a measure of speed: machines are busy.
const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(40);

/// The two widths every page must serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    Desk,
    Phone,
}

impl Width {
    fn name(self) -> &'static str {
        match self {
            Width::Desk => "1280",
            Width::Phone => "375",
        }
    }
}

/// One browser with its own cookies.
pub struct Browser {
    pub driver: WebDriver,
    width: Width,
    engine: Engine,
}

/// Collects what a visitor never sees but an engineer must: script errors and breaches of the page's policy.
const WATCH: &str = "window.__faults = [];
    addEventListener('error', event => __faults.push('error: ' + event.message));
    addEventListener('unhandledrejection', event => __faults.push('rejection: ' + event.reason));
    addEventListener('securitypolicyviolation', event => __faults.push('policy: ' + event.violatedDirective + ' ' + event.blockedURI));
    const error = console.error;
    console.error = (...words) => { __faults.push('console: ' + words.join(' ')); error(...words); };";

/// The element was drawn anew, or something still moves over it: the next look settles it.
fn passing(error: &WebDriverError) -> bool {
    use thirtyfour::error::WebDriverErrorInner::{
        ElementClickIntercepted, ElementNotInteractable, StaleElementReference,
    };
    matches!(**error, StaleElementReference(_) | ElementClickIntercepted(_) | ElementNotInteractable(_))
}

impl Browser {
    pub async fn open(driver: &Driver, width: Width) -> Result<Browser> {
        Browser::open_in(driver, width, "zh-CN").await
    }

    /// A browser whose owner reads a language.
    pub async fn open_in(driver: &Driver, width: Width, language: &str) -> Result<Browser> {
        let mut capabilities = driver.engine.capabilities(language)?;
        if width == Width::Phone {
            ensure!(driver.engine == Engine::Chromium, "only Chromium can be made a phone");
            let metrics = json!({"width": 375, "height": 812, "pixelRatio": 2, "touch": true});
            let options = capabilities.get_mut("goog:chromeOptions").context("the options of Chromium")?;
            options["mobileEmulation"] = json!({"deviceMetrics": metrics});
        }
        let name = || format!("{:?} does not start", driver.engine);
        let browser = WebDriver::new(&driver.address, capabilities).await.with_context(name)?;
        if driver.engine == Engine::Chromium {
            browser.cdp().page().add_script_to_evaluate_on_new_document(WATCH).await?;
        }
        Ok(Browser { driver: browser, width, engine: driver.engine })
    }

    pub async fn close(self) -> Result<()> {
        Ok(self.driver.quit().await?)
    }

    pub async fn goto(&self, url: &str) -> Result<()> {
        Ok(self.driver.goto(url).await?)
    }

    /// Waits until the selector finds something that is seen. Asked in one script, so that a page drawn anew meanwhile
    /// cannot make the answer stale.
    pub async fn see(&self, css: &str) -> Result<WebElement> {
        let script = "return Array.from(document.querySelectorAll(arguments[0]))
            .find(element => element.checkVisibility() && element.getClientRects().length > 0) ?? null";
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let found = self.driver.execute(script, vec![json!(css)]).await?;
            if !found.json().is_null() {
                return Ok(found.element()?);
            }
            if tokio::time::Instant::now() > deadline {
                bail!("'{css}' is not seen on {}: {}", self.driver.current_url().await?, self.page_text().await?);
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Clicks what the selector finds, brought into the middle first, where no bar lies over it. A page that is drawn anew
    /// between looking and clicking, or still moves, is looked at again, as a person would.
    pub async fn click(&self, css: &str) -> Result<()> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let element = self.see(css).await?;
            let clicked = async {
                self.middle(&element).await?;
                element.click().await
            };
            match clicked.await {
                Ok(()) => return Ok(()),
                Err(error) if passing(&error) && tokio::time::Instant::now() < deadline => {
                    tokio::time::sleep(POLL).await
                }
                Err(error) => return Err(error).with_context(|| format!("cannot click '{css}'")),
            }
        }
    }

    /// Clicks the one of what the selector finds that has a line of these words.
    pub async fn click_words(&self, css: &str, words: &str) -> Result<()> {
        let mark = format!(
            "const wanted = Array.from(document.querySelectorAll({})).find(it => it.innerText.split('\\n').includes({}));
            if (wanted) wanted.dataset.wanted = ''; return wanted !== undefined",
            json!(css),
            json!(words)
        );
        self.until(&mark, |found| *found == json!(true)).await?;
        self.click(&format!(":is({css})[data-wanted]")).await
    }

    async fn middle(&self, element: &WebElement) -> WebDriverResult<()> {
        let script = "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})";
        self.driver.execute(script, vec![element.to_json()?]).await?;
        Ok(())
    }

    /// Replaces the text of a field, as a person does who selects all of it first.
    pub async fn fill(&self, css: &str, text: &str) -> Result<()> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let element = self.see(css).await?;
            let typed = async {
                self.middle(&element).await?;
                element.send_keys(Key::Control + "a").await?;
                element.send_keys(text).await?;
                element.prop("value").await
            };
            match typed.await {
                Ok(value) => {
                    let value = value.unwrap_or_default();
                    ensure!(value == text, "'{css}' holds '{value}' after '{text}' was typed");
                    return Ok(());
                }
                Err(error) if passing(&error) && tokio::time::Instant::now() < deadline => {
                    tokio::time::sleep(POLL).await
                }
                Err(error) => return Err(error).with_context(|| format!("cannot fill '{css}'")),
            }
        }
    }

    /// Chooses an entry of a list by its words.
    pub async fn choose(&self, css: &str, words: &str) -> Result<()> {
        let list = SelectElement::new(&self.see(css).await?).await?;
        list.select_by_exact_text(words).await.with_context(|| format!("'{css}' has no '{words}'"))
    }

    /// Waits until what the selector finds says `words`.
    pub async fn see_words(&self, css: &str, words: &str) -> Result<()> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let script = "return Array.from(document.querySelectorAll(arguments[0])).map(e => e.innerText || e.value || '').join('\\n')";
            let text: String = self.driver.execute(script, vec![json!(css)]).await?.convert()?;
            if text.contains(words) {
                return Ok(());
            }
            if tokio::time::Instant::now() > deadline {
                bail!("'{css}' never says '{words}' but '{text}' on {}", self.driver.current_url().await?);
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Waits until a script's answer satisfies `enough`, and gives it back.
    pub async fn until(&self, script: &str, enough: impl Fn(&Value) -> bool) -> Result<Value> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let answer: Value = self.driver.execute(script, vec![]).await?.json().clone();
            if enough(&answer) {
                return Ok(answer);
            }
            if tokio::time::Instant::now() > deadline {
                bail!("`{script}` stays at {answer} on {}", self.driver.current_url().await?);
            }
            tokio::time::sleep(POLL).await;
        }
    }

    async fn page_text(&self) -> Result<String> {
        let text: String = self.driver.execute("return document.body.innerText", vec![]).await?.convert()?;
        Ok(text.chars().take(200).collect())
    }

    /// Looks closely at the page as it is: no script error, no breach of policy, no serious finding of axe-core, nothing
    /// wider than the window. Keeps a picture when `SHANHAI_PICTURES` names a folder.
    pub async fn inspect(&self, name: &str) -> Result<()> {
        self.picture(name).await?;
        // What is looked at closely does not depend on the engine; the others are there to see that the pages work.
        if self.engine != Engine::Chromium {
            return Ok(());
        }
        let faults: Vec<String> = self.driver.execute("return window.__faults", vec![]).await?.convert()?;
        ensure!(faults.is_empty(), "{name}: {}", faults.join("; "));
        self.measure_and_check(name).await
    }

    /// The same of a page whose scripts are known to fail.
    pub async fn look_closely(&self, name: &str) -> Result<()> {
        self.picture(name).await?;
        self.measure_and_check(name).await
    }

    async fn measure_and_check(&self, name: &str) -> Result<()> {
        let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let wide: i64 = self.driver.execute(wide, vec![]).await?.convert()?;
        ensure!(wide <= 0, "{name} at {} px is {wide} px wider than the window", self.width.name());
        let findings = self.axe("{}").await?;
        ensure!(findings.is_empty(), "{name} at {} px: axe finds\n{}", self.width.name(), findings.join("\n"));
        self.inspect_in_the_dark(name).await
    }

    /// The other scheme has the same words in other colours.
    async fn inspect_in_the_dark(&self, name: &str) -> Result<()> {
        let turn = "const root = document.documentElement, before = root.dataset.theme;
            root.dataset.theme = before === 'dark' ? 'light' : 'dark';
            // What changes colour slowly would be caught half-way.
            document.getAnimations().forEach(it => { try { it.finish() } catch { it.cancel() } });
            return before ?? null";
        let before: Value = self.driver.execute(turn, vec![]).await?.json().clone();
        let findings = self.axe("{ runOnly: ['color-contrast'] }").await?;
        let back = "if (arguments[0]) document.documentElement.dataset.theme = arguments[0];
            else delete document.documentElement.dataset.theme";
        self.driver.execute(back, vec![before]).await?;
        ensure!(
            findings.is_empty(),
            "{name} in the dark at {} px: axe finds\n{}",
            self.width.name(),
            findings.join("\n")
        );
        Ok(())
    }

    async fn picture(&self, name: &str) -> Result<()> {
        let Some(folder) = std::env::var_os("SHANHAI_PICTURES").map(PathBuf::from) else { return Ok(()) };
        std::fs::create_dir_all(&folder)?;
        let engine = if self.engine == Engine::Chromium { String::new() } else { format!("-{:?}", self.engine) };
        self.driver.screenshot(&folder.join(format!("{name}-{}{engine}.png", self.width.name()))).await?;
        Ok(())
    }

    /// The serious and critical findings of axe-core, one line each.
    async fn axe(&self, options: &str) -> Result<Vec<String>> {
        let file = std::env::var("SHANHAI_AXE").context("SHANHAI_AXE names axe.min.js; `cargo xtask test` sets it")?;
        let source = std::fs::read_to_string(&file).with_context(|| format!("cannot read {file}"))?;
        self.driver.execute(format!("if (!window.axe) {{ {source} }}"), vec![]).await?;
        let run = format!("const options = {options}; {RUN_AXE}");
        Ok(self.driver.execute_async(run, vec![]).await?.convert()?)
    }
}

const RUN_AXE: &str = "const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'], ...options }).then(result => done(result.violations
                .filter(finding => ['serious', 'critical'].includes(finding.impact))
                .map(finding => finding.id + ': ' + finding.nodes.slice(0, 4)
                    .map(node => node.target.join(' ') + ' (' + (node.any[0]?.message ?? node.all[0]?.message ?? '') + ')').join(', '))),
                error => done(['axe failed: ' + error]))";
