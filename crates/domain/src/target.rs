//! What a year is to reach, for the city, for its parts, and for those it helps. Amended by new versions, never edited.

use crate::Money;
use crate::code::coded;

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
