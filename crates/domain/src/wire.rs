//! Bodies of requests and answers, as they travel between the app and the server.
//!
//! Amounts are fen, named `_fen`; moments are milliseconds since 1970, named `_ms`; days are `2026-11-24`; rates are
//! basis points, named `_bp`. Requests refuse fields they do not know, so a price in a body is an error and not ignored.

mod delivery_list;
mod fulfilment;
mod goods;
mod point;
mod recipient;
mod roster;

pub use delivery_list::{CellOrigin, CellProblem, ListPoint, ListPreview, ListRow, ListRows};
pub use fulfilment::{
    ConfirmedLine, Difference, DifferenceKind, Invoice, InvoiceDue, InvoiceLine, NewInvoice, NewTransfer, PointLine,
    PointToAccept, Return, ReturnLine, Shipment, ShippedLine, Transfer,
};
pub use goods::{
    ChangedField, ChangedGoods, ChangedRow, GoodsApplied, GoodsChoices, GoodsCount, GoodsCounty, GoodsForm, GoodsItem,
    GoodsList, GoodsPreview, GoodsStep, Licence, Licences, NewGoods, NewLicence, RowProblem, StockChange,
};
pub use point::{NewPoint, Point};
pub use recipient::{NewRecipient, Recipient, Recipients};
pub use roster::{Member, NewRoster, Roster, RosterSummary, Rosters};

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::code::coded;
use crate::festival::Festival;
use crate::forecast::NoForecast;
use crate::id::{AccountId, OrderId, OrganisationId, ProductId, ReportId, ReturnId, SaleId};
use crate::occasion::Occasion;
use crate::order_life::{Action, State};
use crate::organisation::Role;
use crate::payment::PaymentMethod;
use crate::photo::PhotoHash;
use crate::product::{Brand, Category, CertificationKind, PriceLadder, SeasonMonths};
use crate::region::{PairKind, PairingStatus, Prefecture};
use crate::{Money, Quantity, fields};

mod application;
mod attachment;
mod bulletin;
mod bundle;
mod closing;
mod correction;
mod counting;
mod desk;
mod overview;
mod paper;
mod plan;
mod procedure;
mod report;
mod rule;
mod statement;
mod target;

pub use application::{Application, ApplicationStatus, Applications, DecisionBody, NewApplication};
pub use attachment::{Attachment, Attachments};
pub use bulletin::{
    Bulletin, BulletinCell, BulletinFigures, BulletinPair, BulletinParagraph, BulletinPiece, BulletinPlace,
    BulletinRow, BulletinTable,
};
pub use bundle::{
    Bundle, BundleGoods, BundleLine, BundlePlan, BundleProposals, NewBundlePlan, ProposedBundle, ProposedLine,
    WantedBundles,
};
pub use closing::{MonthClose, MonthState, Months, NewClose};
pub use correction::{NewReversalRequest, ReversalDecision, ReversalRequest, ReversalRequests};
pub use counting::{CountingRuleVersion, CountingRules, NewCountingRule};
pub use desk::{Desk, DeskQueue, EndingLicence, LowStock, Notice, QueueCount, Seen};
pub use overview::{
    Behind, BehindDistrict, BehindPair, DayRow, Forecast, MatrixRow, NewestEntry, PairingRow, SeasonGoods, Today,
    UnionRoom,
};
pub use paper::{
    Paper, PaperColumn, PaperField, PaperFoot, PaperItem, PaperParty, PaperSigner, PaperStatus, PaperTable, Papers,
};
pub use plan::{NewPlan, NewPlanLine, NewPurchase, Plan, PlanLine, PlanRule, Purchase};
pub use procedure::{Comparison, NewComparison, Offer, Procedure};
pub use report::{
    DeskReports, DuplicatePair, Evidence, EvidenceList, NewReport, NewReportLine, PairLine, PairReason, PairSide,
    PairVerdict, Place, Report, ReportChoices, ReportCount, ReportDecision, ReportHistory, ReportLine, ReportNotice,
    ReportSummary, Reports, SalesPreview, SalesProblem, SalesRow, SalesRows,
};
pub use rule::{NewRule, RuleKey, RuleVersion, Rules};
pub use statement::{Statement, StatementRow};
pub use target::{
    NewTarget, TargetChange, TargetPreview, TargetProblem, TargetRow, TargetSheet, TargetSum, TargetVersion,
    TargetsTaken,
};

