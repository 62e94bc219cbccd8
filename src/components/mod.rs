//! What more than one page uses: values in, events out, never a call to the server.
//!
//! Plain functions with concrete types returning `AnyView`, kept out of line: a page made of them costs a few kilobytes
//! where one made of generic components costs fifteen.

pub mod dateline;
pub mod foot;
pub mod icon;
pub mod masthead;
pub mod notice;

pub mod amount;
pub mod bar;
pub mod card;
pub mod chart;
pub mod hills;
pub mod label;
pub mod marked;
pub mod markup;
pub mod photo;
pub mod press;
pub mod price;
pub mod screen;
pub mod season;
pub mod state;
pub mod tile_map;

pub mod chosen;
pub mod dialog;
pub mod download;
pub mod error_summary;
pub mod field;
pub mod focus;
pub mod held;

pub mod loading;
pub mod problem;
pub mod toast;
