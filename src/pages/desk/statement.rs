//! A merchant's month: every invoice, what took one back, what is paid. As a page, for Excel, and on paper.

use domain::Money;
use domain::statement::{Month, RowKind};
use domain::wire::{Session, Statement, StatementRow};
use leptos::prelude::*;

use crate::api;
use crate::components::dateline::Day;
use crate::components::loading::loading_lines;
use crate::components::problem::load_failure;
use crate::format;
use crate::language::{as_written, language, t};
use crate::load::{Load, load};
use crate::pages::set_title;
use crate::route::{Route, STATEMENT, query};
use crate::router::Here;

const MONTH: &str = "month";

pub fn page(who: &Session) -> AnyView {
    set_title(t!(desk.statement));
    let here = Here::get();
    // An empty question is never asked; the month that none is named for is the present one.
    let month = move || Some(here.param(MONTH)).filter(|month| !month.is_empty()).unwrap_or_else(this_month);
    let statement: Load<Statement> = load(move || query(&[(MONTH, &month())]), api::statement);
    let inside = move || match (statement.value.get(), statement.error.get()) {
        (_, Some(error)) => load_failure(error.sentence(), statement.on_retry()),
        (Some(it), None) => whole(&it),
        (None, None) => loading_lines(10),
    };
    view! {
        <div class="dk-st"><p class="crumbs" lang=as_written()>{who.organisation.name.clone()}</p>{inside}</div>
    }
    .into_any()
}

fn this_month() -> String {
    let mut month = Day::today().iso();
    month.truncate("2026-11".len());
    month
}

fn whole(it: &Statement) -> AnyView {
    let Ok(month) = Month::parse(&it.month) else { return ().into_any() };
    let months = month.first();
    let other = |month: Month, words: &'static str| {
        let href = Route::Desk(STATEMENT.to_owned()).with(&[(MONTH, &month.to_string())]);
        view! { <a class="btn" href=href>{words}</a> }.into_any()
    };
    let before = months.yesterday().map(|day| other(Month::of(day), t!(desk.earlier))).ok();
    let file = api::statement_workbook(&it.month);
    let print = move |_| drop(window().print());
    let rows: Vec<AnyView> = it.rows.iter().map(row).collect();
    let inside = match rows.is_empty() {
        true => view! { <p class="empty">{t!(desk.empty_month)}</p> }.into_any(),
        false => table(rows),
    };
    view! {
        <div class="os-head">
            <h1>{of_month(month)}</h1>
            <p class="tb dk-tools">
                {before}{other(Month::of(month.end()), t!(desk.later))}
                <a class="btn" href=file download="">{t!(desk.download)}</a>
                <button class="btn" type="button" on:click=print>{t!(desk.print)}</button>
            </p>
        </div>
        <p class="muted dk-tools">{t!(desk.statement_words)}</p>
        {inside}
        {sums(it)}
    }
    .into_any()
}

/// 2026年11月对账单, Statement of November 2026.
fn of_month(month: Month) -> String {
    let first = month.first();
    let name = format::month_in_sentences(first.month().unsigned_abs().into());
    t!(desk.of_month, year = first.year(), month = name)
}

fn table(rows: Vec<AnyView>) -> AnyView {
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=t!(desk.statement)>
            <table id="statement" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">{t!(desk.day)}</th>
                        <th role="columnheader" scope="col">{t!(desk.kind)}</th>
                        <th role="columnheader" scope="col">{t!(desk.order)}</th>
                        <th role="columnheader" scope="col">{t!(desk.buyer)}</th>
                        <th role="columnheader" scope="col">{t!(desk.invoice)}</th>
                        <th role="columnheader" scope="col" class="n">{t!(desk.amount)}</th>
                        <th role="columnheader" scope="col">{t!(desk.paid)}</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(it: &StatementRow) -> AnyView {
    let paid = match (&it.paid_on, &it.slip_no) {
        (Some(day), Some(slip)) => format!("{} {slip}", format::civil_day(day)),
        _ if it.kind == RowKind::Invoice => t!(desk.not_paid).to_owned(),
        _ => "—".to_owned(),
    };
    view! {
        <tr role="row" data-kind=it.kind.code()>
            <td role="cell">{format::civil_day(&it.day)}</td>
            <td role="cell">{it.kind.word(language())}</td>
            <th role="rowheader" scope="row"><a href=Route::Order(it.order_id.to_string()).path()>{it.number.clone()}</a></th>
            <td role="cell" class="who" lang=as_written()>{it.buyer.clone()}</td>
            <td role="cell" class="num" data-k=t!(desk.invoice)>{it.invoice.clone()}</td>
            <td role="cell" class="n">{it.amount_fen.yuan()}</td>
            <td role="cell" data-k=t!(desk.paid)>{paid}</td>
        </tr>
    }
    .into_any()
}

fn sums(it: &Statement) -> AnyView {
    let sums = it.sums;
    let row = |word: &'static str, amount: Money| {
        view! { <div><dt>{word}</dt><dd class="num">{format::yuan(amount)}</dd></div> }.into_any()
    };
    view! {
        <dl class="pl-sums dk-sums">
            {row(t!(desk.invoiced_sum), sums.invoiced_fen)} {row(t!(desk.reversed_sum), sums.reversed_fen)}
            {row(t!(desk.net_sum), sums.net_fen)} {row(t!(desk.paid_sum), sums.paid_fen)}
        </dl>
    }
    .into_any()
}
