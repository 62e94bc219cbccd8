//! The ledger: the entries a figure is made of. What it is narrowed by stands in the address.

use domain::Money;
use domain::correction::{RequestState, needs_consent};
use domain::id::SaleId;
use domain::permission::{Act, Whose, may};
use domain::wire::{MonthState, Months, ReversalRequests, SaleEntry, Sales, Tally};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use super::dashboard::{choice_list, own_district};
use super::entries::{Reversing, entries_table};
use super::filter::{self, DISTRICT, Filter, KEYS, MONTH, UNTIL, YEAR, choices, label};
use super::gate;
use super::reversal::{Way, reversal_dialog};
use crate::api::{self, ApiError};
use crate::components::dateline::Day;
use crate::components::field::Choice;
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, nothing_here, refusal};
use crate::format;
use crate::language::t;
use crate::load::{Load, load};
use crate::pages::office;
use crate::route::{CLOSING, Route, param, query};
use crate::router::{Go, Here};
use crate::state::State;

/// The line of the sum: where the reader is put when what stood under them has gone.
const SUM: &str = "ledger-sum";

pub fn page() -> AnyView {
    gate::coordinators_only(t!(frame.title_ledger), book)
}

/// What the page is made of besides its entries.
#[derive(Clone, Copy)]
struct Book {
    /// What the address says, with this year and one's own district where it says nothing.
    filter: Memo<Filter>,
    sales: Load<Sales>,
    /// Names of districts and counties.
    tally: Load<Tally>,
    /// What waits for a second person, and from which amount on one is needed.
    requests: Load<ReversalRequests>,
    months: Load<Months>,
    /// A district's office is bound to its district.
    bound: bool,
}

fn book() -> AnyView {
    let state = State::get();
    let here = Here::get();
    let own = own_district(state).map(|district| district.id);
    let bound = own.is_some();
    let own_of_tally = own.clone();
    let filter = Memo::new(move |_| {
        let read = here.search.with(|search| Filter::read(&|key| param(search, key)));
        completed(read, own.as_deref().unwrap_or_default())
    });
    let sales = load(move || filter.with(|filter| query(&filter.pairs())), api::sales);
    let tally = load(
        move || {
            query(&[("year", filter.read().value(YEAR)), ("district", own_of_tally.as_deref().unwrap_or_default())])
        },
        api::tally,
    );
    let requests = load(|| "requests".to_owned(), |_| api::reversal_requests());
    let own_of_months = own_district(state).map(|district| district.id).unwrap_or_default();
    let months = load(move || query(&[("year", filter.read().value(YEAR)), ("district", &own_of_months)]), api::months);
    let it = Book { filter, sales, tally, requests, months, bound };
    let on_written = Callback::new(move |()| {
        it.sales.reload();
        it.requests.reload();
        focus_sum();
    });
    let (dialog, alone) = reversal_dialog(Way::Alone, on_written);
    let (ask, by_two) = reversal_dialog(Way::ByTwo, on_written);
    let on_pick = Callback::new(move |entry: SaleEntry| {
        let from = it.requests.value.with_untracked(|all| all.as_ref().and_then(|all| all.consent_from_fen));
        if needs_consent(standing(&entry), from) { by_two.run(entry) } else { alone.run(entry) }
    });
    let allowed = may(state.role(), Act::ReverseSale, Whose::Own);
    let reversing = Reversing { allowed, on_pick };
    let busy = move || it.sales.busy.get().to_string();
    view! {
        {office::links()}
        <div class="lg-head">
            <div><h1>{t!(frame.title_ledger)}</h1><p class="muted">{t!(figures.only_added)}</p></div>
            {year_list(it)}
        </div>
        <div class="lg-filters">{move || chips(it)}{more_filters(it)}</div>
        <div class="lg-export">{move || closed_months(it)}{move || files(it)}</div>
        <div aria-busy=busy>{move || shown(it, reversing)}</div>
        {dialog}{ask}
    }
    .into_any()
}

/// What still stands of an entry, as far as the list knows it: pieces taken back count at the entry's own price.
fn standing(entry: &SaleEntry) -> Money {
    let each = entry.amount_fen.fen() / entry.quantity.max(1);
    Money::from_fen(entry.amount_fen.fen() - each * entry.reversed_quantity)
}

