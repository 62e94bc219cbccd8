//! Answers that are written while they are sent: a thread writes, the reader takes piece by piece, and nothing waits for one who
//! has gone.

use std::io::{self, Write};

use futures::stream::unfold;
use futures::{Stream, StreamExt as _};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

/// So much is handed over at a time, and so often before the reader has taken it.
const CHUNK: usize = 64 * 1024;
const AHEAD: usize = 4;

/// What `write` writes, piece by piece. `permit` is held until the last of it is taken or its reader is gone.
pub fn stream<E: std::fmt::Display + 'static>(
    what: &'static str,
    permit: OwnedSemaphorePermit,
    write: impl FnOnce(Pieces) -> Result<(), E> + Send + 'static,
) -> impl Stream<Item = io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let _permit = permit;
        let pieces = Pieces { sender: sender.clone(), piece: Vec::with_capacity(CHUNK) };
        if let Err(error) = write(pieces) {
            // A reader that has gone is no trouble; one that is there learns that what it has is not whole.
            if sender.blocking_send(Err(io::Error::other(error.to_string()))).is_ok() {
                tracing::error!(%error, "{what} broke off");
            }
        }
    });
    // What compresses an answer asks once more after its end.
    unfold(receiver, |mut receiver| async move { Some((receiver.recv().await?, receiver)) }).fuse()
}

/// Collects what is written and hands it over in pieces.
#[derive(Debug)]
pub struct Pieces {
    sender: mpsc::Sender<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
}

impl Pieces {
    fn hand_over(&mut self) -> io::Result<()> {
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(CHUNK));
        self.sender.blocking_send(Ok(piece)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    /// For who works long before anything is written.
    pub fn watch(&self) -> Watch {
        Watch(self.sender.clone())
    }
}

/// Knows whether anybody still takes what is written.
#[derive(Debug)]
pub struct Watch(mpsc::Sender<io::Result<Vec<u8>>>);

impl Watch {
    pub fn has_left(&self) -> bool {
        self.0.is_closed()
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= CHUNK {
            self.hand_over()?;
        }
        Ok(bytes.len())
    }

    /// Archives flush often; only the end makes a piece that is not full.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Pieces {
    /// What is left, whether it is whole or not; a reader who has gone takes nothing.
    fn drop(&mut self) {
        if !self.piece.is_empty() {
            let _ = self.hand_over();
        }
    }
}
