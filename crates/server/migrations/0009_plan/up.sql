-- What a union plans, by which rules, and what it keeps to show that it bought properly.

-- Files of orders and procurements. The content is a file in a folder (crates/server/src/attachments.rs), on the disk before
-- its row is committed; a file without a row harms nobody.
create table attachments (
    attachment_id text primary key not null,
    order_id text references orders,                       -- of one order …
    procurement_id text,                                   -- … or of every order of a basket; exactly one of the two
    kind text not null,                                    -- AttachmentKind of crates/domain/src/attachment.rs
    name text not null,                                    -- as it is given out
    format text not null,                                  -- by its content, whatever it was called
    size_bytes bigint not null check (size_bytes > 0),
    sha256 text not null,                                  -- of the content, and its file's name
    organisation_id text references organisations,         -- whose people brought it …
    account_id text references accounts,                   -- … and who of them; none when it came by a point's code
    role text,
    added_at_ms bigint not null,
    check ((order_id is null) <> (procurement_id is null))
);
create index attachments_by_order on attachments (order_id);
create index attachments_by_procurement on attachments (procurement_id);

-- The operator of the platform is an organisation too. SQLite cannot change a check, but it can replace a column (see 0005).
alter table organisations add column kind_or_operator text not null default 'person'
    check (kind_or_operator in ('union', 'merchant', 'coordinator', 'operator', 'person'));
update organisations set kind_or_operator = kind;
alter table organisations drop column kind;
alter table organisations rename column kind_or_operator to kind;

-- Dated rules. A version is added and never edited; which of them is in force says crates/domain/src/rule.rs.
create table rules (
    rule_id text primary key not null,
    kind text not null,
    occasion text,                                         -- of a standard that holds for one occasion
    scope text not null check (scope in ('city', 'district', 'union')),
    key text not null,                                     -- the district or the union; empty for the city
    value bigint not null check (value > 0),               -- fen, or basis points of a share
    valid_from text not null,
    valid_to text,                                         -- the last day
    document text not null,
    account_id text references accounts,                   -- who added it; none of those the market began with
    recorded_at_ms bigint not null
);

-- What a union means to spend in a year: so many people, so much for each, at an occasion.
create table plan_lines (
    union_id text not null references organisations,
    year bigint not null,
    occasion text not null,
    head_count bigint not null check (head_count > 0),
    per_head_fen bigint not null check (per_head_fen > 0),
    primary key (union_id, year, occasion)
);

-- The plan's own row: who changed it last, and why it goes over what the rules allow.
create table plans (
    union_id text not null references organisations,
    year bigint not null,
    reason text,
    revision bigint not null,                              -- counted up by every change
    account_id text not null references accounts,
    updated_at_ms bigint not null,
    primary key (union_id, year)
);

-- What a union bought elsewhere, as its officer records it; it counts against the same caps.
create table outside_purchases (
    purchase_id text primary key not null,
    union_id text not null references organisations,
    occasion text not null,
    bought_on text not null,
    amount_fen bigint not null check (amount_fen > 0),
    assistance_fen bigint not null check (assistance_fen >= 0 and assistance_fen <= amount_fen),
    supplier text not null,
    note text,
    account_id text not null references accounts,
    recorded_at_ms bigint not null
);
create index outside_purchases_by_union on outside_purchases (union_id, bought_on);

-- The gift bundles a union is choosing among for an occasion: one set at a time for each.
create table bundle_plans (
    union_id text not null references organisations,
    occasion text not null,
    per_head_fen bigint not null check (per_head_fen > 0),
    revision bigint not null,                              -- counted up by every change
    account_id text not null references accounts,
    updated_at_ms bigint not null,
    primary key (union_id, occasion)
);
create table bundles (
    union_id text not null references organisations,
    occasion text not null,
    position bigint not null,                              -- from 1
    name text not null,
    head_count bigint not null check (head_count >= 0),    -- how many people have chosen it
    primary key (union_id, occasion, position)
);
create table bundle_lines (
    union_id text not null references organisations,
    occasion text not null,
    position bigint not null,
    line bigint not null,
    product_id text not null references products,
    quantity bigint not null check (quantity > 0),         -- in one set
    primary key (union_id, occasion, position, line)
);

-- Three offers compared, once for a procurement, before it is approved.
create table comparisons (
    procurement_id text primary key not null,
    chosen bigint not null,                                -- position of the offer
    reason text not null,
    account_id text not null references accounts,
    recorded_at_ms bigint not null
);
create table comparison_offers (
    procurement_id text not null references comparisons,
    position bigint not null,                              -- from 1
    supplier text not null,
    offered_on text not null,
    total_fen bigint not null check (total_fen > 0),
    terms text not null,                                   -- prices of single lines, delivery, guarantee
    primary key (procurement_id, position)
);
