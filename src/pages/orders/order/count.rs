//! 验收: counting the goods in, line by line. What is not taken in is rejected, and says why.

use domain::id::OrderId;
use domain::order::{Acceptance, RejectionReason, rejected};
use domain::order_life::Action;
use domain::wire::{AcceptanceLine, ActionBody, OrderLine, Point, Shipment};
use domain::{Money, Quantity};
use leptos::prelude::*;

use super::act::Desk;
use super::kept;
use super::photos::{self, Takes};
use super::turn::shipped_words;
use crate::components::error_summary::{FormError, error_summary};
use crate::components::icon::{Icon, icon};
use crate::format;
use crate::language::{language, t, told};

/// Chosen when none of the usual reasons fits; then the reason is written.
const OTHER: &str = "other";

/// What was counted of one line, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Counted {
    accepted: String,
    reason: String,
    other: String,
}

impl Counted {
    /// Begins as if everything had come: only what is wrong need be written.
    fn all_of(line: &OrderLine) -> Counted {
        Counted { accepted: line.quantity.get().to_string(), reason: String::new(), other: String::new() }
    }

    /// How many are taken in and how many rejected.
    ///
    /// # Errors
    /// The sentence shown under the line.
    fn read(&self, ordered: Quantity) -> Result<(Quantity, Quantity), String> {
        let accepted = Quantity::parse(&self.accepted).map_err(|error| told(error.say()))?;
        Ok((accepted, rejected(ordered, accepted).map_err(told)?))
    }

    /// The reason as it is kept: a usual one in Chinese, another as it was written.
    fn reason(&self) -> &str {
        match RejectionReason::from_code(&self.reason) {
            Some(usual) => usual.zh(),
            None => self.other.trim(),
        }
    }
}

/// What is kept of a counting, three texts a line.
fn written(counted: &[Counted]) -> Vec<String> {
    counted.iter().flat_map(|it| [it.accepted.clone(), it.reason.clone(), it.other.clone()]).collect()
}

fn read_back(texts: &[String]) -> Vec<Counted> {
    let counted = |texts: &[String; 3]| {
        let [accepted, reason, other] = texts.clone();
        Counted { accepted, reason, other }
    };
    texts.as_chunks().0.iter().map(counted).collect()
}

/// The whole acceptance: its lines for the server, or what is wrong with each of them.
fn read(lines: &[OrderLine], counted: &[Counted]) -> Result<Vec<AcceptanceLine>, Vec<Option<String>>> {
    let mut wrong = vec![None; lines.len()];
    let mut body = Vec::new();
    for (place, (line, counted)) in lines.iter().zip(counted).enumerate() {
        match counted.read(line.quantity) {
            Ok((accepted, rejected)) => body.push(line_of(line, counted, accepted, rejected)),
            Err(sentence) => wrong[place] = Some(sentence),
        }
    }
    if body.len() < lines.len() {
        return Err(wrong);
    }
    let shipped: Vec<(i64, Quantity)> = lines.iter().map(|line| (line.line, line.quantity)).collect();
    match Acceptance::parse(&shipped, &body) {
        Ok(_) => Ok(body),
        Err(refusals) => {
            for refusal in refusals {
                put_at_line(&mut wrong, refusal.field.as_deref().unwrap_or_default(), told(refusal.sentence));
            }
            Err(wrong)
        }
    }
}

/// What did not come is short; what came and is not taken is rejected.
fn line_of(line: &OrderLine, counted: &Counted, accepted: Quantity, rejected: Quantity) -> AcceptanceLine {
    let missing = RejectionReason::from_code(&counted.reason) == Some(RejectionReason::Missing);
    let (short, rejected) = if missing { (rejected.get(), 0) } else { (0, rejected.get()) };
    AcceptanceLine {
        line: line.line,
        accepted: accepted.get(),
        short,
        rejected,
        reason: (short + rejected > 0).then(|| counted.reason().to_owned()),
    }
}

/// `lines[2].reason` names the third line.
fn put_at_line(wrong: &mut [Option<String>], field: &str, sentence: String) {
    let place = field.split(|c: char| !c.is_ascii_digit()).find_map(|part| part.parse::<usize>().ok());
    if let Some(line) = wrong.get_mut(place.unwrap_or_default()) {
        *line = Some(sentence);
    }
}

