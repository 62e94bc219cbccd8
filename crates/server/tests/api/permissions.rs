//! The whole table of permissions against the whole interface: every endpoint, by everybody, on one's own thing and on
//! another's.
//!
//! The endpoints and the acts they ask for are read from the interface's own description; what should come of it is read
//! off [`may`]. An endpoint that is new fails here until [`Call::verdict`] knows how it is called.

use std::collections::BTreeSet;
use std::fmt;

use domain::Money;
use domain::application::ApplicationState;
use domain::correction::Decision;
use domain::duplicate::Verdict as Verdicts;
use domain::id::{OrderId, SaleId};
use domain::order_life::State;
use domain::organisation::Role;
use domain::permission::{Act, Whose, may};
use domain::photo::PhotoHash;
use domain::report::ReportStep;
use domain::wire::{
    ActionBody, ApplicationStatus, Attachment, Attachments, BundlePlan, DecisionBody, GoodsItem, GoodsPreview,
    InvoiceDue, NewBundlePlan, NewPlan, NewReportLine, Order, Orders, Photos, Report, Sales, Seen, ShippedLine,
    StockChange, TargetPreview, TargetSheet,
};
use reqwest::Method;

use crate::attachments::pdf;
use crate::bulletin::new_counting_rule;
use crate::delivery_lists::GBK_LIST;
use crate::desks::application;
use crate::document::{Document, Operation};
use crate::goods::{licence, new_goods};
use crate::photos::jpeg;
use crate::plan::{comparison, purchase, rule, wanted};
use crate::reports::{MERCHANT, SALES_CSV, SHOP, STREET, new_line, new_report, new_report_id};
use crate::rosters::new_roster;
use crate::site::{
    Answer, PASSWORD, Person, Site, acceptance, basket, invoice, new_invoice_number, new_sale_id, payment, product,
    retail_basket, returned, shipment, transfer,
};
use crate::targets::{TASK_SHEET, new_target};

// ---- what should come of it ---------------------------------------------------------------------------------------

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Done,
    SignInNeeded,
    NotAllowed,
    NotFound,
}

/// What the table says of a call, read without the server's help.
fn verdict(who: Option<Role>, acts: &[Act], act: Act, whose: Whose) -> Verdict {
    let ever = |act: &Act| Whose::ALL.into_iter().any(|whose| may(who, *act, whose));
    match who {
        _ if may(who, act, whose) => Verdict::Done,
        None => Verdict::SignInNeeded,
        // Who may not come in learns nothing; who may is not told of orders they may not see.
        Some(_) if !acts.iter().any(ever) => Verdict::NotAllowed,
        Some(_) if of_order(act) && !may(who, Act::SeeOrder, whose) => Verdict::NotFound,
        Some(_) if of_report(act) && !may(who, Act::SeeReports, whose) => Verdict::NotFound,
        Some(_) => Verdict::NotAllowed,
    }
}

fn of_order(act: Act) -> bool {
    let of_papers =
        [Act::SeeAttachments, Act::AddAttachment, Act::RemoveAttachment, Act::SeeProcedure, Act::CompareOffers]
            .contains(&act)
            || matches!(act, Act::SeePapers | Act::DownloadPacket);
    // Another union's roster is answered as one that does not exist, as its orders are.
    let is_seen = matches!(act, Act::SeeOrder | Act::SeeRecipients | Act::SeeRoster);
    is_seen || of_papers || state_for(act).is_some()
}

fn of_report(act: Act) -> bool {
    matches!(act, Act::SeeReports | Act::SubmitReport | Act::DecideReport)
}

