//! Dated rules, a union's plan, its gift bundles, and the papers a procurement of its size asks for.

use std::collections::BTreeSet;

use domain::Money;
use domain::bundle::{LEAST_USED_PERCENT, PROPOSED_GOODS, totals};
use domain::id::{OrderId, ProductId, PurchaseId, RuleId};
use domain::occasion::Occasion;
use domain::order_life::State;
use domain::plan::{Warning, outlook};
use domain::rule::{RuleKind, RuleScope};
use domain::wire::{
    Bundle, BundleLine, BundlePlan, BundleProposals, NewBundlePlan, NewComparison, NewOrders, NewPlan, NewPlanLine,
    NewPurchase, NewRule, Offer, Plan, PlanLine, Procedure, Rules, WantedBundles,
};

use crate::attachments::pdf;
use crate::site::{Answer, Person, Site, basket, product};

fn today() -> String {
    server::clock::day(server::clock::now()).to_string()
}

fn year() -> i64 {
    server::clock::day(server::clock::now()).year().into()
}

// ---- bodies -------------------------------------------------------------------------------------------------------

pub fn rule() -> NewRule {
    NewRule {
        id: RuleId(server::id::new()),
        kind: RuleKind::AnnualCap,
        occasion: None,
        scope: RuleScope::District,
        key: "zhenhai".into(),
        value: 180_000,
        valid_from: "2026-01-01".into(),
        valid_to: None,
        document: "镇工〔2026〕1号（示例）".into(),
    }
}

pub fn purchase() -> NewPurchase {
    NewPurchase {
        id: PurchaseId(server::id::new()),
        occasion: Occasion::NewYear,
        bought_on: today(),
        amount_fen: 1_000_001,
        assistance_fen: 400_000,
        supplier: "示例商超".into(),
        note: None,
    }
}

pub fn wanted(yuan: i64) -> WantedBundles {
    WantedBundles { occasion: Occasion::NewYear, head_count: 100, per_head_budget_fen: yuan * 100 }
}

pub fn comparison() -> NewComparison {
    let offer = |supplier: &str, yuan: i64| Offer {
        supplier: supplier.into(),
        offered_on: today(),
        total_fen: Money::from_yuan(yuan),
        terms: String::new(),
    };
    let offers = vec![offer("甲公司", 3), offer("乙公司", 2), offer("丙公司", 4)];
    NewComparison { offers, chosen: 1, reason: "价格最低".into() }
}

fn planned(lines: &[(Occasion, i64, i64)], revision: i64, reason: Option<&str>) -> NewPlan {
    let line = |(occasion, head_count, yuan): &(Occasion, i64, i64)| NewPlanLine {
        occasion: *occasion,
        head_count: *head_count,
        per_head_fen: yuan * 100,
    };
    NewPlan { revision, lines: lines.iter().map(line).collect(), reason: reason.map(str::to_owned) }
}

impl Person {
    pub async fn plan(&self, year: i64) -> Plan {
        self.get(&format!("/plans/{year}")).await.json()
    }

    pub async fn compare(&self, order: OrderId, body: &NewComparison) -> Answer {
        self.put(&format!("/orders/{order}/comparison"), body).await
    }

    pub async fn procedure(&self, order: OrderId) -> Procedure {
        self.get(&format!("/orders/{order}/procedure")).await.json()
    }

    async fn change_plan(&self, body: &NewPlan) -> Answer {
        self.put(&format!("/plans/{}", year()), body).await
    }
}

#[track_caller]
fn of(plan: &Plan, occasion: Occasion) -> &PlanLine {
    plan.lines.iter().find(|line| line.occasion == occasion).expect("every occasion has a line")
}

// ---- rules --------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_version_is_added_and_the_narrowest_in_force_reaches_the_plan() {
    let site = Site::open().await;
    let (operator, officer) = (site.sign_in("operator").await, site.sign_in("zhenhai.officer").await);
    let cap = |plan: Plan| plan.annual_cap.expect("a cap").value;
    assert_eq!(cap(officer.plan(year()).await), 150_000);
    let before: Rules = operator.get("/rules").await.json();
    let body = rule();
    let answer = operator.post("/rules", &body).await;
    let rules: Rules = answer.json();
    assert_eq!((answer.status, rules.items.len()), (201, before.items.len() + 1));
    let added = rules.items.iter().find(|rule| rule.id == body.id).expect("the new version");
    assert!(added.in_force && added.name.contains("镇海"), "{added:?}");
    assert_eq!(cap(officer.plan(year()).await), 180_000);
    assert_eq!(cap(site.sign_in("yinzhou.officer").await.plan(year()).await), 150_000, "another district's stays");
    // The same again changes nothing; another under the same identifier is refused.
    assert_eq!(operator.post("/rules", &body).await.json::<Rules>().items.len(), rules.items.len());
    operator.post("/rules", &NewRule { value: 1, ..body }).await.refused_at(409, "id_taken", "id");
}

