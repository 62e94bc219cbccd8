//! The report that is being written, kept in the browser as it is typed: a closed window costs nothing.

use domain::channel::Channel;
use domain::fields;
use domain::id::{AccountId, ReportId};
use domain::report::{LineField, Places, read_line};
use domain::wire::{NewReport, NewReportLine, Report, ReportChoices};
use serde::Serialize;

use super::outbox::{Waiting, WaitingFile};
use crate::api;
use crate::components::dateline::Day;
use crate::state::{REPORT_CHOICES_KEY, REPORT_DRAFT_KEY as KEY, forget, keep, kept};

/// What is typed into the fields of a line, in the order of the fields.
pub type Texts = Vec<String>;

pub fn blank() -> Texts {
    vec![String::new(); LineField::ALL.len()]
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Draft {
    pub account_id: AccountId,
    pub id: ReportId,
    pub attempt: i64,
    pub channel: String,
    pub seller: String,
    pub seller_uscc: String,
    pub note: String,
    /// The line that is being typed.
    pub line: Texts,
    /// Lines that are entered.
    pub lines: Vec<Texts>,
    pub files: Vec<WaitingFile>,
    /// Files the server has of a report that came back.
    pub evidence: Vec<String>,
}
fields!(Draft: account_id, id, attempt, channel, seller, seller_uscc, note, line, lines, files, evidence);

impl Draft {
    pub fn new(account_id: AccountId, seller: &str) -> Draft {
        let mut line = blank();
        line[LineField::SoldOn as usize] = Day::today().iso();
        Draft {
            account_id,
            id: ReportId(api::new_id()),
            attempt: 1,
            channel: String::new(),
            seller: seller.to_owned(),
            seller_uscc: String::new(),
            note: String::new(),
            line,
            lines: Vec::new(),
            files: Vec::new(),
            evidence: Vec::new(),
        }
    }

    /// What this person has left off.
    pub fn left_off(account_id: AccountId) -> Option<Draft> {
        kept::<Draft>(KEY).filter(|draft| draft.account_id == account_id && draft.line.len() == LineField::ALL.len())
    }

    pub fn keep(&self) {
        keep(KEY, self);
    }

    pub fn forget() {
        forget(KEY);
    }

    /// The next one at the same booth: what is the same from sale to sale stays, and the rest is asked anew.
    pub fn next(&self) -> Draft {
        let mut line = self.line.clone();
        for field in [
            LineField::Product,
            LineField::Quantity,
            LineField::Amount,
            LineField::Buyer,
            LineField::Invoices,
            LineField::Note,
        ] {
            line[field as usize] = String::new();
        }
        line[LineField::SoldOn as usize] = Day::today().iso();
        let fresh = Draft::new(self.account_id, &self.seller);
        Draft { channel: self.channel.clone(), seller_uscc: self.seller_uscc.clone(), line, ..fresh }
    }

    /// A report that came back, to be put right: the next submission of it.
    pub fn of_returned(account_id: AccountId, report: &Report) -> Draft {
        let line = |line: &domain::wire::ReportLine| NewReportLine {
            sold_on: line.sold_on.clone(),
            county: line.county.id.clone(),
            brand: line.brand,
            category: line.category,
            product: line.product.clone(),
            quantity: line.quantity,
            amount_fen: line.amount_fen,
            invoices: line.invoices.clone(),
            buyer: line.buyer.clone(),
            district: line.district.id.clone(),
            note: line.note.clone(),
        };
        let body = NewReport {
            id: report.summary.id,
            attempt: report.attempt + 1,
            channel: report.summary.channel,
            seller: report.summary.seller.clone(),
            seller_uscc: report.seller_uscc.clone(),
            note: report.note.clone(),
            lines: report.lines.iter().map(line).collect(),
            evidence: report.evidence.iter().map(|file| file.sha256.clone()).collect(),
            sure_fen: Vec::new(),
        };
        Draft::of_body(account_id, body, Vec::new())
    }

    /// A report that waited and was refused.
    pub fn of_waiting(it: &Waiting) -> Draft {
        // Those the server has are named by the report itself.
        let files = it.files.iter().filter(|file| !file.sent).cloned().collect();
        Draft::of_body(it.account_id, it.report.clone(), files)
    }

    fn of_body(account_id: AccountId, body: NewReport, files: Vec<WaitingFile>) -> Draft {
        let NewReport { id, attempt, channel, seller, seller_uscc, note, lines, evidence, .. } = body;
        let mut lines: Vec<Texts> = lines.iter().map(texts_of).collect();
        Draft {
            account_id,
            id,
            attempt,
            channel: channel.code().to_owned(),
            seller,
            seller_uscc,
            note,
            // The last stands in the fields; of a single one it is the whole.
            line: lines.pop().unwrap_or_else(blank),
            lines,
            files,
            evidence,
        }
    }

    pub fn channel(&self) -> Option<Channel> {
        Channel::from_code(&self.channel)
    }
}

/// A line as it would have been typed.
pub fn texts_of(line: &NewReportLine) -> Texts {
    let mut texts = blank();
    let mut set = |field: LineField, text: String| texts[field as usize] = text;
    set(LineField::SoldOn, line.sold_on.clone());
    set(LineField::Product, line.product.clone());
    set(LineField::County, line.county.clone());
    set(LineField::Category, line.category.code().to_owned());
    set(LineField::Brand, line.brand.map_or("", |brand| brand.code()).to_owned());
    set(LineField::Quantity, line.quantity.to_string());
    set(LineField::Amount, line.amount_fen.yuan().replace(',', ""));
    set(LineField::Buyer, line.buyer.clone());
    set(LineField::District, line.district.clone());
    set(LineField::Invoices, line.invoices.join(","));
    set(LineField::Note, line.note.clone());
    texts
}

/// Whether somebody has begun to type a line: what stays from sale to sale does not count.
pub fn is_begun(texts: &Texts) -> bool {
    let typed = [
        LineField::Product,
        LineField::Quantity,
        LineField::Amount,
        LineField::Buyer,
        LineField::Invoices,
        LineField::Note,
    ];
    typed.iter().any(|field| texts.get(*field as usize).is_some_and(|text| !text.trim().is_empty()))
}

/// Reads what is typed by the law of `domain::report`.
///
/// # Errors
/// Every wrong field with its sentence.
pub fn read(texts: &Texts, places: &Places) -> Result<NewReportLine, Vec<domain::report::FieldError>> {
    read_line(
        |field| texts.get(field as usize).cloned().unwrap_or_default(),
        places,
        Day::today().iso().parse().unwrap_or_default(),
    )
}

// ---- what is chosen among -----------------------------------------------------------------------------------------

/// As the server told it last, for a booth without a network.
pub fn choices_kept() -> Option<ReportChoices> {
    kept(REPORT_CHOICES_KEY)
}

pub fn keep_choices(choices: &ReportChoices) {
    keep(REPORT_CHOICES_KEY, choices);
}

pub fn places(choices: &ReportChoices) -> Places {
    Places { counties: choices.counties.clone(), districts: choices.districts.clone() }
}
