//! Requests to take back large sales: asked by one coordinator, decided by another. The ledger changes with the consent, and not
//! before.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::correction::{Decision, RequestState, decide as decided, needs_consent, overtaken};
use domain::id::{OrganisationId, SaleId};
use domain::order::parse_reason;
use domain::organisation::{Actor, Role, name_told};
use domain::permission::{self, Act, Whose, whose_sales};
use domain::region::DistrictId;
use domain::rule::{Place, Rule, RuleKind, in_force};
use domain::sale::{Sale, Standing};
use domain::{Code, Language, Money, say, wire};
use jiff::civil::Date;

use super::sales::{SaleRow, append, find, id_taken, standing, take_head, whole_reversal};
use super::{Db, audit, regions, rules, stored, stored_id};
use crate::clock::{self, Ms};
use crate::error::{Error, Result, not_found, refuse};
use crate::schema::{accounts, organisations, reversal_requests, sales};

/// So many decided requests are listed below those that wait.
const DECIDED: i64 = 50;

#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = reversal_requests, treat_none_as_default_value = false)]
struct Row {
    request_id: String,
    sale_id: String,
    reason: String,
    amount_fen: i64,
    quantity: i64,
    asked_by: String,
    asked_at_ms: i64,
    state: String,
    decided_by: Option<String>,
    decided_at_ms: Option<i64>,
    decision_reason: Option<String>,
}

impl Row {
    fn state(&self) -> Result<RequestState> {
        stored!(RequestState, &self.state)
    }
}

/// The rule that asks for consent, for a sale to this buyer and district.
fn rule_for(db: &mut Db, buyer: OrganisationId, district: &DistrictId, on: Date) -> Result<Option<Rule>> {
    let (rules, place) = (rules::all(db)?, Place { union: buyer, district: district.clone() });
    Ok(in_force(&rules, RuleKind::ReversalConsent, None, &place, on).cloned())
}

/// Whether one person may take back what stands of a sale.
///
/// # Errors
/// [`Code::ConsentNeeded`] from the rule's amount on, and while somebody has asked for it.
pub(super) fn check_single_handed(db: &mut Db, sale: &Sale, standing: Standing, today: Date) -> Result<()> {
    if waiting_for(db, &sale.id.to_string())?.is_some() {
        let sentence = say!(
            "这一笔已经提出冲销申请，正等另一位统筹员同意，请先办那份申请",
            "A request to reverse this entry waits for another coordinator; decide that first"
        );
        return refuse(Code::ConsentNeeded, sentence);
    }
    let rule = rule_for(db, sale.buyer, &sale.district, today)?;
    let Some(rule) = rule.filter(|rule| needs_consent(standing.amount, Some(rule.amount()))) else { return Ok(()) };
    let (amount, from) = (standing.amount.yuan(), rule.amount().yuan());
    let sentence = say!(
        "这一笔还有 {amount} 元，{from} 元起的冲销要两人办理（{document}）；请提出申请，由另一位统筹员同意",
        "{amount} yuan of this entry stand; from {from} yuan on a reversal needs two people ({document}). Ask for it, and another coordinator consents",
        document = rule.document
    );
    refuse(Code::ConsentNeeded, sentence)
}

fn waiting_for(db: &mut Db, sale: &str) -> Result<Option<Row>> {
    let waiting = reversal_requests::table
        .filter(reversal_requests::sale_id.eq(sale))
        .filter(reversal_requests::state.eq(RequestState::Waiting.code()));
    Ok(waiting.select(Row::as_select()).get_result(db).optional()?)
}

fn request(db: &mut Db, id: &str) -> Result<Option<Row>> {
    Ok(reversal_requests::table.find(id).select(Row::as_select()).get_result(db).optional()?)
}

