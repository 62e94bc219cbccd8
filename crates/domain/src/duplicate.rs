//! The duplicate check: whether two claims of sales may be the same sale, counted twice.
//!
//! Goods are reported by merchant, shop, district and union alike, and orders of the platform are entered again by hand. What is
//! looked for: the same invoice, a number of an order of the platform, the same file as evidence, and the same seller, buyer and
//! amount within some days, however names and numbers are typed. The law only suspects; a person decides. A corpus of true and false
//! pairs (`duplicate/corpus.txt`) holds it to what it finds and to what it leaves alone.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::Money;
use crate::code::coded;
use crate::money::half_width;

coded! {
    /// Why two claims are suspected to be one sale, the surest first.
    pub enum ReasonKind {
        SameInvoice = "same_invoice" "发票号码相同" "Same invoice number",
        OrderNumber = "order_number" "写着平台订单号" "Names an order of the platform",
        SameEvidence = "same_evidence" "佐证是同一个文件" "Same file as evidence",
        AlikeInvoice = "alike_invoice" "发票号码只差一处" "Invoice numbers differ in one place",
        SameSale = "same_sale" "销售、购买单位和金额相同" "Same seller, buyer and amount",
        SameSum = "same_sum" "几行加起来金额相同" "Several lines come to the same amount",
        SameTakings = "same_takings" "同一天同产品同金额" "Same day, product and amount",
    }
}

coded! {
    /// What a person says of a pair.
    pub enum Verdict {
        Same = "same" "是同一笔" "The same sale",
        Different = "different" "不是同一笔" "Different sales",
    }
}

/// What is paid for is often delivered, invoiced and reported on different days; standing orders come monthly. Half a month lies
/// between.
pub const WINDOW_DAYS: i32 = 15;

/// What is less likely is left alone.
const LEAST_SCORE: i64 = 50;

/// Takings of a booth repeat by chance where they are small: two boxes of a gift that costs 168 yuan.
const LEAST_TAKINGS: Money = Money::from_yuan(1_000);

/// Places named for one reason at most.
const MOST_LINES_NAMED: usize = 50;

/// One line of what is claimed to be sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub line: i64,
    pub day: Date,
    pub product: String,
    pub quantity: i64,
    pub amount: Money,
    /// As it was typed; empty where nobody knows.
    pub buyer: String,
    /// Invoices and orders it names, as [`crate::report::plain_number`] gives them.
    pub numbers: Vec<String>,
}

/// A report, or an order of the platform, as far as the check looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    pub seller: String,
    pub seller_uscc: Option<String>,
    /// Of an order: its own number.
    pub order_number: Option<String>,
    /// Numbers that stand for all of it: an order's invoices, orders named in a report's remarks.
    pub numbers: Vec<String>,
    pub lines: Vec<Claim>,
    /// SHA-256 and name of every file.
    pub evidence: Vec<(String, String)>,
}

/// One thing two claims have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub kind: ReasonKind,
    /// Lines of the first side; none where it is said of the whole.
    pub lines: Vec<i64>,
    /// Lines of the other.
    pub other_lines: Vec<i64>,
    /// What both have.
    pub value: String,
}

/// How much two claims look like one sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    /// 1 to 100.
    pub score: i64,
    pub reasons: Vec<Reason>,
}

// ---- names --------------------------------------------------------------------------------------------------------

/// What the spellings of one organisation have in common: width, spaces, punctuation, the province and city it begins with, and what
/// kind of company or union it is.
pub fn name_key(name: &str) -> String {
    let mut plain: String = name.chars().map(half_width).flat_map(char::to_lowercase).collect();
    // What stands in brackets is a branch or a remark: （示例）, （宁波）.
    while let (Some(from), Some(to)) = (plain.find('('), plain.find(')')) {
        if to < from {
            break;
        }
        plain.replace_range(from..=to, "");
    }
    let mut key: String = plain.chars().filter(|c| c.is_alphanumeric()).collect();
    for place in ["浙江省", "浙江", "宁波市", "宁波", "丽水市", "丽水", "衢州市", "衢州"] {
        if let Some(rest) = key.strip_prefix(place).filter(|rest| rest.chars().count() >= 4) {
            key = rest.to_owned();
        }
    }
    let mut chars: Vec<char> = key.chars().collect();
    if chars.len() > 5 && matches!(chars[2], '县' | '市' | '区') {
        chars.remove(2);
    }
    key = chars.into_iter().collect();
    for (long, short) in KINDS {
        if let Some(stem) = key.strip_suffix(long).filter(|stem| stem.chars().count() >= 2) {
            key = format!("{stem}{short}");
            break;
        }
    }
    key
}

