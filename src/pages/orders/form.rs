//! A new procurement: for whom, what, whereto, for how much. Four questions on one page, the budget always in sight.

mod check;
mod draft;
mod entry;
mod goods;
mod list;
#[cfg(test)]
pub mod samples;
mod send;
mod side;

use domain::basket::BasketLine;
use domain::id::{OrderId, OrganisationId, ProductId};
use domain::occasion::Occasion;
use domain::permission::{Act, Whose, may};
use domain::plan::outlook;
use domain::wire::{Bundle, Plan, ProductCard, Session};
use domain::{Money, Quantity};
use leptos::prelude::*;

use self::check::{Bill, Year, bill, check, control};
use self::draft::{Answers, Draft, DraftLine, KEY};
use self::entry::Entry;
use self::list::List;
use super::{gift, sign_in_first};
use crate::api;
use crate::components::dateline::Day;
use crate::components::error_summary::{FormError, error_summary};
use crate::components::field::{Choice, Control, Field, field};
use crate::components::focus::focus;
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, nothing_here};
use crate::language::{language, t};
use crate::load::{Load, load};
use crate::route::Route;
use crate::router::{Go, Here};
use crate::state::{State, keep, kept};

pub fn page() -> AnyView {
    let state = State::get();
    let session = Memo::new(move |_| state.session.get());
    let known = Memo::new(move |_| state.session_known.get());
    let inside = move || match session.get() {
        None if !known.get() => loading_lines(6),
        None => sign_in_first(t!(frame.new_order), Route::NewOrder.path()),
        Some(session) if may(Some(session.role), Act::PlaceOrder, Whose::Own) => ordering(state, session),
        Some(_) => not_theirs(),
    };
    view! { {inside} }.into_any()
}

fn not_theirs() -> AnyView {
    let sentence = t!(orders.not_theirs);
    view! { <h1>{t!(frame.new_order)}</h1>{nothing_here(sentence, Route::Orders.path(), t!(orders.see_orders))} }
        .into_any()
}

/// The goods of the basket are asked for with today's prices; the form begins when they are there.
fn ordering(state: State, session: Session) -> AnyView {
    let basket = state.basket.get_untracked();
    if basket.lines.is_empty() {
        return view! {
            <div class="o-head"><h1>{t!(frame.new_order)}</h1></div>
            {nothing_here(t!(orders.basket_empty), Route::Products.path(), t!(orders.go_choose))}
        }
        .into_any();
    }
    let ids: Vec<String> = basket.lines.iter().map(|line| line.product_id.to_string()).collect();
    let asked = ids.join(",");
    let goods = load(move || asked.clone(), api::products_by_id);
    let here = Here::get();
    let leave = Callback::new(move |()| here.go(&Route::Orders.path(), Go::On));
    let inside = move || match (goods.value.get(), goods.error.get()) {
        (Some(products), _) => form(Form::begin(state, &session, products.items, leave), &session),
        (None, Some(error)) => load_failure(error.sentence(), goods.on_retry()),
        (None, None) => loading_lines(8),
    };
    view! { {inside} }.into_any()
}

/// One line of the form.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    product_id: ProductId,
    put_aside: Quantity,
    entry: RwSignal<Entry>,
    /// The officer is in one of its inputs: nobody is corrected while still typing.
    typing: RwSignal<bool>,
}

impl Line {
    fn new(line: DraftLine) -> Line {
        let DraftLine { product_id, put_aside, entry } = line;
        Line { product_id, put_aside, entry: RwSignal::new(entry), typing: RwSignal::new(false) }
    }
}

/// The answers as the fields hold them.
#[derive(Clone, Copy, Debug)]
struct Fields {
    occasion: RwSignal<String>,
    head_count: RwSignal<String>,
    per_head: RwSignal<String>,
    reason: RwSignal<String>,
    address: RwSignal<String>,
    contact: RwSignal<String>,
    phone: RwSignal<String>,
}

