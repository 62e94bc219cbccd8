//! The catalogue as buyers ask for it.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use domain::organisation::OrganisationKind;
use domain::product::{Brand, Category, CertificationKind, PriceBreak, PriceLadder, SeasonMonths};
use domain::region::Prefecture;
use domain::terms::told;
use domain::{Language, Money, Say, say, wire};
use jiff::civil::Date;

use super::licences::{self, Licensed};
use super::regions::County;
use super::statement::statement;
use super::{Db, natively, photos, regions, stored, stored_id, stored_quantity};
use crate::clock::Ms;
use crate::data::Almanac;
use crate::error::{Error, Result, not_found};
use crate::schema::{brand_licences, order_lines, organisations, price_breaks, product_sales, products};

#[derive(Queryable, Selectable, Debug)]
#[diesel(table_name = products)]
pub(crate) struct Row {
    pub(crate) product_id: String,
    pub(crate) merchant_id: String,
    pub(crate) county_id: String,
    pub(crate) brand: Option<String>,
    pub(crate) category: String,
    pub(crate) name: String,
    pub(crate) name_en: String,
    pub(crate) spec: String,
    pub(crate) unit: String,
    pub(crate) minimum_order: i64,
    pub(crate) available: i64,
    pub(crate) season_bits: i64,
    pub(crate) cold_chain: bool,
    pub(crate) certification_kind: Option<String>,
    pub(crate) union_gift_ok: bool,
    pub(crate) status: String,
}

/// A product on sale as the catalogue in memory holds it.
#[derive(Debug)]
pub struct Listed {
    /// For readers of Chinese.
    pub card: wire::ProductCard,
    pub card_en: wire::ProductCard,
    pub pinyin: String,
    pub description: String,
    pub description_en: String,
    pub created_at_ms: Ms,
}

#[derive(Queryable, Selectable, Debug)]
#[diesel(table_name = products)]
struct ListedRow {
    #[diesel(embed)]
    row: Row,
    pinyin: String,
    description: String,
    description_en: String,
    created_at_ms: Ms,
}

/// Every product on sale; each is a fault of its own when it cannot be shown.
pub fn listed(db: &mut Db, today: Date) -> Result<Vec<Result<Listed>>> {
    let rows = products::table.filter(products::status.eq("on_sale")).select(ListedRow::as_select()).load(db)?;
    let steps = price_breaks::table.order((price_breaks::product_id, price_breaks::from_quantity)).load(db)?;
    let photos = photos::first_of_all(db)?;
    let surroundings = Surroundings::of(db, photos, today)?;
    listed_with(&surroundings, rows, steps)
}

/// Those of these products that are on sale.
pub fn listed_among(db: &mut Db, product_ids: Vec<String>, today: Date) -> Result<Vec<Result<Listed>>> {
    let rows = products::table
        .filter(products::product_id.eq_any(product_ids.clone()))
        .filter(products::status.eq("on_sale"))
        .select(ListedRow::as_select())
        .load(db)?;
    let steps = price_steps(db, product_ids.clone())?;
    let photos = photos::first_of(db, product_ids)?;
    let surroundings = Surroundings::of(db, photos, today)?;
    listed_with(&surroundings, rows, steps)
}

/// Every product on sale and its revision, which rises with each change.
pub fn revisions(db: &mut Db) -> Result<Vec<(String, i64)>> {
    let on_sale = products::table.filter(products::status.eq("on_sale")).order(products::product_id);
    Ok(on_sale.select((products::product_id, products::revision)).load(db)?)
}

fn listed_with(
    surroundings: &Surroundings,
    rows: Vec<ListedRow>,
    steps: Vec<PriceStep>,
) -> Result<Vec<Result<Listed>>> {
    let mut ladders = steps_by_product(steps)?;
    let listed = |ListedRow { row, pinyin, description, description_en, created_at_ms }: ListedRow| {
        let ladder = ladder(&row.product_id, ladders.remove(&row.product_id).unwrap_or_default())?;
        let card_en = card(&row, surroundings, ladder.clone(), Language::En)?;
        let card = card(&row, surroundings, ladder, Language::Zh)?;
        Ok(Listed { card, card_en, pinyin, description, description_en, created_at_ms })
    };
    Ok(rows.into_iter().map(listed).collect())
}

/// Cards in the order of their rows.
pub(super) fn cards(db: &mut Db, rows: Vec<Row>, reader: Language, today: Date) -> Result<Vec<wire::ProductCard>> {
    let product_ids: Vec<String> = rows.iter().map(|row| row.product_id.clone()).collect();
    let photos = photos::first_of(db, product_ids.clone())?;
    let surroundings = Surroundings::of(db, photos, today)?;
    let mut ladders = ladders(db, product_ids)?;
    let card = |row: Row| {
        let ladder = ladders.remove(&row.product_id);
        let ladder = ladder.ok_or_else(|| Error::corrupt(format!("no price of product {}", row.product_id)))?;
        card(&row, &surroundings, ladder, reader)
    };
    rows.into_iter().map(card).collect()
}

