//! How fresh is what the wall shows. Nothing here knows the browser: moments come in, of a clock that only runs forward (steady) and of
//! the server.

use std::time::Duration;

/// Three beats of the server that were not heard: the line is cut, whatever the browser believes.
pub const SILENCE_MS: i64 = 25_000;

/// How long is waited before each further try.
const PAUSES_S: [u64; 7] = [1, 2, 4, 8, 15, 30, 60];

/// The last word of the server: when it came, and what its clock said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Heard {
    steady_ms: i64,
    server_ms: i64,
}

/// The line to the server. Figures are fresh while it is open and not silent: a beat says that nothing has moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Line {
    heard: Option<Heard>,
    open: bool,
    /// Tries since it was open.
    tries: usize,
}

/// Figures that may be old: since when by the server's clock, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Old {
    pub since_ms: i64,
    pub for_ms: i64,
}

impl Line {
    /// Figures or a beat came.
    #[must_use]
    pub fn hears(self, steady_ms: i64, server_ms: i64) -> Self {
        Self { heard: Some(Heard { steady_ms, server_ms }), open: true, tries: 0 }
    }

    /// It is cut, or could not be opened.
    #[must_use]
    pub fn breaks(self) -> Self {
        Self { open: false, tries: self.tries + 1, ..self }
    }

    /// How long to wait before the next try.
    pub fn pause(self) -> Duration {
        let place = self.tries.saturating_sub(1).min(PAUSES_S.len() - 1);
        Duration::from_secs(PAUSES_S[place])
    }

    /// Whether it is held to be open and yet nothing is heard.
    pub fn is_silent(self, steady_ms: i64) -> bool {
        self.open && self.heard.is_some_and(|heard| steady_ms - heard.steady_ms > SILENCE_MS)
    }

    /// What the server's clock says now; none before its first word.
    pub fn server_now(self, steady_ms: i64) -> Option<i64> {
        let heard = self.heard?;
        Some(heard.server_ms + (steady_ms - heard.steady_ms).max(0))
    }

    /// None while the figures are fresh, or while there are none.
    pub fn old(self, steady_ms: i64) -> Option<Old> {
        let heard = self.heard.filter(|_| !self.open || self.is_silent(steady_ms))?;
        Some(Old { since_ms: heard.server_ms, for_ms: (steady_ms - heard.steady_ms).max(0) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: i64 = 1_795_449_600_000;

    #[test]
    fn figures_are_fresh_while_the_server_is_heard() {
        let line = Line::default();
        assert_eq!((line.old(5), line.server_now(5)), (None, None), "there are none yet");
        let line = line.hears(1_000, TEN);
        assert_eq!(line.old(1_000 + SILENCE_MS), None);
        assert_eq!(line.server_now(3_500), Some(TEN + 2_500), "its clock goes on");
        let silent = 1_001 + SILENCE_MS;
        assert!(line.is_silent(silent));
        assert_eq!(line.old(silent), Some(Old { since_ms: TEN, for_ms: SILENCE_MS + 1 }));
        assert_eq!(line.hears(silent, TEN + silent).old(silent), None, "and fresh again");
    }

    #[test]
    fn a_line_that_breaks_makes_figures_old_at_once() {
        let line = Line::default().hears(1_000, TEN).breaks();
        assert_eq!(line.old(2_000), Some(Old { since_ms: TEN, for_ms: 1_000 }));
        assert!(!line.is_silent(1_000_000), "it is known to be cut");
        assert_eq!(line.hears(3_000, TEN + 2_000).old(3_000), None);
    }

    #[test]
    fn pauses_grow_until_a_minute_and_begin_anew() {
        let mut line = Line::default();
        let mut pauses = Vec::new();
        for _ in 0..9 {
            line = line.breaks();
            pauses.push(line.pause().as_secs());
        }
        assert_eq!(pauses, [1, 2, 4, 8, 15, 30, 60, 60, 60]);
        assert_eq!(line.hears(0, TEN).breaks().pause().as_secs(), 1);
    }
}
