-- The market's tables. Start reading here.
--
-- Only `text`, `bigint` and `boolean`, and only statements SQLite and PostgreSQL both understand. Identifiers are UUIDs as
-- text; amounts are fen; moments are milliseconds since 1970 (`_ms`); days are ISO text, which sorts as dates do.

-- Prefectures of Lishui and Quzhou, their counties, and the districts of Ningbo, from data/regions.toml.
create table regions (
    region_id text primary key not null,
    kind text not null check (kind in ('prefecture', 'county', 'district')),
    prefecture text not null,          -- of a county; its own id for a prefecture; 'ningbo' for a district
    name text not null,                -- 庆元县
    short text not null,               -- 庆元
    name_en text not null,
    position bigint not null           -- the order in which lists show them
);

-- Who is paired with whom. Many to many; 'assumed' must never be printed as fact.
create table pairings (
    district_id text not null references regions,
    county_id text not null references regions,
    programme text not null,
    since bigint,
    status text not null check (status in ('verified', 'assumed')),
    source text not null,
    primary key (district_id, county_id, programme)
);

create table organisations (
    organisation_id text primary key not null,
    kind text not null check (kind in ('union', 'merchant', 'coordinator')),
    name text not null,
    uscc text not null unique,
    district_id text references regions,   -- of a union or a district's office
    county_id text references regions,     -- of a merchant
    members bigint,                        -- of a union
    address text not null,
    phone text not null
);

create table accounts (
    account_id text primary key not null,
    organisation_id text not null references organisations,
    role text not null,
    login text not null unique,
    name text not null,
    password_hash text not null            -- argon2id, PHC string
);

-- The cookie holds a random token; only its hash is here, so a stolen copy of the table opens nothing.
create table sessions (
    token_hash text primary key not null,
    account_id text not null references accounts,
    created_at_ms bigint not null,
    expires_at_ms bigint not null
);

-- A merchant's right to use a regional brand, with its number and last day.
create table brand_licences (
    brand text not null,
    merchant_id text not null references organisations,
    number text not null,
    valid_to text not null,
    primary key (brand, merchant_id)
);

create table products (
    product_id text primary key not null,
    merchant_id text not null references organisations,
    county_id text not null references regions,
    brand text,
    category text not null,
    name text not null,
    name_en text not null,
    pinyin text not null,
    spec text not null,
    unit text not null,
    minimum_order bigint not null check (minimum_order > 0),
    available bigint not null check (available >= 0),      -- never oversold, whatever the program believes
    season_bits bigint not null,                           -- bit 0 is January
    shelf_life_days bigint,
    cold_chain boolean not null,
    certification_kind text,
    certification text,
    certification_number text,
    union_gift_ok boolean not null,
    status text not null check (status in ('draft', 'on_sale', 'withdrawn')),
    description text not null,
    search_text text not null                              -- lower case: name, pinyin, initials, county, brand, category
);
create index products_by_county on products (county_id);

-- The price ladder: from this quantity on, each piece costs this much.
create table price_breaks (
    product_id text not null references products,
    from_quantity bigint not null check (from_quantity > 0),
    unit_price_fen bigint not null check (unit_price_fen > 0),
    primary key (product_id, from_quantity)
);

-- What counts as a sale, and from when. Old entries keep the version they were counted under.
create table counting_rules (
    version text primary key not null,
    valid_from text not null,
    document text not null,
    text text not null
);

-- The year's targets. Amended by a higher version; the highest is in force.
create table targets (
    year bigint not null,
    scope text not null check (scope in ('city', 'district', 'channel')),
    key text not null,                                     -- empty for the city
    version bigint not null,
    amount_fen bigint not null check (amount_fen > 0),
    document text not null,
    primary key (year, scope, key, version)
);

-- One buyer, one merchant, and a life (crates/domain/src/order_life.rs).
create table orders (
    order_id text primary key not null,                    -- made by the browser
    procurement_id text not null,                          -- the first order of the basket it was submitted with
    request_hash text not null,                            -- of the body that made it: the same again is no conflict
    number text not null unique,
    buyer_id text not null references organisations,
    buyer_district_id text not null references regions,
    merchant_id text not null references organisations,
    channel text not null,
    occasion text not null,
    head_count bigint not null,
    per_head_budget_fen bigint not null,
    address text not null,
    contact text not null,
    phone text not null,
    exception_reason text,
    state text not null,
    approved_at_ms bigint,                                 -- from then on it is its merchant's business too
    submitter_id text references accounts,
    total_fen bigint not null,
    accepted_fen bigint,
    carrier text,
    tracking_no text,
    shipped_at_ms bigint,
    created_at_ms bigint not null,
    updated_at_ms bigint not null
);
create index orders_by_buyer on orders (buyer_id, created_at_ms);
create index orders_by_merchant on orders (merchant_id, created_at_ms);
create index orders_by_time on orders (created_at_ms);
create index orders_by_procurement on orders (procurement_id);
create index orders_by_state on orders (state, buyer_district_id);

-- What was ordered, with name and price as they were that day.
create table order_lines (
    order_id text not null references orders,
    line bigint not null,                                  -- counted from 1
    product_id text not null references products,
    product_name text not null,
    spec text not null,
    unit text not null,
    brand text,
    county_id text not null references regions,
    category text not null,
    quantity bigint not null check (quantity > 0),
    unit_price_fen bigint not null check (unit_price_fen > 0),
    amount_fen bigint not null,
    accepted bigint,
    rejected bigint,
    rejected_reason text,
    primary key (order_id, line)
);

-- Every step of an order: who, when, why.
create table order_history (
    order_id text not null references orders,
    step bigint not null,                                  -- counted from 1
    at_ms bigint not null,
    account_id text not null references accounts,
    role text not null,
    action text not null,
    state_after text not null,
    note text,
    primary key (order_id, step)
);

-- The last place given out on a day, for numbers like SH20261124-0042.
create table order_numbers (
    day text primary key not null,
    last bigint not null
);

-- The ledger. Append-only: no statement of the program updates or deletes a row, and each entry carries the hash of the
-- one before.
create table sales (
    sequence bigint primary key not null,                  -- from 1, without gaps
    sale_id text not null unique,
    sold_on text not null,
    amount_fen bigint not null,                            -- negative in a reversal
    quantity bigint not null,
    channel text not null,
    order_id text references orders,                       -- with line, or
    line bigint,
    reverses text unique references sales (sale_id),       -- with reason; an entry is reversed once at most
    reason text,
    district_id text not null references regions,
    county_id text not null references regions,
    brand text,
    category text not null,
    product_name text not null,
    merchant_id text not null references organisations,
    buyer_id text not null references organisations,
    counting_rule text not null references counting_rules,
    previous_hash text not null,
    hash text not null unique,
    recorded_at_ms bigint not null,
    unique (order_id, line)                                -- a line is recognised once
);
create index sales_by_day on sales (sold_on, sequence);
create index sales_by_district on sales (district_id, sold_on);

-- Sums of the ledger, written in the transaction that appends the entry (crates/domain/src/tally.rs).
create table rollups (
    month bigint not null,                                 -- 202611
    district_id text not null references regions,
    dimension text not null,
    key text not null,
    amount_fen bigint not null,
    quantity bigint not null,
    entries bigint not null,
    primary key (month, district_id, dimension, key)
);

-- What was done to things that matter, beside an order's own history.
create table audit_events (
    event_id text primary key not null,
    at_ms bigint not null,
    account_id text,
    act text not null,
    subject text not null,
    detail text not null
);
create index audit_events_by_time on audit_events (at_ms);
