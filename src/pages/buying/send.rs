//! Sending a person's order: nothing is ordered twice or by accident, and what failed loses nothing.

use domain::id::OrderId;
use domain::wire::{NewRetailOrders, OrderSummary};
use domain::{Code, Quantity};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::checkout::Form;
use super::draft::{KEY, body};
use crate::api::{self, ApiError};
use crate::components::focus::focus;
use crate::components::problem::words;
use crate::components::toast::Toast;
use crate::language::t;
use crate::route::Route;
use crate::state::forget;

const TROUBLE: &str = "trouble";

/// Why it was not ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    sentences: Vec<String>,
    /// An earlier attempt did arrive, and what is in the form now differs from it.
    already_sent: bool,
}

impl Form {
    pub fn send(self) {
        if self.busy.get_untracked() || !self.online.get_untracked() {
            return;
        }
        self.trouble.set(None);
        self.sent.update(|sent| *sent += 1);
        if self.errors.with_untracked(|errors| !errors.is_empty()) {
            return;
        }
        let Some(body) = self.bill.with_untracked(|bill| body(&self.draft(), bill)) else { return };
        self.busy.set(true);
        spawn_local(async move {
            let answer = api::place_retail_orders(body.clone()).await;
            // The person may have left the page meanwhile.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(orders) => self.taken(&body, &orders.items),
                Err(error) => self.not_taken(&error),
            }
        });
    }

    fn taken(self, body: &NewRetailOrders, placed: &[OrderSummary]) {
        self.done.set(true);
        forget(KEY);
        self.state.change_basket(|basket| {
            for line in body.orders.iter().flat_map(|order| &order.lines) {
                basket.set(line.product_id, Quantity::ZERO);
            }
        });
        let said = match placed.len() {
            1 => t!(buying.done_one).to_owned(),
            count => t!(buying.done_many, count = count),
        };
        self.state.say(Toast::new(said));
        self.leave.run(());
    }

    fn not_taken(self, error: &ApiError) {
        self.state.note(error);
        let already_sent = error.is(Code::IdTaken);
        let fields = error.fields();
        let mut sentences: Vec<String> = match (already_sent, fields.len() > 1) {
            (true, _) => vec![t!(buying.already_sent).to_owned()],
            (_, true) => fields.into_iter().map(|(_, sentence)| sentence).collect(),
            _ => vec![error.sentence()],
        };
        sentences.push(t!(buying.kept).to_owned());
        self.trouble.set(Some(Trouble { sentences, already_sent }));
        request_animation_frame(|| focus(TROUBLE));
    }

    /// What is in the form becomes other orders than those that were sent before.
    fn send_as_new(self) {
        self.orders.update(|orders| orders.iter_mut().for_each(|(_, id)| *id = OrderId(api::new_id())));
        self.send();
    }
}

pub fn trouble(form: Form, Trouble { sentences, already_sent }: Trouble) -> AnyView {
    let sentences: Vec<AnyView> = sentences.into_iter().map(words).collect();
    let ways = if already_sent {
        view! {
            <a class="btn" href=Route::Orders.path()>{t!(buying.see_orders)}</a>
            <button class="btn" type="button" on:click=move |_| form.send_as_new()>{t!(buying.as_new)}</button>
        }
        .into_any()
    } else {
        view! { <button class="btn" type="button" on:click=move |_| form.send()>{t!(buying.try_again)}</button> }
            .into_any()
    };
    view! {
        <div class="note wrong" id=TROUBLE tabindex="-1" role="alert">{sentences}<p class="tb">{ways}</p></div>
    }
    .into_any()
}
