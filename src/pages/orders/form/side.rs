//! 这一单: what each person has left, what it comes to, and what to look at before sending.

use domain::Money;
use leptos::prelude::*;

use super::Form;
use super::check::{Bill, control};
use crate::components::bar::budget_bar;
use crate::components::icon::{Icon, icon};
use crate::format::{self, so_many, yuan_short};
use crate::language::t;
use crate::pages::orders::jump;
use crate::state::State;

/// The words and the figure of the budget: 每人还剩 28 元, or 每人超出 3.5 元.
fn left(bill: &Bill) -> (&'static str, String) {
    let Some(budget) = bill.budget else { return (t!(orders.left_each), "—".to_owned()) };
    let left = budget.left_per_head(bill.total);
    let (words, left) =
        if left.is_negative() { (t!(orders.over_each), left.negated()) } else { (t!(orders.left_each), left) };
    (words, yuan_short(left))
}

#[inline(never)]
pub fn side(form: Form) -> AnyView {
    let bill = form.bill;
    let used = Signal::derive(move || bill.with(Bill::used_bp));
    let name = Signal::derive(move || bill.with(|bill| t!(orders.budget_used, percent = bill.used_bp() / 100)));
    view! {
        <aside class="o-side" aria-labelledby="this-order">
            <h2 id="this-order">{t!(orders.this_order)}</h2>
            <p class="left" class:over=move || bill.with(Bill::is_over)>
                <span>{move || bill.with(left).0}</span>
                <b class="num" id="left-per-head">{move || bill.with(left).1}</b>
            </p>
            {budget_bar(used, name)}
            {move || bill.with(sums)}
            <ul class="checks" role="list">{move || bill.with(checks)}</ul>
            {send_button(form, t!(orders.submit), "submit")}
        </aside>
    }
    .into_any()
}

/// The same at the thumb, on a phone.
#[inline(never)]
pub fn foot_bar(form: Form) -> AnyView {
    let bill = form.bill;
    view! {
        <section class="o-bar" class:over=move || bill.with(Bill::is_over) aria-label=t!(orders.balance_and_submit)>
            <span>{move || bill.with(left).0}" "<b>{move || bill.with(left).1}</b></span>
            {send_button(form, t!(orders.submit_short), "submit-bar")}
        </section>
    }
    .into_any()
}

/// No submit button of the form: Enter in a quantity must not send an order to the chair.
fn send_button(form: Form, words: &'static str, id: &'static str) -> AnyView {
    let busy = form.busy;
    let offline = State::get().offline;
    let said = move || match (offline.get(), busy.get()) {
        (true, _) => t!(orders.offline),
        (false, true) => t!(orders.submitting),
        (false, false) => words,
    };
    view! {
        <button
            class="btn do"
            type="button"
            id=id
            data-submit=""
            aria-busy=move || busy.get().then_some("true")
            disabled=move || offline.get()
            on:click=move |_| form.send()
        >
            {said}
        </button>
    }
    .into_any()
}

fn sums(bill: &Bill) -> AnyView {
    let yuan = |amount: Option<Money>| amount.map_or_else(|| "—".to_owned(), format::yuan);
    let budget = bill.budget;
    let used = budget.map(|it| Money::from_fen(it.per_head().fen() - it.left_per_head(bill.total).fen()));
    view! {
        <dl>
            <div><dt>{t!(orders.chosen_each)}</dt><dd>{yuan(used)}</dd></div>
            <div><dt>{t!(orders.per_head)}</dt><dd>{yuan(budget.map(|it| it.per_head()))}</dd></div>
            <div class="tot"><dt>{t!(orders.total)}</dt><dd id="total">{yuan(Some(bill.total))}</dd></div>
            <div><dt>{t!(orders.budget)}</dt><dd>{yuan(budget.map(|it| it.total()))}</dd></div>
            <div class="cap"><dt>{t!(orders.capitals)}</dt><dd id="capitals" lang="zh-CN">{bill.total.capitals()}</dd></div>
        </dl>
    }
    .into_any()
}

fn checks(bill: &Bill) -> Vec<AnyView> {
    let mut list = Vec::new();
    if let Some(budget) = bill.budget {
        list.push(match bill.total.checked_sub(budget.total()).filter(|_| bill.is_over()) {
            Some(over) => warn(t!(orders.over_budget, amount = format::yuan(over)), Some(t!(orders.say_why))),
            None => fine(t!(orders.within_budget).to_owned()),
        });
    }
    if let Some(over) = bill.over_year {
        list.push(warn(t!(plan.order_over_year, amount = format::yuan(over)), Some(t!(orders.say_why))));
    }
    if bill.unusual.is_empty() {
        list.push(fine(t!(orders.all_usual).to_owned()));
    } else {
        list.push(warn(t!(orders.unusual, names = bill.unusual.join(t!(parts.comma))), Some(t!(orders.say_why))));
    }
    if !bill.short.is_empty() {
        list.push(warn(t!(orders.short, names = bill.short.join(t!(parts.comma))), None));
    }
    if bill.merchants > 1 {
        list.push(fine(t!(orders.split, suppliers = so_many(bill.merchants), count = bill.merchants)));
    }
    list
}

fn fine(words: String) -> AnyView {
    view! { <li class="ok">{icon(Icon::Tick)}<span>{words}</span></li> }.into_any()
}

fn warn(words: String, to_reason: Option<&'static str>) -> AnyView {
    let way = to_reason.map(|link| view! { {t!(orders.comma)}{jump(control::REASON, link, "")} }.into_any());
    view! { <li class="warn">{icon(Icon::Warn)}<span>{words}{way}</span></li> }.into_any()
}

#[cfg(test)]
mod tests {
    use domain::order::Budget;

    use super::*;

    #[test]
    fn the_words_turn_when_the_budget_is_exceeded() {
        let mut bill = Bill {
            total: Money::from_yuan(272),
            budget: Budget::new(1, Money::from_yuan(300)).ok(),
            merchants: 1,
            unusual: Vec::new(),
            short: Vec::new(),
            over_year: None,
        };
        assert_eq!(left(&bill), ("每人还剩", "28 元".to_owned()));
        bill.total = Money::from_fen(30_350);
        assert_eq!(left(&bill), ("每人超出", "3.5 元".to_owned()));
        bill.budget = None;
        assert_eq!(left(&bill), ("每人还剩", "—".to_owned()));
    }
}
