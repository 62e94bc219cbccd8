//! Doing one act on an order, and saying what came of it.

use std::time::Duration;

use domain::Code;
use domain::id::OrderId;
use domain::order_life::Action;
use domain::wire::{ActionBody, Order};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, ApiError};
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

/// What was refused, above everything one could do about it. Several fields become a list.
pub fn said(desk: Desk) -> AnyView {
    let words = move || {
        let shown = desk.order.value.with(|order| order.as_ref().map(|order| order.summary.id));
        let refused = desk.refused.get().filter(|it| Some(it.of) == shown)?;
        Some(view! { <div class="note wrong or-said" role="alert" id="refused">{sentences(&refused)}</div> }.into_any())
    };
    view! { {words} }.into_any()
}

pub fn sentences(refused: &Refused) -> AnyView {
    if refused.fields.len() < 2 {
        return words(refused.sentence.clone());
    }
    let line = |(_, sentence): &(String, String)| view! { <li>{sentence.clone()}</li> }.into_any();
    let lines: Vec<AnyView> = refused.fields.iter().map(line).collect();
    view! { <ul>{lines}</ul> }.into_any()
}
