//! Every endpoint of the backend, once, in reading order, and beside each what it asks of the table of permissions.

mod accounts;
mod app_files;
mod applications;
mod attachments;
mod auth;
mod behind;
mod bulletins;
mod bundles;
mod closing;
mod counting;
mod delivery_lists;
mod desk;
mod document;
mod exports;
mod extract;
mod frame;
mod gate;
mod goods;
mod guard;
mod health;
mod known;
mod licences;
mod observe;
mod orders;
mod papers;
mod photos;
mod places;
mod plans;
mod procedure;
mod products;
mod public_total;
mod qr;
mod reports;
mod retail;
mod rosters;
mod rules;
mod sales;
mod seasons;
mod sessions;
mod statements;
mod tally;
mod targets;

use std::path::Path;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use axum::{Router, middleware};
use domain::Code;
use domain::order_life::Action;
use domain::permission::{Act, act_of};
use domain::say;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::gate::asks;

use crate::attachments::Attachments;
use crate::config::{Limits, PublicUrl, Serve};
use crate::data::Almanac;
use crate::error::{Error, broken, refuse};
use crate::live::Live;
use crate::metrics::Metrics;
use crate::papers::Packets;
use crate::password;
use crate::photos::Photos;
use crate::search::Catalogue;
use crate::spreadsheet::Spreadsheets;
use crate::store::Store;

/// What handlers share. A handle: every layer of every route holds one for every request.
#[derive(Clone, Debug)]
pub struct App(Arc<Shared>);

