//! The monthly bulletin (通报): the figures of a year up to a month, put into the sentences an office writes.
//!
//! Every number of a sentence carries the filter of the ledger that lists its entries, where there is one. A pairing that is only
//! assumed is never told as a fact: its sales are summed by themselves and called 待确认.

use jiff::civil::Date;

use crate::region::{PairKind, Prefecture};
use crate::wire::{
    Bulletin, BulletinCell, BulletinFigures, BulletinParagraph, BulletinPiece, BulletinPlace, BulletinRow,
    BulletinTable,
};
use crate::{Language, Money};

/// So many are named of those that come first.
const NAMED: usize = 3;

const YI: Money = Money::from_yuan(100_000_000);
const WAN: Money = Money::from_yuan(10_000);

/// An amount as bulletins tell it: 亿元 or 万元 with two places, rounded half away from zero; below 万元 to the fen.
pub fn amount(amount: Money, reader: Language) -> String {
    if reader == Language::En {
        return amount.in_english();
    }
    match amount.fen().unsigned_abs() {
        size if size >= YI.fen().unsigned_abs() => format!("{}亿元", amount.yi(2)),
        size if size >= WAN.fen().unsigned_abs() => format!("{}万元", amount.wan(2)),
        _ => format!("{}元", amount.yuan()),
    }
}

/// Basis points in percent with one place, rounded half away from zero: 1,419 is 14.2.
pub fn percent(bp: i64) -> String {
    let tenths = (bp.unsigned_abs() + 5) / 10;
    let sign = if bp < 0 && tenths > 0 { "−" } else { "" };
    format!("{sign}{}.{}%", tenths / 10, tenths % 10)
}

/// 同比 in basis points, rounded half away from zero; none where there was nothing to compare with.
pub fn growth_bp(this: Money, last: Money) -> Option<i64> {
    if last <= Money::ZERO {
        return None;
    }
    let (more, last) = (i128::from(this.checked_sub(last)?.fen()) * 10_000, i128::from(last.fen()));
    let half = if more < 0 { -last / 2 } else { last / 2 };
    i64::try_from((more + half) / last).ok()
}

/// `1—10月`, `1月`
fn months_zh(month: i64) -> String {
    if month == 1 { "1月".to_owned() } else { format!("1—{month}月") }
}

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn month_en(month: i64) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|place| MONTHS_EN.get(place)).copied().unwrap_or_default()
}

/// `January to October`
fn months_en(month: i64) -> String {
    if month == 1 { month_en(1).to_owned() } else { format!("January to {}", month_en(month)) }
}

/// The bulletin of these figures, in a reader's language.
pub fn bulletin(figures: BulletinFigures, reader: Language) -> Bulletin {
    let (year, month) = (figures.year, figures.month);
    let (title, paragraphs) = match reader {
        Language::Zh => (format!("{year}年{}宁波市消费帮扶情况通报", months_zh(month)), zh::paragraphs(&figures)),
        Language::En => {
            (format!("Consumption assistance of Ningbo, {} {year}", months_en(month)), en::paragraphs(&figures))
        }
    };
    let preliminary = !figures.open_months.is_empty();
    Bulletin { year, month, title, paragraphs, table: table(&figures, reader), preliminary, figures }
}

// ---- pieces -------------------------------------------------------------------------------------------------------

/// A paragraph while it is written.
#[derive(Default)]
struct Text(Vec<BulletinPiece>);

impl Text {
    fn say(&mut self, words: impl Into<String>) -> &mut Text {
        let text = words.into();
        if !text.is_empty() {
            self.0.push(BulletinPiece { text, opens: None });
        }
        self
    }

    /// A number, and the filter that lists its entries.
    fn figure(&mut self, text: String, opens: String) -> &mut Text {
        self.0.push(BulletinPiece { text, opens: Some(opens) });
        self
    }

    fn end(self) -> BulletinParagraph {
        BulletinParagraph { pieces: self.0 }
    }
}

