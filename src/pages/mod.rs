//! One file per address, grouped by who uses it.

pub mod account;
pub mod coordinator;
pub mod market;
pub mod orders;
