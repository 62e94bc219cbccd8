//! What a union's officer prints of an order: its papers, as pages and as one archive.

use std::collections::BTreeMap;
use std::io::Write as _;

use anyhow::{Context as _, Result, ensure};
use domain::id::{OrderId, ProductId};
use domain::money::Money;
use domain::occasion::Occasion;
use domain::wire::{NewLine, NewOrder, NewOrders, NewPoint, NewRecipient};
use serde_json::{Value, json};
use thirtyfour::By;

use super::Person;
use crate::downloads::{Downloads, Sheet, unpacked};
use crate::printed::Printed;

/// So many that the sheet they sign on takes several pages.
pub const PEOPLE: i64 = 120;

impl Person<'_> {
    /// An order of one kind of goods for [`PEOPLE`] at two points, as the order form sends it.
    pub async fn orders_for_a_list(&self, goods: &str) -> Result<String> {
        let products = self.asks("GET", &format!("/products?q={goods}"), Value::Null).await?;
        let product = products["items"][0]["id"].as_str().context("the goods are there")?;
        let product_id: ProductId = product.parse().ok().context("an identifier")?;
        let point = |address: &str| NewPoint {
            address: address.to_owned(),
            contact: "王示例".to_owned(),
            phone: "13800000001".to_owned(),
            recipients: PEOPLE / 2,
        };
        let person = |number: i64| NewRecipient {
            department: format!("{}车间", number % 8 + 1),
            name: format!("职员{number}"),
            phone: format!("138{number:08}"),
            point: number % 2 + 1,
            sets: 1,
            bundle: None,
        };
        let line = NewLine { product_id, quantity: PEOPLE, by_point: vec![PEOPLE / 2; 2] };
        let body = NewOrders {
            occasion: Occasion::NewYear,
            head_count: PEOPLE,
            per_head_budget_fen: 30_000,
            points: vec![point("宁波市镇海区示例路1号"), point("宁波市北仑区示例港路8号")],
            exception_reason: None,
            orders: vec![NewOrder { id: OrderId(server::id::new()), lines: vec![line] }],
            recipients: (0..PEOPLE).map(person).collect(),
        };
        let placed = self.asks("POST", "/orders", serde_json::to_value(body)?).await?;
        Ok(placed["items"][0]["id"].as_str().with_context(|| format!("placed: {placed}"))?.to_owned())
    }

    /// Asks the interface as the app does, with the session of this browser.
    async fn asks(&self, method: &str, path: &str, body: Value) -> Result<Value> {
        let script = "const [method, path, body, done] = arguments;
            fetch('/api/v1' + path, body && { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
                .then(answer => answer.json()).then(done, error => done(String(error)))";
        let answer = self.browser().driver.execute_async(script, vec![json!(method), json!(path), body]).await?;
        Ok(answer.json().clone())
    }

    /// From the order to its papers; what is there and what is missing is told.
    pub async fn finds_the_papers(&self, order: &str, width: &str) -> Result<()> {
        let browser = self.browser();
        self.goto(&format!("/orders/{order}")).await?;
        browser.click("#papers").await?;
        browser.see_words("h1", "报销材料").await?;
        browser.see_words(".papers", "采购单").await?;
        browser.see_words("[data-status=missing]", "商户确认以后才有").await?;
        browser.see("#add-bank_slip + *, label:has(#add-bank_slip)").await?;
        browser.inspect(&format!("papers-{width}")).await
    }

    /// The purchase order on A4, with its total in capitals, and what goes where on a page of its own.
    pub async fn prints_the_purchase_order(&self, order: &str, width: &str) -> Result<()> {
        let total = self.asks("GET", &format!("/orders/{order}"), Value::Null).await?["summary"]["total_fen"].clone();
        let total = Money::from_fen(total.as_i64().context("the order has a total")?);
        let browser = self.browser();
        browser.click("a[href$='/papers/purchase_order']").await?;
        browser.see_words(".a4 h1", "采购单").await?;
        browser.inspect(&format!("purchase-order-{width}")).await?;
        let pages = Printed::of(browser, &format!("purchase-order-{width}")).await?.pages()?;
        ensure!(pages.len() == 2, "the order and its list of points are {} pages", pages.len());
        for told in [&*total.capitals(), &*total.yuan(), "经费来源", "消费帮扶"] {
            ensure!(pages[0].contains(told), "{told} is not on the first page: {}", pages[0]);
        }
        ensure!(pages[1].contains("港路8号"), "{}", pages[1]);
        Ok(())
    }

    /// The sheet everybody signs on: its head on every page, every row whole, the sum once.
    pub async fn prints_the_sign_off_sheet(&self, order: &str) -> Result<()> {
        let browser = self.browser();
        self.goto(&format!("/orders/{order}/papers/sign_off")).await?;
        browser.see_words(".a4 h1", "签领表").await?;
        browser.inspect("sign-off").await?;
        let pages = Printed::of(browser, "sign-off").await?.pages()?;
        ensure!(pages.len() > 2, "{PEOPLE} people are {} pages", pages.len());
        for page in &pages[..pages.len() - 1] {
            ensure!(page.contains("签字") && page.contains("姓名"), "the head is not on {page}");
        }
        let whole = pages.concat();
        for number in 0..PEOPLE {
            ensure!(whole.contains(&format!("职员{number}")), "职员{number} is missing");
        }
        ensure!(whole.matches("合计").count() == 1, "the sum stands once");
        Ok(())
    }

    /// Brings a file of a kind to an order's papers: the invoice as its merchant has it, the slip as the bank gave it.
    pub async fn brings(&self, order: &str, kind: &str, name: &str) -> Result<()> {
        let browser = self.browser();
        self.goto(&format!("/orders/{order}/papers")).await?;
        browser.see(&format!("label:has(#add-{kind})")).await?;
        let mut file = tempfile::Builder::new().prefix(name).suffix(".pdf").tempfile()?;
        file.write_all(format!("%PDF-1.4\n% 示例{name}\n%%EOF\n").as_bytes())?;
        // The input itself is not seen; a person presses its label.
        browser.driver.find(By::Css(format!("#add-{kind}"))).await?.send_keys(file.path().to_string_lossy()).await?;
        browser.see_words(".toast", "已上传").await
    }

    /// All papers of an order as one file, opened: what is in it by the name it has there.
    pub async fn downloads_the_packet(&self, order: &str) -> Result<BTreeMap<String, Vec<u8>>> {
        let browser = self.browser();
        let downloads = Downloads::of(browser).await?;
        self.goto(&format!("/orders/{order}/papers")).await?;
        browser.see("#packet").await?;
        browser.inspect("union-33-papers").await?;
        browser.click("#packet").await?;
        let (name, archive) = downloads.next().await?;
        ensure!(name.ends_with(".zip"), "the packet is called {name}");
        unpacked(&archive)
    }

    /// One paper of an order as a workbook, opened.
    pub async fn downloads_a_workbook(&self, order: &str, paper: &str) -> Result<Sheet> {
        let browser = self.browser();
        let downloads = Downloads::of(browser).await?;
        self.goto(&format!("/orders/{order}/papers")).await?;
        browser.click(&format!("a[href$='/papers/{paper}/paper.xlsx']")).await?;
        let (name, workbook) = downloads.next().await?;
        ensure!(name.ends_with(".xlsx"), "the workbook is called {name}");
        Sheet::of(&workbook)
    }
}