impl BulletinFigures {
    /// The filter of everything up to the month, narrowed by one thing more.
    fn so_far(&self, narrowed: &str) -> String {
        format!("year={}&until={}{narrowed}", self.year, self.month)
    }

    fn of_month(&self) -> String {
        format!("year={}&month={}", self.year, self.month)
    }

    /// The same stretch of last year, where it is made of whole months.
    fn last_year(&self) -> Option<String> {
        self.whole_months.then(|| format!("year={}&until={}", self.year - 1, self.month))
    }

    /// The same month of last year, where this one is whole.
    fn month_last_year(&self) -> Option<String> {
        self.whole_months.then(|| format!("year={}&month={}", self.year - 1, self.month))
    }

    fn prefecture(&self, prefecture: Prefecture) -> String {
        self.so_far(&format!("&prefecture={}", prefecture.code()))
    }

    fn by_rate(&self) -> Vec<&BulletinPlace> {
        let mut rated: Vec<&BulletinPlace> =
            self.by_district.iter().filter(|place| place.completion_bp.is_some()).collect();
        rated.sort_by_key(|place| std::cmp::Reverse(place.completion_bp));
        rated
    }

    /// Those that sold something, the highest first.
    fn highest(places: &[BulletinPlace]) -> Vec<&BulletinPlace> {
        let mut sold: Vec<&BulletinPlace> = places.iter().filter(|place| place.amount_fen > Money::ZERO).collect();
        sold.sort_by_key(|place| std::cmp::Reverse(place.amount_fen));
        sold
    }

    fn pair(&self, kind: PairKind) -> Money {
        self.by_pair.iter().find(|sum| sum.kind == kind).map(|sum| sum.amount_fen).unwrap_or_default()
    }

    fn of_prefecture(&self, prefecture: Prefecture) -> Money {
        let of = self.by_county.iter().filter(|place| place.prefecture == Some(prefecture));
        Money::from_fen(of.map(|place| place.amount_fen.fen()).sum())
    }

    fn share_bp(&self, part: Money) -> i64 {
        match self.recognised_fen.fen() {
            whole if whole > 0 => {
                let part = i128::from(part.fen()) * 10_000 + i128::from(whole) / 2;
                i64::try_from(part.div_euclid(i128::from(whole))).unwrap_or_default()
            }
            _ => 0,
        }
    }

    fn until(&self) -> Option<Date> {
        self.until.parse().ok()
    }
}

fn table(figures: &BulletinFigures, reader: Language) -> BulletinTable {
    let (caption, columns): (String, [&str; 6]) = match reader {
        Language::Zh => (
            format!("{}年{}各区（县、市）完成情况", figures.year, months_zh(figures.month)),
            ["区（县、市）", "累计完成（万元）", "年度任务（万元）", "完成率", "上年同期（万元）", "同比"],
        ),
        Language::En => (
            format!("Districts, {} {}", months_en(figures.month), figures.year),
            ["District", "So far (¥10,000)", "Target (¥10,000)", "Completion", "Last year (¥10,000)", "Change"],
        ),
    };
    let cell = |text: String, opens: Option<String>| BulletinCell { text, opens };
    let plain = |text: Option<String>| cell(text.unwrap_or_else(|| "—".to_owned()), None);
    let row = |name: String, it: &BulletinPlace, opens: String| BulletinRow {
        cells: vec![
            cell(name, None),
            cell(it.amount_fen.wan(2), Some(opens)),
            plain(it.target_fen.map(|target| target.wan(2))),
            plain(it.completion_bp.map(percent)),
            plain(it.last_year_fen.map(|last| last.wan(2))),
            plain(it.last_year_fen.and_then(|last| growth_bp(it.amount_fen, last)).map(percent)),
        ],
    };
    let mut rows: Vec<BulletinRow> = figures
        .by_district
        .iter()
        .map(|place| row(place.name.clone(), place, figures.so_far(&format!("&district={}", place.key))))
        .collect();
    let city = BulletinPlace {
        key: String::new(),
        name: String::new(),
        prefecture: None,
        amount_fen: figures.recognised_fen,
        last_year_fen: Some(figures.last_year_fen),
        target_fen: figures.target_fen,
        completion_bp: figures.completion_bp,
    };
    let whole = match reader {
        Language::Zh => "全市",
        Language::En => "The whole city",
    };
    rows.push(row(whole.to_owned(), &city, figures.so_far("")));
    BulletinTable { caption, columns: columns.map(str::to_owned).to_vec(), rows }
}

