//! What the papers of an order are made of, for who may see them.

use std::collections::BTreeMap;

use diesel::prelude::*;
use domain::attachment::AttachmentKind;
use domain::organisation::{Actor, Role};
use domain::paper::{PaperKind, Party, Person, Set, Source, points_of_basket};
use domain::permission::{Act, check_order};
use domain::product::Brand;
use domain::region::{CountyId, DistrictId, PairingStatus};
use domain::{Language, say, wire};

use super::orders::{parties_of, procurement_of};
use super::{Db, attachments, audit, bundles, orders as stored_orders, procedure, regions, stored};
use crate::clock::Ms;
use crate::error::{Result, not_found, refuse};
use crate::schema::{brand_licences, order_lines, orders, organisations};

/// # Errors
/// [`domain::Code::NotFound`] for another's order; [`domain::Code::NotAllowed`] for who sees the order and has no papers.
pub fn source(db: &mut Db, actor: &Actor, order_id: &str) -> Result<Source> {
    let parties = parties_of(db, order_id)?;
    check_order(actor, Act::SeePapers, &parties)?;
    let order = stored_orders::order(db, actor, order_id, Language::Zh)?;
    let of_union = matches!(actor.role, Role::UnionOfficer | Role::UnionChair);
    let district = parties.buyer_district;
    let (procedure, people, sets) = match of_union {
        true => (
            Some(procedure::procedure(db, actor, order_id, Language::Zh)?),
            people(db, actor, order_id, &order)?,
            sets(db, actor, &order)?,
        ),
        false => (None, Vec::new(), Vec::new()),
    };
    Ok(Source {
        buyer: party(db, &parties.buyer.to_string())?,
        merchant: party(db, &parties.merchant.to_string())?,
        paired: paired(db, order_id, &district)?,
        district: regions::name(db, district.as_str())?,
        licences: licences(db, &parties.merchant.to_string(), &order)?,
        procedure,
        people,
        sets,
        order,
    })
}

/// A paper, and whether it is a paper for this reader at all.
///
/// # Errors
/// As [`source`]; [`domain::Code::NotFound`] for a paper on which nothing would stand yet.
pub fn paper(db: &mut Db, actor: &Actor, order_id: &str, kind: PaperKind) -> Result<wire::Paper> {
    let source = source(db, actor, order_id)?;
    if !kind.shown_to(actor.role) {
        let name = domain::Say::name(kind.zh(), kind.en());
        return refuse(
            domain::Code::NotAllowed,
            say!("{name}是工会内部的材料", "“{name}” is kept by the union alone"; name = name),
        );
    }
    match source.paper(kind) {
        Some(paper) => Ok(paper),
        None => not_found(say!("这份单据", "This paper")),
    }
}

/// The same, taken out of the market: who took what is kept.
///
/// # Errors
/// As [`paper`].
pub fn export(db: &mut Db, actor: &Actor, order_id: &str, kind: PaperKind, now: Ms) -> Result<wire::Paper> {
    let paper = paper(db, actor, order_id, kind)?;
    audit::record(db, Some(actor), "export_paper", order_id, kind.code(), now)?;
    Ok(paper)
}

/// What the file of an order is made of.
///
/// # Errors
/// As [`source`].
pub fn papers(db: &mut Db, actor: &Actor, order_id: &str, reader: Language) -> Result<wire::Papers> {
    let source = source(db, actor, order_id)?;
    let parties = parties_of(db, order_id)?;
    let files = match check_order(actor, Act::SeeAttachments, &parties) {
        Ok(()) => attachments::of_order(db, actor, order_id)?.items,
        Err(_) => Vec::new(),
    };
    Ok(wire::Papers {
        number: source.order.summary.number.clone(),
        items: domain::paper::items(&source, &counted(&files), actor.role, reader),
        packet: check_order(actor, Act::DownloadPacket, &parties).is_ok(),
    })
}

/// Everything that goes into the file of an order, which is being taken out of the market.
#[derive(Debug, Clone)]
pub struct Packet {
    pub number: String,
    pub buyer: String,
    pub merchant: String,
    pub papers: Vec<wire::Paper>,
    pub files: Vec<wire::Attachment>,
    /// What is missing or may still change among them.
    pub items: Vec<wire::PaperItem>,
}

