//! A county as a way in: a sentence, where it lies, who is paired with it, what was sold for it, and its goods.

use domain::Code;
use domain::region::PairingStatus;
use domain::wire::{County, PairedDistrict, Products};
use leptos::prelude::*;

use super::filter::{Filter, Of};
use super::goods::goods_of;
use super::sold::{year_hills, year_sold};
use crate::api;
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, nothing_here};
use crate::components::tile_map::{Tile, counties, tile_map};
use crate::language::{chosen, language, t};
use crate::load::{Load, load};
use crate::pages::set_title;
use crate::route::{Route, query};

pub fn page(id: String) -> AnyView {
    let goods_of = query(&[("county", &id), ("limit", "24")]);
    let county = load(move || id.clone(), api::county);
    let goods = load(move || goods_of.clone(), api::products);
    Effect::new(move |_| county.value.with(|county| county.iter().for_each(|it| set_title(&full_name(it)))));
    let body = move || match (county.error.get(), county.value.get()) {
        (Some(error), _) if error.is(Code::NotFound) => gone(),
        (Some(error), _) => headed(load_failure(error.sentence(), county.on_retry())),
        (None, Some(county)) => article(&county, goods),
        (None, None) => headed(loading_lines(8)),
    };
    body.into_any()
}

fn headed(instead: AnyView) -> AnyView {
    view! { <h1>{t!(places.county)}</h1>{instead} }.into_any()
}

fn gone() -> AnyView {
    view! {
        <h1>{t!(places.no_such_county)}</h1>
        {nothing_here(t!(places.choose_on_the_map), Route::Home.path(), t!(places.to_the_map))}
    }
    .into_any()
}

fn full_name(it: &County) -> String {
    chosen(&it.name, &it.name_en)
}

fn article(it: &County, goods: Load<Products>) -> AnyView {
    let all = Filter::only(Of::County, &it.key).address();
    view! {
        <nav class="crumbs" aria-label=t!(places.where_you_are)>
            <a href=Route::Home.path()>{t!(places.home)}</a>
            <span>{it.prefecture.word(language())}</span>
            <span aria-current="page">{chosen(&it.short, &it.name_en)}</span>
        </nav>
        <div class="place">
            <div class="place-s">
                <h1>{full_name(it)}</h1>
                <p class="lead-t">{chosen(&it.about, &it.about_en)}</p>
                {pairings(&it.pairings)}
                {year_sold(&it.sold, t!(places.sold_for, place = chosen(&it.short, &it.name_en)))}
            </div>
            <div class="place-m">{map(it)}</div>
        </div>
        {year_hills(&it.sold)}
        {goods_of(goods, t!(places.goods_of, place = chosen(&it.short, &it.name_en)), all)}
    }
    .into_any()
}

/// Verified and assumed pairs are never told alike.
#[inline(never)]
fn pairings(paired: &[PairedDistrict]) -> AnyView {
    if paired.is_empty() {
        return view! { <p class="muted">{t!(places.not_paired)}</p> }.into_any();
    }
    let row = |it: &PairedDistrict| {
        let name = chosen(&it.name, &it.name_en);
        let since = it.since.map(|year| t!(places.since, year = year));
        let assumed = (it.status == PairingStatus::Assumed)
            .then(|| view! { <span class="tag assumed">{it.status.word(language())}</span> }.into_any());
        view! { <li><b>{name}</b>" "{since}" "{assumed}</li> }.into_any()
    };
    let rows: Vec<AnyView> = paired.iter().map(row).collect();
    let doubt = paired.iter().any(|it| it.status == PairingStatus::Assumed);
    let doubt = doubt.then(|| view! { <p class="small muted">{t!(places.assumed)}</p> }.into_any());
    view! {
        <section class="paired" aria-labelledby="paired">
            <h2 id="paired">{t!(places.paired_with)}</h2>
            <ul role="list">{rows}</ul>
            {doubt}
        </section>
    }
    .into_any()
}

/// The whole map, with this county full and the others pale.
fn map(it: &County) -> AnyView {
    let tile = |key: &str| Tile {
        key: key.to_owned(),
        note: String::new(),
        depth: if key == it.key { 3 } else { 0 },
        href: Route::County(key.to_owned()).path(),
        here: key == it.key,
    };
    tile_map(counties().map(tile).collect())
}
