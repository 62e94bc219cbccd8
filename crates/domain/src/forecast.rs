//! What a year will come to, and how far that can be trusted.
//!
//! *Method.* What share of a year is sold by a day is much the same every year: festivals ask for it. So what has been sold so far
//! is divided by the share of past years' sales that had been sold by the same month and day. Past years are summed day by day
//! before the share is taken, so a year with more sales counts for more.
//!
//! *Range.* The same forecast is made again for days that are gone (the back-test): at the end of each month of each past year that
//! has a year before it, of that year's total; and at the end of each month of this year that is over, of what had come by
//! today. Each says by how much the rest that came differed from the rest that was forecast, in basis points. The range is what
//! would come of the rest with the lowest and with the highest of these. It always holds the forecast itself.
//!
//! *Rounding.* Whole fen and whole basis points, rounded down; no floating point. Intermediate products are of 128 bits.
//!
//! *When nothing is said.* Without a whole past year, with less than a tenth of it sold by the day, or with fewer than three
//! forecasts tried back: a number nobody could defend is worse than none.

use jiff::civil::Date;

use crate::Money;
use crate::code::coded;
use crate::period::{month_end, same_day};

const WHOLE_BP: i128 = 10_000;
/// A share below this is an accident of a few orders.
const LEAST_SHARE_BP: i128 = 1_000;
/// Fewer forecasts tried back than these give no range.
const FEWEST_TRIED: usize = 3;
/// How many years back are looked at: habits change.
pub const YEARS_BACK: i16 = 3;

/// What was sold by each day of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Curve {
    pub year: i16,
    /// By day of the year, counted from 0; the last is the whole year.
    so_far: Vec<i64>,
}

impl Curve {
    /// Sums the days of one year up, whatever their order; days of other years are left out.
    pub fn of(year: i16, days: impl IntoIterator<Item = (Date, Money)>) -> Curve {
        let length = month_end(year, 12).day_of_year().unsigned_abs();
        let mut so_far = vec![0; length.into()];
        for (day, amount) in days.into_iter().filter(|(day, _)| day.year() == year) {
            so_far[place(day)] += amount.fen();
        }
        let mut sum = 0;
        for day in &mut so_far {
            sum += *day;
            *day = sum;
        }
        Curve { year, so_far }
    }

    pub fn whole(&self) -> Money {
        Money::from_fen(self.so_far.last().copied().unwrap_or_default())
    }

    /// What had been sold by the same month and day, that day included.
    pub fn until(&self, day: Date) -> Money {
        Money::from_fen(self.so_far[place(same_day(self.year, day))])
    }

    /// A year in whose first quarter nothing was sold is the one in which the ledger began, and says nothing of shares.
    fn is_whole(&self) -> bool {
        self.until(month_end(self.year, 3)) > Money::ZERO && self.whole() > Money::ZERO
    }
}

fn place(day: Date) -> usize {
    usize::from(day.day_of_year().unsigned_abs()).saturating_sub(1)
}

coded! {
    /// Why nothing is forecast.
    pub enum NoForecast {
        NotRunning = "not_running" "这一年不在进行" "The year is not running",
        NoPastYear = "no_past_year" "没有可比的往年" "There is no past year to compare with",
        TooEarly = "too_early" "往年到这一天卖得还太少" "Too little of a year is sold by this day",
        TooFewTried = "too_few_tried" "可回测的月份太少" "Too few months to try the method back on",
    }
}

/// What the year will come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    pub expected: Money,
    pub low: Money,
    pub high: Money,
    /// How the rest that came stood to the rest that was forecast, lowest and highest, in basis points: 10,000 is as forecast.
    pub lowest_bp: i64,
    pub highest_bp: i64,
    /// How many forecasts were tried back.
    pub tried: usize,
    /// The past years whose shares are used.
    pub years: Vec<i16>,
    /// What is expected by the end of each month from this one to December.
    pub by_month: Vec<Money>,
}

/// A forecast made again for a day that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    pub made_on: Date,
    /// The day whose sum was forecast.
    pub of: Date,
    pub forecast: Money,
    pub came: Money,
    /// The rest that came, of the rest that was forecast, in basis points.
    pub rest_bp: i64,
}

impl Tried {
    /// By how much the sum was missed, of what came, in basis points; positive where too much was forecast.
    pub fn missed_by_bp(self) -> i64 {
        let missed = i128::from(self.forecast.fen() - self.came.fen());
        i64::try_from(missed * WHOLE_BP / i128::from(self.came.fen()).max(1)).unwrap_or(i64::MAX)
    }
}

/// Past years, summed by day.
struct Past<'a>(Vec<&'a Curve>);

