//! Reports of sales made elsewhere: what is taken and what is refused, by whom it is recognised, and that nothing is counted twice.

use domain::Money;
use domain::channel::Channel;
use domain::duplicate::{ReasonKind, Verdict};
use domain::id::{PairId, ReportId};
use domain::order_life::State;
use domain::product::Category;
use domain::report::{LineField, MOST_EVIDENCE, OtherKind, ReportQueue, ReportState, ReportStep};
use domain::wire::{
    Desk, Evidence, EvidenceList, NewReport, NewReportLine, PairVerdict, Report, ReportChoices, ReportDecision,
    ReportSummary, Reports, SalesPreview, SalesRow, SalesRows,
};
use jiff::ToSpan as _;
use reqwest::{Body, Method};
use server::store::audit::audit;
use server::{clock, spreadsheet};
use sha2::{Digest as _, Sha256};

use crate::attachments::pdf;
use crate::audit::{audit as audit_command, said};
use crate::home::Home;
use crate::photos::jpeg;
use crate::site::{Answer, Person, Site, invoice, new_invoice_number, new_sale_id, query};

pub const STREET: &str = "山丘市集消费帮扶街区（示例）";
pub const SHOP: &str = "山海协作示例专营店";
pub const MERCHANT: &str = "庆元示例食用菌专业合作社";
const UNION: &str = "镇海区示例石化工会联合会";

pub const SALES_CSV: &str = "\
2026年销售明细
日期,品名,产地,种类,数量,销售额（元）,客户名称,区县,发票号
2026-10-03,庆元香菇,庆元,菌菇,12,\"1,512.00\",个人,镇海,
2026-10-04,常山胡柚,常山县,果,三十,1290,,镇海区,24332000000012345678
合计,,,,42,2802,,,
";

pub fn new_report_id() -> ReportId {
    ReportId(server::id::new())
}

pub fn new_line(district: &str, yuan: i64) -> NewReportLine {
    NewReportLine {
        sold_on: clock::day(clock::now()).to_string(),
        county: "qingyuan".into(),
        brand: None,
        category: Category::Mushroom,
        product: "庆元香菇".into(),
        quantity: 10,
        amount_fen: Money::from_yuan(yuan),
        invoices: Vec::new(),
        buyer: String::new(),
        district: district.into(),
        note: String::new(),
    }
}

pub fn new_report(seller: &str, lines: Vec<NewReportLine>) -> NewReport {
    NewReport {
        id: new_report_id(),
        attempt: 1,
        channel: Channel::Fair,
        seller: seller.into(),
        seller_uscc: String::new(),
        note: String::new(),
        lines,
        evidence: Vec::new(),
        sure_fen: Vec::new(),
    }
}

