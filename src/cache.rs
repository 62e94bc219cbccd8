//! What has been seen: lists and products as the server last told them, so that going back to one shows it at once while
//! it is asked for again. In memory, bounded, and gone with the tab.
//!
//! Texts are kept and not values: one store serves every kind of answer, and whether anything has changed is one comparison.

use std::cell::RefCell;
use std::sync::Arc;

use leptos::wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise, js_sys::Promise};

use crate::api::{self, ApiError};
use crate::format::now_ms;

/// A list is some 15 KB of text, so all of it stays well under two megabytes.
const MOST: usize = 64;
/// Younger than this, an answer is not asked for again: it was fetched ahead for the very page that now opens.
const FRESH_MS: i64 = 4_000;

struct Kept {
    path: String,
    text: Arc<str>,
    at_ms: i64,
}

thread_local! {
    /// The longest unused first.
    static KEPT: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
    /// What is being fetched ahead; whoever asks for it meanwhile waits for the same answer.
    static COMING: RefCell<Vec<(String, Promise)>> = const { RefCell::new(Vec::new()) };
}

/// The answer as it was last seen, of any age.
pub fn seen(path: &str) -> Option<Arc<str>> {
    KEPT.with_borrow_mut(|kept| {
        let at = kept.iter().position(|it| it.path == path)?;
        let it = kept.remove(at);
        let text = it.text.clone();
        kept.push(it);
        Some(text)
    })
}

fn fresh(path: &str) -> Option<Arc<str>> {
    let young = now_ms() - FRESH_MS;
    KEPT.with_borrow(|kept| kept.iter().find(|it| it.path == path && it.at_ms > young).map(|it| it.text.clone()))
}

/// Keeps an answer. One that has not changed stays the same text, so that pointers tell whether it has.
fn keep(path: String, text: String) -> Arc<str> {
    KEPT.with_borrow_mut(|kept| {
        let before = kept.iter().position(|it| it.path == path).map(|at| kept.remove(at).text);
        if kept.len() >= MOST {
            kept.remove(0);
        }
        let text = before.filter(|before| **before == *text).unwrap_or_else(|| text.into());
        kept.push(Kept { path, text: text.clone(), at_ms: now_ms() });
        text
    })
}

/// The answer as it is now. `signal` gives up asking, when something newer is asked for. What somebody's typing asks is not to be
/// kept by the service worker and need not pass there (public/sw.js); only without a network it may know an answer.
pub async fn fetch(path: String, typed: bool, signal: Option<web_sys::AbortSignal>) -> Result<Arc<str>, ApiError> {
    if let Some(coming) = coming(&path) {
        // When it failed it is asked for again below, and what goes wrong then is told.
        let _ = JsFuture::from(coming).await;
    }
    if let Some(text) = fresh(&path) {
        return Ok(text);
    }
    let mut question = path.clone();
    if typed {
        question.push_str("#typed");
    }
    loop {
        match api::text(&question, signal.clone()).await {
            Err(ApiError::Unreachable) if question.len() > path.len() => question.truncate(path.len()),
            answer => return answer.map(|text| keep(path, text)),
        }
    }
}

fn coming(path: &str) -> Option<Promise> {
    COMING.with_borrow(|coming| coming.iter().find(|it| it.0 == path).map(|it| it.1.clone()))
}

/// Fetches what will probably be asked for in a moment. That it fails is not told: asking for it tells.
pub fn fetch_ahead(path: String) {
    if fresh(&path).is_some() || coming(&path).is_some() {
        return;
    }
    let asked = path.clone();
    let answer = future_to_promise(async move {
        if let Ok(text) = api::text(&asked, None).await {
            keep(asked.clone(), text);
        }
        COMING.with_borrow_mut(|coming| coming.retain(|it| it.0 != asked));
        Ok(JsValue::UNDEFINED)
    });
    COMING.with_borrow_mut(|coming| coming.push((path, answer)));
}
