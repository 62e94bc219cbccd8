//! Money is a whole number of fen. No floating point touches it, and no operation loses a fen.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::language::Say;
use crate::read::{Read, Tree};
use crate::{Quantity, say};

const FEN_PER_YUAN: i64 = 100;
const FEN_PER_WAN: i64 = 10_000 * FEN_PER_YUAN;
const FEN_PER_YI: i64 = 100_000_000 * FEN_PER_YUAN;

/// An amount of renminbi in fen, signed. Its size is bounded by [`Money::LIMIT`], so that sums of millions of entries
/// fit and JavaScript can hold the number exactly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema), schema(description = "Renminbi in fen, signed"))]
pub struct Money(i64);

impl Read for Money {
    fn read(tree: Tree) -> Option<Money> {
        i64::read(tree).map(Money)
    }
}

/// Why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyError {
    Empty,
    NotANumber,
    Negative,
    TooFine,
    TooLarge,
}

impl MoneyError {
    /// The sentence shown beside the field.
    pub fn say(self) -> Say {
        match self {
            MoneyError::Empty => say!("填写金额，例如 300 或 299.50", "Enter an amount, such as 300 or 299.50"),
            MoneyError::NotANumber => say!("金额只写数字，例如 1234.50", "Digits only, such as 1234.50"),
            MoneyError::Negative => say!("金额不能是负数", "An amount cannot be negative"),
            MoneyError::TooFine => {
                say!("金额最多两位小数，到分为止", "At most two decimals: the fen is the smallest unit")
            }
            MoneyError::TooLarge => say!("金额太大，请核对", "The amount is too large; please check"),
        }
    }
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.say().fmt(f)
    }
}

impl std::error::Error for MoneyError {}

impl Money {
    pub const ZERO: Money = Money(0);
    /// Nine trillion yuan: below 2^53 fen, the largest integer JavaScript holds exactly.
    pub const LIMIT: Money = Money(900_000_000_000_000);

    pub const fn from_fen(fen: i64) -> Money {
        Money(fen)
    }

    pub const fn from_yuan(yuan: i64) -> Money {
        Money(yuan * FEN_PER_YUAN)
    }

    pub const fn fen(self) -> i64 {
        self.0
    }

    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The sum, or `None` beyond [`Money::LIMIT`].
    pub fn checked_add(self, other: Money) -> Option<Money> {
        self.0.checked_add(other.0).map(Money).filter(|sum| sum.within_limit())
    }

    /// The difference, or `None` beyond [`Money::LIMIT`].
    pub fn checked_sub(self, other: Money) -> Option<Money> {
        self.0.checked_sub(other.0).map(Money).filter(|difference| difference.within_limit())
    }

    /// The price of `quantity` pieces, or `None` beyond [`Money::LIMIT`].
    pub fn checked_times(self, quantity: Quantity) -> Option<Money> {
        self.0.checked_mul(quantity.get()).map(Money).filter(|product| product.within_limit())
    }

    /// The sum of all, or `None` beyond [`Money::LIMIT`].
    pub fn checked_sum(amounts: impl IntoIterator<Item = Money>) -> Option<Money> {
        amounts.into_iter().try_fold(Money::ZERO, Money::checked_add)
    }

    /// The same amount with its sign turned: what a reversal books.
    #[must_use]
    pub const fn negated(self) -> Money {
        Money(-self.0)
    }

    fn within_limit(self) -> bool {
        self.0.unsigned_abs() <= Money::LIMIT.0.unsigned_abs()
    }

