//! The dated rules: every version there is, and which of them hold for whom.

use diesel::prelude::*;
use domain::Language;
use domain::occasion::Occasion;
use domain::organisation::Actor;
use domain::permission::{self, Act, Whose};
use domain::region::DistrictId;
use domain::rule::{Place, Rule, RuleKind, RuleScope, in_force};
use domain::{Code, Refusal, say, wire};
use jiff::civil::Date;

use super::{Db, audit, regions, stored, stored_id};
use crate::clock::{self, Ms};
use crate::error::{Error, Result};
use crate::schema::{organisations, rules};

#[derive(Queryable, Selectable, Insertable, Debug, PartialEq, Eq)]
#[diesel(table_name = rules)]
struct Row {
    rule_id: String,
    kind: String,
    occasion: Option<String>,
    scope: String,
    key: String,
    value: i64,
    valid_from: String,
    valid_to: Option<String>,
    document: String,
}

impl Row {
    fn of(rule: &Rule) -> Row {
        Row {
            rule_id: rule.id.to_string(),
            kind: rule.kind.code().to_owned(),
            occasion: rule.occasion.map(|occasion| occasion.code().to_owned()),
            scope: rule.scope.code().to_owned(),
            key: rule.key.clone(),
            value: rule.value,
            valid_from: rule.valid_from.to_string(),
            valid_to: rule.valid_to.map(|day| day.to_string()),
            document: rule.document.clone(),
        }
    }

    fn rule(self) -> Result<Rule> {
        Ok(Rule {
            id: stored_id(&self.rule_id)?,
            kind: stored!(RuleKind, &self.kind)?,
            occasion: self.occasion.as_deref().map(|code| stored!(Occasion, code)).transpose()?,
            scope: stored!(RuleScope, &self.scope)?,
            key: self.key,
            value: self.value,
            valid_from: stored_day(&self.valid_from)?,
            valid_to: self.valid_to.as_deref().map(stored_day).transpose()?,
            document: self.document,
        })
    }
}

pub(super) fn stored_day(text: &str) -> Result<Date> {
    text.parse().map_err(|_| Error::corrupt(format!("the day '{text}'")))
}

/// Every version of every rule; they are few.
///
/// # Errors
/// The database's.
pub fn all(db: &mut Db) -> Result<Vec<Rule>> {
    let rows: Vec<Row> = rules::table.order(rules::rule_id).select(Row::as_select()).load(db)?;
    rows.into_iter().map(Row::rule).collect()
}

/// Stores a version with nobody's name: what a market begins with.
pub(super) fn load(db: &mut Db, rule: &Rule) -> Result<()> {
    insert(db, rule, None, 0)
}

fn insert(db: &mut Db, rule: &Rule, account: Option<String>, now: Ms) -> Result<()> {
    diesel::insert_into(rules::table)
        .values((Row::of(rule), rules::account_id.eq(account), rules::recorded_at_ms.eq(now)))
        .execute(db)?;
    Ok(())
}

/// Adds a version. The same one sent again changes nothing.
///
/// # Errors
/// [`Code::IdTaken`] when another version has this identifier; a refusal of `key` when there is no such district or union.
pub fn add(db: &mut Db, actor: &Actor, rule: &Rule, now: Ms) -> Result<()> {
    permission::check(Some(actor.role), Act::AddRule, Whose::Own)?;
    let known: Option<Row> =
        rules::table.find(rule.id.to_string()).select(Row::as_select()).get_result(db).optional()?;
    if let Some(known) = known {
        if known == Row::of(rule) {
            return Ok(());
        }
        let sentence = say!(
            "这个编号已经用于另一条规定，请刷新后再添",
            "Another rule has this identifier; reload and add it again"
        );
        return Err(Refusal::new(Code::IdTaken, sentence).at("id").into());
    }
    let exists = match rule.scope {
        RuleScope::City => true,
        RuleScope::District => regions::districts(db)?.iter().any(|district| district.id == rule.key),
        RuleScope::Union => unions(db)?.iter().any(|union| union.key == rule.key),
    };
    if !exists {
        let sentence =
            say!("没有这个区县或工会，请从列表里选", "There is no such district or union; choose one of the list");
        return Err(Refusal::field("key", sentence).into());
    }
    insert(db, rule, Some(actor.account.to_string()), now)?;
    let detail = format!("{} {} {} {}", rule.kind.code(), rule.scope.code(), rule.value, rule.document);
    audit::record(db, Some(actor), "add_rule", &rule.id.to_string(), &detail, now)
}

