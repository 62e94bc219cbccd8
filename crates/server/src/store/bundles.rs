//! Gift bundles: what they are made of, what a union is choosing among, and what three are proposed from.

use diesel::prelude::*;
use domain::bundle::Candidate;
use domain::festival::Wanted;
use domain::id::ProductId;
use domain::occasion::Occasion;
use domain::organisation::Actor;
use domain::permission::{self, Act, Whose};
use domain::product::{Category, SeasonMonths};
use domain::tally::{Dimension, progress};
use domain::target::Scope;
use domain::{Language, Money, Refusal, say, wire};
use jiff::civil::Date;

use super::plans::overtaken;
use super::tally::Year;
use super::{Db, catalogue, products, stored, stored_id, stored_quantity};
use crate::clock::Ms;
use crate::error::{Error, Result};
use crate::schema::{bundle_lines, bundle_plans, bundles};

/// What an occasion asks of goods, in the cold chain and not; nothing but to be in season now when it has no day.
#[derive(Debug, Clone, Copy)]
pub struct Asks {
    pub today: Date,
    pub day: Option<Date>,
    pub usual: Option<Wanted>,
    pub cold_chain: Option<Wanted>,
}

impl Asks {
    fn are_met_by(&self, goods: &GoodsRow) -> bool {
        let season = SeasonMonths::from_bits(goods.row.season_bits as u16);
        if self.day.is_none() {
            return season.has(self.today.month().unsigned_abs().into());
        }
        let wanted = if goods.row.cold_chain { self.cold_chain } else { self.usual };
        wanted.is_some_and(|wanted| {
            wanted.last_day_to_order >= self.today && wanted.is_met_by(season, goods.shelf_life_days)
        })
    }
}

#[derive(Queryable, Selectable, Debug)]
#[diesel(table_name = crate::schema::products)]
struct GoodsRow {
    #[diesel(embed)]
    row: products::Row,
    shelf_life_days: Option<i64>,
}

/// These goods, whatever their status; those that do not exist are left out.
///
/// # Errors
/// The database's.
pub fn goods(db: &mut Db, ids: &[ProductId], asks: &Asks, reader: Language) -> Result<Vec<wire::BundleGoods>> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let table = crate::schema::products::table;
    let rows: Vec<GoodsRow> = table
        .filter(crate::schema::products::product_id.eq_any(ids))
        .order(crate::schema::products::product_id)
        .select(GoodsRow::as_select())
        .load(db)?;
    let told: Vec<(bool, bool)> =
        rows.iter().map(|goods| (goods.row.status == "on_sale", asks.are_met_by(goods))).collect();
    let cards = products::cards(db, rows.into_iter().map(|goods| goods.row).collect(), reader, asks.today)?;
    let goods = cards.into_iter().zip(told).map(|(card, (on_sale, fits))| wire::BundleGoods { card, on_sale, fits });
    Ok(goods.collect())
}

/// The goods that may be proposed: on sale, usual as a gift, and on the table then.
///
/// # Errors
/// The database's.
pub fn candidates(db: &mut Db, asks: &Asks) -> Result<Vec<Candidate>> {
    let table = crate::schema::products::table;
    let rows: Vec<GoodsRow> = table
        .filter(crate::schema::products::status.eq("on_sale"))
        .filter(crate::schema::products::union_gift_ok.eq(true))
        .filter(crate::schema::products::available.gt(0))
        .order(crate::schema::products::product_id)
        .select(GoodsRow::as_select())
        .load(db)?;
    let fitting: Vec<GoodsRow> = rows.into_iter().filter(|goods| asks.are_met_by(goods)).collect();
    let mut ladders = products::ladders(db, fitting.iter().map(|goods| goods.row.product_id.clone()).collect())?;
    let behind = counties_behind(db, asks.today)?;
    let candidate = |goods: GoodsRow| {
        let ladder = ladders.remove(&goods.row.product_id);
        Ok(Candidate {
            product: stored_id(&goods.row.product_id)?,
            category: stored!(Category, &goods.row.category)?,
            behind_bp: behind.iter().find(|(county, _)| *county == goods.row.county_id).map_or(0, |(_, bp)| *bp),
            ladder: ladder.ok_or_else(|| Error::corrupt(format!("no price of product {}", goods.row.product_id)))?,
            minimum_order: stored_quantity(goods.row.minimum_order)?,
            available: stored_quantity(goods.row.available)?,
        })
    };
    fitting.into_iter().map(candidate).collect()
}

