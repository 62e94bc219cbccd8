//! A union's members as they were on a cut-off day, for who is given a gift. It stays with the union: others see head-counts.
//!
//! Source: gifts go to the members on the roll at a day that the notice names; the Personal Information Protection Law asks for
//! the smallest scope, so neither identity nor bank numbers are kept, and phones and addresses go after a time.

use jiff::civil::Date;

use crate::delivery_list::{Purpose, check_row};
use crate::id::RosterId;
use crate::sheet::{self, MOST_ROWS};
use crate::{Refusal, say, wire};

/// A roster whose every member reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    pub id: RosterId,
    /// Who was a member on this day.
    pub as_of: Date,
    /// In the order of the list; at least one.
    pub members: Vec<Member>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub name: String,
    pub department: String,
    /// As far as they are known.
    pub phone: Option<String>,
    pub address: Option<String>,
}

impl Roster {
    /// Reads a roster; `today` ends the days it may be of.
    ///
    /// # Errors
    /// All refusals at once: the cells of wrong rows are named `rows[3].phone`.
    pub fn parse(body: &wire::NewRoster, today: Date) -> Result<Roster, Vec<Refusal>> {
        let mut wrong = Vec::new();
        let as_of = body.as_of.parse::<Date>().ok().filter(|day| *day <= today);
        if as_of.is_none() {
            let sentence = say!(
                "填写截止日期，例如 {today}，不能晚于今天",
                "Enter the cut-off day, such as {today}; it cannot be after today"
            );
            wrong.push(Refusal::field("as_of", sentence));
        }
        match body.rows.len() {
            0 => wrong.push(sheet::empty().at("rows")),
            1..=MOST_ROWS => (),
            _ => return Err(vec![sheet::too_many_rows().at("rows")]),
        }
        let mut members = Vec::with_capacity(body.rows.len());
        for (index, row) in body.rows.iter().enumerate() {
            match check_row(row, Purpose::Roster, &[]) {
                Ok(person) => members.push(Member {
                    name: person.name,
                    department: person.department,
                    phone: Some(person.phone).filter(|phone| !phone.is_empty()),
                    address: Some(person.address).filter(|address| !address.is_empty()),
                }),
                Err(cells) => wrong.extend(
                    cells
                        .into_iter()
                        .map(|cell| Refusal::field(format!("rows[{index}].{}", cell.column.code()), cell.sentence)),
                ),
            }
        }
        match as_of {
            Some(as_of) if wrong.is_empty() => Ok(Roster { id: body.id, as_of, members }),
            _ => Err(wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    fn body(as_of: &str, rows: &[(&str, &str)]) -> wire::NewRoster {
        let row = |(name, phone): &(&str, &str)| wire::ListRow {
            name: (*name).to_owned(),
            phone: (*phone).to_owned(),
            ..wire::ListRow::default()
        };
        wire::NewRoster { id: RosterId(Uuid::from_u128(1)), as_of: as_of.into(), rows: rows.iter().map(row).collect() }
    }

    #[track_caller]
    fn check_refused(body: &wire::NewRoster, fields: &[&str]) {
        let refusals = Roster::parse(body, date(2026, 11, 24)).expect_err("refused");
        assert_eq!(refusals.iter().filter_map(|it| it.field.as_deref()).collect::<Vec<_>>(), fields);
    }

    #[test]
    fn a_roster_needs_names_and_a_day_that_has_come() {
        let good = body("2026-10-01", &[("张　三", ""), ("李四", "１３８００００００００")]);
        let roster = Roster::parse(&good, date(2026, 11, 24)).expect("a good roster");
        assert_eq!((&*roster.members[0].name, &roster.members[0].phone), ("张三", &None));
        assert_eq!(roster.members[1].phone.as_deref(), Some("13800000000"));
        check_refused(&body("2026-11-25", &[("张三", "")]), &["as_of"]);
        check_refused(&body("去年", &[]), &["as_of", "rows"]);
        check_refused(&body("2026-10-01", &[("", ""), ("李四", "138")]), &["rows[0].name", "rows[1].phone"]);
        check_refused(&body("2026-10-01", &vec![("张三", ""); MOST_ROWS + 1]), &["rows"]);
    }
}
