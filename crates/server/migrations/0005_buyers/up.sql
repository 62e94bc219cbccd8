-- A person buys. SQLite can change neither a check nor a `not null`, but it can replace a column, and so can PostgreSQL.

-- One organisation for all private buyers, so that neither the ledger nor a coordinator's list ever names a person.
-- Nothing relies on the default: every insert gives its kind.
alter table organisations add column kind_or_person text not null default 'person'
    check (kind_or_person in ('union', 'merchant', 'coordinator', 'person'));
update organisations set kind_or_person = kind;
alter table organisations drop column kind;
alter table organisations rename column kind_or_person to kind;

-- The identifier is `PRIVATE_BUYERS` of crates/domain/src/organisation.rs. It has no code, and is the only one without.
insert into organisations (organisation_id, kind, name, uscc, district_id, county_id, members, address, phone)
values ('019b8bab-06ff-7000-8000-000000000001', 'person', '个人买家', '', null, null, null, '', '');

-- Occasion, head-count and budget are a union's; a person's order has none of them.
alter table orders add column occasion_if_any text;
alter table orders add column head_count_if_any bigint;
alter table orders add column per_head_budget_fen_if_any bigint;
update orders set
    occasion_if_any = occasion, head_count_if_any = head_count, per_head_budget_fen_if_any = per_head_budget_fen;
alter table orders drop column occasion;
alter table orders drop column head_count;
alter table orders drop column per_head_budget_fen;
alter table orders rename column occasion_if_any to occasion;
alter table orders rename column head_count_if_any to head_count;
alter table orders rename column per_head_budget_fen_if_any to per_head_budget_fen;

alter table orders add column payment_method text;             -- how a person will pay; null in a union's order

-- All private buyers are one organisation, so a person's own orders are found by who submitted them.
create index orders_by_submitter on orders (submitter_id, created_at_ms);

-- Money that came in for an order, as its merchant recorded it: once, and never changed.
create table payments (
    order_id text primary key not null references orders,
    method text not null,
    received_on text not null,
    reference text,                                            -- number of the bank's slip
    account_id text not null references accounts,
    recorded_at_ms bigint not null
);
