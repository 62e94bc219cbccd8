//! The front page: what there is to taste, and what buying it has come to this year.

use domain::product::{Brand, Category};
use domain::wire::{Facet, FestivalDay, Festivals, JustAccepted, ProductCard, Products, PublicRow, PublicTotal};
use domain::{Language, Money};
use leptos::prelude::*;

use super::days::{long_day, short_day};
use super::filter::{Filter, Of};
use super::goods::shelf;
use super::sold::{against_target, rate, target_bar, year_hills};
use super::suggestions::SearchBox;
use super::total::{Total, public_total};
use crate::api;
use crate::area;
use crate::components::amount::{amount, figure};
use crate::components::bar::share_bar;
use crate::components::focus::focus;
use crate::components::label::motif_of;
use crate::components::loading::{loading_cards, loading_lines};
use crate::components::problem::load_failure;
use crate::components::tile_map::{Tile, depth, tile_map};
use crate::format::{month_name, this_month};
use crate::language::{language, t};
use crate::load::{Load, load};
use crate::route::{Route, query};
use crate::router::{Go, Here};

/// As many as fill two rows of a wide window.
const FIRST_GOODS: &str = "12";
/// How many goods in season are named under the search.
const NAMED: usize = 6;

pub fn page() -> AnyView {
    let total = public_total();
    let goods = Goods::new();
    let festivals = load(|| "all".to_owned(), |_| api::festivals());
    view! {
        <div class="lead">
            <div class="lead-g">
                <div class="lead-s"><h1>{t!(home.heading)}</h1>{search()} {in_season(goods)} {categories(goods)}</div>
                {bought(total)}
            </div>
            {move || total.load.value.with(|total| total.as_ref().map(|it| year_hills(&it.sold)))}
        </div>
        {season(goods)}
        {counties(total, goods)}
        {move || festivals.value.with(|festivals| festivals.as_ref().and_then(next_festival))}
        {shares(total)}
    }
    .into_any()
}

// ---- finding ------------------------------------------------------------------------------------------------------

/// A real form, so that a search is an address like any other. What helps who types is fetched once the box is entered.
fn search() -> AnyView {
    let input = NodeRef::<leptos::html::Input>::new();
    let here = Here::get();
    let under = RwSignal::new(None::<area::Slot>);
    let page = Owner::current().unwrap_or_default();
    let near = move |_| {
        if let Some(input) = input.get_untracked().filter(|_| under.with_untracked(Option::is_none)) {
            under.set(Some(page.with(|| area::suggestions(box_of(input, here)))));
        }
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let words = input.get_untracked().map(|input| input.value()).unwrap_or_default();
        here.go(&Route::Products.with(&[("q", words.trim())]), Go::On);
    };
    view! {
        <form class="find big" role="search" action=Route::Products.path() on:submit=send on:focusin=near>
            <label class="sr" for="hq">{t!(home.search_label)}</label>
            <input id="hq" name="q" type="search" placeholder=t!(home.search_hint) autocomplete="off" node_ref=input />
            {move || under.get().and_then(area::Slot::view)}
            <button class="btn do">{t!(home.search)}</button>
        </form>
    }
    .into_any()
}

/// Nobody is taken away from the front page before they ask for it.
fn box_of(input: web_sys::HtmlInputElement, here: Here) -> SearchBox {
    SearchBox {
        input: StoredValue::new_local(input),
        query: Memo::new(|_| String::new()),
        on_type: Callback::new(|_| ()),
        on_go: Callback::new(move |address: String| here.go(&address, Go::On)),
        on_end: Callback::new(|()| ()),
    }
}

/// The goods of the page: the first of all, which also tell how many there are of what, and the first of a brand.
#[derive(Clone, Copy)]
struct Goods {
    brand: RwSignal<&'static str>,
    all: Load<Products>,
    of_brand: Load<Products>,
}

impl Goods {
    fn new() -> Self {
        let brand = RwSignal::new("");
        let all = load(|| query(&[("limit", FIRST_GOODS)]), api::products);
        let of_brand = load(
            move || match brand.get() {
                "" => String::new(),
                brand => query(&[("brand", brand), ("limit", FIRST_GOODS)]),
            },
            api::products,
        );
        Self { brand, all, of_brand }
    }