#[derive(Debug)]
pub struct Shared {
    pub store: Store,
    pub catalogue: Catalogue,
    pub photos: Photos,
    pub attachments: Attachments,
    pub spreadsheets: Spreadsheets,
    pub packets: Packets,
    pub almanac: Almanac,
    pub live: Live,
    pub known: known::Known,
    pub last_total: public_total::LastTotal,
    pub tries: sessions::Tries,
    pub sign_ups: sessions::Tries,
    pub applications: sessions::Tries,
    /// Hashing takes 19 MiB and most of a core: only a few at a time.
    pub hashing: Semaphore,
    /// Verified when the login is unknown, so that an unknown login takes as long as a wrong password.
    pub decoy_hash: String,
    pub secure_cookie: bool,
    pub public_url: Option<PublicUrl>,
    pub limits: Limits,
    pub metrics: Metrics,
    /// Cancelled when the server is to stop.
    pub stopping: CancellationToken,
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl App {
    /// # Errors
    /// When the operating system gives no randomness or no thread.
    pub fn new(
        store: Store,
        catalogue: Catalogue,
        almanac: Almanac,
        config: &Serve,
        metrics: Metrics,
    ) -> anyhow::Result<App> {
        let (limits, stopping) = (config.limits, CancellationToken::new());
        let attachments = Attachments::new(config.attachments.of(&config.database.database_url));
        let photos = Photos::new(config.photos.of(&config.database.database_url));
        Ok(App(Arc::new(Shared {
            store,
            catalogue,
            photos,
            attachments,
            spreadsheets: Spreadsheets::default(),
            packets: Packets::default(),
            almanac,
            live: Live::start(&config.database.database_url, limits, metrics.clone(), stopping.clone())?,
            known: known::Known::default(),
            last_total: public_total::LastTotal::default(),
            tries: sessions::Tries::of_a_login(),
            sign_ups: accounts::sign_ups(),
            applications: applications::applications(),
            hashing: Semaphore::new(HASHING_AT_ONCE),
            decoy_hash: password::hash(&password::new_token())?,
            secure_cookie: config.secure_cookie,
            public_url: config.public_url.clone(),
            limits,
            metrics,
            stopping,
        })))
    }
}

/// As many as a small machine has cores.
const HASHING_AT_ONCE: usize = 2;

/// Answers are packed anew for each request: at this level a page of products takes a fraction of the time.
const ANSWER_COMPRESSION: CompressionLevel = CompressionLevel::Precise(1);

pub use health::{operations, operations_elsewhere};

/// The interface as its document describes it; each address stands beside its handler.
fn answers(app: &App) -> OpenApiRouter<App> {
    let order_acts = Action::ALL.iter().map(|action| act_of(*action));
    OpenApiRouter::with_openapi(document::blank())
        // Sessions.
        .routes(asks(app, [Act::SignUp], routes!(accounts::sign_up)))
        .routes(asks(app, [Act::SignIn], routes!(sessions::sign_in)))
        .routes(asks(app, [Act::SeeSession], routes!(sessions::current)))
        .routes(asks(app, [Act::SignOut], routes!(sessions::sign_out)))
        // The market.
        .routes(asks(app, [Act::SeeProducts], routes!(products::list)))
        .routes(asks(app, [Act::SeeProducts], routes!(products::suggestions)))
        .routes(asks(app, [Act::SeeProducts], routes!(products::one)))
        .routes(asks(app, [Act::UploadPhoto], routes!(photos::arrange)))
        .routes(asks(app, [Act::UploadPhoto], routes!(photos::remove)))
        // A merchant's own goods.
        .routes(asks(app, [Act::SeeGoods], routes!(goods::list)))
        .routes(asks(app, [Act::ChangeGoods], routes!(goods::create)))
        .routes(asks(app, [Act::SeeGoods], routes!(goods::choices)))
        .routes(asks(app, [Act::SeeGoods], routes!(goods::sheet)))
        .routes(asks(app, [Act::SeeGoods], routes!(goods::one)))
        .routes(asks(app, [Act::ChangeGoods], routes!(goods::change)))
        .routes(asks(app, [Act::ChangeGoods], routes!(goods::step)))
        .routes(asks(app, [Act::ChangeGoods], routes!(goods::change_stock)))
        .routes(asks(app, [Act::SeeGoods], routes!(licences::list)))
        .routes(asks(app, [Act::RecordLicence], routes!(licences::record)))
        // When goods are there.
        .routes(asks(app, [Act::SeeProducts], routes!(seasons::festivals)))
        .routes(asks(app, [Act::SeeProducts], routes!(seasons::overview)))
        .routes(asks(app, [Act::SeeProducts], routes!(seasons::goods)))
        // What was sold, for everybody to see.
        .routes(asks(app, [Act::SeePublicTotal], routes!(public_total::current)))
        .routes(asks(app, [Act::SeePublicTotal], routes!(places::county)))
        .routes(asks(app, [Act::SeePublicTotal], routes!(places::brand)))
        // Buying as a person.
        .routes(asks(app, [Act::PlaceRetailOrder], routes!(retail::checkout)))
        .routes(asks(app, [Act::PlaceRetailOrder], routes!(retail::place)))
        .routes(asks(app, [Act::SeeHelped], routes!(retail::helped)))
        // Procurement.
        .routes(asks(app, [Act::SeeOrder], routes!(orders::list)))
        .routes(asks(app, [Act::SeeOrder], routes!(orders::one)))
        .routes(asks(app, [Act::SeeRecipients], routes!(orders::recipients)))
        .routes(asks(app, [Act::PlaceOrder], routes!(delivery_lists::template)))
        .routes(asks(app, [Act::SeeRoster], routes!(rosters::list)))
        .routes(asks(app, [Act::SeeRoster], routes!(rosters::one)))
        .routes(asks(app, order_acts, routes!(orders::act)))
        .routes(asks(app, [Act::AcceptOrder], routes!(orders::acceptance)))
        .routes(asks(app, [Act::RecordPayment], routes!(orders::record_payment)))
        .routes(asks(app, [Act::SeeAttachments], routes!(attachments::list)))
        .routes(asks(app, [Act::RemoveAttachment], routes!(attachments::remove)))
        .routes(asks(app, [Act::SeePapers], routes!(papers::list)))
        .routes(asks(app, [Act::SeePapers], routes!(papers::one)))
        .routes(asks(app, [Act::SeeProcedure], routes!(procedure::one)))
        .routes(asks(app, [Act::CompareOffers], routes!(procedure::compare)))
        // What a union plans, and by which rules.
        .routes(asks(app, [Act::SeePlan], routes!(plans::one)))
        .routes(asks(app, [Act::ChangePlan], routes!(plans::change)))
        .routes(asks(app, [Act::RecordPurchase], routes!(plans::record_purchase)))
        .routes(asks(app, [Act::RecordPurchase], routes!(plans::remove_purchase)))
        .routes(asks(app, [Act::SeeBundles], routes!(bundles::one)))
        .routes(asks(app, [Act::KeepBundles], routes!(bundles::keep)))
        .routes(asks(app, [Act::SeeBundles], routes!(bundles::proposals)))
        .routes(asks(app, [Act::SeeRules], routes!(rules::list)))
        .routes(asks(app, [Act::AddRule], routes!(rules::add)))
        // What waits for whom, and the merchant's month.
        .routes(asks(app, [Act::SeeDesk], routes!(desk::one)))
        .routes(asks(app, [Act::SeeDesk], routes!(desk::seen)))
        .routes(asks(app, [Act::SeeStatement], routes!(statements::one)))
        .routes(asks(app, [Act::SeeStatement], routes!(statements::workbook)))
        // Asking to sell here.
        .routes(asks(app, [Act::ApplyToJoin], routes!(applications::apply)))
        .routes(asks(app, [Act::ApplyToJoin], routes!(applications::status)))
        .routes(asks(app, [Act::SeeApplications], routes!(applications::list)))
        .routes(asks(app, [Act::DecideApplication], routes!(applications::decide)))
        // Sales made elsewhere.
        .routes(asks(app, [Act::SeeReports], routes!(reports::list)))
        .routes(asks(app, [Act::SubmitReport], routes!(reports::choices)))
        .routes(asks(app, [Act::SubmitReport], routes!(reports::template)))
        .routes(asks(app, [Act::SeeReports], routes!(reports::one)))
        .routes(asks(app, [Act::SubmitReport], routes!(reports::remove_evidence)))
        .routes(asks(app, [Act::DecideReport], routes!(reports::decide)))
        .routes(asks(app, [Act::DecideReport], routes!(reports::decide_pair)))
        // The coordinator's figures and the ledger behind them.
        .routes(asks(app, [Act::SeeSales], routes!(tally::current)))
        .routes(asks(app, [Act::SeeSales], routes!(behind::current)))
        .routes(asks(app, [Act::SeeSales], routes!(sales::list)))
        .routes(asks(app, [Act::ReverseSale], routes!(sales::reverse)))
        // What makes a figure final, and what it is told by.
        .routes(asks(app, [Act::SeeSales], routes!(closing::months)))
        .routes(asks(app, [Act::CloseMonth], routes!(closing::close)))
        .routes(asks(app, [Act::SeeSales], routes!(closing::requests)))
        .routes(asks(app, [Act::ReverseSale], routes!(closing::ask)))
        .routes(asks(app, [Act::DecideReversal], routes!(closing::decide)))
        .routes(asks(app, [Act::SeeSales], routes!(bulletins::one)))
        .routes(asks(app, [Act::SeePublicTotal], routes!(counting::list)))
        .routes(asks(app, [Act::AddRule], routes!(counting::add)))
        .routes(asks(app, [Act::SeeTargets], routes!(targets::list)))
        .routes(asks(app, [Act::SetTarget], routes!(targets::set)))
        .routes(asks(app, [Act::SetTarget], routes!(targets::template)))
}

/// Files are larger than any other body, and take longer.
fn uploads(app: &App) -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(asks(app, [Act::UploadPhoto], routes!(photos::upload)))
        .routes(asks(app, [Act::AddAttachment], routes!(attachments::add)))
        .routes(asks(app, [Act::ChangeGoods], routes!(goods::preview)))
        .routes(asks(app, [Act::ChangeGoods], routes!(goods::apply)))
        .routes(asks(app, [Act::PlaceOrder], routes!(delivery_lists::preview)))
        .routes(asks(app, [Act::PlaceOrder], routes!(delivery_lists::marked)))
        .routes(asks(app, [Act::SubmitReport], routes!(reports::add_evidence)))
        .routes(asks(app, [Act::SubmitReport], routes!(reports::preview)))
        .routes(asks(app, [Act::SubmitReport], routes!(reports::marked)))
        .routes(asks(app, [Act::SetTarget], routes!(targets::preview)))
        .routes(asks(app, [Act::SetTarget], routes!(targets::take)))
}

