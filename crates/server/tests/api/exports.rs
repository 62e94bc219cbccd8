//! Tables that leave the market: the same figures as the screen's, typed, guarded, and a ledger that anybody can verify.

use std::collections::HashMap;
use std::io::Cursor;

use calamine::{Data, Range, Reader as _, Xlsx};
use domain::Money;
use domain::export::{Breakdown, FACTS};
use domain::order_life::State;
use domain::wire::Months;
use sha2::{Digest as _, Sha256};

use crate::sales::some_sales;
use crate::site::{Answer, Site, whole};

/// The lines of a csv, each by the names of its columns; the last is the sums'.
fn csv_rows(answer: &Answer) -> (Vec<String>, Vec<HashMap<String, String>>) {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    let text = answer.text();
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| names.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    let rows = reader.records().map(|record| row(record.expect("a line"))).collect();
    (names, rows)
}

/// The sheet of a workbook, and in which line its header stands.
fn sheet(answer: &Answer, first_heading: &str) -> (Range<Data>, usize) {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(answer.body.clone())).expect("a workbook");
    let sheet = book.worksheet_range_at(0).expect("a sheet").expect("a range");
    let at = sheet.rows().position(|row| row[0] == *first_heading).expect("a header");
    (sheet, at)
}

/// What a stranger does with the csv, without this program: the columns' own names are all it needs.
fn verify(rows: &[HashMap<String, String>]) {
    let mut previous: Option<(i64, String)> = None;
    for row in rows {
        let mut text = String::new();
        for fact in FACTS {
            let value = row[fact].strip_prefix('\'').unwrap_or(&row[fact]);
            if !value.is_empty() || fact == "brand" {
                text.push_str(&format!("{fact}={}:{value}\n", value.len()));
            }
        }
        let hash: String = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, row["hash"], "entry {}", row["sequence"]);
        let sequence: i64 = row["sequence"].parse().expect("a number");
        if let Some((before, hash)) = &previous
            && before + 1 == sequence
        {
            assert_eq!(row["previous"], *hash, "entry {sequence} follows");
        }
        previous = Some((sequence, hash));
    }
}

#[tokio::test]
async fn the_ledger_as_csv_is_verified_without_this_program() {
    let site = Site::open_sample().await;
    let city = site.sign_in("ningbo.city").await;
    let year = city.tally("").await.year;
    let sales: domain::wire::Sales = city.get("/sales?limit=1").await.json();
    let answer = city.get("/sales/export/csv").await;
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    let (_, mut rows) = csv_rows(&answer);
    let sums = rows.pop().expect("sums");
    assert_eq!(rows.len() as i64, sales.entries);
    verify(&rows);
    assert_eq!(
        (sums["序号"].as_str(), sums["金额（元）"].replace('.', "")),
        ("合计", sales.amount_fen.fen().to_string())
    );
    let fen: i64 = rows.iter().map(|row| row["amount_fen"].parse::<i64>().expect("fen")).sum();
    assert_eq!(fen, sales.amount_fen.fen());
    // Narrowed, it holds what the ledger's page holds.
    for filter in [
        "month=9",
        "until=3",
        "district=zhenhai&brand=none",
        "channel=online_platform",
        "pair=verified",
        "county=qingyuan&category=mushroom",
    ] {
        let page: domain::wire::Sales = city.get(&format!("/sales?limit=1&year={year}&{filter}")).await.json();
        let (_, mut rows) = csv_rows(&city.get(&format!("/sales/export/csv?year={year}&{filter}")).await);
        rows.pop();
        let fen: i64 = rows.iter().map(|row| row["amount_fen"].parse::<i64>().expect("fen")).sum();
        assert_eq!((rows.len() as i64, fen), (page.entries, page.amount_fen.fen()), "{filter}");
        verify(&rows);
    }
}

#[tokio::test]
async fn the_ledger_as_a_workbook_holds_numbers_days_and_a_sum() {
    let site = Site::open().await;
    some_sales(&site).await;
    let city = site.sign_in("ningbo.city").await;
    let answer = city.get("/sales/export/xlsx").await;
    assert!(answer.header("content-disposition").expect("a name").contains(".xlsx"));
    let (sheet, at) = sheet(&answer, "序号");
    let rows: Vec<&[Data]> = sheet.rows().skip(at + 1).collect();
    assert_eq!(rows.len(), 11, "ten entries and their sum");
    assert!(matches!(rows[0][0], Data::Float(sequence) if sequence == 1.0));
    assert!(matches!(rows[0][1], Data::DateTime(_)), "{:?}", rows[0][1]);
    assert!(matches!(rows[0][12], Data::Float(_)));
    let notes: Vec<String> = sheet.rows().take(at).map(|row| row[0].to_string()).collect();
    assert!(notes.iter().any(|note| note.starts_with("初步：")), "{notes:?}");
    assert!(notes.iter().any(|note| note.contains("2025-1")), "{notes:?}");
    let total = city.tally("").await.recognised_fen;
    assert!(matches!(rows[10][12], Data::Float(sum) if (sum * 100.0).round() as i64 == total.fen()));
    // Everybody's hashes are there too.
    let (_, mut csv) = csv_rows(&city.get("/sales/export/csv").await);
    csv.pop();
    verify(&csv);
    let hashes: Vec<String> = rows[..10].iter().map(|row| row[row.len() - 1].to_string()).collect();
    assert_eq!(hashes, csv.iter().map(|row| row["hash"].clone()).collect::<Vec<_>>());
}

