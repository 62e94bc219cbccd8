//! Signing in, and what signing up shares with it.

pub mod credentials;
pub mod sign_in;