/// A file of any kind has at most so many bytes; each handler has its own sentence for what is larger.
const LARGEST_FILE: usize = {
    let paper = if domain::photo::LARGEST_FILE > domain::attachment::LARGEST_FILE {
        domain::photo::LARGEST_FILE
    } else {
        domain::attachment::LARGEST_FILE
    };
    if paper > domain::sheet::LARGEST_FILE { paper } else { domain::sheet::LARGEST_FILE }
};

/// A procurement may carry a list of thousands of people, a report thousands of lines.
fn lists(app: &App) -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(asks(app, [Act::PlaceOrder], routes!(orders::place)))
        .routes(asks(app, [Act::KeepRoster], routes!(rosters::keep)))
        .routes(asks(app, [Act::SubmitReport], routes!(reports::submit)))
}

/// Pictures and papers say themselves how long they are kept.
fn pictures(app: &App) -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(asks(app, [Act::SeeProducts], routes!(qr::of_product)))
        .routes(asks(app, [Act::SeeAttachments], routes!(attachments::content)))
        .routes(asks(app, [Act::SeeReports], routes!(reports::evidence)))
        .routes(asks(app, [Act::SeePapers], routes!(papers::download)))
        .routes(asks(app, [Act::DownloadPacket], routes!(papers::packet)))
        .routes(asks(app, [Act::SeeSales], routes!(bulletins::document)))
        .routes(asks(app, [Act::SeeSales], routes!(exports::ledger)))
        .routes(asks(app, [Act::SeeSales], routes!(exports::breakdown)))
        .routes(asks(app, [Act::SeeOrder], routes!(exports::order_list)))
        .routes(asks(app, [Act::SeeTargets], routes!(exports::target_list)))
        .routes(asks(app, [Act::SeeOrder], routes!(qr::of_acceptance)))
}

