//! What is sold: category, brand, season, and the price that falls with the quantity.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::code::coded;
use crate::language::Say;
use crate::read::{Read, Tree, by_way_of};
use crate::{Money, Quantity, fields, say};

coded! {
    pub enum Category {
        Fruit = "fruit" "果" "Fruit",
        GrainOil = "grain_oil" "粮油" "Grain and oil",
        Mushroom = "mushroom" "菌菇" "Mushrooms",
        Honey = "honey" "蜂产品" "Honey",
        Tea = "tea" "茶" "Tea",
        Pastry = "pastry" "糕点零食" "Pastry and snacks",
        Condiment = "condiment" "酱菜调味" "Condiments",
        MeatEgg = "meat_egg" "肉禽蛋" "Meat and eggs",
        Aquatic = "aquatic" "水产" "Fish",
        Herb = "herb" "药食同源" "Herbs",
        Drink = "drink" "酒饮" "Drinks",
        Craft = "craft" "手工艺" "Crafts",
    }
}

coded! {
    /// The regional public brands (区域公用品牌). A product may bear none; brand and origin are independent facts.
    pub enum Brand {
        LishuiShangeng = "lishui_shangeng" "丽水山耕" "Lishui Shangeng",
        SanquWei = "sanqu_wei" "三衢味" "Sanqu Wei",
    }
}

coded! {
    pub enum CertificationKind {
        Gi = "gi" "地理标志" "Geographical indication",
        Organic = "organic" "有机" "Organic",
        Green = "green" "绿色食品" "Green food",
        Heritage = "heritage" "文化遗产" "Heritage",
    }
}

impl CertificationKind {
    /// Whether the word may stand beside a product only with the certificate's number.
    pub fn needs_number(self) -> bool {
        self != CertificationKind::Heritage
    }
}

coded! {
    /// What one piece costs. A price on an edge belongs to the band that begins there: 50 yuan is the second.
    pub enum PriceBand {
        To50 = "to_50" "50 元以下" "Under ¥50",
        From50 = "50_100" "50–100 元" "¥50–100",
        From100 = "100_200" "100–200 元" "¥100–200",
        From200 = "200_500" "200–500 元" "¥200–500",
        From500 = "from_500" "500 元起" "¥500 and over",
    }
}

impl PriceBand {
    /// The first price of the band.
    pub fn from(self) -> Money {
        Money::from_yuan(match self {
            PriceBand::To50 => 0,
            PriceBand::From50 => 50,
            PriceBand::From100 => 100,
            PriceBand::From200 => 200,
            PriceBand::From500 => 500,
        })
    }

    /// The band of a list price.
    pub fn of(list_price: Money) -> PriceBand {
        let reached = PriceBand::ALL.iter().rev().find(|band| band.from() <= list_price);
        reached.copied().unwrap_or(PriceBand::To50)
    }
}

coded! {
    /// How a list of goods is ordered.
    pub enum Sort {
        Relevance = "relevance" "最相关" "Best match",
        Season = "season" "应季在前" "In season first",
        PriceUp = "price_up" "价格从低到高" "Price, low to high",
        PriceDown = "price_down" "价格从高到低" "Price, high to low",
        Newest = "newest" "最新上架" "Newest",
        Sales = "sales" "今年销量" "Most bought this year",
    }
}

impl Sort {
    /// The order a list really has: nothing is relevant where nothing is searched, and what is searched is shown by
    /// relevance unless another order is asked for.
    pub fn in_force(asked: Option<Sort>, searching: Searching) -> Sort {
        match (asked, searching) {
            (None | Some(Sort::Relevance), Searching::Nothing) => Sort::Season,
            (None, Searching::Words) => Sort::Relevance,
            (Some(sort), _) => sort,
        }
    }
}

/// Whether a list is searched by words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Searching {
    Nothing,
    Words,
}

/// One step of the price ladder: from this quantity on, each piece costs this much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PriceBreak {
    pub from_quantity: Quantity,
    pub unit_price_fen: Money,
}
fields!(PriceBreak: from_quantity, unit_price_fen);

/// The price ladder of a product: the first step starts at one piece, later ones start higher and cost less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<PriceBreak>", into = "Vec<PriceBreak>")]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PriceLadder(Vec<PriceBreak>);
by_way_of!(PriceLadder: Vec<PriceBreak>);

