//! A merchant's own goods: what it writes of them, where they stand, and what a spreadsheet changes.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::goods::{County, Goods, Status, Step, stock_after};
use domain::goods_sheet::{Comparison, GoodsSheet, Held, compare};
use domain::id::{OrganisationId, ProductId};
use domain::organisation::Actor;
use domain::permission::{Act, Whose, check, check_product};
use domain::product::{Brand, Category, CertificationKind, PriceLadder, SeasonMonths};
use domain::sheet::{self, MOST_ROWS};
use domain::{Code, Language, Refusal, say, wire};
use jiff::civil::Date;
use pinyin::ToPinyin as _;
use sha2::{Digest as _, Sha256};

use super::licences::{self, Licensed};
use super::{Db, audit, photos, products, regions, stored, stored_id};
use crate::clock::{self, Ms};
use crate::error::{Error, Result, not_found, refuse};
use crate::schema::products as table;
use crate::schema::{organisations, price_breaks};

/// Products of which one statement asks: far below the 32,766 values that SQLite binds.
const TOGETHER: usize = 1_000;

#[derive(Queryable, Selectable, Debug)]
#[diesel(table_name = table)]
struct Row {
    product_id: String,
    merchant_id: String,
    county_id: String,
    brand: Option<String>,
    category: String,
    name: String,
    name_en: String,
    pinyin: String,
    spec: String,
    unit: String,
    minimum_order: i64,
    available: i64,
    season_bits: i64,
    shelf_life_days: Option<i64>,
    cold_chain: bool,
    certification_kind: Option<String>,
    certification: Option<String>,
    certification_number: Option<String>,
    union_gift_ok: bool,
    status: String,
    description: String,
    description_en: String,
    revision: i64,
    edition: i64,
    batch: Option<String>,
    best_before: Option<String>,
}

impl Row {
    fn status(&self) -> Result<Status> {
        stored!(Status, &self.status)
    }

    fn form(&self, ladder: &PriceLadder) -> Result<wire::GoodsForm> {
        let kind = self.certification_kind.as_deref();
        Ok(wire::GoodsForm {
            name: self.name.clone(),
            name_en: self.name_en.clone(),
            county: self.county_id.clone(),
            category: stored!(Category, &self.category)?,
            brand: self.brand.as_deref().map(|brand| stored!(Brand, brand)).transpose()?,
            spec: self.spec.clone(),
            unit: self.unit.clone(),
            ladder: ladder.steps().to_vec(),
            minimum_order: self.minimum_order,
            available: self.available,
            season_months: SeasonMonths::from_bits(self.season_bits as u16),
            shelf_life_days: self.shelf_life_days,
            cold_chain: self.cold_chain,
            certification_kind: kind.map(|kind| stored!(CertificationKind, kind)).transpose()?,
            certification: self.certification.clone(),
            certification_number: self.certification_number.clone(),
            union_gift_ok: self.union_gift_ok,
            batch: self.batch.clone(),
            best_before: self.best_before.clone(),
            description: self.description.clone(),
            description_en: self.description_en.clone(),
        })
    }
}

// ---- reading ------------------------------------------------------------------------------------------------------

/// What a list of one's goods is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub status: Option<Status>,
    /// A part of name, pinyin or spec.
    pub words: String,
    /// The last product of the page before.
    pub after: Option<ProductId>,
    pub limit: usize,
}

