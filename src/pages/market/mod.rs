//! The shop: what everyone sees.

pub mod basket;
pub mod product;
pub mod products;