fn hash_of(file: &[u8]) -> String {
    Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Person {
    pub async fn submit_report(&self, report: &NewReport) -> Answer {
        self.post("/reports", report).await
    }

    pub async fn report(&self, id: ReportId) -> Report {
        self.get(&format!("/reports/{id}")).await.json()
    }

    pub async fn prove(&self, id: ReportId, name: &str, file: impl Into<Body>) -> Answer {
        let path = format!("/reports/{id}/evidence?{}", query(&[("name", name)]));
        Answer::to(self.request(Method::POST, &path).body(file)).await
    }

    pub async fn decide(&self, id: ReportId, step: ReportStep, reason: &str) -> Answer {
        let reason = Some(reason.to_owned()).filter(|reason| !reason.is_empty());
        self.post(&format!("/reports/{id}/decision"), &ReportDecision { step, reason }).await
    }

    pub async fn say_of(&self, id: ReportId, pair: PairId, verdict: Verdict) -> Answer {
        let body = PairVerdict { verdict, reason: "核对过原始单据".into() };
        self.post(&format!("/reports/{id}/pairs/{pair}"), &body).await
    }

    pub async fn preview_sales(&self, file: impl Into<Body>) -> Answer {
        Answer::to(self.request(Method::POST, "/reports/sheet/preview").body(file)).await
    }

    pub async fn mark_sales(&self, rows: &[SalesRow]) -> Answer {
        self.post("/reports/sheet/marked", &SalesRows { rows: rows.to_vec() }).await
    }

    /// A report with these files, submitted.
    pub async fn reported(&self, seller: &str, lines: Vec<NewReportLine>, files: &[Vec<u8>]) -> Report {
        let mut report = new_report(seller, lines);
        for file in files {
            let sent = self.prove(report.id, "照片.jpg", file.clone()).await;
            assert!(sent.status < 300, "{}", sent.text());
        }
        report.evidence = files.iter().map(|file| hash_of(file)).collect();
        self.submit_report(&report).await.json()
    }
}

// ---- the whole way ------------------------------------------------------------------------------------------------

#[tokio::test]
async fn what_is_recognised_is_in_the_ledger_to_the_fen() {
    let site = Site::open().await;
    let (street, city) = (site.sign_in("street.reporter").await, site.sign_in("ningbo.city").await);
    let named = NewReportLine { buyer: UNION.into(), amount_fen: Money::from_fen(1_234_567), ..new_line("zhenhai", 1) };
    let outside = NewReportLine { buyer: "示例商贸有限公司".into(), ..new_line("zhenhai", 3_000) };
    let report = street.reported(STREET, vec![named, outside, new_line("zhenhai", 800)], &[jpeg(40, 40)]).await;
    assert_eq!((report.summary.state, report.summary.lines), (ReportState::Submitted, 3));
    assert!(report.summary.number.starts_with("BG"), "{}", report.summary.number);
    assert_eq!(city.tally("").await.recognised_fen, Money::ZERO, "what is only reported counts for nothing");
    let district = site.sign_in("zhenhai.district").await;
    let recognised: Report = district.decide(report.summary.id, ReportStep::Recognise, "").await.json();
    assert_eq!(recognised.summary.state, ReportState::Recognised);
    assert_eq!(recognised.lines.iter().map(|line| line.sequence).collect::<Vec<_>>(), [Some(1), Some(2), Some(3)]);
    let tally = city.tally("").await;
    assert_eq!(tally.recognised_fen, Money::from_fen(1_234_567 + 300_000 + 80_000));
    assert_eq!((tally.recognised_fen, tally.entries), (report.summary.amount_fen, 3));
    let mut entries = city.all_sales("&channel=fair").await;
    entries.sort_by_key(|entry| entry.sequence);
    let told: Vec<_> = entries.iter().map(|entry| (entry.merchant.as_str(), entry.buyer.as_str())).collect();
    assert_eq!(told, [(STREET, UNION), (STREET, "示例商贸有限公司"), (STREET, "个人买家")]);
    assert!(entries.iter().all(|entry| entry.report_number.as_ref() == Some(&report.summary.number)));
    assert!(entries.iter().all(|entry| entry.report_id == Some(report.summary.id) && entry.order_id.is_none()));
    let history: Vec<_> = recognised.history.iter().map(|it| it.step).collect();
    assert_eq!(history, [ReportStep::Recognise, ReportStep::Submit]);
    audit(&mut site.home().connect()).expect("the ledger is read").expect("the ledger holds");
}

#[tokio::test]
async fn what_came_back_is_corrected_and_submitted_again_with_its_comments() {
    let site = Site::open().await;
    let (street, city) = (site.sign_in("street.reporter").await, site.sign_in("ningbo.city").await);
    let mut report = new_report(STREET, vec![new_line("zhenhai", 800)]);
    street.submit_report(&report).await.json::<Report>();
    city.decide(report.id, ReportStep::Return, "").await.refused_at(422, "reason_needed", "reason");
    city.decide(report.id, ReportStep::Return, "发票看不清").await.json::<Report>();
    let back = street.report(report.id).await;
    assert!(back.may_change && !back.may_decide);
    city.decide(report.id, ReportStep::Recognise, "看过").await.refused(409, "out_of_turn");
    let desk: Desk = street.get("/desk").await.json();
    assert_eq!((desk.reports[0].queue, desk.reports[0].count), (ReportQueue::SentBack, 1));
    assert_eq!(desk.report_notices[0].note.as_deref(), Some("发票看不清"));
    assert_eq!(desk.unseen, 1);
    // The first submission once more, from a window that did not hear of it.
    let again = street.submit_report(&report).await;
    assert_eq!((again.status, again.json::<Report>().summary.state), (200, ReportState::Returned));
    report.attempt = 2;
    report.lines = vec![new_line("zhenhai", 700), new_line("zhenhai", 50)];
    let second: Report = street.submit_report(&report).await.json();
    assert_eq!((second.summary.state, second.summary.amount_fen), (ReportState::Submitted, Money::from_yuan(750)));
    assert_eq!(second.summary.number, back.summary.number);
    let told: Vec<_> = second.history.iter().rev().map(|it| (it.step, it.note.as_deref())).collect();
    let returned = (ReportStep::Return, Some("发票看不清"));
    assert_eq!(told, [(ReportStep::Submit, None), returned, (ReportStep::Submit, None)]);
    report.lines.pop();
    street.submit_report(&report).await.refused(409, "out_of_turn");
    city.decide(report.id, ReportStep::Recognise, "看过账本").await.json::<Report>();
    assert_eq!(city.tally("").await.recognised_fen, Money::from_yuan(750));
    street.submit_report(&NewReport { attempt: 3, ..report }).await.refused(409, "out_of_turn");
}

#[tokio::test]
async fn sent_twice_or_at_once_it_is_one_report() {
    let site = Site::open().await;
    let street = site.sign_in("street.reporter").await;
    let report = new_report(STREET, vec![new_line("zhenhai", 800)]);
    let (one, two) = tokio::join!(street.submit_report(&report), street.submit_report(&report));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 201]);
    assert_eq!(one.json::<Report>(), two.json::<Report>());
    let changed = NewReport { lines: vec![new_line("zhenhai", 900)], ..report.clone() };
    street.submit_report(&changed).await.refused(409, "id_taken");
    site.sign_in("shop.reporter").await.submit_report(&report).await.refused_at(409, "id_taken", "id");
    assert_eq!(street.get("/reports").await.json::<Reports>().items.len(), 1);
}

