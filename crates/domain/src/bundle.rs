//! Gift bundles: what one comes to, and three proposed for a budget.
//!
//! A bundle is what each person who chooses it is given. Its goods are bought together for all of them, so prices, minimum orders
//! and availability are those of the whole quantity.

use std::collections::{BTreeMap, HashMap};

use crate::id::ProductId;
use crate::order::check_minimum;
use crate::product::{Category, PriceLadder};
use crate::wire;
use crate::{Money, Quantity, Refusal, Say, say};

/// How many bundles members choose among at most. Source: one university union's rule for each festival.
pub const MOST_BUNDLES: usize = 3;

/// How many different goods one bundle holds at most.
pub const MOST_LINES: usize = 20;

/// How many pieces of one product are proposed for one person at most.
pub const MOST_OF_ONE: i64 = 3;

/// How many different goods a proposed bundle has.
pub const PROPOSED_GOODS: std::ops::RangeInclusive<usize> = 3..=6;

/// The part of the budget a proposal uses at least, in percent.
pub const LEAST_USED_PERCENT: i64 = 97;

/// The largest standard for which bundles are proposed.
pub const MOST_PER_HEAD: Money = Money::from_yuan(2_000);

/// How many additions one proposal may cost: a fraction of a second on any machine.
const MOST_STEPS: usize = 60_000_000;

// ---- proposals ----------------------------------------------------------------------------------------------------

/// Goods that may be proposed: on sale, usual as a union's gift, and on the table at the festival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub product: ProductId,
    pub category: Category,
    /// How far the county of origin is behind its target for the year, in basis points of it; 0 when it is not behind.
    pub behind_bp: i64,
    pub ladder: PriceLadder,
    pub minimum_order: Quantity,
    pub available: Quantity,
}

/// A bundle that fits the budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Pieces in one set, with the price each has at the quantity for everybody.
    pub goods: Vec<ProposedGoods>,
    pub per_head: Money,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProposedGoods {
    pub product: ProductId,
    pub quantity: i64,
    pub unit_price: Money,
}

/// One way to take a candidate: so many pieces, for so much, worth so much.
#[derive(Debug, Clone, Copy)]
struct Choice {
    candidate: usize,
    quantity: i64,
    cost_fen: i64,
    worth: i64,
}

/// Proposes up to `wanted` bundles, no two of which share a product.
///
/// A bundle is allowed when it has as many goods as [`PROPOSED_GOODS`], at most one of each category, at most [`MOST_OF_ONE`] pieces
/// of each; when every product, taken for all `heads`, reaches its minimum order and is available; and when it costs a person at
/// least [`LEAST_USED_PERCENT`] of `per_head` and not more than it. Prices are those of the ladder at the whole quantity.
///
/// The first proposal is the best of all allowed bundles, the second the best of those without the goods of the first, and so on.
/// Better is, in this order:
/// 1. more money for counties that are behind: the sum over the goods of their cost times their county's [`Candidate::behind_bp`];
/// 2. more of the budget used;
/// 3. fewer different goods, which are fewer orders and invoices.
///
/// The method is exact: dynamic programming over fen. For each category in turn it knows the worthiest way to reach each sum with
/// each number of goods; sums are counted in the largest unit that divides every cost. Steps grow with choices × sums, and are kept
/// below [`MOST_STEPS`]: of more goods than fit (some thousand at 300 yuan), those of each category whose counties are
/// furthest behind are considered, every category with the same room. It is then exact among these.
pub fn propose(candidates: &[Candidate], heads: i64, per_head: Money, wanted: usize) -> Vec<Proposal> {
    let mut left: Vec<&Candidate> = candidates.iter().collect();
    let mut proposals = Vec::new();
    while proposals.len() < wanted {
        let Some(proposal) = best(&left, heads, per_head) else { break };
        left.retain(|candidate| proposal.goods.iter().all(|goods| goods.product != candidate.product));
        proposals.push(proposal);
    }
    proposals
}

/// Whether bundles can be proposed at all for so many people at this standard.
///
/// # Errors
/// A refusal naming the field.
pub fn check_wanted(heads: i64, per_head: Money) -> Result<(), Refusal> {
    crate::order::Budget::new(heads, per_head)?;
    if per_head > MOST_PER_HEAD {
        let most = MOST_PER_HEAD.yuan_short();
        return Err(Refusal::field(
            "per_head_budget_fen",
            say!("人均 {most} 元以内才能推荐礼包", "Bundles are proposed up to {most} yuan per head"),
        ));
    }
    Ok(())
}

