//! Papers of an order: every figure in them against the order, who may have which, and all of them as one archive.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use calamine::{Data, Range, Reader as _, Xlsx};
use domain::Money;
use domain::attachment::AttachmentKind;
use domain::id::OrderId;
use domain::occasion::Occasion;
use domain::order_life::State;
use domain::paper::{CellKind, PaperKind};
use domain::wire::{
    AcceptanceLine, ActionBody, Bundle, BundleLine, NewBundlePlan, NewRecipient, Order, Paper, PaperStatus, Papers,
};
use reqwest::Method;
use reqwest::header::ACCEPT_ENCODING;
use sha2::{Digest as _, Sha256};

use crate::attachments::pdf;
use crate::delivery_lists::listed;
use crate::photos::jpeg;
use crate::plan::comparison;
use crate::site::{Answer, Person, Site, basket, product, returned};

impl Person {
    async fn paper(&self, order: OrderId, kind: PaperKind) -> Paper {
        self.get(&format!("/orders/{order}/papers/{}", kind.code())).await.json()
    }

    async fn papers(&self, order: OrderId) -> Papers {
        self.get(&format!("/orders/{order}/papers")).await.json()
    }

    async fn workbook(&self, order: OrderId, kind: PaperKind) -> Answer {
        self.get(&format!("/orders/{order}/papers/{}/paper.xlsx", kind.code())).await
    }

    /// As browsers ask: what is packed already is not packed again.
    async fn packet(&self, order: OrderId) -> Answer {
        let request = self.request(Method::GET, &format!("/orders/{order}/papers.zip"));
        Answer::to(request.header(ACCEPT_ENCODING, "br")).await
    }
}

/// Ships everything to both points of [`listed`] and counts it in: 28 of 30, and 20 of 20.
async fn accepted(site: &Site, order: OrderId) -> Order {
    site.sign_in("zhenhai.chair").await.approve(order).await.order();
    let merchant = site.sign_in("qingyuan.merchant").await;
    merchant.confirm(order).await.order();
    for point in [1, 2] {
        let (carrier, tracking_no) = ("山海专线".into(), format!("YZ{point}"));
        let ship = ActionBody::Ship { carrier, tracking_no, point: Some(point), lines: Vec::new() };
        merchant.act(order, &ship).await.order();
    }
    let officer = site.sign_in("zhenhai.officer").await;
    let counted = |point, accepted, short, rejected| {
        let reason = (short + rejected > 0).then(|| "外箱破损".into());
        let lines = vec![AcceptanceLine { line: 1, accepted, short, rejected, reason }];
        ActionBody::Accept { point: Some(point), lines }
    };
    officer.act(order, &counted(1, 28, 1, 1)).await.order();
    officer.act(order, &counted(2, 20, 0, 0)).await.order()
}

fn opened(workbook: &[u8]) -> Xlsx<Cursor<&[u8]>> {
    Xlsx::new(Cursor::new(workbook)).expect("a workbook")
}

/// A workbook holds yuan as the double nearest to them.
#[allow(clippy::float_arithmetic, reason = "it has nothing else")]
fn double(amount: Money) -> f64 {
    amount.fen() as f64 / 100.0
}

fn first_sheet(workbook: &[u8]) -> Range<Data> {
    opened(workbook).worksheet_range_at(0).expect("a sheet").expect("that reads")
}

/// The numbers below the heading, as the cell shows them.
fn column(sheet: &Range<Data>, heading: &str) -> Vec<String> {
    let mut rows = sheet.rows();
    let at = rows.find_map(|row| row.iter().position(|cell| *cell == *heading)).expect("the heading");
    let below = rows.map_while(|row| row.get(at).filter(|cell| !matches!(cell, Data::Empty)));
    below.map(|cell| cell.to_string()).collect()
}

fn fen(cell: &str) -> i64 {
    Money::parse(cell).expect("an amount").fen()
}

fn all_text(sheet: &Range<Data>) -> String {
    sheet.cells().map(|(.., cell)| cell.to_string()).collect::<Vec<_>>().join("\n")
}