/// The kind of an organisation at the end of its name, and what of it is kept.
const KINDS: [(&str, &str); 10] = [
    ("股份有限公司", ""),
    ("有限责任公司", ""),
    ("有限公司", ""),
    ("公司", ""),
    ("农民专业合作社", "合作社"),
    ("专业合作社", "合作社"),
    ("工会联合会委员会", "工会"),
    ("工会联合会", "工会"),
    ("工会委员会", "工会"),
    ("联合工会", "工会"),
];

/// Who buys at a booth is nobody in particular.
const NOBODY: [&str; 12] =
    ["个人", "散客", "市民", "零售", "现场", "现场零售", "游客", "顾客", "消费者", "个人买家", "个人消费者", "不详"];

/// The key of a buyer; none where it is unknown.
pub fn buyer_key(name: &str) -> Option<String> {
    let key = name_key(name);
    (!key.is_empty() && !NOBODY.contains(&key.as_str())).then_some(key)
}

/// Whether two names of goods may be of the same: one holds the other, or they share a third of their pairs of characters, words that
/// say nothing of the goods aside.
fn is_same_product(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (product_key(one), product_key(other));
    // Goods of one county often begin with its name and have nothing else in common.
    if one.len() > 3 && other.len() > 3 && one[..2] == other[..2] {
        one.drain(..2);
        other.drain(..2);
    }
    let holds = |long: &[char], short: &[char]| short.len() > 1 && long.windows(short.len()).any(|part| part == short);
    if one == other || holds(&one, &other) || holds(&other, &one) {
        return true;
    }
    let pairs = |of: &[char]| of.windows(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>();
    let (one, other) = (pairs(&one), pairs(&other));
    let shared = one.iter().filter(|pair| other.contains(pair)).count();
    shared > 0 && shared * 3 >= one.len().min(other.len())
}

fn product_key(name: &str) -> Vec<char> {
    let mut plain: String = name.chars().map(half_width).collect();
    if let Some(at) = plain.find('(') {
        plain.truncate(at);
    }
    for word in ["礼盒", "礼包", "礼袋", "精品", "特级", "一级", "有机", "散装", "盒装", "袋装"] {
        let without = plain.replace(word, "");
        if without.chars().count() > 1 {
            plain = without;
        }
    }
    plain.chars().filter(|c| c.is_alphabetic()).collect()
}

// ---- numbers ------------------------------------------------------------------------------------------------------

/// The numbers of orders of the platform that a text names, however they are typed: `见 ＳＨ20261124－0042`.
pub fn orders_named(text: &str) -> Vec<String> {
    let plain: Vec<char> = text.chars().map(half_width).map(|c| c.to_ascii_uppercase()).collect();
    let mut named = Vec::new();
    for at in 0..plain.len().saturating_sub(1) {
        if plain[at] != 'S' || plain[at + 1] != 'H' {
            continue;
        }
        let is_between = |c: &char| matches!(c, ' ' | '-' | '_' | '－' | '—' | '–');
        let digits: String =
            plain[at + 2..].iter().filter(|c| !is_between(c)).take_while(|c| c.is_ascii_digit()).take(12).collect();
        if digits.len() == 12 {
            named.push(format!("SH{}-{}", &digits[..8], &digits[8..]));
        }
    }
    named.dedup();
    named
}

/// Whether one number may be the other, retyped: one digit is wrong, two have changed places, or the code of an older invoice was left
/// out. Invoices that follow each other are alike and not the same.
fn is_alike(one: &str, other: &str) -> bool {
    if one == other || one.len().min(other.len()) < 8 {
        return false;
    }
    if one.len() != other.len() {
        let (long, short) = if one.len() > other.len() { (one, other) } else { (other, one) };
        return long.len() >= 18 && long.ends_with(short);
    }
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let differ: Vec<usize> = (0..one.len()).filter(|place| one[*place] != other[*place]).collect();
    match differ.as_slice() {
        [place] => *place + 1 < one.len() || one[*place].abs_diff(other[*place]) > 2,
        [first, second] => *second == first + 1 && one[*first] == other[*second] && one[*second] == other[*first],
        _ => false,
    }
}

// ---- the comparison -----------------------------------------------------------------------------------------------

/// Whether `own` may repeat `other`, and by what.
pub fn compare(own: &Side, other: &Side) -> Option<Likeness> {
    let (ours, theirs) = (Indexed::of(own), Indexed::of(other));
    let mut found = Vec::new();
    found.extend(same_numbers(&ours, &theirs));
    found.extend(same_evidence(own, other));
    found.extend(ours.same_lines(&theirs));
    found.extend(ours.same_sums(&theirs));
    let best = found.iter().map(|(score, _)| *score).max()?;
    let mut reasons: Vec<Reason> = Vec::new();
    for (_, reason) in found {
        match reasons.iter_mut().find(|known| known.kind == reason.kind && known.value == reason.value) {
            Some(known) => {
                for (into, from) in [(&mut known.lines, reason.lines), (&mut known.other_lines, reason.other_lines)] {
                    into.extend(from);
                    into.sort_unstable();
                    into.dedup();
                    into.truncate(MOST_LINES_NAMED);
                }
            }
            None => reasons.push(reason),
        }
    }
    reasons.sort_by(|one, other| (one.kind, &one.value).cmp(&(other.kind, &other.value)));
    let kinds = 1 + reasons.windows(2).filter(|pair| pair[0].kind != pair[1].kind).count() as i64;
    let score = (best + 5 * (kinds - 1)).min(100);
    (score >= LEAST_SCORE).then_some(Likeness { score, reasons })
}

struct Indexed<'a> {
    side: &'a Side,
    seller: String,
    /// Lines of each buyer who is known, by their amount.
    by_buyer: HashMap<String, Vec<&'a Claim>>,
    by_day: HashMap<(Date, Money), Vec<&'a Claim>>,
    by_number: HashMap<&'a str, Vec<i64>>,
}

