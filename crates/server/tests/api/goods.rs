//! A merchant's own goods: written, put on sale, found, withdrawn, changed by the thousand, and shown under a brand only with a licence.

use std::time::Instant;

use domain::goods::{Field, Standing, Status, Step};
use domain::goods_sheet::Column;
use domain::id::ProductId;
use domain::order_life::State;
use domain::product::{Brand, Category, CertificationKind, PriceBreak, SeasonMonths};
use domain::wire::{
    ChangedGoods, GoodsApplied, GoodsChoices, GoodsForm, GoodsItem, GoodsList, GoodsPreview, GoodsStep, Licences,
    NewGoods, NewLicence, Product, Products, StockChange,
};
use domain::{Language, Money, Quantity};
use reqwest::Method;
use reqwest::header::ACCEPT_LANGUAGE;
use server::search::{Catalogue, Synonyms};
use server::spreadsheet;
use server::store::Store;

use crate::delivery_lists::GBK_LIST;
use crate::home::on_postgres;
use crate::site::{Answer, Person, Site, basket, product};

const MERCHANT: &str = "qingyuan.merchant";
const GOODS: &str = "庆元香菇";

// ---- people and bodies --------------------------------------------------------------------------------------------

impl Person {
    pub async fn goods(&self, name: &str) -> GoodsItem {
        self.get(&format!("/goods/{}", product(name).id)).await.json()
    }

    pub async fn change_goods(&self, read: &GoodsItem, edition: i64, goods: GoodsForm) -> Answer {
        let body = ChangedGoods { edition, available_read: read.goods.available, goods };
        self.put(&format!("/goods/{}", read.id), &body).await
    }

    pub async fn step(&self, read: &GoodsItem, step: Step) -> Answer {
        let body = GoodsStep { step, edition: read.edition };
        self.post(&format!("/goods/{}/steps", read.id), &body).await
    }

    pub async fn stock(&self, read: &GoodsItem, change: StockChange) -> Answer {
        self.post(&format!("/goods/{}/stock", read.id), &change).await
    }

    pub async fn preview_goods(&self, file: Vec<u8>) -> Answer {
        Answer::to(self.request(Method::POST, "/goods/sheet/preview").body(file)).await
    }

    pub async fn apply_goods(&self, digest: &str, file: Vec<u8>) -> Answer {
        Answer::to(self.request(Method::POST, &format!("/goods/sheet?digest={digest}")).body(file)).await
    }

    async fn found(&self, words: &str) -> Products {
        self.get(&format!("/products?q={words}")).await.json()
    }
}

pub fn form(name: &str) -> GoodsForm {
    let step = |from, fen| PriceBreak {
        from_quantity: Quantity::new(from).expect("a small quantity"),
        unit_price_fen: Money::from_fen(fen),
    };
    GoodsForm {
        name: name.into(),
        name_en: "Fern starch dumplings".into(),
        county: "qingyuan".into(),
        category: Category::Mushroom,
        brand: Some(Brand::LishuiShangeng),
        spec: "200g/袋".into(),
        unit: "袋".into(),
        ladder: vec![step(1, 4_800), step(10, 4_650)],
        minimum_order: 2,
        available: 300,
        season_months: SeasonMonths::from_bits(0x0FFF),
        shelf_life_days: Some(365),
        cold_chain: false,
        certification_kind: None,
        certification: None,
        certification_number: None,
        union_gift_ok: true,
        batch: Some("20261101".into()),
        best_before: Some("2099-11-01".into()),
        description: "段木栽培，晒干装袋。".into(),
        description_en: String::new(),
    }
}

pub fn new_goods(name: &str) -> NewGoods {
    NewGoods { id: ProductId(server::id::new()), goods: form(name) }
}

pub fn licence(valid_to: &str) -> NewLicence {
    NewLicence { brand: Brand::LishuiShangeng, number: "LSSG-示例-0901".into(), valid_to: valid_to.into() }
}

fn today() -> jiff::civil::Date {
    server::clock::day(server::clock::now())
}

async fn created(merchant: &Person, name: &str) -> GoodsItem {
    merchant.post("/goods", &new_goods(name)).await.json()
}

