//! Who may do what: one table of role × act × whose thing.
//!
//! The server asks it at every endpoint; the app asks it to show only what is possible. The turn of an order is another
//! question and stands in [`crate::order_life`].

use crate::code::coded;
use crate::id::{AccountId, OrganisationId};
use crate::order_life::Action;
use crate::organisation::{Actor, Role};
use crate::region::DistrictId;
use crate::{Code, Refusal};

coded! {
    pub enum Act {
        PlaceOrder = "place_order" "下采购单",
        SeeOrder = "see_order" "看采购单",
        SubmitOrder = "submit_order" "提交采购单",
        ApproveOrder = "approve_order" "批准采购单",
        SendBackOrder = "send_back_order" "退回采购单",
        ConfirmOrder = "confirm_order" "确认接单",
        ShipOrder = "ship_order" "发货",
        AcceptOrder = "accept_order" "验收",
        CancelOrder = "cancel_order" "取消采购单",
        SeeSales = "see_sales" "看销售台账",
        ReverseSale = "reverse_sale" "冲销台账",
    }
}

/// How the thing stands to the person: a union's own order, a merchant's own order, a district's own sales.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Own,
    Anothers,
}

/// The table. What it does not list is not allowed.
pub fn may(role: Role, act: Act, whose: Whose) -> bool {
    use Act::*;
    use Role::*;
    match (role, whose) {
        (UnionOfficer, Whose::Own) => matches!(act, PlaceOrder | SeeOrder | SubmitOrder | AcceptOrder | CancelOrder),
        (UnionChair, Whose::Own) => matches!(act, SeeOrder | ApproveOrder | SendBackOrder),
        (Merchant, Whose::Own) => matches!(act, SeeOrder | ConfirmOrder | ShipOrder | CancelOrder),
        (DistrictCoordinator, Whose::Own) => matches!(act, SeeOrder | SeeSales),
        (CityCoordinator, _) => matches!(act, SeeOrder | SeeSales | ReverseSale),
        (UnionOfficer | UnionChair | Merchant | DistrictCoordinator, Whose::Anothers) => false,
    }
}

/// The act that an order's action is.
pub fn act_of(action: Action) -> Act {
    match action {
        Action::Submit => Act::SubmitOrder,
        Action::Approve => Act::ApproveOrder,
        Action::SendBack => Act::SendBackOrder,
        Action::Confirm => Act::ConfirmOrder,
        Action::Ship => Act::ShipOrder,
        Action::Accept => Act::AcceptOrder,
        Action::Cancel => Act::CancelOrder,
    }
}

/// The parties of an order, as far as ownership goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parties {
    pub buyer: OrganisationId,
    pub buyer_district: DistrictId,
    pub merchant: OrganisationId,
    /// The account that submitted the order last, once it has been submitted.
    pub submitter: Option<AccountId>,
    /// The union's chair has approved it, whatever became of it since.
    pub approved: bool,
}

/// Whose order it is, seen from `actor`.
pub fn whose_order(actor: &Actor, parties: &Parties) -> Whose {
    let own = match actor.role {
        Role::UnionOfficer | Role::UnionChair => actor.organisation == parties.buyer,
        // What the union has not approved is not yet an order to its merchant.
        Role::Merchant => actor.organisation == parties.merchant && parties.approved,
        Role::DistrictCoordinator => actor.district.as_ref() == Some(&parties.buyer_district),
        Role::CityCoordinator => true,
    };
    if own { Whose::Own } else { Whose::Anothers }
}

/// Whose figures they are: a district office owns its district's, the city all. `None` asks for the whole city.
pub fn whose_sales(actor: &Actor, district: Option<&DistrictId>) -> Whose {
    let own = match actor.role {
        Role::CityCoordinator => true,
        Role::DistrictCoordinator => district.is_some() && actor.district.as_ref() == district,
        Role::UnionOfficer | Role::UnionChair | Role::Merchant => false,
    };
    if own { Whose::Own } else { Whose::Anothers }
}

