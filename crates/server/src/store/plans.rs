//! A union's plan for a year, and what came of it.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use domain::id::PurchaseId;
use domain::occasion::Occasion;
use domain::order_life::State;
use domain::organisation::Actor;
use domain::permission::{self, Act, Whose};
use domain::plan::{Planned, outlook};
use domain::rule::RuleKind;
use domain::{Code, Money, Refusal, say, wire};
use jiff::civil::date;

use super::rules::OfUnion;
use super::{Db, audit, stored, stored_id};
use crate::clock::{self, Ms};
use crate::error::{Error, Result, refuse};
use crate::schema::{organisations, outside_purchases, plan_lines, plans};

/// The plan of one's own union.
///
/// # Errors
/// The refusal of those who have none.
pub fn plan(db: &mut Db, actor: &Actor, year: i16, now: Ms) -> Result<wire::Plan> {
    permission::check(Some(actor.role), Act::SeePlan, Whose::Own)?;
    let union = actor.organisation.to_string();
    let today = clock::day(now);
    // The rules of another year are those of its last day that is known: today, or the end of a year that is over.
    let on = if year == today.year() { today } else { date(year, 12, 31) };
    let district = actor.district.as_ref().ok_or_else(|| Error::corrupt("a union without a district"))?;
    let rules = OfUnion::read(db, &union, district.as_str(), on)?;
    let members: Option<i64> = organisations::table.find(&union).select(organisations::members).get_result(db)?;
    let head: Option<(i64, Option<String>)> = plans::table
        .find((&union, i64::from(year)))
        .select((plans::revision, plans::reason))
        .get_result(db)
        .optional()?;
    let (revision, reason) = head.unwrap_or_default();
    Ok(wire::Plan {
        year: i64::from(year),
        revision,
        members: members.unwrap_or_default(),
        annual_cap: rules.told(RuleKind::AnnualCap, None),
        extra_assistance_cap: rules.told(RuleKind::ExtraAssistanceCap, None),
        min_assistance_share: rules.told(RuleKind::MinAssistanceShare, None),
        lines: lines(db, &union, year, &rules)?,
        purchases: purchases(db, &union, year)?,
        reason,
    })
}

fn lines(db: &mut Db, union: &str, year: i16, rules: &OfUnion) -> Result<Vec<wire::PlanLine>> {
    let planned: Vec<(String, i64, i64)> = plan_lines::table
        .filter(plan_lines::union_id.eq(union))
        .filter(plan_lines::year.eq(i64::from(year)))
        .select((plan_lines::occasion, plan_lines::head_count, plan_lines::per_head_fen))
        .load(db)?;
    let orders = ordered(db, union, year)?;
    let outside = outside(db, union, year)?;
    let line = |occasion: &Occasion| {
        let planned = planned.iter().find(|(code, ..)| code == occasion.code());
        let (ordered, accepted) = orders.get(occasion.code()).copied().unwrap_or_default();
        let (amount, assistance) = outside.get(occasion.code()).copied().unwrap_or_default();
        wire::PlanLine {
            occasion: *occasion,
            head_count: planned.map(|(_, heads, _)| *heads),
            per_head_fen: planned.map(|(.., fen)| Money::from_fen(*fen)),
            standard: rules.told(RuleKind::FestivalStandard, Some(*occasion)),
            ordered_fen: Money::from_fen(ordered),
            accepted_fen: Money::from_fen(accepted),
            outside_fen: Money::from_fen(amount),
            outside_assistance_fen: Money::from_fen(assistance),
        }
    };
    Ok(Occasion::ALL.iter().map(line).collect())
}