/// Asks for the reversal of what stands of a sale. Sending the same id again is the same request.
///
/// # Errors
/// [`Code::NotAllowed`] for all but the city's office; [`Code::AlreadyApplied`] while another request waits;
/// [`Code::AlreadyReversed`]; [`Code::IdTaken`].
pub fn ask(
    db: &mut Db,
    actor: &Actor,
    body: &wire::NewReversalRequest,
    reason: &str,
    now: Ms,
    reader: Language,
) -> Result<wire::ReversalRequest> {
    permission::check(Some(actor.role), Act::ReverseSale, Whose::Own)?;
    take_head(db)?;
    let (id, of) = (body.id.to_string(), body.sale.to_string());
    let Some(row) = find(db, &of)? else { return not_found(say!("这一笔台账", "This entry")) };
    match request(db, &id)? {
        Some(known) if known.sale_id == of && known.asked_by == actor.account.to_string() => {
            return one(db, actor, &id, reader);
        }
        Some(_) => return Err(id_taken().into()),
        None if find(db, &id)?.is_some() => return Err(id_taken().into()),
        None => {}
    }
    if waiting_for(db, &of)?.is_some() {
        let sentence =
            say!("这一笔已经有一份冲销申请在等同意，不用再提", "A request to reverse this entry waits already");
        return refuse(Code::AlreadyApplied, sentence);
    }
    let sale = row.entry()?.sale;
    let standing = standing(db, &row, &sale)?;
    // What could not be written once it is consented to is refused at once.
    whole_reversal(body.id, &sale, standing, now, reason)?;
    let new = Row {
        request_id: id.clone(),
        sale_id: of.clone(),
        reason: reason.to_owned(),
        amount_fen: standing.amount.fen(),
        quantity: standing.quantity,
        asked_by: actor.account.to_string(),
        asked_at_ms: now,
        state: RequestState::Waiting.code().to_owned(),
        decided_by: None,
        decided_at_ms: None,
        decision_reason: None,
    };
    diesel::insert_into(reversal_requests::table).values(&new).execute(db)?;
    let detail = format!("{} 元：{reason}", standing.amount.yuan());
    audit::record(db, Some(actor), "ask_reversal", &of, &detail, now)?;
    one(db, actor, &id, reader)
}

/// Decides on a request; consenting writes the reversal in the same transaction. The same said again by the same person changes
/// nothing.
///
/// # Errors
/// [`Code::NotAllowed`] for another district's; those of [`decided`]; [`Code::Overtaken`] and [`Code::AlreadyReversed`] when not all
/// stands any more that stood when it was asked; [`Code::ReasonNeeded`] for a refusal without one.
pub fn decide(
    db: &mut Db,
    actor: &Actor,
    id: SaleId,
    body: &wire::ReversalDecision,
    now: Ms,
    reader: Language,
) -> Result<wire::ReversalRequest> {
    take_head(db)?;
    let key = id.to_string();
    let Some(known) = request(db, &key)? else { return not_found(say!("这份冲销申请", "This request")) };
    let Some(row) = find(db, &known.sale_id)? else { return Err(Error::corrupt("a request for no entry")) };
    let sale = row.entry()?.sale;
    permission::check(Some(actor.role), Act::DecideReversal, whose_sales(actor, Some(&sale.district)))?;
    let reason = match body.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()) {
        Some(reason) => Some(parse_reason(reason)?),
        None if body.decision.needs_reason() => Some(parse_reason("")?),
        None => None,
    };
    let state = known.state()?;
    let account = actor.account.to_string();
    let wanted = match body.decision {
        Decision::Consent => RequestState::Consented,
        Decision::Refuse => RequestState::Refused,
        Decision::Withdraw => RequestState::Withdrawn,
    };
    if state == wanted && known.decided_by.as_deref() == Some(&account) {
        return one(db, actor, &key, reader);
    }
    let after = decided(state, body.decision, stored_id(&known.asked_by)?, actor.account)?;
    if after == RequestState::Consented {
        let standing = standing(db, &row, &sale)?;
        let entry = whole_reversal(id, &sale, standing, now, &known.reason)?;
        if (standing.amount.fen(), standing.quantity) != (known.amount_fen, known.quantity) {
            return Err(overtaken(Money::from_fen(known.amount_fen), standing.amount).into());
        }
        append(db, vec![entry], now)?;
    }
    diesel::update(reversal_requests::table.find(&key))
        .set((
            reversal_requests::state.eq(after.code()),
            reversal_requests::decided_by.eq(&account),
            reversal_requests::decided_at_ms.eq(now),
            reversal_requests::decision_reason.eq(&reason),
        ))
        .execute(db)?;
    let detail =
        format!("{} {} 元 {}", after.code(), Money::from_fen(known.amount_fen).yuan(), reason.unwrap_or_default());
    audit::record(db, Some(actor), "decide_reversal", &known.sale_id, detail.trim(), now)?;
    one(db, actor, &key, reader)
}

fn one(db: &mut Db, actor: &Actor, id: &str, reader: Language) -> Result<wire::ReversalRequest> {
    let row = request(db, id)?.into_iter().collect();
    to_wire(db, actor, row, reader)?.pop().ok_or_else(|| Error::corrupt("a request that is not there"))
}

/// The requests a coordinator may see: those that wait, the oldest first, then the latest that were decided.
///
/// # Errors
/// [`Code::NotAllowed`] for who sees no figures.
pub fn list(db: &mut Db, actor: &Actor, now: Ms, reader: Language) -> Result<wire::ReversalRequests> {
    let mut rows = waiting(db)?;
    let decided: Vec<Row> = reversal_requests::table
        .filter(reversal_requests::state.ne(RequestState::Waiting.code()))
        .order(reversal_requests::decided_at_ms.desc())
        .limit(DECIDED)
        .select(Row::as_select())
        .load(db)?;
    rows.extend(decided);
    let nobody = OrganisationId(uuid::Uuid::nil());
    let district = actor.district.clone().unwrap_or_else(|| DistrictId::new(""));
    let rule = rule_for(db, nobody, &district, clock::day(now))?;
    Ok(wire::ReversalRequests {
        items: to_wire(db, actor, rows, reader)?,
        consent_from_fen: rule.as_ref().map(Rule::amount),
        document: rule.map(|rule| rule.document),
    })
}