// ---- in Chinese ---------------------------------------------------------------------------------------------------

mod zh {
    use super::*;

    const READER: Language = Language::Zh;

    pub(super) fn paragraphs(it: &BulletinFigures) -> Vec<BulletinParagraph> {
        let all = [Some(whole(it)), Some(month(it)), districts(it), counties(it), channels(it), Some(pairs(it))];
        all.into_iter().flatten().chain([rule(it)]).collect()
    }

    fn told(money: Money) -> String {
        amount(money, READER)
    }

    /// `，同比增长14.2%`, or why there is no rate.
    fn growth(text: &mut Text, this: Money, last: Money, opens: Option<String>) {
        match growth_bp(this, last) {
            Some(0) => text.say("，与上年同期持平"),
            Some(bp) => text.say(format!("，同比{}{}", up_or_down(bp), percent(bp.abs()))),
            None if last == Money::ZERO => text.say("，上年同期为零，不计算同比"),
            None => text.say("，上年同期为负，不计算同比"),
        };
        if last > Money::ZERO {
            text.say("（上年同期");
            match opens {
                Some(opens) => text.figure(told(last), opens),
                None => text.say(told(last)),
            };
            text.say("）");
        }
    }

    fn up_or_down(bp: i64) -> &'static str {
        if bp < 0 { "下降" } else { "增长" }
    }

    fn whole(it: &BulletinFigures) -> BulletinParagraph {
        let mut text = Text::default();
        let period = match (it.whole_months, it.until()) {
            (false, Some(day)) => {
                format!("{}年{}（截至{}月{}日）", it.year, months_zh(it.month), day.month(), day.day())
            }
            _ => format!("{}年{}", it.year, months_zh(it.month)),
        };
        text.say(format!("{period}，全市完成消费帮扶")).figure(told(it.recognised_fen), it.so_far(""));
        growth(&mut text, it.recognised_fen, it.last_year_fen, it.last_year());
        match (it.target_fen, it.completion_bp) {
            (Some(target), Some(done)) => {
                text.say(format!("，完成年度任务{}的{}", told(target), percent(done)));
                // Taken from the rates as they are shown, so that a reader who subtracts comes to the same.
                let tenths = |bp: i64| (bp + 5) / 10;
                let points = tenths(done) - tenths(it.time_bp);
                let size = format!("{}.{}", points.abs() / 10, points.abs() % 10);
                match points {
                    0 => text.say(format!("，与时间进度（{}）持平。", percent(it.time_bp))),
                    1.. => text.say(format!("，快于时间进度（{}）{size}个百分点。", percent(it.time_bp))),
                    _ => text.say(format!("，慢于时间进度（{}）{size}个百分点。", percent(it.time_bp))),
                };
            }
            _ => {
                text.say("，全年没有下达任务。");
            }
        }
        text.end()
    }

    fn month(it: &BulletinFigures) -> BulletinParagraph {
        let mut text = Text::default();
        text.say(format!("其中，{}月当月完成", it.month)).figure(told(it.month_fen), it.of_month());
        growth(&mut text, it.month_fen, it.month_last_year_fen, it.month_last_year());
        text.say("。");
        text.end()
    }

    fn districts(it: &BulletinFigures) -> Option<BulletinParagraph> {
        let rated = it.by_rate();
        if rated.is_empty() {
            return None;
        }
        let mut text = Text::default();
        text.say("分区（县、市）看，完成率靠前的是");
        for (place, district) in rated.iter().take(NAMED).enumerate() {
            text.say(if place == 0 { "" } else { "、" }).say(district.name.clone()).say("（");
            text.figure(
                percent(district.completion_bp.unwrap_or_default()),
                it.so_far(&format!("&district={}", district.key)),
            );
            text.say("）");
        }
        let behind: Vec<&str> = rated
            .iter()
            .filter(|place| place.completion_bp.is_some_and(|done| done < it.time_bp))
            .map(|place| place.name.as_str())
            .collect();
        match behind.len() {
            0 => text.say("；各地都不低于时间进度。"),
            count => text.say(format!("；低于时间进度的有{count}个：{}。", behind.join("、"))),
        };
        Some(text.end())
    }

    fn counties(it: &BulletinFigures) -> Option<BulletinParagraph> {
        let highest = BulletinFigures::highest(&it.by_county);
        if highest.is_empty() {
            return None;
        }
        let mut text = Text::default();
        text.say("分产地看，采购");
        for (place, prefecture) in Prefecture::ALL.iter().enumerate() {
            text.say(if place == 0 { "" } else { "、" }).say(format!("{}市产品", prefecture.word(READER)));
            text.figure(told(it.of_prefecture(*prefecture)), it.prefecture(*prefecture));
        }
        text.say("；金额靠前的是");
        for (place, county) in highest.iter().take(NAMED).enumerate() {
            text.say(if place == 0 { "" } else { "、" }).say(county.name.clone()).say("（");
            text.figure(told(county.amount_fen), it.so_far(&format!("&county={}", county.key)));
            text.say("）");
        }
        text.say("。");
        Some(text.end())
    }

    fn channels(it: &BulletinFigures) -> Option<BulletinParagraph> {
        let highest = BulletinFigures::highest(&it.by_channel);
        if highest.is_empty() {
            return None;
        }
        let mut text = Text::default();
        text.say("分渠道看，");
        for (place, channel) in highest.iter().enumerate() {
            text.say(if place == 0 { "" } else { "，" }).say(channel.name.clone());
            text.figure(told(channel.amount_fen), it.so_far(&format!("&channel={}", channel.key)));
            text.say(format!("、占{}", percent(it.share_bp(channel.amount_fen))));
        }
        text.say("。");
        Some(text.end())
    }

    fn pairs(it: &BulletinFigures) -> BulletinParagraph {
        let mut text = Text::default();
        let of = |kind: PairKind| it.so_far(&format!("&pair={}", kind.code()));
        text.say("结对地区之间（结对关系已确认）采购");
        text.figure(told(it.pair(PairKind::Verified)), of(PairKind::Verified));
        for (place, pair) in it.verified_pairs.iter().take(NAMED).enumerate() {
            text.say(if place == 0 { "，其中" } else { "、" });
            text.say(format!("{}采购{}产品", pair.district, pair.county));
            let narrowed = format!("&district={}&county={}", pair.district_id, pair.county_id);
            text.figure(told(pair.amount_fen), it.so_far(&narrowed));
        }
        let assumed = it.pair(PairKind::Assumed);
        if assumed != Money::ZERO {
            text.say("；另有").figure(told(assumed), of(PairKind::Assumed));
            text.say("所涉结对关系待确认，未计入结对采购");
        }
        for (kind, words) in
            [(PairKind::Elsewhere, "；采购其他区（县、市）结对县产品"), (PairKind::Unpaired, "；采购未结对县产品")]
        {
            if it.pair(kind) != Money::ZERO {
                text.say(words).figure(told(it.pair(kind)), of(kind));
            }
        }
        text.say("。以上各类都计入全市总额。");
        text.end()
    }

    fn rule(it: &BulletinFigures) -> BulletinParagraph {
        let mut text = Text::default();
        let (version, document) = (&it.counting_rule, &it.counting_document);
        text.say(format!("说明：数据按统计口径{version}（{document}）统计，以验收为准，共"));
        text.figure(format!("{}笔", it.entries), it.so_far(""));
        let open: Vec<String> = it.open_months.iter().map(|month| format!("{month}月")).collect();
        match open.is_empty() {
            true => text.say(format!("；{}已关账。", months_zh(it.month))),
            false => text.say(format!("；{}未关账，数据为初步，以关账后为准。", open.join("、"))),
        };
        text.say("金额四舍五入，亿元、万元取两位小数，不足一万元的写到分；比率取一位小数。");
        text.end()
    }
}

