//! Festivals, and what can be on the table at one.

use std::fmt;
use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use domain::festival::{Festival, Wanted};
use domain::id::ProductId;
use domain::product::Category;
use domain::wire::{FestivalDay, FestivalGoods, Festivals, SeasonRow, Seasons, Timing};
use domain::{Code, Refusal, say};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use super::App;
use super::extract::{Id, Name, Params, Reader, page_size};
use crate::clock;
use crate::data::Almanac;
use crate::error::{Result, not_found};
use crate::store::seasons::{self, Ask, Cursor};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfYear {
    /// That of the next festival, when none is named.
    year: Option<i16>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageOfYear {
    /// That in which the festival comes next, when none is named.
    year: Option<i16>,
    after: Option<String>,
    /// At most 100.
    limit: Option<usize>,
}

/// Every festival that is known, with the last days to order for it.
#[utoipa::path(
    get,
    path = "/festivals",
    operation_id = "list_festivals",
    tag = "places",
    responses((status = 200, body = Festivals, description = "In the order of their days"))
)]
pub async fn festivals(State(app): State<App>) -> Json<Festivals> {
    let today = clock::day(clock::now());
    let items =
        app.almanac.festivals().iter().map(|(day, festival)| festival_day(&app.almanac, *festival, *day, today));
    Json(Festivals { today: today.to_string(), items: items.collect() })
}

/// A year's festivals, and how many goods of each category can be on the table at each.
#[utoipa::path(
    get,
    path = "/seasons",
    operation_id = "see_seasons",
    tag = "places",
    params(OfYear),
    responses((status = 200, body = Seasons, description = "The year"))
)]
pub async fn overview(State(app): State<App>, Params(params): Params<OfYear>) -> Result<Json<Seasons>> {
    let today = clock::day(clock::now());
    let year = params.year.or(app.almanac.next(today).map(|(day, _)| day.year())).unwrap_or(today.year());
    let of_year: Vec<(Date, Festival)> =
        app.almanac.festivals().iter().copied().filter(|(day, _)| day.year() == year).collect();
    if of_year.is_empty() {
        return Err(no_festivals_in(year).into());
    }
    let asks: Vec<Vec<Ask>> = of_year.iter().map(|(day, _)| asks(&app.almanac, *day, today)).collect();
    let counts = app.store.read(move |db| seasons::by_category(db, &asks)).await?;
    let row =
        |category: &Category| counts.get(category).map(|goods| SeasonRow { category: *category, goods: goods.clone() });
    let mut years: Vec<i16> = app.almanac.festivals().iter().map(|(day, _)| day.year()).collect();
    years.dedup();
    Ok(Json(Seasons {
        today: today.to_string(),
        years,
        year,
        festivals: of_year.iter().map(|(day, festival)| festival_day(&app.almanac, *festival, *day, today)).collect(),
        rows: Category::ALL.iter().filter_map(row).collect(),
    }))
}

/// What can be on the table at a festival: in season while it is delivered, and good until the day.
#[utoipa::path(
    get,
    path = "/seasons/{festival}",
    operation_id = "list_festival_goods",
    tag = "places",
    params(("festival" = Festival, Path), PageOfYear),
    responses((status = 200, body = FestivalGoods, description = "What must be ordered soonest first"))
)]
pub async fn goods(
    State(app): State<App>,
    Reader(reader): Reader,
    Id(Name(code)): Id<Name>,
    Params(params): Params<PageOfYear>,
) -> Result<Json<FestivalGoods>> {
    let Some(festival) = Festival::from_code(&code) else { return not_found(say!("这个节日", "This festival")) };
    let today = clock::day(clock::now());
    let Some(day) = day_of(&app.almanac, festival, params.year, today) else {
        return Err(no_festivals_in(params.year.unwrap_or(today.year())).into());
    };
    let after = params.after.as_deref().map(str::parse::<Cursor>).transpose()?;
    let (asks, limit) = (asks(&app.almanac, day, today), page_size(params.limit));
    let found =
        app.store.read(move |db| seasons::on_the_table(db, asks.clone(), after.as_ref(), limit, reader, today)).await?;
    Ok(Json(FestivalGoods {
        festival: festival_day(&app.almanac, festival, day, today),
        items: found.cards,
        next: found.next.map(|cursor| cursor.to_string()),
        total: found.total,
    }))
}

fn day_of(almanac: &Almanac, festival: Festival, year: Option<i16>, today: Date) -> Option<Date> {
    match year {
        Some(year) => almanac.day_of(festival, year),
        None => {
            let mut coming = almanac.festivals().iter().filter(|(day, known)| *known == festival && *day >= today);
            coming.next().map(|(day, _)| *day)
        }
    }
}

fn no_festivals_in(year: i16) -> Refusal {
    Refusal::field(
        "year",
        say!(
            "还没有 {year} 年的节日日期，请选别的年份",
            "The festivals of {year} are not known yet; choose another year"
        ),
    )
}

// ---- how long goods take ------------------------------------------------------------------------------------------

/// What a festival asks, by the rules in force today.
fn asks(almanac: &Almanac, festival: Date, today: Date) -> Vec<Ask> {
    let ask = |cold_chain| {
        let wanted = Wanted::at(festival, almanac.lead_time(today, cold_chain)?)?;
        Some(Ask { cold_chain, wanted })
    };
    [false, true].into_iter().filter_map(ask).collect()
}

fn festival_day(almanac: &Almanac, festival: Festival, day: Date, today: Date) -> FestivalDay {
    let timing = |cold_chain| {
        let lead_time = almanac.lead_time(today, cold_chain)?;
        let wanted = Wanted::at(day, lead_time)?;
        Some(Timing {
            lead_days: lead_time.lead_days,
            delivery_days: lead_time.delivery_days,
            first_delivery: wanted.first_delivery.to_string(),
            last_day_to_order: wanted.last_day_to_order.to_string(),
        })
    };
    let days_left = today.until(day).map_or(0, |until| i64::from(until.get_days()));
    FestivalDay { festival, day: day.to_string(), days_left, usual: timing(false), cold_chain: timing(true) }
}

// ---- the place in the list ----------------------------------------------------------------------------------------

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.shelf, self.product_id)
    }
}

impl FromStr for Cursor {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Cursor, Refusal> {
        let parts =
            text.split_once('~').and_then(|(shelf, id)| Some((shelf.parse().ok()?, id.parse::<ProductId>().ok()?)));
        let Some((shelf, product_id)) = parts else {
            let sentence = say!(
                "翻页的位置读不懂，请从第一页看起",
                "The place in the list cannot be read; begin at the first page"
            );
            return Err(Refusal::new(Code::BadField, sentence).at("after"));
        };
        Ok(Cursor { shelf, product_id: product_id.to_string() })
    }
}
