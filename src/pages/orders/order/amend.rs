//! After being sent back: other quantities, and sent again. Prices are taken anew by the server.

use domain::fulfilment::spread;
use domain::order::parse_line_quantity;
use domain::order_life::Action;
use domain::wire::{ActionBody, NewLine, Order, OrderLine, Point};
use domain::{Code, Quantity};
use leptos::prelude::*;

use super::act::Desk;
use super::goods::{facts, product};
use super::kept;
use crate::components::error_summary::{FormError, error_summary};
use crate::components::field::{Control, Field, field};
use crate::components::icon::{Icon, icon};
use crate::language::{t, told};

/// One line as it is being changed. Taken out, it stays visible and can be put back until the order is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Changed {
    line: OrderLine,
    /// How much of it went to each point of the order before it was changed.
    by_point: Vec<Quantity>,
    quantity: String,
    out: bool,
}

impl Changed {
    fn read(&self) -> Result<NewLine, String> {
        let quantity = parse_line_quantity(&self.quantity).map_err(told)?;
        let by_point = spread(quantity, &self.by_point).into_iter().map(Quantity::get).collect();
        Ok(NewLine { product_id: self.line.product_id, quantity: quantity.get(), by_point })
    }
}

fn goes_to(point: &Point, line: i64) -> Quantity {
    let there = point.lines.iter().find(|there| there.line == line);
    there.map_or(Quantity::ZERO, |there| there.quantity)
}

/// The lines that are sent, or the sentence for each line that cannot be.
fn read(lines: &[Changed]) -> Result<Vec<NewLine>, Vec<Option<String>>> {
    let wrong: Vec<Option<String>> = lines.iter().map(|line| line.read().err().filter(|_| !line.out)).collect();
    if wrong.iter().any(Option::is_some) {
        return Err(wrong);
    }
    Ok(lines.iter().filter(|line| !line.out).filter_map(|line| line.read().ok()).collect())
}

/// The server counts `lines[2]` within what was sent; here it is the third line not taken out.
fn line_of(field: &str, lines: &[Changed]) -> Option<usize> {
    let sent = field.split(|c: char| !c.is_ascii_digit()).find_map(|part| part.parse::<usize>().ok())?;
    lines.iter().enumerate().filter(|(_, line)| !line.out).nth(sent).map(|(place, _)| place)
}

const FORM: &str = "amend";

/// What is kept of it: the reason, and of each line its quantity and whether it is out.
fn written(lines: &[Changed], reason: &str) -> Vec<String> {
    let line = |it: &Changed| [it.quantity.clone(), if it.out { OUT.to_owned() } else { String::new() }];
    std::iter::once(reason.to_owned()).chain(lines.iter().flat_map(line)).collect()
}

const OUT: &str = "out";

fn read_back(fresh: Vec<Changed>, texts: &[String]) -> Vec<Changed> {
    let line =
        |(it, [quantity, out]): (Changed, &[String; 2])| Changed { quantity: quantity.clone(), out: out == OUT, ..it };
    fresh.into_iter().zip(texts.as_chunks().0).map(line).collect()
}

#[derive(Clone, Copy)]
struct Amendment {
    lines: RwSignal<Vec<Changed>>,
    /// Why the budget is exceeded or unusual goods are bought; asked for when the server does.
    reason: RwSignal<String>,
    wrong: Memo<Vec<Option<String>>>,
    /// How often sending was tried.
    sent: RwSignal<u32>,
}

impl Amendment {
    fn begin(desk: Desk, order: &Order) -> Amendment {
        let id = order.summary.id;
        let changed = |line: &OrderLine| Changed {
            line: line.clone(),
            by_point: order.points.iter().map(|point| goes_to(point, line.line)).collect(),
            quantity: line.quantity.get().to_string(),
            out: false,
        };
        let fresh: Vec<Changed> = order.lines.iter().map(changed).collect();
        let begun = written(&fresh, order.exception_reason.as_deref().unwrap_or_default());
        let mut texts = kept::left_off(desk, id, FORM, &begun).0;
        let reason = RwSignal::new(texts.remove(0));
        let lines = RwSignal::new(read_back(fresh, &texts));
        kept::keep_as_typed(desk, id, FORM.to_owned(), begun, move || {
            reason.with(|reason| lines.with(|lines| written(lines, reason)))
        });
        let wrong = Memo::new(move |_| {
            lines.with(|lines| {
                let mut wrong = read(lines).err().unwrap_or_else(|| vec![None; lines.len()]);
                let refused = desk.refusal_of(id, Action::Submit).map(|refused| refused.fields).unwrap_or_default();
                for (field, sentence) in refused {
                    if let Some(place) = line_of(&field, lines) {
                        wrong[place].get_or_insert(sentence);
                    }
                }
                wrong
            })
        });
        Amendment { lines, reason, wrong, sent: RwSignal::new(0) }
    }

