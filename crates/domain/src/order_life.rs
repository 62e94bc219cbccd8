//! The life of an order: the whole law is one `match`.
//!
//! The server obeys it, the browser draws its buttons from it, and nothing sets a state in any other way.

use crate::channel::Channel;
use crate::code::coded;
use crate::language::{Language, Say};
use crate::{Code, Refusal};

coded! {
    pub enum State {
        /// Drafts are kept in the browser; one the server holds was sent back by the chair.
        Draft = "draft" "退回待改" "Sent back",
        Submitted = "submitted" "待审批" "Awaiting approval",
        Approved = "approved" "已批准" "Approved",
        Confirmed = "confirmed" "已接单" "Confirmed",
        Shipped = "shipped" "已发货" "Shipped",
        Accepted = "accepted" "已验收" "Accepted",
        /// An invoice that equals the goods and a bank transfer that equals the invoice are recorded.
        Settled = "settled" "已结算" "Settled",
        Cancelled = "cancelled" "已取消" "Cancelled",
    }
}

coded! {
    pub enum Action {
        Submit = "submit" "提交审批" "Submit",
        Approve = "approve" "批准" "Approve",
        SendBack = "send_back" "退回" "Send back",
        Confirm = "confirm" "确认接单" "Confirm",
        Ship = "ship" "发货" "Ship",
        Accept = "accept" "验收" "Accept",
        /// What was confirmed and has not been shipped will not come any more.
        Close = "close" "余货不再送" "Close the rest",
        Return = "return" "退货" "Return goods",
        Invoice = "invoice" "登记发票" "Record an invoice",
        Transfer = "transfer" "登记转账" "Record a transfer",
        Cancel = "cancel" "取消" "Cancel",
    }
}

/// Whether anything of an order is still to be shipped or counted once the act is done. Only goods are meant, not money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    Something,
    Nothing,
}

impl Left {
    pub const BOTH: [Left; 2] = [Left::Something, Left::Nothing];
}

impl State {
    /// Where an order stands once it is placed. A union's waits for its chair; what a person buys needs nobody's approval.
    pub fn first(channel: Channel) -> State {
        match channel {
            Channel::UnionProcurement => State::Submitted,
            Channel::OnlinePlatform | Channel::AssistanceStreet | Channel::SpecialtyStore | Channel::Fair => {
                State::Approved
            }
        }
    }

    /// The state after `action`, which leaves something of the order to do or nothing; or the sentence why it is not its
    /// turn. An order is accepted once every point that goods were shipped to has been counted and nothing confirmed is
    /// outstanding.
    ///
    /// # Errors
    /// [`OutOfTurn`] for everything the table does not list.
    pub fn after(self, action: Action, left: Left) -> Result<State, OutOfTurn> {
        use State::*;
        match (self, action, left) {
            (Draft, Action::Submit, _) => Ok(Submitted),
            (Submitted, Action::Approve, _) => Ok(Approved),
            (Submitted, Action::SendBack, _) => Ok(Draft),
            (Approved, Action::Confirm, _) => Ok(Confirmed),
            (Confirmed | Shipped, Action::Ship, _) => Ok(Shipped),
            (Shipped, Action::Accept | Action::Close, Left::Something) => Ok(Shipped),
            (Shipped, Action::Accept | Action::Close, Left::Nothing) => Ok(Accepted),
            (Accepted, Action::Return | Action::Invoice, _) => Ok(Accepted),
            (Accepted, Action::Transfer, _) => Ok(Settled),
            (Settled, Action::Return, _) => Ok(Settled),
            (Draft | Submitted | Approved | Confirmed, Action::Cancel, _) => Ok(Cancelled),
            (state, action, _) => Err(OutOfTurn { state, action }),
        }
    }

    /// Whether it is the action's turn, whatever it leaves.
    pub fn takes(self, action: Action) -> bool {
        Left::BOTH.into_iter().any(|left| self.after(action, left).is_ok())
    }

    /// What may happen next, in the order the buttons stand.
    pub fn actions(self) -> impl Iterator<Item = Action> {
        Action::ALL.iter().copied().filter(move |action| self.takes(*action))
    }

    /// The word for it. Nobody approves what a person buys: it waits for its merchant.
    pub fn word_of(self, channel: Channel, language: Language) -> &'static str {
        match (channel, self, language) {
            (Channel::UnionProcurement, ..) => self.word(language),
            (_, State::Approved, Language::Zh) => "待接单",
            (_, State::Approved, Language::En) => "Awaiting merchant",
            _ => self.word(language),
        }
    }

    /// Ordered and on its way, but not yet accepted: shown beside the total, never inside it.
    pub fn in_pipeline(self) -> bool {
        matches!(self, State::Submitted | State::Approved | State::Confirmed | State::Shipped)
    }

    /// The goods have been taken out of what the merchant can still sell.
    pub fn holds_stock(self) -> bool {
        matches!(self, State::Confirmed | State::Shipped | State::Accepted | State::Settled)
    }
}

impl Action {
    /// These change what another person has done or promised, so they must say why.
    pub fn needs_reason(self) -> bool {
        matches!(self, Action::SendBack | Action::Cancel | Action::Close | Action::Return)
    }

    /// These may change how much of a product can still be sold.
    pub fn moves_stock(self) -> bool {
        matches!(self, Action::Confirm | Action::Cancel | Action::Close)
    }

    /// A person pays as they like and gets no invoice here: their order ends with its acceptance.
    pub fn suits(self, channel: Channel) -> bool {
        channel == Channel::UnionProcurement || !matches!(self, Action::Invoice | Action::Transfer)
    }
}

/// An act that is not possible in the order's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfTurn {
    pub state: State,
    pub action: Action,
}

