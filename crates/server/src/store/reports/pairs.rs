//! What a submission may repeat: found among other reports and the platform's own orders, kept, and shown side by side.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::prelude::*;
use domain::duplicate::{Claim, Likeness, ReasonKind, Side, Verdict, WINDOW_DAYS, compare, name_key, orders_named};
use domain::id::PairId;
use domain::order_life::State as OrderState;
use domain::organisation::{Actor, PRIVATE_BUYERS, Role};
use domain::report::{OtherKind, ReportState};
use domain::{Language, Money, wire};
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::{LineRow, Parties, Row, evidence, find, joined, lines_of, numbers_of};
use crate::clock::{self, Ms};
use crate::error::{Error, Result};
use crate::schema::{
    duplicate_pairs, duplicate_reasons, invoices, order_lines, orders, organisations, report_evidence, report_lines,
    report_numbers, reports,
};
use crate::store::{Db, stored, stored_id};

/// A pair compares with so many others at most, the newest first; what shares a number or a file always comes along.
const MOST_CANDIDATES: i64 = 300;

/// Lines of a side that are shown beside those that match.
const LINES_SHOWN: usize = 12;

#[derive(Queryable, Selectable, Insertable, Debug)]
#[diesel(table_name = duplicate_pairs, treat_none_as_default_value = false)]
pub(super) struct PairRow {
    pub(super) pair_id: String,
    pub(super) report_id: String,
    attempt: i64,
    other_kind: String,
    other_id: String,
    score: i64,
    found_at_ms: Ms,
    pub(super) verdict: Option<String>,
    reason: Option<String>,
    account_id: Option<String>,
    role: Option<String>,
    decided_at_ms: Option<Ms>,
}

// ---- finding ------------------------------------------------------------------------------------------------------

/// Compares what was just submitted with whatever it may repeat, and keeps every suspicious pair.
pub(super) fn look_for(db: &mut Db, row: &Row, now: Ms) -> Result<()> {
    let own = side_of_report(db, row)?;
    let lines = lines_of(db, &row.report_id)?;
    for other in reports_near(db, row, &own, &lines)? {
        let Some(other) = find(db, &other)? else { continue };
        let side = side_of_report(db, &other)?;
        if let Some(likeness) = compare(&own, &side) {
            keep(db, row, (OtherKind::Report, &other.report_id), &likeness, now)?;
        }
    }
    for order_id in orders_near(db, row, &own, &lines)? {
        let Some(side) = side_of_order(db, &order_id)? else { continue };
        if let Some(likeness) = compare(&own, &side) {
            keep(db, row, (OtherKind::Order, &order_id), &likeness, now)?;
        }
    }
    Ok(())
}

fn keep(db: &mut Db, row: &Row, (kind, other_id): (OtherKind, &str), likeness: &Likeness, now: Ms) -> Result<()> {
    let pair_id = PairId(crate::id::new()).to_string();
    diesel::insert_into(duplicate_pairs::table)
        .values(PairRow {
            pair_id: pair_id.clone(),
            report_id: row.report_id.clone(),
            attempt: row.attempt,
            other_kind: kind.code().to_owned(),
            other_id: other_id.to_owned(),
            score: likeness.score,
            found_at_ms: now,
            verdict: None,
            reason: None,
            account_id: None,
            role: None,
            decided_at_ms: None,
        })
        .execute(db)?;
    for (position, reason) in (1_i64..).zip(&likeness.reasons) {
        diesel::insert_into(duplicate_reasons::table)
            .values((
                duplicate_reasons::pair_id.eq(&pair_id),
                duplicate_reasons::position.eq(position),
                duplicate_reasons::kind.eq(reason.kind.code()),
                duplicate_reasons::lines.eq(joined(&reason.lines)),
                duplicate_reasons::other_lines.eq(joined(&reason.other_lines)),
                duplicate_reasons::value.eq(&reason.value),
            ))
            .execute(db)?;
    }
    Ok(())
}

/// Every number a side names, its lines' too.
fn numbers_named(side: &Side) -> Vec<&str> {
    let of_lines = side.lines.iter().flat_map(|line| &line.numbers);
    let all: BTreeSet<&str> = side.numbers.iter().chain(of_lines).map(String::as_str).collect();
    all.into_iter().collect()
}

/// The days within which the same sale may have been reported otherwise.
fn window(row: &Row) -> (String, String) {
    let day = |text: &str, days: i32| match text.parse::<Date>() {
        Ok(day) => day.saturating_add(days.days()).to_string(),
        Err(_) => text.to_owned(),
    };
    (day(&row.sold_from, -WINDOW_DAYS), day(&row.sold_to, WINDOW_DAYS))
}