#[tokio::test]
async fn no_text_becomes_a_formula() {
    let site = Site::open().await;
    let order = site.order_in(State::Shipped, "zhenhai", &[("庆元香菇", 120)]).await;
    site.home().run("update order_lines set product_name = '=HYPERLINK(\"http://x\")'");
    site.sign_in("zhenhai.officer").await.accept(order.summary.id, &whole(&order)).await.order();
    let city = site.sign_in("ningbo.city").await;
    let (_, rows) = csv_rows(&city.get("/sales/export/csv").await);
    assert_eq!(rows[0]["产品"], "'=HYPERLINK(\"http://x\")");
    verify(&rows[..1]);
    let (sheet, at) = sheet(&city.get("/sales/export/xlsx").await, "序号");
    let row = sheet.rows().nth(at + 1).expect("an entry");
    assert_eq!(row[2], Data::String("=HYPERLINK(\"http://x\")".into()), "a text, and no formula");
}

#[tokio::test]
async fn every_breakdown_adds_up_to_the_dashboard() {
    let site = Site::open().await;
    some_sales(&site).await;
    let city = site.sign_in("ningbo.city").await;
    let tally = city.tally("").await;
    for breakdown in Breakdown::ALL {
        let (names, mut rows) = csv_rows(&city.get(&format!("/tally/{}/export/csv", breakdown.code())).await);
        let sums = rows.pop().expect("sums");
        assert_eq!(
            sums["已认定（元）"].replace('.', ""),
            tally.recognised_fen.fen().to_string(),
            "{}",
            breakdown.code()
        );
        let fen: i64 = rows.iter().map(|row| row["已认定（元）"].replace('.', "").parse::<i64>().expect("fen")).sum();
        assert_eq!(fen, tally.recognised_fen.fen(), "{}", breakdown.code());
        let book = city.get(&format!("/tally/{}/export/xlsx", breakdown.code())).await;
        assert_eq!(book.status, 200);
        sheet(&book, &names[0]);
    }
    let district = site.sign_in("zhenhai.district").await;
    district.get("/tally/county/export/csv").await.refused(403, "not_allowed");
    district.get("/tally/county/export/csv?district=yinzhou").await.refused(403, "not_allowed");
    let (_, rows) = csv_rows(&district.get("/tally/matrix/export/csv?district=zhenhai").await);
    assert!(rows[..rows.len() - 1].iter().all(|row| row["区县"] == "镇海区"));
    city.get("/tally/moon/export/csv").await.refused(404, "not_found");
    city.get("/tally/county/export/pdf").await.refused_at(422, "bad_field", "format");
    city.get("/sales/export/doc").await.refused_at(422, "bad_field", "format");
}

#[tokio::test]
async fn orders_and_targets_leave_as_tables_for_those_who_see_them() {
    let site = Site::open().await;
    some_sales(&site).await;
    for login in ["zhenhai.officer", "qingyuan.merchant", "ningbo.city", "zhenhai.district"] {
        let person = site.sign_in(login).await;
        let seen = person.all_orders().await;
        let (_, mut rows) = csv_rows(&person.get("/orders/export/csv").await);
        let sums = rows.pop().expect("sums");
        let numbers: Vec<&str> = rows.iter().map(|row| row["单号"].as_str()).collect();
        assert_eq!(numbers, seen.iter().map(|order| order.number.as_str()).collect::<Vec<_>>(), "{login}");
        let total = Money::checked_sum(seen.iter().map(|order| order.total_fen)).expect("small");
        assert_eq!(sums["金额（元）"].replace('.', ""), total.fen().to_string());
    }
    let city = site.sign_in("ningbo.city").await;
    let (_, rows) = csv_rows(&city.get("/orders/export/csv?state=shipped").await);
    assert_eq!(rows.len(), 2, "one is on its way, and the sum");
    let (_, rows) = csv_rows(&city.get("/targets/export/csv?year=2026").await);
    assert!(
        rows.iter().any(|row| row["名称"] == "全市" && row["目标任务（元）"] == "179000000.00" && row["现行"] == "是")
    );
    site.sign_in("zhenhai.officer").await.get("/targets/export/csv").await.refused(403, "not_allowed");
    site.visitor().get("/sales/export/csv").await.refused(401, "sign_in_needed");
}

#[tokio::test]
async fn what_is_taken_is_kept_in_the_trail_and_closed_months_are_marked() {
    let site = Site::open_sample().await;
    let city = site.sign_in("ningbo.city").await;
    city.get("/sales/export/csv?month=1&district=zhenhai").await;
    let kept = site.home().run(
        "update audit_events set detail = detail where act = 'export' and subject = 'ledger' \
         and detail = 'csv month=1&district=zhenhai' and account_id is not null",
    );
    assert_eq!(kept, 1, "who, what and by which filter");
    let last_year = city.tally("").await.year - 1;
    let book = city.get(&format!("/sales/export/xlsx?year={last_year}&month=5")).await;
    let (open, at) = sheet(&book, "序号");
    assert!(open.rows().take(at).any(|row| row[0].to_string() == format!("初步：{last_year}-05 未关账")));
    city.close(&format!("{last_year}-05")).await.json::<Months>();
    let book = city.get(&format!("/sales/export/xlsx?year={last_year}&month=5")).await;
    let (closed, at) = sheet(&book, "序号");
    assert!(closed.rows().take(at).any(|row| row[0] == *"所含月份已关账"));
}
