//! Reports of sales made elsewhere, as they travel.

use serde::{Deserialize, Serialize};

use super::Region;
use crate::attachment::FileFormat;
use crate::channel::Channel;
use crate::duplicate::{ReasonKind, Verdict};
use crate::id::{EvidenceId, PairId, ReportId, SaleId};
use crate::organisation::Role;
use crate::product::{Brand, Category};
use crate::report::{LineField, OtherKind, ReportQueue, ReportState, ReportStep};
use crate::{Money, fields};

/// Body of `POST /reports`: all of a report at once. Sent again it is the same report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    /// Made by the browser when the form opens.
    pub id: ReportId,
    /// Which submission this is, from 1: a returned report is submitted once more under the next number.
    pub attempt: i64,
    pub channel: Channel,
    /// Who sold: the full name of an organisation.
    pub seller: String,
    /// Its unified social credit code, where it is known.
    pub seller_uscc: String,
    pub note: String,
    pub lines: Vec<NewReportLine>,
    /// SHA-256 of every file that belongs to it; they have been sent before.
    pub evidence: Vec<String>,
    /// Amounts far above the usual that whoever reports has confirmed, each as it stands in its line.
    pub sure_fen: Vec<Money>,
}
fields!(NewReport: id, attempt, channel, seller, seller_uscc, note, lines, evidence, sure_fen);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewReportLine {
    pub sold_on: String,
    /// Where it comes from, such as `qingyuan`.
    pub county: String,
    pub brand: Option<Brand>,
    pub category: Category,
    pub product: String,
    pub quantity: i64,
    pub amount_fen: Money,
    /// Numbers of invoices, receipts or orders.
    pub invoices: Vec<String>,
    /// Who bought; empty where nobody knows.
    pub buyer: String,
    /// Who has the credit, such as `zhenhai`.
    pub district: String,
    pub note: String,
}
fields!(
    NewReportLine: sold_on, county, brand, category, product, quantity, amount_fen, invoices, buyer, district, note
);

/// How many reports stand where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct ReportCount {
    pub state: ReportState,
    pub count: i64,
}
fields!(ReportCount: state, count);

/// Answer of `GET /reports?state=&after=&limit=`: newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Reports {
    pub items: Vec<ReportSummary>,
    pub next: Option<String>,
    /// Of every state, whatever was asked for.
    pub counts: Vec<ReportCount>,
}
fields!(Reports: items, next, counts);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct ReportSummary {
    pub id: ReportId,
    /// `BG20261124-0003`
    pub number: String,
    pub state: ReportState,
    pub channel: Channel,
    pub seller: String,
    /// The organisation that reported.
    pub reporter: String,
    pub sold_from: String,
    pub sold_to: String,
    pub lines: i64,
    pub amount_fen: Money,
    /// How many possible doubles nobody has decided on.
    pub pairs_open: i64,
    pub submitted_at_ms: i64,
}
fields!(
    ReportSummary:
    id, number, state, channel, seller, reporter, sold_from, sold_to, lines, amount_fen, pairs_open, submitted_at_ms
);

/// Answer of `GET /reports/{id}`, and of every act on one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Report {
    pub summary: ReportSummary,
    pub attempt: i64,
    pub seller_uscc: String,
    pub note: String,
    pub lines: Vec<ReportLine>,
    pub evidence: Vec<Evidence>,
    /// The newest first.
    pub history: Vec<ReportHistory>,
    /// Possible doubles of this submission, the likeliest first, and then those of submissions before.
    pub pairs: Vec<DuplicatePair>,
    /// The reader may recognise it, return it and decide on its pairs.
    pub may_decide: bool,
    /// The reader may submit it once more.
    pub may_change: bool,
    /// Why it cannot be recognised yet, for those who may.
    pub not_yet: Option<String>,
}
fields!(
    Report:
    summary, attempt, seller_uscc, note, lines, evidence, history, pairs, may_decide, may_change, not_yet
);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct ReportLine {
    /// Counted from 1.
    pub line: i64,
    pub sold_on: String,
    pub county: Region,
    pub brand: Option<Brand>,
    pub category: Category,
    pub product: String,
    pub quantity: i64,
    pub amount_fen: Money,
    pub invoices: Vec<String>,
    /// Empty where nobody knows.
    pub buyer: String,
    pub district: Region,
    pub note: String,
    /// Its entry in the ledger, once it is recognised.
    pub sale_id: Option<SaleId>,
    pub sequence: Option<i64>,
}
fields!(
    ReportLine:
    line, sold_on, county, brand, category, product, quantity, amount_fen, invoices, buyer, district, note, sale_id,
    sequence
);