    /// What is wrong, line by line, or that nothing is left, for the summary.
    fn errors(self) -> Vec<FormError> {
        let line = |(place, sentence): (usize, Option<String>)| {
            let name = self.of(place, |line| line.line.name.clone());
            Some(FormError {
                control: format!("quantity-{place}"),
                sentence: t!(orders.about, what = name, sentence = sentence?),
            })
        };
        if self.lines.with(|lines| lines.iter().all(|line| line.out)) {
            return vec![FormError { control: "amend".to_owned(), sentence: t!(orders.keep_a_line).to_owned() }];
        }
        self.wrong.get().into_iter().enumerate().filter_map(line).collect()
    }

    fn change(self, desk: Desk, place: usize, change: impl FnOnce(&mut Changed)) {
        // What the server said was of the quantities as they were.
        desk.refused.set(None);
        self.lines.update(|lines| lines.get_mut(place).map(change).unwrap_or_default());
    }

    fn of<T: Default>(self, place: usize, read: impl FnOnce(&Changed) -> T) -> T {
        self.lines.with(|lines| lines.get(place).map(read).unwrap_or_default())
    }
}

pub fn amendment(desk: Desk, order: &Order) -> AnyView {
    let it = Amendment::begin(desk, order);
    let rows: Vec<AnyView> = order.lines.iter().enumerate().map(|(place, line)| row(desk, it, place, line)).collect();
    let errors = Memo::new(move |_| it.errors());
    view! {
        <section class="batch" aria-labelledby="amend">
            <h2 id="amend" tabindex="-1">{t!(orders.change_quantities)}</h2>
            {error_summary(errors.into(), it.sent.into())}
            <div class="scroll" role="region" tabindex="0" aria-label=t!(orders.goods_to_change)>
                <table role="table" class="acc">
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">{t!(orders.product)}</th>
                            <th role="columnheader" scope="col" class="n">{t!(orders.old_unit_price)}</th>
                            <th role="columnheader" scope="col" class="n">{t!(orders.quantity)}</th>
                            <th role="columnheader" scope="col"><span class="sr">{t!(orders.action)}</span></th>
                        </tr>
                    </thead>
                    {rows}
                </table>
            </div>
            {reason(desk, it, order)}{send(desk, it, order)}
        </section>
    }
    .into_any()
}

fn row(desk: Desk, it: Amendment, place: usize, line: &OrderLine) -> AnyView {
    let note = Memo::new(move |_| it.wrong.with(|wrong| wrong.get(place).cloned().flatten()));
    let out = Memo::new(move |_| it.of(place, |line| line.out));
    let error_id = format!("quantity-{place}-error");
    let described = error_id.clone();
    let under = move || {
        let id = error_id.clone();
        let mark = icon(Icon::Warn);
        note.get().map(|sentence| {
            view! { <tr role="row" class="why bad"><td role="cell" colspan="4"><span class="error" id=id>{mark}{sentence}</span></td></tr> }
                .into_any()
        })
    };
    let spoken = line.name.clone();
    let name = line.name.clone();
    view! {
        <tbody role="rowgroup">
            <tr role="row" class:bad=move || note.get().is_some() class:out=move || out.get()>
                <th role="rowheader" scope="row">{product(line, facts(line))}</th>
                <td role="cell" class="n" data-k=t!(orders.old_price)>{line.unit_price_fen.yuan()}</td>
                <td role="cell" class="n" data-k=t!(orders.quantity)>
                    <input
                        id=format!("quantity-{place}")
                        class="qty"
                        type="text"
                        inputmode="numeric"
                        autocomplete="off"
                        aria-label=t!(orders.quantity_of, name = line.name)
                        disabled=move || out.get()
                        aria-invalid=move || note.get().map(|_| "true")
                        aria-describedby=move || note.get().map(|_| described.clone())
                        prop:value=move || it.of(place, |line| line.quantity.clone())
                        on:input=move |event| it.change(desk, place, |line| line.quantity = event_target_value(&event))
                    />
                    <span class="unit">" "{line.unit.clone()}</span>
                </td>
                <td role="cell" class="n">
                    <button
                        class="btn plain"
                        type="button"
                        aria-label=move || if out.get() { t!(orders.put_back_product, name = name) } else { t!(orders.take_out_product, name = spoken) }
                        on:click=move |_| it.change(desk, place, |line| line.out = !line.out)
                    >
                        {move || if out.get() { t!(orders.put_back) } else { t!(orders.take_out) }}
                    </button>
                </td>
            </tr>
            {under}
        </tbody>
    }
    .into_any()
}

