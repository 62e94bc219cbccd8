//! Identifiers the server makes itself.

use uuid::Uuid;

use crate::clock;

/// A new UUIDv7: sorted by time, random in the rest.
pub fn new() -> Uuid {
    domain::id::uuid_v7(clock::now().unsigned_abs(), &rand::random())
}
