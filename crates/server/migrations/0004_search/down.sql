drop table product_sales;
alter table products drop column created_at_ms;
alter table products drop column description_en;
alter table products add column search_text text not null default '';