/// How far each county is behind its target of the year, in basis points of it, reckoned to today.
fn counties_behind(db: &mut Db, today: Date) -> Result<Vec<(String, i64)>> {
    let sold = Year::read(db, today.year(), None)?;
    let sold = sold.by_key(Dimension::County);
    let targets = catalogue::targets_of(db, today.year())?;
    let of_counties = targets.into_iter().filter(|(scope, ..)| *scope == Scope::County);
    let behind = of_counties.map(|(_, county, target)| {
        let amount = Money::from_fen(sold.get(county.as_str()).copied().unwrap_or(0));
        let behind = progress(amount, target, today.year(), today).map_or(0, |progress| progress.behind.fen());
        let bp = i128::from(behind.max(0)) * 10_000 / i128::from(target.fen().max(1));
        (county, i64::try_from(bp).unwrap_or(10_000))
    });
    Ok(behind.collect())
}

// ---- what is kept -------------------------------------------------------------------------------------------------

/// The bundles a union is choosing among for an occasion; none are kept at first. `beside` are goods asked for beside.
///
/// # Errors
/// The refusal of those who have none.
pub fn plan(
    db: &mut Db,
    actor: &Actor,
    occasion: Occasion,
    beside: &[ProductId],
    asks: &Asks,
    reader: Language,
) -> Result<wire::BundlePlan> {
    permission::check(Some(actor.role), Act::SeeBundles, Whose::Own)?;
    let union = actor.organisation.to_string();
    let head: Option<(i64, i64, i64)> = bundle_plans::table
        .find((&union, occasion.code()))
        .select((bundle_plans::revision, bundle_plans::per_head_fen, bundle_plans::updated_at_ms))
        .get_result(db)
        .optional()?;
    let bundles = kept(db, &union, occasion)?;
    let mut ids: Vec<ProductId> = bundles
        .iter()
        .flat_map(|bundle| &bundle.lines)
        .map(|line| line.product_id)
        .chain(beside.iter().copied())
        .collect();
    ids.sort_by_key(|id| id.0);
    ids.dedup();
    Ok(wire::BundlePlan {
        occasion,
        revision: head.map_or(0, |(revision, ..)| revision),
        per_head_fen: head.map(|(_, fen, _)| Money::from_fen(fen)),
        updated_at_ms: head.map(|(.., at)| at),
        goods: goods(db, &ids, asks, reader)?,
        day: asks.day.map(|day| day.to_string()),
        bundles,
    })
}

/// Those of a union for an occasion, as it last kept them.
///
/// # Errors
/// The database's.
pub(super) fn kept(db: &mut Db, union: &str, occasion: Occasion) -> Result<Vec<wire::Bundle>> {
    let rows: Vec<(i64, String, i64)> = bundles::table
        .filter(bundles::union_id.eq(union))
        .filter(bundles::occasion.eq(occasion.code()))
        .order(bundles::position)
        .select((bundles::position, bundles::name, bundles::head_count))
        .load(db)?;
    let lines: Vec<(i64, String, i64)> = bundle_lines::table
        .filter(bundle_lines::union_id.eq(union))
        .filter(bundle_lines::occasion.eq(occasion.code()))
        .order((bundle_lines::position, bundle_lines::line))
        .select((bundle_lines::position, bundle_lines::product_id, bundle_lines::quantity))
        .load(db)?;
    let bundle = |(position, name, head_count): (i64, String, i64)| {
        let of_bundle = lines.iter().filter(|(of, ..)| *of == position);
        let line = |(_, id, quantity): &(i64, String, i64)| {
            Ok(wire::BundleLine { product_id: stored_id(id)?, quantity: *quantity })
        };
        Ok(wire::Bundle { name, head_count, lines: of_bundle.map(line).collect::<Result<_>>()? })
    };
    rows.into_iter().map(bundle).collect()
}

