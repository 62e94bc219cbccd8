//! Who was found behind a session a moment ago: asking the database again for every request of a page that makes ten would
//! cost more than most of what is asked for.
//!
//! What is known holds for two seconds. Whoever signs out is forgotten at once, here and, through what servers tell each
//! other, elsewhere; the two seconds bound what a lost notice can cost.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::organisation::Actor;

const HOLDS: Duration = Duration::from_secs(2);
/// More sessions than this are not remembered at one time.
const ROOM: usize = 10_000;

#[derive(Debug, Default)]
pub struct Known(Mutex<Persons>);

#[derive(Debug, Default)]
struct Persons {
    by_token_hash: HashMap<String, (Actor, Instant)>,
    /// Counted up with every forgetting: what was looked up before it is not remembered after it.
    forgotten: u64,
}

/// A look-up that has begun.
#[derive(Debug)]
pub struct LookUp {
    forgotten: u64,
}

impl Known {
    /// The person, when known; else the beginning of a look-up.
    pub fn find(&self, token_hash: &str) -> Result<Actor, LookUp> {
        let persons = self.lock();
        match persons.by_token_hash.get(token_hash) {
            Some((actor, until)) if Instant::now() < *until => Ok(actor.clone()),
            _ => Err(LookUp { forgotten: persons.forgotten }),
        }
    }

    /// Remembers what a look-up has found.
    pub fn remember(&self, look_up: &LookUp, token_hash: String, actor: Actor) {
        let mut persons = self.lock();
        if persons.forgotten != look_up.forgotten {
            return;
        }
        let now = Instant::now();
        if persons.by_token_hash.len() >= ROOM {
            persons.by_token_hash.retain(|_, (_, until)| now < *until);
        }
        if persons.by_token_hash.len() < ROOM {
            persons.by_token_hash.insert(token_hash, (actor, now + HOLDS));
        }
    }

    /// Knows nobody any more.
    pub fn forget(&self) {
        let mut persons = self.lock();
        persons.by_token_hash.clear();
        persons.forgotten += 1;
    }

    fn lock(&self) -> MutexGuard<'_, Persons> {
        // Nothing in here can be half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::id::{AccountId, OrganisationId};
    use domain::organisation::Role;

    use super::*;

    fn somebody() -> Actor {
        let (account, organisation) = (AccountId(crate::id::new()), OrganisationId(crate::id::new()));
        Actor { account, role: Role::Merchant, organisation, district: None }
    }

    #[test]
    fn who_was_found_is_known_until_forgotten() {
        let known = Known::default();
        let look_up = known.find("a").expect_err("nobody yet");
        known.remember(&look_up, "a".into(), somebody());
        assert!(known.find("a").is_ok());
        known.forget();
        assert!(known.find("a").is_err());
    }

    #[test]
    fn what_was_looked_up_before_a_forgetting_is_not_remembered_after_it() {
        let known = Known::default();
        let look_up = known.find("a").expect_err("nobody yet");
        known.forget();
        known.remember(&look_up, "a".into(), somebody());
        assert!(known.find("a").is_err());
    }
}
