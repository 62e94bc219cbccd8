//! Who is behind and what would help: districts and pairs, the furthest first, each with a sentence and the way on.

use domain::opens::Opens;
use domain::region::PairingStatus;
use domain::wire::{Behind, BehindDistrict, BehindPair, SeasonGoods, UnionRoom};
use leptos::prelude::*;

use super::breakdowns::exact;
use super::dashboard::own_district;
use super::figures::{ledger, pipeline_address};
use super::{gate, standing};
use crate::api::{self, ApiError};
use crate::components::bar::progress_bar;
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, refusal};
use crate::format;
use crate::language::{as_written, language, t};
use crate::load::{Load, load};
use crate::route::{Route, query};
use crate::router::Here;
use crate::state::State;

pub fn page() -> AnyView {
    gate::coordinators_only(t!(overview.behind_title), list)
}

/// The question for the whole city: an empty one asks for nothing.
const CITY: &str = "city";

fn list() -> AnyView {
    let (here, own) = (Here::get(), own_district(State::get()).map(|own| own.id).unwrap_or_default());
    let key = move || {
        let asked = here.param("district");
        [asked, own.clone(), CITY.to_owned()].into_iter().find(|district| !district.is_empty()).unwrap_or_default()
    };
    let it = load(key, |district: String| {
        let district = if district == CITY { "" } else { &district };
        api::behind(query(&[("district", district)]))
    });
    let busy = move || it.busy.get().to_string();
    view! {
        <div class="d-head"><div><h1>{t!(overview.behind_title)}</h1>{move || it.value.with(|of| of.as_ref().map(subtitle))}</div></div>
        <div aria-busy=busy>{move || shown(it)}</div>
    }
    .into_any()
}

fn subtitle(of: &Behind) -> AnyView {
    let scope = of.district.as_ref().map_or(t!(figures.city), |district| district.name.as_str());
    let text = t!(
        overview.behind_subtitle,
        scope = scope,
        as_of = format::date_time(of.as_of_ms),
        rate = standing::rate(of.time_bp)
    );
    view! { <p class="muted">{text}</p> }.into_any()
}

fn shown(it: Load<Behind>) -> AnyView {
    match it.error.get() {
        Some(error @ ApiError::Refused(_)) => {
            let back = Route::Behind.path();
            view! { {refusal(error.sentence())}<p class="d-back"><a class="btn" href=back>{t!(figures.see_own_figures)}</a></p> }
                .into_any()
        }
        Some(error) => load_failure(error.sentence(), it.on_retry()),
        None => it.value.with(|of| of.as_ref().map_or_else(|| loading_lines(8), body)),
    }
}

fn body(of: &Behind) -> AnyView {
    let districts: Vec<AnyView> = of.items.iter().map(|row| district(row, of)).collect();
    let pairs: Vec<AnyView> = of.pairs.iter().map(|row| pair(row, of)).collect();
    view! {
        <section class="sec" aria-labelledby="bh-d">
            <div class="sec-h"><h2 id="bh-d">{t!(overview.behind_districts)}</h2><p>{t!(overview.behind_how)}</p></div>
            {none_or_list(districts, t!(overview.nobody_behind))}
        </section>
        <section class="sec" aria-labelledby="bh-p">
            <div class="sec-h"><h2 id="bh-p">{t!(overview.behind_pairs)}</h2><p>{t!(overview.behind_pairs_how)}</p></div>
            {none_or_list(pairs, t!(overview.no_pair_behind))}
        </section>
    }
    .into_any()
}

fn none_or_list(items: Vec<AnyView>, none: &'static str) -> AnyView {
    if items.is_empty() {
        return view! { <p>{none}</p> }.into_any();
    }
    view! { <ol class="bh" role="list">{items}</ol> }.into_any()
}

fn district(row: &BehindDistrict, of: &Behind) -> AnyView {
    let all = ledger(&Opens::new(i64::from(of.year), &row.key).all());
    let orders = pipeline_address(Some(&row.key));
    let unions: Vec<AnyView> = row.unions.iter().map(union).collect();
    let goods: Vec<AnyView> = row.goods.iter().map(goods).collect();
    let unions = (!unions.is_empty()).then(|| {
        view! { <details class="bh-u"><summary>{t!(overview.unions_with_money)}</summary><ul class="kv" role="list">{unions}</ul></details> }
            .into_any()
    });
    let amounts = t!(
        overview.amount_of_target,
        amount = format::wan_bare(row.amount_fen, 1),
        target = format::wan_bare(row.target_fen, 0)
    );
    view! {
        <li data-key=row.key.clone() data-behind=exact(row.behind_fen)>
            <h3><a href=all>{row.name.clone()}</a><small class="num">{amounts}</small></h3>
            {progress_bar(row.completion_bp, of.time_bp, standing::bar_name(row.completion_bp, of.time_bp))}
            <p>{row.sentence.clone()}</p>
            <p class="onward"><a href=orders>{t!(overview.see_on_the_way)}</a>{goods}</p>
            {unions}
        </li>
    }
    .into_any()
}

fn union(room: &UnionRoom) -> AnyView {
    view! {
        <li><span lang=as_written()>{room.union.name.clone()}</span><b class="num">{format::wan_bare(room.unspent_fen, 1)}</b><span class="faint">{t!(parts.wan_unit)}</span></li>
    }
    .into_any()
}

/// The goods of the county that are in season, as the market lists them.
fn goods(of: &SeasonGoods) -> AnyView {
    let link = Route::Products.with(&[("county", &of.county), ("season", &of.month.to_string())]);
    let maybe = (of.status == PairingStatus::Assumed)
        .then(|| view! { <span class="tag maybe">{of.status.word(language())}</span> }.into_any());
    view! { <span><a href=link>{t!(overview.goods_in_season, county = of.name, count = of.count)}</a>{maybe}</span> }
        .into_any()
}

fn pair(row: &BehindPair, of: &Behind) -> AnyView {
    let link = ledger(&Opens::new(i64::from(of.year), "").cell(&row.district, &row.county));
    view! {
        <li data-behind=exact(row.behind_fen)>
            <p>{row.sentence.clone()}</p>
            <p class="onward"><a href=link>{t!(overview.see_pair)}</a></p>
        </li>
    }
    .into_any()
}
