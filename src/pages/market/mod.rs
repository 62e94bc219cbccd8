//! The shop: what everyone sees.

pub mod products;

mod facets;
mod filter;

pub mod photos;
pub mod product;

pub mod basket;

mod stepper;
