//! The licences for brands above the goods: how long each lasts, and a form that records one.

use domain::goods::{Licence, Standing};
use domain::product::Brand;
use domain::wire::{self, GoodsList, NewLicence};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::components::error_summary::{FormError, error_summary};
use crate::components::field::{Choice, Control, Field, field};
use crate::components::problem::refusal;
use crate::components::toast::Toast;
use crate::format;
use crate::language::{language, t, told};
use crate::load::Load;
use crate::state::State;

pub fn section(state: State, goods: Load<GoodsList>) -> AnyView {
    let licences =
        Memo::new(move |_| goods.value.with(|it| it.as_ref().map(|it| it.licences.clone()).unwrap_or_default()));
    let rows = move || licences.get().iter().map(row).collect::<Vec<AnyView>>();
    let open = RwSignal::new(false);
    view! {
        <section class="gd-lic" aria-labelledby="licences">
            <h2 id="licences">{t!(goods.licences)}</h2>
            <p class="muted">{t!(goods.licences_words)}</p>
            <ul role="list">{rows}</ul>
            <button class="btn" type="button" id="add-licence" aria-expanded=move || open.get().to_string() on:click=move |_| open.update(|open| *open = !*open)>
                {t!(goods.record_licence)}
            </button>
            {move || open.get().then(|| form(state, goods, open))}
        </section>
    }
    .into_any()
}

fn row(it: &wire::Licence) -> AnyView {
    let day = format::civil_day(&it.valid_to);
    let (class, words) = match it.standing {
        Standing::InForce => ("", t!(goods.in_force, day = day)),
        Standing::EndsSoon if it.days_left == 0 => ("note watch", t!(goods.ends_today, day = day)),
        Standing::EndsSoon => ("note watch", t!(goods.ends_soon, day = day, days = it.days_left)),
        Standing::Ended => ("note wrong", t!(goods.ended, day = day)),
    };
    view! {
        <li class=class data-standing=it.standing.code()>
            <b>{it.brand.word(language())}</b>" "<span class="num">{it.number.clone()}</span>" "<span>{words}</span>
        </li>
    }
    .into_any()
}

fn form(state: State, goods: Load<GoodsList>, open: RwSignal<bool>) -> AnyView {
    let text = || RwSignal::new(String::new());
    let (brand, number, valid_to) = (text(), text(), text());
    let (sent, busy, refused) = (RwSignal::new(0_u32), RwSignal::new(false), RwSignal::new(None::<String>));
    let body = move || {
        let brand = Brand::from_code(&brand.get())?;
        Some(NewLicence { brand, number: number.get(), valid_to: valid_to.get() })
    };
    // Which day today is, is the server's to say; here only what cannot be read is caught.
    let wrong = move |of: &'static str| {
        Memo::new(move |_| {
            let typed = NewLicence { brand: Brand::SanquWei, number: number.get(), valid_to: valid_to.get() };
            let wrong = Licence::read(&typed).err().unwrap_or_default();
            wrong.into_iter().find(|it| it.field.as_deref() == Some(of)).map(|it| told(it.sentence))
        })
    };
    let no_brand = Memo::new(move |_| brand.with(String::is_empty).then(|| t!(goods.choose_brand).to_owned()));
    let (no_number, no_day) = (wrong("number"), wrong("valid_to"));
    let all = [("licence-brand", no_brand), ("licence-number", no_number), ("licence-to", no_day)];
    let summary = Signal::derive(move || {
        let error = |(control, error): &(&str, Memo<Option<String>>)| {
            error.get().map(|sentence| FormError { control: (*control).to_owned(), sentence })
        };
        all.iter().filter_map(error).collect::<Vec<_>>()
    });
    let press = move |_| {
        sent.update(|sent| *sent += 1);
        let Some(body) = untrack(body).filter(|_| !busy.get_untracked() && summary.with_untracked(Vec::is_empty))
        else {
            return;
        };
        busy.set(true);
        refused.set(None);
        spawn_local(async move {
            let answer = api::record_licence(body).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(_) => {
                    state.say(Toast::new(t!(goods.licence_recorded)));
                    goods.reload();
                    open.set(false);
                }
                Err(error) => {
                    state.note(&error);
                    refused.set(Some(error.sentence()));
                }
            }
        });
    };
    let brands = Brand::ALL.iter().map(|it| Choice::new(it.code(), it.word(language()))).collect();
    let named = |id: &'static str, label: &'static str, value, error| {
        Field::new(id, label, value).class("w-16").check(error, sent.into())
    };
    let day = Control::Known { kind: "date", autocomplete: "off" };
    view! {
        <div class="gd-new-lic">
            {error_summary(summary, sent.into())}
            {move || refused.get().map(refusal)}
            <div class="asks">
                {field(named("licence-brand", t!(goods.brand), brand, no_brand), Control::Chips(brands))}
                {field(named("licence-number", t!(goods.licence_number), number, no_number), Control::Text)}
                {field(named("licence-to", t!(goods.licence_to), valid_to, no_day), day)}
            </div>
            <button class="btn tea" type="button" id="save-licence" aria-busy=move || busy.get().then_some("true") on:click=press>
                {t!(goods.save_licence)}
            </button>
        </div>
    }
    .into_any()
}