/// Reports that share a number, a file, a seller or a buyer within the window; those that were returned count for nothing.
fn reports_near(db: &mut Db, row: &Row, own: &Side, lines: &[LineRow]) -> Result<Vec<String>> {
    let (from, to) = window(row);
    let mut near: Vec<String> = Vec::new();
    for numbers in numbers_named(own).chunks(500) {
        let same = report_numbers::table.filter(report_numbers::number.eq_any(numbers.to_vec()));
        near.extend(same.select(report_numbers::report_id).distinct().load::<String>(db)?);
    }
    let hashes: Vec<&str> = own.evidence.iter().map(|(hash, _)| hash.as_str()).collect();
    let same_file = report_evidence::table.filter(report_evidence::sha256.eq_any(hashes));
    near.extend(same_file.select(report_evidence::report_id).distinct().load::<String>(db)?);
    let of_seller: Vec<String> = reports::table
        .filter(reports::seller_key.eq(&row.seller_key).or(reports::seller_uscc.eq(&row.seller_uscc).assume_not_null()))
        .filter(reports::sold_from.le(&to))
        .filter(reports::sold_to.ge(&from))
        .order((reports::submitted_at_ms.desc(), reports::report_id))
        .limit(MOST_CANDIDATES)
        .select(reports::report_id)
        .load(db)?;
    near.extend(of_seller);
    let buyers: BTreeSet<&str> =
        lines.iter().map(|line| line.buyer_key.as_str()).filter(|key| !key.is_empty()).collect();
    let buyers: Vec<&str> = buyers.into_iter().collect();
    for buyers in buyers.chunks(500) {
        let of_buyers: Vec<String> = report_lines::table
            .filter(report_lines::buyer_key.eq_any(buyers.to_vec()))
            .filter(report_lines::sold_on.between(&from, &to))
            .select(report_lines::report_id)
            .distinct()
            .limit(MOST_CANDIDATES)
            .load(db)?;
        near.extend(of_buyers);
    }
    near.sort();
    near.dedup();
    let counted: Vec<String> = reports::table
        .filter(reports::report_id.eq_any(near))
        .filter(reports::report_id.ne(&row.report_id))
        .filter(reports::state.ne(ReportState::Returned.code()))
        .order((reports::submitted_at_ms.desc(), reports::report_id))
        .select(reports::report_id)
        .load(db)?;
    Ok(counted)
}

/// Orders of the platform that are named, or whose invoice is, and those of the same merchant or buyer within the window. What was
/// cancelled counts for nothing.
fn orders_near(db: &mut Db, row: &Row, own: &Side, lines: &[LineRow]) -> Result<Vec<String>> {
    let (from, to) = window(row);
    let moment = |day: &str, hour: i8| day.parse().map_or(0, |day| clock::at(day, hour, 59));
    let mut near: Vec<String> = Vec::new();
    for numbers in numbers_named(own).chunks(500) {
        let by_number = orders::table.filter(orders::number.eq_any(numbers.to_vec()));
        near.extend(by_number.select(orders::order_id).load::<String>(db)?);
        let by_invoice = invoices::table.filter(invoices::number.eq_any(numbers.to_vec()));
        near.extend(by_invoice.select(invoices::order_id).load::<String>(db)?);
    }
    let parties = Parties::load(db)?;
    let buyers: HashSet<&str> =
        lines.iter().map(|line| line.buyer_key.as_str()).filter(|key| !key.is_empty()).collect();
    let is_seller = |party: &&super::Party| {
        name_key(&party.name) == row.seller_key || row.seller_uscc.as_deref() == Some(party.uscc.as_str())
    };
    let sellers: Vec<String> = parties.0.iter().filter(is_seller).map(|party| party.id.to_string()).collect();
    let is_buyer = |party: &&super::Party| buyers.contains(name_key(&party.name).as_str());
    let buyers: Vec<String> = parties.0.iter().filter(is_buyer).map(|party| party.id.to_string()).collect();
    let within: Vec<String> = orders::table
        .filter(orders::merchant_id.eq_any(sellers).or(orders::buyer_id.eq_any(buyers)))
        .filter(orders::updated_at_ms.ge(moment(&from, 0) - 60 * 60 * 1000))
        .filter(orders::created_at_ms.le(moment(&to, 23)))
        .order((orders::created_at_ms.desc(), orders::order_id))
        .limit(MOST_CANDIDATES)
        .select(orders::order_id)
        .load(db)?;
    near.extend(within);
    near.sort();
    near.dedup();
    Ok(near)
}

