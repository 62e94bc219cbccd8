//! What people do on the pages, in their words. Locators stand here and nowhere else.

mod buying;
mod dashboard;
mod finding;
mod keyboard;
mod listing;
mod person;
mod plan;
mod union;

pub use buying::{Buyer, CHINESE, ENGLISH, Words};
pub use dashboard::Dashboard;
pub use person::Person;
