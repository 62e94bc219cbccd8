//! The tally: sums of the ledger by month, district and one further dimension, and how they stand to the target.
//!
//! The store writes the rollup in the transaction that appends the entry; `shanhai audit` recomputes it with the same
//! functions from the entries alone.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::code::coded;
use crate::product::Brand;
use crate::region::DistrictId;
use crate::sale::Sale;
use crate::{Language, Money};

coded! {
    /// The ways a district's month is broken down. Each keeps its own sums, so a figure costs one short read however
    /// large the ledger grows.
    pub enum Dimension {
        Total = "total" "合计" "Total",
        County = "county" "产地" "Origin",
        Brand = "brand" "品牌" "Brand",
        Channel = "channel" "渠道" "Channel",
        Category = "category" "类别" "Category",
        /// The version of the counting rule an entry was counted under.
        CountingRule = "counting_rule" "统计口径" "Counting rule",
    }
}

/// The key of sales of no brand.
pub const NO_BRAND: &str = "none";

/// The word for it.
pub fn no_brand(reader: Language) -> &'static str {
    match reader {
        Language::Zh => "无品牌",
        Language::En => "No brand",
    }
}

/// Which row of the rollup.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RollupKey {
    /// Year and month as one number: 202611.
    pub month: i32,
    pub district: DistrictId,
    pub dimension: Dimension,
    /// The county, brand, channel or category; empty for the total.
    pub key: String,
}

/// Year and month of a day as one number: 202611.
pub fn month_number(day: Date) -> i32 {
    i32::from(day.year()) * 100 + i32::from(day.month())
}

/// The value a sale has in a dimension.
pub fn key_of(sale: &Sale, dimension: Dimension) -> String {
    match dimension {
        Dimension::Total => String::new(),
        Dimension::County => sale.county.to_string(),
        Dimension::Brand => sale.brand.map_or(NO_BRAND, Brand::code).to_owned(),
        Dimension::Channel => sale.channel.code().to_owned(),
        Dimension::Category => sale.category.code().to_owned(),
        Dimension::CountingRule => sale.counting_rule.clone(),
    }
}

/// The rows of the rollup that a sale adds to: one in every dimension.
pub fn rollup_keys(sale: &Sale) -> impl Iterator<Item = RollupKey> {
    Dimension::ALL.iter().map(|dimension| RollupKey {
        month: month_number(sale.sold_on),
        district: sale.district.clone(),
        dimension: *dimension,
        key: key_of(sale, *dimension),
    })
}

/// What a row of the rollup holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    pub amount: Money,
    /// Pieces, reversals taken off.
    pub quantity: i64,
    /// Entries, reversals included.
    pub entries: i64,
}

impl Sum {
    /// Adds one entry. `None` when the amount would pass [`Money::LIMIT`].
    pub fn checked_add(self, sale: &Sale) -> Option<Sum> {
        Some(Sum {
            amount: self.amount.checked_add(sale.amount)?,
            quantity: self.quantity.checked_add(sale.quantity)?,
            entries: self.entries + 1,
        })
    }
}

/// The rollup in memory: what the audit recomputes and the tests compare.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub rows: BTreeMap<RollupKey, Sum>,
    /// By day of sale and district.
    pub days: BTreeMap<(Date, DistrictId), Sum>,
}

impl Tally {
    /// Adds one entry in every dimension. `None` when an amount would pass [`Money::LIMIT`]; the tally is then unchanged.
    pub fn checked_add(&mut self, sale: &Sale) -> Option<()> {
        let rows: Option<Vec<_>> = rollup_keys(sale)
            .map(|key| {
                let sum = self.rows.get(&key).copied().unwrap_or_default().checked_add(sale)?;
                Some((key, sum))
            })
            .collect();
        let day = (sale.sold_on, sale.district.clone());
        let sum = self.days.get(&day).copied().unwrap_or_default().checked_add(sale)?;
        self.rows.extend(rows?);
        self.days.insert(day, sum);
        Some(())
    }
}

/// How far the year's target is reached. Rates are in basis points: 8,421 is 84.21 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// 完成率: recognised ÷ target.
    pub completion_bp: i64,
    /// 时间进度: days gone ÷ days of the year, today included.
    pub time_bp: i64,
    /// 缺口: target − recognised; negative when exceeded.
    pub gap: Money,
    /// What the calendar asks for by today − recognised; negative when ahead.
    pub behind: Money,
}

/// 时间进度 of the year `year` seen on `today`, in basis points: 0 before it, 10,000 after it.
pub fn time_progress_bp(year: i16, today: Date) -> i64 {
    let (gone, days) = days_of(year, today);
    (gone * 10_000 / days) as i64
}

/// Days of `year` gone by `today`, today included, and all its days.
fn days_of(year: i16, today: Date) -> (i128, i128) {
    match today.year().cmp(&year) {
        std::cmp::Ordering::Less => (0, 1),
        std::cmp::Ordering::Greater => (1, 1),
        std::cmp::Ordering::Equal => (today.day_of_year().into(), today.days_in_year().into()),
    }
}