/// A live stream lasts as long as its page: no ETag, and the time limit is for its beginning.
fn streams(app: &App) -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(asks(app, [Act::SeePublicTotal], routes!(public_total::events))).routes(asks(
        app,
        [Act::SeeSales],
        routes!(tally::events),
    ))
}

/// The whole service: the interface under `/api/v1`, what operators ask, the app's files everywhere else.
///
/// # Errors
/// When the app's index.html cannot be read.
pub fn router(app: App, app_folder: &Path, operations: Router<App>) -> anyhow::Result<Router> {
    let (answers, mut description) = answers(&app).split_for_parts();
    let (pictures, of_pictures) = pictures(&app).split_for_parts();
    let (streams, of_streams) = streams(&app).split_for_parts();
    let (uploads, of_uploads) = uploads(&app).split_for_parts();
    let (lists, of_lists) = lists(&app).split_for_parts();
    description.merge(of_pictures);
    description.merge(of_streams);
    description.merge(of_uploads);
    description.merge(of_lists);
    let uploads = uploads
        .layer(middleware::from_fn(guard::etag))
        .layer(middleware::from_fn_with_state(app.limits.of_photo(), guard::time_limit))
        .layer(DefaultBodyLimit::max(LARGEST_FILE));
    let lists = lists
        .layer(middleware::from_fn(guard::etag))
        .layer(middleware::from_fn_with_state(app.limits, guard::time_limit))
        .layer(DefaultBodyLimit::max(extract::LARGEST_LIST_KB * 1024));
    let answers = answers
        .fallback(no_such_address)
        .method_not_allowed_fallback(no_such_method)
        .layer(middleware::from_fn(guard::etag));
    let api = answers
        .merge(pictures)
        .merge(streams)
        .layer(middleware::from_fn_with_state(app.limits, guard::time_limit))
        .layer(DefaultBodyLimit::max(app.limits.body_bytes()))
        .merge(uploads)
        .merge(lists)
        .layer(middleware::from_fn(guard::own_origin))
        .layer(CompressionLayer::new().quality(ANSWER_COMPRESSION).compress_when(unpacked()));
    // The interface once more, for what pages ask first: they are part of the service and no requests to it.
    let of_interface = Router::new().nest(domain::wire::API, api.clone()).with_state(app.clone());
    let market = Router::new()
        .nest(domain::wire::API, api)
        .route(document::ADDRESS, document::answer(description)?)
        .route("/photos/{file}", get(photos::picture))
        .route("/healthz", get(health::alive))
        .merge(operations)
        .route("/api/{*rest}", axum::routing::any(no_such_address))
        .fallback_service(app_files::service(app_folder, of_interface)?);
    Ok(watched(app, market))
}

/// What can be made smaller: not pictures and streams, nor archives, of which workbooks and documents are a kind.
fn unpacked() -> impl Predicate {
    DefaultPredicate::new()
        .and(NotForContentType::const_new("application/zip"))
        .and(NotForContentType::const_new("application/vnd.openxmlformats"))
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
    refuse(Code::NotFound, say!("没有这个接口地址，请核对路径", "There is no such address; please check the path"))
}

async fn no_such_method() -> Result<(), Error> {
    refuse(Code::MethodNotAllowed, say!("这个地址不支持这种请求方法", "This address does not answer that method"))
}
