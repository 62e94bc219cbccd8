//! Starting: open the store, fill it when empty, listen, stop gracefully.

use std::io::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use domain::attachment::AttachmentKind;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::attachments::Attachments;
use crate::config::Serve;
use crate::data::Data;
use crate::error::Error;
use crate::listen::{self, Service};
use crate::metrics::Metrics;
use crate::routes::{self, App};
use crate::search::{Catalogue, Synonyms};
use crate::store::{self, Store};
use crate::{clock, data, password, sample};

/// How long questions nobody waits for any more may keep the process.
const LAST_WAIT: Duration = Duration::from_millis(500);

/// Serves until SIGINT or SIGTERM.
///
/// # Errors
/// A sentence for the operator: a mistake in the data folder, a file or an address that cannot be opened.
pub fn run(config: Serve) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        // Before anything can be seen of the server: whoever sees it may ask it to stop.
        let mut stop = StopSignals::catch()?;
        let server = tokio::select! {
            started = Server::start(config) => started?,
            () = stop.received() => return Ok(()),
        };
        // Whoever reads the address may have stopped reading; serving goes on.
        let _ = writeln!(std::io::stdout(), "{}", server.greeting());
        stop.received().await;
        tracing::info!("stopping");
        server.stop().await
    });
    runtime.shutdown_timeout(LAST_WAIT);
    outcome
}

/// A running server; tests start their own on a free port.
#[derive(Debug)]
pub struct Server {
    pub address: SocketAddr,
    /// Where /readyz and /metrics are when they are not with everything else.
    pub metrics_address: Option<SocketAddr>,
    sample_password: String,
    market: Serving,
    operations: Option<Serving>,
}

/// What is served at one address, until it is told to stop.
#[derive(Debug)]
struct Serving {
    address: SocketAddr,
    stopping: CancellationToken,
    task: JoinHandle<()>,
}

impl Serving {
    async fn start(
        address: SocketAddr,
        router: Router,
        app: &App,
        stopping: CancellationToken,
    ) -> anyhow::Result<Serving> {
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!("cannot listen on {address}; another program may hold the port: choose one with --listen or --metrics-listen")
        })?;
        let address = listener.local_addr()?;
        let service = Service { router, limits: app.limits, metrics: app.metrics.clone(), stopping: stopping.clone() };
        Ok(Serving { address, stopping, task: tokio::spawn(listen::serve(listener, service)) })
    }

    async fn stop(self) -> anyhow::Result<()> {
        self.stopping.cancel();
        Ok(self.task.await?)
    }
}

impl Server {
    /// Opens the database, fills it when it is empty, and listens.
    ///
    /// # Errors
    /// As [`run`].
    pub async fn start(config: Serve) -> anyhow::Result<Server> {
        let mut data = data::read(&config.data).with_context(|| format!("in the folder {}", config.data.display()))?;
        let sample_password = data.sample_password.clone();
        let almanac = std::mem::take(&mut data.almanac);
        let synonyms = Synonyms::new(&data.synonyms);
        let metrics = Metrics::default();
        let store = Store::open(config.database.database_url.clone(), config.writing.into(), metrics.clone()).await?;
        let attachments = Attachments::new(config.attachments.of(&config.database.database_url));
        fill_when_empty(&store, data, config.no_sample, &attachments).await?;
        let catalogue = Catalogue::read(&store, synonyms).await?;
        let app = App::new(store, catalogue, almanac, &config, metrics)?;
        tokio::spawn(follow_others(app.clone()));
        tokio::spawn(purge_daily(app.clone()));
        tokio::spawn(follow_days(app.clone()));
        let (here, operations) = match config.metrics_listen {
            None => (routes::operations(), None),
            Some(address) => {
                let router = routes::watched(app.clone(), routes::operations());
                let serving = Serving::start(address, router, &app, CancellationToken::new()).await?;
                (routes::operations_elsewhere(), Some(serving))
            }
        };
        let router = routes::router(app.clone(), &config.app, here)?;
        let market = Serving::start(config.listen, router, &app, app.stopping.clone()).await?;
        let metrics_address = operations.as_ref().map(|serving| serving.address);
        Ok(Server { address: market.address, metrics_address, sample_password, market, operations })
    }

