//! What people do on the pages, in their words. Locators stand here and nowhere else.

mod buying;
mod dashboard;
mod desk;
mod finding;
mod goods;
mod keyboard;
mod listing;
mod office;
mod papers;
mod person;
mod plan;
mod reports;
mod union;

pub use buying::{Buyer, CHINESE, ENGLISH, Words};
pub use dashboard::Dashboard;
pub use person::Person;
pub use reports::BoothSale;