/// What was ordered in a year, by occasion: on its way, and accepted. Of what is accepted in parts the rest is on its way.
fn ordered(db: &mut Db, union: &str, year: i16) -> Result<HashMap<String, (i64, i64)>> {
    #[derive(QueryableByName)]
    struct Sum {
        #[diesel(sql_type = Text)]
        occasion: String,
        #[diesel(sql_type = Text)]
        state: String,
        #[diesel(sql_type = BigInt)]
        total: i64,
        #[diesel(sql_type = BigInt)]
        accepted: i64,
    }
    let sums: Vec<Sum> = diesel::sql_query(
        "select coalesce(occasion, '') as occasion, state, cast(coalesce(sum(total_fen), 0) as bigint) as total, \
         cast(coalesce(sum(coalesce(accepted_fen, 0)), 0) as bigint) as accepted \
         from orders where buyer_id = $1 and created_at_ms >= $2 and created_at_ms < $3 group by occasion, state",
    )
    .bind::<Text, _>(union)
    .bind::<BigInt, _>(clock::at(date(year, 1, 1), 0, 0))
    .bind::<BigInt, _>(clock::at(date(year + 1, 1, 1), 0, 0))
    .load(db)?;
    let mut by_occasion: HashMap<String, (i64, i64)> = HashMap::new();
    for sum in sums {
        let on_its_way = stored!(State, &sum.state)?.in_pipeline();
        let so_far = by_occasion.entry(sum.occasion).or_default();
        so_far.0 += if on_its_way { sum.total - sum.accepted } else { 0 };
        so_far.1 += sum.accepted;
    }
    Ok(by_occasion)
}

fn days_of(year: i16) -> (String, String) {
    (format!("{year}-01-01"), format!("{year}-12-31"))
}

/// What was bought elsewhere, by occasion: all of it, and assistance goods.
fn outside(db: &mut Db, union: &str, year: i16) -> Result<HashMap<String, (i64, i64)>> {
    let mut by_occasion: HashMap<String, (i64, i64)> = HashMap::new();
    for purchase in purchases(db, union, year)? {
        let sums = by_occasion.entry(purchase.occasion.code().to_owned()).or_default();
        sums.0 += purchase.amount_fen.fen();
        sums.1 += purchase.assistance_fen.fen();
    }
    Ok(by_occasion)
}

#[derive(Queryable, Selectable, Insertable, Debug, PartialEq, Eq)]
#[diesel(table_name = outside_purchases)]
struct PurchaseRow {
    purchase_id: String,
    union_id: String,
    occasion: String,
    bought_on: String,
    amount_fen: i64,
    assistance_fen: i64,
    supplier: String,
    note: Option<String>,
}

fn purchases(db: &mut Db, union: &str, year: i16) -> Result<Vec<wire::Purchase>> {
    let (first, last) = days_of(year);
    let rows: Vec<PurchaseRow> = outside_purchases::table
        .filter(outside_purchases::union_id.eq(union))
        .filter(outside_purchases::bought_on.between(first, last))
        .order((outside_purchases::bought_on.desc(), outside_purchases::purchase_id.desc()))
        .select(PurchaseRow::as_select())
        .load(db)?;
    let purchase = |row: PurchaseRow| {
        Ok(wire::Purchase {
            id: stored_id(&row.purchase_id)?,
            occasion: stored!(Occasion, &row.occasion)?,
            bought_on: row.bought_on,
            amount_fen: Money::from_fen(row.amount_fen),
            assistance_fen: Money::from_fen(row.assistance_fen),
            supplier: row.supplier,
            note: row.note,
        })
    };
    rows.into_iter().map(purchase).collect()
}

// ---- changing -----------------------------------------------------------------------------------------------------

/// Puts a whole plan in the place of the one that was read.
///
/// # Errors
/// [`Code::Overtaken`] when somebody has changed it meanwhile, [`Code::ReasonNeeded`] when it goes over what the rules allow and
/// does not say why.
pub fn change(
    db: &mut Db,
    actor: &Actor,
    year: i16,
    revision: i64,
    lines: &[Planned],
    reason: Option<&str>,
    now: Ms,
) -> Result<()> {
    permission::check(Some(actor.role), Act::ChangePlan, Whose::Own)?;
    let (union, year_number) = (actor.organisation.to_string(), i64::from(year));
    take_revision(db, actor, year_number, revision, reason, now)?;
    diesel::delete(plan_lines::table.filter(plan_lines::union_id.eq(&union)).filter(plan_lines::year.eq(year_number)))
        .execute(db)?;
    for line in lines {
        diesel::insert_into(plan_lines::table)
            .values((
                plan_lines::union_id.eq(&union),
                plan_lines::year.eq(year_number),
                plan_lines::occasion.eq(line.occasion.code()),
                plan_lines::head_count.eq(line.budget.head_count()),
                plan_lines::per_head_fen.eq(line.budget.per_head().fen()),
            ))
            .execute(db)?;
    }
    let warnings = outlook(&plan(db, actor, year, now)?).warnings;
    if let Some(warning) = warnings.into_iter().find(|warning| warning.needs_reason() && reason.is_none()) {
        let sentence = say!("{why}，请写明理由", "{why}: please say why"; why = warning.say());
        return Err(Refusal::new(Code::ReasonNeeded, sentence).at("reason").into());
    }
    audit::record(db, Some(actor), "change_plan", &format!("{union} {year}"), reason.unwrap_or_default(), now)
}