/// What cards name beside the product itself.
struct Surroundings {
    counties: Vec<County>,
    /// Names by id.
    merchants: HashMap<String, String>,
    /// Each product's first.
    photos: HashMap<String, String>,
    licensed: Licensed,
}

impl Surroundings {
    fn of(db: &mut Db, photos: HashMap<String, String>, today: Date) -> Result<Surroundings> {
        let licensed = licences::in_force(db, today)?;
        Ok(Surroundings { counties: regions::counties(db)?, merchants: merchants(db)?, photos, licensed })
    }

    /// The brand a product may be shown under: without a licence in force it is none.
    fn brand(&self, row: &Row) -> Result<Option<Brand>> {
        let Some(brand) = row.brand.as_deref() else { return Ok(None) };
        let licensed = self.licensed.contains(&(row.merchant_id.clone(), brand.to_owned()));
        Ok(Some(stored!(Brand, brand)?).filter(|_| licensed))
    }
}

fn merchants(db: &mut Db) -> Result<HashMap<String, String>> {
    let names: Vec<(String, String)> = organisations::table
        .filter(organisations::kind.eq("merchant"))
        .select((organisations::organisation_id, organisations::name))
        .load(db)?;
    Ok(names.into_iter().collect())
}

fn card(row: &Row, surroundings: &Surroundings, ladder: PriceLadder, reader: Language) -> Result<wire::ProductCard> {
    let county = surroundings.counties.iter().find(|county| county.id == row.county_id);
    let county = county.ok_or_else(|| Error::corrupt(format!("the county '{}'", row.county_id)))?;
    let kind = row.certification_kind.as_deref();
    Ok(wire::ProductCard {
        id: stored_id(&row.product_id)?,
        brand: surroundings.brand(row)?,
        county_short: county.short(reader).to_owned(),
        prefecture: county.prefecture,
        category: stored!(Category, &row.category)?,
        photo: surroundings.photos.get(&row.product_id).map(|hash| photos::stored_hash(hash)).transpose()?,
        certification_kind: kind.map(|kind| stored!(CertificationKind, kind)).transpose()?,
        ladder,
        minimum_order: stored_quantity(row.minimum_order)?,
        available: stored_quantity(row.available)?,
        season_months: SeasonMonths::from_bits(row.season_bits as u16),
        cold_chain: row.cold_chain,
        union_gift_ok: row.union_gift_ok,
        merchant: wire::Named {
            id: stored_id(&row.merchant_id)?,
            name: surroundings.merchants.get(&row.merchant_id).cloned().unwrap_or_default(),
        },
        county: row.county_id.clone(),
        name: in_words_of(reader, &row.name, &row.name_en),
        spec: told(&row.spec, reader).into_owned(),
        unit: told(&row.unit, reader).into_owned(),
    })
}

/// What the merchant wrote for this reader, or wrote at all.
fn in_words_of(reader: Language, zh: &str, en: &str) -> String {
    if reader == Language::En && !en.is_empty() { en.to_owned() } else { zh.to_owned() }
}

/// The price ladders of these products.
pub(crate) fn ladders(db: &mut Db, product_ids: Vec<String>) -> Result<HashMap<String, PriceLadder>> {
    let steps = steps_by_product(price_steps(db, product_ids)?)?;
    let of_product = |(product_id, steps): (String, Vec<PriceBreak>)| {
        let ladder = ladder(&product_id, steps)?;
        Ok((product_id, ladder))
    };
    steps.into_iter().map(of_product).collect()
}

/// Product, from quantity, fen.
type PriceStep = (String, i64, i64);

/// The price steps of these products, each product's from one piece upwards.
fn price_steps(db: &mut Db, product_ids: Vec<String>) -> Result<Vec<PriceStep>> {
    Ok(price_breaks::table
        .filter(price_breaks::product_id.eq_any(product_ids))
        .order((price_breaks::product_id, price_breaks::from_quantity))
        .load(db)?)
}

fn steps_by_product(steps: Vec<PriceStep>) -> Result<HashMap<String, Vec<PriceBreak>>> {
    let mut by_product: HashMap<String, Vec<PriceBreak>> = HashMap::new();
    for (product_id, from, fen) in steps {
        let step = PriceBreak { from_quantity: stored_quantity(from)?, unit_price_fen: Money::from_fen(fen) };
        by_product.entry(product_id).or_default().push(step);
    }
    Ok(by_product)
}

fn ladder(product_id: &str, steps: Vec<PriceBreak>) -> Result<PriceLadder> {
    PriceLadder::new(steps).map_err(|error| Error::corrupt(format!("the prices of {product_id}: {error}")))
}

