//! The shop: what everyone sees.

pub mod home;

pub mod products;

mod facets;
mod filter;

pub mod product;

pub mod brand;
pub mod county;
pub mod seasons;

pub mod basket;

mod days;
mod shelf;
mod sold;
mod stepper;
mod total;
