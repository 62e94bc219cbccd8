//! 轮到您: the one thing to do now. It stands here only when the server says that the reader may do it.

use domain::Money;
use domain::order::parse_reason;
use domain::order_life::Action;
use domain::wire::{ActionBody, Order};
use leptos::prelude::*;

use super::act::{Desk, sentences};
use crate::components::dialog::{Ask, Weight, dialog};
use crate::components::field::{Control, Field, field};
use crate::format;
use crate::language::told;
use crate::pages::orders::jump;

/// The acts that are somebody's turn, in the order of an order's life. To cancel is a right, not a turn.
const TURNS: [Action; 5] = [Action::Submit, Action::Approve, Action::Confirm, Action::Ship, Action::Accept];

pub fn turn(desk: Desk, order: &Order) -> Option<AnyView> {
    let action = TURNS.into_iter().find(|action| order.actions.contains(action))?;
    let (title, sentence) = words(action, order);
    let (way, form) = match action {
        Action::Approve => (approval(desk, order), None),
        Action::Confirm => (one_press(desk, order, ActionBody::Confirm {}, "已接单，备好货就可以发"), None),
        Action::Ship => (().into_any(), Some(shipping(desk, order))),
        Action::Accept => (jump("count", "去清点", "btn do"), None),
        _ => (jump("amend", "去改", "btn do"), None),
    };
    let reason = order.exception_reason.clone().filter(|_| action == Action::Approve);
    let reason = reason.map(|reason| view! { <p>"经办人写的理由：“"{reason}"”"</p> }.into_any());
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
        Action::Approve => ("轮到您：审批", approval_words(order)),
        Action::Confirm => ("轮到您：确认接单", "确认后从可供量里扣除，然后备货、发货。".to_owned()),
        Action::Ship => ("轮到您：发货", "货交给承运单位后填运单号；自己送的写车牌号。".to_owned()),
        Action::Accept => ("轮到您：验收", "货到后逐行清点，少的、坏的当场拒收并写原因。".to_owned()),
        _ => ("轮到您：改好再提交", sent_back_words(order)),
    }
}

/// What one needs to know to approve: the sum, and how it stands to the standard.
fn approval_words(order: &Order) -> String {
    let it = &order.summary;
    let each = Money::from_fen(it.total_fen.fen().checked_div_euclid(it.head_count).unwrap_or_default());
    let standard = order.per_head_budget_fen.yuan();
    format!("这张合计 {} 元，每人约 {} 元；这次人均标准 {standard} 元。", it.total_fen.yuan(), each.yuan())
}

fn sent_back_words(order: &Order) -> String {
    let note = order.history.iter().find(|it| it.action == Action::SendBack).and_then(|it| it.note.clone());
    note.map_or_else(|| "主席退回了这张采购单。".to_owned(), |note| format!("主席退回：“{note}”"))
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
            {action.zh()}
        </button>
    }
    .into_any()
}

fn approval(desk: Desk, order: &Order) -> AnyView {
    let ask = Ask {
        title: "退回给经办人".to_owned(),
        confirm: "退回".to_owned(),
        keep: "先不退回",
        weight: Weight::Ordinary,
    };
    let body = |reason| ActionBody::SendBack { reason };
    let send_back = reasoned(desk, order, Action::SendBack, ask, body, "已退回，经办人会看到理由");
    let may_send_back = order.actions.contains(&Action::SendBack);
    view! {
        {one_press(desk, order, ActionBody::Approve {}, "已批准，商户会看到这张采购单")}
        {may_send_back.then_some(send_back)}
    }
    .into_any()
}

/// A button whose act must say why: it opens a dialog that asks. Once the act is done the order is drawn anew, and the
/// dialog with it.
pub fn reasoned(
    desk: Desk,
    order: &Order,
    action: Action,
    ask: Ask,
    body: fn(String) -> ActionBody,
    done: &'static str,
) -> AnyView {
    let id = order.summary.id;
    let (reason, sent, open) = (RwSignal::new(String::new()), RwSignal::new(0_u32), RwSignal::new(false));
    let error = Memo::new(move |_| parse_reason(&reason.get()).err().map(|refusal| told(refusal.sentence)));
    let confirm = Callback::new(move |()| {
        sent.update(|sent| *sent += 1);
        if error.with_untracked(Option::is_none) {
            desk.act(id, body(reason.get_untracked().trim().to_owned()), done.to_owned());
        }
    });
    let asked = Field::new(format!("{}-reason", action.code()), "理由", reason).hint("对方会看到，也记在经过里");
    let said = move || desk.refusal_of(id, action).map(|it| sentences(&it));
    let inside = view! {
        {field(asked.check(error, sent.into()), Control::Long { rows: 3 })}
        <div role="alert">{said}</div>
    };
    let (words, class) = match ask.weight {
        Weight::Grave => (ask.title.clone(), "btn wrong"),
        Weight::Ordinary => (action.zh().to_owned(), "btn"),
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

fn shipping(desk: Desk, order: &Order) -> AnyView {
    let id = order.summary.id;
    let (carrier, tracking_no) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let sent = RwSignal::new(0_u32);
    let missing = move |text: RwSignal<String>, sentence: &'static str| {
        Memo::new(move |_| text.with(|text| text.trim().is_empty()).then(|| sentence.to_owned()))
    };
    let no_carrier = missing(carrier, "填写承运单位，例如 邮政快递");
    let no_number = missing(tracking_no, "填写运单号，自送的写车牌号");
    let press = move |_| {
        sent.update(|sent| *sent += 1);
        if no_carrier.with_untracked(Option::is_none) && no_number.with_untracked(Option::is_none) {
            let (carrier, tracking_no) = (carrier.get_untracked(), tracking_no.get_untracked());
            let done = format!("已发货：{} {}", carrier.trim(), tracking_no.trim());
            desk.act(id, ActionBody::Ship { carrier, tracking_no }, done);
        }
    };
    let busy = desk.busy;
    view! {
        <div class="ship">
            {field(Field::new("carrier", "承运单位", carrier).class("w-16").check(no_carrier, sent.into()), Control::Text)}
            {field(Field::new("tracking", "运单号", tracking_no).class("w-16").check(no_number, sent.into()), Control::Text)}
            <button
                class="btn do"
                type="button"
                id=Action::Ship.code()
                aria-busy=move || busy.get().then_some("true")
                on:click=press
            >
                "发货"
            </button>
        </div>
    }
    .into_any()
}

/// When what is shown was shipped: 邮政快递 123，11月22日 09:10 发出.
pub fn shipped_words(order: &Order) -> Option<String> {
    let it = order.shipment.as_ref()?;
    Some(format!("{} {}，{}发出", it.carrier, it.tracking_no, format::date_time(it.shipped_at_ms)))
}