/// Where the interface lives. Paths are joined by hand in `src/api.rs` and stand above each handler in `server/src/routes`.
pub const API: &str = "/api/v1";

/// The cookie of the language a reader has chosen, one of [`crate::Language`]'s codes. It stands above `Accept-Language`.
pub const LANGUAGE_COOKIE: &str = "shanhai_language";

// ---- refusals -----------------------------------------------------------------------------------------------------

/// `application/problem+json`. Source: RFC 9457, with `code`, `field` and `errors` of our own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Problem {
    pub r#type: String,
    pub title: String,
    pub status: u16,
    /// Stable; see [`crate::Code`].
    pub code: String,
    /// A sentence that says what to do.
    pub detail: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// All wrong fields, when there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// What the operator finds this request by in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Problem {
    /// The code of a fault of ours; every other is one of [`Code`](crate::Code).
    pub const BROKEN: &'static str = "broken";
}
fields!(Problem: r#type, title, status, code, detail, field, errors, request_id);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct FieldProblem {
    pub field: String,
    pub code: String,
    pub detail: String,
}
fields!(FieldProblem: field, code, detail);

// ---- sessions -----------------------------------------------------------------------------------------------------

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub login: String,
    pub password: String,
}

/// Body of `POST /accounts`: all that is asked of a person who wants to buy.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// A phone number or any name.
    pub login: String,
    /// At least eight characters.
    pub password: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Session {
    pub account_id: AccountId,
    pub name: String,
    pub role: Role,
    pub organisation: Named,
    /// A union's or district office's district.
    pub district: Option<Region>,
    /// A union's members, the usual head-count.
    pub members: Option<i64>,
    pub address: String,
    pub phone: String,
}
fields!(Session: account_id, name, role, organisation, district, members, address, phone);

/// An organisation and its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Named {
    pub id: OrganisationId,
    pub name: String,
}
fields!(Named: id, name);

/// A district or county and its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Region {
    pub id: String,
    pub name: String,
}
fields!(Region: id, name);

// ---- products -----------------------------------------------------------------------------------------------------

/// Answer of `GET /products?brand=&prefecture=&county=&category=&season=&certification=&gift=&price=&q=&sort=&ids=&after=&limit=`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Products {
    pub items: Vec<ProductCard>,
    /// For each item where its shown name matched; empty when no words are searched.
    #[cfg_attr(not(target_arch = "wasm32"), schema(value_type = Vec<Vec<Vec<u32>>>))]
    pub marks: Vec<Vec<Mark>>,
    /// Cursor of the next page; none at the end.
    pub next: Option<String>,
    /// How many match in all. Where it is 0 the items are the nearest goods there are, which do not match.
    pub total: i64,
    pub facets: Facets,
    /// Where nothing matches: the words the items were found by instead. They are those that were asked for when only
    /// the filters stood in the way.
    pub nearest: Option<String>,
}
fields!(Products: items, marks, next, total, facets, nearest);

/// A stretch of a text, counted in characters: where it begins and where it has ended.
pub type Mark = [u32; 2];

/// How many products each further choice would leave; each facet is counted with the other filters in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Facets {
    /// Codes of [`Brand`].
    pub brands: Vec<Facet>,
    /// Codes of [`Prefecture`].
    pub prefectures: Vec<Facet>,
    pub counties: Vec<CountyFacet>,
    /// Codes of [`Category`].
    pub categories: Vec<Facet>,
    /// Months from 1 to 12 in which goods are on the market.
    pub seasons: Vec<Facet>,
    /// Codes of [`CertificationKind`].
    pub certifications: Vec<Facet>,
    /// `yes`: a union may give it.
    pub gift: Vec<Facet>,
    /// Codes of [`crate::product::PriceBand`].
    pub prices: Vec<Facet>,
}
fields!(Facets: brands, prefectures, counties, categories, seasons, certifications, gift, prices);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Facet {
    pub key: String,
    pub count: i64,
}
fields!(Facet: key, count);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct CountyFacet {
    pub key: String,
    /// In the reader's language.
    pub name: String,
    pub prefecture: Prefecture,
    pub count: i64,
}
fields!(CountyFacet: key, name, prefecture, count);

