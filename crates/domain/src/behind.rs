//! Who is behind, and what would help: a sentence for each, made here alone.
//!
//! Behind is who has sold less than the calendar asks for by today (`Progress::behind`). What would help is what is there already:
//! orders on their way, money that unions have for assistance goods and have not spent, and goods that are in season in the
//! paired counties.

use crate::plan::{Limits, Outlook};
use crate::region::PairingStatus;
use crate::rule::WHOLE_BP;
use crate::{Money, Say, say};

/// What a union still has to spend on assistance goods: the least share of what its year comes to, less what it has spent on
/// them, and no more than its caps leave. The year comes to what the union plans, or to both caps where it has planned nothing.
/// `None` where neither a share nor a cap is set. Source of share and caps: the dated rules.
pub fn assistance_unspent(limits: Limits, outlook: &Outlook) -> Option<Money> {
    let share = i128::from(limits.min_assistance_share_bp?);
    let left = outlook.left?;
    let year = if outlook.expected > Money::ZERO { outlook.expected } else { limits.in_all()? };
    let whole = i128::from(WHOLE_BP);
    // Rounded up: a fen less would be below the share.
    let asked = (i128::from(year.fen()) * share + whole - 1) / whole;
    let unspent = i64::try_from(asked).ok()?.saturating_sub(outlook.spent.assistance.fen());
    Some(Money::from_fen(unspent.min(left.fen()).max(0)))
}

/// Goods of a paired county that are in season.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InSeason {
    pub county: Say,
    pub status: PairingStatus,
    pub goods: i64,
}

/// A district that is behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistrictBehind {
    pub name: Say,
    pub behind: Money,
    pub pipeline: Money,
    /// Unions that have assistance money left, and how much together.
    pub unions: i64,
    pub unspent: Money,
    pub in_season: Vec<InSeason>,
}

/// A pair whose county is behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairBehind {
    pub district: Say,
    pub county: Say,
    pub status: PairingStatus,
    /// Of the county's goods, by whomever bought.
    pub behind: Money,
    /// What this district has bought of the county.
    pub bought: Money,
}

/// Whoever lacks most first, and only who lacks something.
pub fn furthest<T>(mut all: Vec<T>, behind: impl Fn(&T) -> Option<Money>) -> Vec<T> {
    all.retain(|one| behind(one).is_some_and(|behind| behind > Money::ZERO));
    all.sort_by_key(|one| std::cmp::Reverse(behind(one)));
    all
}

fn amount(money: Money) -> Say {
    Say { zh: format!("{} 万元", money.wan(1)).into(), en: money.in_english().into() }
}

fn joined(parts: Vec<Say>) -> Say {
    let of = |pick: fn(&Say) -> &str, between: &str| parts.iter().map(pick).collect::<Vec<_>>().join(between);
    let (zh, en) = (of(|part| &part.zh, "；"), of(|part| &part.en, "; "));
    say!("{zh}。", "{en}.")
}

impl DistrictBehind {
    pub fn sentence(&self) -> Say {
        let head = say!(
            "{name}比时间进度少 {behind}",
            "{name} is {behind} behind the calendar";
            name = self.name.clone(), behind = amount(self.behind)
        );
        let unions = self.unions;
        let money = (unions > 0).then(|| {
            say!(
                "{many}还有 {unspent}帮扶份额没用",
                "{many} {unspent} of assistance money unspent";
                many = Say {
                    zh: format!("{unions} 家工会").into(),
                    en: if unions == 1 { "one union has".into() } else { format!("{unions} unions have").into() }
                },
                unspent = amount(self.unspent)
            )
        });
        let goods = self.in_season.iter().filter(|of| of.goods > 0).map(InSeason::sentence);
        joined([head, self.on_the_way()].into_iter().chain(money).chain(goods).collect())
    }

    fn on_the_way(&self) -> Say {
        let short = Money::from_fen(self.behind.fen() - self.pipeline.fen());
        if self.pipeline <= Money::ZERO {
            say!("眼下没有在途", "nothing is on its way")
        } else if short <= Money::ZERO {
            say!("在途全部验收即可追平", "what is on its way suffices")
        } else {
            say!(
                "在途 {pipeline}全部验收后仍少 {short}",
                "with {pipeline} on its way it is still {short} short";
                pipeline = amount(self.pipeline), short = amount(short)
            )
        }
    }
}

impl InSeason {
    fn sentence(&self) -> Say {
        let (goods, county) = (Say::same(&self.goods.to_string()), self.county.clone());
        match self.status {
            PairingStatus::Verified => say!(
                "结对的{county}眼下有 {goods} 款应季",
                "{county}, its pair, has {goods} goods in season";
                county = county, goods = goods
            ),
            PairingStatus::Assumed => say!(
                "{county}（结对待确认）眼下有 {goods} 款应季",
                "{county} (pairing to be confirmed) has {goods} goods in season";
                county = county, goods = goods
            ),
        }
    }
}

