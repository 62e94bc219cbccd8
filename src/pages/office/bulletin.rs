//! The monthly bulletin: sentences whose every number leads to its entries, a table, and the document to take away.

use domain::wire::{Bulletin, BulletinCell, BulletinParagraph, BulletinTable};
use leptos::prelude::*;

use super::head;
use crate::api;
use crate::components::dateline::Day;
use crate::components::field::Choice;
use crate::components::loading::loading_lines;
use crate::components::problem::load_failure;
use crate::language::t;
use crate::load::{Load, load};
use crate::pages::coordinator::dashboard::choice_list;
use crate::pages::coordinator::filter::{month_in_words, years};
use crate::route::{BULLETIN, Route, query};
use crate::router::{Go, Here};

/// Year and month of the address; without them the last month that has ended.
fn asked(here: Here) -> (String, String) {
    let (year, month) = (here.param("year"), here.param("month"));
    let today = Day::today();
    match (year.is_empty(), month.is_empty()) {
        (false, false) => (year, month),
        (false, true) if year != today.year.to_string() => (year, "12".to_owned()),
        _ if today.month == 1 => ((today.year - 1).to_string(), "12".to_owned()),
        _ => (today.year.to_string(), (today.month - 1).to_string()),
    }
}

pub fn page() -> AnyView {
    let here = Here::get();
    let of = Memo::new(move |_| asked(here));
    let question = move || of.with(|(year, month)| query(&[("year", year), ("month", month)]));
    let bulletin: Load<Bulletin> = load(question, api::bulletin);
    let inside = move || match (bulletin.value.get(), bulletin.error.get()) {
        (_, Some(error)) => load_failure(error.sentence(), bulletin.on_retry()),
        (Some(it), None) => whole(&it),
        (None, None) => loading_lines(10),
    };
    let turn = move |year: String, month: String| {
        here.go(&Route::Office(BULLETIN.to_owned()).with(&[("year", &year), ("month", &month)]), Go::On);
    };
    let pick_year = move || {
        let (year, month) = of.get();
        let on_change = Callback::new(move |year| turn(year, month.clone()));
        choice_list("year", t!(figures.year), years(Day::today().year, &year), year, on_change)
    };
    let pick_month = move || {
        let (year, month) = of.get();
        let choices = (1..=12).map(|month| Choice::new(month.to_string(), month_in_words(month))).collect();
        let on_change = Callback::new(move |month| turn(year.clone(), month));
        choice_list("month", t!(office.month), choices, month, on_change)
    };
    let print = move |_| drop(window().print());
    let beside = view! {
        <div class="d-tools">
            {pick_year} {pick_month}
            <a class="btn" id="bulletin-docx" href=move || api::bulletin_document(&question()) download="">{t!(office.word_document)}</a>
            <button class="btn" type="button" on:click=print>{t!(desk.print)}</button>
        </div>
    };
    view! { {head(t!(office.bulletin), t!(office.bulletin_words), beside.into_any())}{inside} }.into_any()
}

fn whole(it: &Bulletin) -> AnyView {
    let paragraphs: Vec<AnyView> = it.paragraphs.iter().map(paragraph).collect();
    let preliminary = it
        .preliminary
        .then(|| view! { <p class="tag watch" id="preliminary">{t!(office.preliminary_bulletin)}</p> }.into_any());
    view! {
        <article class="ofc-paper" id="bulletin">
            <h2>{it.title.clone()}</h2>
            {preliminary}
            {paragraphs}
            {table(&it.table)}
        </article>
    }
    .into_any()
}

/// The entries behind a number.
fn opened(text: &str, opens: Option<&String>) -> AnyView {
    match opens {
        Some(query) => {
            let href = format!("{}?{query}", Route::Ledger.path());
            view! { <a class="num" href=href>{text.to_owned()}</a> }.into_any()
        }
        None => text.to_owned().into_any(),
    }
}

fn paragraph(it: &BulletinParagraph) -> AnyView {
    let pieces: Vec<AnyView> = it.pieces.iter().map(|piece| opened(&piece.text, piece.opens.as_ref())).collect();
    view! { <p>{pieces}</p> }.into_any()
}

fn table(it: &BulletinTable) -> AnyView {
    let heads: Vec<AnyView> = it
        .columns
        .iter()
        .enumerate()
        .map(|(place, column)| view! { <th scope="col" class:n={place > 0}>{column.clone()}</th> }.into_any())
        .collect();
    let cell = |(place, cell): (usize, &BulletinCell)| {
        let inside = opened(&cell.text, cell.opens.as_ref());
        match place {
            0 => view! { <th scope="row">{inside}</th> }.into_any(),
            _ => view! { <td class="n">{inside}</td> }.into_any(),
        }
    };
    let rows: Vec<AnyView> = it
        .rows
        .iter()
        .map(|row| {
            let cells: Vec<AnyView> = row.cells.iter().enumerate().map(cell).collect();
            view! { <tr>{cells}</tr> }.into_any()
        })
        .collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=it.caption.clone()>
            <table class="ofc-t">
                <caption>{it.caption.clone()}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