// ---- the life of a product ----------------------------------------------------------------------------------------

#[tokio::test]
async fn what_a_merchant_puts_on_sale_is_found_by_name_pinyin_and_initials() {
    let site = Site::open().await;
    let (merchant, buyer) = (site.sign_in(MERCHANT).await, site.visitor());
    let draft = created(&merchant, "山粉圆子").await;
    assert_eq!((draft.status, draft.brand_shown, draft.goods.available), (Status::Draft, true, 300));
    assert_eq!(buyer.found("山粉圆子").await.total, 0, "nobody finds a draft");
    buyer.get(&format!("/products/{}", draft.id)).await.refused(404, "not_found");
    let on_sale: GoodsItem = merchant.step(&draft, Step::Offer).await.json();
    for words in ["山粉圆子", "shanfenyuanzi", "sfyz", "dumplings"] {
        let found = buyer.found(words).await;
        assert_eq!(found.items.first().map(|card| card.id), Some(draft.id), "{words}");
    }
    let card: Product = buyer.get(&format!("/products/{}", draft.id)).await.json();
    assert_eq!((card.card.brand, card.pinyin.as_str()), (Some(Brand::LishuiShangeng), "shan fen yuan zi"));
    let withdrawn: GoodsItem = merchant.step(&on_sale, Step::Withdraw).await.json();
    assert_eq!(buyer.found("山粉圆子").await.total, 0);
    let again: GoodsItem = merchant.step(&withdrawn, Step::Offer).await.json();
    assert_eq!((again.status, buyer.found("山粉圆子").await.total), (Status::OnSale, 1));
}

#[tokio::test]
async fn a_step_out_of_turn_or_of_an_older_edition_is_refused() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let draft = created(&merchant, "山粉圆子").await;
    merchant.step(&draft, Step::Withdraw).await.refused(409, "out_of_turn");
    let on_sale: GoodsItem = merchant.step(&draft, Step::Offer).await.json();
    merchant.step(&on_sale, Step::Offer).await.refused(409, "out_of_turn");
    merchant.step(&draft, Step::Withdraw).await.refused(409, "overtaken");
}

#[tokio::test]
async fn what_is_past_its_day_does_not_go_on_sale() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let mut body = new_goods("去年的圆子");
    body.goods.best_before = Some("2020-01-01".into());
    let draft: GoodsItem = merchant.post("/goods", &body).await.json();
    merchant.step(&draft, Step::Offer).await.refused_at(422, "bad_field", "goods.best_before");
}

#[tokio::test]
async fn another_price_touches_no_order_that_is_placed() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let placed = site.order_in(State::Submitted, "zhenhai", &[(GOODS, 50)]).await;
    let mut held = merchant.goods(GOODS).await;
    for step in &mut held.goods.ladder {
        step.unit_price_fen = Money::from_fen(step.unit_price_fen.fen() + 1_000);
    }
    held.goods.certification_number = Some("AGI-示例-0001".into());
    let changed: GoodsItem = merchant.change_goods(&held, held.edition, held.goods.clone()).await.json();
    let officer = site.sign_in("zhenhai.officer").await;
    assert_eq!(officer.order(placed.summary.id).await.lines, placed.lines);
    let card: Product = officer.get(&format!("/products/{}", held.id)).await.json();
    assert_eq!(card.card.ladder.steps(), changed.goods.ladder, "whoever looks now sees the new one");
}

// ---- writing ------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn the_same_draft_sent_again_is_one_and_another_under_its_id_is_refused() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let body = new_goods("山粉圆子");
    let first: GoodsItem = merchant.post("/goods", &body).await.json();
    let again: GoodsItem = merchant.post("/goods", &body).await.json();
    assert_eq!(first, again);
    let other = NewGoods { goods: form("别的"), ..body.clone() };
    merchant.post("/goods", &other).await.refused_at(409, "id_taken", "id");
    let taken = NewGoods { id: product("龙泉香菇").id, ..body };
    merchant.post("/goods", &taken).await.refused_at(409, "id_taken", "id");
}

