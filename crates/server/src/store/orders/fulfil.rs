//! From the merchant's word to the last counted box: confirming, shipping, counting in, and giving up what will not come.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::channel::Channel;
use domain::fulfilment::{Confirmed, Ordered, Shipment, parse_confirmation};
use domain::order::{Acceptance, acceptance_told, parse_reason, so_many};
use domain::organisation::Actor;
use domain::product::{Brand, Category};
use domain::region::{CountyId, DistrictId};
use domain::sale::{OrderedLine, Recognition, recognise};
use domain::{Code, Money, Quantity, Refusal, Say, say, wire};

use super::points::{PointLineRow, PointRow, find_point, insert_rows, point_count, point_lines_of, times};
use super::{LineRow, OrderRow, lines_of};
use crate::clock::{self, Ms};
use crate::error::{Result, refuse};
use crate::schema::{delivery_points, order_lines, orders, point_lines, products, shipment_lines, shipments};
use crate::store::products::unit_called;
use crate::store::{Db, audit, catalogue, sales, stored, stored_id, stored_quantity};

// ---- confirming ---------------------------------------------------------------------------------------------------

/// Confirms the order, of some lines less than was ordered, and takes what is confirmed out of what is available, or says of
/// every line how much is left.
pub(super) fn confirm(db: &mut Db, order: &OrderRow, body: &[wire::ConfirmedLine]) -> Result<()> {
    let lines = lines_of(db, &order.order_id)?;
    let (goods, points) = (point_lines_of(db, &order.order_id)?, point_count(db, &order.order_id)?);
    let confirmed = parse_confirmation(&ordered(&lines, &goods, points)?, body)?;
    let pieces: Vec<i64> = confirmed.iter().map(|line| line.quantity.get()).collect();
    take_stock(db, order.channel()?, &lines, &pieces)?;
    let all = point_lines::table.filter(point_lines::order_id.eq(&order.order_id));
    diesel::update(all).set(point_lines::confirmed.eq(point_lines::quantity.nullable())).execute(db)?;
    let mut total = 0;
    for (line, confirmed) in lines.iter().zip(&confirmed) {
        total += times(line.unit_price_fen, confirmed.quantity.get())?;
        if let Some(reason) = &confirmed.reason {
            confirm_less(db, line, confirmed, reason)?;
        }
    }
    diesel::update(orders::table.find(&order.order_id))
        .set((orders::total_fen.eq(total), orders::pipeline_fen.eq(total)))
        .execute(db)?;
    Ok(())
}

fn ordered(lines: &[LineRow], goods: &[PointLineRow], points: usize) -> Result<Vec<Ordered>> {
    let mut ordered = Vec::with_capacity(lines.len());
    for line in lines {
        ordered.push(Ordered { quantity: stored_quantity(line.quantity)?, by_point: vec![Quantity::ZERO; points] });
    }
    for row in goods {
        let (line, point) = (row.line as usize - 1, row.point as usize - 1);
        ordered[line].by_point[point] = stored_quantity(row.quantity)?;
    }
    Ok(ordered)
}

fn confirm_less(db: &mut Db, line: &LineRow, confirmed: &Confirmed, reason: &str) -> Result<()> {
    for (point, quantity) in (1..).zip(&confirmed.by_point) {
        diesel::update(point_lines::table.find((&line.order_id, point, line.line)))
            .set(point_lines::confirmed.eq(quantity.get()))
            .execute(db)?;
    }
    diesel::update(order_lines::table.find((&line.order_id, line.line)))
        .set(order_lines::confirmed_reason.eq(reason))
        .execute(db)?;
    Ok(())
}

fn take_stock(db: &mut Db, channel: Channel, lines: &[LineRow], pieces: &[i64]) -> Result<()> {
    let mut short = Vec::new();
    for (index, line) in in_order_of_products(lines) {
        if pieces[index] == 0 {
            continue;
        }
        let taken = diesel::update(products::table.find(&line.product_id))
            .filter(products::available.ge(pieces[index]))
            .set((
                products::available.eq(products::available - pieces[index]),
                products::revision.eq(products::revision + 1),
            ))
            .execute(db)?;
        if taken == 0 {
            let sentence = too_few(db, channel, line, pieces[index])?;
            short.push((index, Refusal::new(Code::NotEnoughStock, sentence).at(format!("lines[{index}].quantity"))));
        }
    }
    short.sort_by_key(|(index, _)| *index);
    let short: Vec<Refusal> = short.into_iter().map(|(_, refusal)| refusal).collect();
    if short.is_empty() { Ok(()) } else { Err(short.into()) }
}

