//! The year's targets: versions with documents, one by one and by a whole task sheet.

use domain::Money;
use domain::target::Scope;
use domain::wire::{NewTarget, TargetPreview, TargetSheet, TargetsTaken};
use reqwest::Method;
use rust_xlsxwriter::Workbook;

use crate::site::{Answer, Person, Site, query};
use crate::tally::Listener;

/// As an office sends it: a title, the unit in the header, a sum, a signature.
pub const TASK_SHEET: &str = "2031年消费帮扶目标任务分解表,\n区县（市）,目标任务（万元）\n镇海区,1250.5\n海曙,\"2,000\"\n展会,300\n合计,3250.5\n填表人：王示例,\n";

pub fn new_target(year: i16, after: i64) -> NewTarget {
    NewTarget {
        year,
        scope: Scope::City,
        key: String::new(),
        amount_fen: Money::from_yuan(180_000_000 + after),
        document: format!("示例〔{year}〕{}号", after + 1),
        after,
    }
}

impl Person {
    pub async fn targets(&self, year: i16) -> TargetSheet {
        self.get(&format!("/targets?year={year}")).await.json()
    }

    pub async fn preview_targets(&self, year: i16, file: impl Into<reqwest::Body>) -> Answer {
        let path = format!("/targets/sheet/preview?year={year}");
        Answer::to(self.request(Method::POST, &path).body(file)).await
    }

    pub async fn take_targets(
        &self,
        year: i16,
        digest: &str,
        document: &str,
        file: impl Into<reqwest::Body>,
    ) -> Answer {
        let year = year.to_string();
        let named = query(&[("year", &year), ("digest", digest), ("document", document)]);
        Answer::to(self.request(Method::POST, &format!("/targets/sheet?{named}")).body(file)).await
    }
}

fn row<'a>(sheet: &'a TargetSheet, scope: Scope, key: &str) -> &'a domain::wire::TargetRow {
    sheet.rows.iter().find(|row| row.scope == scope && row.key == key).expect("a row")
}

#[tokio::test]
async fn a_version_is_added_and_the_dashboard_counts_by_it_at_once() {
    let site = Site::open().await;
    let (operator, city) = (site.sign_in("operator").await, site.sign_in("ningbo.city").await);
    let before = operator.targets(2026).await;
    let old = row(&before, Scope::City, "");
    assert_eq!((old.version, old.versions.len(), before.may_set), (1, 1, true));
    assert!(before.sums.iter().all(|sum| sum.difference_fen.is_none()), "the sample's parts add up");
    let mut listener = Listener::open(&city, "?year=2026").await;
    listener.next().await.expect("the figures");

    let new = new_target(2026, 1);
    let answer = operator.post("/targets", &new).await;
    let after: TargetSheet = answer.json();
    assert_eq!(answer.status, 201);
    let current = row(&after, Scope::City, "");
    assert_eq!((current.version, current.amount_fen), (2, Some(new.amount_fen)));
    assert_eq!(current.versions.iter().map(|it| it.version).collect::<Vec<_>>(), [2, 1], "the old one stays");
    assert_eq!(current.versions[0].recorded_by.as_deref().map(str::is_empty), Some(false));
    assert_eq!(current.versions[1].document, old.versions[0].document);
    let difference = after.sums.iter().find(|sum| sum.scope == Scope::District).and_then(|sum| sum.difference_fen);
    assert_eq!(difference, old.amount_fen.and_then(|old| old.checked_sub(new.amount_fen)), "and it is said");
    assert_eq!(
        listener.next().await.expect("a move").target_fen,
        Some(new.amount_fen),
        "an open dashboard hears of it"
    );
    assert_eq!(city.tally("?year=2026").await.target_fen, Some(new.amount_fen));

    let again: TargetSheet = operator.post("/targets", &new).await.json();
    assert_eq!(again, after, "sent twice is once");
    let other = NewTarget { document: "另一份文件".into(), ..new.clone() };
    operator.post("/targets", &other).await.refused(409, "overtaken");
    city.post("/targets", &new_target(2026, 2)).await.refused(403, "not_allowed");
    assert!(!city.targets(2026).await.may_set);
    site.sign_in("zhenhai.district").await.get("/targets").await.refused(403, "not_allowed");
}

#[tokio::test]
async fn a_target_that_cannot_be_is_refused_and_named() {
    let site = Site::open().await;
    let operator = site.sign_in("operator").await;
    let before = operator.targets(2027).await;
    let wrong = NewTarget {
        year: 2027,
        scope: Scope::District,
        key: "atlantis".into(),
        amount_fen: Money::ZERO,
        document: " ".into(),
        after: 0,
    };
    let problem = operator.post("/targets", &wrong).await.refused(422, "bad_field");
    let fields: Vec<&str> = problem.errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["key", "amount_fen", "document"]);
    operator.post("/targets", &new_target(1999, 0)).await.refused_at(422, "bad_field", "year");
    assert_eq!(operator.targets(2027).await, before);
    let both = futures::future::join_all([0, 1].map(|more| {
        let operator = operator.clone();
        let new = NewTarget { amount_fen: Money::from_yuan(1_000 + more), ..new_target(2027, 0) };
        async move { operator.post("/targets", &new).await.status }
    }))
    .await;
    assert_eq!(both.iter().filter(|status| **status == 201).count(), 1, "{both:?}");
}

