drop index orders_by_change;
drop table day_sums;
drop table ledger_head;