fn too_few(db: &mut Db, channel: Channel, line: &LineRow, pieces: i64) -> Result<Say> {
    let product = products::table.find(&line.product_id).select((products::available, products::name_en));
    let (left, name_en): (i64, String) = product.get_result(db)?;
    let (left, wanted) = (stored_quantity(left)?, stored_quantity(pieces)?);
    let name = Say::name(line.product_name.clone(), name_en);
    let unit = unit_called(&line.unit);
    let (left, wanted) = (so_many(left, &unit), so_many(wanted, &unit));
    // What a person has ordered cannot be changed, only cancelled.
    Ok(match channel {
        Channel::UnionProcurement => say!(
            "{name}只剩 {left}，这张单要 {wanted}；请写明理由少确认一些，或补足可供量",
            "Of {name} only {left} can be had and this order asks for {wanted}; confirm less with a reason, or restock";
            name = name, left = left, wanted = wanted
        ),
        _ => say!(
            "{name}只剩 {left}，这张单要 {wanted}；请补足可供量，或与买家说好后取消",
            "Of {name} only {left} can be had and this order asks for {wanted}; restock, or cancel it and tell the buyer";
            name = name, left = left, wanted = wanted
        ),
    })
}

/// Gives pieces back to what can be sold: of each line so many.
pub(super) fn give_back_stock(db: &mut Db, lines: &[LineRow], pieces: &HashMap<i64, i64>) -> Result<()> {
    for (_, line) in in_order_of_products(lines) {
        let Some(pieces) = pieces.get(&line.line).filter(|pieces| **pieces > 0) else { continue };
        diesel::update(products::table.find(&line.product_id))
            .set((products::available.eq(products::available + *pieces), products::revision.eq(products::revision + 1)))
            .execute(db)?;
    }
    Ok(())
}

/// Lines with their place on the order. Whoever takes several rows takes them in one order, or two might wait for each
/// other for ever.
fn in_order_of_products(lines: &[LineRow]) -> Vec<(usize, &LineRow)> {
    let mut lines: Vec<(usize, &LineRow)> = lines.iter().enumerate().collect();
    lines.sort_by(|(_, a), (_, b)| a.product_id.cmp(&b.product_id));
    lines
}

/// Of each line what `of` says, summed over the points.
pub(super) fn by_line(goods: &[PointLineRow], of: impl Fn(&PointLineRow) -> i64) -> HashMap<i64, i64> {
    let mut sums = HashMap::new();
    for row in goods {
        *sums.entry(row.line).or_default() += of(row);
    }
    sums
}

// ---- shipping -----------------------------------------------------------------------------------------------------

#[derive(Insertable)]
#[diesel(table_name = shipment_lines, treat_none_as_default_value = false)]
struct ShipmentLineRow {
    order_id: String,
    shipment: i64,
    line: i64,
    quantity: i64,
    batch: Option<String>,
    best_before: Option<String>,
}

