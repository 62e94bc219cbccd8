//! What a merchant does with its goods: writes one, puts it on sale, and records a licence for its brand.

use anyhow::Result;
use serde_json::json;

use super::Person;

impl Person<'_> {
    /// A product from an empty form to the lists of the market; what was typed outlives a reload.
    pub async fn lists_a_product(&self, name: &str, width: &str) -> Result<()> {
        let browser = self.browser();
        self.goto("/goods").await?;
        browser.see("table.gd tbody tr").await?;
        browser.inspect(&format!("goods-{width}")).await?;
        browser.click("#new-goods").await?;
        browser.click("#save-goods").await?;
        browser.see(".errors a[href='#goods-name']").await?;
        browser.inspect(&format!("goods-form-wrong-{width}")).await?;
        browser.fill("#goods-name", name).await?;
        browser.choose("#goods-category", "菌菇").await?;
        browser.fill("#goods-spec", "500g/袋").await?;
        browser.fill("#goods-unit", "袋").await?;
        browser.fill("#goods-price", "36").await?;
        browser.fill("#goods-from_2", "20").await?;
        browser.fill("#goods-price_2", "34").await?;
        browser.fill("#goods-available", "800").await?;
        browser.fill("#goods-description", "山蕨根洗出的淀粉，手工搓成圆子，煮汤吃。").await?;
        self.goto("/goods/new").await?;
        browser.see("#resumed").await?;
        let kept = "return document.querySelector('#goods-name')?.value";
        browser.until(kept, |kept| *kept == json!(name)).await?;
        browser.inspect(&format!("goods-form-{width}")).await?;
        browser.click("#save-goods").await?;
        browser.see_words(".toast", "已保存").await?;
        browser.see_words(".gd-head", "草稿").await?;
        browser.click("#step-goods").await?;
        browser.see_words(".gd-head", "在售").await
    }

    /// What the merchant has put on sale, found by whoever looks for it.
    pub async fn finds_what_was_listed(&self, words: &str, name: &str) -> Result<()> {
        self.goto(&format!("/products?q={words}")).await?;
        self.browser().see_words(".shelf .card .c-name", name).await
    }

    /// A brand without a licence says so, and the licence that is recorded warns when it is about to end.
    pub async fn records_a_licence(&self, day: &str, width: &str) -> Result<()> {
        let browser = self.browser();
        self.goto("/goods").await?;
        browser.click("#add-licence").await?;
        browser.click("#save-licence").await?;
        browser.see(".errors a[href='#licence-brand']").await?;
        browser.click_words(".gd-new-lic .chip", "三衢味").await?;
        browser.fill("#licence-number", "SQW-示例-0999").await?;
        let set = format!(
            "const day = document.querySelector('#licence-to'); day.value = '{day}';
            day.dispatchEvent(new Event('input', {{bubbles: true}})); return day.value"
        );
        let wanted = json!(day);
        browser.until(&set, |day| *day == wanted).await?;
        browser.click("#save-licence").await?;
        browser.see_words(".toast", "授权已登记").await?;
        browser.see_words(".gd-lic [data-standing=ends_soon]", "请尽快续期").await?;
        browser.inspect(&format!("goods-licences-{width}")).await?;
        self.goto("/goods/sheet").await?;
        browser.see("#download-goods").await?;
        browser.inspect(&format!("goods-sheet-{width}")).await
    }

    /// The pages as they are, in whichever language.
    pub async fn looks_at_the_goods(&self, language: &str) -> Result<()> {
        let browser = self.browser();
        self.goto("/goods").await?;
        browser.see("table.gd tbody tr").await?;
        browser.inspect(&format!("goods-{language}")).await?;
        self.goto("/goods/new").await?;
        browser.see("#save-goods").await?;
        browser.inspect(&format!("goods-form-{language}")).await
    }
}
