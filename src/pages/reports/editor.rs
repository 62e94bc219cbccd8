//! The fields of one line, and the lines that are entered already.

use domain::product::{Brand, Category};
use domain::report::LineField as Asked;
use domain::wire::{Place, ReportChoices};
use domain::{Money, Quantity};
use leptos::prelude::*;

use super::draft::{Texts, blank, is_begun, read};
use super::form::Form;
use crate::components::error_summary::FormError;
use crate::components::field::{Choice, Control, Field, field};
use crate::components::focus::focus;
use crate::format;
use crate::language::{as_written, language, t, told};

/// Lines shown of a long report; all of it is sent.
const MOST_SHOWN: usize = 100;

/// The id of a field's control.
pub fn control(asked: Asked) -> String {
    format!("line-{}", asked.code())
}

/// What is wrong with the line that is being typed; nothing while it is empty and there are others.
pub fn errors(form: Form) -> Vec<FormError> {
    let texts = form.texts();
    if !is_begun(&texts) && form.lines.with(|lines| !lines.is_empty()) {
        return Vec::new();
    }
    let wrong = form.places.with(|places| read(&texts, places)).err().unwrap_or_default();
    wrong.into_iter().map(|it| FormError { control: control(it.field), sentence: told(it.sentence) }).collect()
}

pub fn fields(form: Form, choices: &ReportChoices) -> AnyView {
    let wrong = Memo::new(move |_| errors(form));
    let asked = |asked: Asked, hint: &'static str, class: &'static str, how: Control| {
        let id = control(asked);
        let of = id.clone();
        let error = Memo::new(move |_| {
            wrong.with(|wrong| wrong.iter().find(|it| it.control == of).map(|it| it.sentence.clone()))
        });
        let text = form.line.with_value(|line| line[asked as usize]);
        let label = if asked.is_needed() {
            asked.word(language()).to_owned()
        } else {
            t!(reports.if_any, what = asked.word(language()))
        };
        field(Field::new(id, label, text).hint(hint).class(class).check(error, form.pressed.into()), how)
    };
    let of_places = |places: &[Place]| {
        let choice = |place: &Place| Choice::new(place.id.clone(), place.names.first().cloned().unwrap_or_default());
        Control::Select { none: t!(reports.choose), choices: places.iter().map(choice).collect() }
    };
    let categories = Category::ALL.iter().map(|it| Choice::new(it.code(), it.word(language()))).collect();
    let brands = Brand::ALL.iter().map(|it| Choice::new(it.code(), it.word(language()))).collect();
    view! {
        <div class="asks rp-line">
            {asked(Asked::Product, "", "w-16", Control::Text)}
            {asked(Asked::Amount, "", "w-8", Control::Amount { unit: t!(orders.yuan) })}
            {asked(Asked::Quantity, "", "w-8", Control::Number { unit: t!(reports.pieces) })}
            {asked(Asked::Category, "", "w-8", Control::Select { none: t!(reports.choose), choices: categories })}
            {asked(Asked::County, "", "w-8", of_places(&choices.counties))}
            {asked(Asked::Brand, "", "w-8", Control::Select { none: t!(reports.no_brand), choices: brands })}
            {asked(Asked::District, t!(reports.district_hint), "w-8", of_places(&choices.districts))}
            {asked(Asked::SoldOn, "", "w-8", Control::Known { kind: "date", autocomplete: "off" })}
            {asked(Asked::Buyer, t!(reports.buyer_hint), "w-16", Control::Text)}
            {asked(Asked::Invoices, t!(reports.invoices_hint), "w-16", Control::Text)}
            {asked(Asked::Note, "", "w-16", Control::Text)}
        </div>
        <p class="tb">
            <button class="btn" type="button" id="add-line" on:click=move |_| add(form)>{t!(reports.add_line)}</button>
        </p>
    }
    .into_any()
}

/// Puts the typed line beside the others, and asks for the next.
fn add(form: Form) {
    form.pressed.update(|pressed| *pressed += 1);
    let texts = untrack(move || form.texts());
    let wrong = form.places.with_untracked(|places| read(&texts, places));
    if let Err(wrong) = wrong {
        return wrong.first().map(|it| focus(&control(it.field))).unwrap_or_default();
    }
    form.lines.update(|lines| lines.push(texts));
    for asked in [Asked::Product, Asked::Quantity, Asked::Amount, Asked::Buyer, Asked::Invoices, Asked::Note] {
        form.line.with_value(|line| line[asked as usize].set(String::new()));
    }
    form.pressed.set(0);
    focus(&control(Asked::Product));
}

