//! Dated rules: what a union may spend and how it must buy. Amounts are never constants here; each comes with the document that
//! sets it and the days on which it holds.
//!
//! A rule is never edited: another version is added beside it, and of those that are in force the narrowest scope wins, then the
//! one that began last.

use jiff::civil::Date;

use crate::code::coded;
use crate::id::{OrganisationId, RuleId};
use crate::occasion::Occasion;
use crate::region::DistrictId;
use crate::wire;
use crate::{Money, Refusal, Say, say};

/// Longer numbers of documents are texts, and belong into the document.
const LONGEST_DOCUMENT: usize = 120;

/// The whole, in basis points.
pub const WHOLE_BP: i64 = 10_000;

coded! {
    /// What a rule sets.
    ///
    /// Sources: the cap, the extra cap and the share as Ningbo's notice of 2019-09-11 has them; procurement in steps as unions of
    /// other provinces have published it. No amount found holds for Ningbo today.
    pub enum RuleKind {
        AnnualCap = "annual_cap" "每人每年限额" "Annual cap per member",
        ExtraAssistanceCap = "extra_assistance_cap" "帮扶产品另加限额" "Extra cap for assistance goods",
        MinAssistanceShare = "min_assistance_share" "帮扶产品最低占比" "Least share of assistance goods",
        FestivalStandard = "festival_standard" "每次人均标准" "Standard per head and occasion",
        ComparisonThreshold = "comparison_threshold" "三家比价起点" "Compare three offers above",
        DecisionThreshold = "decision_threshold" "会议决定起点" "Meeting decision above",
        /// From this amount on a reversal of the ledger needs a second person's consent (crate::correction). This market's own
        /// assumption, as offices have two people answer for a correction.
        ReversalConsent = "reversal_consent" "冲销两人办理起点" "Reversal needs a second person above",
    }
}

coded! {
    /// For whom it holds. The key beside it names the district or the union; it is empty for the city.
    pub enum RuleScope {
        City = "city" "全市" "City",
        District = "district" "区县" "District",
        Union = "union" "工会" "Union",
    }
}

impl RuleKind {
    /// Whether its value is basis points; all others are fen.
    pub fn is_share(self) -> bool {
        self == RuleKind::MinAssistanceShare
    }

    /// Whether it may be set for one occasion.
    pub fn knows_occasions(self) -> bool {
        self == RuleKind::FestivalStandard
    }
}

/// One version of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub id: RuleId,
    pub kind: RuleKind,
    /// Of a standard that holds for one occasion; none holds for all.
    pub occasion: Option<Occasion>,
    pub scope: RuleScope,
    /// Id of the district or the union; empty for the city.
    pub key: String,
    /// Fen, or basis points of a share.
    pub value: i64,
    pub valid_from: Date,
    /// The last day; none while nobody has set one.
    pub valid_to: Option<Date>,
    pub document: String,
}

/// The union a rule is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub union: OrganisationId,
    pub district: DistrictId,
}

impl Rule {
    pub fn amount(&self) -> Money {
        Money::from_fen(self.value)
    }

    pub fn is_in_force(&self, on: Date) -> bool {
        self.valid_from <= on && self.valid_to.is_none_or(|last| on <= last)
    }

    fn holds_for(&self, place: &Place) -> bool {
        match self.scope {
            RuleScope::City => true,
            RuleScope::District => self.key == place.district.as_str(),
            RuleScope::Union => self.key == place.union.to_string(),
        }
    }
}

/// The rule in force for a union on a day: of the narrowest scope, then for this occasion and not for all, then the one that began
/// last, and of two that began together the one that was written down last.
pub fn in_force<'a>(
    rules: &'a [Rule],
    kind: RuleKind,
    occasion: Option<Occasion>,
    place: &Place,
    on: Date,
) -> Option<&'a Rule> {
    let fits = |rule: &&Rule| {
        let of_occasion = rule.occasion.is_none() || rule.occasion == occasion;
        rule.kind == kind && of_occasion && rule.is_in_force(on) && rule.holds_for(place)
    };
    // Scopes are declared from the widest to the narrowest; identifiers grow with time.
    rules.iter().filter(fits).max_by_key(|rule| (rule.scope, rule.occasion.is_some(), rule.valid_from, rule.id.0))
}

