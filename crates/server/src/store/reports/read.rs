//! Reading reports: lists and the whole of one, only for those who may see them.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::Bool;
use domain::organisation::{Actor, OrganisationKind, Role};
use domain::permission::{Act, Whose, may};
use domain::product::{Brand, Category};
use domain::report::{ReportQueue, ReportState, ReportStep};
use domain::{Language, Money, wire};

use super::{LineRow, Parties, Row, decide, evidence, lines_of, name_of, pairs, seen};
use crate::clock::Ms;
use crate::error::Result;
use crate::schema::{organisations, report_steps, reports, sales};
use crate::store::{Backend, Db, regions, stored, stored_id};

type Condition = Box<dyn BoxableExpression<reports::table, Backend, SqlType = Bool>>;

/// The reports a person may see: the same rule as [`domain::permission::whose_report`], said in SQL.
fn visible(actor: &Actor) -> Condition {
    match actor.role {
        Role::Reporter | Role::Merchant => Box::new(reports::organisation_id.eq(actor.organisation.to_string())),
        Role::DistrictCoordinator => {
            let district = actor.district.as_ref().map(ToString::to_string).unwrap_or_default();
            Box::new(reports::district_id.eq(district).assume_not_null())
        }
        Role::CityCoordinator => Box::new(true.into_sql::<Bool>()),
        Role::Buyer | Role::UnionOfficer | Role::UnionChair | Role::Operator => Box::new(false.into_sql::<Bool>()),
    }
}

/// Those of a queue that are this person's to do: to verify what others have reported, to correct what came back to one's organisation.
fn in_queue(actor: &Actor, queue: ReportQueue) -> Condition {
    let organisation = actor.organisation.to_string();
    match queue {
        ReportQueue::ToVerify => Box::new(reports::account_id.ne(actor.account.to_string())),
        ReportQueue::SentBack => Box::new(reports::organisation_id.eq(organisation)),
    }
}

/// A place in a list, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub submitted_at_ms: Ms,
    pub number: String,
}

/// One page of a list.
#[derive(Debug)]
pub struct Page {
    pub items: Vec<wire::ReportSummary>,
    pub next: Option<Cursor>,
    pub counts: Vec<wire::ReportCount>,
}

pub fn list(
    db: &mut Db,
    actor: &Actor,
    state: Option<ReportState>,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page> {
    let mut query = reports::table.filter(visible(actor)).into_boxed();
    if let Some(state) = state {
        query = query.filter(reports::state.eq(state.code()));
    }
    if let Some(Cursor { submitted_at_ms, number }) = after {
        let earlier = reports::submitted_at_ms.lt(*submitted_at_ms);
        let same = reports::submitted_at_ms.eq(*submitted_at_ms).and(reports::number.lt(number.clone()));
        query = query.filter(earlier.or(same));
    }
    let mut rows: Vec<Row> = query
        .order((reports::submitted_at_ms.desc(), reports::number.desc()))
        .limit(limit as i64 + 1)
        .select(Row::as_select())
        .load(db)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more);
    let next = next.map(|row| Cursor { submitted_at_ms: row.submitted_at_ms, number: row.number.clone() });
    Ok(Page { items: summaries(db, &rows)?, next, counts: counts(db, actor)? })
}

fn counts(db: &mut Db, actor: &Actor) -> Result<Vec<wire::ReportCount>> {
    let mut counts = Vec::new();
    for state in ReportState::ALL {
        let of_state = reports::table.filter(visible(actor)).filter(reports::state.eq(state.code()));
        counts.push(wire::ReportCount { state: *state, count: of_state.count().get_result(db)? });
    }
    Ok(counts)
}

fn summaries(db: &mut Db, rows: &[Row]) -> Result<Vec<wire::ReportSummary>> {
    let ids: Vec<&str> = rows.iter().map(|row| row.organisation_id.as_str()).collect();
    let names: Vec<(String, String)> = organisations::table
        .filter(organisations::organisation_id.eq_any(ids))
        .select((organisations::organisation_id, organisations::name))
        .load(db)?;
    let names: HashMap<String, String> = names.into_iter().collect();
    let open = pairs::open_of(db, &rows.iter().collect::<Vec<_>>())?;
    let summary = |row: &Row| {
        Ok(wire::ReportSummary {
            id: stored_id(&row.report_id)?,
            number: row.number.clone(),
            state: row.state()?,
            channel: row.channel()?,
            seller: row.seller.clone(),
            reporter: names.get(&row.organisation_id).cloned().unwrap_or_default(),
            sold_from: row.sold_from.clone(),
            sold_to: row.sold_to.clone(),
            lines: row.line_count,
            amount_fen: Money::from_fen(row.amount_fen),
            pairs_open: open.get(&row.report_id).copied().unwrap_or_default(),
            submitted_at_ms: row.submitted_at_ms,
        })
    };
    rows.iter().map(summary).collect()
}

