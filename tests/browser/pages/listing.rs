//! An officer delivers by a list of people.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::Person;

/// Made files that offices might send.
fn file(name: &str) -> String {
    format!("{}/crates/server/tests/api/files/{name}", env!("CARGO_MANIFEST_DIR"))
}

impl Person<'_> {
    /// The form of an order that goes by a list; nothing has been chosen yet.
    pub async fn begins_an_order_by_list(&self) -> Result<()> {
        self.signs_in("zhenhai.officer").await?;
        self.goto("/orders/new").await?;
        let browser = self.browser();
        browser.see("#order-form").await?;
        browser.click("label.chip:has(input[value=spring_festival])").await?;
        browser.fill("#per-head", "1000").await?;
        browser.click("label.chip:has(input[value=many])").await?;
        browser.see(".list-drop").await?;
        Ok(())
    }

    pub async fn cannot_send_without_a_list(&self) -> Result<()> {
        self.submits().await?;
        self.browser().see_words(".errors", "选一个名单文件").await?;
        self.browser().inspect("list-none").await
    }

    pub async fn chooses_a_list(&self, name: &str) -> Result<()> {
        // The input itself is not seen; a person presses its label.
        let input = self.browser().driver.find(thirtyfour::By::Css("#list-file")).await?;
        Ok(input.send_keys(file(name)).await?)
    }

    pub async fn is_told_of_a_password(&self) -> Result<()> {
        self.chooses_a_list("password.xlsx").await?;
        self.browser().see_words(".note.wrong", "打开密码").await?;
        self.browser().inspect("list-refused").await
    }

    pub async fn sees_counts(&self, words: &str) -> Result<()> {
        self.browser().see_words("#list-counts", words).await
    }

    /// From mistake to mistake; one is corrected, and a reload loses nothing.
    pub async fn corrects_a_phone(&self) -> Result<()> {
        let browser = self.browser();
        browser.inspect("list-wrong").await?;
        browser.click("#next-wrong").await?;
        browser.until("return document.activeElement.id", |id| *id == json!("list-32-phone")).await?;
        browser.see_words("tr.bad", "手机：少一位").await?;
        browser.inspect("list-mistake").await?;
        browser.click("#only-wrong").await?;
        browser
            .until("return document.querySelectorAll('#list-rows tbody input[id$=name]').length", |rows| {
                *rows == json!(2)
            })
            .await?;
        browser.fill("#list-32-phone", "13800000033").await?;
        self.sees_counts("299 行可用").await?;
        browser.driver.refresh().await?;
        self.sees_counts("299 行可用").await?;
        browser.click("#only-wrong").await?;
        browser.see("#list-95-name").await?;
        browser.inspect("list-one-wrong").await
    }

    /// Only when told to; the head-count follows when told to as well.
    pub async fn imports(&self, people: usize) -> Result<()> {
        let browser = self.browser();
        self.submits().await?;
        browser.see_words(".errors", "名单还没有导入").await?;
        browser.click("#take-list").await?;
        browser.see_words("#list-taken", &format!("已导入 {people} 人，3 个收货点位")).await?;
        browser.click("#use-listed").await?;
        let heads = "return document.querySelector('#head-count').value";
        browser.until(heads, |value| *value == json!(people.to_string())).await?;
        let rows = "return document.querySelectorAll('#list-points tbody tr').length";
        browser.until(rows, |rows| *rows == json!(3)).await?;
        browser.see_words("#list-points", "庆元花菇").await?;
        browser.inspect("list-points").await
    }

    /// Sends the order; gives how many people and points the server has of it.
    pub async fn sends_it(&self) -> Result<(u64, u64)> {
        self.submits().await?;
        let browser = self.browser();
        browser.until("return location.pathname", |path| *path == json!("/orders")).await?;
        browser.see("tr[data-order]").await?;
        let count = "const done = arguments[arguments.length - 1];
            const order = '/api/v1/orders/' + document.querySelector('tr[data-order]').dataset.order;
            Promise.all([order + '/recipients', order].map(it => fetch(it).then(answer => answer.json())))
                .then(([people, order]) => done([people.items.length, order.points.length]))";
        let counted = browser.driver.execute_async(count, vec![]).await?;
        Ok(counted.convert()?)
    }

    /// Has so many rows read that were made up in the page; gives the milliseconds from choosing the file to seeing its rows.
    pub async fn reads_rows(&self, count: usize) -> Result<f64> {
        let script = "const done = arguments[arguments.length - 1];
            const rows = ['姓名,部门,手机,地址'];
            for (let n = 0; n < arguments[0]; n++)
                rows.push(`张示${n}号,办公室,1380000${String(n).padStart(4, '0')},宁波市镇海区示例路${n % 40 + 1}号`);
            const files = new DataTransfer();
            files.items.add(new File([rows.join('\\n')], 'many.csv'));
            const input = document.querySelector('#list-file');
            input.files = files.files;
            const begun = performance.now();
            input.dispatchEvent(new Event('change', { bubbles: true }));
            const look = () => document.querySelector('#list-0-name')
                ? setTimeout(() => done(performance.now() - begun)) : requestAnimationFrame(look);
            look();";
        let took = self.browser().driver.execute_async(script, vec![json!(count)]).await?;
        took.json().as_f64().context("a time")
    }

    pub async fn takes_another_file(&self) -> Result<()> {
        self.browser().click("#another-list").await?;
        self.browser().see(".list-drop").await?;
        Ok(())
    }

    /// Another language and a reload lose nothing.
    pub async fn reads_on_in_english(&self) -> Result<()> {
        let browser = self.browser();
        browser.driver.execute("document.cookie = 'shanhai_language=en; path=/'", vec![]).await?;
        browser.fill("#list-3-phone", "1380000").await?;
        // A list is kept when typing rests, and at the latest when the page goes.
        browser.driver.refresh().await?;
        self.sees_counts("1 row is wrong").await?;
        browser.see_words("tr.bad", "Phone: 4 digits short").await?;
        browser.click("#next-wrong").await?;
        browser.inspect("list-english").await
    }

    /// Types into a cell; gives the milliseconds until the page has been worked out, and until it has been painted.
    pub async fn changes_a_cell(&self) -> Result<(f64, f64)> {
        let script = "const done = arguments[arguments.length - 1];
            const input = document.querySelector('#list-3-phone'), all = [];
            const once = n => {
                if (n === 0) { all.sort((a, b) => a[1] - b[1]); return done(all[all.length >> 1]); }
                const begun = performance.now();
                input.value = n % 2 ? '1380000' : '13800000003';
                input.dispatchEvent(new InputEvent('input', { bubbles: true }));
                queueMicrotask(() => {
                    requestAnimationFrame(() => {
                        const worked = performance.now() - begun;
                        const channel = new MessageChannel();
                        channel.port1.onmessage = () => { all.push([worked, performance.now() - begun]); once(n - 1); };
                        channel.port2.postMessage(0);
                    });
                });
            };
            once(11);";
        let took: Value = self.browser().driver.execute_async(script, vec![]).await?.json().clone();
        let at = |index: usize| took[index].as_f64().context("a time");
        Ok((at(0)?, at(1)?))
    }

    /// Of thousands of rows only those in sight are drawn, wherever one scrolls.
    pub async fn scrolls_a_list_to_its_end(&self, last: usize) -> Result<()> {
        let browser = self.browser();
        let script = "const rows = document.querySelector('#list-rows'); rows.scrollTop = rows.scrollHeight";
        browser.driver.execute(script, vec![]).await?;
        browser.see(&format!("#list-{}-name", last - 1)).await?;
        let drawn: usize = browser
            .driver
            .execute("return document.querySelectorAll('#list-rows tbody tr').length", vec![])
            .await?
            .convert()?;
        ensure!(drawn < 100, "{drawn} rows are drawn of {last}");
        browser.inspect("list-end").await?;
        browser.driver.execute("document.querySelector('#list-rows').scrollTop = 0", vec![]).await?;
        browser.see("#list-3-phone").await?;
        Ok(())
    }
}