/// The English names of these products, by id.
pub(crate) fn english_names(db: &mut Db, product_ids: Vec<String>) -> Result<HashMap<String, String>> {
    let names = products::table.filter(products::product_id.eq_any(product_ids));
    let names: Vec<(String, String)> = names.select((products::product_id, products::name_en)).load(db)?;
    Ok(names.into_iter().filter(|(_, name)| !name.is_empty()).collect())
}

/// The English names of what was ordered in these orders, by order and line.
pub(crate) fn english_names_of_lines(db: &mut Db, order_ids: Vec<String>) -> Result<HashMap<(String, i64), String>> {
    let lines: Vec<(String, i64, String)> = order_lines::table
        .filter(order_lines::order_id.eq_any(order_ids))
        .select((order_lines::order_id, order_lines::line, order_lines::product_id))
        .load(db)?;
    let names = english_names(db, lines.iter().map(|(.., product_id)| product_id.clone()).collect())?;
    let named =
        |(order_id, line, product_id): (String, i64, String)| Some(((order_id, line), names.get(&product_id)?.clone()));
    Ok(lines.into_iter().filter_map(named).collect())
}

/// A unit as sentences name it.
pub(crate) fn unit_called(unit: &str) -> Say {
    Say::name(unit.to_owned(), told(unit, Language::En).into_owned())
}

/// What an order line is priced with.
#[derive(Queryable, Debug)]
pub(crate) struct Goods {
    pub(crate) product_id: String,
    pub(crate) merchant_id: String,
    pub(crate) merchant: String,
    pub(crate) name: String,
    pub(crate) name_en: String,
    pub(crate) spec: String,
    pub(crate) unit: String,
    pub(crate) brand: Option<String>,
    pub(crate) county_id: String,
    pub(crate) category: String,
    pub(crate) minimum_order: i64,
    pub(crate) union_gift_ok: bool,
    pub(crate) status: String,
}

impl Goods {
    /// As a sentence names it.
    pub(crate) fn called(&self) -> Say {
        Say::name(self.name.clone(), self.name_en.clone())
    }

    pub(crate) fn unit_called(&self) -> Say {
        unit_called(&self.unit)
    }
}

type GoodsColumns = (Text, Text, Text, Text, Text, Text, Text, Nullable<Text>, Text, Text, BigInt, Bool, Text);

/// A product whatever its status, with the brand it may bear today, and its price ladder; in one question, because every line of every order asks it.
pub(crate) fn goods(db: &mut Db, product_id: &str, today: Date) -> Result<Option<(Goods, PriceLadder)>> {
    let question = statement::<(GoodsColumns, BigInt, BigInt), _>(
        "select products.product_id, products.merchant_id, organisations.name, products.name, name_en, spec, unit, \
         case when brand_licences.valid_to >= ? then products.brand end, \
         products.county_id, category, minimum_order, union_gift_ok, status, from_quantity, unit_price_fen \
         from products \
         join organisations on organisations.organisation_id = products.merchant_id \
         join price_breaks on price_breaks.product_id = products.product_id \
         left join brand_licences on brand_licences.brand = products.brand \
         and brand_licences.merchant_id = products.merchant_id \
         where products.product_id = ? order by from_quantity",
        [today.to_string().as_str().into(), product_id.into()],
    );
    let rows: Vec<(Goods, i64, i64)> = natively!(db, db => question.load(db))?;
    let mut steps = Vec::new();
    let mut found = None;
    for (goods, from, fen) in rows {
        steps.push(PriceBreak { from_quantity: stored_quantity(from)?, unit_price_fen: Money::from_fen(fen) });
        found = Some(goods);
    }
    let Some(goods) = found else { return Ok(None) };
    Ok(Some((goods, ladder(product_id, steps)?)))
}

#[derive(Queryable, Selectable, Debug)]
#[diesel(table_name = products)]
struct Details {
    pinyin: String,
    description: String,
    description_en: String,
    shelf_life_days: Option<i64>,
    certification: Option<String>,
    certification_number: Option<String>,
}

/// Who asks, and when.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    pub reader: Language,
    pub today: Date,
    pub almanac: &'a Almanac,
}

