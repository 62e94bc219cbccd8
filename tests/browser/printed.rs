//! A page as it is printed.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use lopdf::Document;
use serde_json::json;

use crate::browser::Browser;

/// In points, 210 by 297 mm; Chromium rounds to pixels.
const A4: [f32; 2] = [595.276, 841.89];
const ROUNDING: f32 = 1.5;

pub struct Printed(Document);

impl Printed {
    /// Prints what the browser shows, on the paper the page asks for. With `SHANHAI_PICTURES` the file is kept.
    pub async fn of(browser: &Browser, name: &str) -> Result<Printed> {
        let wishes = json!({"preferCSSPageSize": true, "printBackground": false});
        let printed = browser.driver.cdp().send_raw("Page.printToPDF", wishes).await?;
        let file = BASE64_STANDARD.decode(printed["data"].as_str().context("a printed page")?)?;
        if let Some(folder) = std::env::var_os("SHANHAI_PICTURES").map(PathBuf::from) {
            std::fs::create_dir_all(&folder)?;
            std::fs::write(folder.join(format!("{name}.pdf")), &file)?;
        }
        Ok(Printed(Document::load_mem(&file)?))
    }

    /// The text of each page, all of which are A4. Spaces are left out: where they stand is the printer's matter.
    pub fn pages(&self) -> Result<Vec<String>> {
        let mut pages = Vec::new();
        for (number, id) in self.0.get_pages() {
            let size = self.0.get_dictionary(id)?.get(b"MediaBox")?.as_array()?;
            let size: Vec<f32> = size.iter().skip(2).map(|it| it.as_float()).collect::<Result<_, _>>()?;
            let is_a4 = size.len() == 2 && size.iter().zip(A4).all(|(found, a4)| (found - a4).abs() < ROUNDING);
            ensure!(is_a4, "page {number} is {size:?} points");
            let text = self.0.extract_text(&[number])?;
            pages.push(text.chars().filter(|c| !c.is_whitespace()).collect());
        }
        Ok(pages)
    }
}
