//! The list answered from memory, held against the database it was read from.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
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
    prefecture: String,
    #[diesel(sql_type = Text)]
    category: String,
    #[diesel(sql_type = Nullable<Text>)]
    certification_kind: Option<String>,
    #[diesel(sql_type = Bool)]
    union_gift_ok: bool,
    #[diesel(sql_type = BigInt)]
    season_bits: i64,
    #[diesel(sql_type = BigInt)]
    available: i64,
    #[diesel(sql_type = BigInt)]
    price_fen: i64,
    #[diesel(sql_type = BigInt)]
    created_at_ms: i64,
    #[diesel(sql_type = Text)]
    pinyin: String,
}

impl Row {
    fn month(&self, month: i8) -> bool {
        self.season_bits & (1 << (month - 1)) != 0
    }

    /// The keys under which a condition's choices hold this row.
    fn keys(&self, condition: &str) -> Vec<String> {
        match condition {
            "brand" => self.brand.iter().cloned().collect(),
            "prefecture" => vec![self.prefecture.clone()],
            "county" => vec![self.county_id.clone()],
            "category" => vec![self.category.clone()],
            "season" => (1..=12).filter(|month| self.month(*month)).map(|month| month.to_string()).collect(),
            "certification" => self.certification_kind.iter().cloned().collect(),
            "gift" => self.union_gift_ok.then(|| "yes".to_owned()).into_iter().collect(),
            "price" => vec![band(self.price_fen).to_owned()],
            unknown => panic!("there is no condition {unknown}"),
        }
    }
}

fn band(price_fen: i64) -> &'static str {
    match price_fen {
        ..5_000 => "to_50",
        5_000..10_000 => "50_100",
        10_000..20_000 => "100_200",
        20_000..50_000 => "200_500",
        50_000.. => "from_500",
    }
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
        let goods = diesel::sql_query(
            "select products.*, regions.prefecture, price_breaks.unit_price_fen as price_fen from products \
             join regions on regions.region_id = products.county_id \
             join price_breaks on price_breaks.product_id = products.product_id and from_quantity = 1 \
             where status = 'on_sale'",
        );
        let mut rows: Vec<Row> = goods.load(&mut db).expect("products");
        let month = clock::day(clock::now()).month();
        rows.sort_by_key(|row| (rank(row, month), row.pinyin.clone(), row.product_id.clone()));
        let counties = diesel::sql_query("select * from regions where kind = 'county' order by position");
        Truth { rows, counties: counties.load(&mut db).expect("counties") }
    }

    fn matching(&self, asked: &Asked) -> Vec<&str> {
        let mut rows: Vec<&Row> = self.rows.iter().filter(|row| asked.fits(row)).collect();
        let by = |key: fn(&Row) -> i64| move |row: &&Row| (key(row), row.pinyin.clone(), row.product_id.clone());
        match asked.sort {
            "price_up" => rows.sort_by_key(by(|row| row.price_fen)),
            "price_down" => rows.sort_by_key(by(|row| -row.price_fen)),
            "newest" => rows.sort_by_key(by(|row| -row.created_at_ms)),
            // Nothing has been sold.
            "sales" => rows.sort_by_key(by(|_| 0)),
            _ => {}
        }
        rows.into_iter().map(|row| row.product_id.as_str()).collect()
    }

    fn facets(&self, asked: &Asked) -> Facets {
        let count = |condition: &'static str, key: &str| {
            let without = asked.without(condition);
            let under = |row: &&Row| row.keys(condition).iter().any(|own| own == key);
            self.rows.iter().filter(|row| without.fits(row)).filter(under).count() as i64
        };
        let facet = |condition, keys: Vec<&str>| {
            keys.into_iter().map(|key| Facet { key: key.into(), count: count(condition, key) }).collect()
        };
        let county = |county: &County| CountyFacet {
            key: county.region_id.clone(),
            name: county.short.clone(),
            prefecture: Prefecture::from_code(&county.prefecture).expect("a prefecture"),
            count: count("county", &county.region_id),
        };
        let months: Vec<String> = (1..=12).map(|month| month.to_string()).collect();
        Facets {
            brands: facet("brand", Brand::ALL.iter().map(|it| it.code()).collect()),
            prefectures: facet("prefecture", vec!["lishui", "quzhou"]),
            counties: self.counties.iter().filter(|county| !county.region_id.ends_with("_zone")).map(county).collect(),
            categories: facet("category", Category::ALL.iter().map(|it| it.code()).collect()),
            seasons: facet("season", months.iter().map(String::as_str).collect()),
            certifications: facet("certification", vec!["gi", "heritage"]),
            gift: facet("gift", vec!["yes"]),
            prices: facet("price", vec!["to_50", "50_100", "100_200", "200_500", "from_500"]),
        }
    }
}

