//! The head of every page, set like a newspaper's: dateline, nameplate and search, a double rule, the sections.

use domain::Language;
use domain::basket::Basket;
use domain::organisation::Role;
use domain::permission::{Act, Whose, may};
use domain::product::Brand;
use domain::wire::Session;
use leptos::prelude::*;

use super::icon::{Icon, icon};
use super::screen::{is_touched, is_wide};
use crate::area;
use crate::language::{self, t};
use crate::live;
use crate::route::{Route, param};

/// What the masthead shows and tells. `here` is the address with its query, `query` what is being searched for.
#[derive(Clone, Copy, Debug)]
pub struct Masthead {
    pub session: RwSignal<Option<Session>>,
    pub basket: RwSignal<Basket>,
    pub here: Memo<String>,
    pub query: Memo<String>,
    /// The words that were typed last, trimmed.
    pub typed: StoredValue<String>,
    pub on_search: Callback<String>,
    /// The search box was entered: what helps who types may be fetched now. It comes to stand under the box.
    pub on_near: Callback<web_sys::HtmlInputElement>,
    pub under_search: Callback<(), Option<AnyView>>,
    pub on_sign_out: Callback<()>,
    pub on_theme: Callback<()>,
}

/// A section: its word, its address, and the icon it has among the tabs of a phone.
struct Section {
    word: &'static str,
    href: String,
    icon: Icon,
}

fn section(word: &'static str, href: String, icon: Icon) -> Section {
    Section { word, href, icon }
}

/// What each of them comes for, most frequent first.
fn sections(role: Option<Role>) -> Vec<Section> {
    let products = |word| section(word, Route::Products.path(), Icon::Shelf);
    let of_brand = |brand: Brand| {
        section(brand.word(language::language()), Route::Products.with(&[("brand", brand.code())]), Icon::Hills)
    };
    let orders = |word| section(word, Route::Orders.path(), Icon::File);
    let plan = || section(t!(plan.title), Route::Plan(String::new()).path(), Icon::Chart);
    let reports = || section(t!(reports.title), Route::Reports(String::new()).path(), Icon::File);
    let desk = || section(t!(desk.title), Route::Desk(String::new()).path(), Icon::House);
    let may = |act| may(role, act, Whose::Own);
    if may(Act::SeeSales) {
        let figures = section(t!(frame.overview), Route::Dashboard.path(), Icon::Chart);
        let ledger = section(t!(frame.ledger), Route::Ledger.path(), Icon::File);
        vec![figures, ledger, reports(), desk(), products(t!(frame.all_products))]
    } else if may(Act::PlaceOrder) {
        vec![desk(), products(t!(frame.choose)), orders(t!(frame.my_orders)), plan()]
    } else if may(Act::PlaceRetailOrder) {
        let helped = section(t!(buying.helped), Route::Helped.path(), Icon::Hills);
        vec![products(t!(frame.all_products)), orders(t!(buying.my_orders)), helped]
    } else if may(Act::ApproveOrder) {
        vec![desk(), orders(t!(frame.to_approve)), plan(), products(t!(frame.all_products))]
    } else if may(Act::SeeRules) {
        vec![
            desk(),
            section(t!(plan.rules_title), Route::Plan("rules".to_owned()).path(), Icon::File),
            products(t!(frame.all_products)),
        ]
    } else if may(Act::SeeGoods) {
        let goods = section(t!(goods.title), Route::Goods(String::new()).path(), Icon::Shelf);
        vec![desk(), orders(t!(frame.orders)), goods, reports(), products(t!(frame.all_products))]
    } else if may(Act::SubmitReport) {
        vec![reports(), desk(), products(t!(frame.all_products))]
    } else if may(Act::SeeOrder) {
        vec![desk(), orders(t!(frame.orders)), products(t!(frame.all_products))]
    } else {
        let seasons = section(t!(places.nav), Route::Seasons.path(), Icon::Hills);
        vec![products(t!(frame.all_products)), of_brand(Brand::LishuiShangeng), of_brand(Brand::SanquWei), seasons]
    }
}

/// An address with a query is current only as a whole; without one, it is current for itself and what lies under it.
fn is_current(href: &str, here: &str) -> bool {
    if href == "/" {
        return here == href;
    }
    if href.contains('?') || here == href {
        return here == href;
    }
    let (path, search) = here.split_once('?').unwrap_or((here, ""));
    if path == Route::NewOrder.path() || param(search, "brand").is_some() {
        return false;
    }
    path == href || path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'))
}

fn role_of(session: RwSignal<Option<Session>>) -> Memo<Option<Role>> {
    live::memo(move || session.with(|it| it.as_ref().map(|it| it.role)))
}

