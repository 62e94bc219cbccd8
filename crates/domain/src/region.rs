//! Where goods come from and where they are bought: prefectures, counties, districts, and who is paired with whom.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::code::coded;

macro_rules! slugs {
    ($( $(#[$meta:meta])* $name:ident ),+ $(,)?) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The identifier as it stands in `data/regions.toml`; whether it exists there is the store's question.
            pub fn new(slug: impl Into<String>) -> $name {
                $name(slug.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+ };
}

slugs! {
    /// A county of Lishui or Quzhou, such as `qingyuan`: whom a sale helps.
    CountyId,
    /// A district of Ningbo, such as `zhenhai`: who has the credit of a sale.
    DistrictId,
}

coded! {
    pub enum Prefecture {
        Lishui = "lishui" "丽水" "Lishui",
        Quzhou = "quzhou" "衢州" "Quzhou",
    }
}

coded! {
    pub enum PairingStatus {
        Verified = "verified" "已确认" "confirmed",
        /// No source names the pair; it must never be printed as fact.
        Assumed = "assumed" "待确认" "to be confirmed",
    }
}

coded! {
    /// How a sale stands to the pairings: buyer's district and county of origin are independent facts, and all three
    /// kinds count for the city.
    pub enum PairKind {
        Verified = "verified" "结对内" "Inside a pairing",
        Assumed = "assumed" "结对待确认" "Pairing to be confirmed",
        /// The county is paired, but with another district.
        Elsewhere = "elsewhere" "结对外" "Outside the pairing",
        /// No district of Ningbo is paired with the county.
        Unpaired = "unpaired" "未结对" "Not paired",
    }
}

/// A district and a county that help each other, dated. Many to many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairing {
    pub district: DistrictId,
    pub county: CountyId,
    pub status: PairingStatus,
}

/// Which kind of pair a sale from `county` to `district` is.
pub fn pair_kind(pairings: &[Pairing], district: &DistrictId, county: &CountyId) -> PairKind {
    let mut of_county = pairings.iter().filter(|pairing| pairing.county == *county).peekable();
    if of_county.peek().is_none() {
        return PairKind::Unpaired;
    }
    match of_county.find(|pairing| pairing.district == *district).map(|pairing| pairing.status) {
        Some(PairingStatus::Verified) => PairKind::Verified,
        Some(PairingStatus::Assumed) => PairKind::Assumed,
        None => PairKind::Elsewhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inside_outside_and_without_a_pair_are_told_apart() {
        let pairing = |district: &str, county: &str, status| Pairing {
            district: DistrictId::new(district),
            county: CountyId::new(county),
            status,
        };
        let pairings = [
            pairing("haishu", "qingyuan", PairingStatus::Verified),
            pairing("zhenhai", "longquan", PairingStatus::Assumed),
        ];
        let kind = |d: &str, c: &str| pair_kind(&pairings, &DistrictId::new(d), &CountyId::new(c));
        assert_eq!(kind("haishu", "qingyuan"), PairKind::Verified);
        assert_eq!(kind("zhenhai", "longquan"), PairKind::Assumed);
        assert_eq!(kind("zhenhai", "qingyuan"), PairKind::Elsewhere);
        assert_eq!(kind("zhenhai", "kaihua"), PairKind::Unpaired);
    }
}
