//! The delivery points of orders, and what becomes of each line at each of them.

use diesel::prelude::*;
use domain::fulfilment::{choose_point, point_code};
use domain::order::{AcceptedLine, NewLine, Point};
use domain::order_life::Left;
use domain::{Quantity, wire};

use crate::error::{Error, Result};
use crate::schema::{delivery_points, point_lines};
use crate::store::{Db, stored_quantity};

#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = delivery_points, treat_none_as_default_value = false)]
pub(super) struct PointRow {
    pub(super) order_id: String,
    pub(super) point: i64,
    address: String,
    contact: String,
    phone: String,
    recipients: i64,
    code: String,
    pub(super) counted_step: Option<i64>,
    counted_at_ms: Option<i64>,
}

#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = point_lines, treat_none_as_default_value = false)]
pub(super) struct PointLineRow {
    pub(super) order_id: String,
    pub(super) point: i64,
    pub(super) line: i64,
    pub(super) quantity: i64,
    pub(super) confirmed: Option<i64>,
    pub(super) shipped: i64,
    pub(super) closed: i64,
    pub(super) accepted: Option<i64>,
    pub(super) short: Option<i64>,
    pub(super) rejected: Option<i64>,
    pub(super) reason: Option<String>,
    pub(super) returned: i64,
}

impl PointLineRow {
    /// Confirmed, and neither shipped nor given up.
    pub(super) fn to_ship(&self) -> i64 {
        self.confirmed.unwrap_or_default() - self.shipped - self.closed
    }

    /// As it was counted in, once it was.
    pub(super) fn counted(&self) -> Result<Option<AcceptedLine>> {
        let (Some(accepted), Some(short), Some(rejected)) = (self.accepted, self.short, self.rejected) else {
            return Ok(None);
        };
        Ok(Some(AcceptedLine {
            line: self.line,
            accepted: stored_quantity(accepted)?,
            short: stored_quantity(short)?,
            rejected: stored_quantity(rejected)?,
            reason: self.reason.clone(),
        }))
    }

    fn to_wire(&self) -> Result<wire::PointLine> {
        Ok(wire::PointLine {
            line: self.line,
            quantity: stored_quantity(self.quantity)?,
            confirmed: self.confirmed.map(stored_quantity).transpose()?,
            shipped: stored_quantity(self.shipped)?,
            closed: stored_quantity(self.closed)?,
            accepted: self.accepted.map(stored_quantity).transpose()?,
            short: self.short.map(stored_quantity).transpose()?,
            rejected: self.rejected.map(stored_quantity).transpose()?,
            reason: self.reason.clone(),
            returned: stored_quantity(self.returned)?,
        })
    }
}

/// Up to so many rows are inserted one by one, by a statement that is prepared once; more of them together.
pub(super) const ONE_BY_ONE: usize = 8;
/// Rows of one statement: a dozen values each stay far below the 32,766 that SQLite binds.
pub(super) const TOGETHER: usize = 500;

/// Inserts rows by a statement for each, or for many at a time.
macro_rules! insert_rows {
    ($db:expr, $table:expr, $rows:expr) => {{
        let size = if $rows.len() <= $crate::store::orders::points::ONE_BY_ONE {
            1
        } else {
            $crate::store::orders::points::TOGETHER
        };
        for chunk in $rows.chunks(size) {
            match chunk {
                [row] => {
                    let insert = diesel::insert_into($table).values(row);
                    $crate::store::natively!($db, db => insert.execute(db))?;
                }
                rows => {
                    let insert = diesel::insert_into($table).values(rows);
                    $crate::store::natively!($db, db => insert.execute(db))?;
                }
            }
        }
    }};
}
pub(super) use insert_rows;

/// Stores those points of a basket to which something of this order goes. Gives back for each point of the basket its number
/// in the order, none where the order does not go there.
pub(super) fn insert_points(
    db: &mut Db,
    order_id: &str,
    points: &[Point],
    lines: &[NewLine],
) -> Result<Vec<Option<i64>>> {
    let mut numbers = Vec::with_capacity(points.len());
    let mut rows = Vec::new();
    for (index, Point { delivery, recipients }) in points.iter().enumerate() {
        if lines.iter().all(|line| line.by_point[index].is_zero()) {
            numbers.push(None);
            continue;
        }
        let point = rows.len() as i64 + 1;
        numbers.push(Some(point));
        rows.push(PointRow {
            order_id: order_id.to_owned(),
            point,
            address: delivery.address.clone(),
            contact: delivery.contact.clone(),
            phone: delivery.phone.clone(),
            recipients: *recipients,
            code: point_code(rand::random()),
            counted_step: None,
            counted_at_ms: None,
        });
    }
    insert_rows!(db, delivery_points::table, rows);
    Ok(numbers)
}

