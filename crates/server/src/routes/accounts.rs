//! Signing up, which is for people who buy. Everybody else's account is made by the operator.

use std::net::{IpAddr, SocketAddr};

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use domain::account::{check_password, parse_login};
use domain::id::AccountId;
use domain::permission::Act;
use domain::wire::{Session, SignUp};
use domain::{Code, Refusal, say};

use super::App;
use super::document::refusals;
use super::extract::{Body, Reader};
use super::sessions::{self, Tries};
use crate::clock;
use crate::error::{Error, Result, refuse};
use crate::password;
use crate::store::accounts;

/// Enough for an office behind one address, and too few for a program.
const SIGN_UPS_OF_A_SENDER: usize = 60;

pub fn sign_ups() -> Tries {
    Tries::at_most(SIGN_UPS_OF_A_SENDER)
}

refusals! { NotSignedUp: BadField, LoginTaken, TooManyTries }

/// Makes the account of a person who buys, and signs in.
#[utoipa::path(
    post,
    path = "/accounts",
    operation_id = "sign_up",
    tag = "sessions",
    request_body = SignUp,
    responses((status = 201, body = Session, description = "The new session's person", headers(("set-cookie" = String))), NotSignedUp)
)]
pub async fn sign_up(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Reader(reader): Reader,
    Body(body): Body<SignUp>,
) -> Result<(StatusCode, HeaderMap, Json<Session>)> {
    let now = clock::now();
    let login = parse(&body)?;
    if app.sign_ups.count(&sender(&headers, peer.ip()), now).is_err() {
        let sentence = say!(
            "从这里注册的人太多了，请 15 分钟后再试",
            "Too many sign up from here; please try again in 15 minutes"
        );
        return refuse(Code::TooManyTries, sentence);
    }
    // Asked again where it is stored; here it spares the hashing.
    let asked = login.clone();
    app.store.look_up(move |db| accounts::check_free(db, &asked)).await?;
    let hash = hash(&app, body.password).await?;
    let account_id = AccountId(crate::id::new());
    sessions::open(&app, Act::SignUp, reader, now, move |db| {
        accounts::sign_up(db, account_id, &login, &hash)?;
        Ok(account_id.to_string())
    })
    .await
}

fn parse(body: &SignUp) -> Result<String> {
    let login = parse_login(&body.login).map_err(|sentence| Refusal::field("login", sentence));
    let password = check_password(&body.password).map_err(|sentence| Refusal::field("password", sentence));
    match (login, password) {
        (Ok(login), Ok(())) => Ok(login),
        (login, password) => Err(login.err().into_iter().chain(password.err()).collect::<Vec<_>>().into()),
    }
}

/// Only a few at a time, as everybody's passwords (`App::hashing`).
pub(super) async fn hash(app: &App, password: String) -> Result<String> {
    let permit = app.hashing.acquire().await.map_err(|error| Error::Broken(error.into()))?;
    let hash = tokio::task::spawn_blocking(move || password::hash(&password)).await;
    drop(permit);
    Ok(hash.map_err(|error| Error::Broken(error.into()))??)
}

/// Whose address a request comes from. Behind a proxy all have the proxy's; it says last whom it has heard.
pub(super) fn sender(headers: &HeaderMap, peer: IpAddr) -> String {
    let may_be_a_proxy = match peer {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    };
    let told = headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    let last = told.and_then(|told| told.rsplit(',').next()).map(str::trim).filter(|last| !last.is_empty());
    match last {
        Some(last) if may_be_a_proxy => last.to_owned(),
        _ => peer.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_senders_address_is_the_proxys_word_only_behind_a_proxy() {
        let told = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", text.parse().expect("a header"));
            headers
        };
        let from = |headers: &HeaderMap, peer: &str| sender(headers, peer.parse().expect("an address"));
        assert_eq!(from(&told("1.1.1.1, 203.0.113.7"), "127.0.0.1"), "203.0.113.7");
        assert_eq!(from(&told("1.1.1.1"), "203.0.113.9"), "203.0.113.9", "anybody can say anything");
        assert_eq!(from(&told(""), "10.0.0.2"), "10.0.0.2");
    }
}
