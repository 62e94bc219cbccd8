//! Reading orders: lists and the whole of one, only for those who may see them.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use domain::channel::Channel;
use domain::order_life::{Action, State};
use domain::organisation::{Actor, Role, name_told};
use domain::permission::{Act, act_of, check_order};
use domain::product::{Brand, Category};
use domain::queue::Queue;
use domain::terms::told;
use domain::{Language, Money, Quantity, say, wire};

use super::notes::{Told, history, reasons, sees_money};
use super::points::{PointLineRow, point_lines_of, point_of_code, point_rows, to_wire};
use super::queues::{in_queue, queue_counts};
use super::returns::returns_of;
use super::settle::Settlement;
use super::{LineRow, OrderRow, find, lines_of, pay};
use crate::error::{Error, Result, not_found};
use crate::schema::{order_lines, orders, organisations, shipment_lines, shipments};
use crate::store::regions::{self, County};
use crate::store::{Backend, Db, products, stored, stored_id, stored_quantity};

/// A place in a list, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub created_at_ms: i64,
    /// Orders of one basket are made at one moment; their numbers tell them apart.
    pub number: String,
}

/// What a list is narrowed by. Empty means everything the reader may see.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub states: Vec<State>,
    pub queue: Option<Queue>,
    pub district: Option<String>,
}

/// One page of a list, and what is true of all that match.
#[derive(Debug)]
pub struct Page {
    pub items: Vec<wire::OrderSummary>,
    pub next: Option<Cursor>,
    /// How many orders the reader has in each state.
    pub counts: Vec<wire::StateCount>,
    /// And in each queue of theirs.
    pub queues: Vec<wire::QueueCount>,
    pub total: Money,
}

pub(super) type Condition = Box<dyn BoxableExpression<orders::table, Backend, SqlType = Bool>>;

/// The orders a person may see: the same rule as [`check_order`], said in SQL.
pub(in crate::store) fn visible(actor: &Actor) -> Condition {
    match actor.role {
        Role::Buyer => Box::new(orders::submitter_id.eq(actor.account.to_string()).assume_not_null()),
        Role::UnionOfficer | Role::UnionChair => Box::new(orders::buyer_id.eq(actor.organisation.to_string())),
        Role::Merchant => {
            let own = orders::merchant_id.eq(actor.organisation.to_string());
            Box::new(own.and(orders::approved_at_ms.is_not_null()))
        }
        Role::DistrictCoordinator => {
            let district = actor.district.as_ref().map_or(String::new(), ToString::to_string);
            Box::new(orders::buyer_district_id.eq(district))
        }
        Role::CityCoordinator => Box::new(true.into_sql::<Bool>()),
        Role::Operator | Role::Reporter => Box::new(false.into_sql::<Bool>()),
    }
}

/// The orders a person may see that match.
fn matching<'a>(actor: &Actor, Filter { states, queue, district }: &Filter) -> orders::BoxedQuery<'a, Backend> {
    let mut matching = orders::table.filter(of_district(actor, district.as_deref())).into_boxed();
    if !states.is_empty() {
        matching = matching.filter(orders::state.eq_any(states.iter().map(|state| state.code()).collect::<Vec<_>>()));
    }
    if let Some(queue) = queue {
        matching = matching.filter(in_queue(actor.role, *queue));
    }
    matching
}

/// One page of the orders a person may see, newest first, and how many stand in each state.
pub fn list(
    db: &mut Db,
    actor: &Actor,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: usize,
    reader: Language,
) -> Result<Page> {
    // Of what is on its way only what is still to be counted in: it equals the figure that led here.
    let sum = diesel::dsl::sql::<BigInt>(
        "cast(coalesce(sum(case when state in ('submitted', 'approved', 'confirmed', 'shipped') then pipeline_fen \
         else total_fen end), 0) as bigint)",
    );
    let total: i64 = matching(actor, filter).select(sum).get_result(db)?;
    let (items, next) = page(db, actor, filter, after, limit, reader)?;
    Ok(Page {
        items,
        next,
        counts: counts(db, actor, filter.district.as_deref())?,
        queues: queue_counts(db, actor)?,
        total: Money::from_fen(total),
    })
}