impl<'a> Past<'a> {
    fn before(curves: &'a [Curve], year: i16) -> Past<'a> {
        let near = |curve: &&Curve| (year - YEARS_BACK..year).contains(&curve.year) && curve.is_whole();
        Past(curves.iter().filter(near).collect())
    }

    fn until(&self, day: Date) -> i128 {
        self.0.iter().map(|curve| i128::from(curve.until(day).fen())).sum()
    }

    fn whole(&self) -> i128 {
        self.0.iter().map(|curve| i128::from(curve.whole().fen())).sum()
    }

    /// What `so_far`, sold by `from`, becomes by `to`.
    fn carry(&self, so_far: Money, from: Date, to: Date) -> Option<Money> {
        let (sold, then) = (self.until(from), self.until(to));
        if sold <= 0 || sold * WHOLE_BP < self.whole() * LEAST_SHARE_BP {
            return None;
        }
        let fen = i64::try_from((i128::from(so_far.fen()) * then).div_euclid(sold)).ok()?;
        Some(Money::from_fen(fen)).filter(|sum| *sum <= Money::LIMIT)
    }
}

/// What `year`, as it is on `today`, will come to. `curves` are the years that are known, this one among them.
///
/// # Errors
/// Why nothing can be said.
pub fn forecast(curves: &[Curve], year: i16, today: Date) -> Result<Forecast, NoForecast> {
    let this = curves.iter().find(|curve| curve.year == year).filter(|_| year == today.year());
    let this = this.ok_or(NoForecast::NotRunning)?;
    let past = Past::before(curves, year);
    if past.0.is_empty() {
        return Err(NoForecast::NoPastYear);
    }
    let so_far = this.until(today);
    let expected = past.carry(so_far, today, month_end(year, 12)).filter(|_| so_far > Money::ZERO);
    let expected = expected.ok_or(NoForecast::TooEarly)?;
    let tried = try_back(curves, today);
    if tried.len() < FEWEST_TRIED {
        return Err(NoForecast::TooFewTried);
    }
    let as_forecast = WHOLE_BP as i64;
    let lowest_bp = tried.iter().map(|tried| tried.rest_bp).min().unwrap_or(as_forecast);
    let highest_bp = tried.iter().map(|tried| tried.rest_bp).max().unwrap_or(as_forecast);
    let rest = i128::from(expected.fen()) - i128::from(so_far.fen());
    let with = |bp: i64| {
        let fen = i128::from(so_far.fen()) + (rest * i128::from(bp)).div_euclid(WHOLE_BP);
        Money::from_fen(i64::try_from(fen).unwrap_or(i64::MAX)).min(Money::LIMIT)
    };
    let (first, second) = (with(lowest_bp), with(highest_bp));
    let by_month = (today.month()..=12).map(|month| past.carry(so_far, today, month_end(year, month)));
    Ok(Forecast {
        expected,
        // What is expected to be taken back turns the two around.
        low: first.min(second).min(expected),
        high: first.max(second).max(expected),
        lowest_bp,
        highest_bp,
        tried: tried.len(),
        years: past.0.iter().map(|curve| curve.year).collect(),
        by_month: by_month.map(|sum| sum.unwrap_or(expected)).collect(),
    })
}

/// Makes the forecasts of days that are gone again, and compares them with what came.
pub fn try_back(curves: &[Curve], today: Date) -> Vec<Tried> {
    let mut all = Vec::new();
    for curve in curves.iter().filter(|curve| curve.year <= today.year() && curve.is_whole()) {
        let past = Past::before(curves, curve.year);
        // Of a past year its end was forecast; of this one today is the furthest that is known.
        let of = month_end(curve.year, 12).min(today);
        let ends = (1..12).map(|month| month_end(curve.year, month)).filter(|end| *end < of);
        all.extend(ends.filter_map(|made_on| try_on(curve, &past, made_on, of)));
    }
    all
}

/// None where the forecast would not have been made, or where it forecast that nothing more would come.
fn try_on(curve: &Curve, past: &Past<'_>, made_on: Date, of: Date) -> Option<Tried> {
    let (so_far, came) = (curve.until(made_on), curve.until(of));
    let forecast = past.carry(so_far, made_on, of).filter(|_| so_far > Money::ZERO)?;
    let rest = i128::from(forecast.fen() - so_far.fen());
    if rest <= 0 {
        return None;
    }
    let rest_bp = i64::try_from((i128::from(came.fen() - so_far.fen()) * WHOLE_BP).div_euclid(rest)).ok()?;
    Some(Tried { made_on, of, forecast, came, rest_bp })
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    /// A year that sells so many yuan on each of the days given, and one yuan on every other.
    fn curve(year: i16, yuan_by_month: &[i64]) -> Curve {
        let day_of = |(month, yuan): (usize, &i64)| (date(year, month as i8 + 1, 10), Money::from_yuan(*yuan));
        Curve::of(year, yuan_by_month.iter().enumerate().map(day_of))
    }

    const LIKE_ALWAYS: [i64; 12] = [300, 50, 80, 60, 200, 40, 30, 50, 400, 20, 30, 240];

    fn times(by: i64, months: &[i64]) -> Vec<i64> {
        months.iter().map(|yuan| yuan * by).collect()
    }

    #[test]
    fn a_year_like_the_one_before_is_forecast_exactly() {
        let curves = [curve(2025, &LIKE_ALWAYS), curve(2026, &times(3, &LIKE_ALWAYS[..11]))];
        let forecast = forecast(&curves, 2026, date(2026, 11, 28)).expect("enough is known");
        assert_eq!(forecast.expected, Money::from_yuan(3 * 1_500));
        assert_eq!((forecast.low, forecast.high), (forecast.expected, forecast.expected), "it was never wrong");
        assert_eq!((forecast.tried, forecast.years), (10, vec![2025]));
        assert_eq!(forecast.by_month, [Money::from_yuan(3 * 1_260), Money::from_yuan(3 * 1_500)]);
    }

    #[test]
    fn the_range_is_what_the_back_test_found() {
        // Last year's autumn brought twice as much as this one's.
        let this = [600, 100, 160, 120, 400, 80, 60, 100, 400, 20, 30];
        let curves = [curve(2025, &LIKE_ALWAYS), curve(2026, &this)];
        let today = date(2026, 11, 28);
        let forecast = forecast(&curves, 2026, today).expect("enough is known");
        let tried = try_back(&curves, today);
        assert!(tried.iter().all(|tried| tried.of == today && tried.made_on < today));
        let rest = forecast.expected.fen() - 207_000;
        assert_eq!(forecast.low.fen(), 207_000 + rest * forecast.lowest_bp / 10_000);
        assert!(forecast.lowest_bp < 10_000 && forecast.low < forecast.expected && forecast.expected <= forecast.high);
        assert!(tried[0].missed_by_bp() > 0, "too much was forecast in January");
    }

    #[test]
    fn too_little_is_said_to_be_too_little() {
        let last = curve(2025, &LIKE_ALWAYS);
        let why = |curves: &[Curve], year, today| forecast(curves, year, today).expect_err("no forecast");
        let this = curve(2026, &LIKE_ALWAYS);
        let both = [last.clone(), this.clone()];
        assert_eq!(why(&both, 2025, date(2026, 6, 1)), NoForecast::NotRunning);
        assert_eq!(why(&[this], 2026, date(2026, 6, 1)), NoForecast::NoPastYear);
        assert_eq!(why(&both, 2026, date(2026, 1, 9)), NoForecast::TooEarly);
        assert_eq!(why(&both, 2026, date(2026, 2, 10)), NoForecast::TooFewTried);
        // The ledger began in the middle of it.
        let begun_late = curve(2025, &[0, 0, 0, 0, 0, 40, 30, 50, 400, 20, 30, 240]);
        assert_eq!(why(&[begun_late, both[1].clone()], 2026, date(2026, 6, 1)), NoForecast::NoPastYear);
        assert_eq!(why(&[last, curve(2026, &[])], 2026, date(2026, 6, 1)), NoForecast::TooEarly, "nothing was sold");
    }

    #[test]
    fn a_leap_day_is_a_day_like_others() {
        let leap = Curve::of(2028, [(date(2028, 2, 29), Money::from_yuan(7)), (date(2028, 3, 1), Money::from_yuan(1))]);
        assert_eq!(leap.until(date(2027, 2, 28)), Money::ZERO);
        assert_eq!(leap.until(date(2027, 3, 1)), Money::from_yuan(8));
        let ordinary = Curve::of(2027, [(date(2027, 2, 28), Money::from_yuan(5))]);
        assert_eq!(ordinary.until(date(2028, 2, 29)), Money::from_yuan(5));
    }

    fn any_year(year: i16) -> impl Strategy<Value = Curve> {
        prop::collection::vec((0i64..365, -20_000i64..900_000), 20..120).prop_map(move |days| {
            let days = days.into_iter().map(|(day, fen)| (date(year, 1, 1) + day.days(), Money::from_fen(fen)));
            Curve::of(year, days)
        })
    }

    proptest! {
        #[test]
        fn a_forecast_lies_in_its_range_and_ends_the_path(
            years in (any_year(2023), any_year(2024), any_year(2025), any_year(2026)),
            day in 0i64..365,
        ) {
            let today = date(2026, 1, 1) + day.days();
            let curves = [years.0, years.1, years.2, years.3];
            if let Ok(forecast) = forecast(&curves, 2026, today) {
                prop_assert!(forecast.low <= forecast.expected && forecast.expected <= forecast.high);
                prop_assert_eq!(forecast.by_month.last(), Some(&forecast.expected));
                prop_assert_eq!(forecast.by_month.len(), 13 - today.month() as usize);
                prop_assert!(forecast.tried >= FEWEST_TRIED && !forecast.years.is_empty());
            }
        }

        #[test]
        fn who_has_sold_more_is_expected_to_sell_more(past in any_year(2025), this in any_year(2026), more in 1i64..1_000_000) {
            let today = date(2026, 11, 28);
            let also = Curve { so_far: this.so_far.iter().map(|fen| fen + more).collect(), ..this.clone() };
            let expected = |this: Curve| Past(vec![&past]).carry(this.until(today), today, date(2026, 12, 31));
            prop_assert!(expected(this) <= expected(also));
        }
    }
}
