-- The end of the ledger. Whoever appends takes this row first: of writers that run side by side each finds the entry of
-- the one before, and the chain stays one chain. The audit compares it with the last entry.
create table ledger_head (
    one bigint primary key not null check (one = 1),       -- there is only one end
    sequence bigint not null,
    hash text not null
);
insert into ledger_head (one, sequence, hash)
select 1, coalesce(max(sequence), 0), coalesce(
    (select hash from sales order by sequence desc limit 1),
    '0000000000000000000000000000000000000000000000000000000000000000'
)
from sales;

-- Sums of the ledger by day and district, written like the rollups: the comparison with the same stretch of another year
-- needs days, and must cost the same however long the ledger is.
create table day_sums (
    day text not null,
    district_id text not null references regions,
    amount_fen bigint not null,
    quantity bigint not null,
    entries bigint not null,
    primary key (day, district_id)
);
insert into day_sums (day, district_id, amount_fen, quantity, entries)
select sold_on, district_id, cast(sum(amount_fen) as bigint), cast(sum(quantity) as bigint), count(*)
from sales group by sold_on, district_id;

-- Servers that share a database ask every few seconds whether an order has changed.
create index orders_by_change on orders (updated_at_ms);
