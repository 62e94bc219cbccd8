-- Where the goods of an order go. Every order has one point at least; what a person buys goes to one.
create table delivery_points (
    order_id text not null references orders,
    point bigint not null,                                 -- counted from 1
    address text not null,
    contact text not null,
    phone text not null,
    recipients bigint not null check (recipients >= 0),    -- people given their goods there; 0 where nobody counted
    code text not null unique,                             -- opens the acceptance of this point
    counted_step bigint,                                   -- the step of the order's history that counted its goods in
    counted_at_ms bigint,
    primary key (order_id, point)
);

-- How much of a line goes to a point, and what becomes of it; where nothing goes there is no row. The checks are the law once
-- more, whatever the program believes.
create table point_lines (
    order_id text not null references orders,
    point bigint not null,
    line bigint not null,
    quantity bigint not null check (quantity > 0),
    confirmed bigint check (confirmed between 0 and quantity),         -- null until the merchant has confirmed
    shipped bigint not null default 0 check (shipped >= 0),
    closed bigint not null default 0 check (closed >= 0),              -- confirmed and will not come
    accepted bigint check (accepted >= 0),                             -- null until the point was counted, as the next two:
    short bigint check (short >= 0),                                   -- did not come
    rejected bigint check (rejected >= 0),                             -- came and was not taken
    reason text,
    returned bigint not null default 0 check (returned >= 0),
    primary key (order_id, point, line),
    check (shipped + closed <= coalesce(confirmed, 0)),
    check (accepted + short + rejected = shipped),
    check (returned <= coalesce(accepted, 0))
);

-- What left the merchant for one point. Who sent it stands in the order's history, under its step.
create table shipments (
    order_id text not null references orders,
    shipment bigint not null,                              -- counted from 1
    step bigint not null,
    point bigint not null,
    carrier text not null,
    tracking_no text not null,
    shipped_at_ms bigint not null,
    primary key (order_id, shipment),
    unique (order_id, point, carrier, tracking_no)         -- the same waybill again is a second click
);

create table shipment_lines (
    order_id text not null,
    shipment bigint not null,
    line bigint not null,
    quantity bigint not null check (quantity > 0),
    batch text,
    best_before text,
    primary key (order_id, shipment, line)
);

-- What went back after it had been accepted. Each line has its own entry in the ledger, which names the sale it takes back.
create table returns (
    return_id text primary key not null,                   -- made by the browser
    order_id text not null references orders,
    step bigint not null,
    reason text not null,
    amount_fen bigint not null,
    returned_at_ms bigint not null
);
create index returns_by_order on returns (order_id, step);

create table return_lines (
    return_id text not null references returns,
    point bigint not null,
    line bigint not null,
    quantity bigint not null check (quantity > 0),
    sale_id text not null,                                 -- the entry of the ledger
    primary key (return_id, point, line)
);

-- Invoices as their merchants recorded them, right or not: of an order the last one stands, the earlier are kept.
create table invoices (
    number text primary key not null,                      -- digits only
    order_id text not null references orders,
    step bigint not null,
    title text not null,
    buyer_uscc text not null,
    issued_on text not null,
    amount_fen bigint not null,
    recorded_at_ms bigint not null
);
create index invoices_by_order on invoices (order_id, step);

create table invoice_lines (
    number text not null references invoices,
    line bigint not null,                                  -- counted from 1
    name text not null,
    quantity bigint not null,
    unit_price_fen bigint not null,
    amount_fen bigint not null,
    primary key (number, line)
);

-- The transfer that pays an order's invoice and settles it.
create table transfers (
    order_id text primary key not null references orders,
    step bigint not null,
    buyer_id text not null references organisations,
    slip_no text not null,
    paid_on text not null,
    amount_fen bigint not null,
    invoice_number text not null references invoices,
    recorded_at_ms bigint not null,
    unique (buyer_id, slip_no)                             -- one slip pays one order
);

