//! A union's plan for a year: what may be spent, what is meant to be, what has been, and what is left.
//!
//! Sums are exact fen. A purchase counts in the year in which it was ordered, or bought elsewhere. Everything on the platform is an
//! assistance good. The annual cap counts for each member over all occasions; the extra cap lies beside it and is for assistance
//! goods alone. Source: Ningbo's notice of 2019-09-11. Going over is the union's to decide, and it says why.

use crate::occasion::Occasion;
use crate::order::{Budget, parse_optional_text};
use crate::rule::{WHOLE_BP, parse_day};
use crate::wire;
use crate::{Money, Refusal, Say, say};

const LONGEST_SUPPLIER: usize = 60;

/// What the rules allow a union.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    pub members: i64,
    pub annual_cap: Option<Money>,
    pub extra_assistance_cap: Option<Money>,
    /// Of all that is spent, in basis points.
    pub min_assistance_share_bp: Option<i64>,
}

/// What has been spent, or is bound to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    pub assistance: Money,
    pub other: Money,
}

impl Spent {
    pub fn total(self) -> Money {
        Money::from_fen(self.assistance.fen() + self.other.fen())
    }
}

impl Limits {
    /// What all members may be given of anything; none where no cap is set.
    pub fn of_anything(self) -> Option<Money> {
        Some(Money::from_fen(self.annual_cap?.fen() * self.members))
    }

    /// The same with what may be spent on assistance goods beside.
    pub fn in_all(self) -> Option<Money> {
        let extra = self.extra_assistance_cap.unwrap_or(Money::ZERO);
        Some(Money::from_fen((self.annual_cap?.fen() + extra.fen()) * self.members))
    }

    /// By how much `spent` is more than the caps allow: goods that are no assistance goods beyond the annual cap, or everything beyond
    /// both, whichever is more.
    pub fn exceeded_by(self, spent: Spent) -> Option<Money> {
        let (of_anything, in_all) = (self.of_anything()?, self.in_all()?);
        let over = (spent.other.fen() - of_anything.fen()).max(spent.total().fen() - in_all.fen());
        (over > 0).then(|| Money::from_fen(over))
    }

    /// How much of what was spent would have to be assistance goods and is not.
    pub fn lacks_assistance(self, spent: Spent) -> Option<Money> {
        let share = i128::from(self.min_assistance_share_bp?);
        let whole = i128::from(WHOLE_BP);
        // Rounded up: a fen less would be below the share.
        let asked = (i128::from(spent.total().fen()) * share + whole - 1) / whole;
        let lacking = asked - i128::from(spent.assistance.fen());
        i64::try_from(lacking).ok().filter(|fen| *fen > 0).map(Money::from_fen)
    }
}

/// What one occasion comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OccasionSums {
    pub occasion: Occasion,
    pub planned: Money,
    /// Ordered, accepted and bought elsewhere.
    pub spent: Money,
    /// Of what is planned; negative when more was spent.
    pub left: Money,
}

/// What the whole year comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    pub occasions: Vec<OccasionSums>,
    pub planned: Money,
    pub ordered: Money,
    pub accepted: Money,
    pub outside: Money,
    pub spent: Spent,
    /// What the year is bound to come to: of each occasion what was planned, or spent when that is more.
    pub expected: Money,
    /// Of both caps for all members; none where no cap is set.
    pub left: Option<Money>,
    /// The same for each member, rounded down to the fen.
    pub left_per_member: Option<Money>,
    /// Assistance goods among what was spent, in basis points, rounded down; none while nothing was spent.
    pub assistance_share_bp: Option<i64>,
    pub warnings: Vec<Warning>,
}

/// What speaks against a plan or what was made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// More was spent than the caps allow.
    SpentOverCap(Money),
    /// What is planned will go over the caps.
    PlannedOverCap(Money),
    /// So much more of what was spent should have been assistance goods.
    BelowShare(Money),
    /// One occasion costs more than was planned for it.
    OverPlan(Occasion, Money),
    /// More for each head than the rules have for this occasion.
    OverStandard(Occasion, Money),
}

