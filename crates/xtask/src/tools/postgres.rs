//! PostgreSQL's programs. Tests and benchmarks start clusters of their own with them, in temporary folders.

use super::apt;
use anyhow::Result;
use std::path::{Path, PathBuf};

const PROGRAMS: [&str; 4] = ["initdb", "pg_ctl", "psql", "pgbench"];

pub fn is_there() -> bool {
    folder().is_some()
}

pub fn install() -> Result<()> {
    apt::install("PostgreSQL with its programs initdb, pg_ctl, psql and pgbench", &["postgresql", "postgresql-contrib"])
}

/// One folder that holds them all: on the PATH, or where Debian puts them.
fn folder() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let by_debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let by_debian = by_debian.filter_map(|version| Some(version.ok()?.path().join("bin")));
    std::env::split_paths(&path).chain(by_debian).find(|folder| is_complete(folder))
}

fn is_complete(folder: &Path) -> bool {
    PROGRAMS.iter().all(|program| folder.join(program).exists())
}
