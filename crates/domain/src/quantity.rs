//! A number of pieces: boxes, bags, bottles.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::language::{Language, Say};
use crate::money::half_width;
use crate::say;

/// A count of sales units, from zero to [`Quantity::MAX`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "i64", try_from = "i64")]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema), schema(description = "Pieces, from 0 to 1,000,000"))]
pub struct Quantity(i64);
crate::read::by_way_of!(Quantity: i64);

/// Why a number or a text is not a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuantityError {
    Empty,
    NotANumber,
    Negative,
    TooLarge,
}

impl QuantityError {
    /// The sentence shown beside the field.
    pub fn say(self) -> Say {
        match self {
            QuantityError::Empty => say!("填写数量，例如 50", "Enter a quantity, such as 50"),
            QuantityError::NotANumber => say!("数量只写整数，例如 50", "Whole numbers only, such as 50"),
            QuantityError::Negative => say!("数量不能是负数", "A quantity cannot be negative"),
            QuantityError::TooLarge => say!("数量最多 100 万，请核对", "At most 1,000,000; please check"),
        }
    }
}

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.say().fmt(f)
    }
}

impl std::error::Error for QuantityError {}

impl Quantity {
    pub const ZERO: Quantity = Quantity(0);
    pub const ONE: Quantity = Quantity(1);
    /// More than any union orders of one product at once; larger is a slip of the keyboard.
    pub const MAX: i64 = 1_000_000;

    /// # Errors
    /// [`QuantityError`] when negative or above [`Quantity::MAX`].
    pub fn new(count: i64) -> Result<Quantity, QuantityError> {
        match count {
            ..0 => Err(QuantityError::Negative),
            0..=Quantity::MAX => Ok(Quantity(count)),
            _ => Err(QuantityError::TooLarge),
        }
    }

    /// Reads what a person types; full-width digits and thousands separators are understood.
    ///
    /// # Errors
    /// [`QuantityError`], whose text is the sentence shown beside the field.
    pub fn parse(text: &str) -> Result<Quantity, QuantityError> {
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(half_width).filter(|c| *c != ',').collect();
        let (negative, digits) = match plain.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, plain.as_str()),
        };
        if plain.is_empty() {
            return Err(QuantityError::Empty);
        }
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(QuantityError::NotANumber);
        }
        let count = digits.parse::<i64>().map_err(|_| QuantityError::TooLarge)?;
        Quantity::new(if negative { -count } else { count })
    }

    pub const fn get(self) -> i64 {
        self.0
    }

    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// What is left after taking `taken` away, or `None` when there is too little.
    pub fn checked_sub(self, taken: Quantity) -> Option<Quantity> {
        (self.0 >= taken.0).then(|| Quantity(self.0 - taken.0))
    }

    pub fn checked_add(self, other: Quantity) -> Option<Quantity> {
        Quantity::new(self.0 + other.0).ok()
    }
}

impl From<Quantity> for i64 {
    fn from(quantity: Quantity) -> i64 {
        quantity.0
    }
}

impl TryFrom<i64> for Quantity {
    type Error = QuantityError;
    fn try_from(count: i64) -> Result<Quantity, QuantityError> {
        Quantity::new(count)
    }
}

impl fmt::Display for Quantity {
    /// Thousands separated: `4,260`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::money::group_thousands(&self.0.to_string()))
    }
}

/// So many of a unit that is told in the reader's language: `4,260 箱`, `4,260 boxes`, `1 box`.
pub fn counted(quantity: Quantity, unit: &str, reader: Language) -> String {
    let plural = match reader {
        Language::En if quantity != Quantity::ONE => plural_of(unit),
        _ => "",
    };
    format!("{quantity} {unit}{plural}")
}

/// What English puts behind a unit. One of another script takes nothing: nobody has translated it.
fn plural_of(unit: &str) -> &'static str {
    let ends_in = |endings: &[&str]| endings.iter().any(|ending| unit.ends_with(ending));
    match unit.bytes().last() {
        Some(last) if last.is_ascii_alphabetic() && !ends_in(&["fish"]) => {
            if ends_in(&["x", "s", "ch", "sh"]) {
                "es"
            } else {
                "s"
            }
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_type_quantities_in_many_ways() {
        assert_eq!(Quantity::parse("50"), Ok(Quantity(50)));
        assert_eq!(Quantity::parse(" １，２００ "), Ok(Quantity(1200)));
        assert_eq!(Quantity::parse("0"), Ok(Quantity::ZERO));
    }

    #[test]
    fn what_is_no_quantity_is_refused_with_its_reason() {
        assert_eq!(Quantity::parse(""), Err(QuantityError::Empty));
        assert_eq!(Quantity::parse("-3"), Err(QuantityError::Negative));
        assert_eq!(Quantity::parse("1.5"), Err(QuantityError::NotANumber));
        assert_eq!(Quantity::parse("十"), Err(QuantityError::NotANumber));
        assert_eq!(Quantity::parse("-"), Err(QuantityError::NotANumber));
        assert_eq!(Quantity::parse("1000001"), Err(QuantityError::TooLarge));
        assert_eq!(Quantity::parse("99999999999999999999"), Err(QuantityError::TooLarge));
    }

    #[test]
    fn nothing_is_ever_taken_below_zero() {
        let three = Quantity(3);
        assert_eq!(three.checked_sub(Quantity(3)), Some(Quantity::ZERO));
        assert_eq!(three.checked_sub(Quantity(4)), None);
    }

    #[test]
    fn units_are_counted_as_the_language_counts() {
        let told = |count, unit, reader| counted(Quantity(count), unit, reader);
        assert_eq!(told(4_260, "箱", Language::Zh), "4,260 箱");
        assert_eq!(
            ["box", "bag", "fish", "箱"].map(|unit| told(2, unit, Language::En)),
            ["2 boxes", "2 bags", "2 fish", "2 箱"]
        );
        assert_eq!(told(1, "box", Language::En), "1 box");
    }
}