#[tokio::test]
async fn every_wrong_field_is_named() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let goods = GoodsForm {
        name: " ".into(),
        county: "ninghai".into(),
        ladder: Vec::new(),
        minimum_order: 0,
        available: -1,
        season_months: SeasonMonths::from_bits(0),
        shelf_life_days: Some(0),
        certification_kind: Some(CertificationKind::Organic),
        best_before: Some("明年".into()),
        description: "本品治疗百病。".into(),
        ..form("山粉圆子")
    };
    let answer = merchant.post("/goods", &NewGoods { goods, ..new_goods("") }).await;
    let problem = answer.refused_at(422, "bad_field", "goods.name");
    let fields: Vec<_> = problem.errors.iter().map(|error| error.field.as_str()).collect();
    let expected = [
        "name",
        "county",
        "price",
        "minimum_order",
        "available",
        "season_months",
        "shelf_life_days",
        "certification_number",
        "best_before",
        "description",
    ];
    assert_eq!(fields, expected.map(|field| format!("goods.{field}")));
    assert!(problem.errors.last().is_some_and(|error| error.detail.contains("广告法")), "{:?}", problem.errors);
}

#[tokio::test]
async fn of_two_who_write_at_once_the_second_is_told_and_sales_are_no_quarrel() {
    let site = Site::open().await;
    let (merchant, colleague) = (site.sign_in(MERCHANT).await, site.sign_in_afresh(MERCHANT).await);
    let draft = created(&merchant, "山粉圆子").await;
    let read: GoodsItem = merchant.step(&draft, Step::Offer).await.json();
    let mut basket = basket(&[&[(GOODS, 50)]]);
    basket.orders[0].lines[0].product_id = read.id;
    let officer = site.sign_in("zhenhai.officer").await;
    let order = officer.place(&basket).await.orders().remove(0).id;
    site.sign_in("zhenhai.chair").await.approve(order).await.order();
    merchant.confirm(order).await.order();
    let more = GoodsForm { available: 320, description: "新的介绍。".into(), ..read.goods.clone() };
    let written: GoodsItem = merchant.change_goods(&read, read.edition, more.clone()).await.json();
    assert_eq!(written.goods.available, 270, "300 as it was read, 50 sold since, 20 more");
    let theirs = GoodsForm { spec: "100g/袋".into(), ..read.goods.clone() };
    colleague.change_goods(&read, read.edition, theirs).await.refused(409, "overtaken");
    merchant.change_goods(&read, read.edition, more).await.refused(409, "overtaken");
    let same: GoodsItem = merchant.change_goods(&written, read.edition, written.goods.clone()).await.json();
    assert_eq!(same, written, "what is there already is as good as written");
}

#[tokio::test]
async fn stock_changes_by_an_amount_or_to_a_number_that_was_read() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let read = created(&merchant, "山粉圆子").await;
    let add = |pieces| StockChange::Add { pieces, edition: read.edition };
    let fewer: GoodsItem = merchant.stock(&read, add(-100)).await.json();
    assert_eq!(fewer.goods.available, 200);
    merchant.stock(&read, add(-100)).await.refused(409, "overtaken");
    let set = |pieces, revision| StockChange::Set { pieces, revision };
    merchant.stock(&read, set(500, read.revision)).await.refused(409, "overtaken");
    let more: GoodsItem = merchant.stock(&read, set(500, fewer.revision)).await.json();
    assert_eq!(more.goods.available, 500);
    for pieces in [-501, 1_000_000, i64::MIN] {
        let change = StockChange::Add { pieces, edition: more.edition };
        merchant.stock(&more, change).await.refused_at(422, "bad_field", "pieces");
    }
}

#[tokio::test]
async fn anothers_goods_are_closed_and_their_drafts_are_not_even_there() {
    let site = Site::open().await;
    let (merchant, other) = (site.sign_in(MERCHANT).await, site.sign_in("longquan.merchant").await);
    let draft = created(&merchant, "山粉圆子").await;
    other.get(&format!("/goods/{}", draft.id)).await.refused(404, "not_found");
    other.step(&draft, Step::Offer).await.refused(404, "not_found");
    other.get(&format!("/goods/{}", product(GOODS).id)).await.refused(403, "not_allowed");
    let nobodys = GoodsItem { id: ProductId(server::id::new()), ..draft };
    merchant.step(&nobodys, Step::Offer).await.refused(404, "not_found");
}

