//! What waits to be sent: reports that were submitted without a network, kept with their files until the server has them. Each is sent
//! once, since its identifier was made here: sending it again is the same report.

use std::cell::Cell;

use domain::fields;
use domain::id::AccountId;
use domain::wire::{NewReport, Report};
use domain::{Code, Money};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;

use super::blobs;
use crate::api::{self, ApiError};
use crate::live;
use crate::state::{State, keep, kept};

/// It stays when its writer signs out: a report that was submitted is not lost, and nobody else sees it.
const KEY: &str = "shanhai.report-outbox.1";

/// How often it is tried again while something waits and a page of reports is open.
const AGAIN_MS: u32 = 20_000;

/// A file in the browser's keeping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaitingFile {
    pub key: String,
    pub name: String,
    /// The server has it.
    pub sent: bool,
}
fields!(WaitingFile: key, name, sent);

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    pub account_id: AccountId,
    pub report: NewReport,
    pub files: Vec<WaitingFile>,
    pub at_ms: i64,
    /// Why the server does not take it; it is not sent again until it has been changed.
    pub refused: Option<String>,
    /// Amounts the server asks about.
    pub unusual_fen: Vec<Money>,
}
fields!(Waiting: account_id, report, files, at_ms, refused, unusual_fen);

impl Waiting {
    pub fn amount(&self) -> Money {
        Money::checked_sum(self.report.lines.iter().map(|line| line.amount_fen)).unwrap_or(Money::LIMIT)
    }
}

fn all() -> Vec<Waiting> {
    kept::<Vec<Waiting>>(KEY).unwrap_or_default()
}

/// Changes what is kept as it stands now: another tab may have sent some of it meanwhile.
fn change(with: impl FnOnce(&mut Vec<Waiting>)) {
    let mut waiting = all();
    with(&mut waiting);
    keep(KEY, &waiting);
}

/// Keeps one that is to be sent. Whether it is really kept is looked at: a browser may forbid it, or be full.
pub fn put(it: Waiting) -> bool {
    let id = it.report.id;
    change(|waiting| {
        waiting.retain(|other| other.report.id != id);
        waiting.push(it);
    });
    all().iter().any(|it| it.report.id == id)
}

fn write(it: &Waiting) {
    change(|waiting| {
        // One that is gone was sent by another tab.
        if let Some(known) = waiting.iter_mut().find(|other| other.report.id == it.report.id) {
            known.clone_from(it);
        }
    });
}

/// Takes one out, and its files.
async fn remove(it: &Waiting) {
    let id = it.report.id;
    change(|waiting| waiting.retain(|other| other.report.id != id));
    for file in &it.files {
        blobs::forget(&file.key).await;
    }
}

/// Takes one out that is to be changed first; its files stay for the form.
pub fn take_back(it: &Waiting) {
    let id = it.report.id;
    change(|waiting| waiting.retain(|other| other.report.id != id));
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done(Box<Report>),
    /// No network, no session, or a server that is busy: once more, later.
    Later,
    Refused(ApiError),
}

/// Sends one that was just put in; while others are being sent it goes with them.
pub async fn send_first(it: Waiting) -> Outcome {
    if SENDING.replace(true) {
        return Outcome::Later;
    }
    let outcome = send(it).await;
    SENDING.set(false);
    outcome
}

fn is_kept(it: &Waiting) -> bool {
    all().iter().any(|other| other.report.id == it.report.id)
}

/// Sends a report: its files first, each once, and then the whole.
async fn send(mut it: Waiting) -> Outcome {
    for place in 0..it.files.len() {
        let WaitingFile { key, name, sent } = it.files[place].clone();
        if sent {
            continue;
        }
        let blob = blobs::get(&key).await;
        // Another tab has sent it meanwhile, and its files are gone with it.
        if !is_kept(&it) {
            return Outcome::Later;
        }
        // A file the browser has lost cannot be sent; what is left of the report is.
        if let Some(blob) = blob {
            match api::add_evidence(it.report.id, &blob, &name).await {
                Ok(list) => it.report.evidence = list.items.into_iter().map(|file| file.sha256).collect(),
                Err(error) => return failed(it, error),
            }
        }
        it.files[place].sent = true;
        write(&it);
    }
    match api::submit_report(it.report.clone()).await {
        Ok(report) => {
            remove(&it).await;
            Outcome::Done(Box::new(report))
        }
        Err(error) => failed(it, error),
    }
}

