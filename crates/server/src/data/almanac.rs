//! What the data folder says beside what is stored: the days of festivals, the time goods need before them, and a sentence
//! about every county and brand. Read at every start, since none of it is the ledger's business.

use std::collections::HashMap;
use std::path::Path;

use domain::festival::{Festival, LeadTime};
use domain::product::Brand;
use jiff::civil::Date;
use serde::Deserialize;

use super::Checked;
use super::toml_file::{Spanned, TomlFile};

#[derive(Debug, Default)]
pub struct Almanac {
    /// In the order of their days.
    festivals: Vec<(Date, Festival)>,
    /// In the order of the days from which they hold.
    lead_times: Vec<DatedLeadTime>,
    /// In the order of the days from which they hold: for how many days phones are kept.
    retention: Vec<(Date, i64)>,
    /// By the id of the county.
    counties: HashMap<String, About>,
    brands: HashMap<Brand, About>,
}

#[derive(Debug)]
struct DatedLeadTime {
    valid_from: Date,
    cold_chain: bool,
    lead_time: LeadTime,
}

/// One sentence, in both languages.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct About {
    #[serde(default)]
    pub about: String,
    #[serde(default)]
    pub about_en: String,
}

impl Almanac {
    pub fn festivals(&self) -> &[(Date, Festival)] {
        &self.festivals
    }

    /// The day of a festival; none in a year that is not in the file.
    pub fn day_of(&self, festival: Festival, year: i16) -> Option<Date> {
        self.festivals.iter().find(|(day, known)| *known == festival && day.year() == year).map(|(day, _)| *day)
    }

    /// The first festival from a day on.
    pub fn next(&self, from: Date) -> Option<(Date, Festival)> {
        self.festivals.iter().copied().find(|(day, _)| *day >= from)
    }

    /// How long goods take that are ordered on a day; none before the first rule.
    pub fn lead_time(&self, on: Date, cold_chain: bool) -> Option<LeadTime> {
        let in_force = |rule: &&DatedLeadTime| rule.cold_chain == cold_chain && rule.valid_from <= on;
        self.lead_times.iter().rev().find(in_force).map(|rule| rule.lead_time)
    }

    /// For how many days after acceptance phones and addresses of people are kept; none before the first rule, and then they
    /// are not purged.
    pub fn retention_days(&self, on: Date) -> Option<i64> {
        self.retention.iter().rev().find(|(valid_from, _)| *valid_from <= on).map(|(_, days)| *days)
    }

    pub fn about_county(&self, id: &str) -> About {
        self.counties.get(id).cloned().unwrap_or_default()
    }

    pub fn about_brand(&self, brand: Brand) -> About {
        self.brands.get(&brand).cloned().unwrap_or_default()
    }
}

pub(super) fn read(folder: &Path) -> Checked<Almanac> {
    Ok(Almanac {
        festivals: read_festivals(&TomlFile::open(folder, "festivals.toml")?)?,
        lead_times: read_lead_times(&TomlFile::open(folder, "rules.toml")?)?,
        retention: read_retention(&TomlFile::open(folder, "rules.toml")?)?,
        counties: read_counties(&TomlFile::open(folder, "regions.toml")?)?,
        brands: read_brands(&TomlFile::open(folder, "brands.toml")?)?,
    })
}

type Day = Spanned<toml::value::Datetime>;

fn read_festivals(file: &TomlFile) -> Checked<Vec<(Date, Festival)>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Year {
        year: Spanned<i16>,
        new_year: Day,
        spring_festival: Day,
        qingming: Day,
        labour: Day,
        dragon_boat: Day,
        mid_autumn: Day,
        national_day: Day,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Rows {
        year: Vec<Year>,
    }
    let rows: Rows = file.parse()?;
    let mut festivals = Vec::new();
    for row in &rows.year {
        let year = *row.year.get_ref();
        if festivals.iter().any(|(day, _): &(Date, Festival)| day.year() == year) {
            return Err(file.fault(&row.year, format!("{year} stands here twice")));
        }
        for (festival, day) in [
            (Festival::NewYear, &row.new_year),
            (Festival::SpringFestival, &row.spring_festival),
            (Festival::Qingming, &row.qingming),
            (Festival::Labour, &row.labour),
            (Festival::DragonBoat, &row.dragon_boat),
            (Festival::MidAutumn, &row.mid_autumn),
            (Festival::NationalDay, &row.national_day),
        ] {
            let date = file.date(day)?;
            if date.year() != year {
                return Err(file.fault(day, format!("{date} is not in {year}")));
            }
            festivals.push((date, festival));
        }
    }
    festivals.sort_unstable();
    Ok(festivals)
}

fn read_retention(file: &TomlFile) -> Checked<Vec<(Date, i64)>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        valid_from: Day,
        days: Spanned<i64>,
        #[serde(rename = "document")]
        _document: String,
    }
    #[derive(Deserialize)]
    struct Rows {
        retention: Vec<Row>,
    }
    let rows: Rows = file.parse()?;
    let take = |row: &Row| match *row.days.get_ref() {
        days @ 1..=3_650 => Ok((file.date(&row.valid_from)?, days)),
        _ => Err(file.fault(&row.days, "a number of days from 1 to 3650")),
    };
    let mut retention: Vec<(Date, i64)> = rows.retention.iter().map(take).collect::<Checked<_>>()?;
    retention.sort_unstable();
    Ok(retention)
}