/// One's own goods, the newest first, and how many there are of each status.
///
/// # Errors
/// The refusal of those who have none.
pub fn list(db: &mut Db, actor: &Actor, wanted: &Wanted, today: Date) -> Result<wire::GoodsList> {
    check(Some(actor.role), Act::SeeGoods, Whose::Own)?;
    let merchant = actor.organisation.to_string();
    let mut own = table::table.filter(table::merchant_id.eq(&merchant)).into_boxed();
    if let Some(status) = wanted.status {
        own = own.filter(table::status.eq(status.code()));
    }
    // What stands for any character in a pattern is in no name.
    let words: String = wanted.words.trim().chars().filter(|c| !matches!(c, '%' | '_' | '\\')).collect();
    if !words.is_empty() {
        let part = format!("%{words}%");
        let spelt = format!("%{}%", words.to_lowercase());
        own = own.filter(table::name.like(part.clone()).or(table::spec.like(part)).or(table::pinyin.like(spelt)));
    }
    if let Some(after) = wanted.after {
        own = own.filter(table::product_id.lt(after.to_string()));
    }
    let page = own.order(table::product_id.desc()).limit(wanted.limit as i64 + 1);
    let mut rows: Vec<Row> = page.select(Row::as_select()).load(db)?;
    let more = rows.len() > wanted.limit;
    rows.truncate(wanted.limit);
    let next = rows.last().filter(|_| more).map(|row| row.product_id.clone());
    Ok(wire::GoodsList {
        items: items(db, rows, today)?,
        next,
        counts: counts(db, &merchant)?,
        licences: licences::of_merchant(db, actor, today)?,
    })
}

fn counts(db: &mut Db, merchant: &str) -> Result<Vec<wire::GoodsCount>> {
    let counted: Vec<(String, i64)> = table::table
        .filter(table::merchant_id.eq(merchant))
        .group_by(table::status)
        .select((table::status, diesel::dsl::count_star()))
        .load(db)?;
    let of = |status: &Status| {
        let goods = counted.iter().find(|(code, _)| code == status.code()).map_or(0, |(_, goods)| *goods);
        wire::GoodsCount { status: *status, goods }
    };
    Ok(Status::ALL.iter().map(of).collect())
}

fn items(db: &mut Db, rows: Vec<Row>, today: Date) -> Result<Vec<wire::GoodsItem>> {
    let ids: Vec<String> = rows.iter().map(|row| row.product_id.clone()).collect();
    let (ladders, photos) = (ladders(db, &ids)?, photos::first_of(db, ids)?);
    let licensed = licences::in_force(db, today)?;
    let item = |row: Row| {
        let photo = photos.get(&row.product_id).map(|hash| photos::stored_hash(hash)).transpose()?;
        told(&row, ladder_of(&ladders, &row.product_id)?, &licensed, photo)
    };
    rows.into_iter().map(item).collect()
}

fn told(
    row: &Row,
    ladder: &PriceLadder,
    licensed: &Licensed,
    photo: Option<domain::photo::PhotoHash>,
) -> Result<wire::GoodsItem> {
    let brand_shown =
        row.brand.as_ref().is_some_and(|brand| licensed.contains(&(row.merchant_id.clone(), brand.clone())));
    Ok(wire::GoodsItem {
        id: stored_id(&row.product_id)?,
        status: row.status()?,
        edition: row.edition,
        revision: row.revision,
        goods: row.form(ladder)?,
        brand_shown,
        photo,
        photos: Vec::new(),
    })
}

fn ladders(db: &mut Db, ids: &[String]) -> Result<HashMap<String, PriceLadder>> {
    let mut all = HashMap::new();
    for ids in ids.chunks(TOGETHER) {
        all.extend(products::ladders(db, ids.to_vec())?);
    }
    Ok(all)
}

fn ladder_of<'a>(ladders: &'a HashMap<String, PriceLadder>, product_id: &str) -> Result<&'a PriceLadder> {
    ladders.get(product_id).ok_or_else(|| Error::corrupt(format!("no price of product {product_id}")))
}

/// One of one's own goods.
///
/// # Errors
/// As [`take`].
pub fn one(db: &mut Db, actor: &Actor, product_id: &str, today: Date) -> Result<wire::GoodsItem> {
    let row = find(db, actor, Act::SeeGoods, product_id)?;
    let item = items(db, vec![row], today)?.pop().ok_or_else(|| Error::corrupt("a product without an item"))?;
    Ok(wire::GoodsItem { photos: photos::of_product(db, product_id)?, ..item })
}