/// The whole of a report.
///
/// # Errors
/// [`domain::Code::NotFound`] for one the reader may not see.
pub fn report(db: &mut Db, actor: &Actor, report_id: &str, reader: Language) -> Result<wire::Report> {
    let row = seen(db, actor, Act::SeeReports, report_id)?;
    let may_decide = decide::may_decide(db, actor, &row)?;
    let not_yet = if may_decide { decide::not_yet(db, &row)? } else { None };
    let own = row.organisation_id == actor.organisation.to_string();
    let may_change =
        own && row.state()? == ReportState::Returned && may(Some(actor.role), Act::SubmitReport, Whose::Own);
    Ok(wire::Report {
        summary: summaries(db, std::slice::from_ref(&row))?.remove(0),
        attempt: row.attempt,
        lines: lines(db, report_id, reader)?,
        evidence: evidence::of_report(db, report_id)?,
        history: history(db, report_id)?,
        pairs: pairs::told(db, actor, &row, reader)?,
        may_decide,
        may_change,
        not_yet: not_yet.map(|refusal| refusal.sentence.to(reader).to_owned()),
        seller_uscc: row.seller_uscc.unwrap_or_default(),
        note: row.note,
    })
}

fn lines(db: &mut Db, report_id: &str, reader: Language) -> Result<Vec<wire::ReportLine>> {
    let counties = regions::counties(db)?;
    let districts = regions::districts_told(db, reader)?;
    let sold: Vec<(Option<i64>, String, i64)> = sales::table
        .filter(sales::report_id.eq(report_id))
        .select((sales::report_line, sales::sale_id, sales::sequence))
        .load(db)?;
    let sold: HashMap<i64, (String, i64)> =
        sold.into_iter().filter_map(|(line, sale, sequence)| Some((line?, (sale, sequence)))).collect();
    let line = |row: LineRow| {
        let county = counties.iter().find(|county| county.id == row.county_id);
        let county = county.map_or_else(String::new, |county| county.short(reader).to_owned());
        let district = districts.iter().find(|district| district.id == row.district_id);
        let entry = sold.get(&row.line);
        Ok(wire::ReportLine {
            line: row.line,
            invoices: row.invoices(),
            sold_on: row.sold_on,
            county: wire::Region { id: row.county_id, name: county },
            brand: row.brand.as_deref().map(|brand| stored!(Brand, brand)).transpose()?,
            category: stored!(Category, &row.category)?,
            product: row.product_name,
            quantity: row.quantity,
            amount_fen: Money::from_fen(row.amount_fen),
            buyer: row.buyer,
            district: wire::Region {
                id: row.district_id,
                name: district.map_or_else(String::new, |district| district.name.clone()),
            },
            note: row.note,
            sale_id: entry.map(|(sale, _)| stored_id(sale)).transpose()?,
            sequence: entry.map(|(_, sequence)| *sequence),
        })
    };
    lines_of(db, report_id)?.into_iter().map(line).collect()
}

fn history(db: &mut Db, report_id: &str) -> Result<Vec<wire::ReportHistory>> {
    let rows: Vec<(i64, String, String, Option<String>)> = report_steps::table
        .filter(report_steps::report_id.eq(report_id))
        .order(report_steps::step.desc())
        .select((report_steps::at_ms, report_steps::action, report_steps::role, report_steps::note))
        .load(db)?;
    let item = |(at_ms, action, role, note): (i64, String, String, Option<String>)| {
        let (step, role) = (stored!(ReportStep, &action)?, stored!(Role, &role)?);
        Ok(wire::ReportHistory { at_ms, step, role, note })
    };
    rows.into_iter().map(item).collect()
}

// ---- the desk -----------------------------------------------------------------------------------------------------

/// What waits for somebody, with those that have waited longest.
pub fn on_desk(db: &mut Db, actor: &Actor, oldest: i64) -> Result<Vec<wire::DeskReports>> {
    let mut queues = Vec::new();
    for queue in ReportQueue::of_role(actor.role) {
        let of_queue = || {
            let of_state = reports::table.filter(visible(actor)).filter(reports::state.eq(queue.state().code()));
            of_state.filter(in_queue(actor, *queue))
        };
        let count: i64 = of_queue().count().get_result(db)?;
        let rows: Vec<Row> = of_queue()
            .order((reports::updated_at_ms, reports::report_id))
            .limit(oldest)
            .select(Row::as_select())
            .load(db)?;
        queues.push(wire::DeskReports { queue: *queue, count, oldest: summaries(db, &rows)? });
    }
    Ok(queues)
}

