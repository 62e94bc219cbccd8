//! Season and festival: what can be on the table at 端午 2027, and until when one orders it. The address holds the choice.

use domain::festival::Festival;
use domain::wire::{FestivalDay, FestivalGoods, ProductCard, SeasonRow, Seasons, Timing};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::days::{long_day, short_day};
use super::goods::shelf;
use crate::api::{self, ApiError};
use crate::components::loading::{loading_cards, loading_lines};
use crate::components::problem::load_failure;
use crate::language::{language, t};
use crate::load::{Load, load};
use crate::pages::set_title;
use crate::route::{Route, query};
use crate::router::Here;

pub fn page() -> AnyView {
    let here = Here::get();
    let year = Memo::new(move |_| here.param("year"));
    let named = Memo::new(move |_| here.param("festival"));
    let seasons =
        load(move || year.with(|year| format!("?{}", query(&[("year", year)]).trim_start_matches('?'))), api::seasons);
    let chosen = Memo::new(move |_| seasons.value.with(|it| it.as_ref().and_then(|it| choose(it, &named.get()))));
    let goods = load(move || chosen.with(|it| it.as_ref().map(goods_of).unwrap_or_default()), api::festival_goods);
    Effect::new(move |_| set_title(&heading(chosen.get().as_ref())));
    view! {
        <div class="fest-h">
            <h1>{move || heading(chosen.get().as_ref())}</h1>
            {move || chosen.get().map(|it| when(&it))}
        </div>
        {move || choices(seasons, chosen)}
        {move || chosen.get().map(|it| seasons.value.with(|all| timing(&it, all.as_ref().map_or("", |all| &all.today))))}
        {table_of_goods(goods)}
        {move || seasons.value.with(|it| it.as_ref().map(matrix))}
    }
    .into_any()
}

/// The festival of the address, else the next of the year, else its last.
fn choose(seasons: &Seasons, named: &str) -> Option<FestivalDay> {
    let of_name = Festival::from_code(named).and_then(|it| seasons.festivals.iter().find(|day| day.festival == it));
    let next = || seasons.festivals.iter().find(|day| day.days_left >= 0);
    of_name.or_else(next).or(seasons.festivals.last()).cloned()
}

fn year_of(day: &FestivalDay) -> &str {
    day.day.get(..4).unwrap_or_default()
}

fn goods_of(day: &FestivalDay) -> String {
    format!("{}{}", day.festival.code(), query(&[("year", year_of(day)), ("limit", "24")]))
}

fn address(festival: Festival, year: &str) -> String {
    Route::Seasons.with(&[("festival", festival.code()), ("year", year)])
}

fn heading(chosen: Option<&FestivalDay>) -> String {
    match chosen {
        Some(day) => t!(places.on_the_table, festival = day.festival.word(language()), year = year_of(day)),
        None => t!(places.seasons).to_owned(),
    }
}

fn when(day: &FestivalDay) -> AnyView {
    let words = match day.days_left {
        0 => t!(places.today, day = long_day(&day.day)),
        1.. => t!(places.days_left, day = long_day(&day.day), days = day.days_left),
        _ => t!(places.is_over, day = long_day(&day.day)),
    };
    view! { <p class="muted">{words}</p> }.into_any()
}

// ---- the choice ---------------------------------------------------------------------------------------------------

fn choices(seasons: Load<Seasons>, chosen: Memo<Option<FestivalDay>>) -> AnyView {
    if let Some(error) = seasons.error.get() {
        return load_failure(error.sentence(), seasons.on_retry());
    }
    let Some(it) = seasons.value.get() else { return loading_lines(2) };
    let here = chosen.get().map(|day| day.festival);
    let years: Vec<AnyView> = it.years.iter().map(|year| year_link(*year, it.year, here)).collect();
    let festivals: Vec<AnyView> = it.festivals.iter().map(|day| festival_link(day, here)).collect();
    view! {
        <nav class="fest" aria-label=t!(places.choose)>
            <ul class="fest-y" role="list">{years}</ul>
            <ul class="fest-f" role="list">{festivals}</ul>
        </nav>
    }
    .into_any()
}

fn year_link(year: i16, here: i16, festival: Option<Festival>) -> AnyView {
    let text = year.to_string();
    let href = Route::Seasons.with(&[("festival", festival.map_or("", Festival::code)), ("year", &text)]);
    let current = (year == here).then_some("true");
    view! { <li><a href=href aria-current=current data-narrows="">{text}</a></li> }.into_any()
}

fn festival_link(day: &FestivalDay, here: Option<Festival>) -> AnyView {
    let current = (Some(day.festival) == here).then_some("true");
    let over = (day.days_left < 0).then(|| view! { <small>{t!(places.over)}</small> }.into_any());
    view! {
        <li>
            <a href=address(day.festival, year_of(day)) aria-current=current data-narrows="">
                <b>{day.festival.word(language())}</b><span>{short_day(&day.day)}</span>{over}
            </a>
        </li>
    }
    .into_any()
}

// ---- until when ---------------------------------------------------------------------------------------------------