fn find(db: &mut Db, actor: &Actor, act: Act, product_id: &str) -> Result<Row> {
    let row: Option<Row> = table::table.find(product_id).select(Row::as_select()).get_result(db).optional()?;
    let Some(row) = row else { return not_found(say!("这个产品", "This product")) };
    let allowed = check_product(actor, act, stored_id::<OrganisationId>(&row.merchant_id)?);
    match allowed {
        Ok(()) => Ok(row),
        // What nobody else sees is not there for anybody else.
        Err(_) if row.status()? != Status::OnSale => not_found(say!("这个产品", "This product")),
        Err(refusal) => Err(refusal.into()),
    }
}

/// What a form may choose among.
///
/// # Errors
/// The refusal of those who have no goods.
pub fn choices(db: &mut Db, actor: &Actor, today: Date, reader: Language) -> Result<wire::GoodsChoices> {
    check(Some(actor.role), Act::SeeGoods, Whose::Own)?;
    let county: Option<String> =
        organisations::table.find(actor.organisation.to_string()).select(organisations::county_id).get_result(db)?;
    let shown = regions::counties(db)?.into_iter().filter(regions::County::is_shown);
    let counties = shown.map(|it| wire::GoodsCounty { name: it.short(reader).to_owned(), id: it.id }).collect();
    Ok(wire::GoodsChoices { counties, county, licences: licences::of_merchant(db, actor, today)? })
}

/// The counties as what is typed may name them; the first name is the reader's.
///
/// # Errors
/// The database's.
pub fn counties(db: &mut Db, reader: Language) -> Result<Vec<County>> {
    let county = |it: regions::County| {
        let first = it.short(reader).to_owned();
        County { names: vec![first, it.short, it.name, it.name_en], id: it.id }
    };
    Ok(regions::counties(db)?.into_iter().filter(regions::County::is_shown).map(county).collect())
}

/// Every product of the shop, or those of one status, as the spreadsheet holds them.
///
/// # Errors
/// [`Code::TooManyRows`] for more than a spreadsheet takes back.
pub fn all(db: &mut Db, actor: &Actor, status: Option<Status>) -> Result<Vec<(Held, Status)>> {
    check(Some(actor.role), Act::SeeGoods, Whose::Own)?;
    let mut own = table::table.filter(table::merchant_id.eq(actor.organisation.to_string())).into_boxed();
    if let Some(status) = status {
        own = own.filter(table::status.eq(status.code()));
    }
    let rows: Vec<Row> = own.order(table::product_id).select(Row::as_select()).load(db)?;
    let ids: Vec<String> = rows.iter().map(|row| row.product_id.clone()).collect();
    let ladders = ladders(db, &ids)?;
    let held = |row: Row| {
        let form = row.form(ladder_of(&ladders, &row.product_id)?)?;
        Ok((Held { id: stored_id(&row.product_id)?, edition: row.edition, form }, row.status()?))
    };
    rows.into_iter().map(held).collect()
}

/// The same for who downloads it.
///
/// # Errors
/// As [`all`].
pub fn for_download(db: &mut Db, actor: &Actor, status: Option<Status>) -> Result<Vec<(Held, Status)>> {
    let all = all(db, actor, status)?;
    if all.len() > MOST_ROWS { Err(sheet::too_many_rows().into()) } else { Ok(all) }
}

// ---- writing ------------------------------------------------------------------------------------------------------

/// Adds a draft; the same again changes nothing.
///
/// # Errors
/// [`Code::IdTaken`] where the identifier is another product's; [`Code::BadField`] for every field that is wrong.
pub fn create(db: &mut Db, actor: &Actor, id: ProductId, form: &wire::GoodsForm, now: Ms) -> Result<()> {
    check(Some(actor.role), Act::ChangeGoods, Whose::Own)?;
    let goods = parse(db, form)?;
    let known: Option<Row> = table::table.find(id.to_string()).select(Row::as_select()).get_result(db).optional()?;
    if let Some(known) = known {
        let ladders = ladders(db, std::slice::from_ref(&known.product_id))?;
        let same = known.merchant_id == actor.organisation.to_string()
            && known.form(ladder_of(&ladders, &known.product_id)?)? == *form;
        return if same { Ok(()) } else { Err(id_taken().into()) };
    }
    insert(db, actor, id, &goods, now)?;
    audit::record(db, Some(actor), "create_goods", &id.to_string(), &goods.name, now)
}

