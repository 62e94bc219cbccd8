//! What a first visit transfers.

use std::io::Write as _;

use anyhow::{Result, ensure};
use serde::Deserialize;

use crate::browser::Browser;

/// All files together, as they travel, headers included. 150,000 is what is wanted and what it is; the goods of the day move it a little.
const LIMIT: i64 = 150_500;

#[derive(Deserialize)]
struct File {
    name: String,
    /// Bytes on the wire.
    sent: i64,
    /// Bytes once unpacked.
    plain: i64,
}

/// Everything the page has fetched, from the browser's own accounts.
const FILES: &str = "return performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))
    .map(entry => ({ name: new URL(entry.name).pathname, sent: Math.round(entry.transferSize), plain: Math.round(entry.decodedBodySize) }))
    .sort((a, b) => b.sent - a.sent)";

pub async fn check(browser: &Browser) -> Result<()> {
    // The sprite of the labels and the session are fetched after the list: what is on its way belongs to the visit.
    let quiet = "return document.querySelector('.shelf .label use') !== null
        && performance.getEntriesByType('resource').some(entry => entry.name.includes('motifs'))
        && performance.getEntriesByType('resource').every(entry => entry.responseEnd > 0)";
    browser.until(quiet, |answer| answer == true).await?;
    let files: Vec<File> = browser.driver.execute(FILES, vec![]).await?.convert()?;
    for part in [".wasm", ".js", ".css", "motifs"] {
        ensure!(
            files.iter().any(|file| file.name.contains(part)),
            "the visit fetched no {part}; is this a first visit?"
        );
    }
    // A second time in one visit it may.
    let came = |name: &str| files.iter().any(|file| file.name == name && file.sent > 0);
    ensure!(files.iter().all(|file| came(&file.name)), "a file came from the cache; this is no first visit");
    let total: i64 = files.iter().map(|file| file.sent).sum();
    // Written past the test harness, which would keep it to itself as long as the test passes.
    let mut report = std::io::stderr().lock();
    writeln!(report, "\nFirst visit to the product list, as transferred (brotli):")?;
    for file in &files {
        writeln!(report, "{:>9} of {:>9}  {}", file.sent, file.plain, file.name)?;
    }
    writeln!(report, "{total:>9} bytes in all, limit {LIMIT}")?;
    ensure!(total <= LIMIT, "the first visit transfers {total} bytes, more than {LIMIT}");
    Ok(())
}
