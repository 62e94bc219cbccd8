//! The year's targets.

use serde::{Deserialize, Serialize};

use crate::target::Scope;
use crate::target_sheet::SheetColumn;
use crate::{Money, fields};

/// Answer of `GET /targets?year=`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct TargetSheet {
    pub year: i16,
    /// Years that have targets, and this one and the next.
    pub years: Vec<i16>,
    /// Everybody a target can bind: the city, then districts, channels, counties and brands.
    pub rows: Vec<TargetRow>,
    pub sums: Vec<TargetSum>,
    /// Whether the reader may add versions.
    pub may_set: bool,
}
fields!(TargetSheet: year, years, rows, sums, may_set);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct TargetRow {
    pub scope: Scope,
    /// Empty for the city.
    pub key: String,
    pub name: String,
    /// In force.
    pub amount_fen: Option<Money>,
    /// In force; 0 when there is none.
    pub version: i64,
    /// The latest first.
    pub versions: Vec<TargetVersion>,
}
fields!(TargetRow: scope, key, name, amount_fen, version, versions);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct TargetVersion {
    pub version: i64,
    pub amount_fen: Money,
    pub document: String,
    /// None of those the market began with.
    pub recorded_at_ms: Option<i64>,
    pub recorded_by: Option<String>,
}
fields!(TargetVersion: version, amount_fen, document, recorded_at_ms, recorded_by);

/// The sum of the parts, beside the city's target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct TargetSum {
    pub scope: Scope,
    pub amount_fen: Money,
    pub city_fen: Option<Money>,
    /// Parts − city, where they differ.
    pub difference_fen: Option<Money>,
}
fields!(TargetSum: scope, amount_fen, city_fen, difference_fen);

/// Body of `POST /targets`: another version. None is ever edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTarget {
    pub year: i16,
    pub scope: Scope,
    pub key: String,
    pub amount_fen: Money,
    pub document: String,
    /// The version the reader saw in force; 0 for none.
    pub after: i64,
}

/// Answer of `POST /targets/sheet/preview`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct TargetPreview {
    pub year: i16,
    pub changed: Vec<TargetChange>,
    pub unchanged: i64,
    /// Rows that bind nobody.
    pub left_out: i64,
    /// With one of them nothing can be taken.
    pub problems: Vec<TargetProblem>,
    /// As they would be.
    pub sums: Vec<TargetSum>,
    /// Of these changes; taken only as they stand here.
    pub digest: String,
}
fields!(TargetPreview: year, changed, unchanged, left_out, problems, sums, digest);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct TargetChange {
    pub sheet: String,
    pub row: i64,
    pub scope: Scope,
    pub name: String,
    pub before_fen: Option<Money>,
    pub after_fen: Money,
}
fields!(TargetChange: sheet, row, scope, name, before_fen, after_fen);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct TargetProblem {
    pub sheet: String,
    pub row: i64,
    pub column: Option<SheetColumn>,
    pub sentence: String,
}
fields!(TargetProblem: sheet, row, column, sentence);

/// Answer of `POST /targets/sheet`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct TargetsTaken {
    pub added: i64,
}
fields!(TargetsTaken: added);
