//! The coordinator's desk: the year's figures as they change, and the entries each of them is made of.
//!
//! In reading order: who is let in, the dashboard and its parts, the ledger and its parts.

mod gate;

mod breakdowns;
pub mod dashboard;
mod figures;
mod live;
mod standing;

mod entries;
mod filter;
pub mod ledger;
mod reversal;
