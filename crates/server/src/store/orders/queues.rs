//! The queues orders stand in. The law is `domain::queue`; here is read only what it asks for.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use domain::Language;
use domain::organisation::{Actor, Role};
use domain::queue::{Facts, Queue};
use domain::wire;

use super::OrderRow;
use super::read::{Condition, to_summaries, visible};
use crate::error::Result;
use crate::schema::orders;
use crate::store::Db;

/// [`Facts::code`] of an order, put together by the database.
const STANDING: &str = "orders.state || '/' || orders.invoice \
    || case when orders.channel = 'union_procurement' then '/union' else '/' end \
    || case when exists (select 1 from point_lines as p where p.order_id = orders.order_id \
        and coalesce(p.confirmed, 0) > p.shipped + p.closed) then '/to_ship' else '/' end \
    || case when exists (select 1 from point_lines as p where p.order_id = orders.order_id \
        and p.shipped > 0 and p.accepted is null \
        and not exists (select 1 from point_lines as q where q.order_id = p.order_id and q.point = p.point \
            and coalesce(q.confirmed, 0) > q.shipped + q.closed)) then '/to_count' else '/' end \
    || case when exists (select 1 from payments where payments.order_id = orders.order_id) then '/paid' else '/' end";

/// The ways an order can stand that put it into a queue of this role.
fn standings(role: Role, wanted: impl Fn(Queue) -> bool) -> Vec<(Facts, Queue)> {
    let of_role = |facts: Facts| Some((facts, Queue::of(role, &facts)?));
    Facts::all().filter_map(of_role).filter(|(_, queue)| wanted(*queue)).collect()
}

/// The states these are in: an index finds them, and only of those the rest is asked.
fn states(standings: &[(Facts, Queue)]) -> Vec<&'static str> {
    let mut states: Vec<&str> = standings.iter().map(|(facts, _)| facts.state.code()).collect();
    states.dedup();
    states
}

/// The orders of a role that stand in this queue; nothing where it is no queue of theirs.
pub(super) fn in_queue(role: Role, queue: Queue) -> Condition {
    let standings = standings(role, |it| it == queue);
    if standings.is_empty() {
        return Box::new(false.into_sql::<Bool>());
    }
    let codes: Vec<String> = standings.iter().map(|(facts, _)| facts.code()).collect();
    Box::new(orders::state.eq_any(states(&standings)).and(sql::<Text>(STANDING).eq_any(codes)))
}

/// How many orders of the reader stand in each of their queues, the most urgent first.
pub fn queue_counts(db: &mut Db, actor: &Actor) -> Result<Vec<wire::QueueCount>> {
    let standings = standings(actor.role, |_| true);
    let found: Vec<String> = match standings.is_empty() {
        true => Vec::new(),
        false => orders::table
            .filter(visible(actor))
            .filter(orders::state.eq_any(states(&standings)))
            .select(sql::<Text>(STANDING))
            .load(db)?,
    };
    let queues: HashMap<String, Queue> = standings.into_iter().map(|(facts, queue)| (facts.code(), queue)).collect();
    let mut counts: HashMap<Queue, i64> = HashMap::new();
    for queue in found.iter().filter_map(|code| queues.get(code)) {
        *counts.entry(*queue).or_default() += 1;
    }
    let count =
        |queue: &Queue| wire::QueueCount { queue: *queue, count: counts.get(queue).copied().unwrap_or_default() };
    Ok(Queue::of_role(actor.role).iter().map(count).collect())
}

/// Those of a queue that have waited longest.
pub fn oldest(
    db: &mut Db,
    actor: &Actor,
    queue: Queue,
    limit: i64,
    reader: Language,
) -> Result<Vec<wire::OrderSummary>> {
    let rows: Vec<OrderRow> = orders::table
        .filter(visible(actor))
        .filter(in_queue(actor.role, queue))
        .order((orders::updated_at_ms, orders::number))
        .limit(limit)
        .select(OrderRow::as_select())
        .load(db)?;
    to_summaries(db, &rows, reader)
}
