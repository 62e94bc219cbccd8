//! The whole backend, asked from outside: the real router over a real database, as the app and as a stranger would.
//!
//! Each test opens a [`site::Site`] of its own; nothing is shared between two tests but the files they start from.

mod site;

mod sessions;

mod products;
mod search;

mod orders;

mod sales;
mod tally;

mod bad_input;

mod sample;
mod survival;
