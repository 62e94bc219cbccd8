//! The year's figures as they change. Year and scope stand in the address.

use domain::wire::{Region, Tally};
use leptos::prelude::*;

use super::live::{Figures, figures, live_mark};
use super::{breakdowns, compared, figures as head, filter, gate, map, matrix, today};
use crate::api::ApiError;
use crate::components::dateline::Day;
use crate::components::field::Choice;
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, refusal};
use crate::format;
use crate::language::t;
use crate::route::{Route, query};
use crate::router::{Go, Here};
use crate::state::State;

pub fn page() -> AnyView {
    gate::coordinators_only(t!(frame.title_dashboard), desk)
}

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    year: String,
    district: String,
}

impl Asked {
    fn address(&self) -> String {
        Route::Dashboard.with(&[("year", &self.year), ("district", &self.district)])
    }

    fn year_or_this(&self) -> String {
        if self.year.is_empty() { Day::today().year.to_string() } else { self.year.clone() }
    }

    /// The question to the server. A district's office sees its own district, whether the address says so or not.
    fn question(&self, own_district: Option<&str>) -> String {
        let year = self.year_or_this();
        let district = if self.district.is_empty() { own_district.unwrap_or_default() } else { &self.district };
        query(&[("year", &year), ("district", district)])
    }
}

/// The district a district's office is bound to; none for the city's.
pub fn own_district(state: State) -> Option<Region> {
    state.session.with(|session| session.as_ref().and_then(|session| session.district.clone()))
}

fn desk() -> AnyView {
    let state = State::get();
    let here = Here::get();
    let asked = Memo::new(move |_| Asked { year: here.param("year"), district: here.param("district") });
    let key = Memo::new(move |_| asked.get().question(own_district(state).as_ref().map(|own| own.id.as_str())));
    let it = figures(key);
    // The month that is turned to in the curve, which every event draws anew.
    let turned = RwSignal::new(None);
    // The year asked for is named before its figures have come; until then nothing else can be said.
    let title = Memo::new(move |_| {
        let shown = it.load.value.with(|tally| tally.as_ref().map(|tally| tally.year.to_string()));
        shown.unwrap_or_else(|| asked.with(Asked::year_or_this))
    });
    let heading = move || t!(figures.heading, year = title.get());
    let busy = move || it.load.busy.get().to_string();
    view! {
        <div class="d-head">
            <div><h1>{heading}</h1>{move || it.load.value.with(|tally| tally.as_ref().map(subtitle))}{live_mark(it)}</div>
            {tools(it, asked)}
        </div>
        <p class="sr" id="spoken" aria-live="polite">{move || it.spoken.get()}</p>
        <div aria-busy=busy>{move || shown(it, key, turned)}</div>
    }
    .into_any()
}

/// What the figures are and are not: of whom, as of when, counted how.
fn subtitle(tally: &Tally) -> AnyView {
    let scope = tally.district.as_ref().map_or(t!(figures.city), |district| district.name.as_str());
    let as_of = format::date_time(tally.as_of_ms);
    let text = t!(figures.subtitle, scope = scope, as_of = as_of, rule = tally.counting_rule);
    view! { <p class="muted" id="as-of">{text}</p> }.into_any()
}

/// Redrawn at every event: Leptos compares with what is there and touches only what has changed, so scroll and focus
/// stay where they are.
fn shown(it: Figures, key: Memo<String>, turned: RwSignal<Option<usize>>) -> AnyView {
    let answered = it.load.answered.with(|answered| key.with(|key| answered == key));
    match it.load.error.get() {
        // While figures of this question are shown, the live mark says what there is to say.
        Some(error) if !answered => failure(it, &error),
        _ => it.load.value.with(|tally| tally.as_ref().map_or_else(|| loading_lines(8), |tally| body(tally, turned))),
    }
}

