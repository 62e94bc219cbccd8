//! A report: what was sold, what shows it, what it may repeat, and for those who may the decision.

use domain::id::ReportId;
use domain::order::parse_reason;
use domain::report::{ReportState, ReportStep};
use domain::tally::no_brand;
use domain::wire::{Evidence, Report, ReportDecision, ReportHistory, ReportLine};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{NEW, badge, days, pairs};
use crate::api;
use crate::components::field::{Control, Field, field};
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, refusal};
use crate::components::toast::Toast;
use crate::format;
use crate::language::{as_written, language, t, told};
use crate::load::{Load, load};
use crate::pages::set_title;
use crate::route::Route;
use crate::state::State;

/// Lines shown before all are asked for.
const FIRST_LINES: usize = 100;

#[derive(Clone, Copy)]
pub struct Desk {
    pub state: State,
    pub id: ReportId,
    pub report: Load<Report>,
}

pub fn page(state: State, id: String) -> AnyView {
    let report: Load<Report> = load(move || id.clone(), api::report);
    // Drawn anew when it is another, and not while a reason is typed.
    let shown = Memo::new(move |_| report.value.get());
    let inside = move || match (shown.get(), report.error.get()) {
        (Some(it), _) => {
            set_title(&it.summary.number);
            whole(Desk { state, id: it.summary.id, report }, &it)
        }
        (None, Some(error)) => load_failure(error.sentence(), report.on_retry()),
        (None, None) => loading_lines(10),
    };
    view! { {inside} }.into_any()
}

fn whole(desk: Desk, it: &Report) -> AnyView {
    let summary = &it.summary;
    view! {
        <p class="rp-back"><a href=Route::Reports(String::new()).path()>{t!(reports.back)}</a></p>
        <div class="o-head">
            <h1 class="num">{summary.number.clone()}" "{badge(summary.state)}</h1>
            <p class="muted">{summary.channel.word(language())}" · "{days(&summary.sold_from, &summary.sold_to)}</p>
        </div>
        {turn(desk, it)}
        <dl class="rp-facts">
            {fact(t!(reports.sum), format::yuan(summary.amount_fen))}
            {fact(t!(reports.seller), seller(it))}
            {fact(t!(reports.reporter), summary.reporter.clone())}
            {(!it.note.is_empty()).then(|| fact(t!(reports.note), it.note.clone()))}
        </dl>
        {pairs::section(desk, &it.pairs, it.may_decide)}
        {lines(&it.lines)}
        {evidence(desk.id, &it.evidence)}
        {history(&it.history)}
    }
    .into_any()
}

fn seller(it: &Report) -> String {
    match it.seller_uscc.is_empty() {
        true => it.summary.seller.clone(),
        false => format!("{} {}", it.summary.seller, it.seller_uscc),
    }
}

fn fact(word: &'static str, text: String) -> AnyView {
    view! { <div><dt>{word}</dt><dd lang=as_written()>{text}</dd></div> }.into_any()
}

// ---- whose turn it is ---------------------------------------------------------------------------------------------

fn turn(desk: Desk, it: &Report) -> Option<AnyView> {
    if it.may_change {
        let href = Route::Reports(NEW.to_owned()).with(&[("from", &desk.id.to_string())]);
        let said = it.history.iter().find(|step| step.step == ReportStep::Return).and_then(|step| step.note.clone());
        return Some(
            view! {
                <section class="turn" aria-labelledby="turn-h">
                    <h2 id="turn-h">{t!(reports.came_back)}</h2>
                    <p lang=as_written()>{said}</p>
                    <p class="tb"><a class="btn do" id="correct" href=href>{t!(reports.correct)}</a></p>
                </section>
            }
            .into_any(),
        );
    }
    it.may_decide.then(|| deciding(desk, it))
}