// ---- both sides ---------------------------------------------------------------------------------------------------

fn side_of_report(db: &mut Db, row: &Row) -> Result<Side> {
    let lines = lines_of(db, &row.report_id)?;
    let claim = |line: &LineRow| {
        let mut numbers = line.invoices();
        numbers.extend(orders_named(&line.note));
        Ok(Claim {
            line: line.line,
            day: day(&line.sold_on)?,
            product: line.product_name.clone(),
            quantity: line.quantity,
            amount: Money::from_fen(line.amount_fen),
            buyer: line.buyer.clone(),
            numbers,
        })
    };
    Ok(Side {
        seller: row.seller.clone(),
        seller_uscc: row.seller_uscc.clone(),
        order_number: None,
        numbers: orders_named(&row.note),
        lines: lines.iter().map(claim).collect::<Result<_>>()?,
        evidence: evidence::hashes_of(db, &row.report_id)?,
    })
}

fn day(text: &str) -> Result<Date> {
    text.parse().map_err(|_| Error::corrupt(format!("the day '{text}'")))
}

/// What is known of an order of the platform.
struct OrderFacts {
    number: String,
    state: OrderState,
    merchant: String,
    uscc: String,
    /// Empty where a person bought.
    buyer: String,
    amount: Money,
    day: Date,
}

fn order_facts(db: &mut Db, order_id: &str) -> Result<Option<OrderFacts>> {
    type Found = (String, String, String, String, i64, Option<i64>, i64);
    let found: Option<Found> = orders::table
        .find(order_id)
        .select((
            orders::number,
            orders::state,
            orders::merchant_id,
            orders::buyer_id,
            orders::total_fen,
            orders::accepted_fen,
            orders::created_at_ms,
        ))
        .get_result(db)
        .optional()?;
    let Some((number, state, merchant_id, buyer_id, total, accepted, created)) = found else { return Ok(None) };
    let party = |db: &mut Db, id: &str| -> Result<(String, String)> {
        Ok(organisations::table.find(id).select((organisations::name, organisations::uscc)).get_result(db)?)
    };
    let (merchant, uscc) = party(db, &merchant_id)?;
    let buyer = if buyer_id == PRIVATE_BUYERS.to_string() { String::new() } else { party(db, &buyer_id)?.0 };
    Ok(Some(OrderFacts {
        number,
        state: stored!(OrderState, &state)?,
        merchant,
        uscc,
        buyer,
        amount: Money::from_fen(accepted.unwrap_or(total)),
        day: clock::day(created),
    }))
}

/// None for an order that was cancelled.
fn side_of_order(db: &mut Db, order_id: &str) -> Result<Option<Side>> {
    let Some(facts) = order_facts(db, order_id)?.filter(|facts| facts.state != OrderState::Cancelled) else {
        return Ok(None);
    };
    let numbers: Vec<String> =
        invoices::table.filter(invoices::order_id.eq(order_id)).select(invoices::number).load(db)?;
    let lines: Vec<(i64, String, i64, i64)> = order_lines::table
        .filter(order_lines::order_id.eq(order_id))
        .order(order_lines::line)
        .select((order_lines::line, order_lines::product_name, order_lines::quantity, order_lines::amount_fen))
        .load(db)?;
    let claim = |(line, product, quantity, amount): (i64, String, i64, i64)| Claim {
        line,
        day: facts.day,
        product,
        quantity,
        amount: Money::from_fen(amount),
        buyer: facts.buyer.clone(),
        numbers: Vec::new(),
    };
    Ok(Some(Side {
        seller: facts.merchant.clone(),
        seller_uscc: Some(facts.uscc.clone()),
        order_number: Some(facts.number.clone()),
        numbers: numbers.iter().map(|number| domain::report::plain_number(number)).collect(),
        lines: lines.into_iter().map(claim).collect(),
        evidence: Vec::new(),
    }))
}

// ---- reading ------------------------------------------------------------------------------------------------------

/// Pairs of a report's present submission that nobody has decided on, and those it was decided of that they are the same. What another
/// report was found to repeat of this one counts as long as that one waits to be verified.
pub(super) fn standing(db: &mut Db, row: &Row) -> Result<(i64, i64)> {
    let own: Vec<Option<String>> = duplicate_pairs::table
        .filter(duplicate_pairs::report_id.eq(&row.report_id))
        .filter(duplicate_pairs::attempt.eq(row.attempt))
        .select(duplicate_pairs::verdict)
        .load(db)?;
    let of_others = pairs_of_others(db, &row.report_id)?;
    let open = own.iter().filter(|verdict| verdict.is_none()).count()
        + of_others.iter().filter(|pair| pair.verdict.is_none()).count();
    let same = own.iter().filter(|verdict| verdict.as_deref() == Some(Verdict::Same.code())).count();
    Ok((open as i64, same as i64))
}

