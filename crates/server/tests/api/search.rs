//! The list answered from memory, held against the database it was read from.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{QueryableByName, RunQueryDsl as _};
use domain::order_life::State;
use domain::product::{Brand, Category, SeasonMonths};
use domain::region::Prefecture;
use domain::wire::{CountyFacet, Facet, Facets, ProductCard, Products};
use futures::future::join_all;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use server::clock;

use crate::site::{Site, basket, product, query};

// ---- the plain way ------------------------------------------------------------------------------------------------

#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    product_id: String,
    #[diesel(sql_type = Nullable<Text>)]
    brand: Option<String>,
    #[diesel(sql_type = Text)]
    county_id: String,
    #[diesel(sql_type = Text)]
    category: String,
    #[diesel(sql_type = BigInt)]
    season_bits: i64,
    #[diesel(sql_type = BigInt)]
    available: i64,
    #[diesel(sql_type = Text)]
    pinyin: String,
    #[diesel(sql_type = Text)]
    search_text: String,
}

#[derive(Debug, QueryableByName)]
struct County {
    #[diesel(sql_type = Text)]
    region_id: String,
    #[diesel(sql_type = Text)]
    short: String,
    #[diesel(sql_type = Text)]
    prefecture: String,
}

/// What the database holds, in the order in which a list shows it.
struct Truth {
    rows: Vec<Row>,
    counties: Vec<County>,
}

impl Truth {
    fn read(site: &Site) -> Truth {
        let mut db = site.home().connect();
        let goods = diesel::sql_query("select * from products where status = 'on_sale'");
        let mut rows: Vec<Row> = goods.load(&mut db).expect("products");
        let month = clock::day(clock::now()).month();
        rows.sort_by_key(|row| (rank(row, month), row.pinyin.clone(), row.product_id.clone()));
        let counties = diesel::sql_query("select * from regions where kind = 'county' order by position");
        Truth { rows, counties: counties.load(&mut db).expect("counties") }
    }

    fn matching(&self, asked: &Asked) -> Vec<&str> {
        self.rows.iter().filter(|row| asked.fits(row)).map(|row| row.product_id.as_str()).collect()
    }

    fn facets(&self, asked: &Asked) -> Facets {
        let count = |without: Asked, has: &dyn Fn(&Row) -> bool| {
            self.rows.iter().filter(|row| without.fits(row) && has(row)).count() as i64
        };
        let brand = |brand: &Brand| Facet {
            key: brand.code().into(),
            name: brand.zh().into(),
            count: count(Asked { brands: vec![], ..asked.clone() }, &|row| row.brand.as_deref() == Some(brand.code())),
        };
        let category = |category: &Category| Facet {
            key: category.code().into(),
            name: category.zh().into(),
            count: count(Asked { categories: vec![], ..asked.clone() }, &|row| row.category == category.code()),
        };
        let county = |county: &County| CountyFacet {
            key: county.region_id.clone(),
            name: county.short.clone(),
            prefecture: Prefecture::from_code(&county.prefecture).expect("a prefecture"),
            count: count(Asked { counties: vec![], ..asked.clone() }, &|row| row.county_id == county.region_id),
        };
        Facets {
            brands: Brand::ALL.iter().map(brand).collect(),
            counties: self.counties.iter().filter(|county| !county.region_id.ends_with("_zone")).map(county).collect(),
            categories: Category::ALL.iter().map(category).collect(),
        }
    }
}

fn rank(row: &Row, month: i8) -> u8 {
    match row.season_bits {
        0xFFF => 1,
        bits if bits & (1 << (month - 1)) != 0 => 0,
        _ => 2,
    }
}

#[derive(Debug, Clone, Default)]
struct Asked {
    brands: Vec<String>,
    counties: Vec<String>,
    categories: Vec<String>,
    ids: Vec<String>,
    words: Vec<String>,
}

