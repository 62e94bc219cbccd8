//! What waits for somebody, and what became of what is theirs.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::goods::WARNED_DAYS;
use domain::order_life::Action;
use domain::organisation::{Actor, Role};
use domain::product::Brand;
use domain::queue::is_low;
use domain::{Language, wire};
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::orders::{history_of, oldest, queue_counts, visible};
use super::statement::statement;
use super::{Db, applications, corrections, natively, reports, rules, stored, stored_id};
use crate::clock::{self, Ms};
use crate::error::Result;
use crate::schema::{brand_licences, notices_seen, order_history, orders, products};

/// So many of a queue are named; the list has them all.
const OLDEST: i64 = 3;
const NOTICES: usize = 12;
/// Of so many orders that moved last there is news.
const MOVED: i64 = 500;
/// What is older is no news.
const NEWS_MS: Ms = 30 * 24 * 60 * 60 * 1000;
const RULE_WARNING_DAYS: i64 = 60;
const LOW_STOCK: usize = 8;

pub fn desk(db: &mut Db, actor: &Actor, now: Ms, reader: Language) -> Result<wire::Desk> {
    let today = clock::day(now);
    let queues = queue_counts(db, actor)?;
    let queues = queues.into_iter().map(|wire::QueueCount { queue, count }| {
        let oldest = if count == 0 { Vec::new() } else { oldest(db, actor, queue, OLDEST, reader)? };
        Ok(wire::DeskQueue { queue, count, oldest })
    });
    let queues = queues.collect::<Result<Vec<_>>>()?;
    let seen = seen_until(db, actor)?;
    let (notices, unseen) = match actor.role {
        // Coordinators see every order; what moves them is their figures.
        Role::CityCoordinator | Role::DistrictCoordinator => (Vec::new(), 0),
        _ => notices(db, actor, seen, now, reader)?,
    };
    let (report_notices, unseen_reports) = reports::notices(db, actor, (now - NEWS_MS, seen), NOTICES as i64)?;
    let (unseen, reports) = (unseen + unseen_reports, reports::on_desk(db, actor, OLDEST)?);
    let (licences, low_stock) = match actor.role {
        Role::Merchant => (licences_ending(db, actor, today)?, low_stock(db, actor, reader)?),
        _ => (Vec::new(), Vec::new()),
    };
    let (applications, rules) = match actor.role {
        Role::Operator => (Some(applications::waiting(db)?), rules_ending(db, now, today, reader)?),
        _ => (None, Vec::new()),
    };
    let (today, reversals) = (today.to_string(), corrections::waiting_for_person(db, actor, reader)?);
    Ok(wire::Desk {
        today,
        queues,
        notices,
        unseen,
        licences,
        low_stock,
        applications,
        rules,
        reversals,
        reports,
        report_notices,
    })
}

/// Until when somebody has read.
fn seen_until(db: &mut Db, actor: &Actor) -> Result<Ms> {
    let seen: Option<i64> = notices_seen::table
        .find(actor.account.to_string())
        .select(notices_seen::seen_at_ms)
        .get_result(db)
        .optional()?;
    Ok(seen.unwrap_or_default())
}

