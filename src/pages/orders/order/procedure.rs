//! How it was bought: what the rules ask for at this size, the offers compared, the meeting's decision, and what the chair has said
//! when sending it back.

use domain::Money;
use domain::attachment::{AttachmentKind, HEAD, LARGEST_FILE, check_head, too_heavy};
use domain::id::OrderId;
use domain::order_life::{Action, State as OrderState};
use domain::organisation::Role;
use domain::permission::{Act, Whose, may};
use domain::procedure::LEAST_OFFERS;
use domain::wire::{Attachment, Comparison, NewComparison, Offer, Order, Procedure};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlInputElement};

use super::act::Desk;
use crate::api;
use crate::components::dateline::Day;
use crate::components::error_summary::{FormError, error_summary};
use crate::components::field::{Control, Field, field};
use crate::components::problem::refusal;
use crate::components::toast::Toast;
use crate::format;
use crate::language::{as_written, t, told};
use crate::load::{Load, load};

pub fn procedure(desk: Desk, role: Role, order: &Order) -> Option<AnyView> {
    let comments = comments(order);
    let sees = may(Some(role), Act::SeeProcedure, Whose::Own);
    if !sees {
        return comments;
    }
    let id = order.summary.id;
    let loaded: Load<Procedure> = load(move || id.to_string(), api::procedure);
    // Drawn anew when it is another, and not while something of it is typed.
    let shown = Memo::new(move |_| loaded.value.get());
    let inside = move || shown.get().and_then(|it| section(desk, id, loaded, &it));
    Some(view! { {comments}{inside} }.into_any())
}

/// Everything the chair has said when sending it back, while it is to be changed.
fn comments(order: &Order) -> Option<AnyView> {
    if order.summary.state != OrderState::Draft {
        return None;
    }
    let back = order.history.iter().filter(|it| it.action == Action::SendBack);
    let line = |it: &domain::wire::HistoryItem| {
        let note = it.note.clone().unwrap_or_default();
        view! {
            <li>
                <time datetime=format::machine_time(it.at_ms)>{format::date_time(it.at_ms)}</time>
                <p lang=as_written()>{note}</p>
            </li>
        }
        .into_any()
    };
    let lines: Vec<AnyView> = back.map(line).collect();
    Some(
        view! {
            <section aria-labelledby="comments">
                <h2 id="comments">{t!(plan.comments)}</h2>
                <ol class="hist" role="list">{lines}</ol>
            </section>
        }
        .into_any(),
    )
}

fn section(desk: Desk, id: OrderId, loaded: Load<Procedure>, it: &Procedure) -> Option<AnyView> {
    let asks = |from: Option<Money>| from.is_some_and(|from| it.total_fen >= from);
    let (compare, decide) = (asks(it.comparison_from_fen), asks(it.decision_from_fen));
    if !(compare || decide || it.comparison.is_some() || !it.decisions.is_empty()) {
        return None;
    }
    let rule = |words: &'static str, from: Option<Money>, document: &Option<String>| {
        let document = document.clone().unwrap_or_default();
        view! { <li>{t!(plan.from_amount, what = words, amount = format::yuan(from?), document = document)}</li> }
            .into_any()
            .into()
    };
    let missing =
        it.missing.clone().map(|sentence| view! { <p class="note watch" id="missing">{sentence}</p> }.into_any());
    let rules: Vec<Option<AnyView>> = vec![
        rule(t!(plan.comparison), it.comparison_from_fen, &it.comparison_document),
        rule(t!(plan.decision), it.decision_from_fen, &it.decision_document),
    ];
    Some(
        view! {
            <section aria-labelledby="procedure">
                <h2 id="procedure" tabindex="-1">{t!(plan.procedure)}</h2>
                <p>{t!(plan.procurement_total, amount = format::yuan(it.total_fen))}</p>
                {missing}
                <ul class="muted">{rules}</ul>
                {it.comparison.as_ref().map(comparison)}
                {it.changeable.then(|| comparing(desk, id, loaded, it.comparison.as_ref()))}
                {decisions(&it.decisions)}
                {it.changeable.then(|| uploading(desk, id, loaded))}
            </section>
        }
        .into_any(),
    )
}

