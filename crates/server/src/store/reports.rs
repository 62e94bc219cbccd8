//! Reports of sales made elsewhere: submitted, looked through for doubles, recognised into the ledger or returned.

mod decide;
mod evidence;
mod pairs;
mod read;
mod submit;

use std::collections::HashMap;

use diesel::prelude::*;
use domain::channel::Channel;
use domain::id::OrganisationId;
use domain::organisation::{Actor, OrganisationKind};
use domain::permission::{Act, ReportParties, check_report};
use domain::region::DistrictId;
use domain::report::{ReportState, ReportStep};
use domain::sheet::tidy;
use domain::uscc::Uscc;
use domain::{Say, say};
use jiff::civil::Date;

pub use self::decide::{decide, decide_pair};
pub use self::evidence::{Added, NewEvidence, add_evidence, check_may_add, evidence_of, one_evidence, remove_evidence};
pub use self::read::{Cursor, Page, choices, list, notices, on_desk, report};
pub use self::submit::{Submitted, submit};
use super::{Db, closing, stored, stored_id};
use crate::clock::Ms;
use crate::error::{Error, Result, not_found};
use crate::schema::{counting_rules, organisations, report_lines, report_steps, reports};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Debug)]
#[diesel(table_name = reports, primary_key(report_id), treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    report_id: String,
    number: String,
    attempt: i64,
    request_hash: String,
    state: String,
    channel: String,
    organisation_id: String,
    account_id: String,
    seller_id: String,
    seller: String,
    seller_uscc: Option<String>,
    seller_key: String,
    note: String,
    amount_fen: i64,
    line_count: i64,
    sold_from: String,
    sold_to: String,
    district_id: Option<String>,
    submitted_at_ms: i64,
    updated_at_ms: i64,
}

impl Row {
    fn state(&self) -> Result<ReportState> {
        stored!(ReportState, &self.state)
    }

    fn channel(&self) -> Result<Channel> {
        stored!(Channel, &self.channel)
    }
}

#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = report_lines, treat_none_as_default_value = false)]
struct LineRow {
    report_id: String,
    line: i64,
    sold_on: String,
    county_id: String,
    brand: Option<String>,
    category: String,
    product_name: String,
    quantity: i64,
    amount_fen: i64,
    invoices: String,
    buyer_id: String,
    buyer: String,
    buyer_key: String,
    district_id: String,
    note: String,
}

impl LineRow {
    fn invoices(&self) -> Vec<String> {
        self.invoices.split(',').filter(|number| !number.is_empty()).map(str::to_owned).collect()
    }
}

fn find(db: &mut Db, report_id: &str) -> Result<Option<Row>> {
    Ok(reports::table.find(report_id).select(Row::as_select()).get_result(db).optional()?)
}

/// A report that somebody may act on; taken for the rest of the transaction, so that of two who act at once the second finds what the
/// first has done.
fn take(db: &mut Db, actor: &Actor, act: Act, report_id: &str) -> Result<Row> {
    diesel::update(reports::table.find(report_id)).set(reports::state.eq(reports::state)).execute(db)?;
    seen(db, actor, act, report_id)
}

/// A report, for somebody who may do this with it.
fn seen(db: &mut Db, actor: &Actor, act: Act, report_id: &str) -> Result<Row> {
    let Some(row) = find(db, report_id)? else { return not_found(say!("这份填报", "This report")) };
    check_report(actor, act, &parties(db, &row)?)?;
    Ok(row)
}

fn parties(db: &mut Db, row: &Row) -> Result<ReportParties> {
    let reporters: Vec<String> = report_steps::table
        .filter(report_steps::report_id.eq(&row.report_id))
        .filter(report_steps::action.eq(ReportStep::Submit.code()))
        .select(report_steps::account_id)
        .distinct()
        .load(db)?;
    Ok(ReportParties {
        organisation: stored_id(&row.organisation_id)?,
        reporters: reporters.iter().map(|account| stored_id(account)).collect::<Result<_>>()?,
        districts: match &row.district_id {
            Some(district) => vec![DistrictId::new(district)],
            None => districts_of(db, &row.report_id)?,
        },
    })
}

fn districts_of(db: &mut Db, report_id: &str) -> Result<Vec<DistrictId>> {
    let districts = report_lines::table.filter(report_lines::report_id.eq(report_id)).select(report_lines::district_id);
    Ok(districts.distinct().load::<String>(db)?.into_iter().map(DistrictId::new).collect())
}

fn lines_of(db: &mut Db, report_id: &str) -> Result<Vec<LineRow>> {
    let lines = report_lines::table.filter(report_lines::report_id.eq(report_id)).order(report_lines::line);
    Ok(lines.select(LineRow::as_select()).load(db)?)
}

/// One step of a report's history.
struct Step<'a> {
    step: ReportStep,
    state_after: ReportState,
    note: Option<&'a str>,
}

fn record_step(db: &mut Db, actor: &Actor, report_id: &str, it: &Step<'_>, now: Ms) -> Result<()> {
    let known: i64 = report_steps::table.filter(report_steps::report_id.eq(report_id)).count().get_result(db)?;
    diesel::insert_into(report_steps::table)
        .values((
            report_steps::report_id.eq(report_id),
            report_steps::step.eq(known + 1),
            report_steps::at_ms.eq(now),
            report_steps::account_id.eq(actor.account.to_string()),
            report_steps::role.eq(actor.role.code()),
            report_steps::action.eq(it.step.code()),
            report_steps::state_after.eq(it.state_after.code()),
            report_steps::note.eq(it.note),
        ))
        .execute(db)?;
    Ok(())
}

