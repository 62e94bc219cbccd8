//! 疑似重复: this report and what it may repeat, side by side with what matches marked; a person says whether it is one sale.

use domain::duplicate::Verdict;
use domain::order::parse_reason;
use domain::report::OtherKind;
use domain::wire::{DuplicatePair, PairLine, PairReason, PairSide, PairVerdict};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::one::Desk;
use crate::api;
use crate::components::field::{Control, Field, field};
use crate::components::problem::refusal;
use crate::components::toast::Toast;
use crate::format;
use crate::language::{as_written, language, t, told};
use crate::route::Route;

pub fn section(desk: Desk, pairs: &[DuplicatePair], may_decide: bool) -> Option<AnyView> {
    if pairs.is_empty() {
        return None;
    }
    let (now, before): (Vec<&DuplicatePair>, Vec<&DuplicatePair>) = pairs.iter().partition(|pair| pair.current);
    let now: Vec<AnyView> = now.into_iter().map(|pair| one(desk, pair, may_decide)).collect();
    let before: Vec<AnyView> = before.into_iter().map(|pair| one(desk, pair, false)).collect();
    let before = (!before.is_empty()).then(|| {
        view! { <details class="rp-before"><summary>{t!(reports.pairs_before)}</summary>{before}</details> }.into_any()
    });
    Some(
        view! {
            <section class="sec" aria-labelledby="pairs">
                <div class="sec-h"><h2 id="pairs" tabindex="-1">{t!(reports.pairs)}</h2></div>
                <p class="muted">{t!(reports.pairs_words)}</p>
                {now}{before}
            </section>
        }
        .into_any(),
    )
}

fn one(desk: Desk, pair: &DuplicatePair, may_decide: bool) -> AnyView {
    let reasons: Vec<AnyView> = pair.reasons.iter().map(reason).collect();
    let marks = |of: fn(&PairReason) -> &Vec<i64>| pair.reasons.iter().flat_map(of).copied().collect::<Vec<i64>>();
    let (own, other) = (marks(|it| &it.lines), marks(|it| &it.other_lines));
    let values: Vec<String> = pair.reasons.iter().map(|it| it.value.clone()).collect();
    let said = pair.verdict.map(|verdict| {
        let at = pair.decided_at_ms.map(format::date_time).unwrap_or_default();
        let role = pair.role.map(|role| role.word(language())).unwrap_or_default();
        let class = if verdict == Verdict::Same { "note wrong" } else { "note ok" };
        view! {
            <div class=class>
                <p><b>{verdict.word(language())}</b>" "<span lang=as_written()>{pair.reason.clone().unwrap_or_default()}</span></p>
                <p class="small muted">{role}" "{at}</p>
            </div>
        }
        .into_any()
    });
    let decides = (may_decide && pair.verdict.is_none()).then(|| deciding(desk, pair));
    view! {
        <article class="rp-pair" data-pair=pair.id.to_string() data-verdict=pair.verdict.map(|it| it.code())>
            <h3>{t!(reports.likeness, score = pair.score)}</h3>
            <ul class="rp-why">{reasons}</ul>
            <div class="rp-sides">{side(&pair.own, &own, &values, t!(reports.this_one))}{side(&pair.other, &other, &values, t!(reports.the_other))}</div>
            {said}{decides}
        </article>
    }
    .into_any()
}

fn reason(it: &PairReason) -> AnyView {
    let lines = |lines: &[i64]| lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(t!(parts.comma));
    let places = (!it.lines.is_empty() && !it.other_lines.is_empty())
        .then(|| t!(reports.of_lines, own = lines(&it.lines), other = lines(&it.other_lines)));
    view! { <li><b>{it.kind.word(language())}</b>" "<mark class="num">{it.value.clone()}</mark>" "<small class="muted">{places}</small></li> }
        .into_any()
}

