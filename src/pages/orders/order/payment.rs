//! 付款: how the order is to be paid, what has come in, and for its merchant the place to record it.

use domain::order_life::State as OrderState;
use domain::organisation::Role;
use domain::payment::{Payment, PaymentMethod, check_turn};
use domain::permission::{Act, Whose, may};
use domain::wire::{NewPayment, Order};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::act::Desk;
use crate::api;
use crate::components::dateline::Day;
use crate::components::field::{Choice, Control, Field, field};
use crate::components::problem::refusal;
use crate::components::toast::Toast;
use crate::format;
use crate::language::{language, t, told};

/// Nothing where there is nothing to say: a union's order whose payment nobody has recorded.
pub fn payment(desk: Desk, role: Role, order: &Order) -> Option<AnyView> {
    let records = order.payment.is_none()
        && may(Some(role), Act::RecordPayment, Whose::Own)
        && check_turn(order.summary.state).is_ok();
    if order.payment_method.is_none() && order.payment.is_none() && !records {
        return None;
    }
    let row = |word: &'static str, text: String| view! { <div><dt>{word}</dt><dd>{text}</dd></div> }.into_any();
    let to_return = order.payment.is_some() && order.summary.state == OrderState::Cancelled;
    let paid = match &order.payment {
        None => row(t!(buying.received), t!(buying.not_paid).to_owned()),
        Some(paid) => {
            let day = format!("{} {}", format::civil_day(&paid.received_on), paid.method.word(language()));
            let reference = paid.reference.clone().map(|reference| row(t!(buying.reference), reference));
            view! { {row(t!(buying.received), day)}{reference} }.into_any()
        }
    };
    let method = order.payment_method.map(|method| row(t!(buying.payment_method), method.word(language()).to_owned()));
    Some(
        view! {
            <dl class="facts" id="payment" aria-label=t!(buying.payment)>{method}{paid}</dl>
            {to_return.then(|| view! { <p class="note watch">{t!(buying.paid_and_cancelled)}</p> }.into_any())}
            {records.then(|| form(desk, order))}
        }
        .into_any(),
    )
}

fn form(desk: Desk, order: &Order) -> AnyView {
    let id = order.summary.id;
    let likely = order.payment_method.unwrap_or(PaymentMethod::BankTransfer);
    let method = RwSignal::new(likely.code().to_owned());
    let (received_on, reference) = (RwSignal::new(Day::today().iso()), RwSignal::new(String::new()));
    let (sent, refused) = (RwSignal::new(0_u32), RwSignal::new(None::<String>));
    let body = move || NewPayment {
        method: PaymentMethod::from_code(&method.get()).unwrap_or(likely),
        received_on: received_on.get(),
        reference: Some(reference.get()),
    };
    let wrong = move |control: &'static str| {
        Memo::new(move |_| {
            let today = Day::today().iso().parse().ok()?;
            let wrong = Payment::parse(&body(), today).err().unwrap_or_default();
            wrong.into_iter().find(|it| it.field.as_deref() == Some(control)).map(|it| told(it.sentence))
        })
    };
    let (no_day, no_reference) = (wrong("received_on"), wrong("reference"));
    let press = move |_| {
        sent.update(|sent| *sent += 1);
        if no_day.with_untracked(Option::is_none) && no_reference.with_untracked(Option::is_none) {
            record(desk, id, body(), refused);
        }
    };
    let methods = PaymentMethod::ALL.iter().map(|method| Choice::new(method.code(), method.word(language()))).collect();
    let day = Field::new("received-on", t!(buying.received_on), received_on).class("w-16").check(no_day, sent.into());
    let slip = Field::new("reference", t!(buying.reference), reference).class("w-16").hint(t!(buying.reference_hint));
    let busy = desk.busy;
    view! {
        <details class="pay">
            <summary>{t!(buying.record_payment)}</summary>
            {move || refused.get().map(refusal)}
            {field(Field::new("paid-by", t!(buying.payment_method), method), Control::Chips(methods))}
            {field(day, Control::Known { kind: "date", autocomplete: "off" })}
            {field(slip.check(no_reference, sent.into()), Control::Text)}
            <p class="muted">{t!(buying.record_hint)}</p>
            <button class="btn" type="button" id="record_payment" aria-busy=move || busy.get().then_some("true") on:click=press>
                {t!(buying.record_payment)}
            </button>
        </details>
    }
    .into_any()
}

fn record(desk: Desk, id: domain::id::OrderId, body: NewPayment, refused: RwSignal<Option<String>>) {
    if desk.busy.get_untracked() {
        return;
    }
    desk.busy.set(true);
    refused.set(None);
    spawn_local(async move {
        let answer = api::record_payment(id, body).await;
        // The reader may have left the page meanwhile.
        if desk.busy.try_set(false).is_some() {
            return;
        }
        match answer {
            Ok(order) => {
                desk.order.put(order);
                desk.state.say(Toast::new(t!(buying.paid)));
            }
            Err(error) => {
                desk.state.note(&error);
                refused.try_set(Some(error.sentence()));
            }
        }
    });
}