impl Fields {
    fn new(answers: Answers) -> Fields {
        Fields {
            occasion: RwSignal::new(answers.occasion),
            head_count: RwSignal::new(answers.head_count),
            per_head: RwSignal::new(answers.per_head),
            reason: RwSignal::new(answers.reason),
            address: RwSignal::new(answers.address),
            contact: RwSignal::new(answers.contact),
            phone: RwSignal::new(answers.phone),
        }
    }

    fn answers(self) -> Answers {
        Answers {
            occasion: self.occasion.get(),
            head_count: self.head_count.get(),
            per_head: self.per_head.get(),
            reason: self.reason.get(),
            address: self.address.get(),
            contact: self.contact.get(),
            phone: self.phone.get(),
        }
    }
}

/// The whole form: what is typed, and everything derived from it.
#[derive(Clone, Copy)]
pub struct Form {
    state: State,
    answers: Fields,
    list: List,
    lines: RwSignal<Vec<Line>>,
    orders: RwSignal<Vec<(OrganisationId, OrderId)>>,
    year: Memo<Year>,
    goods: StoredValue<Vec<ProductCard>>,
    draft: Memo<Draft>,
    bill: Memo<Bill>,
    errors: Memo<Vec<FormError>>,
    asks_reason: Memo<bool>,
    /// How often sending was tried.
    sent: RwSignal<u32>,
    busy: RwSignal<bool>,
    refused: RwSignal<Vec<send::Refused>>,
    trouble: RwSignal<Option<send::Trouble>>,
    /// Sent and taken: nothing is kept any more.
    done: RwSignal<bool>,
    leave: Callback<()>,
}

impl Form {
    fn begin(state: State, session: &Session, goods: Vec<ProductCard>, leave: Callback<()>) -> Form {
        let begun = kept::<Draft>(KEY).filter(|draft| draft.account_id == session.account_id);
        let mut draft = begun.unwrap_or_else(|| Draft::new(session));
        draft.follow(&state.basket.get_untracked());
        draft.name_orders(&goods, || OrderId(api::new_id()));
        let account_id = draft.account_id;
        let answers = Fields::new(draft.answers);
        let bundles = draft.bundles;
        let list = List::begin(state, account_id, bundles.clone());
        let lines = RwSignal::new(draft.lines.into_iter().map(Line::new).collect::<Vec<_>>());
        let orders = RwSignal::new(draft.orders);
        let goods = StoredValue::new(goods);
        let refused = RwSignal::new(Vec::new());
        // Sums of the year come by themselves: without them the form is as good, but for one warning.
        let plan: Load<Plan> = load(|| Day::today().year.to_string(), api::plan);
        let year =
            Memo::new(move |_| plan.value.with(|plan| plan.as_ref().map(|plan| (plan.limits(), outlook(plan).spent))));
        let draft = Memo::new(move |_| Draft {
            account_id,
            answers: answers.answers(),
            lines: lines.get().into_iter().map(written).collect(),
            orders: orders.get(),
            bundles: bundles.clone(),
        });
        let bill = Memo::new(move |_| goods.with_value(|goods| draft.with(|draft| bill(draft, goods, year.get()))));
        let errors = Memo::new(move |_| {
            let mut wrong = goods.with_value(|goods| draft.with(|draft| check(draft, goods, year.get())));
            list.amend(&mut wrong);
            refused.with(|refused| draft.with(|draft| send::all_errors(wrong, refused, draft)))
        });
        let asks_reason = Memo::new(move |_| {
            bill.with(Bill::needs_reason) || errors.with(|errors| errors.iter().any(|it| it.control == control::REASON))
        });
        let form = Form {
            state,
            answers,
            list,
            lines,
            orders,
            year,
            goods,
            draft,
            bill,
            errors,
            asks_reason,
            sent: RwSignal::new(0),
            busy: RwSignal::new(false),
            refused,
            trouble: RwSignal::new(None),
            done: RwSignal::new(false),
            leave,
        };
        form.keep_as_typed();
        form
    }