    fn chosen(self) -> Load<Products> {
        if self.brand.with(|brand| brand.is_empty()) { self.all } else { self.of_brand }
    }

    fn items(self) -> Vec<ProductCard> {
        self.chosen().value.with(|goods| goods.as_ref().map(|it| it.items.clone()).unwrap_or_default())
    }

    /// How many there are of a brand or category; nothing before it is known.
    fn count(self, of: impl Fn(&Products) -> &[Facet], key: &str) -> String {
        self.all.value.with(|all| {
            let facet = all.as_ref().and_then(|all| of(all).iter().find(|facet| facet.key == key));
            facet.map(|facet| facet.count.to_string()).unwrap_or_default()
        })
    }
}

/// What is on the market this month and not the whole year round.
fn in_season(goods: Goods) -> AnyView {
    let names = move || {
        let month = this_month();
        let seasonal = |card: &&ProductCard| card.season_months.rank(month) == 0;
        goods.all.value.with(|all| {
            let items = all.as_ref().map(|it| it.items.as_slice()).unwrap_or_default();
            items.iter().filter(seasonal).take(NAMED).map(named_link).collect::<Vec<_>>()
        })
    };
    view! { <p class="hot"><span>{t!(home.in_season)}</span>{names}</p> }.into_any()
}

fn named_link(card: &ProductCard) -> AnyView {
    view! { <a href=Route::Product(card.id.to_string()).path()>{card.name.clone()}</a> }.into_any()
}

fn categories(goods: Goods) -> AnyView {
    let links: Vec<AnyView> = Category::ALL
        .iter()
        .map(|category| {
            let count = move || goods.count(|all| &all.facets.categories, category.code());
            let picture = format!("<use href=\"/motifs.svg#{}\"/>", motif_of(*category));
            let href = Filter::only(Of::Category, category.code()).address();
            view! {
                <a href=href>
                    <svg viewBox="0 0 120 120" aria-hidden="true" inner_html=picture></svg>
                    <span>{category.word(language())}<small>{count}</small></span>
                </a>
            }
            .into_any()
        })
        .collect();
    view! { <nav class="cats" aria-label=t!(home.by_category)>{links}</nav> }.into_any()
}

// ---- the total ----------------------------------------------------------------------------------------------------

fn bought(total: Total) -> AnyView {
    let body = move || match (total.load.error.get(), total.load.value.get()) {
        (_, Some(it)) => sum(&it),
        (Some(error), None) => load_failure(error.sentence(), total.load.on_retry()),
        (None, None) => loading_lines(6),
    };
    view! {
        <section class="total" aria-labelledby="bought">
            <h2 id="bought">{t!(home.bought)}</h2>
            {body}
            {total.as_of()}
        </section>
    }
    .into_any()
}

fn sum(it: &PublicTotal) -> AnyView {
    let (number, unit) = figure(it.sold.recognised_fen);
    let exact = t!(home.exact, amount = it.sold.recognised_fen.yuan());
    let pipeline = t!(home.pipeline, amount = amount(it.pipeline_fen), orders = it.pipeline_orders);
    let open = |event: leptos::ev::MouseEvent| {
        // By itself it would make a place in the history.
        event.prevent_default();
        focus("shares");
    };
    view! {
        <a class="fig" href="#shares" on:click=open><span class="v">{number}<span class="u">{unit}</span></span></a>
        <p class="exact num">{exact}</p>
        {target_bar(&it.sold)}
        <p>{against_target(&it.sold)}</p>
        <p class="last">{compared(it)}</p>
        <p class="beside">{pipeline}</p>
        {just_accepted(&it.just_accepted)}
    }
    .into_any()
}

/// This year beside the same stretch of the last.
fn compared(it: &PublicTotal) -> String {
    let (now, before) = (it.sold.recognised_fen, it.last_year_fen);
    if before <= Money::ZERO {
        return t!(home.nothing_last_year).to_owned();
    }
    let change = i128::from(now.fen() - before.fen()) * 10_000 / i128::from(before.fen());
    let change = i64::try_from(change).unwrap_or(i64::MAX);
    match change {
        0.. => t!(home.more_than_last_year, before = amount(before), change = rate(change)),
        _ => t!(home.less_than_last_year, before = amount(before), change = rate(-change)),
    }
}

