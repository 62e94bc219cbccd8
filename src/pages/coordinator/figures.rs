//! The head of the dashboard: the year's figures, the bar under them, and the pictures of its months. Every figure that
//! is a sum of entries opens them.

use domain::Money;
use domain::opens::{Filters, Opens};
use domain::order_life::State;
use domain::wire::Tally;
use leptos::prelude::*;

use super::outlook;
use super::standing::{self, Stage};
use crate::components::bar::progress_bar;
use crate::components::chart::{Ahead, YearCurve, year_curve};
use crate::components::hills::{YearBand, twelve_months, year_band, year_table};
use crate::format;
use crate::language::t;
use crate::route::Route;

/// The address of the ledger that shows the entries of a figure.
pub fn ledger(filters: &Filters) -> String {
    let pairs: Vec<(&str, &str)> = filters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Route::Ledger.with(&pairs)
}

/// Of each month of a tally, January first.
pub fn months(opens: &Opens) -> Vec<String> {
    (1..=12).map(|month| ledger(&opens.month(month))).collect()
}

/// The orders that are on the way: the list behind 在途, of the whole city or of one district.
pub fn pipeline_address(district: Option<&str>) -> String {
    let states: Vec<&str> = State::ALL.iter().filter(|state| state.in_pipeline()).map(|state| state.code()).collect();
    Route::Orders.with(&[("state", &states.join(",")), ("district", district.unwrap_or_default())])
}

/// One figure: what it is, its number and unit, what stands beside it.
struct Figure {
    id: &'static str,
    /// The exact amount, where it is one.
    fen: Option<Money>,
    class: &'static str,
    name: &'static str,
    number: String,
    unit: &'static str,
    beside: String,
    /// None where nothing stands behind the figure that could be listed.
    link: Option<String>,
}

#[inline(never)]
pub fn figures(tally: &Tally) -> AnyView {
    let opens = Opens::of(tally);
    let bar = tally.completion_bp.map(|done| {
        let name = standing::bar_name(done, tally.time_bp);
        view! { <div class="big-bar">{progress_bar(done, tally.time_bp, name)}</div> }.into_any()
    });
    view! {
        <section class="figs" aria-label=t!(figures.main_figures)>
            {recognised(tally, &opens)}
            {tally.completion_bp.map(|done| figure(completion(tally, done, &opens)))}
            {figure(time_passed(tally))}
            {tally.gap_fen.map(|gap| figure(gap_figure(tally, gap, &opens)))}
            {(standing::stage(tally) == Stage::Running).then(|| figure(on_the_way(tally)))}
            {bar}
        </section>
    }
    .into_any()
}

fn figure(figure: Figure) -> AnyView {
    let class = format!("fig {}", figure.class);
    let fen = figure.fen.map(|amount| amount.fen().to_string());
    let inside = view! {
        <span class="k">{figure.name}</span>
        <span class="v">{figure.number}<span class="u">{figure.unit}</span></span>
        <span class="d">{figure.beside}</span>
    }
    .into_any();
    match figure.link {
        Some(link) => view! { <a class=class id=figure.id data-fen=fen href=link>{inside}</a> }.into_any(),
        None => view! { <div class=class id=figure.id>{inside}</div> }.into_any(),
    }
}

/// The figure of the page. Its exact fen stand in the markup for whoever wants to compare it with the ledger.
fn recognised(tally: &Tally, opens: &Opens) -> AnyView {
    let year_on_year = standing::year_on_year(tally);
    let beside = match tally.target_fen {
        Some(target) => t!(figures.with_target, words = year_on_year, target = format::wan_bare(target, 0)),
        None => year_on_year,
    };
    view! {
        <a class="fig lead" id="recognised" data-fen=tally.recognised_fen.fen().to_string() href=ledger(&opens.all())>
            <span class="k">{t!(figures.recognised_sales)}</span>
            <span class="v">{format::wan_bare(tally.recognised_fen, 1)}<span class="u">{t!(parts.wan_unit)}</span></span>
            <span class="d">{beside}</span>
        </a>
    }
    .into_any()
}

fn completion(tally: &Tally, done_bp: i64, opens: &Opens) -> Figure {
    let target = tally.target_fen.unwrap_or_default();
    let target = if target < SHOWN_IN_YI { format::wan_rounded(target) } else { format::yi(target) };
    let beside = t!(figures.year_target, target = target);
    Figure {
        id: "completion",
        fen: None,
        class: "rate",
        name: t!(figures.rate),
        number: standing::rate(done_bp),
        unit: "%",
        beside,
        link: Some(ledger(&opens.all())),
    }
}

