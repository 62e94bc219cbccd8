//! Which goods can be on the table at a festival.

use std::collections::HashMap;

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use domain::Language;
use domain::festival::Wanted;
use domain::product::{Category, SeasonMonths};
use domain::wire::ProductCard;
use jiff::civil::Date;

use super::products::{Row, cards};
use super::{Backend, Db, stored};
use crate::error::Result;
use crate::schema::products;

/// What a festival asks of goods in the cold chain, or of all others.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    pub cold_chain: bool,
    pub wanted: Wanted,
}

/// The goods that can be there, page by page: those to be ordered soonest first, and of those what has a season before what
/// is there all year.
#[derive(Debug)]
pub struct Goods {
    pub cards: Vec<ProductCard>,
    pub next: Option<Cursor>,
    pub total: i64,
}

/// The last product of a page, and which of the [`shelves`] it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub shelf: usize,
    pub product_id: String,
}

/// One stretch of the list, within which goods stand in the order of their ids.
struct Shelf {
    ask: Ask,
    all_year: bool,
}

fn shelves(mut asks: Vec<Ask>) -> Vec<Shelf> {
    asks.sort_by_key(|ask| ask.wanted.last_day_to_order);
    asks.into_iter().flat_map(|ask| [false, true].map(|all_year| Shelf { ask, all_year })).collect()
}

const ALL_YEAR: i64 = 0x0FFF;

impl Shelf {
    /// [`Wanted::is_met_by`] in the words of the database.
    fn goods<'a>(&self) -> products::BoxedQuery<'a, Backend> {
        let Wanted { months, keeps_days, .. } = self.ask.wanted;
        let months = months.bits();
        let query = products::table
            .filter(products::status.eq("on_sale"))
            .filter(products::cold_chain.eq(self.ask.cold_chain))
            .filter(sql::<Bool>(&format!("(season_bits & {months}) = {months}")))
            .filter(products::shelf_life_days.is_null().or(products::shelf_life_days.ge(keeps_days)))
            .into_boxed();
        match self.all_year {
            true => query.filter(products::season_bits.eq(ALL_YEAR)),
            false => query.filter(products::season_bits.ne(ALL_YEAR)),
        }
    }
}

pub fn on_the_table(
    db: &mut Db,
    asks: Vec<Ask>,
    after: Option<&Cursor>,
    limit: usize,
    reader: Language,
    today: Date,
) -> Result<Goods> {
    let mut found: Vec<(usize, Row)> = Vec::new();
    let mut total = 0;
    for (place, shelf) in shelves(asks).iter().enumerate() {
        total += shelf.goods().count().get_result::<i64>(db)?;
        let left = limit + 1 - found.len();
        if left == 0 || after.is_some_and(|after| after.shelf > place) {
            continue;
        }
        let mut page = shelf.goods();
        if let Some(after) = after.filter(|after| after.shelf == place) {
            page = page.filter(products::product_id.gt(after.product_id.clone()));
        }
        let page = page.order(products::product_id).limit(left as i64).select(Row::as_select());
        found.extend(page.load(db)?.into_iter().map(|row| (place, row)));
    }
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more);
    let next = next.map(|(shelf, row)| Cursor { shelf: *shelf, product_id: row.product_id.clone() });
    Ok(Goods { cards: cards(db, found.into_iter().map(|(_, row)| row).collect(), reader, today)?, next, total })
}

/// How many goods of each category can be there, for each festival's asks in turn.
pub fn by_category(db: &mut Db, festivals: &[Vec<Ask>]) -> Result<HashMap<Category, Vec<i64>>> {
    let kinds: Vec<(String, i64, Option<i64>, bool, i64)> = products::table
        .filter(products::status.eq("on_sale"))
        .group_by((products::category, products::season_bits, products::shelf_life_days, products::cold_chain))
        .select((
            products::category,
            products::season_bits,
            products::shelf_life_days,
            products::cold_chain,
            count_star(),
        ))
        .load(db)?;
    let mut counts: HashMap<Category, Vec<i64>> = HashMap::new();
    for (category, season_bits, shelf_life_days, cold_chain, count) in kinds {
        let season = SeasonMonths::from_bits(season_bits as u16);
        let met = |ask: &Ask| ask.cold_chain == cold_chain && ask.wanted.is_met_by(season, shelf_life_days);
        let row = counts.entry(stored!(Category, &category)?).or_insert_with(|| vec![0; festivals.len()]);
        for (sum, asks) in row.iter_mut().zip(festivals) {
            *sum += if asks.iter().any(met) { count } else { 0 };
        }
    }
    Ok(counts)
}
