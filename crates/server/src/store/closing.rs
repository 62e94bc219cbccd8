//! Months that are closed: they take no entry of their days any more.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use domain::organisation::Actor;
use domain::permission::{self, Act, Whose, check_sales};
use domain::region::DistrictId;
use domain::statement::Month;
use domain::tally::Dimension;
use domain::{Code, Money, Refusal, closing, say, wire};
use jiff::civil::Date;

use super::tally::check_district;
use super::{Db, audit, sales};
use crate::clock::{self, Ms};
use crate::error::{Error, Result, refuse};
use crate::schema::{accounts, month_closes, rollups};

/// Whether the ledger still takes an entry of this day. Who decides by it has taken the ledger's end before, as
/// [`sales::append`] has: nobody closes the month meanwhile.
///
/// # Errors
/// [`Code::MonthClosed`].
pub fn check_open(db: &mut Db, day: Date) -> Result<()> {
    Ok(why_closed(db, day)?.map_or(Ok(()), Err)?)
}

/// What is said of a day whose month is closed.
pub(super) fn why_closed(db: &mut Db, day: Date) -> Result<Option<Refusal>> {
    let month = Month::of(day);
    let closed: Option<i64> =
        month_closes::table.find(month.number()).select(month_closes::month).get_result(db).optional()?;
    Ok(closed.map(|_| closing::closed(month)))
}

/// The same of several days; each month is asked for once.
pub(super) fn check_open_all(db: &mut Db, days: impl Iterator<Item = Date>) -> Result<()> {
    let months: BTreeSet<Date> = days.map(|day| day.first_of_month()).collect();
    months.into_iter().try_for_each(|month| check_open(db, month))
}

#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = month_closes)]
pub(super) struct CloseRow {
    pub(super) month: i64,
    closed_at_ms: i64,
    account_id: String,
    pub(super) last_entry: i64,
    pub(super) hash: String,
    pub(super) amount_fen: i64,
    pub(super) entries: i64,
    note: Option<String>,
}

/// Every close, by the entry the ledger ended with.
pub(super) fn all(db: &mut Db) -> Result<Vec<CloseRow>> {
    let by_end = (month_closes::last_entry, month_closes::month);
    Ok(month_closes::table.order(by_end).select(CloseRow::as_select()).load(db)?)
}

/// Which months of a year up to one of them are not closed, as 1 to 12.
///
/// # Errors
/// The database's.
pub fn open_months(db: &mut Db, year: i16, until: i64) -> Result<Vec<i64>> {
    let first = i64::from(year) * 100;
    let closed: Vec<i64> = month_closes::table
        .filter(month_closes::month.between(first + 1, first + until))
        .select(month_closes::month)
        .load(db)?;
    Ok((1..=until).filter(|month| !closed.contains(&(first + month))).collect())
}

/// Amount and entries dated in each month of a year, of a district or of the whole city.
fn sums(db: &mut Db, year: i16, district: Option<&DistrictId>) -> Result<HashMap<i64, (i64, i64)>> {
    let first = i64::from(year) * 100;
    let mut query = rollups::table
        .filter(rollups::month.between(first + 1, first + 12))
        .filter(rollups::dimension.eq(Dimension::Total.code()))
        .select((rollups::month, rollups::amount_fen, rollups::entries))
        .into_boxed();
    if let Some(district) = district {
        query = query.filter(rollups::district_id.eq(district.to_string()));
    }
    let rows: Vec<(i64, i64, i64)> = query.load(db)?;
    let mut sums = HashMap::new();
    for (month, amount, entries) in rows {
        let sum: &mut (i64, i64) = sums.entry(month).or_default();
        *sum = (sum.0 + amount, sum.1 + entries);
    }
    Ok(sums)
}

