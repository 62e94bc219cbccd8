//! When a product is on the market: a row of months with their festivals, and the same as a sentence.

use crate::format::month_in_short;
use crate::language::t;
use domain::product::SeasonMonths;
use leptos::prelude::*;

/// `上市月份：11、12、1、2 月`, starting where the season starts, so that a winter fruit reads in one piece.
pub fn season_text(season: SeasonMonths) -> String {
    if season.is_all_year() {
        return t!(parts.all_year).to_owned();
    }
    let before = |month: u32| if month == 1 { 12 } else { month - 1 };
    let start = (1..=12).find(|month| season.has(*month) && !season.has(before(*month))).unwrap_or(1);
    let in_order = (0..12).map(|step| (start - 1 + step) % 12 + 1);
    let names: Vec<&str> = in_order.filter(|month| season.has(*month)).map(month_in_short).collect();
    t!(parts.season, months = names.join(t!(parts.comma)))
}

fn cell_class(season: SeasonMonths, month: u32, now: u32) -> &'static str {
    match (season.has(month), month == now) {
        (true, true) => "on now",
        (true, false) => "on",
        (false, true) => "now",
        (false, false) => "",
    }
}

/// The row of months for the product's page, with the festivals. Those of the lunar calendar stand in the month they fall in
/// most often.
#[inline(never)]
pub fn season_months(season: SeasonMonths, now: u32) -> AnyView {
    let cells: Vec<AnyView> = (1..=12)
        .zip(t!(parts.festivals).split('|'))
        .map(|(month, festival)| {
            view! { <li class=cell_class(season, month, now)><b>{month_in_short(month)}</b><span>{festival}</span></li> }.into_any()
        })
        .collect();
    view! {
        <p class="sr">{season_text(season)}</p>
        <ol class="months" role="list" aria-hidden="true">{cells}</ol>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(season: &str, expected: &str) {
        assert_eq!(season_text(SeasonMonths::parse(season).expect("a season")), expected);
    }

    #[test]
    fn a_season_over_new_year_reads_in_one_piece() {
        check("11-2", "上市月份：11、12、1、2 月");
        check("9-10", "上市月份：9、10 月");
        check("1-12", "全年有货");
    }
}