/// Every row and every sum of a paper stands in its workbook.
fn check_same(paper: &Paper, workbook: &[u8]) {
    let mut book = opened(workbook);
    let names = book.sheet_names();
    assert_eq!(names.len(), 1 + paper.annexes.len());
    let tables = paper.tables.iter().map(|table| (0, table));
    for (sheet, table) in tables.chain(paper.annexes.iter().zip(1..).map(|(table, sheet)| (sheet, table))) {
        let range = book.worksheet_range(&names[sheet]).expect("that reads");
        let rows: Vec<&[Data]> = range.rows().collect();
        let shown = |cells: &[String]| -> Vec<String> {
            let cell = |(cell, column): (&String, &domain::wire::PaperColumn)| match column.kind {
                CellKind::Amount if !cell.is_empty() => double(Money::from_fen(cell.parse().expect("fen"))).to_string(),
                _ => cell.clone(),
            };
            cells.iter().zip(&table.columns).map(cell).collect()
        };
        for cells in &table.rows {
            let expected = shown(cells);
            let is_there =
                |row: &&[Data]| row.iter().take(expected.len()).map(ToString::to_string).eq(expected.clone());
            assert!(rows.iter().any(is_there), "{}: {expected:?}", paper.title);
        }
        for foot in &table.feet {
            let words = foot.capitals.as_deref().unwrap_or(&foot.label);
            let amount = double(foot.amount_fen);
            let is_there = |row: &&[Data]| {
                row.iter().any(|cell| cell.to_string().contains(words)) && row.contains(&Data::Float(amount))
            };
            assert!(rows.iter().any(is_there), "{}: {words} {amount}", paper.title);
        }
    }
}

#[tokio::test]
async fn every_figure_of_the_papers_is_the_orders() {
    let site = Site::open().await;
    let (officer, chair) = (site.sign_in("zhenhai.officer").await, site.sign_in("zhenhai.chair").await);
    let id = officer.place(&listed()).await.orders()[0].id;
    officer.compare(id, &comparison()).await;
    let order = accepted(&site, id).await;
    let price = order.lines[0].unit_price_fen.fen();
    assert_eq!(order.accepted_fen.map(Money::fen), Some(48 * price));

    for kind in PaperKind::ALL {
        let paper = chair.paper(id, *kind).await;
        let answer = chair.workbook(id, *kind).await;
        assert_eq!(answer.status, 200, "{}", kind.code());
        check_same(&paper, &answer.body);
        let named = answer.header("content-disposition").expect("it is saved");
        assert!(named.contains("filename*=UTF-8''") && named.ends_with(".xlsx"), "{named}");
    }

    let sheet = first_sheet(&officer.workbook(id, PaperKind::PurchaseOrder).await.body);
    let amounts = column(&sheet, "金额（元）");
    assert_eq!(fen(&amounts[0]), order.lines[0].amount_fen.fen());
    assert_eq!(fen(amounts.last().expect("a total")), order.summary.total_fen.fen());
    let text = all_text(&sheet);
    for told in [&order.summary.total_fen.capitals(), &order.summary.number, "81330211MC0001031", "对公转账"] {
        assert!(text.contains(told), "{told}: {text}");
    }

    let sheet = first_sheet(&officer.workbook(id, PaperKind::Acceptance).await.body);
    assert_eq!(column(&sheet, "实收金额（元）").iter().map(|it| fen(it)).collect::<Vec<_>>(), [28 * price; 2]);
    let text = all_text(&sheet);
    for told in [order.accepted_fen.expect("accepted").capitals().as_str(), "外箱破损", "工会经办人", "YZ2"] {
        assert!(text.contains(told), "{told}: {text}");
    }
}

#[tokio::test]
async fn the_sign_off_sheet_comes_to_what_was_accepted_and_not_returned() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let id = officer.place(&listed()).await.orders()[0].id;
    let before = officer.paper(id, PaperKind::SignOff).await;
    assert_eq!(before.tables[0].feet[0].count, Some(50), "as ordered, before anything has come");
    let order = accepted(&site, id).await;
    let price = order.lines[0].unit_price_fen.fen();

    let sheet = first_sheet(&officer.workbook(id, PaperKind::SignOff).await.body);
    let people = [("张三", 14), ("李四", 20), ("王五", 14)];
    assert_eq!(column(&sheet, "姓名")[..3], people.map(|(name, _)| name));
    assert_eq!(column(&sheet, "数量"), ["14", "20", "14", "48"]);
    let amounts: Vec<i64> = column(&sheet, "金额（元）").iter().map(|it| fen(it)).collect();
    assert_eq!(amounts, [14 * price, 20 * price, 14 * price, order.accepted_fen.expect("accepted").fen()]);
    assert!(!all_text(&sheet).contains("1380000"), "it is kept without phones");

    let order = officer.act(id, &returned(2, 1, 3, "发霉")).await.order();
    let net = order.accepted_fen.expect("accepted").fen() - order.returns[0].amount_fen.fen();
    let paper = officer.paper(id, PaperKind::SignOff).await;
    assert_eq!((paper.tables[0].feet[0].amount_fen.fen(), paper.tables[0].feet[0].count), (net, Some(45)));
    let acceptance = officer.paper(id, PaperKind::Acceptance).await;
    let told: Vec<&str> = acceptance.terms.iter().map(|term| term.text.as_str()).collect();
    assert!(told.iter().any(|text| text.contains(&Money::from_fen(net).capitals())), "{told:?}");
}