#[tokio::test]
async fn a_rule_that_does_not_fit_is_refused_with_its_field() {
    let site = Site::open().await;
    let operator = site.sign_in("operator").await;
    let before: Rules = operator.get("/rules").await.json();
    for (body, field) in [
        (NewRule { value: 0, ..rule() }, "value"),
        (NewRule { key: "nowhere".into(), ..rule() }, "key"),
        (NewRule { key: String::new(), ..rule() }, "key"),
        (NewRule { scope: RuleScope::Union, ..rule() }, "key"),
        (NewRule { document: " ".into(), ..rule() }, "document"),
        (NewRule { valid_from: "soon".into(), ..rule() }, "valid_from"),
        (NewRule { valid_to: Some("2025-12-31".into()), ..rule() }, "valid_to"),
        (NewRule { occasion: Some(Occasion::Labour), ..rule() }, "occasion"),
    ] {
        operator.post("/rules", &body).await.refused_at(422, "bad_field", field);
    }
    assert_eq!(operator.get("/rules").await.json::<Rules>(), before);
    site.sign_in("zhenhai.officer").await.post("/rules", &rule()).await.refused(403, "not_allowed");
}

// ---- the plan -----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn orders_count_in_the_plan_as_far_as_they_have_come() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let sums = async || {
        let plan = officer.plan(year()).await;
        let line = of(&plan, Occasion::NewYear);
        (line.ordered_fen.fen(), line.accepted_fen.fen())
    };
    assert_eq!(sums().await, (0, 0));
    let goods = &[("庆元香菇", 50)][..];
    let total = product("庆元香菇").price_fen(50) * 50;
    let order = site.order_in(State::Submitted, "zhenhai", goods).await;
    assert_eq!(sums().await, (total, 0));
    let order = site.carry(order, State::Shipped, "zhenhai").await;
    assert_eq!(sums().await, (total, 0));
    officer.accept(order.summary.id, &[(48, 2)]).await.order();
    let accepted = product("庆元香菇").price_fen(50) * 48;
    assert_eq!(sums().await, (0, accepted));
    // What is sent back or cancelled is not bound to be spent.
    let order = site.order_in(State::Submitted, "zhenhai", goods).await;
    officer.cancel(order.summary.id, "不要了").await.order();
    assert_eq!(sums().await, (0, accepted));
    let plan = site.sign_in("yinzhou.officer").await.plan(year()).await;
    assert_eq!(outlook(&plan).spent.total(), Money::ZERO, "another union's orders are not ours");
}

#[tokio::test]
async fn what_was_bought_elsewhere_counts_against_the_same_caps() {
    let site = Site::open().await;
    let (officer, chair) = (site.sign_in("zhenhai.officer").await, site.sign_in("zhenhai.chair").await);
    let body = purchase();
    let answer = officer.post("/purchases", &body).await;
    let plan: Plan = answer.json();
    assert_eq!((answer.status, plan.purchases.len()), (201, 1));
    let sums = outlook(&plan);
    assert_eq!(
        (sums.outside.fen(), sums.spent.assistance.fen(), sums.spent.other.fen()),
        (1_000_001, 400_000, 600_001)
    );
    let all = plan.members * 200_000;
    assert_eq!(sums.left, Some(Money::from_fen(all - 1_000_001)));
    assert_eq!(officer.post("/purchases", &body).await.json::<Plan>(), plan, "the same again changes nothing");
    officer
        .post("/purchases", &NewPurchase { amount_fen: 1, assistance_fen: 0, ..body.clone() })
        .await
        .refused_at(409, "id_taken", "id");
    for (wrong, field) in [
        (NewPurchase { amount_fen: 0, assistance_fen: 0, ..purchase() }, "amount_fen"),
        (NewPurchase { assistance_fen: 1_000_002, ..purchase() }, "assistance_fen"),
        (NewPurchase { bought_on: "2999-01-01".into(), ..purchase() }, "bought_on"),
        (NewPurchase { supplier: " ".into(), ..purchase() }, "supplier"),
    ] {
        officer.post("/purchases", &wrong).await.refused_at(422, "bad_field", field);
    }
    chair.post("/purchases", &purchase()).await.refused(403, "not_allowed");
    assert_eq!(chair.plan(year()).await, plan, "chair and officer see the same");
    // Another union cannot take it out; its own officer can, twice as well as once.
    let path = format!("/purchases/{}", body.id);
    assert_eq!(site.sign_in("yinzhou.officer").await.delete(&path).await.status, 204);
    assert_eq!(officer.plan(year()).await.purchases.len(), 1);
    for _ in 0..2 {
        assert_eq!(officer.delete(&path).await.status, 204);
    }
    assert_eq!(officer.plan(year()).await.purchases, []);
}

