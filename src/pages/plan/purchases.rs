//! What the union bought off the platform: it counts against the same caps.

use domain::Money;
use domain::id::PurchaseId;
use domain::occasion::Occasion;
use domain::plan::check_purchase;
use domain::wire::{NewPurchase, Plan, Purchase};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::errors;
use crate::api;
use crate::components::dateline::Day;
use crate::components::error_summary::error_summary;
use crate::components::field::{Choice, Control, Field, field};
use crate::components::problem::refusal;
use crate::components::toast::Toast;
use crate::format;
use crate::language::{as_written, language, t, told};
use crate::load::Load;
use crate::state::State;

pub fn purchases(state: State, plan: Load<Plan>, changes: bool) -> AnyView {
    let list = Memo::new(move |_| plan.value.get().map(|plan| plan.purchases).unwrap_or_default());
    let rows = move || list.get().into_iter().map(|it| row(state, plan, it, changes)).collect::<Vec<_>>();
    view! {
        <section aria-labelledby="outside">
            <h2 id="outside" tabindex="-1">{t!(plan.outside_title)}</h2>
            <p class="muted">{t!(plan.outside_words)}</p>
            <ul class="pl-out" role="list">{rows}</ul>
            {changes.then(|| form(state, plan))}
        </section>
    }
    .into_any()
}

fn row(state: State, plan: Load<Plan>, it: Purchase, changes: bool) -> AnyView {
    let Purchase { id, occasion, bought_on, amount_fen, assistance_fen, supplier, note } = it;
    let assistance = t!(plan.of_it_assistance, amount = format::yuan(assistance_fen));
    let remove = move |_| {
        spawn_local(async move {
            match api::remove_purchase(id).await {
                Ok(()) => {
                    plan.reload();
                    state.say(Toast::new(t!(plan.purchase_removed)));
                }
                Err(error) => {
                    state.note(&error);
                    state.say(Toast::new(error.sentence()));
                }
            }
        });
    };
    let name = t!(plan.remove_purchase, supplier = supplier);
    view! {
        <li>
            <p>
                <b>{occasion.word(language())}</b>" "<span lang=as_written()>{supplier}</span>
                <small class="muted">{format::civil_day(&bought_on)}{note.map(|note| format!(" · {note}"))}</small>
            </p>
            <p class="n"><b class="num">{format::yuan(amount_fen)}</b><small class="muted">{assistance}</small></p>
            {changes.then(|| view! { <button class="btn plain" type="button" aria-label=name on:click=remove>{t!(plan.remove)}</button> }.into_any())}
        </li>
    }
    .into_any()
}

fn form(state: State, plan: Load<Plan>) -> AnyView {
    let text = || RwSignal::new(String::new());
    let (occasion, day, supplier, note) = (text(), text(), text(), text());
    let (amount, assistance) = (text(), text());
    let today = Day::today().iso();
    day.set(today.clone());
    // Kept until it is recorded, so that pressing twice records once.
    let id = StoredValue::new(PurchaseId(api::new_id()));
    let (sent, busy, refused) = (RwSignal::new(0_u32), RwSignal::new(false), RwSignal::new(None::<String>));
    let fen = |text: RwSignal<String>| text.with(|text| Money::parse(text)).map_err(|error| told(error.say()));
    let body = move || NewPurchase {
        id: id.get_value(),
        occasion: Occasion::from_code(&occasion.get()).unwrap_or(Occasion::NewYear),
        bought_on: day.get(),
        amount_fen: fen(amount).map_or(0, Money::fen),
        assistance_fen: fen(assistance).map_or(0, Money::fen),
        supplier: supplier.get(),
        note: Some(note.get()),
    };
    let today = StoredValue::new(today);
    let wrong = move |field: &'static str| {
        Memo::new(move |_| {
            let today = today.with_value(|today| today.parse().ok())?;
            let wrong = check_purchase(&body(), today).err().unwrap_or_default();
            wrong.into_iter().find(|it| it.field.as_deref() == Some(field)).map(|it| told(it.sentence))
        })
    };
    let no_occasion = Memo::new(move |_| {
        occasion.with(|code| Occasion::from_code(code).is_none()).then(|| t!(plan.choose_occasion).to_owned())
    });
    let no_amount = Memo::new(move |_| fen(amount).err().or_else(|| wrong("amount_fen").get()));
    let bad_share = wrong("assistance_fen");
    let no_assistance = Memo::new(move |_| {
        if assistance.with(|text| text.trim().is_empty()) { None } else { fen(assistance).err() }
            .or_else(|| bad_share.get())
    });
    let (no_day, no_supplier) = (wrong("bought_on"), wrong("supplier"));
    let all = [no_occasion, no_day, no_amount, no_assistance, no_supplier];
    let press = move |_| {
        sent.update(|sent| *sent += 1);
        if busy.get_untracked() || all.iter().any(|error| error.with_untracked(Option::is_some)) {
            return;
        }
        busy.set(true);
        refused.set(None);
        let body = untrack(body);
        spawn_local(async move {
            let answer = api::record_purchase(body).await;
            // The reader may have left the page meanwhile.
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(_) => {
                    id.set_value(PurchaseId(api::new_id()));
                    for text in [amount, assistance, supplier, note] {
                        text.set(String::new());
                    }
                    sent.set(0);
                    // Of this year or another: what is shown is asked for anew.
                    plan.reload();
                    state.say(Toast::new(t!(plan.purchase_recorded)));
                }
                Err(error) => {
                    state.note(&error);
                    refused.set(Some(error.sentence()));
                }
            }
        });
    };
    let occasions = Occasion::ALL.iter().map(|it| Choice::new(it.code(), it.word(language()))).collect();
    let named = |id: &'static str, label: &'static str, value, error| {
        Field::new(id, label, value).class("w-16").check(error, sent.into())
    };
    let unit = t!(orders.yuan);
    let summary = errors(vec![
        ("out-occasion".to_owned(), no_occasion),
        ("out-day".to_owned(), no_day),
        ("out-supplier".to_owned(), no_supplier),
        ("out-amount".to_owned(), no_amount),
        ("out-assistance".to_owned(), no_assistance),
    ]);
    view! {
        <details class="pay">
            <summary>{t!(plan.record_purchase)}</summary>
            {error_summary(summary, sent.into())}
            {move || refused.get().map(refusal)}
            <div class="asks">
                {field(named("out-occasion", t!(plan.occasion), occasion, no_occasion), Control::Select { none: t!(plan.choose_occasion), choices: occasions })}
                {field(named("out-day", t!(plan.bought_on), day, no_day), Control::Known { kind: "date", autocomplete: "off" })}
                {field(named("out-supplier", t!(plan.supplier), supplier, no_supplier), Control::Text)}
                {field(named("out-amount", t!(plan.amount), amount, no_amount), Control::Amount { unit })}
                {field(named("out-assistance", t!(plan.assistance), assistance, no_assistance).hint(t!(plan.assistance_hint)), Control::Amount { unit })}
                {field(Field::new("out-note", t!(plan.note), note).class("w-16"), Control::Text)}
            </div>
            <button class="btn" type="button" id="record-purchase" aria-busy=move || busy.get().then_some("true") on:click=press>
                {t!(plan.record_purchase)}
            </button>
        </details>
    }
    .into_any()
}
