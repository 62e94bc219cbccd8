//! A person orders what is in the basket: whereto, how it is paid, and what it comes to.

use domain::id::{OrderId, OrganisationId};
use domain::payment::PaymentMethod;
use domain::permission::{Act, Whose, may};
use domain::wire::{Checkout, Named, Products, Session};
use gloo::events::EventListener;
use leptos::prelude::*;

use super::draft::{Answers, Bill, Bought, Draft, KEY, control, name_orders, subtotal};
use super::send::{Trouble, trouble};
use crate::api;
use crate::components::error_summary::{FormError, error_summary};
use crate::components::field::{Choice, Control, Field, field};
use crate::components::label::mini_label;
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, nothing_here};
use crate::format;
use crate::language::{language, t};
use crate::load::{Load, load};
use crate::route::Route;
use crate::router::{Go, Here};
use crate::state::{State, keep, kept};

pub fn page() -> AnyView {
    let state = State::get();
    let known = Memo::new(move |_| state.session_known.get());
    let who = Memo::new(move |_| state.session.get());
    let inside = move || match (who.get(), known.get()) {
        (None, false) => loading_lines(6),
        (None, true) => who_are_you(),
        (Some(who), _) if may(Some(who.role), Act::PlaceRetailOrder, Whose::Own) => desk(state, who),
        (Some(_), _) => nothing_here(t!(buying.not_a_buyer), Route::Basket.path(), t!(buying.to_basket)),
    };
    view! { <div class="co-head"><h1>{t!(buying.checkout)}</h1></div>{inside} }.into_any()
}

/// Somebody unknown: both ways lead back here.
fn who_are_you() -> AnyView {
    let next = Route::Checkout.path();
    let address = |route: Route| route.with(&[("next", &next)]);
    view! {
        <section class="empty" aria-labelledby="who">
            <h2 id="who">{t!(buying.who_are_you)}</h2>
            <p>{t!(buying.who_are_you_words)}</p>
            <p class="tb">
                <a class="btn do" href=address(Route::SignUp)>{t!(buying.sign_up)}</a>
                <a class="btn" href=address(Route::SignIn)>{t!(frame.sign_in)}</a>
            </p>
        </section>
    }
    .into_any()
}

/// The form once the districts and today's goods are there.
fn desk(state: State, who: Session) -> AnyView {
    let start: Load<Checkout> = load(|| "checkout".to_owned(), |_| api::checkout());
    let ids = move || state.basket.with(|it| it.lines.iter().map(|it| it.product_id.to_string()).collect::<Vec<_>>());
    let goods: Load<Products> = load(move || ids().join(","), api::products_by_id);
    let is_empty = Memo::new(move |_| state.basket.with(|basket| basket.lines.is_empty()));
    // The form is made once: what is typed must not be lost when the goods are asked for again.
    let ready = Memo::new(move |_| start.value.with(Option::is_some) && goods.value.with(Option::is_some));
    let who = StoredValue::new(who);
    move_view(move || {
        if is_empty.get() {
            return nothing_here(t!(buying.basket_empty), Route::Products.path(), t!(orders.go_choose));
        }
        if ready.get() {
            let start = start.value.get_untracked();
            return start.map_or_else(
                || ().into_any(),
                |start| form(Form::begin(state, &who.get_value(), &start, goods), &start),
            );
        }
        match start
            .error
            .get()
            .map(|error| (error, start.on_retry()))
            .or(goods.error.get().map(|error| (error, goods.on_retry())))
        {
            Some((error, retry)) => load_failure(error.sentence(), retry),
            None => loading_lines(8),
        }
    })
}

fn move_view(inside: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    view! { {inside} }.into_any()
}

/// The form while it is filled in and sent.
#[derive(Clone, Copy)]
pub struct Form {
    pub state: State,
    who: StoredValue<Session>,
    answers: Fields,
    pub orders: RwSignal<Vec<(OrganisationId, OrderId)>>,
    pub bill: Memo<Bill>,
    pub errors: Signal<Vec<FormError>>,
    /// How often it was tried to send it.
    pub sent: RwSignal<u32>,
    pub busy: RwSignal<bool>,
    pub online: RwSignal<bool>,
    pub trouble: RwSignal<Option<Trouble>>,
    /// It has been ordered: nothing is kept any more.
    pub done: RwSignal<bool>,
    pub leave: Callback<()>,
}

