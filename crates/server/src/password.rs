//! Passwords are kept as argon2id hashes; session tokens as SHA-256 hashes.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt as _;
use sha2::{Digest as _, Sha256};

/// Hashes a password with a salt of its own. Slow by intent: not for an async thread.
///
/// # Errors
/// When the operating system gives no randomness.
pub fn hash(password: &str) -> anyhow::Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|error| anyhow::anyhow!("cannot hash a password: {error}"))?.to_string())
}

/// Whether the password is the one behind the hash. Slow by intent.
pub fn matches(password: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

/// A new session token: 256 random bits, as text for a cookie.
pub fn new_token() -> String {
    URL_SAFE_NO_PAD.encode(rand::rng().random::<[u8; 32]>())
}

/// What the database keeps of a token.
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_matches() {
        let hash = hash("shanhai-2026").expect("randomness");
        assert!(hash.starts_with("$argon2id$"));
        assert!(matches("shanhai-2026", &hash));
        assert!(!matches("shanhai-2027", &hash));
        assert!(!matches("shanhai-2026", "not a hash"));
    }

    #[test]
    fn tokens_differ() {
        assert_ne!(new_token(), new_token());
        assert_eq!(token_hash("a").len(), 64);
    }
}