#[tokio::test]
async fn a_plan_over_the_cap_asks_for_a_reason_and_does_not_block() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let members = officer.plan(year()).await.members;
    let dear = &[(Occasion::SpringFestival, members, 1_500), (Occasion::NationalDay, members, 501)][..];
    let problem = officer.change_plan(&planned(dear, 0, None)).await.refused_at(422, "reason_needed", "reason");
    assert!(problem.detail.contains("超出"), "{}", problem.detail);
    assert_eq!(officer.plan(year()).await.revision, 0, "nothing was kept");
    let plan: Plan = officer.change_plan(&planned(dear, 0, Some("上级文件已批"))).await.json();
    assert_eq!((plan.revision, plan.reason.as_deref()), (1, Some("上级文件已批")));
    assert_eq!(outlook(&plan).warnings, [Warning::PlannedOverCap(Money::from_yuan(members))]);
    let cheap = &[(Occasion::SpringFestival, members, 1_500), (Occasion::NationalDay, members, 500)][..];
    let plan: Plan = officer.change_plan(&planned(cheap, 1, None)).await.json();
    assert_eq!((plan.revision, outlook(&plan).warnings), (2, Vec::new()));
}

#[tokio::test]
async fn of_two_who_change_a_plan_the_second_is_told() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let one = &[(Occasion::Labour, 100, 300)][..];
    officer.change_plan(&planned(one, 0, None)).await.json::<Plan>();
    officer.change_plan(&planned(&[], 0, None)).await.refused(409, "overtaken");
    assert_eq!(of(&officer.plan(year()).await, Occasion::Labour).head_count, Some(100));
    let twice = &[(Occasion::Labour, 100, 300), (Occasion::Labour, 0, 300)][..];
    let problem = officer.change_plan(&planned(twice, 1, None)).await.refused(422, "bad_field");
    assert_eq!(problem.errors.len(), 2);
    officer.get("/plans/soon").await.refused(404, "not_found");
}

// ---- bundles ------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn three_bundles_that_differ_are_proposed_within_the_budget() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    for yuan in [100, 300, 500] {
        let proposals: BundleProposals = officer.post("/bundles/proposals", &wanted(yuan)).await.json();
        assert_eq!(proposals.items.len(), 3, "{yuan}");
        let mut seen: BTreeSet<ProductId> = BTreeSet::new();
        for proposal in &proposals.items {
            assert!(proposal.per_head_fen <= Money::from_yuan(yuan));
            assert!(proposal.per_head_fen.fen() >= yuan * LEAST_USED_PERCENT, "{yuan} {:?}", proposal.per_head_fen);
            assert!(PROPOSED_GOODS.contains(&proposal.lines.len()));
            assert!(proposal.lines.iter().all(|line| seen.insert(line.product_id)), "no product twice");
            // As the page will reckon it, once everybody has chosen this one.
            let lines = proposal.lines.iter();
            let lines = lines.map(|line| BundleLine { product_id: line.product_id, quantity: line.quantity }).collect();
            let sums = totals(&[Bundle { name: "一".into(), head_count: 100, lines }], &proposals.goods);
            assert_eq!(
                (sums.per_head[0], sums.total.fen()),
                (proposal.per_head_fen, proposal.per_head_fen.fen() * 100)
            );
            assert!(sums.lines.iter().all(|line| line.problems.is_empty()), "{:?}", sums.lines);
        }
    }
    let few: BundleProposals =
        officer.post("/bundles/proposals", &WantedBundles { per_head_budget_fen: 100, ..wanted(1) }).await.json();
    assert_eq!(few.items, [], "nothing costs so little");
    for (body, field) in [
        (WantedBundles { head_count: 0, ..wanted(300) }, "head_count"),
        (wanted(0), "per_head_budget_fen"),
        (wanted(2_001), "per_head_budget_fen"),
    ] {
        officer.post("/bundles/proposals", &body).await.refused_at(422, "bad_field", field);
    }
}

