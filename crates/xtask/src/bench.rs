//! `cargo xtask bench`: every figure beside its limit, measured in the same run. The server's figures are measured by its
//! own bench target; what the first visit transfers is known here.

use crate::project::Project;
use crate::{app, dist, empty_page, keystroke, lighthouse, shell, tools};
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::fs;
use std::path::Path;

const FIRST_VISIT: &str = "first-visit";
/// Of the 150 KB that tests/browser/weight.rs allows for everything, its first goods and the headers of all files have the rest.
const FIRST_VISIT_AT_MOST: u64 = 145_500;
const FIGURES: [&str; 11] = [
    "orders",
    "orders-postgres",
    "products",
    "search",
    "dashboard",
    "audit",
    "live",
    "start",
    FIRST_VISIT,
    lighthouse::FIGURE,
    keystroke::FIGURE,
];
/// Not the server's own: measured here.
const OURS: [&str; 3] = [FIRST_VISIT, lighthouse::FIGURE, keystroke::FIGURE];
const COLUMNS: [&str; 6] = ["figure", "measured", "limit", "ratio", "aim", ""];

#[derive(Default, Deserialize)]
struct Report {
    rows: Vec<Row>,
    /// Why an aim was missed.
    notes: Vec<String>,
}

#[derive(Deserialize)]
pub struct Row {
    pub figure: String,
    pub measured: String,
    pub limit: String,
    pub ratio: String,
    pub aim: String,
    /// None where there is no aim.
    pub met: Option<bool>,
}

/// Measures one figure and prints it, or all of them and writes BENCHMARKS.md too. Flags go to the bench target.
pub fn run(project: &Project, arguments: &[String]) -> Result<()> {
    let (name, flags) = asked(arguments)?;
    let mut report = Report::default();
    if name.is_none_or(|name| !OURS.contains(&name)) {
        report = measure_server(project, name, flags)?;
    }
    let asked_for = |figure: &str| name.is_none_or(|name| name == figure);
    if asked_for(FIRST_VISIT) {
        report.rows.push(first_visit(project)?);
    }
    if asked_for(lighthouse::FIGURE) {
        report.rows.extend(lighthouse::measure(project)?);
    }
    if asked_for(keystroke::FIGURE) {
        report.rows.extend(keystroke::measure(project)?);
    }
    let text = spell(&report);
    println!("\n{text}");
    if name.is_none() {
        let file = project.root().join("BENCHMARKS.md");
        fs::write(&file, page(project, &text)?).with_context(|| format!("could not write {}", file.display()))?;
        println!("Written to {}", file.display());
    }
    Ok(())
}

/// The figure that is asked for, where all are not, and the flags behind it.
fn asked(arguments: &[String]) -> Result<(Option<&str>, &[String])> {
    let is_figure = |argument: &String| FIGURES.contains(&argument.as_str());
    match arguments.split_first() {
        Some((name, flags)) if is_figure(name) => Ok((Some(name), flags)),
        Some((other, _)) if !other.starts_with('-') => {
            bail!("there is no figure `{other}`; there are {}", FIGURES.join(", "))
        }
        _ => {
            ensure!(!arguments.iter().any(is_figure), "the figure comes first: cargo xtask bench orders --seconds 2");
            Ok((None, arguments))
        }
    }
}

fn measure_server(project: &Project, name: Option<&str>, flags: &[String]) -> Result<Report> {
    tools::set_up(project, tools::FOR_THE_BENCH)?;
    fs::create_dir_all(project.built()).context("could not make the folder .built")?;
    let file = project.built().join("bench.json");
    let mut cargo = shell::command("cargo");
    cargo.current_dir(project.root()).args(["bench", "--package", "server", "--bench", "figures", "--"]);
    cargo.args(name).args(flags).arg("--report").arg(&file);
    shell::run(&mut cargo, "cargo bench")?;
    let report = fs::read(&file).with_context(|| format!("could not read {}", file.display()))?;
    serde_json::from_slice(&report).context("the bench target wrote another report than this")
}

fn first_visit(project: &Project) -> Result<Row> {
    tools::set_up(project, tools::FOR_THE_APP)?;
    app::build(project)?;
    let ours = dist::first_visit(&project.dist())?;
    let empty = dist::first_visit(&empty_page::build(project)?)?;
    let per_cent = ours * 100 / empty.max(1);
    Ok(Row {
        figure: FIRST_VISIT.to_string(),
        measured: format!("{} in brotli, before its data", dist::spell(ours)),
        limit: format!("an empty page with Leptos and its router: {}", dist::spell(empty)),
        ratio: format!("{}.{:02} ×", per_cent / 100, per_cent % 100),
        aim: format!("≤ {}", dist::spell(FIRST_VISIT_AT_MOST)),
        met: Some(ours <= FIRST_VISIT_AT_MOST),
    })
}

