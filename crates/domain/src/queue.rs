//! What waits for whom: in which queue an order stands, seen from a role.
//!
//! The whole law is one `match` over what is known of an order. Lists, counts and the home pages ask it; the store reads the
//! facts and never decides.

use crate::code::coded;
use crate::order_life::{Action, State};
use crate::organisation::Role;

coded! {
    /// Orders that wait for the same thing. One order stands in one queue of a role at most.
    pub enum Queue {
        ToApprove = "to_approve" "待审批" "To approve",
        SentBack = "sent_back" "退回待改" "Sent back",
        ToConfirm = "to_confirm" "待接单" "To confirm",
        ToShip = "to_ship" "待发货" "To ship",
        ToAccept = "to_accept" "待验收" "To accept",
        /// Accepted, and without an invoice that equals what was accepted.
        ToInvoice = "to_invoice" "待开票" "To invoice",
        /// The merchant is to issue another; the union waits.
        InvoiceDiffers = "invoice_differs" "发票不符" "Invoice differs",
        ToPay = "to_pay" "待付款" "To pay",
        /// The buyer is to pay; the merchant waits.
        ToBePaid = "to_be_paid" "待收款" "To be paid",
    }
}

coded! {
    /// How the invoice of an accepted order stands to what was accepted and not returned.
    pub enum InvoiceState {
        Missing = "missing" "未开票" "Not invoiced",
        /// Nothing was kept, so that there is nothing to invoice.
        Nothing = "nothing" "不用开票" "Nothing to invoice",
        Differs = "differs" "与验收不符" "Differs",
        Right = "right" "与验收一致" "Right",
    }
}

/// What decides in which queue an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Facts {
    pub state: State,
    /// Of a union, and not of a person.
    pub union: bool,
    /// Something that was confirmed has neither been shipped nor given up.
    pub to_ship: bool,
    /// A point has all that comes to it and has not been counted.
    pub to_count: bool,
    /// Of a union's order; it counts once the order is accepted.
    pub invoice: InvoiceState,
    /// A person's payment is recorded.
    pub paid: bool,
}

impl Facts {
    /// All there can be.
    pub fn all() -> impl Iterator<Item = Facts> {
        let both = [false, true];
        State::ALL.iter().flat_map(move |state| {
            InvoiceState::ALL.iter().flat_map(move |invoice| {
                (0..16_usize).map(move |bits| {
                    let bit = |place: usize| both[bits >> place & 1];
                    let (union, to_ship, to_count, paid) = (bit(0), bit(1), bit(2), bit(3));
                    Facts { state: *state, union, to_ship, to_count, invoice: *invoice, paid }
                })
            })
        })
    }

    /// One text for all of them, as the store puts it together: `shipped/missing/union/to_ship//`.
    pub fn code(self) -> String {
        let word = |is: bool, word: &'static str| if is { word } else { "" };
        format!(
            "{}/{}/{}/{}/{}/{}",
            self.state.code(),
            self.invoice.code(),
            word(self.union, "union"),
            word(self.to_ship, "to_ship"),
            word(self.to_count, "to_count"),
            word(self.paid, "paid")
        )
    }
}

impl Queue {
    /// In which queue of this role an order stands.
    pub fn of(role: Role, order: &Facts) -> Option<Queue> {
        use InvoiceState::{Differs, Missing, Nothing, Right};
        match (role, order.state) {
            (Role::UnionChair, State::Submitted) => Some(Queue::ToApprove),
            (Role::UnionOfficer, State::Draft) => Some(Queue::SentBack),
            (Role::Merchant, State::Approved) => Some(Queue::ToConfirm),
            (Role::Merchant, State::Confirmed | State::Shipped) if order.to_ship => Some(Queue::ToShip),
            (Role::UnionOfficer | Role::Buyer, State::Shipped) if order.to_count => Some(Queue::ToAccept),
            (Role::Merchant, State::Accepted) => match (order.union, order.invoice) {
                (true, Missing | Differs) => Some(Queue::ToInvoice),
                (true, Right) => Some(Queue::ToBePaid),
                (false, _) if !order.paid => Some(Queue::ToBePaid),
                (true, Nothing) | (false, _) => None,
            },
            (Role::UnionOfficer, State::Accepted) => match order.invoice {
                Differs => Some(Queue::InvoiceDiffers),
                Right => Some(Queue::ToPay),
                Missing | Nothing => None,
            },
            _ => None,
        }
    }

