//! What is not kept longer than it is needed. Names and what they were given stay, as the accounts must; phones and addresses go.

use diesel::prelude::*;
use domain::organisation::PRIVATE_BUYERS;

use super::statement::statement;
use super::{Db, audit, natively};
use crate::clock::Ms;
use crate::error::Result;

const DAY: Ms = 24 * 60 * 60 * 1000;

/// How much a purge has emptied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    /// Phones of people whose goods were accepted so long ago.
    pub recipients: usize,
    /// Points whose phone went, and with a private buyer's the address.
    pub points: usize,
    /// Members of rosters that were kept so long ago.
    pub members: usize,
}

/// Empties the phones of procurements that have ended `days` ago or earlier, which is when the last of their goods were accepted,
/// given up or cancelled, the addresses of private buyers among them, and phones and addresses of rosters as old. Where a union's goods went
/// stays, since its papers name it. Doing it again changes nothing.
///
/// # Errors
/// The database's.
pub fn purge(db: &mut Db, days: i64, now: Ms) -> Result<Purged> {
    let until = now.saturating_sub(days.saturating_mul(DAY));
    let of_recipients = statement::<(), _>(
        "update recipients set phone = null where phone is not null \
         and not exists (select 1 from orders where orders.procurement_id = recipients.procurement_id \
             and orders.state not in ('accepted', 'settled', 'cancelled')) \
         and not exists (select 1 from orders join order_history on order_history.order_id = orders.order_id \
             where orders.procurement_id = recipients.procurement_id \
             and order_history.action in ('accept', 'close', 'cancel') and order_history.at_ms > ?)",
        [until.into()],
    );
    let recipients = natively!(db, db => of_recipients.execute(db))?;
    let private = PRIVATE_BUYERS.to_string();
    let of_points = statement::<(), _>(
        "update delivery_points set phone = '', address = case when order_id in \
             (select order_id from orders where buyer_id = ?) then '' else address end \
         where phone <> '' and order_id in (select order_id from orders where state in ('accepted', 'settled', 'cancelled')) \
         and not exists (select 1 from order_history where order_history.order_id = delivery_points.order_id \
             and order_history.action in ('accept', 'close', 'cancel') and order_history.at_ms > ?)",
        [private.as_str().into(), until.into()],
    );
    let points = natively!(db, db => of_points.execute(db))?;
    let of_members = statement::<(), _>(
        "update roster_members set phone = null, address = null where (phone is not null or address is not null) \
         and roster_id in (select roster_id from rosters where kept_at_ms <= ?)",
        [until.into()],
    );
    let members = natively!(db, db => of_members.execute(db))?;
    if recipients + points + members > 0 {
        let detail = format!("recipients {recipients}, points {points}, members {members}");
        audit::record(db, None, "purge_personal_data", &format!("{days} days"), &detail, now)?;
    }
    Ok(Purged { recipients, points, members })
}