/// Answer of `GET /products/suggestions?q=`: what the words typed so far may become, best first, 8 at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Suggestions {
    pub items: Vec<Suggestion>,
}
fields!(Suggestions: items);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Suggestion {
    pub kind: SuggestionKind,
    /// The id of a product or county, the code of a brand or category.
    pub key: String,
    /// In the reader's language.
    pub name: String,
    /// Where the name matched.
    #[cfg_attr(not(target_arch = "wasm32"), schema(value_type = Vec<Vec<u32>>))]
    pub marks: Vec<Mark>,
    /// A product's county, or how many goods a choice leads to.
    pub note: String,
}
fields!(Suggestion: kind, key, name, marks, note);

coded! {
    pub enum SuggestionKind {
        Product = "product" "产品" "Product",
        County = "county" "产地" "County",
        Brand = "brand" "品牌" "Brand",
        Category = "category" "类别" "Category",
    }
}

/// What a list shows of a product, and what the basket and the order form need of it. Name, spec and unit are in the
/// reader's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct ProductCard {
    pub id: ProductId,
    pub name: String,
    pub spec: String,
    pub unit: String,
    pub brand: Option<Brand>,
    pub county: String,
    /// 庆元, without 县.
    pub county_short: String,
    pub prefecture: Prefecture,
    pub category: Category,
    /// The first of its photos.
    pub photo: Option<PhotoHash>,
    pub certification_kind: Option<CertificationKind>,
    pub ladder: PriceLadder,
    pub minimum_order: Quantity,
    pub available: Quantity,
    pub season_months: SeasonMonths,
    pub cold_chain: bool,
    pub union_gift_ok: bool,
    pub merchant: Named,
}
fields!(
    ProductCard:
    id, name, spec, unit, brand, county, county_short, prefecture, category, photo, certification_kind, ladder,
    minimum_order, available, season_months, cold_chain, union_gift_ok, merchant,
);

/// Answer of `GET /products/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Product {
    pub card: ProductCard,
    pub name_en: String,
    pub pinyin: String,
    /// In the reader's language.
    pub description: String,
    /// 庆元县.
    pub county_name: String,
    /// 丽水市.
    pub prefecture_name: String,
    pub shelf_life_days: Option<i64>,
    /// Days from the order to the first delivery, by the market's own assumption in force today.
    pub lead_days: Option<i64>,
    pub certification: Option<String>,
    /// None until the merchant has filed it.
    pub certification_number: Option<String>,
    pub licence: Option<BrandLicence>,
    /// In the merchant's order. Answers that a browser has kept from before there were photos have none.
    #[serde(default)]
    pub photos: Vec<Photo>,
    /// Districts of Ningbo paired with the county of origin.
    pub pairings: Vec<PairedDistrict>,
    pub bought: Bought,
    /// Goods of the same county.
    pub related: Vec<ProductCard>,
}
fields!(
    Product:
    card, name_en, pinyin, description, county_name, prefecture_name, shelf_life_days, lead_days, certification,
    certification_number, licence, photos, pairings, bought, related,
);

/// A photo of a product, found at [`crate::photo::address`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Photo {
    pub hash: PhotoHash,
    /// Of the photo as it was uploaded, once it stands upright.
    pub width: u32,
    pub height: u32,
}
fields!(Photo: hash, width, height);

/// The photos of a product in their order: the answer to every change of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Photos {
    pub items: Vec<Photo>,
}
fields!(Photos: items);

/// Body of `PUT /products/{id}/photos`: every photo of the product, the first is the one that lists show.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PhotoOrder {
    pub hashes: Vec<PhotoHash>,
}

/// How much of a product has been bought in a year and accepted, by how many unions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Bought {
    pub year: i16,
    pub quantity: i64,
    pub buyers: i64,
}
fields!(Bought: year, quantity, buyers);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct BrandLicence {
    pub number: String,
    pub valid_to: String,
}
fields!(BrandLicence: number, valid_to);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PairedDistrict {
    pub name: String,
    pub name_en: String,
    /// The year it began, where a source names it.
    pub since: Option<i64>,
    pub status: PairingStatus,
}
fields!(PairedDistrict: name, name_en, since, status);

// ---- the public total, counties and brands -------------------------------------------------------------------------

