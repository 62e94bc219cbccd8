//! The figures for a screen on a wall, read from five metres: the total, the counties' year, the districts, what was just accepted.
//!
//! It never shows an old number as a fresh one: as soon as the server is not heard, the screen says since when its figures are old,
//! greys them, and counts. Its clock is the server's.

mod awake;
mod feed;
mod line;
mod ridges;

use domain::Money;
use domain::opens::Opens;
use domain::wire::{NewestEntry, Tally, TallyRow};
use leptos::prelude::*;

use self::feed::Feed;
use self::line::Old;
use super::figures::ledger;
use super::{dashboard, gate, standing};
use crate::components::bar::{progress_bar, share_bar};
use crate::components::dateline::Day;
use crate::components::loading::loading_lines;
use crate::components::masthead::MARK;
use crate::components::problem::refusal;
use crate::format;
use crate::language::t;
use crate::route::{Route, query};
use crate::router::Here;
use crate::state::State;

pub fn page() -> AnyView {
    gate::coordinators_only(t!(wall.title), wall)
}

fn wall() -> AnyView {
    let own = dashboard::own_district(State::get()).map(|district| district.id).unwrap_or_default();
    let asked = Here::get().search.with_untracked(|search| crate::route::param(search, "district"));
    let district = asked.filter(|district| !district.is_empty()).unwrap_or(own);
    let feed = Feed::start(query(&[("district", &district)]));
    awake::keep_awake();
    awake::dress();
    let is_old = Memo::new(move |_| feed.line.get().old(feed.now.get()).is_some());
    let class = move || if is_old.get() { "w old" } else { "w" };
    view! {
        <div class=class id="wall">
            {head(feed)}
            {warning(feed, is_old)}
            {move || feed.tally.with(|tally| tally.as_ref().map_or_else(|| waiting(feed), shown))}
        </div>
    }
    .into_any()
}

fn waiting(feed: Feed) -> AnyView {
    match feed.refused.get() {
        Some(error) => refusal(error.sentence()),
        None => loading_lines(6),
    }
}

// ---- head and warning ---------------------------------------------------------------------------------------------

fn head(feed: Feed) -> AnyView {
    let title = move || {
        feed.tally.with(|tally| {
            tally.as_ref().map_or_else(
                || t!(wall.title).to_owned(),
                |tally| {
                    let scope = tally.district.as_ref().map_or(t!(wall.ningbo), |district| district.name.as_str());
                    t!(wall.heading, year = tally.year, scope = scope)
                },
            )
        })
    };
    let server_now = Memo::new(move |_| feed.line.get().server_now(feed.now.get()).map(|ms| ms / 1_000));
    let day = Memo::new(move |_| server_now.get().map(|second| Day::at(second).text()));
    let clock = move || server_now.get().map(|second| format::time(second * 1_000));
    view! {
        <header class="w-h">
            <a class="w-logo" href=Route::Dashboard.path()>
                <svg class="mark" viewBox="0 0 40 40" aria-hidden="true" inner_html=MARK></svg>
                <b>{t!(frame.brand)}</b>
            </a>
            <h1>{title}</h1>
            <p class="num"><span>{move || day.get()}</span><b id="clock">{clock}</b></p>
        </header>
    }
    .into_any()
}

/// Says once that the figures are old, and counts beside it: what counts every second is not read out.
fn warning(feed: Feed, is_old: Memo<bool>) -> AnyView {
    let since = move || {
        is_old
            .get()
            .then(|| feed.line.get_untracked().old(feed.now.get_untracked()))
            .flatten()
            .map(|old| t!(wall.old_since, time = with_seconds(old.since_ms)))
    };
    let counting = move || feed.line.get().old(feed.now.get()).map(counted);
    view! {
        <div class="w-old">
            <p role="status" id="stale">{since}</p>
            <p class="num" id="stale-for" aria-hidden="true">{counting}</p>
        </div>
    }
    .into_any()
}

