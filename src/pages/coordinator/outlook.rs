//! What the year is expected to come to, in a sentence, with how that was reckoned and how wrong it was before.

use domain::wire::{Forecast, Tally};
use leptos::prelude::*;

use super::standing;
use crate::format;
use crate::language::{language, t};

#[inline(never)]
pub fn sentence(tally: &Tally) -> AnyView {
    let (finding, method) = match (&tally.forecast, tally.no_forecast) {
        (Some(forecast), _) => (finding(tally, forecast), method(forecast)),
        // A year that is not running has nothing ahead of it to speak of.
        (None, Some(domain::forecast::NoForecast::NotRunning)) | (None, None) => return ().into_any(),
        (None, Some(why)) => (t!(overview.no_forecast, why = why.word(language())), String::new()),
    };
    view! { <p class="outlook" id="forecast">{finding}" "<span class="muted">{method}</span></p> }.into_any()
}

/// `预计全年 1.75 亿元，在 1.70 至 1.79 亿元之间；目标差 0.25 亿元。`
pub fn finding(tally: &Tally, forecast: &Forecast) -> String {
    let range = t!(
        overview.forecast,
        expected = format::wan_rounded(forecast.expected_fen),
        low = format::wan_rounded(forecast.low_fen),
        high = format::wan_rounded(forecast.high_fen)
    );
    let Some(target) = tally.target_fen else { return t!(overview.forecast_alone, range = range) };
    if forecast.low_fen >= target {
        t!(overview.forecast_reaches, range = range)
    } else if forecast.high_fen < target {
        t!(overview.forecast_misses, range = range)
    } else {
        t!(overview.forecast_open, range = range)
    }
}

fn method(forecast: &Forecast) -> String {
    let years: Vec<String> = forecast.years.iter().map(i64::to_string).collect();
    t!(
        overview.method,
        years = years.join(t!(parts.comma)),
        tried = forecast.tried,
        low = standing::rate(forecast.lowest_bp),
        high = standing::rate(forecast.highest_bp)
    )
}
