//! What of the ledger each figure of a tally is the sum of. The app's links and the tests that walk them are made here, so that
//! no figure can open other entries than those it is made of.

use crate::wire::Tally;

/// Filters of the ledger's page and of `GET /sales`, by name, in the order in which they stand in an address. Empty ones are
/// left out there.
pub type Filters = Vec<(&'static str, String)>;

/// Where the figures of one tally open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opens {
    year: i64,
    /// Empty is the whole city.
    district: String,
}

impl Opens {
    pub fn of(tally: &Tally) -> Opens {
        let district = tally.district.as_ref().map(|district| district.id.clone()).unwrap_or_default();
        Opens { year: i64::from(tally.year), district }
    }

    pub fn new(year: i64, district: &str) -> Opens {
        Opens { year, district: district.to_owned() }
    }

    fn with(&self, more: impl IntoIterator<Item = (&'static str, String)>) -> Filters {
        let scope = [("year", self.year.to_string()), ("district", self.district.clone())];
        scope.into_iter().chain(more).filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The year's total.
    pub fn all(&self) -> Filters {
        self.with([])
    }

    /// A row of a breakdown: `county`, `brand`, `channel`, `category`, `pair` or `month`.
    pub fn by(&self, name: &'static str, value: &str) -> Filters {
        self.with([(name, value.to_owned())])
    }

    /// A district's row, whatever the tally's own district.
    pub fn district(&self, id: &str) -> Filters {
        Opens::new(self.year, id).all()
    }

    pub fn month(&self, month: i64) -> Filters {
        self.by("month", &month.to_string())
    }

    /// A county's month.
    pub fn county_month(&self, county: &str, month: i64) -> Filters {
        self.with([("month", month.to_string()), ("county", county.to_owned())])
    }

    /// A cell of buyer's district × county of origin.
    pub fn cell(&self, district: &str, county: &str) -> Filters {
        Opens::new(self.year, district).by("county", county)
    }

    /// One day, of the tally's district or of one of the city's.
    pub fn day(&self, day: &str, district: &str) -> Filters {
        let of = if district.is_empty() { self.clone() } else { Opens::new(self.year, district) };
        of.with([("from", day.to_owned()), ("to", day.to_owned())])
    }

    /// The year before up to a day of it.
    pub fn year_before(&self, until: &str, more: Option<(&'static str, &str)>) -> Filters {
        let before = Opens { year: self.year - 1, district: self.district.clone() };
        let to = ("to", until.to_owned());
        match more {
            Some(("district", id)) => Opens { district: id.to_owned(), ..before }.with([to]),
            more => before.with(more.map(|(name, value)| (name, value.to_owned())).into_iter().chain([to])),
        }
    }

    /// This year up to a day: what a part is compared by, where it is summed by whole months.
    pub fn until(&self, until: &str, name: &'static str, value: &str) -> Filters {
        self.with([(name, value.to_owned()), ("to", until.to_owned())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(filters: Filters, expected: &str) {
        let text: Vec<String> = filters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(text.join("&"), expected);
    }

    #[test]
    fn a_figure_opens_exactly_its_entries() {
        let (city, zhenhai) = (Opens::new(2026, ""), Opens::new(2026, "zhenhai"));
        check(city.all(), "year=2026");
        check(zhenhai.by("county", "qingyuan"), "year=2026&district=zhenhai&county=qingyuan");
        check(zhenhai.month(11), "year=2026&district=zhenhai&month=11");
        check(city.district("haishu"), "year=2026&district=haishu");
        check(city.cell("haishu", "qingyuan"), "year=2026&district=haishu&county=qingyuan");
        check(city.county_month("qingyuan", 3), "year=2026&month=3&county=qingyuan");
        check(city.day("2026-11-28", "haishu"), "year=2026&district=haishu&from=2026-11-28&to=2026-11-28");
        check(zhenhai.day("2026-11-28", ""), "year=2026&district=zhenhai&from=2026-11-28&to=2026-11-28");
        check(zhenhai.year_before("2025-11-28", None), "year=2025&district=zhenhai&to=2025-11-28");
        check(city.year_before("2025-11-28", Some(("district", "haishu"))), "year=2025&district=haishu&to=2025-11-28");
        check(city.year_before("2025-10-31", Some(("brand", "none"))), "year=2025&brand=none&to=2025-10-31");
        check(city.until("2026-10-31", "brand", "none"), "year=2026&brand=none&to=2026-10-31");
    }
}
