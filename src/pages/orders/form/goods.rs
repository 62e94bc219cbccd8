//! 备什么: the lines of the basket, each with a quantity for each person and in all.

use domain::wire::ProductCard;
use leptos::prelude::*;

use super::check::{control, heads, line_price, line_warning};
use super::entry::Entry;
use super::{Form, Line};
use crate::components::field::{Control, Field, field};
use crate::components::icon::{Icon, icon};
use crate::components::label::mini_label;
use crate::components::press::after_press;
use crate::format::{quantity, so_many};
use crate::language::{as_written, language, t};
use crate::route::Route;

#[inline(never)]
pub fn goods_section(form: Form) -> AnyView {
    let row = move |line: Line| Some(row(form, line, form.card(line)?));
    let rows = move || form.lines.get().into_iter().filter_map(row).collect::<Vec<_>>();
    view! {
        <section aria-labelledby=control::GOODS>
            <h2 id=control::GOODS tabindex="-1"><i>"2"</i>{t!(orders.what)}</h2>
            <p class="muted">{t!(orders.each_or_total)}</p>
            <div class="scroll" role="region" tabindex="0" aria-label=t!(orders.goods_ordered)>
                <table role="table" class="lines">{heads_of_columns()}{rows}{foot(form)}</table>
            </div>
            <p class="adds"><a class="btn tea" href=Route::Products.path()>{icon(Icon::Plus)}{t!(orders.add_goods)}</a></p>
            {move || form.missing().map(|sentence| view! { <p class="note watch">{sentence}</p> }.into_any())}
            <p class="note" data-split="">{move || split(form.bill.with(|bill| bill.merchants))}</p>
            {move || form.asks_reason.get().then(|| reason(form))}
        </section>
    }
    .into_any()
}

/// What the basket becomes once it is sent.
fn split(merchants: usize) -> AnyView {
    if merchants == 1 {
        return view! { {t!(orders.one_supplier)}<b>{t!(orders.one_paper)}</b>{t!(orders.full_stop)} }.into_any();
    }
    let before = t!(orders.suppliers, count = so_many(merchants));
    let papers = t!(orders.papers, count = merchants);
    view! { {before}<b>{papers}</b>{t!(orders.papers_after)} }.into_any()
}

fn heads_of_columns() -> AnyView {
    view! {
        <thead role="rowgroup">
            <tr role="row">
                <th role="columnheader" scope="col">{t!(orders.product)}</th>
                <th role="columnheader" scope="col">{t!(orders.supplier)}</th>
                <th role="columnheader" scope="col" class="n">{t!(orders.unit_price)}</th>
                <th role="columnheader" scope="col" class="n">{t!(orders.each)}</th>
                <th role="columnheader" scope="col" class="n">{t!(orders.in_all)}</th>
                <th role="columnheader" scope="col" class="n">{t!(orders.amount)}</th>
                <th role="columnheader" scope="col"><span class="sr">{t!(orders.action)}</span></th>
            </tr>
        </thead>
    }
    .into_any()
}

/// A line is a body of its own: the row, and under it what is wrong or worth knowing.
fn row(form: Form, line: Line, card: ProductCard) -> AnyView {
    let heads = Memo::new(move |_| form.draft.with(|draft| heads(&draft.answers)));
    let (price_of, amount_of) = (card.clone(), card.clone());
    let price = move || line.entry.with(|entry| line_price(&price_of, entry, heads.get())).map(|it| it.0);
    let amount = move || line.entry.with(|entry| line_price(&amount_of, entry, heads.get())).map(|it| it.1);
    let list_price = card.ladder.list_price();
    let price_view = move || {
        let price = price().unwrap_or(list_price);
        let struck =
            (price < list_price).then(|| view! { <s class="faint">{list_price.yuan_short()}</s>" " }.into_any());
        view! { {struck}<b>{price.yuan_short()}</b> }.into_any()
    };
    let note = Note::new(form, line, &card);
    view! {
        <tbody role="rowgroup" data-line=card.id.to_string()>
            <tr role="row" class:bad=move || note.error.get().is_some() class:noted=move || note.shown().is_some()>
                <th role="rowheader" scope="row">{product(&card)}</th>
                <td role="cell" class="by" lang=as_written()>{card.merchant.name.clone()}</td>
                <td role="cell" class="n price" data-k=t!(orders.price) data-u=t!(orders.yuan)>{price_view}</td>
                {quantity_cells(line, heads, &card, note)}
                <td role="cell" class="n sum" data-amount="" data-k=t!(orders.subtotal) data-u=t!(orders.yuan)>
                    {move || amount().map_or_else(|| "—".to_owned(), |amount| amount.yuan())}
                </td>
                <td role="cell" class="n x">{take_out(form, line, &card)}</td>
            </tr>
            {move || note.view()}
        </tbody>
    }
    .into_any()
}

