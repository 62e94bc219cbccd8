//! The list answered from memory, held against the database it was read from.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel::{QueryableByName, RunQueryDsl as _};
use domain::order_life::State;
use domain::product::{Brand, Category, SeasonMonths};
use domain::region::Prefecture;
use domain::wire::{CountyFacet, Facet, Facets, Product, ProductCard, Products, SuggestionKind, Suggestions};
use futures::future::join_all;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::Method;
use reqwest::header::ACCEPT_LANGUAGE;
use server::clock;

use crate::site::{Answer, CATALOGUE, Site, basket, new_sale_id, product, query};

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
            certifications: facet("certification", vec!["gi", "organic", "green", "heritage"]),
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

// ---- words --------------------------------------------------------------------------------------------------------

async fn search(site: &Site, words: &str) -> Products {
    site.visitor().get(&format!("/products?limit=100&{}", query(&[("q", words)]))).await.json()
}

fn names(products: &Products) -> Vec<&str> {
    products.items.iter().map(|card| card.name.as_str()).collect()
}

async fn in_english(site: &Site, path: &str) -> Answer {
    Answer::to(site.visitor().request(Method::GET, path).header(ACCEPT_LANGUAGE, "en-GB,en")).await
}

#[tokio::test]
async fn a_product_is_found_however_it_is_typed() {
    let site = Site::open().await;
    for (typed, first) in [
        ("庆元香菇", "庆元香菇"),
        ("花", "庆元花菇"),
        ("花菇", "庆元花菇"),
        ("qyxg", "庆元香菇"),
        ("QYXG", "庆元香菇"),
        ("qingyuanxianggu", "庆元香菇"),
        ("qingyuanxiangg", "庆元香菇"),
        ("庆元xg", "庆元香菇"),
        ("庆元 xianggu", "庆元香菇"),
        ("qyxianggu", "庆元香菇"),
        ("qingyxg", "庆元香菇"),
        ("huagu", "庆元花菇"),
        ("ｈｕａｇｕ", "庆元花菇"),
        (" 花菇  庆元 ", "庆元花菇"),
        ("%花菇%", "庆元花菇"),
        ("慶元香菇", "庆元香菇"),
        ("開化龍頂茶", "开化龙顶茶"),
        ("cshy", "常山胡柚"),
        ("changshanhuyou", "常山胡柚"),
        ("龙泉木耳", "龙泉黑木耳"),
        ("庆元冬菇", "庆元香菇"),
        ("茶籽油 江山", "江山山茶油"),
        ("奇异果", "江山猕猴桃"),
        ("huaguu", "庆元花菇"),
        ("qingyuanxiangu", "庆元香菇"),
        ("qingyaunhuagu", "庆元花菇"),
    ] {
        let products = search(&site, typed).await;
        assert_eq!(names(&products).first(), Some(&first), "{typed} of {}", products.total);
        assert!(products.total > 0 && products.nearest.is_none(), "{typed} is found, not guessed");
        assert_eq!(products.items.len(), products.marks.len());
    }
}

#[tokio::test]
async fn a_county_or_brand_leads_to_its_goods_below_those_named_so() {
    let site = Site::open().await;
    let of_county = |county: &str| CATALOGUE.iter().filter(|row| row.county == county).count();
    for (typed, county) in
        [("庆元", "qingyuan"), ("庆元县", "qingyuan"), ("kaihua", "kaihua"), ("qingyuan", "qingyuan")]
    {
        let products = search(&site, typed).await;
        let count = of_county(county);
        assert!(products.items.len() >= count, "{typed}");
        assert!(products.items[..count].iter().all(|card| card.county == county), "{typed}: {:?}", names(&products));
    }
    for (typed, brand) in [("三衢味", Brand::SanquWei), ("sanquwei", Brand::SanquWei), ("lssg", Brand::LishuiShangeng)]
    {
        let products = search(&site, typed).await;
        assert!(products.total > 30, "{typed}");
        assert!(products.items.iter().take(30).all(|card| card.brand == Some(brand)), "{typed}");
    }
    // 七山头土猪肉 is from Suichang and does not say so: it stands below what does.
    let suichang = search(&site, "遂昌").await;
    let shown = names(&suichang);
    let at = shown.iter().position(|name| *name == "七山头土猪肉").expect("it is found by its county");
    assert!(shown[..at].iter().all(|name| name.contains("遂昌")), "{shown:?}");
}

#[tokio::test]
async fn a_name_stands_above_a_description() {
    let site = Site::open().await;
    let products = search(&site, "香菇").await;
    let named: Vec<bool> = names(&products).iter().map(|name| name.contains("香菇")).collect();
    assert!(named.is_sorted_by(|a, b| a >= b), "{:?}", names(&products));
    assert!(named[0]);
}