// ---- in English ---------------------------------------------------------------------------------------------------

mod en {
    use super::*;

    const READER: Language = Language::En;

    pub(super) fn paragraphs(it: &BulletinFigures) -> Vec<BulletinParagraph> {
        let all = [Some(whole(it)), districts(it), counties(it), channels(it), Some(pairs(it))];
        all.into_iter().flatten().chain([rule(it)]).collect()
    }

    fn told(money: Money) -> String {
        amount(money, READER)
    }

    fn growth(text: &mut Text, this: Money, last: Money) {
        match growth_bp(this, last) {
            Some(0) => text.say(", as much as a year before"),
            Some(bp) if bp < 0 => text.say(format!(", {} less than a year before", percent(-bp))),
            Some(bp) => text.say(format!(", {} more than a year before", percent(bp))),
            None => text.say("; nothing was sold a year before, so there is no rate of change"),
        };
    }

    fn whole(it: &BulletinFigures) -> BulletinParagraph {
        let mut text = Text::default();
        let until = if it.whole_months { String::new() } else { format!(" (up to {})", it.until) };
        text.say(format!("From {} {}{until}, ", months_en(it.month), it.year));
        text.figure(told(it.recognised_fen), it.so_far("")).say(" were bought");
        growth(&mut text, it.recognised_fen, it.last_year_fen);
        match (it.target_fen, it.completion_bp) {
            (Some(target), Some(done)) => text.say(format!(
                ". That is {} of the year's target of {}; the calendar stands at {}. ",
                percent(done),
                told(target),
                percent(it.time_bp)
            )),
            _ => text.say(". The year has no target. "),
        };
        text.say(format!("{} alone: ", month_en(it.month))).figure(told(it.month_fen), it.of_month());
        growth(&mut text, it.month_fen, it.month_last_year_fen);
        text.say(".");
        text.end()
    }