/// The same of many reports at once: how many pairs of each nobody has decided on.
pub(super) fn open_of(db: &mut Db, rows: &[&Row]) -> Result<HashMap<String, i64>> {
    let mut open = HashMap::new();
    for row in rows.iter().filter(|row| row.state == ReportState::Submitted.code()) {
        open.insert(row.report_id.clone(), standing(db, row)?.0);
    }
    Ok(open)
}

/// Pairs of the present submissions of other reports that still wait, with this one as what they may repeat.
fn pairs_of_others(db: &mut Db, report_id: &str) -> Result<Vec<PairRow>> {
    let pairs = duplicate_pairs::table
        .inner_join(reports::table.on(reports::report_id.eq(duplicate_pairs::report_id)))
        .filter(duplicate_pairs::other_id.eq(report_id))
        .filter(duplicate_pairs::attempt.eq(reports::attempt))
        .filter(reports::state.eq(ReportState::Submitted.code()));
    Ok(pairs.order(duplicate_pairs::score.desc()).select(PairRow::as_select()).load(db)?)
}

/// The pair of this identifier, if it is one of the report: its own of the present submission, or another's with it.
pub(super) fn pair_of(db: &mut Db, row: &Row, pair_id: &str) -> Result<Option<PairRow>> {
    let found: Option<PairRow> =
        duplicate_pairs::table.find(pair_id).select(PairRow::as_select()).get_result(db).optional()?;
    let is_of = |pair: &PairRow| {
        (pair.report_id == row.report_id && pair.attempt == row.attempt) || pair.other_id == row.report_id
    };
    Ok(found.filter(is_of))
}

/// Everything that was ever found of a report, the present submission's first, and what others may repeat of it.
pub(super) fn told(db: &mut Db, actor: &Actor, row: &Row, reader: Language) -> Result<Vec<wire::DuplicatePair>> {
    // Who reports is told that something is looked at, and what of it, once the report comes back with a reason.
    if !matches!(actor.role, Role::CityCoordinator | Role::DistrictCoordinator) {
        return Ok(Vec::new());
    }
    let mut pairs: Vec<PairRow> = duplicate_pairs::table
        .filter(duplicate_pairs::report_id.eq(&row.report_id))
        .order((duplicate_pairs::attempt.desc(), duplicate_pairs::score.desc(), duplicate_pairs::pair_id))
        .select(PairRow::as_select())
        .load(db)?;
    pairs.extend(pairs_of_others(db, &row.report_id)?);
    let mut told = Vec::with_capacity(pairs.len());
    for pair in pairs {
        told.extend(pair_told(db, row, pair, reader)?);
    }
    Ok(told)
}

fn pair_told(db: &mut Db, row: &Row, pair: PairRow, reader: Language) -> Result<Option<wire::DuplicatePair>> {
    let reasons = reasons_of(db, &pair.pair_id)?;
    let is_own = pair.report_id == row.report_id;
    let kind = stored!(OtherKind, &pair.other_kind)?;
    let lines =
        |of: fn(&wire::PairReason) -> &Vec<i64>| reasons.iter().flat_map(of).copied().collect::<BTreeSet<i64>>();
    let (found_at, repeated) = (lines(|it| &it.lines), lines(|it| &it.other_lines));
    let Some(own) = report_shown(db, &pair.report_id, &found_at, reader)? else { return Ok(None) };
    let other = match kind {
        OtherKind::Report => report_shown(db, &pair.other_id, &repeated, reader)?,
        OtherKind::Order => order_shown(db, &pair.other_id, &repeated, reader)?,
    };
    let Some(other) = other else { return Ok(None) };
    // The report that is looked at stands first, whichever came first.
    let turned = |it: wire::PairReason| wire::PairReason { lines: it.other_lines, other_lines: it.lines, ..it };
    let (own, other, reasons) = match is_own {
        true => (own, other, reasons),
        false => (other, own, reasons.into_iter().map(turned).collect()),
    };
    Ok(Some(wire::DuplicatePair {
        id: stored_id(&pair.pair_id)?,
        attempt: pair.attempt,
        current: !is_own || pair.attempt == row.attempt,
        score: pair.score,
        reasons,
        own,
        other,
        verdict: pair.verdict.as_deref().map(|verdict| stored!(Verdict, verdict)).transpose()?,
        reason: pair.reason,
        role: pair.role.as_deref().map(|role| stored!(Role, role)).transpose()?,
        decided_at_ms: pair.decided_at_ms,
    }))
}

