//! The tables as Diesel knows them, in the order of `migrations/`, where each is explained; a table stands below those its
//! rows refer to. The same list gives each table its whole rows ([`rows`]), for who moves all of a database.

use diesel::connection::DefaultLoadingMode;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel::{allow_tables_to_appear_in_same_query, joinable};
use sha2::{Digest as _, Sha256};

use crate::database::Db;

/// A whole row of a table.
pub trait Row: Sized {
    const TABLE: &'static str;
    const COLUMNS: &'static [&'static str];

    /// Gives `take` every row by itself, in the order of the primary key; the table is never held in memory.
    ///
    /// # Errors
    /// The database's, or the first of `take`'s.
    fn each(db: &mut Db, take: impl FnMut(Self) -> QueryResult<()>) -> QueryResult<()>;

    /// # Errors
    /// The database's.
    fn insert(db: &mut Db, rows: &[Self]) -> QueryResult<usize>;

    /// Adds every value, so that no two different rows add the same bytes.
    fn digest(&self, digest: &mut Sha256);
}

/// Who does something with every table.
pub trait Visitor {
    /// # Errors
    /// The database's.
    fn visit<R: Row>(&mut self) -> QueryResult<()>;
}

/// What a column's values are in the program.
pub trait Column {
    type Value: Value;
}

impl Column for Text {
    type Value = String;
}

impl Column for BigInt {
    type Value = i64;
}

impl Column for Bool {
    type Value = bool;
}

impl<C: Column> Column for Nullable<C> {
    type Value = Option<C::Value>;
}

pub trait Value {
    /// As [`Row::digest`].
    fn digest(&self, digest: &mut Sha256);
}

impl Value for String {
    fn digest(&self, digest: &mut Sha256) {
        digest.update((self.len() as u64).to_be_bytes());
        digest.update(self);
    }
}

impl Value for i64 {
    fn digest(&self, digest: &mut Sha256) {
        digest.update(self.to_be_bytes());
    }
}

impl Value for bool {
    fn digest(&self, digest: &mut Sha256) {
        digest.update([u8::from(*self)]);
    }
}

impl<V: Value> Value for Option<V> {
    fn digest(&self, digest: &mut Sha256) {
        digest.update([u8::from(self.is_some())]);
        if let Some(value) = self {
            value.digest(digest);
        }
    }
}

/// Declares tables as `diesel::table!` does, and for each its row.
macro_rules! tables {
    ($($table:ident ($($key:ident),+) {
        $($column:ident -> $type:ident $(<$inner:ident>)?,)+
    })+) => {
        $(diesel::table! { $table ($($key),+) { $($column -> $type $(<$inner>)?,)+ } })+

        /// The row of each table, under the table's name.
        #[allow(non_camel_case_types)]
        pub mod rows {
            use super::*;

            $(
                #[derive(Debug, Queryable, Insertable)]
                #[diesel(table_name = super::$table, treat_none_as_default_value = false)]
                pub struct $table {
                    $(pub $column: <$type $(<$inner>)? as Column>::Value,)+
                }

                impl Row for $table {
                    const TABLE: &'static str = stringify!($table);
                    const COLUMNS: &'static [&'static str] = &[$(stringify!($column)),+];

                    fn each(db: &mut Db, mut take: impl FnMut(Self) -> QueryResult<()>) -> QueryResult<()> {
                        let all = super::$table::table.order(super::$table::table.primary_key());
                        match db {
                            Db::Sqlite(db) => all.load_iter::<Self, DefaultLoadingMode>(db)?.try_for_each(|row| take(row?)),
                            Db::Postgres(db) => {
                                all.load_iter::<Self, PgRowByRowLoadingMode>(db)?.try_for_each(|row| take(row?))
                            }
                        }
                    }

                    fn insert(db: &mut Db, rows: &[Self]) -> QueryResult<usize> {
                        let insert = diesel::insert_into(super::$table::table).values(rows);
                        match db {
                            Db::Sqlite(db) => insert.execute(db),
                            Db::Postgres(db) => insert.execute(db),
                        }
                    }

                    fn digest(&self, digest: &mut Sha256) {
                        $(self.$column.digest(digest);)+
                    }
                }
            )+
        }

        /// Shows `visitor` every table, each after those its rows refer to.
        ///
        /// # Errors
        /// The visitor's first.
        pub fn each_table(visitor: &mut impl Visitor) -> QueryResult<()> {
            $(visitor.visit::<rows::$table>()?;)+
            Ok(())
        }
    };
}