/// The entries that are shown, as a table to take away.
fn files(it: Book) -> AnyView {
    let question = it.filter.with(|filter| query(&filter.page_after("").pairs()));
    let entries = it.sales.value.with(|sales| sales.as_ref().map_or(0, |sales| sales.entries));
    view! { <span class="muted">{t!(office.export_these)}</span>{office::download("sales", &question, office::is_too_long(entries))} }.into_any()
}

/// Which of the months that are shown are final.
fn closed_months(it: Book) -> Option<AnyView> {
    let filter = it.filter.get();
    it.months.value.with(|months| {
        let wanted = |month: &&MonthState| {
            let number = month.month.rsplit('-').next().and_then(|text| text.parse::<u32>().ok()).unwrap_or_default();
            let until = filter.value(UNTIL).parse().unwrap_or(12);
            filter.value(MONTH).parse().map_or(number <= until, |only: u32| number == only)
        };
        let names = |months: Vec<&MonthState>| {
            let names = months.iter().filter_map(|month| month.month.rsplit('-').next()?.parse::<u32>().ok());
            names.map(format::month_in_sentences).collect::<Vec<_>>().join(t!(parts.comma))
        };
        let (closed, open): (Vec<&MonthState>, Vec<&MonthState>) =
            months.as_ref()?.items.iter().filter(wanted).partition(|month| month.close.is_some());
        let words = match (closed.is_empty(), open.is_empty()) {
            (true, true) => return None,
            (false, true) => t!(office.ledger_closed, months = names(closed)),
            _ => t!(office.ledger_open, months = names(open)),
        };
        Some(view! { <a id="closed-months" href=Route::Office(CLOSING.to_owned()).with(&[("year", filter.value(YEAR))])>{words}</a> }.into_any())
    })
}

/// The year and a district office's own district, where the address leaves them out.
fn completed(read: Filter, own_district: &str) -> Filter {
    let after = read.after.clone();
    let mut whole = read;
    if whole.value(YEAR).is_empty() {
        whole = whole.with(YEAR, &Day::today().year.to_string());
    }
    if whole.value(DISTRICT).is_empty() {
        whole = whole.with(DISTRICT, own_district);
    }
    whole.page_after(&after)
}

// ---- what it is narrowed by ---------------------------------------------------------------------------------------

fn year_list(it: Book) -> AnyView {
    let turn = turn_to();
    let list = move || {
        let chosen = it.filter.read().value(YEAR).to_owned();
        let years = filter::years(Day::today().year, &chosen);
        let on_change = Callback::new(move |year: String| turn.run(it.filter.get_untracked().of_year(&year)));
        choice_list("year", label(YEAR), years, chosen, on_change)
    };
    view! { <div class="d-tools">{list}</div> }.into_any()
}

fn turn_to() -> Callback<Filter> {
    let here = Here::get();
    Callback::new(move |filter: Filter| here.go(&filter.address(), Go::Narrow))
}

/// The filters in force; pressing one takes it away.
fn chips(it: Book) -> AnyView {
    let filter = it.filter.get();
    let tally = it.tally.value.get();
    let items: Vec<AnyView> = filter
        .in_force()
        .map(|which| {
            let words = filter.words(which, tally.as_ref());
            if which == DISTRICT && it.bound {
                return view! { <li><span class="lg-chip fixed">{words}</span></li> }.into_any();
            }
            let name = t!(figures.drop_filter, words = words);
            let without = filter.with(which, "").address();
            view! {
                <li>
                    <a class="lg-chip" href=without aria-label=name on:click=|_| focus_sum()>{words}<span aria-hidden="true">"×"</span></a>
                </li>
            }
            .into_any()
        })
        .collect();
    if items.is_empty() {
        return view! { <p class="muted">{t!(figures.everything)}</p> }.into_any();
    }
    view! { <ul class="lg-chips" role="list" aria-label=t!(figures.filters_in_force)>{items}</ul> }.into_any()
}

fn more_filters(it: Book) -> AnyView {
    let turn = turn_to();
    let lists = move || -> Vec<AnyView> {
        let filter = it.filter.get();
        let tally = it.tally.value.get();
        (YEAR + 1..KEYS.len())
            .filter(|which| !(*which == DISTRICT && it.bound))
            .map(|which| {
                if filter::is_day(which) {
                    let on_change =
                        Callback::new(move |day: String| turn.run(it.filter.get_untracked().with(which, &day)));
                    return day(KEYS[which], label(which), &filter, which, on_change);
                }
                let all = std::iter::once(Choice::new("", t!(figures.all)));
                let choices = all.chain(choices(which, tally.as_ref())).collect();
                let on_change =
                    Callback::new(move |value: String| turn.run(it.filter.get_untracked().with(which, &value)));
                choice_list(KEYS[which], label(which), choices, filter.value(which).to_owned(), on_change)
            })
            .collect()
    };
    view! { <details class="lg-more"><summary>{t!(figures.filter)}</summary><div class="lg-tools">{lists}</div></details> }.into_any()
}

