//! Asking to sell here, and how an application stands.

use domain::application::Application;
use domain::fields;
use domain::id::ApplicationId;
use domain::wire::{ApplicationStatus, NewApplication, Products};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;

use super::section;
use crate::api;
use crate::components::error_summary::{FormError, error_summary};
use crate::components::field::{Choice, Control, Field, field};
use crate::components::problem::refusal;
use crate::format;
use crate::language::{language, t, told};
use crate::load::{Load, load};
use crate::pages::set_title;
use crate::route::Route;
use crate::state::{State, forget, keep, kept};

/// What is typed, so that a closed window costs nothing. The password is not among it.
const KEY: &str = "shanhai.application-draft.1";

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct Draft {
    typed: Vec<String>,
}
fields!(Draft: typed);

/// The questions in their order: the field of the body, which is the control's id too.
const FIELDS: [&str; 8] = ["name", "uscc", "county", "address", "food_licence", "contact", "phone", "login"];

#[derive(Clone, Copy)]
struct Form {
    state: State,
    /// Kept until it is sent, so that pressing twice applies once.
    id: ApplicationId,
    typed: [RwSignal<String>; FIELDS.len()],
    password: RwSignal<String>,
    sent: RwSignal<u32>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
    done: RwSignal<Option<ApplicationStatus>>,
}

impl Form {
    fn body(self) -> NewApplication {
        let [name, uscc, county, address, food_licence, contact, phone, login] = self.typed.map(|it| it.get());
        let (id, password) = (self.id, self.password.get());
        NewApplication { id, name, uscc, county, address, contact, phone, food_licence, login, password }
    }

    fn send(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        let body = untrack(move || self.body());
        spawn_local(async move {
            let answer = api::apply_to_join(body).await;
            // The reader may have left the page meanwhile.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(status) => {
                    forget(KEY);
                    self.password.set(String::new());
                    self.done.set(Some(status));
                }
                Err(error) => {
                    self.state.note(&error);
                    self.refused.set(Some(error.sentence()));
                }
            }
        });
    }
}

pub fn page(state: State) -> AnyView {
    set_title(t!(desk.join));
    let draft = kept::<Draft>(KEY).unwrap_or_default().typed;
    let typed: [RwSignal<String>; FIELDS.len()] =
        std::array::from_fn(|place| RwSignal::new(draft.get(place).cloned().unwrap_or_default()));
    let form = Form {
        state,
        id: ApplicationId(api::new_id()),
        typed,
        password: RwSignal::new(String::new()),
        sent: RwSignal::new(0),
        busy: RwSignal::new(false),
        refused: RwSignal::new(None),
        done: RwSignal::new(None),
    };
    Effect::new(move |_| {
        let draft = Draft { typed: form.typed.iter().map(|it| it.get()).collect() };
        if form.done.with_untracked(Option::is_none) && draft.typed.iter().any(|text| !text.is_empty()) {
            keep(KEY, &draft);
        }
    });
    let inside = move || match form.done.get() {
        Some(status) => applied(&status),
        None => questions(form),
    };
    view! {
        <div class="dk-join">
            <div><h1>{t!(desk.join)}</h1><p class="muted">{t!(desk.join_words)}</p></div>
            {inside}
            {look_up()}
        </div>
    }
    .into_any()
}