impl<'a> Indexed<'a> {
    fn of(side: &'a Side) -> Indexed<'a> {
        let mut it = Indexed {
            side,
            seller: name_key(&side.seller),
            by_buyer: HashMap::new(),
            by_day: HashMap::new(),
            by_number: HashMap::new(),
        };
        for claim in &side.lines {
            if let Some(buyer) = buyer_key(&claim.buyer) {
                it.by_buyer.entry(buyer).or_default().push(claim);
            }
            it.by_day.entry((claim.day, claim.amount)).or_default().push(claim);
            for number in &claim.numbers {
                it.by_number.entry(number).or_default().push(claim.line);
            }
        }
        for number in &side.numbers {
            it.by_number.entry(number).or_default();
        }
        it.by_buyer.values_mut().for_each(|claims| claims.sort_by_key(|claim| claim.amount));
        it
    }

    fn has_same_seller(&self, other: &Indexed<'_>) -> bool {
        let same_code = self.side.seller_uscc.is_some() && self.side.seller_uscc == other.side.seller_uscc;
        same_code || self.seller == other.seller
    }

    /// Line by line: the same sale, or the same takings where the buyer is not known.
    fn same_lines(&self, other: &Indexed<'a>) -> Vec<(i64, Reason)> {
        let same_seller = self.has_same_seller(other);
        let mut found = Vec::new();
        for own in &self.side.lines {
            let buyer = buyer_key(&own.buyer);
            let of_buyer = buyer.as_ref().and_then(|buyer| other.by_buyer.get(buyer));
            for theirs in of_buyer.into_iter().flat_map(|claims| near(claims, own.amount)) {
                found.extend(self.alike(own, theirs, other, same_seller));
                found.extend(scored(same_sale(own, theirs, same_seller), ReasonKind::SameSale, own, theirs));
            }
            let same_day = other.by_day.get(&(own.day, own.amount));
            for theirs in same_day.into_iter().flatten().filter(|_| same_seller) {
                if buyer.is_none() || buyer_key(&theirs.buyer).is_none() {
                    found.extend(scored(same_takings(own, theirs), ReasonKind::SameTakings, own, theirs));
                }
            }
        }
        found
    }

    /// Numbers that differ in one place, where seller, buyer and amount speak for it.
    fn alike(&self, own: &Claim, theirs: &Claim, other: &Indexed<'_>, same_seller: bool) -> Option<(i64, Reason)> {
        let within = same_seller && days_between(own.day, theirs.day) <= 2 * WINDOW_DAYS;
        let their_numbers = theirs.numbers.iter().chain(&other.side.numbers);
        let alike = |number: &&String| their_numbers.clone().any(|their_number| is_alike(number, their_number));
        let number = own.numbers.iter().chain(&self.side.numbers).find(alike).filter(|_| within)?;
        Some((70, named(ReasonKind::AlikeInvoice, own, theirs, number.clone())))
    }

    /// Buyer by buyer: where one side gives in one line what the other gives in several.
    fn same_sums(&self, other: &Indexed<'a>) -> Vec<(i64, Reason)> {
        if !self.has_same_seller(other) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (buyer, own) in &self.by_buyer {
            let Some(theirs) = other.by_buyer.get(buyer) else { continue };
            if own.len() + theirs.len() < 3 {
                continue;
            }
            let ours_by_day = by_days(own);
            for one in ours_by_day.iter().chain([own]) {
                for two in by_days(theirs).iter().chain([theirs]) {
                    found.extend(same_sum(one, two));
                }
            }
        }
        found
    }
}

fn named(kind: ReasonKind, own: &Claim, other: &Claim, value: String) -> Reason {
    Reason { kind, lines: vec![own.line], other_lines: vec![other.line], value }
}

fn scored(score: Option<i64>, kind: ReasonKind, own: &Claim, other: &Claim) -> Option<(i64, Reason)> {
    let score = score.filter(|score| *score >= LEAST_SCORE)?;
    Some((score, named(kind, own, other, own.amount.yuan())))
}

fn days_between(one: Date, other: Date) -> i32 {
    one.until(other).map_or(i32::MAX, |span| span.get_days().abs())
}

/// Amounts that differ by a fee of the bank or by rounding: half a hundredth.
fn is_near(one: Money, other: Money) -> bool {
    one.fen().abs_diff(other.fen()) * 200 <= one.fen().max(other.fen()).unsigned_abs()
}

/// Those with about this amount, of claims in the order of their amounts.
fn near<'c, 'a>(claims: &'c [&'a Claim], amount: Money) -> impl Iterator<Item = &'a Claim> + use<'c, 'a> {
    let from = claims.partition_point(|claim| claim.amount < amount && !is_near(claim.amount, amount));
    claims[from..].iter().copied().take_while(move |claim| is_near(claim.amount, amount))
}

