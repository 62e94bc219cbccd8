//! The rows of a list. Of thousands only those in sight are drawn, and a few beside: each keeps its height, so that the place of
//! every row is known.

use domain::delivery_list::{Column, Purpose, same_person};
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::List;
use crate::components::focus::focus;
use crate::language::{language, t, told};

/// The height of a row in the size of the page's letters, as style/roster.css has it.
const ROW_REM: f64 = 3.5;
/// As tall as the window of the rows is, and more on either side for who goes on by the keyboard.
const DRAWN: usize = 36;
const BESIDE: usize = 12;
/// Rows come and go by so many at once.
const STEP: usize = 6;

const ROWS: &str = "list-rows";

/// The height of a row on the screen, in pixels.
#[allow(clippy::float_arithmetic, reason = "the browser's lengths are floats")]
fn row_height() -> f64 {
    let root = document().document_element();
    let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
    let size = style.and_then(|style| style.get_property_value("font-size").ok());
    let size = size.and_then(|size| size.trim_end_matches("px").parse::<f64>().ok()).unwrap_or(16.0);
    size * ROW_REM
}

#[allow(clippy::float_arithmetic, reason = "the browser's lengths are floats")]
fn first_drawn(scrolled: i32) -> usize {
    let row = (f64::from(scrolled) / row_height()) as usize;
    row.saturating_sub(BESIDE) / STEP * STEP
}

#[allow(clippy::float_arithmetic, reason = "the browser's lengths are floats")]
fn height_of(rows: usize) -> String {
    format!("{}rem", rows as f64 * ROW_REM)
}

/// The columns to correct: those of the file, those it must have, and the sets.
fn columns(list: List) -> Vec<Column> {
    let known = list.read.with_untracked(|read| read.as_ref().map(|read| read.columns.clone()).unwrap_or_default());
    let shown = |column: &Column| {
        known.contains(column) || Purpose::Delivery.needs().contains(column) || *column == Column::Sets
    };
    Column::ALL.iter().copied().filter(shown).collect()
}

fn class_of(column: Column) -> String {
    format!("c-{}", column.code())
}

