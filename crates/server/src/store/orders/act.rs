//! Acting on an order: the permissions are asked, then the life of an order, then the act is done, all in one
//! transaction.

use diesel::prelude::*;
use domain::channel::Channel;
use domain::order::{
    Acceptance, Budget, acceptance_told, amended_told, parse_carrier, parse_lines, parse_optional_text, parse_reason,
    parse_tracking_no, so_many,
};
use domain::order_life::State;
use domain::organisation::Actor;
use domain::permission::{act_of, check_order};
use domain::product::{Brand, Category};
use domain::region::{CountyId, DistrictId};
use domain::sale::{OrderedLine, Recognition, recognise};
use domain::wire::{self, ActionBody};
use domain::{Code, Money, Quantity, Refusal, Say, say};

use super::place::{PricedLines, check_exceptions, insert_lines, prefix_field, price_lines};
use super::points::{point_count, replace_point_lines};
use super::{LineRow, OrderRow, Step, lines_of, next_step, record_step, take};
use crate::clock::{self, Ms};
use crate::error::{Error, Result, refuse};
use crate::schema::{order_lines, orders, products};
use crate::store::products::unit_called;
use crate::store::{Db, audit, catalogue, sales, stored, stored_id, stored_quantity};

/// Does one act on an order.
///
/// # Errors
/// What the permissions, the order's life or the act itself refuse; nothing is then changed.
pub fn act(db: &mut Db, actor: &Actor, order_id: &str, body: &ActionBody, now: Ms) -> Result<()> {
    let order = take(db, order_id)?;
    let action = body.action();
    check_order(actor, act_of(action), &order.parties()?)?;
    let before = order.state()?;
    let channel = order.channel()?;
    let after = before.after(action).map_err(|why| why.refusal(channel))?;
    let note = match body {
        ActionBody::Submit { lines, exception_reason } => {
            resubmit(db, actor, &order, lines.as_deref(), exception_reason.as_deref())?
        }
        ActionBody::Approve {} => approve(db, &order, now)?,
        ActionBody::SendBack { reason } => Some(parse_reason(reason)?),
        ActionBody::Confirm {} => take_stock(db, &order)?,
        ActionBody::Ship { carrier, tracking_no } => Some(ship(db, &order, carrier, tracking_no, now)?),
        ActionBody::Accept { lines } => Some(accept(db, actor, &order, lines, now)?),
        ActionBody::Cancel { reason } => Some(cancel(db, &order, before, reason)?),
    };
    change_state(db, order_id, before, after, now)?;
    let step = Step { number: next_step(db, order_id)?, action, state_after: after, note };
    record_step(db, order_id, actor, step, now)
}

/// The state changes only from the one that was read: where two people act at once, one is told so.
fn change_state(db: &mut Db, order_id: &str, before: State, after: State, now: Ms) -> Result<()> {
    let changed = diesel::update(orders::table.find(order_id).filter(orders::state.eq(before.code())))
        .set((orders::state.eq(after.code()), orders::updated_at_ms.eq(now)))
        .execute(db)?;
    match changed {
        0 => refuse(
            Code::Overtaken,
            say!(
                "刚刚有人先办了这一步，请看看现在的状态再决定",
                "Somebody did this a moment ago; look at where the order stands now"
            ),
        ),
        _ => Ok(()),
    }
}

fn resubmit(
    db: &mut Db,
    actor: &Actor,
    order: &OrderRow,
    lines: Option<&[wire::NewLine]>,
    exception_reason: Option<&str>,
) -> Result<Option<String>> {
    let mut wrong = Vec::new();
    let given = parse_optional_text("exception_reason", exception_reason, &mut wrong);
    let reason = given.or_else(|| order.exception_reason.clone());
    let channel = order.channel()?;
    let points = point_count(db, &order.order_id)?;
    let lines = lines.map(|lines| parse_lines("lines", lines, channel, points, &mut wrong));
    if !wrong.is_empty() {
        return Err(wrong.into());
    }
    diesel::update(orders::table.find(&order.order_id))
        .set((orders::submitter_id.eq(actor.account.to_string()), orders::exception_reason.eq(&reason)))
        .execute(db)?;
    let Some(lines) = lines else { return Ok(None) };
    let priced = price_lines(db, &order.order_id, &lines).map_err(|error| prefix_field(error, "lines"))?;
    if priced.merchant_id != order.merchant_id {
        let refusal = Refusal::new(
            Code::MixedMerchants,
            say!("这张采购单只能有原来那家商户的货", "This order takes goods of its own merchant only"),
        );
        return Err(refusal.at("lines[0].product_id").into());
    }
    check_again(db, order, &priced, reason.as_deref())?;
    diesel::delete(order_lines::table.filter(order_lines::order_id.eq(&order.order_id))).execute(db)?;
    insert_lines(db, &priced.rows)?;
    replace_point_lines(db, &order.order_id, &lines)?;
    diesel::update(orders::table.find(&order.order_id)).set(orders::total_fen.eq(priced.total.fen())).execute(db)?;
    Ok(Some(amended_told(priced.total).zh.into_owned()))
}

