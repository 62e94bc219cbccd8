//! The page as it is sent: the frame that is seen before the app has arrived, filled for its address and its reader.
//!
//! What the page would ask the interface first is asked here instead: it is answered as markup, so that there is something to read
//! at once, and as JSON, which the app takes in place of asking (`src/api.rs`). Nothing in it depends on who is signed in.

mod first;
mod words;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::Language;
use domain::page::{self, NOWHERE, Page, SITE};
use domain::wire::API;
use tower::ServiceExt as _;
use xxhash_rust::xxh3::xxh3_128;

use self::first::First;
use super::extract::reader;

/// More pages than this are not kept ready; some twenty kilobytes each.
const MOST_KEPT: usize = 200;

/// Packed once and sent often, so a little longer than answers of the interface.
const COMPRESSION: u32 = 9;

#[derive(Clone, Debug)]
pub struct Pages(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    chinese: String,
    english: String,
    /// The folder of the app's parts, as the page names it: `/app-0123456789abcdef`.
    parts: Option<String>,
    policy: HeaderValue,
    api: Router,
    kept: Mutex<HashMap<(Language, String), Arc<Filled>>>,
}

/// A page, ready to be sent.
#[derive(Debug)]
struct Filled {
    status: StatusCode,
    /// The tag of the answer it was made of.
    of: Option<HeaderValue>,
    plain: Bytes,
    small: Bytes,
    tag: HeaderValue,
}

/// What the interface answered to a page's first question.
struct Answer {
    question: String,
    status: StatusCode,
    tag: Option<HeaderValue>,
    body: Bytes,
}

impl Pages {
    /// `api` answers the first questions of pages; its addresses begin with [`API`].
    ///
    /// # Errors
    /// When index.html cannot be read: the app has not been built.
    pub fn read(folder: &Path, api: Router, policy: impl Fn(&str) -> String) -> anyhow::Result<Pages> {
        let index = folder.join("index.html");
        let html = std::fs::read_to_string(&index).with_context(|| {
            format!("the app is not built: cannot read {}; run `cargo xtask build`", index.display())
        })?;
        Ok(Pages(Arc::new(Shared {
            english: words::in_english(&html),
            parts: parts(&html),
            policy: HeaderValue::from_str(&policy(&html)).context("the page's policy")?,
            chinese: html,
            api,
            kept: Mutex::default(),
        })))
    }

