//! Every request is given an id, a span, a line in the log and a place in the metrics.

use std::time::Instant;

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::Language;
use domain::wire::Problem;
use tracing::Instrument as _;
use tracing::field::Empty;

use super::extract::reader;
use crate::error::Told;
use crate::id;
use crate::metrics::{Metrics, RequestLabels};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Outermost of all, so that whatever answers is seen. Other than by its route, a request is not told of: addresses, bodies
/// and headers may hold what is nobody's business.
pub async fn observe(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let id = request_id(request.headers());
    let reader = reader(request.headers());
    let (route, method) = (route(&request), method(request.method()));
    // Errors inside carry the span's fields only while the span itself is not filtered out: it has their level.
    let span = tracing::error_span!("request", id, method, route, role = Empty);
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = begun.elapsed();
    let status = response.status();
    span.in_scope(|| tracing::info!(status = status.as_u16(), ms = took.as_millis() as u64, "answered"));
    metrics.answered(&RequestLabels { route, method, status: class(status) }, took);
    name(&mut response, id, reader);
    response
}

/// The proxy's own id when it is harmless, so that both logs tell of the same request; else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(X_REQUEST_ID).and_then(|value| value.to_str().ok());
    let harmless = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    given.filter(harmless).map_or_else(|| id::new().to_string(), str::to_owned)
}

/// The route as it is registered. What has none is a page or a file of the app, or an address that is none.
fn route(request: &Request) -> String {
    match request.extensions().get::<MatchedPath>() {
        Some(path) => path.as_str().to_owned(),
        None => "other".to_owned(),
    }
}

/// Clients may invent methods; labels may not grow with them.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

/// Writes the id on the answer, and into its body when that is a problem (see `error.rs`).
fn name(response: &mut Response, id: String, reader: Language) {
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    if let Some(Told { zh, en }) = response.extensions_mut().remove() {
        let problem = match reader {
            Language::Zh => zh,
            Language::En => en,
        };
        let problem = Problem { request_id: Some(id), ..problem };
        *response.body_mut() = Json(problem).into_response().into_body();
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_from_outside_is_taken_when_it_is_harmless() {
        let id_for = |given: &str| {
            let given = HeaderValue::from_bytes(given.as_bytes()).expect("a header");
            request_id(&HeaderMap::from_iter([(X_REQUEST_ID, given)]))
        };
        let longest = "x".repeat(64);
        for harmless in ["a", "0198f3c2-0000-7000-8000-000000000000", "edge_1.7", &longest] {
            assert_eq!(id_for(harmless), harmless);
        }
        let endless = "x".repeat(65);
        for harmful in ["", "a b", "a\"b", "<script>", "编号", "a,b", &endless] {
            assert_eq!(id_for(harmful).len(), 36, "{harmful} is replaced");
        }
    }
}