/// How much was sold in a year, of everything or of one county or brand, and how that stands to the year's target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct YearSold {
    pub year: i16,
    pub as_of_ms: i64,
    /// The version of the counting rule in force.
    pub counting_rule: String,
    pub recognised_fen: Money,
    /// None where none has been set.
    pub target_fen: Option<Money>,
    pub completion_bp: Option<i64>,
    pub time_bp: i64,
    /// Twelve sums, January first.
    pub months_fen: Vec<i64>,
    pub last_year_months_fen: Vec<i64>,
}
fields!(
    YearSold:
    year, as_of_ms, counting_rule, recognised_fen, target_fen, completion_bp, time_bp, months_fen,
    last_year_months_fen,
);

/// Answer of `GET /public-total?year=` and data of each `public_total` event of `GET /public-total/events?year=`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PublicTotal {
    pub sold: YearSold,
    /// Sequence number of the last ledger entry contained.
    pub last_entry: i64,
    /// Last year's recognised sales up to the same month and day.
    pub last_year_fen: Money,
    /// Ordered and not yet accepted: beside the total, never in it.
    pub pipeline_fen: Money,
    pub pipeline_orders: i64,
    /// By whom.
    pub by_district: Vec<PublicRow>,
    /// For whom.
    pub by_county: Vec<PublicRow>,
    pub by_brand: Vec<PublicRow>,
    pub by_channel: Vec<PublicRow>,
    /// Newest first, and of nobody: neither buyer nor district.
    pub just_accepted: Vec<JustAccepted>,
}
fields!(
    PublicTotal:
    sold, last_entry, last_year_fen, pipeline_fen, pipeline_orders, by_district, by_county, by_brand,
    by_channel, just_accepted,
);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PublicRow {
    pub key: String,
    pub name: String,
    pub name_en: String,
    /// Only of a county.
    pub prefecture: Option<Prefecture>,
    pub amount_fen: Money,
    /// None where none has been set.
    pub target_fen: Option<Money>,
    pub completion_bp: Option<i64>,
}
fields!(PublicRow: key, name, name_en, prefecture, amount_fen, target_fen, completion_bp);

/// One of the last sales.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct JustAccepted {
    pub sold_on: String,
    pub product_id: ProductId,
    pub product_name: String,
    pub product_name_en: String,
    /// 庆元, without 县.
    pub county_short: String,
    pub county_name_en: String,
    pub amount_fen: Money,
}
fields!(
    JustAccepted:
    sold_on, product_id, product_name, product_name_en, county_short, county_name_en, amount_fen,
);

/// Answer of `GET /counties/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct County {
    pub key: String,
    /// 庆元县.
    pub name: String,
    /// 庆元.
    pub short: String,
    pub name_en: String,
    pub prefecture: Prefecture,
    /// What it is known for, in one sentence.
    pub about: String,
    pub about_en: String,
    /// Districts of Ningbo paired with it.
    pub pairings: Vec<PairedDistrict>,
    pub sold: YearSold,
}
fields!(County: key, name, short, name_en, prefecture, about, about_en, pairings, sold);

/// Answer of `GET /brands/{code}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct BrandSales {
    pub brand: Brand,
    /// What it stands for, in one sentence.
    pub about: String,
    pub about_en: String,
    /// Merchants whose licence to use it runs today.
    pub licensed_merchants: i64,
    pub sold: YearSold,
}
fields!(BrandSales: brand, about, about_en, licensed_merchants, sold);

// ---- festivals and seasons ----------------------------------------------------------------------------------------

/// Answer of `GET /festivals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Festivals {
    pub today: String,
    /// In the order of their days.
    pub items: Vec<FestivalDay>,
}
fields!(Festivals: today, items);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct FestivalDay {
    pub festival: Festival,
    pub day: String,
    /// From today; negative once it is over.
    pub days_left: i64,
    /// For goods outside the cold chain and in it; none before there was a rule.
    pub usual: Option<Timing>,
    pub cold_chain: Option<Timing>,
}
fields!(FestivalDay: festival, day, days_left, usual, cold_chain);

/// When goods must be ordered to be there in time: this market's own assumption (`data/rules.toml`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Timing {
    pub lead_days: i64,
    pub delivery_days: i64,
    pub first_delivery: String,
    pub last_day_to_order: String,
}
fields!(Timing: lead_days, delivery_days, first_delivery, last_day_to_order);

/// Answer of `GET /seasons?year=`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Seasons {
    pub today: String,
    /// The years whose festivals are known.
    pub years: Vec<i16>,
    pub year: i16,
    /// The year's festivals in the order of their days.
    pub festivals: Vec<FestivalDay>,
    /// Categories that have goods.
    pub rows: Vec<SeasonRow>,
}
fields!(Seasons: today, years, year, festivals, rows);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct SeasonRow {
    pub category: Category,
    /// How many of its goods can be on the table, festival by festival.
    pub goods: Vec<i64>,
}
fields!(SeasonRow: category, goods);

