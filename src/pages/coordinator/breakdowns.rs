//! The same sum taken apart: by channel, district, county of origin, brand, category and pairing. Each row opens its
//! entries in the ledger.

use domain::Money;
use domain::region::{PairKind, Prefecture};
use domain::wire::{PairSum, Tally, TallyRow};
use leptos::prelude::*;

use super::figures::{Opens, pipeline_address};
use super::standing;
use crate::components::bar::{progress_bar, share_bar};

fn section(id: &'static str, title: &'static str, sentence: String, body: AnyView) -> AnyView {
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
fn exact(amount: Money) -> String {
    amount.fen().to_string()
}

fn highest(rows: &[TallyRow]) -> Money {
    rows.iter().map(|row| row.amount_fen).max().unwrap_or_default()
}

/// A name, its amount and a bar, and under it the target where there is one. Without targets the bars compare the rows
/// with the highest of them.
fn row_with_bar(row: &TallyRow, highest: Money, time_bp: i64, link: String) -> AnyView {
    let (bar, beside) = match (row.target_fen, row.completion_bp) {
        (Some(target), Some(done)) => {
            let rate = standing::rate(done);
            let name = format!("完成率 {rate}%，时间进度 {}%", standing::rate(time_bp));
            (progress_bar(done, time_bp, name), format!("目标 {} · {rate}%", target.wan(0)))
        }
        _ => (share_bar(standing::share_bp(row.amount_fen, highest).unwrap_or(0).max(0)), String::new()),
    };
    let beside = (!beside.is_empty()).then(|| view! { <span class="faint num">{beside}</span> }.into_any());
    view! {
        <li data-key=row.key.clone() data-fen=exact(row.amount_fen)><a class="ch" href=link><span>{row.name.clone()}</span><b class="num">{row.amount_fen.wan(1)}</b>{bar}{beside}</a></li>
    }
    .into_any()
}

#[inline(never)]
pub fn channels(tally: &Tally) -> AnyView {
    let opens = Opens::of(tally);
    let highest = highest(&tally.by_channel);
    let rows: Vec<AnyView> = tally
        .by_channel
        .iter()
        .map(|row| row_with_bar(row, highest, tally.time_bp, opens.by("channel", &row.key)))
        .collect();
    let has_targets = tally.by_channel.iter().any(|row| row.completion_bp.is_some());
    let note = has_targets
        .then(|| view! { <p class="faint">"竖线为时间进度 "{standing::rate(tally.time_bp)}"%"</p> }.into_any());
    view! {
        <section id="by-channel" aria-labelledby="by-channel-h">
            <h2 id="by-channel-h" class="h">"按渠道 "<small>"万元"</small></h2>
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
        <div class="scroll" tabindex="0" role="region" aria-label="各区县进度">
            <table class="dt">
                <caption class="sr">"各区县进度，万元，差得最多的在前"</caption>
                <thead>
                    <tr>
                        <th scope="col">"采购区县"</th>
                        <th scope="col" class="n">"已认定"</th>
                        <th scope="col" class="n t">"目标"</th>
                        <th scope="col" class="b">"完成率 ｜ 时间"</th>
                        <th scope="col" class="n"><span class="sr">"完成率"</span></th>
                        <th scope="col" class="n">"与时间进度差"</th>
                        <th scope="col" class="n p">"在途"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
                <tfoot>{city_row(tally)}</tfoot>
            </table>
        </div>
    }
    .into_any();
    Some(section("by-district", "谁落后了", standing::who_is_behind(&sorted), table))
}

/// What stands in the cells of a row, the links aside.
struct Cells {
    target: String,
    bar: Option<AnyView>,
    rate: String,
    difference: String,
    class: &'static str,
}

const NONE: &str = "–";

impl Cells {
    fn of(target: Option<Money>, done_bp: Option<i64>, behind: Option<Money>, time_bp: i64) -> Self {
        let none = || NONE.to_owned();
        Self {
            target: target.map_or_else(none, |target| target.wan(0)),
            bar: done_bp.map(|done| {
                let name = format!("完成率 {}%，时间进度 {}%", standing::rate(done), standing::rate(time_bp));
                progress_bar(done, time_bp, name)
            }),
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

fn district_row(row: &TallyRow, time_bp: i64, opens: &Opens) -> AnyView {
    let cells = Cells::of(row.target_fen, row.completion_bp, row.behind_fen, time_bp);
    let link = opens.district(&row.key);
    let on_the_way = row.pipeline_fen.map_or_else(|| NONE.to_owned(), |amount| amount.wan(1));
    let orders = pipeline_address(Some(&row.key));
    view! {
        <tr data-key=row.key.clone() data-fen=exact(row.amount_fen)>
            <th scope="row"><a href=link.clone()>{row.name.clone()}</a></th>
            <td class="n"><a href=link>{row.amount_fen.wan(1)}</a></td>
            <td class="n t">{cells.target}</td>
            <td class="b">{cells.bar}</td>
            <td class="n">{cells.rate}</td>
            <td class=cells.class>{cells.difference}</td>
            <td class="n p"><a href=orders>{on_the_way}</a></td>
        </tr>
    }
    .into_any()
}

fn city_row(tally: &Tally) -> AnyView {
    let cells = Cells::of(tally.target_fen, tally.completion_bp, tally.behind_fen, tally.time_bp);
    view! {
        <tr>
            <th scope="row">"全市"</th>
            <td class="n">{tally.recognised_fen.wan(1)}</td>
            <td class="n t">{cells.target}</td>
            <td class="b">{cells.bar}</td>
            <td class="n">{cells.rate}</td>
            <td class=cells.class>{cells.difference}</td>
            <td class="n p">{if tally.by_district.iter().any(|row| row.pipeline_fen.is_some()) { tally.pipeline_fen.wan(1) } else { NONE.to_owned() }}</td>
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
    let sentence = format!("{} 个县里 {helped} 个有销售。万元，按产地，不按商户所在地。", tally.by_county.len());
    section("by-county", "按产地", sentence, view! { <div class="d-3">{groups}</div> }.into_any())
}

fn prefecture_group(tally: &Tally, prefecture: Prefecture, highest: Money) -> AnyView {
    let opens = Opens::of(tally);
    let mine: Vec<&TallyRow> = tally.by_county.iter().filter(|row| row.prefecture == Some(prefecture)).collect();
    let total = Money::from_fen(mine.iter().map(|row| row.amount_fen.fen()).sum());
    let share = standing::share_bp(total, tally.recognised_fen).map(|share| format!("占 {}%", standing::rate(share)));
    let rows: Vec<AnyView> =
        mine.into_iter().map(|row| row_with_bar(row, highest, tally.time_bp, opens.by("county", &row.key))).collect();
    let class = format!("of {}", prefecture.code());
    view! {
        <div class=class>
            <h3 class="pf">{prefecture.zh()}<b class="num">{total.wan(1)}</b><small>{share}</small></h3>
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
}

/// A stacked bar and its list, which says the same in words.
fn parts(parts: Vec<Part>, whole: Money) -> AnyView {
    let told: Vec<String> = parts.iter().map(|part| format!("{} {} 万元", part.name, part.amount.wan(1))).collect();
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
        <p class="stack" role="img" aria-label=told.join("，")>{pieces}</p>
        <ul class="kv" role="list">{rows}</ul>
    }
    .into_any()
}

fn part_row(part: Part, whole: Money) -> AnyView {
    let share =
        standing::share_bp(part.amount, whole).map_or_else(|| NONE.to_owned(), |bp| format!("{}%", standing::rate(bp)));
    view! {
        <li data-key=part.key data-fen=exact(part.amount)>
            <a href=part.link><i class=part.class></i>{part.name}</a>
            <b class="num">{part.amount.wan(1)}</b>
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
        name: sum.kind.zh().to_owned(),
        amount: sum.amount_fen,
        link: opens.by("pair", sum.kind.code()),
    };
    let body = parts(tally.by_pair.iter().map(part).collect(), tally.recognised_fen);
    section("by-pair", "结对内与结对外", "都计入全市完成数，分开列示。".to_owned(), body)
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
        link: opens.by("brand", &row.key),
    };
    let body = parts(tally.by_brand.iter().enumerate().map(part).collect(), tally.recognised_fen);
    section("by-brand", "按品牌", "品牌按授权认定，与产地各算各的。".to_owned(), body)
}

/// Only what was sold, the highest first; how many categories sold nothing is said in words.
#[inline(never)]
pub fn categories(tally: &Tally) -> AnyView {
    let opens = Opens::of(tally);
    let mut sold: Vec<&TallyRow> = tally.by_category.iter().filter(|row| row.amount_fen != Money::ZERO).collect();
    sold.sort_by_key(|row| std::cmp::Reverse(row.amount_fen));
    let unsold = tally.by_category.len() - sold.len();
    let sentence = match (sold.len(), unsold) {
        (0, _) => "这一年还没有销售。".to_owned(),
        (_, 0) => "万元，从高到低。".to_owned(),
        _ => format!("万元，从高到低。另有 {unsold} 类没有销售。"),
    };
    let highest = highest(&tally.by_category);
    let rows: Vec<AnyView> =
        sold.into_iter().map(|row| row_with_bar(row, highest, tally.time_bp, opens.by("category", &row.key))).collect();
    section("by-category", "按类别", sentence, view! { <ul class="chs two" role="list">{rows}</ul> }.into_any())
}