fn deciding(desk: Desk, it: &Report) -> AnyView {
    let (reason, sent) = (RwSignal::new(String::new()), RwSignal::new(0_u32));
    let (busy, refused) = (RwSignal::new(false), RwSignal::new(None::<String>));
    // Only what is returned needs a reason always; the server says when recognising does.
    let returning = RwSignal::new(false);
    let wrong = Memo::new(move |_| {
        let wrong = reason.with(|text| parse_reason(text).err().map(|it| told(it.sentence)));
        wrong.filter(|_| returning.get())
    });
    let decide = move |step: ReportStep| {
        returning.set(step == ReportStep::Return);
        sent.update(|sent| *sent += 1);
        if busy.get_untracked() || wrong.get_untracked().is_some() {
            return;
        }
        busy.set(true);
        refused.set(None);
        let reason = Some(reason.get_untracked()).filter(|reason| !reason.trim().is_empty());
        spawn_local(async move {
            let answer = api::decide_report(desk.id, ReportDecision { step, reason }).await;
            // The reader may have left the page meanwhile.
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(report) => {
                    let words = match report.summary.state {
                        ReportState::Recognised => t!(reports.recognised_done, number = report.summary.number),
                        _ => t!(reports.returned_done, number = report.summary.number),
                    };
                    desk.state.say(Toast::new(words));
                    desk.report.put(report);
                }
                Err(error) => {
                    desk.state.note(&error);
                    refused.set(Some(error.sentence()));
                }
            }
        });
    };
    let not_yet =
        it.not_yet.clone().map(|sentence| view! { <p class="note watch" id="not-yet">{sentence}</p> }.into_any());
    let amount = format::yuan(it.summary.amount_fen);
    let asked = Field::new("decision-reason", t!(reports.reason), reason).hint(t!(reports.reason_hint));
    view! {
        <section class="turn" aria-labelledby="turn-h">
            <h2 id="turn-h">{t!(reports.to_decide)}</h2>
            <p>{t!(reports.consequence, amount = amount)}</p>
            {not_yet}
            {move || refused.get().map(refusal)}
            {field(asked.check(wrong, sent.into()), Control::Text)}
            <p class="tb">
                <button class="btn do" type="button" id="recognise" aria-busy=move || busy.get().then_some("true") on:click=move |_| decide(ReportStep::Recognise)>
                    {t!(reports.recognise)}
                </button>
                <button class="btn" type="button" id="return" on:click=move |_| decide(ReportStep::Return)>{t!(reports.return_it)}</button>
            </p>
        </section>
    }
    .into_any()
}

// ---- what it says -------------------------------------------------------------------------------------------------

fn lines(all: &[ReportLine]) -> AnyView {
    let all = StoredValue::new(all.to_vec());
    let whole = RwSignal::new(false);
    let rows = move || {
        all.with_value(|all| {
            let shown = if whole.get() { all.len() } else { FIRST_LINES };
            all.iter().take(shown).map(line).collect::<Vec<_>>()
        })
    };
    let more = move || {
        let count = all.with_value(Vec::len);
        (count > FIRST_LINES && !whole.get()).then(|| {
            view! { <button class="btn" type="button" on:click=move |_| whole.set(true)>{t!(reports.see_all_lines, count = format::count(count as i64))}</button> }
                .into_any()
        })
    };
    let head = |word: &'static str| view! { <th role="columnheader" scope="col">{word}</th> }.into_any();
    view! {
        <section class="sec" aria-labelledby="lines">
            <div class="sec-h"><h2 id="lines">{t!(reports.sales)}</h2></div>
            <div class="scroll" tabindex="0" role="region" aria-label=t!(reports.sales)>
                <table role="table" class="lg rp-table">
                    <caption class="sr">{t!(reports.sales)}</caption>
                    <thead role="rowgroup">
                        <tr role="row">
                            {head(t!(reports.line))}{head(t!(figures.date))}{head(t!(figures.product))}{head(t!(figures.origin_and_brand))}
                            {head(t!(figures.buyer_and_district))}{head(t!(reports.invoices))}{head(t!(figures.quantity))}{head(t!(figures.amount))}
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </div>
            {more}
        </section>
    }
    .into_any()
}

