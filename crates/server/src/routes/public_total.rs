//! How much was sold this year, for everybody to see, once and live.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use domain::wire::PublicTotal;
use futures::Stream;
use futures::stream::unfold;
use jiff::civil::Date;
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tracing::Instrument as _;
use utoipa::IntoParams;

use super::App;
use super::extract::Params;
use super::tally::{KEEP_ALIVE, asked_twice, year_or_this};
use crate::clock;
use crate::error::Result;
use crate::live::Listener;
use crate::store::public_total::public_total;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfYear {
    year: Option<i16>,
}

/// This year's total as it was last read: all who ask before anything moves are told the same.
#[derive(Debug, Default)]
pub struct LastTotal(Mutex<Option<Kept>>);

#[derive(Debug)]
struct Kept {
    moves: u64,
    day: Date,
    read_at: Instant,
    total: Arc<PublicTotal>,
}

/// What a lost notice from another server can cost.
const HOLDS: Duration = Duration::from_secs(10);

impl App {
    async fn public_total(&self, year: i16) -> Result<Arc<PublicTotal>> {
        let now = clock::now();
        let day = clock::day(now);
        let read = || self.store.read(move |db| public_total(db, year, now));
        if year != day.year() {
            return read().await.map(Arc::new);
        }
        // Whoever comes while it is being read waits for it instead of reading it too.
        let mut last = self.last_total.0.lock().await;
        // Counted before it is read: what moves meanwhile makes it old.
        let moves = self.live.moves();
        let holds = |kept: &&Kept| kept.moves == moves && kept.day == day && kept.read_at.elapsed() < HOLDS;
        if let Some(kept) = last.as_ref().filter(holds) {
            return Ok(Arc::clone(&kept.total));
        }
        let total = Arc::new(read().await?);
        *last = Some(Kept { moves, day, read_at: Instant::now(), total: Arc::clone(&total) });
        Ok(total)
    }
}

/// The total of a year: what was accepted, and beside it what is on its way.
#[utoipa::path(
    get,
    path = "/public-total",
    operation_id = "see_public_total",
    tag = "public total",
    params(OfYear),
    responses((status = 200, body = PublicTotal, description = "The total now"))
)]
pub async fn current(State(app): State<App>, Params(params): Params<OfYear>) -> Result<Json<PublicTotal>> {
    let total = app.public_total(year_or_this(params.year)?).await?;
    Ok(Json(PublicTotal::clone(&total)))
}

/// Nobody reads faster than this, and a busy day moves the total many times a second.
const BREATH: Duration = Duration::from_secs(1);

/// One who watches, whoever it is.
struct Watcher {
    app: App,
    year: i16,
    listener: Listener,
    told_at: Option<Instant>,
}

impl Watcher {
    /// The total now and then after moves; ends when the server does.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Watcher)> {
        if let Some(told_at) = self.told_at {
            self.listener.moved().await?;
            self.listener.wait_until(told_at + BREATH).await?;
        }
        self.told_at = Some(Instant::now());
        let total = asked_twice(|| self.app.public_total(self.year)).await?;
        let event = Event::default().event("public_total").id(total.last_entry.to_string()).json_data(&*total).ok()?;
        Some((Ok(event), self))
    }
}

/// The total, live: an event `public_total` at once and after what moves it, at most one a second, whose data is a `PublicTotal`.
#[utoipa::path(
    get,
    path = "/public-total/events",
    operation_id = "follow_public_total",
    tag = "public total",
    params(OfYear),
    responses(
        (status = 200, body = String, content_type = "text/event-stream", description = "Until the server stops")
    )
)]
pub async fn events(
    State(app): State<App>,
    Params(params): Params<OfYear>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let year = year_or_this(params.year)?;
    let listener = app.live.listen_in_public()?;
    let watcher = Watcher { app, year, listener, told_at: None };
    // The stream runs on after its request was answered, and its faults belong to it all the same.
    let span = tracing::Span::current();
    let totals = unfold(watcher, move |watcher| watcher.next().instrument(span.clone()));
    Ok(Sse::new(totals).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}