/// What others did with the orders this person may see, the newest first, and how much of it is new.
fn notices(db: &mut Db, actor: &Actor, seen: Ms, now: Ms, reader: Language) -> Result<(Vec<wire::Notice>, i64)> {
    let since = now - NEWS_MS;
    // What the union did among itself before it was approved is nothing to the merchant.
    let inside: &[Action] = match actor.role {
        Role::Merchant => &[Action::Submit, Action::SendBack],
        _ => &[],
    };
    let moved: Vec<(String, String)> = orders::table
        .filter(visible(actor))
        .filter(orders::updated_at_ms.ge(since))
        .order(orders::updated_at_ms.desc())
        .limit(MOVED)
        .select((orders::order_id, orders::number))
        .load(db)?;
    let numbers: HashMap<String, String> = moved.into_iter().collect();
    let news = || {
        order_history::table
            .filter(order_history::order_id.eq_any(numbers.keys().cloned().collect::<Vec<_>>()))
            .filter(order_history::at_ms.ge(since))
            .filter(order_history::account_id.ne(actor.account.to_string()))
            .filter(order_history::action.ne_all(inside.iter().map(|action| action.code())))
    };
    let unseen: i64 = news().filter(order_history::at_ms.gt(seen)).count().get_result(db)?;
    let rows: Vec<(String, i64)> = news()
        .order((order_history::at_ms.desc(), order_history::order_id, order_history::step.desc()))
        .limit(NOTICES as i64)
        .select((order_history::order_id, order_history::step))
        .load(db)?;
    let mut histories: HashMap<String, Vec<wire::HistoryItem>> = HashMap::new();
    let mut notices = Vec::with_capacity(rows.len());
    for (order_id, step) in rows {
        if !histories.contains_key(&order_id) {
            histories.insert(order_id.clone(), history_of(db, actor, &order_id, reader)?);
        }
        let history = &histories[&order_id];
        // Steps are counted from 1, and the history begins with the last.
        let item = usize::try_from(step).ok().and_then(|step| history.get(history.len().checked_sub(step)?));
        if let Some(wire::HistoryItem { at_ms, action, role, note }) = item.cloned() {
            let (new, number) = (at_ms > seen, numbers.get(&order_id).cloned().unwrap_or_default());
            notices.push(wire::Notice { order_id: stored_id(&order_id)?, number, at_ms, action, role, note, new });
        }
    }
    Ok((notices, unseen))
}

/// Remembers until when somebody has read. What was seen stays seen, whichever window says it last.
pub fn see(db: &mut Db, actor: &Actor, until: Ms, now: Ms) -> Result<()> {
    let until = until.min(now);
    let account = actor.account.to_string();
    let keep = statement::<(), _>(
        "insert into notices_seen (account_id, seen_at_ms) values (?, ?) on conflict (account_id) do update \
         set seen_at_ms = excluded.seen_at_ms where excluded.seen_at_ms > notices_seen.seen_at_ms",
        [account.as_str().into(), until.into()],
    );
    natively!(db, db => keep.execute(db))?;
    Ok(())
}

fn licences_ending(db: &mut Db, actor: &Actor, today: Date) -> Result<Vec<wire::EndingLicence>> {
    let until = today.saturating_add(WARNED_DAYS.days()).to_string();
    let rows: Vec<(String, String, String)> = brand_licences::table
        .filter(brand_licences::merchant_id.eq(actor.organisation.to_string()))
        .filter(brand_licences::valid_to.le(until))
        .order(brand_licences::valid_to)
        .select((brand_licences::brand, brand_licences::number, brand_licences::valid_to))
        .load(db)?;
    let licence = |(brand, number, valid_to): (String, String, String)| {
        Ok(wire::EndingLicence { brand: stored!(Brand, &brand)?, number, valid_to })
    };
    rows.into_iter().map(licence).collect()
}

fn low_stock(db: &mut Db, actor: &Actor, reader: Language) -> Result<Vec<wire::LowStock>> {
    let rows: Vec<(String, String, String, String, i64, i64)> = products::table
        .filter(products::merchant_id.eq(actor.organisation.to_string()))
        .filter(products::status.eq("on_sale"))
        .order((products::available, products::product_id))
        .select((
            products::product_id,
            products::name,
            products::name_en,
            products::unit,
            products::available,
            products::minimum_order,
        ))
        .load(db)?;
    let low = rows.into_iter().filter(|(.., available, minimum)| is_low(*available, *minimum)).take(LOW_STOCK);
    let product = |(product_id, name, name_en, unit, available, _): (String, String, String, String, i64, i64)| {
        let name = if reader == Language::En && !name_en.is_empty() { name_en } else { name };
        let unit = domain::terms::told(&unit, reader).into_owned();
        Ok(wire::LowStock { product_id: stored_id(&product_id)?, name, unit, available })
    };
    low.map(product).collect()
}

/// Those in force or to come that end soon, the soonest first.
fn rules_ending(db: &mut Db, now: Ms, today: Date, reader: Language) -> Result<Vec<wire::RuleVersion>> {
    let until = today.saturating_add(RULE_WARNING_DAYS.days()).to_string();
    let mut ending = rules::list(db, now, reader)?.items;
    ending.retain(|rule| rule.valid_to.as_ref().is_some_and(|to| *to >= today.to_string() && *to <= until));
    ending.sort_by(|a, b| a.valid_to.cmp(&b.valid_to));
    Ok(ending)
}
