//! The year's task sheet: what is in force, every version with its document, and for the operator a form that adds one. None is
//! ever edited.

use domain::Money;
use domain::target::{Scope, check_amount, parse_document};
use domain::wire::{NewTarget, TargetRow, TargetSheet, TargetSum};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{download, head, target_file};
use crate::api;
use crate::components::dateline::Day;
use crate::components::field::{Choice, Control, Field, field};
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, refusal};
use crate::components::toast::Toast;
use crate::format;
use crate::language::{as_written, language, t, told};
use crate::load::{Load, load};
use crate::pages::coordinator::dashboard::choice_list;
use crate::route::{Route, TARGETS, query};
use crate::router::{Go, Here};
use crate::state::State;

pub fn page(state: State) -> AnyView {
    let here = Here::get();
    let year = Memo::new(move |_| {
        Some(here.param("year")).filter(|year| !year.is_empty()).unwrap_or_else(|| Day::today().year.to_string())
    });
    let sheet: Load<TargetSheet> = load(move || year.with(|year| query(&[("year", year)])), api::targets);
    let may_set = Memo::new(move |_| sheet.value.with(|sheet| sheet.as_ref().is_some_and(|it| it.may_set)));
    let inside = move || match (sheet.value.get(), sheet.error.get()) {
        (_, Some(error)) => load_failure(error.sentence(), sheet.on_retry()),
        (Some(it), None) => whole(&it),
        (None, None) => loading_lines(10),
    };
    // By the year alone: a version that is added leaves what is being typed as it is.
    let change = move || {
        may_set.get().then(|| {
            let year = year.get();
            view! { {form(state, sheet, year.clone())}{target_file::part(state, sheet, year)} }.into_any()
        })
    };
    let pick = move || {
        let chosen = year.get();
        let known = sheet.value.with(|sheet| sheet.as_ref().map(|it| it.years.clone()).unwrap_or_default());
        let mut years: Vec<String> = known.iter().map(ToString::to_string).collect();
        if !years.contains(&chosen) {
            years.push(chosen.clone());
        }
        let choices = years.into_iter().map(|year| Choice::new(year.clone(), t!(parts.of_year, year = year))).collect();
        let on_change = Callback::new(move |year: String| {
            here.go(&Route::Office(TARGETS.to_owned()).with(&[("year", &year)]), Go::On);
        });
        choice_list("year", t!(figures.year), choices, chosen, on_change)
    };
    let files = move || year.with(|year| download("targets", &query(&[("year", year)]), false));
    let beside = view! { <div class="d-tools">{pick}{files}</div> };
    view! { {head(t!(office.targets), t!(office.targets_words), beside.into_any())}{inside}{change} }.into_any()
}

fn whole(it: &TargetSheet) -> AnyView {
    let parts: Vec<AnyView> = Scope::ALL
        .iter()
        .filter_map(|scope| {
            let rows: Vec<AnyView> = it.rows.iter().filter(|row| row.scope == *scope).map(row).collect();
            let sum = it.sums.iter().find(|sum| sum.scope == *scope).map(sum);
            (!rows.is_empty()).then(|| part(*scope, rows, sum))
        })
        .collect();
    view! { <div id="targets">{parts}</div> }.into_any()
}

