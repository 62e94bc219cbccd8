//! Where the log goes and what a line of it looks like.

use std::io::{IsTerminal as _, stderr};

use crate::config::{Log, LogFormat};

/// Starts logging to standard error; once in the life of a process.
pub fn start(log: Log) {
    let lines = tracing_subscriber::fmt().with_env_filter(log.filter).with_writer(stderr);
    match log.format {
        LogFormat::Text => lines.with_ansi(stderr().is_terminal()).init(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).init(),
    }
}
