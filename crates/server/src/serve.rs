//! Starting: open the store, fill it when empty, listen, stop gracefully.

use std::io::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;

use crate::config::Serve;
use crate::data::Data;
use crate::error::Error;
use crate::routes::{self, App};
use crate::search::Catalogue;
use crate::store::{self, Store};
use crate::{clock, data, password, sample};

/// How long running requests may take to finish after the signal to stop. Live streams never finish by themselves.
const GRACE: Duration = Duration::from_secs(3);

/// Serves until SIGINT or SIGTERM.
///
/// # Errors
/// A sentence for the operator: a mistake in the data folder, a file or an address that cannot be opened.
pub fn run(config: Serve) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let server = Server::start(config).await?;
        // Whoever reads the address may have stopped reading; serving goes on.
        let _ = writeln!(std::io::stdout(), "{}", server.greeting());
        stop_signal().await?;
        tracing::info!("stopping");
        server.stop().await
    })
}

/// A running server; tests start their own on a free port.
#[derive(Debug)]
pub struct Server {
    pub address: SocketAddr,
    sample_password: String,
    stop: tokio::sync::oneshot::Sender<()>,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Server {
    /// Opens the database, fills it when it is empty, and listens.
    ///
    /// # Errors
    /// As [`run`].
    pub async fn start(config: Serve) -> anyhow::Result<Server> {
        let data = data::read(&config.data).with_context(|| format!("in the folder {}", config.data.display()))?;
        let sample_password = data.sample_password.clone();
        let store = Store::open(&config.database.database)?;
        fill_when_empty(&store, data, config.no_sample).await?;
        let catalogue = Catalogue::read(&store).await?;
        let app = App::new(store, catalogue, config.secure_cookie)?;
        let router = routes::router(app, &config.app)?;
        let listener = TcpListener::bind(config.listen).await.with_context(|| {
            format!("cannot listen on {}; another program may hold the port: choose one with --listen", config.listen)
        })?;
        let address = listener.local_addr()?;
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        Ok(Server { address, sample_password, stop, task: tokio::spawn(async { serving.await }) })
    }

    /// Stops taking requests and waits a little for those that run.
    ///
    /// # Errors
    /// When serving itself failed.
    pub async fn stop(self) -> anyhow::Result<()> {
        let _ = self.stop.send(());
        match tokio::time::timeout(GRACE, self.task).await {
            Ok(finished) => Ok(finished??),
            Err(_) => Ok(()),
        }
    }

    fn greeting(&self) -> String {
        format!(
            "\n山海集 is open at http://{}\n\nSample sign-ins, password {}:\n\
             \x20 zhenhai.officer     工会经办人  orders for the union\n\
             \x20 zhenhai.chair       工会主席    approves or returns\n\
             \x20 changshan.merchant  商户        confirms and ships (one for each county: qingyuan.merchant, …)\n\
             \x20 ningbo.city         市级统筹员  watches the total\n\
             \x20 zhenhai.district    区县统筹员  watches the district\n",
            self.address, self.sample_password
        )
    }
}

async fn fill_when_empty(store: &Store, data: Data, no_sample: bool) -> anyhow::Result<()> {
    if !store.read(store::catalogue::is_empty).await? {
        return Ok(());
    }
    tracing::info!(products = data.products.len(), sample_orders = !no_sample, "filling the empty database");
    let now = clock::now();
    // Hashing is slow by intent, so it is not done inside the transaction.
    let hashes = hash_passwords(&data).await?;
    let filled = store.write(move |db| {
        store::catalogue::load(db, &data, &hashes)?;
        if !no_sample {
            sample::place_orders(db, &data, now)?;
        }
        Ok(())
    });
    filled.await.map_err(|error| match error {
        Error::Broken(error) => error,
        refused => anyhow::anyhow!("the sample orders were refused: {refused}"),
    })
}

async fn hash_passwords(data: &Data) -> anyhow::Result<Vec<String>> {
    let passwords = vec![data.sample_password.clone(); data.accounts.len()];
    tokio::task::spawn_blocking(move || passwords.iter().map(|password| password::hash(password)).collect()).await?
}

async fn stop_signal() -> anyhow::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
