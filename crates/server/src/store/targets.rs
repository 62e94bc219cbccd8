//! The year's targets: every version there is, new ones, and whole task sheets.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::channel::Channel;
use domain::organisation::Actor;
use domain::permission::{self, Act, Whose};
use domain::product::Brand;
use domain::target::{PartSum, Scope, Target, check_amount, parse_document, part_sums};
use domain::target_sheet::{Bound, Change, TargetSheet, compare};
use domain::{Code, Language, Money, Refusal, say, wire};
use sha2::{Digest as _, Sha256};

use super::{Db, audit, stored};
use crate::clock::{self, Ms};
use crate::error::{Result, refuse};
use crate::password::hex;
use crate::schema::{accounts, regions, targets};

#[derive(Queryable, Selectable, Insertable, Debug)]
#[diesel(table_name = targets)]
struct Row {
    year: i64,
    scope: String,
    key: String,
    version: i64,
    amount_fen: i64,
    document: String,
    account_id: Option<String>,
    recorded_at_ms: i64,
}

/// Stores a version with nobody's name: what a market begins with.
pub(super) fn load(db: &mut Db, target: &Target) -> Result<()> {
    insert(db, target, None, 0)
}

fn insert(db: &mut Db, target: &Target, account_id: Option<String>, recorded_at_ms: Ms) -> Result<()> {
    let row = Row {
        year: target.year.into(),
        scope: target.scope.code().to_owned(),
        key: target.key.clone(),
        version: target.version,
        amount_fen: target.amount.fen(),
        document: target.document.clone(),
        account_id,
        recorded_at_ms,
    };
    diesel::insert_into(targets::table).values(&row).execute(db)?;
    Ok(())
}

/// All versions of a year, the latest of each first.
fn of_year(db: &mut Db, year: i16) -> Result<Vec<Row>> {
    Ok(targets::table
        .filter(targets::year.eq(i64::from(year)))
        .order((targets::scope, targets::key, targets::version.desc()))
        .select(Row::as_select())
        .load(db)?)
}

/// Version and amount in force of each.
fn in_force(rows: &[Row]) -> Result<HashMap<(Scope, String), (i64, Money)>> {
    let mut held = HashMap::new();
    for row in rows {
        let scope = stored!(Scope, &row.scope)?;
        held.entry((scope, row.key.clone())).or_insert((row.version, Money::from_fen(row.amount_fen)));
    }
    Ok(held)
}

/// Everybody a target can bind, in the order lists show them; the first name is that in the reader's language.
///
/// # Errors
/// The database's.
pub fn bound(db: &mut Db, reader: Language) -> Result<Vec<Bound>> {
    let named = |zh: &str, en: &str, more: &[&str]| {
        let first = if reader == Language::En { [en, zh] } else { [zh, en] };
        first.iter().chain(more).map(|name| (*name).to_owned()).collect::<Vec<_>>()
    };
    let city = named("全市", "City", &["合计", "总计", "全市合计", "宁波市", "Total"]);
    let mut all = vec![Bound { scope: Scope::City, key: String::new(), names: city }];
    let places: Vec<(String, String, String, String, String)> = regions::table
        .filter(regions::kind.ne("prefecture"))
        .order(regions::position)
        .select((regions::region_id, regions::kind, regions::name, regions::short, regions::name_en))
        .load(db)?;
    let of_kind = |kind: &'static str, scope: Scope| {
        let places = places.iter().filter(move |(_, known, ..)| known == kind);
        places.map(move |(id, _, name, short, en)| (scope, id.clone(), name.clone(), short.clone(), en.clone()))
    };
    for (scope, key, name, short, en) in of_kind("district", Scope::District) {
        all.push(Bound { scope, key, names: named(&name, &en, &[&short]) });
    }
    for channel in Channel::ALL {
        let names = named(channel.zh(), channel.en(), &[]);
        all.push(Bound { scope: Scope::Channel, key: channel.code().to_owned(), names });
    }
    for (scope, key, name, short, en) in of_kind("county", Scope::County) {
        all.push(Bound { scope, key, names: named(&name, &en, &[&short]) });
    }
    for brand in Brand::ALL {
        let names = named(brand.zh(), brand.en(), &[]);
        all.push(Bound { scope: Scope::Brand, key: brand.code().to_owned(), names });
    }
    Ok(all)
}