// ---- what is refused ----------------------------------------------------------------------------------------------

#[tokio::test]
async fn what_is_wrong_is_refused_whole_and_names_its_line() {
    let site = Site::open().await;
    let street = site.sign_in("street.reporter").await;
    let tomorrow = clock::day(clock::now()).saturating_add(1.day()).to_string();
    let good = || new_line("zhenhai", 800);
    for (line, field) in [
        (NewReportLine { sold_on: tomorrow, ..good() }, "sold_on"),
        (NewReportLine { sold_on: "2016-01-01".into(), ..good() }, "sold_on"),
        (NewReportLine { sold_on: "昨天".into(), ..good() }, "sold_on"),
        (NewReportLine { amount_fen: Money::from_fen(-1), ..good() }, "amount_fen"),
        (NewReportLine { amount_fen: Money::ZERO, ..good() }, "amount_fen"),
        (NewReportLine { amount_fen: Money::from_fen(i64::MAX), ..good() }, "amount_fen"),
        (NewReportLine { quantity: 0, ..good() }, "quantity"),
        (NewReportLine { county: "zhenhai".into(), ..good() }, "county"),
        (NewReportLine { district: "qingyuan".into(), ..good() }, "district"),
        (NewReportLine { buyer: UNION.into(), district: "yinzhou".into(), ..good() }, "district"),
        (NewReportLine { invoices: vec!["1".into()], ..good() }, "invoices"),
    ] {
        let answer = street.submit_report(&new_report(STREET, vec![good(), line])).await;
        answer.refused_at(422, "bad_field", &format!("lines[1].{field}"));
    }
    let union = NewReport { channel: Channel::UnionProcurement, ..new_report(STREET, vec![good()]) };
    street.submit_report(&union).await.refused_at(422, "bad_field", "lines[0].buyer");
    street.submit_report(&new_report(" ", vec![good()])).await.refused_at(422, "bad_field", "seller");
    street.submit_report(&new_report(STREET, Vec::new())).await.refused_at(422, "bad_field", "lines");
    assert!(street.get("/reports").await.json::<Reports>().items.is_empty(), "nothing of it is recorded");
}

#[tokio::test]
async fn a_report_has_five_thousand_lines_and_no_more() {
    let site = Site::open().await;
    let (street, city) = (site.sign_in("street.reporter").await, site.sign_in("ningbo.city").await);
    let lines = |count: i64| (1..=count).map(|yuan| new_line("zhenhai", yuan)).collect::<Vec<_>>();
    let most: Report = street.submit_report(&new_report(STREET, lines(5_000))).await.json();
    assert_eq!(most.lines.len(), 5_000);
    let one_more = street.submit_report(&new_report(STREET, lines(5_001))).await.refused(413, "too_many_rows");
    assert!(one_more.detail.contains("5001"), "{}", one_more.detail);
    street.submit_report(&new_report(STREET, lines(50_000))).await.refused(413, "too_large");
    let csv = format!("日期,产品,金额\n{}", "2026-10-03,庆元香菇,126\n".repeat(50_000));
    street.preview_sales(csv).await.refused(413, "too_many_rows");
    city.decide(most.summary.id, ReportStep::Recognise, "看过账本").await.json::<Report>();
    assert_eq!(city.tally("").await.entries, 5_000);
    audit(&mut site.home().connect()).expect("the ledger is read").expect("the ledger holds");
}

