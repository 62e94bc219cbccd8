//! The app in parts: whoever looks at goods never fetches the desks, and the first list comes without what follows it.
//! What two areas share and the main part does not is a file of its own for each pair and triple of areas, and so many
//! requests: four areas have eleven at most, six would have fifty-seven.
//!
//! Everything reached from here alone is cut out of the main file by the release build (`--features split`) and fetched
//! when a page of it is first opened. Without the feature, as in `cargo xtask dev` and natively, the same pages are simply
//! called.

use std::future::Future;
use std::pin::Pin;

use domain::organisation::Role;
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use crate::components::dateline;
use crate::components::problem::{load_failure, nothing_here};
use crate::language::t;
use crate::pages::market::photos::uploader::Uploading;
use crate::pages::{account, buying, coordinator, desk, goods, market, office, orders, plan, reports};
use crate::route::Route;

/// An area: one seam for all its pages, since each seam costs the main part a kilobyte, and the name of the function that fetches
/// it ahead. Only pages of the area may be asked of it.
macro_rules! area {
    ($area:ident, $seam:ident, $ahead:ident: { $($page:pat => $view:expr,)+ }) => {
        #[cfg(not(feature = "split"))]
        async fn $seam(route: Route) -> Seam {
            Ok(match route { $($page => $view,)+ _ => not_found() })
        }

        #[cfg(feature = "split")]
        #[allow(unsafe_code, reason = "the macro declares the seam as an imported function")]
        #[leptos::wasm_split::wasm_split($area, wasm_split_path = leptos::wasm_split, fallible, preload($ahead))]
        fn $seam(route: Route) -> Result<AnyView, leptos::wasm_split::SplitLoaderError> {
            Ok(match route { $($page => $view,)+ _ => not_found() })
        }
    };
}

/// A part of a page in the main file that comes after it: what it is called, the seam, and the function that draws it.
macro_rules! part {
    ($area:ident: $part:ident, $seam:ident, $view:path, $with:ty) => {
        pub fn $part(with: $with) -> Slot {
            #[cfg(feature = "split")]
            return Slot::new(Box::pin(async move { $seam(with).await.ok() }));
            #[cfg(not(feature = "split"))]
            return Slot::new(Box::pin(async move { Some($view(with)) }));
        }

        #[cfg(feature = "split")]
        #[allow(unsafe_code, reason = "the macro declares the seam as an imported function")]
        #[leptos::wasm_split::wasm_split($area, wasm_split_path = leptos::wasm_split, fallible)]
        fn $seam(with: $with) -> Result<AnyView, leptos::wasm_split::SplitLoaderError> {
            Ok($view(with))
        }
    };
}

/// Where a part will stand once it is fetched; empty until then.
#[derive(Clone, Copy)]
pub struct Slot(RwSignal<Option<AnyView>, LocalStorage>);

impl Slot {
    fn new(part: Pin<Box<dyn Future<Output = Option<AnyView>>>>) -> Self {
        begin_dress();
        let slot = RwSignal::new_local(None);
        // What the part watches ends with the page that asked for it.
        let part = ScopedFuture::new(part);
        leptos::task::spawn_local(async move {
            let view = part.await;
            dressed().await;
            slot.try_set(view);
        });
        Self(slot)
    }

    pub fn view(self) -> Option<AnyView> {
        self.0.track();
        self.0.try_update_untracked(Option::take).flatten()
    }
}

part!(shop: facets, seam_facets, market::facets::facets, market::facets::Panel);
part!(shop: suggestions, seam_suggestions, market::suggestions::suggestions, market::suggestions::SearchBox);
part!(shop: today, seam_today, dateline::today, ());
part!(shop: goods_table, seam_goods_table, market::table::table, market::shelf::Shelf);

// Ways in for whoever looks around.
area!(market, market_page, ahead_market: {
    Route::Home => market::home::page(),
    Route::County(id) => market::county::page(id),
    Route::Brand(code) => market::brand::page(code),
    Route::Seasons => market::seasons::page(),
});

// What a person needs to buy.
area!(shop, shop_page, ahead_shop: {
    Route::Product(id) => market::product::page(id),
    Route::Basket => market::basket::page(),
    Route::SignIn => account::sign_in::page(),
    Route::SignUp => buying::sign_up::page(),
    Route::Checkout => buying::checkout::page(),
    Route::Helped => buying::helped::page(),
});

// What is done with an order, also on a phone.
area!(desk, desk_page, ahead_desk: {
    Route::Orders => orders::list::page(),
    Route::Order(id) => orders::order::page(id),
    Route::Papers(of) => orders::papers::page(of),
    Route::Desk(part) => desk::page(part),
    Route::Accept(code) => orders::accept::page(code),
});

// What is done at a table.
area!(office, office_page, ahead_office: {
    Route::NewOrder => orders::form::page(),
    Route::Plan(part) => plan::page(part),
    Route::Goods(part) => goods::page(part),
    Route::Dashboard => coordinator::dashboard::page(),
    Route::Behind => coordinator::behind::page(),
    Route::Wall => coordinator::wall::page(),
    Route::Ledger => coordinator::ledger::page(),
    Route::Reports(part) => reports::page(part),
    Route::Office(part) => office::page(part),
});

