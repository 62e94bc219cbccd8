//! What operators and their programs ask: does it live, is it ready, how is it doing. Nothing here names a person.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::{any, get};
use domain::{Code, say};

use super::{App, no_such_address};
use crate::error::{Error, Result, refuse};
use crate::metrics;
use crate::store::catalogue;

/// How long a reader and the writer may each take before the server counts as not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where a load balancer and Prometheus ask.
pub fn operations() -> Router<App> {
    Router::new().route("/readyz", get(ready)).route("/metrics", get(measured))
}

/// The same addresses where they are not served: without this they would be pages of the app, and every probe a success.
pub fn operations_elsewhere() -> Router<App> {
    Router::new().route("/readyz", any(no_such_address)).route("/metrics", any(no_such_address))
}

/// The process lives; nothing else is touched.
pub async fn alive() -> &'static str {
    "ok"
}

async fn ready(State(app): State<App>) -> Result<&'static str> {
    if app.stopping.is_cancelled() {
        return refuse(Code::NotReady, say!("the server is stopping", "the server is stopping"));
    }
    within_patience("reading the database", app.store.read(catalogue::is_empty)).await?;
    within_patience("the writer of the database", app.store.write(|_| Ok(()))).await?;
    Ok("ready")
}

/// What is wrong is said in one word to whoever asks and as a whole in the log.
async fn within_patience<T>(what: &str, answer: impl Future<Output = Result<T>>) -> Result<()> {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => {
            tracing::error!(%error, what, "not ready");
            refuse(Code::NotReady, say!("{what} fails", "{what} fails"))
        }
        Err(_) => {
            tracing::error!(what, "not ready: no answer in time");
            refuse(Code::NotReady, say!("{what} takes too long", "{what} takes too long"))
        }
    }
}

async fn measured(State(app): State<App>) -> Result<impl IntoResponse> {
    let text = app.metrics.text().map_err(|error| Error::Broken(error.into()))?;
    Ok(([(CONTENT_TYPE, metrics::CONTENT_TYPE)], text))
}
