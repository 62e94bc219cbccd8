//! The files that show a sale. They come before the report does, under the identifier the browser has made for it.

use diesel::prelude::*;
use domain::attachment::FileFormat;
use domain::id::EvidenceId;
use domain::organisation::Actor;
use domain::permission::{Act, Whose, check, check_report};
use domain::report::{MOST_EVIDENCE, Report, ReportState, ReportStep, too_much_evidence};
use domain::{Code, Refusal, say, wire};

use super::{find, parties, seen};
use crate::attachments::Kept;
use crate::clock::Ms;
use crate::error::{Result, not_found};
use crate::schema::{report_evidence, reports};
use crate::store::{Db, audit, stored, stored_id};

/// A file that is on the disk.
#[derive(Debug, Clone)]
pub struct NewEvidence {
    pub id: EvidenceId,
    pub kept: Kept,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    New,
    /// The same file is there already.
    Known,
}

#[derive(Queryable, Selectable, Insertable, Debug)]
#[diesel(table_name = report_evidence)]
struct Row {
    evidence_id: String,
    report_id: String,
    sha256: String,
    name: String,
    format: String,
    size_bytes: i64,
    organisation_id: String,
    account_id: String,
    added_at_ms: i64,
}

/// Whether somebody may bring files to a report, or to one that is not there yet; asked before megabytes are received, and again where
/// they are kept.
///
/// # Errors
/// [`Code::OutOfTurn`] once it waits to be verified or is recognised; [`Code::NotFound`] for another's.
pub fn check_may_add(db: &mut Db, actor: &Actor, report_id: &str) -> Result<()> {
    check(Some(actor.role), Act::SubmitReport, Whose::Own)?;
    let Some(row) = find(db, report_id)? else { return Ok(()) };
    check_report(actor, Act::SubmitReport, &parties(db, &row)?)?;
    ReportState::after(Some(row.state()?), ReportStep::Submit)?;
    Ok(())
}

/// Adds a file whose content is on the disk. The same file again changes nothing.
///
/// # Errors
/// As [`check_may_add`]; a field where there are too many.
pub fn add_evidence(db: &mut Db, actor: &Actor, report_id: &str, new: &NewEvidence, now: Ms) -> Result<Added> {
    diesel::update(reports::table.find(report_id)).set(reports::state.eq(reports::state)).execute(db)?;
    let held = own_rows(db, actor, report_id)?;
    if held.iter().any(|row| row.sha256 == new.kept.sha256) {
        return Ok(Added::Known);
    }
    check_may_add(db, actor, report_id)?;
    if held.len() >= MOST_EVIDENCE {
        return Err(Refusal::new(Code::TooManyAttachments, too_much_evidence()).into());
    }
    let row = Row {
        evidence_id: new.id.to_string(),
        report_id: report_id.to_owned(),
        sha256: new.kept.sha256.clone(),
        name: new.kept.name.clone(),
        format: new.kept.format.code().to_owned(),
        size_bytes: new.kept.size_bytes,
        organisation_id: actor.organisation.to_string(),
        account_id: actor.account.to_string(),
        added_at_ms: now,
    };
    diesel::insert_into(report_evidence::table).values(&row).execute(db)?;
    audit::record(db, Some(actor), "add_evidence", report_id, &row.sha256, now)?;
    Ok(Added::New)
}

/// Takes a file away before the report is submitted, or while it is returned. One that is gone already is as good as removed.
///
/// # Errors
/// As [`check_may_add`].
pub fn remove_evidence(db: &mut Db, actor: &Actor, report_id: &str, evidence_id: &str, now: Ms) -> Result<()> {
    let row = own_rows(db, actor, report_id)?.into_iter().find(|row| row.evidence_id == evidence_id);
    let Some(row) = row else { return Ok(()) };
    check_may_add(db, actor, report_id)?;
    diesel::delete(report_evidence::table.find(&row.evidence_id)).execute(db)?;
    audit::record(db, Some(actor), "remove_evidence", report_id, &row.sha256, now)
}

