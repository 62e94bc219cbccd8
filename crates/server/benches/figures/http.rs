//! As much HTTP/1.1 as the load needs: requests are prepared text, of answers only the status and the length are read.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::ops::Range;

use anyhow::{Context as _, Result, bail, ensure};

/// Where the interface is.
pub const API: &str = domain::wire::API;

/// As `routes/auth.rs` names it.
const COOKIE: &str = "shanhai_session";

pub fn get(path: &str, token: Option<&str>) -> String {
    format!("GET {path} HTTP/1.1\r\n{}\r\n", headers(token))
}

pub fn post(path: &str, token: Option<&str>, body: &str) -> String {
    let (headers, length) = (headers(token), body.len());
    format!("POST {path} HTTP/1.1\r\n{headers}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
}

fn headers(token: Option<&str>) -> String {
    let mut headers = String::from("Host: market.example\r\nAccept: */*\r\n");
    if let Some(token) = token {
        let _ = write!(headers, "Cookie: {COOKIE}={token}\r\n");
    }
    headers
}

/// A whole answer within what was received.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: Range<usize>,
}

/// The answer at the beginning of `received`, once it is whole.
///
/// # Errors
/// When it is no answer of HTTP/1.1, or does not say how long it is; all of ours do.
pub fn answer(received: &[u8]) -> Result<Option<Answer>> {
    let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&received[..end])?;
    let status = head.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).context("no answer of HTTP/1.1")?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim())
    });
    let body = end + 4..end + 4 + length.context("an answer that does not say its length")?.parse::<usize>()?;
    Ok((received.len() >= body.end).then_some(Answer { status: status.parse()?, body }))
}

/// Asks once, over a connection of its own.
///
/// # Errors
/// When there is no answer, or one other than 2xx.
pub fn fetch(address: SocketAddr, request: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(request.as_bytes())?;
    let (mut received, mut chunk) = (Vec::new(), [0; 16 * 1024]);
    loop {
        if let Some(Answer { status, body }) = answer(&received)? {
            let text = String::from_utf8_lossy(&received[body]).into_owned();
            ensure!(
                (200..300).contains(&status),
                "{} was answered {status}: {text}",
                request.lines().next().unwrap_or_default()
            );
            return Ok(text);
        }
        match stream.read(&mut chunk)? {
            0 => bail!("the connection was closed before the answer was whole"),
            count => received.extend_from_slice(&chunk[..count]),
        }
    }
}
