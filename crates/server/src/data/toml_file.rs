//! A TOML file that remembers where each value stands, so that a mistake can be pointed at.

use std::ops::Range;
use std::path::Path;

use jiff::civil::Date;
use serde::de::DeserializeOwned;
pub(super) use toml::Spanned;
use toml::value::Datetime;

use super::{Checked, DataError};

#[derive(Debug)]
pub(super) struct TomlFile {
    name: String,
    text: String,
}

impl TomlFile {
    pub(super) fn open(folder: &Path, name: &str) -> Checked<TomlFile> {
        let text = read_text(folder, name)?;
        Ok(TomlFile { name: name.to_owned(), text })
    }

    pub(super) fn parse<T: DeserializeOwned>(&self) -> Checked<T> {
        toml::from_str(&self.text).map_err(|error| {
            let mut fault = self.fault_at(error.span().unwrap_or(0..0), error.message().to_owned());
            // A missing field has no place of its own: the error stands at its table and names it between backticks.
            if let Some(named) = error.message().split('`').nth(1) {
                fault.field = named.to_owned();
            }
            fault
        })
    }

    /// A mistake in the value at `place`.
    pub(super) fn fault<T>(&self, place: &Spanned<T>, sentence: impl ToString) -> DataError {
        self.fault_at(place.span(), sentence.to_string())
    }

    fn fault_at(&self, span: Range<usize>, sentence: String) -> DataError {
        let before = &self.text[..span.start.min(self.text.len())];
        let line = before.matches('\n').count() + 1;
        let text = self.text.lines().nth(line - 1).unwrap_or_default();
        let field = text.split_once('=').map_or("", |(field, _)| field).trim().to_owned();
        DataError { file: self.name.clone(), line, field, sentence }
    }

    pub(super) fn unique(&self, place: &Spanned<String>, taken: bool) -> Checked<()> {
        if taken { Err(self.fault(place, format!("'{}' stands here twice", place.get_ref()))) } else { Ok(()) }
    }

    pub(super) fn coded<T>(
        &self,
        place: &Spanned<String>,
        from_code: fn(&str) -> Option<T>,
        expected: &str,
    ) -> Checked<T> {
        let code = place.get_ref();
        from_code(code).ok_or_else(|| self.fault(place, format!("'{code}' is not {expected}")))
    }

    pub(super) fn id<T: std::str::FromStr>(&self, place: &Spanned<String>) -> Checked<T> {
        let sentence = || format!("'{}' is not a UUID; a new one: {}", place.get_ref(), crate::id::new());
        place.get_ref().parse().map_err(|_| self.fault(place, sentence()))
    }

    pub(super) fn date(&self, place: &Spanned<Datetime>) -> Checked<Date> {
        let sentence = || self.fault(place, "a day looks like 2027-06-30");
        place.get_ref().to_string().parse().map_err(|_| sentence())
    }
}

pub(super) fn read_text(folder: &Path, name: &str) -> Checked<String> {
    let fault = |sentence: String| DataError { file: name.to_owned(), line: 0, field: String::new(), sentence };
    let path = folder.join(name);
    let bytes = std::fs::read(&path).map_err(|error| fault(format!("cannot read {}: {error}", path.display())))?;
    String::from_utf8(bytes).map_err(|_| fault("is not UTF-8; save it again as UTF-8".to_owned()))
}