impl Asked {
    /// Each filter in about half of the questions, with choices that exist and some that do not.
    fn random(rng: &mut StdRng, truth: &Truth) -> Asked {
        let rows = &truth.rows;
        let mut asked = Asked::default();
        let mut some = |into: &mut Vec<String>, of: &dyn Fn(&Row) -> String| {
            for _ in 0..rng.random_range(0..6_usize).saturating_sub(3) {
                let row = rows.choose(rng).expect("there are products");
                into.push(if rng.random_ratio(1, 20) { "atlantis".into() } else { of(row) });
            }
        };
        some(&mut asked.brands, &|row| row.brand.clone().unwrap_or_default());
        some(&mut asked.counties, &|row| row.county_id.clone());
        some(&mut asked.categories, &|row| row.category.clone());
        some(&mut asked.words, &|row| row.search_text.split(['|', ' ']).next_back().unwrap_or_default().into());
        if rng.random_ratio(1, 3) {
            asked.words.push(part_of(&rows.choose(rng).expect("there are products").search_text, rng));
        }
        if rng.random_ratio(1, 8) {
            asked.ids = rows.sample(rng, 40).map(|row| row.product_id.clone()).collect();
        }
        for list in [&mut asked.brands, &mut asked.words] {
            list.retain(|part| !part.is_empty());
        }
        asked
    }

    fn query(&self) -> String {
        let (brands, counties) = (self.brands.join(","), self.counties.join(","));
        let (categories, ids, words) = (self.categories.join(","), self.ids.join(","), self.words.join(" "));
        query(&[("brand", &brands), ("county", &counties), ("category", &categories), ("ids", &ids), ("q", &words)])
    }

    fn fits(&self, row: &Row) -> bool {
        let chosen = |list: &[String], value: &str| list.is_empty() || list.iter().any(|choice| choice == value);
        chosen(&self.brands, row.brand.as_deref().unwrap_or_default())
            && chosen(&self.counties, &row.county_id)
            && chosen(&self.categories, &row.category)
            && chosen(&self.ids, &row.product_id)
            && self.words.iter().all(|word| row.search_text.contains(word))
    }
}

/// Up to three letters or signs from anywhere in the text, as a search would have them.
fn part_of(text: &str, rng: &mut StdRng) -> String {
    let letters: Vec<char> = text.chars().collect();
    let from = rng.random_range(0..letters.len());
    let until = (from + rng.random_range(1..4)).min(letters.len());
    letters[from..until].iter().filter(|letter| !letter.is_whitespace() && **letter != '|').collect()
}

/// Three times the catalogue, so that it fills several words of bits; of these some are withdrawn, some have no brand,
/// and each is out of season at another time.
const MORE_GOODS: &str = "
    insert into products
        select substr(product_id, 1, 24) || '000' || n || substr(product_id, 29), merchant_id, county_id, brand,
            category, name || n, name_en, pinyin, spec, unit, minimum_order, available, season_bits, shelf_life_days,
            cold_chain, certification_kind, certification, certification_number, union_gift_ok, status, description,
            search_text, 0
        from products, (select 1 as n union select 2) as copies;
    insert into price_breaks select product_id, 1, 990 from products where product_id not in
        (select product_id from price_breaks);
    update products set status = 'withdrawn' where (available + length(pinyin)) % 11 = 4;
    update products set status = 'draft' where (available + length(search_text)) % 13 = 7;
    update products set brand = null where (available + length(name)) % 7 = 2;
    update products set season_bits = 1 + (available * 37 + length(search_text)) % 4095
        where (available + length(description)) % 3 = 1;
";

/// A market with [`MORE_GOODS`].
async fn larger_site() -> Site {
    let site = Site::open().await;
    let mut db = site.home().connect();
    db.batch_execute(MORE_GOODS).expect("more goods");
    drop(db);
    site.restart().await
}

// ---- the list and the plain way -----------------------------------------------------------------------------------

#[tokio::test]
async fn whatever_is_asked_the_list_says_what_the_database_holds() {
    let site = larger_site().await;
    let truth = Truth::read(&site);
    assert!((250..381).contains(&truth.rows.len()), "{} on sale", truth.rows.len());
    let mut rng = StdRng::seed_from_u64(20_261_124);
    let mut empty = 0;
    for _ in 0..300 {
        let asked = Asked::random(&mut rng, &truth);
        let (expected, facets) = (truth.matching(&asked), truth.facets(&asked));
        let page = |page: Products| {
            assert_eq!((page.total, &page.facets), (expected.len() as i64, &facets), "{asked:?}");
            (page.items, page.next)
        };
        let path = format!("/products?limit={}&{}", rng.random_range(1..=100), asked.query());
        let cards: Vec<ProductCard> = site.visitor().all(&path, page).await;
        let shown: Vec<String> = cards.iter().map(|card| card.id.to_string()).collect();
        assert_eq!(shown, expected, "{asked:?}");
        empty += usize::from(expected.is_empty());
    }
    assert!(empty < 200, "most questions find something, {empty} do not");
}

