//! Who asks to sell here, and what the operator decides.

use diesel::prelude::*;
use domain::application::{Application, ApplicationState, Decision, has_applied_already, is_member_already};
use domain::id::{AccountId, OrganisationId};
use domain::organisation::{Actor, OrganisationKind, Role};
use domain::permission::{Act, Whose, check};
use domain::{Code, Language, Refusal, say, wire};

use super::statement::statement;
use super::{Db, accounts as people, audit, natively, regions, stored, stored_id};
use crate::clock::Ms;
use crate::error::{Result, not_found};
use crate::schema::{accounts, applications, organisations};

#[derive(Queryable, Selectable, Insertable, Debug)]
#[diesel(table_name = applications, treat_none_as_default_value = false)]
struct Row {
    application_id: String,
    number: String,
    name: String,
    uscc: String,
    county_id: String,
    address: String,
    contact: String,
    phone: String,
    food_licence: Option<String>,
    login: String,
    password_hash: String,
    state: String,
    applied_at_ms: i64,
    decided_at_ms: Option<i64>,
    decided_by: Option<String>,
    reason: Option<String>,
    organisation_id: Option<String>,
}

/// How many decided applications the list still shows.
const DECIDED: i64 = 20;

/// Whether such an application can be made; asked before the password is hashed, and again where it is stored.
///
/// # Errors
/// [`Code::AlreadyMember`], [`Code::AlreadyApplied`], [`Code::LoginTaken`], [`Code::NotFound`] for the county.
pub fn check_new(db: &mut Db, new: &Application) -> Result<()> {
    if known(db, new)?.is_some() {
        return Ok(());
    }
    if is_member(db, &new.uscc.to_string())? {
        return Err(is_member_already().into());
    }
    let waits: i64 = applications::table
        .filter(applications::uscc.eq(new.uscc.to_string()))
        .filter(applications::state.eq(ApplicationState::Waiting.code()))
        .count()
        .get_result(db)?;
    if waits > 0 {
        return Err(has_applied_already().into());
    }
    people::check_free(db, &new.login)?;
    if !regions::counties(db)?.iter().any(|county| county.id == new.county_id) {
        return Err(Refusal::field("county", say!("选所在的县市区", "Choose the county")).into());
    }
    Ok(())
}

/// Stores an application; the same sent again finds itself.
///
/// # Errors
/// As [`check_new`]; [`Code::IdTaken`].
pub fn apply(
    db: &mut Db,
    new: &Application,
    number: &str,
    password_hash: &str,
    now: Ms,
) -> Result<wire::ApplicationStatus> {
    if let Some(row) = known(db, new)? {
        return status(&row);
    }
    check_new(db, new)?;
    let row = Row {
        application_id: new.id.to_string(),
        number: number.to_owned(),
        name: new.name.clone(),
        uscc: new.uscc.to_string(),
        county_id: new.county_id.clone(),
        address: new.address.clone(),
        contact: new.contact.clone(),
        phone: new.phone.clone(),
        food_licence: new.food_licence.clone(),
        login: new.login.clone(),
        password_hash: password_hash.to_owned(),
        state: ApplicationState::Waiting.code().to_owned(),
        applied_at_ms: now,
        decided_at_ms: None,
        decided_by: None,
        reason: None,
        organisation_id: None,
    };
    let told = status(&row)?;
    diesel::insert_into(applications::table).values(row).execute(db)?;
    audit::record(db, None, Act::ApplyToJoin.code(), &new.id.to_string(), &new.uscc.to_string(), now)?;
    Ok(told)
}

/// The application of this identifier, if it has been stored before.
fn known(db: &mut Db, new: &Application) -> Result<Option<Row>> {
    let row: Option<Row> =
        applications::table.find(new.id.to_string()).select(Row::as_select()).get_result(db).optional()?;
    match row {
        Some(row) if row.uscc != new.uscc.to_string() || row.login != new.login => {
            let sentence = say!(
                "这个编号已经用于另一份申请，请刷新页面后重新提交",
                "This identifier belongs to another application; reload the page and submit again"
            );
            Err(Refusal::new(Code::IdTaken, sentence).at("id").into())
        }
        row => Ok(row),
    }
}

fn is_member(db: &mut Db, uscc: &str) -> Result<bool> {
    let known: i64 = organisations::table.filter(organisations::uscc.eq(uscc)).count().get_result(db)?;
    Ok(known > 0)
}

fn status(row: &Row) -> Result<wire::ApplicationStatus> {
    Ok(wire::ApplicationStatus {
        number: row.number.clone(),
        name: row.name.clone(),
        state: stored!(ApplicationState, &row.state)?,
        applied_at_ms: row.applied_at_ms,
        decided_at_ms: row.decided_at_ms,
        reason: row.reason.clone(),
    })
}

/// How the application of this number stands.
///
/// # Errors
/// [`Code::NotFound`].
pub fn status_of(db: &mut Db, number: &str) -> Result<wire::ApplicationStatus> {
    let row = applications::table.filter(applications::number.eq(number)).select(Row::as_select());
    match row.get_result(db).optional()? {
        Some(row) => status(&row),
        None => not_found(say!("这个申请编号", "This application")),
    }
}

