//! What outlives a page: who is signed in, the basket, light or dark, and the last thing to report.

use domain::basket::Basket;
use domain::id::ProductId;
use domain::organisation::Role;
use domain::permission::{Act, Whose, may};
use domain::read::Read;
use domain::wire::{ProductCard, Session};
use domain::{Code, Quantity};
use gloo::storage::{LocalStorage, Storage};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, ApiError};
use crate::components::masthead::buys;
use crate::components::screen::is_dark;
use crate::components::toast::Toast;
use crate::format;
use crate::language::t;
use crate::live;
use crate::offline;
use crate::route::Route;

/// The number behind the key grows when the shape of what is kept changes; what an older app kept is then left alone.
const BASKET_KEY: &str = "shanhai.basket.1";
const THEME_KEY: &str = "shanhai.theme.1";
/// Says that this browser has signed in, so that visitors who never have need not ask the server who they are.
const SIGNED_IN_KEY: &str = "shanhai.signed-in.1";
/// The order being written (pages/orders/form/draft.rs): it names people, so it goes when its writer does.
pub const ORDER_DRAFT_KEY: &str = "shanhai.order-draft.2";
/// The list of people beside it (pages/orders/form/list/kept.rs).
pub const ORDER_LIST_KEY: &str = "shanhai.order-list.1";
/// What is typed into the forms of orders (pages/orders/order/kept.rs).
pub const ORDER_FORMS_KEY: &str = "shanhai.order-forms.1";
/// The same of a person who buys (pages/buying/draft.rs).
pub const CHECKOUT_DRAFT_KEY: &str = "shanhai.checkout-draft.1";
/// The product a merchant is writing (pages/goods/draft.rs).
pub const GOODS_DRAFT_KEY: &str = "shanhai.goods-draft.1";

/// The report that is being written, who writes it, and what it chooses among (pages/reports/draft.rs). What was submitted and waits
/// for the network stays: nobody else sees it, and it must not be lost (pages/reports/outbox.rs).
pub const REPORT_DRAFT_KEY: &str = "shanhai.report-draft.1";
pub const REPORTER_KEY: &str = "shanhai.reporter.1";
pub const REPORT_CHOICES_KEY: &str = "shanhai.report-choices.1";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    pub session: RwSignal<Option<Session>>,
    /// False until the server has said whether somebody is signed in.
    pub session_known: RwSignal<bool>,
    pub basket: RwSignal<Basket>,
    /// None is what the system asks for.
    pub theme: RwSignal<Option<Theme>>,
    pub toast: RwSignal<Option<Toast>>,
    /// The server cannot be reached, or what is shown was seen some other time: nothing can be ordered.
    pub offline: RwSignal<bool>,
    /// The app itself, which outlives every page.
    app: StoredValue<Owner>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Light, Self::Dark].into_iter().find(|theme| theme.name() == name)
    }
}

impl State {
    /// Makes the state, gives it to all pages, and asks the server who is signed in. Called once, by the frame.
    pub fn start() -> Self {
        let state = Self {
            session: RwSignal::new(None),
            session_known: RwSignal::new(false),
            basket: RwSignal::new(kept(BASKET_KEY).unwrap_or_default()),
            theme: RwSignal::new(kept_text(THEME_KEY).and_then(|name| Theme::named(&name))),
            toast: RwSignal::new(None),
            offline: offline::watch(),
            app: StoredValue::new(Owner::current().unwrap_or_default()),
        };
        provide_context(state);
        state.paint_theme();
        state.listen_to_other_tabs();
        if kept_text(SIGNED_IN_KEY).is_some() {
            spawn_local(async move {
                match api::current_session().await {
                    // Without a network nobody can say; that somebody has signed in here is remembered.
                    Err(ApiError::Unreachable) => {
                        state.offline.set(true);
                        state.session_known.set(true);
                    }
                    // When the server cannot say, the person counts as signed out and may sign in.
                    answer => state.now_signed_in(answer.unwrap_or_default()),
                }
            });
        } else {
            state.session_known.set(true);
        }
        state
    }

    /// The state, inside the app.
    pub fn get() -> Self {
        expect_context()
    }

    // ---- who is here ----

    pub fn role(self) -> Option<Role> {
        self.session.with(|session| session.as_ref().map(|session| session.role))
    }

    /// Those not signed in may fill a basket; of those who are, only a union's officer buys.
    pub fn may_buy(self) -> bool {
        buys(self.role())
    }

    pub fn signed_in(self, session: Session) {
        self.now_signed_in(Some(session));
    }

    fn now_signed_in(self, session: Option<Session>) {
        match session {
            Some(_) => keep_text(SIGNED_IN_KEY, "yes"),
            None => forget(SIGNED_IN_KEY),
        }
        self.session.set(session);
        self.session_known.set(true);
    }

    /// Ends the session; `then` runs once it has ended.
    pub fn sign_out(self, then: impl FnOnce() + 'static) {
        spawn_local(async move {
            match api::sign_out().await {
                Err(error) if !error.is(Code::SignInNeeded) => self.say(Toast::new(t!(frame.not_signed_out))),
                _ => {
                    self.now_signed_in(None);
                    forget(ORDER_DRAFT_KEY);
                    forget(ORDER_LIST_KEY);
                    forget(ORDER_FORMS_KEY);
                    offline::forget();
                    forget(CHECKOUT_DRAFT_KEY);
                    forget(GOODS_DRAFT_KEY);
                    forget(REPORT_DRAFT_KEY);
                    forget(REPORTER_KEY);
                    forget(REPORT_CHOICES_KEY);
                    self.say(Toast::new(t!(frame.signed_out)));
                    then();
                }
            }
        });
    }

