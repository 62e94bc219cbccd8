//! What the coordinator's figures hold besides sums and breakdowns, and who is behind.

use serde::{Deserialize, Serialize};

use super::{Named, Region};
use crate::product::Brand;
use crate::region::PairingStatus;
use crate::{Money, fields};

/// What one district bought, county by county.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct MatrixRow {
    pub district: String,
    /// One for each row of the tally's `by_county`, in its order.
    pub cells_fen: Vec<i64>,
}
fields!(MatrixRow: district, cells_fen);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PairingRow {
    pub district: String,
    pub county: String,
    /// One that is to be confirmed is marked wherever it is shown, and never summed with those that are.
    pub status: PairingStatus,
}
fields!(PairingRow: district, county, status);

/// What was entered under today's date, reversals taken off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Today {
    pub day: String,
    pub amount_fen: Money,
    pub entries: i64,
    /// Only districts that have entries, the highest first.
    pub by_district: Vec<DayRow>,
}
fields!(Today: day, amount_fen, entries, by_district);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct DayRow {
    pub key: String,
    pub name: String,
    pub amount_fen: Money,
    pub entries: i64,
}
fields!(DayRow: key, name, amount_fen, entries);

/// One of the last entries: of a district, and of nobody in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct NewestEntry {
    pub sequence: i64,
    pub sold_on: String,
    pub recorded_at_ms: i64,
    pub district: String,
    /// 庆元, without 县.
    pub county: String,
    pub product_name: String,
    pub brand: Option<Brand>,
    pub quantity: i64,
    /// Negative in a reversal.
    pub amount_fen: Money,
}
fields!(
    NewestEntry: sequence, sold_on, recorded_at_ms, district, county, product_name, brand, quantity, amount_fen,
);

/// What the year will come to; see [`crate::forecast`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Forecast {
    pub expected_fen: Money,
    pub low_fen: Money,
    pub high_fen: Money,
    /// How the rest that came stood to the rest that was forecast, lowest and highest of those tried back.
    pub lowest_bp: i64,
    pub highest_bp: i64,
    pub tried: i64,
    /// The years whose shares are used.
    pub years: Vec<i64>,
    /// Expected by the end of each month, this one first, December last.
    pub months_fen: Vec<i64>,
}
fields!(Forecast: expected_fen, low_fen, high_fen, lowest_bp, highest_bp, tried, years, months_fen);

// ---- who is behind ------------------------------------------------------------------------------------------------

/// Answer of `GET /behind?district=`: of the running year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Behind {
    pub year: i16,
    pub as_of_ms: i64,
    pub time_bp: i64,
    /// None is the whole city.
    pub district: Option<Region>,
    /// Those behind the calendar, the furthest first.
    pub items: Vec<BehindDistrict>,
    /// Pairs whose county is behind, the furthest first.
    pub pairs: Vec<BehindPair>,
}
fields!(Behind: year, as_of_ms, time_bp, district, items, pairs);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct BehindDistrict {
    pub key: String,
    pub name: String,
    pub amount_fen: Money,
    pub target_fen: Money,
    pub completion_bp: i64,
    pub behind_fen: Money,
    pub pipeline_fen: Money,
    /// What is missing and what would help, in a sentence.
    pub sentence: String,
    /// Those that have money for assistance goods left, the most first.
    pub unions: Vec<UnionRoom>,
    pub goods: Vec<SeasonGoods>,
}
fields!(
    BehindDistrict: key, name, amount_fen, target_fen, completion_bp, behind_fen, pipeline_fen, sentence, unions, goods,
);

/// A union's sums: never its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct UnionRoom {
    pub union: Named,
    pub unspent_fen: Money,
}
fields!(UnionRoom: union, unspent_fen);

/// Goods of a paired county that are on the market this month: `GET /products?county=&season=` lists them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct SeasonGoods {
    pub county: String,
    pub name: String,
    pub status: PairingStatus,
    pub month: i64,
    pub count: i64,
}
fields!(SeasonGoods: county, name, status, month, count);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct BehindPair {
    pub district: String,
    pub county: String,
    pub status: PairingStatus,
    /// Of the county's goods, by whomever bought.
    pub behind_fen: Money,
    /// What this district has bought of the county.
    pub bought_fen: Money,
    pub sentence: String,
}
fields!(BehindPair: district, county, status, behind_fen, bought_fen, sentence);
