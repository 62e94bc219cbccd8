//! The unified social credit code (统一社会信用代码), 18 characters with a check character.
//!
//! Source: GB 32100-2015, sections 4 and 5: alphabet without I, O, S, V, Z; weights 3^i mod 31.

use std::fmt;

use crate::language::Say;
use crate::say;

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const LENGTH: usize = 18;

/// A code whose check character has been verified.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Uscc(String);

/// Why a text is not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsccError {
    Length(usize),
    Character(usize, char),
    Check(char),
}

impl UsccError {
    /// The sentence shown beside the field.
    pub fn say(self) -> Say {
        match self {
            UsccError::Length(length) => say!(
                "统一社会信用代码要 18 位，这里有 {length} 位",
                "A unified social credit code has 18 characters; this has {length}"
            ),
            UsccError::Character(place, character) => say!(
                "第 {place} 位“{character}”不会出现在统一社会信用代码里",
                "Character {place}, “{character}”, does not occur in a unified social credit code"
            ),
            UsccError::Check(expected) => say!(
                "校验位不对，请核对：按前 17 位，最后一位应是 {expected}",
                "The check character is wrong; after the first 17 the last should be {expected}"
            ),
        }
    }
}

impl fmt::Display for UsccError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.say().fmt(f)
    }
}

impl std::error::Error for UsccError {}

impl Uscc {
    /// Reads a code; spaces and lower case are forgiven.
    ///
    /// # Errors
    /// [`UsccError`], whose text is the sentence shown beside the field.
    pub fn parse(text: &str) -> Result<Uscc, UsccError> {
        let code: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        let length = code.chars().count();
        if length != LENGTH {
            return Err(UsccError::Length(length));
        }
        let mut values = [0usize; LENGTH];
        for (position, c) in code.chars().enumerate() {
            values[position] =
                ALPHABET.iter().position(|a| char::from(*a) == c).ok_or(UsccError::Character(position + 1, c))?;
        }
        let expected = check_value(&values[..LENGTH - 1]);
        if values[LENGTH - 1] != expected {
            return Err(UsccError::Check(char::from(ALPHABET[expected])));
        }
        Ok(Uscc(code))
    }

    /// Union codes begin with 81; an order under another code bears the employer's by mistake.
    pub fn is_union(&self) -> bool {
        self.0.starts_with("81")
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check_value(values: &[usize]) -> usize {
    let (sum, _) = values.iter().fold((0, 1), |(sum, weight), value| (sum + value * weight, weight * 3 % 31));
    (31 - sum % 31) % 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_union_codes_pass() {
        for code in ["81440000MCL468545M", "81330000724538949J", " 81330000 724538949j "] {
            let parsed = Uscc::parse(code).expect("a published code");
            assert!(parsed.is_union());
        }
    }

    #[test]
    fn a_slip_is_named() {
        assert_eq!(Uscc::parse("8144"), Err(UsccError::Length(4)));
        assert_eq!(Uscc::parse("8144000OMCL468545M"), Err(UsccError::Character(8, 'O')));
        assert_eq!(Uscc::parse("81440000MCL468545N"), Err(UsccError::Check('M')));
    }

    #[test]
    fn every_single_wrong_character_is_caught() {
        let good = "81330000724538949J";
        for position in 0..LENGTH {
            for replacement in ALPHABET {
                let mut bytes = good.as_bytes().to_vec();
                if bytes[position] == *replacement {
                    continue;
                }
                bytes[position] = *replacement;
                let wrong = String::from_utf8(bytes).expect("ascii");
                assert!(Uscc::parse(&wrong).is_err(), "{wrong}");
            }
        }
    }
}