/// Who has a basket: everybody not signed in, and of those who are, whoever may place an order.
pub fn buys(role: Option<Role>) -> bool {
    role.is_none() || [Act::PlaceOrder, Act::PlaceRetailOrder].iter().any(|act| may(role, *act, Whose::Own))
}

#[inline(never)]
pub fn masthead(it: Masthead) -> AnyView {
    let role = role_of(it.session);
    view! {
        <header class="masthead">
            {dateline(it.on_theme)}
            <div class="wrap mh-main">
                {nameplate()} {search(it)}
                <div class="mh-act">
                    {live::view(move || buys(role.get()).then(|| basket_link(it.basket)))}
                    {live::view(move || Some(account(it.session.get(), it.here, it.on_sign_out)))}
                </div>
            </div>
            <nav class="mh-nav" aria-label=t!(frame.main_navigation)>
                <div class="wrap">{live::view(move || Some(links(role.get(), it.here).into_any()))}</div>
            </nav>
        </header>
    }
    .into_any()
}

/// Only where there is room for it: on a phone style/parts.css leaves it out.
fn dateline(on_theme: Callback<()>) -> AnyView {
    let today = is_wide().then(|| area::today(()));
    let today = live::view(move || today?.view());
    view! {
        <div class="wrap mh-top">
            <span>{today}</span>
            <span class="mh-util">
                <button type="button" lang=other_language() on:click=move |_| language::turn()>{t!(frame.language)}</button>
                <button type="button" on:click=move |_| on_theme.run(())>{icon(Icon::Theme)}{t!(frame.theme)}</button>
            </span>
        </div>
    }
    .into_any()
}

/// A button that leads to another language is read out in that language.
fn other_language() -> &'static str {
    match language::language() {
        Language::Zh => Language::En.code(),
        Language::En => Language::Zh.code(),
    }
}

/// What is drawn in the square of 40 units that is the market's mark; also on printed papers.
pub const MARK: &str = concat!(
    "<path class='mk0' d='M0 0h40v40H0z'/><path class='mk1' d='M3 25C8 16 10 10 13 10s4 6 7 6 5-8 8-8 5 9 9 17Z'/>",
    "<path class='mk2' d='M3 23c4-4 7-7 10-7s5 5 9 5 6-6 9-6 4 4 6 8v4H3Z'/>",
    "<path class='mk3' d='M3 29q3.4-3 6.8 0t6.8 0 6.8 0 6.8 0 6.8 0M3 34q3.4-3 6.8 0t6.8 0 6.8 0 6.8 0 6.8 0'/>"
);

/// The mark and the name.
#[inline(never)]
pub fn nameplate() -> AnyView {
    view! {
        <a class="logo" href=Route::Home.path()>
            <svg class="mark" viewBox="0 0 40 40" aria-hidden="true" inner_html=MARK></svg>
            <b>{t!(frame.brand)}</b>
            <small>{t!(frame.from_to)}</small>
        </a>
    }
    .into_any()
}

/// A real form, so that it works before this program does; once it runs, a search changes the page without loading it.
fn search(it: Masthead) -> AnyView {
    let Masthead { query, typed, on_search, on_near, under_search, .. } = it;
    let input = NodeRef::<leptos::html::Input>::new();
    let near = move |_| {
        if let Some(input) = input.get_untracked() {
            on_near.run(input);
        }
    };
    // What led to this very query is still being typed, and stays as it is.
    live::effect(move || {
        let query = query.get();
        if let Some(input) = input.get().filter(|_| typed.with_value(|typed| *typed != query)) {
            input.set_value(&query);
            typed.set_value(query);
        }
    });
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(input) = input.get_untracked() {
            on_search.run(input.value());
            if is_touched() {
                // The keyboard of a phone would lie over what was found.
                let _ = input.blur();
            }
        }
    };
    view! {
        <form class="find" role="search" action=Route::Products.path() on:submit=send on:focusin=near>
            <label class="sr" for="q">{t!(frame.search_label)}</label>
            <input
                id="q"
                name="q"
                type="search"
                placeholder=t!(frame.search_hint)
                autocomplete="off"
                node_ref=input
            />
            {live::view(move || under_search.run(()))}
            <button class="btn" aria-label=t!(frame.search)>{icon(Icon::Search)}</button>
        </form>
    }
    .into_any()
}

