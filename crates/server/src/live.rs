//! Tells listeners that the figures may have moved. It carries no figures: each listener reads its own from the store,
//! so a slow one misses steps but never sees an old number as new.
//!
//! Several servers on one PostgreSQL hear of each other's changes through [`neighbours`].

mod neighbours;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::Code;
use domain::say;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::config::Limits;
use crate::database::DatabaseUrl;
use crate::error::{Result, refuse};
use crate::metrics::{Counted, Metrics};

#[derive(Clone, Debug)]
pub struct Live {
    moves: watch::Sender<u64>,
    /// How many listen, by session.
    sessions: Arc<Mutex<HashMap<String, usize>>>,
    /// How many listen as anybody, to what is public.
    public: Arc<AtomicUsize>,
    limits: Limits,
    metrics: Metrics,
    stopping: CancellationToken,
    /// Where there may be other servers: who tells them, and who has heard of them.
    announce: Option<Sender<()>>,
    heard: Arc<Notify>,
}

impl Live {
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start(
        url: &DatabaseUrl,
        limits: Limits,
        metrics: Metrics,
        stopping: CancellationToken,
    ) -> std::io::Result<Live> {
        let heard = Arc::new(Notify::new());
        let announce = match url {
            DatabaseUrl::Sqlite(_) => None,
            DatabaseUrl::Postgres(_) => Some(neighbours::listen(url.clone(), Arc::clone(&heard))?),
        };
        let moves = watch::Sender::new(0);
        let (sessions, public) = (Arc::default(), Arc::default());
        Ok(Live { moves, sessions, public, limits, metrics, stopping, announce, heard })
    }

    /// To be called after the commit that moved something: our own listeners hear it, and the other servers.
    pub fn moved(&self) {
        self.moved_elsewhere();
        if let Some(announce) = &self.announce {
            // The thread ends with the last of those who might announce something.
            let _ = announce.send(());
        }
    }

    /// Our own listeners hear of what another server has moved.
    pub fn moved_elsewhere(&self) {
        self.moves.send_modify(|count| *count += 1);
    }

    /// How often something has moved: what was read at the same count is still so.
    pub fn moves(&self) -> u64 {
        *self.moves.borrow()
    }

    /// Waits until another server may have moved something; what happens while nobody waits is kept, as one. None once this
    /// server stops.
    pub async fn heard_of_others(&self) -> Option<()> {
        tokio::select! {
            biased;
            () = self.stopping.cancelled() => None,
            () = self.heard.notified() => Some(()),
        }
    }

    /// Listens for a session, which is named by anything that tells it from others.
    ///
    /// # Errors
    /// A refusal when too many listen already, in all or for this session.
    pub fn listen(&self, session: &str) -> Result<Listener> {
        let mut sessions = self.sessions();
        if sessions.values().sum::<usize>() >= self.limits.max_streams {
            return too_many_listen();
        }
        let own = sessions.entry(session.to_owned()).or_default();
        if *own >= self.limits.max_session_streams {
            return refuse(
                Code::TooManyStreams,
                say!(
                    "这次登录打开的实时页面太多，请关掉几个再试",
                    "Too many live pages are open; please close some and try again"
                ),
            );
        }
        *own += 1;
        drop(sessions);
        Ok(self.listener(Some(session.to_owned())))
    }

    /// Listens as anybody. Who has no session could open any number, so all of them together have a number of their own:
    /// however many there are, the places of those who are signed in stay free.
    ///
    /// # Errors
    /// A refusal when too many listen already.
    pub fn listen_in_public(&self) -> Result<Listener> {
        let room = |listening: usize| (listening < self.limits.max_public_streams).then_some(listening + 1);
        match self.public.fetch_update(Ordering::Relaxed, Ordering::Relaxed, room) {
            Ok(_) => Ok(self.listener(None)),
            Err(_) => too_many_listen(),
        }
    }

    fn listener(&self, session: Option<String>) -> Listener {
        let (moves, counted) = (self.moves.subscribe(), self.metrics.listening());
        Listener { moves, session, live: self.clone(), _counted: counted }
    }

    fn left(&self, session: &str) {
        let mut sessions = self.sessions();
        if let Some(own) = sessions.get_mut(session) {
            *own -= 1;
            if *own == 0 {
                sessions.remove(session);
            }
        }
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn too_many_listen<T>() -> Result<T> {
    refuse(
        Code::Busy,
        say!(
            "现在看实时数字的人太多，请过一会儿再试",
            "Too many are watching the live figures; please try again in a while"
        ),
    )
}

/// One who listens, counted until it is dropped.
#[derive(Debug)]
pub struct Listener {
    moves: watch::Receiver<u64>,
    /// None is anybody.
    session: Option<String>,
    live: Live,
    _counted: Counted,
}

impl Listener {
    /// Waits for a move that happened since the last wait; several that happen together are one. None once the server stops:
    /// a stream never finishes by itself.
    pub async fn moved(&mut self) -> Option<()> {
        tokio::select! {
            biased;
            () = self.live.stopping.cancelled() => None,
            moved = self.moves.changed() => moved.ok(),
        }
    }

    /// Lets more moves come together until then. None once the server stops.
    pub async fn wait_until(&self, then: Instant) -> Option<()> {
        tokio::select! {
            biased;
            () = self.live.stopping.cancelled() => None,
            () = sleep_until(then) => Some(()),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        match &self.session {
            Some(session) => self.live.left(session),
            None => drop(self.live.public.fetch_sub(1, Ordering::Relaxed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::Serve;

    fn live(flags: &[&str]) -> Live {
        let serve = Serve::from_flags(flags).expect("flags the server knows");
        let url = &serve.database.database_url;
        Live::start(url, serve.limits, Metrics::default(), CancellationToken::new()).expect("no thread is needed")
    }

    #[test]
    fn a_session_that_left_leaves_room_for_another() {
        let live = live(&["--max-streams", "3", "--max-session-streams", "2"]);
        let (first, _second) = (live.listen("a").expect("the first"), live.listen("a").expect("the second"));
        assert!(live.listen("a").is_err(), "two for a session");
        let other = live.listen("b").expect("another session");
        assert!(live.listen("c").is_err(), "three in all");
        drop(other);
        drop(first);
        assert!(live.listen("a").is_ok());
        assert_eq!(live.sessions().len(), 1, "who left is forgotten");
    }

    #[test]
    fn anybody_has_places_of_their_own() {
        let live = live(&["--max-streams", "1", "--max-public-streams", "2"]);
        let (first, _second) =
            (live.listen_in_public().expect("the first"), live.listen_in_public().expect("the second"));
        assert!(live.listen_in_public().is_err(), "two for all");
        let _own = live.listen("a").expect("a session's place is free");
        drop(first);
        assert!(live.listen_in_public().is_ok());
    }

    #[tokio::test]
    async fn stopping_ends_every_wait() {
        let live = live(&[]);
        let mut listener = live.listen("a").expect("the first");
        live.moved();
        assert_eq!(listener.moved().await, Some(()));
        live.stopping.cancel();
        assert_eq!(listener.moved().await, None);
        assert_eq!(listener.wait_until(Instant::now() + Duration::from_secs(60)).await, None);
    }
}