/// One shipment to one point, of what was confirmed for it and has not been shipped.
pub(super) fn ship(
    db: &mut Db,
    order: &OrderRow,
    step: i64,
    (point, carrier, tracking_no, lines): (Option<i64>, &str, &str, &[wire::ShippedLine]),
    now: Ms,
) -> Result<()> {
    let point = find_point(db, &order.order_id, point)?;
    let left: Vec<(i64, Quantity)> = goods_at(db, &point)?
        .iter()
        .filter(|row| row.to_ship() > 0)
        .map(|row| Ok((row.line, stored_quantity(row.to_ship())?)))
        .collect::<Result<_>>()?;
    let new = Shipment::parse(&left, carrier, tracking_no, lines)?;
    check_waybill(db, &point, &new)?;
    let earlier: i64 = shipments::table.filter(shipments::order_id.eq(&order.order_id)).count().get_result(db)?;
    diesel::insert_into(shipments::table)
        .values((
            shipments::order_id.eq(&order.order_id),
            shipments::shipment.eq(earlier + 1),
            shipments::step.eq(step),
            shipments::point.eq(point.point),
            shipments::carrier.eq(&new.carrier),
            shipments::tracking_no.eq(&new.tracking_no),
            shipments::shipped_at_ms.eq(now),
        ))
        .execute(db)?;
    let mut rows = Vec::with_capacity(new.lines.len());
    for line in new.lines {
        diesel::update(point_lines::table.find((&order.order_id, point.point, line.line)))
            .set(point_lines::shipped.eq(point_lines::shipped + line.quantity.get()))
            .execute(db)?;
        rows.push(ShipmentLineRow {
            order_id: order.order_id.clone(),
            shipment: earlier + 1,
            line: line.line,
            quantity: line.quantity.get(),
            batch: line.batch,
            best_before: line.best_before.map(|day| day.to_string()),
        });
    }
    insert_rows!(db, shipment_lines::table, rows);
    Ok(())
}

fn goods_at(db: &mut Db, point: &PointRow) -> Result<Vec<PointLineRow>> {
    let rows = point_lines::table
        .filter(point_lines::order_id.eq(&point.order_id))
        .filter(point_lines::point.eq(point.point))
        .order(point_lines::line);
    Ok(rows.select(PointLineRow::as_select()).load(db)?)
}

fn check_waybill(db: &mut Db, point: &PointRow, new: &Shipment) -> Result<()> {
    let known: i64 = shipments::table
        .filter(shipments::order_id.eq(&point.order_id))
        .filter(shipments::point.eq(point.point))
        .filter(shipments::carrier.eq(&new.carrier))
        .filter(shipments::tracking_no.eq(&new.tracking_no))
        .count()
        .get_result(db)?;
    if known == 0 {
        return Ok(());
    }
    Err(Refusal::new(
        Code::AlreadyShipped,
        say!(
            "这张运单已经登记过；另一批货请写另一个运单号",
            "This waybill is recorded already; another shipment has a number of its own"
        ),
    )
    .at("tracking_no")
    .into())
}

// ---- counting in --------------------------------------------------------------------------------------------------

/// Counts in what was shipped to a point, recognises the sales and writes them to the ledger: all of it or nothing. Gives the
/// sentence for the order's history.
pub(super) fn accept(
    db: &mut Db,
    actor: &Actor,
    order: &OrderRow,
    step: i64,
    (point, body): (Option<i64>, &[wire::AcceptanceLine]),
    now: Ms,
) -> Result<String> {
    let point = find_point(db, &order.order_id, point)?;
    let goods = goods_at(db, &point)?;
    check_countable(&point, &goods)?;
    let came: Vec<&PointLineRow> = goods.iter().filter(|row| row.shipped > 0).collect();
    let shipped: Vec<(i64, Quantity)> =
        came.iter().map(|row| Ok((row.line, stored_quantity(row.shipped)?))).collect::<Result<_>>()?;
    let acceptance = Acceptance::parse(&shipped, body)?;
    let lines = lines_of(db, &order.order_id)?;
    let recognition = recognition(db, order, point.point, now)?;
    let (mut recognised, mut counted_fen) = (Vec::new(), 0);
    for (row, counted) in came.iter().zip(acceptance.lines()) {
        let line = &lines[row.line as usize - 1];
        diesel::update(point_lines::table.find((&row.order_id, row.point, row.line)))
            .set((
                point_lines::accepted.eq(counted.accepted.get()),
                point_lines::short.eq(counted.short.get()),
                point_lines::rejected.eq(counted.rejected.get()),
                point_lines::reason.eq(&counted.reason),
            ))
            .execute(db)?;
        counted_fen += times(line.unit_price_fen, row.shipped)?;
        recognised.extend(recognise(sales::new_id(), &recognition, &ordered_line(line)?, counted)?);
    }
    let accepted = Money::checked_sum(recognised.iter().map(|sale| sale.amount));
    let accepted = accepted.ok_or_else(|| {
        Refusal::field("lines", say!("金额太大，请核对数量", "The amount is too large; please check the quantity"))
    })?;
    sales::append(db, recognised, now)?;
    diesel::update(delivery_points::table.find((&point.order_id, point.point)))
        .set((delivery_points::counted_step.eq(step), delivery_points::counted_at_ms.eq(now)))
        .execute(db)?;
    diesel::update(orders::table.find(&order.order_id))
        .set((
            orders::accepted_fen.eq(order.accepted_fen.unwrap_or_default() + accepted.fen()),
            orders::pipeline_fen.eq(order.pipeline_fen - counted_fen),
        ))
        .execute(db)?;
    let note = acceptance_told(acceptance.lines()).zh.into_owned();
    let detail = format!("第 {} 点 {note}；认定 {} 元", point.point, accepted.yuan());
    audit::record(db, Some(actor), "accept_order", &order.order_id, &detail, now)?;
    Ok(note)
}

