//! The list of products. What it is narrowed by stands in the address and nowhere else.

use std::cell::{Cell, RefCell};

use domain::id::ProductId;
use domain::product::Brand;
use domain::wire::{Facets, ProductCard, Products};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::facets::{Panel, facets};
use super::filter::{Condition, Filter};
use crate::api::{self, ApiError};
use crate::components::card::product_card;
use crate::components::icon::{Icon, icon};
use crate::components::loading::loading_cards;
use crate::components::problem::load_failure;
use crate::format::now_ms;
use crate::load::{Load, load};
use crate::pages::set_title;
use crate::state::State;

pub fn page() -> AnyView {
    let query = use_query_map();
    let filter: Signal<Filter> = Memo::new(move |_| query.with(|query| Filter::read(|key| query.get_str(key)))).into();
    let shelf = Shelf::new(filter);
    shelf.come_back();
    on_cleanup(move || shelf.leave());
    let navigate = StoredValue::new_local(use_navigate());
    let on_choose = Callback::new(move |filter: Filter| {
        let stay = NavigateOptions { scroll: false, ..NavigateOptions::default() };
        navigate.with_value(|navigate| navigate(&filter.address(), stay));
    });
    let facets_known: Signal<Option<Facets>> = Memo::new(move |_| shelf.facets()).into();
    let heading = Memo::new(move |_| filter.with(|it| facets_known.with(|facets| it.heading(facets.as_ref()))));
    Effect::new(move |_| heading.with(|heading| set_title(heading)));
    let open = RwSignal::new(false);
    let panel = Panel { facets: facets_known, filter, total: Signal::derive(move || shelf.total()), open, on_choose };
    view! {
        <div class="l-head">
            <div><h1>{heading}</h1><p class="muted" role="status">{move || shelf.count_sentence()}</p></div>
            {move || in_force(filter.get().conditions(facets_known.get().as_ref()))}
        </div>
        {tools(panel)}
        <div class="l-body">{facets(panel)} {results(shelf)}</div>
    }
    .into_any()
}

/// The filters in force, each a link to the list without it.
fn in_force(conditions: Vec<Condition>) -> Option<AnyView> {
    if conditions.is_empty() {
        return None;
    }
    let clear = (conditions.len() > 1).then(|| {
        view! { <li><a class="clear" href=Filter::default().address() data-noscroll="">"清空"</a></li> }.into_any()
    });
    let links = removals(conditions);
    Some(view! { <ul class="chips" role="list" aria-label="已选条件">{links}{clear}</ul> }.into_any())
}

fn removals(conditions: Vec<Condition>) -> Vec<AnyView> {
    let removal = |it: Condition| {
        view! {
            <li>
                <a href=it.without.address() data-noscroll="">
                    <span class="sr">"去掉"</span>{it.name}<span aria-hidden="true">" ×"</span>
                </a>
            </li>
        }
        .into_any()
    };
    conditions.into_iter().map(removal).collect()
}

/// On the phone the button of the drawer; everywhere the choice of brand.
fn tools(panel: Panel) -> AnyView {
    let chosen = move || panel.filter.with(Filter::chosen);
    let number = move || (chosen() > 0).then(|| view! { <b>{chosen()}</b> }.into_any());
    let brands = std::iter::once(("", "全部")).chain(Brand::ALL.iter().map(|brand| (brand.code(), brand.zh())));
    let tabs: Vec<AnyView> = brands.map(|(key, name)| brand_tab(panel, key, name)).collect();
    let opener = NodeRef::<leptos::html::Button>::new();
    Effect::new(move |was_open: Option<bool>| {
        let is_open = panel.open.get();
        if was_open == Some(true)
            && !is_open
            && let Some(opener) = opener.get_untracked()
        {
            // The drawer is gone; whoever listens or types goes on where it was opened.
            let _ = opener.focus();
        }
        is_open
    });
    view! {
        <div class="tools">
            <button
                class="btn f-btn"
                type="button"
                node_ref=opener
                aria-controls="facets"
                aria-expanded=move || if panel.open.get() { "true" } else { "false" }
                on:click=move |_| panel.open.set(true)
            >
                {icon(Icon::Filter)}"筛选 "{number}
            </button>
            <div class="tabset view" role="radiogroup" aria-label="品牌">{tabs}</div>
        </div>
    }
    .into_any()
}

fn brand_tab(panel: Panel, key: &'static str, name: &'static str) -> AnyView {
    let checked = move || panel.filter.with(|filter| filter.brand == key);
    let choose = move |_| panel.on_choose.run(panel.filter.with_untracked(|filter| filter.with_brand(key)));
    view! {
        <label><input type="radio" name="brand" prop:checked=checked on:change=choose /><span>{name}</span></label>
    }
    .into_any()
}