/// Answer of `GET /seasons/{festival}?year=&after=&limit=`: what must be ordered soonest first, and of that what has a
/// season before what is there all year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct FestivalGoods {
    pub festival: FestivalDay,
    pub items: Vec<ProductCard>,
    pub next: Option<String>,
    pub total: i64,
}
fields!(FestivalGoods: festival, items, next, total);

// ---- orders -------------------------------------------------------------------------------------------------------

/// Body of `POST /orders`: a whole basket, one order for each merchant, submitted together or not at all.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewOrders {
    pub occasion: Occasion,
    pub head_count: i64,
    pub per_head_budget_fen: i64,
    /// Where the goods go, 1 to 1,000 points. An order is only of the points that are given something of it.
    pub points: Vec<NewPoint>,
    #[serde(default)]
    pub exception_reason: Option<String>,
    pub orders: Vec<NewOrder>,
    /// Who is given what, 5,000 people at most; empty where there is no list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<NewRecipient>,
}

/// Body of `POST /retail-orders`: a person's whole basket, one order for each merchant, placed together or not at all.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRetailOrders {
    /// The district of Ningbo that has the credit.
    pub district: String,
    pub payment_method: PaymentMethod,
    pub delivery: Delivery,
    pub orders: Vec<NewOrder>,
}

/// Answer of `GET /checkout`: what the form of a person's order begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Checkout {
    /// In the order lists show them, named in the reader's language.
    pub districts: Vec<Region>,
    /// As the person's last order had it.
    pub last: Option<LastDelivery>,
}
fields!(Checkout: districts, last);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct LastDelivery {
    pub district: String,
    pub payment_method: PaymentMethod,
    pub delivery: Delivery,
}
fields!(LastDelivery: district, payment_method, delivery);

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// UUIDv7, made by the browser when the form opens. Sending it again is the same order.
    pub id: OrderId,
    pub lines: Vec<NewLine>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewLine {
    pub product_id: ProductId,
    pub quantity: i64,
    /// How much of it goes to each point, in their order; empty where there is only one.
    #[serde(default)]
    pub by_point: Vec<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    pub address: String,
    pub contact: String,
    pub phone: String,
}
fields!(Delivery: address, contact, phone);

/// Body of `POST /orders/{id}/actions`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum ActionBody {
    /// Submits again what was sent back, with other quantities when `lines` are given. They replace the old lines and
    /// take today's prices.
    Submit {
        #[serde(default)]
        lines: Option<Vec<NewLine>>,
        /// Why the budget is exceeded or unusual goods are bought; the earlier reason stands when none is given.
        #[serde(default)]
        exception_reason: Option<String>,
    },
    Approve {},
    SendBack {
        reason: String,
    },
    /// Confirms everything but the lines that are named, of which there is less.
    Confirm {
        #[serde(default)]
        lines: Vec<ConfirmedLine>,
    },
    /// One shipment to one point: these lines, or whatever is still to go there when none are named.
    Ship {
        carrier: String,
        tracking_no: String,
        /// May be left out where there is only one.
        #[serde(default)]
        point: Option<i64>,
        #[serde(default)]
        lines: Vec<ShippedLine>,
    },
    /// Counts in what was shipped to a point, once.
    Accept {
        #[serde(default)]
        point: Option<i64>,
        lines: Vec<AcceptanceLine>,
    },
    /// What was confirmed for a point, or for all of them, and has not been shipped will not come.
    Close {
        #[serde(default)]
        point: Option<i64>,
        reason: String,
    },
    /// Sends back what was accepted. The same `id` again is the same return.
    Return {
        id: ReturnId,
        lines: Vec<ReturnLine>,
        reason: String,
    },
    Invoice {
        invoice: NewInvoice,
    },
    Transfer {
        transfer: NewTransfer,
    },
    Cancel {
        reason: String,
    },
}