/// How `recognised` stands to `target`. `None` without a positive target: a rate of nothing means nothing.
pub fn progress(recognised: Money, target: Money, year: i16, today: Date) -> Option<Progress> {
    if target <= Money::ZERO {
        return None;
    }
    let (days_gone, days) = days_of(year, today);
    let ratio = |numerator: i128, denominator: i128| (numerator / denominator) as i64;
    let due = ratio(i128::from(target.fen()) * days_gone, days);
    Some(Progress {
        completion_bp: ratio(i128::from(recognised.fen()) * 10_000, i128::from(target.fen())),
        time_bp: ratio(days_gone * 10_000, days),
        gap: Money::from_fen(target.fen() - recognised.fen()),
        behind: Money::from_fen(due - recognised.fen()),
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::channel::Channel;
    use crate::id::SaleId;
    use crate::product::Category;
    use crate::region::CountyId;
    use crate::sale;

    #[test]
    fn time_stands_where_the_calendar_says() {
        assert_eq!(time_progress_bp(2026, date(2026, 11, 24)), 8_986, "day 328 of 365");
        assert_eq!(time_progress_bp(2026, date(2026, 12, 31)), 10_000);
        assert_eq!(time_progress_bp(2028, date(2028, 2, 29)), 1_639, "day 60 of 366");
        assert_eq!(time_progress_bp(2026, date(2025, 12, 31)), 0);
        assert_eq!(time_progress_bp(2026, date(2027, 1, 1)), 10_000);
    }

    #[test]
    fn progress_compares_with_target_and_time() {
        let today = date(2026, 11, 24);
        let progress = |yuan| progress(Money::from_yuan(yuan), Money::from_yuan(200_000_000), 2026, today);
        let behind = progress(168_426_000).expect("a target");
        assert_eq!(behind.completion_bp, 8_421);
        assert_eq!(behind.gap, Money::from_yuan(31_574_000));
        // 328 days of 365 ask for 179,726,027.39 yuan.
        assert_eq!(behind.behind, Money::from_fen(1_130_002_739));
        assert!(progress(250_000_000).expect("a target").gap.is_negative());
        assert_eq!(super::progress(Money::from_yuan(1), Money::ZERO, 2026, today), None);
    }

    fn any_sale() -> impl Strategy<Value = Sale> {
        let county = prop::sample::select(vec!["qingyuan", "longquan", "kaihua"]);
        let district = prop::sample::select(vec!["zhenhai", "haishu"]);
        let brand = prop::option::of(prop::sample::select(Brand::ALL));
        let channel = prop::sample::select(Channel::ALL);
        let category = prop::sample::select(Category::ALL);
        let amount = -50_000_000i64..50_000_000;
        (amount, -999i64..1_000, county, district, brand, channel, category, 1i8..=12).prop_map(
            |(amount, quantity, county, district, brand, channel, category, month)| Sale {
                quantity,
                county: CountyId::new(county),
                district: DistrictId::new(district),
                brand,
                channel,
                category,
                sold_on: date(2026, month, 1),
                ..sale::tests::sale(1, amount)
            },
        )
    }

    proptest! {
        #[test]
        fn sales_by_any_dimension_add_up_to_the_total(sales in prop::collection::vec(any_sale(), 0..80)) {
            let mut tally = Tally::default();
            for sale in &sales {
                prop_assert!(tally.checked_add(sale).is_some());
            }
            let total: i64 = sales.iter().map(|sale| sale.amount.fen()).sum();
            let pieces: i64 = sales.iter().map(|sale| sale.quantity).sum();
            for dimension in Dimension::ALL {
                let of_dimension = || tally.rows.iter().filter(|(key, _)| key.dimension == *dimension).map(|(_, sum)| sum);
                prop_assert_eq!(of_dimension().map(|sum| sum.amount.fen()).sum::<i64>(), total);
                prop_assert_eq!(of_dimension().map(|sum| sum.quantity).sum::<i64>(), pieces);
                prop_assert_eq!(of_dimension().map(|sum| sum.entries).sum::<i64>(), sales.len() as i64);
            }
        }

        #[test]
        fn a_sale_and_its_reversal_leave_nothing(sold in any_sale()) {
            let sold = Sale { quantity: sold.quantity.abs().max(1), ..sold };
            let whole = sale::Standing::of(&sold, Money::ZERO, 0);
            let pieces = crate::Quantity::new(sold.quantity).expect("small");
            let id = SaleId(Uuid::from_u128(9));
            let reversal = sale::reverse(id, &sold, whole, pieces, sold.sold_on, "重复".into()).expect("reversed");
            let mut tally = Tally::default();
            tally.checked_add(&sold).expect("small");
            tally.checked_add(&reversal).expect("small");
            prop_assert!(tally.rows.values().all(|sum| sum.amount == Money::ZERO && sum.quantity == 0 && sum.entries == 2));
        }
    }
}
