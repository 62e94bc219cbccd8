//! The files of orders and procurements: which there are, who brought them, who may see them. Their content is kept in files
//! (`crate::attachments`).

use diesel::prelude::*;
use domain::attachment::{self, AttachmentKind, AttachmentScope, FileFormat};
use domain::id::AttachmentId;
use domain::order_life::State;
use domain::organisation::{Actor, Role};
use domain::permission::{Act, check_order};
use domain::{Code, say, wire};

use super::orders::{parties_of, procurement_of};
use super::{Db, audit, stored, stored_id};
use crate::attachments::Kept;
use crate::clock::Ms;
use crate::error::{Result, not_found, refuse};
use crate::schema::{attachments, orders, report_evidence};

/// A file that is to be added to an order, or to all orders of its basket.
#[derive(Debug, Clone)]
pub struct NewAttachment {
    pub id: AttachmentId,
    pub scope: AttachmentScope,
    pub kind: AttachmentKind,
    pub kept: Kept,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    New,
    /// The same file stands there under the same kind already.
    Known,
}

#[derive(Queryable, Selectable, Insertable, Debug)]
#[diesel(table_name = attachments)]
struct Row {
    attachment_id: String,
    order_id: Option<String>,
    procurement_id: Option<String>,
    kind: String,
    name: String,
    format: String,
    size_bytes: i64,
    sha256: String,
    organisation_id: Option<String>,
    account_id: Option<String>,
    role: Option<String>,
    added_at_ms: i64,
}

impl Row {
    fn kind(&self) -> Result<AttachmentKind> {
        stored!(AttachmentKind, &self.kind)
    }

    fn is_of(&self, actor: &Actor) -> bool {
        self.organisation_id.as_deref() == Some(actor.organisation.to_string().as_str())
            // All private buyers are one organisation: there it is the account that counts.
            && (actor.role != Role::Buyer || self.account_id.as_deref() == Some(actor.account.to_string().as_str()))
    }

    fn is_seen_by(&self, actor: &Actor) -> Result<bool> {
        Ok(self.is_of(actor) || self.kind()?.shown_to(actor.role))
    }

    fn scope(&self) -> AttachmentScope {
        match self.order_id {
            Some(_) => AttachmentScope::Order,
            None => AttachmentScope::Procurement,
        }
    }
}

/// Whether somebody may bring files of this kind to an order; asked before megabytes are received, and again where they are kept.
///
/// # Errors
/// The refusal.
pub fn check_may_add(db: &mut Db, actor: &Actor, order_id: &str, kind: AttachmentKind) -> Result<()> {
    check_order(actor, Act::AddAttachment, &parties_of(db, order_id)?)?;
    if !kind.brought_by(actor.role) {
        let role = domain::Say { zh: actor.role.zh().into(), en: actor.role.en().into() };
        let kind = domain::Say { zh: kind.zh().into(), en: kind.en().into() };
        return refuse(
            Code::NotAllowed,
            say!("{role}不上传{kind}，请由另一方上传", "{role} does not bring “{kind}”; the other side does"; role = role, kind = kind),
        );
    }
    if kind.precedes_approval() && !awaits_approval(db, order_id)? {
        return refuse(
            Code::OutOfTurn,
            say!(
                "会议纪要和比价材料要在审批之前交，这次采购已经批过了",
                "Meeting decisions and comparisons come before the approval, which this procurement has had"
            ),
        );
    }
    Ok(())
}

/// Whether any order of the basket is still to be approved.
fn awaits_approval(db: &mut Db, order_id: &str) -> Result<bool> {
    let procurement = procurement_of(db, order_id)?;
    let waiting: i64 = orders::table
        .filter(orders::procurement_id.eq(procurement))
        .filter(orders::state.eq_any([State::Draft.code(), State::Submitted.code()]))
        .count()
        .get_result(db)?;
    Ok(waiting > 0)
}