    /// Every change is kept at once: a closed window costs nothing.
    fn keep_as_typed(self) {
        Effect::new(move |_| {
            if !self.done.get() {
                self.draft.with(|draft| keep(KEY, draft));
            }
        });
    }

    fn card(self, line: Line) -> Option<ProductCard> {
        self.goods.with_value(|goods| goods.iter().find(|card| card.id == line.product_id).cloned())
    }

    /// What lies in the basket and is no longer sold.
    fn missing(self) -> Option<String> {
        let gone = self.lines.get().into_iter().filter(|line| self.card(*line).is_none()).count();
        (gone > 0).then(|| match gone {
            1 => t!(orders.one_gone).to_owned(),
            _ => t!(orders.some_gone, count = gone),
        })
    }

    /// The sentence that belongs beside a control.
    fn error_at(self, control: &'static str) -> Signal<Option<String>> {
        let errors = self.errors;
        Memo::new(move |_| {
            errors.with(|errors| errors.iter().find(|it| it.control == control).map(|it| it.sentence.clone()))
        })
        .into()
    }

    /// Takes a line out, here and in the basket, with a way back.
    fn take_out(self, line: Line, name: &str) {
        let place = self.lines.with_untracked(|lines| lines.iter().position(|it| it.product_id == line.product_id));
        self.lines.update(|lines| lines.retain(|it| it.product_id != line.product_id));
        focus(control::GOODS);
        self.state.take_out_of_basket(line.product_id, t!(orders.taken_out, name = name), move || {
            // The form may be gone by now; the basket is what counts then.
            let _ = self.lines.try_update(|lines| {
                if lines.iter().all(|it| it.product_id != line.product_id) {
                    lines.insert(place.unwrap_or_default().min(lines.len()), line);
                }
            });
        });
    }
}

/// What another page hands over to be ordered.
#[derive(Debug)]
pub struct HandedOver {
    pub occasion: Occasion,
    pub head_count: i64,
    pub per_head: Money,
    /// In all, for everybody.
    pub goods: Vec<(ProductId, Quantity)>,
    /// What they were put together as.
    pub bundles: Vec<Bundle>,
}

/// Puts the goods into the basket, in the place of what lay there, and fills in the form that opens next. What was in the basket
/// can be had back.
pub fn begin_with(state: State, session: &Session, it: &HandedOver) {
    let before = state.basket.get_untracked();
    let lines =
        it.goods.iter().map(|(product_id, quantity)| BasketLine { product_id: *product_id, quantity: *quantity });
    state.change_basket(|basket| basket.lines = lines.collect());
    let begun = kept::<Draft>(KEY).filter(|draft| draft.account_id == session.account_id);
    let old = begun.map(|draft| draft.answers);
    let mut draft = Draft::new(session);
    if let Some(Answers { address, contact, phone, .. }) = old {
        draft.answers = Answers { address, contact, phone, ..draft.answers };
    }
    draft.answers.occasion = it.occasion.code().to_owned();
    draft.answers.head_count = it.head_count.to_string();
    draft.answers.per_head = it.per_head.yuan_short();
    // Totals whatever their size: so many pieces, and not so many for each.
    let total = |(product_id, quantity): &(ProductId, Quantity)| DraftLine {
        product_id: *product_id,
        put_aside: *quantity,
        entry: Entry::Total(quantity.get().to_string()),
    };
    draft.lines = it.goods.iter().map(total).collect();
    draft.bundles.clone_from(&it.bundles);
    keep(KEY, &draft);
    if !before.lines.is_empty() {
        state.say_undoable(t!(plan.basket_replaced).to_owned(), move || {
            let before = before.clone();
            state.change_basket(move |basket| *basket = before);
        });
    }
}

fn written(line: Line) -> DraftLine {
    DraftLine { product_id: line.product_id, put_aside: line.put_aside, entry: line.entry.get() }
}

