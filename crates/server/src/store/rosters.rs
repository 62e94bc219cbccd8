//! Rosters of members. Only their own union ever reads them.

use diesel::prelude::*;
use domain::organisation::Actor;
use domain::permission::{Act, Whose, check};
use domain::roster::Roster;
use domain::{Code, Refusal, say, wire};

use super::orders::mask_phone;
use super::{Db, audit, natively, stored_id};
use crate::clock::Ms;
use crate::error::{Result, not_found};
use crate::schema::{roster_members, rosters};

#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = rosters)]
struct RosterRow {
    roster_id: String,
    union_id: String,
    as_of: String,
    people: i64,
    account_id: String,
    kept_at_ms: Ms,
}

#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = roster_members, treat_none_as_default_value = false)]
struct MemberRow {
    roster_id: String,
    place: i64,
    name: String,
    department: String,
    phone: Option<String>,
    address: Option<String>,
}

/// Rows of one statement: six values each stay far below the 32,766 that SQLite binds.
const TOGETHER: usize = 500;

/// Keeps a roster with the union of who sends it; the same again changes nothing.
///
/// # Errors
/// [`Code::IdTaken`] where the identifier is another union's.
pub fn keep(db: &mut Db, actor: &Actor, roster: &Roster, now: Ms) -> Result<wire::RosterSummary> {
    check(Some(actor.role), Act::KeepRoster, Whose::Own)?;
    let id = roster.id.to_string();
    if let Some(known) = find(db, &id)? {
        if known.union_id == actor.organisation.to_string() {
            return told(known);
        }
        let sentence = say!(
            "这个编号已经用过，请刷新页面后重新保存",
            "This identifier has been used; reload the page and keep the roster again"
        );
        return Err(Refusal::new(Code::IdTaken, sentence).at("id").into());
    }
    let row = RosterRow {
        roster_id: id.clone(),
        union_id: actor.organisation.to_string(),
        as_of: roster.as_of.to_string(),
        people: roster.members.len() as i64,
        account_id: actor.account.to_string(),
        kept_at_ms: now,
    };
    let insert = diesel::insert_into(rosters::table).values(&row);
    natively!(db, db => insert.execute(db))?;
    let member = |(index, member): (usize, &domain::roster::Member)| MemberRow {
        roster_id: id.clone(),
        place: index as i64 + 1,
        name: member.name.clone(),
        department: member.department.clone(),
        phone: member.phone.clone(),
        address: member.address.clone(),
    };
    let members: Vec<MemberRow> = roster.members.iter().enumerate().map(member).collect();
    for members in members.chunks(TOGETHER) {
        let insert = diesel::insert_into(roster_members::table).values(members);
        natively!(db, db => insert.execute(db))?;
    }
    audit::record(db, Some(actor), "keep_roster", &id, &row.people.to_string(), now)?;
    told(row)
}

/// The rosters of the reader's union, the latest day first.
///
/// # Errors
/// The database's.
pub fn list(db: &mut Db, actor: &Actor) -> Result<Vec<wire::RosterSummary>> {
    check(Some(actor.role), Act::SeeRoster, Whose::Own)?;
    let own = rosters::table
        .filter(rosters::union_id.eq(actor.organisation.to_string()))
        .order((rosters::as_of.desc(), rosters::kept_at_ms.desc()));
    let rows: Vec<RosterRow> = natively!(db, db => own.select(RosterRow::as_select()).load(db))?;
    rows.into_iter().map(told).collect()
}

/// One roster with its members; another union's is answered as one that does not exist.
///
/// # Errors
/// [`Code::NotFound`].
pub fn one(db: &mut Db, actor: &Actor, id: &str) -> Result<wire::Roster> {
    let own = find(db, id)?.filter(|roster| roster.union_id == actor.organisation.to_string());
    let Some(roster) = own else { return not_found(say!("这份名册", "This roster")) };
    check(Some(actor.role), Act::SeeRoster, Whose::Own)?;
    let of_roster = roster_members::table.filter(roster_members::roster_id.eq(id)).order(roster_members::place);
    let rows: Vec<MemberRow> = natively!(db, db => of_roster.select(MemberRow::as_select()).load(db))?;
    let member = |row: MemberRow| wire::Member {
        name: row.name,
        department: row.department,
        phone: row.phone.as_deref().map(mask_phone),
        address: row.address,
    };
    Ok(wire::Roster { summary: told(roster)?, members: rows.into_iter().map(member).collect() })
}

fn find(db: &mut Db, id: &str) -> Result<Option<RosterRow>> {
    let roster: QueryResult<RosterRow> =
        natively!(db, db => rosters::table.find(id).select(RosterRow::as_select()).get_result(db));
    Ok(roster.optional()?)
}

fn told(row: RosterRow) -> Result<wire::RosterSummary> {
    let RosterRow { roster_id, as_of, people, kept_at_ms, .. } = row;
    Ok(wire::RosterSummary { id: stored_id(&roster_id)?, as_of, people, kept_at_ms })
}