#[tokio::test]
async fn the_shop_is_listed_by_status_and_words_page_by_page() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let draft = created(&merchant, "山粉圆子").await;
    let list: GoodsList = merchant.get("/goods?limit=5").await.json();
    assert_eq!(list.items[0].id, draft.id, "the newest first");
    let counts: Vec<i64> = list.counts.iter().map(|count| count.goods).collect();
    assert_eq!((counts[0], counts[1] > 5, counts[2]), (1, true, 0));
    let (mut seen, mut next) = (list.items, list.next);
    while let Some(after) = next {
        let page: GoodsList = merchant.get(&format!("/goods?limit=5&after={after}")).await.json();
        seen.extend(page.items);
        next = page.next;
    }
    assert_eq!(seen.len() as i64, counts[0] + counts[1]);
    assert!(seen.windows(2).all(|pair| pair[0].id > pair[1].id));
    for words in ["山粉圆子", "shan fen", "%25山粉"] {
        let found: GoodsList = merchant.get(&format!("/goods?q={words}")).await.json();
        assert_eq!(found.items.len(), 1, "{words}");
    }
    let drafts: GoodsList = merchant.get("/goods?status=draft").await.json();
    assert_eq!(drafts.items.len(), 1);
    merchant.get("/goods?status=sold").await.refused_at(422, "bad_field", "status");
    merchant.get("/goods?after=x").await.refused_at(422, "bad_field", "after");
    let choices: GoodsChoices = merchant.get("/goods/choices").await.json();
    assert_eq!(choices.county.as_deref(), Some("qingyuan"));
    assert!(choices.counties.iter().any(|county| county.name == "庆元"));
}

// ---- licences -----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_brand_is_shown_only_with_a_licence_and_until_its_last_day() {
    let site = Site::open().await;
    let (merchant, buyer) = (site.sign_in("changshan.merchant").await, site.visitor());
    let body = NewGoods { goods: GoodsForm { county: "changshan".into(), ..form("山粉圆子") }, ..new_goods("") };
    let draft: GoodsItem = merchant.post("/goods", &body).await.json();
    assert!(!draft.brand_shown, "this merchant has no licence for that brand");
    let on_sale: GoodsItem = merchant.step(&draft, Step::Offer).await.json();
    let path = format!("/products/{}", draft.id);
    let brand = |page: Product| (page.card.brand, page.licence.map(|licence| licence.number));
    assert_eq!(brand(buyer.get(&path).await.json()), (None, None));
    assert_eq!(buyer.found("山粉圆子").await.items[0].brand, None);
    let licences: Licences = merchant.post("/licences", &licence(&today().to_string())).await.json();
    let recorded = &licences.items[0];
    assert_eq!((recorded.standing, recorded.days_left, licences.items.len()), (Standing::EndsSoon, 0, 2));
    let shown = (Some(Brand::LishuiShangeng), Some("LSSG-示例-0901".to_owned()));
    assert_eq!(brand(buyer.get(&path).await.json()), shown);
    let facet = |products: Products| {
        products.facets.brands.iter().find(|facet| facet.key == "lishui_shangeng").map_or(0, |facet| facet.count)
    };
    assert_eq!(buyer.found("山粉圆子").await.items[0].brand, Some(Brand::LishuiShangeng));
    assert_eq!(facet(buyer.found("山粉圆子").await), 1);
    // Yesterday was its last day: nobody changes anything, the day does.
    site.home().run(&format!("update brand_licences set valid_to = '{}' where number = 'LSSG-示例-0901'", yesterday()));
    assert_eq!(brand(buyer.get(&path).await.json()), (None, None));
    let site = site.restart().await;
    let (merchant, buyer) = (site.sign_in("changshan.merchant").await, site.visitor());
    assert_eq!(buyer.found("山粉圆子").await.items[0].brand, None);
    assert_eq!(facet(buyer.found("山粉圆子").await), 0);
    let ended: Licences = merchant.get("/licences").await.json();
    assert_eq!((ended.items[0].standing, ended.items[0].days_left), (Standing::Ended, -1));
    let read: GoodsItem = merchant.get(&format!("/goods/{}", on_sale.id)).await.json();
    assert_eq!((read.brand_shown, read.goods.brand), (false, Some(Brand::LishuiShangeng)), "what was written stays");
}

