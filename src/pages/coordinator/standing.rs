//! How a year stands, in words and whole numbers: what the dashboard says about its figures, without the screen.

use domain::Money;
use domain::wire::{Tally, TallyRow};

use crate::components::dateline::Day;
use crate::format;
use crate::language::t;

/// Where the tally's year lies, seen from the moment the figures were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    NotBegun,
    Running,
    Over,
}

pub fn stage(tally: &Tally) -> Stage {
    match i64::from(tally.year).cmp(&as_of_day(tally).year) {
        std::cmp::Ordering::Less => Stage::Over,
        std::cmp::Ordering::Equal => Stage::Running,
        std::cmp::Ordering::Greater => Stage::NotBegun,
    }
}

pub fn as_of_day(tally: &Tally) -> Day {
    Day::at(tally.as_of_ms / 1_000)
}

/// The last month that has begun, 1 to 12: where the hills and the curve end.
pub fn month_reached(tally: &Tally) -> u8 {
    match stage(tally) {
        Stage::NotBegun => 1,
        Stage::Running => as_of_day(tally).month,
        Stage::Over => 12,
    }
}

/// Basis points to tenths of a percent, half away from zero: the precision of every rate on the page.
fn tenths(basis_points: i64) -> i64 {
    let magnitude = (basis_points.saturating_abs() + 5) / 10;
    if basis_points < 0 { -magnitude } else { magnitude }
}

/// `57` → `5.7`, with a true minus sign.
fn tenths_text(tenths: i64) -> String {
    let sign = if tenths < 0 { "−" } else { "" };
    format!("{sign}{}.{}", tenths.abs() / 10, tenths.abs() % 10)
}

/// `8421` → `84.2`
pub fn rate(basis_points: i64) -> String {
    tenths_text(tenths(basis_points))
}

/// How many tenths of a percentage point time is ahead of what is done. Taken from the rates as they are shown, so that
/// a reader who subtracts one from the other comes to the same.
fn points_behind(done_bp: i64, time_bp: i64) -> i64 {
    tenths(time_bp) - tenths(done_bp)
}

/// What a bar of progress says to those who cannot see it.
pub fn bar_name(done_bp: i64, time_bp: i64) -> String {
    t!(figures.bar, rate = rate(done_bp), time = rate(time_bp))
}

/// `part` of `whole` in basis points, half away from zero; none when there is no whole to be a part of.
pub fn share_bp(part: Money, whole: Money) -> Option<i64> {
    if whole <= Money::ZERO {
        return None;
    }
    let (part, whole) = (i128::from(part.fen()) * 10_000, i128::from(whole.fen()));
    let half = if part < 0 { -whole / 2 } else { whole / 2 };
    i64::try_from((part + half) / whole).ok()
}

/// `+12.3`, `−4.0`, `0.0`, `+¥123k`: 万元 with its sign. What rounds to nothing has none.
pub fn signed_wan(amount: Money) -> String {
    let text = format::wan_bare(amount, 1);
    let nothing = text.chars().all(|c| matches!(c, '¥' | '0' | '.'));
    if amount.is_negative() || nothing { text } else { format!("+{text}") }
}

/// Last year's sum for the same stretch: up to the same day while the year runs, all of it once it is over.
pub fn last_year_same(tally: &Tally) -> Money {
    match stage(tally) {
        Stage::Over => sum(&tally.last_year_months_fen),
        Stage::Running | Stage::NotBegun => tally.last_year_fen,
    }
}

pub fn sum(fen: &[i64]) -> Money {
    Money::from_fen(fen.iter().sum())
}

/// 同比 in basis points; none when there was nothing to compare with.
pub fn year_on_year_bp(this: Money, last: Money) -> Option<i64> {
    share_bp(this.checked_sub(last)?, last)
}

/// `同比 +14.2%`, `同比持平`, `上年同期无销售`
pub fn year_on_year(tally: &Tally) -> String {
    match year_on_year_bp(tally.recognised_fen, last_year_same(tally)).map(tenths) {
        None if stage(tally) == Stage::Over => t!(figures.nothing_last_year).to_owned(),
        None => t!(figures.nothing_by_then_last_year).to_owned(),
        Some(0) => t!(figures.as_last_year).to_owned(),
        Some(change) => t!(figures.year_on_year, change = signed(change)),
    }
}