/// 确认实收 119，少收 1, and what it comes to.
fn outcome(lines: &[OrderLine], counted: &[Counted]) -> Option<(String, Money)> {
    let read = lines.iter().zip(counted).map(|(line, counted)| counted.read(line.quantity).ok());
    let read: Vec<(Quantity, Quantity)> = read.collect::<Option<_>>()?;
    let accepted: i64 = read.iter().map(|(accepted, _)| accepted.get()).sum();
    let rejected: i64 = read.iter().map(|(_, rejected)| rejected.get()).sum();
    let amounts = lines.iter().zip(&read).map(|(line, (accepted, _))| line.unit_price_fen.checked_times(*accepted));
    let amount = Money::checked_sum(amounts.collect::<Option<Vec<_>>>()?)?;
    Some((t!(orders.confirm_counted, accepted = format::count(accepted), rejected = format::count(rejected)), amount))
}

/// What has come to a point and is to be counted there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    pub order: OrderId,
    pub point: i64,
    /// The lines of which something has come, each with what was shipped as its quantity.
    pub lines: Vec<OrderLine>,
    /// By whom and when.
    pub words: Vec<String>,
}

impl Arrival {
    pub fn at(order: OrderId, point: &Point, lines: &[OrderLine], shipments: &[Shipment]) -> Arrival {
        let came = |line: &OrderLine| {
            let there = point.lines.iter().find(|there| there.line == line.line)?;
            (!there.shipped.is_zero()).then(|| OrderLine { quantity: there.shipped, ..line.clone() })
        };
        Arrival {
            order,
            point: point.point,
            lines: lines.iter().filter_map(came).collect(),
            words: shipments.iter().filter(|it| it.point == point.point).map(shipped_words).collect(),
        }
    }
}

/// The counting as it goes on.
#[derive(Clone, Copy)]
struct Counting {
    lines: StoredValue<Vec<OrderLine>>,
    counted: RwSignal<Vec<Counted>>,
    wrong: Memo<Vec<Option<String>>>,
    /// How often sending was tried: from the first on a missing reason is said too.
    sent: RwSignal<u32>,
}

impl Counting {
    fn begin(desk: Desk, arrival: &Arrival) -> Counting {
        let id = arrival.order;
        let lines = StoredValue::new(arrival.lines.clone());
        let fresh: Vec<Counted> = arrival.lines.iter().map(Counted::all_of).collect();
        let (fresh, name) = (written(&fresh), format!("count-{}", arrival.point));
        let counted = RwSignal::new(read_back(&kept::left_off(desk, id, &name, &fresh).0));
        kept::keep_as_typed(desk, id, name, fresh, move || counted.with(|counted| written(counted)));
        let wrong = Memo::new(move |_| {
            let mut wrong = lines.with_value(|lines| match counted.with(|counted| read(lines, counted)) {
                Ok(_) => vec![None; lines.len()],
                Err(wrong) => wrong,
            });
            let refused = desk.refusal_of(id, Action::Accept).map(|refused| refused.fields).unwrap_or_default();
            for (field, sentence) in refused {
                put_at_line(&mut wrong, &field, sentence);
            }
            wrong
        });
        Counting { lines, counted, wrong, sent: RwSignal::new(0) }
    }

    fn change(self, place: usize, change: impl FnOnce(&mut Counted)) {
        self.counted.update(|counted| counted.get_mut(place).map(change).unwrap_or_default());
    }

    /// What is wrong, line by line, for the summary: whoever counted right and gave no reason is led to the reason.
    fn errors(self) -> Vec<FormError> {
        let wrong = self.wrong.get();
        let error = |(place, sentence): (usize, Option<String>)| {
            let name = self.lines.with_value(|lines| lines.get(place).map(|line| (line.name.clone(), line.quantity)));
            let (name, shipped) = name?;
            let no_reason = self.of(place).is_some_and(|it| it.read(shipped).is_ok_and(|(_, lost)| !lost.is_zero()));
            let control = if no_reason { format!("reason-{place}") } else { format!("accepted-{place}") };
            Some(FormError { control, sentence: t!(orders.about, what = name, sentence = sentence?) })
        };
        wrong.into_iter().enumerate().filter_map(error).collect()
    }

    fn of(self, place: usize) -> Option<Counted> {
        self.counted.with(|counted| counted.get(place).cloned())
    }
}