tables! {
    regions (region_id) {
        region_id -> Text, kind -> Text, prefecture -> Text, name -> Text, short -> Text, name_en -> Text,
        position -> BigInt,
    }
    pairings (district_id, county_id, programme) {
        district_id -> Text, county_id -> Text, programme -> Text, since -> Nullable<BigInt>, status -> Text,
        source -> Text,
    }
    organisations (organisation_id) {
        organisation_id -> Text, kind -> Text, name -> Text, uscc -> Text, district_id -> Nullable<Text>,
        county_id -> Nullable<Text>, members -> Nullable<BigInt>, address -> Text, phone -> Text,
        employer_uscc -> Nullable<Text>,
    }
    accounts (account_id) {
        account_id -> Text, organisation_id -> Text, role -> Text, login -> Text, name -> Text, password_hash -> Text,
    }
    sessions (token_hash) {
        token_hash -> Text, account_id -> Text, created_at_ms -> BigInt, expires_at_ms -> BigInt,
    }
    brand_licences (brand, merchant_id) {
        brand -> Text, merchant_id -> Text, number -> Text, valid_to -> Text,
    }
    products (product_id) {
        product_id -> Text, merchant_id -> Text, county_id -> Text, brand -> Nullable<Text>, category -> Text,
        name -> Text, name_en -> Text, pinyin -> Text, spec -> Text, unit -> Text, minimum_order -> BigInt,
        available -> BigInt, season_bits -> BigInt, shelf_life_days -> Nullable<BigInt>, cold_chain -> Bool,
        certification_kind -> Nullable<Text>, certification -> Nullable<Text>, certification_number -> Nullable<Text>,
        union_gift_ok -> Bool, status -> Text, description -> Text, revision -> BigInt,
        description_en -> Text, created_at_ms -> BigInt, edition -> BigInt, batch -> Nullable<Text>,
        best_before -> Nullable<Text>,
    }
    price_breaks (product_id, from_quantity) {
        product_id -> Text, from_quantity -> BigInt, unit_price_fen -> BigInt,
    }
    photos (product_id, hash) {
        product_id -> Text, hash -> Text, position -> BigInt, width -> BigInt, height -> BigInt,
        uploaded_at_ms -> BigInt, account_id -> Text,
    }
    counting_rules (version) {
        version -> Text, valid_from -> Text, document -> Text, text -> Text, text_en -> Text,
        account_id -> Nullable<Text>, recorded_at_ms -> BigInt,
    }
    targets (year, scope, key, version) {
        year -> BigInt, scope -> Text, key -> Text, version -> BigInt, amount_fen -> BigInt, document -> Text,
        account_id -> Nullable<Text>, recorded_at_ms -> BigInt,
    }
    orders (order_id) {
        order_id -> Text, procurement_id -> Text, request_hash -> Text, number -> Text, buyer_id -> Text,
        buyer_district_id -> Text, merchant_id -> Text, channel -> Text, occasion -> Nullable<Text>,
        head_count -> Nullable<BigInt>, per_head_budget_fen -> Nullable<BigInt>,
        exception_reason -> Nullable<Text>, state -> Text, approved_at_ms -> Nullable<BigInt>, submitter_id -> Nullable<Text>, total_fen -> BigInt,
        accepted_fen -> Nullable<BigInt>, created_at_ms -> BigInt, updated_at_ms -> BigInt,
        payment_method -> Nullable<Text>, pipeline_fen -> BigInt, invoice -> Text,
    }
    order_lines (order_id, line) {
        order_id -> Text, line -> BigInt, product_id -> Text, product_name -> Text, spec -> Text, unit -> Text,
        brand -> Nullable<Text>, county_id -> Text, category -> Text, quantity -> BigInt, unit_price_fen -> BigInt,
        amount_fen -> BigInt, confirmed_reason -> Nullable<Text>,
    }
    delivery_points (order_id, point) {
        order_id -> Text, point -> BigInt, address -> Text, contact -> Text, phone -> Text, recipients -> BigInt,
        code -> Text, counted_step -> Nullable<BigInt>, counted_at_ms -> Nullable<BigInt>,
    }
    point_lines (order_id, point, line) {
        order_id -> Text, point -> BigInt, line -> BigInt, quantity -> BigInt, confirmed -> Nullable<BigInt>,
        shipped -> BigInt, closed -> BigInt, accepted -> Nullable<BigInt>, short -> Nullable<BigInt>,
        rejected -> Nullable<BigInt>, reason -> Nullable<Text>, returned -> BigInt,
    }
    shipments (order_id, shipment) {
        order_id -> Text, shipment -> BigInt, step -> BigInt, point -> BigInt, carrier -> Text, tracking_no -> Text,
        shipped_at_ms -> BigInt,
    }
    shipment_lines (order_id, shipment, line) {
        order_id -> Text, shipment -> BigInt, line -> BigInt, quantity -> BigInt, batch -> Nullable<Text>,
        best_before -> Nullable<Text>,
    }
    returns (return_id) {
        return_id -> Text, order_id -> Text, step -> BigInt, reason -> Text, amount_fen -> BigInt,
        returned_at_ms -> BigInt,
    }
    return_lines (return_id, point, line) {
        return_id -> Text, point -> BigInt, line -> BigInt, quantity -> BigInt, sale_id -> Text,
    }
    invoices (number) {
        number -> Text, order_id -> Text, step -> BigInt, title -> Text, buyer_uscc -> Text, issued_on -> Text,
        amount_fen -> BigInt, recorded_at_ms -> BigInt,
    }
    invoice_lines (number, line) {
        number -> Text, line -> BigInt, name -> Text, quantity -> BigInt, unit_price_fen -> BigInt,
        amount_fen -> BigInt,
    }
    transfers (order_id) {
        order_id -> Text, step -> BigInt, buyer_id -> Text, slip_no -> Text, paid_on -> Text, amount_fen -> BigInt,
        invoice_number -> Text, recorded_at_ms -> BigInt,
    }
    recipients (procurement_id, place) {
        procurement_id -> Text, place -> BigInt, buyer_id -> Text, department -> Text, name -> Text,
        phone -> Nullable<Text>, point -> BigInt, sets -> BigInt, bundle -> Nullable<Text>,
    }
    rosters (roster_id) {
        roster_id -> Text, union_id -> Text, as_of -> Text, people -> BigInt, account_id -> Text, kept_at_ms -> BigInt,
    }
    roster_members (roster_id, place) {
        roster_id -> Text, place -> BigInt, name -> Text, department -> Text, phone -> Nullable<Text>,
        address -> Nullable<Text>,
    }
    order_history (order_id, step) {
        order_id -> Text, step -> BigInt, at_ms -> BigInt, account_id -> Text, role -> Text, action -> Text,
        state_after -> Text, note -> Nullable<Text>,
    }
    payments (order_id) {
        order_id -> Text, method -> Text, received_on -> Text, reference -> Nullable<Text>, account_id -> Text,
        recorded_at_ms -> BigInt,
    }
    attachments (attachment_id) {
        attachment_id -> Text, order_id -> Nullable<Text>, procurement_id -> Nullable<Text>, kind -> Text, name -> Text,
        format -> Text, size_bytes -> BigInt, sha256 -> Text, organisation_id -> Nullable<Text>,
        account_id -> Nullable<Text>, role -> Nullable<Text>, added_at_ms -> BigInt,
    }
    rules (rule_id) {
        rule_id -> Text, kind -> Text, occasion -> Nullable<Text>, scope -> Text, key -> Text, value -> BigInt,
        valid_from -> Text, valid_to -> Nullable<Text>, document -> Text, account_id -> Nullable<Text>,
        recorded_at_ms -> BigInt,
    }
    plan_lines (union_id, year, occasion) {
        union_id -> Text, year -> BigInt, occasion -> Text, head_count -> BigInt, per_head_fen -> BigInt,
    }
    plans (union_id, year) {
        union_id -> Text, year -> BigInt, reason -> Nullable<Text>, revision -> BigInt, account_id -> Text,
        updated_at_ms -> BigInt,
    }
    outside_purchases (purchase_id) {
        purchase_id -> Text, union_id -> Text, occasion -> Text, bought_on -> Text, amount_fen -> BigInt,
        assistance_fen -> BigInt, supplier -> Text, note -> Nullable<Text>, account_id -> Text,
        recorded_at_ms -> BigInt,
    }
    bundle_plans (union_id, occasion) {
        union_id -> Text, occasion -> Text, per_head_fen -> BigInt, revision -> BigInt, account_id -> Text,
        updated_at_ms -> BigInt,
    }
    bundles (union_id, occasion, position) {
        union_id -> Text, occasion -> Text, position -> BigInt, name -> Text, head_count -> BigInt,
    }
    bundle_lines (union_id, occasion, position, line) {
        union_id -> Text, occasion -> Text, position -> BigInt, line -> BigInt, product_id -> Text,
        quantity -> BigInt,
    }
    comparisons (procurement_id) {
        procurement_id -> Text, chosen -> BigInt, reason -> Text, account_id -> Text, recorded_at_ms -> BigInt,
    }
    comparison_offers (procurement_id, position) {
        procurement_id -> Text, position -> BigInt, supplier -> Text, offered_on -> Text, total_fen -> BigInt,
        terms -> Text,
    }
    order_numbers (day) {
        day -> Text, last -> BigInt,
    }
    reports (report_id) {
        report_id -> Text, number -> Text, attempt -> BigInt, request_hash -> Text, state -> Text, channel -> Text,
        organisation_id -> Text, account_id -> Text, seller_id -> Text, seller -> Text, seller_uscc -> Nullable<Text>,
        seller_key -> Text, note -> Text, amount_fen -> BigInt, line_count -> BigInt, sold_from -> Text, sold_to -> Text,
        district_id -> Nullable<Text>, submitted_at_ms -> BigInt, updated_at_ms -> BigInt,
    }
    report_lines (report_id, line) {
        report_id -> Text, line -> BigInt, sold_on -> Text, county_id -> Text, brand -> Nullable<Text>, category -> Text,
        product_name -> Text, quantity -> BigInt, amount_fen -> BigInt, invoices -> Text, buyer_id -> Text, buyer -> Text,
        buyer_key -> Text, district_id -> Text, note -> Text,
    }
    report_numbers (report_id, line, number) {
        report_id -> Text, line -> BigInt, number -> Text,
    }
    report_days (day) {
        day -> Text, last -> BigInt,
    }
    report_steps (report_id, step) {
        report_id -> Text, step -> BigInt, at_ms -> BigInt, account_id -> Text, role -> Text, action -> Text,
        state_after -> Text, note -> Nullable<Text>,
    }
    report_evidence (evidence_id) {
        evidence_id -> Text, report_id -> Text, sha256 -> Text, name -> Text, format -> Text, size_bytes -> BigInt,
        organisation_id -> Text, account_id -> Text, added_at_ms -> BigInt,
    }
    duplicate_pairs (pair_id) {
        pair_id -> Text, report_id -> Text, attempt -> BigInt, other_kind -> Text, other_id -> Text, score -> BigInt,
        found_at_ms -> BigInt, verdict -> Nullable<Text>, reason -> Nullable<Text>, account_id -> Nullable<Text>,
        role -> Nullable<Text>, decided_at_ms -> Nullable<BigInt>,
    }
    duplicate_reasons (pair_id, position) {
        pair_id -> Text, position -> BigInt, kind -> Text, lines -> Text, other_lines -> Text, value -> Text,
    }
    sales (sequence) {
        sequence -> BigInt, sale_id -> Text, sold_on -> Text, amount_fen -> BigInt, quantity -> BigInt,
        channel -> Text, order_id -> Nullable<Text>, line -> Nullable<BigInt>, point -> Nullable<BigInt>, reverses -> Nullable<Text>,
        reason -> Nullable<Text>, district_id -> Text, county_id -> Text, brand -> Nullable<Text>, category -> Text,
        product_name -> Text, merchant_id -> Text, buyer_id -> Text, counting_rule -> Text, previous_hash -> Text,
        hash -> Text, recorded_at_ms -> BigInt, report_id -> Nullable<Text>, report_line -> Nullable<BigInt>,
    }
    rollups (month, district_id, dimension, key) {
        month -> BigInt, district_id -> Text, dimension -> Text, key -> Text, amount_fen -> BigInt,
        quantity -> BigInt, entries -> BigInt,
    }
    ledger_head (one) {
        one -> BigInt, sequence -> BigInt, hash -> Text,
    }
    month_closes (month) {
        month -> BigInt, closed_at_ms -> BigInt, account_id -> Text, last_entry -> BigInt, hash -> Text,
        amount_fen -> BigInt, entries -> BigInt, note -> Nullable<Text>,
    }
    reversal_requests (request_id) {
        request_id -> Text, sale_id -> Text, reason -> Text, amount_fen -> BigInt, quantity -> BigInt,
        asked_by -> Text, asked_at_ms -> BigInt, state -> Text, decided_by -> Nullable<Text>,
        decided_at_ms -> Nullable<BigInt>, decision_reason -> Nullable<Text>,
    }
    day_sums (day, district_id) {
        day -> Text, district_id -> Text, amount_fen -> BigInt, quantity -> BigInt, entries -> BigInt,
    }
    product_sales (year, product_id, buyer_id) {
        year -> BigInt, product_id -> Text, buyer_id -> Text, quantity -> BigInt, amount_fen -> BigInt,
    }
    notices_seen (account_id) {
        account_id -> Text, seen_at_ms -> BigInt,
    }
    applications (application_id) {
        application_id -> Text, number -> Text, name -> Text, uscc -> Text, county_id -> Text, address -> Text,
        contact -> Text, phone -> Text, food_licence -> Nullable<Text>, login -> Text, password_hash -> Text,
        state -> Text, applied_at_ms -> BigInt, decided_at_ms -> Nullable<BigInt>, decided_by -> Nullable<Text>,
        reason -> Nullable<Text>, organisation_id -> Nullable<Text>,
    }
    audit_events (event_id) {
        event_id -> Text, at_ms -> BigInt, account_id -> Nullable<Text>, act -> Text, subject -> Text, detail -> Text,
    }
}