#[derive(Clone, Copy)]
struct Fields {
    district: RwSignal<String>,
    address: RwSignal<String>,
    contact: RwSignal<String>,
    phone: RwSignal<String>,
    method: RwSignal<String>,
}

impl Fields {
    fn of(answers: Answers) -> Fields {
        let Answers { district, address, contact, phone, method } = answers;
        Fields {
            district: RwSignal::new(district),
            address: RwSignal::new(address),
            contact: RwSignal::new(contact),
            phone: RwSignal::new(phone),
            method: RwSignal::new(method),
        }
    }

    fn get(self) -> Answers {
        Answers {
            district: self.district.get(),
            address: self.address.get(),
            contact: self.contact.get(),
            phone: self.phone.get(),
            method: self.method.get(),
        }
    }
}

impl Form {
    fn begin(state: State, who: &Session, start: &Checkout, goods: Load<Products>) -> Form {
        let earlier: Option<Draft> = kept(KEY).filter(|draft: &Draft| draft.account_id == who.account_id);
        let (answers, orders) = match earlier {
            Some(draft) => (draft.answers, draft.orders),
            None => (Answers::begin(start.last.as_ref()), Vec::new()),
        };
        let answers = Fields::of(answers);
        let here = Here::get();
        let bill = Memo::new(move |_| {
            let goods = goods.value.with(|it| it.as_ref().map(|it| it.items.clone())).unwrap_or_default();
            state.basket.with(|basket| Bill::of(basket, &goods))
        });
        let form = Form {
            state,
            who: StoredValue::new(who.clone()),
            answers,
            orders: RwSignal::new(orders),
            bill,
            errors: Memo::new(move |_| answers.get().check()).into(),
            sent: RwSignal::new(0),
            busy: RwSignal::new(false),
            online: RwSignal::new(window().navigator().on_line()),
            trouble: RwSignal::new(None),
            done: RwSignal::new(false),
            leave: Callback::new(move |()| here.go(&Route::Orders.path(), Go::On)),
        };
        form.keep_up();
        form
    }

    pub fn draft(self) -> Draft {
        let answers = self.answers.get();
        Draft { account_id: self.who.with_value(|who| who.account_id), answers, orders: self.orders.get() }
    }

    /// Names the orders of new merchants, keeps what is typed, and notices when the network goes and comes.
    fn keep_up(self) {
        Effect::new(move |_| {
            let mut orders = self.orders.get_untracked();
            self.bill.with(|bill| name_orders(&mut orders, bill, || OrderId(api::new_id())));
            if self.orders.with_untracked(|known| *known != orders) {
                self.orders.set(orders);
            }
        });
        Effect::new(move |_| {
            let draft = self.draft();
            if !self.done.get_untracked() {
                keep(KEY, &draft);
            }
        });
        let follow = move |_: &web_sys::Event| self.online.set(window().navigator().on_line());
        let listeners =
            [EventListener::new(&window(), "online", follow), EventListener::new(&window(), "offline", follow)];
        // Both stop listening when the page is left.
        let _ = StoredValue::new_local(listeners);
    }

    fn error_at(self, control: &'static str) -> Memo<Option<String>> {
        let errors = self.errors;
        Memo::new(move |_| {
            errors.with(|errors| errors.iter().find(|it| it.control == control).map(|it| it.sentence.clone()))
        })
    }

    fn field(self, control: &'static str, label: &'static str, value: RwSignal<String>) -> Field {
        Field::new(control, label, value).check(self.error_at(control), self.sent.into())
    }
}

fn form(it: Form, start: &Checkout) -> AnyView {
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        it.send();
    };
    view! {
        {error_summary(it.errors, it.sent.into())}
        {move || it.trouble.get().map(|why| trouble(it, why))}
        <form class="co" novalidate on:submit=send>
            <div>{delivery(it, start)}{payment(it)}</div>
            {side(it)}
        </form>
    }
    .into_any()
}