#[tokio::test]
async fn an_amount_far_above_the_usual_is_asked_about() {
    let site = Site::open().await;
    let street = site.sign_in("street.reporter").await;
    let usual: Vec<_> = [19_000, 19_888, 20_000, 18_000, 30_000].map(|yuan| new_line("zhenhai", yuan)).to_vec();
    street.submit_report(&new_report(STREET, usual)).await.json::<Report>();
    let mut slip = new_report(STREET, vec![new_line("zhenhai", 17_900_000)]);
    let problem = street.submit_report(&slip).await.refused_at(409, "amount_unusual", "lines[0].amount_fen");
    assert!(problem.detail.starts_with("第 1 行 1,790.0 万元，是平时的 "), "{}", problem.detail);
    slip.sure_fen = vec![Money::from_yuan(17_900_000)];
    street.submit_report(&slip).await.json::<Report>();
    // The channel is known even to who has never reported.
    let shop = site.sign_in("shop.reporter").await;
    let other = new_report(SHOP, vec![new_line("zhenhai", 17_900_001)]);
    shop.submit_report(&other).await.refused(409, "amount_unusual");
    let channel = NewReport { channel: Channel::SpecialtyStore, ..other };
    shop.submit_report(&channel).await.json::<Report>();
}

#[tokio::test]
async fn who_may_not_report_for_others_is_told_for_whom() {
    let site = Site::open().await;
    let merchant = site.sign_in("qingyuan.merchant").await;
    let choices: ReportChoices = merchant.get("/reports/choices").await.json();
    let own = choices.seller.expect("a merchant sells itself");
    merchant.submit_report(&new_report(STREET, vec![new_line("zhenhai", 1)])).await.refused_at(
        422,
        "bad_field",
        "seller",
    );
    merchant.submit_report(&new_report(&own, vec![new_line("zhenhai", 1)])).await.json::<Report>();
    let district = site.sign_in("zhenhai.district").await;
    let elsewhere = new_report("示例山货店", vec![new_line("yinzhou", 1)]);
    district.submit_report(&elsewhere).await.refused_at(422, "bad_field", "lines[0].district");
}

// ---- evidence -----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn what_a_file_is_its_content_says() {
    let site = Site::open().await;
    let street = site.sign_in("street.reporter").await;
    let id = new_report_id();
    for (name, file, word) in [
        ("照片.jpg", b"MZ\x90\0program".to_vec(), "程序"),
        ("照片.jpg", b"\x7fELF\x02".to_vec(), "程序"),
        ("照片.jpg", Vec::new(), "空"),
        ("表.xlsx", b"PK\x03\x04".to_vec(), "损坏"),
    ] {
        let problem = street.prove(id, name, file).await.refused(422, "bad_attachment");
        assert!(problem.detail.contains(word), "{name}: {}", problem.detail);
    }
    let kept: EvidenceList = street.prove(id, "照片.exe", jpeg(20, 20)).await.json();
    assert_eq!(kept.items[0].name, "照片.exe.jpg");
    let report = NewReport { id, evidence: vec!["00".repeat(32)], ..new_report(STREET, vec![new_line("zhenhai", 1)]) };
    let problem = street.submit_report(&report).await.refused_at(422, "bad_field", "evidence[0]");
    assert!(problem.detail.contains("还没有传到"), "{}", problem.detail);
}

#[tokio::test]
async fn the_same_file_five_times_is_one_file_and_is_flagged_elsewhere() {
    let site = Site::open().await;
    let (street, shop) = (site.sign_in("street.reporter").await, site.sign_in("shop.reporter").await);
    let photo = jpeg(50, 40);
    let id = new_report_id();
    for turn in 0..5 {
        let answer = street.prove(id, "照片.jpg", photo.clone()).await;
        assert_eq!(answer.status, if turn == 0 { 201 } else { 200 });
        assert_eq!(answer.json::<EvidenceList>().items.len(), 1);
    }
    let first = street.reported(STREET, vec![new_line("zhenhai", 900)], std::slice::from_ref(&photo)).await;
    let second = shop.reported(SHOP, vec![new_line("yinzhou", 1_700)], std::slice::from_ref(&photo)).await;
    assert_eq!(second.evidence.iter().map(|it| it.elsewhere).collect::<Vec<_>>(), [1]);
    assert!(second.pairs.is_empty(), "who reports is not told of others' reports");
    let city = site.sign_in("ningbo.city").await;
    let pairs = city.report(second.summary.id).await.pairs;
    assert_eq!((pairs.len(), pairs[0].reasons[0].kind), (1, ReasonKind::SameEvidence));
    assert_eq!(pairs[0].other.id, first.summary.id.to_string());
    for turn in 0..MOST_EVIDENCE as u8 {
        street.prove(id, "一.pdf", pdf(&turn.to_string())).await;
    }
    street.prove(id, "一.pdf", pdf("one more")).await.refused(409, "too_many_attachments");
}