impl Rule {
    /// Reads a new version; whether the district or the union exists is the store's question.
    ///
    /// # Errors
    /// All refusals at once.
    pub fn parse(body: &wire::NewRule) -> Result<Rule, Vec<Refusal>> {
        let mut wrong = Vec::new();
        if !(1..=most_of(body.kind)).contains(&body.value) {
            wrong.push(Refusal::field("value", value_out_of_bounds(body.kind)));
        }
        if body.occasion.is_some() && !body.kind.knows_occasions() {
            wrong.push(Refusal::field(
                "occasion",
                say!("只有每次人均标准能分节日", "Only the standard per head is set by occasion"),
            ));
        }
        let key = body.key.trim();
        match (body.scope, key.is_empty()) {
            (RuleScope::City, false) => {
                wrong.push(Refusal::field("key", say!("全市的规定不选区县和工会", "A rule of the city names nobody")));
            }
            (RuleScope::District | RuleScope::Union, true) => {
                wrong.push(Refusal::field("key", say!("选是哪个区县或工会", "Choose the district or the union")));
            }
            _ => {}
        }
        let document = body.document.trim();
        if document.is_empty() || document.chars().count() > LONGEST_DOCUMENT {
            wrong.push(Refusal::field(
                "document",
                say!(
                    "写明文号，最多 {LONGEST_DOCUMENT} 字",
                    "Give the document's number, at most {LONGEST_DOCUMENT} characters"
                ),
            ));
        }
        let valid_from = parse_day("valid_from", &body.valid_from, &mut wrong);
        let valid_to = body.valid_to.as_deref().and_then(|day| parse_day("valid_to", day, &mut wrong));
        if let (Some(from), Some(to)) = (valid_from, valid_to)
            && to < from
        {
            wrong.push(Refusal::field(
                "valid_to",
                say!("最后一天不能早于第一天", "The last day cannot be before the first"),
            ));
        }
        match valid_from {
            Some(valid_from) if wrong.is_empty() => Ok(Rule {
                id: body.id,
                kind: body.kind,
                occasion: body.occasion,
                scope: body.scope,
                key: key.to_owned(),
                value: body.value,
                valid_from,
                valid_to,
                document: document.to_owned(),
            }),
            _ => Err(wrong),
        }
    }
}

/// The largest value that is no slip of the keyboard.
fn most_of(kind: RuleKind) -> i64 {
    match kind {
        RuleKind::MinAssistanceShare => WHOLE_BP,
        RuleKind::AnnualCap | RuleKind::ExtraAssistanceCap | RuleKind::FestivalStandard => {
            Money::from_yuan(100_000).fen()
        }
        RuleKind::ComparisonThreshold | RuleKind::DecisionThreshold | RuleKind::ReversalConsent => {
            Money::from_yuan(1_000_000_000).fen()
        }
    }
}

fn value_out_of_bounds(kind: RuleKind) -> Say {
    if kind.is_share() {
        return say!("占比要大于 0，不超过 100 %", "A share is above 0 and at most 100 %");
    }
    let most = Money::from_fen(most_of(kind)).yuan();
    say!("金额要大于 0，不超过 {most} 元", "The amount is above 0 and at most {most} yuan")
}

/// Reads a day of a form or of a body.
pub(crate) fn parse_day(field: &str, text: &str, wrong: &mut Vec<Refusal>) -> Option<Date> {
    let day: Option<Date> = text.trim().parse().ok();
    if day.is_none() {
        wrong.push(Refusal::field(field, say!("日期写成 2026-11-27 这样", "Write the day as 2026-11-27")));
    }
    day
}