/// How many wait.
pub fn waiting(db: &mut Db) -> Result<i64> {
    let waiting = applications::table.filter(applications::state.eq(ApplicationState::Waiting.code()));
    Ok(waiting.count().get_result(db)?)
}

/// Those that wait, the oldest first, and then the last that were decided.
pub fn list(db: &mut Db, reader: Language) -> Result<wire::Applications> {
    let waits = applications::state.eq(ApplicationState::Waiting.code());
    let mut rows: Vec<Row> = applications::table
        .filter(waits)
        .order((applications::applied_at_ms, applications::application_id))
        .select(Row::as_select())
        .load(db)?;
    let decided: Vec<Row> = applications::table
        .filter(applications::state.ne(ApplicationState::Waiting.code()))
        .order((applications::decided_at_ms.desc(), applications::application_id))
        .limit(DECIDED)
        .select(Row::as_select())
        .load(db)?;
    rows.extend(decided);
    let counties = regions::counties(db)?;
    let item = |row: Row| {
        let county = counties.iter().find(|county| county.id == row.county_id);
        Ok(wire::Application {
            id: stored_id(&row.application_id)?,
            status: status(&row)?,
            county: county.map(|county| county.short(reader).to_owned()).unwrap_or_default(),
            uscc: row.uscc,
            address: row.address,
            contact: row.contact,
            phone: row.phone,
            food_licence: row.food_licence,
            login: row.login,
        })
    };
    Ok(wire::Applications { items: rows.into_iter().map(item).collect::<Result<_>>()? })
}

/// What an admission makes.
#[derive(Debug, Clone, Copy)]
pub struct NewMember {
    pub organisation: OrganisationId,
    pub account: AccountId,
}

/// Admits or turns down. The same decision again changes nothing; organisation and account come together.
///
/// # Errors
/// [`Code::AlreadyDecided`], [`Code::AlreadyMember`], [`Code::LoginTaken`], [`Code::NotFound`].
pub fn decide(
    db: &mut Db,
    actor: &Actor,
    application_id: &str,
    decision: &Decision,
    new: NewMember,
    now: Ms,
) -> Result<()> {
    check(Some(actor.role), Act::DecideApplication, Whose::Own)?;
    // Taken for the rest of the transaction: of two who decide side by side the second reads what the first has done.
    let take =
        statement::<(), _>("update applications set state = state where application_id = ?", [application_id.into()]);
    natively!(db, db => take.execute(db))?;
    let row: Option<Row> =
        applications::table.find(application_id).select(Row::as_select()).get_result(db).optional()?;
    let Some(row) = row else { return not_found(say!("这份申请", "This application")) };
    let (after, reason) = match decision {
        Decision::Admit => (ApplicationState::Admitted, None),
        Decision::TurnDown(reason) => (ApplicationState::TurnedDown, Some(reason.as_str())),
    };
    match stored!(ApplicationState, &row.state)? {
        ApplicationState::Waiting => {}
        before if before == after => return Ok(()),
        before => return Err(decided_already(before).into()),
    }
    let organisation = match decision {
        Decision::Admit => Some(admit(db, &row, new)?),
        Decision::TurnDown(_) => None,
    };
    diesel::update(applications::table.find(application_id))
        .set((
            applications::state.eq(after.code()),
            applications::decided_at_ms.eq(now),
            applications::decided_by.eq(actor.account.to_string()),
            applications::reason.eq(reason),
            applications::organisation_id.eq(organisation),
            applications::password_hash.eq(""),
        ))
        .execute(db)?;
    let detail = format!("{} {}", row.uscc, after.code());
    audit::record(db, Some(actor), Act::DecideApplication.code(), application_id, &detail, now)
}

fn decided_already(before: ApplicationState) -> Refusal {
    let (zh, en) = (before.zh(), before.en());
    Refusal::new(
        Code::AlreadyDecided,
        say!("这份申请刚刚有人办过了：{zh}", "Somebody has decided on this application already: {en}"),
    )
}

fn admit(db: &mut Db, row: &Row, new: NewMember) -> Result<String> {
    if is_member(db, &row.uscc)? {
        return Err(is_member_already().into());
    }
    people::check_unused(db, &row.login)?;
    let organisation = new.organisation.to_string();
    diesel::insert_into(organisations::table)
        .values((
            organisations::organisation_id.eq(&organisation),
            organisations::kind.eq(OrganisationKind::Merchant.code()),
            organisations::name.eq(&row.name),
            organisations::uscc.eq(&row.uscc),
            organisations::county_id.eq(&row.county_id),
            organisations::address.eq(&row.address),
            organisations::phone.eq(&row.phone),
        ))
        .execute(db)?;
    diesel::insert_into(accounts::table)
        .values((
            accounts::account_id.eq(new.account.to_string()),
            accounts::organisation_id.eq(&organisation),
            accounts::role.eq(Role::Merchant.code()),
            accounts::login.eq(&row.login),
            accounts::name.eq(&row.contact),
            accounts::password_hash.eq(&row.password_hash),
        ))
        .execute(db)?;
    Ok(organisation)
}