pub fn acceptance(desk: Desk, arrival: &Arrival) -> AnyView {
    let it = Counting::begin(desk, arrival);
    let rows: Vec<AnyView> = arrival.lines.iter().enumerate().map(|(place, line)| row(it, place, line)).collect();
    let errors = Memo::new(move |_| it.errors());
    let words: Vec<AnyView> =
        arrival.words.iter().map(|words| view! { <p class="muted">{words.clone()}</p> }.into_any()).collect();
    view! {
        <section class="batch" aria-labelledby="count">
            <h2 id="count" tabindex="-1">{t!(orders.count_in)}</h2>
            {words}
            {error_summary(errors.into(), it.sent.into())}
            <div class="scroll" role="region" tabindex="0" aria-label=t!(orders.goods_counted)>
                <table role="table" class="acc">
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">{t!(orders.product)}</th>
                            <th role="columnheader" scope="col" class="n">{t!(orders.due)}</th>
                            <th role="columnheader" scope="col" class="n">{t!(orders.accepted)}</th>
                            <th role="columnheader" scope="col" class="n">{t!(orders.rejected)}</th>
                            <th role="columnheader" scope="col">{t!(orders.why_rejected)}</th>
                        </tr>
                    </thead>
                    {rows}
                </table>
            </div>
            {photos::photos(desk, arrival.order, Some(arrival.point), Takes::More)}
            {confirm(desk, it, arrival)}
        </section>
    }
    .into_any()
}

fn row(it: Counting, place: usize, line: &OrderLine) -> AnyView {
    let ordered = line.quantity;
    let rejected = move || it.of(place).and_then(|counted| counted.read(ordered).ok()).map(|(_, rejected)| rejected);
    let some_rejected = Memo::new(move |_| rejected().is_some_and(|rejected| !rejected.is_zero()));
    let name = line.name.clone();
    let why = move || if some_rejected.get() { reason(it, place, &name) } else { "—".into_any() };
    let note = move || {
        let sentence = it.wrong.with(|wrong| wrong.get(place).cloned().flatten())?;
        // A reason may still be on its way while one is typing.
        let counted_wrong = it.of(place).is_some_and(|counted| counted.read(ordered).is_err());
        (it.sent.get() > 0 || counted_wrong).then_some(sentence)
    };
    let note = Memo::new(move |_| note());
    let error_id = format!("accepted-{place}-error");
    let described = error_id.clone();
    view! {
        <tbody role="rowgroup">
            <tr role="row" class:bad=move || note.get().is_some()>
                <th role="rowheader" scope="row">{line.name.clone()}<small class="by">{line.spec.clone()}</small></th>
                <td role="cell" class="n" data-k=t!(orders.due)>{ordered.to_string()}<span class="unit">" "{line.unit.clone()}</span></td>
                <td role="cell" class="n" data-k=t!(orders.accepted)>
                    <input
                        id=format!("accepted-{place}")
                        class="qty"
                        type="text"
                        inputmode="numeric"
                        autocomplete="off"
                        aria-label=t!(orders.accepted_of, name = line.name)
                        aria-invalid=move || note.get().map(|_| "true")
                        aria-describedby=move || note.get().map(|_| described.clone())
                        prop:value=move || it.of(place).map(|counted| counted.accepted)
                        on:input=move |event| it.change(place, |it| it.accepted = event_target_value(&event))
                    />
                </td>
                <td role="cell" class="n" data-k=t!(orders.rejected) id=format!("rejected-{place}")>
                    {move || rejected().map_or_else(|| "—".to_owned(), |rejected| rejected.to_string())}
                </td>
                <td role="cell" class="why" data-k=t!(orders.why)>{why}</td>
            </tr>
            {move || note.get().map(|sentence| under(sentence, error_id.clone()))}
        </tbody>
    }
    .into_any()
}

fn under(sentence: String, id: String) -> AnyView {
    view! {
        <tr role="row" class="why bad"><td role="cell" colspan="5"><span class="error" id=id>{icon(Icon::Warn)}{sentence}</span></td></tr>
    }
    .into_any()
}

fn reason(it: Counting, place: usize, name: &str) -> AnyView {
    let chosen = move || it.of(place).map(|counted| counted.reason).unwrap_or_default();
    let option = |code: &'static str, word: &'static str| {
        view! { <option value=code prop:selected=move || chosen() == code>{word}</option> }.into_any()
    };
    // Nothing is chosen at first: a reason nobody gave must not stand on record.
    let none = view! { <option value="" prop:selected=move || chosen().is_empty()>{t!(orders.choose_reason)}</option> }
        .into_any();
    let usual = RejectionReason::ALL.iter().map(|it| option(it.code(), it.word(language())));
    let options: Vec<AnyView> = usual.chain([option(OTHER, t!(orders.other))]).collect();
    let written = t!(orders.write_reason_of, name = name);
    let other = move || {
        (chosen() == OTHER).then(|| {
            view! {
                <input
                    id=format!("other-{place}")
                    type="text"
                    autocomplete="off"
                    placeholder=t!(orders.write_reason)
                    aria-label=written.clone()
                    prop:value=move || it.of(place).map(|counted| counted.other)
                    on:input=move |event| it.change(place, |it| it.other = event_target_value(&event))
                />
            }
            .into_any()
        })
    };
    view! {
        <select
            id=format!("reason-{place}")
            aria-label=t!(orders.why_rejected_of, name = name)
            on:change=move |event| it.change(place, |it| it.reason = event_target_value(&event))
        >
            {none}{options}
        </select>
        {other}
    }
    .into_any()
}