fn reasons_of(db: &mut Db, pair_id: &str) -> Result<Vec<wire::PairReason>> {
    let rows: Vec<(String, String, String, String)> = duplicate_reasons::table
        .filter(duplicate_reasons::pair_id.eq(pair_id))
        .order(duplicate_reasons::position)
        .select((
            duplicate_reasons::kind,
            duplicate_reasons::lines,
            duplicate_reasons::other_lines,
            duplicate_reasons::value,
        ))
        .load(db)?;
    let reason = |(kind, lines, other_lines, value): (String, String, String, String)| {
        let (lines, other_lines) = (numbers_of(&lines)?, numbers_of(&other_lines)?);
        Ok(wire::PairReason { kind: stored!(ReasonKind, &kind)?, lines, other_lines, value })
    };
    rows.into_iter().map(reason).collect()
}

fn report_shown(
    db: &mut Db,
    report_id: &str,
    first: &BTreeSet<i64>,
    reader: Language,
) -> Result<Option<wire::PairSide>> {
    let Some(row) = find(db, report_id)? else { return Ok(None) };
    let line = |line: LineRow| wire::PairLine {
        line: line.line,
        invoices: line.invoices(),
        sold_on: line.sold_on,
        product: line.product_name,
        quantity: line.quantity,
        amount_fen: Money::from_fen(line.amount_fen),
        buyer: line.buyer,
    };
    let lines = lines_of(db, report_id)?.into_iter().map(line).collect();
    Ok(Some(wire::PairSide {
        kind: OtherKind::Report,
        state: row.state()?.word(reader).to_owned(),
        lines: matching_first(lines, first),
        line_count: row.line_count,
        id: row.report_id,
        number: row.number,
        seller: row.seller,
        amount_fen: Money::from_fen(row.amount_fen),
    }))
}

fn order_shown(db: &mut Db, order_id: &str, first: &BTreeSet<i64>, reader: Language) -> Result<Option<wire::PairSide>> {
    let Some(facts) = order_facts(db, order_id)? else { return Ok(None) };
    let numbers: Vec<String> =
        invoices::table.filter(invoices::order_id.eq(order_id)).select(invoices::number).load(db)?;
    let rows: Vec<(i64, String, i64, i64)> = order_lines::table
        .filter(order_lines::order_id.eq(order_id))
        .order(order_lines::line)
        .select((order_lines::line, order_lines::product_name, order_lines::quantity, order_lines::amount_fen))
        .load(db)?;
    let line = |(line, product, quantity, amount): (i64, String, i64, i64)| wire::PairLine {
        line,
        sold_on: facts.day.to_string(),
        product,
        quantity,
        amount_fen: Money::from_fen(amount),
        buyer: facts.buyer.clone(),
        invoices: numbers.clone(),
    };
    let lines: Vec<wire::PairLine> = rows.into_iter().map(line).collect();
    Ok(Some(wire::PairSide {
        kind: OtherKind::Order,
        id: order_id.to_owned(),
        state: facts.state.word(reader).to_owned(),
        line_count: lines.len() as i64,
        lines: matching_first(lines, first),
        number: facts.number,
        seller: facts.merchant,
        amount_fen: facts.amount,
    }))
}

/// The lines that match, and a few of the others.
fn matching_first(mut lines: Vec<wire::PairLine>, first: &BTreeSet<i64>) -> Vec<wire::PairLine> {
    lines.sort_by_key(|line| (!first.contains(&line.line), line.line));
    lines.truncate(LINES_SHOWN.max(first.len()));
    lines
}

/// Decides on a pair.
pub(super) fn write_verdict(
    db: &mut Db,
    actor: &Actor,
    pair_id: &str,
    (verdict, reason): (Verdict, &str),
    now: Ms,
) -> Result<usize> {
    let undecided = duplicate_pairs::table.find(pair_id).filter(duplicate_pairs::verdict.is_null());
    Ok(diesel::update(undecided)
        .set((
            duplicate_pairs::verdict.eq(verdict.code()),
            duplicate_pairs::reason.eq(reason),
            duplicate_pairs::account_id.eq(actor.account.to_string()),
            duplicate_pairs::role.eq(actor.role.code()),
            duplicate_pairs::decided_at_ms.eq(now),
        ))
        .execute(db)?)
}