/// Of so many reports that moved last there is news.
const MOVED: i64 = 500;

/// What others did lately with reports of theirs, the newest first, and how much of it is new.
pub fn notices(
    db: &mut Db,
    actor: &Actor,
    (since, seen): (Ms, Ms),
    most: i64,
) -> Result<(Vec<wire::ReportNotice>, i64)> {
    if !may(Some(actor.role), Act::SeeReports, Whose::Own) {
        return Ok((Vec::new(), 0));
    }
    // Who decides has all that comes in the queue above; what they hear of is what became of it.
    let told: &[ReportStep] = match actor.role {
        Role::Reporter | Role::Merchant => &[ReportStep::Recognise, ReportStep::Return],
        _ => &[ReportStep::Submit, ReportStep::Recognise, ReportStep::Return],
    };
    let moved: Vec<String> = reports::table
        .filter(visible(actor))
        .filter(reports::updated_at_ms.ge(since))
        .order(reports::updated_at_ms.desc())
        .limit(MOVED)
        .select(reports::report_id)
        .load(db)?;
    let news = || {
        report_steps::table
            .inner_join(reports::table.on(reports::report_id.eq(report_steps::report_id)))
            .filter(report_steps::at_ms.ge(since))
            .filter(report_steps::account_id.ne(actor.account.to_string()))
            .filter(report_steps::action.eq_any(told.iter().map(|step| step.code())))
            .filter(reports::report_id.eq_any(moved.clone()))
    };
    let unseen: i64 = news().filter(report_steps::at_ms.gt(seen)).count().get_result(db)?;
    let rows: Vec<(String, String, i64, String, String, Option<String>)> = news()
        .order((report_steps::at_ms.desc(), report_steps::report_id, report_steps::step.desc()))
        .limit(most)
        .select((
            report_steps::report_id,
            reports::number,
            report_steps::at_ms,
            report_steps::action,
            report_steps::role,
            report_steps::note,
        ))
        .load(db)?;
    let notice =
        |(report_id, number, at_ms, action, role, note): (String, String, i64, String, String, Option<String>)| {
            Ok(wire::ReportNotice {
                report_id: stored_id(&report_id)?,
                number,
                at_ms,
                step: stored!(ReportStep, &action)?,
                role: stored!(Role, &role)?,
                note,
                new: at_ms > seen,
            })
        };
    Ok((rows.into_iter().map(notice).collect::<Result<_>>()?, unseen))
}

// ---- what a form chooses among ------------------------------------------------------------------------------------

/// # Errors
/// The database's.
pub fn choices(db: &mut Db, actor: &Actor, reader: Language) -> Result<wire::ReportChoices> {
    let english = regions::names_en(db)?;
    // The reader's own word stands first; the others are understood too.
    let place = |id: String, words: Vec<String>| {
        let mut names = words;
        let en = english.get(&id).cloned().unwrap_or_default();
        match reader {
            Language::Zh => names.push(en),
            Language::En => names.insert(0, en),
        }
        names.retain(|name| !name.is_empty());
        wire::Place { id, names }
    };
    let counties = regions::counties(db)?.into_iter().filter(regions::County::is_shown);
    let counties = counties.map(|county| place(county.id, vec![county.short, county.name])).collect();
    let mut districts: Vec<wire::Place> = regions::districts(db)?
        .into_iter()
        .map(|district| {
            let bare = district.name.trim_end_matches(['区', '市', '县']).to_owned();
            place(district.id, vec![district.name, bare])
        })
        .collect();
    if actor.role == Role::DistrictCoordinator {
        districts.retain(|place| actor.district.as_ref().is_some_and(|own| own.as_str() == place.id));
    }
    let parties = Parties::load(db)?;
    let named = |kind: &dyn Fn(OrganisationKind) -> bool| {
        parties.0.iter().filter(|party| kind(party.kind)).map(|party| party.name.clone()).collect::<Vec<_>>()
    };
    Ok(wire::ReportChoices {
        counties,
        districts,
        buyers: named(&|kind| kind == OrganisationKind::Union),
        sellers: named(&|kind| kind != OrganisationKind::Union),
        seller: match actor.role {
            Role::Merchant => Some(name_of(db, &actor.organisation.to_string())?),
            _ => None,
        },
    })
}