fn confirm(desk: Desk, it: Counting, arrival: &Arrival) -> AnyView {
    let (id, point) = (arrival.order, Some(arrival.point));
    let outcome = Memo::new(move |_| it.lines.with_value(|lines| it.counted.with(|counted| outcome(lines, counted))));
    let words = move || outcome.get().map_or_else(|| t!(orders.confirm_acceptance).to_owned(), |(words, _)| words);
    let note = move || outcome.get().map(|(_, amount)| t!(orders.counts_once_confirmed, amount = format::yuan(amount)));
    let press = move |_| {
        it.sent.update(|sent| *sent += 1);
        desk.refused.set(None);
        if let Ok(lines) = it.lines.with_value(|lines| it.counted.with_untracked(|counted| read(lines, counted))) {
            desk.act(id, ActionBody::Accept { point, lines }, t!(orders.accepted_done).to_owned());
        }
    };
    let busy = desk.busy;
    view! {
        <div class="tb">
            <button
                class="btn tea"
                type="button"
                id=Action::Accept.code()
                aria-busy=move || busy.get().then_some("true")
                on:click=press
            >
                {words}
            </button>
            <span class="muted" id="accept-note">{note}</span>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::super::samples::line;
    use super::*;

    fn counted(accepted: &str, reason: &str, other: &str) -> Counted {
        Counted { accepted: accepted.to_owned(), reason: reason.to_owned(), other: other.to_owned() }
    }

    #[test]
    fn everything_that_came_is_one_press() {
        let lines = [line(1, 120, 90), line(2, 1, 10)];
        let counted: Vec<Counted> = lines.iter().map(Counted::all_of).collect();
        let body = read(&lines, &counted).expect("all there");
        assert!(body.iter().all(|line| line.rejected == 0 && line.reason.is_none()));
        let (words, amount) = outcome(&lines, &counted).expect("counted");
        assert_eq!((words.as_str(), amount), ("确认实收 121，少收 0", Money::from_yuan(10_810)));
    }

    #[test]
    fn what_is_short_is_rejected_with_its_reason() {
        let lines = [line(1, 120, 90)];
        let short = [counted("119", "broken", "")];
        let body = read(&lines, &short).expect("a reason is given");
        assert_eq!((body[0].accepted, body[0].rejected, body[0].reason.as_deref()), (119, 1, Some("破损")));
        let missing = read(&lines, &[counted("118", "missing", "")]).expect("a reason is given");
        assert_eq!((missing[0].accepted, missing[0].short, missing[0].rejected), (118, 2, 0));
        let (words, amount) = outcome(&lines, &short).expect("counted");
        assert_eq!((words.as_str(), amount), ("确认实收 119，少收 1", Money::from_yuan(10_710)));
    }

    #[test]
    fn what_was_counted_is_kept_as_it_was_typed() {
        let typed = [counted("119", "broken", ""), counted("", OTHER, "受潮")];
        assert_eq!(read_back(&written(&typed)), typed);
    }

    #[test]
    fn each_wrong_line_says_what_is_wrong() {
        let lines = [line(1, 120, 90), line(2, 10, 1), line(3, 10, 1)];
        let typed = [counted("121", "missing", ""), counted("九", "missing", ""), counted("10", "missing", "")];
        let wrong = read(&lines, &typed).expect_err("two lines");
        assert_eq!(wrong[0].as_deref(), Some("应到 120，实收不能比它多；多送的请商户拉回"));
        assert!(wrong[1].is_some() && wrong[2].is_none());
        assert_eq!(outcome(&lines, &typed), None);
        let typed = [counted("120", "", ""), counted("9", OTHER, " "), counted("10", "", "")];
        let wrong = read(&lines, &typed).expect_err("no reason");
        assert_eq!(wrong[1].as_deref(), Some("写明少收的原因，例如 少件、破损"));
    }
}