impl ActionBody {
    pub fn action(&self) -> Action {
        match self {
            ActionBody::Submit { .. } => Action::Submit,
            ActionBody::Approve {} => Action::Approve,
            ActionBody::SendBack { .. } => Action::SendBack,
            ActionBody::Confirm { .. } => Action::Confirm,
            ActionBody::Ship { .. } => Action::Ship,
            ActionBody::Accept { .. } => Action::Accept,
            ActionBody::Close { .. } => Action::Close,
            ActionBody::Return { .. } => Action::Return,
            ActionBody::Invoice { .. } => Action::Invoice,
            ActionBody::Transfer { .. } => Action::Transfer,
            ActionBody::Cancel { .. } => Action::Cancel,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptanceLine {
    /// Counted from 1, as on the order.
    pub line: i64,
    pub accepted: i64,
    /// Did not come.
    #[serde(default)]
    pub short: i64,
    /// Came and is not taken: broken, near its expiry, not as specified.
    pub rejected: i64,
    #[serde(default)]
    pub reason: Option<String>,
}

/// Answer of `GET /orders?state=&queue=&district=&after=&limit=`: newest first, only those the reader may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Orders {
    pub items: Vec<OrderSummary>,
    pub next: Option<String>,
    /// How many orders of the reader, in that district, stand in each state.
    pub counts: Vec<StateCount>,
    /// How many of the reader's orders stand in each of their queues, the most urgent first.
    pub queues: Vec<QueueCount>,
    /// Sum over all that match, not only this page: it equals the figure that led here.
    pub total_fen: Money,
}
fields!(Orders: items, next, counts, queues, total_fen);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct StateCount {
    pub state: State,
    pub count: i64,
}
fields!(StateCount: state, count);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct OrderSummary {
    pub id: OrderId,
    pub number: String,
    pub state: State,
    pub channel: Channel,
    /// What a union buys for; a person's order has none.
    pub occasion: Option<Occasion>,
    pub buyer: Named,
    pub merchant: Named,
    /// As the occasion.
    pub head_count: Option<i64>,
    pub total_fen: Money,
    /// The first line's product, for recognition in a list.
    pub first_product: String,
    pub line_count: i64,
    pub created_at_ms: i64,
    pub updated_at_ms: i64,
}
fields!(
    OrderSummary:
    id, number, state, channel, occasion, buyer, merchant, head_count, total_fen, first_product, line_count,
    created_at_ms, updated_at_ms,
);

/// Answer of `GET /orders/{id}` and of every action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Order {
    pub summary: OrderSummary,
    /// A union's; a person's order has none.
    pub per_head_budget_fen: Option<Money>,
    pub points: Vec<Point>,
    /// How a person will pay; a union's contract says it elsewhere.
    pub payment_method: Option<PaymentMethod>,
    /// Once the merchant has recorded it, for the two parties.
    pub payment: Option<Payment>,
    pub exception_reason: Option<String>,
    pub lines: Vec<OrderLine>,
    /// In the order they were sent.
    pub shipments: Vec<Shipment>,
    /// What was accepted at the points counted so far, returns not taken off; none before the first.
    pub accepted_fen: Option<Money>,
    pub returns: Vec<Return>,
    /// What an invoice must say, for the two parties of a union's order once it is accepted.
    pub invoice_due: Option<InvoiceDue>,
    /// The newest first, for the two parties.
    pub invoices: Vec<Invoice>,
    /// For the two parties.
    pub transfer: Option<Transfer>,
    /// Newest first.
    pub history: Vec<HistoryItem>,
    /// What the reader may do now.
    pub actions: Vec<Action>,
    /// All orders submitted together with this one, itself included.
    pub siblings: Vec<Sibling>,
}
fields!(
    Order:
    summary, per_head_budget_fen, points, payment_method, payment, exception_reason, lines, shipments,
    accepted_fen, returns, invoice_due, invoices, transfer, history, actions, siblings,
);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct OrderLine {
    pub line: i64,
    pub product_id: ProductId,
    pub name: String,
    pub spec: String,
    pub unit: String,
    pub brand: Option<Brand>,
    pub county_short: String,
    pub prefecture: Prefecture,
    pub category: Category,
    pub quantity: Quantity,
    pub unit_price_fen: Money,
    pub amount_fen: Money,
    /// None until the merchant has confirmed.
    pub confirmed: Option<Quantity>,
    /// Why less was confirmed than ordered.
    pub confirmed_reason: Option<String>,
    pub shipped: Quantity,
    /// Confirmed and closed as not delivered.
    pub closed: Quantity,
    /// The sums over the points that have been counted; none before the first.
    pub accepted: Option<Quantity>,
    pub short: Option<Quantity>,
    pub rejected: Option<Quantity>,
    /// The reasons of the points, each once.
    pub rejected_reason: Option<String>,
    pub returned: Quantity,
}
fields!(
    OrderLine:
    line, product_id, name, spec, unit, brand, county_short, prefecture, category, quantity, unit_price_fen,
    amount_fen, confirmed, confirmed_reason, shipped, closed, accepted, short, rejected, rejected_reason, returned,
);

impl OrderLine {
    /// What of it the order is for: as ordered, until the merchant confirms less or gives some of it up. The order's total is made
    /// of these at their prices.
    pub fn stands(&self) -> (Quantity, Money) {
        let pieces = self.confirmed.unwrap_or(self.quantity).checked_sub(self.closed).unwrap_or_default();
        (pieces, self.unit_price_fen.checked_times(pieces).unwrap_or_default())
    }
}

/// Body of `POST /orders/{id}/payment`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPayment {
    pub method: PaymentMethod,
    pub received_on: String,
    /// The number of the bank's slip, without which no transfer is recorded.
    #[serde(default)]
    pub reference: Option<String>,
}

