//! The shop: what everyone sees.

pub mod products;

pub mod shelf;
mod cards;
mod pager;

pub mod facets;
pub mod filter;
pub mod table;

pub mod ahead;
pub mod suggestions;

pub mod product;

pub mod basket;

mod stepper;