fn failure(it: Figures, error: &ApiError) -> AnyView {
    match error {
        ApiError::Refused(_) => {
            let back = Route::Dashboard.path();
            view! { {refusal(error.sentence())}<p class="d-back"><a class="btn" href=back>{t!(figures.see_own_figures)}</a></p> }
                .into_any()
        }
        _ => load_failure(error.sentence(), it.load.on_retry()),
    }
}

fn body(tally: &Tally, turned: RwSignal<Option<usize>>) -> AnyView {
    view! {
        {head::figures(tally)}
        {onward(tally)}
        <div class="d-2">{head::curve(tally, turned)}{breakdowns::channels(tally)}</div>
        {today::today(tally)}
        {breakdowns::districts(tally)}
        {map::map(tally)}
        {matrix::matrix(tally)}
        {head::hills(tally)}
        {breakdowns::counties(tally)}
        <div class="d-3">{breakdowns::pairs(tally)}{breakdowns::brands(tally)}</div>
        {breakdowns::categories(tally)}
        {compared::compared(tally)}
    }
    .into_any()
}

/// Where to go from here: what would help those behind, and the same figures for a wall.
fn onward(tally: &Tally) -> AnyView {
    let district = tally.district.as_ref().map_or("", |district| district.id.as_str());
    let behind = Route::Behind.with(&[("district", district)]);
    let wall = Route::Wall.with(&[("district", district)]);
    view! { <p class="onward"><a href=behind>{t!(overview.what_would_help)}</a><a href=wall>{t!(overview.to_wall)}</a></p> }
        .into_any()
}

/// Year and scope. They depend on who may choose what and not on the figures, so an event never closes an open list.
fn tools(it: Figures, asked: Memo<Asked>) -> AnyView {
    let districts = Memo::new(move |_| {
        it.load.value.with(|tally| tally.as_ref().map(|tally| tally.districts.clone()).unwrap_or_default())
    });
    let here = Here::get();
    let turn_to = move |asked: Asked| here.go(&asked.address(), Go::On);
    let years = move || {
        let chosen = asked.with(Asked::year_or_this);
        let choices = filter::years(Day::today().year, &chosen);
        let on_change = Callback::new(move |year| turn_to(Asked { year, ..asked.get_untracked() }));
        choice_list("year", t!(figures.year), choices, chosen, on_change)
    };
    let scopes = move || {
        // A district's office has one district and nothing to choose.
        let districts = districts.get();
        (districts.len() > 1).then(|| {
            let whole = std::iter::once(Choice::new("", t!(figures.city)));
            let choices = whole.chain(districts.into_iter().map(|one| Choice::new(one.id, one.name))).collect();
            let on_change = Callback::new(move |district| turn_to(Asked { district, ..asked.get_untracked() }));
            choice_list("scope", t!(figures.scope), choices, asked.with(|asked| asked.district.clone()), on_change)
        })
    };
    view! { <div class="d-tools">{years}{scopes}</div> }.into_any()
}

/// A list to choose one of, with its label for those who cannot see what it is beside.
#[inline(never)]
pub fn choice_list(
    id: &'static str,
    label: &'static str,
    choices: Vec<Choice>,
    chosen: String,
    on_change: Callback<String>,
) -> AnyView {
    let options: Vec<AnyView> = choices
        .into_iter()
        .map(|choice| {
            let selected = choice.value == chosen;
            view! { <option value=choice.value prop:selected=selected>{choice.text}</option> }.into_any()
        })
        .collect();
    view! {
        <label class="pick" for=id>
            <span>{label}</span>
            <select id=id on:change=move |event| on_change.run(event_target_value(&event))>{options}</select>
        </label>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_question_and_a_district_office_asks_for_its_own() {
        let asked = |year: &str, district: &str| Asked { year: year.to_owned(), district: district.to_owned() };
        assert_eq!(asked("2026", "").question(None), "?year=2026");
        assert_eq!(asked("2026", "haishu").question(None), "?year=2026&district=haishu");
        assert_eq!(asked("2026", "").question(Some("zhenhai")), "?year=2026&district=zhenhai");
        assert_eq!(asked("2025", "haishu").address(), "/dashboard?year=2025&district=haishu");
    }
}
