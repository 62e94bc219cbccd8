//! The dated rules, for the operator: every version, and a form that adds one. None is ever edited.

use domain::Money;
use domain::id::RuleId;
use domain::occasion::Occasion;
use domain::rule::{Rule, RuleKind, RuleScope, parse_share};
use domain::wire::{NewRule, RuleKey, RuleVersion, Rules};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::errors;
use super::year::percent;
use crate::api;
use crate::components::error_summary::error_summary;
use crate::components::field::{Choice, Control, Field, field};
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, refusal};
use crate::components::toast::Toast;
use crate::format;
use crate::language::{as_written, language, t, told};
use crate::load::{Load, load};
use crate::pages::set_title;
use crate::state::State;

pub fn page(state: State) -> AnyView {
    set_title(t!(plan.rules_title));
    let rules: Load<Rules> = load(|| "rules".to_owned(), |_| api::rules());
    let known = Memo::new(move |_| rules.value.with(Option::is_some));
    let inside = move || match (known.get(), rules.error.get()) {
        (true, _) => view! { {move || rules.value.with(|it| it.as_ref().map(table))}{form(state, rules)} }.into_any(),
        (false, Some(error)) => load_failure(error.sentence(), rules.on_retry()),
        (false, None) => loading_lines(8),
    };
    view! {
        <div class="o-head"><h1>{t!(plan.rules_title)}</h1><p class="muted">{t!(plan.rules_words)}</p></div>
        {inside}
    }
    .into_any()
}