    fn listed(text: &mut Text, items: &[(&str, String, String)]) {
        for (place, (name, figure, opens)) in items.iter().enumerate() {
            text.say(if place == 0 { "" } else { ", " }).say(format!("{name} ("));
            text.figure(figure.clone(), opens.clone()).say(")");
        }
        text.say(".");
    }

    fn districts(it: &BulletinFigures) -> Option<BulletinParagraph> {
        let rated = it.by_rate();
        let items: Vec<(&str, String, String)> = rated
            .iter()
            .take(NAMED)
            .map(|place| {
                let opens = it.so_far(&format!("&district={}", place.key));
                (place.name.as_str(), percent(place.completion_bp.unwrap_or_default()), opens)
            })
            .collect();
        (!items.is_empty()).then(|| {
            let mut text = Text::default();
            text.say("Districts furthest on: ");
            listed(&mut text, &items);
            text.end()
        })
    }

    fn counties(it: &BulletinFigures) -> Option<BulletinParagraph> {
        let highest = BulletinFigures::highest(&it.by_county);
        let items: Vec<(&str, String, String)> = highest
            .iter()
            .take(NAMED)
            .map(|place| (place.name.as_str(), told(place.amount_fen), it.so_far(&format!("&county={}", place.key))))
            .collect();
        (!items.is_empty()).then(|| {
            let mut text = Text::default();
            text.say("Goods ");
            for (place, prefecture) in Prefecture::ALL.iter().enumerate() {
                text.say(if place == 0 { "of " } else { ", of " }).say(prefecture.word(READER)).say(" ");
                text.figure(told(it.of_prefecture(*prefecture)), it.prefecture(*prefecture));
            }
            text.say(". Counties helped most: ");
            listed(&mut text, &items);
            text.end()
        })
    }

