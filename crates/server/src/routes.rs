//! Every address of the backend, once, in reading order.

mod app_files;
mod auth;
mod extract;
mod guard;
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
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::error::{Error, broken, refuse};
use crate::live::Live;
use crate::password;
use crate::search::Catalogue;
use crate::store::Store;

/// What handlers share.
#[derive(Clone, Debug)]
pub struct App {
    pub store: Store,
    pub catalogue: Catalogue,
    pub live: Live,
    pub tries: Arc<sessions::Tries>,
    /// Hashing takes 19 MiB and most of a core: only a few at a time.
    pub hashing: Arc<Semaphore>,
    /// Verified when the login is unknown, so that an unknown login takes as long as a wrong password.
    pub decoy_hash: Arc<str>,
    pub secure_cookie: bool,
}

impl App {
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn new(store: Store, catalogue: Catalogue, secure_cookie: bool) -> anyhow::Result<App> {
        let decoy_hash = password::hash(&password::new_token())?.into();
        let hashing = Arc::new(Semaphore::new(HASHING_AT_ONCE));
        let (live, tries) = (Live::default(), Arc::default());
        Ok(App { store, catalogue, live, tries, hashing, decoy_hash, secure_cookie })
    }
}

/// As many as a small machine has cores.
const HASHING_AT_ONCE: usize = 2;

/// Answers are packed anew for each request: at this level a page of products takes a fraction of the time.
const ANSWER_COMPRESSION: CompressionLevel = CompressionLevel::Precise(1);

/// The largest request body: a basket of forty merchants fits ten times over.
const BODY_LIMIT: usize = 256 * 1024;

/// The whole service: the interface under `/api/v1`, the app's files everywhere else.
///
/// # Errors
/// When the app's index.html cannot be read.
pub fn router(app: App, app_folder: &Path) -> anyhow::Result<Router> {
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
        .layer(middleware::from_fn(guard::etag))
        .layer(middleware::from_fn(guard::time_limit));
    // A live stream lasts as long as its page: no time limit, no ETag.
    let streams = Router::new().route("/tally/events", get(tally::events));
    let api = answers
        .merge(streams)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(guard::own_origin))
        .layer(CompressionLayer::new().quality(ANSWER_COMPRESSION));
    Ok(Router::new()
        .nest(domain::wire::API, api)
        .route("/healthz", get(|| async { "ok" }))
        .route("/api/{*rest}", axum::routing::any(no_such_address))
        .with_state(app)
        .fallback_service(app_files::service(app_folder)?)
        .layer(middleware::from_fn(guard::headers))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| broken())))
}

async fn no_such_address() -> Result<(), Error> {
    refuse(Code::NotFound, "没有这个接口地址，请核对路径")
}

async fn no_such_method() -> Result<(), Error> {
    refuse(Code::MethodNotAllowed, "这个地址不支持这种请求方法")
}
