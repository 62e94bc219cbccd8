//! A booth without a network: what is submitted waits, is sent once, may be a double, and comes into the ledger to the fen.

use anyhow::{Result, ensure};
use domain::Money;
use domain::channel::Channel;
use domain::id::ReportId;
use domain::product::Category;
use domain::wire::{NewReport, NewReportLine};

use crate::browser::{Browser, Width};
use crate::clerk::Clerk;
use crate::driver::Driver;
use crate::pages::{BoothSale, Dashboard, Person};
use crate::site::Site;

/// What one sale of 1,234.56 yuan moves, in fen: mushrooms of Qingyuan, without a brand, bought at a fair for Zhenhai.
const MOVED: [&str; 9] = [
    "by-brand none 123456",
    "by-category mushroom 123456",
    "by-channel fair 123456",
    "by-county qingyuan 123456",
    "by-district zhenhai 123456",
    "by-pair elsewhere 123456",
    "matrix zhenhai qingyuan 123456",
    "total recognised 123456",
    "total today 123456",
];

const INVOICE: &str = "26332000000031415926";

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_at_a_booth_waits_for_the_network_and_is_counted_once() -> Result<()> {
    let (mut site, driver) = (Site::open().await?, Driver::start()?);
    let folder = tempfile::TempDir::new()?;
    let photo = folder.path().join("小票.jpg");
    std::fs::write(&photo, b"\xff\xd8\xff\xe0 a receipt of the samples")?;
    // The shop has reported the same invoice.
    Clerk::sign_in(&site, "shop.reporter").await?.reports(&of_the_shop()).await?;
    let before = Clerk::sign_in(&site, "ningbo.city").await?.recognised().await?;

    let booth = Person::new(&site, Browser::open(&driver, Width::Phone).await?);
    booth.signs_in("street.reporter").await?;
    booth.opens_the_booth().await?;
    let browser = booth.into_browser();
    site.stop().await?;
    let booth = Person::new(&site, browser);
    booth
        .reports_a_sale(&BoothSale { product: "庆元香菇", yuan: "1234.56", invoice: INVOICE, photo: &photo }, "booth")
        .await?;
    booth.finds_it_waiting("booth").await?;
    let browser = booth.into_browser();
    site.start_again().await?;
    let booth = Person::new(&site, browser);
    booth.sends_what_waits("booth").await?;
    booth.close().await?;

    let city = Clerk::sign_in(&site, "ningbo.city").await?;
    let report = city.newest_report().await?;
    ensure!(report.amount_fen == Money::from_fen(123_456), "{report:?}");
    ensure!(city.recognised().await? == before, "what is only reported counts for nothing");
    let dashboard = Dashboard::open(&site, &driver, Width::Desk).await?;
    let shown = dashboard.figures().await?;
    let coordinator = Person::new(&site, Browser::open(&driver, Width::Desk).await?);
    coordinator.signs_in("ningbo.city").await?;
    coordinator.decides_and_recognises(&report.id.to_string(), "desk").await?;
    coordinator.close().await?;
    ensure!(city.ledger_of_report(&report.number).await? == 123_456);
    ensure!(city.recognised().await? - before == 123_456);

    // In the other window every figure moves by the sale, and by nothing else.
    let moved = dashboard.recognised_becomes(before + 123_456).await?;
    ensure!(moved.moved_since(&shown) == MOVED, "{:#?}", moved.moved_since(&shown));
    dashboard.opens_the_entry("zhenhai", moved.district("zhenhai"), 123_456).await?;
    dashboard.takes_back(123_456, "与专营店的填报是同一笔").await?;
    let back = dashboard.recognised_becomes(before).await?;
    ensure!(back.moved_since(&shown).is_empty(), "{:#?}", back.moved_since(&shown));
    dashboard.close().await?;
    site.close().await
}

fn of_the_shop() -> NewReport {
    let today = server::clock::day(server::clock::now()).to_string();
    NewReport {
        id: ReportId(server::id::new()),
        attempt: 1,
        channel: Channel::SpecialtyStore,
        seller: "山海协作示例专营店".into(),
        seller_uscc: String::new(),
        note: String::new(),
        lines: vec![NewReportLine {
            sold_on: today,
            county: "qingyuan".into(),
            brand: None,
            category: Category::Mushroom,
            product: "庆元香菇".into(),
            quantity: 9,
            amount_fen: Money::from_yuan(900),
            invoices: vec![INVOICE.into()],
            buyer: String::new(),
            district: "haishu".into(),
            note: String::new(),
        }],
        evidence: Vec::new(),
        sure_fen: vec![Money::from_yuan(900)],
    }
}