fn yesterday() -> jiff::civil::Date {
    today().yesterday().expect("a day before today")
}

#[tokio::test]
async fn the_lists_follow_the_day_on_which_a_licence_ends() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    merchant.post("/licences", &licence(&today().to_string())).await.json::<Licences>();
    let store = Store::open(site.home().url().clone(), capacity(), Default::default()).await.expect("a store");
    let catalogue = Catalogue::read(&store, Synonyms::new(&[])).await.expect("a catalogue");
    let branded = || {
        let snapshot = catalogue.snapshot();
        let narrowed = snapshot.narrowed(&server::search::Filter::default(), 11).expect("all goods");
        let facets = String::from_utf8(narrowed.facets.to(Language::Zh).to_vec()).expect("JSON");
        let at = facets.find("\"lishui_shangeng\",\"count\":").expect("the facet") + 26;
        facets[at..].split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty()).map(str::to_owned)
    };
    let before = branded();
    catalogue.refresh_on(&store, today()).await.expect("the same day");
    assert_eq!(branded(), before);
    catalogue.refresh_on(&store, today().tomorrow().expect("a day")).await.expect("the day after");
    let count = |text: Option<String>| text.and_then(|text| text.parse::<i64>().ok()).expect("a number");
    assert_eq!(count(before) - count(branded()), 10, "the goods of this merchant and no others");
}

fn capacity() -> server::writer::Capacity {
    server::writer::Capacity { queue: 16, batch: 16, connections: 1 }
}

#[tokio::test]
async fn sales_keep_the_brand_that_was_recorded_and_new_orders_have_none_without_a_licence() {
    let site = Site::open().await;
    let before = site.order_in(State::Accepted, "zhenhai", &[(GOODS, 50)]).await;
    site.home().run(&format!("update brand_licences set valid_to = '{}'", yesterday()));
    let city = site.sign_in("ningbo.city").await;
    let sold = city.all_sales("").await.into_iter().find(|sale| sale.order_id == Some(before.summary.id));
    assert_eq!(sold.expect("a sale").brand, Some(Brand::LishuiShangeng));
    let after = site.order_in(State::Accepted, "zhenhai", &[(GOODS, 50)]).await;
    let sold = city.all_sales("").await.into_iter().find(|sale| sale.order_id == Some(after.summary.id));
    assert_eq!(sold.expect("a sale").brand, None);
}

#[tokio::test]
async fn a_licence_that_is_over_or_has_no_number_is_refused_and_a_renewed_one_takes_its_place() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    merchant.post("/licences", &licence(&yesterday().to_string())).await.refused_at(422, "bad_field", "valid_to");
    let nameless = NewLicence { number: " ".into(), ..licence("2099-12-31") };
    merchant.post("/licences", &nameless).await.refused_at(422, "bad_field", "number");
    let renewed: Licences = merchant.post("/licences", &licence("2099-12-31")).await.json();
    assert_eq!((renewed.items.len(), renewed.items[0].valid_to.as_str()), (1, "2099-12-31"));
    assert_eq!(renewed.items[0].standing, Standing::InForce);
}

// ---- the spreadsheet ----------------------------------------------------------------------------------------------

/// The goods of a workbook, to be changed and written again as an office would: every cell as text, in csv.
struct Office(Vec<Vec<String>>);

impl Office {
    fn open(file: &[u8]) -> Office {
        let sheet = spreadsheet::read(file).expect("a workbook").remove(0);
        let wide = Column::all().len();
        let row = |row: &domain::sheet::Row| {
            (0..wide).map(|at| row.cell(at).map_or_else(String::new, |cell| cell.text.clone())).collect()
        };
        Office(sheet.rows.iter().map(row).collect())
    }

    fn row_of(&self, name: &str) -> usize {
        let place = place(Column::Of(Field::Name));
        self.0.iter().position(|row| row[place] == name).unwrap_or_else(|| panic!("no row of {name}"))
    }

