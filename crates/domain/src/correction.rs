//! Taking back a large sale needs two people: one asks, another consents or refuses.
//!
//! From which amount on says a dated rule ([`crate::rule::RuleKind::ReversalConsent`]). Until somebody consents nothing of the
//! ledger changes.

use crate::code::coded;
use crate::id::AccountId;
use crate::{Code, Money, Refusal, say};

coded! {
    /// How a request stands.
    pub enum RequestState {
        Waiting = "waiting" "待同意" "Waiting for consent",
        Consented = "consented" "已同意" "Consented",
        Refused = "refused" "未同意" "Refused",
        Withdrawn = "withdrawn" "已撤回" "Withdrawn",
    }
}

coded! {
    /// What is said to a request.
    pub enum Decision {
        Consent = "consent" "同意" "Consent",
        Refuse = "refuse" "不同意" "Refuse",
        /// By whoever asked.
        Withdraw = "withdraw" "撤回" "Withdraw",
    }
}

impl Decision {
    /// Whether it needs a reason.
    pub fn needs_reason(self) -> bool {
        self == Decision::Refuse
    }
}

/// Whether an amount needs a second person's consent; `from` is what the rule says, none where there is no rule.
pub fn needs_consent(amount: Money, from: Option<Money>) -> bool {
    from.is_some_and(|from| amount >= from)
}

/// How a request stands after a decision.
///
/// # Errors
/// [`Code::AlreadyDecided`] when it waits no more; [`Code::SamePerson`] for who would consent to their own request or refuse it;
/// [`Code::NotAllowed`] for who would withdraw another's.
pub fn decide(
    state: RequestState,
    decision: Decision,
    asked_by: AccountId,
    decider: AccountId,
) -> Result<RequestState, Refusal> {
    if state != RequestState::Waiting {
        return Err(Refusal::new(
            Code::AlreadyDecided,
            say!(
                "这份冲销申请已经办过：{how}",
                "This request is decided already: {how}";
                how = crate::Say { zh: state.zh().into(), en: state.en().into() }
            ),
        ));
    }
    match (decision, asked_by == decider) {
        (Decision::Consent, false) => Ok(RequestState::Consented),
        (Decision::Refuse, false) => Ok(RequestState::Refused),
        (Decision::Withdraw, true) => Ok(RequestState::Withdrawn),
        (Decision::Consent | Decision::Refuse, true) => Err(Refusal::new(
            Code::SamePerson,
            say!(
                "自己提出的冲销不能自己同意，请另一位统筹员用自己的账号办理；不想冲了可以撤回",
                "Nobody decides their own request; another coordinator does, with an account of their own. You may withdraw it"
            ),
        )),
        (Decision::Withdraw, false) => Err(Refusal::new(
            Code::NotAllowed,
            say!(
                "只有提出人能撤回；不同意的请选“不同意”并写明理由",
                "Only who asked may withdraw it; refuse it with a reason instead"
            ),
        )),
    }
}

/// What is said when less of the sale stands than when it was asked.
pub fn overtaken(then: Money, now: Money) -> Refusal {
    let (then, now) = (then.yuan(), now.yuan());
    Refusal::new(
        Code::Overtaken,
        say!(
            "提出申请时这一笔还有 {then} 元没有冲销，现在是 {now} 元；请撤回后按现在的数重新提出",
            "When it was asked, {then} yuan of this entry stood; now it is {now}. Withdraw the request and ask again"
        ),
    )
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn consent_is_needed_from_the_amount_on() {
        let from = Some(Money::from_yuan(100_000));
        assert!(!needs_consent(Money::from_fen(9_999_999), from));
        assert!(needs_consent(Money::from_yuan(100_000), from));
        assert!(!needs_consent(Money::from_yuan(900_000_000), None), "without a rule one person is enough");
    }

    #[test]
    fn nobody_decides_their_own_and_nobody_twice() {
        let (one, other) = (AccountId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
        let waiting =
            |decision, decider| decide(RequestState::Waiting, decision, one, decider).map_err(|refusal| refusal.code);
        assert_eq!(waiting(Decision::Consent, other), Ok(RequestState::Consented));
        assert_eq!(waiting(Decision::Refuse, other), Ok(RequestState::Refused));
        assert_eq!(waiting(Decision::Withdraw, one), Ok(RequestState::Withdrawn));
        assert_eq!(waiting(Decision::Consent, one), Err(Code::SamePerson));
        assert_eq!(waiting(Decision::Refuse, one), Err(Code::SamePerson));
        assert_eq!(waiting(Decision::Withdraw, other), Err(Code::NotAllowed));
        for state in [RequestState::Consented, RequestState::Refused, RequestState::Withdrawn] {
            for decision in Decision::ALL {
                let refusal = decide(state, *decision, one, other).expect_err("refused");
                assert_eq!(refusal.code, Code::AlreadyDecided);
            }
        }
    }
}