#[tokio::test]
async fn the_body_is_what_the_wire_type_would_write() {
    let site = larger_site().await;
    for path in ["/products", "/products?limit=3&q=香&county=qingyuan", "/products?q=nothing-at-all", "/products?ids=x"]
    {
        let answer = site.visitor().get(path).await;
        let products: Products = answer.json();
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.text(), serde_json::to_string(&products).expect("JSON"), "{path}");
    }
}

#[tokio::test]
async fn a_cursor_leads_on_also_when_its_product_is_gone() {
    let site = Site::open().await;
    let visitor = site.visitor();
    let first: Products = visitor.get("/products?limit=10").await.json();
    let after = first.next.expect("there is more");
    let page = format!("/products?limit=10&{}", query(&[("after", &after)]));
    let second: Products = visitor.get(&page).await.json();
    let last = first.items.last().expect("ten products");
    change(&site, &format!("update products set status = 'draft', revision = 1 where product_id = '{}'", last.id));
    site.order_in(State::Confirmed, "zhenhai", &[("庆元花菇", 10)]).await;
    let again: Products = visitor.get(&page).await.json();
    let ids = |products: &Products| products.items.iter().map(|card| card.id).collect::<Vec<_>>();
    assert_eq!(ids(&again), ids(&second));
}

// ---- following changes --------------------------------------------------------------------------------------------

fn change(site: &Site, statement: &str) {
    let mut db = site.home().connect();
    db.batch_execute(statement).expect("a statement");
}

#[tokio::test]
async fn whoever_took_stock_sees_what_is_left_at_once() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let merchant = site.sign_in("qingyuan.merchant").await;
    let before = site.available("庆元花菇").await;
    let mut orders = Vec::new();
    for _ in 0..12 {
        let placed = officer.place(&basket(&[&[("庆元花菇", 10)]])).await.orders();
        let order = officer.order(placed[0].id).await;
        orders.push(site.carry(order, State::Approved, "zhenhai").await.summary.id);
    }
    let mut left = join_all(orders.iter().map(async |id| {
        merchant.confirm(*id).await.order();
        site.available("庆元花菇").await
    }))
    .await;
    assert!(left.iter().all(|left| *left <= before - 10), "each sees its own: {left:?} of {before}");
    left.sort_unstable();
    assert_eq!(left[0], before - 120, "the last sees all");
    assert_eq!(site.available("庆元花菇").await, before - 120);
    officer.cancel(orders[0], "活动取消").await.order();
    assert_eq!(site.available("庆元花菇").await, before - 110, "what is given back is there again");
}

/// Another program may change products too; it counts the revision up, and the next refresh finds what it did.
#[tokio::test]
async fn a_refresh_finds_every_kind_of_change() {
    let site = larger_site().await;
    let prices = "update price_breaks set unit_price_fen = 123 where from_quantity = 1 and product_id";
    let id = |name: &str| format!("= '{}'", product(name).id);
    change(&site, "update products set status = 'withdrawn', revision = revision + 1 where county_id = 'kaihua'");
    change(&site, "update products set status = 'on_sale', revision = revision + 1 where status = 'draft'");
    change(&site, "update products set pinyin = 'a', revision = revision + 1 where county_id = 'longyou'");
    change(&site, &format!("update products set revision = 7 where product_id {}", id("龙泉黑木耳")));
    change(&site, &format!("delete from price_breaks where from_quantity > 1 and product_id {}", id("龙泉黑木耳")));
    change(&site, &format!("{prices} {}", id("龙泉黑木耳")));
    site.order_in(State::Confirmed, "zhenhai", &[("庆元香菇", 50)]).await;

    let truth = Truth::read(&site);
    let cards = site.visitor().all_products("").await;
    let shown: Vec<String> = cards.iter().map(|card| card.id.to_string()).collect();
    assert_eq!(shown, truth.matching(&Asked::default()));
    let available: BTreeMap<String, i64> =
        truth.rows.iter().map(|row| (row.product_id.clone(), row.available)).collect();
    for card in &cards {
        assert_eq!(Some(&card.available.get()), available.get(&card.id.to_string()), "{}", card.name);
        assert!(card.season_months != SeasonMonths::from_bits(0));
    }
    let changed = cards.iter().find(|card| card.id == product("龙泉黑木耳").id).expect("it is on sale");
    assert_eq!(changed.ladder.list_price().fen(), 123);
}