/// Both name invoices, and none of one is like any of the other: two sales, whatever else they share.
fn have_other_invoices(one: &Claim, other: &Claim) -> bool {
    let like = |a: &String| other.numbers.iter().any(|b| a == b || is_alike(a, b));
    !one.numbers.is_empty() && !other.numbers.is_empty() && !one.numbers.iter().any(like)
}

fn same_sale(own: &Claim, other: &Claim, same_seller: bool) -> Option<i64> {
    let days = days_between(own.day, other.day);
    if days > WINDOW_DAYS || have_other_invoices(own, other) {
        return None;
    }
    let same_product = is_same_product(&own.product, &other.product);
    let mut score = 75 - i64::from(days);
    score -= if own.amount == other.amount { 0 } else { 10 };
    score -= if same_product { 0 } else { 20 };
    if !same_seller {
        // A shop and its supplier both report what the shop has sold on.
        let sure = same_product && own.quantity == other.quantity && own.amount == other.amount;
        let sure = sure && own.amount >= LEAST_TAKINGS;
        return sure.then(|| 56 - 2 * i64::from(days));
    }
    Some(score)
}

fn same_takings(own: &Claim, other: &Claim) -> Option<i64> {
    let same = own.quantity == other.quantity && is_same_product(&own.product, &other.product);
    (same && own.amount >= LEAST_TAKINGS && !have_other_invoices(own, other)).then_some(55)
}