#[tokio::test]
async fn whoever_chose_a_bundle_signs_for_what_is_in_it() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let bundle = |name: &str, goods: &str, quantity| Bundle {
        name: name.into(),
        head_count: 1,
        lines: vec![BundleLine { product_id: product(goods).id, quantity }],
    };
    let mut body = basket(&[&[("庆元香菇", 60), ("庆元花菇", 50)]]);
    let occasion = body.occasion;
    let bundles = vec![bundle("甲", "庆元香菇", 2), bundle("乙", "庆元花菇", 1)];
    let plan = NewBundlePlan { revision: 0, per_head_fen: Money::from_yuan(300), bundles };
    assert_eq!(officer.put(&format!("/bundles/{}", Occasion::code(occasion)), &plan).await.status, 200);
    let person = |name: &str, sets, bundle: &str| NewRecipient {
        department: "办公室".into(),
        name: name.into(),
        phone: "13800000007".into(),
        point: 1,
        sets,
        bundle: Some(bundle.into()),
    };
    body.points[0].recipients = 3;
    body.recipients = vec![person("张三", 10, "甲"), person("李四", 50, "乙"), person("王五", 20, "甲")];
    let id = officer.place(&body).await.orders()[0].id;
    let paper = officer.paper(id, PaperKind::SignOff).await;
    let given: Vec<(&str, &str)> = paper.tables[0].rows.iter().map(|row| (&*row[2], &*row[4])).collect();
    assert_eq!(given, [("张三", "20"), ("李四", "50"), ("王五", "40")]);
    assert!(paper.tables[0].rows[0][3].contains("庆元香菇") && !paper.tables[0].rows[0][3].contains("庆元花菇"));
}

#[tokio::test]
async fn five_thousand_people_sign_on_one_sheet() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let mut body = basket(&[&[("庆元香菇", 5_000)]]);
    let person = |number: i64| NewRecipient {
        department: format!("{} 车间", number % 40),
        name: format!("示例{number}"),
        phone: format!("138{number:08}"),
        point: 1,
        sets: 1,
        bundle: None,
    };
    body.points[0].recipients = 5_000;
    body.recipients = (1..=5_000).map(person).collect();
    let placed = officer.place(&body).await.orders();
    let begun = std::time::Instant::now();
    let workbook = officer.workbook(placed[0].id, PaperKind::SignOff).await;
    println!("5,000 people on a sheet in {} ms, {} bytes", begun.elapsed().as_millis(), workbook.body.len());
    let amounts = column(&first_sheet(&workbook.body), "金额（元）");
    assert_eq!(amounts.len(), 5_001);
    let sum: i64 = amounts[..5_000].iter().map(|it| fen(it)).sum();
    assert_eq!((sum, fen(&amounts[5_000])), (placed[0].total_fen.fen(), placed[0].total_fen.fen()));
}

