-- What a search looks through is made from the columns themselves when the catalogue is read (crates/server/src/search).
alter table products drop column search_text;

-- For readers of English; empty where the merchant has written none.
alter table products add column description_en text not null default '';

-- When it was first listed: lists can show what is new first.
alter table products add column created_at_ms bigint not null default 0;

-- How much of each product each buyer has bought in a year, reversals taken off. Written in the transaction that appends
-- the entry of the ledger, and recomputed by the audit. An entry that names no line of an order names no product.
create table product_sales (
    year bigint not null,
    product_id text not null references products,
    buyer_id text not null references organisations,
    quantity bigint not null,
    amount_fen bigint not null,
    primary key (year, product_id, buyer_id)
);
insert into product_sales (year, product_id, buyer_id, quantity, amount_fen)
select cast(substr(sales.sold_on, 1, 4) as bigint), order_lines.product_id, sales.buyer_id,
    cast(sum(sales.quantity) as bigint), cast(sum(sales.amount_fen) as bigint)
from sales
left join sales as reversed on reversed.sale_id = sales.reverses
join order_lines on order_lines.order_id = coalesce(sales.order_id, reversed.order_id)
    and order_lines.line = coalesce(sales.line, reversed.line)
group by cast(substr(sales.sold_on, 1, 4) as bigint), order_lines.product_id, sales.buyer_id;
