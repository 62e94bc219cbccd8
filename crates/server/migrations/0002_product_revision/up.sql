-- Counts the changes of a product, so that whoever holds the catalogue in memory learns what has changed by comparing
-- numbers. Every statement that changes a product adds one, in the same transaction.
alter table products add column revision bigint not null default 0;

-- Answers "which products are on sale, and at which revision" without reading their descriptions.
create index products_by_status on products (status, product_id, revision);