/// Counts the plan's revision up, from the one that was read.
fn take_revision(db: &mut Db, actor: &Actor, year: i64, revision: i64, reason: Option<&str>, now: Ms) -> Result<()> {
    let union = actor.organisation.to_string();
    let changed = diesel::sql_query(
        "insert into plans (union_id, year, reason, revision, account_id, updated_at_ms) values ($1, $2, $3, 1, $4, $5) \
         on conflict (union_id, year) do update set reason = excluded.reason, revision = plans.revision + 1, \
         account_id = excluded.account_id, updated_at_ms = excluded.updated_at_ms",
    )
    .bind::<Text, _>(&union)
    .bind::<BigInt, _>(year)
    .bind::<diesel::sql_types::Nullable<Text>, _>(reason)
    .bind::<Text, _>(actor.account.to_string())
    .bind::<BigInt, _>(now)
    .execute(db)?;
    let stored: i64 = plans::table.find((&union, year)).select(plans::revision).get_result(db)?;
    if changed == 1 && stored == revision + 1 { Ok(()) } else { overtaken() }
}

pub(super) fn overtaken<T>() -> Result<T> {
    refuse(
        Code::Overtaken,
        say!(
            "刚刚有人先改过，请刷新看看再改；您填的还在",
            "Somebody changed it a moment ago; reload and look, what you entered is kept"
        ),
    )
}

/// Records something bought elsewhere. The same one sent again changes nothing.
///
/// # Errors
/// [`Code::IdTaken`] when another has this identifier.
pub fn record_purchase(db: &mut Db, actor: &Actor, body: &wire::NewPurchase, now: Ms) -> Result<()> {
    permission::check(Some(actor.role), Act::RecordPurchase, Whose::Own)?;
    let row = PurchaseRow {
        purchase_id: body.id.to_string(),
        union_id: actor.organisation.to_string(),
        occasion: body.occasion.code().to_owned(),
        bought_on: body.bought_on.trim().to_owned(),
        amount_fen: body.amount_fen,
        assistance_fen: body.assistance_fen,
        supplier: body.supplier.trim().to_owned(),
        note: body.note.as_deref().map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned),
    };
    let known = outside_purchases::table.find(&row.purchase_id).select(PurchaseRow::as_select());
    match known.get_result(db).optional()? {
        Some(known) if known == row => return Ok(()),
        Some(_) => {
            let sentence =
                say!("这个编号已经用过，请刷新后再登记", "This identifier is taken; reload and record it again");
            return Err(Refusal::new(Code::IdTaken, sentence).at("id").into());
        }
        None => {}
    }
    diesel::insert_into(outside_purchases::table)
        .values((
            &row,
            outside_purchases::account_id.eq(actor.account.to_string()),
            outside_purchases::recorded_at_ms.eq(now),
        ))
        .execute(db)?;
    let detail = format!("{} {} {}", row.bought_on, row.amount_fen, row.supplier);
    audit::record(db, Some(actor), "record_purchase", &row.purchase_id, &detail, now)
}

/// Takes out what was recorded by mistake; the audit trail keeps it. One that is gone, or is another's, is as good as removed.
///
/// # Errors
/// The database's.
pub fn remove_purchase(db: &mut Db, actor: &Actor, id: PurchaseId, now: Ms) -> Result<()> {
    permission::check(Some(actor.role), Act::RecordPurchase, Whose::Own)?;
    let own = outside_purchases::table
        .find(id.to_string())
        .filter(outside_purchases::union_id.eq(actor.organisation.to_string()));
    if diesel::delete(own).execute(db)? == 0 {
        return Ok(());
    }
    audit::record(db, Some(actor), "remove_purchase", &id.to_string(), "", now)
}
