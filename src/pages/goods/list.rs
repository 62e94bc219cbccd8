//! All of one's goods by status, what each can be done next, and the licences above them.

use domain::goods::{Status, Step};
use domain::wire::{GoodsCount, GoodsItem, GoodsList, GoodsStep};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{NEW, SHEET, licences};
use crate::api;
use crate::components::loading::loading_lines;
use crate::components::photo::{Place, photo};
use crate::components::problem::{load_failure, nothing_here, refusal};
use crate::components::toast::Toast;
use crate::format;
use crate::language::{as_written, language, t};
use crate::load::{Load, load};
use crate::pages::set_title;
use crate::route::{Route, param, query};
use crate::router::{Go, Here};
use crate::state::State;

const STATUS: &str = "status";
const WORDS: &str = "q";
const AFTER: &str = "after";
/// How many a page shows.
const PAGE: &str = "50";

fn address(status: &str, words: &str, after: &str) -> String {
    Route::Goods(String::new()).with(&[(STATUS, status), (WORDS, words), (AFTER, after)])
}

pub fn page(state: State) -> AnyView {
    set_title(t!(goods.title));
    let here = Here::get();
    let asked = move |key: &'static str| here.search.with(|search| param(search, key)).unwrap_or_default();
    let (status, words) = (Memo::new(move |_| asked(STATUS)), Memo::new(move |_| asked(WORDS)));
    let after = Memo::new(move |_| asked(AFTER));
    let question = move || {
        let (status, words, after) = (status.get(), words.get(), after.get());
        query(&[(STATUS, &status), (WORDS, &words), (AFTER, &after), ("limit", PAGE)])
    };
    let goods: Load<GoodsList> = load(question, api::goods_list);
    let known = Memo::new(move |_| goods.value.with(Option::is_some));
    let inside = move || match (known.get(), goods.error.get()) {
        (true, _) => view! {
            {licences::section(state, goods)}
            {move || goods.value.with(|it| it.as_ref().map(|it| tabs(&it.counts, &status.get(), &words.get())))}
            {search(here, status, words)}
            {move || goods.value.with(|it| it.as_ref().map(|it| table(state, goods, it)))}
            {move || goods.value.with(|it| it.as_ref().and_then(|it| further(it, &status.get(), &words.get())))}
        }
        .into_any(),
        (false, Some(error)) => load_failure(error.sentence(), goods.on_retry()),
        (false, None) => loading_lines(8),
    };
    view! {
        <div class="os-head">
            <h1>{t!(goods.title)}</h1>
            <p class="tb">
                <a class="btn do" id="new-goods" href=Route::Goods(NEW.to_owned()).path()>{t!(goods.add)}</a>
                <a class="btn" id="goods-sheet" href=Route::Goods(SHEET.to_owned()).path()>{t!(goods.by_sheet)}</a>
            </p>
        </div>
        {inside}
    }
    .into_any()
}

fn tabs(counts: &[GoodsCount], chosen: &str, words: &str) -> AnyView {
    let tab = |code: &'static str, word: &'static str, count: i64| {
        let current = (code == chosen).then_some("page");
        view! { <a href=address(code, words, "") aria-current=current>{word}" "<small class="num">{count}</small></a> }
            .into_any()
    };
    let all = tab("", t!(goods.all), counts.iter().map(|it| it.goods).sum());
    let of_each: Vec<AnyView> =
        counts.iter().map(|it| tab(it.status.code(), it.status.word(language()), it.goods)).collect();
    view! { <nav class="os-tabs" aria-label=t!(goods.by_status)>{all}{of_each}</nav> }.into_any()
}

fn search(here: Here, status: Memo<String>, words: Memo<String>) -> AnyView {
    let typed = RwSignal::new(words.get_untracked());
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        here.go(&address(&status.get_untracked(), typed.get_untracked().trim(), ""), Go::On);
    };
    view! {
        <form class="gd-search" role="search" aria-label=t!(goods.search) on:submit=go>
            <input
                type="search"
                id="goods-search"
                aria-label=t!(goods.search)
                placeholder=t!(goods.search_hint)
                prop:value=move || typed.get()
                on:input=move |event| typed.set(event_target_value(&event))
            />
            <button class="btn" type="submit">{t!(goods.search)}</button>
        </form>
    }
    .into_any()
}

