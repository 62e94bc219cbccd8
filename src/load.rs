//! Loading: what a page asks the server for, again whenever its question changes.
//!
//! Takes the place of `LocalResource` and `Suspense`, which would cost every page several kilobytes.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::ApiError;
use crate::state::State;

/// What has been loaded so far. While something newer is on its way the old value stays, so a page does not flicker.
#[derive(Debug)]
pub struct Load<T: Send + Sync + 'static> {
    pub value: RwSignal<Option<T>>,
    /// The question that `value` answers.
    pub answered: RwSignal<String>,
    pub error: RwSignal<Option<ApiError>>,
    pub busy: RwSignal<bool>,
    again: RwSignal<()>,
}

impl<T: Send + Sync + 'static> Clone for Load<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Load<T> {}

impl<T: Send + Sync + 'static> Load<T> {
    /// Asks once more: after a failure, or after something was changed.
    pub fn reload(self) {
        self.again.set(());
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
    let it = Load {
        value: RwSignal::new(None),
        answered: RwSignal::new(String::new()),
        error: RwSignal::new(None),
        busy: RwSignal::new(false),
        again: RwSignal::new(()),
    };
    let state = State::get();
    let key = Memo::new(move |_| key());
    let asked = StoredValue::new(0_u32);
    Effect::new(move |_| {
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
