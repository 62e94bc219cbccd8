//! The life of an order as a line of steps, and its history as a list.

use domain::channel::Channel;
use domain::order_life::{Action, State};
use domain::organisation::Role;
use domain::wire::{HistoryItem, Order, Payment};
use leptos::prelude::*;

use crate::format;
use crate::language::{language, t};

const STEPS: [Action; 6] =
    [Action::Submit, Action::Approve, Action::Confirm, Action::Ship, Action::Accept, Action::Transfer];

/// What a step is called in the line of steps.
fn word(action: Action) -> &'static str {
    match action {
        Action::Submit => t!(orders.step_submit),
        Action::Approve => t!(orders.step_approve),
        Action::Confirm => t!(orders.step_confirm),
        Action::Ship => t!(orders.step_ship),
        Action::Accept => t!(orders.step_accept),
        Action::Cancel => t!(orders.step_cancel),
        Action::Transfer => t!(fulfil.step_settle),
        Action::SendBack | Action::Close | Action::Return | Action::Invoice => action.word(language()),
    }
}

/// One step of the life. `done` is when and by whom, for what has happened.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    word: &'static str,
    done: Option<(i64, Role)>,
    /// The step that comes next.
    now: bool,
}

/// The steps, read from the history. What was sent back begins again; what was cancelled ends there.
fn steps(channel: Channel, state: State, history: &[HistoryItem]) -> Vec<Step> {
    let union = channel == Channel::UnionProcurement;
    let of_channel = |action: &Action| union || !matches!(action, Action::Approve | Action::Transfer);
    let begun = history.iter().position(|it| it.action == Action::SendBack).unwrap_or(history.len());
    let round = &history[..begun];
    // Shipping begins with the first shipment; an order is accepted with the last point.
    let counted = matches!(state, State::Accepted | State::Settled);
    let when = |action: Action| {
        let mut of_action = round.iter().filter(|it| it.action == action);
        let step = if action == Action::Ship { of_action.next_back() } else { of_action.next() };
        step.filter(|_| action != Action::Accept || counted).map(|it| (it.at_ms, it.role))
    };
    let mut steps: Vec<Step> = STEPS
        .into_iter()
        .filter(of_channel)
        .map(|action| Step { word: word(action), done: when(action), now: false })
        .collect();
    if state == State::Cancelled {
        steps.retain(|step| step.done.is_some());
        steps.push(Step { word: word(Action::Cancel), done: when(Action::Cancel), now: true });
    } else if let Some(next) = steps.iter_mut().find(|step| step.done.is_none()) {
        next.now = true;
    }
    steps
}

pub fn life(order: &Order) -> AnyView {
    let steps = steps(order.summary.channel, order.summary.state, &order.history);
    let step = |step: Step| {
        let class = match (step.now, step.done.is_some()) {
            (true, _) => "now",
            (false, true) => "done",
            (false, false) => "",
        };
        let when = step.done.map_or_else(|| "—".to_owned(), |(at_ms, _)| format::date_time(at_ms));
        let who = step.done.map_or("", |(_, role)| role.word(language()));
        let current = step.now.then_some("step");
        view! { <li class=class aria-current=current><b>{step.word}</b><span>{when}</span><small>{who}</small></li> }
            .into_any()
    };
    let class = if order.summary.state == State::Cancelled { "life over" } else { "life" };
    let steps: Vec<AnyView> = steps.into_iter().map(step).collect();
    view! { <ol class=class role="list" aria-label=t!(orders.progress)>{steps}</ol> }.into_any()
}

/// Every step, newest first, and among them the payment, which is none.
pub fn history(order: &Order) -> AnyView {
    let history = &order.history;
    let mut items: Vec<AnyView> =
        history.iter().enumerate().map(|(place, it)| step_of(it, &history[place + 1..])).collect();
    if let Some(paid) = &order.payment {
        let later = history.iter().take_while(|it| it.at_ms > paid.recorded_at_ms).count();
        items.insert(later, paid_at(paid));
    }
    view! {
        <section aria-labelledby="history">
            <h2 id="history">{t!(orders.history)}</h2>
            <ol class="hist" role="list">{items}</ol>
        </section>
    }
    .into_any()
}

fn paid_at(it: &Payment) -> AnyView {
    view! {
        <li data-action="record_payment">
            <time datetime=format::machine_time(it.recorded_at_ms)>{format::date_time(it.recorded_at_ms)}</time>
            <p><b>{t!(buying.paid)}</b>" "{it.method.word(language())}" "<span class="faint">{Role::Merchant.word(language())}</span></p>
        </li>
    }
    .into_any()
}

fn step_of(it: &HistoryItem, earlier: &[HistoryItem]) -> AnyView {
    let bought = it.action == Action::Submit && it.role == Role::Buyer;
    let again = it.action == Action::Submit && earlier.iter().any(|it| it.action == Action::Submit);
    let word = match (again, bought) {
        (true, _) => t!(orders.submitted_again),
        (_, true) => t!(buying.placed),
        _ => it.action.word(language()),
    };
    let class = match it.action {
        Action::Cancel => "bad",
        Action::SendBack => "back",
        _ => "",
    };
    let note =
        it.note.clone().map(|note| if it.action.needs_reason() { t!(orders.quoted, words = note) } else { note });
    view! {
        <li class=class data-action=it.action.code()>
            <time datetime=format::machine_time(it.at_ms)>{format::date_time(it.at_ms)}</time>
            <p><b>{word}</b>" "{note}" "<span class="faint">{it.role.word(language())}</span></p>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A history, oldest first as one tells it.
    fn history(told: &[(Action, Role)]) -> Vec<HistoryItem> {
        let item = |(place, (action, role)): (usize, &(Action, Role))| HistoryItem {
            at_ms: place as i64,
            action: *action,
            role: *role,
            note: None,
        };
        told.iter().enumerate().map(item).rev().collect()
    }

    #[track_caller]
    fn check(state: State, told: &[(Action, Role)], expected: &str) {
        let drawn = steps(Channel::UnionProcurement, state, &history(told)).into_iter().map(|step| {
            let mark = if step.now { "*" } else { "" };
            let when = step.done.map_or_else(String::new, |(at_ms, _)| at_ms.to_string());
            format!("{mark}{}{when}", step.word)
        });
        assert_eq!(drawn.collect::<Vec<_>>().join(" "), expected);
    }

    #[test]
    fn the_next_step_is_the_first_that_has_not_happened() {
        use Role::{Merchant, UnionChair, UnionOfficer};
        let told = [
            (Action::Submit, UnionOfficer),
            (Action::SendBack, UnionChair),
            (Action::Submit, UnionOfficer),
            (Action::Approve, UnionChair),
            (Action::Confirm, Merchant),
            (Action::Ship, Merchant),
            (Action::Accept, UnionOfficer),
        ];
        check(State::Submitted, &told[..1], "提交0 *批准 确认 发货 验收 结算");
        check(State::Draft, &told[..2], "*提交 批准 确认 发货 验收 结算");
        check(State::Approved, &told[..4], "提交2 批准3 *确认 发货 验收 结算");
        check(State::Accepted, &told, "提交2 批准3 确认4 发货5 验收6 *结算");
        check(State::Shipped, &told, "提交2 批准3 确认4 发货5 *验收 结算");
    }

    #[test]
    fn what_was_cancelled_ends_there() {
        let told = [(Action::Submit, Role::UnionOfficer), (Action::Cancel, Role::UnionOfficer)];
        check(State::Cancelled, &told, "提交0 *取消1");
    }
}
