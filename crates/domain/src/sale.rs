//! The sales ledger: entries that are only ever added, each bound to the one before by its hash.
//!
//! A sale is recognised at acceptance, for the accepted quantity, at the order's price. A mistake is answered by a
//! reversal that names what it reverses and why; nothing is edited and nothing deleted.

use std::fmt;
use std::fmt::Write as _;

use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use crate::channel::Channel;
use crate::id::{OrderId, OrganisationId, ReportId, SaleId};
use crate::order::AcceptedLine;
use crate::product::{Brand, Category};
use crate::region::{CountyId, DistrictId};
use crate::{Code, Money, Quantity, Refusal, say};

/// A SHA-256 hash, shown as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What stands before the first entry.
    pub const NONE: Hash = Hash([0; 32]);

    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Hash> {
        let mut bytes = [0u8; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
        }
        Some(Hash(bytes))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What an entry was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// What was accepted of a line at a point. Entries from before there were points name none: theirs was the only one.
    OrderLine {
        order: OrderId,
        line: i64,
        point: Option<i64>,
    },
    /// A line of a report of sales made elsewhere, once the report is recognised.
    ReportLine {
        report: ReportId,
        line: i64,
    },
    Reversal {
        of: SaleId,
        reason: String,
    },
}

/// Everything a sale states, before it has its place in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sale {
    pub id: SaleId,
    /// The civil day in Shanghai on which it is recognised.
    pub sold_on: Date,
    /// Negative in a reversal.
    pub amount: Money,
    /// Pieces; negative in a reversal.
    pub quantity: i64,
    pub channel: Channel,
    pub source: Source,
    /// Who has the credit: the buyer's district.
    pub district: DistrictId,
    /// Who is helped: the county of origin.
    pub county: CountyId,
    pub brand: Option<Brand>,
    pub category: Category,
    pub product_name: String,
    pub merchant: OrganisationId,
    pub buyer: OrganisationId,
    /// The version of the counting rule it was recognised under.
    pub counting_rule: String,
}

/// A sale in its place: numbered without gaps from 1, bound to the entry before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub sequence: i64,
    pub sale: Sale,
    pub previous_hash: Hash,
    pub hash: Hash,
}

impl Entry {
    /// Puts a sale after the entry with `previous_hash`.
    pub fn append(sequence: i64, sale: Sale, previous_hash: Hash) -> Entry {
        let hash = chain_hash(sequence, &sale, previous_hash);
        Entry { sequence, sale, previous_hash, hash }
    }

    /// Whether the hash is the one its contents give.
    pub fn is_intact(&self) -> bool {
        self.hash == chain_hash(self.sequence, &self.sale, self.previous_hash)
    }
}

/// SHA-256 over a text of one `name=length:value` line per fact. The lengths keep two different entries from ever having
/// the same text, whatever a reason or a name contains.
fn chain_hash(sequence: i64, sale: &Sale, previous: Hash) -> Hash {
    let mut text = String::with_capacity(900);
    each_fact(sequence, sale, previous, |name, value| {
        let value = value.to_string();
        writeln!(text, "{name}={}:{value}", value.len()).expect("writing to a string cannot fail");
    });
    Hash(Sha256::digest(text.as_bytes()).into())
}

/// Gives `fact` everything an entry states, by name, in the order in which it is hashed.
pub fn each_fact(sequence: i64, sale: &Sale, previous: Hash, mut fact: impl FnMut(&str, &dyn fmt::Display)) {
    // Destructured, so that a new field cannot be forgotten here.
    let Sale {
        id,
        sold_on,
        amount,
        quantity,
        channel,
        source,
        district,
        county,
        brand,
        category,
        product_name,
        merchant,
        buyer,
        counting_rule,
    } = sale;
    fact("sequence", &sequence);
    fact("previous", &previous);
    fact("id", id);
    fact("sold_on", sold_on);
    fact("amount_fen", &amount.fen());
    fact("quantity", quantity);
    fact("channel", &channel.code());
    match source {
        Source::OrderLine { order, line, point } => {
            fact("order", order);
            fact("line", line);
            if let Some(point) = point {
                fact("point", point);
            }
        }
        Source::ReportLine { report, line } => {
            fact("report", report);
            fact("report_line", line);
        }
        Source::Reversal { of, reason } => {
            fact("reverses", of);
            fact("reason", reason);
        }
    }
    fact("district", district);
    fact("county", county);
    fact("brand", &brand.map_or("", Brand::code));
    fact("category", &category.code());
    fact("product", product_name);
    fact("merchant", merchant);
    fact("buyer", buyer);
    fact("counting_rule", counting_rule);
}