impl PairBehind {
    pub fn sentence(&self) -> Say {
        let head = say!(
            "{county}的产品比时间进度少 {behind}",
            "Goods of {county} are {behind} behind the calendar";
            county = self.county.clone(), behind = amount(self.behind)
        );
        let (district, bought) = (self.district.clone(), amount(self.bought));
        let pair = match (self.status, self.bought > Money::ZERO) {
            (PairingStatus::Verified, true) => say!(
                "结对的{district}买了 {bought}", "{district}, its pair, bought {bought}";
                district = district, bought = bought
            ),
            (PairingStatus::Verified, false) => {
                say!("结对的{district}还没有买过", "{district}, its pair, has bought nothing yet"; district = district)
            }
            (PairingStatus::Assumed, true) => say!(
                "{district}（结对待确认）买了 {bought}", "{district} (pairing to be confirmed) bought {bought}";
                district = district, bought = bought
            ),
            (PairingStatus::Assumed, false) => say!(
                "{district}（结对待确认）还没有买过", "{district} (pairing to be confirmed) has bought nothing yet";
                district = district
            ),
        };
        joined(vec![head, pair])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Spent;

    fn district() -> DistrictBehind {
        DistrictBehind {
            name: Say::name("奉化区", "Fenghua"),
            behind: Money::from_yuan(2_244_000),
            pipeline: Money::from_yuan(1_338_000),
            unions: 2,
            unspent: Money::from_yuan(352_000),
            in_season: vec![InSeason {
                county: Say::name("缙云", "Jinyun"),
                status: PairingStatus::Verified,
                goods: 7,
            }],
        }
    }

    #[test]
    fn a_sentence_says_what_is_missing_and_what_would_help() {
        let said = district().sentence();
        assert_eq!(
            said.zh,
            "奉化区比时间进度少 224.4 万元；在途 133.8 万元全部验收后仍少 90.6 万元；2 家工会还有 35.2 万元帮扶份额没用；\
             结对的缙云眼下有 7 款应季。"
        );
        assert!(said.en.starts_with("Fenghua is ¥2.24m behind the calendar; with "), "{}", said.en);
    }

    #[test]
    fn what_is_not_there_is_not_said() {
        let bare = DistrictBehind { pipeline: Money::ZERO, unions: 0, in_season: Vec::new(), ..district() };
        assert_eq!(bare.sentence().zh, "奉化区比时间进度少 224.4 万元；眼下没有在途。");
        let soon = DistrictBehind { pipeline: bare.behind, ..bare };
        assert_eq!(soon.sentence().zh, "奉化区比时间进度少 224.4 万元；在途全部验收即可追平。");
    }

    #[test]
    fn a_pair_that_is_not_confirmed_is_never_said_as_fact() {
        let pair = PairBehind {
            district: Say::name("镇海区", "Zhenhai"),
            county: Say::name("龙泉", "Longquan"),
            status: PairingStatus::Assumed,
            behind: Money::from_yuan(10_000),
            bought: Money::ZERO,
        };
        assert_eq!(pair.sentence().zh, "龙泉的产品比时间进度少 1.0 万元；镇海区（结对待确认）还没有买过。");
        for bought in [0, 5_000] {
            let pair = PairBehind { bought: Money::from_yuan(bought), ..pair.clone() };
            assert!(pair.sentence().zh.contains("待确认") && pair.sentence().en.contains("to be confirmed"));
        }
        let in_season = InSeason { county: Say::name("龙泉", "Longquan"), status: PairingStatus::Assumed, goods: 3 };
        assert!(DistrictBehind { in_season: vec![in_season], ..district() }.sentence().zh.contains("结对待确认"));
    }

    #[test]
    fn only_who_is_behind_is_named_and_the_furthest_first() {
        let behind = |yuan| Some(Money::from_yuan(yuan));
        let all = vec![("a", behind(3)), ("b", behind(-1)), ("c", behind(9)), ("d", None), ("e", behind(0))];
        let names: Vec<&str> = furthest(all, |one| one.1).into_iter().map(|one| one.0).collect();
        assert_eq!(names, ["c", "a"]);
    }

    #[test]
    fn a_union_has_left_what_its_share_asks_for_and_its_caps_allow() {
        let limits = Limits {
            members: 100,
            annual_cap: Some(Money::from_yuan(2_000)),
            extra_assistance_cap: Some(Money::from_yuan(500)),
            min_assistance_share_bp: Some(3_000),
        };
        let outlook = |expected: i64, assistance: i64, left: i64| Outlook {
            occasions: Vec::new(),
            planned: Money::ZERO,
            ordered: Money::ZERO,
            accepted: Money::ZERO,
            outside: Money::ZERO,
            spent: Spent { assistance: Money::from_yuan(assistance), other: Money::ZERO },
            expected: Money::from_yuan(expected),
            left: Some(Money::from_yuan(left)),
            left_per_member: None,
            assistance_share_bp: None,
            warnings: Vec::new(),
        };
        let unspent = |expected, assistance, left| assistance_unspent(limits, &outlook(expected, assistance, left));
        assert_eq!(
            unspent(200_000, 10_000, 190_000),
            Some(Money::from_yuan(50_000)),
            "30 % of the plan less what is spent"
        );
        assert_eq!(unspent(0, 0, 250_000), Some(Money::from_yuan(75_000)), "without a plan, of both caps");
        assert_eq!(unspent(200_000, 70_000, 9), Some(Money::ZERO), "all of it is spent");
        assert_eq!(unspent(200_000, 0, 9), Some(Money::from_yuan(9)), "no more than the caps leave");
        assert_eq!(assistance_unspent(Limits::default(), &outlook(1, 0, 1)), None, "no rule, no share");
    }
}
