//! The people procurements are for. They are their union's: neither merchant nor coordinator ever reads them.

use diesel::prelude::*;
use domain::order::Recipient;
use domain::organisation::Actor;
use domain::permission::{Act, Whose, check, check_order};
use domain::wire;

use super::find;
use super::read::mask_phone;
use crate::error::Result;
use crate::schema::recipients;
use crate::store::{Db, natively};

#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = recipients, treat_none_as_default_value = false)]
struct RecipientRow {
    procurement_id: String,
    place: i64,
    buyer_id: String,
    department: String,
    name: String,
    phone: Option<String>,
    point: i64,
    sets: i64,
    bundle: Option<String>,
}

/// Rows of one statement: nine values each stay far below the 32,766 that SQLite binds.
const TOGETHER: usize = 500;

/// Keeps the list a procurement is placed with.
///
/// # Errors
/// The database's.
pub(super) fn insert_recipients(db: &mut Db, procurement_id: &str, actor: &Actor, people: &[Recipient]) -> Result<()> {
    let row = |(index, person): (usize, &Recipient)| RecipientRow {
        procurement_id: procurement_id.to_owned(),
        place: index as i64 + 1,
        buyer_id: actor.organisation.to_string(),
        department: person.department.clone(),
        name: person.name.clone(),
        phone: Some(person.phone.clone()),
        point: person.point as i64,
        sets: person.sets,
        bundle: person.bundle.clone(),
    };
    let rows: Vec<RecipientRow> = people.iter().enumerate().map(row).collect();
    for rows in rows.chunks(TOGETHER) {
        let insert = diesel::insert_into(recipients::table).values(rows);
        natively!(db, db => insert.execute(db))?;
    }
    Ok(())
}

/// Who is given what of the procurement an order belongs to, in the order of the list.
///
/// # Errors
/// As [`check_order`]; [`domain::Code::NotAllowed`] for who sees the order and is not of its union.
pub fn recipients(db: &mut Db, actor: &Actor, order_id: &str) -> Result<Vec<wire::Recipient>> {
    let order = find(db, order_id)?;
    let parties = order.parties()?;
    check_order(actor, Act::SeeOrder, &parties)?;
    let whose = if actor.organisation == parties.buyer { Whose::Own } else { Whose::Anothers };
    check(Some(actor.role), Act::SeeRecipients, whose)?;
    let of_procurement =
        recipients::table.filter(recipients::procurement_id.eq(order.procurement_id)).order(recipients::place);
    let rows: Vec<RecipientRow> = natively!(db, db => of_procurement.select(RecipientRow::as_select()).load(db))?;
    Ok(rows.into_iter().map(told).collect())
}

fn told(row: RecipientRow) -> wire::Recipient {
    let RecipientRow { place, department, name, phone, point, sets, bundle, .. } = row;
    let phone = phone.as_deref().map(mask_phone);
    wire::Recipient { place, department, name, phone, point, sets, bundle }
}