fn choices(candidates: &[&Candidate], heads: i64, per_head: Money) -> Vec<Vec<Choice>> {
    let mut by_category: BTreeMap<Category, Vec<Choice>> = BTreeMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        for quantity in 1..=MOST_OF_ONE {
            let Ok(whole) = Quantity::new(quantity * heads) else { break };
            if whole < candidate.minimum_order || whole > candidate.available {
                continue;
            }
            let cost_fen = candidate.ladder.unit_price(whole).fen() * quantity;
            if cost_fen <= per_head.fen() {
                let worth = cost_fen * candidate.behind_bp;
                let choice = Choice { candidate: index, quantity, cost_fen, worth };
                by_category.entry(candidate.category).or_default().push(choice);
            }
        }
    }
    by_category.into_values().collect()
}

/// Keeps of each category as many choices as there is room for, those for the counties furthest behind first.
fn bound(groups: &mut [Vec<Choice>], candidates: &[&Candidate], sums: usize) {
    let room = MOST_STEPS / (*PROPOSED_GOODS.end() * sums.max(1)) / groups.len().max(1);
    for group in groups {
        if group.len() > room {
            // Stable: of the same need those that came first.
            group.sort_by_key(|choice| std::cmp::Reverse(candidates[choice.candidate].behind_bp));
            group.truncate(room.max(1));
        }
    }
}

fn best(candidates: &[&Candidate], heads: i64, per_head: Money) -> Option<Proposal> {
    let mut groups = choices(candidates, heads, per_head);
    let unit = groups.iter().flatten().fold(0, |unit, choice| greatest_common_divisor(unit, choice.cost_fen));
    if unit == 0 {
        return None;
    }
    let most = usize::try_from(per_head.fen() / unit).ok()?;
    let least = (per_head.fen() * LEAST_USED_PERCENT + 99) / 100;
    let least = usize::try_from((least + unit - 1) / unit).ok()?;
    bound(&mut groups, candidates, most + 1);
    let table = Table::fill(&groups, unit, most);
    let (count, sum) = table.best(least)?;
    let goods: Vec<Choice> = table.way_to(&groups, unit, count, sum);
    let per_head = Money::from_fen(goods.iter().map(|choice| choice.cost_fen).sum());
    let goods = goods.iter().map(|choice| {
        let Candidate { product, ladder, .. } = candidates[choice.candidate];
        let whole = Quantity::new(choice.quantity * heads).unwrap_or_default();
        ProposedGoods { product: *product, quantity: choice.quantity, unit_price: ladder.unit_price(whole) }
    });
    Some(Proposal { goods: goods.collect(), per_head })
}

fn greatest_common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// For each number of goods and each sum, what the worthiest way there is worth; and for each group, which of its choices
/// that way takes.
struct Table {
    sums: usize,
    /// By number of goods and sum; negative where there is no way.
    worth: Vec<i64>,
    /// For each group by number of goods and sum: the choice counted from 1, or 0 for none of it.
    taken: Vec<Vec<u16>>,
}

const NO_WAY: i64 = -1;

impl Table {
    /// `most` and all sums are counted in `unit`.
    fn fill(groups: &[Vec<Choice>], unit: i64, most: usize) -> Table {
        let sums = most + 1;
        let counts = PROPOSED_GOODS.end() + 1;
        let mut worth = vec![NO_WAY; counts * sums];
        worth[0] = 0;
        let mut taken = Vec::with_capacity(groups.len());
        for group in groups {
            let mut taken_here = vec![0_u16; counts * sums];
            let before = worth.clone();
            for (number, choice) in (1_u16..).zip(group) {
                let cost = usize::try_from(choice.cost_fen / unit).unwrap_or(usize::MAX);
                for count in 1..counts {
                    let from = &before[(count - 1) * sums..(count - 1) * sums + (sums - cost.min(sums))];
                    let to = count * sums + cost.min(sums);
                    for (offset, value) in from.iter().enumerate().filter(|(_, value)| **value >= 0) {
                        let reached = value + choice.worth;
                        if reached > worth[to + offset] {
                            worth[to + offset] = reached;
                            taken_here[to + offset] = number;
                        }
                    }
                }
            }
            taken.push(taken_here);
        }
        Table { sums, worth, taken }
    }

    /// The number of goods and the sum of the best bundle that costs `least` or more.
    fn best(&self, least: usize) -> Option<(usize, usize)> {
        let reached = PROPOSED_GOODS.flat_map(|count| (least..self.sums).map(move |sum| (count, sum)));
        let reached = reached.filter(|(count, sum)| self.worth[count * self.sums + sum] >= 0);
        reached.max_by_key(|(count, sum)| (self.worth[count * self.sums + sum], *sum, std::cmp::Reverse(*count)))
    }

