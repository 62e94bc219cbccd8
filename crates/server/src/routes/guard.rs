//! What stands before and behind every handler: whose page asks, headers of safety, and ETags.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::Code;
use domain::say;
use xxhash_rust::xxh3::xxh3_128;

use crate::config::Limits;
use crate::error::{Error, Result, refuse, unsure};

/// A request that changes something must come from our own page. The session cookie is SameSite=Lax already; this
/// holds where a browser forgets that.
pub async fn own_origin(request: Request, next: Next) -> Result<Response> {
    let headers = request.headers();
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let own = match (text(header::ORIGIN), text(header::HOST)) {
            // Programs other than browsers send no origin.
            (None, _) => true,
            (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, of)| of == host),
            (Some(_), None) => false,
        };
        if !own {
            return refuse(
                Code::ForeignOrigin,
                say!(
                    "请求来自别的网站，没有处理；请在本站页面上操作",
                    "The request comes from another site and was not handled; use the pages of this one"
                ),
            );
        }
    }
    Ok(next.run(request).await)
}

/// A request that takes too long is given up in words a person can read.
pub async fn time_limit(State(limits): State<Limits>, request: Request, next: Next) -> Result<Response> {
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    match tokio::time::timeout(limits.request_timeout, next.run(request)).await {
        Ok(response) => Ok(response),
        Err(_) if reading => refuse(
            Code::Busy,
            say!(
                "系统太忙，这次没有查到，请过几秒再试",
                "The system is too busy to look this up; please try again in a few seconds"
            ),
        ),
        // What was handed to the writer may still be done.
        Err(_) => Err(unsure().into()),
    }
}

pub async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    response
}

/// Answers to GET carry an ETag and must be asked for again; one the browser has already is answered 304.
pub async fn etag(request: Request, next: Next) -> Result<Response> {
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let reading = request.method() == Method::GET;
    let response = next.run(request).await;
    if !reading || response.status() != StatusCode::OK {
        return Ok(no_store(response));
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(|error| Error::Broken(error.into()))?;
    // A tag need only differ where bodies do; nobody gains by making two alike, so a quick hash will do.
    let tag = HeaderValue::try_from(format!("W/\"{:032x}\"", xxh3_128(&bytes)))
        .map_err(|error| Error::Broken(error.into()))?;
    parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    parts.headers.insert(header::ETAG, tag.clone());
    if known.as_ref() == Some(&tag) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.remove(header::CONTENT_TYPE);
        return Ok(Response::from_parts(parts, Body::empty()));
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