/// What acceptance knows of an ordered line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderedLine {
    pub unit_price: Money,
    pub county: CountyId,
    pub brand: Option<Brand>,
    pub category: Category,
    pub product_name: String,
}

/// What is the same for all sales of one acceptance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognition {
    pub order: OrderId,
    /// Where the goods were counted in, from 1.
    pub point: i64,
    pub sold_on: Date,
    pub channel: Channel,
    pub district: DistrictId,
    pub merchant: OrganisationId,
    pub buyer: OrganisationId,
    pub counting_rule: String,
}

/// The sale recognised for one accepted line: accepted pieces at the order's price, or none when all was rejected.
///
/// # Errors
/// [`Code::BadField`] when the amount is beyond [`Money::LIMIT`].
pub fn recognise(
    id: SaleId,
    recognition: &Recognition,
    ordered: &OrderedLine,
    counted: &AcceptedLine,
) -> Result<Option<Sale>, Refusal> {
    if counted.accepted == Quantity::ZERO {
        return Ok(None);
    }
    let amount = ordered.unit_price.checked_times(counted.accepted);
    let amount = amount.ok_or_else(|| {
        Refusal::field("lines", say!("金额太大，请核对数量", "The amount is too large; please check the quantity"))
    })?;
    let Recognition { order, point, sold_on, channel, district, merchant, buyer, counting_rule } = recognition.clone();
    Ok(Some(Sale {
        id,
        sold_on,
        amount,
        quantity: counted.accepted.get(),
        channel,
        source: Source::OrderLine { order, line: counted.line, point: Some(point) },
        district,
        county: ordered.county.clone(),
        brand: ordered.brand,
        category: ordered.category,
        product_name: ordered.product_name.clone(),
        merchant,
        buyer,
        counting_rule,
    }))
}

/// What of a sale has not been taken back yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub amount: Money,
    /// Pieces.
    pub quantity: i64,
}

impl Standing {
    /// Of a sale of which so much has been taken back: the sums of its reversals, which are negative.
    pub fn of(sale: &Sale, reversed_amount: Money, reversed_quantity: i64) -> Standing {
        Standing {
            amount: Money::from_fen(sale.amount.fen() + reversed_amount.fen()),
            quantity: sale.quantity + reversed_quantity,
        }
    }

    pub fn is_nothing(self) -> bool {
        self.quantity <= 0
    }
}

