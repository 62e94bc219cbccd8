//! The year beside the same period of the year before: of what, from when to when, and by how much it changed. Both sums of each row
//! open their entries.

use domain::Money;
use domain::opens::{Filters, Opens};
use domain::wire::{Tally, TallyRow};
use leptos::prelude::*;

use super::breakdowns::{NONE, section};
use super::figures::ledger;
use super::standing;
use crate::format;
use crate::language::t;

#[inline(never)]
pub fn compared(tally: &Tally) -> AnyView {
    let until = format::civil_day(&tally.last_year_until);
    let mut sentence = t!(overview.compared_sentence, until = until);
    if (1..12).contains(&tally.months_compared) {
        sentence.push_str(&t!(overview.compared_months, months = tally.months_compared));
    }
    let parts: [(&'static str, &'static str, &Vec<TallyRow>); 4] = [
        ("county", t!(figures.by_county), &tally.by_county),
        ("brand", t!(figures.by_brand), &tally.by_brand),
        ("channel", t!(figures.by_channel), &tally.by_channel),
        ("category", t!(figures.by_category), &tally.by_category),
    ];
    // In January no month is over that could be compared.
    let parts: Vec<AnyView> = parts
        .into_iter()
        .filter(|_| tally.months_compared > 0)
        .map(|(name, title, rows)| group(title, rows.iter().map(|row| part(tally, name, row)).collect()))
        .collect();
    let body =
        view! { {group(t!(overview.by_district), districts(tally))}{parts}{group(t!(figures.months), months(tally))} };
    section("compared", t!(overview.compared), sentence, body.into_any())
}

/// One line: its name, this year's sum and last year's, each with what it opens.
struct Line {
    name: String,
    this: (Money, Filters),
    last: (Money, Filters),
}

fn districts(tally: &Tally) -> Vec<Line> {
    let opens = Opens::of(tally);
    let total = Line {
        name: t!(overview.sum).to_owned(),
        this: (tally.recognised_fen, opens.all()),
        last: (tally.last_year_fen, opens.year_before(&tally.last_year_until, None)),
    };
    let row = |row: &TallyRow| Line {
        name: row.name.clone(),
        this: (row.compared_fen, opens.district(&row.key)),
        last: (row.last_year_fen, opens.year_before(&tally.last_year_until, Some(("district", &row.key)))),
    };
    let many = tally.by_district.iter().filter(|_| tally.by_district.len() > 1);
    many.map(row).chain([total]).collect()
}

fn part(tally: &Tally, name: &'static str, row: &TallyRow) -> Line {
    let opens = Opens::of(tally);
    let (this, last) = ends(tally);
    Line {
        name: row.name.clone(),
        this: (row.compared_fen, opens.until(&this, name, &row.key)),
        last: (row.last_year_fen, opens.year_before(&last, Some((name, &row.key)))),
    }
}

/// The last days of the months that are compared, of this year and of the one before.
pub fn ends(tally: &Tally) -> (String, String) {
    let end = |year: i64| {
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let days = match tally.months_compared {
            2 => 28 + i64::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        format!("{year}-{:02}-{days:02}", tally.months_compared)
    };
    let year = i64::from(tally.year);
    (end(year), end(year - 1))
}

fn months(tally: &Tally) -> Vec<Line> {
    let (opens, begun) = (Opens::of(tally), usize::from(standing::month_reached(tally)));
    let before = Opens::new(i64::from(tally.year) - 1, tally.district.as_ref().map_or("", |district| &district.id));
    let both = tally.months_fen.iter().zip(&tally.last_year_months_fen).zip(1_u32..);
    both.take(begun)
        .map(|((this, last), month)| Line {
            name: t!(parts.month_of_figures, month = format::month_in_short(month)),
            this: (Money::from_fen(*this), opens.month(month.into())),
            last: (Money::from_fen(*last), before.month(month.into())),
        })
        .collect()
}

fn group(title: &'static str, lines: Vec<Line>) -> AnyView {
    let rows: Vec<AnyView> = lines.into_iter().map(row).collect();
    view! {
        <details class="cmp">
            <summary>{title}</summary>
            <div class="scroll" tabindex="0" role="region" aria-label=title>
                <table class="num">
                    <thead>
                        <tr>
                            <th scope="col">{title}</th>
                            <th scope="col" class="n">{t!(overview.this_year)}</th>
                            <th scope="col" class="n">{t!(overview.year_before)}</th>
                            <th scope="col" class="n">{t!(overview.change)}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

fn row(line: Line) -> AnyView {
    let change = standing::year_on_year_bp(line.this.0, line.last.0);
    let change = change.map_or_else(|| NONE.to_owned(), standing::change);
    view! {
        <tr>
            <th scope="row">{line.name}</th>
            <td class="n"><a href=ledger(&line.this.1)>{format::wan_bare(line.this.0, 1)}</a></td>
            <td class="n"><a href=ledger(&line.last.1)>{format::wan_bare(line.last.0, 1)}</a></td>
            <td class="n">{change}</td>
        </tr>
    }
    .into_any()
}
