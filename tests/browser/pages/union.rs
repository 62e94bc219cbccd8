//! What officer, chair and merchant do on the pages of a procurement, from the plan to what goes back.

use std::io::Write as _;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use thirtyfour::By;

use super::Person;

const WRONG_NUMBER: &str = "25332000000000000001";
const RIGHT_NUMBER: &str = "25332000000000000002";
const SLIP: &str = "示例HD-20261128";

impl Person<'_> {
    // ---- the plan and the order form ----------------------------------------------------------------------------------

    pub async fn plans_for(&self, occasion: &str, heads: i64, standard: i64) -> Result<()> {
        let browser = self.browser();
        self.goto("/plan").await?;
        browser.fill(&format!("#heads-{occasion}"), &heads.to_string()).await?;
        browser.fill(&format!("#each-{occasion}"), &standard.to_string()).await?;
        browser.click("#save-plan").await?;
        browser.see_words(".toast", "计划已保存").await?;
        browser.inspect("union-01-plan").await
    }

    pub async fn takes_a_bundle_for(&self, occasion: &str, heads: i64, standard: i64) -> Result<()> {
        let browser = self.browser();
        browser.click(&format!("a[href='/plan/{occasion}']")).await?;
        browser.fill("#head-count", &heads.to_string()).await?;
        browser.fill("#per-head", &standard.to_string()).await?;
        browser.click("#propose").await?;
        browser.until("return document.querySelectorAll('.bd-prop').length", |count| *count == json!(3)).await?;
        browser.inspect("union-02-proposals").await?;
        browser.click("#take-0").await?;
        browser.see_words("#bundle-heads", &heads.to_string()).await?;
        browser.inspect("union-03-bundle").await?;
        browser.click("#order-it").await?;
        browser.see("#order-form").await?;
        Ok(())
    }

    /// The office's own file, two of whose cells are wrong.
    pub async fn lists_three_hundred_from_gbk(&self) -> Result<()> {
        let browser = self.browser();
        browser.click("label.chip:has(input[value=many])").await?;
        browser.see(".list-drop").await?;
        self.chooses_a_list("list-gbk.csv").await?;
        self.sees_counts("298 行可用").await?;
        browser.click("#only-wrong").await?;
        browser.fill("#list-32-phone", "13800000033").await?;
        browser.fill("#list-95-name", "卫示九").await?;
        self.sees_counts("300 行可用").await?;
        browser.click("#take-list").await?;
        browser.see_words("#list-taken", "已导入 300 人，3 个收货点位").await
    }

    /// Some on the list get two sets: the order follows when told to, and says why it costs more than the budget.
    pub async fn orders_what_the_list_says(&self) -> Result<()> {
        let browser = self.browser();
        browser.see_words(".list-heads", "按名单上的礼包合计").await?;
        browser.inspect("union-04-form-differs").await?;
        browser.click("#use-pieces").await?;
        browser.until("return document.querySelector('#use-pieces') === null", |gone| *gone == json!(true)).await?;
        self.submits().await?;
        browser.see(".errors a[href='#reason']").await?;
        browser.until("return document.activeElement.className", |class| *class == json!("errors")).await?;
        browser.inspect("union-05-form-reason").await?;
        browser.fill("#reason", "六位劳模另发一份").await?;
        browser.driver.refresh().await?;
        let kept = "return document.querySelector('#reason')?.value ?? ''";
        browser.until(kept, |reason| *reason == json!("六位劳模另发一份")).await?;
        browser.see_words("#list-taken", "已导入 300 人").await?;
        browser.inspect("union-06-form").await?;
        self.submits().await?;
        browser.until("return location.pathname", |path| *path == json!("/orders")).await?;
        browser.see("tr[data-order]").await?;
        browser.inspect("union-07-orders").await
    }

    // ---- what comes before the approval -------------------------------------------------------------------------------

    pub async fn cannot_approve_without_papers(&self, order: &str) -> Result<()> {
        let browser = self.browser();
        self.opens(order).await?;
        browser.see("#missing").await?;
        browser.inspect("union-08-chair-missing").await?;
        browser.click("#approve").await?;
        browser.see_words("#refused", "比价").await?;
        browser.until("return document.activeElement.id", |id| *id == json!("refused")).await?;
        browser.inspect("union-09-chair-refused").await?;
        self.sees_state("submitted").await
    }

    pub async fn compares_three_offers(&self, order: &str) -> Result<()> {
        let browser = self.browser();
        self.opens(order).await?;
        browser.click("#compare summary").await?;
        browser.click("#keep-comparison").await?;
        browser.see("#compare .errors a[href='#cmp-0-supplier']").await?;
        browser.inspect("union-10-comparison-errors").await?;
        for (place, (supplier, total)) in
            [("山海集合作社联合报价", "209000"), ("示例超市", "226000"), ("示例商贸", "231500")].into_iter().enumerate()
        {
            browser.fill(&format!("#cmp-{place}-supplier"), supplier).await?;
            browser.fill(&format!("#cmp-{place}-total_fen"), total).await?;
            browser.fill(&format!("#cmp-{place}-terms"), "送货到三个点位").await?;
        }
        browser.click("label.chip:has(#cmp-chosen)").await?;
        browser.fill("#cmp-reason", "价低，且都是山区县的货").await?;
        browser.click("#keep-comparison").await?;
        browser.see_words("#comparison", "示例超市").await?;
        browser.inspect("union-11-comparison").await
    }

    pub async fn attaches_the_decision(&self, order: &str) -> Result<()> {
        let browser = self.browser();
        self.opens(order).await?;
        browser.see("label:has(#decision)").await?;
        let mut file = tempfile::Builder::new().prefix("会议纪要").suffix(".pdf").tempfile()?;
        file.write_all("%PDF-1.4\n% 示例会议纪要\n%%EOF\n".as_bytes())?;
        // The input itself is not seen; a person presses its label.
        let input = browser.driver.find(By::Css("#decision")).await?;
        input.send_keys(file.path().to_string_lossy()).await?;
        browser.see_words("#decisions", "会议纪要").await?;
        browser.until("return document.querySelector('#missing') === null", |gone| *gone == json!(true)).await?;
        browser.inspect("union-12-decision").await
    }

    pub async fn approves_now(&self, order: &str) -> Result<()> {
        self.opens(order).await?;
        self.browser
            .until("return document.querySelector('#decisions li') !== null", |there| *there == json!(true))
            .await?;
        self.browser.inspect("union-13-chair").await?;
        self.browser.click("#approve").await?;
        self.sees_state("approved").await
    }

    // ---- the merchant ---------------------------------------------------------------------------------------------------

    /// So many fewer than ordered of the first line; what is typed outlives a reload.
    pub async fn confirms_less(&self, order: &str, ordered: i64, fewer: i64) -> Result<()> {
        let browser = self.browser();
        self.opens(order).await?;
        browser.inspect("union-14-merchant").await?;
        browser.click("details.part summary").await?;
        browser.fill("#confirm-1", &(ordered + 1).to_string()).await?;
        browser.click("#confirm-part").await?;
        browser.see(".errors a[href='#confirm-1']").await?;
        browser.fill("#confirm-1", &(ordered - fewer).to_string()).await?;
        browser.see(".errors a[href='#confirm-reason']").await?;
        browser.inspect("union-15-confirm-errors").await?;
        browser.click(".errors a[href='#confirm-reason']").await?;
        browser.until("return document.activeElement.id", |id| *id == json!("confirm-reason")).await?;
        browser.fill("#confirm-reason", "今年减产").await?;
        browser.driver.refresh().await?;
        let kept = "return [document.querySelector('#confirm-1')?.value, document.querySelector('#confirm-reason')?.value].join(' ')";
        let typed = json!(format!("{} 今年减产", ordered - fewer));
        browser.until(kept, |kept| *kept == typed).await?;
        browser.inspect("union-16-confirm").await?;
        browser.click("#confirm-part").await?;
        self.sees_state("confirmed").await?;
        browser.inspect("union-17-confirmed").await
    }

    /// Two shipments to the first point: a part of the first line, and then the rest.
    pub async fn ships_in_two_parcels(&self, order: &str, goes: i64) -> Result<()> {
        let browser = self.browser();
        self.opens(order).await?;
        browser.click("#ship").await?;
        browser.see(".errors a[href='#carrier']").await?;
        browser.inspect("union-18-ship-errors").await?;
        browser.fill("#ship-1", &(goes - 5).to_string()).await?;
        browser.fill("#carrier", "邮政快递").await?;
        browser.fill("#tracking", "示例YZ0001").await?;
        browser.driver.refresh().await?;
        let kept = "return document.querySelector('#tracking')?.value ?? ''";
        browser.until(kept, |number| *number == json!("示例YZ0001")).await?;
        browser.click("#ship").await?;
        browser.see_words(".points", "示例YZ0001").await?;
        browser.inspect("union-19-shipped-first").await?;
        let left = "return document.querySelector('#ship-1')?.value ?? ''";
        browser.until(left, |left| *left == json!("5")).await?;
        browser.fill("#carrier", "邮政快递").await?;
        browser.fill("#tracking", "示例YZ0002").await?;
        browser.click("#ship").await?;
        browser.see_words(".points", "示例YZ0002").await?;
        browser.inspect("union-20-shipped-second").await
    }

    // ---- acceptance -----------------------------------------------------------------------------------------------------

    /// Opens what the square on the parcel leads to, and counts `short` too few of the first line.
    pub async fn counts_by_code(&self, code: &str, came: i64, short: i64) -> Result<()> {
        let browser = self.browser();
        self.goto(&format!("/accept/{code}")).await?;
        browser.see("#accepted-0").await?;
        browser.inspect("union-21-accept").await?;
        browser.fill("#accepted-0", &(came - short).to_string()).await?;
        browser.click("#accept").await?;
        browser.see(".errors a[href='#reason-0']").await?;
        browser.until("return document.activeElement.className", |class| *class == json!("errors")).await?;
        browser.inspect("union-22-accept-errors").await?;
        browser.choose("#reason-0", "少件").await?;
        let photo = format!("{}/public/icon-192.png", env!("CARGO_MANIFEST_DIR"));
        browser.driver.find(By::Css("#add-photos")).await?.send_keys(photo).await?;
        let seen =
            "return Array.from(document.querySelectorAll('.proof img')).filter(it => it.naturalWidth > 0).length";
        browser.until(seen, |count| *count == json!(1)).await?;
        browser.driver.refresh().await?;
        let kept = "return [document.querySelector('#accepted-0')?.value, document.querySelector('#reason-0')?.value].join(' ')";
        let counted = json!(format!("{} missing", came - short));
        browser.until(kept, |kept| *kept == counted).await?;
        browser.until(seen, |count| *count == json!(1)).await?;
        browser.inspect("union-23-accept-photo").await?;
        browser.click("#accept").await?;
        browser.see("#counted").await?;
        browser.until(seen, |count| *count == json!(1)).await?;
        browser.inspect("union-24-counted").await
    }

    pub async fn sees_the_point_counted(&self, order: &str) -> Result<()> {
        let browser = self.browser();
        self.opens(order).await?;
        browser.see_words(".points li:first-child", "少收 2：少件").await?;
        browser.inspect("union-25-officer-counting").await
    }

    // ---- money ----------------------------------------------------------------------------------------------------------

    pub async fn invoices_one_too_many(&self, order: &str) -> Result<()> {
        let browser = self.browser();
        self.opens(order).await?;
        browser.click("button#invoice").await?;
        browser.see(".errors a[href='#invoice-number']").await?;
        browser.inspect("union-26-invoice-errors").await?;
        let quantity = browser.until("return document.querySelector('#invoice-quantity-0').value", |_| true).await?;
        let quantity: i64 = quantity.as_str().unwrap_or_default().parse()?;
        browser.fill("#invoice-number", WRONG_NUMBER).await?;
        browser.fill("#invoice-quantity-0", &(quantity + 1).to_string()).await?;
        browser.driver.refresh().await?;
        let kept = "return document.querySelector('#invoice-number')?.value ?? ''";
        browser.until(kept, |number| *number == json!(WRONG_NUMBER)).await?;
        browser.inspect("union-27-invoice").await?;
        browser.click("button#invoice").await?;
        self.sees_both(quantity).await?;
        browser.inspect("union-28-invoice-differs").await
    }

    /// What it should be beside what the invoice says.
    async fn sees_both(&self, due: i64) -> Result<()> {
        let sides =
            "return Array.from(document.querySelectorAll('.diff tbody tr td')).map(cell => cell.innerText.trim())";
        let due = [due.to_string(), (due + 1).to_string()];
        let both = |cells: &Value| {
            let cells: Vec<&str> = cells.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            cells.windows(2).any(|pair| pair[0] == due[0] && pair[1] == due[1])
        };
        self.browser.until(sides, both).await?;
        Ok(())
    }

    pub async fn sees_where_the_invoice_differs(&self, order: &str) -> Result<()> {
        let browser = self.browser();
        self.opens(order).await?;
        browser.see(".diff").await?;
        let pays = "return document.querySelector('#slip-no') !== null";
        ensure!(browser.until(pays, |_| true).await? == json!(false), "a wrong invoice is not paid");
        browser.inspect("union-29-officer-differs").await
    }

    pub async fn invoices_rightly(&self, order: &str) -> Result<()> {
        let browser = self.browser();
        self.opens(order).await?;
        browser.fill("#invoice-number", RIGHT_NUMBER).await?;
        browser.click("button#invoice").await?;
        browser.see_words(&format!("[data-invoice='{RIGHT_NUMBER}']"), "与验收一致").await?;
        browser.see_words(&format!("[data-invoice='{WRONG_NUMBER}']"), "已换开").await?;
        browser.inspect("union-30-invoice-right").await
    }

    pub async fn pays(&self, order: &str) -> Result<()> {
        let browser = self.browser();
        self.opens(order).await?;
        browser.inspect("union-31-officer-pays").await?;
        browser.click("button#transfer").await?;
        browser.see(".errors a[href='#slip-no']").await?;
        browser.fill("#slip-no", SLIP).await?;
        browser.click("button#transfer").await?;
        self.sees_state("settled").await?;
        browser.see_words("#transferred", SLIP).await?;
        browser.inspect("union-32-settled").await
    }

    /// Of the first line at the first point.
    pub async fn gives_back(&self, order: &str, pieces: i64) -> Result<()> {
        let browser = self.browser();
        self.opens(order).await?;
        browser.click("#returning summary").await?;
        browser.click("button#return").await?;
        browser.see(".errors a[href='#return-1']").await?;
        browser.inspect("union-33-return-errors").await?;
        browser.fill("#return-1", &pieces.to_string()).await?;
        browser.fill("#return-reason", "发霉").await?;
        browser.click("button#return").await?;
        browser.see_words(".points li:first-child", &format!("已退 {pieces}")).await?;
        browser.see_words(".hist", "发霉").await?;
        browser.inspect("union-34-returned").await
    }
}