/// Whether sales of a day may still come into the ledger; asked when they are reported and again when they are recognised. The one
/// place that knows which days are open: the month is not closed, and a counting rule was in force on the day.
fn check_day(db: &mut Db, day: Date) -> Result<std::result::Result<(), Say>> {
    if let Some(closed) = closing::why_closed(db, day)? {
        return Ok(Err(closed.sentence));
    }
    let first: Option<String> = counting_rules::table
        .order(counting_rules::valid_from)
        .select(counting_rules::valid_from)
        .first(db)
        .optional()?;
    let is_open = first.as_ref().is_some_and(|first| *first <= day.to_string());
    Ok(if is_open {
        Ok(())
    } else {
        let first = first.unwrap_or_default();
        Err(say!(
            "{day} 还没有统计口径，最早从 {first} 起",
            "No counting rule was in force on {day}; the first is of {first}"
        ))
    })
}

// ---- who sold and who bought --------------------------------------------------------------------------------------

/// An organisation of the market, as a report may name it.
struct Party {
    id: OrganisationId,
    kind: OrganisationKind,
    name: String,
    uscc: String,
    district: Option<String>,
}

/// Those that sell and buy.
struct Parties(Vec<Party>);

impl Parties {
    fn load(db: &mut Db) -> Result<Parties> {
        let kinds = [OrganisationKind::Union, OrganisationKind::Merchant, OrganisationKind::Outlet];
        let rows: Vec<(String, String, String, String, Option<String>)> = organisations::table
            .filter(organisations::kind.eq_any(kinds.map(OrganisationKind::code)))
            .order(organisations::name)
            .select((
                organisations::organisation_id,
                organisations::kind,
                organisations::name,
                organisations::uscc,
                organisations::district_id,
            ))
            .load(db)?;
        let party = |(id, kind, name, uscc, district): (String, String, String, String, Option<String>)| {
            Ok(Party { id: stored_id(&id)?, kind: stored!(OrganisationKind, &kind)?, name, uscc, district })
        };
        Ok(Parties(rows.into_iter().map(party).collect::<Result<_>>()?))
    }

    /// The market's own organisation of this code, or else of this name. Another name that is only alike may be another's: of those
    /// the duplicate check knows, and the ledger must not.
    fn seller(&self, name: &str, uscc: Option<&Uscc>) -> Option<&Party> {
        let by_code = uscc.and_then(|uscc| self.0.iter().find(|party| party.uscc == uscc.as_str()));
        let sells = |party: &&Party| party.kind != OrganisationKind::Union && is_same_name(&party.name, name);
        by_code.or_else(|| self.0.iter().find(sells))
    }

    fn buyer(&self, name: &str) -> Option<&Party> {
        self.0.iter().find(|party| is_same_name(&party.name, name))
    }
}

/// Width and spaces aside.
fn is_same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| tidy(name).replace(' ', "");
    plain(one) == plain(other)
}

// ---- what the ledger shows of them --------------------------------------------------------------------------------

/// What entries of the ledger that come from reports are shown with.
pub(super) struct Named {
    /// Number and seller by report.
    reports: HashMap<String, (String, String)>,
    /// Buyers by report and line.
    buyers: HashMap<(String, i64), String>,
}

/// Of one line.
#[derive(Clone, Copy)]
pub(super) struct NamedLine<'a> {
    pub number: &'a str,
    pub seller: &'a str,
    pub buyer: &'a str,
}

impl Named {
    pub(super) fn of(db: &mut Db, lines: Vec<(String, i64)>) -> Result<Named> {
        if lines.is_empty() {
            return Ok(Named { reports: HashMap::new(), buyers: HashMap::new() });
        }
        let ids: Vec<&str> = lines.iter().map(|(report, _)| report.as_str()).collect();
        let numbers: Vec<i64> = lines.iter().map(|(_, line)| *line).collect();
        let named: Vec<(String, String, String)> = reports::table
            .filter(reports::report_id.eq_any(&ids))
            .select((reports::report_id, reports::number, reports::seller))
            .load(db)?;
        let buyers: Vec<(String, i64, String)> = report_lines::table
            .filter(report_lines::report_id.eq_any(&ids))
            .filter(report_lines::line.eq_any(numbers))
            .select((report_lines::report_id, report_lines::line, report_lines::buyer))
            .load(db)?;
        Ok(Named {
            reports: named.into_iter().map(|(id, number, seller)| (id, (number, seller))).collect(),
            buyers: buyers.into_iter().map(|(id, line, buyer)| ((id, line), buyer)).collect(),
        })
    }

    pub(super) fn line(&self, report: &str, line: i64) -> Option<NamedLine<'_>> {
        let (number, seller) = self.reports.get(report)?;
        let buyer = self.buyers.get(&(report.to_owned(), line)).map_or("", String::as_str);
        Some(NamedLine { number, seller, buyer })
    }
}

/// The name of an organisation.
fn name_of(db: &mut Db, organisation_id: &str) -> Result<String> {
    Ok(organisations::table.find(organisation_id).select(organisations::name).get_result(db)?)
}

/// Numbers in a text between commas.
fn numbers_of(text: &str) -> Result<Vec<i64>> {
    let parts = text.split(',').filter(|part| !part.is_empty());
    parts.map(|part| part.parse().map_err(|_| Error::corrupt(format!("the line '{part}'")))).collect()
}

fn joined(numbers: &[i64]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}