impl Warning {
    /// Whether the plan must say why.
    pub fn needs_reason(self) -> bool {
        matches!(self, Warning::SpentOverCap(_) | Warning::PlannedOverCap(_) | Warning::OverStandard(..))
    }

    pub fn say(self) -> Say {
        let named = |occasion: Occasion| Say { zh: occasion.zh().into(), en: occasion.en().into() };
        match self {
            Warning::SpentOverCap(over) => {
                say!(
                    "已用的超出年度限额 {over} 元",
                    "{over} yuan more was spent than the year's caps allow",
                    over = over.yuan()
                )
            }
            Warning::PlannedOverCap(over) => {
                say!(
                    "照计划全年要超出限额 {over} 元",
                    "As planned, the year goes {over} yuan over its caps",
                    over = over.yuan()
                )
            }
            Warning::BelowShare(lacking) => say!(
                "帮扶产品占比不够，已用的里面还差 {lacking} 元",
                "Too little went to assistance goods: {lacking} yuan of what was spent",
                lacking = lacking.yuan()
            ),
            Warning::OverPlan(occasion, over) => say!(
                "{occasion}比计划多用 {over} 元",
                "{occasion} cost {over} yuan more than planned";
                occasion = named(occasion), over = Say { zh: over.yuan().into(), en: over.yuan().into() }
            ),
            Warning::OverStandard(occasion, over) => say!(
                "{occasion}的人均标准比规定高 {over} 元",
                "The standard for {occasion} is {over} yuan above the rules";
                occasion = named(occasion), over = Say { zh: over.yuan().into(), en: over.yuan().into() }
            ),
        }
    }
}

impl wire::Plan {
    pub fn limits(&self) -> Limits {
        let amount = |rule: &Option<wire::PlanRule>| rule.as_ref().map(|rule| Money::from_fen(rule.value));
        Limits {
            members: self.members,
            annual_cap: amount(&self.annual_cap),
            extra_assistance_cap: amount(&self.extra_assistance_cap),
            min_assistance_share_bp: self.min_assistance_share.as_ref().map(|rule| rule.value),
        }
    }
}

impl wire::PlanLine {
    pub fn planned(&self) -> Money {
        match (self.head_count, self.per_head_fen) {
            (Some(heads), Some(per_head)) => Money::from_fen(heads * per_head.fen()),
            _ => Money::ZERO,
        }
    }

    pub fn spent(&self) -> Spent {
        let on_platform = self.ordered_fen.fen() + self.accepted_fen.fen();
        Spent {
            assistance: Money::from_fen(on_platform + self.outside_assistance_fen.fen()),
            other: Money::from_fen(self.outside_fen.fen() - self.outside_assistance_fen.fen()),
        }
    }
}

fn sum(amounts: impl Iterator<Item = Money>) -> Money {
    Money::from_fen(amounts.map(Money::fen).sum())
}

/// Sums a plan up.
pub fn outlook(plan: &wire::Plan) -> Outlook {
    let (limits, lines) = (plan.limits(), &plan.lines);
    let occasions: Vec<OccasionSums> = lines.iter().map(sums_of).collect();
    let spent = Spent {
        assistance: sum(lines.iter().map(|line| line.spent().assistance)),
        other: sum(lines.iter().map(|line| line.spent().other)),
    };
    let expected = sum(occasions.iter().map(|sums| sums.planned.max(sums.spent)));
    let left = limits.in_all().map(|all| Money::from_fen(all.fen() - spent.total().fen()));
    let per_member = |left: Money| (limits.members > 0).then(|| Money::from_fen(left.fen().div_euclid(limits.members)));
    let share =
        |total: i64| i64::try_from(i128::from(spent.assistance.fen()) * i128::from(WHOLE_BP) / i128::from(total));
    Outlook {
        planned: sum(occasions.iter().map(|sums| sums.planned)),
        ordered: sum(lines.iter().map(|line| line.ordered_fen)),
        accepted: sum(lines.iter().map(|line| line.accepted_fen)),
        outside: sum(lines.iter().map(|line| line.outside_fen)),
        warnings: warnings(limits, lines, &occasions, spent, expected),
        spent,
        expected,
        left,
        left_per_member: left.and_then(per_member),
        assistance_share_bp: Some(spent.total().fen()).filter(|total| *total > 0).and_then(|total| share(total).ok()),
        occasions,
    }
}