fn id_taken() -> Refusal {
    let sentence =
        say!("这个编号已经用过，请刷新页面后重新保存", "This identifier has been used; reload the page and save again");
    Refusal::new(Code::IdTaken, sentence).at("id")
}

fn parse(db: &mut Db, form: &wire::GoodsForm) -> Result<Goods> {
    parse_among(&counties(db, Language::Zh)?, form)
}

fn parse_among(counties: &[County], form: &wire::GoodsForm) -> Result<Goods> {
    let wrong = |errors: Vec<domain::goods::FieldError>| -> Vec<Refusal> {
        errors.into_iter().map(domain::goods::FieldError::refusal).collect()
    };
    Ok(Goods::parse(form, counties).map_err(wrong)?)
}

/// Writes what was changed of a product; the same again changes nothing.
///
/// # Errors
/// [`Code::Overtaken`] where somebody has written meanwhile; [`Code::BadField`] for every field that is wrong.
pub fn change(db: &mut Db, actor: &Actor, product_id: &str, body: &wire::ChangedGoods, now: Ms) -> Result<()> {
    let row = take(db, actor, product_id)?;
    let ladders = ladders(db, &[product_id.to_owned()])?;
    let before = row.form(ladder_of(&ladders, product_id)?)?;
    let by = body.goods.available.saturating_sub(body.available_read);
    let stays = wire::GoodsForm { available: before.available, ..body.goods.clone() };
    if row.edition != body.edition {
        // Sent once more after it was done.
        let done = stays == before && (by == 0 || before.available == body.goods.available);
        return if done { Ok(()) } else { Err(overtaken().into()) };
    }
    if by == 0 && stays == before {
        return Ok(());
    }
    let goods = parse(db, &body.goods)?;
    let at = |sentence| Refusal::field("goods.available", sentence);
    let available = stock_after(before.available, by).map_err(at)?.get();
    update(db, &row, &goods, available)?;
    audit::record(db, Some(actor), "change_goods", product_id, &goods.name, now)
}

fn overtaken() -> Refusal {
    Refusal::new(
        Code::Overtaken,
        say!(
            "这个产品刚刚被别人改过，请看看现在的内容再改；您填的还在",
            "Somebody has changed this product meanwhile; look at what it says now; what you typed is still here"
        ),
    )
}

/// Puts a product on sale, or withdraws it.
///
/// # Errors
/// [`Code::OutOfTurn`], [`Code::Overtaken`], and of goods past their day [`Code::BadField`].
pub fn step(db: &mut Db, actor: &Actor, product_id: &str, body: wire::GoodsStep, now: Ms) -> Result<()> {
    let row = take(db, actor, product_id)?;
    let after = row.status()?.after(body.step)?;
    if row.edition != body.edition {
        return Err(overtaken().into());
    }
    if body.step == Step::Offer {
        let ladders = ladders(db, &[product_id.to_owned()])?;
        let goods = parse(db, &row.form(ladder_of(&ladders, product_id)?)?)?;
        goods.check_offer(clock::day(now))?;
    }
    diesel::update(table::table.find(product_id))
        .set((
            table::status.eq(after.code()),
            table::edition.eq(table::edition + 1),
            table::revision.eq(table::revision + 1),
        ))
        .execute(db)?;
    audit::record(db, Some(actor), "step_goods", product_id, body.step.code(), now)
}

/// Changes how many are available.
///
/// # Errors
/// [`Code::Overtaken`] where somebody has written since, or anything was sold where a number is set; [`Code::BadField`] where fewer
/// than none would be left.
pub fn change_stock(db: &mut Db, actor: &Actor, product_id: &str, body: wire::StockChange, now: Ms) -> Result<()> {
    let row = take(db, actor, product_id)?;
    let (by, current) = match body {
        wire::StockChange::Add { pieces, edition } => (pieces, row.edition == edition),
        wire::StockChange::Set { pieces, revision } => (pieces.saturating_sub(row.available), row.revision == revision),
    };
    if !current {
        return refuse(
            Code::Overtaken,
            say!(
                "这个产品的数量刚刚有变动，请看看现在还有多少再改",
                "The quantity has changed meanwhile; look at how many there are now"
            ),
        );
    }
    let available = stock_after(row.available, by).map_err(|sentence| Refusal::field("pieces", sentence))?;
    diesel::update(table::table.find(product_id))
        .set((
            table::available.eq(available.get()),
            table::edition.eq(table::edition + 1),
            table::revision.eq(table::revision + 1),
        ))
        .execute(db)?;
    audit::record(db, Some(actor), "change_stock", product_id, &by.to_string(), now)
}