    fn way_to(&self, groups: &[Vec<Choice>], unit: i64, mut count: usize, mut sum: usize) -> Vec<Choice> {
        let mut way = Vec::new();
        for (taken, group) in self.taken.iter().zip(groups).rev() {
            let number = usize::from(taken[count * self.sums + sum]);
            if let Some(choice) = number.checked_sub(1).and_then(|index| group.get(index)) {
                way.push(*choice);
                count -= 1;
                sum -= usize::try_from(choice.cost_fen / unit).unwrap_or(0);
            }
        }
        way.reverse();
        way
    }
}

// ---- what bundles come to -----------------------------------------------------------------------------------------

/// What a set of bundles comes to when so many people have chosen each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// Each product once, over all bundles.
    pub lines: Vec<TotalLine>,
    pub total: Money,
    /// What one set of each bundle costs, at the prices of the whole.
    pub per_head: Vec<Money>,
    /// How many people choose in all.
    pub head_count: i64,
    /// What each county of origin gets, by its short name, the most first.
    pub counties: Vec<(String, Money)>,
    /// How many orders it becomes, and so how many invoices: one for each merchant.
    pub orders: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalLine {
    pub product: ProductId,
    pub quantity: Quantity,
    pub unit_price: Money,
    pub amount: Money,
    /// What stands in the way of ordering it, or speaks against it.
    pub problems: Vec<Problem>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    NotOnSale,
    BelowMinimum(Say),
    NotEnough(Quantity),
    /// Out of season then, does not keep so long, or is ordered too late.
    DoesNotFit,
    /// May be bought, with a reason.
    UnusualGift,
}

impl Problem {
    /// Whether an order would be refused.
    pub fn blocks(&self) -> bool {
        matches!(self, Problem::NotOnSale | Problem::BelowMinimum(_))
    }

    pub fn say(&self) -> Say {
        match self {
            Problem::NotOnSale => say!("已不在售", "no longer on sale"),
            Problem::BelowMinimum(why) => why.clone(),
            Problem::NotEnough(left) => say!("只剩 {left}", "only {left} left", left = left.get()),
            Problem::DoesNotFit => {
                say!("赶不上节日，或放不到那天", "not in season, does not keep, or too late for the festival")
            }
            Problem::UnusualGift => say!("一般不作慰问品，要写理由", "no usual gift, needs a reason"),
        }
    }
}

/// What these bundles come to. Goods that are not among `goods` are left out: they are not known yet.
pub fn totals(bundles: &[wire::Bundle], goods: &[wire::BundleGoods]) -> Totals {
    let known: HashMap<ProductId, &wire::BundleGoods> = goods.iter().map(|goods| (goods.card.id, goods)).collect();
    let mut order: Vec<ProductId> = Vec::new();
    let mut quantities: HashMap<ProductId, i64> = HashMap::new();
    for bundle in bundles {
        for line in bundle.lines.iter().filter(|line| known.contains_key(&line.product_id)) {
            if !order.contains(&line.product_id) {
                order.push(line.product_id);
            }
            let so_far = quantities.entry(line.product_id).or_default();
            *so_far = so_far.saturating_add(line.quantity.saturating_mul(bundle.head_count));
        }
    }
    let lines: Vec<TotalLine> = order
        .iter()
        .filter_map(|id| Some(total_line(known.get(id)?, *quantities.get(id)?, everybodys(bundles, *id))))
        .collect();
    let price = |id: &ProductId| lines.iter().find(|line| line.product == *id).map(|line| line.unit_price);
    let of_one = |bundle: &wire::Bundle| {
        let fen = |line: &wire::BundleLine| Some(price(&line.product_id)?.fen().saturating_mul(line.quantity));
        Money::from_fen(bundle.lines.iter().filter_map(fen).sum())
    };
    let mut counties: BTreeMap<&str, i64> = BTreeMap::new();
    let mut merchants = Vec::new();
    for line in lines.iter().filter(|line| !line.quantity.is_zero()) {
        let Some(goods) = known.get(&line.product) else { continue };
        *counties.entry(goods.card.county_short.as_str()).or_default() += line.amount.fen();
        if !merchants.contains(&goods.card.merchant.id) {
            merchants.push(goods.card.merchant.id);
        }
    }
    let mut counties: Vec<(String, Money)> =
        counties.into_iter().map(|(county, fen)| (county.to_owned(), Money::from_fen(fen))).collect();
    counties.sort_by_key(|(_, amount)| std::cmp::Reverse(*amount));
    Totals {
        total: Money::from_fen(lines.iter().map(|line| line.amount.fen()).sum()),
        per_head: bundles.iter().map(of_one).collect(),
        head_count: bundles.iter().map(|bundle| bundle.head_count).sum(),
        counties,
        orders: merchants.len(),
        lines,
    }
}

