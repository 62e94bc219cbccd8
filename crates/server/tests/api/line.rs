//! A client that speaks by hand, since no honest one is as slow, silent or greedy.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

use crate::site::TOO_LONG;

/// Often enough to look alive to whoever only counts the silence.
const DRIBBLE: Duration = Duration::from_millis(30);

pub struct Line(TcpStream);

impl Line {
    pub async fn open(address: &str) -> Line {
        Line(TcpStream::connect(address).await.expect("a connection"))
    }

    /// A line whose other end may send next to nothing before it is read.
    pub async fn open_narrow(address: &str) -> Line {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("a small buffer");
        Line(socket.connect(address.parse().expect("an address")).await.expect("a connection"))
    }

    pub async fn say(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.expect("sent");
    }

    /// Says one byte after another, for ever, until the other end has closed; gives back what it said last.
    pub async fn dribble(mut self) -> String {
        let (mut reading, mut writing) = self.0.split();
        let mut heard = Vec::new();
        let speaking = async {
            while writing.write_all(b"x").await.is_ok() {
                sleep(DRIBBLE).await;
            }
        };
        let hearing = async {
            // A reset ends a line as well as a close.
            let _ = reading.read_to_end(&mut heard).await;
        };
        let closed = async {
            tokio::select! {
                () = speaking => {}
                () = hearing => {}
            }
        };
        timeout(TOO_LONG, closed).await.expect("the server closes the line");
        String::from_utf8_lossy(&heard).into_owned()
    }

    /// Says this again and again and reads nothing, until the other end has closed.
    pub async fn shout(mut self, text: &str) {
        let shouting = async { while self.0.write_all(text.as_bytes()).await.is_ok() {} };
        timeout(TOO_LONG, shouting).await.expect("the server closes the line");
    }

    /// Everything until the other end closes.
    pub async fn hear(&mut self) -> String {
        let mut heard = Vec::new();
        let whole = timeout(TOO_LONG, self.0.read_to_end(&mut heard)).await;
        let _ = whole.expect("the server closes the line");
        String::from_utf8_lossy(&heard).into_owned()
    }

    /// Everything until this has been heard.
    pub async fn hear_until(&mut self, end: &str) -> String {
        let mut heard = Vec::new();
        while !String::from_utf8_lossy(&heard).contains(end) {
            let more = timeout(TOO_LONG, self.0.read_buf(&mut heard)).await.expect("something is heard");
            assert_ne!(more.expect("the line holds"), 0, "closed after {}", String::from_utf8_lossy(&heard));
        }
        String::from_utf8_lossy(&heard).into_owned()
    }
}

/// The beginning of a sign-in whose body is still to come.
pub fn sign_in_header(body_length: usize) -> String {
    format!(
        "POST /api/v1/sessions HTTP/1.1\r\nHost: shanhai\r\nContent-Type: application/json\r\n\
         Content-Length: {body_length}\r\n\r\n"
    )
}

/// Asks again until it is so.
pub async fn eventually(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !so().await {
            sleep(DRIBBLE).await;
        }
    };
    timeout(TOO_LONG, waiting).await.unwrap_or_else(|_| panic!("never {what}"));
}
