//! The public total as it changes. A number is called live only while the stream brings it.

use std::time::Duration;

use domain::wire::PublicTotal;
use gloo::events::EventListener;
use leptos::prelude::*;

use crate::api::{self, FigureStream, StreamState, public_total_stream};
use crate::format;
use crate::language::t;
use crate::load::{Load, load};

/// How long to wait before asking again, once the browser itself has given up. Longer than the office waits: where too many
/// watch, trying without rest would keep it so.
const ASK_AGAIN: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug)]
pub struct Total {
    pub load: Load<PublicTotal>,
    live: RwSignal<bool>,
}

/// This year's total, loaded once and then followed for as long as the page is seen.
pub fn public_total() -> Total {
    let it = Total { load: load(|| "now".to_owned(), |_| api::public_total()), live: RwSignal::new(false) };
    let stream = StoredValue::new_local(None::<FigureStream>);
    let listen = move || stream.set_value(open(it));
    Effect::new(move |_| {
        if !it.load.answered.with(String::is_empty) && stream.with_value(Option::is_none) && !document().hidden() {
            listen();
        }
    });
    // A page nobody looks at takes no place; when it is looked at again, it tells what has happened meanwhile.
    let seen = EventListener::new(&document(), "visibilitychange", move |_| {
        stream.set_value(None);
        it.live.set(false);
        if !document().hidden() {
            it.load.reload();
            listen();
        }
    });
    let seen = StoredValue::new_local(Some(seen));
    on_cleanup(move || seen.set_value(None));
    it
}

fn open(it: Total) -> Option<FigureStream> {
    let on_total = move |total| {
        it.load.put(total);
        if !it.live.get_untracked() {
            it.live.set(true);
        }
    };
    let on_state = move |state| match state {
        // Live only once figures have come; the server sends them first of all.
        StreamState::Open => {}
        StreamState::Lost => it.live.set(false),
        StreamState::Ended => {
            it.live.set(false);
            set_timeout(move || it.load.reload(), ASK_AGAIN);
        }
    };
    public_total_stream(on_total, on_state)
}

impl Total {
    /// When the figures were read, by which rule they are counted, and whether they move by themselves.
    pub fn as_of(self) -> AnyView {
        let words = move || {
            let (time, rule) = self.load.value.with(|total| {
                total.as_ref().map(|it| (format::time(it.sold.as_of_ms), it.sold.counting_rule.clone()))
            })?;
            let live = if self.live.get() { t!(home.live) } else { t!(home.not_live) };
            Some(t!(home.as_of, time = time, live = live, rule = rule))
        };
        view! { <p class="as-of small">{words}</p> }.into_any()
    }
}