fn comparison(it: &Comparison) -> AnyView {
    let row = |(place, offer): (usize, &Offer)| {
        let chosen = i64::try_from(place) == Ok(it.chosen);
        view! {
            <tr class:chosen=chosen>
                <th scope="row"><span lang=as_written()>{offer.supplier.clone()}</span>{chosen.then(|| view! { <small class="ok">{t!(plan.chosen_offer)}</small> }.into_any())}</th>
                <td>{format::civil_day(&offer.offered_on)}</td>
                <td class="n">{format::yuan(offer.total_fen)}</td>
                <td lang=as_written()>{offer.terms.clone()}</td>
            </tr>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = it.offers.iter().enumerate().map(row).collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=t!(plan.comparison)>
            <table class="pl-t" id="comparison">
                <caption>{t!(plan.comparison)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t!(plan.supplier)}</th>
                        <th scope="col">{t!(plan.offered_on)}</th>
                        <th scope="col" class="n">{t!(plan.offer)}</th>
                        <th scope="col">{t!(plan.terms)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p>{t!(plan.chosen_because, reason = it.reason)}</p>
    }
    .into_any()
}

// ---- the record of offers -----------------------------------------------------------------------------------------

#[derive(Clone, Copy)]
struct OfferRow {
    supplier: RwSignal<String>,
    day: RwSignal<String>,
    total: RwSignal<String>,
    terms: RwSignal<String>,
}

impl OfferRow {
    fn new(offer: Option<&Offer>) -> OfferRow {
        let text = |of: fn(&Offer) -> String| RwSignal::new(offer.map(of).unwrap_or_default());
        OfferRow {
            supplier: text(|offer| offer.supplier.clone()),
            day: RwSignal::new(offer.map_or_else(|| Day::today().iso(), |offer| offer.offered_on.clone())),
            total: text(|offer| offer.total_fen.yuan_short()),
            terms: text(|offer| offer.terms.clone()),
        }
    }

    fn offer(self) -> Offer {
        Offer {
            supplier: self.supplier.get(),
            offered_on: self.day.get(),
            total_fen: self.total.with(|text| Money::parse(text)).unwrap_or_default(),
            terms: self.terms.get(),
        }
    }
}

fn comparing(desk: Desk, id: OrderId, loaded: Load<Procedure>, known: Option<&Comparison>) -> AnyView {
    let offers = known.map(|known| known.offers.as_slice()).unwrap_or_default();
    let count = offers.len().max(LEAST_OFFERS);
    let rows = StoredValue::new((0..count).map(|place| OfferRow::new(offers.get(place))).collect::<Vec<_>>());
    let chosen = RwSignal::new(known.map(|known| known.chosen.to_string()).unwrap_or_default());
    let reason = RwSignal::new(known.map(|known| known.reason.clone()).unwrap_or_default());
    let (sent, refused) = (RwSignal::new(0_u32), RwSignal::new(None::<String>));
    let body = move || NewComparison {
        offers: rows.with_value(|rows| rows.iter().map(|row| row.offer()).collect()),
        chosen: chosen.get().parse().unwrap_or(-1),
        reason: reason.get(),
    };
    let wrong = Memo::new(move |_| {
        let today = Day::today().iso().parse().ok()?;
        let wrong = domain::procedure::Comparison::parse(&body(), today).err().unwrap_or_default();
        Some(wrong.into_iter().map(|it| (it.field.unwrap_or_default(), told(it.sentence))).collect::<Vec<_>>())
    });
    let error = move |field: String| {
        Memo::new(move |_| {
            wrong
                .with(|wrong| wrong.as_ref()?.iter().find(|(at, _)| *at == field).map(|(_, sentence)| sentence.clone()))
        })
    };
    let summary = Memo::new(move |_| {
        let line = |(at, sentence): (String, String)| {
            // Three offers have the same fields: the summary says of which it speaks.
            let sentence = match offer_of(&at) {
                Some(offer) => t!(orders.about, what = t!(acts.offer, number = offer + 1), sentence = sentence),
                None => sentence,
            };
            FormError { control: control_of(&at), sentence }
        };
        wrong.get().unwrap_or_default().into_iter().map(line).collect::<Vec<_>>()
    });
    let press = move |_| {
        sent.update(|sent| *sent += 1);
        if summary.with_untracked(Vec::is_empty) && !desk.busy.get_untracked() {
            keep(desk, id, loaded, untrack(body), refused);
        }
    };
    let named = move |at: String, label: String, value: RwSignal<String>| {
        Field::new(control_of(&at), label, value).class("w-16").check(error(at), sent.into())
    };
    let row = |(place, row): (usize, OfferRow)| {
        let numbered = |words: &'static str| t!(plan.offer_numbered, number = place + 1, what = words);
        let at = |field: &str| format!("offers[{place}].{field}");
        view! {
            <div class="asks pl-offer">
                {field(named(at("supplier"), numbered(t!(plan.supplier)), row.supplier), Control::Text)}
                {field(named(at("total_fen"), numbered(t!(plan.offer)), row.total), Control::Amount { unit: t!(orders.yuan) })}
                {field(named(at("offered_on"), numbered(t!(plan.offered_on)), row.day), Control::Known { kind: "date", autocomplete: "off" })}
                {field(named(at("terms"), numbered(t!(plan.terms)), row.terms), Control::Text)}
            </div>
        }
        .into_any()
    };
    let fields: Vec<AnyView> = rows.get_value().into_iter().enumerate().map(row).collect();
    let choices = (0..count).map(|place| {
        let words = t!(plan.offer_numbered, number = place + 1, what = "");
        crate::components::field::Choice::new(place.to_string(), words)
    });
    let choose = named("chosen".to_owned(), t!(plan.which_chosen).to_owned(), chosen);
    let why = named("reason".to_owned(), t!(plan.why_chosen).to_owned(), reason);
    let words = if known.is_some() { t!(plan.change_comparison) } else { t!(plan.record_comparison) };
    view! {
        <details class="pay" id="compare">
            <summary>{words}</summary>
            {error_summary(summary.into(), sent.into())}
            {move || refused.get().map(refusal)}
            {fields}
            {field(choose, Control::Chips(choices.collect()))}
            {field(why, Control::Long { rows: 2 })}
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

// ---- decisions ----------------------------------------------------------------------------------------------------

fn decisions(of: &[Attachment]) -> AnyView {
    let line = |it: &Attachment| {
        view! {
            <li>
                <a href=api::attachment_address(it.id) download=it.name.clone() lang=as_written()>{it.name.clone()}</a>
                <small class="muted">" "{format::date_time(it.added_at_ms)}</small>
            </li>
        }
        .into_any()
    };
    let lines: Vec<AnyView> = of.iter().map(line).collect();
    let title = (!lines.is_empty()).then(|| view! { <h3>{t!(plan.decision)}</h3> }.into_any());
    view! { {title}<ul class="files" role="list" id="decisions">{lines}</ul> }.into_any()
}

pub(in crate::pages::orders) const TAKEN: &str = ".pdf,.jpg,.jpeg,.png,.webp,.xlsx,.docx";

fn uploading(desk: Desk, id: OrderId, loaded: Load<Procedure>) -> AnyView {
    let (busy, refused) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let choose = move |event: web_sys::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(file) = input.as_ref().and_then(|input| input.files()).and_then(|files| files.get(0)) else { return };
        if let Some(input) = input {
            // The same file may be chosen again.
            input.set_value("");
        }
        if !busy.get_untracked() {
            busy.set(true);
            refused.set(None);
            spawn_local(send(desk, id, loaded, file, busy, refused));
        }
    };
    view! {
        {move || refused.get().map(refusal)}
        <label class="btn">
            <input class="sr" type="file" id="decision" accept=TAKEN on:change=choose />
            {move || if busy.get() { t!(plan.sending) } else { t!(plan.add_decision) }}
        </label>
        <p class="muted">{t!(plan.files_taken)}</p>
    }
    .into_any()
}

async fn send(
    desk: Desk,
    id: OrderId,
    loaded: Load<Procedure>,
    file: File,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
) {
    let sentence = match look_at(&file).await {
        Some(refusal) => Some(told(refusal.sentence)),
        None => match api::add_attachment(id, AttachmentKind::MeetingDecision, &file, &file.name()).await {
            Ok(_) => None,
            Err(error) => {
                desk.state.note(&error);
                Some(error.sentence())
            }
        },
    };
    // The reader may have left the page meanwhile.
    if busy.try_set(false).is_some() {
        return;
    }
    if sentence.is_none() {
        loaded.reload();
        desk.state.say(Toast::new(t!(plan.decision_added)));
    }
    refused.set(sentence);
}

/// What can be said of a file before twelve megabytes are sent.
pub(in crate::pages::orders) async fn look_at(file: &File) -> Option<domain::Refusal> {
    // The size of a file is a float in JavaScript.
    if file.size() as usize > LARGEST_FILE {
        return Some(too_heavy());
    }
    let head = file.slice_with_i32_and_i32(0, i32::try_from(HEAD).unwrap_or_default()).ok()?;
    let bytes = JsFuture::from(head.array_buffer()).await.ok()?;
    check_head(&js_sys::Uint8Array::new(&bytes).to_vec()).err()
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
}
