//! The whole backend, asked from outside: the real router over a real database, as the app and as a stranger would.
//!
//! `SHANHAI_TEST_DATABASE=postgres` runs all of them on PostgreSQL, else they run on SQLite.
//!
//! Each test opens a [`site::Site`] of its own; nothing is shared between two tests but the files they start from.

#[path = "../cluster.rs"]
mod cluster;
mod home;
mod line;
mod process;
mod site;

mod sessions;

mod goods;
mod pages;
mod photos;
mod products;
mod search;

mod attachments;
mod delivery_lists;
mod desks;
mod fulfilment;
mod orders;
mod papers;
mod plan;
mod retail;
mod rosters;

mod bulletin;
mod closing;
mod corrections;
mod exports;
mod overview;
mod reports;
mod sales;
mod tally;
mod targets;

mod languages;
mod places;
mod public_total;
mod seasons;

mod document;
mod permissions;

mod bad_days;
mod bad_input;
mod limits;
mod operations;

mod audit;
mod copy;
mod sample;
mod torture;

mod neighbours;