// ---- the shelf ----------------------------------------------------------------------------------------------------

/// The first page of the list as loaded by the address, and what was asked for beyond it.
#[derive(Clone, Copy)]
struct Shelf {
    filter: Signal<Filter>,
    first: Load<Products>,
    more: RwSignal<More>,
    more_busy: RwSignal<bool>,
    more_error: RwSignal<Option<ApiError>>,
}

/// Pages after the first, for one question only.
#[derive(Clone, Default)]
struct More {
    of: String,
    items: Vec<ProductCard>,
    next: Option<String>,
}

impl Shelf {
    fn new(filter: Signal<Filter>) -> Self {
        Self {
            filter,
            first: load(move || filter.with(|filter| filter.query("")), api::products),
            more: RwSignal::new(More::default()),
            more_busy: RwSignal::new(false),
            more_error: RwSignal::new(None),
        }
    }

    fn facets(self) -> Option<Facets> {
        self.first.value.with(|first| first.as_ref().map(|first| first.facets.clone()))
    }

    fn total(self) -> i64 {
        self.first.value.with(|first| first.as_ref().map_or(0, |first| first.total))
    }

    /// Whether what is shown answers what the address asks.
    fn is_fresh(self) -> bool {
        self.first.answered.with(|answered| self.filter.with(|filter| filter.query("") == *answered))
    }

    /// A list that answers another question stays only while the right one is on its way.
    fn is_shown(self) -> bool {
        self.total() > 0 && (self.is_fresh() || self.first.error.with(Option::is_none))
    }

    fn count_sentence(self) -> String {
        if self.first.error.with(Option::is_some) {
            return String::new();
        }
        match (self.is_fresh(), self.total()) {
            (false, _) => "正在找".to_owned(),
            (true, 0) => "没有找到".to_owned(),
            (true, 1) => "1 款".to_owned(),
            (true, total) => format!("{total} 款，应季在前"),
        }
    }

    /// Whether further pages were asked for, of the very list that is shown.
    fn has_more(self) -> bool {
        self.more.with(|more| self.first.answered.with(|answered| more.of == *answered))
    }

    fn items(self) -> Vec<ProductCard> {
        let mut items = self.first.value.with(|first| first.as_ref().map(|it| it.items.clone()).unwrap_or_default());
        if self.has_more() {
            self.more.with(|more| items.extend(more.items.iter().cloned()));
        }
        items
    }

    fn next(self) -> Option<String> {
        if self.has_more() {
            return self.more.with(|more| more.next.clone());
        }
        self.first.value.with(|first| first.as_ref().and_then(|first| first.next.clone()))
    }

    fn load_more(self) {
        let Some(next) = untrack(|| self.next()).filter(|_| !self.more_busy.get_untracked()) else { return };
        let of = self.first.answered.get_untracked();
        let query = self.filter.with_untracked(|filter| filter.query(&next));
        let shown = untrack(|| self.items()).len();
        self.more_busy.set(true);
        self.more_error.set(None);
        spawn_local(async move {
            let answer = api::products(query).await;
            // The page may be gone by now, or show another list.
            if self.first.answered.try_get_untracked() != Some(of.clone()) {
                self.more_busy.try_set(false);
                return;
            }
            self.more_busy.set(false);
            match answer {
                Ok(page) => self.append(of, page, shown),
                Err(error) => self.more_error.set(Some(error)),
            }
        });
    }

    /// Adds a page; the reader goes on at the first of the new cards.
    fn append(self, of: String, page: Products, shown: usize) {
        self.more.update(|more| {
            if more.of != of {
                *more = More { of, ..More::default() };
            }
            more.items.extend(page.items);
            more.next = page.next;
        });
        request_animation_frame(move || focus_card(shown));
    }
}

fn focus_card(index: usize) {
    use leptos::wasm_bindgen::JsCast;
    let selector = format!("#main .shelf > .card:nth-child({}) > a", index + 1);
    let card = document().query_selector(&selector).ok().flatten();
    if let Some(card) = card.and_then(|card| card.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = card.focus();
    }
}