#[tokio::test]
async fn a_task_sheet_is_shown_first_and_taken_when_told() {
    let site = Site::open().await;
    let operator = site.sign_in("operator").await;
    let preview: TargetPreview = operator.preview_targets(2031, TASK_SHEET).await.json();
    let told: Vec<_> =
        preview.changed.iter().map(|it| (it.row, &*it.name, it.before_fen, it.after_fen.fen())).collect();
    assert_eq!(
        told,
        [
            (3, "镇海区", None, 1_250_500_000),
            (4, "海曙区", None, 2_000_000_000),
            (5, "展会", None, 300_000_000),
            (6, "全市", None, 3_250_500_000),
        ]
    );
    assert_eq!((preview.problems.len(), preview.unchanged, preview.left_out), (0, 0, 1));
    let channel = preview.sums.iter().find(|sum| sum.scope == Scope::Channel).expect("channels are summed");
    assert_eq!(channel.difference_fen, Some(Money::from_yuan(-29_505_000)), "and it is said that they differ");
    assert_eq!(operator.targets(2031).await.sums, [], "nothing is stored yet");

    let take = |digest: &str, document: &str| {
        let (operator, digest, document) = (operator.clone(), digest.to_owned(), document.to_owned());
        async move { operator.take_targets(2031, &digest, &document, TASK_SHEET).await }
    };
    take("0", "示例〔2031〕1号").await.refused(409, "overtaken");
    take(&preview.digest, " ").await.refused_at(422, "bad_field", "document");
    let taken: TargetsTaken = take(&preview.digest, "示例〔2031〕1号").await.json();
    assert_eq!(taken.added, 4);
    let sheet = operator.targets(2031).await;
    let zhenhai = row(&sheet, Scope::District, "zhenhai");
    assert_eq!((zhenhai.version, &*zhenhai.versions[0].document), (1, "示例〔2031〕1号"));
    take(&preview.digest, "示例〔2031〕1号").await.refused(409, "overtaken");
    let again: TargetPreview = operator.preview_targets(2031, TASK_SHEET).await.json();
    assert_eq!((again.changed.len(), again.unchanged), (0, 4));
}

#[tokio::test]
async fn a_workbook_with_merged_cells_and_mistakes_is_read_cell_by_cell() {
    let site = Site::open().await;
    let operator = site.sign_in("operator").await;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = rust_xlsxwriter::Format::new();
    sheet.merge_range(0, 0, 0, 2, "2032年目标任务分解表（单位：亿元）", &plain).expect("a title");
    for (place, word) in (0..).zip(["类别", "单位", "任务数（亿元）"]) {
        sheet.write_string(1, place, word).expect("a heading");
    }
    sheet.merge_range(2, 0, 4, 0, "区县", &plain).expect("a merged kind");
    for (line, name, amount) in [(2, "镇海区", 0.125), (3, "鄞州", 0.3), (4, "不知道", 0.1)] {
        sheet.write_string(line, 1, name).expect("a name");
        sheet.write_number(line, 2, amount).expect("an amount");
    }
    sheet.write_string(5, 1, "江北区").expect("a name");
    sheet.write_string(5, 2, "多一点").expect("a word");
    let file = book.save_to_buffer().expect("a workbook");
    let preview: TargetPreview = operator.preview_targets(2032, file.clone()).await.json();
    let told: Vec<_> = preview.changed.iter().map(|it| (it.row, it.after_fen.fen())).collect();
    assert_eq!(told, [(3, 1_250_000_000), (4, 3_000_000_000)]);
    let wrong: Vec<_> = preview.problems.iter().map(|it| (it.row, it.column.map(|column| column.code()))).collect();
    assert_eq!(wrong, [(5, Some("name")), (6, Some("amount"))]);
    let refused = operator.take_targets(2032, &preview.digest, "示例", file).await.refused(422, "bad_field");
    assert_eq!(refused.errors.len(), 2);
    assert!(operator.targets(2032).await.sums.is_empty());
    operator
        .preview_targets(2033, "区县,目标任务（万元）\n镇海区,5\n".replace("目标任务", "2032年目标任务"))
        .await
        .refused(422, "no_header");
    operator.preview_targets(2033, "区县,目标任务\n镇海区,5\n").await.refused(422, "no_header");
    operator.preview_targets(2033, "%PDF-1.7").await.refused(422, "wrong_file_type");
}

#[tokio::test]
async fn the_template_that_was_downloaded_changes_nothing_when_it_is_sent_back() {
    let site = Site::open().await;
    let operator = site.sign_in("operator").await;
    for language in ["zh-CN", "en"] {
        let request =
            operator.request(Method::GET, "/targets/template.xlsx?year=2026").header("accept-language", language);
        let template = Answer::to(request).await;
        assert_eq!(template.status, 200);
        let preview: TargetPreview = operator.preview_targets(2026, template.body).await.json();
        assert_eq!((preview.changed.len(), preview.problems.len()), (0, 0), "{language}: {:?}", preview.problems);
        assert!(preview.unchanged > 20);
    }
}