fn with_seconds(at_ms: i64) -> String {
    format!("{}:{:02}", format::time(at_ms), at_ms.div_euclid(1_000).rem_euclid(60))
}

/// `已 2 分 05 秒没有更新，正在重连`
fn counted(old: Old) -> String {
    let seconds = old.for_ms / 1_000;
    match seconds / 60 {
        0 => t!(wall.old_seconds, seconds = seconds),
        minutes => t!(wall.old_minutes, minutes = minutes, seconds = format!("{:02}", seconds % 60)),
    }
}

// ---- the figures --------------------------------------------------------------------------------------------------

fn shown(tally: &Tally) -> AnyView {
    view! {
        {total(tally)}
        {year(tally)}
        {ranks(tally)}
        {news(tally)}
    }
    .into_any()
}

fn total(tally: &Tally) -> AnyView {
    let bar = tally.completion_bp.map(|done| {
        view! { <div class="big-bar">{progress_bar(done, tally.time_bp, standing::bar_name(done, tally.time_bp))}</div> }
            .into_any()
    });
    let all = ledger(&Opens::of(tally).all());
    let wan = |amount: Money, places| format::wan_bare(amount, places);
    let rate = |bp| format!("{}%", standing::rate(bp));
    let dash = || "–".to_owned();
    let exceeded = tally.gap_fen.is_some_and(|gap| gap <= Money::ZERO);
    let gap = tally.gap_fen.map_or_else(dash, |gap| wan(if exceeded { gap.negated() } else { gap }, 1));
    let gap_name = if exceeded { t!(figures.beyond) } else { t!(figures.gap) };
    let forecast = tally.forecast.as_ref().map(|forecast| {
        let range = t!(wall.range, low = wan(forecast.low_fen, 0), high = wan(forecast.high_fen, 0));
        pair("ahead", t!(wall.expected), range)
    });
    view! {
        <section class="w-tot" aria-label=t!(figures.main_figures)>
            <p class="k">{t!(wall.recognised)}</p>
            <p class="big"><a href=all id="wall-total" data-fen=tally.recognised_fen.fen().to_string()>{wan(tally.recognised_fen, 1)}</a><small>{t!(parts.wan_unit)}</small></p>
            {bar}
            <dl>
                {pair("", t!(figures.target), tally.target_fen.map_or_else(dash, |target| wan(target, 0)))}
                {pair("", t!(figures.rate), tally.completion_bp.map_or_else(dash, rate))}
                {pair("", t!(figures.time_passed), rate(tally.time_bp))}
                {pair("gap", gap_name, gap)}
                {forecast}
                {pair("pipe", t!(wall.on_the_way), wan(tally.pipeline_fen, 1))}
            </dl>
        </section>
    }
    .into_any()
}

fn pair(class: &'static str, name: &'static str, figure: String) -> AnyView {
    view! { <div class=class><dt>{name}</dt><dd class="num">{figure}</dd></div> }.into_any()
}

fn year(tally: &Tally) -> AnyView {
    let begun = usize::from(standing::month_reached(tally));
    let counties: Vec<TallyRow> = tally.by_county.iter().filter(|row| !row.months_fen.is_empty()).cloned().collect();
    let view_box = format!("0 0 {} {}", ridges::WIDTH, ridges::HEIGHT);
    view! {
        <figure class="w-joy">
            <figcaption><b>{t!(wall.ridges)}</b>" "{t!(wall.ridges_how)}<span>{t!(parts.wan_unit)}</span></figcaption>
            <svg viewBox=view_box role="img" aria-label=ridges::told(&counties) inner_html=ridges::ridges(&counties, begun)></svg>
        </figure>
    }
    .into_any()
}

