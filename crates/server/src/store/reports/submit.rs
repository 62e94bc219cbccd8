//! Submitting a report: all of it or nothing, once however often it is sent.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::duplicate::{buyer_key, name_key, orders_named};
use domain::id::OrganisationId;
use domain::organisation::{Actor, OUTSIDERS, OrganisationKind, PRIVATE_BUYERS, Role};
use domain::permission::{Act, Whose, check, check_report};
use domain::product::Brand;
use domain::report::{LEAST_USUAL, Line, LineField, Report, ReportState, ReportStep, at, check_usual, report_number};
use domain::{Code, Money, Refusal, say};
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::evidence::check_all_there;
use super::{LineRow, Parties, Party, Row, Step, check_day, find, name_of, pairs, parties, record_step};
use crate::clock::{self, Ms};
use crate::error::{Error, Result};
use crate::schema::{regions, report_lines, report_numbers, reports};
use crate::store::statement::statement;
use crate::store::{Db, audit, natively};

/// What became of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Submitted {
    Now,
    /// The same was submitted before.
    Before,
}

/// Submits a report, the first time or after it was returned. The same sent again changes nothing.
///
/// # Errors
/// [`Code::IdTaken`], [`Code::OutOfTurn`], [`Code::AmountUnusual`], and every field the market's own facts speak against.
pub fn submit(db: &mut Db, actor: &Actor, new: &Report, hash: &str, now: Ms) -> Result<Submitted> {
    check(Some(actor.role), Act::SubmitReport, Whose::Own)?;
    let report_id = new.id.to_string();
    // Of two windows that submit it once more at once the second finds what the first has done.
    diesel::update(reports::table.find(&report_id)).set(reports::state.eq(reports::state)).execute(db)?;
    let known = find(db, &report_id)?;
    if let Some(row) = &known
        && is_known(db, actor, row, new, hash)?
    {
        return Ok(Submitted::Before);
    }
    let state = known.as_ref().map(Row::state).transpose()?;
    let after = ReportState::after(state, ReportStep::Submit)?;
    let parties = Parties::load(db)?;
    check_facts(db, actor, new, &parties)?;
    check_usual(new, usual(db, actor, new, clock::day(now))?)?;
    check_all_there(db, actor, new)?;
    let is_new = known.is_none();
    let row = row_of(db, actor, new, &parties, known, (hash, after), now)?;
    let lines = line_rows(new, &parties);
    store(db, &row, is_new, &lines)?;
    index_numbers(db, new)?;
    record_step(db, actor, &report_id, &Step { step: ReportStep::Submit, state_after: after, note: None }, now)?;
    pairs::look_for(db, &row, now)?;
    let detail = format!("{} {} 元", row.number, new.amount.yuan());
    audit::record(db, Some(actor), Act::SubmitReport.code(), &report_id, &detail, now)?;
    Ok(Submitted::Now)
}

/// Whether this very submission was stored before.
fn is_known(db: &mut Db, actor: &Actor, row: &Row, new: &Report, hash: &str) -> Result<bool> {
    let taken = || {
        Refusal::new(
            Code::IdTaken,
            say!(
                "这个编号已经用于另一份填报，请刷新页面后重新填写",
                "This identifier belongs to another report; reload the page and fill it in again"
            ),
        )
        .at("id")
    };
    if row.organisation_id != actor.organisation.to_string() {
        return Err(taken().into());
    }
    check_report(actor, Act::SubmitReport, &parties(db, row)?)?;
    match row.attempt {
        attempt if attempt == new.attempt && row.request_hash == hash => Ok(true),
        // Next in turn; whether it is is the law's question.
        attempt if attempt + 1 == new.attempt => Ok(false),
        attempt if attempt == new.attempt && new.attempt > 1 => {
            ReportState::after(Some(row.state()?), ReportStep::Submit)?;
            Err(taken().into())
        }
        _ => Err(taken().into()),
    }
}

// ---- what the market knows ----------------------------------------------------------------------------------------