/// Takes a product, so that whoever changes it too waits.
///
/// # Errors
/// [`Code::NotFound`], or [`Code::NotAllowed`] of another merchant's that everybody sees.
fn take(db: &mut Db, actor: &Actor, product_id: &str) -> Result<Row> {
    diesel::update(table::table.find(product_id)).set(table::revision.eq(table::revision)).execute(db)?;
    find(db, actor, Act::ChangeGoods, product_id)
}

/// The syllables of a name, as the search and the order of lists know them: `qing yuan xiang gu`.
fn spelt(name: &str) -> String {
    let mut spelt = String::new();
    for c in name.chars() {
        match c.to_pinyin() {
            Some(syllable) => {
                spelt.push(' ');
                spelt.push_str(syllable.plain());
                spelt.push(' ');
            }
            None if c.is_alphanumeric() => spelt.extend(c.to_lowercase()),
            None => spelt.push(' '),
        }
    }
    spelt.split_whitespace().collect::<Vec<_>>().join(" ")
}

macro_rules! written {
    ($goods:expr, $available:expr, $spelt:expr) => {
        (
            (
                table::county_id.eq(&$goods.county),
                table::brand.eq($goods.brand.map(Brand::code)),
                table::category.eq($goods.category.code()),
                table::name.eq(&$goods.name),
                table::name_en.eq(&$goods.name_en),
                table::pinyin.eq($spelt),
                table::spec.eq(&$goods.spec),
                table::unit.eq(&$goods.unit),
                table::minimum_order.eq($goods.minimum_order),
                table::available.eq($available),
                table::season_bits.eq(i64::from($goods.season.bits())),
            ),
            (
                table::shelf_life_days.eq($goods.shelf_life_days),
                table::cold_chain.eq($goods.cold_chain),
                table::certification_kind.eq($goods.certification_kind.map(CertificationKind::code)),
                table::certification.eq(&$goods.certification),
                table::certification_number.eq(&$goods.certification_number),
                table::union_gift_ok.eq($goods.union_gift_ok),
                table::batch.eq(&$goods.batch),
                table::best_before.eq($goods.best_before.map(|day| day.to_string())),
                table::description.eq(&$goods.description),
                table::description_en.eq(&$goods.description_en),
            ),
        )
    };
}

fn insert(db: &mut Db, actor: &Actor, id: ProductId, goods: &Goods, now: Ms) -> Result<()> {
    let product_id = id.to_string();
    let (facts, more) = written!(goods, goods.available.get(), spelt(&goods.name));
    diesel::insert_into(table::table)
        .values((
            facts,
            more,
            (
                table::product_id.eq(&product_id),
                table::merchant_id.eq(actor.organisation.to_string()),
                table::status.eq(Status::Draft.code()),
                table::created_at_ms.eq(now),
            ),
        ))
        .execute(db)?;
    insert_ladder(db, &product_id, &goods.ladder)
}

/// Orders that are placed keep the price of their lines: they hold it themselves.
fn update(db: &mut Db, row: &Row, goods: &Goods, available: i64) -> Result<()> {
    // A name that stays keeps the spelling it has: a person may have put it right.
    let spelt = if row.name == goods.name { row.pinyin.clone() } else { spelt(&goods.name) };
    let (facts, more) = written!(goods, available, spelt);
    diesel::update(table::table.find(&row.product_id))
        .set((facts, more, (table::edition.eq(table::edition + 1), table::revision.eq(table::revision + 1))))
        .execute(db)?;
    diesel::delete(price_breaks::table.filter(price_breaks::product_id.eq(&row.product_id))).execute(db)?;
    insert_ladder(db, &row.product_id, &goods.ladder)
}

