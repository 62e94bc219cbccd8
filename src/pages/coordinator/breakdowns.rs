//! The same sum taken apart: by channel, district, county of origin, brand, category and pairing. Each row opens its
//! entries in the ledger.

use domain::Money;
use domain::opens::Opens;
use domain::region::{PairKind, PairingStatus, Prefecture};
use domain::wire::{PairSum, PairingRow, Tally, TallyRow};
use leptos::prelude::*;

use super::figures::{ledger, pipeline_address};
use super::standing;
use crate::components::bar::{progress_bar, share_bar};
use crate::format;
use crate::language::{language, t};

pub fn section(id: &'static str, title: &'static str, sentence: String, body: AnyView) -> AnyView {
    let heading = format!("{id}-h");
    let named_by = heading.clone();
    view! {
        <section class="sec" id=id aria-labelledby=named_by>
            <div class="sec-h"><h2 id=heading>{title}</h2><p>{sentence}</p></div>
            {body}
        </section>
    }
    .into_any()
}

/// Each row carries its exact fen beside the rounded words, for whoever wants to add them up.
pub fn exact(amount: Money) -> String {
    amount.fen().to_string()
}

fn highest(rows: &[TallyRow]) -> Money {
    rows.iter().map(|row| row.amount_fen).max().unwrap_or_default()
}

/// A name, its amount and a bar, and under it the target where there is one. Without targets the bars compare the rows
/// with the highest of them.
fn row_with_bar(row: &TallyRow, highest: Money, time_bp: i64, link: String) -> AnyView {
    let bar = match row.completion_bp {
        Some(done) => progress_bar(done, time_bp, standing::bar_name(done, time_bp)),
        None => share_bar(standing::share_bp(row.amount_fen, highest).unwrap_or(0).max(0)),
    };
    let beside = target_and_rate(row).map(|beside| view! { <span class="faint num">{beside}</span> }.into_any());
    view! {
        <li data-key=row.key.clone() data-fen=exact(row.amount_fen)><a class="ch" href=link><span>{row.name.clone()}</span><b class="num">{format::wan_bare(row.amount_fen, 1)}</b>{bar}{beside}</a></li>
    }
    .into_any()
}

fn target_and_rate(row: &TallyRow) -> Option<String> {
    let (target, done) = (row.target_fen?, row.completion_bp?);
    Some(t!(figures.target_and_rate, target = format::wan_bare(target, 0), rate = standing::rate(done)))
}

#[inline(never)]
pub fn channels(tally: &Tally) -> AnyView {
    let opens = Opens::of(tally);
    let highest = highest(&tally.by_channel);
    let rows: Vec<AnyView> = tally
        .by_channel
        .iter()
        .map(|row| row_with_bar(row, highest, tally.time_bp, ledger(&opens.by("channel", &row.key))))
        .collect();
    let has_targets = tally.by_channel.iter().any(|row| row.completion_bp.is_some());
    let note = has_targets.then(|| {
        view! { <p class="faint">{t!(figures.mark_is_time, rate = standing::rate(tally.time_bp))}</p> }.into_any()
    });
    view! {
        <section id="by-channel" aria-labelledby="by-channel-h">
            <h2 id="by-channel-h" class="h">{t!(figures.by_channel)}" "<small>{t!(parts.wan_unit)}</small></h2>
            <ul class="chs" role="list">{rows}</ul>
            {note}
        </section>
    }
    .into_any()
}

// ---- districts ----------------------------------------------------------------------------------------------------

