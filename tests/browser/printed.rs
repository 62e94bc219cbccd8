//! A page as it is printed.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use lopdf::{Dictionary, Document, Object};
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

    /// The text of each page, all of which are A4. Spaces are left out: where they stand is the printer's matter. Characters that look
    /// like a radical may read as the radical (工 as ⼯), since fonts draw both alike: tests look for others.
    pub fn pages(&self) -> Result<Vec<String>> {
        let mut pages = Vec::new();
        for (number, id) in self.0.get_pages() {
            let size = self.0.get_dictionary(id)?.get(b"MediaBox")?.as_array()?;
            let size: Vec<f32> = size.iter().skip(2).map(|it| it.as_float()).collect::<Result<_, _>>()?;
            #[allow(clippy::float_arithmetic, reason = "a page's size is in fractions of a point")]
            let is_a4 = size.len() == 2 && size.iter().zip(A4).all(|(found, a4)| (found - a4).abs() < ROUNDING);
            ensure!(is_a4, "page {number} is {size:?} points");
            let fonts = self.0.get_page_fonts(id)?;
            let fonts = fonts.into_iter().map(|(name, font)| Ok((name, self.font(font)?))).collect::<Result<_>>()?;
            pages.push(self.text(id, &fonts)?);
        }
        Ok(pages)
    }

    fn font(&self, font: &Dictionary) -> Result<Font> {
        let map = self.0.get_object(font.get(b"ToUnicode")?.as_reference()?)?.as_stream()?;
        Ok(Font::read(&String::from_utf8_lossy(&map.decompressed_content()?)))
    }

    fn text(&self, page: lopdf::ObjectId, fonts: &BTreeMap<Vec<u8>, Font>) -> Result<String> {
        let (mut text, mut font) = (String::new(), None);
        for operation in self.0.get_and_decode_page_content(page)?.operations {
            match operation.operator.as_str() {
                "Tf" => font = operation.operands.first().and_then(|name| fonts.get(name.as_name().ok()?)),
                "Tj" | "TJ" => {
                    let font = font.context("text follows its font")?;
                    operation.operands.iter().for_each(|shown| font.push(shown, &mut text));
                }
                _ => {}
            }
        }
        Ok(text.chars().filter(|c| !c.is_whitespace()).collect())
    }
}

/// How a font's codes are read. Source: ISO 32000-1, 9.10.3; Chromium's fonts are cut to what a file needs, and every one of them
/// has such a map.
struct Font {
    /// Bytes of a code.
    width: usize,
    letters: HashMap<u32, String>,
}

impl Font {
    fn read(map: &str) -> Font {
        let mut letters = HashMap::new();
        let mut width = 1;
        // Of a range each line has two codes and the letter of the first, of single ones one code and its letter.
        let mut per_line = 0;
        for line in map.lines() {
            let words: Vec<&str> = line.split(['<', '>']).map(str::trim).filter(|word| !word.is_empty()).collect();
            let code = |word: &str| u32::from_str_radix(word, 16).unwrap_or_default();
            match words.as_slice() {
                [one] if one.ends_with("begincodespacerange") => per_line = 1,
                [one] if one.ends_with("beginbfchar") => per_line = 2,
                [one] if one.ends_with("beginbfrange") => per_line = 3,
                [one] if one.starts_with("end") => per_line = 0,
                [first, _] if per_line == 1 => width = first.len() / 2,
                [first, letter] if per_line == 2 => drop(letters.insert(code(first), utf16(letter, 0))),
                [first, last, letter] if per_line == 3 => {
                    letters.extend((code(first)..=code(last)).zip(0..).map(|(it, ahead)| (it, utf16(letter, ahead))));
                }
                _ => {}
            }
        }
        Font { width, letters }
    }

    fn push(&self, shown: &Object, text: &mut String) {
        match shown {
            Object::Array(parts) => parts.iter().for_each(|part| self.push(part, text)),
            Object::String(codes, _) => {
                for code in codes.chunks(self.width) {
                    let code = code.iter().fold(0, |code, byte| code << 8 | u32::from(*byte));
                    text.push_str(self.letters.get(&code).map_or("", String::as_str));
                }
            }
            _ => {}
        }
    }
}

/// The letter so many places after the one that is written in hexadecimal UTF-16.
fn utf16(hex: &str, ahead: u16) -> String {
    let mut units: Vec<u16> = hex
        .as_bytes()
        .chunks(4)
        .filter_map(|unit| u16::from_str_radix(std::str::from_utf8(unit).ok()?, 16).ok())
        .collect();
    if let Some(last) = units.last_mut() {
        *last = last.wrapping_add(ahead);
    }
    String::from_utf16_lossy(&units)
}