fn form(form: Form, session: &Session) -> AnyView {
    let title = move || {
        let occasion = Occasion::from_code(&form.answers.occasion.get());
        t!(
            orders.order_of,
            gift = occasion.map_or_else(|| t!(orders.gifts).to_owned(), |occasion| gift(Some(occasion)))
        )
    };
    view! {
        <div class="o-head">
            <p class="crumbs"><a href=Route::Orders.path()>{t!(frame.my_orders)}</a><span>{t!(orders.new)}</span></p>
            <h1>{title}</h1>
            <p class="muted">{session.organisation.name.clone()}" · "{t!(orders.draft_kept)}</p>
        </div>
        {move || form.trouble.get().map(|trouble| send::trouble(form, trouble))}
        {error_summary(form.errors.into(), form.sent.into())}
        <form class="o-body" id="order-form" on:submit=|event| event.prevent_default()>
            <div class="o-main">
                {for_whom(form)}{goods::goods_section(form)}{whereto(form)}{invoice(session)}
            </div>
            {side::side(form)}
        </form>
        {side::foot_bar(form)}
    }
    .into_any()
}

/// What most fields of this form share.
fn question(form: Form, id: &'static str, label: &'static str, value: RwSignal<String>) -> Field {
    let mut it = Field::new(id, label, value);
    it.error = form.error_at(id);
    it.sent = form.sent.into();
    it
}

fn for_whom(form: Form) -> AnyView {
    let occasions = Occasion::ALL.iter().map(|it| Choice::new(it.code(), it.word(language()))).collect();
    let answers = form.answers;
    let occasion = question(form, control::OCCASION, t!(orders.occasion), answers.occasion);
    let head_count = question(form, control::HEAD_COUNT, t!(orders.heads), answers.head_count)
        .hint(t!(orders.heads_hint))
        .class("w-8");
    let per_head =
        question(form, control::PER_HEAD, t!(orders.per_head), answers.per_head).hint(t!(orders.per_head_hint));
    view! {
        <section aria-labelledby="for-whom">
            <h2 id="for-whom"><i>"1"</i>{t!(orders.for_whom)}</h2>
            <div class="grid">
                {field(occasion, Control::Chips(occasions))}
                {field(head_count, Control::Number { unit: t!(orders.people) })}
                {field(per_head.class("w-8"), Control::Amount { unit: t!(orders.yuan) })}
            </div>
        </section>
    }
    .into_any()
}

fn whereto(form: Form) -> AnyView {
    view! {
        <section aria-labelledby="whereto">
            <h2 id="whereto"><i>"3"</i>{t!(orders.whereto)}</h2>
            {list::delivery(form, move || one_address(form))}
        </section>
    }
    .into_any()
}

fn one_address(form: Form) -> AnyView {
    let answers = form.answers;
    let address = question(form, control::ADDRESS, t!(orders.address), answers.address).hint(t!(orders.address_hint));
    let contact = question(form, control::CONTACT, t!(orders.recipient), answers.contact)
        .hint(t!(orders.recipient_hint))
        .class("w-16");
    let phone =
        question(form, control::PHONE, t!(orders.phone), answers.phone).hint(t!(orders.phone_hint)).class("w-16");
    view! {
        <div class="asks">
            {field(address, Control::Text)}
            {field(contact, Control::Text)}
            {field(phone, Control::Known { kind: "tel", autocomplete: "off" })}
        </div>
    }
    .into_any()
}

fn invoice(session: &Session) -> AnyView {
    view! {
        <section aria-labelledby="invoice">
            <h2 id="invoice"><i>"4"</i>{t!(orders.invoice)}</h2>
            <dl class="inv">
                <div><dt>{t!(orders.invoice_to)}</dt><dd>{session.organisation.name.clone()}</dd></div>
                <div><dt>{t!(orders.invoicing)}</dt><dd>{t!(orders.invoicing_how)}</dd></div>
            </dl>
        </section>
    }
    .into_any()
}