#[tokio::test]
async fn evidence_is_shown_to_those_it_concerns_and_stays_once_it_is_submitted() {
    let site = Site::open().await;
    let street = site.sign_in("street.reporter").await;
    let photo = jpeg(60, 40);
    let report = street.reported(STREET, vec![new_line("zhenhai", 900)], std::slice::from_ref(&photo)).await;
    let Evidence { id, .. } = report.evidence[0];
    let path = format!("/reports/{}/evidence/{id}", report.summary.id);
    for login in ["street.reporter", "zhenhai.district", "ningbo.city"] {
        let answer = site.sign_in(login).await.get(&path).await;
        assert_eq!((answer.status, answer.body == photo), (200, true), "{login}");
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    }
    for login in ["shop.reporter", "yinzhou.district", "qingyuan.merchant"] {
        site.sign_in(login).await.get(&path).await.refused(404, "not_found");
    }
    street.delete(&path).await.refused(409, "out_of_turn");
    street.prove(report.summary.id, "又一张.jpg", jpeg(61, 40)).await.refused(409, "out_of_turn");
    // What was sent and not named stays behind.
    let mut other = new_report(STREET, vec![new_line("zhenhai", 901)]);
    street.prove(other.id, "一.jpg", jpeg(62, 40)).await;
    street.prove(other.id, "二.jpg", jpeg(63, 40)).await;
    other.evidence = vec![hash_of(&jpeg(63, 40))];
    let other: Report = street.submit_report(&other).await.json();
    assert_eq!(other.evidence.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["二.jpg"]);
}

// ---- who decides --------------------------------------------------------------------------------------------------

#[tokio::test]
async fn nobody_recognises_what_they_have_reported() {
    let site = Site::open().await;
    let zhenhai = site.sign_in("zhenhai.district").await;
    let own = zhenhai.reported("示例山货店", vec![new_line("zhenhai", 900)], &[jpeg(20, 20)]).await;
    assert!(!own.may_decide);
    zhenhai.decide(own.summary.id, ReportStep::Recognise, "").await.refused(403, "same_person");
    zhenhai.decide(own.summary.id, ReportStep::Return, "看错").await.refused(403, "same_person");
    site.sign_in("yinzhou.district")
        .await
        .decide(own.summary.id, ReportStep::Recognise, "")
        .await
        .refused(404, "not_found");
    let desk: Desk = zhenhai.get("/desk").await.json();
    assert_eq!(
        (desk.reports[0].queue, desk.reports[0].count),
        (ReportQueue::ToVerify, 0),
        "one's own waits for others"
    );
    site.sign_in("ningbo.city").await.decide(own.summary.id, ReportStep::Recognise, "").await.json::<Report>();
}

#[tokio::test]
async fn of_two_who_decide_at_once_one_is_told_that_it_is_done() {
    let site = Site::open().await;
    let street = site.sign_in("street.reporter").await;
    let (city, zhenhai) = (site.sign_in("ningbo.city").await, site.sign_in("zhenhai.district").await);
    let id = street.reported(STREET, vec![new_line("zhenhai", 900)], &[jpeg(20, 20)]).await.summary.id;
    let (one, two) =
        tokio::join!(city.decide(id, ReportStep::Recognise, ""), zhenhai.decide(id, ReportStep::Recognise, ""));
    let (done, late) = if one.status == 200 { (one, two) } else { (two, one) };
    done.json::<Report>();
    late.refused(409, "out_of_turn");
    assert_eq!(city.tally("").await.recognised_fen, Money::from_yuan(900), "once");
}

#[tokio::test]
async fn what_nobody_has_proved_needs_a_reason() {
    let site = Site::open().await;
    let (street, city) = (site.sign_in("street.reporter").await, site.sign_in("ningbo.city").await);
    let id = street.reported(STREET, vec![new_line("zhenhai", 900)], &[]).await.summary.id;
    assert!(city.report(id).await.not_yet.is_some_and(|sentence| sentence.contains("没有佐证")));
    city.decide(id, ReportStep::Recognise, " ").await.refused_at(422, "reason_needed", "reason");
    city.decide(id, ReportStep::Recognise, "现场核过").await.json::<Report>();
}