/// Stores how much of each line goes where. `numbers` are those of [`insert_points`].
pub(super) fn insert_point_lines(
    db: &mut Db,
    order_id: &str,
    numbers: &[Option<i64>],
    lines: &[NewLine],
) -> Result<()> {
    let row = |point: i64, line: i64, quantity: Quantity| PointLineRow {
        order_id: order_id.to_owned(),
        point,
        line,
        quantity: quantity.get(),
        confirmed: None,
        shipped: 0,
        closed: 0,
        accepted: None,
        short: None,
        rejected: None,
        reason: None,
        returned: 0,
    };
    let mut rows = Vec::new();
    for (line, new) in (1..).zip(lines) {
        let goes = numbers.iter().zip(&new.by_point).filter(|(_, quantity)| !quantity.is_zero());
        rows.extend(goes.filter_map(|(point, quantity)| Some(row((*point)?, line, *quantity))));
    }
    insert_rows!(db, point_lines::table, rows);
    Ok(())
}

/// Stores the lines of an order that was changed; its points stay, also one to which nothing goes any more.
pub(super) fn replace_point_lines(db: &mut Db, order_id: &str, lines: &[NewLine]) -> Result<()> {
    diesel::delete(point_lines::table.filter(point_lines::order_id.eq(order_id))).execute(db)?;
    let numbers: Vec<Option<i64>> = (1..=point_count(db, order_id)? as i64).map(Some).collect();
    insert_point_lines(db, order_id, &numbers, lines)
}

/// How many points an order has; they are numbered from 1 without gaps.
pub(super) fn point_count(db: &mut Db, order_id: &str) -> Result<usize> {
    let count: i64 = delivery_points::table.filter(delivery_points::order_id.eq(order_id)).count().get_result(db)?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// The point that is meant; none said is the only one.
pub(super) fn find_point(db: &mut Db, order_id: &str, point: Option<i64>) -> Result<PointRow> {
    let points = point_count(db, order_id)?;
    let number = match point {
        None if points == 1 => 1,
        Some(point) if (1..=points as i64).contains(&point) => point,
        _ => return Err(choose_point(points).into()),
    };
    Ok(delivery_points::table.find((order_id, number)).select(PointRow::as_select()).get_result(db)?)
}

/// Where a person's order goes: they have one point.
pub(super) fn delivery_of(db: &mut Db, order_id: &str) -> Result<wire::Delivery> {
    let row: PointRow = delivery_points::table.find((order_id, 1)).select(PointRow::as_select()).get_result(db)?;
    Ok(wire::Delivery { address: row.address, contact: row.contact, phone: row.phone })
}

/// The order and the number of the point that a code opens.
pub(super) fn point_of_code(db: &mut Db, code: &str) -> Result<Option<(String, i64)>> {
    let point = delivery_points::table.filter(delivery_points::code.eq(code));
    Ok(point.select((delivery_points::order_id, delivery_points::point)).get_result(db).optional()?)
}

pub(super) fn point_rows(db: &mut Db, order_id: &str) -> Result<Vec<PointRow>> {
    let rows = delivery_points::table.filter(delivery_points::order_id.eq(order_id)).order(delivery_points::point);
    Ok(rows.select(PointRow::as_select()).load(db)?)
}

/// Everything of an order, by point and line.
pub(super) fn point_lines_of(db: &mut Db, order_id: &str) -> Result<Vec<PointLineRow>> {
    let rows = point_lines::table.filter(point_lines::order_id.eq(order_id));
    Ok(rows.order((point_lines::point, point_lines::line)).select(PointLineRow::as_select()).load(db)?)
}

/// Whether anything is still to be shipped, or to be counted where it was shipped to.
pub(super) fn left(db: &mut Db, order_id: &str) -> Result<Left> {
    let lines = point_lines_of(db, order_id)?;
    let open = lines.iter().any(|row| row.to_ship() > 0 || (row.shipped > 0 && row.accepted.is_none()));
    Ok(if open { Left::Something } else { Left::Nothing })
}

/// The points with what goes to each, as they are shown.
pub(super) fn to_wire(rows: Vec<PointRow>, lines: &[PointLineRow]) -> Result<Vec<wire::Point>> {
    let mut lines = lines.iter().peekable();
    let point = |row: PointRow| {
        let mut of_point = Vec::new();
        while let Some(line) = lines.next_if(|line| line.point == row.point) {
            of_point.push(line.to_wire()?);
        }
        let PointRow { point, address, contact, phone, recipients, code, counted_at_ms, .. } = row;
        Ok(wire::Point { point, address, contact, phone, recipients, counted_at_ms, code: Some(code), lines: of_point })
    };
    rows.into_iter().map(point).collect()
}

/// The price of so many pieces, which the bounds of both keep far from any limit.
pub(super) fn times(unit_price_fen: i64, pieces: i64) -> Result<i64> {
    unit_price_fen.checked_mul(pieces).ok_or_else(|| Error::corrupt("an amount beyond every bound"))
}

/// The points of several orders, each order's in their turn.
///
/// # Errors
/// The database's.
pub(in crate::store) fn points_of_orders(db: &mut Db, order_ids: &[String]) -> Result<Vec<Vec<wire::Point>>> {
    order_ids.iter().map(|order_id| to_wire(point_rows(db, order_id)?, &[])).collect()
}