impl Row {
    fn cells(&self) -> [&str; 6] {
        let mark = self.met.map_or("", |met| if met { "✓" } else { "✗" });
        [&self.figure, &self.measured, &self.limit, &self.ratio, &self.aim, mark]
    }
}

/// A table whose columns stand below each other, for people and for Markdown alike, and the notes below it.
fn spell(report: &Report) -> String {
    let rows: Vec<[&str; 6]> = std::iter::once(COLUMNS).chain(report.rows.iter().map(Row::cells)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..COLUMNS.len()).map(width).collect();
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        text += &line(row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect());
        if index == 0 {
            text += &line(widths.iter().map(|width| "-".repeat(*width)).collect());
        }
    }
    for note in &report.notes {
        text += &format!("\n- {note}");
    }
    text
}

fn page(project: &Project, table: &str) -> Result<String> {
    let machine = machine(project)?;
    Ok(format!(
        "# Benchmarks\n\nWritten by `cargo xtask bench`. Each figure stands beside its limit, measured in the same run and \
         in turns with it: the median of three repetitions, and between which values they lay. The load is a process of its \
         own on the same machine.\n\n{machine}\n{table}\n"
    ))
}

/// Where and when it was measured.
fn machine(project: &Project) -> Result<String> {
    let ask =
        |program: &str, arguments: &[&str]| shell::ask(program, arguments).unwrap_or_else(|| "unknown".to_string());
    let cores = std::thread::available_parallelism().context("the number of cores is not known")?;
    let root = project.root().display().to_string();
    let changed = if ask("git", &["-C", &root, "status", "--porcelain", "--untracked-files=no"]).is_empty() {
        ""
    } else {
        ", with changes"
    };
    let temporary = std::env::temp_dir().display().to_string();
    let disk = ask("df", &["--output=fstype,source,size", "--block-size=G", &temporary]);
    let disk: Vec<&str> = disk.lines().last().unwrap_or_default().split_whitespace().collect();
    let facts = [
        ("Date", ask("date", &["--utc", "+%F"])),
        ("Commit", format!("{}{changed}", ask("git", &["-C", &root, "rev-parse", "--short=12", "HEAD"]))),
        ("Processor", format!("{}, {cores} cores", proc_value("/proc/cpuinfo", "model name"))),
        ("Memory", proc_value("/proc/meminfo", "MemTotal")),
        (
            "Disk",
            format!(
                "{} on {}, {}B",
                disk.first().unwrap_or(&"unknown"),
                disk.get(1).unwrap_or(&"unknown"),
                disk.get(2).unwrap_or(&"?")
            ),
        ),
    ];
    Ok(facts.iter().map(|(name, value)| format!("- {name}: {value}\n")).collect())
}

/// The first value of that name in a file of the kernel's.
fn proc_value(file: &str, name: &str) -> String {
    let text = fs::read_to_string(Path::new(file)).unwrap_or_default();
    let mut pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs.find(|(key, _)| key.trim() == name).map_or("unknown".to_string(), |(_, value)| value.trim().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_stands_before_its_flags() {
        let words = |line: &str| line.split_whitespace().map(str::to_string).collect::<Vec<_>>();
        assert_eq!(asked(&[]).expect("all"), (None, &[][..]));
        assert_eq!(asked(&words("--seconds 2")).expect("all"), (None, &words("--seconds 2")[..]));
        assert_eq!(asked(&words("start --seconds 2")).expect("one"), (Some("start"), &words("--seconds 2")[..]));
        assert!(asked(&words("oders")).expect_err("unknown").to_string().contains("orders-postgres"));
        assert!(asked(&words("--seconds 2 orders")).is_err());
    }

    #[test]
    fn the_table_is_aligned_and_says_why_an_aim_was_missed() {
        let row = |figure: &str, met| Row {
            figure: figure.to_string(),
            measured: "5,000/s".to_string(),
            limit: "9,000/s".to_string(),
            ratio: "55.5 %".to_string(),
            aim: "≥ 60.0 %".to_string(),
            met,
        };
        let rows = vec![row("orders", Some(false)), row("start", Some(true)), row(FIRST_VISIT, None)];
        let text = spell(&Report { rows, notes: vec!["orders: the disk".to_string()] });
        let lengths: Vec<usize> = text.lines().take(5).map(|line| line.chars().count()).collect();
        assert!(lengths.iter().all(|length| *length == lengths[0]), "{text}");
        let ends = |line: usize, end: &str| text.lines().nth(line).is_some_and(|line| line.ends_with(end));
        assert!(ends(2, "| ✗ |") && ends(3, "| ✓ |") && ends(4, "|   |"), "{text}");
        assert!(text.ends_with("- orders: the disk"), "{text}");
    }
}