/// A point is counted once, when everything that is to come has been shipped.
fn check_countable(point: &PointRow, goods: &[PointLineRow]) -> Result<()> {
    if point.counted_step.is_some() {
        return refuse(
            Code::AlreadyCounted,
            say!(
                "这个点位已经验收过；之后发现问题的，请登记退货",
                "This point has been counted already; what is found wrong later is returned"
            ),
        );
    }
    if goods.iter().all(|row| row.shipped == 0) {
        return refuse(
            Code::OutOfTurn,
            say!(
                "还没有货发到这个点位，到货后再验收",
                "Nothing has been shipped to this point yet; count it when it comes"
            ),
        );
    }
    let to_come: i64 = goods.iter().map(PointLineRow::to_ship).sum();
    if to_come > 0 {
        return refuse(
            Code::OutOfTurn,
            say!(
                "这个点位还有 {to_come} 没发货；到齐后一次验收，不会来的请先注明余货不再送",
                "{to_come} are still to be shipped to this point; count it when all is there, or close the rest first"
            ),
        );
    }
    Ok(())
}

fn recognition(db: &mut Db, order: &OrderRow, point: i64, now: Ms) -> Result<Recognition> {
    let sold_on = clock::day(now);
    Ok(Recognition {
        order: stored_id(&order.order_id)?,
        point,
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

// ---- giving up ----------------------------------------------------------------------------------------------------

/// What was confirmed for a point, or for all, and has not been shipped will not come: it can be sold to others again. Gives
/// the reason.
pub(super) fn close(db: &mut Db, order: &OrderRow, point: Option<i64>, reason: &str) -> Result<String> {
    let reason = parse_reason(reason)?;
    let goods = match point {
        Some(_) => {
            let point = find_point(db, &order.order_id, point)?;
            goods_at(db, &point)?
        }
        None => point_lines_of(db, &order.order_id)?,
    };
    let open: Vec<PointLineRow> = goods.into_iter().filter(|row| row.to_ship() > 0).collect();
    if open.is_empty() {
        return refuse(
            Code::OutOfTurn,
            say!(
                "确认的货已经全部发出，没有余货",
                "Everything that was confirmed has been shipped; nothing is left to close"
            ),
        );
    }
    let (lines, closed) = (lines_of(db, &order.order_id)?, by_line(&open, PointLineRow::to_ship));
    give_back_stock(db, &lines, &closed)?;
    for row in &open {
        diesel::update(point_lines::table.find((&row.order_id, row.point, row.line)))
            .set(point_lines::closed.eq(row.closed + row.to_ship()))
            .execute(db)?;
    }
    let mut closed_fen = 0;
    for line in &lines {
        closed_fen += times(line.unit_price_fen, closed.get(&line.line).copied().unwrap_or_default())?;
    }
    diesel::update(orders::table.find(&order.order_id))
        .set((
            orders::total_fen.eq(order.total_fen - closed_fen),
            orders::pipeline_fen.eq(order.pipeline_fen - closed_fen),
        ))
        .execute(db)?;
    Ok(reason)
}
