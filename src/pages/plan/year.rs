//! The year: members × occasion × standard, against the caps and the share the rules set; what was ordered, accepted and bought
//! elsewhere, and what is left.

use domain::Money;
use domain::fields;
use domain::id::AccountId;
use domain::occasion::Occasion;
use domain::order::parse_head_count;
use domain::permission::{Act, Whose, may};
use domain::plan::{Outlook, Warning, outlook};
use domain::wire::{NewPlan, NewPlanLine, Plan, PlanLine, PlanRule, Session};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;

use super::{errors, is_over, purchases};
use crate::api;
use crate::components::bar::budget_bar;
use crate::components::dateline::Day;
use crate::components::error_summary::error_summary;
use crate::components::field::{Control, Field, field};
use crate::components::icon::{Icon, icon};
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, refusal};
use crate::components::toast::Toast;
use crate::format;
use crate::language::{language, t, told};
use crate::load::{Load, load};
use crate::route::{Route, param};
use crate::router::Here;
use crate::state::{State, forget, keep, kept};

/// What is being written, so that a closed window costs nothing.
const KEY: &str = "shanhai.plan-draft.1";

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Draft {
    account_id: AccountId,
    year: i64,
    revision: i64,
    /// Head-count and standard of each occasion, as typed, in the order of the plan's lines.
    typed: Vec<(String, String)>,
    reason: String,
}
fields!(Draft: account_id, year, revision, typed, reason);

pub fn page(state: State, who: &Session) -> AnyView {
    let here = Here::get();
    let this_year = Day::today().year;
    let year = move || {
        let asked = here.search.with(|search| param(search, "year")).and_then(|year| year.parse().ok());
        asked.unwrap_or(this_year)
    };
    let plan: Load<Plan> = load(move || year().to_string(), api::plan);
    // What is written stays when something was bought elsewhere: only another revision draws the form anew.
    let shown = Memo::new(move |_| plan.value.with(|plan| plan.as_ref().map(|plan| (plan.year, plan.revision))));
    let who = StoredValue::new(who.clone());
    let inside = move || match (shown.get(), plan.error.get()) {
        (Some(_), _) => who.with_value(|who| whole(state, plan, who)),
        (None, Some(error)) => load_failure(error.sentence(), plan.on_retry()),
        (None, None) => loading_lines(10),
    };
    let link = |year: i64, words: String| {
        let href = Route::Plan(String::new()).with(&[("year", &year.to_string())]);
        view! { <a href=href>{words}</a> }.into_any()
    };
    view! {
        <div class="o-head">
            <h1>{move || t!(plan.of_year, year = year())}</h1>
            <p class="muted">
                {who.with_value(|who| who.organisation.name.clone())}" · "
                {move || link(year() - 1, t!(plan.see_year, year = year() - 1))}" · "
                {move || link(year() + 1, t!(plan.see_year, year = year() + 1))}
            </p>
        </div>
        {inside}
    }
    .into_any()
}

/// One occasion in the form.
#[derive(Clone, Copy)]
struct Row {
    occasion: Occasion,
    heads: RwSignal<String>,
    per_head: RwSignal<String>,
    no_heads: Memo<Option<String>>,
    no_standard: Memo<Option<String>>,
}

impl Row {
    fn new(line: &PlanLine, typed: Option<&(String, String)>) -> Row {
        let kept = || {
            let heads = line.head_count.map(|heads| heads.to_string()).unwrap_or_default();
            (heads, line.per_head_fen.map(Money::yuan_short).unwrap_or_default())
        };
        let (heads, per_head) = typed.cloned().unwrap_or_else(kept);
        let (heads, per_head) = (RwSignal::new(heads), RwSignal::new(per_head));
        let planned = move || !(heads.with(|it| it.trim().is_empty()) && per_head.with(|it| it.trim().is_empty()));
        Row {
            occasion: line.occasion,
            heads,
            per_head,
            no_heads: Memo::new(move |_| {
                if planned() { heads.with(|text| parse_head_count(text).err().map(told)) } else { None }
            }),
            no_standard: Memo::new(move |_| if planned() { per_head.with(|text| standard(text).err()) } else { None }),
        }
    }

