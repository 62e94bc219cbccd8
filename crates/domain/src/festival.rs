//! What can be on the table at a festival: goods are ordered, made ready, delivered and handed out before it.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::code::coded;
use crate::occasion::Occasion;
use crate::product::SeasonMonths;

coded! {
    /// The seven festivals, in the order of the year. Each is an [`Occasion`] of a union too, with the same code.
    pub enum Festival {
        NewYear = "new_year" "元旦" "New Year's Day",
        SpringFestival = "spring_festival" "春节" "Spring Festival",
        Qingming = "qingming" "清明" "Qingming",
        Labour = "labour" "劳动节" "Labour Day",
        DragonBoat = "dragon_boat" "端午" "Dragon Boat",
        MidAutumn = "mid_autumn" "中秋" "Mid-Autumn",
        NationalDay = "national_day" "国庆" "National Day",
    }
}

impl Festival {
    /// What a union orders for.
    pub fn occasion(self) -> Occasion {
        match self {
            Festival::NewYear => Occasion::NewYear,
            Festival::SpringFestival => Occasion::SpringFestival,
            Festival::Qingming => Occasion::Qingming,
            Festival::Labour => Occasion::Labour,
            Festival::DragonBoat => Occasion::DragonBoat,
            Festival::MidAutumn => Occasion::MidAutumn,
            Festival::NationalDay => Occasion::NationalDay,
        }
    }
}

/// How much time goods need; a dated setting, since it is this market's own assumption and no law.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeadTime {
    /// From the order to the first delivery: approval, confirmation, making ready.
    pub lead_days: i64,
    /// The days before the festival on which goods are delivered and handed out.
    pub delivery_days: i64,
}

/// What a festival asks of goods with one lead time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub last_day_to_order: Date,
    pub first_delivery: Date,
    /// The months in which something is delivered; the goods must be in season in each.
    pub months: SeasonMonths,
    /// How long what is delivered first must keep.
    pub keeps_days: i64,
}

impl Wanted {
    /// Delivered up to the day before the festival. `None` for days no calendar has.
    pub fn at(festival: Date, lead_time: LeadTime) -> Option<Wanted> {
        let first_delivery = festival.checked_sub(lead_time.delivery_days.days()).ok()?;
        let last_delivery = festival.checked_sub(1.day()).ok()?.max(first_delivery);
        let month_bit = |day: Date| 1_u16 << (day.month() - 1);
        let mut bits = month_bit(last_delivery);
        let mut day = first_delivery;
        while day < last_delivery {
            bits |= month_bit(day);
            day = day.tomorrow().ok()?;
        }
        Some(Wanted {
            last_day_to_order: first_delivery.checked_sub(lead_time.lead_days.days()).ok()?,
            first_delivery,
            months: SeasonMonths::from_bits(bits),
            keeps_days: lead_time.delivery_days,
        })
    }

    /// Whether goods of this season and shelf life are on the table. What has no shelf life does not spoil.
    pub fn is_met_by(&self, season: SeasonMonths, shelf_life_days: Option<i64>) -> bool {
        season.bits() & self.months.bits() == self.months.bits()
            && shelf_life_days.is_none_or(|days| days >= self.keeps_days)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const DRY: LeadTime = LeadTime { lead_days: 5, delivery_days: 7 };

    fn season(text: &str) -> SeasonMonths {
        SeasonMonths::parse(text).expect("a season")
    }

    #[test]
    fn the_last_day_to_order_leaves_time_for_making_ready_and_delivering() {
        let wanted = Wanted::at(date(2027, 6, 9), DRY).expect("a day");
        assert_eq!((wanted.first_delivery, wanted.last_day_to_order), (date(2027, 6, 2), date(2027, 5, 28)));
        assert_eq!(wanted.months, season("6"));
    }

    #[test]
    fn goods_are_in_season_on_every_day_of_delivery() {
        // 1 January 2027: delivered from 25 to 31 December.
        let new_year = Wanted::at(date(2027, 1, 1), DRY).expect("a day");
        assert!(new_year.is_met_by(season("11-12"), None));
        assert!(!new_year.is_met_by(season("1-3"), None), "on the market only once the festival is there");
        // 3 October 2028: delivered from 26 September to 2 October.
        let mid_autumn = Wanted::at(date(2028, 10, 3), DRY).expect("a day");
        assert!(mid_autumn.is_met_by(season("9-10"), None));
        assert!(!mid_autumn.is_met_by(season("9"), None));
        assert!(!mid_autumn.is_met_by(season("10"), None));
    }

    #[test]
    fn what_is_delivered_first_keeps_until_the_festival() {
        let wanted = Wanted::at(date(2027, 6, 9), DRY).expect("a day");
        assert!(wanted.is_met_by(season("5-6"), Some(7)));
        assert!(!wanted.is_met_by(season("5-6"), Some(6)));
        assert!(wanted.is_met_by(season("1-12"), None), "a celadon cup keeps");
    }

    #[test]
    fn a_festival_is_an_occasion_of_the_same_name() {
        for festival in Festival::ALL {
            assert_eq!(festival.occasion().code(), festival.code());
        }
    }
}
