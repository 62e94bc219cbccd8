//! Sending: what is wrong here is said first, what the server refuses is said in the same place, and an answer that never
//! came loses nothing.

use domain::id::OrderId;
use domain::wire::{NewOrders, OrderSummary};
use domain::{Code, Quantity};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Form;
use super::check::{answer_at, body, refused};
use super::draft::{Draft, KEY};
use crate::api::{self, ApiError};
use crate::components::error_summary::FormError;
use crate::components::focus::focus;
use crate::components::problem::words;
use crate::components::toast::Toast;
use crate::language::t;
use crate::route::Route;
use crate::state::forget;

const TROUBLE: &str = "trouble";

/// What the server said of one answer. It stands until that answer is another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    error: FormError,
    answer: String,
}

/// A refusal or failure that no field of the form can mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    sentence: String,
    /// An earlier attempt did arrive, and what is in the form now differs from it.
    already_sent: bool,
}

/// What is wrong by our own reckoning, and after it what the server refused and nobody has changed since.
pub fn all_errors(wrong: Vec<FormError>, refused: &[Refused], draft: &Draft) -> Vec<FormError> {
    let mut errors = wrong;
    for Refused { error, answer } in refused {
        let stands = answer_at(draft, &error.control) == *answer;
        if stands && !errors.iter().any(|known| known.control == error.control) {
            errors.push(error.clone());
        }
    }
    errors
}

impl Form {
    pub fn send(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.list.keep_now();
        self.trouble.set(None);
        self.refused.set(Vec::new());
        self.sent.update(|sent| *sent += 1);
        if self.errors.with_untracked(|errors| !errors.is_empty()) {
            return;
        }
        let draft = self.draft.get_untracked();
        let body = self.goods.with_value(|goods| body(&draft, goods, self.year.get_untracked()));
        let Some(mut body) = body else { return };
        self.list.put_into(&mut body);
        if body.orders.is_empty() {
            let sentence = t!(orders.no_goods).to_owned();
            return self.complain(Trouble { sentence, already_sent: false });
        }
        self.busy.set(true);
        spawn_local(async move {
            let answer = api::place_orders(body.clone()).await;
            // The person may have left the page meanwhile.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(orders) => self.taken(&body, &orders.items),
                Err(error) => self.not_taken(error, &body, &draft),
            }
        });
    }

    fn taken(self, body: &NewOrders, placed: &[OrderSummary]) {
        self.done.set(true);
        forget(KEY);
        self.list.done();
        self.state.change_basket(|basket| {
            for line in body.orders.iter().flat_map(|order| &order.lines) {
                basket.set(line.product_id, Quantity::ZERO);
            }
        });
        self.state.say(Toast::new(match placed.len() {
            1 => t!(orders.one_sent).to_owned(),
            count => t!(orders.sent, count = count),
        }));
        self.leave.run(());
    }

    fn not_taken(self, error: ApiError, body: &NewOrders, draft: &Draft) {
        self.state.note(&error);
        if error.is(Code::IdTaken) {
            let sentence = t!(orders.sent_before);
            return self.complain(Trouble { sentence: sentence.to_owned(), already_sent: true });
        }
        let fields = refused(&error.fields(), body);
        if fields.is_empty() {
            let mut sentence = error.sentence();
            if error == ApiError::Unreachable {
                sentence.push_str(t!(orders.nothing_lost));
            }
            return self.complain(Trouble { sentence, already_sent: false });
        }
        let with_answer = |error: FormError| Refused { answer: answer_at(draft, &error.control), error };
        self.refused.set(fields.into_iter().map(with_answer).collect());
        // The summary takes focus at each attempt that leaves something to say.
        self.sent.update(|sent| *sent += 1);
    }

    fn complain(self, trouble: Trouble) {
        self.trouble.set(Some(trouble));
        request_animation_frame(|| focus(TROUBLE));
    }

    /// What is in the form becomes other orders than those that were sent before.
    fn send_as_new(self) {
        self.orders.update(|orders| orders.iter_mut().for_each(|(_, id)| *id = OrderId(api::new_id())));
        self.send();
    }
}

pub fn trouble(form: Form, trouble: Trouble) -> AnyView {
    let ways = trouble.already_sent.then(|| {
        view! {
            <p class="tb">
                <a class="btn" href=Route::Orders.path()>{t!(orders.see_my_orders)}</a>
                <button class="btn" type="button" on:click=move |_| form.send_as_new()>{t!(orders.send_as_new)}</button>
            </p>
        }
        .into_any()
    });
    view! { <div class="note wrong" id=TROUBLE tabindex="-1" role="alert">{words(trouble.sentence)}{ways}</div> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::super::check::control;
    use super::super::samples::session;
    use super::*;

    fn error(control: &str, sentence: &str) -> FormError {
        FormError { control: control.to_owned(), sentence: sentence.to_owned() }
    }

    #[test]
    fn what_was_refused_stands_until_it_is_answered_otherwise() {
        let mut draft = Draft::new(&session());
        let refused = [Refused {
            error: error(control::PHONE, "这个电话打不通"),
            answer: answer_at(&draft, control::PHONE),
        }];
        assert_eq!(all_errors(Vec::new(), &refused, &draft).len(), 1);
        let ours = vec![error(control::PHONE, "电话要 11 位，这里有 10 位")];
        assert_eq!(all_errors(ours.clone(), &refused, &draft), ours, "one sentence beside one control");
        draft.answers.phone = "13800000002".to_owned();
        assert_eq!(all_errors(Vec::new(), &refused, &draft), []);
    }
}