/// The state in which it is the act's turn, for an act on an order.
fn state_for(act: Act) -> Option<State> {
    match act {
        Act::SubmitOrder => Some(State::Draft),
        Act::ApproveOrder | Act::SendBackOrder => Some(State::Submitted),
        Act::ConfirmOrder => Some(State::Approved),
        Act::ShipOrder | Act::RecordPayment => Some(State::Confirmed),
        Act::AcceptOrder | Act::CloseOrder => Some(State::Shipped),
        Act::ReturnGoods | Act::RecordInvoice | Act::RecordTransfer => Some(State::Accepted),
        // Submitted orders can be cancelled too, but then the merchant does not know of them.
        Act::CancelOrder => Some(State::Approved),
        _ => None,
    }
}

/// What the union has not approved is not yet its merchant's.
fn seen_as(who: Option<Role>, act: Act, whose: Whose) -> Whose {
    match (who, state_for(act)) {
        (Some(Role::Merchant), Some(State::Draft | State::Submitted)) => Whose::Anothers,
        _ => whose,
    }
}

// ---- what comes of it ---------------------------------------------------------------------------------------------

fn login_of(role: Role) -> &'static str {
    match role {
        Role::UnionOfficer => "zhenhai.officer",
        Role::UnionChair => "zhenhai.chair",
        Role::Merchant => "qingyuan.merchant",
        Role::CityCoordinator => "ningbo.city",
        Role::DistrictCoordinator => "zhenhai.district",
        Role::Buyer => "buyer",
        Role::Operator => "operator",
        Role::Reporter => "street.reporter",
    }
}

/// The district, and the goods of one merchant, in which the people of [`login_of`] have their things, or have none.
fn place_of(whose: Whose) -> (&'static str, &'static str) {
    match whose {
        Whose::Own => ("zhenhai", "庆元香菇"),
        Whose::Anothers => ("yinzhou", "龙泉香菇"),
    }
}

/// One act, tried by one person on one kind of thing.
struct Call<'a> {
    site: &'a Site,
    document: &'a Document,
    operation: Operation<'a>,
    act: Act,
    who: Option<Role>,
    whose: Whose,
}

