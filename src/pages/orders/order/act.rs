//! Doing one act on an order, and saying what came of it.

use std::time::Duration;

use domain::Code;
use domain::id::OrderId;
use domain::order_life::Action;
use domain::wire::{ActionBody, Order};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::kept;
use crate::api::{self, ApiError};
use crate::components::error_summary::{FormError, error_line};
use crate::components::focus::focus;
use crate::components::problem::words;
use crate::components::toast::Toast;
use crate::language::t;
use crate::load::Load;
use crate::state::State;

/// Where acts are done: the order as it is known, and what the server said of the last act.
#[derive(Clone, Copy)]
pub struct Desk {
    pub state: State,
    pub order: Load<Order>,
    pub busy: RwSignal<bool>,
    pub refused: RwSignal<Option<Refused>>,
}

/// What was refused, of which order, and why: in words, and for each field that was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub of: OrderId,
    pub action: Action,
    pub code: Option<Code>,
    pub sentence: String,
    pub fields: Vec<(String, String)>,
}

impl Desk {
    pub fn new(state: State, order: Load<Order>) -> Desk {
        Desk { state, order, busy: RwSignal::new(false), refused: RwSignal::new(None) }
    }

    /// Does the act; `done` is what the toast says once it is done.
    pub fn act(self, id: OrderId, body: ActionBody, done: String) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        spawn_local(async move {
            let action = body.action();
            let answer = api::act_on_order(id, body).await;
            // The reader may have left the page meanwhile.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(order) => {
                    kept::done(self, id);
                    self.order.put(order);
                    self.state.say(Toast::new(done));
                    focus_title();
                }
                Err(error) => self.not_done(id, action, &error),
            }
        });
    }

    fn not_done(self, id: OrderId, action: Action, error: &ApiError) {
        self.state.note(error);
        let mut sentence = error.sentence();
        // The order is not what it was when the button was drawn: show it as it is now, and say so.
        if matches!(error.code(), Some(Code::OutOfTurn | Code::Overtaken)) {
            self.order.reload();
            sentence.push_str(t!(orders.as_it_is_now));
        }
        self.refused.set(Some(Refused { of: id, action, code: error.code(), sentence, fields: error.fields() }));
        // In a long form the button is far from what is said above it.
        set_timeout(|| focus(SAID), Duration::from_millis(50));
    }

    /// The refusal of this act on this order, if it was the last.
    pub fn refusal_of(self, id: OrderId, action: Action) -> Option<Refused> {
        self.refused.get().filter(|refused| refused.of == id && refused.action == action)
    }
}

/// The buttons that were pressed are gone, so focus moves to the heading: the reader hears the page from its top.
fn focus_title() {
    set_timeout(|| focus("order-title"), Duration::from_millis(50));
}

const SAID: &str = "refused";

/// What was refused, above everything one could do about it.
pub fn said(desk: Desk) -> AnyView {
    let words = move || {
        let shown = desk.order.value.with(|order| order.as_ref().map(|order| order.summary.id));
        let refused = desk.refused.get().filter(|it| Some(it.of) == shown)?;
        Some(
            view! { <div class="note wrong or-said" role="alert" id=SAID tabindex="-1">{sentences(&refused)}</div> }
                .into_any(),
        )
    };
    view! { {words} }.into_any()
}

/// Several fields become a list; each that has a control on the page leads to it.
pub fn sentences(refused: &Refused) -> AnyView {
    let controls: Vec<Option<String>> =
        refused.fields.iter().map(|(field, _)| control_of(refused.action, field)).collect();
    if refused.fields.len() < 2 && controls.iter().all(Option::is_none) {
        return words(refused.sentence.clone());
    }
    let line = |((_, sentence), control): (&(String, String), Option<String>)| match control {
        Some(control) => error_line(FormError { control, sentence: sentence.clone() }),
        None => view! { <li>{sentence.clone()}</li> }.into_any(),
    };
    let lines: Vec<AnyView> = refused.fields.iter().zip(controls).map(line).collect();
    view! { <ul>{lines}</ul> }.into_any()
}

/// The control on the page that holds a field of an act; none for lines, which their own tables mark.
fn control_of(action: Action, field: &str) -> Option<String> {
    let (_, of_line) = field.split_once("].").unwrap_or_default();
    let control = match (action, field) {
        (Action::Ship, "carrier") => "carrier",
        (Action::Ship, "tracking_no") => "tracking",
        (Action::Return, "reason") => "return-reason",
        (Action::Confirm, _) if of_line == "reason" => "confirm-reason",
        (Action::Transfer, "transfer.slip_no") => "slip-no",
        (Action::Transfer, "transfer.paid_on") => "paid-on",
        (Action::Invoice, _) => return field.strip_prefix("invoice.").map(super::money::control_of),
        _ => return None,
    };
    Some(control.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_field_leads_to_its_control() {
        for (action, field, control) in [
            (Action::Ship, "tracking_no", Some("tracking")),
            (Action::Ship, "lines[0].quantity", None),
            (Action::Confirm, "lines[2].reason", Some("confirm-reason")),
            (Action::Invoice, "invoice.lines[1].amount_fen", Some("invoice-amount-1")),
            (Action::Invoice, "invoice.number", Some("invoice-number")),
            (Action::Transfer, "transfer.paid_on", Some("paid-on")),
            (Action::Approve, "", None),
        ] {
            assert_eq!(control_of(action, field).as_deref(), control, "{field}");
        }
    }
}