fn basket_link(basket: RwSignal<Basket>) -> AnyView {
    let count = move || basket.with(|basket| basket.lines.len());
    view! {
        <a class="mh-ic" href=Route::Basket.path()>
            {icon(Icon::Basket)}<span>{t!(frame.basket)}</span>
            {live::view(move || (count() > 0).then(|| basket_badge(count())))}
        </a>
    }
    .into_any()
}

fn basket_badge(count: usize) -> AnyView {
    view! { <b class="n">{count.to_string()}<i class="sr">{t!(frame.kinds)}</i></b> }.into_any()
}

/// Where to sign in, and from there back to here.
fn sign_in_address(here: &str) -> String {
    let next = if here.starts_with(&Route::SignIn.path()) || here == "/" { "" } else { here };
    Route::SignIn.with(&[("next", next)])
}

fn account(session: Option<Session>, here: Memo<String>, on_sign_out: Callback<()>) -> AnyView {
    match session {
        None => view! {
            <a class="mh-ic" href=move || here.with(|here| sign_in_address(here))>{icon(Icon::Person)}<span>{t!(frame.sign_in)}</span></a>
        }
        .into_any(),
        Some(who) => view! {
            <p class="mh-who"><b lang=language::as_written()>{who.name}</b><small>{who.role.word(language::language())}</small></p>
            <button class="mh-ic" type="button" on:click=move |_| on_sign_out.run(())>
                {icon(Icon::Leave)}<span>{t!(frame.sign_out)}</span>
            </button>
        }
        .into_any(),
    }
}

fn links(role: Option<Role>, here: Memo<String>) -> Vec<AnyView> {
    sections(role)
        .into_iter()
        .map(|section| {
            let href = section.href.clone();
            let current = move || here.with(|here| is_current(&href, here)).then_some("page");
            view! { <a href=section.href aria-current=current>{section.word}</a> }.into_any()
        })
        .collect()
}

/// The same sections at the foot of a phone, within reach of the thumb, with the basket and the way in.
#[inline(never)]
pub fn tabs(session: RwSignal<Option<Session>>, here: Memo<String>) -> AnyView {
    let role = role_of(session);
    let all = live::view(move || {
        let mut tabs = sections(role.get());
        if role.get().is_none() {
            // Five fit under a thumb: the brands stand on the front page.
            tabs.retain(|tab| !tab.href.contains('?'));
            tabs.insert(0, section(t!(home.title), Route::Home.path(), Icon::House));
        }
        if buys(role.get()) {
            tabs.push(section(t!(frame.basket), Route::Basket.path(), Icon::Basket));
        }
        if role.get().is_none() {
            tabs.push(section(t!(frame.sign_in), Route::SignIn.path(), Icon::Person));
        }
        Some(tabs.into_iter().map(|section| tab(section, here)).collect::<Vec<_>>().into_any())
    });
    view! { <nav class="tabs" aria-label=t!(frame.usual_navigation)>{all}</nav> }.into_any()
}

fn tab(section: Section, here: Memo<String>) -> AnyView {
    let href = section.href.clone();
    let current = move || here.with(|here| is_current(&href, here)).then_some("page");
    view! { <a href=section.href aria-current=current>{icon(section.icon)}{section.word}</a> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_back_to_where_one_was() {
        assert_eq!(sign_in_address("/orders/new"), "/sign-in?next=%2Forders%2Fnew");
        assert_eq!(sign_in_address("/sign-in?next=%2Fbasket"), "/sign-in");
    }

    #[test]
    fn everybody_finds_first_what_they_come_for() {
        let first = |role| sections(role)[0].word;
        assert_eq!(first(None), "全部产品");
        for role in [Role::UnionOfficer, Role::UnionChair, Role::Merchant, Role::Operator] {
            assert_eq!(first(Some(role)), "工作台");
        }
        assert_eq!(first(Some(Role::CityCoordinator)), "总览");
        assert_eq!(first(Some(Role::DistrictCoordinator)), "总览");
        assert_eq!(first(Some(Role::Buyer)), "全部产品");
        assert_eq!(first(Some(Role::Reporter)), "线下填报");
    }

    #[test]
    fn one_section_is_current_wherever_one_stands() {
        assert!(is_current("/", "/") && !is_current("/products", "/") && !is_current("/", "/products"));
        assert!(is_current("/products", "/products?q=%E6%A4%AA"));
        assert!(is_current("/products", "/products/0193"));
        assert!(!is_current("/products", "/products?brand=sanqu_wei"));
        assert!(is_current("/products?brand=sanqu_wei", "/products?brand=sanqu_wei"));
        assert!(is_current("/orders", "/orders/0193"));
        assert!(!is_current("/orders", "/orders/new"));
        assert!(is_current("/orders/new", "/orders/new"));
    }
}