impl Call<'_> {
    /// Sends the request, after making the thing it needs; none where nobody has a thing of their own.
    async fn verdict(&self) -> Option<Verdict> {
        let (district, goods) = place_of(self.whose);
        let person = self.person().await;
        let answer = match (self.operation.id(), self.whose) {
            ("follow_public_total", Whose::Own) => return Some(self.stream("/public-total/events").await),
            ("follow_tally", _) => return Some(self.stream(&format!("/tally/events?district={district}")).await),
            ("list_orders", _) => return Some(self.listed(&person).await),
            ("see_order", _) => person.get(&format!("/orders/{}", self.order(State::Approved).await)).await,
            ("act_on_order", _) => self.act_on_order(&person).await,
            ("see_acceptance", _) => person.get(&format!("/acceptances/{}", self.code().await)).await,
            ("see_roster", _) => {
                let officer = self.site.sign_in(&format!("{district}.officer")).await;
                person.get(&format!("/rosters/{}", officer.kept_roster().await)).await
            }
            ("list_recipients", _) => {
                person.get(&format!("/orders/{}/recipients", self.order(State::Approved).await)).await
            }
            ("see_goods", _) => person.get(&format!("/goods/{}", product(goods).id)).await,
            ("change_goods", _) => {
                let held = self.shelved().await;
                person.change_goods(&held, held.edition, held.goods.clone()).await
            }
            ("step_goods", _) => {
                let held = self.shelved().await;
                person.step(&held, held.status.next()).await
            }
            ("change_stock", _) => {
                let held = self.shelved().await;
                person.stock(&held, StockChange::Add { pieces: 1, edition: held.edition }).await
            }
            ("upload_photo", _) => person.upload(goods, jpeg(300, 300)).await,
            ("arrange_photos", _) => person.arrange_photos(goods, vec![self.photo().await]).await,
            ("remove_photo", _) => person.remove_photo(goods, &self.photo().await).await,
            ("list_attachments", _) => {
                person.get(&format!("/orders/{}/attachments", self.order(State::Approved).await)).await
            }
            ("add_attachment", _) => {
                // Both sides bring some of their own.
                person.attach(self.order(State::Approved).await, "other", "说明.pdf", pdf("1")).await
            }
            ("see_attachment", _) => {
                let paper = self.paper(State::Approved, "acceptance_photo").await;
                person.get(&format!("/attachments/{}", paper.id)).await
            }
            ("remove_attachment", _) => person.detach(&self.paper(State::Submitted, "other").await).await,
            ("list_papers", _) => person.get(&format!("/orders/{}/papers", self.order(State::Approved).await)).await,
            ("see_paper", _) => {
                person.get(&format!("/orders/{}/papers/purchase_order", self.order(State::Approved).await)).await
            }
            ("download_paper", _) => {
                let order = self.order(State::Approved).await;
                person.get(&format!("/orders/{order}/papers/purchase_order/paper.xlsx")).await
            }
            ("download_packet", _) => {
                person.get(&format!("/orders/{}/papers.zip", self.order(State::Approved).await)).await
            }
            ("see_procedure", _) => {
                person.get(&format!("/orders/{}/procedure", self.order(State::Submitted).await)).await
            }
            ("compare_offers", _) => person.compare(self.order(State::Submitted).await, &comparison()).await,
            ("record_payment", _) => person.record_payment(self.order(State::Confirmed).await, &payment()).await,
            ("see_tally", _) => person.get(&format!("/tally?district={district}")).await,
            ("see_behind", _) => person.get(&format!("/behind?district={district}")).await,
            ("list_sales", _) => person.get(&format!("/sales?district={district}")).await,
            ("reverse_sale", _) => person.reverse(self.sale().await, new_sale_id(), "重复").await,
            ("see_report", _) => person.get(&format!("/reports/{}", self.report().await.summary.id)).await,
            ("see_evidence", _) => {
                let report = self.report().await;
                person.get(&format!("/reports/{}/evidence/{}", report.summary.id, report.evidence[0].id)).await
            }
            ("add_evidence", Whose::Anothers) => {
                person.prove(self.report().await.summary.id, "照片.jpg", jpeg(30, 30)).await
            }
            ("decide_report", _) => person.decide(self.report().await.summary.id, ReportStep::Return, "看不清").await,
            ("decide_pair", _) => {
                // Both name the same invoice.
                self.report().await;
                let second = self.report().await;
                let city = self.site.sign_in("ningbo.city").await;
                let pair = city.report(second.summary.id).await.pairs.remove(0).id;
                person.say_of(second.summary.id, pair, Verdicts::Different).await
            }
            ("ask_reversal", _) => person.ask_reversal(self.sale().await, new_sale_id(), "重复").await,
            ("decide_reversal", _) => {
                let id = new_sale_id();
                self.site.sign_in("ningbo.deputy").await.ask_reversal(self.sale().await, id, "重复").await;
                person.decide_reversal(id, Decision::Refuse, Some("数字没错")).await
            }
            ("list_months", _) => person.get(&format!("/months?year=2026&district={district}")).await,
            ("export_sales", _) => person.get(&format!("/sales/export/csv?district={district}")).await,
            ("export_tally", _) => person.get(&format!("/tally/month/export/xlsx?district={district}")).await,
            // Goods are everybody's, a session and a new order can only be one's own.
            (
                "sign_up"
                | "sign_in"
                | "see_session"
                | "sign_out"
                | "list_products"
                | "suggest_products"
                | "see_product"
                | "see_checkout"
                | "place_retail_orders"
                | "see_helped"
                | "see_product_qr"
                | "see_acceptance_qr"
                | "place_orders"
                | "keep_roster"
                | "list_rosters"
                | "preview_delivery_list"
                | "mark_delivery_list"
                | "download_delivery_list_template"
                | "list_festivals"
                | "see_seasons"
                | "list_festival_goods"
                | "see_public_total"
                | "follow_public_total"
                | "see_county"
                | "list_rules"
                | "add_rule"
                | "see_plan"
                | "change_plan"
                | "record_purchase"
                | "remove_purchase"
                | "see_bundles"
                | "keep_bundles"
                | "propose_bundles"
                | "see_brand"
                | "list_goods"
                | "see_goods_choices"
                | "create_goods"
                | "download_goods"
                | "preview_goods"
                | "apply_goods"
                | "list_licences"
                | "record_licence"
                | "see_desk"
                | "mark_desk_seen"
                | "see_statement"
                | "download_statement"
                | "apply_to_join"
                | "see_application"
                | "list_applications"
                | "decide_application"
                | "list_reports"
                | "see_report_choices"
                | "submit_report"
                | "remove_evidence"
                | "preview_sales"
                | "mark_sales"
                | "download_sales_template"
                | "close_month"
                | "list_reversal_requests"
                | "see_bulletin"
                | "download_bulletin"
                | "list_counting_rules"
                | "add_counting_rule"
                | "list_targets"
                | "set_target"
                | "download_target_template"
                | "preview_targets"
                | "take_targets"
                | "export_orders"
                | "export_targets",
                Whose::Anothers,
            ) => {
                return None;
            }
            ("list_reports", Whose::Own) => person.get("/reports").await,
            ("see_report_choices", Whose::Own) => person.get("/reports/choices").await,
            ("submit_report", Whose::Own) => {
                let seller = if self.who == Some(Role::Merchant) { MERCHANT } else { STREET };
                person.submit_report(&new_report(seller, vec![new_line("zhenhai", 1_260)])).await
            }
            ("add_evidence", Whose::Own) => person.prove(new_report_id(), "照片.jpg", jpeg(30, 30)).await,
            ("remove_evidence", Whose::Own) => {
                let (report, evidence) = (new_report_id(), new_report_id());
                person.delete(&format!("/reports/{report}/evidence/{evidence}")).await
            }
            ("preview_sales", Whose::Own) => person.preview_sales(SALES_CSV.as_bytes()).await,
            ("mark_sales", Whose::Own) => person.mark_sales(&[]).await,
            ("download_sales_template", Whose::Own) => person.get("/reports/template.xlsx").await,
            ("close_month", Whose::Own) => person.close("2020-01").await,
            ("list_reversal_requests", Whose::Own) => person.get("/reversal-requests").await,
            ("see_bulletin" | "download_bulletin", Whose::Own) if self.who == Some(Role::DistrictCoordinator) => {
                // The bulletin is the whole city's, which no district owns.
                return None;
            }
            ("see_bulletin", Whose::Own) => person.get("/bulletin?year=2026&month=1").await,
            ("download_bulletin", Whose::Own) => person.get("/bulletin.docx?year=2026&month=1").await,
            ("list_counting_rules", Whose::Own) => person.get("/counting-rules").await,
            ("add_counting_rule", Whose::Own) => {
                person.post("/counting-rules", &new_counting_rule("2099-1", "2099-01-01")).await
            }
            ("list_targets", Whose::Own) => person.get("/targets?year=2026").await,
            ("set_target", Whose::Own) => {
                let sheet: TargetSheet = self.site.sign_in("operator").await.get("/targets?year=2030").await.json();
                let after = sheet.rows[0].version;
                person.post("/targets", &new_target(2030, after)).await
            }
            ("download_target_template", Whose::Own) => person.get("/targets/template.xlsx?year=2030").await,
            ("preview_targets", Whose::Own) => person.preview_targets(2031, TASK_SHEET).await,
            ("take_targets", Whose::Own) => {
                let preview: TargetPreview =
                    self.site.sign_in("operator").await.preview_targets(2031, TASK_SHEET).await.json();
                person.take_targets(2031, &preview.digest, "示例〔2031〕1号", TASK_SHEET).await
            }
            ("export_orders", Whose::Own) => person.get("/orders/export/csv").await,
            ("export_targets", Whose::Own) => person.get("/targets/export/csv?year=2026").await,
            ("see_desk", Whose::Own) => person.get("/desk").await,
            ("mark_desk_seen", Whose::Own) => person.post("/desk/seen", &Seen { until_ms: 1 }).await,
            ("see_statement", Whose::Own) => person.get("/statement?month=2026-11").await,
            ("download_statement", Whose::Own) => person.get("/statement.xlsx").await,
            ("apply_to_join", Whose::Own) => person.post("/applications", &application(1)).await,
            ("see_application", Whose::Own) => {
                let applied: ApplicationStatus = person.post("/applications", &application(1)).await.json();
                person.get(&format!("/applications/{}", applied.number)).await
            }
            ("list_applications", Whose::Own) => person.get("/applications").await,
            ("decide_application", Whose::Own) => {
                let applied = application(2);
                self.site.visitor().post("/applications", &applied).await;
                let body = DecisionBody { decision: ApplicationState::Admitted, reason: None };
                person.post(&format!("/applications/{}/decision", applied.id), &body).await
            }
            ("sign_up", Whose::Own) => person.sign_up(&new_sale_id().to_string(), PASSWORD).await,
            ("list_rules", Whose::Own) => person.get("/rules").await,
            ("add_rule", Whose::Own) => person.post("/rules", &rule()).await,
            ("see_plan", Whose::Own) => person.get("/plans/2026").await,
            ("change_plan", Whose::Own) => {
                let revision = self.site.sign_in("zhenhai.officer").await.plan(2027).await.revision;
                person.put("/plans/2027", &NewPlan { revision, lines: Vec::new(), reason: None }).await
            }
            ("record_purchase", Whose::Own) => person.post("/purchases", &purchase()).await,
            ("remove_purchase", Whose::Own) => person.delete(&format!("/purchases/{}", purchase().id)).await,
            ("see_bundles", Whose::Own) => person.get("/bundles/labour").await,
            ("keep_bundles", Whose::Own) => {
                let kept: BundlePlan = self.site.sign_in("zhenhai.officer").await.get("/bundles/labour").await.json();
                let body =
                    NewBundlePlan { revision: kept.revision, per_head_fen: Money::from_yuan(300), bundles: Vec::new() };
                person.put("/bundles/labour", &body).await
            }
            ("propose_bundles", Whose::Own) => person.post("/bundles/proposals", &wanted(300)).await,
            ("list_goods", Whose::Own) => person.get("/goods").await,
            ("see_goods_choices", Whose::Own) => person.get("/goods/choices").await,
            ("create_goods", Whose::Own) => person.post("/goods", &new_goods("新的灰树花")).await,
            ("download_goods", Whose::Own) => person.get("/goods/sheet.xlsx").await,
            ("preview_goods", Whose::Own) => person.preview_goods(self.sheet().await).await,
            ("apply_goods", Whose::Own) => {
                let (merchant, file) = (self.merchant().await, self.sheet().await);
                let preview: GoodsPreview = merchant.preview_goods(file.clone()).await.json();
                person.apply_goods(&preview.digest, file).await
            }
            ("list_licences", Whose::Own) => person.get("/licences").await,
            ("record_licence", Whose::Own) => person.post("/licences", &licence("2027-12-31")).await,
            ("see_checkout", Whose::Own) => person.get("/checkout").await,
            ("place_retail_orders", Whose::Own) => person.buy(&retail_basket(&[&[("庆元香菇", 2)]])).await,
            ("see_helped", Whose::Own) => person.get("/helped").await,
            ("sign_in", Whose::Own) => person.try_password("haishu.officer", PASSWORD).await,
            ("see_session", Whose::Own) => person.get("/sessions/current").await,
            ("sign_out", Whose::Own) => person.sign_out().await,
            ("suggest_products", Whose::Own) => person.get("/products/suggestions?q=qy").await,
            ("list_products", Whose::Own) => person.get("/products").await,
            ("see_product", Whose::Own) => person.get(&format!("/products/{}", product("庆元香菇").id)).await,
            ("see_product_qr", Whose::Own) => person.get(&format!("/products/{}/qr.svg", product("庆元香菇").id)).await,
            ("see_acceptance_qr", Whose::Own) => person.get("/acceptances/ABCDE23456/qr.svg").await,
            ("list_festivals", Whose::Own) => person.get("/festivals").await,
            ("see_seasons", Whose::Own) => person.get("/seasons?year=2027").await,
            ("list_festival_goods", Whose::Own) => person.get("/seasons/dragon_boat?year=2027").await,
            ("see_public_total", Whose::Own) => person.get("/public-total").await,
            ("see_county", Whose::Own) => person.get("/counties/qingyuan").await,
            ("see_brand", Whose::Own) => person.get("/brands/sanqu_wei").await,
            ("keep_roster", Whose::Own) => person.keep_roster(&new_roster()).await,
            ("list_rosters", Whose::Own) => person.get("/rosters").await,
            ("preview_delivery_list", Whose::Own) => person.preview("", GBK_LIST).await,
            ("mark_delivery_list", Whose::Own) => person.marked(&[]).await,
            ("download_delivery_list_template", Whose::Own) => person.get("/delivery-lists/template.xlsx").await,
            ("place_orders", Whose::Own) => person.place(&basket(&[&[("庆元香菇", 50)]])).await,
            (unknown, _) => panic!("say in `Call::verdict` of permissions.rs how {unknown} is called"),
        };
        self.document.expect_described(self.operation, &answer);
        Some(self.read(&answer))
    }

    async fn person(&self) -> Person {
        match self.who {
            None => self.site.visitor(),
            // The session that ends must not be one that others need.
            Some(role) if self.act == Act::SignOut => self.site.sign_in_afresh(login_of(role)).await,
            Some(role) => self.site.sign_in(login_of(role)).await,
        }
    }

    fn read(&self, answer: &Answer) -> Verdict {
        let verdict = self.read_status(answer.status);
        match verdict {
            Verdict::Done => return verdict,
            Verdict::SignInNeeded => answer.refused(401, "sign_in_needed"),
            Verdict::NotAllowed => answer.refused(403, "not_allowed"),
            Verdict::NotFound => answer.refused(404, "not_found"),
        };
        verdict
    }

    fn read_status(&self, status: u16) -> Verdict {
        match status {
            200..300 => Verdict::Done,
            401 => Verdict::SignInNeeded,
            403 => Verdict::NotAllowed,
            404 => Verdict::NotFound,
            other => panic!("{self} is answered {other}"),
        }
    }

    /// A stream that is let in never ends: only its beginning is looked at.
    async fn stream(&self, path: &str) -> Verdict {
        let request = self.person().await.request(Method::GET, path);
        self.read_status(request.send().await.expect("the server answers").status().as_u16())
    }

    /// What may not be seen is missing from a list.
    async fn listed(&self, person: &Person) -> Verdict {
        let id = self.order(State::Approved).await;
        let answer = person.get("/orders").await;
        self.document.expect_described(self.operation, &answer);
        match self.read(&answer) {
            Verdict::Done if answer.json::<Orders>().items.iter().all(|order| order.id != id) => Verdict::NotFound,
            verdict => verdict,
        }
    }

    async fn act_on_order(&self, person: &Person) -> Answer {
        let body = match self.act {
            Act::SubmitOrder => ActionBody::Submit { lines: None, exception_reason: None },
            Act::ApproveOrder => ActionBody::Approve {},
            Act::SendBackOrder => ActionBody::SendBack { reason: "重算".into() },
            Act::ConfirmOrder => ActionBody::Confirm { lines: Vec::new() },
            Act::ShipOrder => shipment("YZ0001"),
            Act::AcceptOrder => ActionBody::Accept { point: None, lines: acceptance(&[(50, 0)]) },
            Act::CloseOrder => {
                let id = self.order(State::Confirmed).await;
                self.ship_some(id).await;
                return person.act(id, &ActionBody::Close { point: None, reason: "减产".into() }).await;
            }
            Act::ReturnGoods => returned(1, 1, 1, "发霉"),
            Act::RecordInvoice => {
                let id = self.order(State::Accepted).await;
                return person.act(id, &self.invoice(id).await).await;
            }
            Act::RecordTransfer => {
                let id = self.order(State::Accepted).await;
                if let Some(order) = self.invoiced(id).await {
                    let amount = order.invoices[0].amount_fen.fen();
                    let body = ActionBody::Transfer { transfer: transfer(&new_invoice_number(), amount) };
                    return person.act(id, &body).await;
                }
                return person.act(id, &ActionBody::Transfer { transfer: transfer("HD-0001", 1) }).await;
            }
            Act::CancelOrder => ActionBody::Cancel { reason: "不要了".into() },
            unknown => panic!("say in `Call::act_on_order` of permissions.rs how {} is done", unknown.code()),
        };
        let state = state_for(self.act).expect("an act on an order has its turn");
        person.act(self.order(state).await, &body).await
    }

    async fn merchant(&self) -> Person {
        let (_, goods) = place_of(self.whose);
        self.site.sign_in(&product(goods).merchant.replace('-', ".")).await
    }

    /// A new product of the merchant, on sale.
    async fn shelved(&self) -> GoodsItem {
        let merchant = self.merchant().await;
        let draft: GoodsItem = merchant.post("/goods", &new_goods("新的圆子")).await.json();
        merchant.step(&draft, draft.status.next()).await.json()
    }

    /// The goods of the merchant, as they stand.
    async fn sheet(&self) -> Vec<u8> {
        self.merchant().await.get("/goods/sheet.xlsx").await.body
    }

    async fn ship_some(&self, id: OrderId) {
        let lines = vec![ShippedLine { line: 1, quantity: 1, batch: None, best_before: None }];
        let (carrier, tracking_no) = ("邮政快递".into(), "YZ0002".into());
        self.merchant().await.act(id, &ActionBody::Ship { carrier, tracking_no, point: Some(1), lines }).await.order();
    }

    /// The invoice of an accepted order; a person's order has none that could be right.
    async fn invoice(&self, id: OrderId) -> ActionBody {
        let due = self.merchant().await.order(id).await.invoice_due;
        let none = || InvoiceDue {
            title: "个人".into(),
            buyer_uscc: "81330211MC00010312".into(),
            lines: Vec::new(),
            amount_fen: domain::Money::ZERO,
        };
        ActionBody::Invoice { invoice: invoice(&new_invoice_number(), &due.unwrap_or_else(none)) }
    }

    /// The order with its invoice, where it may have one.
    async fn invoiced(&self, id: OrderId) -> Option<Order> {
        let answer = self.merchant().await.act(id, &self.invoice(id).await).await;
        (answer.status == 200).then(|| answer.order())
    }

    /// A new order in this state.
    async fn order(&self, state: State) -> OrderId {
        let (district, goods) = place_of(self.whose);
        if (self.who, self.whose) == (Some(Role::Buyer), Whose::Own) {
            // What a person orders is never without approval.
            let state = if matches!(state, State::Draft | State::Submitted) { State::Approved } else { state };
            return self.site.retail_order_in(state, &[(goods, 50)]).await.summary.id;
        }
        let reached = if state == State::Draft { State::Submitted } else { state };
        let id = self.site.order_in(reached, district, &[(goods, 50)]).await.summary.id;
        if state == State::Draft {
            let chair = self.site.sign_in(&format!("{district}.chair")).await;
            chair.send_back(id, "重算").await.order();
        }
        id
    }

    /// A report that waits, with a photo: of the person's organisation and district, or of another's.
    async fn report(&self) -> Report {
        let (district, _) = place_of(self.whose);
        let (login, seller) = match (self.who, self.whose) {
            (Some(Role::Merchant), Whose::Own) => ("qingyuan.merchant", MERCHANT),
            (_, Whose::Own) => ("street.reporter", STREET),
            (_, Whose::Anothers) => ("shop.reporter", SHOP),
        };
        let line = NewReportLine { invoices: vec!["26332000000012345678".into()], ..new_line(district, 1_260) };
        let reporter = self.site.sign_in(login).await;
        reporter.reported(seller, vec![line], &[jpeg(31, 31)]).await
    }

    /// What opens the acceptance of a shipped order.
    async fn code(&self) -> String {
        let id = self.order(State::Shipped).await;
        self.merchant().await.order(id).await.points.remove(0).code.expect("whoever ships sees it")
    }

    /// The only photo of the goods.
    async fn photo(&self) -> PhotoHash {
        let (_, goods) = place_of(self.whose);
        let merchant = self.site.sign_in(&product(goods).merchant.replace('-', ".")).await;
        merchant.upload(goods, jpeg(300, 300)).await.json::<Photos>().items.remove(0).hash
    }

    /// A paper that the buyer has brought to a new order in this state.
    async fn paper(&self, state: State, kind: &str) -> Attachment {
        let order = self.order(state).await;
        let (district, _) = place_of(self.whose);
        let is_persons = (self.who, self.whose) == (Some(Role::Buyer), Whose::Own);
        let login = if is_persons { "buyer".to_owned() } else { format!("{district}.officer") };
        let answer = self.site.sign_in(&login).await.attach(order, kind, "一.pdf", pdf("1")).await;
        answer.json::<Attachments>().items.remove(0)
    }

    /// A new entry of the ledger.
    async fn sale(&self) -> SaleId {
        let id = self.order(State::Accepted).await;
        let sales: Sales = self.site.sign_in("ningbo.city").await.get("/sales").await.json();
        sales.items.into_iter().find(|sale| sale.order_id == Some(id)).expect("what was accepted is sold").id
    }
}

