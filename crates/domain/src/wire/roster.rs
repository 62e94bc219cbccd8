//! A union's members as they were on a day.

use serde::{Deserialize, Serialize};

use super::ListRow;
use crate::fields;
use crate::id::RosterId;

/// Body of `POST /rosters`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRoster {
    /// UUIDv7, made by whoever keeps it. Sending it again is the same roster.
    pub id: RosterId,
    /// The cut-off day.
    pub as_of: String,
    /// As a preview for the purpose `roster` gave them, 5,000 at most.
    pub rows: Vec<ListRow>,
}

/// Answer of `GET /rosters`: the latest day first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Rosters {
    pub items: Vec<RosterSummary>,
}
fields!(Rosters: items);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct RosterSummary {
    pub id: RosterId,
    pub as_of: String,
    pub people: i64,
    pub kept_at_ms: i64,
}
fields!(RosterSummary: id, as_of, people, kept_at_ms);

/// Answer of `GET /rosters/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Roster {
    pub summary: RosterSummary,
    pub members: Vec<Member>,
}
fields!(Roster: summary, members);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Member {
    pub name: String,
    pub department: String,
    /// Masked; none where it is not known, or once it has been purged.
    pub phone: Option<String>,
    pub address: Option<String>,
}
fields!(Member: name, department, phone, address);
