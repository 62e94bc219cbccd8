//! What each union still has to spend on assistance goods. A handful of questions for all unions together, however many there are.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use domain::behind::assistance_unspent;
use domain::occasion::Occasion;
use domain::order_life::State;
use domain::plan::outlook;
use domain::region::DistrictId;
use domain::rule::{Place, Rule, RuleKind, in_force};
use domain::{Money, wire};
use jiff::civil::{Date, date};

use crate::clock::{self, Ms};
use crate::error::Result;
use crate::schema::{organisations, plan_lines};
use crate::store::{Db, rules, stored, stored_id};

struct Union {
    id: String,
    name: String,
    district: String,
    members: i64,
}

/// By district, those that have something left, the most first.
pub(super) fn by_district(
    db: &mut Db,
    district: Option<&DistrictId>,
    year: i16,
    now: Ms,
) -> Result<HashMap<String, Vec<wire::UnionRoom>>> {
    let rules = rules::all(db)?;
    let mut lines = lines(db, district, year)?;
    let mut rooms: HashMap<String, Vec<wire::UnionRoom>> = HashMap::new();
    for union in unions(db, district)? {
        let plan = plan(&union, lines.remove(&union.id).unwrap_or_default(), &rules, (year, clock::day(now)))?;
        let unspent = assistance_unspent(plan.limits(), &outlook(&plan)).filter(|left| *left > Money::ZERO);
        if let Some(unspent_fen) = unspent {
            let named = wire::Named { id: stored_id(&union.id)?, name: union.name };
            rooms.entry(union.district).or_default().push(wire::UnionRoom { union: named, unspent_fen });
        }
    }
    for unions in rooms.values_mut() {
        unions.sort_by_key(|room| std::cmp::Reverse(room.unspent_fen));
    }
    Ok(rooms)
}

fn unions(db: &mut Db, district: Option<&DistrictId>) -> Result<Vec<Union>> {
    let all = organisations::table
        .filter(organisations::kind.eq("union"))
        .order(organisations::organisation_id)
        .select((
            organisations::organisation_id,
            organisations::name,
            organisations::district_id,
            organisations::members,
        ))
        .into_boxed();
    let all = match district {
        Some(district) => all.filter(organisations::district_id.eq(district.to_string())),
        None => all,
    };
    let rows: Vec<(String, String, Option<String>, Option<i64>)> = all.load(db)?;
    let union = |(id, name, district, members): (String, String, Option<String>, Option<i64>)| {
        Some(Union { id, name, district: district?, members: members? })
    };
    Ok(rows.into_iter().filter_map(union).collect())
}

/// A union's year, of which only the sums are told.
fn plan(union: &Union, lines: Vec<wire::PlanLine>, rules: &[Rule], (year, today): (i16, Date)) -> Result<wire::Plan> {
    let place = Place { union: stored_id(&union.id)?, district: DistrictId::new(&union.district) };
    let told = |kind: RuleKind| in_force(rules, kind, None, &place, today).map(rules::as_told);
    Ok(wire::Plan {
        year: i64::from(year),
        revision: 0,
        members: union.members,
        annual_cap: told(RuleKind::AnnualCap),
        extra_assistance_cap: told(RuleKind::ExtraAssistanceCap),
        min_assistance_share: told(RuleKind::MinAssistanceShare),
        lines,
        purchases: Vec::new(),
        reason: None,
    })
}

