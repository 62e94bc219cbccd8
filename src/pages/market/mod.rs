//! The shop: what everyone sees.

pub mod home;

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

pub mod brand;
pub mod county;
pub mod seasons;

pub mod basket;

mod days;
mod goods;
mod sold;
mod stepper;
mod total;