    fn write(&mut self, row: usize, column: Column, text: &str) {
        self.0[row][place(column)] = text.to_owned();
    }

    /// A copy of a row as a new product.
    fn add(&mut self, like: usize, name: &str) -> usize {
        self.0.push(self.0[like].clone());
        let row = self.0.len() - 1;
        self.write(row, Column::Id, "");
        self.write(row, Column::Edition, "");
        self.write(row, Column::Of(Field::Name), name);
        row
    }

    fn save(&self) -> Vec<u8> {
        let quoted = |row: &Vec<String>| {
            let cells: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            cells.join(",")
        };
        self.0.iter().map(quoted).collect::<Vec<_>>().join("\n").into_bytes()
    }
}

fn place(column: Column) -> usize {
    Column::all().into_iter().position(|it| it == column).expect("a column")
}

async fn downloaded(merchant: &Person) -> Vec<u8> {
    let answer = merchant.get("/goods/sheet.xlsx").await;
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"goods.xlsx\""));
    answer.body
}

#[tokio::test]
async fn goods_go_out_are_changed_and_come_in_with_their_differences_shown_first() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let file = downloaded(&merchant).await;
    let same: GoodsPreview = merchant.preview_goods(file.clone()).await.json();
    assert_eq!((same.changed.len(), same.problems.len(), same.unchanged > 5), (0, 0, true));
    let mut office = Office::open(&file);
    let row = office.row_of(GOODS);
    let before = merchant.goods(GOODS).await;
    office.write(row, Column::Of(Field::Spec), "250g/袋");
    office.write(row, Column::Of(Field::CertificationNumber), "AGI-示例-0001");
    office.write(row, Column::Of(Field::Available), &(before.goods.available + 5).to_string());
    let new = office.add(row, "山粉圆子");
    let file = office.save();
    let preview: GoodsPreview = merchant.preview_goods(file.clone()).await.json();
    assert_eq!((preview.changed.len(), preview.problems.len()), (2, 0), "{:?}", preview.problems);
    let change = &preview.changed[0];
    assert_eq!((change.row, change.new, change.name.as_str()), (row as i64 + 1, false, GOODS));
    let told: Vec<_> = change.fields.iter().map(|it| (it.field, it.before.as_str(), it.after.as_str())).collect();
    assert!(told.contains(&(Field::Spec, &before.goods.spec, "250g/袋")), "{told:?}");
    assert_eq!(change.fields.len(), 3);
    assert_eq!((preview.changed[1].row, preview.changed[1].new), (new as i64 + 1, true));
    assert_eq!(merchant.goods(GOODS).await, before, "a preview changes nothing");
    let applied: GoodsApplied = merchant.apply_goods(&preview.digest, file.clone()).await.json();
    assert_eq!(applied, GoodsApplied { changed: 1, added: 1 });
    let after = merchant.goods(GOODS).await;
    assert_eq!((after.goods.spec.as_str(), after.goods.available), ("250g/袋", before.goods.available + 5));
    let found: Products = site.visitor().get(&format!("/products?ids={}", before.id)).await.json();
    assert_eq!(found.items[0].spec, "250g/袋", "the list follows");
    let drafts: GoodsList = merchant.get("/goods?status=draft").await.json();
    assert_eq!((drafts.items.len(), drafts.items[0].goods.name.as_str()), (1, "山粉圆子"));
    // Sent once more, the new row would be a second product of that name.
    merchant.apply_goods(&preview.digest, file).await.refused_at(422, "bad_field", &format!("rows[{}].name", new + 1));
    assert_eq!(merchant.goods(GOODS).await, after);
}

