//! Quantities as they are typed into a table: one for each row, beside what it may be at most.

use domain::Quantity;
use leptos::prelude::*;

use crate::language::{t, told};

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `ship-1`: what its controls' ids begin with.
    pub id: String,
    pub name: String,
    pub unit: String,
    pub most: Quantity,
}

/// What is typed, row by row.
#[derive(Clone, Copy)]
pub struct Typed {
    rows: StoredValue<Vec<Row>>,
    texts: RwSignal<Vec<String>>,
}

impl Typed {
    /// Begins with the most of each row, or with nothing.
    pub fn new(rows: Vec<Row>, begin: impl Fn(&Row) -> String) -> Typed {
        let texts = RwSignal::new(rows.iter().map(begin).collect());
        Typed { rows: StoredValue::new(rows), texts }
    }

    pub fn all(row: &Row) -> String {
        row.most.get().to_string()
    }

    pub fn none(_: &Row) -> String {
        String::new()
    }

    /// The quantity of a row; nothing typed is none.
    ///
    /// # Errors
    /// The sentence shown under the row.
    pub fn read(self, place: usize) -> Result<Quantity, String> {
        let text = self.texts.with(|texts| texts.get(place).cloned().unwrap_or_default());
        let most = self.rows.with_value(|rows| rows.get(place).map_or(Quantity::ZERO, |row| row.most));
        if text.trim().is_empty() {
            return Ok(Quantity::ZERO);
        }
        match Quantity::parse(&text).map_err(|error| told(error.say()))? {
            quantity if quantity > most => Err(t!(fulfil.at_most, most = most)),
            quantity => Ok(quantity),
        }
    }

    pub fn len(self) -> usize {
        self.rows.with_value(Vec::len)
    }

    /// The quantities of all rows, or the place of the first that is wrong.
    ///
    /// # Errors
    /// That place.
    pub fn read_all(self) -> Result<Vec<Quantity>, usize> {
        (0..self.len()).map(|place| self.read(place).map_err(|_| place)).collect()
    }

    /// The control of a row, tied to the sentence below it.
    pub fn input(self, place: usize) -> AnyView {
        let Some(row) = self.rows.with_value(|rows| rows.get(place).cloned()) else { return ().into_any() };
        let error_id = format!("{}-error", row.id);
        let wrong = Memo::new(move |_| self.read(place).err());
        let (described, shown) = (error_id.clone(), error_id);
        let label = t!(fulfil.pieces_of, name = row.name);
        let sentence = move || {
            let id = shown.clone();
            wrong.get().map(|text| view! { <span class="error" id=id>{text}</span> }.into_any())
        };
        view! {
            <span class="typed">
                <input
                    id=row.id
                    class="qty"
                    type="text"
                    inputmode="numeric"
                    autocomplete="off"
                    aria-label=label
                    aria-invalid=move || wrong.get().map(|_| "true")
                    aria-describedby=move || wrong.get().map(|_| described.clone())
                    prop:value=move || self.texts.with(|texts| texts.get(place).cloned())
                    on:input=move |event| {
                        let text = event_target_value(&event);
                        self.texts.update(|texts| texts[place] = text);
                    }
                />
                <span class="unit">{row.unit}</span>
                {sentence}
            </span>
        }
        .into_any()
    }
}

/// A table of quantities with one control in each row: name, most, typed, and what stands behind.
pub fn table(caption: &'static str, most: &'static str, typed: Typed, behind: impl Fn(usize) -> AnyView) -> AnyView {
    let rows = typed.rows.get_value();
    let row = |(place, row): (usize, &Row)| {
        view! {
            <tr role="row">
                <th role="rowheader" scope="row">{row.name.clone()}</th>
                <td role="cell" class="n" data-k=most>{row.most.to_string()}</td>
                <td role="cell" class="n" data-k=t!(fulfil.this_time)>{typed.input(place)}</td>
                {behind(place)}
            </tr>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = rows.iter().enumerate().map(row).collect();
    view! {
        <table role="table" class="fill">
            <caption class="vh">{caption}</caption>
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">{t!(orders.product)}</th>
                    <th role="columnheader" scope="col" class="n">{most}</th>
                    <th role="columnheader" scope="col" class="n">{t!(fulfil.this_time)}</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
    .into_any()
}
