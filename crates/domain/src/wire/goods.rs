//! A merchant's own goods, its licences, and what a spreadsheet would change.

use serde::{Deserialize, Serialize};

use crate::fields;
use crate::goods::{Field, Standing, Status, Step};
use crate::id::ProductId;
use crate::photo::PhotoHash;
use crate::product::{Brand, Category, CertificationKind, PriceBreak, SeasonMonths};
use crate::wire::Photo;

/// What a merchant says of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GoodsForm {
    pub name: String,
    pub name_en: String,
    /// Id of the county of origin.
    pub county: String,
    pub category: Category,
    /// What it is sold under; the mark is shown only while a licence for it is in force.
    pub brand: Option<Brand>,
    pub spec: String,
    pub unit: String,
    /// From one piece upwards.
    pub ladder: Vec<PriceBreak>,
    pub minimum_order: i64,
    /// Pieces that can still be ordered.
    pub available: i64,
    pub season_months: SeasonMonths,
    pub shelf_life_days: Option<i64>,
    pub cold_chain: bool,
    pub certification_kind: Option<CertificationKind>,
    pub certification: Option<String>,
    pub certification_number: Option<String>,
    pub union_gift_ok: bool,
    /// Of what is on hand.
    pub batch: Option<String>,
    /// The last day of what is on hand: `2027-06-30`.
    pub best_before: Option<String>,
    pub description: String,
    pub description_en: String,
}
fields!(GoodsForm: name, name_en, county, category, brand, spec, unit, ladder, minimum_order, available, season_months,
    shelf_life_days, cold_chain, certification_kind, certification, certification_number, union_gift_ok, batch,
    best_before, description, description_en);

/// A product as its merchant sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct GoodsItem {
    pub id: ProductId,
    pub status: Status,
    /// Counts what is written; what is sold does not move it.
    pub edition: i64,
    /// Counts every change, what is sold too.
    pub revision: i64,
    pub goods: GoodsForm,
    /// Whether a licence for its brand is in force; false without a brand.
    pub brand_shown: bool,
    /// The first that lists show.
    pub photo: Option<PhotoHash>,
    /// All of them where one product is asked for; lists leave them out.
    pub photos: Vec<Photo>,
}
fields!(GoodsItem: id, status, edition, revision, goods, brand_shown, photo, photos);

/// Answer of `GET /goods`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct GoodsList {
    /// The newest first.
    pub items: Vec<GoodsItem>,
    pub next: Option<String>,
    /// Of the whole shop, whatever is asked for.
    pub counts: Vec<GoodsCount>,
    pub licences: Vec<Licence>,
}
fields!(GoodsList: items, next, counts, licences);

/// How many products have a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct GoodsCount {
    pub status: Status,
    pub goods: i64,
}
fields!(GoodsCount: status, goods);

/// A county goods may be of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct GoodsCounty {
    pub id: String,
    /// In the reader's language.
    pub name: String,
}
fields!(GoodsCounty: id, name);

/// Answer of `GET /goods/choices`: what a form may choose among.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct GoodsChoices {
    pub counties: Vec<GoodsCounty>,
    /// The merchant's own county.
    pub county: Option<String>,
    pub licences: Vec<Licence>,
}
fields!(GoodsChoices: counties, county, licences);

/// Body of `POST /goods`: a new draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewGoods {
    /// Made by the browser; the same body sent again changes nothing.
    pub id: ProductId,
    pub goods: GoodsForm,
}

/// Body of `PUT /goods/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangedGoods {
    /// The edition that was read.
    pub edition: i64,
    /// How many were available when it was read: what has been sold since stays sold.
    pub available_read: i64,
    pub goods: GoodsForm,
}

/// Body of `POST /goods/{id}/steps`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GoodsStep {
    pub step: Step,
    /// The edition that was read.
    pub edition: i64,
}

/// Body of `POST /goods/{id}/stock`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum StockChange {
    /// So many more, or fewer where it is negative, if nobody has written since this edition.
    Add { pieces: i64, edition: i64 },
    /// So many, if nothing was sold or changed since this revision.
    Set { pieces: i64, revision: i64 },
}

/// A merchant's right to a brand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Licence {
    pub brand: Brand,
    pub number: String,
    /// The last day.
    pub valid_to: String,
    pub standing: Standing,
    /// Until the last day; negative once it is over.
    pub days_left: i64,
}
fields!(Licence: brand, number, valid_to, standing, days_left);

/// Answer of `GET /licences`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Licences {
    pub items: Vec<Licence>,
}
fields!(Licences: items);

/// Body of `POST /licences`. A renewed licence takes the place of the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewLicence {
    pub brand: Brand,
    pub number: String,
    /// `2027-12-31`.
    pub valid_to: String,
}

/// What a spreadsheet of goods would change. Nothing is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct GoodsPreview {
    pub changed: Vec<ChangedRow>,
    /// Rows that are as they were.
    pub unchanged: i64,
    /// While there is any, nothing can be applied.
    pub problems: Vec<RowProblem>,
    /// Names exactly these changes; to be sent with the same file to apply them.
    pub digest: String,
}
fields!(GoodsPreview: changed, unchanged, problems, digest);

/// A row that changes a product, or makes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct ChangedRow {
    /// As the program that shows the file counts.
    pub row: i64,
    pub name: String,
    /// It becomes a draft.
    pub new: bool,
    pub fields: Vec<ChangedField>,
}
fields!(ChangedRow: row, name, new, fields);

/// One cell that differs, in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct ChangedField {
    pub field: Field,
    pub before: String,
    pub after: String,
}
fields!(ChangedField: field, before, after);

/// What is wrong with a row, or with one of its cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct RowProblem {
    pub row: i64,
    pub field: Option<Field>,
    pub sentence: String,
}
fields!(RowProblem: row, field, sentence);

/// What came of a spreadsheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct GoodsApplied {
    pub changed: i64,
    pub added: i64,
}
fields!(GoodsApplied: changed, added);