/// What each union planned, ordered and bought elsewhere, by occasion.
fn lines(db: &mut Db, district: Option<&DistrictId>, year: i16) -> Result<HashMap<String, Vec<wire::PlanLine>>> {
    let mut lines = Lines::default();
    for (union, occasion, heads, per_head) in planned(db, year)? {
        let line = lines.of(union, stored!(Occasion, &occasion)?);
        line.head_count = Some(heads);
        line.per_head_fen = Some(Money::from_fen(per_head));
    }
    for sum in ordered(db, district, year)? {
        let on_its_way = stored!(State, &sum.state)?.in_pipeline();
        let line = lines.of(sum.union_id, stored!(Occasion, &sum.occasion)?);
        let rest = if on_its_way { sum.total - sum.accepted } else { 0 };
        line.ordered_fen = Money::from_fen(line.ordered_fen.fen() + rest);
        line.accepted_fen = Money::from_fen(line.accepted_fen.fen() + sum.accepted);
    }
    for sum in outside(db, year)? {
        let line = lines.of(sum.union_id, stored!(Occasion, &sum.occasion)?);
        line.outside_fen = Money::from_fen(sum.amount);
        line.outside_assistance_fen = Money::from_fen(sum.assistance);
    }
    Ok(lines.0)
}

#[derive(Default)]
struct Lines(HashMap<String, Vec<wire::PlanLine>>);

impl Lines {
    fn of(&mut self, union: String, occasion: Occasion) -> &mut wire::PlanLine {
        let lines = self.0.entry(union).or_default();
        let place = lines.iter().position(|line| line.occasion == occasion).unwrap_or_else(|| {
            lines.push(wire::PlanLine {
                occasion,
                head_count: None,
                per_head_fen: None,
                standard: None,
                ordered_fen: Money::ZERO,
                accepted_fen: Money::ZERO,
                outside_fen: Money::ZERO,
                outside_assistance_fen: Money::ZERO,
            });
            lines.len() - 1
        });
        &mut lines[place]
    }
}

fn planned(db: &mut Db, year: i16) -> Result<Vec<(String, String, i64, i64)>> {
    let lines = plan_lines::table.filter(plan_lines::year.eq(i64::from(year)));
    let columns = (plan_lines::union_id, plan_lines::occasion, plan_lines::head_count, plan_lines::per_head_fen);
    Ok(lines.select(columns).load(db)?)
}

#[derive(QueryableByName)]
struct Ordered {
    #[diesel(sql_type = Text)]
    union_id: String,
    #[diesel(sql_type = Text)]
    occasion: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    total: i64,
    #[diesel(sql_type = BigInt)]
    accepted: i64,
}

/// The year's orders, summed as a union's own plan sums them.
fn ordered(db: &mut Db, district: Option<&DistrictId>, year: i16) -> Result<Vec<Ordered>> {
    let sums = diesel::sql_query(
        "select buyer_id as union_id, occasion, state, cast(coalesce(sum(total_fen), 0) as bigint) as total, \
         cast(coalesce(sum(coalesce(accepted_fen, 0)), 0) as bigint) as accepted \
         from orders where occasion is not null and created_at_ms >= $1 and created_at_ms < $2 \
         and ($3 = '' or buyer_district_id = $3) group by buyer_id, occasion, state",
    );
    let day = |year| clock::at(date(year, 1, 1), 0, 0);
    Ok(sums
        .bind::<BigInt, _>(day(year))
        .bind::<BigInt, _>(day(year + 1))
        .bind::<Text, _>(district.map(ToString::to_string).unwrap_or_default())
        .load(db)?)
}

#[derive(QueryableByName)]
struct Outside {
    #[diesel(sql_type = Text)]
    union_id: String,
    #[diesel(sql_type = Text)]
    occasion: String,
    #[diesel(sql_type = BigInt)]
    amount: i64,
    #[diesel(sql_type = BigInt)]
    assistance: i64,
}

fn outside(db: &mut Db, year: i16) -> Result<Vec<Outside>> {
    let sums = diesel::sql_query(
        "select union_id, occasion, cast(coalesce(sum(amount_fen), 0) as bigint) as amount, \
         cast(coalesce(sum(assistance_fen), 0) as bigint) as assistance \
         from outside_purchases where bought_on between $1 and $2 group by union_id, occasion",
    );
    Ok(sums.bind::<Text, _>(format!("{year}-01-01")).bind::<Text, _>(format!("{year}-12-31")).load(db)?)
}
