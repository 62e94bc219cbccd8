//! The months of a year: their sums, which are closed, and closing one for good.

use domain::closing::parse_note;
use domain::wire::{MonthState, Months, NewClose, Session};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::head;
use crate::api;
use crate::components::dateline::Day;
use crate::components::dialog::{Ask, Weight, dialog};
use crate::components::field::{Control, Field, field};
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, refusal};
use crate::components::toast::Toast;
use crate::format;
use crate::language::{as_written, t, told};
use crate::load::{Load, load};
use crate::pages::coordinator::dashboard::choice_list;
use crate::pages::coordinator::filter::years;
use crate::route::{CLOSING, Route, query};
use crate::router::{Go, Here};
use crate::state::State;

/// What is asked before a month is closed, and how far it is.
#[derive(Clone, Copy)]
struct Closing {
    state: State,
    months: Load<Months>,
    asked: RwSignal<Option<MonthState>>,
    open: RwSignal<bool>,
    note: RwSignal<String>,
    sent: RwSignal<u32>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
}

pub fn page(state: State, who: &Session) -> AnyView {
    let here = Here::get();
    let year = Memo::new(move |_| {
        Some(here.param("year")).filter(|year| !year.is_empty()).unwrap_or_else(|| Day::today().year.to_string())
    });
    let district = who.district.as_ref().map(|district| district.id.clone()).unwrap_or_default();
    let months: Load<Months> =
        load(move || year.with(|year| query(&[("year", year), ("district", &district)])), api::months);
    let it = Closing {
        state,
        months,
        asked: RwSignal::new(None),
        open: RwSignal::new(false),
        note: RwSignal::new(String::new()),
        sent: RwSignal::new(0),
        busy: RwSignal::new(false),
        refused: RwSignal::new(None),
    };
    let inside = move || match (months.value.get(), months.error.get()) {
        (_, Some(error)) => load_failure(error.sentence(), months.on_retry()),
        (Some(all), None) => table(it, &all),
        (None, None) => loading_lines(8),
    };
    let pick = move || {
        let chosen = year.get();
        let on_change = Callback::new(move |year: String| {
            here.go(&Route::Office(CLOSING.to_owned()).with(&[("year", &year)]), Go::On);
        });
        choice_list("year", t!(figures.year), years(Day::today().year, &chosen), chosen, on_change)
    };
    view! {
        {head(t!(office.closing), t!(office.closing_words), view! { <div class="d-tools">{pick}</div> }.into_any())}
        {inside}
        {asking(it)}
    }
    .into_any()
}

fn table(it: Closing, all: &Months) -> AnyView {
    if all.items.is_empty() {
        return view! { <p class="empty">{t!(office.no_months)}</p> }.into_any();
    }
    let rows: Vec<AnyView> = all.items.iter().rev().map(|month| row(it, month, all.may_close)).collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=t!(office.closing)>
            <table class="ofc-t" id="months">
                <thead>
                    <tr>
                        <th scope="col">{t!(office.month)}</th>
                        <th scope="col" class="n">{t!(office.entries)}</th>
                        <th scope="col" class="n">{t!(figures.amount)}</th>
                        <th scope="col">{t!(office.state)}</th>
                        <th scope="col"><span class="sr">{t!(office.close)}</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// `2026-10` → the ledger of October.
fn entries_of(month: &str) -> String {
    let (year, number) = month.split_once('-').unwrap_or((month, ""));
    Route::Ledger.with(&[("year", year), ("month", number.trim_start_matches('0'))])
}

fn row(it: Closing, month: &MonthState, may_close: bool) -> AnyView {
    let state = match (&month.close, month.ended) {
        (Some(close), _) => {
            let (at, end) = (format::date_time(close.closed_at_ms), format::count(close.last_entry));
            let hash: String = close.hash.chars().take(12).collect();
            let note = close.note.clone().map(|note| view! { <small lang=as_written()>{note}</small> }.into_any());
            view! {
                <span class="tag ok">{t!(office.closed)}</span>
                <small><span lang=as_written()>{close.closed_by.clone()}</span>" "{t!(office.closed_at, at = at, end = end)}" "<code title=close.hash.clone()>{hash}</code></small>
                {note}
            }
            .into_any()
        }
        (None, true) => view! { <span class="tag watch">{t!(office.preliminary)}</span> }.into_any(),
        (None, false) => view! { <span class="tag">{t!(office.running)}</span> }.into_any(),
    };
    let picked = month.clone();
    let name = t!(office.close_month, month = month.month);
    let act = (may_close && month.ended && month.close.is_none()).then(|| {
        view! { <button class="btn" type="button" data-close=month.month.clone() aria-label=name on:click=move |_| it.ask(picked.clone())>{t!(office.close)}</button> }
            .into_any()
    });
    view! {
        <tr data-month=month.month.clone()>
            <th scope="row"><a href=entries_of(&month.month)>{month.month.clone()}</a></th>
            <td class="n">{format::count(month.entries)}</td>
            <td class="n" data-fen=month.amount_fen.fen().to_string()>{month.amount_fen.yuan()}</td>
            <td>{state}</td>
            <td class="n">{act}</td>
        </tr>
    }
    .into_any()
}

fn asking(it: Closing) -> AnyView {
    let ask = Ask {
        title: t!(office.close_title).to_owned(),
        confirm: t!(office.close_for_good).to_owned(),
        keep: t!(figures.not_yet),
        weight: Weight::Grave,
    };
    let what = move || {
        it.asked.with(|asked| {
            asked.as_ref().map(|it| {
                let (count, amount) = (format::count(it.entries), format::yuan(it.amount_fen));
                t!(office.close_what, month = it.month, count = count, amount = amount)
            })
        })
    };
    let error = Memo::new(move |_| it.note.with(|note| parse_note(Some(note)).err().map(|it| told(it.sentence))));
    let note = Field::new("close-note", t!(office.note), it.note).hint(t!(office.note_hint));
    let inside = view! {
        <p><strong>{what}</strong></p>
        <p>{t!(office.close_consequence)}</p>
        {field(note.check(error, it.sent.into()), Control::Long { rows: 2 })}
        {move || it.refused.get().map(refusal)}
        <p role="status" class="muted">{move || it.busy.get().then_some(t!(figures.writing))}</p>
    };
    dialog(ask, it.open, Callback::new(move |()| it.close()), inside.into_any())
}

impl Closing {
    fn ask(self, month: MonthState) {
        self.asked.set(Some(month));
        self.note.set(String::new());
        self.sent.set(0);
        self.refused.set(None);
        self.open.set(true);
    }

    fn close(self) {
        self.sent.update(|sent| *sent += 1);
        let Some(month) = self.asked.get_untracked() else { return };
        let Ok(note) = self.note.with_untracked(|note| parse_note(Some(note))) else { return };
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        let body = NewClose { amount_fen: month.amount_fen, entries: month.entries, note };
        spawn_local(async move {
            let answer = api::close_month(month.month.clone(), body).await;
            // The reader may have left the page meanwhile.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(months) => {
                    self.open.set(false);
                    self.months.put(months);
                    self.state.say(Toast::new(t!(office.month_closed, month = month.month)));
                }
                Err(error) => {
                    self.state.note(&error);
                    self.refused.set(Some(error.sentence()));
                    self.months.reload();
                }
            }
        });
    }
}