/// The orders alone of a page, and where the next one begins.
pub fn page(
    db: &mut Db,
    actor: &Actor,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: usize,
    reader: Language,
) -> Result<(Vec<wire::OrderSummary>, Option<Cursor>)> {
    let mut query = matching(actor, filter).select(OrderRow::as_select());
    if let Some(Cursor { created_at_ms, number }) = after {
        let earlier = orders::created_at_ms.lt(*created_at_ms);
        let tied = orders::created_at_ms.eq(*created_at_ms).and(orders::number.lt(number.clone()));
        query = query.filter(earlier.or(tied));
    }
    let newest_first = (orders::created_at_ms.desc(), orders::number.desc());
    let mut rows: Vec<OrderRow> = query.order(newest_first).limit(limit as i64 + 1).load(db)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next =
        rows.last().filter(|_| more).map(|row| Cursor { created_at_ms: row.created_at_ms, number: row.number.clone() });
    Ok((to_summaries(db, &rows, reader)?, next))
}

fn of_district(actor: &Actor, district: Option<&str>) -> Condition {
    match district {
        Some(district) => Box::new(visible(actor).and(orders::buyer_district_id.eq(district.to_owned()))),
        None => visible(actor),
    }
}

fn counts(db: &mut Db, actor: &Actor, district: Option<&str>) -> Result<Vec<wire::StateCount>> {
    let rows: Vec<(String, i64)> = orders::table
        .filter(of_district(actor, district))
        .group_by(orders::state)
        .select((orders::state, diesel::dsl::count_star()))
        .load(db)?;
    rows.into_iter().map(|(state, count)| Ok(wire::StateCount { state: stored!(State, &state)?, count })).collect()
}

/// The summaries of these orders, in the order of `ids`.
pub fn summaries(db: &mut Db, ids: &[String]) -> Result<Vec<wire::OrderSummary>> {
    let mut rows: Vec<OrderRow> =
        orders::table.filter(orders::order_id.eq_any(ids)).select(OrderRow::as_select()).load(db)?;
    rows.sort_by_key(|row| ids.iter().position(|id| *id == row.order_id));
    to_summaries(db, &rows, Language::Zh)
}

pub(super) fn to_summaries(db: &mut Db, rows: &[OrderRow], reader: Language) -> Result<Vec<wire::OrderSummary>> {
    let names = names(db, rows)?;
    let ids: Vec<&str> = rows.iter().map(|row| row.order_id.as_str()).collect();
    let lines: Vec<(String, i64, String)> = order_lines::table
        .filter(order_lines::order_id.eq_any(ids.clone()))
        .select((order_lines::order_id, order_lines::line, order_lines::product_name))
        .load(db)?;
    let english = english_names(db, ids, reader)?;
    let summary = |row: &OrderRow| {
        let of_order = || lines.iter().filter(|(order_id, ..)| *order_id == row.order_id);
        let first = of_order().find(|(_, line, _)| *line == 1).map(|(.., name)| name.clone());
        let first = english.get(&(row.order_id.clone(), 1)).cloned().or(first);
        to_summary(row, &names, first.unwrap_or_default(), of_order().count() as i64, reader)
    };
    rows.iter().map(summary).collect()
}

/// English names of the ordered goods by order and line; none for those who read Chinese.
fn english_names(db: &mut Db, order_ids: Vec<&str>, reader: Language) -> Result<HashMap<(String, i64), String>> {
    match reader {
        Language::Zh => Ok(HashMap::new()),
        Language::En => products::english_names_of_lines(db, order_ids.into_iter().map(str::to_owned).collect()),
    }
}

