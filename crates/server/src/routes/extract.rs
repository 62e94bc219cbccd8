//! Reading requests. Whatever does not read becomes a refusal that names the field, never axum's own plain text.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use domain::wire::LANGUAGE_COOKIE;
use domain::{Code, Language, Refusal, say};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::App;
use super::auth::cookie;
use crate::error::{Error, Result, not_found};

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        json_body(request, app, app.limits.body_bytes() / 1024).await.map(Body)
    }
}

async fn json_body<T: DeserializeOwned>(request: Request, app: &App, largest: usize) -> Result<T> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !content_type.is_some_and(|kind| kind.starts_with("application/json")) {
        return Err(Refusal::new(
            Code::BadBody,
            say!(
                "请求内容要用 Content-Type: application/json",
                "The body must be sent as Content-Type: application/json"
            ),
        )
        .into());
    }
    let too_large =
        || Refusal::new(Code::TooLarge, say!("请求内容最大 {largest} KB", "A body has at most {largest} KB"));
    let bytes = whole_body(request, app.limits.body_timeout, too_large).await?;
    parse(&bytes)
}

/// A JSON body with a list of thousands of people or sales in it.
#[derive(Debug)]
pub struct ListBody<T>(pub T);

/// The largest such body: 5,000 people, and twenty thousand parts of lines, with room to spare.
pub const LARGEST_LIST_KB: usize = 4 * 1024;

impl<T: DeserializeOwned> FromRequest<App> for ListBody<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        json_body(request, app, LARGEST_LIST_KB).await.map(ListBody)
    }
}

/// A body whole, of at most as many bytes as the route's limit says; `too_large` says it to a person.
pub async fn whole_body(request: Request, patience: Duration, too_large: impl FnOnce() -> Refusal) -> Result<Bytes> {
    let whole = timeout(patience, Bytes::from_request(request, &())).await;
    let whole = whole.map_err(|_| {
        Refusal::new(
            Code::TooSlow,
            say!(
                "网络太慢，内容没有在规定时间内传完，请再试一次",
                "The network is too slow and the body did not arrive in time; please try again"
            ),
        )
    })?;
    whole.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large().into(),
        _ => Refusal::new(
            Code::BadBody,
            say!("请求内容没有传完整，请再试一次", "The body did not arrive whole; please try again"),
        )
        .into(),
    })
}

/// Parses JSON; the refusal carries the path of the field that does not fit.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let refusal = Refusal::new(
            Code::BadBody,
            say!("请求内容读不懂：{why}", "The body cannot be read: {why}", why = error.inner()),
        );
        if path == "." { refusal } else { refusal.at(path) }
    })?;
    json.end()
        .map_err(|_| Refusal::new(Code::BadBody, say!("请求内容后面有多余的文字", "Something follows the body")))?;
    Ok(parsed)
}

/// The query of an address.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let query = Query::<T>::try_from_uri(&parts.uri);
        query.map(|Query(params)| Params(params)).map_err(|rejection| {
            // The rejection ends in `: field: reason`, the reason in a programmer's English.
            let text = rejection.body_text();
            let field = text.split(": ").nth(1).filter(|field| !field.contains(' ')).unwrap_or_default();
            let refusal = Refusal::new(
                Code::BadField,
                say!(
                    "网址里有一项条件写得不对，请从页面上重新选",
                    "A condition of the address is wrong; choose again on the page"
                ),
            );
            if field.is_empty() { refusal.into() } else { refusal.at(field).into() }
        })
    }
}

/// The identifier in a path. One that is no identifier is a thing that does not exist.
#[derive(Debug)]
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: std::str::FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let text = Path::<String>::from_request_parts(parts, state).await.ok();
        match text.and_then(|Path(text)| text.parse().ok()) {
            Some(id) => Ok(Id(id)),
            None => not_found(say!("这个编号对应的内容", "What this address names")),
        }
    }
}

/// The two identifiers in a path: of a thing, and of a part of it.
#[derive(Debug)]
pub struct Ids<T, P>(pub T, pub P);

impl<S: Send + Sync, T: std::str::FromStr, P: std::str::FromStr> FromRequestParts<S> for Ids<T, P> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let texts = Path::<(String, String)>::from_request_parts(parts, state).await.ok();
        match texts.and_then(|Path((thing, part))| Some((thing.parse().ok()?, part.parse().ok()?))) {
            Some((thing, part)) => Ok(Ids(thing, part)),
            None => not_found(say!("这个编号对应的内容", "What this address names")),
        }
    }
}

/// A name in a path, such as `qingyuan`. Whether it names anything is the store's question.
#[derive(Debug)]
pub struct Name(pub String);

impl std::str::FromStr for Name {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Name, Self::Err> {
        Ok(Name(text.to_owned()))
    }
}

/// The language the reader wants to be answered in: the one chosen on the page, else the browser's.
pub fn reader(headers: &HeaderMap) -> Language {
    if let Some(chosen) = cookie(headers, LANGUAGE_COOKIE).and_then(Language::from_code) {
        return chosen;
    }
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::preferred(accepted.unwrap_or_default())
}

/// The same, for a handler.
#[derive(Debug)]
pub struct Reader(pub Language);

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Reader(reader(&parts.headers)))
    }
}

/// How many items a list gives: what was asked for, between 1 and 100.
pub fn page_size(limit: Option<usize>) -> usize {
    limit.unwrap_or(24).clamp(1, 100)
}

/// More than any page asks for.
const LONGEST_LIST: usize = 200;

/// The parts of a comma list; none for an empty text.
///
/// # Errors
/// A refusal naming `field` when there are more than a page would ask for.
pub fn comma_list(field: &str, text: Option<&str>) -> Result<Vec<String>> {
    let parts = text.unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.take(LONGEST_LIST + 1).map(str::to_owned).collect();
    if parts.len() > LONGEST_LIST {
        return Err(
            Refusal::field(field, say!("一次最多 {LONGEST_LIST} 项", "At most {LONGEST_LIST} at a time")).into()
        );
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use domain::wire::NewOrders;

    use super::*;

    #[test]
    fn a_body_that_does_not_fit_names_its_field() {
        let refused = |json: &str| match parse::<NewOrders>(json.as_bytes()).expect_err("refused") {
            Error::Refused(refusals) => refusals[0].field.clone(),
            Error::Broken(error) => panic!("{error}"),
        };
        assert_eq!(refused(r#"{"occasion":"easter"}"#).as_deref(), Some("occasion"));
        assert_eq!(
            refused(r#"{"orders":[{"lines":[{"quantity":"many"}]}]}"#).as_deref(),
            Some("orders[0].lines[0].quantity")
        );
        assert_eq!(refused(r#"{"total_fen":1}"#).as_deref(), Some("total_fen"));
        assert_eq!(refused("[]{"), None);
    }
}