/// The area whose page it is; none for the list of products, which is in the main part, and for what is no page.
fn area_of(route: &Route) -> Option<Area> {
    Some(match route {
        Route::Products | Route::NotFound => return None,
        Route::Home | Route::County(_) | Route::Brand(_) | Route::Seasons => Area::Market,
        Route::Product(_) | Route::Basket | Route::SignIn | Route::SignUp | Route::Checkout | Route::Helped => {
            Area::Shop
        }
        Route::Orders | Route::Order(_) | Route::Papers(_) | Route::Accept(_) | Route::Desk(_) => Area::Desk,
        Route::NewOrder | Route::Plan(_) | Route::Goods(_) | Route::Reports(_) | Route::Office(_) => Area::Office,
        Route::Dashboard | Route::Behind | Route::Wall | Route::Ledger => Area::Office,
    })
}

#[derive(Clone, Copy)]
enum Area {
    Market,
    Shop,
    Desk,
    Office,
}

#[cfg(feature = "split")]
type NotThere = leptos::wasm_split::SplitLoaderError;
#[cfg(not(feature = "split"))]
type NotThere = std::convert::Infallible;
type Seam = Result<AnyView, NotThere>;

/// Draws the page of an address; the list of products at once, the others when their area is there.
pub async fn open(route: Route) -> AnyView {
    let page: Pin<Box<dyn Future<Output = Seam>>> = match area_of(&route) {
        None if route == Route::Products => return market::products::page(),
        None => return not_found(),
        Some(Area::Market) => Box::pin(market_page(route)),
        Some(Area::Shop) => Box::pin(shop_page(route)),
        Some(Area::Desk) => Box::pin(desk_page(route)),
        Some(Area::Office) => Box::pin(office_page(route)),
    };
    begin_dress();
    let page = page.await.unwrap_or_else(|_| not_fetched());
    dressed().await;
    page
}

fn not_found() -> AnyView {
    view! {
        <h1>{t!(frame.no_such_page)}</h1>
        {nothing_here(t!(frame.wrong_address), Route::Products.path(), t!(frame.see_all_products))}
    }
    .into_any()
}

/// What changes the photos of a product: a part of its page that only its merchant sees, and so a part of the office.
pub async fn uploader(of: Uploading) -> AnyView {
    #[cfg(feature = "split")]
    return seam_uploader(of).await.unwrap_or_else(|_| not_fetched());
    #[cfg(not(feature = "split"))]
    return market::photos::uploader::view(of);
}

#[cfg(feature = "split")]
#[allow(unsafe_code, reason = "the macro declares the seam as an imported function")]
#[leptos::wasm_split::wasm_split(office, wasm_split_path = leptos::wasm_split, fallible)]
fn seam_uploader(of: Uploading) -> Result<AnyView, leptos::wasm_split::SplitLoaderError> {
    Ok(market::photos::uploader::view(of))
}

/// What the pages look like that are not the list stands in a file of its own (style/later.css). The server names it as a
/// stylesheet only where the page that is opened needs it.
fn later_style() -> Option<web_sys::HtmlLinkElement> {
    document().query_selector("link[data-later]").ok().flatten()?.dyn_into().ok()
}

/// Asks for it, unless it has been asked for.
fn begin_dress() {
    if let Some(link) = later_style().filter(|link| link.rel() != "stylesheet") {
        link.set_rel("stylesheet");
    }
}

/// Waits until it is there. A page that could not be dressed is shown as it is: it can still be read.
async fn dressed() {
    let Some(link) = later_style().filter(|link| link.sheet().is_none()) else { return };
    let settled = js_sys::Promise::new(&mut |resolve, _| {
        link.set_onload(Some(&resolve));
        link.set_onerror(Some(&resolve));
    });
    let _ = JsFuture::from(settled).await;
}

/// Fetches what follows the list, once a finger or the pointer shows the intent to go on.
pub fn fetch_shop_ahead() {
    begin_dress();
    #[cfg(feature = "split")]
    {
        static ASKED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
        if !ASKED.swap(true, std::sync::atomic::Ordering::Relaxed) {
            leptos::task::spawn_local(async { drop(ahead_shop().await) });
        }
    }
}

/// Waits for the area of the page that is opened first: until it is there, the frame of index.html has more to show.
pub async fn arrive(route: &Route) {
    if let Some(area) = area_of(route) {
        fetch(area).await;
    }
}

/// Fetches the area a person of this role will open next, so that it is there when they do.
pub fn fetch_ahead(role: Role) {
    if let Some(area) = area_of(&crate::state::home_of(role)) {
        leptos::task::spawn_local(fetch(area));
    }
}

/// Only a convenience: when it fails, opening the page tries again and says so.
async fn fetch(area: Area) {
    #[cfg(feature = "split")]
    let _ = match area {
        Area::Market => ahead_market().await,
        Area::Shop => ahead_shop().await,
        Area::Desk => ahead_desk().await,
        Area::Office => ahead_office().await,
    };
    #[cfg(not(feature = "split"))]
    let _ = area;
}

/// The part could not be fetched; loading the page again fetches the whole app anew.
fn not_fetched() -> AnyView {
    let again = Callback::new(|()| drop(window().location().reload()));
    load_failure(t!(frame.page_did_not_load).to_owned(), again)
}