/// Whether every file a submission names has been sent, by the organisation that reports; those it does not name are left behind.
pub(super) fn check_all_there(db: &mut Db, actor: &Actor, new: &Report) -> Result<()> {
    let report_id = new.id.to_string();
    let held = own_rows(db, actor, &report_id)?;
    let missing = new.evidence.iter().position(|hash| !held.iter().any(|row| row.sha256 == *hash));
    if let Some(missing) = missing {
        let sentence = say!(
            "第 {number} 个佐证文件还没有传到，请再传一次",
            "File {number} has not arrived; please send it again",
            number = missing + 1
        );
        return Err(Refusal::field(format!("evidence[{missing}]"), sentence).into());
    }
    // What somebody else sent under the same identifier is no part of it.
    let stray = report_evidence::table.filter(report_evidence::report_id.eq(&report_id)).filter(
        report_evidence::sha256
            .ne_all(&new.evidence)
            .or(report_evidence::organisation_id.ne(actor.organisation.to_string())),
    );
    diesel::delete(stray).execute(db)?;
    Ok(())
}

fn own_rows(db: &mut Db, actor: &Actor, report_id: &str) -> Result<Vec<Row>> {
    let own = report_evidence::organisation_id.eq(actor.organisation.to_string());
    let rows = report_evidence::table.filter(report_evidence::report_id.eq(report_id)).filter(own);
    let in_order = rows.order((report_evidence::added_at_ms, report_evidence::evidence_id));
    Ok(in_order.select(Row::as_select()).load(db)?)
}

/// The files of a report that is on its way, for whoever sends them.
pub fn evidence_of(db: &mut Db, actor: &Actor, report_id: &str) -> Result<wire::EvidenceList> {
    let rows = own_rows(db, actor, report_id)?;
    Ok(wire::EvidenceList { items: to_wire(db, rows)? })
}

/// Those of a report that was submitted.
pub(super) fn of_report(db: &mut Db, report_id: &str) -> Result<Vec<wire::Evidence>> {
    let rows = report_evidence::table.filter(report_evidence::report_id.eq(report_id));
    let in_order = rows.order((report_evidence::added_at_ms, report_evidence::evidence_id));
    let rows = in_order.select(Row::as_select()).load(db)?;
    to_wire(db, rows)
}

/// SHA-256 and name of each.
pub(super) fn hashes_of(db: &mut Db, report_id: &str) -> Result<Vec<(String, String)>> {
    let rows = report_evidence::table.filter(report_evidence::report_id.eq(report_id));
    Ok(rows.order(report_evidence::added_at_ms).select((report_evidence::sha256, report_evidence::name)).load(db)?)
}

fn to_wire(db: &mut Db, rows: Vec<Row>) -> Result<Vec<wire::Evidence>> {
    let mut told = Vec::with_capacity(rows.len());
    for row in rows {
        // Only where a report was made of it.
        let elsewhere: i64 = report_evidence::table
            .inner_join(reports::table.on(reports::report_id.eq(report_evidence::report_id)))
            .filter(report_evidence::sha256.eq(&row.sha256))
            .filter(report_evidence::report_id.ne(&row.report_id))
            .count()
            .get_result(db)?;
        told.push(wire::Evidence {
            id: stored_id(&row.evidence_id)?,
            name: row.name,
            format: stored!(FileFormat, &row.format)?,
            size_bytes: row.size_bytes,
            sha256: row.sha256,
            added_at_ms: row.added_at_ms,
            elsewhere,
        });
    }
    Ok(told)
}

/// A file, for somebody who may see its report, or who has sent it for one to come.
///
/// # Errors
/// [`Code::NotFound`] when it does not exist or is not the reader's to see.
pub fn one_evidence(db: &mut Db, actor: &Actor, report_id: &str, evidence_id: &str) -> Result<wire::Evidence> {
    let found: Option<Row> =
        report_evidence::table.find(evidence_id).select(Row::as_select()).get_result(db).optional()?;
    let missing = || not_found(say!("这个文件", "This file"));
    let Some(row) = found.filter(|row| row.report_id == report_id) else { return missing() };
    let seen = match find(db, report_id)? {
        Some(_) => seen(db, actor, Act::SeeReports, report_id).is_ok(),
        None => row.organisation_id == actor.organisation.to_string(),
    };
    match seen {
        true => to_wire(db, vec![row])?.pop().map_or_else(missing, Ok),
        false => missing(),
    }
}
