//! The load: a closed loop over connections that stay open. Runs as a process of its own, on one thread.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use crate::http;
use crate::process::Process;
use crate::scratch::Scratch;

/// The first argument of a process that makes load.
pub const ROLE: &str = "load";

/// What is asked, in this order and again from the beginning; whichever connection is free takes the next.
#[derive(Serialize, Deserialize)]
pub struct Load {
    pub address: SocketAddr,
    pub connections: usize,
    pub seconds: u64,
    pub requests: Vec<Request>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Request {
    pub text: String,
    /// Where a fresh identifier is written into the text each time.
    pub id_at: Option<usize>,
}

impl Request {
    /// One that may be sent again as it is.
    pub fn again(text: String) -> Request {
        Request { text, id_at: None }
    }

    /// Its text, once, with a fresh identifier.
    pub fn fresh(&self) -> String {
        let mut bytes = Vec::new();
        self.write_to(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn write_to(&self, buffer: &mut Vec<u8>) {
        buffer.clear();
        buffer.extend_from_slice(self.text.as_bytes());
        if let Some(at) = self.id_at {
            let mut id = uuid::Uuid::encode_buffer();
            let id = server::id::new().hyphenated().encode_lower(&mut id);
            buffer[at..at + id.len()].copy_from_slice(id.as_bytes());
        }
    }
}

/// What came of it.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct Measured {
    pub per_second: u64,
    pub p50_us: u64,
    pub p99_us: u64,
}

/// Before anything counts, connections are opened, caches filled, statements prepared.
const WARM_UP: Duration = Duration::from_secs(1);

/// A server that answers nothing for this long after the end has stopped.
const PATIENCE: Duration = Duration::from_secs(30);

/// Nothing takes longer; slower answers count as this slow.
const SLOWEST_US: u64 = 60_000_000;

impl Load {
    /// Runs the load as a process of its own.
    ///
    /// # Errors
    /// When an answer is other than 2xx.
    pub fn run(&self, scratch: &Scratch) -> Result<Measured> {
        let file = scratch.path("load.json");
        std::fs::write(&file, serde_json::to_vec(self)?)?;
        let arguments = [ROLE.as_ref(), file.as_os_str()];
        let mut process = Process::start(&std::env::current_exe()?, &arguments, scratch.path("load.log"))?;
        Ok(serde_json::from_str(&process.line(|line| line.starts_with('{').then_some(line))?)?)
    }
}

/// The work of that process.
///
/// # Errors
/// As [`Load::run`].
pub fn work(plan: &Path) -> Result<()> {
    let load: Load = serde_json::from_slice(&std::fs::read(plan)?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let measured = LocalSet::new().block_on(&runtime, run(load))?;
    println!("{}", serde_json::to_string(&measured)?);
    Ok(())
}

struct Shared {
    load: Load,
    begin: Instant,
    end: Instant,
    next: usize,
    times: Histogram<u64>,
}

async fn run(load: Load) -> Result<Measured> {
    let (connections, seconds) = (load.connections, load.seconds);
    let begin = Instant::now() + WARM_UP;
    let end = begin + Duration::from_secs(seconds);
    let times = Histogram::new_with_bounds(1, SLOWEST_US, 3)?;
    let shared = Rc::new(RefCell::new(Shared { load, begin, end, next: 0, times }));
    let loops: Vec<_> = (0..connections).map(|_| tokio::task::spawn_local(ask(Rc::clone(&shared)))).collect();
    let all = async {
        for connection in loops {
            connection.await??;
        }
        anyhow::Ok(())
    };
    let all = tokio::time::timeout_at((end + PATIENCE).into(), all).await;
    all.context("the server has stopped answering")??;
    let times = &shared.borrow().times;
    ensure!(!times.is_empty(), "nothing was answered in {seconds} s");
    let of = |quantile| times.value_at_quantile(quantile);
    Ok(Measured { per_second: times.len() / seconds, p50_us: of(0.5), p99_us: of(0.99) })
}

/// One connection: asks, waits for the whole answer, asks again.
async fn ask(shared: Rc<RefCell<Shared>>) -> Result<()> {
    let (address, end) = (shared.borrow().load.address, shared.borrow().end);
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut request, mut received) = (Vec::new(), Vec::with_capacity(64 * 1024));
    loop {
        shared.borrow_mut().next_request(&mut request);
        let asked = Instant::now();
        stream.write_all(&request).await?;
        receive(&mut stream, &mut received).await?;
        let answered = Instant::now();
        shared.borrow_mut().count(asked, answered);
        if answered >= end {
            return Ok(());
        }
    }
}

async fn receive(stream: &mut TcpStream, received: &mut Vec<u8>) -> Result<()> {
    received.clear();
    loop {
        if stream.read_buf(received).await? == 0 {
            bail!("the server closed a connection");
        }
        if let Some(answer) = http::answer(received)? {
            let text = || String::from_utf8_lossy(&received[answer.body.clone()]).into_owned();
            ensure!((200..300).contains(&answer.status), "answered {}: {}", answer.status, text());
            return Ok(());
        }
    }
}

impl Shared {
    fn next_request(&mut self, buffer: &mut Vec<u8>) {
        self.load.requests[self.next % self.load.requests.len()].write_to(buffer);
        self.next += 1;
    }

    fn count(&mut self, asked: Instant, answered: Instant) {
        if (self.begin..self.end).contains(&answered) {
            let time = u64::try_from((answered - asked).as_micros()).unwrap_or(SLOWEST_US);
            self.times.saturating_record(time);
        }
    }
}
