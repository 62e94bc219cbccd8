//! The rows of the table, and how figures are spelled in it.

use domain::money::group_thousands;
use serde::Serialize;

use crate::load::Measured;

/// What `cargo xtask bench` reads.
#[derive(Default, Serialize)]
pub struct Report {
    rows: Vec<Row>,
    /// Why an aim was missed.
    notes: Vec<String>,
}

#[derive(Serialize)]
pub struct Row {
    pub figure: &'static str,
    pub measured: String,
    pub limit: String,
    pub ratio: String,
    pub aim: String,
    pub met: Option<bool>,
    /// What the bottleneck is and how it was found; shown when the aim is missed.
    #[serde(skip)]
    pub bottleneck: &'static str,
}

impl Report {
    pub fn add(&mut self, rows: Vec<Row>) {
        for row in rows {
            let Row { figure, measured, limit, ratio, aim, met, bottleneck } = &row;
            let mark = met.map_or("", |met| if met { "✓" } else { "✗" });
            println!("{figure}: {measured}; {limit}; {ratio}; {aim} {mark}");
            if *met == Some(false) {
                self.notes.push(format!("{figure}: {bottleneck}"));
            }
            self.rows.push(row);
        }
    }
}

/// A measurement, made several times.
#[derive(Clone, Default)]
pub struct Times(Vec<u64>);

impl Times {
    pub fn push(&mut self, value: u64) {
        self.0.push(value);
    }

    pub fn median(&self) -> u64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    }

    /// The median, and between which values all lie.
    pub fn spell(&self, unit: fn(u64) -> String) -> String {
        let least = self.0.iter().min().copied().unwrap_or_default();
        let most = self.0.iter().max().copied().unwrap_or_default();
        format!("{} ({}–{})", unit(self.median()), unit(least), unit(most))
    }
}

/// What several repetitions of a load came to.
#[derive(Default)]
pub struct Rates {
    pub per_second: Times,
    p50_us: Times,
    p99_us: Times,
}

impl Rates {
    pub fn push(&mut self, measured: Measured) {
        self.per_second.push(measured.per_second);
        self.p50_us.push(measured.p50_us);
        self.p99_us.push(measured.p99_us);
    }

    pub fn spell(&self) -> String {
        let (p50, p99) = (milliseconds(self.p50_us.median()), milliseconds(self.p99_us.median()));
        format!("{}, p50 {p50}, p99 {p99}", self.per_second.spell(per_second))
    }

    pub fn median_us(&self) -> u64 {
        self.p50_us.median()
    }

    pub fn spell_p50(&self) -> String {
        self.p50_us.spell(milliseconds)
    }
}

pub fn per_second(count: u64) -> String {
    format!("{}/s", thousands(count))
}

/// Microseconds, as milliseconds to a hundredth.
pub fn milliseconds(us: u64) -> String {
    format!("{}.{:02} ms", thousands(us / 1000), us % 1000 / 10)
}

/// Bytes, as megabytes to a tenth.
pub fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}

pub fn thousands(count: u64) -> String {
    group_thousands(&count.to_string())
}

/// So many thousandths is one of the other; nothing is all of nothing.
pub fn per_mille(part: u64, whole: u64) -> u64 {
    part * 1000 / whole.max(1)
}

pub fn percent(per_mille: u64) -> String {
    format!("{}.{} %", per_mille / 10, per_mille % 10)
}

/// Thousandths as a factor to a hundredth.
pub fn times(per_mille: u64) -> String {
    format!("{}.{:02} ×", per_mille / 1000, per_mille % 1000 / 10)
}