/// The entry that takes back so many pieces of `sale`, of which so much still stands; dated when it is made, never when the
/// sale was or the mistake. The last piece takes back what is left of the amount, so that nothing is ever left over.
///
/// # Errors
/// [`Code::NotAllowed`] for a reversal: what was reversed by mistake is sold again, not reversed twice.
/// [`Code::AlreadyReversed`] where fewer pieces stand.
pub fn reverse(
    id: SaleId,
    sale: &Sale,
    standing: Standing,
    pieces: Quantity,
    on: Date,
    reason: String,
) -> Result<Sale, Refusal> {
    if matches!(sale.source, Source::Reversal { .. }) {
        return Err(Refusal::new(
            Code::NotAllowed,
            say!(
                "这一笔本身是冲销，不能再冲销；要恢复的，请按实际验收重新下单",
                "This entry is itself a reversal and cannot be reversed; order again what was accepted after all"
            ),
        ));
    }
    if pieces.is_zero() || pieces.get() > standing.quantity {
        return Err(Refusal::new(
            Code::AlreadyReversed,
            match standing.is_nothing() {
                true => say!("这一笔已经冲销过，不能再冲", "This entry has been reversed already"),
                false => say!(
                    "这一笔只剩 {left} 没有冲销，冲不了 {pieces}",
                    "Of this entry {left} still stand; {pieces} cannot be taken back",
                    left = standing.quantity
                ),
            },
        ));
    }
    let amount = match pieces.get() == standing.quantity {
        true => standing.amount,
        false => Money::from_fen(sale.amount.fen() / sale.quantity * pieces.get()),
    };
    Ok(Sale {
        id,
        sold_on: on,
        amount: amount.negated(),
        quantity: -pieces.get(),
        source: Source::Reversal { of: sale.id, reason },
        ..sale.clone()
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    fn order() -> OrderId {
        OrderId(Uuid::from_u128(5))
    }

    pub(crate) fn sale(n: u128, amount_fen: i64) -> Sale {
        Sale {
            id: SaleId(Uuid::from_u128(n)),
            sold_on: date(2026, 11, 24),
            amount: Money::from_fen(amount_fen),
            quantity: 110,
            channel: Channel::UnionProcurement,
            source: Source::OrderLine { order: OrderId(Uuid::from_u128(5)), line: 1, point: Some(3) },
            district: DistrictId::new("zhenhai"),
            county: CountyId::new("qingyuan"),
            brand: Some(Brand::LishuiShangeng),
            category: Category::Mushroom,
            product_name: "庆元花菇".into(),
            merchant: OrganisationId(Uuid::from_u128(2)),
            buyer: OrganisationId(Uuid::from_u128(1)),
            counting_rule: "2025-1".into(),
        }
    }

    #[test]
    fn any_change_of_any_fact_breaks_the_chain() {
        let entry = Entry::append(1, sale(1, 990_000), Hash::NONE);
        assert!(entry.is_intact());
        let changes: &[fn(&mut Entry)] = &[
            |entry| entry.sequence = 2,
            |entry| entry.previous_hash = Hash([1; 32]),
            |entry| entry.sale.id = SaleId(Uuid::from_u128(8)),
            |entry| entry.sale.sold_on = date(2026, 11, 23),
            |entry| entry.sale.amount = Money::from_fen(990_001),
            |entry| entry.sale.quantity = 111,
            |entry| entry.sale.channel = Channel::Fair,
            |entry| entry.sale.source = Source::OrderLine { order: order(), line: 2, point: Some(3) },
            |entry| entry.sale.source = Source::OrderLine { order: order(), line: 1, point: Some(2) },
            |entry| entry.sale.source = Source::OrderLine { order: order(), line: 1, point: None },
            |entry| entry.sale.source = Source::ReportLine { report: ReportId(Uuid::from_u128(5)), line: 1 },
            |entry| entry.sale.district = DistrictId::new("haishu"),
            |entry| entry.sale.county = CountyId::new("longquan"),
            |entry| entry.sale.brand = None,
            |entry| entry.sale.category = Category::Tea,
            |entry| entry.sale.product_name = "庆元香菇".into(),
            |entry| entry.sale.merchant = OrganisationId(Uuid::from_u128(3)),
            |entry| entry.sale.buyer = OrganisationId(Uuid::from_u128(3)),
            |entry| entry.sale.counting_rule = "2026-1".into(),
        ];
        for (index, change) in changes.iter().enumerate() {
            let mut changed = entry.clone();
            change(&mut changed);
            assert!(!changed.is_intact(), "change {index} went unnoticed");
        }
    }

    #[test]
    fn only_what_was_accepted_is_a_sale() {
        let recognition = Recognition {
            order: order(),
            point: 3,
            sold_on: date(2026, 11, 24),
            channel: Channel::UnionProcurement,
            district: DistrictId::new("zhenhai"),
            merchant: OrganisationId(Uuid::from_u128(2)),
            buyer: OrganisationId(Uuid::from_u128(1)),
            counting_rule: "2025-1".into(),
        };
        let ordered = OrderedLine {
            unit_price: Money::from_yuan(90),
            county: CountyId::new("qingyuan"),
            brand: Some(Brand::LishuiShangeng),
            category: Category::Mushroom,
            product_name: "庆元花菇".into(),
        };
        let counted = |accepted, rejected| AcceptedLine {
            line: 1,
            accepted: Quantity::new(accepted).expect("small"),
            short: Quantity::ZERO,
            rejected: Quantity::new(rejected).expect("small"),
            reason: None,
        };
        let recognised =
            |line| recognise(SaleId(Uuid::from_u128(1)), &recognition, &ordered, &line).expect("recognised");
        assert_eq!(recognised(counted(110, 4)), Some(sale(1, 990_000)));
        assert_eq!(recognised(counted(0, 114)), None);
    }

    #[test]
    fn a_reversal_cancels_exactly_what_it_names() {
        let sold = sale(1, 990_000);
        let on = date(2026, 12, 1);
        let (all, whole) = (Quantity::new(110).expect("small"), Standing::of(&sold, Money::ZERO, 0));
        let reversal = reverse(SaleId(Uuid::from_u128(2)), &sold, whole, all, on, "重复统计".into()).expect("reversed");
        assert_eq!(reversal.amount.fen() + sold.amount.fen(), 0);
        assert_eq!(reversal.quantity + sold.quantity, 0);
        assert_eq!((reversal.sold_on, &reversal.district), (on, &sold.district));
        assert!(reverse(SaleId(Uuid::from_u128(3)), &reversal, whole, all, on, "再来".into()).is_err());
    }

    proptest::proptest! {
        #[test]
        fn parts_taken_back_never_make_more_than_the_sale(parts in proptest::collection::vec(1..60_i64, 1..12)) {
            let sold = sale(1, 990_000);
            let (mut amount, mut quantity) = (Money::ZERO, 0);
            for part in parts {
                let pieces = Quantity::new(part).expect("small");
                let standing = Standing::of(&sold, amount, quantity);
                let taken = reverse(SaleId(Uuid::from_u128(2)), &sold, standing, pieces, date(2026, 12, 1), "退".into());
                proptest::prop_assert_eq!(taken.is_ok(), part <= standing.quantity);
                let Ok(taken) = taken else { continue };
                proptest::prop_assert_eq!(taken.amount.fen(), -9_000 * part);
                amount = amount.checked_add(taken.amount).expect("small");
                quantity += taken.quantity;
            }
            let left = Standing::of(&sold, amount, quantity);
            proptest::prop_assert!(left.quantity >= 0 && left.amount.fen() == 9_000 * left.quantity);
        }
    }

    #[test]
    fn entries_from_before_there_were_points_keep_their_hash() {
        let source = Source::OrderLine { order: order(), line: 1, point: None };
        let hash = Entry::append(1, Sale { source, ..sale(1, 990_000) }, Hash::NONE).hash;
        assert_eq!(hash.to_string(), "b5c77f038774fc90c2ba592eb1011aee80299be56edc0a312fb478424ed9fdb4");
    }

    #[test]
    fn two_lines_of_a_report_are_two_sources() {
        let hash = |n, line| {
            let source = Source::ReportLine { report: ReportId(Uuid::from_u128(n)), line };
            Entry::append(1, Sale { source, ..sale(1, 990_000) }, Hash::NONE).hash
        };
        assert_ne!(hash(5, 1), hash(5, 2));
        assert_ne!(hash(5, 1), hash(6, 1));
    }

    #[test]
    fn hashes_are_read_back() {
        let hash = Entry::append(1, sale(1, 1), Hash::NONE).hash;
        assert_eq!(Hash::parse(&hash.to_string()), Some(hash));
        assert_eq!(Hash::parse("00"), None);
        assert_eq!(Hash::parse(&"zz".repeat(32)), None);
    }
}