fn timing(day: &FestivalDay, today: &str) -> AnyView {
    let row = |name: &'static str, it: &Option<Timing>| {
        let it = it.as_ref()?;
        // Days of the wire compare as they stand.
        let (class, last) = match it.last_day_to_order.as_str() {
            last if last < today => ("late", t!(places.too_late, day = short_day(last))),
            last => ("", t!(places.order_by, day = short_day(last))),
        };
        let how =
            t!(places.takes, lead = it.lead_days, delivery = it.delivery_days, first = short_day(&it.first_delivery));
        Some(view! { <div class=class><dt>{name}</dt><dd><b>{last}</b>" "{how}</dd></div> }.into_any())
    };
    view! {
        <dl class="until">{row(t!(places.usual), &day.usual)} {row(t!(places.cold_chain), &day.cold_chain)}</dl>
        <p class="small muted">{t!(places.assumption)}</p>
    }
    .into_any()
}

// ---- the goods ----------------------------------------------------------------------------------------------------

/// Pages after the first, of one festival only.
#[derive(Clone, Default)]
struct More {
    of: String,
    items: Vec<ProductCard>,
    next: Option<String>,
}

fn table_of_goods(goods: Load<FestivalGoods>) -> AnyView {
    let more = RwSignal::new(More::default());
    let trouble = RwSignal::new(None::<ApiError>);
    let has_more = move || more.with(|more| goods.answered.with(|answered| more.of == *answered));
    let items = Memo::new(move |_| {
        let mut items = goods.value.with(|it| it.as_ref().map(|it| it.items.clone()).unwrap_or_default());
        if has_more() {
            more.with(|more| items.extend(more.items.iter().cloned()));
        }
        items
    });
    let next = Memo::new(move |_| match has_more() {
        true => more.with(|more| more.next.clone()),
        false => goods.value.with(|it| it.as_ref().and_then(|it| it.next.clone())),
    });
    let on_more = Callback::new(move |()| {
        let (Some(after), of) = (next.get_untracked(), goods.answered.get_untracked()) else { return };
        trouble.set(None);
        spawn_local(async move {
            let answer = api::festival_goods(format!("{of}&after={after}")).await;
            // The page may be gone by now, or show another festival.
            if goods.answered.try_get_untracked().as_ref() != Some(&of) {
                return;
            }
            match answer {
                Ok(page) => more.update(|more| append(more, of, page)),
                Err(error) => trouble.set(Some(error)),
            }
        });
    });
    let count = move || {
        let total = goods.value.with(|it| it.as_ref().map(|it| it.total))?;
        Some(if total == 0 { t!(places.nothing).to_owned() } else { t!(places.so_many_goods, count = total) })
    };
    let instead = move || match (goods.error.get(), trouble.get()) {
        (Some(error), _) => Some(load_failure(error.sentence(), goods.on_retry())),
        (None, Some(error)) => Some(load_failure(error.sentence(), on_more)),
        (None, None) => goods.value.with(Option::is_none).then(|| loading_cards(6)),
    };
    let button = move || {
        next.with(Option::is_some).then(|| {
            let press = move |_| on_more.run(());
            view! { <div class="pager"><button class="btn" type="button" on:click=press>{t!(places.more)}</button></div> }
                .into_any()
        })
    };
    view! {
        <section class="sec" aria-labelledby="goods">
            <div class="sec-h"><h2 id="goods">{t!(places.goods)}</h2><p role="status">{count}</p></div>
            {shelf(items.into())}
            {instead}
            {button}
        </section>
    }
    .into_any()
}

fn append(more: &mut More, of: String, page: FestivalGoods) {
    if more.of != of {
        *more = More { of, ..More::default() };
    }
    more.items.extend(page.items);
    more.next = page.next;
}

// ---- the year -----------------------------------------------------------------------------------------------------

fn matrix(it: &Seasons) -> AnyView {
    let year = it.year.to_string();
    let heads: Vec<AnyView> = it
        .festivals
        .iter()
        .map(|day| {
            let href = address(day.festival, &year);
            view! { <th class="n" scope="col"><a href=href>{day.festival.word(language())}</a></th> }.into_any()
        })
        .collect();
    let most = it.rows.iter().flat_map(|row| &row.goods).copied().max().unwrap_or(0);
    let rows: Vec<AnyView> = it.rows.iter().map(|row| matrix_row(row, most)).collect();
    view! {
        <section class="sec" aria-labelledby="year">
            <div class="sec-h"><h2 id="year">{t!(places.the_year, year = it.year)}</h2><p>{t!(places.the_year_lead)}</p></div>
            <div class="scroll" tabindex="0" role="region" aria-label=t!(places.table)>
                <table class="season-t">
                    <thead><tr><th scope="col">{t!(places.category)}</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn matrix_row(row: &SeasonRow, most: i64) -> AnyView {
    let cell = |count: &i64| {
        // Nothing at all is said by a dash; the rest in three depths, which the number says too.
        let class = match count * 3 / most.max(1) {
            _ if *count == 0 => "n d0",
            0 => "n d1",
            1 => "n d2",
            _ => "n d3",
        };
        let text = if *count == 0 { "–".to_owned() } else { count.to_string() };
        view! { <td class=class>{text}</td> }.into_any()
    };
    let cells: Vec<AnyView> = row.goods.iter().map(cell).collect();
    view! { <tr><th scope="row">{row.category.word(language())}</th>{cells}</tr> }.into_any()
}
