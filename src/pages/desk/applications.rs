//! Who asks to join, for the operator: what they say of themselves, and the two answers.

use domain::application::ApplicationState;
use domain::id::ApplicationId;
use domain::order::parse_reason;
use domain::wire::{Application, Applications, DecisionBody};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::section;
use crate::api;
use crate::components::dialog::{Ask, Weight, dialog};
use crate::components::field::{Control, Field, field};
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, refusal};
use crate::components::toast::Toast;
use crate::format;
use crate::language::{as_written, language, t, told};
use crate::load::{Load, load};
use crate::pages::set_title;
use crate::state::State;

#[derive(Clone, Copy)]
struct List {
    state: State,
    all: Load<Applications>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
}

impl List {
    fn decide(self, id: ApplicationId, body: DecisionBody) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        let admits = body.decision == ApplicationState::Admitted;
        spawn_local(async move {
            let answer = api::decide_application(id, body).await;
            // The reader may have left the page meanwhile.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(all) => {
                    self.all.put(all);
                    let done = if admits { t!(desk.admitted_done) } else { t!(desk.turned_down_done) };
                    self.state.say(Toast::new(done));
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
    set_title(t!(desk.applications));
    let all: Load<Applications> = load(|| "applications".to_owned(), |_| api::applications());
    let list = List { state, all, busy: RwSignal::new(false), refused: RwSignal::new(None) };
    let inside = move || match (all.value.get(), all.error.get()) {
        (Some(it), _) => both(list, &it),
        (None, Some(error)) => load_failure(error.sentence(), all.on_retry()),
        (None, None) => loading_lines(8),
    };
    view! {
        <div class="o-head"><h1>{t!(desk.applications)}</h1></div>
        {move || list.refused.get().map(refusal)}
        {inside}
    }
    .into_any()
}

fn both(list: List, it: &Applications) -> AnyView {
    let (waiting, decided): (Vec<&Application>, Vec<&Application>) =
        it.items.iter().partition(|it| it.status.state == ApplicationState::Waiting);
    let drawn = |of: &[&Application]| of.iter().map(|it| one(list, it)).collect::<Vec<_>>();
    let none = waiting.is_empty().then(|| view! { <p class="muted">{t!(desk.no_applications)}</p> }.into_any());
    let first = view! { {none}<ul class="dk-apps" role="list">{drawn(&waiting)}</ul> };
    let decided = (!decided.is_empty()).then(|| {
        let inside = view! { <ul class="dk-apps" role="list">{drawn(&decided)}</ul> };
        section("decided", t!(desk.decided), None, inside.into_any())
    });
    view! { {section("waiting", t!(desk.waiting), None, first.into_any())}{decided} }.into_any()
}

fn one(list: List, it: &Application) -> AnyView {
    let row = |word: &'static str, text: String| {
        view! { <div><dt>{word}</dt><dd lang=as_written()>{text}</dd></div> }.into_any()
    };
    let status = &it.status;
    let waits = status.state == ApplicationState::Waiting;
    let when = match status.decided_at_ms {
        Some(at) => t!(desk.decided_at, at = format::date_time(at)),
        None => t!(desk.applied_at, at = format::date_time(status.applied_at_ms)),
    };
    let reason = status.reason.clone().map(|reason| view! { <p>{t!(desk.reason_is, reason = reason)}</p> }.into_any());
    view! {
        <li data-application=it.id.to_string()>
            <h3 lang=as_written()>{status.name.clone()}</h3>
            <p class="muted">{status.state.word(language())}" · "{when}</p>
            {reason}
            <dl>
                {row(t!(desk.code), it.uscc.clone())} {row(t!(desk.county), it.county.clone())}
                {row(t!(desk.address), it.address.clone())}
                {row(t!(desk.person), format!("{} {}", it.contact, it.phone))}
                {it.food_licence.clone().map(|number| row(t!(desk.licence_number), number))}
                {row(t!(desk.login_is), it.login.clone())}
            </dl>
            {waits.then(|| answers(list, it))}
        </li>
    }
    .into_any()
}

fn answers(list: List, it: &Application) -> AnyView {
    let id = it.id;
    let (reason, sent, open) = (RwSignal::new(String::new()), RwSignal::new(0_u32), RwSignal::new(false));
    let error = Memo::new(move |_| parse_reason(&reason.get()).err().map(|refusal| told(refusal.sentence)));
    let admit = move |_| list.decide(id, DecisionBody { decision: ApplicationState::Admitted, reason: None });
    let turn_down = Callback::new(move |()| {
        sent.update(|sent| *sent += 1);
        if error.with_untracked(Option::is_none) {
            open.set(false);
            let reason = Some(reason.get_untracked().trim().to_owned());
            list.decide(id, DecisionBody { decision: ApplicationState::TurnedDown, reason });
        }
    });
    let ask = Ask {
        title: t!(desk.turn_down_title, name = it.status.name),
        confirm: t!(desk.turn_down).to_owned(),
        keep: t!(desk.keep_waiting),
        weight: Weight::Grave,
    };
    let asked = Field::new(format!("reason-{id}"), t!(desk.reason), reason).hint(t!(desk.reason_hint));
    let inside = field(asked.check(error, sent.into()), Control::Long { rows: 3 });
    let busy = move || list.busy.get().then_some("true");
    view! {
        <p class="tb">
            <button class="btn do" type="button" data-admit="" aria-busy=busy on:click=admit>{t!(desk.admit)}</button>
            <button class="btn" type="button" data-turn-down="" on:click=move |_| open.set(true)>{t!(desk.turn_down)}</button>
        </p>
        {dialog(ask, open, turn_down, inside)}
    }
    .into_any()
}
