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
use crate::pages::{account, buying, coordinator, market, orders, plan};
use crate::route::Route;

/// A page of an area: the function that asks for it with what its address names, which is the seam, and the page itself; and
/// where the area can be fetched ahead, the name of the function that does it.
macro_rules! page {
    ($area:ident: $seam:ident($($of:ident)?), $view:path $(, $ahead:ident)?) => {
        #[cfg(not(feature = "split"))]
        async fn $seam($($of: String)?) -> Seam {
            Ok($view($($of)?))
        }

        #[cfg(feature = "split")]
        #[allow(unsafe_code, reason = "the macro declares the seam as an imported function")]
        #[leptos::wasm_split::wasm_split(
            $area, wasm_split_path = leptos::wasm_split, fallible $(, preload($ahead))?
        )]
        fn $seam($($of: String)?) -> Result<AnyView, leptos::wasm_split::SplitLoaderError> {
            Ok($view($($of)?))
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

page!(market: home(), market::home::page, ahead_market);
page!(market: county(id), market::county::page);
page!(market: brand(code), market::brand::page);
page!(market: seasons(), market::seasons::page);
page!(shop: product(id), market::product::page, ahead_shop);
page!(shop: basket(), market::basket::page);
page!(shop: sign_in(), account::sign_in::page);
page!(desk: sign_up(), buying::sign_up::page);
page!(desk: checkout(), buying::checkout::page);
page!(desk: helped(), buying::helped::page);
page!(desk: new_order(), orders::form::page);
page!(desk: orders_list(), orders::list::page, ahead_desk);
page!(desk: order(id), orders::order::page);
page!(desk: papers_page(of), orders::papers::page);
page!(desk: plan_page(part), plan::page);
page!(desk: accept(code), orders::accept::page);
page!(figures: dashboard(), coordinator::dashboard::page, ahead_figures);
page!(figures: ledger(), coordinator::ledger::page);

#[cfg(feature = "split")]
type NotThere = leptos::wasm_split::SplitLoaderError;
#[cfg(not(feature = "split"))]
type NotThere = std::convert::Infallible;
type Seam = Result<AnyView, NotThere>;

/// Draws the page of an address; the list of products at once, the others when their area is there.
pub async fn open(route: Route) -> AnyView {
    let page: Pin<Box<dyn Future<Output = Seam>>> = match route {
        Route::Products => return market::products::page(),
        Route::NotFound => return not_found(),
        Route::Home => Box::pin(home()),
        Route::County(id) => Box::pin(county(id)),
        Route::Brand(code) => Box::pin(brand(code)),
        Route::Seasons => Box::pin(seasons()),
        Route::Product(id) => Box::pin(product(id)),
        Route::Basket => Box::pin(basket()),
        Route::SignIn => Box::pin(sign_in()),
        Route::SignUp => Box::pin(sign_up()),
        Route::Checkout => Box::pin(checkout()),
        Route::Helped => Box::pin(helped()),
        Route::NewOrder => Box::pin(new_order()),
        Route::Orders => Box::pin(orders_list()),
        Route::Order(id) => Box::pin(order(id)),
        Route::Papers(of) => Box::pin(papers_page(of)),
        Route::Plan(part) => Box::pin(plan_page(part)),
        Route::Accept(code) => Box::pin(accept(code)),
        Route::Dashboard => Box::pin(dashboard()),
        Route::Ledger => Box::pin(ledger()),
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

/// What changes the photos of a product: a part of its page that only its merchant sees, and so a part of the desk.
pub async fn uploader(of: Uploading) -> AnyView {
    #[cfg(feature = "split")]
    return seam_uploader(of).await.unwrap_or_else(|_| not_fetched());
    #[cfg(not(feature = "split"))]
    return market::photos::uploader::view(of);
}

#[cfg(feature = "split")]
#[allow(unsafe_code, reason = "the macro declares the seam as an imported function")]
#[leptos::wasm_split::wasm_split(desk, wasm_split_path = leptos::wasm_split, fallible)]
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
    #[cfg(feature = "split")]
    {
        // When it fails, opening the page tries again and says so.
        let _ = match route {
            Route::Home | Route::County(_) | Route::Brand(_) | Route::Seasons => ahead_market().await,
            Route::Product(_) | Route::Basket | Route::SignIn => ahead_shop().await,
            Route::Checkout
            | Route::Helped
            | Route::SignUp
            | Route::NewOrder
            | Route::Orders
            | Route::Order(_)
            | Route::Papers(_)
            | Route::Accept(_)
            | Route::Plan(_) => ahead_desk().await,
            Route::Dashboard | Route::Ledger => ahead_figures().await,
            Route::Products | Route::NotFound => return,
        };
    }
    #[cfg(not(feature = "split"))]
    let _ = route;
}

/// Fetches the area a person of this role will open next, so that it is there when they do.
pub fn fetch_ahead(role: Role) {
    #[cfg(feature = "split")]
    leptos::task::spawn_local(async move {
        // Only a convenience: when it fails, opening the page tries again and says so.
        let _ = match crate::state::home_of(role) {
            Route::Dashboard => ahead_figures().await,
            _ => ahead_desk().await,
        };
    });
    #[cfg(not(feature = "split"))]
    let _ = role;
}

/// The part could not be fetched; loading the page again fetches the whole app anew.
fn not_fetched() -> AnyView {
    let again = Callback::new(|()| drop(window().location().reload()));
    load_failure(t!(frame.page_did_not_load).to_owned(), again)
}
