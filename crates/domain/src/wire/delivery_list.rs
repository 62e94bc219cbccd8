//! A list of people as it was read from a spreadsheet, on its way to being recipients or members.

use serde::{Deserialize, Serialize};

use crate::delivery_list::Column;
use crate::fields;
use crate::sheet::Origin;

/// One person as the file has them: texts, however wrong. Columns that the file does not have are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ListRow {
    /// In the file, counted from 1.
    pub row: i64,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub department: String,
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub address: String,
    /// How many sets the person gets; 1 where nothing is written.
    #[serde(default)]
    pub sets: String,
    #[serde(default)]
    pub bundle: String,
    /// Whether this is who is called at the address.
    #[serde(default)]
    pub contact: String,
    #[serde(default)]
    pub note: String,
    /// Cells that were not simply written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<CellOrigin>,
}
fields!(ListRow: row, name, department, phone, address, sets, bundle, contact, note, origins);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CellOrigin {
    pub column: Column,
    pub origin: Origin,
}
fields!(CellOrigin: column, origin);

/// Answer of `POST /delivery-lists/preview`: nothing is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct ListPreview {
    /// The sheet the list stands on; empty for a text file.
    pub sheet: String,
    /// Where its header stands, counted from 1.
    pub header_row: i64,
    /// The columns that were recognised.
    pub columns: Vec<Column>,
    pub rows: Vec<ListRow>,
    /// Everything wrong, row by row.
    pub errors: Vec<CellProblem>,
    /// What is worth a look and does not keep a row out.
    pub warnings: Vec<CellProblem>,
    /// Of the rows without errors.
    pub points: Vec<ListPoint>,
    /// Rows below the header that name nobody, such as sums and signatures.
    pub left_out: Vec<i64>,
    /// Cells with a formula, whose last result was taken.
    pub computed: i64,
}
fields!(ListPreview: sheet, header_row, columns, rows, errors, warnings, points, left_out, computed);

/// What is wrong with a cell, in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct CellProblem {
    pub row: i64,
    pub column: Column,
    pub sentence: String,
}
fields!(CellProblem: row, column, sentence);

/// An address, and how much goes there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct ListPoint {
    pub address: String,
    pub contact: String,
    pub phone: String,
    pub people: i64,
    pub sets: i64,
}
fields!(ListPoint: address, contact, phone, people, sets);

/// Body of `POST /delivery-lists/marked`: the rows as they stand now.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ListRows {
    pub rows: Vec<ListRow>,
    /// The names a row may write for its bundle; none where there are no bundles.
    #[serde(default)]
    pub bundles: Vec<String>,
}
