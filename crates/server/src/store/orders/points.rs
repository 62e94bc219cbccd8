//! The delivery points of orders, and how much of each line goes to each.

use diesel::prelude::*;
use domain::fulfilment::point_code;
use domain::order::{NewLine, Point};
use domain::wire;

use crate::error::Result;
use crate::schema::{delivery_points, point_lines};
use crate::store::{Db, natively, stored_quantity};

#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = delivery_points, treat_none_as_default_value = false)]
struct PointRow {
    order_id: String,
    point: i64,
    address: String,
    contact: String,
    phone: String,
    recipients: i64,
    code: String,
}

#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = point_lines, treat_none_as_default_value = false)]
struct PointLineRow {
    order_id: String,
    point: i64,
    line: i64,
    quantity: i64,
}

/// Up to so many rows are inserted one by one, by a statement that is prepared once; more of them together.
const ONE_BY_ONE: usize = 8;
/// Rows of one statement: seven values each stay far below the 32,766 that SQLite binds.
const TOGETHER: usize = 500;

/// Inserts rows by a statement for each, or for many at a time.
macro_rules! insert_rows {
    ($db:expr, $table:expr, $rows:expr) => {{
        let size = if $rows.len() <= ONE_BY_ONE { 1 } else { TOGETHER };
        for chunk in $rows.chunks(size) {
            match chunk {
                [row] => {
                    let insert = diesel::insert_into($table).values(row);
                    natively!($db, db => insert.execute(db))?;
                }
                rows => {
                    let insert = diesel::insert_into($table).values(rows);
                    natively!($db, db => insert.execute(db))?;
                }
            }
        }
    }};
}

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
    let mut rows = Vec::new();
    for (line, new) in (1..).zip(lines) {
        let goes = numbers.iter().zip(&new.by_point).filter(|(_, quantity)| !quantity.is_zero());
        rows.extend(goes.filter_map(|(point, quantity)| {
            Some(PointLineRow { order_id: order_id.to_owned(), point: (*point)?, line, quantity: quantity.get() })
        }));
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

/// Where a person's order goes: they have one point.
pub(super) fn delivery_of(db: &mut Db, order_id: &str) -> Result<wire::Delivery> {
    let row: PointRow = delivery_points::table.find((order_id, 1)).select(PointRow::as_select()).get_result(db)?;
    Ok(wire::Delivery { address: row.address, contact: row.contact, phone: row.phone })
}

/// The points of an order with what goes to each.
pub(super) fn points_of(db: &mut Db, order_id: &str) -> Result<Vec<wire::Point>> {
    let rows: Vec<PointRow> = delivery_points::table
        .filter(delivery_points::order_id.eq(order_id))
        .order(delivery_points::point)
        .select(PointRow::as_select())
        .load(db)?;
    let lines: Vec<PointLineRow> = point_lines::table
        .filter(point_lines::order_id.eq(order_id))
        .order((point_lines::point, point_lines::line))
        .select(PointLineRow::as_select())
        .load(db)?;
    let mut lines = lines.into_iter().peekable();
    let point = |row: PointRow| {
        let mut of_point = Vec::new();
        while let Some(line) = lines.next_if(|line| line.point == row.point) {
            of_point.push(wire::PointLine { line: line.line, quantity: stored_quantity(line.quantity)? });
        }
        let PointRow { point, address, contact, phone, recipients, code, .. } = row;
        Ok(wire::Point { point, address, contact, phone, recipients, code: Some(code), lines: of_point })
    };
    rows.into_iter().map(point).collect()
}