fn insert_ladder(db: &mut Db, product_id: &str, ladder: &PriceLadder) -> Result<()> {
    for step in ladder.steps() {
        diesel::insert_into(price_breaks::table)
            .values((
                price_breaks::product_id.eq(product_id),
                price_breaks::from_quantity.eq(step.from_quantity.get()),
                price_breaks::unit_price_fen.eq(step.unit_price_fen.fen()),
            ))
            .execute(db)?;
    }
    Ok(())
}

// ---- the spreadsheet ----------------------------------------------------------------------------------------------

/// What a spreadsheet would change as the goods stand now, and what names exactly these changes.
///
/// # Errors
/// The refusal of those who have no goods.
pub fn compared(db: &mut Db, actor: &Actor, sheet: &GoodsSheet, reader: Language) -> Result<(Comparison, String)> {
    let held: Vec<Held> = all(db, actor, None)?.into_iter().map(|(held, _)| held).collect();
    let comparison = compare(sheet, &held, &counties(db, reader)?, reader);
    let digest = digest(&comparison)?;
    Ok((comparison, digest))
}

fn digest(comparison: &Comparison) -> Result<String> {
    let mut digest = Sha256::new();
    for change in &comparison.changes {
        // How many there are moves with every sale; by how many it changes does not.
        let form = wire::GoodsForm { available: change.stock, ..change.form.clone() };
        let fact = serde_json::to_vec(&(change.row, change.id, form)).map_err(|error| Error::Broken(error.into()))?;
        digest.update((fact.len() as u64).to_be_bytes());
        digest.update(fact);
    }
    Ok(digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}

/// Applies a spreadsheet wholly or not at all; `ids` are for its new products, one for each row at least.
///
/// # Errors
/// Every problem of its rows; [`Code::Overtaken`] where it comes to something else than what was previewed.
pub fn apply(
    db: &mut Db,
    actor: &Actor,
    sheet: &GoodsSheet,
    previewed: &str,
    ids: &[ProductId],
    now: Ms,
) -> Result<wire::GoodsApplied> {
    check(Some(actor.role), Act::ChangeGoods, Whose::Own)?;
    let merchant = actor.organisation.to_string();
    diesel::update(table::table.filter(table::merchant_id.eq(&merchant)))
        .set(table::revision.eq(table::revision))
        .execute(db)?;
    let (comparison, digest) = compared(db, actor, sheet, Language::Zh)?;
    if !comparison.problems.is_empty() {
        let refusal = |problem: domain::goods_sheet::Problem| {
            let row = problem.row;
            let field = problem.field.map_or_else(String::new, |field| format!(".{}", field.code()));
            Refusal::field(format!("rows[{row}]{field}"), problem.sentence)
        };
        return Err(comparison.problems.into_iter().map(refusal).collect::<Vec<_>>().into());
    }
    if digest != previewed {
        return refuse(
            Code::Overtaken,
            say!(
                "看过差异以后，产品又有变动，什么都没有改。请再看一遍差异",
                "The goods have changed since the differences were shown, and nothing was done; please look at them again"
            ),
        );
    }
    let (counties, mut ids) = (counties(db, Language::Zh)?, ids.iter());
    let mut applied = wire::GoodsApplied { changed: 0, added: 0 };
    for change in &comparison.changes {
        let goods = parse_among(&counties, &change.form)?;
        match change.id {
            Some(id) => {
                let row: Row = table::table.find(id.to_string()).select(Row::as_select()).get_result(db)?;
                update(db, &row, &goods, change.form.available)?;
                applied.changed += 1;
            }
            None => {
                let id = ids.next().ok_or_else(|| Error::corrupt("fewer identifiers than new rows"))?;
                insert(db, actor, *id, &goods, now)?;
                applied.added += 1;
            }
        }
    }
    let detail = format!("{} {}", applied.changed, applied.added);
    audit::record(db, Some(actor), "import_goods", &merchant, &detail, now)?;
    Ok(applied)
}