    /// Reads what a person types: `300`, `1,234.5`, `¥49`, `300元`, full-width digits.
    ///
    /// # Errors
    /// [`MoneyError`], whose text is the sentence shown beside the field.
    pub fn parse(text: &str) -> Result<Money, MoneyError> {
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(half_width).filter(|c| *c != ',').collect();
        let plain = plain.strip_prefix('¥').unwrap_or(&plain);
        let plain = plain.strip_suffix('元').unwrap_or(plain);
        if plain.is_empty() {
            return Err(MoneyError::Empty);
        }
        if plain.starts_with(['-', '−']) {
            return Err(MoneyError::Negative);
        }
        let (yuan, decimals) = plain.split_once('.').unwrap_or((plain, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if !digits(yuan) || !digits(decimals) || (yuan.is_empty() && decimals.is_empty()) {
            return Err(MoneyError::NotANumber);
        }
        if decimals.trim_end_matches('0').len() > 2 {
            return Err(MoneyError::TooFine);
        }
        let fen_digits: String = decimals.chars().chain("00".chars()).take(2).collect();
        let fen = format!("{yuan}{fen_digits}").parse::<i64>().map_err(|_| MoneyError::TooLarge)?;
        Some(Money(fen)).filter(|amount| amount.within_limit()).ok_or(MoneyError::TooLarge)
    }

    /// Splits the amount in proportion to `weights` without losing a fen: each part is rounded towards zero and the
    /// remainder goes to `remainder_to`, the line named by the caller (by custom the largest). `None` when there are no
    /// weights, a weight is negative, all are zero, or `remainder_to` names no line.
    pub fn split(self, weights: &[i64], remainder_to: usize) -> Option<Vec<Money>> {
        if weights.iter().any(|weight| *weight < 0) || remainder_to >= weights.len() {
            return None;
        }
        let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        if total == 0 {
            return None;
        }
        let share = |weight: i64| (i128::from(self.0) * i128::from(weight) / total) as i64;
        let mut parts: Vec<Money> = weights.iter().map(|weight| Money(share(*weight))).collect();
        let given: i64 = parts.iter().map(|part| part.0).sum();
        parts[remainder_to].0 += self.0 - given;
        Some(parts)
    }

    /// Yuan to the fen with thousands separated: `1,234.50`.
    pub fn yuan(self) -> String {
        scaled(self.0, FEN_PER_YUAN, 2)
    }

    /// Yuan without needless zeros: `49`, `49.5`. For price labels.
    pub fn yuan_short(self) -> String {
        let full = self.yuan();
        full.strip_suffix(".00").or_else(|| full.strip_suffix('0')).unwrap_or(&full).to_owned()
    }

    /// Ten thousands of yuan (万元), rounded half away from zero: `16,842.6` with one place.
    pub fn wan(self, places: u32) -> String {
        scaled(self.0, FEN_PER_WAN, places)
    }

    /// Hundred millions of yuan (亿元), rounded half away from zero: `1.790` with three places.
    pub fn yi(self, places: u32) -> String {
        scaled(self.0, FEN_PER_YI, places)
    }

    /// As English tells amounts: `¥9,612`, `¥340k`, `¥16.84m`, `¥1.79bn`, rounded half away from zero.
    pub fn in_english(self) -> String {
        /// What is below so many fen is told in units of so many, with so many places and so named.
        const STEPS: [(i64, i64, u32, &str); 3] = [
            // Half a unit less than the next step, or it would round to 1,000k.
            (10_000 * FEN_PER_YUAN - FEN_PER_YUAN / 2, FEN_PER_YUAN, 0, ""),
            (999_500 * FEN_PER_YUAN, 1_000 * FEN_PER_YUAN, 0, "k"),
            (999_995_000 * FEN_PER_YUAN, 1_000_000 * FEN_PER_YUAN, 2, "m"),
        ];
        let below = STEPS.into_iter().find(|(limit, ..)| self.0.saturating_abs() < *limit);
        let (_, unit, places, name) = below.unwrap_or((i64::MAX, 1_000_000_000 * FEN_PER_YUAN, 2, "bn"));
        let number = scaled(self.0, unit, places);
        match number.strip_prefix('−') {
            Some(positive) => format!("−¥{positive}{name}"),
            None => format!("¥{number}{name}"),
        }
    }

    /// The amount in Chinese capitals as written on a purchase order: `壹万贰仟叁佰元伍角整`.
    ///
    /// Source: 《支付结算办法》附件一《正确填写票据和结算凭证的基本规定》, articles 1–4 (银发〔1997〕393号).
    pub fn capitals(self) -> String {
        if self.0 == 0 {
            return "零元整".to_owned();
        }
        let fen = self.0.unsigned_abs();
        let (yuan, jiao, cents) = (fen / 100, fen / 10 % 10, fen % 10);
        let mut text = String::new();
        if self.is_negative() {
            text.push('负');
        }
        if yuan > 0 {
            read_capitals(yuan, &mut text);
            text.push('元');
        }
        if jiao > 0 {
            text.push_str(CAPITAL_DIGITS[jiao as usize]);
            text.push('角');
        }
        if cents == 0 {
            text.push('整');
            return text;
        }
        if jiao == 0 && yuan > 0 {
            text.push('零');
        }
        text.push_str(CAPITAL_DIGITS[cents as usize]);
        text.push('分');
        text
    }
}

impl fmt::Display for Money {
    /// `¥1,234.50`, the minus sign before the currency.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yuan = self.yuan();
        match yuan.strip_prefix('−') {
            Some(positive) => write!(f, "−¥{positive}"),
            None => write!(f, "¥{yuan}"),
        }
    }
}

/// Full-width digits and punctuation, as Chinese input methods produce them, to their ASCII forms.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '￥' => '¥',
        other => other,
    }
}