fn questions(form: Form) -> AnyView {
    let wrong = Memo::new(move |_| {
        let wrong = Application::parse(&form.body()).err().unwrap_or_default();
        wrong.into_iter().filter_map(|it| Some((it.field?, told(it.sentence)))).collect::<Vec<_>>()
    });
    let errors = Signal::derive(move || {
        let of = |(control, sentence): (String, String)| FormError { control, sentence };
        wrong.get().into_iter().map(of).collect::<Vec<_>>()
    });
    let of_field = move |name: &'static str| {
        Memo::new(move |_| wrong.with(|all| all.iter().find(|(field, _)| field == name).map(|it| it.1.clone())))
    };
    let ask = move |place: usize, label: &'static str, hint: &'static str| {
        Field::new(FIELDS[place], label, form.typed[place]).hint(hint).check(of_field(FIELDS[place]), form.sent.into())
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.sent.update(|sent| *sent += 1);
        if errors.with_untracked(Vec::is_empty) {
            form.send();
        }
    };
    let known = |kind: &'static str, autocomplete: &'static str| Control::Known { kind, autocomplete };
    let password = Field::new("password", t!(desk.password), form.password).hint(t!(desk.password_hint));
    let password = password.check(of_field("password"), form.sent.into());
    view! {
        {error_summary(errors, form.sent.into())}
        {move || form.refused.get().map(refusal)}
        <form novalidate on:submit=send id="join-form">
            <fieldset>
                <legend>{t!(desk.organisation)}</legend>
                {field(ask(0, t!(desk.name), t!(desk.name_hint)), known("text", "organization"))}
                {field(ask(1, t!(desk.code), t!(desk.code_hint)).class("num"), Control::Text)}
                {county(ask(2, t!(desk.county), ""))}
                {field(ask(3, t!(desk.address), ""), known("text", "street-address"))}
                {field(ask(4, t!(desk.food_licence), t!(desk.food_licence_hint)), Control::Text)}
            </fieldset>
            <fieldset>
                <legend>{t!(desk.person)}</legend>
                {field(ask(5, t!(desk.contact), ""), known("text", "name"))}
                {field(ask(6, t!(desk.phone), ""), known("tel", "tel"))}
            </fieldset>
            <fieldset>
                <legend>{t!(desk.account)}</legend>
                {field(ask(7, t!(desk.login), ""), known("text", "username"))}
                {field(password, known("password", "new-password"))}
            </fieldset>
            <p class="hint">{t!(desk.draft_kept)}</p>
            <button class="btn do" type="submit" id="apply" aria-busy=move || form.busy.get().then_some("true")>
                {move || if form.busy.get() { t!(desk.applying) } else { t!(desk.apply) }}
            </button>
        </form>
    }
    .into_any()
}

/// The counties of the market, as its list of goods knows them.
fn county(asked: Field) -> AnyView {
    let market: Load<Products> = load(|| "counties".to_owned(), |_| api::one_product());
    let choices = move || {
        market.value.with(|it| {
            let counties = it.as_ref().map(|it| it.facets.counties.clone()).unwrap_or_default();
            counties.into_iter().map(|it| Choice::new(it.key, it.name)).collect::<Vec<_>>()
        })
    };
    let asked = StoredValue::new(asked);
    let select = move || {
        let control = Control::Select { none: t!(desk.choose_county), choices: choices() };
        field(asked.get_value(), control)
    };
    view! { {select} }.into_any()
}

fn applied(status: &ApplicationStatus) -> AnyView {
    view! {
        <div class="note ok" role="status" id="applied">
            <h2>{t!(desk.applied)}</h2>
            <p><b class="num" id="application-number">{t!(desk.number_is, number = status.number)}</b></p>
            <p>{t!(desk.number_words)}</p>
        </div>
    }
    .into_any()
}

fn look_up() -> AnyView {
    let (number, sent) = (RwSignal::new(String::new()), RwSignal::new(0_u32));
    let (found, refused) = (RwSignal::new(None::<ApplicationStatus>), RwSignal::new(None::<String>));
    let empty = Memo::new(move |_| number.with(|it| it.trim().is_empty()).then(|| t!(desk.no_number).to_owned()));
    let look = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        sent.update(|sent| *sent += 1);
        if empty.with_untracked(Option::is_some) {
            return;
        }
        let asked = number.get_untracked();
        spawn_local(async move {
            match api::application(asked.trim().to_owned()).await {
                Ok(status) => {
                    refused.try_set(None);
                    found.try_set(Some(status));
                }
                Err(error) => {
                    found.try_set(None);
                    refused.try_set(Some(error.sentence()));
                }
            }
        });
    };
    let asked = Field::new("number", t!(desk.number), number).hint(t!(desk.number_hint)).class("w-16");
    let inside = view! {
        <form novalidate on:submit=look id="look-up">
            {field(asked.check(empty, sent.into()), Control::Text)}
            <button class="btn" type="submit">{t!(desk.look)}</button>
        </form>
        {move || refused.get().map(refusal)}
        {move || found.get().map(|it| stands(&it))}
    };
    section("look-up-h", t!(desk.look_up), None, inside.into_any())
}

fn stands(it: &ApplicationStatus) -> AnyView {
    use domain::application::ApplicationState;
    let reason = it.reason.clone().map(|reason| view! { <p>{t!(desk.reason_is, reason = reason)}</p> }.into_any());
    let admitted = (it.state == ApplicationState::Admitted).then(|| {
        view! { <p>{t!(desk.may_sign_in)}" "<a href=Route::SignIn.path()>{t!(frame.sign_in)}</a></p> }.into_any()
    });
    view! {
        <div role="status" id="stands">
            <p><b>{it.name.clone()}</b>" "{it.state.word(language())}</p>
            <p class="muted">{t!(desk.applied_at, at = format::date_time(it.applied_at_ms))}</p>
            {reason}{admitted}
        </div>
    }
    .into_any()
}