/// Money that has come in for an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Payment {
    pub method: PaymentMethod,
    pub received_on: String,
    pub reference: Option<String>,
    pub recorded_at_ms: i64,
}
fields!(Payment: method, received_on, reference, recorded_at_ms);

/// One step of an order's life. It shows the role that acted, never a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct HistoryItem {
    pub at_ms: i64,
    pub action: Action,
    pub role: Role,
    /// Reason, waybill or counted quantities, as a sentence.
    pub note: Option<String>,
}
fields!(HistoryItem: at_ms, action, role, note);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Sibling {
    pub id: OrderId,
    pub number: String,
    pub merchant: String,
    pub state: State,
}
fields!(Sibling: id, number, merchant, state);

// ---- what buying helped -------------------------------------------------------------------------------------------

/// Answer of `GET /helped`: what the reader, or their union, has bought and accepted, less what was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Helped {
    pub year: i16,
    pub as_of_ms: i64,
    pub year_fen: Money,
    pub total_fen: Money,
    /// Orders of which something was accepted, in all years.
    pub orders: i64,
    /// The most helped first.
    pub counties: Vec<HelpedCounty>,
    pub merchants: Vec<HelpedMerchant>,
}
fields!(Helped: year, as_of_ms, year_fen, total_fen, orders, counties, merchants);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct HelpedCounty {
    pub id: String,
    /// 庆元县.
    pub name: String,
    pub name_en: String,
    pub prefecture: Prefecture,
    pub year_fen: Money,
    pub total_fen: Money,
}
fields!(HelpedCounty: id, name, name_en, prefecture, year_fen, total_fen);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct HelpedMerchant {
    pub name: String,
    pub year_fen: Money,
    pub total_fen: Money,
}
fields!(HelpedMerchant: name, year_fen, total_fen);

// ---- the coordinator's figures ------------------------------------------------------------------------------------