fn unions(db: &mut Db) -> Result<Vec<wire::RuleKey>> {
    let unions: Vec<(String, String)> = organisations::table
        .filter(organisations::kind.eq("union"))
        .order(organisations::organisation_id)
        .select((organisations::organisation_id, organisations::name))
        .load(db)?;
    Ok(unions.into_iter().map(|(key, name)| wire::RuleKey { key, name }).collect())
}

/// Every version, for who keeps them.
///
/// # Errors
/// The database's.
pub fn list(db: &mut Db, now: Ms, reader: Language) -> Result<wire::Rules> {
    let today = clock::day(now);
    let districts: Vec<wire::RuleKey> = regions::districts_told(db, reader)?
        .into_iter()
        .map(|district| wire::RuleKey { key: district.id, name: district.name })
        .collect();
    let unions = unions(db)?;
    let mut all = all(db)?;
    all.sort_by(|a, b| {
        let place = |rule: &Rule| (rule.kind, rule.scope, rule.key.clone(), rule.occasion);
        place(a).cmp(&place(b)).then_with(|| (b.valid_from, b.id.0).cmp(&(a.valid_from, a.id.0)))
    });
    // Of one kind, scope, key and occasion the first that has begun and not ended is in force.
    let mut held = Vec::new();
    let mut version = |rule: &Rule| {
        let place = (rule.kind, rule.scope, rule.key.clone(), rule.occasion);
        let in_force = rule.is_in_force(today) && !held.contains(&place);
        if in_force {
            held.push(place);
        }
        let name = match rule.scope {
            RuleScope::City => None,
            RuleScope::District => districts.iter().find(|district| district.key == rule.key),
            RuleScope::Union => unions.iter().find(|union| union.key == rule.key),
        };
        wire::RuleVersion {
            id: rule.id,
            kind: rule.kind,
            occasion: rule.occasion,
            scope: rule.scope,
            key: rule.key.clone(),
            name: name.map(|name| name.name.clone()).unwrap_or_default(),
            value: rule.value,
            valid_from: rule.valid_from.to_string(),
            valid_to: rule.valid_to.map(|day| day.to_string()),
            document: rule.document.clone(),
            in_force,
        }
    };
    let items = all.iter().map(&mut version).collect();
    Ok(wire::Rules { items, districts, unions, today: today.to_string() })
}

/// The rules of one union on one day.
pub(super) struct OfUnion {
    rules: Vec<Rule>,
    place: Place,
    day: Date,
}

impl OfUnion {
    pub(super) fn read(db: &mut Db, union_id: &str, district_id: &str, day: Date) -> Result<OfUnion> {
        let place = Place { union: stored_id(union_id)?, district: DistrictId::new(district_id) };
        Ok(OfUnion { rules: all(db)?, place, day })
    }

    pub(super) fn rule(&self, kind: RuleKind, occasion: Option<Occasion>) -> Option<&Rule> {
        in_force(&self.rules, kind, occasion, &self.place, self.day)
    }

    pub(super) fn told(&self, kind: RuleKind, occasion: Option<Occasion>) -> Option<wire::PlanRule> {
        self.rule(kind, occasion).map(as_told)
    }
}

pub(super) fn as_told(rule: &Rule) -> wire::PlanRule {
    let valid_from = rule.valid_from.to_string();
    wire::PlanRule { value: rule.value, document: rule.document.clone(), valid_from }
}
