//! 发票与转账: what an invoice must say, what it says, where the two part, and the transfer that pays it.

use domain::invoice::Transfer;
use domain::order_life::Action;
use domain::wire::{self, ActionBody, Difference, Invoice, InvoiceDue, InvoiceLine, NewInvoice, NewTransfer, Order};
use domain::{Money, Quantity};
use leptos::prelude::*;

use super::act::Desk;
use super::kept;
use crate::components::dateline::Day;
use crate::components::error_summary::{FormError, error_summary};
use crate::components::field::{Control, Field, field};
use crate::components::state::remark_badge;
use crate::format;
use crate::language::{as_written, language, t, told};

/// Nothing for those whose business it is not, and none before anything was accepted.
pub fn money(desk: Desk, order: &Order) -> Option<AnyView> {
    let due = order.invoice_due.as_ref()?;
    let invoices: Vec<AnyView> = order.invoices.iter().map(shown).collect();
    let records = order.actions.contains(&Action::Invoice).then(|| invoice_form(desk, order, due));
    let pays = order.actions.contains(&Action::Transfer).then(|| transfer_form(desk, order)).flatten();
    let paid = order.transfer.as_ref().map(paid);
    let nothing = order.invoices.is_empty().then(|| view! { <p class="muted">{t!(fulfil.no_invoice)}</p> }.into_any());
    Some(
        view! {
            <section aria-labelledby="invoicing">
                <h2 id="invoicing" tabindex="-1">{t!(fulfil.invoice_and_transfer)}</h2>
                {nothing}{invoices}{paid}{records}{pays}
            </section>
        }
        .into_any(),
    )
}

fn shown(invoice: &Invoice) -> AnyView {
    let (tone, word) = match (invoice.replaced, invoice.differences.len()) {
        (true, _) => ("cancelled", t!(fulfil.replaced).to_owned()),
        (false, 0) => ("accepted", t!(fulfil.equals).to_owned()),
        (false, count) => ("short", t!(fulfil.differs, count = count)),
    };
    let differences = (!invoice.differences.is_empty()).then(|| differences(&invoice.differences));
    view! {
        <article class="note-card" data-invoice=invoice.number.clone()>
            <p><b class="num">{invoice.number.clone()}</b>" "{remark_badge(tone, word)}</p>
            <p class="muted">
                <span lang=as_written()>{invoice.title.clone()}</span>" · "{invoice.buyer_uscc.clone()}" · "
                {format::civil_day(&invoice.issued_on)}" · "{format::yuan(invoice.amount_fen)}
            </p>
            {differences}
        </article>
    }
    .into_any()
}