fn rank(row: &Row, month: i8) -> u8 {
    match row.season_bits {
        0xFFF => 1,
        _ if row.month(month) => 0,
        _ => 2,
    }
}

const CONDITIONS: [&str; 8] = ["brand", "prefecture", "county", "category", "season", "certification", "gift", "price"];

#[derive(Debug, Clone, Default)]
struct Asked {
    chosen: BTreeMap<&'static str, Vec<String>>,
    ids: Vec<String>,
    sort: &'static str,
}

impl Asked {
    /// Each filter in some of the questions, with choices that exist and some that do not.
    fn random(rng: &mut StdRng, truth: &Truth) -> Asked {
        let mut asked = Asked::default();
        for condition in CONDITIONS {
            for _ in 0..rng.random_range(0..6_usize).saturating_sub(3) {
                let keys = truth.rows.choose(rng).expect("there are products").keys(condition);
                let key = keys.choose(rng).filter(|_| rng.random_ratio(19, 20));
                asked.chosen.entry(condition).or_default().push(key.map_or("atlantis", String::as_str).to_owned());
            }
        }
        if rng.random_ratio(1, 8) {
            asked.ids = truth.rows.sample(rng, 40).map(|row| row.product_id.clone()).collect();
        }
        let sorts = ["", "relevance", "season", "price_up", "price_down", "newest", "sales"];
        asked.sort = sorts.choose(rng).expect("there are orders");
        asked
    }

    fn without(&self, condition: &str) -> Asked {
        let mut without = self.clone();
        without.chosen.remove(condition);
        without
    }

    fn query(&self) -> String {
        let chosen: Vec<(&str, String)> = self.chosen.iter().map(|(name, keys)| (*name, keys.join(","))).collect();
        let mut pairs: Vec<(&str, &str)> = chosen.iter().map(|(name, keys)| (*name, keys.as_str())).collect();
        let ids = self.ids.join(",");
        pairs.extend([("ids", ids.as_str()), ("sort", self.sort)]);
        query(&pairs)
    }

    fn fits(&self, row: &Row) -> bool {
        let chosen =
            |(condition, keys): (&&str, &Vec<String>)| row.keys(condition).iter().any(|key| keys.contains(key));
        self.chosen.iter().all(chosen) && (self.ids.is_empty() || self.ids.contains(&row.product_id))
    }
}

/// Three times the catalogue, so that it fills several words of bits; of these some are withdrawn, some have no brand,
/// and each is out of season at another time.
const MORE_GOODS: &str = "
    insert into products (product_id, merchant_id, county_id, brand, category, name, name_en, pinyin, spec, unit,
            minimum_order, available, season_bits, shelf_life_days, cold_chain, certification_kind, certification,
            certification_number, union_gift_ok, status, description, description_en, created_at_ms)
        select substr(product_id, 1, 24) || '000' || n || substr(product_id, 29), merchant_id, county_id, brand,
            category, name || n, name_en, pinyin, spec, unit, minimum_order, available, season_bits, shelf_life_days,
            cold_chain, certification_kind, certification, certification_number, union_gift_ok, status, description,
            description_en, created_at_ms
        from products, (select 1 as n union select 2) as copies;
    insert into price_breaks select product_id, 1, 990 from products where product_id not in
        (select product_id from price_breaks);
    update products set status = 'withdrawn' where (available + length(pinyin)) % 11 = 4;
    update products set status = 'draft' where (available + length(name_en)) % 13 = 7;
    update products set brand = null where (available + length(name)) % 7 = 2;
    update products set union_gift_ok = false where (available + length(name)) % 7 = 3;
    update products set season_bits = 1 + (available * 37 + length(name_en)) % 4095
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
    assert!(empty < 200, "many questions find something, {empty} do not");
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