fn results(shelf: Shelf) -> AnyView {
    let state = State::get();
    let add = Callback::new(move |id: ProductId| {
        if let Some(product) = untrack(|| shelf.items()).into_iter().find(|product| product.id == id) {
            state.add_one_to_basket(&product);
        }
    });
    let cards = move || {
        let on_add = state.may_buy().then_some(add);
        let items = shelf.items();
        items.iter().map(|product| product_card(product, on_add)).collect::<Vec<_>>()
    };
    let nothing_yet = move || shelf.first.value.with(Option::is_none);
    let failure = move || shelf.first.error.get().map(|error| load_failure(error.sentence(), shelf.first.on_retry()));
    let in_place_of_cards = move || match (failure(), nothing_yet()) {
        (Some(failure), _) => Some(failure),
        (None, true) => Some(loading_cards(8)),
        (None, false) => (shelf.total() == 0).then(|| nothing_found(shelf)),
    };
    view! {
        <div class="res" aria-busy=move || if shelf.is_fresh() { "false" } else { "true" }>
            <h2 class="sr">"产品"</h2>
            {in_place_of_cards}
            <ul class="shelf" role="list" on:click=|_| LEFT_AT.set(window().scroll_y().unwrap_or_default()) hidden=move || !shelf.is_shown()>{cards}</ul>
            {pager(shelf)}
        </div>
    }
    .into_any()
}

/// Says what to give up, so that nobody has to guess which of the filters was one too many.
fn nothing_found(shelf: Shelf) -> AnyView {
    let conditions = shelf.filter.get().conditions(shelf.facets().as_ref());
    let words_alone = conditions.len() == 1 && shelf.filter.with(|filter| !filter.words.is_empty());
    let advice = if words_alone {
        "没有找到。换个说法试试：产品名、县名、拼音（huyou）或首字母（hy）。"
    } else {
        "没有一款同时符合这些条件。去掉一个再看："
    };
    let links = (!words_alone).then(|| {
        view! { <ul class="chips" role="list" aria-label="去掉一个条件">{removals(conditions)}</ul> }.into_any()
    });
    view! {
        <div class="empty">
            <p>{advice}</p>
            {links}
            <p><a class="btn" href=Filter::default().address()>"看全部产品"</a></p>
        </div>
    }
    .into_any()
}

fn pager(shelf: Shelf) -> AnyView {
    let shown = move || shelf.items().len();
    let sentence = move || format!("已显示 {} 款，共 {} 款", shown(), shelf.total());
    let left = move || usize::try_from(shelf.total()).unwrap_or(0).saturating_sub(shown());
    let has_next = Memo::new(move |_| shelf.next().is_some());
    let busy = shelf.more_busy;
    let button = move || {
        has_next.get().then(|| {
            view! {
                <button
                    class="btn"
                    type="button"
                    aria-busy=move || if busy.get() { "true" } else { "false" }
                    on:click=move |_| shelf.load_more()
                >
                    {move || format!("再看 {} 款", left().min(24))}
                </button>
            }
            .into_any()
        })
    };
    let failure = move || {
        let again = Callback::new(move |()| shelf.load_more());
        shelf.more_error.get().map(|error| load_failure(error.sentence(), again))
    };
    view! {
        {failure}
        <div class="pager" hidden=move || !shelf.is_shown()><p class="muted">{sentence}</p>{button}</div>
    }
    .into_any()
}

// ---- coming back --------------------------------------------------------------------------------------------------

/// The list as it was left, so that going back from a product shows it at once, at the same place.
struct Left {
    of: String,
    first: Products,
    more: More,
}

thread_local! {
    static LEFT: RefCell<Option<Left>> = const { RefCell::new(None) };
    /// How far down it was when a card was opened.
    static LEFT_AT: Cell<f64> = const { Cell::new(0.0) };
    /// When the reader last went back or forward in the browser's history; 0 before the first time.
    static WENT_BACK_AT: Cell<i64> = const { Cell::new(0) };
    static LISTENING: Cell<bool> = const { Cell::new(false) };
}

/// Longer than the browser takes from the press of the button to the page, shorter than between two presses.
const A_MOMENT_MS: i64 = 1_000;

impl Shelf {
    fn come_back(self) {
        if !LISTENING.replace(true) {
            // Lasts as long as the app: the list must know how it was reached before it is there itself.
            let _ = window_event_listener(leptos::ev::popstate, |_| WENT_BACK_AT.set(now_ms()));
        }
        let asked = self.filter.with_untracked(|filter| filter.query(""));
        let Some(left) = LEFT.take().filter(|left| left.of == asked) else { return };
        self.first.start_with(left.of, left.first);
        self.more.set(left.more);
        request_animation_frame(|| request_animation_frame(scroll_back));
    }

    fn leave(self) {
        let Some(Some(first)) = self.first.value.try_get_untracked() else { return };
        let of = self.first.answered.get_untracked();
        let more = if untrack(|| self.has_more()) { self.more.get_untracked() } else { More::default() };
        LEFT.set(Some(Left { of, first, more }));
    }
}

/// Only for the reader who went back: a link to the list starts at its top.
fn scroll_back() {
    if now_ms() - WENT_BACK_AT.get() < A_MOMENT_MS {
        window().scroll_to_with_x_and_y(0.0, LEFT_AT.get());
    }
}
