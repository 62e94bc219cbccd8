//! The market's backend: one binary that serves the interface, the app's files and the live figures.
//!
//! Direction: `routes` → `search` → `store` → `domain`. Only `routes` knows axum, only `store` knows SQL.

pub mod config;
pub mod listen;
pub mod log;
pub mod metrics;
pub mod serve;

pub mod routes;

pub mod attachments;
pub mod live;
pub mod papers;
pub mod photos;
pub mod pieces;
pub mod search;
pub mod spreadsheet;
pub mod store;
pub mod writer;

pub mod backup;
pub mod connections;
pub mod database;

pub mod data;
pub mod docx;
pub mod sample;

pub mod clock;
pub mod error;
pub mod id;
pub mod password;
pub mod schema;