fn line(it: &ReportLine) -> AnyView {
    let brand = it.brand.map_or_else(|| no_brand(language()), |brand| brand.word(language()));
    let buyer = if it.buyer.is_empty() { t!(reports.buyer_unknown).to_owned() } else { it.buyer.clone() };
    let entry = it.sequence.map(|sequence| {
        let year = it.sold_on.get(..4).unwrap_or_default().to_owned();
        let href = Route::Ledger.with(&[("year", &year)]);
        view! { <a class="num" href=href>{t!(reports.entry, sequence = sequence)}</a> }.into_any()
    });
    let note = (!it.note.is_empty()).then(|| view! { <small lang=as_written()>{it.note.clone()}</small> }.into_any());
    view! {
        <tr role="row" data-line=it.line.to_string() data-fen=it.amount_fen.fen().to_string()>
            <td role="cell" class="n seq">{it.line}{entry}</td>
            <td role="cell" class="day">{it.sold_on.clone()}</td>
            <th role="rowheader" scope="row" class="nm"><span lang=as_written()>{it.product.clone()}</span>{note}</th>
            <td role="cell" class="from">{it.county.name.clone()}<small>{brand}</small></td>
            <td role="cell" class="nm by"><span lang=as_written()>{buyer}</span><small>{it.district.name.clone()}</small></td>
            <td role="cell" class="nm num">{it.invoices.join(" ")}</td>
            <td role="cell" class="n qt">{format::count(it.quantity)}</td>
            <td role="cell" class="n am" data-u=t!(orders.yuan)>{it.amount_fen.yuan()}</td>
        </tr>
    }
    .into_any()
}

fn evidence(report: ReportId, all: &[Evidence]) -> AnyView {
    let item = |it: &Evidence| {
        let address = api::evidence_address(report, it.id);
        let picture = it.format.is_picture().then(|| {
            view! { <img src=address.clone() alt="" loading="lazy" decoding="async" width="160" height="120" /> }
                .into_any()
        });
        let elsewhere = (it.elsewhere > 0)
            .then(|| view! { <small class="error">{t!(reports.elsewhere, count = it.elsewhere)}</small> }.into_any());
        view! {
            <li>
                <a href=address download=it.name.clone()>{picture}<span lang=as_written()>{it.name.clone()}</span></a>
                <small class="muted">{format::date_time(it.added_at_ms)}</small>
                {elsewhere}
            </li>
        }
        .into_any()
    };
    let items: Vec<AnyView> = all.iter().map(item).collect();
    let none = items.is_empty().then(|| view! { <p class="muted">{t!(reports.no_evidence)}</p> }.into_any());
    view! {
        <section class="sec" aria-labelledby="evidence">
            <div class="sec-h"><h2 id="evidence">{t!(reports.evidence)}</h2></div>
            {none}
            <ul class="proof" role="list">{items}</ul>
        </section>
    }
    .into_any()
}

fn history(all: &[ReportHistory]) -> AnyView {
    let step = |it: &ReportHistory| {
        let note = it.note.clone().map(|note| view! { <span lang=as_written()>{note}</span> }.into_any());
        view! {
            <li data-step=it.step.code()>
                <time datetime=format::machine_time(it.at_ms)>{format::date_time(it.at_ms)}</time>
                <p><b>{it.step.word(language())}</b>" "{note}" "<span class="faint">{it.role.word(language())}</span></p>
            </li>
        }
        .into_any()
    };
    let steps: Vec<AnyView> = all.iter().map(step).collect();
    view! {
        <section class="sec" aria-labelledby="history">
            <div class="sec-h"><h2 id="history">{t!(reports.history)}</h2></div>
            <ol class="hist" role="list">{steps}</ol>
        </section>
    }
    .into_any()
}