/// A file that shows a sale; its content is `GET /reports/{id}/evidence/{evidence}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Evidence {
    pub id: EvidenceId,
    pub name: String,
    pub format: FileFormat,
    pub size_bytes: i64,
    pub sha256: String,
    pub added_at_ms: i64,
    /// How many other reports have the same file.
    pub elsewhere: i64,
}
fields!(Evidence: id, name, format, size_bytes, sha256, added_at_ms, elsewhere);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct EvidenceList {
    pub items: Vec<Evidence>,
}
fields!(EvidenceList: items);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct ReportHistory {
    pub at_ms: i64,
    pub step: ReportStep,
    pub role: Role,
    pub note: Option<String>,
}
fields!(ReportHistory: at_ms, step, role, note);

/// This report and what it may repeat, side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct DuplicatePair {
    pub id: PairId,
    /// The submission it was found at; those of earlier ones are history.
    pub attempt: i64,
    pub current: bool,
    /// 1 to 100.
    pub score: i64,
    pub reasons: Vec<PairReason>,
    pub own: PairSide,
    pub other: PairSide,
    pub verdict: Option<Verdict>,
    pub reason: Option<String>,
    pub role: Option<Role>,
    pub decided_at_ms: Option<i64>,
}
fields!(DuplicatePair: id, attempt, current, score, reasons, own, other, verdict, reason, role, decided_at_ms);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PairReason {
    pub kind: ReasonKind,
    /// Lines of this report that match; none where the whole does.
    pub lines: Vec<i64>,
    /// Lines of the other.
    pub other_lines: Vec<i64>,
    /// What both have: a number, a file's name, an amount.
    pub value: String,
}
fields!(PairReason: kind, lines, other_lines, value);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PairSide {
    pub kind: OtherKind,
    pub id: String,
    pub number: String,
    /// How it stands, in the reader's language.
    pub state: String,
    pub seller: String,
    pub amount_fen: Money,
    /// The lines that match first; not all of a long one.
    pub lines: Vec<PairLine>,
    pub line_count: i64,
}
fields!(PairSide: kind, id, number, state, seller, amount_fen, lines, line_count);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PairLine {
    pub line: i64,
    pub sold_on: String,
    pub product: String,
    pub quantity: i64,
    pub amount_fen: Money,
    pub buyer: String,
    pub invoices: Vec<String>,
}
fields!(PairLine: line, sold_on, product, quantity, amount_fen, buyer, invoices);

/// Body of `POST /reports/{id}/decision`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReportDecision {
    /// `recognise` or `return`.
    pub step: ReportStep,
    /// Needed to return it, and to recognise what has no evidence.
    pub reason: Option<String>,
}

/// Body of `POST /reports/{id}/pairs/{pair}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PairVerdict {
    pub verdict: Verdict,
    pub reason: String,
}

/// A county or a district, and what people call it; the first name is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Place {
    pub id: String,
    pub names: Vec<String>,
}
fields!(Place: id, names);

/// Answer of `GET /reports/choices`: what a report's form may choose among.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct ReportChoices {
    pub counties: Vec<Place>,
    /// A district's office has its own alone.
    pub districts: Vec<Place>,
    /// Names of the market's unions and of its merchants.
    pub buyers: Vec<String>,
    pub sellers: Vec<String>,
    /// The only seller the reader may report for; none where any may be named.
    pub seller: Option<String>,
}
fields!(ReportChoices: counties, districts, buyers, sellers, seller);

/// A row of a spreadsheet of sales.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SalesRow {
    /// As the program that shows the file counts.
    pub row: i64,
    /// What stands in each of its cells, in the order of the fields of a line.
    pub cells: Vec<String>,
    /// Cells with a formula that says nothing.
    pub faults: Vec<LineField>,
}
fields!(SalesRow: row, cells, faults);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct SalesProblem {
    pub row: i64,
    pub field: LineField,
    pub sentence: String,
}
fields!(SalesProblem: row, field, sentence);

/// Answer of `POST /reports/sheet/preview`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct SalesPreview {
    pub sheet: String,
    /// Counted from 1.
    pub header_row: i64,
    /// The fields that have a column.
    pub columns: Vec<LineField>,
    pub rows: Vec<SalesRow>,
    pub problems: Vec<SalesProblem>,
    /// Rows below the header that say nothing, and sums.
    pub left_out: Vec<i64>,
    /// How many rows read, and what they come to.
    pub good: i64,
    pub amount_fen: Money,
}
fields!(SalesPreview: sheet, header_row, columns, rows, problems, left_out, good, amount_fen);

/// Body of `POST /reports/sheet/marked`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SalesRows {
    pub rows: Vec<SalesRow>,
}

/// Reports that wait for the reader, on the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct DeskReports {
    pub queue: ReportQueue,
    pub count: i64,
    /// Those that have waited longest.
    pub oldest: Vec<ReportSummary>,
}
fields!(DeskReports: queue, count, oldest);

/// One step of a report that somebody else has taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct ReportNotice {
    pub report_id: ReportId,
    pub number: String,
    pub at_ms: i64,
    pub step: ReportStep,
    pub role: Role,
    pub note: Option<String>,
    pub new: bool,
}
fields!(ReportNotice: report_id, number, at_ms, step, role, note, new);
