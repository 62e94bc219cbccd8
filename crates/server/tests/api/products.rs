//! The catalogue as visitors ask for it.

use std::collections::BTreeSet;

use domain::product::Brand;
use domain::region::PairingStatus;
use domain::wire::{Product, ProductCard, Products};
use reqwest::Method;
use reqwest::header::IF_NONE_MATCH;

use crate::site::{Answer, CATALOGUE, CatalogueRow, Person, Site, product, query};

async fn list(visitor: &Person, pairs: &[(&str, &str)]) -> Products {
    visitor.get(&format!("/products?{}", query(pairs))).await.json()
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    names.map(str::to_owned).collect()
}

/// The names of the file's products that `fits`.
fn in_file(fits: impl Fn(&CatalogueRow) -> bool) -> BTreeSet<String> {
    names(CATALOGUE.iter().filter(|row| fits(row)).map(|row| row.name.as_str()))
}

#[tokio::test]
async fn the_market_offers_what_the_file_lists_at_its_prices() {
    let site = Site::open().await;
    let cards = site.visitor().all_products("").await;
    assert_eq!(cards.len(), CATALOGUE.len());
    for card in cards {
        let row = product(&card.name);
        assert_eq!((card.id, card.county.as_str(), card.category.code()), (row.id, &*row.county, &*row.category));
        assert_eq!((card.minimum_order.get(), card.available.get()), (row.minimum_order, row.available));
        for quantity in [1, 4, 5, 9, 10, 19, 20, 49, 50, 199, 200, 100_000] {
            let count = domain::Quantity::new(quantity).expect("a quantity");
            assert_eq!(card.ladder.unit_price(count).fen(), row.price_fen(quantity), "{quantity} {}", card.name);
        }
    }
}

#[tokio::test]
async fn filters_narrow_to_brand_county_and_category() {
    let site = Site::open().await;
    let visitor = site.visitor();
    let check = async |filter: &str, fits: fn(&CatalogueRow) -> bool| {
        let cards = visitor.all_products(filter).await;
        let shown = names(cards.iter().map(|card| card.name.as_str()));
        assert!(!shown.is_empty(), "{filter} finds something");
        assert_eq!(shown, in_file(fits), "{filter}");
    };
    check("&brand=sanqu_wei", |row| row.brand == "sanqu_wei").await;
    check("&brand=sanqu_wei,lishui_shangeng", |_| true).await;
    check("&county=qingyuan", |row| row.county == "qingyuan").await;
    check("&county=qingyuan,changshan", |row| ["qingyuan", "changshan"].contains(&&*row.county)).await;
    check("&category=tea,honey", |row| ["tea", "honey"].contains(&&*row.category)).await;
    check("&brand=lishui_shangeng&county=qingyuan,kaihua&category=mushroom", |row| {
        row.county == "qingyuan" && row.category == "mushroom"
    })
    .await;
    check("&brand=&county=,%20,&category=", |_| true).await;
    assert!(visitor.all_products("&county=atlantis").await.is_empty());
    assert!(visitor.all_products("&brand=sanqu_wei&county=qingyuan").await.is_empty());
}

#[tokio::test]
async fn paging_visits_every_product_exactly_once() {
    let site = Site::open().await;
    let visitor = site.visitor();
    let page = |page: Products| {
        assert_eq!(page.total, 127);
        (page.items, page.next)
    };
    let whole: Vec<ProductCard> = visitor.all("/products?limit=100", page).await;
    let order: Vec<_> = whole.iter().map(|card| card.name.as_str()).collect();
    assert_eq!(names(order.iter().copied()).len(), 127);
    for limit in [1, 7, 24, 99] {
        let pages: Vec<ProductCard> = visitor.all(&format!("/products?limit={limit}"), page).await;
        let names: Vec<_> = pages.iter().map(|card| card.name.as_str()).collect();
        assert_eq!(names, order, "in pages of {limit}");
    }
    // A page is never empty and never the whole catalogue.
    assert_eq!(list(&visitor, &[("limit", "0")]).await.items.len(), 1);
    assert_eq!(list(&visitor, &[("limit", "100000")]).await.items.len(), 100);
    assert_eq!(list(&visitor, &[]).await.items.len(), 24);
    let mushrooms: Vec<ProductCard> =
        visitor.all("/products?limit=2&category=mushroom", |page: Products| (page.items, page.next)).await;
    assert_eq!(names(mushrooms.iter().map(|card| card.name.as_str())), in_file(|row| row.category == "mushroom"));
    assert_eq!(mushrooms.len(), 11);
}

#[tokio::test]
async fn each_facet_counts_what_its_choice_would_show() {
    let site = Site::open().await;
    let visitor = site.visitor();
    for filter in ["", "&brand=sanqu_wei", "&county=qingyuan,longquan&category=mushroom", "&q=茶", "&q=nothing-at-all"]
    {
        let products: Products = visitor.get(&format!("/products?limit=1{filter}")).await.json();
        let facets = products.facets;
        let chosen = |name: &str| filter.contains(&format!("&{name}="));
        let sums = [
            ("brand", facets.brands.iter().map(|facet| facet.count).sum::<i64>()),
            ("county", facets.counties.iter().map(|facet| facet.count).sum()),
            ("category", facets.categories.iter().map(|facet| facet.count).sum()),
        ];
        for (name, sum) in sums.into_iter().filter(|(name, _)| !chosen(name)) {
            assert_eq!(sum, products.total, "{name} of {filter:?}");
        }
        let choices = (facets.brands.iter().map(|facet| ("brand", &facet.key, facet.count)))
            .chain(facets.counties.iter().map(|facet| ("county", &facet.key, facet.count)))
            .chain(facets.categories.iter().map(|facet| ("category", &facet.key, facet.count)));
        for (name, key, count) in choices {
            let others: String = filter
                .split('&')
                .filter(|part| !part.is_empty() && !part.starts_with(name))
                .map(|p| format!("&{p}"))
                .collect();
            let narrowed: Products = visitor.get(&format!("/products?limit=1&{name}={key}{others}")).await.json();
            assert_eq!(narrowed.total, count, "{name}={key} with {others:?}");
        }
    }
}

