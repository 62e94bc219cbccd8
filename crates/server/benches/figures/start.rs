//! From the start of the program to its first answer, and the memory it has then.

use anyhow::{Context as _, Result};

use crate::http::{self, API};
use crate::market::{Market, PRODUCTS};
use crate::process::Server;
use crate::report::{Row, Times, megabytes, milliseconds, per_mille, percent, thousands};
use crate::{Plan, REPETITIONS};

const TIME_AIM_US: u64 = 300_000;
const MEMORY_AIM: u64 = 80_000_000;

pub fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let url = format!("sqlite://{}", plan.scratch.path("start.db").display());
    Market::fill(&plan.scratch, &url)?;
    let (mut times, mut memory) = <(Times, Times)>::default();
    for _ in 0..REPETITIONS {
        let server = Server::start(&plan.scratch, &url, &[])?;
        http::fetch(server.address, &http::get(&format!("{API}/products"), None))?;
        times.push(u64::try_from(server.process.started.elapsed().as_micros())?);
        memory.push(resident_bytes(server.process.id)?);
    }
    let row = |measured: &Times, unit: fn(u64) -> String, aim: u64, bottleneck| Row {
        figure: "start",
        measured: measured.spell(unit),
        limit: format!("{} products in the database", thousands(PRODUCTS as u64)),
        ratio: percent(per_mille(measured.median(), aim)),
        aim: format!("≤ {}", unit(aim)),
        met: Some(measured.median() <= aim),
        bottleneck,
    };
    let slow = "three fifths are the first product list, two fifths all that comes before (perf record, by thread)";
    let large = "half is anonymous memory, half pages of the program's own file (smaps_rollup)";
    Ok(vec![row(&times, milliseconds, TIME_AIM_US, slow), row(&memory, megabytes, MEMORY_AIM, large)])
}

/// What the process holds in memory now.
fn resident_bytes(process: u32) -> Result<u64> {
    memory_of(process, "VmRSS:")
}

/// One of the lines the kernel keeps of a process's memory.
pub fn memory_of(process: u32, name: &str) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line =
        status.lines().find_map(|line| line.strip_prefix(name)).with_context(|| format!("no {name} in /proc"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes * 1024)
}
