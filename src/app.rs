//! The frame around every page: masthead, the page of the present address, foot, tabs, toasts.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos_router::components::{FlatRoutes, Route as At, Router};
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::{Lazy, NavigateOptions};

use crate::area;
use crate::components::focus::focus;
use crate::components::foot::foot;
use crate::components::masthead::{Masthead, masthead, tabs};
use crate::components::problem::nothing_here;
use crate::components::toast::toast_region;
use crate::language::t;
use crate::pages::{market, set_title};
use crate::route::{Route, segments, with_query};
use crate::state::State;

#[component]
pub fn App() -> impl IntoView {
    view! { <Router>{frame()}</Router> }
}

fn frame() -> AnyView {
    let state = State::start();
    let session = state.session;
    let location = use_location();
    let (pathname, search) = (location.pathname, location.search);
    let here = Memo::new(move |_| with_query(&pathname.get(), &search.get()));
    let query = location.query;
    let searched = Memo::new(move |_| query.with(|query| query.get("q").unwrap_or_default()));
    let route = Memo::new(move |_| Route::parse(&pathname.get()));
    arrive(route);
    Effect::new(move |_| session.with(|who| who.as_ref().map(|who| area::fetch_ahead(who.role))));

    let navigate = use_navigate();
    let go = StoredValue::new_local(navigate);
    let on_search = Callback::new(move |words: String| {
        let address = Route::Products.with(&[("q", words.trim())]);
        go.with_value(|go| go(&address, NavigateOptions::default()));
    });
    let on_theme = Callback::new(move |()| state.turn_theme());
    let leave = move || go.with_value(|go| go(&Route::Products.path(), NavigateOptions::default()));
    let head = Masthead {
        session: session.into(),
        basket_count: Signal::derive(move || state.basket_count()),
        here: here.into(),
        query: searched.into(),
        on_search,
        on_sign_out: Callback::new(move |()| state.sign_out(leave)),
        on_theme,
    };
    view! {
        <a class="skip" href="#main" on:click=skip_to_page>{t!(frame.skip)}</a>
        {masthead(head)}
        <main id="main" class="wrap" tabindex="-1" on:pointerover=intent on:pointerdown=intent on:focusin=intent>
            {pages()}
        </main>
        {foot(on_theme)}
        {move || route.with(Route::has_tabs).then(|| tabs(session.into(), here.into()))}
        {toast_region(state.toast)}
    }
    .into_any()
}

/// Every page by its address. The address of a new order stands before that of an order with an id.
fn pages() -> AnyView {
    view! {
        <FlatRoutes fallback=not_found>
            <At path=segments::HOME view=market::products::page />
            <At path=segments::PRODUCTS view=market::products::page />
            <At path=segments::PRODUCT view={Lazy::<area::Product>::new()} />
            <At path=segments::BASKET view={Lazy::<area::Basket>::new()} />
            <At path=segments::SIGN_IN view={Lazy::<area::SignIn>::new()} />
            <At path=segments::SIGN_UP view={Lazy::<area::SignUp>::new()} />
            <At path=segments::CHECKOUT view={Lazy::<area::Checkout>::new()} />
            <At path=segments::HELPED view={Lazy::<area::Helped>::new()} />
            <At path=segments::NEW_ORDER view={Lazy::<area::NewOrder>::new()} />
            <At path=segments::ORDERS view={Lazy::<area::Orders>::new()} />
            <At path=segments::ORDER view={Lazy::<area::Order>::new()} />
            <At path=segments::DASHBOARD view={Lazy::<area::Dashboard>::new()} />
            <At path=segments::LEDGER view={Lazy::<area::Ledger>::new()} />
        </FlatRoutes>
    }
    .into_any()
}

/// A pointer, a finger or the focus on a link: its reader may go on in a moment, so what follows is fetched now.
fn intent(event: impl AsRef<web_sys::Event>) {
    let target = event.as_ref().target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    if target.is_some_and(|target| target.closest("a").is_ok_and(|link| link.is_some())) {
        area::fetch_shop_ahead();
    }
}

fn not_found() -> AnyView {
    view! {
        <h1>{t!(frame.no_such_page)}</h1>
        {nothing_here(t!(frame.wrong_address), Route::Products.path(), t!(frame.see_all_products))}
    }
    .into_any()
}

/// What a browser does when it loads a page and a router leaves undone: the window's title, the page's class on the
/// body, and the reader's place, which moves to the new heading. Not on the first page, where the reader just came in.
fn arrive(route: Memo<Route>) {
    Effect::new(move |before: Option<()>| {
        route.with(|route| {
            set_title(route.title());
            if let Some(body) = document().body() {
                body.set_class_name(route.body_class());
            }
        });
        if before.is_some() {
            // The router puts the page in place after this; by the next frame its heading is there.
            request_animation_frame(|| request_animation_frame(focus_heading));
        }
    });
}

fn focus_heading() {
    let heading = document().query_selector("#main h1").ok().flatten();
    let Some(place) = heading.or_else(|| document().get_element_by_id("main")) else { return };
    if place.set_attribute("tabindex", "-1").is_ok() {
        focus_quietly(place);
    }
}

/// Focus without scrolling: the router has scrolled to the top, or the browser back to where one was.
fn focus_quietly(place: web_sys::Element) {
    if let Ok(place) = place.dyn_into::<web_sys::HtmlElement>() {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = place.focus_with_options(&options);
    }
}

fn skip_to_page(event: leptos::ev::MouseEvent) {
    // The router would take "#main" for a change of address and leave focus where it was.
    event.prevent_default();
    focus("main");
}