/// How much of a product it would be if everybody chose the bundle that has it.
fn everybodys(bundles: &[wire::Bundle], product: ProductId) -> i64 {
    let heads: i64 = bundles.iter().map(|bundle| bundle.head_count).sum();
    let in_one = bundles.iter().flat_map(|bundle| &bundle.lines).filter(|line| line.product_id == product);
    in_one.map(|line| line.quantity.saturating_mul(heads)).max().unwrap_or(0)
}

/// `likely` is the quantity whose price is shown while nobody has chosen it.
fn total_line(goods: &wire::BundleGoods, quantity: i64, likely: i64) -> TotalLine {
    let card = &goods.card;
    // More than can be ordered is no quantity: it is shown as the most there can be, with the problem beside it.
    let quantity = Quantity::new(quantity.clamp(0, Quantity::MAX)).unwrap_or_default();
    let priced =
        if quantity.is_zero() { Quantity::new(likely.clamp(0, Quantity::MAX)).unwrap_or_default() } else { quantity };
    let unit_price = card.ladder.unit_price(priced);
    let mut problems = Vec::new();
    if !goods.on_sale {
        problems.push(Problem::NotOnSale);
    }
    if !quantity.is_zero() {
        let unit = Say { zh: card.unit.clone().into(), en: card.unit.clone().into() };
        problems.extend(check_minimum(quantity, card.minimum_order, &unit).err().map(Problem::BelowMinimum));
        if quantity > card.available {
            problems.push(Problem::NotEnough(card.available));
        }
    }
    if !goods.fits {
        problems.push(Problem::DoesNotFit);
    }
    if !card.union_gift_ok {
        problems.push(Problem::UnusualGift);
    }
    let amount = unit_price.checked_times(quantity).unwrap_or(Money::LIMIT);
    TotalLine { product: card.id, quantity, unit_price, amount, problems }
}

// ---- reading ------------------------------------------------------------------------------------------------------

/// Looks at a set of bundles somebody wants to keep.
///
/// # Errors
/// All refusals at once.
pub fn check_plan(body: &wire::NewBundlePlan) -> Result<(), Vec<Refusal>> {
    let mut wrong = Vec::new();
    wrong.extend(crate::order::Budget::new(1, body.per_head_fen).err().map(|refusal| refusal.at("per_head_fen")));
    if body.bundles.len() > MOST_BUNDLES {
        wrong.push(Refusal::field(
            "bundles",
            say!("一次最多 {MOST_BUNDLES} 种礼包", "At most {MOST_BUNDLES} bundles at a time"),
        ));
    }
    for (index, bundle) in body.bundles.iter().enumerate() {
        let path = format!("bundles[{index}]");
        if bundle.name.trim().is_empty() || bundle.name.chars().count() > 20 {
            wrong.push(Refusal::field(
                format!("{path}.name"),
                say!("礼包要有名字，最多 20 字", "A bundle has a name of at most 20 characters"),
            ));
        }
        if !(0..=200_000).contains(&bundle.head_count) {
            wrong.push(Refusal::field(
                format!("{path}.head_count"),
                say!("人数要在 0 到 200000 之间", "The head-count is between 0 and 200,000"),
            ));
        }
        if bundle.lines.len() > MOST_LINES {
            wrong.push(Refusal::field(
                format!("{path}.lines"),
                say!("一种礼包最多 {MOST_LINES} 样", "A bundle holds at most {MOST_LINES} goods"),
            ));
        }
        for (place, line) in bundle.lines.iter().enumerate() {
            if !(1..=99).contains(&line.quantity) {
                wrong.push(Refusal::field(
                    format!("{path}.lines[{place}].quantity"),
                    say!("每份 1 到 99 件", "Between 1 and 99 in a set"),
                ));
            }
            if bundle.lines[..place].iter().any(|earlier| earlier.product_id == line.product_id) {
                wrong.push(Refusal::field(
                    format!("{path}.lines[{place}].product_id"),
                    say!("同一产品写了两行，请合成一行", "The same product stands on two lines; please make them one"),
                ));
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

#[cfg(test)]
mod tests;
