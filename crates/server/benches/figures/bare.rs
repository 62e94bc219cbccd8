//! The limits: the same HTTP stack with nothing behind it. Answers are bytes that were fetched from the real server.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use domain::order::Procurement;
use domain::wire::NewOrders;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::http::API;
use crate::process::{Process, Server};
use crate::scratch::Scratch;

/// The first argument of a process that is a bare server.
pub const ROLE: &str = "bare";

const GREETING: &str = "bare at ";

/// What it answers.
#[derive(Default, Serialize, Deserialize)]
pub struct Answers {
    /// To an order that parses.
    pub order: String,
    /// To GET, by path and query.
    pub pages: HashMap<String, String>,
}

impl Answers {
    /// Starts a server that gives these answers.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(&self, scratch: &Scratch) -> Result<Server> {
        let file = scratch.path("answers.json");
        std::fs::write(&file, serde_json::to_vec(self)?)?;
        let arguments = [ROLE.as_ref(), file.as_os_str()];
        let process = Process::start(&std::env::current_exe()?, &arguments, scratch.path("bare.log"))?;
        Server::listening(process, GREETING)
    }
}

struct Ready {
    order: Bytes,
    pages: HashMap<String, Bytes>,
}

/// The work of that process; ends when it is killed.
///
/// # Errors
/// When it cannot listen.
pub fn serve(answers: &Path) -> Result<()> {
    let Answers { order, pages } = serde_json::from_slice(&std::fs::read(answers)?)?;
    let pages = pages.into_iter().map(|(path, body)| (path, body.into())).collect();
    let ready = Arc::new(Ready { order: order.into(), pages });
    let router = Router::new().route(&format!("{API}/orders"), post(place)).fallback(page).with_state(ready);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{GREETING}{}", listener.local_addr()?);
        Ok(axum::serve(listener, router).await?)
    })
}

/// As `routes/orders.rs` reads an order, as far as the store.
async fn place(State(ready): State<Arc<Ready>>, body: Bytes) -> Response {
    let mut json = serde_json::Deserializer::from_slice(&body);
    let parsed: Result<NewOrders, _> = serde_path_to_error::deserialize(&mut json);
    match parsed.ok().and_then(|body| Procurement::parse(&body).ok()) {
        Some(_) => (StatusCode::CREATED, JSON, ready.order.clone()).into_response(),
        None => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
    }
}

async fn page(State(ready): State<Arc<Ready>>, uri: Uri) -> Response {
    match uri.path_and_query().and_then(|path| ready.pages.get(path.as_str())) {
        Some(body) => (JSON, body.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

const JSON: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/json")];
