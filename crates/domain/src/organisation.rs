//! Who takes part: unions that buy, merchants that sell, offices that coordinate, and the people who act for them.

use crate::code::coded;
use crate::id::{AccountId, OrganisationId};
use crate::region::DistrictId;

coded! {
    pub enum OrganisationKind {
        Union = "union" "工会" "Union",
        Merchant = "merchant" "商户" "Merchant",
        Coordinator = "coordinator" "支援合作局" "Coordination office",
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
    }
}

impl Role {
    /// The kind of organisation that may hold accounts of this role.
    pub fn belongs_to(self) -> OrganisationKind {
        match self {
            Role::UnionOfficer | Role::UnionChair => OrganisationKind::Union,
            Role::Merchant => OrganisationKind::Merchant,
            Role::CityCoordinator | Role::DistrictCoordinator => OrganisationKind::Coordinator,
        }
    }
}

/// The signed-in person, as the rules need to know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub account: AccountId,
    pub role: Role,
    pub organisation: OrganisationId,
    /// A union's or district office's district; none for the city's office and for merchants.
    pub district: Option<DistrictId>,
}