    /// The queues of a role, the most urgent first: what keeps others waiting stands before what waits for others.
    pub fn of_role(role: Role) -> &'static [Queue] {
        match role {
            Role::UnionOfficer => &[Queue::SentBack, Queue::ToAccept, Queue::ToPay, Queue::InvoiceDiffers],
            Role::UnionChair => &[Queue::ToApprove],
            Role::Merchant => &[Queue::ToConfirm, Queue::ToShip, Queue::ToInvoice, Queue::ToBePaid],
            Role::Buyer => &[Queue::ToAccept],
            Role::CityCoordinator | Role::DistrictCoordinator | Role::Operator | Role::Reporter => &[],
        }
    }

    /// What its orders wait for; none where it is somebody else's turn.
    pub fn action(self) -> Option<Action> {
        match self {
            Queue::ToApprove => Some(Action::Approve),
            Queue::SentBack => Some(Action::Submit),
            Queue::ToConfirm => Some(Action::Confirm),
            Queue::ToShip => Some(Action::Ship),
            Queue::ToAccept => Some(Action::Accept),
            Queue::ToInvoice => Some(Action::Invoice),
            Queue::ToPay => Some(Action::Transfer),
            Queue::InvoiceDiffers | Queue::ToBePaid => None,
        }
    }
}

/// A product on sale of which fewer than so many smallest orders are left is running out.
const LOW_ORDERS: i64 = 10;

/// Whether little is left of a product; both are pieces.
pub fn is_low(available: i64, minimum_order: i64) -> bool {
    available < minimum_order.saturating_mul(LOW_ORDERS)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::permission::{Whose, act_of, may};

    #[test]
    fn what_an_order_waits_for_is_its_turn_and_the_readers_to_do() {
        for role in Role::ALL {
            for facts in Facts::all() {
                let Some(queue) = Queue::of(*role, &facts) else { continue };
                let Some(action) = queue.action() else { continue };
                assert!(facts.state.takes(action), "{} {}", queue.code(), facts.code());
                assert!(may(Some(*role), act_of(action), Whose::Own), "{} {}", role.code(), queue.code());
            }
        }
    }

    #[test]
    fn every_queue_of_a_role_can_hold_something_and_no_other_can() {
        for role in Role::ALL {
            let found: HashSet<Queue> = Facts::all().filter_map(|facts| Queue::of(*role, &facts)).collect();
            assert_eq!(found, Queue::of_role(*role).iter().copied().collect(), "{}", role.code());
        }
    }

    #[test]
    fn no_two_orders_that_stand_differently_have_the_same_code() {
        let codes: HashSet<String> = Facts::all().map(Facts::code).collect();
        assert_eq!(codes.len(), Facts::all().count());
    }

    #[test]
    fn an_order_that_is_on_its_way_waits_for_nobody() {
        let facts = Facts {
            state: State::Shipped,
            union: true,
            to_ship: false,
            to_count: false,
            invoice: InvoiceState::Missing,
            paid: false,
        };
        assert!(Role::ALL.iter().all(|role| Queue::of(*role, &facts).is_none()));
        // The first of two points has its goods, the second waits for them: both sides have something to do.
        let parted = Facts { to_ship: true, to_count: true, ..facts };
        let waits = [Role::Merchant, Role::UnionOfficer].map(|role| Queue::of(role, &parted));
        assert_eq!(waits, [Some(Queue::ToShip), Some(Queue::ToAccept)]);
    }

    #[test]
    fn little_is_left_below_ten_smallest_orders() {
        assert!(is_low(0, 1) && is_low(9, 1) && is_low(99, 10));
        assert!(!is_low(10, 1) && !is_low(100, 10));
    }

    #[test]
    fn money_waits_for_one_side_at_a_time() {
        let accepted = |invoice| Facts {
            state: State::Accepted,
            union: true,
            to_ship: false,
            to_count: false,
            invoice,
            paid: false,
        };
        let waits = |invoice| {
            [Role::Merchant, Role::UnionOfficer].map(|role| Queue::of(role, &accepted(invoice)).map(Queue::code))
        };
        assert_eq!(waits(InvoiceState::Missing), [Some("to_invoice"), None]);
        assert_eq!(waits(InvoiceState::Differs), [Some("to_invoice"), Some("invoice_differs")]);
        assert_eq!(waits(InvoiceState::Right), [Some("to_be_paid"), Some("to_pay")]);
        assert_eq!(waits(InvoiceState::Nothing), [None, None]);
        let person = Facts { union: false, ..accepted(InvoiceState::Missing) };
        assert_eq!(Queue::of(Role::Merchant, &person), Some(Queue::ToBePaid));
        assert_eq!(Queue::of(Role::Merchant, &Facts { paid: true, ..person }), None);
    }
}
