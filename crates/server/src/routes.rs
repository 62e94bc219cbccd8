//! Every address of the backend, once, in reading order.

mod app_files;
mod auth;
mod extract;
mod guard;
mod health;
mod observe;
mod orders;
mod products;
mod sales;
mod sessions;
mod tally;

use std::path::Path;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Router, middleware};
use domain::Code;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::config::{Limits, Serve};
use crate::error::{Error, broken, refuse};
use crate::live::Live;
use crate::metrics::Metrics;
use crate::password;
use crate::store::Store;

/// What handlers share.
#[derive(Clone, Debug)]
pub struct App {
    pub store: Store,
    pub live: Live,
    pub tries: Arc<sessions::Tries>,
    /// Hashing takes 19 MiB and most of a core: only a few at a time.
    pub hashing: Arc<Semaphore>,
    /// Verified when the login is unknown, so that an unknown login takes as long as a wrong password.
    pub decoy_hash: Arc<str>,
    pub secure_cookie: bool,
    pub limits: Limits,
    pub metrics: Metrics,
    /// Cancelled when the server is to stop.
    pub stopping: CancellationToken,
}

impl App {
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn new(store: Store, config: &Serve, metrics: Metrics) -> anyhow::Result<App> {
        let decoy_hash = password::hash(&password::new_token())?.into();
        let hashing = Arc::new(Semaphore::new(HASHING_AT_ONCE));
        let (limits, stopping) = (config.limits, CancellationToken::new());
        Ok(App {
            store,
            live: Live::new(limits, metrics.clone(), stopping.clone()),
            tries: Arc::default(),
            hashing,
            decoy_hash,
            secure_cookie: config.secure_cookie,
            limits,
            metrics,
            stopping,
        })
    }
}

/// As many as a small machine has cores.
const HASHING_AT_ONCE: usize = 2;

pub use health::{operations, operations_elsewhere};

/// The whole service: the interface under `/api/v1`, what operators ask, the app's files everywhere else.
///
/// # Errors
/// When the app's index.html cannot be read.
pub fn router(app: App, app_folder: &Path, operations: Router<App>) -> anyhow::Result<Router> {
    let answers = Router::new()
        // Sessions.
        .route("/sessions", post(sessions::sign_in))
        .route("/sessions/current", get(sessions::current).delete(sessions::sign_out))
        // The market.
        .route("/products", get(products::list))
        .route("/products/{id}", get(products::one))
        // Procurement.
        .route("/orders", get(orders::list).post(orders::place))
        .route("/orders/{id}", get(orders::one))
        .route("/orders/{id}/actions", post(orders::act))
        // The coordinator's figures and the ledger behind them.
        .route("/tally", get(tally::current))
        .route("/sales", get(sales::list))
        .route("/sales/{id}/reversal", post(sales::reverse))
        .fallback(no_such_address)
        .method_not_allowed_fallback(no_such_method)
        .layer(middleware::from_fn(guard::etag));
    // A live stream lasts as long as its page: no ETag, and the time limit is for its beginning.
    let streams = Router::new().route("/tally/events", get(tally::events));
    let api = answers
        .merge(streams)
        .layer(middleware::from_fn_with_state(app.limits, guard::time_limit))
        .layer(DefaultBodyLimit::max(app.limits.body_bytes()))
        .layer(middleware::from_fn(guard::own_origin))
        .layer(CompressionLayer::new());
    let market = Router::new()
        .nest(domain::wire::API, api)
        .route("/healthz", get(health::alive))
        .merge(operations)
        .route("/api/{*rest}", axum::routing::any(no_such_address))
        .fallback_service(app_files::service(app_folder)?);
    Ok(watched(app, market))
}

/// Puts around routes what every answer goes through, whoever asks.
pub fn watched(app: App, routes: Router<App>) -> Router {
    let observe = middleware::from_fn_with_state(app.metrics.clone(), observe::observe);
    routes
        .with_state(app)
        .layer(middleware::from_fn(guard::headers))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(observe)
}

/// What it panicked with was logged by the panic itself, which knows no request: this line joins the two.
fn panicked(_: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    tracing::error!("a handler panicked");
    broken()
}

async fn no_such_address() -> Result<(), Error> {
    refuse(Code::NotFound, "没有这个接口地址，请核对路径")
}

async fn no_such_method() -> Result<(), Error> {
    refuse(Code::MethodNotAllowed, "这个地址不支持这种请求方法")
}