#[tokio::test]
async fn the_list_has_what_is_the_readers_and_the_desk_what_waits() {
    let site = Site::open().await;
    let street = site.sign_in("street.reporter").await;
    for (district, yuan) in [("zhenhai", 100), ("yinzhou", 200), ("zhenhai", 300)] {
        street.reported(STREET, vec![new_line(district, yuan)], &[]).await;
    }
    street.reported(STREET, vec![new_line("zhenhai", 1), new_line("yinzhou", 2)], &[]).await;
    let seen = |person: Person| async move {
        let items: Vec<ReportSummary> = person.all("/reports?limit=1", |page: Reports| (page.items, page.next)).await;
        items.iter().map(|it| it.amount_fen.fen() / 100).collect::<Vec<_>>()
    };
    assert_eq!(seen(street.clone()).await, [3, 300, 200, 100]);
    assert_eq!(seen(site.sign_in("zhenhai.district").await).await, [300, 100], "not what others have a share in");
    assert_eq!(seen(site.sign_in("ningbo.city").await).await, [3, 300, 200, 100]);
    assert!(seen(site.sign_in("shop.reporter").await).await.is_empty());
    let desk: Desk = site.sign_in("zhenhai.district").await.get("/desk").await.json();
    let waits: Vec<_> = desk.reports[0].oldest.iter().map(|it| it.amount_fen.fen() / 100).collect();
    assert_eq!((desk.reports[0].queue, desk.reports[0].count, waits), (ReportQueue::ToVerify, 2, vec![100, 300]));
    assert!(street.get("/reports?state=returned").await.json::<Reports>().items.is_empty());
    street.get("/reports?after=nowhere").await.refused_at(422, "bad_field", "after");
}

// ---- doubles ------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_possible_double_keeps_a_report_from_the_ledger_until_somebody_decides() {
    let site = Site::open().await;
    let (street, shop) = (site.sign_in("street.reporter").await, site.sign_in("shop.reporter").await);
    let city = site.sign_in("ningbo.city").await;
    let invoiced = |number: &str, yuan| NewReportLine { invoices: vec![number.into()], ..new_line("zhenhai", yuan) };
    let first = street.reported(STREET, vec![invoiced("26332000000012345678", 900)], &[jpeg(20, 20)]).await;
    let again = vec![invoiced("２６３３ 2000 0000 1234 5678", 900)];
    let second = shop.reported(SHOP, again, &[jpeg(21, 20)]).await;
    for id in [first.summary.id, second.summary.id] {
        city.decide(id, ReportStep::Recognise, "").await.refused(409, "pairs_open");
    }
    let report = city.report(second.summary.id).await;
    let pair = &report.pairs[0];
    assert_eq!((pair.reasons[0].kind, &*pair.reasons[0].value), (ReasonKind::SameInvoice, "26332000000012345678"));
    assert_eq!((&*pair.reasons[0].lines, &*pair.reasons[0].other_lines), (&[1_i64][..], &[1_i64][..]));
    assert_eq!((pair.other.kind, &pair.other.number), (OtherKind::Report, &first.summary.number));
    let mirrored = &city.report(first.summary.id).await.pairs[0];
    assert_eq!((&mirrored.own.number, &mirrored.other.number), (&first.summary.number, &second.summary.number));
    let path = format!("/reports/{}/pairs/{}", second.summary.id, pair.id);
    let nothing = PairVerdict { verdict: Verdict::Same, reason: " ".into() };
    city.post(&path, &nothing).await.refused_at(422, "reason_needed", "reason");
    street.say_of(second.summary.id, pair.id, Verdict::Different).await.refused(403, "not_allowed");
    city.say_of(second.summary.id, pair.id, Verdict::Same).await.json::<Report>();
    city.say_of(second.summary.id, pair.id, Verdict::Same).await.json::<Report>();
    city.say_of(second.summary.id, pair.id, Verdict::Different).await.refused(409, "already_decided");
    city.decide(second.summary.id, ReportStep::Recognise, "").await.refused(409, "said_same");
    city.decide(first.summary.id, ReportStep::Recognise, "").await.json::<Report>();
    city.decide(second.summary.id, ReportStep::Return, "和街区报的是同一张发票").await.json::<Report>();
    let kept = city.report(second.summary.id).await;
    assert_eq!((kept.pairs[0].verdict, kept.pairs[0].reason.as_deref()), (Some(Verdict::Same), Some("核对过原始单据")));
    assert_eq!(city.tally("").await.recognised_fen, Money::from_yuan(900), "counted once");
}

#[tokio::test]
async fn a_submission_after_the_return_is_looked_at_anew_and_keeps_what_was_decided() {
    let site = Site::open().await;
    let (street, shop) = (site.sign_in("street.reporter").await, site.sign_in("shop.reporter").await);
    let city = site.sign_in("ningbo.city").await;
    let invoiced = |number: &str| NewReportLine { invoices: vec![number.into()], ..new_line("zhenhai", 900) };
    street.reported(STREET, vec![invoiced("26332000000012345678")], &[jpeg(20, 20)]).await;
    let mut report = new_report(SHOP, vec![invoiced("26332000000012345678")]);
    shop.submit_report(&report).await.json::<Report>();
    let pair = city.report(report.id).await.pairs[0].id;
    city.say_of(report.id, pair, Verdict::Same).await.json::<Report>();
    city.decide(report.id, ReportStep::Return, "重复").await.json::<Report>();
    report.attempt = 2;
    report.lines = vec![invoiced("26332000000099990000")];
    shop.submit_report(&report).await.json::<Report>();
    let seen = city.report(report.id).await;
    assert_eq!(
        seen.pairs.iter().map(|it| (it.current, it.verdict)).collect::<Vec<_>>(),
        [(false, Some(Verdict::Same))]
    );
    city.say_of(report.id, pair, Verdict::Same).await.refused(404, "not_found");
    city.decide(report.id, ReportStep::Recognise, "看过").await.json::<Report>();
}

