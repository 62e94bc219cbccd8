//! Counties and brands as ways in, and the square that leads to a product.

use domain::Money;
use domain::order_life::State;
use domain::product::Brand;
use domain::region::PairingStatus;
use domain::wire::{BrandSales, County};
use reqwest::Method;
use reqwest::header::HOST;

use crate::site::{Answer, Person, Site, new_order_id, product};

async fn county(visitor: &Person, id: &str) -> County {
    visitor.get(&format!("/counties/{id}")).await.json()
}

async fn brand(visitor: &Person, brand: Brand) -> BrandSales {
    visitor.get(&format!("/brands/{}", brand.code())).await.json()
}

#[tokio::test]
async fn a_county_is_shown_with_what_was_sold_for_it() {
    let site = Site::open().await;
    site.order_in(State::Accepted, "yinzhou", &[("常山胡柚", 200)]).await;
    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120)]).await;
    site.order_in(State::Shipped, "zhenhai", &[("庆元香菇", 120)]).await;
    let qingyuan = county(&site.visitor(), "qingyuan").await;
    assert_eq!((&*qingyuan.name, &*qingyuan.short, &*qingyuan.name_en), ("庆元县", "庆元", "Qingyuan"));
    assert!(qingyuan.about.contains("香菇") && qingyuan.about_en.contains("shiitake"));
    assert_eq!(qingyuan.sold.recognised_fen.fen(), 636_000, "only what was accepted, and only of this county");
    assert_eq!(qingyuan.sold.months_fen.iter().sum::<i64>(), 636_000);
    assert_eq!(qingyuan.pairings.len(), 1);
    let pairing = &qingyuan.pairings[0];
    assert_eq!((&*pairing.name, &*pairing.name_en, pairing.since), ("海曙区", "Haishu", Some(2018)));
    assert_eq!(pairing.status, PairingStatus::Verified);
    let longquan = county(&site.visitor(), "longquan").await;
    assert_eq!(longquan.pairings[0].status, PairingStatus::Assumed, "no source names the pair");
    assert!(county(&site.visitor(), "kaihua").await.pairings.is_empty());
}

#[tokio::test]
async fn a_county_without_a_target_has_no_rate() {
    let site = Site::open().await;
    site.home().run("delete from targets where scope = 'county' and key = 'qingyuan'");
    let sold = county(&site.visitor(), "qingyuan").await.sold;
    assert_eq!((sold.target_fen, sold.completion_bp), (None, None));
    assert!(county(&site.visitor(), "longquan").await.sold.target_fen.is_some_and(|target| target > Money::ZERO));
}

#[tokio::test]
async fn a_brand_is_shown_with_its_licences_and_sales() {
    let site = Site::open().await;
    site.order_in(State::Accepted, "yinzhou", &[("常山胡柚", 200)]).await;
    let sanqu = brand(&site.visitor(), Brand::SanquWei).await;
    assert_eq!((sanqu.licensed_merchants, sanqu.sold.recognised_fen.fen()), (6, 860_000));
    assert!(!sanqu.about.is_empty() && !sanqu.about_en.is_empty());
    let lishui = brand(&site.visitor(), Brand::LishuiShangeng).await;
    assert_eq!(lishui.sold.recognised_fen, Money::ZERO);
    site.home().run("update brand_licences set valid_to = '2020-01-01' where brand = 'sanqu_wei'");
    assert_eq!(
        brand(&site.visitor(), Brand::SanquWei).await.licensed_merchants,
        0,
        "a licence that has run out is none"
    );
}

#[tokio::test]
async fn what_is_no_county_or_brand_is_not_found() {
    let site = Site::open().await;
    let visitor = site.visitor();
    for path in ["/counties/atlantis", "/counties/zhenhai", "/counties/%00", "/brands/none", "/brands/%E4%B8%89"] {
        visitor.get(path).await.refused(404, "not_found");
    }
    visitor.get(&format!("/counties/{}", "x".repeat(4_000))).await.refused(404, "not_found");
}

// ---- the square ---------------------------------------------------------------------------------------------------

async fn square(site: &Site, host: Option<&str>) -> Answer {
    let path = format!("/products/{}/qr.svg", product("庆元香菇").id);
    let request = site.visitor().request(Method::GET, &path);
    Answer::to(match host {
        Some(host) => request.header(HOST, host),
        None => request,
    })
    .await
}

#[tokio::test]
async fn a_products_square_is_a_picture_that_may_be_kept() {
    let site = Site::open().await;
    let here = square(&site, None).await;
    assert_eq!((here.status, here.header("content-type")), (200, Some("image/svg+xml")));
    assert_eq!(here.header("cache-control"), Some("public, max-age=86400"));
    assert!(here.text().contains("<svg"));
    assert_ne!(square(&site, Some("shanhai.example")).await.body, here.body, "it leads to where it was asked");
    square(&site, Some("a.example\"onload")).await.refused(422, "bad_field");
}

#[tokio::test]
async fn the_public_address_stands_above_the_one_asked() {
    let site = Site::open_with(&["--no-sample", "--public-url", "https://shanhai.example"]).await;
    assert_eq!(square(&site, None).await.body, square(&site, Some("other.example")).await.body);
}

#[tokio::test]
async fn a_product_that_is_not_sold_has_no_square() {
    let site = Site::open().await;
    let id = product("庆元香菇").id;
    site.home().run(&format!("update products set status = 'withdrawn' where product_id = '{id}'"));
    square(&site, None).await.refused(404, "not_found");
    site.visitor().get(&format!("/products/{}/qr.svg", new_order_id())).await.refused(404, "not_found");
    site.visitor().get("/products/none/qr.svg").await.refused(404, "not_found");
}