    /// Stops taking requests and waits a little for those that run. What operators ask is answered to the last.
    ///
    /// # Errors
    /// When serving itself failed.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.market.stop().await?;
        match self.operations {
            Some(operations) => operations.stop().await,
            None => Ok(()),
        }
    }

    fn greeting(&self) -> String {
        format!(
            "\n山海集 is open at http://{}\n\nSample sign-ins, password {}:\n\
             \x20 zhenhai.officer     工会经办人  orders for the union\n\
             \x20 zhenhai.chair       工会主席    approves or returns\n\
             \x20 buyer               市民        buys for themselves\n\
             \x20 changshan.merchant  商户        confirms and ships (one for each county: qingyuan.merchant, …)\n\
             \x20 ningbo.city         市级统筹员  watches the total\n\
             \x20 zhenhai.district    区县统筹员  watches the district\n\
             \x20 operator            平台运营    keeps the dated rules\n",
            self.address, self.sample_password
        )
    }
}

/// Other servers on the same database change goods, sessions and figures too: what they announce is read again and told to our own
/// listeners.
async fn follow_others(app: App) {
    while app.live.heard_of_others().await.is_some() {
        app.known.forget();
        if let Err(error) = app.catalogue.refresh(&app.store).await {
            tracing::error!(
                error = format!("{error:#}"),
                "the catalogue does not follow; the next change makes up for it"
            );
        }
        app.live.moved_elsewhere();
    }
}

/// A licence ends at midnight without anybody doing anything: from then on its brand is no longer in the lists.
async fn follow_days(app: App) {
    loop {
        let now = clock::now();
        let midnight = clock::day(now).tomorrow().map_or(now, |tomorrow| clock::at(tomorrow, 0, 0));
        // A clock that is set back meanwhile costs one more look.
        let left = Duration::from_millis(midnight.saturating_sub(now).max(1_000).unsigned_abs());
        tokio::select! {
            () = tokio::time::sleep(left) => (),
            () = app.stopping.cancelled() => return,
        }
        if let Err(error) = app.catalogue.refresh(&app.store).await {
            tracing::error!(
                error = format!("{error:#}"),
                "the catalogue did not follow the day; the next change makes up for it"
            );
        }
    }
}

/// Once at the start and then every day: phones and addresses that have been kept as long as the rule says go. Several servers do
/// it side by side; what one has emptied the other finds empty.
async fn purge_daily(app: App) {
    let mut days = tokio::time::interval(Duration::from_secs(24 * 60 * 60));
    loop {
        tokio::select! {
            _ = days.tick() => (),
            () = app.stopping.cancelled() => return,
        }
        let now = clock::now();
        let Some(keep) = app.almanac.retention_days(clock::day(now)) else { continue };
        match app.store.write(move |db| store::retention::purge(db, keep, now)).await {
            Ok(purged) if purged == store::retention::Purged::default() => (),
            Ok(purged) => tracing::info!(?purged, days = keep, "personal data was purged"),
            Err(error) => tracing::error!(error = format!("{error:#}"), "personal data was not purged; tomorrow again"),
        }
    }
}

async fn fill_when_empty(store: &Store, data: Data, no_sample: bool, attachments: &Attachments) -> anyhow::Result<()> {
    if !store.read(store::catalogue::is_empty).await? {
        return Ok(());
    }
    tracing::info!(products = data.products.len(), sample_orders = !no_sample, "filling the empty database");
    if !no_sample {
        // Before its rows, as any file.
        let kept = attachments.keep(sample::DECISION.to_vec(), AttachmentKind::MeetingDecision, "").await;
        kept.map_err(Error::into_fault)?;
    }
    let now = clock::now();
    // Hashing is slow by intent, so it is not done inside the transaction.
    let hashes = hash_passwords(&data).await?;
    let filled = store.write(move |db| {
        // Of servers that start together on one empty database one fills it, and the others find it filled.
        if !store::catalogue::take_empty(db)? {
            return Ok(());
        }
        store::catalogue::load(db, &data, &hashes)?;
        if !no_sample {
            sample::place_orders(db, &data, now)?;
            sample::place_reports(db, &data, now)?;
        }
        Ok(())
    });
    filled.await.map_err(Error::into_fault).context("while filling the empty database")
}

async fn hash_passwords(data: &Data) -> anyhow::Result<Vec<String>> {
    let passwords = vec![data.sample_password.clone(); data.accounts.len()];
    tokio::task::spawn_blocking(move || passwords.iter().map(|password| password::hash(password)).collect()).await?
}

/// SIGTERM and SIGINT, which from now on no longer end the process by themselves.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    fn catch() -> std::io::Result<StopSignals> {
        Ok(StopSignals { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn received(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
