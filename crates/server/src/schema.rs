//! The tables as Diesel knows them, in the order of `migrations/`, where each is explained.

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    regions (region_id) {
        region_id -> Text, kind -> Text, prefecture -> Text, name -> Text, short -> Text, name_en -> Text,
        position -> BigInt,
    }
}
table! {
    pairings (district_id, county_id, programme) {
        district_id -> Text, county_id -> Text, programme -> Text, since -> Nullable<BigInt>, status -> Text,
        source -> Text,
    }
}
table! {
    organisations (organisation_id) {
        organisation_id -> Text, kind -> Text, name -> Text, uscc -> Text, district_id -> Nullable<Text>,
        county_id -> Nullable<Text>, members -> Nullable<BigInt>, address -> Text, phone -> Text,
    }
}
table! {
    accounts (account_id) {
        account_id -> Text, organisation_id -> Text, role -> Text, login -> Text, name -> Text, password_hash -> Text,
    }
}
table! {
    sessions (token_hash) {
        token_hash -> Text, account_id -> Text, created_at_ms -> BigInt, expires_at_ms -> BigInt,
    }
}
table! {
    brand_licences (brand, merchant_id) {
        brand -> Text, merchant_id -> Text, number -> Text, valid_to -> Text,
    }
}
table! {
    products (product_id) {
        product_id -> Text, merchant_id -> Text, county_id -> Text, brand -> Nullable<Text>, category -> Text,
        name -> Text, name_en -> Text, pinyin -> Text, spec -> Text, unit -> Text, minimum_order -> BigInt,
        available -> BigInt, season_bits -> BigInt, shelf_life_days -> Nullable<BigInt>, cold_chain -> Bool,
        certification_kind -> Nullable<Text>, certification -> Nullable<Text>, certification_number -> Nullable<Text>,
        union_gift_ok -> Bool, status -> Text, description -> Text, search_text -> Text,
        revision -> BigInt,
    }
}
table! {
    price_breaks (product_id, from_quantity) {
        product_id -> Text, from_quantity -> BigInt, unit_price_fen -> BigInt,
    }
}
table! {
    counting_rules (version) {
        version -> Text, valid_from -> Text, document -> Text, text -> Text,
    }
}
table! {
    targets (year, scope, key, version) {
        year -> BigInt, scope -> Text, key -> Text, version -> BigInt, amount_fen -> BigInt, document -> Text,
    }
}
table! {
    orders (order_id) {
        order_id -> Text, procurement_id -> Text, request_hash -> Text, number -> Text, buyer_id -> Text,
        buyer_district_id -> Text, merchant_id -> Text, channel -> Text, occasion -> Text, head_count -> BigInt,
        per_head_budget_fen -> BigInt, address -> Text, contact -> Text, phone -> Text,
        exception_reason -> Nullable<Text>, state -> Text, approved_at_ms -> Nullable<BigInt>, submitter_id -> Nullable<Text>, total_fen -> BigInt,
        accepted_fen -> Nullable<BigInt>, carrier -> Nullable<Text>, tracking_no -> Nullable<Text>,
        shipped_at_ms -> Nullable<BigInt>, created_at_ms -> BigInt, updated_at_ms -> BigInt,
    }
}
table! {
    order_lines (order_id, line) {
        order_id -> Text, line -> BigInt, product_id -> Text, product_name -> Text, spec -> Text, unit -> Text,
        brand -> Nullable<Text>, county_id -> Text, category -> Text, quantity -> BigInt, unit_price_fen -> BigInt,
        amount_fen -> BigInt, accepted -> Nullable<BigInt>, rejected -> Nullable<BigInt>,
        rejected_reason -> Nullable<Text>,
    }
}
table! {
    order_history (order_id, step) {
        order_id -> Text, step -> BigInt, at_ms -> BigInt, account_id -> Text, role -> Text, action -> Text,
        state_after -> Text, note -> Nullable<Text>,
    }
}
table! {
    order_numbers (day) {
        day -> Text, last -> BigInt,
    }
}
table! {
    sales (sequence) {
        sequence -> BigInt, sale_id -> Text, sold_on -> Text, amount_fen -> BigInt, quantity -> BigInt,
        channel -> Text, order_id -> Nullable<Text>, line -> Nullable<BigInt>, reverses -> Nullable<Text>,
        reason -> Nullable<Text>, district_id -> Text, county_id -> Text, brand -> Nullable<Text>, category -> Text,
        product_name -> Text, merchant_id -> Text, buyer_id -> Text, counting_rule -> Text, previous_hash -> Text,
        hash -> Text, recorded_at_ms -> BigInt,
    }
}
table! {
    rollups (month, district_id, dimension, key) {
        month -> BigInt, district_id -> Text, dimension -> Text, key -> Text, amount_fen -> BigInt,
        quantity -> BigInt, entries -> BigInt,
    }
}
table! {
    ledger_head (one) {
        one -> BigInt, sequence -> BigInt, hash -> Text,
    }
}
table! {
    day_sums (day, district_id) {
        day -> Text, district_id -> Text, amount_fen -> BigInt, quantity -> BigInt, entries -> BigInt,
    }
}
table! {
    audit_events (event_id) {
        event_id -> Text, at_ms -> BigInt, account_id -> Nullable<Text>, act -> Text, subject -> Text, detail -> Text,
    }
}

joinable!(accounts -> organisations (organisation_id));
joinable!(sessions -> accounts (account_id));
joinable!(products -> regions (county_id));
joinable!(products -> organisations (merchant_id));
joinable!(order_lines -> regions (county_id));
allow_tables_to_appear_in_same_query!(
    regions,
    pairings,
    organisations,
    accounts,
    sessions,
    brand_licences,
    products,
    price_breaks,
    counting_rules,
    targets,
    orders,
    order_lines,
    order_history,
    order_numbers,
    sales,
    rollups,
    ledger_head,
    day_sums,
    audit_events,
);
