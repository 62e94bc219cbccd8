//! The app's files: precompressed, cached for good when their name carries a hash, and under a strict policy.

use std::path::Path;

use anyhow::Context as _;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::{Router, middleware};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use tower_http::services::{ServeDir, ServeFile};

/// Serves the folder; an address that is no file is one of the app's own and gets index.html.
///
/// # Errors
/// When index.html cannot be read: the app has not been built.
pub fn service(folder: &Path) -> anyhow::Result<Router> {
    let index = folder.join("index.html");
    let html = std::fs::read_to_string(&index)
        .with_context(|| format!("the app is not built: cannot read {}; run `cargo xtask build`", index.display()))?;
    let policy = HeaderValue::from_str(&policy(&html)).context("the page's policy")?;
    let page = ServeFile::new(&index).precompressed_br();
    let files = ServeDir::new(folder).precompressed_br().append_index_html_on_directories(false).fallback(page);
    let set_headers = middleware::from_fn(move |request: Request, next: Next| {
        let policy = policy.clone();
        async move { with_headers(next.run(request).await, policy) }
    });
    Ok(Router::new().fallback_service(files).layer(set_headers).layer(from_fn(missing_files_are_missing)))
}

/// A path with an extension asks for a file; answering it with the page would hide that the file is gone.
async fn missing_files_are_missing(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let wants_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let cached_for_good = wants_file && has_hash(&path);
    let mut response = next.run(request).await;
    let is_page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if wants_file && is_page && !path.ends_with(".html") {
        return (StatusCode::NOT_FOUND, Body::from("no such file")).into_response();
    }
    let caching = if cached_for_good && response.status().is_success() {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    response
}

/// The build writes the hash of contents into names: `site-0123456789abcdef.css`, `app-0123456789abcdef/app_bg.wasm`.
fn has_hash(path: &str) -> bool {
    path.split(|c: char| !c.is_ascii_hexdigit()).any(|run| run.len() >= 12)
}

fn with_headers(mut response: Response, policy: HeaderValue) -> Response {
    if response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Only our own scripts and styles run. Trunk puts its start script into the page itself: it is allowed by its hash.
fn policy(html: &str) -> String {
    let hashes: String = inline_scripts(html)
        .map(|script| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script.as_bytes()))))
        .collect();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{hashes}; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    )
}

/// The texts between `<script …>` and `</script>` of scripts without a source.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=")).then_some(script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_inline_scripts_are_hashed() {
        let html = r#"<script src="/a.js"></script><p><script type="module">import a</script>"#;
        assert_eq!(inline_scripts(html).collect::<Vec<_>>(), ["import a"]);
        assert!(policy(html).contains("'wasm-unsafe-eval' 'sha256-"));
    }

    #[test]
    fn names_with_a_hash_are_told_apart() {
        assert!(has_hash("/market-0123456789abcdef_bg.wasm"));
        assert!(!has_hash("/motifs.svg"));
        assert!(has_hash("/app-0123456789abcdef/app.js"));
        assert!(!has_hash("/products/feedbeef"));
    }
}