/// The claims of each day that has several.
fn by_days<'a>(claims: &[&'a Claim]) -> Vec<Vec<&'a Claim>> {
    let mut days: Vec<Vec<&Claim>> = Vec::new();
    for claim in claims {
        match days.iter_mut().find(|day| day[0].day == claim.day) {
            Some(day) => day.push(claim),
            None => days.push(vec![claim]),
        }
    }
    // Where all are of one day they are the whole already.
    if days.len() == 1 { Vec::new() } else { days }
}

/// The first and the last.
fn days_of(claims: &[&Claim]) -> Option<(Date, Date)> {
    let days = || claims.iter().map(|claim| claim.day);
    Some((days().min()?, days().max()?))
}

fn same_sum(own: &[&Claim], other: &[&Claim]) -> Option<(i64, Reason)> {
    if own.len() == other.len() && own.len() == 1 {
        return None;
    }
    let sum = |claims: &[&Claim]| Money::checked_sum(claims.iter().map(|claim| claim.amount));
    let amount = sum(own)?;
    if sum(other)? != amount {
        return None;
    }
    let ((first, last), (their_first, their_last)) = (days_of(own)?, days_of(other)?);
    let days = days_between(first, their_last).max(days_between(last, their_first));
    let parted = own.iter().all(|a| other.iter().all(|b| have_other_invoices(a, b)));
    if days > WINDOW_DAYS || parted {
        return None;
    }
    let lines = |claims: &[&Claim]| claims.iter().map(|claim| claim.line).take(MOST_LINES_NAMED).collect();
    let reason =
        Reason { kind: ReasonKind::SameSum, lines: lines(own), other_lines: lines(other), value: amount.yuan() };
    Some((70 - i64::from(days), reason))
}

fn same_numbers(own: &Indexed<'_>, other: &Indexed<'_>) -> Vec<(i64, Reason)> {
    let same_seller = own.has_same_seller(other);
    let mut found = Vec::new();
    let mut take = |kind, number: &str, lines: &[i64], other_lines: &[i64]| {
        // Numbers of a shop's own receipts are short, and every shop has its 000123.
        if number.len() >= 8 || same_seller {
            let (lines, other_lines) = (lines.to_vec(), other_lines.to_vec());
            found.push((100, Reason { kind, lines, other_lines, value: number.to_owned() }));
        }
    };
    for (number, lines) in &own.by_number {
        match other.by_number.get(number) {
            _ if other.side.order_number.as_deref() == Some(*number) => {
                take(ReasonKind::OrderNumber, number, lines, &[]);
            }
            Some(other_lines) => take(ReasonKind::SameInvoice, number, lines, other_lines),
            None => {}
        }
    }
    let ordered = own.side.order_number.as_deref();
    if let Some((number, lines)) = ordered.and_then(|number| Some((number, other.by_number.get(number)?))) {
        take(ReasonKind::OrderNumber, number, &[], lines);
    }
    found
}

fn same_evidence(own: &Side, other: &Side) -> Vec<(i64, Reason)> {
    let both = own.evidence.iter().filter(|(hash, _)| other.evidence.iter().any(|(theirs, _)| theirs == hash));
    let reason = |(_, name): &(String, String)| Reason {
        kind: ReasonKind::SameEvidence,
        lines: Vec::new(),
        other_lines: Vec::new(),
        value: name.clone(),
    };
    both.map(|file| (80, reason(file))).collect()
}

#[cfg(test)]
mod tests;
