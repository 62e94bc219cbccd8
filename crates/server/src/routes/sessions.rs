//! Signing in and out.

use std::collections::HashMap;
use std::sync::Mutex;

use axum::Json;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use domain::account::login_as_kept;
use domain::permission::Act;
use domain::wire::{Session, SignIn};
use domain::{Code, Language, Refusal, Say, say};

use super::App;
use super::auth::{COOKIE, SignedIn};
use super::document::refusals;
use super::extract::{Body, Reader};
use crate::clock::{self, Ms};
use crate::error::{Error, Result, refuse};
use crate::password;
use crate::store::{Db, accounts, audit};

/// A working day and an evening; then one signs in again.
const SESSION_MS: Ms = 14 * 60 * 60 * 1000;
const TRY_WINDOW_MS: Ms = 15 * 60 * 1000;
const TRIES: usize = 10;

/// Tries of a quarter of an hour by who makes them: failed sign-ins by login, so that passwords cannot be guessed by the
/// thousand, and sign-ups by sender.
#[derive(Debug)]
pub struct Tries {
    most: usize,
    at: Mutex<HashMap<String, Vec<Ms>>>,
}

/// As many as there may be.
#[derive(Debug, PartialEq, Eq)]
pub struct TooMany;

impl Tries {
    pub fn at_most(most: usize) -> Tries {
        Tries { most, at: Mutex::default() }
    }

    /// Of one login.
    pub fn of_a_login() -> Tries {
        Tries::at_most(TRIES)
    }

    fn check(&self, who: &str, now: Ms) -> Result<(), TooMany> {
        self.check_few(&mut self.lock(), who, now)
    }

    /// Counts a try. It is checked once more in the same breath: guesses sent all at once learn no more than guesses sent
    /// one after another.
    pub fn count(&self, who: &str, now: Ms) -> Result<(), TooMany> {
        let mut tries = self.lock();
        self.check_few(&mut tries, who, now)?;
        tries.entry(who.to_owned()).or_default().push(now);
        Ok(())
    }

