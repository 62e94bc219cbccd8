-- The first migration is not taken back: the ledger only grows.
select 1;