#[tokio::test]
async fn a_place_that_is_none_is_refused_and_named() {
    let site = Site::open().await;
    for after in ["", "x", "0", "0~a", "~~", "one~a~b", "0~a~b", "season~one~a~b", "season~1~a", "price_up~100~a~b"] {
        let path = format!("/products?{}", query(&[("after", after)]));
        site.visitor().get(&path).await.refused_at(422, "bad_field", "after");
    }
    for condition in ["limit=-1", "limit=many", "sort=price", "sort=price_up,newest", "brand=a&brand=b"] {
        site.visitor().get(&format!("/products?{condition}")).await.refused(422, "bad_field");
    }
}

#[tokio::test]
async fn questions_no_page_asks_are_refused_before_the_database_hears_of_them() {
    let site = Site::open().await;
    let visitor = site.visitor();
    for (query, field) in [
        (format!("q={}", "x".repeat(101)), "q"),
        (format!("q={}", "x".repeat(10_000)), "q"),
        (format!("q={}", "香".repeat(7_000)), "q"),
        (format!("ids={}", "a,".repeat(201)), "ids"),
        (format!("county={}", "a,".repeat(201)), "county"),
    ] {
        let refusal = visitor.get(&format!("/products?{query}")).await.refused(422, "bad_field");
        assert_eq!(refusal.field.as_deref(), Some(field));
    }
    assert_eq!(list(&visitor, &[("q", &"香".repeat(100))]).await.total, 0);
}

#[tokio::test]
async fn a_product_page_says_where_it_is_from_and_who_is_paired() {
    let site = Site::open().await;
    let row = product("龙泉香菇");
    let page: Product = site.visitor().get(&format!("/products/{}", row.id)).await.json();
    assert_eq!((page.card.name.as_str(), page.card.brand), ("龙泉香菇", Some(Brand::LishuiShangeng)));
    assert_eq!((page.county_name.as_str(), page.prefecture_name.as_str()), ("龙泉市", "丽水市"));
    let paired: Vec<_> = page.pairings.iter().map(|pair| (pair.name.as_str(), pair.status)).collect();
    assert_eq!(paired, [("镇海区", PairingStatus::Assumed)], "an assumed pair is called so");
    assert_eq!(page.related.len(), 6);
    assert!(page.related.iter().all(|card| card.county == "longquan" && card.id != row.id));
}

#[tokio::test]
async fn a_product_page_says_how_long_goods_take_by_the_rule_in_force() {
    let site = Site::open().await;
    let cards = site.visitor().all_products("").await;
    for (cold_chain, days) in [(false, 5), (true, 3)] {
        let card = cards.iter().find(|card| card.cold_chain == cold_chain).expect("goods of both kinds");
        let page: Product = site.visitor().get(&format!("/products/{}", card.id)).await.json();
        assert_eq!(page.lead_days, Some(days), "{}", card.name);
    }
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let site = Site::open().await;
    site.visitor().get(&format!("/products/{}", server::id::new())).await.refused(404, "not_found");
    for id in ["1", "not-an-id", "%20", "019b8bac-db41-70ea-8cfe-42'--"] {
        site.visitor().get(&format!("/products/{id}")).await.refused(404, "not_found");
    }
    // In a list it is no mistake: a basket may hold what has meanwhile gone.
    let ids = format!("{},{}", server::id::new(), product("庆元花菇").id);
    assert_eq!(list(&site.visitor(), &[("ids", &ids)]).await.items.len(), 1);
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let site = Site::open().await;
    let asked = |tag: &str| site.visitor().request(Method::GET, "/products?county=qingyuan").header(IF_NONE_MATCH, tag);
    let first = site.visitor().get("/products?county=qingyuan").await;
    let tag = first.header("etag").expect("an ETag").to_owned();
    let again = Answer::to(asked(&tag)).await;
    assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, Some(tag.as_str())));
    assert_eq!(Answer::to(asked("W/\"another\"")).await.body, first.body);

    site.order_in(domain::order_life::State::Confirmed, "zhenhai", &[("庆元花菇", 10)]).await;
    let changed = Answer::to(asked(&tag)).await;
    assert_eq!(changed.status, 200, "ten fewer are available");
    assert_ne!(changed.header("etag"), Some(tag.as_str()));
}

#[tokio::test]
async fn goods_in_season_stand_before_those_that_are_not() {
    let site = Site::open().await;
    let cards = site.visitor().all_products("").await;
    let rank = |card: &ProductCard, month| match (card.season_months.is_all_year(), card.season_months.has(month)) {
        (true, _) => 1,
        (false, true) => 0,
        (false, false) => 2,
    };
    // Whichever month it is: the order is that of one.
    let of_month = |month| cards.iter().map(|card| rank(card, month)).is_sorted();
    assert!((1..=12).any(of_month));
}