fn sums_told(sums: Vec<PartSum>) -> Vec<wire::TargetSum> {
    let told = |sum: PartSum| wire::TargetSum {
        scope: sum.part,
        amount_fen: sum.amount,
        city_fen: sum.city,
        difference_fen: sum.difference(),
    };
    sums.into_iter().map(told).collect()
}

/// The task sheet of a year with every version.
///
/// # Errors
/// [`Code::NotAllowed`].
pub fn sheet(db: &mut Db, actor: &Actor, year: i16, now: Ms, reader: Language) -> Result<wire::TargetSheet> {
    permission::check(Some(actor.role), Act::SeeTargets, Whose::Own)?;
    let rows = of_year(db, year)?;
    let held = in_force(&rows)?;
    let names: Vec<(String, String)> = accounts::table
        .filter(accounts::account_id.eq_any(rows.iter().filter_map(|row| row.account_id.as_ref())))
        .select((accounts::account_id, accounts::name))
        .load(db)?;
    let names: HashMap<String, String> = names.into_iter().collect();
    let version = |row: &Row| wire::TargetVersion {
        version: row.version,
        amount_fen: Money::from_fen(row.amount_fen),
        document: row.document.clone(),
        recorded_at_ms: Some(row.recorded_at_ms).filter(|at| *at > 0),
        recorded_by: row.account_id.as_ref().and_then(|account| names.get(account).cloned()),
    };
    let target = |bound: Bound| {
        let of = rows.iter().filter(|row| row.scope == bound.scope.code() && row.key == bound.key);
        let current = held.get(&(bound.scope, bound.key.clone()));
        wire::TargetRow {
            scope: bound.scope,
            name: bound.names.into_iter().next().unwrap_or_default(),
            amount_fen: current.map(|(_, amount)| *amount),
            version: current.map_or(0, |(version, _)| *version),
            versions: of.map(version).collect(),
            key: bound.key,
        }
    };
    let targets = bound(db, reader)?.into_iter().map(target).collect();
    let this_year = clock::day(now).year();
    let mut years: Vec<i16> = targets::table
        .select(targets::year)
        .distinct()
        .load::<i64>(db)?
        .into_iter()
        .filter_map(|year| year.try_into().ok())
        .collect();
    years.extend([this_year, this_year + 1, year]);
    years.sort_unstable();
    years.dedup();
    years.reverse();
    let sums = part_sums(held.iter().map(|((scope, _), (_, amount))| (*scope, *amount)));
    let may_set = permission::may(Some(actor.role), Act::SetTarget, Whose::Own);
    Ok(wire::TargetSheet { year, years, rows: targets, sums: sums_told(sums), may_set })
}

/// Adds a version of one target. The same one sent again changes nothing.
///
/// # Errors
/// All wrong fields at once; [`Code::Overtaken`] when another version has come in between.
pub fn set(db: &mut Db, actor: &Actor, body: &wire::NewTarget, now: Ms) -> Result<()> {
    permission::check(Some(actor.role), Act::SetTarget, Whose::Own)?;
    let mut wrong: Vec<Refusal> = Vec::new();
    if !(2000..=2100).contains(&body.year) {
        wrong.push(Refusal::field("year", say!("年份在 2000 到 2100 之间", "A year between 2000 and 2100")));
    }
    if !bound(db, Language::Zh)?.iter().any(|bound| bound.scope == body.scope && bound.key == body.key) {
        wrong.push(Refusal::field(
            "key",
            say!("没有这个对象，请从列表里选", "There is no such thing; choose one of the list"),
        ));
    }
    if let Err(sentence) = check_amount(body.amount_fen) {
        wrong.push(Refusal::field("amount_fen", sentence));
    }
    let document = parse_document(&body.document).map_err(|refusal| wrong.push(refusal)).unwrap_or_default();
    if !wrong.is_empty() {
        return Err(wrong.into());
    }
    let of = |row: &&Row| row.scope == body.scope.code() && row.key == body.key;
    let rows = of_year(db, body.year)?;
    let latest = rows.iter().find(of);
    let is_sent = |row: &Row| {
        let same = row.amount_fen == body.amount_fen.fen() && row.document == document;
        same && row.version == body.after + 1 && row.account_id == Some(actor.account.to_string())
    };
    if latest.is_some_and(is_sent) {
        return Ok(());
    }
    if latest.map_or(0, |row| row.version) != body.after {
        return overtaken();
    }
    let target = Target {
        year: body.year,
        scope: body.scope,
        key: body.key.clone(),
        version: body.after + 1,
        amount: body.amount_fen,
        document,
    };
    add(db, actor, &target, now)
}