fn waiting(db: &mut Db) -> Result<Vec<Row>> {
    let waiting = reversal_requests::table.filter(reversal_requests::state.eq(RequestState::Waiting.code()));
    Ok(waiting.order(reversal_requests::asked_at_ms).select(Row::as_select()).load(db)?)
}

/// Those that wait for this person's decision; none for who decides none.
pub(super) fn waiting_for_person(db: &mut Db, actor: &Actor, reader: Language) -> Result<Vec<wire::ReversalRequest>> {
    if !permission::may(Some(actor.role), Act::DecideReversal, Whose::Own) {
        return Ok(Vec::new());
    }
    let rows = waiting(db)?;
    to_wire(db, actor, rows, reader)
}

/// Leaves out what the reader may not see.
fn to_wire(db: &mut Db, actor: &Actor, rows: Vec<Row>, reader: Language) -> Result<Vec<wire::ReversalRequest>> {
    let ids: Vec<&str> = rows.iter().map(|row| row.sale_id.as_str()).collect();
    let of: Vec<SaleRow> =
        sales::table.filter(sales::sale_id.eq_any(ids.clone())).select(SaleRow::as_select()).load(db)?;
    let mut entries = HashMap::new();
    for row in of {
        let entry = row.entry()?;
        entries.insert(entry.sale.id.to_string(), entry);
    }
    let taken = taken_back(db, ids)?;
    let people: Vec<(String, String)> = accounts::table
        .filter(
            accounts::account_id
                .eq_any(rows.iter().flat_map(|row| [Some(&row.asked_by), row.decided_by.as_ref()]).flatten()),
        )
        .select((accounts::account_id, accounts::name))
        .load(db)?;
    let people: HashMap<String, String> = people.into_iter().collect();
    let buyers: Vec<(String, String)> =
        organisations::table.select((organisations::organisation_id, organisations::name)).load(db)?;
    let districts = regions::districts_told(db, reader)?;
    let mut told = Vec::new();
    for row in rows {
        let entry = entries.get(&row.sale_id).ok_or_else(|| Error::corrupt("a request for no entry"))?;
        let sale = &entry.sale;
        let whose = whose_sales(actor, Some(&sale.district));
        if whose == Whose::Anothers && actor.role != Role::CityCoordinator {
            continue;
        }
        let (state, account) = (row.state()?, actor.account.to_string());
        let may = permission::may(Some(actor.role), Act::DecideReversal, whose) && state == RequestState::Waiting;
        let buyer = buyers.iter().find(|(id, _)| *id == sale.buyer.to_string()).map(|(_, name)| name.clone());
        let district = districts.iter().find(|district| district.id == sale.district.as_str());
        told.push(wire::ReversalRequest {
            id: stored_id(&row.request_id)?,
            sale: sale.id,
            sequence: entry.sequence,
            sold_on: sale.sold_on.to_string(),
            product_name: sale.product_name.clone(),
            buyer: name_told(sale.buyer, buyer.unwrap_or_default(), reader),
            district: district.map(|district| district.name.clone()).unwrap_or_default(),
            district_id: sale.district.to_string(),
            amount_fen: Money::from_fen(row.amount_fen),
            standing_fen: Money::from_fen(sale.amount.fen() + taken.get(&row.sale_id).copied().unwrap_or_default()),
            reason: row.reason,
            asked_by: people.get(&row.asked_by).cloned().unwrap_or_default(),
            asked_at_ms: row.asked_at_ms,
            state,
            decided_by: row.decided_by.and_then(|by| people.get(&by).cloned()),
            decided_at_ms: row.decided_at_ms,
            decision_reason: row.decision_reason,
            may_decide: may && row.asked_by != account,
            may_withdraw: may && row.asked_by == account,
        });
    }
    Ok(told)
}

/// What was taken back of each of these sales: sums of reversals, which are negative.
fn taken_back(db: &mut Db, ids: Vec<&str>) -> Result<HashMap<String, i64>> {
    let rows: Vec<(Option<String>, i64)> =
        sales::table.filter(sales::reverses.eq_any(ids)).select((sales::reverses, sales::amount_fen)).load(db)?;
    let mut taken = HashMap::new();
    for (of, amount) in rows {
        *taken.entry(of.unwrap_or_default()).or_default() += amount;
    }
    Ok(taken)
}