/// Answer of `GET /tally?year=&district=` and data of each `tally` event of `GET /tally/events?year=&district=`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Tally {
    pub year: i16,
    /// None is the whole city.
    pub district: Option<Region>,
    /// The districts the reader may choose; a district office has one.
    pub districts: Vec<Region>,
    pub as_of_ms: i64,
    /// Sequence number of the last ledger entry contained.
    pub last_entry: i64,
    pub counting_rule: String,
    pub recognised_fen: Money,
    pub entries: i64,
    /// Last year's recognised sales up to the same month and day.
    pub last_year_fen: Money,
    /// That day; see [`crate::period`] for the 29th of February.
    pub last_year_until: String,
    /// Over how many whole months the parts by county, brand, channel and category are compared; those by district are compared
    /// to the day.
    pub months_compared: i64,
    pub target_fen: Option<Money>,
    pub completion_bp: Option<i64>,
    pub time_bp: i64,
    pub day_of_year: i64,
    pub days_in_year: i64,
    /// Target − recognised; negative when exceeded.
    pub gap_fen: Option<Money>,
    /// What the calendar asks for by today − recognised; negative when ahead.
    pub behind_fen: Option<Money>,
    pub pipeline_fen: Money,
    pub pipeline_orders: i64,
    pub by_district: Vec<TallyRow>,
    pub by_county: Vec<TallyRow>,
    pub by_brand: Vec<TallyRow>,
    pub by_channel: Vec<TallyRow>,
    pub by_category: Vec<TallyRow>,
    pub by_pair: Vec<PairSum>,
    /// Buyer's district × county of origin: a row for each of `by_district`, a cell for each of `by_county`.
    pub matrix: Vec<MatrixRow>,
    /// Who is paired with whom, as far as the districts of `by_district` go.
    pub pairings: Vec<PairingRow>,
    /// Twelve sums, January first.
    pub months_fen: Vec<i64>,
    pub last_year_months_fen: Vec<i64>,
    /// What was entered under today's date; only of the running year.
    pub today: Option<Today>,
    /// The last few entries of the year, newest first.
    pub newest: Vec<NewestEntry>,
    pub forecast: Option<Forecast>,
    /// Why there is none.
    pub no_forecast: Option<NoForecast>,
}
fields!(
    Tally:
    year, district, districts, as_of_ms, last_entry, counting_rule, recognised_fen, entries, last_year_fen,
    last_year_until, months_compared, target_fen, completion_bp, time_bp, day_of_year, days_in_year, gap_fen,
    behind_fen, pipeline_fen, pipeline_orders, by_district, by_county, by_brand, by_channel, by_category, by_pair,
    matrix, pairings, months_fen, last_year_months_fen, today, newest, forecast, no_forecast,
);

/// One bar of a breakdown. `key` is what `GET /sales` takes to list its entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct TallyRow {
    pub key: String,
    pub name: String,
    /// Only of a county.
    pub prefecture: Option<Prefecture>,
    pub amount_fen: Money,
    pub target_fen: Option<Money>,
    pub completion_bp: Option<i64>,
    pub behind_fen: Option<Money>,
    /// Ordered, not accepted; only by district.
    pub pipeline_fen: Option<Money>,
    /// What is compared with last year, and last year's: of a district up to today, of all others over the whole months that are
    /// over.
    pub compared_fen: Money,
    pub last_year_fen: Money,
    /// Twelve sums, January first; only of a county.
    pub months_fen: Vec<i64>,
}
fields!(
    TallyRow:
    key, name, prefecture, amount_fen, target_fen, completion_bp, behind_fen, pipeline_fen, compared_fen, last_year_fen,
    months_fen,
);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct PairSum {
    pub kind: PairKind,
    pub amount_fen: Money,
}
fields!(PairSum: kind, amount_fen);

/// Answer of `GET /sales?year=&from=&to=&month=&district=&county=&brand=&channel=&category=&pair=&after=&limit=`: newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct Sales {
    pub items: Vec<SaleEntry>,
    pub next: Option<String>,
    /// Sum over all that match, not only this page: it equals the figure that led here.
    pub amount_fen: Money,
    pub entries: i64,
}
fields!(Sales: items, next, amount_fen, entries);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
pub struct SaleEntry {
    pub sequence: i64,
    pub id: SaleId,
    pub sold_on: String,
    pub amount_fen: Money,
    pub quantity: i64,
    pub channel: Channel,
    pub product_name: String,
    pub brand: Option<Brand>,
    pub category: Category,
    pub county: String,
    pub district: String,
    pub merchant: String,
    pub buyer: String,
    pub order_id: Option<OrderId>,
    pub order_number: Option<String>,
    /// The report it comes from, where it was sold elsewhere.
    pub report_id: Option<ReportId>,
    pub report_number: Option<String>,
    /// The entry this one reverses.
    pub reverses: Option<SaleId>,
    pub reverses_sequence: Option<i64>,
    pub reason: Option<String>,
    /// The last of the entries that take this one back, once nothing of it stands.
    pub reversed_by: Option<SaleId>,
    /// Pieces of it that were taken back, by whatever entries.
    pub reversed_quantity: i64,
    pub counting_rule: String,
    pub hash: String,
}
fields!(
    SaleEntry:
    sequence, id, sold_on, amount_fen, quantity, channel, product_name, brand, category, county, district,
    merchant, buyer, order_id, order_number, report_id, report_number, reverses, reverses_sequence, reason, reversed_by, reversed_quantity,
    counting_rule, hash,
);

/// Body of `POST /sales/{id}/reversal`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewReversal {
    /// Made by the browser; sending it again is the same reversal.
    pub id: SaleId,
    pub reason: String,
}