    /// Head-count and standard; none while they do not read, or nothing is planned.
    fn planned(self) -> Option<(i64, Money)> {
        Some((self.heads.with(|text| parse_head_count(text).ok())?, self.per_head.with(|text| standard(text).ok())?))
    }
}

fn standard(text: &str) -> Result<Money, String> {
    let amount = Money::parse(text).map_err(|error| told(error.say()))?;
    domain::order::Budget::new(1, amount).map(|_| amount).map_err(|refusal| told(refusal.sentence))
}

#[derive(Clone, Copy)]
struct Form {
    state: State,
    plan: Load<Plan>,
    rows: StoredValue<Vec<Row>>,
    reason: RwSignal<String>,
    /// The plan as it would be with what is typed.
    outlook: Memo<Option<Outlook>>,
    sent: RwSignal<u32>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
}

fn whole(state: State, plan: Load<Plan>, who: &Session) -> AnyView {
    let Some(read) = plan.value.get_untracked() else { return ().into_any() };
    let draft = kept::<Draft>(KEY).filter(|draft| {
        draft.account_id == who.account_id && (draft.year, draft.revision) == (read.year, read.revision)
    });
    let typed = draft.as_ref().filter(|draft| draft.typed.len() == read.lines.len());
    let row = |(place, line): (usize, &PlanLine)| Row::new(line, typed.and_then(|draft| draft.typed.get(place)));
    let rows = StoredValue::new(read.lines.iter().enumerate().map(row).collect::<Vec<_>>());
    let reason = RwSignal::new(draft.map_or_else(|| read.reason.clone().unwrap_or_default(), |draft| draft.reason));
    let outlook = Memo::new(move |_| {
        let mut now = plan.value.get()?;
        for (line, row) in now.lines.iter_mut().zip(rows.get_value()) {
            let planned = row.planned();
            line.head_count = planned.map(|(heads, _)| heads);
            line.per_head_fen = planned.map(|(_, each)| each);
        }
        Some(outlook(&now))
    });
    let (sent, busy) = (RwSignal::new(0), RwSignal::new(false));
    let form = Form { state, plan, rows, reason, outlook, sent, busy, refused: RwSignal::new(None) };
    let changes = may(Some(who.role), Act::ChangePlan, Whose::Own);
    let (account_id, year, revision) = (who.account_id, read.year, read.revision);
    Effect::new(move |before: Option<Draft>| {
        let typed = rows.with_value(|rows| rows.iter().map(|row| (row.heads.get(), row.per_head.get())).collect());
        let draft = Draft { account_id, year, revision, typed, reason: reason.get() };
        if before.is_some_and(|before| before != draft) {
            keep(KEY, &draft);
        }
        draft
    });
    view! {
        <div class="o-body">
            <div class="o-main">
                {changes.then(|| summary_of_errors(form))}
                {table(form, &read, changes)}
                {changes.then(|| saving(form))}
                {(!changes).then(|| read.reason.clone().map(|reason| view! { <p>{t!(plan.because, reason = reason)}</p> }.into_any()))}
                {purchases::purchases(state, plan, changes)}
            </div>
            {side(form, &read)}
        </div>
    }
    .into_any()
}

fn summary_of_errors(form: Form) -> AnyView {
    let mut wrong = Vec::new();
    for row in form.rows.get_value() {
        wrong.push((format!("heads-{}", row.occasion.code()), row.no_heads));
        wrong.push((format!("each-{}", row.occasion.code()), row.no_standard));
    }
    wrong.push(("plan-reason".to_owned(), no_reason(form)));
    error_summary(errors(wrong), form.sent.into())
}

