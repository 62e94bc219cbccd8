//! The app's files: precompressed, cached for good when their name carries a hash, and under a strict policy.

use std::path::Path;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use tower_http::services::ServeDir;

use super::frame::Pages;

/// Serves the folder; an address that is no file is one of the app's pages. `api` answers what those ask first.
///
/// # Errors
/// When index.html cannot be read: the app has not been built.
pub fn service(folder: &Path, api: Router) -> anyhow::Result<Router> {
    let pages = Pages::read(folder, api, policy)?;
    let page = Router::new().fallback(move |request: Request| pages.clone().answer(request));
    let files = ServeDir::new(folder).precompressed_br().append_index_html_on_directories(false).fallback(page);
    Ok(Router::new().fallback_service(files).layer(from_fn(with_caching)))
}

/// Says of a file how long it may be kept. A page has said so itself.
async fn with_caching(request: Request, next: Next) -> Response {
    let cached_for_good = has_hash(request.uri().path());
    let is_icon =
        ["/favicon", "/icon", "/apple-touch-icon"].iter().any(|start| request.uri().path().starts_with(start));
    let mut response = next.run(request).await;
    if response.status() == StatusCode::NOT_FOUND {
        return response;
    }
    let caching = if cached_for_good && response.status().is_success() {
        "public, max-age=31536000, immutable"
    } else if is_icon && response.status().is_success() {
        // Asked for more than once on a page, by what browsers do for themselves; a day later is soon enough for another.
        "public, max-age=86400"
    } else {
        "no-cache"
    };
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(caching));
    response
}

/// The build writes the hash of contents into names: `site-0123456789abcdef.css`, `app-0123456789abcdef/app_bg.wasm`.
fn has_hash(path: &str) -> bool {
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    is_file && path.split(|c: char| !c.is_ascii_hexdigit()).any(|run| run.len() >= 12)
}

/// Only our own scripts and styles run. Trunk puts its start script into the page itself: it is allowed by its hash.
fn policy(html: &str) -> String {
    let hashes: String = inline_scripts(html)
        .map(|script| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script.as_bytes()))))
        .collect();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{hashes}; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
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
        assert!(!has_hash("/products/0192f0c0-0000-7000-8000-000000000000"));
    }
}
