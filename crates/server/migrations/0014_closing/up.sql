-- What makes a figure final: months that are closed, corrections two people answer for, targets and counting rules with who
-- added them.

-- A month that is closed takes no further entry of its days; it is never opened again.
create table month_closes (
    month bigint primary key not null,                     -- 202610
    closed_at_ms bigint not null,
    account_id text not null references accounts,
    last_entry bigint not null,                            -- where the ledger ended at that moment,
    hash text not null,                                    -- and the hash of its end
    amount_fen bigint not null,                            -- the sum of the month's entries up to there
    entries bigint not null,
    note text
);

-- Reversals so large that a second person must consent. Nothing of the ledger changes while one waits.
create table reversal_requests (
    request_id text primary key not null,                  -- becomes the id of the entry that takes back
    sale_id text not null references sales (sale_id),
    reason text not null,
    amount_fen bigint not null,                            -- what stood of the sale when it was asked
    quantity bigint not null,
    asked_by text not null references accounts,
    asked_at_ms bigint not null,
    state text not null check (state in ('waiting', 'consented', 'refused', 'withdrawn')),
    decided_by text references accounts,
    decided_at_ms bigint,
    decision_reason text
);
-- One at a time for a sale.
create unique index reversal_requests_waiting on reversal_requests (sale_id) where state = 'waiting';
create index reversal_requests_by_time on reversal_requests (asked_at_ms);

-- Who added a version, and when; nobody and never for those the market began with.
alter table targets add column account_id text references accounts;
alter table targets add column recorded_at_ms bigint not null default 0;
alter table counting_rules add column text_en text not null default '';
alter table counting_rules add column account_id text references accounts;
alter table counting_rules add column recorded_at_ms bigint not null default 0;

-- What was counted under each version, summed like every other dimension.
insert into rollups (month, district_id, dimension, key, amount_fen, quantity, entries)
select cast(substr(sold_on, 1, 4) as bigint) * 100 + cast(substr(sold_on, 6, 2) as bigint), district_id, 'counting_rule',
    counting_rule, cast(sum(amount_fen) as bigint), cast(sum(quantity) as bigint), count(*)
from sales
group by cast(substr(sold_on, 1, 4) as bigint) * 100 + cast(substr(sold_on, 6, 2) as bigint), district_id, counting_rule;