fn no_reason(form: Form) -> Memo<Option<String>> {
    Memo::new(move |_| {
        let asks = form.outlook.with(needs_reason) && form.reason.with(|reason| reason.trim().is_empty());
        asks.then(|| t!(plan.say_why).to_owned())
    })
}

fn needs_reason(outlook: &Option<Outlook>) -> bool {
    outlook.as_ref().is_some_and(|outlook| outlook.warnings.iter().any(|warning| warning.needs_reason()))
}

// ---- the table ----------------------------------------------------------------------------------------------------

fn table(form: Form, read: &Plan, changes: bool) -> AnyView {
    let rows: Vec<AnyView> = form
        .rows
        .get_value()
        .into_iter()
        .enumerate()
        .map(|(place, row)| line(form, place, row, read.lines[place].standard.as_ref(), changes))
        .collect();
    let sum =
        move |of: fn(&Outlook) -> Money| move || form.outlook.with(|it| it.as_ref().map(|it| format::yuan(of(it))));
    view! {
        <section aria-labelledby="occasions">
            <h2 id="occasions">{t!(plan.occasions)}</h2>
            <div class="scroll" tabindex="0" role="region" aria-labelledby="occasions">
                <table class="pl-t">
                    <thead>
                        <tr>
                            <th scope="col">{t!(plan.occasion)}</th>
                            <th scope="col">{t!(plan.heads)}</th>
                            <th scope="col">{t!(plan.each)}</th>
                            <th scope="col" class="n">{t!(plan.planned)}</th>
                            <th scope="col" class="n">{t!(plan.ordered)}</th>
                            <th scope="col" class="n">{t!(plan.accepted)}</th>
                            <th scope="col" class="n">{t!(plan.outside)}</th>
                            <th scope="col" class="n">{t!(plan.left)}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                    <tfoot>
                        <tr>
                            <th scope="row" colspan="3">{t!(plan.in_all)}</th>
                            <td class="n">{sum(|it| it.planned)}</td>
                            <td class="n">{sum(|it| it.ordered)}</td>
                            <td class="n">{sum(|it| it.accepted)}</td>
                            <td class="n">{sum(|it| it.outside)}</td>
                            <td class="n"></td>
                        </tr>
                    </tfoot>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn line(form: Form, place: usize, row: Row, standard: Option<&PlanRule>, changes: bool) -> AnyView {
    let code = row.occasion.code();
    let word = row.occasion.word(language());
    let of_plan = move |of: fn(&PlanLine) -> Money| {
        move || form.plan.value.with(|plan| plan.as_ref().map(|plan| amount(of(&plan.lines[place]))))
    };
    let sums = move || form.outlook.with(|it| it.as_ref().map(|it| it.occasions[place]));
    let left = move || sums().map(|sums| amount(sums.left));
    let over = move || sums().is_some_and(|sums| sums.left.is_negative());
    let at_most = standard.map(|rule| t!(plan.at_most, amount = format::yuan_short(Money::from_fen(rule.value))));
    let cells = if changes {
        let heads =
            cell(format!("heads-{code}"), format!("{word} · {}", t!(plan.heads)), row.heads, row.no_heads, form.sent);
        let each = cell(
            format!("each-{code}"),
            format!("{word} · {}", t!(plan.each)),
            row.per_head,
            row.no_standard,
            form.sent,
        );
        view! { <td>{heads}</td><td>{each}{at_most.map(|words| view! { <small>{words}</small> }.into_any())}</td> }
            .into_any()
    } else {
        view! { <td class="num">{row.heads.get_untracked()}</td><td class="num">{row.per_head.get_untracked()}</td> }
            .into_any()
    };
    view! {
        <tr>
            <th scope="row"><a class="go" href=Route::Plan(code.to_owned()).path() aria-label=t!(plan.bundles_of, occasion = word)>{word}</a></th>
            {cells}
            <td class="n">{move || sums().map(|sums| amount(sums.planned))}</td>
            <td class="n">{of_plan(|line| line.ordered_fen)}</td>
            <td class="n">{of_plan(|line| line.accepted_fen)}</td>
            <td class="n">{of_plan(|line| line.outside_fen)}</td>
            <td class="n" class:over=over>{left}</td>
        </tr>
    }
    .into_any()
}

/// Nothing is a dash: a table of zeros hides its figures.
fn amount(amount: Money) -> String {
    if amount == Money::ZERO { "–".to_owned() } else { format::yuan(amount) }
}

fn cell(
    id: String,
    label: String,
    value: RwSignal<String>,
    error: Memo<Option<String>>,
    sent: RwSignal<u32>,
) -> AnyView {
    let wrong = move || (sent.get() > 0 && error.with(Option::is_some)).then_some("true");
    view! {
        <input
            class="qty w-8"
            id=id
            type="text"
            inputmode="decimal"
            autocomplete="off"
            aria-label=label
            aria-invalid=wrong
            prop:value=move || value.get()
            on:input=move |event| value.set(event_target_value(&event))
        />
    }
    .into_any()
}

// ---- saving -------------------------------------------------------------------------------------------------------

fn saving(form: Form) -> AnyView {
    let asks = move || form.outlook.with(needs_reason) || form.reason.with(|reason| !reason.trim().is_empty());
    let reason = move || {
        asks().then(|| {
            let it = Field::new("plan-reason", t!(plan.reason), form.reason).hint(t!(plan.reason_hint));
            field(it.check(no_reason(form), form.sent.into()), Control::Long { rows: 2 })
        })
    };
    // Drawn once it is asked for, and not with every letter of it.
    let shown = Memo::new(move |_| asks());
    view! {
        <section class="pl-save">
            {move || if shown.get() { untrack(reason) } else { None }}
            {move || form.refused.get().map(refusal)}
            <p class="tb">
                <button class="btn do" type="button" id="save-plan" aria-busy=move || form.busy.get().then_some("true") on:click=move |_| save(form)>
                    {t!(plan.save)}
                </button>
                <span class="muted">{t!(plan.draft_kept)}</span>
            </p>
        </section>
    }
    .into_any()
}

fn save(form: Form) {
    form.sent.update(|sent| *sent += 1);
    let rows = form.rows.get_value();
    let wrong = rows
        .iter()
        .any(|row| row.no_heads.with_untracked(Option::is_some) || row.no_standard.with_untracked(Option::is_some));
    let Some(read) = form.plan.value.get_untracked() else { return };
    if wrong || form.busy.get_untracked() || no_reason(form).get_untracked().is_some() {
        return;
    }
    let line = |row: &Row| {
        let (head_count, each) = untrack(|| row.planned())?;
        Some(NewPlanLine { occasion: row.occasion, head_count, per_head_fen: each.fen() })
    };
    let body = NewPlan {
        revision: read.revision,
        lines: rows.iter().filter_map(line).collect(),
        reason: Some(form.reason.get_untracked()),
    };
    form.busy.set(true);
    form.refused.set(None);
    spawn_local(async move {
        let answer = api::change_plan(read.year, body).await;
        // The reader may have left the page meanwhile.
        if form.busy.try_set(false).is_some() {
            return;
        }
        match answer {
            Ok(plan) => {
                forget(KEY);
                form.plan.put(plan);
                form.state.say(Toast::new(t!(plan.saved)));
            }
            Err(error) => {
                form.state.note(&error);
                form.refused.set(Some(error.sentence()));
            }
        }
    });
}

// ---- what it comes to ---------------------------------------------------------------------------------------------

fn side(form: Form, read: &Plan) -> AnyView {
    let of = move |of: fn(&Outlook) -> Option<String>| move || form.outlook.with(|it| it.as_ref().and_then(of));
    let limits = read.limits();
    let all = limits.in_all();
    let used = Signal::derive(move || {
        let spent = form.outlook.with(|it| it.as_ref().map_or(0, |it| it.spent.total().fen()));
        all.filter(|all| all.fen() > 0).map_or(0, |all| spent.saturating_mul(10_000) / all.fen())
    });
    let name = Signal::derive(move || t!(plan.used, percent = used.get() / 100));
    let rule = |words: &'static str, rule: &Option<PlanRule>, share: bool| {
        let rule = rule.as_ref()?;
        let value = if share { percent(rule.value) } else { format::yuan(Money::from_fen(rule.value)) };
        let since = t!(plan.since, document = rule.document, day = format::civil_day(&rule.valid_from));
        Some(view! { <div><dt>{words}</dt><dd><b class="num">{value}</b><small>{since}</small></dd></div> }.into_any())
    };
    view! {
        <aside class="o-side" aria-labelledby="year-left">
            <h2 id="year-left">{t!(plan.year_left)}</h2>
            <p class="left" class:over=move || is_over(used.get())>
                <span>{t!(plan.left_each)}</span>
                <b class="num" id="left-per-member">{of(|it| it.left_per_member.map(format::yuan))}</b>
            </p>
            {budget_bar(used, name)}
            <dl class="pl-sums">
                <div><dt>{t!(plan.members)}</dt><dd class="num">{format::count(read.members)}</dd></div>
                <div><dt>{t!(plan.allowed)}</dt><dd class="num">{all.map(format::yuan)}</dd></div>
                <div><dt>{t!(plan.spent)}</dt><dd class="num" id="spent">{of(|it| Some(format::yuan(it.spent.total())))}</dd></div>
                <div><dt>{t!(plan.expected)}</dt><dd class="num">{of(|it| Some(format::yuan(it.expected)))}</dd></div>
                <div><dt>{t!(plan.left_in_all)}</dt><dd class="num">{of(|it| it.left.map(format::yuan))}</dd></div>
                <div><dt>{t!(plan.share)}</dt><dd class="num">{of(|it| it.assistance_share_bp.map(percent))}</dd></div>
            </dl>
            <ul class="checks" role="list" id="warnings">{move || form.outlook.with(|it| it.as_ref().map(|it| warnings(&it.warnings)))}</ul>
            <h2>{t!(plan.rules_in_force)}</h2>
            <dl class="pl-rules">
                {rule(t!(plan.annual_cap), &read.annual_cap, false)}
                {rule(t!(plan.extra_cap), &read.extra_assistance_cap, false)}
                {rule(t!(plan.least_share), &read.min_assistance_share, true)}
            </dl>
        </aside>
    }
    .into_any()
}

/// `3333` → `33.33 %`.
pub fn percent(basis_points: i64) -> String {
    format!("{} %", Money::from_fen(basis_points).yuan_short())
}

fn warnings(of: &[Warning]) -> AnyView {
    if of.is_empty() {
        return view! { <li class="ok">{icon(Icon::Tick)}<span>{t!(plan.all_well)}</span></li> }.into_any();
    }
    let line = |warning: &Warning| {
        view! { <li class="warn">{icon(Icon::Warn)}<span>{told(warning.say())}</span></li> }.into_any()
    };
    of.iter().map(line).collect::<Vec<_>>().into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_written_in_percent() {
        assert_eq!(percent(3_333), "33.33 %");
        assert_eq!(percent(10_000), "100 %");
        assert_eq!(percent(5), "0.05 %");
    }

    #[test]
    fn nothing_is_a_dash() {
        assert_eq!(amount(Money::ZERO), "–");
        assert!(amount(Money::from_fen(-5)).contains("0.05"));
    }

    #[test]
    fn a_standard_is_an_amount_a_person_can_be_given() {
        assert_eq!(standard("300"), Ok(Money::from_yuan(300)));
        for text in ["", "0", "-1", "三百", "100001"] {
            assert!(standard(text).is_err(), "{text}");
        }
    }
}