fn delivery(it: Form, start: &Checkout) -> AnyView {
    let districts = start.districts.iter().map(|district| Choice::new(&*district.id, &*district.name)).collect();
    let district = it.field(control::DISTRICT, t!(buying.district), it.answers.district).hint(t!(buying.district_hint));
    let address = it.field(control::ADDRESS, t!(buying.address), it.answers.address);
    let contact = it.field(control::CONTACT, t!(buying.contact), it.answers.contact).class("w-16");
    let phone = it.field(control::PHONE, t!(buying.phone), it.answers.phone).hint(t!(buying.phone_hint)).class("w-16");
    view! {
        <section aria-labelledby="deliver">
            <h2 id="deliver">{t!(buying.deliver)}</h2>
            {field(district, Control::Select { none: t!(buying.choose_district), choices: districts })}
            {field(address, Control::Known { kind: "text", autocomplete: "street-address" })}
            {field(contact, Control::Known { kind: "text", autocomplete: "name" })}
            {field(phone, Control::Known { kind: "tel", autocomplete: "tel" })}
        </section>
    }
    .into_any()
}

fn payment(it: Form) -> AnyView {
    let choices = PaymentMethod::ALL.iter().map(|method| Choice::new(method.code(), method.word(language()))).collect();
    let method = it.field(control::METHOD, t!(buying.payment_method), it.answers.method);
    view! {
        <section aria-labelledby="pay">
            <h2 id="pay">{t!(buying.pay)}</h2>
            {field(method, Control::Chips(choices))}
            <p class="muted">{t!(buying.pay_words)}</p>
        </section>
    }
    .into_any()
}

fn side(it: Form) -> AnyView {
    let merchants = move || it.bill.with(|bill| bill.merchants.iter().map(merchant).collect::<Vec<_>>());
    let count = move || match it.bill.with(|bill| bill.merchants.len()) {
        1 => t!(buying.one_order).to_owned(),
        count => t!(buying.many_orders, merchants = count),
    };
    view! {
        <section class="co-side" aria-labelledby="bought">
            <h2 id="bought">{t!(buying.what_you_buy)}</h2>
            {merchants}
            <p class="tot">
                <span>{t!(buying.total)}</span><b class="num">{move || it.bill.with(|bill| format::yuan(bill.total))}</b>
            </p>
            <p>{count}</p>
            {move || way_on(it)}
        </section>
    }
    .into_any()
}

fn merchant((merchant, bought): &(Named, Vec<Bought>)) -> AnyView {
    let lines: Vec<AnyView> = bought.iter().map(line).collect();
    view! {
        <section class="co-m">
            <h3>{merchant.name.clone()}</h3>
            <ul role="list">{lines}</ul>
            <p class="muted num">{t!(buying.subtotal)}{format::yuan(subtotal(bought))}</p>
        </section>
    }
    .into_any()
}

fn line(it: &Bought) -> AnyView {
    let card = &it.card;
    view! {
        <li>
            {mini_label(card.category, &card.county_short, &card.name)}
            <span>{card.name.clone()}<small>{format::quantity(it.quantity, &card.unit)}</small></span>
            <span class="num">{format::yuan(it.amount)}</span>
        </li>
    }
    .into_any()
}

/// The button; where it cannot be pressed, the word why.
fn way_on(it: Form) -> AnyView {
    if it.bill.with(|bill| bill.wrong) {
        return view! {
            <p class="note watch" role="status">{t!(buying.wrong_quantities)}</p>
            <a class="btn do" href=Route::Basket.path()>{t!(buying.to_basket)}</a>
        }
        .into_any();
    }
    let offline = move || {
        (!it.online.get())
            .then(|| view! { <p class="note watch" role="status" id="offline">{t!(buying.offline)}</p> }.into_any())
    };
    view! {
        {offline}
        <button
            class="btn do"
            type="submit"
            id="place"
            disabled=move || !it.online.get()
            aria-busy=move || it.busy.get().then_some("true")
        >
            {move || if it.busy.get() { t!(buying.placing) } else { t!(buying.place) }}
        </button>
    }
    .into_any()
}