    fn channels(it: &BulletinFigures) -> Option<BulletinParagraph> {
        let highest = BulletinFigures::highest(&it.by_channel);
        let items: Vec<(&str, String, String)> = highest
            .iter()
            .map(|place| (place.name.as_str(), told(place.amount_fen), it.so_far(&format!("&channel={}", place.key))))
            .collect();
        (!items.is_empty()).then(|| {
            let mut text = Text::default();
            text.say("By channel: ");
            listed(&mut text, &items);
            text.end()
        })
    }

    fn pairs(it: &BulletinFigures) -> BulletinParagraph {
        let mut text = Text::default();
        let of = |kind: PairKind| it.so_far(&format!("&pair={}", kind.code()));
        text.say("Between districts and counties whose pairing is confirmed: ");
        text.figure(told(it.pair(PairKind::Verified)), of(PairKind::Verified));
        let assumed = it.pair(PairKind::Assumed);
        if assumed != Money::ZERO {
            text.say("; ").figure(told(assumed), of(PairKind::Assumed));
            text.say(" belong to pairings still to be confirmed and are not counted among them");
        }
        text.say(". All of it counts for the city.");
        text.end()
    }

    fn rule(it: &BulletinFigures) -> BulletinParagraph {
        let mut text = Text::default();
        let (version, document) = (&it.counting_rule, &it.counting_document);
        text.say(format!("Counted at acceptance, by rule {version} ({document}): "));
        text.figure(format!("{} entries", it.entries), it.so_far("")).say(". ");
        let open: Vec<&str> = it.open_months.iter().map(|month| month_en(*month)).collect();
        match open.is_empty() {
            true => text.say("All these months are closed."),
            false => text.say(format!("Preliminary: {} not closed yet.", open.join(", "))),
        };
        text.say(" Amounts are rounded, rates have one place.");
        text.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{BulletinPair, PairSum};

    fn place(key: &str, name: &str, yuan: i64, target: Option<i64>) -> BulletinPlace {
        BulletinPlace {
            key: key.to_owned(),
            name: name.to_owned(),
            prefecture: Some(Prefecture::Lishui),
            amount_fen: Money::from_yuan(yuan),
            last_year_fen: Some(Money::from_yuan(yuan / 2)),
            target_fen: target.map(Money::from_yuan),
            completion_bp: target.map(|target| yuan * 10_000 / target),
        }
    }

    fn figures() -> BulletinFigures {
        BulletinFigures {
            year: 2026,
            month: 10,
            until: "2026-10-31".to_owned(),
            whole_months: true,
            recognised_fen: Money::from_yuan(168_426_000),
            last_year_fen: Money::from_yuan(147_500_000),
            month_fen: Money::from_yuan(9_512_345),
            month_last_year_fen: Money::ZERO,
            target_fen: Some(Money::from_yuan(200_000_000)),
            completion_bp: Some(8_421),
            time_bp: 8_328,
            entries: 1_234,
            by_district: vec![
                place("zhenhai", "镇海区", 900, Some(1_000)),
                place("haishu", "海曙区", 500, Some(1_000)),
                place("yinzhou", "鄞州区", 990, Some(1_000)),
            ],
            by_county: vec![place("qingyuan", "庆元", 500, None), place("longquan", "龙泉", 700, None)],
            by_channel: vec![place("union_procurement", "工会采购", 150_000_000, None)],
            by_pair: vec![
                PairSum { kind: PairKind::Verified, amount_fen: Money::from_yuan(300_000) },
                PairSum { kind: PairKind::Assumed, amount_fen: Money::from_yuan(70_000) },
            ],
            verified_pairs: vec![BulletinPair {
                district_id: "haishu".to_owned(),
                district: "海曙区".to_owned(),
                county_id: "qingyuan".to_owned(),
                county: "庆元县".to_owned(),
                amount_fen: Money::from_yuan(300_000),
            }],
            counting_rule: "2025-1".to_owned(),
            counting_document: "示例".to_owned(),
            open_months: vec![10],
        }
    }

    fn text(bulletin: &Bulletin) -> String {
        let of = |paragraph: &BulletinParagraph| {
            paragraph.pieces.iter().map(|piece| piece.text.as_str()).collect::<String>()
        };
        bulletin.paragraphs.iter().map(of).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn it_reads_as_an_office_writes() {
        let told = text(&bulletin(figures(), Language::Zh));
        for sentence in [
            "2026年1—10月，全市完成消费帮扶1.68亿元，同比增长14.2%（上年同期1.48亿元），完成年度任务2.00亿元的84.2%，快于时间进度（83.3%）0.9个百分点。",
            "其中，10月当月完成951.23万元，上年同期为零，不计算同比。",
            "完成率靠前的是鄞州区（99.0%）、镇海区（90.0%）、海曙区（50.0%）；低于时间进度的有1个：海曙区。",
            "其中海曙区采购庆元县产品30.00万元",
            "另有7.00万元所涉结对关系待确认，未计入结对采购",
            "统计口径2025-1（示例）",
            "10月未关账，数据为初步",
        ] {
            assert!(told.contains(sentence), "{sentence}\nin\n{told}");
        }
    }

    #[test]
    fn every_number_of_a_sentence_leads_to_its_entries() {
        let bulletin = bulletin(figures(), Language::Zh);
        let first = &bulletin.paragraphs[0].pieces;
        let opens = |text: &str| first.iter().find(|piece| piece.text == text).and_then(|piece| piece.opens.as_deref());
        assert_eq!(opens("1.68亿元"), Some("year=2026&until=10"));
        assert_eq!(opens("1.48亿元"), Some("year=2025&until=10"));
        assert_eq!(bulletin.table.rows[0].cells[1].opens.as_deref(), Some("year=2026&until=10&district=zhenhai"));
    }

    /// Only confirmed pairs come in by name; of the others there is a sum that says what it is.
    #[test]
    fn an_assumed_pairing_is_never_told_as_a_fact() {
        for reader in [Language::Zh, Language::En] {
            let told = text(&bulletin(figures(), reader));
            let word = if reader == Language::Zh { "待确认" } else { "to be confirmed" };
            let amount = amount(Money::from_yuan(70_000), reader);
            for (place, _) in told.match_indices(&amount) {
                assert!(told[place..].chars().take(80).collect::<String>().contains(word), "{told}");
            }
            assert!(told.contains(word));
        }
        let none = BulletinFigures { by_pair: Vec::new(), verified_pairs: Vec::new(), ..figures() };
        assert!(!text(&bulletin(none, Language::Zh)).contains("待确认"));
    }

    #[test]
    fn amounts_have_one_way_to_be_told() {
        let told = |fen| amount(Money::from_fen(fen), Language::Zh);
        assert_eq!(told(17_900_000_000), "1.79亿元");
        assert_eq!(told(999_999_999_999), "100.00亿元");
        assert_eq!(told(9_999_999_999), "10,000.00万元");
        assert_eq!(told(1_000_000), "1.00万元");
        assert_eq!(told(999_999), "9,999.99元");
        assert_eq!(told(-1_050_000), "−1.05万元");
        assert_eq!((percent(8_421), percent(-4), percent(-1_000)), ("84.2%".into(), "0.0%".into(), "−10.0%".into()));
    }

    #[test]
    fn a_change_of_nothing_is_no_rate() {
        assert_eq!(growth_bp(Money::from_yuan(5), Money::ZERO), None);
        assert_eq!(growth_bp(Money::from_yuan(5), Money::from_yuan(-5)), None);
        assert_eq!(growth_bp(Money::from_yuan(90), Money::from_yuan(100)), Some(-1_000));
        let running = BulletinFigures { whole_months: false, until: "2026-10-12".into(), ..figures() };
        let told = text(&bulletin(running, Language::Zh));
        assert!(told.starts_with("2026年1—10月（截至10月12日），"), "{told}");
    }
}