/// The reason is asked for once the server has said that it is needed, and stays from then on.
fn reason(desk: Desk, it: Amendment, order: &Order) -> AnyView {
    let id = order.summary.id;
    let needed = Memo::new(move |before: Option<&bool>| {
        let refused = desk.refusal_of(id, Action::Submit);
        before.is_some_and(|before| *before) || refused.is_some_and(|it| it.code == Some(Code::ReasonNeeded))
    });
    move_in(needed, move || {
        let asked = Field::new(REASON, t!(orders.reason), it.reason).hint(t!(orders.reason_hint));
        field(asked, Control::Long { rows: 2 })
    })
}

const REASON: &str = "exception-reason";

fn move_in(shown: Memo<bool>, view: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    view! { {move || shown.get().then(&view)} }.into_any()
}

fn send(desk: Desk, it: Amendment, order: &Order) -> AnyView {
    let id = order.summary.id;
    let none_left = Memo::new(move |_| it.lines.with(|lines| lines.iter().all(|line| line.out)));
    let press = move |_| {
        it.sent.update(|sent| *sent += 1);
        // Of what the server has refused before, only the server knows whether it stands.
        if let Ok(lines) = it.lines.with_untracked(|lines| read(lines))
            && !lines.is_empty()
        {
            let exception_reason = Some(it.reason.get_untracked());
            let body = ActionBody::Submit { lines: Some(lines), exception_reason };
            desk.act(id, body, t!(orders.sent_again).to_owned());
        }
    };
    let busy = desk.busy;
    let note = move || {
        if none_left.get() { t!(orders.keep_a_line) } else { t!(orders.prices_anew) }
    };
    view! {
        <div class="tb">
            <button
                class="btn tea"
                type="button"
                id=Action::Submit.code()
                aria-busy=move || busy.get().then_some("true")
                on:click=press
            >
                {t!(orders.send_again)}
            </button>
            <span class="muted" role="status">{note}</span>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::super::samples::line;
    use super::*;

    fn changed(place: i64, quantity: &str, out: bool) -> Changed {
        Changed { line: line(place, 10, 1), by_point: vec![Quantity::ONE; 2], quantity: quantity.to_owned(), out }
    }

    #[test]
    fn only_what_was_left_in_is_sent() {
        let lines = [changed(1, "20", false), changed(2, "x", true), changed(3, "5", false)];
        let sent = read(&lines).expect("what is out need not read");
        assert_eq!(sent.iter().map(|line| line.quantity).collect::<Vec<_>>(), [20, 5]);
        assert_eq!((line_of("lines[1].quantity", &lines), line_of("lines[2].quantity", &lines)), (Some(2), None));
    }

    #[test]
    fn what_was_changed_is_kept_as_it_was_typed() {
        let typed = vec![changed(1, "20", false), changed(2, "x", true)];
        let texts = written(&typed, "三周年");
        let fresh = vec![changed(1, "30", false), changed(2, "30", false)];
        assert_eq!((texts[0].as_str(), read_back(fresh, &texts[1..])), ("三周年", typed));
    }

    #[test]
    fn a_line_that_does_not_read_says_so() {
        let wrong = read(&[changed(1, "0", false), changed(2, "5", false)]).expect_err("zero");
        assert_eq!(wrong, [Some("数量至少 1；不要的请去掉这一行".to_owned()), None]);
    }
}