/// The months of a year that have begun, and which of them are closed.
///
/// # Errors
/// [`Code::NotAllowed`] for who may not see the figures; a district that is none.
pub fn months(db: &mut Db, actor: &Actor, year: i16, district: Option<&DistrictId>, now: Ms) -> Result<wire::Months> {
    check_sales(actor, district)?;
    check_district(db, district)?;
    let today = clock::day(now);
    let sums = sums(db, year, district)?;
    let sees_city = check_sales(actor, None).is_ok();
    let first = i64::from(year) * 100;
    let closes: Vec<(CloseRow, String)> = month_closes::table
        .inner_join(accounts::table.on(accounts::account_id.eq(month_closes::account_id)))
        .filter(month_closes::month.between(first + 1, first + 12))
        .select((CloseRow::as_select(), accounts::name))
        .load(db)?;
    let mut items = Vec::new();
    for number in first + 1..=first + 12 {
        let month = Month::from_number(number).ok_or_else(|| Error::corrupt(format!("the month {number}")))?;
        if month.first() > today {
            break;
        }
        let (amount, entries) = sums.get(&number).copied().unwrap_or_default();
        let close = closes.iter().find(|(row, _)| row.month == number).map(|(row, name)| wire::MonthClose {
            closed_at_ms: row.closed_at_ms,
            closed_by: name.clone(),
            last_entry: row.last_entry,
            hash: row.hash.clone(),
            amount_fen: sees_city.then_some(Money::from_fen(row.amount_fen)),
            entries: sees_city.then_some(row.entries),
            note: row.note.clone(),
        });
        items.push(wire::MonthState {
            month: month.to_string(),
            amount_fen: Money::from_fen(amount),
            entries,
            ended: month.end() <= today,
            close,
        });
    }
    Ok(wire::Months { year, items, may_close: permission::may(Some(actor.role), Act::CloseMonth, Whose::Own) })
}

/// Closes a month as its reader saw it. The same said again by the same person changes nothing.
///
/// # Errors
/// [`Code::OutOfTurn`] before it has ended; [`Code::MonthClosed`] when somebody has closed it; [`Code::Overtaken`] when its sum is no
/// longer what was seen.
pub fn close(db: &mut Db, actor: &Actor, month: Month, body: &wire::NewClose, now: Ms) -> Result<()> {
    permission::check(Some(actor.role), Act::CloseMonth, Whose::Own)?;
    let note = closing::parse_note(body.note.as_deref())?;
    // From here on nobody appends until this is committed.
    let (last_entry, hash) = sales::take_head(db)?;
    let known: Option<CloseRow> =
        month_closes::table.find(month.number()).select(CloseRow::as_select()).get_result(db).optional()?;
    if let Some(known) = known {
        let same = known.account_id == actor.account.to_string() && known.note == note;
        return if same { Ok(()) } else { already_closed(month) };
    }
    closing::may_close(month, clock::day(now))?;
    let sums = sums(db, month.first().year(), None)?;
    let (amount, entries) = sums.get(&month.number()).copied().unwrap_or_default();
    if (amount, entries) != (body.amount_fen.fen(), body.entries) {
        return refuse(
            Code::Overtaken,
            say!(
                "看过以后这个月的账又有变动，还没有关账；请刷新后再核对一遍",
                "The month has changed since you looked and is not closed; reload and check it again"
            ),
        );
    }
    let row = CloseRow {
        month: month.number(),
        closed_at_ms: now,
        account_id: actor.account.to_string(),
        last_entry,
        hash: hash.to_string(),
        amount_fen: amount,
        entries,
        note,
    };
    diesel::insert_into(month_closes::table).values(&row).execute(db)?;
    let detail = format!("{} 元，{entries} 笔，台账至第 {last_entry} 笔", Money::from_fen(amount).yuan());
    audit::record(db, Some(actor), "close_month", &month.to_string(), &detail, now)
}

fn already_closed(month: Month) -> Result<()> {
    let sentence =
        say!("{month} 已经有人关账了，请刷新后看结果", "{month} was closed by somebody already; reload to see it");
    Err(Refusal::new(Code::MonthClosed, sentence).into())
}
