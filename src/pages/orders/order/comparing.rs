//! 比价记录 as it is written: the offers that were compared, which was chosen, and why. What is typed keeps itself.

use domain::Money;
use domain::id::OrderId;
use domain::procedure::LEAST_OFFERS;
use domain::wire::{Comparison, NewComparison, Offer, Procedure};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::act::Desk;
use super::kept;
use crate::api;
use crate::components::dateline::Day;
use crate::components::error_summary::{FormError, error_summary};
use crate::components::field::{Choice, Control, Field, field};
use crate::components::problem::refusal;
use crate::components::toast::Toast;
use crate::language::{t, told};
use crate::load::Load;

/// Under which name it keeps itself.
const FORM: &str = "comparison";

/// Texts of one offer.
const OF_OFFER: usize = 4;

#[derive(Clone, Copy)]
struct Row {
    supplier: RwSignal<String>,
    total: RwSignal<String>,
    day: RwSignal<String>,
    terms: RwSignal<String>,
}

impl Row {
    fn offer(self) -> Offer {
        Offer {
            supplier: self.supplier.get(),
            offered_on: self.day.get(),
            total_fen: self.total.with(|text| Money::parse(text)).unwrap_or_default(),
            terms: self.terms.get(),
        }
    }
}

/// The texts a form begins with: those of each offer, then which is chosen and why.
fn fresh(known: Option<&Comparison>, today: &str) -> Vec<String> {
    let offers = known.map(|known| known.offers.as_slice()).unwrap_or_default();
    let blank = || [String::new(), String::new(), today.to_owned(), String::new()];
    let written =
        |it: &Offer| [it.supplier.clone(), it.total_fen.yuan_short(), it.offered_on.clone(), it.terms.clone()];
    let mut texts: Vec<String> = offers.iter().flat_map(written).collect();
    texts.extend((offers.len()..LEAST_OFFERS).flat_map(|_| blank()));
    texts.push(known.map(|known| known.chosen.to_string()).unwrap_or_default());
    texts.push(known.map(|known| known.reason.clone()).unwrap_or_default());
    texts
}

#[derive(Clone, Copy)]
struct Record {
    rows: StoredValue<Vec<Row>>,
    chosen: RwSignal<String>,
    reason: RwSignal<String>,
    /// What is wrong, by field of the body.
    wrong: Memo<Vec<(String, String)>>,
    /// How often keeping was tried.
    sent: RwSignal<u32>,
}

impl Record {
    fn begin(desk: Desk, id: OrderId, known: Option<&Comparison>) -> Record {
        let (texts, _) = kept::texts(desk, id, FORM, fresh(known, &Day::today().iso()));
        let (offers, rest) = texts.as_chunks::<OF_OFFER>();
        let row = |&[supplier, total, day, terms]: &[RwSignal<String>; OF_OFFER]| Row { supplier, total, day, terms };
        let rows = StoredValue::new(offers.iter().map(row).collect());
        // As `fresh` wrote them; no form is without.
        let [chosen, reason] = [0, 1].map(|at| rest.get(at).copied().unwrap_or_default());
        let wrong = Memo::new(move |_| {
            let Ok(today) = Day::today().iso().parse() else { return Vec::new() };
            let wrong = domain::procedure::Comparison::parse(&body(rows, chosen, reason), today).err();
            let wrong = wrong.unwrap_or_default().into_iter();
            wrong.map(|it| (it.field.unwrap_or_default(), told(it.sentence))).collect()
        });
        Record { rows, chosen, reason, wrong, sent: RwSignal::new(0) }
    }

    fn error(self, field: String) -> Memo<Option<String>> {
        Memo::new(move |_| {
            self.wrong.with(|wrong| wrong.iter().find(|(at, _)| *at == field).map(|(_, sentence)| sentence.clone()))
        })
    }

    fn errors(self) -> Memo<Vec<FormError>> {
        let line = |(at, sentence): (String, String)| {
            // Three offers have the same fields: the summary says of which it speaks.
            let sentence = match offer_of(&at) {
                Some(offer) => t!(orders.about, what = t!(acts.offer, number = offer + 1), sentence = sentence),
                None => sentence,
            };
            FormError { control: control_of(&at), sentence }
        };
        Memo::new(move |_| self.wrong.get().into_iter().map(line).collect())
    }

    fn asked(self, at: String, label: String, value: RwSignal<String>, control: Control) -> AnyView {
        let it = Field::new(control_of(&at), label, value).class("w-16").check(self.error(at), self.sent.into());
        field(it, control)
    }

