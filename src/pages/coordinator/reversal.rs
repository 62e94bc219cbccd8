//! Taking an entry back: another entry with the opposite sign, dated today, that says why.

use domain::id::SaleId;
use domain::order::parse_reason;
use domain::wire::{NewReversal, NewReversalRequest, SaleEntry};
use domain::{Code, Money};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, ApiError};
use crate::components::dialog::{Ask, Weight, dialog};
use crate::components::field::{Control, Field, field};
use crate::components::problem::refusal;
use crate::components::toast::Toast;
use crate::format;
use crate::language::{t, told};
use crate::state::State;

/// Who answers for it: the one who presses, or another person after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Alone,
    ByTwo,
}

/// What is being asked, and how far it is.
#[derive(Clone, Copy)]
struct Asking {
    way: Way,
    entry: RwSignal<Option<SaleEntry>>,
    /// Made when the dialog opens, so that pressing twice writes once.
    id: StoredValue<Option<SaleId>>,
    open: RwSignal<bool>,
    reason: RwSignal<String>,
    sent: RwSignal<u32>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
}

/// The dialog, and what opens it. `on_written` runs after the reversal is in the ledger, or the request for it is kept.
#[inline(never)]
pub fn reversal_dialog(way: Way, on_written: Callback<()>) -> (AnyView, Callback<SaleEntry>) {
    let it = Asking {
        way,
        entry: RwSignal::new(None),
        id: StoredValue::new(None),
        open: RwSignal::new(false),
        reason: RwSignal::new(String::new()),
        sent: RwSignal::new(0),
        busy: RwSignal::new(false),
        refused: RwSignal::new(None),
    };
    let on_pick = Callback::new(move |entry: SaleEntry| {
        it.id.set_value(Some(SaleId(api::new_id())));
        it.entry.set(Some(entry));
        it.reason.set(String::new());
        it.sent.set(0);
        it.refused.set(None);
        it.open.set(true);
    });
    let state = State::get();
    let on_confirm = Callback::new(move |()| confirm(it, state, on_written));
    let (title, confirm) = match way {
        Way::Alone => (t!(figures.reverse_this), t!(figures.write_reversal)),
        Way::ByTwo => (t!(office.ask_title), t!(office.ask_confirm)),
    };
    let ask =
        Ask { title: title.to_owned(), confirm: confirm.to_owned(), keep: t!(figures.not_yet), weight: Weight::Grave };
    (dialog(ask, it.open, on_confirm, question(it)), on_pick)
}

/// `写一笔 −10,710.00 元，日期为今天；原记录不动。`
fn consequence(amount: Money) -> String {
    t!(figures.consequence, amount = format::yuan(amount.negated()))
}

fn question(it: Asking) -> AnyView {
    let which = move || {
        it.entry.with(|entry| {
            entry
                .as_ref()
                .map(|it| t!(figures.which, sequence = it.sequence, product = it.product_name, buyer = it.buyer))
        })
    };
    let happens = move || it.entry.with(|entry| entry.as_ref().map(|entry| consequence(entry.amount_fen)));
    let error =
        Memo::new(move |_| it.reason.with(|reason| parse_reason(reason).err().map(|refusal| told(refusal.sentence))));
    let (id, by_two) = match it.way {
        Way::Alone => ("reversal-reason", None),
        Way::ByTwo => ("request-reason", Some(view! { <p>{t!(office.ask_consequence)}</p> }.into_any())),
    };
    let reason = Field::new(id, t!(figures.reversal_reason), it.reason)
        .hint(t!(figures.reason_hint))
        .check(error, it.sent.into());
    view! {
        <p class="muted">{which}</p>
        <p><strong>{happens}</strong></p>
        {by_two}
        {field(reason, Control::Long { rows: 3 })}
        {move || it.refused.get().map(refusal)}
        <p role="status" class="muted">{move || it.busy.get().then_some(t!(figures.writing))}</p>
    }
    .into_any()
}

fn confirm(it: Asking, state: State, on_written: Callback<()>) {
    it.sent.update(|sent| *sent += 1);
    let (Some(entry), Some(id)) = (it.entry.get_untracked(), it.id.get_value()) else { return };
    let Ok(reason) = it.reason.with_untracked(|reason| parse_reason(reason)) else { return };
    if it.busy.get_untracked() {
        return;
    }
    it.busy.set(true);
    it.refused.set(None);
    spawn_local(async move {
        let answer = match it.way {
            Way::Alone => api::reverse_sale(entry.id, NewReversal { id, reason }).await.map(|written| {
                t!(figures.written, sequence = written.sequence, amount = format::yuan(written.amount_fen))
            }),
            Way::ByTwo => {
                let request = NewReversalRequest { id, sale: entry.id, reason };
                api::ask_reversal(request).await.map(|_| t!(office.ask_sent).to_owned())
            }
        };
        // The reader may have left the page meanwhile; then there is no dialog to close and no list to ask for anew.
        let here = it.busy.try_set(false).is_none();
        match answer {
            Ok(words) => {
                state.say(Toast::new(words));
                if here {
                    it.open.set(false);
                    on_written.run(());
                }
            }
            Err(error) if here => say_refusal(it, state, &error, on_written),
            Err(error) => state.note(&error),
        }
    });
}

fn say_refusal(it: Asking, state: State, error: &ApiError, on_written: Callback<()>) {
    state.note(error);
    it.refused.set(Some(error.sentence()));
    // Somebody was faster: what the list shows is no longer so.
    if error.is(Code::AlreadyReversed) || error.is(Code::ConsentNeeded) {
        on_written.run(());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_consequence_is_said_to_the_fen() {
        assert_eq!(consequence(Money::from_yuan(10_710)), "写一笔 −10,710.00 元，日期为今天；原记录不动。");
    }
}