fn failed(mut it: Waiting, error: ApiError) -> Outcome {
    let later = match &error {
        ApiError::Unreachable | ApiError::Broken { .. } => true,
        ApiError::Refused(_) => matches!(
            error.code(),
            Some(
                Code::SignInNeeded | Code::Busy | Code::Unsure | Code::StorageTrouble | Code::TooSlow | Code::NotReady
            )
        ),
    };
    if later {
        return Outcome::Later;
    }
    it.refused = Some(error.sentence());
    if error.is(Code::AmountUnusual) {
        let lines = error.fields().into_iter().filter_map(|(field, _)| line_of(&field));
        it.unusual_fen = lines.filter_map(|line| it.report.lines.get(line)).map(|line| line.amount_fen).collect();
    }
    write(&it);
    Outcome::Refused(error)
}

/// `lines[3].amount_fen` → 3.
pub fn line_of(field: &str) -> Option<usize> {
    field.strip_prefix("lines[")?.split_once(']')?.0.parse().ok()
}

thread_local! {
    /// Somebody is sending in this tab.
    static SENDING: Cell<bool> = const { Cell::new(false) };
}

/// What waits, as a page shows it.
#[derive(Clone, Copy)]
pub struct Outbox {
    state: State,
    account_id: AccountId,
    pub waiting: RwSignal<Vec<Waiting>>,
    /// Counted up whenever one has been sent.
    pub sent: RwSignal<u32>,
}

impl Outbox {
    /// Shows what waits of this account, and sends it when the page opens, when the network is back, and now and then.
    pub fn open(state: State, account_id: AccountId) -> Outbox {
        let it = Outbox { state, account_id, waiting: RwSignal::new(Vec::new()), sent: RwSignal::new(0) };
        it.look();
        live::effect(move || {
            if !state.offline.get() {
                it.flush();
            }
        });
        let again = set_interval_with_handle(move || it.flush(), std::time::Duration::from_millis(AGAIN_MS.into()));
        on_cleanup(move || {
            if let Ok(again) = again {
                again.clear();
            }
        });
        it
    }

    fn look(self) {
        let own = all().into_iter().filter(|it| it.account_id == self.account_id).collect();
        // The page may be gone by now.
        let _ = self.waiting.try_set(own);
    }

    /// Sends one after the other, the oldest first; where the network is away the rest waits too.
    pub fn flush(self) {
        let next = move || {
            let own = |it: &Waiting| it.account_id == self.account_id && it.refused.is_none();
            all().into_iter().find(own)
        };
        if next().is_none() || SENDING.replace(true) {
            return;
        }
        spawn_local(async move {
            while let Some(it) = next() {
                let outcome = send(it).await;
                self.look();
                match outcome {
                    Outcome::Done(_) => {
                        let _ = self.sent.try_update(|sent| *sent += 1);
                    }
                    Outcome::Refused(error) => self.state.note(&error),
                    Outcome::Later => break,
                }
            }
            SENDING.set(false);
        });
    }

    /// The amounts were meant so: it is sent again, saying it.
    pub fn confirm(self, mut it: Waiting) {
        it.report.sure_fen.append(&mut it.unusual_fen);
        it.refused = None;
        write(&it);
        self.look();
        self.flush();
    }
}

#[cfg(test)]
mod tests {
    use domain::channel::Channel;
    use domain::id::ReportId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_waits_reads_back_as_it_was_kept() {
        let waiting = vec![Waiting {
            account_id: AccountId(Uuid::from_u128(1)),
            report: NewReport {
                id: ReportId(Uuid::from_u128(2)),
                attempt: 1,
                channel: Channel::Fair,
                seller: "示例菇业".into(),
                seller_uscc: String::new(),
                note: "“引号”\n".into(),
                lines: Vec::new(),
                evidence: vec!["ab".into()],
                sure_fen: vec![Money::from_yuan(5)],
            },
            files: vec![WaitingFile { key: "k".into(), name: "照片.jpg".into(), sent: true }],
            at_ms: 7,
            refused: Some("请改".into()),
            unusual_fen: Vec::new(),
        }];
        let text = serde_json::to_string(&waiting).expect("plain texts");
        assert_eq!(api::parse::<Vec<Waiting>>(&text).expect("what was written"), waiting);
    }

    #[test]
    fn a_field_names_its_line() {
        assert_eq!(line_of("lines[12].amount_fen"), Some(12));
        assert_eq!((line_of("seller"), line_of("lines")), (None, None));
    }
}
