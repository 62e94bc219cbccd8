//! The catalogue as buyers ask for it.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::product::{Brand, Category, CertificationKind, PriceBreak, PriceLadder, SeasonMonths};
use domain::region::Prefecture;
use domain::{Money, wire};

use super::regions::County;
use super::{Backend, Db, regions, stored, stored_id, stored_quantity};
use crate::error::{Error, Result, not_found};
use crate::schema::{brand_licences, organisations, price_breaks, products};

/// What a list is narrowed by. Empty means everything.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub brands: Vec<String>,
    pub counties: Vec<String>,
    pub categories: Vec<String>,
    pub ids: Vec<String>,
    /// Words that must all be found.
    pub words: Vec<String>,
}

/// Which filter a facet leaves out, so that it counts what each of its choices would give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Except {
    Nothing,
    Brands,
    Counties,
    Categories,
}

/// A place in the list: rank in season, pinyin, id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub rank: i64,
    pub pinyin: String,
    pub product_id: String,
}

#[derive(Queryable, Selectable, Debug)]
#[diesel(table_name = products)]
pub(crate) struct Row {
    pub(crate) product_id: String,
    pub(crate) merchant_id: String,
    pub(crate) county_id: String,
    pub(crate) brand: Option<String>,
    pub(crate) category: String,
    pub(crate) name: String,
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

type Boxed<'a> = products::BoxedQuery<'a, Backend>;

impl Filter {
    fn narrow<'a>(&self, except: Except) -> Boxed<'a> {
        let mut query = products::table.filter(products::status.eq("on_sale")).into_boxed();
        if !self.brands.is_empty() && except != Except::Brands {
            query = query.filter(products::brand.eq_any(self.brands.iter().cloned().map(Some).collect::<Vec<_>>()));
        }
        if !self.counties.is_empty() && except != Except::Counties {
            query = query.filter(products::county_id.eq_any(self.counties.clone()));
        }
        if !self.categories.is_empty() && except != Except::Categories {
            query = query.filter(products::category.eq_any(self.categories.clone()));
        }
        if !self.ids.is_empty() {
            query = query.filter(products::product_id.eq_any(self.ids.clone()));
        }
        for word in &self.words {
            query = query.filter(products::search_text.like(containing(word)).escape('\\'));
        }
        query
    }
}

/// A LIKE pattern that finds `word` anywhere, whatever signs it contains.
fn containing(word: &str) -> String {
    let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// In season this month first, then what is there all year, then what is not in season. `month` is 1 to 12.
fn rank(month: i8) -> diesel::expression::SqlLiteral<BigInt> {
    let bit = 1_i64 << (month - 1);
    sql::<BigInt>(&format!(
        "cast(case when season_bits = 4095 then 1 when (season_bits & {bit}) <> 0 then 0 else 2 end as bigint)"
    ))
}

/// One page of the list, the number of all that match, and what further choices would leave.
pub fn page(
    db: &mut Db,
    filter: &Filter,
    month: i8,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<(Vec<wire::ProductCard>, Option<Cursor>, i64)> {
    let total: i64 = filter.narrow(Except::Nothing).count().get_result(db)?;
    let mut query = filter.narrow(Except::Nothing).select((Row::as_select(), rank(month), products::pinyin));
    if let Some(Cursor { rank: place, pinyin, product_id }) = after {
        let later = rank(month).gt(*place).or(rank(month)
            .eq(*place)
            .and(products::pinyin.gt(pinyin).or(products::pinyin.eq(pinyin).and(products::product_id.gt(product_id)))));
        query = query.filter(later);
    }
    let ordered = query.order((rank(month), products::pinyin, products::product_id)).limit(limit as i64 + 1);
    let mut rows: Vec<(Row, i64, String)> = ordered.load(db)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|(row, rank, pinyin)| Cursor {
        rank: *rank,
        pinyin: pinyin.clone(),
        product_id: row.product_id.clone(),
    });
    let rows = rows.into_iter().map(|(row, ..)| row).collect();
    Ok((cards(db, rows)?, next, total))
}

/// How many products stand under each value of a column. Boxed queries cannot be grouped, so they are asked for ids.
macro_rules! counts_by {
    ($db:expr, $filter:expr, $except:expr, $column:expr) => {
        products::table
            .filter(
                products::product_id.eq_any($filter.narrow($except).select(products::product_id).load::<String>($db)?),
            )
            .group_by($column)
            .select(($column, diesel::dsl::count_star()))
            .load($db)?
    };
}

/// The facets of a list.
pub fn facets(db: &mut Db, filter: &Filter) -> Result<wire::Facets> {
    let brands: Vec<(Option<String>, i64)> = counts_by!(db, filter, Except::Brands, products::brand);
    let counties: Vec<(String, i64)> = counts_by!(db, filter, Except::Counties, products::county_id);
    let categories: Vec<(String, i64)> = counts_by!(db, filter, Except::Categories, products::category);
    let brands: HashMap<_, _> = brands.into_iter().filter_map(|(brand, count)| Some((brand?, count))).collect();
    let counties: HashMap<_, _> = counties.into_iter().collect();
    let categories: HashMap<_, _> = categories.into_iter().collect();
    let facet = |key: &str, name: &str, counts: &HashMap<String, i64>| wire::Facet {
        key: key.to_owned(),
        name: name.to_owned(),
        count: counts.get(key).copied().unwrap_or(0),
    };
    let county_facet = |county: County| wire::CountyFacet {
        count: counties.get(&county.id).copied().unwrap_or(0),
        key: county.id,
        name: county.short,
        prefecture: county.prefecture,
    };
    Ok(wire::Facets {
        brands: Brand::ALL.iter().map(|brand| facet(brand.code(), brand.zh(), &brands)).collect(),
        // A zone has no goods of its own; a county with none left keeps its place, greyed out.
        counties: regions::counties(db)?
            .into_iter()
            .filter(|county| !county.id.ends_with("_zone"))
            .map(county_facet)
            .collect(),
        categories: Category::ALL.iter().map(|category| facet(category.code(), category.zh(), &categories)).collect(),
    })
}

/// Cards in the order of their rows.
fn cards(db: &mut Db, rows: Vec<Row>) -> Result<Vec<wire::ProductCard>> {
    let counties = regions::counties(db)?;
    let ladders = ladders(db, rows.iter().map(|row| row.product_id.clone()).collect())?;
    let names: HashMap<String, String> = organisations::table
        .filter(organisations::kind.eq("merchant"))
        .select((organisations::organisation_id, organisations::name))
        .load(db)?
        .into_iter()
        .collect();
    rows.into_iter().map(|row| card(row, &counties, &ladders, &names)).collect()
}

fn card(
    row: Row,
    counties: &[County],
    ladders: &HashMap<String, PriceLadder>,
    merchants: &HashMap<String, String>,
) -> Result<wire::ProductCard> {
    let county = counties.iter().find(|county| county.id == row.county_id);
    let county = county.ok_or_else(|| Error::corrupt(format!("the county '{}'", row.county_id)))?;
    let ladder = ladders.get(&row.product_id).cloned();
    Ok(wire::ProductCard {
        id: stored_id(&row.product_id)?,
        brand: row.brand.as_deref().map(|brand| stored!(Brand, brand)).transpose()?,
        county_short: county.short.clone(),
        prefecture: county.prefecture,
        category: stored!(Category, &row.category)?,
        certification_kind: row
            .certification_kind
            .as_deref()
            .map(|kind| stored!(CertificationKind, kind))
            .transpose()?,
        ladder: ladder.ok_or_else(|| Error::corrupt(format!("no price of product {}", row.product_id)))?,
        minimum_order: stored_quantity(row.minimum_order)?,
        available: stored_quantity(row.available)?,
        season_months: SeasonMonths::from_bits(row.season_bits as u16),
        cold_chain: row.cold_chain,
        union_gift_ok: row.union_gift_ok,
        merchant: wire::Named {
            id: stored_id(&row.merchant_id)?,
            name: merchants.get(&row.merchant_id).cloned().unwrap_or_default(),
        },
        county: row.county_id,
        name: row.name,
        spec: row.spec,
        unit: row.unit,
    })
}

/// The price ladders of these products.
pub(crate) fn ladders(db: &mut Db, product_ids: Vec<String>) -> Result<HashMap<String, PriceLadder>> {
    let rows: Vec<(String, i64, i64)> = price_breaks::table
        .filter(price_breaks::product_id.eq_any(product_ids))
        .order((price_breaks::product_id, price_breaks::from_quantity))
        .load(db)?;
    let mut steps: HashMap<String, Vec<PriceBreak>> = HashMap::new();
    for (product_id, from, fen) in rows {
        let step = PriceBreak { from_quantity: stored_quantity(from)?, unit_price_fen: Money::from_fen(fen) };
        steps.entry(product_id).or_default().push(step);
    }
    let ladder = |(product_id, steps)| {
        let ladder = PriceLadder::new(steps);
        let ladder = ladder.map_err(|error| Error::corrupt(format!("the prices of {product_id}: {error}")))?;
        Ok((product_id, ladder))
    };
    steps.into_iter().map(ladder).collect()
}

/// Products by id, whatever their status; the order of the answer is not that of `ids`.
pub(crate) fn rows_by_id(db: &mut Db, ids: Vec<String>) -> Result<Vec<Row>> {
    Ok(products::table.filter(products::product_id.eq_any(ids)).select(Row::as_select()).load(db)?)
}

#[derive(Queryable, Selectable, Debug)]
#[diesel(table_name = products)]
struct Details {
    name_en: String,
    pinyin: String,
    description: String,
    shelf_life_days: Option<i64>,
    certification: Option<String>,
    certification_number: Option<String>,
}

/// Everything the product page shows.
pub fn product(db: &mut Db, product_id: &str, today: jiff::civil::Date) -> Result<wire::Product> {
    let found: Option<(Row, Details)> = products::table
        .find(product_id)
        .filter(products::status.eq("on_sale"))
        .select((Row::as_select(), Details::as_select()))
        .first(db)
        .optional()?;
    let Some((row, details)) = found else { return not_found("这个产品") };
    let Details { name_en, pinyin, description, shelf_life_days, certification, certification_number } = details;
    let (county_name, prefecture) = county_and_prefecture(db, &row.county_id)?;
    let licence = match &row.brand {
        Some(brand) => licence(db, brand, &row.merchant_id, today)?,
        None => None,
    };
    let pairings = regions::paired_districts(db, &row.county_id)?;
    let related = related(db, &row, today.month())?;
    let card = cards(db, vec![row])?.pop().ok_or_else(|| Error::corrupt("a product without a card"))?;
    Ok(wire::Product {
        card,
        name_en,
        pinyin,
        description,
        county_name,
        prefecture_name: format!("{}市", prefecture.zh()),
        shelf_life_days,
        certification,
        certification_number,
        licence,
        pairings,
        related,
    })
}

fn county_and_prefecture(db: &mut Db, county_id: &str) -> Result<(String, Prefecture)> {
    let county = regions::counties(db)?.into_iter().find(|county| county.id == county_id);
    let county = county.ok_or_else(|| Error::corrupt(format!("the county '{county_id}'")))?;
    Ok((county.name, county.prefecture))
}

/// The merchant's licence for the brand, while it runs.
fn licence(
    db: &mut Db,
    brand: &str,
    merchant_id: &str,
    today: jiff::civil::Date,
) -> Result<Option<wire::BrandLicence>> {
    let row: Option<(String, String)> = brand_licences::table
        .find((brand, merchant_id))
        .filter(brand_licences::valid_to.ge(today.to_string()))
        .select((brand_licences::number, brand_licences::valid_to))
        .first(db)
        .optional()?;
    Ok(row.map(|(number, valid_to)| wire::BrandLicence { number, valid_to }))
}

/// Six other goods of the same county, in season first.
fn related(db: &mut Db, of: &Row, month: i8) -> Result<Vec<wire::ProductCard>> {
    let rows = Filter { counties: vec![of.county_id.clone()], ..Filter::default() }
        .narrow(Except::Nothing)
        .filter(products::product_id.ne(of.product_id.clone()))
        .order((rank(month), products::pinyin))
        .limit(6)
        .select(Row::as_select())
        .load(db)?;
    cards(db, rows)
}