/// Adds a file whose content is on the disk. The same file again, under the same kind, changes nothing.
///
/// # Errors
/// As [`check_may_add`], and [`Code::TooManyAttachments`].
pub fn add(db: &mut Db, actor: &Actor, order_id: &str, new: &NewAttachment, now: Ms) -> Result<Added> {
    check_may_add(db, actor, order_id, new.kind)?;
    // A merchant has its own order and nothing of the others in the basket.
    let scope = if actor.role == Role::Merchant { AttachmentScope::Order } else { new.scope };
    insert(db, Some(actor), order_id, &NewAttachment { scope, ..new.clone() }, now)
}

/// The same without asking who may: for those who have come by another way than a session, and for acts that have asked
/// already.
///
/// # Errors
/// [`Code::TooManyAttachments`].
pub fn insert(db: &mut Db, by: Option<&Actor>, order_id: &str, new: &NewAttachment, now: Ms) -> Result<Added> {
    // Who adds to a basket side by side with others takes its orders first, or both might find room for one more.
    let procurement = procurement_of(db, order_id)?;
    let basket = orders::table.filter(orders::procurement_id.eq(&procurement));
    diesel::update(basket).set(orders::state.eq(orders::state)).execute(db)?;
    let held = rows(db, order_id, &procurement)?;
    let same = |row: &&Row| row.sha256 == new.kept.sha256 && row.kind == new.kind.code() && row.scope() == new.scope;
    if held.iter().any(|row| same(&row)) {
        return Ok(Added::Known);
    }
    attachment::check_room(held.len())?;
    let of_order = new.scope == AttachmentScope::Order;
    let row = Row {
        attachment_id: new.id.to_string(),
        order_id: of_order.then(|| order_id.to_owned()),
        procurement_id: (!of_order).then_some(procurement),
        kind: new.kind.code().to_owned(),
        name: new.kept.name.clone(),
        format: new.kept.format.code().to_owned(),
        size_bytes: new.kept.size_bytes,
        sha256: new.kept.sha256.clone(),
        organisation_id: by.map(|actor| actor.organisation.to_string()),
        account_id: by.map(|actor| actor.account.to_string()),
        role: by.map(|actor| actor.role.code().to_owned()),
        added_at_ms: now,
    };
    diesel::insert_into(attachments::table).values(&row).execute(db)?;
    audit::record(db, by, "add_attachment", order_id, &format!("{} {}", row.kind, row.sha256), now)?;
    Ok(Added::New)
}

/// Takes a file away that one's own side brought, before anybody has relied on it. Who takes it away once more finds it gone.
///
/// # Errors
/// [`Code::OutOfTurn`] for what an approval rests on, or what others count as a paper of the order.
pub fn remove(db: &mut Db, actor: &Actor, attachment_id: &str, now: Ms) -> Result<()> {
    let Some(row) = find(db, attachment_id)? else { return Ok(()) };
    let order_id = order_of(db, &row)?;
    check_order(actor, Act::RemoveAttachment, &parties_of(db, &order_id)?)?;
    if !row.is_seen_by(actor)? {
        return not_found(say!("这个附件", "This file"));
    }
    if !is_removable(db, actor, &row, &order_id)? {
        return refuse(
            Code::OutOfTurn,
            say!(
                "这个附件已经是凭证，要保留；传错了请再传一个对的并写明",
                "This file is evidence by now and is kept; add the right one beside it and say so"
            ),
        );
    }
    diesel::delete(attachments::table.find(attachment_id)).execute(db)?;
    audit::record(db, Some(actor), "remove_attachment", &order_id, &format!("{} {}", row.kind, row.sha256), now)
}

/// Records are kept and not destroyed, as the rules on welfare purchases have it: only what no approval rests on yet.
fn is_removable(db: &mut Db, actor: &Actor, row: &Row, order_id: &str) -> Result<bool> {
    let kind = row.kind()?;
    let brought = row.is_of(actor) && kind.brought_by(actor.role);
    Ok(brought && (kind.precedes_approval() || kind == AttachmentKind::Other) && awaits_approval(db, order_id)?)
}