#[tokio::test]
async fn an_order_of_the_platform_that_is_reported_again_is_noticed() {
    let site = Site::open().await;
    let order = site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 100)]).await;
    let merchant = site.sign_in("qingyuan.merchant").await;
    let due = merchant.order(order.summary.id).await.invoice_due.expect("what to invoice");
    let number = new_invoice_number();
    let body = domain::wire::ActionBody::Invoice { invoice: invoice(&number, &due) };
    merchant.act(order.summary.id, &body).await.order();
    let (street, city) = (site.sign_in("street.reporter").await, site.sign_in("ningbo.city").await);
    let total = order.summary.total_fen;
    let plain = || NewReportLine { amount_fen: Money::from_yuan(77), ..new_line("zhenhai", 1) };
    let name = merchant.get("/reports/choices").await.json::<ReportChoices>().seller.expect("its name");
    for (what, line, seller, expected) in [
        (
            "its invoice",
            NewReportLine { invoices: vec![number.clone()], ..plain() },
            "示例山货店",
            ReasonKind::SameInvoice,
        ),
        (
            "its number in the remarks",
            NewReportLine { note: format!("见{}", order.summary.number.replace('-', "－")), ..plain() },
            "示例山货店",
            ReasonKind::OrderNumber,
        ),
        (
            "its number among the invoices",
            NewReportLine { invoices: vec![order.summary.number.to_lowercase()], ..plain() },
            "示例山货店",
            ReasonKind::OrderNumber,
        ),
        (
            "its buyer and amount",
            NewReportLine { buyer: UNION.into(), amount_fen: total, ..plain() },
            name.as_str(),
            ReasonKind::SameSale,
        ),
    ] {
        let report = street.reported(seller, vec![line], &[]).await;
        let pairs = city.report(report.summary.id).await.pairs;
        let of_order = pairs.iter().find(|pair| pair.other.kind == OtherKind::Order);
        let of_order = of_order.unwrap_or_else(|| panic!("{what} goes unnoticed: {pairs:?}"));
        assert_eq!((of_order.reasons[0].kind, &of_order.other.number), (expected, &order.summary.number), "{what}");
        city.decide(report.summary.id, ReportStep::Return, "平台上有了").await.json::<Report>();
    }
    let cancelled = site.order_in(State::Approved, "zhenhai", &[("庆元香菇", 60)]).await;
    site.sign_in("zhenhai.officer").await.cancel(cancelled.summary.id, "不要了").await.order();
    let line = NewReportLine { invoices: vec![cancelled.summary.number.clone()], ..plain() };
    let report = street.reported("示例山货店", vec![line], &[]).await;
    assert!(city.report(report.summary.id).await.pairs.is_empty(), "what was cancelled counts for nothing");
}

// ---- spreadsheets -------------------------------------------------------------------------------------------------

#[tokio::test]
async fn sales_are_read_from_whatever_offices_send() {
    let site = Site::open().await;
    let street = site.sign_in("street.reporter").await;
    let (gbk, ..) = encoding_rs::GBK.encode(SALES_CSV);
    let (gb18030, ..) = encoding_rs::GB18030.encode(SALES_CSV);
    let bom = [b"\xEF\xBB\xBF", SALES_CSV.as_bytes()].concat();
    for file in [SALES_CSV.as_bytes().to_vec(), bom, gbk.into_owned(), gb18030.into_owned()] {
        let read: SalesPreview = street.preview_sales(file).await.json();
        assert_eq!((read.header_row, read.rows.len(), read.good, &*read.left_out), (2, 2, 1, &[5_i64][..]));
        assert_eq!(read.amount_fen, Money::from_fen(151_200));
        let problem = &read.problems[0];
        assert_eq!((read.problems.len(), problem.row, problem.field), (1, 4, LineField::Quantity));
    }
    for (file, status, code) in [
        (&b"%PDF-1.7"[..], 422, "wrong_file_type"),
        (b"", 422, "no_rows"),
        ("姓名,手机,地址\n张三,1,宁波\n".as_bytes(), 422, "no_header"),
    ] {
        street.preview_sales(file.to_vec()).await.refused(status, code);
    }
}

