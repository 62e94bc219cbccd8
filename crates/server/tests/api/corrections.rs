//! Large reversals, which two people answer for.

use domain::Money;
use domain::correction::{Decision, RequestState};
use domain::id::SaleId;
use domain::order_life::State;
use domain::wire::{Desk, NewReversalRequest, ReversalDecision, ReversalRequest, ReversalRequests, SaleEntry};

use crate::site::{Answer, NOTHING, Person, Site, new_sale_id, returned};

impl Person {
    pub async fn ask_reversal(&self, sale: SaleId, id: SaleId, reason: &str) -> Answer {
        self.post("/reversal-requests", &NewReversalRequest { id, sale, reason: reason.into() }).await
    }

    pub async fn decide_reversal(&self, id: SaleId, decision: Decision, reason: Option<&str>) -> Answer {
        let body = ReversalDecision { decision, reason: reason.map(str::to_owned) };
        self.post(&format!("/reversal-requests/{id}/decision"), &body).await
    }

    async fn requests(&self) -> ReversalRequests {
        self.get("/reversal-requests").await.json()
    }
}

/// A sale of 103,200 yuan and one of 6,360, the large one first.
async fn two_sales(site: &Site) -> (SaleEntry, SaleEntry) {
    site.order_in(State::Accepted, "zhenhai", &[("庆元花菇", 1_200)]).await;
    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120)]).await;
    let mut entries = site.sign_in("ningbo.city").await.all_sales("").await;
    let (small, large) = (entries.remove(0), entries.remove(0));
    assert!(large.amount_fen >= Money::from_yuan(100_000) && small.amount_fen < Money::from_yuan(100_000));
    (large, small)
}

#[tokio::test]
async fn a_large_sale_is_taken_back_by_two() {
    let site = Site::open().await;
    let (city, deputy) = (site.sign_in("ningbo.city").await, site.sign_in("ningbo.deputy").await);
    let (large, small) = two_sales(&site).await;
    assert_eq!(city.reverse(small.id, new_sale_id(), "重复").await.status, 201, "below the rule one person is enough");
    let before = site.picture().await;
    let problem = city.reverse(large.id, new_sale_id(), "整单退货").await.refused(409, "consent_needed");
    assert!(problem.detail.contains("100,000.00"), "{}", problem.detail);

    let id = new_sale_id();
    let asked: ReversalRequest = city.ask_reversal(large.id, id, " 整单退货 ").await.json();
    assert_eq!((asked.state, asked.amount_fen, &*asked.reason), (RequestState::Waiting, large.amount_fen, "整单退货"));
    assert_eq!((asked.may_decide, asked.may_withdraw), (false, true));
    let again: ReversalRequest = city.ask_reversal(large.id, id, "整单退货").await.json();
    assert_eq!(again, asked, "sent twice is once");
    city.ask_reversal(large.id, new_sale_id(), "又一份").await.refused(409, "already_applied");
    city.reverse(large.id, new_sale_id(), "等不及").await.refused(409, "consent_needed");
    city.decide_reversal(id, Decision::Consent, None).await.refused(403, "same_person");
    assert_eq!(site.changes_since(&before).await, NOTHING, "nothing of the ledger changes before the consent");

    let desk: Desk = deputy.get("/desk").await.json();
    assert_eq!(desk.reversals.iter().map(|it| (it.id, it.may_decide)).collect::<Vec<_>>(), [(id, true)]);
    let consented: ReversalRequest = deputy.decide_reversal(id, Decision::Consent, None).await.json();
    assert_eq!(consented.state, RequestState::Consented);
    assert_eq!(consented.decided_by.as_deref(), Some("宁波示例市级复核人"));
    let entries = city.all_sales("").await;
    assert_eq!((entries[0].id, entries[0].reverses), (id, Some(large.id)));
    assert_eq!(entries[0].amount_fen, large.amount_fen.negated());
    assert_eq!(entries[0].reason.as_deref(), Some("整单退货"));
    let after = site.picture().await;
    let repeated: ReversalRequest = deputy.decide_reversal(id, Decision::Consent, None).await.json();
    assert_eq!(repeated.state, RequestState::Consented, "a lost answer is asked for again");
    deputy.decide_reversal(id, Decision::Refuse, Some("晚了")).await.refused(409, "already_decided");
    assert_eq!(site.changes_since(&after).await, NOTHING);
    assert!(deputy.get("/desk").await.json::<Desk>().reversals.is_empty());
    assert_eq!(city.requests().await.items.len(), 1, "the history keeps it");
}

