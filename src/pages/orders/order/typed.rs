//! Quantities as they are typed into a table: one for each row, beside what it may be at most.

use domain::Quantity;
use leptos::prelude::*;

use crate::components::error_summary::FormError;
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
    texts: StoredValue<Vec<RwSignal<String>>>,
}

impl Typed {
    /// A text for each row.
    pub fn new(rows: Vec<Row>, texts: Vec<RwSignal<String>>) -> Typed {
        Typed { rows: StoredValue::new(rows), texts: StoredValue::new(texts) }
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
        let text = self.texts.with_value(|texts| texts.get(place).copied()).map(|text| text.get()).unwrap_or_default();
        let most = self.rows.with_value(|rows| rows.get(place).map_or(Quantity::ZERO, |row| row.most));
        if text.trim().is_empty() {
            return Ok(Quantity::ZERO);
        }
        match Quantity::parse(&text).map_err(|error| told(error.say()))? {
            quantity if quantity > most => Err(t!(fulfil.at_most, most = most)),
            quantity => Ok(quantity),
        }
    }

    /// The quantities of all rows; none as long as one of them does not read.
    pub fn quantities(self) -> Option<Vec<Quantity>> {
        let count = self.rows.with_value(Vec::len);
        (0..count).map(|place| self.read(place).ok()).collect()
    }

    /// Every row that does not read, for the summary above the form.
    pub fn errors(self) -> Vec<FormError> {
        let error = |(place, row): (usize, &Row)| {
            let sentence = self.read(place).err()?;
            Some(FormError {
                control: row.id.clone(),
                sentence: t!(orders.about, what = row.name, sentence = sentence),
            })
        };
        self.rows.with_value(|rows| rows.iter().enumerate().filter_map(error).collect())
    }

    /// For a form that asks for at least one piece: what is wrong when there is none.
    pub fn none_error(self) -> Option<FormError> {
        let quantities = self.quantities()?;
        let first = self.rows.with_value(|rows| rows.first().map(|row| row.id.clone()))?;
        let none = quantities.iter().all(|quantity| quantity.is_zero());
        none.then(|| FormError { control: first, sentence: t!(acts.some_pieces).to_owned() })
    }

    /// The control of a row, tied to the sentence below it.
    pub fn input(self, place: usize) -> AnyView {
        let Some(row) = self.rows.with_value(|rows| rows.get(place).cloned()) else { return ().into_any() };
        let error_id = format!("{}-error", row.id);
        let wrong = Memo::new(move |_| self.read(place).err());
        let (described, shown) = (error_id.clone(), error_id);
        let label = t!(fulfil.pieces_of, name = row.name);
        let Some(text) = self.texts.with_value(|texts| texts.get(place).copied()) else { return ().into_any() };
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
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                />
                <span class="unit">{row.unit}</span>
                {sentence}
            </span>
        }
        .into_any()
    }
}

/// A table of quantities with one control in each row: name, most and typed.
pub fn table(caption: &'static str, most: &'static str, typed: Typed) -> AnyView {
    let rows = typed.rows.get_value();
    let row = |(place, row): (usize, &Row)| {
        view! {
            <tr role="row">
                <th role="rowheader" scope="row">{row.name.clone()}</th>
                <td role="cell" class="n" data-k=most>{row.most.to_string()}</td>
                <td role="cell" class="n" data-k=t!(fulfil.this_time)>{typed.input(place)}</td>
            </tr>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = rows.iter().enumerate().map(row).collect();
    view! {
        <table role="table" class="fill">
            <caption class="sr">{caption}</caption>
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
