drop index products_by_status;
alter table products drop column revision;