// ---- reading ------------------------------------------------------------------------------------------------------

fn find(db: &mut Db, attachment_id: &str) -> Result<Option<Row>> {
    Ok(attachments::table.find(attachment_id).select(Row::as_select()).get_result(db).optional()?)
}

/// An order the file belongs to: any of a basket, whose buyer and submitter are one.
fn order_of(db: &mut Db, row: &Row) -> Result<String> {
    match (&row.order_id, &row.procurement_id) {
        (Some(order_id), _) => Ok(order_id.clone()),
        (None, procurement) => {
            let first = orders::table.filter(orders::procurement_id.eq(procurement.clone().unwrap_or_default()));
            Ok(first.order(orders::order_id).select(orders::order_id).limit(1).get_result(db)?)
        }
    }
}

fn rows(db: &mut Db, order_id: &str, procurement_id: &str) -> Result<Vec<Row>> {
    let of_both = attachments::order_id.eq(order_id).or(attachments::procurement_id.eq(procurement_id));
    let in_order = attachments::table.filter(of_both).order((attachments::added_at_ms, attachments::attachment_id));
    Ok(in_order.select(Row::as_select()).load(db)?)
}

/// The files of an order and of its basket that the reader may see.
///
/// # Errors
/// [`Code::NotFound`] for another's order.
pub fn of_order(db: &mut Db, actor: &Actor, order_id: &str) -> Result<wire::Attachments> {
    check_order(actor, Act::SeeAttachments, &parties_of(db, order_id)?)?;
    let procurement = procurement_of(db, order_id)?;
    let mut items = Vec::new();
    for row in rows(db, order_id, &procurement)? {
        if row.is_seen_by(actor)? {
            let removable = is_removable(db, actor, &row, order_id)?;
            items.push(to_wire(&row, removable)?);
        }
    }
    Ok(wire::Attachments { items })
}

/// The files of one kind, whoever asks: for the rules that ask whether they are there.
///
/// # Errors
/// The database's.
pub fn of_kind(db: &mut Db, order_id: &str, kind: AttachmentKind) -> Result<Vec<wire::Attachment>> {
    let procurement = procurement_of(db, order_id)?;
    let rows = rows(db, order_id, &procurement)?;
    rows.iter().filter(|row| row.kind == kind.code()).map(|row| to_wire(row, false)).collect()
}

fn to_wire(row: &Row, removable: bool) -> Result<wire::Attachment> {
    Ok(wire::Attachment {
        id: stored_id(&row.attachment_id)?,
        scope: row.scope(),
        kind: row.kind()?,
        name: row.name.clone(),
        format: stored!(FileFormat, &row.format)?,
        size_bytes: row.size_bytes,
        sha256: row.sha256.clone(),
        role: row.role.as_deref().map(|role| stored!(Role, role)).transpose()?,
        added_at_ms: row.added_at_ms,
        removable,
    })
}

/// A file, for somebody who may see it.
///
/// # Errors
/// [`Code::NotFound`] when it does not exist or is not the reader's to see.
pub fn one(db: &mut Db, actor: &Actor, attachment_id: &str) -> Result<wire::Attachment> {
    let missing = || not_found(say!("这个附件", "This file"));
    let Some(row) = find(db, attachment_id)? else { return missing() };
    let order_id = order_of(db, &row)?;
    let seen = check_order(actor, Act::SeeAttachments, &parties_of(db, &order_id)?).is_ok() && row.is_seen_by(actor)?;
    if seen { to_wire(&row, false) } else { missing() }
}

/// The content of every file there is, once, by its hash: of orders and of reports.
pub fn hashes(db: &mut Db) -> Result<Vec<String>> {
    let mut hashes: Vec<String> = attachments::table.select(attachments::sha256).distinct().load(db)?;
    hashes.extend(report_evidence::table.select(report_evidence::sha256).distinct().load::<String>(db)?);
    hashes.sort();
    hashes.dedup();
    Ok(hashes)
}
