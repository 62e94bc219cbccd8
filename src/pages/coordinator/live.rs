//! The dashboard's figures as they change. A number is called live only after the stream has brought one, and from the
//! moment the stream is lost it is called what it is: a number as of then.

use std::time::Duration;

use domain::Money;
use domain::wire::Tally;
use leptos::prelude::*;

use super::standing::spoken_change;
use crate::api::{self, ApiError, StreamState, TallyStream};
use crate::format;
use crate::language::t;
use crate::load::{Load, load};

/// How long to wait before asking again, once the browser itself has given up.
const ASK_AGAIN: Duration = Duration::from_secs(4);
/// A change is spoken this long after it came, together with all that came meanwhile, so that nobody is talked over.
const SPEAK_AFTER: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Opening,
    Live,
    Lost,
}

#[derive(Clone, Copy, Debug)]
pub struct Figures {
    pub load: Load<Tally>,
    pub link: RwSignal<Link>,
    /// What is said of the last change.
    pub spoken: RwSignal<String>,
}

/// Loads what `key` (`?year=&district=`) asks for and keeps it up to date. An empty key asks for nothing.
pub fn figures(key: Memo<String>) -> Figures {
    let it = Figures {
        load: load(move || key.get(), api::tally),
        link: RwSignal::new(Link::Opening),
        spoken: RwSignal::new(String::new()),
    };
    listen(it, key);
    ask_again_after_failure(it);
    watch_the_network(it);
    speak_of_changes(it);
    it
}

/// Opens the stream once its figures have been loaded, so that an answer can never overwrite a later event.
fn listen(it: Figures, key: Memo<String>) {
    let stream = StoredValue::new_local(None::<TallyStream>);
    Effect::new(move |_| {
        // The old stream ends first: its figures are of another question.
        stream.set_value(None);
        it.link.set(Link::Opening);
        let answered = it.load.answered.get();
        if answered.is_empty() || answered != key.get() {
            return;
        }
        let on_tally = move |tally| {
            it.load.put(tally);
            if it.link.get_untracked() != Link::Live {
                it.link.set(Link::Live);
            }
        };
        let on_state = move |state| match state {
            // Live only once figures have come; the server sends them first of all.
            StreamState::Open => {}
            StreamState::Lost => it.link.set(Link::Lost),
            StreamState::Ended => {
                it.link.set(Link::Lost);
                set_timeout(move || it.load.reload(), ASK_AGAIN);
            }
        };
        stream.set_value(TallyStream::open(&answered, on_tally, on_state));
    });
}

/// While figures are shown, what did not reach the server is asked again by itself; a refusal is not.
fn ask_again_after_failure(it: Figures) {
    Effect::new(move |_| {
        let failed = it.load.error.with(|error| matches!(error, Some(ApiError::Unreachable | ApiError::Broken { .. })));
        if failed && it.load.value.with_untracked(Option::is_some) {
            it.link.set(Link::Lost);
            set_timeout(move || it.load.reload(), ASK_AGAIN);
        }
    });
}

/// A stream over a network that is gone may stay silent for minutes; the browser knows sooner.
fn watch_the_network(it: Figures) {
    let gone = window_event_listener(leptos::ev::offline, move |_| it.link.set(Link::Lost));
    let back = window_event_listener(leptos::ev::online, move |_| it.load.reload());
    on_cleanup(move || {
        gone.remove();
        back.remove();
    });
}

/// Says the new total politely. Turning to another year or district is not a change.
fn speak_of_changes(it: Figures) {
    let said = StoredValue::new(None::<(String, Money)>);
    let waiting = StoredValue::new(false);
    Effect::new(move |_| {
        let answered = it.load.answered.get();
        let Some(now) = it.load.value.with(|tally| tally.as_ref().map(|tally| tally.recognised_fen)) else { return };
        let before =
            said.with_value(|said| said.as_ref().filter(|(question, _)| *question == answered).map(|(_, it)| *it));
        let Some(before) = before else {
            said.set_value(Some((answered, now)));
            return;
        };
        if before == now || waiting.get_value() {
            return;
        }
        waiting.set_value(true);
        set_timeout(move || speak(it, said, waiting), SPEAK_AFTER);
    });
}

fn speak(it: Figures, said: StoredValue<Option<(String, Money)>>, waiting: StoredValue<bool>) {
    // The page may be gone by now.
    let Some(Some((question, before))) = said.try_get_value() else { return };
    waiting.set_value(false);
    let now = it.load.value.with_untracked(|tally| tally.as_ref().map(|tally| tally.recognised_fen));
    if let Some(now) = now
        && now != before
        && it.load.answered.get_untracked() == question
    {
        it.spoken.set(spoken_change(before, now));
        said.set_value(Some((question, now)));
    }
}

/// 实时, or what the numbers are instead.
#[inline(never)]
pub fn live_mark(it: Figures) -> AnyView {
    let as_of = move || it.load.value.with(|tally| tally.as_ref().map(|tally| format::time(tally.as_of_ms)));
    let class = move || match it.link.get() {
        Link::Opening => "live",
        Link::Live => "live on",
        Link::Lost => "live lost",
    };
    let words = move || match (it.link.get(), as_of()) {
        // Without figures there is nothing to be live or stale.
        (_, None) => String::new(),
        (Link::Opening, Some(_)) => t!(figures.connecting).to_owned(),
        (Link::Live, Some(_)) => t!(figures.live).to_owned(),
        (Link::Lost, Some(time)) => t!(figures.lost, time = time),
    };
    view! { <p class=class id="live" role="status">{words}</p> }.into_any()
}
