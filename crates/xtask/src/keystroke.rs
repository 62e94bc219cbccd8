//! `cargo xtask bench keystroke`: how long a keystroke in the search box takes to new results on the screen, the pause for the next
//! one not counted: 10,000 products, a phone with a processor of a quarter, the server on the same machine.

use crate::bench::Row;
use crate::project::Project;
use crate::site::Site;
use crate::tools::{self, Browser, npm};
use crate::{app, shell};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;

pub const FIGURE: &str = "keystroke";
const PRODUCTS: usize = 10_000;
/// In tenths of a millisecond, as the script counts.
const AT_MOST: i64 = 500;
/// Fewer keystrokes than this have no 95th of a hundred.
const LEAST: usize = 40;

pub fn measure(project: &Project) -> Result<Vec<Row>> {
    tools::set_up(project, tools::FOR_THE_APP)?;
    tools::set_up(project, &[tools::Tool::Browser, tools::Tool::Lighthouse])?;
    app::build(project)?;
    let (folder, data) = (project.built().join(FIGURE), project.built().join("keystroke-data"));
    write_data(&project.root().join("data"), &data)?;
    let site = Site::start(project, &data, &folder)?;
    let mut script = shell::command("node");
    script.arg(project.root().join("crates/xtask/bench/keystroke.mjs"));
    script.arg(npm::LIGHTHOUSE.modules(project)).arg(Browser::find()?.chromium).arg(&site.address);
    let said = shell::output(&mut script, "typing into the search box")?;
    let times: Vec<i64> = serde_json::from_str(said.trim()).context("the script told no times")?;
    Ok(vec![row(times)?])
}

fn row(mut times: Vec<i64>) -> Result<Row> {
    ensure!(
        times.len() >= LEAST,
        "only {} keystrokes led to new results; does the list change while one types?",
        times.len()
    );
    times.sort_unstable();
    let of_hundred = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)];
    let (half, most) = (of_hundred(50), of_hundred(95));
    let spell = |tenths: i64| format!("{}.{} ms", tenths / 10, tenths % 10);
    Ok(Row {
        figure: FIGURE.to_string(),
        measured: format!("p50 {}, p95 {}, of {} keystrokes", spell(half), spell(most), times.len()),
        limit: "10,000 products, a phone's window, Chromium slowed down 4 ×".to_string(),
        ratio: String::new(),
        aim: format!("p95 ≤ {}", spell(AT_MOST)),
        met: Some(most <= AT_MOST),
    })
}

/// The project's data with its products over and over, each time with other ids and names.
fn write_data(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("could not make the folder {}", to.display()))?;
    for entry in fs::read_dir(from).context("could not list data/")? {
        let file = entry?.path();
        if file.is_file() {
            let copy = to.join(file.file_name().context("a file without a name")?);
            fs::copy(&file, &copy).with_context(|| format!("could not write {}", copy.display()))?;
        }
    }
    let file = to.join("products.csv");
    let text = fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
    fs::write(&file, multiplied(&text, PRODUCTS)?).with_context(|| format!("could not write {}", file.display()))
}

/// The first columns of data/products.csv are: id, merchant, brand, county, category, name.
fn multiplied(csv: &str, count: usize) -> Result<String> {
    let (header, rows) = csv.split_once('\n').context("products.csv has no rows")?;
    ensure!(
        header.contains("id,merchant,brand,county,category,name,"),
        "products.csv has other columns than this knows"
    );
    let rows: Vec<&str> = rows.lines().filter(|row| !row.is_empty()).collect();
    let mut text = format!("{header}\n");
    for number in 0..count {
        let (turn, row) = (number / rows.len(), rows[number % rows.len()]);
        if turn == 0 {
            text += &format!("{row}\n");
            continue;
        }
        let columns: Vec<&str> = row.splitn(7, ',').collect();
        let [id, merchant, brand, county, category, name, rest] = columns[..] else {
            anyhow::bail!("a row of products.csv is too short: {row}")
        };
        let id = id.get(..32).context("an id of products.csv is too short")?;
        text += &format!("{id}{turn:04x},{merchant},{brand},{county},{category},{name}{turn},{rest}\n");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_products_are_there_so_many_times_with_ids_of_their_own() {
        let text = multiplied(include_str!("../../../data/products.csv"), 300).expect("the project's own file");
        let mut ids: Vec<&str> = text.lines().skip(1).filter_map(|row| row.split(',').next()).collect();
        assert_eq!(ids.len(), 300);
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 300);
        assert!(ids.iter().all(|id| id.len() == 36));
    }

    #[test]
    fn of_a_hundred_keystrokes_the_ninety_fifth_is_held_against_the_aim() {
        let measured = row((1..=100).map(|time| time * 5).collect()).expect("a row");
        assert_eq!(measured.measured, "p50 25.5 ms, p95 48.0 ms, of 100 keystrokes");
        assert_eq!(measured.met, Some(true));
        assert!(row(vec![1; 10]).is_err());
    }
}
