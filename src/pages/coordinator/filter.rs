//! What the ledger is narrowed by. The address is its only state: a figure of the dashboard leads to one, and each chip
//! leads to the address without it.

use domain::Language;
use domain::channel::Channel;
use domain::product::{Brand, Category};
use domain::region::{PairKind, Prefecture};
use domain::tally::{NO_BRAND, no_brand};
use domain::wire::Tally;

use crate::components::field::Choice;
use crate::format::{civil_day, month_name};
use crate::language::{language, nth, t};
use crate::route::Route;

/// The filters, in the order in which they stand in the address and on the page.
pub const KEYS: [&str; 12] = [
    "year",
    "month",
    "district",
    "county",
    "brand",
    "channel",
    "category",
    "pair",
    "from",
    "to",
    "until",
    "prefecture",
];

pub const YEAR: usize = 0;
pub const MONTH: usize = 1;
pub const DISTRICT: usize = 2;
const COUNTY: usize = 3;
const BRAND: usize = 4;
const CHANNEL: usize = 5;
const CATEGORY: usize = 6;
const PAIR: usize = 7;
const FROM: usize = 8;
const TO: usize = 9;
/// From January to this month: what a bulletin's number is made of.
pub const UNTIL: usize = 10;
const PREFECTURE: usize = 11;

/// Days are written and not chosen of a list.
pub fn is_day(which: usize) -> bool {
    matches!(which, FROM | TO)
}

/// What a filter is called in its list of choices.
pub fn label(which: usize) -> &'static str {
    nth(t!(figures.filters), which)
}

const AFTER: &str = "after";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    values: [String; 12],
    /// The cursor of the page that is shown; empty for the first.
    pub after: String,
}

impl Filter {
    /// Reads an address through `get`, its query by name.
    pub fn read(get: &dyn Fn(&str) -> Option<String>) -> Self {
        let value = |key| get(key).unwrap_or_default();
        Self { values: KEYS.map(value), after: value(AFTER) }
    }

    pub fn value(&self, which: usize) -> &str {
        &self.values[which]
    }

    /// The same with another value of one filter, from the first page again.
    #[must_use]
    pub fn with(&self, which: usize, value: &str) -> Self {
        let mut other = Self { after: String::new(), ..self.clone() };
        value.clone_into(&mut other.values[which]);
        other
    }

    /// The same of another year. Days are days of a year, and are dropped with it.
    #[must_use]
    pub fn of_year(&self, year: &str) -> Self {
        self.with(YEAR, year).with(FROM, "").with(TO, "")
    }

    #[must_use]
    pub fn page_after(&self, cursor: &str) -> Self {
        Self { after: cursor.to_owned(), ..self.clone() }
    }

    /// Name and value of each, for an address or a request; those without a value are empty.
    pub fn pairs(&self) -> [(&'static str, &str); 13] {
        std::array::from_fn(|place| match KEYS.get(place) {
            Some(key) => (*key, self.values[place].as_str()),
            None => (AFTER, self.after.as_str()),
        })
    }

    pub fn address(&self) -> String {
        Route::Ledger.with(&self.pairs())
    }

    /// The filters in force besides the year, which cannot be taken away.
    pub fn in_force(&self) -> impl Iterator<Item = usize> + '_ {
        (MONTH..KEYS.len()).filter(|which| !self.values[*which].is_empty())
    }

    /// Whether the dashboard shows this very sum: by one thing at a time, of the city or of one district. Stretches of days are in
    /// its comparisons, and not for every reader of an address to recognise.
    pub fn is_a_figure(&self) -> bool {
        self.in_force().all(|which| !is_day(which) && !matches!(which, UNTIL | PREFECTURE))
            && self.in_force().filter(|which| *which != DISTRICT).count() <= 1
    }

    /// The filter in words: `11 月`, `镇海区`, `丽水山耕`. A code nobody knows is shown as it stands.
    pub fn words(&self, which: usize, tally: Option<&Tally>) -> String {
        let value = self.value(which);
        if is_day(which) {
            let day = civil_day(value);
            return if which == FROM { t!(overview.from_day, day = day) } else { t!(overview.to_day, day = day) };
        }
        let choices = choices(which, tally);
        let known = choices.into_iter().find(|choice| choice.value == value);
        known.map_or_else(|| value.to_owned(), |choice| choice.text)
    }
}

