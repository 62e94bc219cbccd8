//! Signing up: a login and a password, and nothing else.

use domain::account::{check_password, parse_login};
use domain::wire::SignUp;
use leptos::prelude::*;

use crate::api;
use crate::language::{t, told};
use crate::pages::account::credentials::{Credentials, credentials, lead_on};
use crate::route::Route;
use crate::state::State;

pub fn page() -> AnyView {
    let state = State::get();
    let next = lead_on(state);
    let sign_in = move || Route::SignIn.with(&[("next", &next.get().unwrap_or_default())]);
    let asks = Credentials {
        login: t!(buying.sign_up_login),
        password: t!(buying.sign_up_password),
        password_hint: t!(buying.password_hint),
        autocomplete: "new-password",
        check_login: |text| parse_login(text).err().map(told),
        check_password: |text| check_password(text).err().map(told),
        send: t!(buying.sign_up),
        sending: t!(buying.signing_up),
        ask: |login, password| Box::pin(api::sign_up(SignUp { login, password })),
    };
    view! {
        <div class="sn">
            <div><h1>{t!(buying.sign_up)}</h1><p class="muted">{t!(buying.sign_up_words)}</p></div>
            {credentials(asks, state)}
            <p>{t!(buying.have_account)}" "<a href=sign_in>{t!(frame.sign_in)}</a></p>
        </div>
    }
    .into_any()
}