#[tokio::test]
async fn wrong_cells_and_rows_changed_by_others_are_named_and_nothing_is_done() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let mut office = Office::open(&downloaded(&merchant).await);
    let row = office.row_of(GOODS);
    let other = if row == 1 { 2 } else { 1 };
    let stranger = office.add(row, "不认识的");
    office.write(row, Column::Of(Field::Unit), "包");
    office.write(row, Column::Of(Field::CertificationNumber), "AGI-示例-0001");
    office.write(other, Column::Of(Field::Price), "免费");
    office.write(stranger, Column::Id, &server::id::new().to_string());
    let held = merchant.goods(GOODS).await;
    let changed = GoodsForm { certification_number: Some("AGI-示例-0002".into()), ..held.goods.clone() };
    let held: GoodsItem = merchant.change_goods(&held, held.edition, changed).await.json();
    let preview: GoodsPreview = merchant.preview_goods(office.save()).await.json();
    let mut named: Vec<_> = preview.problems.iter().map(|it| (it.row, it.field)).collect();
    named.sort_unstable();
    let mut expected =
        vec![(row as i64 + 1, None), (other as i64 + 1, Some(Field::Price)), (stranger as i64 + 1, None)];
    expected.sort_unstable();
    assert_eq!(named, expected);
    let overtaken = preview.problems.iter().find(|it| it.row == row as i64 + 1).expect("named");
    assert!(overtaken.sentence.contains("被别人改过"), "{}", overtaken.sentence);
    merchant.apply_goods(&preview.digest, office.save()).await.refused(422, "bad_field");
    assert_eq!(merchant.goods(GOODS).await, held);
    let request = merchant.request(Method::POST, "/goods/sheet/preview").header(ACCEPT_LANGUAGE, "en");
    let english: GoodsPreview = Answer::to(request.body(office.save())).await.json();
    assert!(english.problems.iter().any(|it| it.sentence.contains("since the download")));
}

#[tokio::test]
async fn what_was_not_previewed_is_not_applied() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let mut office = Office::open(&downloaded(&merchant).await);
    let row = office.add(office.row_of(GOODS), "山粉圆子");
    office.write(row, Column::Of(Field::CertificationNumber), "示例-1");
    let preview: GoodsPreview = merchant.preview_goods(office.save()).await.json();
    assert!(preview.problems.is_empty(), "{:?}", preview.problems);
    office.write(row, Column::Of(Field::Price), "999");
    merchant.apply_goods(&preview.digest, office.save()).await.refused(409, "overtaken");
    let drafts: GoodsList = merchant.get("/goods?status=draft").await.json();
    assert!(drafts.items.is_empty());
}

#[tokio::test]
async fn what_is_no_sheet_of_goods_is_refused_with_a_sentence() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let file = downloaded(&merchant).await;
    for (file, code) in [
        (b"%PDF-1.7".to_vec(), "wrong_file_type"),
        (file[..file.len() / 2].to_vec(), "file_damaged"),
        (Vec::new(), "no_rows"),
        (GBK_LIST.to_vec(), "no_header"),
    ] {
        merchant.preview_goods(file.clone()).await.refused(422, code);
        merchant.apply_goods("00", file).await.refused(422, code);
    }
    merchant.get("/goods/sheet.xlsx?status=sold").await.refused_at(422, "bad_field", "status");
}

#[tokio::test]
async fn five_thousand_rows_come_in_together() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let mut office = Office::open(&downloaded(&merchant).await);
    let first = office.row_of(GOODS);
    office.write(first, Column::Of(Field::CertificationNumber), "示例-1");
    let held = office.0.len() - 1;
    for number in held..5_000 {
        office.add(first, &format!("灰树花 {number} 号"));
    }
    let file = office.save();
    let begun = Instant::now();
    let preview: GoodsPreview = merchant.preview_goods(file.clone()).await.json();
    println!("preview of 5,000 rows: {:?}", begun.elapsed());
    assert_eq!((preview.changed.len(), preview.problems.len()), (5_001 - held, 0), "one changed, the rest new");
    let begun = Instant::now();
    let applied: GoodsApplied = merchant.apply_goods(&preview.digest, file).await.json();
    println!("applying them: {:?} (PostgreSQL: {})", begun.elapsed(), on_postgres());
    assert_eq!(applied, GoodsApplied { changed: 1, added: 5_000 - held as i64 });
    let again = Office::open(&downloaded(&merchant).await);
    assert_eq!(again.0.len(), 5_001, "what came in goes out again");
    office.add(first, "一行太多");
    merchant.preview_goods(office.save()).await.refused(413, "too_many_rows");
}
