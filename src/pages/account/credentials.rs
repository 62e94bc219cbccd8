//! A login and a password: the form of signing in and that of signing up.

use std::future::Future;
use std::pin::Pin;

use domain::wire::Session;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::ApiError;
use crate::components::error_summary::{FormError, error_summary};
use crate::components::field::{Control, Field, field};
use crate::components::problem::refusal;
use crate::router::{Go, Here};
use crate::state::{State, home_of};

/// What the form asks for, in which words, and to whom it is sent.
#[derive(Clone, Copy)]
pub struct Credentials {
    pub login: &'static str,
    pub password: &'static str,
    pub password_hint: &'static str,
    /// What the browser may fill in, as HTML names it.
    pub autocomplete: &'static str,
    pub check_login: fn(&str) -> Option<String>,
    pub check_password: fn(&str) -> Option<String>,
    pub send: &'static str,
    pub sending: &'static str,
    pub ask: fn(String, String) -> Asked,
}

pub type Asked = Pin<Box<dyn Future<Output = Result<Session, ApiError>>>>;

/// The form while it is filled in and sent.
#[derive(Clone, Copy)]
struct Form {
    it: Credentials,
    state: State,
    login: RwSignal<String>,
    password: RwSignal<String>,
    /// How often it was tried to send it.
    sent: RwSignal<u32>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
}

/// Where the page leads on to once somebody is signed in, and leads whoever is, also whoever comes here signed in already.
/// A page of signing in is no place to go back to.
pub fn lead_on(state: State) -> Memo<Option<String>> {
    let here = Here::get();
    let next = Memo::new(move |_| inside(&here.param("next")));
    Effect::new(move |_| {
        if let Some(role) = state.role() {
            let to = next.get_untracked().unwrap_or_else(|| home_of(role).path());
            here.go(&to, Go::Instead);
        }
    });
    next
}

pub fn credentials(it: Credentials, state: State) -> AnyView {
    let form = Form {
        it,
        state,
        login: RwSignal::new(String::new()),
        password: RwSignal::new(String::new()),
        sent: RwSignal::new(0),
        busy: RwSignal::new(false),
        refused: RwSignal::new(None),
    };
    let sent = form.sent.into();
    let login_error = Memo::new(move |_| form.login.with(|text| (it.check_login)(text)));
    let password_error = Memo::new(move |_| form.password.with(|text| (it.check_password)(text)));
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
    let login = Field::new("login", it.login, form.login).check(login_error, sent);
    let password = Field::new("password", it.password, form.password).hint(it.password_hint);
    let password = password.check(password_error, sent);
    view! {
        {error_summary(errors, sent)}
        {move || form.refused.get().map(refusal)}
        <form novalidate on:submit=send>
            {field(login, Control::Known { kind: "text", autocomplete: "username" })}
            {field(password, Control::Known { kind: "password", autocomplete: it.autocomplete })}
            <button class="btn do" type="submit" aria-busy=move || form.busy.get().then_some("true")>
                {move || if form.busy.get() { it.sending } else { it.send }}
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
        let asked = (self.it.ask)(self.login.get_untracked(), self.password.get_untracked());
        spawn_local(async move {
            match asked.await {
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

/// An address of our own to go on to. What leads elsewhere is left out, or a crafted link could send a person who has
/// just signed in to a stranger's page.
fn inside(next: &str) -> Option<String> {
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