#[tokio::test]
async fn the_marked_table_and_the_template_read_back() {
    let site = Site::open().await;
    let street = site.sign_in("street.reporter").await;
    let mut read: SalesPreview = street.preview_sales(SALES_CSV.as_bytes().to_vec()).await.json();
    read.rows[0].write(LineField::Note, "=1+1".into());
    let marked = street.mark_sales(&read.rows).await;
    let sheet = &spreadsheet::read(&marked.body).expect("a workbook")[0];
    let last = sheet.rows[2].cells.last().map(|cell| cell.text.clone()).unwrap_or_default();
    assert!(last.starts_with("数量"), "{last}");
    let again: SalesPreview = street.preview_sales(marked.body).await.json();
    assert_eq!((again.rows.len(), again.good, again.rows[0].text(LineField::Note)), (2, 1, "=1+1"));
    let template = street.get("/reports/template.xlsx").await;
    let example: SalesPreview = street.preview_sales(template.body).await.json();
    assert_eq!((example.rows.len(), example.good), (1, 1), "{:?}", example.problems);
}

// ---- the ledger ---------------------------------------------------------------------------------------------------

#[tokio::test]
async fn an_entry_of_a_report_is_reversed_as_any_other() {
    let site = Site::open().await;
    let (street, city) = (site.sign_in("street.reporter").await, site.sign_in("ningbo.city").await);
    let line = NewReportLine { buyer: "示例商贸有限公司".into(), ..new_line("zhenhai", 900) };
    let id = street.reported("示例山货店", vec![line, new_line("zhenhai", 100)], &[]).await.summary.id;
    let report: Report = city.decide(id, ReportStep::Recognise, "看过").await.json();
    let sale = report.lines[0].sale_id.expect("it is in the ledger");
    let reversal = city.reverse(sale, new_sale_id(), "报重了").await;
    let entry: domain::wire::SaleEntry = reversal.json();
    assert_eq!((entry.reverses_sequence, entry.merchant.as_str()), (Some(1), "示例山货店"));
    assert_eq!(entry.buyer, "示例商贸有限公司");
    assert_eq!(city.tally("").await.recognised_fen, Money::from_yuan(100));
    city.reverse(sale, new_sale_id(), "再来").await.refused(409, "already_reversed");
    audit(&mut site.home().connect()).expect("the ledger is read").expect("the ledger holds");
}

#[tokio::test]
async fn every_byte_of_a_reported_sale_is_held_to_its_report() {
    let site = Site::open().await;
    let (street, city) = (site.sign_in("street.reporter").await, site.sign_in("ningbo.city").await);
    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 50)]).await;
    let lines = vec![new_line("zhenhai", 900), new_line("zhenhai", 100)];
    let report = street.reported(STREET, lines, &[]).await;
    city.decide(report.summary.id, ReportStep::Recognise, "看过").await.json::<Report>();
    street.reported(STREET, vec![new_line("yinzhou", 5)], &[]).await;
    let number = report.summary.number.clone();
    let untouched = site.close().await.snapshot();
    let sound = audit_command(&Home::copy_of(&untouched));
    assert_eq!(sound.status.code(), Some(0), "{}", said(&sound));
    let parted = format!("report {number}");
    for (what, statement, named) in [
        ("an amount", "update sales set amount_fen = amount_fen + 1 where sequence = 2", "entry 2 "),
        ("its report", "update sales set report_line = 9 where sequence = 3", "entry 3 "),
        ("its source", "update sales set report_id = null, report_line = null where sequence = 3", "entry 3 "),
        (
            "a reported amount",
            "update report_lines set amount_fen = 90001 where line = 1 and amount_fen = 90000",
            "entry 2 ",
        ),
        ("a reported day", "update report_lines set sold_on = '2020-01-01' where line = 2", "entry 3 "),
        ("a reported product", "update report_lines set product_name = '别的' where line = 2", "entry 3 "),
        ("a seller", "update reports set seller_id = organisation_id, channel = 'online_platform'", "entry 2 "),
        ("a line taken out", "delete from report_lines where line = 2", "entry 3 "),
        ("a state", "update reports set state = 'returned' where state = 'recognised'", "entry 2 "),
        ("another state", "update reports set state = 'recognised' where state = 'submitted'", "has no entry"),
        ("a sum", "update reports set amount_fen = 7 where state = 'recognised'", parted.as_str()),
    ] {
        let home = Home::copy_of(&untouched);
        crate::audit::tamper(&home, statement);
        let output = audit_command(&home);
        assert_eq!(output.status.code(), Some(1), "{what}: {}", said(&output));
        assert!(said(&output).contains(named), "{what}: {} should name {named}", said(&output));
    }
}
