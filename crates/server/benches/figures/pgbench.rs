//! A limit: what pgbench reaches with the statements of an order. The statements are not written down here: the server
//! places one order while PostgreSQL logs, and what it logged becomes the script. So the limit always has the statements of
//! the product as it is.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::process::Process;
use crate::scratch::Scratch;

/// For the cluster: each line of its log begins with the connection's process.
pub const LOG_SETTINGS: &str = "log_line_prefix = '%p '\nlog_parameter_max_length = -1\n";

/// A number that is new in every transaction, and an order's identifier made of it: as long as a real one, and like a real
/// one it sorts behind those before.
const NEXT: &str = "\\set i :i + 1\n\\set id (:run * 1000 + :client_id) * 1000000000 + :i\n";
const ORDER_ID: &str = "lpad(:id::text, 36, '0')";
const NUMBER: &str = "('SH' || :id::text)";

/// The script of the transaction that placed `order`, from PostgreSQL's log.
///
/// # Errors
/// When the log holds no such transaction.
pub fn script(log: &str, order: &str) -> Result<String> {
    let mut open: HashMap<&str, Vec<Statement<'_>>> = HashMap::new();
    for entry in entries(log) {
        let Some((process, rest)) = entry.split_once(' ') else { continue };
        let statements = open.entry(process).or_default();
        if let Some(parameters) = rest.strip_prefix("DETAIL:  ") {
            let (_, parameters) = parameters.split_once("arameters: ").unwrap_or_default();
            if let Some(last) = statements.last_mut() {
                last.parameters = parameters;
            }
        } else if let Some(text) = statement(rest) {
            if is(text, "begin") {
                statements.clear();
            }
            statements.push(Statement { text, parameters: "" });
            let inserts = |statement: &Statement<'_>| statement.inserts(order);
            if is(text, "commit") && statements.iter().any(inserts) {
                let lines: Vec<String> = statements.iter().map(|statement| statement.line(order)).collect();
                return Ok(format!("{NEXT}{}\n", lines.join("\n")));
            }
        }
    }
    anyhow::bail!("PostgreSQL logged no transaction that inserts the order {order}")
}

/// Lines that begin with a tab go on with the one before.
fn entries(log: &str) -> impl Iterator<Item = &str> {
    let mut rest = log;
    std::iter::from_fn(move || {
        let end = rest.match_indices('\n').find(|(at, _)| !rest[at + 1..].starts_with('\t'));
        let (entry, after) = match end {
            Some((at, _)) => (&rest[..at], &rest[at + 1..]),
            None => (rest, ""),
        };
        rest = after;
        (!entry.is_empty()).then_some(entry)
    })
}

/// The SQL of a line of the log, if it is about a statement.
fn statement(line: &str) -> Option<&str> {
    let line = line.strip_prefix("LOG:  ")?;
    let (kind, text) = line.split_once(": ")?;
    (kind == "statement" || kind.starts_with("execute ")).then_some(text)
}

fn is(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

struct Statement<'a> {
    text: &'a str,
    /// As PostgreSQL lists them: `$1 = 'a', $2 = NULL`.
    parameters: &'a str,
}

impl Statement<'_> {
    fn inserts(&self, order: &str) -> bool {
        is(self.text, "insert into \"orders\"") && self.parameters.contains(order)
    }

    /// As a line of the script, the values in their places.
    fn line(&self, order: &str) -> String {
        let values = values(self.parameters);
        let mut line = String::new();
        let mut rest = self.text;
        while let Some((before, after)) = rest.split_once('$') {
            let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            let (number, after) = after.split_at(digits);
            let value = number.parse::<usize>().ok().and_then(|number| values.get(number.wrapping_sub(1)));
            line += before;
            line += &value.map_or_else(|| format!("${number}"), |value| varied(value, order));
            rest = after;
        }
        line += rest;
        // A line of a script is a statement to its semicolon.
        format!("{};", line.replace(['\n', '\t'], " "))
    }
}

/// What differs from one order to the next is made anew in every transaction.
fn varied(value: &str, order: &str) -> String {
    if value == format!("'{order}'") {
        ORDER_ID.to_owned()
    } else if value.starts_with("'{") && value.contains(order) {
        format!("array[{ORDER_ID}]")
    } else if value.starts_with("'SH2") {
        NUMBER.to_owned()
    } else {
        value.to_owned()
    }
}

/// `$1 = 'it''s', $2 = NULL` taken apart.
fn values(parameters: &str) -> Vec<&str> {
    let mut values = Vec::new();
    let mut rest = parameters;
    while let Some((_, value)) = rest.split_once(" = ") {
        let end = if value.starts_with('\'') { quoted(value) } else { value.find(',').unwrap_or(value.len()) };
        values.push(&value[..end]);
        rest = &value[end..];
    }
    values
}

/// Where a quoted text ends; two quotes within it stand for one.
fn quoted(text: &str) -> usize {
    let mut at = 1;
    while let Some(next) = text[at..].find('\'') {
        at += next + 1;
        if !text[at..].starts_with('\'') {
            return at;
        }
        at += 1;
    }
    text.len()
}

/// One run of pgbench.
pub struct Pgbench<'a> {
    pub program: PathBuf,
    pub script: PathBuf,
    pub database: &'a str,
}

impl Pgbench<'_> {
    /// Transactions a second.
    ///
    /// # Errors
    /// When pgbench stops, or a transaction fails.
    pub fn run(&self, scratch: &Scratch, clients: usize, seconds: u64) -> Result<u64> {
        // The moment it starts tells the identifiers of one run from those of another.
        let run = format!("run={}", server::clock::now() / 1000 % 1_000_000);
        let (clients, seconds) = (clients.to_string(), seconds.to_string());
        let file = self.script.display().to_string();
        let arguments = ["-n", "-M", "prepared", "-c", &clients, "-j", "2", "-T", &seconds, "-D", "i=0", "-D", &run];
        let arguments = [&arguments[..], &["-f", &file, self.database]].concat();
        let log = scratch.path("pgbench.log");
        let said = Process::start(&self.program, &arguments, log.clone())?.rest()?;
        let complaint = || std::fs::read_to_string(&log).unwrap_or_default();
        let value = |name: &str| said.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let failed = value("number of failed transactions:").unwrap_or("0");
        ensure!(failed.starts_with('0') && complaint().is_empty(), "pgbench: {failed} failed; {}", complaint());
        let rate = value("tps =").with_context(|| format!("pgbench named no rate: {said}"))?;
        Ok(rate.split('.').next().unwrap_or_default().parse()?)
    }
}

/// pgbench beside the cluster's other programs.
///
/// # Errors
/// When it is not installed.
pub fn program() -> Result<PathBuf> {
    let program = crate::cluster::programs().join("pgbench");
    ensure!(Path::exists(&program), "pgbench is needed: apt install postgresql-contrib");
    Ok(program)
}