fn sums_of(line: &wire::PlanLine) -> OccasionSums {
    let (planned, spent) = (line.planned(), line.spent().total());
    OccasionSums { occasion: line.occasion, planned, spent, left: Money::from_fen(planned.fen() - spent.fen()) }
}

fn warnings(
    limits: Limits,
    lines: &[wire::PlanLine],
    occasions: &[OccasionSums],
    spent: Spent,
    expected: Money,
) -> Vec<Warning> {
    let over = limits.exceeded_by(spent).map(Warning::SpentOverCap);
    // What is planned may all be assistance goods: it is held against both caps.
    let planned = limits.in_all().map(|all| expected.fen() - all.fen()).filter(|over| *over > 0);
    let planned = planned.filter(|_| over.is_none()).map(|over| Warning::PlannedOverCap(Money::from_fen(over)));
    let share = limits.lacks_assistance(spent).map(Warning::BelowShare);
    let of_plan = |sums: &OccasionSums| {
        let over = !sums.planned.fen().eq(&0) && sums.left.is_negative();
        over.then(|| Warning::OverPlan(sums.occasion, sums.left.negated()))
    };
    let of_standard = |line: &wire::PlanLine| {
        let over = line.per_head_fen?.fen() - line.standard.as_ref()?.value;
        (over > 0).then(|| Warning::OverStandard(line.occasion, Money::from_fen(over)))
    };
    let of_lines = occasions.iter().filter_map(of_plan).chain(lines.iter().filter_map(of_standard));
    over.into_iter().chain(planned).chain(share).chain(of_lines).collect()
}

// ---- reading ------------------------------------------------------------------------------------------------------

/// One occasion as it is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    pub occasion: Occasion,
    pub budget: Budget,
}

/// Reads a whole plan: each occasion once.
///
/// # Errors
/// All refusals at once.
pub fn parse_plan(body: &wire::NewPlan) -> Result<(Vec<Planned>, Option<String>), Vec<Refusal>> {
    let mut wrong = Vec::new();
    let mut lines: Vec<Planned> = Vec::new();
    for (index, line) in body.lines.iter().enumerate() {
        if lines.iter().any(|earlier| earlier.occasion == line.occasion) {
            wrong.push(Refusal::field(
                format!("lines[{index}].occasion"),
                say!("同一个节日写了两行", "The same occasion stands on two lines"),
            ));
        }
        match Budget::new(line.head_count, Money::from_fen(line.per_head_fen)) {
            Ok(budget) => lines.push(Planned { occasion: line.occasion, budget }),
            Err(refusal) => {
                let field = match refusal.field.as_deref() {
                    Some("head_count") => "head_count",
                    _ => "per_head_fen",
                };
                wrong.push(refusal.at(format!("lines[{index}].{field}")));
            }
        }
    }
    let reason = parse_optional_text("reason", body.reason.as_deref(), &mut wrong);
    if wrong.is_empty() { Ok((lines, reason)) } else { Err(wrong) }
}

