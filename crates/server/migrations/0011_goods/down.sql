drop index products_by_merchant;
alter table products drop column best_before;
alter table products drop column batch;
alter table products drop column edition;