/// `value / unit` to `places` decimals, rounded half away from zero, thousands separated, with a true minus sign.
fn scaled(value: i64, unit: i64, places: u32) -> String {
    let (unit, scale) = (unit.unsigned_abs(), 10u64.pow(places));
    let (whole, rest) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    // At most 10^10 times 10^3, so nothing overflows; a fraction may round up to one.
    let fraction = (rest * scale + unit / 2) / unit;
    let (whole, fraction) = (whole + fraction / scale, fraction % scale);
    let sign = if value < 0 && (whole, fraction) != (0, 0) { "−" } else { "" };
    let whole = group_thousands(&whole.to_string());
    match places {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{fraction:0width$}", width = places as usize),
    }
}

/// `1234567` → `1,234,567`. Takes and gives ASCII digits.
pub fn group_thousands(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

const CAPITAL_DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];

/// Reads a positive whole number; a gap of zeros inside is read as one 零.
fn read_capitals(number: u64, text: &mut String) {
    for (unit, name) in [(100_000_000, "亿"), (10_000, "万"), (1_000, "仟"), (100, "佰"), (10, "拾")] {
        if number >= unit {
            read_capitals(number / unit, text);
            text.push_str(name);
            let rest = number % unit;
            if rest > 0 {
                if rest < unit / 10 {
                    text.push('零');
                }
                read_capitals(rest, text);
            }
            return;
        }
    }
    text.push_str(CAPITAL_DIGITS[number as usize]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check_parse(text: &str, expected: Result<i64, MoneyError>) {
        assert_eq!(Money::parse(text).map(Money::fen), expected, "{text:?}");
    }

    #[test]
    fn people_type_amounts_in_many_ways() {
        check_parse("300", Ok(30_000));
        check_parse(" 1,234.5 ", Ok(123_450));
        check_parse("¥49", Ok(4_900));
        check_parse("￥４９．９元", Ok(4_990));
        check_parse("1，200", Ok(120_000));
        check_parse(".5", Ok(50));
        check_parse("12.340", Ok(1_234));
    }

    #[test]
    fn what_is_no_amount_is_refused_with_its_reason() {
        check_parse("", Err(MoneyError::Empty));
        check_parse("元", Err(MoneyError::Empty));
        check_parse("三百", Err(MoneyError::NotANumber));
        check_parse("1.2.3", Err(MoneyError::NotANumber));
        check_parse(".", Err(MoneyError::NotANumber));
        check_parse("1e5", Err(MoneyError::NotANumber));
        check_parse("-1", Err(MoneyError::Negative));
        check_parse("−1", Err(MoneyError::Negative));
        check_parse("0.001", Err(MoneyError::TooFine));
        check_parse("9000000000000.01", Err(MoneyError::TooLarge));
        check_parse("99999999999999999999", Err(MoneyError::TooLarge));
    }

    #[test]
    fn english_tells_amounts_in_thousands_and_millions() {
        let told = |fen| Money::from_fen(fen).in_english();
        assert_eq!([told(0), told(961_249), told(-961_250)], ["¥0", "¥9,612", "−¥9,613"]);
        assert_eq!([told(999_949), told(999_950), told(34_000_000)], ["¥9,999", "¥10k", "¥340k"]);
        assert_eq!([told(99_949_999), told(99_950_000)], ["¥999k", "¥1.00m"]);
        assert_eq!([told(1_684_260_000), told(-3_157_400_000)], ["¥16.84m", "−¥31.57m"]);
        assert_eq!(
            [told(99_999_499_999), told(99_999_500_000), told(179_000_000_000)],
            ["¥999.99m", "¥1.00bn", "¥1.79bn"]
        );
    }

    #[test]
    fn amounts_are_shown_in_the_unit_of_the_screen() {
        assert_eq!(Money::from_fen(123_450).yuan(), "1,234.50");
        assert_eq!(Money::from_fen(-5).yuan(), "−0.05");
        assert_eq!(Money::from_fen(4_900).yuan_short(), "49");
        assert_eq!(Money::from_fen(4_950).yuan_short(), "49.5");
        assert_eq!(Money::from_fen(4_955).yuan_short(), "49.55");
        assert_eq!(Money::from_yuan(168_426_318).wan(1), "16,842.6");
        assert_eq!(Money::from_yuan(179_000_000).yi(2), "1.79");
        assert_eq!(Money::from_yuan(-500).wan(1), "−0.1", "half rounds away from zero");
        assert_eq!(Money::from_yuan(-400).wan(1), "0.0", "what rounds to nothing has no sign");
        assert_eq!(Money::from_fen(-123_450).to_string(), "−¥1,234.50");
    }

    #[track_caller]
    fn check_capitals(fen: i64, expected: &str) {
        assert_eq!(Money::from_fen(fen).capitals(), expected, "{fen} fen");
    }

    #[test]
    fn capitals_follow_the_rules_for_bills() {
        check_capitals(0, "零元整");
        check_capitals(1_000, "壹拾元整");
        check_capitals(10_500, "壹佰零伍元整");
        check_capitals(-5, "负伍分");
        check_capitals(5, "伍分");
        check_capitals(50, "伍角整");
        check_capitals(105, "壹元零伍分");
        check_capitals(1_050, "壹拾元伍角整");
        check_capitals(140_950, "壹仟肆佰零玖元伍角整");
        check_capitals(600_714, "陆仟零柒元壹角肆分");
        check_capitals(1_000_506, "壹万零伍元零陆分");
        check_capitals(10_000_000, "壹拾万元整");
        check_capitals(10_010_000, "壹拾万零壹佰元整");
        check_capitals(17_900_000_000, "壹亿柒仟玖佰万元整");
        check_capitals(10_000_000_100, "壹亿零壹元整");
        check_capitals(-2_500, "负贰拾伍元整");
        check_capitals(Money::LIMIT.fen(), "玖万亿元整");
    }

    /// Reads what stands before a unit as the number of it; the reverse of how capitals are written.
    fn read_back(text: &str) -> i64 {
        let (sign, text) = text.strip_prefix('负').map_or((1, text), |rest| (-1, rest));
        // The groups of ten thousand, the part below them, and the digit that waits for its unit.
        let (mut fen, mut group, mut digit) = (0, 0, 0);
        for c in text.chars() {
            match c {
                '元' => fen = (fen + group + digit) * 100,
                '角' => fen += digit * 10,
                '分' => fen += digit,
                '亿' => (fen, group) = ((fen + group + digit) * 100_000_000, 0),
                '万' => (fen, group) = (fen + (group + digit) * 10_000, 0),
                '仟' => group += digit * 1_000,
                '佰' => group += digit * 100,
                '拾' => group += digit * 10,
                '整' => {}
                other => {
                    digit = CAPITAL_DIGITS.iter().position(|it| it.starts_with(other)).expect("a digit") as i64;
                    continue;
                }
            }
            digit = 0;
        }
        sign * fen
    }

    #[test]
    fn sums_beyond_the_limit_are_refused() {
        assert_eq!(Money::LIMIT.checked_add(Money::from_fen(1)), None);
        assert_eq!(Money::from_fen(i64::MAX).checked_add(Money::from_fen(1)), None);
        assert_eq!(Money::LIMIT.checked_times(Quantity::ONE), Some(Money::LIMIT));
    }

    proptest! {
        /// Up to ten thousand 亿; above, 万 stands before 亿 and the simple reader does not tell.
        #[test]
        fn capitals_read_back_as_the_amount(fen in prop_oneof![
            -1_000_000i64..1_000_000,
            -99_999_999_999_999..=99_999_999_999_999i64,
        ]) {
            let capitals = Money::from_fen(fen).capitals();
            prop_assert_eq!(read_back(&capitals), fen, "{}", capitals);
            prop_assert!(!capitals.contains("零零") && !capitals.contains("零元") || fen == 0, "{}", capitals);
        }

        #[test]
        fn a_split_over_lines_never_loses_a_fen(
            fen in -Money::LIMIT.fen()..=Money::LIMIT.fen(),
            weights in prop::collection::vec(0i64..1_000_000, 1..40),
            pick in any::<prop::sample::Index>(),
        ) {
            let remainder_to = pick.index(weights.len());
            match Money::from_fen(fen).split(&weights, remainder_to) {
                Some(parts) => {
                    prop_assert_eq!(parts.len(), weights.len());
                    prop_assert_eq!(parts.iter().map(|part| part.fen()).sum::<i64>(), fen);
                }
                None => prop_assert!(weights.iter().all(|weight| *weight == 0)),
            }
        }

        #[test]
        fn what_is_shown_reads_back_as_the_same_amount(fen in 0..=Money::LIMIT.fen()) {
            prop_assert_eq!(Money::parse(&Money::from_fen(fen).yuan()), Ok(Money::from_fen(fen)));
        }
    }
}