/// Why steps are not a ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LadderError {
    Empty,
    FirstStep,
    Quantity(usize),
    Price(usize),
}

impl LadderError {
    /// The sentence shown beside the field.
    pub fn say(self) -> Say {
        match self {
            LadderError::Empty => say!("价格表是空的", "The price table is empty"),
            LadderError::FirstStep => say!("第一档要从 1 件起", "The first step must begin at 1 piece"),
            LadderError::Quantity(step) => {
                say!("第 {step} 档的起订数要比前一档多", "Step {step} must begin at more pieces than the one before")
            }
            LadderError::Price(step) => say!(
                "第 {step} 档的单价要大于 0，并且比前一档低",
                "The price of step {step} must be above 0 and below the one before"
            ),
        }
    }
}

impl fmt::Display for LadderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.say().fmt(f)
    }
}

impl std::error::Error for LadderError {}

impl PriceLadder {
    /// # Errors
    /// [`LadderError`] naming the step that breaks the order.
    pub fn new(steps: Vec<PriceBreak>) -> Result<PriceLadder, LadderError> {
        let first = steps.first().ok_or(LadderError::Empty)?;
        if first.from_quantity != Quantity::ONE {
            return Err(LadderError::FirstStep);
        }
        if first.unit_price_fen <= Money::ZERO {
            return Err(LadderError::Price(1));
        }
        for (index, pair) in steps.windows(2).enumerate() {
            if pair[1].from_quantity <= pair[0].from_quantity {
                return Err(LadderError::Quantity(index + 2));
            }
            if pair[1].unit_price_fen >= pair[0].unit_price_fen || pair[1].unit_price_fen <= Money::ZERO {
                return Err(LadderError::Price(index + 2));
            }
        }
        Ok(PriceLadder(steps))
    }

    /// The steps, from one piece upwards.
    pub fn steps(&self) -> &[PriceBreak] {
        &self.0
    }

    /// The price of a single piece.
    pub fn list_price(&self) -> Money {
        self.unit_price(Quantity::ONE)
    }

    /// What each piece costs when `quantity` pieces are ordered at once.
    pub fn unit_price(&self, quantity: Quantity) -> Money {
        let step = self.0.iter().rev().find(|step| step.from_quantity <= quantity);
        step.or(self.0.first()).map_or(Money::ZERO, |step| step.unit_price_fen)
    }
}

impl TryFrom<Vec<PriceBreak>> for PriceLadder {
    type Error = LadderError;
    fn try_from(steps: Vec<PriceBreak>) -> Result<PriceLadder, LadderError> {
        PriceLadder::new(steps)
    }
}

impl From<PriceLadder> for Vec<PriceBreak> {
    fn from(ladder: PriceLadder) -> Vec<PriceBreak> {
        ladder.0
    }
}

/// The months in which a product is on the market, January first; bit 0 is January.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct SeasonMonths(u16);

impl Read for SeasonMonths {
    fn read(tree: Tree) -> Option<SeasonMonths> {
        u16::read(tree).map(SeasonMonths)
    }
}

impl SeasonMonths {
    /// Reads `1-12`, `11-3` (over the turn of the year) or `3-5;9-10`. `None` when it is none of these.
    pub fn parse(text: &str) -> Option<SeasonMonths> {
        let mut bits = 0u16;
        for range in text.split(';') {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let month = |part: &str| part.trim().parse::<u32>().ok().filter(|month| (1..=12).contains(month));
            let (mut at, last) = (month(first)?, month(last)?);
            loop {
                bits |= 1 << (at - 1);
                if at == last {
                    break;
                }
                at = at % 12 + 1;
            }
        }
        Some(SeasonMonths(bits))
    }

    /// As [`SeasonMonths::parse`] reads it: `11-3`, `3-5;9-10`.
    pub fn ranges(self) -> String {
        if self.is_all_year() {
            return "1-12".to_owned();
        }
        let month = |at: u32| (at + 11) % 12 + 1;
        let first = |at: &u32| self.has(*at) && !self.has(month(at + 11));
        let range = |first: u32| {
            let last = (first..first + 12).take_while(|at| self.has(month(*at))).last().map_or(first, month);
            if last == first { first.to_string() } else { format!("{first}-{last}") }
        };
        (1..=12).filter(first).map(range).collect::<Vec<_>>().join(";")
    }