#[tokio::test]
async fn a_proposal_can_be_ordered_as_it_stands() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let proposals: BundleProposals = officer.post("/bundles/proposals", &wanted(300)).await.json();
    let lines = |bundle: &domain::wire::ProposedBundle| {
        let line = |line: &domain::wire::ProposedLine| (line.product_id, line.quantity * 100);
        bundle.lines.iter().map(line).collect::<Vec<_>>()
    };
    let merchant = |id: ProductId| {
        proposals
            .goods
            .iter()
            .find(|goods| goods.card.id == id)
            .expect("what is proposed is described")
            .card
            .merchant
            .id
    };
    let groups = domain::basket::by_merchant(lines(&proposals.items[0]), |(id, _)| merchant(*id));
    let mut body: NewOrders = basket(&[]);
    (body.head_count, body.per_head_budget_fen) = (100, 30_000);
    for (_, group) in groups {
        let lines = group
            .into_iter()
            .map(|(product_id, quantity)| domain::wire::NewLine { product_id, quantity, by_point: Vec::new() })
            .collect();
        body.orders.push(domain::wire::NewOrder { id: crate::site::new_order_id(), lines });
    }
    let placed = officer.place(&body).await.orders();
    let total: i64 = placed.iter().map(|order| order.total_fen.fen()).sum();
    assert_eq!(total, proposals.items[0].per_head_fen.fen() * 100);
}

fn kept(revision: i64) -> NewBundlePlan {
    let line = |name: &str| BundleLine { product_id: product(name).id, quantity: 1 };
    let bundles = vec![
        Bundle { name: "甲".into(), head_count: 60, lines: vec![line("庆元香菇"), line("庆元竹筷")] },
        Bundle { name: "乙".into(), head_count: 40, lines: vec![line("龙泉香菇")] },
    ];
    NewBundlePlan { revision, per_head_fen: Money::from_yuan(300), bundles }
}

#[tokio::test]
async fn chair_and_officer_see_the_same_bundles() {
    let site = Site::open().await;
    let (officer, chair) = (site.sign_in("zhenhai.officer").await, site.sign_in("zhenhai.chair").await);
    let plan: BundlePlan = officer.put("/bundles/new_year", &kept(0)).await.json();
    assert_eq!((plan.revision, plan.goods.len()), (1, 3));
    let seen: BundlePlan = chair.get("/bundles/new_year").await.json();
    assert_eq!(seen, plan);
    assert_eq!(seen.bundles, kept(0).bundles);
    officer.put("/bundles/new_year", &kept(0)).await.refused(409, "overtaken");
    chair.put("/bundles/new_year", &kept(1)).await.refused(403, "not_allowed");
    let other: BundlePlan = site.sign_in("yinzhou.officer").await.get("/bundles/new_year").await.json();
    assert_eq!((other.revision, other.bundles), (0, Vec::new()), "another union's are not ours");
    // Goods wanted beside come with what is known of them.
    let beside = format!("/bundles/labour?goods={}", product("龙泉香菇").id);
    assert_eq!(officer.get(&beside).await.json::<BundlePlan>().goods.len(), 1);
    officer.get("/bundles/labour?goods=1").await.refused_at(422, "bad_field", "goods");
    officer.get("/bundles/easter").await.refused(404, "not_found");
    let mut wrong = kept(1);
    wrong.bundles[0].lines[0].product_id = ProductId(server::id::new());
    officer.put("/bundles/new_year", &wrong).await.refused_at(422, "bad_field", "bundles[0].lines[0].product_id");
    wrong.bundles = vec![wrong.bundles[1].clone(); 4];
    officer.put("/bundles/new_year", &wrong).await.refused_at(422, "bad_field", "bundles");
    assert_eq!(officer.get("/bundles/new_year").await.json::<BundlePlan>(), plan, "nothing half done");
}

// ---- the procedure ------------------------------------------------------------------------------------------------