fn add(db: &mut Db, actor: &Actor, target: &Target, now: Ms) -> Result<()> {
    insert(db, target, Some(actor.account.to_string()), now)?;
    let subject = format!("{} {} {}", target.year, target.scope.code(), target.key);
    let detail = format!("第 {} 版 {} 元 {}", target.version, target.amount.yuan(), target.document);
    audit::record(db, Some(actor), "set_target", subject.trim(), &detail, now)
}

fn overtaken<T>() -> Result<T> {
    refuse(
        Code::Overtaken,
        say!(
            "看过以后目标任务又有变动，什么都没有改；请刷新后再看一遍",
            "The targets have changed since you looked, and nothing was done; please look at them again"
        ),
    )
}

/// What a task sheet would change, and the digest that names exactly this.
#[derive(Debug)]
pub struct Compared {
    pub changes: Vec<Change>,
    pub unchanged: i64,
    pub sums: Vec<wire::TargetSum>,
    pub digest: String,
}

/// Compares a task sheet with what is in force.
///
/// # Errors
/// The database's.
pub fn compared(db: &mut Db, year: i16, sheet: &TargetSheet) -> Result<Compared> {
    let mut held = in_force(&of_year(db, year)?)?;
    let (changes, unchanged) = compare(sheet, &held);
    let mut digest = Sha256::new();
    digest.update(year.to_be_bytes());
    for Change { target, version, before } in &changes {
        let before = before.map_or(0, Money::fen);
        let line = format!("{} {} {version} {before} {}\n", target.scope.code(), target.key, target.amount.fen());
        digest.update(line);
        held.insert((target.scope, target.key.clone()), (version + 1, target.amount));
    }
    let sums = sums_told(part_sums(held.iter().map(|((scope, _), (_, amount))| (*scope, *amount))));
    Ok(Compared { changes, unchanged, sums, digest: hex(&digest.finalize()) })
}

/// Takes a task sheet that was previewed, wholly or not at all.
///
/// # Errors
/// Every problem of the sheet; [`Code::Overtaken`] when it would no longer change what was shown.
pub fn take_sheet(
    db: &mut Db,
    actor: &Actor,
    year: i16,
    sheet: &TargetSheet,
    previewed: &str,
    document: &str,
    now: Ms,
) -> Result<wire::TargetsTaken> {
    permission::check(Some(actor.role), Act::SetTarget, Whose::Own)?;
    let document = parse_document(document)?;
    if !sheet.problems.is_empty() {
        let refusal = |problem: &domain::target_sheet::Problem| {
            let column = problem.column.map_or_else(String::new, |column| format!(".{}", column.code()));
            Refusal::field(format!("rows[{}]{column}", problem.row), problem.sentence.clone())
        };
        return Err(sheet.problems.iter().map(refusal).collect::<Vec<_>>().into());
    }
    let Compared { changes, digest, .. } = compared(db, year, sheet)?;
    if digest != previewed {
        return overtaken();
    }
    let added = changes.len() as i64;
    for Change { target, version, .. } in changes {
        let (scope, key, amount) = (target.scope, target.key, target.amount);
        let target = Target { year, scope, key, version: version + 1, amount, document: document.clone() };
        add(db, actor, &target, now)?;
    }
    Ok(wire::TargetsTaken { added })
}