/// The highest rate first; one district alone shows its channels instead.
fn ranks(tally: &Tally) -> AnyView {
    let opens = Opens::of(tally);
    let alone = tally.by_district.len() < 2;
    let (title, rows) =
        if alone { (t!(wall.channels), &tally.by_channel) } else { (t!(wall.districts), &tally.by_district) };
    let mut rows: Vec<&TallyRow> = rows.iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.completion_bp, row.amount_fen)));
    let largest = rows.iter().map(|row| row.amount_fen).max().unwrap_or_default();
    let items: Vec<AnyView> = rows
        .into_iter()
        .map(|row| {
            let link = ledger(&if alone { opens.by("channel", &row.key) } else { opens.district(&row.key) });
            match row.completion_bp {
                Some(done) => rank(row, done, tally.time_bp, link),
                None => plain_rank(row, largest, link),
            }
        })
        .collect();
    let beside = if alone { t!(parts.wan_unit) } else { t!(wall.against_time) };
    view! {
        <section class="w-rank">
            <h2>{title}<small>{beside}</small></h2>
            <ol role="list">{items}</ol>
        </section>
    }
    .into_any()
}

fn rank(row: &TallyRow, done_bp: i64, time_bp: i64, link: String) -> AnyView {
    let behind = row.behind_fen.unwrap_or_default();
    let class = if behind > Money::ZERO { "num lag" } else { "num ahead" };
    view! {
        <li data-key=row.key.clone()>
            <a href=link>{row.name.clone()}</a>
            {progress_bar(done_bp, time_bp, standing::bar_name(done_bp, time_bp))}
            <b class="num">{standing::rate(done_bp)}<small>"%"</small></b>
            <em class=class>{standing::signed_wan(behind.negated())}</em>
        </li>
    }
    .into_any()
}

/// What has no target is compared with the largest.
fn plain_rank(row: &TallyRow, largest: Money, link: String) -> AnyView {
    view! {
        <li class="plain" data-key=row.key.clone()>
            <a href=link>{row.name.clone()}</a>
            {share_bar(standing::share_bp(row.amount_fen, largest).unwrap_or(0).max(0))}
            <b class="num">{format::wan_bare(row.amount_fen, 1)}</b>
        </li>
    }
    .into_any()
}

fn news(tally: &Tally) -> AnyView {
    let today = tally
        .today
        .as_ref()
        .map(|today| t!(wall.today, amount = format::wan(today.amount_fen), count = format::count(today.entries)));
    let items: Vec<AnyView> = tally.newest.iter().take(4).map(|entry| just_accepted(entry, tally)).collect();
    view! {
        <section class="w-news">
            <h2>{t!(wall.just_accepted)}<small>{today}</small></h2>
            <ul role="list">{items}</ul>
        </section>
    }
    .into_any()
}

/// The time of what came today, the day of what came before.
fn just_accepted(entry: &NewestEntry, tally: &Tally) -> AnyView {
    let is_today = tally.today.as_ref().is_some_and(|today| today.day == entry.sold_on);
    let when = if is_today { format::time(entry.recorded_at_ms) } else { short_day(&entry.sold_on) };
    view! {
        <li>
            <time class="num">{when}</time>
            <span>{entry.district.clone()}</span>
            <b>{entry.product_name.clone()}" "<span class="num">{format::count(entry.quantity)}</span></b>
            <em class="num">{format::yuan_short(entry.amount_fen)}</em>
        </li>
    }
    .into_any()
}

/// `2026-11-28` → `11-28`
fn short_day(day: &str) -> String {
    day.split_once('-').map_or(day, |(_, rest)| rest).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_figures_say_for_how_long() {
        let old = |for_ms| counted(Old { since_ms: 0, for_ms });
        assert_eq!(old(12_900), "已 12 秒没有更新，正在重连");
        assert_eq!(old(125_000), "已 2 分 05 秒没有更新，正在重连");
        assert_eq!(with_seconds(1_795_449_600_000 + 62_000), "00:01:02");
        assert_eq!(short_day("2026-11-28"), "11-28");
    }
}
