//! Who asks: the person behind the session cookie.

use anyhow::anyhow;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use domain::organisation::Actor;

use super::App;
use crate::clock;
use crate::error::{Error, Result};
use crate::password::token_hash;
use crate::store::accounts;

pub const COOKIE: &str = "shanhai_session";

/// The signed-in person, as the endpoint's gate has found them.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub actor: Actor,
    pub token_hash: String,
}

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let found = parts.extensions.get().cloned();
        found.ok_or_else(|| Error::Broken(anyhow!("{} lets in nobody and everybody alike", parts.uri.path())))
    }
}

/// The person of the request's session cookie, if there is one that holds.
pub async fn signed_in(app: &App, headers: &HeaderMap) -> Result<Option<SignedIn>> {
    let Some(token_hash) = session_token(headers).map(token_hash) else { return Ok(None) };
    let actor = actor(app, token_hash.clone()).await?;
    Ok(actor.map(|actor| SignedIn { actor, token_hash }))
}

/// The person of a session that has not run out.
pub async fn actor(app: &App, token_hash: String) -> Result<Option<Actor>> {
    let look_up = match app.known.find(&token_hash) {
        Ok(actor) => return Ok(Some(actor)),
        Err(look_up) => look_up,
    };
    let asked = token_hash.clone();
    let found = app.store.look_up(move |db| accounts::actor_of_session(db, &asked, clock::now())).await?;
    if let Some(actor) = &found {
        app.known.remember(&look_up, token_hash, actor.clone());
    }
    Ok(found)
}

fn session_token(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, COOKIE)
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}