const SHOWN_IN_YI: Money = Money::from_yuan(100_000_000);

/// The calendar has no entries behind it, so this figure alone does not open.
fn time_passed(tally: &Tally) -> Figure {
    let beside = match standing::stage(tally) {
        Stage::Running => {
            t!(figures.day_of_year, day = tally.day_of_year, left = tally.days_in_year - tally.day_of_year)
        }
        Stage::Over => t!(figures.year_over).to_owned(),
        Stage::NotBegun => t!(figures.not_begun).to_owned(),
    };
    Figure {
        id: "time",
        fen: None,
        class: "time",
        name: t!(figures.time_passed),
        number: standing::rate(tally.time_bp),
        unit: "%",
        beside,
        link: None,
    }
}

fn gap_figure(tally: &Tally, gap: Money, opens: &Opens) -> Figure {
    let exceeded = gap <= Money::ZERO;
    let (class, name) = if exceeded { ("beyond", t!(figures.beyond)) } else { ("gap", t!(figures.gap)) };
    let number = format::wan_bare(if exceeded { gap.negated() } else { gap }, 1);
    let beside = tally.behind_fen.map(standing::against_time).unwrap_or_default();
    Figure {
        id: "gap",
        fen: Some(gap),
        class,
        name,
        number,
        unit: t!(parts.wan_unit),
        beside,
        link: Some(ledger(&opens.all())),
    }
}

fn on_the_way(tally: &Tally) -> Figure {
    Figure {
        id: "pipeline",
        fen: Some(tally.pipeline_fen),
        class: "pipe",
        name: t!(figures.on_the_way_not_counted),
        number: format::wan_bare(tally.pipeline_fen, 1),
        unit: t!(parts.wan_unit),
        beside: t!(figures.orders_on_the_way, count = tally.pipeline_orders),
        link: Some(pipeline_address(tally.district.as_ref().map(|district| district.id.as_str()))),
    }
}

fn ahead(tally: &Tally) -> Option<Ahead> {
    let forecast = tally.forecast.as_ref()?;
    let months = forecast.months_fen.iter().map(|fen| Money::from_fen(*fen)).collect();
    Some(Ahead { months, low: forecast.low_fen, high: forecast.high_fen })
}

#[inline(never)]
pub fn curve(tally: &Tally, turned: RwSignal<Option<usize>>) -> AnyView {
    let curve = YearCurve {
        title: standing::finding(tally),
        year: i64::from(tally.year),
        this_year: twelve_months(&tally.months_fen),
        last_year: twelve_months(&tally.last_year_months_fen),
        last_year_so_far: standing::last_year_same(tally),
        target: tally.target_fen.unwrap_or_default(),
        this_month: standing::month_reached(tally),
        year_passed: tally.time_bp,
        behind: tally.behind_fen.unwrap_or_default(),
        month_links: months(&Opens::of(tally)),
        ahead: ahead(tally),
    };
    view! { <div>{year_curve(&curve, turned)}{outlook::sentence(tally)}</div> }.into_any()
}

/// The year as hills, with the highest month for a title.
#[inline(never)]
pub fn hills(tally: &Tally) -> AnyView {
    let opens = Opens::of(tally);
    let band = YearBand {
        year: i64::from(tally.year),
        this_year: twelve_months(&tally.months_fen),
        last_year: twelve_months(&tally.last_year_months_fen),
        this_month: standing::month_reached(tally),
        link: Some(ledger(&opens.all())),
    };
    let begun = usize::from(band.this_month);
    let finding = standing::months_finding(&band.this_year[..begun], &band.last_year);
    view! {
        <section class="sec" aria-labelledby="mh">
            <div class="sec-h"><h2 id="mh">{t!(figures.months)}</h2><p>{finding}</p></div>
            {year_band(&band)}
            {year_table(&band, &months(&opens))}
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_open_the_entries_behind_them() {
        let opens = Opens::new(2026, "zhenhai");
        assert_eq!(ledger(&opens.all()), "/ledger?year=2026&district=zhenhai");
        assert_eq!(ledger(&opens.by("county", "qingyuan")), "/ledger?year=2026&district=zhenhai&county=qingyuan");
        assert_eq!(months(&opens)[10], "/ledger?year=2026&district=zhenhai&month=11");
    }
}