impl OutOfTurn {
    fn say(self, channel: Channel) -> Say {
        let OutOfTurn { state, action } = self;
        let (order, word) = (channel.order_zh(), |language| state.word_of(channel, language));
        let mut zh = format!("这张{order}{}，现在不能{}", word(Language::Zh), action.zh());
        let mut en = format!("This order is “{}”: “{}” is not possible now", word(Language::En), action.en());
        let next = || state.actions().filter(|action| action.suits(channel));
        if next().next().is_some() {
            zh += &format!("；接下来是{}", next().map(Action::zh).collect::<Vec<_>>().join("、"));
            en += &format!("; next comes “{}”", next().map(Action::en).collect::<Vec<_>>().join("” or “"));
        }
        Say { zh: zh.into(), en: en.into() }
    }

    /// In the words for an order of this channel.
    pub fn refusal(self, channel: Channel) -> Refusal {
        Refusal::new(Code::OutOfTurn, self.say(channel))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The table again, written the other way round as a person would check it: from where, by what, to where.
    /// Two states where it depends on whether something is left to do: first when there is, then when there is nothing.
    const TABLE: &[(State, Action, [State; 2])] = &[
        (State::Draft, Action::Submit, [State::Submitted; 2]),
        (State::Draft, Action::Cancel, [State::Cancelled; 2]),
        (State::Submitted, Action::Approve, [State::Approved; 2]),
        (State::Submitted, Action::SendBack, [State::Draft; 2]),
        (State::Submitted, Action::Cancel, [State::Cancelled; 2]),
        (State::Approved, Action::Confirm, [State::Confirmed; 2]),
        (State::Approved, Action::Cancel, [State::Cancelled; 2]),
        (State::Confirmed, Action::Ship, [State::Shipped; 2]),
        (State::Confirmed, Action::Cancel, [State::Cancelled; 2]),
        (State::Shipped, Action::Ship, [State::Shipped; 2]),
        (State::Shipped, Action::Accept, [State::Shipped, State::Accepted]),
        (State::Shipped, Action::Close, [State::Shipped, State::Accepted]),
        (State::Accepted, Action::Return, [State::Accepted; 2]),
        (State::Accepted, Action::Invoice, [State::Accepted; 2]),
        (State::Accepted, Action::Transfer, [State::Settled; 2]),
        (State::Settled, Action::Return, [State::Settled; 2]),
    ];

    #[test]
    fn the_law_is_the_table_and_nothing_more() {
        for state in State::ALL {
            for action in Action::ALL {
                let listed = TABLE.iter().find(|(from, by, _)| from == state && by == action).map(|(.., to)| *to);
                for (index, left) in Left::BOTH.into_iter().enumerate() {
                    let found = state.after(*action, left).ok();
                    assert_eq!(found, listed.map(|to| to[index]), "{} {}", state.code(), action.code());
                }
            }
        }
    }

    #[test]
    fn a_refusal_says_what_can_be_done_instead() {
        let refusal = State::Submitted.after(Action::Ship, Left::Something).expect_err("not yet");
        let union = Channel::UnionProcurement;
        assert_eq!(refusal.say(union).zh, "这张采购单待审批，现在不能发货；接下来是批准、退回、取消");
        let end = State::Cancelled.after(Action::Cancel, Left::Nothing).expect_err("over");
        assert_eq!(end.say(union).zh, "这张采购单已取消，现在不能取消");
        let counted = State::Accepted.after(Action::Ship, Left::Nothing).expect_err("over");
        assert_eq!(counted.say(union).zh, "这张采购单已验收，现在不能发货；接下来是退货、登记发票、登记转账");
        assert_eq!(counted.say(Channel::OnlinePlatform).zh, "这张订单已验收，现在不能发货；接下来是退货");
        let early =
            State::Approved.after(Action::Ship, Left::Something).expect_err("not yet").say(Channel::OnlinePlatform);
        assert_eq!(early.zh, "这张订单待接单，现在不能发货；接下来是确认接单、取消");
    }

    #[test]
    fn only_a_unions_order_waits_for_approval() {
        for channel in Channel::ALL {
            let waits = State::first(*channel).takes(Action::Approve);
            assert_eq!(waits, *channel == Channel::UnionProcurement, "{}", channel.code());
        }
    }

    fn any_action() -> impl Strategy<Value = Action> {
        prop::sample::select(Action::ALL)
    }

    proptest! {
        #[test]
        fn no_sequence_of_actions_leaves_the_table(
            acts in prop::collection::vec((any_action(), prop::sample::select(&Left::BOTH[..])), 0..60),
        ) {
            let mut state = State::Draft;
            let mut done: Vec<Action> = Vec::new();
            for (action, left) in acts {
                let Ok(next) = state.after(action, left) else { continue };
                prop_assert!(TABLE.iter().any(|(from, by, to)| (*from, *by) == (state, action) && to.contains(&next)));
                done.push(action);
                state = next;
                let all_done = |actions: &[Action]| actions.iter().all(|action| done.contains(action));
                // Nothing is shipped or accepted that nobody approved and no merchant confirmed.
                if matches!(state, State::Shipped | State::Accepted | State::Settled) {
                    prop_assert!(all_done(&[Action::Approve, Action::Confirm, Action::Ship]));
                }
                if state == State::Accepted {
                    prop_assert!(done.contains(&Action::Accept) || done.contains(&Action::Close));
                }
                if state == State::Settled {
                    prop_assert!(all_done(&[Action::Transfer]));
                }
                prop_assert!(!(state.in_pipeline() && matches!(state, State::Accepted | State::Settled)));
            }
        }
    }
}
