//! What the tests of the form are made of.

use domain::id::{AccountId, OrganisationId, ProductId};
use domain::organisation::Role;
use domain::product::{Category, PriceBreak, PriceLadder, SeasonMonths};
use domain::region::Prefecture;
use domain::wire::{Named, ProductCard, Session};
use domain::{Money, Quantity};
use uuid::Uuid;

pub fn product_id(n: u128) -> ProductId {
    ProductId(Uuid::from_u128(n))
}

/// A bag of rice for 10 yuan.
pub fn card(product: u128, merchant: u128) -> ProductCard {
    let ladder = vec![PriceBreak { from_quantity: Quantity::ONE, unit_price_fen: Money::from_yuan(10) }];
    ProductCard {
        id: product_id(product),
        name: format!("示例米{product}"),
        spec: "5kg/袋".to_owned(),
        unit: "袋".to_owned(),
        brand: None,
        county: "qingtian".to_owned(),
        county_short: "青田".to_owned(),
        prefecture: Prefecture::Lishui,
        category: Category::GrainOil,
        photo: None,
        certification_kind: None,
        ladder: PriceLadder::new(ladder).expect("one step"),
        minimum_order: Quantity::ONE,
        available: Quantity::new(1_000).expect("small"),
        season_months: SeasonMonths::from_bits(0x0FFF),
        cold_chain: false,
        union_gift_ok: true,
        merchant: Named { id: OrganisationId(Uuid::from_u128(merchant)), name: format!("示例商户{merchant}") },
    }
}

/// The officer of a union of 286.
pub fn session() -> Session {
    Session {
        account_id: AccountId(Uuid::from_u128(1)),
        name: "示例".to_owned(),
        role: Role::UnionOfficer,
        organisation: Named { id: OrganisationId(Uuid::from_u128(2)), name: "镇海区示例单位工会".to_owned() },
        district: None,
        members: Some(286),
        address: "宁波市镇海区示例路1号".to_owned(),
        phone: "13800000001".to_owned(),
    }
}