joinable!(accounts -> organisations (organisation_id));
joinable!(sessions -> accounts (account_id));
joinable!(products -> regions (county_id));
joinable!(products -> organisations (merchant_id));
joinable!(order_lines -> regions (county_id));
joinable!(report_lines -> reports (report_id));
joinable!(product_sales -> organisations (buyer_id));
allow_tables_to_appear_in_same_query!(
    regions,
    pairings,
    organisations,
    accounts,
    sessions,
    brand_licences,
    products,
    price_breaks,
    photos,
    counting_rules,
    targets,
    orders,
    order_lines,
    delivery_points,
    point_lines,
    shipments,
    shipment_lines,
    returns,
    return_lines,
    invoices,
    invoice_lines,
    transfers,
    recipients,
    rosters,
    roster_members,
    order_history,
    payments,
    attachments,
    rules,
    plan_lines,
    plans,
    outside_purchases,
    bundle_plans,
    bundles,
    bundle_lines,
    comparisons,
    comparison_offers,
    order_numbers,
    reports,
    report_lines,
    report_numbers,
    report_days,
    report_steps,
    report_evidence,
    duplicate_pairs,
    duplicate_reasons,
    sales,
    rollups,
    ledger_head,
    month_closes,
    reversal_requests,
    day_sums,
    notices_seen,
    applications,
    product_sales,
    audit_events,
);
