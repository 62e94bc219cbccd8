//! What the steps of an order's history say: sentences made of what is stored, in the reader's language. What people wrote stays
//! as they wrote it.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::fulfilment::{confirmed_told, invoice_told, returned_told, shipped_told, transfer_told};
use domain::order::{AcceptedLine, RejectionReason, acceptance_told, amended_note};
use domain::order_life::Action;
use domain::organisation::{Actor, Role};
use domain::{Language, wire};

use super::points::{PointLineRow, PointRow};
use super::settle::Settlement;
use crate::error::Result;
use crate::schema::order_history;
use crate::store::{Db, stored};

/// What a history is told of.
pub(super) struct Told<'a> {
    pub(super) lines: &'a [wire::OrderLine],
    pub(super) points: &'a [PointRow],
    pub(super) goods: &'a [PointLineRow],
    /// Each with the step it was, as the next two.
    pub(super) shipments: &'a [(i64, wire::Shipment)],
    pub(super) returns: &'a [(i64, wire::Return)],
    /// None for those whose business the money is not.
    pub(super) money: Option<&'a Settlement>,
}

/// The history, newest first.
pub(super) fn history(
    db: &mut Db,
    order_id: &str,
    told: &Told<'_>,
    reader: Language,
) -> Result<Vec<wire::HistoryItem>> {
    let rows: Vec<(i64, i64, String, String, Option<String>)> = order_history::table
        .filter(order_history::order_id.eq(order_id))
        .order(order_history::step.desc())
        .select((
            order_history::step,
            order_history::at_ms,
            order_history::action,
            order_history::role,
            order_history::note,
        ))
        .load(db)?;
    let item = |(step, at_ms, action, role, note): (i64, i64, String, String, Option<String>)| {
        let action = stored!(Action, &action)?;
        let note = told.note(step, action, note, reader)?;
        Ok(wire::HistoryItem { at_ms, action, role: stored!(Role, &role)?, note })
    };
    rows.into_iter().map(item).collect()
}

/// Whether what an order's money came to is the reader's business: the two parties'.
pub(super) fn sees_money(actor: &Actor) -> bool {
    !matches!(actor.role, Role::CityCoordinator | Role::DistrictCoordinator)
}

impl Told<'_> {
    fn note(&self, step: i64, action: Action, note: Option<String>, reader: Language) -> Result<Option<String>> {
        let says = |say: domain::Say| Some(say.to(reader).to_owned());
        Ok(match action {
            Action::Submit => note.map(|note| amended_note(&note, reader)),
            Action::Confirm => self.confirmed().map(|say| say.to(reader).to_owned()),
            Action::Ship => self.shipments.iter().find(|(of, _)| *of == step).and_then(|(_, shipment)| {
                let point = (self.points.len() > 1).then_some(shipment.point);
                let pieces = shipment.lines.iter().map(|line| line.quantity).sum();
                says(shipped_told(point, &shipment.carrier, &shipment.tracking_no, pieces))
            }),
            Action::Accept => says(acceptance_told(&self.counted(step)?)),
            Action::Return => self.returns.iter().find(|(of, _)| *of == step).and_then(|(_, returned)| {
                let pieces = returned.lines.iter().map(|line| line.quantity).sum();
                says(returned_told(pieces, returned.amount_fen, &returned.reason))
            }),
            Action::Invoice => self.money.and_then(|money| {
                let (_, invoice) = money.invoices.iter().find(|(of, _)| *of == step)?;
                says(invoice_told(&invoice.number, invoice.amount_fen, invoice.differences.len()))
            }),
            Action::Transfer => self.money.and_then(|money| {
                let (_, transfer) = money.transfer.as_ref()?;
                says(transfer_told(&transfer.slip_no, transfer.amount_fen))
            }),
            _ => note,
        })
    }

    /// What was confirmed less than ordered.
    fn confirmed(&self) -> Option<domain::Say> {
        let less = self.lines.iter().filter_map(|line| {
            let (confirmed, reason) = (line.confirmed?, line.confirmed_reason.as_deref()?);
            Some((line.name.as_str(), line.quantity, confirmed, reason))
        });
        confirmed_told(less)
    }

    /// The lines of the point that was counted in that step, as they were counted.
    fn counted(&self, step: i64) -> Result<Vec<AcceptedLine>> {
        let points: HashMap<i64, ()> =
            self.points.iter().filter(|row| row.counted_step == Some(step)).map(|row| (row.point, ())).collect();
        let mut counted = Vec::new();
        for row in self.goods.iter().filter(|row| points.contains_key(&row.point)) {
            counted.extend(row.counted()?);
        }
        Ok(counted)
    }
}

/// Why a line is short or rejected, each reason once.
pub(super) fn reasons<'a>(reasons: impl Iterator<Item = &'a str>, reader: Language) -> Option<String> {
    let mut told: Vec<&str> = Vec::new();
    for reason in reasons.map(|reason| RejectionReason::told(reason, reader)) {
        if !told.contains(&reason) {
            told.push(reason);
        }
    }
    let between = match reader {
        Language::Zh => "；",
        Language::En => "; ",
    };
    (!told.is_empty()).then(|| told.join(between))
}
