//! The coordinator's figures, once and live.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use domain::permission::check_sales;
use domain::region::DistrictId;
use domain::wire::Tally;
use domain::{Language, Refusal, say};
use futures::Stream;
use futures::stream::unfold;
use jiff::civil::Date;
use serde::Deserialize;
use tokio::time::{sleep, timeout};
use tracing::Instrument as _;
use utoipa::IntoParams;

use super::auth::SignedIn;
use super::document::refusals;
use super::extract::{Params, Reader};
use super::{App, auth};
use crate::clock;
use crate::error::Result;
use crate::live::Listener;
use crate::store::tally::{Asked, check_district, tally};

/// Silence longer than this makes proxies close a stream.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How often a listener hears that the line holds. Who hears nothing for a few of these shows old figures, and says so.
const BEAT: Duration = Duration::from_secs(8);

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Scope {
    pub year: Option<i16>,
    district: Option<String>,
}

impl Scope {
    pub fn district(&self) -> Option<DistrictId> {
        self.district.as_ref().filter(|district| !district.is_empty()).map(DistrictId::new)
    }
}

/// The year asked for, or the one it is in Shanghai.
pub fn year_or_this(year: Option<i16>) -> Result<i16> {
    match year {
        None => Ok(clock::day(clock::now()).year()),
        Some(year @ 2000..=2100) => Ok(year),
        Some(year) => {
            Err(Refusal::field("year", say!("没有 {year} 年的数字", "There are no figures of {year}")).into())
        }
    }
}

refusals! { NotShown: NotAllowed }

/// The figures of a year, of a district or of the whole city.
#[utoipa::path(
    get,
    path = "/tally",
    operation_id = "see_tally",
    tag = "tally",
    params(Scope),
    responses((status = 200, body = Tally, description = "The figures now"), NotShown)
)]
pub async fn current(
    State(app): State<App>,
    SignedIn { actor, .. }: SignedIn,
    Reader(reader): Reader,
    Params(params): Params<Scope>,
) -> Result<Json<Tally>> {
    let (year, district) = (year_or_this(params.year)?, params.district());
    let figures = app
        .store
        .read(move |db| tally(db, &actor, Asked { year, district: district.as_ref(), now: clock::now(), reader }));
    Ok(Json(figures.await?))
}

/// Who watches the figures and which, and of which day the last were that have been told.
struct Watcher {
    app: App,
    token_hash: String,
    reader: Language,
    /// None is the year it is, also after it has turned.
    year: Option<i16>,
    district: Option<DistrictId>,
    listener: Listener,
    told: Option<Date>,
}

impl Watcher {
    /// The figures now and then after every move, and when a day begins, which moves the time that has passed; a beat whenever
    /// nothing has moved for a while. Ends when the session or the server does.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Watcher)> {
        if let Some(day) = self.told {
            let moved = timeout(BEAT, self.listener.moved()).await;
            match moved {
                Ok(moved) => moved?,
                // Who has signed out hears no beat either.
                Err(_) => {
                    asked_twice(|| auth::actor(&self.app, self.token_hash.clone())).await??;
                    if clock::day(clock::now()) == day {
                        let beat = Event::default().event("beat").data(clock::now().to_string());
                        return Some((Ok(beat), self));
                    }
                }
            }
        }
        let figures = asked_twice(|| self.figures()).await??;
        self.told = Some(clock::day(figures.as_of_ms));
        let event = Event::default().event("tally").id(figures.last_entry.to_string()).json_data(&figures).ok()?;
        Some((Ok(event), self))
    }

    /// None once the session is over. The person is asked for again each time: who has signed out hears nothing more.
    async fn figures(&self) -> Result<Option<Tally>> {
        let Some(actor) = auth::actor(&self.app, self.token_hash.clone()).await? else { return Ok(None) };
        let (year, district, reader) = (year_or_this(self.year)?, self.district.clone(), self.reader);
        let now = clock::now();
        let figures =
            self.app.store.read(move |db| tally(db, &actor, Asked { year, district: district.as_ref(), now, reader }));
        figures.await.map(Some)
    }
}

/// How long a stream waits before it asks once more for what could not be read.
const AFTER_TROUBLE: Duration = Duration::from_millis(500);

/// What a stream tells next. A line to the database may have been cut: the second question finds another, and only when that
/// fails too does the stream end.
pub(super) async fn asked_twice<T, F: Future<Output = Result<T>>>(ask: impl Fn() -> F) -> Option<T> {
    match ask().await {
        Ok(told) => Some(told),
        Err(error) => {
            tracing::warn!(%error, "what is live is asked for again");
            sleep(AFTER_TROUBLE).await;
            ask().await.inspect_err(|error| tracing::error!(%error, "what is live cannot be read")).ok()
        }
    }
}

/// The figures, live: an event `tally` at once, after every move and when a day begins, whose data is a `Tally`; and an event
/// `beat` every few seconds, whose data is the server's clock in milliseconds, so that silence means that the line is cut.
#[utoipa::path(
    get,
    path = "/tally/events",
    operation_id = "follow_tally",
    tag = "tally",
    params(Scope),
    responses(
        (status = 200, body = String, content_type = "text/event-stream", description = "Until the session ends"),
        NotShown
    )
)]
pub async fn events(
    State(app): State<App>,
    SignedIn { actor, token_hash }: SignedIn,
    Reader(reader): Reader,
    Params(params): Params<Scope>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    year_or_this(params.year)?;
    let (year, district) = (params.year, params.district());
    check_sales(&actor, district.as_ref())?;
    let asked = district.clone();
    app.store.read(move |db| check_district(db, asked.as_ref())).await?;
    let listener = app.live.listen(&token_hash)?;
    let watcher = Watcher { app, token_hash, reader, year, district, listener, told: None };
    // The stream runs on after its request was answered, and its faults belong to it all the same.
    let span = tracing::Span::current();
    let figures = unfold(watcher, move |watcher| watcher.next().instrument(span.clone()));
    Ok(Sse::new(figures).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}
