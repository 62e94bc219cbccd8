//! Deciding: on a possible double, and on the report. What is recognised is in the ledger in the same transaction.

use diesel::prelude::*;
use domain::duplicate::Verdict;
use domain::organisation::Actor;
use domain::permission::Act;
use domain::product::{Brand, Category};
use domain::region::{CountyId, DistrictId};
use domain::report::{Decision, Hindrances, LineField, ReportState, ReportStep, at, check_recognition};
use domain::sale::{Sale, Source};
use domain::{Code, Money, Refusal, say};
use jiff::civil::Date;

use super::{LineRow, Row, Step, check_day, evidence, lines_of, pairs, record_step, seen, take};
use crate::clock::Ms;
use crate::error::{Error, Result, not_found, refuse};
use crate::schema::reports;
use crate::store::{Db, audit, catalogue, sales, stored, stored_id};

/// Says of a pair whether it is one sale; what was said is never changed. The same said again changes nothing.
///
/// # Errors
/// [`Code::AlreadyDecided`], [`Code::OutOfTurn`], and as [`domain::permission::check_report`].
pub fn decide_pair(
    db: &mut Db,
    actor: &Actor,
    report_id: &str,
    pair_id: &str,
    (verdict, reason): (Verdict, &str),
    now: Ms,
) -> Result<()> {
    let row = take(db, actor, Act::DecideReport, report_id)?;
    let Some(pair) = pairs::pair_of(db, &row, pair_id)? else {
        return not_found(say!("这一处疑似重复", "This possible double"));
    };
    match pair.verdict.as_deref().map(|said| stored!(Verdict, said)).transpose()? {
        Some(said) if said == verdict => return Ok(()),
        Some(said) => {
            let (zh, en) = (said.zh(), said.en());
            return refuse(
                Code::AlreadyDecided,
                say!("这一处刚刚有人判定过了：{zh}", "Somebody has decided on this already: {en}"),
            );
        }
        None => {}
    }
    let after = ReportState::after(Some(row.state()?), ReportStep::Decide)?;
    pairs::write_verdict(db, actor, pair_id, (verdict, reason), now)?;
    let note = format!("{}：{reason}", verdict.zh());
    record_step(db, actor, report_id, &Step { step: ReportStep::Decide, state_after: after, note: Some(&note) }, now)?;
    audit::record(db, Some(actor), "decide_pair", pair_id, &format!("{}: {reason}", verdict.code()), now)
}

/// Recognises a report into the ledger, line by line, or returns it with a reason.
///
/// # Errors
/// [`Code::SamePerson`], [`Code::OutOfTurn`], [`Code::PairsOpen`], [`Code::SaidSame`], [`Code::ReasonNeeded`]; a field where a day has
/// been closed meanwhile.
pub fn decide(db: &mut Db, actor: &Actor, report_id: &str, decision: &Decision, now: Ms) -> Result<()> {
    let row = take(db, actor, Act::DecideReport, report_id)?;
    let (step, after) = (decision.step(), ReportState::after(Some(row.state()?), decision.step())?);
    if step == ReportStep::Recognise {
        check_recognition(hindrances(db, &row)?, decision.reason())?;
        let sold = sales_of(db, &row)?;
        sales::append(db, sold, now)?;
    }
    diesel::update(reports::table.find(report_id))
        .set((reports::state.eq(after.code()), reports::updated_at_ms.eq(now)))
        .execute(db)?;
    record_step(db, actor, report_id, &Step { step, state_after: after, note: decision.reason() }, now)?;
    let detail = format!("{} {} {} 元", row.number, after.code(), Money::from_fen(row.amount_fen).yuan());
    audit::record(db, Some(actor), Act::DecideReport.code(), report_id, &detail, now)
}

pub(super) fn hindrances(db: &mut Db, row: &Row) -> Result<Hindrances> {
    let (open_pairs, same_pairs) = pairs::standing(db, row)?;
    let evidence = evidence::hashes_of(db, &row.report_id)?.len() as i64;
    Ok(Hindrances { open_pairs, same_pairs, evidence })
}

/// What a report's lines are in the ledger: a sale each, on the day it was sold.
fn sales_of(db: &mut Db, row: &Row) -> Result<Vec<Sale>> {
    let lines = lines_of(db, &row.report_id)?;
    let mut sold = Vec::with_capacity(lines.len());
    // The lines of one day count by one rule.
    let mut rule: Option<(Date, String)> = None;
    for (index, line) in lines.iter().enumerate() {
        let day: Date = line.sold_on.parse().map_err(|_| Error::corrupt(format!("the day '{}'", line.sold_on)))?;
        let counting_rule = match &rule {
            Some((known, rule)) if *known == day => rule.clone(),
            _ => {
                check_day(db, day)?.map_err(|sentence| Error::from(at(index, LineField::SoldOn, sentence)))?;
                let version = catalogue::counting_rule(db, day)?;
                rule = Some((day, version.clone()));
                version
            }
        };
        sold.push(sale(row, line, day, counting_rule)?);
    }
    Ok(sold)
}

fn sale(row: &Row, line: &LineRow, sold_on: Date, counting_rule: String) -> Result<Sale> {
    Ok(Sale {
        id: sales::new_id(),
        sold_on,
        amount: Money::from_fen(line.amount_fen),
        quantity: line.quantity,
        channel: row.channel()?,
        source: Source::ReportLine { report: stored_id(&row.report_id)?, line: line.line },
        district: DistrictId::new(&line.district_id),
        county: CountyId::new(&line.county_id),
        brand: line.brand.as_deref().map(|brand| stored!(Brand, brand)).transpose()?,
        category: stored!(Category, &line.category)?,
        product_name: line.product_name.clone(),
        merchant: stored_id(&row.seller_id)?,
        buyer: stored_id(&line.buyer_id)?,
        counting_rule,
    })
}

/// Why a report cannot be recognised yet; nothing where it can.
pub(super) fn not_yet(db: &mut Db, row: &Row) -> Result<Option<Refusal>> {
    if row.state()? != ReportState::Submitted {
        return Ok(None);
    }
    let of = hindrances(db, row)?;
    Ok(check_recognition(of, None).err())
}

/// Whether this reader may decide on it.
pub(super) fn may_decide(db: &mut Db, actor: &Actor, row: &Row) -> Result<bool> {
    Ok(row.state()? == ReportState::Submitted && seen(db, actor, Act::DecideReport, &row.report_id).is_ok())
}