#[tokio::test]
async fn english_is_searched_and_shown_to_who_reads_it() {
    let site = Site::open().await;
    let products: Products = in_english(&site, "/products?q=shiitake").await.json();
    assert!(products.total >= 3);
    let first = &products.items[0];
    assert!(first.name.contains("hiitake"), "{}", first.name);
    assert!(["bag", "box", "tin", "set"].contains(&first.unit.as_str()), "{}", first.unit);
    assert!(first.county_short.is_ascii() && first.spec.is_ascii(), "{first:?}");
    let [from, until] = products.marks[0][0];
    let marked: String = first.name.chars().skip(from as usize).take((until - from) as usize).collect();
    assert_eq!(marked.to_lowercase(), "shiitake");
    assert!(search(&site, "mushroom").await.total >= 5);

    let page: Product = in_english(&site, &format!("/products/{}", product("龙泉香菇").id)).await.json();
    assert_eq!((page.card.name.as_str(), page.county_name.as_str()), ("Longquan shiitake", "Longquan"));
    assert!(page.description.starts_with("Dried shiitake"), "{}", page.description);
}

#[tokio::test]
async fn what_matched_is_marked_in_the_name() {
    let site = Site::open().await;
    for (typed, marks) in [
        ("香菇", vec![[2, 4]]),
        ("qyxg", vec![[0, 4]]),
        ("庆元xg", vec![[0, 4]]),
        ("庆元冬菇", vec![[0, 4]]),
        ("慶元", vec![[0, 2]]),
        ("qingyuan", vec![[0, 2]]),
    ] {
        let products = search(&site, typed).await;
        let at = names(&products).iter().position(|name| *name == "庆元香菇").expect("it is found");
        assert_eq!(products.marks[at], marks, "{typed}");
    }
    let all: Products = site.visitor().get("/products").await.json();
    assert!(all.marks.is_empty(), "nothing was searched");
}

#[tokio::test]
async fn where_nothing_matches_the_nearest_is_offered() {
    let site = Site::open().await;
    for (typed, meant, first) in [("庆云香菇", "庆元香菇", "庆元香菇"), ("shiitakkee", "shiitake", "")] {
        let products = search(&site, typed).await;
        assert_eq!((products.total, products.next.as_deref()), (0, None), "{typed}");
        assert_eq!(products.nearest.as_deref(), Some(meant), "{typed}");
        assert!((1..=12).contains(&products.items.len()) && products.marks.len() == products.items.len());
        assert!(names(&products)[0].contains(first), "{typed}: {:?}", names(&products));
    }
    // Only the filter stood in the way.
    let filtered: Products =
        site.visitor().get(&format!("/products?{}", query(&[("q", "花菇"), ("county", "kaihua")]))).await.json();
    assert_eq!((filtered.total, filtered.nearest.as_deref()), (0, Some("花菇")));
    assert_eq!(names(&filtered)[0], "庆元花菇");
    let nothing = search(&site, "没有这种东西").await;
    assert_eq!((nothing.total, nothing.items.len(), nothing.nearest), (0, 0, None));
}

#[tokio::test]
async fn signs_emoji_and_control_characters_are_only_signs() {
    let site = Site::open().await;
    for words in [
        "%",
        "_",
        "__",
        "\\",
        "' --",
        "\"",
        "*",
        ";",
        "🍵",
        "\u{0}\u{1b}\u{202e}",
        "|",
        "~",
        "😀 🍄",
        "(())",
        "\u{fffd}",
    ] {
        let products = search(&site, words).await;
        assert_eq!((products.total, products.items.len(), products.nearest), (0, 0, None), "{words:?}");
    }
    for words in ["香菇 🍄", "香菇\u{0}", "香菇' or 1=1 --", "title:香菇^5", "+香菇 -花菇 AND NOT"] {
        site.visitor().get(&format!("/products?{}", query(&[("q", words)]))).await.json::<Products>();
    }
    let blank: Products = site.visitor().get(&format!("/products?{}", query(&[("q", "   ")]))).await.json();
    assert_eq!(blank.total, 127, "blanks narrow nothing");
    let longest = ["x".repeat(100), "香菇花".repeat(33), "a b c d e f g h i j".repeat(5), "庆x元y".repeat(25)];
    for words in longest {
        search(&site, &words).await;
    }
}

#[tokio::test]
async fn every_filter_at_once_is_answered() {
    let site = Site::open().await;
    let everything = "brand=lishui_shangeng&prefecture=lishui&county=qingyuan&category=mushroom&season=1,2,3&gift=yes\
                      &certification=gi,heritage&price=50_100,from_500&sort=sales&limit=5";
    let products: Products = site.visitor().get(&format!("/products?{everything}&q=qyxg")).await.json();
    assert_eq!(names(&products), ["庆元香菇"]);
    let nowhere: Products = site.visitor().get("/products?county=atlantis&season=13&gift=no&price=1").await.json();
    assert_eq!((nowhere.total, nowhere.items.len()), (0, 0), "what nobody knows narrows to nothing");
}

// ---- orders and cursors -------------------------------------------------------------------------------------------

const SORTS: [&str; 6] = ["relevance", "season", "price_up", "price_down", "newest", "sales"];

