//! The coordinator's desk: the year's figures as they change, and the entries each of them is made of.
//!
//! In reading order: who is let in, the dashboard and its parts, the ledger and its parts.

mod gate;

pub mod dashboard;

mod live;

mod standing;

mod figures;

mod breakdowns;

pub mod ledger;

mod filter;

mod entries;

mod reversal;
