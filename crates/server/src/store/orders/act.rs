//! Acting on an order: the permissions are asked, then the life of an order, then the act is done, all in one
//! transaction.

use diesel::prelude::*;
use domain::channel::Channel;
use domain::order::{Budget, amended_told, parse_lines, parse_optional_text, parse_reason};
use domain::order_life::{Action, Left, OutOfTurn, State};
use domain::organisation::Actor;
use domain::permission::{act_of, check_order};
use domain::wire::{self, ActionBody};
use domain::{Code, Money, Refusal, say};

use super::fulfil::{accept, by_line, close, confirm, give_back_stock, ship};
use super::place::{PricedLines, check_exceptions, insert_lines, prefix_field, price_lines};
use super::points::{left, point_count, point_lines_of, replace_point_lines};
use super::returns::{already_returned, send_back};
use super::settle::{note_invoice, record_invoice, record_transfer};
use super::{OrderRow, Step, lines_of, next_step, record_step, take};
use crate::clock::Ms;
use crate::error::{Error, Result, refuse};
use crate::schema::{order_lines, orders};
use crate::store::{Db, procedure};

/// Does one act on an order.
///
/// # Errors
/// What the permissions, the order's life or the act itself refuse; nothing is then changed.
pub fn act(db: &mut Db, actor: &Actor, order_id: &str, body: &ActionBody, now: Ms) -> Result<()> {
    let order = take(db, order_id)?;
    let action = body.action();
    check_order(actor, act_of(action), &order.parties()?)?;
    if let ActionBody::Return { id, .. } = body
        && already_returned(db, order_id, *id)?
    {
        return Ok(());
    }
    let (before, channel) = (order.state()?, order.channel()?);
    if !before.takes(action) || !action.suits(channel) {
        return Err(OutOfTurn { state: before, action }.refusal(channel).into());
    }
    let step = next_step(db, order_id)?;
    let note = match body {
        ActionBody::Submit { lines, exception_reason } => {
            resubmit(db, actor, &order, lines.as_deref(), exception_reason.as_deref(), now)?
        }
        ActionBody::Approve {} => approve(db, &order, now)?,
        ActionBody::SendBack { reason } => Some(parse_reason(reason)?),
        ActionBody::Confirm { lines } => {
            confirm(db, &order, lines)?;
            None
        }
        ActionBody::Ship { carrier, tracking_no, point, lines } => {
            ship(db, &order, step, (*point, carrier, tracking_no, lines), now)?;
            None
        }
        ActionBody::Accept { point, lines } => Some(accept(db, actor, &order, step, (*point, lines), now)?),
        ActionBody::Close { point, reason } => Some(close(db, &order, *point, reason)?),
        ActionBody::Return { id, lines, reason } => {
            send_back(db, actor, &order, step, (*id, lines, reason), now)?;
            None
        }
        ActionBody::Invoice { invoice } => {
            let recorded = record_invoice(db, actor, &order, step, invoice, now);
            recorded.map_err(|error| prefix_field(error, "invoice."))?;
            None
        }
        ActionBody::Transfer { transfer } => {
            let recorded = record_transfer(db, actor, &order, step, transfer, now);
            recorded.map_err(|error| prefix_field(error, "transfer."))?;
            None
        }
        ActionBody::Cancel { reason } => Some(cancel(db, &order, before, reason)?),
    };
    let left = match action {
        Action::Accept | Action::Close => left(db, order_id)?,
        _ => Left::Something,
    };
    let after = before.after(action, left).map_err(|why| why.refusal(channel))?;
    change_state(db, order_id, before, after, now)?;
    if after == State::Accepted && channel == Channel::UnionProcurement {
        note_invoice(db, &order)?;
    }
    record_step(db, order_id, actor, Step { number: step, action, state_after: after, note }, now)
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
    now: Ms,
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
    let priced = price_lines(db, &order.order_id, &lines, now).map_err(|error| prefix_field(error, "lines"))?;
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
    let total = priced.total.fen();
    diesel::update(orders::table.find(&order.order_id))
        .set((orders::total_fen.eq(total), orders::pipeline_fen.eq(total)))
        .execute(db)?;
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
    // Its fellows are taken too: what is missing is asked of the whole procurement.
    let basket = orders::table.filter(orders::procurement_id.eq(&order.procurement_id));
    diesel::update(basket).set(orders::state.eq(orders::state)).execute(db)?;
    procedure::check(db, &order.order_id)?;
    diesel::update(orders::table.find(&order.order_id)).set(orders::approved_at_ms.eq(now)).execute(db)?;
    Ok(None)
}

fn cancel(db: &mut Db, order: &OrderRow, before: State, reason: &str) -> Result<String> {
    let reason = parse_reason(reason)?;
    if before.holds_stock() {
        let (lines, goods) = (lines_of(db, &order.order_id)?, point_lines_of(db, &order.order_id)?);
        give_back_stock(db, &lines, &by_line(&goods, |row| row.confirmed.unwrap_or_default()))?;
    }
    diesel::update(orders::table.find(&order.order_id)).set(orders::pipeline_fen.eq(0)).execute(db)?;
    Ok(reason)
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
