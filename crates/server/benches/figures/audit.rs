//! `shanhai audit` over a small ledger and over a large one: entries a second, and the memory it takes, which must not grow.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::dashboard::{BYTES_AN_ENTRY, grown};
use crate::process::Process;
use crate::report::{Row, Times, megabytes, per_mille, per_second, thousands, times};
use crate::{Plan, REPETITIONS};

/// The small one; the large one is told on the command line.
const SMALL: i64 = 10_000;

/// Largest ÷ smallest, of the memory at its peak.
const AIM_PER_MILLE: u64 = 1_500;

const BOTTLENECK: &str = "what is held is a stretch of entries and the sums; sums are as many as there are months, districts and \
    keys, and 10,500 at a million entries";

/// A ledger and what its audits took.
struct Audited {
    entries: i64,
    url: String,
    per_second: Times,
    bytes: Times,
}

pub fn measure(plan: &Plan) -> Result<Vec<Row>> {
    plan.scratch.need(plan.ledger.unsigned_abs() * BYTES_AN_ENTRY)?;
    let mut ledgers = Vec::new();
    for (entries, name) in [(SMALL.min(plan.ledger), "audit.db"), (plan.ledger, "ledger.db")] {
        let url = grown(plan, name, entries)?;
        ledgers.push(Audited { entries, url, per_second: Times::default(), bytes: Times::default() });
    }
    for repetition in 1..=REPETITIONS {
        println!("audit: repetition {repetition} of {REPETITIONS}");
        for ledger in &mut ledgers {
            let (time, bytes) = audit(plan, &ledger.url)?;
            let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
            ledger.per_second.push(ledger.entries.unsigned_abs() * 1000 / ms);
            ledger.bytes.push(bytes);
        }
    }
    Ok(rows(&ledgers))
}

fn rows(ledgers: &[Audited]) -> Vec<Row> {
    let Some(small) = ledgers.first() else { return Vec::new() };
    let entries = |ledger: &Audited| thousands(ledger.entries.unsigned_abs());
    let row = |(index, ledger): (usize, &Audited)| {
        let ratio = per_mille(ledger.bytes.median(), small.bytes.median());
        let is_large = index > 0;
        Row {
            figure: "audit",
            measured: format!(
                "{} entries: {}, peak {}",
                entries(ledger),
                ledger.per_second.spell(per_second),
                ledger.bytes.spell(megabytes)
            ),
            limit: format!("{} entries: peak {}", entries(small), small.bytes.spell(megabytes)),
            ratio: times(ratio),
            aim: if is_large { format!("memory ≤ {}", times(AIM_PER_MILLE)) } else { String::new() },
            met: is_large.then_some(ratio <= AIM_PER_MILLE),
            bottleneck: BOTTLENECK,
        }
    };
    ledgers.iter().enumerate().map(row).collect()
}

/// One audit: how long it took, and how much memory at its peak.
fn audit(plan: &Plan, url: &str) -> Result<(Duration, u64)> {
    let log = plan.scratch.path("audit.log");
    let mut process = Process::start(&plan.scratch.shanhai(), &["audit", "--database-url", url], log.clone())?;
    let (id, began) = (process.id, process.started);
    let watching = std::thread::spawn(move || {
        let mut peak = 0;
        // The number is the process's own and only grows; the last that can be read is close to the end.
        while let Some(bytes) = peak_of(id) {
            peak = bytes;
            std::thread::sleep(Duration::from_millis(5));
        }
        peak
    });
    let said = process.rest()?;
    let time = Instant::now() - began;
    let complaint = || std::fs::read_to_string(&log).unwrap_or_default();
    ensure!(said.starts_with("sound: "), "the filled ledger does not pass the audit: {}", complaint());
    let peak = watching.join().map_err(|_| anyhow::anyhow!("watching the audit panicked"))?;
    ensure!(peak > 0, "the audit ended before its memory could be read");
    Ok((time, peak))
}

/// `VmHWM` of a process that runs, in bytes.
fn peak_of(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    kilobytes.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
