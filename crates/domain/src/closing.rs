//! Closing a month (关账): from then on its figures are final.
//!
//! A closed month takes no entry dated in it any more. A mistake found later is answered by a reversal, which is dated when it is
//! made and so stands in a month that is open. A month is never opened again.

use jiff::civil::Date;

use crate::statement::Month;
use crate::{Code, Refusal, say};

/// Longer notes belong into a document of their own.
pub const LONGEST_NOTE: usize = 200;

/// Whether a month can be closed on a day: once it has ended.
///
/// # Errors
/// [`Code::OutOfTurn`] naming the first day on which it can be.
pub fn may_close(month: Month, today: Date) -> Result<(), Refusal> {
    if month.end() <= today {
        return Ok(());
    }
    Err(Refusal::new(
        Code::OutOfTurn,
        say!(
            "{month} 还没有过完，{first} 起才能关账",
            "{month} has not ended; it can be closed from {first} on",
            first = month.end()
        ),
    ))
}

/// What is said of an entry dated in a month that is closed.
pub fn closed(month: Month) -> Refusal {
    Refusal::new(
        Code::MonthClosed,
        say!(
            "{month} 已经关账，不能再记这个月的账；要更正的请做冲销，冲销记在当天",
            "{month} is closed and takes no more entries; correct it by a reversal, which is dated today"
        ),
    )
}

/// Reads the note kept with a close; an empty one is none.
///
/// # Errors
/// A refusal naming `note`.
pub fn parse_note(text: Option<&str>) -> Result<Option<String>, Refusal> {
    let note = text.unwrap_or_default().trim();
    match note.chars().count() {
        0 => Ok(None),
        1..=LONGEST_NOTE => Ok(Some(note.to_owned())),
        _ => Err(Refusal::field(
            "note",
            say!("备注最多 {LONGEST_NOTE} 字", "A note has at most {LONGEST_NOTE} characters"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_month_is_closed_from_its_end_on() {
        let october = Month::of(date(2026, 10, 7));
        assert!(may_close(october, date(2026, 10, 31)).is_err());
        assert_eq!(may_close(october, date(2026, 11, 1)), Ok(()));
        assert_eq!(may_close(october, date(2027, 3, 1)), Ok(()));
        let refusal = may_close(october, date(2026, 10, 1)).expect_err("refused");
        assert!(refusal.sentence.zh.contains("2026-11-01"), "{}", refusal.sentence.zh);
    }

    #[test]
    fn a_note_is_short_or_none() {
        assert_eq!(parse_note(None), Ok(None));
        assert_eq!(parse_note(Some("  ")), Ok(None));
        assert_eq!(parse_note(Some(" 已核对 ")), Ok(Some("已核对".to_owned())));
        assert!(parse_note(Some(&"长".repeat(LONGEST_NOTE + 1))).is_err());
    }
}