    pub const fn from_bits(bits: u16) -> SeasonMonths {
        SeasonMonths(bits & 0x0FFF)
    }

    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether it is on the market in this month, 1 to 12.
    pub fn has(self, month: u32) -> bool {
        (1..=12).contains(&month) && self.0 & (1 << (month - 1)) != 0
    }

    pub fn is_all_year(self) -> bool {
        self.0 == 0x0FFF
    }

    /// Where lists show it in this month: what is in season first (0), then what is there all year (1), then the rest (2).
    pub fn rank(self, month: u32) -> usize {
        match (self.is_all_year(), self.has(month)) {
            (true, _) => 1,
            (false, true) => 0,
            (false, false) => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ladder(steps: &[(i64, i64)]) -> Result<PriceLadder, LadderError> {
        let step = |(from, fen): &(i64, i64)| PriceBreak {
            from_quantity: Quantity::new(*from).expect("a small quantity"),
            unit_price_fen: Money::from_fen(*fen),
        };
        PriceLadder::new(steps.iter().map(step).collect())
    }

    #[test]
    fn the_price_falls_at_each_step_and_nowhere_else() {
        let ladder = ladder(&[(1, 4900), (10, 4700), (50, 4500)]).expect("a ladder");
        let price = |n| ladder.unit_price(Quantity::new(n).expect("small")).fen();
        assert_eq!(
            [price(0), price(1), price(9), price(10), price(49), price(50), price(100_000)],
            [4900, 4900, 4900, 4700, 4700, 4500, 4500]
        );
    }

    #[test]
    fn steps_that_do_not_fall_are_refused() {
        assert_eq!(ladder(&[]), Err(LadderError::Empty));
        assert_eq!(ladder(&[(2, 4900)]), Err(LadderError::FirstStep));
        assert_eq!(ladder(&[(1, 0)]), Err(LadderError::Price(1)));
        assert_eq!(ladder(&[(1, 4900), (1, 4700)]), Err(LadderError::Quantity(2)));
        assert_eq!(ladder(&[(1, 4900), (10, 4900)]), Err(LadderError::Price(2)));
    }

    #[test]
    fn a_price_on_the_edge_belongs_to_the_band_it_begins() {
        let band = |fen| PriceBand::of(Money::from_fen(fen)).code();
        assert_eq!([band(1), band(4_999), band(5_000), band(9_999)], ["to_50", "to_50", "50_100", "50_100"]);
        assert_eq!([band(10_000), band(19_999), band(20_000)], ["100_200", "100_200", "200_500"]);
        assert_eq!([band(49_999), band(50_000), band(9_999_900)], ["200_500", "from_500", "from_500"]);
    }

    #[test]
    fn nothing_is_relevant_where_nothing_is_searched() {
        use Searching::{Nothing, Words};
        assert_eq!(Sort::in_force(None, Nothing), Sort::Season);
        assert_eq!(Sort::in_force(Some(Sort::Relevance), Nothing), Sort::Season);
        assert_eq!(Sort::in_force(None, Words), Sort::Relevance);
        assert_eq!(Sort::in_force(Some(Sort::Season), Words), Sort::Season);
    }

    #[test]
    fn seasons_run_over_the_turn_of_the_year() {
        let season = SeasonMonths::parse("11-3").expect("a season");
        let months: Vec<u32> = (1..=12).filter(|month| season.has(*month)).collect();
        assert_eq!(months, [1, 2, 3, 11, 12]);
        assert_eq!(SeasonMonths::parse("3-5;9").map(SeasonMonths::bits), Some(0b1_0001_1100));
        assert!(SeasonMonths::parse("1-12").is_some_and(SeasonMonths::is_all_year));
        for bits in 1..=0x0FFF {
            let season = SeasonMonths::from_bits(bits);
            assert_eq!(SeasonMonths::parse(&season.ranges()), Some(season), "{}", season.ranges());
        }
        for wrong in ["", "0-3", "13", "三月", "3-"] {
            assert_eq!(SeasonMonths::parse(wrong), None, "{wrong}");
        }
    }
}
