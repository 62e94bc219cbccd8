//! What somebody's buying helped: their accepted orders by county and merchant, less what was taken back. Read from the
//! ledger's entries, of which a buyer has few.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use domain::organisation::{Actor, Role};
use domain::region::Prefecture;
use domain::{Money, wire};

use super::statement::statement;
use super::{Db, natively, stored};
use crate::clock::{self, Ms};
use crate::error::Result;
use crate::schema::{orders, organisations, regions};

/// Sums by year, county and merchant. A reversal counts in the year it was made.
macro_rules! sums_where {
    ($owner:literal) => {
        concat!(
            "select of_year, county_id, merchant_id, cast(sum(amount_fen) as bigint) from (",
            "select substr(s.sold_on, 1, 4) as of_year, s.county_id, s.merchant_id, s.amount_fen ",
            "from orders o join sales s on s.order_id = o.order_id where ",
            $owner,
            " union all ",
            "select substr(r.sold_on, 1, 4) as of_year, r.county_id, r.merchant_id, r.amount_fen ",
            "from orders o join sales s on s.order_id = o.order_id join sales r on r.reverses = s.sale_id where ",
            $owner,
            ") as entries group by of_year, county_id, merchant_id"
        )
    };
}

/// This year's amount and that of all years.
#[derive(Debug, Default, Clone, Copy)]
struct Amounts {
    year: i64,
    total: i64,
}

impl Amounts {
    fn add(&mut self, amount: i64, is_of_this_year: impl Fn() -> bool) {
        self.total += amount;
        if is_of_this_year() {
            self.year += amount;
        }
    }
}

/// What the person, or the union they act for, has bought and accepted.
pub fn helped(db: &mut Db, actor: &Actor, now: Ms) -> Result<wire::Helped> {
    let year = clock::day(now).year();
    let this_year = format!("{year:04}");
    let (mut all, mut by_county, mut by_merchant) = (Amounts::default(), BTreeMap::new(), BTreeMap::new());
    for (of_year, county, merchant, amount) in sums(db, actor)? {
        let add = |amounts: &mut Amounts| amounts.add(amount, || of_year == this_year);
        add(&mut all);
        add(by_county.entry(county).or_default());
        add(by_merchant.entry(merchant).or_default());
    }
    Ok(wire::Helped {
        year,
        as_of_ms: now,
        year_fen: Money::from_fen(all.year),
        total_fen: Money::from_fen(all.total),
        orders: orders_of(db, actor)?,
        counties: counties(db, &by_county)?,
        merchants: merchants(db, &by_merchant)?,
    })
}

type SumRow = (String, String, String, i64);

fn sums(db: &mut Db, actor: &Actor) -> Result<Vec<SumRow>> {
    type Row = (Text, Text, Text, BigInt);
    let (text, owner) = match actor.role {
        Role::Buyer => (sums_where!("o.submitter_id = ?"), actor.account.to_string()),
        _ => (sums_where!("o.buyer_id = ?"), actor.organisation.to_string()),
    };
    let sums = statement::<Row, _>(text, [owner.as_str().into(), owner.as_str().into()]);
    Ok(natively!(db, db => sums.get_results(db))?)
}

fn orders_of(db: &mut Db, actor: &Actor) -> Result<i64> {
    let accepted = orders::table.filter(orders::accepted_fen.gt(0)).into_boxed();
    let own = match actor.role {
        Role::Buyer => accepted.filter(orders::submitter_id.eq(actor.account.to_string())),
        _ => accepted.filter(orders::buyer_id.eq(actor.organisation.to_string())),
    };
    Ok(own.count().get_result(db)?)
}

fn counties(db: &mut Db, amounts: &BTreeMap<String, Amounts>) -> Result<Vec<wire::HelpedCounty>> {
    let rows: Vec<(String, String, String, String)> = regions::table
        .filter(regions::region_id.eq_any(amounts.keys().cloned().collect::<Vec<_>>()))
        .order(regions::position)
        .select((regions::region_id, regions::name, regions::name_en, regions::prefecture))
        .load(db)?;
    let county = |(id, name, name_en, prefecture): (String, String, String, String)| {
        let Amounts { year, total } = amounts.get(&id).copied().unwrap_or_default();
        let prefecture = stored!(Prefecture, &prefecture)?;
        let (year_fen, total_fen) = (Money::from_fen(year), Money::from_fen(total));
        Ok(wire::HelpedCounty { id, name, name_en, prefecture, year_fen, total_fen })
    };
    let mut counties: Vec<wire::HelpedCounty> = rows.into_iter().map(county).collect::<Result<_>>()?;
    counties.sort_by_key(|county| std::cmp::Reverse(county.total_fen));
    Ok(counties)
}

fn merchants(db: &mut Db, amounts: &BTreeMap<String, Amounts>) -> Result<Vec<wire::HelpedMerchant>> {
    let rows: Vec<(String, String)> = organisations::table
        .filter(organisations::organisation_id.eq_any(amounts.keys().cloned().collect::<Vec<_>>()))
        .order(organisations::organisation_id)
        .select((organisations::organisation_id, organisations::name))
        .load(db)?;
    let merchant = |(id, name): (String, String)| {
        let Amounts { year, total } = amounts.get(&id).copied().unwrap_or_default();
        wire::HelpedMerchant { name, year_fen: Money::from_fen(year), total_fen: Money::from_fen(total) }
    };
    let mut merchants: Vec<wire::HelpedMerchant> = rows.into_iter().map(merchant).collect();
    merchants.sort_by_key(|merchant| std::cmp::Reverse(merchant.total_fen));
    Ok(merchants)
}