pub fn table(list: List) -> AnyView {
    let columns = columns(list);
    let count = columns.len() + 2;
    let first = RwSignal::new(0);
    let node = NodeRef::<html::Div>::new();
    let scrolled = move |_| {
        if let Some(rows) = node.get_untracked() {
            let now = first_drawn(rows.scroll_top());
            if now != first.get_untracked() {
                first.set(now);
            }
        }
    };
    // Another choice of rows is read from its beginning.
    Effect::new(move |_| {
        list.only.track();
        if let Some(rows) = node.get() {
            rows.set_scroll_top(0);
        }
        first.set(0);
    });
    let all = move || list.only.with(|only| only.as_ref().map_or_else(|| list.rows.with_untracked(Vec::len), Vec::len));
    let drawn = move || {
        let (first, all) = (first.get(), all());
        let places = first.min(all)..(first + DRAWN + BESIDE).min(all);
        list.only.with(|only| match only {
            Some(only) => only.get(places).unwrap_or_default().to_vec(),
            None => places.collect(),
        })
    };
    let before = move || height_of(first.get().min(all()));
    let after = move || height_of(all().saturating_sub(first.get() + DRAWN + BESIDE));
    let heads: Vec<AnyView> = columns
        .iter()
        .map(|column| view! { <th scope="col" class=class_of(*column)>{column.word(language())}</th> }.into_any())
        .collect();
    let row = move |index: usize| row(list, &columns, index);
    view! {
        <div class="list-rows" id=ROWS node_ref=node on:scroll=scrolled tabindex="0" role="region" aria-label=t!(roster.table)>
            <table class:clean=move || list.summary.with(|summary| summary.wrong == 0 && summary.again.is_empty()) aria-rowcount=move || (all() + 1).to_string()>
                <thead><tr aria-rowindex="1">
                    <th scope="col">{t!(roster.row)}</th><th scope="col" class="why">{t!(roster.problem)}</th>{heads}
                </tr></thead>
                <tbody>
                    <tr class="gap" aria-hidden="true" style:--h=before><td colspan=count></td></tr>
                    <For each=drawn key=|index| *index children=row />
                    <tr class="gap" aria-hidden="true" style:--h=after><td colspan=count></td></tr>
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A cell's id: where the next mistake leads.
fn id_of(index: usize, column: Column) -> String {
    format!("list-{index}-{}", column.code())
}

fn row(list: List, columns: &[Column], index: usize) -> AnyView {
    let Some(row) = list.rows.with_untracked(|rows| rows.get(index).cloned()) else { return ().into_any() };
    let number = row.row;
    let wrong = Memo::new(move |_| {
        list.checked.with(|checked| {
            let wrong = checked.get(index).and_then(|row| row.as_ref().err());
            wrong
                .map(|wrong| wrong.iter().map(|it| (it.column, told(it.sentence.clone()))).collect::<Vec<_>>())
                .unwrap_or_default()
        })
    });
    let again = Memo::new(move |_| {
        list.summary.with(|summary| summary.again.iter().find(|(row, _)| *row == number).map(|(_, first)| *first))
    });
    let why_id = format!("list-{index}-why");
    let why = move || {
        let mut said: Vec<AnyView> = wrong.with(|wrong| {
            let say = |(column, sentence): &(Column, String)| {
                let words = t!(roster.about, column = column.word(language()), sentence = sentence);
                view! { <span class="error">{words}" "</span> }.into_any()
            };
            wrong.iter().map(say).collect()
        });
        said.extend(again.get().map(|first| view! { <span class="warn">{told(same_person(first))}</span> }.into_any()));
        said
    };
    let cells: Vec<AnyView> = columns
        .iter()
        .map(|column| {
            let column = *column;
            let label = t!(roster.cell, row = number, column = column.word(language()));
            let is_wrong = Memo::new(move |_| wrong.with(|wrong| wrong.iter().any(|it| it.0 == column)));
            let described = why_id.clone();
            view! {
                <td class=class_of(column)>
                    <input
                        type="text"
                        autocomplete="off"
                        id=id_of(index, column)
                        aria-label=label
                        aria-invalid=move || is_wrong.get().then_some("true")
                        aria-describedby=move || is_wrong.get().then(|| described.clone())
                        prop:value=row.text(column).to_owned()
                        on:input=move |event| list.write(index, column, event_target_value(&event))
                    />
                </td>
            }
            .into_any()
        })
        .collect();
    view! {
        <tr class:bad=move || !wrong.with(Vec::is_empty) aria-rowindex=(index + 2).to_string()>
            <th scope="row">{number}</th>
            <td class="why"><div id=why_id>{why}</div></td>
            {cells}
        </tr>
    }
    .into_any()
}

/// Leads to the first wrong cell below the one that has the focus, or to the first of all.
#[allow(clippy::float_arithmetic, reason = "the browser's lengths are floats")]
pub fn next_wrong(list: List) {
    let Some(rows) = document().get_element_by_id(ROWS).and_then(|rows| rows.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    let shown = list.only.with_untracked(Clone::clone);
    let here = LAST.with(std::cell::Cell::get);
    let next = list.checked.with_untracked(|checked| {
        let wrong = |index: &usize| checked.get(*index).is_some_and(Result::is_err);
        let all: Vec<usize> = shown.clone().unwrap_or_else(|| (0..checked.len()).collect());
        let below = all.iter().copied().filter(|index| Some(*index) > here).find(wrong);
        let index = below.or_else(|| all.iter().copied().find(wrong))?;
        let column = checked[index].as_ref().err()?.first()?.column;
        Some((all.iter().position(|it| *it == index)?, index, column))
    });
    let Some((place, index, column)) = next else { return };
    LAST.with(|last| last.set(Some(index)));
    let top = place as f64 * row_height();
    rows.set_scroll_top((top as i32 - rows.client_height() / 3).max(0));
    // Twice: the rows there are drawn only once the scrolling has been heard of.
    request_animation_frame(move || request_animation_frame(move || focus(&id_of(index, column))));
}

thread_local! {
    /// The row the last press led to.
    static LAST: std::cell::Cell<Option<usize>> = const { std::cell::Cell::new(None) };
}
