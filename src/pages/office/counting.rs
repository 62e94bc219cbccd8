//! What is counted as a sale, by version: for everybody to read, with what was counted under each; for the operator a form that
//! adds one.

use domain::counting::CountingRule;
use domain::permission::{Act, Whose, may};
use domain::wire::{CountingRuleVersion, CountingRules, NewCountingRule};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::head;
use crate::api;
use crate::components::field::{Control, Field, field};
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, refusal};
use crate::components::toast::Toast;
use crate::format;
use crate::language::{as_written, t, told};
use crate::load::{Load, load};
use crate::state::State;

pub fn page(state: State) -> AnyView {
    let rules: Load<CountingRules> = load(|| "rules".to_owned(), |_| api::counting_rules());
    let inside = move || match (rules.value.get(), rules.error.get()) {
        (Some(it), _) => list(&it),
        (None, Some(error)) => load_failure(error.sentence(), rules.on_retry()),
        (None, None) => loading_lines(8),
    };
    let keeps = Memo::new(move |_| may(state.role(), Act::AddRule, Whose::Own));
    let change = move || keeps.get().then(|| form(state, rules));
    view! { {head(t!(office.counting), t!(office.counting_words), ().into_any())}{inside}{change} }.into_any()
}

fn list(rules: &CountingRules) -> AnyView {
    let all: Vec<AnyView> = rules.items.iter().map(version).collect();
    view! { <ul class="ofc-list" id="counting-rules" role="list">{all}</ul> }.into_any()
}

fn version(it: &CountingRuleVersion) -> AnyView {
    let from = format::civil_day(&it.valid_from);
    let days = match &it.valid_to {
        Some(to) => t!(plan.from_to, from = from, to = format::civil_day(to)),
        None => t!(plan.from, from = from),
    };
    let counted = t!(office.counted_under, count = format::count(it.entries), amount = format::yuan(it.amount_fen));
    let current = it.in_force.then(|| view! { <span class="tag ok">{t!(plan.in_force)}</span> }.into_any());
    view! {
        <li data-version=it.version.clone() data-entries=it.entries.to_string()>
            <h2>{t!(office.version_of_rule, version = it.version)}" "{current}</h2>
            <p class="muted">{days}" · "<span lang=as_written()>{it.document.clone()}</span></p>
            <p class="ofc-rule">{it.text.clone()}</p>
            <p class="num">{counted}</p>
        </li>
    }
    .into_any()
}

fn form(state: State, rules: Load<CountingRules>) -> AnyView {
    let text = || RwSignal::new(String::new());
    let (version, from, document, zh, en) = (text(), text(), text(), text(), text());
    let (sent, busy, refused) = (RwSignal::new(0_u32), RwSignal::new(false), RwSignal::new(None::<String>));
    let body = move || NewCountingRule {
        version: version.get(),
        valid_from: from.get(),
        document: document.get(),
        text: zh.get(),
        text_en: en.get(),
    };
    let wrong = move |name: &'static str| {
        Memo::new(move |_| {
            let today = rules.value.with(|rules| rules.as_ref().and_then(|it| it.today.parse().ok()));
            let wrong = CountingRule::parse(&body(), today.unwrap_or_default()).err().unwrap_or_default();
            wrong.into_iter().find(|it| it.field.as_deref() == Some(name)).map(|it| told(it.sentence))
        })
    };
    let (no_version, no_from, no_document) = (wrong("version"), wrong("valid_from"), wrong("document"));
    let (no_text, no_text_en) = (wrong("text"), wrong("text_en"));
    let all = [no_version, no_from, no_document, no_text, no_text_en];
    let press = move |_| {
        sent.update(|sent| *sent += 1);
        if busy.get_untracked() || all.iter().any(|error| error.with_untracked(Option::is_some)) {
            return;
        }
        busy.set(true);
        refused.set(None);
        let body = untrack(body);
        spawn_local(async move {
            let answer = api::add_counting_rule(body).await;
            // The reader may have left the page meanwhile.
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(all) => {
                    for typed in [version, from, document, zh, en] {
                        typed.set(String::new());
                    }
                    sent.set(0);
                    rules.put(all);
                    state.say(Toast::new(t!(plan.rule_added)));
                }
                Err(error) => {
                    state.note(&error);
                    refused.set(Some(error.sentence()));
                }
            }
        });
    };
    let sent = Signal::from(sent);
    let named = |id: &'static str, label: &'static str, value| Field::new(id, label, value);
    let day = Control::Known { kind: "date", autocomplete: "off" };
    view! {
        <section class="pl-new" aria-labelledby="new-counting-rule">
            <h2 id="new-counting-rule">{t!(office.add_version)}</h2>
            <p class="muted">{t!(office.add_version_words)}</p>
            {move || refused.get().map(refusal)}
            <div class="asks">
                {field(named("rule-version", t!(office.version_number), version).class("w-16").check(no_version, sent), Control::Text)}
                {field(named("rule-valid-from", t!(plan.first_day), from).class("w-16").check(no_from, sent), day)}
                {field(named("rule-document", t!(plan.document), document).check(no_document, sent), Control::Text)}
                {field(named("rule-text", t!(office.rule_text), zh).check(no_text, sent), Control::Long { rows: 5 })}
                {field(named("rule-text-en", t!(office.rule_text_en), en).check(no_text_en, sent), Control::Long { rows: 5 })}
            </div>
            <button class="btn do" type="button" id="add-counting-rule" aria-busy=move || busy.get().then_some("true") on:click=press>
                {t!(office.add_version)}
            </button>
        </section>
    }
    .into_any()
}