    /// Whatever is no file of the app's is a page; so is what is no page, which says so.
    pub async fn answer(self, request: Request) -> Response {
        let (path, query) = (request.uri().path(), request.uri().query());
        // Answering a file's name with the page would hide that the file is gone.
        if path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
            return (StatusCode::NOT_FOUND, Body::from("no such file")).into_response();
        }
        let reader = reader(request.headers());
        let (page, id) = page::at(path).unwrap_or((&NOWHERE, None));
        // A list that is narrowed asks another question, which the app words itself.
        let asks = page.first.filter(|_| id.is_some() || query.is_none());
        let answer = match asks {
            Some(question) => self.ask(question.replace("{id}", id.unwrap_or_default()), reader).await,
            None => None,
        };
        self.sent(&self.filled(page, reader, answer), request.headers())
    }

    /// Asks as a visitor who has not signed in. None where there is no answer, which the app will then find for itself.
    async fn ask(&self, question: String, reader: Language) -> Option<Answer> {
        let request = Request::get(format!("{API}{question}"));
        let request = request.header(header::ACCEPT_LANGUAGE, reader.code()).body(Body::empty()).ok()?;
        let (parts, body) = self.0.api.clone().oneshot(request).await.ok()?.into_parts();
        let body = to_bytes(body, usize::MAX).await.ok()?;
        let known = parts.status.is_success() || parts.status == StatusCode::NOT_FOUND;
        let tag = parts.headers.get(header::ETAG).cloned();
        known.then_some(Answer { question, status: parts.status, tag, body })
    }

    fn filled(&self, page: &Page, reader: Language, answer: Option<Answer>) -> Arc<Filled> {
        let question = answer.as_ref().map_or("", |answer| &answer.question);
        let key = (reader, format!("{}{question}", page.address));
        let of = answer.as_ref().and_then(|answer| answer.tag.clone());
        let kept = self.kept().get(&key).cloned();
        if let Some(kept) = kept.filter(|kept| kept.of == of) {
            return kept;
        }
        let filled = Arc::new(self.fill(page, reader, answer));
        let mut kept = self.kept();
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(key, filled.clone());
        filled
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<(Language, String), Arc<Filled>>> {
        // A page is put there whole: there is no half of one to be afraid of.
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fill(&self, page: &Page, reader: Language, answer: Option<Answer>) -> Filled {
        let found = answer.as_ref().filter(|answer| answer.status.is_success());
        let missing = answer.is_some() && found.is_none();
        let status = if missing || *page == NOWHERE { StatusCode::NOT_FOUND } else { StatusCode::OK };
        let first = match found {
            Some(answer) => First::read(page, reader, &answer.body),
            None => First::blank(page, reader, missing),
        };
        let data = found.map(|answer| first::as_data(&answer.question, &answer.body)).unwrap_or_default();
        let plain = self.page(page, reader, &first, &data).into_bytes();
        let tag = format!("W/\"{:032x}\"", xxh3_128(&plain));
        Filled {
            status,
            of: answer.and_then(|answer| answer.tag),
            small: compressed(&plain).into(),
            plain: plain.into(),
            tag: HeaderValue::try_from(tag).expect("hexadecimal digits may stand in a header"),
        }
    }

    fn page(&self, page: &Page, reader: Language, first: &First, data: &str) -> String {
        let frame = match reader {
            Language::Zh => &self.0.chinese,
            Language::En => &self.0.english,
        };
        let site = words::word(reader, SITE);
        let title = if first.title == site { site.to_owned() } else { format!("{} · {site}", first.title) };
        let head = first.head(&title, site) + &self.fetched_ahead(page);
        let frame = if page.area.is_none() { &without_later_style(frame) } else { frame };
        let mut html = filled_in(frame, "<html lang=\"", "\"", reader.code());
        html = filled_in(&html, "<title>", "</title>", &first::escaped(&title));
        if let Some(description) = &first.description {
            html = filled_in(&html, "<meta name=\"description\" content=\"", "\"", &first::escaped(description));
        }
        html = html.replacen("/market.zh-CN.webmanifest", &format!("/market.{}.webmanifest", reader.code()), 1);
        html = filled_in(&html, "<body class=\"", "\"", page.body_class);
        html = filled_in(&html, "<main id=\"main\" class=\"wrap\">", "<noscript>", &first.main);
        html.replacen("</head>", &(head + "</head>"), 1).replacen("</body>", &(data.to_owned() + "</body>"), 1)
    }

    /// The part of the app that draws the page, for the start script to ask for before the main part knows that it is wanted.
    fn fetched_ahead(&self, page: &Page) -> String {
        let (Some(folder), Some(area)) = (&self.0.parts, page.area) else { return String::new() };
        format!(
            "<link rel=\"soon\" href=\"{folder}/split_{area}.wasm\" as=\"fetch\" type=\"application/wasm\" \
             crossorigin=\"anonymous\" />"
        )
    }

    fn sent(&self, page: &Filled, asked: &HeaderMap) -> Response {
        let headers = [
            (header::CONTENT_SECURITY_POLICY, self.0.policy.clone()),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (header::VARY, HeaderValue::from_static("accept-encoding, accept-language, cookie")),
            (header::ETAG, page.tag.clone()),
        ];
        if page.status.is_success() && asked.get(header::IF_NONE_MATCH) == Some(&page.tag) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        if accepted.split(',').any(|encoding| encoding.trim() == "br") {
            let encoding = (header::CONTENT_ENCODING, HeaderValue::from_static("br"));
            return (page.status, headers, [kind, encoding], page.small.clone()).into_response();
        }
        (page.status, headers, [kind], page.plain.clone()).into_response()
    }
}

/// The text with what stands between `from` and `to` replaced; as it is where it has no such place.
fn filled_in(html: &str, from: &str, to: &str, with: &str) -> String {
    let place = html.split_once(from).and_then(|(before, rest)| Some((before, rest.split_once(to)?.1)));
    place.map_or_else(|| html.to_owned(), |(before, after)| format!("{before}{from}{with}{to}{after}"))
}

/// The page with its later stylesheet only named, not asked for: the main part's own pages need it only when the reader goes
/// on, and the app then asks for it (`src/area.rs`).
fn without_later_style(html: &str) -> String {
    let tag = html.find(" data-later").and_then(|mark| {
        let start = html[..mark].rfind("<link")?;
        Some((start, start + html[start..].find('>')?))
    });
    tag.map_or_else(
        || html.to_owned(),
        |(start, end)| {
            let tag = html[start..end].replace("rel=\"stylesheet\"", "rel=\"later\"");
            format!("{}{tag}{}", &html[..start], &html[end..])
        },
    )
}

/// The folder of the app's parts, where it was built in parts.
fn parts(html: &str) -> Option<String> {
    let (before, _) = html.split_once("/app_bg.wasm")?;
    before.rsplit(['"', '\'']).next().map(str::to_owned)
}

fn compressed(plain: &[u8]) -> Vec<u8> {
    let parameters =
        brotli::enc::BrotliEncoderParams { quality: COMPRESSION as i32, size_hint: plain.len(), ..Default::default() };
    let mut small = Vec::new();
    brotli::BrotliCompress(&mut &*plain, &mut small, &parameters).expect("writing to memory cannot fail");
    small
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_filled_and_what_has_none_stays() {
        assert_eq!(filled_in("<title>a</title><p>", "<title>", "</title>", "b"), "<title>b</title><p>");
        assert_eq!(filled_in("<p>", "<title>", "</title>", "b"), "<p>");
    }

    #[test]
    fn only_the_later_stylesheet_is_not_asked_for() {
        let page = "<link rel=\"stylesheet\" href=\"/site-1.css\"><link data-later=\"\" rel=\"stylesheet\" href=\"/later-2.css\"><p>";
        let expected = "<link rel=\"stylesheet\" href=\"/site-1.css\"><link data-later=\"\" rel=\"later\" href=\"/later-2.css\"><p>";
        assert_eq!(without_later_style(page), expected);
        assert_eq!(without_later_style("<p>"), "<p>");
    }

    #[test]
    fn the_folder_of_the_parts_is_the_one_the_page_names() {
        let page = "<script>import init from '/app-0f/app.js'; init('/app-0f/app_bg.wasm')</script>";
        assert_eq!(parts(page).as_deref(), Some("/app-0f"));
        assert_eq!(parts("<script>init('/market-0f_bg.wasm')</script>"), None);
    }
}
