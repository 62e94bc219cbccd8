//! What the wall shows, and the line it comes over. The wall opens the line anew by itself, with growing pauses; figures come over
//! it first of all, so that what is fresh again is right again.

use std::time::Duration;

use domain::wire::Tally;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::{JsCast, JsValue};

use super::line::Line;
use crate::api::{self, ApiError, FigureStream, StreamState};
use crate::state::State;

const TICK: Duration = Duration::from_secs(1);

#[derive(Clone, Copy)]
pub struct Feed {
    pub tally: RwSignal<Option<Tally>>,
    pub line: RwSignal<Line>,
    /// A clock that only runs forward, told every second.
    pub now: RwSignal<i64>,
    /// Why the server lets nobody in, where it said so.
    pub refused: RwSignal<Option<ApiError>>,
    query: StoredValue<String>,
    stream: StoredValue<Option<FigureStream>, LocalStorage>,
    /// Counts the lines that were opened: what an earlier one still says is not heard.
    turn: StoredValue<u32>,
    state: State,
}

impl Feed {
    /// Opens the line for `?district=`, for as long as the page is there.
    pub fn start(query: String) -> Self {
        let it = Self {
            tally: RwSignal::new(None),
            line: RwSignal::new(Line::default()),
            now: RwSignal::new(steady_ms()),
            refused: RwSignal::new(None),
            query: StoredValue::new(query),
            stream: StoredValue::new_local(None),
            turn: StoredValue::new(0),
            state: State::get(),
        };
        it.open();
        let ticking = set_interval_with_handle(move || it.tick(), TICK).ok();
        let back = window_event_listener(leptos::ev::online, move |_| it.open());
        on_cleanup(move || {
            if let Some(ticking) = ticking {
                ticking.clear();
            }
            back.remove();
        });
        it
    }

    fn tick(self) {
        let now = steady_ms();
        self.now.try_set(now);
        if self.line.try_with_untracked(|line| line.is_silent(now)) == Some(true) {
            self.breaks(StreamState::Lost);
        }
    }

    fn open(self) {
        let Some(turn) = self.turn.try_update_value(|turn| {
            *turn = turn.wrapping_add(1);
            *turn
        }) else {
            return;
        };
        let is_mine = move || self.turn.try_get_value() == Some(turn);
        let on_tally = move |tally: Tally| {
            if is_mine() {
                self.hears(tally.as_of_ms);
                self.refused.set(None);
                self.tally.set(Some(tally));
            }
        };
        let on_beat = move |at_ms| {
            if is_mine() {
                self.hears(at_ms);
            }
        };
        let on_state = move |state| {
            if is_mine() && state != StreamState::Open {
                self.breaks(state);
            }
        };
        let query = self.query.get_value();
        self.stream.set_value(api::tally_line(&query, on_tally, on_beat, on_state));
    }

    fn hears(self, server_ms: i64) {
        let now = steady_ms();
        self.now.set(now);
        self.line.update(|line| *line = line.hears(now, server_ms));
    }

    /// The line is cut: the browser's own tries end, and ours begin.
    fn breaks(self, how: StreamState) {
        self.stream.with_value(|stream| {
            if let Some(stream) = stream {
                stream.close();
            }
        });
        let Some(turn) = self.turn.try_update_value(|turn| {
            *turn = turn.wrapping_add(1);
            *turn
        }) else {
            return;
        };
        self.line.update(|line| *line = line.breaks());
        if how == StreamState::Ended {
            self.ask_why();
        }
        let pause = self.line.with_untracked(|line| line.pause());
        set_timeout(
            move || {
                if self.turn.try_get_value() == Some(turn) {
                    self.open();
                }
            },
            pause,
        );
    }

    /// A stream that is refused says nothing; a plain question is answered with the reason.
    fn ask_why(self) {
        let query = self.query.get_value();
        spawn_local(async move {
            if let Err(error @ ApiError::Refused(_)) = api::tally(query).await {
                self.state.note(&error);
                self.refused.try_set(Some(error));
            }
        });
    }
}

/// Milliseconds of the browser's clock that nobody sets; where there is none, of the one that somebody may.
fn steady_ms() -> i64 {
    let window: JsValue = window().into();
    let get = |of: &JsValue, name: &str| js_sys::Reflect::get(of, &name.into()).ok();
    let steady = get(&window, "performance").and_then(|performance| {
        let now: js_sys::Function = get(&performance, "now")?.dyn_into().ok()?;
        now.call0(&performance).ok()?.as_f64()
    });
    // Times are floats in JavaScript.
    steady.map_or_else(crate::format::now_ms, |ms| ms as i64)
}