/// A day of the year that is shown.
fn day(id: &'static str, label: &'static str, filter: &Filter, which: usize, on_change: Callback<String>) -> AnyView {
    let year = filter.value(YEAR);
    let (first, last) = (format!("{year}-01-01"), format!("{year}-12-31"));
    view! {
        <label class="pick" for=id>
            <span>{label}</span>
            <input
                id=id
                type="date"
                min=first
                max=last
                prop:value=filter.value(which).to_owned()
                on:change=move |event| on_change.run(event_target_value(&event))
            />
        </label>
    }
    .into_any()
}

// ---- the entries --------------------------------------------------------------------------------------------------

fn shown(it: Book, reversing: Reversing) -> AnyView {
    if let Some(error) = it.sales.error.get() {
        return failure(it, &error);
    }
    let filter = it.filter.get();
    let waiting: Vec<SaleId> = it.requests.value.with(|all| {
        let all = all.as_ref().map(|all| all.items.as_slice()).unwrap_or_default();
        all.iter().filter(|request| request.state == RequestState::Waiting).map(|request| request.sale).collect()
    });
    it.sales.value.with(|sales| match sales {
        None => loading_lines(8),
        Some(sales) if sales.entries == 0 => none_match(&filter),
        Some(sales) => {
            view! { {sum(sales, &filter)}{entries_table(sales, reversing, &waiting)}{pager(sales, &filter)} }.into_any()
        }
    })
}

fn failure(it: Book, error: &ApiError) -> AnyView {
    match error {
        ApiError::Refused(_) => {
            let back = Route::Ledger.path();
            view! { {refusal(error.sentence())}<p class="d-back"><a class="btn" href=back>{t!(figures.see_own_ledger)}</a></p> }
                .into_any()
        }
        _ => load_failure(error.sentence(), it.sales.on_retry()),
    }
}

fn none_match(filter: &Filter) -> AnyView {
    let year = Route::Ledger.with(&[("year", filter.value(YEAR))]);
    view! {
        <p class="lg-sum" id=SUM tabindex="-1" data-fen="0" data-entries="0">{t!(figures.no_entries)}</p>
        {nothing_here(t!(figures.none_match), year, t!(figures.see_year))}
    }
    .into_any()
}

/// Over all that match, not only this page. Where the dashboard shows this sum, it equals that figure and says so.
fn sum(sales: &Sales, filter: &Filter) -> AnyView {
    let amount = format::wan(sales.amount_fen);
    let wan = if filter.is_a_figure() {
        t!(figures.equal_to_overview, amount = amount)
    } else {
        t!(figures.that_is, amount = amount)
    };
    view! {
        <p
            class="lg-sum"
            id=SUM
            tabindex="-1"
            data-fen=sales.amount_fen.fen().to_string()
            data-entries=sales.entries.to_string()
        >
            <span>{t!(figures.sum_before)}<b>{format::count(sales.entries)}</b>{t!(figures.sum_between)}<b>{sales.amount_fen.yuan()}</b>" "{t!(orders.yuan)}</span>
            <span class="muted">{wan}</span>
        </p>
    }
    .into_any()
}

fn pager(sales: &Sales, filter: &Filter) -> AnyView {
    let step = |address: String, words: &'static str, id: &'static str| {
        view! { <a class="btn" id=id href=address on:click=|_| focus_sum()>{words}</a> }.into_any()
    };
    let first =
        (!filter.after.is_empty()).then(|| step(filter.page_after("").address(), t!(figures.first_page), "first-page"));
    let next =
        sales.next.as_ref().map(|cursor| step(filter.page_after(cursor).address(), t!(figures.next_page), "next-page"));
    view! { <nav class="lg-pager" aria-label=t!(figures.pages)>{first}{next}</nav> }.into_any()
}

/// Puts the reader on the sum, after the page has been drawn anew.
fn focus_sum() {
    request_animation_frame(|| {
        let sum = document().get_element_by_id(SUM).and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(sum) = sum {
            let _ = sum.focus();
        }
    });
}
