//! 轮到您: the one thing to do now. It stands here only when the server says that the reader may do it.

use domain::Money;
use domain::order::parse_reason;
use domain::order_life::Action;
use domain::wire::{ActionBody, Order, Shipment};
use leptos::prelude::*;

use super::act::{Desk, sentences};
use super::{confirm, kept, ship};
use crate::components::dialog::{Ask, Weight, dialog};
use crate::components::field::{Control, Field, field};
use crate::format;
use crate::language::{language, t, told};
use crate::pages::orders::jump;

/// The acts that are somebody's turn, in the order of an order's life. To cancel is a right, not a turn.
const TURNS: [Action; 7] =
    [Action::Submit, Action::Approve, Action::Confirm, Action::Ship, Action::Accept, Action::Invoice, Action::Transfer];

pub fn turn(desk: Desk, order: &Order) -> Option<AnyView> {
    let action = TURNS.into_iter().find(|action| order.actions.contains(action))?;
    let (title, sentence) = words(action, order);
    let (way, form) = match action {
        Action::Approve => (approval(desk, order), None),
        Action::Confirm => {
            let all = ActionBody::Confirm { lines: Vec::new() };
            (one_press(desk, order, all, t!(orders.confirmed_done)), Some(confirm::in_part(desk, order)))
        }
        Action::Ship => (().into_any(), Some(ship::shipping(desk, order))),
        Action::Accept => (jump("count", t!(orders.go_count), "btn do"), None),
        Action::Invoice => (jump("to-invoice", t!(fulfil.go_invoice), "btn do"), None),
        Action::Transfer => (jump("paying", t!(fulfil.go_transfer), "btn do"), None),
        _ => (jump("amend", t!(orders.go_change), "btn do"), None),
    };
    let reason = order.exception_reason.clone().filter(|_| action == Action::Approve);
    let reason = reason.map(|reason| view! { <p>{t!(orders.officers_reason, reason = reason)}</p> }.into_any());
    Some(
        view! {
            <section class="turn" aria-labelledby="turn" data-turn=action.code()>
                <div><h2 id="turn">{title}</h2><p>{sentence}</p>{reason}</div>
                <div class="tb">{way}</div>
                {form}
            </section>
        }
        .into_any(),
    )
}

fn words(action: Action, order: &Order) -> (&'static str, String) {
    match action {
        Action::Approve => (t!(orders.turn_approve), approval_words(order)),
        Action::Confirm => (t!(orders.turn_confirm), t!(orders.turn_confirm_how).to_owned()),
        Action::Ship => (t!(orders.turn_ship), t!(orders.turn_ship_how).to_owned()),
        Action::Accept => (t!(orders.turn_accept), t!(orders.turn_accept_how).to_owned()),
        Action::Invoice => (t!(fulfil.turn_invoice), t!(fulfil.turn_invoice_how).to_owned()),
        Action::Transfer => (t!(fulfil.turn_transfer), t!(fulfil.turn_transfer_how).to_owned()),
        _ => (t!(orders.turn_change), sent_back_words(order)),
    }
}

/// What one needs to know to approve: the sum, and how it stands to the standard.
fn approval_words(order: &Order) -> String {
    let it = &order.summary;
    // Only what a union has ordered is approved.
    let (heads, standard) = (it.head_count.unwrap_or(1), order.per_head_budget_fen.unwrap_or_default());
    let each = Money::from_fen(it.total_fen.fen().checked_div_euclid(heads).unwrap_or_default());
    let (total, each) = (format::yuan(it.total_fen), format::yuan(each));
    t!(orders.to_approve, total = total, each = each, standard = format::yuan(standard))
}

fn sent_back_words(order: &Order) -> String {
    let note = order.history.iter().find(|it| it.action == Action::SendBack).and_then(|it| it.note.clone());
    note.map_or_else(|| t!(orders.sent_back).to_owned(), |note| t!(orders.sent_back_because, note = note))
}

/// A button that does the act at once.
fn one_press(desk: Desk, order: &Order, body: ActionBody, done: &'static str) -> AnyView {
    let (id, action) = (order.summary.id, body.action());
    let busy = desk.busy;
    view! {
        <button
            class="btn do"
            type="button"
            id=action.code()
            aria-busy=move || busy.get().then_some("true")
            on:click=move |_| desk.act(id, body.clone(), done.to_owned())
        >
            {action.word(language())}
        </button>
    }
    .into_any()
}

fn approval(desk: Desk, order: &Order) -> AnyView {
    let ask = Ask {
        title: t!(orders.send_back).to_owned(),
        confirm: t!(orders.send_back_short).to_owned(),
        keep: t!(orders.not_yet_back),
        weight: Weight::Ordinary,
    };
    let body = |reason| ActionBody::SendBack { reason };
    let send_back = reasoned(desk, order, Action::SendBack, ask, body, t!(orders.sent_back_done));
    let may_send_back = order.actions.contains(&Action::SendBack);
    view! {
        {one_press(desk, order, ActionBody::Approve {}, t!(orders.approved_done))}
        {may_send_back.then_some(send_back)}
    }
    .into_any()
}

/// A button whose act must say why: it opens a dialog that asks, and keeps what was begun to be said. Once the act is done the order is
/// drawn anew, and the dialog with it.
pub fn reasoned(
    desk: Desk,
    order: &Order,
    action: Action,
    ask: Ask,
    body: fn(String) -> ActionBody,
    done: &'static str,
) -> AnyView {
    let id = order.summary.id;
    let (texts, _) = kept::texts(desk, id, action.code(), vec![String::new()]);
    let reason = texts.first().copied().unwrap_or_default();
    let (sent, open) = (RwSignal::new(0_u32), RwSignal::new(false));
    let error = Memo::new(move |_| parse_reason(&reason.get()).err().map(|refusal| told(refusal.sentence)));
    let confirm = Callback::new(move |()| {
        sent.update(|sent| *sent += 1);
        if error.with_untracked(Option::is_none) {
            desk.act(id, body(reason.get_untracked().trim().to_owned()), done.to_owned());
        }
    });
    let asked =
        Field::new(format!("{}-reason", action.code()), t!(orders.reason), reason).hint(t!(orders.seen_by_other));
    let said = move || desk.refusal_of(id, action).map(|it| sentences(&it));
    let inside = view! {
        {field(asked.check(error, sent.into()), Control::Long { rows: 3 })}
        <div role="alert">{said}</div>
    };
    let (words, class) = match ask.weight {
        Weight::Grave => (ask.title.clone(), "btn wrong"),
        Weight::Ordinary => (action.word(language()).to_owned(), "btn"),
    };
    let press = move |_| {
        desk.refused.set(None);
        open.set(true);
    };
    view! {
        <button class=class type="button" id=action.code() on:click=press>{words}</button>
        {dialog(ask, open, confirm, inside.into_any())}
    }
    .into_any()
}

/// When what is shown was shipped: 邮政快递 123，11月22日 09:10 发出.
pub fn shipped_words(it: &Shipment) -> String {
    let at = format::date_time(it.shipped_at_ms);
    t!(orders.shipped_words, carrier = it.carrier, number = it.tracking_no, at = at)
}
