//! The monthly bulletin.

use serde::{Deserialize, Serialize};

use super::PairSum;
use crate::region::Prefecture;
use crate::{Money, fields};

/// Answer of `GET /bulletin?year=&month=`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Bulletin {
    pub year: i16,
    /// It tells of January to this month.
    pub month: i64,
    pub title: String,
    pub paragraphs: Vec<BulletinParagraph>,
    pub table: BulletinTable,
    /// A month of it is not closed.
    pub preliminary: bool,
    /// What the sentences are made of.
    pub figures: BulletinFigures,
}
fields!(Bulletin: year, month, title, paragraphs, table, preliminary, figures);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct BulletinParagraph {
    /// Put together they are the paragraph.
    pub pieces: Vec<BulletinPiece>,
}
fields!(BulletinParagraph: pieces);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct BulletinPiece {
    pub text: String,
    /// Of a number: the query of `GET /sales` that lists its entries.
    pub opens: Option<String>,
}
fields!(BulletinPiece: text, opens);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct BulletinTable {
    pub caption: String,
    pub columns: Vec<String>,
    /// Each as many cells as there are columns; the last is the whole city's.
    pub rows: Vec<BulletinRow>,
}
fields!(BulletinTable: caption, columns, rows);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct BulletinRow {
    pub cells: Vec<BulletinCell>,
}
fields!(BulletinRow: cells);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct BulletinCell {
    pub text: String,
    /// As of a piece.
    pub opens: Option<String>,
}
fields!(BulletinCell: text, opens);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct BulletinFigures {
    pub year: i16,
    pub month: i64,
    /// The last day that is counted.
    pub until: String,
    /// Whether the month has ended.
    pub whole_months: bool,
    pub recognised_fen: Money,
    /// The same stretch of last year.
    pub last_year_fen: Money,
    pub month_fen: Money,
    pub month_last_year_fen: Money,
    pub target_fen: Option<Money>,
    pub completion_bp: Option<i64>,
    /// How much of the year has gone by the last day.
    pub time_bp: i64,
    pub entries: i64,
    pub by_district: Vec<BulletinPlace>,
    pub by_county: Vec<BulletinPlace>,
    pub by_channel: Vec<BulletinPlace>,
    pub by_pair: Vec<PairSum>,
    /// Only pairings that are confirmed, the highest first.
    pub verified_pairs: Vec<BulletinPair>,
    /// In force on the last day.
    pub counting_rule: String,
    pub counting_document: String,
    /// Months from January on that are not closed.
    pub open_months: Vec<i64>,
}
fields!(BulletinFigures: year, month, until, whole_months, recognised_fen, last_year_fen, month_fen, month_last_year_fen, target_fen, completion_bp, time_bp, entries, by_district, by_county, by_channel, by_pair, verified_pairs, counting_rule, counting_document, open_months);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct BulletinPlace {
    pub key: String,
    pub name: String,
    /// Of a county.
    pub prefecture: Option<Prefecture>,
    pub amount_fen: Money,
    /// The same stretch of last year, where it is summed.
    pub last_year_fen: Option<Money>,
    pub target_fen: Option<Money>,
    pub completion_bp: Option<i64>,
}
fields!(BulletinPlace: key, name, prefecture, amount_fen, last_year_fen, target_fen, completion_bp);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct BulletinPair {
    pub district_id: String,
    pub district: String,
    pub county_id: String,
    pub county: String,
    pub amount_fen: Money,
}
fields!(BulletinPair: district_id, district, county_id, county, amount_fen);
