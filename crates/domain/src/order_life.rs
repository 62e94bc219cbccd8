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
        Cancel = "cancel" "取消" "Cancel",
    }
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

    /// The state after `action`, or the sentence why it is not its turn.
    ///
    /// # Errors
    /// [`OutOfTurn`] for everything the table does not list.
    pub fn after(self, action: Action) -> Result<State, OutOfTurn> {
        use State::*;
        match (self, action) {
            (Draft, Action::Submit) => Ok(Submitted),
            (Submitted, Action::Approve) => Ok(Approved),
            (Submitted, Action::SendBack) => Ok(Draft),
            (Approved, Action::Confirm) => Ok(Confirmed),
            (Confirmed, Action::Ship) => Ok(Shipped),
            (Shipped, Action::Accept) => Ok(Accepted),
            (Draft | Submitted | Approved | Confirmed, Action::Cancel) => Ok(Cancelled),
            (state, action) => Err(OutOfTurn { state, action }),
        }
    }

    /// What may happen next, in the order the buttons stand.
    pub fn actions(self) -> impl Iterator<Item = Action> {
        Action::ALL.iter().copied().filter(move |action| self.after(*action).is_ok())
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
        matches!(self, State::Confirmed | State::Shipped | State::Accepted)
    }
}

impl Action {
    /// These change what another person has done or promised, so they must say why.
    pub fn needs_reason(self) -> bool {
        matches!(self, Action::SendBack | Action::Cancel)
    }

    /// These may change how much of a product can still be sold.
    pub fn moves_stock(self) -> bool {
        matches!(self, Action::Confirm | Action::Cancel)
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
        if state.actions().next().is_some() {
            zh += &format!("；接下来是{}", state.actions().map(Action::zh).collect::<Vec<_>>().join("、"));
            en += &format!("; next comes “{}”", state.actions().map(Action::en).collect::<Vec<_>>().join("” or “"));
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
    const TABLE: &[(State, Action, State)] = &[
        (State::Draft, Action::Submit, State::Submitted),
        (State::Draft, Action::Cancel, State::Cancelled),
        (State::Submitted, Action::Approve, State::Approved),
        (State::Submitted, Action::SendBack, State::Draft),
        (State::Submitted, Action::Cancel, State::Cancelled),
        (State::Approved, Action::Confirm, State::Confirmed),
        (State::Approved, Action::Cancel, State::Cancelled),
        (State::Confirmed, Action::Ship, State::Shipped),
        (State::Confirmed, Action::Cancel, State::Cancelled),
        (State::Shipped, Action::Accept, State::Accepted),
    ];

    #[test]
    fn the_law_is_the_table_and_nothing_more() {
        for state in State::ALL {
            for action in Action::ALL {
                let listed = TABLE.iter().find(|(from, by, _)| from == state && by == action).map(|(.., to)| *to);
                assert_eq!(state.after(*action).ok(), listed, "{} {}", state.code(), action.code());
            }
        }
    }

    #[test]
    fn a_refusal_says_what_can_be_done_instead() {
        let refusal = State::Submitted.after(Action::Ship).expect_err("not yet");
        let union = Channel::UnionProcurement;
        assert_eq!(refusal.say(union).zh, "这张采购单待审批，现在不能发货；接下来是批准、退回、取消");
        let end = State::Accepted.after(Action::Cancel).expect_err("over");
        assert_eq!(end.say(union).zh, "这张采购单已验收，现在不能取消");
        let early = State::Approved.after(Action::Ship).expect_err("not yet").say(Channel::OnlinePlatform);
        assert_eq!(early.zh, "这张订单待接单，现在不能发货；接下来是确认接单、取消");
    }

    #[test]
    fn only_a_unions_order_waits_for_approval() {
        for channel in Channel::ALL {
            let waits = State::first(*channel).after(Action::Approve).is_ok();
            assert_eq!(waits, *channel == Channel::UnionProcurement, "{}", channel.code());
        }
    }

    fn any_action() -> impl Strategy<Value = Action> {
        prop::sample::select(Action::ALL)
    }

    proptest! {
        #[test]
        fn no_sequence_of_actions_leaves_the_table(actions in prop::collection::vec(any_action(), 0..60)) {
            let mut state = State::Draft;
            let mut approved = false;
            let mut confirmed = false;
            for action in actions {
                let Ok(next) = state.after(action) else { continue };
                prop_assert!(TABLE.contains(&(state, action, next)));
                approved |= action == Action::Approve;
                confirmed |= action == Action::Confirm;
                state = next;
                // Nothing is shipped or accepted that nobody approved and no merchant confirmed.
                if matches!(state, State::Shipped | State::Accepted) {
                    prop_assert!(approved && confirmed);
                }
                prop_assert!(!(state.in_pipeline() && state == State::Accepted));
            }
        }
    }
}