#[tokio::test]
async fn a_refusal_says_why_and_leaves_everything() {
    let site = Site::open().await;
    let (city, district) = (site.sign_in("ningbo.city").await, site.sign_in("zhenhai.district").await);
    let (large, _) = two_sales(&site).await;
    let id = new_sale_id();
    city.ask_reversal(large.id, id, "金额有误").await.json::<ReversalRequest>();
    let before = site.picture().await;
    district.decide_reversal(id, Decision::Refuse, None).await.refused_at(422, "reason_needed", "reason");
    district.decide_reversal(id, Decision::Withdraw, None).await.refused(403, "not_allowed");
    let refused: ReversalRequest = district.decide_reversal(id, Decision::Refuse, Some("验收单没有错")).await.json();
    assert_eq!((refused.state, refused.decision_reason.as_deref()), (RequestState::Refused, Some("验收单没有错")));
    assert_eq!(site.changes_since(&before).await, NOTHING);
    // Asked anew, and withdrawn by who asked.
    let second = new_sale_id();
    city.ask_reversal(large.id, second, "补充说明").await.json::<ReversalRequest>();
    let withdrawn: ReversalRequest = city.decide_reversal(second, Decision::Withdraw, None).await.json();
    assert_eq!(withdrawn.state, RequestState::Withdrawn);
    assert_eq!(site.changes_since(&before).await, NOTHING);
    let told: Vec<_> = city.requests().await.items.iter().map(|it| it.state).collect();
    assert_eq!(told.len(), 2);
}

#[tokio::test]
async fn what_has_changed_meanwhile_is_told() {
    let site = Site::open().await;
    let (city, deputy) = (site.sign_in("ningbo.city").await, site.sign_in("ningbo.deputy").await);
    let (large, small) = two_sales(&site).await;
    let id = new_sale_id();
    city.ask_reversal(large.id, id, "整单退货").await.json::<ReversalRequest>();
    let officer = site.sign_in("zhenhai.officer").await;
    officer.act(large.order_id.expect("an order"), &returned(1, 1, 10, "发霉")).await.order();
    deputy.decide_reversal(id, Decision::Consent, None).await.refused(409, "overtaken");
    let waiting = &deputy.requests().await.items[0];
    assert_eq!(waiting.state, RequestState::Waiting);
    assert!(waiting.standing_fen < waiting.amount_fen);
    // One that is gone wholly cannot be asked for.
    city.reverse(small.id, new_sale_id(), "重复").await.json::<SaleEntry>();
    city.ask_reversal(small.id, new_sale_id(), "重复").await.refused(409, "already_reversed");
    city.ask_reversal(new_sale_id(), new_sale_id(), "重复").await.refused(404, "not_found");
    city.ask_reversal(large.id, small.id, "重复").await.refused_at(409, "id_taken", "id");
    city.ask_reversal(large.id, new_sale_id(), " ").await.refused_at(422, "reason_needed", "reason");
    deputy.decide_reversal(new_sale_id(), Decision::Consent, None).await.refused(404, "not_found");
}

#[tokio::test]
async fn of_two_who_decide_at_once_one_does() {
    let site = Site::open().await;
    let (city, deputy) = (site.sign_in("ningbo.city").await, site.sign_in("ningbo.deputy").await);
    let district = site.sign_in("zhenhai.district").await;
    let (large, _) = two_sales(&site).await;
    let id = new_sale_id();
    city.ask_reversal(large.id, id, "整单退货").await.json::<ReversalRequest>();
    let (one, other) = futures::join!(
        deputy.decide_reversal(id, Decision::Consent, None),
        district.decide_reversal(id, Decision::Refuse, Some("没有错"))
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let reversed = city.all_sales("").await.iter().filter(|entry| entry.reverses == Some(large.id)).count();
    assert_eq!(reversed, usize::from(one.status == 200));
    // Another district's office does not even see it.
    let yinzhou = site.sign_in("yinzhou.district").await;
    assert!(yinzhou.requests().await.items.is_empty());
    yinzhou.decide_reversal(id, Decision::Refuse, Some("不归我")).await.refused(403, "not_allowed");
    for login in ["zhenhai.officer", "qingyuan.merchant", "operator"] {
        site.sign_in(login).await.ask_reversal(large.id, new_sale_id(), "试试").await.refused(403, "not_allowed");
    }
}
