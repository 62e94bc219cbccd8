//! How a procurement was bought: the offers compared, and whether all is there that its size asks for.

use diesel::prelude::*;
use domain::attachment::AttachmentKind;
use domain::order_life::State;
use domain::organisation::Actor;
use domain::permission::{Act, check_order, may};
use domain::permission::{Whose, whose_order};
use domain::procedure::{Comparison, Papers};
use domain::rule::RuleKind;
use domain::{Code, Language, Money, say, wire};

use super::orders::{parties_of, procurement_of};
use super::rules::OfUnion;
use super::{Db, attachments, audit};
use crate::clock::{self, Ms};
use crate::error::{Result, refuse};
use crate::schema::{comparison_offers, comparisons, orders};

/// What the rules ask of an order's procurement, and what is there of it. The rules are those of the day on which it was ordered.
struct Asked {
    papers: Papers,
    comparison_document: Option<String>,
    decision_document: Option<String>,
    comparison: Option<wire::Comparison>,
    decisions: Vec<wire::Attachment>,
    /// Whether any of its orders is still to be approved.
    open: bool,
}

fn asked(db: &mut Db, order_id: &str) -> Result<Asked> {
    let procurement = procurement_of(db, order_id)?;
    let basket: Vec<(String, String, String, i64, i64)> = orders::table
        .filter(orders::procurement_id.eq(&procurement))
        .filter(orders::state.ne(State::Cancelled.code()))
        .select((orders::buyer_id, orders::buyer_district_id, orders::state, orders::total_fen, orders::created_at_ms))
        .load(db)?;
    let total = Money::from_fen(basket.iter().map(|(.., total, _)| total).sum());
    let open =
        basket.iter().any(|(_, _, state, ..)| [State::Draft.code(), State::Submitted.code()].contains(&state.as_str()));
    let rules = match basket.first() {
        Some((buyer, district, .., at)) => Some(OfUnion::read(db, buyer, district, clock::day(*at))?),
        // All of it is cancelled.
        None => None,
    };
    let rule = |kind| rules.as_ref().and_then(|rules| rules.rule(kind, None));
    let (compare, decide) = (rule(RuleKind::ComparisonThreshold), rule(RuleKind::DecisionThreshold));
    let comparison = comparison(db, &procurement)?;
    let decisions = attachments::of_kind(db, order_id, AttachmentKind::MeetingDecision)?;
    Ok(Asked {
        papers: Papers {
            total,
            comparison_from: compare.map(|rule| rule.amount()),
            decision_from: decide.map(|rule| rule.amount()),
            has_comparison: comparison.is_some(),
            has_decision: !decisions.is_empty(),
        },
        comparison_document: compare.map(|rule| rule.document.clone()),
        decision_document: decide.map(|rule| rule.document.clone()),
        comparison,
        decisions,
        open,
    })
}

/// Whether an order may be approved, as far as papers go.
///
/// # Errors
/// [`Code::PapersMissing`] with what is missing.
pub(super) fn check(db: &mut Db, order_id: &str) -> Result<()> {
    Ok(asked(db, order_id)?.papers.check()?)
}

fn comparison(db: &mut Db, procurement: &str) -> Result<Option<wire::Comparison>> {
    let head: Option<(i64, String, i64)> = comparisons::table
        .find(procurement)
        .select((comparisons::chosen, comparisons::reason, comparisons::recorded_at_ms))
        .get_result(db)
        .optional()?;
    let Some((chosen, reason, recorded_at_ms)) = head else { return Ok(None) };
    let offers: Vec<(String, String, i64, String)> = comparison_offers::table
        .filter(comparison_offers::procurement_id.eq(procurement))
        .order(comparison_offers::position)
        .select((
            comparison_offers::supplier,
            comparison_offers::offered_on,
            comparison_offers::total_fen,
            comparison_offers::terms,
        ))
        .load(db)?;
    let offer = |(supplier, offered_on, fen, terms): (String, String, i64, String)| wire::Offer {
        supplier,
        offered_on,
        total_fen: Money::from_fen(fen),
        terms,
    };
    let offers = offers.into_iter().map(offer).collect();
    Ok(Some(wire::Comparison { offers, chosen: chosen - 1, reason, recorded_at_ms }))
}

/// How an order's procurement was bought, for its union.
///
/// # Errors
/// [`Code::NotFound`] for another's order.
pub fn procedure(db: &mut Db, actor: &Actor, order_id: &str, reader: Language) -> Result<wire::Procedure> {
    let parties = parties_of(db, order_id)?;
    check_order(actor, Act::SeeProcedure, &parties)?;
    let asked = asked(db, order_id)?;
    let whose: Whose = whose_order(actor, &parties);
    Ok(wire::Procedure {
        total_fen: asked.papers.total,
        comparison_from_fen: asked.papers.comparison_from,
        comparison_document: asked.comparison_document,
        decision_from_fen: asked.papers.decision_from,
        decision_document: asked.decision_document,
        missing: asked.papers.missing().filter(|_| asked.open).map(|say| say.to(reader).to_owned()),
        comparison: asked.comparison,
        decisions: asked.decisions,
        changeable: asked.open && may(Some(actor.role), Act::CompareOffers, whose),
    })
}

/// Puts a record of compared offers in the place of the one before, until the first approval rests on it.
///
/// # Errors
/// [`Code::OutOfTurn`] once nothing of the procurement awaits approval.
pub fn compare(db: &mut Db, actor: &Actor, order_id: &str, record: &Comparison, now: Ms) -> Result<()> {
    check_order(actor, Act::CompareOffers, &parties_of(db, order_id)?)?;
    let procurement = procurement_of(db, order_id)?;
    // Whoever approves at the same moment takes the order too.
    let basket = orders::table.filter(orders::procurement_id.eq(&procurement));
    diesel::update(basket).set(orders::state.eq(orders::state)).execute(db)?;
    if !asked(db, order_id)?.open {
        return refuse(
            Code::OutOfTurn,
            say!(
                "比价记录要在审批之前填，这次采购已经批过了",
                "Offers are compared before the approval, which this procurement has had"
            ),
        );
    }
    diesel::delete(comparison_offers::table.filter(comparison_offers::procurement_id.eq(&procurement))).execute(db)?;
    diesel::delete(comparisons::table.find(&procurement)).execute(db)?;
    diesel::insert_into(comparisons::table)
        .values((
            comparisons::procurement_id.eq(&procurement),
            comparisons::chosen.eq(record.chosen as i64 + 1),
            comparisons::reason.eq(&record.reason),
            comparisons::account_id.eq(actor.account.to_string()),
            comparisons::recorded_at_ms.eq(now),
        ))
        .execute(db)?;
    for (index, offer) in record.offers.iter().enumerate() {
        diesel::insert_into(comparison_offers::table)
            .values((
                comparison_offers::procurement_id.eq(&procurement),
                comparison_offers::position.eq(index as i64 + 1),
                comparison_offers::supplier.eq(&offer.supplier),
                comparison_offers::offered_on.eq(offer.offered_on.to_string()),
                comparison_offers::total_fen.eq(offer.total.fen()),
                comparison_offers::terms.eq(&offer.terms),
            ))
            .execute(db)?;
    }
    let chosen = record.offers.get(record.chosen).map(|offer| offer.supplier.as_str()).unwrap_or_default();
    audit::record(db, Some(actor), "compare_offers", order_id, chosen, now)
}
