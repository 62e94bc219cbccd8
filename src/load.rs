//! Loading: what a page asks the server for, again whenever its question changes.
//!
//! Takes the place of `LocalResource` and `Suspense`, which would cost every page several kilobytes.

use std::future::Future;
use std::sync::Arc;

use domain::read::Read;
use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, ApiError};
use crate::cache;
use crate::live;
use crate::state::State;

/// What has been loaded so far. While something newer is on its way the old value stays, so a page does not flicker.
#[derive(Debug)]
pub struct Load<T: Send + Sync + 'static> {
    pub value: RwSignal<Option<T>>,
    /// The question that `value` answers.
    pub answered: RwSignal<String>,
    pub error: RwSignal<Option<ApiError>>,
    pub busy: RwSignal<bool>,
    again: Trigger,
}

impl<T: Send + Sync + 'static> Clone for Load<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Load<T> {}

impl<T: Send + Sync + 'static> Load<T> {
    fn new() -> Self {
        Self {
            value: RwSignal::new(None),
            answered: RwSignal::new(String::new()),
            error: RwSignal::new(None),
            busy: RwSignal::new(false),
            again: Trigger::new(),
        }
    }

    /// Asks once more: after a failure, or after something was changed.
    pub fn reload(self) {
        self.again.notify();
    }

    /// The same, for a button.
    pub fn on_retry(self) -> Callback<()> {
        Callback::new(move |()| self.reload())
    }

    /// Starts with an answer kept from before; it is shown until the fresh one arrives.
    pub fn start_with(self, key: String, value: T) {
        self.answered.set(key);
        self.value.set(Some(value));
    }

    /// Takes an answer that came another way, as from an action on the thing shown.
    pub fn put(self, value: T) {
        self.error.set(None);
        self.value.set(Some(value));
    }
}

/// Asks `fetch` for what `key` names, now and whenever the key changes. An empty key asks for nothing. Answers overtaken
/// by a later question are dropped.
pub fn load<T, F>(key: impl Fn() -> String + Send + Sync + 'static, fetch: impl Fn(String) -> F + 'static) -> Load<T>
where
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, ApiError>> + 'static,
{
    let it = Load::new();
    let state = State::get();
    let key = live::memo(key);
    let asked = StoredValue::new(0_u32);
    live::effect(move || {
        it.again.track();
        let key = key.get();
        let turn = asked.get_value().wrapping_add(1);
        asked.set_value(turn);
        if key.is_empty() {
            it.value.set(None);
            it.busy.set(false);
            return;
        }
        it.busy.set(true);
        let answer = fetch(key.clone());
        spawn_local(async move {
            let answer = answer.await;
            // The page may be gone, or ask for something else by now.
            if asked.try_get_value() == Some(turn) {
                settle(it, key, answer, state);
            }
        });
    });
    it
}

/// The same for what the catalogue tells everybody: what was seen before is shown at once, and asked for again behind it.
/// `path` gives the address of what the key names.
pub fn load_seen<T>(key: impl Fn() -> String + Send + Sync + 'static, path: fn(&str) -> String) -> Load<T>
where
    T: Read + Send + Sync + 'static,
{
    let it = Load::new();
    let state = State::get();
    let key = live::memo(key);
    let shown = StoredValue::new(None);
    show_seen(it, &key.get_untracked(), path, shown);
    live::effect(move || {
        it.again.track();
        let key_now = key.get();
        show_seen(it, &key_now, path, shown);
        it.busy.set(true);
        spawn_local(async move {
            let answer = cache::fetch(path(&key_now), false, None).await;
            // The page may be gone, or ask for something else by now.
            if key.try_get_untracked().as_ref() != Some(&key_now) {
                return;
            }
            if answer.as_ref().is_ok_and(|text| is_shown(shown, text)) {
                it.error.set(None);
                it.busy.set(false);
                return;
            }
            shown.set_value(answer.as_ref().ok().cloned());
            settle(it, key_now, answer.and_then(|text| api::parse(&text)), state);
        });
    });
    it
}

type Shown = StoredValue<Option<Arc<str>>>;

fn show_seen<T: Read + Send + Sync>(it: Load<T>, key: &str, path: fn(&str) -> String, shown: Shown) {
    if it.answered.with_untracked(|answered| answered == key) {
        return;
    }
    let Some(text) = cache::seen(&path(key)) else { return };
    if let Ok(value) = api::parse(&text) {
        shown.set_value(Some(text));
        it.error.set(None);
        it.start_with(key.to_owned(), value);
    }
}

fn is_shown(shown: Shown, text: &Arc<str>) -> bool {
    shown.with_value(|shown| shown.as_ref().is_some_and(|shown| Arc::ptr_eq(shown, text)))
}

/// True once something has been under way for so long that its reader wonders.
pub fn slow(busy: RwSignal<bool>) -> RwSignal<bool> {
    const A_WHILE_MS: u32 = 3_000;
    let slow = RwSignal::new(false);
    // A timer that is dropped never fires: it ends with the next run, and with the page.
    let timer = StoredValue::new_local(None);
    live::effect(move || {
        slow.set(false);
        timer.set_value(busy.get().then(|| {
            Timeout::new(A_WHILE_MS, move || {
                slow.try_set(true);
            })
        }));
    });
    slow
}

fn settle<T: Send + Sync + 'static>(it: Load<T>, key: String, answer: Result<T, ApiError>, state: State) {
    it.busy.set(false);
    match answer {
        Ok(value) => {
            it.error.set(None);
            it.answered.set(key);
            it.value.set(Some(value));
        }
        Err(error) => {
            state.note(&error);
            it.error.set(Some(error));
        }
    }
}