/// Looks at something bought elsewhere; it cannot be of a later day than `today`.
///
/// # Errors
/// All refusals at once.
pub fn check_purchase(body: &wire::NewPurchase, today: jiff::civil::Date) -> Result<(), Vec<Refusal>> {
    let mut wrong = Vec::new();
    let day = parse_day("bought_on", &body.bought_on, &mut wrong);
    if day.is_some_and(|day| day > today || day.year() < today.year() - 1) {
        wrong.push(Refusal::field("bought_on", say!("日期在去年和今天之间", "The day is between last year and today")));
    }
    if !(1..=Money::LIMIT.fen()).contains(&body.amount_fen) {
        wrong.push(Refusal::field("amount_fen", say!("金额要大于 0", "The amount is above 0")));
    }
    if !(0..=body.amount_fen.max(0)).contains(&body.assistance_fen) {
        wrong.push(Refusal::field(
            "assistance_fen",
            say!("帮扶产品的金额不能超过总额", "Assistance goods cannot cost more than all of it"),
        ));
    }
    let supplier = body.supplier.trim().chars().count();
    if !(1..=LONGEST_SUPPLIER).contains(&supplier) {
        wrong.push(Refusal::field(
            "supplier",
            say!(
                "写明供货单位，最多 {LONGEST_SUPPLIER} 字",
                "Name the supplier, at most {LONGEST_SUPPLIER} characters"
            ),
        ));
    }
    parse_optional_text("note", body.note.as_deref(), &mut wrong);
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::id::PurchaseId;

    fn rule(value: i64) -> Option<wire::PlanRule> {
        Some(wire::PlanRule { value, document: "示例".to_owned(), valid_from: "2025-01-01".to_owned() })
    }

    fn line(occasion: Occasion, plan: Option<(i64, i64)>, spent_fen: [i64; 4]) -> wire::PlanLine {
        let [ordered, accepted, outside, outside_assistance] = spent_fen.map(Money::from_fen);
        wire::PlanLine {
            occasion,
            head_count: plan.map(|(heads, _)| heads),
            per_head_fen: plan.map(|(_, fen)| Money::from_fen(fen)),
            standard: None,
            ordered_fen: ordered,
            accepted_fen: accepted,
            outside_fen: outside,
            outside_assistance_fen: outside_assistance,
        }
    }

    /// Three members, 1,500 and 500 yuan, a third.
    fn plan(lines: Vec<wire::PlanLine>) -> wire::Plan {
        wire::Plan {
            year: 2026,
            revision: 1,
            members: 3,
            annual_cap: rule(150_000),
            extra_assistance_cap: rule(50_000),
            min_assistance_share: rule(3_333),
            lines,
            purchases: Vec::new(),
            reason: None,
        }
    }

    #[test]
    fn a_year_is_summed_to_the_fen() {
        let spring = line(Occasion::SpringFestival, Some((3, 50_000)), [10_001, 20_002, 60_000, 30_000]);
        let labour = line(Occasion::Labour, Some((2, 30_000)), [0, 70_003, 0, 0]);
        let outlook = outlook(&plan(vec![spring, labour]));
        assert_eq!(outlook.planned, Money::from_fen(150_000 + 60_000));
        assert_eq!((outlook.ordered.fen(), outlook.accepted.fen(), outlook.outside.fen()), (10_001, 90_005, 60_000));
        assert_eq!((outlook.spent.assistance.fen(), outlook.spent.other.fen()), (130_006, 30_000));
        assert_eq!(outlook.expected, Money::from_fen(150_000 + 70_003));
        assert_eq!(outlook.left, Some(Money::from_fen(600_000 - 160_006)));
        assert_eq!(outlook.left_per_member, Some(Money::from_fen(146_664)));
        assert_eq!(outlook.assistance_share_bp, Some(8_125));
        let left: Vec<i64> = outlook.occasions.iter().map(|sums| sums.left.fen()).collect();
        assert_eq!(left, [59_997, -10_003]);
        assert_eq!(outlook.warnings, [Warning::OverPlan(Occasion::Labour, Money::from_fen(10_003))]);
    }

    #[test]
    fn the_extra_cap_is_for_assistance_goods_alone() {
        let limits = plan(Vec::new()).limits();
        let spent =
            |assistance, other| Spent { assistance: Money::from_fen(assistance), other: Money::from_fen(other) };
        for (assistance, other, over) in [
            (600_000, 0, None),
            (600_001, 0, Some(1)),
            (150_000, 450_000, None),
            (150_001, 450_000, Some(1)),
            (0, 450_000, None),
            (0, 450_001, Some(1)),
            (100_000, 510_000, Some(60_000)),
            (300_000, 451_000, Some(151_000)),
        ] {
            let found = limits.exceeded_by(spent(assistance, other)).map(Money::fen);
            assert_eq!(found, over, "{assistance} {other}");
        }
        assert_eq!(
            Limits { annual_cap: None, ..limits }.exceeded_by(spent(i64::MAX / 4, 0)),
            None,
            "no cap, nothing over"
        );
    }

    #[test]
    fn the_share_is_kept_to_the_fen() {
        let limits = Limits { min_assistance_share_bp: Some(3_333), ..Limits::default() };
        let lacks = |assistance, other| {
            let spent = Spent { assistance: Money::from_fen(assistance), other: Money::from_fen(other) };
            limits.lacks_assistance(spent).map(Money::fen)
        };
        assert_eq!(lacks(3_333, 6_667), None);
        assert_eq!(lacks(3_332, 6_668), Some(1));
        assert_eq!(lacks(0, 1), Some(1));
        assert_eq!(lacks(0, 0), None);
    }

    #[test]
    fn going_over_is_warned_of_once_and_needs_a_reason() {
        let planned = plan(vec![line(Occasion::Labour, Some((3, 200_001)), [0; 4])]);
        assert_eq!(outlook(&planned).warnings, [Warning::PlannedOverCap(Money::from_fen(3))]);
        let spent = plan(vec![line(Occasion::Labour, Some((3, 200_001)), [600_001, 0, 0, 0])]);
        assert_eq!(outlook(&spent).warnings, [Warning::SpentOverCap(Money::from_fen(1))]);
        assert!(outlook(&spent).warnings.into_iter().all(Warning::needs_reason));
        let mut dear = line(Occasion::Labour, Some((1, 30_001)), [0; 4]);
        dear.standard = rule(30_000);
        let warnings = outlook(&plan(vec![dear])).warnings;
        assert_eq!(warnings, [Warning::OverStandard(Occasion::Labour, Money::from_fen(1))]);
        let told = warnings[0].say();
        assert_eq!(told.zh, "劳动节的人均标准比规定高 0.01 元");
        let outside = plan(vec![line(Occasion::Labour, None, [0, 0, 10_000, 0])]);
        let warnings = outlook(&outside).warnings;
        assert_eq!(warnings, [Warning::BelowShare(Money::from_fen(3_333))]);
        assert!(!warnings[0].needs_reason(), "it can still be made up for");
    }

    #[test]
    fn a_year_without_anything_is_empty() {
        let mut empty = plan(Vec::new());
        empty.members = 0;
        let outlook = outlook(&empty);
        assert_eq!((outlook.left, outlook.left_per_member), (Some(Money::ZERO), None));
        assert_eq!((outlook.assistance_share_bp, outlook.warnings), (None, Vec::new()));
    }

    #[test]
    fn a_plan_has_each_occasion_once() {
        let line = |occasion, head_count, per_head_fen| wire::NewPlanLine { occasion, head_count, per_head_fen };
        let body = |lines| wire::NewPlan { revision: 0, lines, reason: Some(" ".to_owned()) };
        let (lines, reason) = parse_plan(&body(vec![line(Occasion::Labour, 3, 30_000)])).expect("a plan");
        assert_eq!((lines[0].budget.total(), reason), (Money::from_fen(90_000), None));
        let wrong = body(vec![
            line(Occasion::Labour, 3, 30_000),
            line(Occasion::Labour, 0, 30_000),
            line(Occasion::NewYear, 1, 0),
        ]);
        let refusals = parse_plan(&wrong).expect_err("refused");
        let fields: Vec<_> = refusals.into_iter().filter_map(|refusal| refusal.field).collect();
        assert_eq!(fields, ["lines[1].occasion", "lines[1].head_count", "lines[2].per_head_fen"]);
    }

    #[test]
    fn what_was_bought_elsewhere_is_looked_at() {
        let today = date(2026, 11, 27);
        let good = wire::NewPurchase {
            id: PurchaseId(Uuid::from_u128(1)),
            occasion: Occasion::Labour,
            bought_on: "2026-04-20".to_owned(),
            amount_fen: 100,
            assistance_fen: 100,
            supplier: "某超市".to_owned(),
            note: None,
        };
        assert_eq!(check_purchase(&good, today), Ok(()));
        let bad = wire::NewPurchase {
            bought_on: "2026-11-28".to_owned(),
            amount_fen: 0,
            assistance_fen: 1,
            supplier: String::new(),
            ..good
        };
        let refusals = check_purchase(&bad, today).expect_err("refused");
        let fields: Vec<_> = refusals.into_iter().filter_map(|refusal| refusal.field).collect();
        assert_eq!(fields, ["bought_on", "amount_fen", "assistance_fen", "supplier"]);
    }
}