fn just_accepted(last: &[JustAccepted]) -> Option<AnyView> {
    let row = |sale: &JustAccepted| {
        let (county, product) = match language() {
            Language::Zh => (&sale.county_short, &sale.product_name),
            Language::En => (&sale.county_name_en, &sale.product_name_en),
        };
        let href = Route::Product(sale.product_id.to_string()).path();
        // Most goods are called after their county.
        let county = (!product.contains(county.as_str())).then(|| format!("{county} "));
        view! {
            <li>
                <time datetime=sale.sold_on.clone()>{short_day(&sale.sold_on)}</time>
                <span>{county}<a href=href>{product.clone()}</a>" "{amount(sale.amount_fen)}</span>
            </li>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = last.iter().map(row).collect();
    let list = view! { <ul class="just" role="list" aria-label=t!(home.just_accepted)>{rows}</ul> };
    (!last.is_empty()).then(|| list.into_any())
}

// ---- goods in season ----------------------------------------------------------------------------------------------

fn season(goods: Goods) -> AnyView {
    let items = Memo::new(move |_| goods.items());
    let instead = move || {
        let chosen = goods.chosen();
        match chosen.error.get() {
            Some(error) => Some(load_failure(error.sentence(), chosen.on_retry())),
            None => chosen.value.with(Option::is_none).then(|| loading_cards(12)),
        }
    };
    let all = move || Route::Products.with(&[("brand", goods.brand.get())]);
    view! {
        <section class="sec season-s" aria-labelledby="season">
            <div class="sec-h">
                <h2 id="season">{t!(home.season, month = month_name(this_month()))}</h2>
                {brand_tabs(goods)}
                <a href=all>{t!(home.see_all)}</a>
            </div>
            {instead}
            {shelf(items.into())}
        </section>
    }
    .into_any()
}

fn brand_tabs(goods: Goods) -> AnyView {
    let brands = Brand::ALL.iter().map(|brand| (brand.code(), brand.word(language())));
    let tabs: Vec<AnyView> = std::iter::once(("", t!(home.all_brands)))
        .chain(brands)
        .map(|(key, name)| {
            let checked = move || goods.brand.get() == key;
            let count = move || goods.count(|all| &all.facets.brands, key);
            view! {
                <label>
                    <input type="radio" name="brand" prop:checked=checked on:change=move |_| goods.brand.set(key) />
                    <span>{name}<small>{count}</small></span>
                </label>
            }
            .into_any()
        })
        .collect();
    view! { <div class="tabset" role="radiogroup" aria-label=t!(home.by_brand)>{tabs}</div> }.into_any()
}

// ---- counties -----------------------------------------------------------------------------------------------------

/// The name of a row in the language of the screen.
fn name_of(row: &PublicRow) -> String {
    match language() {
        Language::Zh => row.name.clone(),
        Language::En => row.name_en.clone(),
    }
}

fn largest(rows: &[PublicRow]) -> i64 {
    rows.iter().map(|row| row.amount_fen.fen()).max().unwrap_or(0)
}

fn counties(total: Total, goods: Goods) -> AnyView {
    let kinds = move |key: &str| {
        goods.all.value.with(|all| {
            let county = all.as_ref().and_then(|all| all.facets.counties.iter().find(|county| county.key == key));
            county.map(|county| t!(home.kinds, count = county.count)).unwrap_or_default()
        })
    };
    let map = move || {
        let rows = total.load.value.with(|total| total.as_ref().map(|it| it.by_county.clone()))?;
        let most = largest(&rows);
        let tile = |row: &PublicRow| Tile {
            key: row.key.clone(),
            note: kinds(&row.key),
            depth: depth(row.amount_fen.fen(), most),
            href: Route::County(row.key.clone()).path(),
            here: false,
        };
        let tiles = rows.iter().map(tile).collect();
        Some(view! { <div>{tile_map(tiles)}</div>{county_list(&rows)} }.into_any())
    };
    view! {
        <section class="sec" aria-labelledby="map">
            <div class="sec-h"><h2 id="map">{t!(home.counties)}</h2><p>{t!(home.counties_lead)}</p></div>
            <div class="map-g">{map}</div>
        </section>
    }
    .into_any()
}

fn county_list(rows: &[PublicRow]) -> AnyView {
    let row = |row: &PublicRow| {
        let done = row.completion_bp.map(|done| t!(home.of_target, done = rate(done)));
        view! {
            <li>
                <a href=Route::County(row.key.clone()).path()>{name_of(row)}</a>
                <span class="num">{amount(row.amount_fen)}</span>
                <span class="faint num">{done}</span>
            </li>
        }
        .into_any()
    };
    let columns: Vec<AnyView> = Brand::ALL
        .iter()
        .zip(domain::region::Prefecture::ALL)
        .map(|(brand, prefecture)| {
            let of_prefecture: Vec<AnyView> =
                rows.iter().filter(|row| row.prefecture == Some(*prefecture)).map(row).collect();
            view! {
                <div>
                    <h3>
                        {prefecture.word(language())}" · "
                        <a href=Route::Brand(brand.code().to_owned()).path()>{brand.word(language())}</a>
                    </h3>
                    <ul role="list">{of_prefecture}</ul>
                </div>
            }
            .into_any()
        })
        .collect();
    view! { <div class="counties">{columns}</div> }.into_any()
}

// ---- the next festival --------------------------------------------------------------------------------------------

fn next_festival(festivals: &Festivals) -> Option<AnyView> {
    let next = festivals.items.iter().find(|festival| festival.days_left >= 0)?;
    let href = Route::Seasons.with(&[("festival", next.festival.code()), ("year", next.day.get(..4)?)]);
    let word = next.festival.word(language());
    Some(
        view! {
            <section class="sec" aria-labelledby="festival">
                <div class="sec-h">
                    <h2 id="festival">{t!(home.next_festival, festival = word)}</h2>
                    <p>{t!(home.festival_day, day = long_day(&next.day), days = next.days_left)}</p>
                    <a href=href>{t!(home.on_the_table, festival = word)}</a>
                </div>
                <p>{last_days(next, &festivals.today)}</p>
            </section>
        }
        .into_any(),
    )
}

/// Until when one orders, or that it is too late.
fn last_days(festival: &FestivalDay, today: &str) -> String {
    let (Some(usual), Some(cold)) = (&festival.usual, &festival.cold_chain) else { return String::new() };
    // Days of the wire compare as they stand.
    let (usual, cold) = (usual.last_day_to_order.as_str(), cold.last_day_to_order.as_str());
    match (usual < today, cold < today) {
        (false, false) => t!(home.order_by, usual = short_day(usual), cold = short_day(cold)),
        (true, false) => t!(home.order_cold_by, cold = short_day(cold)),
        _ => t!(home.too_late).to_owned(),
    }
}

// ---- by whom and for whom -----------------------------------------------------------------------------------------

fn shares(total: Total) -> AnyView {
    let lists = move || {
        total.load.value.with(|total| {
            let it = total.as_ref()?;
            let districts = share_list(t!(home.by_district), &it.by_district);
            let brands = share_list(t!(home.by_brand), &it.by_brand);
            let channels = share_list(t!(home.by_channel), &it.by_channel);
            Some(view! { {districts} <div>{brands} {channels}</div> }.into_any())
        })
    };
    view! {
        <section class="sec" id="shares" tabindex="-1" aria-labelledby="shares-h">
            <div class="sec-h"><h2 id="shares-h">{t!(home.shares)}</h2><p>{t!(home.shares_lead)}</p></div>
            <div class="shares">{lists}</div>
        </section>
    }
    .into_any()
}

/// The rows of a breakdown, the largest first.
fn share_list(heading: &'static str, rows: &[PublicRow]) -> AnyView {
    let most = largest(rows).max(1);
    let mut rows: Vec<&PublicRow> = rows.iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.amount_fen));
    let row = |row: &PublicRow| {
        let share = i64::try_from(i128::from(row.amount_fen.fen().max(0)) * 10_000 / i128::from(most)).unwrap_or(0);
        let done = row.completion_bp.map(|done| t!(home.of_target, done = rate(done)));
        view! {
            <li>
                <span>{name_of(row)}</span>
                <b class="num">{amount(row.amount_fen)}</b>
                <span class="faint num">{done}</span>
                {share_bar(share)}
            </li>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = rows.into_iter().map(row).collect();
    view! { <div class="share"><h3>{heading}</h3><ul role="list">{rows}</ul></div> }.into_any()
}
