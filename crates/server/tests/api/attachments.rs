//! Papers of orders: what is taken, who brings and sees it, and that it comes back byte for byte.

use std::io::Write as _;

use domain::attachment::{AttachmentKind, AttachmentScope, LARGEST_FILE, MOST};
use domain::id::OrderId;
use domain::order_life::State;
use domain::wire::{Attachment, Attachments};
use reqwest::{Body, Method};

use crate::photos::jpeg;
use crate::site::{Answer, Person, Site, basket, query};

const GOODS: &[(&str, i64)] = &[("庆元香菇", 50)];

impl Person {
    pub async fn attach(&self, order: OrderId, kind: &str, name: &str, file: impl Into<Body>) -> Answer {
        let path = format!("/orders/{order}/attachments?{}", query(&[("kind", kind), ("name", name)]));
        Answer::to(self.request(Method::POST, &path).body(file)).await
    }

    pub async fn attachments(&self, order: OrderId) -> Vec<Attachment> {
        self.get(&format!("/orders/{order}/attachments")).await.json::<Attachments>().items
    }

    pub async fn detach(&self, attachment: &Attachment) -> Answer {
        Answer::to(self.request(Method::DELETE, &format!("/attachments/{}", attachment.id))).await
    }

    async fn open(&self, attachment: &Attachment) -> Answer {
        self.get(&format!("/attachments/{}", attachment.id)).await
    }
}

#[track_caller]
fn added(answer: &Answer) -> Attachment {
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json::<Attachments>().items.pop().expect("a file")
}

pub fn pdf(text: &str) -> Vec<u8> {
    format!("%PDF-1.4\n% {text}\n%%EOF\n").into_bytes()
}

/// An archive of these parts.
fn archive(parts: &[&str]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for part in parts {
        writer.start_file(*part, stored).expect("a part");
        writer.write_all(b"<x/>").expect("its content");
    }
    writer.finish().expect("an archive").into_inner()
}

async fn submitted(site: &Site) -> OrderId {
    site.order_in(State::Submitted, "zhenhai", GOODS).await.summary.id
}

#[tokio::test]
async fn a_paper_comes_back_as_it_was_sent_and_is_saved_and_not_shown() {
    let site = Site::open().await;
    let (officer, chair) = (site.sign_in("zhenhai.officer").await, site.sign_in("zhenhai.chair").await);
    let order = submitted(&site).await;
    let file = pdf("纪要");
    let paper = added(&officer.attach(order, "meeting_decision", "会议 纪要.pdf", file.clone()).await);
    assert_eq!((paper.kind, paper.scope), (AttachmentKind::MeetingDecision, AttachmentScope::Procurement));
    assert_eq!((paper.name.as_str(), paper.size_bytes), ("会议 纪要.pdf", file.len() as i64));
    assert_eq!(paper.sha256.len(), 64);
    let answer = chair.open(&paper).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/pdf")));
    assert_eq!(answer.body, file);
    let disposition = answer.header("content-disposition").expect("it is saved");
    assert!(disposition.starts_with("attachment;") && disposition.contains("%E7%BA%AA%E8%A6%81"), "{disposition}");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
}

#[tokio::test]
async fn what_a_file_is_its_content_says() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let order = submitted(&site).await;
    for (name, file, kept) in [
        ("a.exe", pdf("1"), "a.exe.pdf"),
        ("b.pdf", jpeg(300, 300), "b.pdf.jpg"),
        ("c", archive(&["[Content_Types].xml", "xl/workbook.xml"]), "c.xlsx"),
        ("d.docx", archive(&["[Content_Types].xml", "word/document.xml"]), "d.docx"),
    ] {
        assert_eq!(added(&officer.attach(order, "other", name, file).await).name, kept);
    }
    for (name, file) in [
        ("photo.jpg", b"MZ\x90\0\x03\0\0\0 This program cannot be run in DOS mode".to_vec()),
        ("photo.jpg", b"\x7fELF\x02\x01\x01".to_vec()),
        ("empty.pdf", Vec::new()),
        ("page.pdf", b"<html><script>alert(1)</script>".to_vec()),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec()),
        ("files.docx", archive(&["a.exe"])),
        ("macros.xlsx", archive(&["[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"])),
        ("cut.xlsx", archive(&["[Content_Types].xml", "xl/workbook.xml"])[..60].to_vec()),
    ] {
        officer.attach(order, "other", name, file).await.refused(422, "bad_attachment");
    }
    officer.attach(order, "other", "big.pdf", vec![b'%'; LARGEST_FILE + 1]).await.refused(413, "too_large");
    officer.attach(order, "receipt", "a.pdf", pdf("1")).await.refused(422, "bad_field");
    assert_eq!(officer.attachments(order).await.len(), 4, "nothing of what was refused is there");
}

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let order = submitted(&site).await;
    added(&officer.attach(order, "other", "一.pdf", pdf("1")).await);
    let again = officer.attach(order, "other", "二.pdf", pdf("1")).await;
    assert_eq!((again.status, again.json::<Attachments>().items.len()), (200, 1));
    added(&officer.attach(order, "bank_slip", "一.pdf", pdf("1")).await);
}

