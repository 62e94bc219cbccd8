//! Who bought whose goods: buyer's district × county of origin. The sums at the edges are those of the breakdowns. What colour and
//! frame of a cell say, its words say too.

use domain::Money;
use domain::opens::Opens;
use domain::region::{PairingStatus, Prefecture};
use domain::wire::{MatrixRow, Tally, TallyRow};
use leptos::prelude::*;

use super::breakdowns::{NONE, exact, section};
use super::figures::ledger;
use crate::format;
use crate::language::{language, t};

/// One district alone needs no matrix: its row is the breakdown by county.
#[inline(never)]
pub fn matrix(tally: &Tally) -> Option<AnyView> {
    if tally.matrix.len() < 2 {
        return None;
    }
    let largest = tally.matrix.iter().flat_map(|row| &row.cells_fen).copied().max().unwrap_or(0);
    let rows: Vec<AnyView> =
        tally.matrix.iter().zip(&tally.by_district).map(|(cells, row)| district(tally, cells, row, largest)).collect();
    let table = view! {
        <div class="scroll" tabindex="0" role="region" aria-label=t!(overview.matrix)>
            <table class="mx num">
                <caption class="sr">{t!(overview.matrix_caption)}</caption>
                {head(tally)}
                <tbody>{rows}</tbody>
                <tfoot>{foot(tally)}</tfoot>
            </table>
        </div>
        <p class="mx-key faint"><span class="k sure">{t!(overview.pair_sure)}</span><span class="k maybe">{t!(overview.pair_maybe)}</span></p>
    }
    .into_any();
    Some(section("matrix", t!(overview.matrix), t!(overview.matrix_sentence).to_owned(), table))
}

fn head(tally: &Tally) -> AnyView {
    let groups: Vec<AnyView> = Prefecture::ALL
        .iter()
        .map(|prefecture| {
            let many = tally.by_county.iter().filter(|row| row.prefecture == Some(*prefecture)).count();
            let class = format!("g {}", prefecture.code());
            view! { <th scope="colgroup" class=class colspan=many.to_string()>{prefecture.word(language())}</th> }
                .into_any()
        })
        .collect();
    let counties: Vec<AnyView> = tally
        .by_county
        .iter()
        .map(|row| view! { <th scope="col" class="n">{row.name.clone()}</th> }.into_any())
        .collect();
    view! {
        <thead>
            <tr><th scope="col" rowspan="2" class="st">{t!(figures.district)}</th>{groups}<th scope="col" rowspan="2" class="n">{t!(overview.sum)}</th></tr>
            <tr>{counties}</tr>
        </thead>
    }
    .into_any()
}

fn district(tally: &Tally, cells: &MatrixRow, row: &TallyRow, largest: i64) -> AnyView {
    let opens = Opens::of(tally);
    let shown: Vec<AnyView> = cells
        .cells_fen
        .iter()
        .zip(&tally.by_county)
        .map(|(fen, county)| cell(tally, &opens, &row.key, county, (*fen, largest)))
        .collect();
    let link = ledger(&opens.district(&row.key));
    view! {
        <tr>
            <th scope="row" class="st"><a href=link.clone()>{row.name.clone()}</a></th>
            {shown}
            <td class="n sum"><a href=link data-edge=exact(row.amount_fen)>{format::wan_bare(row.amount_fen, 1)}</a></td>
        </tr>
    }
    .into_any()
}

fn cell(tally: &Tally, opens: &Opens, district: &str, county: &TallyRow, (fen, largest): (i64, i64)) -> AnyView {
    let pairing = tally.pairings.iter().find(|pairing| pairing.district == district && pairing.county == county.key);
    let (frame, said) = match pairing.map(|pairing| pairing.status) {
        None => ("", ""),
        Some(PairingStatus::Verified) => (" sure", t!(overview.cell_sure)),
        Some(PairingStatus::Assumed) => (" maybe", t!(overview.cell_maybe)),
    };
    let class = format!("n {} m{}{frame}", county.prefecture.map_or("", Prefecture::code), depth(fen, largest));
    let said = (!said.is_empty()).then(|| view! { <span class="sr">{said}</span> }.into_any());
    let amount = Money::from_fen(fen);
    let inside = if fen == 0 {
        view! { <span class="faint">{NONE}</span> }.into_any()
    } else {
        let link = ledger(&opens.cell(district, &county.key));
        view! { <a href=link data-cell=exact(amount)>{format::wan_bare(amount, 1)}</a> }.into_any()
    };
    view! { <td class=class>{inside}{said}</td> }.into_any()
}

/// How deep a cell is painted, 0 to 3: by the root of its share, or all but the largest would be pale.
fn depth(fen: i64, largest: i64) -> u32 {
    let sixteenths = i128::from(fen.max(0)) * 16 / i128::from(largest.max(1));
    u32::try_from(sixteenths).map_or(0, u32::isqrt).min(3)
}

fn foot(tally: &Tally) -> AnyView {
    let opens = Opens::of(tally);
    let sums: Vec<AnyView> = tally
        .by_county
        .iter()
        .map(|row| {
            let link = ledger(&opens.by("county", &row.key));
            view! { <td class="n"><a href=link>{format::wan_bare(row.amount_fen, 1)}</a></td> }.into_any()
        })
        .collect();
    let all = ledger(&opens.all());
    view! {
        <tr>
            <th scope="row" class="st">{t!(overview.sum)}</th>
            {sums}
            <td class="n sum"><a href=all>{format::wan_bare(tally.recognised_fen, 1)}</a></td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::depth;

    #[test]
    fn a_small_share_is_seen_beside_a_large_one() {
        assert_eq!([0, 1, 6, 7, 25, 57, 100].map(|fen| depth(fen, 100)), [0, 0, 0, 1, 2, 3, 3]);
        assert_eq!((depth(-5, 100), depth(0, 0)), (0, 0));
    }
}
