//! The shop: what everyone sees.

pub mod products;

mod cards;
mod pager;
pub mod shelf;

pub mod facets;
pub mod filter;
pub mod table;

pub mod ahead;
pub mod suggestions;

pub mod photos;
pub mod product;

pub mod basket;

mod stepper;