    fn offer(self, place: usize, row: Row) -> AnyView {
        let numbered = |words: &'static str| t!(plan.offer_numbered, number = place + 1, what = words);
        let at = |field: &str| format!("offers[{place}].{field}");
        let day = Control::Known { kind: "date", autocomplete: "off" };
        view! {
            <div class="asks pl-offer">
                {self.asked(at("supplier"), numbered(t!(plan.supplier)), row.supplier, Control::Text)}
                {self.asked(at("total_fen"), numbered(t!(plan.offer)), row.total, Control::Amount { unit: t!(orders.yuan) })}
                {self.asked(at("offered_on"), numbered(t!(plan.offered_on)), row.day, day)}
                {self.asked(at("terms"), numbered(t!(plan.terms)), row.terms, Control::Text)}
            </div>
        }
        .into_any()
    }
}

fn body(rows: StoredValue<Vec<Row>>, chosen: RwSignal<String>, reason: RwSignal<String>) -> NewComparison {
    NewComparison {
        offers: rows.with_value(|rows| rows.iter().map(|row| row.offer()).collect()),
        chosen: chosen.get().parse().unwrap_or(-1),
        reason: reason.get(),
    }
}

pub fn form(desk: Desk, id: OrderId, loaded: Load<Procedure>, known: Option<&Comparison>) -> AnyView {
    let it = Record::begin(desk, id, known);
    let (errors, refused) = (it.errors(), RwSignal::new(None::<String>));
    let press = move |_| {
        it.sent.update(|sent| *sent += 1);
        if errors.with_untracked(Vec::is_empty) && !desk.busy.get_untracked() {
            keep(desk, id, loaded, untrack(|| body(it.rows, it.chosen, it.reason)), refused);
        }
    };
    let rows = it.rows.get_value();
    let choice = |place: usize| Choice::new(place.to_string(), t!(plan.offer_numbered, number = place + 1, what = ""));
    let choices = (0..rows.len()).map(choice).collect();
    let offers: Vec<AnyView> = rows.into_iter().enumerate().map(|(place, row)| it.offer(place, row)).collect();
    let words = if known.is_some() { t!(plan.change_comparison) } else { t!(plan.record_comparison) };
    view! {
        <details class="pay" id="compare" open=kept::is_begun(desk, id, FORM)>
            <summary>{words}</summary>
            {error_summary(errors.into(), it.sent.into())}
            {move || refused.get().map(refusal)}
            {offers}
            {it.asked("chosen".to_owned(), t!(plan.which_chosen).to_owned(), it.chosen, Control::Chips(choices))}
            {it.asked("reason".to_owned(), t!(plan.why_chosen).to_owned(), it.reason, Control::Long { rows: 2 })}
            <button class="btn" type="button" id="keep-comparison" aria-busy=move || desk.busy.get().then_some("true") on:click=press>
                {t!(plan.keep_comparison)}
            </button>
        </details>
    }
    .into_any()
}

/// `offers[1].total_fen` is of the second offer.
fn offer_of(field: &str) -> Option<usize> {
    field.strip_prefix("offers[")?.split_once(']')?.0.parse().ok()
}

/// `offers[1].total_fen` → `cmp-1-total_fen`: what an id may be.
fn control_of(field: &str) -> String {
    let parts: Vec<&str> = field.split(['[', ']', '.']).filter(|part| !part.is_empty() && *part != "offers").collect();
    match parts.as_slice() {
        [] => "cmp-0-supplier".to_owned(),
        parts => format!("cmp-{}", parts.join("-")),
    }
}

fn keep(desk: Desk, id: OrderId, loaded: Load<Procedure>, body: NewComparison, refused: RwSignal<Option<String>>) {
    desk.busy.set(true);
    refused.set(None);
    spawn_local(async move {
        let answer = api::compare_offers(id, body).await;
        // The reader may have left the page meanwhile.
        if desk.busy.try_set(false).is_some() {
            return;
        }
        match answer {
            Ok(procedure) => {
                kept::drop_form(desk, id, FORM);
                loaded.put(procedure);
                desk.state.say(Toast::new(t!(plan.comparison_kept)));
            }
            Err(error) => {
                desk.state.note(&error);
                refused.set(Some(error.sentence()));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_a_comparison_has_a_control() {
        for (field, control) in [
            ("offers[1].total_fen", "cmp-1-total_fen"),
            ("chosen", "cmp-chosen"),
            ("reason", "cmp-reason"),
            ("offers", "cmp-0-supplier"),
        ] {
            assert_eq!(control_of(field), control);
        }
    }

    #[test]
    fn a_form_has_texts_for_three_offers_and_those_that_are_known() {
        assert_eq!(fresh(None, "2026-11-28").len(), LEAST_OFFERS * OF_OFFER + 2);
        let offer = Offer {
            supplier: "甲".into(),
            offered_on: "2026-11-01".into(),
            total_fen: Money::from_fen(1),
            terms: "送货".into(),
        };
        let known = Comparison { offers: vec![offer; 4], chosen: 1, reason: "价低".into(), recorded_at_ms: 0 };
        let texts = fresh(Some(&known), "2026-11-28");
        assert_eq!((texts.len(), &*texts[0], &*texts[16], &*texts[17]), (18, "甲", "1", "价低"));
    }
}