fn to_summary(
    row: &OrderRow,
    names: &HashMap<String, String>,
    first_product: String,
    line_count: i64,
    reader: Language,
) -> Result<wire::OrderSummary> {
    let named = |id: &str| -> Result<wire::Named> {
        let (id, name) = (stored_id(id)?, names.get(id).cloned().unwrap_or_default());
        Ok(wire::Named { id, name: name_told(id, name, reader) })
    };
    Ok(wire::OrderSummary {
        id: stored_id(&row.order_id)?,
        number: row.number.clone(),
        state: row.state()?,
        channel: row.channel()?,
        occasion: row.occasion()?,
        buyer: named(&row.buyer_id)?,
        merchant: named(&row.merchant_id)?,
        head_count: row.head_count,
        total_fen: Money::from_fen(row.total_fen),
        first_product,
        line_count,
        created_at_ms: row.created_at_ms,
        updated_at_ms: row.updated_at_ms,
    })
}

fn names(db: &mut Db, rows: &[OrderRow]) -> Result<HashMap<String, String>> {
    let ids: Vec<&str> = rows.iter().flat_map(|row| [row.buyer_id.as_str(), row.merchant_id.as_str()]).collect();
    let names: Vec<(String, String)> = organisations::table
        .filter(organisations::organisation_id.eq_any(ids))
        .select((organisations::organisation_id, organisations::name))
        .load(db)?;
    Ok(names.into_iter().collect())
}

/// The whole order, for a person who may see it.
///
/// # Errors
/// [`domain::Code::NotFound`] when it does not exist or is not the reader's to see.
pub fn order(db: &mut Db, actor: &Actor, order_id: &str, reader: Language) -> Result<wire::Order> {
    let row = find(db, order_id)?;
    let parties = row.parties()?;
    check_order(actor, Act::SeeOrder, &parties)?;
    let state = row.state()?;
    let can = |action: &Action| check_order(actor, act_of(*action), &parties).is_ok();
    let (goods, rows) = (point_lines_of(db, order_id)?, point_rows(db, order_id)?);
    let lines = lines_told(db, order_id, &goods, reader)?;
    let (shipments, returns) = (shipments_of(db, order_id)?, returns_of(db, order_id)?);
    let money = money_of(db, actor, &row)?;
    let told = Told {
        lines: &lines,
        points: &rows,
        goods: &goods,
        shipments: &shipments,
        returns: &returns,
        money: money.as_ref(),
    };
    let history = history(db, order_id, &told, reader)?;
    let actions = possible(&row, &goods, money.as_ref())?;
    let points = points(db, actor, &row, to_wire(rows, &goods)?, reader)?;
    let summaries = to_summaries(db, std::slice::from_ref(&row), reader)?;
    let (invoices, transfer, invoice_due) = match money {
        Some(money) => {
            let due = matches!(state, State::Accepted | State::Settled).then(|| money.due());
            let transfer = money.transfer.map(|(_, transfer)| transfer);
            (money.invoices.into_iter().map(|(_, invoice)| invoice).collect(), transfer, due)
        }
        None => (Vec::new(), None, None),
    };
    Ok(wire::Order {
        summary: summaries.into_iter().next().ok_or_else(|| Error::corrupt("an order without a summary"))?,
        per_head_budget_fen: row.per_head_budget_fen.map(Money::from_fen),
        points,
        payment_method: row.payment_method()?,
        payment: payment(db, actor, order_id)?,
        exception_reason: row.exception_reason.clone(),
        shipments: shipments.into_iter().map(|(_, shipment)| shipment).collect(),
        accepted_fen: row.accepted_fen.map(Money::from_fen),
        returns: returns.into_iter().map(|(_, returned)| returned).collect(),
        invoice_due,
        invoices,
        transfer,
        history,
        lines,
        actions: actions.into_iter().filter(can).collect(),
        siblings: siblings(db, actor, &row)?,
    })
}

