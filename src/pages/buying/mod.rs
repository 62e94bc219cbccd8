//! A person buys: signing up, ordering what is in the basket, and what it helped.

mod card;
pub mod checkout;
mod draft;
pub mod helped;
mod picture;
mod send;
pub mod sign_up;