fn table(state: State, goods: Load<GoodsList>, it: &GoodsList) -> AnyView {
    if it.items.is_empty() {
        return nothing_here(t!(goods.none), Route::Goods(NEW.to_owned()).path(), t!(goods.add));
    }
    let refused = RwSignal::new(None::<String>);
    let rows: Vec<AnyView> = it.items.iter().map(|item| row(state, goods, refused, item)).collect();
    view! {
        {move || refused.get().map(refusal)}
        <div class="scroll" tabindex="0" role="region" aria-label=t!(goods.title)>
            <table class="gd">
                <thead>
                    <tr>
                        <th scope="col">{t!(goods.product)}</th>
                        <th scope="col">{t!(goods.status)}</th>
                        <th scope="col" class="n">{t!(goods.price)}</th>
                        <th scope="col" class="n">{t!(goods.available)}</th>
                        <th scope="col"><span class="sr">{t!(goods.next_step)}</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(state: State, goods: Load<GoodsList>, refused: RwSignal<Option<String>>, it: &GoodsItem) -> AnyView {
    let form = &it.goods;
    let picture = it.photo.as_ref().map(|hash| photo(hash, Place::Thumb, String::new()));
    let brand = form.brand.map(|brand| match it.brand_shown {
        true => view! { <small>{brand.word(language())}</small> }.into_any(),
        false => view! { <small class="hidden-brand">{t!(goods.brand_hidden, brand = brand.word(language()))}</small> }
            .into_any(),
    });
    let price = form.ladder.first().map(|step| format::yuan(step.unit_price_fen));
    let (item, name) = (it.clone(), form.name.clone());
    let step = it.status.next();
    let press = move |_| take(state, goods, refused, &item, step);
    let of = t!(goods.step_of, step = step.word(language()), name = name);
    view! {
        <tr data-status=it.status.code()>
            <th scope="row">
                {picture}
                <span>
                    <a href=Route::Goods(it.id.to_string()).path() lang=as_written()>{name}</a>
                    <small lang=as_written()>{form.spec.clone()}</small>
                    {brand}
                </span>
            </th>
            <td><span class=status_class(it.status)>{it.status.word(language())}</span></td>
            <td class="n" data-label=t!(goods.price)>{price}</td>
            <td class="n" data-label=t!(goods.available)>{format::count(form.available)}" "<span lang=as_written()>{form.unit.clone()}</span></td>
            <td class="act-c"><button class="btn" type="button" aria-label=of on:click=press>{step.word(language())}</button></td>
        </tr>
    }
    .into_any()
}

pub fn status_class(status: Status) -> &'static str {
    match status {
        Status::Draft => "tag",
        Status::OnSale => "tag tea",
        Status::Withdrawn => "tag past",
    }
}

/// What has become of a product, in words.
pub fn said(step: Step, name: &str) -> String {
    match step {
        Step::Offer => t!(goods.offered, name = name),
        Step::Withdraw => t!(goods.withdrawn, name = name),
    }
}

fn take(state: State, goods: Load<GoodsList>, refused: RwSignal<Option<String>>, it: &GoodsItem, step: Step) {
    let (id, edition, name) = (it.id, it.edition, it.goods.name.clone());
    refused.set(None);
    spawn_local(async move {
        match api::step_goods(id, GoodsStep { step, edition }).await {
            Ok(_) => state.say(Toast::new(said(step, &name))),
            Err(error) => {
                state.note(&error);
                let _ = refused.try_set(Some(format!("{name}: {}", error.sentence())));
                return;
            }
        }
        goods.reload();
    });
}

fn further(it: &GoodsList, status: &str, words: &str) -> Option<AnyView> {
    let next = it.next.as_ref()?;
    let next = address(status, words, next);
    Some(view! { <p class="os-more"><a class="btn" href=next>{t!(goods.further)}</a></p> }.into_any())
}
