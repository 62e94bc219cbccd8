//! What a year is to reach, for the city, for its parts, and for those it helps. Amended by new versions, never edited.

use crate::code::coded;
use crate::{Money, Refusal, Say, say};

coded! {
    /// Whom a target binds. The key beside it names the district, channel, county or brand; it is empty for the city.
    pub enum Scope {
        City = "city" "全市" "City",
        District = "district" "区县" "District",
        Channel = "channel" "渠道" "Channel",
        County = "county" "产地" "County",
        Brand = "brand" "品牌" "Brand",
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub year: i16,
    pub scope: Scope,
    pub key: String,
    /// Counted from 1; the highest is in force.
    pub version: i64,
    pub amount: Money,
    /// Number of the document that sets it.
    pub document: String,
}

/// Between a yuan and a trillion: what is outside is a slip of the keyboard, or the wrong unit.
pub const LEAST: Money = Money::from_yuan(1);
pub const MOST: Money = Money::from_yuan(1_000_000_000_000);

const LONGEST_DOCUMENT: usize = 120;

/// Reads the number of the document that sets a target.
///
/// # Errors
/// A refusal naming `document`.
pub fn parse_document(text: &str) -> Result<String, Refusal> {
    let document = text.trim();
    if document.is_empty() || document.chars().count() > LONGEST_DOCUMENT {
        let sentence = say!(
            "写明文号，最多 {LONGEST_DOCUMENT} 字",
            "Give the document's number, at most {LONGEST_DOCUMENT} characters"
        );
        return Err(Refusal::field("document", sentence));
    }
    Ok(document.to_owned())
}

/// Whether an amount can be a target.
///
/// # Errors
/// The sentence shown beside the field or the cell.
pub fn check_amount(amount: Money) -> Result<(), Say> {
    match (LEAST..=MOST).contains(&amount) {
        true => Ok(()),
        false => Err(say!(
            "目标任务在 1 元到 1 万亿元之间，请核对数字和单位",
            "A target is between 1 yuan and a trillion; please check number and unit"
        )),
    }
}

/// How the targets of the parts stand to the city's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartSum {
    pub part: Scope,
    pub amount: Money,
    /// None when the city has no target.
    pub city: Option<Money>,
}

impl PartSum {
    /// Parts − city. Brands leave room for goods of no brand, so that only more than the city's is a difference.
    pub fn difference(self) -> Option<Money> {
        let difference = self.amount.checked_sub(self.city?)?;
        let is_one = match self.part {
            Scope::Brand => difference > Money::ZERO,
            _ => difference != Money::ZERO,
        };
        is_one.then_some(difference)
    }
}

/// The sums of districts, channels, counties and brands that have targets, beside the city's.
pub fn part_sums<'a>(targets: impl Iterator<Item = (Scope, Money)> + Clone + 'a) -> Vec<PartSum> {
    let city = targets.clone().find(|(scope, _)| *scope == Scope::City).map(|(_, amount)| amount);
    let sum = |part: Scope| {
        let amounts: Vec<Money> = targets.clone().filter(|(scope, _)| *scope == part).map(|(_, it)| it).collect();
        let amount = Money::checked_sum(amounts.iter().copied())?;
        (!amounts.is_empty()).then_some(PartSum { part, amount, city })
    };
    [Scope::District, Scope::Channel, Scope::County, Scope::Brand].into_iter().filter_map(sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_do_not_add_up_are_told() {
        let yuan = Money::from_yuan;
        let targets = [
            (Scope::City, yuan(100)),
            (Scope::District, yuan(60)),
            (Scope::District, yuan(40)),
            (Scope::Channel, yuan(90)),
            (Scope::Brand, yuan(70)),
        ];
        let sums = part_sums(targets.into_iter());
        let told: Vec<_> = sums.iter().map(|sum| (sum.part, sum.amount, sum.difference())).collect();
        assert_eq!(
            told,
            [
                (Scope::District, yuan(100), None),
                (Scope::Channel, yuan(90), Some(yuan(-10))),
                (Scope::Brand, yuan(70), None),
            ]
        );
        let without_city = part_sums([(Scope::County, yuan(1))].into_iter());
        assert_eq!(without_city[0].difference(), None);
    }

    #[test]
    fn a_target_has_a_document_and_a_size() {
        assert_eq!(parse_document(" 甬协作〔2027〕3号 "), Ok("甬协作〔2027〕3号".to_owned()));
        assert!(parse_document("  ").is_err());
        assert!(check_amount(Money::from_fen(99)).is_err() && check_amount(MOST).is_ok());
    }
}
