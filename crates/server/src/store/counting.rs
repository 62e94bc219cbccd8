//! Versions of the counting rule, and what was counted under each.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::counting::{CountingRule, in_force};
use domain::organisation::Actor;
use domain::permission::{self, Act, Whose};
use domain::tally::Dimension;
use domain::{Code, Language, Money, Refusal, say, wire};
use jiff::civil::Date;

use super::rules::stored_day;
use super::{Db, audit};
use crate::clock::{self, Ms};
use crate::error::Result;
use crate::schema::{counting_rules, rollups};

#[derive(Queryable, Selectable, Insertable, Debug, PartialEq, Eq)]
#[diesel(table_name = counting_rules)]
struct Row {
    version: String,
    valid_from: String,
    document: String,
    text: String,
    text_en: String,
}

impl Row {
    fn of(rule: &CountingRule) -> Row {
        Row {
            version: rule.version.clone(),
            valid_from: rule.valid_from.to_string(),
            document: rule.document.clone(),
            text: rule.text.clone(),
            text_en: rule.text_en.clone(),
        }
    }

    fn rule(self) -> Result<CountingRule> {
        let valid_from = stored_day(&self.valid_from)?;
        let Row { version, document, text, text_en, .. } = self;
        Ok(CountingRule { version, valid_from, document, text, text_en })
    }
}

/// Every version, the first first.
///
/// # Errors
/// The database's.
pub fn all(db: &mut Db) -> Result<Vec<CountingRule>> {
    let in_order = (counting_rules::valid_from, counting_rules::version);
    let rows: Vec<Row> = counting_rules::table.order(in_order).select(Row::as_select()).load(db)?;
    rows.into_iter().map(Row::rule).collect()
}

/// Stores a version with nobody's name: what a market begins with.
pub(super) fn load(db: &mut Db, rule: &CountingRule) -> Result<()> {
    insert(db, rule, None, 0)
}

fn insert(db: &mut Db, rule: &CountingRule, account: Option<String>, now: Ms) -> Result<()> {
    diesel::insert_into(counting_rules::table)
        .values((Row::of(rule), counting_rules::account_id.eq(account), counting_rules::recorded_at_ms.eq(now)))
        .execute(db)?;
    Ok(())
}

/// Adds a version. The same one sent again changes nothing.
///
/// # Errors
/// All wrong fields at once; [`Code::IdTaken`] for a version there is; a refusal of `valid_from` when another begins on that day.
pub fn add(db: &mut Db, actor: &Actor, body: &wire::NewCountingRule, now: Ms) -> Result<()> {
    permission::check(Some(actor.role), Act::AddRule, Whose::Own)?;
    let known: Option<Row> =
        counting_rules::table.find(body.version.trim()).select(Row::as_select()).get_result(db).optional()?;
    let rule = match known {
        Some(known) if known.is_what(body) => return Ok(()),
        Some(_) => {
            let sentence = say!(
                "已经有这个版本，内容不一样；版本不能改，请换一个版本号",
                "This version exists already with another text; versions are never edited, so give it another number"
            );
            return Err(Refusal::new(Code::IdTaken, sentence).at("version").into());
        }
        None => CountingRule::parse(body, clock::day(now))?,
    };
    if all(db)?.iter().any(|other| other.valid_from == rule.valid_from) {
        let sentence = say!(
            "这一天已经有一个版本起施行，请换一天",
            "Another version begins on that day already; choose another day"
        );
        return Err(Refusal::field("valid_from", sentence).into());
    }
    insert(db, &rule, Some(actor.account.to_string()), now)?;
    let detail = format!("{} {}", rule.valid_from, rule.document);
    audit::record(db, Some(actor), "add_counting_rule", &rule.version, &detail, now)
}

impl Row {
    fn is_what(&self, body: &wire::NewCountingRule) -> bool {
        let pairs = [
            (&self.valid_from, &body.valid_from),
            (&self.document, &body.document),
            (&self.text, &body.text),
            (&self.text_en, &body.text_en),
        ];
        pairs.into_iter().all(|(stored, sent)| stored == sent.trim())
    }
}

/// Every version with what was counted under it, the latest first.
///
/// # Errors
/// The database's.
pub fn list(db: &mut Db, now: Ms, reader: Language) -> Result<wire::CountingRules> {
    let (today, all, sums) = (clock::day(now), all(db)?, sums(db)?);
    let current = in_force(&all, today).map(|rule| rule.version.clone());
    let mut items = Vec::with_capacity(all.len());
    for (place, rule) in all.iter().enumerate() {
        let next: Option<Date> = all.get(place + 1).and_then(|next| next.valid_from.yesterday().ok());
        let (amount, entries) = sums.get(&rule.version).copied().unwrap_or_default();
        let text = if reader == Language::En && !rule.text_en.is_empty() { &rule.text_en } else { &rule.text };
        items.push(wire::CountingRuleVersion {
            version: rule.version.clone(),
            valid_from: rule.valid_from.to_string(),
            valid_to: next.map(|day| day.to_string()),
            document: rule.document.clone(),
            text: text.clone(),
            entries,
            amount_fen: Money::from_fen(amount),
            in_force: current.as_ref() == Some(&rule.version),
        });
    }
    items.reverse();
    Ok(wire::CountingRules { items, today: today.to_string() })
}

/// Amount and entries of each version, from the sums: the ledger is not read.
fn sums(db: &mut Db) -> Result<HashMap<String, (i64, i64)>> {
    let sum = |what: &'static str| diesel::dsl::sql::<BigInt>(what);
    let rows: Vec<(String, i64, i64)> = rollups::table
        .filter(rollups::dimension.eq(Dimension::CountingRule.code()))
        .group_by(rollups::key)
        .select((rollups::key, sum("cast(sum(amount_fen) as bigint)"), sum("cast(sum(entries) as bigint)")))
        .load(db)?;
    Ok(rows.into_iter().map(|(version, amount, entries)| (version, (amount, entries))).collect())
}
