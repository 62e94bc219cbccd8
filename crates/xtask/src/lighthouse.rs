//! `cargo xtask bench lighthouse`: how quickly the pages everybody opens are there on a phone, by Lighthouse's own rules: a slow 4G
//! and a processor of a quarter, both simulated. Rows of scores and rows of moments, the median of three visits.

use crate::bench::Row;
use crate::project::Project;
use crate::site::Site;
use crate::tools::{Browser, npm};
use crate::{shell, tools};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::Path;

pub const FIGURE: &str = "lighthouse";
const VISITS: usize = 3;
const CHROMIUM_FLAGS: &str = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run \
                              --disable-background-networking --disable-component-update --disable-sync";

/// What is read of one visit, and what it should be: scores in points, moments in milliseconds, shifts in thousandths.
#[derive(Clone, Copy)]
struct Wanted {
    name: &'static str,
    path: &'static [&'static str],
    aim: Aim,
}

#[derive(Clone, Copy)]
enum Aim {
    Points(i64),
    Milliseconds(i64),
    Thousandths(i64),
}

const SCORES: [Wanted; 3] = [
    Wanted { name: "performance", path: &["categories", "performance", "score"], aim: Aim::Points(95) },
    Wanted { name: "accessibility", path: &["categories", "accessibility", "score"], aim: Aim::Points(100) },
    Wanted { name: "best practices", path: &["categories", "best-practices", "score"], aim: Aim::Points(95) },
];
const MOMENTS: [Wanted; 3] = [
    Wanted { name: "FCP", path: &["audits", "first-contentful-paint", "numericValue"], aim: Aim::Milliseconds(1_000) },
    Wanted {
        name: "LCP",
        path: &["audits", "largest-contentful-paint", "numericValue"],
        aim: Aim::Milliseconds(1_600),
    },
    Wanted { name: "CLS", path: &["audits", "cumulative-layout-shift", "numericValue"], aim: Aim::Thousandths(20) },
];

pub fn measure(project: &Project) -> Result<Vec<Row>> {
    tools::set_up(project, tools::FOR_THE_APP)?;
    tools::set_up(project, &[tools::Tool::Browser, tools::Tool::Lighthouse])?;
    crate::app::build(project)?;
    let folder = project.built().join(FIGURE);
    let site = Site::start(project, &project.root().join("data"), &folder)?;
    let product = format!("/products/{}", first_product(project)?);
    let mut rows = Vec::new();
    for (name, path) in [("home", "/"), ("list", "/products"), ("product", product.as_str())] {
        let visits = (0..VISITS).map(|_| visit(project, &format!("{}{path}", site.address), &folder));
        let visits = visits.collect::<Result<Vec<Value>>>()?;
        rows.push(row(name, &SCORES, &visits)?);
        rows.push(row(name, &MOMENTS, &visits)?);
    }
    Ok(rows)
}

/// Any will do: the first of the catalogue.
fn first_product(project: &Project) -> Result<String> {
    let file = project.root().join("data/products.csv");
    let text = fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
    let row = text.lines().nth(1).context("data/products.csv is empty")?;
    Ok(row.split(',').next().unwrap_or_default().to_string())
}

fn visit(project: &Project, address: &str, folder: &Path) -> Result<Value> {
    let report = folder.join("report.json");
    let mut lighthouse = shell::command("node");
    lighthouse.arg(npm::LIGHTHOUSE.modules(project).join("lighthouse/cli/index.js"));
    lighthouse.args([address, "--quiet", "--output=json", "--output-path"]).arg(&report);
    lighthouse.args(["--only-categories=performance,accessibility,best-practices"]);
    lighthouse.arg(format!("--chrome-flags={CHROMIUM_FLAGS}")).env("CHROME_PATH", Browser::find()?.chromium);
    shell::run(&mut lighthouse, "lighthouse")?;
    let text = fs::read(&report).context("lighthouse wrote no report")?;
    serde_json::from_slice(&text).context("lighthouse's report does not read")
}

fn row(page: &str, wanted: &[Wanted], visits: &[Value]) -> Result<Row> {
    let (mut measured, mut aims, mut met) = (Vec::new(), Vec::new(), true);
    for it in wanted {
        let values = visits.iter().map(|visit| it.read(visit)).collect::<Result<Vec<i64>>>()?;
        let value = median(values);
        measured.push(format!("{} {}", it.name, it.aim.spell(value)));
        aims.push(it.aim.spell_aim());
        met &= it.aim.is_met_by(value);
    }
    Ok(Row {
        figure: FIGURE.to_string(),
        measured: format!("{page}: {}", measured.join(", ")),
        limit: "Lighthouse 13, mobile, simulated slow 4G".to_string(),
        ratio: String::new(),
        aim: aims.join(", "),
        met: Some(met),
    })
}

fn median(mut values: Vec<i64>) -> i64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

impl Wanted {
    fn read(&self, visit: &Value) -> Result<i64> {
        let found = self.path.iter().fold(visit, |value, key| &value[*key]);
        let number = found.as_f64().with_context(|| {
            format!(
                "lighthouse measured no {}: {}",
                self.name,
                visit["runtimeError"]["message"].as_str().unwrap_or("?")
            )
        })?;
        // Digits instead of reckoning with fractions: 0.97 is 97 points, 0.0124 is 12 thousandths.
        let text = match self.aim {
            Aim::Points(_) => format!("{number:.2}"),
            Aim::Milliseconds(_) => format!("{number:.0}"),
            Aim::Thousandths(_) => format!("{number:.3}"),
        };
        text.replace('.', "").parse().with_context(|| format!("{text} is no {}", self.name))
    }
}

impl Aim {
    fn is_met_by(self, value: i64) -> bool {
        match self {
            Aim::Points(least) => value >= least,
            Aim::Milliseconds(most) | Aim::Thousandths(most) => value <= most,
        }
    }

    fn spell(self, value: i64) -> String {
        match self {
            Aim::Points(_) => value.to_string(),
            Aim::Milliseconds(_) => format!("{}.{:02} s", value / 1_000, value % 1_000 / 10),
            Aim::Thousandths(_) => format!("{}.{:03}", value / 1_000, value % 1_000),
        }
    }

    fn spell_aim(self) -> String {
        match self {
            Aim::Points(100) => "100".to_string(),
            Aim::Points(least) => format!("≥ {least}"),
            Aim::Milliseconds(most) | Aim::Thousandths(most) => format!("≤ {}", self.spell(most)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_median_visit_is_held_against_the_aims() {
        let visit = |fcp: f64| {
            json!({"audits": {
                "first-contentful-paint": {"numericValue": fcp},
                "largest-contentful-paint": {"numericValue": 1_234.56},
                "cumulative-layout-shift": {"numericValue": 0.0124},
            }})
        };
        let quick = row("list", &MOMENTS, &[visit(5_000.0), visit(812.4), visit(900.1)]).expect("a row");
        assert_eq!(quick.measured, "list: FCP 0.90 s, LCP 1.23 s, CLS 0.012");
        assert_eq!((quick.aim.as_str(), quick.met), ("≤ 1.00 s, ≤ 1.60 s, ≤ 0.020", Some(true)));
        assert_eq!(row("list", &MOMENTS, &[visit(1_001.0)]).expect("a row").met, Some(false));
        assert!(row("list", &SCORES, &[visit(1.0)]).is_err(), "a visit without scores is none");
    }
}