/// The budget binds the whole basket: what the order costs now, and what its siblings cost.
fn check_again(db: &mut Db, order: &OrderRow, priced: &PricedLines, reason: Option<&str>) -> Result<()> {
    // Its siblings are taken too, or two submitted side by side would each count the other at its old price.
    let basket = orders::table.filter(orders::procurement_id.eq(&order.procurement_id));
    diesel::update(basket).set(orders::state.eq(orders::state)).execute(db)?;
    let siblings: Vec<i64> = orders::table
        .filter(orders::procurement_id.eq(&order.procurement_id))
        .filter(orders::order_id.ne(&order.order_id))
        .filter(orders::state.ne(State::Cancelled.code()))
        .select(orders::total_fen)
        .load(db)?;
    let total = Money::checked_sum(siblings.into_iter().map(Money::from_fen).chain([priced.total]));
    let total = total.ok_or_else(|| {
        Refusal::field("lines", say!("金额太大，请核对数量", "The amount is too large; please check the quantity"))
    })?;
    let (Some(heads), Some(per_head)) = (order.head_count, order.per_head_budget_fen) else {
        return Err(Error::corrupt(format!("order {}, sent back and without a budget", order.number)));
    };
    let budget = Budget::new(heads, Money::from_fen(per_head))?;
    check_exceptions(budget, total, priced.unusual.clone(), reason)
}

fn approve(db: &mut Db, order: &OrderRow, now: Ms) -> Result<Option<String>> {
    diesel::update(orders::table.find(&order.order_id)).set(orders::approved_at_ms.eq(now)).execute(db)?;
    Ok(None)
}

/// Takes the ordered quantities out of what is available, or says of every line how much is left.
fn take_stock(db: &mut Db, order: &OrderRow) -> Result<Option<String>> {
    let mut short = Vec::new();
    let lines = lines_of(db, &order.order_id)?;
    for (index, line) in in_order_of_products(&lines) {
        let taken = diesel::update(products::table.find(&line.product_id))
            .filter(products::available.ge(line.quantity))
            .set((
                products::available.eq(products::available - line.quantity),
                products::revision.eq(products::revision + 1),
            ))
            .execute(db)?;
        if taken == 0 {
            let sentence = too_few(db, order.channel()?, line)?;
            short.push((index, Refusal::new(Code::NotEnoughStock, sentence).at(format!("lines[{index}].quantity"))));
        }
    }
    short.sort_by_key(|(index, _)| *index);
    let short: Vec<Refusal> = short.into_iter().map(|(_, refusal)| refusal).collect();
    if short.is_empty() { Ok(None) } else { Err(short.into()) }
}

fn too_few(db: &mut Db, channel: Channel, line: &LineRow) -> Result<Say> {
    let product = products::table.find(&line.product_id).select((products::available, products::name_en));
    let (left, name_en): (i64, String) = product.get_result(db)?;
    let (left, ordered) = (stored_quantity(left)?, stored_quantity(line.quantity)?);
    let name = Say::name(line.product_name.clone(), name_en);
    let unit = unit_called(&line.unit);
    let (left, ordered) = (so_many(left, &unit), so_many(ordered, &unit));
    // What a person has ordered cannot be changed, only cancelled.
    Ok(match channel {
        Channel::UnionProcurement => say!(
            "{name}只剩 {left}，这张单要 {ordered}；请联系采购单位改数量，或补足可供量",
            "Of {name} only {left} can be had and this order asks for {ordered}; ask the buyer for another quantity, or restock";
            name = name, left = left, ordered = ordered
        ),
        _ => say!(
            "{name}只剩 {left}，这张单要 {ordered}；请补足可供量，或与买家说好后取消",
            "Of {name} only {left} can be had and this order asks for {ordered}; restock, or cancel it and tell the buyer";
            name = name, left = left, ordered = ordered
        ),
    })
}

/// Lines with their place on the order. Whoever takes several rows takes them in one order, or two might wait for each
/// other for ever.
fn in_order_of_products(lines: &[LineRow]) -> Vec<(usize, &LineRow)> {
    let mut lines: Vec<(usize, &LineRow)> = lines.iter().enumerate().collect();
    lines.sort_by(|(_, a), (_, b)| a.product_id.cmp(&b.product_id));
    lines
}