fn part(scope: Scope, rows: Vec<AnyView>, sum: Option<AnyView>) -> AnyView {
    let id = format!("targets-{}", scope.code());
    let named_by = id.clone();
    view! {
        <section class="sec" aria-labelledby=named_by>
            <h2 id=id>{scope.word(language())}</h2>
            {sum}
            <div class="scroll" tabindex="0" role="region" aria-label=scope.word(language())>
                <table class="ofc-t">
                    <thead>
                        <tr>
                            <th scope="col">{t!(office.whom)}</th>
                            <th scope="col" class="n">{t!(office.target_wan)}</th>
                            <th scope="col">{t!(office.versions)}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// The amount to the last fen, in the unit such sheets count in.
fn exact(amount: Money) -> String {
    amount.yuan()
}

fn row(it: &TargetRow) -> AnyView {
    let versions: Vec<AnyView> = it
        .versions
        .iter()
        .map(|version| {
            let recorded = version.recorded_at_ms.map(|at| {
                let who = version.recorded_by.clone().unwrap_or_default();
                t!(office.recorded, at = format::date(at), who = who)
            });
            let words = t!(office.version, version = version.version, amount = exact(version.amount_fen));
            let past = version.version != it.version;
            view! {
                <li class:past=past><span class="num">{words}</span>" "<span lang=as_written()>{version.document.clone()}</span>" "<small class="muted">{recorded}</small></li>
            }
            .into_any()
        })
        .collect();
    let shown = match it.amount_fen {
        Some(amount) => exact(amount),
        None => t!(office.no_target).to_owned(),
    };
    let fen = it.amount_fen.map(|amount| amount.fen().to_string());
    view! {
        <tr data-key=it.key.clone() data-version=it.version.to_string()>
            <th scope="row">{it.name.clone()}</th>
            <td class="n" data-fen=fen>{shown}</td>
            <td><ul class="ofc-versions" role="list">{versions}</ul></td>
        </tr>
    }
    .into_any()
}

/// What the parts come to, and by how much that is not the city's.
pub fn sum(it: &TargetSum) -> AnyView {
    let amount = format::yuan(it.amount_fen);
    match it.difference_fen {
        Some(difference) => {
            let size = format::yuan(Money::from_fen(difference.fen().abs()));
            let words = match difference.is_negative() {
                true => t!(office.sum_less, scope = it.scope.word(language()), amount = amount, size = size),
                false => t!(office.sum_more, scope = it.scope.word(language()), amount = amount, size = size),
            };
            view! { <p class="note watch" data-difference=difference.fen().to_string()>{words}</p> }.into_any()
        }
        None => {
            let words = t!(office.sum_equal, scope = it.scope.word(language()), amount = amount);
            view! { <p class="muted">{words}</p> }.into_any()
        }
    }
}

fn form(state: State, sheet: Load<TargetSheet>, year: String) -> AnyView {
    let text = |text: &str| RwSignal::new(text.to_owned());
    let (whom, amount, document) = (text(""), text(""), text(""));
    let (sent, busy, refused) = (RwSignal::new(0_u32), RwSignal::new(false), RwSignal::new(None::<String>));
    let read_amount = move || {
        let read = Money::parse(&amount.get()).map_err(|error| told(error.say()))?;
        check_amount(read).map(|()| read).map_err(told)
    };
    let no_whom = Memo::new(move |_| whom.get().is_empty().then(|| t!(office.choose_whom).to_owned()));
    let no_amount = Memo::new(move |_| read_amount().err());
    let no_document = Memo::new(move |_| parse_document(&document.get()).err().map(|refusal| told(refusal.sentence)));
    let all = [no_whom, no_amount, no_document];
    let of_year: i16 = year.parse().unwrap_or_default();
    let press = move |_| {
        sent.update(|sent| *sent += 1);
        if busy.get_untracked() || all.iter().any(|error| error.with_untracked(Option::is_some)) {
            return;
        }
        let (scope, key) = whom.with_untracked(|whom| {
            let (scope, key) = whom.split_once(' ').unwrap_or((whom, ""));
            (Scope::from_code(scope).unwrap_or(Scope::City), key.to_owned())
        });
        let after = sheet.value.with_untracked(|sheet| {
            let rows = sheet.as_ref().map(|it| it.rows.as_slice()).unwrap_or_default();
            rows.iter().find(|row| row.scope == scope && row.key == key).map_or(0, |row| row.version)
        });
        let Ok(amount_fen) = untrack(read_amount) else { return };
        let document_text = document.get_untracked();
        busy.set(true);
        refused.set(None);
        spawn_local(async move {
            let body = NewTarget { year: of_year, scope, key, amount_fen, document: document_text, after };
            let answer = api::set_target(body).await;
            // The reader may have left the page meanwhile.
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(all) => {
                    amount.set(String::new());
                    sent.set(0);
                    sheet.put(all);
                    state.say(Toast::new(t!(office.target_set)));
                }
                Err(error) => {
                    state.note(&error);
                    refused.set(Some(error.sentence()));
                    sheet.reload();
                }
            }
        });
    };
    let choices = sheet.value.with_untracked(|sheet| {
        let rows = sheet.as_ref().map(|it| it.rows.as_slice()).unwrap_or_default();
        let choice = |row: &TargetRow| {
            let code = format!("{} {}", row.scope.code(), row.key);
            let word = row.scope.word(language());
            // The city is one, and its scope names it.
            let whom = if row.scope == Scope::City { word.to_owned() } else { format!("{word} · {}", row.name) };
            Choice::new(code.trim(), whom)
        };
        rows.iter().map(choice).collect::<Vec<_>>()
    });
    let named = |id: &'static str, label: &'static str, value| Field::new(id, label, value).class("w-16");
    view! {
        <section class="pl-new" aria-labelledby="new-target">
            <h2 id="new-target">{t!(office.add_target, year = year)}</h2>
            <p class="muted">{t!(office.add_target_words)}</p>
            {move || refused.get().map(refusal)}
            <div class="asks">
                {field(named("target-whom", t!(office.whom), whom).check(no_whom, sent.into()), Control::Select { none: t!(plan.choose), choices })}
                {field(named("target-amount", t!(office.target), amount).check(no_amount, sent.into()), Control::Amount { unit: t!(orders.yuan) })}
                {field(named("target-document", t!(plan.document), document).check(no_document, sent.into()), Control::Text)}
            </div>
            <button class="btn do" type="button" id="add-target" aria-busy=move || busy.get().then_some("true") on:click=press>
                {t!(office.set_target)}
            </button>
        </section>
    }
    .into_any()
}
