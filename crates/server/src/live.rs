//! Tells listeners that the figures may have moved. It carries no figures: each listener reads its own from the store,
//! so a slow one misses steps but never sees an old number as new.

use tokio::sync::watch;

#[derive(Clone, Debug)]
pub struct Live {
    moves: watch::Sender<u64>,
}

impl Default for Live {
    fn default() -> Live {
        Live { moves: watch::Sender::new(0) }
    }
}

impl Live {
    /// To be called after the commit that moved something.
    pub fn moved(&self) {
        self.moves.send_modify(|count| *count += 1);
    }

    /// Wakes at every later move; several that happen together wake once.
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.moves.subscribe()
    }
}
