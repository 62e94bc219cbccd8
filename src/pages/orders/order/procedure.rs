//! How it was bought: what the rules ask for at this size, the offers compared, the meeting's decision, and what the chair has said
//! when sending it back.

use domain::Money;
use domain::attachment::{AttachmentKind, HEAD, LARGEST_FILE, check_head, too_heavy};
use domain::id::OrderId;
use domain::order_life::{Action, State as OrderState};
use domain::organisation::Role;
use domain::permission::{Act, Whose, may};
use domain::wire::{Attachment, Comparison, Offer, Order, Procedure};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlInputElement};

use super::act::Desk;
use super::comparing;
use crate::api;
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
                {it.changeable.then(|| comparing::form(desk, id, loaded, it.comparison.as_ref()))}
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