/// Whether `actor` may act on this order, its turn aside.
///
/// # Errors
/// [`Code::NotFound`] for an order the person may not even see, so that its existence is not given away;
/// [`Code::NotAllowed`] for one they see but may not act on; [`Code::SamePerson`] for one's own submission.
pub fn check_order(actor: &Actor, act: Act, parties: &Parties) -> Result<(), Refusal> {
    let whose = whose_order(actor, parties);
    if !may(actor.role, Act::SeeOrder, whose) {
        return Err(Refusal::new(Code::NotFound, "找不到这张采购单，请从“采购单”里打开"));
    }
    if !may(actor.role, act, whose) {
        return Err(Refusal::new(Code::NotAllowed, format!("{}不能{}", actor.role.zh(), act.zh())));
    }
    if act == Act::ApproveOrder && parties.submitter == Some(actor.account) {
        return Err(Refusal::new(Code::SamePerson, "提交人不能审批自己提交的采购单，请工会主席用自己的账号审批"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn organisation(n: u128) -> OrganisationId {
        OrganisationId(Uuid::from_u128(n))
    }

    fn actor(role: Role, organisation_number: u128, district: Option<&str>) -> Actor {
        Actor {
            account: AccountId(Uuid::from_u128(99)),
            role,
            organisation: organisation(organisation_number),
            district: district.map(DistrictId::new),
        }
    }

    fn parties() -> Parties {
        Parties {
            buyer: organisation(1),
            buyer_district: DistrictId::new("zhenhai"),
            merchant: organisation(2),
            submitter: Some(AccountId(Uuid::from_u128(7))),
            approved: true,
        }
    }

    #[track_caller]
    fn check(actor: &Actor, act: Act, expected: Option<Code>) {
        let answer = check_order(actor, act, &parties()).err().map(|refusal| refusal.code);
        assert_eq!(answer, expected, "{} {}", actor.role.code(), act.code());
    }

    #[test]
    fn everybody_keeps_to_their_part_of_an_order() {
        let officer = actor(Role::UnionOfficer, 1, Some("zhenhai"));
        check(&officer, Act::AcceptOrder, None);
        check(&officer, Act::ApproveOrder, Some(Code::NotAllowed));
        check(&officer, Act::ShipOrder, Some(Code::NotAllowed));
        let chair = actor(Role::UnionChair, 1, Some("zhenhai"));
        check(&chair, Act::ApproveOrder, None);
        check(&chair, Act::AcceptOrder, Some(Code::NotAllowed));
        let merchant = actor(Role::Merchant, 2, None);
        check(&merchant, Act::ConfirmOrder, None);
        check(&merchant, Act::AcceptOrder, Some(Code::NotAllowed));
    }

    #[test]
    fn another_unions_order_is_not_even_there() {
        check(&actor(Role::UnionOfficer, 3, Some("zhenhai")), Act::AcceptOrder, Some(Code::NotFound));
        check(&actor(Role::UnionChair, 3, Some("zhenhai")), Act::ApproveOrder, Some(Code::NotFound));
        check(&actor(Role::Merchant, 3, None), Act::ShipOrder, Some(Code::NotFound));
        check(&actor(Role::DistrictCoordinator, 3, Some("yinzhou")), Act::SeeOrder, Some(Code::NotFound));
    }

    #[test]
    fn a_merchant_does_not_see_what_is_not_approved() {
        let merchant = actor(Role::Merchant, 2, None);
        for (approved, code) in [(false, Some(Code::NotFound)), (true, None)] {
            let parties = Parties { approved, ..parties() };
            assert_eq!(check_order(&merchant, Act::ConfirmOrder, &parties).err().map(|refusal| refusal.code), code);
        }
    }

    #[test]
    fn nobody_approves_what_they_submitted() {
        let mut chair = actor(Role::UnionChair, 1, Some("zhenhai"));
        chair.account = AccountId(Uuid::from_u128(7));
        check(&chair, Act::ApproveOrder, Some(Code::SamePerson));
    }

    #[test]
    fn a_district_sees_its_own_figures_and_the_city_all() {
        let zhenhai = DistrictId::new("zhenhai");
        let district = actor(Role::DistrictCoordinator, 4, Some("zhenhai"));
        let sees = |actor: &Actor, of: Option<&DistrictId>| may(actor.role, Act::SeeSales, whose_sales(actor, of));
        assert!(sees(&district, Some(&zhenhai)));
        assert!(!sees(&district, Some(&DistrictId::new("haishu"))));
        assert!(!sees(&district, None), "the whole city is not one's own district");
        assert!(sees(&actor(Role::CityCoordinator, 5, None), None));
        assert!(!sees(&actor(Role::UnionOfficer, 1, Some("zhenhai")), Some(&zhenhai)));
    }

    #[test]
    fn only_the_city_reverses_a_sale() {
        for role in Role::ALL {
            assert_eq!(may(*role, Act::ReverseSale, Whose::Own), *role == Role::CityCoordinator);
        }
    }
}