    fn check_few(&self, tries: &mut HashMap<String, Vec<Ms>>, who: &str, now: Ms) -> Result<(), TooMany> {
        // What has run out is forgotten for all, so the table stays as small as what is going on.
        tries.retain(|_, at| {
            at.retain(|at| now - at < TRY_WINDOW_MS);
            !at.is_empty()
        });
        if tries.get(who).is_some_and(|at| at.len() >= self.most) { Err(TooMany) } else { Ok(()) }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Vec<Ms>>> {
        self.at.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn too_many_tries(_: TooMany) -> Refusal {
    Refusal::new(
        Code::TooManyTries,
        say!(
            "试得太多，请 15 分钟后再试，或请管理员重设密码",
            "Too many tries; try again in 15 minutes, or ask the operator for a new password"
        ),
    )
}

refusals! { NotSignedIn: BadField, SignInFailed, TooManyTries }

/// Signs in with login and password; the session is a cookie.
#[utoipa::path(
    post,
    path = "/sessions",
    operation_id = "sign_in",
    tag = "sessions",
    request_body = SignIn,
    responses((status = 201, body = Session, description = "The session's person", headers(("set-cookie" = String))), NotSignedIn)
)]
pub async fn sign_in(
    State(app): State<App>,
    Reader(reader): Reader,
    Body(SignIn { login, password }): Body<SignIn>,
) -> Result<(StatusCode, HeaderMap, Json<Session>)> {
    let now = clock::now();
    let login = login_as_kept(&login);
    check_filled("login", &login, say!("填写账号", "Enter your login"))?;
    check_filled("password", &password, say!("填写密码", "Enter your password"))?;
    app.tries.check(&login, now).map_err(too_many_tries)?;
    let Some(account_id) = account_of(&app, &login, password).await? else {
        app.tries.count(&login, now).map_err(too_many_tries)?;
        return refuse(
            Code::SignInFailed,
            say!(
                "账号或密码不对，请核对大小写；忘记密码请找管理员",
                "Wrong login or password; mind capital letters. If you have forgotten it, ask the operator"
            ),
        );
    };
    // Ten may have failed while this one was looked at; then a right guess is not given away either.
    app.tries.check(&login, now).map_err(too_many_tries)?;
    open(&app, Act::SignIn, reader, now, move |_| Ok(account_id.clone())).await
}

/// Opens a session for the account that `account` finds or makes in the same transaction.
pub async fn open(
    app: &App,
    act: Act,
    reader: Language,
    now: Ms,
    account: impl Fn(&mut Db) -> Result<String> + Send + Sync + 'static,
) -> Result<(StatusCode, HeaderMap, Json<Session>)> {
    let token = password::new_token();
    let token_hash = password::token_hash(&token);
    let session = app.store.write(move |db| {
        let account_id = account(db)?;
        accounts::open_session(db, &account_id, &token_hash, now, now + SESSION_MS)?;
        let actor = accounts::actor_of_account(db, &account_id)?;
        audit::record(db, Some(&actor), act.code(), &account_id, "", now)?;
        accounts::session(db, &actor, reader)
    });
    Ok((StatusCode::CREATED, cookie(&token, SESSION_MS / 1000, app.secure_cookie)?, Json(session.await?)))
}

fn check_filled(field: &str, text: &str, sentence: Say) -> Result<()> {
    match text.chars().count() {
        0 => Err(Refusal::field(field, sentence).into()),
        1..=200 => Ok(()),
        _ => Err(Refusal::field(field, say!("太长了，最多 200 字", "Too long: at most 200 characters")).into()),
    }
}

/// The account that login and password open together.
async fn account_of(app: &App, login: &str, password: String) -> Result<Option<String>> {
    let asked = login.to_owned();
    let found = app.store.read(move |db| accounts::password_hash(db, &asked)).await?;
    let (account_id, hash) = match found {
        Some((account_id, hash)) => (Some(account_id), hash),
        None => (None, app.decoy_hash.to_string()),
    };
    // Waiting costs nothing; hashing for everybody at once would take all the memory there is.
    let permit = app.hashing.acquire().await.map_err(|error| Error::Broken(error.into()))?;
    let matching = tokio::task::spawn_blocking(move || password::matches(&password, &hash)).await;
    drop(permit);
    let matching = matching.map_err(|error| Error::Broken(error.into()))?;
    Ok(account_id.filter(|_| matching))
}

/// The person who is signed in.
#[utoipa::path(
    get,
    path = "/sessions/current",
    operation_id = "see_session",
    tag = "sessions",
    responses((status = 200, body = Session, description = "The session's person"))
)]
pub async fn current(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
) -> Result<Json<Session>> {
    Ok(Json(app.store.read(move |db| accounts::session(db, &actor, reader)).await?))
}

/// Ends the session.
#[utoipa::path(
    delete,
    path = "/sessions/current",
    operation_id = "sign_out",
    tag = "sessions",
    responses((status = 204, description = "Signed out; the cookie is taken back", headers(("set-cookie" = String))))
)]
pub async fn sign_out(
    State(app): State<App>,
    SignedIn { token_hash, .. }: SignedIn,
) -> Result<(StatusCode, HeaderMap)> {
    app.store.write(move |db| accounts::close_session(db, &token_hash)).await?;
    app.known.forget();
    // Listeners of this session hear that it is over, and other servers forget it too.
    app.live.moved();
    Ok((StatusCode::NO_CONTENT, cookie("", 0, app.secure_cookie)?))
}

fn cookie(token: &str, seconds: i64, secure: bool) -> Result<HeaderMap> {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let value = HeaderValue::from_str(&cookie).map_err(|error| Error::Broken(error.into()))?;
    Ok(HeaderMap::from_iter([(SET_COOKIE, value)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_is_stopped_and_forgotten_after_a_while() {
        let tries = Tries::of_a_login();
        for _ in 0..TRIES {
            assert!(tries.check("a", 0).is_ok());
            assert!(tries.count("a", 0).is_ok());
        }
        assert!(tries.check("a", 1).is_err());
        assert!(tries.count("a", 1).is_err(), "what was looked at meanwhile");
        assert!(tries.check("b", 1).is_ok(), "another login is not hindered");
        assert!(tries.check("a", TRY_WINDOW_MS).is_ok());
    }
}
