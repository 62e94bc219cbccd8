//! Tables to take away: the ledger of a year or a month with its hashes, the sum taken apart, targets.

use domain::export::{Breakdown, Format, MOST_ROWS, ROWS_AROUND};
use domain::permission::{Act, Whose, may};
use domain::wire::{Sales, Session, Tally};
use leptos::prelude::*;

use super::head;
use crate::api;
use crate::components::dateline::Day;
use crate::components::field::Choice;
use crate::format;
use crate::language::{language, t};
use crate::load::{Load, load};
use crate::pages::coordinator::dashboard::choice_list;
use crate::pages::coordinator::filter::{month_in_words, years};
use crate::route::{EXPORTS, Route, query};
use crate::router::{Go, Here};

/// The links to a table in both formats. `too_long` leaves the workbook out.
pub fn download(table: &str, query: &str, too_long: bool) -> AnyView {
    let link = |format: Format| {
        let href = api::export(table, format, query);
        let name = format!(" {}", t!(office.as_format, format = format.word(language())));
        view! { <a class="btn" href=href download="" data-export=format.code()>{format.code()}<span class="sr">{name}</span></a> }
            .into_any()
    };
    let book = (!too_long).then(|| link(Format::Xlsx));
    view! { <span class="ofc-dl">{book}{link(Format::Csv)}</span> }.into_any()
}

/// Whether so many rows are more than a workbook's sheet holds.
pub fn is_too_long(entries: i64) -> bool {
    entries > MOST_ROWS - ROWS_AROUND
}

pub fn page(who: &Session) -> AnyView {
    let here = Here::get();
    let own = who.district.as_ref().map(|district| district.id.clone());
    let bound = own.is_some();
    let asked = Memo::new(move |_| {
        let year = here.param("year");
        let year = if year.is_empty() { Day::today().year.to_string() } else { year };
        let district = own.clone().unwrap_or_else(|| here.param("district"));
        (year, here.param("month"), district)
    });
    let of_year = move || asked.with(|(year, _, district)| query(&[("year", year), ("district", district)]));
    let of_month = move || {
        asked.with(|(year, month, district)| query(&[("year", year), ("month", month), ("district", district)]))
    };
    let tally: Load<Tally> = load(of_year, api::tally);
    let sales: Load<Sales> = load(
        move || {
            let (year, month, district) = asked.get();
            query(&[("year", &year), ("month", &month), ("district", &district), ("limit", "1")])
        },
        api::sales,
    );
    let turn = move |year: &str, month: &str, district: &str| {
        let district = if bound { "" } else { district };
        let pairs = [("year", year), ("month", month), ("district", district)];
        here.go(&Route::Office(EXPORTS.to_owned()).with(&pairs), Go::Narrow);
    };
    let tools = move || {
        let (year, month, district) = asked.get();
        let (m, d) = (month.clone(), district.clone());
        let years = choice_list(
            "year",
            t!(figures.year),
            years(Day::today().year, &year),
            year.clone(),
            Callback::new(move |year: String| turn(&year, &m, &d)),
        );
        let whole = Choice::new("", t!(office.whole_year));
        let months = (1..=12).map(|month| Choice::new(month.to_string(), month_in_words(month)));
        let (y, d) = (year.clone(), district.clone());
        let on_month = Callback::new(move |month: String| turn(&y, &month, &d));
        let months = choice_list(
            "month",
            t!(office.month),
            std::iter::once(whole).chain(months).collect(),
            month.clone(),
            on_month,
        );
        let districts = (!bound).then(|| {
            let known = tally.value.with(|tally| tally.as_ref().map(|it| it.districts.clone()).unwrap_or_default());
            let all = std::iter::once(Choice::new("", t!(figures.city)));
            let all = all.chain(known.into_iter().map(|it| Choice::new(it.id, it.name))).collect();
            let on_district = Callback::new(move |district: String| turn(&year, &month, &district));
            choice_list("scope", t!(figures.scope), all, district, on_district)
        });
        view! { {years}{months}{districts} }.into_any()
    };
    let count = move || sales.value.with(|sales| sales.as_ref().map(|it| it.entries));
    let ledger = move || {
        let entries = count();
        let words = entries.map(|entries| t!(office.so_many_entries, count = format::count(entries)));
        let too_long = entries.is_some_and(is_too_long);
        let long = too_long.then(|| {
            let words = t!(office.too_long, most = format::count(MOST_ROWS - ROWS_AROUND));
            view! { <small class="watch">{words}</small> }.into_any()
        });
        row(t!(office.ledger_table), words, download("sales", &of_month(), too_long), long)
    };
    let breakdowns = move || {
        let query = of_year();
        let one = |breakdown: &Breakdown| {
            let table = format!("tally/{}", breakdown.code());
            row(breakdown.word(language()), None, download(&table, &query, false), None)
        };
        Breakdown::ALL.iter().map(one).collect::<Vec<_>>()
    };
    let of_targets = may(Some(who.role), Act::SeeTargets, Whose::Own);
    let targets = move || {
        of_targets.then(|| {
            let query = asked.with(|(year, ..)| query(&[("year", year)]));
            row(t!(office.targets), None, download("targets", &query, false), None)
        })
    };
    let orders = row(t!(frame.orders), None, download("orders", "", false), None);
    view! {
        {head(t!(office.exports), t!(office.exports_words), view! { <div class="d-tools">{tools}</div> }.into_any())}
        <ul class="ofc-rows" id="exports" role="list">{ledger}{breakdowns}{targets}{orders}</ul>
        <p class="muted">{t!(office.exports_note)}</p>
    }
    .into_any()
}

fn row(name: &'static str, words: Option<String>, links: AnyView, more: Option<AnyView>) -> AnyView {
    view! { <li><span><b>{name}</b>" "<span class="muted">{words}</span>{more}</span>{links}</li> }.into_any()
}
