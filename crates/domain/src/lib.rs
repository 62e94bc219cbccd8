//! The law of the market: plain values and the rules that bind them.
//!
//! Compiled for the server and for the browser alike, so that a form and the backend run the same function. Nothing in
//! here reads a clock, draws a random number, opens a file or waits: time and identifiers come in as arguments.
//!
//! Modules stand in reading order: words first, then the goods, the order and its life, and last the ledger.

mod code;
pub mod language;
pub mod read;
pub mod refusal;

pub mod id;
pub mod money;
pub mod quantity;
pub mod uscc;

pub mod account;
pub mod application;
pub mod organisation;
pub mod permission;
pub mod region;

pub mod basket;
pub mod goods;
pub mod goods_sheet;
pub mod photo;
pub mod product;
pub mod terms;

pub mod occasion;

pub mod attachment;
pub mod bundle;
pub mod festival;
pub mod fulfilment;
pub mod invoice;
pub mod order;
pub mod order_life;
pub mod payment;
pub mod plan;
pub mod procedure;
pub mod queue;
pub mod rule;
pub mod statement;

pub mod paper;

pub mod delivery_list;
pub mod roster;
pub mod sheet;

pub mod channel;
pub mod closing;
pub mod correction;
pub mod counting;
pub mod duplicate;
pub mod period;
pub mod report;
pub mod report_sheet;
pub mod sale;
pub mod tally;
pub mod target;
pub mod target_sheet;

pub mod bulletin;
pub mod export;

pub mod behind;
pub mod forecast;
pub mod opens;
pub mod tiles;

pub mod page;
pub mod wire;

pub use language::{Language, Say};
pub use money::Money;
pub use quantity::Quantity;
pub use refusal::{Code, Refusal};
