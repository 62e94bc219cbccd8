drop table day_sums;
drop table ledger_head;
