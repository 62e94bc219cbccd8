//! Papers of an order, as plain data: the page that is printed and the workbook are drawn from the same.

use serde::{Deserialize, Serialize};

use crate::attachment::AttachmentKind;
use crate::code::coded;
use crate::paper::{CellKind, PaperKind};
use crate::{Money, fields};

/// Answer of `GET /orders/{id}/papers`: what the file of an order is made of, as far as the reader may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Papers {
    /// The order's.
    pub number: String,
    pub items: Vec<PaperItem>,
    /// Whether the reader may have all of them as one file.
    pub packet: bool,
}
fields!(Papers: number, items, packet);

/// A paper made of the order, or a kind of file that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PaperItem {
    pub name: String,
    /// One of the two.
    pub paper: Option<PaperKind>,
    pub attachment: Option<AttachmentKind>,
    pub status: PaperStatus,
    /// What is missing or may still change, as a sentence.
    pub said: Option<String>,
    /// How many there are: 1 of a paper that can be had, of files as many as were brought.
    pub count: i64,
}
fields!(PaperItem: name, paper, attachment, status, said, count);

coded! {
    pub enum PaperStatus {
        Complete = "complete" "齐全" "Complete",
        /// It can be had, and what it says may still change.
        Open = "open" "还会变" "May still change",
        Missing = "missing" "缺" "Missing",
        NotNeeded = "not_needed" "不需要" "Not needed",
    }
}

/// Answer of `GET /orders/{id}/papers/{paper}`. Papers are in Chinese whatever their reader reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Paper {
    pub kind: PaperKind,
    pub title: String,
    /// The order's.
    pub number: String,
    /// 2026年11月27日.
    pub date: String,
    /// Below the title.
    pub marks: Vec<PaperField>,
    /// Stands in a frame beside the marks.
    pub stamp: Option<String>,
    pub parties: Vec<PaperParty>,
    /// All with the same columns.
    pub tables: Vec<PaperTable>,
    /// Numbered clauses.
    pub terms: Vec<PaperField>,
    pub signers: Vec<PaperSigner>,
    /// Each begins a page, or is a sheet of its own.
    pub annexes: Vec<PaperTable>,
    pub foot: String,
}
fields!(Paper: kind, title, number, date, marks, stamp, parties, tables, terms, signers, annexes, foot);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PaperField {
    pub label: String,
    /// Empty where it is filled in by hand.
    pub text: String,
}
fields!(PaperField: label, text);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PaperParty {
    pub caption: String,
    pub fields: Vec<PaperField>,
}
fields!(PaperParty: caption, fields);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PaperTable {
    pub caption: Option<String>,
    /// Below the caption.
    pub notes: Vec<String>,
    /// The code whose square opens the acceptance of a point.
    pub square: Option<String>,
    pub columns: Vec<PaperColumn>,
    /// Each as many cells as there are columns. Of counts and amounts a cell is the whole number, of fen; empty where nothing is
    /// known.
    pub rows: Vec<Vec<String>>,
    pub feet: Vec<PaperFoot>,
}
fields!(PaperTable: caption, notes, square, columns, rows, feet);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PaperColumn {
    pub title: String,
    pub kind: CellKind,
    /// In half-width characters.
    pub width: i64,
}
fields!(PaperColumn: title, kind, width);

/// A row below the others, with an amount in the last column of amounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PaperFoot {
    pub label: String,
    /// The amount in Chinese capitals, on the line of a total.
    pub capitals: Option<String>,
    /// Pieces, where they are summed too.
    pub count: Option<i64>,
    pub amount_fen: Money,
    /// Whether it is the sum of the rows of its table.
    pub is_sum: bool,
}
fields!(PaperFoot: label, capitals, count, amount_fen, is_sum);

/// Room for one side's signatures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PaperSigner {
    pub side: String,
    pub places: Vec<String>,
    pub seal: bool,
}
fields!(PaperSigner: side, places, seal);