fn check_facts(db: &mut Db, actor: &Actor, new: &Report, parties: &Parties) -> Result<()> {
    let mut wrong = Vec::new();
    wrong.extend(check_seller(db, actor, new, parties)?);
    let known: Vec<(String, String)> = regions::table.select((regions::region_id, regions::kind)).load(db)?;
    let is = |id: &str, kind: &str| known.iter().any(|(known, of)| known == id && of == kind);
    let mut open: Vec<(Date, Option<domain::Say>)> = Vec::new();
    for (index, line) in new.lines.iter().enumerate() {
        if !is(line.county.as_str(), "county") {
            wrong.push(at(
                index,
                LineField::County,
                say!("选产地：丽水、衢州的县市区", "Choose the county of origin, in Lishui or Quzhou"),
            ));
        }
        if !is(line.district.as_str(), "district") {
            wrong.push(at(
                index,
                LineField::District,
                say!("选业绩归属的区县市", "Choose the district that has the credit"),
            ));
        }
        let of_own = actor.role != Role::DistrictCoordinator || actor.district.as_ref() == Some(&line.district);
        if !of_own {
            let sentence =
                say!("区县统筹员只填报本区县的销售", "A district's office reports sales of its own district");
            wrong.push(at(index, LineField::District, sentence));
        }
        wrong.extend(check_union(line, parties).map(|sentence| at(index, LineField::District, sentence)));
        let closed = match open.iter().find(|(day, _)| *day == line.sold_on) {
            Some((_, said)) => said.clone(),
            None => {
                let said = check_day(db, line.sold_on)?.err();
                open.push((line.sold_on, said.clone()));
                said
            }
        };
        wrong.extend(closed.map(|sentence| at(index, LineField::SoldOn, sentence)));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
}

/// A merchant reports what it has sold itself.
fn check_seller(db: &mut Db, actor: &Actor, new: &Report, parties: &Parties) -> Result<Option<Refusal>> {
    if actor.role != Role::Merchant {
        return Ok(None);
    }
    let own = parties.seller(&new.seller, new.seller_uscc.as_ref()).is_some_and(|it| it.id == actor.organisation);
    if own {
        return Ok(None);
    }
    let name = name_of(db, &actor.organisation.to_string())?;
    let sentence =
        say!("商户只填报自家的销售，销售单位写{name}", "A merchant reports its own sales; the seller is {name}");
    Ok(Some(Refusal::field("seller", sentence)))
}

/// The credit is the buyer's district's, which is known of the market's unions.
fn check_union(line: &Line, parties: &Parties) -> Option<domain::Say> {
    let union = parties.buyer(&line.buyer).filter(|party| party.kind == OrganisationKind::Union)?;
    let elsewhere = union.district.as_deref().is_some_and(|district| district != line.district.as_str());
    elsewhere.then(|| {
        say!(
            "{name}不在这个区县，业绩归属按工会所在的区县写",
            "{name} is in another district, which has the credit",
            name = union.name
        )
    })
}

/// The median of what this organisation has reported over the past year, line by line, or else of what came by this channel; none where
/// too little is known.
fn usual(db: &mut Db, actor: &Actor, new: &Report, today: Date) -> Result<Option<Money>> {
    let since = today.saturating_sub(1.year()).to_string();
    let own = new.id.to_string();
    let counts = |db: &mut Db, of_channel: bool| -> Result<Vec<i64>> {
        let mut query = report_lines::table
            .inner_join(reports::table)
            .filter(reports::report_id.ne(&own))
            .filter(reports::state.ne(ReportState::Returned.code()))
            .filter(report_lines::sold_on.ge(&since))
            .order(report_lines::amount_fen)
            .select(report_lines::amount_fen)
            .into_boxed();
        query = match of_channel {
            true => query.filter(reports::channel.eq(new.channel.code())),
            false => query.filter(reports::organisation_id.eq(actor.organisation.to_string())),
        };
        Ok(query.load(db)?)
    };
    for of_channel in [false, true] {
        let amounts = counts(db, of_channel)?;
        if amounts.len() as i64 >= LEAST_USUAL {
            return Ok(Some(Money::from_fen(amounts[amounts.len() / 2])));
        }
    }
    Ok(None)
}

// ---- storing ------------------------------------------------------------------------------------------------------

fn row_of(
    db: &mut Db,
    actor: &Actor,
    new: &Report,
    parties: &Parties,
    known: Option<Row>,
    (hash, state): (&str, ReportState),
    now: Ms,
) -> Result<Row> {
    let seller = parties.seller(&new.seller, new.seller_uscc.as_ref());
    let days = || new.lines.iter().map(|line| line.sold_on);
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let districts = new.districts();
    let (number, submitted_at_ms) = match known {
        Some(row) => (row.number, row.submitted_at_ms),
        None => (next_number(db, now)?, now),
    };
    Ok(Row {
        report_id: new.id.to_string(),
        number,
        attempt: new.attempt,
        request_hash: hash.to_owned(),
        state: state.code().to_owned(),
        channel: new.channel.code().to_owned(),
        organisation_id: actor.organisation.to_string(),
        account_id: actor.account.to_string(),
        seller_id: seller.map_or(OUTSIDERS, |party| party.id).to_string(),
        seller: seller.map_or_else(|| new.seller.clone(), |party| party.name.clone()),
        seller_uscc: seller.map(|party| party.uscc.clone()).or(new.seller_uscc.as_ref().map(ToString::to_string)),
        seller_key: name_key(seller.map_or(&new.seller, |party| &party.name)),
        note: new.note.clone(),
        amount_fen: new.amount.fen(),
        line_count: new.lines.len() as i64,
        sold_from: day(days().min()),
        sold_to: day(days().max()),
        district_id: match districts.as_slice() {
            [only] => Some(only.to_string()),
            _ => None,
        },
        submitted_at_ms,
        updated_at_ms: now,
    })
}

fn line_rows(new: &Report, parties: &Parties) -> Vec<LineRow> {
    let row = |(number, line): (i64, &Line)| {
        let buyer = parties.buyer(&line.buyer);
        LineRow {
            report_id: new.id.to_string(),
            line: number,
            sold_on: line.sold_on.to_string(),
            county_id: line.county.to_string(),
            brand: line.brand.map(Brand::code).map(str::to_owned),
            category: line.category.code().to_owned(),
            product_name: line.product.clone(),
            quantity: line.quantity.get(),
            amount_fen: line.amount.fen(),
            invoices: line.invoices.join(","),
            buyer_id: buyer_id(&line.buyer, buyer).to_string(),
            buyer: buyer.map_or_else(|| line.buyer.clone(), |party| party.name.clone()),
            buyer_key: buyer_key(buyer.map_or(&line.buyer, |party| &party.name)).unwrap_or_default(),
            district_id: line.district.to_string(),
            note: line.note.clone(),
        }
    };
    (1..).zip(&new.lines).map(row).collect()
}

/// Who bought at a booth is nobody in particular; an organisation without a place here is one of the outsiders.
fn buyer_id(named: &str, known: Option<&Party>) -> OrganisationId {
    match known {
        Some(party) => party.id,
        None if buyer_key(named).is_none() => PRIVATE_BUYERS,
        None => OUTSIDERS,
    }
}

/// Of two who submit the same for the first time at once only one inserts; the other is tried again and finds it.
fn store(db: &mut Db, row: &Row, is_new: bool, lines: &[LineRow]) -> Result<()> {
    if is_new {
        diesel::insert_into(reports::table).values(row).execute(db)?;
    } else {
        diesel::delete(report_lines::table.filter(report_lines::report_id.eq(&row.report_id))).execute(db)?;
        diesel::update(reports::table.find(&row.report_id)).set(row).execute(db)?;
    }
    for line in lines {
        let insert = diesel::insert_into(report_lines::table).values(line);
        natively!(db, db => insert.execute(db))?;
    }
    Ok(())
}

/// Every number that the report names, so that the next report of the same is noticed.
fn index_numbers(db: &mut Db, new: &Report) -> Result<()> {
    let report_id = new.id.to_string();
    diesel::delete(report_numbers::table.filter(report_numbers::report_id.eq(&report_id))).execute(db)?;
    let of_whole = orders_named(&new.note).into_iter().map(|number| (0, number));
    let of_lines =
        (1_i64..).zip(&new.lines).flat_map(|(line, it)| numbers_in(it).into_iter().map(move |number| (line, number)));
    let mut all: Vec<(i64, String)> = of_whole.chain(of_lines).collect();
    all.sort();
    all.dedup();
    for (line, number) in all {
        diesel::insert_into(report_numbers::table)
            .values((
                report_numbers::report_id.eq(&report_id),
                report_numbers::line.eq(line),
                report_numbers::number.eq(number),
            ))
            .execute(db)?;
    }
    Ok(())
}

/// Its invoices, and the orders its remarks name.
fn numbers_in(line: &Line) -> Vec<String> {
    let mut numbers = line.invoices.clone();
    numbers.extend(orders_named(&line.note));
    numbers
}

/// The next number of the day; the counter is taken in the same transaction, so no number is given out twice or skipped.
fn next_number(db: &mut Db, now: Ms) -> Result<String> {
    let day = clock::day(now);
    let take = statement::<BigInt, _>(
        "insert into report_days (day, last) values (?, 1) \
         on conflict (day) do update set last = report_days.last + 1 returning last",
        [day.to_string().as_str().into()],
    );
    let last: i64 = natively!(db, db => take.get_result(db)).map_err(Error::from)?;
    Ok(report_number(day, last))
}