-- What was ordered before went to one place. Its code is made of the random part of the order's identifier, in the letters and
-- digits that codes have.
insert into delivery_points (order_id, point, address, contact, phone, recipients, code, counted_step, counted_at_ms)
select order_id, 1, address, contact, phone, coalesce(head_count, 1),
    upper(replace(replace(replace(substr(order_id, 25, 12), '0', 'h'), '1', 'k'), '8', 'm')),
    (select max(step) from order_history where order_history.order_id = orders.order_id and action = 'accept'),
    (select max(at_ms) from order_history where order_history.order_id = orders.order_id and action = 'accept')
from orders;
insert into point_lines (order_id, point, line, quantity, confirmed, shipped, accepted, short, rejected, reason)
select order_lines.order_id, 1, line, quantity,
    case when state in ('confirmed', 'shipped', 'accepted') then quantity end,
    case when state in ('shipped', 'accepted') then quantity else 0 end,
    accepted, case when accepted is not null then 0 end, rejected, rejected_reason
from order_lines join orders on orders.order_id = order_lines.order_id;
insert into shipments (order_id, shipment, step, point, carrier, tracking_no, shipped_at_ms)
select order_id, 1,
    coalesce((select max(step) from order_history where order_history.order_id = orders.order_id and action = 'ship'), 0),
    1, coalesce(carrier, ''), coalesce(tracking_no, ''), shipped_at_ms
from orders where shipped_at_ms is not null;
insert into shipment_lines (order_id, shipment, line, quantity)
select order_lines.order_id, 1, line, quantity
from order_lines join shipments on shipments.order_id = order_lines.order_id;

alter table orders drop column address;
alter table orders drop column contact;
alter table orders drop column phone;
alter table orders drop column carrier;
alter table orders drop column tracking_no;
alter table orders drop column shipped_at_ms;
alter table order_lines drop column accepted;
alter table order_lines drop column rejected;
alter table order_lines drop column rejected_reason;

alter table order_lines add column confirmed_reason text;      -- why less was confirmed than ordered

-- What of an order is still to be counted, at its prices: beside the total, never inside it.
alter table orders add column pipeline_fen bigint not null default 0;
update orders set pipeline_fen = total_fen where state in ('draft', 'submitted', 'approved', 'confirmed', 'shipped');

-- The code of the body whose people a union is for. Invoices bear it by mistake.
alter table organisations add column employer_uscc text;

-- A line is recognised once at each point, and what was sold may go back in parts, so that several entries name it. The checks of
-- a table cannot be changed on SQLite, so the ledger is copied as it is, entry by entry.
create table sales_by_point (
    sequence bigint primary key not null,                  -- from 1, without gaps
    sale_id text not null unique,
    sold_on text not null,
    amount_fen bigint not null,                            -- negative in a reversal
    quantity bigint not null,
    channel text not null,
    order_id text references orders,                       -- with line and point, or
    line bigint,
    point bigint,                                          -- null of entries from before there were points
    reverses text references sales_by_point (sale_id),     -- with reason
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
    recorded_at_ms bigint not null
);
insert into sales_by_point (
    sequence, sale_id, sold_on, amount_fen, quantity, channel, order_id, line, point, reverses, reason, district_id, county_id,
    brand, category, product_name, merchant_id, buyer_id, counting_rule, previous_hash, hash, recorded_at_ms
)
select
    sequence, sale_id, sold_on, amount_fen, quantity, channel, order_id, line, null, reverses, reason, district_id, county_id,
    brand, category, product_name, merchant_id, buyer_id, counting_rule, previous_hash, hash, recorded_at_ms
from sales order by sequence;
drop table sales;
alter table sales_by_point rename to sales;
create index sales_by_day on sales (sold_on, sequence);
create index sales_by_district on sales (district_id, sold_on);
create unique index sales_by_line on sales (order_id, line, coalesce(point, 1));
create index sales_by_reversed on sales (reverses);