/// `+14.2%`
pub fn change(basis_points: i64) -> String {
    format!("{}%", signed(tenths(basis_points)))
}

fn signed(tenths: i64) -> String {
    let plus = if tenths > 0 { "+" } else { "" };
    format!("{plus}{}", tenths_text(tenths))
}

/// The finding above the curve: how the year stands to its target, and whether what is on the way makes up for it.
pub fn finding(tally: &Tally) -> String {
    let (Some(done), Some(gap), Some(behind)) = (tally.completion_bp, tally.gap_fen, tally.behind_fen) else {
        return t!(figures.no_target).to_owned();
    };
    if gap <= Money::ZERO {
        return t!(figures.target_reached, amount = format::wan(gap.negated()));
    }
    match stage(tally) {
        Stage::NotBegun => t!(figures.year_not_begun).to_owned(),
        Stage::Over => t!(figures.year_done, rate = rate(done), amount = format::wan(gap)),
        Stage::Running if behind <= Money::ZERO => ahead(done, tally.time_bp),
        Stage::Running => lagging(done, tally.time_bp, behind, tally.pipeline_fen),
    }
}

fn ahead(done_bp: i64, time_bp: i64) -> String {
    match -points_behind(done_bp, time_bp) {
        ..=0 => t!(figures.with_time).to_owned(),
        points => t!(figures.ahead, points = tenths_text(points)),
    }
}

fn lagging(done_bp: i64, time_bp: i64, behind: Money, pipeline: Money) -> String {
    let how_far = match points_behind(done_bp, time_bp) {
        ..=0 => t!(figures.slightly_behind).to_owned(),
        points => t!(figures.behind, points = tenths_text(points)),
    };
    let after = Money::from_fen(behind.fen() - pipeline.fen());
    if pipeline <= Money::ZERO {
        t!(figures.nothing_on_the_way, how_far = how_far)
    } else if after <= Money::ZERO {
        t!(figures.on_the_way_suffices, how_far = how_far)
    } else {
        t!(figures.still_short, how_far = how_far, amount = format::wan(after))
    }
}

/// `比时间进度少 1,130.0`, under the gap.
pub fn against_time(behind: Money) -> String {
    if behind > Money::ZERO {
        t!(figures.less_than_time, amount = format::wan_bare(behind, 1))
    } else {
        t!(figures.more_than_time, amount = format::wan_bare(behind.negated(), 1))
    }
}

/// Those furthest behind the calendar first; those without a target last, in the order they came.
pub fn by_need(rows: &[TallyRow]) -> Vec<TallyRow> {
    let mut rows = rows.to_vec();
    rows.sort_by_key(|row| std::cmp::Reverse(row.behind_fen));
    rows
}

/// `10 个落后于时间进度，奉化区、象山县、宁海县差得最多。` for rows sorted by need.
pub fn who_is_behind(sorted: &[TallyRow]) -> String {
    let behind: Vec<&str> = sorted
        .iter()
        .filter(|row| row.behind_fen.is_some_and(|behind| behind > Money::ZERO))
        .map(|row| row.name.as_str())
        .collect();
    match behind.len() {
        0 if sorted.iter().all(|row| row.behind_fen.is_none()) => t!(figures.no_district_targets).to_owned(),
        0 => t!(figures.no_district_behind).to_owned(),
        1 => t!(figures.one_district_behind, name = behind[0]),
        count @ 2..=3 => t!(figures.few_districts_behind, count = count, names = behind.join(t!(parts.comma))),
        count => t!(figures.many_districts_behind, count = count, names = behind[..3].join(t!(parts.comma))),
    }
}

/// What the months say: the highest of those that have begun, and how it stands to the same month a year before.
pub fn months_finding(this_year: &[Money], last_year: &[Money]) -> String {
    let highest = (0..this_year.len()).max_by_key(|month| (this_year[*month], std::cmp::Reverse(*month)));
    let Some((month, amount)) = highest.map(|month| (month, this_year[month])).filter(|(_, it)| *it > Money::ZERO)
    else {
        return t!(figures.nothing_accepted).to_owned();
    };
    let before = last_year.get(month).copied().unwrap_or_default();
    let name = u32::try_from(month + 1).map_or("", format::month_in_sentences);
    let head = t!(figures.highest_month, month = name, amount = format::wan(amount));
    match year_on_year_bp(amount, before).map(tenths) {
        None => head,
        Some(0) => t!(figures.month_as_last_year, head = head),
        Some(change) if change > 0 => t!(figures.month_more, head = head, change = tenths_text(change)),
        Some(change) => t!(figures.month_less, head = head, change = tenths_text(-change)),
    }
}

