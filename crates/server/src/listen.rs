//! Accepting connections: as many as agreed, each with a client that may be silent, slow or hostile.
//!
//! `axum::serve` has no limits of its own. Here a client that sends nothing is closed after the header's time, one that takes
//! nothing after the write's, and one too many is turned away before anything is kept for it.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use domain::{Code, Language, Refusal, say};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutWriter;
use tokio_util::sync::CancellationToken;
use tower_service::Service as _;

use crate::config::Limits;
use crate::error::problem;
use crate::metrics::Metrics;

/// What is kept of a connection's input at most: the longest header there can be.
const READ_BUFFER: usize = 64 * 1024;

/// The wait after an accept that failed for want of something, as of open files: trying at once would only spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// Everything that serving at an address depends on.
#[derive(Clone, Debug)]
pub struct Service {
    pub router: Router,
    pub limits: Limits,
    pub metrics: Metrics,
    pub stopping: CancellationToken,
}

/// Serves until `stopping`, then lets what runs finish for as long as the grace lasts.
pub async fn serve(listener: TcpListener, service: Service) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            // In this order: whoever has left makes room before the next comes in.
            biased;
            () = service.stopping.cancelled() => break,
            Some(_) = connections.join_next() => {}
            (stream, peer) = accept(&listener) => {
                if connections.len() < service.limits.max_connections {
                    connections.spawn(converse(stream, peer, service.clone()));
                } else {
                    service.metrics.turned_away();
                    turn_away(stream);
                }
            }
        }
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(service.limits.grace, finished).await.is_err() {
        tracing::warn!(connections = connections.len(), "closed what did not finish within the grace");
        connections.shutdown().await;
    }
}

/// The next connection, however often accepting fails before.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // Theirs: the client has gone already.
            Err(error) if is_of_the_client(error.kind()) => {}
            Err(error) => {
                tracing::error!(%error, "cannot accept connections");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn is_of_the_client(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

/// Answers one client's requests until it or the server has enough.
async fn converse(stream: TcpStream, peer: SocketAddr, service: Service) {
    let _counted = service.metrics.connected();
    // Answers and events are written whole; waiting for more to send only delays them. Without it things go on, only later.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutWriter::new(stream);
    stream.set_timeout(Some(service.limits.write_timeout));
    let router = service.router;
    let answer = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(service.limits.header_timeout)
        .max_buf_size(READ_BUFFER)
        .serve_connection(TokioIo::new(Box::pin(stream)), answer);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = service.stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error = format!("{:#}", anyhow::Error::new(error)), "a connection broke");
    }
}

/// Tells one client too many to come again. Nothing here waits for it and nothing is kept: what does not fit into the
/// empty buffer of a new connection is not sent.
fn turn_away(stream: TcpStream) {
    let told = stream.into_std().and_then(|mut stream| {
        // Closing over unread input resets the connection, and the answer may be lost with it.
        let _ = stream.read(&mut [0; 8192]);
        stream.write_all(&too_many_connections())?;
        stream.shutdown(Shutdown::Write)
    });
    if let Err(error) = told {
        tracing::debug!(%error, "a connection over the limit was closed without an answer");
    }
}

fn too_many_connections() -> Vec<u8> {
    let refusal = Refusal::new(
        Code::Busy,
        say!("现在访问的人太多，请过几秒再试", "Too many are here at once; please try again in a few seconds"),
    );
    let body = serde_json::json!(problem(&refusal, &[], Language::Zh)).to_string();
    let head = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: 2\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    (head + &body).into_bytes()
}
