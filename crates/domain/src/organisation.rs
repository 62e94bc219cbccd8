//! Who takes part: unions that buy, merchants that sell, offices that coordinate, and the people who act for them.

use uuid::Uuid;

use crate::code::coded;
use crate::id::{AccountId, OrganisationId};
use crate::language::Language;
use crate::region::DistrictId;

coded! {
    pub enum OrganisationKind {
        Union = "union" "工会" "Union",
        Merchant = "merchant" "商户" "Merchant",
        Coordinator = "coordinator" "支援合作局" "Coordination office",
        Operator = "operator" "平台运营" "Operator",
        /// A fair, a shop, a street or another platform whose sales are reported.
        Outlet = "outlet" "线下销售点" "Point of sale",
        /// The one organisation that stands for all who have no place here; see [`OUTSIDERS`].
        Outside = "outside" "平台外单位" "Outside the platform",
        /// The one organisation that all private buyers belong to; see [`PRIVATE_BUYERS`].
        Person = "person" "个人买家" "Private buyers",
    }
}

/// The organisation of everybody who buys for themselves, made by migration 0005. Ledger and lists name it as the buyer, so
/// that no coordinator ever reads a person's name.
pub const PRIVATE_BUYERS: OrganisationId = OrganisationId(Uuid::from_u128(0x019b_8bab_06ff_7000_8000_0000_0000_0001));

/// The organisation of every seller and buyer of a report that has no place in the market, made by migration 0013. The ledger
/// names it; the report says who it was.
pub const OUTSIDERS: OrganisationId = OrganisationId(Uuid::from_u128(0x019b_8bab_06ff_7000_8000_0000_0000_0002));

/// An organisation's name as a reader sees it: those that stand for many are words of ours, all others bear their own.
pub fn name_told(id: OrganisationId, name: String, reader: Language) -> String {
    match id {
        PRIVATE_BUYERS => OrganisationKind::Person.word(reader).to_owned(),
        OUTSIDERS => OrganisationKind::Outside.word(reader).to_owned(),
        _ => name,
    }
}

coded! {
    /// What a signed-in person does here. One account has one role in one organisation.
    pub enum Role {
        UnionOfficer = "union_officer" "工会经办人" "Union officer",
        UnionChair = "union_chair" "工会主席" "Union chair",
        Merchant = "merchant" "商户" "Merchant",
        CityCoordinator = "city_coordinator" "市级统筹员" "City coordinator",
        DistrictCoordinator = "district_coordinator" "区县统筹员" "District coordinator",
        Buyer = "buyer" "市民" "Buyer",
        Operator = "operator" "平台运营" "Operator",
        /// The clerk of a fair, a shop, a street or another platform.
        Reporter = "reporter" "登记员" "Reporter",
    }
}

impl Role {
    /// The kind of organisation that may hold accounts of this role.
    pub fn belongs_to(self) -> OrganisationKind {
        match self {
            Role::UnionOfficer | Role::UnionChair => OrganisationKind::Union,
            Role::Merchant => OrganisationKind::Merchant,
            Role::CityCoordinator | Role::DistrictCoordinator => OrganisationKind::Coordinator,
            Role::Buyer => OrganisationKind::Person,
            Role::Operator => OrganisationKind::Operator,
            Role::Reporter => OrganisationKind::Outlet,
        }
    }
}

/// The signed-in person, as the rules need to know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub account: AccountId,
    pub role: Role,
    pub organisation: OrganisationId,
    /// A union's or district office's district; none for the city's office, for merchants and for buyers.
    pub district: Option<DistrictId>,
}