/// What one filter can be. Districts and counties are named by the tally and unknown until it has come.
pub fn choices(which: usize, tally: Option<&Tally>) -> Vec<Choice> {
    match which {
        MONTH => (1..=12).map(|month| Choice::new(month.to_string(), month_in_words(month))).collect(),
        DISTRICT => tally.map_or_else(Vec::new, |tally| {
            tally.districts.iter().map(|district| Choice::new(district.id.clone(), district.name.clone())).collect()
        }),
        COUNTY => tally.map_or_else(Vec::new, |tally| {
            tally.by_county.iter().map(|row| Choice::new(row.key.clone(), row.name.clone())).collect()
        }),
        BRAND => {
            let brands = Brand::ALL.iter().map(|brand| Choice::new(brand.code(), brand.word(language())));
            brands.chain([Choice::new(NO_BRAND, no_brand(language()))]).collect()
        }
        CHANNEL => Channel::ALL.iter().map(|channel| Choice::new(channel.code(), channel.word(language()))).collect(),
        CATEGORY => {
            Category::ALL.iter().map(|category| Choice::new(category.code(), category.word(language()))).collect()
        }
        UNTIL => (1..=12)
            .map(|month| Choice::new(month.to_string(), t!(figures.until, month = month_in_words(month))))
            .collect(),
        PREFECTURE => Prefecture::ALL.iter().map(|it| Choice::new(it.code(), it.word(language()))).collect(),
        PAIR => PairKind::ALL.iter().map(|kind| Choice::new(kind.code(), kind.word(language()))).collect(),
        _ => Vec::new(),
    }
}

/// `11 月`, `November`
pub fn month_in_words(month: u32) -> String {
    match language() {
        Language::Zh => t!(figures.month, month = month),
        Language::En => month_name(month).to_owned(),
    }
}

/// The years one may turn to: this one, the two before it, and the one in the address whatever it is.
pub fn years(this_year: i64, chosen: &str) -> Vec<Choice> {
    let mut years: Vec<i64> = (0..3).map(|back| this_year - back).collect();
    if let Ok(chosen) = chosen.parse::<i64>()
        && !years.contains(&chosen)
    {
        years.push(chosen);
    }
    years.into_iter().map(|year| Choice::new(year.to_string(), t!(parts.of_year, year = year))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(query: &[(&str, &str)]) -> Filter {
        Filter::read(&|key| query.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn an_address_reads_back_as_itself() {
        let full = filter(&[("year", "2026"), ("month", "11"), ("pair", "verified"), ("after", "40")]);
        assert_eq!(full.address(), "/ledger?year=2026&month=11&pair=verified&after=40");
        assert_eq!(filter(&[]).address(), "/ledger");
    }

    #[test]
    fn another_filter_starts_from_the_first_page() {
        let third = filter(&[("year", "2026"), ("month", "11"), ("after", "40")]);
        assert_eq!(third.with(MONTH, "").address(), "/ledger?year=2026");
        assert_eq!(third.with(COUNTY, "qingyuan").address(), "/ledger?year=2026&month=11&county=qingyuan");
        assert_eq!(third.page_after("20").address(), "/ledger?year=2026&month=11&after=20");
    }

    #[test]
    fn filters_in_force_are_told_in_the_words_of_the_office() {
        let filter =
            filter(&[("year", "2026"), ("month", "9"), ("brand", "none"), ("pair", "assumed"), ("county", "x")]);
        let words: Vec<String> = filter.in_force().map(|which| filter.words(which, None)).collect();
        assert_eq!(words, ["9 月", "x", "无品牌", "结对待确认"]);
    }

    #[test]
    fn days_are_told_as_days() {
        let today = filter(&[("year", "2026"), ("from", "2026-11-28"), ("to", "2026-11-28")]);
        let words: Vec<String> = today.in_force().map(|which| today.words(which, None)).collect();
        assert_eq!(words, ["2026年11月28日起", "到2026年11月28日"]);
        assert!(!today.is_a_figure());
        assert_eq!(today.with(FROM, "").address(), "/ledger?year=2026&to=2026-11-28");
    }

    #[test]
    fn a_figure_of_the_dashboard_has_one_filter_besides_its_district() {
        assert!(filter(&[("year", "2026")]).is_a_figure());
        assert!(filter(&[("year", "2026"), ("district", "zhenhai"), ("month", "9")]).is_a_figure());
        assert!(!filter(&[("year", "2026"), ("brand", "none"), ("month", "9")]).is_a_figure());
        assert!(!filter(&[("year", "2026"), ("until", "9")]).is_a_figure());
    }

    #[test]
    fn the_year_in_the_address_is_always_among_the_years() {
        let years = |chosen| years(2026, chosen).into_iter().map(|year| year.value).collect::<Vec<_>>();
        assert_eq!(years(""), ["2026", "2025", "2024"]);
        assert_eq!(years("2025"), ["2026", "2025", "2024"]);
        assert_eq!(years("2022"), ["2026", "2025", "2024", "2022"]);
        assert_eq!(years("x"), ["2026", "2025", "2024"]);
    }
}