fn ship(db: &mut Db, order: &OrderRow, carrier: &str, tracking_no: &str, now: Ms) -> Result<String> {
    let carrier = parse_carrier(carrier).map_err(|sentence| Refusal::field("carrier", sentence))?;
    let tracking_no = parse_tracking_no(tracking_no).map_err(|sentence| Refusal::field("tracking_no", sentence))?;
    diesel::update(orders::table.find(&order.order_id))
        .set((orders::carrier.eq(&carrier), orders::tracking_no.eq(&tracking_no), orders::shipped_at_ms.eq(now)))
        .execute(db)?;
    Ok(format!("{carrier} {tracking_no}"))
}

fn cancel(db: &mut Db, order: &OrderRow, before: State, reason: &str) -> Result<String> {
    let reason = parse_reason(reason)?;
    if before.holds_stock() {
        let lines = lines_of(db, &order.order_id)?;
        for (_, line) in in_order_of_products(&lines) {
            diesel::update(products::table.find(&line.product_id))
                .set((
                    products::available.eq(products::available + line.quantity),
                    products::revision.eq(products::revision + 1),
                ))
                .execute(db)?;
        }
    }
    Ok(reason)
}

/// Counts the goods in, recognises the sales and writes them to the ledger: all of it or nothing.
fn accept(db: &mut Db, actor: &Actor, order: &OrderRow, body: &[wire::AcceptanceLine], now: Ms) -> Result<String> {
    let lines = lines_of(db, &order.order_id)?;
    let ordered: Vec<Quantity> = lines.iter().map(|line| stored_quantity(line.quantity)).collect::<Result<_>>()?;
    let acceptance = Acceptance::parse(&ordered, body)?;
    let recognition = recognition(db, order, now)?;
    let mut recognised = Vec::new();
    for (line, counted) in lines.iter().zip(acceptance.lines()) {
        diesel::update(order_lines::table.find((&line.order_id, line.line)))
            .set((
                order_lines::accepted.eq(counted.accepted.get()),
                order_lines::rejected.eq(counted.rejected.get()),
                order_lines::rejected_reason.eq(&counted.reason),
            ))
            .execute(db)?;
        recognised.extend(recognise(sales::new_id(), &recognition, &ordered_line(line)?, counted)?);
    }
    let accepted = Money::checked_sum(recognised.iter().map(|sale| sale.amount));
    let accepted = accepted.ok_or_else(|| {
        Refusal::field("lines", say!("金额太大，请核对数量", "The amount is too large; please check the quantity"))
    })?;
    sales::append(db, recognised, now)?;
    diesel::update(orders::table.find(&order.order_id)).set(orders::accepted_fen.eq(accepted.fen())).execute(db)?;
    let note = acceptance_told(acceptance.lines()).zh.into_owned();
    let detail = format!("{note}；认定 {} 元", accepted.yuan());
    audit::record(db, Some(actor), "accept_order", &order.order_id, &detail, now)?;
    Ok(note)
}

fn recognition(db: &mut Db, order: &OrderRow, now: Ms) -> Result<Recognition> {
    let sold_on = clock::day(now);
    Ok(Recognition {
        order: stored_id(&order.order_id)?,
        sold_on,
        channel: order.channel()?,
        district: DistrictId::new(&order.buyer_district_id),
        merchant: stored_id(&order.merchant_id)?,
        buyer: stored_id(&order.buyer_id)?,
        counting_rule: catalogue::counting_rule(db, sold_on)?,
    })
}

fn ordered_line(line: &LineRow) -> Result<OrderedLine> {
    Ok(OrderedLine {
        unit_price: Money::from_fen(line.unit_price_fen),
        county: CountyId::new(&line.county_id),
        brand: line.brand.as_deref().map(|brand| stored!(Brand, brand)).transpose()?,
        category: stored!(Category, &line.category)?,
        product_name: line.product_name.clone(),
    })
}

#[cfg(test)]
mod tests {
    use domain::order_life::Action;

    use super::*;

    #[test]
    fn every_body_names_its_action() {
        let body = serde_json::from_str::<ActionBody>(r#"{"action":"send_back","reason":"重算"}"#).expect("a body");
        assert_eq!(body.action(), Action::SendBack);
        let unknown = serde_json::from_str::<ActionBody>(r#"{"action":"approve","unit_price_fen":1}"#);
        assert!(unknown.is_err(), "an act takes no price");
    }
}
