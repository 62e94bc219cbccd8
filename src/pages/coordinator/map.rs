//! Where the counties and the districts lie, and how far each has come: a tile for each, which opens its entries. How far, the
//! words of a tile say; its colour and frame only repeat it.

use domain::Money;
use domain::opens::{Filters, Opens};
use domain::tiles::place;
use domain::wire::{Tally, TallyRow};
use leptos::prelude::*;

use super::breakdowns::section;
use super::figures::ledger;
use super::standing;
use crate::format;
use crate::language::t;

/// One district alone has no map.
#[inline(never)]
pub fn map(tally: &Tally) -> Option<AnyView> {
    if tally.by_district.len() < 2 {
        return None;
    }
    let opens = Opens::of(tally);
    let counties = tiles(tally, &tally.by_county, |key| opens.by("county", key));
    let districts = tiles(tally, &tally.by_district, |key| opens.district(key));
    let body = view! {
        <div class="maps">
            <div><h3>{t!(overview.who_is_helped)}</h3><ul class="tiles five" role="list">{counties}</ul></div>
            <div><h3>{t!(overview.who_buys)}</h3><ul class="tiles four" role="list">{districts}</ul></div>
        </div>
        <p class="tiles-key faint"><span class="k on">{t!(overview.on_time)}</span><span class="k late">{t!(overview.near)}</span><span class="k far">{t!(overview.far)}</span></p>
    };
    Some(section("map", t!(overview.map), t!(overview.map_sentence).to_owned(), body.into_any()))
}

fn tiles(tally: &Tally, rows: &[TallyRow], opens: impl Fn(&str) -> Filters) -> Vec<AnyView> {
    let largest = rows.iter().map(|row| row.amount_fen).max().unwrap_or_default();
    let mut placed: Vec<(u8, u8, &TallyRow)> =
        rows.iter().filter_map(|row| place(&row.key).map(|(line, column)| (line, column, row))).collect();
    // Read from north to south, as the eye goes.
    placed.sort_by_key(|(line, column, _)| (*line, *column));
    placed
        .into_iter()
        .map(|(line, column, row)| {
            let (class, note) = told(tally, row, largest);
            let area = format!("{line}/{column}");
            let link = ledger(&opens(&row.key));
            view! { <li style:grid-area=area><a class=class href=link><b>{row.name.clone()}</b><span class="num">{note}</span></a></li> }
                .into_any()
        })
        .collect()
}

/// How it stands to the calendar; without a target, how much it has sold.
fn told(tally: &Tally, row: &TallyRow, largest: Money) -> (&'static str, String) {
    match row.completion_bp {
        Some(done) => (class_of(done, tally.time_bp), format!("{}%", standing::rate(done))),
        None if row.amount_fen.fen() > largest.fen() / 2 => ("on", format::wan_bare(row.amount_fen, 0)),
        None => ("late", format::wan_bare(row.amount_fen, 0)),
    }
}

/// On time, up to ten points behind, or further.
fn class_of(done_bp: i64, time_bp: i64) -> &'static str {
    match time_bp - done_bp {
        ..=0 => "on",
        1..=1_000 => "late",
        _ => "far",
    }
}

#[cfg(test)]
mod tests {
    use super::class_of;

    #[test]
    fn a_tile_says_how_it_stands_to_the_calendar() {
        assert_eq!(
            [9_000, 8_986, 8_985, 7_986, 7_985].map(|done| class_of(done, 8_986)),
            ["on", "on", "late", "late", "far"]
        );
    }
}
