//! Accounts and their sessions.

use diesel::prelude::*;
use domain::application::ApplicationState;
use domain::id::AccountId;
use domain::organisation::{Actor, PRIVATE_BUYERS, Role, name_told};
use domain::region::DistrictId;
use domain::{Code, Language, Refusal, say, wire};

use super::{Db, regions, stored, stored_id};
use crate::clock::Ms;
use crate::error::{Error, Result};
use crate::schema::{accounts, applications, organisations, sessions};

/// The hash to compare a password with, and the account it opens.
pub fn password_hash(db: &mut Db, login: &str) -> Result<Option<(String, String)>> {
    let row = accounts::table
        .filter(accounts::login.eq(login))
        .select((accounts::account_id, accounts::password_hash))
        .get_result(db)
        .optional()?;
    Ok(row)
}

/// # Errors
/// [`Code::LoginTaken`] when somebody has this login, or has asked for it with an application that waits.
pub fn check_free(db: &mut Db, login: &str) -> Result<()> {
    let asked_for: i64 = applications::table
        .filter(applications::login.eq(login))
        .filter(applications::state.eq(ApplicationState::Waiting.code()))
        .count()
        .get_result(db)?;
    if asked_for > 0 { Err(login_taken()) } else { check_unused(db, login) }
}

/// The same, whoever may have asked for it.
pub(super) fn check_unused(db: &mut Db, login: &str) -> Result<()> {
    let taken: i64 = accounts::table.filter(accounts::login.eq(login)).count().get_result(db)?;
    if taken == 0 { Ok(()) } else { Err(login_taken()) }
}

fn login_taken() -> Error {
    let sentence = say!(
        "这个账号已有人用；是自己的请直接登录，不是的请换一个",
        "This login is taken; sign in if it is yours, else choose another"
    );
    Refusal::new(Code::LoginTaken, sentence).at("login").into()
}

/// Makes the account of a person who buys.
///
/// # Errors
/// [`Code::LoginTaken`].
pub fn sign_up(db: &mut Db, account_id: AccountId, login: &str, password_hash: &str) -> Result<()> {
    check_free(db, login)?;
    diesel::insert_into(accounts::table)
        .values((
            accounts::account_id.eq(account_id.to_string()),
            accounts::organisation_id.eq(PRIVATE_BUYERS.to_string()),
            accounts::role.eq(Role::Buyer.code()),
            accounts::login.eq(login),
            // Nobody is asked for a name.
            accounts::name.eq(login),
            accounts::password_hash.eq(password_hash),
        ))
        .execute(db)?;
    Ok(())
}

/// Opens a session, and clears away those that have run out.
pub fn open_session(db: &mut Db, account_id: &str, token_hash: &str, now: Ms, expires: Ms) -> Result<()> {
    diesel::delete(sessions::table.filter(sessions::expires_at_ms.le(now))).execute(db)?;
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(token_hash),
            sessions::account_id.eq(account_id),
            sessions::created_at_ms.eq(now),
            sessions::expires_at_ms.eq(expires),
        ))
        .execute(db)?;
    Ok(())
}

pub fn close_session(db: &mut Db, token_hash: &str) -> Result<()> {
    diesel::delete(sessions::table.find(token_hash)).execute(db)?;
    Ok(())
}

/// The person behind a session token that has not run out.
pub fn actor_of_session(db: &mut Db, token_hash: &str, now: Ms) -> Result<Option<Actor>> {
    let row: Option<(String, String, String, Option<String>)> = sessions::table
        .inner_join(accounts::table.inner_join(organisations::table))
        .filter(sessions::token_hash.eq(token_hash))
        .filter(sessions::expires_at_ms.gt(now))
        .select((accounts::account_id, accounts::role, accounts::organisation_id, organisations::district_id))
        .get_result(db)
        .optional()?;
    row.map(actor).transpose()
}

/// The person of an account.
pub fn actor_of_account(db: &mut Db, account_id: &str) -> Result<Actor> {
    let row = accounts::table
        .inner_join(organisations::table)
        .filter(accounts::account_id.eq(account_id))
        .select((accounts::account_id, accounts::role, accounts::organisation_id, organisations::district_id))
        .get_result(db)?;
    actor(row)
}

fn actor((account, role, organisation, district): (String, String, String, Option<String>)) -> Result<Actor> {
    Ok(Actor {
        account: stored_id(&account)?,
        role: stored!(Role, &role)?,
        organisation: stored_id(&organisation)?,
        district: district.map(DistrictId::new),
    })
}

/// What the app needs to know of the signed-in person.
pub fn session(db: &mut Db, actor: &Actor, reader: Language) -> Result<wire::Session> {
    let (account_name, name, members, address, phone): (String, String, Option<i64>, String, String) = accounts::table
        .inner_join(organisations::table)
        .filter(accounts::account_id.eq(actor.account.to_string()))
        .select((
            accounts::name,
            organisations::name,
            organisations::members,
            organisations::address,
            organisations::phone,
        ))
        .get_result(db)?;
    let district = actor.district.as_ref().map(|district| {
        Ok::<_, Error>(wire::Region {
            id: district.to_string(),
            name: regions::name_told(db, district.as_str(), reader)?,
        })
    });
    Ok(wire::Session {
        account_id: actor.account,
        name: account_name,
        role: actor.role,
        organisation: wire::Named { id: actor.organisation, name: name_told(actor.organisation, name, reader) },
        district: district.transpose()?,
        members,
        address,
        phone,
    })
}
