//! Who asks: the person behind the session cookie.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use domain::organisation::Actor;
use domain::{Code, Refusal};

use super::App;
use crate::clock;
use crate::error::{Error, Result};
use crate::password::token_hash;
use crate::store::accounts;

pub const COOKIE: &str = "shanhai_session";

/// The signed-in person, or a refusal that asks to sign in.
#[derive(Debug)]
pub struct SignedIn {
    pub actor: Actor,
    pub token_hash: String,
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let token_hash = session_token(parts).map(|token| token_hash(&token)).ok_or_else(sign_in_needed)?;
        match actor(app, token_hash.clone()).await? {
            Some(actor) => {
                tracing::Span::current().record("role", actor.role.code());
                Ok(SignedIn { actor, token_hash })
            }
            None => Err(sign_in_needed().into()),
        }
    }
}

/// The person of a session that has not run out.
pub async fn actor(app: &App, token_hash: String) -> Result<Option<Actor>> {
    app.store.read(move |db| accounts::actor_of_session(db, &token_hash, clock::now())).await
}

fn sign_in_needed() -> Refusal {
    Refusal::new(Code::SignInNeeded, "请先登录；登录过的话，是时间太久需要重新登录")
}

fn session_token(parts: &Parts) -> Option<String> {
    let cookies = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, token)| token.to_owned())
}
