//! Signing up: a login and a password, and nothing else.

use domain::account::{check_password, parse_login};
use domain::wire::SignUp;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::components::error_summary::{FormError, error_summary};
use crate::components::field::{Control, Field, field};
use crate::components::problem::refusal;
use crate::language::{t, told};
use crate::pages::account::sign_in::inside;
use crate::route::Route;
use crate::router::{Go, Here};
use crate::state::{State, home_of};

/// The form while it is filled in and sent.
#[derive(Clone, Copy)]
struct Form {
    state: State,
    login: RwSignal<String>,
    password: RwSignal<String>,
    /// How often it was tried to send it.
    sent: RwSignal<u32>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
}

pub fn page() -> AnyView {
    let state = State::get();
    let here = Here::get();
    let next = Memo::new(move |_| inside(&here.param("next")));
    // Also for whoever comes here signed in already. The page of signing up is no place to go back to.
    Effect::new(move |_| {
        if let Some(role) = state.role() {
            let to = next.get_untracked().unwrap_or_else(|| home_of(role).path());
            here.go(&to, Go::Instead);
        }
    });
    let form = Form {
        state,
        login: RwSignal::new(String::new()),
        password: RwSignal::new(String::new()),
        sent: RwSignal::new(0),
        busy: RwSignal::new(false),
        refused: RwSignal::new(None),
    };
    let sign_in = move || Route::SignIn.with(&[("next", &next.get().unwrap_or_default())]);
    view! {
        <div class="sn">
            <div><h1>{t!(buying.sign_up)}</h1><p class="muted">{t!(buying.sign_up_words)}</p></div>
            {fields(form)}
            <p>{t!(buying.have_account)}" "<a href=sign_in>{t!(frame.sign_in)}</a></p>
        </div>
    }
    .into_any()
}

fn fields(form: Form) -> AnyView {
    let sent = form.sent.into();
    let login_error = Memo::new(move |_| form.login.with(|text| parse_login(text)).err().map(told));
    let password_error = Memo::new(move |_| form.password.with(|text| check_password(text)).err().map(told));
    let errors = Signal::derive(move || {
        let both = [("login", login_error.get()), ("password", password_error.get())];
        let named = |(control, sentence): (&str, Option<String>)| {
            sentence.map(|sentence| FormError { control: control.to_owned(), sentence })
        };
        both.into_iter().filter_map(named).collect::<Vec<_>>()
    });
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.sent.update(|times| *times += 1);
        if errors.with_untracked(Vec::is_empty) {
            form.send();
        }
    };
    let login = Field::new("login", t!(buying.sign_up_login), form.login).check(login_error, sent);
    let password = Field::new("password", t!(buying.sign_up_password), form.password);
    let password = password.hint(t!(buying.password_hint)).check(password_error, sent);
    view! {
        {error_summary(errors, sent)}
        {move || form.refused.get().map(refusal)}
        <form novalidate on:submit=send>
            {field(login, Control::Known { kind: "text", autocomplete: "username" })}
            {field(password, Control::Known { kind: "password", autocomplete: "new-password" })}
            <button class="btn do" type="submit" aria-busy=move || form.busy.get().then_some("true")>
                {move || if form.busy.get() { t!(buying.signing_up) } else { t!(buying.sign_up) }}
            </button>
        </form>
    }
    .into_any()
}

impl Form {
    fn send(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        let who = SignUp { login: self.login.get_untracked(), password: self.password.get_untracked() };
        spawn_local(async move {
            match api::sign_up(who).await {
                // The page leads on by itself as soon as somebody is signed in.
                Ok(session) => self.state.signed_in(session),
                Err(error) => {
                    self.refused.try_set(Some(error.sentence()));
                }
            }
            self.busy.try_set(false);
        });
    }
}
