//! Delivery lists: what offices send is read or refused with a sentence, comes back marked, and is kept with the order.

use std::time::Instant;

use domain::delivery_list::Column;
use domain::sheet::LARGEST_FILE;
use domain::wire::{ListPreview, ListRow, ListRows, NewOrders, NewPoint, NewRecipient, Recipients};
use reqwest::Method;
use reqwest::header::ACCEPT_LANGUAGE;
use server::spreadsheet;

use crate::site::{Answer, Person, Site, basket};

/// 300 people, titles above the header; two of them wrong.
pub const GBK_LIST: &[u8] = include_bytes!("files/list-gbk.csv");
/// The same people, made by LibreOffice, and none of them wrong.
const XLSX: &[u8] = include_bytes!("files/list.xlsx");
const XLS: &[u8] = include_bytes!("files/list.xls");
const ODS: &[u8] = include_bytes!("files/list.ods");
const PASSWORD: &[u8] = include_bytes!("files/password.xlsx");

impl Person {
    pub async fn preview(&self, query: &str, file: impl Into<reqwest::Body>) -> Answer {
        Answer::to(self.request(Method::POST, &format!("/delivery-lists/preview{query}")).body(file)).await
    }

    pub async fn marked(&self, rows: &[ListRow]) -> Answer {
        self.marked_by(rows, &[]).await
    }

    /// The same where the goods come in bundles of these names.
    pub async fn marked_by(&self, rows: &[ListRow], bundles: &[&str]) -> Answer {
        let body = ListRows { rows: rows.to_vec(), bundles: bundles.iter().map(|name| (*name).to_owned()).collect() };
        Answer::to(self.request(Method::POST, "/delivery-lists/marked").json(&body)).await
    }
}

#[tokio::test]
async fn a_list_of_300_reads_from_gbk_and_from_every_kind_of_workbook() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let gbk: ListPreview = officer.preview("", GBK_LIST).await.json();
    assert_eq!((gbk.rows.len(), gbk.header_row), (300, 4));
    let said: Vec<_> = gbk.errors.iter().map(|it| (it.row, it.column, it.sentence.as_str())).collect();
    assert_eq!(said, [(37, Column::Phone, "少一位"), (100, Column::Name, "没有写姓名")]);
    assert_eq!(gbk.points.iter().map(|point| point.people).sum::<i64>(), 298);
    assert_eq!(gbk.points.len(), 3, "spellings of one address are one point: {:?}", gbk.points);
    for file in [XLSX, XLS, ODS] {
        let list: ListPreview = officer.preview("", file).await.json();
        assert_eq!((list.rows.len(), list.errors.len(), list.points.len()), (300, 0, 3));
        assert_eq!(list.rows[299].department, "后勤科", "a merged department stands for all its rows");
        assert_eq!(list.computed, 6, "formulas are taken at their last result, and told");
        assert_eq!(list.points.iter().map(|point| point.sets).collect::<Vec<_>>(), [153, 91, 62]);
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_readers_language() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let request = officer.request(Method::POST, "/delivery-lists/preview").header(ACCEPT_LANGUAGE, "en");
    let list: ListPreview = Answer::to(request.body(GBK_LIST)).await.json();
    assert_eq!(list.errors[0].sentence, "1 digit short");
}

#[tokio::test]
async fn what_is_no_list_is_refused_with_a_sentence() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let too_long = b"1,2,3\n".repeat(100_000);
    for (file, status, code) in [
        (&b"%PDF-1.7"[..], 422, "wrong_file_type"),
        (b"\x89PNG\r\n\x1a\n", 422, "wrong_file_type"),
        (PASSWORD, 422, "file_protected"),
        (&XLSX[..XLSX.len() / 2], 422, "file_damaged"),
        (&ODS[..ODS.len() - 300], 422, "file_damaged"),
        (b"", 422, "no_rows"),
        ("姓名,部门\n张三,办公室\n".as_bytes(), 422, "no_header"),
        (too_long.as_slice(), 413, "too_many_rows"),
    ] {
        let problem = officer.preview("", file.to_vec()).await.refused(status, code);
        assert!(problem.detail.contains("请"), "it says what to do: {}", problem.detail);
    }
    officer.preview("", vec![b'1'; LARGEST_FILE + 1]).await.refused(413, "too_large");
    officer.preview("?purpose=party", GBK_LIST).await.refused_at(422, "bad_field", "purpose");
    let roster: ListPreview = officer.preview("?purpose=roster", "姓名,部门\n张三,办公室\n".as_bytes()).await.json();
    assert_eq!((roster.rows.len(), roster.errors.len(), roster.points.len()), (1, 0, 0));
}