fn product(card: &ProductCard) -> AnyView {
    let brand = card.brand.map_or_else(String::new, |brand| format!(" · {}", brand.word(language())));
    let facts = format!("{}{brand} · {}", card.county_short, card.spec);
    let minimum =
        (card.minimum_order.get() > 1).then(|| t!(orders.minimum, quantity = quantity(card.minimum_order, &card.unit)));
    view! {
        <span class="pl">
            {mini_label(card.category, &card.county_short, &card.name)}
            <span>
                <a href=Route::Product(card.id.to_string()).path()>{card.name.clone()}</a>
                <small>{facts}{minimum}</small>
            </span>
        </span>
    }
    .into_any()
}

/// The two ways to say how many. Whichever is written, the other follows.
fn quantity_cells(line: Line, heads: Memo<Option<i64>>, card: &ProductCard, note: Note) -> AnyView {
    let each = Cell {
        id: control::line_per_head(card.id),
        word: t!(orders.each),
        text: Memo::new(move |_| line.entry.with(|entry| entry.per_head_text(heads.get()))),
        write: Entry::PerHead,
        class: "w-4 qty",
    };
    let total = Cell {
        id: control::line_total(card.id),
        word: t!(orders.in_all),
        text: Memo::new(move |_| line.entry.with(|entry| entry.total_text(heads.get()))),
        write: Entry::Total,
        class: "w-8 qty",
    };
    view! {
        <td role="cell" class="n q">{cell(each, line, &card.name, note)}</td>
        <td role="cell" class="n q">{cell(total, line, &card.name, note)}</td>
    }
    .into_any()
}

struct Cell {
    id: String,
    word: &'static str,
    text: Memo<String>,
    write: fn(String) -> Entry,
    class: &'static str,
}

fn cell(it: Cell, line: Line, name: &str, note: Note) -> AnyView {
    let Cell { id, word, text, write, class } = it;
    let whose = t!(orders.of_product, name = name);
    view! {
        <label for=id.clone()><span class="k">{word}</span><span class="sr">{whose}</span></label>
        <input
            id=id
            class=class
            type="text"
            inputmode="numeric"
            autocomplete="off"
            aria-invalid=move || note.error.get().map(|_| "true")
            aria-describedby=move || note.shown().map(|_| note.id())
            prop:value=move || text.get()
            on:input=move |event| line.entry.set(write(event_target_value(&event)))
            on:focus=move |_| line.typing.set(true)
            on:blur=move |_| after_press(move || no_more(line.typing))
        />
    }
    .into_any()
}

fn no_more(typing: RwSignal<bool>) {
    typing.try_set(false);
}

/// What stands under a line: an error held back while the officer is typing in it, or a warning at once.
#[derive(Clone, Copy)]
struct Note {
    line: Line,
    error: Memo<Option<String>>,
    warning: Memo<Option<String>>,
}

impl Note {
    fn new(form: Form, line: Line, card: &ProductCard) -> Note {
        let (each, total) = (control::line_per_head(card.id), control::line_total(card.id));
        let error = Memo::new(move |_| {
            if line.typing.get() && form.sent.get() == 0 {
                return None;
            }
            form.errors.with(|errors| {
                errors.iter().find(|it| it.control == each || it.control == total).map(|it| it.sentence.clone())
            })
        });
        let card = card.clone();
        let heads = move || form.draft.with(|draft| heads(&draft.answers));
        let warning = Memo::new(move |_| line.entry.with(|entry| line_warning(&card, entry, heads())));
        Note { line, error, warning }
    }

    fn id(self) -> String {
        format!("note-{}", self.line.product_id)
    }

    fn shown(self) -> Option<(&'static str, String)> {
        let warning = move || self.warning.get().map(|sentence| ("warn", sentence));
        self.error.get().map(|sentence| ("error", sentence)).or_else(warning)
    }

    fn view(self) -> Option<AnyView> {
        let (tone, sentence) = self.shown()?;
        let class = if tone == "error" { "why bad" } else { "why" };
        let mark = icon(Icon::Warn);
        Some(
            view! { <tr role="row" class=class><td role="cell" colspan="7"><span class=tone id=self.id()>{mark}{sentence}</span></td></tr> }
                .into_any(),
        )
    }
}

fn take_out(form: Form, line: Line, card: &ProductCard) -> AnyView {
    let name = card.name.clone();
    let spoken = t!(orders.take_out_product, name = name);
    let pressed = move |_| form.take_out(line, &name);
    view! { <button class="btn plain" type="button" aria-label=spoken on:click=pressed>{t!(orders.take_out)}</button> }
        .into_any()
}

fn foot(form: Form) -> AnyView {
    let total = move || form.bill.with(|bill| bill.total.yuan());
    view! {
        <tfoot role="rowgroup">
            <tr role="row"><th role="rowheader" scope="row" colspan="5">{t!(orders.total)}</th><td role="cell" class="n" id="goods-total" data-u=t!(orders.yuan)>{total}</td><td role="cell"></td></tr>
        </tfoot>
    }
    .into_any()
}

/// Asked only when there is something to give a reason for.
fn reason(form: Form) -> AnyView {
    let mut it = Field::new(control::REASON, t!(orders.reason), form.answers.reason).hint(t!(orders.reason_hint));
    it.error = form.error_at(control::REASON);
    it.sent = form.sent.into();
    field(it, Control::Long { rows: 2 })
}
