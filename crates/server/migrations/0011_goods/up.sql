-- Counts what a merchant writes of a product, so that of two who change it at once the second is told. What is sold moves only
-- `revision`, and is no quarrel between writers.
alter table products add column edition bigint not null default 0;

-- Of what is on hand, as it is printed on the goods.
alter table products add column batch text;
alter table products add column best_before text;

-- A merchant's shop: its goods by status, the newest first.
create index products_by_merchant on products (merchant_id, status, product_id);
