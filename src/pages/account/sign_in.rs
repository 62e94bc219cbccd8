//! Signing in.

use domain::wire::SignIn;
use leptos::prelude::*;

use super::credentials::{Credentials, credentials, lead_on};
use crate::api;
use crate::language::t;
use crate::route::{JOIN, Route};
use crate::state::State;

pub fn page() -> AnyView {
    let state = State::get();
    let next = lead_on(state);
    let why = move || next.get().map(|_| view! { <p class="muted">{t!(account.go_on_after)}</p> }.into_any());
    let sign_up = move || Route::SignUp.with(&[("next", &next.get().unwrap_or_default())]);
    let no_account = view! { <p>{t!(buying.no_account)}" "<a href=sign_up>{t!(buying.sign_up_now)}</a></p> }.into_any();
    let join = Route::Desk(JOIN.to_owned()).path();
    let merchants = view! { <p>{t!(desk.for_merchants)}" "<a href=join>{t!(desk.join)}</a></p> }.into_any();
    let asks = Credentials {
        login: t!(account.login),
        password: t!(account.password),
        password_hint: "",
        autocomplete: "current-password",
        check_login: |text| missing(text, t!(account.enter_login)),
        check_password: |text| missing(text, t!(account.enter_password)),
        send: t!(frame.sign_in),
        sending: t!(account.signing_in),
        ask: |login, password| Box::pin(api::sign_in(SignIn { login, password })),
    };
    let form = credentials(asks, state);
    view! { <div class="sn"><div><h1>{t!(frame.sign_in)}</h1>{why}</div>{form}{no_account}{merchants}</div> }.into_any()
}

fn missing(text: &str, sentence: &str) -> Option<String> {
    text.trim().is_empty().then(|| sentence.to_owned())
}