/// # Errors
/// As [`source`]; [`domain::Code::NotAllowed`] for who is not of the union.
pub fn packet(db: &mut Db, actor: &Actor, order_id: &str, now: Ms) -> Result<Packet> {
    check_order(actor, Act::DownloadPacket, &parties_of(db, order_id)?)?;
    let source = source(db, actor, order_id)?;
    let files = attachments::of_order(db, actor, order_id)?.items;
    let items = domain::paper::items(&source, &counted(&files), actor.role, Language::Zh);
    audit::record(db, Some(actor), "download_packet", order_id, &format!("{} files", files.len()), now)?;
    Ok(Packet {
        number: source.order.summary.number.clone(),
        buyer: source.buyer.name.clone(),
        merchant: source.merchant.name.clone(),
        papers: PaperKind::ALL.iter().filter_map(|kind| source.paper(*kind)).collect(),
        files,
        items,
    })
}

fn counted(files: &[wire::Attachment]) -> BTreeMap<AttachmentKind, i64> {
    let mut counts = BTreeMap::new();
    for file in files {
        *counts.entry(file.kind).or_default() += 1;
    }
    counts
}

fn party(db: &mut Db, organisation_id: &str) -> Result<Party> {
    let (name, uscc, address, phone) = organisations::table
        .find(organisation_id)
        .select((organisations::name, organisations::uscc, organisations::address, organisations::phone))
        .get_result(db)?;
    Ok(Party { name, uscc, address, phone })
}

/// Whether a source names the buyer's district as the partner of each line's county; what is only assumed is never printed.
fn paired(db: &mut Db, order_id: &str, district: &DistrictId) -> Result<Vec<bool>> {
    let pairings = regions::pairings(db)?;
    let counties: Vec<String> = order_lines::table
        .filter(order_lines::order_id.eq(order_id))
        .order(order_lines::line)
        .select(order_lines::county_id)
        .load(db)?;
    let is_paired = |county: String| {
        let county = CountyId::new(county);
        let same = |it: &&domain::region::Pairing| it.district == *district && it.county == county;
        pairings.iter().find(same).is_some_and(|it| it.status == PairingStatus::Verified)
    };
    Ok(counties.into_iter().map(is_paired).collect())
}

/// The licences of the brands that stand on the order.
fn licences(db: &mut Db, merchant_id: &str, order: &wire::Order) -> Result<Vec<(String, String)>> {
    let rows: Vec<(String, String)> = brand_licences::table
        .filter(brand_licences::merchant_id.eq(merchant_id))
        .order(brand_licences::brand)
        .select((brand_licences::brand, brand_licences::number))
        .load(db)?;
    let mut licences = Vec::new();
    for (brand, number) in rows {
        let brand = stored!(Brand, &brand)?;
        if order.lines.iter().any(|line| line.brand == Some(brand)) {
            licences.push((brand.zh().to_owned(), number));
        }
    }
    Ok(licences)
}

/// The list of the procurement, with the points as this order counts them.
fn people(db: &mut Db, actor: &Actor, order_id: &str, order: &wire::Order) -> Result<Vec<Person>> {
    let list = stored_orders::recipients(db, actor, order_id)?;
    let procurement = procurement_of(db, order_id)?;
    let basket: Vec<String> = orders::table
        .filter(orders::procurement_id.eq(procurement))
        .order(orders::number)
        .select(orders::order_id)
        .load(db)?;
    let mut at_point: Vec<i64> = Vec::new();
    for person in &list {
        let place = usize::try_from(person.point).unwrap_or_default();
        at_point.resize(at_point.len().max(place), 0);
        if let Some(count) = place.checked_sub(1).and_then(|place| at_point.get_mut(place)) {
            *count += 1;
        }
    }
    let points = stored_orders::points_of_orders(db, &basket)?;
    let places = points_of_basket(&order.points, &points, &at_point).unwrap_or_default();
    let person = |it: wire::Recipient| {
        let place = usize::try_from(it.point).ok().and_then(|point| point.checked_sub(1));
        let point = place.and_then(|place| places.get(place).copied().flatten());
        Person { department: it.department, name: it.name, point, sets: it.sets, bundle: it.bundle }
    };
    Ok(list.into_iter().map(person).collect())
}

/// What the sets hold that the union chose among for the occasion.
fn sets(db: &mut Db, actor: &Actor, order: &wire::Order) -> Result<Vec<Set>> {
    let Some(occasion) = order.summary.occasion else { return Ok(Vec::new()) };
    let bundles = bundles::kept(db, &actor.organisation.to_string(), occasion)?;
    let set = |bundle: wire::Bundle| Set {
        name: bundle.name,
        pieces: bundle.lines.into_iter().map(|line| (line.product_id, line.quantity)).collect(),
    };
    Ok(bundles.into_iter().map(set).collect())
}