/// The history of an order as the reader is told it, newest first, for whoever has found that they may see the order.
pub(in crate::store) fn history_of(
    db: &mut Db,
    actor: &Actor,
    order_id: &str,
    reader: Language,
) -> Result<Vec<wire::HistoryItem>> {
    let row = find(db, order_id)?;
    let (goods, points) = (point_lines_of(db, order_id)?, point_rows(db, order_id)?);
    let lines = lines_told(db, order_id, &goods, reader)?;
    let (shipments, returns) = (shipments_of(db, order_id)?, returns_of(db, order_id)?);
    let money = money_of(db, actor, &row)?;
    let told = Told {
        lines: &lines,
        points: &points,
        goods: &goods,
        shipments: &shipments,
        returns: &returns,
        money: money.as_ref(),
    };
    history(db, order_id, &told, reader)
}

/// What a union's order came to in money, for the two parties.
fn money_of(db: &mut Db, actor: &Actor, row: &OrderRow) -> Result<Option<Settlement>> {
    match sees_money(actor) && row.channel()? == Channel::UnionProcurement {
        true => Ok(Some(Settlement::of(db, row)?)),
        false => Ok(None),
    }
}

/// What is possible in the order's state and with its goods as they are, whoever may do it.
fn possible(row: &OrderRow, goods: &[PointLineRow], money: Option<&Settlement>) -> Result<Vec<Action>> {
    let (state, channel) = (row.state()?, row.channel()?);
    let to_ship = |row: &PointLineRow| row.to_ship() > 0;
    let countable = |point: i64| {
        let of_point = || goods.iter().filter(|row| row.point == point);
        of_point().any(|row| row.shipped > 0 && row.accepted.is_none()) && !of_point().any(to_ship)
    };
    let current = money.and_then(Settlement::current);
    let is_possible = |action: &Action| match action {
        Action::Ship | Action::Close => goods.iter().any(to_ship),
        Action::Accept => goods.iter().any(|row| countable(row.point)),
        Action::Return => goods.iter().any(|row| row.accepted.unwrap_or_default() > row.returned),
        Action::Invoice => current.is_none_or(|(_, invoice)| !invoice.differences.is_empty()),
        Action::Transfer => current.is_some_and(|(_, invoice)| invoice.differences.is_empty()),
        _ => true,
    };
    Ok(state.actions().filter(|action| action.suits(channel)).filter(is_possible).collect())
}

/// The lines with what became of them over all points.
fn lines_told(db: &mut Db, order_id: &str, goods: &[PointLineRow], reader: Language) -> Result<Vec<wire::OrderLine>> {
    let counties = regions::counties(db)?;
    let english = english_names(db, vec![order_id], reader)?;
    let mut by_line: HashMap<i64, Vec<&PointLineRow>> = HashMap::new();
    for row in goods {
        by_line.entry(row.line).or_default().push(row);
    }
    let of = |line: i64| by_line.get(&line).map_or(&[][..], Vec::as_slice);
    lines_of(db, order_id)?.iter().map(|line| to_line(line, of(line.line), &counties, &english, reader)).collect()
}

/// Shipment, line, quantity, batch and best-before day.
type ShippedRow = (i64, i64, i64, Option<String>, Option<String>);

/// The shipments of an order in their turn, each with the step of the history it was.
fn shipments_of(db: &mut Db, order_id: &str) -> Result<Vec<(i64, wire::Shipment)>> {
    let rows: Vec<(i64, i64, i64, String, String, i64)> = shipments::table
        .filter(shipments::order_id.eq(order_id))
        .order(shipments::shipment)
        .select((
            shipments::step,
            shipments::shipment,
            shipments::point,
            shipments::carrier,
            shipments::tracking_no,
            shipments::shipped_at_ms,
        ))
        .load(db)?;
    let lines: Vec<ShippedRow> = shipment_lines::table
        .filter(shipment_lines::order_id.eq(order_id))
        .order((shipment_lines::shipment, shipment_lines::line))
        .select((
            shipment_lines::shipment,
            shipment_lines::line,
            shipment_lines::quantity,
            shipment_lines::batch,
            shipment_lines::best_before,
        ))
        .load(db)?;
    let mut lines = lines.into_iter().peekable();
    let shipment = |(step, shipment, point, carrier, tracking_no, shipped_at_ms)| {
        let mut of_shipment = Vec::new();
        while let Some((_, line, quantity, batch, best_before)) = lines.next_if(|(of, ..)| *of == shipment) {
            of_shipment.push(wire::ShippedLine { line, quantity, batch, best_before });
        }
        (step, wire::Shipment { shipment, point, carrier, tracking_no, shipped_at_ms, lines: of_shipment })
    };
    Ok(rows.into_iter().map(shipment).collect())
}