/// Side by side: what it should be and what the invoice says.
fn differences(all: &[Difference]) -> AnyView {
    let row = |it: &Difference| {
        let what = match it.about.is_empty() {
            true => it.kind.word(language()).to_owned(),
            false => format!("{} · {}", it.about, it.kind.word(language())),
        };
        view! {
            <tr role="row" class="bad">
                <th role="rowheader" scope="row">{what}</th>
                <td role="cell" data-k=t!(fulfil.expected)>{it.expected.clone()}</td>
                <td role="cell" data-k=t!(fulfil.found)>{it.found.clone()}</td>
            </tr>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = all.iter().map(row).collect();
    view! {
        <div class="scroll" role="region" tabindex="0" aria-label=t!(fulfil.differences)>
            <table role="table" class="diff">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">{t!(fulfil.what)}</th>
                        <th role="columnheader" scope="col">{t!(fulfil.expected)}</th>
                        <th role="columnheader" scope="col">{t!(fulfil.found)}</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn paid(it: &wire::Transfer) -> AnyView {
    let row = |word: &'static str, text: String| view! { <div><dt>{word}</dt><dd>{text}</dd></div> }.into_any();
    view! {
        <dl class="facts" id="transferred" aria-label=t!(fulfil.transfer)>
            {row(t!(fulfil.slip_no), it.slip_no.clone())}
            {row(t!(fulfil.paid_on), format::civil_day(&it.paid_on))}
            {row(t!(orders.amount), it.amount_fen.yuan())}
        </dl>
    }
    .into_any()
}

/// A line of the invoice as it is typed: it begins as what must be there.
#[derive(Clone, Copy)]
struct TypedLine {
    name: RwSignal<String>,
    quantity: RwSignal<String>,
    unit_price: RwSignal<String>,
    amount: RwSignal<String>,
}

impl TypedLine {
    fn begun(line: &InvoiceLine) -> [String; 4] {
        let yuan = |fen: i64| Money::from_fen(fen).yuan();
        [line.name.clone(), line.quantity.to_string(), yuan(line.unit_price_fen), yuan(line.amount_fen)]
    }

    fn of(texts: &[RwSignal<String>; 4]) -> TypedLine {
        let [name, quantity, unit_price, amount] = *texts;
        TypedLine { name, quantity, unit_price, amount }
    }

    /// What does not read is nothing, which the law refuses by name.
    fn read(self) -> InvoiceLine {
        let fen = |text: RwSignal<String>| text.with(|text| Money::parse(text)).map_or(0, Money::fen);
        InvoiceLine {
            name: self.name.get(),
            quantity: self.quantity.with(|text| Quantity::parse(text)).map_or(0, Quantity::get),
            unit_price_fen: fen(self.unit_price),
            amount_fen: fen(self.amount),
        }
    }

    fn view(self, place: usize, errors: Memo<Vec<FormError>>, sent: RwSignal<u32>) -> AnyView {
        let cell = |key: &'static str, word: &'static str, value: RwSignal<String>, class: &'static str| {
            let id = format!("invoice-{key}-{place}");
            let mine = id.clone();
            let wrong = move || sent.get() > 0 && errors.with(|errors| errors.iter().any(|it| it.control == mine));
            let numeric = !class.is_empty();
            view! {
                <td role="cell" class:n=numeric data-k=word>
                    <input
                        id=id
                        class=class
                        type="text"
                        inputmode=numeric.then_some("decimal")
                        autocomplete="off"
                        aria-label=t!(fulfil.of_line, what = word, line = place + 1)
                        aria-invalid=move || wrong().then_some("true")
                        prop:value=move || value.get()
                        on:input=move |event| value.set(event_target_value(&event))
                    />
                </td>
            }
            .into_any()
        };
        view! {
            <tr role="row">
                {cell("name", t!(orders.product), self.name, "")}
                {cell("quantity", t!(orders.quantity), self.quantity, "qty")}
                {cell("price", t!(orders.unit_price), self.unit_price, "qty")}
                {cell("amount", t!(orders.amount), self.amount, "qty")}
            </tr>
        }
        .into_any()
    }
}

const NUMBER: &str = "invoice-number";
const TITLE: &str = "invoice-title";
const CODE: &str = "invoice-code";
const ISSUED_ON: &str = "issued-on";

/// `lines[1].amount_fen` is of the second line.
fn line_of(field: &str) -> Option<usize> {
    field.strip_prefix("lines[")?.split_once(']')?.0.parse().ok()
}

/// The control of a field of an invoice.
pub fn control_of(field: &str) -> String {
    if let Some(line) = line_of(field) {
        let cell = match field.rsplit('.').next() {
            Some("quantity") => "quantity",
            Some("unit_price_fen") => "price",
            Some("amount_fen") => "amount",
            _ => "name",
        };
        return format!("invoice-{cell}-{line}");
    }
    let control = match field {
        "title" => TITLE,
        "buyer_uscc" => CODE,
        "issued_on" => ISSUED_ON,
        "lines" => "invoice-name-0",
        _ => NUMBER,
    };
    control.to_owned()
}

fn invoice_form(desk: Desk, order: &Order, due: &InvoiceDue) -> AnyView {
    let id = order.summary.id;
    let head = [String::new(), due.title.clone(), due.buyer_uscc.clone(), Day::today().iso()];
    let fresh = head.into_iter().chain(due.lines.iter().flat_map(TypedLine::begun)).collect();
    let (texts, _) = kept::texts(desk, id, "invoice", fresh);
    let [number, title, code, issued_on] = [0, 1, 2, 3].map(|place: usize| texts[place]);
    let lines = StoredValue::new(texts[4..].as_chunks().0.iter().map(TypedLine::of).collect::<Vec<_>>());
    let sent = RwSignal::new(0_u32);
    let body = move || NewInvoice {
        number: number.get(),
        title: title.get(),
        buyer_uscc: code.get(),
        issued_on: issued_on.get(),
        lines: lines.with_value(|lines| lines.iter().map(|line| line.read()).collect()),
    };
    let errors = Memo::new(move |_| {
        let Ok(today) = Day::today().iso().parse() else { return Vec::new() };
        let error = |it: domain::Refusal| {
            let field = it.field.unwrap_or_default();
            let sentence = match line_of(&field) {
                Some(line) => {
                    t!(orders.about, what = t!(acts.invoice_line, line = line + 1), sentence = told(it.sentence))
                }
                None => told(it.sentence),
            };
            FormError { control: control_of(&field), sentence }
        };
        domain::invoice::Invoice::parse(&body(), today).err().unwrap_or_default().into_iter().map(error).collect()
    });
    let wrong = move |control: &'static str| {
        Memo::new(move |_| {
            errors.with(|errors| errors.iter().find(|it| it.control == control).map(|it| it.sentence.clone()))
        })
    };
    let press = move |_| {
        sent.update(|sent| *sent += 1);
        if errors.with_untracked(Vec::is_empty) {
            desk.act(id, ActionBody::Invoice { invoice: untrack(body) }, t!(fulfil.invoice_done).to_owned());
        }
    };
    let rows = lines.with_value(|lines| {
        lines.iter().enumerate().map(|(place, line)| line.view(place, errors, sent)).collect::<Vec<AnyView>>()
    });
    let asked = |control: &'static str, label: &'static str, value: RwSignal<String>| {
        Field::new(control, label, value).check(wrong(control), sent.into())
    };
    let number = asked(NUMBER, t!(fulfil.invoice_number), number).hint(t!(fulfil.invoice_number_hint)).class("w-16");
    let day = Control::Known { kind: "date", autocomplete: "off" };
    let busy = desk.busy;
    view! {
        <div class="inv-form">
            <h3 id="to-invoice" tabindex="-1">{t!(fulfil.record_invoice)}</h3>
            <p class="muted">{t!(fulfil.record_invoice_how)}</p>
            {error_summary(errors.into(), sent.into())}
            {field(number, Control::Text)}
            {field(asked(TITLE, t!(fulfil.invoice_title), title), Control::Text)}
            {field(asked(CODE, t!(fulfil.buyer_code), code).class("w-16"), Control::Text)}
            {field(asked(ISSUED_ON, t!(fulfil.issued_on), issued_on).class("w-16"), day)}
            <div class="scroll" role="region" tabindex="0" aria-label=t!(fulfil.invoice_lines)>
                <table role="table" class="fill">
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">{t!(orders.product)}</th>
                            <th role="columnheader" scope="col" class="n">{t!(orders.quantity)}</th>
                            <th role="columnheader" scope="col" class="n">{t!(orders.unit_price)}</th>
                            <th role="columnheader" scope="col" class="n">{t!(orders.amount)}</th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </div>
            <button
                class="btn do"
                type="button"
                id=Action::Invoice.code()
                aria-busy=move || busy.get().then_some("true")
                on:click=press
            >
                {t!(fulfil.record_invoice)}
            </button>
        </div>
    }
    .into_any()
}

fn transfer_form(desk: Desk, order: &Order) -> Option<AnyView> {
    let id = order.summary.id;
    let amount = order.invoices.first()?.amount_fen;
    let (texts, _) = kept::texts(desk, id, "transfer", vec![String::new(), Day::today().iso()]);
    let (slip_no, paid_on) = (texts[0], texts[1]);
    let sent = RwSignal::new(0_u32);
    let body = move || NewTransfer { slip_no: slip_no.get(), paid_on: paid_on.get(), amount_fen: amount.fen() };
    let wrong = move |control: &'static str| {
        Memo::new(move |_| {
            let today = Day::today().iso().parse().ok()?;
            let wrong = Transfer::parse(&body(), today).err().unwrap_or_default();
            wrong.into_iter().find(|it| it.field.as_deref() == Some(control)).map(|it| told(it.sentence))
        })
    };
    let (no_slip, no_day) = (wrong("slip_no"), wrong("paid_on"));
    let errors = Memo::new(move |_| {
        let line = |control: &str, wrong: Memo<Option<String>>| {
            wrong.get().map(|sentence| FormError { control: control.to_owned(), sentence })
        };
        [line("slip-no", no_slip), line("paid-on", no_day)].into_iter().flatten().collect::<Vec<_>>()
    });
    let press = move |_| {
        sent.update(|sent| *sent += 1);
        if errors.with_untracked(Vec::is_empty) {
            let transfer = untrack(body);
            desk.act(id, ActionBody::Transfer { transfer }, t!(fulfil.transfer_done).to_owned());
        }
    };
    let busy = desk.busy;
    Some(
        view! {
            <div class="inv-form" id="paying" tabindex="-1">
                <h3>{t!(fulfil.record_transfer)}</h3>
                <p class="muted">{t!(fulfil.record_transfer_how, amount = format::yuan(amount))}</p>
                {error_summary(errors.into(), sent.into())}
                {field(Field::new("slip-no", t!(fulfil.slip_no), slip_no).check(no_slip, sent.into()), Control::Text)}
                {field(Field::new("paid-on", t!(fulfil.paid_on), paid_on).class("w-16").check(no_day, sent.into()), Control::Known { kind: "date", autocomplete: "off" })}
                <button
                    class="btn do"
                    type="button"
                    id=Action::Transfer.code()
                    aria-busy=move || busy.get().then_some("true")
                    on:click=press
                >
                    {t!(fulfil.record_transfer)}
                </button>
            </div>
        }
        .into_any(),
    )
}
