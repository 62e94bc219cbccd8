//! What moved today: the sum, who bought, and the last entries, which name nobody.

use domain::Money;
use domain::opens::Opens;
use domain::wire::{DayRow, NewestEntry, Tally, Today};
use leptos::prelude::*;

use super::breakdowns::{exact, section};
use super::figures::ledger;
use crate::format;
use crate::language::t;

#[inline(never)]
pub fn today(tally: &Tally) -> Option<AnyView> {
    let today = tally.today.as_ref()?;
    let opens = Opens::of(tally);
    let rows: Vec<AnyView> = today.by_district.iter().map(|row| district(row, today, &opens)).collect();
    let districts = (!rows.is_empty()).then(|| view! { <ul class="kv" role="list">{rows}</ul> }.into_any());
    let all = ledger(&opens.day(&today.day, ""));
    let body = view! {
        <div class="d-3">
            <div>
                <a class="fig" id="today" data-fen=exact(today.amount_fen) href=all>
                    <span class="k">{format::civil_day(&today.day)}</span>
                    <span class="v">{format::wan_bare(today.amount_fen, 1)}<span class="u">{t!(parts.wan_unit)}</span></span>
                    <span class="d">{t!(overview.entries_today, count = format::count(today.entries))}</span>
                </a>
                {districts}
            </div>
            {newest(tally)}
        </div>
    }
    .into_any();
    let sentence = if today.entries == 0 { t!(overview.nothing_today) } else { t!(overview.today_sentence) };
    Some(section("moved-today", t!(overview.today), sentence.to_owned(), body))
}

fn district(row: &DayRow, today: &Today, opens: &Opens) -> AnyView {
    let link = ledger(&opens.day(&today.day, &row.key));
    view! {
        <li data-day=exact(row.amount_fen)>
            <a href=link>{row.name.clone()}</a>
            <b class="num">{format::wan_bare(row.amount_fen, 1)}</b>
            <span class="num faint">{t!(overview.entries_short, count = format::count(row.entries))}</span>
        </li>
    }
    .into_any()
}

fn newest(tally: &Tally) -> Option<AnyView> {
    if tally.newest.is_empty() {
        return None;
    }
    let rows: Vec<AnyView> = tally.newest.iter().map(entry).collect();
    Some(
        view! {
            <div>
                <h3 class="pf">{t!(overview.newest)}</h3>
                <div class="scroll" tabindex="0" role="region" aria-label=t!(overview.newest)>
                    <table class="newest">
                        <thead class="sr">
                            <tr>
                                <th scope="col">{t!(overview.recorded)}</th>
                                <th scope="col">{t!(figures.district)}</th>
                                <th scope="col">{t!(figures.product)}</th>
                                <th scope="col">{t!(figures.amount)}</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </div>
        }
        .into_any(),
    )
}

fn entry(entry: &NewestEntry) -> AnyView {
    let class = if entry.amount_fen < Money::ZERO { "n minus" } else { "n" };
    view! {
        <tr>
            <td class="num faint">{format::date_time(entry.recorded_at_ms)}</td>
            <td>{entry.district.clone()}</td>
            <td>{entry.product_name.clone()}" "<span class="num">{format::count(entry.quantity)}</span><small class="faint">" "{entry.county.clone()}</small></td>
            <td class=class>{entry.amount_fen.yuan()}</td>
        </tr>
    }
    .into_any()
}