/// What comes to the point that a code opens, for who may count it in: an officer of the union that ordered it, or the person
/// who did. The code alone lets nobody in.
///
/// # Errors
/// [`domain::Code::NotFound`] when there is no such code, or it is another's; [`domain::Code::NotAllowed`] for those who see
/// the order and do not count.
pub fn point_to_accept(db: &mut Db, actor: &Actor, code: &str, reader: Language) -> Result<wire::PointToAccept> {
    let no_such_code = || not_found(say!("这个验收码", "This acceptance code"));
    let Some((order_id, point)) = point_of_code(db, code)? else { return no_such_code() };
    let row = find(db, &order_id)?;
    check_order(actor, Act::AcceptOrder, &row.parties()?)?;
    let goods = point_lines_of(db, &order_id)?;
    let points = to_wire(point_rows(db, &order_id)?, &goods)?;
    let Some(point) = points.into_iter().find(|known| known.point == point) else { return no_such_code() };
    let comes = |line: &wire::OrderLine| point.lines.iter().any(|there| there.line == line.line);
    let lines = lines_told(db, &order_id, &goods, reader)?.into_iter().filter(comes).collect();
    let shipments = shipments_of(db, &order_id)?.into_iter().map(|(_, shipment)| shipment);
    let here = || goods.iter().filter(|row| row.point == point.point);
    let ready = here().any(|row| row.shipped > 0 && row.accepted.is_none()) && here().all(|row| row.to_ship() == 0);
    let summary = to_summaries(db, std::slice::from_ref(&row), reader)?.pop();
    let summary = summary.ok_or_else(|| Error::corrupt("an order without a summary"))?;
    Ok(wire::PointToAccept {
        order_id: summary.id,
        number: summary.number,
        state: summary.state,
        merchant: summary.merchant,
        lines,
        shipments: shipments.filter(|shipment| shipment.point == point.point).collect(),
        ready,
        point,
    })
}

/// Names and phones, and where a person lives, are for the buyer, and for the merchant while there is something to deliver
/// to the point: once it has been counted they are nobody else's again.
///
/// Source: 《个人信息保护法》article 6, the smallest scope that serves the purpose.
fn points(
    db: &mut Db,
    actor: &Actor,
    row: &OrderRow,
    mut points: Vec<wire::Point>,
    reader: Language,
) -> Result<Vec<wire::Point>> {
    let delivering = matches!(row.state()?, State::Approved | State::Confirmed | State::Shipped);
    let open = match actor.role {
        Role::Buyer | Role::UnionOfficer | Role::UnionChair => true,
        Role::Merchant => delivering,
        Role::CityCoordinator | Role::DistrictCoordinator | Role::Operator | Role::Reporter => false,
    };
    if open && actor.role != Role::Merchant {
        return Ok(points);
    }
    let district = match row.channel()? {
        Channel::UnionProcurement => None,
        _ => Some(regions::name_told(db, &row.buyer_district_id, reader)?),
    };
    for point in points.iter_mut().filter(|point| !open || point.counted_at_ms.is_some()) {
        point.contact = MASKED.to_owned();
        point.phone = mask_phone(&point.phone);
        point.code = None;
        point.address = district.clone().unwrap_or_else(|| std::mem::take(&mut point.address));
    }
    Ok(points)
}

