//! What a browser saves, and what is in it: the archive of an order's papers and their workbooks.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use calamine::{Data, Range, Reader as _, Xlsx};
use domain::Money;
use serde_json::json;
use tempfile::TempDir;

use crate::browser::Browser;

/// A folder of its own for what one browser saves. What is still coming has another ending there.
pub struct Downloads(TempDir);

impl Downloads {
    pub async fn of(browser: &Browser) -> Result<Downloads> {
        let folder = tempfile::tempdir()?;
        let wishes = json!({"behavior": "allow", "downloadPath": folder.path()});
        browser.driver.cdp().send_raw("Browser.setDownloadBehavior", wishes).await?;
        Ok(Downloads(folder))
    }

    /// The next file that is saved, taken out of the folder: its name and what it holds.
    pub async fn next(&self) -> Result<(String, Vec<u8>)> {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(file) = self.saved()? {
                let name = file.file_name().context("a file has a name")?.to_string_lossy().into_owned();
                let content = std::fs::read(&file)?;
                std::fs::remove_file(&file)?;
                return Ok((name, content));
            }
            ensure!(tokio::time::Instant::now() < deadline, "nothing is saved");
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }

    fn saved(&self) -> Result<Option<PathBuf>> {
        for file in std::fs::read_dir(&self.0)? {
            let path = file?.path();
            // Chromium gives a file its name only once the whole of it is there.
            let is_coming = path.extension().is_some_and(|ending| ending == "crdownload")
                || path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if !is_coming {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }
}

/// Every file of an archive by its name.
pub fn unpacked(archive: &[u8]) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive))?;
    let mut files = BTreeMap::new();
    for place in 0..archive.len() {
        let mut file = archive.by_index(place)?;
        let (name, mut content) = (file.name()?.into_owned(), Vec::new());
        file.read_to_end(&mut content)?;
        files.insert(name, content);
    }
    Ok(files)
}

/// The first sheet of a workbook.
pub struct Sheet(Range<Data>);

impl Sheet {
    pub fn of(workbook: &[u8]) -> Result<Sheet> {
        let mut workbook = Xlsx::new(Cursor::new(workbook))?;
        Ok(Sheet(workbook.worksheet_range_at(0).context("a sheet")??))
    }

    /// What stands below each place of a heading, down to the first empty cell: the rows of a table and then their sum.
    fn tables(&self, heading: &str) -> Vec<Vec<String>> {
        let rows: Vec<&[Data]> = self.0.rows().collect();
        let mut tables = Vec::new();
        for (head, row) in rows.iter().enumerate() {
            if let Some(at) = row.iter().position(|cell| *cell == *heading) {
                let below =
                    rows[head + 1..].iter().map_while(|row| row.get(at).filter(|it| !matches!(it, Data::Empty)));
                tables.push(below.map(ToString::to_string).collect());
            }
        }
        tables
    }

    /// How many rows a column has, that of the sum left out.
    pub fn rows(&self, heading: &str) -> usize {
        self.tables(heading).iter().map(|cells| cells.len().saturating_sub(1)).sum()
    }

    /// What a column of yuan comes to by the sums the sheet states, in fen, once the rows above each have been found to come to it.
    /// The last of `feet` lines below the rows is the sum.
    pub fn summed(&self, heading: &str, feet: usize) -> Result<i64> {
        let fen = |cell: &String| Money::parse(cell).map(Money::fen).ok().with_context(|| format!("'{cell}' yuan"));
        let tables = self.tables(heading);
        ensure!(!tables.is_empty(), "no column '{heading}'");
        let mut whole = 0;
        for cells in tables {
            let cells: Vec<i64> = cells.iter().map(fen).collect::<Result<_>>()?;
            let stated = *cells.last().context("a sum")?;
            let rows: i64 = cells[..cells.len().saturating_sub(feet)].iter().sum();
            ensure!(rows == stated, "{heading}: the rows come to {rows} fen, their sum is {stated}");
            whole += stated;
        }
        Ok(whole)
    }

    pub fn says(&self, words: &str) -> bool {
        self.0.cells().any(|(.., cell)| cell.to_string().contains(words))
    }
}
