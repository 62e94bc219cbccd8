//! Gift bundles.

use serde::{Deserialize, Serialize};

use super::ProductCard;
use crate::id::ProductId;
use crate::occasion::Occasion;
use crate::{Money, fields};

/// Body of `POST /bundles/proposals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WantedBundles {
    pub occasion: Occasion,
    pub head_count: i64,
    pub per_head_budget_fen: i64,
}

/// Its answer: at most three bundles, the best first, no two of which share a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct BundleProposals {
    pub items: Vec<ProposedBundle>,
    /// The festival they are for; none for visits, which have no day.
    pub day: Option<String>,
    /// Everything that is proposed.
    pub goods: Vec<BundleGoods>,
}
fields!(BundleProposals: items, day, goods);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct ProposedBundle {
    pub lines: Vec<ProposedLine>,
    pub per_head_fen: Money,
}
fields!(ProposedBundle: lines, per_head_fen);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct ProposedLine {
    pub product_id: ProductId,
    /// Pieces in one set.
    pub quantity: i64,
    /// At the quantity for everybody.
    pub unit_price_fen: Money,
}
fields!(ProposedLine: product_id, quantity, unit_price_fen);

/// Goods as a bundle needs to know them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct BundleGoods {
    pub card: ProductCard,
    pub on_sale: bool,
    /// In season at the festival, keeps until it, and can still be ordered in time. Without a festival: in season now.
    pub fits: bool,
}
fields!(BundleGoods: card, on_sale, fits);

/// Answer of `GET /bundles/{occasion}`: the bundles a union is choosing among.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct BundlePlan {
    pub occasion: Occasion,
    /// 0 while nothing is kept.
    pub revision: i64,
    /// None while nothing is kept.
    pub per_head_fen: Option<Money>,
    pub bundles: Vec<Bundle>,
    /// Everything that is in them, or was asked for beside.
    pub goods: Vec<BundleGoods>,
    pub day: Option<String>,
    pub updated_at_ms: Option<i64>,
}
fields!(BundlePlan: occasion, revision, per_head_fen, bundles, goods, day, updated_at_ms);

/// Body of `PUT /bundles/{occasion}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewBundlePlan {
    /// The one that was read: what another has changed meanwhile is not overwritten.
    pub revision: i64,
    pub per_head_fen: Money,
    pub bundles: Vec<Bundle>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    pub name: String,
    /// How many people have chosen it.
    pub head_count: i64,
    pub lines: Vec<BundleLine>,
}
fields!(Bundle: name, head_count, lines);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BundleLine {
    pub product_id: ProductId,
    /// Pieces in one set.
    pub quantity: i64,
}
fields!(BundleLine: product_id, quantity);