/// What the lines come to: of those that read.
pub fn sum(form: Form) -> Money {
    let amount = |texts: &Texts| Money::parse(texts.get(Asked::Amount as usize).map_or("", String::as_str)).ok();
    let typed = form.line.with_value(|line| line[Asked::Amount as usize]);
    let own = typed.with(|text| Money::parse(text).ok());
    form.lines.with(|lines| Money::checked_sum(lines.iter().filter_map(amount).chain(own))).unwrap_or(Money::LIMIT)
}

pub fn entered(form: Form) -> AnyView {
    let shown = move || {
        form.lines.with(|lines| {
            let rows: Vec<AnyView> = lines.iter().take(MOST_SHOWN).enumerate().map(|(at, texts)| row(form, at, texts)).collect();
            let more = (lines.len() > MOST_SHOWN)
                .then(|| view! { <p class="muted">{t!(reports.more_lines, count = lines.len() - MOST_SHOWN)}</p> }.into_any());
            (!rows.is_empty()).then(|| {
                view! {
                    <section aria-labelledby="entered">
                        <h2 id="entered" tabindex="-1">{t!(reports.entered, count = format::count(lines.len() as i64))}</h2>
                        <ol class="rp-lines" role="list">{rows}</ol>
                        {more}
                    </section>
                }
                .into_any()
            })
        })
    };
    view! { {shown} }.into_any()
}

fn row(form: Form, at: usize, texts: &Texts) -> AnyView {
    let text = |asked: Asked| texts.get(asked as usize).cloned().unwrap_or_default();
    let amount = Money::parse(&text(Asked::Amount)).map_or_else(|_| text(Asked::Amount), format::yuan);
    let quantity =
        Quantity::parse(&text(Asked::Quantity)).map_or_else(|_| text(Asked::Quantity), |it| format::count(it.get()));
    let wrong = form.places.with_untracked(|places| read(texts, places)).is_err();
    let wrong = wrong.then(|| view! { <small class="error">{t!(reports.line_wrong)}</small> }.into_any());
    let (change, remove) = (t!(reports.change_line, line = at + 1), t!(reports.remove_line, line = at + 1));
    view! {
        <li>
            <p>
                <b lang=as_written()>{text(Asked::Product)}</b>" "<span class="num">{quantity}</span>
                <small class="muted">{format::civil_day(&text(Asked::SoldOn))}" "<span lang=as_written()>{text(Asked::Buyer)}</span></small>
                {wrong}
            </p>
            <b class="num">{amount}</b>
            <button class="btn plain" type="button" aria-label=change on:click=move |_| take_up(form, at)>{t!(reports.change)}</button>
            <button class="btn plain" type="button" aria-label=remove on:click=move |_| take_out(form, at)>{t!(reports.remove)}</button>
        </li>
    }
    .into_any()
}

/// Takes a line back into the fields; what stood there, if it was begun, takes its place.
fn take_up(form: Form, at: usize) {
    let typed = untrack(move || form.texts());
    let taken = form.lines.try_update(|lines| {
        if at >= lines.len() {
            return None;
        }
        Some(if is_begun(&typed) { std::mem::replace(&mut lines[at], typed) } else { lines.remove(at) })
    });
    if let Some(taken) = taken.flatten() {
        form.type_line(&taken);
        focus(&control(Asked::Product));
    }
}

fn take_out(form: Form, at: usize) {
    let taken = form.lines.try_update(|lines| (at < lines.len()).then(|| lines.remove(at))).flatten();
    let Some(taken) = taken else { return };
    form.state.say_undoable(t!(reports.line_removed).to_owned(), move || {
        // The form may have been left meanwhile.
        let _ = form.lines.try_update(|lines| lines.insert(at.min(lines.len()), taken.clone()));
    });
}

impl Form {
    /// What stands in the fields of the line.
    pub fn texts(self) -> Texts {
        self.line.with_value(|line| line.iter().map(|text| text.get()).collect())
    }

    pub fn type_line(self, texts: &Texts) {
        let empty = blank();
        self.line.with_value(|line| {
            for (at, signal) in line.iter().enumerate() {
                signal.set(texts.get(at).unwrap_or(&empty[at]).clone());
            }
        });
    }
}
