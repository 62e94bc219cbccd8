//! A brand as a way in: a sentence, what its licence means, its counties, what was sold under it, and its goods.

use domain::Code;
use domain::wire::{BrandSales, CountyFacet, Products};
use leptos::prelude::*;

use super::filter::{Filter, Of};
use super::goods::goods_of;
use super::sold::{year_hills, year_sold};
use crate::api;
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, nothing_here};
use crate::components::tile_map::county_name;
use crate::language::{chosen, language, t};
use crate::load::{Load, load};
use crate::pages::set_title;
use crate::route::{Route, query};

pub fn page(code: String) -> AnyView {
    let goods_of = query(&[("brand", &code), ("limit", "24")]);
    let brand = load(move || code.clone(), api::brand);
    let goods = load(move || goods_of.clone(), api::products);
    Effect::new(move |_| brand.value.with(|it| it.iter().for_each(|it| set_title(it.brand.word(language())))));
    let body = move || match (brand.error.get(), brand.value.get()) {
        (Some(error), _) if error.is(Code::NotFound) => gone(),
        (Some(error), _) => headed(load_failure(error.sentence(), brand.on_retry())),
        (None, Some(brand)) => article(&brand, goods),
        (None, None) => headed(loading_lines(8)),
    };
    body.into_any()
}

fn headed(instead: AnyView) -> AnyView {
    view! { <h1>{t!(places.brand)}</h1>{instead} }.into_any()
}

fn gone() -> AnyView {
    view! {
        <h1>{t!(places.no_such_brand)}</h1>
        {nothing_here(t!(places.two_brands), Route::Products.path(), t!(places.to_all_goods))}
    }
    .into_any()
}

fn article(it: &BrandSales, goods: Load<Products>) -> AnyView {
    let name = it.brand.word(language());
    let all = Filter::only(Of::Brand, it.brand.code()).address();
    view! {
        <nav class="crumbs" aria-label=t!(places.where_you_are)>
            <a href=Route::Home.path()>{t!(places.home)}</a>
            <span aria-current="page">{name}</span>
        </nav>
        <div class="place">
            <div class="place-s">
                <h1>{name}</h1>
                <p class="lead-t">{chosen(&it.about, &it.about_en)}</p>
                <section aria-labelledby="licence">
                    <h2 id="licence">{t!(places.licence)}</h2>
                    <p>{t!(places.licence_means)}</p>
                    <p>{t!(places.licensed, count = it.licensed_merchants)}</p>
                </section>
                {counties(goods)}
            </div>
            <div class="place-m">{year_sold(&it.sold, t!(places.sold_under, place = name))}</div>
        </div>
        {year_hills(&it.sold)}
        {goods_of(goods, t!(places.goods_of, place = name), all)}
    }
    .into_any()
}

/// Where its goods come from: a brand is no origin, so the counties are read off the goods.
fn counties(goods: Load<Products>) -> AnyView {
    let link = |county: &CountyFacet| {
        let href = Route::County(county.key.clone()).path();
        let name = county_name(&county.key).unwrap_or_else(|| county.name.clone());
        view! { <li><a href=href>{name}<small>{county.count}</small></a></li> }.into_any()
    };
    let links = move || {
        goods.value.with(|goods| {
            let counties = goods.as_ref().map(|it| it.facets.counties.as_slice()).unwrap_or_default();
            counties.iter().filter(|county| county.count > 0).map(link).collect::<Vec<_>>()
        })
    };
    view! {
        <section aria-labelledby="origins">
            <h2 id="origins">{t!(places.origins)}</h2>
            <ul class="origins" role="list">{links}</ul>
        </section>
    }
    .into_any()
}