/// Puts a set of bundles in the place of the one that was read.
///
/// # Errors
/// [`domain::Code::Overtaken`] when somebody has changed it meanwhile; a refusal naming goods that do not exist.
pub fn keep(db: &mut Db, actor: &Actor, occasion: Occasion, body: &wire::NewBundlePlan, now: Ms) -> Result<()> {
    permission::check(Some(actor.role), Act::KeepBundles, Whose::Own)?;
    let union = actor.organisation.to_string();
    take_revision(db, actor, occasion, body, now)?;
    let code = occasion.code();
    diesel::delete(
        bundle_lines::table.filter(bundle_lines::union_id.eq(&union)).filter(bundle_lines::occasion.eq(code)),
    )
    .execute(db)?;
    diesel::delete(bundles::table.filter(bundles::union_id.eq(&union)).filter(bundles::occasion.eq(code)))
        .execute(db)?;
    for (index, bundle) in body.bundles.iter().enumerate() {
        let position = index as i64 + 1;
        diesel::insert_into(bundles::table)
            .values((
                bundles::union_id.eq(&union),
                bundles::occasion.eq(code),
                bundles::position.eq(position),
                bundles::name.eq(bundle.name.trim()),
                bundles::head_count.eq(bundle.head_count),
            ))
            .execute(db)?;
        for (place, line) in bundle.lines.iter().enumerate() {
            check_known(db, line.product_id, &format!("bundles[{index}].lines[{place}].product_id"))?;
            diesel::insert_into(bundle_lines::table)
                .values((
                    bundle_lines::union_id.eq(&union),
                    bundle_lines::occasion.eq(code),
                    bundle_lines::position.eq(position),
                    bundle_lines::line.eq(place as i64 + 1),
                    bundle_lines::product_id.eq(line.product_id.to_string()),
                    bundle_lines::quantity.eq(line.quantity),
                ))
                .execute(db)?;
        }
    }
    Ok(())
}

fn check_known(db: &mut Db, id: ProductId, field: &str) -> Result<()> {
    match products::is_known(db, &id.to_string())? {
        true => Ok(()),
        false => {
            Err(Refusal::field(field, say!("没有这个产品，请去掉", "There is no such product; take it out")).into())
        }
    }
}

/// Counts the revision up, from the one that was read.
fn take_revision(db: &mut Db, actor: &Actor, occasion: Occasion, body: &wire::NewBundlePlan, now: Ms) -> Result<()> {
    use diesel::sql_types::{BigInt, Text};
    let union = actor.organisation.to_string();
    diesel::sql_query(
        "insert into bundle_plans (union_id, occasion, per_head_fen, revision, account_id, updated_at_ms) \
         values ($1, $2, $3, 1, $4, $5) \
         on conflict (union_id, occasion) do update set per_head_fen = excluded.per_head_fen, \
         revision = bundle_plans.revision + 1, account_id = excluded.account_id, updated_at_ms = excluded.updated_at_ms",
    )
    .bind::<Text, _>(&union)
    .bind::<Text, _>(occasion.code())
    .bind::<BigInt, _>(body.per_head_fen.fen())
    .bind::<Text, _>(actor.account.to_string())
    .bind::<BigInt, _>(now)
    .execute(db)?;
    let stored: i64 =
        bundle_plans::table.find((&union, occasion.code())).select(bundle_plans::revision).get_result(db)?;
    if stored == body.revision + 1 { Ok(()) } else { overtaken() }
}