#[tokio::test]
async fn every_order_visits_every_match_once() {
    let site = larger_site().await;
    for words in ["", "茶", "xiang"] {
        let asked = query(&[("q", words)]);
        let whole: Products = site.visitor().get(&format!("/products?limit=1&{asked}")).await.json();
        for sort in SORTS {
            let pages = format!("/products?limit=7&sort={sort}&{asked}");
            let cards: Vec<ProductCard> = site.visitor().all(&pages, |page: Products| (page.items, page.next)).await;
            let ids: std::collections::BTreeSet<_> = cards.iter().map(|card| card.id).collect();
            assert_eq!((cards.len(), ids.len()), (whole.total as usize, whole.total as usize), "{sort} {words}");
        }
    }
}

#[tokio::test]
async fn a_cursor_belongs_to_its_order_and_to_any_question() {
    let site = Site::open().await;
    let visitor = site.visitor();
    for sort in SORTS {
        let first: Products = visitor.get(&format!("/products?q=茶&limit=2&sort={sort}")).await.json();
        let after = first.next.expect("there is more");
        for other in SORTS.iter().filter(|other| **other != sort) {
            let path = format!("/products?q=茶&sort={other}&{}", query(&[("after", &after)]));
            visitor.get(&path).await.refused_at(422, "bad_field", "after");
        }
        // Of another question it is a place in the same order.
        let path = format!("/products?q=菇&sort={sort}&{}", query(&[("after", &after)]));
        visitor.get(&path).await.json::<Products>();
    }
}

#[tokio::test]
async fn what_was_accepted_is_bought_and_orders_the_list_by_sales() {
    let site = Site::open().await;
    let bought = async |name: &str| {
        let page: Product = site.visitor().get(&format!("/products/{}", product(name).id)).await.json();
        (page.bought.quantity, page.bought.buyers)
    };
    assert_eq!(bought("庆元花菇").await, (0, 0));
    site.order_in(State::Accepted, "zhenhai", &[("庆元花菇", 10), ("庆元香菇", 30)]).await;
    site.order_in(State::Accepted, "yinzhou", &[("庆元香菇", 50)]).await;
    site.order_in(State::Shipped, "yinzhou", &[("庆元香菇", 70)]).await;
    assert_eq!((bought("庆元花菇").await, bought("庆元香菇").await), ((10, 1), (80, 2)));
    let products: Products = site.visitor().get("/products?sort=sales&limit=3").await.json();
    assert_eq!(names(&products)[..2], ["庆元香菇", "庆元花菇"]);

    let sales = site.sign_in("ningbo.city").await.all_sales("").await;
    let of_flower = sales.iter().find(|sale| sale.product_name == "庆元花菇").expect("an entry");
    site.sign_in("ningbo.city").await.reverse(of_flower.id, new_sale_id(), "重复").await;
    assert_eq!(bought("庆元花菇").await, (0, 0), "what is taken back is not bought");
}

// ---- suggestions --------------------------------------------------------------------------------------------------

#[tokio::test]
async fn what_is_typed_so_far_suggests_what_it_may_become() {
    let site = Site::open().await;
    let suggested = async |typed: &str| {
        let path = format!("/products/suggestions?{}", query(&[("q", typed)]));
        site.visitor().get(&path).await.json::<Suggestions>().items
    };
    let items = suggested("qy").await;
    assert_eq!(
        (items[0].kind, items[0].key.as_str(), items[0].name.as_str()),
        (SuggestionKind::County, "qingyuan", "庆元")
    );
    assert!(items.len() == 8 && items[1..].iter().all(|item| item.kind == SuggestionKind::Product));
    assert_eq!((items[1].note.as_str(), &items[1].marks), ("庆元", &vec![[0, 2]]));
    assert_eq!(suggested("三").await[0].kind, SuggestionKind::Brand);
    assert_eq!(suggested("茶").await[0].key, "tea");
    assert_eq!(suggested("花菇").await[0].name, "庆元花菇");
    for nothing in ["", "  ", "🍵", "没有这种东西"] {
        assert_eq!(suggested(nothing).await, [], "{nothing:?}");
    }
    let long = format!("/products/suggestions?q={}", "x".repeat(10_000));
    site.visitor().get(&long).await.refused_at(422, "bad_field", "q");
}

// ---- words that change --------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_new_name_is_found_in_the_step_that_wrote_it_and_after_a_restart() {
    let site = Site::open().await;
    let renamed = format!(
        "update products set name = '庆元灵芝孢子粉', pinyin = 'qing yuan ling zhi bao zi fen', revision = revision + 1 \
         where product_id = '{}'",
        product("庆元花菇").id
    );
    change(&site, &renamed);
    change(&site, "update products set status = 'draft', revision = revision + 1 where name = '龙泉灵芝'");
    site.order_in(State::Confirmed, "zhenhai", &[("庆元香菇", 50)]).await;
    let check = async |site: &Site| {
        assert_eq!(names(&search(site, "孢子粉").await), ["庆元灵芝孢子粉"]);
        assert_eq!(names(&search(site, "baozifen").await), ["庆元灵芝孢子粉"]);
        assert!(!names(&search(site, "灵芝").await).contains(&"龙泉灵芝"));
        assert!(!names(&search(site, "花菇").await).contains(&"庆元花菇"));
    };
    check(&site).await;
    let site = site.restart().await;
    check(&site).await;
}
