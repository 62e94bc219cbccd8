//! How much was sold in a year, against its target: the figure, the bar, and the months as hills.

use domain::wire::YearSold;
use leptos::prelude::*;

use crate::components::amount::{amount, figure};
use crate::components::bar::{percent, progress_bar};
use crate::components::hills::{YearBand, twelve_months, year_band, year_table};
use crate::format;
use crate::language::t;

/// `84.2%`
pub fn rate(basis_points: i64) -> String {
    format!("{}%", percent(basis_points))
}

/// The bar of done and time, where there is a target.
#[inline(never)]
pub fn target_bar(sold: &YearSold) -> Option<AnyView> {
    let done = sold.completion_bp?;
    let name = t!(home.bar, done = rate(done), time = rate(sold.time_bp));
    Some(progress_bar(done, sold.time_bp, name))
}

/// One sentence of target, rate and time, or that there is no target.
pub fn against_target(sold: &YearSold) -> String {
    match (sold.target_fen, sold.completion_bp) {
        (Some(target), Some(done)) => {
            t!(home.against, target = amount(target), done = rate(done), time = rate(sold.time_bp))
        }
        _ => t!(home.no_target, year = sold.year),
    }
}

/// The months of both years as hills, with their figures under them.
#[inline(never)]
pub fn year_hills(sold: &YearSold) -> AnyView {
    let band = YearBand {
        year: i64::from(sold.year),
        this_year: twelve_months(&sold.months_fen),
        last_year: twelve_months(&sold.last_year_months_fen),
        // Counted by the server's calendar: the month of the moment the figures are of.
        this_month: format::month_at(sold.as_of_ms),
        link: None,
    };
    view! { {year_band(&band)} {year_table(&band, &[])} }.into_any()
}

/// What was sold for a county or under a brand.
#[inline(never)]
pub fn year_sold(sold: &YearSold, heading: String) -> AnyView {
    let (number, unit) = figure(sold.recognised_fen);
    let as_of =
        t!(home.as_of, time = format::time(sold.as_of_ms), live = t!(home.not_live), rule = sold.counting_rule.clone());
    view! {
        <section class="total" aria-labelledby="sold">
            <h2 id="sold">{heading}</h2>
            <p class="fig"><span class="v">{number}<span class="u">{unit}</span></span></p>
            {target_bar(sold)}
            <p>{against_target(sold)}</p>
            <p class="as-of small">{as_of}</p>
        </section>
    }
    .into_any()
}
