//! The quantity of one line: typed as so many for each person, or as a total. One is what the officer wrote, the other
//! is reckoned from it, so the two can never disagree.

use crate::language::told;
use domain::Quantity;
use domain::order::parse_line_quantity;
use domain::read::{Fields, Read, Tree};
use serde::Serialize;

/// From here on a number in the basket means pieces in all; below it, pieces for each person.
const A_TOTAL_FROM: i64 = 10;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    PerHead(String),
    Total(String),
}

impl Read for Entry {
    fn read(tree: Tree) -> Option<Entry> {
        let mut fields = Fields::of(tree)?;
        fields.take("per_head").map(Entry::PerHead).or_else(|| fields.take("total").map(Entry::Total))
    }
}

impl Entry {
    pub fn from_basket(put_aside: Quantity) -> Entry {
        let typed = put_aside.get().to_string();
        if put_aside.get() < A_TOTAL_FROM { Entry::PerHead(typed) } else { Entry::Total(typed) }
    }

    /// How many are ordered in all; none while a quantity for each person waits for the head-count.
    ///
    /// # Errors
    /// The sentence shown beside the line.
    pub fn quantity(&self, heads: Option<i64>) -> Result<Option<Quantity>, String> {
        let (Entry::PerHead(typed) | Entry::Total(typed)) = self;
        let read = parse_line_quantity(typed).map_err(told)?;
        match (self, heads) {
            (Entry::Total(_), _) => Ok(Some(read)),
            (Entry::PerHead(_), None) => Ok(None),
            (Entry::PerHead(_), Some(heads)) => {
                let total = read.get().saturating_mul(heads);
                Quantity::new(total).map(Some).map_err(|error| told(error.say()))
            }
        }
    }

    /// What stands under 每人: as typed, or the even share of a total, or nothing where it does not come out even.
    pub fn per_head_text(&self, heads: Option<i64>) -> String {
        match (self, heads, self.quantity(heads)) {
            (Entry::PerHead(typed), ..) => typed.clone(),
            (Entry::Total(_), Some(heads), Ok(Some(total))) if total.get() % heads == 0 => {
                (total.get() / heads).to_string()
            }
            _ => String::new(),
        }
    }

    /// What stands under 总数: as typed, or what each person's share comes to.
    pub fn total_text(&self, heads: Option<i64>) -> String {
        match (self, self.quantity(heads)) {
            (Entry::Total(typed), _) => typed.clone(),
            (Entry::PerHead(_), Ok(Some(total))) => total.get().to_string(),
            (Entry::PerHead(_), _) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn per_head(typed: &str) -> Entry {
        Entry::PerHead(typed.to_owned())
    }

    fn total(typed: &str) -> Entry {
        Entry::Total(typed.to_owned())
    }

    #[track_caller]
    fn check(entry: &Entry, heads: Option<i64>, shown: (&str, &str)) {
        assert_eq!((entry.per_head_text(heads).as_str(), entry.total_text(heads).as_str()), shown, "{entry:?}");
    }

    #[test]
    fn a_small_number_in_the_basket_is_for_each_person() {
        let of = |count| Entry::from_basket(Quantity::new(count).expect("small"));
        assert_eq!((of(1), of(9), of(10)), (per_head("1"), per_head("9"), total("10")));
    }

    #[test]
    fn what_each_gets_follows_the_head_count() {
        check(&per_head("2"), Some(286), ("2", "572"));
        check(&per_head("2"), Some(300), ("2", "600"));
        check(&per_head("2"), None, ("2", ""));
        assert_eq!(per_head("2").quantity(None), Ok(None), "it waits for the head-count and is not wrong");
    }

    #[test]
    fn a_total_stays_and_shows_its_even_share_only() {
        check(&total("572"), Some(286), ("2", "572"));
        check(&total("570"), Some(286), ("", "570"));
        check(&total("572"), None, ("", "572"));
    }

    #[test]
    fn what_is_no_quantity_is_kept_as_typed_and_says_why() {
        check(&per_head("两"), Some(286), ("两", ""));
        assert!(per_head("两").quantity(Some(286)).is_err());
        assert!(total("0").quantity(None).is_err());
        assert!(per_head("9").quantity(Some(200_000)).is_err(), "more than anyone orders");
    }
}