#[tokio::test]
async fn papers_of_the_procurement_stand_at_each_of_its_orders() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let placed = officer.place(&basket(&[GOODS, &[("龙泉香菇", 50)]])).await.orders();
    added(&officer.attach(placed[0].id, "meeting_decision", "纪要.pdf", pdf("1")).await);
    added(&officer.attach(placed[0].id, "other", "说明.pdf", pdf("2")).await);
    let kinds = |files: Vec<Attachment>| files.iter().map(|file| file.kind).collect::<Vec<_>>();
    let first = kinds(officer.attachments(placed[0].id).await);
    assert_eq!(first, [AttachmentKind::MeetingDecision, AttachmentKind::Other]);
    assert_eq!(kinds(officer.attachments(placed[1].id).await), [AttachmentKind::MeetingDecision]);
}

#[tokio::test]
async fn each_side_brings_and_sees_what_is_its_business() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let merchant = site.sign_in("qingyuan.merchant").await;
    let order = submitted(&site).await;
    let offers = added(&officer.attach(order, "comparison", "比价.pdf", pdf("1")).await);
    merchant.attach(order, "invoice", "发票.pdf", pdf("2")).await.refused(404, "not_found");
    site.sign_in("zhenhai.chair").await.approve(order).await.order();
    let invoice = added(&merchant.attach(order, "invoice", "发票.pdf", pdf("2")).await);
    officer.attach(order, "invoice", "发票.pdf", pdf("3")).await.refused(403, "not_allowed");
    merchant.attach(order, "bank_slip", "回单.pdf", pdf("3")).await.refused(403, "not_allowed");
    assert_eq!(merchant.attachments(order).await.iter().map(|file| file.id).collect::<Vec<_>>(), [invoice.id]);
    merchant.open(&offers).await.refused(404, "not_found");
    assert_eq!(officer.attachments(order).await.len(), 2);
    // Another union's papers are not even there, and offices see none.
    site.sign_in("yinzhou.officer").await.open(&invoice).await.refused(404, "not_found");
    site.sign_in("longquan.merchant").await.open(&invoice).await.refused(404, "not_found");
    site.sign_in("ningbo.city").await.open(&invoice).await.refused(403, "not_allowed");
    site.visitor().open(&invoice).await.refused(401, "sign_in_needed");
}

#[tokio::test]
async fn what_an_approval_rests_on_stays_as_it_was() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let order = submitted(&site).await;
    let wrong = added(&officer.attach(order, "meeting_decision", "旧.pdf", pdf("1")).await);
    assert!(wrong.removable);
    for _ in 0..2 {
        assert_eq!(officer.detach(&wrong).await.status, 204, "gone already is as good");
    }
    let right = added(&officer.attach(order, "meeting_decision", "新.pdf", pdf("2")).await);
    site.sign_in("zhenhai.chair").await.approve(order).await.order();
    officer.detach(&right).await.refused(409, "out_of_turn");
    officer.attach(order, "meeting_decision", "再.pdf", pdf("3")).await.refused(409, "out_of_turn");
    let left = officer.attachments(order).await;
    assert_eq!(left.iter().map(|file| (file.id, file.removable)).collect::<Vec<_>>(), [(right.id, false)]);
}

#[tokio::test]
async fn an_order_has_room_for_so_many_files() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let order = submitted(&site).await;
    for number in 0..MOST {
        added(&officer.attach(order, "other", "a.pdf", pdf(&number.to_string())).await);
    }
    officer.attach(order, "other", "a.pdf", pdf("one more")).await.refused(409, "too_many_attachments");
}
