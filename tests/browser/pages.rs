//! What people do on the pages, in their words. Locators stand here and nowhere else.

mod dashboard;
mod finding;
mod person;

pub use dashboard::Dashboard;
pub use person::Person;
