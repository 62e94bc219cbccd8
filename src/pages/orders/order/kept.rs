//! What is typed into the forms of an order, kept in the browser until the act is done: neither a refusal nor a reload nor
//! somebody else's act costs a word.

use domain::fields;
use domain::id::{AccountId, OrderId};
use leptos::prelude::*;
use serde::Serialize;

use super::act::Desk;
use crate::state::{ORDER_FORMS_KEY as KEY, forget, keep, kept};

/// Forms kept at most; those written in longest ago go first.
const MOST: usize = 40;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Kept {
    account_id: AccountId,
    /// In the order in which they were written in.
    forms: Vec<Form>,
}
fields!(Kept: account_id, forms);

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Form {
    order: OrderId,
    name: String,
    texts: Vec<String>,
}
fields!(Form: order, name, texts);

impl Kept {
    fn of(desk: Desk) -> Option<Kept> {
        let account_id = desk.state.session.with_untracked(|session| session.as_ref().map(|it| it.account_id))?;
        let known = kept::<Kept>(KEY).filter(|kept| kept.account_id == account_id);
        Some(known.unwrap_or(Kept { account_id, forms: Vec::new() }))
    }

    fn texts(&self, order: OrderId, name: &str) -> Option<&[String]> {
        let form = self.forms.iter().find(|form| form.order == order && form.name == name)?;
        Some(&form.texts)
    }

    /// A form that stands as it began need not be kept.
    fn put(&mut self, order: OrderId, name: &str, fresh: &[String], texts: Vec<String>) {
        self.forms.retain(|form| form.order != order || form.name != name);
        if texts != fresh {
            self.forms.push(Form { order, name: name.to_owned(), texts });
            self.forms.drain(..self.forms.len().saturating_sub(MOST));
        }
    }

    fn write(&self) {
        if self.forms.is_empty() { forget(KEY) } else { keep(KEY, self) }
    }
}

/// The texts of a form as they were left off, or `fresh`; and whether they were. What was written of other rows is not taken up.
pub fn left_off(desk: Desk, order: OrderId, name: &str, fresh: &[String]) -> (Vec<String>, bool) {
    let known = Kept::of(desk);
    let texts = known.as_ref().and_then(|kept| kept.texts(order, name)).filter(|texts| texts.len() == fresh.len());
    match texts {
        Some(texts) => (texts.to_vec(), true),
        None => (fresh.to_vec(), false),
    }
}

/// Whether somebody has begun to write in a form.
pub fn is_begun(desk: Desk, order: OrderId, name: &str) -> bool {
    Kept::of(desk).is_some_and(|kept| kept.texts(order, name).is_some())
}

/// Keeps the texts whenever one of them changes.
pub fn keep_as_typed(
    desk: Desk,
    order: OrderId,
    name: String,
    fresh: Vec<String>,
    texts: impl Fn() -> Vec<String> + 'static,
) {
    Effect::new(move |before: Option<Vec<String>>| {
        let texts = texts();
        // What was just read need not be written.
        if before.is_some_and(|before| before != texts)
            && let Some(mut kept) = Kept::of(desk)
        {
            kept.put(order, &name, &fresh, texts.clone());
            kept.write();
        }
        texts
    });
}

/// The texts of a form, one signal each, which keep themselves; and whether they go on where they were left off.
pub fn texts(desk: Desk, order: OrderId, name: &str, fresh: Vec<String>) -> (Vec<RwSignal<String>>, bool) {
    let (begun, gone_on) = left_off(desk, order, name, &fresh);
    let all: Vec<RwSignal<String>> = begun.into_iter().map(RwSignal::new).collect();
    let read = all.clone();
    keep_as_typed(desk, order, name.to_owned(), fresh, move || read.iter().map(|text| text.get()).collect());
    (all, gone_on)
}

/// What was typed into one form has been taken.
pub fn drop_form(desk: Desk, order: OrderId, name: &str) {
    if let Some(mut kept) = Kept::of(desk) {
        kept.put(order, name, &[], Vec::new());
        kept.write();
    }
}

/// The act is done: what was typed for it, and for others on the order as it was, is of no use any more.
pub fn done(desk: Desk, order: OrderId) {
    if let Some(mut kept) = Kept::of(desk) {
        kept.forms.retain(|form| form.order != order);
        kept.write();
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::api;

    fn texts(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_form_is_kept_while_it_differs_from_how_it_began() {
        let order = |n| OrderId(Uuid::from_u128(n));
        let mut kept = Kept { account_id: AccountId(Uuid::from_u128(1)), forms: Vec::new() };
        kept.put(order(1), "ship-1", &texts(&["", ""]), texts(&["顺丰", ""]));
        kept.put(order(1), "return", &texts(&[""]), texts(&["破损"]));
        kept.put(order(2), "ship-1", &texts(&["", ""]), texts(&["邮政", "1"]));
        assert_eq!(kept.texts(order(1), "ship-1"), Some(&*texts(&["顺丰", ""])));
        let written = serde_json::to_string(&kept).expect("plain texts");
        assert_eq!(api::parse::<Kept>(&written).expect("what was written"), kept);
        kept.put(order(1), "ship-1", &texts(&["", ""]), texts(&["", ""]));
        assert_eq!(kept.texts(order(1), "ship-1"), None);
        for n in 10..60 {
            kept.put(order(n), "ship-1", &[], texts(&["1"]));
        }
        assert_eq!((kept.forms.len(), kept.texts(order(2), "ship-1")), (MOST, None), "the oldest went");
    }
}