fn read_lead_times(file: &TomlFile) -> Checked<Vec<DatedLeadTime>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        valid_from: Day,
        cold_chain: bool,
        lead_days: Spanned<i64>,
        delivery_days: Spanned<i64>,
        #[serde(rename = "document")]
        _document: String,
    }
    #[derive(Deserialize)]
    struct Rows {
        lead_time: Vec<Row>,
    }
    let rows: Rows = file.parse()?;
    let days = |days: &Spanned<i64>| match *days.get_ref() {
        days @ 0..=90 => Ok(days),
        _ => Err(file.fault(days, "a number of days from 0 to 90")),
    };
    let take = |row: &Row| {
        let lead_time = LeadTime { lead_days: days(&row.lead_days)?, delivery_days: days(&row.delivery_days)? };
        Ok(DatedLeadTime { valid_from: file.date(&row.valid_from)?, cold_chain: row.cold_chain, lead_time })
    };
    let mut lead_times: Vec<DatedLeadTime> = rows.lead_time.iter().map(take).collect::<Checked<_>>()?;
    lead_times.sort_by_key(|rule| rule.valid_from);
    Ok(lead_times)
}

fn read_counties(file: &TomlFile) -> Checked<HashMap<String, About>> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        #[serde(flatten)]
        about: About,
    }
    #[derive(Deserialize)]
    struct Rows {
        county: Vec<Row>,
    }
    let rows: Rows = file.parse()?;
    Ok(rows.county.into_iter().map(|row| (row.id, row.about)).collect())
}

fn read_brands(file: &TomlFile) -> Checked<HashMap<Brand, About>> {
    #[derive(Deserialize)]
    struct Row {
        id: Spanned<String>,
        #[serde(flatten)]
        about: About,
    }
    #[derive(Deserialize)]
    struct Rows {
        brand: Vec<Row>,
    }
    let rows: Rows = file.parse()?;
    let take = |row: Row| Ok((file.coded(&row.id, Brand::from_code, "lishui_shangeng or sanqu_wei")?, row.about));
    rows.brand.into_iter().map(take).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use jiff::ToSpan as _;
    use jiff::civil::date;

    use super::*;

    fn real() -> Almanac {
        read(&PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data"))).expect("good files")
    }

    /// The first eight months of each lunar year, long (30 days) or short (29), and the leap month that follows the fifth
    /// month of 2028. Source: GB/T 33661-2017, as tabulated by the Purple Mountain Observatory.
    const LUNAR_YEARS: [(i16, Date, [i64; 7], i64); 3] = [
        (2026, date(2026, 2, 17), [30, 29, 30, 29, 29, 30, 29], 0),
        (2027, date(2027, 2, 6), [30, 30, 29, 30, 29, 29, 30], 0),
        (2028, date(2028, 1, 26), [30, 30, 30, 29, 30, 29, 30], 29),
    ];

    #[test]
    fn festivals_stand_on_their_lunar_days() {
        let almanac = real();
        for (year, first_day, months, leap_after_fifth) in LUNAR_YEARS {
            let before = |month: usize| months[..month - 1].iter().sum::<i64>();
            let fifth_of_fifth = first_day + (before(5) + 4).days();
            let fifteenth_of_eighth = first_day + (before(8) + leap_after_fifth + 14).days();
            assert_eq!(almanac.day_of(Festival::SpringFestival, year), Some(first_day));
            assert_eq!(almanac.day_of(Festival::DragonBoat, year), Some(fifth_of_fifth), "{year}");
            assert_eq!(almanac.day_of(Festival::MidAutumn, year), Some(fifteenth_of_eighth), "{year}");
        }
    }

    /// The usual formula for 清明 in this century: ⌊y × 0.2422 + 4.81⌋ − ⌊y ÷ 4⌋, y being the year's last two digits.
    #[test]
    fn qingming_and_the_fixed_festivals_stand_on_their_days() {
        let almanac = real();
        for year in 2026..=2028_i16 {
            let y = i32::from(year % 100);
            let qingming = i8::try_from((y * 2_422 + 48_100) / 10_000 - y / 4).expect("a day of April");
            assert_eq!(almanac.day_of(Festival::Qingming, year), Some(date(year, 4, qingming)));
            assert_eq!(almanac.day_of(Festival::NewYear, year), Some(date(year, 1, 1)));
            assert_eq!(almanac.day_of(Festival::Labour, year), Some(date(year, 5, 1)));
            assert_eq!(almanac.day_of(Festival::NationalDay, year), Some(date(year, 10, 1)));
        }
    }

    #[test]
    fn the_next_festival_is_today_or_later() {
        let almanac = real();
        assert_eq!(almanac.next(date(2026, 11, 27)), Some((date(2027, 1, 1), Festival::NewYear)));
        assert_eq!(almanac.next(date(2027, 1, 1)), Some((date(2027, 1, 1), Festival::NewYear)));
        assert_eq!(almanac.next(date(2029, 1, 1)), None);
    }

    #[test]
    fn a_lead_time_holds_from_its_day_on() {
        let almanac = real();
        assert_eq!(almanac.lead_time(date(2024, 12, 31), true), None);
        let (dry, cold) = (almanac.lead_time(date(2026, 5, 1), false), almanac.lead_time(date(2026, 5, 1), true));
        assert_eq!(dry, Some(LeadTime { lead_days: 5, delivery_days: 7 }));
        assert_eq!(cold, Some(LeadTime { lead_days: 3, delivery_days: 3 }));
    }

    #[test]
    fn every_county_and_brand_has_a_sentence_in_both_languages() {
        let almanac = real();
        let said = |about: &About| !about.about.is_empty() && !about.about_en.is_empty();
        assert_eq!(almanac.counties.len(), 16);
        assert!(almanac.counties.values().chain(almanac.brands.values()).all(said));
        assert_eq!(almanac.brands.len(), Brand::ALL.len());
    }
}