/// Everything the product page shows; `related` are the ids of other goods it names.
pub fn product(db: &mut Db, product_id: &str, related: &[String], asking: Asking<'_>) -> Result<wire::Product> {
    let Asking { reader, today, almanac } = asking;
    let found: Option<(Row, Details)> = products::table
        .find(product_id)
        .filter(products::status.eq("on_sale"))
        .select((Row::as_select(), Details::as_select()))
        .get_result(db)
        .optional()?;
    let Some((row, details)) = found else { return not_found(say!("这个产品", "This product")) };
    let county = county(db, &row.county_id)?;
    let licence = match &row.brand {
        Some(brand) => licence(db, brand, &row.merchant_id, today)?,
        None => None,
    };
    let pairings = regions::paired_districts(db, &row.county_id)?;
    let bought = bought(db, product_id, today.year())?;
    let related = cards_by_id(db, related, asking)?;
    let name_en = row.name_en.clone();
    let card = cards(db, vec![row], reader, today)?.pop().ok_or_else(|| Error::corrupt("a product without a card"))?;
    let lead_days = almanac.lead_time(today, card.cold_chain).map(|it| it.lead_days);
    let certification = details.certification.map(|certification| told(&certification, reader).into_owned());
    Ok(wire::Product {
        card,
        name_en,
        pinyin: details.pinyin,
        description: in_words_of(reader, &details.description, &details.description_en),
        county_name: county_name(&county, reader),
        prefecture_name: prefecture_name(county.prefecture, reader),
        shelf_life_days: details.shelf_life_days,
        lead_days,
        certification,
        certification_number: details.certification_number,
        licence,
        photos: photos::of_product(db, product_id)?,
        pairings,
        bought,
        related,
    })
}

/// Whether there is such a product, whatever its status.
pub(crate) fn is_known(db: &mut Db, product_id: &str) -> Result<bool> {
    let known: i64 = products::table.find(product_id).count().get_result(db)?;
    Ok(known > 0)
}

/// # Errors
/// A refusal when it is not, or there is no such product.
pub fn check_on_sale(db: &mut Db, product_id: &str) -> Result<()> {
    let on_sale = products::table.find(product_id).filter(products::status.eq("on_sale"));
    match on_sale.count().get_result::<i64>(db)? {
        0 => not_found(say!("这个产品", "This product")),
        _ => Ok(()),
    }
}

fn county(db: &mut Db, county_id: &str) -> Result<County> {
    let county = regions::counties(db)?.into_iter().find(|county| county.id == county_id);
    county.ok_or_else(|| Error::corrupt(format!("the county '{county_id}'")))
}

fn county_name(county: &County, reader: Language) -> String {
    match reader {
        Language::Zh => county.name.clone(),
        Language::En => county.name_en.clone(),
    }
}

fn prefecture_name(prefecture: Prefecture, reader: Language) -> String {
    match reader {
        Language::Zh => format!("{}市", prefecture.zh()),
        Language::En => prefecture.en().to_owned(),
    }
}

/// How much of it was accepted in a year, and by how many unions; what was taken back is taken off.
fn bought(db: &mut Db, product_id: &str, year: i16) -> Result<wire::Bought> {
    let sums: Vec<(i64, String)> = product_sales::table
        .inner_join(organisations::table)
        .filter(product_sales::year.eq(i64::from(year)))
        .filter(product_sales::product_id.eq(product_id))
        .filter(product_sales::quantity.gt(0))
        .select((product_sales::quantity, organisations::kind))
        .load(db)?;
    let unions = sums.iter().filter(|(_, kind)| kind == OrganisationKind::Union.code());
    Ok(wire::Bought { year, quantity: sums.iter().map(|(quantity, _)| quantity).sum(), buyers: unions.count() as i64 })
}

/// How much of each product was accepted in a year.
pub fn sold_in(db: &mut Db, year: i16) -> Result<Vec<(String, i64)>> {
    let sum = sql::<BigInt>("cast(sum(quantity) as bigint)");
    let of_year = product_sales::table.filter(product_sales::year.eq(i64::from(year)));
    Ok(of_year.group_by(product_sales::product_id).select((product_sales::product_id, sum)).load(db)?)
}

/// The merchant's licence for the brand, while it runs.
fn licence(db: &mut Db, brand: &str, merchant_id: &str, today: Date) -> Result<Option<wire::BrandLicence>> {
    let row: Option<(String, String)> = brand_licences::table
        .find((brand, merchant_id))
        .filter(brand_licences::valid_to.ge(today.to_string()))
        .select((brand_licences::number, brand_licences::valid_to))
        .get_result(db)
        .optional()?;
    Ok(row.map(|(number, valid_to)| wire::BrandLicence { number, valid_to }))
}

/// Cards of products by id, in the order of the ids; what is no longer on sale has none.
fn cards_by_id(db: &mut Db, product_ids: &[String], asking: Asking<'_>) -> Result<Vec<wire::ProductCard>> {
    let of_ids = products::table.filter(products::product_id.eq_any(product_ids));
    let mut rows: Vec<Row> = of_ids.select(Row::as_select()).load(db)?;
    rows.retain(|row| row.status == "on_sale");
    rows.sort_by_key(|row| product_ids.iter().position(|id| *id == row.product_id));
    cards(db, rows, asking.reader, asking.today)
}