/// One district alone needs no table of districts: its figures are the page's.
#[inline(never)]
pub fn districts(tally: &Tally) -> Option<AnyView> {
    if tally.district.is_some() || tally.by_district.len() < 2 {
        return None;
    }
    let sorted = standing::by_need(&tally.by_district);
    let opens = Opens::of(tally);
    let rows: Vec<AnyView> = sorted.iter().map(|row| district_row(row, tally.time_bp, &opens)).collect();
    let table = view! {
        <div class="scroll" tabindex="0" role="region" aria-label=t!(figures.districts)>
            <table class="dt">
                <caption class="sr">{t!(figures.districts_caption)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t!(figures.district)}</th>
                        <th scope="col" class="n">{t!(figures.accepted)}</th>
                        <th scope="col" class="n t">{t!(figures.target)}</th>
                        <th scope="col" class="b">{t!(figures.rate_and_time)}</th>
                        <th scope="col" class="n"><span class="sr">{t!(figures.rate)}</span></th>
                        <th scope="col" class="n">{t!(figures.against_time)}</th>
                        <th scope="col" class="n p">{t!(overview.year_on_year)}</th>
                        <th scope="col" class="n p">{t!(figures.on_the_way)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
                <tfoot>{city_row(tally)}</tfoot>
            </table>
        </div>
    }
    .into_any();
    Some(section("by-district", t!(figures.who_is_behind), standing::who_is_behind(&sorted), table))
}

/// What stands in the cells of a row, the links aside.
struct Cells {
    target: String,
    bar: Option<AnyView>,
    rate: String,
    difference: String,
    class: &'static str,
}

pub const NONE: &str = "–";

impl Cells {
    fn of(target: Option<Money>, done_bp: Option<i64>, behind: Option<Money>, time_bp: i64) -> Self {
        let none = || NONE.to_owned();
        Self {
            target: target.map_or_else(none, |target| format::wan_bare(target, 0)),
            bar: done_bp.map(|done| progress_bar(done, time_bp, standing::bar_name(done, time_bp))),
            rate: done_bp.map_or_else(none, |done| format!("{}%", standing::rate(done))),
            difference: behind.map_or_else(none, |behind| standing::signed_wan(behind.negated())),
            class: match behind {
                Some(behind) if behind > Money::ZERO => "n lag",
                Some(_) => "n lead",
                None => "n",
            },
        }
    }
}

fn year_on_year(this: Money, last: Money) -> String {
    standing::year_on_year_bp(this, last).map_or_else(|| NONE.to_owned(), standing::change)
}

fn district_row(row: &TallyRow, time_bp: i64, opens: &Opens) -> AnyView {
    let cells = Cells::of(row.target_fen, row.completion_bp, row.behind_fen, time_bp);
    let link = ledger(&opens.district(&row.key));
    let on_the_way = row.pipeline_fen.map_or_else(|| NONE.to_owned(), |amount| format::wan_bare(amount, 1));
    let orders = pipeline_address(Some(&row.key));
    view! {
        <tr data-key=row.key.clone() data-fen=exact(row.amount_fen)>
            <th scope="row"><a href=link.clone()>{row.name.clone()}</a></th>
            <td class="n"><a href=link>{format::wan_bare(row.amount_fen, 1)}</a></td>
            <td class="n t">{cells.target}</td>
            <td class="b">{cells.bar}</td>
            <td class="n">{cells.rate}</td>
            <td class=cells.class>{cells.difference}</td>
            <td class="n p">{year_on_year(row.compared_fen, row.last_year_fen)}</td>
            <td class="n p"><a href=orders>{on_the_way}</a></td>
        </tr>
    }
    .into_any()
}

fn city_row(tally: &Tally) -> AnyView {
    let cells = Cells::of(tally.target_fen, tally.completion_bp, tally.behind_fen, tally.time_bp);
    view! {
        <tr>
            <th scope="row">{t!(figures.city)}</th>
            <td class="n">{format::wan_bare(tally.recognised_fen, 1)}</td>
            <td class="n t">{cells.target}</td>
            <td class="b">{cells.bar}</td>
            <td class="n">{cells.rate}</td>
            <td class=cells.class>{cells.difference}</td>
            <td class="n p">{year_on_year(tally.recognised_fen, tally.last_year_fen)}</td>
            <td class="n p">{if tally.by_district.iter().any(|row| row.pipeline_fen.is_some()) { format::wan_bare(tally.pipeline_fen, 1) } else { NONE.to_owned() }}</td>
        </tr>
    }
    .into_any()
}

// ---- counties -----------------------------------------------------------------------------------------------------

#[inline(never)]
pub fn counties(tally: &Tally) -> AnyView {
    let highest = highest(&tally.by_county);
    let groups: Vec<AnyView> =
        Prefecture::ALL.iter().map(|prefecture| prefecture_group(tally, *prefecture, highest)).collect();
    let helped = tally.by_county.iter().filter(|row| row.amount_fen > Money::ZERO).count();
    let sentence = t!(figures.counties_helped, count = tally.by_county.len(), helped = helped);
    section("by-county", t!(figures.by_county), sentence, view! { <div class="d-3">{groups}</div> }.into_any())
}

fn prefecture_group(tally: &Tally, prefecture: Prefecture, highest: Money) -> AnyView {
    let opens = Opens::of(tally);
    let mine: Vec<&TallyRow> = tally.by_county.iter().filter(|row| row.prefecture == Some(prefecture)).collect();
    let total = Money::from_fen(mine.iter().map(|row| row.amount_fen.fen()).sum());
    let share =
        standing::share_bp(total, tally.recognised_fen).map(|share| t!(figures.share, rate = standing::rate(share)));
    let rows: Vec<AnyView> = mine
        .into_iter()
        .map(|row| row_with_bar(row, highest, tally.time_bp, ledger(&opens.by("county", &row.key))))
        .collect();
    let class = format!("of {}", prefecture.code());
    view! {
        <div class=class>
            <h3 class="pf">{prefecture.word(language())}<b class="num">{format::wan_bare(total, 1)}</b><small>{share}</small></h3>
            <ul class="chs two" role="list">{rows}</ul>
        </div>
    }
    .into_any()
}

// ---- parts of one whole -------------------------------------------------------------------------------------------

/// One part: the class that draws it in the stacked bar and beside its name.
struct Part {
    key: String,
    class: &'static str,
    name: String,
    amount: Money,
    link: String,
    /// The target and how far it is reached, where there is one.
    note: Option<String>,
}

/// A stacked bar and its list, which says the same in words.
fn parts(parts: Vec<Part>, whole: Money) -> AnyView {
    let told: Vec<String> =
        parts.iter().map(|part| t!(figures.part, name = part.name, amount = format::wan(part.amount))).collect();
    let pieces: Vec<AnyView> = parts
        .iter()
        .filter(|part| part.amount > Money::ZERO)
        .map(|part| {
            // The share, not the fen: browsers keep flex factors in single precision.
            let share = standing::share_bp(part.amount, whole).unwrap_or(0).max(1);
            view! { <span class=part.class style:flex-grow=share.to_string()></span> }.into_any()
        })
        .collect();
    let rows: Vec<AnyView> = parts.into_iter().map(|part| part_row(part, whole)).collect();
    view! {
        <p class="stack" role="img" aria-label=told.join(t!(parts.comma))>{pieces}</p>
        <ul class="kv" role="list">{rows}</ul>
    }
    .into_any()
}

fn part_row(part: Part, whole: Money) -> AnyView {
    let share =
        standing::share_bp(part.amount, whole).map_or_else(|| NONE.to_owned(), |bp| format!("{}%", standing::rate(bp)));
    let note = part.note.map(|note| view! { <small class="faint num">{note}</small> }.into_any());
    view! {
        <li data-key=part.key data-fen=exact(part.amount)>
            <a href=part.link><i class=part.class></i>{part.name}{note}</a>
            <b class="num">{format::wan_bare(part.amount, 1)}</b>
            <span class="num faint">{share}</span>
        </li>
    }
    .into_any()
}

#[inline(never)]
pub fn pairs(tally: &Tally) -> AnyView {
    let opens = Opens::of(tally);
    let part = |sum: &PairSum| Part {
        key: sum.kind.code().to_owned(),
        class: match sum.kind {
            PairKind::Verified => "p1",
            PairKind::Assumed => "p2",
            PairKind::Elsewhere => "p3",
            PairKind::Unpaired => "p4",
        },
        name: sum.kind.word(language()).to_owned(),
        amount: sum.amount_fen,
        link: ledger(&opens.by("pair", sum.kind.code())),
        note: None,
    };
    let kinds = parts(tally.by_pair.iter().map(part).collect(), tally.recognised_fen);
    let each: Vec<AnyView> = tally.pairings.iter().filter_map(|pairing| pair(tally, pairing)).collect();
    let each = (!each.is_empty()).then(|| {
        view! { <details><summary>{t!(overview.each_pair)}</summary><ul class="kv pairs" role="list">{each}</ul></details> }
            .into_any()
    });
    section("by-pair", t!(figures.by_pair), t!(figures.all_pairs_count).to_owned(), view! { {kinds}{each} }.into_any())
}

/// What a district bought of the county it is paired with; a pairing that is to be confirmed says so. None while the county is in
/// no breakdown: a zone from which nothing was sold.
fn pair(tally: &Tally, pairing: &PairingRow) -> Option<AnyView> {
    let district = tally.by_district.iter().find(|row| row.key == pairing.district)?;
    let place = tally.by_county.iter().position(|row| row.key == pairing.county)?;
    let cells = tally.matrix.iter().find(|row| row.district == pairing.district)?;
    let amount = Money::from_fen(cells.cells_fen.get(place).copied()?);
    let link = ledger(&Opens::of(tally).cell(&pairing.district, &pairing.county));
    let names = t!(overview.pair, district = district.name, county = tally.by_county[place].name);
    let status = (pairing.status == PairingStatus::Assumed)
        .then(|| view! { <span class="tag maybe">{pairing.status.word(language())}</span> }.into_any());
    Some(
        view! { <li data-pair=exact(amount)><a href=link>{names}</a><b class="num">{format::wan_bare(amount, 1)}</b><span>{status}</span></li> }
            .into_any(),
    )
}

#[inline(never)]
pub fn brands(tally: &Tally) -> AnyView {
    let opens = Opens::of(tally);
    // Two brands and those without one; a third brand would take the next colour.
    let classes = ["p1", "b2", "p4", "p3"];
    let part = |(place, row): (usize, &TallyRow)| Part {
        key: row.key.clone(),
        class: classes[place % classes.len()],
        name: row.name.clone(),
        amount: row.amount_fen,
        link: ledger(&opens.by("brand", &row.key)),
        note: target_and_rate(row),
    };
    let body = parts(tally.by_brand.iter().enumerate().map(part).collect(), tally.recognised_fen);
    section("by-brand", t!(figures.by_brand), t!(figures.brand_by_licence).to_owned(), body)
}

/// Only what was sold, the highest first; how many categories sold nothing is said in words.
#[inline(never)]
pub fn categories(tally: &Tally) -> AnyView {
    let opens = Opens::of(tally);
    let mut sold: Vec<&TallyRow> = tally.by_category.iter().filter(|row| row.amount_fen != Money::ZERO).collect();
    sold.sort_by_key(|row| std::cmp::Reverse(row.amount_fen));
    let unsold = tally.by_category.len() - sold.len();
    let sentence = match (sold.len(), unsold) {
        (0, _) => t!(figures.nothing_sold).to_owned(),
        (_, 0) => t!(figures.from_high_to_low).to_owned(),
        _ => t!(figures.some_unsold, count = unsold),
    };
    let highest = highest(&tally.by_category);
    let rows: Vec<AnyView> = sold
        .into_iter()
        .map(|row| row_with_bar(row, highest, tally.time_bp, ledger(&opens.by("category", &row.key))))
        .collect();
    section(
        "by-category",
        t!(figures.by_category),
        sentence,
        view! { <ul class="chs two" role="list">{rows}</ul> }.into_any(),
    )
}