#[tokio::test]
async fn the_marked_list_reads_back_as_it_was_and_says_what_is_wrong() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let mut list: ListPreview = officer.preview("", GBK_LIST).await.json();
    list.rows[0].note = "=1+1".to_owned();
    let answer = officer.marked(&list.rows).await;
    assert_eq!(answer.status, 200);
    let sheet = &spreadsheet::read(&answer.body).expect("a workbook")[0];
    let wrong = &sheet.rows[33].cells;
    assert_eq!((wrong[0].text.as_str(), wrong.last().map(|cell| cell.text.as_str())), ("37", Some("手机: 少一位")));
    let again: ListPreview = officer.preview("", answer.body).await.json();
    assert_eq!(again.rows.len(), 300);
    assert_eq!((again.errors[0].row, &*again.errors[0].sentence), (34, "少一位"), "below one header row");
    assert_eq!(again.rows[0].note, "=1+1", "what somebody wrote never becomes a formula");
    assert_eq!(again.computed, 0);
}

#[tokio::test]
async fn the_marked_list_knows_the_names_of_bundles() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let mut rows = officer.preview("", XLSX).await.json::<ListPreview>().rows;
    rows.truncate(2);
    rows[0].bundle = "甲".to_owned();
    rows[1].bundle = "丙".to_owned();
    let said = async |bundles: &[&str]| {
        let answer = officer.marked_by(&rows, bundles).await;
        assert_eq!(answer.status, 200);
        let sheet = spreadsheet::read(&answer.body).expect("a workbook").remove(0);
        let last = |row: &domain::sheet::Row| row.cells.last().map(|cell| cell.text.clone()).unwrap_or_default();
        sheet.rows.iter().map(last).filter(|text| text.contains("礼包:")).collect::<Vec<_>>()
    };
    assert_eq!(said(&["甲", "乙"]).await, ["礼包: 写礼包的名字：甲、乙"]);
    assert_eq!(said(&[]).await, Vec::<String>::new(), "without bundles any name will do");
}

#[tokio::test]
async fn the_template_is_a_list_that_reads() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    for language in ["zh-CN", "en"] {
        let request = officer.request(Method::GET, "/delivery-lists/template.xlsx").header(ACCEPT_LANGUAGE, language);
        let answer = Answer::to(request).await;
        assert!(answer.header("content-disposition").is_some_and(|it| it.contains("template.xlsx")));
        let list: ListPreview = officer.preview("", answer.body).await.json();
        assert_eq!((list.rows.len(), list.errors.len(), list.points.len()), (3, 0, 2), "{language}: {list:?}");
        assert_eq!(list.points[0].contact, "张示例", "the marked one");
    }
}

#[tokio::test]
async fn five_thousand_people_are_read_in_one_go() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let mut file = "姓名,部门,手机,地址\n".to_owned();
    for n in 0..5_000 {
        file.push_str(&format!("张示{n}号,办公室,1380000{n:04},宁波市镇海区示例路{}号\n", n % 40 + 1));
    }
    let begun = Instant::now();
    let list: ListPreview = officer.preview("", file).await.json();
    println!("5,000 rows previewed in {} ms", begun.elapsed().as_millis());
    assert_eq!((list.rows.len(), list.points.len(), list.errors.len()), (5_000, 40, 0));
}

/// Two points and three people.
pub fn listed() -> NewOrders {
    let mut body = basket(&[&[("庆元香菇", 50)]]);
    body.points = [("宁波市镇海区示例路1号", 2), ("宁波市北仑区示例港路8号", 1)]
        .map(|(address, recipients)| NewPoint {
            address: address.into(),
            contact: "王示例".into(),
            phone: "13800000001".into(),
            recipients,
        })
        .into();
    body.orders[0].lines[0].by_point = vec![30, 20];
    let person = |name: &str, point| NewRecipient {
        department: "办公室".into(),
        name: name.into(),
        phone: "13800000007".into(),
        point,
        sets: 1,
        bundle: None,
    };
    body.recipients = vec![person("张三", 1), person("李四", 2), person("王五", 1)];
    body
}

#[tokio::test]
async fn an_order_keeps_its_list_for_the_union_alone() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let body = listed();
    let order = officer.place(&body).await.orders()[0].id;
    assert_eq!(officer.place(&body).await.orders()[0].id, order, "sending it twice is once");
    let path = format!("/orders/{order}/recipients");
    let list: Recipients = officer.get(&path).await.json();
    let told: Vec<_> = list.items.iter().map(|it| (&*it.name, it.point, it.phone.as_deref())).collect();
    let masked = Some("138****0007");
    assert_eq!(told, [("张三", 1, masked), ("李四", 2, masked), ("王五", 1, masked)]);
    site.sign_in("zhenhai.chair").await.approve(order).await.order();
    for (login, status, code) in [
        ("qingyuan.merchant", 403, "not_allowed"),
        ("ningbo.city", 403, "not_allowed"),
        ("zhenhai.district", 403, "not_allowed"),
        ("yinzhou.officer", 404, "not_found"),
        ("buyer", 403, "not_allowed"),
    ] {
        site.sign_in(login).await.get(&path).await.refused(status, code);
    }
}

#[tokio::test]
async fn a_list_that_does_not_fit_its_points_is_refused_whole() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let mut body = listed();
    body.recipients[1].point = 3;
    officer.place(&body).await.refused_at(422, "bad_field", "recipients[1].point");
    let mut body = listed();
    body.recipients.pop();
    officer.place(&body).await.refused_at(422, "bad_field", "points[0].recipients");
}