/// Reads a share as typed, in percent with at most two decimals, exactly: `33.33` is 3,333 basis points.
///
/// # Errors
/// The sentence shown beside the field.
pub fn parse_share(text: &str) -> Result<i64, Say> {
    let typed: String = text.chars().map(crate::money::half_width).collect();
    let percent = typed.trim().trim_end_matches('%').trim();
    let bp = Money::parse(percent).map(Money::fen).ok();
    bp.filter(|bp| (1..=WHOLE_BP).contains(bp))
        .ok_or_else(|| say!("占比写成 33.33 这样，不超过 100", "Write the share as 33.33, at most 100"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    fn rule(number: u128, scope: RuleScope, key: &str, value: i64) -> Rule {
        Rule {
            id: RuleId(Uuid::from_u128(number)),
            kind: RuleKind::AnnualCap,
            occasion: None,
            scope,
            key: key.to_owned(),
            value,
            valid_from: date(2026, 1, 1),
            valid_to: None,
            document: "示例".to_owned(),
        }
    }

    fn union() -> OrganisationId {
        OrganisationId(Uuid::from_u128(77))
    }

    fn value_on(rules: &[Rule], on: Date) -> Option<i64> {
        let place = Place { union: union(), district: DistrictId::new("zhenhai") };
        in_force(rules, RuleKind::AnnualCap, None, &place, on).map(|rule| rule.value)
    }

    #[test]
    fn the_narrowest_scope_in_force_wins() {
        let day = date(2026, 11, 27);
        let city = rule(1, RuleScope::City, "", 150_000);
        let district = rule(2, RuleScope::District, "zhenhai", 160_000);
        let own = rule(3, RuleScope::Union, &union().to_string(), 170_000);
        let others = [rule(4, RuleScope::District, "yinzhou", 1), rule(5, RuleScope::Union, "x", 2)];
        let with = |more: &[&Rule]| {
            let rules: Vec<Rule> = others.iter().chain(more.iter().copied()).cloned().collect();
            value_on(&rules, day)
        };
        assert_eq!(with(&[]), None);
        assert_eq!(with(&[&city]), Some(150_000));
        assert_eq!(with(&[&district, &city]), Some(160_000));
        assert_eq!(with(&[&own, &district, &city]), Some(170_000));
    }

    #[test]
    fn a_rule_holds_from_its_first_day_to_its_last() {
        let mut short = rule(1, RuleScope::City, "", 1);
        short.valid_to = Some(date(2026, 12, 31));
        let rules = [short];
        for (day, value) in [
            (date(2025, 12, 31), None),
            (date(2026, 1, 1), Some(1)),
            (date(2026, 12, 31), Some(1)),
            (date(2027, 1, 1), None),
        ] {
            assert_eq!(value_on(&rules, day), value, "{day}");
        }
    }

    #[test]
    fn of_one_scope_the_one_that_began_last_wins_and_then_the_one_written_last() {
        let old = rule(9, RuleScope::City, "", 1);
        let mut new = rule(2, RuleScope::City, "", 2);
        new.valid_from = date(2026, 6, 1);
        let mut corrected = new.clone();
        (corrected.id, corrected.value) = (RuleId(Uuid::from_u128(3)), 3);
        let rules = [corrected, new, old];
        assert_eq!(value_on(&rules, date(2026, 5, 31)), Some(1));
        assert_eq!(value_on(&rules, date(2026, 6, 1)), Some(3));
        // A narrower rule that has ended gives way to the wider one again.
        let mut ended = rule(4, RuleScope::District, "zhenhai", 4);
        ended.valid_to = Some(date(2026, 6, 30));
        let rules = [ended, rules[2].clone()];
        assert_eq!(value_on(&rules, date(2026, 6, 30)), Some(4));
        assert_eq!(value_on(&rules, date(2026, 7, 1)), Some(1));
    }

    #[test]
    fn a_standard_for_one_occasion_stands_above_that_for_all() {
        let standard = |number, occasion, value| Rule {
            kind: RuleKind::FestivalStandard,
            occasion,
            ..rule(number, RuleScope::City, "", value)
        };
        let rules = [standard(1, Some(Occasion::SpringFestival), 50_000), standard(2, None, 30_000)];
        let place = Place { union: union(), district: DistrictId::new("zhenhai") };
        let of = |occasion| {
            let found = in_force(&rules, RuleKind::FestivalStandard, Some(occasion), &place, date(2026, 2, 1));
            found.map(|rule| rule.value)
        };
        assert_eq!((of(Occasion::SpringFestival), of(Occasion::Labour)), (Some(50_000), Some(30_000)));
    }

    fn body() -> wire::NewRule {
        wire::NewRule {
            id: RuleId(Uuid::from_u128(1)),
            kind: RuleKind::AnnualCap,
            occasion: None,
            scope: RuleScope::City,
            key: String::new(),
            value: 150_000,
            valid_from: "2027-01-01".to_owned(),
            valid_to: None,
            document: " 甬工〔2027〕1号 ".to_owned(),
        }
    }

    #[test]
    fn every_field_that_does_not_fit_is_named() {
        assert_eq!(Rule::parse(&body()).map(|rule| rule.document), Ok("甬工〔2027〕1号".to_owned()));
        let wrong = wire::NewRule {
            occasion: Some(Occasion::Labour),
            scope: RuleScope::Union,
            value: 0,
            valid_from: "1月1日".to_owned(),
            document: " ".to_owned(),
            ..body()
        };
        let fields: Vec<_> =
            Rule::parse(&wrong).expect_err("refused").into_iter().filter_map(|refusal| refusal.field).collect();
        assert_eq!(fields, ["value", "occasion", "key", "document", "valid_from"]);
        let backwards = wire::NewRule { valid_to: Some("2026-12-31".to_owned()), ..body() };
        let refusals = Rule::parse(&backwards).expect_err("refused");
        assert_eq!(refusals[0].field.as_deref(), Some("valid_to"));
        let share = wire::NewRule { kind: RuleKind::MinAssistanceShare, value: WHOLE_BP + 1, ..body() };
        assert!(Rule::parse(&share).is_err());
    }

    #[test]
    fn a_share_is_read_exactly() {
        for (text, bp) in [("33.33", 3_333), ("100%", 10_000), (" ３０ ", 3_000), ("0.01", 1)] {
            assert_eq!(parse_share(text), Ok(bp), "{text}");
        }
        for text in ["", "0", "100.01", "-5", "1/3", "33.333"] {
            assert!(parse_share(text).is_err(), "{text}");
        }
    }
}
