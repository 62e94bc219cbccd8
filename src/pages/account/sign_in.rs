//! Signing in.

use domain::wire::{Session, SignIn};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::components::error_summary::{FormError, error_summary};
use crate::components::field::{Control, Field, field};
use crate::components::problem::refusal;
use crate::language::t;
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
    // Also for whoever comes here signed in already. The page of signing in is no place to go back to.
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
    let why = move || next.get().map(|_| view! { <p class="muted">{t!(account.go_on_after)}</p> }.into_any());
    let sign_up = move || Route::SignUp.with(&[("next", &next.get().unwrap_or_default())]);
    let no_account = view! { <p>{t!(buying.no_account)}" "<a href=sign_up>{t!(buying.sign_up_now)}</a></p> }.into_any();
    view! { <div class="sn"><div><h1>{t!(frame.sign_in)}</h1>{why}</div>{fields(form)}{no_account}</div> }.into_any()
}

fn fields(form: Form) -> AnyView {
    let sent = form.sent.into();
    let login_error = Memo::new(move |_| form.login.with(|text| missing(text, t!(account.enter_login))));
    let password_error = Memo::new(move |_| form.password.with(|text| missing(text, t!(account.enter_password))));
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
    let login = Field::new("login", t!(account.login), form.login).check(login_error, sent);
    let password = Field::new("password", t!(account.password), form.password).check(password_error, sent);
    view! {
        {error_summary(errors, sent)}
        {move || form.refused.get().map(refusal)}
        <form novalidate on:submit=send>
            {field(login, Control::Known { kind: "text", autocomplete: "username" })}
            {field(password, Control::Known { kind: "password", autocomplete: "current-password" })}
            <button class="btn do" type="submit" aria-busy=move || if form.busy.get() { "true" } else { "false" }>
                {move || if form.busy.get() { t!(account.signing_in) } else { t!(frame.sign_in) }}
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
        let who = SignIn { login: self.login.get_untracked(), password: self.password.get_untracked() };
        spawn_local(async move {
            let answer: Result<Session, _> = api::sign_in(who).await;
            match answer {
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

fn missing(text: &str, sentence: &str) -> Option<String> {
    text.trim().is_empty().then(|| sentence.to_owned())
}

/// An address of our own to go on to. What leads elsewhere is left out, or a crafted link could send a person who has
/// just signed in to a stranger's page.
pub fn inside(next: &str) -> Option<String> {
    let own = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\r', '\t']);
    (own && next != "/sign-in" && next != "/sign-up").then(|| next.to_owned())
}

#[cfg(test)]
mod tests {
    use super::inside;

    #[test]
    fn only_addresses_of_our_own_are_gone_on_to() {
        assert_eq!(inside("/orders/new").as_deref(), Some("/orders/new"));
        for elsewhere in ["//evil.example", "/\\evil.example", "https://evil.example", "orders", "", "/\t/evil.example"]
        {
            assert_eq!(inside(elsewhere), None, "{elsewhere}");
        }
    }
}
