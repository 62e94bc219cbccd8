//! How a union buys: from one amount on it compares three offers, from another on its meeting decides. Both amounts are
//! dated rules ([`crate::rule`]).

use jiff::civil::Date;

use crate::order::parse_reason;
use crate::rule::parse_day;
use crate::wire;
use crate::{Code, Money, Refusal, Say, say};

/// Fewer are no comparison. Source: every published procedure of a union asks at least three suppliers.
pub const LEAST_OFFERS: usize = 3;
/// More than anybody asks.
pub const MOST_OFFERS: usize = 8;

const LONGEST_NAME: usize = 60;
const LONGEST_TERMS: usize = 500;

/// Offers compared, and which was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    pub offers: Vec<Offer>,
    /// Index into the offers.
    pub chosen: usize,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub supplier: String,
    pub offered_on: Date,
    pub total: Money,
    pub terms: String,
}

impl Comparison {
    /// Reads a record; an offer cannot be of a later day than `today`.
    ///
    /// # Errors
    /// All refusals at once.
    pub fn parse(body: &wire::NewComparison, today: Date) -> Result<Comparison, Vec<Refusal>> {
        let mut wrong = Vec::new();
        if !(LEAST_OFFERS..=MOST_OFFERS).contains(&body.offers.len()) {
            wrong.push(Refusal::field(
                "offers",
                say!(
                    "比价至少 {LEAST_OFFERS} 家，最多 {MOST_OFFERS} 家",
                    "Compare at least {LEAST_OFFERS} and at most {MOST_OFFERS} offers"
                ),
            ));
        }
        let mut offers: Vec<Offer> = Vec::new();
        for (index, offer) in body.offers.iter().enumerate() {
            let path = format!("offers[{index}]");
            let supplier = offer.supplier.trim();
            if supplier.is_empty() || supplier.chars().count() > LONGEST_NAME {
                wrong.push(Refusal::field(
                    format!("{path}.supplier"),
                    say!(
                        "写报价单位的全称，最多 {LONGEST_NAME} 字",
                        "Give the supplier's full name, at most {LONGEST_NAME} characters"
                    ),
                ));
            } else if offers.iter().any(|earlier| earlier.supplier == supplier) {
                wrong.push(Refusal::field(
                    format!("{path}.supplier"),
                    say!("三家要是不同的单位", "The suppliers must be different ones"),
                ));
            }
            if offer.total_fen <= Money::ZERO || offer.total_fen > Money::LIMIT {
                wrong.push(Refusal::field(format!("{path}.total_fen"), say!("报价要大于 0", "An offer is above 0")));
            }
            if offer.terms.chars().count() > LONGEST_TERMS {
                wrong.push(Refusal::field(
                    format!("{path}.terms"),
                    say!("最多 {LONGEST_TERMS} 字", "At most {LONGEST_TERMS} characters"),
                ));
            }
            let day = parse_day(&format!("{path}.offered_on"), &offer.offered_on, &mut wrong);
            if day.is_some_and(|day| day > today) {
                wrong.push(Refusal::field(
                    format!("{path}.offered_on"),
                    say!("报价日期不能晚于今天", "An offer cannot be of a later day than today"),
                ));
            }
            offers.push(Offer {
                supplier: supplier.to_owned(),
                offered_on: day.unwrap_or(today),
                total: offer.total_fen,
                terms: offer.terms.trim().to_owned(),
            });
        }
        let chosen = usize::try_from(body.chosen).ok().filter(|chosen| *chosen < body.offers.len());
        if chosen.is_none() {
            wrong.push(Refusal::field("chosen", say!("选定其中一家", "Choose one of them")));
        }
        let reason = parse_reason(&body.reason).map_err(|refusal| wrong.push(refusal)).ok();
        match (chosen, reason) {
            (Some(chosen), Some(reason)) if wrong.is_empty() => Ok(Comparison { offers, chosen, reason }),
            _ => Err(wrong),
        }
    }
}

/// What the rules ask of a procurement, and what is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Papers {
    pub total: Money,
    /// From this total on offers are compared; none where no rule says so.
    pub comparison_from: Option<Money>,
    pub decision_from: Option<Money>,
    pub has_comparison: bool,
    pub has_decision: bool,
}

impl Papers {
    pub fn needs_comparison(&self) -> bool {
        self.comparison_from.is_some_and(|from| self.total >= from)
    }

