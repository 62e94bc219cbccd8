//! One file per address, grouped by who uses it.

pub mod account;
pub mod buying;
pub mod coordinator;
pub mod desk;
pub mod goods;
pub mod market;
pub mod orders;
pub mod plan;

use crate::language::t;
use leptos::prelude::document;

/// Names the window after the page or the thing on it: 常山胡柚 · 山海集.
pub fn set_title(name: &str) {
    document().set_title(&format!("{name} · {}", t!(frame.brand)));
}