/// What the merchant has recorded, for the two parties: a slip's number is nothing for others.
fn payment(db: &mut Db, actor: &Actor, order_id: &str) -> Result<Option<wire::Payment>> {
    if !sees_money(actor) {
        return Ok(None);
    }
    pay::payment(db, order_id)
}

/// Stands for a name that is not the reader's to know.
const MASKED: &str = "***";

/// `13800000001` → `138****0001`.
pub(crate) fn mask_phone(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().collect();
    let hidden = 3..digits.len().saturating_sub(4);
    digits.iter().enumerate().map(|(index, digit)| if hidden.contains(&index) { '*' } else { *digit }).collect()
}

/// Quantities of a row that are none until something has happened, summed where there is one.
fn sum_known(goods: &[&PointLineRow], of: impl Fn(&PointLineRow) -> Option<i64>) -> Result<Option<Quantity>> {
    let known: Vec<i64> = goods.iter().filter_map(|row| of(row)).collect();
    (!known.is_empty()).then(|| stored_quantity(known.iter().sum())).transpose()
}

fn to_line(
    line: &LineRow,
    goods: &[&PointLineRow],
    counties: &[County],
    english: &HashMap<(String, i64), String>,
    reader: Language,
) -> Result<wire::OrderLine> {
    let county = counties.iter().find(|county| county.id == line.county_id);
    let county = county.ok_or_else(|| Error::corrupt(format!("the county '{}'", line.county_id)))?;
    Ok(wire::OrderLine {
        line: line.line,
        product_id: stored_id(&line.product_id)?,
        name: english.get(&(line.order_id.clone(), line.line)).unwrap_or(&line.product_name).clone(),
        spec: told(&line.spec, reader).into_owned(),
        unit: told(&line.unit, reader).into_owned(),
        brand: line.brand.as_deref().map(|brand| stored!(Brand, brand)).transpose()?,
        county_short: county.short(reader).to_owned(),
        prefecture: county.prefecture,
        category: stored!(Category, &line.category)?,
        quantity: stored_quantity(line.quantity)?,
        unit_price_fen: Money::from_fen(line.unit_price_fen),
        amount_fen: Money::from_fen(line.amount_fen),
        confirmed: sum_known(goods, |row| row.confirmed)?,
        confirmed_reason: line.confirmed_reason.clone(),
        shipped: stored_quantity(goods.iter().map(|row| row.shipped).sum())?,
        closed: stored_quantity(goods.iter().map(|row| row.closed).sum())?,
        accepted: sum_known(goods, |row| row.accepted)?,
        short: sum_known(goods, |row| row.short)?,
        rejected: sum_known(goods, |row| row.rejected)?,
        rejected_reason: reasons(goods.iter().filter_map(|row| row.reason.as_deref()), reader),
        returned: stored_quantity(goods.iter().map(|row| row.returned).sum())?,
    })
}

/// The orders of the same basket that the reader may see.
fn siblings(db: &mut Db, actor: &Actor, row: &OrderRow) -> Result<Vec<wire::Sibling>> {
    let rows: Vec<OrderRow> = orders::table
        .filter(visible(actor))
        .filter(orders::procurement_id.eq(row.procurement_id.clone()))
        .order(orders::number)
        .select(OrderRow::as_select())
        .load(db)?;
    let names = names(db, &rows)?;
    let sibling = |row: OrderRow| {
        let merchant = names.get(&row.merchant_id).cloned().unwrap_or_default();
        Ok(wire::Sibling { id: stored_id(&row.order_id)?, state: row.state()?, number: row.number, merchant })
    };
    rows.into_iter().map(sibling).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_keep_only_their_ends() {
        assert_eq!(mask_phone("13800000001"), "138****0001");
        assert_eq!(mask_phone("0574-87180000"), "057******0000");
        assert_eq!(mask_phone("12"), "12");
    }
}