/// What is spoken when the total changes: the new total and by how much it moved.
pub fn spoken_change(before: Money, now: Money) -> String {
    let change = Money::from_fen(now.fen() - before.fen());
    let (now, size) = (format::wan(now), format::yuan_short(Money::from_fen(change.fen().saturating_abs())));
    if change.is_negative() {
        t!(figures.fallen, now = now, size = size)
    } else {
        t!(figures.risen, now = now, size = size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-24 10:42 in Ningbo.
    const AS_OF_MS: i64 = 1_795_449_600_000 + (10 * 60 + 42) * 60_000;

    fn tally(recognised_yuan: i64, pipeline_yuan: i64) -> Tally {
        let target = Money::from_yuan(200_000_000);
        let recognised = Money::from_yuan(recognised_yuan);
        let done = share_bp(recognised, target).expect("a target");
        Tally {
            year: 2026,
            district: None,
            districts: Vec::new(),
            as_of_ms: AS_OF_MS,
            last_entry: 1,
            counting_rule: "2025-1".to_owned(),
            recognised_fen: recognised,
            entries: 1,
            last_year_fen: Money::from_yuan(147_500_000),
            last_year_until: "2025-11-24".to_owned(),
            months_compared: 10,
            target_fen: Some(target),
            completion_bp: Some(done),
            time_bp: 8_986,
            day_of_year: 328,
            days_in_year: 365,
            gap_fen: Some(Money::from_fen(target.fen() - recognised.fen())),
            behind_fen: Some(Money::from_fen(target.fen() / 10_000 * 8_986 - recognised.fen())),
            pipeline_fen: Money::from_yuan(pipeline_yuan),
            pipeline_orders: 1,
            by_district: Vec::new(),
            by_county: Vec::new(),
            by_brand: Vec::new(),
            by_channel: Vec::new(),
            by_category: Vec::new(),
            by_pair: Vec::new(),
            matrix: Vec::new(),
            pairings: Vec::new(),
            today: None,
            newest: Vec::new(),
            forecast: None,
            no_forecast: None,
            months_fen: vec![0; 12],
            last_year_months_fen: vec![1_500_000_000; 12],
        }
    }

    #[track_caller]
    fn check_finding(recognised_yuan: i64, pipeline_yuan: i64, expected: &str) {
        assert_eq!(finding(&tally(recognised_yuan, pipeline_yuan)), expected);
    }

    #[test]
    fn the_finding_says_how_the_year_stands() {
        check_finding(168_426_000, 12_864_000, "落后时间进度 5.7 个百分点；在途全部验收即可追平");
        check_finding(168_426_000, 11_294_000, "落后时间进度 5.7 个百分点；在途全部验收即可追平");
        check_finding(168_426_000, 1_294_000, "落后时间进度 5.7 个百分点；在途全部验收后仍少 1,000.0 万元");
        check_finding(168_426_000, 0, "落后时间进度 5.7 个百分点；眼下没有在途");
        check_finding(179_719_999, 1, "略低于时间进度；在途全部验收即可追平");
        check_finding(179_720_000, 0, "与时间进度持平");
        check_finding(184_000_000, 0, "快于时间进度 2.1 个百分点");
        check_finding(201_000_000, 0, "全年目标已完成，超出 100.0 万元");
    }

    #[test]
    fn a_year_that_is_over_is_compared_with_a_whole_year() {
        let over = Tally { year: 2025, time_bp: 10_000, ..tally(198_000_000, 0) };
        assert_eq!(finding(&over), "全年完成 99.0%，还差 200.0 万元");
        assert_eq!(last_year_same(&over), Money::from_yuan(180_000_000));
        assert_eq!(year_on_year(&over), "同比 +10.0%");
        assert_eq!(month_reached(&over), 12);
    }

    #[test]
    fn without_a_target_there_is_no_rate() {
        let free = Tally { target_fen: None, completion_bp: None, gap_fen: None, behind_fen: None, ..tally(1, 0) };
        assert_eq!(finding(&free), "这一年没有下达目标，只列累计");
    }

    #[test]
    fn year_on_year_is_whole_number_arithmetic() {
        let bp = |this, last| year_on_year_bp(Money::from_yuan(this), Money::from_yuan(last));
        assert_eq!(bp(168_426_000, 147_500_000), Some(1_419));
        assert_eq!(bp(90, 100), Some(-1_000));
        assert_eq!(bp(0, 100), Some(-10_000));
        assert_eq!(bp(5, 0), None);
        assert_eq!(year_on_year(&tally(168_426_000, 0)), "同比 +14.2%");
        assert_eq!(year_on_year(&Tally { last_year_fen: Money::ZERO, ..tally(1, 0) }), "上年同期无销售");
        assert_eq!(year_on_year(&tally(147_500_000, 0)), "同比持平");
        assert_eq!(year_on_year(&tally(132_750_000, 0)), "同比 −10.0%");
    }

    #[test]
    fn the_points_are_the_difference_of_the_rates_as_shown() {
        // 84.25 shows as 84.3, 89.94 as 89.9: the reader subtracts to 5.6.
        assert_eq!((rate(8_425), rate(8_994)), ("84.3".to_owned(), "89.9".to_owned()));
        assert_eq!(points_behind(8_425, 8_994), 56);
        assert_eq!(rate(-50), "−0.5");
    }

    #[test]
    fn signs_stand_before_what_does_not_round_to_nothing() {
        assert_eq!(signed_wan(Money::from_yuan(166_000)), "+16.6");
        assert_eq!(signed_wan(Money::from_yuan(-2_244_000)), "−224.4");
        assert_eq!(signed_wan(Money::from_yuan(400)), "0.0");
        assert_eq!(signed_wan(Money::from_yuan(-400)), "0.0");
    }

    #[test]
    fn the_needy_come_first_and_are_named() {
        let row = |name: &str, behind: Option<i64>| TallyRow {
            prefecture: None,
            key: name.to_owned(),
            name: name.to_owned(),
            amount_fen: Money::ZERO,
            target_fen: None,
            completion_bp: None,
            behind_fen: behind.map(Money::from_yuan),
            pipeline_fen: None,
            compared_fen: Money::ZERO,
            last_year_fen: Money::ZERO,
            months_fen: Vec::new(),
        };
        let rows = by_need(&[row("甲", None), row("乙", Some(5)), row("丙", Some(-9)), row("丁", Some(70))]);
        let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["丁", "乙", "丙", "甲"]);
        assert_eq!(who_is_behind(&rows), "2 个落后于时间进度：丁、乙。");
        assert_eq!(who_is_behind(&rows[2..3]), "没有区县落后于时间进度。");
        assert_eq!(who_is_behind(&rows[3..]), "这一年没有给区县下达目标。");
    }

    #[test]
    fn the_highest_month_is_named_and_compared() {
        let months = |wan: &[i64]| wan.iter().map(|wan| Money::from_yuan(wan * 10_000)).collect::<Vec<_>>();
        assert_eq!(months_finding(&months(&[3, 9, 9]), &months(&[1, 6, 1])), "2 月最高，9.0 万元，比上年同月多 50.0%");
        assert_eq!(months_finding(&months(&[3, 1]), &months(&[4, 6])), "1 月最高，3.0 万元，比上年同月少 25.0%");
        assert_eq!(months_finding(&months(&[3]), &months(&[0])), "1 月最高，3.0 万元");
        assert_eq!(months_finding(&months(&[0, 0]), &months(&[4, 6])), "今年还没有验收的销售");
    }

    #[test]
    fn a_change_is_spoken_with_its_direction() {
        let spoken = |before, now| spoken_change(Money::from_yuan(before), Money::from_yuan(now));
        assert_eq!(spoken(1_000_000, 1_010_710), "已认定 101.1 万元，增加 10,710 元");
        assert_eq!(spoken(1_010_710, 1_000_000), "已认定 100.0 万元，减少 10,710 元");
    }
}