    /// Draws the consequence of a failed request: a session that has run out is no session any more.
    pub fn note(self, error: &ApiError) {
        if error.is(Code::SignInNeeded) && self.session.with_untracked(Option::is_some) {
            self.now_signed_in(None);
        }
    }

    // ---- the basket ----

    /// How much of a product is in it.
    pub fn in_basket(self, id: ProductId) -> Quantity {
        self.basket.with(|basket| quantity_of(basket, id))
    }

    /// Puts goods into the basket and says so, with a way back.
    pub fn add_to_basket(self, product: &ProductCard, quantity: Quantity) {
        let id = product.id;
        let before = self.basket.with_untracked(|basket| quantity_of(basket, id));
        self.change_basket(|basket| basket.add(id, quantity));
        let goods = format::quantity(quantity, &product.unit);
        let text = t!(frame.put_in_basket, name = product.name, goods = goods);
        self.say_undoable(text, move || self.change_basket(|basket| basket.set(id, before)));
    }

    /// One more from a list: at first as many as one must order, then piece by piece.
    pub fn add_one_to_basket(self, product: &ProductCard) {
        let first = self.basket.with_untracked(|basket| quantity_of(basket, product.id)).is_zero();
        let quantity = if first { product.minimum_order.max(Quantity::ONE) } else { Quantity::ONE };
        self.add_to_basket(product, quantity);
    }

    pub fn change_basket(self, change: impl FnOnce(&mut Basket)) {
        self.basket.update(change);
        self.basket.with_untracked(|basket| keep(BASKET_KEY, basket));
    }

    /// Takes a kind of goods out and says so, with a way back; `undone` runs after it has been put back.
    pub fn take_out_of_basket(self, id: ProductId, text: String, undone: impl Fn() + Send + Sync + 'static) {
        let Some((place, line)) = self.basket.try_update(|basket| basket.take_out(id)).flatten() else { return };
        self.change_basket(|_| ());
        self.say_undoable(text, move || {
            self.change_basket(|basket| basket.put_back(place, line));
            undone();
        });
    }

    fn listen_to_other_tabs(self) {
        live::on_window("storage", move |_| {
            let basket: Basket = kept(BASKET_KEY).unwrap_or_default();
            if self.basket.with_untracked(|now| *now != basket) {
                self.basket.set(basket);
            }
        });
    }

    // ---- the rest ----

    pub fn say(self, toast: Toast) {
        self.toast.set(Some(toast));
    }

    /// Reports what can be undone, also after the page where it was done has been left.
    pub fn say_undoable(self, text: String, undo: impl Fn() + Send + Sync + 'static) {
        // A callback lives as long as whoever makes it; made by the page, it would be gone with the page.
        let app = self.app.get_value();
        let undo = app.with(move || Callback::new(move |()| undo()));
        self.say(Toast::new(text).with_undo(undo));
    }

    /// Turns to the other of light and dark, starting from what is seen now.
    pub fn turn_theme(self) {
        let dark = match self.theme.get_untracked() {
            Some(theme) => theme == Theme::Dark,
            None => is_dark(),
        };
        let theme = if dark { Theme::Light } else { Theme::Dark };
        self.theme.set(Some(theme));
        keep_text(THEME_KEY, theme.name());
        self.paint_theme();
    }

    fn paint_theme(self) {
        if let (Some(theme), Some(root)) = (self.theme.get_untracked(), document().document_element()) {
            // Setting a valid attribute cannot fail.
            let _ = root.set_attribute("data-theme", theme.name());
        }
    }
}

fn quantity_of(basket: &Basket, id: ProductId) -> Quantity {
    basket.lines.iter().find(|line| line.product_id == id).map_or(Quantity::ZERO, |line| line.quantity)
}

/// Where a role's day begins.
pub fn home_of(role: Role) -> Route {
    let may = |act| may(Some(role), act, Whose::Own);
    if may(Act::SeeSales) {
        Route::Dashboard
    } else if may(Act::PlaceRetailOrder) {
        Route::Products
    } else if may(Act::SubmitReport) && !may(Act::SeeOrder) {
        Route::Reports(String::new())
    } else {
        Route::Desk(String::new())
    }
}

/// A browser may forbid a site to keep things; then everything lasts as long as the tab.
fn can_keep() -> bool {
    window().local_storage().is_ok_and(|storage| storage.is_some())
}

/// What is kept under a key. What does not read counts as nothing: it was kept by another program or damaged.
pub fn kept<T: Read>(key: &str) -> Option<T> {
    api::parse(&kept_text(key)?).ok()
}

fn kept_text(key: &str) -> Option<String> {
    can_keep().then(|| LocalStorage::raw().get_item(key).ok()).flatten()?
}

pub fn keep<T: serde::Serialize + ?Sized>(key: &str, value: &T) {
    // Values of ours always have a JSON form.
    if let Ok(text) = serde_json::to_string(value) {
        keep_text(key, &text);
    }
}

fn keep_text(key: &str, text: &str) {
    if can_keep() {
        // Full storage loses only what would have outlived the tab.
        let _ = LocalStorage::raw().set_item(key, text);
    }
}

/// Nothing is kept under the key any more.
pub fn forget(key: &str) {
    if can_keep() {
        LocalStorage::delete(key);
    }
}