/// Makes both papers necessary from this many yuan on.
async fn thresholds(site: &Site, comparison: i64, decision: i64) {
    let operator = site.sign_in("operator").await;
    for (kind, yuan) in [(RuleKind::ComparisonThreshold, comparison), (RuleKind::DecisionThreshold, decision)] {
        let body = NewRule { kind, value: yuan * 100, ..rule() };
        assert_eq!(operator.post("/rules", &body).await.status, 201);
    }
}

#[tokio::test]
async fn an_approval_is_refused_until_what_its_size_asks_for_is_there() {
    let site = Site::open().await;
    thresholds(&site, 10, 20).await;
    let (officer, chair) = (site.sign_in("zhenhai.officer").await, site.sign_in("zhenhai.chair").await);
    let placed = officer.place(&basket(&[&[("庆元香菇", 50)], &[("龙泉香菇", 50)]])).await.orders();
    let (first, second) = (placed[0].id, placed[1].id);
    let told = chair.approve(first).await.refused(409, "papers_missing").detail;
    assert!(told.contains("比价") && told.contains("会议纪要"), "{told}");
    let procedure = chair.procedure(first).await;
    assert_eq!(procedure.missing.as_deref(), Some(told.as_str()));
    assert_eq!(procedure.total_fen.fen(), placed.iter().map(|order| order.total_fen.fen()).sum::<i64>());
    assert!(!procedure.changeable, "the chair does not fill it in");

    let kept: Procedure = officer.compare(first, &comparison()).await.json();
    assert_eq!(kept.comparison.expect("a record").chosen, 1);
    let told = chair.approve(second).await.refused(409, "papers_missing").detail;
    assert!(!told.contains("比价") && told.contains("会议纪要"), "the record counts for both: {told}");
    assert_eq!(officer.attach(second, "meeting_decision", "纪要.pdf", pdf("1")).await.status, 201);
    let procedure = officer.procedure(first).await;
    assert_eq!((procedure.missing, procedure.decisions.len()), (None, 1));
    chair.approve(first).await.order();
    // The second still waits: the record can be put right until nothing waits any more.
    officer.compare(first, &comparison()).await.json::<Procedure>();
    chair.approve(second).await.order();
    officer.compare(first, &comparison()).await.refused(409, "out_of_turn");
}

#[tokio::test]
async fn below_the_thresholds_nothing_is_asked_for() {
    let site = Site::open().await;
    let chair = site.sign_in("zhenhai.chair").await;
    let order = site.order_in(State::Submitted, "zhenhai", &[("庆元香菇", 50)]).await.summary.id;
    assert_eq!(chair.procedure(order).await.missing, None);
    chair.approve(order).await.order();
}

#[tokio::test]
async fn splitting_a_basket_into_orders_does_not_escape_a_threshold() {
    let site = Site::open().await;
    let goods: [&[(&str, i64)]; 2] = [&[("庆元香菇", 50)], &[("龙泉香菇", 50)]];
    let officer = site.sign_in("zhenhai.officer").await;
    let placed = officer.place(&basket(&goods)).await.orders();
    let larger = placed.iter().map(|order| order.total_fen.fen()).max().expect("two orders");
    thresholds(&site, larger / 100 + 1, 1_000_000).await;
    let chair = site.sign_in("zhenhai.chair").await;
    chair.approve(placed[0].id).await.refused(409, "papers_missing");
    // What is cancelled is not bought.
    officer.cancel(placed[1].id, "不要了").await.order();
    chair.approve(placed[0].id).await.order();
}

#[tokio::test]
async fn a_comparison_that_is_none_is_refused() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let order = site.order_in(State::Submitted, "zhenhai", &[("庆元香菇", 50)]).await.summary.id;
    let mut two = comparison();
    two.offers.pop();
    officer.compare(order, &two).await.refused_at(422, "bad_field", "offers");
    officer.compare(order, &NewComparison { chosen: 3, ..comparison() }).await.refused_at(422, "bad_field", "chosen");
    let unsaid = NewComparison { reason: " ".into(), ..comparison() };
    officer.compare(order, &unsaid).await.refused_at(422, "reason_needed", "reason");
    assert_eq!(officer.procedure(order).await.comparison, None);
    site.sign_in("yinzhou.officer").await.compare(order, &comparison()).await.refused(404, "not_found");
    site.sign_in("zhenhai.chair").await.compare(order, &comparison()).await.refused(403, "not_allowed");
    site.sign_in("ningbo.city").await.get(&format!("/orders/{order}/procedure")).await.refused(403, "not_allowed");
}