// ---- who may have which -------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_merchant_has_the_order_and_the_acceptance_and_nothing_of_the_unions() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let id = officer.place(&listed()).await.orders()[0].id;
    accepted(&site, id).await;
    let merchant = site.sign_in("qingyuan.merchant").await;
    let papers = merchant.papers(id).await;
    let kinds: Vec<_> = papers.items.iter().map(|item| (item.paper, item.attachment)).collect();
    let paper = |kind| (Some(kind), None);
    let invoice = (None, Some(AttachmentKind::Invoice));
    assert_eq!(kinds, [paper(PaperKind::PurchaseOrder), paper(PaperKind::Acceptance), invoice]);
    assert!(!papers.packet);
    for kind in [PaperKind::PurchaseOrder, PaperKind::Acceptance] {
        let answer = merchant.workbook(id, kind).await;
        assert_eq!(answer.status, 200);
        // Nothing is on its way any more.
        assert!(!all_text(&first_sheet(&answer.body)).contains("王示例"), "{}", kind.code());
    }
    for kind in [PaperKind::SignOff, PaperKind::Comparison] {
        merchant.workbook(id, kind).await.refused(403, "not_allowed");
    }
    merchant.packet(id).await.refused(403, "not_allowed");
    for (login, status, code) in [
        ("yinzhou.officer", 404, "not_found"),
        ("longquan.merchant", 404, "not_found"),
        ("ningbo.city", 403, "not_allowed"),
        ("operator", 403, "not_allowed"),
    ] {
        let other = site.sign_in(login).await;
        other.workbook(id, PaperKind::PurchaseOrder).await.refused(status, code);
        other.get(&format!("/orders/{id}/papers")).await.refused(status, code);
    }
    officer.get(&format!("/orders/{id}/papers/letter")).await.refused(404, "not_found");
    officer.workbook(id, PaperKind::Comparison).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_person_prints_the_order_and_is_not_called_a_union() {
    let site = Site::open().await;
    let order = site.retail_order_in(State::Accepted, &[("庆元香菇", 2)]).await;
    let buyer = site.sign_in("buyer").await;
    let paper = buyer.paper(order.summary.id, PaperKind::PurchaseOrder).await;
    assert_eq!((paper.title.as_str(), paper.stamp, paper.signers.len()), ("订单", None, 0));
    assert_eq!(paper.tables[0].feet.last().map(|foot| foot.amount_fen), Some(order.summary.total_fen));
    buyer.packet(order.summary.id).await.refused(403, "not_allowed");
}

// ---- all as one ---------------------------------------------------------------------------------------------------

fn entries(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).expect("an archive");
    let mut entries = BTreeMap::new();
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).expect("an entry");
        let (name, mut content) = (entry.name().expect("in UTF-8").into_owned(), Vec::new());
        entry.read_to_end(&mut content).expect("its content");
        entries.insert(name, content);
    }
    entries
}

fn contents(entries: &BTreeMap<String, Vec<u8>>) -> String {
    let list = &entries["00 目录.txt"];
    assert!(list.starts_with(b"\xef\xbb\xbf"), "a text that every machine reads as UTF-8");
    String::from_utf8(list.clone()).expect("UTF-8")
}

#[tokio::test]
async fn the_archive_holds_every_paper_and_file_and_names_what_is_missing() {
    let site = Site::open().await;
    let (officer, merchant) = (site.sign_in("zhenhai.officer").await, site.sign_in("qingyuan.merchant").await);
    let id = officer.place(&listed()).await.orders()[0].id;
    officer.compare(id, &comparison()).await;
    officer.attach(id, "meeting_decision", "会议纪要.pdf", pdf("纪要")).await;
    accepted(&site, id).await;
    officer.attach(id, "acceptance_photo", "破损.jpg", jpeg(300, 300)).await;

    let lacking = entries(&officer.packet(id).await.body);
    let list = contents(&lacking);
    assert!(list.contains("缺：发票") && list.contains("缺：银行回单"), "{list}");
    let status = |papers: &Papers, kind| {
        papers.items.iter().find(|item| item.attachment == Some(kind)).map(|item| (item.status, item.count))
    };
    assert_eq!(status(&officer.papers(id).await, AttachmentKind::Invoice), Some((PaperStatus::Missing, 0)));

    // Larger than what is handed over at a time, so that it comes in pieces.
    let invoice = pdf(&"发票".repeat(100_000));
    merchant.attach(id, "invoice", "发票.pdf", invoice.clone()).await;
    officer.attach(id, "bank_slip", "回单.pdf", pdf("回单")).await;
    let answer = officer.packet(id).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/zip")));
    let whole = entries(&answer.body);
    let names: Vec<&str> = whole.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "00 目录.txt",
            "01 采购单.xlsx",
            "02 比价记录.xlsx",
            "03 验收单.xlsx",
            "04 签领表.xlsx",
            "05 会议纪要 会议纪要.pdf",
            "06 验收照片 破损.jpg",
            "07 发票 发票.pdf",
            "08 银行回单 回单.pdf",
        ]
    );
    let list = contents(&whole);
    assert!(!list.contains("缺：") && list.contains("材料齐全"), "{list}");
    for (name, content) in whole.iter().filter(|(name, _)| !name.starts_with("00")) {
        let hash: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(list.contains(&**name) && list.contains(&hash), "{name} {hash}: {list}");
    }
    assert_eq!(whole["07 发票 发票.pdf"], invoice);
    check_same(&officer.paper(id, PaperKind::SignOff).await, &whole["04 签领表.xlsx"]);
    assert_eq!(status(&officer.papers(id).await, AttachmentKind::Invoice), Some((PaperStatus::Complete, 1)));
}
