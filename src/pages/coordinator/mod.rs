//! The coordinator's desk: the year's figures as they change, and the entries each of them is made of.
//!
//! In reading order: who is let in, the dashboard and its parts, who is behind, the wall, the ledger and its parts.

mod gate;

pub mod dashboard;

mod live;

mod standing;

mod figures;

mod outlook;

mod today;

mod breakdowns;

mod map;

mod matrix;

mod compared;

pub mod behind;

pub mod wall;

pub mod ledger;

pub mod filter;

mod entries;

mod reversal;