fn side(it: &PairSide, marked: &[i64], values: &[String], whose: &'static str) -> AnyView {
    let rows: Vec<AnyView> = it.lines.iter().map(|line| pair_line(line, marked, values)).collect();
    let more = it.line_count - it.lines.len() as i64;
    let more = (more > 0).then(|| view! { <p class="faint">{t!(reports.more_lines, count = more)}</p> }.into_any());
    let href = match it.kind {
        OtherKind::Report => Route::Reports(it.id.clone()).path(),
        OtherKind::Order => Route::Order(it.id.clone()).path(),
    };
    view! {
        <section>
            <h4>{whose}" "<small>{it.kind.word(language())}" "{it.state.clone()}</small></h4>
            <p><a class="num" href=href>{it.number.clone()}</a>" "<b class="num">{format::yuan(it.amount_fen)}</b></p>
            <p lang=as_written()>{it.seller.clone()}</p>
            <ul role="list">{rows}</ul>
            {more}
        </section>
    }
    .into_any()
}

fn pair_line(line: &PairLine, marked: &[i64], values: &[String]) -> AnyView {
    let marks = |text: String| {
        if values.contains(&text) {
            view! { <mark>{text}</mark> }.into_any()
        } else {
            view! { <span>{text}</span> }.into_any()
        }
    };
    let amount = line.amount_fen.yuan();
    let invoices: Vec<AnyView> =
        line.invoices.iter().map(|number| view! { {marks(number.clone())}" " }.into_any()).collect();
    let matches = marked.contains(&line.line);
    let buyer = if line.buyer.is_empty() { t!(reports.buyer_unknown).to_owned() } else { line.buyer.clone() };
    let spoken = matches.then(|| view! { <span class="sr">{t!(reports.matches)}</span> }.into_any());
    view! {
        <li class:hit=matches>
            {spoken}
            <p><span class="num faint">{line.line}</span>" "<b lang=as_written()>{line.product.clone()}</b>" "<span class="num">{format::count(line.quantity)}</span></p>
            <p><span class="num">{marks(amount)}</span>" "{t!(orders.yuan)}" · "{format::civil_day(&line.sold_on)}</p>
            <p class="muted"><span lang=as_written()>{buyer}</span>" "<span class="num">{invoices}</span></p>
        </li>
    }
    .into_any()
}

fn deciding(desk: Desk, pair: &DuplicatePair) -> AnyView {
    let (reason, sent) = (RwSignal::new(String::new()), RwSignal::new(0_u32));
    let (busy, refused) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let wrong = Memo::new(move |_| reason.with(|text| parse_reason(text).err().map(|it| told(it.sentence))));
    let id = pair.id;
    let say = move |verdict: Verdict| {
        sent.update(|sent| *sent += 1);
        if busy.get_untracked() || wrong.with_untracked(Option::is_some) {
            return;
        }
        busy.set(true);
        refused.set(None);
        let body = PairVerdict { verdict, reason: reason.get_untracked() };
        spawn_local(async move {
            let answer = api::decide_pair(desk.id, id, body).await;
            // The reader may have left the page meanwhile.
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(report) => {
                    desk.state.say(Toast::new(verdict.word(language())));
                    desk.report.put(report);
                }
                Err(error) => {
                    desk.state.note(&error);
                    refused.set(Some(error.sentence()));
                }
            }
        });
    };
    let asked = Field::new(format!("why-{id}"), t!(reports.why), reason).check(wrong, sent.into());
    view! {
        <div class="rp-decide">
            {move || refused.get().map(refusal)}
            {field(asked.hint(t!(reports.why_hint)), Control::Text)}
            <p class="tb">
                <button class="btn wrong" type="button" data-say="same" on:click=move |_| say(Verdict::Same)>{Verdict::Same.word(language())}</button>
                <button class="btn" type="button" data-say="different" on:click=move |_| say(Verdict::Different)>{Verdict::Different.word(language())}</button>
            </p>
        </div>
    }
    .into_any()
}