fn table(rules: &Rules) -> AnyView {
    let rows: Vec<AnyView> = rules.items.iter().map(row).collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=t!(plan.rules_title)>
            <table class="pl-t" id="rules">
                <thead>
                    <tr>
                        <th scope="col">{t!(plan.rule)}</th>
                        <th scope="col">{t!(plan.for_whom)}</th>
                        <th scope="col" class="n">{t!(plan.value)}</th>
                        <th scope="col">{t!(plan.valid)}</th>
                        <th scope="col">{t!(plan.document)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(it: &RuleVersion) -> AnyView {
    let value = if it.kind.is_share() { percent(it.value) } else { format::yuan(Money::from_fen(it.value)) };
    let from = format::civil_day(&it.valid_from);
    let valid = match &it.valid_to {
        Some(to) => t!(plan.from_to, from = from, to = format::civil_day(to)),
        None => t!(plan.from, from = from),
    };
    let whom = if it.name.is_empty() { it.scope.word(language()).to_owned() } else { it.name.clone() };
    let occasion = it.occasion.map(|occasion| format!(" · {}", occasion.word(language())));
    view! {
        <tr class:past=!it.in_force data-kind=it.kind.code()>
            <th scope="row">{it.kind.word(language())}{occasion}</th>
            <td>{whom}</td>
            <td class="n">{value}</td>
            <td>{valid}{it.in_force.then(|| view! { <small class="ok">{t!(plan.in_force)}</small> }.into_any())}</td>
            <td lang=as_written()>{it.document.clone()}</td>
        </tr>
    }
    .into_any()
}

fn form(state: State, rules: Load<Rules>) -> AnyView {
    let text = |text: &str| RwSignal::new(text.to_owned());
    let (kind, occasion, scope) = (text(RuleKind::AnnualCap.code()), text(""), text(RuleScope::City.code()));
    let (key, value, document, from, to) = (text(""), text(""), text(""), text(""), text(""));
    // Kept until it is added, so that pressing twice adds once.
    let id = StoredValue::new(RuleId(api::new_id()));
    let (sent, busy, refused) = (RwSignal::new(0_u32), RwSignal::new(false), RwSignal::new(None::<String>));
    let of_kind = Memo::new(move |_| RuleKind::from_code(&kind.get()).unwrap_or(RuleKind::AnnualCap));
    let of_scope = Memo::new(move |_| RuleScope::from_code(&scope.get()).unwrap_or(RuleScope::City));
    let read_value = move || {
        let typed = value.get();
        match of_kind.get().is_share() {
            true => parse_share(&typed).map_err(told),
            false => Money::parse(&typed).map(Money::fen).map_err(|error| told(error.say())),
        }
    };
    let body = move || NewRule {
        id: id.get_value(),
        kind: of_kind.get(),
        occasion: if of_kind.get().knows_occasions() { Occasion::from_code(&occasion.get()) } else { None },
        scope: of_scope.get(),
        key: if of_scope.get() == RuleScope::City { String::new() } else { key.get() },
        value: read_value().unwrap_or(0),
        valid_from: from.get(),
        valid_to: Some(to.get()).filter(|day| !day.trim().is_empty()),
        document: document.get(),
    };
    let wrong = move |field: &'static str| {
        Memo::new(move |_| {
            let wrong = Rule::parse(&body()).err().unwrap_or_default();
            wrong.into_iter().find(|it| it.field.as_deref() == Some(field)).map(|it| told(it.sentence))
        })
    };
    let out_of_bounds = wrong("value");
    let no_value = Memo::new(move |_| read_value().err().or_else(|| out_of_bounds.get()));
    let (no_key, no_document, no_from, no_to) =
        (wrong("key"), wrong("document"), wrong("valid_from"), wrong("valid_to"));
    let all = [no_value, no_key, no_document, no_from, no_to];
    let press = move |_| {
        sent.update(|sent| *sent += 1);
        if busy.get_untracked() || all.iter().any(|error| error.with_untracked(Option::is_some)) {
            return;
        }
        busy.set(true);
        refused.set(None);
        let body = untrack(body);
        spawn_local(async move {
            let answer = api::add_rule(body).await;
            // The reader may have left the page meanwhile.
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(all) => {
                    id.set_value(RuleId(api::new_id()));
                    value.set(String::new());
                    document.set(String::new());
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
    let named = move |id: &'static str, label: &'static str, value| Field::new(id, label, value).class("w-16");
    let kinds = RuleKind::ALL.iter().map(|it| Choice::new(it.code(), it.word(language()))).collect();
    let scopes = RuleScope::ALL.iter().map(|it| Choice::new(it.code(), it.word(language()))).collect();
    let occasions = Occasion::ALL.iter().map(|it| Choice::new(it.code(), it.word(language()))).collect::<Vec<_>>();
    let keys = move || {
        let known = |of: fn(&Rules) -> &Vec<RuleKey>| {
            let all = rules.value.with_untracked(|it| it.as_ref().map(|it| of(it).clone()).unwrap_or_default());
            let choices = all.into_iter().map(|it| Choice::new(it.key, it.name)).collect();
            let it = named("rule-key", t!(plan.which), key).check(no_key, sent.into());
            field(it, Control::Select { none: t!(plan.choose), choices })
        };
        match of_scope.get() {
            RuleScope::City => None,
            RuleScope::District => Some(known(|it| &it.districts)),
            RuleScope::Union => Some(known(|it| &it.unions)),
        }
    };
    let of_occasion = move || {
        let choices = occasions.clone();
        let it = named("rule-occasion", t!(plan.occasion), occasion);
        of_kind.get().knows_occasions().then(|| field(it, Control::Select { none: t!(plan.every_occasion), choices }))
    };
    let amount = move || {
        let unit = if of_kind.get().is_share() { "%" } else { t!(orders.yuan) };
        field(named("rule-value", t!(plan.value), value).check(no_value, sent.into()), Control::Amount { unit })
    };
    let day = Control::Known { kind: "date", autocomplete: "off" };
    let summary = errors(vec![
        ("rule-key".to_owned(), no_key),
        ("rule-value".to_owned(), no_value),
        ("rule-document".to_owned(), no_document),
        ("rule-from".to_owned(), no_from),
        ("rule-to".to_owned(), no_to),
    ]);
    view! {
        <section class="pl-new" aria-labelledby="new-rule">
            <h2 id="new-rule">{t!(plan.add_rule)}</h2>
            <p class="muted">{t!(plan.add_rule_words)}</p>
            {error_summary(summary, sent.into())}
            {move || refused.get().map(refusal)}
            <div class="asks">
                {field(Field::new("rule-kind", t!(plan.rule), kind), Control::Chips(kinds))}
                {of_occasion}
                {field(Field::new("rule-scope", t!(plan.for_whom), scope), Control::Chips(scopes))}
                {keys}
                {amount}
                {field(named("rule-document", t!(plan.document), document).check(no_document, sent.into()), Control::Text)}
                {field(named("rule-from", t!(plan.first_day), from).check(no_from, sent.into()), day.clone())}
                {field(named("rule-to", t!(plan.last_day), to).hint(t!(plan.last_day_hint)).check(no_to, sent.into()), day)}
            </div>
            <button class="btn do" type="button" id="add-rule" aria-busy=move || busy.get().then_some("true") on:click=press>
                {t!(plan.add_rule)}
            </button>
        </section>
    }
    .into_any()
}
