-- Reports of sales made outside the platform, and the check that keeps them from being counted twice.

-- A fair, a shop or a street whose clerk reports is an organisation too. SQLite cannot change a check, but it can replace a column
-- (see 0005 and 0009).
alter table organisations add column kind_or_outlet text not null default 'person'
    check (kind_or_outlet in ('union', 'merchant', 'coordinator', 'operator', 'outlet', 'outside', 'person'));
update organisations set kind_or_outlet = kind;
alter table organisations drop column kind;
alter table organisations rename column kind_or_outlet to kind;

-- One organisation for all sellers and buyers that have no place in the market: the ledger names it, the report says who it was. The
-- identifier is `OUTSIDERS` of crates/domain/src/organisation.rs; it has no code of its own.
insert into organisations (organisation_id, kind, name, uscc, district_id, county_id, members, address, phone)
values ('019b8bab-06ff-7000-8000-000000000002', 'outside', '平台外单位', 'outside', null, null, null, '', '');

create table reports (
    report_id text primary key not null,                   -- made by the browser
    number text not null unique,
    attempt bigint not null check (attempt > 0),           -- how often it was submitted
    request_hash text not null,                            -- of the body submitted last: the same again is no conflict
    state text not null check (state in ('submitted', 'recognised', 'returned')),
    channel text not null,
    organisation_id text not null references organisations,  -- whose report it is
    account_id text not null references accounts,          -- who submitted it last
    seller_id text not null references organisations,      -- as the ledger will name it
    seller text not null,
    seller_uscc text,
    seller_key text not null,                              -- what its spellings have in common (crates/domain/src/duplicate.rs)
    note text not null,
    amount_fen bigint not null check (amount_fen > 0),     -- of all lines
    line_count bigint not null check (line_count > 0),
    sold_from text not null,
    sold_to text not null,
    district_id text references regions,                   -- who has the credit of all lines; none where several have
    submitted_at_ms bigint not null,                       -- the first time
    updated_at_ms bigint not null
);
create index reports_by_time on reports (submitted_at_ms);
create index reports_by_organisation on reports (organisation_id, submitted_at_ms);
create index reports_by_district on reports (district_id, submitted_at_ms);
create index reports_by_state on reports (state, updated_at_ms);
create index reports_by_seller on reports (seller_key, sold_from);

create table report_lines (
    report_id text not null references reports,
    line bigint not null,                                  -- counted from 1
    sold_on text not null,
    county_id text not null references regions,
    brand text,
    category text not null,
    product_name text not null,
    quantity bigint not null check (quantity > 0),
    amount_fen bigint not null check (amount_fen > 0),
    invoices text not null,                                -- numbers between commas
    buyer_id text not null references organisations,       -- as the ledger will name it
    buyer text not null,                                   -- empty where nobody knows
    buyer_key text not null,                               -- as seller_key
    district_id text not null references regions,
    note text not null,
    primary key (report_id, line)
);
create index report_lines_by_buyer on report_lines (buyer_key, sold_on);

-- The numbers of invoices, receipts and orders that a report names, so that the same one is found at once.
create table report_numbers (
    report_id text not null references reports,
    line bigint not null,                                  -- 0 where it stands in the report's remarks
    number text not null,
    primary key (report_id, line, number)
);
create index report_numbers_by_number on report_numbers (number);

-- The last place given out on a day, for numbers like BG20261124-0003.
create table report_days (
    day text primary key not null,
    last bigint not null
);

-- Every step of a report: who, when, why.
create table report_steps (
    report_id text not null references reports,
    step bigint not null,                                  -- counted from 1
    at_ms bigint not null,
    account_id text not null references accounts,
    role text not null,
    action text not null,
    state_after text not null,
    note text,
    primary key (report_id, step)
);
create index report_steps_by_account on report_steps (account_id, action);

-- Files that show a sale. They are sent before the report is, so the report they name may not be there yet; until it is, they are
-- their sender's alone.
create table report_evidence (
    evidence_id text primary key not null,
    report_id text not null,
    sha256 text not null,                                  -- of the content, which lies under it in the folder of attachments
    name text not null,
    format text not null,
    size_bytes bigint not null,
    organisation_id text not null references organisations,
    account_id text not null references accounts,
    added_at_ms bigint not null,
    unique (report_id, organisation_id, sha256)            -- the same file again is one file
);
create index report_evidence_by_content on report_evidence (sha256);

-- What a submission may repeat, as the check found it, and what a person said of it. Kept for ever.
create table duplicate_pairs (
    pair_id text primary key not null,
    report_id text not null references reports,
    attempt bigint not null,                               -- the submission it was found at
    other_kind text not null check (other_kind in ('report', 'order')),
    other_id text not null,
    score bigint not null check (score between 1 and 100),
    found_at_ms bigint not null,
    verdict text check (verdict in ('same', 'different')), -- none until somebody has decided
    reason text,
    account_id text references accounts,
    role text,
    decided_at_ms bigint,
    unique (report_id, attempt, other_kind, other_id)
);
create index duplicate_pairs_by_other on duplicate_pairs (other_id);

create table duplicate_reasons (
    pair_id text not null references duplicate_pairs,
    position bigint not null,                              -- the surest is 1
    kind text not null,
    lines text not null,                                   -- of the report, between commas; empty where the whole is meant
    other_lines text not null,
    value text not null,                                   -- what both have
    primary key (pair_id, position)
);

-- An entry of the ledger comes from a line of an order, from a line of a report, or takes another back.
alter table sales add column report_id text references reports;
alter table sales add column report_line bigint;
create unique index sales_by_report on sales (report_id, report_line);