impl fmt::Display for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Call { operation, act, who, whose, .. } = self;
        let who = who.map_or("nobody", Role::code);
        write!(f, "{who}, {} on {whose:?}, by {} {}", act.code(), operation.method, operation.path)
    }
}

// ---- both compared ------------------------------------------------------------------------------------------------

#[tokio::test]
async fn every_endpoint_answers_everybody_as_the_table_says() {
    let site = Site::open().await;
    let document = &Document::of(&site).await;
    for operation in document.operations() {
        let acts = operation.acts();
        for (act, who, whose) in combinations(&acts) {
            let call = Call { site: &site, document, operation, act, who, whose };
            let expected = verdict(who, &acts, act, seen_as(who, act, whose));
            if let Some(found) = call.verdict().await {
                assert_eq!(found, expected, "{call}");
            }
        }
    }
}

/// Each act, by nobody and by every role, on their own thing and on another's.
fn combinations(acts: &[Act]) -> Vec<(Act, Option<Role>, Whose)> {
    let everybody = || Role::ALL.iter().copied().map(Some).chain([None]);
    let mut all = Vec::new();
    for act in acts {
        all.extend(everybody().flat_map(|who| Whose::ALL.map(|whose| (*act, who, whose))));
    }
    all
}

#[tokio::test]
async fn every_act_of_the_table_has_its_endpoint() {
    let document = Document::of(&Site::open().await).await;
    let asked: BTreeSet<Act> = document.operations().into_iter().flat_map(Operation::acts).collect();
    assert_eq!(asked, Act::ALL.iter().copied().collect());
}