    pub fn needs_decision(&self) -> bool {
        self.decision_from.is_some_and(|from| self.total >= from)
    }

    /// What is missing for an approval.
    pub fn missing(&self) -> Option<Say> {
        let comparison = self.needs_comparison() && !self.has_comparison;
        let decision = self.needs_decision() && !self.has_decision;
        let total = self.total.yuan();
        match (comparison, decision) {
            (false, false) => None,
            (true, false) => Some(say!(
                "这次采购共 {total} 元，还缺三家比价记录，请经办人先补上",
                "This procurement comes to {total} yuan and lacks its record of three offers; the officer adds it first"
            )),
            (false, true) => Some(say!(
                "这次采购共 {total} 元，还缺会议纪要，请经办人先传上",
                "This procurement comes to {total} yuan and lacks the meeting's decision; the officer attaches it first"
            )),
            (true, true) => Some(say!(
                "这次采购共 {total} 元，还缺三家比价记录和会议纪要，请经办人先补上",
                "This procurement comes to {total} yuan and lacks its record of three offers and the meeting's decision; the officer adds them first"
            )),
        }
    }

    /// # Errors
    /// [`Code::PapersMissing`] with what is missing.
    pub fn check(&self) -> Result<(), Refusal> {
        self.missing().map_or(Ok(()), |sentence| Err(Refusal::new(Code::PapersMissing, sentence)))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn offer(supplier: &str, yuan: i64) -> wire::Offer {
        let (supplier, offered_on) = (supplier.to_owned(), "2026-11-20".to_owned());
        wire::Offer { supplier, offered_on, total_fen: Money::from_yuan(yuan), terms: String::new() }
    }

    fn body() -> wire::NewComparison {
        let offers = vec![offer("甲公司", 3), offer("乙公司", 2), offer("丙公司", 4)];
        wire::NewComparison { offers, chosen: 1, reason: "价格最低".to_owned() }
    }

    fn fields(body: &wire::NewComparison) -> Vec<String> {
        let refusals = Comparison::parse(body, date(2026, 11, 27)).err().unwrap_or_default();
        refusals.into_iter().filter_map(|refusal| refusal.field).collect()
    }

    #[test]
    fn three_offers_of_three_suppliers_are_a_comparison() {
        let read = Comparison::parse(&body(), date(2026, 11, 27)).expect("a comparison");
        assert_eq!((read.offers[read.chosen].supplier.as_str(), read.offers.len()), ("乙公司", 3));
        let mut two = body();
        two.offers.pop();
        assert_eq!(fields(&two), ["offers"]);
        let mut twice = body();
        twice.offers[2].supplier = " 甲公司 ".to_owned();
        assert_eq!(fields(&twice), ["offers[2].supplier"]);
    }

    #[test]
    fn everything_wrong_is_named() {
        let mut wrong = body();
        wrong.offers[0] = wire::Offer { offered_on: "2026-11-28".to_owned(), ..offer("", 0) };
        (wrong.chosen, wrong.reason) = (3, String::new());
        assert_eq!(
            fields(&wrong),
            ["offers[0].supplier", "offers[0].total_fen", "offers[0].offered_on", "chosen", "reason"]
        );
    }

    #[test]
    fn each_threshold_asks_for_its_paper_from_its_amount_on() {
        let papers = |yuan: i64, has_comparison: bool, has_decision: bool| Papers {
            total: Money::from_yuan(yuan),
            comparison_from: Some(Money::from_yuan(100)),
            decision_from: Some(Money::from_yuan(200)),
            has_comparison,
            has_decision,
        };
        let told = |papers: Papers| papers.missing().map(|say| (say.zh.contains("比价"), say.zh.contains("会议纪要")));
        assert_eq!(told(papers(99, false, false)), None);
        assert_eq!(told(papers(100, false, false)), Some((true, false)));
        assert_eq!(told(papers(199, true, false)), None);
        assert_eq!(told(papers(200, true, false)), Some((false, true)));
        assert_eq!(told(papers(200, false, true)), Some((true, false)));
        assert_eq!(told(papers(200, false, false)), Some((true, true)));
        assert_eq!(told(papers(200, true, true)), None);
        assert_eq!(papers(200, false, false).check().map_err(|refusal| refusal.code), Err(Code::PapersMissing));
        assert_eq!(
            Papers { total: Money::from_yuan(1_000_000), ..Papers::default() }.check(),
            Ok(()),
            "no rule, no paper"
        );
    }
}
